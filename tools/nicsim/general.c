// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: CTRL and STATUS, device reset, the two timers of the general block, and the security
 * blocks, which only have to say that they are ready.
 */
#include "control.h"
#include "regs_general.h"

#define NS_PER_MS	1000000ull

/* ---- reset ---- */

/* What the semaphores of NVM and firmware say outlives a device reset; both are the chip's. */
static const uint32_t kept[] = { CR_SWSM, CR_SW_FW_SYNC };
#define KEPT	(sizeof(kept) / sizeof(kept[0]))

void sim_device_reset(struct nicsim_port *p, enum sim_reset how)
{
	struct sim_control *c = p->control;
	uint32_t keep[KEPT];
	unsigned int i;

	for (i = 0; i < KEPT; i++)
		keep[i] = sim_reg(p, kept[i]);
	sim_timer_stop(&c->reset_timer);
	sim_timer_stop(&c->tcp_timer);
	c->resetting = false;
	c->reset_stuck = false;
	sim_chaos_reset(p, how);
	sim_regs_reset(p);
	if (how == SIM_RESET_FUNCTION)
		sim_pci_reset(p);
	for (i = 0; i < KEPT && how != SIM_RESET_FUNCTION; i++)
		sim_reg_set(p, kept[i], keep[i]);
	sim_irq_reset(p);
	sim_stats_reset(p);
	sim_module_reset(&c->module);
	sim_spi_reset(&c->spi);
	sim_nvm_load(p);
	sim_datapath_reset(p);
	sim_phy_reset(p, how);
}

static void reset_done(struct nicsim_port *p, void *arg)
{
	p->control->resetting = false;
	sim_reg_set(p, CR_CTRL, sim_reg(p, CR_CTRL) & ~(CTRL_RST | CTRL_LNK_RST));
	sim_phy_update(p);
}

void sim_ctrl_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	struct sim_control *c = p->control;
	bool dma = sim_dma_allowed(p);

	if (!(value & (CTRL_RST | CTRL_LNK_RST))) {
		/* what was begun ends by itself, not by writing 0 */
		if (c->resetting)
			return;
		if ((value & ~sim_reg(p, CR_CTRL)) & CTRL_GIO_DIS)
			sim_fault_take(p, NICSIM_MASTER_STUCK, 0);
		sim_reg_set(p, CR_CTRL, value);
		if (!dma && sim_dma_allowed(p))
			sim_irq_allowed(p);
		return;
	}
	sim_device_reset(p, value & CTRL_LNK_RST ? SIM_RESET_LINK : SIM_RESET_SOFT);
	sim_reg_set(p, CR_CTRL, value & (CTRL_RST | CTRL_LNK_RST));
	c->resetting = true;
	c->reset_stuck = sim_fault_take(p, NICSIM_RESET_STUCK, 0);
	/*
	 * Drivers that poll ten times, a microsecond apart, are as common as those that wait the
	 * millisecond of the datasheet first.
	 */
	if (!c->reset_stuck)
		sim_timer_arm(&c->reset_timer, sim_now(p) + SIM_RESET_NS);
}

uint32_t sim_status_read(struct nicsim_port *p, uint32_t i)
{
	bool master = !(sim_reg(p, CR_CTRL) & CTRL_GIO_DIS) ||
		      sim_fault_on(p, NICSIM_MASTER_STUCK);

	return sim_reg(p, CR_STATUS) | (master ? STATUS_GIO : 0);
}

/* ---- timers ---- */

/* FRTIMER: microseconds 9:0, milliseconds 19:10, seconds 31:20, each a number of its own. */
uint32_t sim_frtimer_read(struct nicsim_port *p, uint32_t i)
{
	uint64_t us = sim_now(p) / 1000;

	return us % 1000 | us / 1000 % 1000 << 10 | us / 1000000 % 4096 << 20;
}

static void tcp_timer_start(struct nicsim_port *p)
{
	uint32_t ms = sim_reg(p, CR_TCPTIMER) & TCPTIMER_DURATION;

	sim_timer_arm(&p->control->tcp_timer, sim_now(p) + (ms ? ms : 1) * NS_PER_MS);
}

static void tcp_timer_done(struct nicsim_port *p, void *arg)
{
	if (sim_reg(p, CR_TCPTIMER) & TCPTIMER_LOOP)
		tcp_timer_start(p);
	sim_irq_cause(p, EICR_TCP_TIMER);
}

/*
 * KickStart and TCPCountFinish are write-only (82599 datasheet, TCP Timer): the second is the way
 * of software to the interrupt, and sets the counter to its beginning.
 */
void sim_tcptimer_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	bool finish = value & TCPTIMER_FINISH;
	bool start = value & TCPTIMER_KICK || (finish && value & TCPTIMER_LOOP);

	sim_reg_set(p, CR_TCPTIMER, value & ~(TCPTIMER_KICK | TCPTIMER_FINISH));
	if (!(value & TCPTIMER_COUNT) || (finish && !start))
		sim_timer_stop(&p->control->tcp_timer);
	else if (start)
		tcp_timer_start(p);
	if (finish)
		sim_irq_cause(p, EICR_TCP_TIMER);
}

/* ---- security ---- */

/* A block is ready for its switch when its path is empty, that is when the path is blocked. */
static uint32_t secstat(const struct nicsim_port *p, uint32_t ctrl)
{
	return SECSTAT_OFF | (sim_reg(p, ctrl) & SEC_XFER_DIS ? SECSTAT_RDY : 0);
}

uint32_t sim_sectxstat_read(struct nicsim_port *p, uint32_t i)
{
	return secstat(p, CR_SECTXCTRL);
}

uint32_t sim_secrxstat_read(struct nicsim_port *p, uint32_t i)
{
	return secstat(p, CR_SECRXCTRL);
}

/* ---- life ---- */

void sim_general_init(struct nicsim_port *p)
{
	sim_timer_init(&p->control->reset_timer, p, reset_done, NULL);
	sim_timer_init(&p->control->tcp_timer, p, tcp_timer_done, NULL);
	sim_watch_init(p);
}

/* No timer of the port is left in the world's list. */
void sim_general_stop(struct nicsim_port *p)
{
	sim_timer_stop(&p->control->reset_timer);
	sim_timer_stop(&p->control->tcp_timer);
	sim_irq_stop(p);
	sim_phy_stop(p);
	sim_chaos_stop(p);
	sim_watch_stop(p);
}
