// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* XDP programs of the least cost, so that what is measured is the driver. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

SEC("xdp_drop")
int drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

SEC("xdp_tx")
int tx(struct xdp_md *ctx)
{
	return XDP_TX;
}

char _license[] SEC("license") = "GPL";
