// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Attach of the 82599 driver: every device id, limits, NVM, and all the ways it can be refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simport.h"

static struct nicsim_port_config base(void)
{
	struct nicsim_port_config c = { .name = "t0", .model = "82599" };

	memcpy(c.mac, sim_mac, 6);
	return c;
}

/* Open and expect a refusal with @code, 0: any, whose text has @text. */
static void refused(struct sim *s, int code, const char *text)
{
	int ret = sim_open(s, 2);

	assert_true(ret < 0);
	if (code)
		assert_int_equal(ret, code);
	if (!strstr(s->err.text, text))
		fail_msg("\"%s\" lacks \"%s\"", s->err.text, text);
	assert_null(s->port);
	sim_close(s);
}

static void every_id_attaches(void **state)
{
	static const u16 ids[] = {
		0x10f7, 0x10f8, 0x10f9, 0x10fb, 0x10fc, 0x1507, 0x1514, 0x1517, 0x1529,
		0x152a, 0x154a, 0x154d, 0x154f, 0x1557,
	};
	struct nax_port_info info;
	unsigned int i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct nicsim_port_config c = base();
		struct sim *s;

		c.device_id = ids[i];
		s = sim_create(&c);
		if (sim_open(s, 2) < 0)
			fail_msg("%04x: %s\n%s", ids[i], s->err.text, s->log);
		nax_port_info(s->port, &info);
		assert_string_equal(info.driver, "ixgbe");
		assert_int_equal(info.device, ids[i]);
		assert_non_null(strstr(info.model, "82599"));
		assert_memory_equal(info.mac, sim_mac, 6);
		assert_string_equal(info.state, "attached");
		sim_close(s);
	}
}

/* Taps that make the driver read something else than the device has. */
struct lie {
	unsigned int region;
	u64 offset;
	u32 value;
	unsigned int len;
};

static void tell_lies(struct sim *s, unsigned int region, u64 offset, void *data, unsigned int len)
{
	const struct lie *lie;

	for (lie = s->tap_arg; lie->len; lie++)
		if (lie->region == region && lie->offset == offset)
			memcpy(data, &lie->value, len < lie->len ? len : lie->len);
}

/* Two ids whose media nicsim does not model: a QSFP+ cage and a 10GBASE-T PHY. */
static void ids_not_modelled(void **state)
{
	struct lie qsfp[] = { { 7, 2, 0x1558, 2 }, { 0 } };
	struct lie base_t[] = { { 7, 2, 0x151c, 2 }, { 0 } };
	const struct { u16 model; struct lie *lie; } ids[] = {
		{ 0x10fb, qsfp }, { 0x10f9, base_t },
	};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct nicsim_port_config c = base();
		struct nax_port_info info;
		struct nax_link link;
		struct sim *s;

		c.device_id = ids[i].model;
		s = sim_create(&c);
		s->tap_arg = ids[i].lie;
		s->tap_read = tell_lies;
		if (sim_open(s, 2) < 0 || sim_start(s) < 0)
			fail_msg("%s", s->err.text);
		sim_wait_link(s);
		nax_port_info(s->port, &info);
		assert_int_equal(info.device, ids[i].lie->value);
		nax_port_link(s->port, &link);
		assert_int_equal(link.media, i ? NAX_MEDIA_TWISTED_PAIR : NAX_MEDIA_DIRECT_ATTACH);
		if (i) {
			s->config.link.modes = NAX_LINK_1G;
			assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err),
					 -EINVAL);
			assert_non_null(strstr(s->err.text, "10GBASE-T"));
		}
		sim_close(s);
	}
}

static void every_media_links_up(void **state)
{
	static const u16 ids[] = { 0x10f9, 0x10f7, 0x10fc, 0x10fb, 0x1517 };
	unsigned int i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct nicsim_port_config c = base();
		struct nax_link link;
		struct sim *s;

		c.device_id = ids[i];
		s = sim_up(&c, 1);
		nax_port_link(s->port, &link);
		assert_int_equal(link.speed, 10000);
		assert_true(link.full_duplex);
		sim_close(s);
	}
}

static void limits(void **state)
{
	struct nicsim_port_config c = base();
	struct sim *s = sim_create(&c);
	const struct nax_caps *caps;

	assert_int_equal(sim_open(s, 2), 0);
	caps = nax_port_caps(s->port);
	assert_true(caps->rxq_max >= 64);
	assert_true(caps->txq_max >= 64);
	assert_int_equal(caps->rss_queues_max, 16);
	assert_int_equal(caps->rss_entries, 128);
	assert_int_equal(caps->rss_key_len, 40);
	assert_int_equal(caps->mtu_max, 9710);
	assert_int_equal(caps->tx_desc_size, 16);
	assert_int_equal(caps->rx_desc_size, 16);
	assert_int_equal(caps->tx_overhead, 1);
	assert_int_equal(caps->ucast_max, 128);
	assert_true(caps->offloads & NAX_OFFLOAD_TSO4);
	assert_true(caps->offloads & NAX_OFFLOAD_TSO6);
	assert_true(caps->offloads & NAX_OFFLOAD_USO);
	assert_int_equal(caps->offloads & NAX_OFFLOAD_TX_CSUM, NAX_OFFLOAD_TX_CSUM);
	assert_true(caps->pause);
	assert_true(caps->nvm_version[0]);
	sim_close(s);
}

