// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: the client's memory. The descriptor of each DMA_MAP is mapped here and its address given
 * to the model; without a descriptor the range is known but out of the device's reach.
 *
 * A client may shorten its file after mapping it, and the model's next access then raises SIGBUS.
 * The handler puts anonymous zero pages in the mapping's place and marks the connection: the access
 * goes on, no state of the model is lost half-changed, other clients notice nothing, and the server
 * ends that one connection as soon as the model returns.
 *
 * The kernel bounds the areas of memory that a process has (vm.max_map_count). All clients share
 * them, and without any left the handler could not map, nor malloc() of the daemon: a part is kept
 * from the clients.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "vfu_conn.h"

#define MAPS_MAX	65535		/* what clients assume if nothing is said */
#define BYTES_MAX	(1ull << 40)		/* of a client; a guest's memory is less */
#define PAGE		4096u

static struct vfu_conn *conns;

/* ---- areas of our address space ---- */

static unsigned int areas;			/* that the mappings of all clients take */

/* How many they may: an eighth is the daemon's own. */
static unsigned int areas_max(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
	unsigned int max;

	if (!file || fscanf(file, "%u", &max) != 1)
		max = 65530;			/* the kernel's default */
	if (file)
		fclose(file);
	return max - max / 8;
}

unsigned int vfu_dma_maps_max(const struct vfu_conn *c)
{
	unsigned int max = c->areas_max / 2;	/* if none is beside another */

	return max < MAPS_MAX ? max : MAPS_MAX;
}

/*
 * What mappings @from .. @to - 1 take: each has its own area, and where none ends in front of it
 * there is the window's.
 */
static unsigned int areas_of(const struct vfu_conn *c, unsigned int from, unsigned int to)
{
	const struct vfu_map *m = c->map;
	unsigned int i, n = 0;

	for (i = from; i < to && i < c->map_count; i++) {
		bool joins = i && m[i - 1].va && (char *)m[i - 1].va + m[i - 1].va_len == m[i].va;

		n += !m[i].va ? 0 : joins ? 1 : 2;
	}
	return n;
}

/* ---- SIGBUS ---- */

static struct vfu_conn *conn_at(const void *addr, struct vfu_map *found)
{
	struct vfu_conn *c;
	unsigned int i;

	for (c = conns; c; c = c->next) {
		for (i = 0; i < c->map_count; i++) {
			const struct vfu_map *m = &c->map[i];

			if (m->va && (uintptr_t)addr - (uintptr_t)m->va < m->va_len) {
				*found = *m;
				return c;
			}
		}
	}
	return NULL;
}

/*
 * The signal is raised by an access, so it comes when no mapping is being changed: the tables may
 * be read, and mmap() is a plain system call.
 */
static void on_sigbus(int sig, siginfo_t *info, void *context)
{
	int saved = errno;
	struct vfu_conn *c;
	struct vfu_map m;

	c = conn_at(info->si_addr, &m);
	if (c && mmap(m.va, m.va_len, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == m.va) {
		c->faulted = 1;
		errno = saved;
		return;
	}
	/* not a client's: the access is repeated, and this time ends the process as it should */
	signal(SIGBUS, SIG_DFL);
}

void vfu_dma_init(struct vfu_conn *c)
{
	struct sigaction sa = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };

	/* each time: whoever runs the model may have had a handler of its own since the last */
	sigemptyset(&sa.sa_mask);
	sigaction(SIGBUS, &sa, NULL);
	c->areas_max = areas_max();
	c->next = conns;
	conns = c;
}

bool vfu_conn_faulted(const struct vfu_conn *c)
{
	return c->faulted;
}

/* ---- the table ---- */

