/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A port: one open device with its bus, its adapter in the core, and who polls its queues.
 *
 * Lock order: nax_port.lock, nax_poll.control, then the leaves: nax_port.wake, the locks of pool
 * and memory (in this order), those of a bus, those of events and log.
 */
#ifndef NAX_PORT_H
#define NAX_PORT_H

#include <pthread.h>

#include "bus.h"
#include "mem.h"
#include "user.h"

#define NAX_SERVICE_MS	100	/* longest time between two calls of nax_adapter_service() */
#define NAX_EVENTS_MAX	64u	/* events kept for an application that does not fetch them */

/**
 * struct nax_events - events not fetched yet
 * @lock: for all below
 * @fd: eventfd, readable while @n is not 0
 * @first: oldest
 * @n: how many
 * @lost: older ones dropped since the last fetch
 * @ring: the events
 */
struct nax_events {
	pthread_mutex_t lock;
	int fd;
	u32 first;
	u32 n;
	u64 lost;
	struct nax_port_event ring[NAX_EVENTS_MAX];
};

/** enum nax_side - index of arrays that have one part per direction */
enum nax_side {
	NAX_SIDE_RX,
	NAX_SIDE_TX,
	NAX_SIDES
};

/**
 * struct nax_port - an open device
 * @name: as it was opened
 * @netdev: Linux network device that the application connects it to, see nax_port_serve()
 * @index: number in this process, from 1
 * @bus: how it is reached
 * @adapter: the core's part
 * @id: the driver's table entry for it
 * @vectors: vector datapath it uses, NULL: the driver's functions
 * @mem: its entry among those who see the memory
 * @lock: control operations and service, one at a time
 * @n_vectors: interrupt vectors enabled; changes under @lock with all polls of the port paused
 * @vector: their eventfds, -1 where interrupts are direct calls; the last one is the service's
 * @wake: @poll entries do not go while it is held
 * @poll: poll context of each queue, NULL: none. Written under @lock and @wake
 * @queue: the queue as the core has it, while it is in a poll context. Written likewise
 * @pauses: how often the core holds each queue paused; under @lock
 * @thread: the service thread
 * @has_thread: there is one
 * @quit: it shall end
 * @kick: eventfd that ends its sleep, -1 without thread
 * @events: for the application
 */
struct nax_port {
	char name[128];
	char netdev[16];
	u32 index;
	struct nax_bus *bus;
	struct nax_adapter *adapter;
	const struct nax_pci_id *id;
	const struct nax_vector_path *vectors;
	struct nax_mem_client mem;
	pthread_mutex_t lock;
	u32 n_vectors;
	int vector[NAX_BUS_VECTORS_MAX];
	pthread_mutex_t wake;
	struct nax_poll *poll[NAX_SIDES][NAX_QUEUES_MAX];
	struct nax_queue *queue[NAX_SIDES][NAX_QUEUES_MAX];
	u32 pauses[NAX_SIDES][NAX_QUEUES_MAX];
	unsigned long thread;
	bool has_thread;
	u32 quit;
	int kick;
	struct nax_events events;
};

/* backend.c */

extern const struct nax_backend_ops nax_user_backend;

/* events.c */

int nax_events_init(struct nax_events *e, struct nax_error *err);
void nax_events_destroy(struct nax_events *e);
/** nax_events_push() - any thread; the oldest event goes if there is no room. */
void nax_events_push(struct nax_events *e, enum nax_port_event_type type, u64 when_ns,
		     const char *text);

/* service.c */

/** nax_service_start() - a thread that serves the port until nax_service_stop(). */
int nax_service_start(struct nax_port *port, struct nax_error *err);
/** nax_service_stop() - end it and wait for that; nothing happens if there is none. */
void nax_service_stop(struct nax_port *port);
/** nax_service_irq() - take an interrupt of the last vector, which waits at its eventfd; locked. */
void nax_service_irq(struct nax_port *port);
/** nax_service_kick() - serve soon. Any thread. */
void nax_service_kick(struct nax_port *port);

/* poll_set.c */

/** nax_port_poll() - poll context of a queue, NULL: none. */
static inline struct nax_poll *nax_port_poll(const struct nax_port *port, enum nax_side side,
					     u32 queue)
{
	return __atomic_load_n(&port->poll[side][queue], __ATOMIC_RELAXED);
}

/** nax_port_in_poll() - whether any queue is in a poll context; *@side and *@queue name one. */
bool nax_port_in_poll(const struct nax_port *port, enum nax_side *side, u32 *queue);

/**
 * nax_port_pause() - hold all poll contexts that serve @port; with its lock held
 *
 * Return: 0; -EBUSY with @err set if a handler does not return in time.
 */
int nax_port_pause(struct nax_port *port, struct nax_error *err);
void nax_port_resume(struct nax_port *port);

/** nax_port_drop_vectors() - eventfds of @port are about to be closed; paused. */
void nax_port_drop_vectors(struct nax_port *port);

#endif /* NAX_PORT_H */
