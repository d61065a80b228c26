// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Poll contexts and ports over the in-process loopback NIC. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "mem.h"
#include "port.h"
#include "traffic.h"
#include "user.h"

static struct loop dev;
static struct nax_port *port;
static struct nax_poll *polls[2];
static struct nax_error err;
static struct traffic traffic[2];	/* not on the stack: threads outlive a test that fails */
static char log_text[NAX_ERROR_TEXT];

static void keep_text(void *arg, int level, const char *name, const char *text)
{
	snprintf(log_text, sizeof(log_text), "%s", text);
}

static int setup(void **state)
{
	log_text[0] = '\0';
	nax_log_set(keep_text, NULL, NAX_LOG_WARN);
	loop_init(&dev);
	polls[0] = NULL;
	polls[1] = NULL;
	if (!nax_port_open_sim(&loop_sim_ops, &dev, 0, &port, &err))
		return 0;
	print_error("open: %s\n", err.text);
	return -1;
}

/* Whatever a test left behind comes down here, and nothing may have leaked. */
static int teardown(void **state)
{
	struct nax_mem_usage u;

	nax_poll_destroy(polls[0]);
	nax_poll_destroy(polls[1]);
	nax_port_close(port);
	nax_mem_usage(&u);
	pthread_mutex_destroy(&dev.lock);
	if (log_text[0])
		print_error("log: %s\n", log_text);
	return log_text[0] || u.clients || u.chunks || dev.n_maps;
}

static void start_mtu(u32 queues, u32 ring, u32 mtu)
{
	struct nax_port_config c;

	nax_port_defaults(port, &c);
	c.mtu = mtu;
	c.rx_queues = (u16)queues;
	c.tx_queues = (u16)queues;
	c.rx_ring = ring;
	c.tx_ring = ring;
	if (nax_port_start(port, &c, &err))
		fail_msg("start: %s", err.text);
}

static void start(u32 queues, u32 ring)
{
	start_mtu(queues, ring, 1500);
}

static struct nax_poll *new_poll(bool spin, unsigned int queue)
{
	struct nax_poll_config c = { .spin = spin, .cpu = -1 };
	struct nax_poll *p = nax_poll_create(&c, &err);

	assert_non_null(p);
	if (nax_poll_add(p, port, (int)queue, (int)queue, &err))
		fail_msg("add: %s", err.text);
	return p;
}

static void test_info(void **state)
{
	struct nax_port_info info;

	nax_port_info(port, &info);
	assert_string_equal(info.driver, "loop");
	assert_string_equal(info.model, "loopback");
	assert_string_equal(info.state, "attached");
	assert_int_equal(info.vendor, LOOP_VENDOR);
	assert_int_equal(info.mac[5], 7);
	assert_int_equal(nax_port_caps(port)->ring_max, 4096);
	start(2, 64);
	nax_port_info(port, &info);
	assert_string_equal(info.state, "up");
	assert_int_equal(info.config.rx_queues, 2);
	assert_int_equal(info.config.tx_ring, 64);
	assert_int_equal(nax_port_stop(port, &err), 0);
	nax_port_info(port, &info);
	assert_string_equal(info.state, "attached");
}

static void test_once(void **state)
{
	struct traffic t = { .port = port, .to_send = 1000 };
	struct nax_queue_stats s;
	u32 i;

	start(1, 64);
	polls[0] = new_poll(false, 0);
	for (i = 0; i < 2000 && t.received < 1000; i++)
		nax_poll_once(polls[0], traffic_handler, &t);
	assert_int_equal(t.received, 1000);
	assert_int_equal(t.wrong, 0);
	for (i = 0; i < 4; i++)
		nax_poll_once(polls[0], traffic_handler, &t);
	assert_int_equal(nax_poll_once(polls[0], traffic_handler, &t), 0);
	assert_int_equal(nax_port_queue_stats(port, false, 0, &s), 0);
	assert_int_equal(s.packets, 1000);
	assert_int_equal(nax_port_queue_stats(port, true, 0, &s), 0);
	assert_int_equal(s.packets, 1000);
	assert_true(s.doorbells < 500);
}

