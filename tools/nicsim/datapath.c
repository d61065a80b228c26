// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: life of the datapath of a port, and its turn: receive, transmit, then the interrupts of
 * both.
 */
#include <stdlib.h>
#include <string.h>

#include "datapath.h"
#include "fdir.h"
#include "ptp.h"

int sim_datapath_create(struct nicsim_port *p)
{
	struct sim_datapath *dp = calloc(1, sizeof(*dp));

	if (!dp)
		return -1;
	p->dp = dp;
	if (sim_fifo_create(&dp->fifo))
		goto no_fifo;
	if (sim_fdir_create(p))
		goto no_fdir;
	if (sim_ptp_create(p))
		goto no_ptp;
	if (sim_rsc_create(p))
		goto no_rsc;
	dp->real_time = sim_real_time(p);
	dp->rss_dirty = true;
	sim_crc_init();
	sim_pause_init(p);
	return 0;

no_rsc:
	sim_ptp_destroy(p);
no_ptp:
	sim_fdir_destroy(p);
no_fdir:
	sim_fifo_destroy(&dp->fifo);
no_fifo:
	free(dp);
	p->dp = NULL;
	return -1;
}

void sim_datapath_destroy(struct nicsim_port *p)
{
	if (!p->dp)
		return;
	sim_pause_stop(p);
	sim_rsc_destroy(p);
	sim_ptp_destroy(p);
	sim_fdir_destroy(p);
	sim_fifo_destroy(&p->dp->fifo);
	free(p->dp);
	p->dp = NULL;
}

void sim_datapath_reset(struct nicsim_port *p)
{
	struct sim_datapath *dp = p->dp;

	sim_pause_stop(p);
	sim_rsc_reset(p);
	sim_fdir_reset(p);
	sim_ptp_reset(p);
	sim_fifo_clear(&dp->fifo);
	dp->epoch++;
	dp->said = 0;
	dp->cause = 0;
	memset(dp->rx_said, 0, sizeof(dp->rx_said));
	memset(dp->tx_said, 0, sizeof(dp->tx_said));
	memset(dp->rx_irq, 0, sizeof(dp->rx_irq));
	memset(dp->tx_irq, 0, sizeof(dp->tx_irq));
	memset(dp->rx_hung, 0, sizeof(dp->rx_hung));
	memset(dp->drop_en, 0, sizeof(dp->drop_en));
	memset(dp->ntuple_on, 0, sizeof(dp->ntuple_on));
	memset(dp->rx_off, 0, sizeof(dp->rx_off));
	memset(dp->tx_off, 0, sizeof(dp->tx_off));
	memset(dp->tx_ready, 0, sizeof(dp->tx_ready));
	memset(dp->tx_wb, 0, sizeof(dp->tx_wb));
	memset(dp->txq, 0, sizeof(dp->txq));
	dp->rx_blocked = false;
	dp->rss_dirty = true;
	dp->pause_until = 0;
	dp->tx_turn = 0;
	dp->job.active = false;
	dp->tx_pending = false;
	dp->tx_blocked = false;
	/* the packet buffer is empty: whoever waits for it need not any more */
	if (p->peer && p->peer->dp && p->peer->dp->tx_blocked)
		sim_tx_writable(p->peer);
}

/* The client may do anything from within an interrupt, reset the device too. */
static void raise_queues(struct nicsim_port *p, uint64_t *map, bool rx)
{
	uint32_t word, epoch = p->dp->epoch;
	uint64_t bits;

	for (word = 0; word < SIM_QUEUE_WORDS; word++) {
		bits = map[word];
		map[word] = 0;
		for (; bits; bits &= bits - 1) {
			sim_irq_queue(p, rx, 64 * word + __builtin_ctzll(bits));
			if (p->dp->epoch != epoch)
				return;
		}
	}
}

static bool irqs_wait(const struct sim_datapath *dp)
{
	uint64_t any = dp->cause;
	uint32_t word;

	for (word = 0; word < SIM_QUEUE_WORDS; word++)
		any |= dp->rx_irq[word] | dp->tx_irq[word];
	return any;
}

bool sim_datapath_run(struct nicsim_port *p, unsigned int *budget)
{
	struct sim_datapath *dp = p->dp;
	uint32_t cause;

	sim_rx_drain(p, budget);
	sim_tx_run(p, budget);
	raise_queues(p, dp->rx_irq, true);
	raise_queues(p, dp->tx_irq, false);
	cause = dp->cause;
	dp->cause = 0;
	if (cause)
		sim_irq_cause(p, cause);
	return sim_datapath_next(p) <= sim_now(p);
}

uint64_t sim_datapath_next(const struct nicsim_port *p)
{
	const struct sim_datapath *dp = p->dp;

	if (irqs_wait(dp) || (dp->fifo.frames && !dp->rx_blocked))
		return sim_now(p);
	return sim_tx_next(p);
}
