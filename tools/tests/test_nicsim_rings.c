// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim's rings: what their registers hold, and when what is wrong with one is said. Links nicsim.a,
 * sim_driver.o.
 */
#include <stdio.h>

#include "sim_driver.h"

#define CTRL		0x00000
#define CTRL_RST	0x04000000
#define STATUS		0x00008
#define RXCTRL		0x03000
#define DMATXCTL	0x04A80
#define RXQ		0x01000
#define TXQ		0x06000
#define BAL		0x00
#define BAH		0x04
#define LEN		0x08
#define HEAD		0x10
#define TAIL		0x18
#define CTL		0x28
#define ENABLE		0x02000000u

static struct sd *d;

/* After a device reset: no queue is on, nor receive, nor transmit. */
static int setup(void **state)
{
	d = sd_open(1, false);
	sd_write(d, 0, CTRL, CTRL_RST);
	sd_run(d);
	return 0;
}

static int teardown(void **state)
{
	sd_close(d);
	return 0;
}

/* ---- what registers hold ---- */

/** struct pattern - @count registers, @step apart, keep @mask of what is written of @write */
struct pattern {
	uint32_t reg, step, count, mask, write;
};

static void try_patterns(const struct pattern *t, unsigned int count)
{
	static const uint32_t patterns[] = { 0x5A5A5A5A, 0xA5A5A5A5, 0, 0xFFFFFFFF };
	unsigned int i, j;

	for (; count; t++, count--) {
		for (i = 0; i < t->count; i++) {
			for (j = 0; j < sizeof(patterns) / sizeof(patterns[0]); j++) {
				uint32_t reg = t->reg + t->step * i, before = sd_read(d, 0, reg);
				uint32_t want = patterns[j] & t->write & t->mask;

				sd_write(d, 0, reg, patterns[j] & t->write);
				if (sd_read(d, 0, reg) != want)
					fail_msg("%#x = %#x", reg, sd_read(d, 0, reg));
				sd_write(d, 0, reg, before);
				assert_int_equal(sd_read(d, 0, reg), before);
			}
		}
	}
}

/*
 * What Linux' ixgbe writes in `ethtool -t` to every 82599 after a reset, and what it wants to read:
 * masks are that driver's, which real cards pass.
 */
static void test_register_test(void **state)
{
	static const struct pattern before[] = {
		{ 0x03220, 0, 1, 0x8007FFF0, 0x8007FFF0 },		/* FCRTL */
		{ 0x03260, 0, 1, 0x8007FFF0, 0x8007FFF0 },		/* FCRTH */
		{ 0x03008, 0, 1, 0xFFFFFFFF, 0xFFFFFFFF },		/* PFCTOP */
		{ 0x05088, 0, 1, 0, 0 },				/* VLNCTRL */
		{ RXQ + BAL, 0x40, 4, 0xFFFFFF80, 0xFFFFFF80 },
		{ RXQ + BAH, 0x40, 4, 0xFFFFFFFF, 0xFFFFFFFF },
		{ RXQ + LEN, 0x40, 4, 0x000FFF80, 0x000FFFFF },
	}, on[] = {
		{ RXQ + TAIL, 0x40, 4, 0x0000FFFF, 0x0000FFFF },
	}, after[] = {
		{ 0x03200, 0, 1, 0xFFFFFFFF, 0xFFFFFFFF },		/* FCTTV */
		{ TXQ + BAL, 0x40, 4, 0xFFFFFF80, 0xFFFFFFFF },
		{ TXQ + BAH, 0x40, 4, 0xFFFFFFFF, 0xFFFFFFFF },
		{ TXQ + LEN, 0x40, 4, 0x000FFF80, 0x000FFF80 },
		{ 0x05400, 8, 16, 0xFFFFFFFF, 0xFFFFFFFF },		/* RAL, RAH */
		{ 0x05404, 8, 16, 0x8001FFFF, 0x800CFFFF },
		{ 0x05200, 4, 128, 0xFFFFFFFF, 0xFFFFFFFF },		/* MTA */
	};
	uint32_t status = sd_read(d, 0, STATUS), q;

	sd_write(d, 0, STATUS, 0x7FFFF30F);
	assert_int_equal(sd_read(d, 0, STATUS), status);
	try_patterns(before, sizeof(before) / sizeof(before[0]));
	for (q = 0; q < 4; q++)
		sd_write(d, 0, RXQ + 0x40 * q + CTL, ENABLE);
	try_patterns(on, 1);
	for (q = 0; q < 4; q++)
		sd_write(d, 0, RXQ + 0x40 * q + CTL, 0);
	try_patterns(after, sizeof(after) / sizeof(after[0]));
	sd_write(d, 0, RXCTRL, 1);
	assert_int_equal(sd_read(d, 0, RXCTRL), 1);
	sd_write(d, 0, RXCTRL, 0);
	assert_int_equal(d->errors, 0);
}

