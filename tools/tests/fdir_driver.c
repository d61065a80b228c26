// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The driver that nicsim's tests of the flow director play; see fdir_driver.h. */
#include "fdir_driver.h"

#define TUPLE		42
#define RX_DESCS	32
#define ONE_BUFFER_2K	0x02000002

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

uint32_t fd_read(struct fd *t, uint32_t reg)
{
	return sd_read(t->d, 0, reg);
}

void fd_write(struct fd *t, uint32_t reg, uint32_t value)
{
	sd_write(t->d, 0, reg, value);
}

void fd_init(struct fd *t, uint32_t ctrl)
{
	fd_write(t, RXPBSIZE, 512 * 1024 - (32 * 1024 << (ctrl & 3)));
	fd_write(t, FDIRCTRL, ctrl);
	assert_int_equal(fd_read(t, FDIRCTRL), ctrl);
	sd_run(t->d);
	assert_int_equal(fd_read(t, FDIRCTRL), ctrl | INIT_DONE);
}

void fd_open(struct fd *t, uint32_t ctrl)
{
	unsigned int q;

	memset(t, 0, sizeof(*t));
	t->d = sd_open(1, false);
	for (q = 0; q < FD_QUEUES; q++)
		t->rx[q] = sd_rx(t->d, 0, q, RX_DESCS, ONE_BUFFER_2K);
	fd_write(t, RXCSUM, PCSD);
	fd_write(t, FDIRHKEY, KEY_BUCKET);
	fd_write(t, FDIRSKEY, KEY_SIGNATURE);
	if (ctrl)
		fd_init(t, ctrl);
}

void fd_close(struct fd *t)
{
	sd_close(t->d);
}

uint32_t fd_command(struct fd *t, uint32_t hash, uint32_t cmd)
{
	uint32_t value, reads = 0;

	fd_write(t, FDIRHASH, hash);
	fd_write(t, FDIRCMD, cmd);
	do
		value = fd_read(t, FDIRCMD);
	while ((value & 3) && ++reads < 2);
	assert_int_equal(value & 3, 0);
	return value;
}

static bool bit(const uint8_t *bytes, uint32_t n)
{
	return bytes[n / 8] >> n % 8 & 1;
}

/*
 * Ext_S = S[14:0] | S[335:0] | S[335:321], Ext_K = T_K[351:1], T_K the key eleven times:
 * "For (i=0 to 350) {if (Ext_K[i]) then Hash[15:0] = Hash[15:0] XOR Ext_S[15+i: i]}"
 */
uint32_t fd_hash(const uint8_t *tuple, uint32_t key)
{
	uint8_t s[TUPLE], ext[46] = { 0 };
	uint32_t i, hash = 0, window;

	for (i = 0; i < TUPLE; i++)
		s[i] = tuple[TUPLE - 1 - i];	/* bit 0 is the last on the wire */
	for (i = 0; i < 366; i++) {
		bool b = i < 15 ? bit(s, 321 + i) : i < 351 ? bit(s, i - 15) : bit(s, i - 351);

		ext[i / 8] |= b << i % 8;
	}
	for (i = 0; i <= 350; i++) {
		window = ext[i / 8] | ext[i / 8 + 1] << 8 |
			 (i / 8 + 2 < sizeof(ext) ? (uint32_t)ext[i / 8 + 2] << 16 : 0);
		if (key >> (i + 1) % 32 & 1)
			hash ^= window >> i % 8 & 0xffff;
	}
	return hash;
}

uint32_t fd_filter_hash(const struct fd_filter *f)
{
	uint8_t tuple[TUPLE] = { 0 };

	put16(tuple, f->vlan);
	put32(tuple + 2, f->src);
	put32(tuple + 18, f->dst);
	put16(tuple + 34, f->sport);
	put16(tuple + 36, f->dport);
	put16(tuple + 38, f->flex);
	tuple[41] = f->cmd >> 5 & 7;
	return fd_hash(tuple, KEY_BUCKET) & 0x7fff;
}

void fd_perfect(struct fd *t, const struct fd_filter *f)
{
	fd_write(t, FDIRIPSA, htobe32(f->src));
	fd_write(t, FDIRIPDA, htobe32(f->dst));
	fd_write(t, FDIRPORT, (uint32_t)f->dport << 16 | f->sport);
	fd_write(t, FDIRVLAN, (uint32_t)htobe16(f->flex) << 16 | f->vlan);
	fd_command(t, fd_filter_hash(f) | (uint32_t)f->index << 16,
		   ADD | UPDATE | LAST | QUEUE_EN | f->cmd);
}

uint32_t fd_frame(uint8_t *frame, const struct fd_flow *flow)
{
	uint8_t *ip = frame + 14;

	memset(frame, 0, 128);
	frame[0] = 2;
	frame[6] = 2;
	if (flow->vlan) {
		put16(frame + 12, 0x8100);
		put16(frame + 14, flow->vlan);
		ip += 4;
	}
	put16(ip - 2, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, 80);
	ip[9] = flow->proto;
	put32(ip + 12, flow->src);
	put32(ip + 16, flow->dst);
	put16(ip + 20, flow->sport);
	put16(ip + 22, flow->dport);
	ip[32] = 0x50;		/* TCP header length */
	return ip + 80 - frame;
}

int fd_receive(struct fd *t, const uint8_t *frame, uint32_t len)
{
	uint32_t head[FD_QUEUES], q;
	int to = LOST;

	for (q = 0; q < FD_QUEUES; q++)
		head[q] = fd_read(t, 0x1010 + 0x40 * q);
	assert_true(sd_offer(t->d, 0, frame, len));
	sd_run(t->d);
	for (q = 0; q < FD_QUEUES; q++) {
		struct sd_ring *rx = &t->rx[q];

		if (fd_read(t, 0x1010 + 0x40 * q) == head[q])
			continue;
		assert_int_equal(to, LOST);
		to = q;
		t->info = sd_dw(rx, head[q], 0);
		t->hash = sd_dw(rx, head[q], 1);
		t->status = sd_dw(rx, head[q], 2);
		assert_int_equal(t->status & 3, 3);
		sd_rx_post(rx, head[q]);
		rx->tail = (rx->tail + 1) % rx->count;
		sd_bell(rx);
	}
	return to;
}

int fd_flow(struct fd *t, const struct fd_flow *flow)
{
	uint8_t frame[128];
	uint32_t len = fd_frame(frame, flow);

	return fd_receive(t, frame, len);
}
