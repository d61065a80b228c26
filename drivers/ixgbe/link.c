// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Link: AUTOC programming by kind of port, link state, and 802.3x pause frames.
 *
 * Backplane ports keep the link mode that the NVM chose, if it is one that such a port can have:
 * the board's maker knows the backplane. CX4, XAUI and SFP+ have one mode per speed.
 */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

#define PAUSE_QUANTA		0xffffu	/* FCTTV: how long a pause frame stops the partner */
#define PAUSE_DELAY_BYTES	0x10000	/* on the wire and in both MACs until the partner rests */
#define PAUSE_HYSTERESIS_BYTES	0x8000

#define PIPELINE_STEP_US	4000
#define PIPELINE_LIMIT_US	40000

#define LANES_10G		(IXGBE_AUTOC_KX4 | IXGBE_AUTOC_KR)
#define LANES			(LANES_10G | IXGBE_AUTOC_KX)
#define LMS_NEGOTIATED		(BIT(IXGBE_LMS_KX_AN) | BIT(IXGBE_LMS_KX_AN_1G_AN) | \
				 BIT(IXGBE_LMS_KX_AN_SGMII))
#define LMS_PARALLEL		(BIT(IXGBE_LMS_1G) | BIT(IXGBE_LMS_10G) | BIT(IXGBE_LMS_1G_AN))

/**
 * struct port_kind - what a kind of port can have
 * @media: for struct nax_link; SFP+ ports take the module's
 * @modes: speeds
 * @lms_ok: bit per AUTOC.LMS of the NVM that is kept
 * @lms: used instead of any other
 * @pma_10g: AUTOC.10G_PMA_PMD
 * @lanes: what clause 73 negotiation may offer
 */
struct port_kind {
	enum nax_media media;
	u32 modes;
	u32 lms_ok;
	enum ixgbe_lms lms;
	u32 pma_10g;
	u32 lanes;
};

static const struct port_kind kinds[IXGBE_PORTS] = {
	[IXGBE_PORT_CX4] = {
		NAX_MEDIA_CX4, NAX_LINK_10G, 0, IXGBE_LMS_10G, IXGBE_AUTOC_PMA_10G_CX4, 0,
	},
	[IXGBE_PORT_XAUI] = {
		NAX_MEDIA_BACKPLANE, NAX_LINK_10G, 0, IXGBE_LMS_10G, IXGBE_AUTOC_PMA_10G_XAUI, 0,
	},
	[IXGBE_PORT_KX4] = {
		NAX_MEDIA_BACKPLANE, NAX_LINK_10G | NAX_LINK_1G, LMS_NEGOTIATED | LMS_PARALLEL,
		IXGBE_LMS_KX_AN, IXGBE_AUTOC_PMA_10G_KX4, IXGBE_AUTOC_KX4 | IXGBE_AUTOC_KX,
	},
	[IXGBE_PORT_KR] = {
		NAX_MEDIA_BACKPLANE, NAX_LINK_10G | NAX_LINK_1G,
		LMS_NEGOTIATED | BIT(IXGBE_LMS_1G) | BIT(IXGBE_LMS_1G_AN) |
		BIT(IXGBE_LMS_10G_SERIAL),
		IXGBE_LMS_KX_AN, IXGBE_AUTOC_PMA_10G_KX4, IXGBE_AUTOC_KR | IXGBE_AUTOC_KX,
	},
	[IXGBE_PORT_BACKPLANE] = {
		NAX_MEDIA_BACKPLANE, NAX_LINK_10G | NAX_LINK_1G,
		LMS_NEGOTIATED | LMS_PARALLEL | BIT(IXGBE_LMS_10G_SERIAL),
		IXGBE_LMS_KX_AN, IXGBE_AUTOC_PMA_10G_KX4, LANES,
	},
	[IXGBE_PORT_SFP] = {
		NAX_MEDIA_UNKNOWN, NAX_LINK_10G | NAX_LINK_1G, 0, IXGBE_LMS_10G_SERIAL,
		IXGBE_AUTOC_PMA_10G_XAUI, 0,
	},
	[IXGBE_PORT_BASE_T] = {
		NAX_MEDIA_TWISTED_PAIR, NAX_LINK_10G | NAX_LINK_1G, 0, IXGBE_LMS_10G,
		IXGBE_AUTOC_PMA_10G_XAUI, 0,
	},
};

