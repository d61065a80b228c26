// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links nicsim. Interrupt causes, masks, vectors, auto-clear, auto-mask, moderation. */
#include "simtest.h"
#include "model.h"

#define EICR	0x00800
#define EICS	0x00808
#define EIAC	0x00810
#define EITR(n)	((n) < 24 ? 0x00820 + 4 * (n) : 0x12300 + 4 * ((n) - 24))
#define EIMS	0x00880
#define EIMC	0x00888
#define EIAM	0x00890
#define GPIE	0x00898
#define IVAR(q)	(0x00900 + (q) / 2 * 4)
#define IVAR_MISC 0x00A00
#define EICS_EX	0x00A90
#define EIMS_EX	0x00AA0
#define EIMC_EX	0x00AB0
#define EIAM_EX	0x00AD0
#define MSIX	0x00000010
#define OCD	0x00000020
#define EIMEN	0x00000040
#define EIAME	0x40000000
#define LSC	0x00100000u
#define TCP	0x40000000u

static unsigned int count[NICSIM_VECTORS];

static void listen(void *ctx, unsigned int vector)
{
	count[vector]++;
}

static int setup(void **state)
{
	struct simtest *t;
	unsigned int v;

	simtest_setup(state);
	t = *state;
	memset(count, 0, sizeof(count));
	for (v = 0; v < NICSIM_VECTORS; v++)
		nicsim_irq_set(t->port, v, listen, NULL);
	return 0;
}

#define IRQTEST(fn)	cmocka_unit_test_setup_teardown(fn, setup, simtest_teardown)

/* MSI-X, auto-clear, queue 0 Rx on vector 1, Tx on 2, other causes on 3, TCP timer on 40. */
static void configure(struct nicsim_port *port, uint32_t gpie)
{
	wr(port, GPIE, MSIX | gpie);
	wr(port, IVAR(0), 0x81 | 0x82 << 8);
	wr(port, IVAR_MISC, (0x80 | 40) | (0x80 | 3) << 8);
	wr(port, EIAC, 0xFFFF | TCP);
}

static void queue_to_vector(void **state)
{
	struct simtest *t = *state;

	configure(t->port, 0);
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[1], 0);			/* not enabled */
	assert_int_equal(rd(t->port, EICS), 2);
	wr(t->port, EIMS, 6);
	assert_int_equal(count[1], 1);			/* pending, and now it is */
	assert_int_equal(rd(t->port, EICS), 0);		/* cleared by sending */
	sim_irq_queue(t->port, true, 0);
	sim_irq_queue(t->port, false, 0);
	assert_int_equal(count[1], 2);
	assert_int_equal(count[2], 1);
	sim_irq_queue(t->port, true, 1);		/* IVAR not valid */
	assert_int_equal(rd(t->port, EICS), 0);
	assert_int_equal(count[0], 0);
}

static void odd_queue(void **state)
{
	struct simtest *t = *state;

	wr(t->port, GPIE, MSIX);
	wr(t->port, IVAR(127), (0x80u | 63) << 24 | (0x80 | 17) << 16);
	wr(t->port, EIMS_EX, 1 << 17);
	wr(t->port, EIMS_EX + 4, 1u << 31);
	sim_irq_queue(t->port, true, 127);
	sim_irq_queue(t->port, false, 127);
	sim_irq_queue(t->port, false, 127);		/* from 16 up causes always clear */
	assert_int_equal(count[17], 1);
	assert_int_equal(count[63], 2);
}

static void not_cleared_not_repeated(void **state)
{
	struct simtest *t = *state;

	configure(t->port, 0);
	wr(t->port, EIAC, 0);
	wr(t->port, EIMS, 2);
	sim_irq_queue(t->port, true, 0);
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[1], 1);
	wr(t->port, EICR, 2);
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[1], 2);
	wr(t->port, EIMS, 2);				/* enabling what is pending */
	assert_int_equal(count[1], 3);
}

