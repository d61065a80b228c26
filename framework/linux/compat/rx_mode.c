// SPDX-License-Identifier: GPL-2.0-only
/* The receive filter where the kernel may be kept waiting for it: since 7.2. */
#include "../linux.h"

#ifdef NAX_HAVE_RX_MODE_ASYNC
/* @uc and @mc are the lists of a moment ago; those of the net_device are as good, or newer. */
int nax_compat_set_rx_mode(struct net_device *dev, struct netdev_hw_addr_list *uc,
			   struct netdev_hw_addr_list *mc)
{
	struct nax_device *d = nax_netdev_device(dev);
	int ret;

	mutex_lock(&d->control);
	ret = nax_filter_apply(d);
	mutex_unlock(&d->control);
	return ret;
}
#endif
