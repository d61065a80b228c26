/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The time stamp counter. */
#ifndef BENCH_STAMP_H
#define BENCH_STAMP_H

#include <stdint.h>

/* Ordered against what comes before and after: the measured piece is all there is in between. */
static inline uint64_t stamp(void)
{
#if defined(__x86_64__)
	uint32_t low, high;

	__asm__ __volatile__("lfence; rdtsc; lfence" : "=a"(low), "=d"(high) :: "memory");
	return (uint64_t)high << 32 | low;
#elif defined(__aarch64__)
	uint64_t now;

	__asm__ __volatile__("isb; mrs %0, cntvct_el0; isb" : "=r"(now) :: "memory");
	return now;
#else
#error "no time stamp counter known"
#endif
}

#endif /* BENCH_STAMP_H */
