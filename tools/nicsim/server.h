/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nicsim daemon: the vfio-user server of one port, a listening UNIX socket and its clients.
 *
 * A port has one client. A connection becomes it with its first message; until then it is nobody,
 * so that a probe of the socket disturbs no one. Whoever speaks while there is a client is answered
 * EBUSY and shown out.
 */
#ifndef NICSIM_SERVER_H
#define NICSIM_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "loop.h"
#include "nicsim.h"
#include "vfu_wire.h"

struct vfu_server;

/**
 * vfu_server_create() - listen at @path for clients of @port
 *
 * Return: NULL with a message in @err.
 */
struct vfu_server *vfu_server_create(struct evloop *loop, struct nicsim_port *port,
				     const char *path, char *err, size_t err_len);

/**
 * vfu_server_in_step() - run @sim before the client is answered, until nothing is due any more
 *
 * So an access has had all its effects when it is done: for clients whose clock stands still meanwhile.
 */
void vfu_server_in_step(struct vfu_server *s, struct nicsim *sim);

/**
 * vfu_server_destroy() - close all connections, remove the socket
 *
 * What the client has sent by now is done and answered, for a second at most; it reads those replies
 * and the end of the stream.
 */
void vfu_server_destroy(struct vfu_server *s);

/** vfu_server_check() - after the model ran: part with a client whose memory is gone. */
void vfu_server_check(struct vfu_server *s);

/** vfu_server_faulted() - whether there is such a client now: then its errors are no driver's. */
bool vfu_server_faulted(const struct vfu_server *s);

/** vfu_server_signal() - tell the client by VFU_IRQ_ERR or VFU_IRQ_REQ that the device goes. */
void vfu_server_signal(struct vfu_server *s, enum vfu_irq_index index);

#endif /* NICSIM_SERVER_H */
