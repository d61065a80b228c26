// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The 82599's clock and time stamps, on the model of its section 7.9. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core.h"
#include "port.h"
#include "simport.h"

#define S		1000000000ull
#define FRAME		64
#define NAX_F_TX_CSUM	(NAX_F_TX_IPCSUM | NAX_F_TX_L4CSUM)

enum { SYNC, DELAY_REQ, PDELAY_REQ, PDELAY_RESP, FOLLOW_UP = 8, ANNOUNCE = 11 };

static struct nax_error err;
static u8 frame[SIM_BYTES];

static struct nax_adapter *adapter(struct sim *s)
{
	return s->port->adapter;
}

static u64 now(struct sim *s)
{
	u64 ns;

	if (nax_adapter_clock_read(adapter(s), &ns, &err))
		fail_msg("%s", err.text);
	return ns;
}

static void choose(struct sim *s, bool tx, enum nax_ptp_rx rx)
{
	struct nax_stamps stamps = { tx, rx };

	if (nax_adapter_set_stamps(adapter(s), &stamps, &err))
		fail_msg("%s", err.text);
}

/* ---- clock ---- */

/* @passed is as much as the model's clock says, within parts per million and a tick. */
static void about(u64 passed, u64 want, u64 ppm)
{
	assert_in_range(passed, want - want / 1000000 * ppm - 10, want + want / 1000000 * ppm + 10);
}

static void clock_goes_on(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	u64 was;

	assert_int_equal(nax_adapter_clock_set(adapter(s), 1700000000 * S, &err), 0);
	was = now(s);
	assert_in_range(was, 1700000000 * S, 1700000000 * S + 10);
	sim_run(s, 1000000);
	about(now(s) - was, S, 1);
	assert_int_equal(nax_adapter_clock_adjust(adapter(s), 250000ll << 16, &err), 0);
	was = now(s);
	sim_run(s, 1000000);
	about(now(s) - was, S + S / 4, 1);
	assert_int_equal(nax_adapter_clock_adjust(adapter(s), -(250000ll << 16), &err), 0);
	was = now(s);
	sim_run(s, 1000000);
	about(now(s) - was, S - S / 4, 1);
	/* what a servo does: some parts per billion, which is about one step */
	assert_int_equal(nax_adapter_clock_adjust(adapter(s), 65536 / 10, &err), 0);
	was = now(s);
	sim_run(s, 1000000);
	assert_in_range(now(s) - was, S + 40, S + 160);
	sim_close(s);
}

static void clock_survives(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	u64 was, at;

	assert_int_equal(nax_adapter_clock_set(adapter(s), 5000 * S, &err), 0);
	was = now(s);
	at = nicsim_time(s->world);
	assert_int_equal(nax_port_reset(s->port, &s->err), 0);
	sim_wait_link(s);
	about(now(s) - was, nicsim_time(s->world) - at, 1);
	sim_stop(s);
	sim_run(s, 100000);
	about(now(s) - was, nicsim_time(s->world) - at, 1);
	assert_int_equal(sim_start(s), 0);
	sim_wait_link(s);
	about(now(s) - was, nicsim_time(s->world) - at, 1);
	sim_close(s);
}

/* At 1 Gbit/s the counter has a tenth of the ticks, and without a link those of 10 Gbit/s. */
static void clock_at_other_speed(void **state)
{
	struct nicsim_port_config c = { .name = "t0", .model = "82599", .device_id = 0x1517 };
	struct nax_link link;
	struct sim *s;
	u64 was, at;
	u32 i;

	memcpy(c.mac, sim_mac, 6);
	s = sim_create(&c);
	assert_int_equal(sim_open(s, 2), 0);
	s->config.rx_queues = s->config.tx_queues = 1;
	s->config.link.modes = NAX_LINK_1G;
	if (sim_start(s) < 0)
		fail_msg("%s", s->err.text);
	assert_int_equal(nax_adapter_clock_set(adapter(s), 5000 * S, &err), 0);
	was = now(s);
	at = nicsim_time(s->world);
	sim_wait_link(s);
	nax_adapter_link(adapter(s), &link);
	assert_int_equal(link.speed, 1000);
	sim_run(s, 1000000);
	about(now(s) - was, nicsim_time(s->world) - at, 100);
	nicsim_link(s->device, false);
	sim_run(s, 1000000);
	about(now(s) - was, nicsim_time(s->world) - at, 100);
	/* and while the port is down */
	nicsim_link(s->device, true);
	sim_wait_link(s);
	sim_stop(s);
	about(now(s) - was, nicsim_time(s->world) - at, 100);
	for (i = 0; i < 4; i++) {
		nicsim_link(s->device, i % 2);
		sim_run(s, 1000000);
		about(now(s) - was, nicsim_time(s->world) - at, 100);
	}
	sim_close(s);
}

