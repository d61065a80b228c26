// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netdevice.h>

void test(struct net_device *dev, struct napi_struct *napi);
void test(struct net_device *dev, struct napi_struct *napi)
{
	netif_napi_add_config(dev, napi, NULL, 0);
}
