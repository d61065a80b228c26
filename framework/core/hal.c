// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The services that drivers call: registers, time, messages, reports. Registers are the place
 * where a removed device shows: a read gives all-ones, and so does a register that never has that
 * value while the device is there.
 */
#include "internal.h"

#define NAX_ALL_ONES	0xffffffffu
#define NAX_STEP_US_MAX	20000u

void nax_text_copy(char *to, const char *from, size_t size)
{
	size_t i;

	for (i = 0; i + 1 < size && from[i]; i++)
		to[i] = from[i];
	to[i] = '\0';
}

void nax_mac_text(char *to, const u8 *mac)
{
	snprintf(to, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		 mac[5]);
}

bool nax_mac_unicast(const u8 *mac)
{
	return !(mac[0] & 1) && (mac[0] | mac[1] | mac[2] | mac[3] | mac[4] | mac[5]);
}

bool nax_note_post(struct nax_note *n, const char *why)
{
	if (test_and_set_bit(NAX_NOTE_CLAIMED, &n->bits))
		return false;
	nax_text_copy(n->why, why ? why : "no reason given", sizeof(n->why));
	/* A full barrier; partner: the one in nax_note_take(), the acquire in nax_note_text(). */
	test_and_set_bit(NAX_NOTE_READY, &n->bits);
	return true;
}

bool nax_note_take(struct nax_note *n, char *why)
{
	/* A full barrier; partner: the setting of the bit in nax_note_post(). */
	if (!test_and_clear_bit(NAX_NOTE_READY, &n->bits))
		return false;
	nax_text_copy(why, n->why, sizeof(n->why));
	/* A release: the text was copied. Partner: the claim in nax_note_post(). */
	clear_bit_unlock(NAX_NOTE_CLAIMED, &n->bits);
	return true;
}

const char *nax_note_text(const struct nax_note *n)
{
	/* Partner: the full barrier in nax_note_post(). */
	if (!(smp_load_acquire(&n->bits) & BIT(NAX_NOTE_READY)))
		return "";
	return n->why;
}

void nax_mark_gone(struct nax_adapter *a, const char *why)
{
	struct nax_core *c = nax_core_of(a);

	if (!nax_note_post(&c->gone, why))
		return;
	WRITE_ONCE(a->gone, true);
	WRITE_ONCE(a->bar, NULL);
	c->ops->service(a);
}

int nax_refuse_gone(struct nax_core *c, struct nax_error *err)
{
	return nax_error_set(err, -ENODEV, "device is gone: %s", nax_note_text(&c->gone));
}

static void nax_mark_all_ones(struct nax_adapter *a, u32 reg)
{
	char why[80];

	snprintf(why, sizeof(why), "register 0x%05x and register 0x%05x read all-ones", reg,
		 a->driver->alive_reg);
	nax_mark_gone(a, why);
}

u32 nax_reg_read_slow(struct nax_adapter *a, u32 reg)
{
	struct nax_core *c = nax_core_of(a);
	u32 value;

	if (unlikely(nax_is_gone(c)))
		return NAX_ALL_ONES;
	if (c->verify)
		nax_verify_reg(a, reg, false);
	value = c->ops->reg_read(a, reg);
	if (unlikely(value == NAX_ALL_ONES) &&
	    c->ops->reg_read(a, a->driver->alive_reg) == NAX_ALL_ONES)
		nax_mark_all_ones(a, reg);
	return value;
}

void nax_reg_write_slow(struct nax_adapter *a, u32 reg, u32 value)
{
	struct nax_core *c = nax_core_of(a);

	if (unlikely(nax_is_gone(c)))
		return;
	if (c->verify)
		nax_verify_reg(a, reg, true);
	c->ops->reg_write(a, reg, value);
}

/*
 * The limit is in time, since one read through a slow bus may take longer than a step; and in
 * reads, since a clock that stands still must not hold the caller for ever.
 */
int nax_reg_wait(struct nax_adapter *a, u32 reg, u32 mask, u32 value, u32 step_us, u32 limit_us)
{
	struct nax_core *c = nax_core_of(a);
	u64 end = c->ops->time_ns(a) + (u64)limit_us * 1000;
	bool last = false;
	u32 reads;

	if (!step_us)
		step_us = 1;
	if (step_us > NAX_STEP_US_MAX)
		step_us = NAX_STEP_US_MAX;
	for (reads = limit_us / step_us + 2; reads; reads--) {
		if ((nax_reg_read(a, reg) & mask) == value && !nax_is_gone(c))
			return 0;
		if (nax_is_gone(c))
			return -ENODEV;
		if (last)
			break;
		c->ops->delay_us(a, step_us);
		/* Whatever the delay was, look once more after it. */
		last = c->ops->time_ns(a) >= end;
	}
	return -ETIMEDOUT;
}

