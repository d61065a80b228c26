// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: IEEE 1588: SYSTIM, and the time stamps of packets that leave and arrive.
 *
 * SYSTIM has no unit of its own: TIMINCA.INCVALUE is added to it every INCPERIOD ticks of a clock
 * that the link's speed sets. Here that clock is the world's, which two ports share: what the
 * drivers of both make of TIMINCA is all that can set their SYSTIMs apart.
 */
#include <stdlib.h>

#include "desc82599.h"
#include "ptp.h"
#include "regs_datapath.h"
#include "regs_ptp.h"

#define TENTHS		10
#define TICK_10G	64		/* 6.4 ns; also without a link */
#define TICK_1G		640
#define BYTE_TENTH_NS	8
#define PROTO_UDP	17
#define UDP_HEADER	8

/* Of a PTP message, version 1 or 2 */
#define MSG_TYPE	0		/* version 2: low nibble */
#define MSG_VERSION	1		/* low nibble; version 1: low byte of 16 bits */
#define MSG_SOURCE	22		/* 6 bytes */
#define MSG_SEQUENCE	30
#define MSG_CONTROL	32
#define MSG_LEN		34
#define MSG_PDELAY_REQ	2
#define MSG_PDELAY_RESP	3
#define MSG_GENERAL	8		/* this bit is clear in event messages */

/* ---- clock ---- */

/* SYSTIM at @now, in tenths; wraps at 64 bits as the register does. */
static uint64_t systim_at(const struct nicsim_port *p, const struct sim_ptp *s, uint64_t now)
{
	uint32_t timinca = sim_reg(p, DR_TIMINCA), period = TIMINCA_INCPERIOD(timinca);

	if (!period || now <= s->at)
		return s->value;
	return s->value + (now - s->at) / (s->tick * period) * (timinca & TIMINCA_INCVALUE);
}

static uint64_t tenths(const struct nicsim_port *p)
{
	return sim_now(p) * TENTHS;
}

/* What SYSTIM has come to is kept, before what makes it advance changes. */
static uint64_t settle(struct nicsim_port *p)
{
	struct sim_ptp *s = p->dp->ptp;
	uint32_t period = TIMINCA_INCPERIOD(sim_reg(p, DR_TIMINCA));
	uint64_t now = tenths(p), rest;

	s->value = systim_at(p, s, now);
	rest = period && now > s->at ? (now - s->at) % (s->tick * period) : 0;
	s->at = now - rest;
	return s->value;
}

static uint32_t tick_of(const struct nicsim_port *p)
{
	return sim_link_speed(p) == 1 ? TICK_1G : TICK_10G;
}

void sim_ptp_link(struct nicsim_port *p)
{
	settle(p);
	p->dp->ptp->tick = tick_of(p);
}

int sim_ptp_create(struct nicsim_port *p)
{
	p->dp->ptp = calloc(1, sizeof(*p->dp->ptp));
	if (!p->dp->ptp)
		return -1;
	sim_ptp_reset(p);
	return 0;
}

void sim_ptp_destroy(struct nicsim_port *p)
{
	free(p->dp->ptp);
	p->dp->ptp = NULL;
}

void sim_ptp_reset(struct nicsim_port *p)
{
	*p->dp->ptp = (struct sim_ptp){ .at = tenths(p), .tick = tick_of(p) };
}

/* Low half first: the high one is then as it was at that moment. */
uint32_t sim_systim_read(struct nicsim_port *p, uint32_t i)
{
	struct sim_ptp *s = p->dp->ptp;
	uint64_t value = systim_at(p, s, tenths(p));

	if (!i) {
		s->high = value >> 32;
		s->latched = true;
		return value;
	}
	if (s->latched) {
		s->latched = false;
		return s->high;
	}
	return value >> 32;
}

void sim_systim_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	struct sim_ptp *s = p->dp->ptp;

	settle(p);
	s->latched = false;
	s->value = i ? (s->value & UINT32_MAX) | (uint64_t)value << 32 :
		       (s->value & ~(uint64_t)UINT32_MAX) | value;
}

void sim_timinca_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	settle(p);
	sim_reg_set(p, DR_TIMINCA, value);
}

/* Adds or takes off what both halves say, when the high one is written. */
void sim_timadjh_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	uint64_t offset = (uint64_t)(value & ~TIMADJH_SIGN) << 32 | sim_reg(p, DR_TIMADJL);

	settle(p);
	sim_reg_set(p, DR_TIMADJH, value);
	p->dp->ptp->value += value & TIMADJH_SIGN ? -offset : offset;
}

/* ---- time stamps ---- */

/*
 * A stamp is of the moment when the frame's first byte passes; on the virtual clock it is its end
 * that is now.
 */
static uint64_t stamp(const struct nicsim_port *p, uint32_t len)
{
	uint64_t now = tenths(p), frame = (uint64_t)(len + SIM_FCS) * BYTE_TENTH_NS;
	const struct sim_ptp *s = p->dp->ptp;

	if (!sim_real_time(p))
		now = now > s->at + frame ? now - frame : s->at;
	return systim_at(p, s, now);
}

static bool looped_back(const struct nicsim_port *p)
{
	return sim_reg(p, DR_HLREG0) & HLREG0_LPBK;
}

