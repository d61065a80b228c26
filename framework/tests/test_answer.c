// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Family nax in user space: what messages say, what is refused, and the socket. */
#include <errno.h>
#include <linux/genetlink.h>
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
#include <libmnl/libmnl.h>
#include <nax/netlink.h>

#include "loop.h"
#include "message.h"
#include "port.h"

#define MESSAGES_MAX	64u

static struct loop dev;
static struct nax_port *port;
static struct nax_error err;
static char dir[64];

/* The answer to the last request. */
static struct {
	_Alignas(8) u8 data[MESSAGES_MAX][8192];
	size_t len[MESSAGES_MAX];
	u32 n;
} got;

static int setup(void **state)
{
	struct nax_port_config c;

	snprintf(dir, sizeof(dir), "/tmp/nax-answer.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	setenv("NAX_RUNTIME_DIR", dir, 1);
	loop_init(&dev);
	if (nax_port_open_sim(&loop_sim_ops, &dev, 0, &port, &err))
		return -1;
	nax_port_defaults(port, &c);
	c.rx_queues = 2;
	c.tx_queues = 2;
	return nax_port_start(port, &c, &err);
}

static int teardown(void **state)
{
	nax_port_close(port);
	pthread_mutex_destroy(&dev.lock);
	/* fails if a socket was left behind */
	return rmdir(dir);
}

static int keep(void *arg, const void *message, size_t len)
{
	assert_true(got.n < MESSAGES_MAX && len <= sizeof(got.data[0]));
	memcpy(got.data[got.n], message, len);
	got.len[got.n++] = len;
	return 0;
}

static const struct nlmsghdr *message(u32 i)
{
	assert_true(i < got.n);
	assert_true(mnl_nlmsg_ok((const struct nlmsghdr *)got.data[i], (int)got.len[i]));
	return (const struct nlmsghdr *)got.data[i];
}

static struct nlmsghdr *request(void *buf, u8 cmd, u16 flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *g;

	nlh->nlmsg_type = NAX_SOCKET_TYPE;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = 42;
	g = mnl_nlmsg_put_extra_header(nlh, sizeof(*g));
	g->cmd = cmd;
	return nlh;
}

static int ask(const struct nlmsghdr *nlh)
{
	got.n = 0;
	return nax_port_answer(port, nlh, nlh->nlmsg_len, keep, NULL);
}

static void ask_ok(u8 cmd, u16 flags)
{
	_Alignas(8) char buf[512];
	struct nlmsghdr *nlh = request(buf, cmd, flags);

	mnl_attr_put_u32(nlh, NAX_A_DEV_DEV_INDEX, port->index);
	assert_int_equal(ask(nlh), 0);
	assert_true(got.n > 0);
	assert_int_equal(message(0)->nlmsg_type, NAX_SOCKET_TYPE);
	assert_int_equal(message(0)->nlmsg_seq, 42);
}

static const struct nlattr *attr(const struct nlmsghdr *nlh, u16 type)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(a) == type)
			return a;
	fail_msg("attribute %u is missing", type);
	return NULL;
}

static u64 value(const struct nlmsghdr *nlh, u16 type)
{
	const struct nlattr *a = attr(nlh, type);

	return mnl_attr_get_payload_len(a) == 8 ? mnl_attr_get_u64(a) : mnl_attr_get_u32(a);
}

/* The answer is one error with this code and text. */
static void refused(int code, const char *text)
{
	const struct nlmsghdr *nlh = message(0);
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *a;
	const char *said = NULL;

	assert_int_equal(got.n, 1);
	assert_int_equal(nlh->nlmsg_type, NLMSG_ERROR);
	assert_int_equal(e->error, code);
	mnl_attr_for_each(a, nlh, sizeof(*e))
		if (mnl_attr_get_type(a) == NLMSGERR_ATTR_MSG)
			said = mnl_attr_get_str(a);
	assert_non_null(said);
	assert_string_equal(said, text);
}

