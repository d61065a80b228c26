// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Queues: start, stop, and what of the active offloads is a setting of theirs. */
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

#define RSC_HEADER		128	/* SRRCTL.BSIZEHEADER at least, section 4.6.7.2 */

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

	ixgbe_set_fcs(a, active & NAX_OFFLOAD_RX_FCS);
	ixgbe_set_rsc(a, active & NAX_OFFLOAD_LRO);
	for (i = 0; i < a->n_rxq && !a->gone; i++) {
		struct ixgbe_queue *p = a->rxq[i]->priv;
		u32 rxdctl = nax_reg_read(a, IXGBE_RXDCTL(i));

		p->rx_keep = rx_keep(active);
		if ((rxdctl & IXGBE_RXDCTL_ENABLE) && (rxdctl & IXGBE_RXDCTL_VME) != vme)
			nax_reg_write(a, IXGBE_RXDCTL(i), rxdctl ^ (u32)IXGBE_RXDCTL_VME);
	}
}

/*
 * Section 4.6.7, steps per queue; with RXCTRL.RXEN set, section 4.6.7.1; and section 4.6.7.2, the
 * same for RSC: MAXDESC 0, so that what is joined is in one buffer, where its first frame begins.
 * The size of a header buffer, of which there are none, must cover the longest header all the same.
 */
static u32 rx_program(struct nax_queue *q)
{
	struct nax_adapter *a = q->adapter;
	bool rsc = a->offloads & NAX_OFFLOAD_LRO;
	struct ixgbe_queue *p = q->priv;
	u32 i = q->index;

	p->rx_keep = rx_keep(a->offloads);
	p->rx_single = rsc ? IXGBE_RXD_SINGLE_PLAIN : IXGBE_RXD_SINGLE_MASK;
	nax_reg_write(a, IXGBE_RDBAL(i), (u32)q->desc_dma);
	nax_reg_write(a, IXGBE_RDBAH(i), (u32)(q->desc_dma >> 32));
	nax_reg_write(a, IXGBE_RDLEN(i), (q->desc_mask + 1) * sizeof(union ixgbe_rx_desc));
	nax_reg_write(a, IXGBE_SRRCTL(i),
		      FIELD_PREP(IXGBE_SRRCTL_BSIZEPACKET,
				 DIV_ROUND_UP(q->buf_len, IXGBE_RX_BUF_STEP)) |
		      FIELD_PREP(IXGBE_SRRCTL_BSIZEHEADER, rsc ? RSC_HEADER / 64 : 0) |
		      IXGBE_SRRCTL_ADV_ONE_BUFFER | rx_drop(a));
	nax_reg_write(a, IXGBE_RSCCTL(i), rsc ? IXGBE_RSCCTL_RSCEN : 0);
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

	BUILD_BUG_ON(IXGBE_RXD_DD != IXGBE_TXD_DD);
	q->done.mask = cpu_to_le32(IXGBE_RXD_DD);
	q->done.offset = q->is_rx ? offsetof(union ixgbe_rx_desc, wb.status) :
			 offsetof(union ixgbe_tx_desc, data.status);
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
