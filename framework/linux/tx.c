// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets to send: from sk_buffs to slots, and what becomes of them when they are complete.
 *
 * The poll context of a transmit queue is the kernel's lock of that queue: whoever fills slots has
 * it already, NAPI takes it once per poll to look for completions. Letting go of the completed
 * packets needs no lock: [done, ring.begin) is NAPI's alone.
 *
 *	   done            begin           next           end
 *	....|################|---------------|--------------|....
 *	free| complete: NAPI | with device   | still to post| free
 */
#include <linux/dma-mapping.h>
#include <linux/etherdevice.h>
#include <linux/sctp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>

#include "tx.h"

/* No request: nax_tx_ask() has failed. */
#define NAX_TX_CANNOT	(~0ull)
#define NAX_TCP_HEADER_MAX	60u	/* 15 words: its own length may not be in reach yet */

/* Bits of struct nax_slot.flags that a packet's L4 protocol asks for. */
static u32 nax_tx_l4_flags(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return NAX_F_TCP | NAX_F_TX_L4CSUM;
	case IPPROTO_UDP:
		return NAX_F_UDP | NAX_F_TX_L4CSUM;
	case IPPROTO_SCTP:
		return NAX_F_SCTP | NAX_F_TX_L4CSUM;
	default:
		return 0;
	}
}

/* Flags, and lengths of headers above them, as nax_slot_write() takes them. */
static u64 nax_tx_word(u32 flags, u32 lengths)
{
	return flags | (u64)lengths << 32;
}

/*
 * Checksum request: what csum_offset names, as far as the device knows it. 0: software must do it.
 */
static u64 nax_tx_csum(const struct sk_buff *skb)
{
	u32 l3 = skb_checksum_start_offset(skb) - skb_network_offset(skb);
	u32 flags;

	switch (skb->csum_offset) {
	case offsetof(struct tcphdr, check):
		flags = nax_tx_l4_flags(IPPROTO_TCP);
		break;
	case offsetof(struct udphdr, check):
		flags = nax_tx_l4_flags(IPPROTO_UDP);
		break;
	case offsetof(struct sctphdr, checksum):
		if (!skb_csum_is_sctp((struct sk_buff *)skb))
			return 0;
		flags = nax_tx_l4_flags(IPPROTO_SCTP);
		break;
	default:
		return 0;
	}
	switch (ip_hdr(skb)->version) {
	case 4:
		flags |= NAX_F_IPV4;
		break;
	case 6:
		flags |= NAX_F_IPV6;
		break;
	default:
		return 0;
	}
	return nax_tx_word(flags, nax_tx_lengths(skb_network_offset(skb), l3, 0));
}

/*
 * What is to stand in the first IPv4 header's checksum: 0, or what cancels out the headers of a
 * tunnel up to @l4, over which the device takes it too.
 */
static __sum16 nax_tx_ip_seed(const struct sk_buff *skb, const u8 *l4)
{
	const u8 *end = (const u8 *)ip_hdr(skb) + ip_hdrlen(skb);

	if (!(skb_shinfo(skb)->gso_type & SKB_GSO_PARTIAL))
		return 0;
	return csum_fold(csum_partial(end, l4 - end, 0));
}

/* Segmentation: the device wants the L4 seed without the length. In a tunnel l3 is all before. */
static u64 nax_tx_gso(struct sk_buff *skb)
{
	u32 l4_offset = skb_checksum_start_offset(skb);
	u32 paylen = skb->len - l4_offset;
	u32 flags = NAX_F_TX_GSO | NAX_F_TX_L4CSUM;
	u32 l2 = skb_network_offset(skb);
	u8 *header = skb_checksum_start(skb);
	struct tcphdr *tcp;
	u32 l4;

	if (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4) {
		l4 = sizeof(struct udphdr);
		csum_replace_by_diff(&((struct udphdr *)header)->check,
				     (__force __wsum)htonl(paylen));
		flags |= NAX_F_UDP;
	} else {
		tcp = (struct tcphdr *)header;
		l4 = __tcp_hdrlen(tcp);
		csum_replace_by_diff(&tcp->check, (__force __wsum)htonl(paylen));
		flags |= NAX_F_TCP;
	}
	if (ip_hdr(skb)->version == 4) {
		ip_hdr(skb)->tot_len = 0;
		ip_hdr(skb)->check = nax_tx_ip_seed(skb, header);
		flags |= NAX_F_IPV4 | NAX_F_TX_IPCSUM;
	} else {
		ipv6_hdr(skb)->payload_len = 0;
		flags |= NAX_F_IPV6;
	}
	return nax_tx_word(flags, nax_tx_lengths(l2, l4_offset - l2, l4));
}