/* ---- time stamps ---- */

static void put16(u8 *p, u16 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}

static void put_message(u8 *msg, unsigned int version, unsigned int type)
{
	msg[0] = version == 1 ? 0 : (u8)type;
	msg[1] = (u8)version;
	put16(&msg[2], 44);
	msg[32] = version == 1 ? (u8)type : 0;
}

static u32 ethernet(u8 *f, unsigned int type)
{
	static const u8 to[6] = { 0x01, 0x1b, 0x19 };

	memset(f, 0, FRAME);
	memcpy(f, to, 6);
	f[6] = 2;
	put16(&f[12], 0x88f7);
	put_message(f + 14, 2, type);
	return FRAME;
}

static u32 udp(u8 *f, unsigned int version, unsigned int type)
{
	struct sim_flow flow = { false, 17, 319, 319, 0x0a000001, 0x0a000002, -1, 60 };
	u32 len = sim_build(f, &flow);

	put_message(f + 42, version, type);
	/* no checksum */
	put16(&f[40], 0);
	return len;
}

/* A frame arrives. Return: whether it has got a time stamp, which is of the time of its arrival. */
static bool stamped(struct sim *s, u32 len)
{
	const struct nax_ring *r = &adapter(s)->rxq[0]->ring;
	u64 before = now(s), after;
	u32 begin = r->begin, n = s->n_got;

	sim_inject(s, frame, len);
	after = now(s);
	assert_int_equal(s->n_got, n + 1);
	assert_int_equal(s->got[n].len, len);
	assert_memory_equal(s->got[n].data, frame, len);
	if (!(s->got[n].flags & NAX_F_RX_TSTAMP))
		return false;
	assert_in_range(r->tstamp[begin & r->mask], before - 200, after);
	return true;
}

static void filter(struct sim *s)
{
	static const u8 uc[1][6] = { { 2, 0, 0x5e, 0x10, 0x20, 0x30 } };
	static const u8 mc[1][6] = { { 0x01, 0x1b, 0x19 } };
	struct nax_filter f = { NAX_FILTER_BROADCAST, 1, 1, uc, mc, NULL };

	assert_int_equal(nax_port_set_filter(s->port, &f, &s->err), 0);
}

static struct sim *receiver(void)
{
	struct sim *s = sim_up(NULL, 1);

	filter(s);
	assert_int_equal(nax_adapter_clock_set(adapter(s), 7 * S, &err), 0);
	return s;
}

static void received_v2(void **state)
{
	static const struct {
		u8 type;
		bool event;
	} types[] = {
		{ SYNC, true }, { DELAY_REQ, true }, { PDELAY_REQ, true }, { PDELAY_RESP, true },
		{ FOLLOW_UP, false }, { ANNOUNCE, false },
	};
	struct sim *s = receiver();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		assert_false(stamped(s, ethernet(frame, types[i].type)));
	choose(s, false, NAX_PTP_RX_V2_EVENT);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		assert_int_equal(stamped(s, ethernet(frame, types[i].type)), types[i].event);
		assert_int_equal(stamped(s, udp(frame, 2, types[i].type)), types[i].event);
		assert_false(stamped(s, udp(frame, 1, types[i].type)));
	}
	/* the choice outlives a reset */
	assert_int_equal(nax_port_reset(s->port, &s->err), 0);
	sim_wait_link(s);
	assert_true(stamped(s, ethernet(frame, SYNC)));
	choose(s, true, NAX_PTP_RX_NONE);
	assert_false(stamped(s, ethernet(frame, SYNC)));
	assert_false(stamped(s, udp(frame, 2, SYNC)));
	sim_close(s);
}

static void received_v1(void **state)
{
	struct sim *s = receiver();

	choose(s, false, NAX_PTP_RX_V1_SYNC);
	assert_true(stamped(s, udp(frame, 1, SYNC)));
	assert_false(stamped(s, udp(frame, 1, DELAY_REQ)));
	assert_false(stamped(s, udp(frame, 2, SYNC)));
	assert_false(stamped(s, ethernet(frame, SYNC)));
	choose(s, false, NAX_PTP_RX_V1_DELAY_REQ);
	assert_false(stamped(s, udp(frame, 1, SYNC)));
	assert_true(stamped(s, udp(frame, 1, DELAY_REQ)));
	sim_close(s);
}

