// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Life of an adapter. Whatever the way to UP (open, reset, resume, recovery), it is the same
 * nax_bring_up(), which gives the driver the whole state again.
 */
#include "internal.h"

static const char *const nax_state_names[NAX_STATES] = {
	[NAX_STATE_DETACHED] = "detached",
	[NAX_STATE_ATTACHED] = "attached",
	[NAX_STATE_STARTED] = "started",
	[NAX_STATE_UP] = "up",
	[NAX_STATE_RESETTING] = "resetting",
	[NAX_STATE_SUSPENDED] = "suspended",
	[NAX_STATE_GONE] = "gone",
};

const char *nax_state_name(enum nax_adapter_state state)
{
	return (u32)state < NAX_STATES ? nax_state_names[state] : "unknown";
}

void nax_set_state(struct nax_core *c, enum nax_adapter_state state)
{
	nax_dbg(&c->a, "%s -> %s", nax_state_name(c->a.state), nax_state_name(state));
	WRITE_ONCE(c->a.state, state);
}

void nax_set_attached(struct nax_core *c)
{
	nax_set_state(c, NAX_STATE_ATTACHED);
	nax_ptp_begin(c);
}

void nax_event_post(struct nax_core *c, enum nax_event event, const struct nax_queue *q,
		    const char *text)
{
	c->ops->log(&c->a, event == NAX_EVENT_LINK ? NAX_LOG_INFO : NAX_LOG_WARN, text);
	c->ops->event(&c->a, event, q, text);
}

static void nax_queues_free_side(struct nax_core *c, struct nax_queue **queue, u32 n)
{
	struct nax_queue *q;
	u32 i;

	for (i = 0; i < n; i++) {
		q = queue[i];
		WRITE_ONCE(queue[i], NULL);
		nax_queue_free(c, q);
	}
}

void nax_queues_free(struct nax_core *c)
{
	struct nax_adapter *a = &c->a;

	nax_queues_free_side(c, a->rxq, a->caps.rxq_max);
	nax_queues_free_side(c, a->txq, a->caps.txq_max);
	a->n_rxq = 0;
	a->n_txq = 0;
	a->n_vectors = 0;
}

int nax_apply_link(struct nax_core *c, struct nax_error *err)
{
	int ret;

	if (!c->a.driver->ops->link_set)
		return 0;
	c->fail.code = 0;
	nax_enter(c, NAX_OP_CONFIGURE, NULL);
	ret = c->a.driver->ops->link_set(&c->a, &c->config.link);
	nax_leave(c, NAX_OP_CONFIGURE, NULL);
	set_bit(NAX_PEND_LINK, &c->pending);
	return nax_fail_take(c, ret, "link_set", err);
}

void nax_apply_offloads(struct nax_core *c)
{
	if (!c->a.driver->ops->set_offloads)
		return;
	nax_enter(c, NAX_OP_CONFIGURE, NULL);
	c->a.driver->ops->set_offloads(&c->a, c->a.offloads);
	nax_leave(c, NAX_OP_CONFIGURE, NULL);
}

void nax_apply_itr(struct nax_core *c)
{
	u32 i;

	if (!c->a.driver->ops->set_itr)
		return;
	nax_enter(c, NAX_OP_CONFIGURE, NULL);
	for (i = 0; i + 1 < c->a.n_vectors; i++)
		c->a.driver->ops->set_itr(&c->a.vector[i]);
	nax_leave(c, NAX_OP_CONFIGURE, NULL);
}

int nax_start(struct nax_core *c, struct nax_error *err)
{
	int ret;

	nax_ptp_end(c);
	c->fail.code = 0;
	nax_enter(c, NAX_OP_START, NULL);
	ret = c->a.driver->ops->start(&c->a);
	nax_leave(c, NAX_OP_START, NULL);
	ret = nax_fail_take(c, ret, "start", err);
	if (ret)
		return ret;
	c->started = true;
	nax_set_state(c, NAX_STATE_STARTED);
	nax_ptp_begin(c);
	ret = nax_apply_link(c, err);
	if (ret)
		return ret;
	nax_apply_filter(c);
	nax_apply_offloads(c);
	nax_apply_rss(c);
	nax_apply_itr(c);
	nax_ptp_apply(c);
	return nax_apply_flow(c, err);
}

