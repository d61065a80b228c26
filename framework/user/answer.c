// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Answers to requests of family nax: what generic netlink does in the kernel. A request comes from
 * another process, so it is copied, its every length is looked at, and what is wrong is named. What
 * an answer says is the core's.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <nax/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "message.h"
#include "poll_context.h"
#include "port.h"

#define REQUEST_MAX	512u
/* Large enough for a counter of NAX_STAT_NAME_MAX bytes for each of NAX_HW_STATS_MAX. */
#define ANSWER_MAX	(16u * 1024)
#define HEADERS		(NLMSG_HDRLEN + GENL_HDRLEN)

/**
 * struct request - a request and its answer
 * @header: its netlink header
 * @cmd: NAX_CMD_*_GET
 * @dump: of all devices, or with all parts
 * @attr: attributes by number, NULL: not given
 * @wrong: offset of the attribute that is wrong, 0: none
 * @err: what is wrong
 * @send: where answers go
 * @arg: for @send
 * @out: the answer under way
 * @in: copy of the request
 */
struct request {
	struct nlmsghdr header;
	u8 cmd;
	bool dump;
	const struct nlattr *attr[NAX_A_QUEUE_ID + 1];
	u32 wrong;
	struct nax_error err;
	nax_answer_fn send;
	void *arg;
	_Alignas(8) u8 out[ANSWER_MAX];
	_Alignas(8) u8 in[REQUEST_MAX];
};

/** struct attr_rule - what an attribute must be */
struct attr_rule {
	const char *name;
	u16 least;
	u16 most;
	bool text;
	bool queue;	/* only NAX_CMD_QUEUE_GET knows it */
};

static const struct attr_rule attr_rules[] = {
	[NAX_A_QUEUE_DEV_INDEX] = { "dev-index", 4, 4, false, false },
	[NAX_A_QUEUE_DEV_NAME] = { "dev-name", 1, 128, true, false },
	[NAX_A_QUEUE_TYPE] = { "type", 4, 4, false, true },
	[NAX_A_QUEUE_ID] = { "id", 4, 4, false, true },
};

static const void *attr_data(const struct nlattr *a)
{
	return (const u8 *)a + NLA_HDRLEN;
}

static u32 attr_u32(const struct nlattr *a)
{
	u32 v;

	memcpy(&v, attr_data(a), sizeof(v));
	return v;
}

static int check_attr(struct request *r, const struct nlattr *a)
{
	u16 len = (u16)(a->nla_len - NLA_HDRLEN), type = a->nla_type;
	const struct attr_rule *rule;

	if (type >= ARRAY_SIZE(attr_rules) || !attr_rules[type].name ||
	    (attr_rules[type].queue && r->cmd != NAX_CMD_QUEUE_GET))
		return nax_error_set(&r->err, -EINVAL, "attribute %u is not known to command %u",
				     type, r->cmd);
	rule = &attr_rules[type];
	if (len < rule->least || len > rule->most)
		return nax_error_set(&r->err, -ERANGE, "%s has %u bytes: must have %u to %u",
				     rule->name, len, rule->least, rule->most);
	if (rule->text && !memchr(attr_data(a), '\0', len))
		return nax_error_set(&r->err, -EINVAL, "%s has no NUL at its end", rule->name);
	r->attr[type] = a;
	return 0;
}

static int parse_attrs(struct request *r)
{
	u32 at = HEADERS, end = r->header.nlmsg_len;
	const struct nlattr *a;
	int rc;

	while (at < end) {
		a = (const struct nlattr *)(r->in + at);
		r->wrong = at;
		if (end - at < NLA_HDRLEN || a->nla_len < NLA_HDRLEN || a->nla_len > end - at)
			return nax_error_set(&r->err, -EINVAL,
					     "attribute at byte %u does not fit in the message", at);
		rc = check_attr(r, a);
		if (rc)
			return rc;
		at += NLA_ALIGN(a->nla_len);
	}
	r->wrong = 0;
	return 0;
}

