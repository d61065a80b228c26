// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Frames and a driver for the tests of receive side coalescing; see rsctest.h.
 */
#include "rsctest.h"

static void put16(uint8_t *at, uint32_t v)
{
	at[0] = v >> 8;
	at[1] = v;
}

static void put32(uint8_t *at, uint32_t v)
{
	put16(at, v >> 16);
	put16(at + 2, v);
}

uint8_t rt_payload(uint32_t flow, uint32_t seq)
{
	return seq * 7 + seq / 251 + flow * 13;
}

uint8_t *rt_ip(struct rt_bytes *b)
{
	return b->data + (sd_be16(b->data + 12) == 0x8100 ? 18 : 14);
}

uint8_t *rt_tcp(struct rt_bytes *b)
{
	uint8_t *ip = rt_ip(b);

	return ip + (ip[0] >> 4 == 4 ? (ip[0] & 0xf) * 4 : 40);
}

void rt_sums(struct rt_bytes *b)
{
	uint8_t *ip = rt_ip(b), *tcp = rt_tcp(b);
	uint32_t len = ip[0] >> 4 == 4 ? sd_be16(ip + 2) - (tcp - ip) : sd_be16(ip + 4);

	if (ip[0] >> 4 == 4) {
		put16(ip + 10, 0);
		put16(ip + 10, ~sd_sum(ip, tcp - ip, 0));
	}
	put16(tcp + 16, 0);
	put16(tcp + 16, ~sd_sum(tcp, len, sd_pseudo(ip, 6, len)));
}

void rt_sums_try(struct rt_bytes *b)
{
	uint8_t *ip = rt_ip(b);
	uint32_t header = (ip[0] & 0xf) * 4, len = sd_be16(ip + 2);

	if (ip[0] >> 4 == 4 && header >= 20 && len >= header + 20 &&
	    ip - b->data + len <= b->len)
		rt_sums(b);
}

static uint32_t put_ip(uint8_t *ip, const struct rt_frame *f, uint32_t len)
{
	if (!f->v6) {
		memset(ip, 0, 20);
		ip[0] = 0x45;
		ip[1] = f->ecn;
		put16(ip + 2, 20 + len);
		put16(ip + 4, 0x1234);
		ip[6] = 0x40;			/* DF */
		ip[8] = 64;
		ip[9] = 6;
		put32(ip + 12, 0xC0000200 + f->flow);
		put32(ip + 16, 0xC0000264);
		return 20;
	}
	memset(ip, 0, 40);
	ip[0] = 0x60;
	ip[1] = f->ecn << 4;
	put16(ip + 4, len);
	ip[6] = 6;
	ip[7] = 64;
	put32(ip + 8, 0x20010db8);
	put32(ip + 20, f->flow);
	put32(ip + 24, 0x20010db8);
	ip[39] = 100;
	return 40;
}

static uint32_t put_tcp(uint8_t *tcp, const struct rt_frame *f)
{
	static const uint8_t stamp[4] = { 1, 1, 8, 10 };
	uint32_t header = f->stamp ? 32 : 20;

	put16(tcp, 1000 + f->flow);
	put16(tcp + 2, 5201);
	put32(tcp + 4, f->seq);
	put32(tcp + 8, f->ack);
	tcp[12] = header / 4 << 4 | f->flags >> 8;
	tcp[13] = f->flags;
	put16(tcp + 14, f->window);
	put16(tcp + 18, 0);
	if (f->stamp) {
		memcpy(tcp + 20, stamp, 4);
		put32(tcp + 24, f->stamp);
		put32(tcp + 28, f->stamp + 1);
	}
	return header;
}

struct rt_bytes *rt_build(const struct rt_frame *f)
{
	static struct rt_bytes turn[4];
	static unsigned int next;
	struct rt_bytes *b = &turn[next++ % 4];
	static const uint8_t macs[12] = { 2, 0, 0, 0, 0, 0x10, 2, 0, 0, 0, 0, 0x99 };
	uint32_t header = f->stamp ? 32 : 20, i;
	uint8_t *at = b->data + 12;

	memcpy(b->data, macs, 12);
	if (f->tag) {
		put16(at, 0x8100);
		put16(at + 2, f->tag);
		at += 4;
	}
	put16(at, f->v6 ? 0x86DD : 0x0800);
	at += 2;
	at += put_ip(at, f, header + f->payload);
	at += put_tcp(at, f);
	for (i = 0; i < f->payload; i++)
		*at++ = rt_payload(f->flow, f->seq + i);
	b->len = at - b->data;
	rt_sums(b);
	return b;
}

