// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: writes to the registers of queues and to those that rule all queues, with the rules that
 * a driver has to keep: rings are set up while the queue is off, tails stay inside the ring and
 * never go back.
 *
 * Like the chip, registers of a queue that does no DMA take what they can hold: the register test of
 * Linux' ixgbe writes patterns there. What is wrong with a ring is said when it begins to be used:
 * both its queue (RXDCTL, TXDCTL) and its unit (RXCTRL.RXEN, DMATXCTL.TE) are on.
 */
#include "datapath.h"
#include "regs_datapath.h"

/**
 * struct ring_kind - where a ring's registers are, relative to those of its queue
 * @letter: of the registers' names
 * @unit: register whose UNIT_ON starts all rings of the kind
 */
struct ring_kind {
	const char *name;
	char letter;
	uint32_t base, length, head, tail, control;
	uint32_t unit;
};

#define UNIT_ON		0x00000001
_Static_assert(RXCTRL_RXEN == UNIT_ON && DMATXCTL_TE == UNIT_ON, "one bit for both kinds");

static const struct ring_kind rx_ring = {
	"receive", 'R', RXQ_RDBAL, RXQ_RDLEN, RXQ_RDH, RXQ_RDT, RXQ_RXDCTL, DR_RXCTRL
};
static const struct ring_kind tx_ring = {
	"transmit", 'T', TXQ_TDBAL, TXQ_TDLEN, TXQ_TDH, TXQ_TDT, TXQ_TXDCTL, DR_DMATXCTL
};

static bool enabled(const struct nicsim_port *p, uint32_t regs, const struct ring_kind *k)
{
	return sim_reg(p, regs + k->control) & XXDCTL_ENABLE;
}

/* DMA may go on: what is in the registers counts now. */
static bool begun(const struct nicsim_port *p, uint32_t regs, const struct ring_kind *k)
{
	return enabled(p, regs, k) && (sim_reg(p, k->unit) & UNIT_ON);
}

static struct sim_ring_said *ring_said(const struct nicsim_port *p, const struct ring_kind *k,
				       uint32_t q)
{
	return k == &rx_ring ? &p->dp->rx_said[q] : &p->dp->tx_said[q];
}

/* Stores @value unless that would change a running queue; returns whether it stands there. */
static bool config_write(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k,
			 uint32_t which, uint32_t q, uint32_t value, const char *name)
{
	if (enabled(p, regs, k) && sim_reg(p, regs + which) != value) {
		sim_error(p, "ring-config", "%s[%u] = %#x, was %#x: %s queue is enabled", name, q,
			  value, sim_reg(p, regs + which), k->name);
		return false;
	}
	ring_said(p, k, q)->ran = false;
	sim_reg_set(p, regs + which, value);
	return true;
}

static void base_check(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k, uint32_t q)
{
	uint32_t low = ring_said(p, k, q)->base;

	if (low)
		sim_error(p, "ring-config", "%cDBAL[%u] = %#x: rings begin at multiples of 128",
			  k->letter, q, sim_reg(p, regs + k->base) | low);
}

static void base_write(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k, uint32_t q,
		       uint32_t value, const char *name)
{
	if (!config_write(p, regs, k, k->base, q, value & ~XDBAL_ALIGN, name))
		return;
	ring_said(p, k, q)->base = value & XDBAL_ALIGN;
	if (begun(p, regs, k))
		base_check(p, regs, k, q);
}

/* True: the length is one that a ring can have, or 0. */
static bool length_check(struct nicsim_port *p, const struct ring_kind *k, uint32_t q)
{
	uint32_t length = ring_said(p, k, q)->length;

	if (length <= SIM_RING_BYTES && !(length & ~XDLEN_BITS))
		return true;
	sim_error(p, "ring-config", "%cDLEN[%u] = %u: a multiple of 128, at most %u", k->letter, q,
		  length, SIM_RING_BYTES);
	return false;
}

static void length_write(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k,
			 uint32_t q, uint32_t value, const char *name)
{
	if (!config_write(p, regs, k, k->length, q, value & XDLEN_BITS, name))
		return;
	ring_said(p, k, q)->length = value;
	if (begun(p, regs, k))
		length_check(p, k, q);
}

static void head_write(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k, uint32_t q,
		       uint32_t value, const char *name)
{
	config_write(p, regs, k, k->head, q, value, name);
}

