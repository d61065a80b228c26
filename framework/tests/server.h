/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A vfio-user server in a thread, for tests of the client: it serves the loopback NIC, and a test
 * may edit any reply before it goes out.
 */
#ifndef SERVER_H
#define SERVER_H

#include "loop.h"
#include "vfio_user_msg.h"

#define SERVER_FDS	24u

/**
 * struct server_reply - a reply under way
 * @h: header; size is filled in before the edit
 * @data: payload
 * @pad: zeroes that @h.size may reach into
 * @send: bytes of header and payload that are sent; set before the edit
 * @head: send so many bytes first, and descriptors with those behind; 0: all at once
 * @n_fds: copies of standard input to send along
 * @hang_up: close the connection after that
 * @silent: send nothing
 */
struct server_reply {
	struct vfu_header h;
	u8 data[8192];
	u8 pad[1024];
	u32 send;
	u32 head;
	u32 n_fds;
	bool hang_up;
	bool silent;
};

struct server;
typedef void (*server_edit)(struct server *s, struct server_reply *r);

/**
 * struct server - the server
 * @lock: held while a command is served; tests use SERVER_GET() and server_edit_next()
 * @dev: the device
 * @path: its socket
 * @cmd: command whose reply is edited
 * @skip: so many of these go out unedited first
 * @edit: the edit, done once; NULL: none
 * @posted: writes that came without asking for a reply
 * @refused: ERROR replies that came for our own commands
 */
struct server {
	pthread_mutex_t lock;
	struct loop dev;
	char dir[64];
	char path[96];
	u16 cmd;
	u32 skip;
	server_edit edit;
	u32 posted;
	u32 refused;
	int listener;
	int client;
	int stop[2];
	int irq[LOOP_VECTORS];
	pthread_t thread;
};

/** server_start() - listen at a new s->path. */
void server_start(struct server *s);
/** server_stop() - hang up, end, remove the socket. */
void server_stop(struct server *s);
/** server_hang_up() - drop the client; the next may come. Another thread than the server's. */
void server_hang_up(struct server *s);
/** server_edit_next() - edit the reply to @cmd that follows @skip unedited ones. */
void server_edit_next(struct server *s, u16 cmd, u32 skip, server_edit edit);
/** SERVER_GET() - a field, between two commands. */
#define SERVER_GET(s, field) \
	({ \
		__typeof__((s)->field) server_value; \
		pthread_mutex_lock(&(s)->lock); \
		server_value = (s)->field; \
		pthread_mutex_unlock(&(s)->lock); \
		server_value; \
	})
/** server_send() - bytes to the client, from an edit. */
void server_send(struct server *s, const void *data, u32 len);

#endif /* SERVER_H */
