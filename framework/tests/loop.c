// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The loopback NIC: its device half. */
#include <errno.h>
#include <string.h>

#include "loop_driver.h"
#include "user.h"

static char *loop_memory(struct loop *d, u64 iova, u64 len)
{
	u32 i;

	for (i = 0; i < d->n_maps; i++)
		if (iova >= d->map[i].iova && iova + len <= d->map[i].iova + d->map[i].size)
			return d->map[i].va + (iova - d->map[i].iova);
	return NULL;
}

static struct loop_desc *loop_desc(struct loop *d, const struct loop_ring *r, u32 index)
{
	u64 base = (u64)r->reg[LOOP_R_HIGH] << 32 | r->reg[LOOP_R_LOW];

	return (void *)loop_memory(d, base + index % r->reg[LOOP_R_SIZE] * sizeof(struct loop_desc),
				   sizeof(struct loop_desc));
}

static void loop_interrupt(struct loop *d, u32 vector)
{
	if (!(d->armed >> vector & 1))
		return;
	d->armed &= ~(1u << vector);
	loop_fire(d, vector);
}

static bool loop_receive(struct loop *d, struct loop_ring *rx, const struct loop_desc *from)
{
	u32 len = from->word & LOOP_LEN;
	struct loop_desc *to;
	char *src, *dst;

	if (!rx->reg[LOOP_R_ON] || rx->head == rx->reg[LOOP_R_TAIL])
		return false;
	to = loop_desc(d, rx, rx->head);
	src = loop_memory(d, from->dma, len);
	dst = to ? loop_memory(d, to->dma, len) : NULL;
	if (!src || !dst)
		return false;
	memcpy(dst, src, len);
	to->word = from->word & (LOOP_LEN | LOOP_EOP);
	to->status = LOOP_DONE;
	rx->head = (rx->head + 1) % rx->reg[LOOP_R_SIZE];
	return true;
}

static void loop_transmit(struct loop *d, u32 queue)
{
	struct loop_ring *tx = &d->ring[LOOP_QUEUES + queue];
	struct loop_ring *rx = &d->ring[queue];

	if (!tx->reg[LOOP_R_ON] || d->gone)
		return;
	while (tx->head != tx->reg[LOOP_R_TAIL]) {
		struct loop_desc *desc = loop_desc(d, tx, tx->head);

		if (!desc)
			return;
		if (loop_receive(d, rx, desc))
			d->frames++;
		else
			d->dropped++;
		desc->status = LOOP_DONE;
		tx->head = (tx->head + 1) % tx->reg[LOOP_R_SIZE];
	}
	loop_interrupt(d, queue % (LOOP_VECTORS - 1));
}

static void loop_ring_write(struct loop *d, u32 ring, u32 word, u32 value)
{
	struct loop_ring *r = &d->ring[ring];

	r->reg[word] = value;
	if (word == LOOP_R_ON)
		r->head = 0;
	if (word == LOOP_R_TAIL && ring >= LOOP_QUEUES)
		loop_transmit(d, ring - LOOP_QUEUES);
}

static void loop_reset(struct loop *d)
{
	memset(d->ring, 0, sizeof(d->ring));
	d->armed = 0;
}

static void loop_reg_write(struct loop *d, u32 reg, u32 value)
{
	if (reg == LOOP_REG_ARM && value < LOOP_VECTORS)
		d->armed |= 1u << value;
	else if (reg == LOOP_REG_RESET)
		loop_reset(d);
	else if (reg >= LOOP_RING && reg < LOOP_RING + 2 * LOOP_QUEUES * 32)
		loop_ring_write(d, (reg - LOOP_RING) / 32, reg % 32 / 4, value);
}

static u32 loop_reg_read(const struct loop *d, u32 reg)
{
	if (reg >= LOOP_RING && reg < LOOP_RING + 2 * LOOP_QUEUES * 32)
		return d->ring[(reg - LOOP_RING) / 32].reg[reg % 32 / 4];
	return reg == 0 ? LOOP_ALIVE : 0;
}

void loop_fire(struct loop *d, u32 vector)
{
	pthread_mutex_lock(&d->lock);
	if (d->irq[vector].fn && !d->gone)
		d->irq[vector].fn(d->irq[vector].ctx, vector);
	pthread_mutex_unlock(&d->lock);
}

/* ---- struct nax_sim_ops ---- */

static u64 op_region_size(void *dev, unsigned int region)
{
	struct loop *d = dev;

	return region == 0 ? d->bar_size : region == 7 ? LOOP_CONFIG : 0;
}

