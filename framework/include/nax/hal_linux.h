/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The words of hal.h in the kernel: they are the kernel's own. */
#ifndef NAX_HAL_LINUX_H
#define NAX_HAL_LINUX_H

#include <linux/bitfield.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/prefetch.h>
#include <linux/stdarg.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <asm/barrier.h>
#include <asm/byteorder.h>

/* One 32-bit register, ordered after all writes to memory before it. */
#define nax_mmio_write(addr, value)	writel(value, (void __iomem __force *)(addr))

/* A counter with one writer, and readers in other contexts. */
static inline void nax_count(u64 *counter, u64 n)
{
	WRITE_ONCE(*counter, *counter + n);
}

#endif /* NAX_HAL_LINUX_H */
