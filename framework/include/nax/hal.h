/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The vocabulary of the place a driver is compiled for.
 *
 * A driver speaks the Linux kernel's own words: u32, READ_ONCE(), FIELD_GET(), le32_to_cpu(),
 * dma_rmb(), min_t(), ... In the kernel they are the kernel's; in user space hal_user.h defines
 * the same words with the same meaning. Nothing else of either world is visible to a driver:
 * registers, delays, memory and messages come from <nax/adapter.h>.
 */
#ifndef NAX_HAL_H
#define NAX_HAL_H

#include <nax/types.h>

#ifdef __KERNEL__
#include <nax/hal_linux.h>
#else
#include <nax/hal_user.h>
#endif

#endif /* NAX_HAL_H */
