// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The cycle of all measurements: the engine, one batch of the implementation, the engine. */
#include <stdio.h>

#include "bench.h"

const char *const bench_test_name[BENCH_TESTS] = { "rx", "tx", "fwd", "poll", "context" };

static bool complain(const struct bench_impl *impl, const struct bench_cell *c, const char *what)
{
	fprintf(stderr, "bench: %s %s, batch %u, frame %u: %s\n", impl->name,
		bench_test_name[c->test], c->batch, c->frame, what);
	return false;
}

static bool receives(const struct bench_cell *c)
{
	return c->test == BENCH_RX || c->test == BENCH_FWD;
}

static bool transmits(const struct bench_cell *c)
{
	return c->test == BENCH_TX || c->test == BENCH_FWD || c->test == BENCH_CONTEXT;
}

/* What left must be the packets of this batch, all of them and nothing else. */
static bool sent(struct bench_port *p, const struct bench_cell *c, uint32_t seq)
{
	uint64_t packets = p->tx.packets, bytes = p->tx.bytes, sum = p->tx.sum, want = 0;
	uint64_t contexts = p->tx.contexts;
	uint32_t i;

	if (!engine_transmit(&p->tx))
		return false;
	if (p->tx.packets - packets != c->batch ||
	    p->tx.bytes - bytes != (uint64_t)c->batch * bench_len(c))
		return false;
	if (p->tx.contexts - contexts != (c->test == BENCH_CONTEXT ? c->batch : 0))
		return false;
	for (i = 0; i < c->batch; i++)
		want += (seq + i) & 0xff;
	return c->test != BENCH_FWD || p->tx.sum - sum == want;
}

static bool one_batch(const struct bench_impl *impl, struct bench_port *p,
		      const struct bench_cell *c, bench_batch_fn fn, void *arg)
{
	uint32_t seq = p->rx.seq;

	if (receives(c) && !engine_receive(&p->rx, c->batch, bench_len(c)))
		return complain(impl, c, "receive descriptors are missing");
	fn(p, impl->run, arg);
	if (transmits(c) && !sent(p, c, seq))
		return complain(impl, c, "what was transmitted is not what should have been");
	if (receives(c) && !impl->check(p, c, seq))
		return complain(impl, c, "what was received is not what came");
	return true;
}

bool bench_batches(const struct bench_impl *impl, struct bench_port *p,
		   const struct bench_cell *cell, uint32_t n, bench_batch_fn fn, void *arg)
{
	for (; n; n--)
		if (!one_batch(impl, p, cell, fn, arg))
			return false;
	return true;
}

uint32_t bench_round(const struct bench_cell *cell)
{
	uint32_t slots = (bench_len(cell) + BENCH_BUF - 1) / BENCH_BUF;
	uint32_t n = 2 * BENCH_RING / (cell->batch * slots);

	return n > 8 ? n : 8;
}
