// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: receive path from the MAC to the packet buffer: length checks, filters, statistics,
 * packet type, checksum verdict, RSS; and from there on to the descriptors.
 */
#include <string.h>

#include "datapath.h"
#include "desc82599.h"
#include "fdir.h"
#include "ptp.h"
#include "regs_datapath.h"

#define FRAME_MAX	1518		/* with FCS, without tag, unless HLREG0.JUMBOEN */

uint32_t sim_rx_capacity(const struct nicsim_port *p)
{
	uint32_t size = sim_reg(p, DR_RXPBSIZE) & XXPBSIZE_BITS;

	return size < SIM_RX_FIFO ? size : SIM_RX_FIFO;
}

/* Lengths in the good-frame counters are with FCS. */
static enum sim_stat size_bin(uint32_t len)
{
	static const uint16_t limit[] = { 64, 127, 255, 511, 1023 };
	unsigned int i;

	for (i = 0; i < sizeof(limit) / sizeof(limit[0]); i++) {
		if (len <= limit[i])
			break;
	}
	return SIM_PRC64 + i;
}

/*
 * As on the chip, frames that then find no room (MPC) are in the good counters too: drivers take
 * them off.
 */
static void count_good(struct nicsim_port *p, const uint8_t *frame, uint32_t len)
{
	static const uint8_t broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	sim_stat_add(p, SIM_GPRC, 1);
	sim_stat_add(p, SIM_GORC, len + SIM_FCS);
	sim_stat_add(p, size_bin(len + SIM_FCS), 1);
	if (frame[0] & 1)
		sim_stat_add(p, memcmp(frame, broadcast, 6) ? SIM_MPRC : SIM_BPRC, 1);
}

/* RXD_ error bit of a frame of wrong length, counted; 0: the length is right. */
static uint32_t check_length(struct nicsim_port *p, uint32_t len, const struct sim_pkt *k)
{
	uint32_t limit = FRAME_MAX;

	if (sim_reg(p, DR_HLREG0) & HLREG0_JUMBOEN)
		limit = sim_reg(p, DR_MAXFRS) >> 16;
	/* MFS is without tags */
	limit += (k->vlan_at ? SIM_VLAN_TAG : 0) + (k->vext ? SIM_VLAN_TAG : 0);
	if (len < SIM_FRAME_MIN) {
		sim_stat_add(p, SIM_RUC, 1);
		return RXD_USE;
	}
	if (len + SIM_FCS > limit) {
		sim_stat_add(p, SIM_ROC, 1);
		return RXD_OSE;
	}
	return 0;
}

/*
 * Queue, hash and type. An ethertype filter goes before the flow director, and that before RSS; the
 * first takes the type's place.
 */
static void classify(struct nicsim_port *p, const uint8_t *frame, uint32_t len,
		     const struct sim_pkt *k, struct sim_rx_meta *meta)
{
	int filter = sim_filter_ethertype(p, k->ethertype);
	uint32_t etqs, type;

	meta->queue = sim_rss(p, frame, k, &meta->hash, &type);
	meta->info = k->type | type;
	meta->status |= sim_ptp_rx(p, frame, len, k, filter);
	sim_fdir_rx(p, frame, len, k, meta);
	sim_ntuple(p, frame, k, &meta->queue);
	if (filter < 0)
		return;
	meta->hash = 0;
	meta->info = RXD_TYPE_ETQF | (uint32_t)filter << RXD_TYPE_ETQF_SHIFT;
	etqs = sim_reg(p, DR_ETQS + 4 * filter);
	if (etqs & ETQS_QUEUE_EN)
		meta->queue = ETQS_QUEUE(etqs);
}

/* With PCSD 0 the hash makes way for IP identification and the sum over a UDP fragment. */
static void packet_checksum(const struct nicsim_port *p, const uint8_t *frame,
			    const struct sim_pkt *k, struct sim_rx_meta *meta)
{
	uint32_t rxcsum = sim_reg(p, DR_RXCSUM), id = 0;
	uint16_t sum = 0;

	if ((k->type & RXD_TYPE_IPV4) && !(rxcsum & RXCSUM_PCSD)) {
		id = sim_get_be16(frame + k->l3 + 4);
		if ((rxcsum & RXCSUM_IPPCSE) && k->fragment && k->proto == 17) {
			const uint8_t *udp = frame + k->l3 + (frame[k->l3] & 0xf) * 4;

			sum = htole16(sim_csum_fragment(frame, k));
			if (k->first && udp + 8 <= frame + k->end && (udp[6] || udp[7]))
				meta->status |= RXD_UDPV;
		}
	}
	meta->csum = sum;
	if (!(rxcsum & RXCSUM_PCSD))
		meta->hash = id | (uint32_t)sum << 16;
}

/*
 * The MAC strips by HLREG0.RXCRCSTRP; RDRXCTL.CRCSTRIP is how the DMA unit knows, and shall be the
 * same. Their reset values differ, and drivers that leave it so receive well on real cards (iPXE,
 * the loopback test of Linux' ixgbe): worth a line when a frame comes, but no error.
 */
static bool strips_fcs(struct nicsim_port *p)
{
	bool strip = sim_reg(p, DR_HLREG0) & HLREG0_RXCRCSTRP;

	if (strip != !!(sim_reg(p, DR_RDRXCTL) & RDRXCTL_CRCSTRIP))
		sim_log_once(p, SIM_ONCE_STRIP, "note: a frame came while HLREG0.RXCRCSTRP is %u and "
			     "RDRXCTL.CRCSTRIP is not", strip);
	return strip;
}