static void other_causes(void **state)
{
	struct simtest *t = *state;

	configure(t->port, OCD);
	wr(t->port, EIMS, LSC);				/* no bit of the vector is needed */
	sim_irq_cause(t->port, LSC);
	assert_int_equal(count[3], 1);
	assert_int_equal(rd(t->port, EICS), LSC);	/* looking here does not clear */
	wr(t->port, EICR, LSC);
	assert_int_equal(rd(t->port, EICS), 0);
	sim_irq_cause(t->port, 0x00080000);		/* mailbox: not enabled */
	assert_int_equal(count[3], 1);
	wr(t->port, EIMS, TCP);
	sim_irq_cause(t->port, TCP);
	assert_int_equal(count[40], 1);
	assert_int_equal(rd(t->port, EICS) & TCP, 0);	/* EIAC clears this one */
}

/* A second cause of the vector, while a first is not yet cleared. */
static void two_other_causes(void **state)
{
	struct simtest *t = *state;

	configure(t->port, 0);
	wr(t->port, EIMS, LSC | 0x00080000);
	sim_irq_cause(t->port, LSC);
	sim_irq_cause(t->port, 0x00080000);
	assert_int_equal(count[3], 2);
}

static void reading_clears(void **state)
{
	struct simtest *t = *state;

	configure(t->port, 0);
	sim_irq_cause(t->port, LSC);
	wr(t->port, EICS, 5);
	assert_int_equal(rd(t->port, EICR), LSC | 5);
	assert_int_equal(rd(t->port, EICR), 0);
	wr(t->port, GPIE, MSIX | OCD);
	sim_irq_cause(t->port, LSC);
	wr(t->port, EICS, 5);
	assert_int_equal(rd(t->port, EICR), LSC | 5);
	assert_int_equal(rd(t->port, EICR), 5);		/* OCD: 29:16 alone */
	assert_int_equal(count[0] + count[1] + count[2] + count[3], 0);
}

static void masks(void **state)
{
	struct simtest *t = *state;

	wr(t->port, EIMS, 0x80F0FFFF);
	assert_int_equal(rd(t->port, EIMS), 0x80F0FFFF);
	assert_int_equal(rd(t->port, EIMS_EX), 0xFFFF);
	wr(t->port, EIMS_EX, 0x00050000);
	wr(t->port, EIMC_EX, 0x000100F0);
	assert_int_equal(rd(t->port, EIMS_EX), 0x0004FF0F);
	assert_int_equal(rd(t->port, EIMS), 0x80F0FF0F);
	wr(t->port, EIMC, 0xFFFFFFFF);
	assert_int_equal(rd(t->port, EIMS), 0);
	assert_int_equal(rd(t->port, EIMS_EX), 0x00040000);	/* EIMC has 15:0 of them */
}

static void auto_mask_by_message(void **state)
{
	struct simtest *t = *state;

	configure(t->port, EIAME);
	wr(t->port, EIAM_EX, 0xFFFFFFFF);
	wr(t->port, EIMS_EX, 0xFF);
	sim_irq_queue(t->port, true, 0);
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[1], 1);
	assert_int_equal(rd(t->port, EIMS_EX), 0xFD);
	assert_int_equal(rd(t->port, EICR), 2);
	wr(t->port, EIMS_EX, 2);			/* read has cleared it: nothing to send */
	assert_int_equal(count[1], 1);
	sim_irq_queue(t->port, true, 0);
	sim_irq_queue(t->port, true, 0);
	wr(t->port, EIMS_EX, 2);
	assert_int_equal(count[1], 3);
}

static void auto_mask_by_reading(void **state)
{
	struct simtest *t = *state;

	configure(t->port, 0);
	wr(t->port, EIAM, LSC | 1);
	wr(t->port, EIMS, LSC | 3);
	assert_int_equal(rd(t->port, EIAM), LSC | 1);
	rd(t->port, EICR);
	assert_int_equal(rd(t->port, EIMS), 2);
}

