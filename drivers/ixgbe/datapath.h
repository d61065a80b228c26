/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What runs per packet, advanced descriptors of datasheet sections 7.1.6 (receive) and 7.2.3.2
 * (transmit), one at a time. datapath.c makes the driver's functions of it, vector.c puts loops
 * over several descriptors before it.
 */
#ifndef IXGBE_DATAPATH_H
#define IXGBE_DATAPATH_H

#include <nax/nax.h>

#include "desc.h"
#include "ixgbe.h"

/* ---- receive ---- */

/*
 * Packet type, bits 10:4 of info: IPV4, IPV4 with options, IPV6, IPV6 with extensions, TCP, UDP,
 * SCTP. Two network layers are a tunnel; nothing is said of what is in it.
 */
#define TYPE_IS_TUNNEL(t)	(((t) & 0x3) && ((t) & 0xc))
#define TYPE_L3(t)		((t) & 0x3 ? NAX_F_IPV4 : (t) & 0xc ? NAX_F_IPV6 : 0)
#define TYPE_EXT(t)		((t) & 0xa ? NAX_F_IP_EXT : 0)
#define TYPE_L4(t)		((t) & 0x10 ? NAX_F_TCP : (t) & 0x20 ? NAX_F_UDP : \
				 (t) & 0x40 ? NAX_F_SCTP : 0)
#define TYPE(t)			(TYPE_IS_TUNNEL(t) || !TYPE_L3(t) ? 0 : \
				 TYPE_L3(t) | TYPE_EXT(t) | TYPE_L4(t))
#define TYPE4(t)		TYPE(t), TYPE((t) + 1), TYPE((t) + 2), TYPE((t) + 3)
#define TYPE16(t)		TYPE4(t), TYPE4((t) + 4), TYPE4((t) + 8), TYPE4((t) + 12)

static const u8 type_flags[128] = {
	TYPE16(0), TYPE16(16), TYPE16(32), TYPE16(48), TYPE16(64), TYPE16(80), TYPE16(96),
	TYPE16(112),
};

/*
 * Checksum verdicts by four bits: L4CS and IPCS (somebody looked), TCPE and IPE (it was bad). By an
 * 82599 erratum UDP over IPv4 without a checksum may be called bad; the framework looks again at
 * all that is, and finds that there is nothing to verify.
 */
#define SUM_IP(i)		(!((i) & 2) ? 0 : (i) & 8 ? NAX_F_RX_IPCSUM_BAD : \
				 NAX_F_RX_IPCSUM_GOOD)
#define SUM_L4(i)		(!((i) & 1) ? 0 : (i) & 4 ? NAX_F_RX_L4CSUM_BAD : \
				 NAX_F_RX_L4CSUM_GOOD)
#define SUM(i)			(SUM_IP(i) | SUM_L4(i))
#define SUM4(i)			SUM(i), SUM((i) + 1), SUM((i) + 2), SUM((i) + 3)

static const u16 sum_flags[16] = {
	SUM4(0), SUM4(4), SUM4(8), SUM4(12),
};

/* RSS type, bits 3:0 of info. */
#define HASH_TYPE(i)		((i) == 1 ? NAX_HASH_IPV4_TCP : (i) == 2 ? NAX_HASH_IPV4 : \
				 (i) == 3 ? NAX_HASH_IPV6_TCP : (i) == 4 ? NAX_HASH_IPV6_EX : \
				 (i) == 5 ? NAX_HASH_IPV6 : (i) == 6 ? NAX_HASH_IPV6_TCP_EX : \
				 (i) == 7 ? NAX_HASH_IPV4_UDP : (i) == 8 ? NAX_HASH_IPV6_UDP : \
				 (i) == 9 ? NAX_HASH_IPV6_UDP_EX : 0)
#define HASH(i)			((u32)HASH_TYPE(i) << NAX_F_HASH_SHIFT)
#define HASH4(i)		HASH(i), HASH((i) + 1), HASH((i) + 2), HASH((i) + 3)

static const u32 hash_flags[16] = {
	HASH4(0), HASH4(4), HASH4(8), HASH4(12),
};

static inline u32 rx_error(u32 status)
{
	if (status & (IXGBE_RXD_ERR_CE | IXGBE_RXD_ERR_PE))
		return nax_rx_error(NAX_RX_ERR_CRC);
	if (status & IXGBE_RXD_ERR_OSE)
		return nax_rx_error(NAX_RX_ERR_OVERSIZE);
	return nax_rx_error(NAX_RX_ERR_DEVICE);
}

