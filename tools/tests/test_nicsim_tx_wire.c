// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's wire, its pauses, statistics and transmit faults. Links nicsim.a, sim_driver.o. */
#include "sim_driver.h"

#define TDH(q)		(0x6010 + 0x40 * (q))
#define TXDCTL(q)	(0x6028 + 0x40 * (q))
#define ENABLE		0x02000000u
#define HLREG0		0x4240

static struct sd *d;

static int setup(void **state)
{
	d = sd_open(1, false);
	return 0;
}

static int setup_wire(void **state)
{
	d = sd_open(2, true);
	return 0;
}

static int teardown(void **state)
{
	sd_close(d);
	return 0;
}

/* ---- wire ---- */

/* Back-to-back frames come out at 10 Gbit/s, gaps and preambles counted. */
static void test_rate(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 64, 0);
	uint64_t start, gap = (1500 + 24) * 8 / 10;	/* 1219.2 ns */
	uint32_t i;

	for (i = 0; i < 50; i++)
		sd_push(&tx, sd_data(&tx, sd_numbered(1500), 1500),
			SD_DATA | SD_EOP | SD_IFCS | 1500, 1500 << 14);
	start = nicsim_time(d->sim);
	sd_bell(&tx);
	nicsim_advance(d->sim, gap - 1);
	assert_int_equal(d->outs, 0);
	nicsim_advance(d->sim, 2);
	assert_int_equal(d->outs, 1);
	nicsim_advance(d->sim, start + 50 * 12192 / 10 - 2 - nicsim_time(d->sim));
	assert_int_equal(d->outs, 49);
	nicsim_advance(d->sim, 3);
	assert_int_equal(d->outs, 50);
	assert_true(nicsim_next(d->sim) > nicsim_time(d->sim));
}

static void test_turns(void **state)
{
	static const unsigned int queue[3] = { 0, 63, 127 };
	struct sd_ring tx[3];
	uint32_t q, i;

	for (q = 0; q < 3; q++) {
		tx[q] = sd_tx(d, 0, queue[q], 16, 0);
		for (i = 0; i < 5; i++) {
			uint8_t f[60];

			memcpy(f, sd_numbered(60), 60);
			f[14] = q;
			sd_push(&tx[q], sd_data(&tx[q], f, 60), SD_DATA | SD_EOP | SD_IFCS | 60,
				60 << 14);
		}
	}
	for (q = 0; q < 3; q++)
		sd_bell(&tx[q]);
	sd_run(d);
	assert_int_equal(d->outs, 15);
	for (i = 0; i < 15; i++)
		assert_int_equal(d->out[i].data[14], i % 3);
}

/* The back end takes nothing for a while: frames are held, none is lost. */
static void test_held(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 32, 0);
	uint32_t i;

	d->refuse = true;
	for (i = 0; i < 20; i++)
		sd_send(&tx, sd_numbered(60 + i), 60 + i);
	sd_run(d);
	assert_int_equal(sd_read(d, 0, TDH(0)), 0);
	nicsim_advance(d->sim, 200000000);	/* until the model's look at itself is over */
	assert_int_equal(nicsim_next(d->sim), NICSIM_NEVER);
	d->refuse = false;
	nicsim_port_writable(d->port[0]);
	sd_run(d);
	assert_int_equal(d->outs, 20);
	for (i = 0; i < 20; i++)
		sd_left(d, i, sd_numbered(60 + i), 60 + i);
	assert_int_equal(sd_read(d, 0, 0x4080), 20);
}

static void test_link_down(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 32, 0);

	nicsim_link(d->port[0], false);
	sd_send(&tx, sd_numbered(60), 60);
	sd_run(d);
	assert_int_equal(d->outs, 0);
	assert_int_equal(sd_read(d, 0, TDH(0)), 0);
	nicsim_link(d->port[0], true);
	nicsim_advance(d->sim, 100000000);
	assert_int_equal(d->outs, 1);
	/* a frame under way is lost, the descriptor done */
	sd_send(&tx, sd_numbered(1000), 1000);
	nicsim_advance(d->sim, 100);
	nicsim_link(d->port[0], false);
	sd_run(d);
	assert_int_equal(d->outs, 1);
	assert_int_equal(sd_read(d, 0, TDH(0)), 2);
	assert_int_equal(sd_dw(&tx, 1, 3), SD_DD);
}

