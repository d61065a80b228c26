/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A log2-linear histogram: each power of two is cut into 64 equal parts, so a value is known to
 * 1.6 % whatever its size, and adding one costs no division.
 */
#ifndef NAX_TOOL_HISTOGRAM_H
#define NAX_TOOL_HISTOGRAM_H

#include <nax/types.h>

#define HIST_SUB_BITS 6
#define HIST_SUB (1u << HIST_SUB_BITS)
#define HIST_MAX_BITS 44u	/* values of 2^44 and more, 4.8 hours in ns, share the last part */
#define HIST_BUCKETS ((HIST_MAX_BITS - HIST_SUB_BITS + 1) * HIST_SUB)

/**
 * struct histogram - counts by size
 * @count: values
 * @min: smallest
 * @max: largest
 * @sum: of all
 * @bucket: values by size
 */
struct histogram {
	u64 count;
	u64 min;
	u64 max;
	u64 sum;
	u64 bucket[HIST_BUCKETS];
};

/** hist_index() - the bucket of @value. */
static inline u32 hist_index(u64 value)
{
	u32 top;

	if (value < HIST_SUB)
		return (u32)value;
	top = 63 - (u32)__builtin_clzll(value);
	if (top >= HIST_MAX_BITS)
		return HIST_BUCKETS - 1;
	/* bits below the leading one; the leading one adds HIST_SUB, which the -1 in rows pays */
	return (top - HIST_SUB_BITS) * HIST_SUB + (u32)(value >> (top - HIST_SUB_BITS));
}

/** hist_add() - count @value @n times. */
static inline void hist_add(struct histogram *h, u64 value, u64 n)
{
	if (!h->count || value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->count += n;
	h->sum += value * n;
	h->bucket[hist_index(value)] += n;
}

/** hist_top() - the largest value that falls into bucket @index. */
u64 hist_top(u32 index);

/**
 * hist_percentile() - the value that @per_100k of 100,000 values do not exceed
 *
 * Exact to the size of a bucket, never below the true value and never above the largest one.
 * Return: 0 of an empty histogram.
 */
u64 hist_percentile(const struct histogram *h, u32 per_100k);

#endif /* NAX_TOOL_HISTOGRAM_H */
