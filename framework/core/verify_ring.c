// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The verifier around the four datapath calls: indices, credits, reports. */

#include "verify_impl.h"

/* Indices of a queue, and which calls may move them. */
enum {
	MAY_TX_POST = 1,
	MAY_TX_REAP = 2,
	MAY_RX_REAP = 4,
	MAY_RX_POST = 8,
};

void nax_verify_snapshot(const struct nax_queue *q)
{
	struct nax_verify_before *b = &nax_vq(q)->before;

	b->ring = q->ring;
	b->tail = q->tail;
	b->head = q->head;
	b->seen = q->seen;
	b->report_head = q->report_head;
	b->report_tail = q->report_tail;
}

/* The queue's own copy of what receive flags are judged by, and how far the old one holds. */
static void verify_refresh(struct nax_queue *q)
{
	const struct nax_verify *v = nax_verify_of(q->adapter);
	struct nax_verify_queue *vq = nax_vq(q);
	/* Partner: the releases around a change in verify.c. */
	u32 generation = smp_load_acquire(&v->generation);
	u32 i;

	if (generation == vq->generation && !(generation & 1))
		return;
	for (i = 0; i < sizeof(vq->rx) / sizeof(u64); i++)
		((u64 *)&vq->rx)[i] = READ_ONCE(((const u64 *)&v->rx)[i]);
	vq->generation = generation;
	/* What is posted now may have been filled before the change, or what the device holds. */
	vq->grace = q->ring.next;
	vq->graced = true;
}

static bool verify_begin(struct nax_queue *q, const char *call)
{
	struct nax_verify_queue *vq = nax_vq(q);

	if (nax_queue_halted(q, NAX_HALT_QUARANTINE))
		return false;
	if (!nax_rule(q, NAX_RULE_CALL_OVERLAP, !test_and_set_bit(0, &vq->owner), NAX_NO_SLOT,
		      "%s: expected no other call, found one under way", call))
		return false;
	if (!nax_rule(q, NAX_RULE_CALL_NOT_RUNNING, vq->running, NAX_NO_SLOT,
		      "%s: expected a running queue, found a stopped one", call)) {
		clear_bit_unlock(0, &vq->owner);
		return false;
	}
	nax_verify_snapshot(q);
	if (q->is_rx)
		verify_refresh(q);
	return true;
}

static void verify_end(struct nax_queue *q)
{
	clear_bit_unlock(0, &nax_vq(q)->owner);
}

static void verify_copy(struct nax_queue *q)
{
	struct nax_verify_queue *vq = nax_vq(q);

	if (vq->copy)
		memcpy(vq->copy, q->ring.slot, nax_ring_size(&q->ring) * sizeof(*vq->copy));
}

static bool verify_own(struct nax_queue *q, u32 call, u32 may, const char *name, u32 before,
		       u32 now)
{
	return nax_rule(q, NAX_RULE_RING_FOREIGN, before == now || may & call, NAX_NO_SLOT,
			"%s: expected %u, found %u", name, before, now);
}

static bool verify_const(struct nax_queue *q)
{
	const struct nax_ring *b = &nax_vq(q)->before.ring;
	struct nax_ring *r = &q->ring;
	bool same = r->end == b->end && r->mask == b->mask && r->slot == b->slot &&
		    r->tstamp == b->tstamp;
	u32 end = r->end, mask = r->mask;

	if (!same) {
		/* Nothing behind a wrong mask or pointer is there to be looked at. */
		r->end = b->end;
		r->mask = b->mask;
		r->slot = b->slot;
		r->tstamp = b->tstamp;
	}
	return nax_rule(q, NAX_RULE_RING_CONST, same, NAX_NO_SLOT,
			"expected end %u, mask 0x%x and the same memory, found end %u, mask 0x%x",
			b->end, b->mask, end, mask);
}

/* Rules of all four calls. */
static bool verify_indices(struct nax_queue *q, u32 call)
{
	const struct nax_verify_before *b = &nax_vq(q)->before;
	const struct nax_ring *r = &q->ring;

	if (!verify_const(q) ||
	    !verify_own(q, call, MAY_TX_REAP | MAY_RX_REAP, "begin", b->ring.begin, r->begin) ||
	    !verify_own(q, call, MAY_TX_POST | MAY_RX_POST, "next", b->ring.next, r->next) ||
	    !verify_own(q, call, MAY_TX_POST | MAY_RX_POST, "tail", b->tail, q->tail) ||
	    !verify_own(q, call, MAY_TX_REAP, "head", b->head, q->head) ||
	    !verify_own(q, call, MAY_RX_REAP, "seen", b->seen, q->seen) ||
	    !verify_own(q, call, MAY_TX_REAP, "report_head", b->report_head, q->report_head) ||
	    !verify_own(q, call, MAY_TX_POST, "report_tail", b->report_tail, q->report_tail))
		return false;
	return nax_rule(q, NAX_RULE_RING_BACK, (s32)(r->begin - b->ring.begin) >= 0, NAX_NO_SLOT,
			"begin: expected %u or more, found %u", b->ring.begin, r->begin) &&
	       nax_rule(q, NAX_RULE_RING_BACK, (s32)(r->next - b->ring.next) >= 0, NAX_NO_SLOT,
			"next: expected %u or more, found %u", b->ring.next, r->next) &&
	       nax_rule(q, NAX_RULE_RING_ORDER, (s32)(r->next - r->begin) >= 0, NAX_NO_SLOT,
			"begin: expected up to next %u, found %u", r->next, r->begin) &&
	       nax_rule(q, NAX_RULE_RING_ORDER, (s32)(r->end - r->next) >= 0, NAX_NO_SLOT,
			"next: expected up to end %u, found %u", r->end, r->next);
}

