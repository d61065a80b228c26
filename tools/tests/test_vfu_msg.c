// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's vfio-user messages, good and bad, as bytes without a socket. Links nicsim.a. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "fds.h"
#include "model.h"
#include "vfu_msg.h"

#define HEADER	sizeof(struct vfu_header)
#define PAGE	4096

struct fixture {
	struct nicsim *sim;
	struct nicsim_port *port;
	struct vfu_conn *conn;
	struct vfu_reply reply;
	char log[512];
	unsigned int logged;
	uint64_t fds_before;
};

static void on_log(void *ctx, const char *text)
{
	struct fixture *f = ctx;

	snprintf(f->log, sizeof(f->log), "%s", text);
	f->logged++;
}

/* One message; gives errno of the reply, 0, or -1 for no reply. */
static int message(struct fixture *f, unsigned int cmd, uint32_t flags, const void *data,
		   size_t len, int *fds, int nfds, enum vfu_verdict want)
{
	struct vfu_header h = { .id = 0x1234, .cmd = cmd, .size = HEADER + len, .flags = flags };
	uint8_t *msg = malloc(HEADER + len);	/* exact, so that a sanitizer sees the end */
	struct vfu_header r;
	int i;

	memcpy(msg, &h, HEADER);
	if (len)
		memcpy(msg + HEADER, data, len);
	assert_int_equal(vfu_msg(f->conn, msg, HEADER + len, fds, nfds, &f->reply), want);
	free(msg);
	for (i = 0; i < nfds; i++)
		assert_int_equal(fds[i], -1);
	if (!f->reply.len)
		return -1;
	memcpy(&r, f->reply.data, HEADER);
	assert_int_equal(r.id, 0x1234);
	assert_int_equal(r.cmd, cmd);
	assert_int_equal(r.size, f->reply.len);
	assert_int_equal(r.flags, VFU_TYPE_REPLY | (r.error ? VFU_ERROR : 0));
	if (r.error)
		assert_int_equal(r.size, HEADER);
	return r.error;
}

static int command(struct fixture *f, unsigned int cmd, const void *data, size_t len)
{
	return message(f, cmd, 0, data, len, NULL, 0, VFU_CONTINUE);
}

static int command_fd(struct fixture *f, unsigned int cmd, const void *data, size_t len, int fd)
{
	return message(f, cmd, 0, data, len, &fd, 1, VFU_CONTINUE);
}

static const uint8_t *payload(const struct fixture *f)
{
	return f->reply.data + HEADER;
}

static int version(struct fixture *f, unsigned int major, const char *json, size_t json_len,
		   enum vfu_verdict want)
{
	uint8_t data[8192];
	struct vfu_version v = { .major = major, .minor = 0 };

	memcpy(data, &v, sizeof(v));
	memcpy(data + sizeof(v), json, json_len);
	return message(f, VFU_CMD_VERSION, 0, data, sizeof(v) + json_len, NULL, 0, want);
}

static void connect_again(struct fixture *f)
{
	vfu_conn_destroy(f->conn);
	f->conn = vfu_conn_create(f->port, on_log, f);
	assert_non_null(f->conn);
}

/* A world with one port, and a connection that has not negotiated. */
static int setup_raw(void **state)
{
	struct nicsim_config config = { 0 };
	struct nicsim_port_config port = { .name = "p", .model = "82599" };
	struct fixture *f = calloc(1, sizeof(*f));
	char err[128];

	f->fds_before = fds_open();
	f->sim = nicsim_create(&config);
	f->port = nicsim_port_add(f->sim, &port, err, sizeof(err));
	assert_non_null(f->port);
	f->conn = vfu_conn_create(f->port, on_log, f);
	assert_non_null(f->conn);
	*state = f;
	return 0;
}

static int setup(void **state)
{
	setup_raw(state);
	assert_int_equal(version(*state, 0, "{}", 3, VFU_CONTINUE), 0);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	vfu_conn_destroy(f->conn);
	nicsim_destroy(f->sim);
	assert_int_equal(fds_open(), f->fds_before);
	free(f);
	return 0;
}

