// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: interrupts, as in the 82599 datasheet's chapter on interrupts: causes and their masks in
 * EICR, EIMS and the _EX banks, mapping to vectors by IVAR, moderation by EITR, auto-clear by EIAC
 * and auto-mask by EIAM.
 *
 * A cause is asserted while it is set and enabled. When it becomes so, a message goes out on its
 * vector, or will when moderation next allows; sending clears and masks causes as told. A cause
 * that stays set sends nothing more until it was cleared or enabled anew: a driver that forgets it
 * hangs, as on hardware.
 */
#include <errno.h>
#include <inttypes.h>

#include "control.h"
#include "regs_general.h"

#define LATE_NS		10000000u
#define MISC_TCP	0		/* bytes of IVAR_MISC */
#define MISC_OTHER	1
#define NO_VECTOR	NICSIM_VECTORS

static bool msix_mode(const struct nicsim_port *p)
{
	return sim_reg(p, CR_GPIE) & GPIE_MSIX;
}

static unsigned int misc_vector(const struct nicsim_port *p, unsigned int byte)
{
	uint32_t entry = sim_reg(p, CR_IVAR_MISC) >> (8 * byte);

	return entry & IVAR_VALID ? entry & IVAR_VECTOR : NO_VECTOR;
}

/* Causes of EICR 31:16 that lead to @vector when MSI-X is on. */
static uint32_t misc_causes(const struct nicsim_port *p, unsigned int vector)
{
	uint32_t causes = 0;

	if (misc_vector(p, MISC_OTHER) == vector)
		causes |= ~EICR_RTX & ~EICR_TCP_TIMER;
	if (misc_vector(p, MISC_TCP) == vector)
		causes |= EICR_TCP_TIMER;
	return causes;
}

/* Vectors that the causes @cause and @other lead to. */
static uint64_t vectors_of(const struct nicsim_port *p, uint64_t cause, uint32_t other)
{
	uint64_t vectors = cause;
	unsigned int vector;

	/* without MSI-X there is one message for all of EICR */
	if (!msix_mode(p))
		return (cause & EICR_RTX) || other ? 1 : 0;
	if (other & ~EICR_TCP_TIMER) {
		vector = misc_vector(p, MISC_OTHER);
		if (vector != NO_VECTOR)
			vectors |= 1ull << vector;
	}
	if (other & EICR_TCP_TIMER) {
		vector = misc_vector(p, MISC_TCP);
		if (vector != NO_VECTOR)
			vectors |= 1ull << vector;
	}
	return vectors;
}

static bool vector_asserted(const struct nicsim_port *p, unsigned int vector)
{
	const struct sim_irq *irq = &p->control->irq;

	return vectors_of(p, irq->asserted, irq->other_asserted) >> vector & 1;
}

static uint32_t eitr(const struct nicsim_port *p, unsigned int vector)
{
	return vector < EITR_LOW_COUNT ?
	       sim_reg(p, CR_EITR_LOW + 4 * vector) :
	       sim_reg(p, CR_EITR_HIGH + 4 * (vector - EITR_LOW_COUNT));
}

/* ---- sending ---- */

/*
 * Whether somebody listens whom it can reach. A message is a memory write as any other, the line is
 * not, but in D3hot there is neither (PCI Express base specification, "D3hot State").
 */
static bool heard(const struct nicsim_port *p, unsigned int vector)
{
	const struct sim_irq *irq = &p->control->irq;

	if (irq->vector[vector].fn)
		return sim_dma_allowed(p);
	return !vector && irq->intx && !p->control->pci.d3 && !sim_gone(p);
}

static void vector_call(struct nicsim_port *p, unsigned int vector)
{
	struct sim_irq *irq = &p->control->irq;
	struct sim_vector *v = &irq->vector[vector];

	if (!heard(p, vector))
		return;
	if (v->fn) {
		v->fn(v->ctx, vector);
	} else {
		irq->line = vector_asserted(p, 0);
		if (sim_pci_intx(p))
			irq->intx(irq->intx_ctx);
	}
}

void sim_irq_message(struct nicsim_port *p, unsigned int vector, unsigned int times)
{
	while (times--)
		vector_call(p, vector);
}