static void wrong_vendor(void **state)
{
	struct nicsim_port_config c = base();

	c.vendor_id = 0x1234;
	refused(sim_create(&c), 0, "1234");
}

static void bar_too_small(void **state)
{
	struct nicsim_port_config c = base();

	c.bar0_size = 0x10000;
	refused(sim_create(&c), 0, "BAR");
}

static void nvm_checksum(void **state)
{
	struct nicsim_port_config c = base();

	c.nvm_bad_checksum = true;
	refused(sim_create(&c), -EIO, "checksum");
}

static void mac_invalid(void **state)
{
	struct lie multicast[] = {
		{ 0, 0xa200, 0x105e0003, 4 }, { 0, 0xa204, 0x80003020, 4 }, { 0 },
	};
	struct lie zero[] = {
		{ 0, 0xa200, 0, 4 }, { 0, 0xa204, 0x80000000, 4 }, { 0 },
	};
	struct nicsim_port_config c = base();
	struct sim *s = sim_create(&c);

	s->tap_arg = multicast;
	s->tap_read = tell_lies;
	refused(s, -EINVAL, "03:00:5e:10:20:30");
	s = sim_create(&c);
	s->tap_arg = zero;
	s->tap_read = tell_lies;
	refused(s, -EINVAL, "00:00:00:00:00:00");
}

static struct sim *with_nvm(const u16 (*words)[2])
{
	struct nicsim_port_config c = base();

	c.nvm_words = words;
	return sim_create(&c);
}

/* Registers that never say what they must: each is waited for, with a limit, and named. */
static void waits_are_bounded(void **state)
{
	static const struct {
		u64 reg;
		u32 value;
		int code;
		const char *text;
	} cases[] = {
		{ 0x00008, 0xffffffff, -ENODEV, "0x00008" },
		{ 0x10010, 0x00000200, -EIO, "EEC.PRES" },
		{ 0x10010, 0x00000100, -ETIMEDOUT, "EEC.ARD" },
		{ 0x02f00, 0x00000000, -ETIMEDOUT, "DMAIDONE" },
		{ 0x10014, 0x00000000, -ETIMEDOUT, "EERD" },
		{ 0x10140, 0x00000000, -EBUSY, "SWESMBI" },
		{ 0x10160, 0x00000020, -EBUSY, "SW_FW_SYNC" },
	};
	struct nicsim_port_config c = base();
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lie lie[] = { { 0, cases[i].reg, cases[i].value, 4 }, { 0 } };
		struct sim *s = sim_create(&c);

		s->tap_arg = lie;
		s->tap_read = tell_lies;
		/* what the driver does by the lies is not what it would do by the truth */
		s->errors_expected = true;
		refused(s, cases[i].code, cases[i].text);
	}
}

/* What only spoils the link or the start does not spoil the attach. */
static void started_on_lies(void **state)
{
	struct lie secrx[] = { { 0, 0x8d04, 0, 4 }, { 0 } };
	struct lie phy[] = { { 0, 0x10160, 0x40, 4 }, { 0 } };
	struct nicsim_port_config c = base();
	struct nax_link link;
	struct sim *s = sim_create(&c);

	s->tap_arg = secrx;
	s->tap_read = tell_lies;
	if (sim_open(s, 2) < 0 || sim_start(s) < 0)
		fail_msg("%s", s->err.text);
	assert_non_null(strstr(s->log, "SECRX"));
	sim_wait_link(s);
	sim_close(s);

	/* firmware never gives the module's bus away */
	c.device_id = 0x10fb;
	s = sim_create(&c);
	s->tap_arg = phy;
	s->tap_read = tell_lies;
	s->errors_expected = true;
	if (sim_open(s, 2) < 0 || sim_start(s) < 0)
		fail_msg("%s", s->err.text);
	sim_run(s, 3000000);
	nax_port_link(s->port, &link);
	assert_false(link.up);
	assert_non_null(strstr(link.reason, "SW_FW_SYNC"));
	sim_close(s);
}

