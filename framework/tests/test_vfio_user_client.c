// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The vfio-user client against a server that answers well, badly, late, or not at all. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "client.h"
#include "mem.h"
#include "user.h"

#define TIMEOUT_MS 300

static int count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static int setup(void **state)
{
	return client_setup(TIMEOUT_MS);
}

/* ---- one edit per way to answer badly ---- */

static void e_truncated(struct server *s, struct server_reply *r)
{
	r->h.size -= 4;
	r->send -= 4;
}

static void e_oversized(struct server *s, struct server_reply *r)
{
	r->h.size += 8;
	r->send += 8;
}

static void e_huge(struct server *s, struct server_reply *r)
{
	r->h.size = 0x7fffffff;
}

static void e_size_below_header(struct server *s, struct server_reply *r)
{
	r->h.size = 8;
}

static void e_wrong_cmd(struct server *s, struct server_reply *r)
{
	r->h.cmd = VFU_DMA_UNMAP;
}

static void e_bad_type(struct server *s, struct server_reply *r)
{
	r->h.flags = 5;
}

static void e_bad_flags(struct server *s, struct server_reply *r)
{
	r->h.flags |= 0x100;
}

static void e_fd(struct server *s, struct server_reply *r)
{
	r->n_fds = 1;
}

static void e_two_fds(struct server *s, struct server_reply *r)
{
	r->n_fds = 2;
}

static void e_many_fds(struct server *s, struct server_reply *r)
{
	r->n_fds = 20;
}

static void e_late_fd(struct server *s, struct server_reply *r)
{
	r->head = sizeof(r->h);
	r->n_fds = 1;
}

static void e_eof(struct server *s, struct server_reply *r)
{
	r->send = 0;
	r->hang_up = true;
}

static void e_eof_in_header(struct server *s, struct server_reply *r)
{
	r->send = 10;
	r->hang_up = true;
}

static void e_eof_in_payload(struct server *s, struct server_reply *r)
{
	r->send = sizeof(r->h) + 2;
	r->hang_up = true;
}

static void e_silent(struct server *s, struct server_reply *r)
{
	r->silent = true;
}

static void e_half(struct server *s, struct server_reply *r)
{
	r->send = sizeof(r->h) + 2;
}

static void e_error_without_errno(struct server *s, struct server_reply *r)
{
	e_error(s, r);
	r->h.error = 0;
}

static void e_error_with_payload(struct server *s, struct server_reply *r)
{
	r->h.flags |= VFU_ERROR;
	r->h.error = EBUSY;
}

static void command(struct server *s, u16 cmd, u32 size)
{
	struct {
		struct vfu_header h;
		u8 data[64];
	} c = { .h = { .id = 77, .cmd = cmd, .size = size } };

	server_send(s, &c, size < sizeof(c) ? size : sizeof(c));
}

static void e_unknown_command(struct server *s, struct server_reply *r)
{
	command(s, 99, 16);
}

static void e_dma_read(struct server *s, struct server_reply *r)
{
	command(s, VFU_DMA_READ, 32);
}

static void e_dma_write_huge(struct server *s, struct server_reply *r)
{
	command(s, VFU_DMA_WRITE, 1 << 20);
}

static void e_dma_flood(struct server *s, struct server_reply *r)
{
	u32 i;

	for (i = 0; i < 17; i++)
		command(s, VFU_DMA_READ, 32);
}

/* Content. */

static void set_version(struct server_reply *r, u16 major, u16 minor, const char *text, u32 len)
{
	struct vfu_version v = { major, minor };

	memcpy(r->data, &v, sizeof(v));
	memcpy(r->data + sizeof(v), text, len);
	r->h.size = (u32)(sizeof(r->h) + sizeof(v)) + len;
	r->send = r->h.size;
}

#define VERSION_EDIT(name, major, minor, text) \
	static void name(struct server *s, struct server_reply *r) \
	{ \
		set_version(r, major, minor, text, sizeof(text)); \
	}

