// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The fake back end; the fake driver is in fake_driver.c. */
#include <stdio.h>
#include <string.h>

#include "fake_driver.h"

/* zalloc() and free() are not told for whom. */
static struct fake *fake_now;

struct fake *fake_of(const struct nax_adapter *a)
{
	return nax_adapter_backend(a);
}

void fake_note(struct fake *f, u32 kind, const char *fmt, ...)
{
	size_t n;
	va_list ap;

	pthread_mutex_lock(&f->lock);
	if (kind & (FAKE_DRIVER | FAKE_SYSTEM)) {
		f->words++;
		if (f->dead_in && !--f->dead_in)
			WRITE_ONCE(f->dead, true);
	}
	n = strlen(f->journal);
	if (f->mask & kind && n + 80 < sizeof(f->journal)) {
		if (n)
			f->journal[n++] = ' ';
		va_start(ap, fmt);
		vsnprintf(f->journal + n, sizeof(f->journal) - n, fmt, ap);
		va_end(ap);
	}
	pthread_mutex_unlock(&f->lock);
}

int fake_fails(struct fake *f, const char *op)
{
	if (!f->fail_op || strcmp(f->fail_op, op) || !f->fail_times)
		return 0;
	f->fail_times--;
	return f->fail_code;
}

static bool fake_no_memory(struct fake *f)
{
	f->allocs++;
	return f->alloc_in && !--f->alloc_in;
}

static u32 fake_reg_read(struct nax_adapter *a, u32 reg)
{
	struct fake *f = fake_of(a);

	__atomic_fetch_add(&f->reads, 1, __ATOMIC_RELAXED);
	if (READ_ONCE(f->dead) || reg / 4 >= FAKE_REGS)
		return 0xffffffff;
	return READ_ONCE(f->reg[reg / 4]);
}

static void fake_reg_write(struct nax_adapter *a, u32 reg, u32 value)
{
	struct fake *f = fake_of(a);

	__atomic_fetch_add(&f->writes, 1, __ATOMIC_RELAXED);
	if (!READ_ONCE(f->dead) && reg / 4 < FAKE_REGS)
		WRITE_ONCE(f->reg[reg / 4], value);
	if (reg >= FAKE_DOORBELL)
		fake_note(f, FAKE_DATA, "doorbell %s%u=%u", reg & 4 ? "tx" : "rx",
			  (reg - FAKE_DOORBELL) / 8, value);
}

static int fake_config_read(struct nax_adapter *a, u32 offset, u32 size, u32 *value)
{
	struct fake *f = fake_of(a);
	int ret = fake_fails(f, "config_read");

	if (ret)
		return ret;
	*value = f->dead ? 0xffffffff >> (32 - 8 * size) : offset == 4 ? f->command : 0;
	return 0;
}

static int fake_config_write(struct nax_adapter *a, u32 offset, u32 size, u32 value)
{
	struct fake *f = fake_of(a);
	int ret = fake_fails(f, "config_write");

	(void)size;
	if (ret)
		return ret;
	fake_note(f, FAKE_SYSTEM, "config[%u]=%u", offset, value);
	if (!f->stuck_command && offset == 4)
		f->command = value;
	return 0;
}

static int fake_function_reset(struct nax_adapter *a)
{
	struct fake *f = fake_of(a);

	fake_note(f, FAKE_SYSTEM, "flr");
	f->command = 6;
	return fake_fails(f, "function_reset");
}

static void *fake_zalloc(size_t size)
{
	void *p = fake_no_memory(fake_now) ? NULL : calloc(1, size);

	if (p)
		fake_now->blocks++;
	return p;
}

static void fake_free(void *p)
{
	if (p)
		fake_now->blocks--;
	free(p);
}

static void *fake_dma_alloc(struct nax_adapter *a, size_t size, size_t align, u64 *dma)
{
	struct fake *f = fake_of(a);
	void *p;

	if (fake_no_memory(f))
		return NULL;
	p = aligned_alloc(align, ALIGN(size, align));
	assert_non_null(p);
	memset(p, 0, size);
	*dma = (u64)(uintptr_t)p;
	f->dma_blocks++;
	return p;
}

static void fake_dma_free(struct nax_adapter *a, void *p, size_t size, u64 dma)
{
	assert_true(size);
	assert_true((u64)(uintptr_t)p == dma);
	fake_of(a)->dma_blocks--;
	free(p);
}

