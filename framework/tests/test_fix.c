// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The transmit slow path: whatever is done by the device and whatever in software, what was
 * submitted is what leaves.
 */
#include <string.h>

#include "fix.h"
#include "txdev.h"

static int setup(void **state)
{
	txdev_up(128);
	return 0;
}

static int setup_small(void **state)
{
	txdev_up(16);
	return 0;
}

static int teardown(void **state)
{
	txdev_clear(&txdev_want);
	txdev_clear(&txdev_wire);
	fake_destroy(txf);
	return 0;
}

static u64 all_tx(void)
{
	return NAX_OFFLOAD_TX_CSUM | NAX_OFFLOAD_GSO | NAX_OFFLOAD_TX_VLAN;
}

/* A random packet with a random request that it can meet. */
static struct nax_slot random_request(void)
{
	struct nax_slot as = { .flags = 0 };
	struct pkt_spec s;
	bool gso;

	pkt_spec_random(&s, &txseed);
	gso = s.l4 != NAX_F_SCTP && !pkt_below(&txseed, 3);
	if (gso) {
		s.ext &= ~(u32)(PKT_ATOMIC | PKT_AH);
		s.payload = 1 + (pkt_below(&txseed, 3) ? s.payload : pkt_below(&txseed, 20000));
		s.pad = 0;
	}
	pkt_make(&txpkt, &s, &txseed);
	as.flags = txpkt.flags;
	as.hash = pkt_lengths(&txpkt);
	if (gso) {
		as.flags |= NAX_F_TX_GSO;
		as.gso = (u16)(300 + pkt_below(&txseed, 5000));
	} else if (pkt_below(&txseed, 8)) {
		as.flags |= pkt_below(&txseed, 4) ? NAX_F_TX_L4CSUM : 0;
		as.flags |= txpkt.flags & NAX_F_IPV4 && pkt_below(&txseed, 4) ? NAX_F_TX_IPCSUM : 0;
	}
	if (!pkt_below(&txseed, 3))
		as.flags |= NAX_F_VLAN;
	as.vlan_tci = (u16)pkt_random(&txseed);
	return as;
}

static void slot_len_max(u16 len)
{
	txf->a->caps.tx_slot_len_max = len;
	nax_queue_tx_limits(txq);
}

static void random_device(void)
{
	struct nax_caps *caps = &txf->a->caps;

	txf->a->offloads = pkt_below(&txseed, 4) ? pkt_random(&txseed) & all_tx() :
			 pkt_below(&txseed, 2) ? all_tx() : 0;
	caps->l2_max = pkt_below(&txseed, 3) ? 127 : 18;
	caps->l3_max = pkt_below(&txseed, 3) ? 511 : 40;
	caps->gso_max = pkt_below(&txseed, 3) ? 262144 : 5000;
	caps->gso_mss_min = pkt_below(&txseed, 3) ? 64 : 1000;
	caps->gso_hdr_max = pkt_below(&txseed, 3) ? 255 : 60;
	slot_len_max(pkt_below(&txseed, 3) ? 4096 : 2000);
}

/* The property that all of this is for. */
static void test_random(void **state)
{
	struct nax_slot as;
	u32 i, k, n, most;

	for (i = 0; i < 400; i++) {
		random_device();
		for (k = 0; k < 8; k++) {
			most = pkt_below(&txseed, 2) ? 4000 : 20 + pkt_below(&txseed, 400);
			for (n = 0; nax_queue_tx_free(txq) >= n + 60 && pkt_below(&txseed, 6);) {
				as = random_request();
				n += txdev_put_good(n, most, &as);
			}
			nax_queue_submit(txq, n);
			if (pkt_below(&txseed, 2))
				nax_queue_post_tx(txq);
			if (pkt_below(&txseed, 2))
				txdev_run();
		}
		txdev_drain();
		txdev_expect_wire();
	}
	assert_int_equal(txq->stats.drops, 0);
	assert_true(txq->stats.sw_csum > 100);
	assert_true(txq->stats.sw_gso > 100);
	assert_true(txq->stats.sw_vlan > 100);
	assert_true(txq->stats.sw_linear > 100);
}

