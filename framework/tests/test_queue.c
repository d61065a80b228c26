// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links: framework/core, fake.c, fake_driver.c. Rings: credits, reports, batches, damaged frames. */
#include <string.h>

#include <nax/scan.h>

#include "fake.h"

static void submit(struct nax_queue *q, u32 packets, u32 slots, u32 flags)
{
	u32 i, j;

	for (i = 0; i < packets; i++) {
		for (j = 0; j < slots; j++)
			fake_tx(q, j, 100, (j ? 0 : flags) | (j + 1 == slots ? NAX_F_EOP : 0));
		nax_queue_submit(q, slots);
	}
}

/* Up with verify level 1, so that every index wraps soon. */
static void test_indices_wrap(void **state)
{
	struct fake *f = fake_up(1, 1);
	struct nax_queue *rx = f->a->rxq[0], *tx = f->a->txq[0];
	u32 i;

	(void)state;
	assert_int_equal(rx->ring.begin, (u32)-128);
	assert_int_equal(tx->tail, (u32)-128);
	for (i = 0; i < 1000; i++) {
		fake_rx(rx, 0, 64 + i, NAX_F_EOP);
		assert_int_equal(nax_queue_poll_rx(rx, 8), 1);
		assert_int_equal(nax_ring_received(&rx->ring), 1);
		assert_int_equal(nax_ring_slot(&rx->ring, nax_ring_first_held(&rx->ring))->len,
				 64 + i);
		rx->ring.end++;
		nax_queue_post_rx(rx);
		submit(tx, 1, 1 + i % 3, 0);
		nax_queue_post_tx(tx);
		fake_tx_done(tx);
		assert_int_equal(nax_queue_poll_tx(tx), 1 + i % 3);
		assert_int_equal(nax_queue_tx_free(tx), 64);
	}
	assert_true(rx->ring.begin < 1000 && tx->tail < 4000);
	assert_true(tx->stats.packets == 1000);
	assert_int_equal(f->events[NAX_EVENT_VERIFY], 0);
	fake_destroy(f);
}

static void test_report_interval(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_queue *q = f->a->txq[0];
	struct fake_desc *d = q->desc;
	u32 i;

	(void)state;
	/* 20 packets of one descriptor at an interval of 8: reports at 8, 16, and the batch's end. */
	submit(q, 20, 1, 0);
	nax_queue_post_tx(q);
	for (i = 0; i < 20; i++)
		assert_int_equal(!!(d[i].word & FAKE_REPORT), i == 7 || i == 15 || i == 19);
	assert_int_equal(q->report_tail - q->report_head, 3);
	assert_int_equal(q->stats.doorbells, 1);
	d[7].status = FAKE_DONE;
	assert_int_equal(nax_queue_poll_tx(q), 8);
	assert_true(q->stats.packets == 8 && q->stats.bytes == 800);
	d[15].status = FAKE_DONE;
	d[19].status = FAKE_DONE;
	assert_int_equal(nax_queue_poll_tx(q), 12);
	assert_true(q->stats.packets == 20 && q->stats.bytes == 2000);
	assert_int_equal(q->head, q->tail);
	fake_destroy(f);
}

/* However many reports were asked for, and however many of them have come. */
static void test_reports_that_have_come(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_queue *q = f->a->txq[0];
	struct fake_desc *ring = q->desc;
	u32 asked, come, first, i;

	(void)state;
	for (asked = 1; asked <= 20; asked++) {
		for (come = 0; come <= asked; come++) {
			first = q->ring.end;
			for (i = 0; i < asked; i++) {
				submit(q, 1, 1 + i % 3, 0);
				nax_queue_post_tx(q);
			}
			assert_int_equal(q->report_tail - q->report_head, asked);
			for (i = 0; i < come; i++)
				ring[nax_tx_asked(q, q->report_head + i)->desc & q->desc_mask]
					.status = FAKE_DONE;
			i = come ? nax_tx_asked(q, q->report_head + come - 1)->slot : first;
			nax_queue_poll_tx(q);
			assert_int_equal(q->report_tail - q->report_head, asked - come);
			assert_int_equal(q->ring.begin, i);
			fake_tx_done(q);
			nax_queue_poll_tx(q);
			assert_int_equal(q->ring.begin, q->ring.end);
			assert_int_equal(q->head, q->tail);
		}
	}
	assert_true(q->stats.packets == q->posted.packets && q->stats.bytes == q->posted.bytes);
	assert_int_equal(q->stats.packets, 3080);
	fake_destroy(f);
}

