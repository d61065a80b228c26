// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netdevice.h>

void test(struct net_device *dev, struct napi_struct *napi);
void test(struct net_device *dev, struct napi_struct *napi)
{
	netif_napi_set_irq(napi, 1);
	netif_queue_set_napi(dev, 0, NETDEV_QUEUE_TYPE_RX, napi);
}
