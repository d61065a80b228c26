/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Vectors of 32-bit lanes, so that a driver's one vector.c serves every instruction set.
 *
 * drivers/NAME/vector.c is compiled once per instruction set, in user space only: the kernel must
 * not touch vector registers in softirq, and uses the functions of the driver's table. NAX_V_NAME
 * says which set this compilation is for. The library takes the best one that the CPU has.
 *
 * A vector is one or more quads of four lanes. Nothing moves from one quad to another, so code that
 * treats a vector as one quad is right for all widths. nax_v_rows() fills each quad from a row of
 * 16 bytes: row 0 goes to quad 0, the row @step bytes later to quad 1, and so on.
 */
#ifndef NAX_VECTOR_H
#define NAX_VECTOR_H

#include <nax/adapter.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#else
#error "no vectors for this architecture: leave vector.c out of the build"
#endif

#if defined(__AVX2__)

#define NAX_V_NAME	"avx2"
#define NAX_V_LANES	8
typedef __m256i nax_v;

static inline nax_v nax_v_rows(const void *p, size_t step)
{
	const u8 *row = p;

	if (step == 16)
		return _mm256_loadu_si256(p);
	return _mm256_inserti128_si256(
		_mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)row)),
		_mm_loadu_si128((const __m128i *)(row + step)), 1);
}

static inline void nax_v_store_rows(void *p, size_t step, nax_v v)
{
	u8 *row = p;

	if (step == 16) {
		_mm256_storeu_si256(p, v);
		return;
	}
	_mm_storeu_si128((__m128i *)row, _mm256_castsi256_si128(v));
	_mm_storeu_si128((__m128i *)(row + step), _mm256_extracti128_si256(v, 1));
}

#define nax_v_set(x)		_mm256_set1_epi32((int)(x))
#define nax_v_quad(a, b, c, d) \
	_mm256_setr_epi32((int)(a), (int)(b), (int)(c), (int)(d), (int)(a), (int)(b), (int)(c), \
			  (int)(d))
#define nax_v_and(a, b)		_mm256_and_si256(a, b)
#define nax_v_or(a, b)		_mm256_or_si256(a, b)
#define nax_v_xor(a, b)		_mm256_xor_si256(a, b)
#define nax_v_add(a, b)		_mm256_add_epi32(a, b)
#define nax_v_sub(a, b)		_mm256_sub_epi32(a, b)
#define nax_v_max(a, b)		_mm256_max_epu32(a, b)
#define nax_v_shl(a, n)		_mm256_slli_epi32(a, n)
#define nax_v_shr(a, n)		_mm256_srli_epi32(a, n)
#define nax_v_shl64(a, n)	_mm256_slli_epi64(a, n)
#define nax_v_zip_lo(a, b)	_mm256_unpacklo_epi32(a, b)
#define nax_v_zip_hi(a, b)	_mm256_unpackhi_epi32(a, b)
#define nax_v_zip64_lo(a, b)	_mm256_unpacklo_epi64(a, b)
#define nax_v_zip64_hi(a, b)	_mm256_unpackhi_epi64(a, b)
#define nax_v_halves(a, b)	_mm256_blend_epi32(a, b, 0xcc)
#define nax_v_lookup(t, i)	_mm256_shuffle_epi8(t, i)
#define nax_v_if_not(c, v)	_mm256_andnot_si256(_mm256_cmpeq_epi32(c, nax_v_set(0)), v)
#define nax_v_zeroes(v) \
	((u32)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(v, nax_v_set(0)))))
#define nax_v_any(v)		(!_mm256_testz_si256(v, v))
#define nax_v_first(n)		_mm256_cmpgt_epi32(nax_v_set(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))

static inline __m128i nax_v_low(nax_v v)
{
	return _mm256_castsi256_si128(v);
}

static inline __m128i nax_v_high(nax_v v)
{
	return _mm256_extracti128_si256(v, 1);
}

