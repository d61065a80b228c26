// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * vfio-user messages over a stream socket. The server is not trusted: every field of what it sends
 * is bounded before it is used, and what does not fit ends the connection, since the stream
 * cannot be resynchronized.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "user.h"
#include "vfio_user_msg.h"

_Static_assert(sizeof(struct vfu_header) == 16, "wire format");
_Static_assert(sizeof(struct vfu_dma_map) == 32, "wire format");
_Static_assert(sizeof(struct vfu_dma_unmap) == 24, "wire format");
_Static_assert(sizeof(struct vfu_region_info) == 32, "wire format");
_Static_assert(sizeof(struct vfu_irq_set) == 20, "wire format");
_Static_assert(sizeof(struct vfu_region_rw) == 16, "wire format");

/** struct vfu_fds - descriptors that came with a message */
struct vfu_fds {
	int fd[VFU_FDS_MAX];
	u32 n;
	bool lost;
};

static const char *const cmd_name[] = {
	[VFU_VERSION] = "VERSION",
	[VFU_DMA_MAP] = "DMA_MAP",
	[VFU_DMA_UNMAP] = "DMA_UNMAP",
	[VFU_DEVICE_GET_INFO] = "DEVICE_GET_INFO",
	[VFU_GET_REGION_INFO] = "GET_REGION_INFO",
	[VFU_GET_REGION_IO_FDS] = "GET_REGION_IO_FDS",
	[VFU_GET_IRQ_INFO] = "GET_IRQ_INFO",
	[VFU_SET_IRQS] = "SET_IRQS",
	[VFU_REGION_READ] = "REGION_READ",
	[VFU_REGION_WRITE] = "REGION_WRITE",
	[VFU_DMA_READ] = "DMA_READ",
	[VFU_DMA_WRITE] = "DMA_WRITE",
	[VFU_DEVICE_RESET] = "DEVICE_RESET",
};

const char *vfu_cmd_name(u32 cmd)
{
	if (cmd >= ARRAY_SIZE(cmd_name) || !cmd_name[cmd])
		return "unknown";
	return cmd_name[cmd];
}

void vfu_conn_init(struct vfu_conn *c, int fd, u32 timeout_ms)
{
	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->timeout_ms = timeout_ms;
	/* until VERSION says otherwise, these are the protocol's defaults, cut to our own limits */
	c->max_fds = 1;
	c->max_data = VFU_DATA_MAX;
	pthread_mutex_init(&c->request, NULL);
	pthread_mutex_init(&c->send, NULL);
}

void vfu_conn_destroy(struct vfu_conn *c)
{
	pthread_mutex_destroy(&c->request);
	pthread_mutex_destroy(&c->send);
}

const char *vfu_dead(struct vfu_conn *c)
{
	/* acquire: pairs with the release in vfu_fail() */
	return __atomic_load_n(&c->dead, __ATOMIC_ACQUIRE) ? c->reason : NULL;
}

int vfu_fail(struct vfu_conn *c, struct nax_error *err, int code, const char *fmt, ...)
{
	char text[NAX_ERROR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!__atomic_exchange_n(&c->failing, 1, __ATOMIC_ACQ_REL)) {
		memcpy(c->reason, text, sizeof(text));
		/* release: pairs with the acquire in vfu_dead(), which lets others read reason */
		__atomic_store_n(&c->dead, 1, __ATOMIC_RELEASE);
		shutdown(c->fd, SHUT_RDWR);
		if (c->died)
			c->died(c->ctx);
	}
	return nax_error_set(err, code, "%s", text);
}

static const char *errno_text(int code)
{
	if (code == EPIPE || code == ECONNRESET)
		return "the server closed the connection";
	return strerror(code);
}

static u64 deadline_in(const struct vfu_conn *c)
{
	return nax_user_time_ns() + c->timeout_ms * 1000000ull;
}

/* 1: ready; 0: out of time; -errno. */
static int wait_ready(struct vfu_conn *c, short events, u64 deadline)
{
	struct pollfd p = { .fd = c->fd, .events = events };

	for (;;) {
		u64 now = nax_user_time_ns();
		int rc;

		if (now >= deadline)
			return 0;
		rc = poll(&p, 1, (int)((deadline - now) / 1000000u) + 1);
		if (rc > 0)
			return 1;
		if (rc < 0 && errno != EINTR)
			return -errno;
	}
}