/* ---- framing and order ---- */

static void test_frame(void **state)
{
	static const struct {
		uint32_t size, flags;
		size_t len;
	} bad[] = {
		{ 16, 0, 0 },
		{ 16, 0, 15 },
		{ 15, 0, 16 },
		{ 0, 0, 16 },
		{ 17, 0, 16 },
		{ 16, 0, 20 },
		{ VFU_MSG_MAX + 1, 0, 16 },
		{ UINT32_MAX, 0, 16 },
		{ 16, 1, 16 },
		{ 16, 15, 16 },
		{ 16, 1 | VFU_ERROR, 16 },
		{ 16, 2 | VFU_NO_REPLY, 16 },
	};
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct vfu_header h = { .cmd = VFU_CMD_DEVICE_RESET, .size = bad[i].size,
					.flags = bad[i].flags };
		uint8_t msg[32] = { 0 };
		int fd = eventfd(0, 0);

		memcpy(msg, &h, sizeof(h));
		f->logged = 0;
		assert_int_equal(vfu_msg(f->conn, msg, bad[i].len, &fd, 1, &f->reply), VFU_CLOSE);
		assert_int_equal(f->reply.len, 0);
		assert_int_equal(fd, -1);
		assert_int_equal(f->logged, 1);
		/* there is no way back */
		h = (struct vfu_header){ .cmd = VFU_CMD_VERSION, .size = 16 };
		memcpy(msg, &h, sizeof(h));
		assert_int_equal(vfu_msg(f->conn, msg, 16, NULL, 0, &f->reply), VFU_CLOSE);
		assert_int_equal(f->reply.len, 0);
		connect_again(f);
	}
}

static void test_before_version(void **state)
{
	struct fixture *f = *state;
	uint8_t data[64] = { 0 };
	unsigned int cmd;

	for (cmd = 0; cmd < 24; cmd++) {
		int err;

		if (cmd == VFU_CMD_VERSION)
			continue;
		err = message(f, cmd, 0, data, sizeof(data), NULL, 0, VFU_CLOSE);
		assert_true(err == EINVAL || err == ENOTSUP);
		connect_again(f);
		assert_int_equal(message(f, cmd, VFU_NO_REPLY, data, 32, NULL, 0, VFU_CLOSE), -1);
		connect_again(f);
	}
}

static void test_version(void **state)
{
	static const char qemu[] = "{\"capabilities\":{\"max_msg_fds\":16,\"max_data_xfer_size\":"
		"1048576,\"pgsizes\":4096,\"max_dma_maps\":65535,\"write_multiple\":true,"
		"\"migration\":{\"pgsize\":4096,\"max_bitmap_size\":268435456}}}";
	static const char full[] = "{\"capabilities\":{\"max_msg_fds\":8,\"max_data_xfer_size\":"
		"1048576,\"max_dma_maps\":%u}}";
	struct fixture *f = *state;
	struct vfu_version v = { 0 };
	unsigned int maps = 0;
	char expect[128];

	assert_int_equal(version(f, 0, qemu, sizeof(qemu), VFU_CONTINUE), 0);
	assert_int_equal(sscanf((const char *)payload(f) + sizeof(v), full, &maps), 1);
	snprintf(expect, sizeof(expect), full, maps);
	assert_string_equal((const char *)payload(f) + sizeof(v), expect);
	assert_int_equal(f->reply.len, HEADER + sizeof(v) + strlen(expect) + 1);
	/* QEMU takes no more than it says itself */
	assert_in_range(maps, 16, 65535);
	/* once only, but that is no reason to part */
	assert_int_equal(version(f, 0, qemu, sizeof(qemu), VFU_CONTINUE), EINVAL);
	assert_int_equal(command(f, VFU_CMD_DEVICE_RESET, NULL, 0), 0);

	/* never longer than the request */
	connect_again(f);
	assert_int_equal(version(f, 0, "{ }", 4, VFU_CONTINUE), 0);
	assert_int_equal(f->reply.len, HEADER + sizeof(v) + 3);
	assert_string_equal((const char *)payload(f) + sizeof(v), "{}");
	connect_again(f);
	assert_int_equal(command(f, VFU_CMD_VERSION, &v, sizeof(v)), 0);
	assert_int_equal(f->reply.len, HEADER + sizeof(v));
	connect_again(f);
	v.minor = 7;
	assert_int_equal(command(f, VFU_CMD_VERSION, &v, sizeof(v)), 0);
	memcpy(&v, payload(f), sizeof(v));
	assert_int_equal(v.minor, 0);
}

