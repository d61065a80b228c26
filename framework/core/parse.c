// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Finding the headers of a frame.
 *
 * Every length field is checked against the bytes that are there before it is used. Tags: up to
 * two, 802.1Q or 802.1ad. IPv6 extension headers: hop-by-hop (0), routing (43), fragment (44),
 * authentication (51), destination options (60), at most NAX_EXT_MAX of them.
 */

#include "pieces.h"

#define NAX_EXT_MAX	16
#define NAX_TAGS_MAX	2

enum {
	PROTO_HOP_BY_HOP = 0,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_AUTH = 51,
	PROTO_DST_OPTIONS = 60,
	PROTO_SCTP = 132,
};

#define OPTION_PAD1		0x00
#define OPTION_HOME_ADDRESS	0xc9	/* RFC 6275 section 6.3 */

/* The parse under way. */
struct parse {
	const struct nax_piece *p;
	u32 n;
	u32 total;	/* bytes in the frame */
	u32 end;	/* one past the datagram */
	struct nax_headers *h;
	struct nax_ip *ip;
};

static bool parse_bytes(const struct parse *s, u32 offset, u8 *to, u32 len)
{
	return nax_pieces_copy(s->p, s->n, offset, to, len);
}

static int parse_tcp(struct parse *s, u32 offset, u32 left)
{
	u8 b[14];
	u32 len;

	if (left < 20 || !parse_bytes(s, offset, b, sizeof(b)))
		return -EBADMSG;
	len = (b[12] >> 4) * 4u;
	if (len < 20 || len > left)
		return -EBADMSG;
	s->h->flags |= NAX_F_TCP;
	s->h->l4 = (u16)len;
	s->ip->l4_len = left;
	return 0;
}

static int parse_udp(struct parse *s, u32 offset, u32 left)
{
	u8 b[8];
	u32 len;

	if (left < 8 || !parse_bytes(s, offset, b, sizeof(b)))
		return -EBADMSG;
	len = nax_get16(b + 4);
	if (len < 8 || len > left)
		return -EBADMSG;
	s->h->flags |= NAX_F_UDP;
	s->h->l4 = 8;
	s->h->zero_udp = s->h->flags & NAX_F_IPV4 && !nax_get16(b + 6);
	s->ip->l4_len = len;
	return 0;
}

static int parse_sctp(struct parse *s, u32 left)
{
	if (left < 12)
		return -EBADMSG;
	s->h->flags |= NAX_F_SCTP;
	s->h->l4 = 12;
	s->ip->l4_len = left;
	return 0;
}

static int parse_l4(struct parse *s)
{
	u32 offset = (u32)s->h->l2 + s->h->l3;
	u32 left = s->end - offset;

	switch (s->ip->proto) {
	case PROTO_TCP:
		return parse_tcp(s, offset, left);
	case PROTO_UDP:
		return parse_udp(s, offset, left);
	case PROTO_SCTP:
		return parse_sctp(s, left);
	default:
		return 0;
	}
}

static int parse_ipv4(struct parse *s)
{
	struct nax_headers *h = s->h;
	u8 b[20];
	u32 len;

	if (!parse_bytes(s, h->l2, b, sizeof(b)))
		return -EBADMSG;
	len = (b[0] & 15) * 4u;
	if (len < 20 || len > s->total - h->l2)
		return -EBADMSG;
	h->flags |= NAX_F_IPV4;
	if (len > 20)
		h->flags |= NAX_F_IP_EXT;
	h->l3 = (u16)len;
	s->ip->src = h->l2 + 12u;
	s->ip->dst = h->l2 + 16u;
	s->ip->proto = b[9];
	/* more fragments follow, or this one does not start at 0; "don't fragment" is no matter */
	h->fragment = nax_get16(b + 6) & 0x3fff;

	if (nax_get16(b + 2) < len || nax_get16(b + 2) > s->total - h->l2)
		return -EBADMSG;
	h->l3_len = nax_get16(b + 2);
	s->end = h->l2 + h->l3_len;
	return h->fragment ? 0 : parse_l4(s);
}

/*
 * The final destination, which the pseudo-header wants (RFC 8200 section 8.1), stands in the
 * routing header until the last segment: at the end of type 0, alone in type 2 (RFC 6275 section
 * 6.4), first in type 4 (RFC 8754 section 2).
 */
static void parse_routing(struct parse *s, u32 offset, u32 len, u32 type, u32 left)
{
	struct nax_ip *ip = s->ip;

	if (!left)
		return;
	if (type == 0 && len >= 24 && (len - 8) % 16 == 0 && left <= (len - 8) / 16)
		ip->dst = offset + len - 16;
	else if (type == 2 && len == 24 && left == 1)
		ip->dst = offset + 8;
	else if (type == 4 && len >= 24)
		ip->dst = offset + 8;
	else
		ip->unsure = true;
}