/* The same with buffers refused now and then: everything waits its turn, or is counted. */
static void test_no_memory(void **state)
{
	u32 i, n, sent = 0, frames = 0;
	struct nax_slot as;

	txf->a->offloads = 0;
	for (i = 0; i < 300; i++) {
		for (n = 0; nax_queue_tx_free(txq) >= n + 60 && pkt_below(&txseed, 4); sent++) {
			as = random_request();
			n += txdev_put(n, txpkt.b, txpkt.len, 600, &as);
		}
		txf->alloc_in = 1 + pkt_below(&txseed, 4);
		nax_queue_submit(txq, n);
		if (nax_tx_pending(txq))
			txf->alloc_in = 1 + pkt_below(&txseed, 4);
		nax_queue_post_tx(txq);
		txf->alloc_in = 0;
		if (pkt_below(&txseed, 2))
			txdev_run();
		txdev_drain();
		frames += txdev_wire.n;
		txdev_clear(&txdev_wire);
	}
	assert_true(sent > 200);
	assert_true(frames > sent);
	/* only when nothing was under way could waiting not help */
	assert_true(txq->stats.drops < sent / 4);
}

/* Memory that never comes must not stop the queue. */
static void test_no_memory_ever(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 4000 };
	struct nax_slot as = { .gso = 100 };
	struct nax_slot *slot;

	txf->a->offloads = 0;
	pkt_make(&txpkt, &s, &txseed);
	as.flags = txpkt.flags | NAX_F_TX_GSO;
	as.hash = pkt_lengths(&txpkt);
	slot = nax_ring_slot(&txq->ring, txq->ring.end);
	nax_core_of(txf->a)->ops->buf_home(txq, slot);
	memcpy((void *)(uintptr_t)slot->dma, txpkt.b, txpkt.len);
	as.dma = slot->dma;
	as.buf = slot->buf;
	as.cap = slot->cap;
	as.len = (u16)txpkt.len;
	*slot = as;
	slot->flags |= NAX_F_EOP;
	txf->alloc_in = 1;
	nax_queue_submit(txq, 1);
	assert_false(nax_tx_pending(txq));
	assert_int_equal(txq->stats.drops, 1);
	assert_int_equal(txq->ring.end, txq->ring.begin);
	txdev_expect_buffers();
}

/* One packet makes more segments than the ring has slots. */
static void test_pending(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_UDP, .payload = 10000 };
	struct nax_slot as = { .gso = 64, .vlan_tci = 7 }, plain = { .flags = 0 };
	u32 rounds = 0, n;

	txf->a->offloads = 0;
	pkt_make(&txpkt, &s, &txseed);
	as.flags = txpkt.flags | NAX_F_TX_GSO | NAX_F_VLAN;
	as.hash = pkt_lengths(&txpkt);
	n = txdev_put_good(0, 4000, &as);
	s.payload = 20;
	pkt_make(&txpkt, &s, &txseed);
	n += txdev_put_good(n, 4000, &plain);
	assert_in_range(n, 4, 16);
	nax_queue_submit(txq, n);
	while (nax_tx_pending(txq)) {
		assert_int_equal(nax_queue_tx_free(txq), 0);
		assert_int_equal(nax_ring_free(&txq->ring), 0);
		/* without completions nothing moves, however often it is tried */
		n = txq->ring.end;
		nax_queue_post_tx(txq);
		nax_tx_fix(txq, 0);
		assert_int_equal(txq->ring.end, n);
		txdev_run();
		nax_queue_post_tx(txq);
		assert_true(++rounds < 100);
	}
	assert_true(rounds > 5);
	txdev_drain();
	txdev_expect_wire();
	assert_int_equal(txq->stats.sw_gso, 1);
	assert_int_equal(txq->stats.sw_vlan, 1);
	assert_int_equal(txq->stats.drops, 0);
}

