// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim daemon: event loop.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "loop.h"

#define NS_PER_S	1000000000ull
#define ROUND_EVENTS	64

/**
 * struct evloop - the loop
 * @armed: what the timerfd stands at
 * @timers: ordered by time
 * @event: this round's; @event[@at] .. @event[@count - 1] are still to be called for
 */
struct evloop {
	int epoll;
	int timer;
	uint64_t armed;
	struct evloop_timer *timers;
	struct epoll_event event[ROUND_EVENTS];
	int at;
	int count;
	bool stop;
	int status;
};

uint64_t evloop_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

struct evloop *evloop_create(void)
{
	/* edge-triggered: the timer needs no read to be quiet again */
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };
	struct evloop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return NULL;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0)
		goto no_epoll;
	loop->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (loop->timer < 0)
		goto no_timer;
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->timer, &ev))
		goto no_watch;
	return loop;

no_watch:
	close(loop->timer);
no_timer:
	close(loop->epoll);
no_epoll:
	free(loop);
	return NULL;
}

void evloop_destroy(struct evloop *loop)
{
	if (!loop)
		return;
	close(loop->timer);
	close(loop->epoll);
	free(loop);
}

/* ---- descriptors ---- */

int evloop_add(struct evloop *loop, struct evloop_fd *f)
{
	struct epoll_event ev = { .events = f->events, .data.ptr = f };

	return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, f->fd, &ev) ? -errno : 0;
}

void evloop_watch(struct evloop *loop, struct evloop_fd *f, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = f };

	if (events == f->events)
		return;
	/* fails only for a descriptor that was never added: then there is nothing to watch */
	if (!epoll_ctl(loop->epoll, EPOLL_CTL_MOD, f->fd, &ev))
		f->events = events;
}

void evloop_remove(struct evloop *loop, struct evloop_fd *f)
{
	int i;

	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, f->fd, NULL);
	for (i = loop->at; i < loop->count; i++) {
		if (loop->event[i].data.ptr == f)
			loop->event[i].data.ptr = NULL;
	}
}

/* ---- timers ---- */

void evloop_timer_stop(struct evloop *loop, struct evloop_timer *t)
{
	struct evloop_timer **at;

	if (!t->armed)
		return;
	t->armed = false;
	for (at = &loop->timers; *at; at = &(*at)->next) {
		if (*at == t) {
			*at = t->next;
			return;
		}
	}
}

void evloop_timer_arm(struct evloop *loop, struct evloop_timer *t, uint64_t when)
{
	struct evloop_timer **at;

	evloop_timer_stop(loop, t);
	for (at = &loop->timers; *at && (*at)->when <= when; at = &(*at)->next)
		;
	t->when = when;
	t->armed = true;
	t->next = *at;
	*at = t;
}

static void timers_fire(struct evloop *loop)
{
	uint64_t now;

	if (!loop->timers)
		return;
	now = evloop_now();
	while (loop->timers && loop->timers->when <= now) {
		struct evloop_timer *t = loop->timers;

		loop->timers = t->next;
		t->armed = false;
		t->fn(t->ctx);
	}
}

/* ---- rounds ---- */

/*
 * The timeout for epoll_wait(), after the timerfd was set if it is needed. One that stands earlier
 * is left: a wake-up too many now and then costs less than moving it each round.
 */
static int timeout_until(struct evloop *loop, uint64_t until)
{
	struct itimerspec at = { 0 };
	uint64_t now;

	if (loop->timers && loop->timers->when < until)
		until = loop->timers->when;
	if (until == EVLOOP_NEVER)
		return -1;
	if (!until)
		return 0;
	now = evloop_now();
	if (until <= now)
		return 0;
	if (loop->armed > now && loop->armed <= until)
		return -1;
	at.it_value.tv_sec = until / NS_PER_S;
	at.it_value.tv_nsec = until % NS_PER_S;
	if (timerfd_settime(loop->timer, TFD_TIMER_ABSTIME, &at, NULL))
		return 1;	/* a millisecond late at worst, instead of never */
	loop->armed = until;
	return -1;
}

int evloop_round(struct evloop *loop, uint64_t until)
{
	int timeout = timeout_until(loop, until);
	int n = epoll_wait(loop->epoll, loop->event, ROUND_EVENTS, timeout);

	if (n < 0 && errno != EINTR)
		return -errno;
	loop->count = n < 0 ? 0 : n;
	for (loop->at = 0; loop->at < loop->count;) {
		const struct epoll_event *ev = &loop->event[loop->at++];
		struct evloop_fd *f = ev->data.ptr;

		if (f)
			f->fn(f->ctx, ev->events);
	}
	loop->count = 0;
	timers_fire(loop);
	return 0;
}

void evloop_stop(struct evloop *loop, int status)
{
	if (loop->stop)
		return;
	loop->stop = true;
	loop->status = status;
}

bool evloop_stopped(const struct evloop *loop, int *status)
{
	if (loop->stop)
		*status = loop->status;
	return loop->stop;
}
