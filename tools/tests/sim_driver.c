// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The driver that nicsim's tests play; see sim_driver.h.
 */
#include <endian.h>
#include <stdio.h>

#include "sim_driver.h"

#define NS_PER_MS	1000000ull
#define RXQ(q)		((q) < 64 ? 0x1000 + 0x40 * (q) : 0xD000 + 0x40 * ((q) - 64))
#define TXQ(q)		(0x6000 + 0x40 * (q))
#define ENABLE		0x02000000u

/* ---- packets ---- */

/* The first packet of http.cap, which every user of a well known protocol analyser has met. */
const uint8_t sd_tcp4_syn[62] = {
	0xfe, 0xff, 0x20, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
	0x08, 0x00, 0x45, 0x00, 0x00, 0x30, 0x0f, 0x41, 0x40, 0x00, 0x80, 0x06,
	0x91, 0xeb, 0x91, 0xfe, 0xa0, 0xed, 0x41, 0xd0, 0xe4, 0xdf, 0x0d, 0x2c,
	0x00, 0x50, 0x38, 0xaf, 0xfe, 0x13, 0x00, 0x00, 0x00, 0x00, 0x70, 0x02,
	0x22, 0x38, 0xc3, 0x0c, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4, 0x01, 0x01,
	0x04, 0x02,
};

const uint8_t sd_udp4_dns[82] = {
	0x00, 0x22, 0x19, 0xb6, 0x7e, 0x22, 0x00, 0x0f, 0x35, 0xbb, 0x0b, 0x40,
	0x08, 0x00, 0x45, 0x00, 0x00, 0x44, 0x89, 0xc4, 0x00, 0x00, 0x38, 0x11,
	0x2f, 0x3d, 0x6d, 0xc2, 0xa0, 0x04, 0x5f, 0xd3, 0x5c, 0x0e, 0xe1, 0xa6,
	0x00, 0x35, 0x00, 0x30, 0xa5, 0x97, 0xf6, 0x18, 0x00, 0x10, 0x00, 0x01,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x08, 0x70, 0x69, 0x63, 0x73, 0x6c,
	0x69, 0x66, 0x65, 0x02, 0x72, 0x75, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00,
	0x00, 0x29, 0x10, 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00,
};

const uint8_t sd_sctp4_init[82] = {
	0x00, 0x00, 0x0c, 0x9f, 0xf0, 0x1f, 0x24, 0xbe, 0x05, 0x27, 0x0b, 0x17,
	0x08, 0x00, 0x45, 0x02, 0x00, 0x44, 0x00, 0x00, 0x40, 0x00, 0x40, 0x84,
	0xc4, 0x22, 0xac, 0x1d, 0x14, 0x0f, 0xac, 0x19, 0x09, 0xcc, 0x27, 0x0f,
	0x22, 0xb8, 0x00, 0x00, 0x00, 0x00, 0x19, 0x6b, 0x0b, 0x40, 0x01, 0x00,
	0x00, 0x24, 0xb6, 0x96, 0xb0, 0x9e, 0x00, 0x01, 0xc0, 0x00, 0x00, 0x0a,
	0xff, 0xff, 0xdb, 0x85, 0x60, 0x23, 0x00, 0x0c, 0x00, 0x06, 0x00, 0x05,
	0x00, 0x00, 0x80, 0x00, 0x00, 0x04, 0xc0, 0x00, 0x00, 0x04,
};

const uint8_t sd_tcp6_syn[94] = {
	0x62, 0x77, 0x56, 0xc6, 0x27, 0x1c, 0x76, 0x78, 0x25, 0x0b, 0xe9, 0x15,
	0x86, 0xdd, 0x60, 0x05, 0x4b, 0xb4, 0x00, 0x28, 0x06, 0x40, 0xfd, 0x00,
	0x6e, 0x61, 0x00, 0x78, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x01, 0xfd, 0x00, 0x6e, 0x61, 0x00, 0x78, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xdf, 0x64, 0x1f, 0x90, 0xb8, 0x0e,
	0x19, 0x77, 0x00, 0x00, 0x00, 0x00, 0xa0, 0x02, 0xfd, 0x20, 0x75, 0x89,
	0x00, 0x00, 0x02, 0x04, 0x05, 0xa0, 0x04, 0x02, 0x08, 0x0a, 0x16, 0x48,
	0x16, 0xed, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03, 0x03, 0x0a,
};

