// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The iteration lock: an iteration and a pause exclude each other, with a barrier from afar and without. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cmocka.h>

#include "poll_context.h"
#include "user.h"

#define ROUNDS	500u

/**
 * struct shared - what whoever has the lock may touch, without any atomic operation
 * @first: changed first
 * @last: the same number, when nobody is at work
 * @hold: an iteration does not end; written and read at any time
 * @held: one is there that does not end; read by others at any time
 * @calls: iterations; read by others at any time
 */
static struct shared {
	u32 first;
	u32 last;
	bool hold;
	bool held;
	u32 calls;
} shared;

static void work(u32 n)
{
	shared.first += n;
	barrier();
	shared.last = shared.first;
}

static u32 handler(struct nax_poll *poll, void *arg)
{
	work(1);
	while (__atomic_load_n(&shared.hold, __ATOMIC_RELAXED)) {
		__atomic_store_n(&shared.held, true, __ATOMIC_RELAXED);
		nax_user_sleep_us(20);
	}
	__atomic_fetch_add(&shared.calls, 1, __ATOMIC_RELAXED);
	return 0;
}

static u32 calls(void)
{
	return __atomic_load_n(&shared.calls, __ATOMIC_RELAXED);
}

static void wait_calls(u32 seen)
{
	u64 deadline = nax_user_time_ns() + 20000000000ull;

	while (calls() == seen) {
		assert_true(nax_user_time_ns() < deadline);
		nax_user_sleep_us(20);
	}
}

static void hold_iteration(void)
{
	u64 deadline = nax_user_time_ns() + 20000000000ull;

	__atomic_store_n(&shared.hold, true, __ATOMIC_RELAXED);
	while (!__atomic_load_n(&shared.held, __ATOMIC_RELAXED)) {
		assert_true(nax_user_time_ns() < deadline);
		nax_user_sleep_us(20);
	}
}

static struct nax_poll *begin(bool far_barrier)
{
	struct nax_poll_config config = { .spin = true, .cpu = -1 };
	struct nax_error err;
	struct nax_poll *p = nax_poll_create(&config, &err);

	assert_non_null(p);
	if (!far_barrier)
		p->far_barrier = false;
	shared = (struct shared){ 0 };
	assert_int_equal(nax_poll_start(p, handler, NULL, &err), 0);
	wait_calls(0);
	return p;
}

static void excludes(bool far_barrier)
{
	struct nax_poll *p = begin(far_barrier);
	u32 i, seen, wrong = 0;

	for (i = 0; i < ROUNDS; i++) {
		assert_true(nax_poll_pause(p, NAX_POLL_PAUSE_NS));
		assert_true(nax_poll_pause(p, NAX_POLL_PAUSE_NS));
		nax_poll_resume(p);
		seen = calls();
		wrong += shared.first != shared.last;
		work(7);
		wrong += calls() != seen;
		nax_poll_resume(p);
		if (i % 16 == 0)
			wait_calls(seen);
	}
	nax_poll_stop(p);
	nax_poll_join(p);
	assert_int_equal(wrong, 0);
	assert_int_equal(shared.first, calls() + 7 * ROUNDS);
	nax_poll_destroy(p);
}

/* A pause that cannot be had in its time leaves the poller as it was. */
static void gives_up(bool far_barrier)
{
	struct nax_poll *p = begin(far_barrier);
	u32 seen;

	hold_iteration();
	assert_false(nax_poll_pause(p, 1000000));
	seen = calls();
	__atomic_store_n(&shared.hold, false, __ATOMIC_RELAXED);
	wait_calls(seen);
	assert_true(nax_poll_pause(p, NAX_POLL_PAUSE_NS));
	nax_poll_resume(p);
	nax_poll_destroy(p);
}

static void test_far_barrier(void **state)
{
	excludes(true);
	gives_up(true);
}

static void test_no_far_barrier(void **state)
{
	excludes(false);
	gives_up(false);
}

static void refuse_membarrier(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = sizeof(code) / sizeof(code[0]), .filter = code };

	assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
}

/* A filter of system calls comes while a context runs: its pauses take longer, and exclude as before. */
static void test_refused_later(void **state)
{
	struct nax_poll *p = begin(true), *later;
	bool had = p->far_barrier;
	u32 i, seen, wrong = 0;
	u64 start;

	refuse_membarrier();
	assert_false(nax_user_far_barrier());
	start = nax_user_time_ns();
	for (i = 0; i < 5; i++) {
		assert_true(nax_poll_pause(p, NAX_POLL_PAUSE_NS));
		seen = calls();
		wrong += shared.first != shared.last;
		work(7);
		wrong += calls() != seen;
		nax_poll_resume(p);
		wait_calls(seen);
	}
	assert_true(!had || nax_user_time_ns() - start >= 5 * 10000000ull);
	nax_poll_stop(p);
	nax_poll_join(p);
	assert_int_equal(wrong, 0);
	nax_poll_destroy(p);

	later = begin(true);
	assert_false(later->far_barrier);
	nax_poll_destroy(later);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_far_barrier),
		cmocka_unit_test(test_no_far_barrier),
		/* the last: a filter cannot be taken back */
		cmocka_unit_test(test_refused_later),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("tests", tests, NULL, NULL);
}
