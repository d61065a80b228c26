// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's receive faults, flow control and packet buffer. Links nicsim.a, sim_driver.o. */
#include "sim_driver.h"

#include "datapath.h"

#define ONE_BUFFER	0x02000000u
#define RDH(q)		(0x1010 + 0x40 * (q))
#define RXDCTL(q)	(0x1028 + 0x40 * (q))
#define ENABLE		0x02000000u
#define VME		0x40000000u
#define MPC0		0x3FA0

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

static void offer(const void *frame, uint32_t len)
{
	assert_true(sd_offer(d, 0, frame, len));
	sd_run(d);
}

/* ---- faults ---- */

static void test_lying_lengths(void **state)
{
	struct sd_ring rx = sd_rx(d, 0, 0, 16, ONE_BUFFER | 2);

	nicsim_fault(d->port[0], NICSIM_RX_LEN_OVER, 0);
	offer(sd_numbered(100), 100);
	assert_true((sd_dw(&rx, 0, 3) & 0xffff) > 2048);
	assert_int_equal(sd_dw(&rx, 0, 2) & 3, 3);
	nicsim_fault(d->port[0], NICSIM_RX_LEN_ZERO, 0);
	offer(sd_numbered(100), 100);
	assert_int_equal(sd_dw(&rx, 1, 3) & 0xffff, 0);
	offer(sd_numbered(100), 100);
	sd_spread(&rx, 2, sd_numbered(100), 100);
}

static void test_no_eop(void **state)
{
	struct sd_ring rx = sd_rx(d, 0, 0, 16, ONE_BUFFER | 2);

	nicsim_fault(d->port[0], NICSIM_RX_NO_EOP, 0);
	offer(sd_numbered(100), 100);
	assert_int_equal(sd_dw(&rx, 0, 2), 1);
	offer(sd_numbered(100), 100);
	sd_spread(&rx, 1, sd_numbered(100), 100);
}

static void test_chain(void **state)
{
	struct sd_ring rx = sd_rx(d, 0, 0, 64, ONE_BUFFER | 2);
	uint32_t i, sum = 0;
	uint8_t f[80];

	nicsim_fault(d->port[0], NICSIM_RX_CHAIN40, 0);
	offer(sd_numbered(1000), 1000);
	assert_int_equal(sd_read(d, 0, RDH(0)), 40);
	for (i = 0; i < 40; i++) {
		assert_int_equal(sd_dw(&rx, i, 2) & 3, i == 39 ? 3 : 1);
		sum += sd_dw(&rx, i, 3);
	}
	assert_int_equal(sum, 1000);
	/* a tag is taken out wherever the pieces are cut */
	sd_write(d, 0, RXDCTL(0), ENABLE | VME);
	for (i = 0; i < 40; i++)
		sd_rx_post(&rx, i);
	rx.tail = 39;
	sd_bell(&rx);
	sd_tagged(f, 0x123);
	nicsim_fault(d->port[0], NICSIM_RX_CHAIN40, 0);
	offer(f, sizeof(sd_tcp4_syn) + 4);
	for (i = 0; i < 40; i++) {
		uint32_t at = (40 + i) % 64, n = i < 39 ? 1 : sizeof(sd_tcp4_syn) - 39;

		assert_memory_equal(sd_rx_buffer(&rx, at), sd_tcp4_syn + i, n);
	}
	assert_int_equal(sd_read(d, 0, RDH(0)), 16);
	for (i = 0; i < 64; i++)
		sd_rx_post(&rx, i);
	rx.tail = 15;
	sd_bell(&rx);
	/* the shortest frame too, and in a ring that has too little for it */
	nicsim_fault(d->port[0], NICSIM_RX_CHAIN40, 0);
	offer(sd_numbered(60), 60);
	assert_int_equal(sd_read(d, 0, RDH(0)), 56);
	nicsim_fault(d->port[0], NICSIM_RX_CHAIN40, 0);
	offer(sd_numbered(60), 60);
	assert_int_equal(sd_read(d, 0, RDH(0)), 15);
	for (i = 15; i < 55; i++)
		sd_rx_post(&rx, i);
	rx.tail = 55;
	sd_bell(&rx);
	sd_run(d);
	assert_int_equal(sd_read(d, 0, RDH(0)), 32);
	assert_int_equal(sd_dw(&rx, 31, 2) & 3, 3);
}

