// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links: framework/core, fake.c, fake_driver.c. The clock over all that befalls it; time stamps. */
#include <string.h>

#include "fake.h"

#define S	1000000000ull

/* A counter that the fake's time drives, and two latches. */
static struct {
	u64 counter;	/* at @at */
	u64 at;
	u32 bits;
	u32 next_bits;	/* from the next set_rate() on */
	s64 ppm;	/* adjustment, whole */
	bool on;
	bool full[2];
	u64 latch[2];
	u32 takes[2];
	struct nax_stamps stamps;
} dev;

static struct fake *f;
static struct nax_error err;
static int (*fake_start)(struct nax_adapter *a);

static u64 counter_now(void)
{
	u64 ns = f->time_ns - dev.at;

	return dev.on ? dev.counter + ((ns + (u64)((s64)ns * dev.ppm / 1000000)) << dev.bits) :
			dev.counter;
}

static u32 set_rate(struct nax_adapter *a, s64 scaled_ppm)
{
	dev.counter = counter_now();
	dev.at = f->time_ns;
	dev.bits = dev.next_bits;
	dev.ppm = scaled_ppm / 65536;
	dev.on = true;
	return dev.bits;
}

/* The device is asked: a dead one does not answer. */
static u64 read_counter(struct nax_adapter *a)
{
	return nax_reg_read(a, 0) == ~0u ? ~0ull : counter_now();
}

static void set_stamps(struct nax_adapter *a, const struct nax_stamps *stamps)
{
	dev.stamps = *stamps;
	dev.full[0] = dev.full[1] = false;
}

static bool latched(struct nax_adapter *a, bool rx)
{
	return dev.full[rx];
}

static u64 take(struct nax_adapter *a, bool rx)
{
	dev.takes[rx]++;
	dev.full[rx] = false;
	return dev.latch[rx];
}

static const struct nax_ptp_ops ptp_ops = {
	.set_rate = set_rate, .read = read_counter, .set_stamps = set_stamps, .latched = latched,
	.take = take,
};

/* start() resets the device. */
static int start(struct nax_adapter *a)
{
	dev.counter = 0;
	dev.at = f->time_ns;
	dev.on = false;
	dev.stamps = (struct nax_stamps){ 0 };
	return fake_start(a);
}

static void attach(unsigned int verify)
{
	memset(&dev, 0, sizeof(dev));
	dev.next_bits = 21;
	f = fake_create(verify);
	fake_start = f->ops.start;
	f->ops.start = start;
	f->ops.ptp = &ptp_ops;
	f->caps.ptp_rx = BIT(NAX_PTP_RX_NONE) | BIT(NAX_PTP_RX_V2_EVENT);
	f->caps.ptp_ppb_max = 250000000;
	if (nax_adapter_attach(f->a, &f->drv, &err))
		fail_msg("attach: %s", err.text);
}

static void up(unsigned int verify)
{
	struct nax_config c;

	attach(verify);
	fake_config(f, 1, &c);
	if (nax_adapter_up(f->a, &c, &err))
		fail_msg("up: %s", err.text);
}

static int attach_1(void **state)
{
	attach(1);
	return 0;
}

static int up_2(void **state)
{
	up(2);
	return 0;
}

static int down(void **state)
{
	struct nax_verify_report r;

	nax_verify_get(f->a, &r);
	assert_string_equal(r.text, "");
	fake_destroy(f);
	return 0;
}

static u64 now(void)
{
	u64 ns;

	if (nax_adapter_clock_read(f->a, &ns, &err))
		fail_msg("%s", err.text);
	return ns;
}

static void set(u64 ns)
{
	assert_int_equal(nax_adapter_clock_set(f->a, ns, &err), 0);
}

/* ---- clock ---- */

