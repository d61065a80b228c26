// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Packet buffers: a list common to all threads, and a cache for each thread before it.
 *
 * A buffer's handle is its place in the shared mapping in units of 64 bytes, plus 1, so that a
 * handle gives the address without a table. Lock order: pool.lock, then the memory's lock.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "mem.h"
#include "user.h"

#define CACHE_SIZE	64u	/* buffers a thread keeps at most */
#define CACHE_BATCH	32u	/* moved at a time between cache and list */
#define SLAB_BYTES	(256u * 1024)
#define SLAB_BUFS	(SLAB_BYTES / NAX_BUF_SIZE)

_Static_assert(NAX_BUF_SIZE % 64 == 0, "handles count 64-byte units");
_Static_assert(NAX_BUF_SIZE == NAX_BUF_HEADROOM + NAX_BUF_DATA, "buffer layout");
_Static_assert(NAX_MEM_SIZE / 64 < UINT32_MAX, "handles are 32 bits");

/**
 * struct pool_cache - a thread's own buffers
 * @n: used entries of @buf. Written by the thread alone; nax_pool_usage() reads it from outside
 * @round: the pool's life this content is of; what is left from an earlier one is void
 * @known: in the list of caches
 * @next: in the list of caches
 * @buf: handles
 */
struct pool_cache {
	u32 n;
	u32 round;
	bool known;
	struct pool_cache *next;
	u32 buf[CACHE_SIZE];
};

static struct {
	pthread_mutex_t lock;
	u32 *free;
	u32 n_free;
	u32 total;
	u32 round;
	struct pool_cache *caches;
	pthread_once_t once;
	pthread_key_t key;
} pool = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.once = PTHREAD_ONCE_INIT,
	.round = 1,
};

/* initial-exec: reached without a call, also in the shared library */
static __thread struct pool_cache cache __attribute__((tls_model("initial-exec")));

static u32 cache_count(const struct pool_cache *c)
{
	return __atomic_load_n(&c->n, __ATOMIC_RELAXED);
}

static void cache_set(struct pool_cache *c, u32 n)
{
	__atomic_store_n(&c->n, n, __ATOMIC_RELAXED);
}

/* A thread ends: its buffers go back to the common list. */
static void cache_end(void *arg)
{
	struct pool_cache *c = arg;
	struct pool_cache **p;
	u32 n = cache_count(c);

	pthread_mutex_lock(&pool.lock);
	if (c->round == pool.round)
		while (n)
			pool.free[pool.n_free++] = c->buf[--n];
	for (p = &pool.caches; *p != c; p = &(*p)->next)
		;
	*p = c->next;
	c->known = false;
	cache_set(c, 0);
	pthread_mutex_unlock(&pool.lock);
}

static void pool_once(void)
{
	if (pthread_key_create(&pool.key, cache_end))
		abort();	/* no key at process start: nothing could work */
}

/* With the lock held: a cache that was just met, or that outlived the pool's last life. */
static bool cache_sync(struct pool_cache *c)
{
	if (!c->known) {
		if (pthread_setspecific(pool.key, c))
			return false;
		c->known = true;
		c->next = pool.caches;
		pool.caches = c;
	}
	if (c->round != pool.round) {
		c->round = pool.round;
		cache_set(c, 0);
	}
	return true;
}

/* The list always has room for every buffer there is, so giving one back cannot fail. */
static bool pool_grow(void)
{
	u32 *list;
	u64 dma;
	u32 i, handle;

	list = realloc(pool.free, (pool.total + SLAB_BUFS) * sizeof(*list));
	if (!list)
		return false;
	pool.free = list;
	if (!nax_mem_alloc(SLAB_BYTES, NAX_MEM_PAGE, &dma))
		return false;
	handle = (u32)((dma - NAX_MEM_IOVA) >> 6) + 1;
	/* backwards, so that buffers are handed out by ascending address */
	for (i = SLAB_BUFS; i-- > 0;)
		pool.free[pool.n_free++] = handle + i * (NAX_BUF_SIZE / 64);
	pool.total += SLAB_BUFS;
	return true;
}

