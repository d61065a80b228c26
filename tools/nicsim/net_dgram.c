// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim daemon: net=dgram. Frames as UNIX datagrams between two named sockets, as QEMU's
 * -netdev dgram. Nobody there is like a hub with nothing plugged in: the link is up, frames are
 * lost.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net.h"
#include "usock.h"

#define BATCH		64
#define AGAIN_NS	100000ull		/* a full receiver is tried again after so long */

/**
 * struct dgram - the back end
 * @again: waits for the receiver; the kernel tells senders on unconnected sockets nothing
 */
struct dgram {
	struct simnet n;
	struct usock_name name;
	struct evloop_fd io;
	struct evloop_timer again;
	struct sockaddr_un remote;
};

static void on_again(void *ctx)
{
	struct dgram *d = ctx;

	nicsim_port_writable(d->n.port);
}

static bool dgram_send(struct simnet *n, const uint8_t *frame, uint32_t len)
{
	struct dgram *d = (struct dgram *)n;

	if (sendto(d->io.fd, frame, len, MSG_NOSIGNAL | MSG_DONTWAIT,
		   (struct sockaddr *)&d->remote, sizeof(d->remote)) >= 0) {
		n->stall = 0;
		n->stats.sent++;
		return true;
	}
	if ((errno == EAGAIN || errno == ENOBUFS || errno == EINTR) && simnet_stalled(n)) {
		evloop_timer_arm(n->loop, &d->again, evloop_now() + AGAIN_NS);
		return false;
	}
	n->stats.send_dropped++;
	return true;
}

static void on_readable(void *ctx, uint32_t events)
{
	struct dgram *d = ctx;
	unsigned int i;
	ssize_t n;

	for (i = 0; i < BATCH && !d->n.held_len; i++) {
		/* MSG_TRUNC: the real length, so that what is too long is seen to be */
		n = recv(d->io.fd, d->n.frame, sizeof(d->n.frame), MSG_DONTWAIT | MSG_TRUNC);
		if (n < 0)
			break;
		simnet_deliver(&d->n, d->n.frame, n);
	}
	evloop_watch(d->n.loop, &d->io, d->n.held_len ? 0 : EPOLLIN);
}

static void dgram_kick(struct simnet *n)
{
	struct dgram *d = (struct dgram *)n;

	if (n->held_len && !simnet_held(n))
		evloop_watch(n->loop, &d->io, EPOLLIN);
}

static int dgram_open(struct simnet *n, const struct simnet_spec *spec, char *err, size_t err_len)
{
	struct dgram *d = (struct dgram *)n;
	int ret;

	d->io = (struct evloop_fd){ .fd = -1, .events = EPOLLIN, .fn = on_readable, .ctx = d };
	d->again = (struct evloop_timer){ .fn = on_again, .ctx = d };
	if (usock_address(&d->remote, spec->b, err, err_len))
		return -1;
	d->io.fd = usock_bind(&d->name, SOCK_DGRAM, spec->a, err, err_len);
	if (d->io.fd < 0)
		return -1;
	ret = evloop_add(n->loop, &d->io);
	if (ret) {
		snprintf(err, err_len, "%s: epoll: %s", spec->a, strerror(-ret));
		return -1;
	}
	return 0;
}

static void dgram_close(struct simnet *n)
{
	struct dgram *d = (struct dgram *)n;

	evloop_timer_stop(n->loop, &d->again);
	usock_unlink(&d->name);
	if (d->io.fd >= 0) {
		evloop_remove(n->loop, &d->io);
		close(d->io.fd);
	}
}

const struct simnet_ops simnet_dgram = {
	.size = sizeof(struct dgram),
	.open = dgram_open,
	.send = dgram_send,
	.kick = dgram_kick,
	.close = dgram_close,
};
