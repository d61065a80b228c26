// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Asking the kernel, a program's socket, or a port of this program, by libmnl's messages. */
#include <errno.h>
#include <glob.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "source.h"

#define REQUEST_MAX	512
/* The kernel fills a dump's messages up to 32 KiB */
#define ANSWER_MAX	(64u * 1024)
/* For the whole answer, and for that to somebody who wants to come to an end. */
#define ANSWER_LIMIT_S	10u
#define STOPPING_LIMIT_S	1u
#define ANSWER_STEP_US	100000

/**
 * struct source - who is asked
 * @nl: the kernel, or NULL
 * @family: number of the family there
 * @fd: a program's socket, or -1
 * @port: a port of this program, or NULL
 * @own: @port goes with it
 * @index: the device's number; 0 while it is asked for by @name
 * @name: its name
 * @seq: of the last request
 * @in: an answer
 */
struct source {
	struct mnl_socket *nl;
	u16 family;
	int fd;
	struct nax_port *port;
	bool own;
	u32 index;
	char name[128];
	u32 seq;
	_Alignas(8) char in[ANSWER_MAX];
};

/** struct question - a request under way */
struct question {
	struct source *s;
	void (*fn)(const struct nlmsghdr *nlh, void *arg);
	void *arg;
	struct nax_error *err;
	u32 seq;
	int rc;
};

static int on_message(const struct nlmsghdr *nlh, void *data)
{
	struct question *q = data;

	if (mnl_nlmsg_get_payload_len(nlh) >= GENL_HDRLEN)
		q->fn(nlh, q->arg);
	return MNL_CB_OK;
}

/* An error has its text, or there is only its number; 0 is the acknowledgement. */
static int on_error(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	const char *text = NULL;
	struct question *q = data;
	const struct nlattr *a;
	size_t skip;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e)) {
		q->rc = -EBADMSG;
		return MNL_CB_STOP;
	}
	q->rc = e->error > 0 ? -e->error : e->error;
	skip = sizeof(*e);
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && e->msg.nlmsg_len >= sizeof(e->msg))
		skip += e->msg.nlmsg_len - sizeof(e->msg);
	if (q->rc && nlh->nlmsg_flags & NLM_F_ACK_TLVS && skip < mnl_nlmsg_get_payload_len(nlh))
		mnl_attr_for_each(a, nlh, skip)
			if (mnl_attr_get_type(a) == NLMSGERR_ATTR_MSG &&
			    mnl_attr_validate(a, MNL_TYPE_NUL_STRING) >= 0)
				text = mnl_attr_get_str(a);
	if (q->rc && q->err) {
		q->err->code = q->rc;
		snprintf(q->err->text, sizeof(q->err->text), "%s", text ? text : strerror(-q->rc));
		cli_printable(q->err->text);
	}
	return MNL_CB_STOP;
}

/* A dump that fails at its start says so in its end; libmnl has checked its length. */
static int on_done(const struct nlmsghdr *nlh, void *data)
{
	struct question *q = data;
	int code = 0;

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(code))
		memcpy(&code, mnl_nlmsg_get_payload(nlh), sizeof(code));
	if (code < 0)
		q->rc = code;
	return MNL_CB_STOP;
}

/* libmnl does not write to it, but does not say so */
static mnl_cb_t controls[NLMSG_MIN_TYPE] = {
	[NLMSG_ERROR] = on_error,
	[NLMSG_DONE] = on_done,
};

/* Return: MNL_CB_OK: more will come. */
static int take(struct question *q, const void *data, size_t len)
{
	int rc = mnl_cb_run2(data, len, q->seq, 0, on_message, q, controls, NLMSG_MIN_TYPE);

	if (rc < 0)
		q->rc = -errno;
	return rc;
}

static int take_answer(void *arg, const void *message, size_t len)
{
	struct question *q = arg;

	return take(q, message, len) < 0 ? q->rc : 0;
}

