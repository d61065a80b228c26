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

/* Bits of struct nax_slot.flags that a packet's L4 protocol asks for. */
static u32 nax_tx_l4_flags(const struct sk_buff *skb, u8 proto)
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

/* Checksum request: what csum_offset names, as far as the device knows it. 0: software must do it. */
static u32 nax_tx_csum(struct sk_buff *skb, u32 *lengths)
{
	u32 l3 = skb_checksum_start_offset(skb) - skb_network_offset(skb);
	u32 flags;

	switch (skb->csum_offset) {
	case offsetof(struct tcphdr, check):
		flags = nax_tx_l4_flags(skb, IPPROTO_TCP);
		break;
	case offsetof(struct udphdr, check):
		flags = nax_tx_l4_flags(skb, IPPROTO_UDP);
		break;
	case offsetof(struct sctphdr, checksum):
		if (!skb_csum_is_sctp(skb))
			return 0;
		flags = nax_tx_l4_flags(skb, IPPROTO_SCTP);
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
	*lengths = nax_tx_lengths(skb_network_offset(skb), l3, 0);
	return flags;
}

/* Segmentation: the device wants the IPv4 checksum 0 and the L4 seed without the length. */
static u32 nax_tx_gso(struct sk_buff *skb, u32 *lengths)
{
	u32 l4_offset = skb_transport_offset(skb);
	u32 paylen = skb->len - l4_offset;
	u32 flags = NAX_F_TX_GSO | NAX_F_TX_L4CSUM;
	u32 l4;

	if (skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4) {
		l4 = sizeof(struct udphdr);
		csum_replace_by_diff(&udp_hdr(skb)->check, (__force __wsum)htonl(paylen));
		flags |= NAX_F_UDP;
	} else {
		l4 = tcp_hdrlen(skb);
		csum_replace_by_diff(&tcp_hdr(skb)->check, (__force __wsum)htonl(paylen));
		flags |= NAX_F_TCP;
	}
	if (ip_hdr(skb)->version == 4) {
		ip_hdr(skb)->tot_len = 0;
		ip_hdr(skb)->check = 0;
		flags |= NAX_F_IPV4 | NAX_F_TX_IPCSUM;
	} else {
		ipv6_hdr(skb)->payload_len = 0;
		flags |= NAX_F_IPV6;
	}
	*lengths = nax_tx_lengths(skb_network_offset(skb), l4_offset - skb_network_offset(skb), l4);
	return flags;
}

/* What is asked for this packet; false if it cannot be sent. */
static bool nax_tx_ask(struct sk_buff *skb, u32 *flags, u32 *lengths)
{
	*flags = 0;
	*lengths = 0;
	if (skb_is_gso(skb)) {
		if (unlikely(skb_cow_head(skb, 0)))
			return false;
		*flags = nax_tx_gso(skb, lengths);
	} else if (skb->ip_summed == CHECKSUM_PARTIAL) {
		*flags = nax_tx_csum(skb, lengths);
		if (unlikely(!*flags && skb_checksum_help(skb)))
			return false;
	}
	if (skb_vlan_tag_present(skb))
		*flags |= NAX_F_VLAN;
	return true;
}

static void nax_tx_unmap(struct device *dev, const struct nax_slot *s, struct nax_tx_item *t)
{
	switch (t->kind) {
	case NAX_TX_SINGLE:
		dma_unmap_single(dev, s->dma, s->cap, DMA_TO_DEVICE);
		break;
	case NAX_TX_PAGE:
		dma_unmap_page(dev, s->dma, s->cap, DMA_TO_DEVICE);
		break;
	default:
		break;
	}
	t->kind = NAX_TX_NONE;
}

/** nax_tx_unput() - undo nax_tx_put() back to slot @first: the rest could not be mapped. */
void nax_tx_unput(struct nax_tx_fill *f, u32 first)
{
	while (f->at != first) {
		f->at--;
		nax_tx_unmap(f->dev, nax_ring_slot(&f->q->ring, f->at),
			     &f->tx->item[f->at & f->q->ring.mask]);
	}
}

static bool nax_tx_map(struct nax_tx_fill *f, struct sk_buff *skb)
{
	u32 first = f->at;
	u32 head = skb_headlen(skb);
	dma_addr_t dma;
	u32 i;

	dma = dma_map_single(f->dev, skb->data, head, DMA_TO_DEVICE);
	if (dma_mapping_error(f->dev, dma))
		return false;
	nax_tx_put(f, dma, head, NAX_TX_SINGLE);
	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];

		dma = skb_frag_dma_map(f->dev, frag, 0, skb_frag_size(frag), DMA_TO_DEVICE);
		if (dma_mapping_error(f->dev, dma))
			goto unmap;
		nax_tx_put(f, dma, skb_frag_size(frag), NAX_TX_PAGE);
	}
	return true;

