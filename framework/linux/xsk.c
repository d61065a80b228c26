// SPDX-License-Identifier: GPL-2.0-only
/*
 * AF_XDP without copies: a pair of queues receives into the memory of a socket, and sends from it.
 *
 * A receive slot keeps its page, and has a buffer of the sockets' over it while there are any:
 *
 *	slot.dma ---> nax_rx.over[i], a buffer of the pool: its packet goes to the socket as it is
 *	         \
 *	          `-> without one, slot.buf, the page: its packet goes where any packet of XDP goes
 *
 * So the device never starves. A socket that is slow to fill its ring loses no packets but its own,
 * and control can take the pool away at any time without asking for memory.
 *
 * Frames to send share the stack's queue, under its lock, as those of XDP do.
 */
#include <linux/dma-mapping.h>
#include <linux/filter.h>
#include <net/xdp_sock_drv.h>

#include "rx.h"
#include "tx.h"

/* Whoever has received or is about to send says so: nax_rx_sync() and the like. */
#define NAX_XSK_DMA_ATTRS	(DMA_ATTR_SKIP_CPU_SYNC | DMA_ATTR_WEAK_ORDERING)

/** nax_xsk_make() - room for what lies over the slots of a receive queue; 0 or -ENOMEM. */
int nax_xsk_make(struct nax_queue *q)
{
	struct nax_rx *rx = nax_rx_of(q);

	if (!rx->over)
		rx->over = kvcalloc(nax_ring_size(&q->ring), sizeof(*rx->over), GFP_KERNEL);
	return rx->over ? 0 : -ENOMEM;
}

/*
 * What the device may fill of a socket's frame, no more than of the page below. In steps that it
 * knows; but all of it where no packet can be longer: what it takes for a larger buffer it fills no
 * further then.
 */
static u32 nax_xsk_buf_len(const struct nax_caps *caps, const struct nax_config *config,
			   const struct nax_xsk *xsk)
{
	u32 room = min(config->rx_buf_len, xsk->room);

	if (nax_rx_long_dropped(caps, config->offloads) && config->mtu + NAX_FRAME_MORE <= room)
		return room;
	return round_down(room, caps->rx_buf_step);
}

/** nax_xsk_begin() - a queue that is about to start is for sockets, or is not; paused. */
void nax_xsk_begin(struct nax_queue *q)
{
	struct nax_xsk *xsk = nax_device_of(q->adapter)->xsk[q->index];
	struct nax_adapter *a = q->adapter;
	struct nax_rx *rx;

	if (!q->is_rx) {
		nax_tx_of(q)->xsk = xsk;
		return;
	}
	rx = nax_rx_of(q);
	rx->xsk = xsk;
	q->buf_len = xsk ? nax_xsk_buf_len(&a->caps, nax_adapter_config(a), xsk) : rx->buf_len;
}

static void nax_xsk_uncover(struct nax_rx *rx, struct nax_slot *s, u32 i)
{
	rx->over[i] = NULL;
	s->dma = page_pool_get_dma_addr(nax_slot_page(s)) + nax_slot_offset(s) + rx->headroom;
}

/* Not in place: it looks for further buffers of the frame, of which there are none. */
static noinline void nax_xsk_free(struct xdp_buff *xdp)
{
	xsk_buff_free(xdp);
}

/** nax_xsk_end() - a queue that has stopped has nothing of a socket's any more; paused. */
void nax_xsk_end(struct nax_queue *q)
{
	struct nax_rx *rx;
	struct nax_tx *tx;
	u32 i;

	if (!q->is_rx) {
		tx = nax_tx_of(q);
		if (tx->xsk_owed)
			nax_xsk_sent(tx, tx->xsk_owed);
		tx->xsk_owed = 0;
		tx->xsk = NULL;
		return;
	}
	rx = nax_rx_of(q);
	for (i = 0; rx->xsk && i <= q->ring.mask; i++) {
		if (!rx->over[i])
			continue;
		nax_xsk_free(rx->over[i]);
		nax_xsk_uncover(rx, &q->ring.slot[i], i);
	}
	rx->xsk = NULL;
}

/** nax_xsk_cover() - a buffer of the sockets' over a slot that has none, if there is one. */
void nax_xsk_cover(struct nax_queue *q, struct nax_slot *s)
{
	struct nax_rx *rx = nax_rx_of(q);
	struct xdp_buff *xdp = xsk_buff_alloc(rx->xsk->pool);

	if (unlikely(!xdp))
		return;
	rx->over[s - q->ring.slot] = xdp;
	s->dma = xsk_buff_xdp_get_dma(xdp);
}