/* Speed of the link modes that have but one; 0: negotiated. SGMII is no mode of any port here. */
static const u32 lms_modes[8] = {
	[IXGBE_LMS_1G] = NAX_LINK_1G,
	[IXGBE_LMS_10G] = NAX_LINK_10G,
	[IXGBE_LMS_1G_AN] = NAX_LINK_1G,
	[IXGBE_LMS_10G_SERIAL] = NAX_LINK_10G,
};

/* LINKS.LINK_SPEED */
static const u32 link_speeds[4] = { 0, 100, 1000, 10000 };

static enum ixgbe_lms port_lms(const struct ixgbe *x)
{
	enum ixgbe_lms lms = FIELD_GET(IXGBE_AUTOC_LMS, x->autoc);

	return kinds[x->port].lms_ok & BIT(lms) ? lms : kinds[x->port].lms;
}

/* What negotiation may offer: as the NVM says, if it says anything that the port can have. */
static u32 port_lanes(const struct ixgbe *x)
{
	u32 lanes = x->autoc & kinds[x->port].lanes;

	return lanes ? lanes : kinds[x->port].lanes;
}

/** ixgbe_link_modes() - NAX_LINK_* of the port, for struct nax_caps. After ixgbe_link_init(). */
u32 ixgbe_link_modes(struct nax_adapter *a)
{
	const struct ixgbe *x = a->priv;
	const struct port_kind *k = &kinds[x->port];
	u32 modes = 0;

	if (!k->lms_ok)
		return k->modes;
	if (lms_modes[port_lms(x)])
		return lms_modes[port_lms(x)] & k->modes;
	if (port_lanes(x) & LANES_10G)
		modes |= NAX_LINK_10G;
	if (port_lanes(x) & IXGBE_AUTOC_KX)
		modes |= NAX_LINK_1G;
	return modes;
}

/**
 * ixgbe_link_init() - look at the port after a reset
 * @a: adapter
 *
 * A reset puts AUTOC and AUTOC2 back to what the NVM says. attach() and start(); may sleep.
 */
void ixgbe_link_init(struct nax_adapter *a)
{
	struct ixgbe *x = a->priv;

	x->autoc = nax_reg_read(a, IXGBE_AUTOC);
	/* An NVM may leave the link off until there is a driver. */
	x->autoc2 = nax_reg_read(a, IXGBE_AUTOC2) & ~(u32)IXGBE_AUTOC2_LINK_DISABLE;
	x->modes = kinds[x->port].modes;
	x->module.configured = false;
	if (x->port == IXGBE_PORT_SFP)
		ixgbe_sfp_update(a);
}

static u32 autoc_for(struct nax_adapter *a, u32 modes)
{
	const struct ixgbe *x = a->priv;
	const struct port_kind *k = &kinds[x->port];
	enum ixgbe_lms lms = port_lms(x);
	u32 autoc = x->autoc & ~(u32)(IXGBE_AUTOC_LMS | IXGBE_AUTOC_PMA_10G |
				      IXGBE_AUTOC_AN_RESTART | IXGBE_AUTOC_SYM_PAUSE |
				      IXGBE_AUTOC_ASM_PAUSE);

	if (x->port == IXGBE_PORT_SFP) {
		lms = modes & NAX_LINK_10G ? IXGBE_LMS_10G_SERIAL : IXGBE_LMS_1G_AN;
		autoc &= ~(u32)IXGBE_AUTOC_PMA_1G_KX;
	} else if (!lms_modes[lms]) {
		u32 lanes = modes & NAX_LINK_10G ? LANES_10G : 0;

		if (modes & NAX_LINK_1G)
			lanes |= IXGBE_AUTOC_KX;
		autoc = (autoc & ~(u32)LANES) | (port_lanes(x) & lanes);
		if (nax_reg_read(a, IXGBE_MFLCN) & IXGBE_MFLCN_RFCE)
			autoc |= IXGBE_AUTOC_SYM_PAUSE | IXGBE_AUTOC_ASM_PAUSE;
		else if (nax_reg_read(a, IXGBE_FCCFG) & IXGBE_FCCFG_TFCE_802_3X)
			autoc |= IXGBE_AUTOC_ASM_PAUSE;
	}
	return autoc | FIELD_PREP(IXGBE_AUTOC_LMS, lms) |
	       FIELD_PREP(IXGBE_AUTOC_PMA_10G, k->pma_10g);
}

/*
 * With LESM firmware the data path must be flushed when AUTOC changes: let a changed LMS start
 * negotiation, see it leave its idle state, and go back. Nothing is lost if it does not.
 */
