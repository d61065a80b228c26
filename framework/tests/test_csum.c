// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Checksums: against plain sums, over any pieces, and with every byte flipped once. */
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "pieces.h"
#include "pkt.h"

static struct pkt frame, other;

#define GOOD (NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_L4CSUM_GOOD)

static u32 verify(const struct pkt *p)
{
	struct nax_piece piece = { .data = (u8 *)p->b, .len = p->len };

	return nax_csum_verify(&piece, 1);
}

static u32 good_of(const struct pkt *p)
{
	return p->flags & NAX_F_IPV4 ? GOOD : NAX_F_RX_L4CSUM_GOOD;
}

static int fill(struct pkt *p, u32 flags, u32 lengths)
{
	struct nax_piece piece = { .data = p->b, .len = p->len };

	return nax_csum_fill(&piece, 1, flags, lengths);
}

static void test_known(void **state)
{
	/* The example of RFC 1071 section 3, and CRC32c values of RFC 3720 appendix B.4. */
	static u8 words[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
	struct nax_piece p = { .data = words, .len = sizeof(words) };
	u8 b[32];
	u32 i;

	assert_int_equal(nax_csum_fold(nax_csum_pieces(&p, 1, 0, 8, 0)), 0xffff & ~0xddf2);
	p = (struct nax_piece){ .data = b, .len = sizeof(b) };
	memset(b, 0, sizeof(b));
	assert_int_equal(nax_crc32c_pieces(&p, 1, 0, 32), 0x8a9136aa);
	memset(b, 0xff, sizeof(b));
	assert_int_equal(nax_crc32c_pieces(&p, 1, 0, 32), 0x62a8ab43);
	for (i = 0; i < 32; i++)
		b[i] = (u8)i;
	assert_int_equal(nax_crc32c_pieces(&p, 1, 0, 32), 0x46dd794e);
	for (i = 0; i < 32; i++)
		b[i] = (u8)(31 - i);
	assert_int_equal(nax_crc32c_pieces(&p, 1, 0, 32), 0x113fdb5c);
}

/* Every entry of the table shows in the CRC of one byte. */
static void test_crc_table(void **state)
{
	struct nax_piece p;
	u32 i, k, crc;
	u8 byte;

	p = (struct nax_piece){ .data = &byte, .len = 1 };
	for (i = 0; i < 256; i++) {
		byte = (u8)i;
		crc = i;
		for (k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
		assert_int_equal(nax_crc32c_step(0, &p, 1, 0, 1), crc);
	}
}

static void test_sum_pieces(void **state)
{
	struct nax_piece p[NAX_PIECES_MAX], whole;
	static u8 b[4000];
	u32 seed = 1, i, k, n, at, len, sum;

	for (i = 0; i < sizeof(b); i++)
		b[i] = (u8)pkt_random(&seed);
	for (i = 0; i < 3000; i++) {
		len = pkt_below(&seed, sizeof(b));
		at = pkt_below(&seed, (u32)sizeof(b) - len);
		whole = (struct nax_piece){ .data = b, .len = sizeof(b) };
		for (sum = 0, k = 0; k < len; k++)
			sum += k & 1 ? b[at + k] : (u32)b[at + k] << 8;
		n = pkt_split(b, sizeof(b), p, NAX_PIECES_MAX, &seed);
		assert_int_equal(nax_csum_fold(nax_csum_pieces(p, n, at, len, 0)),
				 nax_csum_fold(sum));
		assert_int_equal(nax_csum_fold(nax_csum_pieces(&whole, 1, at, len, 0xfffffff0)),
				 nax_csum_fold(nax_csum_pieces(p, n, at, len, 0xfffffff0)));
		assert_int_equal(nax_crc32c_pieces(&whole, 1, at, len),
				 nax_crc32c_pieces(p, n, at, len));
		pkt_join(p, n, NULL);
	}
}

static void test_all_ones(void **state)
{
	/* The largest sums there are: carries out of carries. */
	static u8 b[65536];
	struct nax_piece p = { .data = b, .len = sizeof(b) };

	memset(b, 0xff, sizeof(b));
	assert_int_equal(nax_csum_fold(nax_csum_pieces(&p, 1, 0, sizeof(b), 0)), 0);
	assert_int_equal(nax_csum_fold(nax_csum_pieces(&p, 1, 1, 65535, 0xffffffff)), 0x00ff);
	memset(b, 0, sizeof(b));
	assert_int_equal(nax_csum_fold(nax_csum_pieces(&p, 1, 0, sizeof(b), 0)), 0xffff);
}

static void test_fill_equals_reference(void **state)
{
	struct nax_piece p[NAX_PIECES_MAX];
	struct pkt_spec s;
	u32 seed = 2, i, n;

	for (i = 0; i < 3000; i++) {
		pkt_spec_random(&s, &seed);
		pkt_make(&frame, &s, &seed);
		other = frame;
		pkt_fill(&other);
		/* whatever stood in the fields does not matter */
		n = pkt_split(pkt_below(&seed, 2) ? frame.b : other.b, frame.len, p, NAX_PIECES_MAX,
			      &seed);
		assert_int_equal(nax_csum_fill(p, n, pkt_request(&frame), pkt_lengths(&frame)), 0);
		assert_int_equal(nax_csum_verify(p, n), good_of(&frame));
		pkt_join(p, n, frame.b);
		assert_memory_equal(frame.b, other.b, frame.len);
	}
}

static void test_fill_parts(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 33 };
	u32 seed = 3;

	pkt_make(&frame, &s, &seed);
	assert_int_equal(fill(&frame, NAX_F_IPV4 | NAX_F_TX_IPCSUM, nax_tx_lengths(14, 20, 0)), 0);
	assert_int_equal(verify(&frame), NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_L4CSUM_BAD);
	assert_int_equal(fill(&frame, NAX_F_IPV4 | NAX_F_TCP | NAX_F_TX_L4CSUM,
			      nax_tx_lengths(14, 20, 0)), 0);
	assert_int_equal(verify(&frame), GOOD);
	/* nothing asked for: not even lengths are looked at */
	assert_int_equal(fill(&frame, NAX_F_IPV6, 0), 0);
}

static void test_flip(void **state)
{
	struct pkt_spec s;
	u32 seed = 4, i, at, verdict, begin, end;
	u8 bit;

	for (i = 0; i < 20000; i++) {
		if (i % 8 == 0) {
			pkt_spec_random(&s, &seed);
			s.ext = 0;
			s.payload %= 300;
			pkt_make(&frame, &s, &seed);
			pkt_fill(&frame);
		}
		begin = frame.l2 + frame.l3;
		end = frame.len - s.pad;
		bit = (u8)(1 << pkt_below(&seed, 8));
		/* covered twice: in the pseudo-header. Lengths are another matter. */
		if (pkt_below(&seed, 4))
			at = begin + pkt_below(&seed, end - begin);
		else
			at = frame.l2 + (frame.flags & NAX_F_IPV4 ? 12 : 8) + pkt_below(&seed, 8);
		frame.b[at] ^= bit;
		verdict = verify(&frame);
		frame.b[at] ^= bit;
		if (at >= begin) {
			assert_int_equal(verdict & NAX_F_RX_IPCSUM_BAD, 0);
			/* a header length that is now a lie, or a UDP field of 0, hides it */
			if (verdict & NAX_F_RX_L4CSUM_GOOD)
				fail_msg("byte %u of %u bit 0x%x: verdict 0x%x", at, frame.len, bit,
					 verdict);
			if (at >= begin + frame.l4)
				assert_true(verdict & NAX_F_RX_L4CSUM_BAD);
		} else if ((frame.flags & NAX_F_L4_MASK) == NAX_F_SCTP) {
			/* SCTP has no pseudo-header */
			assert_true(verdict & NAX_F_RX_L4CSUM_GOOD);
		} else {
			assert_true(verdict & NAX_F_RX_L4CSUM_BAD);
		}
		if (at < begin && frame.flags & NAX_F_IPV4)
			assert_true(verdict & NAX_F_RX_IPCSUM_BAD);
		assert_int_equal(verify(&frame), good_of(&frame));
	}
}

static void test_no_verdict(void **state)
{
	static const struct {
		const char *what;
		struct pkt_spec s;
	} none[] = {
		{ "fragment", { .v6 = true, .fragment = true, .l4 = NAX_F_TCP, .payload = 40 } },
		{ "unknown protocol", { .v6 = true, .payload = 40 } },
		{ "unknown routing header", { .v6 = true, .ext = PKT_RT_ODD, .l4 = NAX_F_TCP } },
		{ "IPv6 UDP without checksum", { .v6 = true, .l4 = NAX_F_UDP, .payload = 9 } },
	};
	struct pkt_spec zero = { .l4 = NAX_F_UDP, .payload = 9 };
	u32 seed = 5, i;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		pkt_make(&frame, &none[i].s, &seed);
		if (verify(&frame))
			fail_msg("%s: verdict 0x%x", none[i].what, verify(&frame));
	}
	pkt_make(&frame, &zero, &seed);
	assert_int_equal(verify(&frame), NAX_F_RX_IPCSUM_BAD);
	assert_int_equal(fill(&frame, NAX_F_IPV4 | NAX_F_TX_IPCSUM, pkt_lengths(&frame)), 0);
	assert_int_equal(verify(&frame), NAX_F_RX_IPCSUM_GOOD);
	/* a length that contradicts the frame takes the verdict on layer 4, not on the header */
	frame.len -= 4;
	assert_int_equal(verify(&frame), NAX_F_RX_IPCSUM_GOOD);
}

