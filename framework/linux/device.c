// SPDX-License-Identifier: GPL-2.0-only
/* PCI functions: from probe to remove. */
#include <linux/dma-mapping.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "linux.h"

static unsigned int verify;
module_param(verify, uint, 0444);
MODULE_PARM_DESC(verify, "Verifier of drivers: 0 off (default), 1 counters and order, 2 snapshots and poison");

/**
 * struct nax_linux_driver - a driver and what the PCI core knows of it
 * @pci: for the PCI core
 * @drv: the driver
 * @ids: its devices, bound by driver_override alone
 */
struct nax_linux_driver {
	struct pci_driver pci;
	const struct nax_driver *drv;
	struct pci_device_id ids[];
};

#define NAX_SERVICE_TICK	(HZ / 10)

/*
 * Resets take milliseconds, and wait for other resets: not for the workqueues of everybody. And
 * who has joined a group expects its frames from then on: at once.
 */
static struct workqueue_struct *nax_workqueue;

void nax_service_soon(struct nax_device *d)
{
	if (!test_bit(NAX_DEV_NO_SERVICE, &d->flags))
		mod_delayed_work(nax_workqueue, &d->service, 0);
}

static void nax_service_work(struct work_struct *work)
{
	struct nax_device *d = container_of(to_delayed_work(work), struct nax_device, service);
	bool up;

	nax_control_lock(d);
	if (test_bit(NAX_DEV_FILTER, &d->flags))
		nax_filter_apply(d);
	nax_adapter_service(d->adapter);
	nax_netdev_carrier(d);
	up = d->adapter->state == NAX_STATE_UP;
	nax_control_unlock(d);
	if (test_bit(NAX_DEV_NO_SERVICE, &d->flags))
		return;
	nax_health_report(d);
	if (up)
		queue_delayed_work(nax_workqueue, &d->service, NAX_SERVICE_TICK);
}

static int nax_map(struct nax_device *d, struct nax_error *err)
{
	struct pci_dev *pdev = d->pdev;
	int ret;

	ret = pci_enable_device_mem(pdev);
	if (ret)
		return nax_error_set(err, ret, "memory decoding cannot be enabled: %d", ret);
	ret = pci_request_mem_regions(pdev, d->driver->name);
	if (ret) {
		nax_error_set(err, ret, "register space is in use by another driver: %d", ret);
		goto disable;
	}
	d->bar = pci_ioremap_bar(pdev, 0);
	if (!d->bar) {
		ret = nax_error_set(err, -ENOMEM, "BAR 0 cannot be mapped");
		goto release;
	}
	return 0;

release:
	pci_release_mem_regions(pdev);
disable:
	pci_disable_device(pdev);
	return ret;
}

static void nax_unmap(struct nax_device *d)
{
	iounmap(d->bar);
	pci_release_mem_regions(d->pdev);
	pci_disable_device(d->pdev);
}

static void nax_identify(struct nax_device *d)
{
	struct nax_adapter *a = d->adapter;

	a->vendor = d->pdev->vendor;
	a->device = d->pdev->device;
	a->subvendor = d->pdev->subsystem_vendor;
	a->subdevice = d->pdev->subsystem_device;
	a->revision = d->pdev->revision;
	a->bar_size = pci_resource_len(d->pdev, 0);
	/* The verifier looks at each access, so none may pass it by. */
	a->bar = verify ? NULL : (volatile u8 __force *)d->bar;
}

/* The slow path ends, whoever asks for it. */
static void nax_quiesce(struct nax_device *d)
{
	set_bit(NAX_DEV_NO_SERVICE, &d->flags);
	cancel_delayed_work_sync(&d->service);
}

static int nax_attach(struct nax_device *d, struct nax_error *err)
{
	int ret;

	nax_identify(d);
	mutex_lock(&d->control);
	ret = nax_adapter_attach(d->adapter, d->driver, err);
	mutex_unlock(&d->control);
	if (ret)
		return ret;
	/* A bus master it is since the driver reset it; now the PCI core knows, too. */
	pci_set_master(d->pdev);
	/* For a bus error, after which it is restored. */
	pci_save_state(d->pdev);
	ret = dma_set_mask_and_coherent(&d->pdev->dev, DMA_BIT_MASK(d->adapter->caps.dma_bits));
	if (ret)
		return nax_error_set(err, ret, "no DMA with %u address bits: %d",
				     d->adapter->caps.dma_bits, ret);
	ret = nax_vectors_alloc(d, err);
	if (ret)
		return ret;
	ret = nax_netdev_alloc(d, err);
	if (ret)
		goto vectors;
	ret = nax_devlink_register(d, err);
	if (ret)
		goto free;
	nax_ptp_register(d);
	clear_bit(NAX_DEV_NO_SERVICE, &d->flags);
	ret = nax_netdev_register(d, err);
	if (ret)
		goto unregister;
	return 0;

unregister:
	nax_ptp_unregister(d);
	nax_quiesce(d);
	nax_devlink_unregister(d);
free:
	nax_netdev_free(d);
vectors:
	nax_vectors_free(d);
	return ret;
}

