// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Opening and closing a port: bus, ids, driver, memory, adapter, service; and back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "answer.h"
#include "poll_context.h"
#include "port.h"

#define VERIFY_MAX	2

/* Offsets in configuration space, PCI Local Bus 3.0 section 6.1. */
#define CONFIG_VENDOR		0x00
#define CONFIG_DEVICE		0x02
#define CONFIG_REVISION		0x08
#define CONFIG_SUBVENDOR	0x2c
#define CONFIG_SUBDEVICE	0x2e

static struct nax_port *port_of_mem(struct nax_mem_client *c)
{
	return container_of(c, struct nax_port, mem);
}

static int port_map(struct nax_mem_client *c, u64 iova, u64 size, int fd, u64 offset, void *va)
{
	struct nax_bus *bus = port_of_mem(c)->bus;

	return bus->ops->dma_map(bus, iova, size, fd, offset, va);
}

static void port_unmap(struct nax_mem_client *c, u64 iova, u64 size)
{
	struct nax_port *port = port_of_mem(c);
	int rc = port->bus->ops->dma_unmap(port->bus, iova, size);

	if (rc < 0 && rc != -ENODEV)
		nax_user_logf(NAX_LOG_WARN, port->name, "memory at 0x%llx cannot be unmapped: %s",
			      iova, strerror(-rc));
}

static void port_irq(void *ctx, u32 vector)
{
	struct nax_port *port = ctx;

	nax_adapter_irq(port->adapter, vector);
}

static void port_died(void *ctx)
{
	nax_service_kick(ctx);
}

static int read_ids(struct nax_bus *bus, struct nax_adapter *a, struct nax_error *err)
{
	static const struct {
		u32 offset;
		u32 size;
	} ids[] = {
		{ CONFIG_VENDOR, 2 }, { CONFIG_DEVICE, 2 }, { CONFIG_SUBVENDOR, 2 },
		{ CONFIG_SUBDEVICE, 2 }, { CONFIG_REVISION, 1 },
	};
	u32 value[ARRAY_SIZE(ids)];
	size_t i;
	int rc;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		rc = nax_bus_config_read(bus, ids[i].offset, ids[i].size, &value[i]);
		if (rc)
			return nax_error_set(err, rc,
					     "configuration space at 0x%x cannot be read: %s",
					     ids[i].offset, strerror(-rc));
	}
	a->vendor = (u16)value[0];
	a->device = (u16)value[1];
	a->subvendor = (u16)value[2];
	a->subdevice = (u16)value[3];
	a->revision = (u8)value[4];
	if (a->vendor == 0xffff)
		return nax_error_set(err, -ENODEV,
				     "vendor id reads 0xffff: the device does not answer");
	return 0;
}

static int find_driver(struct nax_port *port, const struct nax_driver **drv, struct nax_error *err)
{
	struct nax_adapter *a = port->adapter;
	u64 size;

	*drv = nax_driver_find(a->vendor, a->device, &port->id);
	if (!*drv)
		return nax_error_set(err, -ENOTSUP, "no driver knows device %04x:%04x", a->vendor,
				     a->device);
	size = port->bus->ops->region_size(port->bus, 0);
	if (size < (*drv)->bar_size_min || size > UINT32_MAX)
		return nax_error_set(err, -EINVAL,
				     "BAR 0 of %04x:%04x has %llu bytes: driver %s needs %u",
				     a->vendor, a->device, size, (*drv)->name,
				     (*drv)->bar_size_min);
	a->bar_size = (u32)size;
	return 0;
}

static int check_dma(const struct nax_port *port, struct nax_error *err)
{
	u32 bits = port->adapter->caps.dma_bits;

	if (bits >= NAX_MEM_BITS)
		return 0;
	return nax_error_set(err, -EINVAL, "dma_bits is %u: bus addresses here need %u", bits,
			     NAX_MEM_BITS);
}

/* All of a port that does not depend on its device. */
static struct nax_port *port_alloc(const char *name, struct nax_bus *bus, struct nax_error *err)
{
	static u32 last_index;
	struct nax_port *port = calloc(1, sizeof(*port));

	if (!port) {
		nax_error_set(err, -ENOMEM, "no memory for a port");
		return NULL;
	}
	snprintf(port->name, sizeof(port->name), "%s", name);
	port->index = __atomic_add_fetch(&last_index, 1, __ATOMIC_RELAXED);
	port->bus = bus;
	port->mem.map = port_map;
	port->mem.unmap = port_unmap;
	port->kick = -1;
	if (nax_events_init(&port->events, err))
		goto fail;
	if (!bus->ops->own_time) {
		port->kick = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (port->kick < 0) {
			nax_error_set(err, -errno, "eventfd for service: %s", strerror(errno));
			goto fail_events;
		}
	}
	pthread_mutex_init(&port->lock, NULL);
	pthread_mutex_init(&port->wake, NULL);
	return port;
fail_events:
	nax_events_destroy(&port->events);
fail:
	free(port);
	return NULL;
}

