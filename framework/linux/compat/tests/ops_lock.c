// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netdevice.h>
#include <net/netdev_lock.h>

int test(struct napi_struct *napi);
int test(struct napi_struct *napi)
{
	napi_disable_locked(napi);
	netif_napi_set_irq_locked(napi, -1);
	return netdev_need_ops_lock(napi->dev);
}
