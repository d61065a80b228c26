// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Queues, and what runs per packet: advanced descriptors of datasheet sections 7.1.6 (receive) and
 * 7.2.3.2 (transmit).
 */
#include <nax/nax.h>

#include "desc.h"
#include "ixgbe.h"
#include "regs.h"

#define ENABLE_STEP_US		100
#define ENABLE_LIMIT_US		10000
#define DISABLE_SETTLE_US	100	/* sections 4.6.7.1 and 4.6.8.1 */

/*
 * Fetch ahead when fewer than 32 descriptors are on chip. WTHRESH stays 0: descriptors with RS are
 * written back at once, others never, so completions do not wait for later traffic.
 */
#define TX_PTHRESH		32
#define TX_HTHRESH		1

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
static const u8 hash_types[16] = {
	[1] = NAX_HASH_IPV4_TCP, [2] = NAX_HASH_IPV4, [3] = NAX_HASH_IPV6_TCP,
	[4] = NAX_HASH_IPV6_EX, [5] = NAX_HASH_IPV6, [6] = NAX_HASH_IPV6_TCP_EX,
	[7] = NAX_HASH_IPV4_UDP, [8] = NAX_HASH_IPV6_UDP, [9] = NAX_HASH_IPV6_UDP_EX,
};

static u32 rx_error(u32 status)
{
	if (status & (IXGBE_RXD_ERR_CE | IXGBE_RXD_ERR_PE))
		return nax_rx_error(NAX_RX_ERR_CRC);
	if (status & IXGBE_RXD_ERR_OSE)
		return nax_rx_error(NAX_RX_ERR_OVERSIZE);
	return nax_rx_error(NAX_RX_ERR_DEVICE);
}

/* Slot flags from a write-back. All but DD and EOP mean something in the last descriptor only. */
static inline u32 rx_flags(u32 info, u32 status, u32 keep)
{
	u32 type = type_flags[FIELD_GET(IXGBE_RXD_TYPE, info)];
	u32 flags;

	if (!(status & IXGBE_RXD_EOP))
		return 0;
	if (info & IXGBE_RXD_TYPE_L2)
		type = 0;
	flags = type | (u32)hash_types[info & IXGBE_RXD_RSS_TYPE] << NAX_F_HASH_SHIFT;
	if (type)
		flags |= sum_flags[FIELD_GET(IXGBE_RXD_SUM_SEEN, status) |
				   FIELD_GET(IXGBE_RXD_SUM_BAD, status) << 2];
	if (status & IXGBE_RXD_VP)
		flags |= NAX_F_VLAN;
	flags = (flags & keep) | NAX_F_EOP;
	if (unlikely(status & IXGBE_RXD_ERRORS))
		flags |= rx_error(status);
	return flags;
}

/** ixgbe_rx_reap() - find received packets; nax_driver_ops.rx_reap. */
void ixgbe_rx_reap(struct nax_queue *q, u32 budget)
{
	const struct ixgbe_queue *p = q->priv;
	const union ixgbe_rx_desc *ring = q->desc;
	struct nax_rx_batch b = nax_rx_begin(q, budget);

	while (nax_rx_more(&b)) {
		const union ixgbe_rx_desc *d = &ring[b.seen & q->desc_mask];
		u32 status = le32_to_cpu(READ_ONCE(d->wb.status));
		u32 info, hash, length_vlan;

		if (!(status & IXGBE_RXD_DD))
			break;
		dma_rmb(); /* the device writes the other words before the one with DD */
		info = le32_to_cpu(READ_ONCE(d->wb.info));
		hash = le32_to_cpu(READ_ONCE(d->wb.hash));
		length_vlan = le32_to_cpu(READ_ONCE(d->wb.length_vlan));
		nax_rx_slot(q, &b, rx_flags(info, status, p->rx_keep), hash, length_vlan & 0xffff,
			    (u16)(length_vlan >> 16));
	}
	nax_rx_commit(q, &b);
}

