// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: which frames are for receive side coalescing (82599 datasheet section 7.11.1), and what a
 * driver has to set up for it (section 4.6.7.2).
 *
 * TCP over IPv6 is not coalesced: the makers of the 82599 say so in Linux's history ("ixgbe: Only
 * set gso_type to SKB_GSO_TCPV4 as RSC does not support IPv6"), and OpenBSD's ix(4) found the same.
 */
#include <string.h>

#include "desc82599.h"
#include "regs_datapath.h"
#include "rsc.h"

#define HEADER_MIN	128		/* SRRCTL.BSIZEHEADER has to be as large */

static uint32_t rscctl(const struct nicsim_port *p, uint32_t queue)
{
	return sim_reg(p, DR_RXQ(queue) + RXQ_RSCCTL);
}

uint32_t rsc_descs_max(const struct nicsim_port *p, uint32_t queue)
{
	static const uint8_t count[] = { 1, 4, 8, 16 };

	return count[RSCCTL_MAXDESC(rscctl(p, queue))];
}

/* ---- what a driver has to see to ---- */

/* What keeps a queue from coalescing; NULL: nothing. */
static const char *obstacle(const struct nicsim_port *p, uint32_t queue)
{
	uint32_t srrctl = sim_reg(p, DR_RXQ(queue) + RXQ_SRRCTL);

	if (SRRCTL_DESCTYPE(srrctl) == SRRCTL_LEGACY)
		return "SRRCTL.DESCTYPE is legacy";
	if (!(sim_reg(p, DR_PSRTYPE) & PSRTYPE_TYPE4))
		return "PSRTYPE.PSR_type4 is 0";
	if (!(sim_reg(p, DR_HLREG0) & HLREG0_RXCRCSTRP) ||
	    !(sim_reg(p, DR_RDRXCTL) & RDRXCTL_CRCSTRIP))
		return "the CRC is not stripped";
	return NULL;
}

void sim_rsc_check(struct nicsim_port *p, uint32_t queue)
{
	uint32_t srrctl = sim_reg(p, DR_RXQ(queue) + RXQ_SRRCTL);
	uint32_t bytes = SRRCTL_BSIZEPKT(srrctl) * 1024;
	const char *fault = obstacle(p, queue);

	if (!(rscctl(p, queue) & RSCCTL_RSCEN))
		return;
	if (!fault && SRRCTL_BSIZEHDR(srrctl) * 64 < HEADER_MIN)
		fault = "SRRCTL.BSIZEHEADER is under 128 bytes";
	if (!fault && rsc_descs_max(p, queue) * bytes > RSC_LENGTH_MAX)
		fault = "MAXDESC times SRRCTL.BSIZEPACKET is over 65535 bytes";
	if (!fault && !(sim_reg(p, DR_RDRXCTL) & RDRXCTL_RSCACKC))
		fault = "RDRXCTL.RSCACKC is 0";
	if (fault)
		sim_error(p, "rsc-config", "RSCCTL[%u] = %#x on an enabled queue, but %s", queue,
			  rscctl(p, queue), fault);
}

/* ---- frames ---- */

/* What coalescing knows of TCP: ACK and PSH, no options but an aligned time stamp. */
static bool tcp_plain(const uint8_t *tcp, uint32_t header)
{
	static const uint8_t stamp[4] = { 1, 1, 8, 10 };

	if ((tcp[12] & 0xf) || (tcp[13] & ~(RSC_ACK | RSC_PSH)))
		return false;
	return header == RSC_TCP_LEN ||
	       (header == RSC_TCP_LEN + RSC_STAMP_LEN &&
		!memcmp(tcp + RSC_TCP_LEN, stamp, sizeof(stamp)));
}

uint32_t rsc_ecn(const uint8_t *ip)
{
	return ip[1] & RSC_ECN;
}

static bool candidate(const uint8_t *frame, const struct sim_pkt *k, const struct sim_rx_meta *meta)
{
	uint32_t header = (frame[k->l4 + 12] >> 4) * 4;
	uint32_t l3 = SIM_L2_MIN + (k->vlan_at ? SIM_VLAN_TAG : 0) + (k->vext ? SIM_VLAN_TAG : 0);

	if (meta->status & (RXD_USE | RXD_OSE | RXD_TCPE | RXD_IPE) || !(meta->status & RXD_L4CS))
		return false;
	if ((k->type & RXD_TYPE_IPV4EX) || (meta->info & RXD_TYPE_ETQF))
		return false;
	/* a length field (802.3), or bytes behind the datagram, would not be right any more */
	if (k->l3 != l3 || k->end != meta->frame_len)
		return false;
	if (k->end - k->l4 < header || !tcp_plain(frame + k->l4, header))
		return false;
	return rsc_ecn(frame + k->l3) != RSC_ECN;
}

void sim_rsc_classify(struct nicsim_port *p, const uint8_t *frame, const struct sim_pkt *k,
		      struct sim_rx_meta *meta)
{
	const uint32_t want = RXD_TYPE_IPV4 | RXD_TYPE_TCP;
	uint32_t header;

	if ((k->type & want) != want || (sim_reg(p, DR_RFCTL) & RFCTL_RSC_DIS) ||
	    obstacle(p, meta->queue))
		return;
	meta->l3 = k->l3;
	meta->l4 = k->l4;
	meta->rsc = SIM_RSC_END;
	if (!candidate(frame, k, meta))
		return;
	header = (frame[k->l4 + 12] >> 4) * 4;
	if (k->end - k->l4 > header)
		meta->rsc = SIM_RSC_DATA;
	else if ((frame[k->l4 + 13] & RSC_ACK) && !(sim_reg(p, DR_RSCDBU) & RSCDBU_RSCACKDIS))
		meta->rsc = SIM_RSC_ACK;
}

void rsc_flow_read(const struct sim_rx_meta *meta, const uint8_t *frame, struct rsc_flow *f)
{
	const uint8_t *ip = frame + meta->l3, *tcp = frame + meta->l4;
	uint32_t i, word;

	memcpy(f->tuple, ip + 12, 8);
	memcpy(f->tuple + 8, tcp, 4);
	f->hash = 0;
	for (i = 0; i < RSC_TUPLE; i += 4) {
		memcpy(&word, f->tuple + i, 4);
		f->hash = (f->hash << 5 | f->hash >> 27) ^ word;
	}
	f->header = (tcp[12] >> 4) * 4;
	f->seq = sim_get_be32(tcp + 4);
	f->ack = sim_get_be32(tcp + 8);
	f->flags = tcp[13];
	f->ecn = rsc_ecn(ip);
	/* of a frame that joins nothing the payload is nobody's concern */
	f->payload = meta->rsc == SIM_RSC_DATA ? meta->frame_len - meta->l4 - f->header : 0;
}
