// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim's flow director: hashes, perfect and signature filters, by where packets arrive and what
 * their descriptors say. Links nicsim.a, sim_driver.o, fdir_driver.o.
 */
#include "fdir_driver.h"

#define TCP_FLOW	{ .proto = 6, .src = 0xC0000201, .dst = 0xC0000202, .sport = 1000, .dport = 80 }
#define TCP_FILTER	{ .cmd = TCP | QUEUE(2u), .src = 0xC0000201, .dst = 0xC0000202, \
			  .sport = 1000, .dport = 80, .flex = 0x0800, .index = 5 }
#define FLEX_TYPE	FLEX_WORD(6)		/* the ethertype, or that of the tag */

static struct fd t;
static const struct fd_flow tcp = TCP_FLOW;

static int setup_perfect(void **state)
{
	fd_open(&t, PERFECT | 1 | FLEX_TYPE | DROP_QUEUE(127) | MAX_LENGTH(10));
	return 0;
}

static int setup_signature(void **state)
{
	fd_open(&t, 3 | FLEX_TYPE | REPORT | ALWAYS | MAX_LENGTH(10));
	return 0;
}

static int teardown(void **state)
{
	fd_close(&t);
	return 0;
}

/* ---- hash ---- */

/*
 * Addresses of the RSS verification suite; what Linux 6.12's ixgbe_atr_compute_sig_hash_82599 makes
 * of them: as TCP, as UDP, as TCP with tag 0xA064.
 */
static const struct {
	uint8_t dst[4];
	uint16_t dport;
	uint8_t src[4];
	uint16_t sport;
	uint32_t tcp, udp, tagged;
} v4[] = {
	{ { 161, 142, 100, 80 }, 1766, { 66, 9, 149, 187 }, 2794, 0x543b4cf3, 0x0b206388,
	  0x7cab1e14 },
	{ { 65, 69, 140, 83 }, 4739, { 199, 92, 111, 2 }, 14230, 0x1ef41fcb, 0x41ef30b0,
	  0x36644d2c },
	{ { 12, 22, 207, 184 }, 38024, { 24, 19, 198, 95 }, 12898, 0x3e9b164a, 0x61803931,
	  0x160b44ad },
	{ { 209, 142, 163, 6 }, 2217, { 38, 27, 205, 30 }, 48228, 0x187528c4, 0x476e07bf,
	  0x30e57a23 },
	{ { 202, 188, 127, 2 }, 1303, { 153, 39, 163, 191 }, 44251, 0x23952d1d, 0x7c8e0266,
	  0x0b057ffa },
};

static const struct {
	uint16_t dst[8];
	uint16_t dport;
	uint16_t src[8];
	uint16_t sport;
	uint32_t tcp;
} v6[] = {
	{ { 0x3ffe, 0x2501, 0x200, 3, 0, 0, 0, 1 }, 1766,
	  { 0x3ffe, 0x2501, 0x200, 0x1fff, 0, 0, 0, 7 }, 2794, 0x478e1539 },
	{ { 0xff02, 0, 0, 0, 0, 0, 0, 1 }, 4739,
	  { 0x3ffe, 0x501, 8, 0, 0x260, 0x97ff, 0xfe40, 0xefab }, 14230, 0x72fa3fcf },
	{ { 0xfe80, 0, 0, 0, 0x200, 0xf8ff, 0xfe21, 0x67cf }, 38024,
	  { 0x3ffe, 0x1900, 0x4545, 3, 0x200, 0xf8ff, 0xfe21, 0x67cf }, 44251, 0x1a1e7869 },
};

/* Drivers have the signature above; the descriptor has it below. */
static void expect_hash(uint32_t wanted)
{
	assert_int_equal(t.info & 0xf, 0xf);
	assert_int_equal(t.hash, wanted << 16 | wanted >> 16);
}

static void test_hash_v4(void **state)
{
	unsigned int i;

	for (i = 0; i < sizeof(v4) / sizeof(v4[0]); i++) {
		struct fd_flow flow = {
			.proto = 6, .src = sd_be32(v4[i].src), .dst = sd_be32(v4[i].dst),
			.sport = v4[i].sport, .dport = v4[i].dport,
		};

		assert_int_equal(fd_flow(&t, &flow), 0);
		expect_hash(v4[i].tcp);
		flow.vlan = 0xA064;
		assert_int_equal(fd_flow(&t, &flow), 0);
		expect_hash(v4[i].tagged);
		flow.vlan = 0xB064;		/* CFI makes no difference */
		assert_int_equal(fd_flow(&t, &flow), 0);
		expect_hash(v4[i].tagged);
		flow.vlan = 0;
		flow.proto = 17;
		assert_int_equal(fd_flow(&t, &flow), 0);
		expect_hash(v4[i].udp);
	}
}

