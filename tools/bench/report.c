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

	printf("%-10s %-5s %5s %6s %8s %7s %7s %8s %7s %8s %8s\n", "impl", "test", "batch",
	       "frame", "instr", "loads", "stores", "branches", "lines", "cycles", "cold");
	for (i = 0; i < n; i++) {
		const struct bench_result *r = &results[i];

		printf("%-10s %-5s %5u %6u", r->impl->name, bench_test_name[r->cell.test],
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

static void add(struct json_object *o, const char *key, bool known, double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.3f", value);
	json_object_object_add(o, key, known ? json_object_new_double_s(value, text) : NULL);
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

	for (i = 0; i < n; i++)
		json_object_array_add(list, describe(&results[i]));
	ok = !json_object_to_file_ext(path, list, JSON_C_TO_STRING_PRETTY);
	if (!ok)
		fprintf(stderr, "bench: %s: %s", path, json_util_get_last_err());
	json_object_put(list);
	return ok;
}
