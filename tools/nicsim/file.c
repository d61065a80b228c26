// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Files that are written; see file.h. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "file.h"

FILE *file_create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0666), saved;
	FILE *f;

	if (fd < 0)
		return NULL;
	f = fcntl(fd, F_SETFL, O_WRONLY) ? NULL : fdopen(fd, "w");
	if (f)
		return f;
	saved = errno;
	close(fd);
	errno = saved;
	return NULL;
}