static void test_version_bad(void **state)
{
	static const char *const bad[] = {
		"",
		"x",
		"[]",
		"1",
		"\"text\"",
		"{",
		"{}}",
		"{} x",
		"{\"capabilities\":1}",
		"{\"capabilities\":[]}",
		"{\"capabilities\":{\"max_msg_fds\":\"8\"}}",
		"{\"capabilities\":{\"max_msg_fds\":-1}}",
		"{\"capabilities\":{\"max_msg_fds\":1.5}}",
		"{\"capabilities\":{\"max_msg_fds\":4294967296}}",
		"{\"capabilities\":{\"max_data_xfer_size\":0}}",
		"{\"capabilities\":{\"max_data_xfer_size\":null}}",
		"{\"capabilities\":{\"pgsizes\":0}}",
		"{\"capabilities\":{\"max_dma_maps\":0}}",
		"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}}",
	};
	struct fixture *f = *state;
	static char large[5000];
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		f->logged = 0;
		assert_int_equal(version(f, 0, bad[i], strlen(bad[i]) + 1, VFU_CLOSE), EINVAL);
		assert_int_equal(f->logged, 1);
		connect_again(f);
	}
	assert_int_equal(version(f, 1, "{}", 3, VFU_CLOSE), EINVAL);
	connect_again(f);
	assert_int_equal(version(f, 0, "{}", 2, VFU_CLOSE), EINVAL);	/* no NUL */
	connect_again(f);
	assert_int_equal(version(f, 0, "{}\0{}", 6, VFU_CLOSE), EINVAL);
	connect_again(f);
	/* too little or too much to look at: refused, and there may be another try */
	assert_int_equal(command(f, VFU_CMD_VERSION, "\0\0", 2), EINVAL);
	memset(large, ' ', sizeof(large));
	assert_int_equal(version(f, 0, large, sizeof(large), VFU_CONTINUE), EINVAL);
	assert_non_null(strstr(f->log, "limits 4 to 4096"));
	assert_int_equal(version(f, 0, "{}", 3, VFU_CONTINUE), 0);
}

/* ---- every command: lengths, descriptors, flags ---- */

static void test_lengths(void **state)
{
	static const struct {
		unsigned int cmd;
		size_t min, max;
	} c[] = {
		{ VFU_CMD_DMA_MAP, 32, 32 }, { VFU_CMD_DMA_UNMAP, 24, 24 },
		{ VFU_CMD_DEVICE_GET_INFO, 16, 4096 }, { VFU_CMD_GET_REGION_INFO, 32, 4096 },
		{ VFU_CMD_GET_REGION_IO_FDS, 16, 4096 }, { VFU_CMD_GET_IRQ_INFO, 16, 4096 },
		{ VFU_CMD_SET_IRQS, 20, 84 }, { VFU_CMD_REGION_READ, 16, 16 },
		{ VFU_CMD_REGION_WRITE, 16, 16 + 1048576 }, { VFU_CMD_DEVICE_RESET, 0, 0 },
		{ VFU_CMD_DEVICE_FEATURE, 8, 1048576 },
	};
	struct fixture *f = *state;
	uint8_t *data = calloc(1, VFU_MSG_MAX);
	unsigned int i;

	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		size_t len;

		for (len = 0; len < c[i].min; len++)
			assert_int_equal(command(f, c[i].cmd, data, len), EINVAL);
		assert_int_equal(command(f, c[i].cmd, data, c[i].max + 1), EINVAL);
	}
	/* lines are not without number, whatever the client does */
	assert_int_equal(f->logged, 33);
	assert_non_null(strstr(f->log, "not logged"));
	free(data);
}

