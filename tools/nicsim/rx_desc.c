// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: received frames into descriptors, advanced with one buffer or legacy. A frame takes as
 * many as it needs; the word with DD is written last. What only a faulty device would do is here
 * too: lengths that lie, frames without end.
 */
#include <inttypes.h>
#include <string.h>

#include "datapath.h"
#include "desc82599.h"
#include "regs_datapath.h"

#define CHAIN		40u		/* descriptors of NICSIM_RX_CHAIN40 */
#define LIE_ZERO	1
#define LIE_OVER	2
#define LIE_EXCESS	100		/* bytes over the buffer */

static void ring_load(const struct nicsim_port *p, uint32_t queue, struct sim_rx_ring *r)
{
	uint32_t regs = DR_RXQ(queue), srrctl = sim_reg(p, regs + RXQ_SRRCTL), tail;

	r->queue = queue;
	r->regs = regs;
	r->base = sim_reg(p, regs + RXQ_RDBAL) | (uint64_t)sim_reg(p, regs + RXQ_RDBAH) << 32;
	r->count = sim_ring_count(sim_reg(p, regs + RXQ_RDLEN));
	r->head = sim_reg(p, regs + RXQ_RDH);
	tail = sim_reg(p, regs + RXQ_RDT);
	r->buffer = SRRCTL_BSIZEPKT(srrctl) * 1024;
	r->legacy = SRRCTL_DESCTYPE(srrctl) == SRRCTL_LEGACY;
	r->avail = 0;
	if (r->head < r->count && tail < r->count && r->buffer && !sim_bit(p->dp->rx_hung, queue))
		r->avail = tail >= r->head ? tail - r->head : tail + r->count - r->head;
}

static bool drops(const struct nicsim_port *p, uint32_t queue)
{
	return (sim_reg(p, DR_RXQ(queue) + RXQ_SRRCTL) & SRRCTL_DROP_EN) ||
	       sim_bit(p->dp->drop_en, queue);
}

/* True: the queue just hung. */
static bool draw_faults(struct nicsim_port *p, struct sim_rx_meta *meta)
{
	uint32_t q = meta->queue;

	if (sim_fault_take(p, NICSIM_RX_HANG, q)) {
		sim_bit_set(p->dp->rx_hung, q);
		return true;
	}
	if (sim_fault_take(p, NICSIM_RX_LEN_ZERO, q))
		meta->lie = LIE_ZERO;
	if (sim_fault_take(p, NICSIM_RX_LEN_OVER, q))
		meta->lie = LIE_OVER;
	if (sim_fault_take(p, NICSIM_RX_NO_EOP, q))
		meta->no_eop = true;
	if (meta->len >= CHAIN && sim_fault_take(p, NICSIM_RX_CHAIN40, q))
		meta->chunk = meta->len / CHAIN;
	return false;
}

/* Bytes of the frame that go to the next descriptor. */
static uint32_t piece(const struct sim_rx_meta *meta, uint32_t buffer)
{
	uint32_t n = meta->len - meta->done;

	if (meta->chunk && meta->done / meta->chunk < CHAIN - 1)
		n = meta->chunk;
	return n < buffer ? n : buffer;
}

/* Bytes @at .. @at + @n of what is delivered: the frame without its tag, the FCS behind it. */
static void copy_out(uint8_t *to, const struct sim_rx_meta *meta, const uint8_t *frame, uint32_t at,
		     uint32_t n)
{
	uint32_t body = meta->len - (meta->keep_fcs ? SIM_FCS : 0), part;

	if (meta->strip_at && at < meta->strip_at) {
		part = meta->strip_at - at < n ? meta->strip_at - at : n;
		memcpy(to, frame + at, part);
		to += part;
		at += part;
		n -= part;
	}
	if (n && at < body) {
		part = body - at < n ? body - at : n;
		memcpy(to, frame + at + (meta->strip_at ? SIM_VLAN_TAG : 0), part);
		to += part;
		at += part;
		n -= part;
	}
	if (n)
		memcpy(to, meta->fcs + (at - body), n);
}

