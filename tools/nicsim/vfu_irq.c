// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: interrupts of a vfio-user client: an eventfd per MSI-X vector, and one each for the line
 * (INTx), for MSI, for "the device failed" (ERR) and for "the device would like to leave" (REQ).
 *
 * The line has a level, an eventfd has none: having signalled it, the server takes it for masked
 * until the client says UNMASK, when it has dealt with the interrupt, and signals again if there is
 * more.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vfu_conn.h"

/*
 * How many of each index. None is NORESIZE: QEMU would then take down all vectors whenever it adds
 * one.
 */
static const uint32_t irq_counts[VFU_IRQ_INDICES] = {
	[VFU_IRQ_INTX] = 1,
	[VFU_IRQ_MSI] = 1,
	[VFU_IRQ_MSIX] = NICSIM_VECTORS,
	[VFU_IRQ_ERR] = 1,
	[VFU_IRQ_REQ] = 1,
};

void vfu_irq_init(struct vfu_conn *c)
{
	memset(c->irq, -1, sizeof(c->irq));
}

/* ---- signalling ---- */

/*
 * The client may fill its eventfd's counter to the brim, and must not stop the daemon by that: a
 * full one is signalled already, and irq_assign() has seen to it that a write does not block. The
 * flag is the client's as well. Should it clear it, poll() tells what is full; only who also fills
 * the counter between that and the write, for which the kernel has no RWF_NOWAIT, holds the daemon
 * until he reads it.
 */
static void eventfd_raise(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	uint64_t one = 1;

	if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT))
		return;
	if (write(fd, &one, sizeof(one)) < 0)
		return;		/* EAGAIN: the same again */
}

static void irq_raise(struct vfu_conn *c, uint32_t index, uint32_t n)
{
	if (c->irq[index][n] >= 0)
		eventfd_raise(c->irq[index][n]);
}

/* MSI is the first vector, for a client that has not taken that of MSI-X. */
static void on_vector(void *ctx, unsigned int vector)
{
	struct vfu_conn *c = ctx;
	bool msi = !vector && c->irq[VFU_IRQ_MSIX][0] < 0;

	irq_raise(c, msi ? VFU_IRQ_MSI : VFU_IRQ_MSIX, vector);
}

static void on_intx(void *ctx)
{
	struct vfu_conn *c = ctx;

	if (c->intx_masked)
		return;
	c->intx_masked = true;
	irq_raise(c, VFU_IRQ_INTX, 0);
}

static void intx_mask(struct vfu_conn *c, bool masked)
{
	c->intx_masked = masked;
	if (!masked && nicsim_intx(c->port))
		on_intx(c);
}

void vfu_conn_signal(struct vfu_conn *c, enum vfu_irq_index index)
{
	irq_raise(c, index, 0);
}

/* ---- assignment ---- */

static bool vector_taken(const struct vfu_conn *c, uint32_t n)
{
	return c->irq[VFU_IRQ_MSIX][n] >= 0 || (!n && c->irq[VFU_IRQ_MSI][0] >= 0);
}

static void irq_assign(struct vfu_conn *c, uint32_t index, uint32_t n, int fd)
{
	bool vector = index == VFU_IRQ_MSIX || index == VFU_IRQ_MSI;
	bool taken = vector && vector_taken(c, n);
	int old = c->irq[index][n], flags;

	flags = fd >= 0 ? fcntl(fd, F_GETFL) : -1;
	if (flags >= 0)
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);	/* whatever it was made with */
	c->irq[index][n] = fd;
	/* telling the model again would only repeat what is pending */
	if (vector && taken != vector_taken(c, n))
		nicsim_irq_set(c->port, n, taken ? NULL : on_vector, c);
	if (index == VFU_IRQ_INTX && (old >= 0) != (fd >= 0)) {
		c->intx_masked = false;
		nicsim_intx_set(c->port, fd >= 0 ? on_intx : NULL, c);
	}
	if (old >= 0)
		close(old);
}

static void irq_release(struct vfu_conn *c, uint32_t index, uint32_t start, uint32_t count)
{
	uint32_t n;

	for (n = start; n < start + count; n++)
		irq_assign(c, index, n, -1);
}

void vfu_irq_exit(struct vfu_conn *c)
{
	uint32_t index;

	for (index = 0; index < VFU_IRQ_INDICES; index++)
		irq_release(c, index, 0, irq_counts[index]);
}

/* A descriptor of another kind might block a write, or be a file that it would change. */
static bool is_eventfd(int fd)
{
	static const char want[] = "anon_inode:[eventfd]";
	char path[32], target[sizeof(want)];
	struct stat st;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, target, sizeof(target));
	if (n >= 0)
		return n == sizeof(want) - 1 && !memcmp(target, want, n);
	/* without /proc: neither file, pipe, socket nor device has no type */
	return !fstat(fd, &st) && !(st.st_mode & S_IFMT);
}