unmap:
	nax_tx_unput(f, first);
	return false;
}

static u32 nax_tx_slots(const struct sk_buff *skb, u32 most)
{
	u32 n = DIV_ROUND_UP(skb_headlen(skb), most);
	u32 i;

	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++)
		n += DIV_ROUND_UP(skb_frag_size(&skb_shinfo(skb)->frags[i]), most);
	return n;
}

/* Frames that it will be on the wire, and their @bytes in all: those of a segment have the headers too. */
static u32 nax_tx_segments(const struct sk_buff *skb, u32 lengths, u32 *bytes)
{
	u32 headers, segments;

	*bytes = skb->len;
	if (likely(!skb_is_gso(skb)))
		return 1;
	headers = nax_tx_l2(lengths) + nax_tx_l3(lengths) + nax_tx_l4(lengths);
	segments = max_t(u32, skb_shinfo(skb)->gso_segs, 1);
	*bytes += (segments - 1) * headers;
	return segments;
}

static netdev_tx_t nax_tx_drop(struct nax_device *d, struct nax_queue *q, struct sk_buff *skb)
{
	dev_kfree_skb_any(skb);
	atomic64_inc(&d->tx[q->index].drops);
	/* What waits for this packet to ring the doorbell must not wait for ever. */
	if (!netdev_xmit_more())
		nax_queue_post_tx(q);
	return NETDEV_TX_OK;
}

/** nax_tx_xmit() - ndo_start_xmit. */
netdev_tx_t nax_tx_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct netdev_queue *nq = skb_get_tx_queue(dev, skb);
	struct nax_netdev *n = netdev_priv(dev);
	struct nax_queue *q = READ_ONCE(n->adapter->txq[skb_get_queue_mapping(skb)]);
	const struct nax_caps *caps = &n->adapter->caps;
	struct nax_tx_fill f;
	u32 first, flags, lengths, segments, bytes;
	struct nax_slot *s;
	struct nax_tx *tx;

	/* A sender that passes the stack's queues by has chosen it before it was taken away. */
	if (unlikely(!q)) {
		dev_kfree_skb_any(skb);
		return NETDEV_TX_OK;
	}
	tx = nax_tx_of(q);
	if (unlikely(tx->paused || nax_tx_room_now(q, tx) < NAX_TX_STOP)) {
		/* Somebody has woken all queues, this one too; its resume will. */
		if (tx->paused)
			netif_tx_stop_queue(nq);
		return NETDEV_TX_BUSY;
	}
	/* It lets go of a packet that it cannot pad. */
	if (unlikely(skb_put_padto(skb, caps->tx_len_min)))
		return nax_tx_drop(n->device, q, NULL);
	if (unlikely(!nax_tx_ask(skb, &flags, &lengths)))
		return nax_tx_drop(n->device, q, skb);
	if (unlikely(nax_tx_slots(skb, caps->tx_slot_len_max) > caps->tx_slots_max) &&
	    skb_linearize(skb))
		return nax_tx_drop(n->device, q, skb);
	f = (struct nax_tx_fill){
		.q = q, .tx = tx, .dev = &n->device->pdev->dev, .at = q->ring.end,
		.most = caps->tx_slot_len_max,
	};
	first = f.at;
	if (unlikely(!nax_tx_map(&f, skb)))
		return nax_tx_drop(n->device, q, skb);

	s = nax_ring_slot(&q->ring, first);
	s->flags = flags;
	s->hash = lengths;
	s->vlan_tci = skb_vlan_tag_get(skb);
	s->gso = skb_shinfo(skb)->gso_size;
	s->group = 0;
	segments = nax_tx_segments(skb, lengths, &bytes);
	nax_tx_last(&f, skb, segments, bytes, false);
	skb_tx_timestamp(skb);
	nax_queue_give(q, f.at - first);
	nax_tx_stop_if_full(q, tx, nq, &n->device->tx[q->index]);
	if (__netdev_tx_sent_queue(nq, bytes, netdev_xmit_more()))
		nax_queue_post_tx(q);
	return NETDEV_TX_OK;
}

