// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim's receive side coalescing: which frames join, and what ends a large receive. Links
 * nicsim.a, sim_driver.o, rsctest.o.
 */
#include "rsctest.h"

static struct sd *d;

static int setup(void **state)
{
	d = rt_open();
	return 0;
}

static int teardown(void **state)
{
	sd_close(d);
	return 0;
}

static const struct rt_frame base = {
	.flow = 1, .seq = 5000, .ack = 10, .flags = RT_ACK, .window = 100, .payload = 100,
};

static struct rt_frame after(const struct rt_frame *f)
{
	struct rt_frame next = *f;

	next.seq += f->payload;
	return next;
}

/* ---- frames that do not join ---- */

/* What becomes of the second of two frames. */
enum fate {
	JOINS,
	BEGINS,		/* the first one's large receive ends, another begins with it */
	ALONE,		/* the first one's ends, and it is no candidate */
};

static void two(const char *what, const struct rt_frame *first, const struct rt_bytes *second,
		enum fate fate)
{
	struct sd_ring rx = rt_rx(d, 16, 3, 3);

	print_message("# %s\n", what);
	rt_offer(d, first);
	assert_int_equal(rt_dd(&rx, 0), 0);
	rt_offer_bytes(d, second);
	if (fate == JOINS) {
		assert_int_equal(rt_dd(&rx, 0), 0);
		sd_run(d);
		assert_int_equal(rt_count(&rx, 0), 2);
		assert_int_equal(rt_dd(&rx, 1), 0);
	} else {
		rt_is(&rx, 0, rt_build(first));
		assert_int_equal(rt_count(&rx, 0), 1);
		assert_int_equal(rt_dd(&rx, 1), fate == ALONE ? SD_DD | SD_RX_EOP : 0);
		sd_run(d);
		rt_is(&rx, 1, second);
		assert_int_equal(rt_count(&rx, 1), fate == ALONE ? 0 : 1);
	}
	sd_write(d, 0, RSC_RXDCTL(0), 0);
}

static void test_flags(void **state)
{
	static const struct {
		uint32_t flags;
		enum fate fate;
		const char *name;
	} c[] = {
		{ RT_ACK, JOINS, "ACK" }, { RT_ACK | RT_PSH, JOINS, "PSH" },
		{ RT_ACK | RT_FIN, ALONE, "FIN" }, { RT_ACK | RT_SYN, ALONE, "SYN" },
		{ RT_ACK | RT_RST, ALONE, "RST" }, { RT_ACK | RT_URG, ALONE, "URG" },
		{ RT_ACK | RT_ECE, ALONE, "ECE" }, { RT_ACK | RT_CWR, ALONE, "CWR" },
		{ RT_ACK | RT_NS, ALONE, "NS" }, { 0, BEGINS, "ACK gone" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct rt_frame f = after(&base);

		f.flags = c[i].flags;
		two(c[i].name, &base, rt_build(&f), c[i].fate);
	}
	/* and one that cannot begin is not held */
	{
		struct sd_ring rx = rt_rx(d, 16, 3, 3);
		struct rt_frame f = base;

		f.flags |= RT_FIN;
		rt_offer(d, &f);
		rt_is(&rx, 0, rt_build(&f));
	}
}

static void test_ack_change_allowed(void **state)
{
	struct rt_frame f = after(&base);

	sd_write(d, 0, 0x2F00, sd_read(d, 0, 0x2F00) & ~0x02000000u);	/* RSCACKC 0 */
	f.flags = 0;
	two("ACK gone, RSCACKC 0", &base, rt_build(&f), JOINS);
	sd_expect(d, "RDRXCTL.RSCACKC is 0");
}

static void test_sequence(void **state)
{
	struct rt_frame f = after(&base), last = base;

	f.seq++;
	two("gap", &base, rt_build(&f), BEGINS);
	f.seq -= 2;
	two("overlap", &base, rt_build(&f), BEGINS);
	two("again", &base, rt_build(&base), BEGINS);
	last.seq = 0xffffffff - 49;
	f = after(&last);
	two("over 2^32", &last, rt_build(&f), JOINS);
}

/* A frame lost on the way, come late: three large receives, in the order of arrival. */
static void test_out_of_order(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 3, 3);
	struct rt_frame f[6];
	unsigned int i;

	f[0] = base;
	for (i = 1; i < 6; i++)
		f[i] = after(&f[i - 1]);
	rt_offer(d, &f[0]);
	rt_offer(d, &f[1]);
	rt_offer(d, &f[3]);
	rt_offer(d, &f[4]);
	rt_offer(d, &f[2]);
	rt_offer(d, &f[5]);
	sd_run(d);
	rt_is(&rx, 0, rt_joined(f, 2));
	rt_is(&rx, 1, rt_joined(f + 3, 2));
	rt_is(&rx, 2, rt_build(&f[2]));
	rt_is(&rx, 3, rt_build(&f[5]));
}

