// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: vfio-user commands about the device and its regions. No region can be mapped by a client:
 * registers have side effects, so every access is a message.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "vfu_conn.h"

/* Every query begins with the room that the client has for the answer. */
static int argsz_check(struct vfu_conn *c, const struct vfu_request *rq, uint32_t argsz,
		       size_t need)
{
	if (argsz >= need)
		return 0;
	return vfu_refuse(c, rq, EINVAL, "argsz is %u, limit %zu", argsz, need);
}

static int region_index_check(struct vfu_conn *c, const struct vfu_request *rq, uint32_t index)
{
	if (index < NICSIM_REGIONS)
		return 0;
	return vfu_refuse(c, rq, EINVAL, "region is %u, limit %u", index, NICSIM_REGIONS - 1);
}

int vfu_device_get_info(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply)
{
	struct vfu_device_info d;
	int err;

	memcpy(&d, rq->data, sizeof(d));
	err = argsz_check(c, rq, d.argsz, sizeof(d));
	if (err)
		return err;
	d = (struct vfu_device_info){
		.argsz = sizeof(d),
		.flags = VFU_DEVICE_RESET | VFU_DEVICE_PCI,
		.regions = NICSIM_REGIONS,
		.irqs = VFU_IRQ_INDICES,
	};
	vfu_put(reply, &d, sizeof(d));
	return 0;
}

int vfu_device_reset(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply)
{
	nicsim_port_reset(c->port);
	return 0;
}

/* Migration, dirty page logging: the device has none. Clients probe: it is not worth a line. */
int vfu_device_feature(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply)
{
	return -ENOTTY;
}

int vfu_region_get_info(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply)
{
	struct vfu_region_info d;
	int err;

	memcpy(&d, rq->data, sizeof(d));
	err = argsz_check(c, rq, d.argsz, sizeof(d));
	if (!err)
		err = region_index_check(c, rq, d.index);
	if (err)
		return err;
	d = (struct vfu_region_info){
		.argsz = sizeof(d),
		.index = d.index,
		.size = nicsim_region_size(c->port, d.index),
	};
	if (d.size)
		d.flags = VFU_REGION_READ | VFU_REGION_WRITE;
	vfu_put(reply, &d, sizeof(d));
	return 0;
}

/* An empty list: doorbells have side effects that an eventfd would not carry. */
int vfu_region_get_io_fds(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply)
{
	struct vfu_region_io_fds d;
	int err;

	memcpy(&d, rq->data, sizeof(d));
	err = argsz_check(c, rq, d.argsz, sizeof(d));
	if (!err)
		err = region_index_check(c, rq, d.index);
	if (err)
		return err;
	if (d.flags)
		return vfu_refuse(c, rq, EINVAL, "flags are %#x, limit 0", d.flags);
	d.argsz = sizeof(d);
	d.count = 0;
	vfu_put(reply, &d, sizeof(d));
	return 0;
}

/* ---- access ---- */

static int access_check(struct vfu_conn *c, const struct vfu_request *rq,
			const struct vfu_region_rw *d)
{
	uint64_t size;
	int err;

	err = region_index_check(c, rq, d->region);
	if (err)
		return err;
	size = nicsim_region_size(c->port, d->region);
	if (!d->count || d->offset > size || d->count > size - d->offset)
		return vfu_refuse(c, rq, EINVAL,
				  "offset %#" PRIx64 ", count %u: region %u ends at %#" PRIx64,
				  d->offset, d->count, d->region, size);
	if (d->count > c->max_xfer)
		return vfu_refuse(c, rq, EINVAL, "count is %u, limit %u", d->count, c->max_xfer);
	/* a bus access, but for configuration space, which clients copy whole */
	if (d->region != NICSIM_REGION_CONFIG && (d->count > 8 || (d->count & (d->count - 1))))
		return vfu_refuse(c, rq, EINVAL, "count is %u, limits 1, 2, 4, 8 in region %u",
				  d->count, d->region);
	if (d->count > VFU_CONFIG_MAX)
		return vfu_refuse(c, rq, EINVAL, "count is %u, limit %u", d->count, VFU_CONFIG_MAX);
	return 0;
}

int vfu_region_read(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply)
{
	uint8_t data[VFU_CONFIG_MAX];
	struct vfu_region_rw d;
	int err;

	memcpy(&d, rq->data, sizeof(d));
	err = access_check(c, rq, &d);
	if (err)
		return err;
	err = nicsim_region_read(c->port, d.region, d.offset, data, d.count);
	if (err)
		return vfu_refuse(c, rq, -err, "region %u, offset %#" PRIx64 ", count %u: %s",
				  d.region, d.offset, d.count, strerror(-err));
	vfu_put(reply, &d, sizeof(d));
	vfu_put(reply, data, d.count);
	return 0;
}

int vfu_region_write(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply)
{
	struct vfu_region_rw d;
	int err;

	memcpy(&d, rq->data, sizeof(d));
	if (d.count != rq->len - sizeof(d))
		return vfu_refuse(c, rq, EINVAL, "count is %u, but %zu bytes came", d.count,
				  rq->len - sizeof(d));
	err = access_check(c, rq, &d);
	if (err)
		return err;
	err = nicsim_region_write(c->port, d.region, d.offset, rq->data + sizeof(d), d.count);
	if (err)
		return vfu_refuse(c, rq, -err, "region %u, offset %#" PRIx64 ", count %u: %s",
				  d.region, d.offset, d.count, strerror(-err));
	vfu_put(reply, &d, sizeof(d));
	return 0;
}
