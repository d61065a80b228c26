// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links nicsim. Register dispatch, strictness, device reset, timers, link, statistics registers. */
#include "simtest.h"

#define CTRL		0x00000
#define STATUS		0x00008
#define STATUS_GIO	0x00080000
#define CTRL_RST	0x04000000
#define CTRL_LNK_RST	0x00000008
#define LINKS		0x042A4
#define AUTOC		0x042A0
#define ANLP1		0x042B0

static void reset_values(void **state)
{
	struct simtest *t = *state;

	assert_int_equal(rd(t->port, STATUS) & STATUS_GIO, STATUS_GIO);
	assert_int_equal(rd(t->port, 0x10148), 0x8000);			/* FWSM: firmware valid */
	assert_int_equal(rd(t->port, 0x10010) & 0x300, 0x300);		/* EEC: present, read */
	assert_int_equal(rd(t->port, 0x03C00), 0x80000);		/* RXPBSIZE 0 */
	assert_int_equal(rd(t->port, 0x03C04), 0);
	assert_int_equal(rd(t->port, 0x04268), 0x05EE0000);		/* MAXFRS */
	assert_int_equal(rd(t->port, AUTOC), 0x2100);			/* 10G, no AN, CX4 */
	assert_int_equal(rd(t->port, 0x08D04) & 2, 2);			/* SECRXSTAT: no security */
}

/* RAL and RAH 0 .. 15, SRRCTL 0 .. 15 answer at the predecessor's addresses too. */
static void second_addresses(void **state)
{
	struct simtest *t = *state;

	assert_int_equal(rd(t->port, 0x0A200), 0x33221102);
	assert_int_equal(rd(t->port, 0x0A204), 0x80005544);
	assert_int_equal(rd(t->port, 0x05400), 0x33221102);
	assert_int_equal(rd(t->port, 0x05404), 0x80005544);
	wr(t->port, 0x05408, 0xAABBCCDD);
	assert_int_equal(rd(t->port, 0x0A208), 0xAABBCCDD);
	wr(t->port, 0x02104, 0x02000002);
	assert_int_equal(rd(t->port, 0x01054), 0x02000002);
}

static void unknown_registers(void **state)
{
	struct simtest *t = *state;

	assert_int_equal(rd(t->port, 0x01FFC), 0);
	assert_int_equal(rd(t->port, 0x1F000), 0);
	wr(t->port, 0x1F000, 1);		/* of a feature that is not there: no matter */
	wr(t->port, 0x008FC, 1);
	sim_errors(t, 1, "unknown-register");
}

static void reserved_bits(void **state)
{
	struct simtest *t = *state;

	wr(t->port, 0x00900, 0x000000C1);	/* IVAR bit 6 */
	sim_errors(t, 1, "reserved-bits");
	assert_int_equal(rd(t->port, 0x00900), 0x81);
	wr(t->port, STATUS, 0xFFFFFFFF);	/* read only, flushes by some: no matter */
	assert_int_equal(rd(t->port, STATUS), STATUS_GIO);
}

static void access_sizes(void **state)
{
	struct simtest *t = *state;
	uint64_t both = 0;
	uint32_t value = 0;

	wr(t->port, 0x03200, 0x11111111);
	wr(t->port, 0x03204, 0x22222222);
	assert_int_equal(nicsim_region_read(t->port, 0, 0x03200, &both, 8), 0);
	assert_true(both == 0x2222222211111111ull);
	both = 0x4444444433333333ull;
	assert_int_equal(nicsim_region_write(t->port, 0, 0x03200, &both, 8), 0);
	assert_int_equal(rd(t->port, 0x03204), 0x44444444);
	assert_true(nicsim_region_read(t->port, 0, 0x03202, &value, 4) < 0);
	sim_errors(t, 1, "access-size");
	assert_true(nicsim_region_write(t->port, 0, 0x03200, &value, 2) < 0);
	sim_errors(t, 1, "access-size");
	assert_true(nicsim_region_read(t->port, 0, 0x1FFFC, &both, 8) < 0);
	assert_true(nicsim_region_read(t->port, 0, UINT64_MAX, &value, 4) < 0);
	assert_true(nicsim_region_read(t->port, 2, 0, &value, 4) < 0);
}

static void device_reset(void **state)
{
	struct simtest *t = *state;

	wr(t->port, 0x03200, 0x1234);
	wr(t->port, 0x0A200, 0);
	wr(t->port, 0x0A204, 0);
	wr(t->port, CTRL, CTRL_RST);
	assert_int_equal(rd(t->port, CTRL), CTRL_RST);
	assert_int_equal(rd(t->port, 0x03200), 0);
	/* the permanent address comes back from the NVM */
	assert_int_equal(rd(t->port, 0x0A200), 0x33221102);
	wr(t->port, 0x03200, 1);
	sim_errors(t, 1, "write-in-reset");
	nicsim_advance(t->sim, 10 * US);
	assert_int_equal(rd(t->port, CTRL), 0);
	wr(t->port, 0x03200, 1);
	assert_int_equal(rd(t->port, 0x03200), 1);
}

