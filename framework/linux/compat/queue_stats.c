// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of queues for netdev-genl. Those of queues in force are told by queue, those of others,
 * which were in force once, as the device's base: a queue that comes back goes on where it was.
 */
#include "../linux.h"

#ifdef NAX_HAVE_QUEUE_STATS
#include <net/netdev_queues.h>

/*
 * Wrong checksums, which the core counts; rtnl, or the net_device's own lock, is outside of
 * control.
 */
static u64 nax_queue_csum_bad(struct nax_device *d, u32 index)
{
	struct nax_queue_stats s;

	mutex_lock(&d->control);
	nax_adapter_queue_stats(d->adapter, true, index, &s);
	mutex_unlock(&d->control);
	return s.csum_bad;
}

static void nax_add_rx(struct nax_device *d, u32 index, struct netdev_queue_stats_rx *s)
{
	struct nax_count_values v = nax_counts_read(&d->rx[index]);

	s->packets += v.packets;
	s->bytes += v.bytes;
	s->csum_unnecessary += v.csum_good;
	s->csum_bad += nax_queue_csum_bad(d, index);
}

static void nax_add_gso(const struct nax_gso_counts *c, struct netdev_queue_stats_tx *s)
{
	struct netdev_queue_stats_tx v;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&c->sync);
		v.hw_gso_packets = u64_stats_read(&c->packets);
		v.hw_gso_bytes = u64_stats_read(&c->bytes);
		v.hw_gso_wire_packets = u64_stats_read(&c->wire_packets);
		v.hw_gso_wire_bytes = u64_stats_read(&c->wire_bytes);
	} while (u64_stats_fetch_retry(&c->sync, start));
	s->hw_gso_packets += v.hw_gso_packets;
	s->hw_gso_bytes += v.hw_gso_bytes;
	s->hw_gso_wire_packets += v.hw_gso_wire_packets;
	s->hw_gso_wire_bytes += v.hw_gso_wire_bytes;
}

static void nax_add_tx(struct nax_device *d, u32 index, struct netdev_queue_stats_tx *s)
{
	struct nax_count_values v = nax_counts_read(&d->tx[index]);

	s->packets += v.packets;
	s->bytes += v.bytes;
	s->stop += atomic64_read(&d->tx[index].stops);
	s->wake += atomic64_read(&d->tx[index].wakes);
	nax_add_gso(&d->tx[index].gso, s);
}

/* What is not set to begin with is not reported. */
static void nax_start_rx(struct netdev_queue_stats_rx *s)
{
	s->packets = 0;
	s->bytes = 0;
	s->csum_unnecessary = 0;
	s->csum_bad = 0;
}

static void nax_start_tx(struct netdev_queue_stats_tx *s)
{
	s->packets = 0;
	s->bytes = 0;
	s->stop = 0;
	s->wake = 0;
	s->hw_gso_packets = 0;
	s->hw_gso_bytes = 0;
	s->hw_gso_wire_packets = 0;
	s->hw_gso_wire_bytes = 0;
}

static void nax_get_queue_stats_rx(struct net_device *dev, int index,
				   struct netdev_queue_stats_rx *s)
{
	nax_start_rx(s);
	nax_add_rx(nax_netdev_device(dev), index, s);
}

static void nax_get_queue_stats_tx(struct net_device *dev, int index,
				   struct netdev_queue_stats_tx *s)
{
	nax_start_tx(s);
	nax_add_tx(nax_netdev_device(dev), index, s);
}

static void nax_get_base_stats(struct net_device *dev, struct netdev_queue_stats_rx *rx,
			       struct netdev_queue_stats_tx *tx)
{
	struct nax_device *d = nax_netdev_device(dev);
	u32 i;

	nax_start_rx(rx);
	for (i = dev->real_num_rx_queues; i < dev->num_rx_queues; i++)
		nax_add_rx(d, i, rx);
	nax_start_tx(tx);
	for (i = dev->real_num_tx_queues; i < dev->num_tx_queues; i++)
		nax_add_tx(d, i, tx);
}

static const struct netdev_stat_ops nax_stat_ops = {
	.get_queue_stats_rx = nax_get_queue_stats_rx,
	.get_queue_stats_tx = nax_get_queue_stats_tx,
	.get_base_stats = nax_get_base_stats,
};

void nax_compat_set_stat_ops(struct net_device *dev)
{
	dev->stat_ops = &nax_stat_ops;
}
#endif