static void test_goes_on(void **state)
{
	struct nax_config c;
	u64 at;

	assert_int_equal(now(), 0);
	f->time_ns += 12345;
	assert_int_equal(now(), 12345);
	set(1700000000 * S);
	f->time_ns += 5 * S;
	assert_int_equal(now(), 1700000005 * S);
	assert_int_equal(nax_adapter_clock_step(f->a, -3, &err), 0);
	assert_int_equal(now(), 1700000005 * S - 3);
	/* up and down again */
	at = f->time_ns;
	fake_config(f, 1, &c);
	assert_int_equal(nax_adapter_up(f->a, &c, &err), 0);
	assert_int_equal(now(), 1700000005 * S - 3 + f->time_ns - at);
	fake_tick(f, 2000);
	nax_adapter_down(f->a);
	f->time_ns += S;
	assert_int_equal(now(), 1700000005 * S - 3 + f->time_ns - at);
}

/* The counter goes round every 2.4 hours. */
static void test_wraps(void **state)
{
	u32 i;

	set(7);
	for (i = 1; i <= 200; i++) {
		f->time_ns += NAX_CLOCK_READ_NS;
		assert_int_equal(now(), 7 + i * NAX_CLOCK_READ_NS);
	}
}

/* While it is up, the service reads it; whatever is not a whole nanosecond is kept. */
static void test_wraps_by_itself(void **state)
{
	u64 at = f->time_ns, was = now();
	struct nax_stamps on = { .rx = NAX_PTP_RX_V2_EVENT };
	u32 i;

	dev.counter += 1u << 20;	/* half a nanosecond */
	assert_int_equal(nax_adapter_set_stamps(f->a, &on, &err), 0);
	for (i = 0; i < 10000; i++) {
		f->time_ns += 2 * S;
		nax_adapter_service(f->a);
	}
	assert_int_equal(now(), was + f->time_ns - at);
	dev.counter += 1u << 20;
	assert_int_equal(now(), was + f->time_ns - at + 1);
}

static void test_reset(void **state)
{
	u64 at = f->time_ns;

	set(1000 * S);
	fake_tick(f, 300);
	assert_int_equal(nax_adapter_reset(f->a, "test", &err), 0);
	assert_true(dev.on);
	fake_tick(f, 300);
	assert_int_equal(now(), 1000 * S + f->time_ns - at);
	/* recovery, with a function-level reset */
	nax_hung(f->a, NULL, "test");
	fake_tick(f, 100);
	nax_hung(f->a, NULL, "test");
	fake_tick(f, 100);
	assert_true(nax_adapter_recoveries(f->a, NAX_RECOVER_FLR) == 1);
	assert_int_equal(now(), 1000 * S + f->time_ns - at);
}

/* A queue that does not stop takes the device with it: the counter is 0 and stays there. */
static void stuck_queue_stop(struct nax_queue *q)
{
	dev.counter = 0;
	dev.at = f->time_ns;
	dev.on = false;
	nax_hung(q->adapter, NULL, "does not stop");
}

/* The clock is set with the counter @round further on; then queues get stuck. Return: when. */
static u64 about_to_be_stuck(u64 round)
{
	u64 at;

	dev.counter += round;
	set(1000 * S);
	at = f->time_ns;
	fake_tick(f, 100000);
	f->ops.queue_stop = stuck_queue_stop;
	return at;
}

/* On the way down, wherever the counter is in its round. */
static void test_reset_by_stop(void **state)
{
	static const u64 rounds[] = { 0, 1ull << 62, 3ull << 62, ~0ull - (1ull << 56) };
	void (*stop)(struct nax_queue *q) = f->ops.queue_stop;
	struct nax_config c;
	u64 at;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rounds); i++) {
		at = about_to_be_stuck(rounds[i]);
		nax_adapter_down(f->a);
		f->ops.queue_stop = stop;
		assert_int_equal(now(), 1000 * S + f->time_ns - at);
		f->time_ns += S;
		assert_int_equal(now(), 1000 * S + f->time_ns - at);
		fake_config(f, 1, &c);
		assert_int_equal(nax_adapter_up(f->a, &c, &err), 0);
	}
}

