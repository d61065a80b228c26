// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ethtool.h>

int test(const struct ethtool_ops *ops);
int test(const struct ethtool_ops *ops)
{
	return !ops->get_rxfh_fields;
}
