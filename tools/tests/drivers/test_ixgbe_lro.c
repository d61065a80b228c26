// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Large receive offload of the 82599 driver: what is joined, where, and what it excludes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simport.h"

#define HEADERS		54
#define TCP		34
#define ACK		0x10
#define BUFFER		2048u	/* what a buffer of libnax holds */

static u8 frame[SIM_BYTES];

/* A word of the TCP header, and what it does to the checksum (RFC 1624). */
static void tcp_word(u32 at, u16 value)
{
	u8 *word = frame + TCP + at, *csum = frame + TCP + 16;
	u32 sum = (u16)~(csum[0] << 8 | csum[1]);

	sum += (u16)~(word[0] << 8 | word[1]) + (u32)value;
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (u16)~((sum & 0xffff) + (sum >> 16));
	word[0] = (u8)(value >> 8);
	word[1] = (u8)value;
	csum[0] = (u8)(sum >> 8);
	csum[1] = (u8)sum;
}

/* Frame @i of connection @flow, with @payload bytes; it waits in the device until time passes. */
static void offer(struct sim *s, u16 flow, u32 i, u32 payload)
{
	struct sim_flow f = {
		.proto = 6, .sport = flow, .dport = 2000, .saddr = 0x0a000001,
		.daddr = 0x0a000002, .vlan = -1, .payload = payload,
	};
	u32 len = sim_build(frame, &f);

	tcp_word(4, 0);
	tcp_word(6, (u16)(i * payload));
	tcp_word(12, 5 << 12 | ACK);
	assert_true(sim_csum_ok(frame, len));
	assert_true(nicsim_port_frame(s->device, frame, len));
}

/* Acknowledgement @i of a connection, with a time stamp option (RFC 7323) and no payload. */
static void offer_ack(struct sim *s, u16 i)
{
	static const u16 option[] = { 0x0101, 0x080a, 0, 1, 0, 1 };
	struct sim_flow f = {
		.proto = 6, .sport = 1000, .dport = 2000, .saddr = 0x0a000001,
		.daddr = 0x0a000002, .vlan = -1, .payload = sizeof(option),
	};
	u32 len = sim_build(frame, &f), k;

	tcp_word(4, 0);
	tcp_word(6, 0);
	tcp_word(10, (u16)(100 * i));
	tcp_word(12, 8 << 12 | ACK);
	for (k = 0; k < sizeof(option) / sizeof(option[0]); k++)
		tcp_word(20 + 2 * k, option[k]);
	assert_true(sim_csum_ok(frame, len));
	assert_true(nicsim_port_frame(s->device, frame, len));
}

static void ask(struct sim *s, u64 offloads, u32 itr_us)
{
	s->config.offloads = offloads;
	s->config.itr_us = (u16)itr_us;
	if (nax_port_reconfigure(s->port, &s->config, &s->err))
		fail_msg("%s", s->err.text);
	sim_wait_link(s);
	sim_clear(s);
}

/* Packet @p is @n frames of a connection, with @payload bytes each, from the first one on. */
static void is_joined(const struct sim_packet *p, u32 n, u32 payload)
{
	u32 i;

	assert_int_equal(p->slots, 1);
	assert_int_equal(p->len, HEADERS + n * payload);
	assert_true(n == 1 ? p->segments <= 1 : p->segments == n);
	assert_int_equal(p->flags & (NAX_F_IPV4 | NAX_F_L4_MASK), NAX_F_IPV4 | NAX_F_TCP);
	assert_true(p->flags & NAX_F_RX_L4CSUM_GOOD);
	for (i = 0; i < n; i++)
		assert_memory_equal(p->data + HEADERS + i * payload, frame + HEADERS, payload);
}

static u64 joined(struct sim *s)
{
	struct nax_queue_stats st;

	nax_port_queue_stats(s->port, true, 0, &st);
	return st.joined;
}

static void joins(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	u32 i;

	ask(s, s->config.offloads | NAX_OFFLOAD_LRO, 200);
	for (i = 0; i < 5; i++)
		offer(s, 1000, i, 300);
	sim_run(s, 500);
	assert_int_equal(s->n_got, 1);
	is_joined(&s->got[0], 5, 300);
	assert_int_equal(joined(s), 4);
	sim_close(s);
}

/* Two connections at a time, frame by frame: each in its own slot, in the order of their first ones. */
static void two_flows(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	u32 i;

	ask(s, s->config.offloads | NAX_OFFLOAD_LRO, 200);
	for (i = 0; i < 12; i++)
		offer(s, (u16)(1000 + (i & 1)), i / 2, 250);
	sim_run(s, 500);
	assert_int_equal(s->n_got, 2);
	for (i = 0; i < 2; i++) {
		is_joined(&s->got[i], 6, 250);
		assert_int_equal(s->got[i].data[TCP] << 8 | s->got[i].data[TCP + 1], 1000 + i);
	}
	sim_close(s);
}

