// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's RSS against Microsoft's published verification suite. Links nicsim.a, sim_driver.o. */
#include "sim_driver.h"

#include "datapath.h"
#include "desc82599.h"
#include "regs_datapath.h"

static const uint8_t key[40] = {
	0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3,
	0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3,
	0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa,
};

/* "Verifying the RSS Hash Calculation": destination, source, hash of addresses, hash with ports */
static const struct {
	uint8_t dst[4];
	uint16_t dport;
	uint8_t src[4];
	uint16_t sport;
	uint32_t ip, tcp;
} v4[] = {
	{ { 161, 142, 100, 80 }, 1766, { 66, 9, 149, 187 }, 2794, 0x323e8fc2, 0x51ccc178 },
	{ { 65, 69, 140, 83 }, 4739, { 199, 92, 111, 2 }, 14230, 0xd718262a, 0xc626b0ea },
	{ { 12, 22, 207, 184 }, 38024, { 24, 19, 198, 95 }, 12898, 0xd2d0a5de, 0x5c2b394a },
	{ { 209, 142, 163, 6 }, 2217, { 38, 27, 205, 30 }, 48228, 0x82989176, 0xafc7327f },
	{ { 202, 188, 127, 2 }, 1303, { 153, 39, 163, 191 }, 44251, 0x5d1809c5, 0x10e828a2 },
};

static const struct {
	uint16_t dst[8];
	uint16_t dport;
	uint16_t src[8];
	uint16_t sport;
	uint32_t ip, tcp;
} v6[] = {
	{ { 0x3ffe, 0x2501, 0x200, 3, 0, 0, 0, 1 }, 1766,
	  { 0x3ffe, 0x2501, 0x200, 0x1fff, 0, 0, 0, 7 }, 2794, 0x2cc18cd5, 0x40207d3d },
	{ { 0xff02, 0, 0, 0, 0, 0, 0, 1 }, 4739,
	  { 0x3ffe, 0x501, 8, 0, 0x260, 0x97ff, 0xfe40, 0xefab }, 14230, 0x0f0c461c, 0xdde51bbf },
	{ { 0xfe80, 0, 0, 0, 0x200, 0xf8ff, 0xfe21, 0x67cf }, 38024,
	  { 0x3ffe, 0x1900, 0x4545, 3, 0x200, 0xf8ff, 0xfe21, 0x67cf }, 44251,
	  0x4b61e985, 0x02d1feef },
};

static struct sd *d;
static struct nicsim_port *p;

static int setup(void **state)
{
	unsigned int i;

	d = sd_open(1, false);
	p = d->port[0];
	for (i = 0; i < 10; i++)
		sd_write(d, 0, 0x5C80 + 4 * i, key[4 * i] | key[4 * i + 1] << 8 |
			 key[4 * i + 2] << 16 | (uint32_t)key[4 * i + 3] << 24);
	for (i = 0; i < 32; i++)
		sd_write(d, 0, 0x5C00 + 4 * i, 0x03020100);
	return 0;
}

static int teardown(void **state)
{
	sd_close(d);
	return 0;
}

static uint32_t frame_v4(uint8_t *f, unsigned int i, uint8_t proto)
{
	memset(f, 0, 64);
	sim_put_be16(f + 12, 0x0800);
	f[14] = 0x45;
	sim_put_be16(f + 16, 50);
	f[23] = proto;
	memcpy(f + 26, v4[i].src, 4);
	memcpy(f + 30, v4[i].dst, 4);
	sim_put_be16(f + 34, v4[i].sport);
	sim_put_be16(f + 36, v4[i].dport);
	return 64;
}

