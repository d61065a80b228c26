// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links nicsim. DMA mappings, permissions, bus mastering; statistics behind the registers. */
#include <errno.h>

#include "simtest.h"
#include "model.h"

static uint8_t memory[8192];

static void map_and_use(void **state)
{
	struct simtest *t = *state;

	assert_int_equal(nicsim_dma_map(t->port, 0x10000, 4096, memory, true, true), 0);
	assert_ptr_equal(sim_dma(t->port, 0x10000, 4096, true, "test"), memory);
	assert_ptr_equal(sim_dma(t->port, 0x10010, 16, false, "test"), memory + 16);
	assert_ptr_equal(sim_dma(t->port, 0x10FFF, 1, false, "test"), memory + 4095);
	assert_null(sim_dma(t->port, 0x0FFFF, 2, false, "ring"));
	sim_errors(t, 1, "dma-unmapped: ring: 2 bytes at 0xffff");
	assert_null(sim_dma(t->port, 0x10FFF, 2, false, "ring"));
	sim_errors(t, 1, "reach past the mapping's end at 0x11000");
	assert_null(sim_dma(t->port, 0x11000, 1, false, "ring"));
	sim_errors(t, 1, "in no mapping");
	assert_null(sim_dma(t->port, UINT64_MAX, 4, false, "ring"));
	sim_errors(t, 1, "in no mapping");
}

static void permissions(void **state)
{
	struct simtest *t = *state;

	nicsim_dma_map(t->port, 0x1000, 16, memory, true, false);
	nicsim_dma_map(t->port, 0x2000, 16, memory, false, true);
	nicsim_dma_map(t->port, 0x3000, 16, NULL, true, true);
	assert_non_null(sim_dma(t->port, 0x1000, 16, false, "test"));
	assert_null(sim_dma(t->port, 0x1000, 16, true, "test"));
	sim_errors(t, 1, "not writable");
	assert_non_null(sim_dma(t->port, 0x2000, 16, true, "test"));
	assert_null(sim_dma(t->port, 0x2000, 16, false, "test"));
	sim_errors(t, 1, "not readable");
	assert_null(sim_dma(t->port, 0x3000, 16, false, "test"));
	sim_errors(t, 1, "not memory");
}

static void overlap_and_limits(void **state)
{
	struct simtest *t = *state;

	assert_int_equal(nicsim_dma_map(t->port, 0x1000, 0x1000, memory, true, true), 0);
	assert_int_equal(nicsim_dma_map(t->port, 0x1FFF, 1, memory, true, true), -EEXIST);
	assert_int_equal(nicsim_dma_map(t->port, 0x0, 0x1001, memory, true, true), -EEXIST);
	assert_int_equal(nicsim_dma_map(t->port, 0x0, 0x10000, memory, true, true), -EEXIST);
	assert_int_equal(nicsim_dma_map(t->port, 0x2000, 0, memory, true, true), -EINVAL);
	assert_int_equal(nicsim_dma_map(t->port, UINT64_MAX, 2, memory, true, true), -EINVAL);
	assert_int_equal(nicsim_dma_map(t->port, 0x0, 0x1000, memory, true, true), 0);
	assert_int_equal(nicsim_dma_map(t->port, UINT64_MAX - 15, 16, memory, true, true), 0);
	assert_ptr_equal(sim_dma(t->port, UINT64_MAX, 1, true, "test"), memory + 15);
	assert_int_equal(nicsim_dma_unmap(t->port, 0, UINT64_MAX), 3);
}

/* Unmapping takes what is wholly inside, and is content with nothing. */
static void unmap(void **state)
{
	struct simtest *t = *state;
	unsigned int i;

	for (i = 0; i < 100; i++)
		nicsim_dma_map(t->port, 0x1000 * i, 0x1000, memory, true, true);
	assert_int_equal(nicsim_dma_unmap(t->port, 0x1000, 0x3000), 3);
	assert_int_equal(nicsim_dma_unmap(t->port, 0x1000, 0x3000), 0);
	assert_int_equal(nicsim_dma_unmap(t->port, 0x4800, 0x1000), 0);
	assert_int_equal(nicsim_dma_unmap(t->port, 0x4800, 0x2000), 1);
	assert_null(sim_dma(t->port, 0x5000, 1, false, "test"));
	sim_errors(t, 1, "dma-unmapped");
	assert_non_null(sim_dma(t->port, 0x4000, 1, false, "test"));
	assert_int_equal(nicsim_dma_unmap(t->port, 0, 1ull << 63), 96);
}

