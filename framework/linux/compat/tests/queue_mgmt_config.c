// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netdevice.h>
#include <net/netdev_queues.h>

static int start(struct net_device *dev, struct netdev_queue_config *config, void *mem, int queue)
{
	return 0;
}

const struct netdev_queue_mgmt_ops test = { .ndo_queue_start = start };
