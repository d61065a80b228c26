// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links nicsim. Faults by order and by chance; the clock and its timers. */
#include "simtest.h"
#include "model.h"

#define BIT(n)	(1u << (n))
#define LINKS	0x042A4

static unsigned int count[NICSIM_VECTORS];

static void listen(void *ctx, unsigned int vector)
{
	count[vector]++;
}

/* Vector 0 fires whenever queue 0 has something. */
static void listen_all(struct nicsim_port *port)
{
	unsigned int v;

	memset(count, 0, sizeof(count));
	for (v = 0; v < NICSIM_VECTORS; v++)
		nicsim_irq_set(port, v, listen, NULL);
	wr(port, 0x00898, 0x10);
	wr(port, 0x00900, 0x80);
	wr(port, 0x00810, 0xFFFF);
	wr(port, 0x00880, 1);
}

static void names(void **state)
{
	unsigned int i, j;

	for (i = 0; i < NICSIM_FAULTS; i++) {
		assert_non_null(nicsim_fault_name(i));
		for (j = 0; j < i; j++)
			assert_string_not_equal(nicsim_fault_name(i), nicsim_fault_name(j));
	}
	assert_string_equal(nicsim_fault_name(NICSIM_IRQ_LOST), "irq-lost");
	assert_string_equal(nicsim_fault_name(NICSIM_GONE), "gone");
	assert_null(nicsim_fault_name(NICSIM_FAULTS));
}

static void interrupts_lost_and_late(void **state)
{
	struct simtest *t = *state;

	listen_all(t->port);
	nicsim_fault(t->port, NICSIM_IRQ_LOST, 0);
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[0], 0);
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[0], 1);			/* once */
	nicsim_fault(t->port, NICSIM_IRQ_LOST, 7);	/* another vector's */
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[0], 2);
	nicsim_fault(t->port, NICSIM_IRQ_LATE, UINT32_MAX);
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[0], 2);
	nicsim_advance(t->sim, 10 * MS);
	assert_int_equal(count[0], 3);
}

static void interrupts_without_cause(void **state)
{
	struct simtest *t = *state;

	listen_all(t->port);
	nicsim_fault(t->port, NICSIM_IRQ_SPURIOUS, 9);
	assert_int_equal(count[9], 1);
	nicsim_fault(t->port, NICSIM_IRQ_STORM, 3);
	assert_int_equal(count[3], 1000);
	assert_int_equal(rd(t->port, 0x00808), 0);
}

static void reset_stuck(void **state)
{
	struct simtest *t = *state;

	nicsim_fault(t->port, NICSIM_RESET_STUCK, 0);
	wr(t->port, 0x00000, 0x04000000);
	nicsim_advance(t->sim, 1000 * MS);
	assert_int_equal(rd(t->port, 0x00000), 0x04000000);
	wr(t->port, 0x00000, 0);
	assert_int_equal(rd(t->port, 0x00000), 0x04000000);
	wr(t->port, 0x00888, 0xFFFFFFFF);		/* what a driver does on its way out */
	nicsim_fault_clear(t->port, NICSIM_RESET_STUCK);
	nicsim_advance(t->sim, 10 * US);
	assert_int_equal(rd(t->port, 0x00000), 0);
}

/* Lasting for those who ask again, but FLR begins anew. */
static void reset_stuck_over_flr(void **state)
{
	struct simtest *t = *state;

	nicsim_fault(t->port, NICSIM_RESET_STUCK, 0);
	wr(t->port, 0x00000, 8);
	nicsim_port_reset(t->port);
	simtest_enable(t->port);
	assert_int_equal(rd(t->port, 0x00000), 0);
	wr(t->port, 0x00000, 8);
	nicsim_advance(t->sim, 10 * US);
	assert_int_equal(rd(t->port, 0x00000), 8);
}

static void master_stuck(void **state)
{
	struct simtest *t = *state;

	nicsim_fault(t->port, NICSIM_MASTER_STUCK, 0);
	wr(t->port, 0x00000, 4);
	assert_int_equal(rd(t->port, 0x00008) & 0x80000, 0x80000);
	nicsim_fault_clear(t->port, NICSIM_MASTER_STUCK);
	assert_int_equal(rd(t->port, 0x00008) & 0x80000, 0);
}