/* With @extension a destination options header between IP and @proto. */
static uint32_t frame_v6(uint8_t *f, unsigned int i, uint8_t proto, bool extension)
{
	uint8_t *l4 = f + 54 + (extension ? 8 : 0);
	unsigned int n;

	memset(f, 0, 128);
	sim_put_be16(f + 12, 0x86DD);
	f[14] = 0x60;
	sim_put_be16(f + 18, 20 + (extension ? 8 : 0));
	f[20] = extension ? 60 : proto;
	for (n = 0; n < 8; n++) {
		sim_put_be16(f + 22 + 2 * n, v6[i].src[n]);
		sim_put_be16(f + 38 + 2 * n, v6[i].dst[n]);
	}
	if (extension) {
		f[54] = proto;
		f[56] = 1;	/* PadN */
		f[57] = 4;
	}
	sim_put_be16(l4, v6[i].sport);
	sim_put_be16(l4 + 2, v6[i].dport);
	return 74 + (extension ? 8 : 0);
}

static void expect(const uint8_t *f, uint32_t len, uint32_t mrqc, uint32_t type, uint32_t hash)
{
	uint32_t got_hash, got_type, queue;
	struct sim_pkt k;

	sd_write(d, 0, 0x5818, mrqc);
	sim_parse(p, f, len, &k);
	queue = sim_rss(p, f, &k, &got_hash, &got_type);
	assert_int_equal(got_type, type);
	assert_int_equal(got_hash, hash);
	assert_int_equal(queue, type ? hash & 3 : 0);
}

static void test_v4(void **state)
{
	uint8_t f[64];
	unsigned int i;
	uint32_t len;

	for (i = 0; i < sizeof(v4) / sizeof(v4[0]); i++) {
		len = frame_v4(f, i, 6);
		expect(f, len, 1 | MRQC_TCP4 | MRQC_IP4, RXD_RSS_TCP4, v4[i].tcp);
		expect(f, len, 1 | MRQC_IP4, RXD_RSS_IP4, v4[i].ip);
		expect(f, len, 1 | MRQC_IP4 | MRQC_UDP4, RXD_RSS_IP4, v4[i].ip);
		expect(f, len, 1 | MRQC_IP6 | MRQC_TCP6, RXD_RSS_NONE, 0);
		expect(f, len, MRQC_IP4, RXD_RSS_NONE, 0);
		len = frame_v4(f, i, 17);
		expect(f, len, 1 | MRQC_UDP4 | MRQC_IP4, RXD_RSS_UDP4, v4[i].tcp);
		expect(f, len, 1 | MRQC_TCP4 | MRQC_IP4, RXD_RSS_IP4, v4[i].ip);
		len = frame_v4(f, i, 132);
		expect(f, len, 1 | MRQC_TCP4 | MRQC_UDP4 | MRQC_IP4, RXD_RSS_IP4, v4[i].ip);
	}
}

static void test_v4_fragment(void **state)
{
	uint8_t f[64];

	/* ports are only in the first fragment, so none of them counts */
	frame_v4(f, 0, 6);
	f[20] = 0x20;
	expect(f, 64, 1 | MRQC_TCP4 | MRQC_IP4, RXD_RSS_IP4, v4[0].ip);
	f[20] = 0;
	f[21] = 9;
	expect(f, 64, 1 | MRQC_TCP4 | MRQC_IP4, RXD_RSS_IP4, v4[0].ip);
}

static void test_v6(void **state)
{
	uint8_t f[128];
	unsigned int i;
	uint32_t len;

	for (i = 0; i < sizeof(v6) / sizeof(v6[0]); i++) {
		len = frame_v6(f, i, 6, false);
		expect(f, len, 1 | MRQC_TCP6 | MRQC_IP6, RXD_RSS_TCP6, v6[i].tcp);
		expect(f, len, 1 | MRQC_IP6, RXD_RSS_IP6, v6[i].ip);
		expect(f, len, 1 | MRQC_IP4 | MRQC_TCP4, RXD_RSS_NONE, 0);
		len = frame_v6(f, i, 17, false);
		expect(f, len, 1 | MRQC_UDP6 | MRQC_IP6, RXD_RSS_UDP6, v6[i].tcp);
		len = frame_v6(f, i, 6, true);
		expect(f, len, 1 | MRQC_TCP6EX | MRQC_TCP6, RXD_RSS_TCP6EX, v6[i].tcp);
		expect(f, len, 1 | MRQC_TCP6, RXD_RSS_TCP6, v6[i].tcp);
		expect(f, len, 1 | MRQC_IP6EX, RXD_RSS_IP6EX, v6[i].ip);
	}
}

