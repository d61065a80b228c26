// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Links nicsim. No interrupt is ever lost: drivers of three manners against causes, moderation and
 * time in random order. And the model's watch over itself: it finds what is made to be forgotten,
 * and says nothing where a driver is slow.
 */
#include <time.h>

#include "simtest.h"
#include "control.h"
#include "datapath.h"

#define EICR		0x00800
#define EICS		0x00808
#define EIAC		0x00810
#define EITR(n)		(0x00820 + 4 * (n))
#define EIMS		0x00880
#define EIMC		0x00888
#define EIAM		0x00890
#define GPIE		0x00898
#define IVAR(q)		(0x00900 + (q) / 2 * 4)
#define IVAR_MISC	0x00A00
#define EIMS_EX		0x00AA0
#define EIAM_EX		0x00AD0
#define MSIX		0x00000010
#define OCD		0x00000020
#define EIAME		0x40000000
#define WDIS		0x80000000u
#define LSC		0x00100000u

#define QUEUES		4	/* two to a vector, receive and transmit */
#define VECTORS		3	/* the last one for other causes */
#define BUDGET		8

/** enum manner - how a driver handles interrupts */
enum manner {
	AUTO,		/* EIAC clears, EIAM masks by message: Linux's ixgbe */
	BY_HAND,	/* EIMC in the handler, EICR before the rings are looked at */
	ONE_MESSAGE,	/* no MSI-X: reading EICR clears and masks */
	MANNERS
};

/**
 * struct live - a driver
 * @state: of the poll of a vector
 * @work: completions per queue that the driver has not seen
 * @last, @interval: time of the last message of a vector, and what EITR said then, ns
 * @load: percentage of steps that are completions
 * @short_gaps: messages that came before moderation allows
 */
struct live {
	struct simtest *t;
	enum manner manner;
	uint64_t random;
	uint32_t load;
	enum { ASLEEP, POLL, ENABLE } state[VECTORS];
	unsigned int work[QUEUES];
	bool link_event;
	uint64_t last[VECTORS], interval[VECTORS];
	unsigned int short_gaps;
};

static uint32_t below(struct live *l, uint32_t n)
{
	l->random ^= l->random << 13;
	l->random ^= l->random >> 7;
	l->random ^= l->random << 17;
	return (l->random >> 11) % n;
}

static unsigned int vector_of(const struct live *l, unsigned int queue)
{
	return l->manner == ONE_MESSAGE ? 0 : queue / 2;
}

static void on_message(void *ctx, unsigned int vector)
{
	struct live *l = ctx;
	struct nicsim_port *p = l->t->port;
	uint64_t now = nicsim_time(l->t->sim);

	assert_in_range(vector, 0, VECTORS - 1);
	if (l->last[vector] && now - l->last[vector] < l->interval[vector])
		l->short_gaps++;
	l->last[vector] = now;
	l->interval[vector] = (rd(p, EITR(vector)) >> 3 & 0x1FF) * 2000;
	if (l->manner == BY_HAND)
		wr(p, EIMC, vector == 2 ? LSC : 1u << vector);
	if (l->manner == ONE_MESSAGE && (rd(p, EICR) & LSC))
		l->link_event = false;
	if (l->state[vector] == ASLEEP)
		l->state[vector] = POLL;
}

static void configure(struct live *l)
{
	struct nicsim_port *p = l->t->port;
	unsigned int i;

	for (i = 0; i < VECTORS; i++)
		nicsim_irq_set(p, i, on_message, l);
	if (l->manner == ONE_MESSAGE) {
		wr(p, IVAR(0), 0x80818283);
		wr(p, EIAM, 0xFFFFFFFF);
		wr(p, EIMS, LSC | 0xF);
		return;
	}
	wr(p, GPIE, MSIX | OCD | (l->manner == AUTO ? EIAME : 0));
	wr(p, IVAR(0), 0x81818080);
	wr(p, IVAR_MISC, 0x82 << 8);
	wr(p, EIAC, l->manner == AUTO ? 0xFFFF : 0);
	wr(p, EIAM_EX, l->manner == AUTO ? 0xFFFFFFFF : 0);
	wr(p, EIMS, LSC | 7);
}

