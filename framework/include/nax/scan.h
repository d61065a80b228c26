/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whether slots are packets that ask for nothing, found without a branch per slot: in user space by
 * the vectors that every CPU of the architecture has, in the kernel one by one.
 */
#ifndef NAX_SCAN_H
#define NAX_SCAN_H

#include <nax/hal.h>
#include <nax/offload.h>
#include <nax/ring.h>

/* Of the flags these matter, and a plain packet has the first one alone. */
#define NAX_SCAN_FLAGS		(NAX_F_EOP | NAX_F_VLAN | NAX_F_TX_MASK)
_Static_assert(NAX_SCAN_FLAGS <= 0x7fff, "they are in the first word of a slot's flags");

#define NAX_SCAN_MANY		4	/* slots from which on vectors pay */

#if !defined(__KERNEL__) && defined(__x86_64__)

#include <emmintrin.h>

typedef __m128i nax_scan_v;
#define nax_scan_load(p)	_mm_load_si128((const __m128i *)(p))
#define nax_scan_set(x)		_mm_set1_epi16(x)
#define nax_scan_put(v, i, x)	_mm_insert_epi16(v, x, i)
#define nax_scan_and(a, b)	_mm_and_si128(a, b)
#define nax_scan_sub(a, b)	_mm_sub_epi16(a, b)
#define nax_scan_max(a, b)	_mm_max_epi16(a, b)
#define nax_scan_above(a, b)	(_mm_movemask_epi8(_mm_cmpgt_epi16(a, b)) != 0)
#define NAX_SCAN_VECTORS

#elif !defined(__KERNEL__) && defined(__aarch64__)

#include <arm_neon.h>

typedef int16x8_t nax_scan_v;
#define nax_scan_load(p)	vld1q_s16((const s16 *)(p))
#define nax_scan_set(x)		vdupq_n_s16(x)
#define nax_scan_put(v, i, x)	vsetq_lane_s16(x, v, i)
#define nax_scan_and(a, b)	vandq_s16(a, b)
#define nax_scan_sub(a, b)	vsubq_s16(a, b)
#define nax_scan_max(a, b)	vmaxq_s16(a, b)
#define nax_scan_above(a, b)	(vmaxvq_u16(vcgtq_s16(a, b)) != 0)
#define NAX_SCAN_VECTORS

#endif

#ifdef NAX_SCAN_VECTORS
/*
 * The packet's half of a slot as eight words of 16 bits: flags in words 0 and 1, length in word 4.
 * What matters of each word, less the least that it may be, is at most @span; the comparison is of
 * unsigned numbers by means of signed ones, so all begin at -32768.
 */
#define NAX_SCAN_ONE(slot) \
	(top = nax_scan_max(top, nax_scan_sub(nax_scan_and(nax_scan_load(&(slot)->flags), matters), \
					      base)))

static inline bool nax_scan_fours(const struct nax_slot *s, const struct nax_slot *end, u16 least,
				  u16 most)
{
	const nax_scan_v zero = nax_scan_set(0), origin = nax_scan_set(S16_MIN);
	nax_scan_v matters = nax_scan_put(nax_scan_put(zero, 0, NAX_SCAN_FLAGS), 4, -1);
	nax_scan_v base = nax_scan_put(nax_scan_put(origin, 0, S16_MIN + (s16)NAX_F_EOP), 4,
				       (s16)(least ^ 0x8000));
	nax_scan_v span = nax_scan_put(origin, 4, (s16)((u16)(most - least) ^ 0x8000));
	nax_scan_v top = origin;

	for (; s != end; s += 4) {
		NAX_SCAN_ONE(&s[0]);
		NAX_SCAN_ONE(&s[1]);
		NAX_SCAN_ONE(&s[2]);
		NAX_SCAN_ONE(&s[3]);
	}
	return !nax_scan_above(top, span);
}
#endif

/**
 * nax_slot_plain() - whether a slot is a packet of its own that asks for nothing
 * @s: the slot
 * @least: bytes of the shortest packet that will do
 * @most: of the longest, not less than @least
 */
static inline bool nax_slot_plain(const struct nax_slot *s, u16 least, u16 most)
{
	return (s->flags & NAX_SCAN_FLAGS) == NAX_F_EOP &&
	       (u16)(s->len - least) <= (u16)(most - least);
}

/** nax_scan_plain() - nax_slot_plain() of @n slots that follow each other in memory. */
static inline bool nax_scan_plain(const struct nax_slot *s, u32 n, u16 least, u16 most)
{
	const struct nax_slot *end = s + n;

#ifdef NAX_SCAN_VECTORS
	if (n >= NAX_SCAN_MANY) {
		const struct nax_slot *fours = s + (n & ~3u);

		if (!nax_scan_fours(s, fours, least, most))
			return false;
		s = fours;
	}
#endif
	for (; s != end; s++)
		if (!nax_slot_plain(s, least, most))
			return false;
	return true;
}

#endif /* NAX_SCAN_H */
