// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Two 82599s on one wire, each with the driver: what one sends the other must receive. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simport.h"

static u8 frame[1 << 17];

static const struct sim_flow tcp4 = { false, 6, 1000, 2000, 0x0a000001, 0x0a000002, -1, 1400 };

static struct nicsim_port_config port_config(u8 last)
{
	struct nicsim_port_config c = { .name = last ? "right" : "left", .model = "82599" };

	/* sim_build() addresses frames to sim_mac: both ports take those */
	memcpy(c.mac, sim_mac, 6);
	c.mac[5] = (u8)(c.mac[5] + last);
	return c;
}

static void open_start(struct sim *s, unsigned int queues, u32 mtu, bool pause)
{
	static const u8 uc[1][6] = { { 2, 0, 0x5e, 0x10, 0x20, 0x30 } };
	struct nax_filter f = { NAX_FILTER_BROADCAST, 1, 0, uc, NULL, NULL };

	if (sim_open(s, 2) < 0)
		fail_msg("%s", s->err.text);
	s->config.rx_queues = s->config.tx_queues = (u16)queues;
	s->config.mtu = mtu;
	s->config.link.pause_rx = s->config.link.pause_tx = pause;
	if (sim_start(s) < 0)
		fail_msg("%s", s->err.text);
	assert_int_equal(nax_port_set_filter(s->port, &f, &s->err), 0);
}

/* Returns the left port; ->peer is the right one. */
static struct sim *pair(unsigned int queues, u32 mtu, bool pause)
{
	struct nicsim_port_config left = port_config(0), right = port_config(1);
	struct sim *s = sim_create(&left);

	sim_wire(s, &right);
	open_start(s, queues, mtu, pause);
	open_start(s->peer, queues, mtu, pause);
	sim_wait_link(s);
	sim_wait_link(s->peer);
	return s;
}

static void close_pair(struct sim *s)
{
	sim_close(s->peer);
	sim_close(s);
}

static void send(struct sim *s, unsigned int queue, const struct sim_flow *f, u32 piece)
{
	sim_send(s, queue, frame, sim_build(frame, f), piece, 0, 0, 0, 0);
}

static void both_ways(void **state)
{
	struct sim *s = pair(4, 1500, true);
	unsigned int i;

	for (i = 0; i < 200; i++) {
		struct sim_flow f = tcp4;

		f.sport = (u16)(5000 + i);
		f.payload = 1 + i * 7;
		send(s, i % 4, &f, 700);
		send(s->peer, i % 4, &f, 2048);
		sim_run(s, 10);
	}
	sim_run(s, 500);
	assert_int_equal(s->n_got, 200);
	assert_int_equal(s->peer->n_got, 200);
	for (i = 0; i < 200; i++) {
		assert_true(s->got[i].flags & NAX_F_RX_L4CSUM_GOOD);
		assert_true(sim_csum_ok(s->got[i].data, s->got[i].len));
	}
	assert_int_equal(sim_hw_stat(s, "tx_packets"), sim_hw_stat(s->peer, "rx_packets"));
	assert_int_equal(sim_hw_stat(s, "tx_bytes"), sim_hw_stat(s->peer, "rx_bytes"));
	close_pair(s);
}

static void jumbo(void **state)
{
	struct sim *s = pair(1, 9710, true);
	struct sim_flow f = tcp4;

	for (f.payload = 1000; f.payload <= 9670; f.payload += 867) {
		u32 len = sim_build(frame, &f);

		sim_clear(s->peer);
		send(s, 0, &f, 2048);
		sim_run(s, 100);
		assert_int_equal(s->peer->n_got, 1);
		assert_int_equal(s->peer->got[0].len, len);
		assert_memory_equal(s->peer->got[0].data, frame, len);
	}
	close_pair(s);
}