static void test_unwanted_fds(void **state)
{
	static const struct {
		unsigned int cmd;
		size_t len;
	} c[] = {
		{ VFU_CMD_DMA_UNMAP, 24 }, { VFU_CMD_DEVICE_GET_INFO, 16 },
		{ VFU_CMD_GET_REGION_INFO, 32 }, { VFU_CMD_GET_REGION_IO_FDS, 16 },
		{ VFU_CMD_GET_IRQ_INFO, 16 }, { VFU_CMD_REGION_READ, 16 },
		{ VFU_CMD_REGION_WRITE, 20 }, { VFU_CMD_DEVICE_RESET, 0 },
		{ VFU_CMD_DEVICE_FEATURE, 8 },
	};
	struct fixture *f = *state;
	struct vfu_dma_map map = { 32, 3, 0, 0, PAGE };
	uint8_t data[64] = { 0 };
	int two[2] = { eventfd(0, 0), eventfd(0, 0) };
	unsigned int i;

	for (i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		assert_int_equal(command_fd(f, c[i].cmd, data, c[i].len, eventfd(0, 0)), EINVAL);
		assert_non_null(strstr(f->log, "descriptors, limit 0"));
	}
	assert_int_equal(message(f, VFU_CMD_DMA_MAP, 0, &map, sizeof(map), two, 2, VFU_CONTINUE),
			 EINVAL);
	/* what is refused or not known closes what came along */
	assert_int_equal(command_fd(f, 99, data, 8, eventfd(0, 0)), ENOTSUP);
}

static void test_unknown(void **state)
{
	static const unsigned int cmds[] = { 0, 11, 12, 14, 15, 17, 18, 19, 255, 65535 };
	struct fixture *f = *state;
	uint8_t data[64] = { 0 };
	unsigned int i;

	for (i = 0; i < sizeof(cmds) / sizeof(cmds[0]); i++) {
		assert_int_equal(command(f, cmds[i], data, sizeof(data)), ENOTSUP);
		assert_int_equal(message(f, cmds[i], VFU_NO_REPLY, data, 8, NULL, 0, VFU_CONTINUE),
				 -1);
	}
	assert_int_equal(command(f, VFU_CMD_DEVICE_FEATURE, data, 8), ENOTTY);
	assert_int_equal(
		message(f, VFU_CMD_DEVICE_RESET, VFU_ERROR, NULL, 0, NULL, 0, VFU_CONTINUE),
		EINVAL);
	assert_int_equal(message(f, VFU_CMD_DEVICE_RESET, 0x40, NULL, 0, NULL, 0, VFU_CONTINUE),
			 EINVAL);
	assert_int_equal(message(f, VFU_CMD_DEVICE_RESET, 1u << 31, NULL, 0, NULL, 0, VFU_CONTINUE),
			 EINVAL);
}

/* ---- queries ---- */

static void test_device_info(void **state)
{
	struct fixture *f = *state;
	struct vfu_device_info d = { .argsz = 16 };

	assert_int_equal(command(f, VFU_CMD_DEVICE_GET_INFO, &d, sizeof(d)), 0);
	memcpy(&d, payload(f), sizeof(d));
	assert_int_equal(d.argsz, 16);
	assert_int_equal(d.flags, VFU_DEVICE_RESET | VFU_DEVICE_PCI);
	assert_int_equal(d.regions, 9);
	assert_int_equal(d.irqs, 5);
	d.argsz = 15;
	assert_int_equal(command(f, VFU_CMD_DEVICE_GET_INFO, &d, sizeof(d)), EINVAL);
}