/* While it is up: there are looks, and the clock is set, before recovery gets to it. */
static void test_reset_by_restart(void **state)
{
	static const u64 rounds[] = { 0, 1ull << 62, 3ull << 62 };
	void (*stop)(struct nax_queue *q) = f->ops.queue_stop;
	u64 at;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(rounds); i++) {
		at = about_to_be_stuck(rounds[i]);
		assert_int_equal(nax_adapter_queue_restart(f->a, true, 0, NULL), 0);
		f->ops.queue_stop = stop;
		if (i == 1) {
			set(5000 * S);
			at = f->time_ns - 4000 * S;
		}
		f->time_ns += S / 20;
		assert_int_equal(now(), 1000 * S + f->time_ns - at);
		f->time_ns += S / 20;
		assert_int_equal(now(), 1000 * S + f->time_ns - at);
		fake_tick(f, 100);
		assert_int_equal(f->events[NAX_EVENT_RESET], i + 1);
		f->time_ns += 40 * S;
		assert_int_equal(now(), 1000 * S + f->time_ns - at);
	}
}

/* Adjusted by 100 parts per million, which time that is only guessed is, too. */
static void test_sleeps(void **state)
{
	u64 ns, was;

	set(1000 * S);
	assert_int_equal(nax_adapter_clock_adjust(f->a, 100 << 16, &err), 0);
	f->time_ns += S;
	assert_int_equal(now(), 1001 * S + 100000);
	was = now();
	assert_int_equal(nax_adapter_suspend(f->a), 0);
	assert_int_equal(nax_adapter_clock_read(f->a, &ns, &err), -EBUSY);
	assert_string_equal(err.text, "clock: adapter is suspended: must be attached or up");
	assert_int_equal(nax_adapter_clock_set(f->a, 1, &err), -EBUSY);
	assert_int_equal(nax_adapter_clock_step(f->a, 1, &err), -EBUSY);
	assert_int_equal(nax_adapter_clock_adjust(f->a, 0, &err), -EBUSY);
	dev.counter = 5;	/* it has forgotten all */
	f->time_ns += 3600 * S + 1000;
	assert_int_equal(nax_adapter_resume(f->a, &err), 0);
	assert_in_range(now(), was + 3600 * (S + 100000) + 1000, was + 3600 * (S + 100000) + 1001);
	assert_int_equal(dev.ppm, 100);
}

/* Nobody can ask a device that is behind a bus error, or gone. */
static void test_out_of_reach(void **state)
{
	u64 ns, was, at;

	set(1000 * S);
	fake_tick(f, 1000);
	was = now();
	at = f->time_ns;
	assert_int_equal(nax_adapter_cut_off(f->a, "bus error"), 0);
	dev.counter = 1;
	f->time_ns += 2 * S;
	assert_int_equal(nax_adapter_resume(f->a, &err), 0);
	assert_int_equal(now(), was + f->time_ns - at);
	f->dead = true;
	assert_int_equal(nax_adapter_clock_read(f->a, &ns, &err), -ENODEV);
	fake_tick(f, 100);
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	assert_int_equal(nax_adapter_clock_read(f->a, &ns, &err), -ENODEV);
	f->time_ns += 3 * S;
	f->dead = false;
	f->command = 0;
	if (nax_adapter_resume(f->a, &err))
		fail_msg("%s", err.text);
	assert_int_equal(now(), was + f->time_ns - at);
}

/* What the counter did since the link had another speed is not known. */
static void test_link_speed(void **state)
{
	u64 at, was;

	set(1000 * S);
	fake_tick(f, 1000);
	was = now();
	at = f->time_ns;
	f->link.speed = 1000;
	dev.next_bits = 17;
	dev.counter -= 1ull << 35;
	nax_link_changed(f->a);
	fake_tick(f, 100);
	assert_int_equal(dev.bits, 17);
	assert_int_equal(now(), was + f->time_ns - at);
	fake_tick(f, 5000);
	assert_int_equal(now(), was + f->time_ns - at);
}

