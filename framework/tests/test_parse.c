// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Finding headers: all shapes, all pieces, all truncations, and garbage. */
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "pieces.h"
#include "pkt.h"

static struct pkt frame;

static int parse_flat(struct nax_headers *h)
{
	struct nax_piece p;
	int rc;

	/* an allocation of its own, so that one byte too far shows */
	p.data = malloc(frame.len ? frame.len : 1);
	p.len = frame.len;
	memcpy(p.data, frame.b, frame.len);
	rc = nax_packet_parse(&p, 1, h);
	free(p.data);
	return rc;
}

static void expect_frame(const struct nax_headers *h, u32 tags, u32 l3_len)
{
	assert_int_equal(h->flags, frame.flags);
	assert_int_equal(h->l2, frame.l2);
	assert_int_equal(h->l3, frame.l3);
	assert_int_equal(h->l4, frame.flags & NAX_F_L4_MASK ? frame.l4 : 0);
	assert_int_equal(h->vlan_depth, tags);
	assert_int_equal(h->l3_len, l3_len);
}

static void test_shapes(void **state)
{
	struct nax_headers h;
	struct pkt_spec s;
	u32 seed = 1;
	u32 i;

	for (i = 0; i < 4000; i++) {
		pkt_spec_random(&s, &seed);
		if (!pkt_below(&seed, 8))
			s.l4 = 0;
		pkt_make(&frame, &s, &seed);
		if (s.l4 == NAX_F_UDP)	/* a field of 0 would be another case */
			frame.b[frame.l2 + frame.l3 + 6] = 1;
		assert_int_equal(parse_flat(&h), 0);
		expect_frame(&h, s.tags, frame.len - frame.l2 - s.pad);
		assert_false(h.fragment);
		assert_false(h.zero_udp);
	}
}

static void test_pieces_do_not_matter(void **state)
{
	struct nax_piece p[NAX_PIECES_MAX];
	struct nax_headers whole, split;
	struct pkt_spec s;
	u32 seed = 2;
	int rc;
	u32 i, n;

	for (i = 0; i < 4000; i++) {
		pkt_spec_random(&s, &seed);
		pkt_make(&frame, &s, &seed);
		rc = parse_flat(&whole);
		n = pkt_split(frame.b, frame.len, p, 1 + pkt_below(&seed, NAX_PIECES_MAX), &seed);
		assert_int_equal(nax_packet_parse(p, n, &split), rc);
		assert_memory_equal(&whole, &split, sizeof(whole));
		pkt_join(p, n, NULL);
	}
}

static void test_fragments(void **state)
{
	struct pkt_spec s = { .fragment = true, .l4 = NAX_F_TCP, .payload = 64 };
	struct nax_headers h;
	u32 seed = 3;

	pkt_make(&frame, &s, &seed);
	assert_int_equal(parse_flat(&h), 0);
	assert_true(h.fragment);
	assert_int_equal(h.flags, NAX_F_IPV4);
	assert_int_equal(h.l3, 20);
	assert_int_equal(h.l4, 0);
	frame.b[20] = 0;	/* no more fragments, but not the first */
	frame.b[21] = 1;
	assert_int_equal(parse_flat(&h), 0);
	assert_true(h.fragment);

	s.v6 = true;
	pkt_make(&frame, &s, &seed);
	assert_int_equal(parse_flat(&h), 0);
	assert_true(h.fragment);
	assert_int_equal(h.flags, NAX_F_IPV6 | NAX_F_IP_EXT);
	assert_int_equal(h.l3, 48);
	assert_int_equal(h.l4, 0);
}

static void test_not_ip(void **state)
{
	struct pkt_spec s = { .tags = 2, .l4 = NAX_F_UDP, .payload = 8 };
	struct nax_headers h;
	u32 seed = 4;

	pkt_make(&frame, &s, &seed);
	nax_put16(frame.b + 20, 0x0806);
	assert_int_equal(parse_flat(&h), 0);
	assert_int_equal(h.flags, 0);
	assert_int_equal(h.l2, 22);
	assert_int_equal(h.l3, 0);
	assert_int_equal(h.vlan_depth, 2);

	/* a third tag is a protocol that nobody looks into */
	nax_put16(frame.b + 20, 0x8100);
	assert_int_equal(parse_flat(&h), 0);
	assert_int_equal(h.l2, 22);
	assert_int_equal(h.l3, 0);
	assert_int_equal(h.vlan_depth, 2);
}

static void test_zero_udp(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_UDP, .payload = 8 };
	struct nax_headers h;
	u32 seed = 5;

	pkt_make(&frame, &s, &seed);
	assert_int_equal(parse_flat(&h), 0);
	assert_true(h.zero_udp);
	s.v6 = true;
	pkt_make(&frame, &s, &seed);
	assert_int_equal(parse_flat(&h), 0);
	assert_false(h.zero_udp);
}