VERSION_EDIT(e_major, 1, 0, "{}")
VERSION_EDIT(e_minor, 0, 9, "{}")
VERSION_EDIT(e_not_json, 0, 0, "{\"capabilities\":")
VERSION_EDIT(e_not_object, 0, 0, "[1]")
VERSION_EDIT(e_caps_number, 0, 0, "{\"capabilities\":3}")
VERSION_EDIT(e_fds_text, 0, 0, "{\"capabilities\":{\"max_msg_fds\":\"many\"}}")
VERSION_EDIT(e_fds_zero, 0, 0, "{\"capabilities\":{\"max_msg_fds\":0}}")
VERSION_EDIT(e_xfer_small, 0, 0, "{\"capabilities\":{\"max_data_xfer_size\":4}}")
VERSION_EDIT(e_deep, 0, 0, "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]")
VERSION_EDIT(e_unknown_caps, 0, 0, "{\"capabilities\":{\"twin_socket\":{\"x\":[1]}},\"y\":2}")
VERSION_EDIT(e_no_caps, 0, 0, "{}")

static void e_no_json(struct server *s, struct server_reply *r)
{
	set_version(r, 0, 0, "", 0);
}

static void e_no_nul(struct server *s, struct server_reply *r)
{
	r->data[r->h.size - sizeof(r->h) - 1] = ' ';
}

static void e_version_long(struct server *s, struct server_reply *r)
{
	r->h.size = 5000;
	r->send = 5000;
}

/* Set a 32-bit word of the payload. */
#define WORD_EDIT(name, index, value) \
	static void name(struct server *s, struct server_reply *r) \
	{ \
		u32 word = value; \
		memcpy(r->data + (index) * 4, &word, sizeof(word)); \
	}

WORD_EDIT(e_not_pci, 1, 1)
WORD_EDIT(e_two_regions, 2, 2)
WORD_EDIT(e_million_regions, 2, 1000000)
WORD_EDIT(e_one_irq, 3, 1)
WORD_EDIT(e_region_argsz, 0, 16)
WORD_EDIT(e_region_read_only, 1, 1)
WORD_EDIT(e_region_index, 2, 5)
WORD_EDIT(e_region_size, 5, 0x40)
WORD_EDIT(e_irq_flags, 1, 0)
WORD_EDIT(e_irq_index, 2, 1)
WORD_EDIT(e_irq_count, 3, 0)
WORD_EDIT(e_irq_count_huge, 3, 100000)
WORD_EDIT(e_rw_region, 2, 3)
WORD_EDIT(e_rw_count, 3, 1)

static void e_region_tiny(struct server *s, struct server_reply *r)
{
	u64 size = 8;

	memcpy(r->data + 16, &size, sizeof(size));
}

/**
 * struct bad - one case of opening a port
 * @name: for the report
 * @cmd: reply that is edited
 * @skip: so many of them are good
 * @edit: how
 * @code: what nax_port_open() must give; 0: it succeeds all the same
 * @text: what its message must contain
 */
struct bad {
	const char *name;
	u16 cmd;
	u32 skip;
	server_edit edit;
	int code;
	const char *text;
};