/* What does not fit in the buffer any more begins the next one. */
static void full(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	u32 i, fit = (BUFFER - HEADERS) / 400;

	ask(s, s->config.offloads | NAX_OFFLOAD_LRO, 200);
	for (i = 0; i < fit + 3; i++)
		offer(s, 1000, i, 400);
	sim_run(s, 500);
	assert_int_equal(s->n_got, 2);
	is_joined(&s->got[0], fit, 400);
	is_joined(&s->got[1], 3, 400);
	sim_close(s);
}

/* An interval that is too short for RSC is made long enough: nicsim would tell of what waits for ever. */
static void no_interval(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	u64 before = 0;
	u32 round;

	for (round = 0; round < 3; round++) {
		ask(s, s->config.offloads | NAX_OFFLOAD_LRO, round == 1 ? 2 : 0);
		offer(s, 1000, 0, 1000);
		offer(s, 1000, 1, 1000);
		sim_run(s, 50);
		assert_int_equal(s->n_got + joined(s) - before, 2);
		before = joined(s);
		ask(s, s->config.offloads & ~NAX_OFFLOAD_LRO, 0);
	}
	sim_run(s, 200000);
	sim_close(s);
}

/* On and off, with all else that there is between, and over a reset. */
static void switched(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	bool on;
	u32 i;

	for (i = 0; i < 6; i++) {
		on = i & 1;
		ask(s, on ? s->config.offloads | NAX_OFFLOAD_LRO :
		    s->config.offloads & ~NAX_OFFLOAD_LRO, 200);
		if (i > 3)
			assert_int_equal(nax_port_reset(s->port, &s->err), 0);
		sim_wait_link(s);
		sim_clear(s);
		offer(s, 1000, 0, 900);
		offer(s, 1000, 1, 900);
		sim_run(s, 500);
		assert_int_equal(s->n_got, on ? 1 : 2);
		is_joined(&s->got[0], on ? 2 : 1, 900);
	}
	assert_int_equal(joined(s), 3);
	sim_close(s);
}

/* Frames that are not for joining come as without it: other protocols, and tags of their own. */
static void others(void **state)
{
	static const struct sim_flow flows[] = {
		{ false, 17, 1000, 2000, 0x0a000001, 0x0a000002, -1, 500 },
		{ true, 6, 1000, 2000, 1, 2, -1, 500 },
		{ false, 6, 1000, 2000, 0x0a000001, 0x0a000002, 7, 500 },
		{ false, 132, 1000, 2000, 0x0a000001, 0x0a000002, -1, 500 },
	};
	struct sim *s = sim_up(NULL, 1);
	u32 i, len;

	ask(s, s->config.offloads | NAX_OFFLOAD_LRO, 200);
	for (i = 0; i < sizeof(flows) / sizeof(flows[0]); i++) {
		len = sim_build(frame, &flows[i]);
		sim_clear(s);
		assert_true(nicsim_port_frame(s->device, frame, len));
		sim_run(s, 500);
		assert_int_equal(s->n_got, 1);
		assert_true(s->got[0].segments <= 1);
		assert_int_equal(s->got[0].len, len - (flows[i].vlan < 0 ? 0 : 4));
	}
	assert_int_equal(joined(s), 0);
	sim_close(s);
}

/* An acknowledgement by itself tells the sender when to go on: it is not held back for others. */
static void acknowledgements(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	u32 i;

	ask(s, s->config.offloads | NAX_OFFLOAD_LRO, 200);
	for (i = 0; i < 3; i++)
		offer_ack(s, (u16)i);
	sim_run(s, 500);
	assert_int_equal(s->n_got, 3);
	assert_int_equal(joined(s), 0);
	sim_close(s);
}

/* Joined frames have no frame check sequence, and are none without a verdict: refused by name. */
static void excludes(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	struct nax_port_config c = s->config;

	c.offloads |= NAX_OFFLOAD_LRO | NAX_OFFLOAD_RX_FCS;
	assert_int_equal(nax_port_reconfigure(s->port, &c, &s->err), -EINVAL);
	assert_non_null(strstr(s->err.text, "NAX_OFFLOAD_LRO needs NAX_OFFLOAD_RX_L4CSUM"));
	c.offloads &= ~(NAX_OFFLOAD_RX_FCS | NAX_OFFLOAD_RX_L4CSUM);
	assert_int_equal(nax_port_reconfigure(s->port, &c, &s->err), -EINVAL);
	sim_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joins),
		cmocka_unit_test(two_flows),
		cmocka_unit_test(full),
		cmocka_unit_test(no_interval),
		cmocka_unit_test(switched),
		cmocka_unit_test(others),
		cmocka_unit_test(acknowledgements),
		cmocka_unit_test(excludes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
