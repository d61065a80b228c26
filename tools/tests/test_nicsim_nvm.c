// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links nicsim. NVM image and its checksum, EERD and EEWR, the pins of EEC, semaphores. */
#include "simtest.h"

#define EERD		0x10014
#define EEWR		0x10018
#define SWSM		0x10140
#define SW_FW_SYNC	0x10160

static uint16_t word(struct nicsim_port *port, uint32_t at)
{
	uint32_t value;

	wr(port, EERD, at << 2 | 1);
	value = rd(port, EERD);
	assert_int_equal(value & 2, 2);
	assert_int_equal(value >> 2 & 0x3FFF, at);
	return value >> 16;
}

/*
 * The sum rule, written down anew: words 0 .. 0x3F, and what words 3 .. 0xE point at, each section
 * without its length.
 */
static uint16_t sum(struct nicsim_port *port)
{
	uint16_t s = 0;
	uint32_t i, j;

	for (i = 0; i <= 0x3F; i++)
		s += word(port, i);
	for (i = 3; i <= 0xE; i++) {
		uint16_t at = word(port, i), length;

		if (at == 0 || at == 0xFFFF)
			continue;
		length = word(port, at);
		for (j = 1; length != 0xFFFF && j <= length; j++)
			s += word(port, at + j);
	}
	return s;
}

static void image(void **state)
{
	struct simtest *t = *state;
	uint32_t i;

	assert_int_equal(sum(t->port), 0xBABA);
	for (i = 3; i <= 0xF; i++)
		assert_int_equal(word(t->port, i), 0xFFFF);
	assert_int_equal(word(t->port, 0x2C), 0x0083);
	assert_int_equal(word(t->port, 0x15), 0xFAFA);
	assert_int_equal(word(t->port, word(t->port, 0x16)), 6);
	assert_int_equal(word(t->port, 0x2B), 0xFFFF);
}

/* What in-tree drivers follow on SFP+ devices: firmware version, start-up sequences. */
static void image_sfp(void **state)
{
	static const struct nicsim_port_config config = { .device_id = 0x10fb };
	struct simtest *t = simtest_open(&config);
	uint32_t firmware = word(t->port, 0x0F), list = word(t->port, 0x2B);
	unsigned int seen = 0;

	assert_int_equal(sum(t->port), 0xBABA);
	assert_int_equal(word(t->port, firmware + 2), 0xFFFF);
	assert_true(word(t->port, word(t->port, firmware + 4) + 7) > 5);
	for (list++; word(t->port, list) != 0xFFFF; list += 2) {
		uint32_t data = word(t->port, list + 1);

		seen |= 1 << word(t->port, list);
		assert_int_not_equal(word(t->port, data + 1), 0xFFFF);
		assert_int_equal(word(t->port, data + 1 + word(t->port, data)), 0xFFFF);
	}
	assert_int_equal(seen, 0x78);		/* types 3 .. 6 */
	simtest_close(t);
}

static void overrides(void **state)
{
	static const uint16_t words[][2] = {
		{ 0x2C, 0x0001 }, { 0x09, 0x0300 }, { 0x300, 3 }, { 0x301, 0x1111 },
		{ 0x302, 0x2222 }, { 0x303, 0x3333 }, { 0x304, 0x9999 }, { 0xFFFF, 0 },
	};
	static const struct nicsim_port_config config = { .nvm_words = words };
	struct simtest *t = simtest_open(&config);

	assert_int_equal(word(t->port, 0x2C), 1);
	assert_int_equal(word(t->port, 0x302), 0x2222);
	assert_int_equal(sum(t->port), 0xBABA);
	simtest_close(t);
}

static void bad_checksum(void **state)
{
	static const struct nicsim_port_config config = { .nvm_bad_checksum = true };
	struct simtest *t = simtest_open(&config);

	assert_int_not_equal(sum(t->port), 0xBABA);
	simtest_close(t);
}