static void link_flap(void **state)
{
	struct simtest *t = *state;

	nicsim_advance(t->sim, 20 * MS);
	nicsim_fault(t->port, NICSIM_LINK_FLAP, 0);
	assert_int_equal(rd(t->port, LINKS), 0);
	nicsim_advance(t->sim, 49 * MS);
	assert_int_equal(rd(t->port, LINKS), 0);
	nicsim_advance(t->sim, 15 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
}

static void gone(void **state)
{
	struct simtest *t = *state;
	uint32_t value = 0;

	listen_all(t->port);
	nicsim_fault(t->port, NICSIM_GONE, 0);
	assert_int_equal(rd(t->port, 0x00008), 0xFFFFFFFF);
	assert_int_equal(cfg_rd(t->port, 0, 4), 0xFFFFFFFF);
	assert_int_equal(nicsim_region_read(t->port, 4, 0x2000, &value, 4), 0);
	assert_int_equal(value, 0xFFFFFFFF);
	wr(t->port, 0x03200, 5);
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[0], 0);
	assert_false(sim_link_up(t->port));
	nicsim_port_reset(t->port);
	assert_int_equal(cfg_rd(t->port, 0, 4), 0xFFFFFFFF);	/* nobody there to reset */
	nicsim_fault_clear(t->port, NICSIM_GONE);
	assert_int_equal(cfg_rd(t->port, 0, 4), 0x10f98086);
	assert_int_equal(cfg_rd(t->port, 4, 2), 0);
	simtest_enable(t->port);
	assert_int_equal(rd(t->port, 0x03200), 0);
}

/* The datapath's faults are taken by queue, each once. */
static void taken_by_queue(void **state)
{
	struct simtest *t = *state;

	assert_false(sim_fault_take(t->port, NICSIM_TX_HANG, 2));
	nicsim_fault(t->port, NICSIM_TX_HANG, 2);
	nicsim_fault(t->port, NICSIM_TX_HANG, 5);
	nicsim_fault(t->port, NICSIM_RX_HANG, 2);
	assert_true(sim_fault_on(t->port, NICSIM_TX_HANG));
	assert_false(sim_fault_take(t->port, NICSIM_TX_HANG, 3));
	assert_true(sim_fault_take(t->port, NICSIM_TX_HANG, 5));
	assert_false(sim_fault_take(t->port, NICSIM_TX_HANG, 5));
	assert_true(sim_fault_take(t->port, NICSIM_TX_HANG, 2));
	assert_false(sim_fault_on(t->port, NICSIM_TX_HANG));
	nicsim_fault_clear(t->port, NICSIM_RX_HANG);
	assert_false(sim_fault_take(t->port, NICSIM_RX_HANG, 2));
	nicsim_fault(t->port, NICSIM_FAULTS, 0);		/* no such fault */
}

/* More orders than are kept: the rest is said to be forgotten. */
static void too_many(void **state)
{
	struct simtest *t = *state;
	unsigned int i, taken = 0;

	for (i = 0; i < 100; i++)
		nicsim_fault(t->port, NICSIM_CSUM_LIE, 0);
	assert_true(t->logs >= 36);
	while (sim_fault_take(t->port, NICSIM_CSUM_LIE, 0))
		taken++;
	assert_int_equal(taken, 64);
}

/* One run of everything by chance; returns a digest of what was logged. */
static uint64_t run(uint64_t seed, unsigned int *logs)
{
	static const struct nicsim_port_config config = { .name = "chaos" };
	struct simtest *t = simtest_open_chaos(&config, BIT(NICSIM_FAULTS) - 1 - BIT(NICSIM_GONE),
					       seed);
	unsigned int i;
	uint64_t digest;

	listen_all(t->port);
	for (i = 0; i < 20000; i++) {
		sim_irq_queue(t->port, true, 0);
		sim_fault_take(t->port, NICSIM_RX_LEN_OVER, i % 4);
		sim_fault_take(t->port, NICSIM_QUEUE_STUCK, i % 4);
		if (i % 1000 == 0) {
			wr(t->port, 0x00000, 0x04000000);
			nicsim_advance(t->sim, 10 * US);
			nicsim_port_reset(t->port);
			simtest_enable(t->port);
			listen_all(t->port);
		}
		nicsim_advance(t->sim, 50 * US);
	}
	*logs = t->logs;
	digest = t->log_hash;
	simtest_close(t);
	return digest;
}

static void same_seed_same_faults(void **state)
{
	unsigned int logs[3];
	uint64_t one = run(1, &logs[0]), again = run(1, &logs[1]), two = run(2, &logs[2]);

	assert_true(logs[0] > 100);
	assert_int_equal(logs[0], logs[1]);
	assert_true(one == again);
	assert_true(one != two);
}

static void no_chaos_no_faults(void **state)
{
	struct simtest *t = *state;
	unsigned int f, i;

	for (f = 0; f < NICSIM_FAULTS; f++) {
		for (i = 0; i < 1000; i++)
			assert_false(sim_fault_take(t->port, f, i));
	}
	assert_true(nicsim_next(t->sim) == 10 * MS);		/* the link, nothing else */
}