static void enable(struct live *l, unsigned int vector)
{
	struct nicsim_port *p = l->t->port;

	if (l->manner == ONE_MESSAGE)
		wr(p, EIMS, LSC | 0xF);
	else if (vector == 2)
		wr(p, EIMS, LSC | 4);
	else
		wr(p, EIMS_EX, 1u << vector);
}

/* One step of the poll of a vector: looking and enabling are apart, so that work comes in between. */
static void driver_step(struct live *l, unsigned int vector)
{
	unsigned int q, budget = BUDGET;

	if (l->state[vector] == ENABLE) {
		l->state[vector] = ASLEEP;
		enable(l, vector);
		return;
	}
	if (l->state[vector] != POLL)
		return;
	if (l->manner != ONE_MESSAGE && vector == 2) {
		wr(l->t->port, EICR, LSC);
		l->link_event = false;
	} else if (l->manner == BY_HAND) {
		wr(l->t->port, EICR, 1u << vector);
	}
	for (q = 0; q < QUEUES; q++) {
		unsigned int n = l->work[q] < budget ? l->work[q] : budget;

		if (vector_of(l, q) != vector)
			continue;
		l->work[q] -= n;
		budget -= n;
	}
	if (budget)
		l->state[vector] = ENABLE;
}

static void complete(struct live *l)
{
	unsigned int q = below(l, QUEUES);

	l->work[q] += 1 + below(l, 6);
	sim_irq_queue(l->t->port, q & 1, q / 2);
}

static void step(struct live *l)
{
	uint32_t what = below(l, 100);
	struct nicsim_port *p = l->t->port;

	if (what < l->load) {
		complete(l);
	} else if (what < 70) {
		driver_step(l, below(l, VECTORS));
	} else if (what < 95) {
		nicsim_advance(l->t->sim, below(l, what < 75 ? 2000000 : 20000));
	} else if (what < 98) {
		wr(p, EITR(below(l, 2)), WDIS | below(l, 512) << 3);
	} else if (what < 99) {
		l->link_event = true;
		sim_irq_cause(p, LSC);
	} else {
		rd(p, EICS);
	}
}

/*
 * No causes any more, only a driver that answers: nothing may be left, and nobody kicks. The number
 * of messages that it took.
 */
static uint64_t finish(struct live *l, uint64_t seed)
{
	struct nicsim_irq_tally tally;
	unsigned int i, v, q;

	for (i = 0; i < 200; i++) {
		for (v = 0; v < VECTORS; v++)
			driver_step(l, v);
		nicsim_advance(l->t->sim, 100000);
	}
	for (q = 0; q < QUEUES; q++) {
		if (l->work[q])
			fail_msg("manner %u, seed %u: %u completions of queue %u are lost",
				 l->manner, (unsigned int)seed, l->work[q], q);
	}
	assert_false(l->link_event);
	assert_int_equal(l->short_gaps, 0);
	nicsim_irq_tally(l->t->port, &tally);
	assert_int_equal(tally.healed, 0);
	return tally.messages;
}

static void nothing_is_lost(void **state)
{
	static const struct nicsim_port_config config = { .name = "nic0" };
	enum manner manner;
	unsigned int i;
	uint64_t seed, messages;

	for (manner = 0; manner < MANNERS; manner++) {
		messages = 0;
		for (seed = 1; seed <= 60; seed++) {
			struct live l = { .manner = manner, .load = 3 + seed % 30,
					  .random = seed * 0x9e3779b97f4a7c15 };

			l.t = simtest_open(&config);
			configure(&l);
			for (i = 0; i < 2000; i++)
				step(&l);
			messages += finish(&l, seed);
			simtest_close(l.t);
		}
		/* neither always asleep nor never */
		assert_in_range(messages, 3000, 60 * 2000 / 3);
	}
}

/* ---- moderation by the machine's clock ---- */

static uint64_t message_at;

static void on_real_message(void *ctx, unsigned int vector)
{
	const struct nicsim_port *p = ctx;

	message_at = sim_now(p);
}

