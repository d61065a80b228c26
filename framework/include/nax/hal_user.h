/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The words of hal.h in user space, with the kernel's meaning.
 *
 * Little-endian and big-endian values have plain integer types here; sparse checks their use when
 * the same source is compiled for the kernel.
 */
#ifndef NAX_HAL_USER_H
#define NAX_HAL_USER_H

#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef u16 __le16;
typedef u32 __le32;
typedef u64 __le64;
typedef u16 __be16;
typedef u32 __be32;
typedef u64 __be64;

#ifndef __force
#define __force
#endif

#define cpu_to_le16(x) htole16(x)
#define cpu_to_le32(x) htole32(x)
#define cpu_to_le64(x) htole64(x)
#define le16_to_cpu(x) le16toh(x)
#define le32_to_cpu(x) le32toh(x)
#define le64_to_cpu(x) ((u64)le64toh(x))
#define cpu_to_be16(x) htobe16(x)
#define cpu_to_be32(x) htobe32(x)
#define be16_to_cpu(x) be16toh(x)
#define be32_to_cpu(x) be32toh(x)

#ifndef likely
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

/*
 * For integers and pointers. Relaxed atomics rather than volatile: the same instructions, and
 * ThreadSanitizer knows them for what they are.
 */
#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v) __atomic_store_n(&(x), (v), __ATOMIC_RELAXED)

/* Publish with smp_store_release(), look with smp_load_acquire(): between two CPUs. */
#define smp_store_release(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define smp_load_acquire(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)

/*
 * Atomic bit operations on an unsigned long, with the kernel's order: those that return a value are
 * full barriers, set_bit() and clear_bit() are none, clear_bit_unlock() is a release.
 */
static inline void set_bit(unsigned int nr, unsigned long *word)
{
	__atomic_fetch_or(word, 1UL << nr, __ATOMIC_RELAXED);
}

static inline void clear_bit(unsigned int nr, unsigned long *word)
{
	__atomic_fetch_and(word, ~(1UL << nr), __ATOMIC_RELAXED);
}

static inline void clear_bit_unlock(unsigned int nr, unsigned long *word)
{
	__atomic_fetch_and(word, ~(1UL << nr), __ATOMIC_RELEASE);
}

static inline bool test_bit(unsigned int nr, const unsigned long *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED) >> nr & 1;
}

static inline bool test_and_set_bit(unsigned int nr, unsigned long *word)
{
	return __atomic_fetch_or(word, 1UL << nr, __ATOMIC_SEQ_CST) >> nr & 1;
}

static inline bool test_and_clear_bit(unsigned int nr, unsigned long *word)
{
	return __atomic_fetch_and(word, ~(1UL << nr), __ATOMIC_SEQ_CST) >> nr & 1;
}

/*
 * A counter with one writer, and readers in other threads that see a value it had. On x86-64 it is
 * one instruction, which stores 64 bits at once as every aligned store does.
 */
static inline void nax_count(u64 *counter, u64 n)
{
#if defined(__x86_64__)
	__asm__("addq %1, %0" : "+m"(*counter) : "er"(n));
#else
	WRITE_ONCE(*counter, *counter + n);
#endif
}

#define BIT(n) (1UL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define GENMASK(h, l) ((~0UL >> (63 - (h))) & (~0UL << (l)))
#define GENMASK_ULL(h, l) ((~0ULL >> (63 - (h))) & (~0ULL << (l)))
#define FIELD_GET(mask, reg) ((__typeof__(mask))(((reg) & (mask)) >> __builtin_ctzll(mask)))
#define FIELD_PREP(mask, val) \
	((__typeof__(mask))(((__typeof__(mask))(val) << __builtin_ctzll(mask)) & (mask)))

#define S16_MIN ((s16)(-0x7fff - 1))
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))
#define BUILD_BUG_ON(cond) _Static_assert(!(cond), #cond)
#ifndef static_assert
#define static_assert _Static_assert
#endif

#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define swap(a, b) \
	do { \
		__typeof__(a) nax_swap_tmp = (a); \
		(a) = (b); \
		(b) = nax_swap_tmp; \
	} while (0)
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define ALIGN(x, a) (((x) + ((__typeof__(x))(a) - 1)) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a) (((x) & ((__typeof__(x))(a) - 1)) == 0)
#define is_power_of_2(n) ((n) != 0 && ((n) & ((n) - 1)) == 0)
#define fallthrough __attribute__((__fallthrough__))
#define __printf(f, a) __attribute__((format(printf, f, a)))
#define __must_check __attribute__((warn_unused_result))
#define __maybe_unused __attribute__((unused))
#define noinline __attribute__((noinline))
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define __aligned(n) __attribute__((aligned(n)))
#define __packed __attribute__((packed))
#define prefetchw(p) __builtin_prefetch(p, 1)

/*
 * To gcc 12 a prefetch is no effect: it drops calls of functions that do nothing else. And it adds
 * up the address by an instruction of its own, where x86 would do so for nothing.
 */
static inline void prefetch(const void *p)
{
#if defined(__x86_64__)
	__asm__ __volatile__("prefetcht0 %0" : : "m"(*(const char *)p));
#else
	__builtin_prefetch(p);
	__asm__ __volatile__("");
#endif
}

#define barrier() __asm__ __volatile__("" ::: "memory")

/*
 * Order between the CPU and a coherent device, as the kernel defines dma_rmb() and dma_wmb().
 * x86 keeps loads in order with loads and stores with stores, so only the compiler is held back;
 * elsewhere the fence is real. ThreadSanitizer does not model fences, and does not need to: the
 * device is not one of its threads.
 */
#if defined(__x86_64__)
#define dma_rmb() barrier()
#define dma_wmb() barrier()
#elif defined(__aarch64__)
#define dma_rmb() __asm__ __volatile__("dmb oshld" ::: "memory")
#define dma_wmb() __asm__ __volatile__("dmb oshst" ::: "memory")
#else
#define dma_rmb() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define dma_wmb() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif

/*
 * One 32-bit register in mapped memory, little endian, ordered after all writes to memory before
 * it.
 */
static inline void nax_mmio_write(volatile void *addr, u32 value)
{
	dma_wmb();
	*(volatile u32 *)addr = cpu_to_le32(value);
}

#endif /* NAX_HAL_USER_H */
