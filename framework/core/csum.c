// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Checksums in software: filled where a device does not, verified where a device objects. */

#include "pieces.h"

#define NAX_IP_CSUM_AT	10u	/* offset of the checksum in the IPv4 header */

/* By NAX_F_L4_MASK >> 3: protocol number of the pseudo-header, and where the checksum stands. */
static const struct {
	u8 proto;
	u8 at;
} l4_csum[4] = {
	{ 0, 0 },
	{ 6, 16 },	/* TCP */
	{ 17, 6 },	/* UDP */
	{ 132, 8 },	/* SCTP: CRC32c without pseudo-header */
};

#define L4_INDEX(flags) (((flags) & NAX_F_L4_MASK) >> 3)

/*
 * Sum of @len bytes as if the first were the high half of a word, folded to 16 bits. The sum is
 * made in the machine's own order eight bytes at a time: ones' complement addition does not
 * care, so long as the bytes are put in order at the end (RFC 1071 section 2).
 */
static u32 csum_bytes(const u8 *d, u32 len)
{
	u64 sum = 0;
	u16 native;
	u64 word;
	u8 b[2];

	for (; len >= sizeof(word); len -= (u32)sizeof(word), d += sizeof(word)) {
		memcpy(&word, d, sizeof(word));
		sum += word;
		sum += sum < word;
	}
	word = 0;
	memcpy(&word, d, len);
	sum += word;
	sum += sum < word;

	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	native = (u16)((sum & 0xffff) + (sum >> 16));
	memcpy(b, &native, sizeof(b));
	return nax_get16(b);
}

u32 nax_csum_pieces(const struct nax_piece *p, u32 n, u32 offset, u32 len, u32 sum)
{
	struct nax_cursor c = { .p = p, .n = n, .at = offset };
	bool odd = false;
	u64 acc = sum;
	const u8 *at;
	u32 part;
	u32 s;

	while (len) {
		at = nax_cursor_read(&c, len, &part);
		if (!at)
			break;
		s = csum_bytes(at, part);
		/* a piece at an odd place has its bytes in the other half of each word */
		acc += odd ? (s & 0xff) << 8 | s >> 8 : s;
		odd ^= part & 1;
		len -= part;
	}
	acc = (acc & 0xffffffff) + (acc >> 32);
	return (u32)((acc & 0xffffffff) + (acc >> 32));
}

u16 nax_csum_fold(u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (u16)~sum;
}

static u32 csum_pseudo(const struct nax_piece *p, u32 n, const struct nax_headers *h,
		       const struct nax_ip *ip)
{
	u32 address = h->flags & NAX_F_IPV4 ? 4 : 16;
	u32 sum = l4_csum[L4_INDEX(h->flags)].proto + (ip->l4_len >> 16) + (ip->l4_len & 0xffff);

	sum = nax_csum_pieces(p, n, ip->src, address, sum);
	return nax_csum_pieces(p, n, ip->dst, address, sum);
}

/* The CRC of an SCTP packet with zeroes in place of the checksum field, as the field holds it. */
static void csum_sctp(const struct nax_piece *p, u32 n, u32 l4, u32 len, u8 field[4])
{
	static u8 zero[4];	/* read only, but a piece cannot say so */
	struct nax_piece gap = { .data = zero, .len = sizeof(zero) };
	u32 at = l4_csum[L4_INDEX(NAX_F_SCTP)].at;
	u32 crc;

	crc = nax_crc32c_step(~0u, p, n, l4, at);
	crc = nax_crc32c_step(crc, &gap, 1, 0, sizeof(zero));
	crc = ~nax_crc32c_step(crc, p, n, l4 + at + 4, len - at - 4);
	field[0] = (u8)crc;
	field[1] = (u8)(crc >> 8);
	field[2] = (u8)(crc >> 16);
	field[3] = (u8)(crc >> 24);
}

static void csum_fill_ipv4(const struct nax_piece *p, u32 n, const struct nax_headers *h)
{
	u8 field[2] = { 0, 0 };

	nax_pieces_store(p, n, h->l2 + NAX_IP_CSUM_AT, field, sizeof(field));
	nax_put16(field, nax_csum_fold(nax_csum_pieces(p, n, h->l2, h->l3, 0)));
	nax_pieces_store(p, n, h->l2 + NAX_IP_CSUM_AT, field, sizeof(field));
}

static void csum_fill_l4(const struct nax_piece *p, u32 n, const struct nax_headers *h,
			 const struct nax_ip *ip)
{
	u32 l4 = (u32)h->l2 + h->l3;
	u32 at = l4 + l4_csum[L4_INDEX(h->flags)].at;
	u8 field[4] = { 0, 0, 0, 0 };
	u16 sum;

	if ((h->flags & NAX_F_L4_MASK) == NAX_F_SCTP) {
		csum_sctp(p, n, l4, ip->l4_len, field);
		nax_pieces_store(p, n, at, field, 4);
		return;
	}
	nax_pieces_store(p, n, at, field, 2);
	sum = nax_csum_fold(nax_csum_pieces(p, n, l4, ip->l4_len, csum_pseudo(p, n, h, ip)));
	/* 0 would say that the sender made no checksum (RFC 768) */
	if ((h->flags & NAX_F_L4_MASK) == NAX_F_UDP && !sum)
		sum = 0xffff;
	nax_put16(field, sum);
	nax_pieces_store(p, n, at, field, 2);
}