/* A receiver that rests makes the sender wait: nothing is lost, at either end. */
static void pause_is_lossless(void **state)
{
	struct sim *s = pair(1, 1500, true);
	unsigned int i, sent = 0, got = 0;

	s->peer->hold = true;
	for (i = 0; i < 3000; i++) {
		while (sim_tx_free(s, 0) > 1 && sent < 1500) {
			send(s, 0, &tcp4, 2048);
			sent++;
		}
		if (i == 2000)
			s->peer->hold = false;
		sim_run(s, 10);
		got += s->peer->n_got;
		sim_clear(s->peer);
	}
	assert_int_equal(sent, 1500);
	assert_int_equal(got, 1500);
	assert_int_equal(sim_hw_stat(s->peer, "rx_missed_packets"), 0);
	assert_true(sim_hw_stat(s->peer, "tx_pause_xoff") > 0);
	assert_true(sim_hw_stat(s, "rx_pause_xoff") > 0);
	close_pair(s);
}

/* Without pause frames and with several queues, the resting queue drops and is named for it. */
static void no_pause_drops(void **state)
{
	struct sim *s = pair(2, 1500, false);
	unsigned int i, sent = 0, got = 0;
	u64 dropped;

	s->peer->hold = true;
	for (i = 0; i < 3000; i++) {
		while (sim_tx_free(s, 0) > 1 && sent < 1500) {
			send(s, 0, &tcp4, 2048);
			sent++;
		}
		if (i == 2000)
			s->peer->hold = false;
		sim_run(s, 10);
		got += s->peer->n_got;
		sim_clear(s->peer);
	}
	assert_int_equal(sent, 1500);
	dropped = sim_hw_stat(s->peer, "set0_rx_dropped") +
		  sim_hw_stat(s->peer, "set1_rx_dropped") +
		  sim_hw_stat(s->peer, "rx_missed_packets");
	assert_true(dropped > 0);
	assert_int_equal(got + dropped, 1500);
	assert_int_equal(sim_hw_stat(s->peer, "tx_pause_xoff"), 0);
	close_pair(s);
}

static void counter_sets(void **state)
{
	struct sim *s = pair(3, 1500, true);
	u32 len = 0;
	unsigned int q;

	for (q = 0; q < 3; q++) {
		len = sim_build(frame, &tcp4);
		send(s, q, &tcp4, 2048);
		send(s, q, &tcp4, 2048);
	}
	sim_run(s, 200);
	assert_int_equal(s->peer->n_got, 6);
	assert_int_equal(sim_hw_stat(s, "set0_tx_packets"), 2);
	assert_int_equal(sim_hw_stat(s, "set1_tx_packets"), 2);
	assert_int_equal(sim_hw_stat(s, "set2_tx_packets"), 2);
	assert_int_equal(sim_hw_stat(s, "set2_tx_bytes"), 2 * (len + 4));
	assert_int_equal(sim_hw_stat(s->peer, "set0_rx_packets") +
			 sim_hw_stat(s->peer, "set1_rx_packets") +
			 sim_hw_stat(s->peer, "set2_rx_packets"), 6);
	assert_int_equal(sim_hw_stat(s->peer, "set3_rx_packets"), 0);
	close_pair(s);
}

/* A cable that is pulled is down at both ends, and comes back. */
static void cable(void **state)
{
	struct sim *s = pair(1, 1500, true);
	struct nax_link link;

	nicsim_link(s->device, false);
	sim_run(s, 1500000);
	nax_port_link(s->port, &link);
	assert_false(link.up);
	nicsim_link(s->device, true);
	sim_wait_link(s);
	sim_wait_link(s->peer);
	send(s, 0, &tcp4, 2048);
	sim_run(s, 100);
	assert_int_equal(s->peer->n_got, 1);
	close_pair(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(jumbo),
		cmocka_unit_test(pause_is_lossless),
		cmocka_unit_test(no_pause_drops),
		cmocka_unit_test(counter_sets),
		cmocka_unit_test(cable),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