static int receive(struct question *q)
{
	u64 start = cli_time();
	struct source *s = q->s;
	ssize_t n;

	do {
		if (cli_time() - start > NSEC_PER_SEC *
		    (cli_stopping() ? STOPPING_LIMIT_S : ANSWER_LIMIT_S))
			return -ETIMEDOUT;
		n = s->nl ? mnl_socket_recvfrom(s->nl, s->in, sizeof(s->in)) :
			    recv(s->fd, s->in, sizeof(s->in), 0);
		if (!n)
			return -ECONNRESET;
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
	} while (n < 0 || take(q, s->in, (size_t)n) == MNL_CB_OK);
	return q->rc;
}

static int exchange(struct question *q, const struct nlmsghdr *nlh)
{
	struct source *s = q->s;
	ssize_t n;
	int rc;

	if (s->port) {
		rc = nax_port_answer(s->port, nlh, nlh->nlmsg_len, take_answer, q);
		return rc ? rc : q->rc;
	}
	n = s->nl ? mnl_socket_sendto(s->nl, nlh, nlh->nlmsg_len) :
		    send(s->fd, nlh, nlh->nlmsg_len, MSG_NOSIGNAL);
	return n < 0 ? -errno : receive(q);
}

static struct nlmsghdr *request(struct source *s, void *buf, u16 type, u8 cmd, bool dump)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *g;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = (u16)(NLM_F_REQUEST | (dump ? NLM_F_DUMP : NLM_F_ACK));
	nlh->nlmsg_seq = ++s->seq;
	g = mnl_nlmsg_put_extra_header(nlh, sizeof(*g));
	g->cmd = cmd;
	g->version = 1;
	return nlh;
}

int source_ask(struct source *s, u8 cmd, bool dump, void (*fn)(const struct nlmsghdr *nlh, void *arg),
	       void *arg, struct nax_error *err)
{
	struct question q = { .s = s, .fn = fn, .arg = arg, .err = err };
	_Alignas(8) char buf[REQUEST_MAX];
	struct nlmsghdr *nlh = request(s, buf, s->family, cmd, dump);
	int rc;

	if (s->index)
		mnl_attr_put_u32(nlh, NAX_A_DEV_DEV_INDEX, s->index);
	else
		mnl_attr_put_strz(nlh, NAX_A_DEV_DEV_NAME, s->name);
	q.seq = nlh->nlmsg_seq;
	if (err)
		err->text[0] = '\0';
	rc = exchange(&q, nlh);
	if (rc && err && !err->text[0]) {
		err->code = rc;
		snprintf(err->text, sizeof(err->text), "%s", strerror(-rc));
	}
	return rc;
}

static void on_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(a) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_validate(a, MNL_TYPE_U16) >= 0)
			*(u16 *)arg = mnl_attr_get_u16(a);
}

static int ask_family(struct source *s)
{
	struct question q = { .s = s, .fn = on_family, .arg = &s->family };
	_Alignas(8) char buf[REQUEST_MAX];
	struct nlmsghdr *nlh = request(s, buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, false);
	int rc;

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NAX_FAMILY_NAME);
	q.seq = nlh->nlmsg_seq;
	rc = exchange(&q, nlh);
	return !rc && !s->family ? -EPROTO : rc;
}

static struct source *source_new(const char *name)
{
	struct source *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->fd = -1;
	s->family = NAX_SOCKET_TYPE;
	snprintf(s->name, sizeof(s->name), "%s", name);
	return s;
}

static int set_limit(int fd)
{
	const struct timeval step = { .tv_usec = ANSWER_STEP_US };
	const struct timeval limit = { .tv_sec = ANSWER_LIMIT_S };

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &step, sizeof(step)) ||
	       setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) ? -errno : 0;
}