/* What a request for checksums names must be what the packet has. */
static int csum_request(const struct nax_piece *p, u32 n, u32 flags, u32 lengths,
			struct nax_headers *h, struct nax_ip *ip)
{
	int rc;

	*h = (struct nax_headers){ .l2 = (u16)nax_tx_l2(lengths) };
	rc = nax_ip_parse(p, n, h, ip);
	if (h->l3 != nax_tx_l3(lengths) || (flags ^ h->flags) & (NAX_F_IPV4 | NAX_F_IPV6))
		return -EINVAL;
	if (flags & NAX_F_TX_IPCSUM && !(h->flags & NAX_F_IPV4))
		return -EINVAL;
	if (flags & NAX_F_TX_L4CSUM &&
	    (rc || !h->l4 || (flags ^ h->flags) & NAX_F_L4_MASK || ip->unsure))
		return -EINVAL;
	return 0;
}

int nax_csum_fill(const struct nax_piece *p, u32 n, u32 flags, u32 lengths)
{
	struct nax_headers h;
	struct nax_ip ip;

	if (!(flags & (NAX_F_TX_IPCSUM | NAX_F_TX_L4CSUM)))
		return 0;
	if (csum_request(p, n, flags, lengths, &h, &ip))
		return -EINVAL;
	if (flags & NAX_F_TX_IPCSUM)
		csum_fill_ipv4(p, n, &h);
	if (flags & NAX_F_TX_L4CSUM)
		csum_fill_l4(p, n, &h, &ip);
	return 0;
}

int nax_csum_seed(const struct nax_piece *p, u32 n, u32 flags, u32 lengths)
{
	u8 field[4] = { 0, 0, 0, 0 };
	struct nax_headers h;
	struct nax_ip ip;
	bool sctp;

	if (!(flags & (NAX_F_TX_IPCSUM | NAX_F_TX_L4CSUM)))
		return 0;
	if (csum_request(p, n, flags, lengths, &h, &ip))
		return -EINVAL;
	if (flags & NAX_F_TX_IPCSUM)
		nax_pieces_store(p, n, h.l2 + NAX_IP_CSUM_AT, field, 2);
	if (!(flags & NAX_F_TX_L4CSUM))
		return 0;
	sctp = (h.flags & NAX_F_L4_MASK) == NAX_F_SCTP;
	if (flags & NAX_F_TX_GSO)
		ip.l4_len = 0;	/* every segment has its own, which the device adds */
	if (!sctp)
		nax_put16(field, (u16)~nax_csum_fold(csum_pseudo(p, n, &h, &ip)));
	nax_pieces_store(p, n, (u32)h.l2 + h.l3 + l4_csum[L4_INDEX(h.flags)].at, field,
			 sctp ? 4 : 2);
	return 0;
}

static bool csum_l4_good(const struct nax_piece *p, u32 n, const struct nax_headers *h,
			 const struct nax_ip *ip)
{
	u32 l4 = (u32)h->l2 + h->l3;
	u8 found[4];
	u8 want[4];

	if ((h->flags & NAX_F_L4_MASK) != NAX_F_SCTP)
		return !nax_csum_fold(nax_csum_pieces(p, n, l4, ip->l4_len,
						      csum_pseudo(p, n, h, ip)));
	csum_sctp(p, n, l4, ip->l4_len, want);
	return nax_pieces_copy(p, n, l4 + l4_csum[L4_INDEX(NAX_F_SCTP)].at, found, 4) &&
	       !memcmp(found, want, 4);
}

/* Whether a UDP datagram over IPv6 has checksum 0: forbidden, but for tunnels (RFC 6935). */
static bool csum_udp6_zero(const struct nax_piece *p, u32 n, const struct nax_headers *h)
{
	u8 field[2];

	if ((h->flags & NAX_F_L4_MASK) != NAX_F_UDP || h->flags & NAX_F_IPV4)
		return false;
	return nax_pieces_copy(p, n, (u32)h->l2 + h->l3 + 6, field, 2) && !nax_get16(field);
}

u32 nax_csum_verify(const struct nax_piece *p, u32 n)
{
	struct nax_headers h;
	struct nax_ip ip;
	u32 verdict = 0;
	int rc;

	rc = nax_packet_parse_ip(p, n, &h, &ip);
	if (h.flags & NAX_F_IPV4 && h.l3)
		verdict |= nax_csum_fold(nax_csum_pieces(p, n, h.l2, h.l3, 0)) ?
			NAX_F_RX_IPCSUM_BAD : NAX_F_RX_IPCSUM_GOOD;
	if (rc || !h.l4 || h.zero_udp || ip.unsure || csum_udp6_zero(p, n, &h))
		return verdict;
	return verdict | (csum_l4_good(p, n, &h, &ip) ? NAX_F_RX_L4CSUM_GOOD : NAX_F_RX_L4CSUM_BAD);
}
