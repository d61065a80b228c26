// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A device served over a UNIX socket by the vfio-user protocol. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "bus.h"
#include "user.h"
#include "vfio_user.h"

/* Bounds of what a server may say of itself. */
#define REGIONS_MIN	NAX_BUS_REGIONS
#define REGIONS_MAX	100u
#define IRQS_MIN	(VFU_IRQ_MSIX + 1)
#define IRQS_MAX	50u
#define MSIX_MAX	2048u	/* PCI Local Bus 3.0: table size field of 11 bits */
#define BAR_MAX		(1ull << 31)
#define CONFIG_MIN	64u
#define CONFIG_MAX	4096u

struct vfu_bus {
	struct nax_bus bus;
	struct vfu_conn conn;
	u64 size[NAX_BUS_REGIONS];
	u32 msix;
	u32 n_vectors;
	int vector[NAX_BUS_VECTORS_MAX];
};

static struct vfu_bus *to_vfu(struct nax_bus *bus)
{
	return container_of(bus, struct vfu_bus, bus);
}

/* The commands whose reply is as long as the question. @fds: descriptors the reply may bear. */
static int ask_server(struct vfu_bus *b, enum vfu_cmd cmd, const void *ask, void *reply, u32 len,
		      u32 fds, struct nax_error *err)
{
	struct vfu_request r = {
		.cmd = cmd,
		.head = ask,
		.head_len = len,
		.reply = reply,
		.reply_min = len,
		.reply_max = len,
		.reply_fds = fds,
	};

	return vfu_request(&b->conn, &r, err);
}

static int get_device_info(struct vfu_bus *b, struct nax_error *err)
{
	struct vfu_device_info ask = { .argsz = sizeof(ask) }, info;
	int rc = ask_server(b, VFU_DEVICE_GET_INFO, &ask, &info, sizeof(info), 0, err);

	if (rc)
		return rc;
	if (!(info.flags & VFU_DEVICE_PCI))
		return vfu_fail(&b->conn, err, -EPROTO,
				"DEVICE_GET_INFO: flags are 0x%x: not a PCI device", info.flags);
	if (info.regions < REGIONS_MIN || info.regions > REGIONS_MAX)
		return vfu_fail(&b->conn, err, -EPROTO,
				"DEVICE_GET_INFO: num_regions is %u: must be %u to %u",
				info.regions, REGIONS_MIN, REGIONS_MAX);
	if (info.irqs < IRQS_MIN || info.irqs > IRQS_MAX)
		return vfu_fail(&b->conn, err, -EPROTO,
				"DEVICE_GET_INFO: num_irqs is %u: must be %u to %u", info.irqs,
				IRQS_MIN, IRQS_MAX);
	return 0;
}

static int check_region(struct vfu_bus *b, const struct vfu_region_info *info, u32 index,
			struct nax_error *err)
{
	const u32 need = VFU_REGION_READABLE | VFU_REGION_WRITABLE;

	if (info->index != index)
		return vfu_fail(&b->conn, err, -EPROTO,
				"GET_REGION_INFO: index is %u: %u was asked for", info->index,
				index);
	if (info->argsz < sizeof(*info))
		return vfu_fail(&b->conn, err, -EPROTO,
				"GET_REGION_INFO: argsz of region %u is %u: at least %zu", index,
				info->argsz, sizeof(*info));
	if (index == NAX_BUS_CONFIG && (info->size < CONFIG_MIN || info->size > CONFIG_MAX))
		return vfu_fail(&b->conn, err, -EPROTO,
				"GET_REGION_INFO: size of configuration space is %llu: must be %u to %u",
				info->size, CONFIG_MIN, CONFIG_MAX);
	if (info->size > BAR_MAX)
		return vfu_fail(&b->conn, err, -EPROTO,
				"GET_REGION_INFO: size of region %u is %llu: the limit is %llu",
				index, info->size, BAR_MAX);
	if ((index == 0 || index == NAX_BUS_CONFIG) && info->size && (info->flags & need) != need)
		return vfu_fail(&b->conn, err, -EPROTO,
				"GET_REGION_INFO: flags of region %u are 0x%x: must be readable and writable",
				index, info->flags);
	return 0;
}