/** ixgbe_rx_post() - give empty buffers to the device; nax_driver_ops.rx_post. */
void ixgbe_rx_post(struct nax_queue *q)
{
	union ixgbe_rx_desc *ring = q->desc;
	u32 end = nax_rx_post_end(q);
	u32 i;

	for (i = q->ring.next; i != end; i++) {
		union ixgbe_rx_desc *d = &ring[i & q->desc_mask];

		d->read.packet = cpu_to_le64(nax_ring_slot(&q->ring, i)->dma);
		d->read.header = 0; /* DD lies here once it is written back */
	}
	nax_rx_posted(q, end);
}

/* ---- transmit ---- */

#define TX_OFFLOADS		(NAX_F_TX_MASK | NAX_F_VLAN)
#define TX_CMD			(IXGBE_TXD_DTYP_DATA | IXGBE_TXD_DEXT | IXGBE_TXD_IFCS)
#define ETHER_HEADER		14

/* By NAX_F_L4_MASK >> 3. */
static const u32 l4_types[4] = {
	IXGBE_TXC_L4T_UDP, IXGBE_TXC_L4T_TCP, IXGBE_TXC_L4T_UDP, IXGBE_TXC_L4T_SCTP,
};

/*
 * What a packet asks for, as a context (section 7.2.3.2.3), and as bits of its data descriptors
 * (section 7.2.3.2.4). Return: bytes of headers that segmentation repeats, 0 without it.
 */
static u32 tx_offload(const struct nax_slot *s, struct ixgbe_context *c, u32 *cmd, u32 *status)
{
	u32 flags = s->flags;
	u32 l2 = nax_tx_l2(s->hash), l3 = nax_tx_l3(s->hash), l4 = nax_tx_l4(s->hash);

	*c = (struct ixgbe_context){ .type = IXGBE_TXD_DTYP_CONTEXT | IXGBE_TXD_DEXT };
	*status = IXGBE_TXD_CC;
	if (flags & NAX_F_VLAN) {
		c->vlan_macip = (u32)s->vlan_tci << IXGBE_TXC_VLAN_SHIFT;
		*cmd |= IXGBE_TXD_VLE;
	}
	if (!(flags & NAX_F_TX_MASK)) {
		/* Lengths need not be known for a tag alone: it goes after the addresses. */
		c->vlan_macip |= ETHER_HEADER << IXGBE_TXC_MACLEN_SHIFT;
		return 0;
	}
	c->vlan_macip |= l2 << IXGBE_TXC_MACLEN_SHIFT | l3;
	c->type |= l4_types[(flags & NAX_F_L4_MASK) >> 3];
	if (flags & NAX_F_IPV4)
		c->type |= IXGBE_TXC_IPV4;
	if (flags & NAX_F_TX_IPCSUM)
		*status |= IXGBE_TXD_IXSM;
	if (flags & NAX_F_TX_L4CSUM)
		*status |= IXGBE_TXD_TXSM;
	if (!(flags & NAX_F_TX_GSO))
		return 0;
	/* Segmentation writes new checksums always, so it must be told so. */
	c->mss_l4len = (u32)s->gso << IXGBE_TXC_MSS_SHIFT | l4 << IXGBE_TXC_L4LEN_SHIFT;
	*cmd |= IXGBE_TXD_TSE;
	*status |= IXGBE_TXD_TXSM | (flags & NAX_F_IPV4 ? IXGBE_TXD_IXSM : 0);
	return l2 + l3 + l4;
}

/*
 * Write a context descriptor unless the device's context 0 of this queue says the same already.
 * Return: descriptors written.
 */
static u32 tx_context(struct ixgbe_queue *p, union ixgbe_tx_desc *d, const struct ixgbe_context *c)
{
	if (c->vlan_macip == p->context.vlan_macip && c->type == p->context.type &&
	    c->mss_l4len == p->context.mss_l4len)
		return 0;
	p->context = *c;
	d->context.vlan_macip = cpu_to_le32(c->vlan_macip);
	d->context.ipsec = 0;
	d->context.type = cpu_to_le32(c->type);
	d->context.mss_l4len = cpu_to_le32(c->mss_l4len);
	return 1;
}

