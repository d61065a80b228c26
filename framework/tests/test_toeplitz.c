// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The receive hash against Microsoft's "Verifying the RSS hash calculation", all vectors, and the
 * choice of the hash type.
 */
#include <string.h>

#include "fake.h"
#include "pieces.h"
#include "pkt.h"

static const u8 key[40] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3,
	0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3,
	0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

static const struct {
	u8 dst[4];
	u16 dport;
	u8 src[4];
	u16 sport;
	u32 ip;
	u32 tcp;
} v4[] = {
	{ { 161, 142, 100, 80 }, 1766, { 66, 9, 149, 187 }, 2794, 0x323e8fc2, 0x51ccc178 },
	{ { 65, 69, 140, 83 }, 4739, { 199, 92, 111, 2 }, 14230, 0xd718262a, 0xc626b0ea },
	{ { 12, 22, 207, 184 }, 38024, { 24, 19, 198, 95 }, 12898, 0xd2d0a5de, 0x5c2b394a },
	{ { 209, 142, 163, 6 }, 2217, { 38, 27, 205, 30 }, 48228, 0x82989176, 0xafc7327f },
	{ { 202, 188, 127, 2 }, 1303, { 153, 39, 163, 191 }, 44251, 0x5d1809c5, 0x10e828a2 },
};

static const struct {
	u16 dst[8];
	u16 dport;
	u16 src[8];
	u16 sport;
	u32 ip;
	u32 tcp;
} v6[] = {
	{ { 0x3ffe, 0x2501, 0x200, 3, 0, 0, 0, 1 }, 1766,
	  { 0x3ffe, 0x2501, 0x200, 0x1fff, 0, 0, 0, 7 }, 2794, 0x2cc18cd5, 0x40207d3d },
	{ { 0xff02, 0, 0, 0, 0, 0, 0, 1 }, 4739,
	  { 0x3ffe, 0x501, 8, 0, 0x260, 0x97ff, 0xfe40, 0xefab }, 14230, 0x0f0c461c, 0xdde51bbf },
	{ { 0xfe80, 0, 0, 0, 0x200, 0xf8ff, 0xfe21, 0x67cf }, 38024,
	  { 0x3ffe, 0x1900, 0x4545, 3, 0x200, 0xf8ff, 0xfe21, 0x67cf }, 44251, 0x4b61e985,
	  0x02d1feef },
};

static struct pkt frame;

static enum nax_hash_type hash_of(u32 types, u32 *hash)
{
	struct nax_piece p = { .data = frame.b, .len = frame.len };

	return nax_rss_hash(key, types, &p, 1, hash);
}

static void put_v6(u8 *b, const u16 *a)
{
	u32 i;

	for (i = 0; i < 8; i++)
		nax_put16(b + 2 * i, a[i]);
}

static void make_v4(u32 i, u32 l4)
{
	struct pkt_spec s = { .l4 = l4, .payload = 10 };
	u32 seed = 1;

	pkt_make(&frame, &s, &seed);
	memcpy(frame.b + 26, v4[i].src, 4);
	memcpy(frame.b + 30, v4[i].dst, 4);
	nax_put16(frame.b + 34, v4[i].sport);
	nax_put16(frame.b + 36, v4[i].dport);
}

static void make_v6(u32 i, u32 l4, u32 ext)
{
	struct pkt_spec s = { .v6 = true, .l4 = l4, .ext = ext, .payload = 10 };
	u32 seed = 1;

	pkt_make(&frame, &s, &seed);
	put_v6(frame.b + 22, v6[i].src);
	put_v6(frame.b + 38, v6[i].dst);
	nax_put16(frame.b + frame.l2 + frame.l3, v6[i].sport);
	nax_put16(frame.b + frame.l2 + frame.l3 + 2, v6[i].dport);
}

#define ALL 0x3feu
#define HASH(t) (1u << NAX_HASH_##t)

static void expect(u32 types, enum nax_hash_type type, u32 want)
{
	enum nax_hash_type found;
	u32 hash;

	found = hash_of(types, &hash);
	if (found != type || hash != want)
		fail_msg("types 0x%x: type %u hash 0x%08x, not %u 0x%08x", types, found, hash, type,
			 want);
}

static void test_vectors_v4(void **state)
{
	u8 data[12];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(v4); i++) {
		memcpy(data, v4[i].src, 4);
		memcpy(data + 4, v4[i].dst, 4);
		nax_put16(data + 8, v4[i].sport);
		nax_put16(data + 10, v4[i].dport);
		assert_int_equal(nax_toeplitz(key, data, 8), v4[i].ip);
		assert_int_equal(nax_toeplitz(key, data, 12), v4[i].tcp);
		make_v4(i, NAX_F_TCP);
		expect(ALL, NAX_HASH_IPV4_TCP, v4[i].tcp);
		expect(HASH(IPV4) | HASH(IPV4_UDP), NAX_HASH_IPV4, v4[i].ip);
		make_v4(i, NAX_F_UDP);
		expect(ALL, NAX_HASH_IPV4_UDP, v4[i].tcp);
	}
}

