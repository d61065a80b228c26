// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The transmit slow path: what a packet asks for beyond the active offloads is done here before
 * the driver sees it. Checksums and tags in place; too many pieces by merging into fewer; TCP and
 * UDP segmentation by copying.
 *
 * Packets leave in the order in which they came. One that finds no room in the ring, or no memory,
 * waits with all that follow it, and is tried again at the next nax_queue_post_tx(). A request that
 * contradicts its packet is dropped and counted: no driver has to cope with it.
 */

#include "fix.h"

/* Smallest transport header by NAX_F_L4_MASK >> 3, and the offload bit of its checksum. */
static const struct {
	u32 least;
	u64 offload;
} fix_l4[4] = {
	{ 0, 0 },
	{ 20, NAX_OFFLOAD_TX_TCPCSUM },
	{ 8, NAX_OFFLOAD_TX_UDPCSUM },
	{ 12, NAX_OFFLOAD_TX_SCTPCSUM },
};

#define L4_INDEX(flags) (((flags) & NAX_F_L4_MASK) >> 3)

/**
 * struct fix_packet - the packet at the head of the staging
 * @s: its slots
 * @n: how many
 * @bytes: bytes in them
 * @longest: bytes in the longest
 * @empty: one of them has no byte
 */
struct fix_packet {
	struct nax_slot *s;
	u32 n;
	u32 bytes;
	u32 longest;
	bool empty;
};

static u32 fix_hdr(u32 lengths)
{
	return nax_tx_l2(lengths) + nax_tx_l3(lengths) + nax_tx_l4(lengths);
}

/* A time stamp is nothing that software could make in the device's place. */
static bool fix_stamp_ok(const struct nax_queue *q, u32 flags)
{
	return !(flags & NAX_F_TX_TSTAMP) || q->adapter->driver->ops->ptp;
}

/* Whether a request makes sense as far as can be seen without the packet's bytes. */
static bool fix_request_ok(u32 flags, u32 lengths, u32 gso, u32 bytes)
{
	u32 ip = flags & (NAX_F_IPV4 | NAX_F_IPV6);
	u32 l4 = flags & NAX_F_L4_MASK;
	u32 need = nax_tx_l2(lengths) + nax_tx_l3(lengths);

	if ((ip != NAX_F_IPV4 && ip != NAX_F_IPV6) ||
	    (flags & NAX_F_TX_IPCSUM && ip != NAX_F_IPV4))
		return false;
	if (nax_tx_l2(lengths) < NAX_ETH_LEN || nax_tx_l3(lengths) < (ip == NAX_F_IPV4 ? 20 : 40))
		return false;
	if (flags & (NAX_F_TX_L4CSUM | NAX_F_TX_GSO)) {
		if (!l4)
			return false;
		need += fix_l4[L4_INDEX(flags)].least;
	}
	if (flags & NAX_F_TX_GSO) {
		if (!gso || l4 == NAX_F_SCTP ||
		    nax_tx_l4(lengths) < fix_l4[L4_INDEX(flags)].least ||
		    nax_tx_l4(lengths) > (l4 == NAX_F_TCP ? 60 : 8))
			return false;
		need = fix_hdr(lengths);
	}
	return need <= bytes;
}

static bool fix_lengths_ok(const struct nax_caps *caps, u32 lengths)
{
	return nax_tx_l2(lengths) <= caps->l2_max && nax_tx_l3(lengths) <= caps->l3_max;
}

/* A short packet is cut here even into one: padding of the source would count as payload. */
static bool fix_gso_ok(const struct nax_queue *q, u32 flags, u32 lengths, u32 gso, u32 bytes)
{
	const struct nax_caps *caps = &q->adapter->caps;
	u32 hdr = fix_hdr(lengths);
	u64 want;

	if ((flags & NAX_F_L4_MASK) == NAX_F_UDP)
		want = NAX_OFFLOAD_USO;
	else
		want = flags & NAX_F_IPV4 ? NAX_OFFLOAD_TSO4 : NAX_OFFLOAD_TSO6;
	return q->adapter->offloads & want && fix_lengths_ok(caps, lengths) && bytes > hdr &&
	       bytes >= caps->tx_len_min && bytes - hdr <= caps->gso_max &&
	       gso >= caps->gso_mss_min && hdr <= caps->gso_hdr_max;
}

