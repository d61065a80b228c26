// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: flow director: initialisation, commands, statistics, and what a driver may do wrong with
 * them. 82599 datasheet sections 7.1.2.7.6 to 7.1.2.7.14.
 */
#include <stdlib.h>
#include <string.h>

#include "fdir.h"
#include "regs_datapath.h"
#include "regs_fdir.h"

#define KIB		1024u
#define INIT_NS		55000ull	/* "about 55 us at 10 Gb/s and 550 us at 1 Gb/s" */
#define COMMAND_NS	200ull
#define LENGTH_MAX	0x3Fu
#define BUFFERS		8
#define RESERVE		2		/* filters that cannot be used */

/* ---- life ---- */

static void init_done(struct nicsim_port *p, void *arg)
{
	struct sim_fdir *f = p->dp->fdir;

	if (!f->rx_early && (sim_reg(p, DR_RXCTRL) & RXCTRL_RXEN))
		sim_error(p, "fdir-init", "RXCTRL.RXEN was set before FDIRCTRL.INIT_DONE");
	sim_reg_set(p, DR_FDIRCTRL, sim_reg(p, DR_FDIRCTRL) | FDIRCTRL_INIT_DONE);
	sim_reg_set(p, DR_FDIRFREE, f->capacity);
}

int sim_fdir_create(struct nicsim_port *p)
{
	struct sim_fdir *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	p->dp->fdir = f;
	sim_timer_init(&f->init, p, init_done, NULL);
	sim_fdir_reset(p);
	return 0;
}

void sim_fdir_destroy(struct nicsim_port *p)
{
	sim_timer_stop(&p->dp->fdir->init);
	free(p->dp->fdir);
	p->dp->fdir = NULL;
}

void sim_fdir_reset(struct nicsim_port *p)
{
	struct sim_fdir *f = p->dp->fdir;

	sim_timer_stop(&f->init);
	sim_fdir_clear(f, 0, 1);
	memset(&f->counts, 0, sizeof(f->counts));
	f->clearing = false;
	f->cleared = false;
	f->busy_until = 0;
	f->reads = 0;
	f->hash_dirty = true;
}

/* ---- FDIRCTRL ---- */

static void check_control(struct nicsim_port *p, const struct sim_fdir *f, uint32_t value)
{
	uint32_t used = 32 * KIB << FDIRCTRL_PBALLOC(value), i;

	if (value & FDIRCTRL_INIT_DONE)
		sim_error(p, "fdir-init", "FDIRCTRL = %#x: INIT_DONE is to be written as 0", value);
	if (f->init.armed)
		sim_error(p, "fdir-init", "FDIRCTRL = %#x before INIT_DONE of the last time",
			  value);
	if ((value & FDIRCTRL_REPORT_ALWAYS) && !(value & FDIRCTRL_REPORT))
		sim_error(p, "fdir-init", "FDIRCTRL = %#x: REPORT_STATUS_ALWAYS without "
			  "REPORT_STATUS", value);
	if (!FDIRCTRL_PBALLOC(value))
		return;
	/* an erratum: the flow of initialisation cannot be begun again without it */
	if (f->capacity && !f->cleared)
		sim_error(p, "fdir-init", "FDIRCTRL = %#x again: FDIRCMD.CLEARHT is to be set and "
			  "cleared before", value);
	for (i = 0; i < BUFFERS; i++)
		used += sim_reg(p, DR_RXPBSIZE + 4 * i) & XXPBSIZE_BITS;
	if (used > SIM_RX_FIFO)
		sim_error(p, "fdir-memory", "FDIRCTRL.PBALLOC %u: %u KiB with those in RXPBSIZE, "
			  "the packet buffer has %u", FDIRCTRL_PBALLOC(value), used / KIB,
			  SIM_RX_FIFO / KIB);
}