static void pipeline_reset(struct nax_adapter *a, u32 autoc)
{
	u32 waited;

	nax_reg_write(a, IXGBE_AUTOC, autoc ^ FIELD_PREP(IXGBE_AUTOC_LMS, 4));
	for (waited = 0; waited < PIPELINE_LIMIT_US && !a->gone; waited += PIPELINE_STEP_US) {
		if (nax_reg_read(a, IXGBE_ANLP1) & IXGBE_ANLP1_AN_STATE)
			break;
		nax_delay_us(a, PIPELINE_STEP_US);
	}
	nax_reg_write(a, IXGBE_AUTOC, autoc);
}

/*
 * Write AUTOC and AUTOC2 if they change, and restart the link; @restart: in any case, by which new
 * settings of the SerDes take effect. Firmware may write them as well.
 */
static int autoc_write(struct nax_adapter *a, u32 autoc, u32 autoc2, bool restart,
		       struct nax_error *why)
{
	const struct ixgbe *x = a->priv;
	u32 now = nax_reg_read(a, IXGBE_AUTOC) & ~(u32)IXGBE_AUTOC_AN_RESTART;
	u32 now2 = nax_reg_read(a, IXGBE_AUTOC2);
	int err;

	if (!restart && now == autoc && now2 == autoc2)
		return 0;
	err = ixgbe_sem_get(a, IXGBE_SYNC_MAC_CSR, why);
	if (err)
		return err;
	if (now2 != autoc2)
		nax_reg_write(a, IXGBE_AUTOC2, autoc2);
	nax_reg_write(a, IXGBE_AUTOC, autoc | IXGBE_AUTOC_AN_RESTART);
	if (x->lesm)
		pipeline_reset(a, autoc | IXGBE_AUTOC_AN_RESTART);
	ixgbe_sem_put(a, IXGBE_SYNC_MAC_CSR);
	return 0;
}

/* Set the port up for the modes asked for, and for the module if there is a cage. */
static int link_apply(struct nax_adapter *a, struct nax_error *why)
{
	struct ixgbe *x = a->priv;
	u32 modes = x->modes;
	u32 autoc2 = x->autoc2;
	bool fresh = false;
	int err;

	if (x->port == IXGBE_PORT_BASE_T)
		return 0;
	if (x->port == IXGBE_PORT_SFP) {
		modes &= x->module.modes;
		ixgbe_sfp_laser(a, x->module.usable && modes);
		if (!x->module.usable || !modes)
			return 0;
		fresh = !x->module.configured;
		err = ixgbe_sfp_setup(a, why);
		if (err)
			return err;
		ixgbe_sfp_rate(a, modes & NAX_LINK_10G);
		autoc2 = (autoc2 & ~(u32)IXGBE_AUTOC2_PMA_SERIAL) |
			 FIELD_PREP(IXGBE_AUTOC2_PMA_SERIAL, IXGBE_AUTOC2_PMA_SERIAL_SFI);
	}
	err = autoc_write(a, autoc_for(a, modes), autoc2, fresh, why);
	if (err && fresh)
		x->module.configured = false;
	return err;
}

/*
 * 802.3x for packet buffer 0, the only one: an XOFF when so much is filled that what the partner
 * still sends until it rests just fits, an XON when it has drained well below. Datasheet section
 * 3.7.7.
 */
static void pause_set(struct nax_adapter *a, bool rx, bool tx)
{
	u32 high = nax_reg_read(a, IXGBE_RXPBSIZE(0)) - PAUSE_DELAY_BYTES - 2 * IXGBE_FRAME_MAX;
	u32 low = high - PAUSE_HYSTERESIS_BYTES - IXGBE_FRAME_MAX;
	u32 i;

	for (i = 0; i < IXGBE_FCTTVS; i++)
		nax_reg_write(a, IXGBE_FCTTV(i), PAUSE_QUANTA << 16 | PAUSE_QUANTA);
	nax_reg_write(a, IXGBE_FCRTV, PAUSE_QUANTA / 2);
	for (i = 0; i < IXGBE_HW_PACKET_BUFFERS; i++) {
		bool on = tx && i == 0;

		nax_reg_write(a, IXGBE_FCRTL(i),
			      on ? (low & IXGBE_FCRT_LEVEL) | IXGBE_FCRTL_XONE : 0);
		nax_reg_write(a, IXGBE_FCRTH(i),
			      on ? (high & IXGBE_FCRT_LEVEL) | IXGBE_FCRTH_FCEN : 0);
	}
	/* DPF: pause frames act on the MAC, and nobody else wants to see them. */
	ixgbe_modify(a, IXGBE_MFLCN, IXGBE_MFLCN_RPFCE | IXGBE_MFLCN_RFCE,
		     IXGBE_MFLCN_DPF | (rx ? IXGBE_MFLCN_RFCE : 0));
	nax_reg_write(a, IXGBE_FCCFG, tx ? IXGBE_FCCFG_TFCE_802_3X : 0);
	ixgbe_rx_drop_policy(a);
}

