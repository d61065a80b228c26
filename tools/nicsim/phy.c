// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: link. The medium follows from the device id, the speed from AUTOC.LMS and what the medium
 * can do; the link comes up SIM_LINK_NS after both ends can, and goes down at once. Pause.
 *
 * What is written to AUTOC is taken when Restart_AN is written too ("applies new link settings",
 * 82599 datasheet, AUTOC), and at reset; but for FLU, which forces the link up as AUTOC is.
 */
#include "control.h"
#include "regs_general.h"

#define LMS(n)		((uint32_t)(n) << AUTOC_LMS_SHIFT)
#define LMS_1G		LMS(0)
#define LMS_10G		LMS(1)
#define LMS_1G_AN	LMS(2)
#define LMS_SERIAL	LMS(3)
#define LMS_KX		LMS(4)
#define LMS_KX_1G_AN	LMS(6)
#define LMS_KX_SGMII	LMS(7)

#define AUTOC_KX4_ALL	(LMS_KX | AUTOC_KX4 | AUTOC_KX | AUTOC_PMA_10G_KX4 | AUTOC_PMA_1G_KX)
#define AUTOC_KR_ALL	(AUTOC_KX4_ALL | AUTOC_KR)

static const struct sim_device devices[] = {
	{ 0x10F9, SIM_CX4, LMS_10G | AUTOC_PMA_10G_CX4, 0 },
	{ 0x10FC, SIM_XAUI, LMS_10G | AUTOC_PMA_10G_XAUI, 0 },
	{ 0x10F7, SIM_KX4, AUTOC_KX4_ALL, 0 },
	{ 0x1514, SIM_KX4, AUTOC_KX4_ALL, 0 },
	{ 0x10F8, SIM_KR, AUTOC_KR_ALL, AUTOC2_SERIAL_KR },
	{ 0x1517, SIM_KR, AUTOC_KR_ALL, AUTOC2_SERIAL_KR },
	{ 0x152A, SIM_KR, AUTOC_KR_ALL, AUTOC2_SERIAL_KR },
	{ 0x10FB, SIM_SFP, LMS_SERIAL, AUTOC2_SERIAL_SFI },
	{ 0x1507, SIM_SFP, LMS_SERIAL, AUTOC2_SERIAL_SFI },
	{ 0x1529, SIM_SFP, LMS_SERIAL, AUTOC2_SERIAL_SFI },
	{ 0x154A, SIM_SFP, LMS_SERIAL, AUTOC2_SERIAL_SFI },
	{ 0x154D, SIM_SFP, LMS_SERIAL, AUTOC2_SERIAL_SFI },
	{ 0x154F, SIM_SFP, LMS_SERIAL, AUTOC2_SERIAL_SFI },
	{ 0x1557, SIM_SFP, LMS_SERIAL, AUTOC2_SERIAL_SFI },
	{ 0 }
};

/* The chip behind another vendor's id, or none given, is the simplest one. */
const struct sim_device *sim_device_find(uint16_t vendor, uint16_t device)
{
	const struct sim_device *d;

	if ((vendor && vendor != 0x8086) || !device)
		return &devices[0];
	for (d = devices; d->id; d++) {
		if (d->id == device)
			return d;
	}
	return NULL;
}

static bool backplane(const struct nicsim_port *p)
{
	enum sim_media media = p->control->phy.device->media;

	return media == SIM_KX4 || media == SIM_KR;
}

static bool negotiates(uint32_t autoc)
{
	uint32_t lms = autoc & AUTOC_LMS;

	return lms == LMS_KX || lms == LMS_KX_1G_AN || lms == LMS_KX_SGMII;
}

static unsigned int negotiated_speed(const struct nicsim_port *p, uint32_t autoc)
{
	if (!backplane(p))
		return 0;
	if (autoc & AUTOC_KX4)
		return 10;
	if ((autoc & AUTOC_KR) && p->control->phy.device->media == SIM_KR)
		return 10;
	return autoc & AUTOC_KX ? 1 : 0;
}

/* Gbit/s. A module that has two has pins to choose by, which it pulls low. */
static unsigned int module_speed(const struct nicsim_port *p)
{
	uint32_t high = ESDP_SDP5 | ESDP_SDP5_DIR;

	if (p->control->module.speed)
		return p->control->module.speed;
	return (sim_reg(p, CR_ESDP) & high) == high ? 10 : 1;
}

