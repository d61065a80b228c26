// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's transmit queues: descriptors, offloads of one frame. Links nicsim.a, sim_driver.o. */
#include "sim_driver.h"

#define TDH(q)		(0x6010 + 0x40 * (q))
#define HLREG0		0x4240

static struct sd *d;

static int setup(void **state)
{
	d = sd_open(1, false);
	return 0;
}

static int teardown(void **state)
{
	sd_close(d);
	return 0;
}

/* ---- descriptors ---- */

static void test_advanced(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);

	sd_send(&tx, sd_numbered(100), 100);
	/* a doorbell queues work, no more */
	assert_int_equal(d->outs, 0);
	assert_int_equal(sd_dw(&tx, 0, 3) & SD_DD, 0);
	assert_int_equal(sd_read(d, 0, TDH(0)), 0);
	sd_run(d);
	assert_int_equal(d->outs, 1);
	sd_left(d, 0, sd_numbered(100), 100);
	assert_int_equal(sd_dw(&tx, 0, 3), SD_DD);
	assert_int_equal(sd_read(d, 0, TDH(0)), 1);
}

static void test_pieces(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 64, 0);
	const uint8_t *f = sd_numbered(1500);
	uint32_t i, at = 0, n;

	/* 38 is the most: 40 less WTHRESH less 2 */
	for (i = 0; i < 38; i++, at += n) {
		n = i < 37 ? 1 + i : 1500 - at;
		sd_push(&tx, sd_data(&tx, f + at, n), SD_DATA | SD_IFCS | n |
			(i == 37 ? SD_EOP | SD_RS : 0), i ? 0 : 1500 << 14);
	}
	sd_bell(&tx);
	sd_run(d);
	sd_left(d, 0, f, 1500);
	for (i = 0; i < 38; i++)
		assert_int_equal(sd_dw(&tx, i, 3) & SD_DD, i == 37);
	assert_int_equal(sd_read(d, 0, TDH(0)), 38);
}

static void test_report_status(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);
	uint32_t i;

	for (i = 0; i < 8; i++)
		sd_push(&tx, sd_data(&tx, sd_numbered(60), 60),
			SD_DATA | SD_EOP | SD_IFCS | (i % 4 == 3 ? SD_RS : 0) | 60, 60 << 14);
	sd_bell(&tx);
	sd_run(d);
	assert_int_equal(d->outs, 8);
	for (i = 0; i < 8; i++)
		assert_int_equal(sd_dw(&tx, i, 3) & SD_DD, i % 4 == 3);
}

static void test_wrap(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 8, 0);
	uint32_t i;

	for (i = 0; i < 50; i++) {
		sd_send(&tx, sd_numbered(60 + i), 60 + i);
		sd_run(d);
		sd_left(d, i, sd_numbered(60 + i), 60 + i);
		assert_int_equal(sd_dw(&tx, i % 8, 3), SD_DD);
		assert_int_equal(sd_read(d, 0, TDH(0)), (i + 1) % 8);
	}
}

static void test_legacy(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);
	uint8_t f[128], want[128];

	sd_push(&tx, sd_data(&tx, sd_numbered(80), 80), SD_EOP | SD_IFCS | SD_RS | 80, 0);
	/* the tag, and a sum from 34 on put at 50, stand in the descriptor */
	memcpy(f, sd_tcp4_syn, sizeof(sd_tcp4_syn));
	f[50] = sd_pseudo(f + 14, 6, 28) >> 8;
	f[51] = sd_pseudo(f + 14, 6, 28);
	sd_push(&tx, sd_data(&tx, f, sizeof(sd_tcp4_syn)), SD_EOP | SD_IFCS | 0x04000000 | SD_VLE |
		50 << 16 | sizeof(sd_tcp4_syn), 34 << 8 | 0x2064u << 16);
	sd_bell(&tx);
	sd_run(d);
	sd_left(d, 0, sd_numbered(80), 80);
	assert_int_equal(sd_dw(&tx, 0, 3) & SD_DD, SD_DD);
	memcpy(want, sd_tcp4_syn, 12);
	memcpy(want + 12, "\x81\x00\x20\x64", 4);
	memcpy(want + 16, sd_tcp4_syn + 12, sizeof(sd_tcp4_syn) - 12);
	sd_left(d, 1, want, sizeof(sd_tcp4_syn) + 4);
	assert_int_equal(sd_dw(&tx, 1, 3) & SD_DD, 0);
}

static void test_padding(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);
	uint8_t want[60] = { 0 };

	memcpy(want, sd_numbered(42), 42);
	sd_send(&tx, sd_numbered(42), 42);
	sd_run(d);
	sd_left(d, 0, want, 60);
	sd_write(d, 0, HLREG0, sd_read(d, 0, HLREG0) & ~0x400u);
	sd_send(&tx, sd_numbered(42), 42);
	sd_run(d);
	sd_left(d, 1, sd_numbered(42), 42);
}