static void test_region_info(void **state)
{
	static const uint64_t sizes[9] = { [0] = 0x20000, [4] = 0x4000, [7] = 4096 };
	struct fixture *f = *state;
	struct vfu_region_info d;
	struct vfu_region_io_fds io = { .argsz = 16, .count = 5 };
	uint8_t large[256] = { 0 };
	unsigned int i;

	for (i = 0; i < 9; i++) {
		d = (struct vfu_region_info){ .argsz = 32, .index = i };
		assert_int_equal(command(f, VFU_CMD_GET_REGION_INFO, &d, sizeof(d)), 0);
		assert_int_equal(f->reply.len, HEADER + sizeof(d));
		memcpy(&d, payload(f), sizeof(d));
		assert_int_equal(d.argsz, 32);
		assert_int_equal(d.index, i);
		assert_true(d.size == sizes[i]);
		assert_int_equal(d.flags, sizes[i] ? VFU_REGION_READ | VFU_REGION_WRITE : 0);
		assert_int_equal(d.cap_offset, 0);
		io.index = i;
		assert_int_equal(command(f, VFU_CMD_GET_REGION_IO_FDS, &io, sizeof(io)), 0);
		assert_int_equal(((const uint32_t *)(const void *)payload(f))[3], 0);
	}
	d = (struct vfu_region_info){ .argsz = 32, .index = 9 };
	assert_int_equal(command(f, VFU_CMD_GET_REGION_INFO, &d, sizeof(d)), EINVAL);
	d = (struct vfu_region_info){ .argsz = 31, .index = 0 };
	assert_int_equal(command(f, VFU_CMD_GET_REGION_INFO, &d, sizeof(d)), EINVAL);
	/* as clients do that send as much as they have room for */
	d.argsz = sizeof(large);
	memcpy(large, &d, sizeof(d));
	assert_int_equal(command(f, VFU_CMD_GET_REGION_INFO, large, sizeof(large)), 0);
	io.index = 9;
	assert_int_equal(command(f, VFU_CMD_GET_REGION_IO_FDS, &io, sizeof(io)), EINVAL);
	io = (struct vfu_region_io_fds){ .argsz = 16, .flags = 1 };
	assert_int_equal(command(f, VFU_CMD_GET_REGION_IO_FDS, &io, sizeof(io)), EINVAL);
	io = (struct vfu_region_io_fds){ .argsz = 15 };
	assert_int_equal(command(f, VFU_CMD_GET_REGION_IO_FDS, &io, sizeof(io)), EINVAL);
}

/* ---- regions ---- */

static int region_read(struct fixture *f, uint32_t region, uint64_t offset, uint32_t count)
{
	struct vfu_region_rw d = { offset, region, count };

	return command(f, VFU_CMD_REGION_READ, &d, sizeof(d));
}

static int region_write(struct fixture *f, uint32_t region, uint64_t offset, const void *data,
			uint32_t count, uint32_t flags)
{
	uint8_t msg[sizeof(struct vfu_region_rw) + 4096];
	struct vfu_region_rw d = { offset, region, count };

	memcpy(msg, &d, sizeof(d));
	memcpy(msg + sizeof(d), data, count);
	return message(f, VFU_CMD_REGION_WRITE, flags, msg, sizeof(d) + count, NULL, 0,
		       VFU_CONTINUE);
}

static uint32_t read32(struct fixture *f, uint32_t region, uint64_t offset)
{
	uint32_t value;

	assert_int_equal(region_read(f, region, offset, 4), 0);
	assert_int_equal(f->reply.len, HEADER + sizeof(struct vfu_region_rw) + 4);
	memcpy(&value, payload(f) + sizeof(struct vfu_region_rw), 4);
	return value;
}

