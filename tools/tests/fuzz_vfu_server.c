// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Fuzzer: what a vfio-user client may send to nicsim, with the model behind it.
 *
 * The input is a list of messages. Each begins with a byte of choices, since an input that had to
 * guess sizes and descriptors would seldom get past the framing, and a byte of length. The client's
 * memory is one file; what the model finds in it is the input's as well. Frames that leave the
 * port come back to it.
 *
 * The daemon outlives its clients, and so does the model here: each input is the next client.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fds.h"
#include "vfu_msg.h"

/* Choices. Without a message: the length's bytes are two of offset, and bytes for the memory. */
#define SIZE_RIGHT	0x01		/* header.size is the message's size */
#define WITH_MEMORY	0x02		/* the file comes with it */
#define TIME_PASSES	0x04
#define FRAME_COMES	0x08		/* one of 64 bytes and more, from the memory's beginning */
#define EVENTFDS	0x70		/* that many come with it; 7: one, and a pipe */
#define NO_MESSAGE	0x80

#define MEMORY		65536u
/* As the first byte. Both are no message. */
#define NO_GREETING	0xff
#define OTHER_PORT	0xfe		/* the one with a cage */
#define VERSION_REQUEST "{\"capabilities\":{\"max_msg_fds\":8}}"

/** struct client - the one there is */
struct client {
	struct vfu_conn *conn;
	int memory;
	uint8_t *va;
};

static struct nicsim *sim;
static struct nicsim_port *ports[2], *port;

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void say(void *ctx, const char *text)
{
}

/* Frames come back, as if the cable led to ourselves. */
static bool loop(void *ctx, const uint8_t *frame, uint32_t len)
{
	check(len >= 14);
	nicsim_port_frame(ctx, frame, len);
	return true;
}

static const struct nicsim_net_ops loop_ops = { .send = loop };

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct nicsim_config config = { .real_time = false };
	static const struct nicsim_port_config configs[2] = {
		{ .name = "cx4", .model = "82599" },
		{ .name = "sfp", .model = "82599", .device_id = 0x10fb, .module = "sr" },
	};
	char err[256];
	unsigned int i;

	sim = nicsim_create(&config);
	check(sim != NULL);
	for (i = 0; i < 2; i++) {
		ports[i] = nicsim_port_add(sim, &configs[i], err, sizeof(err));
		check(ports[i] != NULL);
		nicsim_port_net(ports[i], &loop_ops, ports[i]);
	}
	return 0;
}

static void greet(struct vfu_conn *c)
{
	struct {
		struct vfu_header header;
		struct vfu_version version;
		char json[sizeof(VERSION_REQUEST)];
	} m = { .header.cmd = VFU_CMD_VERSION, .json = VERSION_REQUEST };
	static struct vfu_reply reply;
	uint32_t len = offsetof(__typeof__(m), json) + sizeof(m.json);

	m.header.size = len;
	check(vfu_msg(c, (uint8_t *)&m, len, NULL, 0, &reply) == VFU_CONTINUE);
	check(reply.len > sizeof(struct vfu_header));
}

static int add_fds(struct client *c, uint8_t choice, int *fds)
{
	int many = (choice & EVENTFDS) >> 4, n = 0, p[2];

	if (choice & WITH_MEMORY)
		fds[n++] = dup(c->memory);
	if (many == 7) {
		check(pipe2(p, O_CLOEXEC) == 0);
		close(p[1]);
		fds[n++] = p[0];
		many = 1;
	}
	while (many--)
		fds[n++] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return n;
}

static void check_reply(const struct vfu_reply *reply, const uint8_t *msg)
{
	struct vfu_header h, asked;

	if (!reply->len)
		return;
	check(reply->len >= sizeof(h) && reply->len <= sizeof(reply->data));
	memcpy(&h, reply->data, sizeof(h));
	memcpy(&asked, msg, sizeof(asked));
	check(h.size == reply->len && h.id == asked.id && h.cmd == asked.cmd);
	check(!(h.flags & VFU_ERROR) == !h.error);
}

/* One message; false if the server would close the connection. */
static bool feed(struct client *c, uint8_t choice, uint8_t *msg, uint32_t len)
{
	static struct vfu_reply reply;
	enum vfu_verdict verdict;
	char why[256];
	uint32_t size;
	int fds[VFU_FDS_MAX], n;

	if (choice & SIZE_RIGHT)
		memcpy(msg + offsetof(struct vfu_header, size), &len, sizeof(len));
	size = vfu_msg_size(msg, why, sizeof(why));
	if (size == 0)
		return false;
	if (size != len)	/* the server would wait for the rest, or see two messages */
		return true;
	n = add_fds(c, choice, fds);
	reply.len = 0;
	verdict = vfu_msg(c->conn, msg, len, fds, n, &reply);
	while (n > 0)
		check(fds[--n] == -1);
	check_reply(&reply, msg);
	return verdict == VFU_CONTINUE && !vfu_conn_faulted(c->conn);
}

/* Bytes into the client's memory; without any, the file gets shorter, or much time passes. */
static void write_memory(struct client *c, const uint8_t *data, size_t len)
{
	uint32_t offset;

	if (len < 2) {
		nicsim_advance(sim, 200000000);
		return;
	}
	offset = data[0] | (uint32_t)data[1] << 8;
	len -= 2;
	if (!len)
		check(ftruncate(c->memory, offset & ~4095u) == 0);
	else if (len <= MEMORY - offset)
		check(pwrite(c->memory, data + 2, len, offset) == (ssize_t)len);
}

static void after(struct client *c, uint8_t choice, uint8_t length)
{
	uint8_t frame[64 + 255] = { 0 };

	if (choice & FRAME_COMES && pread(c->memory, frame, sizeof(frame), 0) >= 0)
		nicsim_port_frame(port, frame, 64u + length);
	if (choice & TIME_PASSES)
		nicsim_advance(sim, 100000);
}

static void run(struct client *c, const uint8_t *data, size_t size)
{
	uint8_t msg[sizeof(struct vfu_header) + 255];

	while (size >= 2) {
		uint8_t choice = data[0], length = data[1];
		uint32_t len = choice & NO_MESSAGE ? length :
			       (uint32_t)sizeof(struct vfu_header) + length;

		data += 2;
		size -= 2;
		if (len > size)
			break;
		memcpy(msg, data, len);
		data += len;
		size -= len;
		if (choice & NO_MESSAGE)
			write_memory(c, msg, len);
		else if (!feed(c, choice, msg, len))
			break;
		after(c, choice, length);
		if (vfu_conn_faulted(c->conn))
			break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t before = fds_open();
	struct client c = { .memory = memfd_create("fuzz", MFD_CLOEXEC) };

	check(c.memory >= 0 && ftruncate(c.memory, MEMORY) == 0);
	port = ports[size && data[0] == OTHER_PORT];
	c.conn = vfu_conn_create(port, say, NULL);
	check(c.conn != NULL);
	if (size && data[0] != NO_GREETING)
		greet(c.conn);
	run(&c, data, size);
	vfu_conn_destroy(c.conn);
	/* what is still under way finds the port without a client */
	nicsim_advance(sim, 20000000);
	close(c.memory);
	check(fds_open() == before);
	return 0;
}