static void test_checksum_lie(void **state)
{
	struct sd_ring rx = sd_rx(d, 0, 0, 16, ONE_BUFFER | 2);

	nicsim_fault(d->port[0], NICSIM_CSUM_LIE, 0);
	offer(sd_tcp4_syn, sizeof(sd_tcp4_syn));
	assert_int_equal(sd_dw(&rx, 0, 2), 0xc0000063u | 0x80);
	offer(sd_tcp4_syn, sizeof(sd_tcp4_syn));
	assert_int_equal(sd_dw(&rx, 1, 2), 0x63 | 0x80);
}

static void test_hang(void **state)
{
	struct sd_ring rx = sd_rx(d, 0, 0, 16, ONE_BUFFER | 2);

	nicsim_fault(d->port[0], NICSIM_RX_HANG, 0);
	offer(sd_numbered(60), 60);
	offer(sd_numbered(60), 60);
	assert_int_equal(sd_read(d, 0, RDH(0)), 0);
	sd_bell(&rx);
	sd_run(d);
	assert_int_equal(sd_read(d, 0, RDH(0)), 0);
	sd_write(d, 0, RXDCTL(0), 0);
	sd_write(d, 0, RXDCTL(0), ENABLE);
	sd_bell(&rx);
	offer(sd_numbered(60), 60);
	/* the two that waited were for a queue that was off */
	assert_true(sd_read(d, 0, RDH(0)) >= 1);
}

static void test_stuck(void **state)
{
	sd_rx(d, 0, 0, 16, ONE_BUFFER | 2);
	nicsim_fault(d->port[0], NICSIM_QUEUE_STUCK, 0);
	sd_write(d, 0, RXDCTL(0), 0);
	assert_int_equal(sd_read(d, 0, RXDCTL(0)), ENABLE);
	sd_write(d, 0, RXDCTL(0), 0);
	assert_int_equal(sd_read(d, 0, RXDCTL(0)), 0);
	nicsim_fault(d->port[0], NICSIM_QUEUE_STUCK, 0);
	sd_write(d, 0, RXDCTL(0), ENABLE);
	assert_int_equal(sd_read(d, 0, RXDCTL(0)), 0);
}

/* ---- flow control ---- */

static void pause_on(unsigned int port)
{
	sd_write(d, port, 0x3D00, 8);			/* FCCFG: send */
	sd_write(d, port, 0x4294, 0xA);			/* MFLCN: DPF, RFCE */
	sd_write(d, port, 0x3220, 0x80000000u | 0x4000);	/* FCRTL */
	sd_write(d, port, 0x3260, 0x80000000u | 0x8000);	/* FCRTH */
	sd_write(d, port, 0x3200, 0xffff);
	sd_write(d, port, 0x32A0, 0x7fff);
}

/* A sender that is far too fast for the receiver: nothing is lost. */
static void test_lossless(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 512, 0), rx = sd_rx(d, 1, 0, 8, ONE_BUFFER | 2);
	uint32_t i, sent = 400;

	pause_on(0);
	pause_on(1);
	for (i = 0; i < sent; i++) {
		uint8_t f[1500];

		memcpy(f, sd_numbered(1500), 1500);
		f[20] = i;
		f[21] = i >> 8;
		sd_push(&tx, sd_data(&tx, f, 1500), SD_DATA | SD_EOP | SD_IFCS | 1500, 1500 << 14);
	}
	sd_bell(&tx);
	sd_run(d);
	assert_int_equal(sd_read(d, 1, 0x3F68), 1);	/* XOFF sent, and received */
	assert_int_equal(sd_read(d, 0, 0x41A8), 1);
	assert_true(sd_read(d, 0, 0x6010) < 60);
	nicsim_advance(d->sim, 20000000);		/* refreshed, so it holds */
	assert_true(sd_read(d, 1, 0x3F68) > 5);
	assert_true(sd_read(d, 0, 0x6010) < 60);
	for (i = 0; i < sent; i++) {
		assert_int_equal(sd_dw(&rx, i % 8, 2) & 3, 3);
		assert_int_equal(sd_rx_buffer(&rx, i % 8)[20], i & 0xff);
		assert_int_equal(sd_rx_buffer(&rx, i % 8)[21], i >> 8);
		sd_rx_post(&rx, i % 8);
		rx.tail = (rx.tail + 1) % 8;
		sd_bell(&rx);
		sd_run(d);
	}
	assert_true(sd_read(d, 1, 0x3F60) > 0);		/* XON */
	assert_true(sd_read(d, 0, 0x41A4) > 0);
	assert_int_equal(sd_read(d, 1, MPC0), 0);
	assert_int_equal(sd_read(d, 1, 0x4074), sent);
	assert_int_equal(sd_read(d, 0, 0x6010), sent);
}

