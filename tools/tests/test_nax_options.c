// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Options of nax: numbers, durations, rates, tables, lists of offloads. Links nax-tool. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "describe.h"
#include "options.h"

struct number_case {
	const char *text;
	int rc;
	u64 value;
};

static void number(void **state)
{
	static const struct number_case cases[] = {
		{ "0", 0, 0 },
		{ "64", 0, 64 },
		{ "1k", 0, 1000 },
		{ "1.5M", 0, 1500000 },
		{ "2G", 0, 2000000000 },
		{ "4Ki", 0, 4096 },
		{ "0.5k", 0, 500 },
		{ "1.5Ki", 0, 1536 },
		{ "0.25Gi", 0, 1ull << 28 },
		{ "0.0009765625Ki", 0, 1 },
		{ "0.000000000931322574615478515625Gi", 0, 1 },
		{ "1.10Ki", -EINVAL, 0 },
		{ "1.3333333333333333333333333333333333333333333333333Ki", -EINVAL, 0 },
		{ "0.5000000000000000000000000000000000000000000000000Ki", 0, 512 },
		{ "0.0", 0, 0 },
		{ "17179869183.999999999Gi", -EINVAL, 0 },
		{ "17179869183.9999999990686774253845214843750Gi", 0, UINT64_MAX },
		{ "1.000k", 0, 1000 },
		{ "18446744073709551615", 0, UINT64_MAX },
		{ "18446744073709551616", -EINVAL, 0 },
		{ "18446744073709551615k", -EINVAL, 0 },
		{ "1.5", -EINVAL, 0 },
		{ "1.0005k", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ ".5k", -EINVAL, 0 },
		{ "5.", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ "1kk", -EINVAL, 0 },
		{ "1e3", -EINVAL, 0 },
		{ "nan", -EINVAL, 0 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nax_error err = { 0 };
		u64 v = 77;

		assert_int_equal(opt_number("--n", cases[i].text, 0, UINT64_MAX, &v, &err),
				 cases[i].rc);
		assert_int_equal(v, cases[i].rc ? 77 : cases[i].value);
		assert_int_equal(err.code, cases[i].rc);
	}
}

static void number_limits(void **state)
{
	struct nax_error err = { 0 };
	u64 v = 0;

	assert_int_equal(opt_number("--ring", "7", 8, 4096, &v, &err), -EINVAL);
	assert_string_equal(err.text, "--ring is 7: must be from 8 to 4096");
	assert_int_equal(opt_number("--ring", "4097", 8, 4096, &v, &err), -EINVAL);
	assert_int_equal(opt_number("--ring", "8", 8, 4096, &v, &err), 0);
	assert_int_equal(opt_number("--ring", "4096", 8, 4096, &v, &err), 0);
	assert_int_equal(v, 4096);
	assert_int_equal(opt_number("--ring", "many", 8, 4096, &v, &err), -EINVAL);
	assert_non_null(strstr(err.text, "--ring is \"many\""));
	assert_non_null(strstr(err.text, "8 to 4096"));
}

static void duration(void **state)
{
	static const struct number_case cases[] = {
		{ "1", 0, 1000000000 },	       { "0.25", 0, 250000000 },
		{ "200ms", 0, 200000000 },     { "1.5us", 0, 1500 },
		{ "7ns", 0, 7 },	       { "2m", 0, 120000000000ull },
		{ "1h", 0, 3600000000000ull }, { "1.5ns", -EINVAL, 0 },
		{ "1d", -EINVAL, 0 },	       { "99999999999h", -EINVAL, 0 },
	};
	struct nax_error err = { 0 };
	unsigned int i;
	u64 v;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		v = 77;
		assert_int_equal(opt_time("--t", cases[i].text, 0, UINT64_MAX, &v, &err),
				 cases[i].rc);
		assert_int_equal(v, cases[i].rc ? 77 : cases[i].value);
	}
	assert_int_equal(opt_time("--interval", "10ms", 50000000, 3600000000000ull, &v, &err),
			 -EINVAL);
	assert_string_equal(err.text, "--interval is 10ms: must be from 0.050 to 3600 seconds");
}

