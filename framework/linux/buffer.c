// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of queues: pages of a page pool for receive, one item beside each slot for transmit.
 *
 * A receive slot owns a page, or half of one, at all times: the buffer of a packet leaves its slot
 * only when another one is there to take its place. Without memory packets are dropped, and the
 * device never starves.
 */
#include <linux/dma-mapping.h>
#include <linux/slab.h>

#include "linux.h"

/*
 * Whether a device may have halves of pages. A buffer is known for one by its length, so whole ones
 * must be longer.
 */
static bool nax_rx_can_halve(const struct nax_caps *caps)
{
	return NAX_RX_HALF_FITS && caps->rx_buf_min <= NAX_RX_HALF_ROOM &&
	       caps->rx_buf_max > NAX_RX_HALF_ROOM;
}

/* What fits in a buffer's pages, in steps that the device knows, or in half of one. */
u32 nax_rx_buf_len(const struct nax_device *d, const struct nax_config *config,
		   const struct bpf_prog *prog)
{
	const struct nax_caps *caps = &d->adapter->caps;
	bool lro = caps->offloads & config->offloads & NAX_OFFLOAD_LRO;
	u32 room = lro ? NAX_LRO_ROOM : NAX_RX_ROOM;

	if (nax_rx_can_halve(caps) && nax_rx_long_dropped(caps, config->offloads) &&
	    config->mtu <= ETH_DATA_LEN && !prog)
		return NAX_RX_HALF_ROOM;
	return min_t(u32, round_down(room, caps->rx_buf_step), caps->rx_buf_max);
}

/* The other half of the page is for whichever slot of the queue wants a buffer next. */
bool nax_rx_refill_page(struct nax_rx *rx, struct nax_slot *s)
{
	struct page *page = nax_rx_page(rx);

	if (unlikely(!page))
		return false;
	nax_slot_set_page(rx, s, page);
	if (rx->size == SZ_2K) {
		page_pool_fragment_page(page, 2);
		rx->spare = s->buf | 1;
		rx->spare_dma = s->dma + SZ_2K;
	}
	return true;
}

static int nax_rx_make(struct nax_queue *q, struct nax_rx *rx)
{
	struct nax_device *d = nax_device_of(q->adapter);
	bool halves = nax_rx_can_halve(&d->adapter->caps) && q->buf_len == NAX_RX_HALF_ROOM;
	bool lro = q->buf_len > NAX_RX_ROOM;
	struct page_pool_params p = {
		.flags = PP_FLAG_DMA_MAP | PP_FLAG_DMA_SYNC_DEV | (halves ? NAX_PP_HALVES : 0),
		.order = lro ? get_order(NAX_LRO_SIZE) : 0,
		.pool_size = nax_ring_size(&q->ring) >> halves,
		.nid = dev_to_node(&d->pdev->dev),
		.dev = &d->pdev->dev,
		/* An XDP program may send what it received. */
		.dma_dir = DMA_BIDIRECTIONAL,
		.max_len = lro ? NAX_LRO_ROOM : halves ? SZ_2K + NAX_RX_HALF_ROOM : NAX_RX_ROOM,
		.offset = halves ? NAX_RX_HALF_HEADROOM : NAX_RX_HEADROOM,
	};
	struct nax_irq *irq = nax_irq_of(d, q->index);
	int ret;

	rx->size = halves ? SZ_2K : PAGE_SIZE << p.order;
	rx->headroom = p.offset;
	rx->buf_len = q->buf_len;
	nax_page_pool_of(&p, d->net, &irq->napi, q->index);
	rx->pool = page_pool_create(&p);
	if (IS_ERR(rx->pool)) {
		ret = PTR_ERR(rx->pool);
		rx->pool = NULL;
		return ret;
	}
	ret = xdp_rxq_info_reg(&rx->xdp, d->net, q->index, irq->napi.napi_id);
	if (ret)
		return ret;
	rx->xdp_ready = true;
	ret = xdp_rxq_info_reg_mem_model(&rx->xdp, MEM_TYPE_PAGE_POOL, rx->pool);
	if (ret || !d->xsk[q->index])
		return ret;
	return nax_xsk_make(q);
}