static void fake_buf_home(struct nax_queue *q, struct nax_slot *slot)
{
	struct fake_buf *b = &fake_of(q->adapter)->buf[slot->buf];

	assert_non_null(b->mem);
	slot->dma = (u64)(uintptr_t)b->mem + FAKE_HEADROOM;
	slot->cap = b->size - FAKE_HEADROOM - (q->is_rx ? FAKE_TAILROOM : 0);
}

static int fake_buf_get(struct nax_queue *q, struct nax_slot *slot)
{
	struct fake *f = fake_of(q->adapter);
	u32 i;

	if (fake_no_memory(f))
		return -ENOMEM;
	for (i = 1; f->buf[i].mem; i++)
		assert_true(i + 1 < FAKE_BUFS);
	f->buf[i].size = FAKE_HEADROOM +
			 (q->is_rx ? q->buf_len + FAKE_TAILROOM : q->adapter->caps.rx_buf_max);
	f->buf[i].mem = calloc(1, f->buf[i].size);
	assert_non_null(f->buf[i].mem);
	f->bufs++;
	slot->buf = i;
	fake_buf_home(q, slot);
	return 0;
}

static void fake_buf_put(struct nax_queue *q, struct nax_slot *slot)
{
	struct fake *f = fake_of(q->adapter);

	assert_non_null(f->buf[slot->buf].mem);
	free(f->buf[slot->buf].mem);
	f->buf[slot->buf].mem = NULL;
	f->bufs--;
	if (!f->pauses)
		f->puts_awake++;
}

static u8 *fake_buf_addr(struct nax_queue *q, const struct nax_slot *slot)
{
	(void)q;
	return (u8 *)(uintptr_t)slot->dma;
}

static u32 fake_buf_room(struct nax_queue *q, const struct nax_slot *slot, u32 *after)
{
	struct fake_buf *b = &fake_of(q->adapter)->buf[slot->buf];
	u32 before = (u32)(slot->dma - (u64)(uintptr_t)b->mem);

	*after = b->size - before;
	return before;
}

static void fake_queue_starting(struct nax_queue *q)
{
	struct fake *f = fake_of(q->adapter);

	if (q->is_rx && f->buf_len)
		q->buf_len = f->buf_len;
}

/* One lock stands for all poll contexts. */
static void fake_queue_pause(struct nax_queue *q)
{
	struct fake *f = fake_of(q->adapter);

	if (!f->pauses++)
		pthread_mutex_lock(&f->poll);
	fake_note(f, FAKE_PAUSE, "pause %s%u", q->is_rx ? "rx" : "tx", q->index);
}

static void fake_queue_resume(struct nax_queue *q)
{
	struct fake *f = fake_of(q->adapter);

	fake_note(f, FAKE_PAUSE, "resume %s%u", q->is_rx ? "rx" : "tx", q->index);
	assert_true(f->pauses);
	if (!--f->pauses)
		pthread_mutex_unlock(&f->poll);
}

static void fake_queue_wake(struct nax_queue *q)
{
	fake_note(fake_of(q->adapter), FAKE_WAKE, "wake %s%u", q->is_rx ? "rx" : "tx", q->index);
}

static int fake_vectors_enable(struct nax_adapter *a, u32 n)
{
	fake_note(fake_of(a), FAKE_SYSTEM, "vectors %u", n);
	return fake_fails(fake_of(a), "vectors_enable");
}

static void fake_vectors_disable(struct nax_adapter *a)
{
	fake_note(fake_of(a), FAKE_SYSTEM, "vectors 0");
}

static void fake_service(struct nax_adapter *a)
{
	fake_note(fake_of(a), FAKE_WAKE, "service");
}

static void fake_event(struct nax_adapter *a, enum nax_event event, const struct nax_queue *q,
		       const char *text)
{
	static const char *const names[] = { "link", "restart", "reset", "gone", "verify" };
	struct fake *f = fake_of(a);

	fake_note(f, FAKE_EVENT, "event:%s", names[event]);
	f->events[event]++;
	f->event_queue = q;
	snprintf(f->event, sizeof(f->event), "%s", text);
}

static void fake_delay_us(struct nax_adapter *a, u32 us)
{
	__atomic_fetch_add(&fake_of(a)->time_ns, us * 1000ull, __ATOMIC_RELAXED);
}

static u64 fake_time_ns(struct nax_adapter *a)
{
	return READ_ONCE(fake_of(a)->time_ns);
}

