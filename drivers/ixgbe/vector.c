// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What runs per packet, several descriptors at a time, for each instruction set of <nax/vector.h>.
 * Good frames of one descriptor and packets that ask for nothing are dealt with here, all else as
 * in datapath.c; the results are the same bit for bit.
 */
#include <nax/scan.h>
#include <nax/vector.h>

#include "datapath.h"

/* ---- receive ---- */

/*
 * Tables by four bits. Layer 3 and layer 4 meet in an AND: each half allows all bits of the other,
 * and nothing where there is no known packet. A layer 4 index with bit 7 set, where an Ethertype
 * filter matched, is outside of the table and gives 0.
 */
#define L3_ALL		(NAX_F_IPV4 | NAX_F_IPV6 | NAX_F_IP_EXT)
#define L3(t)		(TYPE_IS_TUNNEL(t) || !TYPE_L3(t) ? 0 : \
			 TYPE_L3(t) | TYPE_EXT(t) | NAX_F_L4_MASK)
#define L4(t)		(L3_ALL | TYPE_L4((t) << 4))
#define FOUR(f, i)	f(i), f((i) + 1), f((i) + 2), f((i) + 3)
#define SIXTEEN(f)	FOUR(f, 0), FOUR(f, 4), FOUR(f, 8), FOUR(f, 12)
#define SUM_BYTE(i)	(SUM(i) >> 8)

static const struct rx_consts {
	union nax_v_const l3, l4, sum, hash, nibble, l4_bits, sum_bits, vp, eop, len, minus_1,
		single;
} rx_consts = {
	.l3 = NAX_V_BYTES(SIXTEEN(L3)),
	.l4 = NAX_V_BYTES(SIXTEEN(L4)),
	.sum = NAX_V_BYTES(SIXTEEN(SUM_BYTE)),
	.hash = NAX_V_BYTES(SIXTEEN(HASH_TYPE)),
	.nibble = NAX_V_ALL(0xf),
	.l4_bits = NAX_V_ALL(0x87),
	.sum_bits = NAX_V_ALL(IXGBE_RXD_SUM_SEEN | IXGBE_RXD_SUM_BAD),
	.vp = NAX_V_ALL(IXGBE_RXD_VP),
	.eop = NAX_V_ALL(NAX_F_EOP),
	.len = NAX_V_ALL(0xffff),
	.minus_1 = NAX_V_ALL(~0u),
	.single = NAX_V_ALL(IXGBE_RXD_SINGLE),
};

/*
 * rx_good() of each lane. The upper bytes of a lane are looked up too: they are 0, for which all
 * tables but layer 4's have 0, or shifted out.
 */
static inline nax_v rx_vector_flags(const struct rx_consts *k, nax_v info, nax_v status, nax_v keep)
{
	nax_v l3, l4, type, sum, hash, vlan;

	l3 = nax_v_lookup(k->l3.v, nax_v_and(nax_v_shr(info, 4), k->nibble.v));
	l4 = nax_v_lookup(k->l4.v, nax_v_and(nax_v_shr(info, 8), k->l4_bits.v));
	type = nax_v_and(l3, l4);

	/* IPCS and L4CS in bits 6:5, IPE and TCPE in 31:30 */
	sum = nax_v_and(status, k->sum_bits.v);
	sum = nax_v_or(nax_v_shr(sum, 5), nax_v_shr(sum, 28));
	sum = nax_v_shl(nax_v_lookup(k->sum.v, sum), 8);

	hash = nax_v_lookup(k->hash.v, nax_v_and(info, k->nibble.v));
	hash = nax_v_shl(hash, NAX_F_HASH_SHIFT);
	vlan = nax_v_shl(nax_v_and(status, k->vp.v), 2);

	type = nax_v_or(type, nax_v_if_not(type, sum));
	type = nax_v_or(type, nax_v_or(hash, vlan));
	return nax_v_or(nax_v_and(type, keep), k->eop.v);
}

