// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: flow director: received packets. 82599 datasheet sections 7.1.2.7.2 (what is reported)
 * and 7.1.2.7.5 (the look-up).
 */
#include "desc82599.h"
#include "fdir.h"
#include "regs_datapath.h"
#include "regs_fdir.h"

static void count(uint32_t *counter)
{
	if (*counter < UINT32_MAX)
		(*counter)++;
}

/* "Exceeding it reflects the addition of two more filters." */
static bool too_long(uint32_t ctrl, uint32_t place)
{
	return place / 2 > FDIRCTRL_MAX_LENGTH(ctrl);
}

/* A packet to be dropped goes to a queue that is off, or to its own if its list is too long. */
static void act(struct sim_rx_meta *meta, uint32_t ctrl, uint32_t action, bool is_long)
{
	meta->status |= RXD_FLM;
	if (action & FDIRCMD_COLLISION)
		meta->status |= RXD_FDIR_COLL;
	if (action & FDIRCMD_DROP)
		meta->status |= RXD_FDIR_DROP;
	if ((action & FDIRCMD_DROP) && !is_long)
		meta->queue = FDIRCTRL_DROP_QUEUE(ctrl);
	else if (action & FDIRCMD_QUEUE_EN)
		meta->queue = FDIRCMD_RX_QUEUE(action);
}

/* Bucket hash and signature, or bucket hash and software index, in place of the RSS hash. */
static void report(struct nicsim_port *p, struct sim_rx_meta *meta, uint32_t hash, uint32_t id)
{
	uint32_t said = 1u << SIM_ONCE_FDIR;

	if (!(sim_reg(p, DR_RXCSUM) & RXCSUM_PCSD) && !(p->dp->said & said)) {
		p->dp->said |= said;
		sim_error(p, "fdir-report", "FDIRCTRL.REPORT_STATUS needs RXCSUM.PCSD");
	}
	meta->info |= RXD_RSS_FDIR;
	meta->hash = (hash & (p->dp->fdir->buckets - 1)) << 16 | id;
}

void sim_fdir_rx(struct nicsim_port *p, const uint8_t *frame, uint32_t len,
		 const struct sim_pkt *k, struct sim_rx_meta *meta)
{
	uint32_t ctrl = sim_reg(p, DR_FDIRCTRL), hash, n, place, id;
	struct sim_fdir *f = p->dp->fdir;
	bool perfect = ctrl & FDIRCTRL_PERFECT;
	uint8_t tuple[SIM_FDIR_TUPLE];

	if (!(ctrl & FDIRCTRL_INIT_DONE))
		return;
	if ((!f->count && !(ctrl & FDIRCTRL_REPORT_ALWAYS)) ||
	    !sim_fdir_packet(p, frame, len, k, tuple)) {
		count(&f->counts.miss);
		return;
	}
	hash = sim_fdir_hash(p, tuple);
	id = hash >> 16 & FDIRHASH_SIGNATURE;
	n = sim_fdir_find(f, hash, id, perfect ? tuple : NULL, &place);
	count(n ? &f->counts.match : &f->counts.miss);
	/* without a match it is the length of the whole list that counts */
	if (too_long(ctrl, n || !place ? place : place - 1))
		meta->status |= RXD_FDIR_LEN;
	if (n)
		act(meta, ctrl, f->filter[n - 1].action, meta->status & RXD_FDIR_LEN);
	if (perfect)
		id = n ? f->filter[n - 1].id : 0;
	if ((ctrl & FDIRCTRL_REPORT) && (n || (ctrl & FDIRCTRL_REPORT_ALWAYS)))
		report(p, meta, hash, id);
}
