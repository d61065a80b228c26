// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netdevice.h>

static int rx_mode(struct net_device *dev, struct netdev_hw_addr_list *uc,
		   struct netdev_hw_addr_list *mc)
{
	return 0;
}

const struct net_device_ops test = { .ndo_set_rx_mode_async = rx_mode };