/* The tail is where software stops: it gives descriptors, and takes none back. */
static bool takes_back(uint32_t count, uint32_t head, uint32_t old, uint32_t value)
{
	if (head >= count || old >= count || value >= count)
		return false;
	return (value + count - head) % count < (old + count - head) % count;
}

/*
 * Returns whether a queue that runs has a new tail. One that has just been stopped may get one, to no
 * effect: Linux' ixgbe_down() stops its queues first and polling then.
 */
static bool tail_write(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k, uint32_t q,
		       uint32_t value, const char *name)
{
	uint32_t count = sim_ring_count(sim_reg(p, regs + k->length));
	uint32_t head = sim_reg(p, regs + k->head), old = sim_reg(p, regs + k->tail);
	bool back = takes_back(count, head, old, value);

	if (!begun(p, regs, k)) {
		/* 82599 datasheet sections 4.6.7, 4.6.8: not before ENABLE was read as 1 */
		if (enabled(p, regs, k))
			ring_said(p, k, q)->back |= back;
		else if (value && !ring_said(p, k, q)->ran)
			sim_error(p, "ring-tail", "%s[%u] = %u, but the queue is not enabled", name,
				  q, value);
		sim_reg_set(p, regs + k->tail, value);
		return false;
	}
	if (value && value >= count) {
		sim_error(p, "ring-tail", "%s[%u] = %u in a ring of %u", name, q, value, count);
		return false;
	}
	if (head >= count)
		return false;
	if (back)
		sim_error(p, "ring-tail", "%s[%u] = %u, was %u, head is %u: that takes descriptors "
			  "back", name, q, value, old, head);
	sim_reg_set(p, regs + k->tail, value);
	return true;
}

/* A ring begins to be used; what is wrong with it is said once. */
static void ring_check(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k, uint32_t q)
{
	uint32_t count = sim_ring_count(sim_reg(p, regs + k->length));
	uint32_t head = sim_reg(p, regs + k->head), tail = sim_reg(p, regs + k->tail);

	base_check(p, regs, k, q);
	if (!length_check(p, k, q))
		return;
	if (!count)
		sim_error(p, "ring-config", "%s queue %u enabled with a ring of length 0", k->name,
			  q);
	else if (head >= count || tail >= count)
		sim_error(p, "ring-config", "%s queue %u enabled with head %u and tail %u in a "
			  "ring of %u", k->name, q, head, tail, count);
	else if (ring_said(p, k, q)->back)
		sim_error(p, "ring-tail", "%cDT[%u], now %u, took descriptors back before %s was "
			  "on", k->letter, q, tail, k->name);
	ring_said(p, k, q)->back = false;
}

/*
 * ENABLE of a control register after a write of @value; SWFLSH clears itself. @off gets the queues
 * that were told to stop and did not.
 */
static uint32_t control_value(struct nicsim_port *p, uint32_t old, uint32_t value, uint32_t q,
			      uint64_t *off)
{
	value &= ~(uint32_t)XXDCTL_SWFLSH;
	sim_bit_clear(off, q);
	if (((old ^ value) & XXDCTL_ENABLE) && sim_fault_take(p, NICSIM_QUEUE_STUCK, q)) {
		if (old & XXDCTL_ENABLE)
			sim_bit_set(off, q);
		value ^= XXDCTL_ENABLE;
	}
	return value;
}

/*
 * Enabling "initializes all the internal registers of a specific queue. Until then, the state of the
 * queue is kept" (82599 datasheet section 8.2.3.9.10, TXDCTL.ENABLE): it begins at descriptor 0 with
 * none given. Receive queues must do the same: net_ixgbe of DPDK restarts a queue amid traffic and
 * writes RDH only a millisecond after ENABLE.
 */
static void ring_restart(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k)
{
	sim_reg_set(p, regs + k->head, 0);
	sim_reg_set(p, regs + k->tail, 0);
}

/* ---- receive queues: two banks, so each register has two writers ---- */

/* What waits in the packet buffer may have a place to go to now. */
static void rx_unblock(struct nicsim_port *p)
{
	p->dp->rx_blocked = false;
	sim_wake(p);
}