/*
 * Take NAX_V_LANES descriptors, which are posted and of which the device has written the last.
 * Return: how many of them, from the first on, are good frames of their own; the slots of the
 * others are still the driver's, so it does no harm that they are written too.
 */
static inline u32 rx_vector(const struct rx_consts *k, const union ixgbe_rx_desc *d,
			    struct nax_slot *s, nax_v keep, nax_v single, nax_v longest,
			    nax_v group, nax_v *bytes, nax_v *all)
{
	const size_t down = 4 * sizeof(*d), across = 4 * sizeof(*s);
	nax_v d0 = nax_v_rows(&d[0], down), d1 = nax_v_rows(&d[1], down);
	nax_v d2 = nax_v_rows(&d[2], down), d3 = nax_v_rows(&d[3], down);
	nax_v lo01 = nax_v_zip_lo(d0, d1), lo23 = nax_v_zip_lo(d2, d3);
	nax_v hi01 = nax_v_zip_hi(d0, d1), hi23 = nax_v_zip_hi(d2, d3);
	nax_v info = nax_v_zip64_lo(lo01, lo23), hash = nax_v_zip64_hi(lo01, lo23);
	nax_v status = nax_v_zip64_lo(hi01, hi23), length_vlan = nax_v_zip64_hi(hi01, hi23);
	nax_v len = nax_v_and(length_vlan, k->len.v);
	nax_v less = nax_v_add(len, k->minus_1.v);
	nax_v bad = nax_v_xor(nax_v_max(less, longest), longest);
	nax_v flags = rx_vector_flags(k, info, status, keep);
	nax_v fh01 = nax_v_zip_lo(flags, hash), fh23 = nax_v_zip_hi(flags, hash);
	nax_v lg01 = nax_v_zip_lo(length_vlan, group), lg23 = nax_v_zip_hi(length_vlan, group);
	u32 n = NAX_V_LANES;

	bad = nax_v_or(bad, nax_v_xor(nax_v_and(status, single), k->single.v));
	nax_v_store_rows(&s[0].flags, across, nax_v_zip64_lo(fh01, lg01));
	nax_v_store_rows(&s[1].flags, across, nax_v_zip64_hi(fh01, lg01));
	nax_v_store_rows(&s[2].flags, across, nax_v_zip64_lo(fh23, lg23));
	nax_v_store_rows(&s[3].flags, across, nax_v_zip64_hi(fh23, lg23));
	if (unlikely(nax_v_any(bad))) {
		n = (u32)__builtin_ctz(~nax_v_zeroes(bad));
		len = nax_v_and(len, nax_v_first(n));
		flags = nax_v_and(flags, nax_v_first(n));
	}
	*bytes = nax_v_add(*bytes, len);
	*all = nax_v_or(*all, flags);
	return n;
}

/*
 * rx_singles(), as far as there are NAX_V_LANES at a time. Return: false if something special came.
 */
static inline bool rx_vectors(struct nax_queue *q, u32 most)
{
	const struct rx_consts *k = NAX_V_CONST(&rx_consts);
	const struct ixgbe_queue *p = q->priv;
	const union ixgbe_rx_desc *ring = q->desc;
	const union ixgbe_rx_desc *d = &ring[q->seen & q->desc_mask], *first = d;
	struct nax_slot *s = nax_ring_slot(&q->ring, q->seen);
	nax_v keep = nax_v_set(p->rx_keep), single = nax_v_set(p->rx_single);
	nax_v longest = nax_v_set(q->buf_len - 1);
	nax_v group = nax_v_set((u32)q->group << 16);
	nax_v bytes = nax_v_set(0), all = nax_v_set(0);
	u32 n = NAX_V_LANES;

	for (; most >= NAX_V_LANES; most -= NAX_V_LANES) {
		if (!(le32_to_cpu(READ_ONCE(d[NAX_V_LANES - 1].wb.status)) & IXGBE_RXD_DD))
			break;
		dma_rmb(); /* descriptors are written in order, and DD after the rest of each */
		n = rx_vector(k, d, s, keep, single, longest, group, &bytes, &all);
		d += n;
		if (unlikely(n != NAX_V_LANES))
			break;
		s += NAX_V_LANES;
	}
	nax_rx_ran(q, (u32)(d - first), nax_v_sum(bytes), nax_v_all(all));
	return n == NAX_V_LANES;
}