static int parse(struct request *r)
{
	const struct genlmsghdr *g = (const struct genlmsghdr *)(r->in + NLMSG_HDRLEN);

	if (r->header.nlmsg_type != NAX_SOCKET_TYPE)
		return nax_error_set(&r->err, -ENOENT, "nlmsg_type is %u: must be %u",
				     r->header.nlmsg_type, NAX_SOCKET_TYPE);
	if (!(r->header.nlmsg_flags & NLM_F_REQUEST))
		return nax_error_set(&r->err, -EINVAL, "nlmsg_flags is 0x%x: NLM_F_REQUEST is missing",
				     r->header.nlmsg_flags);
	if (r->header.nlmsg_len < HEADERS)
		return nax_error_set(&r->err, -EINVAL, "nlmsg_len is %u: must be at least %u",
				     r->header.nlmsg_len, (u32)HEADERS);
	r->cmd = g->cmd;
	r->dump = (r->header.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	if (g->cmd < NAX_CMD_DEV_GET || g->cmd > NAX_CMD_REGISTER_GET)
		return nax_error_set(&r->err, -EOPNOTSUPP, "cmd is %u: must be %u to %u", g->cmd,
				     NAX_CMD_DEV_GET, NAX_CMD_REGISTER_GET);
	if (g->reserved)
		return nax_error_set(&r->err, -EINVAL, "reserved is %u: must be 0", g->reserved);
	if (nax_msg_is_dump(g->cmd) && !r->dump)
		return nax_error_set(&r->err, -EOPNOTSUPP, "cmd %u is for dumps only", g->cmd);
	return parse_attrs(r);
}

/* Send r->out, whose header and payload make @len bytes. */
static int send_out(struct request *r, u16 type, u16 flags, u32 len)
{
	const struct nlmsghdr h = {
		.nlmsg_len = len,
		.nlmsg_type = type,
		.nlmsg_flags = flags,
		.nlmsg_seq = r->header.nlmsg_seq,
		.nlmsg_pid = r->header.nlmsg_pid,
	};

	memcpy(r->out, &h, sizeof(h));
	return r->send(r->arg, r->out, len);
}

static u32 put_attr(u8 *to, u16 type, const void *data, u32 len)
{
	const struct nlattr a = { (u16)(NLA_HDRLEN + len), type };

	memset(to, 0, NLA_ALIGN(a.nla_len));
	memcpy(to, &a, sizeof(a));
	memcpy(to + NLA_HDRLEN, data, len);
	return NLA_ALIGN(a.nla_len);
}

/* An error with its text and place, or with code 0 an acknowledgement. */
static int send_error(struct request *r)
{
	const struct nlmsgerr e = { .error = r->err.code, .msg = r->header };
	u32 len = NLMSG_HDRLEN + sizeof(e);
	u16 flags = NLM_F_CAPPED;

	memcpy(r->out + NLMSG_HDRLEN, &e, sizeof(e));
	if (r->err.code) {
		flags |= NLM_F_ACK_TLVS;
		len += put_attr(r->out + len, NLMSGERR_ATTR_MSG, r->err.text,
				(u32)strlen(r->err.text) + 1);
		if (r->wrong)
			len += put_attr(r->out + len, NLMSGERR_ATTR_OFFS, &r->wrong,
					sizeof(r->wrong));
	}
	return send_out(r, NLMSG_ERROR, flags, len);
}

static int send_done(struct request *r)
{
	const int result = 0;

	memcpy(r->out + NLMSG_HDRLEN, &result, sizeof(result));
	return send_out(r, NLMSG_DONE, NLM_F_MULTI, NLMSG_HDRLEN + sizeof(result));
}

/* One message with the next part. Return: 1, 0 if there is none, or -errno. */
static int send_part(struct request *r, struct nax_port *port, struct nax_msg_part *part)
{
	const struct genlmsghdr g = { .cmd = r->cmd, .version = NAX_FAMILY_VERSION };
	const struct nax_msg_dev dev = {
		.index = port->index,
		.name = port->name,
		.netdev = port->netdev,
		.bus_address = port->name,
		.model = port->id->name,
		.instruction_set = port->vectors ? port->vectors->set : "none",
	};
	struct nax_msg m = { .data = r->out + HEADERS, .size = ANSWER_MAX - HEADERS };
	int rc;

	memcpy(r->out + NLMSG_HDRLEN, &g, sizeof(g));
	pthread_mutex_lock(&port->lock);
	rc = nax_msg_fill(&m, r->cmd, port->adapter, &dev, part);
	pthread_mutex_unlock(&port->lock);
	if (rc <= 0)
		return rc;
	rc = send_out(r, NAX_SOCKET_TYPE, r->dump ? NLM_F_MULTI : 0, (u32)HEADERS + m.len);
	return rc ? rc : 1;
}

static int select_queue(struct request *r, struct nax_port *port, struct nax_msg_part *part)
{
	const struct nlattr *type = r->attr[NAX_A_QUEUE_TYPE], *id = r->attr[NAX_A_QUEUE_ID];
	int rc;

	if (!type || !id)
		return nax_error_set(&r->err, -EINVAL, "type and id must name a queue");
	pthread_mutex_lock(&port->lock);
	rc = nax_msg_select_queue(port->adapter, attr_u32(type), attr_u32(id), part, &r->err);
	pthread_mutex_unlock(&port->lock);
	if (rc)
		r->wrong = (u32)((const u8 *)(rc == -ENOENT ? id : type) - r->in);
	return rc;
}

static int answer_port(struct request *r, struct nax_port *port)
{
	struct nax_msg_part part = { 0 };
	struct nax_diag *dump = NULL;
	int rc = 0;

	if (r->cmd == NAX_CMD_QUEUE_GET && !r->dump)
		rc = select_queue(r, port, &part);
	if (nax_msg_is_dump(r->cmd)) {
		dump = calloc(1, sizeof(*dump));
		if (!dump)
			return -ENOMEM;
		part.dump = dump;
		pthread_mutex_lock(&port->lock);
		rc = nax_msg_take_dump(port->adapter, r->cmd, dump, &r->err);
		pthread_mutex_unlock(&port->lock);
	}
	while (!r->err.code) {
		rc = send_part(r, port, &part);
		if (rc <= 0 || !r->dump || !part.more)
			break;
	}
	free(dump);
	/* what is refused has its text; anything else ends the connection */
	return r->err.code || rc > 0 ? 0 : rc;
}

/* Also the network device that it is connected to names a port. */
static bool is_named(const struct nax_port *port, const char *name)
{
	return !strcmp(port->name, name) || (port->netdev[0] && !strcmp(port->netdev, name));
}

static struct nax_port *find(struct request *r, struct nax_port *const *port, u32 n)
{
	const struct nlattr *index = r->attr[NAX_A_DEV_DEV_INDEX];
	const struct nlattr *name = r->attr[NAX_A_DEV_DEV_NAME];
	u32 i;

	for (i = 0; i < n; i++)
		if ((!index || port[i]->index == attr_u32(index)) &&
		    (!name || is_named(port[i], attr_data(name))))
			return port[i];
	r->wrong = (u32)((const u8 *)(index ? index : name) - r->in);
	if (index)
		nax_error_set(&r->err, -ENODEV, "dev-index is %u: no such device%s",
			      attr_u32(index), name ? " with this dev-name" : "");
	else
		nax_error_set(&r->err, -ENODEV, "dev-name is %.100s: no such device",
			      (const char *)attr_data(name));
	return NULL;
}

static int answer_devices(struct request *r, struct nax_port *const *port, u32 n)
{
	struct nax_port *one;
	int rc = 0;
	u32 i;

	if (r->attr[NAX_A_DEV_DEV_INDEX] || r->attr[NAX_A_DEV_DEV_NAME]) {
		one = find(r, port, n);
		return one ? answer_port(r, one) : 0;
	}
	if (!r->dump || nax_msg_is_dump(r->cmd)) {
		nax_error_set(&r->err, -EINVAL, "dev-index or dev-name must name a device");
		return 0;
	}
	for (i = 0; !rc && i < n; i++)
		rc = answer_port(r, port[i]);
	return rc;
}

static int answer(struct request *r, struct nax_port *const *port, u32 n)
{
	int rc = 0;

	if (!parse(r))
		rc = answer_devices(r, port, n);
	if (rc)
		return rc;
	if (r->err.code)
		return send_error(r);
	if (r->dump)
		return send_done(r);
	return r->header.nlmsg_flags & NLM_F_ACK ? send_error(r) : 0;
}

int nax_answer(struct nax_port *const *port, u32 n_ports, const void *request, size_t len,
	       nax_answer_fn send, void *arg)
{
	struct request *r;
	int rc = -EBADMSG;

	if (len < NLMSG_HDRLEN || len > REQUEST_MAX)
		return rc;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	memcpy(r->in, request, len);
	memcpy(&r->header, r->in, sizeof(r->header));
	r->send = send;
	r->arg = arg;
	if (r->header.nlmsg_len >= NLMSG_HDRLEN && r->header.nlmsg_len <= len)
		rc = answer(r, port, n_ports);
	free(r);
	return rc;
}

int nax_port_answer(struct nax_port *port, const void *request, size_t len, nax_answer_fn send,
		    void *arg)
{
	if (nax_poll_self())
		return -EDEADLK;
	return nax_answer(&port, 1, request, len, send, arg);
}
