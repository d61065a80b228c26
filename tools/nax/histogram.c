// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A log2-linear histogram: reading it. */
#include "histogram.h"

u64 hist_top(u32 index)
{
	u32 row = index >> HIST_SUB_BITS;
	u64 part = (index & (HIST_SUB - 1)) + HIST_SUB;

	/* rows 0 and 1 hold one value per bucket */
	if (row < 2)
		return index;
	return ((part + 1) << (row - 1)) - 1;
}

u64 hist_percentile(const struct histogram *h, u32 per_100k)
{
	u64 seen = 0, want;
	u32 i;

	if (!h->count)
		return 0;
	/* the rank, rounded up: split so that the product fits in 64 bits */
	want = h->count / 100000 * per_100k + (h->count % 100000 * per_100k + 99999) / 100000;
	if (!want)
		want = 1;
	for (i = 0; i < HIST_BUCKETS - 1; i++) {
		seen += h->bucket[i];
		if (seen >= want)
			return hist_top(i) < h->max ? hist_top(i) : h->max;
	}
	return h->max;
}
