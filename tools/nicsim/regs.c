// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: registers of BAR 0. A lookup is built once per world from the tables of both halves; a
 * read or write finds its register there, is checked, and stored or handed to its function.
 */
#include <inttypes.h>
#include <string.h>

#include "control.h"
#include "regs_general.h"

/**
 * struct alias - registers that answer at a second place too
 *
 * The 82599 keeps the addresses of its predecessor for what a driver needs first, and for the
 * first 16 queues.
 */
struct alias {
	uint32_t from, from_stride;
	uint32_t to, to_stride;
	uint32_t count;
};

static const struct alias aliases[] = {
	{ 0x05400, 4, 0x0A200, 4, 32 },		/* RAL, RAH 0 .. 15 */
	{ 0x05480, 4, 0x0EA00, 4, 16 },		/* PSRTYPE */
	{ 0x02100, 4, 0x01014, 0x40, 16 },	/* SRRCTL */
	{ 0x02200, 4, 0x0100C, 0x40, 16 },	/* DCA_RXCTRL */
	{ 0x08680, 4, 0x06030, 0x40, 16 },	/* QPTC */
	{ 0x001C0, 4, 0x00604, 4, 1 },		/* PFVFLRE 1 */
};

/*
 * Where a write to nothing is a mistake worth reporting: interrupts, queues, filters. Elsewhere
 * drivers write registers of features that the model has not, which is harmless.
 */
static const struct {
	uint32_t first, last;
} guarded[] = {
	{ 0x00800, 0x00FFF },
	{ 0x01000, 0x01FFF },
	{ 0x06000, 0x07FFF },
	{ 0x0A000, 0x0BFFF },
	{ 0x0D000, 0x0DFFF },
};

static uint32_t reg_stride(const struct sim_reg *r)
{
	return r->stride ? r->stride : 4;
}

static void table_add(struct nicsim *sim, const struct sim_reg *table)
{
	const struct sim_reg *r;
	uint32_t i;

	for (r = table; r->name; r++) {
		for (i = 0; i < r->count; i++) {
			uint32_t offset = r->base + i * reg_stride(r);

			if (offset < SIM_REG_SPACE)
				sim->lookup[offset / 4] = r;
		}
	}
}

void sim_regs_build(struct nicsim *sim)
{
	unsigned int i, j;

	table_add(sim, sim_regs_general);
	table_add(sim, sim_regs_datapath);
	for (i = 0; i < SIM_REG_SPACE / 4; i++)
		sim->alias[i] = i;
	for (i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		const struct alias *a = &aliases[i];

		for (j = 0; j < a->count; j++) {
			sim->alias[(a->from + j * a->from_stride) / 4] =
				(a->to + j * a->to_stride) / 4;
		}
	}
}

static void table_reset(struct nicsim_port *p, const struct sim_reg *table)
{
	const struct sim_reg *r;
	uint32_t i;

	for (r = table; r->name; r++) {
		for (i = 0; i < r->count; i++) {
			uint32_t offset = r->base + i * reg_stride(r);

			/* the other table may own the place */
			if (offset < SIM_REG_SPACE && p->sim->lookup[offset / 4] == r)
				sim_reg_set(p, offset, r->reset);
		}
	}
}

void sim_regs_reset(struct nicsim_port *p)
{
	memset(p->reg, 0, sizeof(p->reg));
	table_reset(p, sim_regs_general);
	table_reset(p, sim_regs_datapath);
}

static const struct sim_reg *reg_find(const struct nicsim_port *p, uint32_t *offset,
				      uint32_t *index)
{
	const struct sim_reg *r;

	*offset = p->sim->alias[*offset / 4] * 4;
	r = p->sim->lookup[*offset / 4];
	*index = r && r->count > 1 ? (*offset - r->base) / reg_stride(r) : 0;
	return r;
}

uint32_t sim_reg_read(struct nicsim_port *p, uint32_t offset)
{
	uint32_t index, value = 0;
	const struct sim_reg *r = reg_find(p, &offset, &index);

	if (r)
		value = r->read ? r->read(p, index) : sim_reg(p, offset);
	if (sim_tracing(p))
		sim_trace(p, "%" PRIu64 " read  %05x %s[%u] = %08x", sim_now(p), offset,
			  r ? r->name : "?", index, value);
	return value;
}

static bool is_guarded(uint32_t offset)
{
	unsigned int i;

	for (i = 0; i < sizeof(guarded) / sizeof(guarded[0]); i++) {
		if (offset >= guarded[i].first && offset <= guarded[i].last)
			return true;
	}
	return false;
}

void sim_reg_write(struct nicsim_port *p, uint32_t offset, uint32_t value)
{
	uint32_t index, old, outside;
	const struct sim_reg *r = reg_find(p, &offset, &index);

	if (sim_tracing(p))
		sim_trace(p, "%" PRIu64 " write %05x %s[%u] = %08x", sim_now(p), offset,
			  r ? r->name : "?", index, value);
	if (p->control->resetting && offset != CR_CTRL) {
		if (!p->control->reset_stuck)
			sim_error(p, "write-in-reset",
				  "%s (%#07x) = %#x before CTRL.RST cleared itself",
				  r ? r->name : "a register", offset, value);
		return;
	}
	if (!r) {
		if (is_guarded(offset))
			sim_error(p, "unknown-register", "%#07x = %#x: there is none", offset,
				  value);
		return;
	}
	old = sim_reg(p, offset);
	outside = (value ^ old) & ~r->writable;
	if (r->strict && outside)
		sim_error(p, "reserved-bits", "%s[%u] = %#x: bits %#x are not to be changed",
			  r->name, index, value, outside);
	value = (old & ~r->writable) | (value & r->writable);
	if (r->write)
		r->write(p, index, value);
	else
		sim_reg_set(p, offset, value);
}