/*
 * Without work the handler is not called, and nothing that traffic needs is missed by that. Fetching
 * packets into the cache changes nothing either.
 */
static void test_on_work(void **state)
{
	struct nax_poll_config c = { .spin = true, .cpu = -1, .on_work = true, .prefetch = true };
	struct traffic t = { .port = port, .to_send = 1000 };
	u32 i, calls;

	start(1, 64);
	polls[0] = nax_poll_create(&c, &err);
	assert_non_null(polls[0]);
	assert_int_equal(nax_poll_add(polls[0], port, 0, 0, &err), 0);
	for (i = 0; i < 2000 && t.received < 1000; i++)
		nax_poll_once(polls[0], traffic_handler, &t);
	assert_int_equal(t.received, 1000);
	assert_int_equal(t.wrong, 0);
	while (nax_poll_once(polls[0], traffic_handler, &t))
		;
	calls = t.calls;
	for (i = 0; i < 10; i++)
		assert_int_equal(nax_poll_once(polls[0], traffic_handler, &t), 0);
	assert_int_equal(t.calls, calls);
}

static void test_many_slots(void **state)
{
	struct traffic t = { .port = port, .to_send = 300, .two = true };
	u32 i;

	start_mtu(1, 64, 4000);
	polls[0] = new_poll(false, 0);
	for (i = 0; i < 2000 && t.received < 300; i++)
		nax_poll_once(polls[0], traffic_handler, &t);
	assert_int_equal(t.received, 300);
	assert_int_equal(t.wrong, 0);
}

/* Two spinning threads, each with a queue pair, while control changes the port under them. */
static void test_control_under_load(void **state)
{
	struct traffic *t = traffic;
	struct nax_port_config c;
	struct nax_queue_stats s;
	struct nax_port_info info;
	u32 i, seen;

	start(2, 64);
	for (i = 0; i < 2; i++) {
		t[i] = (struct traffic){ .port = port, .queue = i, .to_send = ~0u };
		polls[i] = new_poll(true, i);
		assert_int_equal(nax_poll_start(polls[i], traffic_handler, &t[i], &err), 0);
		traffic_wait(&t[i].received, 1);
	}
	nax_port_info(port, &info);
	c = info.config;
	for (i = 0; i < 20; i++) {
		seen = __atomic_load_n(&t[i % 2].received, __ATOMIC_RELAXED);
		c.rx_ring = c.rx_ring == 64 ? 256 : 64;
		c.tx_ring = c.tx_ring == 64 ? 128 : 64;
		if (nax_port_reconfigure(port, &c, &err))
			fail_msg("reconfigure: %s", err.text);
		if (nax_port_reset(port, &err))
			fail_msg("reset: %s", err.text);
		nax_port_service(port);
		nax_port_info(port, &info);
		assert_string_equal(info.state, "up");
		assert_int_equal(info.config.rx_ring, c.rx_ring);
		assert_int_equal(nax_port_queue_stats(port, true, i % 2, &s), 0);
		traffic_wait(&t[i % 2].received, seen + 1);
	}
	c.rx_queues = 4;
	assert_int_equal(nax_port_reconfigure(port, &c, &err), -EBUSY);
	assert_non_null(strstr(err.text, "number of queues"));
	assert_int_equal(nax_port_stop(port, &err), -EBUSY);
	for (i = 0; i < 2; i++) {
		nax_poll_stop(polls[i]);
		nax_poll_join(polls[i]);
		assert_int_equal(t[i].wrong, 0);
	}
	/* every queue still works, and its context can be run again */
	for (i = 0; i < 2; i++) {
		seen = t[i].received;
		assert_int_equal(nax_poll_start(polls[i], traffic_handler, &t[i], &err), 0);
		traffic_wait(&t[i].received, seen + 10);
		nax_poll_remove(polls[i], port);
		nax_poll_stop(polls[i]);
		nax_poll_join(polls[i]);
	}
	if (nax_port_reconfigure(port, &c, &err))
		fail_msg("reconfigure: %s", err.text);
	log_text[0] = '\0';	/* the resets were logged */
}

