// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links: framework/core, fake.c, fake_driver.c. Counters that add up, outlive and do not race. */
#include <string.h>

#include "fake.h"

static void test_hardware_counters(void **state)
{
	struct fake *f = fake_up(0, 1);
	u64 v[FAKE_STATS];

	(void)state;
	f->count[0] = 0xffffffff;
	fake_tick(f, NAX_STATS_NS / NAX_MS);
	assert_true(f->count[0] == 0);
	f->count[0] = 0xffffffff;
	fake_tick(f, NAX_STATS_NS / NAX_MS);
	f->count[0] = 2;
	f->count[3] = 7;
	nax_adapter_hw_stats(f->a, v);
	assert_true(v[0] == 0x200000000ull && v[1] == 0 && v[2] == 0 && v[3] == 7);
	/* read before a reset, which would clear them, and kept over down */
	f->count[0] = 5;
	assert_int_equal(nax_adapter_reset(f->a, "test", NULL), 0);
	assert_true(f->count[0] == 0);
	f->count[0] = 1;
	nax_adapter_down(f->a);
	f->count[0] = 100;
	nax_adapter_hw_stats(f->a, v);
	assert_true(v[0] == 0x200000006ull);
	/* all-ones of a device that went is no count */
	fake_destroy(f);

	f = fake_up(0, 1);
	f->count[0] = 3;
	fake_tick(f, NAX_STATS_NS / NAX_MS);
	f->dead = true;
	nax_adapter_hw_stats(f->a, v);
	assert_true(v[0] == 3);
	fake_tick(f, 1000);
	nax_adapter_hw_stats(f->a, v);
	assert_true(v[0] == 3 && v[1] == 0);
	fake_destroy(f);
}

static void test_collected_before_reset(void **state)
{
	struct fake *f = fake_up(0, 1);
	u64 v[FAKE_STATS];

	(void)state;
	f->count[2] = 9;
	nax_hung(f->a, NULL, "test");
	nax_adapter_service(f->a);
	f->count[2] = 1;
	nax_adapter_suspend(f->a);
	assert_int_equal(nax_adapter_resume(f->a, NULL), 0);
	nax_adapter_hw_stats(f->a, v);
	assert_true(v[2] == 10);
	fake_destroy(f);
}

static void one_each(struct fake *f)
{
	struct nax_queue *rx = f->a->rxq[0], *tx = f->a->txq[0];

	fake_rx(rx, 0, 100, NAX_F_EOP);
	nax_queue_poll_rx(rx, 8);
	rx->ring.end++;
	nax_queue_post_rx(rx);
	fake_tx(tx, 0, 50, NAX_F_EOP);
	nax_queue_submit(tx, 1);
	nax_queue_post_tx(tx);
	fake_tx_done(tx);
	nax_queue_poll_tx(tx);
	nax_adapter_irq(f->a, 0);
}

static void expect(struct fake *f, u64 n)
{
	struct nax_queue_stats s;

	assert_int_equal(nax_adapter_queue_stats(f->a, true, 0, &s), 0);
	assert_true(s.packets == n && s.bytes == n * 100 && s.drops == 0 && s.interrupts == n);
	assert_int_equal(nax_adapter_queue_stats(f->a, false, 0, &s), 0);
	assert_true(s.packets == n && s.bytes == n * 50 && s.drops == 0 && s.interrupts == n);
	assert_true(s.doorbells == n);
}

static void test_queue_counters_survive(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_config c = *nax_adapter_config(f->a);
	struct nax_queue_stats s;

	(void)state;
	one_each(f);
	expect(f, 1);
	assert_int_equal(nax_adapter_reset(f->a, "test", NULL), 0);
	one_each(f);
	expect(f, 2);
	c.rx_ring = 128;
	c.tx_ring = 128;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	one_each(f);
	expect(f, 3);
	nax_hung(f->a, f->a->txq[0], "test");
	nax_adapter_service(f->a);
	one_each(f);
	expect(f, 4);
	nax_adapter_down(f->a);
	expect(f, 4);
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	one_each(f);
	expect(f, 5);
	f->dead = true;
	fake_tick(f, 1000);
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	expect(f, 5);
	assert_int_equal(nax_adapter_queue_stats(f->a, true, 7, &s), 0);
	assert_true(s.packets == 0);
	assert_int_equal(nax_adapter_queue_stats(f->a, true, 8, &s), -EINVAL);
	assert_int_equal(nax_adapter_queue_stats(f->a, false, 0xffffffff, &s), -EINVAL);
	fake_destroy(f);
}

