// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What instructions do not show: register accesses, counted by a device whose registers are not
 * mapped, and system calls, which the kernel is told to refuse for the measured piece. A register
 * read costs about a microsecond on a real bus, so that there are none is asserted.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH	59
#define PR_SYS_DISPATCH_OFF		0
#define PR_SYS_DISPATCH_ON		1
#endif
#define ALLOW	0
#define BLOCK	1

/* Read by the kernel at every system call of this thread. */
static volatile char selector;
static volatile unsigned int calls;

/* The call that was blocked is left out, and counted; what follows is let through. */
static void on_sigsys(int sig, siginfo_t *info, void *context)
{
	selector = ALLOW;
	calls++;
}

/* Return: whether a call is seen, which is tried. */
static bool watch_calls(void)
{
	struct sigaction act = { .sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO };

	sigaction(SIGSYS, &act, NULL);
	if (prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0, 0, &selector))
		return false;
	calls = 0;
	selector = BLOCK;
	syscall(SYS_getppid);
	selector = ALLOW;
	return calls == 1;
}

static void watch_end(void)
{
	prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, NULL);
}

static void watched(struct bench_port *p, void (*run)(struct bench_port *p), void *arg)
{
	struct bench_accesses *sum = arg;
	struct bench_accesses before, after;

	bench_nax_accesses(p, &before);
	selector = BLOCK;
	run(p);
	selector = ALLOW;
	bench_nax_accesses(p, &after);
	sum->reads += after.reads - before.reads;
	sum->writes += after.writes - before.writes;
	sum->doorbells += after.doorbells - before.doorbells;
}

static bool audit_cell(struct bench_port *p, const struct bench_cell *c)
{
	uint32_t batches = bench_round(c), queues = c->test == BENCH_FWD ? 2 : 1;
	struct bench_accesses a = { 0 };

	calls = 0;
	if (!bench_nax_traced.prepare(p, c) ||
	    !bench_batches(&bench_nax_traced, p, c, batches, watched, &a))
		return false;
	printf("nax %-4s batch %3u: register writes per batch %.3f, reads %llu, system calls %u\n",
	       bench_test_name[c->test], c->batch, (double)a.writes / batches,
	       (unsigned long long)a.reads, calls);
	if (a.reads || calls || a.writes != a.doorbells ||
	    a.writes > (uint64_t)queues * batches || (c->batch >= 32 && !a.writes)) {
		fprintf(stderr, "bench: a batch must not take more than one doorbell per queue, no register read and no system call\n");
		return false;
	}
	return true;
}

bool bench_audit(void)
{
	static const uint32_t batches[] = { 1, 32, 256 };
	struct bench_port port = { .ctx = NULL };
	bool ok = bench_nax_traced.open(&port, BENCH_FRAME_STD);
	uint32_t t, b;

	if (ok && !watch_calls())
		printf("nax: this kernel cannot tell of system calls: they are not counted\n");
	for (t = BENCH_RX; ok && t <= BENCH_FWD; t++)
		for (b = 0; ok && b < sizeof(batches) / sizeof(batches[0]); b++)
			ok = audit_cell(&port, &(struct bench_cell){ t, batches[b],
								     BENCH_FRAME_MIN });
	watch_end();
	bench_nax_traced.close(&port);
	return ok;
}