/* A sleeping context: an interrupt, nax_poll_wake() and a descriptor each end the sleep. */
static void test_sleep(void **state)
{
	struct traffic *t = traffic;
	int fd = eventfd(0, EFD_NONBLOCK);
	u32 i, calls;

	*t = (struct traffic){ .port = port };
	start(1, 64);
	polls[0] = new_poll(false, 0);
	assert_int_equal(nax_poll_add_fd(polls[0], fd, &err), 0);
	assert_int_equal(nax_poll_start(polls[0], traffic_handler, t, &err), 0);
	for (i = 0; i < 60; i++) {
		nax_user_sleep_us(2000);
		calls = __atomic_load_n(&t->calls, __ATOMIC_RELAXED);
		if (i % 3 == 0)
			nax_poll_wake(polls[0]);
		else if (i % 3 == 1)
			loop_fire(&dev, 0);
		else
			nax_user_kick(fd);
		traffic_wait(&t->calls, calls + 1);
		if (i % 3 == 2)
			nax_user_drain(fd);
	}
	/* idle, it does not spin: the fd is empty, no interrupt comes */
	nax_user_sleep_us(5000);
	calls = __atomic_load_n(&t->calls, __ATOMIC_RELAXED);
	nax_user_sleep_us(300000);
	assert_in_range(__atomic_load_n(&t->calls, __ATOMIC_RELAXED) - calls, 1, 40);
	/* unwanted, a readable descriptor is no reason to wake */
	nax_poll_want_fd(polls[0], fd, false);
	nax_user_kick(fd);
	calls = __atomic_load_n(&t->calls, __ATOMIC_RELAXED);
	nax_user_sleep_us(300000);
	assert_in_range(__atomic_load_n(&t->calls, __ATOMIC_RELAXED) - calls, 1, 40);
	nax_poll_want_fd(polls[0], fd, true);
	traffic_wait(&t->calls, calls + 200);
	nax_poll_stop(polls[0]);
	nax_poll_join(polls[0]);
	close(fd);
}

static void test_sleep_is_ended_soon(void **state)
{
	struct traffic *t = traffic;
	u64 from, spent = 0;
	u32 i, calls;

	*t = (struct traffic){ .port = port };
	start(1, 64);
	polls[0] = new_poll(false, 0);
	assert_int_equal(nax_poll_start(polls[0], traffic_handler, t, &err), 0);
	for (i = 0; i < 40; i++) {
		nax_user_sleep_us(3000);
		calls = __atomic_load_n(&t->calls, __ATOMIC_RELAXED);
		from = nax_user_time_ns();
		loop_fire(&dev, 0);
		while (__atomic_load_n(&t->calls, __ATOMIC_RELAXED) == calls)
			sched_yield();
		spent += nax_user_time_ns() - from;
	}
	/* 40 sleeps by themselves would take 2 s on average */
	assert_in_range(spent / 1000000, 0, 800);
}

static u32 deadlock_handler(struct nax_poll *poll, void *arg)
{
	struct nax_port_config c;
	struct nax_error e;
	int *rc = arg;

	nax_port_defaults(port, &c);
	rc[0] = nax_port_reset(port, &e);
	rc[1] = nax_port_stop(port, &e);
	rc[2] = nax_port_reconfigure(port, &c, &e);
	rc[3] = nax_poll_add(poll, port, 1, 1, &e);
	rc[4] = nax_port_serve(port, NULL, &e);
	rc[5] = nax_port_open("vfio-user:/none", 0, &port, &e);
	return 0;
}

static void test_control_in_handler(void **state)
{
	struct nax_port *mine = port;
	int rc[6] = { 0 };
	u32 i;

	start(2, 64);
	polls[0] = new_poll(false, 0);
	nax_poll_once(polls[0], deadlock_handler, rc);
	port = mine;
	for (i = 0; i < ARRAY_SIZE(rc); i++)
		assert_int_equal(rc[i], -EDEADLK);
}

