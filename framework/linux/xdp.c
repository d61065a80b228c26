// SPDX-License-Identifier: GPL-2.0-only
/*
 * XDP: a program sees each received frame where the device put it. What it drops never leaves its
 * slot, so that a drop costs no memory operation at all.
 *
 * Frames that are sent share the stack's transmit queues, under their lock: there is no number of
 * CPUs for which XDP would have to be refused.
 */
#include <linux/bpf_trace.h>
#include <linux/dma-mapping.h>
#include <linux/filter.h>

#include "rx.h"
#include "tx.h"

static u32 nax_xdp_slots(const struct xdp_frame *frame)
{
	if (likely(!xdp_frame_has_frags((struct xdp_frame *)frame)))
		return 1;
	return 1 + xdp_get_shared_info_from_frame((struct xdp_frame *)frame)->nr_frags;
}

/* Memory of this device's own pools is mapped already; what was redirected here is not. */
static bool nax_xdp_map(struct nax_tx_fill *f, struct xdp_frame *frame, bool own)
{
	struct skb_shared_info *info;
	u32 first = f->at;
	dma_addr_t dma;
	u32 i;

	if (own) {
		dma = page_pool_get_dma_addr(virt_to_page(frame->data)) +
		      offset_in_page(frame->data);
		dma_sync_single_for_device(f->dev, dma, frame->len, DMA_BIDIRECTIONAL);
	} else {
		dma = dma_map_single(f->dev, frame->data, frame->len, DMA_TO_DEVICE);
		if (dma_mapping_error(f->dev, dma))
			return false;
	}
	nax_tx_put(f, dma, frame->len, own ? NAX_TX_POOL : NAX_TX_SINGLE);
	if (likely(!xdp_frame_has_frags(frame)))
		return true;
	info = xdp_get_shared_info_from_frame(frame);
	for (i = 0; i < info->nr_frags; i++) {
		skb_frag_t *frag = &info->frags[i];

		if (own) {
			dma = page_pool_get_dma_addr(skb_frag_page(frag)) + skb_frag_off(frag);
			dma_sync_single_for_device(f->dev, dma, skb_frag_size(frag),
						   DMA_BIDIRECTIONAL);
		} else {
			dma = skb_frag_dma_map(f->dev, frag, 0, skb_frag_size(frag), DMA_TO_DEVICE);
			if (dma_mapping_error(f->dev, dma)) {
				nax_tx_unput(f, first);
				return false;
			}
		}
		nax_tx_put(f, dma, skb_frag_size(frag), own ? NAX_TX_POOL : NAX_TX_PAGE);
	}
	return true;
}

/* One frame to slots; false if there is no room, or no mapping. */
static bool nax_xdp_fill(struct nax_queue *q, struct nax_device *d, struct xdp_frame *frame, bool own)
{
	struct nax_tx *tx = nax_tx_of(q);
	struct nax_tx_fill f = {
		.q = q, .tx = tx, .dev = &d->pdev->dev, .at = q->ring.end,
		.most = d->adapter->caps.tx_slot_len_max,
	};
	u32 least = d->adapter->caps.tx_len_min;
	u32 first = f.at;
	struct nax_slot *s;

	if (nax_tx_room_now(q, tx) < NAX_TX_STOP || nax_xdp_slots(frame) > q->slots_max)
		return false;
	/* Behind a frame as short as this there is always room, up to what build_skb() needs. */
	if (unlikely(frame->len < least)) {
		memset(frame->data + frame->len, 0, least - frame->len);
		frame->len = least;
	}
	if (!nax_xdp_map(&f, frame, own))
		return false;
	s = nax_ring_slot(&q->ring, first);
	s->hash = 0;
	s->vlan_tci = 0;
	s->gso = 0;
	s->group = 0;
	nax_tx_last(&f, frame, 1, xdp_get_frame_len(frame), true);
	nax_queue_give(q, f.at - first);
	return true;
}

