// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * XDP programs for scenarios, one per object: -DPROGRAM=NAME, and -DFRAGS for one that takes frames of
 * several buffers. Those that redirect go to interface TARGET; -DSOCKETS makes the map in which whoever loads
 * one enters AF_XDP sockets. -DMETADATA is for one that asks what hardware has said of a frame.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#ifndef TARGET
#define TARGET 0
#endif

/* RFC 792; <linux/icmp.h> wants a C library. */
#define ICMP_ECHOREPLY	0
#define ICMP_ECHO	8

#ifdef SOCKETS
struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, 64);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} xsks_map SEC(".maps");
#endif

struct headers {
	struct ethhdr eth;
	struct iphdr ip;
	struct {
		__u8 type;
		__u8 code;
		__u16 checksum;
	} icmp;
} __attribute__((packed));

static __always_inline int pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

static __always_inline int drop(struct xdp_md *ctx)
{
	return XDP_DROP;
}

static __always_inline int aborted(struct xdp_md *ctx)
{
	return XDP_ABORTED;
}

static __always_inline int redirect(struct xdp_md *ctx)
{
	return bpf_redirect(TARGET, 0);
}

#ifdef METADATA
extern int bpf_xdp_metadata_rx_vlan_tag(const struct xdp_md *ctx, __be16 *proto, __u16 *tci) __ksym;
extern int bpf_xdp_metadata_rx_timestamp(const struct xdp_md *ctx, __u64 *ns) __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} last SEC(".maps");

/* Drops what had the tag of VLAN 5 when it came. */
static __always_inline int tagged(struct xdp_md *ctx)
{
	__be16 proto;
	__u16 tci;

	if (bpf_xdp_metadata_rx_vlan_tag(ctx, &proto, &tci))
		return XDP_PASS;
	return proto == bpf_htons(ETH_P_8021Q) && (tci & 0xfff) == 5 ? XDP_DROP : XDP_PASS;
}

/* Keeps the time, ns, at which the last frame that has one came. */
static __always_inline int timed(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u64 ns;

	if (!bpf_xdp_metadata_rx_timestamp(ctx, &ns))
		bpf_map_update_elem(&last, &key, &ns, BPF_ANY);
	return XDP_PASS;
}
#endif

/* Answers echo requests; the rest is the kernel's. */
static __always_inline int echo(struct xdp_md *ctx)
{
	struct headers *h = (void *)(long)ctx->data;
	unsigned char mac[ETH_ALEN];
	__u32 address, sum;

	if ((void *)(h + 1) > (void *)(long)ctx->data_end || h->eth.h_proto != bpf_htons(ETH_P_IP) ||
	    h->ip.ihl != 5 || h->ip.protocol != IPPROTO_ICMP || h->icmp.type != ICMP_ECHO)
		return XDP_PASS;
	__builtin_memcpy(mac, h->eth.h_dest, ETH_ALEN);
	__builtin_memcpy(h->eth.h_dest, h->eth.h_source, ETH_ALEN);
	__builtin_memcpy(h->eth.h_source, mac, ETH_ALEN);
	address = h->ip.saddr;
	h->ip.saddr = h->ip.daddr;
	h->ip.daddr = address;
	h->icmp.type = ICMP_ECHOREPLY;
	sum = h->icmp.checksum + bpf_htons(ICMP_ECHO << 8);
	h->icmp.checksum = (sum & 0xffff) + (sum >> 16);
	return XDP_TX;
}

#ifdef SOCKETS
/* ICMP is for the socket of the queue. */
static __always_inline int icmp(struct xdp_md *ctx)
{
	struct headers *h = (void *)(long)ctx->data;

	if ((void *)(h + 1) > (void *)(long)ctx->data_end || h->eth.h_proto != bpf_htons(ETH_P_IP) ||
	    h->ip.protocol != IPPROTO_ICMP)
		return XDP_PASS;
	return bpf_redirect_map(&xsks_map, ctx->rx_queue_index, XDP_PASS);
}
#endif

#ifdef FRAGS
SEC("xdp.frags")
#else
SEC("xdp")
#endif
int program(struct xdp_md *ctx)
{
	return PROGRAM(ctx);
}

char _license[] SEC("license") = "GPL";