static int connect_kernel(struct source *s)
{
	int on = 1;

	s->nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!s->nl)
		return -errno;
	if (mnl_socket_bind(s->nl, 0, MNL_SOCKET_AUTOPID))
		return -errno;
	/* older kernels know no texts */
	mnl_socket_setsockopt(s->nl, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(s->nl, NETLINK_CAP_ACK, &on, sizeof(on));
	s->family = 0;
	return set_limit(mnl_socket_get_fd(s->nl)) ? -errno : ask_family(s);
}

static int connect_program(struct source *s, const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	strcpy(to.sun_path, path);
	s->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || set_limit(s->fd))
		return -errno;
	return connect(s->fd, (const struct sockaddr *)&to, sizeof(to)) ? -errno : 0;
}

static void on_dev(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, nlh, GENL_HDRLEN)
		if (mnl_attr_get_type(a) == NAX_A_DEV_DEV_INDEX &&
		    mnl_attr_validate(a, MNL_TYPE_U32) >= 0)
			*(u32 *)arg = mnl_attr_get_u32(a);
}

/* Whether it knows the device; from now on it is asked by number. */
static bool knows(struct source *s)
{
	u32 index = 0;

	if (source_ask(s, NAX_CMD_DEV_GET, false, on_dev, &index, NULL) || !index)
		return false;
	s->index = index;
	return true;
}

/* Where programs have their sockets, see nax_port_serve(). */
static void glob_sockets(glob_t *found)
{
	const char *set = secure_getenv("NAX_RUNTIME_DIR"), *user = secure_getenv("XDG_RUNTIME_DIR");
	char pattern[256];

	if (set) {
		snprintf(pattern, sizeof(pattern), "%s/*.sock", set);
		glob(pattern, 0, NULL, found);
		return;
	}
	glob("/run/nax/*.sock", 0, NULL, found);
	if (!geteuid())
		snprintf(pattern, sizeof(pattern), "/run/user/*/nax/*.sock");
	else if (user)
		snprintf(pattern, sizeof(pattern), "%s/nax/*.sock", user);
	else
		return;
	glob(pattern, GLOB_APPEND, NULL, found);
}

static struct source *find_program(const char *name)
{
	struct source *s = NULL;
	glob_t found = { 0 };
	size_t i;

	glob_sockets(&found);
	for (i = 0; i < found.gl_pathc && !cli_stopping(); i++) {
		s = source_new(name);
		if (s && !connect_program(s, found.gl_pathv[i]) && knows(s))
			break;
		source_close(s);
		s = NULL;
	}
	globfree(&found);
	return s;
}

static struct source *find_kernel(const char *name)
{
	struct source *s = source_new(name);

	if (s && !connect_kernel(s) && knows(s))
		return s;
	source_close(s);
	return NULL;
}

static struct source *find(const char *name)
{
	struct source *s;

	if (strlen(name) >= sizeof(s->name))
		return NULL;
	s = find_kernel(name);
	return s ? s : find_program(name);
}

struct source *source_open(struct cli *cli, const char *name)
{
	struct source *s = find(name);
	struct nax_port *port;

	if (s)
		return s;
	if (!strchr(name, ':')) {
		cli_fail(cli, "%.150s: neither the kernel nor a program that drives a device knows it, and DEV is not vfio-user:PATH",
			 name);
		return NULL;
	}
	port = cli_open(cli, name);
	if (!port)
		return NULL;
	s = source_of_port(port);
	if (s) {
		s->own = true;
		return s;
	}
	nax_port_close(port);
	cli_fail(cli, "out of memory");
	return NULL;
}

struct source *source_of_port(struct nax_port *port)
{
	struct nax_port_info info;
	struct source *s;

	nax_port_info(port, &info);
	s = source_new(info.name);
	if (s)
		s->port = port;
	return s;
}

struct nax_port *source_port(const struct source *s)
{
	return s->port;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	if (s->nl)
		mnl_socket_close(s->nl);
	if (s->fd >= 0)
		close(s->fd);
	if (s->own)
		nax_port_close(s->port);
	free(s);
}
