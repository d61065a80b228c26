// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Fuzzer: what a vfio-user server may say to libnax.
 *
 * The input is a list of messages. Each begins with a byte of choices, since an input that had to
 * guess sizes and identifiers would seldom get past the framing, and a byte of length. One is sent
 * whenever the client would wait: poll() here is the server. So nobody ever waits, and what time it
 * is follows from the input too.
 */
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bus.h"
#include "fds.h"
#include "vfio_user.h"

#define SIZE_RIGHT	0x01		/* header.size is the message's size */
#define ID_RIGHT	0x02		/* header.id is the one that the client used last */
#define IS_REPLY	0x04		/* header.flags say reply, without error */
#define WITH_FD		0x08
#define AND_MORE	0x10		/* the next message comes with this one */
#define CMD_RIGHT	0x20		/* header.cmd is what the client asked last */
#define MANY_FDS	0x40		/* with WITH_FD: more than a client takes; else: silence */
#define IDLE		0x80		/* before the next request, let the client look at one more */

#define STEPS		64
#define POSTS		16		/* more than fit into the socket at its smallest */

/** struct server - our end */
struct server {
	const uint8_t *data;
	size_t size;
	int fd;
	int peer;
	struct vfu_header asked;	/* the client's last command */
	uint8_t choice;
	uint64_t now;			/* ns */
};

static struct server s;

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* What the client has sent: its messages must be whole. */
static void listen_to(void)
{
	static uint8_t buf[1 << 17];
	ssize_t n = recv(s.fd, buf, sizeof(buf), MSG_DONTWAIT);
	struct vfu_header h;
	size_t at = 0;

	while (n > 0 && at < (size_t)n) {
		check((size_t)n - at >= sizeof(h));
		memcpy(&h, buf + at, sizeof(h));
		check(h.size >= sizeof(h) && h.size <= (size_t)n - at);
		if ((h.flags & VFU_TYPE_MASK) == VFU_TYPE_CMD)
			s.asked = h;
		at += h.size;
	}
}

static void send_message(uint8_t choice, uint8_t *msg, size_t len)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(20 * sizeof(int))];
	} control = { .header.cmsg_len = 0 };
	struct iovec iov = { msg, len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	int fd[20], n = choice & WITH_FD ? choice & MANY_FDS ? 20 : 1 : 0, k;

	for (k = 0; k < n; k++)
		fd[k] = eventfd(0, EFD_CLOEXEC);
	if (n) {
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE((size_t)n * sizeof(int));
		control.header.cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(&control.header), fd, (size_t)n * sizeof(int));
	}
	sendmsg(s.fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	for (k = 0; k < n; k++)
		close(fd[k]);
}

static void put_right(uint8_t choice, uint8_t *msg, size_t len)
{
	struct vfu_header h;

	memcpy(&h, msg, sizeof(h));
	if (choice & SIZE_RIGHT)
		h.size = (u32)len;
	if (choice & IS_REPLY) {
		h.flags = VFU_TYPE_REPLY;
		h.error = 0;
	}
	if (choice & CMD_RIGHT)
		h.cmd = s.asked.cmd;
	if (choice & ID_RIGHT)
		h.id = s.asked.id;
	memcpy(msg, &h, sizeof(h));
}

/* The next message, and those that come with it. False: the server keeps silent. */
static bool speak(void)
{
	uint8_t msg[sizeof(struct vfu_header) + 255];

	listen_to();
	do {
		size_t len;

		/* no more will come, and the client learns so at once */
		if (s.size < 2) {
			shutdown(s.fd, SHUT_WR);
			return true;
		}
		s.choice = s.data[0];
		len = sizeof(struct vfu_header) + s.data[1];
		if (len > s.size - 2)
			len = s.size - 2;
		memcpy(msg, s.data + 2, len);
		s.data += 2 + len;
		s.size -= 2 + len;
		if ((s.choice & (WITH_FD | MANY_FDS)) == MANY_FDS)
			return false;
		if (len >= sizeof(struct vfu_header))
			put_right(s.choice, msg, len);
		if (len)
			send_message(s.choice, msg, len);
	} while (s.choice & AND_MORE);
	return true;
}

/* In place of the C library's: whoever waits for the server makes it speak. */
int poll(struct pollfd *p, nfds_t n, int timeout)
{
	static const struct timespec zero;
	int rc = ppoll(p, n, &zero, NULL);

	if (rc || !timeout || n != 1 || p->fd != s.peer)
		return rc;
	if (p->events & POLLOUT && !(s.choice & IDLE)) {
		listen_to();
		return ppoll(p, n, &zero, NULL);
	}
	if (p->events & POLLIN && speak())
		return ppoll(p, n, &zero, NULL);
	if (timeout > 0)
		s.now += (uint64_t)timeout * 1000000u;
	return 0;
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	if (id != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, id, ts);
	ts->tv_sec = (time_t)(s.now / 1000000000u);
	ts->tv_nsec = (long)(s.now % 1000000000u);
	return 0;
}

/* What the client does with a device; whatever comes back must stay inside its room. */
static void use(struct nax_bus *bus, unsigned int i)
{
	u8 room[64 + 8];
	int fd[NAX_BUS_VECTORS_MAX];
	unsigned int k;

	memset(room, 0xa5, sizeof(room));
	switch (i % 8) {
	case 0:
		bus->ops->region_read(bus, NAX_BUS_CONFIG, 0, room, 64);
		break;
	case 1:
		nax_bus_config_write(bus, 4, 2, 6);
		break;
	case 2:
		bus->ops->dma_map(bus, 1u << 20, 4096, STDERR_FILENO, 0, room);
		break;
	case 3:
		bus->ops->vectors_enable(bus, 1 + i / 8, fd, NULL);
		break;
	case 4:
		nax_bus_read32(bus, 0, 8);
		for (k = 0; k < POSTS; k++)
			nax_bus_write32(bus, 0, 0x18, 1);
		break;
	case 5:
		nax_bus_reset(bus);
		break;
	case 6:
		bus->ops->dma_unmap(bus, 1u << 20, 4096);
		break;
	case 7:
		bus->ops->region_read(bus, 0, bus->ops->region_size(bus, 0) - 8, room, 8);
		bus->ops->vectors_disable(bus);
		break;
	}
	for (k = 64; k < sizeof(room); k++)
		check(room[k] == 0xa5);
}

static void client(int fd)
{
	struct nax_bus *bus;
	struct nax_error err;
	unsigned int i;

	if (nax_bus_vfio_user_fd(fd, 1000, &bus, &err) < 0)
		return;
	for (i = 0; i < STEPS && s.size && !bus->ops->dead(bus); i++) {
		if (s.choice & IDLE) {
			speak();
			bus->ops->watch(bus);
		}
		use(bus, i);
	}
	bus->ops->vectors_disable(bus);
	bus->ops->close(bus);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t before = fds_open();
	int pair[2], least = 1;

	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
	check(setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &least, sizeof(least)) == 0);
	s = (struct server){ .data = data, .size = size, .fd = pair[1], .peer = pair[0] };
	client(pair[0]);
	close(pair[1]);
	check(fds_open() == before);
	return 0;
}
