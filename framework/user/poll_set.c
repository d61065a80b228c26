// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Poll contexts: making them, and which queues, vectors and descriptors they serve. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "poll_context.h"

#define BUDGET		64u
#define BUDGET_MAX	65536u

static const char *const side_name[] = { "rx", "tx" };

int nax_poll_epoll(struct nax_poll *p, int op, u32 tag, int fd)
{
	struct epoll_event ev = {
		.events = EPOLLIN,
		.data.u64 = (u64)tag << 32 | (u32)fd,
	};

	return epoll_ctl(p->epoll, op, fd, &ev) ? -errno : 0;
}

static int check_config(const struct nax_poll_config *c, struct nax_error *err)
{
	if (c->budget > BUDGET_MAX)
		return nax_error_set(err, -EINVAL, "budget is %u: must be 1 to %u, or 0 for %u",
				     c->budget, BUDGET_MAX, BUDGET);
	if (c->cpu < -1 || c->cpu >= CPU_SETSIZE)
		return nax_error_set(err, -EINVAL, "cpu is %d: must be 0 to %d, or -1 for any",
				     c->cpu, CPU_SETSIZE - 1);
	return 0;
}

struct nax_poll *nax_poll_create(const struct nax_poll_config *config, struct nax_error *err)
{
	static const struct nax_poll_config usual = { .cpu = -1 };
	struct nax_poll *p;

	if (!config)
		config = &usual;
	if (check_config(config, err))
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p) {
		nax_error_set(err, -ENOMEM, "no memory for a poll context");
		return NULL;
	}
	p->far_barrier = nax_user_far_barrier_init();
	p->config = *config;
	p->prefetch_from = config->prefetch ? NAX_POLL_PREFETCH : ~0u;
	p->call = NAX_POLL_CALL;
	p->always = config->on_work ? 0 : NAX_POLL_CALL;
	p->passes = NAX_POLL_PASSES;
	if (!p->config.budget)
		p->config.budget = BUDGET;
	p->queue = calloc(1, sizeof(*p->queue));
	if (!p->queue) {
		nax_error_set(err, -ENOMEM, "no memory for a poll context");
		goto fail_memory;
	}
	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	p->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (p->epoll < 0 || p->wake < 0 ||
	    nax_poll_epoll(p, EPOLL_CTL_ADD, NAX_POLL_TAG_WAKE, p->wake)) {
		nax_error_set(err, -errno, "descriptors for a poll context: %s", strerror(errno));
		goto fail;
	}
	pthread_mutex_init(&p->control, NULL);
	pthread_mutex_init(&p->fds_lock, NULL);
	return p;
fail:
	if (p->wake >= 0)
		close(p->wake);
	if (p->epoll >= 0)
		close(p->epoll);
fail_memory:
	free(p->queue);
	free(p);
	return NULL;
}

void nax_poll_destroy(struct nax_poll *poll)
{
	if (!poll)
		return;
	if (nax_poll_self()) {
		nax_user_log(NAX_LOG_ERR, NULL, "nax_poll_destroy() was called in a handler");
		return;
	}
	if (poll->has_thread) {
		nax_poll_stop(poll);
		nax_poll_join(poll);
	}
	while (poll->n_entries)
		nax_poll_remove(poll, poll->entries[0].port);
	pthread_mutex_destroy(&poll->control);
	pthread_mutex_destroy(&poll->fds_lock);
	close(poll->wake);
	close(poll->epoll);
	free(poll->queue);
	free(poll->entries);
	free(poll->vectors);
	free(poll->fds);
	free(poll);
}

/* A queue that is there, or NULL for -1. */
static struct nax_queue *core_queue(const struct nax_port *port, enum nax_side side, int queue)
{
	if (queue < 0)
		return NULL;
	return (side == NAX_SIDE_RX ? port->adapter->rxq : port->adapter->txq)[queue];
}

