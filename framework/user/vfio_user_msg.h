/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * vfio-user messages, as a client sends and receives them.
 *
 * Byte order is the host's: the protocol does not leave the machine. All structures are packed on
 * the wire; they are laid out here so that they have no holes.
 */
#ifndef NAX_VFIO_USER_MSG_H
#define NAX_VFIO_USER_MSG_H

#include <pthread.h>

#include <nax/report.h>

enum vfu_cmd {
	VFU_VERSION = 1,
	VFU_DMA_MAP,
	VFU_DMA_UNMAP,
	VFU_DEVICE_GET_INFO,
	VFU_GET_REGION_INFO,
	VFU_GET_REGION_IO_FDS,
	VFU_GET_IRQ_INFO,
	VFU_SET_IRQS,
	VFU_REGION_READ,
	VFU_REGION_WRITE,
	VFU_DMA_READ,
	VFU_DMA_WRITE,
	VFU_DEVICE_RESET,
};

#define VFU_TYPE_MASK	0x0fu
#define VFU_TYPE_CMD	0x00u
#define VFU_TYPE_REPLY	0x01u
#define VFU_NO_REPLY	0x10u
#define VFU_ERROR	0x20u
#define VFU_FLAGS	(VFU_TYPE_MASK | VFU_NO_REPLY | VFU_ERROR)

/**
 * struct vfu_header - starts every message
 * @id: chosen by the sender of a command, repeated in the reply
 * @cmd: enum vfu_cmd
 * @size: bytes of the message, header included
 * @flags: VFU_*
 * @error: positive errno with VFU_ERROR
 */
struct vfu_header {
	u16 id;
	u16 cmd;
	u32 size;
	u32 flags;
	u32 error;
};

struct vfu_version {
	u16 major;
	u16 minor;
};

#define VFU_DMA_READABLE	(1u << 0)
#define VFU_DMA_WRITABLE	(1u << 1)

struct vfu_dma_map {
	u32 argsz;
	u32 flags;
	u64 offset;
	u64 iova;
	u64 size;
};

struct vfu_dma_unmap {
	u32 argsz;
	u32 flags;
	u64 iova;
	u64 size;
};

#define VFU_DEVICE_RESETS	(1u << 0)
#define VFU_DEVICE_PCI		(1u << 1)

struct vfu_device_info {
	u32 argsz;
	u32 flags;
	u32 regions;
	u32 irqs;
};

#define VFU_REGION_READABLE	(1u << 0)
#define VFU_REGION_WRITABLE	(1u << 1)

struct vfu_region_info {
	u32 argsz;
	u32 flags;
	u32 index;
	u32 cap_offset;
	u64 size;
	u64 offset;
};

#define VFU_IRQ_MSIX		2u
#define VFU_IRQ_EVENTFD		(1u << 0)

struct vfu_irq_info {
	u32 argsz;
	u32 flags;
	u32 index;
	u32 count;
};

#define VFU_IRQ_DATA_NONE	(1u << 0)
#define VFU_IRQ_DATA_EVENTFD	(1u << 2)
#define VFU_IRQ_TRIGGER		(1u << 5)

struct vfu_irq_set {
	u32 argsz;
	u32 flags;
	u32 index;
	u32 start;
	u32 count;
};

struct vfu_region_rw {
	u64 offset;
	u32 region;
	u32 count;
};

/* What we take at most from a server. */
#define VFU_FDS_MAX		16u		/* descriptors on one message */
#define VFU_DATA_MAX		4096u		/* bytes of one region access */
#define VFU_VERSION_MAX		4096u		/* bytes of a VERSION reply behind its numbers */
#define VFU_SERVER_CMD_MAX	65536u		/* bytes of a command from the server */
#define VFU_SERVER_CMDS		16u		/* of these while we wait for one reply */

/**
 * struct vfu_conn - a connection to a server
 * @fd: connected stream socket, non-blocking
 * @timeout_ms: longest wait for one message to go out, or for its reply
 * @max_fds: descriptors the server takes on one message
 * @max_data: bytes the server takes in one region access
 * @request: held from sending a command until its reply is there
 * @send: held while bytes go out. Taken after @request; a posted write takes this alone, so it
 *	does not wait for somebody else's reply
 * @next_id: id of the next command; under @send
 * @failing: somebody is, or was, recording the end of the connection
 * @dead: it has been recorded: @reason may be read. Pairs: release in vfu_fail(), acquire in
 *	vfu_dead()
 * @reason: why
 * @died: called once when the connection ends
 * @ctx: for @died
 */
struct vfu_conn {
	int fd;
	u32 timeout_ms;
	u32 max_fds;
	u32 max_data;
	pthread_mutex_t request;
	pthread_mutex_t send;
	u16 next_id;
	u32 failing;
	u32 dead;
	char reason[NAX_ERROR_TEXT];
	void (*died)(void *ctx);
	void *ctx;
};

/**
 * struct vfu_request - a command and what its reply must look like
 * @cmd: enum vfu_cmd
 * @head: first part of the payload
 * @head_len: bytes of it
 * @data: second part, sent after @head
 * @data_len: bytes of it
 * @fds: descriptors to send
 * @n_fds: how many, up to VFU_FDS_MAX
 * @reply: where the payload of the reply goes
 * @reply_min: fewest bytes of it that make sense
 * @reply_max: most that fit
 * @reply_len: set to the bytes that came
 * @reply_fds: 1 if the reply may bear a descriptor; it is closed, as nothing here maps regions
 */
struct vfu_request {
	enum vfu_cmd cmd;
	const void *head;
	u32 head_len;
	const void *data;
	u32 data_len;
	const int *fds;
	u32 n_fds;
	void *reply;
	u32 reply_min;
	u32 reply_max;
	u32 reply_len;
	u32 reply_fds;
};

/** vfu_conn_init() - @fd stays the caller's to close, after vfu_conn_destroy(). */
void vfu_conn_init(struct vfu_conn *c, int fd, u32 timeout_ms);
void vfu_conn_destroy(struct vfu_conn *c);

/** vfu_cmd_name() - for messages. */
const char *vfu_cmd_name(u32 cmd);

/**
 * vfu_request() - send a command and wait for its reply
 *
 * An ERROR reply gives the server's errno, negative; the connection lives on. Anything that is not
 * a proper reply within the timeout ends the connection. Any thread.
 *
 * Return: 0, or -errno with @err set.
 */
int vfu_request(struct vfu_conn *c, struct vfu_request *r, struct nax_error *err);

/**
 * vfu_post_write() - REGION_WRITE without a reply: one system call, nothing is allocated
 * @len: 1 .. 8
 *
 * Any thread; waits for nobody's reply. Return: 0, -ENODEV if the connection is dead.
 */
int vfu_post_write(struct vfu_conn *c, u32 region, u64 offset, const void *data, u32 len);

/** vfu_idle() - answer commands of the server, and notice that it went, while nobody waits. */
void vfu_idle(struct vfu_conn *c);

/** vfu_fail() - the connection is over; the first reason is kept. Return: @code. */
int vfu_fail(struct vfu_conn *c, struct nax_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** vfu_dead() - NULL while it lives, else why it does not. */
const char *vfu_dead(struct vfu_conn *c);

#endif /* NAX_VFIO_USER_MSG_H */
