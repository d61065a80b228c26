// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive queues that the kernel restarts one by one, with memory that is there before they stop.
 *
 * A queue runs on until ndo_queue_start() has what it shall start with: so it rests for as long
 * as old and new trade places, and a start that is refused has stopped nothing. What it had before
 * goes there, too, while its NAPI rests.
 */
#include "../linux.h"

#ifdef NAX_HAVE_QUEUE_MGMT
#include <net/netdev_queues.h>

#ifdef NAX_HAVE_QUEUE_MGMT_CONFIG
#define NAX_QUEUE_CONFIG	struct netdev_queue_config *config,
#else
#define NAX_QUEUE_CONFIG
#endif

/** struct nax_queue_mem - what the kernel keeps for us; @spare is NULL for memory in use */
struct nax_queue_mem {
	struct nax_queue *spare;
};

static int nax_queue_mem_alloc(struct net_device *dev, NAX_QUEUE_CONFIG void *mem, int index)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_queue_mem *m = mem;
	struct nax_error err;
	int ret;

	mutex_lock(&d->control);
	ret = nax_adapter_spare_make(d->adapter, &d->config, true, index, &m->spare, &err);
	mutex_unlock(&d->control);
	if (ret)
		netdev_err(dev, "%s\n", err.text);
	return ret;
}

static void nax_queue_mem_free(struct net_device *dev, void *mem)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_queue_mem *m = mem;

	mutex_lock(&d->control);
	nax_adapter_spare_free(d->adapter, m->spare);
	mutex_unlock(&d->control);
	m->spare = NULL;
}

static int nax_queue_mgmt_start(struct net_device *dev, NAX_QUEUE_CONFIG void *mem, int index)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_queue_mem *m = mem;
	int ret = 0;

	mutex_lock(&d->control);
	/* Before 6.15 closed ones were started, too. Without a spare: with what it has still. */
	if (!test_bit(NAX_DEV_OPEN, &d->flags))
		nax_adapter_spare_free(d->adapter, m->spare);
	else if (m->spare)
		ret = nax_adapter_queue_restart(d->adapter, true, index, m->spare);
	if (!ret)
		m->spare = NULL;
	mutex_unlock(&d->control);
	return ret;
}

/* Nothing yet: see above. */
static int nax_queue_mgmt_stop(struct net_device *dev, void *mem, int index)
{
	return 0;
}

static const struct netdev_queue_mgmt_ops nax_queue_mgmt_ops = {
	.ndo_queue_mem_size = sizeof(struct nax_queue_mem),
	.ndo_queue_mem_alloc = nax_queue_mem_alloc,
	.ndo_queue_mem_free = nax_queue_mem_free,
	.ndo_queue_start = nax_queue_mgmt_start,
	.ndo_queue_stop = nax_queue_mgmt_stop,
};

void nax_compat_set_queue_mgmt(struct net_device *dev)
{
	dev->queue_mgmt_ops = &nax_queue_mgmt_ops;
}
#endif