static uint64_t await_message(struct nicsim *sim, uint64_t after)
{
	unsigned int i;

	for (i = 0; i < 10000000 && message_at <= after; i++)
		nicsim_run(sim, 1);
	assert_true(message_at > after);
	return message_at;
}

/* While a run lasts the world's clock stands; the interval begins with the message all the same. */
static void interval_of_real_time(void **state)
{
	struct nicsim_config world = { .real_time = true };
	struct nicsim_port_config config = { .name = "nic0" };
	struct nicsim *sim = nicsim_create(&world);
	struct nicsim_port *p = nicsim_port_add(sim, &config, NULL, 0);
	const struct timespec pause = { .tv_nsec = 150000 };
	uint64_t first, second, before;
	unsigned int i;

	assert_non_null(p);
	simtest_enable(p);
	nicsim_irq_set(p, 0, on_real_message, p);
	wr(p, GPIE, MSIX);
	wr(p, IVAR(0), 0x80);
	wr(p, EIAC, 1);
	wr(p, EITR(0), 100 << 3);			/* 200 us */
	wr(p, EIMS, 1);
	for (i = 0; i < 20; i++) {
		nicsim_run(sim, 1);
		nanosleep(&pause, NULL);
		message_at = 0;
		before = nicsim_time(sim);
		sim_irq_queue(p, true, 0);
		first = await_message(sim, 0);
		assert_true(first >= before);
		sim_irq_queue(p, true, 0);
		second = await_message(sim, first);
		assert_true(second - first >= 200000);
	}
	assert_int_equal(nicsim_defects(p), 0);
	nicsim_destroy(sim);
}

/* ---- the watch ---- */

static unsigned int heard;

static void hear(void *ctx, unsigned int vector)
{
	heard++;
}

static char defect[256];

static void on_defect(void *ctx, struct nicsim_port *port, const char *text)
{
	snprintf(defect, sizeof(defect), "%s", text);
}

struct watched {
	struct nicsim *sim;
	struct nicsim_port *p;
};

static int watched_setup(void **state)
{
	struct nicsim_config world = { .defect = on_defect };
	struct nicsim_port_config config = { .name = "nic0" };
	struct watched *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->sim = nicsim_create(&world);
	w->p = nicsim_port_add(w->sim, &config, NULL, 0);
	assert_non_null(w->p);
	simtest_enable(w->p);
	nicsim_irq_set(w->p, 1, hear, NULL);
	wr(w->p, GPIE, MSIX | EIAME);
	wr(w->p, IVAR(0), 0x81);
	wr(w->p, EIAC, 0xFFFF);
	wr(w->p, EITR(1), 500 << 3);			/* 1 ms */
	wr(w->p, EIMS, 2);
	heard = 0;
	defect[0] = '\0';
	*state = w;
	return 0;
}

static int watched_teardown(void **state)
{
	struct watched *w = *state;

	nicsim_destroy(w->sim);
	free(w);
	return 0;
}

/* Two causes; the second waits for moderation, which is made to forget it. */
static void forget_message(struct watched *w)
{
	sim_irq_queue(w->p, true, 0);
	sim_irq_queue(w->p, true, 0);
	assert_int_equal(heard, 1);
	assert_true(w->p->control->irq.vector[1].eitr.armed);
	sim_timer_stop(&w->p->control->irq.vector[1].eitr);
}

static void forgotten_message_is_seen(void **state)
{
	struct watched *w = *state;

	forget_message(w);
	nicsim_advance(w->sim, 1000 * MS);
	assert_int_equal(heard, 1);
	assert_true(nicsim_defects(w->p) > 0);
	assert_non_null(strstr(defect, "vector 1"));
}

static void forgotten_message_is_seen_by_kick(void **state)
{
	struct watched *w = *state;
	struct nicsim_irq_tally tally;

	forget_message(w);
	nicsim_advance(w->sim, 2 * MS);			/* before the watch has looked */
	assert_int_equal(nicsim_defects(w->p), 0);
	wr(w->p, EICS, 2);
	assert_int_equal(nicsim_defects(w->p), 1);
	assert_non_null(strstr(defect, "EICS"));
	nicsim_irq_tally(w->p, &tally);
	assert_int_equal(tally.kicks, 1);
	assert_int_equal(tally.healed, 1);
}

