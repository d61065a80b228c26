// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What runs per packet, without vectors: the functions of the driver's table. */
#include "datapath.h"

/* Whether a packet has ended, and the next is a frame of one descriptor. */
static inline bool rx_plain_again(const struct nax_queue *q, const struct nax_rx_batch *b)
{
	const struct ixgbe_queue *p = q->priv;

	return b->seen == b->whole &&
	       (rx_status(q, b->seen) & p->rx_single) == IXGBE_RXD_SINGLE;
}

/* The rest of a batch, which begins with something special. */
static noinline void rx_rest(struct nax_queue *q, u32 budget)
{
	do {
		struct nax_rx_batch b = nax_rx_begin(q, budget);

		while (rx_any(q, &b) && nax_rx_more(&b) && !rx_plain_again(q, &b))
			;
		nax_rx_commit(q, &b);
		rx_singles(q, nax_rx_run(q, budget));
	} while (rx_more(q, budget));
}

/* What follows the first frame of a batch, or a batch that begins with something special. */
static noinline void rx_several(struct nax_queue *q, u32 budget)
{
	rx_singles(q, nax_rx_run(q, budget));
	if (rx_more(q, budget))
		rx_rest(q, budget);
}

/** ixgbe_rx_reap() - find received packets; nax_driver_ops.rx_reap. */
void ixgbe_rx_reap(struct nax_queue *q, u32 budget)
{
	/* One is all that there is as a rule where there are few, and needs no loop. */
	if (nax_rx_begins(q))
		rx_lone(q);
	if (rx_more(q, budget))
		rx_several(q, budget);
}

/** ixgbe_rx_post() - give empty buffers to the device; nax_driver_ops.rx_post. */
void ixgbe_rx_post(struct nax_queue *q)
{
	union ixgbe_rx_desc *ring = q->desc;
	u32 end = nax_rx_post_end(q);
	u32 i = q->ring.next;

	while (i != end) {
		/* Four at a time, as counting costs like giving. */
		u32 n = rx_post_run(q, i, end);
		union ixgbe_rx_desc *d = &ring[i & q->desc_mask];
		const struct nax_slot *s = nax_ring_slot(&q->ring, i);
		const struct nax_slot *last = s + n;

		i += n;
		for (; n & 3; n--)
			rx_give(d++, s++);
		for (; s != last; s += 4, d += 4) {
			rx_give(&d[0], &s[0]);
			rx_give(&d[1], &s[1]);
			rx_give(&d[2], &s[2]);
			rx_give(&d[3], &s[3]);
		}
	}
	nax_rx_posted(q, end);
}

/* The packets of nax_tx_run(). */
static inline void tx_singles(struct nax_queue *q, u32 n)
{
	union ixgbe_tx_desc *ring = q->desc;
	union ixgbe_tx_desc *d = &ring[q->tail & q->desc_mask];
	const struct nax_slot *s = nax_ring_slot(&q->ring, q->ring.next);
	u32 bytes = 0, i = 0;

	do {
		bytes += s[i].len;
		tx_give(&d[i], &s[i], 0);
	} while (++i != n);
	if (nax_tx_ran(q, n, bytes))
		d[n - 1].data.cmd_len |= cpu_to_le32(IXGBE_TXD_RS);
}

/* The rest of a batch, which begins with something special. */
static noinline void tx_rest(struct nax_queue *q)
{
	struct nax_tx_batch b = nax_tx_begin(q);
	struct ixgbe_queue *p = q->priv;

	while (tx_one(q, p, &b))
		;
	nax_tx_end(q, &b);
}

/* A batch of several, or of something special. */
static noinline void tx_several(struct nax_queue *q)
{
	u32 n;

	while ((n = nax_tx_run(q)) != 0)
		tx_singles(q, n);
	if (q->ring.next != q->ring.end)
		tx_rest(q);
}

/** ixgbe_tx_post() - packets to descriptors; nax_driver_ops.tx_post. */
void ixgbe_tx_post(struct nax_queue *q)
{
	if (nax_tx_lone(q))
		tx_alone(q);
	else if (q->plain != q->ring.next)
		tx_several(q);
	else
		tx_rest(q);
}

static inline bool tx_has_come(const struct nax_queue *q, u32 desc)
{
	const union ixgbe_tx_desc *ring = q->desc;

	return le32_to_cpu(READ_ONCE(ring[desc & q->desc_mask].data.status)) & IXGBE_TXD_DD;
}

/** ixgbe_tx_reap() - find completion reports; nax_driver_ops.tx_reap. */
void ixgbe_tx_reap(struct nax_queue *q)
{
	nax_tx_reap(q, tx_has_come);
}
