// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: vfio-user messages: framing, version negotiation, dispatch, replies.
 */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vfu_conn.h"

#define COMPLAINTS_MAX	32
#define VERSION_MAX	4096		/* bytes of a VERSION command's data */
#define VERSION_MAJOR	0
#define VERSION_MINOR	0
#define JSON_DEPTH	8
/* write_multiple is left out: that command is not offered */
#define CAPABILITIES	"{\"capabilities\":{\"max_msg_fds\":%u,\"max_data_xfer_size\":%u," \
			"\"max_dma_maps\":%u}}"

static vfu_handler version;

/**
 * struct command - what a message must look like before its handler sees it
 * @min: bytes behind the header
 * @max: likewise; clients may send queries as long as the answer they have room for
 * @fds: descriptors it may bring
 */
static const struct command {
	const char *name;
	uint32_t min, max;
	int fds;
	vfu_handler *fn;
} commands[] = {
	[VFU_CMD_VERSION] = { "VERSION", sizeof(struct vfu_version), VERSION_MAX, 0, version },
	[VFU_CMD_DMA_MAP] = { "DMA_MAP", sizeof(struct vfu_dma_map), sizeof(struct vfu_dma_map), 1,
			      vfu_dma_map },
	[VFU_CMD_DMA_UNMAP] = { "DMA_UNMAP", sizeof(struct vfu_dma_unmap),
				sizeof(struct vfu_dma_unmap), 0, vfu_dma_unmap },
	[VFU_CMD_DEVICE_GET_INFO] = { "DEVICE_GET_INFO", sizeof(struct vfu_device_info), 4096, 0,
				      vfu_device_get_info },
	[VFU_CMD_GET_REGION_INFO] = { "GET_REGION_INFO", sizeof(struct vfu_region_info), 4096, 0,
				      vfu_region_get_info },
	[VFU_CMD_GET_REGION_IO_FDS] = { "GET_REGION_IO_FDS", sizeof(struct vfu_region_io_fds), 4096,
					0, vfu_region_get_io_fds },
	[VFU_CMD_GET_IRQ_INFO] = { "GET_IRQ_INFO", sizeof(struct vfu_irq_info), 4096, 0,
				   vfu_irq_get_info },
	[VFU_CMD_SET_IRQS] = { "SET_IRQS", sizeof(struct vfu_irq_set),
			       sizeof(struct vfu_irq_set) + NICSIM_VECTORS, VFU_FDS_MAX,
			       vfu_irq_set },
	[VFU_CMD_REGION_READ] = { "REGION_READ", sizeof(struct vfu_region_rw),
				  sizeof(struct vfu_region_rw), 0, vfu_region_read },
	[VFU_CMD_REGION_WRITE] = { "REGION_WRITE", sizeof(struct vfu_region_rw),
				   sizeof(struct vfu_region_rw) + VFU_XFER_MAX, 0,
				   vfu_region_write },
	[VFU_CMD_DEVICE_RESET] = { "DEVICE_RESET", 0, 0, 0, vfu_device_reset },
	[VFU_CMD_DEVICE_FEATURE] = { "DEVICE_FEATURE", 8, VFU_XFER_MAX, 0, vfu_device_feature },
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

/* ---- log ---- */

static void complain(struct vfu_conn *c, const char *text)
{
	if (!c->log || c->complaints > COMPLAINTS_MAX)
		return;
	c->complaints++;
	c->log(c->log_ctx, c->complaints > COMPLAINTS_MAX ?
	       "client: further refusals are not logged" : text);
}

int vfu_refuse(struct vfu_conn *c, const struct vfu_request *rq, int error, const char *fmt, ...)
{
	char text[256];
	va_list args;
	int n;

	n = snprintf(text, sizeof(text), "client: %s: ", rq->name);
	va_start(args, fmt);
	if (n > 0 && (size_t)n < sizeof(text))
		vsnprintf(text + n, sizeof(text) - n, fmt, args);
	va_end(args);
	complain(c, text);
	return -error;
}

/* ---- VERSION ---- */

/* What a client may say of itself, and what of it would make no sense. */
static const struct capability {
	const char *name;
	int64_t min, max;
} capabilities[] = {
	{ "max_msg_fds", 0, INT32_MAX },
	{ "max_data_xfer_size", 1, INT64_MAX },
	{ "max_dma_maps", 1, INT64_MAX },
	{ "pgsizes", 1, INT64_MAX },
};

static int capability_check(struct vfu_conn *c, const struct vfu_request *rq,
			    const struct capability *cap, struct json_object *all)
{
	struct json_object *o;
	int64_t value;

	if (!json_object_object_get_ex(all, cap->name, &o))
		return 0;
	if (!json_object_is_type(o, json_type_int))
		return vfu_refuse(c, rq, EINVAL, "%s is not a whole number", cap->name);
	value = json_object_get_int64(o);
	if (value < cap->min || value > cap->max)
		return vfu_refuse(c, rq, EINVAL,
				  "%s is %" PRId64 ", limits %" PRId64 " to %" PRId64, cap->name,
				  value, cap->min, cap->max);
	if (!strcmp(cap->name, "max_data_xfer_size") && value < c->max_xfer)
		c->max_xfer = value;
	return 0;
}

static int capabilities_check(struct vfu_conn *c, const struct vfu_request *rq,
			      struct json_object *root)
{
	struct json_object *all;
	unsigned int i;
	int err = 0;

	if (!json_object_is_type(root, json_type_object))
		return vfu_refuse(c, rq, EINVAL, "version data is not a JSON object");
	if (!json_object_object_get_ex(root, "capabilities", &all))
		return 0;
	if (!json_object_is_type(all, json_type_object))
		return vfu_refuse(c, rq, EINVAL, "capabilities is not a JSON object");
	for (i = 0; !err && i < sizeof(capabilities) / sizeof(capabilities[0]); i++)
		err = capability_check(c, rq, &capabilities[i], all);
	return err;
}

static int json_check(struct vfu_conn *c, const struct vfu_request *rq, const char *text,
		      size_t len)
{
	struct json_tokener *tok;
	struct json_object *root;
	int err;

	/* exactly one NUL, at the end: then @text is a string within the message */
	if (memchr(text, '\0', len) != text + len - 1)
		return vfu_refuse(c, rq, EINVAL, "version data of %zu bytes does not end in NUL",
				  len);
	tok = json_tokener_new_ex(JSON_DEPTH);
	if (!tok)
		return vfu_refuse(c, rq, ENOMEM, "no memory to read the version data");
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	root = json_tokener_parse_ex(tok, text, len);
	if (json_tokener_get_error(tok) != json_tokener_success) {
		err = vfu_refuse(c, rq, EINVAL, "version data is not JSON: %s",
				 json_tokener_error_desc(json_tokener_get_error(tok)));
	} else {
		err = capabilities_check(c, rq, root);
	}
	json_object_put(root);
	json_tokener_free(tok);
	return err;
}

static int version(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply)
{
	char full[128];
	const char *answers[] = { full, "{}" };
	struct vfu_version v;
	unsigned int i;
	int err = 0;

	memcpy(&v, rq->data, sizeof(v));
	if (c->negotiated)
		return vfu_refuse(c, rq, EINVAL, "came a second time");
	if (v.major != VERSION_MAJOR)
		err = vfu_refuse(c, rq, EINVAL, "major version is %u, limit %u", v.major,
				 VERSION_MAJOR);
	else if (rq->len > sizeof(v))
		err = json_check(c, rq, (const char *)rq->data + sizeof(v), rq->len - sizeof(v));
	if (err) {
		c->closing = true;
		return err;
	}
	c->negotiated = true;
	v.minor = VERSION_MINOR;
	vfu_put(reply, &v, sizeof(v));
	snprintf(full, sizeof(full), CAPABILITIES, VFU_FDS_MAX, VFU_XFER_MAX, vfu_dma_maps_max(c));
	/* QEMU has room for a reply as long as its request; without any, defaults hold */
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		size_t len = strlen(answers[i]) + 1;

		if (sizeof(v) + len <= rq->len) {
			vfu_put(reply, answers[i], len);
			break;
		}
	}
	return 0;
}

