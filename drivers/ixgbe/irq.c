// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Interrupts: MSI-X with one vector per group of queues and a last one for all else. Datasheet
 * sections 4.6.6 and 7.3.
 *
 * A queue vector masks itself (EIAM_EX, by GPIE.EIAME) and clears its cause (EIAC) when it is
 * delivered, so nobody has to read a register to take it.
 */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

#define ALL_ONES	0xffffffffu
#define RSC_ITR_US	10

/* What the last vector reports. SDP1 and SDP2 of a cage: loss of signal, module in or out. */
static u32 other_causes(const struct ixgbe *x)
{
	u32 causes = IXGBE_CAUSE_LSC | IXGBE_CAUSE_MAILBOX | IXGBE_CAUSE_ECC;

	if (x->port == IXGBE_PORT_SFP)
		causes |= IXGBE_CAUSE_SDP1 | IXGBE_CAUSE_SDP2;
	return causes;
}

/* Cause in EICR to what the framework calls it. */
static const struct {
	u32 cause;
	u32 means;
} causes[] = {
	{ IXGBE_CAUSE_LSC | IXGBE_CAUSE_SDP1 | IXGBE_CAUSE_SDP2, NAX_IRQ_LINK },
	{ IXGBE_CAUSE_MAILBOX, NAX_IRQ_MAILBOX },
	{ IXGBE_CAUSE_ECC, NAX_IRQ_FAULT },
};

/** ixgbe_irq_off() - mask every interrupt and forget what is pending: section 4.6.3.1. */
void ixgbe_irq_off(struct nax_adapter *a)
{
	nax_reg_write(a, IXGBE_EIMC, GENMASK(30, 0));
	nax_reg_write(a, IXGBE_EIMC_EX(0), ALL_ONES);
	nax_reg_write(a, IXGBE_EIMC_EX(1), ALL_ONES);
	nax_reg_read(a, IXGBE_EICR);
}

/**
 * ixgbe_irq_init() - set MSI-X up, all masked: section 4.6.6
 * @a: adapter, just reset
 *
 * Queues are routed one by one as they start, by ixgbe_irq_route().
 */
void ixgbe_irq_init(struct nax_adapter *a)
{
	const struct ixgbe *x = a->priv;
	u32 gpie = IXGBE_GPIE_MSIX | IXGBE_GPIE_OCD | IXGBE_GPIE_EIAME | IXGBE_GPIE_PBA;
	u32 last = a->n_vectors ? a->n_vectors - 1u : 0;
	u32 i;

	if (x->port == IXGBE_PORT_SFP)
		gpie |= IXGBE_GPIE_SDP1 | IXGBE_GPIE_SDP2;
	/* OCD: reading EICR clears other causes only, never the cause of a queue. */
	nax_reg_write(a, IXGBE_GPIE, gpie);
	for (i = 0; i < IXGBE_IVARS; i++)
		nax_reg_write(a, IXGBE_IVAR(i), 0);
	nax_reg_write(a, IXGBE_IVAR_MISC, (last | (u32)IXGBE_IVAR_VALID)
		      << IXGBE_IVAR_MISC_OTHER_SHIFT);
	nax_reg_write(a, IXGBE_EIAC, IXGBE_EIAC_QUEUES);
	nax_reg_write(a, IXGBE_EIAM_EX(0), ALL_ONES);
	nax_reg_write(a, IXGBE_EIAM_EX(1), ALL_ONES);
}

/** ixgbe_irq_route() - let a queue interrupt by its vector: its byte in IVAR. */
void ixgbe_irq_route(const struct nax_queue *q)
{
	u32 shift = 16 * (q->index & 1) + (q->is_rx ? 0 : 8);

	ixgbe_modify(q->adapter, IXGBE_IVAR(q->index / 2), 0xffu << shift,
		     (q->vector->index | (u32)IXGBE_IVAR_VALID) << shift);
}

/** ixgbe_irq_arm() - let the vector interrupt once more. Any context. */
void ixgbe_irq_arm(struct nax_vector *v)
{
	struct nax_adapter *a = v->adapter;

	if (v->index + 1u == a->n_vectors)
		nax_reg_write(a, IXGBE_EIMS, other_causes(a->priv));
	else
		nax_reg_write(a, IXGBE_EIMS_EX(v->index / 32), 1u << v->index % 32);
}

/**
 * ixgbe_irq_ack() - mask the last vector, take its causes
 * @a: adapter
 * @vector: its number
 *
 * Any context. Return: NAX_IRQ_*.
 */
u32 ixgbe_irq_ack(struct nax_adapter *a, u32 vector)
{
	u32 found = 0;
	u32 eicr;
	u32 i;

	if (vector + 1 != a->n_vectors)
		return NAX_IRQ_QUEUES;
	/* Mask first: a cause that comes after the read stays pending, and fires when armed. */
	nax_reg_write(a, IXGBE_EIMC, other_causes(a->priv));
	eicr = nax_reg_read(a, IXGBE_EICR) & IXGBE_CAUSES_OTHER;
	if (a->gone)
		return 0;
	for (i = 0; i < ARRAY_SIZE(causes); i++) {
		if (eicr & causes[i].cause) {
			found |= causes[i].means;
			eicr &= ~causes[i].cause;
		}
	}
	return eicr ? found | NAX_IRQ_OTHER : found;
}

/**
 * ixgbe_set_itr() - interrupt moderation: EITR, in steps of 2 us, rounded up
 * @v: vector of queues
 *
 * With RSC no less than RSC_ITR_US: it must exceed GPIE.RSC_DELAY, 4 us (section 7.3.2.1.1), or
 * what is being joined would wait for ever.
 */
void ixgbe_set_itr(struct nax_vector *v)
{
	u32 least = v->adapter->offloads & NAX_OFFLOAD_LRO ? RSC_ITR_US : 0;
	u32 interval = min_t(u32, DIV_ROUND_UP(max_t(u32, v->itr_us, least), 2),
			     FIELD_GET(IXGBE_EITR_INTERVAL, ALL_ONES));

	/* CNT_WDIS leaves the running counter alone: no interrupt comes early. */
	nax_reg_write(v->adapter, IXGBE_EITR(v->index),
		      FIELD_PREP(IXGBE_EITR_INTERVAL, interval) | IXGBE_EITR_CNT_WDIS);
}
