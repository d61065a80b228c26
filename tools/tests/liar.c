// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A device that lies, see liar.h. Register numbers are the 82599 datasheet's, chapter 8.2. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "liar.h"

#define CTRL		0x00000
#define CTRL_RESETS	0x04000008u
#define CTRL_GIO_DIS	0x4u
#define STATUS		0x00008
#define STATUS_GIO	0x00080000u
#define I2CCTL		0x00028
#define EICR		0x00800
#define RX_QUEUE	0x01000
#define RDRXCTL		0x02f00
#define AUTOC		0x042a0
#define LINKS		0x042a4
#define ANLP1		0x042b0
#define TX_QUEUE	0x06000
#define SECRXSTAT	0x08d04
#define EEC		0x10010
#define EERD		0x10014
#define SWSM		0x10140
/* from a queue's first register */
#define RING_BASE	0x00
#define RING_LEN	0x08
#define RING_HEAD	0x10
#define RING_TAIL	0x18

#define RING_CTL	0x28
#define RING_ENABLE	0x02000000u

#define DESC		16u
#define QUEUES		64
#define TX_DEXT		0x20000000u
#define TX_EOP		0x01000000u
#define TX_TYPE(w)	((w) >> 20 & 15)
#define TX_CONTEXT	2
#define TX_DATA		3
#define TX_DESCS_MAX	40u		/* of a packet: what the device holds on chip */
#define PAST_TAIL	0x80

