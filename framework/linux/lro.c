// SPDX-License-Identifier: GPL-2.0-only
/*
 * Large receive offload: the device joins frames of a TCP connection in one buffer of several
 * pages. The stack is told how many, so that it can take them apart again.
 *
 * What came as it is would hold all those pages for one frame, so it is copied, and its buffer goes
 * back to the device.
 */
#include <linux/etherdevice.h>

#include "rx.h"

/* A full frame of the usual MTU; longer ones are rare enough to keep what they came in. */
#define NAX_LRO_COPY_MAX	(ETH_DATA_LEN + NAX_FRAME_MORE)

/* Ethernet, tags, IPv4 or IPv6 and TCP with all their options */
#define NAX_LRO_HEADERS_MAX	(ETH_HLEN + 2 * VLAN_HLEN + 2 * 60)

static struct sk_buff *nax_lro_copy(struct nax_rx_run *r, const struct nax_slot *s)
{
	struct sk_buff *skb = napi_alloc_skb(&r->irq->napi, s->len);

	nax_rx_sync(r, s);
	if (likely(skb))
		skb_put_data(skb, nax_slot_va(s) + NAX_RX_HEADROOM, s->len);
	dma_sync_single_range_for_device(r->dev, s->dma, 0, s->len, DMA_BIDIRECTIONAL);
	return skb;
}

/*
 * The device says how many there were, not how long: an even share is what they are taken for, less
 * than the length of a segment where the last was shorter.
 */
static void nax_lro_mark(struct nax_rx_run *r, struct sk_buff *skb, u32 segments, u32 flags)
{
	u32 most = min_t(u32, skb->len, NAX_LRO_HEADERS_MAX);
	u32 headers = eth_get_headlen(r->irq->napi.dev, skb->data, most);
	struct skb_shared_info *info = skb_shinfo(skb);

	if (headers >= skb->len)
		return;
	info->gso_size = DIV_ROUND_UP(skb->len - headers, segments);
	info->gso_segs = segments;
	info->gso_type = flags & NAX_F_IPV6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
}

static struct sk_buff *nax_lro_one(struct nax_rx_run *r, struct nax_slot *s)
{
	u32 segments = s->gso, flags = s->flags;
	struct sk_buff *skb;

	if (segments <= 1 && s->len <= NAX_LRO_COPY_MAX)
		return nax_lro_copy(r, s);
	skb = nax_rx_first(r, s);
	if (skb && segments > 1 && (flags & NAX_F_L4_MASK) == NAX_F_TCP)
		nax_lro_mark(r, skb, segments, flags);
	return skb;
}

void nax_lro_packets(struct nax_rx_run *r, u32 i, u32 end)
{
	struct nax_ring *ring = &r->q->ring;

	while (i != end) {
		struct nax_slot *s = nax_ring_slot(ring, i);

		if (unlikely((s->flags & (NAX_F_EOP | NAX_F_RX_ERROR)) != NAX_F_EOP)) {
			i = nax_rx_special(r, i);
			continue;
		}
		i++;
		nax_rx_deliver(r, nax_lro_one(r, s), s);
	}
}
