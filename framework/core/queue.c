// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Life of a queue: its memory, its buffers, start and stop.
 *
 * Every slot owns a buffer from nax_queue_make() to nax_queue_free(), on both sides of a stop, so
 * a queue that was made can always be started again. A resize makes a second queue and lets the two
 * exchange their memory; the struct that back end and driver point to stays where it is.
 */
#include "internal.h"

static const char *nax_queue_side(bool rx)
{
	return rx ? "rx" : "tx";
}

static int nax_queue_buffers(struct nax_core *c, struct nax_queue *q)
{
	struct nax_queue_core *qc = nax_qc(q);
	u32 i;
	int ret;

	for (i = 0; i <= q->ring.mask; i++) {
		ret = c->ops->buf_get(q, &q->ring.slot[i]);
		if (ret)
			return ret;
		qc->held++;
		c->bufs++;
	}
	return 0;
}

static int nax_queue_memory(struct nax_core *c, struct nax_queue_core *qc, u32 slots)
{
	struct nax_queue *q = &qc->q;
	const struct nax_caps *caps = &c->a.caps;
	u32 desc = q->is_rx ? caps->rx_desc_size : caps->tx_desc_size;

	q->ring.mask = slots - 1;
	q->desc_mask = slots - 1;
	q->ring.slot = nax_zalloc(c, slots * sizeof(*q->ring.slot));
	if (!q->ring.slot)
		return -ENOMEM;
	q->desc_size = (u16)desc;
	qc->desc_bytes = (size_t)slots * desc;
	q->desc = nax_dma_zalloc(c, qc->desc_bytes, caps->desc_align, &q->desc_dma);
	if (!q->desc)
		return -ENOMEM;
	if (c->a.driver->queue_priv_size) {
		q->priv = nax_zalloc(c, c->a.driver->queue_priv_size);
		if (!q->priv)
			return -ENOMEM;
	}
	if (q->is_rx && c->a.driver->ops->ptp) {
		q->ring.tstamp = nax_zalloc(c, slots * sizeof(*q->ring.tstamp));
		if (!q->ring.tstamp)
			return -ENOMEM;
	}
	if (q->is_rx)
		return 0;
	q->report = nax_zalloc(c, slots * sizeof(*q->report));
	return q->report ? 0 : -ENOMEM;
}

/* What packet and verifier code hang on a queue; they find q complete but for its start. */
static int nax_queue_extras(struct nax_core *c, struct nax_queue *q)
{
	int ret = 0;

	if (!q->is_rx)
		ret = nax_tx_fix_create(q);
	if (!ret && c->verify)
		ret = nax_verify_queue_create(q);
	return ret;
}

static void nax_queue_set_indices(struct nax_core *c, struct nax_queue *q)
{
	/* Where the verifier looks on, indices wrap soon after start and not after 2^32 packets. */
	u32 base = c->verify_level ? 0u - 2 * nax_ring_size(&q->ring) : 0;

	q->ring.begin = base;
	q->ring.next = base;
	q->ring.end = q->is_rx ? base + nax_ring_size(&q->ring) : base;
	q->tail = base;
	q->rung = base;
	q->plain = base;
	q->given = q->ring.end;
	nax_queue_unsettle(q);
	nax_queue_watch_nothing(q);
	WRITE_ONCE(q->head, base);
	q->seen = base;
	q->carry = 0;
	q->part = 0;
	q->since = 0;
	q->posted.packets = (u32)q->stats.packets;
	q->posted.bytes = (u32)q->stats.bytes;
	WRITE_ONCE(q->report_head, base);
	WRITE_ONCE(q->report_tail, base);
	memset(&q->batch, 0, sizeof(q->batch));
}

int nax_queue_make(struct nax_core *c, const struct nax_config *cfg, bool rx, u16 index,
		   struct nax_queue **queue, struct nax_error *err)
{
	u32 slots = rx ? cfg->rx_ring : cfg->tx_ring;
	struct nax_queue_core *qc;
	struct nax_shape shape;
	struct nax_queue *q;
	int ret;

	nax_config_shape(&c->a, cfg, &shape);
	qc = nax_zalloc(c, sizeof(*qc));
	if (!qc)
		return nax_error_set(err, -ENOMEM, "%s queue %u: no memory", nax_queue_side(rx),
				     index);
	q = &qc->q;
	q->halt = BIT(NAX_HALT_STOPPED);
	q->path = c->dp;
	q->adapter = &c->a;
	q->is_rx = rx;
	q->index = index;
	q->buf_len = rx ? shape.rx_buf_len : 0;
	q->slots_max = rx ? shape.rx_slots : c->a.caps.tx_slots_max;
	q->tx_overhead = c->a.caps.tx_overhead;
	q->report_interval = c->a.caps.report_interval;

