/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nicsim: vfio-user on the wire, as far as the server speaks it. Host byte order, no padding;
 * every structure is naturally aligned in itself but not in a message: copy, do not cast.
 */
#ifndef NICSIM_VFU_WIRE_H
#define NICSIM_VFU_WIRE_H

#include <stdint.h>

enum vfu_cmd {
	VFU_CMD_VERSION = 1,
	VFU_CMD_DMA_MAP = 2,
	VFU_CMD_DMA_UNMAP = 3,
	VFU_CMD_DEVICE_GET_INFO = 4,
	VFU_CMD_GET_REGION_INFO = 5,
	VFU_CMD_GET_REGION_IO_FDS = 6,
	VFU_CMD_GET_IRQ_INFO = 7,
	VFU_CMD_SET_IRQS = 8,
	VFU_CMD_REGION_READ = 9,
	VFU_CMD_REGION_WRITE = 10,
	VFU_CMD_DEVICE_RESET = 13,
	VFU_CMD_DEVICE_FEATURE = 16,
};

#define VFU_TYPE_MASK		0xFu
#define VFU_TYPE_COMMAND	0u
#define VFU_TYPE_REPLY		1u
#define VFU_NO_REPLY		(1u << 4)
#define VFU_ERROR		(1u << 5)

/** struct vfu_header - before every message; @size counts it too */
struct vfu_header {
	uint16_t id;
	uint16_t cmd;
	uint32_t size;
	uint32_t flags;
	uint32_t error;
};

/** struct vfu_version - followed by a JSON object and a NUL, or by nothing */
struct vfu_version {
	uint16_t major;
	uint16_t minor;
};

#define VFU_DMA_READ		(1u << 0)
#define VFU_DMA_WRITE		(1u << 1)
#define VFU_DMA_FLAGS		0xFu		/* bits 2, 3: how the client would like access */

struct vfu_dma_map {
	uint32_t argsz;
	uint32_t flags;
	uint64_t fd_offset;
	uint64_t iova;
	uint64_t size;
};

#define VFU_UNMAP_ALL		(1u << 1)

struct vfu_dma_unmap {
	uint32_t argsz;
	uint32_t flags;
	uint64_t iova;
	uint64_t size;
};

#define VFU_DEVICE_RESET	(1u << 0)
#define VFU_DEVICE_PCI		(1u << 1)

struct vfu_device_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t regions;
	uint32_t irqs;
};

#define VFU_REGION_READ		(1u << 0)
#define VFU_REGION_WRITE	(1u << 1)

struct vfu_region_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t cap_offset;
	uint64_t size;
	uint64_t offset;
};

struct vfu_region_io_fds {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t count;
};

/* Interrupt indices of a PCI function. */
enum vfu_irq_index {
	VFU_IRQ_INTX,
	VFU_IRQ_MSI,
	VFU_IRQ_MSIX,
	VFU_IRQ_ERR,
	VFU_IRQ_REQ,
	VFU_IRQ_INDICES
};

#define VFU_IRQ_EVENTFD		(1u << 0)
#define VFU_IRQ_MASKABLE	(1u << 1)
#define VFU_IRQ_AUTOMASKED	(1u << 2)

struct vfu_irq_info {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t count;
};

#define VFU_IRQ_DATA_NONE	(1u << 0)
#define VFU_IRQ_DATA_BOOL	(1u << 1)
#define VFU_IRQ_DATA_EVENTFD	(1u << 2)
#define VFU_IRQ_DATA		0x07u
#define VFU_IRQ_MASK		(1u << 3)
#define VFU_IRQ_UNMASK		(1u << 4)
#define VFU_IRQ_TRIGGER		(1u << 5)
#define VFU_IRQ_ACTION		0x38u

/** struct vfu_irq_set - followed by @count bytes if VFU_IRQ_DATA_BOOL */
struct vfu_irq_set {
	uint32_t argsz;
	uint32_t flags;
	uint32_t index;
	uint32_t start;
	uint32_t count;
};

/** struct vfu_region_rw - followed by @count bytes in a write and in the reply to a read */
struct vfu_region_rw {
	uint64_t offset;
	uint32_t region;
	uint32_t count;
};

#endif /* NICSIM_VFU_WIRE_H */
