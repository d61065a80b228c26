// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which frames are received: exact addresses (RAL/RAH), multicast hash (MTA), VLANs (VFTA), and
 * promiscuous modes (FCTRL). Datasheet sections 7.1.1.1 and 8.2.3.7.
 */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

/* A word of a table, which @held says it holds unless the tables are unknown. */
static void set_word(struct nax_adapter *a, const struct ixgbe_tables *t, u32 *held, u32 reg,
		     u32 value)
{
	if (t->known && *held == value)
		return;
	*held = value;
	nax_reg_write(a, reg, value);
}

/* An entry that stays is not touched, so that no frame for it is lost meanwhile. */
static void set_address(struct nax_adapter *a, struct ixgbe_tables *t, u32 i, u32 low, u32 high)
{
	if (t->known && t->ral[i] == low && t->rah[i] == high)
		return;
	if (!t->known || t->rah[i] & IXGBE_RAH_AV)
		nax_reg_write(a, IXGBE_RAH(i), 0);
	nax_reg_write(a, IXGBE_RAL(i), low);
	nax_reg_write(a, IXGBE_RAH(i), high);
	t->ral[i] = low;
	t->rah[i] = high;
}

static void set_unicast(struct nax_adapter *a, struct ixgbe_tables *t, const struct nax_filter *f)
{
	u32 i;

	for (i = 0; i < IXGBE_HW_RARS; i++) {
		const u8 *mac;

		if (i >= f->n_ucast) {
			set_address(a, t, i, 0, 0);
			continue;
		}
		mac = f->ucast[i];
		set_address(a, t, i, mac[0] | mac[1] << 8 | mac[2] << 16 | (u32)mac[3] << 24,
			    mac[4] | mac[5] << 8 | (u32)IXGBE_RAH_AV);
	}
}

/* MCSTCTRL.MO is 0: bits 47:36 of the address are the position in the table. */
static void set_multicast(struct nax_adapter *a, struct ixgbe_tables *t, const struct nax_filter *f)
{
	u32 table[IXGBE_MTAS] = { 0 };
	u32 i;

	for (i = 0; i < f->n_mcast; i++) {
		const u8 *mac = f->mcast[i];
		u32 bit = mac[4] >> 4 | mac[5] << 4;

		table[bit / 32] |= 1u << bit % 32;
	}
	for (i = 0; i < IXGBE_MTAS; i++)
		set_word(a, t, &t->mta[i], IXGBE_MTA(i), table[i]);
	nax_reg_write(a, IXGBE_MCSTCTRL, f->n_mcast ? IXGBE_MCSTCTRL_MFE : 0);
}

/** ixgbe_set_filter() - apply the whole filter; nax_driver_ops.set_filter. */
void ixgbe_set_filter(struct nax_adapter *a, const struct nax_filter *f)
{
	struct ixgbe *x = a->priv;
	struct ixgbe_tables *t = &x->tables;
	bool promisc = f->flags & NAX_FILTER_PROMISC;
	bool vlan = (f->flags & NAX_FILTER_VLAN) && !promisc;
	u32 fctrl = a->offloads & NAX_OFFLOAD_RX_ALL ? IXGBE_FCTRL_SBP : 0;
	u32 i;

	if (f->flags & NAX_FILTER_BROADCAST)
		fctrl |= IXGBE_FCTRL_BAM;
	if (f->flags & NAX_FILTER_ALLMULTI)
		fctrl |= IXGBE_FCTRL_MPE;
	if (promisc)
		fctrl |= IXGBE_FCTRL_UPE | IXGBE_FCTRL_MPE | IXGBE_FCTRL_BAM;

	set_unicast(a, t, f);
	set_multicast(a, t, f);
	/* VFTA is undefined after power-on, and looked at only with VFE. */
	for (i = 0; i < IXGBE_VFTAS; i++)
		set_word(a, t, &t->vfta[i], IXGBE_VFTA(i), vlan ? f->vlan[i] : 0);
	t->known = !a->gone;
	nax_reg_write(a, IXGBE_VLNCTRL,
		      IXGBE_VLNCTRL_VET_8021Q | (vlan ? IXGBE_VLNCTRL_VFE : 0));
	nax_reg_write(a, IXGBE_FCTRL, fctrl);
}