/* ---- messages ---- */

void vfu_put(struct vfu_reply *reply, const void *data, size_t len)
{
	if (len > sizeof(reply->data) - reply->len)
		abort();	/* a handler's mistake, never a client's */
	memcpy(reply->data + reply->len, data, len);
	reply->len += len;
}

static void reply_head(struct vfu_reply *reply, const struct vfu_header *header, int error)
{
	struct vfu_header h = { .id = header->id, .cmd = header->cmd };

	if (error)
		reply->len = sizeof(h);
	h.size = reply->len;
	h.flags = VFU_TYPE_REPLY | (error ? VFU_ERROR : 0);
	h.error = error;
	memcpy(reply->data, &h, sizeof(h));
}

void vfu_reply_error(struct vfu_reply *reply, const struct vfu_header *header, int error)
{
	reply_head(reply, header, error);
}

uint32_t vfu_msg_size(const uint8_t header[sizeof(struct vfu_header)], char *why, size_t why_len)
{
	struct vfu_header h;

	memcpy(&h, header, sizeof(h));
	if (h.size >= sizeof(h) && h.size <= VFU_MSG_MAX)
		return h.size;
	snprintf(why, why_len, "client: message size is %" PRIu32 ", limits %zu to %u", h.size,
		 sizeof(h), VFU_MSG_MAX);
	return 0;
}

