/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What many slots have in common, found without a branch per slot: in user space by the vectors
 * that every CPU of the architecture has, in the kernel by plain words.
 */
#ifndef NAX_SCAN_H
#define NAX_SCAN_H

#include <nax/hal.h>
#include <nax/ring.h>

/**
 * struct nax_scan - sums over slots, made by nax_scan_slots()
 * @any: flags that some slot has
 * @all: flags that all slots have
 * @least: shortest length, taken as a signed number of 16 bits
 * @most: longest
 */
struct nax_scan {
	u32 any;
	u32 all;
	s16 least;
	s16 most;
};

#if !defined(__KERNEL__) && defined(__x86_64__)

#include <emmintrin.h>

typedef __m128i nax_scan_v;
#define nax_scan_load(p)	_mm_load_si128((const __m128i *)(p))
#define nax_scan_or(a, b)	_mm_or_si128(a, b)
#define nax_scan_and(a, b)	_mm_and_si128(a, b)
#define nax_scan_min(a, b)	_mm_min_epi16(a, b)
#define nax_scan_max(a, b)	_mm_max_epi16(a, b)
#define nax_scan_flags(v)	((u32)_mm_cvtsi128_si32(v))
#define nax_scan_len(v)		((s16)_mm_extract_epi16(v, 4))
#define NAX_SCAN_VECTORS

#elif !defined(__KERNEL__) && defined(__aarch64__)

#include <arm_neon.h>

typedef int16x8_t nax_scan_v;
#define nax_scan_load(p)	vld1q_s16((const s16 *)(p))
#define nax_scan_or(a, b)	vorrq_s16(a, b)
#define nax_scan_and(a, b)	vandq_s16(a, b)
#define nax_scan_min(a, b)	vminq_s16(a, b)
#define nax_scan_max(a, b)	vmaxq_s16(a, b)
#define nax_scan_flags(v)	vgetq_lane_u32(vreinterpretq_u32_s16(v), 0)
#define nax_scan_len(v)		vgetq_lane_s16(v, 4)
#define NAX_SCAN_VECTORS

#endif

/* nax_scan_slots(): sum over @n >= 1 slots that follow each other in memory, from @s on. */
#ifdef NAX_SCAN_VECTORS
#define NAX_SCAN_ONE(slot) \
	do { \
		v = nax_scan_load(&(slot)->flags); \
		any = nax_scan_or(any, v); \
		all = nax_scan_and(all, v); \
		least = nax_scan_min(least, v); \
		most = nax_scan_max(most, v); \
	} while (0)

static inline struct nax_scan nax_scan_slots(const struct nax_slot *s, u32 n)
{
	nax_scan_v v = nax_scan_load(&s->flags);
	nax_scan_v any = v, all = v, least = v, most = v;

	for (; n >= 4; n -= 4, s += 4) {
		NAX_SCAN_ONE(&s[0]);
		NAX_SCAN_ONE(&s[1]);
		NAX_SCAN_ONE(&s[2]);
		NAX_SCAN_ONE(&s[3]);
	}
	for (; n; n--, s++)
		NAX_SCAN_ONE(s);
	return (struct nax_scan){ nax_scan_flags(any), nax_scan_flags(all), nax_scan_len(least),
				  nax_scan_len(most) };
}
#else
static inline struct nax_scan nax_scan_slots(const struct nax_slot *s, u32 n)
{
	struct nax_scan r = { s->flags, s->flags, (s16)s->len, (s16)s->len };
	const struct nax_slot *end = s + n;

	while (++s != end) {
		r.any |= s->flags;
		r.all &= s->flags;
		r.least = min_t(s16, r.least, (s16)s->len);
		r.most = max_t(s16, r.most, (s16)s->len);
	}
	return r;
}
#endif

#endif /* NAX_SCAN_H */