/* By chance alone a device is gone for good, until its next client. */
static void gone_by_chance(void **state)
{
	static const struct nicsim_port_config config = { .name = "chaos" };
	struct simtest *t = simtest_open_chaos(&config, BIT(NICSIM_GONE), 42);
	unsigned int i;

	for (i = 0; i < 10000 && rd(t->port, 0x00008) != 0xFFFFFFFF; i++)
		nicsim_advance(t->sim, 100 * MS);
	assert_int_equal(rd(t->port, 0x00008), 0xFFFFFFFF);
	nicsim_port_disconnect(t->port);
	simtest_enable(t->port);
	assert_int_equal(rd(t->port, 0x00008), 0x80000);
	simtest_close(t);
}

/* A reset that gets stuck by chance stays so until the function is reset. */
static void reset_stuck_by_chance(void **state)
{
	static const struct nicsim_port_config config = { .name = "chaos" };
	struct simtest *t = simtest_open_chaos(&config, BIT(NICSIM_RESET_STUCK), 7);
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		wr(t->port, 0x00000, 8);
		nicsim_advance(t->sim, 10 * US);
		if (rd(t->port, 0x00000))
			break;
	}
	assert_in_range(i, 1, 999);
	assert_true(sim_fault_on(t->port, NICSIM_RESET_STUCK));
	nicsim_advance(t->sim, 5000 * MS);
	assert_int_equal(rd(t->port, 0x00000), 8);
	nicsim_port_reset(t->port);
	simtest_enable(t->port);
	assert_int_equal(rd(t->port, 0x00000), 0);
	assert_false(sim_fault_on(t->port, NICSIM_RESET_STUCK));
	simtest_close(t);
}

/* ---- clock ---- */

static char order[8];

static void note(struct nicsim_port *p, void *arg)
{
	size_t n = strlen(order);

	assert_true(n < sizeof(order) - 1);
	order[n] = *(const char *)arg;
}

static void timers_in_order(void **state)
{
	struct simtest *t = *state;
	struct sim_timer a, b, c, d;

	memset(order, 0, sizeof(order));
	sim_timer_init(&a, t->port, note, "a");
	sim_timer_init(&b, t->port, note, "b");
	sim_timer_init(&c, t->port, note, "c");
	sim_timer_init(&d, t->port, note, "d");
	sim_timer_arm(&a, 300);
	sim_timer_arm(&b, 100);
	sim_timer_arm(&c, 300);
	sim_timer_arm(&d, 200);
	sim_timer_arm(&d, 400);				/* moved */
	sim_timer_stop(&b);
	sim_timer_stop(&b);
	assert_true(nicsim_next(t->sim) == 300);
	nicsim_advance(t->sim, 299);
	assert_string_equal(order, "");
	nicsim_advance(t->sim, 1);
	assert_string_equal(order, "ac");		/* equal times: as armed */
	nicsim_advance(t->sim, 1000);
	assert_string_equal(order, "acd");
	assert_true(nicsim_time(t->sim) == 1300);
}

static void real_clock(void **state)
{
	static const struct nicsim_port_config config = { .name = "real" };
	struct nicsim_config world = { .real_time = true };
	struct nicsim *sim = nicsim_create(&world);
	/* Before the cable is there, however long the port takes to make. */
	uint64_t begin = nicsim_time(sim);
	char err[64];
	struct nicsim_port *port = nicsim_port_add(sim, &config, err, sizeof(err));

	assert_non_null(port);
	simtest_enable(port);
	assert_true(nicsim_next(sim) > begin);
	/* the link comes by the real clock, whoever looks */
	while (!rd(port, LINKS) && nicsim_time(sim) < begin + 5000 * MS)
		;
	assert_int_equal(rd(port, LINKS), 0x70000000);
	assert_true(nicsim_time(sim) >= begin + 9 * MS);
	wr(port, 0x00000, 8);
	while (rd(port, 0x00000) && nicsim_time(sim) < begin + 5000 * MS)
		nicsim_run(sim, 16);
	assert_int_equal(rd(port, 0x00000), 0);
	nicsim_destroy(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names), SIMTEST(interrupts_lost_and_late),
		SIMTEST(interrupts_without_cause), SIMTEST(reset_stuck),
		SIMTEST(reset_stuck_over_flr), SIMTEST(master_stuck), SIMTEST(link_flap),
		SIMTEST(gone), SIMTEST(taken_by_queue), SIMTEST(too_many),
		cmocka_unit_test(same_seed_same_faults), SIMTEST(no_chaos_no_faults),
		cmocka_unit_test(gone_by_chance),
		cmocka_unit_test(reset_stuck_by_chance), SIMTEST(timers_in_order),
		cmocka_unit_test(real_clock),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("nicsim chaos", tests, NULL, NULL);
}
