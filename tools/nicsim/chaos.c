// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: faults, by order of a test or by chance. Chance is a seeded generator per port, asked at
 * each occasion, so that the same seed and the same calls give the same faults; each is logged.
 */
#include "control.h"
#include "regs_general.h"

#define BIT(n)		(1u << (n))
#define NS_PER_MS	1000000ull
#define STORM_MESSAGES	1000

/**
 * struct fault - a kind
 * @one_in: by chance at one occasion in so many
 * @tick: has no occasion of its own but the chaos timer's
 * @lasting: is on or off; asked for by a test it stays on
 * @ms: a lasting one begun by chance ends after at most so long; 0: with the next reset
 */
static const struct fault {
	const char *name;
	uint32_t one_in;
	bool tick;
	bool lasting;
	uint32_t ms;
} faults[NICSIM_FAULTS] = {
	[NICSIM_IRQ_LOST]	= { .name = "irq-lost", .one_in = 64 },
	[NICSIM_IRQ_SPURIOUS]	= { .name = "irq-spurious", .one_in = 4, .tick = true },
	[NICSIM_IRQ_LATE]	= { .name = "irq-late", .one_in = 32 },
	[NICSIM_IRQ_STORM]	= { .name = "irq-storm", .one_in = 64, .tick = true },
	[NICSIM_RESET_STUCK]	= { .name = "reset-stuck", .one_in = 16, .lasting = true },
	[NICSIM_SEMAPHORE]	= { .name = "semaphore", .one_in = 64, .lasting = true, .ms = 200 },
	[NICSIM_TX_HANG]	= { .name = "tx-hang", .one_in = 8192 },
	[NICSIM_RX_HANG]	= { .name = "rx-hang", .one_in = 8192 },
	[NICSIM_RX_LEN_OVER]	= { .name = "rx-len-over", .one_in = 2048 },
	[NICSIM_RX_LEN_ZERO]	= { .name = "rx-len-zero", .one_in = 2048 },
	[NICSIM_RX_NO_EOP]	= { .name = "rx-no-eop", .one_in = 4096 },
	[NICSIM_RX_CHAIN40]	= { .name = "rx-chain40", .one_in = 4096 },
	[NICSIM_TX_EARLY]	= { .name = "tx-early", .one_in = 4096 },
	[NICSIM_CSUM_LIE]	= { .name = "csum-lie", .one_in = 512 },
	[NICSIM_LINK_FLAP]	= { .name = "link-flap", .one_in = 128, .tick = true },
	[NICSIM_QUEUE_STUCK]	= { .name = "queue-stuck", .one_in = 64 },
	[NICSIM_MASTER_STUCK]	= { .name = "master-stuck", .one_in = 8, .lasting = true },
	[NICSIM_GONE]		= { .name = "gone", .one_in = 1024, .tick = true, .lasting = true },
};

const char *nicsim_fault_name(enum nicsim_fault fault)
{
	return (unsigned int)fault < NICSIM_FAULTS ? faults[fault].name : NULL;
}

/* ---- chance ---- */

static uint64_t random_next(struct sim_chaos *ch)
{
	uint64_t x = ch->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	ch->random = x;
	return x * 0x2545f4914f6cdd1dull;
}

uint32_t sim_chaos_below(struct nicsim_port *p, uint32_t n)
{
	return (random_next(&p->control->chaos) >> 32) * n >> 32;
}

static bool by_chance(struct nicsim_port *p, enum nicsim_fault f)
{
	return (p->sim->config.chaos & BIT(f)) && !sim_chaos_below(p, faults[f].one_in);
}

/* ---- what is on ---- */

bool sim_gone(const struct nicsim_port *p)
{
	const struct sim_chaos *ch = &p->control->chaos;

	return (ch->lasting & BIT(NICSIM_GONE)) || ch->until[NICSIM_GONE];
}

bool sim_fault_on(const struct nicsim_port *p, enum nicsim_fault f)
{
	const struct sim_chaos *ch = &p->control->chaos;
	unsigned int i;

	if ((ch->lasting & BIT(f)) || ch->until[f] > sim_now(p))
		return true;
	for (i = 0; i < ch->waiting_count; i++) {
		if (ch->waiting[i].fault == f)
			return true;
	}
	return false;
}

static void waiting_drop(struct sim_chaos *ch, unsigned int i)
{
	for (ch->waiting_count--; i < ch->waiting_count; i++)
		ch->waiting[i] = ch->waiting[i + 1];
}

static bool waiting_take(struct sim_chaos *ch, enum nicsim_fault f, uint32_t arg)
{
	unsigned int i;

	for (i = 0; i < ch->waiting_count; i++) {
		if (ch->waiting[i].fault == f &&
		    (ch->waiting[i].arg == arg || ch->waiting[i].arg == UINT32_MAX)) {
			waiting_drop(ch, i);
			return true;
		}
	}
	return false;
}

bool sim_fault_take(struct nicsim_port *p, enum nicsim_fault f, uint32_t arg)
{
	struct sim_chaos *ch = &p->control->chaos;

	if (faults[f].lasting) {
		if (sim_fault_on(p, f))
			return true;
		if (!by_chance(p, f))
			return false;
		ch->until[f] = NICSIM_NEVER;
		if (faults[f].ms)
			ch->until[f] = sim_now(p) + 1 +
				       sim_chaos_below(p, faults[f].ms * NS_PER_MS);
		sim_log(p, "chaos: %s begins", faults[f].name);
		return true;
	}
	if (!(ch->waiting_count && waiting_take(ch, f, arg)) && !by_chance(p, f))
		return false;
	sim_log(p, "chaos: %s, %u", faults[f].name, arg);
	return true;
}

