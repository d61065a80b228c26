// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Cycles by the time stamp counter. Implementations take turns cell by cell and sample by sample,
 * so that what else the machine does meets all alike; the median of the samples counts. Nothing of
 * this depends on a NIC, and nothing is asserted of it: clocks and neighbours differ.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "stamp.h"

#define SAMPLES		21u
#define SAMPLE_PACKETS	2048u
#define SAMPLE_BATCHES	64u	/* at least */
#define IMPLS_MAX	8u

static void timed(struct bench_port *p, void (*run)(struct bench_port *p), void *arg)
{
	uint64_t *sum = arg, start = stamp();

	run(p);
	*sum += stamp() - start;
}

static void empty(struct bench_port *p)
{
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values, uint32_t n)
{
	qsort(values, n, sizeof(*values), compare);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* What two stamps and a call of nothing take. */
static double overhead(void)
{
	double samples[SAMPLES];
	uint32_t i, j;

	for (i = 0; i < SAMPLES; i++) {
		uint64_t sum = 0;

		for (j = 0; j < 1000; j++)
			timed(NULL, empty, &sum);
		samples[i] = (double)sum / 1000;
	}
	return median(samples, SAMPLES);
}

static bool sample(const struct bench_result *r, struct bench_port *p, double *value)
{
	uint32_t n = SAMPLE_PACKETS / r->cell.batch;
	uint64_t sum = 0;

	if (n < SAMPLE_BATCHES)
		n = SAMPLE_BATCHES;
	if (!r->impl->prepare(p, &r->cell) ||
	    !bench_batches(r->impl, p, &r->cell, 4, timed, &sum))
		return false;
	sum = 0;
	if (!bench_batches(r->impl, p, &r->cell, n, timed, &sum))
		return false;
	*value = ((double)sum / n - overhead()) /
		 (r->cell.test == BENCH_POLL ? 1 : r->cell.batch);
	return true;
}

/* One cell, all its implementations in turns. */
static bool time_cell(struct bench_result *r, size_t n, struct bench_port *ports, bool cold)
{
	double samples[IMPLS_MAX][SAMPLES];
	uint32_t s;
	size_t i;

	for (s = 0; s < SAMPLES; s++) {
		for (i = 0; i < n; i++) {
			ports[i].rx.cold = cold;
			ports[i].tx.cold = cold;
			if (!sample(&r[i], &ports[i], &samples[i][s]))
				return false;
		}
	}
	for (i = 0; i < n; i++)
		*(cold ? &r[i].cycles_cold : &r[i].cycles) = median(samples[i], SAMPLES);
	return true;
}

static bool same_cell(const struct bench_result *a, const struct bench_result *b)
{
	return a->cell.test == b->cell.test && a->cell.batch == b->cell.batch &&
	       a->cell.frame == b->cell.frame;
}

/* The first @n results are of one cell; their implementations are opened for it, and closed. */
static bool time_group(struct bench_result *r, size_t n)
{
	uint32_t frame_max = r->cell.frame > BENCH_FRAME_STD ? BENCH_FRAME_MAX : BENCH_FRAME_STD;
	struct bench_port ports[IMPLS_MAX];
	size_t i, opened;
	bool ok = true;

	for (opened = 0; opened < n && ok; opened++)
		ok = r[opened].impl->open(&ports[opened], frame_max);
	ok = ok && time_cell(r, n, ports, false) && time_cell(r, n, ports, true);
	for (i = 0; i < n; i++)
		r[i].timed = ok;
	for (i = 0; i < opened; i++)
		r[i].impl->close(&ports[i]);
	return ok;
}

bool bench_time(struct bench_result *results, size_t n)
{
	bool told = false;
	size_t i, group, timed_ones;

	for (i = 0; i < n; i += group) {
		timed_ones = 0;
		for (group = 0; i + group < n && same_cell(&results[i], &results[i + group]); group++)
			timed_ones += bench_huge || !results[i + group].impl->needs_huge;
		if (timed_ones > IMPLS_MAX || !time_group(&results[i], timed_ones))
			return false;
		told |= timed_ones != group;
	}
	if (told)
		printf("no huge pages: cycles of DPDK would mislead, they are left out\n");
	return true;
}
