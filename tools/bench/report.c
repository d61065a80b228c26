// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What was measured, for people and for programs. */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "bench.h"

static void number(bool known, double value, int width, int digits)
{
	if (known)
		printf(" %*.*f", width, digits, value);
	else
		printf(" %*s", width, "-");
}

void bench_table(const struct bench_result *results, size_t n)
{
	size_t i;

	printf("%-10s %-7s %5s %6s %8s %7s %7s %8s %7s %8s %8s\n", "impl", "test", "batch",
	       "frame", "instr", "loads", "stores", "branches", "lines", "cycles", "cold");
	for (i = 0; i < n; i++) {
		const struct bench_result *r = &results[i];

		printf("%-10s %-7s %5u %6u", r->impl->name, bench_test_name[r->cell.test],
		       r->cell.batch, r->cell.frame);
		number(r->counted, r->warm.instructions, 8, 2);
		number(r->counted, r->warm.loads, 7, 2);
		number(r->counted, r->warm.stores, 7, 2);
		number(r->counted, r->warm.branches, 8, 2);
		number(r->counted, r->lines, 7, 2);
		number(r->timed, r->cycles, 8, 1);
		number(r->timed, r->cycles_cold, 8, 1);
		printf("\n");
	}
}

static const struct bench_result *find(const struct bench_result *results, size_t n,
				       const char *impl, const struct bench_cell *c)
{
	size_t i;

	for (i = 0; i < n; i++) {
		const struct bench_cell *o = &results[i].cell;

		if (!strcmp(results[i].impl->name, impl) && o->test == c->test &&
		    o->batch == c->batch && o->frame == c->frame)
			return &results[i];
	}
	return NULL;
}

static void ratio(bool known, double ours, double theirs)
{
	number(known && theirs > 0, ours / theirs, 8, 2);
}

void bench_ratios(const struct bench_result *results, size_t n)
{
	bool head = false;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct bench_result *r = &results[i];
		const struct bench_result *nax = find(results, n, "nax", &r->cell);

		if (!nax || nax->impl == r->impl)
			continue;
		if (!head)
			printf("\nnax / peer %-7s %5s %6s %8s %8s %8s %8s\n", "test", "batch", "frame",
			       "instr", "lines", "cycles", "cold");
		head = true;
		printf("%-10s %-7s %5u %6u", r->impl->name, bench_test_name[r->cell.test],
		       r->cell.batch, r->cell.frame);
		ratio(r->counted, nax->warm.instructions, r->warm.instructions);
		ratio(r->counted, nax->lines, r->lines);
		ratio(r->timed, nax->cycles, r->cycles);
		ratio(r->timed, nax->cycles_cold, r->cycles_cold);
		printf("\n");
	}
}

static void add(struct json_object *o, const char *key, bool known, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.3f", value);
	json_object_object_add(o, key, known ? json_object_new_double_s(value, text) : NULL);
}

/* What BENCH_CONTEXT found is told with the transmit result of the same cell. */
static void add_context(struct json_object *o, const struct bench_result *results, size_t n,
			const struct bench_result *r)
{
	const struct bench_cell c = { BENCH_CONTEXT, r->cell.batch, r->cell.frame };
	const struct bench_result *x = find(results, n, r->impl->name, &c);

	if (r->cell.test != BENCH_TX || !x)
		return;
	add(o, "instructions_context", x->counted, x->warm.instructions);
	add(o, "cycles_context", x->timed, x->cycles);
}

static struct json_object *describe(const struct bench_result *r)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "impl", json_object_new_string(r->impl->name));
	json_object_object_add(o, "test", json_object_new_string(bench_test_name[r->cell.test]));
	json_object_object_add(o, "batch", json_object_new_int((int)r->cell.batch));
	json_object_object_add(o, "frame", json_object_new_int((int)r->cell.frame));
	add(o, "instructions", r->counted, r->warm.instructions);
	add(o, "loads", r->counted, r->warm.loads);
	add(o, "stores", r->counted, r->warm.stores);
	add(o, "branches", r->counted, r->warm.branches);
	add(o, "cycles", r->timed, r->cycles);
	add(o, "cycles_cold", r->timed, r->cycles_cold);
	add(o, "cache_lines", r->counted, r->lines);
	return o;
}

bool bench_json(const char *path, const struct bench_result *results, size_t n)
{
	struct json_object *list = json_object_new_array();
	bool ok;
	size_t i;

	for (i = 0; i < n; i++) {
		struct json_object *o;

		if (results[i].cell.test == BENCH_CONTEXT)
			continue;
		o = describe(&results[i]);
		add_context(o, results, n, &results[i]);
		json_object_array_add(list, o);
	}
	ok = !json_object_to_file_ext(path, list, JSON_C_TO_STRING_PRETTY);
	if (!ok)
		fprintf(stderr, "bench: %s: %s", path, json_util_get_last_err());
	json_object_put(list);
	return ok;
}
