// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The poll loop: poll until idle, arm, poll once more, sleep. And the lock that lets the control
 * path hold it.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "poll_context.h"
#include "take.h"

#define PAUSED		(~0u)	/* poll_iterate(): the control path has the context */
#define PAUSED_STEP_US	100u	/* how long a poller steps back for */
#define REFUSED_US	10000u	/* far longer than a store stays in a processor */

__thread struct nax_poll *nax_poll_current __attribute__((tls_model("initial-exec")));

/*
 * Begin an iteration, unless a control path has the context. Either it sees @busy, or the poller sees
 * @want: the store must not be overtaken by the load. That takes a full barrier between them, which
 * the control path makes the poller's processor execute, see nax_poll_pause(); a system without such
 * a call has an atomic exchange here.
 */
static inline bool poll_lock(struct nax_poll *p)
{
	if (likely(p->far_barrier)) {
		__atomic_store_n(&p->busy, 1, __ATOMIC_RELAXED);
		barrier();
	} else {
		__atomic_exchange_n(&p->busy, 1, __ATOMIC_SEQ_CST);
	}
	/* acquire among others: pairs with the release in nax_poll_resume() */
	if (likely(!__atomic_load_n(&p->want, __ATOMIC_SEQ_CST)))
		return true;
	__atomic_store_n(&p->busy, 0, __ATOMIC_RELEASE);
	return false;
}

/* release: pairs with the acquire in wait_idle(); what the iteration did is visible. */
static inline void poll_unlock(struct nax_poll *p)
{
	__atomic_store_n(&p->busy, 0, __ATOMIC_RELEASE);
}

/* The first pauses are short: an iteration takes microseconds, if its handler does not block. */
static bool wait_idle(const struct nax_poll *p, u64 limit_ns)
{
	u64 deadline = nax_user_time_ns() + limit_ns;
	u32 us = 5;

	while (__atomic_load_n(&p->busy, __ATOMIC_SEQ_CST)) {
		if (nax_user_time_ns() >= deadline)
			return false;
		nax_user_sleep_us(us);
		if (us < 1000)
			us *= 2;
	}
	return true;
}

/*
 * Partner: the barrier() in poll_lock(), which this makes a full one, once, now. A filter of system
 * calls that came later than the context may refuse it: then time does the same, since a store leaves
 * its processor long before this sleep is over.
 */
static void barrier_to_poller(const struct nax_poll *p)
{
	if (p->far_barrier && !nax_user_far_barrier())
		nax_user_sleep_us(REFUSED_US);
}

bool nax_poll_pause(struct nax_poll *p, u64 limit_ns)
{
	bool ok;

	pthread_mutex_lock(&p->control);
	__atomic_fetch_add(&p->want, 1, __ATOMIC_SEQ_CST);
	barrier_to_poller(p);
	ok = p->pauses || wait_idle(p, limit_ns);
	if (ok)
		p->pauses++;
	else
		__atomic_fetch_sub(&p->want, 1, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&p->control);
	return ok;
}

/* The poller is woken: what it armed before it went to sleep may have been reset. */
void nax_poll_resume(struct nax_poll *p)
{
	bool last;

	pthread_mutex_lock(&p->control);
	last = !--p->pauses;
	if (last)
		p->stale = true;
	/* release: pairs with the acquire in poll_lock(); what was changed is visible. */
	__atomic_fetch_sub(&p->want, 1, __ATOMIC_RELEASE);
	if (last)
		nax_poll_wake(p);
	pthread_mutex_unlock(&p->control);
}

/*
 * An eventfd that two contexts wait for is read by one of them. That one tells the core, which
 * wakes the poll contexts of all queues of the vector.
 */
static void poll_interrupts(struct nax_poll *p)
{
	struct nax_poll *outer = nax_poll_current;
	u32 i, j;

	/* an interrupt of ours need not wake us */
	nax_poll_current = p;
	for (i = 0; i < p->n_fired; i++) {
		for (j = 0; j < p->n_vectors; j++) {
			struct nax_poll_vector *v = &p->vectors[j];

			if (v->fd == p->fired[i] && nax_user_drain(v->fd))
				nax_adapter_irq(v->port->adapter, v->index);
		}
	}
	p->n_fired = 0;
	nax_poll_current = outer;
}