static uint32_t frame_v6(uint8_t *f, const uint16_t *src, const uint16_t *dst, uint16_t sport,
			 uint16_t dport)
{
	unsigned int n;

	memset(f, 0, 128);
	f[0] = 2;
	f[12] = 0x86;
	f[13] = 0xdd;
	f[14] = 0x60;
	f[19] = 40;
	f[20] = 6;
	for (n = 0; n < 8; n++) {
		f[22 + 2 * n] = src[n] >> 8;
		f[23 + 2 * n] = src[n];
		f[38 + 2 * n] = dst[n] >> 8;
		f[39 + 2 * n] = dst[n];
	}
	f[54] = sport >> 8;
	f[55] = sport;
	f[56] = dport >> 8;
	f[57] = dport;
	f[66] = 0x50;
	return 94;
}

static void test_hash_v6(void **state)
{
	uint8_t f[128];
	unsigned int i;
	uint32_t len;

	for (i = 0; i < sizeof(v6) / sizeof(v6[0]); i++) {
		len = frame_v6(f, v6[i].src, v6[i].dst, v6[i].sport, v6[i].dport);
		assert_int_equal(fd_receive(&t, f, len), 0);
		expect_hash(v6[i].tcp);
	}
}

/* The definition, taken literally, against the same known values; then any key. */
static void test_hash_keys(void **state)
{
	static const uint32_t keys[][2] = {
		{ 0x80000001, 0x80800101 }, { 1, 0x80000000 }, { 0xffffffff, 0x00010000 },
	};
	struct fd_filter filter = TCP_FILTER;
	uint8_t tuple[42] = { 0 };
	unsigned int i;
	uint32_t hash;

	sd_write(t.d, 0, FDIRHKEY, KEY_BUCKET);
	assert_int_equal(fd_flow(&t, &tcp), 0);
	assert_int_equal(t.hash >> 16, fd_filter_hash(&filter));
	memcpy(tuple + 2, "\xc0\x00\x02\x01", 4);
	memcpy(tuple + 18, "\xc0\x00\x02\x02", 4);
	memcpy(tuple + 34, "\x03\xe8\x00\x50\x08\x00\x00\x02", 8);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		fd_write(&t, FDIRHKEY, keys[i][0]);
		fd_write(&t, FDIRSKEY, keys[i][1]);
		assert_int_equal(fd_flow(&t, &tcp), 0);
		hash = fd_hash(tuple, keys[i][0]) << 16 | (fd_hash(tuple, keys[i][1]) & 0x7fff);
		assert_int_equal(t.hash, hash & 0x7fff7fff);
	}
}

/* ---- signature filters ---- */

static uint32_t signature_of(const struct fd_flow *flow)
{
	fd_flow(&t, flow);
	return t.hash << 16 | t.hash >> 16;
}

static void test_signature(void **state)
{
	struct fd_flow other = TCP_FLOW;
	uint32_t hash = signature_of(&tcp);

	assert_int_equal(t.status & FLM, 0);
	assert_int_equal(fd_read(&t, FDIRFREE), 32 * 1024 - 2);
	fd_read(&t, FDIRMISS);
	fd_command(&t, hash, ADD | UPDATE | LAST | QUEUE_EN | TCP | QUEUE(3));
	assert_int_equal(fd_read(&t, FDIRFREE), 32 * 1024 - 3);
	assert_int_equal(fd_flow(&t, &tcp), 3);
	assert_int_equal(t.status & (FLM | FDIR_COLL | FDIR_LEN | FDIR_DROP), FLM);
	expect_hash(hash);
	other.sport++;
	assert_int_equal(fd_flow(&t, &other), 0);
	assert_int_equal(t.status & FLM, 0);
	assert_int_equal(fd_read(&t, FDIRMATCH), 1);
	assert_int_equal(fd_read(&t, FDIRMISS), 1);
	assert_int_equal(fd_read(&t, FDIRMATCH), 0);
	fd_command(&t, hash, REMOVE);
	assert_int_equal(fd_flow(&t, &tcp), 0);
	assert_int_equal(fd_read(&t, FDIRFREE), 32 * 1024 - 2);
	fd_command(&t, hash, REMOVE);
	assert_int_equal(fd_read(&t, FDIRFSTAT), 1 << 8);
	assert_int_equal(fd_read(&t, FDIRUSTAT), 1 << 16 | 1);
	assert_int_equal(fd_read(&t, FDIRUSTAT), 0);
}

