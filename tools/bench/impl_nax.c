// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nax as an application sees it: a poll context whose handler works on rings. Everything that is
 * part of it is measured: the poll loop, the checks of what is submitted, counters, the doorbell.
 */
#include <stdio.h>
#include <stdlib.h>

#include <nax/app.h>
#include <nax/sim.h>

#include "bench.h"
#include "device.h"

/**
 * struct nax_ctx - a port and its application
 * @device: what the port is on
 * @port: the port
 * @poll: poll context of the cell
 * @handler: of the cell
 * @batch: packets to transmit
 * @len: bytes of each
 * @rx: receive ring in the last batch
 * @first: first slot in it
 * @found: slots received
 * @tag: of the next packet
 * @sum: first bytes of forwarded packets
 */
struct nax_ctx {
	struct device device;
	struct nax_port *port;
	struct nax_poll *poll;
	nax_poll_fn handler;
	u32 batch;
	u32 len;
	const struct nax_ring *rx;
	u32 first;
	u32 found;
	u32 tag;
	u64 sum;
};

/* ---- the application ---- */

static u32 handle_rx(struct nax_poll *poll, void *arg)
{
	struct nax_ctx *x = arg;
	struct nax_ring *rx = nax_port_rx_ring(x->port, 0);
	u32 n = nax_ring_received(rx);

	x->rx = rx;
	x->found = n;
	nax_rx_release(rx, n);
	return n;
}

#define FEW	4u	/* so many packets are worth it to look how slots lie */

/* Slots from index @i on that lie one after the other, at most @n. */
static inline u32 ring_run(const struct nax_ring *r, u32 i, u32 n)
{
	u32 left = nax_ring_size(r) - (i & r->mask);

	return n < left ? n : left;
}

/* Slots of a transmit ring have buffers, so to allocate is to take the next ones. */
static u32 handle_tx(struct nax_poll *poll, void *arg)
{
	struct nax_ctx *x = arg;
	struct nax_ring *ring = nax_port_tx_ring(x->port, 0);
	const struct nax_ring tx = *ring;
	const u32 batch = x->batch, len = x->len;
	u32 i, n;

	for (i = 0; i < batch; i += n) {
		struct nax_slot *s = nax_ring_slot(&tx, tx.end + i);
		const struct nax_slot *end;

		n = ring_run(&tx, tx.end + i, batch - i);
		for (end = s + n; s != end; s++) {
			s->len = (u16)len;
			s->flags = NAX_F_EOP;
		}
	}
	nax_tx_submit(ring, batch);
	return batch;
}

/* Packets of several buffers */
static u32 handle_tx_chain(struct nax_poll *poll, void *arg)
{
	struct nax_ctx *x = arg;
	struct nax_ring *ring = nax_port_tx_ring(x->port, 0);
	const struct nax_ring tx = *ring;
	const u32 batch = x->batch, len = x->len;
	u32 slots = 0, i, rest;

	for (i = 0; i < batch; i++) {
		for (rest = len; rest; ) {
			struct nax_slot *s = nax_ring_slot(&tx, tx.end + slots++);
			u32 part = rest < NAX_BUF_DATA ? rest : NAX_BUF_DATA;

			rest -= part;
			s->len = (u16)part;
			s->flags = rest ? 0 : NAX_F_EOP;
		}
	}
	nax_tx_submit(ring, slots);
	return batch;
}

/* Each packet has another tag than the last, so each needs a context descriptor. */
static u32 handle_context(struct nax_poll *poll, void *arg)
{
	struct nax_ctx *x = arg;
	struct nax_ring *ring = nax_port_tx_ring(x->port, 0);
	const struct nax_ring tx = *ring;
	const u32 batch = x->batch, len = x->len;
	u32 tag = x->tag, i;

	for (i = 0; i < batch; i++) {
		struct nax_slot *s = nax_ring_slot(&tx, tx.end + i);

		s->flags = NAX_F_EOP | NAX_F_IPV4 | NAX_F_TCP | NAX_F_VLAN | NAX_F_TX_IPCSUM |
			   NAX_F_TX_L4CSUM;
		s->hash = nax_tx_lengths(14, 20, 20);
		s->len = (u16)len;
		s->vlan_tci = (u16)(tag++ & 0xfff);
		s->gso = 0;
	}
	x->tag = tag;
	nax_tx_submit(ring, batch);
	return batch;
}