/* Send @n frames on the queue of this CPU. Return: how many were taken; the rest is the caller's. */
static u32 nax_xdp_send(struct nax_device *d, struct xdp_frame **frames, u32 n, bool own)
{
	u32 cpu = smp_processor_id();
	u32 index = cpu % READ_ONCE(d->net->real_num_tx_queues);
	struct netdev_queue *nq = netdev_get_tx_queue(d->net, index);
	u32 sent = 0, bytes = 0;
	struct nax_queue *q;

	__netif_tx_lock(nq, cpu);
	txq_trans_cond_update(nq);
	/* Another device redirects whatever is done to this one: only under the lock there is a queue. */
	q = READ_ONCE(d->adapter->txq[index]);
	while (sent < n && q && !nax_tx_of(q)->paused && nax_xdp_fill(q, d, frames[sent], own)) {
		bytes += xdp_get_frame_len(frames[sent]);
		sent++;
	}
	if (sent) {
		netdev_tx_sent_queue(nq, bytes);
		nax_queue_post_tx(q);
		nax_tx_stop_if_full(q, nax_tx_of(q), nq, &d->tx[q->index]);
	}
	__netif_tx_unlock(nq);
	return sent;
}

/** nax_xdp_xmit() - ndo_xdp_xmit: frames that were redirected here. */
int nax_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames, u32 flags)
{
	struct nax_device *d = nax_netdev_device(dev);

	if (unlikely(flags & ~XDP_XMIT_FLAGS_MASK))
		return -EINVAL;
	if (unlikely(!netif_carrier_ok(dev) || !test_bit(NAX_DEV_OPEN, &d->flags)))
		return -ENETDOWN;
	return nax_xdp_send(d, frames, n, false);
}

static void nax_xdp_flush_tx(struct nax_rx_run *r)
{
	u32 sent = nax_xdp_send(r->irq->device, r->bulk, r->n_bulk, true);

	for (; sent < r->n_bulk; sent++) {
		xdp_return_frame_rx_napi(r->bulk[sent]);
		r->drops++;
	}
	r->n_bulk = 0;
}

/** nax_xdp_finish() - end of a poll: frames on their way out leave. */
void nax_xdp_finish(struct nax_rx_run *r)
{
	if (r->n_bulk)
		nax_xdp_flush_tx(r);
	if (r->redirected)
		xdp_do_flush();
}

/*
 * Pages of a frame of several: they are taken before the program runs, since it may cut the frame
 * and let go of its last ones. The first one's descriptor of the others is behind its frame.
 */
static bool nax_xdp_gather(struct nax_rx_run *r, struct xdp_buff *xdp, u32 i, u32 end)
{
	struct skb_shared_info *info = xdp_get_shared_info_from_buff(xdp);
	struct page *page[MAX_SKB_FRAGS + 1];
	u32 n = end - i, k;

	if (n > ARRAY_SIZE(page))
		return false;
	for (k = 0; k < n; k++) {
		page[k] = nax_rx_page(r->rx);
		if (!page[k])
			goto put;
	}
	info->nr_frags = 0;
	info->xdp_frags_size = 0;
	xdp_buff_set_frags_flag(xdp);
	for (k = 0; k < n; k++) {
		struct nax_slot *s = nax_ring_slot(&r->q->ring, i + k);
		struct page *old = nax_slot_page(s);
		u32 len = s->len;

		nax_rx_take(r, s, page[k]);
		if (!k)
			continue;
		skb_frag_fill_page_desc(&info->frags[info->nr_frags++], old, NAX_RX_HEADROOM, len);
		info->xdp_frags_size += len;
	}
	return true;

put:
	while (k--)
		page_pool_recycle_direct(r->rx->pool, page[k]);
	return false;
}

/* The frame goes elsewhere: its slot gets another page, unless it was gathered and has one. */
static bool nax_xdp_leave(struct nax_rx_run *r, u32 i, bool gathered)
{
	struct page *page;

	if (gathered)
		return true;
	page = nax_rx_page(r->rx);
	if (!page)
		return false;
	nax_slot_set_page(nax_ring_slot(&r->q->ring, i), page);
	return true;
}

static struct sk_buff *nax_xdp_skb(struct xdp_buff *xdp)
{
	u32 meta = xdp->data - xdp->data_meta;
	u32 frags = 0, bytes = 0;
	struct sk_buff *skb;

	if (unlikely(xdp_buff_has_frags(xdp))) {
		frags = xdp_get_shared_info_from_buff(xdp)->nr_frags;
		bytes = xdp_get_shared_info_from_buff(xdp)->xdp_frags_size;
	}
	skb = napi_build_skb(xdp->data_hard_start, PAGE_SIZE);
	if (unlikely(!skb))
		return NULL;
	skb_mark_for_recycle(skb);
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	__skb_put(skb, xdp->data_end - xdp->data);
	if (meta)
		skb_metadata_set(skb, meta);
	if (unlikely(frags)) {
		skb_shinfo(skb)->nr_frags = frags;
		skb->len += bytes;
		skb->data_len += bytes;
		skb->truesize += frags * PAGE_SIZE;
	}
	return skb;
}