/* Patterns are gone with the next reset, not found wrong in a ring set up properly after it. */
static void test_patterns_forgotten(void **state)
{
	struct sd_ring rx, tx;

	sd_write(d, 0, RXQ + LEN, 0xA5A5A);
	sd_write(d, 0, RXQ + BAL, 0x5A);
	sd_write(d, 0, TXQ + LEN, 0xFFFFFFFF);
	sd_write(d, 0, CTRL, CTRL_RST);
	sd_run(d);
	sd_write(d, 0, 0x2F00, sd_read(d, 0, 0x2F00) | 0x2);
	sd_write(d, 0, 0x5080, 0x700);
	sd_write(d, 0, RXCTRL, 1);
	sd_write(d, 0, DMATXCTL, 1);
	rx = sd_rx(d, 0, 0, 8, 0x02000002);
	tx = sd_tx(d, 0, 0, 8, 0);
	assert_true(sd_offer(d, 0, sd_numbered(100), 100));
	sd_run(d);
	sd_spread(&rx, 0, sd_numbered(100), 100);
	sd_run(d);
	sd_send(&tx, sd_numbered(100), 100);
	sd_run(d);
	assert_int_equal(sd_read(d, 0, TXQ + HEAD), 1);
	/* nor when a proper value took their place */
	sd_write(d, 0, RXQ + 0x40 + LEN, 100);
	sd_write(d, 0, RXQ + 0x40 + LEN, 128);
	sd_write(d, 0, RXQ + 0x40 + CTL, ENABLE);
	assert_int_equal(d->errors, 0);
}

/* ---- when what is wrong is said ---- */

/** struct wrong - a ring that cannot be: register at @at is @value, all others as they should be */
struct wrong {
	uint32_t at, value;
	const char *rule;
};

static const struct wrong wrongs[] = {
	{ BAL, 0x00010040, "ring-config: %cDBAL[5] = 0x10040: rings begin at multiples of 128" },
	{ LEN, 0, "enabled with a ring of length 0" },
	{ LEN, 100, "ring-config: %cDLEN[5] = 100: a multiple of 128, at most 131072" },
	{ LEN, 0x20080, "ring-config: %cDLEN[5] = 131200" },
	{ LEN, 0x80000080u, "ring-config: %cDLEN[5] = 2147483776" },
};
#define WRONGS	(sizeof(wrongs) / sizeof(wrongs[0]))