/* What the program passes to the stack is copied, with what it wrote before the frame. */
static bool nax_xsk_pass(struct nax_rx_run *r, const struct xdp_buff *xdp, const struct nax_slot *s)
{
	u32 meta = xdp->data - xdp->data_meta;
	u32 len = xdp->data_end - xdp->data_meta;
	struct sk_buff *skb = napi_alloc_skb(&r->irq->napi, len);

	if (unlikely(!skb))
		return false;
	skb_put_data(skb, xdp->data_meta, len);
	if (meta) {
		skb_metadata_set(skb, meta);
		__skb_pull(skb, meta);
	}
	nax_rx_deliver(r, skb, s);
	return true;
}

/* What it sends back is copied, too: it leaves as a page of the queue's pool. */
static bool nax_xsk_return(struct nax_rx_run *r, const struct xdp_buff *xdp)
{
	struct page *page = nax_rx_page(nax_rx_of_run(r));
	u32 len = xdp->data_end - xdp->data;

	if (unlikely(!page))
		return false;
	memcpy(page_address(page) + NAX_RX_HEADROOM, xdp->data, len);
	nax_xdp_send(r, page, NAX_RX_HEADROOM, len);
	return true;
}

/* What a program may ask of the frame is found in its slot. */
static void nax_xsk_note(const struct nax_rx_run *r, struct xdp_buff *xdp, const struct nax_slot *s)
{
	struct nax_xdp_buff *b = container_of(xdp, struct nax_xdp_buff, xdp);

	if (!NAX_XSK_HAS_METADATA)
		return;
	b->last = s;
	b->ring = &r->q->ring;
}

/* The packet of one slot, in a buffer of the sockets'. Return: that is not the slot's any more. */
static bool nax_xsk_one(struct nax_rx_run *r, const struct nax_slot *s, struct xdp_buff *xdp)
{
	u32 act = XDP_PASS;
	bool lost = false;

	nax_rx_sync(r, s);
	xsk_buff_set_size(xdp, s->len);
	nax_xsk_note(r, xdp, s);
	if (likely(r->prog))
		act = bpf_prog_run_xdp(r->prog, xdp);
	switch (act) {
	case XDP_REDIRECT:
		if (likely(!xdp_do_redirect(r->irq->device->net, xdp, r->prog))) {
			r->redirected = true;
			return true;
		}
		/* Most kernels have let go of it, some have not; a second time does nothing. */
		nax_xsk_free(xdp);
		r->drops++;
		return true;
	case XDP_PASS:
		lost = !nax_xsk_pass(r, xdp, s);
		break;
	case XDP_TX:
		lost = !nax_xsk_return(r, xdp);
		break;
	default:
		nax_xdp_wrong(r, act);
		break;
	case XDP_DROP:
		break;
	}
	if (unlikely(lost))
		r->drops++;
	nax_rx_unsync(r, s, xdp);
	return false;
}

/* The same in the page of slot @i, @s. */
static void nax_xsk_page(struct nax_rx_run *r, u32 i, struct nax_slot *s)
{
	if (r->prog)
		nax_xdp_each(r, i, i + 1);
	else
		nax_rx_deliver(r, nax_rx_first(r, s), s);
}

/* A frame of several buffers is no socket's, and a program wants it in one piece. */
void nax_xsk_packets(struct nax_rx_run *r, u32 first, u32 end)
{
	struct nax_rx *rx = nax_rx_of_run(r);
	u32 mask = r->q->ring.mask;
	u32 i, begin;

	for (i = first; i != end; i++) {
		struct nax_slot *s = &r->q->ring.slot[i & mask];

		begin = i;
		while (unlikely(!(s->flags & NAX_F_EOP)))
			s = &r->q->ring.slot[++i & mask];
		if (unlikely(s->flags & NAX_F_RX_ERROR))
			continue;
		if (unlikely(i != begin))
			r->drops++;
		else if (unlikely(!rx->over[i & mask]))
			nax_xsk_page(r, i, s);
		else if (nax_xsk_one(r, s, rx->over[i & mask]))
			nax_xsk_uncover(rx, s, i & mask);
	}
	for (i = first; i != end; i++)
		if (!rx->over[i & mask])
			nax_xsk_cover(r->q, &r->q->ring.slot[i & mask]);
	nax_xdp_finish(r);
}

void nax_xsk_sent(struct nax_tx *tx, u32 n)
{
	xsk_tx_completed(tx->xsk->pool, n);
}