uint8_t liar_take8(struct liar_input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

uint16_t liar_take16(struct liar_input *in)
{
	uint16_t low = liar_take8(in);

	return (uint16_t)(low | liar_take8(in) << 8);
}

uint32_t liar_take32(struct liar_input *in)
{
	uint32_t low = liar_take16(in);

	return low | (uint32_t)liar_take16(in) << 16;
}

void liar_take(struct liar_input *in, uint8_t *to, size_t len)
{
	if (len > in->left)
		len = in->left;
	memcpy(to, in->at, len);
	in->at += len;
	in->left -= len;
}

/* ---- the module's I2C bus ---- */

enum { IDLE, ADDRESS, OFFSET, WRITE, READ };

/* The byte that came by; returns whether it is acknowledged. */
static bool i2c_byte(struct liar_i2c *b)
{
	switch (b->phase) {
	case ADDRESS:
		b->phase = (b->shift & 0xfe) != 0xa0 ? IDLE : b->shift & 1 ? READ : OFFSET;
		return b->phase != IDLE;
	case OFFSET:
		b->offset = b->shift;
		b->phase = WRITE;
		return true;
	default:
		return false;
	}
}

static void i2c_clock_fell(struct liar_i2c *b)
{
	if (b->phase == IDLE)
		return;
	b->n++;
	if (b->phase == READ && b->n > 8) {
		b->n = 0;
		if (b->shift & 1)	/* the master's ninth bit: no more */
			b->phase = IDLE;
	} else if (b->n > 8) {
		b->n = 0;
	}
	b->drive = true;
	if (b->phase == READ && b->n < 8)
		b->drive = b->eeprom[b->offset] >> (7 - b->n) & 1;
	else if (b->phase == READ)
		b->offset++;
	else if (b->n == 8 && i2c_byte(b))
		b->drive = false;
	/* the acknowledged address of a read: its first bit follows the ninth clock */
	if (b->phase == READ && b->n == 8)
		b->shift = 0;
}

static void i2c_write(struct liar_i2c *b, uint32_t value)
{
	bool clock = value & 2, data = value & 8;

	if (b->clock && clock && b->data != data) {
		b->phase = data ? IDLE : ADDRESS;
		b->n = -1;
		b->drive = true;
	} else if (!b->clock && clock) {
		if (b->n < 8 && b->phase != READ)
			b->shift = (uint8_t)(b->shift << 1 | data);
		else if (b->n == 8 && b->phase == READ)
			b->shift = (uint8_t)(data && b->drive);
	} else if (b->clock && !clock) {
		i2c_clock_fell(b);
	}
	b->clock = clock;
	b->data = data;
}

static uint32_t i2c_read(const struct liar_i2c *b, uint32_t v)
{
	return (v & ~5u) | b->clock | (uint32_t)(b->data && b->drive) << 2;
}

/* ---- registers ---- */

/* What bring-up waits for: resets end, the NVM answers, semaphores are free. */
static uint32_t helpful(struct liar *d, uint32_t offset)
{
	uint32_t v = d->reg[offset / 4];

	switch (offset) {
	case CTRL:
		return v & ~CTRL_RESETS;
	case STATUS:
		return d->reg[CTRL / 4] & CTRL_GIO_DIS ? v & ~STATUS_GIO : v | STATUS_GIO;
	case I2CCTL:
		return i2c_read(&d->i2c, v);
	case EEC:
		return v | 0x1300;	/* present, read, 256 words */
	case EERD:
		return 2 | (uint32_t)d->nvm[(v >> 2) % LIAR_NVM] << 16;
	case SWSM:
		return v & ~1u;
	case ANLP1:
		return v | 0x10000;
	case SECRXSTAT:
		return v | 1;
	case RDRXCTL:
		return v | 8;
	}
	return v;
}

static uint32_t spoil(struct liar *d, uint32_t offset, uint32_t v)
{
	unsigned int i;

	for (i = 0; i < LIAR_RULES; i++) {
		struct liar_rule *r = &d->rule[i];

		if (!r->times || (r->reg != offset / 4 && r->reg != LIAR_ANY))
			continue;
		if (r->skip) {
			r->skip--;
			continue;
		}
		d->lied = true;
		if (r->times != 255)
			r->times--;
		switch (r->how % 5) {
		case 0:
			return r->value;
		case 1:
			return v ^ r->value;
		case 2:
			return v | r->value;
		case 3:
			return v & ~r->value;
		default:
			return 0xffffffff;
		}
	}
	return v;
}

/* An honest device, which was told to use the ring, finds what a driver must have put there. */
static bool believes(const struct liar *d, const uint32_t *ring)
{
	return !d->lied && ring[RING_CTL / 4] & RING_ENABLE && !(d->reg[CTRL / 4] & CTRL_GIO_DIS);
}

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* The tail goes forward, and never past the head: what is there was not sent yet. */
static void tail_write(struct liar *d, uint32_t offset, uint32_t tail)
{
	const uint32_t *ring = &d->reg[(offset & ~0x3fu) / 4];
	uint32_t n = ring[RING_LEN / 4] / DESC, old = ring[RING_TAIL / 4];

	if (!believes(d, ring))
		return;
	check(tail < n);
	check((old + n - ring[RING_HEAD / 4]) % n + (tail + n - old) % n < n);
}

static u64 region_size(void *dev, unsigned int region)
{
	switch (region) {
	case 0:
		return LIAR_BAR;
	case 4:
		return 0x4000;
	case 7:
		return 4096;
	}
	return 0;
}

static int region_read(void *dev, unsigned int region, u64 offset, void *data, unsigned int len)
{
	struct liar *d = dev;
	uint32_t v;

	if (region == 7 && offset + len <= sizeof(d->config)) {
		memcpy(data, d->config + offset, len);
		return 0;
	}
	if (region != 0 || len != 4 || offset > LIAR_BAR - 4)
		return -EINVAL;
	d->accesses++;
	d->now += 1000;
	v = spoil(d, (uint32_t)offset, helpful(d, (uint32_t)offset));
	if (offset == EICR)
		d->reg[EICR / 4] = 0;
	memcpy(data, &v, 4);
	return 0;
}

static int region_write(void *dev, unsigned int region, u64 offset, const void *data,
			unsigned int len)
{
	struct liar *d = dev;

	if (region == 7 && offset + len <= sizeof(d->config)) {
		memcpy(d->config + offset, data, len);
		return 0;
	}
	if (region != 0 || len != 4 || offset > LIAR_BAR - 4)
		return -EINVAL;
	d->accesses++;
	if (offset >= TX_QUEUE && offset < TX_QUEUE + QUEUES * 0x40 &&
	    (offset & 0x3f) == RING_TAIL) {
		uint32_t tail;

		memcpy(&tail, data, 4);
		tail_write(d, (uint32_t)offset, tail);
	}
	memcpy(&d->reg[offset / 4], data, 4);
	/* what else a reset clears, drivers set again */
	if (offset == CTRL && d->reg[CTRL / 4] & CTRL_RESETS)
		d->reg[CTRL / 4] &= ~(CTRL_RESETS | CTRL_GIO_DIS);
	if (offset == I2CCTL)
		i2c_write(&d->i2c, d->reg[I2CCTL / 4]);
	return 0;
}

static int dma_map(void *dev, u64 iova, u64 size, void *va)
{
	struct liar *d = dev;
	unsigned int i;

	for (i = 0; i < LIAR_MAPS; i++) {
		if (d->map[i].va)
			continue;
		d->map[i].iova = iova;
		d->map[i].size = size;
		d->map[i].va = va;
		return 0;
	}
	return -ENOSPC;
}

static int dma_unmap(void *dev, u64 iova, u64 size)
{
	struct liar *d = dev;
	unsigned int i;

	for (i = 0; i < LIAR_MAPS; i++)
		if (d->map[i].va && d->map[i].iova >= iova &&
		    d->map[i].iova + d->map[i].size <= iova + size)
			d->map[i].va = NULL;
	return 0;
}

static int set_irq(void *dev, unsigned int vector, void (*fn)(void *ctx, unsigned int vector),
		   void *ctx)
{
	struct liar *d = dev;

	if (vector >= LIAR_VECTORS)
		return -EINVAL;
	d->fn[vector] = fn;
	d->ctx[vector] = ctx;
	return 0;
}

static int function_reset(void *dev)
{
	struct liar *d = dev;
	uint32_t autoc = d->reg[AUTOC / 4];

	memset(d->reg, 0, sizeof(d->reg));
	d->reg[0xa200 / 4] = 0x33221102;
	d->reg[0xa204 / 4] = 0x80005544;
	d->reg[LINKS / 4] = 0x70000000;
	d->reg[AUTOC / 4] = autoc;
	return 0;
}

static u64 time_ns(void *dev)
{
	return ((struct liar *)dev)->now;
}

static void sleep_ns(void *dev, u64 ns)
{
	((struct liar *)dev)->now += ns;
}

const struct nax_sim_ops liar_ops = {
	.region_size = region_size,
	.region_read = region_read,
	.region_write = region_write,
	.dma_map = dma_map,
	.dma_unmap = dma_unmap,
	.set_irq = set_irq,
	.reset = function_reset,
	.time_ns = time_ns,
	.sleep_ns = sleep_ns,
};

/* ---- power-on ---- */

static const uint16_t device_ids[8] = {
	0x10f9, 0x10fb, 0x10f7, 0x10f8, 0x1517, 0x151c, 0x1558, 0x10fc,
};

/* An image whose checksum is right, pointers to nothing, then the input's words. */
static void nvm_init(struct liar *d, struct liar_input *in, unsigned int words)
{
	unsigned int i, at;
	uint16_t sum = 0;

	for (i = 0x03; i <= 0x0f; i++)
		d->nvm[i] = 0xffff;
	d->nvm[0x2c] = 0x0083;
	for (i = 0x40; i < LIAR_NVM; i++)
		d->nvm[i] = 0xffff;
	while (words--) {
		at = liar_take8(in);
		d->nvm[at] = liar_take16(in);
	}
	for (i = 0; i < 0x3f; i++)
		sum = (uint16_t)(sum + d->nvm[i]);
	d->nvm[0x3f] = (uint16_t)(0xbaba - sum);
}

/* SFF-8472: an SFP+ with 10GBASE-SR, or a passive cable; then the input's bytes. */
static void module_init(struct liar *d, struct liar_input *in, unsigned int kind)
{
	struct liar_i2c *b = &d->i2c;
	uint8_t at;

	b->clock = b->data = b->drive = true;
	memset(b->eeprom, ' ', sizeof(b->eeprom));
	b->eeprom[0] = b->eeprom[128] = kind & 1 ? 0x0d : 0x03;
	b->eeprom[3] = b->eeprom[131] = kind & 2 ? 0x00 : 0x10;
	b->eeprom[6] = b->eeprom[134] = 0;
	b->eeprom[8] = kind & 2 ? 0x04 : 0;
	for (; kind > 3; kind -= 4) {
		at = liar_take8(in);
		b->eeprom[at] = liar_take8(in);
	}
}

void liar_init(struct liar *d, struct liar_input *in)
{
	uint8_t what = liar_take8(in);
	uint8_t more = liar_take8(in);
	uint16_t id = device_ids[what & 7];
	unsigned int i;

	memset(d, 0, sizeof(*d));
	function_reset(d);
	memcpy(d->config, "\x86\x80", 2);
	memcpy(d->config + 2, &id, 2);
	d->config[0x72] = what & 8 ? 63 : more >> 4;
	nvm_init(d, in, more & 3);
	module_init(d, in, what >> 4);
	d->reg[AUTOC / 4] = (uint32_t)(more & 0xe0) << 8 | 0xc0010000;
	for (i = more >> 2 & 3; i; i--)
		liar_rule(d, in);
}

void liar_rule(struct liar *d, struct liar_input *in)
{
	struct liar_rule *r = &d->rule[d->next_rule++ % LIAR_RULES];

	r->reg = liar_take16(in) & 0x7fff;
	r->skip = liar_take8(in);
	r->times = liar_take8(in);
	r->how = liar_take8(in);
	r->value = liar_take32(in);
}

/* ---- what a device does by itself ---- */

void liar_poke(struct liar *d, struct liar_input *in)
{
	uint32_t reg = liar_take16(in) & 0x7fff;

	d->lied = true;
	d->reg[reg] = liar_take32(in);
}

void liar_fire(struct liar *d, unsigned int v)
{
	v %= LIAR_VECTORS;
	if (d->fn[v])
		d->fn[v](d->ctx[v], v);
}

uint8_t *liar_at(struct liar *d, uint64_t iova, uint64_t len)
{
	unsigned int i;

	for (i = 0; i < LIAR_MAPS; i++)
		if (d->map[i].va && iova >= d->map[i].iova && len <= d->map[i].size &&
		    iova - d->map[i].iova <= d->map[i].size - len)
			return d->map[i].va + (iova - d->map[i].iova);
	return NULL;
}

/** struct ring - a queue as its registers have it */
struct ring {
	uint32_t *reg;
	uint8_t *desc;
	uint32_t n;
};

static bool ring_find(struct liar *d, uint32_t first, struct ring *r)
{
	uint64_t iova;

	r->reg = &d->reg[first / 4];
	iova = r->reg[RING_BASE / 4] | (uint64_t)r->reg[RING_BASE / 4 + 1] << 32;
	r->n = r->reg[RING_LEN / 4] / DESC;
	r->desc = r->n ? liar_at(d, iova, (uint64_t)r->n * DESC) : NULL;
	if (!r->desc)
		return false;
	r->reg[RING_HEAD / 4] %= r->n;
	return true;
}

/* The descriptor at head, and on to the next; NULL: none is left that a device may touch. */
static uint8_t *ring_next(struct ring *r, bool past_tail)
{
	uint32_t *head = &r->reg[RING_HEAD / 4];
	uint8_t *desc = r->desc + (size_t)*head * DESC;

	if (*head == r->reg[RING_TAIL / 4] && !past_tail)
		return NULL;
	*head = (*head + 1) % r->n;
	return desc;
}

/* All packets from head to tail: whole, not too long, in memory. */
static void check_posted(struct liar *d, const struct ring *r)
{
	uint32_t at = r->reg[RING_HEAD / 4], tail = r->reg[RING_TAIL / 4], n = 0, w;
	uint64_t iova;

	check(tail < r->n);
	for (; at != tail; at = (at + 1) % r->n) {
		const uint8_t *desc = r->desc + (size_t)at * DESC;

		memcpy(&iova, desc, 8);
		memcpy(&w, desc + 8, 4);
		check(w & TX_DEXT);
		check(++n <= TX_DESCS_MAX);
		if (TX_TYPE(w) == TX_CONTEXT) {
			check(n == 1);
			continue;
		}
		check(TX_TYPE(w) == TX_DATA && (w & 0xffff));
		check(liar_at(d, iova, w & 0xffff));
		if (w & TX_EOP)
			n = 0;
	}
	check(n == 0);
}

static uint32_t queue_first(uint8_t how, uint32_t rx_or_tx)
{
	return rx_or_tx + (how & 1 ? 0x40u : 0);
}

/*
 * Bytes: queue in bit 0, descriptors less one in bits 3:1, frame bytes follow from bit 4, errors
 * in the status from bit 5, hash and tag from bit 6, PAST_TAIL; length of each; packet type. All
 * are done, the last has EOP unless its length says otherwise by bit 15.
 */
void liar_receive(struct liar *d, struct liar_input *in)
{
	uint8_t how = liar_take8(in), *buf, *desc;
	uint32_t n = (how >> 1 & 7) + 1u, word[4], i;
	uint16_t len = liar_take16(in);
	uint16_t type = liar_take16(in);
	uint32_t errors = how & 0x20 ? liar_take32(in) : 0x60;
	uint32_t hash = how & 0x40 ? liar_take32(in) : 0;
	uint32_t bytes = how & 0x10 ? liar_take8(in) : 0;
	uint64_t iova;
	struct ring r;

	if (!ring_find(d, queue_first(how, RX_QUEUE), &r))
		return;
	d->lied |= (how & PAST_TAIL) != 0;
	for (i = 0; i < n && (desc = ring_next(&r, how & PAST_TAIL)); i++) {
		memcpy(&iova, desc, 8);
		buf = liar_at(d, iova, 2048);
		check(buf || !believes(d, r.reg));
		if (buf && i == 0)
			liar_take(in, buf, bytes);
		word[0] = type;
		word[1] = hash;
		word[2] = 1 | (errors & ~2u);
		if (i + 1 == n && !(len & 0x8000))
			word[2] |= 2;
		word[3] = (len & 0x7fff) | (hash & 0xffff0000);
		memcpy(desc, word, DESC);
	}
}

void liar_transmit(struct liar *d, struct liar_input *in)
{
	uint8_t how = liar_take8(in), *desc;
	uint32_t n = how & 2 ? liar_take8(in) : 0xffffffff, i, word;
	struct ring r;

	if (!ring_find(d, queue_first(how, TX_QUEUE), &r))
		return;
	d->lied |= (how & PAST_TAIL) != 0;
	if (believes(d, r.reg))
		check_posted(d, &r);
	for (i = 0; i < n && (desc = ring_next(&r, (how & PAST_TAIL) && i < 64)); i++) {
		memcpy(&word, desc + 8, 4);
		/* only descriptors that ask for a report get one, but for a liar's */
		if (!(word & 0x08000000) && !(how & 4))
			continue;
		word = 1;
		memcpy(desc + 12, &word, 4);
	}
}

void liar_scribble(struct liar *d, struct liar_input *in)
{
	uint8_t how = liar_take8(in);
	uint32_t at = liar_take8(in), word[4], i;
	struct ring r;

	d->lied = true;
	for (i = 0; i < 4; i++)
		word[i] = liar_take32(in);
	if (ring_find(d, queue_first(how, how & 2 ? TX_QUEUE : RX_QUEUE), &r))
		memcpy(r.desc + (size_t)(at % r.n) * DESC, word, DESC);
}
