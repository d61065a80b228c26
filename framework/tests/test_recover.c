// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links: framework/core, fake.c, fake_driver.c. Watchdog, escalation, lost interrupts, storms. */
#include <string.h>

#include "fake.h"

#define RESTART_TX0 "diag queue_stop:tx0 queue_start:tx0 event:restart"
#define DOWN "queue_stop:tx0 queue_stop:rx0 stop "
#define UP "start link_set set_filter set_offloads set_rss set_itr:0=0 vectors 2 " \
	   "queue_start:tx0 queue_start:rx0 up "

static void hang_tx(struct fake *f)
{
	struct nax_queue *q = f->a->txq[0];

	fake_tx(q, 0, 60, NAX_F_EOP);
	nax_queue_submit(q, 1);
	nax_queue_post_tx(q);
}

static void test_watchdog(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_queue_stats s;
	struct nax_diag *d = calloc(1, sizeof(*d));
	u64 count;

	(void)state;
	assert_non_null(d);
	fake_tick(f, 200);
	assert_false(nax_adapter_fault(f->a, d));
	hang_tx(f);
	fake_journal(f, FAKE_DRIVER | FAKE_EVENT);
	fake_tick(f, 2000);
	assert_string_equal(fake_journal(f, FAKE_DRIVER | FAKE_EVENT), "");
	fake_tick(f, 400);
	assert_string_equal(fake_journal(f, FAKE_DRIVER | FAKE_EVENT), RESTART_TX0);
	assert_memory_equal(f->event, "tx queue 0: no completion for 2", 31);
	assert_int_equal(nax_adapter_recovery(f->a, &count), NAX_RECOVER_QUEUE);
	assert_true(count == 1);
	nax_adapter_queue_stats(f->a, false, 0, &s);
	assert_true(s.restarts == 1 && s.drops == 1 && s.packets == 0);
	assert_true(nax_adapter_fault(f->a, d));
	assert_int_equal(d->n, 1);
	assert_string_equal(d->rec[0].name, "DIAG");
	assert_true(d->rec[0].value == 0xd1a6);
	assert_string_equal(d->why, f->event);
	/* it works again: nothing more happens */
	hang_tx(f);
	fake_tx_done(f->a->txq[0]);
	fake_tick(f, 10000);
	assert_string_equal(fake_journal(f, 0), "");
	free(d);
	fake_destroy(f);
}

static void test_watchdog_waits(void **state)
{
	struct fake *f = fake_up(0, 1);
	u32 i;

	(void)state;
	/* the link is down */
	f->link.up = false;
	fake_tick(f, 2000);
	hang_tx(f);
	fake_tick(f, 10000);
	assert_int_equal(f->events[NAX_EVENT_RESTART], 0);
	/* the partner sends pause frames */
	f->link.up = true;
	f->count[1]++;
	for (i = 0; i < 40; i++) {
		fake_tick(f, 500);
		f->count[1]++;
	}
	assert_int_equal(f->events[NAX_EVENT_RESTART], 0);
	fake_tick(f, 3000);
	assert_int_equal(f->events[NAX_EVENT_RESTART], 1);
	fake_destroy(f);
}

/* An application that does not poll is not a device that hangs. */
static void test_watchdog_needs_polls(void **state)
{
	struct fake *f = fake_up(0, 1);
	u32 i;

	(void)state;
	fake_tick(f, 200);
	hang_tx(f);
	fake_tx_done(f->a->txq[0]);
	for (i = 0; i < 100; i++) {
		f->time_ns += NAX_TICK_NS;
		nax_adapter_service(f->a);
	}
	assert_int_equal(f->events[NAX_EVENT_RESTART], 0);
	fake_poll(f);
	f->time_ns += NAX_TICK_NS;
	nax_adapter_service(f->a);
	assert_int_equal(f->events[NAX_EVENT_RESTART], 0);
	assert_true(f->a->txq[0]->stats.packets == 1);
	fake_destroy(f);
}