/* The first mapping that ends at or after @iova. */
static unsigned int map_find(const struct vfu_conn *c, uint64_t iova)
{
	unsigned int low = 0, high = c->map_count;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (c->map[mid].iova + (c->map[mid].size - 1) < iova)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static int map_room(struct vfu_conn *c, const struct vfu_request *rq)
{
	unsigned int room = c->map_room ? 2 * c->map_room : 16;
	struct vfu_map *map;

	if (c->map_count < c->map_room)
		return 0;
	if (c->map_count >= MAPS_MAX)
		return vfu_refuse(c, rq, ENOSPC, "there are %u mappings, limit %u", c->map_count,
				  MAPS_MAX);
	map = realloc(c->map, room * sizeof(*map));
	if (!map)
		return vfu_refuse(c, rq, ENOMEM, "no memory for %u mappings", room);
	c->map = map;
	c->map_room = room;
	return 0;
}

static void map_release(struct vfu_conn *c, const struct vfu_map *m)
{
	if (!m->va)
		return;
	c->bytes -= m->va_len;
	vfu_window_unmap(c, m);
}

void vfu_dma_exit(struct vfu_conn *c)
{
	struct vfu_conn **at;
	unsigned int i;

	for (at = &conns; *at; at = &(*at)->next) {
		if (*at == c) {
			*at = c->next;
			break;
		}
	}
	areas -= areas_of(c, 0, c->map_count);
	for (i = 0; i < c->map_count; i++)
		map_release(c, &c->map[i]);
	vfu_window_exit(c);
	free(c->map);
}

/* ---- DMA_MAP ---- */

static int map_check(struct vfu_conn *c, const struct vfu_request *rq, const struct vfu_dma_map *d)
{
	unsigned int at;

	if (d->argsz < sizeof(*d))
		return vfu_refuse(c, rq, EINVAL, "argsz is %u, limit %zu", d->argsz, sizeof(*d));
	if (d->flags & ~VFU_DMA_FLAGS || !(d->flags & (VFU_DMA_READ | VFU_DMA_WRITE)))
		return vfu_refuse(c, rq, EINVAL, "flags are %#x, limit %#x with read or write",
				  d->flags, VFU_DMA_FLAGS);
	if (!d->size || d->size % PAGE || d->iova % PAGE || d->fd_offset % PAGE)
		return vfu_refuse(c, rq, EINVAL, "iova %#" PRIx64 ", size %#" PRIx64
				  ", offset %#" PRIx64 ": limit is whole pages of %u", d->iova,
				  d->size, d->fd_offset, PAGE);
	if (d->iova + (d->size - 1) < d->iova)
		return vfu_refuse(c, rq, EINVAL, "iova %#" PRIx64 " and size %#" PRIx64
				  " pass the limit of 64 bits", d->iova, d->size);
	at = map_find(c, d->iova);
	if (at < c->map_count && c->map[at].iova <= d->iova + (d->size - 1))
		return vfu_refuse(c, rq, EEXIST, "iova %#" PRIx64 ", size %#" PRIx64
				  " overlaps the mapping at %#" PRIx64 ", size %#" PRIx64, d->iova,
				  d->size, c->map[at].iova, c->map[at].size);
	return map_room(c, rq);
}

static int map_memory(struct vfu_conn *c, const struct vfu_request *rq,
		      const struct vfu_dma_map *d, struct vfu_map *m)
{
	struct statfs fs;
	uint64_t unit;
	struct stat st;
	int prot = 0;

	if (fstat(rq->fds[0], &st))
		return vfu_refuse(c, rq, errno, "descriptor: %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return vfu_refuse(c, rq, EINVAL, "descriptor has mode %#o, limit is regular files",
				  st.st_mode);
	if (d->fd_offset > (uint64_t)st.st_size || d->size > (uint64_t)st.st_size - d->fd_offset)
		return vfu_refuse(c, rq, EINVAL, "offset %#" PRIx64 " and size %#" PRIx64
				  " pass the file's end, limit %#" PRIx64, d->fd_offset, d->size,
				  (uint64_t)st.st_size);
	if (areas + 2 > c->areas_max)
		return vfu_refuse(c, rq, ENOSPC, "the clients' mappings take %u areas of memory, "
				  "limit %u (7/8 of vm.max_map_count)", areas, c->areas_max);
	if (d->flags & VFU_DMA_READ)
		prot |= PROT_READ;
	if (d->flags & VFU_DMA_WRITE)
		prot |= PROT_WRITE;
	/* files of huge pages are mapped and unmapped in their own unit only */
	unit = PAGE;
	if (!fstatfs(rq->fds[0], &fs) && fs.f_type == HUGETLBFS_MAGIC)
		unit = fs.f_bsize;
	m->skew = d->fd_offset & (unit - 1);
	m->va_len = (m->skew + d->size + unit - 1) & ~(unit - 1);
	if (d->size > BYTES_MAX || m->va_len > BYTES_MAX - c->bytes)
		return vfu_refuse(c, rq, ENOSPC, "size %#" PRIx64 " beside %#" PRIx64
				  " bytes that are mapped, limit %#llx", d->size, c->bytes,
				  BYTES_MAX);
	if (vfu_window_map(c, m, unit, prot, rq->fds[0], d->fd_offset - m->skew))
		return vfu_refuse(c, rq, errno, "mmap of %#" PRIx64 " bytes: %s", d->size,
				  strerror(errno));
	c->bytes += m->va_len;
	return 0;
}

int vfu_dma_map(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply)
{
	struct vfu_dma_map d;
	struct vfu_map m = { 0 };
	unsigned int at;
	int err;

	memcpy(&d, rq->data, sizeof(d));
	err = map_check(c, rq, &d);
	if (err)
		return err;
	m.iova = d.iova;
	m.size = d.size;
	if (rq->nfds) {
		err = map_memory(c, rq, &d, &m);
		if (err)
			return err;
	}
	err = nicsim_dma_map(c->port, d.iova, d.size, m.va ? (char *)m.va + m.skew : NULL,
			     d.flags & VFU_DMA_READ, d.flags & VFU_DMA_WRITE);
	if (err) {
		map_release(c, &m);
		return vfu_refuse(c, rq, -err, "iova %#" PRIx64 ": %s", d.iova, strerror(-err));
	}
	at = map_find(c, d.iova);
	areas -= areas_of(c, at, at + 1);
	memmove(&c->map[at + 1], &c->map[at], (c->map_count - at) * sizeof(m));
	c->map[at] = m;
	c->map_count++;
	areas += areas_of(c, at, at + 2);
	return 0;
}

/* ---- DMA_UNMAP ---- */

/* A virtual IOMMU has a mapping for each page: they leave the device's reach at once. */
static void unmap_run(struct vfu_conn *c, unsigned int from, unsigned int to)
{
	uint64_t size;

	if (from == to)
		return;
	size = c->map[to - 1].iova + c->map[to - 1].size - c->map[from].iova;
	nicsim_dma_unmap(c->port, c->map[from].iova, size ? size : UINT64_MAX);
	for (; from < to; from++)
		map_release(c, &c->map[from]);
}

/*
 * As VFIO type 1: whatever lies wholly inside goes, and finding nothing is no error. QEMU flushes a
 * virtual IOMMU's domain by unmapping pieces of the whole address space.
 */
int vfu_dma_unmap(struct vfu_conn *c, const struct vfu_request *rq, struct vfu_reply *reply)
{
	struct vfu_dma_unmap d;
	unsigned int from, to;
	uint64_t end;

	memcpy(&d, rq->data, sizeof(d));
	if (d.argsz < sizeof(d))
		return vfu_refuse(c, rq, EINVAL, "argsz is %u, limit %zu", d.argsz, sizeof(d));
	if (d.flags & ~VFU_UNMAP_ALL)
		return vfu_refuse(c, rq, EINVAL, "flags are %#x, limit %#x", d.flags,
				  VFU_UNMAP_ALL);
	end = d.iova + (d.size - 1);
	if (d.flags & VFU_UNMAP_ALL) {
		if (d.iova || d.size)
			return vfu_refuse(c, rq, EINVAL, "all, but iova is %#" PRIx64 " and size %#"
					  PRIx64 ", limit 0", d.iova, d.size);
		end = UINT64_MAX;
	} else if (!d.size || end < d.iova) {
		return vfu_refuse(c, rq, EINVAL, "iova %#" PRIx64 ", size %#" PRIx64
				  ": limits 1 to 64 bits", d.iova, d.size);
	}
	from = map_find(c, d.iova);
	if (from < c->map_count && c->map[from].iova < d.iova)
		from++;
	for (to = from; to < c->map_count; to++) {
		if (c->map[to].iova + (c->map[to].size - 1) > end)
			break;
	}
	areas -= areas_of(c, from, to + 1);
	unmap_run(c, from, to);
	/* without any mapping there is no table either */
	if (to != from)
		memmove(&c->map[from], &c->map[to], (c->map_count - to) * sizeof(*c->map));
	c->map_count -= to - from;
	areas += areas_of(c, from, from + 1);
	vfu_put(reply, &d, sizeof(d));
	return 0;
}
