// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The operating system as the core needs it: struct nax_backend_ops over a port. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "poll_context.h"
#include "port.h"

static struct nax_port *port_of(const struct nax_adapter *a)
{
	return nax_adapter_backend(a);
}

static u32 user_reg_read(struct nax_adapter *a, u32 reg)
{
	return nax_bus_read32(port_of(a)->bus, 0, reg);
}

static void user_reg_write(struct nax_adapter *a, u32 reg, u32 value)
{
	nax_bus_write32(port_of(a)->bus, 0, reg, value);
}

static int user_config_read(struct nax_adapter *a, u32 offset, u32 size, u32 *value)
{
	return nax_bus_config_read(port_of(a)->bus, offset, size, value);
}

static int user_config_write(struct nax_adapter *a, u32 offset, u32 size, u32 value)
{
	return nax_bus_config_write(port_of(a)->bus, offset, size, value);
}

static int user_function_reset(struct nax_adapter *a)
{
	return nax_bus_reset(port_of(a)->bus);
}

static void *user_zalloc(size_t size)
{
	return calloc(1, size);
}

static void user_free(void *p)
{
	free(p);
}

static void *user_dma_alloc(struct nax_adapter *a, size_t size, size_t align, u64 *dma)
{
	void *p = nax_mem_alloc(size, align, dma);

	if (p)
		memset(p, 0, size);
	return p;
}

static void user_dma_free(struct nax_adapter *a, void *p, size_t size, u64 dma)
{
	nax_mem_free(dma, size);
}

static int user_buf_get(struct nax_queue *q, struct nax_slot *slot)
{
	if (q->buf_len > NAX_BUF_DATA)
		return -EINVAL;	/* check_config() in port.c has refused it by name */
	return nax_buf_alloc(slot);
}

static void user_buf_put(struct nax_queue *q, struct nax_slot *slot)
{
	nax_buf_free(slot);
}

static void user_buf_home(struct nax_queue *q, struct nax_slot *slot)
{
	nax_buf_home(slot);
}

static u8 *user_buf_addr(struct nax_queue *q, const struct nax_slot *slot)
{
	return nax_slot_data(slot);
}

/* Applications set dma: where it does not lie in the slot's buffer there is no room at all. */
static u32 user_buf_room(struct nax_queue *q, const struct nax_slot *slot, u32 *after)
{
	u64 before = slot->dma - nax_buf_start(slot->buf);

	if (before > NAX_BUF_SIZE) {
		*after = 0;
		return 0;
	}
	*after = NAX_BUF_SIZE - (u32)before;
	return (u32)before;
}

static enum nax_side side_of(const struct nax_queue *q)
{
	return q->is_rx ? NAX_SIDE_RX : NAX_SIDE_TX;
}

/*
 * A handler that does not return holds the queue, and the core has no way to go on without it. An
 * administrator's operations have come to know of that before (nax_port_pause()); here it is
 * recovery that waits, and says so.
 */
static void user_queue_pause(struct nax_queue *q)
{
	struct nax_port *port = port_of(q->adapter);
	enum nax_side side = side_of(q);
	struct nax_poll *p = nax_port_poll(port, side, q->index);

	if (!p)
		return;
	while (!nax_poll_pause(p, NAX_POLL_PAUSE_NS))
		nax_user_logf(NAX_LOG_ERR, port->name,
			      "%s queue %u cannot be paused: the handler of its poll context has not returned for %llu s",
			      q->is_rx ? "rx" : "tx", q->index, NAX_POLL_PAUSE_NS / 1000000000u);
	port->pauses[side][q->index]++;
}

static void user_queue_resume(struct nax_queue *q)
{
	struct nax_port *port = port_of(q->adapter);
	enum nax_side side = side_of(q);

	/* 0: it was in no poll context when it was paused, or has left it since */
	if (!port->pauses[side][q->index])
		return;
	port->pauses[side][q->index]--;
	nax_poll_resume(nax_port_poll(port, side, q->index));
}

static void user_queue_wake(struct nax_queue *q)
{
	struct nax_port *port = port_of(q->adapter);
	struct nax_poll *p;

	pthread_mutex_lock(&port->wake);
	p = nax_port_poll(port, side_of(q), q->index);
	/* our own iteration will poll the queue anyway */
	if (p && p != nax_poll_self())
		nax_poll_wake(p);
	pthread_mutex_unlock(&port->wake);
}