static const struct bad bad_frames[] = {
	{ "truncated", VFU_DEVICE_GET_INFO, 0, e_truncated, -EPROTO,
	  "reply to DEVICE_GET_INFO has msg_size 28: must be 32 to 32" },
	{ "oversized", VFU_GET_IRQ_INFO, 0, e_oversized, -EPROTO, "msg_size 40: must be 32 to 32" },
	{ "huge", VFU_GET_REGION_INFO, 3, e_huge, -EPROTO, "msg_size 2147483647" },
	{ "below header", VFU_VERSION, 0, e_size_below_header, -EPROTO, "msg_size 8: at least 16" },
	{ "wrong id", VFU_DEVICE_GET_INFO, 0, e_wrong_id, -EPROTO, "msg_id 8: 1 was sent" },
	{ "wrong command", VFU_DEVICE_GET_INFO, 0, e_wrong_cmd, -EPROTO,
	  "command 3 (DMA_UNMAP): must be 4" },
	{ "bad type", VFU_DEVICE_GET_INFO, 0, e_bad_type, -EPROTO, "type 5" },
	{ "bad flags", VFU_DEVICE_GET_INFO, 0, e_bad_flags, -EPROTO, "flags 0x101" },
	{ "descriptor", VFU_DEVICE_GET_INFO, 0, e_fd, -EPROTO, "bears 1 descriptors: at most 0" },
	{ "region descriptor", VFU_GET_REGION_INFO, 0, e_fd, 0, NULL },
	{ "two descriptors", VFU_GET_REGION_INFO, 0, e_two_fds, -EPROTO,
	  "bears 2 descriptors: at most 1" },
	{ "many descriptors", VFU_GET_REGION_INFO, 0, e_many_fds, -EPROTO, "more than 16" },
	{ "late descriptor", VFU_GET_REGION_INFO, 0, e_late_fd, -EPROTO, "behind its header" },
	{ "end of file", VFU_VERSION, 0, e_eof, -ENODEV, "does it serve another client" },
	{ "end in header", VFU_DEVICE_GET_INFO, 0, e_eof_in_header, -ENODEV, "10 of 16 bytes" },
	{ "end in payload", VFU_DEVICE_GET_INFO, 0, e_eof_in_payload, -ENODEV, "2 of 16 bytes" },
	{ "no answer", VFU_VERSION, 0, e_silent, -ETIMEDOUT, "no answer, 0 of 16 bytes within 300" },
	{ "half an answer", VFU_DEVICE_GET_INFO, 0, e_half, -ETIMEDOUT, "only 2 of 16 bytes" },
	{ "refused", VFU_VERSION, 0, e_error, -EBUSY, "refused VERSION: Device or resource busy" },
	{ "error 0", VFU_DEVICE_GET_INFO, 0, e_error_without_errno, -EPROTO, "errno 0" },
	{ "error with payload", VFU_DEVICE_GET_INFO, 0, e_error_with_payload, -EPROTO,
	  "msg_size 32 and errno 16" },
	{ "unknown command", VFU_DEVICE_GET_INFO, 0, e_unknown_command, -EPROTO, "command 99" },
	{ "DMA_READ", VFU_DEVICE_GET_INFO, 0, e_dma_read, 0, NULL },
	{ "large DMA_WRITE", VFU_DEVICE_GET_INFO, 0, e_dma_write_huge, -EPROTO,
	  "msg_size 1048576: the limit is 65536" },
	{ "DMA_READ flood", VFU_DEVICE_GET_INFO, 0, e_dma_flood, -EPROTO, "17 commands" },
};