static int get_region_info(struct vfu_bus *b, u32 index, struct nax_error *err)
{
	struct vfu_region_info ask = { .argsz = sizeof(ask), .index = index }, info;
	int rc = ask_server(b, VFU_GET_REGION_INFO, &ask, &info, sizeof(info), 1, err);

	if (!rc)
		rc = check_region(b, &info, index, err);
	if (!rc)
		b->size[index] = info.size;
	return rc;
}

static int get_irq_info(struct vfu_bus *b, struct nax_error *err)
{
	struct vfu_irq_info ask = { .argsz = sizeof(ask), .index = VFU_IRQ_MSIX }, info;
	int rc = ask_server(b, VFU_GET_IRQ_INFO, &ask, &info, sizeof(info), 0, err);

	if (rc)
		return rc;
	if (info.index != VFU_IRQ_MSIX)
		return vfu_fail(&b->conn, err, -EPROTO, "GET_IRQ_INFO: index is %u: must be %u",
				info.index, VFU_IRQ_MSIX);
	if (!info.count || info.count > MSIX_MAX || !(info.flags & VFU_IRQ_EVENTFD))
		return vfu_fail(&b->conn, err, -EPROTO,
				"GET_IRQ_INFO: MSI-X has count %u and flags 0x%x: must be 1 to %u with eventfd",
				info.count, info.flags, MSIX_MAX);
	b->msix = info.count;
	return 0;
}

static int vfu_setup(struct vfu_bus *b, struct nax_error *err)
{
	u32 i;
	int rc;

	rc = vfu_negotiate(&b->conn, err);
	if (!rc)
		rc = get_device_info(b, err);
	for (i = 0; !rc && i < NAX_BUS_BARS; i++)
		rc = get_region_info(b, i, err);
	if (!rc)
		rc = get_region_info(b, NAX_BUS_CONFIG, err);
	if (!rc)
		rc = get_irq_info(b, err);
	return rc;
}

static void conn_died(void *ctx)
{
	struct vfu_bus *b = ctx;

	if (b->bus.died)
		b->bus.died(b->bus.ctx);
}

static void vfu_close(struct nax_bus *bus)
{
	struct vfu_bus *b = to_vfu(bus);

	vfu_conn_destroy(&b->conn);
	close(b->conn.fd);
	free(b);
}

int nax_bus_vfio_user_fd(int fd, u32 timeout_ms, struct nax_bus **bus, struct nax_error *err)
{
	struct vfu_bus *b = calloc(1, sizeof(*b));
	int rc;

	if (!b) {
		close(fd);
		return nax_error_set(err, -ENOMEM, "no memory for the bus");
	}
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	b->bus.ops = &nax_bus_vfio_user_ops;
	vfu_conn_init(&b->conn, fd, timeout_ms);
	b->conn.died = conn_died;
	b->conn.ctx = b;
	rc = vfu_setup(b, err);
	if (rc) {
		vfu_close(&b->bus);
		return rc;
	}
	*bus = &b->bus;
	return 0;
}

static int vfu_open(const char *path, struct nax_bus **bus, struct nax_error *err)
{
	struct nax_error why = { .code = 0 };
	u32 timeout_ms;
	int fd, rc;

	rc = vfu_timeout(&timeout_ms, err);
	if (rc)
		return rc;
	fd = vfu_connect(path, timeout_ms, err);
	if (fd < 0)
		return fd;
	rc = nax_bus_vfio_user_fd(fd, timeout_ms, bus, &why);
	/* a server that is taken says nothing, or hangs up: both look alike from here */
	if (rc == -ETIMEDOUT || rc == -ENODEV)
		nax_error_set(err, rc, "%.100s: %.90s; does it serve another client?", path,
			      why.text);
	else if (rc)
		nax_error_set(err, rc, "%.100s: %.130s", path, why.text);
	return rc;
}

static u64 vfu_region_size(struct nax_bus *bus, u32 region)
{
	return region < NAX_BUS_REGIONS ? to_vfu(bus)->size[region] : 0;
}

static bool in_region(const struct vfu_bus *b, u32 region, u64 offset, u32 len)
{
	return region < NAX_BUS_REGIONS && offset <= b->size[region] &&
	       len <= b->size[region] - offset;
}

