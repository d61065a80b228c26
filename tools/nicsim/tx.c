// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: transmit path from the queues to the wire. Queues take turns packet by packet. A frame
 * is on the wire for as long as 10 Gbit/s take, if the clock is a virtual one, and arrives when
 * its last bit does; what cannot be taken over there is held.
 */
#include <string.h>

#include "datapath.h"
#include "desc82599.h"
#include "ptp.h"
#include "regs_datapath.h"

#define WIRE_OVERHEAD	20		/* preamble and gap, bytes */
#define BYTE_TENTH_NS	8

/* ---- statistics ---- */

static enum sim_stat size_bin(uint32_t len)
{
	static const uint16_t limit[] = { 64, 127, 255, 511, 1023 };
	unsigned int i;

	for (i = 0; i < sizeof(limit) / sizeof(limit[0]); i++) {
		if (len <= limit[i])
			break;
	}
	return SIM_PTC64 + i;
}

/* Pause frames are counted too: drivers take them off. */
void sim_tx_count(struct nicsim_port *p, const uint8_t *frame, uint32_t len)
{
	static const uint8_t broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	sim_stat_add(p, SIM_TPT, 1);
	sim_stat_add(p, SIM_GPTC, 1);
	sim_stat_add(p, SIM_GOTC, len + SIM_FCS);
	sim_stat_add(p, size_bin(len + SIM_FCS), 1);
	if (frame[0] & 1)
		sim_stat_add(p, memcmp(frame, broadcast, 6) ? SIM_MPTC : SIM_BPTC, 1);
}

/* ---- queues ---- */

void sim_tx_doorbell(struct nicsim_port *p, uint32_t queue)
{
	uint32_t regs = DR_TXQ(queue);

	if (sim_fault_take(p, NICSIM_TX_EARLY, queue))
		sim_tx_early(p, queue);
	if (p->dp->txq[queue].hung || sim_reg(p, regs + TXQ_TDH) == sim_reg(p, regs + TXQ_TDT))
		return;
	sim_bit_set(p->dp->tx_ready, queue);
	sim_wake(p);
}

void sim_tx_disable(struct nicsim_port *p, uint32_t queue)
{
	struct sim_datapath *dp = p->dp;

	sim_bit_clear(dp->tx_ready, queue);
	sim_bit_clear(dp->tx_wb, queue);
	sim_bit_clear(dp->tx_irq, queue);
	dp->txq[queue].wb_count = 0;
	dp->txq[queue].wb_descs = 0;
	memset(dp->txq[queue].context, 0, sizeof(dp->txq[queue].context));
	if (dp->job.queue == queue)
		dp->job.active = false;
}

/* First queue with work at or after @from, in turn; SIM_QUEUES: none. */
static uint32_t ready_queue(const struct sim_datapath *dp, uint32_t from)
{
	uint32_t i, word, q;
	uint64_t bits;

	for (i = 0; i <= SIM_QUEUE_WORDS; i++) {
		word = (from / 64 + i) % SIM_QUEUE_WORDS;
		bits = dp->tx_ready[word];
		if (!i)
			bits &= ~0ull << (from % 64);
		if (bits) {
			q = 64 * word + __builtin_ctzll(bits);
			return q;
		}
	}
	return SIM_QUEUES;
}

/* Makes the next packet the job. */
static bool next_packet(struct nicsim_port *p)
{
	struct sim_datapath *dp = p->dp;
	uint32_t q;

	while ((q = ready_queue(dp, dp->tx_turn)) < SIM_QUEUES) {
		dp->tx_turn = (q + 1) % SIM_QUEUES;
		if (sim_fault_take(p, NICSIM_TX_HANG, q)) {
			dp->txq[q].hung = true;
			sim_log(p, "fault: transmit queue %u hangs", q);
			sim_bit_clear(dp->tx_ready, q);
			continue;
		}
		if (!sim_tx_fetch(p, q)) {
			sim_bit_clear(dp->tx_ready, q);
			continue;
		}
		if (sim_tx_begin(p)) {
			dp->job.active = true;
			return true;
		}
		sim_tx_complete(p);
	}
	return false;
}

/* ---- wire ---- */

static bool loopback(const struct nicsim_port *p)
{
	return sim_reg(p, DR_HLREG0) & HLREG0_LPBK;
}

static bool may_send(const struct nicsim_port *p)
{
	return (sim_reg(p, DR_DMATXCTL) & DMATXCTL_TE) &&
	       !(sim_reg(p, DR_SECTXCTRL) & SECTXCTRL_TX_DIS) &&
	       (loopback(p) || sim_link_up(p));
}

static bool carry(struct nicsim_port *p)
{
	struct sim_datapath *dp = p->dp;

	if (loopback(p))
		return sim_rx_accept(p, dp->frame, dp->frame_len);
	if (p->peer)
		return sim_rx_frame(p->peer, dp->frame, dp->frame_len);
	if (p->net)
		return p->net->send(p->net_ctx, dp->frame, dp->frame_len);
	return true;
}

