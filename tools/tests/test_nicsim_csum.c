// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's checksums and parser against packets from real wires. Links nicsim.a, sim_driver.o. */
#include "sim_driver.h"

#include "datapath.h"
#include "desc82599.h"
#include "regs_datapath.h"

static struct sd *d;
static struct nicsim_port *p;

static int setup(void **state)
{
	d = sd_open(1, false);
	p = d->port[0];
	return 0;
}

static int teardown(void **state)
{
	sd_close(d);
	return 0;
}

static const struct {
	const uint8_t *data;
	uint32_t len;
	uint32_t type;
	uint32_t verdict;
	uint32_t l4;		/* where layer 4 begins, and where its checksum is */
	uint32_t field;
} real[] = {
	{ sd_tcp4_syn, sizeof(sd_tcp4_syn), RXD_TYPE_IPV4 | RXD_TYPE_TCP, RXD_IPCS | RXD_L4CS,
	  34, 50 },
	{ sd_udp4_dns, sizeof(sd_udp4_dns), RXD_TYPE_IPV4 | RXD_TYPE_UDP,
	  RXD_IPCS | RXD_L4CS | RXD_UDPCS, 34, 40 },
	{ sd_sctp4_init, sizeof(sd_sctp4_init), RXD_TYPE_IPV4 | RXD_TYPE_SCTP, RXD_IPCS | RXD_L4CS,
	  34, 42 },
	{ sd_tcp6_syn, sizeof(sd_tcp6_syn), RXD_TYPE_IPV6 | RXD_TYPE_TCP, RXD_L4CS, 54, 70 },
	{ sd_udp6, sizeof(sd_udp6), RXD_TYPE_IPV6 | RXD_TYPE_UDP, RXD_L4CS | RXD_UDPCS, 54, 60 },
};
#define REAL (sizeof(real) / sizeof(real[0]))

static uint32_t verdict(const uint8_t *f, uint32_t len)
{
	struct sim_pkt k;

	sim_parse(p, f, len, &k);
	return sim_csum_verdict(p, f, &k);
}

static void test_real_packets(void **state)
{
	struct sim_pkt k;
	unsigned int i;

	for (i = 0; i < REAL; i++) {
		sim_parse(p, real[i].data, real[i].len, &k);
		assert_int_equal(k.type, real[i].type);
		assert_int_equal(k.l4, real[i].l4);
		assert_int_equal(k.end, real[i].len);
		assert_int_equal(sim_csum_verdict(p, real[i].data, &k), real[i].verdict);
	}
}

/* Any one bit of layer 4 that is wrong is noticed, and named as layer 4's fault. */
static void test_bit_flips(void **state)
{
	uint8_t f[128];
	unsigned int i, at;

	for (i = 0; i < REAL; i++) {
		for (at = real[i].l4 * 8; at < real[i].len * 8; at++) {
			memcpy(f, real[i].data, real[i].len);
			f[at / 8] ^= 1 << at % 8;
			assert_int_equal(verdict(f, real[i].len), real[i].verdict | RXD_TCPE);
		}
	}
	memcpy(f, sd_tcp4_syn, sizeof(sd_tcp4_syn));
	f[22] ^= 1;	/* TTL: of the header's sum only */
	assert_int_equal(verdict(f, sizeof(sd_tcp4_syn)), RXD_IPCS | RXD_L4CS | RXD_IPE);
	f[22] ^= 1;
	f[26] ^= 1;	/* an address: of both */
	assert_int_equal(verdict(f, sizeof(sd_tcp4_syn)), RXD_IPCS | RXD_L4CS | RXD_IPE | RXD_TCPE);
}

/* Padding behind the packet is no part of it; a packet cut short is not looked into. */
static void test_lengths(void **state)
{
	uint8_t f[128] = { 0 };
	unsigned int i, len;
	struct sim_pkt k;

	for (i = 0; i < REAL; i++) {
		memset(f, 0x5a, sizeof(f));
		memcpy(f, real[i].data, real[i].len);
		assert_int_equal(verdict(f, real[i].len + 20), real[i].verdict);
		for (len = SIM_L2_MIN; len < real[i].len; len++) {
			uint8_t *tight = malloc(len);	/* the sanitizer sees a read past it */

			assert_non_null(tight);
			memcpy(tight, real[i].data, len);
			sim_parse(p, tight, len, &k);
			assert_int_equal(k.type, 0);
			assert_int_equal(sim_csum_verdict(p, tight, &k), 0);
			free(tight);
		}
	}
}

static void test_udp_without(void **state)
{
	uint8_t f[128];

	memcpy(f, sd_udp4_dns, sizeof(sd_udp4_dns));
	f[40] = f[41] = 0;
	assert_int_equal(verdict(f, sizeof(sd_udp4_dns)), RXD_IPCS);
}

static void header_sum(uint8_t *f)
{
	f[24] = f[25] = 0;
	sim_put_be16(f + 24, ~sd_sum(f + 14, (f[14] & 0xf) * 4, 0) & 0xffff);
}

static void test_fragments(void **state)
{
	uint8_t f[128];
	struct sim_pkt k;

	memcpy(f, sd_udp4_dns, sizeof(sd_udp4_dns));
	f[20] = 0x20;
	header_sum(f);
	sim_parse(p, f, sizeof(sd_udp4_dns), &k);
	assert_int_equal(k.type, RXD_TYPE_IPV4);
	assert_true(k.fragment && k.first);
	assert_int_equal(sim_csum_verdict(p, f, &k), RXD_IPCS);
	assert_int_equal(sim_get_be16((const uint8_t *)&(uint16_t){ sim_csum_fragment(f, &k) }),
			 sd_sum(f + 34, sizeof(sd_udp4_dns) - 34, 0));
	f[20] = 0;
	f[21] = 3;
	header_sum(f);
	sim_parse(p, f, sizeof(sd_udp4_dns), &k);
	assert_true(k.fragment && !k.first);
	assert_int_equal(sim_csum_verdict(p, f, &k), RXD_IPCS);
}

