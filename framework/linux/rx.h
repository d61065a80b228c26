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

/**
 * nax_rx_unsync() - the device may write there again, where a program has looked at @xdp
 *
 * It may have written to all that there was of the frame, and to zeroes that it put behind it.
 */
static inline void nax_rx_unsync(const struct nax_rx_run *r, const struct nax_slot *s,
				 const struct xdp_buff *xdp)
{
	int len = xdp->data_end - xdp->data_hard_start - XDP_PACKET_HEADROOM;

	dma_sync_single_range_for_device(r->dev, s->dma, 0, max_t(int, len, s->len),
					 DMA_BIDIRECTIONAL);
}

/**
 * nax_rx_first() - the packet of a slot, or its first part
 * @r: poll
 * @s: slot, whose buffer goes with the packet and is replaced
 *
 * Return: sk_buff; NULL if it cannot be taken: it stays in its slot, or its buffer goes back.
 */
struct sk_buff *nax_rx_first(struct nax_rx_run *r, struct nax_slot *s);

/**
 * nax_rx_special() - a packet that is damaged, has several slots or a time stamp
 * @r: poll
 * @first: its first slot
 *
 * Return: one past its last slot.
 */
u32 nax_rx_special(struct nax_rx_run *r, u32 first);

/** nax_lro_packets() - the packets in slots [@i, @end), of a queue with LRO. */
void nax_lro_packets(struct nax_rx_run *r, u32 i, u32 end);

/**
 * nax_rx_deliver() - a packet to the stack
 * @r: poll
 * @skb: the packet; NULL: it is lost, and counted
 * @last: the slot that it ended with
 */
void nax_rx_deliver(struct nax_rx_run *r, struct sk_buff *skb, const struct nax_slot *last);

/** nax_xdp_packets() - run the program over the packets in slots [@i, @end), and finish. */
void nax_xdp_packets(struct nax_rx_run *r, u32 i, u32 end);
/** nax_xdp_each() - the same, with nax_xdp_finish() still to come. */
void nax_xdp_each(struct nax_rx_run *r, u32 i, u32 end);
/** nax_xdp_send() - a frame goes back, as struct nax_xdp_out has it. */
void nax_xdp_send(struct nax_rx_run *r, void *ptr, u32 offset, u32 len);
/** nax_xdp_wrong() - not what a program should answer: the frame is to be dropped. */
void nax_xdp_wrong(struct nax_rx_run *r, u32 act);
/** nax_xdp_finish() - what was sent back and redirected goes on its way. */
void nax_xdp_finish(struct nax_rx_run *r);

/** nax_xsk_packets() - the packets in slots [@i, @end), of a queue with AF_XDP sockets. */
void nax_xsk_packets(struct nax_rx_run *r, u32 i, u32 end);

#endif /* NAX_LINUX_RX_H */