static void past_the_end(void **state)
{
	struct simtest *t = *state;
	uint32_t words = 1u << (6 + (rd(t->port, 0x10010) >> 11 & 0xF));

	assert_int_equal(words, 4096);
	assert_int_equal(word(t->port, words - 1), 0xFFFF);
	assert_int_equal(word(t->port, words), 0xFFFF);
	sim_errors(t, 1, "nvm-address");
}

static void writing(void **state)
{
	struct simtest *t = *state;

	wr(t->port, EEWR, 0xABCDu << 16 | 0x50 << 2 | 1);
	assert_int_equal(rd(t->port, EEWR) & 3, 2);
	assert_int_equal(word(t->port, 0x50), 0xABCD);
	nicsim_port_reset(t->port);
	simtest_enable(t->port);
	assert_int_equal(word(t->port, 0x50), 0xABCD);
	wr(t->port, EEWR, 0x1000 << 2 | 1);
	sim_errors(t, 1, "nvm-address");
}

/* ---- a master on the pins of EEC ---- */

#define EEC	0x10010
#define SK	0x01u
#define CS	0x02u
#define DI	0x04u
#define DO	0x08u
#define REQ	0x40u
#define GNT	0x80u

static void shift_out(struct nicsim_port *port, uint32_t value, unsigned int bits)
{
	while (bits--) {
		uint32_t pins = REQ | (value >> bits & 1 ? DI : 0);

		wr(port, EEC, pins);
		wr(port, EEC, pins | SK);
		wr(port, EEC, pins);
	}
}

static uint32_t shift_in(struct nicsim_port *port, unsigned int bits)
{
	uint32_t value = 0;

	while (bits--) {
		wr(port, EEC, REQ | SK);
		value = value << 1 | !!(rd(port, EEC) & DO);
		wr(port, EEC, REQ);
	}
	return value;
}

/* Raises CS, which ends a command, and lowers it for the next. */
static void standby(struct nicsim_port *port)
{
	wr(port, EEC, REQ | CS);
	wr(port, EEC, REQ);
}

static uint32_t pins_read(struct nicsim_port *port, uint32_t at)
{
	uint32_t value;

	standby(port);
	shift_out(port, 0x03, 8);
	shift_out(port, 2 * at, 16);
	value = shift_in(port, 16);
	/* bytes come low first */
	return value >> 8 | (value & 0xFF) << 8;
}

static void pins_write(struct nicsim_port *port, uint32_t at, uint16_t value)
{
	standby(port);
	shift_out(port, 0x02, 8);
	shift_out(port, 2 * at, 16);
	shift_out(port, value & 0xFF, 8);
	shift_out(port, value >> 8, 8);
	standby(port);
}

static uint32_t pins_status(struct nicsim_port *port)
{
	standby(port);
	shift_out(port, 0x05, 8);
	return shift_in(port, 8);
}

static void write_enable(struct nicsim_port *port)
{
	standby(port);
	shift_out(port, 0x06, 8);
	standby(port);
}

static void pins_granted(void **state)
{
	struct simtest *t = *state;

	assert_int_equal(rd(t->port, EEC) & GNT, 0);
	wr(t->port, EEC, REQ);
	assert_int_equal(rd(t->port, EEC) & (REQ | GNT), REQ | GNT);
	/* present, read by hardware, 16 bit addresses */
	assert_int_equal(rd(t->port, EEC) & 0x700, 0x700);
	wr(t->port, EEC, 0);
	assert_int_equal(rd(t->port, EEC) & GNT, 0);
}

