// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Between virtio-net headers and slot flags. */
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "vnet.h"

#define ETH_ADDRS 12u
#define ETH_HEADER 14u
#define VLAN_TAG 4u

#define TYPE_IPV4 0x0800
#define TYPE_IPV6 0x86dd
#define TYPE_8021Q 0x8100
#define TYPE_8021AD 0x88a8

#define PROTO_TCP 6
#define PROTO_UDP 17

/* IPv6 extension headers that may stand before TCP or UDP of a whole datagram. */
#define EXT_HOP 0
#define EXT_ROUTING 43
#define EXT_DEST 60
#define EXT_MAX 8

#define TCP_CSUM_AT 16
#define UDP_CSUM_AT 6
#define IPV4_CSUM_AT 10

/** struct headers - what stands in the first bytes of a frame; 0 where it is not known */
struct headers {
	u32 l2;
	u32 l3;
	u32 l4;
	u32 flags;
};

static u16 get_be16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

/* @proto at byte @at; l4 stays 0 if its header is not wholly there. */
static void parse_l4(const u8 *f, u32 have, u32 at, u8 proto, struct headers *h)
{
	u32 l4;

	if (proto == PROTO_TCP && at + 20 <= have) {
		l4 = (u32)(f[at + 12] >> 4) * 4;
		if (l4 < 20 || at + l4 > have)
			return;
		h->flags |= NAX_F_TCP;
		h->l4 = l4;
	} else if (proto == PROTO_UDP && at + 8 <= have) {
		h->flags |= NAX_F_UDP;
		h->l4 = 8;
	}
}

static void parse_ipv4(const u8 *f, u32 have, struct headers *h)
{
	u32 l3;

	if (h->l2 + 20 > have || f[h->l2] >> 4 != 4)
		return;
	l3 = (u32)(f[h->l2] & 15) * 4;
	if (l3 < 20 || h->l2 + l3 > have)
		return;
	h->flags |= NAX_F_IPV4;
	h->l3 = l3;
	/* offset or "more fragments": what follows is no whole datagram */
	if (get_be16(f + h->l2 + 6) & 0x3fff)
		return;
	parse_l4(f, have, h->l2 + l3, f[h->l2 + 9], h);
}

static void parse_ipv6(const u8 *f, u32 have, struct headers *h)
{
	u32 at = h->l2 + 40;
	unsigned int i;
	u8 next;

	if (at > have || f[h->l2] >> 4 != 6)
		return;
	h->flags |= NAX_F_IPV6;
	h->l3 = 40;
	next = f[h->l2 + 6];
	for (i = 0; i < EXT_MAX && (next == EXT_HOP || next == EXT_ROUTING || next == EXT_DEST);
	     i++) {
		if (at + 8 > have)
			return;
		next = f[at];
		at += ((u32)f[at + 1] + 1) * 8;
		if (at > have)
			return;
		h->l3 = at - h->l2;
	}
	parse_l4(f, have, at, next, h);
}

static void parse(const u8 *f, u32 have, struct headers *h)
{
	u32 at = ETH_ADDRS;
	u16 type = get_be16(f + at);
	unsigned int i;

	*h = (struct headers){ 0 };
	for (i = 0; i < 2 && (type == TYPE_8021Q || type == TYPE_8021AD); i++) {
		at += VLAN_TAG;
		if (at + 2 > have)
			return;
		type = get_be16(f + at);
	}
	h->l2 = at + 2;
	if (type == TYPE_IPV4)
		parse_ipv4(f, have, h);
	else if (type == TYPE_IPV6)
		parse_ipv6(f, have, h);
	if (h->l3 > NAX_TX_L3_MAX) {
		h->l3 = 0;
		h->l4 = 0;
		h->flags = 0;
	}
}

static int bad(const char **why, const char *text)
{
	*why = text;
	return -EBADMSG;
}

/* A checksum request: as flags if it names TCP or UDP where the frame has it, else for software. */
static int want_csum(const struct virtio_net_hdr_v1 *h, u32 len, const struct headers *p,
		     struct vnet_tx *tx, const char **why)
{
	u32 start = h->csum_start;
	u32 at = start + h->csum_offset;
	u32 l4 = p->flags & NAX_F_L4_MASK;

	if (at + 2 > len)
		return bad(why, "csum_start and csum_offset beyond the end of the frame");
	if (start < ETH_HEADER)
		return bad(why, "csum_start in the Ethernet header");
	if (p->l4 && start == p->l2 + p->l3 &&
	    ((l4 == NAX_F_TCP && h->csum_offset == TCP_CSUM_AT) ||
	     (l4 == NAX_F_UDP && h->csum_offset == UDP_CSUM_AT))) {
		tx->flags |= NAX_F_TX_L4CSUM;
		return 0;
	}
	tx->soft_csum = true;
	tx->csum_start = start;
	tx->csum_at = at;
	return 0;
}

/** struct gso_kind - a segmentation type and the frame that it may be asked for */
struct gso_kind {
	u8 type;
	u32 l3;
	u32 l4;
};

