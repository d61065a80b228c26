// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* See device.h. Offsets and bits: 82599 datasheet, sections 8.2.3 and 9.3. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "device.h"

#define MSIX_TABLE	64u
#define NVM_WORDS_SIZE	2u		/* EEC.SIZE: 64 << 2 words */
#define NVM_CHECKSUM	0x3fu
#define NVM_SUM		0xbabau

/** struct answer - bits of a register that the device sets and clears, whatever was written */
static const struct answer {
	uint32_t reg;
	uint32_t clear;
	uint32_t set;
} answers[] = {
	{ 0x00000, 0x04000008, 0 },		/* CTRL: RST and LNK_RST are over at once */
	{ 0x00008, 0x00080000, 0 },		/* STATUS: no request is under way */
	{ 0x02f00, 0, 0x00000008 },		/* RDRXCTL.DMAIDONE */
	{ 0x042a4, 0, 0x70000000 },		/* LINKS: up, 10 Gbit/s */
	{ 0x08d04, 0, 0x00000001 },		/* SECRXSTAT.SECRX_RDY */
	{ 0x10010, 0, 0x300 | NVM_WORDS_SIZE << 11 }, /* EEC: PRES, ARD */
	{ 0x10140, 0x00000001, 0 },		/* SWSM.SMBI: nobody has it */
};

#define EERD		0x10014u
#define EERD_DONE	0x2u

/* An NVM of zeroes with a valid checksum. */
static uint32_t nvm_read(uint32_t eerd)
{
	uint32_t word = eerd >> 2 & 0x3fff;

	return (eerd & 0xffff) | EERD_DONE | (word == NVM_CHECKSUM ? NVM_SUM << 16 : 0);
}

static uint32_t bar_read(const struct device *d, uint32_t reg)
{
	uint32_t value = engine_reg(d->bar, reg);
	size_t i;

	if (reg == EERD)
		return nvm_read(value);
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		if (answers[i].reg == reg)
			return (value & ~answers[i].clear) | answers[i].set;
	return value;
}

static const uint8_t power_on[DEVICE_CONFIG_SIZE] = {
	[0x00] = 0x86, [0x01] = 0x80,	/* Intel */
	[0x02] = 0xf9, [0x03] = 0x10,	/* 82599 CX4: a link without a module */
	[0x2c] = 0x86, [0x2d] = 0x80,
	[0x70] = 0x11,			/* MSI-X */
	[0x72] = MSIX_TABLE - 1,
};

static u64 op_region_size(void *dev, unsigned int region)
{
	return region == 0 ? ENGINE_BAR_SIZE : region == 7 ? DEVICE_CONFIG_SIZE : 0;
}

static int op_region_read(void *dev, unsigned int region, u64 offset, void *data, unsigned int len)
{
	struct device *d = dev;
	uint32_t value;

	if (region == 7 && offset + len <= DEVICE_CONFIG_SIZE) {
		memcpy(data, d->config + offset, len);
		return 0;
	}
	if (region || len != 4 || offset + len > ENGINE_BAR_SIZE)
		return -EINVAL;
	d->reads++;
	value = bar_read(d, (uint32_t)offset);
	memcpy(data, &value, len);
	return 0;
}

static bool is_doorbell(uint64_t offset)
{
	return (offset & 0x3f) == 0x18 && ((offset >= 0x1000 && offset < 0x2000) ||
					   (offset >= 0x6000 && offset < 0x8000));
}

static int op_region_write(void *dev, unsigned int region, u64 offset, const void *data,
			   unsigned int len)
{
	struct device *d = dev;
	uint32_t value;

	if (region == 7 && offset + len <= DEVICE_CONFIG_SIZE) {
		memcpy(d->config + offset, data, len);
		return 0;
	}
	if (region || len != 4 || offset + len > ENGINE_BAR_SIZE)
		return -EINVAL;
	d->writes++;
	d->doorbells += is_doorbell(offset);
	memcpy(&value, data, len);
	engine_reg_set(d->bar, (uint32_t)offset, value);
	return 0;
}

static void *op_region_map(void *dev, unsigned int region)
{
	struct device *d = dev;

	return region == 0 && d->mapped ? d->bar : NULL;
}

static int op_dma_map(void *dev, u64 iova, u64 size, void *va)
{
	return 0;
}

static int op_dma_unmap(void *dev, u64 iova, u64 size)
{
	return 0;
}

static int op_set_irq(void *dev, unsigned int vector, void (*fn)(void *ctx, unsigned int vector),
		      void *ctx)
{
	return 0;
}

static int op_reset(void *dev)
{
	return 0;
}

static u64 op_time_ns(void *dev)
{
	return ((struct device *)dev)->ns;
}

static void op_sleep_ns(void *dev, u64 ns)
{
	((struct device *)dev)->ns += ns;
}

const struct nax_sim_ops device_ops = {
	.region_size = op_region_size,
	.region_read = op_region_read,
	.region_write = op_region_write,
	.region_map = op_region_map,
	.dma_map = op_dma_map,
	.dma_unmap = op_dma_unmap,
	.set_irq = op_set_irq,
	.reset = op_reset,
	.time_ns = op_time_ns,
	.sleep_ns = op_sleep_ns,
};

bool device_init(struct device *d, bool mapped)
{
	*d = (struct device){ .mapped = mapped };
	d->bar = mmap(NULL, ENGINE_BAR_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	if (d->bar == MAP_FAILED)
		return false;
	memcpy(d->config, power_on, sizeof(d->config));
	/* RAL0 and RAH0, as loaded from the NVM */
	engine_reg_set(d->bar, 0xa200, 0x005e0002);
	engine_reg_set(d->bar, 0xa204, 0x80000110);
	return true;
}

void device_free(struct device *d)
{
	munmap(d->bar, ENGINE_BAR_SIZE);
}
