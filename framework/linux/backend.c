// SPDX-License-Identifier: GPL-2.0-only
/* The operating system as the core needs it: struct nax_backend_ops over the kernel. */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "linux.h"

static u32 linux_reg_read(struct nax_adapter *a, u32 reg)
{
	return readl(nax_device_of(a)->bar + reg);
}

static void linux_reg_write(struct nax_adapter *a, u32 reg, u32 value)
{
	writel(value, nax_device_of(a)->bar + reg);
}

static int linux_config_read(struct nax_adapter *a, u32 offset, u32 size, u32 *value)
{
	struct pci_dev *pdev = nax_device_of(a)->pdev;
	u16 word = 0;
	u8 byte = 0;
	int ret;

	switch (size) {
	case 1:
		ret = pci_read_config_byte(pdev, offset, &byte);
		*value = byte;
		break;
	case 2:
		ret = pci_read_config_word(pdev, offset, &word);
		*value = word;
		break;
	default:
		ret = pci_read_config_dword(pdev, offset, value);
		break;
	}
	return pcibios_err_to_errno(ret);
}

static int linux_config_write(struct nax_adapter *a, u32 offset, u32 size, u32 value)
{
	struct pci_dev *pdev = nax_device_of(a)->pdev;

	switch (size) {
	case 1:
		return pcibios_err_to_errno(pci_write_config_byte(pdev, offset, value));
	case 2:
		return pcibios_err_to_errno(pci_write_config_word(pdev, offset, value));
	default:
		return pcibios_err_to_errno(pci_write_config_dword(pdev, offset, value));
	}
}

/* Not pci_reset_function(): that calls back to power.c, which waits for the caller's lock. */
static int linux_function_reset(struct nax_adapter *a)
{
	struct pci_dev *pdev = nax_device_of(a)->pdev;
	int ret;

	pci_save_state(pdev);
	ret = pcie_reset_flr(pdev, PCI_RESET_DO_RESET);
	pci_restore_state(pdev);
	/* For a bus error: restoring has used it up. */
	pci_save_state(pdev);
	return ret;
}

static void *linux_zalloc(size_t size)
{
	return kvzalloc(size, GFP_KERNEL);
}

static void linux_free(void *p)
{
	kvfree(p);
}

/* Coherent memory is aligned to its size rounded up to pages, which is more than any ring asks. */
static void *linux_dma_alloc(struct nax_adapter *a, size_t size, size_t align, u64 *dma)
{
	dma_addr_t addr;
	void *p = dma_alloc_coherent(&nax_device_of(a)->pdev->dev, size, &addr, GFP_KERNEL);

	if (p)
		*dma = addr;
	return p;
}

static void linux_dma_free(struct nax_adapter *a, void *p, size_t size, u64 dma)
{
	dma_free_coherent(&nax_device_of(a)->pdev->dev, size, p, dma);
}

static void linux_service(struct nax_adapter *a)
{
	nax_service_soon(nax_device_of(a));
}

/* Each run of the service ends with a look at carrier and health. */
static void linux_event(struct nax_adapter *a, enum nax_event event, const struct nax_queue *q,
			const char *text)
{
	if (event != NAX_EVENT_LINK)
		nax_health_note(nax_device_of(a), q, text);
	linux_service(a);
	nax_netlink_event(nax_device_of(a), event, text);
}

static void linux_delay_us(struct nax_adapter *a, u32 us)
{
	if (us < 10)
		udelay(us);
	else
		usleep_range(us, us + us / 4 + 1);
}

static u64 linux_time_ns(struct nax_adapter *a)
{
	return ktime_get_ns();
}

static void linux_random(void *p, size_t size)
{
	get_random_bytes(p, size);
}

static void linux_log(struct nax_adapter *a, enum nax_log_level level, const char *text)
{
	static const char *const levels[] = { KERN_ERR, KERN_WARNING, KERN_INFO, KERN_DEBUG };
	struct nax_device *d = nax_device_of(a);

	if (level == NAX_LOG_DEBUG)
		dev_dbg(&d->pdev->dev, "%s\n", text);
	else if (d->net && d->net->reg_state == NETREG_REGISTERED)
		netdev_printk(levels[level], d->net, "%s\n", text);
	else
		dev_printk(levels[level], &d->pdev->dev, "%s\n", text);
}

const struct nax_backend_ops nax_linux_backend = {
	.reg_read = linux_reg_read,
	.reg_write = linux_reg_write,
	.config_read = linux_config_read,
	.config_write = linux_config_write,
	.function_reset = linux_function_reset,
	.zalloc = linux_zalloc,
	.free = linux_free,
	.dma_alloc = linux_dma_alloc,
	.dma_free = linux_dma_free,
	.buf_get = nax_linux_buf_get,
	.buf_put = nax_linux_buf_put,
	.buf_home = nax_linux_buf_home,
	.buf_addr = nax_linux_buf_addr,
	.buf_room = nax_linux_buf_room,
	.queue_make = nax_linux_queue_make,
	.queue_free = nax_linux_queue_free,
	.queue_starting = nax_linux_queue_starting,
	.queue_stopped = nax_linux_queue_stopped,
	.queue_pause = nax_linux_queue_pause,
	.queue_resume = nax_linux_queue_resume,
	.queue_wake = nax_linux_queue_wake,
	.vectors_enable = nax_linux_vectors_enable,
	.vectors_disable = nax_linux_vectors_disable,
	.service = linux_service,
	.event = linux_event,
	.delay_us = linux_delay_us,
	.time_ns = linux_time_ns,
	.random = linux_random,
	.log = linux_log,
};