static void master_disable(void **state)
{
	struct simtest *t = *state;

	wr(t->port, CTRL, 0x4);
	assert_int_equal(rd(t->port, STATUS) & STATUS_GIO, 0);
	assert_int_equal(rd(t->port, CTRL), 0x4);
	wr(t->port, CTRL, CTRL_LNK_RST);
	nicsim_advance(t->sim, 10 * US);
	assert_int_equal(rd(t->port, STATUS) & STATUS_GIO, STATUS_GIO);
}

static void ready_bits(void **state)
{
	struct simtest *t = *state;

	assert_int_equal(rd(t->port, 0x08D04) & 1, 0);
	wr(t->port, 0x08D00, 2);		/* SECRXCTRL.RX_DIS */
	assert_int_equal(rd(t->port, 0x08D04) & 1, 1);
	wr(t->port, 0x0425C, 0x40000000 | 0xC000000);
	assert_int_equal(rd(t->port, 0x0425C) & 0x40000000, 0);
	assert_int_equal(rd(t->port, 0x04260) >> 16, 0xFFFF);	/* no PHY on MDIO */
}

static void timers(void **state)
{
	struct simtest *t = *state;

	nicsim_advance(t->sim, 2003 * MS + 4 * US);
	assert_int_equal(rd(t->port, 0x00048), 2 << 20 | 3 << 10 | 4);
	wr(t->port, 0x0004C, 5 | 0x300);	/* TCPTIMER: 5 ms, once */
	nicsim_advance(t->sim, 5 * MS - 1);
	assert_int_equal(rd(t->port, 0x00808) & 0x40000000, 0);
	nicsim_advance(t->sim, 1);
	assert_int_equal(rd(t->port, 0x00800) & 0x40000000, 0x40000000);
	/* begun again with what it reads as */
	assert_int_equal(rd(t->port, 0x0004C), 5 | 0x200);
	wr(t->port, 0x0004C, rd(t->port, 0x0004C) | 0x100);
	nicsim_advance(t->sim, 5 * MS - 1);
	assert_int_equal(rd(t->port, 0x00808) & 0x40000000, 0);
	nicsim_advance(t->sim, 1);
	assert_int_equal(rd(t->port, 0x00800) & 0x40000000, 0x40000000);
	/* by software: at once, and it ends what was counted, unless it is a loop */
	wr(t->port, 0x0004C, 5 | 0x300);
	nicsim_advance(t->sim, 3 * MS);
	wr(t->port, 0x0004C, 5 | 0x600);
	assert_int_equal(rd(t->port, 0x0004C), 5 | 0x200);
	assert_int_equal(rd(t->port, 0x00800) & 0x40000000, 0x40000000);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, 0x00808) & 0x40000000, 0);
	wr(t->port, 0x0004C, 5 | 0xE00);
	assert_int_equal(rd(t->port, 0x00800) & 0x40000000, 0x40000000);
	nicsim_advance(t->sim, 5 * MS - 1);
	assert_int_equal(rd(t->port, 0x00808) & 0x40000000, 0);
	nicsim_advance(t->sim, 1);
	assert_int_equal(rd(t->port, 0x00800) & 0x40000000, 0x40000000);
	nicsim_advance(t->sim, 5 * MS);
	assert_int_equal(rd(t->port, 0x00800) & 0x40000000, 0x40000000);
	wr(t->port, 0x0004C, 0);
}

static void link_by_cable(void **state)
{
	struct simtest *t = *state;

	assert_int_equal(rd(t->port, LINKS), 0);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
	assert_int_equal(rd(t->port, 0x00800) & 0x100000, 0x100000);	/* LSC; read clears */
	nicsim_link(t->port, false);
	assert_int_equal(rd(t->port, LINKS), 0);
	assert_int_equal(rd(t->port, 0x00800) & 0x100000, 0x100000);
	nicsim_link(t->port, true);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
	/* LMS 1G is nothing a CX4 port can do, once it has to take it; forcing it is, at once */
	wr(t->port, AUTOC, 0);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, AUTOC), 0);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
	nicsim_link(t->port, false);
	nicsim_link(t->port, true);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
	wr(t->port, AUTOC, 0x1000);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0);
	wr(t->port, AUTOC, 0x2000);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0);
	wr(t->port, AUTOC, 0x2001);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
	wr(t->port, AUTOC, 0x2000);
	assert_int_equal(rd(t->port, LINKS), 0);
	/* a reset takes what the NVM says */
	wr(t->port, CTRL, CTRL_RST);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
}