/* Several at once, of which the latch has the first: by the vector datapath too. */
static void received_burst(void **state)
{
	struct sim *s = receiver();
	unsigned int i, with = 0;

	choose(s, false, NAX_PTP_RX_V2_EVENT);
	s->hold = true;
	for (i = 0; i < 32; i++) {
		u32 len = i % 2 ? ethernet(frame, SYNC) : udp(frame, 2, FOLLOW_UP);

		assert_true(nicsim_port_frame(s->device, frame, len));
	}
	s->hold = false;
	sim_run(s, 100);
	assert_int_equal(s->n_got, 32);
	for (i = 0; i < 32; i++)
		if (s->got[i].flags & NAX_F_RX_TSTAMP) {
			assert_int_equal(i, 1);
			with++;
		}
	assert_int_equal(with, 1);
	assert_true(stamped(s, ethernet(frame, SYNC)));
	sim_close(s);
}

/* A frame gets a time stamp and then no descriptor: in a while the next ones get theirs again. */
static void received_lost(void **state)
{
	struct sim *s = sim_create(NULL);
	unsigned int i;

	assert_int_equal(sim_open(s, 2), 0);
	s->config.rx_queues = s->config.tx_queues = 2;
	s->config.link.pause_tx = false;
	if (sim_start(s) < 0)
		fail_msg("%s", s->err.text);
	sim_wait_link(s);
	filter(s);
	choose(s, false, NAX_PTP_RX_V2_EVENT);
	s->hold = true;
	for (i = 0; i < 700; i++) {
		nicsim_port_frame(s->device, frame, ethernet(frame, i == 699 ? SYNC : FOLLOW_UP));
		sim_run(s, 5);
	}
	s->hold = false;
	sim_run(s, 1000);
	for (i = 0; i < s->n_got && i < SIM_KEEP; i++)
		assert_false(s->got[i].flags & NAX_F_RX_TSTAMP);
	assert_true(s->n_got < 700);
	sim_clear(s);
	assert_false(stamped(s, ethernet(frame, SYNC)));
	sim_run(s, 4000000);
	assert_int_equal(nax_adapter_stamps_cleared(adapter(s)), 1);
	assert_true(stamped(s, ethernet(frame, SYNC)));
	sim_close(s);
}

static void sent(void **state)
{
	struct sim *s = receiver();
	u64 ns, before, after;
	u32 len, i;

	assert_int_equal(nax_adapter_tx_stamp(adapter(s), &ns), -ENETDOWN);
	choose(s, true, NAX_PTP_RX_NONE);
	for (i = 0; i < 3; i++) {
		struct sim_flow flow = { false, 17, 319, 319, 0x0a000001, 0x0a000002, -1, 60 };

		/* alone, in pieces with a tag, with a checksum */
		len = i == 2 ? sim_build(frame, &flow) : ethernet(frame, SYNC);
		if (i == 2)
			sim_seed(frame, &flow, false);
		assert_int_equal(nax_adapter_tx_stamp(adapter(s), &ns), -EAGAIN);
		before = now(s);
		sim_send(s, 0, frame, len, i ? 32 : 2048, NAX_F_TX_TSTAMP |
			 (i == 1 ? NAX_F_VLAN : 0) |
			 (i == 2 ? sim_flags(&flow) | NAX_F_TX_CSUM : 0),
			 i == 2 ? sim_lengths(&flow) : 0, 0, 5);
		sim_run(s, 100);
		after = now(s);
		assert_int_equal(s->n_sent, i + 1);
		assert_int_equal(s->sent[i].len, len + (i == 1 ? 4 : 0));
		if (i == 2)
			assert_true(sim_csum_ok(s->sent[i].data, len));
		assert_int_equal(nax_adapter_tx_stamp(adapter(s), &ns), 0);
		assert_in_range(ns, before, after);
		assert_int_equal(nax_adapter_tx_stamp(adapter(s), &ns), -EAGAIN);
	}
	/* one that does not ask */
	sim_send(s, 0, frame, ethernet(frame, SYNC), 2048, 0, 0, 0, 0);
	sim_run(s, 100);
	assert_int_equal(nax_adapter_tx_stamp(adapter(s), &ns), -EAGAIN);
	sim_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clock_goes_on), cmocka_unit_test(clock_survives),
		cmocka_unit_test(clock_at_other_speed), cmocka_unit_test(received_v2),
		cmocka_unit_test(received_v1), cmocka_unit_test(received_burst),
		cmocka_unit_test(received_lost), cmocka_unit_test(sent),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