/* A packet that is changed in place, behind segments that leave it room or not. */
static void test_waits_for_room(void **state)
{
	struct nax_slot as = { .gso = 64 }, tagged = { .flags = NAX_F_VLAN, .vlan_tci = 9 };
	struct pkt_spec s = { .l4 = NAX_F_TCP };
	u32 i, n, most = 0;

	txf->a->offloads = 0;
	for (i = 8; i < 40; i++) {
		s.payload = 64 * i;
		pkt_make(&txpkt, &s, &txseed);
		as.flags = txpkt.flags | NAX_F_TX_GSO;
		as.hash = pkt_lengths(&txpkt);
		n = txdev_put_good(0, 4000, &as);
		s.payload = 100;
		pkt_make(&txpkt, &s, &txseed);
		tagged.flags = txpkt.flags | NAX_F_VLAN | NAX_F_TX_L4CSUM;
		tagged.hash = pkt_lengths(&txpkt);
		n += txdev_put_good(n, 60, &tagged);
		if (n > nax_ring_size(&txq->ring)) {
			txdev_clear(&txdev_want);
			continue;
		}
		most = max_t(u32, most, i);
		nax_queue_submit(txq, n);
		nax_queue_post_tx(txq);
		assert_true(nax_ring_free(&txq->ring) <= nax_ring_size(&txq->ring));
		txdev_drain();
		txdev_expect_wire();
	}
	assert_true(most > 30);
	assert_int_equal(txq->stats.drops, 0);
}

static void test_dropped_on_stop(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 8000 };
	struct nax_slot as = { .gso = 64 };
	struct nax_queue_stats stats;
	u32 n;

	txf->a->offloads = 0;
	pkt_make(&txpkt, &s, &txseed);
	as.flags = txpkt.flags | NAX_F_TX_GSO;
	as.hash = pkt_lengths(&txpkt);
	n = txdev_put(0, txpkt.b, txpkt.len, 4000, &as);
	n += txdev_put(n, txpkt.b, txpkt.len, 4000, &as);
	nax_queue_submit(txq, n);
	assert_true(nax_tx_pending(txq));
	nax_tx_fix_drop(txq);
	assert_false(nax_tx_pending(txq));
	assert_int_equal(txq->stats.drops, 2);
	txdev_expect_buffers();

	txdev_drain();
	txdev_clear(&txdev_wire);
	n = txdev_put(0, txpkt.b, txpkt.len, 4000, &as);
	nax_queue_submit(txq, n);
	nax_queue_post_tx(txq);
	assert_true(nax_tx_pending(txq));
	nax_adapter_down(txf->a);
	assert_int_equal(nax_adapter_queue_stats(txf->a, false, 0, &stats), 0);
	/* the packet under way, and what was in the ring of it */
	assert_in_range(stats.drops, 3 + 1, 3 + 16);
}

struct refusal {
	const char *what;
	struct pkt_spec s;
	u32 flags;
	u32 l2, l3, l4;
	u32 gso;
};

#define REQ4 (NAX_F_IPV4 | NAX_F_TCP)
#define REQ6 (NAX_F_IPV6 | NAX_F_TCP)
#define TCP(n) { .l4 = NAX_F_TCP, .payload = (n) }

