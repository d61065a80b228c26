// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Clock and time stamps: datasheet section 7.9, "Time SYNC (IEEE1588 and 802.1AS)".
 *
 * SYSTIM has no unit of its own: TIMINCA.INCVALUE is added to it every INCPERIOD ticks of the MAC's
 * clock. The largest INCVALUE that leaves room for a quarter more makes the finest steps of pace.
 */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

#define ETHERTYPE_PTP		0x88f7
#define PORT_EVENT		319	/* UDP, IEEE 1588 annexes D and E */
#define CONTROL_SYNC		0	/* control field of version 1 */
#define CONTROL_DELAY_REQ	1

#define ETQF_PTP		0	/* which of the filters by Ethertype */

/* Parts per million with 16 bits of fraction that are all of it. */
#define ALL_SCALED_PPM		(1000000ll << 16)

/*
 * By LINKS.LINK_SPEED: INCVALUE for one tick, in units of 2^-@bits ns. A tick has 6.4 ns at 10
 * Gbit/s and without a link, 64 ns at 1 Gbit/s, 640 ns at 100 Mbit/s.
 */
static const struct {
	u32 incvalue;
	u32 bits;
} rates[] = {
	{ 0xcccccd, 21 },
	{ 0xa00000, 14 },
	{ 0x800000, 17 },
	{ 0xcccccd, 21 },
};

/* Sections 7.9.3.1, the counter, and 7.9.3.3, its adjustment. nax_ptp_ops.set_rate. */
static u32 ptp_set_rate(struct nax_adapter *a, s64 scaled_ppm)
{
	u32 links, speed = ixgbe_links_up(a, &links) ? FIELD_GET(IXGBE_LINKS_SPEED, links) : 0;
	s64 more = (s64)rates[speed].incvalue * scaled_ppm;
	s64 half = more < 0 ? -ALL_SCALED_PPM / 2 : ALL_SCALED_PPM / 2;
	u32 incvalue = rates[speed].incvalue + (u32)((more + half) / ALL_SCALED_PPM);

	/* A quarter more of what was rounded up is one too many. */
	incvalue = min_t(u32, incvalue, FIELD_GET(IXGBE_TIMINCA_INCVALUE, ~0u));
	nax_reg_write(a, IXGBE_TIMINCA, FIELD_PREP(IXGBE_TIMINCA_INCPERIOD, 1) |
		      FIELD_PREP(IXGBE_TIMINCA_INCVALUE, incvalue));
	return rates[speed].bits;
}

static u64 read_pair(struct nax_adapter *a, u32 low, u32 high)
{
	u64 value = nax_reg_read(a, low);

	return value | (u64)nax_reg_read(a, high) << 32;
}

/*
 * Section 7.9.3.1: SYSTIMH is latched when SYSTIML is read, so that one is read first.
 * nax_ptp_ops.read.
 */
static u64 ptp_read(struct nax_adapter *a)
{
	return read_pair(a, IXGBE_SYSTIML, IXGBE_SYSTIMH);
}

/* Section 7.9.3.2: RXTT and TXTT say that a time stamp was taken. nax_ptp_ops.latched. */
static bool ptp_latched(struct nax_adapter *a, bool rx)
{
	u32 value = nax_reg_read(a, rx ? IXGBE_TSYNCRXCTL : IXGBE_TSYNCTXCTL);

	BUILD_BUG_ON(IXGBE_TSYNCRXCTL_RXTT != IXGBE_TSYNCTXCTL_TXTT);
	return !a->gone && value & IXGBE_TSYNCRXCTL_RXTT;
}

/* Section 7.9.3.2: reading the high half makes room for the next. nax_ptp_ops.take. */
static u64 ptp_take(struct nax_adapter *a, bool rx)
{
	return rx ? read_pair(a, IXGBE_RXSTMPL, IXGBE_RXSTMPH) :
		    read_pair(a, IXGBE_TXSTMPL, IXGBE_TXSTMPH);
}

/* TSYNCRXCTL.TYPE and RXMTRL.CTRLT by enum nax_ptp_rx; section 7.9.5 has where the fields lie. */
static const struct {
	u8 type;
	u8 control;
} rx_choices[NAX_PTP_RXS] = {
	[NAX_PTP_RX_V1_SYNC] = { IXGBE_TSYNC_L4_V1, CONTROL_SYNC },
	[NAX_PTP_RX_V1_DELAY_REQ] = { IXGBE_TSYNC_L4_V1, CONTROL_DELAY_REQ },
	[NAX_PTP_RX_V2_EVENT] = { IXGBE_TSYNC_EVENT_V2, 0 },
};

/*
 * Sections 7.9.2 and 7.9.3.2. PTP in Ethernet frames is found by a filter by Ethertype with the bit
 * 1588, which leaves the choice of the queue to RSS. nax_ptp_ops.set_stamps.
 */
static void ptp_set_stamps(struct nax_adapter *a, const struct nax_stamps *stamps)
{
	bool ethernet = stamps->rx == NAX_PTP_RX_V2_EVENT;

	nax_reg_write(a, IXGBE_TSYNCRXCTL, 0);
	nax_reg_write(a, IXGBE_TSYNCTXCTL, 0);
	nax_reg_write(a, IXGBE_ETQS(ETQF_PTP), 0);
	nax_reg_write(a, IXGBE_ETQF(ETQF_PTP),
		      ethernet ? IXGBE_ETQF_FILTER_EN | IXGBE_ETQF_1588 |
				 FIELD_PREP(IXGBE_ETQF_ETYPE, ETHERTYPE_PTP) : 0);
	nax_reg_write(a, IXGBE_RXMTRL,
		      FIELD_PREP(IXGBE_RXMTRL_UDPT, PORT_EVENT) |
		      FIELD_PREP(IXGBE_RXMTRL_CTRLT, rx_choices[stamps->rx].control));
	ptp_take(a, true);
	ptp_take(a, false);
	if (stamps->rx != NAX_PTP_RX_NONE)
		nax_reg_write(a, IXGBE_TSYNCRXCTL, IXGBE_TSYNCRXCTL_EN |
			      FIELD_PREP(IXGBE_TSYNCRXCTL_TYPE, rx_choices[stamps->rx].type));
	nax_reg_write(a, IXGBE_TSYNCTXCTL, stamps->tx ? IXGBE_TSYNCTXCTL_EN : 0);
}

const struct nax_ptp_ops ixgbe_ptp_ops = {
	.set_rate = ptp_set_rate,
	.read = ptp_read,
	.set_stamps = ptp_set_stamps,
	.latched = ptp_latched,
	.take = ptp_take,
};