/* Packets in slots [@first, @end). */
static u32 verify_packets(const struct nax_queue *q, u32 first, u32 end)
{
	u32 n = 0;

	for (; first != end; first++)
		n += nax_ring_slot(&q->ring, first)->flags & NAX_F_EOP;
	return n;
}

static bool verify_reports(struct nax_queue *q)
{
	return nax_rule(q, NAX_RULE_TX_REPORT, q->report_tail - q->report_head <= q->desc_mask + 1,
			NAX_NO_SLOT, "expected 0 .. %u outstanding, found %d", q->desc_mask + 1,
			(int)(q->report_tail - q->report_head));
}

static bool verify_posted(struct nax_queue *q)
{
	const struct nax_verify_before *b = &nax_vq(q)->before;
	u32 slots = q->ring.next - b->ring.next;
	s32 descs = (s32)(q->tail - b->tail);
	u32 packets;

	if (!nax_rule(q, NAX_RULE_TX_TAIL, descs >= 0 && !descs == !slots, NAX_NO_SLOT,
		      "%u slots posted: expected tail to move %s %u, found %u", slots,
		      slots ? "forward from" : "nowhere from", b->tail, q->tail) ||
	    !nax_rule(q, NAX_RULE_TX_CREDITS, q->tail - q->head <= q->desc_mask, NAX_NO_SLOT,
		      "expected at most %u descriptors in use, found %u", q->desc_mask,
		      q->tail - q->head) || !verify_reports(q))
		return false;
	if (!slots)
		return true;
	if (!nax_rule(q, NAX_RULE_TX_EOP,
		      nax_ring_slot(&q->ring, q->ring.next - 1)->flags & NAX_F_EOP,
		      q->ring.next - 1, "expected the end of a packet, found none") ||
	    !nax_rule(q, NAX_RULE_TX_REPORT_MISSING,
		      q->ring.next != q->ring.end || !q->since, q->ring.next - 1,
		      "expected no descriptor without a report, found %u", q->since))
		return false;
	if (nax_verify_of(q->adapter)->level < 2)
		return true;
	packets = verify_packets(q, b->ring.next, q->ring.next);
	return nax_rule(q, NAX_RULE_TX_DESCS,
			(u32)descs >= slots && (u32)descs <= slots + packets * q->tx_overhead,
			b->ring.next,
			"%u packets of %u slots: expected %u .. %u descriptors, found %u", packets,
			slots, slots, slots + packets * q->tx_overhead, (u32)descs);
}

static bool verify_completed(struct nax_queue *q)
{
	const struct nax_verify_before *b = &nax_vq(q)->before;
	const struct nax_tx_report *last;
	u32 begin = b->ring.begin;
	u32 head = b->head;

	if (!verify_reports(q))
		return false;
	if (q->report_head != b->report_head) {
		last = nax_tx_asked(q, q->report_head - 1);
		begin = last->slot;
		head = last->desc + 1;
	}
	return nax_rule(q, NAX_RULE_TX_COMPLETION, q->ring.begin == begin && q->head == head,
			q->ring.begin, "expected begin %u and head %u, found %u and %u", begin,
			head, q->ring.begin, q->head);
}

/* Flags of offloads that are not active. */
static bool verify_offloads(struct nax_queue *q)
{
	const struct nax_verify_queue *vq = nax_vq(q);
	u64 active = vq->rx.offloads;
	u32 allowed = ~0u;

	if (vq->graced)
		return true;
	if (!(active & NAX_OFFLOAD_RX_IPCSUM))
		allowed &= ~(NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_IPCSUM_BAD);
	if (!(active & NAX_OFFLOAD_RX_L4CSUM))
		allowed &= ~(NAX_F_RX_L4CSUM_GOOD | NAX_F_RX_L4CSUM_BAD);
	if (!(active & NAX_OFFLOAD_RX_VLAN))
		allowed &= ~NAX_F_VLAN;
	if (!(active & NAX_OFFLOAD_RSS))
		allowed &= ~NAX_F_HASH_TYPE;
	return nax_rule(q, NAX_RULE_RX_OFFLOAD, !(q->batch.flags & ~allowed), NAX_NO_SLOT,
			"offloads 0x%llx are active: expected no flag of 0x%08x, found 0x%08x",
			active, ~allowed, q->batch.flags & ~allowed);
}