/* Nor while the adapter is down. */
static void test_link_speed_down(void **state)
{
	u64 at = f->time_ns;
	u32 i;

	set(1000 * S);
	for (i = 0; i < 4; i++) {
		f->time_ns += S;
		assert_int_equal(now(), 1000 * S + f->time_ns - at);
		dev.next_bits = i % 2 ? 21 : 17;
		dev.counter += 1ull << 35;
	}
	assert_int_equal(nax_adapter_clock_adjust(f->a, 0, &err), 0);
	assert_int_equal(now(), 1000 * S + f->time_ns - at);
	dev.next_bits = 17;
	dev.counter += 1ull << 35;
	assert_int_equal(nax_adapter_clock_step(f->a, 1, &err), 0);
	assert_int_equal(now(), 1000 * S + f->time_ns - at + 1);
}

/* A reset takes the link away, and it is back before anybody has looked. */
static void test_link_back(void **state)
{
	u64 at = f->time_ns;

	set(1000 * S);
	f->link.speed = 1000;
	dev.next_bits = 17;
	fake_tick(f, 1000);
	assert_int_equal(dev.bits, 17);
	dev.next_bits = 21;
	assert_int_equal(nax_adapter_reset(f->a, "test", &err), 0);
	assert_int_equal(dev.bits, 21);
	dev.next_bits = 17;
	fake_tick(f, 100);
	assert_int_equal(dev.bits, 17);
	fake_tick(f, 5000);
	assert_int_equal(now(), 1000 * S + f->time_ns - at);
}

/* Who sets the pace by a link that nobody has looked at changes the counter's unit, too. */
static void test_adjust_new_link(void **state)
{
	u64 at = f->time_ns;

	set(1000 * S);
	dev.next_bits = 17;
	assert_int_equal(nax_adapter_clock_adjust(f->a, 0, &err), 0);
	assert_int_equal(dev.bits, 17);
	f->time_ns += 16 * S;
	assert_int_equal(now(), 1000 * S + f->time_ns - at);
	nax_link_changed(f->a);
	fake_tick(f, 1000);
	assert_int_equal(now(), 1000 * S + f->time_ns - at);
}

static void test_adjust_limits(void **state)
{
	assert_int_equal(nax_adapter_clock_adjust(f->a, 16384000001ll, &err), 0);
	assert_int_equal(dev.ppm, 250000);
	assert_int_equal(nax_adapter_clock_adjust(f->a, 16384000002ll, &err), -ERANGE);
	assert_string_equal(err.text,
			    "clock: adjustment is 16384000002 parts in 65536 million: the limit is 16384000001");
	assert_int_equal(nax_adapter_clock_adjust(f->a, -16384000002ll, &err), -ERANGE);
	assert_int_equal(dev.ppm, 250000);
	assert_int_equal(nax_adapter_clock_adjust(f->a, -65536, &err), 0);
	assert_int_equal(dev.ppm, -1);
}

static void test_none(void **state)
{
	struct fake *g = fake_up(1, 1);
	struct nax_stamps off = { 0 };
	u64 ns;

	assert_int_equal(nax_adapter_clock_read(g->a, &ns, &err), -EOPNOTSUPP);
	assert_string_equal(err.text, "clock: driver fake has none for this device");
	assert_int_equal(nax_adapter_set_stamps(g->a, &off, &err), -EOPNOTSUPP);
	assert_int_equal(nax_adapter_tx_stamp(g->a, &ns), -ENETDOWN);
	assert_null(g->a->rxq[0]->ring.tstamp);
	/* a driver that says so all the same */
	fake_rx(g->a->rxq[0], 0, 60, NAX_F_EOP | NAX_F_RX_TSTAMP);
	assert_int_equal(nax_queue_poll_rx(g->a->rxq[0], 8), 1);
	assert_int_equal(nax_ring_slot(&g->a->rxq[0]->ring, g->a->rxq[0]->ring.begin - 1)->flags,
			 NAX_F_EOP);
	/* and an application that asks */
	fake_tx(g->a->txq[0], 0, 60, NAX_F_EOP | NAX_F_TX_TSTAMP);
	nax_queue_submit(g->a->txq[0], 1);
	assert_int_equal(g->a->txq[0]->stats.drops, 1);
	assert_true(g->a->txq[0]->ring.end == g->a->txq[0]->ring.begin);
	fake_destroy(g);
}

