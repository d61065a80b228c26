// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The verifier's level 2: snapshots, poison and canaries; the slots that come back from receive. */

#include "verify_impl.h"

/* Bits without a meaning, which no driver can mean. With EOP, so that the slot is looked at. */
#define POISON_FLAGS	(0xf0000000u | NAX_F_EOP)
#define POISON_WORD	0xffffu		/* gso and group */
#define CANARY_LEN	32u
#define CANARY_BYTE(i)	((u8)(0xc3 ^ (i) * 29))

/* Packets in a row that must equal the poison, until it can be no accident: 2^-64 for both. */
#define HASH_HITS	2
#define TCI_HITS	4

#define RX_FLAGS \
	(NAX_F_EOP | NAX_F_IPV4 | NAX_F_IPV6 | NAX_F_L4_MASK | NAX_F_VLAN | NAX_F_IP_EXT | \
	 NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_L4CSUM_GOOD | NAX_F_RX_CSUM_BAD | NAX_F_RX_ERROR | \
	 NAX_F_RX_TSTAMP | NAX_F_RX_LOOPBACK | NAX_F_HASH_TYPE | NAX_F_RX_REASON)

#define SAMPLE_MASK 15u		/* one packet of 16 */

/* A value for the slot at @i that differs from one call to the next. */
static u32 verify_mix(u32 seed, u32 i)
{
	u32 x = seed + i * 0x9e3779b9u;

	x = (x ^ x >> 16) * 0x85ebca6bu;
	x = (x ^ x >> 13) * 0xc2b2ae35u;
	return x ^ x >> 16;
}

void nax_verify_poison(struct nax_queue *q)
{
	struct nax_verify_queue *vq = nax_vq(q);
	struct nax_slot *s;
	u32 i;

	vq->seed += 0x632be5abu;
	/* [begin, seen) holds the first part of a packet, written by an earlier call */
	for (i = q->seen; i != q->ring.next; i++) {
		s = nax_ring_slot(&q->ring, i);
		s->flags = POISON_FLAGS;
		s->hash = verify_mix(vq->seed, i);
		s->len = 0;
		s->vlan_tci = (u16)(s->hash >> 16);
		s->gso = POISON_WORD;
		s->group = POISON_WORD;
	}
}

/* Where the device has to end: it was told of nax_queue.buf_len, which the buffer may exceed. */
static u32 verify_device_end(const struct nax_queue *q, const struct nax_slot *s)
{
	return min_t(u32, s->cap, q->buf_len);
}

void nax_verify_canaries(struct nax_queue *q)
{
	const struct nax_backend_ops *ops = nax_core_of(q->adapter)->ops;
	struct nax_verify_queue *vq = nax_vq(q);
	const struct nax_slot *s;
	u32 after, end;
	u32 len;
	u32 i, k;
	u8 *at;

	for (i = q->ring.next; i != q->ring.end; i++) {
		s = nax_ring_slot(&q->ring, i);
		ops->buf_room(q, s, &after);
		end = verify_device_end(q, s);
		len = after > end ? min_t(u32, after - end, CANARY_LEN) : 0;
		vq->canary[i & q->ring.mask] = (u8)len;
		if (!len)
			continue;
		at = ops->buf_addr(q, s) + end;
		for (k = 0; k < len; k++)
			at[k] = CANARY_BYTE(k);
	}
}

static bool verify_canary(struct nax_queue *q, u32 i)
{
	const struct nax_slot *s = nax_ring_slot(&q->ring, i);
	u32 len = nax_vq(q)->canary[i & q->ring.mask];
	u32 end = verify_device_end(q, s);
	const u8 *at;
	u32 k;

	at = nax_core_of(q->adapter)->ops->buf_addr(q, s) + end;
	for (k = 0; k < len && at[k] == CANARY_BYTE(k); k++)
		;
	return nax_rule(q, NAX_RULE_RX_CANARY, k == len, i,
			"expected no write beyond %u bytes, found one %u bytes later", end, k);
}