#define nax_v_sum(v)		nax_quad_sum(_mm_add_epi32(nax_v_low(v), nax_v_high(v)))
#define nax_v_all(v)		nax_quad_all(_mm_or_si128(nax_v_low(v), nax_v_high(v)))

#elif defined(__SSE4_2__)

#define NAX_V_NAME	"sse42"
#define NAX_V_LANES	4
typedef __m128i nax_v;

static inline nax_v nax_v_rows(const void *p, size_t step)
{
	return _mm_loadu_si128(p);
}

static inline void nax_v_store_rows(void *p, size_t step, nax_v v)
{
	_mm_storeu_si128(p, v);
}

#define nax_v_set(x)		_mm_set1_epi32((int)(x))
#define nax_v_quad(a, b, c, d)	_mm_setr_epi32((int)(a), (int)(b), (int)(c), (int)(d))
#define nax_v_and(a, b)		_mm_and_si128(a, b)
#define nax_v_or(a, b)		_mm_or_si128(a, b)
#define nax_v_xor(a, b)		_mm_xor_si128(a, b)
#define nax_v_add(a, b)		_mm_add_epi32(a, b)
#define nax_v_sub(a, b)		_mm_sub_epi32(a, b)
#define nax_v_max(a, b)		_mm_max_epu32(a, b)
#define nax_v_shl(a, n)		_mm_slli_epi32(a, n)
#define nax_v_shr(a, n)		_mm_srli_epi32(a, n)
#define nax_v_shl64(a, n)	_mm_slli_epi64(a, n)
#define nax_v_zip_lo(a, b)	_mm_unpacklo_epi32(a, b)
#define nax_v_zip_hi(a, b)	_mm_unpackhi_epi32(a, b)
#define nax_v_zip64_lo(a, b)	_mm_unpacklo_epi64(a, b)
#define nax_v_zip64_hi(a, b)	_mm_unpackhi_epi64(a, b)
#define nax_v_halves(a, b)	_mm_blend_epi16(a, b, 0xf0)
#define nax_v_lookup(t, i)	_mm_shuffle_epi8(t, i)
#define nax_v_if_not(c, v)	_mm_andnot_si128(_mm_cmpeq_epi32(c, nax_v_set(0)), v)
#define nax_v_zeroes(v) \
	((u32)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpeq_epi32(v, nax_v_set(0)))))
#define nax_v_any(v)		(!_mm_testz_si128(v, v))
#define nax_v_first(n)		_mm_cmpgt_epi32(nax_v_set(n), _mm_setr_epi32(0, 1, 2, 3))
#define nax_v_sum(v)		nax_quad_sum(v)
#define nax_v_all(v)		nax_quad_all(v)

#elif defined(__aarch64__)

#define NAX_V_NAME	"neon"
#define NAX_V_LANES	4
typedef uint32x4_t nax_v;

static inline nax_v nax_v_rows(const void *p, size_t step)
{
	return vld1q_u32(p);
}

static inline void nax_v_store_rows(void *p, size_t step, nax_v v)
{
	vst1q_u32(p, v);
}