static void pause_for(unsigned int port, uint32_t quanta)
{
	uint8_t f[60] = { 0x01, 0x80, 0xc2, 0, 0, 1, 2, 0, 0, 0, 0, 9, 0x88, 0x08, 0, 1 };

	f[16] = quanta >> 8;
	f[17] = quanta;
	assert_true(sd_offer(d, port, f, 60));
}

static void test_paused(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 32, 0);

	/* not unless MFLCN.RFCE */
	pause_for(0, 1000);
	sd_send(&tx, sd_numbered(60), 60);
	nicsim_advance(d->sim, 1000);
	assert_int_equal(d->outs, 1);
	sd_write(d, 0, 0x4294, 0xA);
	pause_for(0, 1000);			/* 51.2 us */
	sd_send(&tx, sd_numbered(60), 60);
	nicsim_advance(d->sim, 51200);
	assert_int_equal(d->outs, 1);
	nicsim_advance(d->sim, 100);
	assert_int_equal(d->outs, 2);
	pause_for(0, 0xffff);
	sd_send(&tx, sd_numbered(60), 60);
	nicsim_advance(d->sim, 100000);
	assert_int_equal(d->outs, 2);
	pause_for(0, 0);
	nicsim_advance(d->sim, 100);
	assert_int_equal(d->outs, 3);
	assert_int_equal(sd_read(d, 0, 0x41A8), 3);
	assert_int_equal(sd_read(d, 0, 0x41A4), 1);
}

static void test_switched_off(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 32, 0);

	sd_write(d, 0, 0x4A80, 0x81000000);
	sd_send(&tx, sd_numbered(60), 60);
	sd_run(d);
	assert_int_equal(d->outs, 0);
	sd_write(d, 0, 0x4A80, 0x81000001);
	sd_run(d);
	assert_int_equal(d->outs, 1);
	/* nothing is written once the queue is off */
	sd_send(&tx, sd_numbered(1500), 1500);
	sd_send(&tx, sd_numbered(1500), 1500);
	nicsim_advance(d->sim, 100);
	sd_write(d, 0, TXDCTL(0), 0x04000000);
	assert_int_equal(sd_read(d, 0, TXDCTL(0)), 0);
	sd_run(d);
	assert_int_equal(sd_dw(&tx, 1, 3) & SD_DD, 0);
	assert_true(d->outs <= 2);
}

static void test_loopback(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 32, 0), rx = sd_rx(d, 0, 0, 8, 0x02000002);

	sd_write(d, 0, HLREG0, sd_read(d, 0, HLREG0) | 0x8000);
	nicsim_link(d->port[0], false);
	sd_send(&tx, sd_numbered(200), 200);
	sd_run(d);
	assert_int_equal(d->outs, 0);
	assert_int_equal(sd_dw(&rx, 0, 2) & 3, 3);
	assert_memory_equal(sd_rx_buffer(&rx, 0), sd_numbered(200), 200);
}

static void test_wire(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 3, 32, 0), rx = sd_rx(d, 1, 0, 64, 0x02000002);
	uint32_t i;

	for (i = 0; i < 30; i++)
		sd_send(&tx, sd_numbered(60 + 40 * i), 60 + 40 * i);
	sd_run(d);
	for (i = 0; i < 30; i++) {
		assert_int_equal(sd_dw(&rx, i, 3), 60 + 40 * i);
		assert_memory_equal(sd_rx_buffer(&rx, i), sd_numbered(60 + 40 * i), 60 + 40 * i);
	}
	assert_int_equal(sd_read(d, 1, 0x4074), 30);
	assert_int_equal(sd_read(d, 0, 0x4080), 30);
	/* a runt does not pass for a frame */
	sd_write(d, 0, HLREG0, sd_read(d, 0, HLREG0) & ~0x400u);
	sd_send(&tx, sd_numbered(40), 40);
	sd_run(d);
	assert_int_equal(sd_read(d, 1, 0x1010), 30);
	assert_int_equal(sd_read(d, 1, 0x40A4), 1);
}