/* Frames that are missed by a device with buffers that receives none: it does not receive any more. */
static void test_rx_hang(void **state)
{
	struct fake *f = fake_up(0, 2);
	u64 steps;
	u32 i;

	(void)state;
	/* nobody sends */
	fake_tick(f, 10000);
	/* too many were sent, once */
	f->count[2] = 1000;
	fake_tick(f, 10000);
	/* too many are sent, all the time */
	for (i = 0; i < 100; i++) {
		fake_rx(f->a->rxq[1], 0, 64, NAX_F_EOP);
		assert_int_equal(nax_queue_poll_rx(f->a->rxq[1], 8), 1);
		f->a->rxq[1]->ring.end++;
		nax_queue_post_rx(f->a->rxq[1]);
		f->count[2]++;
		fake_tick(f, 500);
	}
	assert_int_equal(f->events[NAX_EVENT_RESET], 0);
	/* nobody polls */
	for (i = 0; i < 100; i++) {
		f->count[2]++;
		f->time_ns += NAX_TICK_NS;
		nax_adapter_service(f->a);
	}
	assert_int_equal(f->events[NAX_EVENT_RESET], 0);
	for (i = 0; i < 25 && !f->events[NAX_EVENT_RESET]; i++) {
		f->count[2]++;
		fake_tick(f, 100);
	}
	assert_int_equal(f->events[NAX_EVENT_RESET], 1);
	assert_non_null(strstr(f->event, "adapter reset: no frame received for "));
	assert_non_null(strstr(f->event, "while the device has no room for frames"));
	/* one queue: it is the one; not again within the time that a step has to help */
	fake_destroy(f);
	f = fake_up(0, 1);
	for (i = 0; i < 30; i++) {
		f->count[2]++;
		fake_tick(f, 100);
	}
	assert_int_equal(f->events[NAX_EVENT_RESTART], 1);
	assert_ptr_equal(f->event_queue, f->a->rxq[0]);
	assert_true(nax_adapter_recoveries(f->a, NAX_RECOVER_QUEUE) == 1);
	nax_adapter_recovery(f->a, &steps);
	assert_true(steps == 1);
	fake_destroy(f);
}

static void test_lost_interrupt(void **state)
{
	struct fake *f = fake_up(0, 1);
	const char *j;
	u32 i;

	(void)state;
	fake_tick(f, 200);
	hang_tx(f);
	fake_tx_done(f->a->txq[0]);
	fake_journal(f, FAKE_WAKE);
	/* completed work and a context asleep: woken within two ticks */
	for (i = 0; i < 2; i++) {
		f->time_ns += NAX_TICK_NS;
		nax_adapter_service(f->a);
	}
	assert_non_null(strstr(fake_journal(f, FAKE_WAKE), "wake tx0"));
	fake_poll(f);
	/* nothing known to be there: woken once in a while */
	f->time_ns += NAX_TICK_NS;
	nax_adapter_service(f->a);
	fake_journal(f, FAKE_WAKE);
	for (i = 0; i < 10; i++) {
		f->time_ns += NAX_TICK_NS;
		nax_adapter_service(f->a);
	}
	j = fake_journal(f, 0);
	assert_string_equal(j, "wake rx0 wake tx0 wake rx0 wake tx0");
	fake_destroy(f);
}

static void test_escalation(void **state)
{
	struct fake *f = fake_up(0, 1);
	u32 mask = FAKE_DRIVER | FAKE_SYSTEM | FAKE_EVENT;
	u64 count;

	(void)state;
	fake_tick(f, 200);
	fake_journal(f, mask);
	nax_hung(f->a, f->a->txq[0], "first");
	nax_adapter_service(f->a);
	assert_string_equal(fake_journal(f, mask), RESTART_TX0);
	assert_string_equal(f->event, "tx queue 0: first");

	f->time_ns += 5000 * NAX_MS;
	nax_hung(f->a, f->a->txq[0], "second");
	nax_adapter_service(f->a);
	assert_string_equal(fake_journal(f, mask), "diag vectors 0 " DOWN UP "event:reset");
	assert_string_equal(f->event, "adapter reset: tx queue 0 again: second");
	assert_ptr_equal(f->event_queue, f->a->txq[0]);
	assert_int_equal(nax_adapter_recovery(f->a, &count), NAX_RECOVER_RESET);

	f->time_ns += 5000 * NAX_MS;
	nax_hung(f->a, f->a->rxq[0], "third");
	nax_adapter_service(f->a);
	assert_string_equal(fake_journal(f, mask), "diag vectors 0 " DOWN "flr " UP "event:reset");
	assert_string_equal(f->event, "function-level reset: rx queue 0 again: third");
	assert_int_equal(nax_adapter_recovery(f->a, &count), NAX_RECOVER_FLR);
	assert_int_equal(f->a->state, NAX_STATE_UP);

	f->time_ns += 5000 * NAX_MS;
	nax_hung(f->a, NULL, "fourth");
	nax_adapter_service(f->a);
	/* regular stop first, bus mastering off, no register from then on */
	assert_string_equal(fake_journal(f, mask),
			    "vectors 0 " DOWN "diag config[4]=2 event:gone");
	assert_string_equal(f->event, "fourth");
	assert_int_equal(nax_adapter_recovery(f->a, &count), NAX_RECOVER_GONE);
	assert_true(count == 4);
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	f->reads = 0;
	f->writes = 0;
	fake_tick(f, 3000);
	nax_adapter_down(f->a);
	assert_int_equal(f->reads + f->writes, 0);
	fake_destroy(f);
}

