// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's TCP and UDP segmentation, frame by frame. Links nicsim.a, sim_driver.o. */
#include "sim_driver.h"

#define PAYLOAD_MAX	(64 * 1024)
#define FIN		0x01
#define SYN		0x02
#define PSH		0x08
#define ACK		0x10
#define CWR		0x80

static struct sd *d;
static struct sd_ring tx;

static int setup(void **state)
{
	d = sd_open(1, false);
	tx = sd_tx(d, 0, 0, 128, 0);
	return 0;
}

static int setup_wire(void **state)
{
	d = sd_open(2, true);
	tx = sd_tx(d, 0, 0, 128, 0);
	return 0;
}

static int teardown(void **state)
{
	sd_close(d);
	return 0;
}

/**
 * struct packet - what is to be cut up
 * @v6, @udp: protocols
 * @options: bytes of TCP options
 * @flags: of TCP
 * @seed_len: length in the pseudo header that seeds the checksum; must be 0
 * @pieces: descriptors for the payload
 * @vlan: tag, 0: none
 */
struct packet {
	bool v6, udp;
	uint32_t options;
	uint32_t flags;
	uint32_t mss, payload;
	uint32_t seed_len;
	uint32_t pieces;
	uint32_t vlan;
	uint32_t seq;
	uint16_t id;
};

static uint8_t data[128 + PAYLOAD_MAX];

static uint32_t l3_len(const struct packet *k)
{
	return k->v6 ? 40 : 20;
}

static uint32_t l4_len(const struct packet *k)
{
	return k->udp ? 8 : 20 + k->options;
}

static uint32_t header_len(const struct packet *k)
{
	return 14 + l3_len(k) + l4_len(k);
}

static void put16(uint8_t *at, uint32_t v)
{
	at[0] = v >> 8;
	at[1] = v;
}

static void make(const struct packet *k)
{
	uint8_t *ip = data + 14, *l4 = ip + l3_len(k);
	uint32_t i, proto = k->udp ? 17 : 6;

	memset(data, 0, header_len(k));
	memcpy(data, "\x02\x00\x00\x00\x00\x11\x02\x00\x00\x00\x00\x10", 12);
	put16(data + 12, k->v6 ? 0x86DD : 0x0800);
	if (k->v6) {
		ip[0] = 0x60;
		ip[6] = proto;
		ip[7] = 64;
		ip[8] = 0xfd;
		ip[23] = 1;
		ip[24] = 0xfd;
		ip[39] = 2;
	} else {
		ip[0] = 0x45;
		put16(ip + 4, k->id);
		ip[6] = 0x40;
		ip[8] = 64;
		ip[9] = proto;
		memcpy(ip + 12, "\x0a\x00\x00\x01\x0a\x00\x00\x02", 8);
	}
	put16(l4, 5001);
	put16(l4 + 2, 40000);
	if (!k->udp) {
		put16(l4 + 4, k->seq >> 16);
		put16(l4 + 6, k->seq);
		put16(l4 + 8, 0x1234);
		put16(l4 + 12, l4_len(k) / 4 << 12 | k->flags);
		put16(l4 + 14, 0xffff);
		memset(l4 + 20, 1, k->options);
	}
	put16(l4 + (k->udp ? 6 : 16), sd_sum(NULL, 0, sd_pseudo(ip, proto, k->seed_len)));
	for (i = 0; i < k->payload; i++)
		data[header_len(k) + i] = i * 13 + i / 512;
}

static void post(const struct packet *k, uint32_t paylen, uint32_t l4len)
{
	const uint32_t cmd = SD_DATA | SD_IFCS | SD_TSE | (k->vlan ? SD_VLE : 0);
	uint32_t at = header_len(k), n, i;
	uint32_t sums = SD_TXSM | (k->v6 ? 0 : SD_IXSM);

	sd_context(&tx, 0, 14, l3_len(k), (k->v6 ? 0 : SD_IPV4) | (k->udp ? 0 : SD_TCP), l4len,
		   k->mss, k->vlan);
	sd_push(&tx, sd_data(&tx, data, at), cmd | at, paylen << 14 | sums);
	for (i = 0; i < k->pieces; i++) {
		n = k->payload / k->pieces + (i ? 0 : k->payload % k->pieces);
		sd_push(&tx, sd_data(&tx, data + at, n),
			cmd | n | (i == k->pieces - 1 ? SD_EOP | SD_RS : 0), 0);
		at += n;
	}
	sd_bell(&tx);
}

