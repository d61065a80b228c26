/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Fixed-width integer types, spelt as the Linux kernel spells them.
 *
 * This header defines names only, so that applications which include <nax/app.h> get no macros
 * beside NAX_*.
 */
#ifndef NAX_TYPES_H
#define NAX_TYPES_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
/* "unsigned long long", not uint64_t, so that %llx prints it alike in the kernel and outside. */
typedef unsigned long long u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef long long s64;
#endif

#endif /* NAX_TYPES_H */
