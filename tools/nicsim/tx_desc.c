// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: transmit descriptors in, one packet at a time, checked one by one; and what is written
 * back when the packet is out: DD in the descriptor that asked for it, or the head.
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "datapath.h"
#include "desc82599.h"
#include "regs_datapath.h"

#define WINDOW		64u	/* descriptors looked at by one translation */

/** struct tx_ring - a queue's registers and a view of its descriptors */
struct tx_ring {
	uint32_t queue;
	uint32_t regs;
	uint64_t base;
	uint32_t count;
	uint32_t tail;
	uint32_t limit;		/* data descriptors of a packet */
	const uint8_t *window;
	uint32_t first, len;	/* descriptors in the window */
};

/* "A packet can span any number of buffers up to a limit of 40 minus WTHRESH minus 2." */
static uint32_t packet_limit(uint32_t txdctl)
{
	uint32_t held = TXDCTL_WTHRESH(txdctl) + 2;

	return held < TX_ON_CHIP_DESCS ? TX_ON_CHIP_DESCS - held : 1;
}

static void ring_load(const struct nicsim_port *p, uint32_t queue, struct tx_ring *r)
{
	uint32_t regs = DR_TXQ(queue);

	r->queue = queue;
	r->regs = regs;
	r->base = sim_reg(p, regs + TXQ_TDBAL) | (uint64_t)sim_reg(p, regs + TXQ_TDBAH) << 32;
	r->count = sim_ring_count(sim_reg(p, regs + TXQ_TDLEN));
	r->tail = sim_reg(p, regs + TXQ_TDT);
	r->limit = packet_limit(sim_reg(p, regs + TXQ_TXDCTL));
	r->len = 0;
}

static bool read_desc(struct nicsim_port *p, struct tx_ring *r, uint32_t at, struct sim_desc *d)
{
	if (!r->len || at - r->first >= r->len) {
		uint32_t n = (r->tail > at ? r->tail : r->count) - at;

		r->len = n < WINDOW ? n : WINDOW;
		r->first = at;
		r->window = sim_dma(p, r->base + (uint64_t)DESC_SIZE * at, DESC_SIZE * r->len,
				    false, "transmit descriptor");
		if (!r->window) {
			r->len = 0;
			return false;
		}
	}
	*d = sim_desc_read(r->window + DESC_SIZE * (at - r->first));
	if (sim_tracing(p))
		sim_trace(p, "%" PRIu64 " tx %u[%u]: %016" PRIx64 " %08x %08x", sim_now(p),
			  r->queue, at, d->addr, d->dw2, d->dw3);
	return true;
}

static bool is_context(const struct sim_desc *d)
{
	return (d->dw2 & TXD_DEXT) && TXD_DTYP(d->dw2) == TXD_DTYP_CONTEXT;
}

/* ---- context descriptors ---- */

static void take_context(struct nicsim_port *p, const struct tx_ring *r, uint32_t at,
			 const struct sim_desc *d)
{
	uint32_t dw0 = d->addr, dw1 = d->addr >> 32, idx = TXD_IDX(d->dw3);
	struct sim_tx_context *c = &p->dp->txq[r->queue].context[idx & 1];

	if (idx > 1)
		sim_error(p, "tx-context", "queue %u descriptor %u: IDX %u; a queue has contexts 0 "
			  "and 1", r->queue, at, idx);
	if (dw1 || (d->dw2 & TXC_RSV2) || (d->dw3 & TXC_RSV3))
		sim_error(p, "tx-context", "queue %u descriptor %u: reserved bits: %08x in dword "
			  "1, %08x in 2, %08x in 3", r->queue, at, dw1, d->dw2 & TXC_RSV2,
			  d->dw3 & TXC_RSV3);
	if (d->dw2 & TXC_SNAP)
		sim_error(p, "tx-context", "queue %u descriptor %u: TUCMD.SNAP is not modelled",
			  r->queue, at);
	c->valid = true;
	c->ipv4 = d->dw2 & TXC_IPV4;
	c->l4t = TXC_L4T(d->dw2);
	c->maclen = TXC_MACLEN(dw0);
	c->iplen = TXC_IPLEN(dw0);
	c->vlan = TXC_VLAN(dw0);
	c->l4len = TXC_L4LEN(d->dw3);
	c->mss = TXC_MSS(d->dw3);
}