static const struct refusal refusal[] = {
	{ "no version", { .l4 = NAX_F_TCP }, NAX_F_TX_L4CSUM | NAX_F_TCP, 14, 20, 20, 0 },
	{ "two versions", { .l4 = NAX_F_TCP }, NAX_F_TX_L4CSUM | REQ4 | REQ6, 14, 20, 20, 0 },
	{ "no layer 4", { .l4 = NAX_F_TCP }, NAX_F_TX_L4CSUM | NAX_F_IPV4, 14, 20, 20, 0 },
	{ "no lengths", { .l4 = NAX_F_TCP }, NAX_F_TX_L4CSUM | REQ4, 0, 0, 0, 0 },
	{ "beyond frame", { .l4 = NAX_F_TCP }, NAX_F_TX_L4CSUM | REQ4, 14, 41, 0, 0 },
	{ "v6 header csum", { .v6 = true, .l4 = NAX_F_TCP }, NAX_F_TX_IPCSUM | REQ6, 14, 40, 0, 0 },
	{ "unknown request", { .l4 = NAX_F_TCP }, 0x800 | REQ4, 14, 20, 20, 0 },
	{ "segments of 0", TCP(99), NAX_F_TX_GSO | REQ4, 14, 20, 20, 0 },
	{ "segmented sctp", { .l4 = NAX_F_SCTP, .payload = 99 },
	  NAX_F_TX_GSO | NAX_F_IPV4 | NAX_F_SCTP, 14, 20, 12, 50 },
	{ "tcp header of 16", TCP(99), NAX_F_TX_GSO | REQ4, 14, 20, 16, 50 },
	{ "tcp header of 64", TCP(99), NAX_F_TX_GSO | REQ4, 14, 20, 64, 50 },
	{ "segments over max_frame", TCP(9500), NAX_F_TX_GSO | REQ4, 14, 20, 20, 9200 },
	{ "frame over max_frame", TCP(8990), NAX_F_TX_L4CSUM | REQ4, 14, 20, 20, 0 },
};

/* What cannot be is dropped with any offloads, and harms nothing before or after it. */
static void test_refused(void **state)
{
	struct nax_slot as, plain = { .flags = 0 };
	struct pkt_spec s = { .l4 = NAX_F_UDP, .payload = 200 };
	struct pkt good;
	u32 i, n;

	pkt_make(&good, &s, &txseed);
	for (i = 0; i < 2 * ARRAY_SIZE(refusal); i++) {
		const struct refusal *r = &refusal[i / 2];

		txf->a->offloads = i & 1 ? all_tx() : 0;
		memcpy(&txpkt, &good, offsetof(struct pkt, b) + good.len);
		n = txdev_put_good(0, 100, &plain);
		pkt_make(&txpkt, &r->s, &txseed);
		as = (struct nax_slot){ .flags = r->flags, .gso = (u16)r->gso,
					.hash = nax_tx_lengths(r->l2, r->l3, r->l4) };
		assert_true(nax_tx_needs_fix(txq, as.flags, as.hash, as.gso, 1, txpkt.len));
		n += txdev_put(n, txpkt.b, txpkt.len, 4000, &as);
		memcpy(&txpkt, &good, offsetof(struct pkt, b) + good.len);
		n += txdev_put_good(n, 100, &plain);
		nax_queue_submit(txq, n);
		txdev_drain();
		if (txq->stats.drops != i + 1)
			fail_msg("%s: %llu drops, not %u", r->what, txq->stats.drops, i + 1);
		txdev_expect_wire();
	}
}

/* Refused for what is in the packet, which only software looks at. */
static void test_refused_by_content(void **state)
{
	static const struct refusal bad[] = {
		{ "fragment", { .fragment = true, .l4 = NAX_F_TCP, .payload = 99 },
		  NAX_F_TX_L4CSUM | REQ4, 14, 20, 20, 0 },
		{ "other header length", { .options = 8, .l4 = NAX_F_TCP, .payload = 99 },
		  NAX_F_TX_L4CSUM | REQ4, 14, 20, 20, 0 },
		{ "segmented fragment", { .fragment = true, .l4 = NAX_F_TCP, .payload = 99 },
		  NAX_F_TX_GSO | REQ4, 14, 20, 20, 50 },
		{ "segmented with other length", { .l4 = NAX_F_TCP, .payload = 99 },
		  NAX_F_TX_GSO | REQ4, 14, 20, 24, 50 },
	};
	struct nax_slot as;
	u32 i, n;

	txf->a->offloads = 0;
	for (i = 0; i < 2 * ARRAY_SIZE(bad); i++) {
		pkt_make(&txpkt, &bad[i / 2].s, &txseed);
		as = (struct nax_slot){ .flags = bad[i / 2].flags | (i & 1 ? NAX_F_VLAN : 0),
					.hash = nax_tx_lengths(bad[i / 2].l2, bad[i / 2].l3,
							       bad[i / 2].l4),
					.gso = (u16)bad[i / 2].gso };
		n = txdev_put(0, txpkt.b, txpkt.len, i & 2 ? 30 : 4000, &as);
		nax_queue_submit(txq, n);
		txdev_drain();
		if (txq->stats.drops != i + 1 || txdev_wire.n)
			fail_msg("%s: %llu drops, not %u", bad[i / 2].what, txq->stats.drops,
				 i + 1);
	}
}

