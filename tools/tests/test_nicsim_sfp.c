// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links nicsim. SFP+ modules: reading them bit by bit over I2CCTL, what they say, their link. */
#include "simtest.h"

#define I2CCTL		0x00028
#define CLK_IN		1u
#define CLK_OUT		2u
#define DATA_IN		4u
#define DATA_OUT	8u
#define ESDP		0x00020
#define LINKS		0x042A4
#define AUTOC		0x042A0

static struct simtest *open_sfp(const char *module)
{
	struct nicsim_port_config config = { .device_id = 0x10fb, .module = module };

	return simtest_open(&config);
}

/* ---- a master, by the book: data moves while the clock is low ---- */

static void pins(struct nicsim_port *port, bool clk, bool data)
{
	uint32_t value = (clk ? CLK_OUT : 0) | (data ? DATA_OUT : 0);

	wr(port, I2CCTL, value);
	value = rd(port, I2CCTL);
	assert_int_equal(!!(value & CLK_IN), clk);
}

static void start(struct nicsim_port *port)
{
	bool clk = rd(port, I2CCTL) & CLK_OUT;

	pins(port, clk, true);
	pins(port, true, true);
	pins(port, true, false);
	pins(port, false, false);
}

static void stop(struct nicsim_port *port)
{
	pins(port, false, false);
	pins(port, true, false);
	pins(port, true, true);
}

static bool clock_bit(struct nicsim_port *port, bool out)
{
	bool in;

	pins(port, false, out);
	pins(port, true, out);
	in = rd(port, I2CCTL) & DATA_IN;
	pins(port, false, out);
	return in;
}

/* Returns whether the module acknowledged. */
static bool send(struct nicsim_port *port, uint8_t byte)
{
	int i;

	for (i = 7; i >= 0; i--)
		clock_bit(port, byte >> i & 1);
	return !clock_bit(port, true);
}

static uint8_t receive(struct nicsim_port *port, bool more)
{
	uint8_t byte = 0;
	int i;

	for (i = 0; i < 8; i++)
		byte = byte << 1 | clock_bit(port, true);
	clock_bit(port, !more);
	return byte;
}

static bool read_bytes(struct nicsim_port *port, uint8_t address, uint8_t from, uint8_t *to,
		       unsigned int len)
{
	bool ok;

	start(port);
	ok = send(port, address) && send(port, from);
	if (ok) {
		start(port);
		ok = send(port, address | 1);
	}
	while (ok && len--)
		*to++ = receive(port, len != 0);
	stop(port);
	return ok;
}

static uint8_t sum(const uint8_t *bytes, unsigned int from, unsigned int to)
{
	uint8_t s = 0;

	while (from <= to)
		s += bytes[from++];
	return s;
}

/* ---- tests ---- */

static void memory_of_each(void **state)
{
	static const struct {
		const char *name, *part;
		uint8_t codes_10g, codes_1g, cable;
		bool has_a2;
	} want[] = {
		{ "da", "NICSIM-DA-3M    ", 0x00, 0x00, 0x04, false },
		{ "sr", "NICSIM-10G-SR   ", 0x10, 0x00, 0x00, true },
		{ "lr", "NICSIM-10G-LR   ", 0x20, 0x00, 0x00, true },
		{ "dual", "NICSIM-DUAL-SR  ", 0x10, 0x01, 0x00, true },
		{ "1000t", "NICSIM-1G-T     ", 0x00, 0x08, 0x00, false },
	};
	unsigned int i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct simtest *t = open_sfp(want[i].name);
		uint8_t a0[256], a2[128];

		assert_true(read_bytes(t->port, 0xA0, 0, a0, sizeof(a0)));
		assert_int_equal(a0[0], 3);
		assert_int_equal(a0[3], want[i].codes_10g);
		assert_int_equal(a0[6], want[i].codes_1g);
		assert_int_equal(a0[8], want[i].cable);
		assert_memory_equal(a0 + 20, "NICSIM          ", 16);
		assert_memory_equal(a0 + 40, want[i].part, 16);
		assert_int_equal(a0[63], sum(a0, 0, 62));
		assert_int_equal(a0[95], sum(a0, 64, 94));
		assert_int_equal(!!(a0[92] & 0x40), want[i].has_a2);
		assert_int_equal(read_bytes(t->port, 0xA2, 0, a2, sizeof(a2)), want[i].has_a2);
		if (want[i].has_a2) {
			assert_int_equal(a2[95], sum(a2, 0, 94));
			assert_int_equal(a2[96], 35);
			/* now is between the alarms: low at 10, high at 8 */
			assert_true(memcmp(a2 + 98, a2 + 8, 2) < 0);
			assert_true(memcmp(a2 + 98, a2 + 10, 2) > 0);
		}
		simtest_close(t);
	}
}

static void one_byte_at_a_time(void **state)
{
	struct simtest *t = open_sfp("sr");
	uint8_t byte;

	assert_true(read_bytes(t->port, 0xA0, 3, &byte, 1));
	assert_int_equal(byte, 0x10);
	assert_true(read_bytes(t->port, 0xA0, 0, &byte, 1));
	assert_int_equal(byte, 3);
	simtest_close(t);
}

static void other_addresses_are_silent(void **state)
{
	struct simtest *t = open_sfp("sr");

	start(t->port);
	assert_false(send(t->port, 0xF8));
	stop(t->port);
	start(t->port);
	assert_false(send(t->port, 0xA4));
	stop(t->port);
	simtest_close(t);
}