static void late_arrives(struct nicsim_port *p, void *arg)
{
	vector_call(p, (uintptr_t)arg);
}

/* The message on its way, if nothing happens to it. */
static void message_deliver(struct nicsim_port *p, unsigned int vector)
{
	struct sim_vector *v = &p->control->irq.vector[vector];

	if (sim_tracing(p))
		sim_trace(p, "%" PRIu64 " interrupt %u", sim_now(p), vector);
	if (sim_fault_take(p, NICSIM_IRQ_LOST, vector))
		return;
	if (!v->late.armed && sim_fault_take(p, NICSIM_IRQ_LATE, vector)) {
		sim_timer_arm(&v->late, sim_now(p) + 1 + sim_chaos_below(p, LATE_NS));
		return;
	}
	vector_call(p, vector);
}

/* Sending clears (EIAC) and masks (EIAM) the causes of the vector. */
static void causes_sent(struct nicsim_port *p, unsigned int vector)
{
	struct sim_irq *irq = &p->control->irq;
	uint32_t eiac = sim_reg(p, CR_EIAC), misc;
	uint64_t bit = 1ull << vector;

	if (!msix_mode(p))
		return;
	misc = misc_causes(p, vector);
	/* there is no EIAC for vectors from 16 up: they always clear */
	if (vector >= 16 || eiac & bit)
		irq->cause &= ~bit;
	irq->other &= ~(eiac & misc & EICR_TCP_TIMER);
	if (sim_reg(p, CR_GPIE) & GPIE_EIAME) {
		irq->enabled &= ~(irq->automask & bit);
		irq->other_enabled &= ~(irq->other_automask & misc);
	}
}

static void vector_fire(struct nicsim_port *p, unsigned int vector)
{
	struct sim_irq *irq = &p->control->irq;
	struct sim_vector *v = &irq->vector[vector];
	uint32_t interval = EITR_INTERVAL(eitr(p, vector));
	uint64_t bit = 1ull << vector, enabled = irq->enabled;

	/* a run of the datapath takes time: counted from its beginning the interval would be short */
	v->sent = sim_clock(p);
	v->ready = v->sent + (uint64_t)interval * EITR_UNIT_NS;
	sim_timer_stop(&v->eitr);
	causes_sent(p, vector);
	irq->masked |= enabled & ~irq->enabled & bit;
	irq->unsent &= ~bit;
	irq->owed &= ~bit;
	irq->tally.messages++;
	irq->asserted = irq->cause & irq->enabled;
	irq->other_asserted = irq->other & irq->other_enabled;
	message_deliver(p, vector);
}

/* Sends now, or when moderation allows; if nobody can hear it the cause stays pending. */
static void vector_request(struct nicsim_port *p, unsigned int vector)
{
	struct sim_vector *v = &p->control->irq.vector[vector];

	if (!heard(p, vector))
		return;
	if (v->ready <= sim_now(p))
		sim_rsc_interrupt(p, vector);
	if (v->ready > sim_now(p))
		sim_timer_arm(&v->eitr, v->ready);
	else
		vector_fire(p, vector);
}

static void moderation_over(struct nicsim_port *p, void *arg)
{
	unsigned int vector = (uintptr_t)arg;

	/* the driver may have looked by itself meanwhile */
	if (vector_asserted(p, vector))
		vector_request(p, vector);
}

/* Causes that came or were enabled: their vectors have something to send. */
static void causes_new(struct nicsim_port *p, uint64_t cause, uint32_t other)
{
	uint64_t vectors = vectors_of(p, cause, other);

	if (!vectors)
		return;
	p->control->irq.unsent |= vectors;
	sim_watch_arm(p);
}

/* After any change of causes or masks: what became asserted asks for a message. */
static void irq_update(struct nicsim_port *p)
{
	struct sim_irq *irq = &p->control->irq;
	uint64_t cause = irq->cause & irq->enabled;
	uint32_t other = irq->other & irq->other_enabled;
	uint64_t rising = vectors_of(p, cause & ~irq->asserted, other & ~irq->other_asserted);

	irq->asserted = cause;
	irq->other_asserted = other;
	if (irq->owed)
		irq->owed &= vectors_of(p, cause, other);
	if (irq->line)
		irq->line = vector_asserted(p, 0);
	while (rising) {
		unsigned int vector = __builtin_ctzll(rising);

		rising &= rising - 1;
		/* an earlier vector's listener may have cleared it */
		if (vector_asserted(p, vector))
			vector_request(p, vector);
	}
}