static void test_credits_with_context(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_queue *q = f->a->txq[0];

	(void)state;
	/* 2 slots and a context each: 21 packets take all 63 descriptors, 42 of 64 slots. */
	submit(q, 32, 2, NAX_F_VLAN);
	assert_int_equal(nax_queue_tx_free(q), 0);
	nax_queue_post_tx(q);
	assert_int_equal(q->tail - q->head, 63);
	assert_int_equal(q->ring.next - q->ring.begin, 42);
	assert_int_equal(q->ring.end - q->ring.next, 22);
	/* no room, so no report may be missing: the tail of what was written has one */
	assert_int_equal(q->report[(q->report_tail - 1) & q->desc_mask].desc, q->tail - 1);
	nax_queue_post_tx(q);
	assert_int_equal(q->tail - q->head, 63);
	assert_int_equal(q->stats.doorbells, 1);
	fake_tx_done(q);
	assert_int_equal(nax_queue_poll_tx(q), 42);
	nax_queue_post_tx(q);
	assert_int_equal(q->tail - q->head, 33);
	fake_tx_done(q);
	assert_int_equal(nax_queue_poll_tx(q), 22);
	assert_true(q->stats.packets == 32);
	assert_int_equal(nax_queue_tx_free(q), 64);
	fake_destroy(f);
}

/* The overhead is counted though this packet takes none: 62 of 63 used leaves no room for one. */
static void test_ring_nearly_full(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_queue *q = f->a->txq[0];

	(void)state;
	submit(q, 62, 1, 0);
	nax_queue_post_tx(q);
	assert_int_equal(q->tail - q->head, 62);
	submit(q, 1, 1, 0);
	nax_queue_post_tx(q);
	assert_int_equal(q->tail - q->head, 62);
	assert_int_equal(q->ring.end - q->ring.next, 1);
	fake_tx_done(q);
	nax_queue_poll_tx(q);
	nax_queue_post_tx(q);
	fake_tx_done(q);
	nax_queue_poll_tx(q);
	assert_true(q->stats.packets == 63);
	fake_destroy(f);
}

static void test_submit_untrusted(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_queue *q = f->a->txq[0];
	u32 i;

	(void)state;
	/* more slots than there are */
	for (i = 0; i < 64; i++)
		fake_tx(q, i, 60, NAX_F_EOP);
	assert_false(nax_queue_submit(q, 1000));
	assert_int_equal(q->ring.end - q->ring.begin, 0);
	assert_true(nax_queue_submit(q, 64));
	assert_int_equal(nax_queue_tx_free(q), 0);
	assert_false(nax_queue_submit(q, 1));
	assert_int_equal(q->ring.end - q->ring.begin, 64);
	nax_queue_post_tx(q);
	fake_tx_done(q);
	nax_queue_poll_tx(q);
	nax_queue_post_tx(q);
	fake_tx_done(q);
	nax_queue_poll_tx(q);
	assert_true(q->stats.packets == 64);
	/* a whole packet and one that has no end: the first goes, the rest is one drop */
	fake_tx(q, 0, 60, NAX_F_EOP);
	fake_tx(q, 1, 60, 0);
	fake_tx(q, 2, 60, 0);
	nax_queue_submit(q, 3);
	assert_int_equal(q->ring.end - q->ring.begin, 1);
	assert_true(q->stats.drops == 1);
	fake_destroy(f);
}

