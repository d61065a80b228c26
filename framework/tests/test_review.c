// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The second look at received packets: errors are counted, verdicts of "bad" are verified. */
#include <string.h>

#include "fake.h"
#include "pkt.h"

static struct fake *f;
static struct nax_queue *q;
static struct pkt frame;
static u32 seed;

#define PART 256u	/* bytes of a receive buffer */

static int setup(void **state)
{
	struct nax_config c;

	f = fake_attach(0);
	fake_config(f, 1, &c);
	c.rx_buf_len = PART;
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	q = f->a->rxq[0];
	assert_int_equal(q->slots_max, 6);
	seed = 1;
	return 0;
}

static int teardown(void **state)
{
	fake_destroy(f);
	return 0;
}

/* The device receives the frame in slots of @part bytes, the first of them @at descriptors away. */
static u32 receive(u32 at, u32 part, u32 flags)
{
	u32 done = 0, len, n = 0;
	struct nax_slot *s;

	while (done < frame.len) {
		len = min_t(u32, part, frame.len - done);
		s = nax_ring_slot(&q->ring, q->seen + at + n);
		memcpy((void *)(uintptr_t)s->dma, frame.b + done, len);
		done += len;
		fake_rx(q, at + n, len, done == frame.len ? flags | NAX_F_EOP : 0);
		n++;
	}
	return n;
}

static u32 poll_flags(u32 packets)
{
	assert_int_equal(nax_queue_poll_rx(q, 64), packets);
	return nax_ring_slot(&q->ring, q->ring.begin - 1)->flags;
}

static void make(u32 l4, bool v6, u32 payload)
{
	struct pkt_spec s = { .l4 = l4, .v6 = v6, .payload = payload };

	pkt_make(&frame, &s, &seed);
	pkt_fill(&frame);
}

static void test_disputed(void **state)
{
	make(NAX_F_TCP, false, 700);
	receive(0, PART, NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_L4CSUM_BAD);
	assert_int_equal(poll_flags(1),
			 NAX_F_EOP | NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_L4CSUM_GOOD);
	assert_int_equal(q->stats.csum_disputed, 1);
	assert_int_equal(q->stats.csum_bad, 0);
	assert_int_equal(q->stats.packets, 1);
	assert_int_equal(q->stats.bytes, frame.len);
	assert_int_equal(q->batch.flags, NAX_F_EOP | NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_L4CSUM_GOOD);
}

static void test_truly_bad(void **state)
{
	make(NAX_F_UDP, true, 300);
	frame.b[frame.len - 1] ^= 4;
	receive(0, PART, NAX_F_RX_L4CSUM_BAD);
	assert_int_equal(poll_flags(1), NAX_F_EOP | NAX_F_RX_L4CSUM_BAD);
	assert_int_equal(q->stats.csum_bad, 1);
	assert_int_equal(q->stats.csum_disputed, 0);
	/* it is whole and not damaged: an upper layer decides */
	assert_int_equal(q->stats.packets, 1);
}

/* Software's word counts for what hardware called bad, and only for that. */
static void test_both_layers(void **state)
{
	make(NAX_F_TCP, false, 10);
	frame.b[24] ^= 1;	/* IPv4 header checksum */
	receive(0, PART, NAX_F_RX_IPCSUM_BAD | NAX_F_RX_L4CSUM_BAD);
	assert_int_equal(poll_flags(1), NAX_F_EOP | NAX_F_RX_IPCSUM_BAD | NAX_F_RX_L4CSUM_GOOD);
	assert_int_equal(q->stats.csum_bad, 1);
	assert_int_equal(q->stats.csum_disputed, 0);
	receive(0, PART, NAX_F_RX_IPCSUM_BAD);
	assert_int_equal(poll_flags(1), NAX_F_EOP | NAX_F_RX_IPCSUM_BAD);
	assert_int_equal(q->stats.csum_bad, 2);
}

static void test_cannot_tell(void **state)
{
	struct pkt_spec s = { .v6 = true, .l4 = NAX_F_TCP, .fragment = true, .payload = 100 };

	pkt_make(&frame, &s, &seed);
	receive(0, PART, NAX_F_IPV6 | NAX_F_RX_L4CSUM_BAD);
	assert_int_equal(poll_flags(1), NAX_F_EOP | NAX_F_IPV6);
	assert_int_equal(q->stats.csum_bad, 0);
	assert_int_equal(q->stats.csum_disputed, 0);
	assert_int_equal(q->stats.packets, 1);
}