static bool nax_xdp_tx(struct nax_rx_run *r, struct xdp_buff *xdp)
{
	struct xdp_frame *frame = xdp_convert_buff_to_frame(xdp);

	if (unlikely(!frame))
		return false;
	r->bulk[r->n_bulk++] = frame;
	if (r->n_bulk == ARRAY_SIZE(r->bulk))
		nax_xdp_flush_tx(r);
	return true;
}

/**
 * nax_xdp_run() - run the program over the packet in slots [@i, @end)
 * @r: poll
 * @i: free-running index of the first slot
 * @end: one past the last
 *
 * Return: the packet for the stack; NULL if there is none for it.
 */
struct sk_buff *nax_xdp_run(struct nax_rx_run *r, u32 i, u32 end)
{
	struct nax_slot *s = nax_ring_slot(&r->q->ring, i);
	bool gathered = end - i > 1;
	struct sk_buff *skb;
	struct xdp_buff xdp;
	u32 act;

	xdp_init_buff(&xdp, PAGE_SIZE, &r->rx->xdp);
	xdp_prepare_buff(&xdp, page_address(nax_slot_page(s)), NAX_RX_HEADROOM, s->len, true);
	if (unlikely(gathered)) {
		if (!nax_xdp_gather(r, &xdp, i, end)) {
			r->drops++;
			return NULL;
		}
	} else {
		nax_rx_sync(r, s);
	}
	act = bpf_prog_run_xdp(r->prog, &xdp);
	switch (act) {
	case XDP_DROP:
		goto drop;
	case XDP_PASS:
		if (!nax_xdp_leave(r, i, gathered))
			goto lost;
		skb = nax_xdp_skb(&xdp);
		if (likely(skb))
			return skb;
		gathered = true;
		goto lost;
	case XDP_TX:
		if (!nax_xdp_leave(r, i, gathered))
			goto lost;
		gathered = true;
		if (!nax_xdp_tx(r, &xdp))
			goto lost;
		return NULL;
	case XDP_REDIRECT:
		if (!nax_xdp_leave(r, i, gathered))
			goto lost;
		gathered = true;
		if (xdp_do_redirect(r->irq->device->net, &xdp, r->prog))
			goto lost;
		r->redirected = true;
		return NULL;
	default:
		bpf_warn_invalid_xdp_action(r->irq->device->net, r->prog, act);
		fallthrough;
	case XDP_ABORTED:
		trace_xdp_exception(r->irq->device->net, r->prog, act);
		goto drop;
	}

lost:
	r->drops++;
drop:
	/* A page still in its slot goes back to the device; the program may have written to it. */
	if (gathered)
		xdp_return_buff(&xdp);
	else
		dma_sync_single_range_for_device(r->dev, s->dma, 0, s->len, DMA_BIDIRECTIONAL);
	return NULL;
}

static int nax_xdp_setup(struct nax_device *d, struct netdev_bpf *bpf)
{
	struct bpf_prog *prog = bpf->prog, *old;

	if (prog && !prog->aux->xdp_has_frags &&
	    d->config.mtu + NAX_FRAME_MORE > d->config.rx_buf_len) {
		NL_SET_ERR_MSG_FMT_MOD(bpf->extack,
				       "mtu is %u: the limit is %u for a program that takes no fragments",
				       d->config.mtu, d->config.rx_buf_len - NAX_FRAME_MORE);
		return -EOPNOTSUPP;
	}
	old = xchg(&d->prog, prog);
	if (old)
		bpf_prog_put(old);
	return 0;
}

/** nax_xdp_bpf() - ndo_bpf. */
int nax_xdp_bpf(struct net_device *dev, struct netdev_bpf *bpf)
{
	switch (bpf->command) {
	case XDP_SETUP_PROG:
		return nax_xdp_setup(nax_netdev_device(dev), bpf);
	default:
		return -EINVAL;
	}
}

/** nax_xdp_mtu_ok() - whether frames of @mtu fit what the program in force takes. */
bool nax_xdp_mtu_ok(const struct nax_device *d, u32 mtu)
{
	return !d->prog || d->prog->aux->xdp_has_frags ||
	       mtu + NAX_FRAME_MORE <= d->config.rx_buf_len;
}
