// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* virtio-net headers to slot flags and back. Links nax-tool. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "vnet.h"

#define FRAME 2048u

/** struct frame - a frame being made, and where its headers are */
struct frame {
	u8 b[FRAME];
	u32 l2;
	u32 l3;
	u32 l4;
	u32 len;
};

static void put16(u8 *p, u32 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}

static void ether(struct frame *f, unsigned int tags, u32 type)
{
	unsigned int i;

	memset(f, 0, sizeof(*f));
	for (i = 0; i < 12; i++)
		f->b[i] = (u8)(i + 1);
	f->l2 = 12;
	for (i = 0; i < tags; i++, f->l2 += 4) {
		put16(f->b + f->l2, tags == 2 && !i ? 0x88a8 : 0x8100);
		put16(f->b + f->l2 + 2, 0x6000 + 100 + i);
	}
	put16(f->b + f->l2, type);
	f->l2 += 2;
}

static void transport(struct frame *f, u8 proto, u32 payload)
{
	u8 *p = f->b + f->l2 + f->l3;

	f->l4 = proto == 6 ? 32 : 8;
	if (proto == 6)
		p[12] = 8 << 4;
	f->len = f->l2 + f->l3 + f->l4 + payload;
	memset(p + f->l4, 0x5a, payload);
}

static void ipv4(struct frame *f, unsigned int tags, u32 ihl, u8 proto, u32 payload)
{
	ether(f, tags, 0x0800);
	f->l3 = ihl;
	f->b[f->l2] = (u8)(0x40 | ihl / 4);
	f->b[f->l2 + 9] = proto;
	transport(f, proto, payload);
}

/* @ext bytes of one destination options header, 0 or a multiple of 8 */
static void ipv6(struct frame *f, u32 ext, u8 proto, u32 payload)
{
	ether(f, 0, 0x86dd);
	f->l3 = 40 + ext;
	f->b[f->l2] = 0x60;
	f->b[f->l2 + 6] = ext ? 60 : proto;
	if (ext) {
		f->b[f->l2 + 40] = proto;
		f->b[f->l2 + 41] = (u8)(ext / 8 - 1);
	}
	transport(f, proto, payload);
}

static struct virtio_net_hdr_v1 csum_header(const struct frame *f, u8 proto)
{
	return (struct virtio_net_hdr_v1){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.csum_start = (u16)(f->l2 + f->l3),
		.csum_offset = proto == 6 ? 16 : 6,
	};
}

static struct virtio_net_hdr_v1 gso_header(const struct frame *f, u8 proto, u8 type, u16 size)
{
	struct virtio_net_hdr_v1 h = csum_header(f, proto);

	h.gso_type = type;
	h.gso_size = size;
	h.hdr_len = (u16)(f->l2 + f->l3 + f->l4);
	return h;
}

static int translate(const struct frame *f, const struct virtio_net_hdr_v1 *h, struct vnet_tx *tx)
{
	const char *why = NULL;
	u8 *exact = malloc(f->len ? f->len : 1);
	int rc;

	/* memory of just the right size, so that a sanitizer sees every read beyond it */
	assert_non_null(exact);
	memcpy(exact, f->b, f->len);
	rc = vnet_to_tx(h, exact, f->len, f->len, tx, &why);
	free(exact);
	assert_int_equal(rc == 0, why == NULL);
	return rc;
}

static void nothing_asked(void **state)
{
	struct virtio_net_hdr_v1 h = { 0 };
	struct vnet_tx tx;
	struct frame f;

	ipv4(&f, 0, 20, 6, 100);
	assert_int_equal(translate(&f, &h, &tx), 0);
	assert_int_equal(tx.flags, 0);
	assert_int_equal(tx.lengths, 0);
	assert_false(tx.soft_csum);
	/* flags of the other direction ask for nothing */
	h.flags = VIRTIO_NET_HDR_F_DATA_VALID;
	assert_int_equal(translate(&f, &h, &tx), 0);
	assert_int_equal(tx.flags, 0);
}