#define RX_WRITER(reg) \
	void sim_##reg##_write(struct nicsim_port *p, uint32_t i, uint32_t value) \
	{ \
		reg##_write(p, i, value); \
	} \
	void sim_##reg##_write_high(struct nicsim_port *p, uint32_t i, uint32_t value) \
	{ \
		reg##_write(p, i + SIM_QUEUES / 2, value); \
	}

static void rdbal_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	base_write(p, DR_RXQ(q), &rx_ring, q, value, "RDBAL");
}
RX_WRITER(rdbal)

static void rdbah_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	config_write(p, DR_RXQ(q), &rx_ring, RXQ_RDBAH, q, value, "RDBAH");
}
RX_WRITER(rdbah)

static void rdlen_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	length_write(p, DR_RXQ(q), &rx_ring, q, value, "RDLEN");
}
RX_WRITER(rdlen)

static void rdh_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	head_write(p, DR_RXQ(q), &rx_ring, q, value, "RDH");
}
RX_WRITER(rdh)

static void rdt_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	if (!tail_write(p, DR_RXQ(q), &rx_ring, q, value, "RDT"))
		return;
	if (p->dp->rx_blocked)
		rx_unblock(p);
}
RX_WRITER(rdt)

/* DROP_EN may change at any time, the buffers of a running queue may not. */
static void srrctl_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	uint32_t regs = DR_RXQ(q), old = sim_reg(p, regs + RXQ_SRRCTL);

	if (enabled(p, regs, &rx_ring) && ((old ^ value) & ~(uint32_t)SRRCTL_DROP_EN)) {
		sim_error(p, "ring-config", "SRRCTL[%u] = %#x, was %#x: receive queue is enabled",
			  q, value, old);
		return;
	}
	sim_reg_set(p, regs + RXQ_SRRCTL, value);
	if (p->dp->rx_blocked)
		rx_unblock(p);
}
RX_WRITER(srrctl)

static void rx_begin(struct nicsim_port *p, uint32_t q)
{
	uint32_t regs = DR_RXQ(q), srrctl = sim_reg(p, regs + RXQ_SRRCTL);

	ring_check(p, regs, &rx_ring, q);
	if (!SRRCTL_BSIZEPKT(srrctl) || SRRCTL_BSIZEPKT(srrctl) > 16)
		sim_error(p, "rx-buffer", "SRRCTL[%u].BSIZEPACKET is %u KiB: 1 to 16", q,
			  SRRCTL_BSIZEPKT(srrctl));
	if (SRRCTL_DESCTYPE(srrctl) != SRRCTL_LEGACY &&
	    SRRCTL_DESCTYPE(srrctl) != SRRCTL_ONE_BUFFER)
		sim_error(p, "rx-buffer", "SRRCTL[%u].DESCTYPE %u is not modelled: 0 is legacy, 1 "
			  "is one buffer", q, SRRCTL_DESCTYPE(srrctl));
	sim_rsc_check(p, q);
}

static void rxdctl_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	uint32_t regs = DR_RXQ(q), old = sim_reg(p, regs + RXQ_RXDCTL);

	value = control_value(p, old, value, q, p->dp->rx_off);
	if (old & ~value & XXDCTL_ENABLE)
		sim_rsc_stop(p, q);
	sim_reg_set(p, regs + RXQ_RXDCTL, value);
	if (value & ~old & XXDCTL_ENABLE) {
		ring_restart(p, regs, &rx_ring);
		sim_bit_clear(p->dp->rx_hung, q);
		if (begun(p, regs, &rx_ring))
			rx_begin(p, q);
	}
	if (old & ~value & XXDCTL_ENABLE) {
		sim_bit_clear(p->dp->rx_irq, q);
		p->dp->rx_said[q].back = false;
		p->dp->rx_said[q].ran = true;
	}
	/* frames of a queue that is off are dropped, those behind them go on */
	rx_unblock(p);
}
RX_WRITER(rxdctl)

void sim_qde_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, DR_QDE, value & ~(uint32_t)QDE_WRITE);
	if (!(value & QDE_WRITE))
		return;
	if (value & QDE_ENABLE)
		sim_bit_set(p->dp->drop_en, QDE_IDX(value));
	else
		sim_bit_clear(p->dp->drop_en, QDE_IDX(value));
	rx_unblock(p);
}

