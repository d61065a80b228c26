// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: the interrupt line of a function without MSI and MSI-X. It is asserted when moderation
 * lets vector 0 send, and until no cause is set and enabled; irq.c sees to that.
 */
#include "control.h"

bool sim_irq_line(const struct nicsim_port *p)
{
	return p->control->irq.line && !p->control->pci.d3 && !sim_gone(p);
}

bool nicsim_intx(const struct nicsim_port *port)
{
	return sim_irq_line(port) && sim_pci_intx(port);
}

void sim_irq_line_allowed(struct nicsim_port *p)
{
	if (sim_irq_line(p) && p->control->irq.intx)
		p->control->irq.intx(p->control->irq.intx_ctx);
}

void nicsim_intx_set(struct nicsim_port *port, void (*fn)(void *ctx), void *ctx)
{
	struct sim_irq *irq = &port->control->irq;

	irq->intx = fn;
	irq->intx_ctx = ctx;
	irq->line = false;
	if (!fn)
		return;
	/* what is pending asks again */
	irq->asserted = 0;
	irq->other_asserted = 0;
	sim_irq_cause(port, 0);
}