static void test_errors(void **state)
{
	static const struct {
		u32 flags;
		enum nax_rx_error counter;
	} error[] = {
		{ NAX_F_RX_ERROR | NAX_RX_ERR_CRC << NAX_F_RX_REASON_SHIFT, NAX_RX_ERR_CRC },
		{ NAX_F_RX_ERROR | NAX_RX_ERR_OVERSIZE << NAX_F_RX_REASON_SHIFT,
		  NAX_RX_ERR_OVERSIZE },
		{ NAX_F_RX_ERROR | NAX_RX_ERR_DEVICE << NAX_F_RX_REASON_SHIFT, NAX_RX_ERR_DEVICE },
		/* a driver that gives no reason, or one that does not exist */
		{ NAX_F_RX_ERROR, NAX_RX_ERR_DEVICE },
		{ NAX_F_RX_ERROR | 13u << NAX_F_RX_REASON_SHIFT, NAX_RX_ERR_DEVICE },
	};
	u64 before[NAX_RX_ERROR_COUNTERS];
	u32 i, k, at;

	make(NAX_F_TCP, false, 500);
	for (i = 0; i < ARRAY_SIZE(error); i++) {
		memcpy(before, q->stats.errors, sizeof(before));
		at = receive(0, PART, NAX_F_RX_L4CSUM_GOOD);
		at += receive(at, 200, error[i].flags | NAX_F_RX_L4CSUM_BAD);
		receive(at, PART, 0);
		assert_int_equal(nax_queue_poll_rx(q, 64), 3);
		assert_int_equal(q->batch.packets, 2);
		assert_int_equal(q->batch.bytes, 2 * frame.len);
		assert_int_equal(q->stats.packets, 2 * (i + 1));
		assert_int_equal(q->stats.bytes, 2 * (i + 1) * frame.len);
		for (k = 0; k < NAX_RX_ERROR_COUNTERS; k++)
			assert_int_equal(q->stats.errors[k] - before[k], k == error[i].counter);
		q->ring.end = q->ring.begin + nax_ring_size(&q->ring);
		nax_queue_post_rx(q);
	}
	assert_int_equal(q->stats.csum_bad, 0);
}

static void test_length(void **state)
{
	make(NAX_F_TCP, false, 100);
	receive(0, PART, 0);
	fake_rx(q, 0, 0, NAX_F_EOP);
	fake_rx(q, 1, PART + 1, NAX_F_EOP);
	fake_rx(q, 2, 0xffffffff, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(q, 64), 3);
	assert_int_equal(q->stats.errors[NAX_RX_ERR_LENGTH], 3);
	assert_int_equal(q->stats.packets, 0);
	assert_int_equal(q->stats.bytes, 0);
	assert_int_equal(q->batch.packets, 0);
	assert_int_equal(q->batch.bytes, 0);
}

/* A chain without an end is one error, however many slots come before its EOP. */
static void test_chain_is_counted_once(void **state)
{
	u32 i, n = 3 * q->slots_max + 1;

	for (i = 0; i < n; i++)
		fake_rx(q, i, 100, i + 1 == n ? NAX_F_EOP : 0);
	fake_rx(q, n, 64, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(q, 64), 5);
	assert_int_equal(q->stats.errors[NAX_RX_ERR_CHAIN], 1);
	for (i = 0; i < NAX_RX_ERROR_COUNTERS; i++)
		if (i != NAX_RX_ERR_CHAIN)
			assert_int_equal(q->stats.errors[i], 0);
	assert_int_equal(q->stats.packets, 1);
	assert_int_equal(q->stats.bytes, 64);
}

static void test_nothing_to_review(void **state)
{
	make(NAX_F_TCP, false, 100);
	receive(0, PART, NAX_F_RX_L4CSUM_GOOD);
	assert_int_equal(poll_flags(1), NAX_F_EOP | NAX_F_RX_L4CSUM_GOOD);
	nax_rx_review(q, q->ring.begin - 1, q->ring.begin);
	assert_int_equal(q->batch.packets, 1);
	assert_int_equal(q->batch.bytes, frame.len);
	assert_int_equal(q->stats.csum_disputed, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_disputed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_truly_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_both_layers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cannot_tell, setup, teardown),
		cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_length, setup, teardown),
		cmocka_unit_test_setup_teardown(test_chain_is_counted_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_to_review, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
