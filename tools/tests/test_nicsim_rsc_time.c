// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim's receive side coalescing: when time ends a large receive, and what a driver may not set
 * up. Links nicsim.a, sim_driver.o, rsctest.o.
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

/* ---- time ---- */

static void test_moderation(void **state)
{
	struct sd_ring rx = rt_rx(d, 64, 2, 3);
	struct rt_frame f[4];
	uint32_t i;

	f[0] = base;
	for (i = 1; i < 4; i++)
		f[i] = after(&f[i - 1]);
	/* an idle vector: at once, and RSC_DELAY (0: 4 us) later the message */
	rt_offer(d, &f[0]);
	nicsim_advance(d->sim, 1);
	assert_int_equal(rt_dd(&rx, 0), SD_DD | SD_RX_EOP);
	nicsim_advance(d->sim, 3998);
	assert_int_equal(d->fired[1], 0);
	nicsim_advance(d->sim, 1);
	assert_int_equal(d->fired[1], 1);
	/* from then on 100 us */
	rt_offer(d, &f[1]);
	nicsim_advance(d->sim, 50 * RSC_US);
	rt_offer(d, &f[2]);
	nicsim_advance(d->sim, 50 * RSC_US - 1);
	assert_int_equal(rt_dd(&rx, 1), 0);
	nicsim_advance(d->sim, 1);
	assert_int_equal(rt_dd(&rx, 1), SD_DD | SD_RX_EOP);
	assert_int_equal(d->fired[1], 1);
	nicsim_advance(d->sim, 4 * RSC_US);
	assert_int_equal(d->fired[1], 2);
	rt_is(&rx, 1, rt_joined(f + 1, 2));
	/* one message told of all: nothing more comes */
	nicsim_advance(d->sim, 1000 * RSC_US);
	assert_int_equal(d->fired[1], 2);
	/* RSC_DELAY 7: 32 us */
	sd_write(d, 0, 0x0898, 0xC0003810u);
	rt_offer(d, &f[3]);
	nicsim_advance(d->sim, 32 * RSC_US - 1);
	assert_int_equal(rt_dd(&rx, 2), SD_DD | SD_RX_EOP);
	assert_int_equal(d->fired[1], 2);
	nicsim_advance(d->sim, 1);
	assert_int_equal(d->fired[1], 3);
}

/* The message of another queue of the vector takes it along; one of another vector does not. */
static void test_same_vector(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3), other = sd_rx(d, 0, 1, 16, 0x02000002);
	struct rt_frame f[3] = { base, after(&base) };

	f[2] = after(&f[1]);
	sd_write(d, 0, 0x0900, 0x820081);
	sd_write(d, 0, 0x0880, 6);
	rt_offer(d, &f[0]);
	sd_run(d);
	assert_int_equal(d->fired[1], 1);
	sd_write(d, 0, RSC_EITR(1), 400 << 3);	/* 800 us, from the next message on */
	rt_offer(d, &f[1]);
	nicsim_advance(d->sim, 100 * RSC_US);
	assert_int_equal(d->fired[1], 2);
	rt_offer(d, &f[2]);
	/* what sd_numbered() makes goes to queue 1 */
	sd_write(d, 0, 0x5128, 0x800088b5u);
	sd_write(d, 0, 0xEC00, 0x80010000u);
	sd_offer(d, 0, sd_numbered(100), 100);
	nicsim_advance(d->sim, 100 * RSC_US);
	assert_int_equal(rt_dd(&other, 0), SD_DD | SD_RX_EOP);
	assert_int_equal(d->fired[2], 1);
	assert_int_equal(rt_dd(&rx, 2), 0);
	/* a cause set by software */
	sd_write(d, 0, RSC_EITR(1), 400 << 3);
	sd_write(d, 0, 0x0808, 2);
	nicsim_advance(d->sim, 1);
	assert_int_equal(rt_dd(&rx, 2), SD_DD | SD_RX_EOP);
	nicsim_advance(d->sim, 4 * RSC_US);
	assert_int_equal(d->fired[1], 3);
	nicsim_advance(d->sim, 2000 * RSC_US);
	assert_int_equal(d->fired[1], 3);
}

/* A driver that polls enables no interrupt, and gets its frames all the same. */
static void test_polling(void **state)
{
	struct sd_ring rx = rt_rx(d, 64, 2, 3);
	struct rt_frame f = base;
	uint32_t i;

	sd_write(d, 0, 0x0888, ~0u);
	rt_offer(d, &f);
	nicsim_advance(d->sim, 1);
	assert_int_equal(rt_dd(&rx, 0), SD_DD | SD_RX_EOP);
	for (i = 1; i < 5; i++) {
		f = after(&f);
		rt_offer(d, &f);
		nicsim_advance(d->sim, 98 * RSC_US);
		assert_int_equal(rt_dd(&rx, i), 0);
		nicsim_advance(d->sim, 2 * RSC_US);
		assert_int_equal(rt_dd(&rx, i), SD_DD | SD_RX_EOP);
	}
	assert_int_equal(d->fired[1], 0);
}

static void test_legacy_interrupt(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);

	sd_write(d, 0, 0x0898, 0);		/* GPIE: no MSI-X; EITR 0 for all */
	sd_write(d, 0, 0x0900, 0x83);
	sd_write(d, 0, RSC_EITR(0), 10 << 3);
	sd_write(d, 0, 0x0880, 8);
	rt_offer(d, &base);
	sd_run(d);
	rt_is(&rx, 0, rt_build(&base));
	assert_int_equal(d->fired[0], 1);
	assert_int_equal(sd_read(d, 0, 0x0800) & 0xffff, 8);
}

