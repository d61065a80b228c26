// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Instructions, loads, stores, branches and cache lines by callgrind: the program starts itself
 * under it, and turns its counters on for the measured pieces alone. The counts are exact and
 * repeat. What the switching itself costs is measured on an empty piece and taken off.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <valgrind/callgrind.h>

#include "bench.h"

#define CACHE_BYTES	32768u	/* of --D1 below */
#define COUNT_PACKETS	2048u	/* a multiple of the ring, so that every run meets the same slots */
#define EMPTY_BATCHES	1000u
#define LABEL		"desc: Trigger: Client Request: "

/* ---- in the process under callgrind ---- */

static void switched(struct bench_port *p, void (*run)(struct bench_port *p), void *arg)
{
	CALLGRIND_TOGGLE_COLLECT;
	run(p);
	CALLGRIND_TOGGLE_COLLECT;
}

static void not_counted(struct bench_port *p, void (*run)(struct bench_port *p), void *arg)
{
	run(p);
}

/* Whatever is touched after this was not in the first-level cache. */
static void emptied(struct bench_port *p, void (*run)(struct bench_port *p), void *arg)
{
	static volatile uint8_t fill[2 * CACHE_BYTES];
	uint32_t i;

	for (i = 0; i < sizeof(fill); i += 64)
		(void)fill[i];
	switched(p, run, arg);
}

static void empty(struct bench_port *p)
{
}

static void dump(const char *kind, size_t cell, uint32_t batches)
{
	char label[64];

	snprintf(label, sizeof(label), "%s %zu %u", kind, cell, batches);
	CALLGRIND_DUMP_STATS_AT(label);
}

static bool count_cell(struct bench_port *p, const struct bench_result *r, size_t cell)
{
	const struct bench_cell *c = &r->cell;
	uint32_t n = c->batch < COUNT_PACKETS ? COUNT_PACKETS / c->batch : 1;

	if (!r->impl->prepare(p, c) ||
	    !bench_batches(r->impl, p, c, bench_round(c), not_counted, NULL))
		return false;
	CALLGRIND_ZERO_STATS;
	if (!bench_batches(r->impl, p, c, n, switched, NULL))
		return false;
	dump("warm", cell, n);
	if (!bench_batches(r->impl, p, c, 2 * BENCH_RING / c->batch, emptied, NULL))
		return false;
	dump("lines", cell, 2 * BENCH_RING / c->batch);
	return true;
}

static uint32_t opened_for(const struct bench_result *r)
{
	return r->cell.frame > BENCH_FRAME_STD ? BENCH_FRAME_MAX : BENCH_FRAME_STD;
}

/* All cells that one opening of the implementation of the first one serves. */
static bool count_group(struct bench_result *results, size_t first, size_t n)
{
	const struct bench_result *r = &results[first];
	struct bench_port port = { .ctx = NULL };
	bool ok = r->impl->open(&port, opened_for(r));
	size_t i;

	for (i = first; ok && i < n; i++) {
		if (results[i].impl != r->impl || opened_for(&results[i]) != opened_for(r))
			continue;
		ok = count_cell(&port, &results[i], i);
		results[i].counted = true;
	}
	r->impl->close(&port);
	return ok;
}

bool bench_count_child(struct bench_result *results, size_t n)
{
	size_t i;

	CALLGRIND_ZERO_STATS;
	for (i = 0; i < EMPTY_BATCHES; i++)
		switched(NULL, empty, NULL);
	dump("empty", 0, EMPTY_BATCHES);
	for (i = 0; i < n; i++)
		if (!results[i].counted && !count_group(results, i, n))
			return false;
	return true;
}

/* ---- in the process that started it ---- */

/* struct dump_file - what a file of callgrind's says */
struct dump_file {
	char kind[16];
	size_t cell;
	uint32_t batches;
	struct bench_counts counts;
};

static double *field(struct bench_counts *c, const char *event)
{
	static const struct {
		const char *event;
		size_t offset;
	} fields[] = {
		{ "Ir", offsetof(struct bench_counts, instructions) },
		{ "Dr", offsetof(struct bench_counts, loads) },
		{ "Dw", offsetof(struct bench_counts, stores) },
		{ "D1mr", offsetof(struct bench_counts, misses) },
		{ "D1mw", offsetof(struct bench_counts, misses) },
		{ "Bc", offsetof(struct bench_counts, branches) },
		{ "Bi", offsetof(struct bench_counts, branches) },
	};
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!strcmp(fields[i].event, event))
			return (double *)((char *)c + fields[i].offset);
	return NULL;
}