/* Written under the port's lock and wake: backend.c may be about to wake the context. */
static void set_poll(struct nax_port *port, enum nax_side side, int queue, struct nax_poll *p)
{
	struct nax_queue *q = p ? core_queue(port, side, queue) : NULL;

	pthread_mutex_lock(&port->wake);
	__atomic_store_n(&port->poll[side][queue], p, __ATOMIC_RELAXED);
	__atomic_store_n(&port->queue[side][queue], q, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&port->wake);
}

static int check_queue(const struct nax_port *port, enum nax_side side, int queue,
		       struct nax_error *err)
{
	u32 n = side == NAX_SIDE_RX ? port->adapter->n_rxq : port->adapter->n_txq;

	if (queue == -1)
		return 0;
	if (queue < 0 || (u32)queue >= n)
		return nax_error_set(err, -EINVAL, "%s queue is %d: must be 0 to %d, or -1 for none",
				     side_name[side], queue, (int)n - 1);
	if (nax_port_poll(port, side, (u32)queue))
		return nax_error_set(err, -EBUSY, "%s queue %d is in a poll context already",
				     side_name[side], queue);
	return 0;
}

static void list_queues(struct nax_poll *p)
{
	struct nax_queue **q = p->queue;
	u32 i;

	for (i = 0; i < p->n_entries; i++)
		if (p->entries[i].txq >= 0)
			*q++ = core_queue(p->entries[i].port, NAX_SIDE_TX, p->entries[i].txq);
	p->rx = q;
	p->sends = q != p->queue;
	for (i = 0; i < p->n_entries; i++)
		if (p->entries[i].rxq >= 0)
			*q++ = core_queue(p->entries[i].port, NAX_SIDE_RX, p->entries[i].rxq);
	*q = NULL;
}

/* Iteration lock held. The entries grow with room for their vectors, so that a sync cannot fail. */
static int entry_add(struct nax_poll *p, struct nax_port *port, int rxq, int txq)
{
	struct nax_poll_entry *e;
	struct nax_poll_vector *v;
	struct nax_queue **q;

	e = realloc(p->entries, (p->n_entries + 1) * sizeof(*e));
	if (!e)
		return -ENOMEM;
	p->entries = e;
	v = realloc(p->vectors, (p->n_entries + 1) * 2 * sizeof(*v));
	if (!v)
		return -ENOMEM;
	p->vectors = v;
	q = realloc(p->queue, (2 * p->n_entries + 3) * sizeof(*q));
	if (!q)
		return -ENOMEM;
	p->queue = q;
	e[p->n_entries++] = (struct nax_poll_entry){ .port = port, .rxq = rxq, .txq = txq };
	list_queues(p);
	return 0;
}

static int no_rest(const char *what, struct nax_error *err)
{
	return nax_error_set(err, -EBUSY, "%s: the handler of its poll context has not returned for %llu s",
			     what, NAX_POLL_PAUSE_NS / 1000000000u);
}

int nax_poll_add(struct nax_poll *poll, struct nax_port *port, int rxq, int txq,
		 struct nax_error *err)
{
	int rc;

	if (nax_poll_self())
		return nax_error_set(err, -EDEADLK, "nax_poll_add() was called in a handler");
	if (rxq == -1 && txq == -1)
		return nax_error_set(err, -EINVAL, "neither rx nor tx queue was named");
	pthread_mutex_lock(&port->lock);
	if (!port->adapter->n_rxq) {
		rc = nax_error_set(err, -ENETDOWN, "the port is not started: it has no queues");
		goto out;
	}
	rc = check_queue(port, NAX_SIDE_RX, rxq, err);
	if (!rc)
		rc = check_queue(port, NAX_SIDE_TX, txq, err);
	if (rc)
		goto out;
	if (!nax_poll_pause(poll, NAX_POLL_PAUSE_NS)) {
		rc = no_rest("nax_poll_add()", err);
		goto out;
	}
	rc = entry_add(poll, port, rxq, txq);
	nax_poll_resume(poll);
	if (rc) {
		nax_error_set(err, rc, "no memory for a poll context of %u entries",
			      poll->n_entries + 1);
		goto out;
	}
	if (rxq >= 0)
		set_poll(port, NAX_SIDE_RX, rxq, poll);
	if (txq >= 0)
		set_poll(port, NAX_SIDE_TX, txq, poll);
out:
	pthread_mutex_unlock(&port->lock);
	return rc;
}