static void moderation(void **state)
{
	struct simtest *t = *state;
	unsigned int i;

	configure(t->port, 0);
	wr(t->port, EITR(1), 50 << 3);			/* 100 us */
	wr(t->port, EIMS, 2);
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[1], 1);			/* the first at once */
	for (i = 0; i < 99; i++) {
		nicsim_advance(t->sim, US);
		sim_irq_queue(t->port, true, 0);
	}
	assert_int_equal(count[1], 1);
	nicsim_advance(t->sim, US);
	assert_int_equal(count[1], 2);
	/* a cause that the driver took away meanwhile sends nothing */
	sim_irq_queue(t->port, true, 0);
	rd(t->port, EICR);
	nicsim_advance(t->sim, MS);
	assert_int_equal(count[1], 2);
	/* long after the last, at once again */
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[1], 3);
}

/* 10,000 causes in a second, 8,000 messages at most. */
static void moderated_rate(void **state)
{
	struct simtest *t = *state;
	unsigned int i;

	configure(t->port, 0);
	wr(t->port, EITR(2), 62 << 3);
	wr(t->port, EIMS, 4);
	for (i = 0; i < 100000; i++) {
		sim_irq_queue(t->port, false, 0);
		nicsim_advance(t->sim, 10 * US);
	}
	assert_in_range(count[2], 7600, 8065);
}

static void moderation_registers(void **state)
{
	struct simtest *t = *state;

	configure(t->port, 0);
	wr(t->port, EITR(1), 0x80000000 | 500 << 3);
	assert_int_equal(rd(t->port, EITR(1)), 500 << 3);
	wr(t->port, EITR(40), 7 << 3);
	assert_int_equal(rd(t->port, EITR(40)), 7 << 3);
	wr(t->port, EIMS, 2);
	sim_irq_queue(t->port, true, 0);
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[1], 1);
	/* CNT_WDIS leaves the counter, without it the counter is written, here 0 */
	wr(t->port, EITR(1), 0x80000000 | 500 << 3);
	assert_int_equal(count[1], 1);
	wr(t->port, EITR(1), 500 << 3);
	assert_int_equal(count[1], 2);
	/* bits below the interval do nothing: Linux leaves some set */
	wr(t->port, EITR(1), 400 << 3 | 6);
	assert_int_equal(rd(t->port, EITR(1)), 400 << 3);
}

static void immediate(void **state)
{
	struct simtest *t = *state;

	configure(t->port, EIMEN);
	wr(t->port, EITR(1), 500 << 3);
	wr(t->port, EIMS, 2);
	wr(t->port, EICS, 2);
	wr(t->port, EICS, 2);
	assert_int_equal(count[1], 2);
	wr(t->port, GPIE, MSIX);
	wr(t->port, EICS, 2);
	assert_int_equal(count[1], 2);
	nicsim_advance(t->sim, MS);
	assert_int_equal(count[1], 3);
}

static void software_causes(void **state)
{
	struct simtest *t = *state;

	configure(t->port, 0);
	wr(t->port, EIMS_EX + 4, 0x100);
	wr(t->port, EICS_EX + 4, 0x100);
	assert_int_equal(count[40], 1);
	wr(t->port, EIMS, LSC);
	wr(t->port, EICS, LSC);
	assert_int_equal(count[3], 1);
}

/* Without MSI-X mode all of EICR is one message, and IVAR has 16 places. */
static void single_message(void **state)
{
	struct simtest *t = *state;

	wr(t->port, IVAR(0), 0x81 | 0x92 << 8);
	wr(t->port, EIMS, LSC | 0xFFFF);
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(count[0], 1);
	assert_int_equal(rd(t->port, EICR), 2);
	sim_irq_queue(t->port, false, 0);
	sim_irq_cause(t->port, LSC);
	assert_int_equal(count[0], 3);
	assert_int_equal(rd(t->port, EICR), LSC | 4);
}

