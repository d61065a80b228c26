// SPDX-License-Identifier: GPL-2.0-only
/* Statistics: the device's counters by name and by standard meaning, and those of each queue. */
#include <linux/ethtool.h>

#include "ethtool.h"

/* Counters of a queue, in the order of struct nax_queue_stats that is shown. */
#define NAX_QUEUE_STAT(field)	{ #field, offsetof(struct nax_queue_stats, field) }

static const struct {
	const char *name;
	size_t offset;
} nax_queue_stats[] = {
	NAX_QUEUE_STAT(packets),
	NAX_QUEUE_STAT(bytes),
	NAX_QUEUE_STAT(drops),
	NAX_QUEUE_STAT(doorbells),
	NAX_QUEUE_STAT(polls),
	NAX_QUEUE_STAT(restarts),
}, nax_rx_stats[] = {
	{ "errors_crc", offsetof(struct nax_queue_stats, errors[NAX_RX_ERR_CRC]) },
	{ "errors_length", offsetof(struct nax_queue_stats, errors[NAX_RX_ERR_LENGTH]) },
	{ "errors_chain", offsetof(struct nax_queue_stats, errors[NAX_RX_ERR_CHAIN]) },
	{ "errors_oversize", offsetof(struct nax_queue_stats, errors[NAX_RX_ERR_OVERSIZE]) },
	{ "errors_device", offsetof(struct nax_queue_stats, errors[NAX_RX_ERR_DEVICE]) },
	NAX_QUEUE_STAT(csum_bad),
	NAX_QUEUE_STAT(csum_disputed),
	NAX_QUEUE_STAT(joined),
}, nax_tx_stats[] = {
	NAX_QUEUE_STAT(bad_completions),
};

/* Named as other drivers of such devices name theirs. */
static const struct {
	const char *name;
	size_t offset;
} nax_ptp_stats[] = {
	{ "tx_hwtstamp_timeouts", offsetof(struct nax_ptp_count_values, tx_timeouts) },
	{ "tx_hwtstamp_skipped", offsetof(struct nax_ptp_count_values, tx_skipped) },
	{ "rx_hwtstamp_cleared", offsetof(struct nax_ptp_count_values, rx_cleared) },
};

#define NAX_PER_RXQ	(ARRAY_SIZE(nax_queue_stats) + ARRAY_SIZE(nax_rx_stats))
#define NAX_PER_TXQ	(ARRAY_SIZE(nax_queue_stats) + ARRAY_SIZE(nax_tx_stats))

int nax_get_sset_count(struct net_device *dev, int set)
{
	struct nax_device *d = nax_netdev_device(dev);

	/* For all queues there can be: the number must not change between two questions. */
	if (set == ETH_SS_STATS)
		return d->adapter->caps.n_stats + (d->ptp ? ARRAY_SIZE(nax_ptp_stats) : 0) +
		       dev->num_rx_queues * NAX_PER_RXQ + dev->num_tx_queues * NAX_PER_TXQ;
	if (set == ETH_SS_TEST)
		return nax_selftest_count(d);
	return -EOPNOTSUPP;
}

void nax_get_strings(struct net_device *dev, u32 set, u8 *data)
{
	struct nax_device *d = nax_netdev_device(dev);
	u32 i, k;

	if (set == ETH_SS_TEST)
		nax_selftest_strings(data);
	if (set != ETH_SS_STATS)
		return;
	for (i = 0; i < d->adapter->caps.n_stats; i++)
		ethtool_sprintf(&data, "%s", d->adapter->caps.stats[i].name);
	for (i = 0; d->ptp && i < ARRAY_SIZE(nax_ptp_stats); i++)
		ethtool_sprintf(&data, "%s", nax_ptp_stats[i].name);
	for (i = 0; i < dev->num_rx_queues; i++) {
		for (k = 0; k < ARRAY_SIZE(nax_queue_stats); k++)
			ethtool_sprintf(&data, "rx%u_%s", i, nax_queue_stats[k].name);
		for (k = 0; k < ARRAY_SIZE(nax_rx_stats); k++)
			ethtool_sprintf(&data, "rx%u_%s", i, nax_rx_stats[k].name);
	}
	for (i = 0; i < dev->num_tx_queues; i++) {
		for (k = 0; k < ARRAY_SIZE(nax_queue_stats); k++)
			ethtool_sprintf(&data, "tx%u_%s", i, nax_queue_stats[k].name);
		for (k = 0; k < ARRAY_SIZE(nax_tx_stats); k++)
			ethtool_sprintf(&data, "tx%u_%s", i, nax_tx_stats[k].name);
	}
}

static u64 nax_stat_at(const void *counters, size_t offset)
{
	return *(const u64 *)((const u8 *)counters + offset);
}