	ret = nax_queue_memory(c, qc, slots);
	nax_queue_set_indices(c, q);
	if (!ret && c->ops->queue_make)
		ret = c->ops->queue_make(q);
	if (!ret)
		ret = nax_queue_buffers(c, q);
	if (!ret)
		ret = nax_queue_extras(c, q);
	if (ret) {
		nax_error_set(err, ret, "%s queue %u of %u slots: no memory after %u buffers",
			      nax_queue_side(rx), index, slots, qc->held);
		nax_queue_free(c, q);
		return ret;
	}
	*queue = q;
	return 0;
}

void nax_queue_free(struct nax_core *c, struct nax_queue *q)
{
	struct nax_queue_core *qc;

	if (!q)
		return;
	qc = nax_qc(q);
	nax_queue_resume(c, q);
	if (qc->verify)
		nax_verify_queue_destroy(q);
	if (qc->fix)
		nax_tx_fix_destroy(q);
	while (qc->held) {
		qc->held--;
		c->bufs--;
		c->ops->buf_put(q, &q->ring.slot[qc->held]);
	}
	if (c->ops->queue_free)
		c->ops->queue_free(q);
	nax_stats_keep(c, q);
	nax_free(c, q->report);
	nax_free(c, q->priv);
	nax_dma_free(c, q->desc, qc->desc_bytes, q->desc_dma);
	nax_free(c, q->ring.tstamp);
	nax_free(c, q->ring.slot);
	nax_free(c, qc);
}

void nax_queue_exchange(struct nax_queue *q, struct nax_queue *other)
{
	struct nax_queue_core *qc = nax_qc(q), *oc = nax_qc(other);

	swap(q->ring, other->ring);
	swap(q->desc, other->desc);
	swap(q->desc_mask, other->desc_mask);
	swap(q->desc_dma, other->desc_dma);
	swap(q->report, other->report);
	swap(q->priv, other->priv);
	swap(q->backend, other->backend);
	swap(q->buf_len, other->buf_len);
	swap(q->slots_max, other->slots_max);
	swap(qc->desc_bytes, oc->desc_bytes);
	swap(qc->held, oc->held);
	swap(qc->fix, oc->fix);
	swap(qc->verify, oc->verify);
}

void nax_queue_rx_limits(struct nax_core *c, struct nax_queue *q)
{
	u16 slots = nax_config_rx_slots(&c->a, &c->config, q->buf_len);

	/* Written only where it differs: its poll context may be running. */
	if (q->slots_max != slots)
		q->slots_max = slots;
}

/*
 * The packet half of every slot is cleared, so that no old packet end is ever taken for a new one.
 */
static void nax_queue_slots_home(struct nax_core *c, struct nax_queue *q)
{
	struct nax_slot *s;
	u32 i;

	for (i = 0; i <= q->ring.mask; i++) {
		s = &q->ring.slot[i];
		c->ops->buf_home(q, s);
		s->flags = 0;
		s->hash = 0;
		s->len = 0;
		s->vlan_tci = 0;
		s->gso = 0;
		s->group = 0;
	}
}

void nax_queue_start(struct nax_core *c, struct nax_queue *q)
{
	struct nax_queue_core *qc = nax_qc(q);
	u64 now = c->ops->time_ns(&c->a);

	if (nax_queue_halted(q, NAX_HALT_QUARANTINE) || !nax_queue_halted(q, NAX_HALT_STOPPED))
		return;
	if (c->ops->queue_starting)
		c->ops->queue_starting(q);
	if (q->is_rx)
		nax_queue_rx_limits(c, q);
	nax_queue_set_indices(c, q);
	nax_queue_slots_home(c, q);
	memset(q->desc, 0, qc->desc_bytes);
	memset(&qc->watch, 0, sizeof(qc->watch));
	qc->watch.head_ns = now;
	qc->watch.polls_ns = now;

	nax_enter(c, NAX_OP_QUEUE_START, q);
	c->a.driver->ops->queue_start(q);
	nax_leave(c, NAX_OP_QUEUE_START, q);
	/* Nothing may be posted to a queue that did not start: recovery starts it again. */
	if (nax_note_posted(&qc->hung) || nax_note_posted(&c->hung))
		set_bit(NAX_HALT_STUCK, &q->halt);
	else
		clear_bit(NAX_HALT_STUCK, &q->halt);
	clear_bit(NAX_HALT_STOPPED, &q->halt);
	nax_queue_watch_begin(q);
	if (q->is_rx)
		nax_queue_post_rx(q);
}

