// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links nicsim. Configuration space, BARs, power states, function-level reset, MSI-X table. */
#include "simtest.h"

#define COMMAND		0x04
#define PMCSR		0x44
#define DEVCTL		0xA8

static void identity(void **state)
{
	struct simtest *t = *state;

	assert_int_equal(cfg_rd(t->port, 0x00, 4), 0x10f98086);
	assert_int_equal(cfg_rd(t->port, 0x08, 4) >> 8, 0x020000);
	assert_int_equal(cfg_rd(t->port, 0x0E, 1), 0);
	assert_int_equal(cfg_rd(t->port, 0x3D, 1), 1);		/* INTA */
	assert_true(nicsim_region_size(t->port, 0) == 0x20000);
	assert_true(nicsim_region_size(t->port, 4) == 0x4000);
	assert_true(nicsim_region_size(t->port, 7) == 4096);
	assert_true(nicsim_region_size(t->port, 1) == 0);
	assert_true(nicsim_region_size(t->port, 99) == 0);
}

static void other_identity(void **state)
{
	struct nicsim_port_config config = {
		.vendor_id = 0x1234, .device_id = 0xABCD, .bar0_size = 0x1000,
	};
	struct simtest *t = simtest_open(&config);

	assert_int_equal(cfg_rd(t->port, 0x00, 4), 0xABCD1234);
	assert_true(nicsim_region_size(t->port, 0) == 0x1000);
	cfg_wr(t->port, 0x10, 0xFFFFFFFF, 4);
	assert_int_equal(cfg_rd(t->port, 0x10, 4), 0xFFFFF004);
	simtest_close(t);
}

/* The chain drivers and QEMU walk, with the addresses in-tree drivers have built in. */
static void capabilities(void **state)
{
	static const uint8_t ids[] = { 0x01, 0x05, 0x11, 0x10 };
	static const uint8_t at[] = { 0x40, 0x50, 0x70, 0xA0 };
	struct simtest *t = *state;
	unsigned int next = cfg_rd(t->port, 0x34, 1), i;

	assert_int_equal(cfg_rd(t->port, 0x06, 2) & 0x10, 0x10);
	for (i = 0; i < 4; i++) {
		assert_int_equal(next, at[i]);
		assert_int_equal(cfg_rd(t->port, next, 1), ids[i]);
		next = cfg_rd(t->port, next + 1, 1);
	}
	assert_int_equal(next, 0);
	/* MSI: one message, 64 bits of address, maskable; storage for it */
	assert_int_equal(cfg_rd(t->port, 0x52, 2), 0x0180);
	cfg_wr(t->port, 0x52, 0xFFFF, 2);
	assert_int_equal(cfg_rd(t->port, 0x52, 2), 0x01F1);
	cfg_wr(t->port, 0x54, 0xFEE00123, 4);
	assert_int_equal(cfg_rd(t->port, 0x54, 4), 0xFEE00120);
	assert_int_equal(cfg_rd(t->port, 0x64, 4), 0);
	assert_int_equal(cfg_rd(t->port, 0x72, 2) & 0x7FF, 63);
	assert_int_equal(cfg_rd(t->port, 0x74, 4), 4);
	assert_int_equal(cfg_rd(t->port, 0x78, 4), 0x2004);
	assert_int_equal(cfg_rd(t->port, 0xB2, 2) & 0x3FF, 0x082);	/* 5 GT/s, 8 lanes */
	assert_int_equal(cfg_rd(t->port, 0xA4, 4) & 0x10000000, 0x10000000);
	assert_int_equal(cfg_rd(t->port, 0x100, 4), 0x14010001);
	assert_int_equal(cfg_rd(t->port, 0x140, 4), 0x00010003);
	assert_int_equal(cfg_rd(t->port, 0x144, 4), 0xFF334455);
	assert_int_equal(cfg_rd(t->port, 0x148, 4), 0x021122FF);
}