void sim_rxctrl_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	uint32_t old = sim_reg(p, DR_RXCTRL), q;

	sim_reg_set(p, DR_RXCTRL, value);
	for (q = 0; q < SIM_QUEUES && (value & ~old & RXCTRL_RXEN); q++) {
		if (begun(p, DR_RXQ(q), &rx_ring))
			rx_begin(p, q);
	}
	rx_unblock(p);
}

/* ---- transmit queues ---- */

void sim_tdbal_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	base_write(p, DR_TXQ(q), &tx_ring, q, value, "TDBAL");
}

void sim_tdbah_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	config_write(p, DR_TXQ(q), &tx_ring, TXQ_TDBAH, q, value, "TDBAH");
}

void sim_tdlen_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	length_write(p, DR_TXQ(q), &tx_ring, q, value, "TDLEN");
}

void sim_tdh_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	head_write(p, DR_TXQ(q), &tx_ring, q, value, "TDH");
}

void sim_tdt_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	if (tail_write(p, DR_TXQ(q), &tx_ring, q, value, "TDT"))
		sim_tx_doorbell(p, q);
}

void sim_tdwb_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	config_write(p, DR_TXQ(q), &tx_ring, TXQ_TDWBAL, q, value, "TDWBAL");
}

void sim_tdwbh_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	config_write(p, DR_TXQ(q), &tx_ring, TXQ_TDWBAH, q, value, "TDWBAH");
}

static void tx_begin(struct nicsim_port *p, uint32_t q)
{
	uint32_t regs = DR_TXQ(q), txdctl = sim_reg(p, regs + TXQ_TXDCTL);
	uint32_t wthresh = TXDCTL_WTHRESH(txdctl);

	ring_check(p, regs, &tx_ring, q);
	if (TXDCTL_PTHRESH(txdctl) + wthresh > TX_ON_CHIP_DESCS)
		sim_error(p, "tx-threshold", "TXDCTL[%u]: PTHRESH %u + WTHRESH %u is over %u", q,
			  TXDCTL_PTHRESH(txdctl), wthresh, TX_ON_CHIP_DESCS);
	if (wthresh && (sim_reg(p, regs + TXQ_TDWBAL) & TDWBAL_HEAD_WB))
		sim_error(p, "tx-threshold", "TXDCTL[%u].WTHRESH %u with head write-back", q,
			  wthresh);
	if (sim_reg(p, regs + TXQ_TDH) != sim_reg(p, regs + TXQ_TDT))
		sim_tx_doorbell(p, q);
}

void sim_txdctl_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	uint32_t regs = DR_TXQ(q), old = sim_reg(p, regs + TXQ_TXDCTL);

	value = control_value(p, old, value, q, p->dp->tx_off);
	sim_reg_set(p, regs + TXQ_TXDCTL, value);
	if (value & ~old & XXDCTL_ENABLE) {
		ring_restart(p, regs, &tx_ring);
		if (begun(p, regs, &tx_ring))
			tx_begin(p, q);
	}
	if (old & ~value & XXDCTL_ENABLE) {
		sim_tx_disable(p, q);
		p->dp->tx_said[q].back = false;
		p->dp->tx_said[q].ran = true;
	}
}

/* ---- all queues ---- */

/* RAH has room for the pool of the 82598, which the 82599 keeps in MPSAR: drivers may write it. */
void sim_rah_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, DR_RAH + 8 * i, value & RAH_BITS);
}

void sim_rssrk_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, DR_RSSRK + 4 * i, value);
	p->dp->rss_dirty = true;
}

void sim_dmatxctl_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	uint32_t old = sim_reg(p, DR_DMATXCTL), q;

	sim_reg_set(p, DR_DMATXCTL, value);
	for (q = 0; q < SIM_QUEUES && (value & ~old & DMATXCTL_TE); q++) {
		if (begun(p, DR_TXQ(q), &tx_ring))
			tx_begin(p, q);
	}
	sim_wake(p);
}

/* How queues are grouped must not change while the arbiter picks from them. */
void sim_mtqc_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	if (value != sim_reg(p, DR_MTQC) && !(sim_reg(p, DR_RTTDCS) & RTTDCS_ARBDIS))
		sim_error(p, "mtqc", "MTQC = %#x, was %#x, with RTTDCS.ARBDIS 0", value,
			  sim_reg(p, DR_MTQC));
	sim_reg_set(p, DR_MTQC, value);
}
