// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * How an adapter is made, gets its driver, and loses it: what the driver says of the device is
 * checked before anything is made by it.
 */
#include "internal.h"

/* PCI configuration space, "Command" register. */
#define NAX_PCI_COMMAND		0x04u
#define NAX_PCI_COMMAND_MEMORY	0x0002u
#define NAX_PCI_COMMAND_MASTER	0x0004u
#define NAX_PCI_COMMAND_ON	(NAX_PCI_COMMAND_MEMORY | NAX_PCI_COMMAND_MASTER)

/* Memory space and bus mastering are @want. */
static int nax_pci_command(struct nax_core *c, u32 want, struct nax_error *err)
{
	const struct nax_backend_ops *ops = c->ops;
	u32 command = 0;
	int ret;

	ret = ops->config_read(&c->a, NAX_PCI_COMMAND, 2, &command);
	if (!ret && command != 0xffff && (command & NAX_PCI_COMMAND_ON) != want) {
		ret = ops->config_write(&c->a, NAX_PCI_COMMAND, 2,
					(command & ~NAX_PCI_COMMAND_ON) | want);
		if (!ret)
			ret = ops->config_read(&c->a, NAX_PCI_COMMAND, 2, &command);
	}
	if (ret)
		return nax_error_set(err, ret, "PCI command register: access failed with %d", ret);
	if (command == 0xffff) {
		nax_mark_gone(&c->a, "PCI command register reads all-ones");
		return nax_refuse_gone(c, err);
	}
	if ((command & NAX_PCI_COMMAND_ON) != want)
		return nax_error_set(err, -EIO,
				     "PCI command register is 0x%04x: 0x%04x, of 0x%04x for memory and bus master, does not stay",
				     command, want, NAX_PCI_COMMAND_ON);
	return 0;
}

int nax_pci_enable(struct nax_core *c, struct nax_error *err)
{
	return nax_pci_command(c, NAX_PCI_COMMAND_ON, err);
}

void nax_pci_disable(struct nax_core *c)
{
	u32 command;

	/* A device that is gone refuses, and needs it no more. */
	if (!c->ops->config_read(&c->a, NAX_PCI_COMMAND, 2, &command))
		c->ops->config_write(&c->a, NAX_PCI_COMMAND, 2, command & ~NAX_PCI_COMMAND_MASTER);
}

struct nax_adapter *nax_adapter_create(const struct nax_backend_ops *ops, void *backend,
				       unsigned int verify)
{
	struct nax_core *c = ops->zalloc(sizeof(*c));

	if (!c)
		return NULL;
	c->ops = ops;
	c->backend = backend;
	c->verify_level = verify;
	c->a.core = c;
	return &c->a;
}

void nax_adapter_destroy(struct nax_adapter *a)
{
	struct nax_core *c = nax_core_of(a);

	if (a->state != NAX_STATE_DETACHED)
		nax_adapter_detach(a);
	if (c->mem_blocks || c->dma_blocks || c->bufs)
		nax_err(a, "leaked: %ld memory blocks, %ld DMA blocks, %ld buffers", c->mem_blocks,
			c->dma_blocks, c->bufs);
	c->ops->free(c);
}

void *nax_adapter_backend(const struct nax_adapter *a)
{
	return nax_core_of(a)->backend;
}

static int nax_attach_check(const struct nax_adapter *a, const struct nax_driver *drv,
			    struct nax_error *err)
{
	const struct nax_pci_id *id;
	int ret;

	if (a->state != NAX_STATE_DETACHED)
		return nax_error_set(err, -EBUSY, "adapter is %s: must be detached",
				     nax_state_name(a->state));
	ret = nax_driver_check(drv, err);
	if (ret)
		return ret;
	for (id = drv->ids; id->vendor; id++)
		if (id->vendor == a->vendor && id->device == a->device)
			break;
	if (!id->vendor)
		return nax_error_set(err, -ENODEV, "PCI id %04x:%04x is none that driver %s knows",
				     a->vendor, a->device, drv->name);
	if (a->bar_size < drv->bar_size_min)
		return nax_error_set(err, -ENODEV, "BAR 0 is 0x%x bytes: driver %s needs 0x%x",
				     a->bar_size, drv->name, drv->bar_size_min);
	return 0;
}

/* Everything of an earlier driver or device is forgotten. */
static void nax_attach_clear(struct nax_core *c, const struct nax_driver *drv)
{
	struct nax_adapter *a = &c->a;

	a->driver = drv;
	a->gone = false;
	c->cut_off = false;
	c->bar = a->bar;
	a->n_rxq = 0;
	a->n_txq = 0;
	a->n_vectors = 0;
	memset(&a->caps, 0, sizeof(a->caps));
	memset(&c->config, 0, sizeof(c->config));
	memset(&c->fail, 0, sizeof(c->fail));
	memset(&c->link, 0, sizeof(c->link));
	memset(&c->gone, 0, sizeof(c->gone));
	memset(&c->hung, 0, sizeof(c->hung));
	memset(&c->recover, 0, sizeof(c->recover));
	memset(&c->rx_watch, 0, sizeof(c->rx_watch));
	memset(&c->ptp, 0, sizeof(c->ptp));
	c->ptp.seen_at = c->ops->time_ns(a);
	memset(c->hw, 0, sizeof(c->hw));
	c->pending = 0;
	c->pause_seen = 0;
	c->rss_set = false;
	c->direct.tx_post = drv->ops->tx_post;
	c->direct.tx_reap = drv->ops->tx_reap;
	c->direct.rx_reap = drv->ops->rx_reap;
	c->direct.rx_post = drv->ops->rx_post;
	if (c->ops->datapath)
		c->ops->datapath(&c->a, &c->direct);
	c->dp = &c->direct;
}