static u32 idle_handler(struct nax_poll *poll, void *arg)
{
	return 0;
}

static void test_membership(void **state)
{
	struct nax_poll_config c = { .cpu = -1 };

	polls[0] = nax_poll_create(NULL, &err);
	polls[1] = nax_poll_create(NULL, &err);
	assert_int_equal(nax_poll_add(polls[0], port, 0, 0, &err), -ENETDOWN);
	start(2, 64);
	assert_int_equal(nax_poll_add(polls[0], port, -1, -1, &err), -EINVAL);
	assert_int_equal(nax_poll_add(polls[0], port, 2, 0, &err), -EINVAL);
	assert_non_null(strstr(err.text, "rx queue is 2: must be 0 to 1"));
	assert_int_equal(nax_poll_add(polls[0], port, 0, -2, &err), -EINVAL);
	assert_int_equal(nax_poll_add(polls[0], port, 0, -1, &err), 0);
	assert_int_equal(nax_poll_add(polls[1], port, 0, 1, &err), -EBUSY);
	assert_non_null(strstr(err.text, "rx queue 0"));
	assert_int_equal(nax_poll_add(polls[1], port, -1, 0, &err), 0);
	assert_int_equal(nax_poll_add(polls[1], port, 1, 1, &err), 0);
	nax_poll_once(polls[0], idle_handler, NULL);
	nax_poll_once(polls[1], idle_handler, NULL);
	nax_poll_remove(polls[0], port);
	assert_int_equal(nax_poll_add(polls[1], port, 0, -1, &err), 0);
	nax_poll_remove(polls[1], port);
	assert_int_equal(nax_port_stop(port, &err), 0);

	c.budget = 65537;
	assert_null(nax_poll_create(&c, &err));
	assert_non_null(strstr(err.text, "budget is 65537"));
	c.budget = 0;
	c.cpu = 100000;
	assert_null(nax_poll_create(&c, &err));
	assert_non_null(strstr(err.text, "cpu is 100000"));
	/* a CPU number that is in range, but that this machine does not have */
	c.cpu = CPU_SETSIZE - 1;
	nax_poll_destroy(polls[0]);
	polls[0] = nax_poll_create(&c, &err);
	assert_int_equal(nax_poll_start(polls[0], idle_handler, NULL, &err), -EINVAL);
	assert_non_null(strstr(err.text, "cpu 1023"));
	c.cpu = 0;
	nax_poll_destroy(polls[0]);
	polls[0] = nax_poll_create(&c, &err);
	assert_int_equal(nax_poll_start(polls[0], idle_handler, NULL, &err), 0);
	assert_int_equal(nax_poll_start(polls[0], idle_handler, NULL, &err), -EBUSY);
}

/* Queues that are not there, or not this context's, are quiet. */
static u32 foreign_handler(struct nax_poll *poll, void *arg)
{
	assert_int_equal(nax_ring_free(nax_port_tx_ring(port, 0)), 64);
	assert_int_equal(nax_ring_free(nax_port_tx_ring(port, 1)), 0);
	assert_int_equal(nax_ring_free(nax_port_tx_ring(port, 5000)), 0);
	assert_int_equal(nax_ring_received(nax_port_rx_ring(port, 1)), 0);
	nax_tx_submit(nax_port_tx_ring(port, 1), 1);
	return 0;
}

static void test_rings_outside_of_handler(void **state)
{
	struct nax_ring *r;

	start(1, 64);
	polls[0] = new_poll(false, 0);
	r = nax_port_rx_ring(port, 0);
	assert_int_equal(nax_ring_received(r), 0);
	assert_int_equal(nax_rx_packet(r, nax_ring_first_held(r)), 0);
	assert_non_null(strstr(log_text, "outside of a handler"));
	log_text[0] = '\0';
	assert_int_equal(nax_ring_free(nax_port_tx_ring(port, 0)), 0);
	assert_int_equal(nax_ring_free(nax_port_tx_ring(port, 5000)), 0);
	nax_poll_once(polls[0], foreign_handler, NULL);
}