/* 82599 datasheet section 7.1.2.7.4: a perfect filter takes the room of four signatures. */
void sim_fdirctrl_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	struct sim_fdir *f = p->dp->fdir;
	uint32_t alloc = FDIRCTRL_PBALLOC(value);
	uint32_t room = value & FDIRCTRL_PERFECT ? KIB << alloc : 4 * KIB << alloc;

	check_control(p, f, value);
	sim_timer_stop(&f->init);
	sim_reg_set(p, DR_FDIRCTRL, value & ~FDIRCTRL_INIT_DONE);
	if (!alloc) {
		sim_fdir_clear(f, f->capacity, f->buckets);
		return;
	}
	sim_fdir_clear(f, room - RESERVE, room);
	f->cleared = false;
	f->rx_early = sim_reg(p, DR_RXCTRL) & RXCTRL_RXEN;
	sim_timer_arm(&f->init, sim_now(p) + INIT_NS * (sim_link_speed(p) == 1 ? 10 : 1));
}

/* ---- commands ---- */

static void check_filter(struct nicsim_port *p, uint32_t cmd)
{
	if (!(cmd & FDIRCMD_LAST) || (cmd & FDIRCMD_COLLISION))
		sim_error(p, "fdir-filter", "FDIRCMD = %#x: LAST is to be 1, COLLISION 0", cmd);
	if (!FDIRCMD_L4TYPE(cmd) && !(sim_reg(p, DR_FDIRM) & FDIRM_L4P))
		sim_error(p, "fdir-filter", "FDIRCMD = %#x: L4TYPE 0, and FDIRM.L4P does not mask "
			  "it", cmd);
	if (FDIRCMD_POOL(cmd))
		sim_error(p, "fdir-filter", "FDIRCMD = %#x: pool %u without virtualisation", cmd,
			  FDIRCMD_POOL(cmd));
}

static void check_signature(struct nicsim_port *p, uint32_t cmd, uint32_t id)
{
	if (id > FDIRHASH_SIGNATURE)
		sim_error(p, "fdir-filter", "FDIRHASH: signature %#x has more than 15 bits", id);
	if (cmd & (FDIRCMD_DROP | FDIRCMD_IPV6DMATCH))
		sim_error(p, "fdir-filter", "FDIRCMD = %#x: DROP and IPV6DMATCH are for perfect "
			  "filters", cmd);
}

static void check_perfect(struct nicsim_port *p, uint32_t cmd, uint32_t hash, uint32_t id,
			  const uint8_t *tuple)
{
	uint32_t wanted = sim_fdir_hash(p, tuple) & (p->dp->fdir->buckets - 1);

	if (id > FDIRHASH_SW_INDEX)
		sim_error(p, "fdir-filter", "FDIRHASH: software index %u is over %u", id,
			  FDIRHASH_SW_INDEX);
	if ((cmd & FDIRCMD_DROP) && !(cmd & FDIRCMD_QUEUE_EN))
		sim_error(p, "fdir-filter", "FDIRCMD = %#x: DROP needs QUEUE_EN and a queue, for "
			  "lists that are too long", cmd);
	if ((cmd & FDIRCMD_IPV6DMATCH) && !(cmd & FDIRCMD_IPV6))
		sim_error(p, "fdir-filter", "FDIRCMD = %#x: IPV6DMATCH without IPV6", cmd);
	if (sim_fdir_unmasked(p, cmd, tuple))
		sim_error(p, "fdir-filter", "software index %u: fields that are masked out are to "
			  "be 0; nothing can match it", id);
	if (wanted != (hash & (p->dp->fdir->buckets - 1)))
		sim_error(p, "fdir-hash", "FDIRHASH.HASH %#x: that of the filter is %#x; nothing "
			  "can match it", hash, wanted);
}

static void count_free(struct nicsim_port *p, const struct sim_fdir *f)
{
	sim_reg_set(p, DR_FDIRFREE, f->capacity - f->count);
}

static void interrupt(struct nicsim_port *p)
{
	p->dp->cause |= EICR_FLOW_DIRECTOR;
	sim_wake(p);
}

