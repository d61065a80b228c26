// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links nicsim. The interrupt line, and MSI: one message for all of EICR. */
#include "simtest.h"

#define EICR		0x00800
#define EICS		0x00808
#define EITR0		0x00820
#define EIMS		0x00880
#define EIMC		0x00888
#define EIAM		0x00890
#define GPIE		0x00898
#define COMMAND		0x04
#define INTX_DIS	0x0400
#define STATUS		0x06
#define STATUS_INTX	0x0008
#define LSC		0x00100000

static unsigned int lines, messages;

static void on_line(void *ctx)
{
	lines++;
}

static void on_message(void *ctx, unsigned int vector)
{
	assert_int_equal(vector, 0);
	messages++;
}

static int setup(void **state)
{
	struct simtest *t;

	simtest_setup(state);
	t = *state;
	lines = messages = 0;
	nicsim_intx_set(t->port, on_line, NULL);
	return 0;
}

static void level(struct simtest *t, bool on)
{
	assert_int_equal(nicsim_intx(t->port), on);
	assert_int_equal(cfg_rd(t->port, STATUS, 2) & STATUS_INTX, on ? STATUS_INTX : 0);
}

static void follows_causes(void **state)
{
	struct simtest *t = *state;

	wr(t->port, EICS, 1);
	level(t, false);
	wr(t->port, EIMS, 1 | LSC);
	level(t, true);
	assert_int_equal(lines, 1);
	/* reading clears all, and the line goes down */
	assert_int_equal(rd(t->port, EICR), 1);
	level(t, false);
	/* one of two causes cleared: it stays up */
	wr(t->port, EICS, 1 | LSC);
	level(t, true);
	wr(t->port, EICR, 1);
	level(t, true);
	wr(t->port, EICR, LSC);
	level(t, false);
	/* masked, and not any more */
	wr(t->port, EICS, 1);
	level(t, true);
	wr(t->port, EIMC, 1);
	level(t, false);
	wr(t->port, EIMS, 1);
	level(t, true);
	/* without GPIE.EIAME it is reading that masks */
	wr(t->port, EIAM, 1);
	assert_int_equal(rd(t->port, EICR), 1);
	wr(t->port, EICS, 1);
	level(t, false);
	wr(t->port, EIMS, 1);
	level(t, true);
	/* a byte of the register alone, as clients read it */
	assert_int_equal(cfg_rd(t->port, STATUS, 1) & STATUS_INTX, STATUS_INTX);
	assert_int_equal(cfg_rd(t->port, COMMAND, 4) >> 16 & STATUS_INTX, STATUS_INTX);
}

static void follows_command(void **state)
{
	struct simtest *t = *state;

	cfg_wr(t->port, COMMAND, 6 | INTX_DIS, 2);
	wr(t->port, EIMS, 1);
	wr(t->port, EICS, 1);
	assert_false(nicsim_intx(t->port));
	assert_int_equal(lines, 0);
	/* the status tells of it all the same */
	assert_int_equal(cfg_rd(t->port, STATUS, 2) & STATUS_INTX, STATUS_INTX);
	cfg_wr(t->port, COMMAND, 6, 2);
	level(t, true);
	assert_int_equal(lines, 1);
	cfg_wr(t->port, COMMAND, 6, 2);
	assert_int_equal(lines, 1);
	cfg_wr(t->port, COMMAND, 6 | INTX_DIS, 2);
	rd(t->port, EICR);
	cfg_wr(t->port, COMMAND, 6, 2);
	assert_int_equal(lines, 1);
}

static void follows_moderation(void **state)
{
	struct simtest *t = *state;

	wr(t->port, EITR0, 50 << 3);
	wr(t->port, EIMS, 1);
	wr(t->port, EICS, 1);
	level(t, true);
	assert_int_equal(rd(t->port, EICR), 1);
	nicsim_advance(t->sim, 40 * US);
	wr(t->port, EICS, 1);
	level(t, false);
	nicsim_advance(t->sim, 60 * US);
	level(t, true);
	assert_int_equal(lines, 2);
}

static void ends_with_reset(void **state)
{
	struct simtest *t = *state;

	wr(t->port, EIMS, 1);
	wr(t->port, EICS, 1);
	level(t, true);
	nicsim_port_reset(t->port);
	simtest_enable(t->port);
	level(t, false);
	nicsim_fault(t->port, NICSIM_IRQ_SPURIOUS, 0);
	assert_int_equal(lines, 2);
	level(t, false);
	wr(t->port, EIMS, 1);
	wr(t->port, EICS, 1);
	level(t, true);
	nicsim_fault(t->port, NICSIM_GONE, 0);
	assert_false(nicsim_intx(t->port));
	nicsim_fault_clear(t->port, NICSIM_GONE);
}

/* MSI is a message for what becomes asserted; the line is not used meanwhile. */
static void message(void **state)
{
	struct simtest *t = *state;

	assert_int_equal(nicsim_irq_set(t->port, 0, on_message, NULL), 0);
	wr(t->port, EIMS, 1 | LSC);
	wr(t->port, EICS, 1);
	assert_int_equal(messages, 1);
	wr(t->port, EICS, LSC);
	assert_int_equal(messages, 2);
	wr(t->port, EICS, LSC);
	assert_int_equal(messages, 2);
	assert_int_equal(rd(t->port, EICR), 1 | LSC);
	wr(t->port, EICS, 1);
	assert_int_equal(messages, 3);
	level(t, false);
	assert_int_equal(lines, 0);
	/* back to the line, with what is pending */
	assert_int_equal(nicsim_irq_set(t->port, 0, NULL, NULL), 0);
	nicsim_intx_set(t->port, on_line, NULL);
	level(t, true);
	assert_int_equal(lines, 1);
	nicsim_intx_set(t->port, NULL, NULL);
	assert_false(nicsim_intx(t->port));
	wr(t->port, EICR, ~0u);
	wr(t->port, EICS, 1);
	assert_int_equal(lines, 1);
}

/* It is no write to memory, so it needs no leave for that; a function that sleeps pulls no line. */
static void sleeps(void **state)
{
	struct simtest *t = *state;

	cfg_wr(t->port, COMMAND, 0x0002, 2);
	wr(t->port, EIMS, 1);
	wr(t->port, EICS, 1);
	level(t, true);
	assert_int_equal(lines, 1);
	cfg_wr(t->port, 0x44, 3, 2);			/* PMCSR: D3hot */
	level(t, false);
	cfg_wr(t->port, COMMAND, INTX_DIS, 2);
	cfg_wr(t->port, COMMAND, 0, 2);
	nicsim_fault(t->port, NICSIM_IRQ_SPURIOUS, 0);
	level(t, false);
	assert_int_equal(lines, 1);
	cfg_wr(t->port, 0x44, 0, 2);
	simtest_enable(t->port);
	level(t, false);
	assert_int_equal(lines, 1);
}

#define TEST(fn)	cmocka_unit_test_setup_teardown(fn, setup, simtest_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(follows_causes), TEST(follows_command), TEST(follows_moderation),
		TEST(ends_with_reset), TEST(message), TEST(sleeps),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
