// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Transmit through the 82599 driver: checksums, tags, segmentation, by hardware and by software. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "simport.h"

static u8 frame[1 << 17];
static u8 expect[1 << 17];

static const struct sim_flow tcp4 = { false, 6, 1000, 2000, 0x0a000001, 0x0a000002, -1, 100 };

#define ALL_HW		(~0ull)
#define ALL_SOFTWARE	0ull

static struct sim *up_verified(u64 offloads, unsigned int verify)
{
	struct nicsim_port_config c = { .name = "t0", .model = "82599" };
	struct sim *s;

	memcpy(c.mac, sim_mac, 6);
	s = sim_create(&c);
	assert_int_equal(sim_open(s, verify), 0);
	s->config.offloads = offloads & ~NAX_OFFLOAD_LRO;
	s->config.rx_queues = s->config.tx_queues = 2;
	if (sim_start(s) < 0)
		fail_msg("start: %s", s->err.text);
	sim_run(s, 2000000);
	return s;
}

static struct sim *up(u64 offloads)
{
	return up_verified(offloads, 2);
}

static u64 completed(struct sim *s)
{
	struct nax_queue_stats a, b;

	assert_int_equal(nax_port_queue_stats(s->port, false, 0, &a), 0);
	assert_int_equal(nax_port_queue_stats(s->port, false, 1, &b), 0);
	assert_int_equal(a.bad_completions + b.bad_completions, 0);
	assert_int_equal(a.drops + b.drops, 0);
	return a.packets + b.packets;
}

static void plain_pieces(void **state)
{
	static const u32 pieces[] = { 2048, 700, 100, 64 };
	struct sim *s = up(ALL_HW);
	unsigned int i;
	u32 len;

	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct sim_flow f = tcp4;

		f.payload = 1400;
		len = sim_build(frame, &f);
		sim_clear(s);
		sim_send(s, i & 1, frame, len, pieces[i], 0, 0, 0, 0);
		sim_run(s, 50);
		assert_int_equal(s->n_sent, 1);
		assert_int_equal(s->sent[0].len, len);
		assert_memory_equal(s->sent[0].data, frame, len);
	}
	sim_run(s, 1000);
	assert_int_equal(completed(s), 4);
	assert_int_equal(sim_hw_stat(s, "tx_packets"), 4);
	sim_close(s);
}

static void short_frames(void **state)
{
	struct sim *s = up(ALL_HW);
	u32 len;

	for (len = 14; len < 60; len += 5) {
		memset(frame, 0x11, len);
		sim_clear(s);
		sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
		sim_run(s, 50);
		assert_int_equal(s->n_sent, 1);
		assert_true(s->sent[0].len >= 60);
		assert_memory_equal(s->sent[0].data, frame, len);
	}
	sim_close(s);
}

/* Ask for every checksum of a frame. */
static void checksum_one(struct sim *s, bool v6, u8 proto)
{
	struct sim_flow f = tcp4;
	u32 len;

	f.v6 = v6;
	f.proto = proto;
	f.payload = 333;
	len = sim_build(expect, &f);
	memcpy(frame, expect, len);
	sim_seed(frame, &f, false);
	sim_clear(s);
	sim_send(s, 0, frame, len, 150, sim_flags(&f) | NAX_F_TX_L4CSUM |
		 (v6 ? 0 : NAX_F_TX_IPCSUM), sim_lengths(&f), 0, 0);
	sim_run(s, 50);
	assert_int_equal(s->n_sent, 1);
	assert_int_equal(s->sent[0].len, len);
	assert_memory_equal(s->sent[0].data, expect, len);
}

static void checksums(void **state)
{
	static const u8 protos[] = { 6, 17, 132 };
	u64 offloads = ALL_HW;
	unsigned int i, way;

	for (way = 0; way < 2; way++, offloads = ALL_SOFTWARE) {
		struct sim *s = up(offloads);
		struct nax_queue_stats st;

		for (i = 0; i < 6; i++)
			checksum_one(s, i & 1, protos[i / 2]);
		nax_port_queue_stats(s->port, false, 0, &st);
		assert_int_equal(st.sw_csum, way ? 6 : 0);
		sim_close(s);
	}
}