void nax_delay_us(struct nax_adapter *a, u32 us)
{
	nax_core_of(a)->ops->delay_us(a, us);
}

u64 nax_time_ns(struct nax_adapter *a)
{
	return nax_core_of(a)->ops->time_ns(a);
}

u32 nax_config_read(struct nax_adapter *a, u32 offset, u32 size)
{
	struct nax_core *c = nax_core_of(a);
	u32 value = 0;

	if (nax_is_gone(c) || c->ops->config_read(a, offset, size, &value))
		return size >= 4 ? NAX_ALL_ONES : (1u << (size * 8)) - 1;
	return value;
}

void nax_config_write(struct nax_adapter *a, u32 offset, u32 size, u32 value)
{
	struct nax_core *c = nax_core_of(a);
	int ret;

	if (nax_is_gone(c))
		return;
	ret = c->ops->config_write(a, offset, size, value);
	if (ret)
		nax_warn(a, "config space 0x%x: write of %u bytes failed: %d", offset, size, ret);
}

void nax_log(struct nax_adapter *a, enum nax_log_level level, const char *fmt, ...)
{
	char text[NAX_ERROR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	nax_core_of(a)->ops->log(a, level, text);
}

int nax_fail(struct nax_adapter *a, int code, const char *fmt, ...)
{
	struct nax_error *fail = &nax_core_of(a)->fail;
	va_list ap;

	if (fail->code)
		return code;
	va_start(ap, fmt);
	vsnprintf(fail->text, sizeof(fail->text), fmt, ap);
	va_end(ap);
	fail->code = code;
	return code;
}

int nax_fail_take(struct nax_core *c, int code, const char *what, struct nax_error *err)
{
	if (nax_is_gone(c))
		code = nax_refuse_gone(c, err);
	else if (code && c->fail.code)
		nax_error_set(err, code, "%s", c->fail.text);
	else if (code)
		nax_error_set(err, code, "%s failed with %d and gave no reason", what, code);
	c->fail.code = 0;
	return code;
}

void nax_hung(struct nax_adapter *a, struct nax_queue *q, const char *why)
{
	struct nax_core *c = nax_core_of(a);

	if (nax_note_post(q ? &nax_qc(q)->hung : &c->hung, why))
		c->ops->service(a);
}

void nax_link_changed(struct nax_adapter *a)
{
	struct nax_core *c = nax_core_of(a);

	if (!test_and_set_bit(NAX_PEND_LINK, &c->pending))
		c->ops->service(a);
}

void nax_diag_add(struct nax_diag *d, const char *name, u32 offset, u64 value)
{
	struct nax_diag_record *r;

	if (d->n >= NAX_DIAG_RECORDS) {
		d->lost++;
		return;
	}
	r = &d->rec[d->n++];
	nax_text_copy(r->name, name, sizeof(r->name));
	r->offset = offset;
	r->value = value;
}

int nax_error_set(struct nax_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (!err)
		return code;
	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}

/* Slots and queues start at a cache line, whatever the back end's alignment; raw lies before. */
#define NAX_LINE 64u

void *nax_zalloc(struct nax_core *c, size_t size)
{
	void *raw = c->ops->zalloc(size + sizeof(raw) + NAX_LINE);
	void **p;

	if (!raw)
		return NULL;
	p = (void **)ALIGN((unsigned long)raw + sizeof(raw), NAX_LINE);
	p[-1] = raw;
	c->mem_blocks++;
	return p;
}

void nax_free(struct nax_core *c, void *p)
{
	if (!p)
		return;
	c->mem_blocks--;
	c->ops->free(((void **)p)[-1]);
}

void *nax_dma_zalloc(struct nax_core *c, size_t size, size_t align, u64 *dma)
{
	void *p = c->ops->dma_alloc(&c->a, size, align, dma);

	if (p)
		c->dma_blocks++;
	return p;
}

void nax_dma_free(struct nax_core *c, void *p, size_t size, u64 dma)
{
	if (!p)
		return;
	c->dma_blocks--;
	c->ops->dma_free(&c->a, p, size, dma);
}
