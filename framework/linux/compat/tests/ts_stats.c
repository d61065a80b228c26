// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ethtool.h>

u64 test(const struct ethtool_ts_stats *stats);
u64 test(const struct ethtool_ts_stats *stats)
{
	return stats->pkts + stats->lost;
}
