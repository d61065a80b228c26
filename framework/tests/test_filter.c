// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links: framework/core, fake.c, fake_driver.c. Receive filter and RSS: checks, limits, defaults. */
#include <string.h>

#include "fake.h"

static const u8 unicast[8][6] = {
	{ 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 1, 1 }, { 2, 0, 0, 0, 1, 2 }, { 2, 0, 0, 0, 1, 3 },
	{ 2, 0, 0, 0, 1, 4 }, { 2, 0, 0, 0, 1, 5 }, { 2, 0, 0, 0, 1, 6 }, { 2, 0, 0, 0, 1, 7 },
};

static const u8 multicast[4][6] = {
	{ 1, 0, 0x5e, 0, 0, 1 }, { 1, 0, 0x5e, 0, 0, 2 }, { 0x33, 0x33, 0, 0, 0, 1 },
	{ 0x33, 0x33, 0, 0, 0, 2 },
};

static u32 vlans[NAX_VLAN_WORDS];

static void test_defaults(void **state)
{
	struct fake *f = fake_up(0, 2);
	struct nax_filter out;

	(void)state;
	assert_int_equal(f->filter.flags, NAX_FILTER_BROADCAST);
	assert_int_equal(f->filter.n_ucast, 1);
	assert_int_equal(f->filter.n_mcast, 0);
	assert_memory_equal(f->filter.ucast[0], f->caps.perm_mac, 6);
	nax_adapter_get_filter(f->a, &out);
	assert_memory_equal(out.ucast[0], f->caps.perm_mac, 6);
	fake_destroy(f);
}

static void test_overflow(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_filter in = {
		.flags = NAX_FILTER_BROADCAST, .n_ucast = 4, .ucast = unicast,
		.n_mcast = 3, .mcast = multicast,
	};

	(void)state;
	/* the device has 4 unicast and 3 multicast entries */
	assert_int_equal(nax_adapter_set_filter(f->a, &in, NULL), 0);
	assert_int_equal(f->filter.flags, NAX_FILTER_BROADCAST);
	assert_int_equal(f->filter.n_ucast, 4);
	assert_memory_equal(f->filter.ucast[3], unicast[3], 6);
	assert_int_equal(f->filter.n_mcast, 3);
	assert_memory_equal(f->filter.mcast[2], multicast[2], 6);

	in.n_mcast = 4;
	assert_int_equal(nax_adapter_set_filter(f->a, &in, NULL), 0);
	assert_int_equal(f->filter.flags, NAX_FILTER_BROADCAST | NAX_FILTER_ALLMULTI);
	assert_int_equal(f->filter.n_mcast, 0);
	in.n_ucast = 5;
	in.n_mcast = 0;
	assert_int_equal(nax_adapter_set_filter(f->a, &in, NULL), 0);
	assert_int_equal(f->filter.flags, NAX_FILTER_BROADCAST | NAX_FILTER_PROMISC);
	assert_int_equal(f->filter.n_ucast, 4);
	/* the own address is in the table whether it was listed or not, and once */
	in.n_ucast = 3;
	in.ucast = &unicast[1];
	assert_int_equal(nax_adapter_set_filter(f->a, &in, NULL), 0);
	assert_int_equal(f->filter.flags, NAX_FILTER_BROADCAST);
	assert_int_equal(f->filter.n_ucast, 4);
	assert_memory_equal(f->filter.ucast[0], unicast[0], 6);
	fake_destroy(f);
}

static void test_vlan(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_filter in = { .flags = NAX_FILTER_VLAN, .vlan = vlans };
	struct nax_config c = *nax_adapter_config(f->a);

	(void)state;
	memset(vlans, 0, sizeof(vlans));
	vlans[3] = 0x80;
	assert_int_equal(nax_adapter_set_filter(f->a, &in, NULL), 0);
	vlans[3] = 0;
	assert_int_equal(f->filter.flags, NAX_FILTER_VLAN);
	assert_int_equal(f->filter.vlan[3], 0x80);
	/* a device that does not filter tags passes all */
	c.offloads &= ~NAX_OFFLOAD_VLAN_FILTER;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_int_equal(f->filter.flags, 0);
	c.offloads |= NAX_OFFLOAD_VLAN_FILTER;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_int_equal(f->filter.flags, NAX_FILTER_VLAN);
	/* what was got can be given back */
	nax_adapter_get_filter(f->a, &in);
	assert_int_equal(nax_adapter_set_filter(f->a, &in, NULL), 0);
	assert_int_equal(f->filter.vlan[3], 0x80);
	fake_destroy(f);
}

