// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: writes to the registers of queues and to those that rule all queues, with the rules that
 * a driver has to keep: rings are set up while the queue is off, tails stay inside the ring and
 * never go back.
 */
#include "datapath.h"
#include "regs_datapath.h"

/** struct ring_kind - where a ring's registers are, relative to those of its queue */
struct ring_kind {
	const char *name;
	uint32_t base, length, head, tail, control;
};

static const struct ring_kind rx_ring = {
	"receive", RXQ_RDBAL, RXQ_RDLEN, RXQ_RDH, RXQ_RDT, RXQ_RXDCTL
};
static const struct ring_kind tx_ring = {
	"transmit", TXQ_TDBAL, TXQ_TDLEN, TXQ_TDH, TXQ_TDT, TXQ_TXDCTL
};

static bool enabled(const struct nicsim_port *p, uint32_t regs, const struct ring_kind *k)
{
	return sim_reg(p, regs + k->control) & XXDCTL_ENABLE;
}

/* Stores @value unless that would change a running queue. */
static void config_write(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k,
			 uint32_t which, uint32_t q, uint32_t value, const char *name)
{
	if (enabled(p, regs, k) && sim_reg(p, regs + which) != value) {
		sim_error(p, "ring-config", "%s[%u] = %#x, was %#x: %s queue is enabled", name, q,
			  value, sim_reg(p, regs + which), k->name);
		return;
	}
	sim_reg_set(p, regs + which, value);
}

static void base_write(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k, uint32_t q,
		       uint32_t value, const char *name)
{
	if (value & XDBAL_ALIGN)
		sim_error(p, "ring-config", "%s[%u] = %#x: rings begin at multiples of 128", name,
			  q, value);
	config_write(p, regs, k, k->base, q, value & ~XDBAL_ALIGN, name);
}

static void length_write(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k,
			 uint32_t q, uint32_t value, const char *name)
{
	if (value > XDLEN_MAX || value & ~XDLEN_BITS) {
		sim_error(p, "ring-config", "%s[%u] = %u: a multiple of 128, at most %u", name, q,
			  value, XDLEN_MAX);
		return;
	}
	config_write(p, regs, k, k->length, q, value, name);
}

static bool in_ring(const struct nicsim_port *p, uint32_t regs, const struct ring_kind *k,
		    uint32_t value)
{
	return !value || value < sim_ring_count(sim_reg(p, regs + k->length));
}

static void head_write(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k, uint32_t q,
		       uint32_t value, const char *name)
{
	if (!in_ring(p, regs, k, value)) {
		sim_error(p, "ring-head", "%s[%u] = %u in a ring of %u", name, q, value,
			  sim_ring_count(sim_reg(p, regs + k->length)));
		return;
	}
	config_write(p, regs, k, k->head, q, value, name);
}

/* The tail is where software stops: it gives descriptors, and takes none back. */
static bool tail_write(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k, uint32_t q,
		       uint32_t value, const char *name)
{
	uint32_t count = sim_ring_count(sim_reg(p, regs + k->length));
	uint32_t head = sim_reg(p, regs + k->head), old = sim_reg(p, regs + k->tail);

	if (!in_ring(p, regs, k, value)) {
		sim_error(p, "ring-tail", "%s[%u] = %u in a ring of %u", name, q, value, count);
		return false;
	}
	if (!enabled(p, regs, k)) {
		if (value)
			sim_error(p, "ring-tail", "%s[%u] = %u, but the queue is not enabled", name,
				  q, value);
		sim_reg_set(p, regs + k->tail, value);
		return false;
	}
	if (head >= count)
		return false;
	if ((value + count - head) % count < (old + count - head) % count)
		sim_error(p, "ring-tail", "%s[%u] = %u, was %u, head is %u: that takes descriptors "
			  "back", name, q, value, old, head);
	sim_reg_set(p, regs + k->tail, value);
	return true;
}

/* Before a queue is enabled; what is wrong then is reported once. */
static void ring_check(struct nicsim_port *p, uint32_t regs, const struct ring_kind *k, uint32_t q)
{
	uint32_t count = sim_ring_count(sim_reg(p, regs + k->length));

	if (!count)
		sim_error(p, "ring-config", "%s queue %u enabled with a ring of length 0", k->name,
			  q);
	else if (sim_reg(p, regs + k->head) >= count || sim_reg(p, regs + k->tail) >= count)
		sim_error(p, "ring-config", "%s queue %u enabled with head %u and tail %u in a "
			  "ring of %u", k->name, q, sim_reg(p, regs + k->head),
			  sim_reg(p, regs + k->tail), count);
}

