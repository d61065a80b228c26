// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Print the frequency of the processor's time stamp counter in kHz, as Linux's tsc_early_khz takes it.
 *
 * A guest under TCG reads the machine's own counter. Linux measures it against the PIT when it boots,
 * and where the guest waits for processors meanwhile it has been seen to be wrong by a factor of 6: the
 * guest's seconds then last 0.17 s, its time limits come too early, and its rates are a sixth.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define NS_PER_S	1000000000ull
#define SPAN_NS		100000000u
#define TRIES		50

struct moment {
	uint64_t tsc;
	uint64_t ns;
};

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

/* Both clocks at a time: of many looks the one with the least time between. */
static struct moment look(void)
{
	struct moment best = { 0 };
	uint64_t least = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < TRIES; i++) {
		uint64_t before = __rdtsc(), ns = clock_ns(), after = __rdtsc();

		if (after - before < least) {
			least = after - before;
			best = (struct moment){ before + least / 2, ns };
		}
	}
	return best;
}

int main(void)
{
	const struct timespec span = { .tv_nsec = SPAN_NS };
	struct moment a = look(), b;

	nanosleep(&span, NULL);
	b = look();
	return printf("%llu\n", (unsigned long long)((b.tsc - a.tsc) * 1000000 / (b.ns - a.ns))) < 0;
}