static void test_udp_zero_becomes_ones(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_UDP, .payload = 2 };
	u32 seed = 6, i;
	u8 *l4;

	pkt_make(&frame, &s, &seed);
	l4 = frame.b + frame.l2 + frame.l3;
	/* two bytes of payload can make any sum: look for the one that makes 0 */
	for (i = 0; i < 65536; i++) {
		nax_put16(l4 + 8, i);
		assert_int_equal(fill(&frame, pkt_request(&frame), pkt_lengths(&frame)), 0);
		assert_int_not_equal(nax_get16(l4 + 6), 0);
		if (nax_get16(l4 + 6) == 0xffff)
			break;
	}
	assert_int_not_equal(i, 65536);
	assert_int_equal(verify(&frame), GOOD);
}

static void test_refused(void **state)
{
	static const struct {
		const char *what;
		struct pkt_spec s;
		u32 flags;
		u32 l2, l3;
	} bad[] = {
		{ "v6 asked, v4 there", { .l4 = NAX_F_TCP }, NAX_F_IPV6 | NAX_F_TCP, 14, 20 },
		{ "no version", { .l4 = NAX_F_TCP }, NAX_F_TCP, 14, 20 },
		{ "udp asked, tcp there", { .l4 = NAX_F_TCP }, NAX_F_IPV4 | NAX_F_UDP, 14, 20 },
		{ "no transport", { .l4 = 0, .payload = 40 }, NAX_F_IPV4 | NAX_F_TCP, 14, 20 },
		{ "l2 wrong", { .l4 = NAX_F_TCP }, NAX_F_IPV4 | NAX_F_TCP, 18, 20 },
		{ "l2 beyond frame", { .l4 = NAX_F_UDP }, NAX_F_IPV4 | NAX_F_UDP, 127, 20 },
		{ "l3 short", { .options = 8, .l4 = NAX_F_TCP }, NAX_F_IPV4 | NAX_F_TCP, 14, 20 },
		{ "l3 long", { .l4 = NAX_F_TCP }, NAX_F_IPV4 | NAX_F_TCP, 14, 511 },
		{ "fragment", { .fragment = true, .l4 = NAX_F_TCP, .payload = 40 },
		  NAX_F_IPV4 | NAX_F_TCP, 14, 20 },
		{ "routing header", { .v6 = true, .ext = PKT_RT_ODD, .l4 = NAX_F_TCP },
		  NAX_F_IPV6 | NAX_F_TCP, 14, 64 },
		{ "v6 header checksum", { .v6 = true, .l4 = NAX_F_TCP },
		  NAX_F_IPV6 | NAX_F_TCP | NAX_F_TX_IPCSUM, 14, 40 },
	};
	u32 seed = 7, i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		pkt_make(&frame, &bad[i].s, &seed);
		other = frame;
		if (fill(&frame, bad[i].flags | NAX_F_TX_L4CSUM,
			 nax_tx_lengths(bad[i].l2, bad[i].l3, 0)) != -EINVAL)
			fail_msg("%s: not refused", bad[i].what);
		assert_memory_equal(frame.b, other.b, frame.len);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_crc_table),
		cmocka_unit_test(test_sum_pieces),
		cmocka_unit_test(test_all_ones),
		cmocka_unit_test(test_fill_equals_reference),
		cmocka_unit_test(test_fill_parts),
		cmocka_unit_test(test_flip),
		cmocka_unit_test(test_no_verdict),
		cmocka_unit_test(test_udp_zero_becomes_ones),
		cmocka_unit_test(test_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
