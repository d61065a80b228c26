// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The socket that this process is asked at: one thread for all ports that are served, with a few
 * clients at a time. It takes ports' locks as control functions do, and never meets a poll context.
 *
 * Lock order: life, serve.lock, nax_port.lock.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "answer.h"
#include "poll_context.h"
#include "port.h"

#define PORTS_MAX	64u
#define CLIENTS_MAX	8u
#define REST_MS		200	/* until clients are taken again, where one could not be */
#define SEND_LIMIT_S	1	/* a client that does not read for so long is dropped */
#define REQUEST_ROOM	1024u

/**
 * struct serve - the socket and who is asked for
 * @lock: for @port and @n_ports; held while a request is answered
 * @port: ports served
 * @n_ports: how many; the socket is there while it is not 0
 * @listen: the socket
 * @kick: eventfd that ends the thread
 * @thread: the thread
 * @path: of the socket
 */
static struct serve {
	pthread_mutex_t lock;
	struct nax_port *port[PORTS_MAX];
	u32 n_ports;
	int listen;
	int kick;
	unsigned long thread;
	struct sockaddr_un path;
} serve = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* Start and end of the thread, one at a time. */
static pthread_mutex_t life = PTHREAD_MUTEX_INITIALIZER;

/* Return: false if the client shall go. */
static bool client_send(int fd, const void *message, size_t len)
{
	return send(fd, message, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static int client_answer(void *arg, const void *message, size_t len)
{
	return client_send(*(const int *)arg, message, len) ? 0 : -EPIPE;
}

/* Return: false if the client shall go: it went, or what it says is no request at all. */
static bool client_serve(int fd)
{
	_Alignas(8) u8 request[REQUEST_ROOM];
	ssize_t n = recv(fd, request, sizeof(request), MSG_DONTWAIT);
	int rc;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (!n)
		return false;
	pthread_mutex_lock(&serve.lock);
	rc = nax_answer(serve.port, serve.n_ports, request, (size_t)n, client_answer, &fd);
	pthread_mutex_unlock(&serve.lock);
	return !rc;
}

static int client_accept(void)
{
	const struct timeval limit = { .tv_sec = SEND_LIMIT_S };
	int fd = accept4(serve.listen, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void *serve_thread(void *arg)
{
	struct pollfd p[2 + CLIENTS_MAX] = {
		{ .fd = serve.kick, .events = POLLIN },
		{ .fd = serve.listen, .events = POLLIN },
	};
	bool rest = false;
	u32 n = 2, i;
	int fd;

	while (!p[0].revents) {
		/* without room for one more, clients wait in the queue of the socket */
		p[1].fd = n < ARRAY_SIZE(p) && !rest ? serve.listen : -1;
		if (poll(p, n, rest ? REST_MS : -1) < 0)
			continue;
		rest = false;
		for (i = n; i-- > 2;) {
			if (!p[i].revents || client_serve(p[i].fd))
				continue;
			close(p[i].fd);
			p[i] = p[--n];
		}
		fd = p[1].revents ? client_accept() : -1;
		/* without a descriptor for one more it would be asked again at once, and again */
		rest = p[1].revents && fd < 0;
		if (fd >= 0)
			p[n++] = (struct pollfd){ .fd = fd, .events = POLLIN };
	}
	while (n-- > 2)
		close(p[n].fd);
	return NULL;
}

/* The folder for sockets, made if need be. */
static int serve_folder(char *dir, size_t size, struct nax_error *err)
{
	const char *set = secure_getenv("NAX_RUNTIME_DIR");
	const char *user = secure_getenv("XDG_RUNTIME_DIR");
	int n;

	if (set)
		n = snprintf(dir, size, "%s", set);
	else if (!geteuid())
		n = snprintf(dir, size, "/run/nax");
	else if (user && user[0] == '/')
		n = snprintf(dir, size, "%s/nax", user);
	else
		return nax_error_set(err, -ENOENT, "XDG_RUNTIME_DIR is not set");
	/* a file name of 10 digits and .sock follows */
	if (n < 0 || (size_t)n + sizeof("/4294967295.sock") > size)
		return nax_error_set(err, -ENAMETOOLONG, "%.100s: longer than a socket's name may be",
				     dir);
	if (mkdir(dir, 0755) && errno != EEXIST)
		return nax_error_set(err, -errno, "%s: %s", dir, strerror(errno));
	return 0;
}

static int serve_bind(struct nax_error *err)
{
	struct sockaddr_un *to = &serve.path;
	size_t n;
	int rc;

	to->sun_family = AF_UNIX;
	rc = serve_folder(to->sun_path, sizeof(to->sun_path), err);
	if (rc)
		return rc;
	n = strlen(to->sun_path);
	snprintf(to->sun_path + n, sizeof(to->sun_path) - n, "/%u.sock", (u32)getpid());
	serve.listen = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (serve.listen < 0)
		return nax_error_set(err, -errno, "socket: %s", strerror(errno));
	/* the name is this process's own, so one that is there was left by another before it */
	unlink(to->sun_path);
	/* before bind(): the mode of the file is that of the socket */
	if (fchmod(serve.listen, 0600) ||
	    bind(serve.listen, (const struct sockaddr *)to, sizeof(*to)) ||
	    listen(serve.listen, CLIENTS_MAX)) {
		rc = nax_error_set(err, -errno, "%s: %s", to->sun_path, strerror(errno));
		close(serve.listen);
	}
	return rc;
}

static int serve_start(struct nax_error *err)
{
	int rc = serve_bind(err);

	if (rc)
		return rc;
	serve.kick = eventfd(0, EFD_CLOEXEC);
	if (serve.kick < 0) {
		rc = nax_error_set(err, -errno, "eventfd: %s", strerror(errno));
		goto unbind;
	}
	rc = nax_user_thread(&serve.thread, -1, serve_thread, NULL);
	if (!rc)
		return 0;
	rc = nax_error_set(err, -rc, "thread: %s", strerror(rc));
	close(serve.kick);
unbind:
	unlink(serve.path.sun_path);
	close(serve.listen);
	return rc;
}

static void serve_stop(void)
{
	nax_user_kick(serve.kick);
	pthread_join((pthread_t)serve.thread, NULL);
	unlink(serve.path.sun_path);
	close(serve.listen);
	close(serve.kick);
}

static int serve_add(struct nax_port *port, const char *netdev, struct nax_error *err)
{
	u32 i;

	for (i = 0; i < serve.n_ports; i++)
		if (serve.port[i] == port)
			return nax_error_set(err, -EALREADY, "the port is served already");
	if (serve.n_ports == PORTS_MAX)
		return nax_error_set(err, -ENOSPC, "ports served are %u: at most %u",
				     serve.n_ports + 1, PORTS_MAX);
	snprintf(port->netdev, sizeof(port->netdev), "%s", netdev ? netdev : "");
	serve.port[serve.n_ports++] = port;
	return 0;
}

int nax_port_serve(struct nax_port *port, const char *netdev, struct nax_error *err)
{
	int rc;

	/* Who answers holds a lock here, and may wait for a handler to return. */
	if (nax_poll_self())
		return nax_error_set(err, -EDEADLK, "nax_port_serve() was called in a handler");
	if (netdev && strlen(netdev) >= sizeof(port->netdev))
		return nax_error_set(err, -EINVAL, "netdev has %zu bytes: the limit is %zu",
				     strlen(netdev), sizeof(port->netdev) - 1);
	pthread_mutex_lock(&life);
	pthread_mutex_lock(&serve.lock);
	rc = serve_add(port, netdev, err);
	pthread_mutex_unlock(&serve.lock);
	if (!rc && serve.n_ports == 1) {
		rc = serve_start(err);
		if (rc)
			serve.n_ports = 0;
	}
	pthread_mutex_unlock(&life);
	return rc;
}

void nax_serve_forget(struct nax_port *port)
{
	bool found = false;
	u32 i;

	pthread_mutex_lock(&life);
	pthread_mutex_lock(&serve.lock);
	for (i = 0; i < serve.n_ports && !found; i++) {
		found = serve.port[i] == port;
		if (found)
			serve.port[i] = serve.port[--serve.n_ports];
	}
	pthread_mutex_unlock(&serve.lock);
	if (found && !serve.n_ports)
		serve_stop();
	pthread_mutex_unlock(&life);
}
