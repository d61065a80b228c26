// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Segmentation: what comes out is put together again, and must be what went in. */
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "gso.h"
#include "pieces.h"
#include "pkt.h"

static struct pkt frame;
static struct nax_gso gso;
static u8 segment[70000];

static bool is_tcp(void)
{
	return (frame.flags & NAX_F_L4_MASK) == NAX_F_TCP;
}

/* One segment of @len bytes against the source packet, from which @done bytes were seen. */
static void expect_segment(u32 len, u32 index, u32 done, bool last)
{
	u32 hdr = frame.l2 + frame.l3 + frame.l4;
	struct nax_piece p = { .data = segment, .len = len };
	u32 good = NAX_F_RX_L4CSUM_GOOD;
	const u8 *ip = segment + frame.l2, *l4 = ip + frame.l3;
	const u8 *ip0 = frame.b + frame.l2, *l40 = ip0 + frame.l3;
	struct nax_headers h;
	u8 keep = 0x76;		/* all TCP flags but FIN, PSH and CWR */

	assert_memory_equal(segment, frame.b, frame.l2);
	assert_memory_equal(segment + hdr, frame.b + hdr + done, len - hdr);
	assert_int_equal(nax_packet_parse(&p, 1, &h), 0);
	assert_int_equal(h.flags, frame.flags);
	assert_int_equal(h.l3_len, len - frame.l2);
	if (frame.flags & NAX_F_IPV4) {
		good |= NAX_F_RX_IPCSUM_GOOD;
		assert_int_equal(nax_get16(ip + 4), (nax_get16(ip0 + 4) + index) & 0xffff);
		assert_memory_equal(ip + 6, ip0 + 6, 4);
		assert_memory_equal(ip + 12, ip0 + 12, frame.l3 - 12);
	} else {
		assert_memory_equal(ip, ip0, 4);
		assert_memory_equal(ip + 6, ip0 + 6, frame.l3 - 6);
	}
	assert_int_equal(nax_csum_verify(&p, 1), good);
	assert_memory_equal(l4, l40, 4);
	if (!is_tcp()) {
		assert_int_equal(nax_get16(l4 + 4), len - frame.l2 - frame.l3);
		return;
	}
	assert_int_equal(nax_get32(l4 + 4), nax_get32(l40 + 4) + done);
	assert_memory_equal(l4 + 8, l40 + 8, 5);
	keep |= last ? 0x09 : 0;
	keep |= index ? 0 : 0x80;
	assert_int_equal(l4[13], l40[13] & keep);
	assert_memory_equal(l4 + 14, l40 + 14, 2);
	assert_memory_equal(l4 + 18, l40 + 18, frame.l4 - 18);
}

static void cut_and_join(u32 mss, u32 *seed)
{
	struct nax_piece in[NAX_PIECES_MAX], out[NAX_PIECES_MAX];
	u32 hdr = frame.l2 + frame.l3 + frame.l4;
	u32 payload = frame.len - hdr;
	u32 n, n_out, len, pad, index = 0, done = 0;

	n = pkt_split(frame.b, frame.len, in, 1 + pkt_below(seed, NAX_PIECES_MAX), seed);
	assert_int_equal(nax_gso_begin(&gso, in, n, frame.flags | NAX_F_TX_GSO, pkt_lengths(&frame),
				       mss), 0);
	while (nax_gso_more(&gso)) {
		len = nax_gso_len(&gso);
		pad = pkt_below(seed, 4) ? 0 : 7;
		memset(segment, 0xdd, len + pad);
		n_out = pkt_split(segment, len + pad, out, NAX_PIECES_MAX, seed);
		assert_int_equal(nax_gso_next(&gso, out, n_out), 0);
		pkt_join(out, n_out, segment);
		assert_true(len - hdr <= mss);
		assert_true(len - hdr == mss || done + len - hdr == payload);
		expect_segment(len, index, done, done + len - hdr == payload);
		while (pad)
			assert_int_equal(segment[len + --pad], 0);
		done += len - hdr;
		index++;
	}
	assert_int_equal(done, payload);
	assert_int_equal(index, payload ? DIV_ROUND_UP(payload, mss) : 1);
	pkt_join(in, n, NULL);
}

static void test_random(void **state)
{
	struct pkt_spec s;
	u32 seed = 1, i;

	for (i = 0; i < 1500; i++) {
		pkt_spec_random(&s, &seed);
		s.ext &= ~(u32)(PKT_ATOMIC | PKT_AH);
		s.pad = 0;
		if (s.l4 == NAX_F_SCTP)
			s.l4 = NAX_F_UDP;
		if (!pkt_below(&seed, 4))
			s.payload = pkt_below(&seed, 30000);
		pkt_make(&frame, &s, &seed);
		cut_and_join(1 + pkt_below(&seed, s.payload > 4000 ? 9000 : 1500) +
			     (s.payload > 4000 ? 500 : 20), &seed);
	}
}