static inline u32 tx_bytes(const struct nax_queue *q, u32 slot, u32 n)
{
	u32 bytes = 0;

	while (n--)
		bytes += nax_ring_slot(&q->ring, slot++)->len;
	return bytes;
}

/** ixgbe_tx_post() - packets to descriptors; nax_driver_ops.tx_post. */
void ixgbe_tx_post(struct nax_queue *q)
{
	struct ixgbe_queue *p = q->priv;
	union ixgbe_tx_desc *ring = q->desc;
	struct nax_tx_batch b = nax_tx_begin(q);
	u32 n;

	while ((n = nax_tx_room(q, &b)) != 0) {
		u32 slot = b.next, at = b.tail, first = at;
		u32 bytes = tx_bytes(q, slot, n);
		const struct nax_slot *s = nax_tx_slot(q, &b, 0);
		u32 cmd = TX_CMD, status = 0, headers = 0;
		u32 last;

		if (s->flags & TX_OFFLOADS) {
			struct ixgbe_context c;

			headers = tx_offload(s, &c, &cmd, &status);
			at += tx_context(p, &ring[at & q->desc_mask], &c);
		}
		status |= (bytes - headers) << IXGBE_TXD_PAYLEN_SHIFT;
		last = IXGBE_TXD_EOP;
		if (nax_tx_commit(q, &b, n, at - first + n, bytes))
			last |= IXGBE_TXD_RS;
		for (; n; n--, at++, slot++) {
			union ixgbe_tx_desc *d = &ring[at & q->desc_mask];

			s = nax_ring_slot(&q->ring, slot);
			d->data.address = cpu_to_le64(s->dma);
			d->data.cmd_len = cpu_to_le32(cmd | s->len | (n == 1 ? last : 0));
			d->data.status = cpu_to_le32(status);
		}
	}
	nax_tx_end(q, &b);
}

/** ixgbe_tx_reap() - find completion reports; nax_driver_ops.tx_reap. */
void ixgbe_tx_reap(struct nax_queue *q)
{
	const union ixgbe_tx_desc *ring = q->desc;
	const struct nax_tx_report *r;

	while ((r = nax_tx_oldest(q)) != NULL) {
		const union ixgbe_tx_desc *d = &ring[r->desc & q->desc_mask];

		if (!(le32_to_cpu(READ_ONCE(d->data.status)) & IXGBE_TXD_DD))
			break;
		nax_tx_reported(q);
	}
}

/* ---- start and stop ---- */

static u32 rx_keep(u64 offloads)
{
	u32 keep = ~0u;

	if (!(offloads & NAX_OFFLOAD_RX_IPCSUM))
		keep &= ~(NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_IPCSUM_BAD);
	if (!(offloads & NAX_OFFLOAD_RX_L4CSUM))
		keep &= ~(NAX_F_RX_L4CSUM_GOOD | NAX_F_RX_L4CSUM_BAD);
	/* VP also tells of tags that stay in the frame. */
	if (!(offloads & NAX_OFFLOAD_RX_VLAN))
		keep &= ~NAX_F_VLAN;
	if (!(offloads & NAX_OFFLOAD_RSS))
		keep &= ~NAX_F_HASH_TYPE;
	return keep;
}

/*
 * A queue without descriptors stops all others if its frames wait for it. With pause frames that is
 * what makes the link lossless; without, the queue's own frames are dropped instead.
 */
static u32 rx_drop(struct nax_adapter *a)
{
	if (a->n_rxq > 1 && !(nax_reg_read(a, IXGBE_FCCFG) & IXGBE_FCCFG_TFCE_802_3X))
		return IXGBE_SRRCTL_DROP_EN;
	return 0;
}