/* A virtual IOMMU maps page by page: what is one piece on both sides is one piece. */
static void adjacent_mappings(void **state)
{
	struct simtest *t = *state;

	nicsim_dma_map(t->port, 0x2000, 0x1000, memory + 0x1000, true, true);
	nicsim_dma_map(t->port, 0x1000, 0x1000, memory, true, true);
	assert_ptr_equal(sim_dma(t->port, 0x1800, 0x1000, true, "test"), memory + 0x800);
	assert_null(sim_dma(t->port, 0x1800, 0x1801, true, "test"));
	sim_errors(t, 1, "dma-unmapped");
	nicsim_dma_unmap(t->port, 0x2000, 0x1000);
	nicsim_dma_map(t->port, 0x2000, 0x1000, memory + 0x1000, true, false);
	assert_null(sim_dma(t->port, 0x1800, 0x1000, true, "test"));
	sim_errors(t, 1, "dma-unmapped");
	nicsim_dma_unmap(t->port, 0x2000, 0x1000);
	nicsim_dma_map(t->port, 0x2000, 0x800, memory + 0x1800, true, true);
	assert_null(sim_dma(t->port, 0x1800, 0x1000, true, "test"));
	sim_errors(t, 1, "dma-unmapped");
}

static void without_bus_mastering(void **state)
{
	struct simtest *t = *state;

	nicsim_dma_map(t->port, 0x1000, 64, memory, true, true);
	assert_true(sim_dma_allowed(t->port));
	cfg_wr(t->port, 0x04, 0x0002, 2);
	assert_false(sim_dma_allowed(t->port));
	assert_null(sim_dma(t->port, 0x1000, 16, true, "write-back"));
	sim_errors(t, 1, "dma-after-stop: write-back at 0x1000 with COMMAND.BME 0");
	/* as QEMU does ahead of a reset, whatever the driver has left running */
	cfg_wr(t->port, 0x04, 0x0000, 2);
	assert_false(sim_dma_allowed(t->port));
	assert_null(sim_dma(t->port, 0x1000, 16, true, "write-back"));
	sim_errors(t, 0, NULL);
	simtest_enable(t->port);
	wr(t->port, 0x00000, 4);
	assert_null(sim_dma(t->port, 0x1000, 16, true, "write-back"));
	sim_errors(t, 1, "GIO_DIS");
	wr(t->port, 0x00000, 0);
	cfg_wr(t->port, 0x44, 3, 2);
	assert_null(sim_dma(t->port, 0x1000, 16, true, "write-back"));
	sim_errors(t, 1, "D3hot");
	cfg_wr(t->port, 0x44, 0, 2);
	simtest_enable(t->port);
	assert_non_null(sim_dma(t->port, 0x1000, 16, true, "write-back"));
	nicsim_fault(t->port, NICSIM_GONE, 0);
	assert_null(sim_dma(t->port, 0x1000, 16, true, "write-back"));	/* no one's mistake */
}

static void counters_clear_and_stick(void **state)
{
	struct simtest *t = *state;

	sim_stat_add(t->port, SIM_GPRC, 7);
	assert_int_equal(rd(t->port, 0x04074), 7);
	assert_int_equal(rd(t->port, 0x04074), 0);
	sim_stat_add(t->port, SIM_GPRC, 0x100000005ull);
	assert_int_equal(rd(t->port, 0x04074), 0xFFFFFFFF);
	assert_int_equal(rd(t->port, 0x04074), 0);
}

