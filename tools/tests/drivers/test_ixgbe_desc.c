// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Descriptors of the 82599, word by word, without a device: what the driver makes of write-backs
 * (datasheet section 7.1.6.2) and what it writes (7.2.3.2.3, 7.2.3.2.4). The words here are written
 * down as numbers on purpose.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../drivers/ixgbe/ixgbe.h"

#define N	64

struct bench {
	struct nax_queue q;
	struct ixgbe_queue priv;
	struct nax_slot slot[N];
	struct nax_tx_report report[N];
	u32 desc[N][4];
};

static struct bench b;

static struct nax_queue *bench(bool rx)
{
	unsigned int i;

	memset(&b, 0, sizeof(b));
	b.priv.rx_keep = ~0u;
	b.q = (struct nax_queue){
		.ring = { .end = N, .mask = N - 1, .slot = b.slot },
		.desc = b.desc, .desc_mask = N - 1, .priv = &b.priv, .is_rx = rx,
		.buf_len = 2048, .slots_max = rx ? 5 : 38, .tx_overhead = 1, .report_interval = 32,
		.report = b.report,
	};
	for (i = 0; i < N; i++) {
		b.slot[i].dma = 0x1122334400ull + 0x1000 * i;
		b.slot[i].cap = 2048;
	}
	return &b.q;
}

/* ---- receive ---- */

/* As the framework calls it. */
static void reap(struct nax_queue *q, u32 budget)
{
	memset(&q->batch, 0, sizeof(q->batch));
	ixgbe_rx_reap(q, budget);
}

static void write_back(unsigned int i, u32 info, u32 status, u32 length)
{
	b.desc[i][0] = info;
	b.desc[i][1] = 0xcafe0000 + i;
	b.desc[i][2] = status;
	b.desc[i][3] = 0x2abc0000 | length;
}

static u32 flags_of(u32 info, u32 status, u32 keep)
{
	struct nax_queue *q = bench(true);

	ixgbe_rx_post(q);
	b.priv.rx_keep = keep;
	write_back(0, info, status, 100);
	reap(q, 64);
	assert_int_equal(q->batch.packets, 1);
	assert_int_equal(b.slot[0].len, 100);
	assert_int_equal(b.slot[0].hash, 0xcafe0000);
	assert_int_equal(b.slot[0].vlan_tci, 0x2abc);
	return b.slot[0].flags;
}

#define DD_EOP	0x3u
#define L4CS	0x20u
#define IPCS	0x40u
#define TCPE	0x40000000u
#define IPE	0x80000000u