/**
 * ixgbe_link_set() - apply speed and pause settings
 * @a: adapter, started
 * @set: the whole state
 *
 * Pause is set as asked, not negotiated; backplane ports offer it to the partner. A module that
 * has none of the speeds asked for is no error: it leaves the link down with a reason.
 *
 * May sleep. Return: 0; -EINVAL, -EBUSY, -ENODEV after nax_fail().
 */
int ixgbe_link_set(struct nax_adapter *a, const struct nax_link_settings *set)
{
	struct ixgbe *x = a->priv;
	u32 all = ixgbe_link_modes(a);
	u32 modes = set->modes ? set->modes : all;
	struct nax_error why;
	int err;

	if (modes & ~all)
		return nax_fail(a, -EINVAL, "link modes 0x%x: this port has 0x%x", modes, all);
	if (x->port == IXGBE_PORT_BASE_T && modes != all)
		return nax_fail(a, -EINVAL,
				"link modes 0x%x: the 10GBASE-T PHY chooses, must be 0x%x or 0",
				modes, all);
	x->modes = modes;
	pause_set(a, set->pause_rx, set->pause_tx);
	err = link_apply(a, &why);
	if (err)
		return nax_fail(a, err, "link: %s", why.text);
	return 0;
}

/** ixgbe_links_up() - whether there is a link; @links is LINKS in any case. */
bool ixgbe_links_up(struct nax_adapter *a, u32 *links)
{
	/* The first read gives a loss of link that has passed since the last; the second, now. */
	nax_reg_read(a, IXGBE_LINKS);
	*links = nax_reg_read(a, IXGBE_LINKS);
	return !a->gone && (*links & IXGBE_LINKS_UP) &&
	       link_speeds[FIELD_GET(IXGBE_LINKS_SPEED, *links)];
}

/*
 * The module has a say: looked at while there is no link, and when its presence pin says that the
 * cage is empty. Return: whether the link counts.
 */
static bool module_check(struct nax_adapter *a, struct nax_link *link, bool up)
{
	struct ixgbe *x = a->priv;
	struct ixgbe_module *m = &x->module;
	struct nax_error why;

	/* An empty cage picks up noise that can look like a link (82599 crosstalk). */
	if (!up || !m->usable || !(nax_reg_read(a, IXGBE_ESDP) & IXGBE_ESDP_SDP2)) {
		ixgbe_sfp_update(a);
		if (m->usable && !m->configured && link_apply(a, &why))
			nax_warn(a, "module %s not set up: %s", m->name, why.text);
	}
	link->media = m->present ? m->media : NAX_MEDIA_UNKNOWN;
	snprintf(link->module, sizeof(link->module), "%s", m->name);
	if (!m->usable) {
		snprintf(link->reason, sizeof(link->reason), "%s", m->reason);
		return false;
	}
	if (!(m->modes & x->modes)) {
		snprintf(link->reason, sizeof(link->reason),
			 "module has modes 0x%x, 0x%x are asked for", m->modes, x->modes);
		return false;
	}
	return up;
}

/** ixgbe_link_get() - read the link. May sleep; with a cage and no link it asks the module. */
void ixgbe_link_get(struct nax_adapter *a, struct nax_link *link)
{
	const struct ixgbe *x = a->priv;
	u32 links;
	bool up = ixgbe_links_up(a, &links);

	*link = (struct nax_link){ .media = kinds[x->port].media };
	if (x->port == IXGBE_PORT_SFP)
		up = module_check(a, link, up);
	link->pause_rx = (nax_reg_read(a, IXGBE_MFLCN) & IXGBE_MFLCN_RFCE) != 0;
	link->pause_tx = (nax_reg_read(a, IXGBE_FCCFG) & IXGBE_FCCFG_TFCE_802_3X) != 0;
	if (!up || a->gone)
		return;
	link->up = true;
	link->speed = link_speeds[FIELD_GET(IXGBE_LINKS_SPEED, links)];
	link->full_duplex = true;
}