static void test_edges(void **state)
{
	static const u32 payload[] = { 0, 1, 999, 1000, 1001, 2000, 65535 };
	u32 seed = 2, i;
	struct pkt_spec s;

	for (i = 0; i < 4 * ARRAY_SIZE(payload); i++) {
		s = (struct pkt_spec){ .v6 = i & 1, .l4 = i & 2 ? NAX_F_UDP : NAX_F_TCP,
				       .payload = payload[i / 4], .tcp_flags = 0xff };
		pkt_make(&frame, &s, &seed);
		cut_and_join(1000, &seed);
	}
	/* identification and sequence number wrap */
	s = (struct pkt_spec){ .l4 = NAX_F_TCP, .payload = 400, .tcp_flags = 0x99 };
	pkt_make(&frame, &s, &seed);
	nax_put16(frame.b + 18, 0xfffe);
	nax_put32(frame.b + 38, 0xffffff80);
	cut_and_join(100, &seed);
	cut_and_join(1, &seed);
}

/* Source lengths may be anything: they cannot say more than 65535 anyway. */
static void test_source_lengths(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_UDP, .payload = 5000 };
	u32 seed = 3;

	pkt_make(&frame, &s, &seed);
	nax_put16(frame.b + 16, 0);
	nax_put16(frame.b + 38, 0);
	cut_and_join(1400, &seed);
	s.v6 = true;
	s.l4 = NAX_F_TCP;
	s.payload = 100000;
	pkt_make(&frame, &s, &seed);
	nax_put16(frame.b + 18, 0xffff);
	cut_and_join(8000, &seed);
}

/* 100 bytes of TCP over IPv4 but for what is given. */
#define TCP(...) { .l4 = NAX_F_TCP, .payload = 100, __VA_ARGS__ }

static void test_refused(void **state)
{
	static const struct {
		const char *what;
		struct pkt_spec s;
		u32 flags;	/* 0: as the packet is */
		u32 l2, l3, l4;
		u32 mss;
	} bad[] = {
		{ "mss 0", TCP(.tags = 0), 0, 14, 20, 20, 0 },
		{ "mss beyond a length field", TCP(.tags = 0), 0, 14, 20, 20, 65496 },
		{ "l2 short", TCP(.tags = 0), 0, 10, 20, 20, 50 },
		{ "l2 long", TCP(.tags = 0), 0, 18, 20, 20, 50 },
		{ "l3 short", TCP(.options = 4), 0, 14, 20, 20, 50 },
		{ "l3 tiny", TCP(.tags = 0), 0, 14, 4, 20, 50 },
		{ "l4 short", TCP(.l4_options = 4), 0, 14, 20, 20, 50 },
		{ "l4 long", TCP(.tags = 0), 0, 14, 20, 24, 50 },
		{ "udp with 12", { .l4 = NAX_F_UDP, .payload = 100 }, 0, 14, 20, 12, 50 },
		{ "headers beyond frame", { .l4 = NAX_F_TCP }, 0, 14, 20, 60, 50 },
		{ "sctp", { .l4 = NAX_F_SCTP, .payload = 100 }, 0, 14, 20, 12, 50 },
		{ "v6 asked, v4 there", TCP(.tags = 0), NAX_F_IPV6 | NAX_F_TCP, 14, 40, 20, 50 },
		{ "udp asked, tcp there", TCP(.tags = 0), NAX_F_IPV4 | NAX_F_UDP, 14, 20, 8, 50 },
		{ "fragment", TCP(.fragment = true), 0, 14, 20, 20, 50 },
		{ "v6 fragment", TCP(.v6 = true, .fragment = true), 0, 14, 48, 20, 50 },
		{ "fragment header", TCP(.v6 = true, .ext = PKT_ATOMIC), 0, 14, 48, 20, 50 },
		{ "authenticated", TCP(.v6 = true, .ext = PKT_AH), 0, 14, 64, 20, 50 },
		{ "routing header", TCP(.v6 = true, .ext = PKT_RT_ODD), 0, 14, 64, 20, 50 },
	};
	struct nax_piece p;
	u32 seed = 4, i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		pkt_make(&frame, &bad[i].s, &seed);
		p = (struct nax_piece){ .data = frame.b, .len = frame.len };
		if (nax_gso_begin(&gso, &p, 1, bad[i].flags ? bad[i].flags : frame.flags,
				  nax_tx_lengths(bad[i].l2, bad[i].l3, bad[i].l4),
				  bad[i].mss) != -EINVAL)
			fail_msg("%s: not refused", bad[i].what);
	}
}

static void test_no_room(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 100 };
	struct nax_piece in, out;
	u32 seed = 5;

	pkt_make(&frame, &s, &seed);
	in = (struct nax_piece){ .data = frame.b, .len = frame.len };
	out = (struct nax_piece){ .data = segment, .len = 14 + 20 + 20 + 49 };
	assert_int_equal(nax_gso_begin(&gso, &in, 1, frame.flags, pkt_lengths(&frame), 50), 0);
	assert_int_equal(nax_gso_next(&gso, &out, 1), -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_source_lengths),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_room),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