/* ENABLE of a control register after a write of @value; SWFLSH clears itself. */
static uint32_t control_value(struct nicsim_port *p, uint32_t old, uint32_t value, uint32_t q)
{
	value &= ~(uint32_t)XXDCTL_SWFLSH;
	if (((old ^ value) & XXDCTL_ENABLE) && sim_fault_take(p, NICSIM_QUEUE_STUCK, q))
		value ^= XXDCTL_ENABLE;
	return value;
}

/* ---- receive queues: two banks, so each register has two writers ---- */

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
	if (p->dp->rx_blocked) {
		p->dp->rx_blocked = false;
		sim_wake(p);
	}
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
	if (p->dp->rx_blocked) {
		p->dp->rx_blocked = false;
		sim_wake(p);
	}
}
RX_WRITER(srrctl)

static void rx_enable(struct nicsim_port *p, uint32_t regs, uint32_t q)
{
	uint32_t srrctl = sim_reg(p, regs + RXQ_SRRCTL);

	ring_check(p, regs, &rx_ring, q);
	if (!SRRCTL_BSIZEPKT(srrctl) || SRRCTL_BSIZEPKT(srrctl) > 16)
		sim_error(p, "rx-buffer", "SRRCTL[%u].BSIZEPACKET is %u KiB: 1 to 16", q,
			  SRRCTL_BSIZEPKT(srrctl));
	if (SRRCTL_DESCTYPE(srrctl) != SRRCTL_LEGACY &&
	    SRRCTL_DESCTYPE(srrctl) != SRRCTL_ONE_BUFFER)
		sim_error(p, "rx-buffer", "SRRCTL[%u].DESCTYPE %u is not modelled: 0 is legacy, 1 "
			  "is one buffer", q, SRRCTL_DESCTYPE(srrctl));
	sim_bit_clear(p->dp->rx_hung, q);
}

static void rxdctl_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	uint32_t regs = DR_RXQ(q), old = sim_reg(p, regs + RXQ_RXDCTL);

	value = control_value(p, old, value, q);
	if (value & ~old & XXDCTL_ENABLE)
		rx_enable(p, regs, q);
	if (old & ~value & XXDCTL_ENABLE)
		sim_bit_clear(p->dp->rx_irq, q);
	sim_reg_set(p, regs + RXQ_RXDCTL, value);
	/* frames of a queue that is off are dropped, those behind them go on */
	p->dp->rx_blocked = false;
	sim_wake(p);
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
	p->dp->rx_blocked = false;
	sim_wake(p);
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

static void tx_enable(struct nicsim_port *p, uint32_t regs, uint32_t q, uint32_t txdctl)
{
	uint32_t wthresh = TXDCTL_WTHRESH(txdctl);

	ring_check(p, regs, &tx_ring, q);
	if (TXDCTL_PTHRESH(txdctl) + wthresh > TX_ON_CHIP_DESCS)
		sim_error(p, "tx-threshold", "TXDCTL[%u]: PTHRESH %u + WTHRESH %u is over %u", q,
			  TXDCTL_PTHRESH(txdctl), wthresh, TX_ON_CHIP_DESCS);
	if (wthresh && (sim_reg(p, regs + TXQ_TDWBAL) & TDWBAL_HEAD_WB))
		sim_error(p, "tx-threshold", "TXDCTL[%u].WTHRESH %u with head write-back", q,
			  wthresh);
}

void sim_txdctl_write(struct nicsim_port *p, uint32_t q, uint32_t value)
{
	uint32_t regs = DR_TXQ(q), old = sim_reg(p, regs + TXQ_TXDCTL);

	value = control_value(p, old, value, q);
	sim_reg_set(p, regs + TXQ_TXDCTL, value);
	if (value & ~old & XXDCTL_ENABLE) {
		tx_enable(p, regs, q, value);
		if (sim_reg(p, regs + TXQ_TDH) != sim_reg(p, regs + TXQ_TDT))
			sim_tx_doorbell(p, q);
	}
	if (old & ~value & XXDCTL_ENABLE)
		sim_tx_disable(p, q);
}

/* ---- all queues ---- */

void sim_rssrk_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, DR_RSSRK + 4 * i, value);
	p->dp->rss_dirty = true;
}

void sim_dmatxctl_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, DR_DMATXCTL, value);
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

void sim_ftqf_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, DR_FTQF + 4 * i, value);
	if (value & FTQF_ENABLE)
		sim_log_once(p, SIM_ONCE_FTQF, "five-tuple and SYN filters are not modelled");
}

void sim_synqf_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, DR_SYNQF, value);
	if (value & SYNQF_ENABLE)
		sim_log_once(p, SIM_ONCE_FTQF, "five-tuple and SYN filters are not modelled");
}
