// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Fuzzer: what a vfio-user server may answer to libnax.
 *
 * The input is a list of messages that lie ready in the socket before the client asks: each with a
 * byte of choices, a byte of length, a header and data. Then the client goes through what it does
 * when it opens a device.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vfio_user.h"

#define SIZE_RIGHT	0x01		/* header.size is the message's size */
#define ID_RIGHT	0x02		/* header.id is the next one the client expects */
#define IS_REPLY	0x04		/* header.flags say reply, without error */
#define WITH_FD		0x08

static void put_message(int fd, uint8_t choice, uint8_t *msg, size_t len, u16 id)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec iov = { msg, len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct vfu_header *h = (struct vfu_header *)msg;
	int extra = -1;

	if (choice & SIZE_RIGHT)
		h->size = (u32)len;
	if (choice & ID_RIGHT)
		h->id = id;
	if (choice & IS_REPLY) {
		h->flags = VFU_TYPE_REPLY;
		h->error = 0;
	}
	if (choice & WITH_FD) {
		extra = eventfd(0, EFD_CLOEXEC);
		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
		memset(&control, 0, sizeof(control));
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(&control.header), &extra, sizeof(int));
	}
	sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (extra >= 0)
		close(extra);
}

/* The exchanges of bring-up; whatever comes back must stay inside its room. */
static void exchange(struct vfu_conn *c)
{
	static const enum vfu_cmd cmds[] = {
		VFU_DEVICE_GET_INFO, VFU_GET_REGION_INFO, VFU_GET_IRQ_INFO, VFU_REGION_READ,
		VFU_SET_IRQS, VFU_DMA_MAP, VFU_REGION_WRITE, VFU_DEVICE_RESET,
	};
	u8 head[40] = { 32 }, room[64 + 8];
	struct nax_error err;
	unsigned int i, k;
	u32 value = 0;

	if (vfu_negotiate(c, &err) < 0)
		return;
	for (i = 0; i < 24; i++) {
		struct vfu_request r = {
			.cmd = cmds[i % 8],
			.head = head,
			.head_len = sizeof(head),
			.reply = room,
			.reply_min = i & 8 ? 16 : 0,
			.reply_max = 64,
			.reply_fds = i & 16 ? 1 : 0,
		};

		memset(room, 0xa5, sizeof(room));
		if (vfu_request(c, &r, &err) == 0 && r.reply_len > 64)
			abort();
		for (k = 64; k < sizeof(room); k++)
			if (room[k] != 0xa5)
				abort();
		vfu_idle(c);
		vfu_post_write(c, 0, 0x18, &value, 4);
		if (vfu_dead(c))
			return;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_Alignas(8) uint8_t msg[sizeof(struct vfu_header) + 255];
	struct vfu_conn c;
	int s[2], lowest;
	u16 n = 0;

	lowest = dup(0);
	close(lowest);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, s))
		abort();
	while (size >= 2 + sizeof(struct vfu_header)) {
		size_t len = sizeof(struct vfu_header) + data[1];
		uint8_t choice = data[0];

		data += 2;
		size -= 2;
		if (len > size)
			break;
		memcpy(msg, data, len);
		data += len;
		size -= len;
		/* from the second request on, a posted write takes the id between two */
		put_message(s[1], choice, msg, len, n ? (u16)(2 * n - 1) : 0);
		n++;
	}
	shutdown(s[1], SHUT_WR);
	vfu_conn_init(&c, s[0], 20);
	exchange(&c);
	vfu_conn_destroy(&c);
	close(s[0]);
	close(s[1]);
	if (dup(0) != lowest)	/* a descriptor that came with a message was not closed */
		abort();
	close(lowest);
	return 0;
}