/* Slot flags of the last descriptor of a good frame, from its write-back. */
static inline u32 rx_good(u32 info, u32 status, u32 keep)
{
	u32 type = type_flags[FIELD_GET(IXGBE_RXD_TYPE, info)];
	u32 flags = hash_flags[info & IXGBE_RXD_RSS_TYPE];

	if (unlikely(info & IXGBE_RXD_TYPE_L2))
		type = 0;
	if (likely(type))
		flags |= type | sum_flags[FIELD_GET(IXGBE_RXD_SUM_SEEN, status) |
					  FIELD_GET(IXGBE_RXD_SUM_BAD, status) << 2];
	flags |= FIELD_PREP(NAX_F_VLAN, FIELD_GET(IXGBE_RXD_VP, status));
	return (flags & keep) | NAX_F_EOP;
}

/* Slot flags from any write-back. All but DD and EOP mean something in the last descriptor only. */
static inline u32 rx_flags(u32 info, u32 status, u32 keep)
{
	if (!(status & IXGBE_RXD_EOP))
		return 0;
	return rx_good(info, status, keep) | (status & IXGBE_RXD_ERRORS ? rx_error(status) : 0) |
	       (status & IXGBE_RXD_TS ? NAX_F_RX_TSTAMP : 0);
}

/*
 * Take the descriptor at b->seen, whatever it is: part of a longer frame, damaged, or the device's
 * still. Return: whether the device has written it.
 */
static inline bool rx_any(struct nax_queue *q, struct nax_rx_batch *b)
{
	const struct ixgbe_queue *p = q->priv;
	const union ixgbe_rx_desc *ring = q->desc;
	const union ixgbe_rx_desc *d = &ring[b->seen & q->desc_mask];
	u32 status = le32_to_cpu(READ_ONCE(d->wb.status));
	u32 info, hash, length_vlan, flags;

	if (!(status & IXGBE_RXD_DD))
		return false;
	dma_rmb(); /* the device writes the other words before the one with DD */
	info = le32_to_cpu(READ_ONCE(d->wb.info));
	flags = rx_flags(info, status, p->rx_keep);
	hash = le32_to_cpu(READ_ONCE(d->wb.hash));
	length_vlan = le32_to_cpu(READ_ONCE(d->wb.length_vlan));
	nax_rx_slot(q, b, flags, hash, length_vlan & 0xffff, (u16)(length_vlan >> 16),
		    FIELD_GET(IXGBE_RXD_RSCCNT, info));
	return true;
}

/*
 * Take a good frame of one descriptor. Return: its flags, NAX_F_EOP among them, and its length at
 * @len; 0 if the descriptor is anything else.
 */
static __always_inline u32 rx_single(const struct nax_queue *q, const union ixgbe_rx_desc *d,
				     struct nax_slot *s, u32 *len)
{
	const struct ixgbe_queue *p = q->priv;
	u32 status = le32_to_cpu(READ_ONCE(d->wb.status));
	u32 length_vlan, flags;

	if ((status & p->rx_single) != IXGBE_RXD_SINGLE)
		return 0;
	dma_rmb(); /* as in rx_any() */
	length_vlan = le32_to_cpu(READ_ONCE(d->wb.length_vlan));
	*len = length_vlan & 0xffff;
	if (unlikely(*len - 1 >= q->buf_len))
		return 0;
	flags = rx_good(le32_to_cpu(READ_ONCE(d->wb.info)), status, p->rx_keep);
	nax_slot_write(s, flags | (u64)le32_to_cpu(READ_ONCE(d->wb.hash)) << 32,
		       length_vlan | (u64)q->group << 48);
	return flags;
}

/* One of them, at q->seen. */
static __always_inline void rx_lone(struct nax_queue *q)
{
	const union ixgbe_rx_desc *ring = q->desc;
	u32 flags, len;

	flags = rx_single(q, &ring[q->seen & q->desc_mask], nax_ring_slot(&q->ring, q->seen), &len);
	if (likely(flags))
		nax_rx_ran(q, 1, len, flags);
}

/* Up to @most of them, up to the first descriptor that is anything else. */
static __always_inline void rx_singles(struct nax_queue *q, u32 most)
{
	const union ixgbe_rx_desc *ring = q->desc;
	const union ixgbe_rx_desc *d = &ring[q->seen & q->desc_mask];
	struct nax_slot *s = nax_ring_slot(&q->ring, q->seen);
	const union ixgbe_rx_desc *first = d, *end = d + most;
	u32 bytes = 0, all = 0, flags, len;

	for (; d != end; d++, s++) {
		flags = rx_single(q, d, s, &len);
		if (!flags)
			break;
		bytes += len;
		all |= flags;
	}
	nax_rx_ran(q, (u32)(d - first), bytes, all);
}

