// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reset, software and firmware semaphores, and initialization of the 82599 as a whole. */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

#define QUEUE_FLUSH_US		2000	/* for descriptors under way once queues are off */
#define MASTER_STEP_US		100
#define MASTER_LIMIT_US		80000
#define FLUSH_LAST_US		3000	/* for a last completion, as in-tree ixgbe */
#define FLUSH_CLEAR_US		20
#define RESET_SETTLE_US		1000	/* CTRL: no register may be touched this long */
#define RESET_STEP_US		100
#define RESET_LIMIT_US		10000
#define RESET_FLOW_US		10000	/* section 4.6.3.2 */
#define AUTOREAD_STEP_US	1000
#define AUTOREAD_LIMIT_US	500000
#define DMAINIT_STEP_US		100
#define DMAINIT_LIMIT_US	100000
#define SMBI_STEP_US		50
#define SMBI_LIMIT_US		100000
#define SYNC_STEP_US		5000
#define SYNC_LIMIT_US		1000000
#define SECRX_STEP_US		10
#define SECRX_LIMIT_US		4000

#define RX_BUFFER_BYTES		0x80000	/* 512 KiB of packet buffer, all for class 0 */
#define TX_BUFFER_BYTES		0x28000	/* 160 KiB */
#define TX_FRAME_RESERVE_KIB	10	/* room that a threshold leaves for one more frame */
#define TX_REQUEST_MAX		0xfff	/* DTXMXSZRQ: outstanding bytes in units of 256 */

/* Datasheet sections 4.6.7.1 and 4.6.8.1: disabling of queues, for all at once. */
static void queues_off(struct nax_adapter *a)
{
	bool any = false;
	u32 q;

	ixgbe_modify(a, IXGBE_RXCTRL, IXGBE_RXCTRL_RXEN, 0);
	/* All of them: who drove the device before us may have had more queues than we use. */
	for (q = 0; q < IXGBE_HW_QUEUES && !a->gone; q++) {
		u32 rx = nax_reg_read(a, IXGBE_RXDCTL(q));
		u32 tx = nax_reg_read(a, IXGBE_TXDCTL(q));

		if (rx & IXGBE_RXDCTL_ENABLE)
			nax_reg_write(a, IXGBE_RXDCTL(q), rx & ~(u32)IXGBE_RXDCTL_ENABLE);
		if (tx & IXGBE_TXDCTL_ENABLE)
			nax_reg_write(a, IXGBE_TXDCTL(q), tx & ~(u32)IXGBE_TXDCTL_ENABLE);
		any |= ((rx | tx) & IXGBE_RXDCTL_ENABLE) != 0;
	}
	if (any)
		nax_delay_us(a, QUEUE_FLUSH_US);
}

/* Completions of earlier reads may still arrive; a reset now would strand them. */
static bool transactions_end(struct nax_adapter *a)
{
	u32 waited;

	for (waited = 0; waited < MASTER_LIMIT_US && !a->gone; waited += MASTER_STEP_US) {
		if (!(nax_config_read(a, IXGBE_PCI_DEVICE_STATUS, 2) &
		      IXGBE_PCI_TRANSACTIONS_PENDING))
			return true;
		nax_delay_us(a, MASTER_STEP_US);
	}
	return false;
}

/*
 * Datasheet section 5.2.5.3.2, where master disable does not end: packets that cannot leave, as
 * without a link, go round by the loopback instead, and what is left of requests is thrown away.
 */
static void transactions_flush(struct nax_adapter *a)
{
	u32 hlreg0 = nax_reg_read(a, IXGBE_HLREG0);
	u32 gcr_ext = nax_reg_read(a, IXGBE_GCR_EXT);

	if (a->gone)
		return;
	nax_reg_write(a, IXGBE_HLREG0, hlreg0 | IXGBE_HLREG0_LPBK);
	nax_delay_us(a, FLUSH_LAST_US);
	transactions_end(a);
	nax_reg_write(a, IXGBE_GCR_EXT, gcr_ext | IXGBE_GCR_EXT_BUFFERS_CLEAR);
	nax_delay_us(a, FLUSH_CLEAR_US);
	nax_reg_write(a, IXGBE_GCR_EXT, gcr_ext);
	nax_reg_write(a, IXGBE_HLREG0, hlreg0);
}

