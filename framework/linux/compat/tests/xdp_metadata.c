// SPDX-License-Identifier: GPL-2.0-only
#include <net/xdp.h>
#include <net/xsk_buff_pool.h>

static int tag(const struct xdp_md *ctx, __be16 *proto, u16 *tci)
{
	return offsetof(struct xdp_buff_xsk, cb);
}

const struct xdp_metadata_ops test = { .xmo_rx_vlan_tag = tag };