static uint32_t expected_flags(const struct packet *k, bool first, bool last)
{
	uint32_t flags = k->flags;

	if (!last)
		flags &= ~(uint32_t)(FIN | PSH);
	if (last && !first)
		flags &= ~(uint32_t)CWR;
	return flags;
}

static void check_frame(const struct packet *k, unsigned int i, unsigned int count)
{
	uint32_t tag = k->vlan ? 4 : 0, head = header_len(k) + tag, n;
	const uint8_t *f = d->out[i].data, *ip = f + 14 + tag, *l4 = ip + l3_len(k);

	n = i == count - 1 ? k->payload - k->mss * i : k->mss;
	assert_int_equal(d->out[i].len, head + n < 60 ? 60 : head + n);
	assert_memory_equal(f, data, 12);
	if (k->vlan)
		assert_int_equal(sd_be32(f + 12), 0x81000000u | k->vlan);
	assert_int_equal(sd_be16(f + 12 + tag), k->v6 ? 0x86DD : 0x0800);
	if (k->v6) {
		assert_int_equal(sd_be16(ip + 4), l4_len(k) + n);
	} else {
		assert_int_equal(sd_be16(ip + 2), 20 + l4_len(k) + n);
		assert_int_equal(sd_be16(ip + 4), (uint16_t)(k->id + i));
		assert_int_equal(sd_sum(ip, 20, 0), 0xffff);
	}
	if (k->udp) {
		assert_int_equal(sd_be16(l4 + 4), 8 + n);
	} else {
		assert_int_equal(sd_be32(l4 + 4), k->seq + i * k->mss);
		assert_int_equal(sd_be32(l4 + 8), 0x12340000);
		assert_int_equal(sd_be16(l4 + 12), l4_len(k) / 4 << 12 |
				 expected_flags(k, i == 0, i == count - 1));
	}
	assert_memory_equal(f + head, data + header_len(k) + i * k->mss, n);
	assert_true(sd_l4_good(ip, l3_len(k) + l4_len(k) + n));
}

static void run_packet(const struct packet *k)
{
	unsigned int count = (k->payload + k->mss - 1) / k->mss, i;
	uint32_t start = tx.tail;

	d->outs = 0;
	make(k);
	post(k, k->payload, l4_len(k));
	sd_run(d);
	assert_int_equal(d->outs, count);
	for (i = 0; i < count; i++)
		check_frame(k, i, count);
	assert_int_equal(sd_read(d, 0, 0x6010), tx.tail);
	assert_int_equal(sd_dw(&tx, (start + 1 + k->pieces) % 128, 3), SD_DD);
}

static void test_tcp4(void **state)
{
	struct packet k = { .flags = ACK | PSH | FIN | CWR, .mss = 1448, .payload = 20000,
			    .options = 12, .pieces = 3, .seq = 0xfffff000, .id = 0xfffe };

	run_packet(&k);
	k.mss = 536;
	k.payload = 536 * 5;	/* no rest */
	run_packet(&k);
	k.payload++;		/* a last frame of one byte, padded */
	run_packet(&k);
}

static void test_tcp6(void **state)
{
	struct packet k = { .v6 = true, .flags = ACK | PSH, .mss = 1428, .payload = 30001,
			    .options = 12, .pieces = 2, .seq = 7 };

	run_packet(&k);
}

static void test_udp(void **state)
{
	struct packet k = { .udp = true, .mss = 1472, .payload = 10001, .pieces = 4, .id = 1 };

	run_packet(&k);
	k.v6 = true;
	k.mss = 1452;
	run_packet(&k);
}

/* Buffers that end at odd places, in segments of odd length. */
static void test_odd_pieces(void **state)
{
	struct packet k = { .flags = ACK, .mss = 999, .payload = 7777, .options = 0, .seq = 1 };

	for (k.pieces = 1; k.pieces <= 37; k.pieces += 4)
		run_packet(&k);
}

/* Header and payload begin in one buffer. */
static void test_one_buffer(void **state)
{
	struct packet k = { .flags = ACK | PSH, .mss = 1000, .payload = 4000, .seq = 5 };
	const uint32_t len = header_len(&k) + k.payload;
	unsigned int i;

	make(&k);
	sd_context(&tx, 1, 14, 20, SD_IPV4 | SD_TCP, 20, k.mss, 0);
	sd_push(&tx, sd_data(&tx, data, len),
		SD_DATA | SD_IFCS | SD_TSE | SD_EOP | len,
		k.payload << 14 | SD_TXSM | SD_IXSM | 1 << 4);
	sd_bell(&tx);
	sd_run(d);
	assert_int_equal(d->outs, 4);
	for (i = 0; i < 4; i++)
		check_frame(&k, i, 4);
}