const uint8_t sd_udp6[77] = {
	0x62, 0x77, 0x56, 0xc6, 0x27, 0x1c, 0x76, 0x78, 0x25, 0x0b, 0xe9, 0x15,
	0x86, 0xdd, 0x60, 0x0a, 0x56, 0x47, 0x00, 0x17, 0x11, 0x40, 0xfd, 0x00,
	0x6e, 0x61, 0x00, 0x78, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x01, 0xfd, 0x00, 0x6e, 0x61, 0x00, 0x78, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xdb, 0x36, 0x00, 0x07, 0x00, 0x17,
	0x9d, 0xd9, 0x6e, 0x69, 0x63, 0x73, 0x69, 0x6d, 0x20, 0x61, 0x6e, 0x63,
	0x68, 0x6f, 0x72, 0x73, 0x0a,
};

/* ---- world ---- */

static void on_error(void *ctx, struct nicsim_port *port, const char *text)
{
	struct sd *d = ctx;

	d->errors++;
	snprintf(d->error, sizeof(d->error), "%s", text);
}

static void on_log(void *ctx, struct nicsim_port *port, const char *text)
{
	((struct sd *)ctx)->logs++;
}

static bool on_frame(void *ctx, const uint8_t *frame, uint32_t len)
{
	struct sd *d = ctx;

	if (d->refuse)
		return false;
	assert_true(d->outs < SD_OUT && len <= SD_FRAME);
	d->out[d->outs].len = len;
	memcpy(d->out[d->outs].data, frame, len);
	d->outs++;
	return true;
}

static void on_vector(void *ctx, unsigned int vector)
{
	((struct sd *)ctx)->fired[vector]++;
}

static void port_start(struct sd *d, unsigned int i)
{
	static const struct nicsim_net_ops net = { .send = on_frame };
	struct nicsim_port_config config = { .model = "82599" };
	const uint16_t command = htole16(0x0006);
	char name[16], err[128] = "";

	snprintf(name, sizeof(name), "port%u", i);
	config.name = name;
	config.mac[0] = 0x02;
	config.mac[5] = 0x10 + i;
	d->port[i] = nicsim_port_add(d->sim, &config, err, sizeof(err));
	if (!d->port[i])
		fail_msg("nicsim_port_add: %s", err);
	d->mem[i] = calloc(1, SD_MEM);
	assert_non_null(d->mem[i]);
	assert_int_equal(nicsim_dma_map(d->port[i], SD_IOVA, SD_MEM, d->mem[i], true, true), 0);
	assert_int_equal(nicsim_region_write(d->port[i], NICSIM_REGION_CONFIG, 4, &command, 2), 0);
	nicsim_port_net(d->port[i], &net, d);
}

struct sd *sd_open(unsigned int ports, bool wire)
{
	struct nicsim_config config = { .driver_error = on_error, .log = on_log };
	struct sd *d = calloc(1, sizeof(*d));
	unsigned int i;

	assert_non_null(d);
	config.ctx = d;
	d->sim = nicsim_create(&config);
	assert_non_null(d->sim);
	for (i = 0; i < ports; i++)
		port_start(d, i);
	if (wire)
		nicsim_wire(d->port[0], d->port[1]);
	for (i = 0; i < SD_VECTORS; i++)
		assert_int_equal(nicsim_irq_set(d->port[0], i, on_vector, d), 0);
	nicsim_advance(d->sim, 200 * NS_PER_MS);
	for (i = 0; i < ports; i++) {
		assert_int_equal(sd_read(d, i, 0x42A4) & 0x40000000, 0x40000000);
		sd_write(d, i, 0x2F00, sd_read(d, i, 0x2F00) | 0x2);	/* RDRXCTL.CRCSTRIP */
		sd_write(d, i, 0x5080, 0x700);		/* FCTRL: MPE, UPE, BAM */
		sd_write(d, i, 0x3000, 1);		/* RXCTRL.RXEN */
		sd_write(d, i, 0x4A80, sd_read(d, i, 0x4A80) | 1);	/* DMATXCTL.TE */
	}
	return d;
}

void sd_close(struct sd *d)
{
	unsigned int i;

	if (d->errors)
		fail_msg("%u complaints, the last: %s", d->errors, d->error);
	for (i = 0; i < SD_PORTS; i++) {
		if (d->port[i])
			assert_int_equal(nicsim_defects(d->port[i]), 0);
	}
	nicsim_destroy(d->sim);
	for (i = 0; i < SD_PORTS; i++)
		free(d->mem[i]);
	free(d);
}