static void command_add(struct nicsim_port *p, struct sim_fdir *f, uint32_t cmd, uint32_t hash,
			uint32_t id)
{
	uint32_t ctrl = sim_reg(p, DR_FDIRCTRL), left = 16 * FDIRCTRL_FULL_THRESH(ctrl);
	bool perfect = ctrl & FDIRCTRL_PERFECT;
	uint8_t tuple[SIM_FDIR_TUPLE];
	enum sim_fdir_added added;

	check_filter(p, cmd);
	if (perfect) {
		sim_fdir_programmed(p, cmd, tuple);
		check_perfect(p, cmd, hash, id, tuple);
		id &= FDIRHASH_SW_INDEX;
	} else {
		check_signature(p, cmd, id);
		id &= FDIRHASH_SIGNATURE;
	}
	added = sim_fdir_add(f, hash, id, perfect ? tuple : NULL, cmd);
	count_free(p, f);
	if (added == SIM_FDIR_FULL ||
	    (added == SIM_FDIR_ADDED && f->capacity - f->count + 1 == left))
		interrupt(p);
}

static void check_update(struct nicsim_port *p, uint32_t cmd)
{
	if (cmd & FDIRCMD_FILTER_UPDATE)
		sim_error(p, "fdir-command", "FDIRCMD = %#x: FILTER_UPDATE is for adding alone",
			  cmd);
}

static void command_remove(struct nicsim_port *p, struct sim_fdir *f, uint32_t cmd, uint32_t hash,
			   uint32_t id)
{
	check_update(p, cmd);
	sim_fdir_remove(f, hash, id);
	count_free(p, f);
}

/* 82599 datasheet section 7.1.2.7.11 */
static void command_query(struct nicsim_port *p, struct sim_fdir *f, uint32_t cmd, uint32_t hash,
			  uint32_t id)
{
	bool perfect = sim_reg(p, DR_FDIRCTRL) & FDIRCTRL_PERFECT;
	uint32_t place, n = sim_fdir_find(f, hash, id, NULL, &place);

	check_update(p, cmd);
	f->counts.query_length = place < LENGTH_MAX ? place : LENGTH_MAX;
	sim_reg_set(p, DR_FDIRHASH, (hash & FDIRHASH_HASH) | id << 16 |
		    (n || place ? FDIRHASH_BUCKET_VALID : 0));
	sim_reg_set(p, DR_FDIRCMD, (cmd & FDIRCMD_CMD) |
		    (n ? FDIRCMD_FILTER_VALID | f->filter[n - 1].action : 0));
	if (n && perfect)
		sim_fdir_recall(p, f->tuple[n - 1]);
}

static void (*const commands[])(struct nicsim_port *p, struct sim_fdir *f, uint32_t cmd,
				uint32_t hash, uint32_t id) = {
	[FDIRCMD_ADD] = command_add,
	[FDIRCMD_REMOVE] = command_remove,
	[FDIRCMD_QUERY] = command_query,
};

/*
 * Signatures may be added one after the other by several processors, without waiting ("avoids the
 * need for any semaphore"); whatever needs more registers than FDIRHASH and FDIRCMD may not.
 */
static bool is_busy(const struct nicsim_port *p, const struct sim_fdir *f, uint32_t cmd)
{
	uint32_t last = sim_reg(p, DR_FDIRCMD) & FDIRCMD_CMD;

	if (!last || sim_now(p) >= f->busy_until)
		return false;
	return (sim_reg(p, DR_FDIRCTRL) & FDIRCTRL_PERFECT) || last == FDIRCMD_QUERY ||
	       (cmd & FDIRCMD_CMD) == FDIRCMD_QUERY;
}

/* CLEARHT, set and cleared, empties the table; FDIRCTRL has to be written after that. */
static void clear_heads(struct nicsim_port *p, struct sim_fdir *f, uint32_t value)
{
	if (value & FDIRCMD_CLEARHT) {
		f->clearing = true;
		sim_fdir_clear(f, f->capacity, f->buckets);
	} else if (f->clearing) {
		f->clearing = false;
		f->cleared = true;
	}
}

