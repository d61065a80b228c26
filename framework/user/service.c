// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The slow path of a port: link, watchdog, counters, recovery, and whether the device is there. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "poll_context.h"
#include "port.h"

/* With the port's lock held. */
static void serve(struct nax_port *port)
{
	struct nax_adapter *a = port->adapter;
	const char *dead = port->bus->ops->dead(port->bus);

	/* a dead connection reads as all-ones: let the core find that out now */
	if (dead && !READ_ONCE(a->gone)) {
		nax_user_log(NAX_LOG_WARN, port->name, dead);
		nax_reg_read(a, a->driver->alive_reg);
	}
	nax_adapter_service(a);
}

void nax_port_service(struct nax_port *port)
{
	if (nax_poll_self()) {
		nax_user_log(NAX_LOG_ERR, port->name, "nax_port_service() was called in a handler");
		return;
	}
	pthread_mutex_lock(&port->lock);
	serve(port);
	pthread_mutex_unlock(&port->lock);
}

void nax_service_kick(struct nax_port *port)
{
	if (port->kick >= 0)
		nax_user_kick(port->kick);
}

/* The vector that no queue has. */
static int last_vector(const struct nax_port *port)
{
	return port->n_vectors ? port->vector[port->n_vectors - 1] : -1;
}

/*
 * @fd was read without the lock for as long as poll() took, and may have been closed meanwhile: its
 * number is compared again, and reading an eventfd that has nothing does nothing.
 */
static void take_interrupt(struct nax_port *port, int fd)
{
	if (fd >= 0 && fd == last_vector(port) && nax_user_drain(fd))
		nax_adapter_irq(port->adapter, port->n_vectors - 1);
}

void nax_service_irq(struct nax_port *port)
{
	take_interrupt(port, last_vector(port));
}

static void *service_thread(void *arg)
{
	struct nax_port *port = arg;
	struct pollfd p[3] = {
		{ .fd = port->kick, .events = POLLIN },
		{ .events = POLLIN },
		{ .events = POLLRDHUP },
	};

	/* acquire: pairs with the release in nax_service_stop() */
	while (!__atomic_load_n(&port->quit, __ATOMIC_ACQUIRE)) {
		int n;

		pthread_mutex_lock(&port->lock);
		p[1].fd = last_vector(port);
		pthread_mutex_unlock(&port->lock);
		p[2].fd = port->bus->ops->watch_fd(port->bus);
		n = poll(p, 3, NAX_SERVICE_MS);
		if (n < 0)
			continue;

		nax_user_drain(port->kick);
		/* it hung up, or a tick has passed: see what the other side has to say */
		if (!n || p[2].revents)
			port->bus->ops->watch(port->bus);
		pthread_mutex_lock(&port->lock);
		take_interrupt(port, p[1].fd);
		serve(port);
		pthread_mutex_unlock(&port->lock);
	}
	return NULL;
}

int nax_service_start(struct nax_port *port, struct nax_error *err)
{
	int rc = nax_user_thread(&port->thread, -1, service_thread, port);

	if (rc)
		return nax_error_set(err, -rc, "cannot start the service thread: %s", strerror(rc));
	port->has_thread = true;
	return 0;
}

void nax_service_stop(struct nax_port *port)
{
	if (!port->has_thread)
		return;
	/* release: pairs with the acquire in service_thread() */
	__atomic_store_n(&port->quit, 1, __ATOMIC_RELEASE);
	nax_service_kick(port);
	pthread_join((pthread_t)port->thread, NULL);
	port->has_thread = false;
}