/* No vector or no interval: nothing would ever end it. That may be so for a moment. */
static void test_no_moderation(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);
	struct rt_frame f = base;

	sd_write(d, 0, 0x0900, 0);
	rt_offer(d, &f);
	nicsim_advance(d->sim, 99000 * RSC_US);
	assert_int_equal(rt_dd(&rx, 0), 0);
	nicsim_advance(d->sim, 1000 * RSC_US);
	sd_expect(d, "rsc-moderation");
	sd_write(d, 0, 0x0900, 0x81);
	sd_write(d, 0, RSC_EITR(1), 0);
	f.flow = 2;
	rt_offer(d, &f);
	nicsim_advance(d->sim, 100000 * RSC_US);
	sd_expect(d, "rsc-moderation");
	/* RSC_DELAY 7 is 32 us: not under an interval of 32 */
	sd_write(d, 0, 0x0898, 0xC0003810u);
	sd_write(d, 0, RSC_EITR(1), 16 << 3);
	f.flow = 3;
	rt_offer(d, &f);
	nicsim_advance(d->sim, 100000 * RSC_US);
	sd_expect(d, "rsc-moderation");
	/* as drivers do it: the queue first, then vector and interval */
	sd_write(d, 0, 0x0900, 0);
	f.flow = 4;
	rt_offer(d, &f);
	nicsim_advance(d->sim, 50000 * RSC_US);
	sd_write(d, 0, 0x0900, 0x81);
	sd_write(d, 0, RSC_EITR(1), 0);
	f.flow = 5;
	rt_offer(d, &f);
	sd_write(d, 0, RSC_EITR(1), 50 << 3);
	f.flow = 6;
	rt_offer(d, &f);
	nicsim_advance(d->sim, 1000 * RSC_US);
	assert_int_equal(rt_dd(&rx, 4), SD_DD | SD_RX_EOP);
	assert_int_equal(rt_dd(&rx, 5), SD_DD | SD_RX_EOP);
	nicsim_advance(d->sim, 100000 * RSC_US);
	assert_int_equal(rt_dd(&rx, 3), SD_DD | SD_RX_EOP);
}

/* ---- set-up ---- */

static void test_config(void **state)
{
	static const struct {
		uint32_t reg, clear, set;
		const char *what;
	} c[] = {
		{ RSC_SRRCTL(0), 0x0E000000, 0, "DESCTYPE is legacy" },
		{ RSC_SRRCTL(0), 0x00003F00, 0x100, "BSIZEHEADER" },
		{ RSC_SRRCTL(0), 0x1F, 4, "over 65535" },	/* 16 * 4 KiB are a byte too many */
		{ 0x5480, 0x10, 0, "PSR_type4" },
		{ 0x4240, 0x2, 0, "CRC" },
		{ 0x2F00, 0x2, 0, "CRC" },
		{ 0x2F00, 0x02000000, 0, "RSCACKC" },
	};
	unsigned int i;

	rt_rx(d, 16, 3, 3);
	sd_write(d, 0, RSC_RXDCTL(0), 0);
	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		uint32_t old = sd_read(d, 0, c[i].reg);

		sd_write(d, 0, c[i].reg, (old & ~c[i].clear) | c[i].set);
		sd_write(d, 0, RSC_RXDCTL(0), RSC_ENABLE);
		sd_expect(d, "rsc-config");
		/* without RSC all of that is as good as anything */
		sd_write(d, 0, RSC_RXDCTL(0), 0);
		sd_write(d, 0, RSC_RSCCTL(0), 3 << 2);
		sd_write(d, 0, RSC_RXDCTL(0), RSC_ENABLE);
		assert_int_equal(d->errors, 0);
		/* and said when it is switched on later */
		sd_write(d, 0, RSC_RSCCTL(0), 3 << 2 | 1);
		sd_expect(d, c[i].what);
		sd_write(d, 0, RSC_RXDCTL(0), 0);
		sd_write(d, 0, c[i].reg, old);
	}
	sd_write(d, 0, RSC_RSCCTL(0), 0x10);
	sd_expect(d, "RSCCTL");
	/* the upper bank has it too */
	sd_write(d, 0, 0xD02C, 0xD);
	assert_int_equal(sd_read(d, 0, 0xD02C), 0xD);
}

/* A queue that RSC cannot work on receives as without. */
static void test_config_ignored(void **state)
{
	struct sd_ring rx;

	sd_write(d, 0, 0x5480, 0);
	rx = rt_rx(d, 16, 2, 3);
	sd_expect(d, "PSR_type4");
	rt_offer(d, &base);
	rt_is(&rx, 0, rt_build(&base));
	assert_int_equal(rt_count(&rx, 0), 0);
}

/* A queue that lies is not one to coalesce on: the fault is seen, and ends what there was. */
static void test_faults(void **state)
{
	struct sd_ring rx = rt_rx(d, 64, 2, 3);
	struct rt_frame f[2] = { base, after(&base) };

	rt_offer(d, &f[0]);
	nicsim_fault(d->port[0], NICSIM_RX_NO_EOP, 0);
	rt_offer(d, &f[1]);
	rt_is(&rx, 0, rt_build(&f[0]));
	assert_int_equal(rt_dd(&rx, 1), SD_DD);
	assert_int_equal(rt_count(&rx, 1), 0);
	rt_offer(d, &f[0]);
	nicsim_fault(d->port[0], NICSIM_RX_CHAIN40, 0);
	rt_offer(d, &f[1]);
	rt_is(&rx, 2, rt_build(&f[0]));
	assert_int_equal(sd_read(d, 0, RSC_RDH(0)), 43);
}

#define TEST(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_moderation), TEST(test_same_vector), TEST(test_polling),
		TEST(test_legacy_interrupt), TEST(test_no_moderation), TEST(test_config),
		TEST(test_config_ignored), TEST(test_faults),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