void sim_fdircmd_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	struct sim_fdir *f = p->dp->fdir;
	uint32_t hash = sim_reg(p, DR_FDIRHASH), cmd = value & FDIRCMD_CMD;

	if (cmd && (!(sim_reg(p, DR_FDIRCTRL) & FDIRCTRL_INIT_DONE) || f->clearing || f->cleared ||
		    (value & FDIRCMD_CLEARHT))) {
		sim_error(p, "fdir-command", "FDIRCMD = %#x without FDIRCTRL.INIT_DONE, or while "
			  "the table is cleared", value);
		return;
	}
	if (cmd && is_busy(p, f, value)) {
		sim_error(p, "fdir-command", "FDIRCMD = %#x before command %u was done", value,
			  sim_reg(p, DR_FDIRCMD) & FDIRCMD_CMD);
		return;
	}
	clear_heads(p, f, value);
	sim_reg_set(p, DR_FDIRCMD, value & ~FDIRCMD_FILTER_VALID);
	if (!cmd)
		return;
	commands[cmd](p, f, value, hash & FDIRHASH_HASH, FDIRHASH_ID(hash));
	f->busy_until = sim_now(p) + COMMAND_NS;
	f->reads = 0;
}

/* "At worst case the FDIRCMD.CMD should be found cleared on the second read cycle." */
uint32_t sim_fdircmd_read(struct nicsim_port *p, uint32_t i)
{
	struct sim_fdir *f = p->dp->fdir;
	uint32_t value = sim_reg(p, DR_FDIRCMD);

	if ((value & FDIRCMD_CMD) && (sim_now(p) >= f->busy_until || f->reads++)) {
		value &= ~FDIRCMD_CMD;
		sim_reg_set(p, DR_FDIRCMD, value);
	}
	return value;
}

/* ---- keys and statistics ---- */

static void key_write(struct nicsim_port *p, const char *name, uint32_t reg, uint32_t value)
{
	struct sim_fdir *f = p->dp->fdir;

	if (f->count && value != sim_reg(p, reg))
		sim_error(p, "fdir-key", "%s = %#x: %u filters were put where %#x says", name,
			  value, f->count, sim_reg(p, reg));
	sim_reg_set(p, reg, value);
	f->hash_dirty = true;
}

void sim_fdirhkey_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	key_write(p, "FDIRHKEY", DR_FDIRHKEY, value);
}

void sim_fdirskey_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	key_write(p, "FDIRSKEY", DR_FDIRSKEY, value);
}

void sim_fdirfree_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	if (value)
		sim_error(p, "fdir-free", "FDIRFREE = %#x: 0 alone is written, before the table is "
			  "cleared", value);
	sim_reg_set(p, DR_FDIRFREE, value);
}

uint32_t sim_fdirfree_read(struct nicsim_port *p, uint32_t i)
{
	return sim_reg(p, DR_FDIRFREE) | p->dp->fdir->collisions << 16;
}

static uint32_t take(uint32_t *counter)
{
	uint32_t value = *counter;

	*counter = 0;
	return value;
}

uint32_t sim_fdirlen_read(struct nicsim_port *p, uint32_t i)
{
	struct sim_fdir_counts *c = &p->dp->fdir->counts;
	uint32_t value = take(&c->max_length);

	value |= take(&c->query_length) << 8;
	return value | take(&c->max_hash) << 16;
}

/* FDIRUSTAT, FDIRFSTAT, FDIRMATCH, FDIRMISS */
uint32_t sim_fdirstat_read(struct nicsim_port *p, uint32_t i)
{
	struct sim_fdir_counts *c = &p->dp->fdir->counts;
	uint32_t value;

	switch (i) {
	case 0:
		value = take(&c->added);
		return value | take(&c->removed) << 16;
	case 1:
		value = take(&c->add_failed);
		return value | take(&c->remove_failed) << 8;
	case 2:
		return take(&c->match);
	default:
		return take(&c->miss);
	}
}