static int nax_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct nax_linux_driver *handle = container_of(pdev->driver, struct nax_linux_driver, pci);
	struct nax_error err = { 0 };
	struct nax_device *d;
	int ret;

	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	d->pdev = pdev;
	d->driver = handle->drv;
	set_bit(NAX_DEV_NO_SERVICE, &d->flags);
	mutex_init(&d->control);
	INIT_DELAYED_WORK(&d->service, nax_service_work);
	ret = nax_map(d, &err);
	if (ret)
		goto free;
	d->adapter = nax_adapter_create(&nax_linux_backend, d, verify);
	if (!d->adapter) {
		ret = nax_error_set(&err, -ENOMEM, "no memory for an adapter");
		goto unmap;
	}
	pci_set_drvdata(pdev, d);
	ret = nax_attach(d, &err);
	if (ret)
		goto destroy;
	return 0;

destroy:
	pci_set_drvdata(pdev, NULL);
	nax_quiesce(d);
	nax_adapter_destroy(d->adapter);
unmap:
	nax_unmap(d);
free:
	dev_err(&pdev->dev, "%s\n", err.text);
	kfree(d);
	return ret;
}

static void nax_remove(struct pci_dev *pdev)
{
	struct nax_device *d = pci_get_drvdata(pdev);

	nax_quiesce(d);
	nax_devlink_unregister(d);
	unregister_netdev(d->net);
	/* What was about to ask for service when it ended. */
	cancel_delayed_work_sync(&d->service);
	nax_ptp_unregister(d);
	nax_netdev_free(d);
	nax_vectors_free(d);
	nax_adapter_destroy(d->adapter);
	nax_unmap(d);
	kfree(d);
}

struct nax_linux_driver *nax_linux_register(const struct nax_driver *drv, struct module *owner)
{
	struct nax_linux_driver *handle;
	u32 n = 0, i;
	int ret;

	while (drv->ids[n].vendor)
		n++;
	handle = kzalloc(struct_size(handle, ids, n + 1), GFP_KERNEL);
	if (!handle)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < n; i++) {
		handle->ids[i].vendor = drv->ids[i].vendor;
		handle->ids[i].device = drv->ids[i].device;
		handle->ids[i].subvendor = PCI_ANY_ID;
		handle->ids[i].subdevice = PCI_ANY_ID;
		handle->ids[i].override_only = 1;
	}
	handle->drv = drv;
	handle->pci.name = module_name(owner);
	handle->pci.id_table = handle->ids;
	handle->pci.probe = nax_probe;
	handle->pci.remove = nax_remove;
	handle->pci.shutdown = nax_shutdown;
	handle->pci.driver.pm = pm_sleep_ptr(&nax_pm_ops);
	handle->pci.err_handler = &nax_error_handlers;
	ret = __pci_register_driver(&handle->pci, owner, module_name(owner));
	if (ret) {
		kfree(handle);
		return ERR_PTR(ret);
	}
	return handle;
}
EXPORT_SYMBOL_GPL(nax_linux_register);

void nax_linux_unregister(struct nax_linux_driver *handle)
{
	pci_unregister_driver(&handle->pci);
	kfree(handle);
}
EXPORT_SYMBOL_GPL(nax_linux_unregister);

static int __init nax_init(void)
{
	int ret;

	nax_workqueue = alloc_workqueue("nax", WQ_UNBOUND | WQ_HIGHPRI, 0);
	if (!nax_workqueue)
		return -ENOMEM;
	ret = nax_netlink_register();
	if (ret)
		destroy_workqueue(nax_workqueue);
	return ret;
}
module_init(nax_init);

static void __exit nax_exit(void)
{
	nax_netlink_unregister();
	destroy_workqueue(nax_workqueue);
}
module_exit(nax_exit);

MODULE_DESCRIPTION("nax: framework for network adapters");
MODULE_AUTHOR("The nax authors");
MODULE_VERSION(NAX_VERSION);
MODULE_LICENSE("GPL");