static void vlan_insert(void **state)
{
	u64 offloads = ALL_HW;
	unsigned int way;

	for (way = 0; way < 2; way++, offloads = ALL_SOFTWARE) {
		struct sim *s = up(offloads);
		struct sim_flow f = tcp4;
		u32 len;

		len = sim_build(frame, &f);
		f.vlan = 0x2fff;
		assert_int_equal(sim_build(expect, &f), len + 4);
		sim_send(s, 0, frame, len, 2048, NAX_F_VLAN, 0, 0, 0x2fff);
		sim_run(s, 50);
		assert_int_equal(s->n_sent, 1);
		assert_int_equal(s->sent[0].len, len + 4);
		assert_memory_equal(s->sent[0].data, expect, len + 4);
		sim_close(s);
	}
}

/* Segments must carry the whole payload in order, each with right checksums and lengths. */
static void segments_one(struct sim *s, const struct sim_flow *flow, u16 mss, int tag)
{
	u32 len = sim_build(frame, flow), headers = len - flow->payload;
	u32 want = (flow->payload + mss - 1) / mss, done = 0, i;
	u32 extra = tag >= 0 ? 4 : 0;

	sim_clear(s);
	sim_seed(frame, flow, true);
	sim_send(s, 1, frame, len, 2048, sim_flags(flow) | NAX_F_TX_GSO | NAX_F_TX_L4CSUM |
		 (flow->v6 ? 0 : NAX_F_TX_IPCSUM) | (tag >= 0 ? NAX_F_VLAN : 0),
		 sim_lengths(flow), mss, (u16)(tag >= 0 ? tag : 0));
	for (i = 0; i < 40 && s->n_sent < want; i++)
		sim_run(s, 50);
	assert_int_equal(s->n_sent, want);
	for (i = 0; i < want; i++) {
		const struct sim_frame *f = &s->sent[i];
		u32 part = flow->payload - done < mss ? flow->payload - done : mss;

		/* the device pads to the shortest frame */
		assert_int_equal(f->len, headers + extra + part < 60 ? 60 : headers + extra + part);
		assert_true(sim_csum_ok(f->data, f->len));
		assert_memory_equal(f->data + headers + extra, frame + headers + done, part);
		if (tag >= 0)
			assert_int_equal(f->data[14] << 8 | f->data[15], tag);
		done += part;
	}
	assert_int_equal(done, flow->payload);
	sim_run(s, 1000);
}

static void segmentation(void **state)
{
	u64 offloads = ALL_HW;
	unsigned int way;

	for (way = 0; way < 2; way++, offloads = ALL_SOFTWARE) {
		struct sim *s = up(offloads);
		struct sim_flow f = tcp4;
		struct nax_queue_stats st;

		f.payload = 30000;
		segments_one(s, &f, 1460, -1);
		f.v6 = true;
		segments_one(s, &f, 1440, -1);
		f.proto = 17;
		segments_one(s, &f, 1400, -1);
		f.v6 = false;
		segments_one(s, &f, 1472, -1);
		f.proto = 6;
		f.payload = 65000;
		segments_one(s, &f, 1448, 0x0123);
		f.payload = 2921;
		segments_one(s, &f, 1460, -1);
		nax_port_queue_stats(s->port, false, 1, &st);
		assert_int_equal(st.sw_gso, way ? 6 : 0);
		sim_close(s);
	}
}

/* A packet in more pieces than the chip takes is merged, not refused. */
static void many_pieces(void **state)
{
	struct sim *s = up(ALL_HW);
	struct nax_queue_stats st;
	struct sim_flow f = tcp4;
	u32 len;

	f.payload = 1400;
	len = sim_build(frame, &f);
	sim_send(s, 0, frame, len, 24, 0, 0, 0, 0);	/* 61 pieces */
	sim_run(s, 100);
	assert_int_equal(s->n_sent, 1);
	assert_memory_equal(s->sent[0].data, frame, len);
	nax_port_queue_stats(s->port, false, 0, &st);
	assert_int_equal(st.sw_linear, 1);
	sim_close(s);
}

