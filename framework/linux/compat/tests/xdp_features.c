// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netdevice.h>
#include <net/xdp.h>

void test(struct net_device *dev);
void test(struct net_device *dev)
{
	xdp_set_features_flag(dev, NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_RX_SG |
			      NETDEV_XDP_ACT_NDO_XMIT_SG);
}