/* Let go of the packets in [tx->done, @end). */
static void nax_tx_free(struct nax_irq *irq, struct nax_queue *q, u32 end, int budget)
{
	struct nax_device *d = irq->device;
	struct nax_tx *tx = nax_tx_of(q);
	u32 packets = 0, bytes = 0;
	struct xdp_frame_bulk bulk;
	u32 i;

	xdp_frame_bulk_init(&bulk);
	rcu_read_lock();
	for (i = tx->done; i != end; i++) {
		struct nax_tx_item *t = &tx->item[i & q->ring.mask];

		nax_tx_unmap(&d->pdev->dev, nax_ring_slot(&q->ring, i), t);
		if (!t->ptr)
			continue;
		packets += t->segments;
		bytes += t->bytes;
		if (unlikely(t->xdp))
			xdp_return_frame_bulk(t->ptr, &bulk);
		else
			napi_consume_skb(t->ptr, budget);
		t->ptr = NULL;
	}
	xdp_flush_frame_bulk(&bulk);
	rcu_read_unlock();
	/* Partner: the acquire in nax_tx_room_now(). */
	smp_store_release(&tx->done, end);
	netdev_tx_completed_queue(netdev_get_tx_queue(d->net, q->index), packets, bytes);
	nax_counts_add(&d->tx[q->index], packets, bytes);
	irq->packets += packets;
	irq->bytes += bytes;
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

/**
 * nax_tx_poll() - one poll of a transmit queue
 * @irq: its vector
 * @q: the queue
 * @budget: NAPI's; 0 in netpoll
 *
 * Return: whether nothing more is to be done now.
 */
bool nax_tx_poll(struct nax_irq *irq, struct nax_queue *q, int budget)
{
	struct nax_device *d = irq->device;
	struct netdev_queue *nq = netdev_get_tx_queue(d->net, q->index);
	struct nax_tx *tx = nax_tx_of(q);
	u32 begin;

	if (READ_ONCE(q->ring.end) == tx->done)
		return true;
	__netif_tx_lock(nq, smp_processor_id());
	nax_queue_poll_tx(q);
	if (unlikely(q->ring.next != q->ring.end))
		nax_queue_post_tx(q);
	begin = q->ring.begin;
	__netif_tx_unlock(nq);
	if (begin == tx->done)
		return true;
	nax_tx_free(irq, q, begin, budget);
	nax_tx_wake(d, q);
	return true;
}

/** nax_tx_drop_all() - the queue has stopped: packets that were not sent are given up. */
void nax_tx_drop_all(struct nax_queue *q)
{
	struct nax_device *d = nax_device_of(q->adapter);
	struct nax_tx *tx = nax_tx_of(q);
	u32 i;

	for (i = 0; i <= q->ring.mask; i++) {
		struct nax_tx_item *t = &tx->item[i];

		nax_tx_unmap(&d->pdev->dev, &q->ring.slot[i], t);
		if (t->ptr && t->xdp)
			xdp_return_frame(t->ptr);
		else if (t->ptr)
			dev_kfree_skb_any(t->ptr);
		t->ptr = NULL;
	}
	tx->done = q->ring.begin;
	netdev_tx_reset_queue(netdev_get_tx_queue(d->net, q->index));
}

/*
 * Who sends finds the queue, or that there is none, under the lock of the stack's queue. So whoever found
 * this one before it was taken away has let go of it by the time that the lock is had.
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

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return features;
	l2 = skb_network_offset(skb);
	l3 = skb_checksum_start_offset(skb) - l2;
	if (unlikely(l2 > caps->l2_max || l3 > caps->l3_max || skb->encapsulation))
		return features & ~(NETIF_F_CSUM_MASK | NETIF_F_SCTP_CRC | NETIF_F_GSO_MASK);
	if (skb_is_gso(skb) && unlikely(skb_shinfo(skb)->gso_size < caps->gso_mss_min))
		return features & ~NETIF_F_GSO_MASK;
	return features;
}