#define nax_v_8(v)		vreinterpretq_u8_u32(v)
#define nax_v_64(v)		vreinterpretq_u64_u32(v)
#define nax_v_from8(v)		vreinterpretq_u32_u8(v)
#define nax_v_from64(v)		vreinterpretq_u32_u64(v)
#define nax_v_set(x)		vdupq_n_u32(x)
#define nax_v_quad(a, b, c, d)	((nax_v){ (a), (b), (c), (d) })
#define nax_v_and(a, b)		vandq_u32(a, b)
#define nax_v_or(a, b)		vorrq_u32(a, b)
#define nax_v_xor(a, b)		veorq_u32(a, b)
#define nax_v_add(a, b)		vaddq_u32(a, b)
#define nax_v_sub(a, b)		vsubq_u32(a, b)
#define nax_v_max(a, b)		vmaxq_u32(a, b)
#define nax_v_shl(a, n)		vshlq_n_u32(a, n)
#define nax_v_shr(a, n)		vshrq_n_u32(a, n)
#define nax_v_shl64(a, n)	nax_v_from64(vshlq_n_u64(nax_v_64(a), n))
#define nax_v_zip_lo(a, b)	vzip1q_u32(a, b)
#define nax_v_zip_hi(a, b)	vzip2q_u32(a, b)
#define nax_v_zip64_lo(a, b)	nax_v_from64(vzip1q_u64(nax_v_64(a), nax_v_64(b)))
#define nax_v_zip64_hi(a, b)	nax_v_from64(vzip2q_u64(nax_v_64(a), nax_v_64(b)))
#define nax_v_halves(a, b)	nax_v_from64(vcopyq_laneq_u64(nax_v_64(a), 1, nax_v_64(b), 1))
#define nax_v_lookup(t, i)	nax_v_from8(vqtbl1q_u8(nax_v_8(t), nax_v_8(i)))
#define nax_v_if_not(c, v)	vbicq_u32(v, vceqzq_u32(c))
#define nax_v_zeroes(v)		vaddvq_u32(vandq_u32(vceqzq_u32(v), ((nax_v){ 1, 2, 4, 8 })))
#define nax_v_any(v)		(vmaxvq_u32(v) != 0)
#define nax_v_first(n)		vcgtq_u32(nax_v_set(n), ((nax_v){ 0, 1, 2, 3 }))
#define nax_v_sum(v)		vaddvq_u32(v)

static inline u32 nax_v_all(nax_v v)
{
	uint32x2_t half = vorr_u32(vget_low_u32(v), vget_high_u32(v));

	return vget_lane_u32(half, 0) | vget_lane_u32(half, 1);
}

#endif

#if defined(__x86_64__)
static inline u32 nax_quad_sum(__m128i v)
{
	v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4e));
	v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0xb1));
	return (u32)_mm_cvtsi128_si32(v);
}

static inline u32 nax_quad_all(__m128i v)
{
	v = _mm_or_si128(v, _mm_shuffle_epi32(v, 0x4e));
	v = _mm_or_si128(v, _mm_shuffle_epi32(v, 0xb1));
	return (u32)_mm_cvtsi128_si32(v);
}
#endif

/**
 * union nax_v_const - a constant in memory, a part of a static const struct of the driver's
 * @word: by words
 * @byte: by bytes
 * @v: as a vector
 *
 * NAX_V_WORDS() and NAX_V_BYTES() initialize one for all quads. Reach the struct by NAX_V_CONST():
 * a compiler that knows the values makes them anew in each round of a loop, by three instructions
 * where an operand in memory takes none.
 */
union nax_v_const {
	u32 word[NAX_V_LANES];
	u8 byte[4 * NAX_V_LANES];
	nax_v v;
};

#if NAX_V_LANES == 8
#define NAX_V_WORDS(a, b, c, d)	{ .word = { a, b, c, d, a, b, c, d } }
#define NAX_V_BYTES(...)	{ .byte = { __VA_ARGS__, __VA_ARGS__ } }
#else
#define NAX_V_WORDS(a, b, c, d)	{ .word = { a, b, c, d } }
#define NAX_V_BYTES(...)	{ .byte = { __VA_ARGS__ } }
#endif
#define NAX_V_ALL(x)		NAX_V_WORDS(x, x, x, x)

#define NAX_V_CONST(p) \
	({ \
		__typeof__(p) nax_p = (p); \
		__asm__("" : "+r"(nax_p)); \
		nax_p; \
	})

/* NAX_VECTOR_DATAPATH() - make it known; once, at the end of vector.c. */
#define NAX_VECTOR_DATAPATH(name, ...) \
	static const struct nax_vector_path nax_vector_path = { \
		.driver = name, .set = NAX_V_NAME, .path = __VA_ARGS__ \
	}; \
	static void __attribute__((constructor)) nax_vector_register_path(void) \
	{ \
		nax_vector_register(&nax_vector_path); \
	} \
	_Static_assert(1, "")

#endif /* NAX_VECTOR_H */
