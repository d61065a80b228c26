// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Faults of the device under traffic. Always: no crash, a reason, every packet counted once, and
 * traffic flows again where that is possible.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "simport.h"

static u8 frame[SIM_BYTES];

static const struct sim_flow tcp4 = { false, 6, 1000, 2000, 0x0a000001, 0x0a000002, -1, 1000 };

static bool passes(struct sim *s)
{
	u32 len = sim_build(frame, &tcp4);

	sim_clear(s);
	if (!nicsim_port_frame(s->device, frame, len))
		return false;
	sim_run(s, 100);
	sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
	sim_run(s, 100);
	return s->n_got == 1 && s->n_sent == 1;
}

/* Wait, in virtual time, until traffic passes both ways. */
static void recovers(struct sim *s)
{
	unsigned int i;

	for (i = 0; i < 100; i++) {
		if (passes(s))
			return;
		sim_run(s, 100000);
	}
	fail_msg("no traffic\n%s", s->log);
}

static struct nax_queue_stats rx_stats(struct sim *s)
{
	struct nax_queue_stats st;

	assert_int_equal(nax_port_queue_stats(s->port, true, 0, &st), 0);
	return st;
}

/* One frame with the fault, which must be counted for the reason given; then a good one. */
static void bad_write_back(enum nicsim_fault fault, unsigned int reason)
{
	struct sim *s = sim_up(NULL, 1);
	u32 len = sim_build(frame, &tcp4);
	struct nax_queue_stats st;

	assert_true(passes(s));
	nicsim_fault(s->device, fault, 0);
	sim_clear(s);
	assert_true(nicsim_port_frame(s->device, frame, len));
	sim_run(s, 100);
	recovers(s);
	st = rx_stats(s);
	assert_int_equal(st.errors[reason], 1);
	assert_int_equal(st.packets, 2);
	sim_close(s);
}

static void length_over_buffer(void **state)
{
	bad_write_back(NICSIM_RX_LEN_OVER, 2);
}

static void length_zero(void **state)
{
	bad_write_back(NICSIM_RX_LEN_ZERO, 2);
}

static void chain_of_40(void **state)
{
	bad_write_back(NICSIM_RX_CHAIN40, 3);
}

static void eop_never(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	u32 len = sim_build(frame, &tcp4), i;
	struct nax_queue_stats st;

	assert_true(passes(s));
	nicsim_fault(s->device, NICSIM_RX_NO_EOP, 0);
	for (i = 0; i < 20; i++)
		sim_inject(s, frame, len);
	recovers(s);
	st = rx_stats(s);
	assert_true(st.errors[3] >= 1);
	sim_close(s);
}

static void completion_never_posted(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	struct nax_queue_stats st;
	u32 i;

	nicsim_fault(s->device, NICSIM_TX_EARLY, 0);
	for (i = 0; i < 50; i++)
		sim_send(s, 0, frame, sim_build(frame, &tcp4), 2048, 0, 0, 0, 0);
	sim_run(s, 1000);
	assert_int_equal(s->n_sent, 50);
	assert_int_equal(nax_port_queue_stats(s->port, false, 0, &st), 0);
	assert_int_equal(st.packets, 50);
	sim_close(s);
}

static void gone_under_traffic(void **state)
{
	struct sim *s = sim_up(NULL, 2);
	u32 len = sim_build(frame, &tcp4), i;
	struct nax_queue_stats st;
	struct nax_link link;

	assert_true(passes(s));
	for (i = 0; i < 20; i++)
		sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
	nicsim_fault(s->device, NICSIM_GONE, 0);
	sim_run(s, 1000000);
	assert_string_equal(sim_state(s), "gone");
	assert_true(sim_event(s, NAX_PORT_GONE));
	nax_port_link(s->port, &link);
	assert_false(link.up);
	assert_true(link.reason[0]);
	/* what was under way is counted as dropped, not as sent */
	assert_int_equal(nax_port_queue_stats(s->port, false, 0, &st), 0);
	assert_int_equal(st.packets + st.drops, 21);
	assert_int_equal(nax_port_reset(s->port, &s->err), -ENODEV);
	assert_true(s->err.text[0]);
	sim_close(s);
}

