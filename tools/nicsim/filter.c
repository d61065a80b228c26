// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: layer 2 filters, without virtualisation: exact addresses (RAL/RAH), hash tables (MTA,
 * UTA), broadcast, promiscuous modes, then the VLAN table, which no promiscuous mode passes by.
 */
#include <string.h>

#include "datapath.h"
#include "desc82599.h"
#include "regs_datapath.h"

/* MO picks 12 of the 16 bits of the address's last two bytes: 47:36, 46:35, 45:34 or 43:32. */
uint32_t sim_filter_hash(const uint8_t *mac, uint32_t mo)
{
	static const uint8_t shift[] = { 4, 3, 2, 0 };

	return ((uint32_t)mac[4] | (uint32_t)mac[5] << 8) >> shift[mo & 3] & 0xfff;
}

static bool table_bit(const struct nicsim_port *p, uint32_t table, uint32_t index)
{
	return sim_reg(p, table + 4 * (index / 32)) >> (index % 32) & 1;
}

static bool match_exact(const struct nicsim_port *p, const uint8_t *mac)
{
	uint32_t low, high;
	unsigned int i;

	low = (uint32_t)mac[0] | (uint32_t)mac[1] << 8 | (uint32_t)mac[2] << 16 |
	      (uint32_t)mac[3] << 24;
	high = (uint32_t)mac[4] | (uint32_t)mac[5] << 8 | RAH_AV;
	for (i = 0; i < RAR_COUNT; i++) {
		if (sim_reg(p, DR_RAL + 8 * i) == low &&
		    (sim_reg(p, DR_RAH + 8 * i) & (RAH_AV | 0xffff)) == high)
			return true;
	}
	return false;
}

static bool match_hash(const struct nicsim_port *p, uint32_t table, const uint8_t *mac)
{
	uint32_t ctrl = sim_reg(p, DR_MCSTCTRL);

	return (ctrl & MCSTCTRL_MFE) &&
	       table_bit(p, table, sim_filter_hash(mac, ctrl & MCSTCTRL_MO));
}

static enum sim_pass filter_mac(const struct nicsim_port *p, const uint8_t *mac)
{
	static const uint8_t broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	uint32_t fctrl = sim_reg(p, DR_FCTRL);
	bool multicast = mac[0] & 1;

	if (multicast && !memcmp(mac, broadcast, 6))
		return fctrl & FCTRL_BAM ? SIM_PASS_EXACT : SIM_PASS_NOT;
	if (match_exact(p, mac))
		return SIM_PASS_EXACT;
	if (fctrl & (multicast ? FCTRL_MPE : FCTRL_UPE))
		return SIM_PASS_INEXACT;
	if (match_hash(p, multicast ? DR_MTA : DR_UTA, mac))
		return SIM_PASS_INEXACT;
	return SIM_PASS_NOT;
}

static bool filter_vlan(const struct nicsim_port *p, const struct sim_pkt *k)
{
	uint32_t ctrl = sim_reg(p, DR_VLNCTRL);

	if (!k->vlan_at)
		return true;
	if ((ctrl & VLNCTRL_CFIEN) && !(ctrl & VLNCTRL_CFI) != !(k->vlan_tci & 0x1000))
		return false;
	return !(ctrl & VLNCTRL_VFE) || table_bit(p, DR_VFTA, k->vlan_tci & 0xfff);
}

enum sim_pass sim_filter(const struct nicsim_port *p, const uint8_t *frame,
			 const struct sim_pkt *k)
{
	enum sim_pass pass = filter_mac(p, frame);

	return pass != SIM_PASS_NOT && filter_vlan(p, k) ? pass : SIM_PASS_NOT;
}

int sim_filter_ethertype(const struct nicsim_port *p, uint32_t ethertype)
{
	uint32_t i, etqf;

	for (i = 0; i < ETQF_COUNT; i++) {
		etqf = sim_reg(p, DR_ETQF + 4 * i);
		if ((etqf & ETQF_FILTER_EN) && (etqf & ETQF_TYPE) == ethertype)
			return i;
	}
	return -1;
}
