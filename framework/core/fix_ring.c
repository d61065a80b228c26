// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Buffers between the staging of the transmit slow path and the ring. */

#include "fix.h"

static u32 fix_holes(const struct nax_tx_fix *f)
{
	return f->hole_end - f->hole;
}

static void fix_take_memory(struct nax_slot *to, const struct nax_slot *from)
{
	to->dma = from->dma;
	to->buf = from->buf;
	to->cap = from->cap;
}

/* A buffer is without use: keep it as long as a hole may need it. */
static void fix_give_back(struct nax_queue *q, struct nax_slot *s)
{
	struct nax_tx_fix *f = nax_fix_of(q);

	if (f->spares < fix_holes(f))
		f->spare[f->spares++] = *s;
	else
		nax_fix_ops(q)->buf_put(q, s);
}

/* See that the ring slot at @i has a buffer of its own. Slots are asked for in order. */
static bool fix_own(struct nax_queue *q, u32 i)
{
	struct nax_tx_fix *f = nax_fix_of(q);
	struct nax_slot *s = nax_ring_slot(&q->ring, i);

	if (!fix_holes(f) || i != f->hole)
		return true;
	if (f->spares)
		fix_take_memory(s, &f->spare[--f->spares]);
	else if (nax_fix_ops(q)->buf_get(q, s))
		return false;
	f->hole++;
	return true;
}

void nax_fix_stage(struct nax_queue *q, u32 n)
{
	struct nax_tx_fix *f = nax_fix_of(q);
	u32 i;

	f->head = 0;
	f->count = n;
	f->hole = q->ring.end;
	f->hole_end = q->ring.end + n;
	for (i = 0; i < n; i++)
		f->staged[i] = *nax_ring_slot(&q->ring, q->ring.end + i);
}

void nax_fix_put(struct nax_queue *q, u32 n)
{
	struct nax_tx_fix *f = nax_fix_of(q);

	while (n--)
		fix_give_back(q, &f->staged[f->head++]);
}

void nax_fix_place(struct nax_queue *q, u32 n)
{
	struct nax_tx_fix *f = nax_fix_of(q);
	struct nax_slot *s;

	while (n--) {
		s = nax_ring_slot(&q->ring, q->ring.end);
		if (fix_holes(f) && q->ring.end == f->hole)
			f->hole++;
		else
			fix_give_back(q, s);
		*s = f->staged[f->head++];
		q->ring.end++;
	}
}

int nax_fix_reserve(struct nax_queue *q, u32 len, u32 lead)
{
	const struct nax_backend_ops *ops = nax_fix_ops(q);
	u32 most = min_t(u32, q->slots_max, NAX_PIECES_MAX);
	u32 room = nax_ring_free(&q->ring);
	struct nax_tx_fix *f = nax_fix_of(q);
	struct nax_slot *s;
	u32 limit;
	u32 i;

	most = min_t(u32, most, nax_ring_size(&q->ring));
	for (i = 0; len; i++) {
		if (i == most)
			return -E2BIG;
		if (i == room)
			return 0;
		if (!fix_own(q, q->ring.end + i))
			return -ENOMEM;
		s = nax_ring_slot(&q->ring, q->ring.end + i);
		ops->buf_home(q, s);
		ops->buf_room(q, s, &limit);
		limit = min_t(u32, limit, q->adapter->caps.tx_slot_len_max);
		if (limit <= lead)
			return -E2BIG;
		s->dma += lead;
		s->len = (u16)min_t(u32, len, limit - lead);
		f->out[i].data = ops->buf_addr(q, s);
		f->out[i].len = s->len;
		len -= s->len;
		lead = 0;
	}
	return (int)i;
}

void nax_fix_settle(struct nax_queue *q)
{
	struct nax_tx_fix *f = nax_fix_of(q);
	struct nax_slot *s;

	/* Nothing is staged, so there is a spare for each hole, and fix_own() cannot fail. */
	while (fix_holes(f)) {
		s = nax_ring_slot(&q->ring, f->hole);
		fix_own(q, f->hole);
		nax_fix_ops(q)->buf_home(q, s);
	}
	while (f->spares)
		nax_fix_ops(q)->buf_put(q, &f->spare[--f->spares]);
}