/* "events: Ir Dr .." names the columns of "totals: 123 45 ..". */
static void add_totals(struct bench_counts *c, char *events, char *totals)
{
	char *save_e, *save_t;
	char *e = strtok_r(events, " \n", &save_e);
	char *t = strtok_r(totals, " \n", &save_t);

	for (; e && t; e = strtok_r(NULL, " \n", &save_e), t = strtok_r(NULL, " \n", &save_t)) {
		double *f = field(c, e);

		if (f)
			*f += strtod(t, NULL);
	}
}

static bool read_dump(const char *path, struct dump_file *d)
{
	char line[512], events[512] = "";
	FILE *f = fopen(path, "r");
	bool labelled = false;

	*d = (struct dump_file){ .batches = 0 };
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		if (!strncmp(line, LABEL, strlen(LABEL)))
			labelled = sscanf(line + strlen(LABEL), "%15s %zu %u", d->kind, &d->cell,
					  &d->batches) == 3;
		else if (!strncmp(line, "events: ", 8))
			snprintf(events, sizeof(events), "%s", line + 8);
		else if (!strncmp(line, "totals: ", 8))
			add_totals(&d->counts, events, line + 8);
	}
	fclose(f);
	return labelled && d->batches;
}

static void subtract(struct bench_counts *c, const struct dump_file *empty_dump, uint32_t batches)
{
	double n = (double)batches / empty_dump->batches;

	c->instructions -= n * empty_dump->counts.instructions;
	c->loads -= n * empty_dump->counts.loads;
	c->stores -= n * empty_dump->counts.stores;
	c->branches -= n * empty_dump->counts.branches;
	c->misses -= n * empty_dump->counts.misses;
}

static void divide(struct bench_counts *c, double by)
{
	c->instructions /= by;
	c->loads /= by;
	c->stores /= by;
	c->branches /= by;
	c->misses /= by;
}

static void take(struct dump_file *d, const struct dump_file *empty_dump,
		 struct bench_result *results, size_t n)
{
	struct bench_result *r = &results[d->cell];

	if (d->cell >= n)
		return;
	if (!strcmp(d->kind, "lines")) {
		r->lines = d->counts.misses / d->batches /
			   (r->cell.test == BENCH_POLL ? 1 : r->cell.batch);
	} else if (!strcmp(d->kind, "warm")) {
		subtract(&d->counts, empty_dump, d->batches);
		divide(&d->counts, d->batches * (double)(r->cell.test == BENCH_POLL ? 1 :
							 r->cell.batch));
		r->warm = d->counts;
		r->counted = true;
	}
}

static bool read_dumps(const char *dir, struct bench_result *results, size_t n)
{
	struct dump_file empty_dump, d;
	struct dirent **names;
	char path[512];
	int files, i;

	snprintf(path, sizeof(path), "%s/out.1", dir);
	if (!read_dump(path, &empty_dump) || strcmp(empty_dump.kind, "empty")) {
		fprintf(stderr, "bench: %s is not what callgrind writes\n", path);
		return false;
	}
	files = scandir(dir, &names, NULL, NULL);
	for (i = 0; i < files; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		if (names[i]->d_name[0] == 'o' && read_dump(path, &d))
			take(&d, &empty_dump, results, n);
		if (names[i]->d_name[0] == 'o')
			unlink(path);
		free(names[i]);
	}
	if (files >= 0)
		free(names);
	for (i = 0; (size_t)i < n; i++) {
		if (results[i].counted)
			continue;
		fprintf(stderr, "bench: callgrind counted nothing for %s %s\n",
			results[i].impl->name, bench_test_name[results[i].cell.test]);
		return false;
	}
	return true;
}

static bool run_callgrind(const char *dir, char **argv)
{
	static char *const valgrind[] = {
		"valgrind", "--tool=callgrind", "-q", "--collect-atstart=no", "--cache-sim=yes",
		"--branch-sim=yes", "--I1=32768,8,64", "--D1=32768,8,64", "--LL=8388608,16,64",
		"--combine-dumps=no",
	};
	char out[512];
	char *args[64];
	size_t n = 0, i;
	int status;
	pid_t pid;

	snprintf(out, sizeof(out), "--callgrind-out-file=%s/out", dir);
	for (i = 0; i < sizeof(valgrind) / sizeof(valgrind[0]); i++)
		args[n++] = valgrind[i];
	args[n++] = out;
	for (i = 0; argv[i] && n < 62; i++)
		args[n++] = argv[i];
	args[n] = NULL;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return false;
	if (!pid) {
		execvp(args[0], args);
		fprintf(stderr, "bench: valgrind cannot be started: %s\n", strerror(errno));
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

bool bench_count(char **argv, struct bench_result *results, size_t n)
{
	char dir[] = "/tmp/nax-bench.XXXXXX";
	bool ok;

	if (!mkdtemp(dir)) {
		fprintf(stderr, "bench: %s: %s\n", dir, strerror(errno));
		return false;
	}
	ok = run_callgrind(dir, argv) && read_dumps(dir, results, n);
	rmdir(dir);
	return ok;
}