static void nax_open_gates(struct nax_core *c)
{
	struct nax_adapter *a = &c->a;

	nax_queues_each(c, nax_queue_start);
	if (a->driver->ops->up) {
		nax_enter(c, NAX_OP_UP, NULL);
		a->driver->ops->up(a);
		nax_leave(c, NAX_OP_UP, NULL);
	}
	nax_set_state(c, NAX_STATE_UP);
	c->link_ns = 0;
	c->rx_watch.since_ns = 0;
	/*
	 * Queues and vectors are complete; partners: the acquires where interrupts and arming
	 * begin.
	 */
	smp_store_release(&c->irq_on, true);
	nax_vector_arm(&a->vector[a->n_vectors - 1]);
	c->ops->service(a);
}

int nax_bring_up(struct nax_core *c, struct nax_error *err)
{
	struct nax_adapter *a = &c->a;
	int ret;

	/* What was reported before is dealt with; what queue_start() reports is not. */
	nax_recover_clear(c);
	ret = nax_pci_enable(c, err);
	if (ret)
		return ret;
	ret = nax_start(c, err);
	if (ret)
		goto down;
	ret = c->ops->vectors_enable(a, a->n_vectors);
	if (ret) {
		nax_error_set(err, ret, "interrupts: %u vectors could not be enabled: %d",
			      a->n_vectors, ret);
		goto down;
	}
	c->vectors_on = true;
	nax_open_gates(c);
	if (!nax_is_gone(c))
		return 0;
	ret = nax_refuse_gone(c, err);
down:
	nax_take_down(c);
	return ret;
}

void nax_take_down(struct nax_core *c)
{
	struct nax_adapter *a = &c->a;

	WRITE_ONCE(c->irq_on, false);
	if (c->vectors_on)
		c->ops->vectors_disable(a);
	c->vectors_on = false;
	clear_bit(NAX_PEND_IRQ, &c->pending);
	/* A queue that does not stop takes the counter with it. */
	nax_ptp_end(c);
	nax_queues_each(c, nax_queue_stop);
	if (!c->started)
		return;
	/* Before the next start() clears them; after the queues, whose last frames they count. */
	nax_stats_collect(c);
	c->started = false;
	nax_enter(c, NAX_OP_STOP, NULL);
	a->driver->ops->stop(a, nax_is_gone(c));
	nax_leave(c, NAX_OP_STOP, NULL);
}

void nax_pause_all(struct nax_core *c)
{
	nax_queues_each(c, nax_queue_pause);
}

void nax_resume_all(struct nax_core *c)
{
	nax_queues_each(c, nax_queue_resume);
}

int nax_queues_make(struct nax_core *c, const struct nax_config *cfg, struct nax_error *err)
{
	struct nax_adapter *a = &c->a;
	int ret = 0;
	u16 i;

	for (i = 0; !ret && i < cfg->n_rxq; i++)
		ret = nax_queue_make(c, cfg, true, i, &a->rxq[i], err);
	for (i = 0; !ret && i < cfg->n_txq; i++)
		ret = nax_queue_make(c, cfg, false, i, &a->txq[i], err);
	return ret;
}

int nax_adapter_up(struct nax_adapter *a, const struct nax_config *cfg, struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	int ret;

	if (nax_is_gone(c))
		return nax_refuse_gone(c, err);
	if (a->state != NAX_STATE_ATTACHED)
		return nax_error_set(err, a->state == NAX_STATE_DETACHED ? -ENODEV : -EBUSY,
				     "adapter is %s: must be attached", nax_state_name(a->state));
	ret = nax_config_check(a, cfg, err);
	if (ret)
		return ret;
	ret = nax_queues_make(c, cfg, err);
	if (ret)
		goto free;
	nax_config_adopt(c, cfg);
	nax_rss_fit(c, cfg->n_rxq);
	nax_pause_all(c);
	ret = nax_bring_up(c, err);
	if (ret)
		goto free;
	nax_resume_all(c);
	return 0;

free:
	nax_queues_free(c);
	if (nax_is_gone(c))
		nax_go_gone(c, NULL);
	else
		nax_set_attached(c);
	return ret;
}

void nax_adapter_down(struct nax_adapter *a)
{
	struct nax_core *c = nax_core_of(a);

	if (a->state == NAX_STATE_DETACHED)
		return;
	nax_pause_all(c);
	nax_take_down(c);
	nax_queues_free(c);
	/* Of a device that is gone the link says why. */
	if (a->state != NAX_STATE_GONE)
		memset(&c->link, 0, sizeof(c->link));
	if (a->state == NAX_STATE_UP || a->state == NAX_STATE_ATTACHED)
		nax_set_attached(c);
	if (nax_is_gone(c) && !c->cut_off)
		nax_go_gone(c, NULL);
}

