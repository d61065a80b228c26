// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim daemon: net=stream. A UNIX stream socket in the framing of QEMU's -netdev stream: 4 bytes
 * of length, big endian, and the frame. Connecting or listening; the port's link is up while a peer
 * is there, and a peer that went may come again.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net.h"
#include "say.h"
#include "usock.h"

#define LENGTH		4u
#define PEER_FRAME_MAX	69632u			/* the longest that QEMU sends */
#define IN_SIZE		(4 * (LENGTH + PEER_FRAME_MAX))
#define OUT_SIZE	(256u * 1024)
#define RETRY_NS	250000000ull		/* between attempts to connect */

/**
 * struct stream - the back end
 * @address: to connect to
 * @listener: fd -1 if connecting
 * @retry: next attempt to connect
 * @patience: when a peer that takes nothing has had its time
 * @io: the peer; fd -1: none
 * @in: [@in_at, @in_end) received and not yet parsed
 * @out: [@out_at, @out_end) gathered and not yet taken by the socket
 * @blocked: the port was told that a frame cannot be taken
 * @broken: errno of a send() that failed; acted upon outside the model's run
 */
struct stream {
	struct simnet n;
	struct sockaddr_un address;
	struct usock_name name;
	struct evloop_fd listener;
	struct evloop_timer retry;
	struct evloop_timer patience;
	struct evloop_fd io;
	bool told;
	bool blocked;
	int broken;
	uint32_t in_at, in_end;
	uint32_t out_at, out_end;
	uint8_t in[IN_SIZE];
	uint8_t out[OUT_SIZE];
};

/* What was received and not handed on, and what was not taken, goes with the peer. */
static void count_lost(struct stream *s)
{
	uint32_t len;

	if (s->out_at != s->out_end)
		nicsim_say(nicsim_port_name(s->n.port), "net: the peer did not take %u bytes",
			   s->out_end - s->out_at);
	s->n.stats.receive_dropped += s->n.held_len != 0;
	s->n.held_len = 0;
	while (s->in_end - s->in_at >= LENGTH) {
		memcpy(&len, s->in + s->in_at, LENGTH);
		len = ntohl(len);
		if (!len || len > s->in_end - s->in_at - LENGTH)
			break;
		s->n.stats.receive_dropped++;
		s->in_at += LENGTH + len;
	}
}

static void stream_lost(struct stream *s, const char *why)
{
	nicsim_say(nicsim_port_name(s->n.port), "net: peer %s", why);
	count_lost(s);
	evloop_remove(s->n.loop, &s->io);
	close(s->io.fd);
	s->io.fd = -1;
	s->in_at = s->in_end = 0;
	s->out_at = s->out_end = 0;
	s->n.stall = 0;
	s->blocked = false;
	s->told = false;
	s->broken = 0;
	evloop_timer_stop(s->n.loop, &s->patience);
	nicsim_link(s->n.port, false);
	nicsim_port_writable(s->n.port);
	if (s->listener.fd < 0)
		evloop_timer_arm(s->n.loop, &s->retry, evloop_now() + RETRY_NS);
}

static void watch(struct stream *s)
{
	evloop_watch(s->n.loop, &s->io, (s->n.held_len ? 0 : EPOLLIN) |
		     (s->out_at != s->out_end ? EPOLLOUT : 0));
}

/* ---- sending ---- */