/* What the core paused in a queue that leaves must not stay with the context. */
static void queue_leave(struct nax_poll *p, struct nax_port *port, enum nax_side side, int queue)
{
	if (queue < 0)
		return;
	set_poll(port, side, queue, NULL);
	while (port->pauses[side][queue]) {
		port->pauses[side][queue]--;
		nax_poll_resume(p);
	}
}

static void drop_vectors(struct nax_poll *p, const struct nax_port *port)
{
	u32 i, n = 0;

	for (i = 0; i < p->n_vectors; i++) {
		if (port && p->vectors[i].port != port) {
			p->vectors[n++] = p->vectors[i];
			continue;
		}
		/* explicitly: the server's copy of an eventfd would keep it in the set */
		if (p->vectors[i].fd >= 0)
			nax_poll_epoll(p, EPOLL_CTL_DEL, NAX_POLL_TAG_VECTOR, p->vectors[i].fd);
	}
	p->n_vectors = n;
	p->stale = true;
}

/*
 * There is no way to report that the handler does not return, and going on would free rings that it
 * uses. So this waits, and says so.
 */
static void pause_wait(struct nax_poll *p, struct nax_port *port)
{
	struct nax_error err;

	while (!nax_poll_pause(p, NAX_POLL_PAUSE_NS)) {
		no_rest("waiting", &err);
		nax_user_log(NAX_LOG_ERR, port->name, err.text);
	}
}

void nax_poll_remove(struct nax_poll *poll, struct nax_port *port)
{
	u32 i, n = 0;

	if (nax_poll_self()) {
		nax_user_log(NAX_LOG_ERR, port->name, "nax_poll_remove() was called in a handler");
		return;
	}
	pthread_mutex_lock(&port->lock);
	pause_wait(poll, port);
	drop_vectors(poll, port);
	for (i = 0; i < poll->n_entries; i++) {
		struct nax_poll_entry e = poll->entries[i];

		if (e.port != port) {
			poll->entries[n++] = e;
			continue;
		}
		queue_leave(poll, port, NAX_SIDE_RX, e.rxq);
		queue_leave(poll, port, NAX_SIDE_TX, e.txq);
	}
	poll->n_entries = n;
	list_queues(poll);
	nax_poll_resume(poll);
	pthread_mutex_unlock(&port->lock);
}

static void vector_add(struct nax_poll *p, struct nax_port *port, const struct nax_queue *q)
{
	struct nax_poll_vector *v = &p->vectors[p->n_vectors];
	u32 i;
	int rc;

	if (!q || !q->vector || q->vector->index >= port->n_vectors)
		return;
	for (i = 0; i < p->n_vectors; i++)
		if (p->vectors[i].port == port && p->vectors[i].index == q->vector->index)
			return;
	v->port = port;
	v->index = q->vector->index;
	v->fd = port->vector[v->index];
	if (v->fd >= 0) {
		rc = nax_poll_epoll(p, EPOLL_CTL_ADD, NAX_POLL_TAG_VECTOR, v->fd);
		if (rc) {
			/* the bounded sleep still finds its packets, only later */
			nax_user_logf(NAX_LOG_ERR, port->name, "vector %u cannot be waited for: %s",
				      v->index, strerror(-rc));
			v->fd = -1;
		}
	}
	p->n_vectors++;
}

