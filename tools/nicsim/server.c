// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim daemon: vfio-user server of one port.
 *
 * Descriptors come with the first bytes of the message they belong to, and the kernel ends a read
 * behind the bytes that brought some. So each read asks for the rest of one message and the header
 * of the next: whose the descriptors are is then never in doubt, and a burst of messages costs one
 * read each.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "say.h"
#include "server.h"
#include "usock.h"
#include "vfu_msg.h"

#define HEADER		sizeof(struct vfu_header)
#define WAITING_MAX	8			/* connections that have not spoken yet */
#define WAITING_NS	5000000000ull		/* how long they may be silent */
#define REST_NS		200000000ull		/* before accept() is tried again */
#define FAREWELL_NS	1000000000ull		/* for a client to take its last replies */
#define BATCH		64			/* messages before the model gets its turn */
#define STEP_FRAMES	65536u			/* of the model's before a client is answered */
#define IN_SIZE		4096			/* receive buffer at first */
#define OUT_SIZE	(64 * 1024)
#define OUT_FULL	(OUT_SIZE - sizeof(struct vfu_reply))

/**
 * struct peer - a connection
 * @conn: NULL until it has become the client
 * @deadline: while it is not
 * @in: @have bytes received of a message and, behind it, at most a header of the next
 * @fds: that came with the message at the start of @in; @next_fds with the one behind it
 * @drained: the last read gave less than it asked for
 * @out: @out_len bytes of replies not yet taken by the socket
 */
struct peer {
	struct vfu_server *server;
	struct evloop_fd io;
	struct evloop_timer deadline;
	struct vfu_conn *conn;
	uint8_t *in;
	size_t in_size;
	size_t have;
	int fds[VFU_FDS_MAX];
	int nfds;
	int next_fds[VFU_FDS_MAX];
	int next_nfds;
	bool drained;
	size_t out_len;
	uint8_t out[OUT_SIZE];
};

/**
 * struct vfu_server - a port's server
 * @step: run before the client is answered, or NULL
 * @rest: when descriptors ran out, until accept() is tried again
 * @client: the one, or NULL
 * @waiting: who has not spoken yet
 * @reply: the message in hand's
 */
struct vfu_server {
	struct evloop *loop;
	struct nicsim_port *port;
	struct nicsim *step;
	struct usock_name name;
	struct evloop_fd io;
	struct evloop_timer rest;
	struct peer *client;
	struct peer *waiting[WAITING_MAX];
	struct vfu_reply reply;
};

static void on_log(void *ctx, const char *text)
{
	struct vfu_server *s = ctx;

	nicsim_say(nicsim_port_name(s->port), "%s", text);
}

/* ---- life of a connection ---- */

static void close_fds(int *fds, int *nfds)
{
	while (*nfds)
		close(fds[--*nfds]);
}

static void peer_free(struct peer *p)
{
	struct vfu_server *s = p->server;
	unsigned int i;

	if (s->client == p)
		s->client = NULL;
	for (i = 0; i < WAITING_MAX; i++) {
		if (s->waiting[i] == p)
			s->waiting[i] = NULL;
	}
	evloop_timer_stop(s->loop, &p->deadline);
	evloop_remove(s->loop, &p->io);
	vfu_conn_destroy(p->conn);
	close_fds(p->fds, &p->nfds);
	close_fds(p->next_fds, &p->next_nfds);
	close(p->io.fd);
	free(p->in);
	free(p);
}

/* @why: NULL if it went by itself */
static void peer_close(struct peer *p, const char *why)
{
	const char *name = nicsim_port_name(p->server->port);

	if (why)
		nicsim_say(name, "client: %s: connection closed", why);
	else if (p->conn)
		nicsim_say(name, "client gone");
	peer_free(p);
}

/* ---- sending ---- */

/* Whether the connection still stands. */
static bool peer_flush(struct peer *p)
{
	ssize_t n;

	if (p->out_len) {
		n = send(p->io.fd, p->out, p->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			peer_close(p, errno == EPIPE || errno == ECONNRESET ? NULL :
				   strerror(errno));
			return false;
		}
		if (n > 0) {
			p->out_len -= n;
			memmove(p->out, p->out + n, p->out_len);
		}
	}
	/* who does not read its replies is not asked for more commands */
	evloop_watch(p->server->loop, &p->io, (p->out_len > OUT_FULL ? 0 : EPOLLIN) |
		     (p->out_len ? EPOLLOUT : 0));
	return true;
}

