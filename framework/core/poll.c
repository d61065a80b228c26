// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The datapath, once per batch, as far as it is not in batch.h: what is out of the ordinary, and
 * the decision whether a slow path is needed at all. Runs in the queue's poll context.
 */
#include "fix.h"

#define NAX_FCS_BYTES	4u

const __le32 nax_queue_never;
static const __le32 nax_always = (__force __le32)~0u;

void nax_queue_watch_nothing(struct nax_queue *q)
{
	q->watch = &nax_queue_never;
}

/* The verifier sees every call, so none is left out. */
void nax_queue_watch_begin(struct nax_queue *q)
{
	if (!q->done.mask || nax_core_of(q->adapter)->verify) {
		q->watch_first = (const u8 *)&nax_always;
		q->watch_step = 0;
		q->watch_mask = nax_always;
	} else {
		q->watch_first = (const u8 *)q->desc + q->done.offset;
		q->watch_step = q->desc_size;
		q->watch_mask = q->done.mask;
	}
	if (q->is_rx)
		nax_queue_watch_rx(q);
	else
		nax_queue_watch_tx(q);
}

bool nax_queue_verified(const struct nax_queue *q)
{
	return nax_core_of(q->adapter)->verify;
}

/** struct nax_tx_scan - one packet among those submitted */
struct nax_tx_scan {
	u32 slots;
	u32 bytes;
	bool odd;
};

/* Bytes, slots and whether anything is out of the ordinary; false if the packet has no end. */
static bool nax_tx_scan_packet(const struct nax_queue *q, u32 at, u32 end, struct nax_tx_scan *t)
{
	u32 longest = q->adapter->caps.tx_slot_len_max;
	const struct nax_slot *s;

	t->slots = 0;
	t->bytes = 0;
	t->odd = false;
	do {
		if (at == end)
			return false;
		s = nax_ring_slot(&q->ring, at++);
		t->slots++;
		t->bytes += s->len;
		t->odd |= (u32)s->len - 1 >= longest;
	} while (!(s->flags & NAX_F_EOP));
	return true;
}

/* Zeroes behind the last byte, in place. False where the buffer has no room for them. */
static bool nax_tx_pad(struct nax_queue *q, u32 last, u32 pad)
{
	const struct nax_backend_ops *ops = nax_core_of(q->adapter)->ops;
	struct nax_slot *s = nax_ring_slot(&q->ring, last);
	u32 after;

	ops->buf_room(q, s, &after);
	if (!s->len || after < s->len + pad)
		return false;
	memset(ops->buf_addr(q, s) + s->len, 0, pad);
	s->len = (u16)(s->len + pad);
	return true;
}

/* Whether the packet at @at may go to the device as it is; short ones are padded on the way. */
static bool nax_tx_fits(struct nax_queue *q, u32 at, const struct nax_tx_scan *t)
{
	const struct nax_slot *s = nax_ring_slot(&q->ring, at);
	u32 least = q->adapter->caps.tx_len_min;

	if (unlikely(t->odd))
		return false;
	/* To a packet that asks for nothing only its frame check sequence is added. */
	if ((s->flags & (NAX_F_TX_MASK | NAX_F_VLAN) || t->slots > 1 ||
	     t->bytes + NAX_FCS_BYTES > q->adapter->max_frame) &&
	    nax_tx_needs_fix(q, s->flags, s->hash, s->gso, t->slots, t->bytes))
		return false;
	return t->bytes >= least || nax_tx_pad(q, at + t->slots - 1, least - t->bytes);
}

/* The slots stay the upper layer's; what was in them is lost, and counted. */
static noinline bool nax_submit_stopped(struct nax_queue *q, u32 n)
{
	u32 at = q->ring.end;
	u32 end = at + min_t(u32, n, nax_ring_size(&q->ring));
	struct nax_tx_scan t;

	for (; nax_tx_scan_packet(q, at, end, &t); at += t.slots)
		nax_count(&q->stats.drops, 1);
	return true;
}

void nax_queue_tx_limits(struct nax_queue *q)
{
	const struct nax_adapter *a = q->adapter;
	u16 least = max_t(u16, a->caps.tx_len_min, 1);
	u16 most = (u16)min_t(u32, a->caps.tx_slot_len_max, a->max_frame - NAX_FCS_BYTES);

	/* Written only where they differ: poll contexts may be running then. */
	if (q->plain_least != least)
		q->plain_least = least;
	if (q->plain_most != most)
		q->plain_most = most;
}

static void nax_submit_fix(struct nax_queue *q, u32 at, u32 end)
{
	struct nax_tx_scan t;

	/* Even where nothing finds room in the ring now there is something to post. */
	nax_queue_unsettle(q);
	/* A rest without an end is no packet: it is not taken, and counted as one lost. */
	while (at != end && nax_tx_scan_packet(q, at, end, &t))
		at += t.slots;
	if (at != end)
		nax_count(&q->stats.drops, 1);
	if (at != q->ring.end)
		nax_tx_fix(q, at - q->ring.end);
}