static int op_region_read(void *dev, unsigned int region, u64 offset, void *data, unsigned int len)
{
	struct loop *d = dev;
	u32 value;
	int rc = 0;

	pthread_mutex_lock(&d->lock);
	if (d->gone) {
		memset(data, 0xff, len);
	} else if (region == 7 && offset + len <= LOOP_CONFIG) {
		memcpy(data, d->config + offset, len);
	} else if (region == 0 && len == 4 && offset + len <= d->bar_size) {
		value = loop_reg_read(d, (u32)offset);
		memcpy(data, &value, sizeof(value));
	} else {
		rc = -EINVAL;
	}
	pthread_mutex_unlock(&d->lock);
	return rc;
}

static int op_region_write(void *dev, unsigned int region, u64 offset, const void *data,
			   unsigned int len)
{
	struct loop *d = dev;
	u32 value;
	int rc = 0;

	pthread_mutex_lock(&d->lock);
	if (region == 7 && offset + len <= LOOP_CONFIG) {
		if (!d->gone)
			memcpy(d->config + offset, data, len);
	} else if (region == 0 && len == 4 && offset + len <= d->bar_size) {
		memcpy(&value, data, sizeof(value));
		if (!d->gone)
			loop_reg_write(d, (u32)offset, value);
	} else {
		rc = -EINVAL;
	}
	pthread_mutex_unlock(&d->lock);
	return rc;
}

static int op_dma_map(void *dev, u64 iova, u64 size, void *va)
{
	struct loop *d = dev;
	int rc = 0;

	pthread_mutex_lock(&d->lock);
	if (d->n_maps == LOOP_MAPS || !d->refuse_map) {
		rc = -ENOSPC;
	} else {
		d->map[d->n_maps].iova = iova;
		d->map[d->n_maps].size = size;
		d->map[d->n_maps++].va = va;
		if (d->refuse_map > 0)
			d->refuse_map--;
	}
	pthread_mutex_unlock(&d->lock);
	return rc;
}

static int op_dma_unmap(void *dev, u64 iova, u64 size)
{
	struct loop *d = dev;
	int rc = -ENOENT;
	u32 i;

	pthread_mutex_lock(&d->lock);
	for (i = 0; i < d->n_maps; i++) {
		if (d->map[i].iova == iova && d->map[i].size == size) {
			d->map[i] = d->map[--d->n_maps];
			rc = 0;
			break;
		}
	}
	pthread_mutex_unlock(&d->lock);
	return rc;
}

static int op_set_irq(void *dev, unsigned int vector, void (*fn)(void *ctx, unsigned int vector),
		      void *ctx)
{
	struct loop *d = dev;

	if (vector >= LOOP_VECTORS)
		return -EINVAL;
	pthread_mutex_lock(&d->lock);
	d->irq[vector].fn = fn;
	d->irq[vector].ctx = ctx;
	pthread_mutex_unlock(&d->lock);
	return 0;
}

static int op_reset(void *dev)
{
	struct loop *d = dev;

	pthread_mutex_lock(&d->lock);
	loop_reset(d);
	memset(d->config + 4, 0, 2);
	d->resets++;
	pthread_mutex_unlock(&d->lock);
	return 0;
}

static u64 op_time_ns(void *dev)
{
	return nax_user_time_ns();
}

static void op_sleep_ns(void *dev, u64 ns)
{
	nax_user_sleep_us(ns / 1000 + 1);
}

const struct nax_sim_ops loop_sim_ops = {
	.region_size = op_region_size,
	.region_read = op_region_read,
	.region_write = op_region_write,
	.dma_map = op_dma_map,
	.dma_unmap = op_dma_unmap,
	.set_irq = op_set_irq,
	.reset = op_reset,
	.time_ns = op_time_ns,
	.sleep_ns = op_sleep_ns,
};

void loop_init(struct loop *d)
{
	static const u8 ids[] = { LOOP_VENDOR & 0xff, LOOP_VENDOR >> 8, LOOP_DEVICE & 0xff,
				  LOOP_DEVICE >> 8 };
	pthread_mutexattr_t attr;

	memset(d, 0, sizeof(*d));
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	pthread_mutex_init(&d->lock, &attr);
	pthread_mutexattr_destroy(&attr);
	d->bar_size = LOOP_BAR;
	d->refuse_map = -1;
	memcpy(d->config, ids, sizeof(ids));
}