/* ---- what happens now ---- */

static void go(struct nicsim_port *p)
{
	sim_irq_stop(p);
	sim_phy_update(p);
}

static void happen(struct nicsim_port *p, enum nicsim_fault f, uint32_t arg)
{
	sim_log(p, "chaos: %s, %u", faults[f].name, arg);
	switch (f) {
	case NICSIM_IRQ_SPURIOUS:
		sim_irq_message(p, arg % NICSIM_VECTORS, 1);
		break;
	case NICSIM_IRQ_STORM:
		sim_irq_message(p, arg % NICSIM_VECTORS, STORM_MESSAGES);
		break;
	case NICSIM_LINK_FLAP:
		sim_phy_flap(p);
		break;
	case NICSIM_GONE:
		go(p);
		break;
	default:
		break;
	}
}

static uint64_t tick_delay(struct nicsim_port *p)
{
	return NS_PER_MS + sim_chaos_below(p, 20 * NS_PER_MS);
}

/* Faults without an occasion of their own happen at random times. */
static void tick(struct nicsim_port *p, void *arg)
{
	unsigned int f;

	for (f = 0; f < NICSIM_FAULTS; f++) {
		if (!faults[f].tick || sim_gone(p) || !by_chance(p, f))
			continue;
		if (f == NICSIM_GONE)
			p->control->chaos.until[f] = NICSIM_NEVER;
		/* vectors of drivers begin at 0: the low ones are those in use */
		happen(p, f, sim_chaos_below(p, 8));
	}
	if (!sim_gone(p))
		sim_timer_arm(&p->control->chaos.tick, sim_now(p) + tick_delay(p));
}

/* ---- by order ---- */

void nicsim_fault(struct nicsim_port *port, enum nicsim_fault fault, uint32_t arg)
{
	struct sim_chaos *ch = &port->control->chaos;

	if ((unsigned int)fault >= NICSIM_FAULTS)
		return;
	sim_tick(port->sim);
	if (faults[fault].lasting)
		ch->lasting |= BIT(fault);
	if (faults[fault].lasting || faults[fault].tick) {
		happen(port, fault, arg == UINT32_MAX ? 0 : arg);
		return;
	}
	if (ch->waiting_count == SIM_FAULTS_WAITING) {
		sim_log(port, "chaos: %s forgotten, %u wait already", faults[fault].name,
			SIM_FAULTS_WAITING);
		return;
	}
	ch->waiting[ch->waiting_count].fault = fault;
	ch->waiting[ch->waiting_count++].arg = arg;
	sim_wake(port);
}

void nicsim_fault_clear(struct nicsim_port *port, enum nicsim_fault fault)
{
	struct sim_control *c = port->control;
	bool was_gone = sim_gone(port);
	unsigned int i = 0;

	if ((unsigned int)fault >= NICSIM_FAULTS)
		return;
	sim_tick(port->sim);
	c->chaos.lasting &= ~BIT(fault);
	c->chaos.until[fault] = 0;
	while (i < c->chaos.waiting_count) {
		if (c->chaos.waiting[i].fault == fault)
			waiting_drop(&c->chaos, i);
		else
			i++;
	}
	switch (fault) {
	case NICSIM_GONE:
		if (was_gone)
			sim_device_reset(port, SIM_RESET_FUNCTION);
		break;
	case NICSIM_RESET_STUCK:
		if (c->reset_stuck)
			sim_timer_arm(&c->reset_timer, sim_now(port) + SIM_RESET_NS);
		c->reset_stuck = false;
		break;
	case NICSIM_LINK_FLAP:
		c->phy.flap_until = 0;
		sim_phy_update(port);
		break;
	default:
		break;
	}
}

/* ---- life ---- */

void sim_chaos_init(struct nicsim_port *p, unsigned int ordinal)
{
	struct sim_chaos *ch = &p->control->chaos;
	uint64_t x = p->sim->config.chaos_seed + 0x9e3779b97f4a7c15ull * (ordinal + 1);

	/* neighbouring seeds shall not give neighbouring sequences */
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	x ^= x >> 31;
	ch->random = x ? x : 1;
	sim_timer_init(&ch->tick, p, tick, NULL);
	if (p->sim->config.chaos)
		sim_timer_arm(&ch->tick, sim_now(p) + tick_delay(p));
}

void sim_chaos_stop(struct nicsim_port *p)
{
	sim_timer_stop(&p->control->chaos.tick);
}

/* Lasting faults begun by chance end with the next reset; firmware lets go with FLR alone. */
void sim_chaos_reset(struct nicsim_port *p, enum sim_reset how)
{
	struct sim_chaos *ch = &p->control->chaos;

	ch->until[NICSIM_MASTER_STUCK] = 0;
	ch->until[NICSIM_RESET_STUCK] = 0;
	if (how == SIM_RESET_FUNCTION)
		ch->until[NICSIM_SEMAPHORE] = 0;
}

/* The next client finds a device again, unless a test wants it gone. */
void sim_chaos_replug(struct nicsim_port *p)
{
	struct sim_chaos *ch = &p->control->chaos;

	ch->until[NICSIM_GONE] = 0;
	if (p->sim->config.chaos && !ch->tick.armed)
		sim_timer_arm(&ch->tick, sim_now(p) + tick_delay(p));
}
