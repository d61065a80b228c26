// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What an administrator asks of an 82599 beside its traffic: NVM, module memory, lamps, self-test; what
 * is out of range is refused with the limit, and faults of the device end in time, with a reason.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "simport.h"

#define LEDCTL		0x00200
#define I2CCTL		0x00028
#define I2CCTL_DATA_IN	0x4u
#define EEC		0x10010
#define EEC_DO		0x8u
#define EEC_GNT		0x80u
#define EEC_ADDR_SIZE	0x400u
#define EERD		0x10014
#define EERD_DONE	0x2u
#define SWSM		0x10140
#define SWSM_SWESMBI	0x2u
#define SW_FW_SYNC	0x10160
#define HLREG0		0x04240
#define HLREG0_LPBK	0x8000u
#define EICS		0x00808
#define RETA		0x05c00

#define NVM_BYTES	8192u
#define SUM_WORD	0x3fu
#define SPARE		0x60u	/* byte offset of words that no section has */

static u8 frame[SIM_BYTES];

static const struct sim_flow tcp4 = { false, 6, 1000, 2000, 0x0a000001, 0x0a000002, -1, 300 };

static struct sim *up(u16 device, const char *module)
{
	struct nicsim_port_config c = { .name = "t0", .model = "82599", .device_id = device,
					.module = module };

	memcpy(c.mac, sim_mac, 6);
	return sim_up(&c, 2);
}

static bool passes(struct sim *s)
{
	u32 len = sim_build(frame, &tcp4);

	sim_clear(s);
	if (!nicsim_port_frame(s->device, frame, len))
		return false;
	sim_run(s, 100);
	sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
	sim_run(s, 100);
	return s->n_got == 1 && s->n_sent == 1;
}

static u16 word(struct sim *s, u32 at)
{
	u8 b[2];

	assert_int_equal(nax_port_nvm_read(s->port, 2 * at, 2, b, &s->err), 0);
	return (u16)(b[0] | b[1] << 8);
}

/* Words 0 to 0x3F add up to 0xBABA; nicsim's NVM for CX4 has no sections. */
static void sum_is_right(struct sim *s)
{
	u16 sum = 0;
	u32 i;

	for (i = 0; i <= SUM_WORD; i++)
		sum = (u16)(sum + word(s, i));
	assert_int_equal(sum, 0xbaba);
}

static void refused(struct sim *s, int err, int want, const char *text)
{
	assert_int_equal(err, want);
	if (!strstr(s->err.text, text))
		fail_msg("\"%s\" is not in \"%s\"", text, s->err.text);
}

/* ---- faults, by what the driver reads ---- */

static struct {
	u64 reg;
	u32 set;
	u32 clear;
	unsigned int after;		/* so many reads are left alone */
	unsigned int reads;
} lie;

static void tap_lie(struct sim *s, unsigned int region, u64 offset, void *data, unsigned int len)
{
	u32 value;

	if (region || offset != lie.reg || len != 4 || lie.reads++ < lie.after)
		return;
	memcpy(&value, data, 4);
	value = (value | lie.set) & ~lie.clear;
	memcpy(data, &value, 4);
}

static void lies(struct sim *s, u64 reg, u32 set, u32 clear)
{
	lie.reg = reg;
	lie.set = set;
	lie.clear = clear;
	lie.after = 0;
	lie.reads = 0;
	s->tap_read = tap_lie;
}

/* ---- NVM ---- */

static void nvm_read_write(void **state)
{
	struct sim *s = up(0x10f9, NULL);
	u8 data[300], got[300];
	u16 before = word(s, SPARE / 2 - 1);
	u32 i;

	assert_int_equal(nax_port_caps(s->port)->nvm_words, NVM_BYTES / 2);
	sum_is_right(s);
	for (i = 0; i < sizeof(data); i++)
		data[i] = (u8)(i * 3 + 1);
	/* odd at both ends, and longer than what a driver is asked for at once */
	assert_int_equal(nax_port_nvm_write(s->port, 0x401, sizeof(data) - 1, data, &s->err), 0);
	assert_int_equal(nax_port_nvm_read(s->port, 0x400, sizeof(got), got, &s->err), 0);
	assert_int_equal(got[0], 0xff);
	assert_memory_equal(got + 1, data, sizeof(data) - 1);
	/* within what the checksum covers */
	assert_int_equal(nax_port_nvm_write(s->port, SPARE, 1, data, &s->err), 0);
	assert_int_equal(word(s, SPARE / 2) & 0xff, data[0]);
	assert_int_equal(word(s, SPARE / 2 - 1), before);
	sum_is_right(s);
	assert_true(passes(s));
	sim_close(s);
}

