// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netdevice.h>
#include <net/page_pool/types.h>

void test(struct page_pool_params *p);
void test(struct page_pool_params *p)
{
	p->queue_idx = 1;
}