static int read_piece(struct vfu_bus *b, u32 region, u64 offset, void *data, u32 len)
{
	struct vfu_region_rw ask = { .offset = offset, .region = region, .count = len };
	struct {
		struct vfu_region_rw rw;
		u8 data[VFU_DATA_MAX];
	} reply;
	struct vfu_request r = {
		.cmd = VFU_REGION_READ,
		.head = &ask,
		.head_len = sizeof(ask),
		.reply = &reply,
		.reply_min = (u32)sizeof(reply.rw) + len,
		.reply_max = (u32)sizeof(reply.rw) + len,
	};
	int rc = vfu_request(&b->conn, &r, NULL);

	if (rc)
		return rc;
	if (reply.rw.count != len || reply.rw.region != region || reply.rw.offset != offset)
		return vfu_fail(&b->conn, NULL, -EPROTO,
				"reply to REGION_READ is of region %u offset 0x%llx count %u: %u, 0x%llx, %u were asked for",
				reply.rw.region, reply.rw.offset, reply.rw.count, region, offset,
				len);
	memcpy(data, reply.data, len);
	return 0;
}

static int vfu_region_read(struct nax_bus *bus, u32 region, u64 offset, void *data, u32 len)
{
	struct vfu_bus *b = to_vfu(bus);
	int rc = 0;

	if (!in_region(b, region, offset, len))
		return -EINVAL;
	while (len && !rc) {
		u32 n = min_t(u32, len, b->conn.max_data);

		rc = read_piece(b, region, offset, data, n);
		data = (char *)data + n;
		offset += n;
		len -= n;
	}
	return rc;
}

/* Configuration writes have effects that the next step relies on, so these wait for the reply. */
static int write_sync(struct vfu_bus *b, u32 region, u64 offset, const void *data, u32 len)
{
	struct vfu_region_rw ask = { .offset = offset, .region = region, .count = len };
	struct vfu_region_rw reply;
	struct vfu_request r = {
		.cmd = VFU_REGION_WRITE,
		.head = &ask,
		.head_len = sizeof(ask),
		.data = data,
		.data_len = len,
		.reply = &reply,
		.reply_min = sizeof(reply),
		.reply_max = sizeof(reply),
	};
	int rc = vfu_request(&b->conn, &r, NULL);

	if (!rc && reply.count != len)
		rc = vfu_fail(&b->conn, NULL, -EPROTO, "reply to REGION_WRITE has count %u: %u was sent",
			      reply.count, len);
	return rc;
}

static int vfu_region_write(struct nax_bus *bus, u32 region, u64 offset, const void *data, u32 len)
{
	struct vfu_bus *b = to_vfu(bus);

	if (len < 1 || len > 8 || !in_region(b, region, offset, len))
		return -EINVAL;
	if (region == NAX_BUS_CONFIG)
		return write_sync(b, region, offset, data, len);
	return vfu_post_write(&b->conn, region, offset, data, len);
}

/* What the caller must know of a failed request: the device is gone, or this one was refused. */
static int gone_or(struct vfu_bus *b, int rc)
{
	return vfu_dead(&b->conn) ? -ENODEV : rc;
}

/* A region may be offered for mmap; doorbells have side effects, so all goes by message. */
static volatile u8 *vfu_region_map(struct nax_bus *bus, u32 region)
{
	return NULL;
}

static int vfu_dma_map(struct nax_bus *bus, u64 iova, u64 size, int fd, u64 offset, void *va)
{
	struct vfu_bus *b = to_vfu(bus);
	struct vfu_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFU_DMA_READABLE | VFU_DMA_WRITABLE,
		.offset = offset,
		.iova = iova,
		.size = size,
	};
	struct vfu_request r = {
		.cmd = VFU_DMA_MAP,
		.head = &map,
		.head_len = sizeof(map),
		.fds = &fd,
		.n_fds = 1,
	};

	return gone_or(b, vfu_request(&b->conn, &r, NULL));
}

static int vfu_dma_unmap(struct nax_bus *bus, u64 iova, u64 size)
{
	struct vfu_bus *b = to_vfu(bus);
	struct vfu_dma_unmap map = { .argsz = sizeof(map), .iova = iova, .size = size };
	struct vfu_dma_unmap reply;

	return gone_or(b, ask_server(b, VFU_DMA_UNMAP, &map, &reply, sizeof(reply), 0, NULL));
}