void sd_expect(struct sd *d, const char *rule)
{
	if (!d->errors)
		fail_msg("no complaint about %s", rule);
	if (!strstr(d->error, rule))
		fail_msg("wanted %s: got %s", rule, d->error);
	d->errors = 0;
}

uint32_t sd_read(struct sd *d, unsigned int port, uint32_t reg)
{
	uint32_t v = 0;

	assert_int_equal(nicsim_region_read(d->port[port], 0, reg, &v, 4), 0);
	return le32toh(v);
}

void sd_write(struct sd *d, unsigned int port, uint32_t reg, uint32_t value)
{
	value = htole32(value);
	assert_int_equal(nicsim_region_write(d->port[port], 0, reg, &value, 4), 0);
}

uint64_t sd_alloc(struct sd *d, unsigned int port, uint32_t size, uint32_t align)
{
	uint32_t at = (d->used[port] + align - 1) / align * align;

	assert_true(at + size <= SD_MEM);
	d->used[port] = at + size;
	return SD_IOVA + at;
}

uint8_t *sd_va(struct sd *d, unsigned int port, uint64_t iova)
{
	return d->mem[port] + (iova - SD_IOVA);
}

void sd_run(struct sd *d)
{
	nicsim_advance(d->sim, NS_PER_MS);
}

bool sd_offer(struct sd *d, unsigned int port, const void *frame, uint32_t len)
{
	return nicsim_port_frame(d->port[port], frame, len);
}

/* ---- rings ---- */

static struct sd_ring ring_new(struct sd *d, unsigned int port, unsigned int queue, uint32_t regs,
			       uint32_t count)
{
	struct sd_ring r = { .d = d, .port = port, .queue = queue, .regs = regs, .count = count };

	r.iova = sd_alloc(d, port, 16 * count, 128);
	r.desc = sd_va(d, port, r.iova);
	sd_write(d, port, regs + 0x00, r.iova);
	sd_write(d, port, regs + 0x04, r.iova >> 32);
	sd_write(d, port, regs + 0x08, 16 * count);
	sd_write(d, port, regs + 0x10, 0);
	sd_write(d, port, regs + 0x18, 0);
	return r;
}

static void desc_write(struct sd_ring *r, uint32_t i, uint64_t q0, uint64_t q1)
{
	q0 = htole64(q0);
	q1 = htole64(q1);
	memcpy(r->desc + 16 * i, &q0, 8);
	memcpy(r->desc + 16 * i + 8, &q1, 8);
}

void sd_rx_post(struct sd_ring *r, uint32_t i)
{
	desc_write(r, i, r->buffers + (uint64_t)i * (r->buffer + 64), 0);
}

uint8_t *sd_rx_buffer(struct sd_ring *r, uint32_t i)
{
	return sd_va(r->d, r->port, r->buffers + (uint64_t)i * (r->buffer + 64));
}

struct sd_ring sd_rx(struct sd *d, unsigned int port, unsigned int queue, uint32_t count,
		     uint32_t srrctl)
{
	struct sd_ring r = ring_new(d, port, queue, RXQ(queue), count);
	uint32_t i, ctl = sd_read(d, port, r.regs + 0x28);

	sd_write(d, port, r.regs + 0x14, srrctl);
	r.buffer = (srrctl & 0x1f) * 1024;
	r.buffers = sd_alloc(d, port, count * (r.buffer + 64), 64);
	for (i = 0; i < count; i++)
		sd_rx_post(&r, i);
	sd_write(d, port, r.regs + 0x28, ctl | ENABLE);
	assert_int_equal(sd_read(d, port, r.regs + 0x28) & ENABLE, ENABLE);
	r.tail = count - 1;
	sd_bell(&r);
	return r;
}

struct sd_ring sd_tx(struct sd *d, unsigned int port, unsigned int queue, uint32_t count,
		     uint32_t txdctl)
{
	struct sd_ring r = ring_new(d, port, queue, TXQ(queue), count);

	sd_write(d, port, r.regs + 0x28, txdctl | ENABLE);
	assert_int_equal(sd_read(d, port, r.regs + 0x28) & ENABLE, ENABLE);
	return r;
}

