// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Files of sysfs, by a path that is printed. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nic.h"

static int path_print(char path[PATH_MAX], const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static int path_print(char path[PATH_MAX], const char *fmt, va_list ap)
{
	int n = vsnprintf(path, PATH_MAX, fmt, ap);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

static int read_line(char *buf, size_t size, const char *path)
{
	ssize_t n;
	int fd, rc;

	buf[0] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	rc = n < 0 ? -errno : 0;
	close(fd);
	buf[n < 0 ? 0 : n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return rc;
}

int sys_read(char *buf, size_t size, const char *fmt, ...)
{
	char path[PATH_MAX];
	va_list ap;
	int rc;

	buf[0] = '\0';
	va_start(ap, fmt);
	rc = path_print(path, fmt, ap);
	va_end(ap);
	return rc ? rc : read_line(buf, size, path);
}

long sys_number(long none, const char *fmt, ...)
{
	char path[PATH_MAX], text[32], *end;
	unsigned long v;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = path_print(path, fmt, ap);
	va_end(ap);
	if (rc || read_line(text, sizeof(text), path))
		return none;
	errno = 0;
	v = strtoul(text, &end, 0);
	return errno || end == text || *end || v > LONG_MAX ? none : (long)v;
}

int sys_link(char *buf, size_t size, const char *fmt, ...)
{
	char path[PATH_MAX], to[PATH_MAX];
	const char *name;
	va_list ap;
	ssize_t n;
	int rc;

	buf[0] = '\0';
	va_start(ap, fmt);
	rc = path_print(path, fmt, ap);
	va_end(ap);
	if (rc)
		return rc;
	n = readlink(path, to, sizeof(to) - 1);
	if (n < 0)
		return -errno;
	to[n] = '\0';
	name = strrchr(to, '/');
	name = name ? name + 1 : to;
	if (strlen(name) >= size)
		return -ENAMETOOLONG;
	strcpy(buf, name);
	return 0;
}

int sys_write(const char *text, const char *fmt, ...)
{
	char path[PATH_MAX];
	va_list ap;
	int fd, rc;

	va_start(ap, fmt);
	rc = path_print(path, fmt, ap);
	va_end(ap);
	if (rc)
		return rc;
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* one write: sysfs takes each as a whole */
	rc = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return rc;
}

int nic_error(struct nax_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}
