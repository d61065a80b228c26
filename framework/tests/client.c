// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client.h"
#include "mem.h"

struct server server;
struct nax_error err;
char device[128];
char log_text[NAX_ERROR_TEXT];

static void keep_text(void *arg, int level, const char *name, const char *text)
{
	snprintf(log_text, sizeof(log_text), "%s", text);
}

int client_setup(unsigned int timeout_ms)
{
	char text[16];

	log_text[0] = '\0';
	memset(&err, 0, sizeof(err));
	nax_log_set(keep_text, NULL, NAX_LOG_WARN);
	snprintf(text, sizeof(text), "%u", timeout_ms);
	setenv("NAX_VFIO_USER_TIMEOUT_MS", text, 1);
	server_start(&server);
	snprintf(device, sizeof(device), "vfio-user:%s", server.path);
	return 0;
}

int client_teardown(void **state)
{
	struct nax_mem_usage u;

	server_stop(&server);
	nax_mem_usage(&u);
	if (log_text[0])
		print_error("log: %s\n", log_text);
	return u.clients || u.chunks || log_text[0];
}

void e_error(struct server *s, struct server_reply *r)
{
	r->h.flags |= VFU_ERROR;
	r->h.error = EBUSY;
	r->h.size = sizeof(r->h);
	r->send = sizeof(r->h);
}

void e_wrong_id(struct server *s, struct server_reply *r)
{
	r->h.id += 7;
}