static u32 greedy_handler(struct nax_poll *poll, void *arg)
{
	struct nax_ring *tx = nax_port_tx_ring(port, 0);

	nax_tx_submit(tx, nax_ring_free(tx) + 1);
	return 0;
}

static void test_submit_too_much(void **state)
{
	start(1, 64);
	polls[0] = new_poll(false, 0);
	nax_poll_once(polls[0], greedy_handler, NULL);
	assert_non_null(strstr(log_text, "65 slots submitted: 64 are free"));
	log_text[0] = '\0';
}

static void test_config_limits(void **state)
{
	struct nax_port_config good, c;

	nax_port_defaults(port, &good);
	c = good;
	c.rx_buf_len = 4096;
	assert_int_equal(nax_port_start(port, &c, &err), -EINVAL);
	assert_non_null(strstr(err.text, "rx_buf_len is 4096: the limit is 2048"));
	c = good;
	c.mtu = 9000;
	c.offloads = 0;
	assert_int_equal(nax_port_start(port, &c, &err), -EINVAL);
	assert_non_null(strstr(err.text, "mtu is 9000"));
	assert_non_null(strstr(err.text, "2022"));
	c = good;
	c.rx_ring = 100;
	assert_int_equal(nax_port_start(port, &c, &err), -EINVAL);
	c = good;
	c.mtu = 9000;
	assert_int_equal(nax_port_start(port, &c, &err), 0);
}

/* Every buffer is found again after many starts and stops. */
static void test_nothing_leaks(void **state)
{
	struct nax_pool_usage u;
	u32 i;

	for (i = 0; i < 10; i++) {
		start(4, 256);
		assert_int_equal(nax_port_stop(port, &err), 0);
		nax_pool_usage(&u);
		assert_int_equal(u.out, 0);
	}
	assert_in_range(u.total, 8 * 256, 8 * 256 + 256);
}

static void test_gone(void **state)
{
	struct traffic t = { .port = port, .to_send = ~0u };
	struct nax_port_event ev;
	struct nax_port_info info;
	bool found = false;
	u32 i;

	start(1, 64);
	polls[0] = new_poll(false, 0);
	for (i = 0; i < 10; i++)
		nax_poll_once(polls[0], traffic_handler, &t);
	dev.gone = true;
	/* the device answers nothing: the watchdog finds out within 2 s, and a little */
	for (i = 0; i < 100; i++) {
		nax_poll_once(polls[0], traffic_handler, &t);
		nax_port_service(port);
		nax_port_info(port, &info);
		if (!strcmp(info.state, "gone"))
			break;
		nax_user_sleep_us(50000);
	}
	assert_string_equal(info.state, "gone");
	while (nax_port_event_next(port, &ev))
		found |= ev.type == NAX_PORT_GONE;
	assert_true(found);
	assert_int_equal(nax_port_reset(port, &err), -ENODEV);
	log_text[0] = '\0';
}

static void test_refused_memory(void **state)
{
	struct nax_port_config c;

	/* nothing can be mapped for the device: no queue can be made, and the port says so */
	dev.refuse_map = 0;
	nax_port_defaults(port, &c);
	assert_int_equal(nax_port_start(port, &c, &err), -ENOMEM);
	assert_non_null(strstr(err.text, "no memory"));
	dev.refuse_map = -1;
	assert_int_equal(nax_port_start(port, &c, &err), 0);
}

/* An application that does not fetch events loses the oldest, and is told how many. */
static void test_events(void **state)
{
	struct nax_port_event ev;
	u32 i;

	assert_false(nax_port_event_next(port, &ev));
	assert_false(nax_user_drain(nax_port_event_fd(port)));
	for (i = 0; i < NAX_EVENTS_MAX + 5; i++) {
		snprintf(ev.text, sizeof(ev.text), "number %u", i);
		nax_events_push(&port->events, NAX_PORT_LINK, i, ev.text);
	}
	assert_true(nax_port_event_next(port, &ev));
	assert_int_equal(ev.when_ns, 5);
	assert_non_null(strstr(ev.text, "number 5 (5 older events were lost"));
	for (i = 6; nax_port_event_next(port, &ev); i++)
		assert_int_equal(ev.when_ns, i);
	assert_int_equal(i, NAX_EVENTS_MAX + 5);
	/* empty: the descriptor is quiet again */
	assert_false(nax_user_drain(nax_port_event_fd(port)));
}