/*
 * The datasheet's master disable: set CTRL.GIO_DIS, then wait until STATUS.GIO says that no request
 * is under way. Return: whether so; else two resets are due, and DMA may go on until then.
 */
static bool master_disable(struct nax_adapter *a)
{
	ixgbe_modify(a, IXGBE_CTRL, 0, IXGBE_CTRL_GIO_DIS);
	if (!nax_reg_wait(a, IXGBE_STATUS, IXGBE_STATUS_GIO, 0, MASTER_STEP_US, MASTER_LIMIT_US) &&
	    transactions_end(a))
		return true;
	if (!a->gone) {
		nax_warn(a, "STATUS.GIO is set, or requests pend, after CTRL.GIO_DIS: resetting twice");
		transactions_flush(a);
	}
	return false;
}

/* CTRL.RST and CTRL.LNK_RST together reset the whole function but its PCI configuration. */
static int reset_once(struct nax_adapter *a)
{
	struct ixgbe *x = a->priv;

	x->tables.known = false;
	ixgbe_modify(a, IXGBE_CTRL, 0, IXGBE_CTRL_RST | IXGBE_CTRL_LNK_RST);
	nax_delay_us(a, RESET_SETTLE_US);
	return nax_reg_wait(a, IXGBE_CTRL, IXGBE_CTRL_RST | IXGBE_CTRL_LNK_RST, 0, RESET_STEP_US,
			    RESET_LIMIT_US);
}

static int reset_twice(struct nax_adapter *a)
{
	int err = reset_once(a);

	return err ? err : reset_once(a);
}

static int fail_wait(struct nax_adapter *a, int err, u32 reg, const char *what)
{
	if (a->gone)
		return nax_fail(a, -ENODEV, "device is gone: registers read all-ones");
	return nax_fail(a, err, "%s: register 0x%05x reads 0x%08x", what, reg,
			nax_reg_read(a, reg));
}

/**
 * ixgbe_hw_reset() - reset the device from any state
 * @a: adapter
 *
 * Datasheet section 4.6.3, first half: interrupts off, DMA quiet, global reset, interrupts off
 * again, NVM auto-read done, DMA block initialized. A device that could not be made quiet is reset
 * twice, since the first reset may have met a request under way.
 *
 * attach() and start(); may sleep. Return: 0; -errno after nax_fail().
 */
int ixgbe_hw_reset(struct nax_adapter *a)
{
	int err;

	ixgbe_irq_off(a);
	queues_off(a);
	err = master_disable(a) ? reset_once(a) : reset_twice(a);
	if (err)
		return fail_wait(a, err, IXGBE_CTRL,
				 "CTRL.RST and CTRL.LNK_RST did not clear within 10 ms of a reset");

	nax_delay_us(a, RESET_FLOW_US);
	ixgbe_irq_off(a);
	err = nax_reg_wait(a, IXGBE_EEC, IXGBE_EEC_ARD, IXGBE_EEC_ARD, AUTOREAD_STEP_US,
			   AUTOREAD_LIMIT_US);
	if (err)
		return fail_wait(a, err, IXGBE_EEC,
				 "EEC.ARD (NVM auto-read done) not set 500 ms after a reset");
	err = nax_reg_wait(a, IXGBE_RDRXCTL, IXGBE_RDRXCTL_DMAIDONE, IXGBE_RDRXCTL_DMAIDONE,
			   DMAINIT_STEP_US, DMAINIT_LIMIT_US);
	if (err)
		return fail_wait(a, err, IXGBE_RDRXCTL,
				 "RDRXCTL.DMAIDONE not set 100 ms after a reset");
	return 0;
}