static bool cache_refill(struct pool_cache *c)
{
	u32 n = 0;

	pthread_once(&pool.once, pool_once);
	pthread_mutex_lock(&pool.lock);
	if (!cache_sync(c))
		goto out;
	n = cache_count(c);
	if (!n && (pool.n_free || pool_grow())) {
		while (n < CACHE_BATCH && pool.n_free)
			c->buf[n++] = pool.free[--pool.n_free];
		cache_set(c, n);
	}
out:
	pthread_mutex_unlock(&pool.lock);
	return n != 0;
}

/* False: the buffer is of an earlier life of the pool, or no cache can be had. */
static bool cache_spill(struct pool_cache *c, u32 buf)
{
	bool ok = true;
	u32 n;

	pthread_once(&pool.once, pool_once);
	pthread_mutex_lock(&pool.lock);
	if (!pool.total) {
		ok = false;
	} else if (!cache_sync(c)) {
		pool.free[pool.n_free++] = buf;
	} else {
		n = cache_count(c);
		if (n == CACHE_SIZE)
			while (n > CACHE_SIZE - CACHE_BATCH)
				pool.free[pool.n_free++] = c->buf[--n];
		c->buf[n++] = buf;
		cache_set(c, n);
	}
	pthread_mutex_unlock(&pool.lock);
	return ok;
}

void nax_buf_home(struct nax_slot *slot)
{
	slot->dma = nax_buf_start(slot->buf) + NAX_BUF_HEADROOM;
	slot->cap = NAX_BUF_DATA;
}

static u32 pool_round(void)
{
	return __atomic_load_n(&pool.round, __ATOMIC_RELAXED);
}

int nax_buf_alloc(struct nax_slot *slot)
{
	struct pool_cache *c = &cache;
	u32 n = cache_count(c);

	if (unlikely(!n || c->round != pool_round())) {
		if (!cache_refill(c))
			return -ENOMEM;
		n = cache_count(c);
	}
	slot->buf = c->buf[n - 1];
	cache_set(c, n - 1);
	nax_buf_home(slot);
	return 0;
}

void nax_buf_free(struct nax_slot *slot)
{
	struct pool_cache *c = &cache;
	u32 buf = slot->buf;
	u32 n = cache_count(c);

	slot->buf = 0;
	slot->dma = 0;
	slot->cap = 0;
	if (unlikely(!buf)) {
		nax_user_log(NAX_LOG_ERR, NULL, "a slot without a buffer was freed");
		return;
	}
	if (unlikely(n == CACHE_SIZE || c->round != pool_round() || !c->known)) {
		if (!cache_spill(c, buf))
			nax_user_log(NAX_LOG_ERR, NULL,
				     "a packet buffer was freed after the last port was closed");
		return;
	}
	c->buf[n] = buf;
	cache_set(c, n + 1);
}

/* With the lock held. */
static u64 pool_cached(void)
{
	const struct pool_cache *c;
	u64 n = 0;

	for (c = pool.caches; c; c = c->next)
		if (c->round == pool.round)
			n += cache_count(c);
	return n;
}

void nax_pool_usage(struct nax_pool_usage *u)
{
	pthread_mutex_lock(&pool.lock);
	u->total = pool.total;
	u->free = pool.n_free;
	u->cached = pool_cached();
	u->out = u->total - u->free - u->cached;
	pthread_mutex_unlock(&pool.lock);
}

void nax_pool_reset(void)
{
	u64 out;

	pthread_mutex_lock(&pool.lock);
	out = pool.total - pool.n_free - pool_cached();
	if (out)
		nax_user_logf(NAX_LOG_ERR, NULL,
			      "%llu of %u packet buffers were not freed before the last port closed",
			      out, pool.total);
	free(pool.free);
	pool.free = NULL;
	pool.n_free = 0;
	pool.total = 0;
	__atomic_store_n(&pool.round, pool.round + 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&pool.lock);
}