/** ixgbe_rx_drop_policy() - pause settings have changed: SRRCTL.DROP_EN of running queues. */
void ixgbe_rx_drop_policy(struct nax_adapter *a)
{
	u32 drop = rx_drop(a);
	u32 q;

	for (q = 0; q < a->n_rxq && !a->gone; q++) {
		u32 srrctl = nax_reg_read(a, IXGBE_SRRCTL(q));

		if ((nax_reg_read(a, IXGBE_RXDCTL(q)) & IXGBE_RXDCTL_ENABLE) &&
		    (srrctl & IXGBE_SRRCTL_DROP_EN) != drop)
			nax_reg_write(a, IXGBE_SRRCTL(q), srrctl ^ (u32)IXGBE_SRRCTL_DROP_EN);
	}
}

/** ixgbe_set_offloads() - nax_adapter.offloads has changed; nax_driver_ops.set_offloads. */
void ixgbe_set_offloads(struct nax_adapter *a, u64 active)
{
	u32 vme = active & NAX_OFFLOAD_RX_VLAN ? IXGBE_RXDCTL_VME : 0;
	u32 i;

	for (i = 0; i < a->n_rxq && !a->gone; i++) {
		struct ixgbe_queue *p = a->rxq[i]->priv;
		u32 rxdctl = nax_reg_read(a, IXGBE_RXDCTL(i));

		p->rx_keep = rx_keep(active);
		if ((rxdctl & IXGBE_RXDCTL_ENABLE) && (rxdctl & IXGBE_RXDCTL_VME) != vme)
			nax_reg_write(a, IXGBE_RXDCTL(i), rxdctl ^ (u32)IXGBE_RXDCTL_VME);
	}
}

/* Section 4.6.7, steps per queue; with RXCTRL.RXEN set, section 4.6.7.1. */
static u32 rx_program(struct nax_queue *q)
{
	struct nax_adapter *a = q->adapter;
	struct ixgbe_queue *p = q->priv;
	u32 i = q->index;

	p->rx_keep = rx_keep(a->offloads);
	nax_reg_write(a, IXGBE_RDBAL(i), (u32)q->desc_dma);
	nax_reg_write(a, IXGBE_RDBAH(i), (u32)(q->desc_dma >> 32));
	nax_reg_write(a, IXGBE_RDLEN(i), (q->desc_mask + 1) * sizeof(union ixgbe_rx_desc));
	nax_reg_write(a, IXGBE_SRRCTL(i),
		      FIELD_PREP(IXGBE_SRRCTL_BSIZEPACKET, q->buf_len / 1024) |
		      IXGBE_SRRCTL_ADV_ONE_BUFFER | rx_drop(a));
	nax_reg_write(a, IXGBE_RSCCTL(i), 0);
	/* Data must not be overtaken by the write-back that announces it: no relaxed ordering. */
	ixgbe_modify(a, IXGBE_DCA_RXCTRL(i), IXGBE_DCA_RXCTRL_MUST_BE_0 |
		     IXGBE_DCA_RXCTRL_DATA_WRO | IXGBE_DCA_RXCTRL_HEAD_WRO, 0);
	nax_reg_write(a, IXGBE_RDH(i), 0);
	nax_reg_write(a, IXGBE_RDT(i), 0);
	return a->offloads & NAX_OFFLOAD_RX_VLAN ? IXGBE_RXDCTL_VME : 0;
}

