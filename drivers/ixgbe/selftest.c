// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Self-test: registers that keep what is written, interrupts by software, loopback in the MAC. The
 * framework decides what passes; after each test it starts the device anew.
 */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

#define TEST_QUEUES		4u
#define LINK_STEP_US		1000
#define LINK_LIMIT_US		500000

/**
 * struct reg_row - registers of one kind
 * @name: as the datasheet spells it
 * @reg: the first
 * @step: bytes to the next
 * @n: how many
 * @mask: bits that can be written and read back, section 8.2.3
 */
struct reg_row {
	const char *name;
	u32 reg;
	u32 step;
	u32 n;
	u32 mask;
};

static const struct reg_row rows[] = {
	{ "FCTTV", IXGBE_FCTTV(0), 4, IXGBE_FCTTVS, 0xffffffff },
	{ "FCRTL", IXGBE_FCRTL(0), 4, IXGBE_HW_PACKET_BUFFERS, 0x8007ffe0 },
	{ "FCRTH", IXGBE_FCRTH(0), 4, IXGBE_HW_PACKET_BUFFERS, 0x8007ffe0 },
	{ "FCRTV", IXGBE_FCRTV, 0, 1, 0x0000ffff },
	{ "RDBAL", IXGBE_RDBAL(0), 0x40, TEST_QUEUES, 0xffffff80 },
	{ "RDBAH", IXGBE_RDBAH(0), 0x40, TEST_QUEUES, 0xffffffff },
	{ "RDLEN", IXGBE_RDLEN(0), 0x40, TEST_QUEUES, 0x000fff80 },
	{ "TDBAL", IXGBE_TDBAL(0), 0x40, TEST_QUEUES, 0xffffff80 },
	{ "TDBAH", IXGBE_TDBAH(0), 0x40, TEST_QUEUES, 0xffffffff },
	{ "TDLEN", IXGBE_TDLEN(0), 0x40, TEST_QUEUES, 0x000fff80 },
	{ "RAL", IXGBE_RAL(0), 8, 16, 0xffffffff },
	{ "RAH", IXGBE_RAH(0), 8, 16, 0x8000ffff },
	{ "MTA", IXGBE_MTA(0), 4, IXGBE_MTAS, 0xffffffff },
	{ "VFTA", IXGBE_VFTA(0), 4, IXGBE_VFTAS, 0xffffffff },
	{ "RETA", IXGBE_RETA(0), 4, IXGBE_RETAS, 0x0f0f0f0f },
	{ "RSSRK", IXGBE_RSSRK(0), 4, IXGBE_RSSRKS, 0xffffffff },
};

static const u32 patterns[] = { 0x5a5a5a5a, 0xa5a5a5a5, 0x00000000, 0xffffffff };

/* Return: 0; -EIO or -ENODEV after nax_fail(). The register gets back what it had. */
static int test_register(struct nax_adapter *a, const struct reg_row *row, u32 reg)
{
	u32 before = nax_reg_read(a, reg);
	int err = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(patterns) && !err; i++) {
		u32 wrote = patterns[i] & row->mask;
		u32 found;

		nax_reg_write(a, reg, wrote);
		found = nax_reg_read(a, reg) & row->mask;
		if (a->gone)
			return nax_fail(a, -ENODEV, "device is gone: registers read all-ones");
		if (found != wrote)
			err = nax_fail(a, -EIO,
				       "%s (0x%05x): wrote 0x%08x, reads 0x%08x of 0x%08x",
				       row->name, reg, wrote, found, row->mask);
	}
	nax_reg_write(a, reg, before & row->mask);
	return err;
}

static int test_registers(struct nax_adapter *a)
{
	const struct reg_row *row;
	u32 i;
	int err;

	for (row = rows; row < rows + ARRAY_SIZE(rows); row++) {
		for (i = 0; i < row->n; i++) {
			err = test_register(a, row, row->reg + i * row->step);
			if (err)
				return err;
		}
	}
	return 0;
}

/* EICS sets causes as hardware does, section 8.2.3.5.2; LSC, for the last vector, is harmless. */
static void irq_raise(struct nax_vector *v)
{
	struct nax_adapter *a = v->adapter;

	if (v->index + 1u == a->n_vectors)
		nax_reg_write(a, IXGBE_EICS, IXGBE_CAUSE_LSC);
	else
		nax_reg_write(a, IXGBE_EICS_EX(v->index / 32), 1u << v->index % 32);
}

/*
 * Section 14.1, MAC loopback: HLREG0.LPBK, a link mode without negotiation, and AUTOC.FLU, since no
 * partner brings the link up.
 */
static int mac_loopback(struct nax_adapter *a)
{
	struct nax_error why;
	int err = ixgbe_sem_get(a, IXGBE_SYNC_MAC_CSR, &why);

	if (err)
		return nax_fail(a, err, "loopback: AUTOC: %s", why.text);
	ixgbe_modify(a, IXGBE_AUTOC, IXGBE_AUTOC_LMS,
		     FIELD_PREP(IXGBE_AUTOC_LMS, IXGBE_LMS_10G) | IXGBE_AUTOC_FLU);
	ixgbe_sem_put(a, IXGBE_SYNC_MAC_CSR);
	ixgbe_modify(a, IXGBE_HLREG0, 0, IXGBE_HLREG0_LPBK);
	err = nax_reg_wait(a, IXGBE_LINKS, IXGBE_LINKS_UP, IXGBE_LINKS_UP, LINK_STEP_US,
			   LINK_LIMIT_US);
	if (err)
		return nax_fail(a, err, "loopback: LINKS.LINK_UP not set within %u ms of AUTOC.FLU",
				LINK_LIMIT_US / 1000);
	return 0;
}

const struct nax_selftest_ops ixgbe_selftest_ops = {
	.registers = test_registers,
	.irq_raise = irq_raise,
	.loopback = mac_loopback,
};
