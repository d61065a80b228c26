// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Modules in the cage of an 82599 SFP+ port: every kind there is, and buses that misbehave.
 *
 * The module is an I2C EEPROM of this test, which sits on I2CCTL instead of nicsim's.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simport.h"

#define I2CCTL		0x28
#define CLK_IN		0x1u
#define CLK_OUT		0x2u
#define DATA_IN		0x4u
#define DATA_OUT	0x8u

/**
 * struct eeprom - a module's EEPROM
 * @data: its bytes
 * @present: it acknowledges
 * @stuck: it holds the clock down
 * @stretch: reads of I2CCTL for which it holds the clock down each time
 * @held: those left
 * @fail_after: stops to acknowledge after so many bytes, 0: never
 * @starts: start conditions seen
 */
struct eeprom {
	u8 data[256];
	bool present;
	bool stuck;
	unsigned int stretch;
	unsigned int held;
	unsigned int fail_after;
	unsigned int starts;
	unsigned int bytes;
	enum { IDLE, DEVICE, OFFSET, WRITE, READ } state;
	int bit;			/* clocks since the byte began */
	u8 shift;
	u8 at;
	bool clk, data_in, drive_low;
};

/* A byte from the driver is complete. Return: whether it is acknowledged. */
static bool eeprom_byte(struct eeprom *e)
{
	if (!e->present || (e->fail_after && ++e->bytes > e->fail_after))
		return false;
	switch (e->state) {
	case DEVICE:
		if ((e->shift & 0xfe) != 0xa0)
			return false;
		e->state = e->shift & 1 ? READ : OFFSET;
		return true;
	case OFFSET:
		e->at = e->shift;
		e->state = WRITE;
		return true;
	default:
		return false;
	}
}

static void eeprom_clock_up(struct eeprom *e, bool sda)
{
	if (e->state == IDLE)
		return;
	e->held = e->stretch;
	if (e->state == READ) {
		/* the ninth bit is the driver's acknowledge, unless it is still ours */
		if (e->bit == 8 && sda && !e->drive_low)
			e->state = IDLE;
		return;
	}
	if (e->bit < 8)
		e->shift = (u8)(e->shift << 1 | sda);
}

static void eeprom_clock_down(struct eeprom *e)
{
	e->drive_low = false;
	if (e->state == IDLE)
		return;
	if (++e->bit == 9)
		e->bit = 0;
	if (e->state == READ) {
		if (e->bit == 0)
			e->shift = e->data[e->at++];
		e->drive_low = e->bit < 8 && !(e->shift & (0x80 >> e->bit));
	} else if (e->bit == 8) {
		e->drive_low = eeprom_byte(e);
		if (!e->drive_low)
			e->state = IDLE;
	}
}

static bool bus_write(struct sim *s, unsigned int region, u64 offset, const void *data,
		      unsigned int len)
{
	struct eeprom *e = s->tap_arg;
	u32 value;
	bool clk, sda;

	if (region != 0 || offset != I2CCTL)
		return false;
	assert_int_equal(len, 4);
	memcpy(&value, data, 4);
	clk = value & CLK_OUT;
	sda = value & DATA_OUT;
	if (clk && e->clk && e->data_in && !sda) {
		e->starts++;
		e->state = DEVICE;
		e->bit = -1;
		e->shift = 0;
	} else if (clk && e->clk && !e->data_in && sda) {
		e->state = IDLE;
	} else if (clk && !e->clk) {
		eeprom_clock_up(e, sda);
	} else if (!clk && e->clk) {
		eeprom_clock_down(e);
	}
	e->clk = clk;
	e->data_in = sda;
	return true;
}

static void bus_read(struct sim *s, unsigned int region, u64 offset, void *data, unsigned int len)
{
	struct eeprom *e = s->tap_arg;
	u32 value;

	if (region != 0 || offset != I2CCTL)
		return;
	value = (e->clk ? CLK_OUT : 0) | (e->data_in ? DATA_OUT : 0);
	if (e->clk && !e->stuck && !e->held)
		value |= CLK_IN;
	else if (e->held)
		e->held--;
	if (e->data_in && !e->drive_low)
		value |= DATA_IN;
	memcpy(data, &value, 4);
}

/* ---- modules ---- */

