// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Print the frequency of this machine's time stamp counter in kHz. Guests under TCG see this counter, and
 * would measure it against a timer of QEMU's, which on a busy machine may be wrong by a factor of ten.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define INTERVAL_NS 200000000ULL
#define TRIES 1000

struct instant {
	uint64_t ticks, ns, gap;
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

/* The reading with the least time between the two looks at the counter: one that nothing interrupted. */
static struct instant look(void)
{
	struct instant best = { .gap = UINT64_MAX }, it;
	uint64_t before;
	int i;

	for (i = 0; i < TRIES; i++) {
		before = __rdtsc();
		it.ns = now_ns();
		it.ticks = __rdtsc();
		it.gap = it.ticks - before;
		it.ticks = before + it.gap / 2;
		if (it.gap < best.gap)
			best = it;
	}
	return best;
}

int main(void)
{
	struct timespec wait = { .tv_nsec = INTERVAL_NS };
	struct instant a, b;

	a = look();
	nanosleep(&wait, NULL);
	b = look();
	printf("%llu\n", (unsigned long long)((double)(b.ticks - a.ticks) * 1e6 / (double)(b.ns - a.ns) + 0.5));
	return 0;
}