/* Each frame has one byte changed to a lie; what comes before it must stay known. */
static void test_lies(void **state)
{
	static const struct {
		const char *what;
		struct pkt_spec s;
		u32 at;		/* from the IP header */
		u8 value;
		u32 l3;
		u32 flags;
	} lie[] = {
		{ "version", { .l4 = NAX_F_TCP }, 0, 0x65, 0, 0 },
		{ "v4 header of 16", { .l4 = NAX_F_TCP }, 0, 0x44, 0, 0 },
		{ "v4 header beyond frame", { .l4 = NAX_F_UDP }, 0, 0x4f, 0, 0 },
		{ "v4 length over frame", { .l4 = NAX_F_TCP }, 2, 1, 20, NAX_F_IPV4 },
		{ "v4 length under header", { .l4 = NAX_F_TCP }, 3, 19, 20, NAX_F_IPV4 },
		{ "tcp header of 16", { .l4 = NAX_F_TCP }, 20 + 12, 0x40, 20, NAX_F_IPV4 },
		{ "tcp header over datagram", { .l4 = NAX_F_TCP }, 20 + 12, 0x60, 20, NAX_F_IPV4 },
		{ "udp length under header", { .l4 = NAX_F_UDP }, 20 + 5, 7, 20, NAX_F_IPV4 },
		{ "udp length over datagram", { .l4 = NAX_F_UDP }, 20 + 5, 9, 20, NAX_F_IPV4 },
		{ "tcp in 8 bytes", { .l4 = NAX_F_UDP }, 9, 6, 20, NAX_F_IPV4 },
		{ "sctp in 8 bytes", { .l4 = NAX_F_UDP }, 9, 132, 20, NAX_F_IPV4 },
		{ "v6 version", { .v6 = true, .l4 = NAX_F_UDP }, 0, 0x45, 0, 0 },
		{ "v6 length over frame", { .v6 = true, .l4 = NAX_F_UDP }, 5, 9, 40, NAX_F_IPV6 },
		{ "v6 extension over datagram", { .v6 = true, .ext = PKT_HOP, .l4 = NAX_F_UDP },
		  41, 2, 40, NAX_F_IPV6 },
		{ "v6 extension in 0 bytes", { .v6 = true }, 6, 60, 40, NAX_F_IPV6 },
		{ "v6 option over header", { .v6 = true, .ext = PKT_DST, .l4 = NAX_F_UDP }, 43, 13,
		  40, NAX_F_IPV6 },
	};
	struct nax_headers h;
	u32 seed = 6;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(lie); i++) {
		pkt_make(&frame, &lie[i].s, &seed);
		frame.b[frame.l2 + lie[i].at] = lie[i].value;
		if (parse_flat(&h) != -EBADMSG || h.l3 != lie[i].l3 || h.flags != lie[i].flags ||
		    h.l4)
			fail_msg("%s: l3 %u flags 0x%x l4 %u", lie[i].what, h.l3, h.flags, h.l4);
		assert_int_equal(h.l2, 14);
	}
}

static void test_extension_bound(void **state)
{
	struct pkt_spec s = { .v6 = true, .l4 = NAX_F_UDP, .payload = 8 * 17 };
	struct nax_headers h;
	u32 seed = 7;
	u32 i;

	/* 16 destination options headers are read, a seventeenth is not */
	pkt_make(&frame, &s, &seed);
	for (i = 0; i < 16; i++) {
		memset(frame.b + 54 + 8 * i, 0, 8);
		frame.b[54 + 8 * i] = i == 15 ? 17 : 60;
	}
	frame.b[20] = 60;
	nax_put16(frame.b + 54 + 8 * 16 + 4, 8 + 8);
	assert_int_equal(parse_flat(&h), 0);
	assert_int_equal(h.l3, 40 + 16 * 8);
	assert_int_equal(h.flags & NAX_F_L4_MASK, 0);
	assert_int_equal(h.l4, 0);
	frame.b[54 + 8 * 14] = 17;
	nax_put16(frame.b + 54 + 8 * 15 + 4, 8);
	assert_int_equal(parse_flat(&h), 0);
	assert_int_equal(h.l3, 40 + 15 * 8);
	assert_int_equal(h.l4, 8);
}

static void test_truncations(void **state)
{
	struct nax_headers h;
	struct pkt_spec s;
	u32 seed = 8;
	u32 need, full, i;
	int rc;

	for (i = 0; i < 300; i++) {
		pkt_spec_random(&s, &seed);
		s.payload %= 40;
		s.pad = 0;
		pkt_make(&frame, &s, &seed);
		full = frame.len;
		need = frame.l2 + frame.l3;
		for (frame.len = 0; frame.len < full; frame.len++) {
			rc = parse_flat(&h);
			assert_int_equal(rc, -EBADMSG);
			assert_int_equal(h.l4, 0);
			assert_true(h.l2 + h.l3 <= frame.len);
			assert_true(h.l2 + h.l3 <= need);
		}
	}
}

static void test_garbage(void **state)
{
	struct nax_piece p[NAX_PIECES_MAX];
	struct nax_headers h;
	struct pkt_spec s;
	u32 seed = 9, hash;
	u32 i, k, n;
	u8 key[40];

	for (i = 0; i < sizeof(key); i++)
		key[i] = (u8)pkt_random(&seed);
	for (i = 0; i < 30000; i++) {
		pkt_spec_random(&s, &seed);
		s.payload %= 100;
		pkt_make(&frame, &s, &seed);
		for (k = pkt_below(&seed, 6); k; k--)
			frame.b[12 + pkt_below(&seed, frame.len - 12)] = (u8)pkt_random(&seed);
		n = pkt_split(frame.b, 1 + pkt_below(&seed, frame.len), p, NAX_PIECES_MAX, &seed);
		memset(&h, 0xff, sizeof(h));
		nax_packet_parse(p, n, &h);
		assert_true((u32)h.l2 + h.l3 + h.l4 <= nax_pieces_len(p, n));
		assert_true(h.l2 + h.l3_len <= nax_pieces_len(p, n));
		nax_csum_verify(p, n);
		nax_rss_hash(key, 0x3fe, p, n, &hash);
		pkt_join(p, n, NULL);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_pieces_do_not_matter),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_not_ip),
		cmocka_unit_test(test_zero_udp),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_extension_bound),
		cmocka_unit_test(test_truncations),
		cmocka_unit_test(test_garbage),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