static const struct bad bad_contents[] = {
	{ "major", VFU_VERSION, 0, e_major, -EPROTO, "vfio-user 1.0" },
	{ "minor", VFU_VERSION, 0, e_minor, -EPROTO, "vfio-user 0.9" },
	{ "JSON", VFU_VERSION, 0, e_not_json, -EPROTO, "not a JSON object" },
	{ "JSON array", VFU_VERSION, 0, e_not_object, -EPROTO, "not a JSON object" },
	{ "JSON depth", VFU_VERSION, 0, e_deep, -EPROTO, "nesting" },
	{ "capabilities", VFU_VERSION, 0, e_caps_number, -EPROTO, "capabilities is int" },
	{ "max_msg_fds text", VFU_VERSION, 0, e_fds_text, -EPROTO, "max_msg_fds is string" },
	{ "max_msg_fds 0", VFU_VERSION, 0, e_fds_zero, -EPROTO, "max_msg_fds is 0" },
	{ "max_data_xfer_size", VFU_VERSION, 0, e_xfer_small, -EPROTO, "max_data_xfer_size is 4" },
	{ "no NUL", VFU_VERSION, 0, e_no_nul, -EPROTO, "is not NUL" },
	{ "long VERSION", VFU_VERSION, 0, e_version_long, -EPROTO, "msg_size 5000" },
	{ "unknown capability", VFU_VERSION, 0, e_unknown_caps, 0, NULL },
	{ "no capabilities", VFU_VERSION, 0, e_no_caps, 0, NULL },
	{ "no JSON", VFU_VERSION, 0, e_no_json, 0, NULL },
	{ "not PCI", VFU_DEVICE_GET_INFO, 0, e_not_pci, -EPROTO, "not a PCI device" },
	{ "2 regions", VFU_DEVICE_GET_INFO, 0, e_two_regions, -EPROTO, "num_regions is 2" },
	{ "many regions", VFU_DEVICE_GET_INFO, 0, e_million_regions, -EPROTO, "1000000" },
	{ "1 interrupt", VFU_DEVICE_GET_INFO, 0, e_one_irq, -EPROTO, "num_irqs is 1" },
	{ "argsz", VFU_GET_REGION_INFO, 0, e_region_argsz, -EPROTO, "argsz of region 0 is 16" },
	{ "read-only BAR", VFU_GET_REGION_INFO, 0, e_region_read_only, -EPROTO, "region 0 are 0x1" },
	{ "read-only config", VFU_GET_REGION_INFO, 6, e_region_read_only, -EPROTO, "region 7" },
	{ "region index", VFU_GET_REGION_INFO, 0, e_region_index, -EPROTO, "index is 5: 0 was" },
	{ "region size", VFU_GET_REGION_INFO, 2, e_region_size, -EPROTO, "size of region 2" },
	{ "config size", VFU_GET_REGION_INFO, 6, e_region_tiny, -EPROTO, "space is 8: must be 64" },
	{ "BAR size", VFU_GET_REGION_INFO, 0, e_region_tiny, -EINVAL,
	  "8 bytes: driver loop needs 4096" },
	{ "no eventfd", VFU_GET_IRQ_INFO, 0, e_irq_flags, -EPROTO, "flags 0x0" },
	{ "irq index", VFU_GET_IRQ_INFO, 0, e_irq_index, -EPROTO, "index is 1" },
	{ "no vectors", VFU_GET_IRQ_INFO, 0, e_irq_count, -EPROTO, "count 0" },
	{ "many vectors", VFU_GET_IRQ_INFO, 0, e_irq_count_huge, -EPROTO, "count 100000" },
	{ "vendor refused", VFU_REGION_READ, 0, e_error, -EBUSY, "space at 0x0 cannot be read" },
	{ "revision refused", VFU_REGION_READ, 4, e_error, -EBUSY, "space at 0x8 cannot be read" },
	{ "read region", VFU_REGION_READ, 0, e_rw_region, -EPROTO, NULL },
	{ "read count", VFU_REGION_READ, 0, e_rw_count, -EPROTO, NULL },
};

static void try_bad(const struct bad *b)
{
	struct nax_port *port;
	u64 from = nax_user_time_ns();
	int fds, rc;

	server_edit_next(&server, b->cmd, b->skip, b->edit);
	fds = count_fds();
	rc = nax_port_open(device, 0, &port, &err);
	if (rc != b->code || (b->text && !strstr(err.text, b->text)))
		fail_msg("%s: %d, expected %d: %s", b->name, rc, b->code, rc ? err.text : "");
	if (rc) {
		assert_null(port);
		assert_int_equal(err.code, rc);
	} else {
		nax_port_close(port);
	}
	assert_in_range((nax_user_time_ns() - from) / 1000000, 0, 4 * TIMEOUT_MS);
	server_hang_up(&server);
	/* the server's own end closes a little later */
	while (count_fds() > fds && nax_user_time_ns() - from < 5000000000ull)
		nax_user_sleep_us(1000);
	if (count_fds() > fds)
		fail_msg("%s: %d descriptors leaked", b->name, count_fds() - fds);
}

static void test_bad_frames(void **state)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bad_frames); i++)
		try_bad(&bad_frames[i]);
	/* the one command that is refused and not fatal was answered */
	assert_true(SERVER_GET(&server, refused) >= 1);
}