/* IPv4 options: the header is longer, the type says so, both sums are still looked at. */
static void test_options(void **state)
{
	uint8_t f[128];

	memcpy(f, sd_tcp4_syn, 34);
	memset(f + 34, 1, 8);
	memcpy(f + 42, sd_tcp4_syn + 34, sizeof(sd_tcp4_syn) - 34);
	f[14] = 0x47;
	f[17] += 8;
	header_sum(f);
	assert_int_equal(verdict(f, sizeof(sd_tcp4_syn) + 8), RXD_IPCS | RXD_L4CS);
	f[60] ^= 4;
	assert_int_equal(verdict(f, sizeof(sd_tcp4_syn) + 8), RXD_IPCS | RXD_L4CS | RXD_TCPE);
}

/* Makes @f the UDP packet with an extension header of @size bytes, @proto, in between. */
static uint32_t extended(uint8_t *f, uint8_t proto, uint32_t size)
{
	memcpy(f, sd_udp6, 54);
	memset(f + 54, 0, size);
	memcpy(f + 54 + size, sd_udp6 + 54, sizeof(sd_udp6) - 54);
	f[19] += size;
	f[20] = proto;
	f[54] = 17;
	f[55] = size / 8 - 1;
	return sizeof(sd_udp6) + size;
}

static void test_extension_headers(void **state)
{
	const uint32_t type = RXD_TYPE_IPV6 | RXD_TYPE_IPV6EX;
	uint8_t f[160];
	struct sim_pkt k;
	uint32_t len;

	len = extended(f, 0, 8);		/* hop by hop */
	sim_parse(p, f, len, &k);
	assert_int_equal(k.type, type | RXD_TYPE_UDP);
	assert_int_equal(verdict(f, len), RXD_L4CS | RXD_UDPCS);
	f[len - 1] ^= 1;
	assert_int_equal(verdict(f, len), RXD_L4CS | RXD_UDPCS | RXD_TCPE);
	len = extended(f, 43, 24);		/* routing, at its end */
	assert_int_equal(verdict(f, len), RXD_L4CS | RXD_UDPCS);
	f[57] = 1;				/* and not */
	assert_int_equal(verdict(f, len), 0);
	len = extended(f, 44, 8);		/* fragment */
	f[55] = 0;
	sim_parse(p, f, len, &k);
	assert_int_equal(k.type, type);
	assert_true(k.fragment);
	assert_int_equal(verdict(f, len), 0);
	len = extended(f, 51, 24);		/* authentication: hardware stops there */
	sim_parse(p, f, len, &k);
	assert_int_equal(k.type, RXD_TYPE_IPV6);
	len = extended(f, 60, 8);		/* longer than the packet */
	f[55] = 255;
	sim_parse(p, f, len, &k);
	assert_int_equal(k.type & RXD_TYPE_UDP, 0);
}

static void test_rfctl(void **state)
{
	sd_write(d, 0, 0x5008, RFCTL_IPV6_XSUM_DIS);
	assert_int_equal(verdict(sd_tcp6_syn, sizeof(sd_tcp6_syn)), 0);
	assert_int_equal(verdict(sd_tcp4_syn, sizeof(sd_tcp4_syn)), RXD_IPCS | RXD_L4CS);
}

/* Every length and alignment up to 200 bytes, in one piece and in two. */
static void test_sums(void **state)
{
	uint8_t data[256], copy[256];
	uint32_t at, len, i, cut;
	uint64_t one, two;
	uint16_t got;

	srand(82599);
	for (i = 0; i < sizeof(data); i++)
		data[i] = rand();
	for (at = 0; at < 9; at++) {
		for (len = 0; len <= 200; len++) {
			one = sim_sum(0, data + at, len);
			got = htobe16(sim_sum_fold(one));
			assert_int_equal(got % 0xffff, sd_sum(data + at, len, 0) % 0xffff);
			memset(copy, 0, sizeof(copy));
			two = sim_sum_copy(0, copy + 1, data + at, len);
			assert_memory_equal(copy + 1, data + at, len);
			assert_int_equal(copy[0] | copy[len + 1], 0);
			assert_int_equal(sim_sum_fold(two), sim_sum_fold(one));
			cut = len ? rand() % len : 0;
			two = sim_sum(0, data + at + cut, len - cut);
			if (cut & 1)
				two = sim_sum_odd(two);
			two = sim_sum_add(sim_sum(0, data + at, cut), two);
			assert_int_equal(sim_sum_fold(two) % 0xffff, sim_sum_fold(one) % 0xffff);
		}
	}
	memset(data, 0xff, sizeof(data));
	assert_int_equal(sim_sum_fold(sim_sum(~0ull, data, 256)), 0xffff);
	memset(data, 0, sizeof(data));
	assert_int_equal(sim_sum_fold(sim_sum(0, data, 256)), 0);
}

static void test_crc(void **state)
{
	/* the check value every list of CRCs gives */
	assert_int_equal(sim_crc32((const uint8_t *)"123456789", 9), 0xCBF43926);
	assert_int_equal(sim_crc32((const uint8_t *)"", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_packets),
		cmocka_unit_test(test_bit_flips),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_udp_without),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_extension_headers),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_crc),
		cmocka_unit_test(test_rfctl),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