static void ring(uint32_t regs, const struct wrong *w)
{
	static const uint32_t good[][2] = {
		{ BAL, 0x10000 }, { BAH, 0x12 }, { LEN, 128 }, { HEAD, 0 }, { TAIL, 0 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		sd_write(d, 0, regs + good[i][0], good[i][1]);
	if (w)
		sd_write(d, 0, regs + w->at, w->value);
}

/* Said once, by the write that lets DMA begin, whichever of the two that is. */
static void wrong_said(uint32_t regs, uint32_t unit, char letter, bool unit_last)
{
	uint32_t off = sd_read(d, 0, unit) & ~1u;
	char rule[128];
	unsigned int i;

	for (i = 0; i < WRONGS; i++) {
		sd_write(d, 0, unit, unit_last ? off : off | 1);
		ring(regs, &wrongs[i]);
		assert_int_equal(d->errors, 0);
		if (unit_last) {
			sd_write(d, 0, regs + CTL, ENABLE);
			assert_int_equal(d->errors, 0);
			sd_write(d, 0, unit, off | 1);
		} else {
			sd_write(d, 0, regs + CTL, ENABLE);
		}
		assert_int_equal(d->errors, 1);
		snprintf(rule, sizeof(rule), wrongs[i].rule, letter);
		sd_expect(d, rule);
		sd_write(d, 0, regs + CTL, 0);
		assert_int_equal(d->errors, 0);
	}
	sd_write(d, 0, unit, off | 1);
	ring(regs, NULL);
	sd_write(d, 0, regs + CTL, ENABLE);
	assert_int_equal(d->errors, 0);
}

static void test_wrong_rings(void **state)
{
	wrong_said(RXQ + 0x40 * 5, RXCTRL, 'R', false);
	sd_write(d, 0, RXQ + 0x40 * 5 + CTL, 0);
	wrong_said(RXQ + 0x40 * 5, RXCTRL, 'R', true);
	wrong_said(TXQ + 0x40 * 5, DMATXCTL, 'T', false);
	sd_write(d, 0, TXQ + 0x40 * 5 + CTL, 0);
	wrong_said(TXQ + 0x40 * 5, DMATXCTL, 'T', true);
}

static void test_wrong_thresholds(void **state)
{
	ring(TXQ, NULL);
	sd_write(d, 0, TXQ + CTL, ENABLE | 36 | 8 << 16);
	assert_int_equal(d->errors, 0);
	sd_write(d, 0, DMATXCTL, 1);
	sd_expect(d, "tx-threshold");
	ring(RXQ, NULL);
	sd_write(d, 0, RXQ + 0x14, 0x02000000);
	sd_write(d, 0, RXQ + CTL, ENABLE);
	assert_int_equal(d->errors, 0);
	sd_write(d, 0, RXCTRL, 1);
	sd_expect(d, "rx-buffer");
}

/* ---- tails ---- */

static void tails(uint32_t regs, uint32_t unit, char letter)
{
	char rule[128];

	ring(regs, NULL);
	/* before the queue is on there is nothing to give descriptors to */
	sd_write(d, 0, regs + TAIL, 1);
	snprintf(rule, sizeof(rule), "ring-tail: %cDT[5] = 1, but the queue is not enabled", letter);
	sd_expect(d, rule);
	sd_write(d, 0, regs + TAIL, 0);
	/* one that has been stopped may get a tail, until it is set up again */
	sd_write(d, 0, regs + CTL, ENABLE);
	sd_write(d, 0, regs + CTL, 0);
	sd_write(d, 0, regs + TAIL, 1);
	assert_int_equal(d->errors, 0);
	ring(regs, NULL);
	sd_write(d, 0, regs + TAIL, 1);
	sd_expect(d, rule);
	sd_write(d, 0, regs + TAIL, 0);
	/* before the unit is, they may be given, if they are not taken back */
	sd_write(d, 0, regs + CTL, ENABLE);
	sd_write(d, 0, regs + TAIL, 7);
	sd_write(d, 0, unit, 1);
	assert_int_equal(d->errors, 0);
	sd_write(d, 0, regs + CTL, 0);
	sd_write(d, 0, unit, 0);
	ring(regs, NULL);
	sd_write(d, 0, regs + CTL, ENABLE);
	sd_write(d, 0, regs + TAIL, 7);
	sd_write(d, 0, regs + TAIL, 5);
	assert_int_equal(d->errors, 0);
	sd_write(d, 0, unit, 1);
	snprintf(rule, sizeof(rule), "ring-tail: %cDT[5], now 5, took descriptors back", letter);
	sd_expect(d, rule);
	/* forgiven with the queue off */
	sd_write(d, 0, regs + CTL, 0);
	sd_write(d, 0, unit, 0);
	ring(regs, NULL);
	sd_write(d, 0, regs + CTL, ENABLE);
	sd_write(d, 0, regs + TAIL, 7);
	sd_write(d, 0, regs + TAIL, 5);
	sd_write(d, 0, regs + CTL, 0);
	ring(regs, NULL);
	sd_write(d, 0, regs + CTL, ENABLE);
	sd_write(d, 0, unit, 1);
	assert_int_equal(d->errors, 0);
	/* beyond the ring when it begins, and later */
	sd_write(d, 0, unit, 0);
	sd_write(d, 0, regs + TAIL, 8);
	sd_write(d, 0, unit, 1);
	sd_expect(d, "enabled with head 0 and tail 8 in a ring of 8");
	sd_write(d, 0, regs + TAIL, 9);
	snprintf(rule, sizeof(rule), "ring-tail: %cDT[5] = 9 in a ring of 8", letter);
	sd_expect(d, rule);
	/* a queue that runs keeps its ring, whatever is wrong with the new one */
	sd_write(d, 0, regs + LEN, 100);
	sd_expect(d, "queue is enabled");
}

static void test_rx_tails(void **state)
{
	tails(RXQ + 0x40 * 5, RXCTRL, 'R');
}

/* The descriptors are all zero: what they say is wrong, but after the ring. */
static void test_tx_tails(void **state)
{
	nicsim_link(d->port[0], false);
	sd_run(d);
	tails(TXQ + 0x40 * 5, DMATXCTL, 'T');
}

/* A queue that is off tells where it stopped; on again, it begins anew, also with a smaller ring. */
static void restart(uint32_t regs, uint32_t head, uint32_t tail, char letter)
{
	char rule[64];

	sd_write(d, 0, regs + CTL, 0);
	assert_int_equal(sd_read(d, 0, regs + HEAD), head);
	assert_int_equal(sd_read(d, 0, regs + TAIL), tail);
	sd_write(d, 0, regs + LEN, 128);
	sd_write(d, 0, regs + CTL, ENABLE);
	assert_int_equal(sd_read(d, 0, regs + HEAD), 0);
	assert_int_equal(sd_read(d, 0, regs + TAIL), 0);
	/* what it is already a driver may write; but not that it be elsewhere */
	sd_write(d, 0, regs + HEAD, 0);
	assert_int_equal(d->errors, 0);
	sd_write(d, 0, regs + HEAD, 3);
	snprintf(rule, sizeof(rule), "ring-config: %cDH[0] = 0x3, was 0", letter);
	sd_expect(d, rule);
}

static void test_restart(void **state)
{
	struct sd_ring rx, tx;
	unsigned int i;

	sd_write(d, 0, 0x2F00, sd_read(d, 0, 0x2F00) | 0x2);
	sd_write(d, 0, 0x5080, 0x700);
	sd_write(d, 0, RXCTRL, 1);
	sd_write(d, 0, DMATXCTL, 1);
	rx = sd_rx(d, 0, 0, 16, 0x02000002);
	tx = sd_tx(d, 0, 0, 16, 0);
	for (i = 0; i < 9; i++) {
		assert_true(sd_offer(d, 0, sd_numbered(100), 100));
		sd_send(&tx, sd_numbered(100), 100);
		sd_run(d);
	}
	restart(RXQ, 9, 15, 'R');
	restart(TXQ, 9, 9, 'T');
	/* the first frame goes to the first descriptor, and comes from there */
	sd_rx_post(&rx, 0);
	sd_write(d, 0, RXQ + TAIL, 1);
	assert_true(sd_offer(d, 0, sd_numbered(200), 200));
	sd_run(d);
	sd_spread(&rx, 0, sd_numbered(200), 200);
	tx.tail = 0;
	sd_send(&tx, sd_numbered(300), 300);
	sd_run(d);
	sd_left(d, 9, sd_numbered(300), 300);
	assert_int_equal(d->errors, 0);
}

/* Descriptors given before the unit was on are not forgotten. */
static void test_late_unit(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 8, 0);
	struct sd_ring rx = sd_rx(d, 0, 0, 8, 0x02000002);

	sd_send(&tx, sd_numbered(100), 100);
	sd_run(d);
	assert_int_equal(d->outs, 0);
	sd_write(d, 0, DMATXCTL, sd_read(d, 0, DMATXCTL) | 1);
	sd_run(d);
	sd_left(d, 0, sd_numbered(100), 100);
	sd_write(d, 0, 0x2F00, sd_read(d, 0, 0x2F00) | 0x2);
	sd_write(d, 0, 0x5080, 0x700);
	assert_true(sd_offer(d, 0, sd_numbered(100), 100));
	sd_run(d);
	assert_int_equal(sd_read(d, 0, RXQ + HEAD), 0);
	sd_write(d, 0, RXCTRL, 1);
	assert_true(sd_offer(d, 0, sd_numbered(100), 100));
	sd_run(d);
	sd_spread(&rx, 0, sd_numbered(100), 100);
}

/* ---- queues that do not stop ---- */

#define GIO_DIS		0x4u

/*
 * A queue was told to stop and does not: master disable is what is left to the driver, and blocks
 * requests. To leave a queue running and rely on it is not what the datasheet asks for.
 */
static void test_rx_cut_off(void **state)
{
	struct sd_ring rx;

	sd_write(d, 0, 0x2F00, sd_read(d, 0, 0x2F00) | 0x2);
	sd_write(d, 0, 0x5080, 0x700);
	sd_write(d, 0, RXCTRL, 1);
	rx = sd_rx(d, 0, 0, 8, 0x02000002);
	sd_write(d, 0, CTRL, GIO_DIS);
	assert_true(sd_offer(d, 0, sd_numbered(60), 60));
	sd_run(d);
	sd_expect(d, "dma-after-stop");
	sd_write(d, 0, CTRL, 0);
	nicsim_fault(d->port[0], NICSIM_QUEUE_STUCK, 0);
	sd_write(d, 0, RXQ + CTL, 0);
	assert_int_equal(sd_read(d, 0, RXQ + CTL), ENABLE);
	/* it still writes to memory */
	assert_true(sd_offer(d, 0, sd_numbered(60), 60));
	sd_run(d);
	assert_int_equal(sd_dw(&rx, 0, 2) & SD_DD, SD_DD);
	sd_write(d, 0, CTRL, GIO_DIS);
	assert_true(sd_offer(d, 0, sd_numbered(60), 60));
	sd_run(d);
	assert_int_equal(sd_dw(&rx, 1, 2) & SD_DD, 0);
	assert_int_equal(sd_read(d, 0, RXQ + HEAD), 1);
	assert_int_equal(d->errors, 0);
	/* it stops at last; who lets it run again is to blame again */
	sd_write(d, 0, RXQ + CTL, 0);
	sd_write(d, 0, RXQ + CTL, ENABLE);
	sd_write(d, 0, RXQ + TAIL, 6);
	assert_true(sd_offer(d, 0, sd_numbered(60), 60));
	sd_run(d);
	sd_expect(d, "dma-after-stop");
}

static void test_tx_cut_off(void **state)
{
	struct sd_ring tx;
	unsigned int i;

	sd_write(d, 0, DMATXCTL, sd_read(d, 0, DMATXCTL) | 1);
	tx = sd_tx(d, 0, 0, 8, 0);
	nicsim_link(d->port[0], false);
	for (i = 0; i < 3; i++)
		sd_send(&tx, sd_numbered(100), 100);
	nicsim_fault(d->port[0], NICSIM_QUEUE_STUCK, 0);
	sd_write(d, 0, TXQ + CTL, 0);
	assert_int_equal(sd_read(d, 0, TXQ + CTL), ENABLE);
	sd_write(d, 0, CTRL, GIO_DIS);
	nicsim_link(d->port[0], true);
	for (i = 0; i < 100; i++)
		sd_run(d);
	assert_int_equal(d->outs, 0);
	assert_int_equal(sd_dw(&tx, 0, 3) & SD_DD, 0);
	assert_int_equal(d->errors, 0);
}

/* The same with a frame on its way out, which memory is not needed for any more. */
static void test_tx_cut_midway(void **state)
{
	struct sd_ring tx;
	unsigned int i;

	sd_write(d, 0, DMATXCTL, sd_read(d, 0, DMATXCTL) | 1);
	tx = sd_tx(d, 0, 0, 8, 0);
	d->refuse = true;
	for (i = 0; i < 3; i++)
		sd_send(&tx, sd_numbered(100), 100);
	sd_run(d);
	nicsim_fault(d->port[0], NICSIM_QUEUE_STUCK, 0);
	sd_write(d, 0, TXQ + CTL, 0);
	sd_write(d, 0, CTRL, GIO_DIS);
	d->refuse = false;
	nicsim_port_writable(d->port[0]);
	sd_run(d);
	assert_int_equal(d->outs, 1);
	for (i = 0; i < 3; i++)
		assert_int_equal(sd_dw(&tx, i, 3) & SD_DD, 0);
	assert_int_equal(d->errors, 0);
}

#define TEST(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_register_test), TEST(test_patterns_forgotten), TEST(test_wrong_rings),
		TEST(test_wrong_thresholds), TEST(test_rx_tails), TEST(test_tx_tails),
		TEST(test_restart), TEST(test_late_unit), TEST(test_rx_cut_off), TEST(test_tx_cut_off),
		TEST(test_tx_cut_midway),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
