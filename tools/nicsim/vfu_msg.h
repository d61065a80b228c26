/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nicsim: a vfio-user connection as a function from messages to replies. No socket here: the server
 * feeds what it received, a test or fuzzer what it made up.
 *
 * Everything a client says is bounded before it is used. What it gets wrong inside a well-formed
 * message is answered with an error; what breaks the framing, or the order of the negotiation, ends
 * the connection. Both give one line to the log, naming command, field, limit and value.
 */
#ifndef NICSIM_VFU_MSG_H
#define NICSIM_VFU_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nicsim.h"
#include "vfu_wire.h"

#define VFU_FDS_MAX	8		/* descriptors with one message; told to clients */
#define VFU_XFER_MAX	1048576		/* bytes of data in one message; told to clients */
#define VFU_MSG_MAX	(VFU_XFER_MAX + 64)
#define VFU_CONFIG_MAX	4096		/* configuration space: the longest read */

struct vfu_conn;

/** struct vfu_reply - room for the longest */
struct vfu_reply {
	size_t len;			/* 0: nothing to send */
	uint8_t data[sizeof(struct vfu_header) + sizeof(struct vfu_region_rw) + VFU_CONFIG_MAX];
};

enum vfu_verdict {
	VFU_CONTINUE,
	VFU_CLOSE,			/* send the reply, if any, then close */
};

/**
 * vfu_conn_create() - a client of @port, which may have one at a time
 * @log: gets a line whenever the client is refused something; the first 32 times
 *
 * Return: NULL without memory.
 */
struct vfu_conn *vfu_conn_create(struct nicsim_port *port,
				 void (*log)(void *ctx, const char *text), void *ctx);

/** vfu_conn_destroy() - the client went: device reset, mappings and descriptors released. */
void vfu_conn_destroy(struct vfu_conn *c);

/**
 * vfu_msg_size() - bytes of the message that begins with @header; 0 if that cannot be one
 * @why: then filled with the reason, naming field, limit and value
 */
uint32_t vfu_msg_size(const uint8_t header[sizeof(struct vfu_header)], char *why, size_t why_len);

/**
 * vfu_msg() - do what one message asks
 * @msg: the whole message, of @len bytes
 * @fds: descriptors that came with it, @nfds of them, 0 .. VFU_FDS_MAX; all are taken: kept or
 *	closed on return, and set to -1
 * @reply: filled; @reply->len 0: none is wanted
 */
enum vfu_verdict vfu_msg(struct vfu_conn *c, const uint8_t *msg, size_t len, int *fds, int nfds,
			 struct vfu_reply *reply);

/** vfu_reply_error() - the reply to @header that says @error, a positive errno. */
void vfu_reply_error(struct vfu_reply *reply, const struct vfu_header *header, int error);

/**
 * vfu_conn_faulted() - whether the client took away memory that it had mapped for the device
 *
 * The model then read zeros instead (see vfu_dma.c); the connection is to be ended.
 */
bool vfu_conn_faulted(const struct vfu_conn *c);

/** vfu_conn_signal() - signal VFU_IRQ_ERR or VFU_IRQ_REQ, if the client listens to it. */
void vfu_conn_signal(struct vfu_conn *c, enum vfu_irq_index index);

#endif /* NICSIM_VFU_MSG_H */