int nax_linux_queue_make(struct nax_queue *q)
{
	struct nax_rx *rx;
	struct nax_tx *tx;

	if (q->is_rx) {
		rx = kzalloc(sizeof(*rx), GFP_KERNEL);
		q->backend = rx;
		return rx ? nax_rx_make(q, rx) : -ENOMEM;
	}
	tx = kzalloc(sizeof(*tx), GFP_KERNEL);
	if (!tx)
		return -ENOMEM;
	q->backend = tx;
	/* Closed until the queue runs. */
	tx->paused = true;
	tx->done = q->ring.begin;
	tx->dev = &nax_device_of(q->adapter)->pdev->dev;
	tx->item = kvcalloc(nax_ring_size(&q->ring), sizeof(*tx->item), GFP_KERNEL);
	return tx->item ? 0 : -ENOMEM;
}

void nax_linux_queue_free(struct nax_queue *q)
{
	struct nax_rx *rx;

	if (!q->backend)
		return;
	if (q->is_rx) {
		rx = nax_rx_of(q);
		if (rx->spare)
			page_pool_put_full_page(rx->pool, pfn_to_page(rx->spare >> 1), false);
		if (rx->pool && !rx->ran)
			nax_page_pool_unused(rx->pool);
		if (rx->xdp_ready)
			xdp_rxq_info_unreg(&rx->xdp);
		if (rx->pool)
			page_pool_destroy(rx->pool);
		kvfree(rx->over);
	} else {
		nax_tx_part(q);
		kvfree(nax_tx_of(q)->item);
	}
	kfree(q->backend);
	q->backend = NULL;
}

void nax_linux_queue_starting(struct nax_queue *q)
{
	if (q->is_rx)
		nax_rx_of(q)->ran = true;
	nax_xsk_begin(q);
}

void nax_linux_queue_stopped(struct nax_queue *q, u32 begin, u32 lost)
{
	struct nax_device *d = nax_device_of(q->adapter);

	if (q->is_rx)
		atomic64_add(lost, &d->rx[q->index].drops);
	else
		nax_tx_drop_all(q, begin);
	nax_xsk_end(q);
}

int nax_linux_buf_get(struct nax_queue *q, struct nax_slot *slot)
{
	/* The stack brings the memory of what is to be sent. */
	if (!q->is_rx)
		return 0;
	if (!nax_rx_refill(nax_rx_of(q), slot))
		return -ENOMEM;
	slot->cap = q->buf_len;
	return 0;
}

void nax_linux_buf_put(struct nax_queue *q, struct nax_slot *slot)
{
	if (q->is_rx)
		page_pool_put_full_page(nax_rx_of(q)->pool, nax_slot_page(slot), false);
}

/* A received packet never starts elsewhere than the device was told to put it. */
void nax_linux_buf_home(struct nax_queue *q, struct nax_slot *slot)
{
	if (q->is_rx && nax_rx_of(q)->xsk)
		nax_xsk_cover(q, slot);
}

/* For the software's second look at what hardware calls bad: receive only. */
u8 *nax_linux_buf_addr(struct nax_queue *q, const struct nax_slot *slot)
{
	struct nax_rx *rx = nax_rx_of(q);
	struct xdp_buff *over = rx->xsk ? rx->over[slot - q->ring.slot] : NULL;

	dma_sync_single_for_cpu(&nax_device_of(q->adapter)->pdev->dev, slot->dma, slot->len,
				DMA_BIDIRECTIONAL);
	if (over)
		return over->data_hard_start + XDP_PACKET_HEADROOM;
	return (u8 *)nax_slot_va(slot) + rx->headroom;
}

u32 nax_linux_buf_room(struct nax_queue *q, const struct nax_slot *slot, u32 *after)
{
	struct nax_rx *rx;

	*after = 0;
	if (!q->is_rx)
		return 0;
	rx = nax_rx_of(q);
	/* What follows a frame of a socket's memory is the socket's. */
	*after = rx->xsk ? q->buf_len : rx->size - rx->headroom;
	return rx->headroom;
}
