// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The transmit slow path. A model of a device in this file does what the driver's slots still ask
 * for; what leaves it must be what was submitted, whatever was done by whom.
 */
#include <string.h>

#include "fake.h"
#include "gso.h"
#include "pieces.h"
#include "pkt.h"

#define LEAST 60u
#define FRAMES 8192

struct frame {
	u32 len;
	u8 *b;
};

/* Frames as they should leave and as they left. */
static struct list {
	struct frame frame[FRAMES];
	u32 n;
} want, wire;

static struct fake *f;
static struct nax_queue *q;
static struct pkt pkt;
static u32 seed;
static u32 taken;	/* ring index up to which the device has sent */
static u8 big[PKT_MAX];

static void list_add(struct list *l, const u8 *b, u32 len, bool tag, u16 tci)
{
	struct frame *x = &l->frame[l->n++];

	assert_true(l->n < FRAMES);
	x->len = max_t(u32, len + (tag ? 4 : 0), LEAST);
	x->b = calloc(1, x->len);
	if (!tag) {
		memcpy(x->b, b, len);
		return;
	}
	memcpy(x->b, b, 12);
	nax_put16(x->b + 12, 0x8100);
	nax_put16(x->b + 14, tci);
	memcpy(x->b + 16, b + 12, len - 12);
}

/* What a perfect device makes of a packet and its requests. */
static void list_send(struct list *l, u8 *b, u32 len, const struct nax_slot *s)
{
	struct nax_piece p = { .data = b, .len = len }, out;
	bool tag = s->flags & NAX_F_VLAN;
	static u8 segment[70000];
	struct nax_gso gso;

	if (!(s->flags & NAX_F_TX_GSO)) {
		assert_int_equal(nax_csum_fill(&p, 1, s->flags, s->hash), 0);
		list_add(l, b, len, tag, s->vlan_tci);
		return;
	}
	assert_int_equal(nax_gso_begin(&gso, &p, 1, s->flags, s->hash, s->gso), 0);
	while (nax_gso_more(&gso)) {
		out = (struct nax_piece){ .data = segment, .len = nax_gso_len(&gso) };
		assert_int_equal(nax_gso_next(&gso, &out, 1), 0);
		list_add(l, segment, out.len, tag, s->vlan_tci);
	}
}

static void list_clear(struct list *l)
{
	while (l->n)
		free(l->frame[--l->n].b);
}

/* A short frame may be padded before the device adds a tag to it, and be 4 bytes longer for that. */
static void trim(struct frame *x, u32 len)
{
	while (x->len > len && x->len <= LEAST + 4 && !x->b[x->len - 1])
		x->len--;
}

static void expect_wire(void)
{
	u32 i;

	assert_int_equal(wire.n, want.n);
	for (i = 0; i < want.n; i++) {
		trim(&wire.frame[i], want.frame[i].len);
		if (wire.frame[i].len != want.frame[i].len)
			fail_msg("frame %u: %u bytes, not %u", i, wire.frame[i].len,
				 want.frame[i].len);
		assert_memory_equal(wire.frame[i].b, want.frame[i].b, want.frame[i].len);
	}
	list_clear(&wire);
	list_clear(&want);
}

static u64 gso_bit(u32 flags)
{
	if (flags & NAX_F_UDP && !(flags & NAX_F_TCP))
		return NAX_OFFLOAD_USO;
	return flags & NAX_F_IPV4 ? NAX_OFFLOAD_TSO4 : NAX_OFFLOAD_TSO6;
}

static u64 csum_bit(u32 flags)
{
	static const u64 bit[] = { 0, NAX_OFFLOAD_TX_TCPCSUM, NAX_OFFLOAD_TX_UDPCSUM,
				   NAX_OFFLOAD_TX_SCTPCSUM };

	return bit[(flags & NAX_F_L4_MASK) >> 3];
}