/* Checksum requests that software must meet. Segmentation by the device includes them. */
static u32 fix_csum_missing(const struct nax_queue *q, u32 flags, u32 lengths)
{
	u32 csum = flags & (NAX_F_TX_IPCSUM | NAX_F_TX_L4CSUM);
	u64 active = q->adapter->offloads;

	if (!csum || flags & NAX_F_TX_GSO)
		return 0;
	if (!fix_lengths_ok(&q->adapter->caps, lengths))
		return csum;
	if (active & NAX_OFFLOAD_TX_IPCSUM)
		csum &= ~NAX_F_TX_IPCSUM;
	if (active & fix_l4[L4_INDEX(flags)].offload)
		csum &= ~NAX_F_TX_L4CSUM;
	return csum;
}

/* Bytes of tag that software must insert. */
static u32 fix_tag_len(const struct nax_queue *q, u32 flags)
{
	if (!(flags & NAX_F_VLAN) || q->adapter->offloads & NAX_OFFLOAD_TX_VLAN)
		return 0;
	return NAX_TAG_LEN;
}

/* Bytes of the longest frame that a packet makes on the wire. */
static u32 fix_frame_len(u32 flags, u32 lengths, u32 gso, u32 bytes)
{
	if (flags & NAX_F_TX_GSO)
		bytes = min_t(u32, bytes, fix_hdr(lengths) + gso);
	return bytes + (flags & NAX_F_VLAN ? NAX_TAG_LEN : 0) + NAX_FCS_LEN;
}

bool nax_tx_needs_fix(const struct nax_queue *q, u32 flags, u32 lengths, u32 gso, u32 slots,
		      u32 bytes)
{
	if (slots > q->slots_max || fix_tag_len(q, flags))
		return true;
	if (fix_frame_len(flags, lengths, gso, bytes) > q->adapter->max_frame)
		return true;
	if (!fix_stamp_ok(q, flags))
		return true;
	if (!(flags & NAX_F_TX_HEADERS))
		return false;
	if (!fix_request_ok(flags, lengths, gso, bytes))
		return true;
	if (flags & NAX_F_TX_GSO)
		return !fix_gso_ok(q, flags, lengths, gso, bytes);
	return fix_csum_missing(q, flags, lengths);
}

/* The packet is given up: malformed, or the wrong size for this device. */
static void fix_refuse(struct nax_queue *q, u32 slots)
{
	nax_count(&q->stats.drops, 1);
	nax_fix_put(q, slots);
}

/* Look at the packet at the head. */
static struct fix_packet fix_packet(const struct nax_tx_fix *f)
{
	struct fix_packet p = { .s = &f->staged[f->head] };
	u32 left = f->count - f->head;

	while (p.n < left) {
		p.bytes += p.s[p.n].len;
		p.longest = max_t(u32, p.longest, p.s[p.n].len);
		p.empty |= !p.s[p.n].len;
		if (p.s[p.n++].flags & NAX_F_EOP)
			return p;
	}
	/* a run without an end: nothing that may go to a device */
	p.empty = true;
	return p;
}

static void fix_pieces(const struct nax_queue *q, const struct nax_slot *s, u32 n,
		       struct nax_piece *p)
{
	u32 i;

	for (i = 0; i < n; i++) {
		p[i].data = nax_fix_ops(q)->buf_addr((struct nax_queue *)q, &s[i]);
		p[i].len = s[i].len;
	}
}

/* Insert the tag before the type: the addresses move to the front, where 4 bytes are free. */
static void fix_insert_tag(struct nax_queue *q, struct nax_slot *s, u16 tci)
{
	u8 *old = nax_fix_ops(q)->buf_addr(q, s);
	u8 *new = old - NAX_TAG_LEN;

	memmove(new, old, NAX_ETH_ADDRS);
	nax_put16(new + NAX_ETH_ADDRS, NAX_TPID_C);
	nax_put16(new + NAX_ETH_ADDRS + 2, tci);
	s->dma -= NAX_TAG_LEN;
	s->len = (u16)(s->len + NAX_TAG_LEN);
}