/* A partner that does not obey loses frames, counted where they are lost. */
static void test_lossy(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 1024, 0);
	uint32_t i, sent = 1000;

	sd_rx(d, 1, 0, 8, ONE_BUFFER | 2);
	pause_on(1);
	for (i = 0; i < sent; i++)
		sd_push(&tx, sd_data(&tx, sd_numbered(1500), 1500),
			SD_DATA | SD_EOP | SD_IFCS | 1500, 1500 << 14);
	sd_bell(&tx);
	nicsim_advance(d->sim, 10000000);
	assert_int_equal(sd_read(d, 0, 0x6010), sent);
	assert_int_equal(sd_read(d, 1, MPC0), sent - 7 - 512 * 1024 / 1536);
}

/* Port @port has a packet buffer of two frames of 1500, and says XOFF when it is full. */
static void pause_tight(unsigned int port, uint32_t time, uint32_t refresh)
{
	pause_on(port);
	sd_write(d, port, 0x3C00, 0xC00);		/* RXPBSIZE */
	sd_write(d, port, 0x3220, 0x80000000u | 0x400);
	sd_write(d, port, 0x3260, 0x80000000u | 0xC00);
	sd_write(d, port, 0x3200, time);
	sd_write(d, port, 0x32A0, refresh);
}

/* Frames to tell apart, that take equal room in the buffer. */
#define LEN(i)	(1500 - (i) % 11)

static void push(struct sd_ring *tx, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		sd_push(tx, sd_data(tx, sd_numbered(LEN(i)), LEN(i)),
			SD_DATA | SD_EOP | SD_IFCS | LEN(i), LEN(i) << 14);
	sd_bell(tx);
}

static void take(struct sd_ring *rx, uint32_t i, uint32_t end)
{
	for (; i < end; i++) {
		sd_spread(rx, i % 8, sd_numbered(LEN(i)), LEN(i));
		sd_rx_post(rx, i % 8);
		rx->tail = (rx->tail + 1) % 8;
		sd_bell(rx);
		sd_run(d);
	}
}

/* A frame that was under way when the pause came: it is held while that is repeated. */
static void test_held(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 64, 0), rx = sd_rx(d, 1, 0, 8, ONE_BUFFER | 2);
	uint32_t sent = 40;

	pause_on(0);
	pause_tight(1, 2, 1);
	push(&tx, sent);
	sd_run(d);
	assert_int_equal(sd_read(d, 0, 0x6010), 7 + 2);
	take(&rx, 0, sent);
	assert_int_equal(sd_read(d, 1, MPC0), 0);
	assert_int_equal(sd_read(d, 1, 0x4074), sent);
	assert_int_equal(sd_read(d, 0, 0x4080), sent);
}

/*
 * In loopback the port is its own partner: it hears its pause before it sends more. A frame that is
 * under way all the same, as the port did not obey then, comes in when there is room.
 */
