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
static inline bool nax_xdp_map(struct nax_queue *q, struct nax_tx_fill *f,
			       struct xdp_frame *frame, bool own)
{
	struct device *dev = nax_tx_of(q)->dev;
	struct skb_shared_info *info;
	dma_addr_t dma;
	u32 i;

	if (own) {
		dma = page_pool_get_dma_addr(virt_to_page(frame->data)) +
		      offset_in_page(frame->data);
		dma_sync_single_for_device(dev, dma, frame->len, DMA_BIDIRECTIONAL);
	} else {
		dma = dma_map_single(dev, frame->data, frame->len, DMA_TO_DEVICE);
		if (dma_mapping_error(dev, dma))
			return false;
	}
	nax_tx_put(f, dma, frame->len, own ? 0 : NAX_TX_MAPPED);
	if (likely(!xdp_frame_has_frags(frame)))
		return true;
	info = xdp_get_shared_info_from_frame(frame);
	for (i = 0; i < info->nr_frags; i++) {
		skb_frag_t *frag = &info->frags[i];

		if (own) {
			dma = page_pool_get_dma_addr(skb_frag_page(frag)) + skb_frag_off(frag);
			dma_sync_single_for_device(dev, dma, skb_frag_size(frag),
						   DMA_BIDIRECTIONAL);
		} else {
			dma = skb_frag_dma_map(dev, frag, 0, skb_frag_size(frag), DMA_TO_DEVICE);
			if (dma_mapping_error(dev, dma)) {
				nax_tx_unput(q, q->ring.end, f->at);
				return false;
			}
		}
		nax_tx_put(f, dma, skb_frag_size(frag), own ? 0 : NAX_TX_MAPPED);
	}
	return true;
}

/* Behind a frame as short as this there is always room, up to what build_skb() needs. */
static u32 nax_xdp_pad(void *data, u32 len, u32 least)
{
	if (likely(len >= least))
		return len;
	memset(data + len, 0, least - len);
	return least;
}

/* One frame to slots. Return: its bytes; 0 if there is no room, or no mapping, or too little. */
static u32 nax_xdp_fill(struct nax_queue *q, struct nax_device *d, struct xdp_frame *frame,
			bool own)
{
	struct nax_tx *tx = nax_tx_of(q);
	struct nax_tx_fill f = nax_tx_fill_begin(q, tx);
	u32 least = d->adapter->caps.tx_len_min;
	u32 bytes, n;

	if (nax_tx_room_now(q, tx) < NAX_TX_STOP || nax_xdp_slots(frame) > q->slots_max)
		return 0;
	if (likely(!xdp_frame_has_frags(frame)))
		frame->len = nax_xdp_pad(frame->data, frame->len, least);
	bytes = xdp_get_frame_len(frame);
	/* Behind the last of several pieces there may be no room. */
	if (unlikely(bytes < least) || !nax_xdp_map(q, &f, frame, own))
		return 0;
	nax_ring_slot(&q->ring, f.at - 1)->flags = NAX_F_EOP;
	nax_tx_last(q, tx, f.at - 1, frame, 1, bytes, NAX_TX_FRAME);
	n = f.at - q->ring.end;
	if (n == 1)
		nax_queue_give_plain(q);
	else
		nax_queue_give(q, n);
	return bytes;
}

/* The same for a received page as it is: nothing is allocated, and nothing looked up later. */
static u32 nax_xdp_fill_page(struct nax_queue *q, struct nax_device *d,
			     const struct nax_xdp_out *out)
{
	u32 i = q->ring.end & q->ring.mask;
	struct nax_slot *s = &q->ring.slot[i];
	struct nax_tx *tx = nax_tx_of(q);
	struct page *page = out->ptr;
	u32 len;

	if (nax_tx_room_now(q, tx) < NAX_TX_STOP)
		return 0;
	len = nax_xdp_pad(page_address(page) + out->offset, out->len,
			  d->adapter->caps.tx_len_min);
	s->dma = page_pool_get_dma_addr(page) + out->offset;
	dma_sync_single_for_device(tx->dev, s->dma, len, DMA_BIDIRECTIONAL);
	nax_slot_write(s, NAX_F_EOP, len);
	tx->item[i].is = 0;
	nax_tx_last(q, tx, i, page, 1, len, NAX_TX_OWN);
	nax_queue_give_plain(q);
	return len;
}

