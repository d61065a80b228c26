// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The descriptor engine; see engine.h. Little-endian hosts only: words are stored as they are. */
#include <stdio.h>
#include <string.h>

#include "engine.h"

#define DESC		16u
#define LINE		64u

/* Receive write-back: RSS type and packet type in word 0, status in word 2. */
#define RX_HASH_IPV4_TCP	0x1u
#define RX_TYPE_IPV4_TCP	(0x11u << 4)
#define RX_DD			0x1u
#define RX_EOP			0x2u
#define RX_VP			0x8u
#define RX_L4CS			0x20u
#define RX_IPCS			0x40u

/* Transmit: command in word 2, status and payload length in word 3. */
#define TX_LEN(w)		((w) & 0xffffu)
#define TX_TYPE(w)		((w) >> 20 & 0xfu)
#define TX_TYPE_CONTEXT		2u
#define TX_TYPE_DATA		3u
#define TX_EOP			0x01000000u
#define TX_IFCS			0x02000000u
#define TX_RS			0x08000000u
#define TX_DEXT			0x20000000u
#define TX_TSE			0x80000000u
#define TX_DD			0x1u
#define TX_PAYLEN(w)		((w) >> 14)

static void flush(const struct engine_ring *r, const void *p, uint32_t len)
{
#if defined(__x86_64__)
	const char *at = (const char *)((uintptr_t)p & ~(uintptr_t)(LINE - 1));

	if (r->cold)
		for (; at < (const char *)p + len; at += LINE)
			__builtin_ia32_clflush(at);
#endif
}

/* What was flushed has left before the driver looks. */
static void flushed(const struct engine_ring *r)
{
	if (r->cold)
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

struct engine_fact engine_fact(uint32_t seq, uint32_t len)
{
	return (struct engine_fact){
		.hash = seq * 0x9e3779b1u,
		.vlan_tci = (uint16_t)(seq % 4094 + 1),
		.len = len,
	};
}

void engine_ring_init(struct engine_ring *r, uint8_t *bar, uint32_t queue, bool rx, char *origin,
		      uint32_t buf_len)
{
	uint32_t base = rx ? ENGINE_RDBAL(queue) : ENGINE_TDBAL(queue);
	uint32_t len = engine_reg(bar, rx ? ENGINE_RDLEN(queue) : ENGINE_TDLEN(queue));

	*r = (struct engine_ring){
		.bar = bar,
		.queue = queue,
		.rx = rx,
		.origin = origin,
		.buf_len = buf_len,
		.mask = len / DESC - 1,
	};
	r->base = (uint8_t *)origin + (engine_reg(bar, base) |
				       (uint64_t)engine_reg(bar, base + 4) << 32);
}

static uint32_t tail(const struct engine_ring *r)
{
	return engine_reg(r->bar, r->rx ? ENGINE_RDT(r->queue) : ENGINE_TDT(r->queue));
}

uint32_t engine_posted(const struct engine_ring *r)
{
	return (tail(r) - r->head) & r->mask;
}

static bool fail(const struct engine_ring *r, const char *what, uint32_t value)
{
	fprintf(stderr, "bench: %s queue %u, descriptor %u: %s is 0x%x\n", r->rx ? "rx" : "tx",
		r->queue, r->head & r->mask, what, value);
	return false;
}

/* Every byte of a frame is written, as by the device; its first one tells frames apart. */
static void write_frame(const struct engine_ring *r, uint64_t dma, uint32_t seq, uint32_t len)
{
	uint8_t *data = (uint8_t *)r->origin + dma;

	memset(data, (int)(seq & 0xff), len);
	flush(r, data, len);
}

static void write_back(struct engine_ring *r, const struct engine_fact *f, uint32_t len, bool eop)
{
	volatile uint32_t *d = (volatile uint32_t *)(r->base + (r->head & r->mask) * DESC);

	d[0] = eop ? RX_HASH_IPV4_TCP | RX_TYPE_IPV4_TCP : 0;
	d[1] = eop ? f->hash : 0;
	d[3] = len | (uint32_t)(eop ? f->vlan_tci : 0) << 16;
	d[2] = RX_DD | (eop ? RX_EOP | RX_VP | RX_L4CS | RX_IPCS : 0);
	r->head++;
}

static bool receive_one(struct engine_ring *r, uint32_t len)
{
	struct engine_fact f = engine_fact(r->seq, len);
	uint32_t rest = len;

	while (rest) {
		uint32_t part = rest < r->buf_len ? rest : r->buf_len;
		uint64_t dma;

		if (!engine_posted(r))
			return fail(r, "number of free descriptors", 0);
		memcpy(&dma, r->base + (r->head & r->mask) * DESC, sizeof(dma));
		write_frame(r, dma, r->seq, part);
		rest -= part;
		write_back(r, &f, part, !rest);
	}
	r->seq++;
	return true;
}

bool engine_receive(struct engine_ring *r, uint32_t packets, uint32_t len)
{
	uint32_t first = r->head, i;

	for (i = 0; i < packets; i++)
		if (!receive_one(r, len))
			return false;
	for (; first != r->head; first++)
		flush(r, r->base + (first & r->mask) * DESC, DESC);
	flushed(r);
	return true;
}

/* The data descriptors of one packet, from its first one on; @at: bytes so far. */
static bool transmit_data(struct engine_ring *r, uint32_t *d, uint32_t *at, uint32_t *paylen)
{
	uint64_t dma;

	memcpy(&dma, d, sizeof(dma));
	if (!(d[2] & TX_DEXT) || !(d[2] & TX_IFCS))
		return fail(r, "command word", d[2]);
	if (!TX_LEN(d[2]))
		return fail(r, "length", 0);
	if (!*at) {
		*paylen = TX_PAYLEN(d[3]);
		r->sum += *((uint8_t *)r->origin + dma);
	}
	*at += TX_LEN(d[2]);
	if (!(d[2] & TX_EOP))
		return true;
	if (!(d[2] & TX_TSE) && *paylen != *at)
		return fail(r, "PAYLEN", *paylen);
	r->packets++;
	r->bytes += *at;
	*at = 0;
	return true;
}

bool engine_transmit(struct engine_ring *r)
{
	uint32_t at = 0, paylen = 0;

	for (; engine_posted(r); r->head++) {
		uint32_t *d = (uint32_t *)(r->base + (r->head & r->mask) * DESC);

		if (TX_TYPE(d[2]) == TX_TYPE_CONTEXT && (d[2] & TX_DEXT)) {
			r->contexts++;
			continue;
		}
		if (TX_TYPE(d[2]) != TX_TYPE_DATA)
			return fail(r, "descriptor type", TX_TYPE(d[2]));
		if (!transmit_data(r, d, &at, &paylen))
			return false;
		if (d[2] & TX_RS) {
			r->reports++;
			*(volatile uint32_t *)&d[3] = TX_DD;
			flush(r, d, DESC);
		}
	}
	flushed(r);
	return !at || fail(r, "bytes of a packet without end", at);
}