static void test_odd_slots(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_UDP, .payload = 300 };
	struct nax_slot plain = { .flags = 0 };
	u32 n;

	pkt_make(&txpkt, &s, &txseed);
	/* an empty slot within a packet */
	n = txdev_put(0, txpkt.b, txpkt.len, 100, &plain);
	assert_true(n > 1);
	nax_ring_slot(&txq->ring, txq->ring.end + 1)->len = 0;
	nax_queue_submit(txq, n);
	txdev_drain();
	assert_int_equal(txq->stats.drops, 1);
	assert_int_equal(txdev_wire.n, 0);
	/* a run without an end, told to the slow path itself */
	n = txdev_put(0, txpkt.b, txpkt.len, 100, &plain);
	nax_ring_slot(&txq->ring, txq->ring.end + n - 1)->flags = 0;
	nax_tx_fix(txq, n);
	txdev_drain();
	assert_int_equal(txq->stats.drops, 2);
	assert_int_equal(txdev_wire.n, 0);
	/* a slot longer than the device takes */
	slot_len_max(100);
	n = txdev_put_good(0, 4000, &plain);
	nax_queue_submit(txq, n);
	txdev_drain();
	assert_int_equal(txq->stats.drops, 2);
	txdev_expect_wire();
	/* padding beyond that: less than a real device may have, so nothing is plain by it */
	txf->a->caps.tx_slot_len_max = 40;
	txpkt.len = 30;
	n = txdev_put_good(0, 4000, &plain);
	nax_tx_fix(txq, n);
	txdev_drain();
	txdev_expect_wire();
	/* a frame that fits into the ring in no way */
	pkt_make(&txpkt, &s, &txseed);
	n = txdev_put(0, txpkt.b, txpkt.len, 4000, &plain);
	nax_queue_submit(txq, n);
	txdev_drain();
	assert_int_equal(txq->stats.drops, 3);
	assert_int_equal(txdev_wire.n, 0);
}

/* What the device can do is left to it, and no byte is touched or copied. */
static void test_left_alone(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 5000 };
	struct nax_slot as = { .gso = 1000, .vlan_tci = 3 }, was, *slot;

	txf->a->offloads = all_tx();
	pkt_make(&txpkt, &s, &txseed);
	as.flags = txpkt.flags | NAX_F_TX_GSO | NAX_F_TX_L4CSUM | NAX_F_TX_IPCSUM | NAX_F_VLAN;
	as.hash = pkt_lengths(&txpkt);
	assert_false(nax_tx_needs_fix(txq, as.flags, as.hash, as.gso, 8, txpkt.len));
	assert_true(nax_tx_needs_fix(txq, as.flags, as.hash, as.gso, 9, txpkt.len));
	txdev_put_good(0, 4000, &as);
	slot = nax_ring_slot(&txq->ring, txq->ring.end);
	was = *slot;
	nax_tx_fix(txq, txdev_put(0, txpkt.b, txpkt.len, 4000, &as));
	assert_int_equal(slot->flags & ~NAX_F_EOP, was.flags & ~NAX_F_EOP);
	assert_int_equal(slot->hash, was.hash);
	assert_int_equal(slot->buf, was.buf);
	assert_int_equal(slot->gso, 1000);
	txdev_drain();
	txdev_expect_wire();
	assert_int_equal(txq->stats.sw_gso + txq->stats.sw_csum + txq->stats.sw_vlan, 0);
}

