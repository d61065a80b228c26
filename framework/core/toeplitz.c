// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The receive hash that every RSS device computes, as Microsoft's "RSS hashing functions" and "RSS
 * hashing types" define it.
 */

#include "pieces.h"

u32 nax_toeplitz(const u8 *key, const u8 *data, u32 len)
{
	u32 window = nax_get32(key);
	u32 hash = 0;
	u32 i;
	u32 bit;

	for (i = 0; i < len; i++) {
		for (bit = 0; bit < 8; bit++) {
			if (data[i] & 0x80 >> bit)
				hash ^= window;
			window = window << 1 | (key[i + 4] >> (7 - bit) & 1);
		}
	}
	return hash;
}

/* What a frame offers to the choice of a hash type. */
struct hash_input {
	bool tcp;
	bool udp;
	bool ext;	/* has extension headers */
};

static bool hash_enabled(u32 types, enum nax_hash_type type)
{
	return types & BIT(type);
}

static enum nax_hash_type hash_choose_ipv4(u32 types, const struct hash_input *in)
{
	if (in->tcp && hash_enabled(types, NAX_HASH_IPV4_TCP))
		return NAX_HASH_IPV4_TCP;
	if (in->udp && hash_enabled(types, NAX_HASH_IPV4_UDP))
		return NAX_HASH_IPV4_UDP;
	return hash_enabled(types, NAX_HASH_IPV4) ? NAX_HASH_IPV4 : NAX_HASH_NONE;
}

/* The type that looks into extension headers goes first only where there are any. */
static enum nax_hash_type hash_choose_ex(u32 types, bool ext, enum nax_hash_type plain,
					 enum nax_hash_type ex)
{
	if (hash_enabled(types, ex) && (ext || !hash_enabled(types, plain)))
		return ex;
	return hash_enabled(types, plain) ? plain : NAX_HASH_NONE;
}

static enum nax_hash_type hash_choose_ipv6(u32 types, const struct hash_input *in)
{
	enum nax_hash_type type = NAX_HASH_NONE;

	if (in->tcp)
		type = hash_choose_ex(types, in->ext, NAX_HASH_IPV6_TCP, NAX_HASH_IPV6_TCP_EX);
	if (in->udp)
		type = hash_choose_ex(types, in->ext, NAX_HASH_IPV6_UDP, NAX_HASH_IPV6_UDP_EX);
	if (type == NAX_HASH_NONE)
		type = hash_choose_ex(types, in->ext, NAX_HASH_IPV6, NAX_HASH_IPV6_EX);
	return type;
}

enum nax_hash_type nax_rss_hash(const u8 *key, u32 types, const struct nax_piece *p, u32 n,
				u32 *hash)
{
	struct nax_headers h;
	struct hash_input in;
	enum nax_hash_type type;
	struct nax_ip ip;
	u8 data[36];
	u32 address;
	bool ports;
	bool whole;

	*hash = 0;
	/* a contradiction in lengths leaves what is certain, which is all that is looked at */
	nax_packet_parse_ip(p, n, &h, &ip);
	if (!h.l3)
		return NAX_HASH_NONE;
	/* a device sees the fragment header alone, and takes even a whole datagram for a part */
	whole = h.l4 && !ip.fragment_header;
	in.tcp = whole && (h.flags & NAX_F_L4_MASK) == NAX_F_TCP;
	in.udp = whole && (h.flags & NAX_F_L4_MASK) == NAX_F_UDP;
	in.ext = h.flags & NAX_F_IP_EXT;

	type = h.flags & NAX_F_IPV4 ? hash_choose_ipv4(types, &in) : hash_choose_ipv6(types, &in);
	if (type == NAX_HASH_NONE)
		return NAX_HASH_NONE;
	ports = type != NAX_HASH_IPV4 && type != NAX_HASH_IPV6 && type != NAX_HASH_IPV6_EX;
	address = h.flags & NAX_F_IPV4 ? 4 : 16;
	if (address == 16 && type < NAX_HASH_IPV6_EX) {
		ip.src = h.l2 + 8u;
		ip.dst = h.l2 + 24u;
	}
	if (!nax_pieces_copy(p, n, ip.src, data, address) ||
	    !nax_pieces_copy(p, n, ip.dst, data + address, address) ||
	    (ports && !nax_pieces_copy(p, n, (u32)h.l2 + h.l3, data + 2 * address, 4)))
		return NAX_HASH_NONE;
	*hash = nax_toeplitz(key, data, 2 * address + (ports ? 4 : 0));
	return type;
}