static void peer_reply(struct peer *p, const struct vfu_reply *reply)
{
	memcpy(p->out + p->out_len, reply->data, reply->len);
	p->out_len += reply->len;
}

/* ---- receiving ---- */

/* Take descriptors out of a control message; all that came are closed unless they fit. */
static int take_fds(struct msghdr *mh, int *fds)
{
	struct cmsghdr *cm;
	int nfds = 0;

	for (cm = CMSG_FIRSTHDR(mh); cm; cm = CMSG_NXTHDR(mh, cm)) {
		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		/* the buffer has room for one such message of VFU_FDS_MAX, so this is in bounds */
		nfds = (cm->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(cm), nfds * sizeof(int));
	}
	return nfds;
}

static bool peer_room(struct peer *p, size_t size)
{
	uint8_t *in;

	if (size <= p->in_size)
		return true;
	in = realloc(p->in, size);
	if (!in)
		return false;
	p->in = in;
	p->in_size = size;
	return true;
}

/* Where descriptors that came with bytes [@from, @from + @n) of @in go; the reason if nowhere. */
static const char *place_fds(struct peer *p, const int *fds, int nfds, size_t from, size_t n,
			     size_t size)
{
	int *to = p->fds, *count = &p->nfds;

	if (from >= HEADER) {
		if (from + n <= size)
			return "descriptors came in the middle of a message";
		to = p->next_fds;
		count = &p->next_nfds;
	}
	if (*count + nfds > VFU_FDS_MAX)
		return "a message brings more than 8 descriptors";
	memcpy(to + *count, fds, nfds * sizeof(int));
	*count += nfds;
	return NULL;
}

/*
 * One read. @want: bytes asked for, of a message of @size if its header is there.
 * Return: bytes, 0: nothing now, -1: the connection is closed.
 */