/* The cause that a queue has by IVAR; 0: none. */
static uint64_t queue_cause(const struct nicsim_port *p, bool rx, uint32_t queue)
{
	uint32_t ivar = sim_reg(p, CR_IVAR + queue / 2 * 4);
	uint32_t entry = ivar >> (16 * (queue & 1) + (rx ? 0 : 8));

	return entry & IVAR_VALID ? 1ull << (entry & (msix_mode(p) ? IVAR_VECTOR : 0xF)) : 0;
}

void sim_irq_queue(struct nicsim_port *p, bool rx, uint32_t queue)
{
	struct sim_irq *irq = &p->control->irq;
	uint64_t bit = queue_cause(p, rx, queue);

	if (!(bit & ~irq->cause))
		return;
	irq->cause |= bit;
	causes_new(p, bit, 0);
	irq_update(p);
}

void sim_irq_rx_mark(struct nicsim_port *p, uint32_t queue)
{
	p->control->irq.cause |= queue_cause(p, true, queue);
}

int sim_irq_rx_vector(const struct nicsim_port *p, uint32_t queue)
{
	uint64_t bit = queue_cause(p, true, queue);

	if (!bit)
		return -1;
	return msix_mode(p) ? __builtin_ctzll(bit) : 0;
}

uint64_t sim_irq_ready(const struct nicsim_port *p, unsigned int vector, uint64_t *interval)
{
	*interval = EITR_INTERVAL(eitr(p, vector)) * (uint64_t)EITR_UNIT_NS;
	return p->control->irq.vector[vector].ready;
}

void sim_irq_hold(struct nicsim_port *p, unsigned int vector, uint64_t until)
{
	struct sim_vector *v = &p->control->irq.vector[vector];

	if (v->ready < until)
		v->ready = until;
}

void sim_irq_cause(struct nicsim_port *p, uint32_t eicr)
{
	struct sim_irq *irq = &p->control->irq;

	causes_new(p, 0, eicr & ~EICR_RTX & ~irq->other);
	irq->other |= eicr & ~EICR_RTX;
	irq_update(p);
}

uint64_t sim_irq_due(const struct nicsim_port *p)
{
	const struct sim_irq *irq = &p->control->irq;
	uint64_t wanted = irq->unsent & vectors_of(p, irq->cause & irq->enabled,
						   irq->other & irq->other_enabled);
	uint64_t due = 0;

	for (; wanted; wanted &= wanted - 1) {
		unsigned int vector = __builtin_ctzll(wanted);

		if (heard(p, vector) && irq->vector[vector].ready <= sim_now(p))
			due |= wanted & -wanted;
	}
	return due;
}

void sim_irq_allowed(struct nicsim_port *p)
{
	const struct sim_irq *irq = &p->control->irq;
	uint64_t wanted = irq->unsent;

	for (; wanted; wanted &= wanted - 1) {
		unsigned int vector = __builtin_ctzll(wanted);

		if (vector_asserted(p, vector))
			vector_request(p, vector);
	}
}

void nicsim_irq_tally(const struct nicsim_port *port, struct nicsim_irq_tally *tally)
{
	*tally = port->control->irq.tally;
}

uint64_t sim_irq_pending(const struct nicsim_port *p)
{
	const struct sim_irq *irq = &p->control->irq;
	uint64_t pending = vectors_of(p, irq->asserted, irq->other_asserted);
	unsigned int v;

	for (v = 0; v < NICSIM_VECTORS; v++) {
		if (irq->vector[v].fn)
			pending &= ~(1ull << v);
	}
	return pending;
}

/* ---- registers ---- */

static uint32_t eicr_value(const struct sim_irq *irq)
{
	return (irq->cause & EICR_RTX) | irq->other;
}

/* Without GPIE.EIAME it is looking at EICR that masks. */
static void eicr_looked_at(struct nicsim_port *p)
{
	struct sim_irq *irq = &p->control->irq;

	if (sim_reg(p, CR_GPIE) & GPIE_EIAME)
		return;
	irq->enabled &= ~irq->automask;
	irq->other_enabled &= ~irq->other_automask;
}

