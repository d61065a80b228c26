// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netdevice.h>
#include <net/netdev_queues.h>

int test(const struct net_device *dev, struct netdev_queue_stats_rx *rx,
	 struct netdev_queue_stats_tx *tx);
int test(const struct net_device *dev, struct netdev_queue_stats_rx *rx,
	 struct netdev_queue_stats_tx *tx)
{
	return !dev->stat_ops + !rx->csum_unnecessary + !rx->csum_bad + !tx->stop + !tx->wake +
	       !tx->hw_gso_packets + !tx->hw_gso_wire_bytes;
}