/* The same filter again: with FILTER_UPDATE it changes, without it both are marked. */
static void test_collision(void **state)
{
	uint32_t hash = signature_of(&tcp), add = ADD | LAST | QUEUE_EN | TCP;

	fd_command(&t, hash, add | QUEUE(1));
	fd_command(&t, hash, add | QUEUE(1));
	assert_int_equal(fd_flow(&t, &tcp), 1);
	assert_int_equal(t.status & FDIR_COLL, 0);
	fd_command(&t, hash, add | QUEUE(2));
	assert_int_equal(fd_flow(&t, &tcp), 1);
	assert_int_equal(t.status & FDIR_COLL, FDIR_COLL);
	assert_int_equal(fd_read(&t, FDIRFREE), 1u << 16 | (32 * 1024 - 3));
	fd_command(&t, hash, add | UPDATE | QUEUE(2));
	assert_int_equal(fd_flow(&t, &tcp), 2);
	assert_int_equal(t.status & FDIR_COLL, FDIR_COLL);
	assert_int_equal(fd_read(&t, FDIRUSTAT), 1);
	fd_command(&t, hash, REMOVE);
	assert_int_equal(fd_read(&t, FDIRFREE), 32 * 1024 - 2);
}

static void test_query(void **state)
{
	uint32_t add = ADD | LAST | QUEUE_EN | UDP, cmd;

	cmd = fd_command(&t, 0x00071234, QUERY);
	assert_int_equal(cmd & VALID, 0);
	assert_int_equal(fd_read(&t, FDIRHASH), 0x00071234);
	fd_command(&t, 0x00061234, add | QUEUE(1));
	fd_command(&t, 0x00071234, add | QUEUE(2));
	fd_command(&t, 0x00081234, add | QUEUE(3));
	assert_int_equal(fd_read(&t, FDIRLEN), 0x1234 << 16 | 2);
	cmd = fd_command(&t, 0x00071234, QUERY);
	assert_int_equal(cmd, VALID | LAST | QUEUE_EN | UDP | QUEUE(2));
	assert_int_equal(fd_read(&t, FDIRHASH), 0x00079234);
	assert_int_equal(fd_read(&t, FDIRLEN), 1 << 8);
	cmd = fd_command(&t, 0x00091234, QUERY);
	assert_int_equal(cmd & VALID, 0);
	assert_int_equal(fd_read(&t, FDIRHASH), 0x00099234);
	assert_int_equal(fd_read(&t, FDIRLEN), 3 << 8);
}

/* ---- perfect filters ---- */

static void test_perfect(void **state)
{
	struct fd_filter filter = TCP_FILTER;
	struct fd_flow flow;
	unsigned int i;

	fd_perfect(&t, &filter);
	assert_int_equal(fd_flow(&t, &tcp), 2);
	assert_int_equal(t.status & FLM, FLM);
	assert_int_equal(t.info & 0xf, 0);		/* REPORT_STATUS is not set */
	assert_int_equal(fd_read(&t, FDIRFREE), 2 * 1024 - 3);
	for (i = 0; i < 6; i++) {
		flow = tcp;
		flow.src ^= i == 0;
		flow.dst ^= i == 1 ? 0x80000000 : 0;
		flow.sport ^= i == 2 ? 0x8000 : 0;
		flow.dport ^= i == 3;
		flow.proto = i == 4 ? 17 : 6;
		flow.vlan = i == 5 ? 1 : 0;
		assert_int_equal(fd_flow(&t, &flow), 0);
		assert_int_equal(t.status & FLM, 0);
	}
	assert_int_equal(fd_read(&t, FDIRMATCH), 1);
	assert_int_equal(fd_read(&t, FDIRMISS), 6);
	/* the software index says which to remove */
	fd_command(&t, fd_filter_hash(&filter) | 6 << 16, REMOVE);
	assert_int_equal(fd_flow(&t, &tcp), 2);
	fd_command(&t, fd_filter_hash(&filter) | 5 << 16, REMOVE);
	assert_int_equal(fd_flow(&t, &tcp), 0);
}