/* ---- data descriptors ---- */

static bool check_legacy(struct nicsim_port *p, const struct tx_ring *r, uint32_t at,
			 const struct sim_desc *d)
{
	if ((d->dw2 & TXD_L_RSV) || (d->dw3 & TXD_L_STA)) {
		sim_error(p, "tx-descriptor", "queue %u descriptor %u: reserved bits in command "
			  "%#x or status %#x", r->queue, at, d->dw2 >> 24, d->dw3 & TXD_L_STA);
		return false;
	}
	return true;
}

static bool check_advanced(struct nicsim_port *p, const struct tx_ring *r, uint32_t at,
			   const struct sim_desc *d)
{
	if (TXD_DTYP(d->dw2) != TXD_DTYP_DATA) {
		sim_error(p, "tx-descriptor", "queue %u descriptor %u: DTYP %u; 2 is context, 3 is "
			  "data", r->queue, at, TXD_DTYP(d->dw2));
		return false;
	}
	if ((d->dw2 & TXD_RSV2) || (d->dw3 & (TXD_STA | TXD_RSV3)) || TXD_IDX(d->dw3) > 1) {
		sim_error(p, "tx-descriptor", "queue %u descriptor %u: reserved bits: %#x in dword "
			  "2, %#x in 3, IDX %u", r->queue, at, d->dw2 & TXD_RSV2,
			  d->dw3 & (TXD_STA | TXD_RSV3), TXD_IDX(d->dw3));
		return false;
	}
	if ((d->dw2 & TXD_LINKSEC) || (d->dw3 & TXD_IPSEC)) {
		sim_error(p, "tx-descriptor", "queue %u descriptor %u asks for LinkSec or IPsec, "
			  "which are fused off (SECTXSTAT)", r->queue, at);
		return false;
	}
	return true;
}

static bool check_data(struct nicsim_port *p, const struct tx_ring *r, uint32_t at,
		       const struct sim_desc *d, const struct sim_tx_job *job)
{
	bool legacy = !(d->dw2 & TXD_DEXT);

	if (!(legacy ? check_legacy : check_advanced)(p, r, at, d))
		return false;
	if (job->descs && legacy != job->legacy) {
		sim_error(p, "tx-packet", "queue %u descriptor %u: legacy and advanced in one "
			  "packet", r->queue, at);
		return false;
	}
	if (!(d->dw2 & TXD_LENGTH)) {
		sim_error(p, "tx-descriptor", "queue %u descriptor %u: length 0", r->queue, at);
		return false;
	}
	if ((d->dw2 & TXD_RS) && !(d->dw2 & TXD_EOP)) {
		sim_error(p, "tx-descriptor", "queue %u descriptor %u: RS without EOP", r->queue,
			  at);
		return false;
	}
	if (job->frag_count >= r->limit) {
		sim_error(p, "tx-packet", "queue %u descriptor %u: packet of more than %u "
			  "descriptors: the limit is 40 - WTHRESH - 2", r->queue, at, r->limit);
		return false;
	}
	return true;
}

