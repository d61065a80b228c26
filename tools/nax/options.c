// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Command line options by table. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define OPTS_MAX 32
/* getopt_long() returns this plus the index in the table; beyond all letters */
#define OPT_BASE 256

static const struct opt common_opts[] = {
	{ "help", 'h', OPT_FLAG, NULL, offsetof(struct common_options, help), 0, 0, NULL,
	  "show this help" },
	{ "json", 'j', OPT_FLAG, NULL, offsetof(struct common_options, json), 0, 0, NULL,
	  "print the result as JSON" },
	{ "quiet", 'q', OPT_FLAG, NULL, offsetof(struct common_options, quiet), 0, 0, NULL,
	  "no progress line, no notes on link and recovery" },
	{ "verify", 0, OPT_U32, "LEVEL", offsetof(struct common_options, verify), 0, 2, NULL,
	  "check the driver's contract: 0 off, 1 counters and order, 2 all (default 0)" },
};

/** struct unit - a suffix and what it multiplies by */
struct unit {
	const char *name;
	u64 factor;
};

static const struct unit count_units[] = {
	{ "", 1 },	       { "k", 1000 },	      { "K", 1000 },
	{ "M", 1000000 },      { "G", 1000000000 },   { "Ki", 1ull << 10 },
	{ "Mi", 1ull << 20 },  { "Gi", 1ull << 30 },
};

static const struct unit time_units[] = {
	{ "", 1000000000ull },	 { "ns", 1 },
	{ "us", 1000 },		 { "ms", 1000000 },
	{ "s", 1000000000ull },	 { "m", 60 * 1000000000ull },
	{ "h", 3600 * 1000000000ull },
};

static int fail(struct nax_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static int fail(struct nax_error *err, const char *fmt, ...)
{
	va_list ap;

	if (err) {
		err->code = -EINVAL;
		va_start(ap, fmt);
		vsnprintf(err->text, sizeof(err->text), fmt, ap);
		va_end(ap);
	}
	return -EINVAL;
}

/* Adds @digits, up to @end, behind the point to @value; refused unless @factor makes them whole. */
static int scale_fraction(const char *digits, const char *end, u64 factor, u64 *value)
{
	static const unsigned int primes[] = { 2, 5 };	/* of the 10 that each digit divides by */
	unsigned __int128 v = 0;
	const char *p;
	unsigned int i;

	while (end > digits && end[-1] == '0')
		end--;
	for (p = digits; p < end; p++) {
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, *p - '0', &v))
			return -EINVAL;
	}
	for (p = digits; p < end; p++) {
		for (i = 0; i < ARRAY_LEN(primes); i++) {
			if (!(factor % primes[i]))
				factor /= primes[i];
			else if (!(v % primes[i]))
				v /= primes[i];
			else
				return -EINVAL;
		}
	}
	/* it all is less than what the suffix stands for, so @v has lost nothing */
	if (__builtin_add_overflow(*value, (u64)v * factor, value))
		return -ERANGE;
	return 0;
}

/* "12.5M" to 12500000, "1.5Ki" to 1536, without floating point. */
static int scale(const char *text, const char *end, u64 factor, u64 *value)
{
	u64 v = 0;
	int rc;

	for (; text != end && *text != '.'; text++) {
		if (__builtin_mul_overflow(v, 10ull, &v) ||
		    __builtin_add_overflow(v, (u64)(*text - '0'), &v))
			return -ERANGE;
	}
	if (__builtin_mul_overflow(v, factor, &v))
		return -ERANGE;
	rc = text == end ? 0 : scale_fraction(text + 1, end, factor, &v);
	if (!rc)
		*value = v;
	return rc;
}

/* The end of "digits[.digits]", NULL if @text does not begin with it. */
static const char *number_end(const char *text)
{
	const char *p = text;

	while (isdigit((unsigned char)*p))
		p++;
	if (p == text)
		return NULL;
	if (*p == '.') {
		p++;
		if (!isdigit((unsigned char)*p))
			return NULL;
		while (isdigit((unsigned char)*p))
			p++;
	}
	return p;
}

static int parse_units(const char *text, const struct unit *units, unsigned int n, u64 *value)
{
	const char *end = number_end(text);
	unsigned int i;

	if (!end)
		return -EINVAL;
	for (i = 0; i < n; i++)
		if (!strcmp(end, units[i].name))
			return scale(text, end, units[i].factor, value);
	return -EINVAL;
}