static void test_forgives_after_30_s(void **state)
{
	struct fake *f = fake_up(0, 2);
	u32 i;

	(void)state;
	for (i = 0; i < 4; i++) {
		nax_hung(f->a, f->a->txq[1], "now and then");
		nax_adapter_service(f->a);
		assert_int_equal(nax_adapter_recovery(f->a, NULL), NAX_RECOVER_QUEUE);
		f->time_ns += 30000 * NAX_MS;
	}
	for (i = 0; i < 4; i++) {
		nax_hung(f->a, NULL, "now and then");
		nax_adapter_service(f->a);
		assert_int_equal(nax_adapter_recovery(f->a, NULL), NAX_RECOVER_RESET);
		f->time_ns += 30000 * NAX_MS;
	}
	assert_int_equal(f->events[NAX_EVENT_RESTART], 4);
	assert_int_equal(f->events[NAX_EVENT_RESET], 4);
	fake_destroy(f);
}

/* Two queues that hang at once are two restarts, not a queue that hangs twice. */
static void test_two_queues(void **state)
{
	struct fake *f = fake_up(0, 2);

	(void)state;
	nax_hung(f->a, f->a->txq[0], "one");
	nax_hung(f->a, f->a->rxq[1], "other");
	nax_hung(f->a, f->a->rxq[1], "not the first reason");
	nax_adapter_service(f->a);
	assert_int_equal(f->events[NAX_EVENT_RESTART], 2);
	assert_int_equal(f->events[NAX_EVENT_RESET], 0);
	assert_string_equal(f->event, "rx queue 1: other");
	assert_ptr_equal(f->event_queue, f->a->rxq[1]);
	fake_destroy(f);
}

static void test_reset_that_fails(void **state)
{
	struct fake *f = fake_up(0, 1);
	u64 count;

	(void)state;
	fake_fail(f, "start", 1, -ETIMEDOUT);
	fake_journal(f, FAKE_DRIVER | FAKE_SYSTEM | FAKE_EVENT);
	nax_hung(f->a, NULL, "reset me");
	nax_adapter_service(f->a);
	assert_non_null(strstr(fake_journal(f, 0), "stop start diag flr start"));
	assert_int_equal(nax_adapter_recovery(f->a, &count), NAX_RECOVER_FLR);
	assert_true(count == 2);
	assert_int_equal(f->a->state, NAX_STATE_UP);
	fake_destroy(f);

	f = fake_up(0, 1);
	fake_fail(f, "start", 2, -ETIMEDOUT);
	nax_hung(f->a, NULL, "reset me");
	nax_adapter_service(f->a);
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	assert_string_equal(f->event, "start refused: register 0x00000 is 0x1");
	fake_destroy(f);
}

static void test_function_reset_that_fails(void **state)
{
	struct fake *f = fake_up(0, 1);

	(void)state;
	nax_hung(f->a, NULL, "one");
	nax_adapter_service(f->a);
	fake_fail(f, "function_reset", 1, -EIO);
	nax_hung(f->a, NULL, "two");
	nax_adapter_service(f->a);
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	assert_string_equal(f->event, "function-level reset failed with -5");
	fake_destroy(f);
}

static void test_admin_reset_that_fails(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_error err;

	(void)state;
	fake_fail(f, "start", 1, -ETIMEDOUT);
	assert_int_equal(nax_adapter_reset(f->a, "wish", &err), 0);
	assert_int_equal(nax_adapter_recovery(f->a, NULL), NAX_RECOVER_FLR);
	fake_fail(f, "start", 9, -ETIMEDOUT);
	assert_int_equal(nax_adapter_reset(f->a, "wish", &err), -ENODEV);
	assert_string_equal(err.text, "device is gone: start refused: register 0x00000 is 0x1");
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	fake_destroy(f);
}