static void pause_all(struct nax_port *port)
{
	struct nax_error err;

	while (nax_port_pause(port, &err))
		nax_user_logf(NAX_LOG_ERR, port->name, "vectors cannot change: %s", err.text);
}

static int user_vectors_enable(struct nax_adapter *a, u32 n)
{
	struct nax_port *port = port_of(a);
	struct nax_error err;
	int rc;

	if (n > NAX_BUS_VECTORS_MAX) {
		nax_user_logf(NAX_LOG_ERR, port->name, "%u vectors: the limit is %u", n,
			      NAX_BUS_VECTORS_MAX);
		return -ENOSPC;
	}
	pause_all(port);
	rc = port->bus->ops->vectors_enable(port->bus, n, port->vector, &err);
	if (rc)
		nax_user_log(NAX_LOG_ERR, port->name, err.text);
	else
		port->n_vectors = n;
	nax_port_resume(port);
	/* it waits for the last vector, which is another one now */
	nax_service_kick(port);
	return rc;
}

static void user_vectors_disable(struct nax_adapter *a)
{
	struct nax_port *port = port_of(a);

	pause_all(port);
	nax_port_drop_vectors(port);
	port->n_vectors = 0;
	port->bus->ops->vectors_disable(port->bus);
	nax_port_resume(port);
}

static void user_service(struct nax_adapter *a)
{
	nax_service_kick(port_of(a));
}

static const enum nax_port_event_type event_type[] = {
	[NAX_EVENT_LINK] = NAX_PORT_LINK,
	[NAX_EVENT_RESTART] = NAX_PORT_RESTART,
	[NAX_EVENT_RESET] = NAX_PORT_RESET,
	[NAX_EVENT_GONE] = NAX_PORT_GONE,
	[NAX_EVENT_VERIFY] = NAX_PORT_VERIFY,
};

/* The core sees all-ones in a register; the bus may know why. */
static void user_event(struct nax_adapter *a, enum nax_event event, const struct nax_queue *q,
		       const char *text)
{
	struct nax_port *port = port_of(a);
	const char *dead = port->bus->ops->dead(port->bus);
	char both[NAX_ERROR_TEXT];

	if (event == NAX_EVENT_GONE && dead) {
		snprintf(both, sizeof(both), "%.120s: %.110s", dead, text);
		text = both;
	}
	nax_events_push(&port->events, event_type[event], port->bus->ops->time_ns(port->bus), text);
}

/* The service thread would take it, but waits for the lock that control has. */
static void user_irq_take(struct nax_adapter *a)
{
	nax_service_irq(nax_adapter_backend(a));
}

static void user_delay_us(struct nax_adapter *a, u32 us)
{
	struct nax_bus *bus = port_of(a)->bus;

	bus->ops->delay_us(bus, us);
}

static void user_random(void *p, size_t size)
{
	/* up to 256 bytes come whole once the system's pool is ready; an RSS key is 52 */
	while (getrandom(p, size, 0) < 0 && errno == EINTR)
		;
}

static u64 user_time_ns(struct nax_adapter *a)
{
	struct nax_bus *bus = port_of(a)->bus;

	return bus->ops->time_ns(bus);
}

static void user_log(struct nax_adapter *a, enum nax_log_level level, const char *text)
{
	nax_user_log(level, port_of(a)->name, text);
}

static void user_datapath(struct nax_adapter *a, struct nax_datapath *path)
{
	const struct nax_port *port = nax_adapter_backend(a);

	if (port->vectors)
		*path = port->vectors->path;
}

const struct nax_backend_ops nax_user_backend = {
	.datapath = user_datapath,
	.reg_read = user_reg_read,
	.reg_write = user_reg_write,
	.config_read = user_config_read,
	.config_write = user_config_write,
	.function_reset = user_function_reset,
	.zalloc = user_zalloc,
	.free = user_free,
	.dma_alloc = user_dma_alloc,
	.dma_free = user_dma_free,
	.buf_get = user_buf_get,
	.buf_put = user_buf_put,
	.buf_home = user_buf_home,
	.buf_addr = user_buf_addr,
	.buf_room = user_buf_room,
	.queue_pause = user_queue_pause,
	.queue_resume = user_queue_resume,
	.queue_wake = user_queue_wake,
	.vectors_enable = user_vectors_enable,
	.vectors_disable = user_vectors_disable,
	.service = user_service,
	.event = user_event,
	.delay_us = user_delay_us,
	.irq_take = user_irq_take,
	.time_ns = user_time_ns,
	.random = user_random,
	.log = user_log,
};