static void test_short_frame_is_padded(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_queue *q = f->a->txq[0];
	struct nax_slot *s = nax_ring_slot(&q->ring, q->ring.end);
	u8 *data = (u8 *)(uintptr_t)s->dma;

	(void)state;
	memset(data, 0xff, 64);
	fake_tx(q, 0, 5, NAX_F_EOP);
	nax_queue_submit(q, 1);
	assert_int_equal(s->len, 17);
	assert_int_equal(data[4], 0xff);
	assert_int_equal(data[5] | data[16], 0);
	assert_int_equal(data[17], 0xff);
	/* two slots of 9 and 4 bytes: the last grows */
	s = nax_ring_slot(&q->ring, q->ring.end + 1);
	fake_tx(q, 0, 9, 0);
	fake_tx(q, 1, 4, NAX_F_EOP);
	nax_queue_submit(q, 2);
	assert_int_equal(s->len, 8);
	fake_destroy(f);
}

/* The device inserts no tags: those packets go through software, the others beside them do not. */
static void test_submit_falls_back(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_config c = *nax_adapter_config(f->a);
	struct nax_queue *q = f->a->txq[0];
	struct nax_queue_stats s;

	(void)state;
	c.offloads &= ~NAX_OFFLOAD_TX_VLAN;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	fake_tx(q, 0, 60, NAX_F_EOP);
	fake_tx(q, 1, 60, NAX_F_EOP | NAX_F_VLAN);
	fake_tx(q, 2, 60, NAX_F_EOP);
	fake_tx(q, 3, 0, NAX_F_EOP);
	fake_tx(q, 4, 1523, NAX_F_EOP);
	nax_queue_submit(q, 5);
	/* a packet of no bytes and one that is longer than any frame are refused */
	assert_int_equal(q->ring.end - q->ring.begin, 3);
	nax_adapter_queue_stats(f->a, false, 0, &s);
	assert_true(s.sw_vlan == 1 && s.drops == 2);
	assert_int_equal(nax_ring_slot(&q->ring, q->ring.begin + 1)->len, 64);
	nax_queue_post_tx(q);
	fake_tx_done(q);
	assert_int_equal(nax_queue_poll_tx(q), 3);
	nax_adapter_queue_stats(f->a, false, 0, &s);
	assert_true(s.packets == 3 && s.bytes == 184);
	fake_destroy(f);
}

/* Segments of one packet do not fit in the ring: they wait, and nothing else may be submitted. */
static void test_submit_waits_for_room(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_config c = *nax_adapter_config(f->a);
	struct nax_queue *q = f->a->txq[0];
	static const u8 head[] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
		0x45, 0, 0x0f, 0xa0, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
		0, 1, 0, 2, 0x0f, 0x8c, 0, 0,
	};
	struct nax_queue_stats s;
	struct nax_slot *slot;
	u32 rounds = 0;

	(void)state;
	c.offloads &= ~NAX_OFFLOAD_USO;
	c.tx_ring = 16;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	slot = nax_ring_slot(&q->ring, q->ring.end);
	memcpy((u8 *)(uintptr_t)slot->dma, head, sizeof(head));
	fake_tx(q, 0, 14 + 4000, NAX_F_EOP | NAX_F_IPV4 | NAX_F_UDP | NAX_F_TX_GSO |
		NAX_F_TX_IPCSUM | NAX_F_TX_L4CSUM);
	slot->hash = nax_tx_lengths(14, 20, 8);
	slot->gso = 100;
	nax_queue_submit(q, 1);
	assert_int_equal(nax_queue_tx_free(q), 0);
	nax_queue_submit(q, 1);
	while (!nax_queue_tx_free(q) && rounds++ < 20) {
		nax_queue_post_tx(q);
		fake_tx_done(q);
		nax_queue_poll_tx(q);
	}
	nax_queue_post_tx(q);
	fake_tx_done(q);
	nax_queue_poll_tx(q);
	nax_adapter_queue_stats(f->a, false, 0, &s);
	/* 3972 bytes of payload make 40 segments of 42 bytes of headers each */
	assert_true(s.packets == 40 && s.bytes == 40 * 42 + 3972);
	assert_true(s.sw_gso == 1 && s.drops == 0);
	assert_int_equal(nax_queue_tx_free(q), 16);
	fake_destroy(f);
}