static void forgotten_turn_is_seen(void **state)
{
	struct watched *w = *state;

	w->sim->turn = NULL;				/* nobody is served */
	sim_wake(w->p);
	nicsim_advance(w->sim, 1000 * MS);
	assert_non_null(strstr(defect, "no turn"));
}

static void held_write_backs_are_seen(void **state)
{
	struct watched *w = *state;

	nicsim_advance(w->sim, 200 * MS);
	sim_bit_set(w->p->dp->tx_wb, 3);
	sim_watch_arm(w->p);
	nicsim_advance(w->sim, 1000 * MS);
	assert_non_null(strstr(defect, "held"));
	sim_bit_clear(w->p->dp->tx_wb, 3);
}

/* What a driver does not want, or is moderated, is not owed, however long that lasts. */
static void slow_driver_is_no_defect(void **state)
{
	struct watched *w = *state;
	struct nicsim_irq_tally tally;
	unsigned int i;

	wr(w->p, EIAM_EX, 2);
	sim_irq_queue(w->p, true, 0);			/* masks the vector */
	sim_irq_queue(w->p, true, 0);
	nicsim_advance(w->sim, 700 * MS);
	wr(w->p, EICS, 2);
	wr(w->p, EIMS_EX, 2);
	assert_int_equal(heard, 2);
	nicsim_irq_set(w->p, 1, NULL, NULL);
	wr(w->p, EIMS_EX, 2);
	sim_irq_queue(w->p, true, 0);
	nicsim_advance(w->sim, 700 * MS);
	nicsim_irq_set(w->p, 1, hear, NULL);
	assert_int_equal(heard, 3);
	wr(w->p, EIAC, 0);				/* sent, and the cause stays: no more is owed */
	wr(w->p, EIMS_EX, 2);
	sim_irq_queue(w->p, true, 0);
	nicsim_advance(w->sim, 700 * MS);
	assert_int_equal(heard, 4);
	for (i = 0; i < 1000; i++) {
		wr(w->p, EIMS_EX, 2);
		nicsim_advance(w->sim, MS / 2);
	}
	nicsim_irq_tally(w->p, &tally);
	assert_int_equal(tally.kicks, 1);
	assert_int_equal(tally.healed, 0);
	assert_in_range(tally.answer_ns, 700 * MS, 701 * MS);
	if (nicsim_defects(w->p))
		fail_msg("%s", defect);
}

/* A message that chaos loses was sent: the model has done its part. */
static void lost_by_order_is_no_defect(void **state)
{
	struct watched *w = *state;

	nicsim_fault(w->p, NICSIM_IRQ_LOST, UINT32_MAX);
	sim_irq_queue(w->p, true, 0);
	nicsim_advance(w->sim, 1000 * MS);
	assert_int_equal(heard, 0);
	nicsim_fault(w->p, NICSIM_GONE, UINT32_MAX);
	sim_irq_queue(w->p, true, 0);
	nicsim_advance(w->sim, 1000 * MS);
	nicsim_fault_clear(w->p, NICSIM_GONE);
	nicsim_advance(w->sim, 1000 * MS);
	if (nicsim_defects(w->p))
		fail_msg("%s", defect);
}

#define WATCHTEST(fn)	cmocka_unit_test_setup_teardown(fn, watched_setup, watched_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost),
		cmocka_unit_test(interval_of_real_time),
		WATCHTEST(forgotten_message_is_seen),
		WATCHTEST(forgotten_message_is_seen_by_kick),
		WATCHTEST(forgotten_turn_is_seen),
		WATCHTEST(held_write_backs_are_seen),
		WATCHTEST(slow_driver_is_no_defect),
		WATCHTEST(lost_by_order_is_no_defect),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("nicsim keeps its interrupts", tests, NULL, NULL);
}