/* Nothing that reaches the driver is beyond what the device declared. */
static void expect_within_limits(const struct nax_slot *s, u32 slots, u32 bytes)
{
	const struct nax_caps *caps = &f->a->caps;
	u64 active = f->a->offloads;
	u32 hdr = nax_tx_l2(s->hash) + nax_tx_l3(s->hash) + nax_tx_l4(s->hash);

	assert_in_range(slots, 1, caps->tx_slots_max);
	assert_true(bytes >= caps->tx_len_min);
	if (s->flags & NAX_F_VLAN)
		assert_true(active & NAX_OFFLOAD_TX_VLAN);
	if (s->flags & NAX_F_TX_MASK) {
		assert_in_range(nax_tx_l2(s->hash), 14, caps->l2_max);
		assert_in_range(nax_tx_l3(s->hash), 20, caps->l3_max);
	}
	if (s->flags & NAX_F_TX_GSO) {
		assert_true(active & gso_bit(s->flags));
		assert_in_range(s->gso, caps->gso_mss_min, 65535);
		assert_in_range(bytes - hdr, 1, caps->gso_max);
		assert_in_range(hdr, 1, caps->gso_hdr_max);
		return;
	}
	assert_true(bytes + 4 <= f->a->max_frame);
	if (s->flags & NAX_F_TX_IPCSUM)
		assert_true(active & NAX_OFFLOAD_TX_IPCSUM);
	if (s->flags & NAX_F_TX_L4CSUM)
		assert_true(active & csum_bit(s->flags));
}

/* The device takes what was posted, and reports it complete. */
static void device(void)
{
	const struct nax_slot *first, *s;
	u32 slots, bytes;

	while (taken != q->ring.next) {
		first = nax_ring_slot(&q->ring, taken);
		slots = 0;
		bytes = 0;
		do {
			assert_true(taken != q->ring.next);
			s = nax_ring_slot(&q->ring, taken++);
			assert_in_range(s->len, 1, f->a->caps.tx_slot_len_max);
			memcpy(big + bytes, (void *)(uintptr_t)s->dma, s->len);
			bytes += s->len;
			slots++;
			if (slots > 1)
				assert_int_equal(s->flags & ~NAX_F_EOP, 0);
		} while (!(s->flags & NAX_F_EOP));
		expect_within_limits(first, slots, bytes);
		list_send(&wire, big, bytes, first);
	}
	fake_tx_done(q);
	nax_queue_poll_tx(q);
}

/* Each ring slot owns a buffer that nobody else has, and there are no others. */
static void expect_buffers(void)
{
	static u8 seen[FAKE_BUFS];
	u32 i, buf;

	memset(seen, 0, sizeof(seen));
	for (i = 0; i < nax_ring_size(&q->ring); i++) {
		buf = q->ring.slot[i].buf;
		assert_non_null(f->buf[buf].mem);
		assert_false(seen[buf]);
		seen[buf] = 1;
	}
	assert_int_equal(f->bufs, nax_ring_size(&q->ring) + nax_ring_size(&f->a->rxq[0]->ring));
}

static void drain(void)
{
	u32 rounds = 0;

	do {
		nax_queue_post_tx(q);
		device();
		assert_true(++rounds < 20000);
	} while (nax_tx_pending(q) || q->ring.begin != q->ring.end);
	expect_buffers();
}

/* Where in its buffer a packet's piece may lie: as usual, at the very start, at the very end. */
static void place(struct nax_slot *s, u32 part)
{
	u32 where = pkt_below(&seed, 4);

	nax_core_of(f->a)->ops->buf_home(q, s);
	if (where == 1)
		s->dma -= FAKE_HEADROOM - pkt_below(&seed, 6);
	if (where == 2)
		s->dma += s->cap - part - pkt_below(&seed, min_t(u32, 50, s->cap - part + 1));
}

/* Fill slots from ring.end + @at on with @len bytes in at most 60 slots. Return: slots. */
static u32 put(u32 at, const u8 *b, u32 len, u32 most, const struct nax_slot *as)
{
	u32 n = 0, part;
	struct nax_slot *s;

	while (len) {
		part = 1 + pkt_below(&seed, most);
		part = min_t(u32, max_t(u32, part, DIV_ROUND_UP(len, 60 - n)), len);
		s = nax_ring_slot(&q->ring, q->ring.end + at + n);
		place(s, part);
		memcpy((void *)(uintptr_t)s->dma, b, part);
		s->len = (u16)part;
		s->flags = n ? 0 : as->flags & ~NAX_F_EOP;
		s->hash = as->hash;
		s->gso = as->gso;
		s->vlan_tci = as->vlan_tci;
		s->group = 0;
		b += part;
		len -= part;
		n++;
		if (!len)
			s->flags |= NAX_F_EOP;
	}
	return n;
}