/* What is asked for this packet, 0 if nothing is; NAX_TX_CANNOT if it cannot be sent. */
static u64 nax_tx_ask(struct sk_buff *skb)
{
	u64 ask = 0;

	if (skb_is_gso(skb)) {
		if (unlikely(skb_cow_head(skb, 0)))
			return NAX_TX_CANNOT;
		ask = nax_tx_gso(skb);
	} else if (skb->ip_summed == CHECKSUM_PARTIAL) {
		ask = nax_tx_csum(skb);
		if (unlikely(!ask && skb_checksum_help(skb)))
			return NAX_TX_CANNOT;
	}
	return skb_vlan_tag_present(skb) ? ask | NAX_F_VLAN : ask;
}

/* Whether nothing is asked for this packet, and it goes into a slot as it is. */
static inline bool nax_tx_is_plain(const struct nax_queue *q, const struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(skb);

	return !skb_is_nonlinear(skb) && !info->gso_size && !info->tx_flags &&
	       !skb_vlan_tag_present(skb) && skb->ip_summed != CHECKSUM_PARTIAL &&
	       skb->len >= q->plain_least && skb->len <= q->plain_most;
}

/* The device has only read, so that there is nothing to make visible to the processor. */
static inline void nax_tx_unmap(struct device *dev, const struct nax_slot *s,
				const struct nax_tx_item *t)
{
	if (t->is & NAX_TX_MAPPED)
		dma_unmap_page_attrs(dev, s->dma, s->cap, DMA_TO_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
}

/** nax_tx_put_long() - nax_tx_put() of more than one slot may have. Return: where it ended. */
u32 __cold nax_tx_put_long(struct nax_tx_fill f, dma_addr_t dma, u32 len, u8 is)
{
	u32 whole = len;

	for (; len; f.at++) {
		u32 part = min(len, f.most);
		u32 i = f.at & f.mask;
		struct nax_slot *s = &f.slot[i];

		s->dma = dma;
		s->cap = whole;
		nax_slot_write(s, 0, part);
		f.item[i].is = is;
		is = 0;
		dma += part;
		len -= part;
	}
	return f.at;
}

/** nax_tx_unput() - undo nax_tx_put() of slots [@first, @end): the rest could not be mapped. */
void __cold nax_tx_unput(struct nax_queue *q, u32 first, u32 end)
{
	struct nax_tx *tx = nax_tx_of(q);

	while (end != first) {
		struct nax_slot *s = nax_ring_slot(&q->ring, --end);
		struct nax_tx_item *t = &tx->item[end & q->ring.mask];

		nax_tx_unmap(tx->dev, s, t);
		t->is = 0;
	}
}

/* dma_map_single() but for its check for memory of vmalloc(), which this cannot be. */
static inline dma_addr_t nax_tx_map_head(struct nax_tx *tx, const struct sk_buff *skb, u32 len)
{
	return dma_map_page(tx->dev, virt_to_page(skb->data), offset_in_page(skb->data), len,
			    DMA_TO_DEVICE);
}

/* Slots of several pieces, which ask for nothing yet. false: one could not be mapped. */
static inline bool nax_tx_map(struct nax_queue *q, struct nax_tx *tx, struct nax_tx_fill *f,
			      struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	const skb_frag_t *frag = info->frags;
	const skb_frag_t *end = frag + info->nr_frags;
	struct device *dev = tx->dev;
	u32 len = skb_headlen(skb);
	dma_addr_t dma;

	dma = nax_tx_map_head(tx, skb, len);
	for (;; frag++) {
		if (unlikely(dma_mapping_error(dev, dma)))
			break;
		nax_tx_put(f, dma, len, NAX_TX_MAPPED);
		if (frag == end)
			return true;
		len = skb_frag_size(frag);
		dma = skb_frag_dma_map(dev, frag, 0, len, DMA_TO_DEVICE);
	}
	nax_tx_unput(q, q->ring.end, f->at);
	return false;
}

/* A piece longer than a slot's limit is rare: only then there is something to divide. */
static u32 nax_tx_piece_slots(u32 len, u32 most)
{
	return likely(len <= most) ? 1 : DIV_ROUND_UP(len, most);
}

/* Whether the slots of a packet, each of @most bytes, are no more than @limit. */
static bool nax_tx_fits(const struct sk_buff *skb, u32 most, u32 limit)
{
	u32 n = skb_shinfo(skb)->nr_frags;
	u32 i;

	/* No more than one for each piece, and one for each time that @most goes into all of it. */
	if (likely(n < limit && skb->len < (limit - n) * most))
		return true;
	n = nax_tx_piece_slots(skb_headlen(skb), most);
	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++)
		n += nax_tx_piece_slots(skb_frag_size(&skb_shinfo(skb)->frags[i]), most);
	return n <= limit;
}