/* ---- time stamps ---- */

static void choose(bool tx, enum nax_ptp_rx rx)
{
	struct nax_stamps s = { tx, rx }, got;

	if (nax_adapter_set_stamps(f->a, &s, &err))
		fail_msg("%s", err.text);
	nax_adapter_get_stamps(f->a, &got);
	assert_true(got.tx == tx && got.rx == rx);
}

static void test_choice(void **state)
{
	struct nax_stamps s = { .rx = NAX_PTP_RX_V1_SYNC };

	assert_int_equal(nax_adapter_set_stamps(f->a, &s, &err), -ERANGE);
	assert_string_equal(err.text,
			    "time stamps: received packets are 1: must be one of the bits 0x9");
	s.rx = NAX_PTP_RXS;
	assert_int_equal(nax_adapter_set_stamps(f->a, &s, &err), -ERANGE);
	choose(true, NAX_PTP_RX_V2_EVENT);
	assert_true(dev.stamps.tx && dev.stamps.rx == NAX_PTP_RX_V2_EVENT);
	assert_int_equal(nax_adapter_reset(f->a, "test", &err), 0);
	assert_true(dev.stamps.tx && dev.stamps.rx == NAX_PTP_RX_V2_EVENT);
	nax_adapter_suspend(f->a);
	choose(false, NAX_PTP_RX_V2_EVENT);
	assert_true(dev.stamps.tx);
	assert_int_equal(nax_adapter_resume(f->a, &err), 0);
	assert_true(!dev.stamps.tx && dev.stamps.rx == NAX_PTP_RX_V2_EVENT);
}

/* A packet of @flags is received. Return: flags by which the upper layer sees it. */
static u32 receive(u32 flags)
{
	struct nax_queue *q = f->a->rxq[0];

	fake_rx(q, 0, 60, flags | NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(q, 8), 1);
	q->ring.end = q->ring.begin + nax_ring_size(&q->ring);
	nax_queue_post_rx(q);
	return nax_ring_slot(&q->ring, q->ring.begin - 1)->flags;
}

static u64 received_at(void)
{
	const struct nax_ring *r = &f->a->rxq[0]->ring;

	return r->tstamp[(r->begin - 1) & r->mask];
}

static void latch(bool rx)
{
	dev.full[rx] = true;
	dev.latch[rx] = counter_now();
}

static void test_received(void **state)
{
	choose(false, NAX_PTP_RX_V2_EVENT);
	set(1000 * S);
	f->time_ns += 777;
	latch(true);
	f->time_ns += 5000;
	assert_int_equal(receive(0), NAX_F_EOP);
	assert_int_equal(receive(NAX_F_RX_TSTAMP), NAX_F_EOP | NAX_F_RX_TSTAMP);
	assert_int_equal(received_at(), 1000 * S + 777);
	assert_int_equal(dev.takes[1], 1);
	/* taken before the clock was set: before it by its own time */
	latch(true);
	f->time_ns += 40;
	set(500);
	assert_int_equal(receive(NAX_F_RX_TSTAMP), NAX_F_EOP | NAX_F_RX_TSTAMP);
	assert_int_equal(received_at(), 460);
	/* a device that says so, and has none */
	assert_int_equal(receive(NAX_F_RX_TSTAMP), NAX_F_EOP);
	assert_int_equal(dev.takes[1], 2);
	/* nobody wants any */
	choose(true, NAX_PTP_RX_NONE);
	latch(true);
	assert_int_equal(receive(NAX_F_RX_TSTAMP), NAX_F_EOP);
	assert_int_equal(dev.takes[1], 2);
}

