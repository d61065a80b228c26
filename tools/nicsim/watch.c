// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: the model watches itself. A driver cannot tell work that the model forgot from a slow
 * machine: the next packet, or its own kick through EICS, heals it, and what remains is a stall now
 * and then. So what the model owes is looked at while anything goes on in a port:
 *
 *	- a message of a vector whose cause came, or was enabled, after the last one: sent as soon as
 *	  moderation allows and somebody listens
 *	- a turn of the datapath when it has work
 *	- write-backs that WTHRESH holds, when their queue has nothing else to do
 *
 * What is owed at one look and still at the next, without a break and although the world was run
 * often enough in between for every port, is a defect of the model, whatever the machine's load. A
 * kick that finds a message owed is one as well. The look costs nothing while a port rests.
 */
#include <inttypes.h>

#include "control.h"

#define LOOK_NS		50000000ull

static void report(struct nicsim_port *p, uint64_t vectors)
{
	struct sim_watch *w = &p->control->watch;
	unsigned int v;

	for (v = 0; v < NICSIM_VECTORS; v++) {
		if (vectors >> v & 1)
			sim_defect(p, "vector %u: cause set and enabled, moderation over, not sent",
				   v);
	}
	if (w->turn)
		sim_defect(p, "datapath has work and gets no turn");
	if (w->held)
		sim_defect(p, "write-backs are held in an idle transmit queue");
}

static void look(struct nicsim_port *p, void *arg)
{
	struct sim_control *c = p->control;
	struct sim_watch *w = &c->watch;
	uint64_t due = sim_irq_due(p);
	bool turn = sim_port_due(p), held = sim_tx_held(p);

	/* with many ports a round does not reach all */
	if (p->sim->rounds - w->round <= p->sim->port_count + 1) {
		sim_watch_arm(p);
		return;
	}
	c->irq.owed &= due;
	w->turn &= turn;
	w->held &= held;
	report(p, c->irq.owed);
	w->round = p->sim->rounds;
	c->irq.owed = due;
	w->turn = turn;
	w->held = held;
	if (due || turn || held)
		sim_watch_arm(p);
}

void sim_watch_arm(struct nicsim_port *p)
{
	struct sim_timer *timer = &p->control->watch.timer;

	if (!timer->armed)
		sim_timer_arm(timer, sim_now(p) + LOOK_NS);
}

/* Timers that were due have fired by now: a message that is owed was forgotten. */
void sim_watch_kick(struct nicsim_port *p, uint64_t vectors)
{
	struct nicsim_irq_tally *tally = &p->control->irq.tally;
	uint64_t forgotten = p->sim->firing ? 0 : vectors & sim_irq_due(p);

	tally->kicks += __builtin_popcountll(vectors);
	tally->healed += __builtin_popcountll(forgotten);
	if (forgotten)
		sim_defect(p, "EICS: vectors %#" PRIx64
			   " were due: cause set and enabled, moderation over, not sent", forgotten);
}

void sim_watch_init(struct nicsim_port *p)
{
	sim_timer_init(&p->control->watch.timer, p, look, NULL);
}

void sim_watch_stop(struct nicsim_port *p)
{
	sim_timer_stop(&p->control->watch.timer);
	p->control->irq.owed = 0;
	p->control->watch.turn = false;
	p->control->watch.held = false;
}
