// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The slow path: what an interrupt of the last vector was about, the link, the watchdog, counters,
 * and what follows from faults that were reported since the last time.
 */
#include "internal.h"

/*
 * The vector was masked when it was acknowledged. One that comes back at once for ever would hold
 * the control context, so after NAX_STORM_IRQS of them it stays masked for the rest of the tick.
 */
static void nax_service_irq(struct nax_core *c, u64 now)
{
	struct nax_adapter *a = &c->a;

	if (now - c->tick_ns >= NAX_TICK_NS) {
		c->tick_ns = now;
		c->tick_irqs = 0;
	}
	if (c->tick_irqs >= NAX_STORM_IRQS)
		return;
	/* Partner: the full barrier in nax_irq_last(), after which the causes are visible. */
	if (!test_and_clear_bit(NAX_PEND_IRQ, &c->pending))
		return;
	if (++c->tick_irqs == NAX_STORM_IRQS)
		nax_warn(a, "vector %u fired %u times in %llu ms: masked for the rest of them",
			 a->n_vectors - 1u, NAX_STORM_IRQS, NAX_TICK_NS / NAX_MS);
	nax_vector_arm(&a->vector[a->n_vectors - 1]);
}

static u32 nax_link_fastest(u32 modes)
{
	if (modes & NAX_LINK_10G)
		return 10000;
	return modes & NAX_LINK_1G ? 1000 : 100;
}

static bool nax_link_same(const struct nax_link *x, const struct nax_link *y)
{
	return x->up == y->up && x->speed == y->speed && x->full_duplex == y->full_duplex &&
	       x->pause_rx == y->pause_rx && x->pause_tx == y->pause_tx;
}

static void nax_link_report(struct nax_core *c)
{
	const struct nax_link *l = &c->link;
	const char *pause = l->pause_rx ? l->pause_tx ? "rx and tx" : "rx" :
			    l->pause_tx ? "tx" : "no";
	char text[NAX_ERROR_TEXT];

	if (l->up)
		snprintf(text, sizeof(text), "link is up: %u Mbit/s, %s duplex, %s pause frames",
			 l->speed, l->full_duplex ? "full" : "half", pause);
	else
		snprintf(text, sizeof(text), "link is down: %s",
			 l->reason[0] ? l->reason : "no signal");
	nax_event_post(c, NAX_EVENT_LINK, NULL, text);
}

void nax_link_poll(struct nax_core *c)
{
	struct nax_adapter *a = &c->a;
	struct nax_link now;
	bool same, first = !c->link_ns;

	c->link_ns = c->ops->time_ns(a);
	memset(&now, 0, sizeof(now));
	if (a->driver->ops->link_get) {
		a->driver->ops->link_get(a, &now);
	} else {
		now.up = true;
		now.full_duplex = true;
		now.speed = nax_link_fastest(a->caps.link_modes);
	}
	if (nax_is_gone(c))
		return;
	if (c->verify)
		nax_verify_link(a, &now);
	now.module[sizeof(now.module) - 1] = '\0';
	now.reason[sizeof(now.reason) - 1] = '\0';
	same = nax_link_same(&now, &c->link);
	c->link = now;
	/* The link was down for a moment: start() has reset it. */
	if (first || !same)
		nax_ptp_link(c);
	if (!same)
		nax_link_report(c);
}

void nax_adapter_link(const struct nax_adapter *a, struct nax_link *link)
{
	*link = nax_core_of(a)->link;
}

/* The partner can forbid us to send: by taking the link away, or by pause frames. */
static bool nax_watch_closed(struct nax_core *c)
{
	u64 pause = nax_adapter_hw_stat(&c->a, NAX_STAT_RX_PAUSE);
	bool paused = pause != c->pause_seen;

	c->pause_seen = pause;
	return paused || !c->link.up;
}

/*
 * A poll context that sleeps is woken now and then: if its interrupt was lost, its work is found.
 * With a completion outstanding that is each tick, otherwise it is rare.
 */
static void nax_watch_sleep(struct nax_core *c, struct nax_queue_core *qc, u64 now)
{
	struct nax_watch *w = &qc->watch;
	u64 polls = READ_ONCE(qc->q.stats.polls);
	u64 limit = nax_queue_busy(&qc->q) ? NAX_TICK_NS : NAX_IDLE_WAKE_NS;

	if (polls != w->polls) {
		w->polls = polls;
		w->polls_ns = now;
	} else if (now - w->polls_ns >= limit) {
		w->polls_ns = now;
		c->ops->queue_wake(&qc->q);
	}
}

/*
 * Without a poll nobody could have seen a completion, and an application may stop polling for as
 * long as it likes. So once the time is over, a poll after that must still find nothing.
 */
static void nax_watch_tx(struct nax_core *c, struct nax_queue_core *qc, u64 now, bool closed)
{
	struct nax_watch *w = &qc->watch;
	u32 head = READ_ONCE(qc->q.head);
	bool stands = nax_queue_busy(&qc->q) && head == w->head;
	char why[80];

	if (stands)
		c->stats_wait_ns = NAX_TICK_NS;
	if (!stands || closed) {
		w->head = head;
		w->head_ns = now;
		w->due = false;
		return;
	}
	if (now - w->head_ns < NAX_HANG_NS)
		return;
	if (!w->due) {
		w->due = true;
		w->due_polls = READ_ONCE(qc->q.stats.polls);
		c->ops->queue_wake(&qc->q);
		return;
	}
	if (READ_ONCE(qc->q.stats.polls) == w->due_polls)
		return;
	snprintf(why, sizeof(why), "no completion for %llu ms, head stays at %u",
		 (now - w->head_ns) / NAX_MS, head & qc->q.desc_mask);
	w->head_ns = now;
	w->due = false;
	nax_hung(&c->a, &qc->q, why);
}

