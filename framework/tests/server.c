// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A vfio-user server for tests: one client at a time, the loopback NIC behind it. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "server.h"
#include "user.h"

/** struct server_cmd - a command that came, with its descriptors */
struct server_cmd {
	struct vfu_header h;
	u8 data[8192];
	int fd[SERVER_FDS];
	u32 n_fds;
};

static bool server_recv(struct server *s, void *buf, size_t len, struct server_cmd *c)
{
	char control[CMSG_SPACE(SERVER_FDS * sizeof(int))] __aligned(8);
	struct iovec v = { .iov_base = buf, .iov_len = len };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *h;

	if (!len)
		return true;
	if (recvmsg(s->client, &m, MSG_WAITALL | MSG_CMSG_CLOEXEC) != (ssize_t)len)
		return false;
	h = CMSG_FIRSTHDR(&m);
	if (h && h->cmsg_type == SCM_RIGHTS) {
		c->n_fds = (u32)((h->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(c->fd, CMSG_DATA(h), c->n_fds * sizeof(int));
	}
	return true;
}

static void server_send_fds(struct server *s, const void *data, u32 len, u32 n_fds)
{
	char control[CMSG_SPACE(SERVER_FDS * sizeof(int))] __aligned(8) = { 0 };
	struct iovec v = { .iov_base = (void *)(uintptr_t)data, .iov_len = len };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	struct cmsghdr *h;
	u32 i;

	if (n_fds) {
		m.msg_control = control;
		m.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		h = CMSG_FIRSTHDR(&m);
		h->cmsg_level = SOL_SOCKET;
		h->cmsg_type = SCM_RIGHTS;
		h->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		for (i = 0; i < n_fds; i++)
			memset(CMSG_DATA(h) + i * sizeof(int), 0, sizeof(int));
	}
	/* the client may have hung up on us: that is what some tests are about */
	if (sendmsg(s->client, &m, MSG_NOSIGNAL) < 0)
		return;
}

void server_send(struct server *s, const void *data, u32 len)
{
	server_send_fds(s, data, len, 0);
}

/* ---- commands: each fills the reply's payload, and gives its length or -errno ---- */

static int do_version(struct server *s, struct server_cmd *c, void *out)
{
	static const char caps[] =
		"{\"capabilities\":{\"max_msg_fds\":2,\"max_data_xfer_size\":1048576}}";
	struct vfu_version v = { 0, 0 };

	memcpy(out, &v, sizeof(v));
	memcpy((char *)out + sizeof(v), caps, sizeof(caps));
	return (int)(sizeof(v) + sizeof(caps));
}

static int do_device_info(struct server *s, struct server_cmd *c, void *out)
{
	struct vfu_device_info info = { .argsz = sizeof(info),
					.flags = VFU_DEVICE_RESETS | VFU_DEVICE_PCI,
					.regions = 9, .irqs = 5 };

	memcpy(out, &info, sizeof(info));
	return sizeof(info);
}

static int do_region_info(struct server *s, struct server_cmd *c, void *out)
{
	struct vfu_region_info info;

	memcpy(&info, c->data, sizeof(info));
	info.argsz = sizeof(info);
	info.flags = VFU_REGION_READABLE | VFU_REGION_WRITABLE;
	info.size = loop_sim_ops.region_size(&s->dev, info.index);
	memcpy(out, &info, sizeof(info));
	return sizeof(info);
}

static int do_irq_info(struct server *s, struct server_cmd *c, void *out)
{
	struct vfu_irq_info info;

	memcpy(&info, c->data, sizeof(info));
	info.flags = VFU_IRQ_EVENTFD;
	info.count = LOOP_VECTORS;
	memcpy(out, &info, sizeof(info));
	return sizeof(info);
}

static void fire_eventfd(void *ctx, unsigned int vector)
{
	struct server *s = ctx;

	nax_user_kick(s->irq[vector]);
}

static void drop_irqs(struct server *s)
{
	u32 i;

	for (i = 0; i < LOOP_VECTORS; i++) {
		loop_sim_ops.set_irq(&s->dev, i, NULL, NULL);
		if (s->irq[i] >= 0)
			close(s->irq[i]);
		s->irq[i] = -1;
	}
}

static int do_set_irqs(struct server *s, struct server_cmd *c, void *out)
{
	struct vfu_irq_set set;
	u32 i;

	memcpy(&set, c->data, sizeof(set));
	if (set.flags == (VFU_IRQ_DATA_NONE | VFU_IRQ_TRIGGER) && !set.count) {
		drop_irqs(s);
		return 0;
	}
	if (set.index != VFU_IRQ_MSIX || set.start + set.count > LOOP_VECTORS ||
	    c->n_fds != set.count || set.flags != (VFU_IRQ_DATA_EVENTFD | VFU_IRQ_TRIGGER))
		return -EINVAL;
	for (i = 0; i < set.count; i++) {
		if (s->irq[set.start + i] >= 0)
			close(s->irq[set.start + i]);
		s->irq[set.start + i] = c->fd[i];
		loop_sim_ops.set_irq(&s->dev, set.start + i, fire_eventfd, s);
	}
	c->n_fds = 0;
	return 0;
}

/* A mapping of the server's own: to ThreadSanitizer, too, it is another machine's memory. */
static int do_dma_map(struct server *s, struct server_cmd *c, void *out)
{
	struct vfu_dma_map map;
	void *va;
	int rc;

	memcpy(&map, c->data, sizeof(map));
	if (c->n_fds != 1)
		return -EINVAL;
	va = mmap(NULL, map.size, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd[0],
		  (off_t)map.offset);
	if (va == MAP_FAILED)
		return -errno;
	rc = loop_sim_ops.dma_map(&s->dev, map.iova, map.size, va);
	if (rc)
		munmap(va, map.size);
	return rc;
}

static int do_dma_unmap(struct server *s, struct server_cmd *c, void *out)
{
	struct vfu_dma_unmap unmap;
	u32 i;

	memcpy(&unmap, c->data, sizeof(unmap));
	for (i = 0; i < s->dev.n_maps; i++)
		if (s->dev.map[i].iova == unmap.iova)
			munmap(s->dev.map[i].va, s->dev.map[i].size);
	memcpy(out, &unmap, sizeof(unmap));
	i = (u32)loop_sim_ops.dma_unmap(&s->dev, unmap.iova, unmap.size);
	return i ? (int)i : (int)sizeof(unmap);
}

static int do_region_read(struct server *s, struct server_cmd *c, void *out)
{
	struct vfu_region_rw rw;
	int rc;

	memcpy(&rw, c->data, sizeof(rw));
	memcpy(out, &rw, sizeof(rw));
	rc = loop_sim_ops.region_read(&s->dev, rw.region, rw.offset, (char *)out + sizeof(rw),
				      rw.count);
	return rc ? rc : (int)(sizeof(rw) + rw.count);
}

static int do_region_write(struct server *s, struct server_cmd *c, void *out)
{
	struct vfu_region_rw rw;
	int rc;

	memcpy(&rw, c->data, sizeof(rw));
	memcpy(out, &rw, sizeof(rw));
	rc = loop_sim_ops.region_write(&s->dev, rw.region, rw.offset, c->data + sizeof(rw),
				       rw.count);
	return rc ? rc : (int)sizeof(rw);
}

static int do_reset(struct server *s, struct server_cmd *c, void *out)
{
	return loop_sim_ops.reset(&s->dev);
}

static int (*const commands[])(struct server *s, struct server_cmd *c, void *out) = {
	[VFU_VERSION] = do_version,
	[VFU_DMA_MAP] = do_dma_map,
	[VFU_DMA_UNMAP] = do_dma_unmap,
	[VFU_DEVICE_GET_INFO] = do_device_info,
	[VFU_GET_REGION_INFO] = do_region_info,
	[VFU_GET_IRQ_INFO] = do_irq_info,
	[VFU_SET_IRQS] = do_set_irqs,
	[VFU_REGION_READ] = do_region_read,
	[VFU_REGION_WRITE] = do_region_write,
	[VFU_DEVICE_RESET] = do_reset,
};

void server_edit_next(struct server *s, u16 cmd, u32 skip, server_edit edit)
{
	pthread_mutex_lock(&s->lock);
	s->cmd = cmd;
	s->skip = skip;
	s->edit = edit;
	pthread_mutex_unlock(&s->lock);
}

static bool send_reply(struct server *s, struct server_reply *r)
{
	if (s->edit && r->h.cmd == s->cmd) {
		if (s->skip) {
			s->skip--;
		} else {
			s->edit(s, r);
			s->edit = NULL;
		}
	}
	if (!r->silent) {
		/* header, data and pad lie behind each other */
		if (r->head) {
			server_send_fds(s, r, r->head, 0);
			server_send_fds(s, (char *)r + r->head, r->send - r->head, r->n_fds);
		} else if (r->send) {
			server_send_fds(s, r, r->send, r->n_fds);
		}
	}
	return !r->hang_up;
}

static bool execute(struct server *s, struct server_cmd *c)
{
	struct server_reply r;
	int rc = -ENOTSUP;

	if ((c->h.flags & VFU_TYPE_MASK) == VFU_TYPE_REPLY) {
		s->refused += !!(c->h.flags & VFU_ERROR);
		return true;
	}
	memset(&r, 0, sizeof(r));
	if (c->h.cmd < ARRAY_SIZE(commands) && commands[c->h.cmd])
		rc = commands[c->h.cmd](s, c, r.data);
	if (c->h.flags & VFU_NO_REPLY) {
		s->posted++;
		return true;
	}
	r.h = (struct vfu_header){ .id = c->h.id, .cmd = c->h.cmd, .flags = VFU_TYPE_REPLY };
	if (rc < 0) {
		r.h.flags |= VFU_ERROR;
		r.h.error = (u32)-rc;
		rc = 0;
	}
	r.h.size = (u32)sizeof(r.h) + (u32)rc;
	r.send = r.h.size;
	return send_reply(s, &r);
}

static bool serve_one(struct server *s, struct server_cmd *c)
{
	bool go_on;

	if (!server_recv(s, &c->h, sizeof(c->h), c) || c->h.size < sizeof(c->h) ||
	    c->h.size - sizeof(c->h) > sizeof(c->data) ||
	    !server_recv(s, c->data, c->h.size - sizeof(c->h), c))
		return false;
	pthread_mutex_lock(&s->lock);
	go_on = execute(s, c);
	pthread_mutex_unlock(&s->lock);
	return go_on;
}

static void serve_client(struct server *s)
{
	struct pollfd p[2] = { { .fd = s->client, .events = POLLIN },
			       { .fd = s->stop[0], .events = POLLIN } };
	struct server_cmd c;
	bool go_on = true;

	while (go_on && poll(p, 2, -1) > 0 && !p[1].revents) {
		memset(&c.h, 0, sizeof(c.h));
		c.n_fds = 0;
		go_on = serve_one(s, &c);
		while (c.n_fds)
			close(c.fd[--c.n_fds]);
	}
	pthread_mutex_lock(&s->lock);
	drop_irqs(s);
	while (s->dev.n_maps) {
		munmap(s->dev.map[0].va, s->dev.map[0].size);
		loop_sim_ops.dma_unmap(&s->dev, s->dev.map[0].iova, s->dev.map[0].size);
	}
	close(s->client);
	pthread_mutex_unlock(&s->lock);
}

static void *server_thread(void *arg)
{
	struct server *s = arg;
	struct pollfd p[2] = { { .fd = s->listener, .events = POLLIN },
			       { .fd = s->stop[0], .events = POLLIN } };
	char what;

	for (;;) {
		poll(p, 2, -1);
		/* 'h': a hang-up that came too late to find its client */
		if (p[1].revents && (read(s->stop[0], &what, 1) != 1 || what != 'h'))
			return NULL;
		if (!p[0].revents)
			continue;
		pthread_mutex_lock(&s->lock);
		s->client = accept(s->listener, NULL, NULL);
		pthread_mutex_unlock(&s->lock);
		if (s->client >= 0)
			serve_client(s);
	}
}

void server_start(struct server *s)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	u32 i;

	memset(s, 0, sizeof(*s));
	pthread_mutex_init(&s->lock, NULL);
	loop_init(&s->dev);
	for (i = 0; i < LOOP_VECTORS; i++)
		s->irq[i] = -1;
	strcpy(s->dir, "/tmp/nax-test-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->path, sizeof(s->path), "%s/s", s->dir);
	strcpy(sa.sun_path, s->path);
	assert_int_equal(pipe(s->stop), 0);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(s->listener, 4), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, server_thread, s), 0);
}

static void server_tell(struct server *s, char what)
{
	assert_int_equal(write(s->stop[1], &what, 1), 1);
}

void server_hang_up(struct server *s)
{
	server_tell(s, 'h');
}

void server_stop(struct server *s)
{
	/* the first ends the client if there is one, the second the thread */
	server_tell(s, 'q');
	server_tell(s, 'q');
	pthread_join(s->thread, NULL);
	close(s->listener);
	close(s->stop[0]);
	close(s->stop[1]);
	unlink(s->path);
	rmdir(s->dir);
	pthread_mutex_destroy(&s->dev.lock);
	pthread_mutex_destroy(&s->lock);
}
