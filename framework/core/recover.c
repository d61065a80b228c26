// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Recovery: restart the queue, reset the adapter, reset the PCI function, give up. A step that did
 * not help (the fault came back within NAX_REPEAT_NS, or the step itself failed) is followed by the
 * next. Before each one, registers and descriptors are recorded.
 */
#include "internal.h"

static const char *const nax_recover_names[] = {
	[NAX_RECOVER_NONE] = "nothing",
	[NAX_RECOVER_QUEUE] = "queue restart",
	[NAX_RECOVER_RESET] = "adapter reset",
	[NAX_RECOVER_FLR] = "function-level reset",
	[NAX_RECOVER_GONE] = "giving the device up",
};

/* The driver looks at all queues: they are paused. One that sleeps may be in reset just now. */
static void nax_dump(struct nax_core *c, const char *why, struct nax_diag *d)
{
	d->when_ns = c->ops->time_ns(&c->a);
	d->n = 0;
	d->lost = 0;
	nax_text_copy(d->why, why, sizeof(d->why));
	if (nax_is_gone(c) || c->a.state == NAX_STATE_DETACHED ||
	    c->a.state == NAX_STATE_SUSPENDED || !c->a.driver->ops->diag)
		return;
	nax_enter(c, NAX_OP_DIAG, NULL);
	c->a.driver->ops->diag(&c->a, d);
	nax_leave(c, NAX_OP_DIAG, NULL);
}

void nax_adapter_diag(struct nax_adapter *a, const char *why, struct nax_diag *d)
{
	struct nax_core *c = nax_core_of(a);

	nax_pause_all(c);
	nax_dump(c, why, d);
	nax_resume_all(c);
}

bool nax_adapter_fault(const struct nax_adapter *a, struct nax_diag *d)
{
	const struct nax_recover *r = &nax_core_of(a)->recover;

	if (!r->dumped)
		return false;
	*d = *r->dump;
	return true;
}

enum nax_recovery nax_adapter_recovery(const struct nax_adapter *a, u64 *count)
{
	const struct nax_recover *r = &nax_core_of(a)->recover;

	u32 i;

	if (count)
		for (*count = 0, i = 0; i < NAX_RECOVERIES; i++)
			*count += r->count[i];
	return r->last;
}

u64 nax_adapter_recoveries(const struct nax_adapter *a, enum nax_recovery step)
{
	return nax_core_of(a)->recover.count[step];
}

static void nax_recover_record(struct nax_core *c, enum nax_recovery step, const char *why)
{
	struct nax_recover *r = &c->recover;

	if (r->dump) {
		nax_dump(c, why, r->dump);
		r->dumped = true;
	}
	r->last = step;
	r->last_ns = c->ops->time_ns(&c->a);
	r->count[step]++;
	nax_warn(&c->a, "%s: %s", nax_recover_names[step], why);
}

static bool nax_recover_recent(struct nax_core *c, u64 when)
{
	return c->ops->time_ns(&c->a) - when < NAX_REPEAT_NS;
}

/* A fault soon after a step that concerned the whole adapter takes the step after it. */
static enum nax_recovery nax_recover_step(struct nax_core *c, enum nax_recovery least)
{
	const struct nax_recover *r = &c->recover;

	if (r->last < NAX_RECOVER_RESET || !nax_recover_recent(c, r->last_ns))
		return least;
	return r->last >= NAX_RECOVER_FLR ? NAX_RECOVER_GONE : r->last + 1;
}

void nax_go_gone(struct nax_core *c, const char *why)
{
	struct nax_adapter *a = &c->a;
	char text[NAX_ERROR_TEXT];

	if (a->state == NAX_STATE_GONE)
		return;
	/* What made the device go is the cause, whatever was being done to it at that moment. */
	nax_text_copy(text, nax_is_gone(c) ? nax_note_text(&c->gone) : why, sizeof(text));
	nax_pause_all(c);
	/* Record first: registers of a device that is given up may still be read. */
	nax_recover_record(c, NAX_RECOVER_GONE, text);
	nax_note_post(&c->gone, text);
	WRITE_ONCE(a->gone, true);
	WRITE_ONCE(a->bar, NULL);
	nax_take_down(c);
	nax_pci_disable(c);
	nax_set_state(c, NAX_STATE_GONE);
	memset(&c->link, 0, sizeof(c->link));
	nax_text_copy(c->link.reason, text, sizeof(c->link.reason));
	nax_event_post(c, NAX_EVENT_GONE, NULL, text);
	nax_resume_all(c);
}

static int nax_recover_try(struct nax_core *c, enum nax_recovery step, struct nax_error *err)
{
	int ret;

	if (step == NAX_RECOVER_FLR) {
		ret = c->ops->function_reset(&c->a);
		if (ret)
			return nax_error_set(err, ret, "function-level reset failed with %d", ret);
	}
	return nax_bring_up(c, err);
}