static void port_free(struct nax_port *port)
{
	pthread_mutex_destroy(&port->lock);
	pthread_mutex_destroy(&port->wake);
	if (port->kick >= 0)
		close(port->kick);
	nax_events_destroy(&port->events);
	free(port);
}

/* @bus is the port's from now on, also on failure. */
static int port_open(const char *name, struct nax_bus *bus, unsigned int verify,
		     struct nax_port **result, struct nax_error *err)
{
	const struct nax_driver *drv;
	struct nax_port *port;
	int rc = -ENOMEM;

	port = port_alloc(name, bus, err);
	if (!port)
		goto fail_bus;
	port->adapter = nax_adapter_create(&nax_user_backend, port, verify);
	if (!port->adapter) {
		nax_error_set(err, rc, "no memory for an adapter");
		goto fail_port;
	}
	rc = read_ids(bus, port->adapter, err);
	if (!rc)
		rc = find_driver(port, &drv, err);
	if (!rc)
		rc = nax_variant_choose(drv->name, &port->vectors, err);
	if (rc)
		goto fail_adapter;
	/* The verifier looks at every access, so there are no direct ones with it. */
	port->adapter->bar = verify ? NULL : bus->ops->region_map(bus, 0);
	bus->ctx = port;
	bus->irq = port_irq;
	bus->died = port_died;
	rc = nax_mem_attach(&port->mem, err);
	if (rc)
		goto fail_adapter;
	rc = nax_adapter_attach(port->adapter, drv, err);
	if (rc)
		goto fail_mem;
	rc = check_dma(port, err);
	if (!rc && !bus->ops->own_time)
		rc = nax_service_start(port, err);
	if (rc)
		goto fail_attach;
	*result = port;
	return 0;

fail_attach:
	nax_adapter_detach(port->adapter);
fail_mem:
	nax_mem_detach(&port->mem);
fail_adapter:
	nax_adapter_destroy(port->adapter);
fail_port:
	port_free(port);
fail_bus:
	bus->ops->close(bus);
	return rc;
}

static int check_verify(unsigned int verify, struct nax_error *err)
{
	if (verify <= VERIFY_MAX)
		return 0;
	return nax_error_set(err, -EINVAL, "verify is %u: must be 0 to %u", verify, VERIFY_MAX);
}

int nax_port_open(const char *name, unsigned int verify, struct nax_port **port,
		  struct nax_error *err)
{
	struct nax_bus *bus;
	int rc;

	*port = NULL;
	if (nax_poll_self())
		return nax_error_set(err, -EDEADLK, "nax_port_open() was called in a handler");
	rc = check_verify(verify, err);
	if (!rc && strlen(name) >= sizeof((*port)->name))
		rc = nax_error_set(err, -ENAMETOOLONG, "device name has %zu bytes: the limit is %zu",
				   strlen(name), sizeof((*port)->name) - 1);
	if (!rc)
		rc = nax_bus_open(name, &bus, err);
	return rc ? rc : port_open(name, bus, verify, port, err);
}

int nax_port_open_sim(const struct nax_sim_ops *ops, void *dev, unsigned int verify,
		      struct nax_port **port, struct nax_error *err)
{
	struct nax_bus *bus;
	int rc;

	*port = NULL;
	if (nax_poll_self())
		return nax_error_set(err, -EDEADLK, "nax_port_open_sim() was called in a handler");
	rc = check_verify(verify, err);
	if (!rc)
		rc = nax_bus_sim_open(ops, dev, &bus, err);
	return rc ? rc : port_open("sim", bus, verify, port, err);
}

static void leave_polls(struct nax_port *port)
{
	enum nax_side side;
	u32 queue;

	while (nax_port_in_poll(port, &side, &queue)) {
		nax_user_logf(NAX_LOG_ERR, port->name,
			      "%s queue %u is in a poll context while the port is closed",
			      side == NAX_SIDE_RX ? "rx" : "tx", queue);
		nax_poll_remove(nax_port_poll(port, side, queue), port);
	}
}

void nax_port_close(struct nax_port *port)
{
	if (!port)
		return;
	if (nax_poll_self()) {
		nax_user_log(NAX_LOG_ERR, port->name, "nax_port_close() was called in a handler");
		return;
	}
	nax_serve_forget(port);
	leave_polls(port);
	nax_service_stop(port);
	nax_adapter_detach(port->adapter);
	nax_mem_detach(&port->mem);
	nax_adapter_destroy(port->adapter);
	port->bus->ops->close(port->bus);
	port_free(port);
}