/* Two of one batch: the latch was of the first. Beside a damaged one. */
static void test_received_batch(void **state)
{
	struct nax_queue *q = f->a->rxq[0];
	u32 at = q->ring.begin;

	choose(false, NAX_PTP_RX_V2_EVENT);
	latch(true);
	fake_rx(q, 0, 60, NAX_F_EOP | nax_rx_error(NAX_RX_ERR_CRC));
	fake_rx(q, 1, 60, NAX_F_EOP | NAX_F_RX_TSTAMP);
	fake_rx(q, 2, 60, NAX_F_EOP | NAX_F_RX_TSTAMP);
	assert_int_equal(nax_queue_poll_rx(q, 8), 3);
	assert_true(nax_ring_slot(&q->ring, at)->flags & NAX_F_RX_ERROR);
	assert_int_equal(nax_ring_slot(&q->ring, at + 1)->flags, NAX_F_EOP | NAX_F_RX_TSTAMP);
	assert_int_equal(nax_ring_slot(&q->ring, at + 2)->flags, NAX_F_EOP);
	assert_int_equal(dev.takes[1], 1);
}

/* What a queue held when it stopped is nobody's, and the device is not asked. */
static void test_received_stopped(void **state)
{
	choose(false, NAX_PTP_RX_V2_EVENT);
	latch(true);
	fake_rx(f->a->rxq[0], 0, 60, NAX_F_EOP | NAX_F_RX_TSTAMP);
	nax_adapter_down(f->a);
	assert_int_equal(dev.takes[1], 0);
}

static void test_lost(void **state)
{
	choose(false, NAX_PTP_RX_V2_EVENT);
	latch(true);
	fake_tick(f, 1900);
	assert_int_equal(nax_adapter_stamps_cleared(f->a), 0);
	fake_tick(f, 2000);
	assert_int_equal(nax_adapter_stamps_cleared(f->a), 1);
	assert_false(dev.full[1]);
	fake_tick(f, 5000);
	assert_int_equal(nax_adapter_stamps_cleared(f->a), 1);
	/* one that is taken now and then, however full it is when somebody looks */
	for (u32 i = 0; i < 20; i++) {
		latch(true);
		fake_tick(f, 1000);
		assert_int_equal(receive(NAX_F_RX_TSTAMP), NAX_F_EOP | NAX_F_RX_TSTAMP);
	}
	assert_int_equal(nax_adapter_stamps_cleared(f->a), 1);
}

/* Others may read the clock as often as they like. */
static void test_lost_while_read(void **state)
{
	choose(false, NAX_PTP_RX_V2_EVENT);
	latch(true);
	for (u32 i = 0; i < 50; i++) {
		now();
		fake_tick(f, 100);
	}
	assert_int_equal(nax_adapter_stamps_cleared(f->a), 1);
	assert_false(dev.full[1]);
}