/* Submit one packet of @most bytes or fewer per slot that must leave whole. */
static u32 put_good(u32 at, u32 most, const struct nax_slot *as)
{
	static u8 copy[PKT_MAX];

	memcpy(copy, pkt.b, pkt.len);
	list_send(&want, copy, pkt.len, as);
	return put(at, pkt.b, pkt.len, most, as);
}

static void up(u16 tx_ring)
{
	struct nax_config c;
	struct nax_error err;

	f = fake_create(0);
	f->caps.tx_len_min = LEAST;
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, &err), 0);
	fake_config(f, 1, &c);
	c.tx_ring = tx_ring;
	c.mtu = 9000;
	if (nax_adapter_up(f->a, &c, &err))
		fail_msg("%s", err.text);
	q = f->a->txq[0];
	taken = q->ring.end;
	seed = 1;
}

static int setup(void **state)
{
	up(128);
	return 0;
}

static int setup_small(void **state)
{
	up(16);
	return 0;
}

static int teardown(void **state)
{
	list_clear(&want);
	list_clear(&wire);
	fake_destroy(f);
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

	pkt_spec_random(&s, &seed);
	gso = s.l4 != NAX_F_SCTP && !pkt_below(&seed, 3);
	if (gso) {
		s.ext &= ~(u32)(PKT_ATOMIC | PKT_AH);
		s.payload = 1 + (pkt_below(&seed, 3) ? s.payload : pkt_below(&seed, 20000));
		s.pad = 0;
	}
	pkt_make(&pkt, &s, &seed);
	as.flags = pkt.flags;
	as.hash = pkt_lengths(&pkt);
	if (gso) {
		as.flags |= NAX_F_TX_GSO;
		as.gso = (u16)(300 + pkt_below(&seed, 5000));
	} else if (pkt_below(&seed, 8)) {
		as.flags |= pkt_below(&seed, 4) ? NAX_F_TX_L4CSUM : 0;
		as.flags |= pkt.flags & NAX_F_IPV4 && pkt_below(&seed, 4) ? NAX_F_TX_IPCSUM : 0;
	}
	if (!pkt_below(&seed, 3))
		as.flags |= NAX_F_VLAN;
	as.vlan_tci = (u16)pkt_random(&seed);
	return as;
}

static void random_device(void)
{
	struct nax_caps *caps = &f->a->caps;

	f->a->offloads = pkt_below(&seed, 4) ? pkt_random(&seed) & all_tx() :
			 pkt_below(&seed, 2) ? all_tx() : 0;
	caps->l2_max = pkt_below(&seed, 3) ? 127 : 18;
	caps->l3_max = pkt_below(&seed, 3) ? 511 : 40;
	caps->gso_max = pkt_below(&seed, 3) ? 262144 : 5000;
	caps->gso_mss_min = pkt_below(&seed, 3) ? 64 : 1000;
	caps->gso_hdr_max = pkt_below(&seed, 3) ? 255 : 60;
	caps->tx_slot_len_max = pkt_below(&seed, 3) ? 4096 : 2000;
}

/* The property that all of this is for. */
static void test_random(void **state)
{
	struct nax_slot as;
	u32 i, k, n, most;

	for (i = 0; i < 400; i++) {
		random_device();
		for (k = 0; k < 8; k++) {
			most = pkt_below(&seed, 2) ? 4000 : 20 + pkt_below(&seed, 400);
			for (n = 0; nax_queue_tx_free(q) >= n + 60 && pkt_below(&seed, 6);) {
				as = random_request();
				n += put_good(n, most, &as);
			}
			nax_queue_submit(q, n);
			if (pkt_below(&seed, 2))
				nax_queue_post_tx(q);
			if (pkt_below(&seed, 2))
				device();
		}
		drain();
		expect_wire();
	}
	assert_int_equal(q->stats.drops, 0);
	assert_true(q->stats.sw_csum > 100);
	assert_true(q->stats.sw_gso > 100);
	assert_true(q->stats.sw_vlan > 100);
	assert_true(q->stats.sw_linear > 100);
}

