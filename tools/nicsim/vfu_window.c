// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: where the client's memory is in our own address space. Behind a virtual IOMMU it comes
 * page by page, in any order, and a ring or a buffer lies over several pages: what follows in the
 * device's addresses has to follow here, or no pointer would reach over the border of a page.
 *
 * So a piece of address space, a window, is reserved for the surroundings of a mapping, and the
 * mapping gets its place in there; neighbours find theirs beside it. Reserving costs no memory.
 * A window begins at least WINDOW before its first mapping and ends at least as far behind it, but
 * where another window is. It is aligned, so that a file of huge pages can be mapped there too.
 * If there is no window to be had, a mapping is put anywhere, as it would be without all this.
 * How much address space that is at most follows from what vfu_dma.c lets a client map.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

#include "vfu_conn.h"

#define WINDOW		(1ull << 34)	/* windows begin and end at multiples */
#define WINDOW_ALIGN	(1ull << 30)	/* the largest huge page */

#define RESERVE		(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

static uint8_t *reserve(uint64_t len)
{
	uint64_t before;
	uint8_t *va;

	va = mmap(NULL, len + WINDOW_ALIGN, PROT_NONE, RESERVE, -1, 0);
	if (va == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)va % WINDOW_ALIGN;
	if (before)
		munmap(va, before);
	munmap(va + before + len, WINDOW_ALIGN - before);
	return va + before;
}

static struct vfu_window *window_find(struct vfu_conn *c, uint64_t iova, uint64_t size)
{
	unsigned int i;

	for (i = 0; i < c->window_count; i++) {
		struct vfu_window *w = &c->window[i];

		if (iova - w->base < w->len && size <= w->len - (iova - w->base))
			return w;
	}
	return NULL;
}

/* Takes the windows that are there off @base .. @last; false: nothing is left around @from .. @to. */
static bool window_clip(const struct vfu_conn *c, uint64_t from, uint64_t to, uint64_t *base,
			uint64_t *last)
{
	unsigned int i;

	for (i = 0; i < c->window_count; i++) {
		const struct vfu_window *w = &c->window[i];
		uint64_t end = w->base + (w->len - 1);

		if (end < from)
			*base = end >= *base ? end + 1 : *base;
		else if (w->base > to)
			*last = w->base <= *last ? w->base - 1 : *last;
		else
			return false;
	}
	return true;
}

static struct vfu_window *window_make(struct vfu_conn *c, uint64_t iova, uint64_t size)
{
	uint64_t from = iova & ~(WINDOW - 1), to = (iova + (size - 1)) | (WINDOW - 1);
	uint64_t base = from < WINDOW ? 0 : from - WINDOW;
	uint64_t last = to > UINT64_MAX - WINDOW ? UINT64_MAX : to + WINDOW;
	struct vfu_window *w;
	uint8_t *va;

	if (c->window_count == VFU_WINDOWS || !window_clip(c, from, to, &base, &last))
		return NULL;
	va = reserve(last - base + 1);
	if (!va)
		return NULL;
	w = &c->window[c->window_count++];
	*w = (struct vfu_window){ .base = base, .len = last - base + 1, .va = va };
	return w;
}

static void window_put(struct vfu_conn *c, struct vfu_window *w)
{
	if (w->users)
		return;
	munmap(w->va, w->len);
	*w = c->window[--c->window_count];
}

/*
 * mmap() takes away what is at the address before it asks the file, which may refuse (a sealed
 * memfd). The hole is filled at once: an mmap() of somebody else might land there, and be
 * overwritten by the next mapping of this window.
 */
static void *window_place(struct vfu_window *w, const struct vfu_map *m, int prot, int fd,
			  uint64_t offset)
{
	uint8_t *at = w->va + (m->iova - w->base);
	void *va = mmap(at, m->size, prot, MAP_SHARED | MAP_FIXED, fd, offset);
	int err = errno;

	if (va == MAP_FAILED) {
		/* the kernel had a mapping more before, so there is room for this one */
		mmap(at, m->size, PROT_NONE, RESERVE | MAP_FIXED, -1, 0);
		errno = err;
	}
	return va;
}

int vfu_window_map(struct vfu_conn *c, struct vfu_map *m, uint64_t unit, int prot, int fd,
		   uint64_t offset)
{
	struct vfu_window *w = NULL;
	void *va;

	if (!(m->iova % unit) && m->size == m->va_len) {
		w = window_find(c, m->iova, m->size);
		if (!w)
			w = window_make(c, m->iova, m->size);
	}
	if (w)
		va = window_place(w, m, prot, fd, offset);
	else
		va = mmap(NULL, m->va_len, prot, MAP_SHARED, fd, offset);
	if (w && va != MAP_FAILED)
		w->users++;
	else if (w)
		window_put(c, w);
	if (va == MAP_FAILED)
		return -1;
	m->va = va;
	return 0;
}

void vfu_window_unmap(struct vfu_conn *c, const struct vfu_map *m)
{
	struct vfu_window *w = window_find(c, m->iova, m->size);

	if (!w || w->va + (m->iova - w->base) != m->va) {
		munmap(m->va, m->va_len);
		return;
	}
	/* should it fail, what is there stays there: a hole might be taken by somebody else */
	if (mmap(m->va, m->va_len, PROT_NONE, RESERVE | MAP_FIXED, -1, 0) == MAP_FAILED)
		return;
	w->users--;
	window_put(c, w);
}

void vfu_window_exit(struct vfu_conn *c)
{
	while (c->window_count) {
		c->window_count--;
		munmap(c->window[c->window_count].va, c->window[c->window_count].len);
	}
}