static void write_back(struct nicsim_port *p, const struct sim_rx_ring *r,
		       const struct sim_rx_slot *slot, const struct sim_rx_meta *meta, uint32_t n,
		       bool last)
{
	uint32_t status = RXD_DD, length = n;
	uint8_t *desc = slot->desc;

	if (last && !meta->no_eop)
		status |= RXD_EOP | meta->status;
	if (last && meta->lie)
		length = meta->lie == LIE_ZERO ? 0 : r->buffer + LIE_EXCESS;
	if (sim_tracing(p))
		sim_trace(p, "%" PRIu64 " rx %u[%u] written back: length %u status %#x", sim_now(p),
			  r->queue, slot->index, length, status);
	if (r->legacy) {
		sim_put_le32(desc + 8, length | (last ? (uint32_t)meta->csum << 16 : 0));
		sim_put_release32(desc + 12, (status & RXD_LEGACY_STATUS) |
				  status >> RXD_LEGACY_ERROR_SHIFT << 8 |
				  (last ? (uint32_t)meta->vlan << 16 : 0));
		return;
	}
	sim_put_le32(desc, last ? meta->info : 0);
	sim_put_le32(desc + 4, last ? meta->hash : 0);
	sim_put_le32(desc + 12, length | (last ? (uint32_t)meta->vlan << 16 : 0));
	sim_put_release32(desc + 8, status);
}

bool sim_rx_take(struct nicsim_port *p, struct sim_rx_ring *r, struct sim_rx_slot *slot)
{
	struct sim_desc d;
	uint64_t header;

	slot->index = r->head;
	slot->desc = sim_dma(p, r->base + DESC_SIZE * r->head, DESC_SIZE, true,
			     "receive descriptor");
	if (!slot->desc)
		return false;
	d = sim_desc_read(slot->desc);
	slot->addr = d.addr;
	header = d.dw2 | (uint64_t)d.dw3 << 32;
	if (sim_tracing(p))
		sim_trace(p, "%" PRIu64 " rx %u[%u]: buffer %#" PRIx64 " header %#" PRIx64,
			  sim_now(p), r->queue, r->head, d.addr, header);
	/* the whole buffer is hardware's to write to, however short the frame */
	slot->buffer = sim_dma(p, d.addr, r->buffer, true, "receive buffer");
	if (!slot->buffer)
		return false;
	r->avail--;
	r->head = r->head + 1 < r->count ? r->head + 1 : 0;
	sim_reg_set(p, r->regs + RXQ_RDH, r->head);
	return true;
}

/* One descriptor: take it, fill its buffer with @n bytes, write it back. */
static bool fill(struct nicsim_port *p, struct sim_rx_ring *r, struct sim_rx_meta *meta,
		 const uint8_t *frame, uint32_t n)
{
	bool last = meta->done + n == meta->len;
	struct sim_rx_slot slot;

	if (!sim_rx_take(p, r, &slot))
		return false;
	copy_out(slot.buffer, meta, frame, meta->done, n);
	write_back(p, r, &slot, meta, n, last);
	meta->done += n;
	sim_bit_set(p->dp->rx_irq, r->queue);
	sim_wake(p);
	return true;
}

bool sim_rx_deliver(struct nicsim_port *p, struct sim_rx_meta *meta, const uint8_t *frame)
{
	struct sim_rx_ring r;

	if (!(sim_reg(p, DR_RXQ(meta->queue) + RXQ_RXDCTL) & XXDCTL_ENABLE))
		goto drop;
	if (sim_queue_cut(p, p->dp->rx_off, meta->queue))
		return false;
	ring_load(p, meta->queue, &r);
	if (!r.buffer)
		goto drop;
	if (!meta->done && r.avail && draw_faults(p, meta))
		r.avail = 0;
	if (meta->rsc && !meta->done && sim_rsc_deliver(p, &r, meta, frame))
		return true;
	if (!meta->done && drops(p, meta->queue) &&
	    r.avail < (meta->chunk ? CHAIN : (meta->len + r.buffer - 1) / r.buffer))
		goto drop;
	while (meta->done < meta->len) {
		if (!r.avail)
			return false;
		if (!fill(p, &r, meta, frame, piece(meta, r.buffer)))
			goto drop;
	}
	/* QBRC has what is posted to the host, before a tag is taken off: section 8.2.3.23 */
	sim_stat_queue_rx(p, meta->queue, 1, meta->frame_len + (meta->keep_fcs ? SIM_FCS : 0));
	return true;

drop:
	sim_stat_queue_drop(p, meta->queue, 1);
	return true;
}