static void test_ip(void **state)
{
	struct rt_frame f = after(&base), marked = base;
	struct rt_bytes *b = rt_build(&f);

	f.ecn = 2;
	two("ECT where there was none", &base, rt_build(&f), BEGINS);
	marked.ecn = 2;
	two("ECT both", &marked, rt_build(&f), JOINS);
	f.ecn = 3;
	two("congestion experienced", &marked, rt_build(&f), ALONE);
	/* options: four bytes of end of list */
	memmove(b->data + 38, b->data + 34, b->len - 34);
	memset(b->data + 34, 0, 4);
	b->len += 4;
	b->data[14] = 0x46;
	b->data[17] += 4;
	rt_sums(b);
	two("IP options", &base, b, ALONE);
	/* bytes behind the datagram */
	f = after(&base);
	b = rt_build(&f);
	b->data[b->len++] = 0;
	two("padding", &base, b, ALONE);
	b = rt_build(&f);
	b->data[24] ^= 1;
	two("bad header checksum", &base, b, ALONE);
	b = rt_build(&f);
	b->data[60] ^= 1;
	two("bad TCP checksum", &base, b, ALONE);
}

/* A fragment has no ports: whose it is nobody sees. */
static void test_fragment(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 3, 3);
	struct rt_frame f[2] = { base, after(&base) };
	struct rt_bytes *b = rt_build(&f[1]);

	rt_offer(d, &f[0]);
	b->data[20] = 0x20;
	rt_sums(b);
	rt_offer_bytes(d, b);
	rt_is(&rx, 1, b);
	assert_int_equal(rt_count(&rx, 1), 0);
	assert_int_equal(rt_dd(&rx, 0), 0);
	rt_offer(d, &f[1]);
	sd_run(d);
	rt_is(&rx, 0, rt_joined(f, 2));
}

/* Hardware coalesces IPv4 alone. */
static void test_ipv6(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 3, 3);
	struct rt_frame f = base;
	uint32_t i;

	f.v6 = true;
	for (i = 0; i < 3; i++) {
		rt_offer(d, &f);
		rt_is(&rx, i, rt_build(&f));
		assert_int_equal(rt_count(&rx, i), 0);
		f = after(&f);
	}
}

static void test_options(void **state)
{
	struct rt_frame stamped = base, f = after(&base);
	struct rt_bytes *b;

	stamped.stamp = 7;
	two("stamp gone", &stamped, rt_build(&f), BEGINS);
	f.stamp = 8;
	two("stamp come", &base, rt_build(&f), BEGINS);
	f = after(&stamped);
	two("stamp both", &stamped, rt_build(&f), JOINS);
	b = rt_build(&f);
	b->data[54] = 8;		/* time stamp first, then padding: not aligned */
	b->data[55] = 10;
	memmove(b->data + 56, b->data + 58, 8);
	b->data[64] = b->data[65] = 1;
	rt_sums(b);
	two("stamp not aligned", &stamped, b, ALONE);
	b = rt_build(&f);
	b->data[57] = 9;
	rt_sums(b);
	two("option of another length", &stamped, b, ALONE);
	/* 24 bytes: the first option of a SACK */
	f = after(&base);
	b = rt_build(&f);
	b->data[46] = 0x60;
	rt_sums(b);
	two("other option", &base, b, ALONE);
}

static void test_tags(void **state)
{
	struct rt_frame tagged = base, f = after(&base);

	tagged.tag = 5;
	two("tag gone", &tagged, rt_build(&f), BEGINS);
	f.tag = 5;
	two("tag come", &base, rt_build(&f), BEGINS);
	two("tag both", &tagged, rt_build(&f), JOINS);
	f.tag = 6;
	two("other tag", &tagged, rt_build(&f), BEGINS);
}

/* ---- limits ---- */

static void test_first_size(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);
	struct rt_frame f = base;

	sd_write(d, 0, 0x2F00, sd_read(d, 0, 0x2F00) | 8 << 17);	/* RSCFRSTSIZE: 128 bytes */
	f.payload = 73;			/* 127 */
	rt_offer(d, &f);
	rt_is(&rx, 0, rt_build(&f));
	assert_int_equal(rt_count(&rx, 0), 0);
	f.payload = 74;
	rt_offer(d, &f);
	assert_int_equal(rt_dd(&rx, 1), 0);
	/* to join, any size will do */
	f = after(&f);
	f.payload = 6;
	rt_offer(d, &f);
	assert_int_equal(rt_dd(&rx, 1), 0);
	sd_run(d);
	assert_int_equal(rt_count(&rx, 1), 2);
}