static void nvm_while_down(void **state)
{
	struct sim *s = up(0x10f9, NULL);
	u8 byte = 0x5a, got = 0;

	sim_stop(s);
	assert_int_equal(nax_port_nvm_write(s->port, SPARE, 1, &byte, &s->err), 0);
	assert_int_equal(nax_port_nvm_read(s->port, SPARE, 1, &got, &s->err), 0);
	assert_int_equal(got, byte);
	sum_is_right(s);
	sim_close(s);
}

static void nvm_out_of_range(void **state)
{
	struct sim *s = up(0x10f9, NULL);
	u16 sum = word(s, SUM_WORD);
	u8 data[4] = { 0 };

	refused(s, nax_port_nvm_read(s->port, NVM_BYTES, 1, data, &s->err), -EINVAL, "8192");
	refused(s, nax_port_nvm_read(s->port, NVM_BYTES - 1, 2, data, &s->err), -EINVAL, "8192");
	refused(s, nax_port_nvm_read(s->port, 0xffffffff, 2, data, &s->err), -EINVAL, "8192");
	refused(s, nax_port_nvm_write(s->port, 2, 0xfffffffe, data, &s->err), -EINVAL, "8192");
	assert_int_equal(nax_port_nvm_read(s->port, NVM_BYTES, 0, data, &s->err), 0);
	assert_int_equal(word(s, SUM_WORD), sum);
	sim_close(s);
}

/* A read that never ends, a part that stays busy, keeps its pins, or protects what it has. */
static void nvm_faults(void **state)
{
	struct sim *s = up(0x10f9, NULL);
	u16 was = word(s, SPARE / 2);
	u8 data[2] = { 0x12, 0x34 };

	lies(s, EERD, 0, EERD_DONE);
	refused(s, nax_port_nvm_read(s->port, SPARE, 2, data, &s->err), -ETIMEDOUT, "EERD.DONE");
	lies(s, EEC, 0, EEC_GNT);
	refused(s, nax_port_nvm_write(s->port, SPARE, 2, data, &s->err), -ETIMEDOUT, "GNT");
	lies(s, EEC, 0, EEC_ADDR_SIZE);
	refused(s, nax_port_nvm_write(s->port, SPARE, 2, data, &s->err), -EOPNOTSUPP, "ADDR_SIZE");
	s->tap_read = NULL;
	assert_int_equal(word(s, SPARE / 2), was);
	sum_is_right(s);
	lies(s, EEC, EEC_DO, 0);
	refused(s, nax_port_nvm_write(s->port, SPARE, 2, data, &s->err), -ETIMEDOUT, "busy");
	s->tap_read = NULL;
	assert_int_equal(nax_port_nvm_write(s->port, SPARE, 2, data, &s->err), 0);
	sum_is_right(s);
	assert_true(passes(s));
	sim_close(s);
}

/* The part's pins are deaf: it answers, and nothing is written. */
static bool tap_deaf(struct sim *s, unsigned int region, u64 offset, const void *data,
		     unsigned int len)
{
	u32 value;

	memcpy(&value, data, 4);
	return !region && offset == EEC && (value & 4);	/* DI */
}

static void nvm_write_protected(void **state)
{
	struct sim *s = up(0x10f9, NULL);
	u8 data[2] = { 0x12, 0x34 };

	s->tap_write = tap_deaf;
	lies(s, EEC, 0, EEC_DO);
	refused(s, nax_port_nvm_write(s->port, SPARE, 2, data, &s->err), -EIO, "write-protected");
	s->tap_write = NULL;
	s->tap_read = NULL;
	sum_is_right(s);
	sim_close(s);
}