/*
 * One frame to a slot. Return: its bytes; 0: it is not sent, since it is shorter or longer than the
 * device takes. Frames are given back in their order, so it is with the next one.
 */
static u32 nax_xsk_fill(struct nax_queue *q, struct nax_tx *tx, const struct xdp_desc *desc)
{
	u32 i = q->ring.end & q->ring.mask;
	struct nax_slot *s = &q->ring.slot[i];
	u32 len = desc->len;

	if (unlikely(len < q->plain_least || len > q->plain_most)) {
		tx->xsk_owed++;
		atomic64_inc(&nax_device_of(q->adapter)->tx[q->index].drops);
		return 0;
	}
	s->dma = xsk_buff_raw_get_dma(tx->xsk->pool, desc->addr);
	xsk_buff_raw_dma_sync_for_device(tx->xsk->pool, s->dma, len);
	nax_slot_write(s, NAX_F_EOP, len);
	tx->item[i].is = 0;
	nax_tx_last(q, tx, i, (void *)(1ul + tx->xsk_owed), 1, len, NAX_TX_XSK);
	tx->xsk_owed = 0;
	nax_queue_give_plain(q);
	return len;
}

/* As many as there are, no more than @most; under the queue's lock. Return: how many. */
static u32 nax_xsk_send(struct nax_queue *q, struct nax_tx *tx, struct netdev_queue *nq, u32 most)
{
	u32 end = q->ring.end, bytes = 0;
	u32 n, i;

	n = xsk_tx_peek_release_desc_batch(tx->xsk->pool, most);
	for (i = 0; i < n; i++)
		bytes += nax_xsk_fill(q, tx, &tx->xsk->pool->tx_descs[i]);
	if (q->ring.end != end) {
		netdev_tx_sent_queue(nq, bytes);
		nax_tx_send(q);
		nax_tx_stop_if_full(q, tx, nq);
	} else if (tx->xsk_owed && q->ring.end == tx->done) {
		/* No frame is under way that they could go with. */
		nax_xsk_sent(tx, tx->xsk_owed);
		tx->xsk_owed = 0;
	}
	return n;
}

/**
 * nax_xsk_tx_poll() - send what the sockets of a queue want to
 * @irq: its vector
 * @q: transmit queue with sockets
 * @budget: NAPI's
 *
 * Return: whether there may be more. Without room there is not: completions bring NAPI back.
 */
bool nax_xsk_tx_poll(struct nax_irq *irq, struct nax_queue *q, u32 budget)
{
	struct net_device *dev = irq->device->net;
	struct netdev_queue *nq = netdev_get_tx_queue(dev, q->index);
	struct nax_tx *tx = nax_tx_of(q);
	u32 room, sent = 0;

	if (unlikely(!netif_carrier_ok(dev)))
		return false;
	__netif_tx_lock(nq, smp_processor_id());
	room = nax_tx_room_now(q, tx);
	if (likely(!tx->paused && room > NAX_TX_STOP)) {
		txq_trans_cond_update(nq);
		sent = nax_xsk_send(q, tx, nq, min(room - NAX_TX_STOP, budget));
	}
	__netif_tx_unlock(nq);
	return sent == budget;
}

/** nax_xsk_wakeup() - ndo_xsk_wakeup: a socket has something to send, or has filled its ring. */
int nax_xsk_wakeup(struct net_device *dev, u32 index, u32 flags)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct napi_struct *napi;

	if (unlikely(!netif_carrier_ok(dev) || !test_bit(NAX_DEV_OPEN, &d->flags)))
		return -ENETDOWN;
	if (unlikely(index >= NAX_QUEUES_MAX || !READ_ONCE(d->xsk[index])))
		return -EINVAL;
	napi = &nax_irq_of(d, index)->napi;
	if (napi_if_scheduled_mark_missed(napi))
		return 0;
	local_bh_disable();
	napi_schedule(napi);
	local_bh_enable();
	return 0;
}

/* The queues of a pair get to know that sockets have come or gone. */
static void nax_xsk_restart(struct nax_device *d, u32 index)
{
	nax_adapter_queue_restart(d->adapter, true, index, NULL);
	nax_adapter_queue_restart(d->adapter, false, index, NULL);
}

