// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's vfio-user server over real sockets, client and server in one thread. Links nicsim.a. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "control.h"
#include "fds.h"
#include "model.h"
#include "server.h"
#include "usock.h"
#include "vfu_msg.h"

#define HEADER	sizeof(struct vfu_header)
#define PAGE	4096

struct fixture {
	struct nicsim *sim;
	struct nicsim_port *port;
	struct evloop *loop;
	struct vfu_server *server;
	char dir[32];
	char path[48];
	uint64_t fds_before;
};

static struct evloop *the_loop;

static int setup(void **state)
{
	struct nicsim_config config = { 0 };
	struct nicsim_port_config port = { .name = "p", .model = "82599" };
	struct fixture *f = calloc(1, sizeof(*f));
	char err[256];

	f->fds_before = fds_open();
	strcpy(f->dir, "/tmp/nax-test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/s", f->dir);
	f->sim = nicsim_create(&config);
	f->port = nicsim_port_add(f->sim, &port, err, sizeof(err));
	f->loop = evloop_create();
	the_loop = f->loop;
	assert_non_null(f->loop);
	f->server = vfu_server_create(f->loop, f->port, f->path, err, sizeof(err));
	assert_non_null(f->server);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	vfu_server_destroy(f->server);
	assert_int_equal(access(f->path, F_OK), -1);
	nicsim_destroy(f->sim);
	evloop_destroy(f->loop);
	assert_int_equal(fds_open(), f->fds_before);
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

/* As many rounds as anything here can take; what hangs shows as a missing reply. */
static void pump(struct fixture *f)
{
	unsigned int i;

	for (i = 0; i < 200; i++) {
		assert_int_equal(evloop_round(f->loop, 0), 0);
		vfu_server_check(f->server);
	}
}

static int dial(struct fixture *f)
{
	struct sockaddr_un addr;
	char err[128];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_int_equal(usock_address(&addr, f->path, err, sizeof(err)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static size_t put(uint8_t *at, unsigned int id, unsigned int cmd, const void *data, size_t len)
{
	struct vfu_header h = { .id = id, .cmd = cmd, .size = HEADER + len };

	memcpy(at, &h, HEADER);
	if (len)
		memcpy(at + HEADER, data, len);
	return HEADER + len;
}

/* One sendmsg(). */
static void give(int fd, const void *data, size_t len, const int *fds, int nfds)
{
	union {
		char buf[CMSG_SPACE(16 * sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)data, .iov_len = len };
	struct msghdr mh = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cm;

	if (nfds) {
		mh.msg_control = control.buf;
		mh.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		cm = CMSG_FIRSTHDR(&mh);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(cm), fds, nfds * sizeof(int));
	}
	assert_int_equal(sendmsg(fd, &mh, MSG_NOSIGNAL), len);
}

static void send_cmd(int fd, unsigned int id, unsigned int cmd, const void *data, size_t len)
{
	uint8_t msg[256];

	give(fd, msg, put(msg, id, cmd, data, len), NULL, 0);
}

/* @n bytes; once some are there, the rest is waited for. Less: the connection is closed. */
static ssize_t take(int fd, void *to, size_t n)
{
	unsigned int tries;
	size_t have = 0;

	for (tries = 0; have < n && tries < 1000; tries++) {
		ssize_t got = recv(fd, (uint8_t *)to + have, n - have, 0);

		if (!got || (got < 0 && (errno != EAGAIN || !have)))
			return have ? (ssize_t)have : got;
		if (got > 0)
			have += got;
		else
			assert_int_equal(evloop_round(the_loop, 0), 0);
	}
	return have;
}

/* The next reply: its errno; -1: none there, -2: connection closed. */
static int reply(int fd, unsigned int *id, uint8_t *data)
{
	struct vfu_header h;
	uint8_t rest[8192];
	ssize_t n = take(fd, &h, HEADER);

	if (n < 0)
		return errno == EAGAIN ? -1 : -2;
	if (!n)
		return -2;
	assert_int_equal(n, HEADER);
	assert_in_range(h.size, HEADER, sizeof(rest));
	if (h.size > HEADER)
		assert_int_equal(take(fd, rest, h.size - HEADER), h.size - HEADER);
	if (data)
		memcpy(data, rest, h.size - HEADER);
	if (id)
		*id = h.id;
	return h.error;
}

static int greet(struct fixture *f, int fd)
{
	struct vfu_version v = { 0 };

	send_cmd(fd, 1, VFU_CMD_VERSION, &v, sizeof(v));
	pump(f);
	return reply(fd, NULL, NULL);
}

static int client(struct fixture *f)
{
	int fd = dial(f);

	assert_int_equal(greet(f, fd), 0);
	return fd;
}

static uint32_t read32(struct fixture *f, int fd, uint32_t region, uint64_t offset)
{
	struct vfu_region_rw d = { offset, region, 4 };
	uint8_t data[64];
	uint32_t value;

	send_cmd(fd, 7, VFU_CMD_REGION_READ, &d, sizeof(d));
	pump(f);
	assert_int_equal(reply(fd, NULL, data), 0);
	memcpy(&value, data + sizeof(d), 4);
	return value;
}

/* ---- messages and the stream ---- */

static void test_talk(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	assert_int_equal(read32(f, fd, 7, 0), 0x10f98086);
	assert_int_equal(read32(f, fd, 0, 8), UINT32_MAX);	/* memory decoding is off */
	close(fd);
	pump(f);
	fd = client(f);
	assert_int_equal(read32(f, fd, 7, 0), 0x10f98086);
	close(fd);
	pump(f);
}

static void test_byte_by_byte(void **state)
{
	struct fixture *f = *state;
	struct vfu_version v = { 0 };
	struct vfu_region_rw d = { 0, 7, 4 };
	uint8_t msg[256];
	size_t len, i;
	int fd = dial(f);

	len = put(msg, 5, VFU_CMD_VERSION, &v, sizeof(v));
	len += put(msg + len, 6, VFU_CMD_REGION_READ, &d, sizeof(d));
	len += put(msg + len, 7, VFU_CMD_DEVICE_RESET, NULL, 0);
	for (i = 0; i < len; i++) {
		give(fd, msg + i, 1, NULL, 0);
		assert_int_equal(evloop_round(f->loop, 0), 0);
	}
	pump(f);
	for (i = 5; i < 8; i++) {
		unsigned int id;

		assert_int_equal(reply(fd, &id, NULL), 0);
		assert_int_equal(id, i);
	}
	assert_int_equal(reply(fd, NULL, NULL), -1);
	close(fd);
	pump(f);
}

/* Messages that are nothing but a header, more than one turn takes, in one piece and in order. */
static void test_burst(void **state)
{
	struct fixture *f = *state;
	uint8_t msg[1000 * HEADER];
	unsigned int i, id;
	size_t len = 0;
	int fd = client(f);

	for (i = 0; i < 1000; i++)
		len += put(msg + len, i, VFU_CMD_DEVICE_RESET, NULL, 0);
	give(fd, msg, len, NULL, 0);
	pump(f);
	for (i = 0; i < 1000; i++) {
		assert_int_equal(reply(fd, &id, NULL), 0);
		assert_int_equal(id, i);
	}
	assert_int_equal(reply(fd, NULL, NULL), -1);
	close(fd);
	pump(f);
}

/* In step, what a message has set off is done before its answer; otherwise later. */
static void test_in_step(void **state)
{
	struct fixture *f = *state;
	int fd = client(f);

	sim_wake(f->port);
	assert_int_equal(read32(f, fd, 7, 0), 0x10f98086);
	assert_true(sim_port_due(f->port));
	vfu_server_in_step(f->server, f->sim);
	assert_int_equal(read32(f, fd, 7, 0), 0x10f98086);
	assert_false(sim_port_due(f->port));
	close(fd);
	pump(f);
}

/* Descriptors stay with their message, however messages follow each other. */
static void test_descriptors(void **state)
{
	static const unsigned int offsets[] = { 0, 3 * PAGE, PAGE, 2 * PAGE };
	struct fixture *f = *state;
	struct vfu_dma_map d = { sizeof(d), 3, 0, 0, PAGE };
	const uint16_t on = 6;
	int fd = client(f), mem[4];
	unsigned int i, id, id_want;
	uint8_t msg[256];
	size_t len;

	for (i = 0; i < 4; i++) {
		char text[8];

		mem[i] = memfd_create("m", MFD_CLOEXEC);
		assert_int_equal(ftruncate(mem[i], 4 * PAGE), 0);
		snprintf(text, sizeof(text), "mem %u", i);
		assert_int_equal(pwrite(mem[i], text, 6, offsets[i]), 6);
		d.iova = 0x10000 * i;
		d.fd_offset = offsets[i];
		/* the first two in one piece with messages that have none, behind and before */
		len = 0;
		if (i == 1) {
			send_cmd(fd, 90, VFU_CMD_DEVICE_RESET, NULL, 0);
			send_cmd(fd, 91, VFU_CMD_DEVICE_RESET, NULL, 0);
		}
		len += put(msg + len, i, VFU_CMD_DMA_MAP, &d, sizeof(d));
		if (i == 0)
			len += put(msg + len, 80, VFU_CMD_DEVICE_RESET, NULL, 0);
		give(fd, msg, len, &mem[i], 1);
	}
	d.iova = 0x100000;
	send_cmd(fd, 4, VFU_CMD_DMA_MAP, &d, sizeof(d));
	pump(f);
	for (id_want = 0, i = 0; i < 8; i++) {
		assert_int_equal(reply(fd, &id, NULL), 0);
		if (id < 80)
			assert_int_equal(id, id_want++);
	}
	assert_int_equal(nicsim_region_write(f->port, 7, 4, &on, 2), 0);
	for (i = 0; i < 4; i++) {
		const char *p = sim_dma(f->port, 0x10000 * i, 6, false, "test");

		assert_non_null(p);
		assert_int_equal(p[4] - '0', i);
		close(mem[i]);
	}
	assert_null(sim_dma(f->port, 0x100000, 1, false, "test"));
	close(fd);
	pump(f);
}

static void test_descriptors_bad(void **state)
{
	struct fixture *f = *state;
	struct vfu_dma_map d = { sizeof(d), 3, 0, 0, PAGE };
	int fds[9], fd, i;
	uint8_t msg[256];
	size_t len;

	for (i = 0; i < 9; i++)
		fds[i] = eventfd(0, EFD_CLOEXEC);
	/* in the middle of a message */
	fd = client(f);
	len = put(msg, 1, VFU_CMD_DMA_MAP, &d, sizeof(d));
	give(fd, msg, 20, NULL, 0);
	give(fd, msg + 20, len - 20, fds, 1);
	pump(f);
	assert_int_equal(reply(fd, NULL, NULL), -2);
	close(fd);
	/* more than there may be, at once or bit by bit */
	fd = client(f);
	give(fd, msg, len, fds, 9);
	pump(f);
	assert_int_equal(reply(fd, NULL, NULL), -2);
	close(fd);
	fd = client(f);
	give(fd, msg, 4, fds, 8);
	give(fd, msg + 4, len - 4, fds, 1);
	pump(f);
	assert_int_equal(reply(fd, NULL, NULL), -2);
	close(fd);
	/* too many for the command: refused, no more */
	fd = client(f);
	give(fd, msg, len, fds, 8);
	pump(f);
	assert_int_equal(reply(fd, NULL, NULL), EINVAL);
	/* half a message, and gone */
	give(fd, msg, 20, fds, 3);
	pump(f);
	close(fd);
	pump(f);
	for (i = 0; i < 9; i++)
		close(fds[i]);
}

static void test_bad_frames(void **state)
{
	static const struct vfu_header bad[] = {
		{ .cmd = 1, .size = 15 },
		{ .cmd = 1, .size = 0 },
		{ .cmd = 9, .size = VFU_MSG_MAX + 1 },
		{ .cmd = 1, .size = UINT32_MAX },
		{ .cmd = 1, .size = 16, .flags = 1 },
	};
	struct fixture *f = *state;
	unsigned int i;
	int fd;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fd = client(f);
		give(fd, &bad[i], sizeof(bad[i]), NULL, 0);
		pump(f);
		assert_int_equal(reply(fd, NULL, NULL), -2);
		close(fd);
	}
	/* before VERSION: an answer, and the door */
	fd = dial(f);
	send_cmd(fd, 3, VFU_CMD_DEVICE_RESET, NULL, 0);
	pump(f);
	assert_int_equal(reply(fd, NULL, NULL), EINVAL);
	assert_int_equal(reply(fd, NULL, NULL), -2);
	close(fd);
	pump(f);
}

static void test_large(void **state)
{
	struct fixture *f = *state;
	size_t len = HEADER + sizeof(struct vfu_region_rw) + VFU_XFER_MAX, at = 0;
	uint8_t *msg = calloc(1, len);
	struct vfu_region_rw d = { 0, 0, VFU_XFER_MAX };
	unsigned int rounds;
	int fd = client(f);

	put(msg, 1, VFU_CMD_REGION_WRITE, &d, sizeof(d));
	((struct vfu_header *)(void *)msg)->size = len;
	for (rounds = 0; at < len && rounds < 10000; rounds++) {
		ssize_t n = send(fd, msg + at, len - at, MSG_NOSIGNAL);

		if (n > 0)
			at += n;
		assert_int_equal(evloop_round(f->loop, 0), 0);
	}
	assert_int_equal(at, len);
	pump(f);
	assert_int_equal(reply(fd, NULL, NULL), EINVAL);
	free(msg);
	close(fd);
	pump(f);
}

/* Asks and does not listen: the server stops reading, keeps what it has said, and goes on later. */
static void test_deaf_client(void **state)
{
	struct fixture *f = *state;
	struct vfu_region_rw d = { 0, 7, 4096 };
	unsigned int asked = 0, id, i;
	int fd = client(f);
	uint8_t msg[64];
	size_t len;

	for (i = 0; i < 100000; i++) {
		len = put(msg, asked & 0xffff, VFU_CMD_REGION_READ, &d, sizeof(d));
		if (send(fd, msg, len, MSG_NOSIGNAL) != (ssize_t)len)
			break;
		asked++;
		assert_int_equal(evloop_round(f->loop, 0), 0);
	}
	assert_true(asked > 32 && asked < 100000);
	for (i = 0; i < asked; i++) {
		int err = reply(fd, &id, NULL);

		if (err == -1) {
			pump(f);
			err = reply(fd, &id, NULL);
		}
		assert_int_equal(err, 0);
		assert_int_equal(id, i & 0xffff);
	}
	assert_int_equal(read32(f, fd, 7, 0), 0x10f98086);
	close(fd);
	pump(f);
}

/* ---- clients ---- */

static void test_two_clients(void **state)
{
	struct fixture *f = *state;
	int first = client(f), second = dial(f), third, mute;

	assert_int_equal(greet(f, second), EBUSY);
	assert_int_equal(reply(second, NULL, NULL), -2);
	close(second);
	/* who says nothing is in nobody's way */
	mute = dial(f);
	pump(f);
	assert_int_equal(read32(f, first, 7, 0), 0x10f98086);
	/* hung up, and the server has not even looked yet */
	close(first);
	third = dial(f);
	assert_int_equal(greet(f, third), 0);
	assert_int_equal(greet(f, mute), EBUSY);
	close(mute);
	close(third);
	pump(f);
}

static void test_mute_clients(void **state)
{
	struct fixture *f = *state;
	int fds[12], i, closed = 0, speaker;

	for (i = 0; i < 12; i++) {
		fds[i] = dial(f);
		pump(f);
	}
	speaker = client(f);
	assert_int_equal(read32(f, speaker, 7, 0), 0x10f98086);
	for (i = 0; i < 12; i++) {
		closed += reply(fds[i], NULL, NULL) == -2;
		close(fds[i]);
	}
	assert_int_equal(closed, 5);	/* 8 may wait; the speaker was one of them */
	close(speaker);
	pump(f);
}

/* What a client had is gone with it: memory, interrupts, the device's state. */
static void test_client_gone(void **state)
{
	struct fixture *f = *state;
	struct vfu_dma_map d = { sizeof(d), 3, 0, 0, PAGE };
	struct vfu_irq_set irq = { sizeof(irq), VFU_IRQ_DATA_EVENTFD | VFU_IRQ_TRIGGER, 2, 0, 1 };
	int fd = client(f), mem = memfd_create("m", MFD_CLOEXEC), ev = eventfd(0, EFD_NONBLOCK);
	const uint16_t on = 6;
	uint8_t msg[128];
	uint64_t n;

	assert_int_equal(ftruncate(mem, PAGE), 0);
	give(fd, msg, put(msg, 1, VFU_CMD_DMA_MAP, &d, sizeof(d)), &mem, 1);
	give(fd, msg, put(msg, 1, VFU_CMD_SET_IRQS, &irq, sizeof(irq)), &ev, 1);
	pump(f);
	assert_int_equal(reply(fd, NULL, NULL), 0);
	assert_int_equal(reply(fd, NULL, NULL), 0);
	assert_int_equal(nicsim_region_write(f->port, 7, 4, &on, 2), 0);
	nicsim_fault(f->port, NICSIM_IRQ_SPURIOUS, 0);
	assert_int_equal(read(ev, &n, 8), 8);
	close(fd);
	pump(f);
	fd = client(f);
	assert_int_equal(read32(f, fd, 7, 4) & 0xffff, 0);
	assert_int_equal(nicsim_region_write(f->port, 7, 4, &on, 2), 0);
	assert_null(sim_dma(f->port, 0, 1, false, "test"));
	nicsim_fault(f->port, NICSIM_IRQ_SPURIOUS, 0);
	assert_int_equal(read(ev, &n, 8), -1);
	close(mem);
	close(ev);
	close(fd);
	pump(f);
}

static void test_memory_taken(void **state)
{
	struct fixture *f = *state;
	struct vfu_dma_map d = { sizeof(d), 3, 0, 0, 2 * PAGE };
	int fd = client(f), mem = memfd_create("m", MFD_CLOEXEC);
	const uint16_t on = 6;
	volatile uint8_t *p;
	uint8_t msg[128];

	assert_int_equal(ftruncate(mem, 2 * PAGE), 0);
	give(fd, msg, put(msg, 1, VFU_CMD_DMA_MAP, &d, sizeof(d)), &mem, 1);
	pump(f);
	assert_int_equal(reply(fd, NULL, NULL), 0);
	assert_int_equal(nicsim_region_write(f->port, 7, 4, &on, 2), 0);
	p = sim_dma(f->port, PAGE, 1, false, "test");
	assert_int_equal(ftruncate(mem, 0), 0);
	assert_int_equal(*p, 0);
	assert_true(vfu_server_faulted(f->server));
	pump(f);
	assert_false(vfu_server_faulted(f->server));
	assert_int_equal(reply(fd, NULL, NULL), -2);
	close(fd);
	close(mem);
	fd = client(f);
	close(fd);
	pump(f);
}

/* ---- names ---- */

static void test_names(void **state)
{
	struct fixture *f = *state;
	struct usock_name name, other;
	struct sockaddr_un addr;
	char path[64], err[256], longer[200];
	int fd;

	/* in use */
	assert_int_equal(usock_bind(&name, SOCK_STREAM, f->path, err, sizeof(err)), -1);
	assert_non_null(strstr(err, "in use"));
	assert_int_equal(usock_bind(&name, SOCK_DGRAM, f->path, err, sizeof(err)), -1);
	assert_int_equal(access(f->path, F_OK), 0);
	/* left by one that died */
	snprintf(path, sizeof(path), "%s/stale", f->dir);
	assert_int_equal(usock_address(&addr, path, err, sizeof(err)), 0);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	close(fd);
	fd = usock_bind(&name, SOCK_STREAM, path, err, sizeof(err));
	assert_true(fd >= 0);
	/* another came in its place: that one's name is not ours to remove */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(close(fd), 0);
	fd = usock_bind(&other, SOCK_DGRAM, path, err, sizeof(err));
	assert_true(fd >= 0);
	name.ino = other.ino + 1;
	usock_unlink(&name);
	assert_int_equal(access(path, F_OK), 0);
	usock_unlink(&other);
	assert_int_equal(access(path, F_OK), -1);
	close(fd);
	/* not a socket, no folder, no name, too long */
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(usock_bind(&name, SOCK_STREAM, path, err, sizeof(err)), -1);
	assert_non_null(strstr(err, "not a socket"));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(usock_bind(&name, SOCK_STREAM, f->dir, err, sizeof(err)), -1);
	assert_int_equal(usock_bind(&name, SOCK_STREAM, "/nowhere/x", err, sizeof(err)), -1);
	assert_non_null(strstr(err, "/nowhere/x"));
	assert_int_equal(usock_bind(&name, SOCK_STREAM, "", err, sizeof(err)), -1);
	memset(longer, 'x', sizeof(longer));
	longer[108] = '\0';
	assert_int_equal(usock_bind(&name, SOCK_STREAM, longer, err, sizeof(err)), -1);
	assert_non_null(strstr(err, "108 bytes, limit 107"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_talk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_byte_by_byte, setup, teardown),
		cmocka_unit_test_setup_teardown(test_burst, setup, teardown),
		cmocka_unit_test_setup_teardown(test_in_step, setup, teardown),
		cmocka_unit_test_setup_teardown(test_descriptors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_descriptors_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bad_frames, setup, teardown),
		cmocka_unit_test_setup_teardown(test_large, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deaf_client, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two_clients, setup, teardown),
		cmocka_unit_test_setup_teardown(test_mute_clients, setup, teardown),
		cmocka_unit_test_setup_teardown(test_client_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_memory_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