static void whole_configuration_space(void **state)
{
	struct simtest *t = *state;
	uint8_t all[4096];
	uint8_t more[2];

	assert_int_equal(nicsim_region_read(t->port, 7, 0, all, sizeof(all)), 0);
	assert_int_equal(all[0] | all[1] << 8, 0x8086);
	assert_true(nicsim_region_read(t->port, 7, 4095, more, 2) < 0);
	assert_true(nicsim_region_write(t->port, 7, 4096, more, 1) < 0);
}

static void bar_sizing(void **state)
{
	struct simtest *t = *state;

	assert_int_equal(cfg_rd(t->port, 0x10, 4), 4);
	cfg_wr(t->port, 0x10, 0xFFFFFFFF, 4);
	cfg_wr(t->port, 0x14, 0xFFFFFFFF, 4);
	assert_int_equal(cfg_rd(t->port, 0x10, 4), 0xFFFE0004);
	assert_int_equal(cfg_rd(t->port, 0x14, 4), 0xFFFFFFFF);
	cfg_wr(t->port, 0x20, 0xFFFFFFFF, 4);
	assert_int_equal(cfg_rd(t->port, 0x20, 4), 0xFFFFC004);
	cfg_wr(t->port, 0x18, 0xFFFFFFFF, 4);		/* there is no BAR 2, no ROM */
	assert_int_equal(cfg_rd(t->port, 0x18, 4), 0);
	cfg_wr(t->port, 0x30, 0xFFFFFFFF, 4);
	assert_int_equal(cfg_rd(t->port, 0x30, 4), 0);
	cfg_wr(t->port, 0x00, 0, 4);
	assert_int_equal(cfg_rd(t->port, 0x00, 4), 0x10f98086);
}

static void memory_decoding(void **state)
{
	struct simtest *t = *state;

	wr(t->port, 0x03200, 7);
	cfg_wr(t->port, COMMAND, 0, 2);
	assert_int_equal(rd(t->port, 0x03200), 0xFFFFFFFF);
	sim_errors(t, 1, "memory-off");
	wr(t->port, 0x03200, 8);
	sim_errors(t, 1, "memory-off");
	simtest_enable(t->port);
	assert_int_equal(rd(t->port, 0x03200), 7);
}

static void power_down_and_up(void **state)
{
	struct simtest *t = *state;

	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, 0x042A4), 0x70000000);
	wr(t->port, 0x03200, 7);
	cfg_wr(t->port, PMCSR, 1, 2);			/* D1 is not offered */
	assert_int_equal(cfg_rd(t->port, PMCSR, 2) & 3, 0);
	cfg_wr(t->port, PMCSR, 3, 2);
	assert_int_equal(cfg_rd(t->port, PMCSR, 2) & 3, 3);
	assert_int_equal(rd(t->port, 0x03200), 0xFFFFFFFF);
	sim_errors(t, 1, "D3hot");
	cfg_wr(t->port, PMCSR, 0, 2);
	/* No_Soft_Reset is 0: nothing of before is left */
	assert_int_equal(cfg_rd(t->port, COMMAND, 2), 0);
	simtest_enable(t->port);
	assert_int_equal(rd(t->port, 0x03200), 0);
	assert_int_equal(rd(t->port, 0x042A4), 0);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, 0x042A4), 0x70000000);
}

static void function_level_reset(void **state)
{
	struct simtest *t = *state;

	wr(t->port, 0x03200, 7);
	cfg_wr(t->port, 0x3C, 0x0B, 1);
	assert_int_equal(rd(t->port, 0x10140) & 1, 0);	/* SMBI: ours now */
	cfg_wr(t->port, DEVCTL, cfg_rd(t->port, DEVCTL, 2) | 0x8000, 2);
	assert_int_equal(cfg_rd(t->port, DEVCTL, 2), 0x2810);
	assert_int_equal(cfg_rd(t->port, COMMAND, 2), 0);
	assert_int_equal(cfg_rd(t->port, 0x3C, 1), 0xFF);
	simtest_enable(t->port);
	assert_int_equal(rd(t->port, 0x03200), 0);
	assert_int_equal(rd(t->port, 0x10140) & 1, 0);	/* and free again */
	assert_int_equal(rd(t->port, 0x0A200), 0x33221102);
}

