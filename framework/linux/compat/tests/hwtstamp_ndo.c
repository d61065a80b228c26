// SPDX-License-Identifier: GPL-2.0-only
#include <linux/net_tstamp.h>
#include <linux/netdevice.h>

static int set(struct net_device *dev, struct kernel_hwtstamp_config *config,
	       struct netlink_ext_ack *extack)
{
	return config->rx_filter;
}

const struct net_device_ops test = { .ndo_hwtstamp_set = set };
