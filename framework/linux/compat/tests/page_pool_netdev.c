// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netdevice.h>
#include <net/page_pool/types.h>

void test(struct page_pool_params *p, struct net_device *dev);
void test(struct page_pool_params *p, struct net_device *dev)
{
	p->netdev = dev;
}
