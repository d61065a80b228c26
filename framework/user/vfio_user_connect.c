// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Finding a vfio-user server: its socket, and the agreement on a protocol version. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <json-c/json.h>

#include "user.h"
#include "vfio_user.h"

#define VERSION_MAJOR	0
#define VERSION_MINOR	0
#define JSON_DEPTH	8

#define TIMEOUT_ENV	"NAX_VFIO_USER_TIMEOUT_MS"
#define TIMEOUT_MS	5000u
#define TIMEOUT_MAX_MS	60000u

int vfu_timeout(u32 *ms, struct nax_error *err)
{
	const char *text = getenv(TIMEOUT_ENV);
	unsigned long value;
	char *end;

	*ms = TIMEOUT_MS;
	if (!text)
		return 0;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || value < 1 || value > TIMEOUT_MAX_MS)
		return nax_error_set(err, -EINVAL, TIMEOUT_ENV " is \"%s\": must be 1 to %u", text,
				     TIMEOUT_MAX_MS);
	*ms = (u32)value;
	return 0;
}

static int check_path(const char *path, struct nax_error *err)
{
	struct sockaddr_un sa;
	struct stat st;

	if (!*path)
		return nax_error_set(err, -EINVAL, "vfio-user:PATH has an empty PATH");
	if (strlen(path) >= sizeof(sa.sun_path))
		return nax_error_set(err, -ENAMETOOLONG,
				     "socket path has %zu bytes: the limit is %zu", strlen(path),
				     sizeof(sa.sun_path) - 1);
	if (stat(path, &st))
		return nax_error_set(err, -errno, "%s: %s", path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return nax_error_set(err, -ENOTSOCK, "%s: not a socket", path);
	return 0;
}

static int connect_error(const char *path, int code, struct nax_error *err)
{
	switch (code) {
	case ECONNREFUSED:
		return nax_error_set(err, -code, "%s: %s: no server listens there", path,
				     strerror(code));
	case EPROTOTYPE:
		return nax_error_set(err, -code, "%s: %s: not a stream socket", path,
				     strerror(code));
	case EAGAIN:
		return nax_error_set(err, -EBUSY, "%s: the server accepts no more clients", path);
	default:
		return nax_error_set(err, -code, "%s: %s", path, strerror(code));
	}
}

int vfu_connect(const char *path, u32 timeout_ms, struct nax_error *err)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	u64 deadline = nax_user_time_ns() + timeout_ms * 1000000ull;
	int fd, rc, code;

	rc = check_path(path, err);
	if (rc)
		return rc;
	memcpy(sa.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return nax_error_set(err, -errno, "cannot make a socket: %s", strerror(errno));
	/* a local socket connects at once or, with a full backlog, says EAGAIN without waiting */
	while (connect(fd, (struct sockaddr *)&sa, sizeof(sa))) {
		code = errno;
		if ((code == EAGAIN || code == EINTR) && nax_user_time_ns() < deadline) {
			nax_user_sleep_us(10000);
			continue;
		}
		close(fd);
		return connect_error(path, code, err);
	}
	return fd;
}

/* One number of the server's capabilities; absent: @value stays. */
static int get_limit(struct vfu_conn *c, struct json_object *caps, const char *name, u32 most,
		     u32 *value, struct nax_error *err)
{
	struct json_object *o;
	int64_t v;

	if (!json_object_object_get_ex(caps, name, &o))
		return 0;
	if (!json_object_is_type(o, json_type_int))
		return vfu_fail(c, err, -EPROTO, "VERSION: %s is %s: must be a number", name,
				json_type_to_name(json_object_get_type(o)));
	v = json_object_get_int64(o);
	if (v < 1)
		return vfu_fail(c, err, -EPROTO, "VERSION: %s is %lld: must be at least 1", name,
				(long long)v);
	*value = v < most ? (u32)v : most;
	return 0;
}

static int read_capabilities(struct vfu_conn *c, const char *text, u32 len, struct nax_error *err)
{
	struct json_tokener *tok;
	struct json_object *root = NULL, *caps;
	int rc;

	if (!len)
		return 0;	/* no JSON at all: the protocol's defaults */
	if (text[len - 1])
		return vfu_fail(c, err, -EPROTO,
				"VERSION: the last of %u bytes of capabilities is not NUL", len);
	tok = json_tokener_new_ex(JSON_DEPTH);
	if (!tok)
		return nax_error_set(err, -ENOMEM, "no memory to read the server's capabilities");
	root = json_tokener_parse_ex(tok, text, (int)len);
	if (!root || !json_object_is_type(root, json_type_object)) {
		rc = vfu_fail(c, err, -EPROTO, "VERSION: capabilities are not a JSON object: %s",
			      json_tokener_error_desc(json_tokener_get_error(tok)));
		goto out;
	}
	rc = 0;
	if (!json_object_object_get_ex(root, "capabilities", &caps))
		goto out;
	if (!json_object_is_type(caps, json_type_object)) {
		rc = vfu_fail(c, err, -EPROTO, "VERSION: capabilities is %s: must be an object",
			      json_type_to_name(json_object_get_type(caps)));
		goto out;
	}
	rc = get_limit(c, caps, "max_msg_fds", VFU_FDS_MAX, &c->max_fds, err);
	if (!rc)
		rc = get_limit(c, caps, "max_data_xfer_size", VFU_DATA_MAX, &c->max_data, err);
	if (!rc && c->max_data < 8)
		rc = vfu_fail(c, err, -EPROTO,
			      "VERSION: max_data_xfer_size is %u: must be at least 8", c->max_data);
out:
	json_object_put(root);
	json_tokener_free(tok);
	return rc;
}

/* Our limits, as JSON text. The object owns the text. */
static struct json_object *make_capabilities(void)
{
	struct json_object *root = json_object_new_object();
	struct json_object *caps = json_object_new_object();

	if (!root || !caps || json_object_object_add(root, "capabilities", caps)) {
		json_object_put(caps);
		json_object_put(root);
		return NULL;
	}
	if (json_object_object_add(caps, "max_msg_fds", json_object_new_int(VFU_FDS_MAX)) ||
	    json_object_object_add(caps, "max_data_xfer_size", json_object_new_int(1 << 20)) ||
	    json_object_object_add(caps, "pgsizes", json_object_new_int(4096)) ||
	    json_object_object_add(caps, "max_dma_maps", json_object_new_int(65535))) {
		json_object_put(root);
		return NULL;
	}
	return root;
}

int vfu_negotiate(struct vfu_conn *c, struct nax_error *err)
{
	struct vfu_version mine = { .major = VERSION_MAJOR, .minor = VERSION_MINOR };
	struct {
		struct vfu_version version;
		char text[VFU_VERSION_MAX];
	} reply;
	struct vfu_request r = {
		.cmd = VFU_VERSION,
		.head = &mine,
		.head_len = sizeof(mine),
		.reply = &reply,
		.reply_min = sizeof(reply.version),
		.reply_max = sizeof(reply),
	};
	struct json_object *caps = make_capabilities();
	int rc;

	if (!caps)
		return nax_error_set(err, -ENOMEM, "no memory for VERSION");
	r.data = json_object_to_json_string_ext(caps, JSON_C_TO_STRING_PLAIN);
	r.data_len = (u32)strlen(r.data) + 1;
	rc = vfu_request(c, &r, err);
	json_object_put(caps);
	if (rc)
		return rc;
	if (reply.version.major != VERSION_MAJOR || reply.version.minor > VERSION_MINOR)
		return vfu_fail(c, err, -EPROTO,
				"server speaks vfio-user %u.%u: this client speaks %u.%u",
				reply.version.major, reply.version.minor, VERSION_MAJOR,
				VERSION_MINOR);
	return read_capabilities(c, reply.text, r.reply_len - (u32)sizeof(reply.version), err);
}
