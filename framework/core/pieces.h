/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Bytes of a packet that lies in several pieces, for the files of core/ that work on packets. */
#ifndef NAX_PIECES_H
#define NAX_PIECES_H

#include "packet.h"

#define NAX_ETH_LEN	14u	/* two addresses and a type */
#define NAX_ETH_ADDRS	12u
#define NAX_TAG_LEN	4u	/* 802.1Q */
#define NAX_FCS_LEN	4u
#define NAX_TPID_C	0x8100u	/* customer tag, 802.1Q */
#define NAX_TPID_S	0x88a8u	/* service tag, 802.1ad */
#define NAX_TYPE_IPV4	0x0800u
#define NAX_TYPE_IPV6	0x86ddu

static inline u16 nax_get16(const u8 *b)
{
	return (u16)(b[0] << 8 | b[1]);
}

static inline void nax_put16(u8 *b, u32 v)
{
	b[0] = (u8)(v >> 8);
	b[1] = (u8)(v & 0xff);
}

static inline u32 nax_get32(const u8 *b)
{
	return (u32)nax_get16(b) << 16 | nax_get16(b + 2);
}

static inline void nax_put32(u8 *b, u32 v)
{
	nax_put16(b, v >> 16);
	nax_put16(b + 2, v);
}

/** nax_pieces_len() - bytes in all pieces. */
static inline u32 nax_pieces_len(const struct nax_piece *p, u32 n)
{
	u32 len = 0;
	u32 i;

	for (i = 0; i < n; i++)
		len += p[i].len;
	return len;
}

/**
 * nax_pieces_copy() - copy @len bytes at @offset out of a packet
 *
 * Return: whether there are so many; if not, @to may be written in part.
 */
bool nax_pieces_copy(const struct nax_piece *p, u32 n, u32 offset, void *to, u32 len);

/** nax_pieces_store() - write @len bytes at @offset of a packet; false if it is too short. */
bool nax_pieces_store(const struct nax_piece *p, u32 n, u32 offset, const void *from, u32 len);

/**
 * struct nax_cursor - a place in a packet, for copying from front to back
 * @p: pieces
 * @n: how many
 * @i: piece
 * @at: byte in it
 */
struct nax_cursor {
	const struct nax_piece *p;
	u32 n;
	u32 i;
	u32 at;
};

/**
 * nax_cursor_read() - the next contiguous bytes
 * @c: moved past them
 * @want: at most so many, > 0
 * @len: how many there are, 1 .. @want
 *
 * Return: the first byte, NULL at the end of the packet.
 */
u8 *nax_cursor_read(struct nax_cursor *c, u32 want, u32 *len);

/** nax_cursor_write() - copy @len bytes to the cursor's place; false if there is no room. */
bool nax_cursor_write(struct nax_cursor *c, const u8 *from, u32 len);

/** nax_cursor_move() - copy @len bytes from @from to @to; false if one of them ends early. */
bool nax_cursor_move(struct nax_cursor *to, struct nax_cursor *from, u32 len);

/** nax_cursor_zero() - fill with zeroes from the cursor's place to the end. */
void nax_cursor_zero(struct nax_cursor *c);

/**
 * nax_crc32c_step() - go on with a CRC32c
 * @crc: state; all-ones at first, inverted at the end
 */
u32 nax_crc32c_step(u32 crc, const struct nax_piece *p, u32 n, u32 offset, u32 len);

/**
 * struct nax_ip - what parsing found beyond struct nax_headers
 * @src: offset in the frame of the source address for the pseudo-header: of the home address
 *	option if there is one
 * @dst: offset of the final destination: from the routing header if it has segments left
 * @l4_len: bytes that the transport checksum covers, from the transport header on
 * @proto: protocol after the last extension header that was read
 * @authenticated: an authentication header covers the packet
 * @fragment_header: an IPv6 fragment header is there, even if the datagram is whole
 * @unsure: the final destination is in a routing header of unknown type
 */
struct nax_ip {
	u32 src;
	u32 dst;
	u32 l4_len;
	u8 proto;
	bool authenticated;
	bool fragment_header;
	bool unsure;
};

/**
 * nax_ip_parse() - nax_packet_parse() from the IP header on
 * @p: pieces
 * @n: how many
 * @h: result; @h->l2 says where the IP header is, all else must be zero
 * @ip: result
 *
 * The version field decides between IPv4 and IPv6. Return: as nax_packet_parse().
 */
int nax_ip_parse(const struct nax_piece *p, u32 n, struct nax_headers *h, struct nax_ip *ip);

/** nax_packet_parse_ip() - nax_packet_parse() with all that it found. */
int nax_packet_parse_ip(const struct nax_piece *p, u32 n, struct nax_headers *h,
			struct nax_ip *ip);

#endif /* NAX_PIECES_H */