static void pins_read_the_same(void **state)
{
	struct simtest *t = *state;
	uint32_t i;

	wr(t->port, EEC, REQ);
	for (i = 0; i <= 0x90; i++)
		assert_int_equal(pins_read(t->port, i), word(t->port, i));
	/* reading on goes to the next words */
	standby(t->port);
	shift_out(t->port, 0x03, 8);
	shift_out(t->port, 2 * 0x2C, 16);
	assert_int_equal(shift_in(t->port, 16), 0x8300);
	assert_int_equal(shift_in(t->port, 16), 0x9985);
	assert_int_equal(shift_in(t->port, 16), 0x0080);
}

static void pins_write_when_enabled(void **state)
{
	struct simtest *t = *state;

	wr(t->port, EEC, REQ);
	pins_write(t->port, 0x50, 0x1234);
	assert_int_equal(word(t->port, 0x50), 0xFFFF);
	assert_int_equal(pins_status(t->port), 0);
	write_enable(t->port);
	assert_int_equal(pins_status(t->port), 2);
	pins_write(t->port, 0x50, 0x1234);
	assert_int_equal(word(t->port, 0x50), 0x1234);
	assert_int_equal(pins_read(t->port, 0x50), 0x1234);
	assert_int_equal(pins_status(t->port), 0);		/* for one command only */
	pins_write(t->port, 0x50, 0x5678);
	assert_int_equal(word(t->port, 0x50), 0x1234);
	write_enable(t->port);
	standby(t->port);
	shift_out(t->port, 0x04, 8);
	assert_int_equal(pins_status(t->port), 0);		/* WRDI */
	/* not asked for, the pins do nothing */
	wr(t->port, EEC, 0);
	wr(t->port, EEC, CS);
	assert_int_equal(rd(t->port, EEC) & DO, DO);
}

static void semaphore(void **state)
{
	struct simtest *t = *state;

	assert_int_equal(rd(t->port, SWSM) & 1, 0);	/* taken by reading 0 */
	assert_int_equal(rd(t->port, SWSM) & 1, 1);
	wr(t->port, SWSM, 1 | 2);
	assert_int_equal(rd(t->port, SWSM) & 3, 3);
	wr(t->port, SW_FW_SYNC, 1);
	assert_int_equal(rd(t->port, SW_FW_SYNC), 1);
	wr(t->port, SWSM, 0);
	assert_int_equal(rd(t->port, SWSM) & 3, 0);
	wr(t->port, SWSM, 0);
	/* both outlive a device reset: they are the chip's, not the port's */
	wr(t->port, 0x00000, 0x04000000);
	nicsim_advance(t->sim, 10 * US);
	assert_int_equal(rd(t->port, SW_FW_SYNC), 1);
	wr(t->port, SW_FW_SYNC, 0);
	sim_errors(t, 1, "semaphore");
}

static void semaphore_stuck(void **state)
{
	struct simtest *t = *state;

	nicsim_fault(t->port, NICSIM_SEMAPHORE, 0);
	assert_int_equal(rd(t->port, SWSM) & 1, 1);
	wr(t->port, SWSM, 0);
	assert_int_equal(rd(t->port, SWSM) & 1, 1);
	/* 82599 datasheet section 10.5.4: when SMBI is not granted in time, go on to SWESMBI */
	wr(t->port, SWSM, 2);
	assert_int_equal(rd(t->port, SWSM) & 2, 2);
	wr(t->port, SW_FW_SYNC, 1);
	assert_int_equal(rd(t->port, SW_FW_SYNC), 1);
	nicsim_fault_clear(t->port, NICSIM_SEMAPHORE);
	wr(t->port, SWSM, 0);
	assert_int_equal(rd(t->port, SWSM) & 1, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIMTEST(image), cmocka_unit_test(image_sfp), cmocka_unit_test(overrides),
		cmocka_unit_test(bad_checksum), SIMTEST(past_the_end), SIMTEST(writing),
		SIMTEST(pins_granted), SIMTEST(pins_read_the_same),
		SIMTEST(pins_write_when_enabled),
		SIMTEST(semaphore), SIMTEST(semaphore_stuck),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("nicsim NVM", tests, NULL, NULL);
}