void nax_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *stats, u64 *v)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_ptp_count_values ptp;
	struct nax_queue_stats s;
	u32 i, k;

	mutex_lock(&d->control);
	nax_adapter_hw_stats(d->adapter, v);
	v += d->adapter->caps.n_stats;
	if (nax_ptp_counts(d, &ptp))
		for (i = 0; i < ARRAY_SIZE(nax_ptp_stats); i++)
			*v++ = nax_stat_at(&ptp, nax_ptp_stats[i].offset);
	for (i = 0; i < dev->num_rx_queues; i++) {
		nax_adapter_queue_stats(d->adapter, true, i, &s);
		for (k = 0; k < ARRAY_SIZE(nax_queue_stats); k++)
			*v++ = nax_stat_at(&s, nax_queue_stats[k].offset);
		for (k = 0; k < ARRAY_SIZE(nax_rx_stats); k++)
			*v++ = nax_stat_at(&s, nax_rx_stats[k].offset);
	}
	for (i = 0; i < dev->num_tx_queues; i++) {
		nax_adapter_queue_stats(d->adapter, false, i, &s);
		for (k = 0; k < ARRAY_SIZE(nax_queue_stats); k++)
			*v++ = nax_stat_at(&s, nax_queue_stats[k].offset);
		for (k = 0; k < ARRAY_SIZE(nax_tx_stats); k++)
			*v++ = nax_stat_at(&s, nax_tx_stats[k].offset);
	}
	mutex_unlock(&d->control);
}

/*
 * Set what the device counts, where it counts in two places the sum; the rest stays "not set",
 * which is not the same as 0.
 */
static void nax_standard(struct nax_device *d, const u8 *ids, u64 *const *to, u32 n)
{
	const struct nax_caps *caps = &d->adapter->caps;
	u64 v[NAX_HW_STATS_MAX];
	u32 i, k;

	mutex_lock(&d->control);
	nax_adapter_hw_stats(d->adapter, v);
	mutex_unlock(&d->control);
	for (k = 0; k < n; k++)
		for (i = 0; i < caps->n_stats; i++)
			if (caps->stats[i].id == ids[k])
				*to[k] = *to[k] == ETHTOOL_STAT_NOT_SET ? v[i] : *to[k] + v[i];
}

void nax_get_pause_stats(struct net_device *dev, struct ethtool_pause_stats *stats)
{
	/* IEEE 802.3 counts pause frames of any length, the ones that end a pause too. */
	static const u8 ids[] = {
		NAX_STAT_TX_PAUSE, NAX_STAT_TX_PAUSE_END, NAX_STAT_RX_PAUSE, NAX_STAT_RX_PAUSE_END,
	};
	u64 *const to[] = {
		&stats->tx_pause_frames, &stats->tx_pause_frames,
		&stats->rx_pause_frames, &stats->rx_pause_frames,
	};

	nax_standard(nax_netdev_device(dev), ids, to, ARRAY_SIZE(ids));
}

void nax_get_eth_mac_stats(struct net_device *dev, struct ethtool_eth_mac_stats *stats)
{
	static const u8 ids[] = {
		NAX_STAT_TX_PACKETS, NAX_STAT_RX_PACKETS, NAX_STAT_TX_BYTES, NAX_STAT_RX_BYTES,
		NAX_STAT_RX_CRC, NAX_STAT_TX_MULTICAST, NAX_STAT_TX_BROADCAST,
		NAX_STAT_RX_MULTICAST, NAX_STAT_RX_BROADCAST, NAX_STAT_RX_LENGTH,
		NAX_STAT_RX_OVERSIZE,
	};
	u64 *const to[] = {
		&stats->FramesTransmittedOK, &stats->FramesReceivedOK, &stats->OctetsTransmittedOK,
		&stats->OctetsReceivedOK, &stats->FrameCheckSequenceErrors,
		&stats->MulticastFramesXmittedOK, &stats->BroadcastFramesXmittedOK,
		&stats->MulticastFramesReceivedOK, &stats->BroadcastFramesReceivedOK,
		&stats->InRangeLengthErrors, &stats->FrameTooLongErrors,
	};

	BUILD_BUG_ON(ARRAY_SIZE(ids) != ARRAY_SIZE(to));
	nax_standard(nax_netdev_device(dev), ids, to, ARRAY_SIZE(ids));
}

void nax_get_rmon_stats(struct net_device *dev, struct ethtool_rmon_stats *stats,
			const struct ethtool_rmon_hist_range **ranges)
{
	static const struct ethtool_rmon_hist_range sizes[] = {
		{ 0, 64 }, { 65, 127 }, { 128, 255 }, { 256, 511 }, { 512, 1023 },
		{ 1024, 9728 }, {}
	};
	static const u8 ids[] = {
		NAX_STAT_RX_UNDERSIZE, NAX_STAT_RX_OVERSIZE, NAX_STAT_RX_FRAGMENTS,
		NAX_STAT_RX_JABBER,
		NAX_STAT_RX_64, NAX_STAT_RX_65_127, NAX_STAT_RX_128_255, NAX_STAT_RX_256_511,
		NAX_STAT_RX_512_1023, NAX_STAT_RX_1024_MAX,
		NAX_STAT_TX_64, NAX_STAT_TX_65_127, NAX_STAT_TX_128_255, NAX_STAT_TX_256_511,
		NAX_STAT_TX_512_1023, NAX_STAT_TX_1024_MAX,
	};
	u64 *const to[] = {
		&stats->undersize_pkts, &stats->oversize_pkts, &stats->fragments, &stats->jabbers,
		&stats->hist[0], &stats->hist[1], &stats->hist[2], &stats->hist[3],
		&stats->hist[4], &stats->hist[5],
		&stats->hist_tx[0], &stats->hist_tx[1], &stats->hist_tx[2], &stats->hist_tx[3],
		&stats->hist_tx[4], &stats->hist_tx[5],
	};

	BUILD_BUG_ON(ARRAY_SIZE(ids) != ARRAY_SIZE(to));
	*ranges = sizes;
	nax_standard(nax_netdev_device(dev), ids, to, ARRAY_SIZE(ids));
}