static struct eeprom module(u8 identifier, u8 code_10g, u8 code_1g, u8 cable, u8 cable_spec)
{
	struct eeprom e = { .present = true, .clk = true, .data_in = true };
	u8 *page = identifier == 0x0d ? e.data + 128 : e.data;

	e.data[0] = identifier;
	page[0] = identifier;
	page[3] = code_10g;
	page[6] = code_1g;
	page[8] = cable;
	page[60] = cable_spec;
	memcpy(page + 20, "NAX OPTICS      ", 16);
	memcpy(page + 40, "TEST-\x01\x7f-42      ", 16);
	return e;
}

static struct sim *cage(struct eeprom *e)
{
	struct nicsim_port_config c = { .name = "t0", .model = "82599", .device_id = 0x10fb };
	struct sim *s;

	c.module = "sr";
	memcpy(c.mac, sim_mac, 6);
	s = sim_create(&c);
	s->tap_arg = e;
	s->tap_read = bus_read;
	s->tap_write = bus_write;
	return s;
}

static void start(struct sim *s)
{
	if (sim_open(s, 2) < 0 || sim_start(s) < 0)
		fail_msg("%s\n%s", s->err.text, s->log);
	sim_run(s, 2000000);
}

static void kind(struct eeprom e, enum nax_media media, const char *reason)
{
	struct sim *s = cage(&e);
	struct nax_link link;

	start(s);
	nax_port_link(s->port, &link);
	if (reason) {
		assert_false(link.up);
		if (!strstr(link.reason, reason))
			fail_msg("\"%s\" lacks \"%s\"", link.reason, reason);
	} else {
		if (!link.up)
			fail_msg("down: %s\n%s", link.reason, s->log);
		assert_int_equal(link.media, media);
		assert_string_equal(link.module, "NAX OPTICS TEST-?" "?-42");
		assert_string_equal(link.reason, "");
	}
	sim_close(s);
}

static void kinds(void **state)
{
	kind(module(3, 0x10, 0, 0, 0), NAX_MEDIA_FIBER, NULL);
	kind(module(3, 0x20, 0, 0, 0), NAX_MEDIA_FIBER, NULL);
	kind(module(3, 0x10, 0x01, 0, 0), NAX_MEDIA_FIBER, NULL);
	kind(module(3, 0, 0, 0x04, 0), NAX_MEDIA_DIRECT_ATTACH, NULL);
	kind(module(3, 0, 0, 0x08, 0x04), NAX_MEDIA_DIRECT_ATTACH, NULL);
	kind(module(0x0d, 0x10, 0, 0, 0), NAX_MEDIA_FIBER, NULL);
	kind(module(0x0d, 0x08, 0, 0, 0), NAX_MEDIA_DIRECT_ATTACH, NULL);
}

static void kinds_refused(void **state)
{
	kind(module(3, 0, 0, 0x08, 0x01), 0, "active cable");
	kind(module(3, 0x40, 0, 0, 0), 0, "10GBASE-LRM");
	kind(module(3, 0x80, 0, 0, 0), 0, "10GBASE-ER");
	kind(module(3, 0, 0x08, 0, 0), 0, "1000BASE-T");
	kind(module(3, 0, 0x04, 0, 0), 0, "1000BASE-CX");
	kind(module(3, 0, 0, 0, 0), 0, "10G 0x00, 1G 0x00");
	kind(module(0x18, 0x10, 0, 0, 0), 0, "identifier 0x18");
}

/* A module made for a speed that nobody asks for leaves the link down and says so. */
static void speed_not_wanted(void **state)
{
	struct eeprom e = module(3, 0x10, 0, 0, 0);
	struct sim *s = cage(&e);
	struct nax_link link;

	assert_int_equal(sim_open(s, 2), 0);
	s->config.link.modes = NAX_LINK_1G;
	assert_int_equal(sim_start(s), 0);
	sim_run(s, 2000000);
	nax_port_link(s->port, &link);
	assert_false(link.up);
	assert_non_null(strstr(link.reason, "asked for"));
	s->config.link.modes = NAX_LINK_10G;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	sim_wait_link(s);
	sim_close(s);
}