/* One slot. Return: the first byte in it. */
static inline u8 forward_one(const char *origin, struct nax_slot *r, struct nax_slot *t)
{
	u8 first = (u8)origin[r->dma];

	nax_slot_forward(r, t, NAX_F_EOP);
	return first;
}

/*
 * @n packets of one slot each, or parts of some, in slots that lie one after the other. Return: the
 * sum of their first bytes.
 */
static inline u64 forward(struct nax_slot *r, struct nax_slot *t, u32 n)
{
	/* In a register: stores to slots cannot change a local copy. */
	const char *origin = nax_mem_origin;
	u64 sum = 0;

	for (; n >= 4; n -= 4, r += 4, t += 4) {
		sum += forward_one(origin, &r[0], &t[0]);
		sum += forward_one(origin, &r[1], &t[1]);
		sum += forward_one(origin, &r[2], &t[2]);
		sum += forward_one(origin, &r[3], &t[3]);
	}
	for (; n; n--)
		sum += forward_one(origin, r++, t++);
	return sum;
}

/* Many, as far as slots of both rings lie side by side at a time. */
static inline u64 forward_many(const struct nax_ring *rx, const struct nax_ring *tx, u32 n)
{
	u32 from = nax_ring_first_held(rx), to = tx->end, run;
	u64 sum = 0;

	for (; n; n -= run, from += run, to += run) {
		run = ring_run(rx, from, ring_run(tx, to, n));
		sum += forward(nax_ring_slot(rx, from), nax_ring_slot(tx, to), run);
	}
	return sum;
}

static inline u64 forward_few(const struct nax_ring *rx, const struct nax_ring *tx, u32 n)
{
	u32 from = nax_ring_first_held(rx), to = tx->end;
	const char *origin = nax_mem_origin;
	u64 sum = 0;

	for (; n; n--)
		sum += forward_one(origin, nax_ring_slot(rx, from++), nax_ring_slot(tx, to++));
	return sum;
}

static u32 handle_fwd(struct nax_poll *poll, void *arg)
{
	struct nax_ctx *x = arg;
	struct nax_ring *rx = nax_port_rx_ring(x->port, 0);
	struct nax_ring *tx = nax_port_tx_ring(x->port, 0);
	u32 n = nax_ring_received(rx);
	u32 free = nax_ring_free(tx);

	if (n > free)
		n = free;
	if (n < FEW)
		x->sum += forward_few(rx, tx, n);
	else
		x->sum += forward_many(rx, tx, n);
	x->rx = rx;
	x->found = n;
	nax_tx_submit(tx, n);
	nax_rx_release(rx, n);
	return n;
}

/* ---- struct bench_impl ---- */

static bool failed(const char *what, const struct nax_error *err)
{
	fprintf(stderr, "bench: nax: %s: %s\n", what, err->text);
	return false;
}

static void nax_close(struct bench_port *p)
{
	struct nax_ctx *x = p->ctx;

	nax_poll_destroy(x->poll);
	nax_port_close(x->port);
	device_free(&x->device);
	free(x);
	p->ctx = NULL;
}

static bool open_on(struct bench_port *p, uint32_t frame_max, bool mapped)
{
	struct nax_ctx *x = calloc(1, sizeof(*x));
	struct nax_port_config config;
	struct nax_error err;

	p->ctx = x;
	if (!x || !device_init(&x->device, mapped))
		return failed("open", &(struct nax_error){ .text = "no memory" });
	if (nax_port_open_sim(&device_ops, &x->device, 0, &x->port, &err))
		return failed("open", &err);
	nax_port_defaults(x->port, &config);
	config.rx_ring = BENCH_RING;
	config.tx_ring = BENCH_RING;
	if (frame_max > BENCH_FRAME_STD)
		config.mtu = frame_max - 18;
	if (nax_port_start(x->port, &config, &err))
		return failed("start", &err);
	engine_ring_init(&p->rx, x->device.bar, 0, true, nax_mem_origin, BENCH_BUF);
	engine_ring_init(&p->tx, x->device.bar, 0, false, nax_mem_origin, 0);
	return true;
}