static inline u32 rx_status(const struct nax_queue *q, u32 desc)
{
	const union ixgbe_rx_desc *ring = q->desc;

	return le32_to_cpu(READ_ONCE(ring[desc & q->desc_mask].wb.status));
}

/* Whether the device has written the descriptor at q->seen. */
static inline bool rx_done(const struct nax_queue *q)
{
	return rx_status(q, q->seen) & IXGBE_RXD_DD;
}

/* Whether there is more in this batch after some frames were taken. */
static inline bool rx_more(const struct nax_queue *q, u32 budget)
{
	return q->seen != q->ring.next && q->batch.packets < budget && rx_done(q);
}

/* How many slots from index @i on, before @end, have descriptors that lie side by side. */
static inline u32 rx_post_run(const struct nax_queue *q, u32 i, u32 end)
{
	return min_t(u32, end - i, q->desc_mask + 1 - (i & q->desc_mask));
}

/* An empty buffer to a descriptor. */
static inline void rx_give(union ixgbe_rx_desc *d, const struct nax_slot *s)
{
	d->read.packet = cpu_to_le64(s->dma);
	d->read.header = 0; /* DD lies here once it is written back */
}

/* ---- transmit ---- */

#define TX_OFFLOADS		(NAX_F_TX_MASK | NAX_F_VLAN)
#define TX_CMD			(IXGBE_TXD_DTYP_DATA | IXGBE_TXD_DEXT | IXGBE_TXD_IFCS)
#define ETHER_HEADER		14

/* By NAX_F_L4_MASK >> 3. */
static const u32 l4_types[4] = {
	IXGBE_TXC_L4T_UDP, IXGBE_TXC_L4T_TCP, IXGBE_TXC_L4T_UDP, IXGBE_TXC_L4T_SCTP,
};

/* What the packet that begins with slot @s asks for, in the terms of sections 7.2.3.2.3 and .4. */
static noinline void tx_translate(const struct nax_slot *s, struct ixgbe_request *r)
{
	u32 l2 = nax_tx_l2(s->hash), l3 = nax_tx_l3(s->hash), l4 = nax_tx_l4(s->hash);
	u32 flags = s->flags;

	*r = (struct ixgbe_request){
		.flags = flags, .lengths = s->hash, .gso = s->gso,
		.context = { .type = IXGBE_TXD_DTYP_CONTEXT | IXGBE_TXD_DEXT },
		.cmd = TX_CMD | (flags & NAX_F_VLAN ? IXGBE_TXD_VLE : 0) |
		       (flags & NAX_F_TX_TSTAMP ? IXGBE_TXD_TSTAMP : 0),
		.status = IXGBE_TXD_CC,
	};
	if (!(flags & NAX_F_TX_HEADERS)) {
		/*
		 * Lengths need not be known for a tag, which goes after the addresses, or for a
		 * time stamp.
		 */
		r->context.vlan_macip = ETHER_HEADER << IXGBE_TXC_MACLEN_SHIFT;
		return;
	}
	r->context.vlan_macip = l2 << IXGBE_TXC_MACLEN_SHIFT | l3;
	r->context.type |= l4_types[(flags & NAX_F_L4_MASK) >> 3];
	if (flags & NAX_F_IPV4)
		r->context.type |= IXGBE_TXC_IPV4;
	if (flags & NAX_F_TX_IPCSUM)
		r->status |= IXGBE_TXD_IXSM;
	if (flags & NAX_F_TX_L4CSUM)
		r->status |= IXGBE_TXD_TXSM;
	if (!(flags & NAX_F_TX_GSO))
		return;
	/* Segmentation writes new checksums always, so it must be told so. */
	r->context.mss_l4len = (u32)s->gso << IXGBE_TXC_MSS_SHIFT | l4 << IXGBE_TXC_L4LEN_SHIFT;
	r->cmd |= IXGBE_TXD_TSE;
	r->status |= IXGBE_TXD_TXSM | (flags & NAX_F_IPV4 ? IXGBE_TXD_IXSM : 0);
	r->headers = l2 + l3 + l4;
}