static void rx_flags(void **state)
{
	static const struct {
		u32 info, status, flags;
	} cases[] = {
		/* nothing known */
		{ 0, 0, 0 },
		{ 0, L4CS | IPCS, 0 },
		{ 0, L4CS | IPCS | TCPE | IPE, 0 },
		/* IPv4 TCP, UDP, SCTP with hashes */
		{ 0x0111, L4CS | IPCS, NAX_F_IPV4 | NAX_F_TCP | NAX_F_RX_IPCSUM_GOOD |
			NAX_F_RX_L4CSUM_GOOD | NAX_HASH_IPV4_TCP << NAX_F_HASH_SHIFT },
		{ 0x0217, L4CS | IPCS, NAX_F_IPV4 | NAX_F_UDP | NAX_F_RX_IPCSUM_GOOD |
			NAX_F_RX_L4CSUM_GOOD | NAX_HASH_IPV4_UDP << NAX_F_HASH_SHIFT },
		{ 0x0412, L4CS | IPCS | TCPE, NAX_F_IPV4 | NAX_F_SCTP | NAX_F_RX_IPCSUM_GOOD |
			NAX_F_RX_L4CSUM_BAD | NAX_HASH_IPV4 << NAX_F_HASH_SHIFT },
		/* errors without "somebody looked" say nothing */
		{ 0x0110, TCPE | IPE, NAX_F_IPV4 | NAX_F_TCP },
		{ 0x0110, IPCS | IPE | TCPE, NAX_F_IPV4 | NAX_F_TCP | NAX_F_RX_IPCSUM_BAD },
		/* IPv4 options, IPv6 and its extensions */
		{ 0x0030, IPCS, NAX_F_IPV4 | NAX_F_IP_EXT | NAX_F_RX_IPCSUM_GOOD },
		{ 0x0143, L4CS, NAX_F_IPV6 | NAX_F_TCP | NAX_F_RX_L4CSUM_GOOD |
			NAX_HASH_IPV6_TCP << NAX_F_HASH_SHIFT },
		{ 0x02c9, L4CS, NAX_F_IPV6 | NAX_F_IP_EXT | NAX_F_UDP | NAX_F_RX_L4CSUM_GOOD |
			NAX_HASH_IPV6_UDP_EX << NAX_F_HASH_SHIFT },
		{ 0x0045, 0, NAX_F_IPV6 | NAX_HASH_IPV6 << NAX_F_HASH_SHIFT },
		{ 0x0044, 0, NAX_F_IPV6 | NAX_HASH_IPV6_EX << NAX_F_HASH_SHIFT },
		{ 0x0146, 0, NAX_F_IPV6 | NAX_F_TCP | NAX_HASH_IPV6_TCP_EX << NAX_F_HASH_SHIFT },
		{ 0x0248, 0, NAX_F_IPV6 | NAX_F_UDP | NAX_HASH_IPV6_UDP << NAX_F_HASH_SHIFT },
		/* a tunnel, an Ethertype filter, a Flow Director id, reserved hash types */
		{ 0x0150, L4CS | IPCS, 0 },
		{ 0x8110, L4CS | IPCS, 0 },
		{ 0x011f, 0, NAX_F_IPV4 | NAX_F_TCP },
		{ 0x011a, 0, NAX_F_IPV4 | NAX_F_TCP },
		/* a tag */
		{ 0, 0x8, NAX_F_VLAN },
		/* a time stamp, which no offload has to do with */
		{ 0x80f0, 0x10000, NAX_F_RX_TSTAMP },
		{ 0x0210, 0x10000 | L4CS, NAX_F_IPV4 | NAX_F_UDP | NAX_F_RX_L4CSUM_GOOD |
			NAX_F_RX_TSTAMP },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		u32 got = flags_of(cases[i].info, cases[i].status | DD_EOP, ~0u);

		if (got != (cases[i].flags | NAX_F_EOP))
			fail_msg("info 0x%x status 0x%x: 0x%x, not 0x%x", cases[i].info,
				 cases[i].status, got, cases[i].flags | NAX_F_EOP);
	}
	assert_int_equal(flags_of(0x0111, DD_EOP | L4CS | IPCS | 8, 0), NAX_F_EOP);
}

static void rx_errors(void **state)
{
	static const struct {
		u32 status, why;
	} cases[] = {
		{ 1u << 24, NAX_RX_ERR_CRC }, { 1u << 27, NAX_RX_ERR_CRC },
		{ 1u << 25, NAX_RX_ERR_DEVICE }, { 1u << 28, NAX_RX_ERR_OVERSIZE },
		{ 1u << 29, NAX_RX_ERR_DEVICE }, { 1u << 24 | 1u << 28, NAX_RX_ERR_CRC },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		u32 got = flags_of(0x0110, cases[i].status | DD_EOP, ~0u);

		assert_true(got & NAX_F_RX_ERROR);
		assert_int_equal((got & NAX_F_RX_REASON) >> NAX_F_RX_REASON_SHIFT, cases[i].why);
	}
	/* Flow Director's error bits are none of a frame */
	assert_int_equal(flags_of(0x0110, 7u << 20 | DD_EOP, ~0u),
			 NAX_F_IPV4 | NAX_F_TCP | NAX_F_EOP);
}

static void rx_several_buffers(void **state)
{
	struct nax_queue *q = bench(true);

	ixgbe_rx_post(q);
	assert_int_equal(q->ring.next, N - 1);
	assert_int_equal(b.desc[3][0], 0x22337400);
	assert_int_equal(b.desc[3][1], 0x11);
	assert_int_equal(b.desc[3][2], 0);
	assert_int_equal(b.desc[3][3], 0);

	/* type and errors of a descriptor without EOP mean nothing */
	write_back(0, 0x0110, 0xff000001, 2048);
	write_back(1, 0x0110, 0x1, 2048);
	reap(q, 64);
	assert_int_equal(q->batch.packets, 0);
	assert_int_equal(q->ring.begin, 0);
	assert_int_equal(q->seen, 2);
	write_back(2, 0x0111, DD_EOP | L4CS | IPCS, 7);
	write_back(3, 0, DD_EOP, 60);
	reap(q, 1);
	assert_int_equal(q->batch.packets, 1);
	assert_int_equal(q->batch.bytes, 2048 + 2048 + 7);
	assert_int_equal(q->ring.begin, 3);
	assert_int_equal(b.slot[0].flags, 0);
	assert_true(b.slot[2].flags & NAX_F_RX_L4CSUM_GOOD);
	reap(q, 1);
	assert_int_equal(q->ring.begin, 4);
	reap(q, 1);
	assert_int_equal(q->batch.packets, 0);
}