static void refuse_filter(struct fake *f, const struct nax_filter *in, const char *text)
{
	struct nax_error err;

	fake_journal(f, FAKE_DRIVER);
	assert_int_equal(nax_adapter_set_filter(f->a, in, &err), -EINVAL);
	assert_string_equal(err.text, text);
	assert_string_equal(fake_journal(f, 0), "");
}

static void test_filter_refused(void **state)
{
	struct fake *f = fake_up(0, 1);
	static const u8 zero[1][6];
	struct nax_filter in = { .flags = 0x10 };
	struct nax_error err;

	(void)state;
	refuse_filter(f, &in, "filter.flags is 0x10: must be some bits of 0xf");
	in = (struct nax_filter){ .n_ucast = 2 };
	refuse_filter(f, &in, "filter.ucast is NULL: must hold 2 addresses");
	in = (struct nax_filter){ .n_mcast = 7 };
	refuse_filter(f, &in, "filter.mcast is NULL: must hold 7 addresses");
	in = (struct nax_filter){ .flags = NAX_FILTER_VLAN };
	refuse_filter(f, &in, "filter.vlan is NULL: must hold 128 words with NAX_FILTER_VLAN");
	in = (struct nax_filter){ .n_ucast = 1, .ucast = multicast };
	refuse_filter(f, &in, "filter.ucast[0] is 01:00:5e:00:00:01: must be unicast and not zero");
	in = (struct nax_filter){ .n_ucast = 1, .ucast = zero };
	refuse_filter(f, &in, "filter.ucast[0] is 00:00:00:00:00:00: must be unicast and not zero");
	in = (struct nax_filter){ .n_mcast = 1, .mcast = unicast };
	refuse_filter(f, &in, "filter.mcast[0] is 02:00:00:00:00:01: must be multicast");

	in = (struct nax_filter){ .n_ucast = 4, .ucast = unicast };
	f->alloc_in = 1;
	assert_int_equal(nax_adapter_set_filter(f->a, &in, &err), -ENOMEM);
	assert_string_equal(err.text, "no memory for a filter of 4 addresses");
	assert_int_equal(f->filter.n_ucast, 1);
	nax_adapter_detach(f->a);
	assert_int_equal(nax_adapter_set_filter(f->a, &in, &err), -ENODEV);
	assert_string_equal(err.text, "adapter is detached: no driver is there");
	fake_destroy(f);
}

/* Set before there are queues, in force once there are. */
static void test_set_while_attached(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_filter in = { .n_mcast = 2, .mcast = multicast };
	struct nax_config c;
	struct nax_rss rss;
	u32 i;

	(void)state;
	fake_journal(f, FAKE_DRIVER);
	assert_int_equal(nax_adapter_set_filter(f->a, &in, NULL), 0);
	nax_adapter_get_rss(f->a, &rss);
	for (i = 0; i < 16; i++)
		rss.table[i] = (15 - i) % 2;
	rss.types = 1u << NAX_HASH_IPV4;
	assert_int_equal(nax_adapter_set_rss(f->a, &rss, NULL), 0);
	assert_string_equal(fake_journal(f, 0), "");
	fake_config(f, 2, &c);
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	assert_int_equal(f->filter.n_mcast, 2);
	assert_memory_equal(&f->rss, &rss, sizeof(rss));
	/* with one queue it does not fit: a new table, the same key and types */
	nax_adapter_down(f->a);
	assert_int_equal(nax_adapter_set_rss(f->a, &rss, NULL), 0);
	c.n_rxq = 1;
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	assert_int_equal(f->rss.table[0] | f->rss.table[2], 0);
	assert_int_equal(f->rss.types, 1u << NAX_HASH_IPV4);
	assert_memory_equal(f->rss.key, rss.key, sizeof(rss.key));
	fake_destroy(f);
}