void nax_poll_sync_vectors(struct nax_poll *p)
{
	u32 i;

	drop_vectors(p, NULL);
	for (i = 0; i < p->n_entries; i++) {
		const struct nax_poll_entry *e = &p->entries[i];

		vector_add(p, e->port, core_queue(e->port, NAX_SIDE_RX, e->rxq));
		vector_add(p, e->port, core_queue(e->port, NAX_SIDE_TX, e->txq));
	}
	p->stale = false;
}

/* Paused. A context may serve several queues of the port: the second time finds nothing to drop. */
void nax_port_drop_vectors(struct nax_port *port)
{
	u32 side, i;

	for (side = 0; side < NAX_SIDES; side++)
		for (i = 0; i < NAX_QUEUES_MAX; i++)
			if (port->poll[side][i])
				drop_vectors(port->poll[side][i], port);
}

bool nax_port_in_poll(const struct nax_port *port, enum nax_side *side, u32 *queue)
{
	u32 s, i;

	for (s = 0; s < NAX_SIDES; s++) {
		for (i = 0; i < NAX_QUEUES_MAX; i++) {
			if (!port->poll[s][i])
				continue;
			*side = (enum nax_side)s;
			*queue = i;
			return true;
		}
	}
	return false;
}

/* Pauses nest, so a context that serves several queues is simply paused several times. */
int nax_port_pause(struct nax_port *port, struct nax_error *err)
{
	char what[32];
	u32 n;

	for (n = 0; n < NAX_SIDES * NAX_QUEUES_MAX; n++) {
		struct nax_poll *p = port->poll[n / NAX_QUEUES_MAX][n % NAX_QUEUES_MAX];

		if (!p || nax_poll_pause(p, NAX_POLL_PAUSE_NS))
			continue;
		snprintf(what, sizeof(what), "%s queue %u", side_name[n / NAX_QUEUES_MAX],
			 n % NAX_QUEUES_MAX);
		while (n--) {
			p = port->poll[n / NAX_QUEUES_MAX][n % NAX_QUEUES_MAX];
			if (p)
				nax_poll_resume(p);
		}
		return no_rest(what, err);
	}
	return 0;
}

void nax_port_resume(struct nax_port *port)
{
	u32 side, i;

	for (side = 0; side < NAX_SIDES; side++)
		for (i = 0; i < NAX_QUEUES_MAX; i++)
			if (port->poll[side][i])
				nax_poll_resume(port->poll[side][i]);
}

int nax_poll_add_fd(struct nax_poll *poll, int fd, struct nax_error *err)
{
	struct nax_poll_fd *fds;
	int rc;

	pthread_mutex_lock(&poll->fds_lock);
	fds = realloc(poll->fds, (poll->n_fds + 1) * sizeof(*fds));
	if (!fds) {
		rc = nax_error_set(err, -ENOMEM, "no memory for descriptor %d", fd);
		goto out;
	}
	poll->fds = fds;
	rc = nax_poll_epoll(poll, EPOLL_CTL_ADD, NAX_POLL_TAG_FD, fd);
	if (rc) {
		nax_error_set(err, rc, "descriptor %d cannot be waited for: %s", fd, strerror(-rc));
		goto out;
	}
	fds[poll->n_fds++] = (struct nax_poll_fd){ .fd = fd, .wanted = true };
out:
	pthread_mutex_unlock(&poll->fds_lock);
	return rc;
}

/* Out of the set rather than with no events: an error on it would end every sleep. */
void nax_poll_want_fd(struct nax_poll *poll, int fd, bool want)
{
	u32 i;

	pthread_mutex_lock(&poll->fds_lock);
	for (i = 0; i < poll->n_fds; i++) {
		if (poll->fds[i].fd != fd || poll->fds[i].wanted == want)
			continue;
		poll->fds[i].wanted = want;
		nax_poll_epoll(poll, want ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, NAX_POLL_TAG_FD, fd);
	}
	pthread_mutex_unlock(&poll->fds_lock);
}