static void test_rx_batch(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_queue *q = f->a->rxq[0];
	u32 i;

	(void)state;
	for (i = 0; i < 10; i++)
		fake_rx(q, i, 100 + i, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(q, 4), 4);
	assert_int_equal(nax_queue_poll_rx(q, 64), 6);
	assert_int_equal(nax_queue_poll_rx(q, 64), 0);
	assert_int_equal(nax_ring_received(&q->ring), 10);
	assert_true(q->stats.packets == 10 && q->stats.bytes == 1045);
	assert_true(q->stats.polls == 3 && q->stats.idle == 1);
	/* a few are not worth a doorbell while the device has many */
	q->ring.end += 10;
	nax_queue_post_rx(q);
	assert_true(q->stats.doorbells == 1);
	for (i = 0; i < 10; i++)
		fake_rx(q, i, 100, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(q, 64), 10);
	/* one for what has been released by then, none for nothing */
	q->ring.end += 10;
	nax_queue_post_rx(q);
	nax_queue_post_rx(q);
	assert_true(q->stats.doorbells == 2);
	assert_int_equal(f->reg[FAKE_DOORBELL / 4], 83 & 63);
	fake_destroy(f);
}

static void test_rx_several_slots(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_config c;
	struct nax_queue *q;

	(void)state;
	fake_config(f, 1, &c);
	c.mtu = 9000;
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	q = f->a->rxq[0];
	fake_rx(q, 0, 2048, 0);
	fake_rx(q, 1, 2048, 0);
	/* the end is not there yet: nothing is handed over */
	assert_int_equal(nax_queue_poll_rx(q, 8), 0);
	assert_int_equal(nax_ring_received(&q->ring), 0);
	assert_int_equal(q->seen - q->ring.begin, 2);
	fake_rx(q, 0, 10, NAX_F_EOP);
	fake_rx(q, 1, 60, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(q, 8), 2);
	assert_int_equal(nax_ring_received(&q->ring), 4);
	assert_true(q->stats.packets == 2 && q->stats.bytes == 4166);
	fake_destroy(f);
}

/* The damage shows in a later batch than the first part: no byte of the frame is counted. */
static void test_rx_damaged_in_parts(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_queue_stats s;
	struct nax_config c;
	struct nax_queue *q;

	(void)state;
	fake_config(f, 1, &c);
	c.mtu = 9000;
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	q = f->a->rxq[0];
	fake_rx(q, 0, 100, NAX_F_EOP);
	fake_rx(q, 1, 2048, 0);
	assert_int_equal(nax_queue_poll_rx(q, 8), 1);
	fake_rx(q, 0, 10, NAX_F_EOP | NAX_F_RX_ERROR | NAX_RX_ERR_CRC << NAX_F_RX_REASON_SHIFT);
	assert_int_equal(nax_queue_poll_rx(q, 8), 1);
	nax_adapter_queue_stats(f->a, true, 0, &s);
	assert_true(s.packets == 1 && s.bytes == 100 && s.errors[NAX_RX_ERR_CRC] == 1);
	fake_destroy(f);
}