static void rates(void **state)
{
	static const struct {
		const char *text;
		int rc;
		u64 value;
		bool bits;
	} cases[] = {
		{ "1000", 0, 1000, false },	   { "1.5M", 0, 1500000, false },
		{ "14.88Mpps", 0, 14880000, false }, { "1pps", 0, 1, false },
		{ "10Gbps", 0, 10000000000ull, true }, { "2.5Gbit", 0, 2500000000ull, true },
		{ "100kbit/s", 0, 100000, true },  { "0", -EINVAL, 0, false },
		{ "0bps", -EINVAL, 0, false },	   { "2G", -EINVAL, 0, false },
		{ "2000Gbps", -EINVAL, 0, false }, { "pps", -EINVAL, 0, false },
		{ "fast", -EINVAL, 0, false },	   { "1Gbpspps", -EINVAL, 0, false },
		{ "111111111111111111111111111111111111111", -EINVAL, 0, false },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct opt_rate rate = { 5, false };
		struct nax_error err = { 0 };

		assert_int_equal(opt_rate("--rate", cases[i].text, &rate, &err), cases[i].rc);
		assert_int_equal(rate.value, cases[i].rc ? 5 : cases[i].value);
		assert_int_equal(rate.bits, cases[i].bits);
	}
}

static void macs(void **state)
{
	static const char *const bad[] = {
		"", "02:00:00:00:00", "02:00:00:00:00:01:02", "02-00-00-00-00-01", "2:0:0:0:0:1",
		"02:00:00:00:00:0g", "0x:00:00:00:00:01", "02:00:00:00:00:1 ", "+2:00:00:00:00:01",
	};
	static const u8 want[6] = { 0x02, 0xab, 0xCD, 0, 0xff, 1 };
	struct nax_error err = { 0 };
	unsigned int i;
	u8 mac[6] = { 9, 9, 9, 9, 9, 9 };

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(opt_mac("--src-mac", bad[i], mac, &err), -EINVAL);
		assert_int_equal(mac[0], 9);
	}
	assert_int_equal(opt_mac("--src-mac", "02:ab:CD:00:ff:01", mac, &err), 0);
	assert_memory_equal(mac, want, 6);
}

struct demo_options {
	struct common_options common;
	bool flag;
	u32 ring;
	u64 count;
	u64 time;
	const char *file;
	u8 mac[6];
	int custom;
};

static int parse_custom(const struct opt *o, const char *text, void *dst, struct nax_error *err)
{
	*(int *)dst = (int)strlen(text);
	return 0;
}

#define AT(field) offsetof(struct demo_options, field)
static const struct opt demo_opts[] = {
	{ "flag", 'f', OPT_FLAG, NULL, AT(flag), 0, 0, NULL, "a flag" },
	{ "ring", 'r', OPT_U32, "N", AT(ring), 8, 4096, NULL, "a number" },
	{ "count", 0, OPT_U64, "N", AT(count), 1, UINT64_MAX, NULL, "a large number" },
	{ "time", 't', OPT_TIME, "T", AT(time), 1, UINT64_MAX, NULL, "a time" },
	{ "file", 'w', OPT_STRING, "F", AT(file), 0, 0, NULL, "a name" },
	{ "mac", 0, OPT_MAC, "MAC", AT(mac), 0, 0, NULL, "an address" },
	{ "custom", 'c', OPT_CUSTOM, "X", AT(custom), 0, 0, parse_custom, "its own" },
};
static const struct demo_options demo_defaults = { .ring = 512 };
static const struct command demo = {
	.name = "demo",
	.operands = "A B",
	.n_operands = 2,
	.summary = "for this test",
	.opts = demo_opts,
	.n_opts = sizeof(demo_opts) / sizeof(demo_opts[0]),
	.size = sizeof(struct demo_options),
	.defaults = &demo_defaults,
};
static const struct common_options nothing;

