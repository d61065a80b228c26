// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* bench: what a packet costs, of nax and of its peers; see docs/performance.md. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define LIST_MAX	16u
#define BATCH_USUAL	32u
#define HUGE_PAGES	48u

static const struct bench_impl *const impls[] = {
	&bench_nax, &bench_dpdk_vec, &bench_dpdk_bulk, &bench_dpdk_full,
};

#define N_IMPLS (sizeof(impls) / sizeof(impls[0]))

bool bench_huge;

/**
 * struct options - the command line
 * @impl: bit per implementation
 * @test: bit per test
 * @batch: packets at a time
 * @n_batch: how many
 * @frame: bytes
 * @n_frame: how many
 * @all_frames: each with all batches
 * @count: instructions
 * @time: cycles
 * @child: this is the process under callgrind
 * @audit: register accesses and system calls
 * @json: file to write, NULL: none
 */
struct options {
	uint32_t impl;
	uint32_t test;
	uint32_t batch[LIST_MAX];
	size_t n_batch;
	uint32_t frame[LIST_MAX];
	size_t n_frame;
	bool all_frames;
	bool count;
	bool time;
	bool child;
	bool audit;
	const char *json;
};

static const char usage[] =
	"usage: bench [OPTION..]\n"
	"What a packet costs: instructions by callgrind, cycles by the time stamp counter.\n"
	"\n"
	"  --impl LIST     nax, dpdk-vec, dpdk-bulk, dpdk-full; by default all that were built in\n"
	"  --test LIST     rx, tx, fwd, poll, context (tx with offloads); by default all\n"
	"  --batch LIST    packets at a time, 1 .. 256; default 1,8,32,64,256\n"
	"  --frame LIST    bytes with frame check sequence, 64 .. 9018; by default 64,\n"
	"                  and in batches of 32 also others up to 9018\n"
	"  --measure WHAT  instructions, cycles or all; default all\n"
	"  --vector SET    instruction set of nax's datapath, or none; by default the best there is\n"
	"  --audit         count register accesses and system calls of nax, and fail if too many\n"
	"  --json FILE     write the results as a list\n";

static bool bad(const char *option, const char *value, const char *must)
{
	fprintf(stderr, "bench: --%s is \"%s\": must be %s\n", option, value, must);
	return false;
}

static int find_impl(const char *name)
{
	size_t i;

	for (i = 0; i < N_IMPLS; i++)
		if (impls[i] && !strcmp(impls[i]->name, name))
			return (int)i;
	return -1;
}

static int find_test(const char *name)
{
	int i;

	for (i = 0; i < BENCH_TESTS; i++)
		if (!strcmp(bench_test_name[i], name))
			return i;
	return -1;
}

/* A list of names becomes a set of bits. */
static bool names(const char *option, const char *list, int (*find)(const char *), const char *must,
		  uint32_t *bits)
{
	char *copy = strdup(list), *save, *word;
	bool ok = true;
	int i;

	*bits = 0;
	for (word = strtok_r(copy, ",", &save); word && ok; word = strtok_r(NULL, ",", &save)) {
		i = find(word);
		ok = i >= 0 || bad(option, word, must);
		if (ok)
			*bits |= 1u << i;
	}
	free(copy);
	return ok && (*bits || bad(option, list, must));
}

static bool numbers(const char *option, const char *list, uint32_t least, uint32_t most,
		    uint32_t *values, size_t *n)
{
	char must[64];
	char *end;

	snprintf(must, sizeof(must), "numbers from %u to %u, at most %u of them", least, most,
		 LIST_MAX);
	for (*n = 0; *n < LIST_MAX; list = end + 1) {
		unsigned long value = strtoul(list, &end, 10);

		if (end == list || value < least || value > most || (*end && *end != ','))
			return bad(option, list, must);
		values[(*n)++] = (uint32_t)value;
		if (!*end)
			return true;
	}
	return bad(option, list, must);
}

static bool measure(const char *what, struct options *o)
{
	o->count = !strcmp(what, "instructions") || !strcmp(what, "all");
	o->time = !strcmp(what, "cycles") || !strcmp(what, "all");
	return o->count || o->time || bad("measure", what, "instructions, cycles or all");
}

enum { OPT_IMPL = 1, OPT_TEST, OPT_BATCH, OPT_FRAME, OPT_MEASURE, OPT_JSON, OPT_VECTOR, OPT_AUDIT, OPT_CHILD, OPT_HELP };

static bool option(int opt, const char *arg, struct options *o)
{
	switch (opt) {
	case OPT_IMPL:
		return names("impl", arg, find_impl, "implementations that were built in", &o->impl);
	case OPT_TEST:
		return names("test", arg, find_test, "of rx, tx, fwd, poll, context", &o->test);
	case OPT_BATCH:
		return numbers("batch", arg, 1, BENCH_BATCH_MAX, o->batch, &o->n_batch);
	case OPT_FRAME:
		o->all_frames = true;
		return numbers("frame", arg, BENCH_FRAME_MIN, BENCH_FRAME_MAX, o->frame,
			       &o->n_frame);
	case OPT_MEASURE:
		return measure(arg, o);
	case OPT_JSON:
		o->json = arg;
		return true;
	case OPT_VECTOR:
		/* libnax refuses by name what is not to be had. */
		return !setenv("NAX_VECTOR", arg, 1);
	case OPT_AUDIT:
		o->audit = true;
		return true;
	case OPT_CHILD:
		o->child = true;
		return true;
	}
	return false;
}

