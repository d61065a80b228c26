/* SPDX-License-Identifier: GPL-2.0-only */
/* Filling transmit slots, for tx.c (sk_buffs) and xdp.c (frames); under the queue's lock. */
#ifndef NAX_LINUX_TX_H
#define NAX_LINUX_TX_H

#include "linux.h"

/*
 * Slots that must be free for any packet, and how many let a stopped queue start again. A packet
 * has one for each fragment, one for what comes before those, and as many more as 64 KiB are cut
 * into. The smallest ring has room for both, however many fragments a kernel allows.
 */
#define NAX_TX_STOP	(MAX_SKB_FRAGS + 6u)
#define NAX_TX_START	min(2 * NAX_TX_STOP, 60u)

/**
 * struct nax_tx_fill - a packet on its way into slots
 * @slot: the queue's slots
 * @item: what is beside them
 * @mask: their number less 1
 * @at: free-running index of the next slot
 * @most: bytes one slot may have
 *
 * What does not change is here, and no function that is not inline has its address, so that all of
 * it is in registers: a store to a slot makes the compiler read the queue again.
 */
struct nax_tx_fill {
	struct nax_slot *slot;
	struct nax_tx_item *item;
	u32 mask;
	u32 at;
	u32 most;
};

/** nax_tx_fill_begin() - a packet that is to go into slots from ring.end on. */
static inline struct nax_tx_fill nax_tx_fill_begin(const struct nax_queue *q,
						   const struct nax_tx *tx)
{
	return (struct nax_tx_fill){
		.slot = q->ring.slot, .item = tx->item, .mask = q->ring.mask, .at = q->ring.end,
		.most = q->adapter->caps.tx_slot_len_max,
	};
}

/** nax_tx_room_now() - slots that may be filled. */
static inline u32 nax_tx_room_now(const struct nax_queue *q, const struct nax_tx *tx)
{
	/* Partner: the release in nax_tx_free(). What was in those slots has been let go of. */
	return nax_ring_size(&q->ring) - (q->ring.end - smp_load_acquire(&tx->done));
}

u32 nax_tx_put_long(struct nax_tx_fill f, dma_addr_t dma, u32 len, u8 is);

/**
 * nax_tx_put() - slots for @len bytes; the first has the mapping, if any, and cap its length
 * @f: the packet
 * @dma: where they are
 * @len: how many
 * @is: NAX_TX_MAPPED or 0
 */
static inline void nax_tx_put(struct nax_tx_fill *f, dma_addr_t dma, u32 len, u8 is)
{
	u32 i = f->at & f->mask;
	struct nax_slot *s = &f->slot[i];

	if (unlikely(len > f->most)) {
		f->at = nax_tx_put_long(*f, dma, len, is);
		return;
	}
	f->at++;
	s->dma = dma;
	s->cap = len;
	nax_slot_write(s, 0, len);
	f->item[i].is = is;
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
/** nax_tx_send() - post what was filled, with one doorbell. */
void nax_tx_send(struct nax_queue *q);
void nax_tx_unput(struct nax_queue *q, u32 first, u32 end);

#endif /* NAX_LINUX_TX_H */