static void test_masks(void **state)
{
	struct fd_filter filter = { .cmd = TCP | QUEUE(1u), .src = 0xC0000200, .dport = 0x50 };
	struct fd_flow flow = TCP_FLOW;

	fd_write(&t, FDIRM, 0x33);		/* VLANID, VLANP, FLEX, DIPv6 */
	fd_write(&t, FDIRSIP4M, 0xFF000000);	/* the last byte on the wire */
	fd_write(&t, FDIRDIP4M, 0xFFFFFFFF);
	/* source port all; of the destination port the upper half but its top bit, which is bit 0 */
	fd_write(&t, FDIRTCPM, 0x00FEFFFF);
	fd_perfect(&t, &filter);
	assert_int_equal(fd_flow(&t, &flow), 1);
	flow.src |= 0xFF;
	flow.dst = 0;
	flow.sport = 7;
	flow.dport = 0x7F50;
	flow.vlan = 0xEFFF;
	assert_int_equal(fd_flow(&t, &flow), 1);
	flow.dport = 0xFF50;
	assert_int_equal(fd_flow(&t, &flow), 0);
	flow.dport = 0x51;
	assert_int_equal(fd_flow(&t, &flow), 0);
	flow.dport = 0x50;
	flow.src = 0xC0000301;
	assert_int_equal(fd_flow(&t, &flow), 0);
}

/* Of the tag the identifier and the priority can be left out each. */
static void test_vlan(void **state)
{
	struct fd_filter filter = TCP_FILTER;
	struct fd_flow flow = TCP_FLOW;

	fd_write(&t, FDIRM, 0x32);		/* VLANP */
	filter.flex = 0;
	filter.vlan = 0x064;
	fd_perfect(&t, &filter);
	flow.vlan = 0xA064;
	assert_int_equal(fd_flow(&t, &flow), 2);
	flow.vlan = 0x065;
	assert_int_equal(fd_flow(&t, &flow), 0);
	flow.vlan = 0;
	assert_int_equal(fd_flow(&t, &flow), 0);
	fd_write(&t, FDIRM, 0x31);		/* VLANID */
	filter.vlan = 0xA000;
	filter.cmd = TCP | QUEUE(3u);
	filter.index = 6;
	fd_perfect(&t, &filter);
	flow.vlan = 0xA123;
	assert_int_equal(fd_flow(&t, &flow), 3);
	flow.vlan = 0x8123;
	assert_int_equal(fd_flow(&t, &flow), 0);
}

/* The flexible bytes may be anywhere in the first 64; beyond the frame they are 0. */
static void test_flex(void **state)
{
	struct fd_filter filter = TCP_FILTER;
	uint8_t f[128];
	uint32_t len = fd_frame(f, &tcp);

	fd_write(&t, FDIRCMD, CLEARHT);
	fd_write(&t, FDIRCMD, 0);
	fd_init(&t, PERFECT | 1 | FLEX_WORD(31));
	filter.flex = 0xCAFE;
	fd_perfect(&t, &filter);
	assert_int_equal(fd_receive(&t, f, len), 0);
	f[62] = 0xCA;
	f[63] = 0xFE;
	assert_int_equal(fd_receive(&t, f, len), 2);
	filter.flex = 0;
	filter.cmd = TCP | QUEUE(1u);
	filter.index = 7;
	fd_perfect(&t, &filter);
	f[17] = 46;		/* IP length for a frame of 60 bytes */
	assert_int_equal(fd_receive(&t, f, 60), 1);
}

/* SCTP is a protocol of its own; its ports are not looked at. */
static void test_sctp(void **state)
{
	struct fd_filter filter = TCP_FILTER;
	struct fd_flow flow = TCP_FLOW;

	flow.proto = 132;
	filter.cmd = SCTP | QUEUE(2u);
	filter.sport = 0;
	filter.dport = 0;
	fd_perfect(&t, &filter);
	assert_int_equal(fd_flow(&t, &flow), 2);
	assert_int_equal(fd_flow(&t, &tcp), 0);
}

