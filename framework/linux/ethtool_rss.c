// SPDX-License-Identifier: GPL-2.0-only
/* Receive side scaling by ethtool: table, key, and which fields of which flows are hashed. */
#include <linux/ethtool.h>

#include "ethtool.h"

u32 nax_get_rxfh_key_size(struct net_device *dev)
{
	return nax_netdev_device(dev)->adapter->caps.rss_key_len;
}

u32 nax_get_rxfh_indir_size(struct net_device *dev)
{
	return nax_netdev_device(dev)->adapter->caps.rss_entries;
}

int nax_rxfh_get(struct net_device *dev, u32 *indir, u8 *key, u8 *hfunc)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_rss rss;
	u32 i;

	mutex_lock(&d->control);
	nax_adapter_get_rss(d->adapter, &rss);
	mutex_unlock(&d->control);
	if (hfunc)
		*hfunc = ETH_RSS_HASH_TOP;
	for (i = 0; indir && i < rss.entries; i++)
		indir[i] = rss.table[i];
	if (key)
		memcpy(key, rss.key, rss.key_len);
	return 0;
}

static int nax_rss_apply(struct nax_device *d, const struct nax_rss *rss,
			 struct netlink_ext_ack *extack)
{
	struct nax_error err;
	int ret = nax_adapter_set_rss(d->adapter, rss, &err);

	if (ret)
		nax_netdev_say(d, extack, err.text);
	return ret;
}

int nax_rxfh_set(struct net_device *dev, const u32 *indir, const u8 *key, u8 hfunc,
		 struct netlink_ext_ack *extack)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_rss rss;
	u32 i;
	int ret;

	if (hfunc != ETH_RSS_HASH_NO_CHANGE && hfunc != ETH_RSS_HASH_TOP) {
		nax_netdev_say(d, extack, "hash function must be toeplitz");
		return -EOPNOTSUPP;
	}
	mutex_lock(&d->control);
	nax_adapter_get_rss(d->adapter, &rss);
	for (i = 0; indir && i < rss.entries; i++)
		rss.table[i] = indir[i];
	if (key)
		memcpy(rss.key, key, rss.key_len);
	ret = nax_rss_apply(d, &rss, extack);
	mutex_unlock(&d->control);
	return ret;
}

#define NAX_RSS_L3	(RXH_IP_SRC | RXH_IP_DST)
#define NAX_RSS_L4	(NAX_RSS_L3 | RXH_L4_B_0_1 | RXH_L4_B_2_3)

/* Hash types that decide an ethtool flow type: by ports, else by addresses alone. */
static const struct {
	u32 flow;
	u32 by_ports;
	u32 by_address;
} nax_rss_flows[] = {
	{ TCP_V4_FLOW, BIT(NAX_HASH_IPV4_TCP), BIT(NAX_HASH_IPV4) },
	{ UDP_V4_FLOW, BIT(NAX_HASH_IPV4_UDP), BIT(NAX_HASH_IPV4) },
	{ TCP_V6_FLOW, BIT(NAX_HASH_IPV6_TCP) | BIT(NAX_HASH_IPV6_TCP_EX), BIT(NAX_HASH_IPV6) },
	{ UDP_V6_FLOW, BIT(NAX_HASH_IPV6_UDP) | BIT(NAX_HASH_IPV6_UDP_EX), BIT(NAX_HASH_IPV6) },
	{ SCTP_V4_FLOW, 0, BIT(NAX_HASH_IPV4) },
	{ AH_ESP_V4_FLOW, 0, BIT(NAX_HASH_IPV4) },
	{ AH_V4_FLOW, 0, BIT(NAX_HASH_IPV4) },
	{ ESP_V4_FLOW, 0, BIT(NAX_HASH_IPV4) },
	{ IPV4_FLOW, 0, BIT(NAX_HASH_IPV4) },
	{ SCTP_V6_FLOW, 0, BIT(NAX_HASH_IPV6) },
	{ AH_ESP_V6_FLOW, 0, BIT(NAX_HASH_IPV6) },
	{ AH_V6_FLOW, 0, BIT(NAX_HASH_IPV6) },
	{ ESP_V6_FLOW, 0, BIT(NAX_HASH_IPV6) },
	{ IPV6_FLOW, 0, BIT(NAX_HASH_IPV6) },
};

int nax_rss_fields_get(struct net_device *dev, u32 flow_type, u64 *fields)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_rss rss;
	u32 i;

	mutex_lock(&d->control);
	nax_adapter_get_rss(d->adapter, &rss);
	mutex_unlock(&d->control);
	for (i = 0; i < ARRAY_SIZE(nax_rss_flows); i++) {
		if (nax_rss_flows[i].flow != flow_type)
			continue;
		*fields = rss.types & nax_rss_flows[i].by_ports ? NAX_RSS_L4 :
			  rss.types & nax_rss_flows[i].by_address ? NAX_RSS_L3 : 0;
		return 0;
	}
	return -EINVAL;
}

int nax_rss_fields_set(struct net_device *dev, u32 flow_type, u64 fields,
		       struct netlink_ext_ack *extack)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_rss rss;
	u64 now;
	u32 i;
	int ret;

	ret = nax_rss_fields_get(dev, flow_type, &now);
	if (ret || fields == now)
		return ret;
	for (i = 0; nax_rss_flows[i].flow != flow_type; i++)
		;
	if (!nax_rss_flows[i].by_ports || (fields != NAX_RSS_L3 && fields != NAX_RSS_L4)) {
		nax_netdev_say(d, extack,
			       "hash fields must be both addresses, for TCP and UDP also both ports");
		return -EINVAL;
	}
	mutex_lock(&d->control);
	nax_adapter_get_rss(d->adapter, &rss);
	if (fields == NAX_RSS_L4)
		rss.types |= nax_rss_flows[i].by_ports & d->adapter->caps.rss_types;
	else
		rss.types &= ~nax_rss_flows[i].by_ports;
	ret = nax_rss_apply(d, &rss, extack);
	mutex_unlock(&d->control);
	return ret;
}