/* One slot against its copy, where something differs. */
static bool verify_slot(struct nax_queue *q, u32 i)
{
	const struct nax_verify_before *b = &nax_vq(q)->before;
	const struct nax_slot *was = &nax_vq(q)->copy[i & q->ring.mask];
	const struct nax_slot *is = nax_ring_slot(&q->ring, i);
	bool same = !memcmp(was, is, sizeof(*was));
	bool memory = !memcmp(was, is, offsetof(struct nax_slot, flags));

	if (i - b->ring.begin >= b->ring.end - b->ring.begin)
		return nax_rule(q, NAX_RULE_SLOT_OUTSIDE, same, i,
				"not in [%u, %u): expected flags 0x%08x len %u, found 0x%08x %u",
				b->ring.begin, b->ring.end, was->flags, was->len, is->flags,
				is->len);
	if (!q->is_rx)
		return nax_rule(q, NAX_RULE_TX_SLOT_WRITE, same, i,
				"expected flags 0x%08x len %u dma 0x%llx, found 0x%08x %u 0x%llx",
				was->flags, was->len, was->dma, is->flags, is->len, is->dma);
	return nax_rule(q, NAX_RULE_RX_SLOT_MEMORY, memory, i,
			"expected dma 0x%llx buf %u cap %u, found 0x%llx %u %u", was->dma, was->buf,
			was->cap, is->dma, is->buf, is->cap);
}

bool nax_verify_slots(struct nax_queue *q)
{
	const struct nax_verify_queue *vq = nax_vq(q);
	u32 size = nax_ring_size(&q->ring);
	u32 i = vq->before.ring.begin;
	u32 end = i + size;

	nax_verify_count(&nax_vq(q)->checks);
	if (!memcmp(vq->copy, q->ring.slot, size * sizeof(*vq->copy)))
		return true;
	for (; i != end; i++)
		if (memcmp(&vq->copy[i & q->ring.mask], nax_ring_slot(&q->ring, i),
			   sizeof(*vq->copy)) && !verify_slot(q, i))
			return false;
	return true;
}

static bool verify_written(struct nax_queue *q, u32 i)
{
	struct nax_verify_queue *vq = nax_vq(q);
	const struct nax_slot *s = nax_ring_slot(&q->ring, i);
	u32 hash = verify_mix(vq->seed, i);

	if (!nax_rule(q, NAX_RULE_RX_SLOT_UNWRITTEN, (s->flags & POISON_FLAGS) != POISON_FLAGS, i,
		      "flags: expected a value, found the poison 0x%08x", s->flags))
		return false;
	if (!(s->flags & NAX_F_EOP))
		return true;
	vq->hash_hits = s->hash == hash ? vq->hash_hits + 1 : 0;
	vq->tci_hits = s->vlan_tci == hash >> 16 ? vq->tci_hits + 1 : 0;
	return nax_rule(q, NAX_RULE_RX_SLOT_UNWRITTEN, s->gso != POISON_WORD, i,
			"gso: expected a value, found the poison 0x%04x", s->gso) &&
	       nax_rule(q, NAX_RULE_RX_SLOT_UNWRITTEN, s->group == q->group, i,
			"group: expected %u, found 0x%04x", q->group, s->group) &&
	       nax_rule(q, NAX_RULE_RX_SLOT_UNWRITTEN, vq->hash_hits < HASH_HITS, i,
			"hash: expected a value, found the poison in %u packets", HASH_HITS) &&
	       nax_rule(q, NAX_RULE_RX_SLOT_UNWRITTEN, vq->tci_hits < TCI_HITS, i,
			"vlan_tci: expected a value, found the poison in %u packets", TCI_HITS);
}

static bool verify_both(u32 flags, u32 a, u32 b)
{
	return flags & a && flags & b;
}

static bool verify_flags(struct nax_queue *q, u32 i, u32 flags)
{
	u32 reason = (flags & NAX_F_RX_REASON) >> NAX_F_RX_REASON_SHIFT;
	bool known = reason && (reason < NAX_RX_ERRORS ||
				(flags & NAX_F_RX_REASON) == NAX_RX_REASON_COUNTED);

	return nax_rule(q, NAX_RULE_RX_FLAGS, !(flags & ~RX_FLAGS), i,
			"expected flags of 0x%08x, found 0x%08x", RX_FLAGS, flags) &&
	       nax_rule(q, NAX_RULE_RX_FLAGS,
			!verify_both(flags, NAX_F_IPV4, NAX_F_IPV6) &&
			!verify_both(flags, NAX_F_RX_IPCSUM_GOOD, NAX_F_RX_IPCSUM_BAD) &&
			!verify_both(flags, NAX_F_RX_L4CSUM_GOOD, NAX_F_RX_L4CSUM_BAD), i,
			"expected one of two that exclude each other, found 0x%08x", flags) &&
	       nax_rule(q, NAX_RULE_RX_FLAGS, flags & NAX_F_RX_ERROR ? known : !reason, i,
			"expected a reason for an error and for nothing else, found 0x%08x", flags);
}