/**
 * struct nax_tx_like - packets of one slot that go to the device as they are
 * @flags: what they ask for
 * @lengths: of their headers
 * @least: bytes of the shortest that was seen; ~0: none was, and no packet is so long
 * @most: of the longest: whatever lies between them fits too
 */
struct nax_tx_like {
	u32 flags;
	u32 lengths;
	u32 least;
	u32 most;
};

/* Go over packets that are like those. Return: the first slot from @at on that is not. */
static inline u32 nax_tx_alike(const struct nax_ring *r, u32 at, u32 end, struct nax_tx_like l)
{
	const struct nax_slot *s;

	for (; at != end; at++) {
		s = nax_ring_slot(r, at);
		if (s->flags != l.flags || s->hash != l.lengths ||
		    s->len - l.least > l.most - l.least)
			break;
	}
	return at;
}

/* The packet at @at fits. For segmentation it takes more than flags and lengths to tell. */
static void nax_tx_liken(const struct nax_queue *q, u32 at, const struct nax_tx_scan *t,
			 struct nax_tx_like *l)
{
	const struct nax_slot *s = nax_ring_slot(&q->ring, at);

	if (t->slots > 1 || s->flags & NAX_F_TX_GSO)
		return;
	if (s->flags != l->flags || s->hash != l->lengths)
		*l = (struct nax_tx_like){ s->flags, s->hash, s->len, s->len };
	l->least = min_t(u32, l->least, s->len);
	l->most = max_t(u32, l->most, s->len);
}

/* Packet by packet, up to the first that needs software. */
static noinline bool nax_submit_packets(struct nax_queue *q, u32 at, u32 end)
{
	struct nax_tx_like like = { .least = ~0u, .most = ~0u };
	struct nax_tx_scan t;

	while (at != end && nax_tx_scan_packet(q, at, end, &t) && nax_tx_fits(q, at, &t)) {
		nax_tx_liken(q, at, &t, &like);
		at = nax_tx_alike(&q->ring, at + t.slots, end, like);
	}
	q->ring.end = at;
	if (unlikely(at != end))
		nax_submit_fix(q, at, end);
	return true;
}

static noinline bool nax_submit_refused(struct nax_queue *q, u32 n)
{
	nax_err(q->adapter, "tx queue %u: %u slots submitted: %u are free", q->index, n,
		nax_queue_tx_free(q));
	return false;
}

bool nax_queue_submit(struct nax_queue *q, u32 n)
{
	u32 at = q->ring.end;
	u32 end = at + n;

	if (unlikely(!nax_queue_running(q)))
		return nax_submit_stopped(q, n);
	if (unlikely(n > nax_ring_free(&q->ring) || q->pending))
		return nax_submit_refused(q, n);
	if (unlikely(!nax_queue_all_plain(q, at, end)))
		return nax_submit_packets(q, at, end);
	nax_queue_note_plain(q, at, end);
	q->ring.end = end;
	return true;
}

void nax_vector_arm(struct nax_vector *v)
{
	struct nax_core *c = nax_core_of(v->adapter);

	/* Partner: the release in nax_bring_up(), which follows the programming of the vectors. */
	if (smp_load_acquire(&c->irq_on) && !nax_is_gone(c))
		v->adapter->driver->ops->irq_arm(v);
}

static void nax_irq_wake(struct nax_core *c, const u64 *bits, struct nax_queue **queue)
{
	u64 rest;
	u32 w;

	for (w = 0; w < NAX_QUEUES_MAX / 64; w++)
		for (rest = bits[w]; rest; rest &= rest - 1)
			c->ops->queue_wake(queue[w * 64 + (u32)__builtin_ctzll(rest)]);
}

static void nax_irq_last(struct nax_core *c, u32 causes)
{
	if (causes & NAX_IRQ_LINK)
		set_bit(NAX_PEND_LINK, &c->pending);
	if (causes & NAX_IRQ_FAULT)
		set_bit(NAX_PEND_FAULT, &c->pending);
	WRITE_ONCE(c->irq_seen, true);
	/* A full barrier after the causes; partner: the test of this bit in the service. */
	test_and_set_bit(NAX_PEND_IRQ, &c->pending);
	c->ops->service(&c->a);
}

void nax_adapter_irq(struct nax_adapter *a, u32 v)
{
	struct nax_core *c = nax_core_of(a);
	bool last;

	/* Partner: the release in nax_bring_up(): vectors and queues are complete. */
	if (!smp_load_acquire(&c->irq_on) || v >= a->n_vectors || nax_is_gone(c))
		return;
	last = v == a->n_vectors - 1u;
	if (last) {
		nax_irq_last(c, a->driver->ops->irq_ack(a, v));
		return;
	}
	if (!a->caps.irq_autoclear)
		a->driver->ops->irq_ack(a, v);
	nax_vector_fired(&a->vector[v]);
	nax_irq_wake(c, a->vector[v].rx_queues, a->rxq);
	nax_irq_wake(c, a->vector[v].tx_queues, a->txq);
}