static const struct gso_kind gso_kinds[] = {
	{ VIRTIO_NET_HDR_GSO_TCPV4, NAX_F_IPV4, NAX_F_TCP },
	{ VIRTIO_NET_HDR_GSO_TCPV6, NAX_F_IPV6, NAX_F_TCP },
	{ VIRTIO_NET_HDR_GSO_UDP_L4, NAX_F_IPV4 | NAX_F_IPV6, NAX_F_UDP },
};

static int want_gso(const struct virtio_net_hdr_v1 *h, u32 len, const struct headers *p,
		    struct vnet_tx *tx, const char **why)
{
	const struct gso_kind *k = NULL;
	u32 headers = p->l2 + p->l3 + p->l4;
	unsigned int i;

	for (i = 0; i < sizeof(gso_kinds) / sizeof(gso_kinds[0]); i++)
		if (gso_kinds[i].type == h->gso_type)
			k = &gso_kinds[i];
	if (!k)
		return bad(why, "gso_type that was not offered");
	if (!h->gso_size)
		return bad(why, "gso_size of 0");
	if (!p->l4 || !(p->flags & k->l3) || (p->flags & NAX_F_L4_MASK) != k->l4)
		return bad(why, "gso_type that contradicts the frame's headers");
	if (!(tx->flags & NAX_F_TX_L4CSUM))
		return bad(why, "gso_type without a checksum request at the transport header");
	if (headers >= len)
		return bad(why, "gso_type for a frame without payload");
	/* one segment needs no cutting */
	if (len - headers <= h->gso_size)
		return 0;
	tx->flags |= NAX_F_TX_GSO;
	if (p->flags & NAX_F_IPV4)
		tx->flags |= NAX_F_TX_IPCSUM;
	tx->gso = h->gso_size;
	return 0;
}

int vnet_to_tx(const struct virtio_net_hdr_v1 *h, const u8 *frame, u32 have, u32 len,
	       struct vnet_tx *tx, const char **why)
{
	struct headers p;
	int rc;

	*tx = (struct vnet_tx){ 0 };
	if (have > len)
		have = len;
	if (have < ETH_HEADER)
		return bad(why, "frame shorter than an Ethernet header");
	if (!(h->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) && h->gso_type == VIRTIO_NET_HDR_GSO_NONE)
		return 0;
	parse(frame, have, &p);
	if (h->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
		rc = want_csum(h, len, &p, tx, why);
		if (rc)
			return rc;
	}
	if (h->gso_type != VIRTIO_NET_HDR_GSO_NONE) {
		rc = want_gso(h, len, &p, tx, why);
		if (rc)
			return rc;
	}
	if (tx->flags & NAX_F_TX_MASK) {
		tx->flags |= p.flags;
		tx->lengths = nax_tx_lengths(p.l2, p.l3, p.l4);
	}
	return 0;
}

void vnet_seed_gso(const struct vnet_tx *tx, u8 *frame, u32 len)
{
	u32 ip = nax_tx_l2(tx->lengths);
	u32 l4 = ip + nax_tx_l3(tx->lengths);
	u32 l4_len = len - l4;
	u8 *field = frame + l4;
	u32 sum;

	field += (tx->flags & NAX_F_L4_MASK) == NAX_F_TCP ? TCP_CSUM_AT : UDP_CSUM_AT;
	/* subtraction in ones' complement: add the inverse of each half */
	sum = (u32)get_be16(field) + (~l4_len & 0xffff) + (~(l4_len >> 16) & 0xffff);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	field[0] = (u8)(sum >> 8);
	field[1] = (u8)sum;
	if (tx->flags & NAX_F_TX_IPCSUM) {
		frame[ip + IPV4_CSUM_AT] = 0;
		frame[ip + IPV4_CSUM_AT + 1] = 0;
	}
}

void vnet_from_rx(u32 flags, struct virtio_net_hdr_v1 *h)
{
	*h = (struct virtio_net_hdr_v1){ .gso_type = VIRTIO_NET_HDR_GSO_NONE, .num_buffers = 1 };
	if ((flags & NAX_F_RX_L4CSUM_GOOD) && !(flags & NAX_F_RX_CSUM_BAD))
		h->flags = VIRTIO_NET_HDR_F_DATA_VALID;
}

u64 vnet_csum_add(u64 sum, const u8 *data, u32 len, bool odd)
{
	u32 i = 0;

	/* network order words; an odd start means the first byte is the low half of a word */
	if (odd && len)
		sum += data[i++];
	for (; i + 1 < len; i += 2)
		sum += get_be16(data + i);
	if (i < len)
		sum += (u64)data[i] << 8;
	return sum;
}

u16 vnet_csum_fold(u64 sum)
{
	u16 csum;

	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	csum = (u16)~sum;
	return csum ? csum : 0xffff;
}

bool vnet_vlan_pull(u8 *frame, u32 have, u16 *tci)
{
	if (have < ETH_HEADER + VLAN_TAG || get_be16(frame + ETH_ADDRS) != TYPE_8021Q)
		return false;
	*tci = get_be16(frame + ETH_HEADER);
	memmove(frame + VLAN_TAG, frame, ETH_ADDRS);
	return true;
}