/* SIGALRM may interrupt anything; nax_poll_stop() is allowed in its handler. */
static void on_alarm(int sig)
{
	nax_poll_stop(polls[0]);
}

static void test_stop_from_signal(void **state)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct traffic t = { .port = port };

	start(1, 64);
	polls[0] = new_poll(false, 0);
	sigaction(SIGALRM, &sa, NULL);
	ualarm(30000, 0);
	nax_poll_run(polls[0], traffic_handler, &t);
	assert_true(t.calls > 0);
	/* a stop before the run ends it at once */
	nax_poll_stop(polls[0]);
	t.calls = 0;
	nax_poll_run(polls[0], traffic_handler, &t);
	assert_int_equal(t.calls, 0);
}

/* A handler that went on using the port would be the application's mistake; this one does not. */
static void test_close_with_poll(void **state)
{
	start(1, 64);
	polls[0] = new_poll(true, 0);
	assert_int_equal(nax_poll_start(polls[0], idle_handler, NULL, &err), 0);
	nax_port_close(port);
	assert_non_null(strstr(log_text, "while the port is closed"));
	log_text[0] = '\0';
	nax_poll_destroy(polls[0]);
	polls[0] = NULL;
	assert_int_equal(nax_port_open_sim(&loop_sim_ops, &dev, 0, &port, &err), 0);
}

static void test_open_errors(void **state)
{
	struct nax_sim_ops broken = loop_sim_ops;
	struct nax_port *other;
	struct loop bad;

	loop_init(&bad);
	assert_int_equal(nax_port_open("nothing", 0, &other, &err), -EINVAL);
	assert_non_null(strstr(err.text, "vfio-user:PATH"));
	assert_null(other);
	assert_int_equal(nax_port_open_sim(&loop_sim_ops, &bad, 3, &other, &err), -EINVAL);
	assert_non_null(strstr(err.text, "verify is 3"));
	broken.reset = NULL;
	assert_int_equal(nax_port_open_sim(&broken, &bad, 0, &other, &err), -EINVAL);
	bad.config[2] ^= 1;
	assert_int_equal(nax_port_open_sim(&loop_sim_ops, &bad, 0, &other, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "1af4:7ffe"));
	bad.config[2] ^= 1;
	bad.bar_size = 512;
	assert_int_equal(nax_port_open_sim(&loop_sim_ops, &bad, 0, &other, &err), -EINVAL);
	assert_non_null(strstr(err.text, "512 bytes: driver loop needs 4096"));
	bad.bar_size = LOOP_BAR;
	bad.gone = true;
	assert_int_equal(nax_port_open_sim(&loop_sim_ops, &bad, 0, &other, &err), -ENODEV);
	assert_non_null(strstr(err.text, "0xffff"));
	pthread_mutex_destroy(&bad.lock);
}

#define POLL_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		POLL_TEST(test_info),
		POLL_TEST(test_once),
		POLL_TEST(test_on_work),
		POLL_TEST(test_many_slots),
		POLL_TEST(test_control_under_load),
		POLL_TEST(test_sleep),
		POLL_TEST(test_sleep_is_ended_soon),
		POLL_TEST(test_control_in_handler),
		POLL_TEST(test_membership),
		POLL_TEST(test_rings_outside_of_handler),
		POLL_TEST(test_submit_too_much),
		POLL_TEST(test_config_limits),
		POLL_TEST(test_nothing_leaks),
		POLL_TEST(test_gone),
		POLL_TEST(test_refused_memory),
		POLL_TEST(test_events),
		POLL_TEST(test_stop_from_signal),
		POLL_TEST(test_close_with_poll),
		POLL_TEST(test_open_errors),
	};

	loop_driver_register();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