/* The packet's half of its first slot, as two words; @len is that slot's. */
static void nax_tx_write(struct nax_slot *s, const struct sk_buff *skb, u64 ask, u32 len)
{
	nax_slot_write(s, ask, len | (u32)skb_vlan_tag_get(skb) << 16 |
		       (u64)skb_shinfo(skb)->gso_size << 32);
}

/* A packet to slots. Return: how many; 0: it cannot be sent. */
static u32 nax_tx_fill(struct nax_queue *q, struct nax_tx *tx, struct sk_buff *skb, u64 ask)
{
	const struct nax_caps *caps = &q->adapter->caps;
	struct nax_slot *s = nax_ring_slot(&q->ring, q->ring.end);
	struct nax_tx_fill f = nax_tx_fill_begin(q, tx);

	if (unlikely(!nax_tx_fits(skb, f.most, caps->tx_slots_max)) && skb_linearize(skb))
		return 0;
	if (unlikely(!nax_tx_map(q, tx, &f, skb)))
		return 0;
	nax_tx_write(s, skb, ask, s->len);
	nax_ring_slot(&q->ring, f.at - 1)->flags |= NAX_F_EOP;
	return f.at - q->ring.end;
}

/* A packet that is nax_tx_is_plain(). Return: its bytes; 0: it cannot be sent. */
static inline u32 nax_tx_plain(struct nax_queue *q, struct nax_tx *tx, struct sk_buff *skb)
{
	u32 len = skb->len;
	dma_addr_t dma = nax_tx_map_head(tx, skb, len);
	struct nax_slot *s;
	u32 i;

	if (unlikely(dma_mapping_error(tx->dev, dma)))
		return 0;
	i = q->ring.end & q->ring.mask;
	s = &q->ring.slot[i];
	s->dma = dma;
	s->cap = len;
	nax_slot_write(s, NAX_F_EOP, len);
	tx->item[i] = (struct nax_tx_item){
		.ptr = skb, .bytes = len, .segments = 1, .is = NAX_TX_MAPPED | NAX_TX_SKB,
	};
	nax_queue_give_plain(q);
	return len;
}

static u32 nax_tx_headers(u64 ask)
{
	u32 lengths = ask >> 32;

	return nax_tx_l2(lengths) + nax_tx_l3(lengths) + nax_tx_l4(lengths);
}

/* nax_queue_send(), but for where it is done for each packet. */
noinline void nax_tx_send(struct nax_queue *q)
{
	nax_queue_send(q);
}

static noinline netdev_tx_t nax_tx_drop(struct nax_queue *q, struct sk_buff *skb)
{
	dev_kfree_skb_any(skb);
	atomic64_inc(&nax_device_of(q->adapter)->tx[q->index].drops);
	/* What waits for this packet to ring the doorbell must not wait for ever. */
	if (!netdev_xmit_more())
		nax_tx_send(q);
	return NETDEV_TX_OK;
}

/* Not now. Who sends without the stack's queues may have chosen one before it was taken away. */
static noinline netdev_tx_t nax_tx_busy(struct netdev_queue *nq, struct nax_queue *q,
					struct sk_buff *skb)
{
	if (!q) {
		atomic64_inc(&nax_netdev_device(nq->dev)->tx[skb_get_queue_mapping(skb)].drops);
		dev_kfree_skb_any(skb);
		return NETDEV_TX_OK;
	}
	/* Somebody has woken all queues, this one too; its resume will, or what makes room. */
	if (nax_tx_of(q)->paused)
		netif_tx_stop_queue(nq);
	else
		nax_tx_stop_if_full(q, nax_tx_of(q), nq);
	return NETDEV_TX_BUSY;
}

