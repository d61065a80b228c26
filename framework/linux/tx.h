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
 * @dev: device for DMA
 * @at: free-running index of the next slot
 * @most: bytes one slot may have
 */
struct nax_tx_fill {
	struct nax_queue *q;
	struct nax_tx *tx;
	struct device *dev;
	u32 at;
	u32 most;
};

/** nax_tx_room_now() - slots that may be filled. */
static inline u32 nax_tx_room_now(const struct nax_queue *q, const struct nax_tx *tx)
{
	/* Partner: the release in nax_tx_free(). What was in those slots has been let go of. */
	return nax_ring_size(&q->ring) - (q->ring.end - smp_load_acquire(&tx->done));
}

/** nax_tx_put() - slots for a mapping of @len bytes; the first has the mapping, cap its length. */
static inline void nax_tx_put(struct nax_tx_fill *f, dma_addr_t dma, u32 len, enum nax_tx_kind kind)
{
	u32 whole = len;

	do {
		struct nax_slot *s = nax_ring_slot(&f->q->ring, f->at);
		struct nax_tx_item *t = &f->tx->item[f->at & f->q->ring.mask];

		s->dma = dma;
		s->len = (u16)min(len, f->most);
		s->cap = whole;
		s->flags = 0;
		t->ptr = NULL;
		t->kind = kind;
		kind = NAX_TX_NONE;
		dma += s->len;
		len -= s->len;
		f->at++;
	} while (unlikely(len));
}

/** nax_tx_last() - slot @i ends what @ptr stands for: @segments frames of @bytes in all. */
static inline void nax_tx_last(struct nax_queue *q, struct nax_tx *tx, u32 i, void *ptr,
			       u32 segments, u32 bytes, enum nax_tx_what what)
{
	struct nax_tx_item *t = &tx->item[i & q->ring.mask];

	t->ptr = ptr;
	t->bytes = bytes;
	t->segments = segments;
	t->what = what;
}

/** nax_tx_stop_if_full() - stop the stack when another packet might not fit. */
void nax_tx_stop_if_full(struct nax_queue *q, struct nax_tx *tx, struct netdev_queue *nq,
			 struct nax_device *d);
void nax_tx_unput(struct nax_tx_fill *f, u32 first);

#endif /* NAX_LINUX_TX_H */