static void semaphore_never_granted(void **state)
{
	struct sim *s = up(0x10fb, "da");
	struct nax_module_page page = { .i2c_address = 0x50, .len = 16 };
	struct nax_error result[NAX_TESTS];
	u8 data[16] = { 0 };

	lies(s, SWSM, 0, SWSM_SWESMBI);
	refused(s, nax_port_nvm_read(s->port, 0, 2, data, &s->err), -EBUSY, "SWESMBI");
	refused(s, nax_port_nvm_write(s->port, SPARE, 2, data, &s->err), -EBUSY, "SWESMBI");
	refused(s, nax_port_module_read(s->port, &page, data, &s->err), -EBUSY, "SWESMBI");
	s->tap_read = NULL;
	assert_int_equal(nax_port_nvm_read(s->port, 0, 2, data, &s->err), 0);
	/* Firmware keeps it from now on: without it the device does not come up again, either. */
	lies(s, SW_FW_SYNC, 0x1f << 5, 0);
	assert_int_equal(nax_port_selftest(s->port, true, result, &s->err), -ENODEV);
	assert_int_equal(result[NAX_TEST_NVM].code, -EBUSY);
	assert_non_null(strstr(result[NAX_TEST_NVM].text, "SW_FW_SYNC"));
	assert_string_equal(sim_state(s), "gone");
	sim_close(s);
}

/* ---- module ---- */

static void module_memory(void **state)
{
	struct sim *s = up(0x10fb, "da");
	struct nax_module_page page = { .i2c_address = 0x50, .len = 96 };
	u8 all[NAX_MODULE_BYTES], some[16];
	u8 sum = 0;
	u32 i;

	assert_int_equal(nax_port_module_read(s->port, &page, all, &s->err), 0);
	assert_int_equal(all[0], 3);
	/* SFF-8472: CC_BASE */
	for (i = 0; i < 63; i++)
		sum = (u8)(sum + all[i]);
	assert_int_equal(sum, all[63]);
	page.offset = 20;
	page.len = 16;
	assert_int_equal(nax_port_module_read(s->port, &page, some, &s->err), 0);
	assert_memory_equal(some, all + 20, 16);
	page.len = 0;
	assert_int_equal(nax_port_module_read(s->port, &page, some, &s->err), 0);
	assert_true(passes(s));
	sim_close(s);
}

static void module_refused(void **state)
{
	struct sim *s = up(0x10fb, "da");
	struct nax_module_page page = { .i2c_address = 0x50, .offset = 1, .len = 256 };
	u8 data[NAX_MODULE_BYTES];

	refused(s, nax_port_module_read(s->port, &page, data, &s->err), -EINVAL, "256");
	page.len = 1;
	page.i2c_address = 0x36;
	refused(s, nax_port_module_read(s->port, &page, data, &s->err), -EINVAL, "0x36");
	page.i2c_address = 0x50;
	page.page = 3;
	refused(s, nax_port_module_read(s->port, &page, data, &s->err), -EINVAL, "page 3");
	page.page = 0;
	/* nobody pulls the line down: no acknowledge */
	lies(s, I2CCTL, I2CCTL_DATA_IN, 0);
	refused(s, nax_port_module_read(s->port, &page, data, &s->err), -ENXIO, "no acknowledge");
	/* the clock does not come up */
	lies(s, I2CCTL, 0, 1);
	refused(s, nax_port_module_read(s->port, &page, data, &s->err), -EIO, "clock");
	s->tap_read = NULL;
	assert_int_equal(nax_port_module_read(s->port, &page, data, &s->err), 0);
	sim_close(s);

	s = up(0x10f9, NULL);
	refused(s, nax_port_module_read(s->port, &page, data, &s->err), -EOPNOTSUPP, "no cage");
	sim_close(s);
}

/* ---- lamps ---- */

static u32 ledctl_written;

static bool tap_lamps(struct sim *s, unsigned int region, u64 offset, const void *data,
		      unsigned int len)
{
	if (!region && offset == LEDCTL)
		memcpy(&ledctl_written, data, 4);
	return false;
}

static u32 lamps_normal;

static void tap_lamps_read(struct sim *s, unsigned int region, u64 offset, void *data,
			   unsigned int len)
{
	if (!region && offset == LEDCTL)
		memcpy(data, &lamps_normal, 4);
}