/* @fd NULL: nobody listens to any vector any more. */
static int set_irqs(struct vfu_bus *b, u32 start, u32 count, const int *fd, struct nax_error *err)
{
	struct vfu_irq_set set = {
		.argsz = sizeof(set),
		.flags = VFU_IRQ_TRIGGER | (fd ? VFU_IRQ_DATA_EVENTFD : VFU_IRQ_DATA_NONE),
		.index = VFU_IRQ_MSIX,
		.start = start,
		.count = count,
	};
	struct vfu_request r = {
		.cmd = VFU_SET_IRQS,
		.head = &set,
		.head_len = sizeof(set),
		.fds = fd,
		.n_fds = fd ? count : 0,
	};

	return vfu_request(&b->conn, &r, err);
}

static int set_all_irqs(struct vfu_bus *b, struct nax_error *err)
{
	u32 i, n;
	int rc = 0;

	for (i = 0; i < b->n_vectors && !rc; i += n) {
		n = min_t(u32, b->n_vectors - i, b->conn.max_fds);
		rc = set_irqs(b, i, n, &b->vector[i], err);
	}
	return rc;
}

static void vfu_vectors_disable(struct nax_bus *bus)
{
	struct vfu_bus *b = to_vfu(bus);

	if (b->n_vectors && !vfu_dead(&b->conn))
		set_irqs(b, 0, 0, NULL, NULL);
	while (b->n_vectors)
		close(b->vector[--b->n_vectors]);
}

static int vfu_vectors_enable(struct nax_bus *bus, u32 n, int *fd, struct nax_error *err)
{
	struct vfu_bus *b = to_vfu(bus);
	u32 most = min_t(u32, b->msix, NAX_BUS_VECTORS_MAX);
	int rc;

	if (b->n_vectors)
		return nax_error_set(err, -EBUSY, "%u vectors are enabled already", b->n_vectors);
	if (n > most)
		return nax_error_set(err, -ENOSPC, "%u vectors asked for: the device has %u", n,
				     most);
	while (b->n_vectors < n) {
		int e = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

		if (e < 0) {
			rc = nax_error_set(err, -errno, "eventfd for vector %u: %s", b->n_vectors,
					   strerror(errno));
			goto fail;
		}
		b->vector[b->n_vectors++] = e;
	}
	rc = set_all_irqs(b, err);
	if (rc)
		goto fail;
	memcpy(fd, b->vector, n * sizeof(*fd));
	return 0;
fail:
	vfu_vectors_disable(bus);
	return rc;
}

/* Whether a reset drops the listeners is the server's choice: tell it again. */
static int vfu_reset(struct nax_bus *bus)
{
	struct vfu_bus *b = to_vfu(bus);
	struct vfu_request r = { .cmd = VFU_DEVICE_RESET };
	int rc = vfu_request(&b->conn, &r, NULL);

	if (!rc)
		rc = set_all_irqs(b, NULL);
	return gone_or(b, rc);
}

static u64 vfu_time_ns(struct nax_bus *bus)
{
	return nax_user_time_ns();
}

static void vfu_delay_us(struct nax_bus *bus, u32 us)
{
	nax_user_sleep_us(us);
}

static const char *vfu_bus_dead(struct nax_bus *bus)
{
	return vfu_dead(&to_vfu(bus)->conn);
}

static int vfu_watch_fd(struct nax_bus *bus)
{
	struct vfu_bus *b = to_vfu(bus);

	return vfu_dead(&b->conn) ? -1 : b->conn.fd;
}

static void vfu_watch(struct nax_bus *bus)
{
	vfu_idle(&to_vfu(bus)->conn);
}

const struct nax_bus_ops nax_bus_vfio_user_ops = {
	.scheme = "vfio-user",
	.open = vfu_open,
	.close = vfu_close,
	.region_size = vfu_region_size,
	.region_read = vfu_region_read,
	.region_write = vfu_region_write,
	.region_map = vfu_region_map,
	.dma_map = vfu_dma_map,
	.dma_unmap = vfu_dma_unmap,
	.vectors_enable = vfu_vectors_enable,
	.vectors_disable = vfu_vectors_disable,
	.reset = vfu_reset,
	.time_ns = vfu_time_ns,
	.delay_us = vfu_delay_us,
	.dead = vfu_bus_dead,
	.watch_fd = vfu_watch_fd,
	.watch = vfu_watch,
};
