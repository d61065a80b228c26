// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counters. The device's are cleared by reading and lost by a reset, so they are read now and then
 * (36 bits of bytes last 50 s at 10 Gbit/s) and added up here in 64 bits. A queue's live in its
 * poll context, are copied to where others can read them, and outlive the queue.
 */
#include "internal.h"

void nax_stats_collect(struct nax_core *c)
{
	struct nax_adapter *a = &c->a;
	u32 i;

	if (!c->started || nax_is_gone(c) || !a->driver->ops->stats)
		return;
	memset(c->hw_new, 0, sizeof(c->hw_new));
	a->driver->ops->stats(a, c->hw_new);
	c->stats_ns = c->ops->time_ns(a);
	/* If the device went meanwhile, what was read is all-ones, not a count. */
	if (nax_is_gone(c))
		return;
	for (i = 0; i < a->caps.n_stats; i++)
		WRITE_ONCE(c->hw[i], c->hw[i] + c->hw_new[i]);
	if (c->verify)
		nax_verify_stats(a, c->hw, a->caps.n_stats);
}

u64 nax_adapter_hw_stat(const struct nax_adapter *a, enum nax_stat_id id)
{
	u32 i;

	for (i = 0; i < a->caps.n_stats; i++)
		if (a->caps.stats[i].id == id)
			return READ_ONCE(nax_core_of(a)->hw[i]);
	return 0;
}

void nax_adapter_hw_stats(struct nax_adapter *a, u64 *v)
{
	struct nax_core *c = nax_core_of(a);

	nax_stats_collect(c);
	memcpy(v, c->hw, a->caps.n_stats * sizeof(*v));
}

static void nax_stats_add(struct nax_queue_stats *sum, const struct nax_queue_stats *s)
{
	u64 *to = (u64 *)sum;
	const u64 *from = (const u64 *)s;
	u32 i;

	for (i = 0; i < sizeof(*s) / sizeof(u64); i++)
		to[i] += READ_ONCE(from[i]);
}

static struct nax_queue_stats *nax_stats_kept(struct nax_core *c, bool rx, u32 index)
{
	return &c->kept[rx ? index : c->a.caps.rxq_max + index];
}

void nax_stats_keep(struct nax_core *c, const struct nax_queue *q)
{
	nax_stats_add(nax_stats_kept(c, q->is_rx, q->index), &q->stats);
}

/* Vectors outlive queues: one that is not there had that of its number, where there are enough. */
static u64 nax_stats_fired(const struct nax_adapter *a, const struct nax_queue *q, u32 index)
{
	if (q)
		return READ_ONCE(q->vector->fired);
	return index < a->caps.vectors_max ? READ_ONCE(a->vector[index].fired) : 0;
}

int nax_adapter_queue_stats(struct nax_adapter *a, bool rx, u32 index, struct nax_queue_stats *s)
{
	struct nax_core *c = nax_core_of(a);
	u32 most = rx ? a->caps.rxq_max : a->caps.txq_max;
	u32 now = rx ? a->n_rxq : a->n_txq;
	const struct nax_queue *q = NULL;

	memset(s, 0, sizeof(*s));
	if (a->state == NAX_STATE_DETACHED)
		return -ENODEV;
	if (index >= most)
		return -EINVAL;
	nax_stats_add(s, nax_stats_kept(c, rx, index));
	if (index < now) {
		q = rx ? a->rxq[index] : a->txq[index];
		nax_stats_add(s, &q->stats);
	}
	s->interrupts = nax_stats_fired(a, q, index);
	return 0;
}