int opt_number(const char *what, const char *text, u64 min, u64 max, u64 *value,
	       struct nax_error *err)
{
	u64 v = 0;
	int rc = parse_units(text, count_units, ARRAY_LEN(count_units), &v);

	if (rc == -EINVAL)
		return fail(err, "%s is \"%.40s\": must be a number from %llu to %llu, k M G Ki "
			    "Mi Gi allowed", what, text, min, max);
	if (rc || v < min || v > max)
		return fail(err, "%s is %.40s: must be from %llu to %llu", what, text, min, max);
	*value = v;
	return 0;
}

int opt_time(const char *what, const char *text, u64 min, u64 max, u64 *ns, struct nax_error *err)
{
	u64 v = 0;
	int rc = parse_units(text, time_units, ARRAY_LEN(time_units), &v);

	if (rc == -EINVAL)
		return fail(err, "%s is \"%.40s\": must be seconds, or a number with ns us ms s "
			    "m h", what, text);
	if (rc || v < min || v > max)
		return fail(err, "%s is %.40s: must be from %llu.%03llu to %llu seconds", what,
			    text, min / 1000000000, min / 1000000 % 1000, max / 1000000000);
	*ns = v;
	return 0;
}

int opt_rate(const char *what, const char *text, struct opt_rate *rate, struct nax_error *err)
{
	static const struct {
		const char *suffix;
		bool bits;
	} kinds[] = { { "pps", false }, { "bps", true }, { "bit/s", true }, { "bit", true } };
	static const u64 most[2] = { 1000000000ull, 1000000000000ull };
	size_t len = strlen(text);
	char number[32];
	u64 v = 0;
	unsigned int i;
	bool bits = false;
	int rc;

	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t n = strlen(kinds[i].suffix);

		if (len > n && !strcmp(text + len - n, kinds[i].suffix)) {
			len -= n;
			bits = kinds[i].bits;
			break;
		}
	}
	if (len >= sizeof(number))
		return fail(err, "%s is \"%.40s\": too long for a number", what, text);
	memcpy(number, text, len);
	number[len] = '\0';
	rc = parse_units(number, count_units, ARRAY_LEN(count_units), &v);
	if (rc == -EINVAL)
		return fail(err, "%s is \"%.40s\": must be packets per second such as 1.5M or "
			    "1.5Mpps, or bits per second such as 2Gbps", what, text);
	if (rc || !v || v > most[bits])
		return fail(err, "%s is %.40s: must be from 1 to %llu %s", what, text, most[bits],
			    bits ? "bits per second" : "packets per second");
	rate->value = v;
	rate->bits = bits;
	return 0;
}

/* Value of a hexadecimal digit, -1 if it is none. */
static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return p ? (int)(p - digits) : -1;
}

int opt_mac(const char *what, const char *text, u8 mac[6], struct nax_error *err)
{
	bool good = strlen(text) == 17;
	u8 b[6] = { 0 };
	unsigned int i;

	for (i = 0; good && i < 6; i++) {
		int high = hex_digit(text[3 * i]), low = hex_digit(text[3 * i + 1]);

		good = high >= 0 && low >= 0 && (i == 5 || text[3 * i + 2] == ':');
		b[i] = (u8)((unsigned int)high << 4 | (unsigned int)low);
	}
	if (!good)
		return fail(err, "%s is \"%.40s\": must be an address such as 02:00:00:00:00:01",
			    what, text);
	memcpy(mac, b, sizeof(b));
	return 0;
}

static int store(const struct opt *o, const char *text, void *base, struct nax_error *err)
{
	char *dst = (char *)base + o->offset;
	char what[40];
	u64 v = 0;
	int rc = 0;

	snprintf(what, sizeof(what), "--%s", o->name);
	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)dst = true;
		break;
	case OPT_U32:
		rc = opt_number(what, text, o->min, o->max, &v, err);
		if (!rc)
			*(u32 *)dst = (u32)v;
		break;
	case OPT_U64:
		rc = opt_number(what, text, o->min, o->max, (u64 *)dst, err);
		break;
	case OPT_TIME:
		rc = opt_time(what, text, o->min, o->max, (u64 *)dst, err);
		break;
	case OPT_STRING:
		if (!*text)
			return fail(err, "%s is empty", what);
		*(const char **)dst = text;
		break;
	case OPT_MAC:
		rc = opt_mac(what, text, (u8 *)dst, err);
		break;
	case OPT_CUSTOM:
		rc = o->parse(o, text, dst, err);
		break;
	}
	return rc;
}

