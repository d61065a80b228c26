/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the loopback NIC and its driver agree on. */
#ifndef LOOP_DRIVER_H
#define LOOP_DRIVER_H

#include "loop.h"

#define LOOP_REG_ARM	0x04u
#define LOOP_REG_RESET	0x08u

/* Words of a ring's registers. */
#define LOOP_R_LOW	0
#define LOOP_R_HIGH	1
#define LOOP_R_SIZE	2
#define LOOP_R_ON	3
#define LOOP_R_TAIL	4

struct loop_desc {
	u64 dma;
	u32 word;	/* LOOP_LEN | LOOP_EOP */
	u32 status;	/* LOOP_DONE, by the device */
};

#define LOOP_LEN	0xffffu
#define LOOP_EOP	0x80000000u
#define LOOP_DONE	1u

#endif /* LOOP_DRIVER_H */