void sim_ptp_tx(struct nicsim_port *p, uint32_t len)
{
	uint32_t ctl = sim_reg(p, DR_TSYNCTXCTL);
	uint64_t value;

	if (!(ctl & TSYNCTXCTL_EN) || (ctl & TSYNCTXCTL_TXTT) || looped_back(p))
		return;
	value = stamp(p, len);
	sim_reg_set(p, DR_TXSTMPL, value);
	sim_reg_set(p, DR_TXSTMPH, value >> 32);
	sim_reg_set(p, DR_TSYNCTXCTL, ctl | TSYNCTXCTL_TXTT);
}

static bool is_v2_wanted(const struct nicsim_port *p, uint32_t type, const uint8_t *msg)
{
	uint32_t id = msg[MSG_TYPE] & 0xf;

	if ((msg[MSG_VERSION] & 0xf) != 2)
		return false;
	if (type == TSYNC_EVENT_V2)
		return !(id & MSG_GENERAL);
	/* path delay measurement is stamped whatever RXMTRL says */
	return id == RXMTRL_MSGT(sim_reg(p, DR_RXMTRL)) || id == MSG_PDELAY_REQ ||
	       id == MSG_PDELAY_RESP;
}

static bool is_v1_wanted(const struct nicsim_port *p, const uint8_t *msg)
{
	return msg[MSG_VERSION] == 1 && msg[MSG_CONTROL] == RXMTRL_CTRLT(sim_reg(p, DR_RXMTRL));
}

/* Offset of the PTP message behind UDP, 0: none. */
static uint32_t udp_message(const struct nicsim_port *p, const uint8_t *frame,
			    const struct sim_pkt *k)
{
	if (!(k->type & RXD_TYPE_UDP) || !k->l4 || k->end - k->l4 < UDP_HEADER + MSG_LEN ||
	    sim_get_be16(frame + k->l4 + 2) != RXMTRL_UDPT(sim_reg(p, DR_RXMTRL)))
		return 0;
	return k->l4 + UDP_HEADER;
}

/* Offset of the PTP message in a frame of an ethertype that is marked so, 0: none. */
static uint32_t l2_message(const struct nicsim_port *p, uint32_t len, const struct sim_pkt *k,
			   int etqf)
{
	uint32_t at = SIM_L2_MIN + (k->vext ? SIM_VLAN_TAG : 0) + (k->vlan_at ? SIM_VLAN_TAG : 0);

	if (etqf < 0 || !(sim_reg(p, DR_ETQF + 4 * etqf) & ETQF_1588) || len < at + MSG_LEN)
		return 0;
	return at;
}

static uint32_t wanted_message(const struct nicsim_port *p, const uint8_t *frame, uint32_t len,
			       const struct sim_pkt *k, int etqf)
{
	uint32_t type = TSYNCRXCTL_TYPE(sim_reg(p, DR_TSYNCRXCTL)), at;

	if (type == TSYNC_L4_V1) {
		at = k->type & RXD_TYPE_IPV4 ? udp_message(p, frame, k) : 0;
		return at && is_v1_wanted(p, frame + at) ? at : 0;
	}
	if (type != TSYNC_L2_V2 && type != TSYNC_V2 && type != TSYNC_EVENT_V2)
		return 0;
	at = l2_message(p, len, k, etqf);
	if (!at && type != TSYNC_L2_V2)
		at = udp_message(p, frame, k);
	return at && is_v2_wanted(p, type, frame + at) ? at : 0;
}

uint32_t sim_ptp_rx(struct nicsim_port *p, const uint8_t *frame, uint32_t len,
		    const struct sim_pkt *k, int etqf)
{
	uint32_t ctl = sim_reg(p, DR_TSYNCRXCTL), at;
	uint64_t value;

	if (!(ctl & TSYNCRXCTL_EN) || (ctl & TSYNCRXCTL_RXTT) || looped_back(p))
		return 0;
	at = wanted_message(p, frame, len, k, etqf);
	if (!at)
		return 0;
	value = stamp(p, len);
	sim_reg_set(p, DR_RXSTMPL, value);
	sim_reg_set(p, DR_RXSTMPH, value >> 32);
	sim_reg_set(p, DR_RXSATRL, sim_get_be32(frame + at + MSG_SOURCE + 2));
	sim_reg_set(p, DR_RXSATRH, sim_get_be16(frame + at + MSG_SOURCE) |
		    sim_get_be16(frame + at + MSG_SEQUENCE) << 16);
	sim_reg_set(p, DR_TSYNCRXCTL, ctl | TSYNCRXCTL_RXTT);
	return RXD_TS;
}

/* The high half, read last, makes room for the next stamp. */
uint32_t sim_rxstmph_read(struct nicsim_port *p, uint32_t i)
{
	sim_reg_set(p, DR_TSYNCRXCTL, sim_reg(p, DR_TSYNCRXCTL) & ~TSYNCRXCTL_RXTT);
	return sim_reg(p, DR_RXSTMPH);
}

uint32_t sim_txstmph_read(struct nicsim_port *p, uint32_t i)
{
	sim_reg_set(p, DR_TSYNCTXCTL, sim_reg(p, DR_TSYNCTXCTL) & ~TSYNCTXCTL_TXTT);
	return sim_reg(p, DR_TXSTMPH);
}

void sim_tsyncrxctl_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	uint32_t type = TSYNCRXCTL_TYPE(value);

	if ((value & TSYNCRXCTL_EN) && type != TSYNC_L2_V2 && type != TSYNC_L4_V1 &&
	    type != TSYNC_V2 && type != TSYNC_EVENT_V2)
		sim_error(p, "ptp-type", "TSYNCRXCTL = %#x: TYPE %u is reserved", value, type);
	sim_reg_set(p, DR_TSYNCRXCTL, value);
}
