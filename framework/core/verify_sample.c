// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The verifier's level 2: what a device says of a packet against what software finds in it. One
 * packet of 16. A packet that is malformed, or in a form that software does not take apart, is no
 * ground for a verdict on the device.
 */

#include "pieces.h"
#include "verify_impl.h"

/* UDP ports of VXLAN (RFC 7348) and Geneve (RFC 8926) */
#define PORT_VXLAN	4789
#define PORT_GENEVE	6081

/* Protocols that carry another packet: a device may have looked at the inner one. */
static bool sample_tunnel(const struct nax_queue *q, u32 n, const struct nax_headers *h, u8 proto)
{
	u8 port[2];
	u16 to;

	if (proto == 4 || proto == 41 || proto == 47 || proto == 51)
		return true;
	if ((h->flags & NAX_F_L4_MASK) != NAX_F_UDP ||
	    !nax_pieces_copy(nax_vq(q)->piece, n, h->l2 + h->l3 + 2, port, sizeof(port)))
		return false;
	to = nax_get16(port);
	return to == PORT_VXLAN || to == PORT_GENEVE;
}

static bool sample_type(struct nax_queue *q, u32 i, u32 flags, const struct nax_headers *h)
{
	u32 l3 = flags & (NAX_F_IPV4 | NAX_F_IPV6);
	u32 l4 = flags & NAX_F_L4_MASK;

	if (!nax_rule(q, NAX_RULE_RX_TYPE, !(l3 & ~h->flags), i,
		      "layer 3: expected 0x%x, found 0x%x", h->flags & (NAX_F_IPV4 | NAX_F_IPV6),
		      l3))
		return false;
	if (!l4 || h->fragment)
		return true;
	return nax_rule(q, NAX_RULE_RX_TYPE, l4 == (h->flags & NAX_F_L4_MASK), i,
			"layer 4: expected 0x%x, found 0x%x", h->flags & NAX_F_L4_MASK, l4);
}

static bool sample_csum(struct nax_queue *q, u32 i, u32 flags, u32 n, const struct nax_headers *h)
{
	u32 verdict = nax_csum_verify(nax_vq(q)->piece, n);

	if (flags & NAX_F_RX_IPCSUM_GOOD &&
	    !nax_rule(q, NAX_RULE_RX_CSUM, !(verdict & NAX_F_RX_IPCSUM_BAD), i,
		      "IPv4 header: expected bad, found good"))
		return false;
	if (!(flags & NAX_F_RX_L4CSUM_GOOD))
		return true;
	return nax_rule(q, NAX_RULE_RX_CSUM, !(verdict & NAX_F_RX_L4CSUM_BAD), i,
			"layer 4: expected bad, found good") &&
	       nax_rule(q, NAX_RULE_RX_CSUM, !h->fragment && !h->zero_udp, i,
			"%s: expected no verdict, found good",
			h->fragment ? "fragment" : "UDP without checksum");
}

static bool sample_hash(struct nax_queue *q, u32 i, u32 flags, u32 n)
{
	const struct nax_verify_queue *vq = nax_vq(q);
	u32 type = (flags & NAX_F_HASH_TYPE) >> NAX_F_HASH_SHIFT;
	u32 found = nax_ring_slot(&q->ring, i)->hash;
	u32 hash;

	if (!type)
		return true;
	if (!nax_rule(q, NAX_RULE_RX_HASH,
		      nax_rss_hash((const u8 *)vq->rx.key, 1u << type, vq->piece, n, &hash) == type,
		      i, "expected a type that the packet has the fields for, found type %u", type))
		return false;
	return nax_rule(q, NAX_RULE_RX_HASH, hash == found, i,
			"type %u: expected 0x%08x, found 0x%08x", type, hash, found);
}

static bool sample_vlan(struct nax_queue *q, u32 i, u32 flags, u32 n)
{
	const struct nax_verify_queue *vq = nax_vq(q);
	u8 type[2];

	if (flags & NAX_F_VLAN || !(vq->rx.offloads & NAX_OFFLOAD_RX_VLAN))
		return true;
	if (!nax_pieces_copy(vq->piece, n, NAX_ETH_ADDRS, type, sizeof(type)))
		return true;
	return nax_rule(q, NAX_RULE_RX_VLAN, nax_get16(type) != NAX_TPID_C, i,
			"expected the tag in vlan_tci, found it in the frame");
}

bool nax_verify_sample(struct nax_queue *q, u32 n, u32 index)
{
	u32 flags = nax_ring_slot(&q->ring, index)->flags;
	struct nax_headers h;
	struct nax_ip ip;
	int rc;

	if (!sample_vlan(q, index, flags, n))
		return false;
	rc = nax_packet_parse_ip(nax_vq(q)->piece, n, &h, &ip);
	/* more tags than software takes apart: the device may see further */
	if (rc || (h.vlan_depth && !h.l3) || sample_tunnel(q, n, &h, ip.proto))
		return true;
	return sample_type(q, index, flags, &h) && sample_csum(q, index, flags, n, &h) &&
	       sample_hash(q, index, flags, n);
}