/* With L4P any IP packet may match, a fragment too; without it no fragment does. */
static void test_protocol(void **state)
{
	struct fd_filter filter = { .cmd = QUEUE(3u), .dst = 0xC0000202 };
	struct fd_flow flow = TCP_FLOW;
	uint8_t f[128];
	uint32_t len;

	fd_write(&t, FDIRM, 0x3B);		/* all but the pool */
	fd_write(&t, FDIRSIP4M, 0xFFFFFFFF);
	fd_write(&t, FDIRTCPM, 0xFFFFFFFF);
	fd_write(&t, FDIRUDPM, 0xFFFFFFFF);
	fd_perfect(&t, &filter);
	assert_int_equal(fd_flow(&t, &flow), 3);
	flow.proto = 17;
	assert_int_equal(fd_flow(&t, &flow), 3);
	flow.proto = 1;
	assert_int_equal(fd_flow(&t, &flow), 3);
	len = fd_frame(f, &flow);
	f[20] = 0x20;		/* more fragments */
	assert_int_equal(fd_receive(&t, f, len), 3);
	f[13] = 0x06;		/* ARP */
	assert_int_equal(fd_receive(&t, f, len), 0);
	filter = (struct fd_filter)TCP_FILTER;
	filter.flex = 0;
	filter.src = 0;
	filter.sport = 0;
	filter.dport = 0;
	filter.index = 9;
	fd_write(&t, FDIRM, 0x33);
	fd_perfect(&t, &filter);
	assert_int_equal(fd_flow(&t, &tcp), 2);
	len = fd_frame(f, &tcp);
	f[20] = 0x20;
	assert_int_equal(fd_receive(&t, f, len), 0);
}

/* Of an IPv6 destination a perfect filter knows whether it is that of the wake-up unit. */
static void test_perfect_v6(void **state)
{
	uint8_t f[128], tuple[42] = { 0 };
	uint32_t len = frame_v6(f, v6[0].src, v6[0].dst, 1, 2), i;

	fd_write(&t, FDIRM, 0x13);		/* VLANID, VLANP, FLEX */
	memcpy(tuple + 2, f + 22, 16);
	tuple[18] = 1;
	memcpy(tuple + 34, f + 54, 4);
	tuple[41] = (TCP | IPV6) >> 5;
	for (i = 0; i < 4; i++) {
		uint32_t src, dst;

		memcpy(&src, f + 22 + 4 * i, 4);
		memcpy(&dst, f + 38 + 4 * i, 4);
		fd_write(&t, i ? FDIRSIPV6(i - 1) : FDIRIPSA, le32toh(src));
		fd_write(&t, 0x5880 + 4 * i, le32toh(dst));
	}
	fd_write(&t, FDIRPORT, 2 << 16 | 1);
	fd_command(&t, fd_hash(tuple, KEY_BUCKET) & 0x7fff,
		   ADD | LAST | QUEUE_EN | TCP | IPV6 | DMATCH | QUEUE(3));
	assert_int_equal(fd_receive(&t, f, len), 0);
	fd_write(&t, 0x5838, 0x00010000);	/* IPAV.V60 */
	assert_int_equal(fd_receive(&t, f, len), 3);
	f[37]++;
	assert_int_equal(fd_receive(&t, f, len), 0);
}

static void test_recall(void **state)
{
	struct fd_filter filter = TCP_FILTER;
	uint32_t cmd;

	filter.vlan = 0x2123;
	fd_perfect(&t, &filter);
	fd_write(&t, FDIRIPSA, 0);
	fd_write(&t, FDIRIPDA, 0);
	fd_write(&t, FDIRPORT, 0);
	fd_write(&t, FDIRVLAN, 0);
	cmd = fd_command(&t, fd_filter_hash(&filter) | 5 << 16, QUERY);
	assert_int_equal(cmd, VALID | LAST | QUEUE_EN | TCP | QUEUE(2));
	assert_int_equal(fd_read(&t, FDIRIPSA), htobe32(0xC0000201));
	assert_int_equal(fd_read(&t, FDIRIPDA), htobe32(0xC0000202));
	assert_int_equal(fd_read(&t, FDIRPORT), 80 << 16 | 1000);
	assert_int_equal(fd_read(&t, FDIRVLAN), htobe16(0x0800) << 16 | 0x2123);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_hash_v4, setup_signature, teardown),
		cmocka_unit_test_setup_teardown(test_hash_v6, setup_signature, teardown),
		cmocka_unit_test_setup_teardown(test_hash_keys, setup_signature, teardown),
		cmocka_unit_test_setup_teardown(test_signature, setup_signature, teardown),
		cmocka_unit_test_setup_teardown(test_collision, setup_signature, teardown),
		cmocka_unit_test_setup_teardown(test_query, setup_signature, teardown),
		cmocka_unit_test_setup_teardown(test_perfect, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_masks, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_vlan, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_flex, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_sctp, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_protocol, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_perfect_v6, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_recall, setup_perfect, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