static int irq_set_eventfds(struct vfu_conn *c, const struct vfu_request *rq,
			    const struct vfu_irq_set *d)
{
	int i;

	if (!rq->nfds) {
		irq_release(c, d->index, d->start, d->count);
		return 0;
	}
	if ((uint32_t)rq->nfds != d->count)
		return vfu_refuse(c, rq, EINVAL, "count is %u, but %d descriptors came", d->count,
				  rq->nfds);
	for (i = 0; i < rq->nfds; i++) {
		if (!is_eventfd(rq->fds[i]))
			return vfu_refuse(c, rq, EINVAL, "descriptor %d of %d is not an eventfd", i,
					  rq->nfds);
	}
	for (i = 0; i < rq->nfds; i++) {
		irq_assign(c, d->index, d->start + i, rq->fds[i]);
		rq->fds[i] = -1;
	}
	return 0;
}

/* ---- commands ---- */

int vfu_irq_get_info(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply)
{
	struct vfu_irq_info d;

	memcpy(&d, rq->data, sizeof(d));
	if (d.argsz < sizeof(d))
		return vfu_refuse(c, rq, EINVAL, "argsz is %u, limit %zu", d.argsz, sizeof(d));
	if (d.index >= VFU_IRQ_INDICES)
		return vfu_refuse(c, rq, EINVAL, "index is %u, limit %u", d.index,
				  VFU_IRQ_INDICES - 1);
	d.argsz = sizeof(d);
	d.count = irq_counts[d.index];
	d.flags = VFU_IRQ_EVENTFD;
	if (d.index == VFU_IRQ_INTX)
		d.flags |= VFU_IRQ_MASKABLE | VFU_IRQ_AUTOMASKED;
	vfu_put(reply, &d, sizeof(d));
	return 0;
}

static int set_check(struct vfu_conn *c, const struct vfu_request *rq, const struct vfu_irq_set *d)
{
	uint32_t data = d->flags & VFU_IRQ_DATA, action = d->flags & VFU_IRQ_ACTION, limit;
	size_t want = sizeof(*d) + (data == VFU_IRQ_DATA_BOOL ? d->count : 0);

	if (d->argsz < sizeof(*d))
		return vfu_refuse(c, rq, EINVAL, "argsz is %u, limit %zu", d->argsz, sizeof(*d));
	if (d->index >= VFU_IRQ_INDICES)
		return vfu_refuse(c, rq, EINVAL, "index is %u, limit %u", d->index,
				  VFU_IRQ_INDICES - 1);
	if (!data || !action || d->flags & ~(VFU_IRQ_DATA | VFU_IRQ_ACTION) ||
	    data & (data - 1) || action & (action - 1))
		return vfu_refuse(c, rq, EINVAL, "flags are %#x, limit one of %#x and one of %#x",
				  d->flags, VFU_IRQ_DATA, VFU_IRQ_ACTION);
	limit = irq_counts[d->index];
	if (d->start > limit || d->count > limit - d->start)
		return vfu_refuse(c, rq, EINVAL, "start %u, count %u: index %u has %u", d->start,
				  d->count, d->index, limit);
	if (!d->count && d->flags != (VFU_IRQ_DATA_NONE | VFU_IRQ_TRIGGER))
		return vfu_refuse(c, rq, EINVAL, "count is 0 with flags %#x", d->flags);
	if (action != VFU_IRQ_TRIGGER &&
	    (d->index != VFU_IRQ_INTX || data == VFU_IRQ_DATA_EVENTFD))
		return vfu_refuse(c, rq, ENOTTY, "index %u cannot be masked that way", d->index);
	if (rq->len != want)
		return vfu_refuse(c, rq, EINVAL, "has %u bytes of data, limit %zu", rq->len, want);
	if (rq->nfds && data != VFU_IRQ_DATA_EVENTFD)
		return vfu_refuse(c, rq, EINVAL, "flags are %#x, but %d descriptors came", d->flags,
				  rq->nfds);
	return 0;
}

int vfu_irq_set(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply)
{
	const uint8_t *fire = rq->data + sizeof(struct vfu_irq_set);
	struct vfu_irq_set d;
	uint32_t i;
	int err;

	memcpy(&d, rq->data, sizeof(d));
	err = set_check(c, rq, &d);
	if (err)
		return err;
	if (d.flags & VFU_IRQ_DATA_EVENTFD)
		return irq_set_eventfds(c, rq, &d);
	if (!d.count)
		irq_release(c, d.index, 0, irq_counts[d.index]);
	for (i = 0; i < d.count; i++) {
		if (!(d.flags & VFU_IRQ_DATA_NONE || fire[i]))
			continue;
		if (d.flags & VFU_IRQ_TRIGGER)
			irq_raise(c, d.index, d.start + i);
		else
			intx_mask(c, d.flags & VFU_IRQ_MASK);
	}
	return 0;
}