static void lamps(void **state)
{
	struct nicsim_port_config c = { .name = "t0", .model = "82599", .device_id = 0x10f9 };
	struct sim *s;

	memcpy(c.mac, sim_mac, 6);
	s = sim_create(&c);
	lamps_normal = 0x00c02184;
	s->tap_read = tap_lamps_read;
	s->tap_write = tap_lamps;
	assert_int_equal(sim_open(s, 2), 0);
	assert_int_equal(nax_port_identify(s->port, NAX_LED_ON, &s->err), 0);
	assert_int_equal(ledctl_written, 0x0e0e0e0e);
	assert_int_equal(nax_port_identify(s->port, NAX_LED_OFF, &s->err), 0);
	assert_int_equal(ledctl_written, 0x0f0f0f0f);
	assert_int_equal(nax_port_identify(s->port, NAX_LED_NORMAL, &s->err), 0);
	assert_int_equal(ledctl_written, lamps_normal);
	refused(s, nax_port_identify(s->port, NAX_LEDS, &s->err), -EINVAL, "below");
	assert_int_equal(ledctl_written, lamps_normal);
	sim_close(s);
}

/* ---- self-test ---- */

static void all_pass(const struct nax_error *result)
{
	unsigned int i;

	for (i = 0; i < NAX_TESTS; i++)
		if (result[i].code)
			fail_msg("test %u: %d, %s", i, result[i].code, result[i].text);
}

static void selftest_up(void **state)
{
	static const struct { u16 device; const char *module; } ports[] = {
		{ 0x10f9, NULL }, { 0x10fb, "da" }, { 0x10fb, "sr" },
	};
	struct nax_error result[NAX_TESTS];
	struct nax_queue_stats stats;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct sim *s = up(ports[i].device, ports[i].module);

		assert_int_equal(nax_port_selftest(s->port, false, result, &s->err), 0);
		all_pass(result);
		assert_true(passes(s));
		assert_int_equal(nax_port_selftest(s->port, true, result, &s->err), 0);
		all_pass(result);
		assert_string_equal(sim_state(s), "up");
		/* its frames are nobody's loss */
		assert_int_equal(nax_port_queue_stats(s->port, true, 0, &stats), 0);
		assert_int_equal(stats.drops, 0);
		/* the link begins anew, with a module by its settings */
		sim_run(s, 100000);
		sim_wait_link(s);
		assert_true(passes(s));
		sim_close(s);
	}
}

/* With buffers that the longest frame does not fit, and with the smallest rings. */
static void selftest_small(void **state)
{
	struct nax_error result[NAX_TESTS];
	struct sim *s = up(0x10f9, NULL);
	struct nax_port_config c = s->config;

	c.rx_buf_len = 1024;
	c.rx_ring = nax_port_caps(s->port)->ring_min;
	c.tx_ring = nax_port_caps(s->port)->ring_min;
	assert_int_equal(nax_port_reconfigure(s->port, &c, &s->err), 0);
	assert_int_equal(nax_port_selftest(s->port, true, result, &s->err), 0);
	all_pass(result);
	sim_close(s);
}

/* Down it has no link, and is down again afterwards; RSS as asked for stays. */
static void selftest_down(void **state)
{
	struct nax_error result[NAX_TESTS];
	struct sim *s = up(0x10f9, NULL);
	struct nax_rss before, after;
	unsigned int i;

	nax_port_get_rss(s->port, &before);
	for (i = 0; i < before.entries; i++)
		before.table[i] = 1;
	assert_int_equal(nax_port_set_rss(s->port, &before, &s->err), 0);
	sim_stop(s);
	assert_int_equal(nax_port_selftest(s->port, true, result, &s->err), 0);
	assert_int_equal(result[NAX_TEST_LINK].code, -ENETDOWN);
	result[NAX_TEST_LINK].code = 0;
	all_pass(result);
	assert_string_equal(sim_state(s), "attached");
	nax_port_get_rss(s->port, &after);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(sim_start(s), 0);
	sim_wait_link(s);
	assert_true(passes(s));
	sim_close(s);
}

static void selftest_link_down(void **state)
{
	struct nax_error result[NAX_TESTS];
	struct sim *s = up(0x10f9, NULL);

	nicsim_link(s->device, false);
	sim_run(s, 20000);
	assert_int_equal(nax_port_selftest(s->port, true, result, &s->err), 0);
	assert_int_equal(result[NAX_TEST_LINK].code, -ENOLINK);
	result[NAX_TEST_LINK].code = 0;
	all_pass(result);
	sim_close(s);
}

static u64 swallowed;

static bool tap_swallow(struct sim *s, unsigned int region, u64 offset, const void *data,
			unsigned int len)
{
	return !region && offset == swallowed;
}