static void link_by_wire(void **state)
{
	struct simtest *t = *state;
	struct nicsim_port_config config = { .name = "kx", .device_id = 0x10f7 };
	char err[128];
	struct nicsim_port *kx = nicsim_port_add(t->sim, &config, err, sizeof(err));

	assert_non_null(kx);
	simtest_enable(kx);
	nicsim_wire(t->port, kx);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(kx, LINKS), 0xF0000000);	/* with KX_AN_COMP */
	assert_int_equal(rd(kx, 0x04324), 0x40);	/* LINKS2: partner negotiates */
	assert_int_not_equal(rd(kx, ANLP1) & 0xF0000, 0);
	assert_int_equal(rd(kx, ANLP1) & 0xC00, 0xC00);
	/* a restart at one end takes the link from both */
	wr(kx, AUTOC, rd(kx, AUTOC) | 0x1000);
	assert_int_equal(rd(t->port, LINKS), 0);
	assert_int_equal(rd(kx, AUTOC) & 0x1000, 0);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
	/* 1G at one end, 10G at the other: none */
	wr(kx, AUTOC, 0x1000);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0);
	nicsim_link(kx, false);
	nicsim_link(kx, true);
	wr(kx, AUTOC, 0x3000);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
}

static void ports_refused(void **state)
{
	static const uint16_t past_end[][2] = { { 0x1000, 1 }, { 0xFFFF, 0 } };
	static const struct nicsim_port_config wrong[] = {
		{ .model = "i350" },
		{ .device_id = 0x151c },
		{ .device_id = 0x10c9 },
		{ .module = "zr" },
		{ .mac = { 1 } },
		{ .bar0_size = 5000 },
		{ .nvm_words = past_end },
	};
	static const char *const names[] = {
		"i350", "0x151c", "0x10c9", "zr", "multicast", "5000", "0x1000",
	};
	struct simtest *t = *state;
	unsigned int i;
	char err[128];

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		err[0] = 0;
		assert_null(nicsim_port_add(t->sim, &wrong[i], err, sizeof(err)));
		assert_non_null(strstr(err, names[i]));
	}
}

/* Names make addresses that are local, the same each time and different between names. */
static void made_addresses(void **state)
{
	struct nicsim_port_config config = { .name = "left" };
	struct simtest *left = simtest_open(&config), *again = simtest_open(&config);
	struct simtest *t = *state;
	struct simtest *right;
	uint32_t mac = rd(left->port, 0x0A200);

	config.name = "right";
	right = simtest_open(&config);
	assert_int_equal(mac & 3, 2);
	assert_int_equal(rd(again->port, 0x0A200), mac);
	assert_int_not_equal(rd(right->port, 0x0A200), mac);
	assert_string_equal(nicsim_port_name(t->port), "nic0");
	simtest_close(left);
	simtest_close(again);
	simtest_close(right);
}

static void first_error_is_kept(void **state)
{
	struct simtest *t = *state;
	const char *first;

	assert_int_equal(nicsim_driver_errors(t->port, &first), 0);
	assert_string_equal(first, "");
	wr(t->port, 0x008FC, 1);
	wr(t->port, 0x00900, 0x40);
	assert_int_equal(nicsim_driver_errors(t->port, &first), 2);
	assert_non_null(strstr(first, "nic0: unknown-register: 0x008fc"));
	sim_errors(t, 2, "reserved-bits");
}

static void statistics_registers(void **state)
{
	static const uint32_t narrow[] = {
		0x4000, 0x3FA0, 0x4040, 0x405C, 0x4074, 0x4080, 0x40A4, 0x40D0, 0x40F4, 0x1030,
		0x6030, 0x8680, 0x1430,
	};
	struct simtest *t = *state;
	unsigned int i;

	for (i = 0; i < sizeof(narrow) / sizeof(narrow[0]); i++) {
		wr(t->port, narrow[i], 5);	/* read only */
		assert_int_equal(rd(t->port, narrow[i]), 0);
	}
	wr(t->port, 0x02300, 0x01020304);
	assert_int_equal(rd(t->port, 0x02300), 0x01020304);
	wr(t->port, 0x02300, 0x10101010);	/* RQSMR fields are four bits */
	sim_errors(t, 1, "reserved-bits");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIMTEST(reset_values), SIMTEST(second_addresses), SIMTEST(unknown_registers),
		SIMTEST(reserved_bits), SIMTEST(access_sizes), SIMTEST(device_reset),
		SIMTEST(master_disable), SIMTEST(ready_bits), SIMTEST(timers),
		SIMTEST(link_by_cable), SIMTEST(link_by_wire), SIMTEST(ports_refused),
		SIMTEST(made_addresses), SIMTEST(first_error_is_kept),
		SIMTEST(statistics_registers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("nicsim registers", tests, NULL, NULL);
}