static void writing(void **state)
{
	struct simtest *t = open_sfp("sr");
	uint8_t byte;

	start(t->port);
	assert_true(send(t->port, 0xA2));
	assert_true(send(t->port, 110));
	assert_true(send(t->port, 0x08));
	stop(t->port);
	assert_true(read_bytes(t->port, 0xA2, 110, &byte, 1));
	assert_int_equal(byte, 0x08);
	start(t->port);
	assert_true(send(t->port, 0xA0));
	assert_true(send(t->port, 0));
	assert_true(send(t->port, 0x55));
	stop(t->port);
	assert_true(read_bytes(t->port, 0xA0, 0, &byte, 1));
	assert_int_equal(byte, 3);		/* the first page is not for writing */
	assert_true(read_bytes(t->port, 0xA2, 110, &byte, 1));
	assert_int_equal(byte, 0x08);
	assert_true(read_bytes(t->port, 0xA2, 111, &byte, 1));
	assert_int_equal(byte, 0);
	simtest_close(t);
}

/* A transfer given up anywhere does not spoil the next. */
static void given_up(void **state)
{
	struct simtest *t = open_sfp("da");
	unsigned int bits, i;
	uint8_t byte;

	for (bits = 0; bits < 40; bits++) {
		start(t->port);
		for (i = 0; i < bits; i++)
			clock_bit(t->port, i < 9 ? 0xA1 << 1 >> (9 - i) & 1 : true);
		/* a master frees the bus with nine clocks */
		for (i = 0; i < 9; i++)
			clock_bit(t->port, true);
		stop(t->port);
		assert_true(read_bytes(t->port, 0xA0, 0, &byte, 1));
		assert_int_equal(byte, 3);
	}
	simtest_close(t);
}

static void empty_cage(void **state)
{
	struct simtest *t = open_sfp("none");
	uint8_t byte;

	assert_false(read_bytes(t->port, 0xA0, 0, &byte, 1));
	assert_int_equal(rd(t->port, ESDP) & 4, 0);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0);
	simtest_close(t);
}

static void no_cage(void **state)
{
	static const struct nicsim_port_config config = { .module = "sr" };
	struct simtest *t = simtest_open(&config);	/* CX4: the pins lead nowhere */
	uint8_t byte;

	assert_false(read_bytes(t->port, 0xA0, 0, &byte, 1));
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
	simtest_close(t);
}

static void link_of_each(void **state)
{
	static const struct {
		const char *name;
		uint32_t serial_10g, plain_1g;
	} want[] = {
		{ "da", 0x70000000, 0 },
		{ "sr", 0x70000000, 0 },
		{ "lr", 0x70000000, 0 },
		{ "1000t", 0, 0x60000000 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct simtest *t = open_sfp(want[i].name);

		assert_int_equal(rd(t->port, ESDP) & 4, 4);
		nicsim_advance(t->sim, 20 * MS);
		assert_int_equal(rd(t->port, LINKS), want[i].serial_10g);
		wr(t->port, AUTOC, 0x1000);
		nicsim_advance(t->sim, 20 * MS);
		assert_int_equal(rd(t->port, LINKS), want[i].plain_1g);
		simtest_close(t);
	}
}

/* A module of two rates has pins at SDP5 to choose by, which it pulls to the lower one. */
static void two_rates(void **state)
{
	struct simtest *t = open_sfp("dual");

	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0);
	wr(t->port, ESDP, rd(t->port, ESDP) | 0x20);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0);
	wr(t->port, ESDP, rd(t->port, ESDP) | 0x2000);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
	wr(t->port, AUTOC, 0x1000);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0);
	wr(t->port, ESDP, rd(t->port, ESDP) & ~0x20u);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x60000000);
	simtest_close(t);
}

/* Settings of the SerDes are taken when the link is restarted, and not before: it may be up then. */
static void serdes(void **state)
{
	struct simtest *t = open_sfp("sr");

	nicsim_advance(t->sim, 20 * MS);
	wr(t->port, 0x14F00, 0x1234);
	assert_int_equal(rd(t->port, 0x14F00), 0x1234);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
	nicsim_link(t->port, false);
	nicsim_link(t->port, true);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0);
	wr(t->port, AUTOC, rd(t->port, AUTOC) | 0x1000);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
	simtest_close(t);
}

static void laser(void **state)
{
	struct simtest *t = open_sfp("sr");

	nicsim_advance(t->sim, 20 * MS);
	wr(t->port, ESDP, rd(t->port, ESDP) | 8);
	assert_int_equal(rd(t->port, LINKS), 0);
	wr(t->port, ESDP, rd(t->port, ESDP) & ~8u);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
	simtest_close(t);
}

/* How in-tree drivers reset the data pipeline of an SFP+ port: toggle LMS, wait for negotiation. */
static void pipeline_reset(void **state)
{
	struct simtest *t = open_sfp("da");
	uint32_t autoc = rd(t->port, AUTOC);

	assert_int_equal(autoc & 0xE000, 0x6000);
	assert_int_equal(rd(t->port, 0x042B0) & 0xF0000, 0);
	wr(t->port, AUTOC, (autoc | 0x1000) ^ 0x8000);
	assert_int_not_equal(rd(t->port, 0x042B0) & 0xF0000, 0);
	nicsim_advance(t->sim, 4 * MS);
	wr(t->port, AUTOC, autoc | 0x1000);
	nicsim_advance(t->sim, 20 * MS);
	assert_int_equal(rd(t->port, LINKS), 0x70000000);
	simtest_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_of_each), cmocka_unit_test(one_byte_at_a_time),
		cmocka_unit_test(other_addresses_are_silent), cmocka_unit_test(writing),
		cmocka_unit_test(given_up), cmocka_unit_test(empty_cage),
		cmocka_unit_test(no_cage), cmocka_unit_test(link_of_each),
		cmocka_unit_test(two_rates), cmocka_unit_test(serdes),
		cmocka_unit_test(laser), cmocka_unit_test(pipeline_reset),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("nicsim SFP+", tests, NULL, NULL);
}
