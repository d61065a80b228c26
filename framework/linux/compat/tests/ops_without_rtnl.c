// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ethtool.h>

const struct ethtool_ops test = {
	.op_needs_rtnl = ETHTOOL_OP_NEEDS_RTNL_GLINK | ETHTOOL_OP_NEEDS_RTNL_SCHANNELS,
};