/*
 * Whether so many are there that vectors pay; up to the end of the ring it is for the loop to say.
 */
static inline bool rx_many(const struct nax_queue *q)
{
	const union ixgbe_rx_desc *ring = q->desc;
	u32 last = (q->seen & q->desc_mask) + NAX_V_LANES - 1;

	return last <= q->desc_mask &&
	       le32_to_cpu(READ_ONCE(ring[last].wb.status)) & IXGBE_RXD_DD;
}

/*
 * Descriptors behind the first four, as many as come at a time as a rule: where they have to come
 * from memory they come together. What lies behind the end of the ring is not needed, and asking
 * for it does no harm.
 */
static inline void rx_prefetch(const struct nax_queue *q)
{
	const union ixgbe_rx_desc *ring = q->desc;
	const union ixgbe_rx_desc *d = &ring[q->seen & q->desc_mask];

	prefetch(d + 4);
	prefetch(d + 8);
	prefetch(d + 12);
	prefetch(d + 16);
	prefetch(d + 20);
	prefetch(d + 24);
	prefetch(d + 28);
}

/* A batch that begins with many. */
static noinline void vector_rx_many(struct nax_queue *q, u32 budget)
{
	u32 most;

	rx_prefetch(q);
	do
		most = nax_rx_run(q, budget);
	while (most >= NAX_V_LANES && rx_vectors(q, most) && rx_many(q));
	if (rx_more(q, budget))
		ixgbe_rx_reap(q, budget);
}

static void vector_rx_reap(struct nax_queue *q, u32 budget)
{
	if (rx_many(q))
		vector_rx_many(q, budget);
	else
		ixgbe_rx_reap(q, budget);
}

#define ROWS		(NAX_V_LANES / 4)	/* slots, or descriptors, in one vector */

/* rx_give() of ROWS slots: their addresses, and nothing behind them. */
static inline void rx_give_rows(union ixgbe_rx_desc *d, const struct nax_slot *s)
{
	nax_v memory = nax_v_rows(s, sizeof(*s));

	nax_v_store_rows(d, sizeof(*d), nax_v_halves(memory, nax_v_set(0)));
}

/* ixgbe_rx_post(), ROWS at a time. */
static void vector_rx_post(struct nax_queue *q)
{
	union ixgbe_rx_desc *ring = q->desc;
	u32 end = nax_rx_post_end(q);
	u32 i = q->ring.next;

	while (i != end) {
		u32 n = rx_post_run(q, i, end);
		union ixgbe_rx_desc *d = &ring[i & q->desc_mask];
		const struct nax_slot *s = nax_ring_slot(&q->ring, i), *last = s + n;
		const struct nax_slot *whole = s + n / (2 * ROWS) * (2 * ROWS);

		i += n;
		for (; s != whole; s += 2 * ROWS, d += 2 * ROWS) {
			rx_give_rows(d, s);
			rx_give_rows(d + ROWS, s + ROWS);
		}
		for (; s != last; s++, d++)
			rx_give(d, s);
	}
	nax_rx_posted(q, end);
}

/* ---- transmit ---- */

/**
 * struct tx_consts - for tx_vector()
 * @matters: flags that make a packet anything but plain, and its length
 * @least: what is taken off those: NAX_F_EOP and the shortest length
 * @command: of the descriptor
 */
struct tx_consts {
	nax_v matters, least, command;
};

