/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nicsim: inside of a vfio-user connection.
 *
 *	vfu_msg.c	framing, negotiation, dispatch, replies
 *	vfu_dma.c	the client's memory
 *	vfu_device.c	regions, device and its reset
 *	vfu_irq.c	interrupts
 */
#ifndef NICSIM_VFU_CONN_H
#define NICSIM_VFU_CONN_H

#include <signal.h>

#include "vfu_msg.h"

/** struct vfu_map - a mapping; @va NULL: came without a descriptor, out of the device's reach */
struct vfu_map {
	uint64_t iova;
	uint64_t size;
	void *va;
	size_t va_len;			/* @size, in whole pages of its file system */
};

/**
 * struct vfu_conn - a connection
 * @next: of all connections, for the SIGBUS handler
 * @map: ordered by iova, @map_count in use, room for @map_room
 * @faulted: set by the SIGBUS handler
 * @complaints: lines logged so far
 * @max_xfer: bytes of data in one message that both sides take
 * @irq: eventfds by index and number, -1: none
 * @intx_masked: INTx was signalled, or masked, and not unmasked since
 */
struct vfu_conn {
	struct vfu_conn *next;
	struct nicsim_port *port;
	void (*log)(void *ctx, const char *text);
	void *log_ctx;
	unsigned int complaints;
	bool negotiated;
	bool closing;
	uint32_t max_xfer;

	struct vfu_map *map;
	unsigned int map_count;
	unsigned int map_room;
	volatile sig_atomic_t faulted;

	int irq[VFU_IRQ_INDICES][NICSIM_VECTORS];
	bool intx_masked;
};

/** struct vfu_request - a message taken apart */
struct vfu_request {
	const struct vfu_header *header;
	const char *name;		/* of the command */
	const uint8_t *data;		/* behind the header */
	uint32_t len;
	int *fds;
	int nfds;
};

/**
 * vfu_refuse() - log why, and give -@error
 */
int vfu_refuse(struct vfu_conn *c, const struct vfu_request *rq, int error, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** vfu_put() - append to a reply; what a handler appends is bounded by struct vfu_reply. */
void vfu_put(struct vfu_reply *reply, const void *data, size_t len);

/*
 * Handlers: 0 with the reply's data appended, or -errno. Lengths were checked against the table in
 * vfu_msg.c, so the fixed part of @rq->data is there.
 */
typedef int vfu_handler(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply);

vfu_handler vfu_dma_map;
vfu_handler vfu_dma_unmap;
vfu_handler vfu_device_get_info;
vfu_handler vfu_device_reset;
vfu_handler vfu_device_feature;
vfu_handler vfu_region_get_info;
vfu_handler vfu_region_get_io_fds;
vfu_handler vfu_region_read;
vfu_handler vfu_region_write;
vfu_handler vfu_irq_get_info;
vfu_handler vfu_irq_set;

/** vfu_dma_init(), vfu_dma_exit() - memory of a connection; exit when the device sees it no more */
void vfu_dma_init(struct vfu_conn *c);
void vfu_dma_exit(struct vfu_conn *c);

void vfu_irq_init(struct vfu_conn *c);
void vfu_irq_exit(struct vfu_conn *c);

#endif /* NICSIM_VFU_CONN_H */