/* The frame's last bit is out. False: there is no more to do now. */
static bool deliver(struct nicsim_port *p)
{
	struct sim_datapath *dp = p->dp;
	uint32_t epoch = dp->epoch;

	if (dp->tx_blocked && sim_pause_held(p) > sim_now(p))
		return false;
	if (!dp->real_time && dp->tx_out_at > sim_now(p))
		return false;
	dp->tx_blocked = false;
	if (!carry(p)) {
		dp->tx_blocked = true;
		return false;
	}
	if (dp->epoch != epoch)
		return false;
	dp->tx_pending = false;
	if (dp->job.tstamp) {
		dp->job.tstamp = false;
		sim_ptp_tx(p, dp->frame_len);
	}
	sim_tx_count(p, dp->frame, dp->frame_len);
	sim_stat_queue_tx(p, dp->job.queue, 1, dp->frame_len + SIM_FCS);
	if (dp->job.active && dp->job.last)
		sim_tx_complete(p);
	return true;
}

/* Puts the frame just built on the wire. */
static void launch(struct nicsim_port *p)
{
	struct sim_datapath *dp = p->dp;
	uint64_t now = sim_now(p) * 10;

	if (dp->frame_len < SIM_FRAME_MIN && (sim_reg(p, DR_HLREG0) & HLREG0_TXPADEN)) {
		memset(dp->frame + dp->frame_len, 0, SIM_FRAME_MIN - dp->frame_len);
		dp->frame_len = SIM_FRAME_MIN;
	}
	dp->tx_pending = true;
	if (dp->tx_wire + 10 < now)
		dp->tx_wire = now;
	dp->tx_wire += (uint64_t)(dp->frame_len + SIM_FCS + WIRE_OVERHEAD) * BYTE_TENTH_NS;
	dp->tx_out_at = (dp->tx_wire + 9) / 10;
}

/* Reports that WTHRESH holds back go out when their queue has nothing left to do. */
static void flush_idle(struct nicsim_port *p)
{
	struct sim_datapath *dp = p->dp;
	uint32_t word, q;
	uint64_t bits;

	for (word = 0; word < SIM_QUEUE_WORDS; word++) {
		bits = dp->tx_wb[word] & ~dp->tx_ready[word];
		for (; bits; bits &= bits - 1) {
			q = 64 * word + __builtin_ctzll(bits);
			sim_tx_flush(p, q);
		}
	}
}

bool sim_tx_held(const struct nicsim_port *p)
{
	const struct sim_datapath *dp = p->dp;
	uint64_t held = 0;
	uint32_t word;

	for (word = 0; word < SIM_QUEUE_WORDS; word++)
		held |= dp->tx_wb[word] & ~dp->tx_ready[word];
	return held;
}

void sim_tx_run(struct nicsim_port *p, unsigned int *budget)
{
	struct sim_datapath *dp = p->dp;

	while (*budget) {
		if (dp->tx_pending) {
			if (!deliver(p))
				break;
			(*budget)--;
		}
		if (dp->pause_until > sim_now(p) || !may_send(p))
			break;
		if (dp->job.active && sim_queue_cut(p, dp->tx_off, dp->job.queue))
			dp->job.active = false;
		if (!dp->job.active && !next_packet(p))
			break;
		if (sim_tx_build(p))
			launch(p);
		else
			sim_tx_complete(p);
	}
	flush_idle(p);
}

uint64_t sim_tx_next(const struct nicsim_port *p)
{
	const struct sim_datapath *dp = p->dp;
	uint64_t now = sim_now(p), held;

	if (dp->tx_pending) {
		held = dp->tx_blocked ? sim_pause_held(p) : now;
		if (held > now)
			return held;
		return dp->real_time ? now : dp->tx_out_at;
	}
	if (!dp->job.active && ready_queue(dp, 0) == SIM_QUEUES)
		return NICSIM_NEVER;
	if (!may_send(p))
		return NICSIM_NEVER;
	return dp->pause_until > now ? dp->pause_until : now;
}

void sim_tx_writable(struct nicsim_port *p)
{
	if (!p->dp)
		return;
	p->dp->tx_blocked = false;
	sim_wake(p);
}

void sim_link_changed(struct nicsim_port *p, bool up)
{
	struct sim_datapath *dp = p->dp;

	if (!dp)
		return;
	sim_ptp_link(p);
	if (!up) {
		if (dp->tx_pending && dp->job.active && dp->job.last)
			sim_tx_complete(p);
		dp->tx_pending = false;
		dp->tx_blocked = false;
		dp->pause_until = 0;
		sim_pause_stop(p);
	}
	sim_wake(p);
}