static void flush(struct stream *s)
{
	ssize_t n;

	if (s->out_at == s->out_end || s->broken)
		return;
	n = send(s->io.fd, s->out + s->out_at, s->out_end - s->out_at,
		 MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		s->broken = errno;
	if (n <= 0)
		return;
	s->n.stall = 0;
	s->out_at += n;
	if (s->out_at == s->out_end)
		s->out_at = s->out_end = 0;
}

/* Whether the peer is still there. */
static bool flush_or_part(struct stream *s)
{
	flush(s);
	if (!s->broken)
		return true;
	stream_lost(s, s->broken == EPIPE || s->broken == ECONNRESET ? "gone" :
		    strerror(s->broken));
	return false;
}

static void unblock(struct stream *s)
{
	evloop_timer_stop(s->n.loop, &s->patience);
	s->blocked = false;
	nicsim_port_writable(s->n.port);
}

/* Time is up: the frames that wait are tried again, and now dropped. */
static void on_patience(void *ctx)
{
	unblock(ctx);
}

static bool room(struct stream *s, uint32_t need)
{
	if (OUT_SIZE - s->out_end < need && s->out_at) {
		memmove(s->out, s->out + s->out_at, s->out_end - s->out_at);
		s->out_end -= s->out_at;
		s->out_at = 0;
	}
	return OUT_SIZE - s->out_end >= need;
}

static bool stream_send(struct simnet *n, const uint8_t *frame, uint32_t len)
{
	struct stream *s = (struct stream *)n;
	uint32_t be = htonl(len);

	if (s->io.fd < 0 || s->broken)
		goto drop;
	if (!room(s, LENGTH + len)) {
		flush(s);
		if (s->broken)
			goto drop;
		if (!room(s, LENGTH + len)) {
			if (!simnet_stalled(n))
				goto drop;
			s->blocked = true;
			evloop_timer_arm(n->loop, &s->patience, n->stall + SIMNET_STALL_NS);
			watch(s);
			return false;
		}
	}
	memcpy(s->out + s->out_end, &be, LENGTH);
	memcpy(s->out + s->out_end + LENGTH, frame, len);
	s->out_end += LENGTH + len;
	n->stats.sent++;
	return true;
drop:
	n->stats.send_dropped++;
	return true;
}

/* ---- receiving ---- */

/* Hand on what is whole. Whether the peer is still there. */
static bool parse(struct stream *s)
{
	uint32_t have, len;

	while (!s->n.held_len) {
		char why[96];

		have = s->in_end - s->in_at;
		if (have < LENGTH)
			break;
		memcpy(&len, s->in + s->in_at, LENGTH);
		len = ntohl(len);
		if (!len || len > PEER_FRAME_MAX) {
			snprintf(why, sizeof(why),
				 "sent a frame length of %u, limits 1 to %u: dropped", len,
				 PEER_FRAME_MAX);
			stream_lost(s, why);
			return false;
		}
		if (have < LENGTH + len)
			break;
		s->in_at += LENGTH + len;
		simnet_deliver(&s->n, s->in + s->in_at - len, len);
	}
	if (s->in_at == s->in_end) {
		s->in_at = s->in_end = 0;
	} else if (IN_SIZE - s->in_at < LENGTH + PEER_FRAME_MAX) {
		memmove(s->in, s->in + s->in_at, s->in_end - s->in_at);
		s->in_end -= s->in_at;
		s->in_at = 0;
	}
	return true;
}

static void on_peer(void *ctx, uint32_t events)
{
	struct stream *s = ctx;
	ssize_t n;

	if (events & EPOLLOUT) {
		if (!flush_or_part(s))
			return;
		if (s->blocked && !s->out_end)
			unblock(s);
	}
	if (!(s->io.events & EPOLLIN)) {
		if (events & (EPOLLHUP | EPOLLERR))
			stream_lost(s, "gone");
		else
			watch(s);
		return;
	}
	n = recv(s->io.fd, s->in + s->in_end, IN_SIZE - s->in_end, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		n = 0;
	else if (n <= 0) {
		stream_lost(s, n < 0 && errno != ECONNRESET ? strerror(errno) : "gone");
		return;
	}
	s->in_end += n;
	if (parse(s))
		watch(s);
}

static void stream_kick(struct simnet *n)
{
	struct stream *s = (struct stream *)n;

	if (s->io.fd < 0)
		return;
	if (n->held_len && !simnet_held(n) && !parse(s))
		return;
	if (flush_or_part(s))
		watch(s);
}

/* ---- peers ---- */

static void peer_begin(struct stream *s, int fd)
{
	int err;

	s->io = (struct evloop_fd){ .fd = fd, .events = EPOLLIN, .fn = on_peer, .ctx = s };
	err = evloop_add(s->n.loop, &s->io);
	if (err) {
		simnet_fail(&s->n, "net: epoll: %s", strerror(-err));
		close(fd);
		s->io.fd = -1;
		return;
	}
	nicsim_say(nicsim_port_name(s->n.port), "net: peer connected");
	nicsim_link(s->n.port, true);
}

static void on_listener(void *ctx, uint32_t events)
{
	struct stream *s = ctx;
	int fd = accept4(s->listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0) {
		/* running out of descriptors does not pass: there is one per port and net */
		if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
			simnet_fail(&s->n, "net: %s: accept: %s", s->name.path, strerror(errno));
		return;
	}
	if (s->io.fd >= 0) {
		nicsim_say(nicsim_port_name(s->n.port), "net: refused a second peer");
		close(fd);
		return;
	}
	peer_begin(s, fd);
}

static void on_retry(void *ctx)
{
	struct stream *s = ctx;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && !connect(fd, (struct sockaddr *)&s->address, sizeof(s->address))) {
		peer_begin(s, fd);
		return;
	}
	if (!s->told)
		nicsim_say(nicsim_port_name(s->n.port), "net: %s: %s: link is down, trying again",
			   s->address.sun_path, strerror(errno));
	s->told = true;
	if (fd >= 0)
		close(fd);
	evloop_timer_arm(s->n.loop, &s->retry, evloop_now() + RETRY_NS);
}

/* ---- life ---- */

static void stream_init(struct stream *s)
{
	s->io.fd = -1;
	s->listener = (struct evloop_fd){ .fd = -1, .events = EPOLLIN, .fn = on_listener,
					  .ctx = s };
	s->retry = (struct evloop_timer){ .fn = on_retry, .ctx = s };
	s->patience = (struct evloop_timer){ .fn = on_patience, .ctx = s };
	nicsim_link(s->n.port, false);
}

static int stream_connect(struct simnet *n, const struct simnet_spec *spec, char *err,
			  size_t err_len)
{
	struct stream *s = (struct stream *)n;

	stream_init(s);
	if (usock_address(&s->address, spec->a, err, err_len))
		return -1;
	on_retry(s);
	return 0;
}

static int stream_listen(struct simnet *n, const struct simnet_spec *spec, char *err,
			 size_t err_len)
{
	struct stream *s = (struct stream *)n;
	int ret;

	stream_init(s);
	s->listener.fd = usock_bind(&s->name, SOCK_STREAM, spec->a, err, err_len);
	if (s->listener.fd < 0)
		return -1;
	ret = evloop_add(n->loop, &s->listener);
	if (ret) {
		snprintf(err, err_len, "%s: epoll: %s", spec->a, strerror(-ret));
		return -1;
	}
	return 0;
}

static void stream_close(struct simnet *n)
{
	struct stream *s = (struct stream *)n;

	evloop_timer_stop(n->loop, &s->retry);
	evloop_timer_stop(n->loop, &s->patience);
	usock_unlink(&s->name);
	if (s->listener.fd >= 0) {
		evloop_remove(n->loop, &s->listener);
		close(s->listener.fd);
	}
	if (s->io.fd >= 0) {
		/* what was sent counts as sent: one last try */
		flush(s);
		count_lost(s);
		evloop_remove(n->loop, &s->io);
		close(s->io.fd);
	}
}

const struct simnet_ops simnet_stream = {
	.size = sizeof(struct stream),
	.open = stream_connect,
	.send = stream_send,
	.kick = stream_kick,
	.close = stream_close,
};

const struct simnet_ops simnet_stream_server = {
	.size = sizeof(struct stream),
	.open = stream_listen,
	.send = stream_send,
	.kick = stream_kick,
	.close = stream_close,
};