static void test_held_loopback(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 64, 0), rx = sd_rx(d, 0, 0, 8, ONE_BUFFER | 2);

	sd_write(d, 0, 0x4240, sd_read(d, 0, 0x4240) | 1u << 15);	/* HLREG0.LPBK */
	pause_tight(0, 20000, 10000);
	sd_write(d, 0, 0x4294, 2);				/* MFLCN: DPF alone */
	push(&tx, 40);
	while (!sd_read(d, 0, 0x3F68))				/* LXOFFTXC */
		nicsim_advance(d->sim, 100);
	/* who does not obey has no room for the XOFF either */
	assert_int_equal(sd_read(d, 0, MPC0), 1);
	sd_write(d, 0, 0x4294, 0xA);
	nicsim_advance(d->sim, 20000000);
	assert_int_equal(sd_read(d, 0, 0x6010), 7 + 2);
	assert_true(sd_read(d, 0, 0x41A8) > 30);		/* LXOFFRXC */
	take(&rx, 0, 1);
	assert_int_equal(sd_read(d, 0, 0x6010), 7 + 3);
	assert_int_equal(sd_read(d, 0, 0x3F60), 0);		/* LXONTXC */
	take(&rx, 1, 40);
	assert_int_equal(sd_read(d, 0, MPC0), 0);
	assert_int_equal(sd_read(d, 0, 0x6010), 40);
	assert_int_equal(d->outs, 0);
}

/* One that nobody repeats (FCRTV 0) is over when it is over, and then frames are lost. */
static void test_pause_ends(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 64, 0), rx = sd_rx(d, 1, 0, 8, ONE_BUFFER | 2);

	pause_on(0);
	pause_tight(1, 50000, 0);			/* 2.56 ms */
	push(&tx, 40);
	nicsim_advance(d->sim, 2500000);
	assert_int_equal(sd_read(d, 0, 0x6010), 7 + 2);
	assert_int_equal(sd_read(d, 1, MPC0), 0);
	sd_run(d);
	assert_int_equal(sd_read(d, 0, 0x6010), 40);
	assert_int_equal(sd_read(d, 1, MPC0), 40 - 9);
	assert_true(sd_read(d, 1, 0x800) & 1u << 17);	/* EICR.RX_MISS */
	take(&rx, 0, 9);
}

/* A time of 0 stops nobody. */
static void test_pause_none(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 64, 0);

	sd_rx(d, 1, 0, 8, ONE_BUFFER | 2);
	pause_on(0);
	pause_tight(1, 0, 0);
	push(&tx, 40);
	sd_run(d);
	assert_int_equal(sd_read(d, 0, 0x6010), 40);
	assert_int_equal(sd_read(d, 1, MPC0), 40 - 9);
}

/* Both are full: what each says of that gets through to the other all the same. */
static void test_pause_both(void **state)
{
	struct sd_ring tx[2], rx[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		tx[i] = sd_tx(d, i, 0, 64, 0);
		rx[i] = sd_rx(d, i, 0, 8, ONE_BUFFER | 2);
		pause_tight(i, 20000, 10000);
	}
	for (i = 0; i < 2; i++)
		push(&tx[i], 40);
	nicsim_advance(d->sim, 20000000);
	for (i = 0; i < 2; i++)
		assert_true(sd_read(d, i, 0x41A8) > 30);	/* LXOFFRXC */
	for (i = 0; i < 2; i++) {
		take(&rx[i], 0, 40);
		assert_int_equal(sd_read(d, i, MPC0), 0);
		assert_int_equal(sd_read(d, i, 0x4074), 40);
	}
}

