/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For the unit tests of nicsim's control half: a world on the virtual clock with one port, its
 * registers, and the driver errors it reports. A test that expects errors takes them with
 * sim_errors(); the teardown fails on any that nobody took.
 */
#ifndef NICSIM_SIMTEST_H
#define NICSIM_SIMTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nicsim.h"

#define US	1000ull
#define MS	1000000ull

/**
 * struct simtest - what a test has
 * @errors: driver errors not yet taken
 * @last: text of the newest
 */
struct simtest {
	struct nicsim *sim;
	struct nicsim_port *port;
	unsigned int errors;
	char last[256];
	unsigned int logs;
	uint64_t log_hash;
};

static inline void simtest_error(void *ctx, struct nicsim_port *port, const char *text)
{
	struct simtest *t = ctx;

	t->errors++;
	snprintf(t->last, sizeof(t->last), "%s", text);
}

static inline void simtest_log(void *ctx, struct nicsim_port *port, const char *text)
{
	struct simtest *t = ctx;

	t->logs++;
	while (*text)
		t->log_hash = (t->log_hash ^ (uint8_t)*text++) * 0x100000001b3ull;
}

static inline uint32_t rd(struct nicsim_port *port, uint32_t offset)
{
	uint32_t value = 0;

	assert_int_equal(nicsim_region_read(port, 0, offset, &value, 4), 0);
	return value;
}

static inline void wr(struct nicsim_port *port, uint32_t offset, uint32_t value)
{
	assert_int_equal(nicsim_region_write(port, 0, offset, &value, 4), 0);
}

static inline uint32_t cfg_rd(struct nicsim_port *port, unsigned int at, unsigned int len)
{
	uint32_t value = 0;

	assert_int_equal(nicsim_region_read(port, NICSIM_REGION_CONFIG, at, &value, len), 0);
	return value;
}

static inline void cfg_wr(struct nicsim_port *port, unsigned int at, uint32_t value,
			  unsigned int len)
{
	assert_int_equal(nicsim_region_write(port, NICSIM_REGION_CONFIG, at, &value, len), 0);
}

/* Memory decoding and bus mastering, as a bus driver switches them on. */
static inline void simtest_enable(struct nicsim_port *port)
{
	cfg_wr(port, 0x04, 0x0006, 2);
}

static inline struct simtest *simtest_open_chaos(const struct nicsim_port_config *config,
						 uint32_t chaos, uint64_t seed)
{
	struct simtest *t = calloc(1, sizeof(*t));
	struct nicsim_config world = {
		.chaos = chaos,
		.chaos_seed = seed,
		.driver_error = simtest_error,
		.log = simtest_log,
		.ctx = t,
	};
	char err[128] = "";

	assert_non_null(t);
	t->sim = nicsim_create(&world);
	assert_non_null(t->sim);
	t->port = nicsim_port_add(t->sim, config, err, sizeof(err));
	if (!t->port)
		fail_msg("no port: %s", err);
	simtest_enable(t->port);
	return t;
}

static inline struct simtest *simtest_open(const struct nicsim_port_config *config)
{
	return simtest_open_chaos(config, 0, 0);
}

/* Takes the errors reported since last asked; the newest is to name @rule. */
static inline void sim_errors(struct simtest *t, unsigned int count, const char *rule)
{
	if (t->errors != count)
		fail_msg("%u driver errors, not %u; the last: %s", t->errors, count, t->last);
	if (rule && !strstr(t->last, rule))
		fail_msg("driver error is not \"%s\": %s", rule, t->last);
	t->errors = 0;
}

static inline void simtest_close(struct simtest *t)
{
	sim_errors(t, 0, NULL);
	assert_int_equal(nicsim_defects(t->port), 0);
	nicsim_destroy(t->sim);
	free(t);
}

/* Fixtures with a default port. */
static inline int simtest_setup(void **state)
{
	static const struct nicsim_port_config config = {
		.name = "nic0",
		.mac = { 0x02, 0x11, 0x22, 0x33, 0x44, 0x55 },
	};

	*state = simtest_open(&config);
	return 0;
}

static inline int simtest_teardown(void **state)
{
	simtest_close(*state);
	return 0;
}

#define SIMTEST(fn)	cmocka_unit_test_setup_teardown(fn, simtest_setup, simtest_teardown)

#endif /* NICSIM_SIMTEST_H */