/* Poll iterations that found a packet; @able: every queue runs, and has room for some. */
static u64 nax_watch_rx_found(struct nax_core *c, bool *able)
{
	struct nax_queue_core *qc;
	u64 found = 0;
	u32 i;

	*able = true;
	for (i = 0; i < c->a.n_rxq; i++) {
		qc = nax_qc(c->a.rxq[i]);
		found += READ_ONCE(qc->q.stats.polls) - READ_ONCE(qc->q.stats.idle);
		*able &= nax_queue_running(&qc->q) &&
			 nax_queue_room(&qc->q) > 2u * qc->q.slots_max;
	}
	return found;
}

/* Whether every queue has been polled since this was first asked; if not, it is woken. */
static bool nax_watch_rx_polled(struct nax_core *c)
{
	bool first = !c->rx_watch.due, polled = true;
	struct nax_queue_core *qc;
	u32 i;

	c->rx_watch.due = true;
	for (i = 0; i < c->a.n_rxq; i++) {
		qc = nax_qc(c->a.rxq[i]);
		if (first)
			qc->watch.idle = READ_ONCE(qc->q.stats.idle);
		if (READ_ONCE(qc->q.stats.idle) != qc->watch.idle)
			continue;
		c->ops->queue_wake(&qc->q);
		polled = false;
	}
	return polled;
}

/*
 * A receive queue that stands still looks like one that nobody sends to. But a device that has no
 * room for frames, and so misses them or asks its partner to pause, while all queues have buffers
 * and none of them gets a frame, does not receive any more. One queue of several that hangs while
 * others receive is not seen.
 */
static void nax_watch_rx(struct nax_core *c, u64 now)
{
	u64 missed = nax_adapter_hw_stat(&c->a, NAX_STAT_RX_MISSED) +
		     nax_adapter_hw_stat(&c->a, NAX_STAT_TX_PAUSE);
	struct nax_rx_watch *w = &c->rx_watch;
	char why[100];
	u64 quiet_ns;
	bool able;
	u64 found = nax_watch_rx_found(c, &able);

	if (!able || found != w->found || !w->since_ns) {
		*w = (struct nax_rx_watch){ .since_ns = now, .found = found, .missed = missed };
		return;
	}
	quiet_ns = now - w->since_ns;
	if (missed != w->missed && quiet_ns >= NAX_QUIET_NS)
		w->ticks++;
	w->missed = missed;
	/* Silence is odd, or has begun. */
	if (w->ticks)
		c->stats_wait_ns = NAX_TICK_NS;
	else if (quiet_ns >= NAX_QUIET_NS && quiet_ns < 2 * NAX_HANG_NS)
		c->stats_wait_ns = min_t(u64, c->stats_wait_ns, NAX_QUIET_NS / 2);
	if (w->ticks < 2 || quiet_ns < NAX_HANG_NS || !nax_watch_rx_polled(c))
		return;
	snprintf(why, sizeof(why), "no frame received for %llu ms, while the device has no room for frames",
		 quiet_ns / NAX_MS);
	w->since_ns = 0;
	nax_hung(&c->a, c->a.n_rxq == 1 ? c->a.rxq[0] : NULL, why);
}

static void nax_service_watch(struct nax_core *c, u64 now)
{
	struct nax_adapter *a = &c->a;
	bool closed = nax_watch_closed(c);
	struct nax_queue_core *qc;
	u32 i;

	c->stats_wait_ns = NAX_STATS_NS;
	for (i = 0; i < a->n_rxq; i++) {
		qc = nax_qc(a->rxq[i]);
		if (nax_queue_running(&qc->q))
			nax_watch_sleep(c, qc, now);
	}
	for (i = 0; i < a->n_txq; i++) {
		qc = nax_qc(a->txq[i]);
		if (!nax_queue_running(&qc->q))
			continue;
		nax_watch_sleep(c, qc, now);
		nax_watch_tx(c, qc, now, closed);
	}
	nax_watch_rx(c, now);
}

static void nax_stop_quarantined(struct nax_core *c, struct nax_queue *q)
{
	struct nax_queue_core *qc = nax_qc(q);
	struct nax_verify_report r;

	if (!nax_queue_halted(q, NAX_HALT_QUARANTINE) || qc->told)
		return;
	qc->told = true;
	nax_queue_pause(c, q);
	nax_queue_stop(c, q);
	nax_queue_resume(c, q);
	nax_verify_get(&c->a, &r);
	nax_event_post(c, NAX_EVENT_VERIFY, q, r.text);
}

static void nax_service_run(struct nax_core *c)
{
	u64 now = c->ops->time_ns(&c->a);
	bool link;

	nax_service_irq(c, now);
	link = test_and_clear_bit(NAX_PEND_LINK, &c->pending);
	if (link || !c->link_ns || now - c->link_ns >= NAX_LINK_NS)
		nax_link_poll(c);
	if (now - c->stats_ns >= c->stats_wait_ns)
		nax_stats_collect(c);
	nax_service_watch(c, now);
	nax_ptp_service(c, now);
	if (test_and_clear_bit(NAX_PEND_VERIFY, &c->pending))
		nax_queues_each(c, nax_stop_quarantined);
	if (test_and_clear_bit(NAX_PEND_FAULT, &c->pending))
		nax_note_post(&c->hung, "the device reports a fault and asks for a reset");
	nax_recover_run(c);
}

void nax_adapter_service(struct nax_adapter *a)
{
	struct nax_core *c = nax_core_of(a);

	if (a->state == NAX_STATE_UP && !nax_is_gone(c))
		nax_service_run(c);
	if (nax_is_gone(c) && a->state != NAX_STATE_DETACHED && !c->cut_off)
		nax_go_gone(c, NULL);
}