#define PARSE(o, err, ...) parse_list(o, err, (const char *[]){ "demo", __VA_ARGS__, NULL })
static int parse_list(struct demo_options *o, struct nax_error *err, const char *const *words)
{
	char *argv[16];
	int argc = 0;

	for (; words[argc]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc];
	argv[argc] = NULL;
	*err = (struct nax_error){ 0 };
	return opt_parse(&demo, argc, argv, &nothing, o, err);
}

static void table(void **state)
{
	struct demo_options o;
	struct nax_error err;

	assert_int_equal(PARSE(&o, &err, "a", "b"), 0);
	assert_int_equal(o.ring, 512);
	assert_false(o.flag);
	assert_string_equal(o.common.operand[0], "a");
	assert_string_equal(o.common.operand[1], "b");

	/* options may stand between and behind operands */
	assert_int_equal(PARSE(&o, &err, "a", "-f", "--ring", "1Ki", "b", "--count=3G", "-t5ms",
			       "--json"), 0);
	assert_true(o.flag);
	assert_true(o.common.json);
	assert_int_equal(o.ring, 1024);
	assert_int_equal(o.count, 3000000000ull);
	assert_int_equal(o.time, 5000000);
	assert_int_equal(PARSE(&o, &err, "-w", "-", "--mac", "02:00:00:00:00:07", "-c", "four",
			       "a", "b", "--verify", "2", "-q"), 0);
	assert_string_equal(o.file, "-");
	assert_int_equal(o.mac[5], 7);
	assert_int_equal(o.custom, 4);
	assert_int_equal(o.common.verify, 2);
	assert_true(o.common.quiet);

	/* the defaults are back each time */
	assert_int_equal(PARSE(&o, &err, "a", "b"), 0);
	assert_int_equal(o.ring, 512);
	assert_false(o.common.json);
	assert_null(o.file);
}

static void table_refuses(void **state)
{
	struct demo_options o;
	struct nax_error err;

	assert_int_equal(PARSE(&o, &err, "a"), -EINVAL);
	assert_non_null(strstr(err.text, "must be 2"));
	assert_int_equal(PARSE(&o, &err, "a", "b", "c"), -EINVAL);
	assert_int_equal(PARSE(&o, &err, "a", "b", "--nope"), -EINVAL);
	assert_non_null(strstr(err.text, "--nope"));
	assert_int_equal(PARSE(&o, &err, "a", "b", "-x"), -EINVAL);
	assert_non_null(strstr(err.text, "-x"));
	assert_int_equal(PARSE(&o, &err, "a", "b", "--ring"), -EINVAL);
	assert_non_null(strstr(err.text, "--ring"));
	assert_int_equal(PARSE(&o, &err, "a", "b", "--flag=3"), -EINVAL);
	assert_int_equal(PARSE(&o, &err, "a", "b", "--ring", "5"), -EINVAL);
	assert_string_equal(err.text, "--ring is 5: must be from 8 to 4096");
	assert_int_equal(PARSE(&o, &err, "a", "b", "--verify", "3"), -EINVAL);
	assert_string_equal(err.text, "--verify is 3: must be from 0 to 2");
	assert_int_equal(PARSE(&o, &err, "a", "b", "--file", ""), -EINVAL);
	assert_non_null(strstr(err.text, "--file"));
	/* a refused command line does not spoil the next */
	assert_int_equal(PARSE(&o, &err, "a", "b", "-fx"), -EINVAL);
	assert_int_equal(PARSE(&o, &err, "a", "b"), 0);
	/* help is given whatever else is missing */
	assert_int_equal(PARSE(&o, &err, "--help"), 0);
	assert_true(o.common.help);
}

static void before_command(void **state)
{
	char *argv[] = { "nax", "--verify", "1", "--json", "demo", "--ring", "64", "a", "b", NULL };
	struct common_options common;
	struct demo_options o;
	struct nax_error err = { 0 };

	assert_int_equal(opt_parse_common(9, argv, &common, &err), 4);
	assert_int_equal(common.verify, 1);
	assert_true(common.json);
	assert_int_equal(opt_parse(&demo, 5, argv + 4, &common, &o, &err), 0);
	assert_int_equal(o.common.verify, 1);
	assert_true(o.common.json);
	assert_int_equal(o.ring, 64);
	argv[2] = "9";
	assert_int_equal(opt_parse_common(9, argv, &common, &err), -EINVAL);
	assert_string_equal(err.text, "--verify is 9: must be from 0 to 2");
	/* options of commands are not known before them */
	argv[1] = "--ring";
	assert_int_equal(opt_parse_common(9, argv, &common, &err), -EINVAL);
	assert_non_null(strstr(err.text, "--ring"));
}

