/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Inside of a poll context: poll.c iterates, poll_set.c decides over what.
 *
 * The iteration lock: the poller sets nax_poll.busy for each iteration, and a control path
 * nax_poll.want for a pause, and then each looks at the other's. Whoever has it owns the entries, the
 * vectors, and the rings of all queues served. The poller steps back, so that a spinning one cannot
 * starve the control path; and since it is the one in a hurry, the other pays for the barrier.
 */
#ifndef NAX_POLL_CONTEXT_H
#define NAX_POLL_CONTEXT_H

#include "port.h"

#define NAX_POLL_SLEEP_MS	100	/* longest sleep; bounds what a lost interrupt costs */
#define NAX_POLL_PAUSE_NS	5000000000ull
#define NAX_POLL_EVENTS		16
#define NAX_POLL_PREFETCH	4	/* fewer packets are not worth it */
#define NAX_POLL_PASSES		64	/* busy iterations without a look for completions, at most */

/* Bits of nax_poll.call. */
#define NAX_POLL_CALL		1u	/* call the handler: always, or what woke the context may matter */
#define NAX_POLL_BUSY		2u	/* there was work, and nobody waits for completions yet */

/**
 * struct nax_poll_entry - queues of one port
 * @port: the port
 * @rxq: receive queue, -1: none
 * @txq: transmit queue, -1: none
 */
struct nax_poll_entry {
	struct nax_port *port;
	int rxq;
	int txq;
};

/**
 * struct nax_poll_vector - an interrupt vector of the queues served
 * @port: the port
 * @index: vector
 * @fd: its eventfd in the epoll set, -1: interrupts are direct calls
 */
struct nax_poll_vector {
	struct nax_port *port;
	u32 index;
	int fd;
};

/** struct nax_poll_fd - a descriptor of the application */
struct nax_poll_fd {
	int fd;
	bool wanted;
};

/**
 * struct nax_poll - a poll context
 * @busy: an iteration is under way
 * @far_barrier: nax_user_far_barrier() can be used; constant
 * @prefetch_from: nax_poll_config.prefetch where so many packets came last time; constant
 * @config: as asked for, budget filled in
 * @call: what the next iteration does whatever the device did: NAX_POLL_CALL, NAX_POLL_BUSY
 * @always: NAX_POLL_CALL unless nax_poll_config.on_work
 * @want: pauses asked for or in force
 * @stop: nax_poll_run() shall return
 * @running: nax_poll_run() is at work
 * @epoll: what a sleep waits for
 * @wake: eventfd that ends a sleep
 * @control: control paths, one at a time
 * @pauses: nesting depth of pauses; under @control
 * @queue: the queues as the core has them, where they stay while a context serves them; those that
 *	transmit first, since what was sent makes room for what will be; NULL at the end. Under the
 *	iteration lock, as all up to @stale
 * @rx: the first of them that receives, or the end
 * @sends: there are some before that; known to each iteration without a comparison
 * @passes: iterations that may still pass over those that transmit
 * @entries: queues
 * @n_entries: how many
 * @vectors: their interrupt vectors, room for two per entry
 * @n_vectors: how many
 * @stale: @vectors must be made anew before the next sleep
 * @fired: eventfds that ended the last sleep; the polling thread's own
 * @n_fired: how many
 * @fds_lock: for all below; a leaf, since handlers take it
 * @fds: descriptors of the application
 * @n_fds: how many
 * @thread: of nax_poll_start()
 * @has_thread: there is one
 * @fn: its handler
 * @arg: for @fn
 */
struct nax_poll {
	u32 busy;
	bool far_barrier;
	u32 prefetch_from;
	struct nax_poll_config config;
	u32 call;
	u32 always;
	u32 want;
	u32 stop;
	u32 running;
	int epoll;
	int wake;
	pthread_mutex_t control;
	u32 pauses;
	struct nax_queue **queue;
	struct nax_queue **rx;
	bool sends;
	u32 passes;
	struct nax_poll_entry *entries;
	u32 n_entries;
	struct nax_poll_vector *vectors;
	u32 n_vectors;
	bool stale;
	int fired[NAX_POLL_EVENTS];
	u32 n_fired;
	pthread_mutex_t fds_lock;
	struct nax_poll_fd *fds;
	u32 n_fds;
	unsigned long thread;
	bool has_thread;
	nax_poll_fn fn;
	void *arg;
};

/* Kinds of epoll entries, in the upper half of epoll_event.data; the lower half is the fd. */
#define NAX_POLL_TAG_WAKE	0u
#define NAX_POLL_TAG_VECTOR	1u
#define NAX_POLL_TAG_FD		2u

/* initial-exec: reached without a call, also in the shared library */
extern __thread struct nax_poll *nax_poll_current
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/** nax_poll_self() - the context whose iteration this thread is in, NULL: none. */
static inline struct nax_poll *nax_poll_self(void)
{
	return nax_poll_current;
}

/**
 * nax_poll_pause() - no iteration runs from now to nax_poll_resume(); nests
 * @limit_ns: give up after this long
 *
 * Not from within an iteration. Return: false if the iteration under way did not end.
 */
bool nax_poll_pause(struct nax_poll *p, u64 limit_ns);
void nax_poll_resume(struct nax_poll *p);

/** nax_poll_epoll() - add or remove a descriptor; 0 or -errno. */
int nax_poll_epoll(struct nax_poll *p, int op, u32 tag, int fd);

/** nax_poll_sync_vectors() - make @vectors what the queues have now; iteration lock held. */
void nax_poll_sync_vectors(struct nax_poll *p);

#endif /* NAX_POLL_CONTEXT_H */