/**
 * struct nax_xdp_tx - frames on their way to the transmit queue of this CPU, whose lock is held
 * @d: device
 * @nq: the stack's queue
 * @q: the queue; NULL: it takes none now
 * @end: its first slot that was free
 */
struct nax_xdp_tx {
	struct nax_device *d;
	struct netdev_queue *nq;
	struct nax_queue *q;
	u32 end;
};

static struct nax_xdp_tx nax_xdp_lock(struct nax_device *d)
	__acquires(d)
{
	u32 cpu = smp_processor_id();
	u32 index = cpu % READ_ONCE(d->net->real_num_tx_queues);
	struct nax_xdp_tx x = { .d = d, .nq = netdev_get_tx_queue(d->net, index) };

	__netif_tx_lock(x.nq, cpu);
	txq_trans_cond_update(x.nq);
	/*
	 * Another device redirects whatever is done to this one: only under the lock there is a
	 * queue.
	 */
	x.q = READ_ONCE(d->adapter->txq[index]);
	if (x.q && nax_tx_of(x.q)->paused)
		x.q = NULL;
	if (x.q)
		x.end = x.q->ring.end;
	return x;
}

/* Send what was filled, with one doorbell. */
static void nax_xdp_unlock(struct nax_xdp_tx x, u32 bytes)
	__releases(x.d)
{
	if (x.q && x.q->ring.end != x.end) {
		netdev_tx_sent_queue(x.nq, bytes);
		nax_tx_send(x.q);
		nax_tx_stop_if_full(x.q, nax_tx_of(x.q), x.nq);
	}
	__netif_tx_unlock(x.nq);
}

/** nax_xdp_xmit() - ndo_xdp_xmit: frames that were redirected here. The rest is the caller's. */
int nax_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames, u32 flags)
{
	struct nax_device *d = nax_netdev_device(dev);
	u32 bytes = 0, filled;
	struct nax_xdp_tx x;
	int sent;

	if (unlikely(flags & ~XDP_XMIT_FLAGS_MASK))
		return -EINVAL;
	if (unlikely(!netif_carrier_ok(dev) || !test_bit(NAX_DEV_OPEN, &d->flags)))
		return -ENETDOWN;
	x = nax_xdp_lock(d);
	for (sent = 0; sent < n && x.q; sent++) {
		filled = nax_xdp_fill(x.q, d, frames[sent], false);
		if (unlikely(!filled))
			break;
		bytes += filled;
	}
	nax_xdp_unlock(x, bytes);
	return sent;
}

static void nax_xdp_out_lost(struct nax_rx_run *r, const struct nax_xdp_out *out)
{
	if (out->offset)
		page_pool_recycle_direct(nax_rx_of_run(r)->pool, out->ptr);
	else
		xdp_return_frame_rx_napi(out->ptr);
	r->drops++;
}

static noinline void nax_xdp_flush(struct nax_rx_run *r)
{
	struct nax_device *d = r->irq->device;
	struct nax_xdp_tx x = nax_xdp_lock(d);
	struct nax_xdp_out *out = r->out;
	u32 n = r->n_out, bytes = 0, filled, i;

	for (i = 0; i < n && x.q; i++) {
		if (likely(out[i].offset))
			filled = nax_xdp_fill_page(x.q, d, &out[i]);
		else
			filled = nax_xdp_fill(x.q, d, out[i].ptr, true);
		if (unlikely(!filled))
			break;
		bytes += filled;
	}
	nax_xdp_unlock(x, bytes);
	for (; i < n; i++)
		nax_xdp_out_lost(r, &out[i]);
	r->n_out = 0;
}

static __always_inline void nax_xdp_add(struct nax_rx_run *r, void *ptr, u32 offset, u32 len)
{
	r->out[r->n_out++] = (struct nax_xdp_out){ .ptr = ptr, .offset = offset, .len = len };
	if (unlikely(r->n_out == ARRAY_SIZE(r->out)))
		nax_xdp_flush(r);
}

