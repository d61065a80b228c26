/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Small things that every file of the user back end uses: messages, time, the list of drivers. */
#ifndef NAX_USER_H
#define NAX_USER_H

#include <stdint.h>

#include "core.h"

/**
 * nax_user_log() - hand a message to the application's function, or to standard error
 * @level: how bad
 * @port: name of the port it is about, NULL: none
 * @text: one line without newline
 *
 * Any thread, not in a signal handler.
 */
void nax_user_log(enum nax_log_level level, const char *port, const char *text);

/** nax_user_logf() - the same with a format; cut at NAX_ERROR_TEXT bytes. */
void nax_user_logf(enum nax_log_level level, const char *port, const char *fmt, ...)
	__printf(3, 4);

/** nax_user_time_ns() - CLOCK_MONOTONIC. */
u64 nax_user_time_ns(void);

/** nax_user_sleep_us() - sleep at least so long, also when signals arrive. */
void nax_user_sleep_us(u64 us);

/**
 * nax_user_far_barrier_init() - whether this process can use nax_user_far_barrier()
 *
 * Linux 4.14 has what it takes, membarrier(2), but a container's filter may refuse it.
 */
bool nax_user_far_barrier_init(void);

/**
 * nax_user_far_barrier() - every running thread of the process executes a full memory barrier
 *
 * Some microseconds, for threads that can then do without one. Return: false: it was refused now.
 */
bool nax_user_far_barrier(void);

/** nax_user_kick() - add 1 to an eventfd; async-signal-safe, keeps errno. */
void nax_user_kick(int fd);

/** nax_user_drain() - empty a non-blocking eventfd. Return: whether there was something. */
bool nax_user_drain(int fd);

/**
 * nax_user_thread() - start a thread that takes no signals, so that they reach the application's
 * @cpu: pin it there, -1: do not
 *
 * Return: 0 or a positive errno of pthread_create().
 */
int nax_user_thread(unsigned long *thread, int cpu, void *(*fn)(void *), void *arg);

/**
 * nax_variant_choose() - the vector datapath that a port of @driver shall use
 * @driver: nax_driver.name
 * @path: set to it; NULL: the driver's own functions
 * @err: what is wrong with NAX_VECTOR in the environment
 *
 * Return: 0; -EINVAL or -EOPNOTSUPP if the environment asks for what there is not.
 */
int nax_variant_choose(const char *driver, const struct nax_vector_path **path,
		       struct nax_error *err);

/**
 * nax_driver_find() - the registered driver that knows a device
 * @vendor: PCI vendor id
 * @device: PCI device id
 * @id: set to the table entry that matched
 *
 * Return: NULL if none does.
 */
const struct nax_driver *nax_driver_find(u16 vendor, u16 device, const struct nax_pci_id **id);

#endif /* NAX_USER_H */