/* AUTOC as it is in force. */
static uint32_t autoc_taken(const struct nicsim_port *p)
{
	uint32_t now = sim_reg(p, CR_AUTOC);

	return now & AUTOC_FLU ? now : p->control->phy.autoc;
}

/* Gbit/s that AUTOC and the medium make together; 0: they do not fit. */
static unsigned int phy_speed(const struct nicsim_port *p)
{
	const struct sim_control *c = p->control;
	uint32_t autoc = autoc_taken(p);
	uint32_t serial = sim_reg(p, CR_AUTOC2) & AUTOC2_SERIAL;
	enum sim_media media = c->phy.device->media;

	if (negotiates(autoc))
		return negotiated_speed(p, autoc);
	switch (autoc & AUTOC_LMS) {
	case LMS_10G:
		return media == SIM_SFP ? 0 : 10;
	case LMS_SERIAL:
		if (media == SIM_SFP && serial == AUTOC2_SERIAL_SFI)
			return module_speed(p) == 10 ? 10 : 0;
		return media == SIM_KR && serial == AUTOC2_SERIAL_KR ? 10 : 0;
	case LMS_1G:
	case LMS_1G_AN:
		if (media == SIM_SFP)
			return module_speed(p) == 1 ? 1 : 0;
		return backplane(p) ? 1 : 0;
	default:
		return 0;
	}
}

static bool laser_off(const struct nicsim_port *p)
{
	uint32_t off = ESDP_SDP3 | ESDP_SDP3_DIR;

	return p->control->module.laser && (sim_reg(p, CR_ESDP) & off) == off;
}

/* What this end needs for a link. */
static bool phy_able(const struct nicsim_port *p)
{
	const struct sim_control *c = p->control;

	if (!c->phy.cable || sim_gone(p) || c->pci.d3 || sim_now(p) < c->phy.flap_until)
		return false;
	if (c->phy.device->media == SIM_SFP &&
	    (!c->module.present || laser_off(p) || (c->phy.untaken && !c->phy.up)))
		return false;
	if (sim_reg(p, CR_AUTOC2) & AUTOC2_LINK_DISABLE)
		return false;
	return phy_speed(p) != 0;
}

static bool link_wanted(const struct nicsim_port *p)
{
	if (sim_reg(p, CR_AUTOC) & AUTOC_FLU)
		return !sim_gone(p) && !p->control->pci.d3;
	if (!phy_able(p))
		return false;
	return !p->peer || (phy_able(p->peer) && phy_speed(p) == phy_speed(p->peer));
}

static void link_set(struct nicsim_port *p, bool up)
{
	p->control->phy.up = up;
	sim_log(p, "link %s", up ? "up" : "down");
	sim_link_changed(p, up);
	sim_irq_cause(p, EICR_LSC);
}

static void link_settled(struct nicsim_port *p, void *arg)
{
	if (!p->control->phy.up && link_wanted(p))
		link_set(p, true);
}

static void link_down(struct nicsim_port *p)
{
	sim_timer_stop(&p->control->phy.timer);
	if (p->control->phy.up)
		link_set(p, false);
}

static void evaluate(struct nicsim_port *p)
{
	struct sim_phy *phy = &p->control->phy;

	if (!link_wanted(p))
		link_down(p);
	else if (!phy->up && !phy->timer.armed)
		sim_timer_arm(&phy->timer, sim_now(p) + SIM_LINK_NS);
}

void sim_phy_update(struct nicsim_port *p)
{
	evaluate(p);
	if (p->peer)
		evaluate(p->peer);
}

/* Both ends begin anew. */
static void restart(struct nicsim_port *p)
{
	link_down(p);
	if (p->peer)
		link_down(p->peer);
	sim_phy_update(p);
}

bool sim_link_up(const struct nicsim_port *p)
{
	return p->control->phy.up && !p->control->resetting && !sim_gone(p);
}

unsigned int sim_link_speed(const struct nicsim_port *p)
{
	return sim_link_up(p) ? phy_speed(p) : 0;
}

void nicsim_link(struct nicsim_port *port, bool up)
{
	sim_tick(port->sim);
	port->control->phy.cable = up;
	sim_phy_update(port);
}

static void flap_over(struct nicsim_port *p, void *arg)
{
	p->control->phy.flap_until = 0;
	sim_phy_update(p);
}

void sim_phy_flap(struct nicsim_port *p)
{
	struct sim_phy *phy = &p->control->phy;

	phy->flap_until = sim_now(p) + SIM_FLAP_NS;
	sim_timer_arm(&phy->flap, phy->flap_until);
	sim_phy_update(p);
}

