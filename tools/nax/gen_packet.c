// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Frames of `nax gen`: built, recognised and checked. */
#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "gen_packet.h"

#define TYPE_IPV4 0x0800
#define TYPE_8021Q 0x8100
#define PROTO_TCP 6
#define PROTO_UDP 17
#define PORT_DISCARD 9
#define PORT_BASE 1024u
#define PORT_FLOWS 32768u	/* flows per source address */
#define TTL 64
#define IP_ID 4

/* Addresses set aside for measuring (RFC 2544 appendix C.2.2): 198.18.0.0/15 */
#define ADDRESS_SRC 0xc6120001u
#define ADDRESS_DST 0xc6130001u

/* Where things are in the stamp. */
#define STAMP_FLOW 2
#define STAMP_SEQ 4
#define STAMP_TIME 8
#define STAMP_CSUM 14

#define PATTERN 256u
#define TIME_MASK ((1ull << 48) - 1)

static void put16(u8 *p, u32 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}

static void put32(u8 *p, u32 v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static u32 get16(const u8 *p)
{
	return (u32)p[0] << 8 | p[1];
}

static u32 get32(const u8 *p)
{
	return get16(p) << 16 | get16(p + 2);
}

/*
 * A hash of the stamp and the pattern behind it, with zeroes in place of the checksum. Not for
 * enemies: it must notice a changed, missing, or exchanged byte, eight bytes a step.
 */
static u32 content_hash(const u8 *stamp, u32 len)
{
	const u64 prime = 0x9e3779b97f4a7c15ull;
	u64 h = len, v;
	u8 head[16];
	u32 i;

	memcpy(head, stamp, STAMP_CSUM);
	head[14] = 0;
	head[15] = 0;
	for (i = 0; i < 16; i += 8) {
		memcpy(&v, head + i, 8);
		h = (h ^ le64toh(v)) * prime;
		h ^= h >> 32;
	}
	for (i = GEN_STAMP; i + 8 <= len; i += 8) {
		memcpy(&v, stamp + i, 8);
		h = (h ^ le64toh(v)) * prime;
		h ^= h >> 32;
	}
	v = 0;
	memcpy(&v, stamp + i, len - i);
	h = (h ^ le64toh(v)) * prime;
	return (u32)(h >> 32);
}

/* Bytes that differ from one place to the next and from one frame to the next. */
static void fill_pattern(u8 *p, u32 len, u32 seed)
{
	static u8 pattern[2 * PATTERN];
	static bool made;
	u32 i, part;

	if (!made) {
		for (i = 0; i < sizeof(pattern); i++)
			pattern[i] = (u8)((i & (PATTERN - 1)) * 167 + 13);
		made = true;
	}
	for (; len; len -= part, p += part) {
		part = len < PATTERN ? len : PATTERN;
		memcpy(p, pattern + (seed++ & (PATTERN - 1)), part);
	}
}

static void build_ipv4(u8 *ip, u32 len, const struct gen_stream *s, u32 flow)
{
	memset(ip, 0, 20);
	ip[0] = 0x45;
	put16(ip + 2, len);
	put16(ip + IP_ID, s->run);
	put16(ip + 6, 0x4000);
	ip[8] = TTL;
	ip[9] = s->tcp ? PROTO_TCP : PROTO_UDP;
	put32(ip + 12, ADDRESS_SRC + flow / PORT_FLOWS);
	put32(ip + 16, ADDRESS_DST);
}

/* Sum of the addresses, protocol and length that the transport checksum covers too. */
static u32 pseudo_sum(const u8 *ip, u32 len)
{
	u32 sum = ip[9] + len;
	u32 i;

	for (i = 12; i < 20; i += 2)
		sum += get16(ip + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void build_l4(u8 *l4, u32 len, bool tcp, const struct gen_stamp *stamp)
{
	memset(l4, 0, tcp ? 20 : 8);
	put16(l4, PORT_BASE + stamp->flow % PORT_FLOWS);
	put16(l4 + 2, PORT_DISCARD);
	put16(l4 + (tcp ? 16 : 6), pseudo_sum(l4 - 20, len));
	if (!tcp) {
		put16(l4 + 4, len);
		return;
	}
	put32(l4 + 4, stamp->seq);
	l4[12] = 5 << 4;
	l4[13] = 0x10;
	put16(l4 + 14, 0xffff);
}

void gen_build(const struct gen_stream *s, const struct gen_stamp *stamp, u8 *frame, u32 len)
{
	u32 at = s->tcp ? GEN_HEADERS_TCP : GEN_HEADERS_UDP;
	u64 ns = stamp->ns & TIME_MASK;
	u8 *p = frame + at;

	memcpy(frame, s->dst, 6);
	memcpy(frame + 6, s->src, 6);
	put16(frame + 12, TYPE_IPV4);
	build_ipv4(frame + 14, len - 14, s, stamp->flow);
	build_l4(frame + 34, len - 34, s->tcp, stamp);
	put16(p, GEN_MAGIC);
	put16(p + STAMP_FLOW, stamp->flow);
	put32(p + STAMP_SEQ, stamp->seq);
	put16(p + STAMP_TIME, (u32)(ns >> 32));
	put32(p + STAMP_TIME + 2, (u32)ns);
	fill_pattern(p + GEN_STAMP, len - at - GEN_STAMP, stamp->seq + stamp->flow);
	put32(p + STAMP_CSUM, content_hash(p, len - at));
}

/* The stamp of a frame, and the bytes from there to the end of its datagram; NULL: not ours. */
static const u8 *find_stamp(const struct gen_stream *s, const u8 *frame, u32 len, u32 *bytes)
{
	u32 at = 14;
	u32 l3_len, headers;

	if (len < GEN_LEN_MIN_UDP)
		return NULL;
	if (get16(frame + 12) == TYPE_8021Q)
		at += 4;
	if (get16(frame + at - 2) != TYPE_IPV4 || frame[at] != 0x45 ||
	    get16(frame + at + IP_ID) != s->run)
		return NULL;
	l3_len = get16(frame + at + 2);
	headers = 20 + (frame[at + 9] == PROTO_TCP ? 20 : 8);
	if (at + l3_len > len || l3_len < headers + GEN_STAMP)
		return NULL;
	*bytes = l3_len - headers;
	frame += at + headers;
	return get16(frame) == GEN_MAGIC ? frame : NULL;
}

enum gen_verdict gen_check(const struct gen_stream *s, const u8 *frame, u32 len, u32 flows,
			   struct gen_stamp *stamp)
{
	u32 bytes = 0;
	const u8 *p = find_stamp(s, frame, len, &bytes);

	if (!p)
		return GEN_FOREIGN;
	if (get32(p + STAMP_CSUM) != content_hash(p, bytes))
		return GEN_CORRUPT;
	stamp->flow = get16(p + STAMP_FLOW);
	stamp->seq = get32(p + STAMP_SEQ);
	stamp->ns = (u64)get16(p + STAMP_TIME) << 32 | get32(p + STAMP_TIME + 2);
	return stamp->flow < flows ? GEN_GOOD : GEN_CORRUPT;
}

/* Forget what is below the window when @flow->next moves up to @next. */
static void window_move(struct gen_flow *flow, u32 next)
{
	u32 seq;

	if (next - flow->next >= GEN_WINDOW) {
		memset(flow->seen, 0, sizeof(flow->seen));
		flow->next = next;
		return;
	}
	for (seq = flow->next; seq != next; seq++)
		flow->seen[seq % GEN_WINDOW / 64] &= ~(1ull << seq % 64);
	flow->next = next;
}

void gen_track(struct gen_flow *flow, u32 seq, struct gen_tally *t)
{
	u64 *word = &flow->seen[seq % GEN_WINDOW / 64];
	u64 bit = 1ull << seq % 64;
	u32 behind;

	if ((s32)(seq - flow->next) >= 0) {
		window_move(flow, seq + 1);
		*word |= bit;
		t->good++;
		return;
	}
	behind = flow->next - seq;
	if (behind > GEN_WINDOW) {
		t->old++;
	} else if (*word & bit) {
		t->duplicate++;
	} else {
		*word |= bit;
		t->good++;
		t->reordered++;
	}
}