/* The same with buffers refused now and then: everything waits its turn, or is counted. */
static void test_no_memory(void **state)
{
	u32 i, n, sent = 0, frames = 0;
	struct nax_slot as;

	f->a->offloads = 0;
	for (i = 0; i < 300; i++) {
		for (n = 0; nax_queue_tx_free(q) >= n + 60 && pkt_below(&seed, 4); sent++) {
			as = random_request();
			n += put(n, pkt.b, pkt.len, 600, &as);
		}
		f->alloc_in = 1 + pkt_below(&seed, 4);
		nax_queue_submit(q, n);
		if (nax_tx_pending(q))
			f->alloc_in = 1 + pkt_below(&seed, 4);
		nax_queue_post_tx(q);
		f->alloc_in = 0;
		if (pkt_below(&seed, 2))
			device();
		drain();
		frames += wire.n;
		list_clear(&wire);
	}
	assert_true(sent > 200);
	assert_true(frames > sent);
	/* only when nothing was under way could waiting not help */
	assert_true(q->stats.drops < sent / 4);
}

/* Memory that never comes must not stop the queue. */
static void test_no_memory_ever(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 4000 };
	struct nax_slot as = { .gso = 100 };
	struct nax_slot *slot;

	f->a->offloads = 0;
	pkt_make(&pkt, &s, &seed);
	as.flags = pkt.flags | NAX_F_TX_GSO;
	as.hash = pkt_lengths(&pkt);
	slot = nax_ring_slot(&q->ring, q->ring.end);
	nax_core_of(f->a)->ops->buf_home(q, slot);
	memcpy((void *)(uintptr_t)slot->dma, pkt.b, pkt.len);
	as.dma = slot->dma;
	as.buf = slot->buf;
	as.cap = slot->cap;
	as.len = (u16)pkt.len;
	*slot = as;
	slot->flags |= NAX_F_EOP;
	f->alloc_in = 1;
	nax_queue_submit(q, 1);
	assert_false(nax_tx_pending(q));
	assert_int_equal(q->stats.drops, 1);
	assert_int_equal(q->ring.end, q->ring.begin);
	expect_buffers();
}

/* One packet makes more segments than the ring has slots. */
static void test_pending(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_UDP, .payload = 10000 };
	struct nax_slot as = { .gso = 64, .vlan_tci = 7 }, plain = { .flags = 0 };
	u32 rounds = 0, n;

	f->a->offloads = 0;
	pkt_make(&pkt, &s, &seed);
	as.flags = pkt.flags | NAX_F_TX_GSO | NAX_F_VLAN;
	as.hash = pkt_lengths(&pkt);
	n = put_good(0, 4000, &as);
	s.payload = 20;
	pkt_make(&pkt, &s, &seed);
	n += put_good(n, 4000, &plain);
	assert_in_range(n, 4, 16);
	nax_queue_submit(q, n);
	while (nax_tx_pending(q)) {
		assert_int_equal(nax_queue_tx_free(q), 0);
		assert_int_equal(nax_ring_free(&q->ring), 0);
		/* without completions nothing moves, however often it is tried */
		n = q->ring.end;
		nax_queue_post_tx(q);
		nax_tx_fix(q, 0);
		assert_int_equal(q->ring.end, n);
		device();
		nax_queue_post_tx(q);
		assert_true(++rounds < 100);
	}
	assert_true(rounds > 5);
	drain();
	expect_wire();
	assert_int_equal(q->stats.sw_gso, 1);
	assert_int_equal(q->stats.sw_vlan, 1);
	assert_int_equal(q->stats.drops, 0);
}

static void test_dropped_on_stop(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 8000 };
	struct nax_slot as = { .gso = 64 };
	struct nax_queue_stats stats;
	u32 n;

	f->a->offloads = 0;
	pkt_make(&pkt, &s, &seed);
	as.flags = pkt.flags | NAX_F_TX_GSO;
	as.hash = pkt_lengths(&pkt);
	n = put(0, pkt.b, pkt.len, 4000, &as);
	n += put(n, pkt.b, pkt.len, 4000, &as);
	nax_queue_submit(q, n);
	assert_true(nax_tx_pending(q));
	nax_tx_fix_drop(q);
	assert_false(nax_tx_pending(q));
	assert_int_equal(q->stats.drops, 2);
	expect_buffers();

	drain();
	list_clear(&wire);
	n = put(0, pkt.b, pkt.len, 4000, &as);
	nax_queue_submit(q, n);
	nax_queue_post_tx(q);
	assert_true(nax_tx_pending(q));
	nax_adapter_down(f->a);
	assert_int_equal(nax_adapter_queue_stats(f->a, false, 0, &stats), 0);
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