/* Descriptors go with the first byte, as the protocol asks. */
static void attach_fds(struct msghdr *m, void *control, const int *fds, u32 n)
{
	struct cmsghdr *h;

	m->msg_control = control;
	m->msg_controllen = CMSG_SPACE(n * sizeof(int));
	h = CMSG_FIRSTHDR(m);
	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(h), fds, n * sizeof(int));
}

static void iov_skip(struct msghdr *m, size_t n)
{
	while (n && m->msg_iovlen) {
		struct iovec *v = m->msg_iov;

		if (n < v->iov_len) {
			v->iov_base = (char *)v->iov_base + n;
			v->iov_len -= n;
			return;
		}
		n -= v->iov_len;
		m->msg_iov++;
		m->msg_iovlen--;
	}
}

/* With c->send held: all of @m goes out, or the connection is over. */
static int send_all(struct vfu_conn *c, struct msghdr *m, size_t len, u32 cmd,
		    struct nax_error *err)
{
	u64 deadline = 0;

	for (;;) {
		ssize_t n = sendmsg(c->fd, m, MSG_NOSIGNAL | MSG_DONTWAIT);
		int rc;

		if (n >= 0) {
			if ((size_t)n == len)
				return 0;
			len -= (size_t)n;
			iov_skip(m, (size_t)n);
			m->msg_control = NULL;
			m->msg_controllen = 0;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return vfu_fail(c, err, -ENODEV, "%s cannot be sent: %s", vfu_cmd_name(cmd),
					errno_text(errno));
		if (!deadline)
			deadline = deadline_in(c);
		rc = wait_ready(c, POLLOUT, deadline);
		if (rc < 0)
			return vfu_fail(c, err, -ENODEV, "%s cannot be sent: %s", vfu_cmd_name(cmd),
					errno_text(-rc));
		if (!rc)
			return vfu_fail(c, err, -ETIMEDOUT,
					"%s cannot be sent: the server takes nothing for %u ms",
					vfu_cmd_name(cmd), c->timeout_ms);
	}
}

static void close_fds(struct vfu_fds *f)
{
	while (f->n)
		close(f->fd[--f->n]);
	f->lost = false;
}

static void take_fds(struct msghdr *m, struct vfu_fds *f)
{
	struct cmsghdr *h;

	for (h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		size_t n, i;

		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(h) + i * sizeof(int), sizeof(fd));
			if (f->n < VFU_FDS_MAX) {
				f->fd[f->n++] = fd;
			} else {
				close(fd);
				f->lost = true;
			}
		}
	}
	if (m->msg_flags & MSG_CTRUNC)
		f->lost = true;
}

