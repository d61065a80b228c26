/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nicsim: inside of a vfio-user connection.
 *
 *	vfu_msg.c	framing, negotiation, dispatch, replies
 *	vfu_dma.c	the client's memory
 *	vfu_window.c	where it is in our own
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
	void *va;			/* of whole pages of its file system */
	size_t va_len;			/* bytes in these */
	size_t skew;			/* bytes of the first page before the mapping's own */
};

/** struct vfu_window - @len bytes from @base on are at @va, if mapped; @users mappings are there */
struct vfu_window {
	uint64_t base;
	uint64_t len;
	uint8_t *va;
	unsigned int users;
};
#define VFU_WINDOWS 16

/**
 * struct vfu_conn - a connection
 * @next: of all connections, for the SIGBUS handler
 * @map: ordered by iova, @map_count in use, room for @map_room
 * @bytes: of our address space that these have
 * @areas_max: that the kernel may make of it for all connections together
 * @window: address space reserved for mappings, @window_count in use
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
	uint64_t bytes;
	unsigned int areas_max;
	struct vfu_window window[VFU_WINDOWS];
	unsigned int window_count;
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
/** vfu_dma_maps_max() - mappings that a client may have wherever they are, if no other has any */
unsigned int vfu_dma_maps_max(const struct vfu_conn *c);

/**
 * vfu_window_map() - map a file's bytes beside what the mappings before and behind @m have
 * @c: connection
 * @m: iova, size and va_len are set, va is set here
 * @unit: pages of the file
 * @prot, @fd, @offset: as for mmap()
 *
 * Return: 0, or -1 with errno.
 */
int vfu_window_map(struct vfu_conn *c, struct vfu_map *m, uint64_t unit, int prot, int fd,
		   uint64_t offset);
void vfu_window_unmap(struct vfu_conn *c, const struct vfu_map *m);
/** vfu_window_exit() - give all address space back, after the mappings */
void vfu_window_exit(struct vfu_conn *c);

void vfu_irq_init(struct vfu_conn *c);
void vfu_irq_exit(struct vfu_conn *c);

#endif /* NICSIM_VFU_CONN_H */
