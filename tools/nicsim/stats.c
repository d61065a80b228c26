// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: statistics. Counters stick at their greatest value and are cleared by reading. Those of
 * 36 bits are read low half first; reading the high half clears what the low half had shown, so
 * that nothing counted in between is lost.
 */
#include <string.h>

#include "control.h"
#include "regs_general.h"

#define WIDE_MAX	0xFFFFFFFFFull

static uint32_t narrow_read(uint64_t *count)
{
	uint64_t value = *count;

	*count = 0;
	return value > UINT32_MAX ? UINT32_MAX : value;
}

static void wide_add(struct sim_wide *w, uint64_t n)
{
	w->count = n > WIDE_MAX - w->count ? WIDE_MAX : w->count + n;
}

static uint32_t wide_low(struct sim_wide *w)
{
	w->latched = w->count;
	w->latch = true;
	return w->latched;
}

static uint32_t wide_high(struct sim_wide *w)
{
	uint64_t value = w->latch ? w->latched : w->count;

	w->count -= value;
	w->latch = false;
	return value >> 32;
}

static uint32_t wide_read(struct sim_wide *w, uint32_t high)
{
	return high ? wide_high(w) : wide_low(w);
}

void sim_stat_add(struct nicsim_port *p, enum sim_stat stat, uint64_t n)
{
	struct sim_stats *s = &p->control->stats;

	switch (stat) {
	case SIM_GORC:
		wide_add(&s->gorc, n);
		break;
	case SIM_GOTC:
		wide_add(&s->gotc, n);
		break;
	case SIM_TOR:
		wide_add(&s->tor, n);
		break;
	default:
		s->count[stat] += n;
		break;
	}
}

static unsigned int queue_set(const struct nicsim_port *p, uint32_t map, uint32_t queue)
{
	return sim_reg(p, map + queue / 4 * 4) >> (8 * (queue % 4)) & (SIM_QUEUE_SETS - 1);
}

void sim_stat_queue_rx(struct nicsim_port *p, uint32_t queue, uint32_t packets, uint64_t bytes)
{
	struct sim_stats *s = &p->control->stats;
	unsigned int set = queue_set(p, CR_RQSMR, queue);

	s->qprc[set] += packets;
	wide_add(&s->qbrc[set], bytes);
	s->rxdgpc += packets;
	wide_add(&s->rxdgbc, bytes);
}

void sim_stat_queue_drop(struct nicsim_port *p, uint32_t queue, uint32_t packets)
{
	p->control->stats.qprdc[queue_set(p, CR_RQSMR, queue)] += packets;
}

void sim_stat_queue_tx(struct nicsim_port *p, uint32_t queue, uint32_t packets, uint64_t bytes)
{
	struct sim_stats *s = &p->control->stats;
	unsigned int set = queue_set(p, CR_TQSM, queue);

	s->qptc[set] += packets;
	wide_add(&s->qbtc[set], bytes);
	s->txdgpc += packets;
	wide_add(&s->txdgbc, bytes);
}

void sim_stats_reset(struct nicsim_port *p)
{
	memset(&p->control->stats, 0, sizeof(p->control->stats));
}

/* ---- registers: one function for each run of adjacent ones ---- */

#define STAT_RUN(name, ...)							\
	SIM_STAT_READER(name)							\
	{									\
		static const enum sim_stat run[] = { __VA_ARGS__ };		\
										\
		return narrow_read(&p->control->stats.count[run[i]]);		\
	}

STAT_RUN(sim_stat_4000_read, SIM_CRCERRS, SIM_ILLERRC, SIM_ERRBC)
STAT_RUN(sim_stat_4034_read, SIM_MLFC, SIM_MRFC)
STAT_RUN(sim_rlec_read, SIM_RLEC)
STAT_RUN(sim_stat_405c_read, SIM_PRC64, SIM_PRC127, SIM_PRC255, SIM_PRC511, SIM_PRC1023,
	 SIM_PRC1522, SIM_GPRC, SIM_BPRC, SIM_MPRC, SIM_GPTC)
STAT_RUN(sim_stat_40a4_read, SIM_RUC, SIM_RFC, SIM_ROC, SIM_RJC)
STAT_RUN(sim_stat_40d0_read, SIM_TPR, SIM_TPT, SIM_PTC64, SIM_PTC127, SIM_PTC255, SIM_PTC511,
	 SIM_PTC1023, SIM_PTC1522, SIM_MPTC, SIM_BPTC)
STAT_RUN(sim_xec_read, SIM_XEC)
STAT_RUN(sim_lxontxc_read, SIM_LXONTXC)
STAT_RUN(sim_lxofftxc_read, SIM_LXOFFTXC)
STAT_RUN(sim_lxrxc_read, SIM_LXONRXC, SIM_LXOFFRXC)

/* One per packet buffer; the model has traffic class 0 alone. */
SIM_STAT_READER(sim_mpc_read)
{
	return i ? 0 : narrow_read(&p->control->stats.count[SIM_MPC0]);
}

#define STAT_NARROW(name, field)						\
	SIM_STAT_READER(name)							\
	{									\
		return narrow_read(&p->control->stats.field);			\
	}

/* a pair of registers: 0 low, 1 high */
#define STAT_PAIR(name, field)							\
	SIM_STAT_READER(name)							\
	{									\
		return wide_read(&p->control->stats.field, i);			\
	}

STAT_PAIR(sim_gorc_read, gorc)
STAT_PAIR(sim_gotc_read, gotc)
STAT_PAIR(sim_tor_read, tor)
STAT_NARROW(sim_rxdgpc_read, rxdgpc)
STAT_PAIR(sim_rxdgbc_read, rxdgbc)
STAT_NARROW(sim_txdgpc_read, txdgpc)
STAT_PAIR(sim_txdgbc_read, txdgbc)
STAT_NARROW(sim_qprc_read, qprc[i])
STAT_NARROW(sim_qprdc_read, qprdc[i])
STAT_NARROW(sim_qptc_read, qptc[i])

SIM_STAT_READER(sim_qbrc_l_read)
{
	return wide_low(&p->control->stats.qbrc[i]);
}

SIM_STAT_READER(sim_qbrc_h_read)
{
	return wide_high(&p->control->stats.qbrc[i]);
}

/* low and high of each set side by side */
SIM_STAT_READER(sim_qbtc_read)
{
	return wide_read(&p->control->stats.qbtc[i / 2], i % 2);
}