static const struct refusal refusal[] = {
	{ "no version", { .l4 = NAX_F_TCP }, NAX_F_TX_L4CSUM | NAX_F_TCP, 14, 20, 20, 0 },
	{ "two versions", { .l4 = NAX_F_TCP }, NAX_F_TX_L4CSUM | REQ4 | REQ6, 14, 20, 20, 0 },
	{ "no layer 4", { .l4 = NAX_F_TCP }, NAX_F_TX_L4CSUM | NAX_F_IPV4, 14, 20, 20, 0 },
	{ "no lengths", { .l4 = NAX_F_TCP }, NAX_F_TX_L4CSUM | REQ4, 0, 0, 0, 0 },
	{ "lengths beyond frame", { .l4 = NAX_F_TCP }, NAX_F_TX_L4CSUM | REQ4, 14, 41, 0, 0 },
	{ "v6 header checksum", { .v6 = true, .l4 = NAX_F_TCP }, NAX_F_TX_IPCSUM | REQ6, 14, 40, 20,
	  0 },
	{ "unknown request", { .l4 = NAX_F_TCP }, 0x800 | REQ4, 14, 20, 20, 0 },
	{ "segments of 0", { .l4 = NAX_F_TCP, .payload = 99 }, NAX_F_TX_GSO | REQ4, 14, 20, 20, 0 },
	{ "segmented sctp", { .l4 = NAX_F_SCTP, .payload = 99 },
	  NAX_F_TX_GSO | NAX_F_IPV4 | NAX_F_SCTP, 14, 20, 12, 50 },
	{ "tcp header of 16", { .l4 = NAX_F_TCP, .payload = 99 }, NAX_F_TX_GSO | REQ4, 14, 20, 16,
	  50 },
	{ "tcp header of 64", { .l4 = NAX_F_TCP, .payload = 99 }, NAX_F_TX_GSO | REQ4, 14, 20, 64,
	  50 },
	{ "segments over max_frame", { .l4 = NAX_F_TCP, .payload = 9500 }, NAX_F_TX_GSO | REQ4, 14, 20,
	  20, 9200 },
	{ "frame over max_frame", { .l4 = NAX_F_TCP, .payload = 8990 }, NAX_F_TX_L4CSUM | REQ4, 14, 20,
	  20, 0 },
};

/* What cannot be is dropped with any offloads, and harms nothing before or after it. */
static void test_refused(void **state)
{
	struct nax_slot as, plain = { .flags = 0 };
	struct pkt_spec s = { .l4 = NAX_F_UDP, .payload = 200 };
	struct pkt good;
	u32 i, n;

	pkt_make(&good, &s, &seed);
	for (i = 0; i < 2 * ARRAY_SIZE(refusal); i++) {
		const struct refusal *r = &refusal[i / 2];

		f->a->offloads = i & 1 ? all_tx() : 0;
		memcpy(&pkt, &good, offsetof(struct pkt, b) + good.len);
		n = put_good(0, 100, &plain);
		pkt_make(&pkt, &r->s, &seed);
		as = (struct nax_slot){ .flags = r->flags, .gso = (u16)r->gso,
					.hash = nax_tx_lengths(r->l2, r->l3, r->l4) };
		assert_true(nax_tx_needs_fix(q, as.flags, as.hash, as.gso, 1, pkt.len));
		n += put(n, pkt.b, pkt.len, 4000, &as);
		memcpy(&pkt, &good, offsetof(struct pkt, b) + good.len);
		n += put_good(n, 100, &plain);
		nax_queue_submit(q, n);
		drain();
		if (q->stats.drops != i + 1)
			fail_msg("%s: %llu drops, not %u", r->what, q->stats.drops, i + 1);
		expect_wire();
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

	f->a->offloads = 0;
	for (i = 0; i < 2 * ARRAY_SIZE(bad); i++) {
		pkt_make(&pkt, &bad[i / 2].s, &seed);
		as = (struct nax_slot){ .flags = bad[i / 2].flags | (i & 1 ? NAX_F_VLAN : 0),
					.hash = nax_tx_lengths(bad[i / 2].l2, bad[i / 2].l3,
							       bad[i / 2].l4),
					.gso = (u16)bad[i / 2].gso };
		n = put(0, pkt.b, pkt.len, i & 2 ? 30 : 4000, &as);
		nax_queue_submit(q, n);
		drain();
		if (q->stats.drops != i + 1 || wire.n)
			fail_msg("%s: %llu drops, not %u", bad[i / 2].what, q->stats.drops, i + 1);
	}
}

static void test_odd_slots(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_UDP, .payload = 300 };
	struct nax_slot plain = { .flags = 0 };
	u32 n;

	pkt_make(&pkt, &s, &seed);
	/* an empty slot within a packet */
	n = put(0, pkt.b, pkt.len, 100, &plain);
	assert_true(n > 1);
	nax_ring_slot(&q->ring, q->ring.end + 1)->len = 0;
	nax_queue_submit(q, n);
	drain();
	assert_int_equal(q->stats.drops, 1);
	assert_int_equal(wire.n, 0);
	/* a run without an end, told to the slow path itself */
	n = put(0, pkt.b, pkt.len, 100, &plain);
	nax_ring_slot(&q->ring, q->ring.end + n - 1)->flags = 0;
	nax_tx_fix(q, n);
	drain();
	assert_int_equal(q->stats.drops, 2);
	assert_int_equal(wire.n, 0);
	/* a slot longer than the device takes */
	f->a->caps.tx_slot_len_max = 100;
	n = put_good(0, 4000, &plain);
	nax_queue_submit(q, n);
	drain();
	assert_int_equal(q->stats.drops, 2);
	expect_wire();
	/* a frame that fits into the ring in no way */
	f->a->caps.tx_slot_len_max = 40;
	n = put(0, pkt.b, pkt.len, 4000, &plain);
	nax_queue_submit(q, n);
	drain();
	assert_int_equal(q->stats.drops, 3);
	assert_int_equal(wire.n, 0);
}