static void checksums(void **state)
{
	static const struct {
		bool v6;
		unsigned int tags;
		u32 l3;
		u8 proto;
		u32 flags;
	} cases[] = {
		{ false, 0, 20, 6, NAX_F_IPV4 | NAX_F_TCP },
		{ false, 1, 24, 6, NAX_F_IPV4 | NAX_F_TCP },
		{ false, 2, 60, 17, NAX_F_IPV4 | NAX_F_UDP },
		{ true, 0, 0, 6, NAX_F_IPV6 | NAX_F_TCP },
		{ true, 0, 24, 17, NAX_F_IPV6 | NAX_F_UDP },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct virtio_net_hdr_v1 h;
		struct vnet_tx tx;
		struct frame f;

		if (cases[i].v6)
			ipv6(&f, cases[i].l3, cases[i].proto, 64);
		else
			ipv4(&f, cases[i].tags, cases[i].l3, cases[i].proto, 64);
		h = csum_header(&f, cases[i].proto);
		assert_int_equal(translate(&f, &h, &tx), 0);
		assert_int_equal(tx.flags, cases[i].flags | NAX_F_TX_L4CSUM);
		assert_int_equal(nax_tx_l2(tx.lengths), f.l2);
		assert_int_equal(nax_tx_l3(tx.lengths), f.l3);
		assert_int_equal(nax_tx_l4(tx.lengths), f.l4);
		assert_int_equal(tx.gso, 0);
		assert_false(tx.soft_csum);
	}
}

/* What flags cannot say is for software, at the place that the header names. */
static void soft_checksums(void **state)
{
	struct virtio_net_hdr_v1 h;
	struct vnet_tx tx;
	struct frame f;

	/* a tunnel: the inner UDP checksum is asked for */
	ipv4(&f, 0, 20, 17, 100);
	h = csum_header(&f, 17);
	h.csum_start = (u16)(h.csum_start + 50);
	assert_int_equal(translate(&f, &h, &tx), 0);
	assert_true(tx.soft_csum);
	assert_int_equal(tx.flags, 0);
	assert_int_equal(tx.csum_start, f.l2 + f.l3 + 50);
	assert_int_equal(tx.csum_at, tx.csum_start + 6);

	/* not IP at all */
	ether(&f, 0, 0x88b5);
	f.len = 100;
	h.csum_start = 20;
	h.csum_offset = 4;
	assert_int_equal(translate(&f, &h, &tx), 0);
	assert_true(tx.soft_csum);

	/* a later fragment has no transport header, whatever its bytes look like */
	ipv4(&f, 0, 20, 6, 100);
	h = csum_header(&f, 6);
	put16(f.b + f.l2 + 6, 0x2000);
	assert_int_equal(translate(&f, &h, &tx), 0);
	assert_true(tx.soft_csum);

	/* headers longer than slot.hash can say */
	ipv6(&f, 480, 6, 10);
	h = csum_header(&f, 6);
	assert_int_equal(translate(&f, &h, &tx), 0);
	assert_true(tx.soft_csum);
	assert_int_equal(tx.lengths, 0);
}

static void segments(void **state)
{
	static const struct {
		bool v6;
		u8 proto;
		u8 type;
		u32 flags;
	} cases[] = {
		{ false, 6, VIRTIO_NET_HDR_GSO_TCPV4, NAX_F_IPV4 | NAX_F_TCP | NAX_F_TX_IPCSUM },
		{ true, 6, VIRTIO_NET_HDR_GSO_TCPV6, NAX_F_IPV6 | NAX_F_TCP },
		{ false, 17, VIRTIO_NET_HDR_GSO_UDP_L4, NAX_F_IPV4 | NAX_F_UDP | NAX_F_TX_IPCSUM },
		{ true, 17, VIRTIO_NET_HDR_GSO_UDP_L4, NAX_F_IPV6 | NAX_F_UDP },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct virtio_net_hdr_v1 h;
		struct vnet_tx tx;
		struct frame f;

		if (cases[i].v6)
			ipv6(&f, 0, cases[i].proto, 1000);
		else
			ipv4(&f, 0, 20, cases[i].proto, 1000);
		h = gso_header(&f, cases[i].proto, cases[i].type, 300);
		assert_int_equal(translate(&f, &h, &tx), 0);
		assert_int_equal(tx.flags, cases[i].flags | NAX_F_TX_GSO | NAX_F_TX_L4CSUM);
		assert_int_equal(tx.gso, 300);
		assert_int_equal(nax_tx_l4(tx.lengths), f.l4);

		/* hdr_len is a hint, and not believed */
		h.hdr_len = 9999;
		assert_int_equal(translate(&f, &h, &tx), 0);
		assert_int_equal(nax_tx_l2(tx.lengths), f.l2);

		/* what fits in one segment is not cut, but its checksum is filled */
		h.gso_size = 1000;
		assert_int_equal(translate(&f, &h, &tx), 0);
		assert_int_equal(tx.flags & NAX_F_TX_MASK, NAX_F_TX_L4CSUM);
		assert_int_equal(tx.gso, 0);
	}
}