/* ---- transmit ---- */

static void packet(unsigned int first, unsigned int n, u16 len, u32 flags, u32 lengths, u16 gso)
{
	unsigned int i;

	for (i = first; i < first + n; i++) {
		b.slot[i].flags = i == first ? flags : 0;
		b.slot[i].hash = i == first ? lengths : 0xffffffff;
		b.slot[i].vlan_tci = i == first ? 0x6123 : 0xffff;
		b.slot[i].gso = gso;
		b.slot[i].len = len;
	}
	b.slot[first + n - 1].flags |= NAX_F_EOP;
	b.q.ring.end = first + n;
}

static void desc_is(unsigned int i, u32 w0, u32 w1, u32 w2, u32 w3)
{
	const u32 want[4] = { w0, w1, w2, w3 };

	assert_memory_equal(b.desc[i], want, sizeof(want));
}

static void tx_plain(void **state)
{
	struct nax_queue *q = bench(false);

	q->ring.end = 0;
	packet(0, 1, 60, 0, 0, 0);
	ixgbe_tx_post(q);
	/* RS, DEXT, data, IFCS, EOP; PAYLEN 60 */
	desc_is(0, 0x22334400, 0x11, 0x2b30003c, 60 << 14);
	assert_int_equal(q->tail, 1);

	packet(1, 3, 500, 0, 0, 0);
	ixgbe_tx_post(q);
	desc_is(1, 0x22335400, 0x11, 0x223001f4, 1500 << 14);
	desc_is(2, 0x22336400, 0x11, 0x223001f4, 1500 << 14);
	desc_is(3, 0x22337400, 0x11, 0x2b3001f4, 1500 << 14);
	assert_int_equal(q->tail, 4);

	/* only the last descriptor of the last packet of a report counts */
	b.desc[1][3] |= 1;
	b.desc[2][3] |= 1;
	ixgbe_tx_reap(q);
	assert_int_equal(q->ring.begin, 0);
	b.desc[0][3] |= 1;
	ixgbe_tx_reap(q);
	assert_int_equal(q->ring.begin, 1);
	b.desc[3][3] |= 1;
	ixgbe_tx_reap(q);
	assert_int_equal(q->ring.begin, 4);
	assert_int_equal(q->head, 4);
}

static void tx_checksum_contexts(void **state)
{
	struct nax_queue *q = bench(false);
	u32 tcp = NAX_F_IPV4 | NAX_F_TCP | NAX_F_TX_IPCSUM | NAX_F_TX_L4CSUM;

	q->ring.end = 0;
	packet(0, 1, 100, tcp, nax_tx_lengths(14, 20, 20), 0);
	ixgbe_tx_post(q);
	/* MACLEN 14, IPLEN 20; DEXT, context, TCP, IPv4 */
	desc_is(0, 14 << 9 | 20, 0, 0x20200c00, 0);
	/* CC, IXSM, TXSM */
	desc_is(1, 0x22334400, 0x11, 0x2b300064, 100 << 14 | 0x380);

	/* the same again needs no context; another protocol does; and the first once more */
	packet(1, 1, 100, tcp, nax_tx_lengths(14, 20, 32), 0);
	ixgbe_tx_post(q);
	desc_is(2, 0x22335400, 0x11, 0x2b300064, 100 << 14 | 0x380);
	packet(2, 1, 100, NAX_F_IPV6 | NAX_F_UDP | NAX_F_TX_L4CSUM, nax_tx_lengths(14, 40, 8), 0);
	ixgbe_tx_post(q);
	desc_is(3, 14 << 9 | 40, 0, 0x20200000, 0);
	desc_is(4, 0x22336400, 0x11, 0x2b300064, 100 << 14 | 0x280);
	packet(3, 1, 100, NAX_F_IPV6 | NAX_F_SCTP | NAX_F_TX_L4CSUM, nax_tx_lengths(18, 48, 12), 0);
	ixgbe_tx_post(q);
	desc_is(5, 18 << 9 | 48, 0, 0x20201000, 0);
	packet(4, 1, 100, tcp, nax_tx_lengths(14, 20, 20), 0);
	ixgbe_tx_post(q);
	desc_is(7, 14 << 9 | 20, 0, 0x20200c00, 0);
	assert_int_equal(q->tail, 9);
	/* a packet that asks for nothing leaves the context as it is */
	packet(5, 1, 100, 0, 0, 0);
	packet(6, 1, 100, tcp, nax_tx_lengths(14, 20, 20), 0);
	ixgbe_tx_post(q);
	assert_int_equal(q->tail, 11);
	desc_is(10, 0x2233a400, 0x11, 0x2b300064, 100 << 14 | 0x380);
}