/* A module may hold the clock for 500 us each bit, as SFF-8431 allows; not for longer. */
static void clock_stretching(void **state)
{
	struct eeprom e = module(3, 0x10, 0, 0, 0);
	struct sim *s = cage(&e);
	struct nax_link link;

	e.stretch = 100;
	start(s);
	nax_port_link(s->port, &link);
	assert_true(link.up);
	e.stuck = true;
	nicsim_link(s->device, false);
	sim_run(s, 3000000);
	nax_port_link(s->port, &link);
	assert_false(link.up);
	assert_non_null(strstr(link.reason, "clock"));
	e.stuck = false;
	nicsim_link(s->device, true);
	sim_run(s, 3000000);
	sim_wait_link(s);
	sim_close(s);
}

/* A module that goes silent half way is asked again, and again a second later. */
static void silent_half_way(void **state)
{
	struct eeprom e = module(3, 0x10, 0, 0, 0);
	struct sim *s = cage(&e);
	struct nax_link link;

	e.fail_after = 4;
	start(s);
	nax_port_link(s->port, &link);
	assert_false(link.up);
	assert_true(link.reason[0]);
	e.fail_after = 0;
	sim_run(s, 3000000);
	sim_wait_link(s);
	sim_close(s);
}

static void plug_and_pull(void **state)
{
	struct eeprom e = module(3, 0, 0x08, 0, 0), sr = module(3, 0x10, 0, 0, 0);
	struct sim *s = cage(&e);
	struct nax_link link;
	unsigned int starts;

	e.present = false;
	start(s);
	nax_port_link(s->port, &link);
	assert_false(link.up);
	assert_string_equal(link.reason, "no module in the cage");
	assert_string_equal(link.module, "");

	e.present = true;
	sim_run(s, 3000000);
	nax_port_link(s->port, &link);
	assert_false(link.up);
	assert_non_null(strstr(link.reason, "1000BASE-T"));
	assert_true(link.module[0]);

	e.present = false;
	sim_run(s, 3000000);
	nax_port_link(s->port, &link);
	assert_string_equal(link.reason, "no module in the cage");

	e = sr;
	sim_run(s, 3000000);
	sim_wait_link(s);
	/* with the link up the bus rests */
	starts = e.starts;
	sim_run(s, 5000000);
	assert_int_equal(e.starts, starts);
	sim_close(s);
}

/* SerDes settings for the module in the NVM; then settings that are damaged. */
static void serdes_settings(void **state)
{
	static const u16 good[][2] = {
		{ 0x2b, 0x100 }, { 0x100, 0 }, { 0x101, 3 }, { 0x102, 0x120 }, { 0x103, 5 },
		{ 0x104, 0x130 }, { 0x105, 0xffff }, { 0x130, 3 }, { 0x131, 0x1234 },
		{ 0x132, 0x5678 }, { 0x133, 0xffff }, { 0xffff, 0 },
	};
	static const u16 bad[][2] = {
		{ 0x2b, 0x100 }, { 0x100, 0 }, { 0x101, 5 }, { 0x102, 0x7000 }, { 0xffff, 0 },
	};
	const u16 (*words[2])[2] = { good, bad };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct nicsim_port_config c = {
			.name = "t0", .model = "82599", .device_id = 0x10fb, .module = "sr",
			.nvm_words = words[i],
		};
		struct sim *s;

		memcpy(c.mac, sim_mac, 6);
		s = sim_up(&c, 1);
		assert_int_equal(strstr(s->log, "0x2b") != NULL, i);
		sim_close(s);
	}
}

/* A module of two rates works at the one that its pins say, which are the driver's. */
static void two_rates(void **state)
{
	struct nicsim_port_config c = {
		.name = "t0", .model = "82599", .device_id = 0x10fb, .module = "dual",
	};
	struct nax_link link;
	struct sim *s;

	memcpy(c.mac, sim_mac, 6);
	s = sim_up(&c, 1);
	nax_port_link(s->port, &link);
	assert_int_equal(link.speed, 10000);
	s->config.link.modes = NAX_LINK_1G;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	sim_run(s, 2000000);
	nax_port_link(s->port, &link);
	assert_int_equal(link.speed, 1000);
	s->config.link.modes = 0;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	sim_run(s, 2000000);
	nax_port_link(s->port, &link);
	assert_int_equal(link.speed, 10000);
	sim_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(kinds_refused),
		cmocka_unit_test(speed_not_wanted),
		cmocka_unit_test(clock_stretching),
		cmocka_unit_test(silent_half_way),
		cmocka_unit_test(plug_and_pull),
		cmocka_unit_test(serdes_settings),
		cmocka_unit_test(two_rates),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