/* ---- pause ---- */

bool sim_pause_rx(const struct nicsim_port *p)
{
	return sim_reg(p, CR_MFLCN) & MFLCN_RFCE;
}

bool sim_pause_tx(const struct nicsim_port *p)
{
	return sim_reg(p, CR_FCCFG) & FCCFG_TFCE_8023X;
}

/* ---- registers ---- */

void sim_autoc_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	struct sim_phy *phy = &p->control->phy;

	sim_reg_set(p, CR_AUTOC, value & ~AUTOC_AN_RESTART);
	if (value & AUTOC_AN_RESTART) {
		phy->autoc = value & ~AUTOC_AN_RESTART;
		phy->an_begun = true;
		phy->untaken = false;
		restart(p);
		return;
	}
	sim_phy_update(p);
	sim_ptp_link(p);	/* a link forced up may have another speed */
}

/* A link that is there keeps the settings that it came with. */
void sim_corectl_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, CR_CORECTL, value);
	p->control->phy.untaken = true;
	sim_phy_update(p);
}

void sim_autoc2_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, CR_AUTOC2, value);
	sim_phy_update(p);
}

uint32_t sim_links_read(struct nicsim_port *p, uint32_t i)
{
	uint32_t value = 0;

	if (!sim_link_up(p))
		return 0;
	if (backplane(p) && negotiates(autoc_taken(p)))
		value = LINKS_KX_AN_COMP;
	return value | LINKS_UP | (phy_speed(p) == 1 ? LINKS_SPEED_1G : LINKS_SPEED_10G);
}

uint32_t sim_links2_read(struct nicsim_port *p, uint32_t i)
{
	return sim_link_up(p) && backplane(p) ? LINKS2_AN_SUPPORTED : 0;
}

/*
 * The negotiation machine leaves its first state when started, on any medium: drivers of SFP+
 * devices restart it to reset the data pipeline, and wait for that.
 */
uint32_t sim_anlp1_read(struct nicsim_port *p, uint32_t i)
{
	uint32_t value = p->control->phy.an_begun ? ANLP1_AN_STATE : 0;

	if (sim_link_up(p) && backplane(p))
		value |= ANLP1_PAUSE;
	return value;
}

/* MDIO: commands are done at once; nobody is on the bus, which reads all-ones. */
void sim_msca_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, CR_MSCA, value & ~MSCA_COMMAND);
	if (value & MSCA_COMMAND)
		sim_reg_set(p, CR_MSRWD, sim_reg(p, CR_MSRWD) | 0xFFFF0000);
}

uint32_t sim_esdp_read(struct nicsim_port *p, uint32_t i)
{
	uint32_t value = sim_reg(p, CR_ESDP) & ~ESDP_SDP2;

	return value | (p->control->module.present ? ESDP_SDP2 : 0);
}

void sim_esdp_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, CR_ESDP, value);
	sim_phy_update(p);
}

/* ---- life ---- */

void sim_phy_init(struct nicsim_port *p)
{
	struct sim_control *c = p->control;

	c->phy.device = sim_device_find(c->config.vendor_id, c->config.device_id);
	c->phy.cable = true;
	if (c->phy.device->media != SIM_SFP)
		c->module.present = false;
	sim_timer_init(&c->phy.timer, p, link_settled, NULL);
	sim_timer_init(&c->phy.flap, p, flap_over, NULL);
}

void sim_phy_stop(struct nicsim_port *p)
{
	sim_timer_stop(&p->control->phy.timer);
	sim_timer_stop(&p->control->phy.flap);
}

void sim_phy_reset(struct nicsim_port *p, enum sim_reset how)
{
	struct sim_phy *phy = &p->control->phy;

	sim_reg_set(p, CR_AUTOC, phy->device->autoc);
	phy->autoc = phy->device->autoc;
	sim_reg_set(p, CR_AUTOC2, phy->device->autoc2);
	sim_reg_set(p, CR_ESDP, phy->device->media == SIM_SFP ? ESDP_SDP3_DIR : 0);
	phy->an_begun = negotiates(phy->device->autoc);
	phy->untaken = false;
	if (how == SIM_RESET_SOFT)
		sim_phy_update(p);
	else
		restart(p);
	/* the clock was reset before AUTOC had its value, and a link that stays its speed */
	sim_ptp_link(p);
}
