// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device leaves and comes back: suspend, function-level reset by others, bus errors, shutdown.
 *
 *	nax_leave()    net_device detached, device quiet, queues and all state kept
 *	nax_return()   all state given to the device again, net_device attached
 *
 * Between the two no operation of the network reaches the driver, and a device that cannot be
 * reached is not touched. One that does not come back is gone: its net_device is attached all the
 * same, without carrier, so that it can be asked why.
 */
#include <linux/pm.h>
#include <linux/rtnetlink.h>

#include "linux.h"

/* @why NULL: registers can be reached; else what is in the way. */
static void nax_leave(struct nax_device *d, const char *why)
{
	rtnl_lock();
	netif_device_detach(d->net);
	nax_control_lock(d);
	if (why)
		nax_adapter_cut_off(d->adapter, why);
	else
		nax_adapter_suspend(d->adapter);
	nax_netdev_carrier(d);
	nax_control_unlock(d);
	rtnl_unlock();
}

/* @after names what is over, for the log. */
static void nax_return(struct nax_device *d, const char *after)
{
	struct nax_error err;
	int ret;

	/* For the next bus error: restoring has used up what was saved. */
	pci_save_state(d->pdev);
	rtnl_lock();
	nax_control_lock(d);
	ret = nax_adapter_resume(d->adapter, &err);
	/* The network may have changed it meanwhile. */
	nax_filter_apply(d);
	nax_control_unlock(d);
	if (ret)
		netdev_err(d->net, "does not work after %s: %s\n", after, err.text);
	netif_device_attach(d->net);
	rtnl_unlock();
	nax_service_soon(d);
}

static int nax_pm_suspend(struct device *dev)
{
	nax_leave(dev_get_drvdata(dev), NULL);
	nax_ptp_sleep(dev_get_drvdata(dev));
	return 0;
}

static int nax_pm_resume(struct device *dev)
{
	nax_return(dev_get_drvdata(dev), "suspend");
	nax_ptp_wake(dev_get_drvdata(dev));
	return 0;
}

const struct dev_pm_ops nax_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(nax_pm_suspend, nax_pm_resume)
};

/** nax_shutdown() - the machine goes down, or another kernel takes over: no DMA from now on. */
void nax_shutdown(struct pci_dev *pdev)
{
	struct nax_device *d = pci_get_drvdata(pdev);

	set_bit(NAX_DEV_NO_SERVICE, &d->flags);
	nax_leave(d, NULL);
	cancel_delayed_work_sync(&d->service);
	pci_disable_device(pdev);
	if (system_state == SYSTEM_POWER_OFF)
		pci_set_power_state(pdev, PCI_D3hot);
}

/* The device, which nax_leave() was called for, does not come back. */
static void nax_stay_away(struct nax_device *d, const char *why)
{
	rtnl_lock();
	nax_control_lock(d);
	nax_adapter_give_up(d->adapter, why);
	nax_control_unlock(d);
	netif_device_attach(d->net);
	rtnl_unlock();
}

static void nax_lose(struct nax_device *d, const char *why)
{
	nax_leave(d, why);
	nax_stay_away(d, why);
}

static pci_ers_result_t nax_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct nax_device *d = pci_get_drvdata(pdev);

	switch (state) {
	case pci_channel_io_perm_failure:
		nax_lose(d, "PCI bus error that is for good");
		return PCI_ERS_RESULT_DISCONNECT;
	case pci_channel_io_frozen:
		nax_leave(d, "PCI bus error: the link is reset");
		break;
	default:
		nax_leave(d, NULL);
		break;
	}
	return PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t nax_slot_reset(struct pci_dev *pdev)
{
	pci_restore_state(pdev);
	if (pci_device_is_present(pdev))
		return PCI_ERS_RESULT_RECOVERED;
	/* Not all kernels say afterwards that this was for good. */
	nax_stay_away(pci_get_drvdata(pdev), "not there after a reset of its slot");
	return PCI_ERS_RESULT_DISCONNECT;
}

static void nax_error_resume(struct pci_dev *pdev)
{
	nax_return(pci_get_drvdata(pdev), "a PCI bus error");
}

static void nax_reset_prepare(struct pci_dev *pdev)
{
	nax_leave(pci_get_drvdata(pdev), NULL);
}

static void nax_reset_done(struct pci_dev *pdev)
{
	nax_return(pci_get_drvdata(pdev), "a reset");
}

const struct pci_error_handlers nax_error_handlers = {
	.error_detected = nax_error_detected,
	.slot_reset = nax_slot_reset,
	.resume = nax_error_resume,
	.reset_prepare = nax_reset_prepare,
	.reset_done = nax_reset_done,
};