static bool verify_reaped(struct nax_queue *q, u32 budget)
{
	const struct nax_verify_before *b = &nax_vq(q)->before;
	const struct nax_ring *r = &q->ring;
	u32 slots = r->begin - b->ring.begin;

	if (!nax_rule(q, NAX_RULE_RX_SEEN,
		      (s32)(q->seen - b->seen) >= 0 && (s32)(q->seen - r->begin) >= 0 &&
		      (s32)(r->next - q->seen) >= 0 && q->seen - r->begin < q->slots_max,
		      NAX_NO_SLOT, "expected seen within begin %u + %u and next %u, found %u",
		      r->begin, q->slots_max, r->next, q->seen) ||
	    !nax_rule(q, NAX_RULE_RX_BATCH, !slots == !q->batch.packets, NAX_NO_SLOT,
		      "%u slots came back: expected %s, found %u packets", slots,
		      slots ? "packets" : "none", q->batch.packets) ||
	    !nax_rule(q, NAX_RULE_RX_BUDGET, q->batch.packets <= budget, NAX_NO_SLOT,
		      "expected at most %u packets, found %u", budget, q->batch.packets))
		return false;
	if (!slots) {
		/* The device had buffers, and nothing to put there: the packets to come are new. */
		if (q->seen == r->begin && (s32)(r->begin - nax_vq(q)->grace) >= 0)
			nax_vq(q)->graced = false;
		return true;
	}
	return nax_rule(q, NAX_RULE_RX_EOP, nax_ring_slot(r, r->begin - 1)->flags & NAX_F_EOP,
			r->begin - 1, "expected the end of a packet, found none") &&
	       verify_offloads(q);
}

static bool verify_rx_posted(struct nax_queue *q)
{
	return nax_rule(q, NAX_RULE_RX_TAIL, q->tail == q->ring.next, NAX_NO_SLOT,
			"expected tail equal to next %u, found %u", q->ring.next, q->tail) &&
	       nax_rule(q, NAX_RULE_RX_CREDITS, q->ring.next - q->seen <= q->desc_mask, NAX_NO_SLOT,
			"expected at most %u descriptors posted, found %u", q->desc_mask,
			q->ring.next - q->seen);
}

static bool verify_slots(struct nax_queue *q)
{
	return nax_verify_of(q->adapter)->level < 2 || nax_verify_slots(q);
}

static void verify_tx_post(struct nax_queue *q)
{
	if (!verify_begin(q, "tx_post"))
		return;
	verify_copy(q);
	nax_core_of(q->adapter)->direct.tx_post(q);
	if (verify_indices(q, MAY_TX_POST) && verify_slots(q))
		verify_posted(q);
	verify_end(q);
}

static void verify_tx_reap(struct nax_queue *q)
{
	if (!verify_begin(q, "tx_reap"))
		return;
	verify_copy(q);
	nax_core_of(q->adapter)->direct.tx_reap(q);
	if (verify_indices(q, MAY_TX_REAP) && verify_slots(q))
		verify_completed(q);
	verify_end(q);
}

static void verify_rx_reap(struct nax_queue *q, u32 budget)
{
	bool deep = nax_verify_of(q->adapter)->level >= 2;

	if (!verify_begin(q, "rx_reap"))
		return;
	if (deep)
		nax_verify_poison(q);
	verify_copy(q);
	nax_core_of(q->adapter)->direct.rx_reap(q, budget);
	if (verify_indices(q, MAY_RX_REAP) && verify_slots(q) && verify_reaped(q, budget) && deep)
		nax_verify_received(q);
	/* What a queue under quarantine holds is nobody's. */
	if (nax_queue_halted(q, NAX_HALT_QUARANTINE))
		q->batch.packets = 0;
	verify_end(q);
}

static void verify_rx_post(struct nax_queue *q)
{
	if (!verify_begin(q, "rx_post"))
		return;
	if (nax_verify_of(q->adapter)->level >= 2)
		nax_verify_canaries(q);
	verify_copy(q);
	nax_core_of(q->adapter)->direct.rx_post(q);
	if (verify_indices(q, MAY_RX_POST) && verify_slots(q))
		verify_rx_posted(q);
	verify_end(q);
}

const struct nax_datapath nax_verify_datapath = {
	.tx_post = verify_tx_post,
	.tx_reap = verify_tx_reap,
	.rx_reap = verify_rx_reap,
	.rx_post = verify_rx_post,
};