/* A section counts in the checksum; a pointer past the end is refused, not followed. */
static void nvm_sections(void **state)
{
	static const u16 section[][2] = {
		{ 0x04, 0x200 }, { 0x200, 3 }, { 0x201, 0x1111 }, { 0x202, 0x2222 },
		{ 0x203, 0x3333 }, { 0xffff, 0 },
	};
	static const u16 beyond[][2] = { { 0x09, 0x7ffe }, { 0xffff, 0 } };
	struct sim *s = with_nvm(section);

	if (sim_open(s, 2) < 0)
		fail_msg("%s", s->err.text);
	sim_close(s);
	refused(with_nvm(beyond), -EINVAL, "0x7ffe");
}

static void slow_nvm(struct sim *s, unsigned int region, u64 offset, void *data, unsigned int len)
{
	if (region == 0 && offset == 0x10014)
		nicsim_advance(s->world, 15000000);
}

/* Every word comes within its limit, but there are so many that nobody should wait for them. */
static void nvm_too_slow(void **state)
{
	static const u16 long_section[][2] = {
		{ 0x04, 0x200 }, { 0x200, 0xd00 }, { 0xffff, 0 },
	};
	struct sim *s = with_nvm(long_section);

	s->tap_read = slow_nvm;
	refused(s, -ETIMEDOUT, "10000 ms");
}

static void nvm_version_is(const u16 (*words)[2], const char *version, const char *board)
{
	struct sim *s = with_nvm(words);

	if (sim_open(s, 2) < 0)
		fail_msg("%s", s->err.text);
	assert_string_equal(nax_port_caps(s->port)->nvm_version, version);
	assert_string_equal(nax_port_caps(s->port)->board, board);
	sim_close(s);
}

static void nvm_versions(void **state)
{
	static const u16 both[][2] = {
		{ 0x2d, 0x0208 }, { 0x2e, 0x8000 }, { 0x15, 0xfafa }, { 0x16, 0x180 }, { 0x180, 6 },
		{ 0x181, 0x4536 }, { 0x182, 0x3635 }, { 0x183, 0x3630 }, { 0x184, 0x2d30 },
		{ 0x185, 0x3007 }, { 0xffff, 0 },
	};
	static const u16 swapped[][2] = {
		{ 0x2d, 0x8000 }, { 0x2e, 0x0208 }, { 0x15, 0xe665 }, { 0x16, 0x6003 },
		{ 0xffff, 0 },
	};
	static const u16 none[][2] = {
		{ 0x2d, 0xffff }, { 0x2e, 0xffff }, { 0x15, 0xffff }, { 0x16, 0xffff },
		{ 0xffff, 0 },
	};
	static const u16 etrack[][2] = {
		{ 0x2d, 0x0208 }, { 0x2e, 0x8000 }, { 0x15, 0xfafa }, { 0x16, 0xffff },
		{ 0xffff, 0 },
	};

	nvm_version_is(both, "0x80000208", "E66560-00?");
	nvm_version_is(swapped, "0x80000208", "E66560-003");
	nvm_version_is(none, "", "");
	nvm_version_is(etrack, "0x80000208", "");
}

static void fault_at_attach(enum nicsim_fault fault, int code, const char *text)
{
	struct nicsim_port_config c = base();
	struct sim *s = sim_create(&c);

	nicsim_fault(s->device, fault, 0);
	refused(s, code, text);
}

static void reset_never_ends(void **state)
{
	fault_at_attach(NICSIM_RESET_STUCK, -ETIMEDOUT, "CTRL");
}

/* Section 10.5.4: an owner of SMBI that never gives it back is passed by. */
static void smbi_never_granted(void **state)
{
	struct nicsim_port_config c = base();
	struct sim *s = sim_create(&c);

	nicsim_fault(s->device, NICSIM_SEMAPHORE, 0);
	if (sim_open(s, 2) < 0)
		fail_msg("%s", s->err.text);
	assert_non_null(strstr(s->log, "SMBI"));
	sim_close(s);
}

/* Let the device be used before the driver comes: memory decoding on, then read or write. */
static void poke(struct sim *s, u32 reg, bool write, u32 value)
{
	u16 command = 2;

	assert_int_equal(nicsim_region_write(s->device, NICSIM_REGION_CONFIG, 4, &command, 2), 0);
	if (write)
		assert_int_equal(nicsim_region_write(s->device, 0, reg, &value, 4), 0);
	else
		assert_int_equal(nicsim_region_read(s->device, 0, reg, &value, 4), 0);
}

/* A driver that died with SMBI, or with a bit of SW_FW_SYNC, does not lock us out. */
static void stale_semaphores_are_broken(void **state)
{
	struct nicsim_port_config c = base();
	struct sim *s = sim_create(&c);

	poke(s, 0x10140, false, 0);
	if (sim_open(s, 2) < 0)
		fail_msg("%s", s->err.text);
	assert_non_null(strstr(s->log, "SMBI"));
	sim_close(s);

	s = sim_create(&c);
	poke(s, 0x10160, true, 1);
	if (sim_open(s, 2) < 0)
		fail_msg("%s", s->err.text);
	assert_non_null(strstr(s->log, "SW_FW_SYNC"));
	s->errors_expected = true;	/* the poke was one */
	sim_close(s);
}