static void test_sent(void **state)
{
	struct nax_queue *q = f->a->txq[0];
	u64 ns;

	assert_int_equal(nax_adapter_tx_stamp(f->a, &ns), -ENETDOWN);
	choose(true, NAX_PTP_RX_NONE);
	set(1000 * S);
	fake_tx(q, 0, 60, NAX_F_EOP | NAX_F_TX_TSTAMP);
	assert_true(nax_queue_submit(q, 1));
	nax_queue_post_tx(q);
	assert_int_equal(q->stats.drops, 0);
	assert_int_equal(nax_ring_slot(&q->ring, q->ring.begin)->flags,
			 NAX_F_EOP | NAX_F_TX_TSTAMP);
	fake_tx_done(q);
	fake_poll(f);
	assert_int_equal(nax_adapter_tx_stamp(f->a, &ns), -EAGAIN);
	f->time_ns += 55;
	latch(false);
	f->time_ns += 1000;
	assert_int_equal(nax_adapter_tx_stamp(f->a, &ns), 0);
	assert_int_equal(ns, 1000 * S + 55);
	assert_int_equal(nax_adapter_tx_stamp(f->a, &ns), -EAGAIN);
	f->dead = true;
	f->a->driver->ops->ptp->read(f->a);
	assert_int_equal(nax_adapter_tx_stamp(f->a, &ns), -ENETDOWN);
}

/* With a checksum that software fills, it is asked for all the same. */
static void test_sent_fixed(void **state)
{
	struct nax_queue *q = f->a->txq[0];
	struct nax_config c = *nax_adapter_config(f->a);
	u8 *data;

	c.offloads &= ~NAX_OFFLOAD_TX_CSUM & ~NAX_OFFLOAD_GSO;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), 0);
	choose(true, NAX_PTP_RX_NONE);
	fake_tx(q, 0, 60, NAX_F_EOP | NAX_F_TX_TSTAMP | NAX_F_IPV4 | NAX_F_UDP | NAX_F_TX_L4CSUM);
	data = nax_core_of(f->a)->ops->buf_addr(q, nax_ring_slot(&q->ring, q->ring.end));
	memset(data, 0, 60);
	data[12] = 8;
	data[14] = 0x45;
	data[17] = 46;
	data[23] = 17;
	data[39] = 26;
	nax_ring_slot(&q->ring, q->ring.end)->hash = nax_tx_lengths(14, 20, 8);
	assert_true(nax_queue_submit(q, 1));
	assert_int_equal(q->stats.drops, 0);
	assert_int_equal(q->stats.sw_csum, 1);
	assert_int_equal(nax_ring_slot(&q->ring, q->ring.begin)->flags,
			 NAX_F_EOP | NAX_F_TX_TSTAMP | NAX_F_IPV4 | NAX_F_UDP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_goes_on, attach_1, down),
		cmocka_unit_test_setup_teardown(test_wraps, attach_1, down),
		cmocka_unit_test_setup_teardown(test_wraps_by_itself, up_2, down),
		cmocka_unit_test_setup_teardown(test_reset, up_2, down),
		cmocka_unit_test_setup_teardown(test_reset_by_stop, up_2, down),
		cmocka_unit_test_setup_teardown(test_reset_by_restart, up_2, down),
		cmocka_unit_test_setup_teardown(test_sleeps, up_2, down),
		cmocka_unit_test_setup_teardown(test_out_of_reach, up_2, down),
		cmocka_unit_test_setup_teardown(test_link_speed, up_2, down),
		cmocka_unit_test_setup_teardown(test_link_speed_down, attach_1, down),
		cmocka_unit_test_setup_teardown(test_link_back, up_2, down),
		cmocka_unit_test_setup_teardown(test_adjust_new_link, up_2, down),
		cmocka_unit_test_setup_teardown(test_adjust_limits, attach_1, down),
		cmocka_unit_test(test_none),
		cmocka_unit_test_setup_teardown(test_choice, up_2, down),
		cmocka_unit_test_setup_teardown(test_received, up_2, down),
		cmocka_unit_test_setup_teardown(test_received_batch, up_2, down),
		cmocka_unit_test_setup_teardown(test_received_stopped, up_2, down),
		cmocka_unit_test_setup_teardown(test_lost, up_2, down),
		cmocka_unit_test_setup_teardown(test_lost_while_read, up_2, down),
		cmocka_unit_test_setup_teardown(test_sent, up_2, down),
		cmocka_unit_test_setup_teardown(test_sent_fixed, up_2, down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