/* What the device can do is left to it, and no byte is touched or copied. */
static void test_left_alone(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 5000 };
	struct nax_slot as = { .gso = 1000, .vlan_tci = 3 }, was, *slot;

	f->a->offloads = all_tx();
	pkt_make(&pkt, &s, &seed);
	as.flags = pkt.flags | NAX_F_TX_GSO | NAX_F_TX_L4CSUM | NAX_F_TX_IPCSUM | NAX_F_VLAN;
	as.hash = pkt_lengths(&pkt);
	assert_false(nax_tx_needs_fix(q, as.flags, as.hash, as.gso, 8, pkt.len));
	assert_true(nax_tx_needs_fix(q, as.flags, as.hash, as.gso, 9, pkt.len));
	put_good(0, 4000, &as);
	slot = nax_ring_slot(&q->ring, q->ring.end);
	was = *slot;
	nax_tx_fix(q, put(0, pkt.b, pkt.len, 4000, &as));
	assert_int_equal(slot->flags & ~NAX_F_EOP, was.flags & ~NAX_F_EOP);
	assert_int_equal(slot->hash, was.hash);
	assert_int_equal(slot->buf, was.buf);
	assert_int_equal(slot->gso, 1000);
	drain();
	expect_wire();
	assert_int_equal(q->stats.sw_gso + q->stats.sw_csum + q->stats.sw_vlan, 0);
}

/* Too many slots even when merged: segmentation moves into software. */
static void test_merged_or_cut(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 9000 };
	struct nax_slot as = { .gso = 500 };
	u32 n;

	f->a->offloads = all_tx();
	pkt_make(&pkt, &s, &seed);
	as.flags = pkt.flags | NAX_F_TX_GSO;
	as.hash = pkt_lengths(&pkt);
	n = put_good(0, 400, &as);
	assert_true(n > 8);
	nax_queue_submit(q, n);
	drain();
	expect_wire();
	assert_int_equal(q->stats.sw_linear, 1);
	assert_int_equal(q->stats.sw_gso, 0);

	f->a->caps.tx_slot_len_max = 1000;
	n = put_good(0, 400, &as);
	nax_queue_submit(q, n);
	drain();
	expect_wire();
	assert_int_equal(q->stats.sw_linear, 1);
	assert_int_equal(q->stats.sw_gso, 1);
	assert_int_equal(q->stats.drops, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_random, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_memory_ever, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pending, setup_small, teardown),
		cmocka_unit_test_setup_teardown(test_dropped_on_stop, setup_small, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_by_content, setup, teardown),
		cmocka_unit_test_setup_teardown(test_odd_slots, setup, teardown),
		cmocka_unit_test_setup_teardown(test_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_merged_or_cut, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
