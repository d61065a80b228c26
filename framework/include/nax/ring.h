/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Slots and rings: how packets pass between the framework and a driver.
 *
 * A ring is an array that two parties use in turns, within one poll context: the framework calls
 * the driver, the driver returns. There is never a moment when both run, so the indices are plain
 * integers. They run free (0 .. 2^32-1, wrapping) and are masked only to reach a slot.
 *
 *            begin            next              end          begin + N
 *   ...........|################|----------------|..................|
 *   framework  | with the device| still to post  |     framework    |
 *              |<------------ driver's ---------->|
 *
 * Receive: the slots that the framework holds, [end - N, begin), are received packets that the
 * upper layer has not released yet. Transmit: the slots that it holds, [end, begin + N), are free.
 */
#ifndef NAX_RING_H
#define NAX_RING_H

#include <nax/types.h>

/**
 * struct nax_slot - one piece of memory and what is known of the packet in it
 * @dma: bus address of the first byte of the packet (Tx), or of where the device may write (Rx)
 * @buf: buffer handle of the back end; opaque to drivers
 * @cap: bytes the device may write at @dma (Rx only), 1 .. 65535
 * @flags: NAX_F_*, see <nax/offload.h>
 * @hash: Rx: the RSS hash, valid if NAX_F_HASH_TYPE is not 0.
 *	Tx: header lengths packed by nax_tx_lengths()
 * @len: bytes in this slot; never 0 in a packet that is given away
 * @vlan_tci: 802.1Q tag control information, host order, valid with NAX_F_VLAN
 * @gso: Tx with NAX_F_TX_GSO: payload bytes per segment (MSS). Rx with NAX_OFFLOAD_LRO: frames that
 *	the packet was joined of, 0 or 1 if it came as it is
 * @group: queue group; 0 is the host
 *
 * The first 16 bytes say which memory, and belong to the framework. The last 16 bytes say what
 * the packet is: the driver writes them on receive, the upper layer on transmit, where they are
 * read-only to the driver. In a packet of several slots every slot has its own @dma, @buf, @cap
 * and @len. On Tx all else is valid in the first slot only, but for NAX_F_EOP. On Rx @flags,
 * @hash, @vlan_tci and @gso are valid in the last slot, the one with NAX_F_EOP.
 *
 * 32 bytes, so that two fill a cache line.
 */
struct nax_slot {
	u64 dma;
	u32 buf;
	u32 cap;
	u32 flags;
	u32 hash;
	u16 len;
	u16 vlan_tci;
	u16 gso;
	u16 group;
} __attribute__((aligned(32)));

/* The packet's half of a slot as two words, @flags and @len at their low ends. */
typedef u64 __attribute__((may_alias)) nax_slot_word;

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "nax_slot_write() takes flags for what comes first in memory"
#endif

static inline void nax_slot_write(struct nax_slot *s, u64 flags_hash, u64 len_vlan_gso_group)
{
	nax_slot_word *w = (nax_slot_word *)&s->flags;

	w[0] = flags_hash;
	w[1] = len_vlan_gso_group;
}

/**
 * struct nax_ring - the exchange array of one queue
 * @begin: oldest slot the driver holds; the driver moves it forward to hand slots back
 * @next: the driver's own: [@begin, @next) is with the device, [@next, @end) is still to be posted
 * @end: one past the newest slot given to the driver; the framework moves it forward
 * @mask: N - 1, where N is a power of two; constant while the queue exists
 * @slot: N slots; constant while the queue exists
 * @tstamp: N receive time stamps in ns beside the slots; NULL where the device has no clock
 *
 * Always begin <= next <= end <= begin + N in free-running arithmetic.
 */
struct nax_ring {
	u32 begin;
	u32 next;
	u32 end;
	u32 mask;
	struct nax_slot *slot;
	u64 *tstamp;
};

/** nax_ring_size() - number of slots, N. */
static inline u32 nax_ring_size(const struct nax_ring *r)
{
	return r->mask + 1;
}

/** nax_ring_slot() - the slot at free-running index @i. */
static inline struct nax_slot *nax_ring_slot(const struct nax_ring *r, u32 i)
{
	return &r->slot[i & r->mask];
}

/** nax_ring_first_held() - index of the oldest received slot that is not released yet (Rx). */
static inline u32 nax_ring_first_held(const struct nax_ring *r)
{
	return r->end - nax_ring_size(r);
}

/** nax_ring_received() - slots received and not released yet (Rx). */
static inline u32 nax_ring_received(const struct nax_ring *r)
{
	return r->begin - nax_ring_first_held(r);
}

/** nax_ring_free() - slots that may be filled for transmit (Tx). */
static inline u32 nax_ring_free(const struct nax_ring *r)
{
	return nax_ring_size(r) - (r->end - r->begin);
}

#endif /* NAX_RING_H */
