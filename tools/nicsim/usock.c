// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim daemon: UNIX sockets with a name, stale names, and their removal.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "usock.h"

#define BACKLOG	16

int usock_address(struct sockaddr_un *addr, const char *path, char *err, size_t err_len)
{
	size_t len = strlen(path);

	if (!len) {
		snprintf(err, err_len, "socket path is empty");
		return -1;
	}
	if (len >= sizeof(addr->sun_path)) {
		snprintf(err, err_len, "%.200s: socket path of %zu bytes, limit %zu", path, len,
			 sizeof(addr->sun_path) - 1);
		return -1;
	}
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	memcpy(addr->sun_path, path, len);
	return 0;
}

/* Whether nobody is behind the name any more. */
static bool is_stale(const struct sockaddr_un *addr, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool stale = false;

	if (fd < 0)
		return false;
	/* a full backlog (EAGAIN) or a socket of another type (EPROTOTYPE) is alive */
	if (connect(fd, (const struct sockaddr *)addr, sizeof(*addr)))
		stale = errno == ECONNREFUSED;
	close(fd);
	return stale;
}

static int clear_name(const struct sockaddr_un *addr, int type, char *err, size_t err_len)
{
	struct stat st;

	if (lstat(addr->sun_path, &st)) {
		if (errno == ENOENT)
			return 0;
		snprintf(err, err_len, "%s: %s", addr->sun_path, strerror(errno));
		return -1;
	}
	if (!S_ISSOCK(st.st_mode)) {
		snprintf(err, err_len, "%s: is there already and is not a socket", addr->sun_path);
		return -1;
	}
	if (!is_stale(addr, type)) {
		snprintf(err, err_len, "%s: in use by another process", addr->sun_path);
		return -1;
	}
	if (unlink(addr->sun_path) && errno != ENOENT) {
		snprintf(err, err_len, "%s: removing the stale socket: %s", addr->sun_path,
			 strerror(errno));
		return -1;
	}
	return 0;
}

int usock_bind(struct usock_name *name, int type, const char *path, char *err, size_t err_len)
{
	struct sockaddr_un addr;
	struct stat st;
	int fd;

	name->path[0] = '\0';
	if (usock_address(&addr, path, err, err_len) || clear_name(&addr, type, err, err_len))
		return -1;
	fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		snprintf(err, err_len, "%s: socket: %s", path, strerror(errno));
		return -1;
	}
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		snprintf(err, err_len, "%s: bind: %s", path, strerror(errno));
		goto fail;
	}
	memcpy(name->path, addr.sun_path, sizeof(name->path));
	if (lstat(path, &st)) {
		snprintf(err, err_len, "%s: %s", path, strerror(errno));
		goto fail_bound;
	}
	name->dev = st.st_dev;
	name->ino = st.st_ino;
	if (type == SOCK_STREAM && listen(fd, BACKLOG)) {
		snprintf(err, err_len, "%s: listen: %s", path, strerror(errno));
		goto fail_bound;
	}
	return fd;

fail_bound:
	usock_unlink(name);
fail:
	close(fd);
	return -1;
}

void usock_unlink(struct usock_name *name)
{
	struct stat st;

	if (name->path[0] && !lstat(name->path, &st) && st.st_dev == name->dev &&
	    st.st_ino == name->ino)
		unlink(name->path);
	name->path[0] = '\0';
}