/* For xsk.c: here it is in place, since what XDP does for each packet is worth no call. */
void nax_xdp_send(struct nax_rx_run *r, void *ptr, u32 offset, u32 len)
{
	nax_xdp_add(r, ptr, offset, len);
}

/*
 * Take a packet of several pages out of its slots before the program runs, since it may cut the
 * frame and let go of its last ones. The first one's descriptor of the others is behind its frame.
 */
static bool nax_xdp_gather(struct nax_rx_run *r, struct xdp_buff *xdp, u32 i, u32 end)
{
	struct skb_shared_info *info = xdp_get_shared_info_from_buff(xdp);
	struct nax_rx *rx = nax_rx_of_run(r);
	struct page *page[MAX_SKB_FRAGS + 1];
	u32 k, n = end - i;

	if (n > ARRAY_SIZE(page))
		return false;
	for (k = 0; k < n; k++) {
		page[k] = nax_rx_page(rx);
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

		nax_rx_sync(r, s);
		nax_slot_set_page(rx, s, page[k]);
		if (!k)
			continue;
		skb_frag_fill_page_desc(&info->frags[info->nr_frags++], old, NAX_RX_HEADROOM, len);
		info->xdp_frags_size += len;
	}
	return true;

put:
	while (k--)
		page_pool_recycle_direct(rx->pool, page[k]);
	return false;
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

/* The program sees the frame that begins in slot @s and ends in slot @last. */
static __always_inline void nax_xdp_look(struct nax_rx_run *r, const struct nax_slot *s,
					 const struct nax_slot *last)
{
	xdp_init_buff(&r->buff.xdp, PAGE_SIZE, &nax_rx_of_run(r)->xdp);
	xdp_prepare_buff(&r->buff.xdp, nax_slot_va(s), NAX_RX_HEADROOM, s->len, true);
	r->buff.last = last;
}

noinline void nax_xdp_wrong(struct nax_rx_run *r, u32 act)
{
	if (act != XDP_ABORTED)
		bpf_warn_invalid_xdp_action(r->irq->device->net, r->prog, act);
	trace_xdp_exception(r->irq->device->net, r->prog, act);
}

/*
 * Do as the program has answered, with a frame whose slots have other pages already. @last is the
 * slot that it ended with.
 */
static noinline void nax_xdp_act(struct nax_rx_run *r, u32 act, const struct nax_slot *last)
{
	struct xdp_buff *xdp = &r->buff.xdp;
	struct xdp_frame *frame;
	struct sk_buff *skb;

	switch (act) {
	case XDP_PASS:
		skb = nax_xdp_skb(xdp);
		if (unlikely(!skb))
			break;
		nax_rx_deliver(r, skb, last);
		return;
	case XDP_TX:
		frame = xdp_convert_buff_to_frame(xdp);
		if (unlikely(!frame))
			break;
		nax_xdp_add(r, frame, 0, xdp_get_frame_len(frame));
		return;
	case XDP_REDIRECT:
		if (unlikely(xdp_do_redirect(r->irq->device->net, xdp, r->prog)))
			break;
		r->redirected = true;
		return;
	default:
		nax_xdp_wrong(r, act);
		fallthrough;
	case XDP_DROP:
		xdp_return_buff(xdp);
		return;
	}
	r->drops++;
	xdp_return_buff(xdp);
}

/* The packet in slots [@i, @end), of which there are several. */
static noinline void nax_xdp_many(struct nax_rx_run *r, u32 i, u32 end)
{
	const struct nax_slot *last = nax_ring_slot(&r->q->ring, end - 1);

	nax_xdp_look(r, nax_ring_slot(&r->q->ring, i), last);
	if (unlikely(!nax_xdp_gather(r, &r->buff.xdp, i, end)))
		r->drops++;
	else
		nax_xdp_act(r, bpf_prog_run_xdp(r->prog, &r->buff.xdp), last);
}

/*
 * The packet of one slot. What is dropped stays there, and goes back to the device; the program
 * may have written to it.
 */
static __always_inline void nax_xdp_one(struct nax_rx_run *r, struct nax_slot *s)
{
	struct nax_rx *rx = nax_rx_of_run(r);
	struct xdp_buff *xdp = &r->buff.xdp;
	struct page *page, *other;
	u32 act;

	nax_rx_sync(r, s);
	nax_xdp_look(r, s, s);
	act = bpf_prog_run_xdp(r->prog, xdp);
	if (act == XDP_DROP)
		goto drop;
	if (unlikely(act == XDP_ABORTED || act > XDP_REDIRECT)) {
		nax_xdp_wrong(r, act);
		goto drop;
	}
	page = nax_slot_page(s);
	/* nax_rx_refill() without its look for a spare half: with a program pages are whole. */
	other = nax_rx_page(rx);
	if (unlikely(!other)) {
		r->drops++;
		goto drop;
	}
	nax_slot_set_page(rx, s, other);
	if (act == XDP_TX)
		nax_xdp_add(r, page, xdp->data - xdp->data_hard_start, xdp->data_end - xdp->data);
	else
		nax_xdp_act(r, act, s);
	return;

drop:
	nax_rx_unsync(r, s, xdp);
}

void nax_xdp_finish(struct nax_rx_run *r)
{
	if (r->n_out)
		nax_xdp_flush(r);
	if (r->redirected)
		xdp_do_flush();
}

noinline void nax_xdp_each(struct nax_rx_run *r, u32 first, u32 end)
{
	struct nax_slot *slot = r->q->ring.slot;
	u32 mask = r->q->ring.mask;
	u32 i;

	for (i = first; i != end; first = i) {
		struct nax_slot *s = &slot[i++ & mask];

		while (unlikely(!(s->flags & NAX_F_EOP)))
			s = &slot[i++ & mask];
		if (unlikely(s->flags & NAX_F_RX_ERROR))
			continue;
		if (likely(i - first == 1))
			nax_xdp_one(r, s);
		else
			nax_xdp_many(r, first, i);
	}
}

void nax_xdp_packets(struct nax_rx_run *r, u32 i, u32 end)
{
	nax_xdp_each(r, i, end);
	nax_xdp_finish(r);
}

/* Receive buffers as they must be before a program sees one, and may be when it sees no more. */
static int nax_xdp_buffers(struct nax_device *d, const struct nax_config *config,
			   struct netlink_ext_ack *extack)
{
	return config->rx_buf_len == d->config.rx_buf_len ? 0 :
	       nax_netdev_change(d, config, extack);
}

static int nax_xdp_setup(struct nax_device *d, struct netdev_bpf *bpf)
{
	struct bpf_prog *prog = bpf->prog, *old;
	struct nax_config config = d->config;
	int ret;

	if (prog && d->config.offloads & NAX_OFFLOAD_LRO) {
		NL_SET_ERR_MSG_MOD(bpf->extack,
				   "large-receive-offload is on: a program wants to see frames, not what was joined of them");
		return -EOPNOTSUPP;
	}
	config.rx_buf_len = nax_rx_buf_len(d, &config, prog);
	if (prog && !prog->aux->xdp_has_frags &&
	    config.mtu + NAX_FRAME_MORE > config.rx_buf_len) {
		NL_SET_ERR_MSG_FMT_MOD(bpf->extack,
				       "mtu is %u: the limit is %u for a program that takes no fragments",
				       config.mtu, config.rx_buf_len - NAX_FRAME_MORE);
		return -EOPNOTSUPP;
	}
	ret = prog ? nax_xdp_buffers(d, &config, bpf->extack) : 0;
	if (ret)
		return ret;
	old = xchg(&d->prog, prog);
	if (old)
		bpf_prog_put(old);
	/* Without memory for them the queues keep what they have. */
	if (!prog)
		nax_xdp_buffers(d, &config, bpf->extack);
	/* LRO that was asked for meanwhile. */
	if (old && !prog)
		netdev_update_features(d->net);
	return 0;
}

/** nax_xdp_bpf() - ndo_bpf. */
int nax_xdp_bpf(struct net_device *dev, struct netdev_bpf *bpf)
{
	switch (bpf->command) {
	case XDP_SETUP_PROG:
		return nax_xdp_setup(nax_netdev_device(dev), bpf);
	case XDP_SETUP_XSK_POOL:
		return nax_xsk_setup(nax_netdev_device(dev), bpf->xsk.pool, bpf->xsk.queue_id);
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