static void test_rx_damaged(void **state)
{
	static const struct {
		u32 len;
		u32 flags;
		enum nax_rx_error error;
	} cases[] = {
		{ 0, 0, NAX_RX_ERR_LENGTH },
		{ 2049, 0, NAX_RX_ERR_LENGTH },
		{ 0xffff, 0, NAX_RX_ERR_LENGTH },
		{ 64, NAX_F_RX_ERROR | NAX_RX_ERR_CRC << NAX_F_RX_REASON_SHIFT, NAX_RX_ERR_CRC },
		{ 64, NAX_F_RX_ERROR | NAX_RX_ERR_OVERSIZE << NAX_F_RX_REASON_SHIFT,
		  NAX_RX_ERR_OVERSIZE },
		{ 64, NAX_F_RX_ERROR | NAX_RX_ERR_DEVICE << NAX_F_RX_REASON_SHIFT,
		  NAX_RX_ERR_DEVICE },
	};
	struct fake *f;
	struct nax_queue *q;
	struct nax_queue_stats s;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		f = fake_up(0, 1);
		q = f->a->rxq[0];
		fake_rx(q, 0, 60, NAX_F_EOP);
		fake_rx(q, 1, cases[i].len, cases[i].flags | NAX_F_EOP);
		fake_rx(q, 2, 60, NAX_F_EOP);
		assert_int_equal(nax_queue_poll_rx(q, 8), 3);
		assert_int_equal(nax_ring_received(&q->ring), 3);
		assert_true(nax_ring_slot(&q->ring, 1)->flags & NAX_F_RX_ERROR);
		assert_int_equal(nax_adapter_queue_stats(f->a, true, 0, &s), 0);
		assert_true(s.packets == 2);
		assert_true(s.bytes == 120);
		assert_true(s.errors[cases[i].error] == 1);
		fake_destroy(f);
	}
}

/* MTU 1500 in 2 KiB buffers: no frame has two slots. The chain is cut, counted once, and ends. */
static void test_rx_chain_too_long(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_queue *q = f->a->rxq[0];
	struct nax_queue_stats s;
	u64 errors = 0;
	u32 i;

	(void)state;
	for (i = 0; i < 40; i++)
		fake_rx(q, i, 2048, 0);
	assert_true(nax_queue_poll_rx(q, 64) >= 1);
	fake_rx(q, 0, 60, NAX_F_EOP);
	fake_rx(q, 1, 61, NAX_F_EOP);
	nax_queue_poll_rx(q, 64);
	assert_int_equal(nax_ring_received(&q->ring), 42);
	assert_int_equal(nax_adapter_queue_stats(f->a, true, 0, &s), 0);
	assert_true(s.packets == 1 && s.bytes == 61);
	assert_true(s.errors[NAX_RX_ERR_CHAIN] == 1);
	for (i = 0; i < NAX_RX_ERROR_COUNTERS; i++)
		errors += s.errors[i];
	assert_true(errors == 1);
	fake_destroy(f);
}

static void test_stop_counts_drops(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_queue *rx = f->a->rxq[0], *tx = f->a->txq[0];
	struct nax_queue_stats s;

	(void)state;
	/* one read and released, one read only, one not even polled, one damaged */
	fake_rx(rx, 0, 60, NAX_F_EOP);
	fake_rx(rx, 1, 60, NAX_F_EOP);
	nax_queue_poll_rx(rx, 8);
	rx->ring.end++;
	fake_rx(rx, 0, 60, NAX_F_EOP);
	fake_rx(rx, 1, 0, NAX_F_EOP);
	/* one done but not reaped, two with the device, one not posted */
	submit(tx, 1, 2, 0);
	nax_queue_post_tx(tx);
	fake_tx_done(tx);
	submit(tx, 2, 1, 0);
	nax_queue_post_tx(tx);
	submit(tx, 1, 1, 0);
	assert_int_equal(nax_adapter_reset(f->a, "test", NULL), 0);
	nax_adapter_queue_stats(f->a, true, 0, &s);
	assert_true(s.packets == 3 && s.drops == 2 && s.errors[NAX_RX_ERR_LENGTH] == 1);
	nax_adapter_queue_stats(f->a, false, 0, &s);
	assert_true(s.packets == 1 && s.drops == 3);
	assert_int_equal(nax_queue_tx_free(tx), 64);
	assert_int_equal(nax_ring_received(&rx->ring), 0);
	fake_destroy(f);
}

