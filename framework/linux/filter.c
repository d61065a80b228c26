// SPDX-License-Identifier: GPL-2.0-only
/* Which frames the stack wants: its lists of addresses and VLAN ids, as one struct nax_filter. */
#include <linux/slab.h>

#include "linux.h"

/** nax_filter_changed() - the service shall apply it; ndo_set_rx_mode, in atomic context. */
void nax_filter_changed(struct net_device *dev)
{
	struct nax_device *d = nax_netdev_device(dev);

	set_bit(NAX_DEV_FILTER, &d->flags);
	nax_service_soon(d);
}

/* Room for @uc and @mc addresses, beside the adapter's own. */
static u8 (*nax_filter_alloc(u32 uc, u32 mc))[ETH_ALEN]
{
	return kvmalloc_array(1 + uc + mc, ETH_ALEN, GFP_KERNEL);
}

static u32 nax_filter_flags(struct net_device *dev)
{
	struct nax_device *d = nax_netdev_device(dev);
	u32 flags = NAX_FILTER_BROADCAST;

	if (dev->flags & IFF_PROMISC)
		flags |= NAX_FILTER_PROMISC;
	if (dev->flags & IFF_ALLMULTI)
		flags |= NAX_FILTER_ALLMULTI;
	/* A promiscuous port shows frames of all VLANs. */
	if (test_bit(NAX_DEV_VLAN_FILTER, &d->flags) && !(dev->flags & IFF_PROMISC))
		flags |= NAX_FILTER_VLAN;
	return flags;
}

/* The core turns what does not fit its tables, or these lists, into PROMISC and ALLMULTI. */
static void nax_filter_collect(struct net_device *dev, struct nax_filter *f, u8 (*addr)[ETH_ALEN],
			       u32 uc, u32 mc)
{
	struct netdev_hw_addr *ha;
	u32 n = 0;

	netif_addr_lock_bh(dev);
	f->flags = nax_filter_flags(dev);
	ether_addr_copy(addr[n++], dev->dev_addr);
	netdev_for_each_uc_addr(ha, dev) {
		if (n == 1 + uc) {
			f->flags |= NAX_FILTER_PROMISC;
			break;
		}
		ether_addr_copy(addr[n++], ha->addr);
	}
	f->n_ucast = n;
	f->mcast = (const u8 (*)[ETH_ALEN])(addr + n);
	netdev_for_each_mc_addr(ha, dev) {
		if (n == f->n_ucast + mc) {
			f->flags |= NAX_FILTER_ALLMULTI;
			break;
		}
		ether_addr_copy(addr[n++], ha->addr);
	}
	f->n_mcast = n - f->n_ucast;
	netif_addr_unlock_bh(dev);
}

static int nax_filter_give(struct nax_device *d)
{
	/* One more than fits, so that the core sees that they do not. */
	u32 uc = d->adapter->caps.ucast_max, mc = d->adapter->caps.mcast_max + 1u;
	u8 (*addr)[ETH_ALEN] = nax_filter_alloc(uc, mc);
	struct nax_filter f = { .ucast = (const u8 (*)[ETH_ALEN])addr };
	u32 vlan[NAX_VLAN_WORDS];
	struct nax_error err;

	if (!addr) {
		netdev_err(d->net, "no memory for a receive filter of %u addresses\n", 1 + uc + mc);
		return -ENOMEM;
	}
	clear_bit(NAX_DEV_FILTER, &d->flags);
	bitmap_to_arr32(vlan, d->vlan, VLAN_N_VID);
	f.vlan = vlan;
	nax_filter_collect(d->net, &f, addr, uc, mc);
	if (nax_adapter_set_filter(d->adapter, &f, &err))
		netdev_err(d->net, "receive filter: %s\n", err.text);
	kvfree(addr);
	return 0;
}

/**
 * nax_filter_apply() - give the core the whole filter; control
 * @d: device; one that is away for a bus error gets it from nax_return(), one that is gone never
 *
 * Return: 0, or -ENOMEM: it is to be tried again.
 */
int nax_filter_apply(struct nax_device *d)
{
	return d->adapter->gone ? 0 : nax_filter_give(d);
}

static void nax_vlan_set(struct nax_device *d, u16 vid, bool on)
{
	mutex_lock(&d->control);
	assign_bit(vid, d->vlan, on);
	nax_filter_apply(d);
	mutex_unlock(&d->control);
}

/** nax_vlan_add() - ndo_vlan_rx_add_vid. */
int nax_vlan_add(struct net_device *dev, __be16 proto, u16 vid)
{
	nax_vlan_set(nax_netdev_device(dev), vid, true);
	return 0;
}

/** nax_vlan_kill() - ndo_vlan_rx_kill_vid; frames without a tag are VLAN 0, which stays. */
int nax_vlan_kill(struct net_device *dev, __be16 proto, u16 vid)
{
	if (vid)
		nax_vlan_set(nax_netdev_device(dev), vid, false);
	return 0;
}
