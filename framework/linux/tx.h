/* SPDX-License-Identifier: GPL-2.0-only */
/* Filling transmit slots, for tx.c (sk_buffs) and xdp.c (frames); under the queue's lock. */
#ifndef NAX_LINUX_TX_H
#define NAX_LINUX_TX_H

#include "linux.h"

/*
 * Slots that must be free for any packet, and how many let a stopped queue start again. A packet
 * has one for each fragment, one for what comes before those, and as many more as 64 KiB are cut
 * into.
 */
#define NAX_TX_STOP	(MAX_SKB_FRAGS + 6u)
#define NAX_TX_START	(2 * NAX_TX_STOP)

/**
 * struct nax_tx_fill - a packet on its way into slots
 * @q: queue
 * @tx: its back end part
 * @at: free-running index of the next slot
 * @most: bytes one slot may have
 */
struct nax_tx_fill {
	struct nax_queue *q;
	struct nax_tx *tx;
	u32 at;
	u32 most;
};

/** nax_tx_room_now() - slots that may be filled. */
static inline u32 nax_tx_room_now(const struct nax_queue *q, const struct nax_tx *tx)
{
	/* Partner: the release in nax_tx_free(). What was in those slots has been let go of. */
	return nax_ring_size(&q->ring) - (q->ring.end - smp_load_acquire(&tx->done));
}

/**
 * nax_tx_put() - slots for @len bytes; the first has the mapping, if any, and cap its length
 * @f: the packet
 * @dma: where they are
 * @len: how many
 * @is: NAX_TX_MAPPED or 0
 */
static inline void nax_tx_put(struct nax_tx_fill *f, dma_addr_t dma, u32 len, u8 is)
{
	const struct nax_ring *ring = &f->q->ring;
	u32 whole = len;

	do {
		u32 part = min(len, f->most);
		u32 i = f->at++ & ring->mask;
		struct nax_slot *s = &ring->slot[i];

		s->dma = dma;
		s->cap = whole;
		nax_slot_write(s, 0, part);
		f->tx->item[i].is = is;
		is = 0;
		dma += part;
		len -= part;
	} while (unlikely(len));
}

/** nax_tx_last() - slot @i ends what @ptr stands for: @segments frames of @bytes in all. */
static inline void nax_tx_last(struct nax_queue *q, struct nax_tx *tx, u32 i, void *ptr,
			       u32 segments, u32 bytes, enum nax_tx_is is)
{
	struct nax_tx_item *t = &tx->item[i & q->ring.mask];

	t->ptr = ptr;
	t->bytes = bytes;
	t->segments = segments;
	t->is |= is;
}

/** nax_tx_stop_if_full() - stop the stack when another packet might not fit. */
void nax_tx_stop_if_full(struct nax_queue *q, struct nax_tx *tx, struct netdev_queue *nq);
void nax_tx_unput(struct nax_tx_fill *f, u32 first);

#endif /* NAX_LINUX_TX_H */