static void eicr_clear(struct nicsim_port *p, uint32_t bits)
{
	struct sim_irq *irq = &p->control->irq;

	irq->cause &= ~(uint64_t)(bits & EICR_RTX);
	irq->other &= ~bits;
}

uint32_t sim_eicr_read(struct nicsim_port *p, uint32_t i)
{
	uint32_t value = eicr_value(&p->control->irq);

	eicr_clear(p, sim_reg(p, CR_GPIE) & GPIE_OCD ? EICR_CLEARED_OCD : UINT32_MAX);
	eicr_looked_at(p);
	irq_update(p);
	return value;
}

void sim_eicr_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	eicr_clear(p, value);
	eicr_looked_at(p);
	irq_update(p);
}

/* Reading EICS gives EICR without clearing it. */
uint32_t sim_eics_read(struct nicsim_port *p, uint32_t i)
{
	return eicr_value(&p->control->irq);
}

static void causes_set(struct nicsim_port *p, uint64_t vectors, uint32_t other)
{
	struct sim_irq *irq = &p->control->irq;
	unsigned int v;

	sim_watch_kick(p, vectors);
	if (sim_reg(p, CR_GPIE) & GPIE_EIMEN) {
		for (v = 0; v < NICSIM_VECTORS; v++) {
			if (vectors >> v & 1)
				irq->vector[v].ready = 0;
		}
	}
	causes_new(p, vectors & ~irq->cause, other & ~irq->other);
	irq->cause |= vectors;
	irq->other |= other;
	irq_update(p);
}

void sim_eics_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	causes_set(p, value & EICR_RTX, value & ~EICR_RTX);
}

uint32_t sim_eims_read(struct nicsim_port *p, uint32_t i)
{
	const struct sim_irq *irq = &p->control->irq;

	return (irq->enabled & EICR_RTX) | irq->other_enabled;
}

/* How long the driver took from messages that masked their vectors to this. */
static void answers_tally(struct nicsim_port *p, uint64_t vectors)
{
	struct sim_irq *irq = &p->control->irq;

	irq->masked &= ~vectors;
	for (; vectors; vectors &= vectors - 1) {
		uint64_t took = sim_now(p) - irq->vector[__builtin_ctzll(vectors)].sent;

		if (took > irq->tally.answer_ns)
			irq->tally.answer_ns = took;
	}
}

/* Enabling what is pending sends, also if it was enabled before. */
static void causes_enable(struct nicsim_port *p, uint64_t vectors, uint32_t other)
{
	struct sim_irq *irq = &p->control->irq;

	answers_tally(p, vectors & irq->masked);
	causes_new(p, irq->cause & vectors, irq->other & other);
	irq->enabled |= vectors;
	irq->other_enabled |= other;
	irq->asserted &= ~vectors;
	irq->other_asserted &= ~other;
	irq_update(p);
}

void sim_eims_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	causes_enable(p, value & EICR_RTX, value & ~EICR_RTX);
}

static void causes_disable(struct nicsim_port *p, uint64_t vectors, uint32_t other)
{
	struct sim_irq *irq = &p->control->irq;

	irq->enabled &= ~vectors;
	irq->other_enabled &= ~other;
	irq->masked &= ~vectors;
	irq_update(p);
}

void sim_eimc_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	causes_disable(p, value & EICR_RTX, value & ~EICR_RTX);
}

uint32_t sim_eiam_read(struct nicsim_port *p, uint32_t i)
{
	const struct sim_irq *irq = &p->control->irq;

	return (irq->automask & EICR_RTX) | irq->other_automask;
}

void sim_eiam_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	struct sim_irq *irq = &p->control->irq;

	irq->automask = (irq->automask & ~(uint64_t)EICR_RTX) | (value & EICR_RTX);
	irq->other_automask = value & ~EICR_RTX;
}

/* The _EX banks: vectors 31:0 and 63:32. EIMS_EX(0) 15:0 are EIMS 15:0. */
void sim_eics_ex_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	causes_set(p, (uint64_t)value << (32 * i), 0);
}