/* All options of a command in one table, and in getopt's two forms. */
struct table {
	const struct opt *opt[OPTS_MAX];
	struct option longs[OPTS_MAX + 1];
	char shorts[2 * OPTS_MAX + 2];
	unsigned int n;
};

static void table_add(struct table *t, const struct opt *o, unsigned int n)
{
	size_t s = strlen(t->shorts);
	unsigned int i;

	for (i = 0; i < n && t->n < OPTS_MAX; i++, o++) {
		t->opt[t->n] = o;
		t->longs[t->n] = (struct option){
			.name = o->name,
			.has_arg = o->kind == OPT_FLAG ? no_argument : required_argument,
			.val = OPT_BASE + (int)t->n,
		};
		t->n++;
		if (!o->letter)
			continue;
		t->shorts[s++] = o->letter;
		if (o->kind != OPT_FLAG)
			t->shorts[s++] = ':';
	}
}

static const struct opt *table_find(const struct table *t, int c)
{
	unsigned int i;

	if (c >= OPT_BASE)
		return t->opt[c - OPT_BASE];
	for (i = 0; i < t->n; i++)
		if (t->opt[i]->letter == c)
			return t->opt[i];
	return NULL;
}

/* Let getopt find all options in @argv and store them; optind is where the others begin. */
static int scan(const struct table *t, const char *shorts, int argc, char **argv, void *dst,
		struct nax_error *err)
{
	const struct opt *o;
	int c, rc;

	/* 0, not 1: glibc starts anew, also after a scan that ended early */
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, t->longs, NULL)) != -1) {
		if (c == ':')
			return fail(err, "option %.60s needs an argument", argv[optind - 1]);
		o = c == '?' ? NULL : table_find(t, c);
		if (!o && optopt && optopt < OPT_BASE)
			return fail(err, "option -%c is unknown", optopt);
		if (!o)
			return fail(err, "option %.60s is unknown, ambiguous, or takes no argument",
				    argv[optind - 1]);
		rc = store(o, optarg, dst, err);
		if (rc)
			return rc;
	}
	return 0;
}

int opt_parse_common(int argc, char **argv, struct common_options *common, struct nax_error *err)
{
	struct table t = { .n = 0 };
	int rc;

	*common = (struct common_options){ 0 };
	table_add(&t, common_opts, ARRAY_LEN(common_opts));
	/* "+": the command ends it */
	rc = scan(&t, "+:hjq", argc, argv, common, err);
	return rc ? rc : optind;
}

int opt_parse(const struct command *cmd, int argc, char **argv,
	      const struct common_options *common, void *dst, struct nax_error *err)
{
	struct common_options *result = dst;
	struct table t = { .shorts = ":" };
	unsigned int i;
	int rc;

	table_add(&t, common_opts, ARRAY_LEN(common_opts));
	table_add(&t, cmd->opts, cmd->n_opts);
	if (cmd->defaults)
		memcpy(dst, cmd->defaults, cmd->size);
	else
		memset(dst, 0, cmd->size);
	*result = *common;
	rc = scan(&t, t.shorts, argc, argv, dst, err);
	if (rc || result->help)
		return rc;
	if ((unsigned int)(argc - optind) != cmd->n_operands)
		return fail(err, "operands are %d: must be %u: %s", argc - optind, cmd->n_operands,
			    cmd->operands);
	for (i = 0; i < cmd->n_operands; i++)
		result->operand[i] = argv[optind + (int)i];
	return 0;
}

static void help_options(FILE *out, const struct opt *o, unsigned int n)
{
	char left[48];
	unsigned int i;

	for (i = 0; i < n; i++, o++) {
		snprintf(left, sizeof(left), "%c%c%c --%s%s%s", o->letter ? '-' : ' ',
			 o->letter ? o->letter : ' ', o->letter ? ',' : ' ', o->name,
			 o->arg ? " " : "", o->arg ? o->arg : "");
		fprintf(out, "  %-26s %s\n", left, o->help);
	}
}

void opt_help_common(FILE *out)
{
	help_options(out, common_opts, ARRAY_LEN(common_opts));
}

void opt_help(const struct command *cmd)
{
	printf("usage: nax %s %s [options]\n%s\n\noptions:\n", cmd->name, cmd->operands,
	       cmd->summary);
	help_options(stdout, cmd->opts, cmd->n_opts);
	opt_help_common(stdout);
}