/* Section 4.6.8, steps per queue. */
static u32 tx_program(struct nax_queue *q)
{
	struct nax_adapter *a = q->adapter;
	struct ixgbe_queue *p = q->priv;
	u32 i = q->index;

	p->context = (struct ixgbe_context){ 0 };
	/* No rate limit: the registers of the selected queue are undefined after power-on. */
	nax_reg_write(a, IXGBE_RTTDQSEL, i);
	nax_reg_write(a, IXGBE_RTTBCNRC, 0);
	nax_reg_write(a, IXGBE_TDBAL(i), (u32)q->desc_dma);
	nax_reg_write(a, IXGBE_TDBAH(i), (u32)(q->desc_dma >> 32));
	nax_reg_write(a, IXGBE_TDLEN(i), (q->desc_mask + 1) * sizeof(union ixgbe_tx_desc));
	nax_reg_write(a, IXGBE_TDWBAL(i), 0);
	nax_reg_write(a, IXGBE_TDWBAH(i), 0);
	ixgbe_modify(a, IXGBE_DCA_TXCTRL(i), IXGBE_DCA_TXCTRL_DESC_WRO, 0);
	nax_reg_write(a, IXGBE_TDH(i), 0);
	nax_reg_write(a, IXGBE_TDT(i), 0);
	return FIELD_PREP(IXGBE_TXDCTL_PTHRESH, TX_PTHRESH) |
	       FIELD_PREP(IXGBE_TXDCTL_HTHRESH, TX_HTHRESH);
}

static u32 queue_ctl(const struct nax_queue *q)
{
	return q->is_rx ? IXGBE_RXDCTL(q->index) : IXGBE_TXDCTL(q->index);
}

/*
 * ENABLE, bit 25 of RXDCTL and TXDCTL alike, reads 0 once all memory accesses are done, and 100 us
 * later the last write-back is (sections 4.6.7.1 and 4.6.8.1). Return: whether it does.
 */
static bool queue_disable(struct nax_queue *q)
{
	struct nax_adapter *a = q->adapter;
	u32 reg = queue_ctl(q);
	int err;

	BUILD_BUG_ON(IXGBE_RXDCTL_ENABLE != IXGBE_TXDCTL_ENABLE);
	ixgbe_modify(a, reg, IXGBE_RXDCTL_ENABLE, 0);
	err = nax_reg_wait(a, reg, IXGBE_RXDCTL_ENABLE, 0, ENABLE_STEP_US, ENABLE_LIMIT_US);
	nax_delay_us(a, DISABLE_SETTLE_US);
	return err != -ETIMEDOUT;
}

/* A queue that does not end its DMA takes the device's with it: its memory is used again. */
static void queue_hung(struct nax_queue *q)
{
	ixgbe_hw_stop_dma(q->adapter);
	nax_hung(q->adapter, NULL,
		 q->is_rx ? "RXDCTL.ENABLE not clear 10 ms after it was cleared" :
		 "TXDCTL.ENABLE not clear 10 ms after it was cleared");
}

/** ixgbe_queue_start() - program and enable a queue; nax_driver_ops.queue_start. */
void ixgbe_queue_start(struct nax_queue *q)
{
	struct nax_adapter *a = q->adapter;
	u32 reg = queue_ctl(q);
	u32 ctl;

	q->doorbell = q->is_rx ? IXGBE_RDT(q->index) : IXGBE_TDT(q->index);
	/* Still on if it would not stop: an enabled queue must not be programmed. */
	if ((nax_reg_read(a, reg) & IXGBE_RXDCTL_ENABLE) && !queue_disable(q)) {
		queue_hung(q);
		return;
	}
	ixgbe_irq_route(q);
	ctl = q->is_rx ? rx_program(q) : tx_program(q);
	nax_reg_write(a, reg, ctl | IXGBE_RXDCTL_ENABLE);
	if (nax_reg_wait(a, reg, IXGBE_RXDCTL_ENABLE, IXGBE_RXDCTL_ENABLE, ENABLE_STEP_US,
			 ENABLE_LIMIT_US) == -ETIMEDOUT)
		nax_hung(a, q, q->is_rx ? "RXDCTL.ENABLE not set 10 ms after it was written" :
			 "TXDCTL.ENABLE not set 10 ms after it was written");
}

/** ixgbe_queue_stop() - disable a queue, no DMA after return; nax_driver_ops.queue_stop. */
void ixgbe_queue_stop(struct nax_queue *q)
{
	if (!q->adapter->gone && !queue_disable(q))
		queue_hung(q);
}