void sd_push(struct sd_ring *r, uint64_t q0, uint32_t dw2, uint32_t dw3)
{
	desc_write(r, r->tail, q0, dw2 | (uint64_t)dw3 << 32);
	r->tail = (r->tail + 1) % r->count;
}

void sd_bell(struct sd_ring *r)
{
	sd_write(r->d, r->port, r->regs + 0x18, r->tail);
}

uint64_t sd_data(struct sd_ring *r, const void *bytes, uint32_t len)
{
	uint64_t iova = sd_alloc(r->d, r->port, len, 1);

	memcpy(sd_va(r->d, r->port, iova), bytes, len);
	return iova;
}

void sd_context(struct sd_ring *r, uint32_t idx, uint32_t maclen, uint32_t iplen, uint32_t tucmd,
		uint32_t l4len, uint32_t mss, uint32_t vlan)
{
	sd_push(r, vlan << 16 | maclen << 9 | iplen, SD_CONTEXT | tucmd,
		mss << 16 | l4len << 8 | idx << 4);
}

void sd_send(struct sd_ring *r, const void *frame, uint32_t len)
{
	sd_push(r, sd_data(r, frame, len), SD_DATA | SD_EOP | SD_IFCS | SD_RS | len, len << 14);
	sd_bell(r);
}

uint32_t sd_dw(const struct sd_ring *r, uint32_t i, unsigned int dw)
{
	uint32_t v;

	memcpy(&v, r->desc + 16 * i + 4 * dw, 4);
	return le32toh(v);
}

/* ---- frames ---- */

const uint8_t *sd_numbered(uint32_t len)
{
	static uint8_t f[SD_FRAME];
	uint32_t i;

	for (i = 14; i < len; i++)
		f[i] = i * 7 + i / 256;
	memset(f, 0xff, 6);
	f[6] = 2;
	f[12] = 0x88;
	f[13] = 0xb5;
	return f;
}

void sd_tagged(uint8_t *frame, uint16_t tci)
{
	memcpy(frame, sd_tcp4_syn, 12);
	frame[12] = 0x81;
	frame[13] = 0;
	frame[14] = tci >> 8;
	frame[15] = tci;
	memcpy(frame + 16, sd_tcp4_syn + 12, sizeof(sd_tcp4_syn) - 12);
}

void sd_spread(struct sd_ring *r, uint32_t at, const uint8_t *frame, uint32_t len)
{
	uint32_t done, n;

	for (done = 0; done < len; done += n, at = (at + 1) % r->count) {
		n = len - done < r->buffer ? len - done : r->buffer;
		assert_int_equal(sd_dw(r, at, 3) & 0xffff, n);
		assert_int_equal(sd_dw(r, at, 2) & (SD_DD | SD_RX_EOP),
				 done + n == len ? SD_DD | SD_RX_EOP : SD_DD);
		assert_memory_equal(sd_rx_buffer(r, at), frame + done, n);
	}
}

void sd_left(struct sd *d, unsigned int i, const void *frame, uint32_t len)
{
	assert_true(i < d->outs);
	assert_int_equal(d->out[i].len, len);
	assert_memory_equal(d->out[i].data, frame, len);
}

/* ---- reference ---- */

uint32_t sd_be16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

uint32_t sd_be32(const uint8_t *at)
{
	return sd_be16(at) << 16 | sd_be16(at + 2);
}

uint16_t sd_sum(const uint8_t *data, uint32_t len, uint32_t seed)
{
	uint32_t i;

	for (i = 0; i < len; i++)
		seed += i & 1 ? data[i] : data[i] << 8;
	while (seed >> 16)
		seed = (seed & 0xffff) + (seed >> 16);
	return seed;
}

uint32_t sd_pseudo(const uint8_t *ip, uint32_t proto, uint32_t len)
{
	if (ip[0] >> 4 == 4)
		return sd_sum(ip + 12, 8, proto + len);
	return sd_sum(ip + 8, 32, proto + len);
}

bool sd_l4_good(const uint8_t *ip, uint32_t len)
{
	uint32_t header = ip[0] >> 4 == 4 ? (ip[0] & 0xf) * 4 : 40;
	uint32_t proto = ip[0] >> 4 == 4 ? ip[9] : ip[6];

	return sd_sum(ip + header, len - header, sd_pseudo(ip, proto, len - header)) == 0xffff;
}
