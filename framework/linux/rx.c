// SPDX-License-Identifier: GPL-2.0-only
/* Received packets: from slots to the stack. Runs in NAPI. */
#include <linux/etherdevice.h>
#include <net/checksum.h>

#include "rx.h"

/* Hash types that cover ports, by enum nax_hash_type. */
#define NAX_HASH_L4	(BIT(NAX_HASH_IPV4_TCP) | BIT(NAX_HASH_IPV4_UDP) | \
			 BIT(NAX_HASH_IPV6_TCP) | BIT(NAX_HASH_IPV6_UDP) | \
			 BIT(NAX_HASH_IPV6_TCP_EX) | BIT(NAX_HASH_IPV6_UDP_EX))

/* What the last slot says of the packet. */
static __always_inline void nax_rx_facts(struct nax_rx_run *r, struct sk_buff *skb,
					 const struct nax_slot *s)
{
	u32 flags = s->flags;
	u32 hash = (flags & r->hash_type) >> NAX_F_HASH_SHIFT;

	if (hash)
		skb_set_hash(skb, s->hash, BIT(hash) & NAX_HASH_L4 ? PKT_HASH_TYPE_L4 :
			     PKT_HASH_TYPE_L3);
	if ((flags & (NAX_F_RX_L4CSUM_GOOD | NAX_F_RX_IPCSUM_BAD | NAX_F_RX_ERROR)) ==
	    NAX_F_RX_L4CSUM_GOOD) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		r->csum_good++;
	}
	if (flags & NAX_F_VLAN)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), s->vlan_tci);
	skb_record_rx_queue(skb, r->q->index);
	skb->protocol = eth_type_trans(skb, r->irq->napi.dev);
}

static __always_inline void nax_rx_up(struct nax_rx_run *r, struct sk_buff *skb,
				      const struct nax_slot *last)
{
	nax_rx_facts(r, skb, last);
	napi_gro_receive(&r->irq->napi, skb);
}

void nax_rx_deliver(struct nax_rx_run *r, struct sk_buff *skb, const struct nax_slot *last)
{
	const struct nax_ring *ring = &r->q->ring;

	if (unlikely(!skb)) {
		r->drops++;
		return;
	}
	if (unlikely(last->flags & NAX_F_RX_TSTAMP))
		skb_hwtstamps(skb)->hwtstamp = ns_to_ktime(ring->tstamp[last - ring->slot]);
	nax_rx_up(r, skb, last);
}

/* nax_rx_first(), in place where it is done for each packet. */
static __always_inline struct sk_buff *nax_rx_take(struct nax_rx_run *r, struct nax_slot *s)
{
	struct nax_rx *rx = nax_rx_of_run(r);
	void *va = nax_slot_va(s);
	u32 len = s->len;
	struct sk_buff *skb;

	net_prefetch(va + rx->headroom);
	nax_rx_sync(r, s);
	if (unlikely(!nax_rx_refill(rx, s)))
		return NULL;
	skb = napi_build_skb(va, rx->size);
	if (unlikely(!skb)) {
		page_pool_recycle_direct(rx->pool, virt_to_page(va));
		return NULL;
	}
	skb_mark_for_recycle(skb);
	skb_reserve(skb, rx->headroom);
	__skb_put(skb, len);
	return skb;
}

noinline struct sk_buff *nax_rx_first(struct nax_rx_run *r, struct nax_slot *s)
{
	return nax_rx_take(r, s);
}

static bool nax_rx_next(struct nax_rx_run *r, struct sk_buff *skb, struct nax_slot *s)
{
	struct nax_rx *rx = nax_rx_of_run(r);
	u32 offset = nax_slot_offset(s) + rx->headroom;
	struct page *old = nax_slot_page(s);
	u32 len = s->len;

	nax_rx_sync(r, s);
	if (unlikely(skb_shinfo(skb)->nr_frags >= MAX_SKB_FRAGS || !nax_rx_refill(rx, s)))
		return false;
	skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, old, offset, len, rx->size);
	return true;
}

/*
 * With rx-all the stack gets damaged frames too, if what there is of them is sure to be from the
 * wire: the packet in slots [@first, @end), whose last one is @last. The core has not counted it.
 */