static void test_region_access(void **state)
{
	static const uint8_t zero[4096];
	const uint16_t on = 6;
	const uint32_t ivar = 0x80818283;
	struct fixture *f = *state;
	struct vfu_region_rw d = { 0, 7, 4 };
	uint8_t msg[32] = { 0 };

	assert_int_equal(region_read(f, 7, 0, 4096), 0);
	assert_int_equal(f->reply.len, HEADER + sizeof(struct vfu_region_rw) + 4096);
	assert_int_equal(read32(f, 7, 0), 0x10f98086);
	assert_int_equal(region_write(f, 7, 4, &on, 2, 0), 0);
	assert_int_equal(f->reply.len, HEADER + sizeof(struct vfu_region_rw));
	assert_int_equal(read32(f, 7, 4) & 0xffff, 6);
	/* posted, then read: in order, and nothing between */
	assert_int_equal(region_write(f, 0, 0x900, &ivar, 4, VFU_NO_REPLY), -1);
	assert_int_equal(read32(f, 0, 0x900), ivar);
	/* not even an error is an answer to what is posted */
	assert_int_equal(region_write(f, 0, 0x20000, &ivar, 4, VFU_NO_REPLY), -1);
	assert_int_equal(region_write(f, 9, 0, &ivar, 4, VFU_NO_REPLY), -1);
	assert_int_equal(region_write(f, 0, 0x900, zero, 3, VFU_NO_REPLY), -1);
	assert_int_equal(command(f, VFU_CMD_DEVICE_RESET, NULL, 0), 0);
	assert_int_equal(read32(f, 7, 4) & 0xffff, 0);
	/* says 4, brings more, less */
	memcpy(msg, &d, sizeof(d));
	assert_int_equal(command(f, VFU_CMD_REGION_WRITE, msg, sizeof(d) + 5), EINVAL);
	assert_int_equal(command(f, VFU_CMD_REGION_WRITE, msg, sizeof(d) + 3), EINVAL);
}

static void test_region_bounds(void **state)
{
	static const struct vfu_region_rw bad[] = {
		{ 0, 9, 4 }, { 0, UINT32_MAX, 4 },
		{ 0, 1, 4 }, { 0, 8, 1 },
		{ 0, 0, 0 }, { 0, 7, 0 },
		{ 0x20000, 0, 4 },    { 0x1fffe, 0, 4 },
		{ UINT64_MAX, 0, 4 }, { UINT64_MAX - 3, 0, 4 },
		{ 0, 0, 3 }, { 0, 0, 16 },
		{ 0, 0, 4096 }, { 0, 0, UINT32_MAX },
		{ 1, 0, 4 }, { 4093, 7, 4 },
		{ 1, 7, 4096 }, { 0, 7, 4097 },
		{ 4096, 7, 1 }, { 0, 4, 1048576 },
	};
	static const uint8_t data[4096];
	static const char little[] = "{\"capabilities\":{\"max_data_xfer_size\":64}}";
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(region_read(f, bad[i].region, bad[i].offset, bad[i].count),
				 EINVAL);
		if (bad[i].count <= sizeof(data))
			assert_int_equal(region_write(f, bad[i].region, bad[i].offset, data,
						      bad[i].count, 0), EINVAL);
	}
	/* a client that takes little is not given more */
	connect_again(f);
	assert_int_equal(version(f, 0, little, sizeof(little), VFU_CONTINUE), 0);
	assert_int_equal(region_read(f, 7, 0, 64), 0);
	assert_int_equal(region_read(f, 7, 0, 65), EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_frame, setup_raw, teardown),
		cmocka_unit_test_setup_teardown(test_before_version, setup_raw, teardown),
		cmocka_unit_test_setup_teardown(test_version, setup_raw, teardown),
		cmocka_unit_test_setup_teardown(test_version_bad, setup_raw, teardown),
		cmocka_unit_test_setup_teardown(test_lengths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unwanted_fds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_device_info, setup, teardown),
		cmocka_unit_test_setup_teardown(test_region_info, setup, teardown),
		cmocka_unit_test_setup_teardown(test_region_access, setup, teardown),
		cmocka_unit_test_setup_teardown(test_region_bounds, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