/**
 * ixgbe_hw_stop_dma() - end DMA of the whole device, by force if need be
 * @a: adapter
 *
 * For when memory goes back to its owner. Only a reset brings the device back. May sleep.
 */
void ixgbe_hw_stop_dma(struct nax_adapter *a)
{
	if (!master_disable(a) && !a->gone && reset_twice(a))
		nax_err(a, "CTRL.RST does not clear either: DMA may go on");
}

/**
 * ixgbe_hw_mac() - read the permanent MAC address, which the device loads from NVM into RAR 0
 * @a: adapter, just reset
 * @mac: result
 *
 * Return: 0; -EINVAL after nax_fail().
 */
int ixgbe_hw_mac(struct nax_adapter *a, u8 mac[6])
{
	u32 low = nax_reg_read(a, IXGBE_RAL(0));
	u32 high = nax_reg_read(a, IXGBE_RAH(0));
	u32 i;

	for (i = 0; i < 6; i++)
		mac[i] = (u8)(i < 4 ? low >> (8 * i) : high >> (8 * (i - 4)));
	if ((low == 0 && (high & IXGBE_RAH_ADDRESS) == 0) || (mac[0] & 1))
		return nax_fail(a, -EINVAL,
				"permanent MAC address in RAL0/RAH0 is %02x:%02x:%02x:%02x:%02x:%02x: must be unicast and not zero",
				mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	return 0;
}

/* ---- semaphores ---- */

static bool take_smbi(struct nax_adapter *a)
{
	u32 waited;

	for (waited = 0; waited < SMBI_LIMIT_US && !a->gone; waited += SMBI_STEP_US) {
		if (!(nax_reg_read(a, IXGBE_SWSM) & IXGBE_SWSM_SMBI))
			return true;
		nax_delay_us(a, SMBI_STEP_US);
	}
	return false;
}

static bool take_swesmbi(struct nax_adapter *a)
{
	u32 waited;

	for (waited = 0; waited < SMBI_LIMIT_US && !a->gone; waited += SMBI_STEP_US) {
		ixgbe_modify(a, IXGBE_SWSM, 0, IXGBE_SWSM_SWESMBI);
		if (nax_reg_read(a, IXGBE_SWSM) & IXGBE_SWSM_SWESMBI)
			return true;
		nax_delay_us(a, SMBI_STEP_US);
	}
	return false;
}

static void put_swsm(struct nax_adapter *a)
{
	ixgbe_modify(a, IXGBE_SWSM, IXGBE_SWSM_SMBI | IXGBE_SWSM_SWESMBI, 0);
}

static int sem_why(struct nax_error *why, int code, const char *what, u32 value)
{
	why->code = code;
	snprintf(why->text, sizeof(why->text), "%s (reads 0x%08x)", what, value);
	return code;
}

/*
 * SWSM guards SW_FW_SYNC: SMBI against other drivers, then SWESMBI against firmware. Section
 * 10.5.4: who keeps SMBI for too long is taken for dead, and passed by.
 */
static int swsm_get(struct nax_adapter *a, struct nax_error *why)
{
	if (!take_smbi(a)) {
		if (a->gone)
			return sem_why(why, -ENODEV, "device is gone", ~0u);
		nax_warn(a, "SWSM.SMBI held for %u ms: its owner is taken for dead",
			 SMBI_LIMIT_US / 1000);
	}
	if (!take_swesmbi(a)) {
		put_swsm(a);
		return sem_why(why, -EBUSY, "SWSM.SWESMBI is never granted: firmware holds it",
			       nax_reg_read(a, IXGBE_SWSM));
	}
	return 0;
}

/**
 * ixgbe_sem_get() - own a shared resource of the two ports and the firmware
 * @a: adapter
 * @mask: IXGBE_SYNC_*
 * @why: filled if it is not granted
 *
 * The datasheet's procedure for SW_FW_SYNC: under SWSM, check the software and firmware bits and
 * set ours. An owner that keeps a bit for a second is taken for dead, once.
 *
 * May sleep, up to about two seconds. Return: 0; -EBUSY; -ENODEV.
 */
int ixgbe_sem_get(struct nax_adapter *a, u32 mask, struct nax_error *why)
{
	/* Each turn may also wait for SWSM, which @waited does not count. */
	u64 deadline = nax_time_ns(a) + 2ull * SYNC_LIMIT_US * 1000;
	u32 busy = mask | mask << IXGBE_SYNC_FW_SHIFT;
	u32 waited = 0;
	u32 sync;
	int err;

	for (;;) {
		err = swsm_get(a, why);
		if (err)
			return err;
		sync = nax_reg_read(a, IXGBE_SW_FW_SYNC);
		if (!(sync & busy)) {
			nax_reg_write(a, IXGBE_SW_FW_SYNC, sync | mask);
			put_swsm(a);
			return 0;
		}
		if (waited == SYNC_LIMIT_US) {
			nax_warn(a, "SW_FW_SYNC bits 0x%x held for a second: broken", sync & busy);
			nax_reg_write(a, IXGBE_SW_FW_SYNC, sync & ~busy);
		}
		put_swsm(a);
		if (waited > SYNC_LIMIT_US || nax_time_ns(a) > deadline || a->gone)
			return sem_why(why, a->gone ? -ENODEV : -EBUSY,
				       "SW_FW_SYNC is never granted", sync);
		nax_delay_us(a, SYNC_STEP_US);
		waited += SYNC_STEP_US;
	}
}

/** ixgbe_sem_put() - give back what ixgbe_sem_get() granted. May sleep. */
void ixgbe_sem_put(struct nax_adapter *a, u32 mask)
{
	struct nax_error why;
	bool guarded = swsm_get(a, &why) == 0;

	/* Without SWSM too: kept bits would lock out the other port and the firmware for good. */
	ixgbe_modify(a, IXGBE_SW_FW_SYNC, mask, 0);
	if (guarded)
		put_swsm(a);
	else if (!a->gone)
		nax_warn(a, "SW_FW_SYNC released without SWSM: %s", why.text);
}

/* ---- initialization ---- */

/*
 * Datasheet section 4.6.7, receive initialization, but for queues, filters and RSS, and
 * section 4.6.11.3.4: one packet buffer without DCB or virtualization. The table of the flow
 * director lies behind it.
 */
static void rx_init(struct nax_adapter *a)
{
	u32 bytes = RX_BUFFER_BYTES;
	u32 i;

	if (a->offloads & NAX_OFFLOAD_FLOW)
		bytes -= IXGBE_FLOW_TABLE_BYTES;
	for (i = 0; i < IXGBE_HW_PACKET_BUFFERS; i++)
		nax_reg_write(a, IXGBE_RXPBSIZE(i), i ? 0 : bytes);
	nax_reg_write(a, IXGBE_VT_CTL, 0);
	/* Whatever it has after power-on, or of another driver, is looked at with MCSTCTRL.MFE. */
	for (i = 0; i < IXGBE_UTAS; i++)
		nax_reg_write(a, IXGBE_UTA(i), 0);
	/* CRC stripping must be the same in HLREG0; the other bits are as section 4.6.7 wants. */
	ixgbe_modify(a, IXGBE_RDRXCTL, IXGBE_RDRXCTL_RSCFRSTSIZE,
		     IXGBE_RDRXCTL_CRCSTRIP | IXGBE_RDRXCTL_RSCACKC | IXGBE_RDRXCTL_FCOE_WRFIX);
	ixgbe_modify(a, IXGBE_RFCTL, 0,
		     IXGBE_RFCTL_RSC_DIS | IXGBE_RFCTL_NFSW_DIS | IXGBE_RFCTL_NFSR_DIS);
	/* An ACK by itself tells a sender when to go on: none is held back by RSC. */
	ixgbe_modify(a, IXGBE_RSCDBU, 0, IXGBE_RSCDBU_RSCACKDIS);
	/* Headers of TCP are recognized for RSC; nothing is split, as SRRCTL says. */
	nax_reg_write(a, IXGBE_PSRTYPE(0), IXGBE_PSRTYPE_TCP);
	/* PCSD: descriptors carry the RSS hash instead of a raw checksum. */
	nax_reg_write(a, IXGBE_RXCSUM, IXGBE_RXCSUM_PCSD);
}

/* Datasheet section 4.6.8, transmit initialization, but for queues. */
static void tx_init(struct nax_adapter *a)
{
	u32 i;

	/* MTQC may only change while the descriptor arbiter rests. */
	ixgbe_modify(a, IXGBE_RTTDCS, 0, IXGBE_RTTDCS_ARBDIS);
	nax_reg_write(a, IXGBE_MTQC, 0);
	for (i = 0; i < IXGBE_HW_PACKET_BUFFERS; i++) {
		nax_reg_write(a, IXGBE_TXPBSIZE(i), i ? 0 : TX_BUFFER_BYTES);
		nax_reg_write(a, IXGBE_TXPBTHRESH(i),
			      i ? 0 : TX_BUFFER_BYTES / 1024 - TX_FRAME_RESERVE_KIB);
	}
	nax_reg_write(a, IXGBE_DTXMXSZRQ, TX_REQUEST_MAX);
	ixgbe_modify(a, IXGBE_RTTDCS, IXGBE_RTTDCS_ARBDIS, 0);
	ixgbe_modify(a, IXGBE_DMATXCTL, 0, IXGBE_DMATXCTL_TE);
}

static void mac_init(struct nax_adapter *a)
{
	/* Hardware allows one tag of 4 bytes beyond MFS; max_frame counts two. */
	u32 mfs = min_t(u32, a->max_frame - 4, IXGBE_FRAME_MAX);

	ixgbe_modify(a, IXGBE_HLREG0, IXGBE_HLREG0_LPBK,
		     IXGBE_HLREG0_TXCRCEN | IXGBE_HLREG0_RXCRCSTRP | IXGBE_HLREG0_JUMBOEN |
		     IXGBE_HLREG0_TXPADEN);
	ixgbe_modify(a, IXGBE_MAXFRS, IXGBE_MAXFRS_MFS, FIELD_PREP(IXGBE_MAXFRS_MFS, mfs));
}

/**
 * ixgbe_start() - bring the device from any state to one where queues can start
 * @a: adapter
 *
 * Datasheet section 4.6.3. Reception itself starts in ixgbe_up(). May sleep, about 25 ms.
 * Return: 0; -errno after nax_fail().
 */
int ixgbe_start(struct nax_adapter *a)
{
	int err = ixgbe_hw_reset(a);

	if (err)
		return err;
	ixgbe_modify(a, IXGBE_CTRL_EXT, 0, IXGBE_CTRL_EXT_NS_DIS | IXGBE_CTRL_EXT_DRV_LOAD);
	ixgbe_link_init(a);
	ixgbe_stats_init(a);
	mac_init(a);
	rx_init(a);
	err = ixgbe_flow_start(a);
	if (err)
		return err;
	tx_init(a);
	ixgbe_irq_init(a);
	if (a->gone)
		return nax_fail(a, -ENODEV, "device is gone: registers read all-ones");
	return 0;
}

/**
 * ixgbe_stop() - leave the device without DMA and interrupts
 * @a: adapter, all queues stopped
 * @gone: nothing is there any more
 */
void ixgbe_stop(struct nax_adapter *a, bool gone)
{
	if (gone)
		return;
	ixgbe_irq_off(a);
	ixgbe_modify(a, IXGBE_RXCTRL, IXGBE_RXCTRL_RXEN, 0);
	ixgbe_modify(a, IXGBE_DMATXCTL, IXGBE_DMATXCTL_TE, 0);
	ixgbe_sfp_laser(a, false);
	ixgbe_hw_stop_dma(a);
}

/** ixgbe_rx_hold() - the security block holds back frames; the way behind it is empty. */
void ixgbe_rx_hold(struct nax_adapter *a)
{
	ixgbe_modify(a, IXGBE_SECRXCTRL, 0, IXGBE_SECRXCTRL_RX_DIS);
	if (nax_reg_wait(a, IXGBE_SECRXSTAT, IXGBE_SECRXSTAT_SECRX_RDY, IXGBE_SECRXSTAT_SECRX_RDY,
			 SECRX_STEP_US, SECRX_LIMIT_US) == -ETIMEDOUT)
		nax_warn(a, "SECRXSTAT.SECRX_RDY not set within 4 ms: receiving anyway");
}

/** ixgbe_rx_release() - undo it. */
void ixgbe_rx_release(struct nax_adapter *a)
{
	ixgbe_modify(a, IXGBE_SECRXCTRL, IXGBE_SECRXCTRL_RX_DIS, 0);
}

/**
 * ixgbe_set_fcs() - whether the frame check sequence stays in received frames
 * @a: adapter, after ixgbe_start()
 * @keep: it does
 *
 * HLREG0.RXCRCSTRP and RDRXCTL.CRCSTRIP must be the same (section 8.2.3.8, RDRXCTL), so no frame
 * may come between the two.
 */
void ixgbe_set_fcs(struct nax_adapter *a, bool keep)
{
	bool kept = !(nax_reg_read(a, IXGBE_HLREG0) & IXGBE_HLREG0_RXCRCSTRP);

	if (keep == kept)
		return;
	ixgbe_rx_hold(a);
	ixgbe_modify(a, IXGBE_HLREG0, keep ? IXGBE_HLREG0_RXCRCSTRP : 0,
		     keep ? 0 : IXGBE_HLREG0_RXCRCSTRP);
	ixgbe_modify(a, IXGBE_RDRXCTL, keep ? IXGBE_RDRXCTL_CRCSTRIP : 0,
		     keep ? 0 : IXGBE_RDRXCTL_CRCSTRIP);
	ixgbe_rx_release(a);
}

/**
 * ixgbe_set_rsc() - whether receive queues that start from now on may join frames of TCP
 * @a: adapter, after ixgbe_start(), receive queues stopped if it changes
 * @on: they may
 *
 * Section 4.6.7.2. Frames are joined until the vector of their queue may interrupt, so with RSC
 * there is a shortest interval, which ixgbe_set_itr() sees to.
 */
void ixgbe_set_rsc(struct nax_adapter *a, bool on)
{
	u32 v;

	ixgbe_modify(a, IXGBE_RFCTL, on ? IXGBE_RFCTL_RSC_DIS : 0, on ? 0 : IXGBE_RFCTL_RSC_DIS);
	for (v = 0; v + 1 < a->n_vectors; v++)
		ixgbe_set_itr(&a->vector[v]);
}

/**
 * ixgbe_up() - let frames in
 * @a: adapter, queues running
 *
 * Datasheet section 4.6.7, last steps: RXCTRL.RXEN comes after all other settings and while the
 * security block holds back frames, or the first ones may be corrupted.
 */
void ixgbe_up(struct nax_adapter *a)
{
	ixgbe_rx_hold(a);
	ixgbe_modify(a, IXGBE_RXCTRL, 0, IXGBE_RXCTRL_RXEN);
	ixgbe_rx_release(a);
	ixgbe_modify(a, IXGBE_CTRL_EXT, 0, IXGBE_CTRL_EXT_PFRSTD);
}
