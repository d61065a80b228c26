// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Packet buffers: layout, accounting, many threads, leaks. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mem.h"
#include "user.h"

#define THREADS	4
#define ROUNDS	2000
#define HELD	200

static char log_text[NAX_ERROR_TEXT];
static u32 maps_left;

static int client_map(struct nax_mem_client *c, u64 iova, u64 size, int fd, u64 offset, void *va)
{
	if (!maps_left)
		return -ENOSPC;
	maps_left--;
	return 0;
}

static void client_unmap(struct nax_mem_client *c, u64 iova, u64 size)
{
}

static struct nax_mem_client client = { .map = client_map, .unmap = client_unmap };

static void keep_text(void *arg, int level, const char *port, const char *text)
{
	snprintf(log_text, sizeof(log_text), "%s", text);
}

static int setup(void **state)
{
	log_text[0] = '\0';
	maps_left = ~0u;
	nax_log_set(keep_text, NULL, NAX_LOG_WARN);
	return nax_mem_attach(&client, NULL);
}

static int teardown(void **state)
{
	struct nax_pool_usage u;

	nax_mem_detach(&client);
	nax_pool_usage(&u);
	return u.total || u.free || u.out;
}

static u64 buffers_out(void)
{
	struct nax_pool_usage u;

	nax_pool_usage(&u);
	assert_int_equal(u.total, u.free + u.cached + u.out);
	return u.out;
}

static int by_dma(const void *a, const void *b)
{
	const struct nax_slot *x = a, *y = b;

	return x->dma < y->dma ? -1 : x->dma > y->dma;
}

static void test_layout(void **state)
{
	static struct nax_slot slot[3 * 124 + 5];
	size_t i, n = ARRAY_SIZE(slot);

	for (i = 0; i < n; i++) {
		assert_int_equal(nax_buf_alloc(&slot[i]), 0);
		assert_int_equal(slot[i].cap, NAX_BUF_DATA);
		assert_int_equal(slot[i].dma % 64, 0);
		assert_int_equal(slot[i].dma, nax_buf_start(slot[i].buf) + NAX_BUF_HEADROOM);
		memset((char *)nax_slot_data(&slot[i]) - NAX_BUF_HEADROOM, (int)i, NAX_BUF_SIZE);
	}
	assert_int_equal(buffers_out(), n);
	qsort(slot, n, sizeof(slot[0]), by_dma);
	for (i = 1; i < n; i++)
		assert_true(slot[i].dma - slot[i - 1].dma >= NAX_BUF_SIZE);
	for (i = 0; i < n; i++)
		nax_buf_free(&slot[i]);
	assert_int_equal(buffers_out(), 0);
	assert_string_equal(log_text, "");
}

static void test_home_and_forward(void **state)
{
	struct nax_slot a = { .flags = 0x101, .hash = 1, .len = 60, .vlan_tci = 5, .gso = 2,
			      .group = 3 };
	struct nax_slot b = { .flags = 2, .hash = 6, .len = 90, .vlan_tci = 7, .gso = 8,
			      .group = 9 };
	u32 buf_a, buf_b;
	u64 dma;

	assert_int_equal(nax_buf_alloc(&a), 0);
	assert_int_equal(nax_buf_alloc(&b), 0);
	buf_a = a.buf;
	buf_b = b.buf;
	dma = a.dma;
	a.dma += 14;
	a.cap = 100;
	nax_slot_forward(&a, &b, 3);
	assert_int_equal(a.buf, buf_b);
	assert_int_equal(a.cap, NAX_BUF_DATA);
	assert_int_equal(a.flags, 0x101);
	assert_int_equal(a.len, 60);
	assert_int_equal(b.buf, buf_a);
	assert_int_equal(b.cap, 100);
	assert_int_equal(b.flags, 1);
	assert_int_equal(b.len, 60);
	assert_int_equal(b.vlan_tci, 5);
	assert_true(!b.hash && !b.gso && !b.group);
	assert_int_equal(b.dma, dma + 14);
	nax_buf_home(&b);
	assert_int_equal(b.dma, dma);
	assert_int_equal(b.cap, NAX_BUF_DATA);
	nax_buf_free(&a);
	nax_buf_free(&b);
	assert_int_equal(a.buf, 0);
	assert_int_equal(buffers_out(), 0);
}

static void test_free_without_buffer(void **state)
{
	struct nax_slot slot;

	assert_int_equal(nax_buf_alloc(&slot), 0);
	nax_buf_free(&slot);
	assert_string_equal(log_text, "");
	nax_buf_free(&slot);
	assert_non_null(strstr(log_text, "without a buffer"));
	assert_int_equal(buffers_out(), 0);
}

