// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Interrupts of the 82599 driver: one per arming, by the right vector, no closer than asked for. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core.h"
#include "port.h"
#include "simport.h"

static u8 frame[SIM_BYTES];

static const struct sim_flow tcp4 = { false, 6, 1000, 2000, 0x0a000001, 0x0a000002, -1, 100 };

static void arm(struct sim *s, unsigned int vector)
{
	struct nax_adapter *a = s->port->adapter;

	assert_in_range(vector, 0, a->n_vectors - 1u);
	nax_vector_arm(&a->vector[vector]);
}

static u64 fired(struct sim *s, bool rx, unsigned int queue)
{
	struct nax_queue_stats st;

	assert_int_equal(nax_port_queue_stats(s->port, rx, queue, &st), 0);
	return st.interrupts;
}

/* Let the device work without anybody polling. */
static void device_only(struct sim *s, u64 us)
{
	while (us--)
		nicsim_advance(s->world, 1000);
}

static void inject(struct sim *s)
{
	assert_true(nicsim_port_frame(s->device, frame, sim_build(frame, &tcp4)));
	device_only(s, 20);
}

/* A vector fires once for each arming; a cause that came while it was masked is not lost. */
static void one_per_arming(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	u64 before = fired(s, true, 0);

	inject(s);
	assert_int_equal(fired(s, true, 0) - before, 0);
	arm(s, 0);
	device_only(s, 20);
	assert_int_equal(fired(s, true, 0) - before, 1);
	inject(s);
	inject(s);
	assert_int_equal(fired(s, true, 0) - before, 1);
	arm(s, 0);
	device_only(s, 20);
	assert_int_equal(fired(s, true, 0) - before, 2);
	sim_run(s, 100);
	assert_int_equal(s->n_got, 3);
	arm(s, 0);
	device_only(s, 1000);
	assert_int_equal(fired(s, true, 0) - before, 2);
	inject(s);
	assert_int_equal(fired(s, true, 0) - before, 3);
	sim_close(s);
}

/* Each transmit queue interrupts by its own vector, also those beyond 32, and by no other. */
static void every_vector(void **state)
{
	struct sim *s = sim_create(NULL);
	struct nax_adapter *a;
	unsigned int q, i, queues = 60;

	assert_int_equal(sim_open(s, 2), 0);
	s->config.rx_queues = s->config.tx_queues = (u16)queues;
	s->config.rx_ring = s->config.tx_ring = 64;
	assert_int_equal(sim_start(s), 0);
	sim_wait_link(s);
	a = s->port->adapter;
	assert_int_equal(a->n_vectors, queues + 1);
	for (q = 0; q < queues; q++) {
		u64 before[64];

		for (i = 0; i < queues; i++)
			before[i] = fired(s, false, i);
		arm(s, q);
		device_only(s, 5);
		assert_int_equal(fired(s, false, q) - before[q], 0);
		sim_send(s, q, frame, sim_build(frame, &tcp4), 2048, 0, 0, 0, 0);
		device_only(s, 50);
		for (i = 0; i < queues; i++)
			assert_int_equal(fired(s, false, i) - before[i], i == q);
		sim_run(s, 20);
	}
	assert_int_equal(s->n_sent, queues);
	sim_close(s);
}

/* 10 ms of steady traffic, the vector armed again at once each time. Return: interrupts. */
static u64 interrupts_in_10_ms(struct sim *s)
{
	u64 before = fired(s, true, 0);
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		assert_true(nicsim_port_frame(s->device, frame, sim_build(frame, &tcp4)));
		device_only(s, 10);
		sim_run(s, 2);
		sim_clear(s);
		arm(s, 0);
	}
	return fired(s, true, 0) - before;
}

static void moderation(void **state)
{
	static const u16 intervals[] = { 100, 500, 1022 };
	struct sim *s = sim_up(NULL, 1);
	unsigned int i;

	s->config.itr_us = 0;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	sim_run(s, 2000000);
	assert_in_range(interrupts_in_10_ms(s), 900, 1100);
	for (i = 0; i < 3; i++) {
		u64 most = 12000 / intervals[i] + 3;

		s->config.itr_us = intervals[i];
		assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
		sim_run(s, 2000000);
		assert_in_range(interrupts_in_10_ms(s), most / 2, most);
	}
	sim_close(s);
}

/* A lost interrupt costs time, not the frame; a spurious one or a storm costs nothing. */
static void lost_and_spurious(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	unsigned int i;

	for (i = 0; i < 5; i++) {
		u64 before = fired(s, true, 0);

		sim_clear(s);
		arm(s, 0);
		nicsim_fault(s->device, NICSIM_IRQ_LOST, 0);
		inject(s);
		assert_int_equal(fired(s, true, 0) - before, 0);
		sim_run(s, 1500000);
		assert_int_equal(s->n_got, 1);

		arm(s, 0);
		nicsim_fault(s->device, NICSIM_IRQ_SPURIOUS, 0);
		device_only(s, 10);
		nicsim_fault(s->device, NICSIM_IRQ_STORM, 0);
		device_only(s, 10);
		sim_clear(s);
		inject(s);
		sim_run(s, 100);
		assert_int_equal(s->n_got, 1);
	}
	sim_close(s);
}

/* The last vector tells of the link at once, and after it is armed again, again. */
static void link_vector(void **state)
{
	struct sim *s = sim_up(NULL, 2);
	struct nax_link link;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		nicsim_link(s->device, false);
		sim_run(s, 20000);
		nax_port_link(s->port, &link);
		assert_false(link.up);
		nicsim_link(s->device, true);
		sim_run(s, 500000);
		nax_port_link(s->port, &link);
		assert_true(link.up);
	}
	sim_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_per_arming),
		cmocka_unit_test(every_vector),
		cmocka_unit_test(moderation),
		cmocka_unit_test(lost_and_spurious),
		cmocka_unit_test(link_vector),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
