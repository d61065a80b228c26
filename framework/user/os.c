// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Time, eventfds, threads: thin covers over system calls. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/membarrier.h>

#include "user.h"

u64 nax_user_time_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000ull + (u64)t.tv_nsec;
}

void nax_user_sleep_us(u64 us)
{
	struct timespec t;
	u64 until = nax_user_time_ns() + us * 1000ull;

	t.tv_sec = (time_t)(until / 1000000000ull);
	t.tv_nsec = (long)(until % 1000000000ull);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static bool membarrier(int command)
{
	return !syscall(SYS_membarrier, command, 0, 0);
}

bool nax_user_far_barrier_init(void)
{
	return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
}

bool nax_user_far_barrier(void)
{
	return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

void nax_user_kick(int fd)
{
	int saved = errno;
	uint64_t one = 1;
	ssize_t n;

	/* the only failure is a full counter, and that wakes as well */
	n = write(fd, &one, sizeof(one));
	(void)n;
	errno = saved;
}

bool nax_user_drain(int fd)
{
	uint64_t count;

	return read(fd, &count, sizeof(count)) == (ssize_t)sizeof(count);
}

static int thread_attr(pthread_attr_t *attr, int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return 0;
	if (cpu >= CPU_SETSIZE)
		return EINVAL;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return pthread_attr_setaffinity_np(attr, sizeof(set), &set);
}

int nax_user_thread(unsigned long *thread, int cpu, void *(*fn)(void *), void *arg)
{
	sigset_t all, old;
	pthread_attr_t attr;
	pthread_t t;
	int rc;

	rc = pthread_attr_init(&attr);
	if (rc)
		return rc;
	rc = thread_attr(&attr, cpu);
	if (rc)
		goto out;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&t, &attr, fn, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!rc)
		*thread = (unsigned long)t;
out:
	pthread_attr_destroy(&attr);
	return rc;
}