static void tx_tag(void **state)
{
	struct nax_queue *q = bench(false);

	q->ring.end = 0;
	packet(0, 2, 100, NAX_F_VLAN, 0, 0);
	ixgbe_tx_post(q);
	desc_is(0, 0x61230000 | 14 << 9, 0, 0x20200000, 0);
	/* VLE in both; CC */
	desc_is(1, 0x22334400, 0x11, 0x62300064, 200 << 14 | 0x80);
	desc_is(2, 0x22335400, 0x11, 0x6b300064, 200 << 14 | 0x80);
}

static void tx_segmentation(void **state)
{
	struct nax_queue *q = bench(false);

	q->ring.end = 0;
	packet(0, 3, 1000, NAX_F_IPV4 | NAX_F_TCP | NAX_F_TX_GSO | NAX_F_VLAN,
	       nax_tx_lengths(14, 20, 32), 1448);
	ixgbe_tx_post(q);
	desc_is(0, 0x61230000 | 14 << 9 | 20, 0, 0x20200c00, 1448u << 16 | 32 << 8);
	/* TSE, VLE; PAYLEN without headers */
	desc_is(1, 0x22334400, 0x11, 0xe23003e8, 2934 << 14 | 0x380);
	desc_is(3, 0x22336400, 0x11, 0xeb3003e8, 2934 << 14 | 0x380);

	packet(3, 1, 1000, NAX_F_IPV6 | NAX_F_UDP | NAX_F_TX_GSO | NAX_F_TX_L4CSUM,
	       nax_tx_lengths(14, 40, 8), 200);
	ixgbe_tx_post(q);
	desc_is(4, 14 << 9 | 40, 0, 0x20200000, 200u << 16 | 8 << 8);
	desc_is(5, 0x22337400, 0x11, 0xab3003e8, 938 << 14 | 0x280);
}

/* Room is counted with a context descriptor for each packet, also at the wrap of all indices. */
static void tx_full_ring(void **state)
{
	struct nax_queue *q = bench(false);
	u32 start = 0xfffffff0u;
	unsigned int i;

	q->ring.begin = q->ring.next = start;
	q->ring.end = start + N;
	q->head = q->tail = q->plain = start;
	for (i = 0; i < N; i++) {
		b.slot[i].flags = NAX_F_EOP | NAX_F_VLAN;
		b.slot[i].vlan_tci = (u16)i;
		b.slot[i].len = 60;
	}
	ixgbe_tx_post(q);
	/* 63 descriptors may be used: 31 packets of two */
	assert_int_equal(q->ring.next, start + 31);
	assert_int_equal(q->tail, start + 62);
	assert_int_not_equal(q->report_head, q->report_tail);
	while (q->report_head != q->report_tail) {
		b.desc[b.report[q->report_head & (N - 1)].desc & (N - 1)][3] |= 1;
		ixgbe_tx_reap(q);
	}
	assert_int_equal(q->ring.begin, start + 31);
	assert_int_equal(q->head, start + 62);
	assert_int_equal(q->stats.packets, 31);
	ixgbe_tx_post(q);
	assert_int_equal(q->ring.next, start + 62);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rx_flags),
		cmocka_unit_test(rx_errors),
		cmocka_unit_test(rx_several_buffers),
		cmocka_unit_test(tx_plain),
		cmocka_unit_test(tx_checksum_contexts),
		cmocka_unit_test(tx_tag),
		cmocka_unit_test(tx_segmentation),
		cmocka_unit_test(tx_full_ring),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