static void test_exhaustion(void **state)
{
	static struct nax_slot slot[4096];
	u32 n = 0, i;

	maps_left = 1;
	while (n < ARRAY_SIZE(slot) && !nax_buf_alloc(&slot[n]))
		n++;
	/* one chunk holds 16 slabs of 124 buffers */
	assert_int_equal(n, 16 * 124);
	assert_int_equal(buffers_out(), n);
	for (i = 0; i < n; i++)
		nax_buf_free(&slot[i]);
	assert_int_equal(buffers_out(), 0);
	assert_int_equal(nax_buf_alloc(&slot[0]), 0);
	nax_buf_free(&slot[0]);
}

/* Takes and gives in bursts; every buffer in hand bears its owner's mark. */
static void *worker(void *arg)
{
	struct nax_slot slot[HELD];
	unsigned int seed = (unsigned int)(uintptr_t)arg;
	uintptr_t bad = 0;
	u32 n = 0, i, round;

	for (round = 0; round < ROUNDS; round++) {
		u32 want = (u32)rand_r(&seed) % HELD;

		for (; n < want; n++) {
			if (nax_buf_alloc(&slot[n]))
				return (void *)1;
			*(u32 *)nax_slot_data(&slot[n]) = seed + n;
			slot[n].hash = seed + n;
		}
		for (i = 0; i < n; i++)
			bad += *(u32 *)nax_slot_data(&slot[i]) != slot[i].hash;
		while (n > want / 2)
			nax_buf_free(&slot[--n]);
	}
	while (n)
		nax_buf_free(&slot[--n]);
	return (void *)bad;
}

static void test_threads(void **state)
{
	pthread_t t[THREADS];
	struct nax_pool_usage u;
	void *bad;
	uintptr_t i;

	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&t[i], NULL, worker, (void *)(i + 1)), 0);
	for (i = 0; i < THREADS; i++)
		nax_pool_usage(&u);
	for (i = 0; i < THREADS; i++) {
		pthread_join(t[i], &bad);
		assert_null(bad);
	}
	/* the threads have ended: their caches are empty, all is accounted for */
	nax_pool_usage(&u);
	assert_int_equal(u.out, 0);
	assert_int_equal(u.free + u.cached, u.total);
	assert_true(u.cached <= 64);
	assert_true(u.total >= HELD);
}

/* One thread takes, another gives: batches pass through the common list. */
static void *giver(void *arg)
{
	struct nax_slot *slot = arg;
	u32 i;

	for (i = 0; i < HELD; i++)
		nax_buf_free(&slot[i]);
	return NULL;
}

static void test_pass_on(void **state)
{
	struct nax_slot slot[HELD];
	struct nax_pool_usage before, after;
	pthread_t t;
	u32 round, i;

	for (round = 0; round < 20; round++) {
		for (i = 0; i < HELD; i++)
			assert_int_equal(nax_buf_alloc(&slot[i]), 0);
		if (!round)
			nax_pool_usage(&before);
		assert_int_equal(pthread_create(&t, NULL, giver, slot), 0);
		pthread_join(t, NULL);
	}
	nax_pool_usage(&after);
	assert_int_equal(after.out, 0);
	/* nothing got stuck in a cache that nobody takes from */
	assert_int_equal(after.total, before.total);
}

static void test_leak_is_named(void **state)
{
	struct nax_slot slot[3];
	u32 i;

	for (i = 0; i < 3; i++)
		assert_int_equal(nax_buf_alloc(&slot[i]), 0);
	nax_mem_detach(&client);
	assert_non_null(strstr(log_text, "3 of 124 packet buffers were not freed"));
	log_text[0] = '\0';
	/* too late, and said so; the pool's next life is not confused by it */
	nax_buf_free(&slot[0]);
	assert_non_null(strstr(log_text, "after the last port was closed"));
	assert_int_equal(nax_buf_alloc(&slot[0]), -ENOMEM);
	assert_int_equal(nax_mem_attach(&client, NULL), 0);
	assert_int_equal(buffers_out(), 0);
	assert_int_equal(nax_buf_alloc(&slot[0]), 0);
	assert_int_equal(buffers_out(), 1);
	nax_buf_free(&slot[0]);
	assert_int_equal(buffers_out(), 0);
}

#define POOL_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		POOL_TEST(test_layout),
		POOL_TEST(test_home_and_forward),
		POOL_TEST(test_free_without_buffer),
		POOL_TEST(test_exhaustion),
		POOL_TEST(test_threads),
		POOL_TEST(test_pass_on),
		POOL_TEST(test_leak_is_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