static void poll_arm(struct nax_poll *p)
{
	u32 i;

	if (p->stale)
		nax_poll_sync_vectors(p);
	for (i = 0; i < p->n_vectors; i++) {
		struct nax_adapter *a = p->vectors[i].port->adapter;

		if (p->vectors[i].index < a->n_vectors)
			nax_vector_arm(&a->vector[p->vectors[i].index]);
	}
}

/* Go over queues where a look tells that there is nothing. Return: the first where there may be. */
static inline struct nax_queue **poll_quiet(struct nax_queue **at)
{
	for (; *at && nax_queue_quiet(*at); at++)
		nax_queue_idle(*at);
	return at;
}

/*
 * Where the device does not write to the cache, both descriptors and packets have to come from
 * memory: asked for together they take hardly longer than one of them. How many have come nobody
 * knows before the descriptors are there; as many as last time is a good guess, and a wrong one
 * costs a few lines.
 */
static noinline void prefetch_packets(const struct nax_queue *q)
{
	u32 first = q->seen & q->ring.mask;
	u32 n = min_t(u32, q->batch.packets, nax_ring_size(&q->ring) - first);
	const struct nax_slot *s = &q->ring.slot[first];
	const struct nax_slot *end = s + n / 4 * 4;
	const char *origin = nax_mem_origin;

	for (; s != end; s += 4) {
		prefetch(origin + s[0].dma);
		prefetch(origin + s[1].dma);
		prefetch(origin + s[2].dma);
		prefetch(origin + s[3].dma);
	}
}

static inline u32 poll_rx(const struct nax_poll *p, struct nax_queue *q)
{
	if (q->batch.packets >= p->prefetch_from)
		prefetch_packets(q);
	return nax_queue_poll_rx(q, p->config.budget);
}

static inline u32 poll_device(const struct nax_poll *p, struct nax_queue **at)
{
	struct nax_queue *q;
	u32 work = 0;

	for (; (q = *at) != NULL; at++) {
		if (nax_queue_quiet(q))
			nax_queue_idle(q);
		else if (q->is_rx)
			work += poll_rx(p, q);
		else
			work += nax_queue_poll_tx(q);
	}
	return work;
}

static inline void post_device(struct nax_poll *p)
{
	struct nax_queue **at, *q;

	for (at = p->queue; (q = *at) != NULL; at++) {
		if (nax_queue_settled(q))
			continue;
		if (q->is_rx)
			nax_queue_post_rx(q);
		else
			nax_queue_take(q);
	}
}

/*
 * While there is work, and room to send, nobody waits for completions. A look for them misses the
 * cache each time, and a later one finds all that have come by then. It is made by the iteration
 * after the first one without work, so none of them waits for later traffic.
 */
static inline void poll_plan(struct nax_poll *p, u32 work)
{
	struct nax_queue **at = p->queue;

	if (!work || !--p->passes) {
		p->passes = NAX_POLL_PASSES;
		return;
	}
	do
		if (!nax_queue_roomy(*at))
			return;
	while (++at != p->rx);
	p->call |= NAX_POLL_BUSY;
}

/* An iteration from queue @at on, where it ceases to be idle: the part before needs no stack. */
static noinline u32 poll_work(struct nax_poll *p, nax_poll_fn fn, void *arg, struct nax_queue **at)
{
	struct nax_poll *outer;
	u32 work;

	/* After a sleep, which sets @call too */
	if (unlikely(p->n_fired))
		poll_interrupts(p);
	work = poll_device(p, at);
	/* What no handler touched needs no posting either. */
	if (work | p->call) {
		p->call = p->always;
		outer = nax_poll_current;
		nax_poll_current = p;
		work += fn(p, arg);
		post_device(p);
		nax_poll_current = outer;
		if (p->sends)
			poll_plan(p, work);
	}
	poll_unlock(p);
	return work;
}

