// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim daemon: net=tap. A TAP interface of the kernel, made if it is not there: then it needs
 * CAP_NET_ADMIN, and goes with the daemon. Frames as they are, without virtio-net headers.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "net.h"

#define BATCH	64

struct tap {
	struct simnet n;
	struct evloop_fd io;
	bool blocked;
	char name[IFNAMSIZ];
};

static void watch(struct tap *t)
{
	evloop_watch(t->n.loop, &t->io, (t->n.held_len ? 0 : EPOLLIN) |
		     (t->blocked ? EPOLLOUT : 0));
}

static bool tap_send(struct simnet *n, const uint8_t *frame, uint32_t len)
{
	struct tap *t = (struct tap *)n;

	if (write(t->io.fd, frame, len) >= 0) {
		n->stall = 0;
		n->stats.sent++;
		return true;
	}
	if ((errno == EAGAIN || errno == EINTR) && simnet_stalled(n)) {
		t->blocked = true;
		watch(t);
		return false;
	}
	if (errno == EBADFD)
		simnet_fail(n, "net: interface %s is gone", t->name);
	/* EIO: the interface is down; EINVAL: longer than it takes */
	n->stats.send_dropped++;
	return true;
}

static void on_tap(void *ctx, uint32_t events)
{
	struct tap *t = ctx;
	unsigned int i;
	ssize_t n;

	if (events & EPOLLOUT) {
		t->blocked = false;
		nicsim_port_writable(t->n.port);
	}
	for (i = 0; i < BATCH && !t->n.held_len; i++) {
		n = read(t->io.fd, t->n.frame, sizeof(t->n.frame));
		if (n < 0) {
			if (errno == EBADFD)
				simnet_fail(&t->n, "net: interface %s is gone", t->name);
			break;
		}
		simnet_deliver(&t->n, t->n.frame, n);
	}
	watch(t);
}

static void tap_kick(struct simnet *n)
{
	struct tap *t = (struct tap *)n;

	if (n->held_len && !simnet_held(n))
		watch(t);
}

static int tap_open(struct simnet *n, const struct simnet_spec *spec, char *err, size_t err_len)
{
	struct tap *t = (struct tap *)n;
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int ret;

	t->io = (struct evloop_fd){ .fd = -1, .events = EPOLLIN, .fn = on_tap, .ctx = t };
	if (strlen(spec->a) >= sizeof(t->name)) {
		snprintf(err, err_len, "interface name \"%s\" has %zu bytes, limit %zu", spec->a,
			 strlen(spec->a), sizeof(t->name) - 1);
		return -1;
	}
	strcpy(t->name, spec->a);
	strcpy(ifr.ifr_name, spec->a);
	t->io.fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (t->io.fd < 0) {
		snprintf(err, err_len, "/dev/net/tun: %s", strerror(errno));
		return -1;
	}
	if (ioctl(t->io.fd, TUNSETIFF, &ifr)) {
		snprintf(err, err_len, "interface %s: %s", t->name, strerror(errno));
		return -1;
	}
	ret = evloop_add(n->loop, &t->io);
	if (ret) {
		snprintf(err, err_len, "interface %s: epoll: %s", t->name, strerror(-ret));
		return -1;
	}
	return 0;
}

static void tap_close(struct simnet *n)
{
	struct tap *t = (struct tap *)n;

	if (t->io.fd < 0)
		return;
	evloop_remove(n->loop, &t->io);
	close(t->io.fd);
}

const struct simnet_ops simnet_tap = {
	.size = sizeof(struct tap),
	.open = tap_open,
	.send = tap_send,
	.kick = tap_kick,
	.close = tap_close,
};