static void test_last_vector(void **state)
{
	struct fake *f = fake_up(0, 1);
	u32 i;

	(void)state;
	fake_tick(f, 200);
	fake_journal(f, FAKE_WAKE | FAKE_EVENT);
	f->causes = NAX_IRQ_LINK;
	f->link.up = false;
	strcpy(f->link.reason, "module unplugged");
	nax_adapter_irq(f->a, 1);
	assert_string_equal(fake_journal(f, FAKE_WAKE | FAKE_EVENT), "service");
	nax_adapter_service(f->a);
	assert_string_equal(fake_journal(f, FAKE_WAKE | FAKE_EVENT), "arm:1 event:link");
	assert_string_equal(f->event, "link is down: module unplugged");

	f->causes = NAX_IRQ_FAULT;
	nax_adapter_irq(f->a, 1);
	nax_adapter_service(f->a);
	assert_int_equal(f->events[NAX_EVENT_RESET], 1);
	assert_string_equal(f->event, "adapter reset: the device reports a fault and asks for a reset");
	assert_null(f->event_queue);

	/* spurious, a vector that is not there, and one of the queues */
	f->causes = 0;
	nax_adapter_irq(f->a, 1);
	nax_adapter_irq(f->a, 2);
	nax_adapter_irq(f->a, 100000);
	fake_journal(f, FAKE_WAKE);
	nax_adapter_irq(f->a, 0);
	assert_string_equal(fake_journal(f, 0), "wake rx0 wake tx0");
	nax_adapter_service(f->a);

	/* a storm: the vector is armed so often in a tick, and then left alone until the next */
	fake_tick(f, 200);
	fake_journal(f, FAKE_WAKE);
	for (i = 0; i < 300; i++) {
		nax_adapter_irq(f->a, 1);
		nax_adapter_service(f->a);
	}
	fake_journal(f, FAKE_WAKE);
	nax_adapter_service(f->a);
	assert_string_equal(fake_journal(f, FAKE_WAKE), "");
	assert_string_equal(f->text, "vector 1 fired 100 times in 100 ms: masked for the rest of them");
	f->time_ns += NAX_TICK_NS;
	nax_adapter_service(f->a);
	assert_non_null(strstr(fake_journal(f, 0), "arm:1"));
	fake_destroy(f);
}

static void test_link(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_link link;

	(void)state;
	nax_adapter_service(f->a);
	nax_adapter_link(f->a, &link);
	assert_true(link.up && link.speed == 10000);
	assert_string_equal(f->event, "link is up: 10000 Mbit/s, full duplex, no pause frames");
	/* no interrupt: seen within a second */
	f->link.up = false;
	fake_tick(f, 800);
	nax_adapter_link(f->a, &link);
	assert_true(link.up);
	fake_tick(f, 300);
	nax_adapter_link(f->a, &link);
	assert_false(link.up);
	assert_string_equal(f->event, "link is down: no signal");
	/* the driver says so: at once */
	f->link.up = true;
	nax_link_changed(f->a);
	nax_adapter_service(f->a);
	nax_adapter_link(f->a, &link);
	assert_true(link.up);
	assert_int_equal(f->events[NAX_EVENT_LINK], 3);
	fake_destroy(f);
}

/* A queue that does not start again is reported while the adapter is being reset. */
static void deaf_queue_start(struct nax_queue *q)
{
	q->doorbell = FAKE_DOORBELL;
	if (q->is_rx)
		nax_hung(q->adapter, q, "does not start");
}

static void test_fault_while_recovering(void **state)
{
	struct fake *f = fake_up(0, 1);

	(void)state;
	nax_hung(f->a, NULL, "one");
	f->ops.queue_start = deaf_queue_start;
	nax_adapter_service(f->a);
	assert_int_equal(nax_adapter_recovery(f->a, NULL), NAX_RECOVER_RESET);
	nax_adapter_service(f->a);
	assert_int_equal(nax_adapter_recovery(f->a, NULL), NAX_RECOVER_FLR);
	nax_adapter_service(f->a);
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	assert_string_equal(f->event, "rx queue 0 again: does not start");
	fake_destroy(f);
}

/* A driver may record without end; the dump does not grow. */
static void many_records(struct nax_adapter *a, struct nax_diag *d)
{
	u32 i;

	(void)a;
	for (i = 0; i < NAX_DIAG_RECORDS + 10; i++)
		nax_diag_add(d, "A_NAME_THAT_IS_LONGER_THAN_A_RECORD", i, i);
}

