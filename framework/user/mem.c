// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The shared mapping: reservation, chunks, page allocator, and the clients that must see it. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mem.h"
#include "user.h"

#ifndef MFD_HUGE_2MB
#define MFD_HUGE_2MB (21u << 26)
#endif

#define PAGES		(NAX_MEM_SIZE / NAX_MEM_PAGE)
#define CHUNKS_MAX	(NAX_MEM_SIZE / NAX_MEM_CHUNK)

/**
 * struct mem_file - where chunks come from
 * @fd: memfd, -1: not there
 * @size: bytes given to chunks so far
 * @end: bytes that it has: it cannot shrink
 */
struct mem_file {
	int fd;
	u64 size;
	u64 end;
};

/**
 * struct mem_chunk - memory that was mapped in one step
 * @first: first page, from the start of the reservation
 * @pages: how many; more than one step's if a larger allocation needed it
 * @free: pages of these not allocated
 * @fd: the file it is a part of
 * @offset: where in the file
 * @huge: on huge pages
 */
struct mem_chunk {
	u32 first;
	u32 pages;
	u32 free;
	int fd;
	u64 offset;
	bool huge;
};

/*
 * Lock order: life, then the pool's lock, then lock. life is held while a client comes or goes, so
 * that the last one can have the pool reset without holding lock, which the pool takes to grow.
 */
static struct {
	pthread_mutex_t life;
	pthread_mutex_t lock;
	struct nax_mem_client *clients;
	u32 n_clients;
	char *reserved;			/* what mmap() gave */
	char *base;			/* the aligned part that is used */
	struct mem_file huge;
	struct mem_file normal;
	u32 n_chunks;
	u32 n_pages;			/* mapped so far */
	u64 used;			/* pages allocated */
	struct mem_chunk chunk[CHUNKS_MAX];
	u32 map[PAGES / 32];		/* bit per page: allocated */
} mem = {
	.life = PTHREAD_MUTEX_INITIALIZER,
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.huge.fd = -1,
	.normal.fd = -1,
};

char *nax_mem_origin;

static bool page_used(u32 page)
{
	return mem.map[page / 32] >> (page % 32) & 1;
}

static void pages_mark(u32 page, u32 n, bool used)
{
	for (; n; page++, n--) {
		if (used)
			mem.map[page / 32] |= 1u << (page % 32);
		else
			mem.map[page / 32] &= ~(1u << (page % 32));
	}
}

static u64 page_iova(u32 page)
{
	return NAX_MEM_IOVA + (u64)page * NAX_MEM_PAGE;
}

static char *page_va(u32 page)
{
	return mem.base + (u64)page * NAX_MEM_PAGE;
}

/*
 * A server at the other end of a socket gets the file too. It must not be able to take memory away
 * by which ports of other servers work.
 */
static struct mem_file file_create(const char *name, unsigned int flags)
{
	struct mem_file f = { .fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | flags) };

	if (f.fd >= 0 && fcntl(f.fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_SEAL)) {
		int code = errno;

		close(f.fd);
		f.fd = -1;
		errno = code;
	}
	return f;
}