/* @len bytes, or the connection is over. @what says what they belong to. */
static int recv_all(struct vfu_conn *c, void *buf, u32 len, struct vfu_fds *f, u64 deadline,
		    const char *what, struct nax_error *err)
{
	u32 got = 0;

	while (got < len) {
		char control[CMSG_SPACE(VFU_FDS_MAX * sizeof(int))] __aligned(8);
		struct iovec v = { .iov_base = (char *)buf + got, .iov_len = len - got };
		struct msghdr m = {
			.msg_iov = &v,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		int rc = wait_ready(c, POLLIN, deadline);
		ssize_t n;

		if (!rc)
			return vfu_fail(c, err, -ETIMEDOUT,
					got ? "%s: only %u of %u bytes came within %u ms" :
					      "%s: no answer, %u of %u bytes within %u ms",
					what, got, len, c->timeout_ms);
		n = rc < 0 ? -1 : recvmsg(c->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return vfu_fail(c, err, -ENODEV, "%s: %s", what, errno_text(errno));
		if (n == 0)
			return vfu_fail(c, err, -ENODEV,
					"%s: the server closed the connection after %u of %u bytes",
					what, got, len);
		take_fds(&m, f);
		got += (u32)n;
	}
	return 0;
}

/* We never offered DMA by message: take the command's bytes off the stream and refuse it. */
static int refuse_command(struct vfu_conn *c, const struct vfu_header *h, struct vfu_fds *f,
			  u64 deadline, struct nax_error *err)
{
	struct vfu_header reply = {
		.id = h->id,
		.cmd = h->cmd,
		.size = sizeof(reply),
		.flags = VFU_TYPE_REPLY | VFU_ERROR,
		.error = ENOTSUP,
	};
	struct iovec v = { .iov_base = &reply, .iov_len = sizeof(reply) };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	char sink[512];
	u32 left;
	int rc = 0;

	if (h->cmd != VFU_DMA_READ && h->cmd != VFU_DMA_WRITE)
		return vfu_fail(c, err, -EPROTO,
				"server sent command %u (%s): it may send DMA_READ and DMA_WRITE only",
				h->cmd, vfu_cmd_name(h->cmd));
	if (h->size > VFU_SERVER_CMD_MAX)
		return vfu_fail(c, err, -EPROTO, "%s from the server has msg_size %u: the limit is %u",
				vfu_cmd_name(h->cmd), h->size, VFU_SERVER_CMD_MAX);
	for (left = h->size - (u32)sizeof(*h); left && !rc;) {
		u32 n = min_t(u32, left, sizeof(sink));

		rc = recv_all(c, sink, n, f, deadline, vfu_cmd_name(h->cmd), err);
		left -= n;
	}
	if (rc || h->flags & VFU_NO_REPLY)
		return rc;
	pthread_mutex_lock(&c->send);
	rc = send_all(c, &m, sizeof(reply), h->cmd, err);
	pthread_mutex_unlock(&c->send);
	return rc;
}

static int check_header(struct vfu_conn *c, const struct vfu_header *h, struct nax_error *err)
{
	if (h->size < sizeof(*h))
		return vfu_fail(c, err, -EPROTO, "message from the server has msg_size %u: at least %zu",
				h->size, sizeof(*h));
	if (h->flags & ~VFU_FLAGS)
		return vfu_fail(c, err, -EPROTO,
				"message from the server has flags 0x%x: known are 0x%x", h->flags,
				VFU_FLAGS);
	if ((h->flags & VFU_TYPE_MASK) > VFU_TYPE_REPLY)
		return vfu_fail(c, err, -EPROTO,
				"message from the server is of type %u: 0 (command) or 1 (reply)",
				h->flags & VFU_TYPE_MASK);
	return 0;
}

/* Is @h the header of the reply to @r? An ERROR reply is the server's right, and not fatal. */
static int check_reply(struct vfu_conn *c, const struct vfu_header *h, const struct vfu_request *r,
		       u16 id, const struct vfu_fds *f, struct nax_error *err)
{
	const char *name = vfu_cmd_name(r->cmd);
	u32 len = h->size - (u32)sizeof(*h);
	u32 fds = h->flags & VFU_ERROR ? 0 : r->reply_fds;

	if (h->id != id)
		return vfu_fail(c, err, -EPROTO, "reply to %s has msg_id %u: %u was sent", name, h->id,
				id);
	if (h->cmd != r->cmd)
		return vfu_fail(c, err, -EPROTO, "reply to %s has command %u (%s): must be %u", name,
				h->cmd, vfu_cmd_name(h->cmd), r->cmd);
	if (f->lost || f->n > fds)
		return vfu_fail(c, err, -EPROTO, "reply to %s bears %s%u descriptors: at most %u", name,
				f->lost ? "more than " : "", f->n, fds);
	if (h->flags & VFU_ERROR) {
		if (len || !h->error || h->error > 4095)
			return vfu_fail(c, err, -EPROTO,
					"error reply to %s has msg_size %u and errno %u: must be %zu and 1 to 4095",
					name, h->size, h->error, sizeof(*h));
		return nax_error_set(err, -(int)h->error, "server refused %s: %s", name,
				     strerror((int)h->error));
	}
	if (len < r->reply_min || len > r->reply_max)
		return vfu_fail(c, err, -EPROTO, "reply to %s has msg_size %u: must be %zu to %zu", name,
				h->size, sizeof(*h) + r->reply_min, sizeof(*h) + r->reply_max);
	return 0;
}

static int recv_reply(struct vfu_conn *c, struct vfu_request *r, u16 id, struct nax_error *err)
{
	u64 deadline = deadline_in(c);
	struct vfu_fds f = { .n = 0 };
	struct vfu_header h;
	u32 commands = 0;
	int rc;

	for (;;) {
		rc = recv_all(c, &h, sizeof(h), &f, deadline, vfu_cmd_name(r->cmd), err);
		if (!rc)
			rc = check_header(c, &h, err);
		if (rc || (h.flags & VFU_TYPE_MASK) == VFU_TYPE_REPLY)
			break;
		if (++commands > VFU_SERVER_CMDS) {
			rc = vfu_fail(c, err, -EPROTO,
				      "server sent %u commands instead of the reply to %s: at most %u",
				      commands, vfu_cmd_name(r->cmd), VFU_SERVER_CMDS);
			break;
		}
		rc = refuse_command(c, &h, &f, deadline, err);
		close_fds(&f);
		if (rc)
			break;
	}
	if (!rc)
		rc = check_reply(c, &h, r, id, &f, err);
	if (!rc) {
		u32 before = f.n;

		r->reply_len = h.size - (u32)sizeof(h);
		rc = recv_all(c, r->reply, r->reply_len, &f, deadline, vfu_cmd_name(r->cmd), err);
		if (!rc && f.n != before)
			rc = vfu_fail(c, err, -EPROTO,
				      "reply to %s has %u descriptors behind its header: they belong to the header",
				      vfu_cmd_name(r->cmd), f.n - before);
	}
	close_fds(&f);
	return rc;
}

int vfu_request(struct vfu_conn *c, struct vfu_request *r, struct nax_error *err)
{
	char control[CMSG_SPACE(VFU_FDS_MAX * sizeof(int))] __aligned(8) = { 0 };
	struct vfu_header h = {
		.cmd = (u16)r->cmd,
		.size = (u32)sizeof(h) + r->head_len + r->data_len,
		.flags = VFU_TYPE_CMD,
	};
	struct iovec v[3] = {
		{ .iov_base = &h, .iov_len = sizeof(h) },
		{ .iov_base = (void *)(uintptr_t)r->head, .iov_len = r->head_len },
		{ .iov_base = (void *)(uintptr_t)r->data, .iov_len = r->data_len },
	};
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 3 };
	int rc;

	if (r->n_fds)
		attach_fds(&m, control, r->fds, r->n_fds);
	pthread_mutex_lock(&c->request);
	if (vfu_dead(c)) {
		rc = nax_error_set(err, -ENODEV, "%s", vfu_dead(c));
		goto out;
	}
	pthread_mutex_lock(&c->send);
	h.id = c->next_id++;
	rc = send_all(c, &m, h.size, r->cmd, err);
	pthread_mutex_unlock(&c->send);
	if (!rc)
		rc = recv_reply(c, r, h.id, err);
out:
	pthread_mutex_unlock(&c->request);
	return rc;
}

int vfu_post_write(struct vfu_conn *c, u32 region, u64 offset, const void *data, u32 len)
{
	struct {
		struct vfu_header h;
		struct vfu_region_rw rw;
		u8 data[8];
	} msg = {
		.h = {
			.cmd = VFU_REGION_WRITE,
			.size = (u32)(sizeof(msg.h) + sizeof(msg.rw)) + len,
			.flags = VFU_TYPE_CMD | VFU_NO_REPLY,
		},
		.rw = { .offset = offset, .region = region, .count = len },
	};
	struct iovec v = { .iov_base = &msg, .iov_len = msg.h.size };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	int rc = -ENODEV;

	memcpy(msg.data, data, len);
	pthread_mutex_lock(&c->send);
	if (!vfu_dead(c)) {
		msg.h.id = c->next_id++;
		rc = send_all(c, &m, msg.h.size, VFU_REGION_WRITE, NULL);
	}
	pthread_mutex_unlock(&c->send);
	return rc;
}

/* With c->request held: no reply is due, so all that may come is a command. */
static int idle_message(struct vfu_conn *c, u64 deadline)
{
	struct vfu_fds f = { .n = 0 };
	struct vfu_header h;
	int rc;

	rc = recv_all(c, &h, sizeof(h), &f, deadline, "idle", NULL);
	if (!rc)
		rc = check_header(c, &h, NULL);
	if (!rc && (h.flags & VFU_TYPE_MASK) == VFU_TYPE_REPLY)
		rc = vfu_fail(c, NULL, -EPROTO,
			      "server sent a reply (msg_id %u, command %u) to nothing", h.id, h.cmd);
	if (!rc)
		rc = refuse_command(c, &h, &f, deadline, NULL);
	close_fds(&f);
	return rc;
}

void vfu_idle(struct vfu_conn *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	u32 n;

	pthread_mutex_lock(&c->request);
	for (n = 0; n < VFU_SERVER_CMDS && !vfu_dead(c); n++)
		if (poll(&p, 1, 0) <= 0 || idle_message(c, deadline_in(c)))
			break;
	pthread_mutex_unlock(&c->request);
}
