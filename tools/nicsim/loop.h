/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nicsim daemon: one thread's event loop over epoll, with one timerfd for all that waits for time.
 */
#ifndef NICSIM_LOOP_H
#define NICSIM_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#define EVLOOP_NEVER	UINT64_MAX

struct evloop;

/**
 * struct evloop_fd - a file descriptor that is watched; embed it
 * @fd: owned by the embedder; removed from the loop before it is closed
 * @events: EPOLLIN, EPOLLOUT now watched; EPOLLHUP and EPOLLERR always are
 * @fn: called with @ctx and what happened; may remove any descriptor, this one too
 */
struct evloop_fd {
	int fd;
	uint32_t events;
	void (*fn)(void *ctx, uint32_t events);
	void *ctx;
};

/**
 * struct evloop_timer - a call at a time; embed it, zeroed but for @fn and @ctx
 */
struct evloop_timer {
	struct evloop_timer *next;
	uint64_t when;
	bool armed;
	void (*fn)(void *ctx);
	void *ctx;
};

/** evloop_create() - NULL, with errno, if the system gives no epoll or timer. */
struct evloop *evloop_create(void);
void evloop_destroy(struct evloop *loop);

/** evloop_add() - watch @f->fd for @f->events; 0 or -errno. */
int evloop_add(struct evloop *loop, struct evloop_fd *f);
/** evloop_watch() - watch for @events from now on. */
void evloop_watch(struct evloop *loop, struct evloop_fd *f, uint32_t events);
/** evloop_remove() - not watched any more, nor called for what this round still has. */
void evloop_remove(struct evloop *loop, struct evloop_fd *f);

/** evloop_timer_arm() - call @t->fn at @when (CLOCK_MONOTONIC, ns); again: moved. */
void evloop_timer_arm(struct evloop *loop, struct evloop_timer *t, uint64_t when);
void evloop_timer_stop(struct evloop *loop, struct evloop_timer *t);

/** evloop_now() - CLOCK_MONOTONIC in ns. */
uint64_t evloop_now(void);

/**
 * evloop_round() - wait until something happens, a timer is due, or @until; then call for all of it
 * @until: a time of evloop_now(), EVLOOP_NEVER, or 0: do not wait
 *
 * Return: 0 or -errno, which a caller cannot mend.
 */
int evloop_round(struct evloop *loop, uint64_t until);

/** evloop_stop() - the daemon shall end with exit status @status; the first caller's counts. */
void evloop_stop(struct evloop *loop, int status);
/** evloop_stopped() - whether it shall, and then *@status. */
bool evloop_stopped(const struct evloop *loop, int *status);

#endif /* NICSIM_LOOP_H */
