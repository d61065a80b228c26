/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which descriptors are open: a test compares before and after, and so sees one that leaked. */
#ifndef FDS_H
#define FDS_H

#include <fcntl.h>
#include <stdint.h>

/** fds_open() - bit N: descriptor N is open; new ones get the lowest free number, so 64 will do. */
static inline uint64_t fds_open(void)
{
	uint64_t open = 0;
	int fd;

	for (fd = 0; fd < 64; fd++)
		open |= (uint64_t)(fcntl(fd, F_GETFD) >= 0) << fd;
	return open;
}

#endif /* FDS_H */