/* Write the packet half of the @n slots from ring.end on, and give them to the driver. */
static void fix_seal(struct nax_queue *q, u32 n, u32 flags, u32 lengths, const struct nax_slot *src)
{
	struct nax_slot *s;
	u32 i;

	for (i = 0; i < n; i++) {
		s = nax_ring_slot(&q->ring, q->ring.end + i);
		s->flags = (i ? 0 : flags & ~NAX_F_EOP) | (i + 1 == n ? NAX_F_EOP : 0);
		s->hash = i ? 0 : lengths;
		s->vlan_tci = i ? 0 : src->vlan_tci;
		s->gso = i || !(flags & NAX_F_TX_GSO) ? 0 : src->gso;
		s->group = src->group;
	}
	q->ring.end += n;
}

/*
 * What to do when buffers could not be had: wait, unless nothing is under way whose completion
 * would bring us here again. Return: whether to go on with the next packet.
 */
static bool fix_unreserved(struct nax_queue *q, int rc, u32 slots)
{
	if (!rc || (rc == -ENOMEM && q->ring.begin != q->ring.end))
		return false;
	fix_refuse(q, slots);
	return true;
}

/* Source slots that the segmentation has used up hand their buffers to the segments to come. */
static void fix_cut_release(struct nax_queue *q, u32 used)
{
	struct nax_tx_fix *f = nax_fix_of(q);

	nax_fix_put(q, used - f->cut_done);
	f->cut_done = used;
}

/* One segment of the packet under way. Return: 1, or what nax_fix_reserve() said. */
static int fix_cut_segment(struct nax_queue *q)
{
	struct nax_tx_fix *f = nax_fix_of(q);
	const struct nax_slot *src = &f->cut_slot;
	u32 tag = fix_tag_len(q, src->flags);
	u32 least = q->adapter->caps.tx_len_min;
	u32 len = max_t(u32, nax_gso_len(&f->gso), least > tag ? least - tag : 1);
	int n;

	n = nax_fix_reserve(q, len, tag);
	if (n <= 0)
		return n;
	if (nax_gso_next(&f->gso, f->out, (u32)n))
		return -EINVAL;
	if (tag)
		fix_insert_tag(q, nax_ring_slot(&q->ring, q->ring.end), src->vlan_tci);
	fix_seal(q, (u32)n, src->flags & ~(NAX_F_TX_MASK | (tag ? NAX_F_VLAN : 0)), 0, src);
	fix_cut_release(q, f->gso.piece);
	return 1;
}

/* Go on with the packet under way. Return: whether it is done with. */
static bool fix_cut(struct nax_queue *q)
{
	struct nax_tx_fix *f = nax_fix_of(q);
	int rc;

	while (nax_gso_more(&f->gso)) {
		rc = fix_cut_segment(q);
		if (rc <= 0 && !fix_unreserved(q, rc, f->gso.n - f->cut_done))
			return false;
		if (rc <= 0)
			goto done;
	}
	fix_cut_release(q, f->gso.n);
done:
	f->cutting = false;
	return true;
}

/*
 * A tag of the device stays with each segment; one of ours, inserted into each, is not in the
 * header lengths.
 */
static bool fix_cut_begin(struct nax_queue *q, const struct fix_packet *p)
{
	struct nax_tx_fix *f = nax_fix_of(q);

	fix_pieces(q, p->s, p->n, f->src);
	if (nax_gso_begin(&f->gso, f->src, p->n, p->s->flags, p->s->hash, p->s->gso)) {
		fix_refuse(q, p->n);
		return true;
	}
	nax_count(&q->stats.sw_gso, 1);
	if (fix_tag_len(q, p->s->flags))
		nax_count(&q->stats.sw_vlan, 1);
	f->cut_slot = *p->s;
	f->cut_done = 0;
	f->cutting = true;
	return fix_cut(q);
}

