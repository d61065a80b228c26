// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Frames for tests: written and checksummed in the plainest way, as a check on the other. */
#include <stdlib.h>
#include <string.h>

#include "pkt.h"

u32 pkt_random(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

u32 pkt_below(u32 *state, u32 n)
{
	return (u32)((u64)pkt_random(state) * n >> 32);
}

static void put16(u8 *b, u32 v)
{
	b[0] = (u8)(v >> 8);
	b[1] = (u8)v;
}

static u32 get16(const u8 *b)
{
	return (u32)b[0] << 8 | b[1];
}

static u8 proto_of(u32 l4)
{
	return l4 == NAX_F_TCP ? 6 : l4 == NAX_F_UDP ? 17 : l4 == NAX_F_SCTP ? 132 : 200;
}

/* One extension header, whose first byte is filled by the one behind it. */
static u8 *ext_add(u8 *at, u8 **next, u8 type, u32 len)
{
	memset(at, 0, len);
	**next = type;
	*next = at;
	at[1] = (u8)(type == 51 ? len / 4 - 2 : type == 44 ? 0 : len / 8 - 1);
	return at;
}

static u32 ext_make(struct pkt *p, u8 *at, u8 *next, const struct pkt_spec *s, u32 *state)
{
	static const u8 type[] = { 0, 60, 43, 43, 43, 43, 44, 51, 60 };
	static const u8 size[] = { 8, 24, 24, 24, 40, 24, 8, 24, 16 };
	static const u8 routing[] = { 0, 0, 0, 2, 4, 99 };
	u8 *start = at;
	u32 i, k;

	for (i = 0; i < sizeof(type); i++) {
		if (!(s->ext & 1u << i))
			continue;
		ext_add(at, &next, type[i], size[i]);
		if (1u << i == PKT_HOME) {
			at[2] = 1;	/* PadN of 4 bytes, so that the address is aligned */
			at[3] = 2;
			at[6] = 0xc9;
			at[7] = 16;
			p->src = (u32)(at + 8 - p->b);
		} else if (type[i] == 43) {
			at[2] = routing[i];
			at[3] = 1;
			at[4] = 1u << i == PKT_SRH;	/* last entry */
			p->dst = (u32)(at + 8 - p->b);
		} else if (type[i] != 44 && type[i] != 51) {
			at[2] = 1;
			at[3] = (u8)(size[i] - 4);
		}
		if (size[i] >= 24)
			for (k = 8; k < size[i]; k++)
				at[k] = (u8)pkt_random(state);
		at += size[i];
	}
	if (s->fragment) {
		ext_add(at, &next, 44, 8);
		at[3] = 1;	/* more fragments */
		at += 8;
	}
	*next = proto_of(s->l4);
	return (u32)(at - start);
}

static void ip_make(struct pkt *p, const struct pkt_spec *s, u32 rest, u32 *state)
{
	u8 *ip = p->b + p->l2;
	u32 i;

	if (s->v6) {
		ip[0] = 0x60;
		ip[7] = 64;
		for (i = 8; i < 40; i++)
			ip[i] = (u8)pkt_random(state);
		p->src = p->l2 + 8;
		p->dst = p->l2 + 24;
		p->l3 = 40 + ext_make(p, ip + 40, ip + 6, s, state);
		put16(ip + 4, p->l3 - 40 + rest);
		p->flags |= NAX_F_IPV6 | (s->ext || s->fragment ? NAX_F_IP_EXT : 0);
		return;
	}
	p->l3 = 20 + s->options;
	ip[0] = (u8)(0x40 | p->l3 / 4);
	put16(ip + 2, p->l3 + rest);
	put16(ip + 4, pkt_random(state) & 0xffff);
	put16(ip + 6, s->fragment ? 0x2000 : 0x4000);
	ip[8] = 64;
	ip[9] = proto_of(s->l4);
	for (i = 12; i < 20; i++)
		ip[i] = (u8)pkt_random(state);
	memset(ip + 20, 1, s->options);	/* no operation */
	p->src = p->l2 + 12;
	p->dst = p->l2 + 16;
	p->flags |= NAX_F_IPV4 | (s->options ? NAX_F_IP_EXT : 0);
}

void pkt_make(struct pkt *p, const struct pkt_spec *s, u32 *state)
{
	static const u32 least[] = { 0, 20, 8, 12 };
	u32 rest, i;
	u8 *l4;

	memset(p, 0, offsetof(struct pkt, b));
	memset(p->b, 0, 1024);
	for (i = 0; i < 12; i++)
		p->b[i] = (u8)pkt_random(state);
	p->b[0] &= 0xfe;
	p->l2 = 12;
	for (i = 0; i < s->tags; i++, p->l2 += 4) {
		put16(p->b + p->l2, s->tags - i == 2 ? 0x88a8 : 0x8100);
		put16(p->b + p->l2 + 2, pkt_random(state) & 0xffff);
	}
	put16(p->b + p->l2, s->v6 ? 0x86dd : 0x0800);
	p->l2 += 2;

	p->l4 = least[s->l4 >> 3] + (s->l4 == NAX_F_TCP ? s->l4_options : 0);
	rest = p->l4 + s->payload;
	ip_make(p, s, rest, state);
	p->flags |= s->l4;
	l4 = p->b + p->l2 + p->l3;
	for (i = 0; i < rest; i++)
		l4[i] = (u8)pkt_random(state);
	if (s->l4 == NAX_F_TCP) {
		l4[12] = (u8)(p->l4 / 4 << 4);
		l4[13] = s->tcp_flags;
		put16(l4 + 16, 0);
	} else if (s->l4 == NAX_F_UDP) {
		put16(l4 + 4, rest);
		put16(l4 + 6, 0);
	} else if (s->l4 == NAX_F_SCTP) {
		memset(l4 + 8, 0, 4);
	}
	p->len = p->l2 + p->l3 + rest;
	memset(p->b + p->len, 0xee, s->pad);
	p->len += s->pad;
}

void pkt_spec_random(struct pkt_spec *s, u32 *state)
{
	static const u32 ext[] = { 0, 0, PKT_HOP, PKT_HOME, PKT_RT0, PKT_RT2, PKT_SRH, PKT_ATOMIC,
				   PKT_AH, PKT_DST, PKT_HOP | PKT_RT2 | PKT_DST,
				   PKT_HOP | PKT_HOME | PKT_RT0 | PKT_ATOMIC | PKT_AH | PKT_DST };

	memset(s, 0, sizeof(*s));
	s->tags = pkt_below(state, 3);
	s->v6 = pkt_below(state, 2);
	s->options = s->v6 ? 0 : pkt_below(state, 3) ? 0 : 4 * pkt_below(state, 11);
	s->ext = s->v6 ? ext[pkt_below(state, ARRAY_SIZE(ext))] : 0;
	s->l4 = (1 + pkt_below(state, 3)) << 3;
	s->l4_options = 4 * pkt_below(state, 11);
	s->payload = pkt_below(state, pkt_below(state, 4) ? 200 : 3000);
	s->pad = pkt_below(state, 3) ? 0 : pkt_below(state, 40);
	s->tcp_flags = (u8)pkt_random(state);
}

u32 pkt_lengths(const struct pkt *p)
{
	return nax_tx_lengths(p->l2, p->l3, p->l4);
}

u32 pkt_request(const struct pkt *p)
{
	return (p->flags & ~NAX_F_IP_EXT) | NAX_F_TX_L4CSUM |
	       (p->flags & NAX_F_IPV4 ? NAX_F_TX_IPCSUM : 0);
}

static u32 sum_words(const u8 *b, u32 len, u32 sum)
{
	u32 i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? b[i] : (u32)b[i] << 8;
	return sum;
}

static u32 sum_end(u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static u32 crc_bits(const u8 *b, u32 len)
{
	u32 crc = ~0u;
	u32 i, k;

	for (i = 0; i < len; i++) {
		crc ^= b[i];
		for (k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

void pkt_fill(struct pkt *p)
{
	u8 *ip = p->b + p->l2, *l4 = ip + p->l3;
	u32 v6 = p->flags & NAX_F_IPV6, address = v6 ? 16 : 4;
	u32 end = v6 ? 40 + get16(ip + 4) : get16(ip + 2);
	u32 len = end - p->l3, sum, crc;

	if (!v6) {
		put16(ip + 10, 0);
		put16(ip + 10, sum_end(sum_words(ip, p->l3, 0)));
	}
	if ((p->flags & NAX_F_L4_MASK) == NAX_F_SCTP) {
		memset(l4 + 8, 0, 4);
		crc = crc_bits(l4, len);
		l4[8] = (u8)crc;
		l4[9] = (u8)(crc >> 8);
		l4[10] = (u8)(crc >> 16);
		l4[11] = (u8)(crc >> 24);
	} else if (p->flags & NAX_F_L4_MASK) {
		l4 += (p->flags & NAX_F_L4_MASK) == NAX_F_TCP ? 16 : 6;
		put16(l4, 0);
		sum = sum_words(p->b + p->src, address, proto_of(p->flags & NAX_F_L4_MASK) + len);
		sum = sum_words(p->b + p->dst, address, sum);
		sum = sum_end(sum_words(ip + p->l3, len, sum));
		put16(l4, !sum && (p->flags & NAX_F_L4_MASK) == NAX_F_UDP ? 0xffff : sum);
	}
}

u32 pkt_split(const u8 *b, u32 len, struct nax_piece *piece, u32 most, u32 *state)
{
	u32 n = 0, part;

	do {
		part = pkt_below(state, 4) ? pkt_below(state, 24) : pkt_below(state, 900);
		if (part > len || n + 1 == most)
			part = len;
		piece[n].data = malloc(part ? part : 1);
		piece[n].len = part;
		memcpy(piece[n].data, b, part);
		b += part;
		len -= part;
		n++;
	} while (len);
	return n;
}

u32 pkt_join(struct nax_piece *piece, u32 n, u8 *b)
{
	u32 len = 0, i;

	for (i = 0; i < n; i++) {
		if (b && piece[i].len)
			memcpy(b + len, piece[i].data, piece[i].len);
		len += piece[i].len;
		free(piece[i].data);
	}
	return len;
}