/* The length of the whole is taken out of the seed of a frame to be cut; IPv4's checksum is 0. */
static void seeds(void **state)
{
	static const u32 payloads[] = { 1000, 1001, 1900 };
	unsigned int i, v6;

	for (i = 0; i < 6; i++) {
		struct virtio_net_hdr_v1 h;
		u32 pseudo = 0, with, seed, l4_len;
		struct vnet_tx tx;
		struct frame f;
		u8 *field;

		v6 = i & 1;
		if (v6)
			ipv6(&f, 0, 6, payloads[i / 2]);
		else
			ipv4(&f, 0, 20, 6, payloads[i / 2]);
		l4_len = f.len - f.l2 - f.l3;
		/* any sum will do for the addresses; one that carries when the length is added */
		pseudo = 0xfffe - i * 0x1111;
		with = pseudo + l4_len;
		with = (with & 0xffff) + (with >> 16);
		field = f.b + f.l2 + f.l3 + 16;
		put16(field, with);
		put16(f.b + f.l2 + 10, 0x1234);
		h = gso_header(&f, 6, v6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4,
			       300);
		assert_int_equal(translate(&f, &h, &tx), 0);
		vnet_seed_gso(&tx, f.b, f.len);
		seed = (u32)field[0] << 8 | field[1];
		assert_int_equal(seed, pseudo);
		assert_int_equal(f.b[f.l2 + 10] << 8 | f.b[f.l2 + 11], v6 ? 0x1234 : 0);
	}
}

static void refuses(const struct frame *f, const struct virtio_net_hdr_v1 *h)
{
	struct vnet_tx tx;

	assert_int_equal(translate(f, h, &tx), -EBADMSG);
}

static void malformed(void **state)
{
	struct virtio_net_hdr_v1 h = { 0 };
	struct frame f;
	u32 full;

	ipv4(&f, 0, 20, 6, 1000);
	full = f.len;
	f.len = 13;
	refuses(&f, &h);
	f.len = 0;
	refuses(&f, &h);
	f.len = full;

	h = csum_header(&f, 6);
	h.csum_start = (u16)(f.len - 17);
	refuses(&f, &h);
	h.csum_start = 0xffff;
	h.csum_offset = 0xffff;
	refuses(&f, &h);
	h = csum_header(&f, 6);
	h.csum_start = 4;
	refuses(&f, &h);

	h = gso_header(&f, 6, VIRTIO_NET_HDR_GSO_TCPV4, 0);
	refuses(&f, &h);
	h = gso_header(&f, 6, VIRTIO_NET_HDR_GSO_TCPV6, 300);
	refuses(&f, &h);
	h = gso_header(&f, 6, VIRTIO_NET_HDR_GSO_UDP_L4, 300);
	refuses(&f, &h);
	h = gso_header(&f, 6, VIRTIO_NET_HDR_GSO_UDP, 300);
	refuses(&f, &h);
	h = gso_header(&f, 6, 77, 300);
	refuses(&f, &h);
	h = gso_header(&f, 6, VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_ECN, 300);
	refuses(&f, &h);
	h = gso_header(&f, 6, VIRTIO_NET_HDR_GSO_TCPV4, 300);
	h.flags = 0;
	refuses(&f, &h);
	h = gso_header(&f, 6, VIRTIO_NET_HDR_GSO_TCPV4, 300);
	h.csum_start += 2;
	refuses(&f, &h);

	/* the TCP header claims to be longer than the frame */
	h = gso_header(&f, 6, VIRTIO_NET_HDR_GSO_TCPV4, 300);
	f.len = f.l2 + f.l3 + 24;
	refuses(&f, &h);
	/* no payload to cut */
	f.len = f.l2 + f.l3 + f.l4;
	refuses(&f, &h);
	/* a TCP header of 8 bytes */
	ipv4(&f, 0, 20, 6, 1000);
	f.b[f.l2 + f.l3 + 12] = 2 << 4;
	refuses(&f, &h);
}