static void test_vectors_v6(void **state)
{
	u8 data[36];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(v6); i++) {
		put_v6(data, v6[i].src);
		put_v6(data + 16, v6[i].dst);
		nax_put16(data + 32, v6[i].sport);
		nax_put16(data + 34, v6[i].dport);
		assert_int_equal(nax_toeplitz(key, data, 32), v6[i].ip);
		assert_int_equal(nax_toeplitz(key, data, 36), v6[i].tcp);
		make_v6(i, NAX_F_TCP, 0);
		expect(ALL, NAX_HASH_IPV6_TCP, v6[i].tcp);
		expect(HASH(IPV6), NAX_HASH_IPV6, v6[i].ip);
		expect(HASH(IPV6_EX), NAX_HASH_IPV6_EX, v6[i].ip);
		expect(HASH(IPV6_TCP_EX), NAX_HASH_IPV6_TCP_EX, v6[i].tcp);
		make_v6(i, NAX_F_UDP, 0);
		expect(ALL, NAX_HASH_IPV6_UDP, v6[i].tcp);
		/* addresses of the fixed header, ports behind the extension header */
		make_v6(i, NAX_F_UDP, PKT_HOP | PKT_DST);
		expect(HASH(IPV6_UDP), NAX_HASH_IPV6_UDP, v6[i].tcp);
		expect(ALL, NAX_HASH_IPV6_UDP_EX, v6[i].tcp);
	}
}

static void test_fall_back(void **state)
{
	make_v4(0, NAX_F_UDP);
	expect(HASH(IPV4) | HASH(IPV4_TCP), NAX_HASH_IPV4, v4[0].ip);
	expect(HASH(IPV4_TCP), NAX_HASH_NONE, 0);
	expect(HASH(IPV6) | HASH(IPV6_UDP), NAX_HASH_NONE, 0);
	expect(0, NAX_HASH_NONE, 0);
	make_v4(0, NAX_F_SCTP);
	expect(ALL, NAX_HASH_IPV4, v4[0].ip);
	nax_put16(frame.b + 12, 0x0806);
	expect(ALL, NAX_HASH_NONE, 0);

	make_v6(0, NAX_F_UDP, 0);
	expect(HASH(IPV6) | HASH(IPV6_TCP), NAX_HASH_IPV6, v6[0].ip);
	expect(HASH(IPV6_TCP), NAX_HASH_NONE, 0);
	expect(HASH(IPV4), NAX_HASH_NONE, 0);
}

static void test_fragments_have_no_ports(void **state)
{
	make_v4(0, NAX_F_TCP);
	frame.b[20] = 0x20;	/* more fragments */
	expect(ALL, NAX_HASH_IPV4, v4[0].ip);
	expect(HASH(IPV4_TCP), NAX_HASH_NONE, 0);
	frame.b[20] = 0;
	frame.b[21] = 7;	/* offset 56 */
	expect(ALL, NAX_HASH_IPV4, v4[0].ip);

	make_v6(0, NAX_F_TCP, PKT_ATOMIC);
	expect(ALL, NAX_HASH_IPV6_EX, v6[0].ip);
	expect(HASH(IPV6) | HASH(IPV6_TCP), NAX_HASH_IPV6, v6[0].ip);
	frame.b[frame.l2 + 40 + 3] = 1;
	expect(ALL, NAX_HASH_IPV6_EX, v6[0].ip);
}

/* The addresses of mobile IPv6 are in extension headers, and only the _EX types look there. */
static void test_mobile(void **state)
{
	make_v6(0, NAX_F_TCP, PKT_HOME | PKT_RT2);
	put_v6(frame.b + frame.src, v6[1].src);
	put_v6(frame.b + frame.dst, v6[1].dst);
	nax_put16(frame.b + frame.l2 + frame.l3, v6[1].sport);
	nax_put16(frame.b + frame.l2 + frame.l3 + 2, v6[1].dport);
	expect(ALL, NAX_HASH_IPV6_TCP_EX, v6[1].tcp);
	expect(HASH(IPV6_EX) | HASH(IPV6), NAX_HASH_IPV6_EX, v6[1].ip);
	expect(HASH(IPV6), NAX_HASH_IPV6, v6[0].ip);
}

static void test_pieces_do_not_matter(void **state)
{
	struct nax_piece p[NAX_PIECES_MAX];
	u32 seed = 7, i, n, whole, split, types;
	enum nax_hash_type type;
	struct pkt_spec s;

	for (i = 0; i < 2000; i++) {
		pkt_spec_random(&s, &seed);
		pkt_make(&frame, &s, &seed);
		types = pkt_random(&seed) & ALL;
		type = hash_of(types, &whole);
		n = pkt_split(frame.b, frame.len, p, NAX_PIECES_MAX, &seed);
		assert_int_equal(nax_rss_hash(key, types, p, n, &split), type);
		assert_int_equal(split, whole);
		assert_true(type == NAX_HASH_NONE || types & 1u << type);
		pkt_join(p, n, NULL);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_v4),
		cmocka_unit_test(test_vectors_v6),
		cmocka_unit_test(test_fall_back),
		cmocka_unit_test(test_fragments_have_no_ports),
		cmocka_unit_test(test_mobile),
		cmocka_unit_test(test_pieces_do_not_matter),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