uint32_t sim_eims_ex_read(struct nicsim_port *p, uint32_t i)
{
	return p->control->irq.enabled >> (32 * i);
}

void sim_eims_ex_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	causes_enable(p, (uint64_t)value << (32 * i), 0);
}

void sim_eimc_ex_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	causes_disable(p, (uint64_t)value << (32 * i), 0);
}

uint32_t sim_eiam_ex_read(struct nicsim_port *p, uint32_t i)
{
	return p->control->irq.automask >> (32 * i);
}

void sim_eiam_ex_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	struct sim_irq *irq = &p->control->irq;

	irq->automask &= ~(0xFFFFFFFFull << (32 * i));
	irq->automask |= (uint64_t)value << (32 * i);
}

static void eitr_write(struct nicsim_port *p, uint32_t offset, uint32_t vector, uint32_t value)
{
	struct sim_irq *irq = &p->control->irq;
	struct sim_vector *v;

	sim_reg_set(p, offset, value & ~EITR_CNT_WDIS);
	if (vector >= NICSIM_VECTORS || value & EITR_CNT_WDIS)
		return;
	v = &irq->vector[vector];
	v->ready = sim_now(p) + EITR_COUNTER(value) * 4ull * EITR_UNIT_NS;
	irq->owed &= ~(1ull << vector);
	if (v->eitr.armed) {
		sim_timer_stop(&v->eitr);
		if (vector_asserted(p, vector))
			vector_request(p, vector);
	}
}

void sim_eitr_low_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	eitr_write(p, CR_EITR_LOW + 4 * i, i, value);
}

void sim_eitr_high_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	eitr_write(p, CR_EITR_HIGH + 4 * i, EITR_LOW_COUNT + i, value);
}

/* GPIE and IVAR_MISC decide where causes lead: what is pending may now have a vector. */
static void mode_write(struct nicsim_port *p, uint32_t offset, uint32_t value)
{
	struct sim_irq *irq = &p->control->irq;

	if (value == sim_reg(p, offset))
		return;
	sim_reg_set(p, offset, value);
	irq->asserted = 0;
	irq->other_asserted = 0;
	causes_new(p, irq->cause, irq->other);
	irq_update(p);
}

void sim_gpie_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	mode_write(p, CR_GPIE, value);
}

void sim_ivar_misc_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	mode_write(p, CR_IVAR_MISC, value);
}

/* ---- listeners, life ---- */

int nicsim_irq_set(struct nicsim_port *port, unsigned int vector,
		   void (*fn)(void *ctx, unsigned int vector), void *ctx)
{
	struct sim_irq *irq = &port->control->irq;

	if (vector >= NICSIM_VECTORS)
		return -EINVAL;
	irq->vector[vector].fn = fn;
	irq->vector[vector].ctx = ctx;
	if (!fn) {
		sim_timer_stop(&irq->vector[vector].eitr);
		sim_timer_stop(&irq->vector[vector].late);
	} else if (vector_asserted(port, vector)) {
		vector_request(port, vector);
	}
	return 0;
}

void sim_irq_init(struct nicsim_port *p)
{
	uintptr_t i;

	for (i = 0; i < NICSIM_VECTORS; i++) {
		struct sim_vector *v = &p->control->irq.vector[i];

		sim_timer_init(&v->eitr, p, moderation_over, (void *)i);
		sim_timer_init(&v->late, p, late_arrives, (void *)i);
	}
}

void sim_irq_stop(struct nicsim_port *p)
{
	unsigned int i;

	for (i = 0; i < NICSIM_VECTORS; i++) {
		sim_timer_stop(&p->control->irq.vector[i].eitr);
		sim_timer_stop(&p->control->irq.vector[i].late);
	}
}

/* Listeners stay: they are the client's. */
void sim_irq_reset(struct nicsim_port *p)
{
	struct sim_irq *irq = &p->control->irq;
	unsigned int i;

	sim_irq_stop(p);
	irq->cause = irq->enabled = irq->automask = irq->asserted = 0;
	irq->unsent = irq->masked = irq->owed = 0;
	irq->other = irq->other_enabled = irq->other_automask = irq->other_asserted = 0;
	irq->line = false;
	for (i = 0; i < NICSIM_VECTORS; i++)
		irq->vector[i].ready = 0;
}