static void fake_log(struct nax_adapter *a, enum nax_log_level level, const char *text)
{
	struct fake *f = fake_of(a);

	if (level > NAX_LOG_WARN)
		return;
	pthread_mutex_lock(&f->lock);
	snprintf(f->text, sizeof(f->text), "%s", text);
	pthread_mutex_unlock(&f->lock);
}

static const struct nax_backend_ops fake_ops = {
	.reg_read = fake_reg_read,
	.reg_write = fake_reg_write,
	.config_read = fake_config_read,
	.config_write = fake_config_write,
	.function_reset = fake_function_reset,
	.zalloc = fake_zalloc,
	.free = fake_free,
	.dma_alloc = fake_dma_alloc,
	.dma_free = fake_dma_free,
	.buf_get = fake_buf_get,
	.buf_put = fake_buf_put,
	.buf_home = fake_buf_home,
	.buf_addr = fake_buf_addr,
	.buf_room = fake_buf_room,
	.queue_starting = fake_queue_starting,
	.queue_pause = fake_queue_pause,
	.queue_resume = fake_queue_resume,
	.queue_wake = fake_queue_wake,
	.vectors_enable = fake_vectors_enable,
	.vectors_disable = fake_vectors_disable,
	.service = fake_service,
	.event = fake_event,
	.delay_us = fake_delay_us,
	.time_ns = fake_time_ns,
	.log = fake_log,
};

struct fake *fake_create(unsigned int verify)
{
	struct fake *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	pthread_mutex_init(&f->lock, NULL);
	pthread_mutex_init(&f->poll, NULL);
	f->time_ns = 1000000000ull;
	f->reg[FAKE_ALIVE / 4] = 1;
	f->reg[FAKE_DIAG / 4] = 0xd1a6;
	fake_now = f;
	fake_driver_init(f);
	f->a = nax_adapter_create(&fake_ops, f, verify);
	assert_non_null(f->a);
	f->a->vendor = 0x1234;
	f->a->device = 0x5678;
	f->a->bar_size = FAKE_REGS * 4;
	return f;
}

struct fake *fake_attach(unsigned int verify)
{
	struct fake *f = fake_create(verify);
	struct nax_error err;

	if (nax_adapter_attach(f->a, &f->drv, &err))
		fail_msg("attach: %s", err.text);
	return f;
}

void fake_config(struct fake *f, u16 n, struct nax_config *c)
{
	nax_config_default(f->a, c);
	c->n_rxq = n;
	c->n_txq = n;
	c->rx_ring = 64;
	c->tx_ring = 64;
}

struct fake *fake_up(unsigned int verify, u16 n)
{
	struct fake *f = fake_attach(verify);
	struct nax_config c;
	struct nax_error err;

	fake_config(f, n, &c);
	if (nax_adapter_up(f->a, &c, &err))
		fail_msg("up: %s", err.text);
	return f;
}

void fake_destroy(struct fake *f)
{
	f->text[0] = '\0';
	nax_adapter_detach(f->a);
	nax_adapter_destroy(f->a);
	assert_null(strstr(f->text, "leaked"));
	assert_int_equal(f->blocks, 0);
	assert_int_equal(f->dma_blocks, 0);
	assert_int_equal(f->bufs, 0);
	assert_int_equal(f->pauses, 0);
	pthread_mutex_destroy(&f->lock);
	pthread_mutex_destroy(&f->poll);
	free(f);
}

const char *fake_journal(struct fake *f, u32 mask)
{
	static char last[sizeof(f->journal)];

	pthread_mutex_lock(&f->lock);
	memcpy(last, f->journal, sizeof(last));
	f->journal[0] = '\0';
	f->mask = mask;
	pthread_mutex_unlock(&f->lock);
	return last;
}

void fake_fail(struct fake *f, const char *op, u32 times, int code)
{
	f->fail_op = op;
	f->fail_times = times;
	f->fail_code = code;
}

void fake_poll(struct fake *f)
{
	u32 i;

	for (i = 0; i < f->a->n_txq; i++) {
		nax_queue_poll_tx(f->a->txq[i]);
		nax_queue_post_tx(f->a->txq[i]);
	}
	for (i = 0; i < f->a->n_rxq; i++)
		nax_queue_poll_rx(f->a->rxq[i], 64);
}

void fake_tick(struct fake *f, u64 ms)
{
	u64 end = f->time_ns + ms * NAX_MS;

	while (f->time_ns < end) {
		f->time_ns += NAX_TICK_NS;
		fake_poll(f);
		nax_adapter_service(f->a);
	}
}