/* A header so long that with our tag before it the device could not be told of it. */
static void test_long_l2(void **state)
{
	static const u32 flags[] = { NAX_F_TX_GSO, NAX_F_TX_L4CSUM | NAX_F_TX_IPCSUM };
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 1200 };
	struct nax_slot as = { .gso = 500, .vlan_tci = 3 };
	u32 i, l2, n;

	txf->a->offloads = all_tx() & ~NAX_OFFLOAD_TX_VLAN;
	for (i = 0; i < 2 * 4; i++) {
		l2 = 121 + i / 2 * 2;
		pkt_make(&txpkt, &s, &txseed);
		memmove(txpkt.b + l2, txpkt.b + 14, txpkt.len - 14);
		txpkt.len += l2 - 14;
		as.hash = nax_tx_lengths(l2, 20, 20);
		as.flags = txpkt.flags | flags[i & 1] | NAX_F_VLAN;
		n = txdev_put_good(0, 4000, &as);
		nax_queue_submit(txq, n);
		txdev_drain();
		txdev_expect_wire();
	}
	/* 121 and 123 with a tag are within 127: what is left, the device does */
	assert_int_equal(txq->stats.sw_gso, 2);
	assert_int_equal(txq->stats.sw_csum, 2);
	assert_int_equal(txq->stats.sw_vlan, 8);
}

/* Whatever headroom the back end gives, a packet that is copied needs none for its tag. */
static void test_tag_needs_no_headroom(void **state)
{
	struct nax_slot as = { .flags = NAX_F_VLAN, .vlan_tci = 3 }, home, *s;
	struct pkt_spec spec = { .l4 = NAX_F_UDP, .payload = 900 };
	u32 n;

	txf->a->offloads = 0;
	pkt_make(&txpkt, &spec, &txseed);
	n = txdev_put_good(0, 50, &as);
	assert_true(n > txf->a->caps.tx_slots_max);
	s = nax_ring_slot(&txq->ring, txq->ring.end);
	nax_queue_submit(txq, n);
	home = *s;
	nax_core_of(txf->a)->ops->buf_home(txq, &home);
	assert_int_equal(s->dma, home.dma);
	txdev_drain();
	txdev_expect_wire();
}

/* Too many slots even when merged: segmentation moves into software. */
static void test_merged_or_cut(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 9000 };
	struct nax_slot as = { .gso = 500 };
	u32 n;

	txf->a->offloads = all_tx();
	pkt_make(&txpkt, &s, &txseed);
	as.flags = txpkt.flags | NAX_F_TX_GSO;
	as.hash = pkt_lengths(&txpkt);
	n = txdev_put_good(0, 400, &as);
	assert_true(n > 8);
	nax_queue_submit(txq, n);
	txdev_drain();
	txdev_expect_wire();
	assert_int_equal(txq->stats.sw_linear, 1);
	assert_int_equal(txq->stats.sw_gso, 0);

	slot_len_max(1000);
	n = txdev_put_good(0, 400, &as);
	nax_queue_submit(txq, n);
	txdev_drain();
	txdev_expect_wire();
	assert_int_equal(txq->stats.sw_linear, 1);
	assert_int_equal(txq->stats.sw_gso, 1);
	assert_int_equal(txq->stats.drops, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_random, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_memory_ever, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pending, setup_small, teardown),
		cmocka_unit_test_setup_teardown(test_waits_for_room, setup_small, teardown),
		cmocka_unit_test_setup_teardown(test_dropped_on_stop, setup_small, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_by_content, setup, teardown),
		cmocka_unit_test_setup_teardown(test_odd_slots, setup, teardown),
		cmocka_unit_test_setup_teardown(test_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_l2, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tag_needs_no_headroom, setup, teardown),
		cmocka_unit_test_setup_teardown(test_merged_or_cut, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