/* Ring full to the last descriptor, over and over, with a context descriptor for each packet. */
static void ring_full(void **state)
{
	struct sim *s = up(ALL_HW);
	u32 sent = 0, len, i, round;

	for (round = 0; round < 8; round++) {
		s->blocked = true;
		for (i = 0; i < 400 && sim_tx_free(s, 0) > 1; i++) {
			struct sim_flow f = tcp4;

			f.proto = i & 1 ? 17 : 6;
			len = sim_build(frame, &f);
			sim_seed(frame, &f, false);
			sim_send(s, 0, frame, len, 2048,
				 sim_flags(&f) | NAX_F_TX_L4CSUM | NAX_F_TX_IPCSUM,
				 sim_lengths(&f), 0, 0);
			sent++;
		}
		s->blocked = false;
		nicsim_port_writable(s->device);
		sim_run(s, 2000);
	}
	assert_true(sent > 1000);
	assert_int_equal(s->n_sent, sent);
	assert_int_equal(completed(s), sent);
	sim_close(s);
}

/* Malformed requests are dropped and counted, and do not disturb what follows. */
static void bad_requests(void **state)
{
	struct sim *s = up(ALL_HW);
	struct nax_queue_stats st;
	struct sim_flow f = tcp4;
	u32 len = sim_build(frame, &f);

	sim_send(s, 0, frame, len, 2048, sim_flags(&f) | NAX_F_TX_GSO | NAX_F_TX_L4CSUM,
		 sim_lengths(&f), 0, 0);
	sim_send(s, 0, frame, len, 2048, sim_flags(&f) | NAX_F_TX_L4CSUM,
		 nax_tx_lengths(127, 511, 20), 0, 0);
	sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
	sim_run(s, 200);
	assert_int_equal(s->n_sent, 1);
	nax_port_queue_stats(s->port, false, 0, &st);
	assert_int_equal(st.drops, 2);
	assert_int_equal(st.packets, 1);
	sim_close(s);
}

static u64 looks(struct sim *s)
{
	struct nax_queue_stats st;

	assert_int_equal(nax_port_queue_stats(s->port, false, 0, &st), 0);
	return st.polls;
}

static u32 busy(struct nax_poll *poll, void *arg)
{
	return 1;
}

/* While there is work nobody looks for completions, until half of the ring is in use or for long. */
static void completions_wait(void **state)
{
	struct sim *s = up_verified(ALL_HW, 0);
	struct sim_flow f = tcp4;
	u32 len = sim_build(frame, &f);
	u32 ring = sim_tx_free(s, 0), i;
	u64 before = looks(s);

	for (i = 0; i < 32; i++)
		sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
	assert_in_range(looks(s) - before, 0, 1);
	/* The first iteration without work finds that, the next one looks. */
	nicsim_advance(s->world, 1000000);
	sim_tx_free(s, 0);
	assert_int_equal(sim_tx_free(s, 0), ring);
	assert_int_equal(completed(s), 32);

	before = looks(s);
	sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
	nicsim_advance(s->world, 1000000);
	for (i = 0; i < 64; i++)
		nax_poll_once(s->poll, busy, NULL);
	assert_in_range(looks(s) - before, 1, 3);
	assert_int_equal(completed(s), 33);

	s->blocked = true;
	for (i = 0; i < ring / 2 + 1; i++)
		sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
	before = looks(s);
	for (i = 0; i < 10; i++)
		nax_poll_once(s->poll, busy, NULL);
	assert_int_equal(looks(s) - before, 10);
	s->blocked = false;
	nicsim_port_writable(s->device);
	sim_run(s, 2000);
	assert_int_equal(completed(s), 33 + ring / 2 + 1);
	sim_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_pieces),
		cmocka_unit_test(short_frames),
		cmocka_unit_test(checksums),
		cmocka_unit_test(vlan_insert),
		cmocka_unit_test(segmentation),
		cmocka_unit_test(many_pieces),
		cmocka_unit_test(ring_full),
		cmocka_unit_test(bad_requests),
		cmocka_unit_test(completions_wait),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