static inline __attribute__((always_inline))
u32 poll_iterate(struct nax_poll *p, nax_poll_fn fn, void *arg, bool arm, u32 paused)
{
	struct nax_queue **at;

	if (unlikely(!poll_lock(p)))
		return paused;
	if (arm)
		poll_arm(p);
	at = p->queue;
	if (!p->call) {
		at = poll_quiet(at);
		if (!*at) {
			poll_unlock(p);
			return 0;
		}
	} else if (p->call & NAX_POLL_BUSY) {
		p->call &= ~NAX_POLL_BUSY;
		at = p->rx;
	}
	return poll_work(p, fn, arg, at);
}

u32 nax_poll_once(struct nax_poll *poll, nax_poll_fn fn, void *arg)
{
	return poll_iterate(poll, fn, arg, false, 0);
}

/* Eventfds of vectors are read in the next iteration under the lock: they may be closed by then. */
static void poll_sleep(struct nax_poll *p)
{
	struct epoll_event ev[NAX_POLL_EVENTS];
	int i, n;

	n = epoll_wait(p->epoll, ev, NAX_POLL_EVENTS, NAX_POLL_SLEEP_MS);
	/* Who woke the context, or how long it slept, may matter to the handler. */
	p->call = NAX_POLL_CALL;
	for (i = 0; i < n; i++) {
		int fd = (int)(u32)ev[i].data.u64;

		switch (ev[i].data.u64 >> 32) {
		case NAX_POLL_TAG_WAKE:
			nax_user_drain(fd);
			break;
		case NAX_POLL_TAG_VECTOR:
			p->fired[p->n_fired++] = fd;
			break;
		}
	}
}

static bool poll_stopped(const struct nax_poll *p)
{
	/* acquire: pairs with the release in nax_poll_stop() */
	return __atomic_load_n(&p->stop, __ATOMIC_ACQUIRE);
}

/* One turn of the loop: iterate, and go to sleep only if nothing was found twice. */
static void poll_turn(struct nax_poll *p, nax_poll_fn fn, void *arg)
{
	u32 work = poll_iterate(p, fn, arg, false, PAUSED);

	if (!work && !p->config.spin && !poll_stopped(p)) {
		work = poll_iterate(p, fn, arg, true, PAUSED);
		if (!work && !poll_stopped(p))
			poll_sleep(p);
	}
	if (work == PAUSED)
		nax_user_sleep_us(PAUSED_STEP_US);
}

void nax_poll_run(struct nax_poll *poll, nax_poll_fn fn, void *arg)
{
	if (__atomic_exchange_n(&poll->running, 1, __ATOMIC_ACQUIRE)) {
		nax_user_log(NAX_LOG_ERR, NULL, "nax_poll_run(): the context runs in another thread");
		return;
	}
	while (!poll_stopped(poll))
		poll_turn(poll, fn, arg);
	__atomic_store_n(&poll->stop, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&poll->running, 0, __ATOMIC_RELEASE);
}

static void *poll_thread(void *arg)
{
	struct nax_poll *p = arg;

	nax_poll_run(p, p->fn, p->arg);
	return NULL;
}

int nax_poll_start(struct nax_poll *poll, nax_poll_fn fn, void *arg, struct nax_error *err)
{
	int rc;

	if (poll->has_thread)
		return nax_error_set(err, -EBUSY, "the poll context has a thread already");
	poll->fn = fn;
	poll->arg = arg;
	rc = nax_user_thread(&poll->thread, poll->config.cpu, poll_thread, poll);
	if (rc)
		return nax_error_set(err, -rc, "cannot start a poll thread on cpu %d: %s",
				     poll->config.cpu, strerror(rc));
	poll->has_thread = true;
	return 0;
}

void nax_poll_stop(struct nax_poll *poll)
{
	/* release: pairs with the acquire in poll_stopped() */
	__atomic_store_n(&poll->stop, 1, __ATOMIC_RELEASE);
	nax_user_kick(poll->wake);
}

void nax_poll_join(struct nax_poll *poll)
{
	if (!poll->has_thread)
		return;
	pthread_join((pthread_t)poll->thread, NULL);
	poll->has_thread = false;
	/* a stop that came when the thread had ended already must not end the next one */
	__atomic_store_n(&poll->stop, 0, __ATOMIC_RELAXED);
}

void nax_poll_wake(struct nax_poll *poll)
{
	nax_user_kick(poll->wake);
}