static noinline bool nax_rx_wanted(struct nax_rx_run *r, u32 first, u32 end,
				   const struct nax_slot *last)
{
	u32 why = (last->flags & NAX_F_RX_REASON) >> NAX_F_RX_REASON_SHIFT;
	struct nax_queue *q = r->q;

	if (!(q->adapter->offloads & NAX_OFFLOAD_RX_ALL))
		return false;
	if (why != NAX_RX_ERR_CRC && why != NAX_RX_ERR_OVERSIZE && why != NAX_RX_ERR_DEVICE)
		return false;
	if (nax_ring_slot(&q->ring, first)->len < ETH_HLEN)
		return false;
	q->batch.packets++;
	for (; first != end; first++)
		q->batch.bytes += nax_ring_slot(&q->ring, first)->len;
	return true;
}

/* The packet in slots [@i, @end). */
static struct sk_buff *nax_rx_parts(struct nax_rx_run *r, u32 i, u32 end)
{
	struct sk_buff *skb = nax_rx_first(r, nax_ring_slot(&r->q->ring, i));

	while (skb && ++i != end) {
		if (unlikely(!nax_rx_next(r, skb, nax_ring_slot(&r->q->ring, i)))) {
			dev_kfree_skb_any(skb);
			skb = NULL;
		}
	}
	return skb;
}

noinline u32 nax_rx_special(struct nax_rx_run *r, u32 first)
{
	const struct nax_slot *last;
	u32 end = first;

	do
		last = nax_ring_slot(&r->q->ring, end++);
	while (!(last->flags & NAX_F_EOP));
	if (last->flags & NAX_F_RX_ERROR && !nax_rx_wanted(r, first, end, last))
		return end;
	nax_rx_deliver(r, nax_rx_parts(r, first, end), last);
	return end;
}

/* All packets in slots [@i, @end). */
static void nax_rx_packets(struct nax_rx_run *r, u32 i, u32 end)
{
	struct nax_slot *slot = r->q->ring.slot;
	u32 mask = r->q->ring.mask;

	while (i != end) {
		struct nax_slot *s = &slot[i & mask];
		struct sk_buff *skb;

		if (unlikely((s->flags & (NAX_F_EOP | NAX_F_RX_ERROR | NAX_F_RX_TSTAMP)) !=
			     NAX_F_EOP)) {
			i = nax_rx_special(r, i);
			continue;
		}
		i++;
		skb = nax_rx_take(r, s);
		if (likely(skb))
			nax_rx_up(r, skb, s);
		else
			r->drops++;
	}
}

static void nax_rx_begin_run(struct nax_rx_run *r, struct nax_irq *irq, struct nax_queue *q)
{
	r->irq = irq;
	r->q = q;
	r->dev = &irq->device->pdev->dev;
	r->prog = READ_ONCE(irq->device->prog);
	r->hash_type = irq->device->net->features & NETIF_F_RXHASH ? NAX_F_HASH_TYPE : 0;
	r->drops = 0;
	r->csum_good = 0;
	r->redirected = false;
	r->n_out = 0;
	r->buff.ring = &q->ring;
}

static void nax_rx_count(struct nax_rx_run *r, u32 packets, u32 bytes)
{
	struct nax_counts *c = &r->irq->device->rx[r->q->index];

	u64_stats_update_begin(&c->sync);
	u64_stats_add(&c->packets, packets);
	u64_stats_add(&c->bytes, bytes);
	u64_stats_add(&c->csum_good, r->csum_good);
	u64_stats_update_end(&c->sync);
	if (unlikely(r->drops))
		atomic64_add(r->drops, &c->drops);
	r->irq->packets += packets;
	r->irq->bytes += bytes;
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
	struct nax_rx_run *r = &nax_rx_of(q)->run;
	u32 found = nax_queue_poll_rx(q, budget);
	u32 first, end;

	/* Indices of a queue that the verifier has just stopped may be anything. */
	if (!found)
		return 0;
	first = nax_ring_first_held(&q->ring);
	end = q->ring.begin;
	nax_rx_begin_run(r, irq, q);
	if (unlikely(nax_rx_of(q)->xsk))
		nax_xsk_packets(r, first, end);
	else if (r->prog)
		nax_xdp_packets(r, first, end);
	else if (unlikely(q->adapter->offloads & NAX_OFFLOAD_LRO))
		nax_lro_packets(r, first, end);
	else
		nax_rx_packets(r, first, end);
	nax_rx_count(r, q->batch.packets, q->batch.bytes);
	q->ring.end = end + nax_ring_size(&q->ring);
	nax_queue_post_rx(q);
	return found;
}