/*
 * tx_give() of ROWS packets. Of the packet's half the length is in lane 2; the upper two words
 * of the descriptor become the length and, 14 bits up in the second, the length once more. What is
 * left of flags and length when the least that they may be was taken off is gathered in @top; less
 * than that becomes a large number.
 */
static inline void tx_vector(const struct tx_consts *k, union ixgbe_tx_desc *d,
			     const struct nax_slot *s, nax_v *bytes, nax_v *top)
{
	nax_v memory = nax_v_rows(s, sizeof(*s));
	nax_v facts = nax_v_and(nax_v_rows(&s->flags, sizeof(*s)), k->matters);
	nax_v words = nax_v_or(facts, nax_v_shl64(facts, 32 + IXGBE_TXD_PAYLEN_SHIFT));

	*bytes = nax_v_add(*bytes, facts);
	*top = nax_v_max(*top, nax_v_sub(facts, k->least));
	nax_v_store_rows(d, sizeof(*d), nax_v_halves(memory, nax_v_or(words, k->command)));
}

/* The packets of nax_tx_run(). Return: false, and nothing is done, if one of them is not plain. */
static noinline bool tx_vectors(struct nax_queue *q, u32 n)
{
	union ixgbe_tx_desc *ring = q->desc;
	union ixgbe_tx_desc *d = &ring[q->tail & q->desc_mask];
	const struct nax_slot *s = nax_ring_slot(&q->ring, q->ring.next), *end = s + n;
	const struct nax_slot *whole = s + n / (2 * ROWS) * (2 * ROWS);
	u32 span = (u32)q->plain_most - q->plain_least;
	nax_v most = nax_v_quad(0, 0, span, 0);
	nax_v lengths = nax_v_quad(0, 0, ~0u, 0);
	nax_v bytes = nax_v_set(0), top = most;
	struct tx_consts k = {
		.matters = nax_v_quad(NAX_SCAN_FLAGS, 0, 0xffff, 0),
		.least = nax_v_quad(NAX_F_EOP, 0, q->plain_least, 0),
		.command = nax_v_quad(0, 0, TX_CMD | IXGBE_TXD_EOP, 0),
	};
	u32 rest = 0;

	for (; s != whole; s += 2 * ROWS, d += 2 * ROWS) {
		tx_vector(&k, d, s, &bytes, &top);
		tx_vector(&k, d + ROWS, s + ROWS, &bytes, &top);
	}
	if (unlikely(nax_v_any(nax_v_xor(top, most))))
		return false;
	for (; s != end; s++, d++) {
		if (unlikely(!nax_slot_plain(s, q->plain_least, q->plain_most)))
			return false;
		rest += s->len;
		tx_give(d, s, 0);
	}
	/* Descriptors are the device's from the doorbell on, so until here nothing has happened. */
	if (nax_tx_ran(q, n, nax_v_sum(nax_v_and(bytes, lengths)) + rest))
		d[-1].data.cmd_len |= cpu_to_le32(IXGBE_TXD_RS);
	return true;
}

static void vector_tx_plain(struct nax_queue *q)
{
	u32 n;

	/* Where the first asks for something, or has several slots, the others do too as a rule. */
	if (!nax_slot_plain(nax_ring_slot(&q->ring, q->ring.next), q->plain_least, q->plain_most))
		return;
	if (nax_tx_lone(q)) {
		tx_alone(q);
		return;
	}
	while ((n = nax_tx_run(q)) != 0 && tx_vectors(q, n))
		;
}

static void vector_tx_post(struct nax_queue *q)
{
	if (q->ring.end - q->ring.next >= 2 * ROWS)
		vector_tx_plain(q);
	if (q->ring.next != q->ring.end)
		ixgbe_tx_post(q);
}

NAX_VECTOR_DATAPATH("ixgbe", {
	.tx_post = vector_tx_post,
	.tx_reap = ixgbe_tx_reap,
	.rx_reap = vector_rx_reap,
	.rx_post = vector_rx_post,
	.tx_plain = vector_tx_plain,
});
