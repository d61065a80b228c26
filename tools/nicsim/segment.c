// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: frames out of a packet. One frame with checksums and tag inserted, or as many as its
 * payload has segments, each with a header made from the prototype.
 *
 * The checksum fields are seeds: what the driver left there goes into the sum. For a single frame
 * it is the whole pseudo header's sum, in IP 0 or an adjustment; in segmentation it is that of the
 * pseudo header without its length, which hardware adds for each frame. A driver that seeds wrongly
 * sends wrong checksums, as on the chip.
 */
#include <string.h>

#include "datapath.h"
#include "desc82599.h"
#include "regs_datapath.h"

#define PACKET_MIN_ADVANCED	17	/* less and the chip's PAYLEN check goes wrong */
#define MACS			12
#define IP4_HEADER		20
#define IP6_HEADER		40
#define TCP_HEADER		20
#define UDP_HEADER		8
#define TCP_FLAGS		0xfff

/* By TUCMD.L4T: least header, and where in it the checksum is. */
static const struct {
	uint32_t header;
	uint32_t field;
} l4_type[] = {
	[TXC_UDP] = { UDP_HEADER, 6 },
	[TXC_TCP] = { TCP_HEADER, 16 },
	[TXC_SCTP] = { 12, 8 },
};

static bool gather(struct nicsim_port *p, uint8_t *to, uint32_t n, uint64_t *sum)
{
	struct sim_tx_job *job = &p->dp->job;
	uint32_t done = 0, part;
	const uint8_t *from;
	uint64_t piece;

	while (done < n) {
		if (job->at >= job->frag_count)
			return false;
		part = job->frag[job->at].len - job->at_off;
		if (part > n - done)
			part = n - done;
		from = sim_dma(p, job->frag[job->at].addr + job->at_off, part, false,
			       "transmit buffer");
		if (!from)
			return false;
		if (sum) {
			piece = sim_sum_copy(0, to + done, from, part);
			*sum = sim_sum_add(*sum, done & 1 ? sim_sum_odd(piece) : piece);
		} else {
			memcpy(to + done, from, part);
		}
		done += part;
		job->at_off += part;
		if (job->at_off == job->frag[job->at].len) {
			job->at++;
			job->at_off = 0;
		}
	}
	return true;
}

/* Moves the addresses of the frame at @frame + 4 down and puts the tag behind them. */
static void insert_tag(const struct nicsim_port *p, uint8_t *frame)
{
	memmove(frame, frame + SIM_VLAN_TAG, MACS);
	sim_put_be16(frame + MACS, DMATXCTL_VT(sim_reg(p, DR_DMATXCTL)));
	sim_put_be16(frame + MACS + 2, p->dp->job.vlan);
}

/* ---- checks ---- */

#define REFUSE(p, rule, fmt, ...) \
	(sim_error(p, rule, "queue %u packet at descriptor %u: " fmt, (p)->dp->job.queue, \
		   (p)->dp->job.eop, __VA_ARGS__), false)

static bool check_sizes(struct nicsim_port *p, const struct sim_tx_job *job)
{
	uint32_t least = job->legacy ? SIM_L2_MIN : PACKET_MIN_ADVANCED;

	if (job->total < least)
		return REFUSE(p, "tx-packet", "%u bytes; the least is %u", job->total, least);
	if (!job->tse && job->total > SIM_FRAME_MAX)
		return REFUSE(p, "tx-packet", "%u bytes in one frame; the most is %u", job->total,
			      SIM_FRAME_MAX);
	if (!job->legacy && !job->tse && job->paylen != job->total)
		return REFUSE(p, "tx-paylen", "PAYLEN %u, buffers have %u bytes", job->paylen,
			      job->total);
	return true;
}

static bool check_headers(struct nicsim_port *p, const struct sim_tx_job *job)
{
	const struct sim_tx_context *c = &job->context;
	uint32_t l4 = c->maclen + c->iplen;

	if (c->maclen < SIM_L2_MIN || c->iplen < IP4_HEADER)
		return REFUSE(p, "tx-context", "MACLEN %u, IPLEN %u: at least 14 and 20", c->maclen,
			      c->iplen);
	if (job->ixsm && !c->ipv4)
		return REFUSE(p, "tx-context", "IXSM, but TUCMD %s IPV4", "has no");
	if (job->txsm && c->l4t == TXC_NONE)
		return REFUSE(p, "tx-context", "TXSM, but TUCMD.L4T %u is no protocol", c->l4t);
	if (l4 + (job->txsm ? l4_type[c->l4t].header : 0) > job->total)
		return REFUSE(p, "tx-context", "headers of %u + %u bytes in a packet of %u",
			      c->maclen, c->iplen, job->total);
	return true;
}