/* What counts for the whole packet stands in its first descriptor. */
static void take_first(struct nicsim_port *p, struct sim_tx_job *job, const struct sim_desc *d)
{
	job->legacy = !(d->dw2 & TXD_DEXT);
	job->ifcs = d->dw2 & TXD_IFCS;
	if (job->legacy) {
		job->sum = d->dw2 & TXD_L_IC;
		job->cso = TXD_L_CSO(d->dw2);
		job->css = TXD_L_CSS(d->dw3);
		return;
	}
	job->vle = d->dw2 & TXD_VLE;
	job->tse = d->dw2 & TXD_TSE;
	job->tstamp = d->dw2 & TXD_TSTAMP;
	job->ixsm = d->dw3 & TXD_IXSM;
	job->txsm = d->dw3 & TXD_TXSM;
	job->paylen = TXD_PAYLEN(d->dw3);
	job->context = p->dp->txq[job->queue].context[TXD_IDX(d->dw3) & 1];
	job->vlan = job->context.vlan;
}

static void take_data(struct nicsim_port *p, struct sim_tx_job *job, const struct sim_desc *d)
{
	if (!job->descs)
		take_first(p, job, d);
	if (job->legacy && (d->dw2 & TXD_EOP)) {
		job->vle = d->dw2 & TXD_VLE;
		job->vlan = TXD_L_VLAN(d->dw3);
	}
	if (job->frag_count < SIM_TX_FRAGS) {
		job->frag[job->frag_count].addr = d->addr;
		job->frag[job->frag_count].len = d->dw2 & TXD_LENGTH;
		job->frag_count++;
	}
	job->total += d->dw2 & TXD_LENGTH;
	job->descs++;
}

static void job_clear(struct sim_tx_job *job, uint32_t queue)
{
	memset(job, 0, offsetof(struct sim_tx_job, frag));
	job->queue = queue;
}

bool sim_tx_fetch(struct nicsim_port *p, uint32_t queue)
{
	struct sim_tx_job *job = &p->dp->job;
	struct tx_ring r;
	struct sim_desc d;
	uint32_t at, next;
	bool good = true;

	job_clear(job, queue);
	if (sim_queue_cut(p, p->dp->tx_off, queue))
		return false;
	ring_load(p, queue, &r);
	if (r.tail >= r.count || sim_reg(p, r.regs + TXQ_TDH) >= r.count)
		return false;
	for (at = sim_reg(p, r.regs + TXQ_TDH); at != r.tail; at = next) {
		if (!read_desc(p, &r, at, &d))
			return false;
		next = at + 1 < r.count ? at + 1 : 0;
		if (is_context(&d)) {
			if (job->descs) {
				sim_error(p, "tx-packet", "queue %u descriptor %u: context inside "
					  "a packet", queue, at);
				good = false;
				job->descs++;
				continue;
			}
			take_context(p, &r, at, &d);
			sim_reg_set(p, r.regs + TXQ_TDH, next);
			p->dp->txq[queue].wb_descs++;
			continue;
		}
		/* one report for a packet is enough */
		good = good && check_data(p, &r, at, &d, job);
		take_data(p, job, &d);
		if (!(d.dw2 & TXD_EOP))
			continue;
		job->eop = at;
		job->next = next;
		job->rs = d.dw2 & TXD_RS;
		if (good)
			return true;
		sim_tx_complete(p);
		job_clear(job, queue);
		good = true;
	}
	if (job->descs)
		sim_error(p, "tx-no-eop", "queue %u: TDT %u stands inside a packet of %u "
			  "descriptors so far", queue, r.tail, job->descs);
	return false;
}

/* ---- completion ---- */

static void write_dd(struct nicsim_port *p, uint32_t queue, uint32_t index, bool legacy)
{
	uint32_t regs = DR_TXQ(queue), keep = 0;
	uint64_t base = sim_reg(p, regs + TXQ_TDBAL) |
			(uint64_t)sim_reg(p, regs + TXQ_TDBAH) << 32;
	uint8_t *desc = sim_dma(p, base + (uint64_t)DESC_SIZE * index, DESC_SIZE, true,
				"transmit write-back");

	if (!desc)
		return;
	if (legacy)
		keep = sim_desc_read(desc).dw3;
	if (sim_tracing(p))
		sim_trace(p, "%" PRIu64 " tx %u[%u] done", sim_now(p), queue, index);
	sim_put_release32(desc + 12, keep | TXD_DD);
}

