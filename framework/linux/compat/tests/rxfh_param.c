// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ethtool.h>

int test(struct ethtool_rxfh_param *p);
int test(struct ethtool_rxfh_param *p)
{
	return p->hfunc;
}
