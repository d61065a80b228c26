/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the two files of the transmit slow path share: fix.c (packets) and fix_ring.c (buffers). */
#ifndef NAX_FIX_H
#define NAX_FIX_H

#include "gso.h"
#include "internal.h"
#include "pieces.h"

/**
 * struct nax_tx_fix - staging of one transmit queue
 * @staged: packets taken out of the ring, in order; as many as the ring has slots
 * @head: first staged slot that is not dealt with
 * @count: one past the last; equal to @head when nothing is pending
 * @spare: buffers without a slot
 * @spares: how many
 * @hole: first ring slot without a buffer
 * @hole_end: one past the last; equal to @hole when every slot has one
 * @cutting: segmentation of the packet at @head is under way
 * @cut_slot: first slot of that packet, as it was submitted
 * @cut_done: slots of that packet that are given back already; @head has moved past them
 * @gso: state of the segmentation; points to @src
 * @src: pieces of the packet that is being cut or merged
 * @out: pieces of the packet that is being made
 *
 * Slots are staged with their buffers, which leaves holes in the ring: [hole, hole_end), always at
 * or after ring.end and before any other free slot. Packets that are placed fill them from the
 * left. Until all is placed or dropped, staged and spare buffers together are at least as many as
 * holes, so the ring can be made whole at any time without asking for memory.
 *
 * No pointer to the queue: a resize moves this to another one, at a time when it is empty.
 */
struct nax_tx_fix {
	struct nax_slot *staged;
	u32 head;
	u32 count;
	struct nax_slot *spare;
	u32 spares;
	u32 hole;
	u32 hole_end;
	bool cutting;
	struct nax_slot cut_slot;
	u32 cut_done;
	struct nax_gso gso;
	struct nax_piece src[NAX_PIECES_MAX];
	struct nax_piece out[NAX_PIECES_MAX];
};

static inline struct nax_tx_fix *nax_fix_of(const struct nax_queue *q)
{
	return nax_qc(q)->fix;
}

/** nax_tx_pending() - packets wait in software segmentation. */
static inline bool nax_tx_pending(const struct nax_queue *q)
{
	const struct nax_tx_fix *f = nax_fix_of(q);

	return f->head != f->count;
}

static inline const struct nax_backend_ops *nax_fix_ops(const struct nax_queue *q)
{
	return nax_core_of(q->adapter)->ops;
}

/** nax_fix_stage() - move the @n slots from ring.end on to the empty staging. */
void nax_fix_stage(struct nax_queue *q, u32 n);

/** nax_fix_put() - staged slots [@head, @head + @n) are done with: their buffers are free. */
void nax_fix_put(struct nax_queue *q, u32 n);

/** nax_fix_place() - move @n slots from the head of the staging to ring.end on; there is room. */
void nax_fix_place(struct nax_queue *q, u32 n);

/**
 * nax_fix_reserve() - buffers for a packet of @len bytes in the ring slots from ring.end on
 * @lead: bytes to leave free before the first one, for a tag
 *
 * The slots get dma and len; f->out describes them. ring.end does not move.
 *
 * Return: number of slots; 0 if the ring has no room now; -ENOMEM; -E2BIG if no ring of this device
 * could ever hold the packet.
 */
int nax_fix_reserve(struct nax_queue *q, u32 len, u32 lead);

/** nax_fix_settle() - with an empty staging: every ring slot has a buffer again. */
void nax_fix_settle(struct nax_queue *q);

#endif /* NAX_FIX_H */