static void test_statistics(void **state)
{
	static const uint16_t lens[] = { 60, 61, 123, 124, 251, 252, 507, 508, 1019, 1020, 1514 };
	struct sd_ring tx = sd_tx(d, 0, 0, 32, 0);
	uint32_t i, bytes = 0;
	uint8_t f[60] = { 1, 0, 0x5e };

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		sd_send(&tx, sd_numbered(lens[i]), lens[i]);
		bytes += lens[i] + 4;
	}
	sd_send(&tx, f, 60);
	f[0] = 2;
	sd_send(&tx, f, 60);
	sd_run(d);
	assert_int_equal(sd_read(d, 0, 0x4080), i + 2);		/* GPTC */
	assert_int_equal(sd_read(d, 0, 0x4090), bytes + 128);	/* GOTC */
	assert_int_equal(sd_read(d, 0, 0x4094), 0);
	assert_int_equal(sd_read(d, 0, 0x40D4), i + 2);		/* TPT */
	assert_int_equal(sd_read(d, 0, 0x40D8), 3);		/* PTC64 */
	for (i = 1; i < 6; i++)
		assert_int_equal(sd_read(d, 0, 0x40D8 + 4 * i), 2);
	assert_int_equal(sd_read(d, 0, 0x40F0), 1);		/* MPTC */
	assert_int_equal(sd_read(d, 0, 0x40F4), 11);		/* BPTC */
	assert_int_equal(sd_read(d, 0, 0x6030), 13);		/* QPTC 0 */
}

/* ---- faults ---- */

static void test_hang(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 32, 0), other = sd_tx(d, 0, 1, 32, 0);

	nicsim_fault(d->port[0], NICSIM_TX_HANG, 0);
	sd_send(&tx, sd_numbered(60), 60);
	sd_send(&other, sd_numbered(70), 70);
	sd_run(d);
	assert_int_equal(d->outs, 1);
	sd_left(d, 0, sd_numbered(70), 70);
	sd_write(d, 0, TXDCTL(0), 0);
	sd_write(d, 0, TXDCTL(0), ENABLE);
	sd_send(&tx, sd_numbered(60), 60);
	sd_run(d);
	assert_int_equal(d->outs, 1);
	sd_write(d, 0, 0, 0x04000000);
	sd_run(d);
	sd_write(d, 0, 0x4A80, 0x81000001);
	nicsim_advance(d->sim, 100000000);
	tx = sd_tx(d, 0, 0, 32, 0);
	sd_send(&tx, sd_numbered(60), 60);
	sd_run(d);
	assert_int_equal(d->outs, 2);
}

static void test_early(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 32, 0);

	nicsim_fault(d->port[0], NICSIM_TX_EARLY, 0);
	sd_send(&tx, sd_numbered(60), 60);
	assert_int_equal(sd_dw(&tx, 0, 3) & SD_DD, 0);
	assert_int_equal(sd_dw(&tx, 31, 3), SD_DD);
	/* not the one that the driver writes next, which it would be blamed for */
	assert_int_equal(sd_dw(&tx, 1, 3), 0);
	sd_run(d);
	assert_int_equal(sd_dw(&tx, 0, 3), SD_DD);
}

static void test_gone(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 32, 0);
	uint32_t i;

	for (i = 0; i < 10; i++)
		sd_send(&tx, sd_numbered(1500), 1500);
	nicsim_advance(d->sim, 3000);
	nicsim_fault(d->port[0], NICSIM_GONE, 0);
	i = d->outs;
	sd_run(d);
	assert_int_equal(d->outs, i);
	assert_int_equal(sd_dw(&tx, 9, 3) & SD_DD, 0);
}

#define TEST(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)
#define TEST_WIRE(fn)	cmocka_unit_test_setup_teardown(fn, setup_wire, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_rate), TEST(test_turns), TEST(test_held), TEST(test_link_down),
		TEST(test_paused), TEST(test_switched_off), TEST(test_loopback),
		TEST_WIRE(test_wire), TEST(test_statistics), TEST(test_hang), TEST(test_early),
		TEST(test_gone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