static void test_maxdesc(void **state)
{
	static const uint32_t count[] = { 1, 4, 8, 16 };
	struct rt_frame f[40];
	uint32_t i, max;

	for (max = 0; max < 4; max++) {
		struct sd_ring rx = rt_rx(d, 64, 2, max);
		uint32_t n = 0, bytes = 54;

		f[0] = base;
		f[0].payload = 900;
		for (i = 1; i < 40; i++)
			f[i] = after(&f[i - 1]);
		/* as many as fit wholly */
		while (bytes + 900 <= count[max] * 2048) {
			bytes += 900;
			n++;
		}
		for (i = 0; i < n; i++)
			rt_offer(d, &f[i]);
		assert_int_equal(sd_read(d, 0, RSC_RDH(0)), count[max]);
		assert_int_equal(rt_dd(&rx, count[max] - 1), 0);
		rt_offer(d, &f[n]);
		rt_is(&rx, 0, rt_joined(f, n));
		assert_int_equal(rt_dd(&rx, count[max]), 0);
		sd_run(d);
		rt_is(&rx, count[max], rt_build(&f[n]));
		sd_write(d, 0, RSC_RXDCTL(0), 0);
	}
}

/* The last buffer filled to its last byte ends it; one frame that needs more than MAXDESC none. */
static void test_full(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 0);
	struct rt_frame f[2] = { base, after(&base) };

	f[1].payload = 2048 - 54 - 100;
	rt_offer(d, &f[0]);
	rt_offer(d, &f[1]);
	rt_is(&rx, 0, rt_joined(f, 2));
	f[0].payload = 2048 - 54 + 1;
	rt_offer(d, &f[0]);
	rt_is(&rx, 1, rt_build(&f[0]));
	assert_int_equal(rt_count(&rx, 1), 0);
	assert_int_equal(rt_count(&rx, 2), 0);
}

static void test_64k(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 16, 2);
	struct rt_frame f[9];
	uint32_t i;

	sd_expect(d, "over 65535 bytes");
	/* 40 bytes of headers and 65495 of payload are the most that a length can say */
	f[0] = base;
	f[0].payload = 9000;
	for (i = 1; i < 8; i++)
		f[i] = after(&f[i - 1]);
	f[7].payload = 65495 - 7 * 9000;
	for (i = 0; i < 8; i++)
		rt_offer(d, &f[i]);
	assert_int_equal(rt_dd(&rx, 4), 0);
	f[8] = after(&f[7]);
	f[8].payload = 6;
	rt_offer(d, &f[8]);
	rt_is(&rx, 0, rt_joined(f, 8));
	sd_run(d);
	rt_is(&rx, 5, rt_build(&f[8]));
}

static void test_contexts(void **state)
{
	struct sd_ring rx = rt_rx(d, 64, 2, 3);
	struct rt_frame f = base, again;
	uint32_t i;

	for (i = 0; i < 32; i++) {
		f.flow = i;
		rt_offer(d, &f);
	}
	/* to have been used lately does not make young */
	f.flow = 0;
	again = after(&f);
	rt_offer(d, &again);
	for (i = 0; i < 32; i++)
		assert_int_equal(rt_dd(&rx, i), 0);
	f.flow = 32;
	rt_offer(d, &f);
	assert_int_equal(rt_dd(&rx, 0), SD_DD | SD_RX_EOP);
	assert_int_equal(rt_count(&rx, 0), 2);
	for (i = 1; i < 33; i++)
		assert_int_equal(rt_dd(&rx, i), 0);
	f.flow = 33;
	rt_offer(d, &f);
	assert_int_equal(rt_dd(&rx, 1), SD_DD | SD_RX_EOP);
	assert_int_equal(rt_dd(&rx, 2), 0);
	sd_run(d);
	for (i = 0; i < 34; i++)
		assert_int_equal(rt_dd(&rx, i), SD_DD | SD_RX_EOP);
}

/* A flow that changes its queue, as RETA may, changes its large receive. */
static void test_other_queue(void **state)
{
	struct sd_ring a = rt_rx(d, 16, 2, 3), b;
	struct rt_frame f[2] = { base, after(&base) };
	uint32_t i;

	sd_write(d, 0, RSC_RSCCTL(1), 3 << 2 | 1);
	b = sd_rx(d, 0, 1, 16, RSC_ONE_BUFFER | 2);
	sd_write(d, 0, 0x0900, 0x810081);
	sd_write(d, 0, 0x5818, 0x10001);	/* MRQC: RSS over TCP */
	rt_offer(d, &f[0]);
	for (i = 0; i < 32; i++)
		sd_write(d, 0, 0x5C00 + 4 * i, 0x01010101);
	rt_offer(d, &f[1]);
	rt_is(&a, 0, rt_build(&f[0]));
	assert_int_equal(rt_dd(&b, 0), 0);
	sd_run(d);
	rt_is(&b, 0, rt_build(&f[1]));
}

#define TEST(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_flags), TEST(test_ack_change_allowed), TEST(test_sequence),
		TEST(test_out_of_order), TEST(test_ip), TEST(test_fragment),
		TEST(test_ipv6), TEST(test_options), TEST(test_tags),
		TEST(test_first_size), TEST(test_maxdesc), TEST(test_full), TEST(test_64k),
		TEST(test_contexts), TEST(test_other_queue),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
