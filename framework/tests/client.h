/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the tests of the vfio-user client share: a server for each test, and edits of its replies. */
#ifndef CLIENT_H
#define CLIENT_H

#include "server.h"

extern struct server server;
extern struct nax_error err;
extern char device[128];	/* the server's name for nax_port_open() */
extern char log_text[NAX_ERROR_TEXT];	/* last log line of level warning or worse */

/** client_setup() - a server that nobody asked anything, and so long to answer. */
int client_setup(unsigned int timeout_ms);
/** client_teardown() - fails on a log line that the test did not clear, and on memory still mapped. */
int client_teardown(void **state);

/** e_error() - the reply becomes ERROR with EBUSY. */
void e_error(struct server *s, struct server_reply *r);
/** e_wrong_id() - the reply is to another message. */
void e_wrong_id(struct server *s, struct server_reply *r);

#endif /* CLIENT_H */
