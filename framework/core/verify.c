// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The verifier: its life, control calls, registers, counters, link; and what a failure does. */

#include "verify_impl.h"

/* Failures of a queue that reach the log. A broken register access may be many. */
#define NAX_VERIFY_LOGGED 16

const struct nax_verify_rule_info nax_verify_rule[NAX_RULES] = {
#define NAX_VERIFY_INFO(id, name, level, meaning) \
	[NAX_RULE_##id] = { name, level, meaning },
	NAX_VERIFY_RULES(NAX_VERIFY_INFO)
};

static const char *const op_name[NAX_OPS] = {
	[NAX_OP_ATTACH] = "attach",
	[NAX_OP_DETACH] = "detach",
	[NAX_OP_START] = "start",
	[NAX_OP_STOP] = "stop",
	[NAX_OP_QUEUE_START] = "queue_start",
	[NAX_OP_QUEUE_STOP] = "queue_stop",
	[NAX_OP_UP] = "up",
	[NAX_OP_CONFIGURE] = "configure",
	[NAX_OP_ACCESS] = "access",
	[NAX_OP_DIAG] = "diag",
};

static u64 failures_of(const struct nax_adapter *a, const struct nax_queue *q)
{
	return READ_ONCE(*(q ? &nax_vq(q)->failures : &nax_verify_of(a)->failures));
}

bool nax_verify_fail(struct nax_adapter *a, struct nax_queue *q, enum nax_verify_rule rule,
		     s64 slot, const char *fmt, ...)
{
	struct nax_verify *v = nax_verify_of(a);
	const char *name = nax_verify_rule[rule].name;
	char text[NAX_ERROR_TEXT];
	char what[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (q && slot != NAX_NO_SLOT)
		snprintf(text, sizeof(text), "%s: %s%u slot %u: %s", name, q->is_rx ? "rx" : "tx",
			 q->index, (u32)slot & q->ring.mask, what);
	else if (q)
		snprintf(text, sizeof(text), "%s: %s%u: %s", name, q->is_rx ? "rx" : "tx", q->index,
			 what);
	else
		snprintf(text, sizeof(text), "%s: %s", name, what);

	nax_note_post(&v->first, text);
	nax_verify_count(q ? &nax_vq(q)->failures : &v->failures);
	if (failures_of(a, q) <= NAX_VERIFY_LOGGED)
		nax_log(a, NAX_LOG_ERR, "verifier: %s", text);
	if (q)
		nax_queue_quarantine(q);
	return false;
}

int nax_verify_create(struct nax_adapter *a, unsigned int level, const struct nax_datapath **dp)
{
	struct nax_core *c = nax_core_of(a);

	c->verify = nax_zalloc(c, sizeof(*c->verify));
	if (!c->verify)
		return -ENOMEM;
	c->verify->level = level;
	*dp = &nax_verify_datapath;
	return 0;
}

void nax_verify_destroy(struct nax_adapter *a)
{
	struct nax_core *c = nax_core_of(a);

	c->dp = &c->direct;
	nax_free(c, c->verify);
	c->verify = NULL;
}

int nax_verify_queue_create(struct nax_queue *q)
{
	struct nax_core *c = nax_core_of(q->adapter);
	u32 size = nax_ring_size(&q->ring);
	struct nax_verify_queue *vq;

	vq = nax_zalloc(c, sizeof(*vq));
	if (!vq)
		return -ENOMEM;
	nax_qc(q)->verify = vq;
	if (c->verify->level < 2)
		return 0;
	vq->copy = nax_zalloc(c, size * sizeof(*vq->copy));
	if (q->is_rx)
		vq->canary = nax_zalloc(c, size);
	if (vq->copy && (vq->canary || !q->is_rx))
		return 0;
	nax_verify_queue_destroy(q);
	return -ENOMEM;
}

void nax_verify_queue_destroy(struct nax_queue *q)
{
	struct nax_core *c = nax_core_of(q->adapter);
	struct nax_verify_queue *vq = nax_vq(q);

	WRITE_ONCE(c->verify->checks, READ_ONCE(c->verify->checks) + vq->checks);
	WRITE_ONCE(c->verify->failures, READ_ONCE(c->verify->failures) + vq->failures);
	nax_free(c, vq->canary);
	nax_free(c, vq->copy);
	nax_free(c, vq);
	nax_qc(q)->verify = NULL;
}

/* Whether the call fits what came before. A start() that failed is followed by another. */
static bool verify_order(const struct nax_verify *v, enum nax_verify_op op,
			 const struct nax_queue *q)
{
	switch (op) {
	case NAX_OP_ATTACH:
		return !v->attached;
	case NAX_OP_DETACH:
		return v->attached && !v->up && !v->running;
	case NAX_OP_START:
		return v->attached && !v->up && !v->running;
	case NAX_OP_STOP:
		return v->started && !v->running;
	case NAX_OP_QUEUE_START:
		return v->started && q && !nax_vq(q)->running;
	case NAX_OP_QUEUE_STOP:
		return q && nax_vq(q)->running;
	case NAX_OP_UP:
	case NAX_OP_CONFIGURE:
		return v->started;
	default:
		return v->attached;
	}
}

/* What the driver is told, or has been told, of how to receive. */
static void verify_rx_state(const struct nax_adapter *a, struct nax_verify_rx *rx)
{
	const struct nax_rss *rss = &nax_core_of(a)->rss_out;

	memset(rx, 0, sizeof(*rx));
	rx->offloads = a->offloads;
	rx->max_frame = a->max_frame;
	rx->types = rss->types;
	memcpy(rx->key, rss->key, sizeof(rss->key));
}

/*
 * While the driver changes over, queues may poll, and judge by neither the old nor the new state:
 * the generation is odd. See verify_refresh() for the other side.
 */
static void verify_rx_enter(struct nax_adapter *a)
{
	struct nax_verify *v = nax_verify_of(a);
	struct nax_verify_rx now;

	verify_rx_state(a, &now);
	if (!(v->generation & 1) && memcmp(&now, &v->rx, sizeof(now)))
		/* Pairs with the load in verify_refresh(). */
		smp_store_release(&v->generation, v->generation + 1);
}

static void verify_rx_leave(struct nax_adapter *a)
{
	struct nax_verify *v = nax_verify_of(a);
	struct nax_verify_rx now;
	u32 i;

	if (!(v->generation & 1))
		return;
	verify_rx_state(a, &now);
	for (i = 0; i < sizeof(now) / sizeof(u64); i++)
		WRITE_ONCE(((u64 *)&v->rx)[i], ((u64 *)&now)[i]);
	/* Partner: the acquire in verify_refresh(): whoever sees this count sees the state. */
	smp_store_release(&v->generation, v->generation + 1);
}

static void verify_caps(struct nax_adapter *a)
{
	struct nax_verify *v = nax_verify_of(a);

	nax_rule_adapter(a, NAX_RULE_CAPS_FROZEN, !memcmp(&v->caps, &a->caps, sizeof(v->caps)),
			 "expected nax_caps as attach() left it, found it changed");
}

#define DOORBELL_UNSET 0xffffffffu

static void verify_enter_queue_start(struct nax_queue *q)
{
	const struct nax_verify *v = nax_verify_of(q->adapter);
	struct nax_verify_queue *vq = nax_vq(q);

	nax_verify_snapshot(q);
	q->doorbell = DOORBELL_UNSET;
	vq->rx = v->rx;
	vq->generation = v->generation;
	vq->graced = false;
	vq->hash_hits = 0;
	vq->tci_hits = 0;
	if (vq->canary)
		memset(vq->canary, 0, nax_ring_size(&q->ring));
}

static void verify_leave_queue_start(struct nax_queue *q)
{
	const struct nax_verify_before *b = &nax_vq(q)->before;
	u32 size = q->adapter->driver->bar_size_min;

	nax_rule(q, NAX_RULE_START_INDEX,
		 q->ring.begin == b->ring.begin && q->ring.next == b->ring.next &&
		 q->ring.end == b->ring.end && q->tail == b->tail && q->head == b->head &&
		 q->seen == b->seen && q->report_head == b->report_head &&
		 q->report_tail == b->report_tail, NAX_NO_SLOT,
		 "expected begin %u, next %u, tail %u; found %u, %u, %u", b->ring.begin,
		 b->ring.next, b->tail, q->ring.begin, q->ring.next, q->tail);
	nax_rule(q, NAX_RULE_START_DOORBELL,
		 q->doorbell != DOORBELL_UNSET && q->doorbell < size && q->doorbell % 4 == 0,
		 NAX_NO_SLOT, "expected a register below 0x%x, found 0x%x%s", size, q->doorbell,
		 q->doorbell == DOORBELL_UNSET ? ", never set" : "");
}

void nax_verify_enter(struct nax_adapter *a, enum nax_verify_op op, struct nax_queue *q)
{
	struct nax_verify *v = nax_verify_of(a);

	nax_rule_adapter(a, NAX_RULE_OP_OVERLAP, !test_and_set_bit(0, &v->busy),
			 "%s: expected no other control call, found one under way", op_name[op]);
	nax_rule_adapter(a, NAX_RULE_OP_ORDER, verify_order(v, op, q),
			 "%s: expected another state, found %s%s%s, %u queues running", op_name[op],
			 v->attached ? "attached" : "detached", v->started ? ", started" : "",
			 v->up ? ", up" : "", v->running);
	if (q)
		nax_rule(q, NAX_RULE_CALL_OVERLAP, !test_and_set_bit(0, &nax_vq(q)->owner),
			 NAX_NO_SLOT, "%s: expected no other call, found one under way",
			 op_name[op]);
	if (op != NAX_OP_ATTACH)
		verify_caps(a);
	WRITE_ONCE(v->in_op, true);
	if (op == NAX_OP_START) {
		v->started = true;
		WRITE_ONCE(v->open, true);
	}
	if (op == NAX_OP_START || op == NAX_OP_CONFIGURE)
		verify_rx_enter(a);
	if (op == NAX_OP_QUEUE_START && q)
		verify_enter_queue_start(q);
}

static void verify_leave_queue(struct nax_verify *v, enum nax_verify_op op, struct nax_queue *q)
{
	struct nax_verify_queue *vq = nax_vq(q);
	bool running = op == NAX_OP_QUEUE_START;

	if (running)
		verify_leave_queue_start(q);
	if (running != vq->running)
		v->running += running ? 1 : -1;
	vq->running = running;
	clear_bit_unlock(0, &vq->owner);
}

void nax_verify_leave(struct nax_adapter *a, enum nax_verify_op op, struct nax_queue *q)
{
	struct nax_verify *v = nax_verify_of(a);

	WRITE_ONCE(v->in_op, false);
	if (op == NAX_OP_ATTACH) {
		v->attached = true;
		/* not an assignment: what lies between the fields is compared too */
		memcpy(&v->caps, &a->caps, sizeof(v->caps));
	}
	if (op == NAX_OP_DETACH)
		v->attached = false;
	if (op == NAX_OP_STOP) {
		v->started = false;
		v->up = false;
		WRITE_ONCE(v->open, false);
	}
	if (op == NAX_OP_UP)
		v->up = true;
	if (op == NAX_OP_START || op == NAX_OP_CONFIGURE)
		verify_rx_leave(a);
	if (q)
		verify_leave_queue(v, op, q);
	clear_bit_unlock(0, &v->busy);
}

void nax_verify_reg(struct nax_adapter *a, u32 reg, bool write)
{
	struct nax_verify *v = nax_verify_of(a);
	const char *what = write ? "write" : "read";
	u32 size = a->driver->bar_size_min;

	nax_rule_adapter(a, NAX_RULE_REG_STOPPED, READ_ONCE(v->open) || READ_ONCE(v->in_op),
			 "%s of register 0x%05x: expected none after stop(), found one", what, reg);
	nax_rule_adapter(a, NAX_RULE_REG_RANGE, reg < size && size - reg >= 4,
			 "%s: expected a register below 0x%x, found 0x%x", what, size, reg);
	nax_rule_adapter(a, NAX_RULE_REG_ALIGN, reg % 4 == 0,
			 "%s: expected a multiple of 4, found register 0x%x", what, reg);
}

void nax_verify_stats(struct nax_adapter *a, const u64 *v, u32 n)
{
	u64 *last = nax_verify_of(a)->stats;
	u32 i;

	for (i = 0; i < n && i < NAX_HW_STATS_MAX; i++) {
		nax_rule_adapter(a, NAX_RULE_STATS_BACK, v[i] >= last[i],
				 "counter %s: expected at least %llu, found %llu",
				 a->caps.stats[i].name, last[i], v[i]);
		last[i] = v[i];
	}
}

static bool verify_text(const char *s, size_t size)
{
	return memchr(s, 0, size);
}

void nax_verify_link(struct nax_adapter *a, const struct nax_link *link)
{
	nax_rule_adapter(a, NAX_RULE_LINK_SPEED, link->up == (link->speed != 0),
			 "link is %s: expected %s, found %u Mbit/s", link->up ? "up" : "down",
			 link->up ? "a speed" : "no speed", link->speed);
	nax_rule_adapter(a, NAX_RULE_LINK_FIELDS, (u32)link->media < NAX_MEDIAS,
			 "media: expected below %u, found %u", NAX_MEDIAS, (u32)link->media);
	nax_rule_adapter(a, NAX_RULE_LINK_FIELDS, link->speed < 10000 || link->full_duplex,
			 "duplex at %u Mbit/s: expected full, found half", link->speed);
	nax_rule_adapter(a, NAX_RULE_LINK_FIELDS,
			 verify_text(link->module, sizeof(link->module)) &&
			 verify_text(link->reason, sizeof(link->reason)),
			 "module and reason: expected an end within the field, found none");
}

static void verify_add(struct nax_verify_report *r, const struct nax_queue *q)
{
	const struct nax_verify_queue *vq = q ? nax_vq(q) : NULL;

	if (!vq)
		return;
	r->checks += READ_ONCE(vq->checks);
	r->failures += READ_ONCE(vq->failures);
}

void nax_verify_get(const struct nax_adapter *a, struct nax_verify_report *r)
{
	const struct nax_verify *v = nax_verify_of(a);
	u32 i;

	memset(r, 0, sizeof(*r));
	r->level = nax_core_of(a)->verify_level;
	if (!v)
		return;
	r->level = v->level;
	r->checks = READ_ONCE(v->checks);
	r->failures = READ_ONCE(v->failures);
	for (i = 0; i < a->n_rxq; i++)
		verify_add(r, a->rxq[i]);
	for (i = 0; i < a->n_txq; i++)
		verify_add(r, a->txq[i]);
	nax_text_copy(r->text, nax_note_text(&v->first), sizeof(r->text));
	for (i = 0; i + 1 < sizeof(r->rule) && r->text[i] && r->text[i] != ':'; i++)
		r->rule[i] = r->text[i];
}