static void tx_hang_recovers(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	struct nax_diag *d = malloc(sizeof(*d));
	struct nax_port_info info;
	u32 len = sim_build(frame, &tcp4), i;

	assert_non_null(d);
	assert_true(passes(s));
	nicsim_fault(s->device, NICSIM_TX_HANG, 0);
	for (i = 0; i < 10; i++)
		sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
	sim_run(s, 6000000);
	recovers(s);
	nax_port_info(s->port, &info);
	assert_true(info.recoveries >= 1);
	assert_true(sim_event(s, NAX_PORT_RESTART));
	assert_true(nax_port_fault(s->port, d));
	assert_true(d->n > 50);
	assert_true(d->why[0]);
	free(d);
	sim_close(s);
}

static void queue_enable_stuck(void **state)
{
	struct sim *s = sim_up(NULL, 1);

	nicsim_fault(s->device, NICSIM_QUEUE_STUCK, 0);
	nax_port_reset(s->port, &s->err);
	nicsim_fault_clear(s->device, NICSIM_QUEUE_STUCK);
	sim_run(s, 5000000);
	recovers(s);
	sim_close(s);
}

/* A device whose reset never ends is given up, in bounded time, with a reason. */
static void reset_stuck_at_run_time(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	unsigned int i;

	nicsim_fault(s->device, NICSIM_RESET_STUCK, 0);
	assert_int_not_equal(nax_port_reset(s->port, &s->err), 0);
	assert_non_null(strstr(s->err.text, "CTRL"));
	for (i = 0; i < 100 && strcmp(sim_state(s), "gone"); i++)
		sim_run(s, 1000000);
	assert_string_equal(sim_state(s), "gone");
	s->errors_expected = true;
	sim_close(s);
}

static void interrupts_spurious_and_storm(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	unsigned int v;

	for (v = 0; v < 2; v++) {
		nicsim_fault(s->device, NICSIM_IRQ_SPURIOUS, v);
		sim_run(s, 1000);
		nicsim_fault(s->device, NICSIM_IRQ_STORM, v);
		sim_run(s, 1000);
	}
	assert_true(passes(s));
	sim_close(s);
}

static void link_flap(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	struct nax_link link;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		while (sim_event(s, NAX_PORT_LINK))
			;
		nicsim_link(s->device, false);
		sim_run(s, 50000);
		nax_port_link(s->port, &link);
		assert_false(link.up);
		assert_true(sim_event(s, NAX_PORT_LINK));
		sim_send(s, 0, frame, sim_build(frame, &tcp4), 2048, 0, 0, 0, 0);
		sim_run(s, 5000000);
		nicsim_link(s->device, true);
		sim_run(s, 50000);
		recovers(s);
	}
	sim_close(s);
}

/* Ten seconds of every lesser trouble at once: traffic survives, nothing is counted twice. */
static void chaos_soak(void **state)
{
	struct sim *s = sim_up(NULL, 2);
	static const enum nicsim_fault kinds[] = {
		NICSIM_IRQ_LOST, NICSIM_IRQ_SPURIOUS, NICSIM_RX_LEN_OVER, NICSIM_RX_LEN_ZERO,
		NICSIM_RX_CHAIN40, NICSIM_TX_EARLY, NICSIM_CSUM_LIE,
	};
	u32 len = sim_build(frame, &tcp4), i, sent = 0;
	struct nax_queue_stats a, b;

	for (i = 0; i < 2000; i++) {
		if (i % 10 == 0)
			nicsim_fault(s->device, kinds[i / 10 % 7], i & 1);
		assert_true(nicsim_port_frame(s->device, frame, len));
		if (sim_tx_free(s, i & 1) > 0) {
			sim_send(s, i & 1, frame, len, 2048, 0, 0, 0, 0);
			sent++;
		}
		sim_run(s, 100);
		s->n_got = 0;
		s->n_sent = 0;
	}
	sim_run(s, 3000000);
	recovers(s);
	assert_int_equal(nax_port_queue_stats(s->port, false, 0, &a), 0);
	assert_int_equal(nax_port_queue_stats(s->port, false, 1, &b), 0);
	assert_true(sent > 1000);
	assert_true(a.packets + b.packets + a.drops + b.drops >= sent);
	sim_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(length_over_buffer),
		cmocka_unit_test(length_zero),
		cmocka_unit_test(chain_of_40),
		cmocka_unit_test(eop_never),
		cmocka_unit_test(completion_never_posted),
		cmocka_unit_test(gone_under_traffic),
		cmocka_unit_test(tx_hang_recovers),
		cmocka_unit_test(queue_enable_stuck),
		cmocka_unit_test(reset_stuck_at_run_time),
		cmocka_unit_test(interrupts_spurious_and_storm),
		cmocka_unit_test(link_flap),
		cmocka_unit_test(chaos_soak),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