/* A packet of @len bytes that the device cuts; under the queue's lock. */
static void nax_tx_count_gso(const struct nax_queue *q, u32 len, u32 segments, u32 bytes)
{
	struct nax_gso_counts *c = &nax_device_of(q->adapter)->tx[q->index].gso;

	u64_stats_update_begin(&c->sync);
	u64_stats_inc(&c->packets);
	u64_stats_add(&c->bytes, len);
	u64_stats_add(&c->wire_packets, segments);
	u64_stats_add(&c->wire_bytes, bytes);
	u64_stats_update_end(&c->sync);
}

/* Any packet. Return: bytes on the wire, with headers of all segments; 0: it cannot be sent. */
static noinline u32 nax_tx_any(struct nax_queue *q, struct nax_tx *tx, struct sk_buff *skb)
{
	u32 slots, segments = 1, bytes;
	u64 ask = nax_tx_ask(skb);

	if (unlikely(ask == NAX_TX_CANNOT))
		return 0;
	slots = nax_tx_fill(q, tx, skb, ask);
	if (unlikely(!slots))
		return 0;
	bytes = skb->len;
	if (ask & NAX_F_TX_GSO) {
		segments = max_t(u32, skb_shinfo(skb)->gso_segs, 1);
		bytes += (segments - 1) * nax_tx_headers(ask);
		nax_tx_count_gso(q, skb->len, segments, bytes);
	}
	nax_tx_last(q, tx, q->ring.end + slots - 1, skb, segments, bytes, NAX_TX_SKB);
	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_HW_TSTAMP))
		nax_ring_slot(&q->ring, q->ring.end)->flags |=
			nax_ptp_tx_begin(nax_device_of(q->adapter), skb);
	nax_queue_give(q, slots);
	/* Without a request there is nothing to do: no PHY of the stack's is asked. */
	if (unlikely(skb_shinfo(skb)->tx_flags))
		skb_tx_timestamp(skb);
	return bytes;
}

/** nax_tx_xmit() - ndo_start_xmit. */
netdev_tx_t nax_tx_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct netdev_queue *nq = skb_get_tx_queue(dev, skb);
	struct nax_netdev *n = netdev_priv(dev);
	struct nax_queue *q = READ_ONCE(n->adapter->txq[skb_get_queue_mapping(skb)]);
	struct nax_tx *tx;
	u32 room, bytes;

	if (unlikely(!q))
		return nax_tx_busy(nq, q, skb);
	tx = nax_tx_of(q);
	room = nax_tx_room_now(q, tx);
	if (unlikely(tx->paused || room < NAX_TX_STOP))
		return nax_tx_busy(nq, q, skb);
	if (nax_tx_is_plain(q, skb)) {
		bytes = nax_tx_plain(q, tx, skb);
	} else {
		/* It lets go of a packet that it cannot pad. */
		if (unlikely(skb_put_padto(skb, q->adapter->caps.tx_len_min)))
			return nax_tx_drop(q, NULL);
		bytes = nax_tx_any(q, tx, skb);
	}
	if (unlikely(!bytes))
		return nax_tx_drop(q, skb);
	/* No packet has more slots than that, so only now there may be too few left. */
	if (unlikely(room < 2 * NAX_TX_STOP))
		nax_tx_stop_if_full(q, tx, nq);
	if (__netdev_tx_sent_queue(nq, bytes, netdev_xmit_more()))
		nax_queue_send(q);
	return NETDEV_TX_OK;
}

/* After it look again, as NAPI may have made room. */
void nax_tx_stop_if_full(struct nax_queue *q, struct nax_tx *tx, struct netdev_queue *nq)
{
	struct nax_counts *counts = &nax_device_of(q->adapter)->tx[q->index];

	if (nax_tx_room_now(q, tx) >= NAX_TX_STOP)
		return;
	netif_tx_stop_queue(nq);
	atomic64_inc(&counts->stops);
	/* Partner: the barrier in nax_tx_wake(): one of the two sees what the other did. */
	smp_mb__after_atomic();
	if (nax_tx_room_now(q, tx) >= NAX_TX_START) {
		netif_tx_start_queue(nq);
		atomic64_inc(&counts->wakes);
	}
}

/**
 * struct nax_tx_sum - what was let go of
 * @packets: frames on the wire
 * @bytes: bytes in them
 * @xsk: frames of AF_XDP sockets
 */
struct nax_tx_sum {
	u32 packets;
	u32 bytes;
	u32 xsk;
};