/* Any header before any frame gives an answer that stays within the frame. */
static void random_headers(void **state)
{
	u64 x = 0x243f6a8885a308d3ull;
	unsigned int i, k;

	for (i = 0; i < 200000; i++) {
		struct virtio_net_hdr_v1 h;
		struct vnet_tx tx;
		struct frame f;

		switch (i % 3) {
		case 0:
			ipv4(&f, i / 3 % 3, 20 + 4 * (i / 9 % 11), i & 1 ? 6 : 17, i % 97);
			break;
		case 1:
			ipv6(&f, 8 * (i / 3 % 5), i & 1 ? 6 : 17, i % 97);
			break;
		default:
			ether(&f, i / 3 % 3, i & 1 ? 0x0800 : 0x86dd);
			f.len = i % 200;
			break;
		}
		h = gso_header(&f, i & 1 ? 6 : 17, (u8)(i % 6), (u16)(i % 50));
		for (k = 0; k < i % 4; k++) {
			x = x * 6364136223846793005ull + 1442695040888963407ull;
			f.b[(x >> 33) % 120] = (u8)(x >> 24);
			if (x >> 63)
				((u8 *)&h)[(x >> 40) % sizeof(h)] = (u8)(x >> 16);
		}
		if (i % 5 == 0 && f.len)
			f.len = (u32)(x >> 35) % f.len;
		if (translate(&f, &h, &tx))
			continue;
		if (tx.flags & NAX_F_TX_MASK)
			assert_in_range(nax_tx_l2(tx.lengths) + nax_tx_l3(tx.lengths) +
						nax_tx_l4(tx.lengths), 22, f.len);
		if (tx.soft_csum)
			assert_in_range(tx.csum_at + 2, 16, f.len);
		if (tx.flags & NAX_F_TX_GSO)
			assert_int_not_equal(tx.gso, 0);
	}
}

static void verdicts(void **state)
{
	static const struct {
		u32 flags;
		u8 want;
	} cases[] = {
		{ 0, 0 },
		{ NAX_F_RX_IPCSUM_GOOD, 0 },
		{ NAX_F_RX_L4CSUM_GOOD, VIRTIO_NET_HDR_F_DATA_VALID },
		{ NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_L4CSUM_GOOD, VIRTIO_NET_HDR_F_DATA_VALID },
		{ NAX_F_RX_IPCSUM_BAD | NAX_F_RX_L4CSUM_GOOD, 0 },
		{ NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_L4CSUM_BAD, 0 },
	};
	struct virtio_net_hdr_v1 h;
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&h, 0xff, sizeof(h));
		vnet_from_rx(cases[i].flags, &h);
		assert_int_equal(h.flags, cases[i].want);
		assert_int_equal(h.gso_type, VIRTIO_NET_HDR_GSO_NONE);
		assert_int_equal(h.gso_size, 0);
		assert_int_equal(h.csum_start, 0);
		assert_int_equal(h.num_buffers, 1);
	}
}

/* RFC 1071 section 3's example, whole and cut at every place into pieces. */
static void sums(void **state)
{
	static const u8 data[8] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
	u32 a, b;
	u64 sum;

	assert_int_equal(vnet_csum_fold(vnet_csum_add(0, data, 8, false)), 0xffff - 0xddf2);
	for (a = 0; a <= 8; a++) {
		for (b = a; b <= 8; b++) {
			sum = vnet_csum_add(0, data, a, false);
			sum = vnet_csum_add(sum, data + a, b - a, a & 1);
			sum = vnet_csum_add(sum, data + b, 8 - b, b & 1);
			assert_int_equal(vnet_csum_fold(sum), 0xffff - 0xddf2);
		}
	}
	/* never 0, which would say that there is no checksum */
	assert_int_equal(vnet_csum_fold(0xffff), 0xffff);
}

static void tags(void **state)
{
	struct frame f;
	u16 tci = 0;
	u8 saved[18];

	ipv4(&f, 1, 20, 6, 10);
	assert_true(vnet_vlan_pull(f.b, f.len, &tci));
	assert_int_equal(tci, 0x6064);
	assert_int_equal(f.b[4], 1);
	assert_int_equal(f.b[15], 12);
	assert_int_equal(f.b[16] << 8 | f.b[17], 0x0800);

	/* untagged, a service tag, and too short a frame are left alone */
	ipv4(&f, 0, 20, 6, 10);
	memcpy(saved, f.b, sizeof(saved));
	assert_false(vnet_vlan_pull(f.b, f.len, &tci));
	assert_memory_equal(saved, f.b, sizeof(saved));
	ipv4(&f, 2, 20, 6, 10);
	assert_false(vnet_vlan_pull(f.b, f.len, &tci));
	ipv4(&f, 1, 20, 6, 10);
	assert_false(vnet_vlan_pull(f.b, 17, &tci));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_asked), cmocka_unit_test(checksums),
		cmocka_unit_test(soft_checksums), cmocka_unit_test(segments),
		cmocka_unit_test(seeds),
		cmocka_unit_test(malformed),	 cmocka_unit_test(random_headers),
		cmocka_unit_test(verdicts),	 cmocka_unit_test(sums),
		cmocka_unit_test(tags),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
