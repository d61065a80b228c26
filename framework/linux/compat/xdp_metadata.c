// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program may ask of a frame since 6.3, all of it since 6.8: what hardware has said of it,
 * as it stands in the slot that the frame ends with.
 */
#include "../linux.h"

#ifdef NAX_HAVE_XDP_METADATA
#include <net/xsk_buff_pool.h>

static_assert(sizeof(struct nax_xdp_buff) <= offsetofend(struct xdp_buff_xsk, cb));

static const enum xdp_rss_hash_type nax_xdp_hash_types[NAX_HASH_TYPES] = {
	[NAX_HASH_IPV4] = XDP_RSS_TYPE_L3_IPV4,
	[NAX_HASH_IPV4_TCP] = XDP_RSS_TYPE_L4_IPV4_TCP,
	[NAX_HASH_IPV4_UDP] = XDP_RSS_TYPE_L4_IPV4_UDP,
	[NAX_HASH_IPV6] = XDP_RSS_TYPE_L3_IPV6,
	[NAX_HASH_IPV6_TCP] = XDP_RSS_TYPE_L4_IPV6_TCP,
	[NAX_HASH_IPV6_UDP] = XDP_RSS_TYPE_L4_IPV6_UDP,
	[NAX_HASH_IPV6_EX] = XDP_RSS_TYPE_L3_IPV6_EX,
	[NAX_HASH_IPV6_TCP_EX] = XDP_RSS_TYPE_L4_IPV6_TCP_EX,
	[NAX_HASH_IPV6_UDP_EX] = XDP_RSS_TYPE_L4_IPV6_UDP_EX,
};

static const struct nax_xdp_buff *nax_xdp_buff_of(const struct xdp_md *ctx)
{
	return (const struct nax_xdp_buff *)ctx;
}

static int nax_xmo_rx_hash(const struct xdp_md *ctx, u32 *hash, enum xdp_rss_hash_type *type)
{
	const struct nax_slot *s = nax_xdp_buff_of(ctx)->last;
	u32 kind = (s->flags & NAX_F_HASH_TYPE) >> NAX_F_HASH_SHIFT;

	if (!kind || kind >= NAX_HASH_TYPES)
		return -ENODATA;
	*hash = s->hash;
	*type = nax_xdp_hash_types[kind];
	return 0;
}

static int nax_xmo_rx_vlan_tag(const struct xdp_md *ctx, __be16 *proto, u16 *tci)
{
	const struct nax_slot *s = nax_xdp_buff_of(ctx)->last;

	if (!(s->flags & NAX_F_VLAN))
		return -ENODATA;
	*proto = htons(ETH_P_8021Q);
	*tci = s->vlan_tci;
	return 0;
}

static int nax_xmo_rx_timestamp(const struct xdp_md *ctx, u64 *ns)
{
	const struct nax_xdp_buff *b = nax_xdp_buff_of(ctx);

	if (!(b->last->flags & NAX_F_RX_TSTAMP))
		return -ENODATA;
	*ns = b->ring->tstamp[b->last - b->ring->slot];
	return 0;
}

static const struct xdp_metadata_ops nax_xdp_metadata_ops = {
	.xmo_rx_timestamp = nax_xmo_rx_timestamp,
	.xmo_rx_hash = nax_xmo_rx_hash,
	.xmo_rx_vlan_tag = nax_xmo_rx_vlan_tag,
};

void nax_compat_set_xdp_metadata(struct net_device *dev)
{
	dev->xdp_metadata_ops = &nax_xdp_metadata_ops;
}
#endif