/* What the last slot of a packet stands for has been sent. */
static inline void nax_tx_done(struct nax_tx *tx, const struct nax_tx_item *t, int budget,
			       struct nax_tx_sum *sum)
{
	struct page *page;

	if (likely(t->is & NAX_TX_SKB)) {
		napi_consume_skb(t->ptr, budget);
	} else if (t->is & NAX_TX_OWN) {
		page = t->ptr;
		page_pool_put_full_page(page->pp, page, false);
	} else if (t->is & NAX_TX_XSK) {
		sum->xsk += (unsigned long)t->ptr;
	} else {
		xdp_return_frame_bulk(t->ptr, &tx->bulk);
	}
}

/* Let go of @n slots that lie side by side from @i on. */
static inline void nax_tx_free_run(struct nax_queue *q, struct nax_tx *tx, u32 i, u32 n, int budget,
				   struct nax_tx_sum *sum)
{
	const struct nax_slot *s = nax_ring_slot(&q->ring, i);
	struct nax_tx_item *t = &tx->item[i & q->ring.mask];
	const struct nax_tx_item *end = t + n;

	for (; t != end; t++, s++) {
		nax_tx_unmap(tx->dev, s, t);
		if (t->is & ~NAX_TX_MAPPED) {
			sum->packets += t->segments;
			sum->bytes += t->bytes;
			nax_tx_done(tx, t, budget, sum);
		}
		t->is = 0;
	}
}

/* Let go of the packets in [tx->done, @end), which were sent. Return: what they were. */
static struct nax_tx_sum nax_tx_free(struct nax_device *d, struct nax_queue *q, u32 end, int budget)
{
	struct nax_tx *tx = nax_tx_of(q);
	struct nax_tx_sum sum = { 0 };
	u32 i, n;

	xdp_frame_bulk_init(&tx->bulk);
	rcu_read_lock();
	for (i = tx->done; i != end; i += n) {
		n = min(end - i, nax_ring_size(&q->ring) - (i & q->ring.mask));
		nax_tx_free_run(q, tx, i, n, budget, &sum);
	}
	xdp_flush_frame_bulk(&tx->bulk);
	rcu_read_unlock();
	if (unlikely(sum.xsk))
		nax_xsk_sent(tx, sum.xsk);
	/* Partner: the acquire in nax_tx_room_now(). */
	smp_store_release(&tx->done, end);
	netdev_tx_completed_queue(netdev_get_tx_queue(d->net, q->index), sum.packets, sum.bytes);
	nax_counts_add(&d->tx[q->index], sum.packets, sum.bytes);
	return sum;
}

static void nax_tx_wake(struct nax_device *d, struct nax_queue *q)
{
	struct netdev_queue *nq = netdev_get_tx_queue(d->net, q->index);
	struct nax_tx *tx = nax_tx_of(q);

	/* Partner: the barrier in nax_tx_stop_if_full(). */
	smp_mb();
	/* Without a carrier too: there may be no further completion by the time that it is back. */
	if (unlikely(netif_tx_queue_stopped(nq)) && !READ_ONCE(tx->paused) &&
	    nax_tx_room_now(q, tx) >= NAX_TX_START) {
		atomic64_inc(&d->tx[q->index].wakes);
		netif_tx_wake_queue(nq);
	}
}

/* How far there are sk_buffs alone from tx->done on, at most to @end. */
static u32 nax_tx_skbs_end(const struct nax_queue *q, const struct nax_tx *tx, u32 end)
{
	u32 whole = tx->done;
	u32 i;

	for (i = whole; i != end; i++) {
		u8 is = tx->item[i & q->ring.mask].is;

		if (is & NAX_TX_SKB)
			whole = i + 1;
		else if (is & ~NAX_TX_MAPPED)
			break;
	}
	return whole;
}

/**
 * nax_tx_poll() - one poll of a transmit queue
 * @irq: its vector
 * @q: the queue
 * @budget: NAPI's; 0 in netpoll
 *
 * Netpoll may have interrupted who holds the queue's lock, and must not touch page pools and XDP:
 * it takes what it can, and NAPI finds the rest.
 */