/* Whether a packet must be copied to other buffers, because these cannot be changed in place. */
static bool fix_must_copy(struct nax_queue *q, const struct fix_packet *p, u32 tag, u32 pad)
{
	const struct nax_backend_ops *ops = nax_fix_ops(q);
	u32 most = q->adapter->caps.tx_slot_len_max;
	const struct nax_slot *last = &p->s[p->n - 1];
	u32 after;

	if (p->n > q->slots_max || p->longest > most)
		return true;
	if (tag && (p->s->len < NAX_ETH_ADDRS || p->s->len + tag > most ||
		    ops->buf_room(q, p->s, &after) < tag))
		return true;
	if (!pad)
		return false;
	ops->buf_room(q, last, &after);
	return after < last->len + pad || last->len + pad > most;
}

/**
 * struct fix_plan - what software does to one packet
 * @tag: bytes of tag to insert
 * @pad: zeroes to append
 * @csum: checksums to fill
 * @flags: what the driver will see
 * @lengths: the same
 */
struct fix_plan {
	u32 tag;
	u32 pad;
	u32 csum;
	u32 flags;
	u32 lengths;
};

static struct fix_plan fix_plan(const struct nax_queue *q, const struct fix_packet *p)
{
	struct fix_plan plan = { .flags = p->s->flags, .lengths = p->s->hash };
	u32 least = q->adapter->caps.tx_len_min;

	plan.tag = fix_tag_len(q, plan.flags);
	if (plan.tag) {
		plan.flags &= ~NAX_F_VLAN;
		/* what is left for the device to do, it does to a longer header */
		if (nax_tx_l2(plan.lengths) + plan.tag <= NAX_TX_L2_MAX)
			plan.lengths += plan.tag;
		else
			plan.csum = plan.flags & (NAX_F_TX_IPCSUM | NAX_F_TX_L4CSUM);
	}
	if (p->bytes + plan.tag < least)
		plan.pad = least - plan.tag - p->bytes;
	plan.csum |= fix_csum_missing(q, plan.flags, plan.lengths);
	plan.flags &= ~plan.csum;
	return plan;
}

/* The packet in pieces @piece gets what it asked for; its first slot is @first. 0 or -EINVAL. */
static int fix_do(struct nax_queue *q, const struct fix_packet *p, const struct fix_plan *plan,
		  const struct nax_piece *piece, u32 n, struct nax_slot *first)
{
	u32 keep = p->s->flags & ~(NAX_F_TX_IPCSUM | NAX_F_TX_L4CSUM);

	if (nax_csum_fill(piece, n, keep | plan->csum, p->s->hash))
		return -EINVAL;
	if (plan->csum)
		nax_count(&q->stats.sw_csum, 1);
	if (plan->tag) {
		fix_insert_tag(q, first, p->s->vlan_tci);
		nax_count(&q->stats.sw_vlan, 1);
	}
	return 0;
}

static bool fix_send_copy(struct nax_queue *q, const struct fix_packet *p,
			  const struct fix_plan *plan)
{
	struct nax_tx_fix *f = nax_fix_of(q);
	struct nax_cursor from = { .p = f->src, .n = p->n };
	struct nax_cursor to = { .p = f->out };
	u32 slots = p->n;
	int n;

	n = nax_fix_reserve(q, p->bytes + plan->pad, plan->tag);
	/* Even merged it is too much for the device in one: cut it here. */
	if (n == -E2BIG && p->s->flags & NAX_F_TX_GSO)
		return fix_cut_begin(q, p);
	if (n <= 0)
		return fix_unreserved(q, n, slots);
	to.n = (u32)n;
	fix_pieces(q, p->s, p->n, f->src);
	nax_cursor_move(&to, &from, p->bytes);
	nax_cursor_zero(&to);
	if (fix_do(q, p, plan, f->out, (u32)n, nax_ring_slot(&q->ring, q->ring.end))) {
		fix_refuse(q, slots);
		return true;
	}
	if (slots > q->slots_max)
		nax_count(&q->stats.sw_linear, 1);
	fix_seal(q, (u32)n, plan->flags, plan->lengths, p->s);
	nax_fix_put(q, slots);
	return true;
}