/* The reservation costs address space only, so its size is chosen for the largest process. */
static int mem_create(struct nax_error *err)
{
	mem.reserved = mmap(NULL, NAX_MEM_SIZE + NAX_MEM_CHUNK, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (mem.reserved == MAP_FAILED) {
		mem.reserved = NULL;
		return nax_error_set(err, -errno, "cannot reserve %llu MiB of address space: %s",
				     NAX_MEM_SIZE >> 20, strerror(errno));
	}
	mem.normal = file_create("nax", 0);
	if (mem.normal.fd < 0) {
		int code = -errno;

		munmap(mem.reserved, NAX_MEM_SIZE + NAX_MEM_CHUNK);
		mem.reserved = NULL;
		return nax_error_set(err, code, "cannot create shared memory: %s",
				     strerror(-code));
	}
	/* no huge pages on this machine: mapping the first chunk will find out */
	mem.huge = file_create("nax-huge", MFD_HUGETLB | MFD_HUGE_2MB);
	mem.base = (char *)(((uintptr_t)mem.reserved + NAX_MEM_CHUNK - 1) &
			    ~(uintptr_t)(NAX_MEM_CHUNK - 1));
	nax_mem_origin = (char *)((uintptr_t)mem.base - NAX_MEM_IOVA);
	return 0;
}

static void mem_destroy(void)
{
	munmap(mem.reserved, NAX_MEM_SIZE + NAX_MEM_CHUNK);
	if (mem.huge.fd >= 0)
		close(mem.huge.fd);
	close(mem.normal.fd);
	mem.huge.fd = -1;
	mem.normal.fd = -1;
	pages_mark(0, mem.n_pages, false);
	mem.n_chunks = 0;
	mem.n_pages = 0;
	mem.used = 0;
	mem.reserved = NULL;
	mem.base = NULL;
	nax_mem_origin = NULL;
}

/* With huge pages mmap() reserves them, so it is here that we learn of a lack, not by SIGBUS. */
static bool file_map(struct mem_file *f, struct mem_chunk *c)
{
	u64 size = (u64)c->pages * NAX_MEM_PAGE;
	u64 end = f->size + size;
	void *va;

	if (f->fd < 0 || (end > f->end && ftruncate(f->fd, (off_t)end)))
		return false;
	f->end = max_t(u64, f->end, end);
	va = mmap(page_va(c->first), size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, f->fd,
		  (off_t)f->size);
	if (va == MAP_FAILED)
		return false;
	c->fd = f->fd;
	c->offset = f->size;
	f->size += size;
	return true;
}

static void chunk_unmap(struct mem_chunk *c)
{
	/* the range stays reserved */
	mmap(page_va(c->first), (u64)c->pages * NAX_MEM_PAGE, PROT_NONE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

static int client_map(struct nax_mem_client *cl, const struct mem_chunk *c)
{
	int rc = cl->map(cl, page_iova(c->first), (u64)c->pages * NAX_MEM_PAGE, c->fd, c->offset,
			 page_va(c->first));

	return rc == -ENODEV ? 0 : rc;
}

static void client_unmap(struct nax_mem_client *cl, const struct mem_chunk *c)
{
	cl->unmap(cl, page_iova(c->first), (u64)c->pages * NAX_MEM_PAGE);
}

/* All clients see a new chunk, or it is not made. */
static bool chunk_announce(struct mem_chunk *c)
{
	struct nax_mem_client *cl, *undo;

	for (cl = mem.clients; cl; cl = cl->next)
		if (client_map(cl, c))
			break;
	if (!cl)
		return true;
	for (undo = mem.clients; undo != cl; undo = undo->next)
		client_unmap(undo, c);
	return false;
}

static struct mem_chunk *mem_grow(size_t size)
{
	u32 pages = (u32)(ALIGN((u64)size, (u64)NAX_MEM_CHUNK) / NAX_MEM_PAGE);
	struct mem_chunk *c = &mem.chunk[mem.n_chunks];
	struct mem_file *f;

	if (mem.n_chunks == CHUNKS_MAX || pages > PAGES - mem.n_pages)
		return NULL;
	*c = (struct mem_chunk){ .first = mem.n_pages, .pages = pages, .free = pages };
	f = &mem.huge;
	c->huge = file_map(f, c);
	if (!c->huge) {
		f = &mem.normal;
		if (!file_map(f, c))
			return NULL;
	}
	if (!chunk_announce(c)) {
		chunk_unmap(c);
		f->size -= (u64)pages * NAX_MEM_PAGE;
		return NULL;
	}
	mem.n_chunks++;
	mem.n_pages += pages;
	return c;
}

/* First fit; an allocation lies in one chunk, since a device may not follow it across two maps. */
static bool chunk_find(const struct mem_chunk *c, u32 pages, u32 align, u32 *found)
{
	u32 page, run;

	if (c->free < pages)
		return false;
	for (page = c->first; page + pages <= c->first + c->pages; page += align) {
		for (run = 0; run < pages && !page_used(page + run); run++)
			;
		if (run == pages) {
			*found = page;
			return true;
		}
	}
	return false;
}

static bool mem_find(u32 pages, u32 align, u32 *page, struct mem_chunk **chunk)
{
	u32 i;

	for (i = 0; i < mem.n_chunks; i++) {
		if (chunk_find(&mem.chunk[i], pages, align, page)) {
			*chunk = &mem.chunk[i];
			return true;
		}
	}
	return false;
}

void *nax_mem_alloc(size_t size, size_t align, u64 *dma)
{
	struct mem_chunk *c;
	void *va = NULL;
	u32 pages, step, page;

	if (!size || size > NAX_MEM_SIZE || align > NAX_MEM_CHUNK)
		return NULL;
	pages = (u32)DIV_ROUND_UP((u64)size, NAX_MEM_PAGE);
	step = align > NAX_MEM_PAGE ? (u32)(align / NAX_MEM_PAGE) : 1;

	pthread_mutex_lock(&mem.lock);
	if (!mem.n_clients)
		goto out;
	if (!mem_find(pages, step, &page, &c)) {
		c = mem_grow(size);
		if (!c)
			goto out;
		page = c->first;
	}
	pages_mark(page, pages, true);
	c->free -= pages;
	mem.used += pages;
	*dma = page_iova(page);
	va = page_va(page);
out:
	pthread_mutex_unlock(&mem.lock);
	return va;
}

static struct mem_chunk *chunk_of(u64 page, u64 pages)
{
	u32 i;

	for (i = 0; i < mem.n_chunks; i++) {
		struct mem_chunk *c = &mem.chunk[i];

		if (page >= c->first && page + pages <= (u64)c->first + c->pages)
			return c;
	}
	return NULL;
}

void nax_mem_free(u64 dma, size_t size)
{
	u64 page = (dma - NAX_MEM_IOVA) / NAX_MEM_PAGE;
	u64 pages = DIV_ROUND_UP((u64)size, NAX_MEM_PAGE);
	struct mem_chunk *c;

	pthread_mutex_lock(&mem.lock);
	c = chunk_of(page, pages);
	if (c && page_used((u32)page)) {
		pages_mark((u32)page, (u32)pages, false);
		c->free += (u32)pages;
		mem.used -= pages;
	} else {
		nax_user_logf(NAX_LOG_ERR, NULL,
			      "memory at 0x%llx, %zu bytes, was freed but is not allocated", dma,
			      size);
	}
	pthread_mutex_unlock(&mem.lock);
}

int nax_mem_attach(struct nax_mem_client *c, struct nax_error *err)
{
	int rc = 0;
	u32 i;

	pthread_mutex_lock(&mem.life);
	pthread_mutex_lock(&mem.lock);
	if (!mem.base) {
		rc = mem_create(err);
		if (rc)
			goto out;
	}
	for (i = 0; i < mem.n_chunks; i++) {
		rc = client_map(c, &mem.chunk[i]);
		if (!rc)
			continue;
		nax_error_set(err, rc, "cannot map %u KiB of memory for the device: %s",
			      mem.chunk[i].pages * (NAX_MEM_PAGE / 1024), strerror(-rc));
		while (i--)
			client_unmap(c, &mem.chunk[i]);
		goto out;
	}
	c->next = mem.clients;
	mem.clients = c;
	mem.n_clients++;
out:
	if (!mem.n_clients && mem.base)
		mem_destroy();
	pthread_mutex_unlock(&mem.lock);
	pthread_mutex_unlock(&mem.life);
	return rc;
}

/* Return: whether it was the last. */
static bool client_remove(struct nax_mem_client *c)
{
	struct nax_mem_client **p;
	bool last;
	u32 i;

	pthread_mutex_lock(&mem.lock);
	for (p = &mem.clients; *p && *p != c; p = &(*p)->next)
		;
	if (*p) {
		*p = c->next;
		mem.n_clients--;
		for (i = 0; i < mem.n_chunks; i++)
			client_unmap(c, &mem.chunk[i]);
	}
	last = !mem.n_clients;
	pthread_mutex_unlock(&mem.lock);
	return last;
}

void nax_mem_detach(struct nax_mem_client *c)
{
	pthread_mutex_lock(&mem.life);
	/* nax_mem_alloc() refuses from here on, so the pool stays empty once it is reset */
	if (client_remove(c)) {
		nax_pool_reset();
		pthread_mutex_lock(&mem.lock);
		if (mem.base)
			mem_destroy();
		pthread_mutex_unlock(&mem.lock);
	}
	pthread_mutex_unlock(&mem.life);
}

void nax_mem_usage(struct nax_mem_usage *u)
{
	u32 i;

	memset(u, 0, sizeof(*u));
	pthread_mutex_lock(&mem.lock);
	u->clients = mem.n_clients;
	u->chunks = mem.n_chunks;
	u->mapped = (u64)mem.n_pages * NAX_MEM_PAGE;
	u->used = mem.used * NAX_MEM_PAGE;
	for (i = 0; i < mem.n_chunks; i++)
		u->huge += mem.chunk[i].huge;
	pthread_mutex_unlock(&mem.lock);
}