void rt_offer_bytes(struct sd *d, const struct rt_bytes *b)
{
	assert_true(sd_offer(d, 0, b->data, b->len));
}

void rt_offer(struct sd *d, const struct rt_frame *f)
{
	rt_offer_bytes(d, rt_build(f));
}

struct rt_bytes *rt_joined(const struct rt_frame *f, unsigned int n)
{
	struct rt_frame all = f[n - 1];
	struct rt_bytes *first, *b;
	unsigned int i;

	all.seq = f[0].seq;
	all.payload = 0;
	for (i = 0; i < n; i++) {
		all.payload += f[i].payload;
		all.flags |= f[i].flags & RT_PSH;
	}
	first = rt_build(&f[0]);
	b = rt_build(&all);
	memcpy(rt_tcp(b) + 16, rt_tcp(first) + 16, 2);
	return b;
}

/* ---- driver ---- */

struct sd *rt_open(void)
{
	struct sd *d = sd_open(1, false);

	sd_write(d, 0, 0x2F00, (sd_read(d, 0, 0x2F00) & ~0x003E0000u) | 0x02000000);
	sd_write(d, 0, 0x5480, 0x10);		/* PSRTYPE.PSR_type4 */
	sd_write(d, 0, 0x3028, 0xA0);		/* RSCDBU.RSCACKDIS */
	sd_write(d, 0, 0x4240, sd_read(d, 0, 0x4240) | 4);	/* HLREG0.JUMBOEN */
	sd_write(d, 0, 0x4268, 9728 << 16);	/* MAXFRS */
	sd_write(d, 0, 0x0898, 0xC0000010u);	/* GPIE: MSI-X, EIAME, PBA */
	sd_write(d, 0, 0x0810, 0xF);		/* EIAC */
	sd_write(d, 0, 0x0900, 0x81);		/* IVAR: receive queue 0 to vector 1 */
	sd_write(d, 0, RSC_EITR(1), 50 << 3);
	sd_write(d, 0, 0x0880, 2);		/* EIMS */
	return d;
}

struct sd_ring rt_rx(struct sd *d, uint32_t count, uint32_t kib, uint32_t max)
{
	sd_write(d, 0, RSC_RSCCTL(0), max << 2 | 1);
	return sd_rx(d, 0, 0, count, RSC_ONE_BUFFER | kib);
}

uint32_t rt_count(const struct sd_ring *r, uint32_t i)
{
	return sd_dw(r, i, 0) >> 17 & 0xf;
}

uint32_t rt_next(const struct sd_ring *r, uint32_t i)
{
	return sd_dw(r, i, 2) >> 4 & 0xffff;
}

uint32_t rt_dd(const struct sd_ring *r, uint32_t i)
{
	return sd_dw(r, i, 2) & (SD_DD | SD_RX_EOP);
}

uint32_t rt_read(struct sd_ring *r, uint32_t at, struct rt_bytes *b, uint64_t *used)
{
	uint32_t n;

	for (b->len = 0;; b->len += n) {
		if (!(rt_dd(r, at) & SD_DD))
			return 0;
		n = sd_dw(r, at, 3) & 0xffff;
		assert_true(n && n <= r->buffer && b->len + n <= sizeof(b->data));
		memcpy(b->data + b->len, sd_rx_buffer(r, at), n);
		if (used)
			*used |= 1ull << at;
		if (rt_dd(r, at) & SD_RX_EOP)
			return b->len += n;
		/* a frame by itself goes on in the next descriptor */
		at = rt_count(r, at) ? rt_next(r, at) : (at + 1) % r->count;
		assert_true(at < r->count);
	}
}

void rt_is(struct sd_ring *r, uint32_t at, const struct rt_bytes *want)
{
	static struct rt_bytes got;

	assert_int_equal(rt_read(r, at, &got, NULL), want->len);
	assert_memory_equal(got.data, want->data, want->len);
}

void rt_repost(struct sd_ring *r)
{
	uint32_t i;

	for (i = 0; i < r->count; i++)
		sd_rx_post(r, i);
	r->tail = (sd_read(r->d, r->port, r->regs + 0x10) + r->count - 1) % r->count;
	sd_bell(r);
}
