// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The model of a transmitting device. */
#include <string.h>

#include "fix.h"
#include "pieces.h"
#include "txdev.h"

struct txdev_list txdev_want, txdev_wire;
struct fake *txf;
struct nax_queue *txq;
struct pkt txpkt;
u32 txseed;
static u32 taken;	/* ring index up to which the device has sent */
static u8 big[PKT_MAX];

static void list_add(struct txdev_list *l, const u8 *b, u32 len, bool tag, u16 tci)
{
	struct txdev_frame *x = &l->frame[l->n++];

	assert_true(l->n < TXDEV_FRAMES);
	x->len = max_t(u32, len + (tag ? 4 : 0), TXDEV_LEAST);
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
void txdev_send(struct txdev_list *l, u8 *b, u32 len, const struct nax_slot *s)
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

void txdev_clear(struct txdev_list *l)
{
	while (l->n)
		free(l->frame[--l->n].b);
}

/* A short frame may be padded before the device adds a tag to it, and be 4 bytes longer for that. */
static void trim(struct txdev_frame *x, u32 len)
{
	while (x->len > len && x->len <= TXDEV_LEAST + 4 && !x->b[x->len - 1])
		x->len--;
}

void txdev_expect_wire(void)
{
	u32 i;

	assert_int_equal(txdev_wire.n, txdev_want.n);
	for (i = 0; i < txdev_want.n; i++) {
		trim(&txdev_wire.frame[i], txdev_want.frame[i].len);
		if (txdev_wire.frame[i].len != txdev_want.frame[i].len)
			fail_msg("frame %u: %u bytes, not %u", i, txdev_wire.frame[i].len,
				 txdev_want.frame[i].len);
		assert_memory_equal(txdev_wire.frame[i].b, txdev_want.frame[i].b, txdev_want.frame[i].len);
	}
	txdev_clear(&txdev_wire);
	txdev_clear(&txdev_want);
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
	const struct nax_caps *caps = &txf->a->caps;
	u64 active = txf->a->offloads;
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
	assert_true(bytes + 4 <= txf->a->max_frame);
	if (s->flags & NAX_F_TX_IPCSUM)
		assert_true(active & NAX_OFFLOAD_TX_IPCSUM);
	if (s->flags & NAX_F_TX_L4CSUM)
		assert_true(active & csum_bit(s->flags));
}

/* The device takes what was posted, and reports it complete. */
void txdev_run(void)
{
	const struct nax_slot *first, *s;
	u32 slots, bytes;

	while (taken != txq->ring.next) {
		first = nax_ring_slot(&txq->ring, taken);
		slots = 0;
		bytes = 0;
		do {
			assert_true(taken != txq->ring.next);
			s = nax_ring_slot(&txq->ring, taken++);
			assert_in_range(s->len, 1, txf->a->caps.tx_slot_len_max);
			memcpy(big + bytes, (void *)(uintptr_t)s->dma, s->len);
			bytes += s->len;
			slots++;
			if (slots > 1)
				assert_int_equal(s->flags & ~NAX_F_EOP, 0);
		} while (!(s->flags & NAX_F_EOP));
		expect_within_limits(first, slots, bytes);
		txdev_send(&txdev_wire, big, bytes, first);
	}
	fake_tx_done(txq);
	nax_queue_poll_tx(txq);
}

/* Each ring slot owns a buffer that nobody else has, and there are no others. */
void txdev_expect_buffers(void)
{
	static u8 seen[FAKE_BUFS];
	u32 i, buf;

	memset(seen, 0, sizeof(seen));
	for (i = 0; i < nax_ring_size(&txq->ring); i++) {
		buf = txq->ring.slot[i].buf;
		assert_non_null(txf->buf[buf].mem);
		assert_false(seen[buf]);
		seen[buf] = 1;
	}
	assert_int_equal(txf->bufs, nax_ring_size(&txq->ring) + nax_ring_size(&txf->a->rxq[0]->ring));
}

void txdev_drain(void)
{
	u32 rounds = 0;

	do {
		nax_queue_post_tx(txq);
		txdev_run();
		assert_true(++rounds < 20000);
	} while (nax_tx_pending(txq) || txq->ring.begin != txq->ring.end);
	txdev_expect_buffers();
}

/* Where in its buffer a packet's piece may lie: as usual, at the very start, at the very end. */
static void place(struct nax_slot *s, u32 part)
{
	u32 where = pkt_below(&txseed, 4);

	nax_core_of(txf->a)->ops->buf_home(txq, s);
	if (where == 1)
		s->dma -= FAKE_HEADROOM - pkt_below(&txseed, 6);
	if (where == 2)
		s->dma += s->cap - part - pkt_below(&txseed, min_t(u32, 50, s->cap - part + 1));
}

/* Fill slots from ring.end + @at on with @len bytes in at most 60 slots. Return: slots. */
u32 txdev_put(u32 at, const u8 *b, u32 len, u32 most, const struct nax_slot *as)
{
	u32 n = 0, part;
	struct nax_slot *s;

	while (len) {
		part = 1 + pkt_below(&txseed, most);
		part = min_t(u32, max_t(u32, part, DIV_ROUND_UP(len, 60 - n)), len);
		s = nax_ring_slot(&txq->ring, txq->ring.end + at + n);
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
u32 txdev_put_good(u32 at, u32 most, const struct nax_slot *as)
{
	static u8 copy[PKT_MAX];

	memcpy(copy, txpkt.b, txpkt.len);
	txdev_send(&txdev_want, copy, txpkt.len, as);
	return txdev_put(at, txpkt.b, txpkt.len, most, as);
}

void txdev_up(u16 tx_ring)
{
	struct nax_config c;
	struct nax_error err;

	txf = fake_create(0);
	txf->caps.tx_len_min = TXDEV_LEAST;
	assert_int_equal(nax_adapter_attach(txf->a, &txf->drv, &err), 0);
	fake_config(txf, 1, &c);
	c.tx_ring = tx_ring;
	c.mtu = 9000;
	if (nax_adapter_up(txf->a, &c, &err))
		fail_msg("%s", err.text);
	txq = txf->a->txq[0];
	taken = txq->ring.end;
	txseed = 1;
}