/* A device that goes on until its DMA is off: one frame more, and what it was sending is sent. */
static void late_queue_stop(struct nax_queue *q)
{
	struct fake *f = nax_adapter_backend(q->adapter);

	nax_reg_read(q->adapter, FAKE_ALIVE);
	if (q->is_rx) {
		fake_rx(q, 0, 60, NAX_F_EOP);
		f->count[0]++;
	} else {
		fake_tx_done(q);
	}
}

static void test_stop_takes_late_work(void **state)
{
	struct nax_queue_stats s;
	u64 hw[FAKE_STATS];
	struct fake *f;
	u32 level;

	(void)state;
	for (level = 0; level <= 2; level++) {
		f = fake_up(level, 1);
		f->ops.queue_stop = late_queue_stop;
		submit(f->a->txq[0], 1, 1, 0);
		nax_queue_post_tx(f->a->txq[0]);
		assert_int_equal(nax_adapter_reset(f->a, "test", NULL), 0);
		nax_adapter_queue_stats(f->a, true, 0, &s);
		assert_true(s.packets == 1 && s.bytes == 60 && s.drops == 1);
		nax_adapter_queue_stats(f->a, false, 0, &s);
		assert_true(s.packets == 1 && s.bytes == 100 && s.drops == 0);
		nax_adapter_hw_stats(f->a, hw);
		assert_true(hw[0] == 1);
		assert_int_equal(f->events[NAX_EVENT_VERIFY], 0);
		fake_destroy(f);
	}
}

/* What the device had written before it went is in memory still. */
static void test_gone_takes_late_work(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_queue_stats s;

	(void)state;
	submit(f->a->txq[0], 1, 1, 0);
	nax_queue_post_tx(f->a->txq[0]);
	fake_tx_done(f->a->txq[0]);
	fake_rx(f->a->rxq[0], 0, 60, NAX_F_EOP);
	f->dead = true;
	nax_reg_read(f->a, FAKE_ALIVE);
	nax_adapter_service(f->a);
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	nax_adapter_queue_stats(f->a, true, 0, &s);
	assert_true(s.packets == 1 && s.drops == 1);
	nax_adapter_queue_stats(f->a, false, 0, &s);
	assert_true(s.packets == 1 && s.drops == 0);
	fake_destroy(f);
}

/* The first part of a frame is a loss; the rest of one that was counted as damaged is none. */
static void test_stop_counts_part_of_frame(void **state)
{
	struct nax_queue_stats s;
	struct nax_config c;
	struct nax_queue *q;
	struct fake *f;
	u32 i, parts;

	(void)state;
	for (parts = 2; parts <= 7; parts += 5) {
		f = fake_attach(0);
		fake_config(f, 1, &c);
		c.mtu = 9000;
		assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
		q = f->a->rxq[0];
		assert_int_equal(q->slots_max, 5);
		for (i = 0; i < parts; i++)
			fake_rx(q, i, 2048, 0);
		assert_int_equal(nax_adapter_reset(f->a, "test", NULL), 0);
		nax_adapter_queue_stats(f->a, true, 0, &s);
		assert_true(s.packets == 0);
		assert_true(s.drops == (parts < 5));
		assert_true(s.errors[NAX_RX_ERR_CHAIN] == (parts > 5));
		fake_destroy(f);
	}
}

/* A forwarded packet leaves its buffer in another ring; a restart finds every slot with one. */
static void test_swapped_buffers_come_home(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_slot *r = nax_ring_slot(&f->a->rxq[0]->ring, 0);
	struct nax_slot *t = nax_ring_slot(&f->a->txq[0]->ring, 0);
	u32 rx_buf = r->buf, tx_buf = t->buf;
	u64 dma = r->dma;

	(void)state;
	swap(r->dma, t->dma);
	swap(r->buf, t->buf);
	swap(r->cap, t->cap);
	t->dma += 100;
	assert_int_equal(nax_adapter_reset(f->a, "test", NULL), 0);
	assert_int_equal(r->buf, tx_buf);
	assert_int_equal(t->buf, rx_buf);
	assert_true(t->dma == dma);
	fake_destroy(f);
}