static bool parse(int argc, char **argv, struct options *o)
{
	static const struct option long_options[] = {
		{ "impl", required_argument, NULL, OPT_IMPL },
		{ "test", required_argument, NULL, OPT_TEST },
		{ "batch", required_argument, NULL, OPT_BATCH },
		{ "frame", required_argument, NULL, OPT_FRAME },
		{ "measure", required_argument, NULL, OPT_MEASURE },
		{ "json", required_argument, NULL, OPT_JSON },
		{ "vector", required_argument, NULL, OPT_VECTOR },
		{ "audit", no_argument, NULL, OPT_AUDIT },
		{ "under-callgrind", no_argument, NULL, OPT_CHILD },
		{ "help", no_argument, NULL, OPT_HELP },
		{ NULL, 0, NULL, 0 },
	};
	int opt;

	*o = (struct options){
		.impl = (1u << N_IMPLS) - 1, .test = (1u << BENCH_TESTS) - 1,
		.batch = { 1, 8, 32, 64, 256 }, .n_batch = 5,
		.frame = { 64, 128, 256, 512, 1024, 1518, 9018 }, .n_frame = 7,
		.count = true, .time = true,
	};
	while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (opt == OPT_HELP) {
			fputs(usage, stdout);
			exit(0);
		}
		if (!option(opt, optarg, o))
			return false;
	}
	if (optind < argc) {
		fprintf(stderr, "bench: \"%s\": no such argument\n", argv[optind]);
		return false;
	}
	return true;
}

/* Jumbo frames, or context descriptors, in batches of 256 do not fit in the rings. */
static bool fits(const struct bench_cell *c)
{
	uint32_t descriptors = (bench_len(c) + BENCH_BUF - 1) / BENCH_BUF;

	if (c->test == BENCH_CONTEXT)
		descriptors++;
	return c->batch * descriptors < BENCH_RING;
}

/** struct plan - what to measure: cell after cell, each with all its implementations */
struct plan {
	struct bench_result *results;
	size_t n;
};

static void plan_add(struct plan *p, const struct bench_impl *impl, struct bench_cell cell)
{
	if (!impl || !fits(&cell) || (impl->supports && !impl->supports(&cell)))
		return;
	p->results = realloc(p->results, (p->n + 1) * sizeof(*p->results));
	if (!p->results)
		abort();
	p->results[p->n++] = (struct bench_result){ .impl = impl, .cell = cell };
}

/* By default all batches of the smallest frame, and one batch of all frames. */
static bool wanted(const struct options *o, const struct bench_cell *c)
{
	if (!(o->test >> c->test & 1))
		return false;
	return o->all_frames || c->frame == o->frame[0] || c->batch == BATCH_USUAL;
}

/* An empty poll has no packets, so neither batches nor frame sizes. */
static struct plan make_plan(const struct options *o)
{
	struct plan p = { .n = 0 };
	size_t f, b, i;
	uint32_t t;

	for (f = 0; f < o->n_frame; f++)
		for (t = 0; t < BENCH_TESTS; t++)
			for (b = 0; b < o->n_batch; b++) {
				const struct bench_cell c = { t, o->batch[b], o->frame[f] };

				if (!wanted(o, &c) || (t == BENCH_POLL && (f || b)))
					continue;
				for (i = 0; i < N_IMPLS; i++)
					if (o->impl >> i & 1)
						plan_add(&p, impls[i], c);
			}
	return p;
}

/* Enough of them for what all implementations take. */
static bool huge_pages(void)
{
	FILE *f = fopen("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "r");
	unsigned int n = 0;

	if (!f)
		return false;
	if (fscanf(f, "%u", &n) != 1)
		n = 0;
	fclose(f);
	return n >= HUGE_PAGES;
}

int main(int argc, char **argv)
{
	struct options o;
	struct plan p;
	bool ok = true;

	if (!parse(argc, argv, &o)) {
		fputs("Try bench --help\n", stderr);
		return 2;
	}
	p = make_plan(&o);
	bench_huge = !o.child && huge_pages();
	if (o.child)
		return !bench_count_child(p.results, p.n);
	if (o.count) {
		char **child = calloc((size_t)argc + 2, sizeof(*child));

		memcpy(child, argv, (size_t)argc * sizeof(*child));
		child[argc] = "--under-callgrind";
		ok = bench_count(child, p.results, p.n);
		free(child);
	}
	if (ok && o.time)
		ok = bench_time(p.results, p.n);
	if (ok)
		bench_table(p.results, p.n);
	if (ok)
		bench_ratios(p.results, p.n);
	if (ok && o.audit)
		ok = bench_audit();
	if (ok && o.json)
		ok = bench_json(o.json, p.results, p.n);
	free(p.results);
	return !ok;
}