/*
 * What the device completed until its DMA ended lies in memory: it is no loss. Not through the
 * verifier, for which the queue has stopped.
 */
static void nax_queue_reap_last(struct nax_core *c, struct nax_queue *q)
{
	u32 first = q->ring.begin;

	if (!q->is_rx) {
		c->direct.tx_reap(q);
		return;
	}
	memset(&q->batch, 0, sizeof(q->batch));
	c->direct.rx_reap(q, nax_ring_size(&q->ring));
	nax_queue_count_rx(q, first);
}

static u32 nax_queue_count_lost(struct nax_queue *q)
{
	struct nax_ring *r = &q->ring;
	u32 i = q->is_rx ? nax_ring_first_held(r) : r->begin;
	u32 end = q->is_rx ? r->begin : r->end;
	u32 lost = 0;
	u32 flags;

	for (; i != end; i++) {
		flags = nax_ring_slot(r, i)->flags;
		if (flags & NAX_F_EOP && !(q->is_rx && flags & NAX_F_RX_ERROR))
			lost++;
	}
	/* A packet whose end did not come, unless it has been counted as damaged. */
	if (q->is_rx && q->seen != r->begin &&
	    (q->carry & NAX_F_RX_REASON) != NAX_RX_REASON_COUNTED)
		lost++;
	nax_count(&q->stats.drops, lost);
	return lost;
}

void nax_queue_stop(struct nax_core *c, struct nax_queue *q)
{
	u32 begin, lost = 0;

	if (nax_queue_halted(q, NAX_HALT_STOPPED))
		return;
	set_bit(NAX_HALT_STOPPED, &q->halt);
	nax_recover_forget(c, q);
	nax_enter(c, NAX_OP_QUEUE_STOP, q);
	c->a.driver->ops->queue_stop(q);
	nax_leave(c, NAX_OP_QUEUE_STOP, q);
	/*
	 * A quarantined ring is not believed: its indices may be anything. Pending segments are
	 * given up first, since what of them is in the ring already belongs to their packet.
	 */
	if (!nax_queue_halted(q, NAX_HALT_QUARANTINE))
		nax_queue_reap_last(c, q);
	if (!q->is_rx)
		nax_tx_fix_drop(q);
	if (!nax_queue_halted(q, NAX_HALT_QUARANTINE))
		lost = nax_queue_count_lost(q);
	begin = q->ring.begin;
	nax_queue_set_indices(c, q);
	if (c->ops->queue_stopped)
		c->ops->queue_stopped(q, begin, lost);
}

void nax_queue_pause(struct nax_core *c, struct nax_queue *q)
{
	struct nax_queue_core *qc = nax_qc(q);

	if (qc->paused)
		return;
	c->ops->queue_pause(q);
	qc->paused = true;
}

void nax_queue_resume(struct nax_core *c, struct nax_queue *q)
{
	struct nax_queue_core *qc = nax_qc(q);

	if (!qc->paused)
		return;
	qc->paused = false;
	c->ops->queue_resume(q);
	if (!nax_queue_halted(q, NAX_HALT_STOPPED))
		c->ops->queue_wake(q);
}

void nax_queues_each(struct nax_core *c, void (*f)(struct nax_core *c, struct nax_queue *q))
{
	u32 i;

	for (i = 0; i < c->a.n_txq; i++)
		f(c, c->a.txq[i]);
	for (i = 0; i < c->a.n_rxq; i++)
		f(c, c->a.rxq[i]);
}

/*
 * Quarantine may strike within a poll: the queue's DMA cannot be turned off here, since that is a
 * control operation. Until the service has done it, polls return at once.
 */
void nax_queue_quarantine(struct nax_queue *q)
{
	struct nax_core *c = nax_core_of(q->adapter);

	set_bit(NAX_HALT_QUARANTINE, &q->halt);
	if (!test_and_set_bit(NAX_PEND_VERIFY, &c->pending))
		c->ops->service(&c->a);
}
