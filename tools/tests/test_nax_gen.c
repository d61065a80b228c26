// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Frames of `nax gen`, their checking, and the latency histogram. Links nax-tool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "gen_packet.h"
#include "histogram.h"

static const struct gen_stream udp = {
	.src = { 2, 0, 0, 0, 0, 1 },
	.dst = { 2, 0, 0, 0, 0, 2 },
};
static const struct gen_stream tcp = {
	.src = { 2, 0, 0, 0, 0, 1 },
	.dst = { 2, 0, 0, 0, 0, 2 },
	.tcp = true,
};

static void round_trip(void **state)
{
	static const u32 lens[] = { 60, 61, 67, 72, 73, 590, 1514, 9014, GEN_LEN_MAX };
	const struct gen_stamp in = { .flow = 65535, .seq = 0xfedcba98, .ns = 0xa1b2c3d4e5f6 };
	u8 *frame = malloc(GEN_LEN_MAX);
	struct gen_stamp out;
	unsigned int i, t;

	assert_non_null(frame);
	for (t = 0; t < 2; t++) {
		const struct gen_stream *s = t ? &tcp : &udp;

		for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
			if (lens[i] < gen_len_min(s->tcp))
				continue;
			gen_build(s, &in, frame, lens[i]);
			assert_memory_equal(frame, s->dst, 6);
			assert_memory_equal(frame + 6, s->src, 6);
			assert_int_equal(frame[16] << 8 | frame[17], lens[i] - 14);
			assert_int_equal(frame[23], t ? 6 : 17);
			memset(&out, 0, sizeof(out));
			assert_int_equal(gen_check(s, frame, lens[i], 65536, &out), GEN_GOOD);
			assert_int_equal(out.flow, in.flow);
			assert_int_equal(out.seq, in.seq);
			assert_int_equal(out.ns, in.ns);
		}
	}
	free(frame);
}

/* The transport checksum field holds the pseudo-header's sum: summed with the rest, it is right. */
static void seeded(void **state)
{
	const struct gen_stamp in = { .flow = 40000, .seq = 9, .ns = 11 };
	u8 frame[100];
	u32 sum, want, i;

	gen_build(&udp, &in, frame, sizeof(frame));
	want = 17 + 66;
	for (i = 26; i < 34; i += 2)
		want += (u32)frame[i] << 8 | frame[i + 1];
	sum = (u32)frame[40] << 8 | frame[41];
	assert_int_equal(sum, (want & 0xffff) + (want >> 16));
	assert_int_equal(frame[24] | frame[25], 0);
	gen_build(&tcp, &in, frame, sizeof(frame));
	want += 6 - 17;
	sum = (u32)frame[50] << 8 | frame[51];
	assert_int_equal(sum, (want & 0xffff) + (want >> 16));
}

/* A change of any one bit behind the headers is noticed. */
static void corruption(void **state)
{
	const struct gen_stamp in = { .flow = 7, .seq = 9, .ns = 11 };
	u8 frame[131];
	struct gen_stamp out;
	u32 i, bit;

	gen_build(&udp, &in, frame, sizeof(frame));
	for (i = GEN_HEADERS_UDP; i < sizeof(frame); i++) {
		for (bit = 0; bit < 8; bit++) {
			frame[i] ^= (u8)(1 << bit);
			assert_int_not_equal(gen_check(&udp, frame, sizeof(frame), 100, &out), GEN_GOOD);
			frame[i] ^= (u8)(1 << bit);
		}
	}
	assert_int_equal(gen_check(&udp, frame, sizeof(frame), 100, &out), GEN_GOOD);
	/* two bytes exchanged */
	frame[100] ^= frame[90];
	frame[90] ^= frame[100];
	frame[100] ^= frame[90];
	assert_int_equal(gen_check(&udp, frame, sizeof(frame), 100, &out), GEN_CORRUPT);
	/* a flow that does not exist */
	gen_build(&udp, &in, frame, sizeof(frame));
	assert_int_equal(gen_check(&udp, frame, sizeof(frame), 7, &out), GEN_CORRUPT);
}

