/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nicsim daemon: UNIX sockets that have a name in the file system.
 */
#ifndef NICSIM_USOCK_H
#define NICSIM_USOCK_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

/**
 * struct usock_name - a name that was bound, so that only this very one is removed again
 */
struct usock_name {
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	dev_t dev;
	ino_t ino;
};

/**
 * usock_address() - fill @addr for @path
 *
 * Return: 0, or -1 with a message in @err if the path is empty or too long for a socket address.
 */
int usock_address(struct sockaddr_un *addr, const char *path, char *err, size_t err_len);

/**
 * usock_bind() - a non-blocking socket named @path, listening if @type is SOCK_STREAM
 *
 * A name left by a process that has died is taken over. A name that somebody answers at, or that
 * is not a socket's, is refused.
 *
 * Return: the descriptor, with @name filled; -1 with a message in @err.
 */
int usock_bind(struct usock_name *name, int type, const char *path, char *err, size_t err_len);

/** usock_unlink() - remove the name if it is still the one that was bound. */
void usock_unlink(struct usock_name *name);

#endif /* NICSIM_USOCK_H */
