// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ethtool.h>

int test(struct net_device *dev, struct kernel_ethtool_ts_info *info);
int test(struct net_device *dev, struct kernel_ethtool_ts_info *info)
{
	return ethtool_op_get_ts_info(dev, info);
}