/* A back end may count a vector's interrupts, and leave waking to itself. */
static void test_interrupts_counted(void **state)
{
	struct fake *f = fake_up(0, 2);
	struct nax_queue_stats s;
	u32 i;

	(void)state;
	fake_journal(f, FAKE_WAKE);
	for (i = 0; i < 3; i++)
		nax_vector_fired(&f->a->vector[1]);
	assert_string_equal(fake_journal(f, FAKE_WAKE), "");
	nax_adapter_irq(f->a, 1);
	assert_string_equal(fake_journal(f, FAKE_WAKE), "wake rx1 wake tx1");
	for (i = 0; i < 4; i++) {
		assert_int_equal(nax_adapter_queue_stats(f->a, i / 2, i % 2, &s), 0);
		assert_true(s.interrupts == (i % 2 ? 4 : 0));
	}
	fake_destroy(f);
}

/* Threads: polls, interrupts and reports, while control does all it may. For ThreadSanitizer. */
struct racer {
	struct fake *f;
	bool stop;
	u32 polls;
};

static void *race_poll(void *p)
{
	struct racer *r = p;
	struct fake *f = r->f;

	while (!READ_ONCE(r->stop)) {
		pthread_mutex_lock(&f->poll);
		fake_rx(f->a->rxq[0], 0, 64, NAX_F_EOP);
		fake_poll(f);
		f->a->rxq[0]->ring.end += nax_ring_received(&f->a->rxq[0]->ring);
		nax_queue_post_rx(f->a->rxq[0]);
		if (nax_queue_tx_free(f->a->txq[0])) {
			fake_tx(f->a->txq[0], 0, 60, NAX_F_EOP);
			nax_queue_submit(f->a->txq[0], 1);
			nax_queue_post_tx(f->a->txq[0]);
		}
		fake_tx_done(f->a->txq[0]);
		nax_vector_arm(f->a->rxq[0]->vector);
		WRITE_ONCE(r->polls, r->polls + 1);
		pthread_mutex_unlock(&f->poll);
	}
	return NULL;
}

static void *race_any(void *p)
{
	struct racer *r = p;
	struct fake *f = r->f;
	u32 i;

	for (i = 0; !READ_ONCE(r->stop); i++) {
		nax_link_changed(f->a);
		if (i % 64 == 0)
			nax_hung(f->a, NULL, "from anywhere");
		nax_reg_read(f->a, FAKE_ALIVE);
		nax_time_ns(f->a);
	}
	return NULL;
}

static void race_control(struct racer *r)
{
	struct fake *f = r->f;
	struct nax_config c = *nax_adapter_config(f->a);
	struct nax_queue_stats s;
	u64 last = 0;
	u32 i;

	for (i = 0; i < 300 || READ_ONCE(r->polls) < 100; i++) {
		__atomic_fetch_add(&f->time_ns, 31000 * NAX_MS, __ATOMIC_RELAXED);
		nax_adapter_service(f->a);
		c.itr_us = i % 100;
		if (i % 5 == 0)
			c.offloads ^= NAX_OFFLOAD_RX_VLAN;
		if (i % 25 == 0)
			c.rx_ring = c.rx_ring == 64 ? 128 : 64;
		assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
		assert_int_equal(nax_adapter_queue_stats(f->a, true, 0, &s), 0);
		assert_true(s.packets >= last);
		last = s.packets;
	}
	WRITE_ONCE(f->dead, true);
	nax_reg_read(f->a, FAKE_ALIVE);
	nax_adapter_service(f->a);
	assert_int_equal(f->a->state, NAX_STATE_GONE);
}

static void race(unsigned int verify)
{
	struct fake *f = fake_up(verify, 1);
	struct racer r = { .f = f };
	pthread_t poll, any;

	assert_int_equal(pthread_create(&poll, NULL, race_poll, &r), 0);
	assert_int_equal(pthread_create(&any, NULL, race_any, &r), 0);
	race_control(&r);
	WRITE_ONCE(r.stop, true);
	pthread_join(poll, NULL);
	pthread_join(any, NULL);
	assert_int_equal(f->events[NAX_EVENT_VERIFY], 0);
	fake_destroy(f);
}

static void test_threads(void **state)
{
	(void)state;
	race(0);
	race(2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hardware_counters),
		cmocka_unit_test(test_collected_before_reset),
		cmocka_unit_test(test_queue_counters_survive),
		cmocka_unit_test(test_interrupts_counted),
		cmocka_unit_test(test_threads),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
