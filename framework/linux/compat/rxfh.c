// SPDX-License-Identifier: GPL-2.0-only
/*
 * The forms that ethtool's operations for receive hashing have had: separate arguments, then
 * struct ethtool_rxfh_param; rxnfc commands, then operations of their own.
 */
#include "../ethtool.h"

#ifdef NAX_HAVE_RXFH_PARAM
int nax_compat_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *p)
{
	return nax_rxfh_get(dev, p->indir, p->key, &p->hfunc);
}

int nax_compat_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *p,
			struct netlink_ext_ack *extack)
{
	return nax_rxfh_set(dev, p->indir, p->key, p->hfunc, extack);
}
#else
int nax_compat_set_rxfh(struct net_device *dev, const u32 *indir, const u8 *key, const u8 hfunc)
{
	return nax_rxfh_set(dev, indir, key, hfunc, NULL);
}
#endif

#ifdef NAX_HAVE_RXFH_FIELDS
int nax_compat_get_rxfh_fields(struct net_device *dev, struct ethtool_rxfh_fields *f)
{
	u64 fields;
	int ret = nax_rss_fields_get(dev, f->flow_type, &fields);

	if (!ret)
		f->data = fields;
	return ret;
}

int nax_compat_set_rxfh_fields(struct net_device *dev, const struct ethtool_rxfh_fields *f,
			       struct netlink_ext_ack *extack)
{
	return nax_rss_fields_set(dev, f->flow_type, f->data, extack);
}
#endif

#ifdef NAX_HAVE_RX_RING_COUNT
u32 nax_compat_get_rx_ring_count(struct net_device *dev)
{
	return dev->real_num_rx_queues;
}
#endif

int nax_compat_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *c, u32 *rules)
{
	switch (c->cmd) {
	case ETHTOOL_GRXRINGS:
		c->data = dev->real_num_rx_queues;
		return 0;
	case ETHTOOL_GRXFH:
		return nax_rss_fields_get(dev, c->flow_type, &c->data);
	default:
		return nax_rxnfc_get(dev, c, rules);
	}
}

int nax_compat_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *c)
{
	if (c->cmd == ETHTOOL_SRXFH)
		return nax_rss_fields_set(dev, c->flow_type, c->data, NULL);
	return nax_rxnfc_set(dev, c);
}