static void foreign(void **state)
{
	const struct gen_stamp in = { .flow = 7, .seq = 9, .ns = 11 };
	u8 frame[200] = { 0 };
	struct gen_stamp out;
	u32 len;

	assert_int_equal(gen_check(&udp, frame, sizeof(frame), 100, &out), GEN_FOREIGN);
	gen_build(&udp, &in, frame, 150);
	/* cut anywhere: the datagram says that there should be more */
	for (len = 0; len < 150; len++) {
		u8 *exact = malloc(len ? len : 1);

		assert_non_null(exact);
		memcpy(exact, frame, len);
		assert_int_equal(gen_check(&udp, exact, len, 100, &out), GEN_FOREIGN);
		free(exact);
	}
	/* padding behind the datagram is nobody's */
	assert_int_equal(gen_check(&udp, frame, 200, 100, &out), GEN_GOOD);
	frame[13] = 0xdd;
	assert_int_equal(gen_check(&udp, frame, 150, 100, &out), GEN_FOREIGN);
}

/* Two generators that face each other receive each other's frames, and must not judge them. */
static void other_run(void **state)
{
	const struct gen_stamp in = { .flow = 7, .seq = 9, .ns = 11 };
	struct gen_stream ours = udp, theirs = udp;
	struct gen_stamp out;
	u8 frame[100];

	ours.run = 0x1234;
	theirs.run = 0x1235;
	gen_build(&ours, &in, frame, sizeof(frame));
	assert_int_equal(gen_check(&ours, frame, sizeof(frame), 100, &out), GEN_GOOD);
	assert_int_equal(gen_check(&theirs, frame, sizeof(frame), 100, &out), GEN_FOREIGN);
}

static void tagged(void **state)
{
	const struct gen_stamp in = { .flow = 7, .seq = 9, .ns = 11 };
	struct gen_stamp out;
	u8 frame[104];

	gen_build(&udp, &in, frame, 100);
	memmove(frame + 16, frame + 12, 88);
	frame[12] = 0x81;
	frame[13] = 0;
	assert_int_equal(gen_check(&udp, frame, 104, 100, &out), GEN_GOOD);
	assert_int_equal(out.seq, 9);
}

/* Frames of different flows or sequence numbers have different content. */
static void differ(void **state)
{
	struct gen_stamp stamp = { .flow = 1, .seq = 1, .ns = 0 };
	u8 a[200], b[200];

	gen_build(&udp, &stamp, a, sizeof(a));
	stamp.seq = 2;
	gen_build(&udp, &stamp, b, sizeof(b));
	assert_memory_not_equal(a + 60, b + 60, 140);
	stamp.seq = 1;
	stamp.flow = 2;
	gen_build(&udp, &stamp, b, sizeof(b));
	assert_memory_not_equal(a + 60, b + 60, 140);
	/* and other ports, for receive side scaling */
	assert_memory_not_equal(a + 34, b + 34, 2);
	/* flows beyond the ports differ in the address */
	stamp.flow = 1 + 32768;
	gen_build(&udp, &stamp, b, sizeof(b));
	assert_memory_equal(a + 34, b + 34, 2);
	assert_memory_not_equal(a + 26, b + 26, 4);
}

static void in_order(void **state)
{
	struct gen_flow *f = calloc(1, sizeof(*f));
	struct gen_tally t = { 0 };
	u32 i;

	assert_non_null(f);
	for (i = 0; i < 5000; i++)
		gen_track(f, i, &t);
	assert_int_equal(t.good, 5000);
	assert_int_equal(t.duplicate + t.reordered + t.old, 0);
	free(f);
}

static void disorder(void **state)
{
	struct gen_flow f = { 0 };
	struct gen_tally t = { 0 };

	gen_track(&f, 0, &t);
	gen_track(&f, 3, &t);
	gen_track(&f, 1, &t);
	assert_int_equal(t.good, 3);
	assert_int_equal(t.reordered, 1);
	gen_track(&f, 1, &t);
	gen_track(&f, 3, &t);
	gen_track(&f, 0, &t);
	assert_int_equal(t.duplicate, 3);
	assert_int_equal(t.good, 3);
	gen_track(&f, 2, &t);
	assert_int_equal(t.good, 4);
	assert_int_equal(t.reordered, 2);

	/* a jump further than the window forgets all; what comes from before it is too old */
	gen_track(&f, 4 + 3 * GEN_WINDOW, &t);
	assert_int_equal(t.good, 5);
	gen_track(&f, 4, &t);
	assert_int_equal(t.old, 1);
	/* the oldest of the window, once and twice */
	gen_track(&f, 5 + 2 * GEN_WINDOW, &t);
	assert_int_equal(t.good, 6);
	gen_track(&f, 5 + 2 * GEN_WINDOW, &t);
	assert_int_equal(t.duplicate, 4);
	gen_track(&f, 4 + 2 * GEN_WINDOW, &t);
	assert_int_equal(t.old, 2);
}