static bool verify_hash_type(struct nax_queue *q, u32 i, u32 flags)
{
	u32 type = (flags & NAX_F_HASH_TYPE) >> NAX_F_HASH_SHIFT;
	u32 types = (u32)nax_vq(q)->rx.types;

	return nax_rule(q, NAX_RULE_RX_HASH_TYPE, !type || types & 1u << type, i,
			"expected one of the types 0x%x, found type %u", types, type);
}

static bool verify_sampled(struct nax_queue *q, u32 first, u32 n)
{
	const struct nax_backend_ops *ops = nax_core_of(q->adapter)->ops;
	struct nax_verify_queue *vq = nax_vq(q);
	const struct nax_slot *s;
	u32 i;

	if (vq->packets++ & SAMPLE_MASK || n > NAX_PIECES_MAX)
		return true;
	for (i = 0; i < n; i++) {
		s = nax_ring_slot(&q->ring, first + i);
		vq->piece[i].data = ops->buf_addr(q, s);
		vq->piece[i].len = s->len;
	}
	return nax_verify_sample(q, n, first + n - 1);
}

/* The whole packet in @n slots from @first on, @bytes in them. */
static bool verify_packet(struct nax_queue *q, u32 first, u32 n, u32 bytes)
{
	const struct nax_verify_queue *vq = nax_vq(q);
	u32 last = first + n - 1;
	const struct nax_slot *s = nax_ring_slot(&q->ring, last);
	u32 flags = s->flags;
	bool joined = s->gso > 1;

	if (!verify_flags(q, last, flags) ||
	    !nax_rule(q, NAX_RULE_RX_SLOTS, n <= q->slots_max, last,
		      "expected at most %u slots, found %u", q->slots_max, n))
		return false;
	if (flags & NAX_F_RX_ERROR || vq->graced)
		return true;
	if (joined && !nax_rule(q, NAX_RULE_RX_JOINED,
				n == 1 && vq->rx.offloads & NAX_OFFLOAD_LRO, last,
				"NAX_OFFLOAD_LRO is %s: expected no frames joined, found %u in %u slots",
				vq->rx.offloads & NAX_OFFLOAD_LRO ? "active" : "not active",
				s->gso, n))
		return false;
	return nax_rule(q, NAX_RULE_RX_FRAME, joined || bytes <= vq->rx.max_frame, last,
			"expected at most %llu bytes, found %u", vq->rx.max_frame, bytes) &&
	       nax_rule(q, NAX_RULE_RX_SCATTER,
			n == 1 || vq->rx.offloads & NAX_OFFLOAD_RX_SCATTER, last,
			"scatter is not active: expected 1 slot, found %u", n) &&
	       verify_hash_type(q, last, flags) && (joined || verify_sampled(q, first, n));
}

bool nax_verify_received(struct nax_queue *q)
{
	u32 first = nax_vq(q)->before.ring.begin;
	const struct nax_slot *s;
	u32 packets = 0;
	u32 bytes = 0;
	u32 flags = 0;
	u32 len = 0;
	u32 i;

	for (i = first; i != q->ring.begin; i++) {
		s = nax_ring_slot(&q->ring, i);
		if (!verify_written(q, i) ||
		    !nax_rule(q, NAX_RULE_RX_LEN, s->len && s->len <= s->cap, i,
			      "expected 1 .. %u, found %u", s->cap, s->len) ||
		    !verify_canary(q, i))
			return false;
		len += s->len;
		if (!(s->flags & NAX_F_EOP))
			continue;
		if (!verify_packet(q, first, i - first + 1, len))
			return false;
		packets++;
		bytes += len;
		flags |= s->flags;
		first = i + 1;
		len = 0;
	}
	return nax_rule(q, NAX_RULE_RX_COUNT,
			packets == q->batch.packets &&
			(!packets || (bytes == q->batch.bytes && flags == q->batch.flags)),
			NAX_NO_SLOT,
			"expected %u packets, %u bytes, flags 0x%08x; found %u, %u, 0x%08x",
			packets, bytes, flags, q->batch.packets, q->batch.bytes, q->batch.flags);
}
