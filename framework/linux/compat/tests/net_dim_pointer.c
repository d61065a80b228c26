// SPDX-License-Identifier: GPL-2.0-only
#include <linux/dim.h>

void test(struct dim *dim, struct dim_sample *sample);
void test(struct dim *dim, struct dim_sample *sample)
{
	net_dim(dim, sample);
}
