/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of one poll of a receive queue, for rx.c and xdp.c. */
#ifndef NAX_LINUX_RX_H
#define NAX_LINUX_RX_H

#include <linux/dma-mapping.h>

#include "linux.h"

static inline struct nax_rx *nax_rx_of_run(struct nax_rx_run *r)
{
	return container_of(r, struct nax_rx, run);
}

/** nax_rx_sync() - what the device wrote to a slot can be read. */
static inline void nax_rx_sync(const struct nax_rx_run *r, const struct nax_slot *s)
{
	dma_sync_single_range_for_cpu(r->dev, s->dma, 0, s->len, DMA_BIDIRECTIONAL);
}

/** nax_rx_deliver() - a packet to the stack; @last is the slot that it ended with. */
void nax_rx_deliver(struct nax_rx_run *r, struct sk_buff *skb, const struct nax_slot *last);

/** nax_xdp_packets() - run the program over the packets in slots [@i, @end). */
void nax_xdp_packets(struct nax_rx_run *r, u32 i, u32 end);

#endif /* NAX_LINUX_RX_H */