/* Bits of numbers that left the window do not stand for their successors. */
static void window_reuse(void **state)
{
	struct gen_flow f = { 0 };
	struct gen_tally t = { 0 };
	u32 i;

	for (i = 0; i < GEN_WINDOW; i++)
		gen_track(&f, i, &t);
	gen_track(&f, GEN_WINDOW + 100, &t);
	for (i = 0; i < 100; i++)
		gen_track(&f, GEN_WINDOW + i, &t);
	assert_int_equal(t.duplicate, 0);
	assert_int_equal(t.reordered, 100);
	assert_int_equal(t.good, GEN_WINDOW + 101);
}

static void sequence_wrap(void **state)
{
	struct gen_flow f = { .next = 0xfffffff0 };
	struct gen_tally t = { 0 };
	u32 i;

	for (i = 0; i < 32; i++)
		gen_track(&f, 0xfffffff0 + i, &t);
	assert_int_equal(t.good, 32);
	assert_int_equal(f.next, 16);
	gen_track(&f, 0xffffffff, &t);
	assert_int_equal(t.duplicate, 1);
}

/* Each value lies in the bucket that its neighbours' tops enclose, and no bucket is wide. */
static void buckets(void **state)
{
	u64 v;
	u32 i;

	for (i = 0; i + 1 < HIST_BUCKETS; i++) {
		u64 top = hist_top(i);
		u64 low = i ? hist_top(i - 1) + 1 : 0;

		assert_int_equal(hist_index(top), i);
		assert_int_equal(hist_index(low), i);
		assert_int_equal(hist_index(top + 1), i + 1);
		/* 1/64 at most */
		assert_true((top - low) * HIST_SUB <= low);
	}
	for (v = 0; v < 64; v++)
		assert_int_equal(hist_top(hist_index(v)), v);
	assert_int_equal(hist_index(UINT64_MAX), HIST_BUCKETS - 1);
	assert_int_equal(hist_index(1ull << HIST_MAX_BITS), HIST_BUCKETS - 1);
}

static void percentiles(void **state)
{
	struct histogram *h = calloc(1, sizeof(*h));
	u64 v;

	assert_non_null(h);
	assert_int_equal(hist_percentile(h, 50000), 0);
	hist_add(h, 42, 1);
	assert_int_equal(hist_percentile(h, 0), 42);
	assert_int_equal(hist_percentile(h, 50000), 42);
	assert_int_equal(hist_percentile(h, 100000), 42);

	memset(h, 0, sizeof(*h));
	for (v = 1; v <= 100000; v++)
		hist_add(h, v, 1);
	assert_int_equal(h->min, 1);
	assert_int_equal(h->max, 100000);
	assert_int_equal(h->count, 100000);
	assert_int_equal(h->sum, 5000050000ull);
	assert_in_range(hist_percentile(h, 50000), 50000, 50000 + 50000 / 64);
	assert_in_range(hist_percentile(h, 99000), 99000, 100000);
	assert_in_range(hist_percentile(h, 10), 10, 10);
	assert_int_equal(hist_percentile(h, 100000), 100000);

	/* one slow frame in a thousand shows at 99.9 only from the next one on */
	memset(h, 0, sizeof(*h));
	hist_add(h, 10, 999);
	hist_add(h, 1000000, 1);
	assert_int_equal(hist_percentile(h, 99900), 10);
	assert_int_equal(hist_percentile(h, 99901), 1000000);
	/* beyond the range the largest is still known */
	hist_add(h, 1ull << 50, 5000);
	assert_int_equal(hist_percentile(h, 99000), 1ull << 50);
	free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip), cmocka_unit_test(seeded),
		cmocka_unit_test(corruption),
		cmocka_unit_test(foreign),    cmocka_unit_test(other_run), cmocka_unit_test(tagged),
		cmocka_unit_test(differ),     cmocka_unit_test(in_order),
		cmocka_unit_test(disorder),   cmocka_unit_test(window_reuse),
		cmocka_unit_test(sequence_wrap), cmocka_unit_test(buckets),
		cmocka_unit_test(percentiles),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