/* A home address in destination options is hashed instead of the source by the EX types alone. */
static void test_v6_home_address(void **state)
{
	uint8_t f[160] = { 0 }, plain[128];
	unsigned int n;

	frame_v6(plain, 0, 6, false);
	memcpy(f, plain, 54);
	f[19] = 20 + 24;
	f[20] = 60;
	memset(f + 22, 0x77, 16);
	f[54] = 6;
	f[55] = 2;
	f[56] = 1;
	f[57] = 2;
	f[60] = 0xC9;
	f[61] = 16;
	for (n = 0; n < 8; n++)
		sim_put_be16(f + 62 + 2 * n, v6[0].src[n]);
	memcpy(f + 78, plain + 54, 20);
	expect(f, 98, 1 | MRQC_TCP6EX, RXD_RSS_TCP6EX, v6[0].tcp);
	expect(f, 98, 1 | MRQC_IP6EX, RXD_RSS_IP6EX, v6[0].ip);
}

static void test_key_changes(void **state)
{
	uint8_t f[64];
	uint32_t hash, type;
	struct sim_pkt k;

	frame_v4(f, 0, 6);
	expect(f, 64, 1 | MRQC_TCP4, RXD_RSS_TCP4, v4[0].tcp);
	sd_write(d, 0, 0x5C80, 0);
	sim_parse(p, f, 64, &k);
	sim_rss(p, f, &k, &hash, &type);
	assert_int_not_equal(hash, v4[0].tcp);
}

/* Every entry of the table is reached by its own hash value, and by no other. */
static void test_reta(void **state)
{
	uint32_t hash, type, queue, i, entry;
	struct sim_pkt k;
	uint8_t f[64];
	bool seen[128] = { false };

	sd_write(d, 0, 0x5818, 1 | MRQC_TCP4);
	frame_v4(f, 0, 6);
	for (i = 0; i < 4096; i++) {
		sim_put_be16(f + 34, i);
		sim_parse(p, f, 64, &k);
		sim_rss(p, f, &k, &hash, &type);
		entry = hash & 127;
		sd_write(d, 0, 0x5C00 + entry / 4 * 4, 0x0bu << (entry % 4 * 8));
		queue = sim_rss(p, f, &k, &hash, &type);
		assert_int_equal(queue, 0xb);
		sd_write(d, 0, 0x5C00 + entry / 4 * 4, 0x0b0b0b0bu & ~(0xffu << (entry % 4 * 8)));
		assert_int_equal(sim_rss(p, f, &k, &hash, &type), 0);
		seen[entry] = true;
	}
	for (i = 0; i < 128; i++)
		assert_true(seen[i]);
	/* four bits an entry: more is a driver's mistake */
	sd_write(d, 0, 0x5C00, 0x10);
	sd_expect(d, "reserved-bits");
}

static void test_other_modes(void **state)
{
	unsigned int logs = d->logs;
	uint8_t f[64];

	frame_v4(f, 0, 6);
	expect(f, 64, 0xA | MRQC_TCP4, RXD_RSS_NONE, 0);
	assert_int_equal(d->logs, logs + 1);
	expect(f, 64, 0xB | MRQC_TCP4, RXD_RSS_NONE, 0);
	assert_int_equal(d->logs, logs + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_v4, setup, teardown),
		cmocka_unit_test_setup_teardown(test_v4_fragment, setup, teardown),
		cmocka_unit_test_setup_teardown(test_v6, setup, teardown),
		cmocka_unit_test_setup_teardown(test_v6_home_address, setup, teardown),
		cmocka_unit_test_setup_teardown(test_key_changes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reta, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_modes, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