static void nax_release_quarantine(struct nax_core *c, struct nax_queue *q)
{
	clear_bit(NAX_HALT_QUARANTINE, &q->halt);
	nax_qc(q)->told = false;
}

int nax_adapter_reset(struct nax_adapter *a, const char *why, struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);

	if (nax_is_gone(c))
		return nax_refuse_gone(c, err);
	if (a->state != NAX_STATE_UP)
		return nax_error_set(err, -ENETDOWN, "adapter is %s: must be up to be reset",
				     nax_state_name(a->state));
	nax_info(a, "reset: %s", why);
	nax_set_state(c, NAX_STATE_RESETTING);
	nax_pause_all(c);
	nax_take_down(c);
	nax_queues_each(c, nax_release_quarantine);
	return nax_bring_back(c, err);
}

static void nax_suspend(struct nax_core *c, const char *why)
{
	nax_pause_all(c);
	nax_take_down(c);
	nax_set_state(c, NAX_STATE_SUSPENDED);
	memset(&c->link, 0, sizeof(c->link));
	nax_text_copy(c->link.reason, why, sizeof(c->link.reason));
	nax_resume_all(c);
}

int nax_adapter_suspend(struct nax_adapter *a)
{
	struct nax_core *c = nax_core_of(a);

	if (nax_is_gone(c))
		return -ENODEV;
	if (a->state != NAX_STATE_UP && a->state != NAX_STATE_ATTACHED)
		return a->state == NAX_STATE_SUSPENDED ? 0 : -ENODEV;
	nax_suspend(c, "suspended");
	if (!nax_is_gone(c))
		return 0;
	nax_go_gone(c, NULL);
	return -ENODEV;
}

int nax_adapter_cut_off(struct nax_adapter *a, const char *why)
{
	struct nax_core *c = nax_core_of(a);

	if (a->state == NAX_STATE_DETACHED || a->state == NAX_STATE_GONE)
		return -ENODEV;
	c->cut_off = true;
	nax_mark_gone(a, why);
	nax_suspend(c, why);
	return 0;
}

void nax_adapter_give_up(struct nax_adapter *a, const char *why)
{
	struct nax_core *c = nax_core_of(a);

	if (a->state == NAX_STATE_DETACHED)
		return;
	c->cut_off = false;
	nax_mark_gone(a, why);
	nax_go_gone(c, why);
}

/* What took the device away may be over: a bus that is back, a reset by others. */
static int nax_come_back(struct nax_core *c, struct nax_error *err)
{
	struct nax_adapter *a = &c->a;
	struct nax_error cause;
	char why[NAX_ERROR_TEXT];

	c->cut_off = false;
	if (!nax_note_take(&c->gone, why))
		return 0;
	WRITE_ONCE(a->gone, false);
	if (!nax_pci_enable(c, &cause)) {
		if (c->ops->reg_read(a, a->driver->alive_reg) != 0xffffffff) {
			WRITE_ONCE(a->bar, c->bar);
			return 0;
		}
		nax_error_set(&cause, -ENODEV, "%.180s; register 0x%05x reads all-ones still", why,
			      a->driver->alive_reg);
	}
	nax_mark_gone(a, cause.text);
	return nax_refuse_gone(c, err);
}

static int nax_resume_up(struct nax_core *c, struct nax_error *err)
{
	nax_set_state(c, NAX_STATE_RESETTING);
	nax_pause_all(c);
	return nax_bring_back(c, err);
}

int nax_adapter_resume(struct nax_adapter *a, struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	int ret;

	if (a->state != NAX_STATE_SUSPENDED && a->state != NAX_STATE_GONE)
		return nax_error_set(err, -EINVAL, "adapter is %s: must be suspended or gone",
				     nax_state_name(a->state));
	ret = nax_come_back(c, err);
	if (ret) {
		nax_go_gone(c, nax_note_text(&c->gone));
		return ret;
	}
	/* A fault that comes soon after this is one that this has not helped against. */
	if (a->state == NAX_STATE_GONE)
		c->recover.last = NAX_RECOVER_FLR;
	if (a->n_rxq)
		return nax_resume_up(c, err);
	ret = nax_pci_enable(c, err);
	memset(&c->link, 0, sizeof(c->link));
	nax_set_attached(c);
	return ret;
}