static int nax_xsk_in_force(struct nax_device *d, struct nax_xsk *xsk, u32 index)
{
	struct nax_adapter *a = d->adapter;
	int ret = 0;

	mutex_lock(&d->control);
	if (test_bit(NAX_DEV_OPEN, &d->flags) && a->rxq[index])
		ret = nax_xsk_make(a->rxq[index]);
	if (!ret) {
		d->n_xsk++;
		WRITE_ONCE(d->xsk[index], xsk);
		nax_xsk_restart(d, index);
	}
	mutex_unlock(&d->control);
	return ret;
}

static void nax_xsk_tell(const struct nax_device *d, const struct nax_xsk *xsk, u32 index)
{
	u32 len = nax_xsk_buf_len(&d->adapter->caps, &d->config, xsk);

	if (d->config.mtu + NAX_FRAME_MORE > len)
		netdev_notice(d->net, "AF_XDP: queue %u: frames of the socket have room for %u bytes: longer packets are dropped\n",
			      index, len);
}

void nax_xsk_changed(const struct nax_device *d)
{
	u32 i;

	for (i = 0; i < NAX_QUEUES_MAX; i++)
		if (d->xsk[i])
			nax_xsk_tell(d, d->xsk[i], i);
}

static int nax_xsk_check(struct nax_device *d, const struct nax_xsk *xsk, u32 index)
{
	const struct nax_caps *caps = &d->adapter->caps;

	if (index >= d->config.n_rxq || index >= d->config.n_txq) {
		netdev_err(d->net, "AF_XDP: queue is %u: there must be a receive and a transmit queue of that number\n",
			   index);
		return -EINVAL;
	}
	if (d->config.offloads & NAX_OFFLOAD_LRO) {
		netdev_err(d->net, "AF_XDP: large-receive-offload is on: sockets want to see frames, not what was joined of them\n");
		return -EOPNOTSUPP;
	}
	if (xsk->room < caps->rx_buf_min) {
		netdev_err(d->net, "AF_XDP: frames of the socket have room for %u bytes: the device needs %u at least\n",
			   xsk->room, caps->rx_buf_min);
		return -EOPNOTSUPP;
	}
	nax_xsk_tell(d, xsk, index);
	return 0;
}

static int nax_xsk_add(struct nax_device *d, struct xsk_buff_pool *pool, u32 index)
{
	struct nax_xsk *xsk;
	int ret;

	xsk = kzalloc(sizeof(*xsk), GFP_KERNEL);
	if (!xsk)
		return -ENOMEM;
	xsk->pool = pool;
	xsk->room = xsk_pool_get_rx_frame_size(pool);
	ret = nax_xsk_check(d, xsk, index);
	if (ret)
		goto free;
	ret = xsk_pool_dma_map(pool, &d->pdev->dev, NAX_XSK_DMA_ATTRS);
	if (ret)
		goto free;
	ret = xdp_rxq_info_reg(&xsk->rxq, d->net, index, nax_irq_of(d, index)->napi.napi_id);
	if (ret)
		goto unmap;
	ret = xdp_rxq_info_reg_mem_model(&xsk->rxq, MEM_TYPE_XSK_BUFF_POOL, NULL);
	if (ret)
		goto unregister;
	xsk_pool_set_rxq_info(pool, &xsk->rxq);
	ret = nax_xsk_in_force(d, xsk, index);
	if (ret)
		goto unregister;
	return 0;

unregister:
	xdp_rxq_info_unreg(&xsk->rxq);
unmap:
	xsk_pool_dma_unmap(pool, NAX_XSK_DMA_ATTRS);
free:
	kfree(xsk);
	return ret;
}

static int nax_xsk_remove(struct nax_device *d, u32 index)
{
	struct nax_xsk *xsk = d->xsk[index];

	if (!xsk)
		return -EINVAL;
	mutex_lock(&d->control);
	WRITE_ONCE(d->xsk[index], NULL);
	d->n_xsk--;
	nax_xsk_restart(d, index);
	mutex_unlock(&d->control);
	xdp_rxq_info_unreg(&xsk->rxq);
	xsk_pool_dma_unmap(xsk->pool, NAX_XSK_DMA_ATTRS);
	kfree(xsk);
	/* Large receive offload that was asked for meanwhile. */
	if (!d->n_xsk)
		netdev_update_features(d->net);
	return 0;
}

/** nax_xsk_setup() - XDP_SETUP_XSK_POOL: sockets without copies on a pair of queues, or none. */
int nax_xsk_setup(struct nax_device *d, struct xsk_buff_pool *pool, u16 index)
{
	if (index >= NAX_QUEUES_MAX)
		return -EINVAL;
	return pool ? nax_xsk_add(d, pool, index) : nax_xsk_remove(d, index);
}
