// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Fuzzer: what a vfio-user client may send to nicsim, with the model behind it.
 *
 * The input is a list of messages. Each begins with a byte of choices, since an input that had to
 * guess sizes and descriptors would seldom get past the framing, and a byte of length.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vfu_msg.h"

#define SIZE_RIGHT	0x01		/* header.size is the message's size */
#define WITH_MEMORY	0x02		/* a memfd comes with it */
#define WITH_EVENTFD	0x04
#define TIME_PASSES	0x08

#define VERSION_REQUEST "{\"capabilities\":{\"max_msg_fds\":8}}"

static void say(void *ctx, const char *text)
{
}

static void greet(struct vfu_conn *c)
{
	struct {
		struct vfu_header header;
		uint16_t version[2];
		char json[sizeof(VERSION_REQUEST)];
	} m = { .json = VERSION_REQUEST };
	static struct vfu_reply reply;

	m.header.cmd = 1;
	memcpy((uint8_t *)&m + 4, &(uint32_t){ sizeof(m) }, 4);
	vfu_msg(c, (uint8_t *)&m, sizeof(m), NULL, 0, &reply);
	if (!reply.len)
		abort();
}

/* One message; false if the server would close the connection. */
static int feed(struct vfu_conn *c, uint8_t choice, uint8_t *msg, size_t len)
{
	static struct vfu_reply reply;
	enum vfu_verdict verdict;
	char why[256];
	uint32_t size;
	int fds[VFU_FDS_MAX], n = 0;

	if (choice & SIZE_RIGHT)
		memcpy(msg + 4, &(uint32_t){ (uint32_t)len }, 4);
	size = vfu_msg_size(msg, why, sizeof(why));
	if (size == 0)
		return 0;
	if (size != len)	/* the server would wait for the rest, or see two messages */
		return 1;
	if (choice & WITH_MEMORY) {
		fds[n] = memfd_create("fuzz", MFD_CLOEXEC);
		if (fds[n] < 0 || ftruncate(fds[n], 65536))
			abort();
		n++;
	}
	if (choice & WITH_EVENTFD)
		fds[n++] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	reply.len = 0;
	verdict = vfu_msg(c, msg, len, fds, n, &reply);
	while (n > 0)
		if (fds[--n] != -1)
			abort();
	if (reply.len && reply.len < sizeof(struct vfu_header))
		abort();
	if (reply.len > sizeof(reply.data))
		abort();
	return verdict == VFU_CONTINUE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nicsim_config config = { .real_time = false };
	struct nicsim_port_config port_config = { .name = "f", .model = "82599" };
	struct nicsim *sim = nicsim_create(&config);
	struct nicsim_port *port = nicsim_port_add(sim, &port_config, NULL, 0);
	struct vfu_conn *c = vfu_conn_create(port, say, NULL);
	uint8_t msg[sizeof(struct vfu_header) + 255];

	if (!c)
		abort();
	if (size && !(data[0] & 0x80))
		greet(c);
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
		if (!feed(c, choice, msg, len))
			break;
		if (choice & TIME_PASSES)
			nicsim_advance(sim, 100000);
	}
	vfu_conn_destroy(c);
	nicsim_destroy(sim);
	return 0;
}