static void listener_later(void **state)
{
	struct simtest *t = *state;

	configure(t->port, 0);
	nicsim_irq_set(t->port, 1, NULL, NULL);
	wr(t->port, EIMS, 2);
	sim_irq_queue(t->port, true, 0);
	assert_int_equal(rd(t->port, EICS), 2);		/* pending: not sent, not cleared */
	nicsim_irq_set(t->port, 1, listen, NULL);
	assert_int_equal(count[1], 1);
	assert_int_equal(rd(t->port, EICS), 0);
}

static void reset_forgets(void **state)
{
	struct simtest *t = *state;

	configure(t->port, 0);
	wr(t->port, EITR(1), 500 << 3);
	wr(t->port, EIMS, LSC | 2);
	sim_irq_queue(t->port, true, 0);
	sim_irq_queue(t->port, true, 0);
	wr(t->port, 0x00000, 0x04000000);
	nicsim_advance(t->sim, 2 * MS);
	assert_int_equal(count[1], 1);
	assert_int_equal(rd(t->port, EIMS), 0);
	assert_int_equal(rd(t->port, EITR(1)), 0);
	assert_int_equal(rd(t->port, EICR) & 0xFFFF, 0);
}

static void bus_master(struct nicsim_port *port, bool on)
{
	cfg_wr(port, 0x04, on ? 0x0006 : 0x0002, 2);
}

static void gio(struct nicsim_port *port, bool on)
{
	wr(port, 0x00000, on ? 0 : 0x4);		/* CTRL.GIO_DIS */
}

/* A message is a write to memory: without leave to do that it waits. */
static void messages_forbidden(void **state)
{
	static void (* const allow[])(struct nicsim_port *port, bool on) = { bus_master, gio };
	struct simtest *t = *state;
	unsigned int i;

	configure(t->port, 0);
	wr(t->port, EIMS, LSC | 2);
	sim_irq_cause(t->port, LSC);
	assert_int_equal(count[3], 1);
	for (i = 0; i < 2; i++) {
		count[1] = 0;
		allow[i](t->port, false);
		sim_irq_queue(t->port, true, 0);
		nicsim_fault(t->port, NICSIM_IRQ_SPURIOUS, 1);
		assert_int_equal(count[1], 0);
		assert_int_equal(rd(t->port, EICS) & 2, 2);
		allow[i](t->port, true);
		assert_int_equal(count[1], 1);
		assert_int_equal(rd(t->port, EICS) & 2, 0);
		/* when moderation was over meanwhile, too */
		wr(t->port, EITR(1), 500 << 3);
		sim_irq_queue(t->port, true, 0);
		sim_irq_queue(t->port, true, 0);
		assert_int_equal(count[1], 2);
		allow[i](t->port, false);
		nicsim_advance(t->sim, 2 * MS);
		assert_int_equal(count[1], 2);
		allow[i](t->port, true);
		assert_int_equal(count[1], 3);
		wr(t->port, EITR(1), 0);
	}
	/* what has been sent is not sent again */
	assert_int_equal(count[3], 1);
	cfg_wr(t->port, 0x44, 3, 2);			/* PMCSR: D3hot */
	sim_irq_queue(t->port, true, 0);
	nicsim_fault(t->port, NICSIM_IRQ_SPURIOUS, 1);
	assert_int_equal(count[1], 3);
	/* the way back is a reset */
	cfg_wr(t->port, 0x44, 0, 2);
	simtest_enable(t->port);
	assert_int_equal(count[1], 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IRQTEST(queue_to_vector), IRQTEST(odd_queue), IRQTEST(not_cleared_not_repeated),
		IRQTEST(other_causes), IRQTEST(two_other_causes), IRQTEST(reading_clears),
		IRQTEST(masks), IRQTEST(auto_mask_by_message), IRQTEST(auto_mask_by_reading),
		IRQTEST(moderation), IRQTEST(moderated_rate), IRQTEST(moderation_registers),
		IRQTEST(immediate), IRQTEST(software_causes), IRQTEST(single_message),
		IRQTEST(listener_later), IRQTEST(reset_forgets),
		IRQTEST(messages_forbidden),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("nicsim interrupts", tests, NULL, NULL);
}