static void write_one_to_clear(void **state)
{
	struct simtest *t = *state;

	/* nothing is set, and a 1 sets nothing */
	cfg_wr(t->port, 0x06, 0xF900, 2);
	assert_int_equal(cfg_rd(t->port, 0x06, 2), 0x0010);
	cfg_wr(t->port, 0xAA, 0xFFFF, 2);
	assert_int_equal(cfg_rd(t->port, 0xAA, 2), 0);
	/* a request nobody takes is noted, until cleared */
	cfg_wr(t->port, COMMAND, 0, 2);
	rd(t->port, 0);
	sim_errors(t, 1, "memory-off");
	assert_int_equal(cfg_rd(t->port, 0xAA, 2), 0x0008);
	assert_int_equal(cfg_rd(t->port, 0x104, 4), 1 << 20);
	cfg_wr(t->port, 0xAA, 0x0007, 2);
	assert_int_equal(cfg_rd(t->port, 0xAA, 2), 0x0008);
	cfg_wr(t->port, 0xAA, 0x0008, 2);
	assert_int_equal(cfg_rd(t->port, 0xAA, 2), 0);
	cfg_wr(t->port, 0x104, 1 << 20, 4);
	assert_int_equal(cfg_rd(t->port, 0x104, 4), 0);
	cfg_wr(t->port, 0xC8, 0x0005, 2);		/* completion timeout: kept */
	assert_int_equal(cfg_rd(t->port, 0xC8, 2), 5);
}

static void nobody(void *ctx, unsigned int vector)
{
	(*(unsigned int *)ctx)++;
}

static void msix_table(void **state)
{
	struct simtest *t = *state;
	unsigned int calls = 0;
	uint32_t value = 0;

	assert_int_equal(nicsim_region_read(t->port, 4, 12, &value, 4), 0);
	assert_int_equal(value, 1);			/* masked */
	value = 0xFEE00000;
	assert_int_equal(nicsim_region_write(t->port, 4, 63 * 16, &value, 4), 0);
	value = 0;
	assert_int_equal(nicsim_region_read(t->port, 4, 63 * 16, &value, 4), 0);
	assert_int_equal(value, 0xFEE00000);
	/* a cause of a vector without a listener is pending */
	wr(t->port, 0x00898, 0x10);
	wr(t->port, 0x00AA0, 0x20);
	wr(t->port, 0x00A90, 0x20);
	assert_int_equal(nicsim_region_read(t->port, 4, 0x2000, &value, 4), 0);
	assert_int_equal(value, 0x20);
	assert_int_equal(nicsim_irq_set(t->port, 5, nobody, &calls), 0);
	assert_int_equal(calls, 1);
	assert_int_equal(nicsim_region_read(t->port, 4, 0x2000, &value, 4), 0);
	assert_int_equal(value, 0);
	assert_true(nicsim_irq_set(t->port, 64, nobody, &calls) < 0);
}

static void client_goes(void **state)
{
	struct simtest *t = *state;
	unsigned int calls = 0;
	uint8_t memory[64];

	assert_int_equal(nicsim_dma_map(t->port, 0x1000, 64, memory, true, true), 0);
	nicsim_irq_set(t->port, 0, nobody, &calls);
	wr(t->port, 0x03200, 7);
	nicsim_port_disconnect(t->port);
	assert_int_equal(nicsim_dma_unmap(t->port, 0, UINT64_MAX), 0);
	simtest_enable(t->port);
	assert_int_equal(rd(t->port, 0x03200), 0);
	wr(t->port, 0x00AA0, 1);
	wr(t->port, 0x00A90, 1);
	assert_int_equal(calls, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIMTEST(identity), cmocka_unit_test(other_identity), SIMTEST(capabilities),
		SIMTEST(whole_configuration_space), SIMTEST(bar_sizing),
		SIMTEST(memory_decoding), SIMTEST(power_down_and_up),
		SIMTEST(function_level_reset), SIMTEST(write_one_to_clear),
		SIMTEST(msix_table), SIMTEST(client_goes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("nicsim PCI", tests, NULL, NULL);
}
