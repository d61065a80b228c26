// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netdevice.h>
#include <net/netdev_queues.h>

size_t test(const struct net_device *dev);
size_t test(const struct net_device *dev)
{
	return dev->queue_mgmt_ops->ndo_queue_mem_size;
}