static ssize_t peer_recv(struct peer *p, size_t want, size_t size)
{
	union {
		char buf[CMSG_SPACE(VFU_FDS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = p->in + p->have, .iov_len = want };
	struct msghdr mh = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.buf, .msg_controllen = sizeof(control.buf),
	};
	int fds[VFU_FDS_MAX + 1], nfds;		/* alignment leaves room for one more */
	const char *why = NULL;
	ssize_t n;

	n = recvmsg(p->io.fd, &mh, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		peer_close(p, n < 0 && errno != ECONNRESET ? strerror(errno) : NULL);
		return -1;
	}
	nfds = take_fds(&mh, fds);
	if (mh.msg_flags & MSG_CTRUNC)
		why = "a message brings more than 8 descriptors";
	else if (nfds)
		why = place_fds(p, fds, nfds, p->have, n, size);
	if (why) {
		close_fds(fds, &nfds);
		peer_close(p, why);
		return -1;
	}
	p->have += n;
	p->drained = (size_t)n < want;
	return n;
}

/*
 * Read until a message is whole. @ahead: and the header of the next, which may be all of it, so
 * only a caller that will ask for it may say so: the socket does not report it again.
 * Return: 1 with *@size, 0: not yet, -1: the connection is closed.
 */
static int peer_next(struct peer *p, bool ahead, uint32_t *size)
{
	char why[128];

	*size = 0;
	for (;;) {
		size_t want = HEADER - p->have;
		ssize_t n;

		if (p->have >= HEADER) {
			*size = vfu_msg_size(p->in, why, sizeof(why));
			if (!*size) {
				on_log(p->server, why);
				peer_close(p, "framing is lost");
				return -1;
			}
			if (p->have >= *size)
				return 1;
			want = *size + (ahead ? HEADER : 0) - p->have;
			if (!peer_room(p, *size + HEADER)) {
				peer_close(p, "no memory for its message");
				return -1;
			}
		}
		if (p->drained)
			return 0;
		n = peer_recv(p, want, *size);
		if (n <= 0)
			return n;
	}
}

/* ---- messages ---- */

/* Whether the client has hung up, though its end was not read yet. */
static bool client_left(const struct peer *client)
{
	struct pollfd fd = { .fd = client->io.fd };

	return poll(&fd, 1, 0) == 1 && (fd.revents & (POLLHUP | POLLERR));
}

/* A first message: its sender becomes the client, unless there is one. */
static bool peer_admit(struct peer *p, struct vfu_reply *reply)
{
	struct vfu_server *s = p->server;
	struct vfu_header h;
	unsigned int i;

	if (s->client && client_left(s->client))
		peer_close(s->client, NULL);
	memcpy(&h, p->in, sizeof(h));
	if (s->client) {
		nicsim_say(nicsim_port_name(s->port), "client: port is busy with another: EBUSY");
		vfu_reply_error(reply, &h, EBUSY);
		return false;
	}
	p->conn = vfu_conn_create(s->port, on_log, s);
	if (!p->conn) {
		nicsim_say(nicsim_port_name(s->port), "client: no memory: ENOMEM");
		vfu_reply_error(reply, &h, ENOMEM);
		return false;
	}
	for (i = 0; i < WAITING_MAX; i++) {
		if (s->waiting[i] == p)
			s->waiting[i] = NULL;
	}
	evloop_timer_stop(s->loop, &p->deadline);
	s->client = p;
	nicsim_say(nicsim_port_name(s->port), "client connected");
	return true;
}

/* Whether the connection goes on. */
static bool peer_message(struct peer *p, uint32_t size)
{
	struct vfu_reply *reply = &p->server->reply;
	enum vfu_verdict verdict = VFU_CLOSE;
	int nfds = p->nfds;

	reply->len = 0;
	if (p->conn || peer_admit(p, reply)) {
		p->nfds = 0;
		verdict = vfu_msg(p->conn, p->in, size, p->fds, nfds, reply);
	} else {
		close_fds(p->fds, &p->nfds);
	}
	peer_reply(p, reply);
	if (verdict == VFU_CLOSE) {
		if (peer_flush(p))
			peer_close(p, p->conn ? "not understood" : NULL);
		return false;
	}
	p->have -= size;
	memmove(p->in, p->in + size, p->have);
	memcpy(p->fds, p->next_fds, p->next_nfds * sizeof(int));
	p->nfds = p->next_nfds;
	p->next_nfds = 0;
	return true;
}

static void on_peer(void *ctx, uint32_t events)
{
	struct peer *p = ctx;
	unsigned int i;
	uint32_t size;
	int got;

	if (!(p->io.events & EPOLLIN) && (events & (EPOLLHUP | EPOLLERR))) {
		peer_close(p, NULL);
		return;
	}
	p->drained = false;
	for (i = 0; i < BATCH && p->out_len <= OUT_FULL; i++) {
		bool ahead = i + 1 < BATCH && p->out_len + sizeof(struct vfu_reply) <= OUT_FULL;

		got = peer_next(p, ahead, &size);
		if (got < 0)
			return;
		if (!got)
			break;
		if (!peer_message(p, size))
			return;
	}
	if (p->server->step)
		nicsim_run(p->server->step, STEP_FRAMES);
	peer_flush(p);
}

/* ---- accepting ---- */

static void on_silence(void *ctx)
{
	struct peer *p = ctx;

	nicsim_say(nicsim_port_name(p->server->port), "client: no message within %llu s: closed",
		   WAITING_NS / 1000000000ull);
	peer_free(p);
}

/* A free place; if there is none, that of the one that has been silent longest. */
static unsigned int waiting_place(struct vfu_server *s)
{
	unsigned int i, oldest = 0;

	for (i = 0; i < WAITING_MAX; i++) {
		if (!s->waiting[i])
			return i;
		if (s->waiting[i]->deadline.when < s->waiting[oldest]->deadline.when)
			oldest = i;
	}
	peer_close(s->waiting[oldest], "too many connections that say nothing, limit 8");
	return oldest;
}

static void on_rested(void *ctx)
{
	struct vfu_server *s = ctx;

	evloop_watch(s->loop, &s->io, EPOLLIN);
}

static void on_accept(void *ctx, uint32_t events)
{
	struct vfu_server *s = ctx;
	struct peer *p;
	int fd;

	fd = accept4(s->io.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0 && (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR))
		return;
	if (fd < 0) {
		nicsim_say(nicsim_port_name(s->port), "accept: %s", strerror(errno));
		evloop_watch(s->loop, &s->io, 0);
		evloop_timer_arm(s->loop, &s->rest, evloop_now() + REST_NS);
		return;
	}
	p = calloc(1, sizeof(*p));
	if (!p || !peer_room(p, IN_SIZE))
		goto no_memory;
	p->server = s;
	p->io = (struct evloop_fd){ .fd = fd, .events = EPOLLIN, .fn = on_peer, .ctx = p };
	p->deadline = (struct evloop_timer){ .fn = on_silence, .ctx = p };
	if (evloop_add(s->loop, &p->io))
		goto no_memory;
	evloop_timer_arm(s->loop, &p->deadline, evloop_now() + WAITING_NS);
	s->waiting[waiting_place(s)] = p;
	return;

no_memory:
	nicsim_say(nicsim_port_name(s->port), "client: no memory for another connection");
	if (p)
		free(p->in);
	free(p);
	close(fd);
}

/* ---- the server ---- */

struct vfu_server *vfu_server_create(struct evloop *loop, struct nicsim_port *port,
				     const char *path, char *err, size_t err_len)
{
	struct vfu_server *s = calloc(1, sizeof(*s));
	int ret;

	if (!s) {
		snprintf(err, err_len, "%s: no memory for a server", path);
		return NULL;
	}
	s->loop = loop;
	s->port = port;
	s->io = (struct evloop_fd){ .events = EPOLLIN, .fn = on_accept, .ctx = s };
	s->rest = (struct evloop_timer){ .fn = on_rested, .ctx = s };
	s->io.fd = usock_bind(&s->name, SOCK_STREAM, path, err, err_len);
	if (s->io.fd < 0)
		goto no_socket;
	ret = evloop_add(loop, &s->io);
	if (ret) {
		snprintf(err, err_len, "%s: epoll: %s", path, strerror(-ret));
		goto no_watch;
	}
	return s;

no_watch:
	usock_unlink(&s->name);
	close(s->io.fd);
no_socket:
	free(s);
	return NULL;
}

void vfu_server_in_step(struct vfu_server *s, struct nicsim *sim)
{
	s->step = sim;
}

/*
 * Whoever leaves messages unread breaks the connection: the client reads ECONNRESET in place of its
 * end, which QEMU (seen with 11.1.3) does not live through, and one that waits for a reply waits
 * for nothing. So the client can send no more from now on, what it has sent is answered, and then
 * comes the end.
 */
static void client_farewell(struct vfu_server *s)
{
	uint64_t end = evloop_now() + FAREWELL_NS;

	if (s->client)
		shutdown(s->client->io.fd, SHUT_RD);
	while (s->client && evloop_now() < end) {
		struct pollfd fd = { .fd = s->client->io.fd, .events = POLLOUT };

		if (s->client->out_len && (poll(&fd, 1, 10) < 0 || !peer_flush(s->client) ||
					   s->client->out_len))
			continue;
		/* closes it at its end */
		on_peer(s->client, EPOLLIN);
	}
}

void vfu_server_destroy(struct vfu_server *s)
{
	unsigned int i;

	if (!s)
		return;
	client_farewell(s);
	usock_unlink(&s->name);
	evloop_timer_stop(s->loop, &s->rest);
	evloop_remove(s->loop, &s->io);
	close(s->io.fd);
	for (i = 0; i < WAITING_MAX; i++) {
		if (s->waiting[i])
			peer_free(s->waiting[i]);
	}
	if (s->client)
		peer_free(s->client);
	free(s);
}

bool vfu_server_faulted(const struct vfu_server *s)
{
	return s->client && vfu_conn_faulted(s->client->conn);
}

void vfu_server_check(struct vfu_server *s)
{
	if (vfu_server_faulted(s))
		peer_close(s->client, "memory that it mapped is no longer in its file");
}

void vfu_server_signal(struct vfu_server *s, enum vfu_irq_index index)
{
	if (s->client)
		vfu_conn_signal(s->client->conn, index);
}