static int nax_attach_call(struct nax_core *c, struct nax_error *err)
{
	struct nax_adapter *a = &c->a;
	const struct nax_driver *drv = a->driver;
	int ret;

	if (c->ops->reg_read(a, drv->alive_reg) == 0xffffffff)
		return nax_error_set(err, -ENODEV,
				     "register 0x%05x reads all-ones: the device does not answer",
				     drv->alive_reg);
	nax_enter(c, NAX_OP_ATTACH, NULL);
	ret = drv->ops->attach(a, &a->caps);
	nax_leave(c, NAX_OP_ATTACH, NULL);
	return nax_fail_take(c, ret, "attach", err);
}

static void nax_detach_call(struct nax_core *c)
{
	nax_enter(c, NAX_OP_DETACH, NULL);
	c->a.driver->ops->detach(&c->a);
	nax_leave(c, NAX_OP_DETACH, NULL);
}

/* Tables whose size the capabilities tell. */
static int nax_attach_tables(struct nax_core *c, struct nax_error *err)
{
	struct nax_adapter *a = &c->a;
	const struct nax_caps *caps = &a->caps;

	a->rxq = nax_zalloc(c, caps->rxq_max * sizeof(*a->rxq));
	a->txq = nax_zalloc(c, caps->txq_max * sizeof(*a->txq));
	a->vector = nax_zalloc(c, caps->vectors_max * sizeof(*a->vector));
	c->kept = nax_zalloc(c, ((size_t)caps->rxq_max + caps->txq_max) * sizeof(*c->kept));
	c->recover.dump = nax_zalloc(c, sizeof(*c->recover.dump));
	if (!a->rxq || !a->txq || !a->vector || !c->kept || !c->recover.dump ||
	    nax_filter_init(c) || nax_flow_init(c))
		return nax_error_set(err, -ENOMEM, "no memory for an adapter of %u rx and %u tx queues",
				     caps->rxq_max, caps->txq_max);
	memcpy(a->mac, caps->perm_mac, sizeof(a->mac));
	nax_rss_init(c);
	/* Limits that are good one by one may still leave no configuration that works. */
	nax_config_default(a, &c->config);
	return nax_config_check(a, &c->config, err);
}

static void nax_attach_free(struct nax_core *c)
{
	struct nax_adapter *a = &c->a;

	nax_flow_free(c);
	nax_filter_free(c);
	nax_free(c, c->recover.dump);
	nax_free(c, c->kept);
	nax_free(c, a->vector);
	nax_free(c, a->txq);
	nax_free(c, a->rxq);
	c->recover.dump = NULL;
	c->recover.dumped = false;
	c->kept = NULL;
	a->vector = NULL;
	a->txq = NULL;
	a->rxq = NULL;
	if (c->verify)
		nax_verify_destroy(a);
	nax_free(c, a->priv);
	a->priv = NULL;
}

static int nax_attach_memory(struct nax_core *c, struct nax_error *err)
{
	struct nax_adapter *a = &c->a;
	int ret = 0;

	if (a->driver->priv_size) {
		a->priv = nax_zalloc(c, a->driver->priv_size);
		if (!a->priv)
			ret = -ENOMEM;
	}
	if (!ret && c->verify_level)
		ret = nax_verify_create(a, c->verify_level, &c->dp);
	return ret ? nax_error_set(err, ret, "no memory for driver %s", a->driver->name) : 0;
}

int nax_adapter_attach(struct nax_adapter *a, const struct nax_driver *drv, struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	int ret;

	ret = nax_attach_check(a, drv, err);
	if (ret)
		return ret;
	nax_attach_clear(c, drv);
	ret = nax_attach_memory(c, err);
	/*
	 * No bus master before the driver has reset the device: another kernel or driver may have
	 * left queues on, which would write into memory that is now somebody else's.
	 */
	if (!ret)
		ret = nax_pci_command(c, NAX_PCI_COMMAND_MEMORY, err);
	if (ret)
		goto free;
	ret = nax_attach_call(c, err);
	if (ret)
		goto disable;
	ret = nax_pci_enable(c, err);
	if (!ret)
		ret = nax_caps_check(drv, &a->caps, err);
	if (!ret)
		ret = nax_attach_tables(c, err);
	if (ret)
		goto detach;
	nax_set_attached(c);
	return 0;

detach:
	nax_detach_call(c);
disable:
	nax_pci_disable(c);
free:
	nax_attach_free(c);
	return ret;
}

/* Nobody finds a queue any more by the time that it is freed. */
void nax_adapter_detach(struct nax_adapter *a)
{
	struct nax_core *c = nax_core_of(a);

	if (a->state == NAX_STATE_DETACHED)
		return;
	nax_adapter_down(a);
	nax_detach_call(c);
	nax_pci_disable(c);
	nax_attach_free(c);
	nax_set_state(c, NAX_STATE_DETACHED);
}