/* What was reported before a reset, or before a suspend, is dealt with by it. */
static void test_reset_settles_faults(void **state)
{
	struct fake *f = fake_up(0, 1);
	u64 count;

	(void)state;
	f->causes = NAX_IRQ_FAULT;
	nax_adapter_irq(f->a, f->a->n_vectors - 1u);
	nax_hung(f->a, f->a->rxq[0], "test");
	assert_int_equal(nax_adapter_reset(f->a, "test", NULL), 0);
	fake_tick(f, 500);
	f->causes = NAX_IRQ_FAULT;
	nax_adapter_irq(f->a, f->a->n_vectors - 1u);
	nax_hung(f->a, f->a->rxq[0], "test");
	assert_int_equal(nax_adapter_suspend(f->a), 0);
	assert_int_equal(nax_adapter_resume(f->a, NULL), 0);
	fake_tick(f, 500);
	assert_int_equal(f->events[NAX_EVENT_RESTART], 0);
	assert_int_equal(f->events[NAX_EVENT_RESET], 0);
	nax_adapter_recovery(f->a, &count);
	assert_true(count == 0);
	fake_destroy(f);
}

/* What was reported of a queue is dealt with by its restart, whoever asks for that. */
static void test_restart_settles_fault(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_config c = *nax_adapter_config(f->a);
	u64 count;

	(void)state;
	nax_hung(f->a, f->a->txq[0], "test");
	assert_int_equal(nax_adapter_queue_restart(f->a, false, 0, NULL), 0);
	assert_false(nax_queue_halted(f->a->txq[0], NAX_HALT_STUCK));
	nax_hung(f->a, f->a->rxq[0], "test");
	c.rx_ring = 128;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_false(nax_queue_halted(f->a->rxq[0], NAX_HALT_STUCK));
	fake_tick(f, 500);
	nax_adapter_recovery(f->a, &count);
	assert_true(count == 0);
	/* one that does not start is still one that does not */
	f->ops.queue_start = deaf_queue_start;
	assert_int_equal(nax_adapter_queue_restart(f->a, true, 0, NULL), 0);
	assert_true(nax_queue_halted(f->a->rxq[0], NAX_HALT_STUCK));
	fake_destroy(f);
}

static void test_diag_is_bounded(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_diag *d = calloc(1, sizeof(*d));

	(void)state;
	assert_non_null(d);
	f->ops.diag = many_records;
	nax_adapter_diag(f->a, "look", d);
	assert_int_equal(d->n, NAX_DIAG_RECORDS);
	assert_int_equal(d->lost, 10);
	assert_int_equal(strlen(d->rec[0].name), NAX_DIAG_NAME - 1);
	assert_string_equal(d->why, "look");
	assert_true(d->when_ns == f->time_ns);
	/* one that sleeps may be in reset: it is not touched */
	assert_int_equal(nax_adapter_suspend(f->a), 0);
	nax_adapter_diag(f->a, "asleep", d);
	assert_int_equal(d->n, 0);
	assert_string_equal(d->why, "asleep");
	free(d);
	fake_destroy(f);
}

static void test_quarantine(void **state)
{
	struct fake *f = fake_up(1, 2);
	struct nax_queue *q = f->a->rxq[1];

	(void)state;
	fake_tick(f, 200);
	fake_journal(f, FAKE_DRIVER | FAKE_EVENT);
	nax_queue_quarantine(q);
	assert_false(nax_queue_running(q));
	fake_rx(q, 0, 60, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(q, 8), 0);
	nax_adapter_service(f->a);
	assert_string_equal(fake_journal(f, FAKE_DRIVER | FAKE_EVENT), "queue_stop:rx1 event:verify");
	/* recovery of the adapter does not bring it back, an administrator's reset does */
	nax_hung(f->a, NULL, "other reason");
	nax_adapter_service(f->a);
	assert_false(nax_queue_running(q));
	assert_true(nax_queue_running(f->a->rxq[0]));
	assert_int_equal(nax_adapter_reset(f->a, "wish", NULL), 0);
	assert_true(nax_queue_running(q));
	fake_destroy(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_watchdog),
		cmocka_unit_test(test_watchdog_waits),
		cmocka_unit_test(test_watchdog_needs_polls),
		cmocka_unit_test(test_rx_hang),
		cmocka_unit_test(test_lost_interrupt),
		cmocka_unit_test(test_escalation),
		cmocka_unit_test(test_forgives_after_30_s),
		cmocka_unit_test(test_two_queues),
		cmocka_unit_test(test_reset_that_fails),
		cmocka_unit_test(test_function_reset_that_fails),
		cmocka_unit_test(test_admin_reset_that_fails),
		cmocka_unit_test(test_last_vector),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_fault_while_recovering),
		cmocka_unit_test(test_reset_settles_faults),
		cmocka_unit_test(test_restart_settles_fault),
		cmocka_unit_test(test_diag_is_bounded),
		cmocka_unit_test(test_quarantine),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