static void test_head_writeback(void **state)
{
	uint64_t at = sd_alloc(d, 0, 4, 4);
	struct sd_ring tx;
	uint32_t head;

	sd_write(d, 0, 0x6038, (uint32_t)at | 1);
	sd_write(d, 0, 0x603C, at >> 32);
	tx = sd_tx(d, 0, 0, 16, 0);
	sd_push(&tx, sd_data(&tx, sd_numbered(60), 60), SD_DATA | SD_EOP | SD_IFCS | 60, 60 << 14);
	sd_bell(&tx);
	sd_run(d);
	memcpy(&head, sd_va(d, 0, at), 4);
	assert_int_equal(head, 0);
	sd_send(&tx, sd_numbered(60), 60);
	sd_run(d);
	memcpy(&head, sd_va(d, 0, at), 4);
	assert_int_equal(head, 2);
	assert_int_equal(sd_dw(&tx, 1, 3) & SD_DD, 0);
}

/* Held back until enough have gathered, or the queue has nothing left to do. */
static void test_wthresh(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 64, 8 << 16);
	uint32_t i, done;

	for (i = 0; i < 21; i++)
		sd_push(&tx, sd_data(&tx, sd_numbered(1000), 1000),
			SD_DATA | SD_EOP | SD_IFCS | SD_RS | 1000, 1000 << 14);
	sd_bell(&tx);
	while (sd_read(d, 0, TDH(0)) < 21) {
		nicsim_advance(d->sim, 100);
		for (done = 0; done < 21 && sd_dw(&tx, done, 3) & SD_DD; done++)
			;
		i = sd_read(d, 0, TDH(0));
		assert_int_equal(done, i == 21 ? 21 : i / 8 * 8);
	}
}

static void test_interrupt(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);

	sd_write(d, 0, 0x898, 0x80000010u);
	sd_write(d, 0, 0x900, (0x80 | 1) << 8);		/* IVAR: tx 0 to vector 1 */
	sd_write(d, 0, 0x810, 2);
	sd_write(d, 0, 0x880, 2);
	sd_push(&tx, sd_data(&tx, sd_numbered(60), 60), SD_DATA | SD_EOP | SD_IFCS | 60, 60 << 14);
	sd_bell(&tx);
	sd_run(d);
	assert_int_equal(d->fired[1], 0);
	sd_send(&tx, sd_numbered(60), 60);
	sd_run(d);
	assert_int_equal(d->fired[1], 1);
}

/* ---- offloads ---- */

static void test_tcp_checksum(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);
	const uint32_t len = sizeof(sd_tcp4_syn);
	uint8_t f[64];
	uint32_t seed = sd_pseudo(sd_tcp4_syn + 14, 6, len - 34);

	memcpy(f, sd_tcp4_syn, len);
	f[24] = f[25] = 0;
	f[50] = seed >> 8;
	f[51] = seed;
	sd_context(&tx, 0, 14, 20, SD_IPV4 | SD_TCP, 0, 0, 0);
	sd_push(&tx, sd_data(&tx, f, len), SD_DATA | SD_EOP | SD_IFCS | SD_RS | len,
		len << 14 | SD_IXSM | SD_TXSM);
	sd_bell(&tx);
	sd_run(d);
	sd_left(d, 0, sd_tcp4_syn, len);
	assert_int_equal(sd_read(d, 0, TDH(0)), 2);
	assert_int_equal(sd_dw(&tx, 0, 3) & SD_DD, 0);
	assert_int_equal(sd_dw(&tx, 1, 3) & SD_DD, SD_DD);
}

/* A seed that is wrong goes out wrong. */
static void test_wrong_seed(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);
	const uint32_t len = sizeof(sd_tcp4_syn);
	uint8_t f[64];

	memcpy(f, sd_tcp4_syn, len);
	sd_context(&tx, 0, 14, 20, SD_IPV4 | SD_TCP, 0, 0, 0);
	sd_push(&tx, sd_data(&tx, f, len), SD_DATA | SD_EOP | SD_IFCS | len,
		len << 14 | SD_IXSM | SD_TXSM);
	sd_bell(&tx);
	sd_run(d);
	assert_int_equal(d->outs, 1);
	assert_false(sd_l4_good(d->out[0].data + 14, len - 14));
	assert_int_not_equal(sd_sum(d->out[0].data + 14, 20, 0), 0xffff);
}

static void test_udp_checksum(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);
	const uint32_t len = sizeof(sd_udp6);
	uint32_t seed = sd_pseudo(sd_udp6 + 14, 17, len - 54);
	uint8_t f[128];

	memcpy(f, sd_udp6, len);
	f[60] = seed >> 8;
	f[61] = seed;
	sd_context(&tx, 1, 14, 40, 0, 0, 0, 0);
	/* two buffers, cut at an odd place */
	sd_push(&tx, sd_data(&tx, f, 61), SD_DATA | SD_IFCS | 61, len << 14 | SD_TXSM | 1 << 4);
	sd_push(&tx, sd_data(&tx, f + 61, len - 61), SD_DATA | SD_EOP | SD_IFCS | (len - 61), 0);
	/* a sum of 0 is sent as all-ones */
	f[75] = f[76] = 0;
	seed = ~sd_sum(f + 54, len - 54, 0) & 0xffff;
	f[75] = seed >> 8;
	f[76] = 0;
	f[60] = f[61] = 0;
	seed = ~sd_sum(f + 54, len - 54, 0) & 0xffff;
	f[60] = seed >> 8;
	f[61] = seed;
	sd_push(&tx, sd_data(&tx, f, len), SD_DATA | SD_EOP | SD_IFCS | len,
		len << 14 | SD_TXSM | 1 << 4);
	sd_bell(&tx);
	sd_run(d);
	sd_left(d, 0, sd_udp6, len);
	assert_int_equal(sd_be16(d->out[1].data + 60), 0xffff);
}