/* Each test fails alone, for its own reason, and traffic passes afterwards. */
static void selftest_fails(void **state)
{
	static const struct { enum nax_selftest test; u64 reg; const char *text; } cases[] = {
		{ NAX_TEST_REGISTERS, RETA + 8, "RETA (0x05c08)" },
		{ NAX_TEST_INTERRUPT, EICS, "does not fire" },
		{ NAX_TEST_LOOPBACK, HLREG0, "frames came back" },
	};
	struct nax_error result[NAX_TESTS];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct sim *s = up(0x10f9, NULL);

		swallowed = cases[i].reg;
		s->tap_write = tap_swallow;
		assert_int_equal(nax_port_selftest(s->port, true, result, &s->err), 0);
		s->tap_write = NULL;
		assert_int_not_equal(result[cases[i].test].code, 0);
		if (!strstr(result[cases[i].test].text, cases[i].text))
			fail_msg("\"%s\"", result[cases[i].test].text);
		result[cases[i].test].code = 0;
		all_pass(result);
		assert_int_equal(nax_port_reset(s->port, &s->err), 0);
		sim_wait_link(s);
		assert_true(passes(s));
		sim_close(s);
	}
}

/* The NVM's checksum is wrong: written behind the driver's back, by its own reads. */
static void selftest_nvm(void **state)
{
	struct nax_error result[NAX_TESTS];
	struct sim *s = up(0x10f9, NULL);

	lies(s, EERD, 1u << 16, 0);
	assert_int_equal(nax_port_selftest(s->port, true, result, &s->err), 0);
	s->tap_read = NULL;
	assert_int_equal(result[NAX_TEST_NVM].code, -EIO);
	assert_non_null(strstr(result[NAX_TEST_NVM].text, "checksum"));
	result[NAX_TEST_NVM].code = 0;
	all_pass(result);
	sim_close(s);
}

/* ---- gone in the middle ---- */

static unsigned int left;

static void tap_gone(struct sim *s, unsigned int region, u64 offset, void *data, unsigned int len)
{
	if (!region && left && !--left)
		nicsim_fault(s->device, NICSIM_GONE, 0);
	if (!region && !left)
		memset(data, 0xff, len);
}

/* After any number of register reads the device is gone; nothing leaks, and it is said. */
static void gone_in_the_middle(void **state)
{
	static const unsigned int after[] = { 1, 2, 5, 20, 100, 400, 1000, 1500, 3000 };
	struct nax_module_page page = { .i2c_address = 0x50, .len = 64 };
	struct nax_error result[NAX_TESTS];
	u8 data[256] = { 1 };
	unsigned int i;

	for (i = 0; i < 3 * 9; i++) {
		struct sim *s = up(0x10fb, "da");
		int err;

		left = after[i % 9];
		s->tap_read = tap_gone;
		switch (i / 9) {
		case 0:
			err = nax_port_nvm_write(s->port, 0x400, 200, data, &s->err);
			break;
		case 1:
			err = nax_port_module_read(s->port, &page, data, &s->err);
			break;
		default:
			err = nax_port_selftest(s->port, true, result, &s->err);
			break;
		}
		if (!left) {
			assert_int_equal(err, -ENODEV);
			sim_run(s, 20000);
			assert_string_equal(sim_state(s), "gone");
			refused(s, nax_port_identify(s->port, NAX_LED_ON, &s->err), -ENODEV, "gone");
			refused(s, nax_port_nvm_read(s->port, 0, 1, data, &s->err), -ENODEV, "gone");
		} else {
			assert_int_equal(err, 0);
		}
		sim_close(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nvm_read_write),
		cmocka_unit_test(nvm_while_down),
		cmocka_unit_test(nvm_out_of_range),
		cmocka_unit_test(nvm_faults),
		cmocka_unit_test(nvm_write_protected),
		cmocka_unit_test(semaphore_never_granted),
		cmocka_unit_test(module_memory),
		cmocka_unit_test(module_refused),
		cmocka_unit_test(lamps),
		cmocka_unit_test(selftest_up),
		cmocka_unit_test(selftest_small),
		cmocka_unit_test(selftest_down),
		cmocka_unit_test(selftest_link_down),
		cmocka_unit_test(selftest_fails),
		cmocka_unit_test(selftest_nvm),
		cmocka_unit_test(gone_in_the_middle),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