/* Options of a destination options header at @offset, @len bytes with its first two. */
static int parse_options(struct parse *s, u32 offset, u32 len)
{
	u32 at = 2;
	u8 b[2];

	while (at < len) {
		if (!parse_bytes(s, offset + at, b, 1))
			return -EBADMSG;
		if (b[0] == OPTION_PAD1) {
			at++;
			continue;
		}
		if (len - at < 2 || !parse_bytes(s, offset + at, b, 2) || b[1] > len - at - 2)
			return -EBADMSG;
		if (b[0] == OPTION_HOME_ADDRESS && b[1] == 16)
			s->ip->src = offset + at + 2;
		at += 2u + b[1];
	}
	return 0;
}

/* One extension header; moves h->l3 past it. Return: 1 to go on, 0 at the end, or an error. */
static int parse_extension(struct parse *s)
{
	u32 offset = (u32)s->h->l2 + s->h->l3;
	u32 left = s->end - offset;
	u8 type = s->ip->proto;
	u32 len;
	int rc;
	u8 b[8];

	if (type != PROTO_HOP_BY_HOP && type != PROTO_ROUTING && type != PROTO_FRAGMENT &&
	    type != PROTO_AUTH && type != PROTO_DST_OPTIONS)
		return 0;
	if (left < sizeof(b) || !parse_bytes(s, offset, b, sizeof(b)))
		return -EBADMSG;
	if (type == PROTO_FRAGMENT)
		len = 8;
	else if (type == PROTO_AUTH)
		len = (b[1] + 2u) * 4;
	else
		len = (b[1] + 1u) * 8;
	if (len > left)
		return -EBADMSG;

	if (type == PROTO_ROUTING)
		parse_routing(s, offset, len, b[2], b[3]);
	if (type == PROTO_AUTH)
		s->ip->authenticated = true;
	if (type == PROTO_DST_OPTIONS) {
		rc = parse_options(s, offset, len);
		if (rc)
			return rc;
	}
	s->h->flags |= NAX_F_IP_EXT;
	s->h->l3 = (u16)(s->h->l3 + len);
	s->ip->proto = b[0];
	if (type != PROTO_FRAGMENT)
		return 1;
	/* offset and "more"; both 0 is a whole datagram that some translator marked (RFC 6946) */
	s->ip->fragment_header = true;
	s->h->fragment = nax_get16(b + 2) & 0xfff9;
	return !s->h->fragment;
}

static int parse_ipv6(struct parse *s)
{
	struct nax_headers *h = s->h;
	int rc = 1;
	u8 b[40];
	u32 i;

	if (!parse_bytes(s, h->l2, b, sizeof(b)))
		return -EBADMSG;
	h->flags |= NAX_F_IPV6;
	h->l3 = sizeof(b);
	s->ip->src = h->l2 + 8u;
	s->ip->dst = h->l2 + 24u;
	s->ip->proto = b[6];
	if (nax_get16(b + 4) > s->total - h->l2 - sizeof(b))
		return -EBADMSG;
	h->l3_len = (u32)sizeof(b) + nax_get16(b + 4);
	s->end = h->l2 + h->l3_len;

	for (i = 0; i < NAX_EXT_MAX && rc > 0; i++)
		rc = parse_extension(s);
	if (rc < 0)
		return rc;
	/* rc > 0: the bound was reached; what follows is perhaps yet another extension header */
	return rc > 0 || h->fragment ? 0 : parse_l4(s);
}

int nax_ip_parse(const struct nax_piece *p, u32 n, struct nax_headers *h, struct nax_ip *ip)
{
	struct parse s = { .p = p, .n = n, .total = nax_pieces_len(p, n), .h = h, .ip = ip };
	u8 version;

	memset(ip, 0, sizeof(*ip));
	if (!parse_bytes(&s, h->l2, &version, 1))
		return -EBADMSG;
	if (version >> 4 == 4)
		return parse_ipv4(&s);
	if (version >> 4 == 6)
		return parse_ipv6(&s);
	return -EBADMSG;
}

int nax_packet_parse_ip(const struct nax_piece *p, u32 n, struct nax_headers *h,
			struct nax_ip *ip)
{
	u32 l2 = NAX_ETH_LEN;
	u32 type;
	u8 b[2];

	memset(h, 0, sizeof(*h));
	memset(ip, 0, sizeof(*ip));
	for (;;) {
		if (!nax_pieces_copy(p, n, l2 - 2, b, sizeof(b)))
			return -EBADMSG;
		h->l2 = (u16)l2;
		type = nax_get16(b);
		if (type != NAX_TPID_C && type != NAX_TPID_S)
			break;
		if (h->vlan_depth == NAX_TAGS_MAX)
			return 0;
		h->vlan_depth++;
		l2 += NAX_TAG_LEN;
	}
	if (type != NAX_TYPE_IPV4 && type != NAX_TYPE_IPV6)
		return 0;
	if (!nax_pieces_copy(p, n, l2, b, 1) || b[0] >> 4 != (type == NAX_TYPE_IPV4 ? 4 : 6))
		return -EBADMSG;
	return nax_ip_parse(p, n, h, ip);
}

int nax_packet_parse(const struct nax_piece *p, u32 n, struct nax_headers *h)
{
	struct nax_ip ip;

	return nax_packet_parse_ip(p, n, h, &ip);
}