static void test_bad_contents(void **state)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bad_contents); i++)
		try_bad(&bad_contents[i]);
}

static void test_wrong_device(void **state)
{
	struct nax_port *port;

	server.dev.config[0] = 0x86;
	server.dev.config[1] = 0x80;
	assert_int_equal(nax_port_open(device, 0, &port, &err), -ENOTSUP);
	assert_non_null(strstr(err.text, "no driver knows device 8086:7fff"));
}

/* ---- finding the server ---- */

static void open_path(const char *path, int code, const char *text)
{
	struct nax_port *port;
	char name[300];
	int rc;

	snprintf(name, sizeof(name), "vfio-user:%s", path);
	rc = nax_port_open(name, 0, &port, &err);
	if (rc != code || !strstr(err.text, text))
		fail_msg("%s: %d, expected %d: %s", path, rc, code, err.text);
}

static void bind_socket(const char *path, int type, int *fd)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };

	strcpy(sa.sun_path, path);
	*fd = socket(AF_UNIX, type, 0);
	assert_int_equal(bind(*fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
}

static void test_paths(void **state)
{
	char path[128], longer[140];
	uid_t uid = geteuid();
	int fd;

	snprintf(path, sizeof(path), "%s/none", server.dir);
	open_path(path, -ENOENT, "No such file or directory");
	assert_non_null(strstr(err.text, path));
	open_path("", -EINVAL, "empty PATH");
	open_path("/dev/null", -ENOTSOCK, "/dev/null: not a socket");
	memset(longer, 'x', sizeof(longer));
	longer[139] = '\0';
	open_path(longer, -ENAMETOOLONG, "149 bytes: the limit is 127");
	longer[110] = '\0';
	open_path(longer, -ENAMETOOLONG, "110 bytes: the limit is 107");

	bind_socket(path, SOCK_STREAM, &fd);
	open_path(path, -ECONNREFUSED, "no server listens there");
	close(fd);
	open_path(path, -ECONNREFUSED, "no server listens there");
	unlink(path);
	bind_socket(path, SOCK_DGRAM, &fd);
	open_path(path, -EPROTOTYPE, "not a stream socket");
	close(fd);
	unlink(path);

	/* root may do anything, so it becomes somebody else for this one */
	chmod(server.path, 0);
	chmod(server.dir, 0755);
	if (!uid)
		assert_int_equal(seteuid(65534), 0);
	open_path(server.path, -EACCES, "Permission denied");
	if (!uid)
		assert_int_equal(seteuid(0), 0);
}

static void test_timeout_setting(void **state)
{
	static const char *const wrong[] = { "", "abc", "0", "60001", "12x", "-5" };
	struct nax_port *port;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		setenv("NAX_VFIO_USER_TIMEOUT_MS", wrong[i], 1);
		assert_int_equal(nax_port_open(device, 0, &port, &err), -EINVAL);
		assert_non_null(strstr(err.text, "must be 1 to 60000"));
	}
	unsetenv("NAX_VFIO_USER_TIMEOUT_MS");
	assert_int_equal(nax_port_open(device, 0, &port, &err), 0);
	nax_port_close(port);
}

static void test_two_clients(void **state)
{
	struct nax_port *first, *second;

	assert_int_equal(nax_port_open(device, 0, &first, &err), 0);
	assert_int_equal(nax_port_open(device, 0, &second, &err), -ETIMEDOUT);
	assert_non_null(strstr(err.text, "does it serve another client?"));
	nax_port_close(first);
	assert_int_equal(nax_port_open(device, 0, &second, &err), 0);
	nax_port_close(second);
}

#define CLIENT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, client_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CLIENT_TEST(test_bad_frames),
		CLIENT_TEST(test_bad_contents),
		CLIENT_TEST(test_wrong_device),
		CLIENT_TEST(test_paths),
		CLIENT_TEST(test_timeout_setting),
		CLIENT_TEST(test_two_clients),
	};

	loop_driver_register();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