void nax_recover_forget(struct nax_core *c, struct nax_queue *q)
{
	char why[NAX_ERROR_TEXT];

	nax_note_take(&nax_qc(q)->hung, why);
}

void nax_recover_clear(struct nax_core *c)
{
	char why[NAX_ERROR_TEXT];

	nax_queues_each(c, nax_recover_forget);
	clear_bit(NAX_PEND_FAULT, &c->pending);
	nax_note_take(&c->hung, why);
}

/* @q is the queue that it is about, NULL for all of the device. */
static int nax_recover_adapter(struct nax_core *c, enum nax_recovery step,
			       const struct nax_queue *q, const char *first)
{
	struct nax_error e;
	int ret = -EIO;

	nax_text_copy(e.text, first, sizeof(e.text));
	nax_pause_all(c);
	if (step < NAX_RECOVER_GONE && !nax_is_gone(c))
		nax_recover_record(c, step, e.text);
	nax_set_state(c, NAX_STATE_RESETTING);
	nax_take_down(c);
	while (step < NAX_RECOVER_GONE && !nax_is_gone(c)) {
		ret = nax_recover_try(c, step, &e);
		if (!ret)
			break;
		if (++step < NAX_RECOVER_GONE && !nax_is_gone(c))
			nax_recover_record(c, step, e.text);
	}
	if (ret) {
		nax_go_gone(c, e.text);
		return -ENODEV;
	}
	nax_resume_all(c);
	snprintf(e.text, sizeof(e.text), "%s: %.180s", nax_recover_names[step], first);
	nax_event_post(c, NAX_EVENT_RESET, q, e.text);
	return 0;
}

int nax_recover_failed(struct nax_core *c, const char *why, struct nax_error *err)
{
	int ret = nax_recover_adapter(c, NAX_RECOVER_FLR, NULL, why);

	return ret ? nax_refuse_gone(c, err) : 0;
}

int nax_bring_back(struct nax_core *c, struct nax_error *err)
{
	struct nax_error cause;
	int ret;

	ret = nax_bring_up(c, &cause);
	if (ret)
		ret = nax_recover_failed(c, cause.text, err);
	nax_resume_all(c);
	return ret;
}

static void nax_recover_queue(struct nax_core *c, struct nax_queue *q, const char *why)
{
	struct nax_queue_core *qc = nax_qc(q);
	char text[NAX_ERROR_TEXT];

	snprintf(text, sizeof(text), "%s queue %u: %.180s", q->is_rx ? "rx" : "tx", q->index, why);
	nax_pause_all(c);
	nax_recover_record(c, NAX_RECOVER_QUEUE, text);
	nax_queue_stop(c, q);
	nax_count(&q->stats.restarts, 1);
	nax_queue_start(c, q);
	qc->restarted = true;
	qc->restart_ns = c->ops->time_ns(&c->a);
	nax_resume_all(c);
	nax_event_post(c, NAX_EVENT_RESTART, q, text);
}

/* Restart the queue, or say in @why that this is not enough. */
static bool nax_recover_queue_or(struct nax_core *c, struct nax_queue *q, char *why)
{
	struct nax_queue_core *qc = nax_qc(q);
	char text[NAX_ERROR_TEXT];

	if (!nax_note_take(&qc->hung, why) || nax_queue_halted(q, NAX_HALT_STOPPED))
		return true;
	if (nax_recover_step(c, NAX_RECOVER_QUEUE) == NAX_RECOVER_QUEUE &&
	    !(qc->restarted && nax_recover_recent(c, qc->restart_ns))) {
		nax_recover_queue(c, q, why);
		return true;
	}
	nax_text_copy(text, why, sizeof(text));
	snprintf(why, NAX_ERROR_TEXT, "%s queue %u again: %.180s", q->is_rx ? "rx" : "tx", q->index,
		 text);
	return false;
}

void nax_recover_run(struct nax_core *c)
{
	struct nax_adapter *a = &c->a;
	const struct nax_queue *q = NULL;
	char why[NAX_ERROR_TEXT];
	bool enough = true;
	u32 i;

	if (nax_is_gone(c))
		return;
	if (nax_note_take(&c->hung, why))
		enough = false;
	for (i = 0; enough && i < a->n_txq; i++) {
		q = a->txq[i];
		enough = nax_recover_queue_or(c, a->txq[i], why);
	}
	for (i = 0; enough && i < a->n_rxq; i++) {
		q = a->rxq[i];
		enough = nax_recover_queue_or(c, a->rxq[i], why);
	}
	if (!enough)
		nax_recover_adapter(c, nax_recover_step(c, NAX_RECOVER_RESET), q, why);
}
