// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What a broken driver does, one kind for each load of the module: the harness must notice each.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *kind = "none";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "what to do wrong: the name of an entry of kinds[]");

static DEFINE_SPINLOCK(lock_a);
static DEFINE_SPINLOCK(lock_b);
static DEFINE_MUTEX(sleeping_lock);

static void fault_warn(void)
{
	WARN(1, "nax_faults: asked for\n");
}

static void fault_bug(void)
{
	BUG();
}

static void fault_oops(void)
{
	int *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	WRITE_ONCE(*nowhere, 1);
}

static void fault_panic(void)
{
	panic("nax_faults: asked for");
}

/* Two locks in both orders, which no single run deadlocks on. */
static void fault_lockdep(void)
{
	spin_lock(&lock_a);
	spin_lock(&lock_b);
	spin_unlock(&lock_b);
	spin_unlock(&lock_a);
	spin_lock(&lock_b);
	spin_lock(&lock_a);
	spin_unlock(&lock_a);
	spin_unlock(&lock_b);
}

/* A lock that may sleep, below one that may not; this time it is free. */
static void fault_sleep(void)
{
	spin_lock(&lock_a);
	mutex_lock(&sleeping_lock);
	mutex_unlock(&sleeping_lock);
	spin_unlock(&lock_a);
}

static void fault_kasan(void)
{
	u8 *bytes = kmalloc(64, GFP_KERNEL);
	size_t past = 64;

	if (!bytes)
		return;
	OPTIMIZER_HIDE_VAR(past);
	OPTIMIZER_HIDE_VAR(bytes);
	WRITE_ONCE(bytes[past], 1);
	kfree(bytes);
}

static void fault_ubsan(void)
{
	int bits = 40;

	OPTIMIZER_HIDE_VAR(bits);
	pr_info("nax_faults: %d\n", 1 << bits);
}

/* Sixteen: what a register or stack happens to point to is not reported. */
static void fault_leak(void)
{
	int i;

	for (i = 0; i < 16; i++)
		if (!kmalloc(1000, GFP_KERNEL))
			return;
}

/* A buffer that is unmapped with another size than it was mapped with. */
static void fault_dma(void)
{
	struct platform_device *dev = platform_device_register_simple("nax_faults", -1, NULL, 0);
	dma_addr_t address;
	void *bytes;

	if (IS_ERR(dev))
		return;
	bytes = kmalloc(1024, GFP_KERNEL);
	if (bytes && !dma_set_mask_and_coherent(&dev->dev, DMA_BIT_MASK(64))) {
		address = dma_map_single(&dev->dev, bytes, 1024, DMA_TO_DEVICE);
		if (!dma_mapping_error(&dev->dev, address))
			dma_unmap_single(&dev->dev, address, 512, DMA_TO_DEVICE);
	}
	kfree(bytes);
	platform_device_unregister(dev);
}

/* Longer than the watchdog of processors waits. */
static void fault_lockup(void)
{
	int i;

	preempt_disable();
	for (i = 0; i < 60; i++)
		mdelay(1000);
	preempt_enable();
}

static const struct {
	const char *name;
	void (*run)(void);
} kinds[] = {
	{ "bug", fault_bug }, { "dma", fault_dma }, { "kasan", fault_kasan }, { "leak", fault_leak },
	{ "lockdep", fault_lockdep }, { "lockup", fault_lockup }, { "oops", fault_oops },
	{ "panic", fault_panic }, { "sleep", fault_sleep }, { "ubsan", fault_ubsan }, { "warn", fault_warn },
};

static int __init faults_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(kind, kinds[i].name)) {
			kinds[i].run();
			return 0;
		}
	}
	pr_err("nax_faults: kind is '%s': not known\n", kind);
	return -EINVAL;
}

static void __exit faults_exit(void)
{
}

module_init(faults_init);
module_exit(faults_exit);
MODULE_DESCRIPTION("What a broken driver does");
MODULE_LICENSE("Dual BSD/GPL");
