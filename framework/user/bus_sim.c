// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The in-process bus: every access is a call of struct nax_sim_ops. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bus.h"
#include "user.h"

struct sim_bus {
	struct nax_bus bus;
	const struct nax_sim_ops *ops;
	void *dev;
	u32 n_vectors;
};

static struct sim_bus *to_sim(struct nax_bus *bus)
{
	return container_of(bus, struct sim_bus, bus);
}

static void sim_close(struct nax_bus *bus)
{
	free(to_sim(bus));
}

static u64 sim_region_size(struct nax_bus *bus, u32 region)
{
	struct sim_bus *s = to_sim(bus);

	return s->ops->region_size(s->dev, region);
}

static int sim_region_read(struct nax_bus *bus, u32 region, u64 offset, void *data, u32 len)
{
	struct sim_bus *s = to_sim(bus);

	return s->ops->region_read(s->dev, region, offset, data, len);
}

static int sim_region_write(struct nax_bus *bus, u32 region, u64 offset, const void *data, u32 len)
{
	struct sim_bus *s = to_sim(bus);

	return s->ops->region_write(s->dev, region, offset, data, len);
}

static volatile u8 *sim_region_map(struct nax_bus *bus, u32 region)
{
	struct sim_bus *s = to_sim(bus);

	return s->ops->region_map ? s->ops->region_map(s->dev, region) : NULL;
}

static int sim_dma_map(struct nax_bus *bus, u64 iova, u64 size, int fd, u64 offset, void *va)
{
	struct sim_bus *s = to_sim(bus);

	return s->ops->dma_map(s->dev, iova, size, va);
}

static int sim_dma_unmap(struct nax_bus *bus, u64 iova, u64 size)
{
	struct sim_bus *s = to_sim(bus);

	return s->ops->dma_unmap(s->dev, iova, size);
}

static void sim_irq(void *ctx, unsigned int vector)
{
	struct sim_bus *s = ctx;

	if (vector < s->n_vectors && s->bus.irq)
		s->bus.irq(s->bus.ctx, vector);
}

static void sim_vectors_disable(struct nax_bus *bus)
{
	struct sim_bus *s = to_sim(bus);

	while (s->n_vectors)
		s->ops->set_irq(s->dev, --s->n_vectors, NULL, NULL);
}

static int sim_vectors_enable(struct nax_bus *bus, u32 n, int *fd, struct nax_error *err)
{
	struct sim_bus *s = to_sim(bus);
	u32 i;
	int rc;

	for (i = 0; i < n; i++) {
		/* counted first: a pending cause may fire at once */
		s->n_vectors = i + 1;
		fd[i] = -1;
		rc = s->ops->set_irq(s->dev, i, sim_irq, s);
		if (rc) {
			sim_vectors_disable(bus);
			return nax_error_set(err, rc, "vector %u of %u cannot be enabled: %s", i, n,
					     strerror(-rc));
		}
	}
	return 0;
}

static int sim_reset(struct nax_bus *bus)
{
	struct sim_bus *s = to_sim(bus);

	return s->ops->reset(s->dev);
}

static u64 sim_time_ns(struct nax_bus *bus)
{
	struct sim_bus *s = to_sim(bus);

	return s->ops->time_ns(s->dev);
}

static void sim_delay_us(struct nax_bus *bus, u32 us)
{
	struct sim_bus *s = to_sim(bus);

	s->ops->sleep_ns(s->dev, (u64)us * 1000u);
}

/* A device that is gone says so by all-ones in its registers. */
static const char *sim_dead(struct nax_bus *bus)
{
	return NULL;
}

static int sim_watch_fd(struct nax_bus *bus)
{
	return -1;
}

static void sim_watch(struct nax_bus *bus)
{
}

static const struct nax_bus_ops sim_ops = {
	.own_time = true,
	.close = sim_close,
	.region_size = sim_region_size,
	.region_read = sim_region_read,
	.region_write = sim_region_write,
	.region_map = sim_region_map,
	.dma_map = sim_dma_map,
	.dma_unmap = sim_dma_unmap,
	.vectors_enable = sim_vectors_enable,
	.vectors_disable = sim_vectors_disable,
	.reset = sim_reset,
	.time_ns = sim_time_ns,
	.delay_us = sim_delay_us,
	.dead = sim_dead,
	.watch_fd = sim_watch_fd,
	.watch = sim_watch,
};

int nax_bus_sim_open(const struct nax_sim_ops *ops, void *dev, struct nax_bus **bus,
		     struct nax_error *err)
{
	struct sim_bus *s;

	if (!ops || !ops->region_size || !ops->region_read || !ops->region_write ||
	    !ops->dma_map || !ops->dma_unmap || !ops->set_irq || !ops->reset || !ops->time_ns ||
	    !ops->sleep_ns)
		return nax_error_set(err, -EINVAL, "a function of struct nax_sim_ops is missing");
	s = calloc(1, sizeof(*s));
	if (!s)
		return nax_error_set(err, -ENOMEM, "no memory for the bus");
	s->bus.ops = &sim_ops;
	s->ops = ops;
	s->dev = dev;
	*bus = &s->bus;
	return 0;
}