/* SWSM.SMBI comes, but late each time; firmware never gives its bit of SW_FW_SYNC back. */
static void tell_slowly(struct sim *s, unsigned int region, u64 offset, void *data,
			unsigned int len)
{
	u32 word;

	if (region || len != sizeof(word))
		return;
	memcpy(&word, data, sizeof(word));
	if (offset == 0x10140)
		word = (word & 2) | (nicsim_time(s->world) % 100000000 < 90000000);
	if (offset == 0x10160)
		word |= 0x20;
	memcpy(data, &word, sizeof(word));
}

static void slow_semaphores_are_bounded(void **state)
{
	struct nicsim_port_config c = base();
	struct sim *s = sim_create(&c);
	u64 from = nicsim_time(s->world);

	s->tap_read = tell_slowly;
	s->errors_expected = true;
	assert_int_equal(sim_open(s, 2), -EBUSY);
	assert_non_null(strstr(s->err.text, "SW_FW_SYNC"));
	assert_in_range((nicsim_time(s->world) - from) / 1000000, 1000, 2500);
	sim_close(s);
}

static void all_ones_at_attach(void **state)
{
	fault_at_attach(NICSIM_GONE, -ENODEV, "");
}

static void master_stuck_is_survived(void **state)
{
	struct nicsim_port_config c = base();
	struct sim *s = sim_create(&c);

	nicsim_fault(s->device, NICSIM_MASTER_STUCK, 0);
	if (sim_open(s, 2) < 0)
		fail_msg("%s", s->err.text);
	sim_close(s);
}

/* After every refusal the same device must attach once the trouble is over. */
static void attach_after_refusal(void **state)
{
	struct nicsim_port_config c = base();
	struct sim *s = sim_create(&c);

	nicsim_fault(s->device, NICSIM_RESET_STUCK, 0);
	assert_int_equal(sim_open(s, 2), -ETIMEDOUT);
	nicsim_fault_clear(s->device, NICSIM_RESET_STUCK);
	nicsim_port_reset(s->device);
	if (sim_open(s, 2) < 0)
		fail_msg("%s", s->err.text);
	sim_close(s);
}

static void sfp(const char *module, bool up, enum nax_media media, const char *reason)
{
	struct nicsim_port_config c = base();
	struct nax_link link;
	struct sim *s;

	c.device_id = 0x10fb;
	c.module = module;
	s = sim_create(&c);
	if (sim_open(s, 2) < 0 || sim_start(s) < 0)
		fail_msg("%s: %s", module, s->err.text);
	sim_run(s, 3000000);
	nax_port_link(s->port, &link);
	assert_int_equal(link.up, up);
	if (up) {
		assert_int_equal(link.media, media);
		assert_true(link.module[0]);
		assert_string_equal(link.reason, "");
	} else if (!strstr(link.reason, reason)) {
		fail_msg("%s: \"%s\" lacks \"%s\"", module, link.reason, reason);
	}
	sim_close(s);
}

static void sfp_modules(void **state)
{
	sfp("da", true, NAX_MEDIA_DIRECT_ATTACH, "");
	sfp("sr", true, NAX_MEDIA_FIBER, "");
	sfp("lr", true, NAX_MEDIA_FIBER, "");
	sfp("1000t", false, NAX_MEDIA_UNKNOWN, "1000BASE-T");
	sfp("none", false, NAX_MEDIA_UNKNOWN, "module");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_id_attaches),
		cmocka_unit_test(ids_not_modelled),
		cmocka_unit_test(every_media_links_up),
		cmocka_unit_test(limits),
		cmocka_unit_test(wrong_vendor),
		cmocka_unit_test(bar_too_small),
		cmocka_unit_test(nvm_checksum),
		cmocka_unit_test(waits_are_bounded),
		cmocka_unit_test(started_on_lies),
		cmocka_unit_test(nvm_sections),
		cmocka_unit_test(nvm_too_slow),
		cmocka_unit_test(nvm_versions),
		cmocka_unit_test(mac_invalid),
		cmocka_unit_test(reset_never_ends),
		cmocka_unit_test(smbi_never_granted),
		cmocka_unit_test(stale_semaphores_are_broken),
		cmocka_unit_test(slow_semaphores_are_bounded),
		cmocka_unit_test(all_ones_at_attach),
		cmocka_unit_test(master_stuck_is_survived),
		cmocka_unit_test(attach_after_refusal),
		cmocka_unit_test(sfp_modules),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