void nax_tx_poll(struct nax_irq *irq, struct nax_queue *q, int budget)
{
	struct nax_device *d = irq->device;
	struct netdev_queue *nq = netdev_get_tx_queue(d->net, q->index);
	struct nax_tx *tx = nax_tx_of(q);
	struct nax_tx_sum sent;
	u32 begin;

	if (READ_ONCE(q->ring.end) == tx->done)
		return;
	if (likely(budget))
		__netif_tx_lock(nq, smp_processor_id());
	else if (!__netif_tx_trylock(nq))
		return;
	nax_queue_poll_tx(q);
	if (unlikely(q->ring.next != q->ring.end))
		nax_tx_send(q);
	/* Of a queue that the verifier has just stopped it may be anything. */
	begin = nax_queue_running(q) ? q->ring.begin : tx->done;
	__netif_tx_unlock(nq);
	if (unlikely(!budget))
		begin = nax_tx_skbs_end(q, tx, begin);
	if (begin == tx->done)
		return;
	sent = nax_tx_free(d, q, begin, budget);
	if (unlikely(test_bit(NAX_DEV_TX_STAMP, &d->flags)) && budget)
		nax_ptp_tx_poll(d);
	irq->packets += sent.packets;
	irq->bytes += sent.bytes;
	nax_tx_wake(d, q);
}

static void __cold nax_tx_lost(struct nax_tx *tx, const struct nax_tx_item *t)
{
	struct page *page;

	if (t->is & NAX_TX_SKB) {
		dev_kfree_skb_any(t->ptr);
	} else if (t->is & NAX_TX_OWN) {
		page = t->ptr;
		page_pool_put_full_page(page->pp, page, false);
	} else if (t->is & NAX_TX_XSK) {
		nax_xsk_sent(tx, (unsigned long)t->ptr);
	} else if (t->is & NAX_TX_FRAME) {
		xdp_return_frame(t->ptr);
	}
}

/** nax_tx_drop_all() - the queue has stopped: give up what was not sent, from @begin on. */
void __cold nax_tx_drop_all(struct nax_queue *q, u32 begin)
{
	struct nax_device *d = nax_device_of(q->adapter);
	struct nax_tx *tx = nax_tx_of(q);
	u32 i;

	/* Of a ring that is not believed @begin may be anything. */
	if (begin - tx->done <= nax_ring_size(&q->ring)) {
		/* It counts and completes as NAPI does, and readers of counters may interrupt. */
		local_bh_disable();
		nax_tx_free(d, q, begin, 0);
		local_bh_enable();
	}
	for (i = 0; i <= q->ring.mask; i++) {
		struct nax_tx_item *t = &tx->item[i];

		nax_tx_unmap(tx->dev, &q->ring.slot[i], t);
		if (t->is & ~NAX_TX_MAPPED)
			atomic64_inc(&d->tx[q->index].drops);
		nax_tx_lost(tx, t);
		t->is = 0;
	}
	tx->done = q->ring.begin;
	netdev_tx_reset_queue(netdev_get_tx_queue(d->net, q->index));
}

/*
 * Who sends finds the queue, or that there is none, under the lock of the stack's queue. So whoever
 * found this one before it was taken away has let go of it by the time that the lock is had.
 */
void nax_tx_part(struct nax_queue *q)
{
	struct netdev_queue *nq = netdev_get_tx_queue(nax_device_of(q->adapter)->net, q->index);

	__netif_tx_lock_bh(nq);
	__netif_tx_unlock_bh(nq);
}

/** nax_tx_features_check() - ndo_features_check: headers beyond the device's limits. */
netdev_features_t nax_tx_features_check(struct sk_buff *skb, struct net_device *dev,
					netdev_features_t features)
{
	const struct nax_caps *caps = &((struct nax_netdev *)netdev_priv(dev))->adapter->caps;
	u32 l2, l3;

	/* Without a checksum to make nobody has said where the headers are that are cut by. */
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return features & ~NETIF_F_GSO_MASK;
	l2 = skb_network_offset(skb);
	l3 = skb_checksum_start_offset(skb) - l2;
	if (unlikely(l2 > caps->l2_max || l3 > caps->l3_max))
		return features & ~(NETIF_F_CSUM_MASK | NETIF_F_SCTP_CRC | NETIF_F_GSO_MASK);
	/* IPv4 inside of a tunnel has the same id in each segment. */
	if (skb->encapsulation && !(features & NETIF_F_TSO_MANGLEID))
		features &= ~NETIF_F_TSO;
	if (skb_is_gso(skb) && unlikely(skb_shinfo(skb)->gso_size < caps->gso_mss_min ||
					l2 + l3 + NAX_TCP_HEADER_MAX > caps->gso_hdr_max))
		return features & ~NETIF_F_GSO_MASK;
	return features;
}