static void describe(struct nicsim_port *p, const uint8_t *frame, uint32_t len,
		     const struct sim_pkt *k, struct sim_rx_meta *meta)
{
	uint32_t verdict;

	meta->len = meta->frame_len = len;
	classify(p, frame, len, k, meta);
	packet_checksum(p, frame, k, meta);
	verdict = sim_csum_verdict(p, frame, k);
	if ((verdict & (RXD_IPCS | RXD_L4CS)) && sim_fault_take(p, NICSIM_CSUM_LIE, meta->queue))
		verdict ^= (verdict & RXD_IPCS ? RXD_IPE : 0) | (verdict & RXD_L4CS ? RXD_TCPE : 0);
	meta->status |= verdict | (k->vext ? RXD_VEXT : 0);
	if (k->vlan_at) {
		meta->status |= RXD_VP;
		if (sim_reg(p, DR_RXQ(meta->queue) + RXQ_RXDCTL) & RXDCTL_VME) {
			meta->strip_at = k->vlan_at;
			meta->vlan = k->vlan_tci;
			meta->len -= SIM_VLAN_TAG;
		}
	}
	if (!strips_fcs(p)) {
		meta->keep_fcs = true;
		sim_put_le32(meta->fcs, sim_crc32(frame, len));
		meta->len += SIM_FCS;
	}
	if (sim_reg(p, DR_RXQ(meta->queue) + RXQ_RSCCTL) & RSCCTL_RSCEN)
		sim_rsc_classify(p, frame, k, meta);
}

static void missed(struct nicsim_port *p)
{
	sim_stat_add(p, SIM_MPC0, 1);
	p->dp->cause |= EICR_RX_MISS;
	sim_wake(p);
}

static void store(struct nicsim_port *p, struct sim_rx_meta *meta, const uint8_t *frame)
{
	struct sim_datapath *dp = p->dp;

	if (!dp->fifo.frames) {
		if (sim_rx_deliver(p, meta, frame))
			return;
		dp->rx_blocked = true;
	}
	if (!sim_fifo_push(&dp->fifo, meta, frame)) {
		missed(p);
		return;
	}
	sim_pause_check(p);
}

bool sim_rx_accept(struct nicsim_port *p, const uint8_t *frame, uint32_t len)
{
	struct sim_datapath *dp = p->dp;
	struct sim_rx_meta meta = { 0 };
	struct sim_pkt k;
	enum sim_pass pass;
	bool room;

	if (!(sim_reg(p, DR_RXCTRL) & RXCTRL_RXEN) ||
	    (sim_reg(p, DR_SECRXCTRL) & SECRXCTRL_RX_DIS))
		return true;
	if (len < SIM_L2_MIN || len > SIM_FRAME_MAX) {
		sim_stat_add(p, len < SIM_L2_MIN ? SIM_RUC : SIM_ROC, 1);
		return true;
	}
	room = sim_fifo_room(&dp->fifo, len, sim_rx_capacity(p));
	/* the MAC needs no room for what is its own: a pause from the other side gets through */
	if (!room && sim_partner_resumes(p) > sim_now(p) && !sim_mac_control(frame, len))
		return false;
	sim_stat_add(p, SIM_TPR, 1);
	sim_stat_add(p, SIM_TOR, len + SIM_FCS);
	if (sim_pause_frame(p, frame, len))
		return true;
	sim_parse(p, frame, len, &k);
	meta.status = check_length(p, len, &k);
	if (meta.status && !(sim_reg(p, DR_FCTRL) & FCTRL_SBP))
		return true;
	pass = sim_filter(p, frame, &k);
	if (pass == SIM_PASS_NOT)
		return true;
	if (!meta.status)
		count_good(p, frame, len);
	if (!room) {
		missed(p);
		return true;
	}
	if (pass == SIM_PASS_INEXACT)
		meta.status |= RXD_PIF;
	describe(p, frame, len, &k, &meta);
	store(p, &meta, frame);
	return true;
}

bool sim_rx_frame(struct nicsim_port *p, const uint8_t *frame, uint32_t len)
{
	if (!sim_link_up(p) || (sim_reg(p, DR_HLREG0) & HLREG0_LPBK))
		return true;
	if (!p->peer && p->dp->xoff)
		return false;
	return sim_rx_accept(p, frame, len);
}

bool sim_rx_ready(const struct nicsim_port *p)
{
	return p->peer || !p->dp->xoff || !sim_link_up(p);
}

bool sim_rx_enabled(const struct nicsim_port *p)
{
	unsigned int q;

	if (!(sim_reg(p, DR_RXCTRL) & RXCTRL_RXEN) ||
	    (sim_reg(p, DR_SECRXCTRL) & SECRXCTRL_RX_DIS))
		return false;
	for (q = 0; q < SIM_QUEUES; q++) {
		if (sim_reg(p, DR_RXQ(q) + RXQ_RXDCTL) & XXDCTL_ENABLE)
			return true;
	}
	return false;
}

void sim_rx_drain(struct nicsim_port *p, unsigned int *budget)
{
	struct sim_datapath *dp = p->dp;
	struct nicsim_port *partner = sim_partner(p);
	struct sim_rx_meta *meta;
	const uint8_t *frame;
	bool moved = false;

	while (*budget && !dp->rx_blocked) {
		meta = sim_fifo_peek(&dp->fifo, &frame);
		if (!meta)
			break;
		if (!sim_rx_deliver(p, meta, frame)) {
			dp->rx_blocked = true;
			break;
		}
		sim_fifo_pop(&dp->fifo);
		(*budget)--;
		moved = true;
	}
	if (!moved)
		return;
	sim_pause_check(p);
	/* a partner that could not get rid of its frame may try again */
	if (partner && partner->dp->tx_blocked)
		sim_tx_writable(partner);
}