/* The same, which is what the packet before asked for as a rule. */
static inline const struct ixgbe_request *tx_request(struct ixgbe_queue *p,
						     const struct nax_slot *s)
{
	struct ixgbe_request *r = &p->request;

	if (unlikely(r->flags != s->flags || r->lengths != s->hash || r->gso != s->gso))
		tx_translate(s, r);
	return r;
}

/*
 * Write a context descriptor, unless the device's context 0 of this queue says the same already.
 * Return: descriptors written.
 */
static inline u32 tx_context(struct ixgbe_queue *p, union ixgbe_tx_desc *d,
			     const struct ixgbe_request *r, const struct nax_slot *s)
{
	struct ixgbe_context c = r->context;

	if (s->flags & NAX_F_VLAN)
		c.vlan_macip |= (u32)s->vlan_tci << IXGBE_TXC_VLAN_SHIFT;
	if (c.vlan_macip == p->context.vlan_macip && c.type == p->context.type &&
	    c.mss_l4len == p->context.mss_l4len)
		return 0;
	p->context = c;
	d->context.vlan_macip = cpu_to_le32(c.vlan_macip);
	d->context.ipsec = 0;
	d->context.type = cpu_to_le32(c.type);
	d->context.mss_l4len = cpu_to_le32(c.mss_l4len);
	return 1;
}

static inline void tx_data(union ixgbe_tx_desc *d, const struct nax_slot *s, u32 cmd, u32 status)
{
	d->data.address = cpu_to_le64(s->dma);
	d->data.cmd_len = cpu_to_le32(cmd | s->len);
	d->data.status = cpu_to_le32(status);
}

/* A packet of one slot that asks for nothing; @report: 0 or IXGBE_TXD_RS. */
static inline void tx_give(union ixgbe_tx_desc *d, const struct nax_slot *s, u32 report)
{
	u32 len = s->len;

	tx_data(d, s, TX_CMD | IXGBE_TXD_EOP | report, len << IXGBE_TXD_PAYLEN_SHIFT);
}

/* The packet of nax_tx_lone(). */
static inline void tx_alone(struct nax_queue *q)
{
	const struct nax_slot *s = nax_ring_slot(&q->ring, q->ring.next);
	union ixgbe_tx_desc *ring = q->desc;

	tx_give(&ring[q->tail & q->desc_mask], s, IXGBE_TXD_RS);
	nax_tx_lone_posted(q, s->len);
}

/*
 * Slots from @slot on to descriptors from @at on, @n of them, at least 2. The queue is read once:
 * each store to a descriptor would make the compiler read it again.
 */
static inline void tx_pieces(const struct nax_queue *q, u32 slot, u32 at, u32 n, u32 cmd, u32 last,
			     u32 status)
{
	const u32 slot_mask = q->ring.mask, desc_mask = q->desc_mask;
	const struct nax_slot *slots = q->ring.slot;
	union ixgbe_tx_desc *ring = q->desc;

	for (; n > 1; n--, at++, slot++)
		tx_data(&ring[at & desc_mask], &slots[slot & slot_mask], cmd, status);
	tx_data(&ring[at & desc_mask], &slots[slot & slot_mask], cmd | last, status);
}

/* Post the next packet, whatever it asks for. Return: whether there is one, and room for it. */
static inline bool tx_one(struct nax_queue *q, struct ixgbe_queue *p, struct nax_tx_batch *b)
{
	union ixgbe_tx_desc *ring = q->desc;
	u32 bytes, n = nax_tx_room(q, b, &bytes);
	u32 slot = b->next, at = b->tail, first = at;
	u32 cmd = TX_CMD, status = 0, headers = 0, last = IXGBE_TXD_EOP;
	const struct nax_slot *s = nax_tx_slot(q, b, 0);

	if (!n)
		return false;
	if (s->flags & TX_OFFLOADS) {
		const struct ixgbe_request *r = tx_request(p, s);

		at += tx_context(p, &ring[at & q->desc_mask], r, s);
		cmd = r->cmd;
		status = r->status;
		headers = r->headers;
	}
	status |= (bytes - headers) << IXGBE_TXD_PAYLEN_SHIFT;
	if (nax_tx_commit(q, b, n, at - first + n, bytes))
		last |= IXGBE_TXD_RS;
	if (n == 1)
		tx_data(&ring[at & q->desc_mask], s, cmd | last, status);
	else
		tx_pieces(q, slot, at, n, cmd, last, status);
	return true;
}

#endif /* IXGBE_DATAPATH_H */