/* The packet buffer against a queue that is plain: order, content and room, over many wraps. */
static void test_fifo(void **state)
{
	struct sim_fifo f = { 0 };
	struct sim_rx_meta meta = { 0 }, *oldest;
	uint32_t in = 0, out = 0, used = 0, i, len;
	static uint32_t lens[40000];
	const uint8_t *frame;

	srand(512);
	assert_int_equal(sim_fifo_create(&f), 0);
	assert_null(sim_fifo_peek(&f, &frame));
	for (i = 0; i < 40000; i++) {
		/* long stretches of filling and of emptying */
		bool push = rand() % 8 < (i / 2000 % 2 ? 3 : 5);

		if (push) {
			len = rand() % 4 ? 60 + rand() % 200 : 60 + rand() % (SIM_FRAME_MAX - 60);
			if (!sim_fifo_room(&f, len, SIM_RX_FIFO))
				continue;
			lens[in] = len;
			meta.frame_len = len;
			meta.hash = in;
			assert_true(sim_fifo_push(&f, &meta, sd_numbered(len)));
			used += (len + 4 + 63) / 64 * 64;
			in++;
		} else if (out < in) {
			oldest = sim_fifo_peek(&f, &frame);
			assert_non_null(oldest);
			assert_int_equal(oldest->frame_len, lens[out]);
			assert_int_equal(oldest->hash, out);
			assert_memory_equal(frame, sd_numbered(lens[out]), lens[out]);
			sim_fifo_pop(&f);
			used -= (lens[out] + 4 + 63) / 64 * 64;
			out++;
		}
		assert_int_equal(f.used, used);
		assert_int_equal(f.frames, in - out);
	}
	assert_true(out > 10000);
	/* full of the smallest frames */
	sim_fifo_clear(&f);
	meta.frame_len = 60;
	for (i = 0; sim_fifo_room(&f, 60, SIM_RX_FIFO); i++)
		assert_true(sim_fifo_push(&f, &meta, sd_numbered(60)));
	assert_int_equal(i, SIM_RX_FIFO / 64);
	/* beyond what it models the storage says no, and keeps what it has */
	sim_fifo_clear(&f);
	for (in = out = i = 0; i < 6; i++) {
		for (;;) {
			meta.frame_len = lens[in] = 1000 + in % 997;
			meta.hash = in;
			if (!sim_fifo_push(&f, &meta, sd_numbered(meta.frame_len)))
				break;
			in++;
		}
		for (len = (in - out) / (i < 5 ? 2 : 1); len; len--, out++) {
			oldest = sim_fifo_peek(&f, &frame);
			assert_int_equal(oldest->hash, out);
			assert_memory_equal(frame, sd_numbered(lens[out]), lens[out]);
			sim_fifo_pop(&f);
		}
	}
	assert_int_equal(f.frames, 0);
	sim_fifo_destroy(&f);
}

/*
 * Thresholds the wrong way round, and pauses that nobody obeys but everybody receives: each frame
 * in the buffer makes another. It ends all the same.
 */
static void test_pause_storm(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 64, 0);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		sd_rx(d, i, 0, 8, ONE_BUFFER | 2);
		pause_on(i);
		sd_write(d, i, 0x4294, 2);			/* MFLCN: DPF alone */
		sd_write(d, i, 0x3220, 0x80000000u | 0x7FFF0);	/* FCRTL */
		sd_write(d, i, 0x3260, 0x80000000u);		/* FCRTH */
	}
	push(&tx, 40);
	sd_run(d);
	assert_int_equal(sd_read(d, 0, 0x6010), 40);
	/* and by itself in loopback */
	sd_write(d, 0, 0x4240, sd_read(d, 0, 0x4240) | 1u << 15);
	push(&tx, 20);
	sd_run(d);
	assert_int_equal(sd_read(d, 0, 0x6010), 60);
}

/* A net back end has no pause frames: it is not taken from, and asked again. */
static void test_pause_outside(void **state)
{
	struct sd_ring rx = sd_rx(d, 0, 0, 8, ONE_BUFFER | 2);
	uint32_t taken = 0, i;

	pause_on(0);
	while (sd_offer(d, 0, sd_numbered(1500), 1500))
		assert_true(++taken < 100);
	assert_false(nicsim_port_ready(d->port[0]));
	assert_int_equal(sd_read(d, 0, 0x4074), taken);
	for (i = 0; i < taken; i++) {
		sd_run(d);
		sd_rx_post(&rx, i % 8);
		rx.tail = (rx.tail + 1) % 8;
		sd_bell(&rx);
	}
	sd_run(d);
	assert_true(nicsim_port_ready(d->port[0]));
	assert_true(sd_offer(d, 0, sd_numbered(60), 60));
	assert_int_equal(sd_read(d, 0, MPC0), 0);
	assert_int_equal(d->outs, 0);
}

#define TEST(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)
#define TEST_WIRE(fn)	cmocka_unit_test_setup_teardown(fn, setup_wire, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lying_lengths), TEST(test_no_eop), TEST(test_chain),
		TEST(test_checksum_lie), TEST(test_hang), TEST(test_stuck),
		TEST_WIRE(test_lossless), TEST_WIRE(test_lossy), TEST_WIRE(test_held),
		TEST(test_held_loopback),
		TEST_WIRE(test_pause_ends), TEST_WIRE(test_pause_none), TEST_WIRE(test_pause_both),
		TEST_WIRE(test_pause_storm),
		TEST(test_pause_outside), TEST(test_fifo),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