static void offloads(void **state)
{
	const u64 all = ((1ull << NAX_OFFLOAD_COUNT) - 1) & ~NAX_OFFLOAD_ASKED;
	const u64 placement = NAX_OFFLOAD_RSS | NAX_OFFLOAD_RX_SCATTER;
	struct nax_error err = { 0 };
	u64 v = 0;

	assert_int_equal(offloads_parse("--offloads", "all", &v, &err), 0);
	assert_int_equal(v, all);
	assert_int_equal(offloads_parse("--offloads", "none", &v, &err), 0);
	assert_int_equal(v, placement);
	assert_int_equal(offloads_parse("--offloads", "none,-rss,-rx-scatter", &v, &err), 0);
	assert_int_equal(v, 0);
	assert_int_equal(offloads_parse("--offloads", "tso4,rx-csum", &v, &err), 0);
	assert_int_equal(v, NAX_OFFLOAD_TSO4 | NAX_OFFLOAD_RX_CSUM);
	assert_int_equal(offloads_parse("--offloads", "-gso", &v, &err), 0);
	assert_int_equal(v, all & ~NAX_OFFLOAD_GSO);
	assert_int_equal(offloads_parse("--offloads", "all,-uso,-vlan", &v, &err), 0);
	assert_int_equal(v, all & ~(NAX_OFFLOAD_USO | NAX_OFFLOAD_TX_VLAN | NAX_OFFLOAD_RX_VLAN));

	v = 5;
	assert_int_equal(offloads_parse("--offloads", "tso4,ts", &v, &err), -EINVAL);
	assert_non_null(strstr(err.text, "\"ts\""));
	assert_non_null(strstr(err.text, "tx-ip-csum"));
	assert_int_equal(offloads_parse("--offloads", "", &v, &err), -EINVAL);
	assert_int_equal(offloads_parse("--offloads", "tso4,,uso", &v, &err), -EINVAL);
	assert_int_equal(offloads_parse("--offloads", "tso4,", &v, &err), -EINVAL);
	assert_int_equal(offloads_parse("--offloads", "-", &v, &err), -EINVAL);
	assert_int_equal(v, 5);
}

/* Each bit has a name of its own, and the name leads back to it. */
static void offload_names_round(void **state)
{
	struct nax_error err = { 0 };
	char text[300];
	unsigned int i;
	u64 v = 0;

	for (i = 0; i < NAX_OFFLOAD_COUNT; i++) {
		if (NAX_OFFLOAD_ASKED >> i & 1) {
			/* no mask brings it */
			assert_int_equal(offloads_parse("o", offload_name(i), &v, &err), -EINVAL);
			continue;
		}
		assert_int_equal(offloads_parse("o", offload_name(i), &v, &err), 0);
		assert_int_equal(v, 1ull << i);
	}
	assert_null(offload_name(NAX_OFFLOAD_COUNT));
	assert_string_equal(describe_offloads(0, text, sizeof(text)), "none");
	assert_string_equal(describe_offloads(NAX_OFFLOAD_TSO4 | NAX_OFFLOAD_RSS, text,
					      sizeof(text)), "tso4 rss");
	/* too little room cuts, and does not overrun */
	memset(text, 'x', sizeof(text));
	describe_offloads(~0ull, text, 12);
	assert_int_equal(strlen(text), 11);
	assert_int_equal(text[12], 'x');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number),	 cmocka_unit_test(number_limits),
		cmocka_unit_test(duration),	 cmocka_unit_test(rates),
		cmocka_unit_test(macs),		 cmocka_unit_test(table),
		cmocka_unit_test(table_refuses), cmocka_unit_test(before_command),
		cmocka_unit_test(offloads),	 cmocka_unit_test(offload_names_round),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