/* Whether the frame holds: after one that does not, nobody knows where the next begins. */
static bool frame_check(struct vfu_conn *c, const uint8_t *msg, size_t len, struct vfu_header *h)
{
	char why[128];
	uint32_t size;

	if (len < sizeof(*h)) {
		snprintf(why, sizeof(why), "client: message has %zu bytes, limit %zu", len,
			 sizeof(*h));
		goto bad;
	}
	memcpy(h, msg, sizeof(*h));
	size = vfu_msg_size(msg, why, sizeof(why));
	if (!size)
		goto bad;
	if (size != len) {
		snprintf(why, sizeof(why), "client: message size is %" PRIu32 ", but has %zu bytes",
			 size, len);
		goto bad;
	}
	if ((h->flags & VFU_TYPE_MASK) != VFU_TYPE_COMMAND) {
		snprintf(why, sizeof(why),
			 "client: message type is %u, limit %u: nothing was asked",
			 h->flags & VFU_TYPE_MASK, VFU_TYPE_COMMAND);
		goto bad;
	}
	return true;
bad:
	complain(c, why);
	return false;
}

static int run(struct vfu_conn *c, struct vfu_request *rq, struct vfu_reply *reply)
{
	const struct vfu_header *h = rq->header;
	const struct command *cmd = h->cmd < COMMANDS ? &commands[h->cmd] : NULL;
	char name[24];

	if (!cmd || !cmd->fn) {
		snprintf(name, sizeof(name), "command %u", h->cmd);
		rq->name = name;
		if (!c->negotiated)
			c->closing = true;
		return vfu_refuse(c, rq, ENOTSUP, "is not known");
	}
	rq->name = cmd->name;
	if (!c->negotiated && h->cmd != VFU_CMD_VERSION) {
		c->closing = true;
		return vfu_refuse(c, rq, EINVAL, "came before VERSION");
	}
	if (h->flags & ~(VFU_TYPE_MASK | VFU_NO_REPLY))
		return vfu_refuse(c, rq, EINVAL, "flags are %#x, limit %#x", h->flags,
				  VFU_NO_REPLY);
	if (rq->len < cmd->min || rq->len > cmd->max)
		return vfu_refuse(c, rq, EINVAL, "has %u bytes of data, limits %u to %u", rq->len,
				  cmd->min, cmd->max);
	if (rq->nfds > cmd->fds)
		return vfu_refuse(c, rq, EINVAL, "brings %d descriptors, limit %d", rq->nfds,
				  cmd->fds);
	return cmd->fn(c, rq, reply);
}

enum vfu_verdict vfu_msg(struct vfu_conn *c, const uint8_t *msg, size_t len, int *fds, int nfds,
			 struct vfu_reply *reply)
{
	struct vfu_header h;
	struct vfu_request rq = { .header = &h, .fds = fds, .nfds = nfds };
	int i, err;

	reply->len = 0;
	if (c->closing || !frame_check(c, msg, len, &h)) {
		c->closing = true;
	} else {
		rq.data = msg + sizeof(h);
		rq.len = len - sizeof(h);
		reply->len = sizeof(h);
		err = run(c, &rq, reply);
		reply_head(reply, &h, -err);
		/* an answer nobody waits for would be taken for that to the next question */
		if (h.flags & VFU_NO_REPLY)
			reply->len = 0;
	}
	for (i = 0; i < nfds; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
	return c->closing ? VFU_CLOSE : VFU_CONTINUE;
}

/* ---- life ---- */

struct vfu_conn *vfu_conn_create(struct nicsim_port *port,
				 void (*log)(void *ctx, const char *text), void *ctx)
{
	struct vfu_conn *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->port = port;
	c->log = log;
	c->log_ctx = ctx;
	c->max_xfer = VFU_XFER_MAX;
	vfu_irq_init(c);
	vfu_dma_init(c);
	return c;
}

void vfu_conn_destroy(struct vfu_conn *c)
{
	if (!c)
		return;
	nicsim_port_disconnect(c->port);
	vfu_dma_exit(c);
	vfu_irq_exit(c);
	free(c);
}