/* Each counter is where drivers read it, and no other moves. */
static void counters_in_place(void **state)
{
	static const struct {
		enum sim_stat stat;
		uint32_t at;
	} want[] = {
		{ SIM_CRCERRS, 0x4000 }, { SIM_ILLERRC, 0x4004 }, { SIM_ERRBC, 0x4008 },
		{ SIM_MPC0, 0x3FA0 }, { SIM_RLEC, 0x4040 }, { SIM_LXONTXC, 0x3F60 },
		{ SIM_LXOFFTXC, 0x3F68 }, { SIM_LXONRXC, 0x41A4 }, { SIM_LXOFFRXC, 0x41A8 },
		{ SIM_PRC64, 0x405C }, { SIM_PRC127, 0x4060 }, { SIM_PRC255, 0x4064 },
		{ SIM_PRC511, 0x4068 }, { SIM_PRC1023, 0x406C }, { SIM_PRC1522, 0x4070 },
		{ SIM_GPRC, 0x4074 }, { SIM_BPRC, 0x4078 }, { SIM_MPRC, 0x407C },
		{ SIM_GPTC, 0x4080 }, { SIM_GORC, 0x4088 }, { SIM_GOTC, 0x4090 },
		{ SIM_RUC, 0x40A4 }, { SIM_RFC, 0x40A8 }, { SIM_ROC, 0x40AC }, { SIM_RJC, 0x40B0 },
		{ SIM_TOR, 0x40C0 }, { SIM_TPR, 0x40D0 }, { SIM_TPT, 0x40D4 },
		{ SIM_PTC64, 0x40D8 }, { SIM_PTC127, 0x40DC }, { SIM_PTC255, 0x40E0 },
		{ SIM_PTC511, 0x40E4 }, { SIM_PTC1023, 0x40E8 }, { SIM_PTC1522, 0x40EC },
		{ SIM_MPTC, 0x40F0 }, { SIM_BPTC, 0x40F4 }, { SIM_XEC, 0x4120 },
		{ SIM_MLFC, 0x4034 }, { SIM_MRFC, 0x4038 },
	};
	struct simtest *t = *state;
	unsigned int i;

	assert_int_equal(sizeof(want) / sizeof(want[0]), SIM_STATS);
	for (i = 0; i < SIM_STATS; i++)
		sim_stat_add(t->port, want[i].stat, 100 + i);
	for (i = 0; i < SIM_STATS; i++)
		assert_int_equal(rd(t->port, want[i].at), 100 + i);
}

static void wide_counters(void **state)
{
	struct simtest *t = *state;

	sim_stat_add(t->port, SIM_GORC, 0x512345678ull);
	assert_int_equal(rd(t->port, 0x04088), 0x12345678);
	sim_stat_add(t->port, SIM_GORC, 100);		/* between the two reads: not lost */
	assert_int_equal(rd(t->port, 0x0408C), 0x5);
	assert_int_equal(rd(t->port, 0x04088), 100);
	assert_int_equal(rd(t->port, 0x0408C), 0);
	sim_stat_add(t->port, SIM_TOR, UINT64_MAX);
	assert_int_equal(rd(t->port, 0x040C0), 0xFFFFFFFF);
	assert_int_equal(rd(t->port, 0x040C4), 0xF);
	assert_int_equal(rd(t->port, 0x040C0), 0);
}

static void queue_counters(void **state)
{
	struct simtest *t = *state;

	wr(t->port, 0x02300 + 4 * (37 / 4), 5 << (8 * (37 % 4)));	/* Rx queue 37: set 5 */
	wr(t->port, 0x08600 + 4 * (127 / 4), 15u << 24);		/* Tx queue 127: set 15 */
	sim_stat_queue_rx(t->port, 37, 3, 0x200000010ull);
	sim_stat_queue_drop(t->port, 37, 2);
	sim_stat_queue_tx(t->port, 127, 4, 400);
	sim_stat_queue_rx(t->port, 0, 1, 60);				/* not mapped: set 0 */
	assert_int_equal(rd(t->port, 0x01030 + 0x40 * 5), 3);
	assert_int_equal(rd(t->port, 0x01034 + 0x40 * 5), 0x10);
	assert_int_equal(rd(t->port, 0x01038 + 0x40 * 5), 2);
	assert_int_equal(rd(t->port, 0x01430 + 0x40 * 5), 2);
	assert_int_equal(rd(t->port, 0x06030 + 0x40 * 15), 4);
	assert_int_equal(rd(t->port, 0x08700 + 8 * 15), 400);
	assert_int_equal(rd(t->port, 0x08704 + 8 * 15), 0);
	assert_int_equal(rd(t->port, 0x08700 + 8 * 15), 0);
	assert_int_equal(rd(t->port, 0x01030), 1);
	assert_int_equal(rd(t->port, 0x01034), 60);
	sim_stat_queue_tx(t->port, 127, 9, 900);
	assert_int_equal(rd(t->port, 0x08680 + 4 * 15), 9);		/* QPTC's second address */
	assert_int_equal(rd(t->port, 0x087A0), 13);			/* TXDGPC */
	assert_int_equal(rd(t->port, 0x02F50), 4);			/* RXDGPC */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIMTEST(map_and_use), SIMTEST(permissions), SIMTEST(overlap_and_limits),
		SIMTEST(unmap), SIMTEST(adjacent_mappings), SIMTEST(without_bus_mastering),
		SIMTEST(counters_clear_and_stick), SIMTEST(counters_in_place),
		SIMTEST(wide_counters), SIMTEST(queue_counters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("nicsim DMA and statistics", tests, NULL, NULL);
}