static bool fix_send_place(struct nax_queue *q, const struct fix_packet *p,
			   const struct fix_plan *plan)
{
	struct nax_tx_fix *f = nax_fix_of(q);
	struct nax_slot *last = &p->s[p->n - 1];

	/* before anything is changed: a packet that waits comes here once more */
	if (nax_ring_free(&q->ring) < p->n)
		return false;
	fix_pieces(q, p->s, p->n, f->src);
	if (plan->pad) {
		memset(f->src[p->n - 1].data + last->len, 0, plan->pad);
		last->len = (u16)(last->len + plan->pad);
		f->src[p->n - 1].len = last->len;
	}
	if (fix_do(q, p, plan, f->src, p->n, p->s)) {
		fix_refuse(q, p->n);
		return true;
	}
	p->s->flags = plan->flags;
	p->s->hash = plan->lengths;
	nax_fix_place(q, p->n);
	return true;
}

/* Whether a packet can be made into something that the device sends. */
static bool fix_packet_ok(const struct nax_queue *q, const struct fix_packet *p)
{
	const struct nax_slot *s = p->s;

	if (p->empty || p->n > NAX_PIECES_MAX)
		return false;
	if (!fix_stamp_ok(q, s->flags))
		return false;
	if (s->flags & NAX_F_TX_HEADERS && !fix_request_ok(s->flags, s->hash, s->gso, p->bytes))
		return false;
	if (fix_tag_len(q, s->flags) && p->bytes < NAX_ETH_LEN)
		return false;
	return fix_frame_len(s->flags, s->hash, s->gso, p->bytes) <= q->adapter->max_frame;
}

/* Deal with the packet at the head. Return: whether it is done with; false: it waits. */
static bool fix_next(struct nax_queue *q)
{
	struct nax_tx_fix *f = nax_fix_of(q);
	struct fix_packet p;
	struct fix_plan plan;

	if (f->cutting)
		return fix_cut(q);
	p = fix_packet(f);
	if (!fix_packet_ok(q, &p)) {
		fix_refuse(q, p.n);
		return true;
	}
	plan = fix_plan(q, &p);
	if (plan.flags & NAX_F_TX_GSO &&
	    (!fix_gso_ok(q, plan.flags, plan.lengths, p.s->gso, p.bytes) ||
	     nax_tx_l2(p.s->hash) + plan.tag > NAX_TX_L2_MAX))
		return fix_cut_begin(q, &p);
	if (fix_must_copy(q, &p, plan.tag, plan.pad))
		return fix_send_copy(q, &p, &plan);
	return fix_send_place(q, &p, &plan);
}

void nax_tx_fix(struct nax_queue *q, u32 n)
{
	struct nax_tx_fix *f = nax_fix_of(q);

	/* nax_queue_tx_free() is 0 while something is pending, so there is nothing to add then. */
	if (!nax_tx_pending(q)) {
		if (!n)
			return;
		nax_fix_stage(q, n);
	}
	while (f->head != f->count && fix_next(q))
		;
	q->pending = nax_tx_pending(q);
	if (!q->pending)
		nax_fix_settle(q);
}

int nax_tx_fix_create(struct nax_queue *q)
{
	struct nax_core *c = nax_core_of(q->adapter);
	u32 size = nax_ring_size(&q->ring);
	struct nax_tx_fix *f;

	f = nax_zalloc(c, sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->staged = nax_zalloc(c, size * sizeof(*f->staged));
	f->spare = nax_zalloc(c, size * sizeof(*f->spare));
	nax_qc(q)->fix = f;
	if (!f->staged || !f->spare) {
		nax_tx_fix_destroy(q);
		return -ENOMEM;
	}
	return 0;
}

void nax_tx_fix_destroy(struct nax_queue *q)
{
	struct nax_core *c = nax_core_of(q->adapter);
	struct nax_tx_fix *f = nax_fix_of(q);

	if (!f)
		return;
	nax_tx_fix_drop(q);
	nax_free(c, f->staged);
	nax_free(c, f->spare);
	nax_free(c, f);
	nax_qc(q)->fix = NULL;
}

void nax_tx_fix_drop(struct nax_queue *q)
{
	struct nax_tx_fix *f = nax_fix_of(q);

	f->cutting = false;
	while (f->head != f->count)
		fix_refuse(q, fix_packet(f).n);
	q->pending = false;
	nax_fix_settle(q);
}