static void test_vlan(void **state)
{
	struct packet k = { .flags = ACK | PSH, .mss = 1460, .payload = 9000, .pieces = 1,
			    .vlan = 0x2fff };

	run_packet(&k);
	k.v6 = true;
	run_packet(&k);
}

/* One frame only: FIN, PSH and CWR all belong to it. */
static void test_single(void **state)
{
	struct packet k = { .flags = ACK | PSH | FIN | CWR, .mss = 1460, .payload = 1000,
			    .pieces = 1 };

	run_packet(&k);
}

static void test_large(void **state)
{
	struct packet k = { .flags = ACK, .mss = 8948, .payload = PAYLOAD_MAX, .options = 12,
			    .pieces = 8, .seq = 99 };

	run_packet(&k);
}

static void test_flag_masks(void **state)
{
	struct packet k = { .flags = ACK | PSH | SYN, .mss = 500, .payload = 1500, .pieces = 1 };
	unsigned int i;

	sd_write(d, 0, 0x4A88, 0x0fff0ffd);	/* middle, first */
	sd_write(d, 0, 0x4A8C, 0x0fef);		/* last */
	make(&k);
	post(&k, k.payload, 20);
	sd_run(d);
	for (i = 0; i < 3; i++)
		assert_int_equal(sd_be16(d->out[i].data + 46) & 0xfff,
				 k.flags & (i == 0 ? 0xffdu : i == 1 ? 0xfffu : 0xfefu));
}

/* A pseudo header with its length seeds the checksum wrongly: hardware adds the length itself. */
static void test_wrong_seed(void **state)
{
	struct packet k = { .flags = ACK, .mss = 1000, .payload = 3000, .pieces = 1 };
	unsigned int i;

	k.seed_len = 20 + k.payload;
	make(&k);
	post(&k, k.payload, 20);
	sd_run(d);
	assert_int_equal(d->outs, 3);
	for (i = 0; i < 3; i++)
		assert_false(sd_l4_good(d->out[i].data + 14, 40 + k.mss));
}

/* An IP checksum that is not 0 counts into the sum, as for tunnels; total length does not. */
static void test_ip_fields(void **state)
{
	struct packet k = { .flags = ACK, .mss = 1000, .payload = 2000, .pieces = 1 };

	make(&k);
	put16(data + 16, 40 + k.payload);
	post(&k, k.payload, 20);
	sd_run(d);
	assert_int_equal(d->outs, 2);
	assert_int_equal(sd_sum(d->out[1].data + 14, 20, 0), 0xffff);
	put16(data + 24, 0x1111);
	post(&k, k.payload, 20);
	sd_run(d);
	assert_int_not_equal(sd_sum(d->out[3].data + 14, 20, 0), 0xffff);
}

static void refused(const struct packet *k, uint32_t paylen, uint32_t l4len, const char *rule)
{
	make(k);
	post(k, paylen, l4len);
	sd_run(d);
	sd_expect(d, rule);
	assert_int_equal(d->outs, 0);
	assert_int_equal(sd_read(d, 0, 0x6010), tx.tail);
}

static void test_refused(void **state)
{
	struct packet k = { .flags = ACK, .mss = 1000, .payload = 3000, .pieces = 1 };

	refused(&k, 2999, 20, "tx-paylen");
	refused(&k, 3054, 20, "tx-paylen");
	refused(&k, 3000, 16, "L4LEN 16");
	refused(&k, 2996, 24, "L4LEN 24");
	k.mss = 0;
	refused(&k, 3000, 20, "MSS 0");
	k.mss = 16384;
	refused(&k, 3000, 20, "MSS 16384");
	k.mss = 1000;
	k.udp = true;
	refused(&k, 3000, 20, "L4LEN 20");
}