static bool nax_open(struct bench_port *p, uint32_t frame_max)
{
	return open_on(p, frame_max, true);
}

static bool traced_open(struct bench_port *p, uint32_t frame_max)
{
	return open_on(p, frame_max, false);
}

void bench_nax_accesses(const struct bench_port *p, struct bench_accesses *a)
{
	const struct device *d = &((const struct nax_ctx *)p->ctx)->device;

	*a = (struct bench_accesses){ d->reads, d->writes, d->doorbells };
}

static bool nax_prepare(struct bench_port *p, const struct bench_cell *cell)
{
	static const struct {
		nax_poll_fn handler;
		int rxq;
		int txq;
		bool on_work;
		bool prefetch;
	} tests[BENCH_TESTS] = {
		[BENCH_RX] = { handle_rx, 0, -1, true },
		[BENCH_TX] = { handle_tx, -1, 0, false },
		[BENCH_FWD] = { handle_fwd, 0, 0, true, true },
		[BENCH_POLL] = { handle_rx, 0, -1, true },
		[BENCH_CONTEXT] = { handle_context, -1, 0, false },
	};
	struct nax_poll_config config = { .spin = true, .cpu = -1, .budget = cell->batch,
					  .on_work = tests[cell->test].on_work,
					  .prefetch = tests[cell->test].prefetch };
	struct nax_ctx *x = p->ctx;
	struct nax_error err;

	nax_poll_destroy(x->poll);
	x->poll = nax_poll_create(&config, &err);
	if (!x->poll)
		return failed("poll context", &err);
	if (nax_poll_add(x->poll, x->port, tests[cell->test].rxq, tests[cell->test].txq, &err))
		return failed("poll context", &err);
	x->handler = tests[cell->test].handler;
	x->batch = cell->batch;
	x->len = bench_len(cell);
	if (cell->test == BENCH_TX && x->len > NAX_BUF_DATA)
		x->handler = handle_tx_chain;
	return true;
}

static void nax_run(struct bench_port *p)
{
	struct nax_ctx *x = p->ctx;

	nax_poll_once(x->poll, x->handler, x);
}

#define FLAGS	(NAX_F_EOP | NAX_F_IPV4 | NAX_F_TCP | NAX_F_VLAN | NAX_F_RX_IPCSUM_GOOD | \
		 NAX_F_RX_L4CSUM_GOOD | (u32)NAX_HASH_IPV4_TCP << NAX_F_HASH_SHIFT)

/* Released slots keep what was said of their packets until the device writes again. */
static bool nax_check(struct bench_port *p, const struct bench_cell *cell, uint32_t seq)
{
	const struct nax_ctx *x = p->ctx;
	u32 slot = nax_ring_first_held(x->rx) - x->found;
	u32 end = slot + x->found;
	u32 i, len;

	for (i = 0; i < cell->batch; i++) {
		struct engine_fact f = engine_fact(seq + i, bench_len(cell));
		const struct nax_slot *s;

		for (len = 0; ; len += s->len) {
			if (slot == end)
				return false;
			s = nax_ring_slot(x->rx, slot++);
			if (s->flags & NAX_F_EOP)
				break;
		}
		if (s->flags != FLAGS || s->hash != f.hash || s->vlan_tci != f.vlan_tci ||
		    len + s->len != f.len || s->group)
			return false;
	}
	return slot == end;
}

/* Packets of several slots are nothing special here, so one size is enough. */
static bool nax_supports(const struct bench_cell *cell)
{
	return cell->test != BENCH_CONTEXT || bench_len(cell) <= NAX_BUF_DATA;
}

const struct bench_impl bench_nax_traced = {
	.name = "nax",
	.open = traced_open,
	.close = nax_close,
	.prepare = nax_prepare,
	.supports = nax_supports,
	.run = nax_run,
	.check = nax_check,
};

const struct bench_impl bench_nax = {
	.name = "nax",
	.open = nax_open,
	.close = nax_close,
	.prepare = nax_prepare,
	.supports = nax_supports,
	.run = nax_run,
	.check = nax_check,
};