static void test_rss_default(void **state)
{
	struct fake *f = fake_up(0, 8);
	struct nax_config c = *nax_adapter_config(f->a);
	struct nax_rss first;
	u32 i, zero = 0;

	(void)state;
	assert_int_equal(f->rss.entries, 16);
	assert_int_equal(f->rss.key_len, 40);
	assert_int_equal(f->rss.types, f->caps.rss_types);
	/* RSS reaches 4 of the 8 queues */
	for (i = 0; i < 16; i++)
		assert_int_equal(f->rss.table[i], i % 4);
	for (i = 0; i < 40; i++)
		zero += !f->rss.key[i];
	assert_true(zero < 8);
	first = f->rss;
	c.n_rxq = 3;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	for (i = 0; i < 16; i++)
		assert_int_equal(f->rss.table[i], i % 3);
	assert_memory_equal(f->rss.key, first.key, 40);
	fake_destroy(f);
	/* another start, another key: the fake has no randomness to offer */
	f = fake_create(0);
	f->time_ns += 12345;
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, NULL), 0);
	fake_config(f, 8, &c);
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	assert_memory_not_equal(f->rss.key, first.key, 40);
	fake_destroy(f);
}

/* A table that was set stays with more queues, and goes when one is missing that it names. */
static void test_rss_kept(void **state)
{
	struct fake *f = fake_up(0, 2);
	struct nax_config c = *nax_adapter_config(f->a);
	struct nax_rss rss;
	u32 i;

	(void)state;
	nax_adapter_get_rss(f->a, &rss);
	for (i = 0; i < 16; i++)
		rss.table[i] = i % 8 ? 1 : 0;
	assert_int_equal(nax_adapter_set_rss(f->a, &rss, NULL), 0);
	c.n_rxq = 4;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_memory_equal(f->rss.table, rss.table, sizeof(rss.table));
	nax_adapter_down(f->a);
	c.n_rxq = 3;
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	assert_memory_equal(f->rss.table, rss.table, sizeof(rss.table));
	c.n_rxq = 1;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_int_equal(f->rss.table[1], 0);
	/* all queues in turn, with another key: not kept */
	nax_adapter_get_rss(f->a, &rss);
	rss.key[0]++;
	assert_int_equal(nax_adapter_set_rss(f->a, &rss, NULL), 0);
	c.n_rxq = 4;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	for (i = 0; i < 16; i++)
		assert_int_equal(f->rss.table[i], i % 4);
	assert_int_equal(f->rss.key[0], rss.key[0]);
	fake_destroy(f);
}

static void test_rss_refused(void **state)
{
	struct fake *f = fake_up(0, 3);
	struct nax_rss good, rss;
	struct nax_error err;
	u32 i;
	static const struct {
		size_t offset;
		u16 value;
		const char *text;
	} cases[] = {
		{ offsetof(struct nax_rss, entries), 8, "rss.entries is 8: must be 16" },
		{ offsetof(struct nax_rss, entries), 0, "rss.entries is 0: must be 16" },
		{ offsetof(struct nax_rss, key_len), 41, "rss.key_len is 41: must be 40" },
		{ offsetof(struct nax_rss, key_len), 65535, "rss.key_len is 65535: must be 40" },
		{ offsetof(struct nax_rss, types), 1u << NAX_HASH_IPV6_UDP,
		  "rss.types is 0x40: must be some bits of 0x16" },
		{ offsetof(struct nax_rss, table[5]), 3,
		  "rss.table[5] is 3: must be below 3, the receive queues that RSS can use" },
		{ offsetof(struct nax_rss, table[15]), 65535,
		  "rss.table[15] is 65535: must be below 3, the receive queues that RSS can use" },
	};

	(void)state;
	nax_adapter_get_rss(f->a, &good);
	fake_journal(f, FAKE_DRIVER);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		rss = good;
		memcpy((u8 *)&rss + cases[i].offset, &cases[i].value, 2);
		assert_int_equal(nax_adapter_set_rss(f->a, &rss, &err), -EINVAL);
		assert_string_equal(err.text, cases[i].text);
	}
	assert_string_equal(fake_journal(f, 0), "");
	nax_adapter_get_rss(f->a, &rss);
	assert_memory_equal(&rss, &good, sizeof(good));
	/* hashing may be switched off */
	rss.types = 0;
	assert_int_equal(nax_adapter_set_rss(f->a, &rss, &err), 0);
	assert_int_equal(f->rss.types, 0);
	fake_destroy(f);

	f = fake_create(0);
	f->caps.offloads &= ~NAX_OFFLOAD_RSS;
	f->caps.rss_entries = 0;
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, NULL), 0);
	assert_int_equal(nax_adapter_set_rss(f->a, &good, &err), -EOPNOTSUPP);
	fake_destroy(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_vlan),
		cmocka_unit_test(test_filter_refused),
		cmocka_unit_test(test_set_while_attached),
		cmocka_unit_test(test_rss_default),
		cmocka_unit_test(test_rss_kept),
		cmocka_unit_test(test_rss_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
