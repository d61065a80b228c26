/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory that devices reach, one mapping for the whole process, and the packet buffers in it.
 *
 * A range of addresses is reserved once, and filled in chunks as memory is asked for. Bus address
 * and CPU address of a byte differ by a constant, nax_mem_origin, so translating is one addition.
 * Every device sees every chunk at the same bus address: a buffer may pass from one to another.
 */
#ifndef NAX_MEM_H
#define NAX_MEM_H

#include <nax/app.h>

/*
 * Bus addresses start at 4 GiB: 0 is never valid, and the range stays clear of the x86 interrupt
 * window at 0xfee00000, which an IOMMU does not let devices use for memory.
 */
#define NAX_MEM_IOVA	0x100000000ull
#define NAX_MEM_SIZE	0x100000000ull	/* most that can be mapped: 4 GiB */
#define NAX_MEM_BITS	33		/* bits of the highest bus address */
#define NAX_MEM_CHUNK	0x400000u	/* growth step, a multiple of 2 MiB for huge pages */
#define NAX_MEM_PAGE	0x1000u		/* granularity of nax_mem_alloc() */

/**
 * struct nax_mem_client - someone who has to see all of the memory: a bus
 * @map: make @size bytes at @va, which are also @fd from @offset on, visible at bus address
 *	@iova. 0; -ENODEV if the device is gone, which is no obstacle to others; other -errno
 * @unmap: undo it; a device that is gone needs nothing
 * @next: the list's
 *
 * Called with the lock of the memory held: neither may allocate such memory.
 */
struct nax_mem_client {
	int (*map)(struct nax_mem_client *c, u64 iova, u64 size, int fd, u64 offset, void *va);
	void (*unmap)(struct nax_mem_client *c, u64 iova, u64 size);
	struct nax_mem_client *next;
};

/**
 * struct nax_mem_usage - for tests and diagnosis
 * @clients: attached
 * @chunks: mapped
 * @huge: of these on huge pages
 * @mapped: bytes mapped
 * @used: bytes allocated, packet buffers included
 */
struct nax_mem_usage {
	u32 clients;
	u32 chunks;
	u32 huge;
	u64 mapped;
	u64 used;
};

/**
 * nax_mem_attach() - from now on @c sees all of the memory
 *
 * The first client creates it. Return: 0 or -errno with @err set.
 */
int nax_mem_attach(struct nax_mem_client *c, struct nax_error *err);

/** nax_mem_detach() - no longer; the last client releases all memory, leaked buffers are logged. */
void nax_mem_detach(struct nax_mem_client *c);

/**
 * nax_mem_alloc() - contiguous memory, not zeroed
 * @size: bytes, rounded up to whole pages
 * @align: power of two, up to NAX_MEM_CHUNK
 * @dma: its bus address
 *
 * Return: NULL if there is no more, or nobody is attached.
 */
void *nax_mem_alloc(size_t size, size_t align, u64 *dma);

/** nax_mem_free() - give back what nax_mem_alloc() gave, with the same @size. */
void nax_mem_free(u64 dma, size_t size);

void nax_mem_usage(struct nax_mem_usage *u);

/**
 * struct nax_pool_usage - packet buffers
 * @total: made
 * @free: in the common list
 * @cached: in the caches of threads
 * @out: with rings and applications
 */
struct nax_pool_usage {
	u64 total;
	u64 free;
	u64 cached;
	u64 out;
};

/** nax_pool_usage() - exact while no thread allocates or frees. */
void nax_pool_usage(struct nax_pool_usage *u);

/** nax_pool_reset() - the memory is about to go: log what is still out, forget all buffers. */
void nax_pool_reset(void);

/** nax_buf_start() - bus address of the first byte of buffer @buf, headroom included. */
static inline u64 nax_buf_start(u32 buf)
{
	return NAX_MEM_IOVA + ((u64)(buf - 1) << 6);
}

#endif /* NAX_MEM_H */