static void write_head(struct nicsim_port *p, uint32_t queue, uint32_t head)
{
	uint32_t regs = DR_TXQ(queue);
	uint64_t addr = (sim_reg(p, regs + TXQ_TDWBAL) & ~3u) |
			(uint64_t)sim_reg(p, regs + TXQ_TDWBAH) << 32;
	uint8_t *at = sim_dma(p, addr, 4, true, "transmit head write-back");

	if (at)
		sim_put_release32(at, head);
}

static bool head_wb(const struct nicsim_port *p, uint32_t queue)
{
	return sim_reg(p, DR_TXQ(queue) + TXQ_TDWBAL) & TDWBAL_HEAD_WB;
}

void sim_tx_flush(struct nicsim_port *p, uint32_t queue)
{
	struct sim_tx_queue *q = &p->dp->txq[queue];
	unsigned int i;

	if (sim_queue_cut(p, p->dp->tx_off, queue)) {
		sim_log(p, "transmit queue %u: reports are not written, DMA has ended", queue);
	} else if (head_wb(p, queue)) {
		write_head(p, queue, sim_reg(p, DR_TXQ(queue) + TXQ_TDH));
	} else {
		for (i = 0; i < q->wb_count; i++)
			write_dd(p, queue, q->wb[i] & ~SIM_TX_WB_LEGACY,
				 q->wb[i] & SIM_TX_WB_LEGACY);
	}
	q->wb_count = 0;
	q->wb_descs = 0;
	sim_bit_clear(p->dp->tx_wb, queue);
	sim_bit_set(p->dp->tx_irq, queue);
}

void sim_tx_complete(struct nicsim_port *p)
{
	struct sim_tx_job *job = &p->dp->job;
	struct sim_tx_queue *q = &p->dp->txq[job->queue];
	uint32_t regs = DR_TXQ(job->queue);
	uint32_t wthresh = TXDCTL_WTHRESH(sim_reg(p, regs + TXQ_TXDCTL));

	job->active = false;
	sim_reg_set(p, regs + TXQ_TDH, job->next);
	if (job->next == sim_reg(p, regs + TXQ_TDT))
		sim_bit_clear(p->dp->tx_ready, job->queue);
	q->wb_descs += job->descs;
	if (job->rs)
		q->wb[q->wb_count++] = job->eop | (job->legacy ? SIM_TX_WB_LEGACY : 0);
	if (!q->wb_count)
		return;
	sim_bit_set(p->dp->tx_wb, job->queue);
	if (q->wb_descs >= wthresh || q->wb_count == SIM_TX_WRITEBACKS)
		sim_tx_flush(p, job->queue);
}

/*
 * Of the descriptors that are not posted the last is taken, just behind the head: the driver may be
 * writing the first ones at this moment, and would be blamed for what it finds there afterwards.
 */
void sim_tx_early(struct nicsim_port *p, uint32_t queue)
{
	uint32_t regs = DR_TXQ(queue), head = sim_reg(p, regs + TXQ_TDH);
	uint32_t tail = sim_reg(p, regs + TXQ_TDT);
	uint32_t count = sim_ring_count(sim_reg(p, regs + TXQ_TDLEN));
	uint32_t last = (head ? head : count) - 1;

	if (tail >= count || head >= count)
		return;
	sim_log(p, "fault: transmit queue %u reports descriptor %u, which is not posted", queue,
		head_wb(p, queue) ? tail : last);
	if (head_wb(p, queue))
		write_head(p, queue, tail + 1 < count ? tail + 1 : 0);
	else
		write_dd(p, queue, last, false);
	sim_bit_set(p->dp->tx_irq, queue);
	sim_wake(p);
}
