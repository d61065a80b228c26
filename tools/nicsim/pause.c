// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: 802.3x flow control. Sending: when the packet buffer fills past FCRTH the partner is told
 * to wait, again and again while that lasts, and to go on at FCRTL. On a wire that is a frame; a
 * net back end has no MAC and is told by sim_rx_frame() instead. Receiving: MAC control frames.
 */
#include <string.h>

#include "datapath.h"
#include "desc82599.h"
#include "regs_datapath.h"

#define TYPE_MAC_CONTROL	0x8808
#define OPCODE_PAUSE		1
#define QUANTA_TENTH_NS		512	/* 512 bits at 0.1 ns */

static const uint8_t pause_address[6] = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x01 };

struct nicsim_port *sim_partner(const struct nicsim_port *p)
{
	return sim_reg(p, DR_HLREG0) & HLREG0_LPBK ? (struct nicsim_port *)p : p->peer;
}

/* ---- sending ---- */

/*
 * A partner that does not obey may receive the frame, and be made to send one by that, and so on.
 * The answer is taken, but what it makes of the fill level here is looked at the next time.
 */
static void pause_send(struct nicsim_port *p, uint16_t quanta)
{
	uint8_t frame[SIM_FRAME_MIN] = { 0 };
	struct nicsim_port *to = sim_partner(p);

	sim_stat_add(p, quanta ? SIM_LXOFFTXC : SIM_LXONTXC, 1);
	if (!to)
		return;
	memcpy(frame, pause_address, 6);
	sim_put_le32(frame + 6, sim_reg(p, DR_RAL));
	frame[10] = sim_reg(p, DR_RAH);
	frame[11] = sim_reg(p, DR_RAH) >> 8;
	sim_put_be16(frame + 12, TYPE_MAC_CONTROL);
	sim_put_be16(frame + 14, OPCODE_PAUSE);
	sim_put_be16(frame + 16, quanta);
	sim_tx_count(p, frame, sizeof(frame));
	p->dp->pausing = true;
	if (to == p)
		sim_rx_accept(p, frame, sizeof(frame));
	else
		sim_rx_frame(to, frame, sizeof(frame));
	p->dp->pausing = false;
}

/* The time between two pauses is FCTTV - FCRTV; without FCRTV there is only the first. */
static void pause_arm(struct nicsim_port *p)
{
	uint32_t time = sim_reg(p, DR_FCTTV) & 0xffff, refresh = sim_reg(p, DR_FCRTV) & 0xffff;

	if (refresh && refresh < time)
		sim_timer_arm(&p->dp->refresh,
			      sim_now(p) + (uint64_t)(time - refresh) * QUANTA_TENTH_NS / 10);
}

static void pause_refresh(struct nicsim_port *p, void *arg)
{
	if (!p->dp->xoff || !sim_link_up(p) || !sim_pause_tx(p))
		return;
	pause_send(p, sim_reg(p, DR_FCTTV));
	pause_arm(p);
}

void sim_pause_init(struct nicsim_port *p)
{
	sim_timer_init(&p->dp->refresh, p, pause_refresh, NULL);
}

void sim_pause_stop(struct nicsim_port *p)
{
	sim_timer_stop(&p->dp->refresh);
	p->dp->xoff = false;
}

void sim_pause_check(struct nicsim_port *p)
{
	uint32_t high = sim_reg(p, DR_FCRTH), low = sim_reg(p, DR_FCRTL);
	struct sim_datapath *dp = p->dp;

	if (dp->pausing)
		return;
	if (!dp->xoff) {
		if (!(high & FCRTH_FCEN) || dp->fifo.used < (high & FCRT_BYTES) ||
		    !sim_pause_tx(p) || !sim_link_up(p))
			return;
		dp->xoff = true;
		pause_send(p, sim_reg(p, DR_FCTTV));
		pause_arm(p);
	} else if (dp->fifo.used <= (low & FCRT_BYTES) || !sim_pause_tx(p)) {
		sim_pause_stop(p);
		if (low & FCRTL_XONE)
			pause_send(p, 0);
	}
}

/*
 * A pause ends by itself. One that is repeated before that lasts as long as the buffer is filled,
 * also where the process is late with its timers: hardware would not be.
 */
uint64_t sim_partner_resumes(const struct nicsim_port *p)
{
	const struct nicsim_port *to = sim_partner(p);

	if (!p->dp->xoff || (to && !sim_pause_rx(to)))
		return 0;
	return !to || p->dp->refresh.armed ? NICSIM_NEVER : to->dp->pause_until;
}

uint64_t sim_pause_held(const struct nicsim_port *p)
{
	const struct nicsim_port *to = sim_partner(p);

	return to ? sim_partner_resumes(to) : NICSIM_NEVER;
}

/* ---- receiving ---- */

void sim_rx_pause(struct nicsim_port *p, uint16_t quanta)
{
	if (!sim_pause_rx(p))
		return;
	p->dp->pause_until = sim_now(p) + (uint64_t)quanta * QUANTA_TENTH_NS / 10;
	sim_wake(p);
}

bool sim_mac_control(const uint8_t *frame, uint32_t len)
{
	return sim_get_be16(frame + 12) == TYPE_MAC_CONTROL && len >= 18;
}

/* Other MAC control frames stop here as well, unless MFLCN.PMCF lets them pass. */
bool sim_pause_frame(struct nicsim_port *p, const uint8_t *frame, uint32_t len)
{
	uint32_t mflcn;
	uint16_t quanta;

	if (!sim_mac_control(frame, len))
		return false;
	mflcn = sim_reg(p, DR_MFLCN);
	if (sim_get_be16(frame + 14) != OPCODE_PAUSE || memcmp(frame, pause_address, 6))
		return !(mflcn & MFLCN_PMCF);
	quanta = sim_get_be16(frame + 16);
	sim_stat_add(p, quanta ? SIM_LXOFFRXC : SIM_LXONRXC, 1);
	if (!(mflcn & MFLCN_RFCE))
		return false;
	sim_rx_pause(p, quanta);
	return mflcn & MFLCN_DPF;
}
