// SPDX-License-Identifier: GPL-2.0-only
/* Received packets: from slots to the stack. Runs in NAPI. */
#include <linux/etherdevice.h>
#include <net/checksum.h>

#include "rx.h"

/* Hash types that cover ports, by enum nax_hash_type. */
#define NAX_HASH_L4	(BIT(NAX_HASH_IPV4_TCP) | BIT(NAX_HASH_IPV4_UDP) | BIT(NAX_HASH_IPV6_TCP) | \
			 BIT(NAX_HASH_IPV6_UDP) | BIT(NAX_HASH_IPV6_TCP_EX) | \
			 BIT(NAX_HASH_IPV6_UDP_EX))

/* What the last slot says of the packet. */
static void nax_rx_facts(struct nax_rx_run *r, struct sk_buff *skb, const struct nax_slot *s)
{
	u32 hash = (s->flags & NAX_F_HASH_TYPE) >> NAX_F_HASH_SHIFT;

	if (hash)
		skb_set_hash(skb, s->hash, BIT(hash) & NAX_HASH_L4 ? PKT_HASH_TYPE_L4 :
			     PKT_HASH_TYPE_L3);
	if (s->flags & NAX_F_RX_L4CSUM_GOOD && !(s->flags & NAX_F_RX_IPCSUM_BAD)) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		r->csum_good++;
	}
	if (s->flags & NAX_F_VLAN)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), s->vlan_tci);
	skb_record_rx_queue(skb, r->q->index);
	skb->protocol = eth_type_trans(skb, r->irq->napi.dev);
}

static struct sk_buff *nax_rx_first(struct nax_rx_run *r, struct nax_slot *s)
{
	struct page *page = nax_rx_page(r->rx);
	u32 len = s->len;
	struct sk_buff *skb;
	void *va;

	if (unlikely(!page))
		return NULL;
	va = page_address(nax_slot_page(s));
	net_prefetch(va + NAX_RX_HEADROOM);
	skb = napi_build_skb(va, PAGE_SIZE);
	if (unlikely(!skb)) {
		page_pool_recycle_direct(r->rx->pool, page);
		return NULL;
	}
	nax_rx_take(r, s, page);
	skb_mark_for_recycle(skb);
	skb_reserve(skb, NAX_RX_HEADROOM);
	__skb_put(skb, len);
	return skb;
}

static bool nax_rx_next(struct nax_rx_run *r, struct sk_buff *skb, struct nax_slot *s)
{
	struct page *page = nax_rx_page(r->rx);
	struct page *old = nax_slot_page(s);
	u32 len = s->len;

	if (unlikely(!page || skb_shinfo(skb)->nr_frags >= MAX_SKB_FRAGS)) {
		if (page)
			page_pool_recycle_direct(r->rx->pool, page);
		return false;
	}
	nax_rx_take(r, s, page);
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, old, NAX_RX_HEADROOM, len, PAGE_SIZE);
	return true;
}

/* What cannot be taken stays in its slot, page and all. */
static struct sk_buff *nax_rx_build(struct nax_rx_run *r, u32 i, u32 end)
{
	struct sk_buff *skb = nax_rx_first(r, nax_ring_slot(&r->q->ring, i));

	while (unlikely(skb && ++i != end)) {
		if (!nax_rx_next(r, skb, nax_ring_slot(&r->q->ring, i))) {
			dev_kfree_skb_any(skb);
			skb = NULL;
		}
	}
	if (unlikely(!skb))
		r->drops++;
	return skb;
}

/* The packet in slots [@i, @end), whose last one is @last. */
static void nax_rx_packet(struct nax_rx_run *r, u32 i, u32 end, const struct nax_slot *last)
{
	struct sk_buff *skb;

	if (r->prog)
		skb = nax_xdp_run(r, i, end);
	else
		skb = nax_rx_build(r, i, end);
	if (!skb)
		return;
	nax_rx_facts(r, skb, last);
	napi_gro_receive(&r->irq->napi, skb);
}

static void nax_rx_count(struct nax_rx_run *r)
{
	struct nax_counts *c = &r->irq->device->rx[r->q->index];

	u64_stats_update_begin(&c->sync);
	u64_stats_add(&c->packets, r->packets);
	u64_stats_add(&c->bytes, r->bytes);
	u64_stats_add(&c->csum_good, r->csum_good);
	u64_stats_update_end(&c->sync);
	if (unlikely(r->drops))
		atomic64_add(r->drops, &c->drops);
	r->irq->packets += r->packets;
	r->irq->bytes += r->bytes;
}

/* The array of frames to send back is not touched unless there is one. */
static void nax_rx_run_init(struct nax_rx_run *r, struct nax_irq *irq, struct nax_queue *q)
{
	memset(r, 0, offsetof(struct nax_rx_run, bulk));
	r->irq = irq;
	r->q = q;
	r->rx = nax_rx_of(q);
	r->dev = &irq->device->pdev->dev;
	r->prog = READ_ONCE(irq->device->prog);
	r->packets = q->batch.packets;
	r->bytes = q->batch.bytes;
}

/**
 * nax_rx_poll() - one poll of a receive queue
 * @irq: its vector
 * @q: the queue
 * @budget: packets at most
 *
 * Return: packets found, damaged ones included.
 */
u32 nax_rx_poll(struct nax_irq *irq, struct nax_queue *q, u32 budget)
{
	struct nax_rx_run r;
	u32 found = nax_queue_poll_rx(q, budget);
	u32 first, i, end;

	first = nax_ring_first_held(&q->ring);
	end = q->ring.begin;
	if (first == end)
		return found;
	nax_rx_run_init(&r, irq, q);
	for (i = first; i != end; first = i) {
		struct nax_slot *s;

		do {
			s = nax_ring_slot(&q->ring, i++);
		} while (!(s->flags & NAX_F_EOP));
		if (likely(!(s->flags & NAX_F_RX_ERROR)))
			nax_rx_packet(&r, first, i, s);
	}
	if (r.prog)
		nax_xdp_finish(&r);
	nax_rx_count(&r);
	q->ring.end = end + nax_ring_size(&q->ring);
	nax_queue_post_rx(q);
	return found;
}