static void test_sctp_checksum(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);
	const uint32_t len = sizeof(sd_sctp4_init);
	uint8_t f[128];

	memcpy(f, sd_sctp4_init, len);
	memset(f + 42, 0, 4);
	sd_context(&tx, 0, 14, 20, SD_IPV4 | SD_SCTP, 0, 0, 0);
	sd_push(&tx, sd_data(&tx, f, len), SD_DATA | SD_EOP | SD_IFCS | len, len << 14 | SD_TXSM);
	sd_bell(&tx);
	sd_run(d);
	sd_left(d, 0, sd_sctp4_init, len);
}

/* MACLEN and IPLEN lead into a tunnel; the outer header's sum is cancelled by its seed. */
static void test_tunnel(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);
	const uint32_t inner = sizeof(sd_tcp4_syn) - 14, len = 14 + 20 + inner;
	uint32_t seed = sd_pseudo(sd_tcp4_syn + 14, 6, inner - 20);
	uint8_t f[128];

	memcpy(f, sd_tcp4_syn, 34);
	f[17] = 20 + inner;
	f[23] = 4;
	memcpy(f + 34, sd_tcp4_syn + 14, inner);
	f[24] = f[25] = 0;
	f[70] = seed >> 8;
	f[71] = seed;
	/* what lies between the outer header's end and layer 4 sums up in its seed */
	seed = ~sd_sum(f + 34, 20, 0) & 0xffff;
	f[24] = seed >> 8;
	f[25] = seed;
	sd_context(&tx, 0, 14, 40, SD_IPV4 | SD_TCP, 0, 0, 0);
	sd_push(&tx, sd_data(&tx, f, len), SD_DATA | SD_EOP | SD_IFCS | len,
		len << 14 | SD_IXSM | SD_TXSM);
	sd_bell(&tx);
	sd_run(d);
	assert_int_equal(d->out[0].len, len);
	assert_int_equal(sd_sum(d->out[0].data + 14, 20, 0), 0xffff);
	assert_memory_equal(d->out[0].data + 34, sd_tcp4_syn + 14, inner);
}

static void test_vlan(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);
	const uint32_t len = sizeof(sd_tcp4_syn);
	uint8_t want[80];

	sd_context(&tx, 0, 0, 0, 0x1800, 0, 0, 0xa123);
	sd_push(&tx, sd_data(&tx, sd_tcp4_syn, len), SD_DATA | SD_EOP | SD_IFCS | SD_VLE | len,
		len << 14);
	sd_bell(&tx);
	sd_run(d);
	memcpy(want, sd_tcp4_syn, 12);
	memcpy(want + 12, "\x81\x00\xa1\x23", 4);
	memcpy(want + 16, sd_tcp4_syn + 12, len - 12);
	sd_left(d, 0, want, len + 4);
	/* another ethertype; the context is still there */
	sd_write(d, 0, 0x4A80, 0x88a80001);
	sd_push(&tx, sd_data(&tx, sd_tcp4_syn, len), SD_DATA | SD_EOP | SD_IFCS | SD_VLE | len,
		len << 14);
	sd_bell(&tx);
	sd_run(d);
	memcpy(want + 12, "\x88\xa8\xa1\x23", 4);
	sd_left(d, 1, want, len + 4);
}

/* Without IFCS the driver brings its own. */
static void test_own_fcs(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);
	uint8_t f[64];
	uint32_t i, bit, crc = ~0u;

	memcpy(f, sd_numbered(60), 60);
	for (i = 0; i < 60; i++) {
		crc ^= f[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc & 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
	}
	crc = ~crc;
	memcpy(f + 60, &crc, 4);
	sd_push(&tx, sd_data(&tx, f, 64), SD_DATA | SD_EOP | 64, 64 << 14);
	sd_bell(&tx);
	sd_run(d);
	sd_left(d, 0, f, 60);
	f[30] ^= 1;
	sd_push(&tx, sd_data(&tx, f, 64), SD_DATA | SD_EOP | 64, 64 << 14);
	sd_bell(&tx);
	sd_run(d);
	sd_expect(d, "tx-fcs");
}

#define TEST(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_advanced), TEST(test_pieces), TEST(test_report_status),
		TEST(test_wrap), TEST(test_legacy), TEST(test_padding),
		TEST(test_head_writeback), TEST(test_wthresh), TEST(test_interrupt),
		TEST(test_tcp_checksum), TEST(test_wrong_seed), TEST(test_udp_checksum),
		TEST(test_sctp_checksum), TEST(test_tunnel), TEST(test_vlan), TEST(test_own_fcs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