static void test_stopped_queue_does_nothing(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_queue *rx = f->a->rxq[0], *tx = f->a->txq[0];
	struct nax_queue_stats s;

	(void)state;
	assert_int_equal(nax_adapter_suspend(f->a), 0);
	fake_journal(f, ~0u);
	assert_false(nax_queue_running(rx));
	assert_int_equal(nax_queue_poll_rx(rx, 8), 0);
	nax_queue_post_rx(rx);
	assert_int_equal(nax_queue_tx_free(tx), 0);
	/* what is submitted all the same is lost, and counted; a rest without an end is no packet */
	fake_tx(tx, 0, 60, NAX_F_EOP);
	fake_tx(tx, 1, 60, NAX_F_EOP);
	fake_tx(tx, 2, 60, 0);
	nax_queue_submit(tx, 3);
	nax_adapter_queue_stats(f->a, false, 0, &s);
	assert_true(s.drops == 2);
	assert_int_equal(tx->ring.end, tx->ring.begin);
	nax_queue_post_tx(tx);
	assert_int_equal(nax_queue_poll_tx(tx), 0);
	nax_vector_arm(rx->vector);
	nax_adapter_irq(f->a, 0);
	assert_string_equal(fake_journal(f, 0), "");
	fake_destroy(f);
}

/* One flag or one byte more or less, and a packet is not plain; what else its flags say is nothing. */
static void test_slot_plain(void **state)
{
	static const u32 no_eop = 0, tag = NAX_F_EOP | NAX_F_VLAN, gso = NAX_F_EOP | NAX_F_TX_GSO;
	const u16 least = 17, mosts[] = { 17, 1514, 0x7fff, 0x8000, 0xfffe };
	struct nax_slot s;
	u32 m;

	memset(&s, 0xff, sizeof(s));
	for (m = 0; m < 5; m++) {
		s.flags = ~(NAX_F_VLAN | NAX_F_TX_MASK);
		s.len = least;
		assert_true(nax_slot_plain(&s, least, mosts[m]));
		s.len = mosts[m];
		assert_true(nax_slot_plain(&s, least, mosts[m]));
		s.len = least - 1;
		assert_false(nax_slot_plain(&s, least, mosts[m]));
		s.len = mosts[m] + 1;
		assert_false(nax_slot_plain(&s, least, mosts[m]));
		s.len = least;
		s.flags = no_eop;
		assert_false(nax_slot_plain(&s, least, mosts[m]));
		s.flags = tag;
		assert_false(nax_slot_plain(&s, least, mosts[m]));
		s.flags = gso;
		assert_false(nax_slot_plain(&s, least, mosts[m]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_indices_wrap),
		cmocka_unit_test(test_report_interval),
		cmocka_unit_test(test_reports_that_have_come),
		cmocka_unit_test(test_slot_plain),
		cmocka_unit_test(test_credits_with_context),
		cmocka_unit_test(test_ring_nearly_full),
		cmocka_unit_test(test_submit_untrusted),
		cmocka_unit_test(test_short_frame_is_padded),
		cmocka_unit_test(test_submit_falls_back),
		cmocka_unit_test(test_submit_waits_for_room),
		cmocka_unit_test(test_rx_batch),
		cmocka_unit_test(test_rx_several_slots),
		cmocka_unit_test(test_rx_damaged_in_parts),
		cmocka_unit_test(test_rx_damaged),
		cmocka_unit_test(test_rx_chain_too_long),
		cmocka_unit_test(test_stop_counts_drops),
		cmocka_unit_test(test_stop_takes_late_work),
		cmocka_unit_test(test_gone_takes_late_work),
		cmocka_unit_test(test_stop_counts_part_of_frame),
		cmocka_unit_test(test_swapped_buffers_come_home),
		cmocka_unit_test(test_stopped_queue_does_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
