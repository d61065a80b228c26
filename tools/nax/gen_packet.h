/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Frames of `nax gen`: built, recognised and checked. Each carries a stamp behind its transport
 * header, and behind that a pattern that differs from frame to frame:
 *
 *	magic:16  flow:16  sequence:32  time:48  checksum:32
 *
 * 18 bytes, which is what UDP over IPv4 leaves of the shortest Ethernet frame. All in network
 * order; the time is in nanoseconds since the generator began. The run that a frame belongs to
 * stands in the identification of its IP header: two generators may face each other.
 */
#ifndef NAX_TOOL_GEN_PACKET_H
#define NAX_TOOL_GEN_PACKET_H

#include <nax/types.h>

#define GEN_MAGIC 0x6e78u
#define GEN_STAMP 18u
#define GEN_HEADERS_UDP 42u
#define GEN_HEADERS_TCP 54u
#define GEN_LEN_MIN_UDP (GEN_HEADERS_UDP + GEN_STAMP)
#define GEN_LEN_MIN_TCP (GEN_HEADERS_TCP + GEN_STAMP)
#define GEN_LEN_MAX 16384u
#define GEN_FLOWS_MAX 65536u

/**
 * struct gen_stream - what all frames have in common
 * @src: source address
 * @dst: destination address
 * @tcp: TCP, else UDP
 * @run: number of this run of the generator
 */
struct gen_stream {
	u8 src[6];
	u8 dst[6];
	bool tcp;
	u16 run;
};

/**
 * struct gen_stamp - what a frame says of itself
 * @flow: 0 .. GEN_FLOWS_MAX - 1
 * @seq: within the flow, from 0
 * @ns: when it was sent, 48 bits
 */
struct gen_stamp {
	u32 flow;
	u32 seq;
	u64 ns;
};

/** gen_len_min() - bytes of the shortest frame, without check sequence. */
static inline u32 gen_len_min(bool tcp)
{
	return tcp ? GEN_LEN_MIN_TCP : GEN_LEN_MIN_UDP;
}

/**
 * gen_build() - write a frame
 * @s: stream
 * @stamp: what to stamp it with
 * @frame: where to
 * @len: bytes, gen_len_min() .. GEN_LEN_MAX
 *
 * Checksums are asked of the NIC: that of IP is left 0, that of the transport header holds the sum
 * of the pseudo-header, which hardware adds to. Flows differ in source port
 * and address, so that receive side scaling spreads them.
 */
void gen_build(const struct gen_stream *s, const struct gen_stamp *stamp, u8 *frame, u32 len);

/** enum gen_verdict - what a received frame is */
enum gen_verdict {
	GEN_FOREIGN,	/* not one of ours */
	GEN_CORRUPT,	/* ours, and its content is not what was sent */
	GEN_GOOD,
};

/**
 * gen_check() - look at a received frame
 * @s: stream that it may be of
 * @frame: its bytes
 * @len: how many
 * @flows: flows that exist; others are corrupt
 * @stamp: filled for GEN_GOOD
 *
 * A tag and padding at the end are allowed for.
 */
enum gen_verdict gen_check(const struct gen_stream *s, const u8 *frame, u32 len, u32 flows,
			   struct gen_stamp *stamp);

#define GEN_WINDOW 1024u	/* a power of two, a multiple of 64 */

/**
 * struct gen_flow - what has been received of a flow
 * @next: one past the highest sequence number
 * @seen: bit per sequence number of the last GEN_WINDOW below @next
 */
struct gen_flow {
	u32 next;
	u64 seen[GEN_WINDOW / 64];
};

/**
 * struct gen_tally - of all flows
 * @good: frames received for the first time
 * @duplicate: frames received again
 * @reordered: of @good, frames that came after a later one
 * @old: frames more than GEN_WINDOW behind, of which it is not known whether they are duplicates;
 *	not in @good
 */
struct gen_tally {
	u64 good;
	u64 duplicate;
	u64 reordered;
	u64 old;
};

/** gen_track() - frame @seq of @flow came. */
void gen_track(struct gen_flow *flow, u32 seq, struct gen_tally *t);

#endif /* NAX_TOOL_GEN_PACKET_H */