static bool check_tso(struct nicsim_port *p, const struct sim_tx_job *job)
{
	const struct sim_tx_context *c = &job->context;
	uint32_t header = c->maclen + c->iplen + c->l4len;

	if (!job->txsm || (c->ipv4 && !job->ixsm))
		return REFUSE(p, "tx-tso", "TSE needs TXSM, and IXSM with IPv4; TXSM %u IXSM %u",
			      job->txsm, job->ixsm);
	if (c->l4t != TXC_TCP && c->l4t != TXC_UDP)
		return REFUSE(p, "tx-tso", "TSE with TUCMD.L4T %u", c->l4t);
	if (c->l4t == TXC_TCP ? c->l4len < TCP_HEADER : c->l4len != UDP_HEADER)
		return REFUSE(p, "tx-tso", "L4LEN %u with L4T %u", c->l4len, c->l4t);
	if (!c->ipv4 && c->iplen < IP6_HEADER)
		return REFUSE(p, "tx-tso", "IPLEN %u without TUCMD.IPV4", c->iplen);
	if (!c->mss || header + c->mss > SIM_FRAME_MAX)
		return REFUSE(p, "tx-tso", "MSS %u with headers of %u", c->mss, header);
	if (header >= job->total || job->paylen != job->total - header)
		return REFUSE(p, "tx-paylen", "PAYLEN %u, buffers have %u bytes less %u of headers",
			      job->paylen, job->total, header);
	if (!job->ifcs)
		return REFUSE(p, "tx-tso", "TSE without %s", "IFCS");
	return true;
}

static bool check(struct nicsim_port *p, const struct sim_tx_job *job)
{
	if (!check_sizes(p, job))
		return false;
	if (job->legacy || !(job->tse || job->ixsm || job->txsm || job->vle))
		return true;
	if (!job->context.valid)
		return REFUSE(p, "tx-context", "%s without a context descriptor before",
			      job->tse ? "TSE" : job->vle ? "VLE" : "IXSM or TXSM");
	if (!(job->tse || job->ixsm || job->txsm))
		return true;
	return check_headers(p, job) && (!job->tse || check_tso(p, job));
}

/* ---- segmentation ---- */

/* Takes in the prototype header, with the tag that every frame gets. */
static bool tso_begin(struct nicsim_port *p)
{
	struct sim_tx_job *job = &p->dp->job;
	const struct sim_tx_context *c = &job->context;
	uint32_t tag = job->vle ? SIM_VLAN_TAG : 0;
	const uint8_t *ip, *l4;

	job->header_len = tag + c->maclen + c->iplen + c->l4len;
	if (!gather(p, job->header + tag, job->header_len - tag, NULL))
		return false;
	if (job->vle)
		insert_tag(p, job->header);
	ip = job->header + tag + c->maclen;
	l4 = ip + c->iplen;
	if (ip[0] >> 4 != (c->ipv4 ? 4 : 6))
		return REFUSE(p, "tx-context", "TUCMD.IPV4 %u, but MACLEN %u leads to version %u",
			      c->ipv4, c->maclen, ip[0] >> 4);
	if (c->l4t == TXC_TCP && (l4[12] >> 4) * 4 != c->l4len)
		return REFUSE(p, "tx-tso", "L4LEN %u, but the TCP header has %u bytes", c->l4len,
			      (l4[12] >> 4) * 4);
	job->left = job->paylen;
	job->segment = 0;
	job->ip_id = sim_get_be16(ip + 4);
	if (c->l4t == TXC_TCP) {
		job->seq = sim_get_be32(l4 + 4);
		job->tcp_flags = sim_get_be16(l4 + 12);
	}
	return true;
}

bool sim_tx_begin(struct nicsim_port *p)
{
	struct sim_tx_job *job = &p->dp->job;

	if (!check(p, job))
		return false;
	if (job->vle && DMATXCTL_VT(sim_reg(p, DR_DMATXCTL)) !=
			(sim_reg(p, DR_VLNCTRL) & VLNCTRL_VET))
		sim_log_once(p, SIM_ONCE_TAG, "DMATXCTL.VT and VLNCTRL.VET differ");
	return !job->tse || tso_begin(p);
}

/* FIN and PSH belong to the last frame, CWR to the first: masks say so. */
static uint32_t tso_tcp_flags(const struct nicsim_port *p, bool first, bool last)
{
	uint32_t low = sim_reg(p, DR_DTXTCPFLGL), high = sim_reg(p, DR_DTXTCPFLGH);
	uint32_t mask = 0;

	if (first)
		mask |= low & TCP_FLAGS;
	if (last)
		mask |= high & TCP_FLAGS;
	if (!first && !last)
		mask = low >> 16 & TCP_FLAGS;
	return p->dp->job.tcp_flags & (mask | ~(uint32_t)TCP_FLAGS);
}

static void tso_ip(const struct sim_tx_job *job, uint8_t *ip, uint32_t payload)
{
	const struct sim_tx_context *c = &job->context;

	if (!c->ipv4) {
		sim_put_be16(ip + 4, c->iplen - IP6_HEADER + c->l4len + payload);
		return;
	}
	sim_put_be16(ip + 2, c->iplen + c->l4len + payload);
	sim_put_be16(ip + 4, job->ip_id + job->segment);
	sim_sum_put(ip + 10, sim_sum(0, ip, c->iplen));
}