static void all_limits(void **state)
{
	const struct nax_caps *caps = nax_port_caps(port);

	ask_ok(NAX_CMD_CAPS_GET, 0);
	assert_int_equal(got.n, 1);
#define SAME(field, name) \
	assert_int_equal(value(message(0), NAX_A_CAPS_##name), caps->field);
	NAX_CAPS_LIMITS(SAME)
	SAME(offloads, OFFLOADS)
	SAME(rss_types, RSS_TYPES)
	SAME(link_modes, LINK_MODES)
	assert_memory_equal(mnl_attr_get_payload(attr(message(0), NAX_A_CAPS_PERM_MAC)),
			    caps->perm_mac, 6);
}

static void device(void **state)
{
	struct nax_port_info info;

	nax_port_info(port, &info);
	ask_ok(NAX_CMD_DEV_GET, NLM_F_ACK);
	assert_int_equal(got.n, 2);
	assert_int_equal(value(message(0), NAX_A_DEV_STATE), NAX_DEV_STATE_UP);
	assert_int_equal(value(message(0), NAX_A_DEV_VENDOR_ID), LOOP_VENDOR);
	assert_int_equal(value(message(0), NAX_A_DEV_RX_QUEUES), 2);
	assert_int_equal(value(message(0), NAX_A_DEV_MTU), info.config.mtu);
	assert_string_equal(mnl_attr_get_str(attr(message(0), NAX_A_DEV_DRIVER)), info.driver);
	assert_int_equal(message(1)->nlmsg_type, NLMSG_ERROR);
	assert_int_equal(((struct nlmsgerr *)mnl_nlmsg_get_payload(message(1)))->error, 0);
}

static void queues(void **state)
{
	struct nax_queue_stats s;
	const struct nlattr *a;
	u32 i, counters = 0;

	ask_ok(NAX_CMD_QUEUE_GET, NLM_F_DUMP);
	assert_int_equal(got.n, 5);
	for (i = 0; i < 4; i++) {
		assert_int_equal(value(message(i), NAX_A_QUEUE_TYPE),
				 i < 2 ? NAX_QUEUE_TYPE_RX : NAX_QUEUE_TYPE_TX);
		assert_int_equal(value(message(i), NAX_A_QUEUE_ID), i % 2);
		assert_int_equal(value(message(i), NAX_A_QUEUE_STATE), NAX_QUEUE_STATE_RUNNING);
		assert_true(message(i)->nlmsg_flags & NLM_F_MULTI);
	}
	assert_int_equal(message(4)->nlmsg_type, NLMSG_DONE);
	assert_int_equal(nax_port_queue_stats(port, true, 0, &s), 0);
	mnl_attr_for_each_nested(a, attr(message(0), NAX_A_QUEUE_STATS)) {
		counters++;
		if (mnl_attr_get_type(a) == NAX_A_QUEUE_STATS_DOORBELLS)
			assert_int_equal(mnl_attr_get_u32(a), s.doorbells);
	}
	assert_int_equal(counters, NAX_A_QUEUE_STATS_MAX);
	/* a receive queue has all descriptors but one with the device */
	assert_int_equal(value(message(0), NAX_A_QUEUE_DESCS_USED),
			 value(message(0), NAX_A_QUEUE_DESCS) - 1);
	assert_int_equal(value(message(2), NAX_A_QUEUE_DESCS_USED), 0);
}

static void one_queue(void **state)
{
	_Alignas(8) char buf[512];
	struct nlmsghdr *nlh = request(buf, NAX_CMD_QUEUE_GET, 0);

	mnl_attr_put_strz(nlh, NAX_A_DEV_DEV_NAME, "sim");
	mnl_attr_put_u32(nlh, NAX_A_QUEUE_TYPE, NAX_QUEUE_TYPE_TX);
	mnl_attr_put_u32(nlh, NAX_A_QUEUE_ID, 1);
	assert_int_equal(ask(nlh), 0);
	assert_int_equal(value(message(0), NAX_A_QUEUE_ID), 1);
	assert_int_equal(value(message(0), NAX_A_QUEUE_TYPE), NAX_QUEUE_TYPE_TX);

	nlh = request(buf, NAX_CMD_QUEUE_GET, 0);
	mnl_attr_put_strz(nlh, NAX_A_DEV_DEV_NAME, "sim");
	mnl_attr_put_u32(nlh, NAX_A_QUEUE_TYPE, NAX_QUEUE_TYPE_RX);
	mnl_attr_put_u32(nlh, NAX_A_QUEUE_ID, 2);
	ask(nlh);
	refused(-ENOENT, "id is 2: 2 rx queues are in use");
	nlh = request(buf, NAX_CMD_QUEUE_GET, 0);
	mnl_attr_put_strz(nlh, NAX_A_DEV_DEV_NAME, "sim");
	mnl_attr_put_u32(nlh, NAX_A_QUEUE_TYPE, 2);
	mnl_attr_put_u32(nlh, NAX_A_QUEUE_ID, 0);
	ask(nlh);
	refused(-EINVAL, "type is 2: must be 0 (rx) or 1 (tx)");
}

static void bad_requests(void **state)
{
	_Alignas(8) char buf[512];
	struct nlmsghdr *nlh = request(buf, NAX_CMD_CAPS_GET, 0);

	ask(nlh);
	refused(-EINVAL, "dev-index or dev-name must name a device");
	mnl_attr_put_u32(nlh, NAX_A_DEV_DEV_INDEX, 4000000000u);
	ask(nlh);
	refused(-ENODEV, "dev-index is 4000000000: no such device");
	nlh = request(buf, NAX_CMD_CAPS_GET, 0);
	mnl_attr_put_u16(nlh, NAX_A_DEV_DEV_INDEX, 1);
	ask(nlh);
	refused(-ERANGE, "dev-index has 2 bytes: must have 4 to 4");
	nlh = request(buf, NAX_CMD_CAPS_GET, 0);
	mnl_attr_put_str(nlh, NAX_A_DEV_DEV_NAME, "sim");
	ask(nlh);
	refused(-EINVAL, "dev-name has no NUL at its end");
	nlh = request(buf, NAX_CMD_CAPS_GET, 0);
	mnl_attr_put_u32(nlh, NAX_A_QUEUE_TYPE, 1);
	ask(nlh);
	refused(-EINVAL, "attribute 3 is not known to command 2");
	nlh = request(buf, NAX_CMD_EVENT_NTF, 0);
	ask(nlh);
	refused(-EOPNOTSUPP, "cmd is 10: must be 1 to 9");
	nlh = request(buf, NAX_CMD_REGISTER_GET, 0);
	ask(nlh);
	refused(-EOPNOTSUPP, "cmd 9 is for dumps only");
	nlh = request(buf, NAX_CMD_DEV_GET, 0);
	((struct genlmsghdr *)mnl_nlmsg_get_payload(nlh))->reserved = 7;
	ask(nlh);
	refused(-EINVAL, "reserved is 7: must be 0");
	nlh = request(buf, NAX_CMD_DEV_GET, 0);
	nlh->nlmsg_type = 33;
	ask(nlh);
	refused(-ENOENT, "nlmsg_type is 33: must be 32");
	nlh = request(buf, NAX_CMD_FAULT_RECORD_GET, NLM_F_DUMP);
	mnl_attr_put_strz(nlh, NAX_A_DEV_DEV_NAME, "sim");
	ask(nlh);
	refused(-ENODATA, "no step of recovery was taken");
}

/* Of a request cut at any byte there is an error or nothing, never an answer. */
static void cut_requests(void **state)
{
	_Alignas(8) char buf[512];
	struct nlmsghdr *nlh = request(buf, NAX_CMD_DEV_GET, NLM_F_ACK);
	u32 whole, len;
	int rc;

	mnl_attr_put_strz(nlh, NAX_A_DEV_DEV_NAME, "sim");
	whole = nlh->nlmsg_len;
	for (len = 0; len < whole; len++) {
		got.n = 0;
		nlh->nlmsg_len = whole;
		assert_int_equal(nax_port_answer(port, nlh, len, keep, NULL), -EBADMSG);
		assert_int_equal(got.n, 0);
		nlh->nlmsg_len = len;
		rc = nax_port_answer(port, nlh, len, keep, NULL);
		assert_true(rc == -EBADMSG || message(0)->nlmsg_type == NLMSG_ERROR);
	}
	assert_int_equal(nax_port_answer(port, nlh, 4096, keep, NULL), -EBADMSG);
}

static u32 next_random(u32 *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Whatever is asked, every message of the answer is one. */
static void mutated_requests(void **state)
{
	_Alignas(8) u8 buf[512];
	u32 seed = 1, round, i, n;
	struct nlmsghdr *nlh;

	for (round = 0; round < 20000; round++) {
		memset(buf, 0, sizeof(buf));
		nlh = request(buf, (u8)(1 + next_random(&seed) % 9),
			      next_random(&seed) & 1 ? NLM_F_DUMP : 0);
		mnl_attr_put_u32(nlh, NAX_A_DEV_DEV_INDEX, port->index);
		mnl_attr_put_strz(nlh, NAX_A_DEV_DEV_NAME, "sim");
		n = nlh->nlmsg_len;
		for (i = next_random(&seed) % 4; i; i--)
			buf[next_random(&seed) % n] = (u8)next_random(&seed);
		got.n = 0;
		nax_port_answer(port, buf, n, keep, NULL);
		for (i = 0; i < got.n; i++)
			assert_true(mnl_nlmsg_ok(message(i), (int)got.len[i]));
	}
}

static const struct nax_msg_dev small_dev = { .index = 1, .name = "x" };

/* All records arrive once and in their order, whatever the size of a message. */
static void parts(void **state)
{
	struct nax_diag *d = calloc(1, sizeof(*d));
	struct nax_msg_part part = { .dump = d };
	_Alignas(8) u8 buf[512];
	struct nax_msg m;
	u32 size, i, at;

	assert_non_null(d);
	d->n = 50;
	d->lost = 3;
	for (i = 0; i < d->n; i++) {
		snprintf(d->rec[i].name, NAX_DIAG_NAME, "R%u", i);
		d->rec[i].value = i % 2 ? (u64)i << 40 : i;
	}
	for (size = 0; size <= sizeof(buf); size += 4) {
		part.next = 0;
		at = 0;
		do {
			m = (struct nax_msg){ .data = buf, .size = size };
			i = part.next;
			if (nax_msg_fill(&m, NAX_CMD_REGISTER_GET, port->adapter, &small_dev,
					 &part) < 0) {
				assert_int_equal(m.len, 0);
				assert_int_equal(part.next, i);
				assert_true(size < 64);
				break;
			}
			assert_true(m.len <= size && m.len % 4 == 0);
			at += part.next - i;
		} while (part.more);
		if (size >= 64) {
			assert_int_equal(at, 50);
			assert_int_equal(part.next, 50);
		}
	}
	free(d);
}

static void foreign_text(void **state)
{
	const struct nax_msg_dev dev_text = { .index = 1, .name = "a\x1b[2J\xff" };
	_Alignas(8) u8 buf[256];
	struct nax_msg m = { .data = buf, .size = sizeof(buf) };

	assert_int_equal(nax_msg_fill_event(&m, &dev_text, NAX_EVENT_RESET, "why"), 0);
	assert_string_equal((char *)buf + 8 + 4, "a?[2J?");
	m = (struct nax_msg){ .data = buf, .size = 16 };
	assert_int_equal(nax_msg_fill_event(&m, &dev_text, NAX_EVENT_RESET, "why"), -EMSGSIZE);
}

static void connect_to(int *fd)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const struct timeval limit = { .tv_sec = 5 };

	snprintf(to.sun_path, sizeof(to.sun_path), "%s/%d.sock", dir, getpid());
	*fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	assert_int_equal(connect(*fd, (struct sockaddr *)&to, sizeof(to)), 0);
}

/* Return: bytes of the answer's first message; 0: the other side hung up. */
static ssize_t talk(int fd, const void *data, size_t len)
{
	assert_int_equal(send(fd, data, len, MSG_NOSIGNAL), (ssize_t)len);
	return recv(fd, got.data[0], sizeof(got.data[0]), 0);
}

static void socket_serves(void **state)
{
	_Alignas(8) char buf[512];
	struct nlmsghdr *nlh = request(buf, NAX_CMD_DEV_GET, 0);
	struct stat st;
	char path[96];
	int fd, bad;
	u8 junk[2000];

	assert_int_equal(nax_port_serve(port, "tap0", &err), 0);
	assert_int_equal(nax_port_serve(port, NULL, &err), -EALREADY);
	snprintf(path, sizeof(path), "%s/%d.sock", dir, getpid());
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	mnl_attr_put_strz(nlh, NAX_A_DEV_DEV_NAME, "tap0");
	connect_to(&fd);
	got.len[0] = (size_t)talk(fd, nlh, nlh->nlmsg_len);
	got.n = 1;
	assert_string_equal(mnl_attr_get_str(attr(message(0), NAX_A_DEV_NETDEV)), "tap0");
	/* what is no request ends its own connection and no other */
	connect_to(&bad);
	memset(junk, 0xff, sizeof(junk));
	assert_int_equal(talk(bad, junk, sizeof(junk)), 0);
	close(bad);
	connect_to(&bad);
	assert_int_equal(talk(bad, junk, 3), 0);
	close(bad);
	assert_true(talk(fd, nlh, nlh->nlmsg_len) > 0);
	close(fd);
}

/* More clients than are served at a time: the last waits until another goes. */
static void socket_is_full(void **state)
{
	_Alignas(8) char buf[512];
	struct nlmsghdr *nlh = request(buf, NAX_CMD_CAPS_GET, 0);
	int fd[9], i;

	assert_int_equal(nax_port_serve(port, NULL, &err), 0);
	mnl_attr_put_u32(nlh, NAX_A_DEV_DEV_INDEX, port->index);
	for (i = 0; i < 8; i++) {
		connect_to(&fd[i]);
		assert_true(talk(fd[i], nlh, nlh->nlmsg_len) > 0);
	}
	connect_to(&fd[8]);
	assert_int_equal(send(fd[8], nlh, nlh->nlmsg_len, MSG_NOSIGNAL), (ssize_t)nlh->nlmsg_len);
	assert_int_equal(recv(fd[8], buf, sizeof(buf), MSG_DONTWAIT), -1);
	close(fd[0]);
	assert_true(recv(fd[8], got.data[0], sizeof(got.data[0]), 0) > 0);
	for (i = 1; i < 9; i++)
		close(fd[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_limits),    TEST(device),	  TEST(queues),
		TEST(one_queue),     TEST(bad_requests),  TEST(cut_requests),
		TEST(mutated_requests), TEST(parts),	  TEST(foreign_text),
		TEST(socket_serves), TEST(socket_is_full),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	loop_driver_register();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
