/* SPDX-License-Identifier: GPL-2.0-only */
/* What one poll of a receive queue is made of, for rx.c and xdp.c. */
#ifndef NAX_LINUX_RX_H
#define NAX_LINUX_RX_H

#include <linux/dma-mapping.h>

#include "linux.h"

#define NAX_XDP_BULK	16

/**
 * struct nax_rx_run - one call of nax_rx_poll()
 * @irq: vector
 * @q: queue
 * @rx: its back end part
 * @dev: device for DMA
 * @prog: XDP program, NULL: none
 * @packets: packets received
 * @bytes: bytes in them
 * @drops: packets lost for want of memory or of room to send them
 * @csum_good: packets whose checksum hardware verified
 * @redirected: some frame was redirected
 * @n_bulk: entries of @bulk
 * @bulk: frames to send back
 */
struct nax_rx_run {
	struct nax_irq *irq;
	struct nax_queue *q;
	struct nax_rx *rx;
	struct device *dev;
	struct bpf_prog *prog;
	u32 packets;
	u32 bytes;
	u32 drops;
	u32 csum_good;
	bool redirected;
	u32 n_bulk;
	struct xdp_frame *bulk[NAX_XDP_BULK];
};

/** nax_rx_sync() - what the device wrote to a slot can be read. */
static inline void nax_rx_sync(const struct nax_rx_run *r, const struct nax_slot *s)
{
	dma_sync_single_range_for_cpu(r->dev, s->dma, 0, s->len, DMA_BIDIRECTIONAL);
}

/** nax_rx_take() - the page of a slot is the caller's, and @page takes its place. */
static inline void nax_rx_take(const struct nax_rx_run *r, struct nax_slot *s, struct page *page)
{
	nax_rx_sync(r, s);
	nax_slot_set_page(s, page);
}

struct sk_buff *nax_xdp_run(struct nax_rx_run *r, u32 i, u32 end);
void nax_xdp_finish(struct nax_rx_run *r);

#endif /* NAX_LINUX_RX_H */