static void tso_l4(const struct nicsim_port *p, uint8_t *l4, uint32_t payload, uint64_t sum)
{
	const struct sim_tx_job *job = &p->dp->job;
	const struct sim_tx_context *c = &job->context;
	uint8_t *field = l4 + l4_type[c->l4t].field;

	if (c->l4t == TXC_TCP) {
		sim_put_be32(l4 + 4, job->seq + job->segment * c->mss);
		sim_put_be16(l4 + 12, tso_tcp_flags(p, !job->segment, job->last));
	} else {
		sim_put_be16(l4 + 4, c->l4len + payload);
	}
	sum = sim_sum_add(sum, htobe16(c->l4len + payload));
	sum = sim_sum_add(sum, sim_sum(0, l4, c->l4len));
	sim_sum_put(field, sum);
	/* 0 in UDP says that there is none */
	if (c->l4t == TXC_UDP && !field[0] && !field[1])
		sim_put_be16(field, 0xffff);
}

static bool tso_build(struct nicsim_port *p)
{
	struct sim_datapath *dp = p->dp;
	struct sim_tx_job *job = &dp->job;
	const struct sim_tx_context *c = &job->context;
	uint32_t payload = job->left < c->mss ? job->left : c->mss;
	uint8_t *ip;
	uint64_t sum = 0;

	dp->frame = dp->buffer;
	memcpy(dp->frame, job->header, job->header_len);
	if (!gather(p, dp->frame + job->header_len, payload, &sum))
		return false;
	job->last = payload == job->left;
	ip = dp->frame + job->header_len - c->l4len - c->iplen;
	tso_ip(job, ip, payload);
	tso_l4(p, ip + c->iplen, payload, sum);
	dp->frame_len = job->header_len + payload;
	job->left -= payload;
	job->segment++;
	return true;
}

/* ---- single frames ---- */

static void insert_l4(struct sim_tx_job *job, uint8_t *frame)
{
	const struct sim_tx_context *c = &job->context;
	uint32_t l4 = c->maclen + c->iplen;
	uint8_t *field = frame + l4 + l4_type[c->l4t].field;

	if (c->l4t == TXC_SCTP) {
		sim_put_le32(field, sim_crc32c_sctp(frame + l4, job->total - l4));
		return;
	}
	sim_sum_put(field, sim_sum(0, frame + l4, job->total - l4));
	if (c->l4t == TXC_UDP && !field[0] && !field[1])
		sim_put_be16(field, 0xffff);
}

static void insert_sums(struct nicsim_port *p, uint8_t *frame)
{
	struct sim_tx_job *job = &p->dp->job;
	uint8_t *ip = frame + job->context.maclen;

	if (job->ixsm) {
		if (ip[0] >> 4 != 4)
			sim_error(p, "tx-context", "queue %u packet at descriptor %u: IXSM, but "
				  "MACLEN %u leads to no IPv4 header", job->queue, job->eop,
				  job->context.maclen);
		sim_sum_put(ip + 10, sim_sum(0, ip, job->context.iplen));
	}
	if (job->txsm)
		insert_l4(job, frame);
	if (job->sum) {
		if (job->css >= job->total || job->cso + 2u > job->total)
			sim_error(p, "tx-packet", "queue %u packet at descriptor %u: CSS %u or CSO "
				  "%u outside of %u bytes", job->queue, job->eop, job->css,
				  job->cso, job->total);
		else
			sim_sum_put(frame + job->cso,
				    sim_sum(0, frame + job->css, job->total - job->css));
	}
}

/* Without IFCS the driver has made the frame check sequence, and it must be right. */
static void check_fcs(struct nicsim_port *p, const uint8_t *frame, uint32_t len)
{
	uint8_t fcs[SIM_FCS];

	sim_put_le32(fcs, sim_crc32(frame, len));
	if (memcmp(fcs, frame + len, SIM_FCS))
		sim_error(p, "tx-fcs", "queue %u packet at descriptor %u: no IFCS, and the last "
			  "four bytes are no frame check sequence", p->dp->job.queue,
			  p->dp->job.eop);
}

bool sim_tx_build(struct nicsim_port *p)
{
	struct sim_datapath *dp = p->dp;
	struct sim_tx_job *job = &dp->job;

	if (job->tse)
		return tso_build(p);
	dp->frame = dp->buffer + SIM_VLAN_TAG;
	dp->frame_len = job->total;
	if (!gather(p, dp->frame, job->total, NULL))
		return false;
	job->last = true;
	insert_sums(p, dp->frame);
	if (!job->ifcs) {
		dp->frame_len -= SIM_FCS;
		check_fcs(p, dp->frame, dp->frame_len);
	}
	if (job->vle) {
		insert_tag(p, dp->buffer);
		dp->frame = dp->buffer;
		dp->frame_len += SIM_VLAN_TAG;
	}
	return true;
}