static void test_refused_sums(void **state)
{
	struct packet k = { .flags = ACK, .mss = 1000, .payload = 3000 };
	const uint32_t len = header_len(&k) + k.payload, cmd = SD_DATA | SD_TSE | SD_EOP | len;
	static const struct {
		uint32_t tucmd, ifcs, sums;
		const char *rule;
	} t[] = {
		{ SD_IPV4 | SD_TCP, SD_IFCS, SD_IXSM, "TXSM 0 IXSM 1" },
		{ SD_IPV4 | SD_TCP, SD_IFCS, SD_TXSM, "TXSM 1 IXSM 0" },
		{ SD_IPV4 | SD_SCTP, SD_IFCS, SD_IXSM | SD_TXSM, "TSE with TUCMD.L4T 2" },
		{ SD_IPV4 | SD_TCP, 0, SD_IXSM | SD_TXSM, "TSE without IFCS" },
		{ SD_TCP, SD_IFCS, SD_TXSM, "IPLEN 20 without TUCMD.IPV4" },
	};
	unsigned int i;

	make(&k);
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		sd_context(&tx, 0, 14, 20, t[i].tucmd, 20, k.mss, 0);
		sd_push(&tx, sd_data(&tx, data, len), cmd | t[i].ifcs, k.payload << 14 | t[i].sums);
		sd_bell(&tx);
		sd_run(d);
		sd_expect(d, t[i].rule);
	}
	/* lengths that lead to no IP header */
	sd_context(&tx, 0, 18, 20, SD_IPV4 | SD_TCP, 20, k.mss, 0);
	sd_push(&tx, sd_data(&tx, data, len), cmd | SD_IFCS, (len - 58) << 14 | SD_IXSM | SD_TXSM);
	sd_bell(&tx);
	sd_run(d);
	sd_expect(d, "MACLEN 18");
	assert_int_equal(d->outs, 0);
}

/* The back end stops taking in the middle of a packet; it goes on where it stopped. */
static void test_held(void **state)
{
	struct packet k = { .flags = ACK | PSH, .mss = 1000, .payload = 20000, .pieces = 2 };
	unsigned int i;

	make(&k);
	post(&k, k.payload, 20);
	nicsim_advance(d->sim, 5000);
	assert_true(d->outs > 2 && d->outs < 10);
	d->refuse = true;
	sd_run(d);
	assert_true(d->outs < 10);
	assert_int_equal(sd_dw(&tx, 3, 3) & SD_DD, 0);
	d->refuse = false;
	nicsim_port_writable(d->port[0]);
	sd_run(d);
	assert_int_equal(d->outs, 20);
	for (i = 0; i < 20; i++)
		check_frame(&k, i, 20);
}

/* Memory goes away in the middle: reported, the rest is not sent, the queue goes on. */
static void test_unmapped(void **state)
{
	struct packet k = { .flags = ACK, .mss = 1000, .payload = 20000, .pieces = 1 };

	make(&k);
	post(&k, k.payload, 20);
	nicsim_advance(d->sim, 5000);
	assert_int_equal(nicsim_dma_unmap(d->port[0], 0, UINT64_MAX), 1);
	sd_run(d);
	sd_expect(d, "dma-unmapped");
	assert_true(d->outs < 10);
	assert_int_equal(nicsim_dma_map(d->port[0], SD_IOVA, SD_MEM, d->mem[0], true, true), 0);
	d->outs = 0;
	sd_send(&tx, data, 60);
	sd_run(d);
	assert_int_equal(d->outs, 1);
}

/* Over a wire every segment is good in the eyes of the other port's receive checks. */
static void test_wire(void **state)
{
	struct sd_ring rx = sd_rx(d, 1, 0, 64, 0x02000002);
	struct packet k = { .flags = ACK | PSH, .mss = 1448, .payload = 40000, .options = 12,
			    .pieces = 5 };
	uint32_t i, n = (k.payload + k.mss - 1) / k.mss;

	make(&k);
	post(&k, k.payload, l4_len(&k));
	sd_run(d);
	assert_int_equal(sd_read(d, 1, 0x1010), n);
	for (i = 0; i < n; i++) {
		assert_int_equal(sd_dw(&rx, i, 2) & 0xf0000063, 0x63);
		assert_memory_equal(sd_rx_buffer(&rx, i) + 66, data + 66 + i * k.mss,
				    i < n - 1 ? k.mss : k.payload % k.mss);
	}
	assert_int_equal(sd_read(d, 0, 0x4080), n);
	assert_int_equal(sd_read(d, 0, 0x6030), n);
}

#define TEST(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_tcp4), TEST(test_tcp6), TEST(test_udp), TEST(test_odd_pieces),
		TEST(test_one_buffer), TEST(test_vlan), TEST(test_single), TEST(test_large),
		TEST(test_flag_masks), TEST(test_wrong_seed), TEST(test_ip_fields),
		TEST(test_refused), TEST(test_refused_sums), TEST(test_held),
		TEST(test_unmapped),
		cmocka_unit_test_setup_teardown(test_wire, setup_wire, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
