/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Frames for tests of the packet code, made without it. */
#ifndef PKT_H
#define PKT_H

#include "packet.h"

#define PKT_MAX 131072

/* IPv6 extension headers, in this order. */
#define PKT_HOP		0x01u	/* hop-by-hop, 8 bytes */
#define PKT_HOME	0x02u	/* destination options with a home address, 24 bytes */
#define PKT_RT0		0x04u	/* routing type 0, one address, one segment left, 24 bytes */
#define PKT_RT2		0x08u	/* the same of type 2 */
#define PKT_SRH		0x10u	/* the same of type 4, two addresses, 40 bytes */
#define PKT_RT_ODD	0x20u	/* the same of a type nobody knows */
#define PKT_ATOMIC	0x40u	/* fragment header of a whole datagram, 8 bytes */
#define PKT_AH		0x80u	/* authentication header, 24 bytes */
#define PKT_DST		0x100u	/* destination options of padding, 16 bytes */

/**
 * struct pkt_spec - what to make
 * @tags: VLAN tags; the outer of two is 802.1ad
 * @v6: IPv6, else IPv4
 * @options: bytes of IPv4 options, 0 .. 40
 * @ext: IPv6 extension headers, PKT_*
 * @fragment: first fragment of several
 * @l4: NAX_F_TCP, NAX_F_UDP, NAX_F_SCTP, or 0 for protocol 200
 * @l4_options: bytes of TCP options, 0 .. 40
 * @payload: bytes
 * @pad: bytes behind the datagram
 * @tcp_flags: byte 13
 */
struct pkt_spec {
	u32 tags;
	bool v6;
	u32 options;
	u32 ext;
	bool fragment;
	u32 l4;
	u32 l4_options;
	u32 payload;
	u32 pad;
	u8 tcp_flags;
};

/**
 * struct pkt - a frame with all checksums zero
 * @l2: bytes before IP
 * @l3: bytes of IP
 * @l4: bytes of the transport header
 * @flags: L3 and L4 type, and NAX_F_IP_EXT
 * @src: offset of the source address that the pseudo-header takes
 * @dst: the same of the destination
 */
struct pkt {
	u32 len;
	u32 l2;
	u32 l3;
	u32 l4;
	u32 flags;
	u32 src;
	u32 dst;
	u8 b[PKT_MAX];
};

/** pkt_random() - the next number of a generator that starts alike in each test. */
u32 pkt_random(u32 *state);
/** pkt_below() - 0 .. @n - 1. */
u32 pkt_below(u32 *state, u32 n);
/** pkt_make() - make a frame; addresses, ports and payload are random. */
void pkt_make(struct pkt *p, const struct pkt_spec *s, u32 *state);
/** pkt_spec_random() - any whole packet that software can checksum. */
void pkt_spec_random(struct pkt_spec *s, u32 *state);
/** pkt_lengths() - for slot.hash. */
u32 pkt_lengths(const struct pkt *p);
/** pkt_request() - flags that ask for all checksums the packet has. */
u32 pkt_request(const struct pkt *p);
/** pkt_fill() - write the checksums, computed byte by byte. */
void pkt_fill(struct pkt *p);

/**
 * pkt_split() - copy bytes to allocations of their own, of random sizes
 * @most: pieces, at most
 *
 * Return: pieces, to be given back by pkt_join().
 */
u32 pkt_split(const u8 *b, u32 len, struct nax_piece *piece, u32 most, u32 *state);
/** pkt_join() - copy them back to @b (may be NULL) and free them. Return: bytes. */
u32 pkt_join(struct nax_piece *piece, u32 n, u8 *b);

#endif /* PKT_H */
