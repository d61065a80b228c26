// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim's receive side coalescing: what a large receive looks like, when it ends, what happens to
 * it when its queue stops. Links nicsim.a, sim_driver.o, rsctest.o.
 */
#include "rsctest.h"

static struct sd *d;

static int setup(void **state)
{
	d = rt_open();
	return 0;
}

static int teardown(void **state)
{
	sd_close(d);
	return 0;
}

/* Frame @i of a flow, all with the same payload. */
static struct rt_frame nth(uint32_t flow, uint32_t i, uint32_t payload)
{
	return (struct rt_frame){ .flow = flow, .seq = 1000 + i * payload, .ack = 77 + i,
				  .flags = RT_ACK, .window = 500 + i, .payload = payload };
}

/* ---- form ---- */

/*
 * Two frames as a wire has them, and what they must become: total length 40 + 10 + 10, so that the
 * header checksum of the first, 0xb6c1, goes down by ten; its TCP checksum stays.
 */
static void test_by_hand(void **state)
{
	static const uint8_t one[64] = {
		0x02, 0x00, 0x00, 0x00, 0x00, 0x10, 0x02, 0x00, 0x00, 0x00, 0x00, 0x99,
		0x08, 0x00, 0x45, 0x00, 0x00, 0x32, 0x00, 0x01, 0x40, 0x00, 0x40, 0x06,
		0xb6, 0xc1, 0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00, 0x02, 0x02, 0x03, 0xe8,
		0x14, 0x51, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x20, 0x50, 0x10,
		0x01, 0x00, 0x17, 0x5e, 0x00, 0x00, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h',
		'i', 'j',
	};
	static const uint8_t two[64] = {
		0x02, 0x00, 0x00, 0x00, 0x00, 0x10, 0x02, 0x00, 0x00, 0x00, 0x00, 0x99,
		0x08, 0x00, 0x45, 0x00, 0x00, 0x32, 0x00, 0x02, 0x40, 0x00, 0x40, 0x06,
		0xb6, 0xc0, 0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00, 0x02, 0x02, 0x03, 0xe8,
		0x14, 0x51, 0x00, 0x00, 0x00, 0x1a, 0x00, 0x00, 0x00, 0x30, 0x50, 0x18,
		0x02, 0x00, 0xe4, 0x09, 0x00, 0x00, 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r',
		's', 't',
	};
	static const uint8_t both[74] = {
		0x02, 0x00, 0x00, 0x00, 0x00, 0x10, 0x02, 0x00, 0x00, 0x00, 0x00, 0x99,
		0x08, 0x00, 0x45, 0x00, 0x00, 0x3c, 0x00, 0x01, 0x40, 0x00, 0x40, 0x06,
		0xb6, 0xb7, 0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00, 0x02, 0x02, 0x03, 0xe8,
		0x14, 0x51, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x30, 0x50, 0x18,
		0x02, 0x00, 0x17, 0x5e, 0x00, 0x00, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h',
		'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't',
	};
	struct sd_ring rx = rt_rx(d, 16, 2, 3);

	sd_offer(d, 0, one, sizeof(one));
	sd_offer(d, 0, two, sizeof(two));
	assert_int_equal(rt_dd(&rx, 0), 0);
	sd_run(d);
	/* IPv4, TCP, no hash; two frames */
	assert_int_equal(sd_dw(&rx, 0, 0), 0x110 | 2 << 17);
	/* DD, EOP, L4CS, IPCS, no error; promiscuous */
	assert_int_equal(sd_dw(&rx, 0, 2), 0x63);
	assert_int_equal(sd_dw(&rx, 0, 3), sizeof(both));
	assert_memory_equal(sd_rx_buffer(&rx, 0), both, sizeof(both));
	assert_int_equal(sd_read(d, 0, RSC_RDH(0)), 1);
}

static void test_chain(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);
	struct rt_frame f[5];
	uint64_t used = 0;
	struct rt_bytes got;
	uint32_t i;

	for (i = 0; i < 5; i++) {
		f[i] = nth(1, i, 1448);
		f[i].stamp = 9000 + i;
		rt_offer(d, &f[i]);
	}
	/* 66 + 5 * 1448 bytes: three full buffers are written back, the fourth is being filled */
	assert_int_equal(rt_dd(&rx, 0), SD_DD);
	assert_int_equal(rt_dd(&rx, 1), SD_DD);
	assert_int_equal(rt_dd(&rx, 2), SD_DD);
	assert_int_equal(rt_dd(&rx, 3), 0);
	assert_int_equal(sd_read(d, 0, RSC_RDH(0)), 4);
	for (i = 0; i < 3; i++) {
		assert_int_equal(rt_next(&rx, i), i + 1);
		assert_int_equal(sd_dw(&rx, i, 3), 2048);
		assert_int_equal(sd_dw(&rx, i, 1), 0);
	}
	/* 1514 and 534 of the second; 914 and 1134; 314, 1448 and 286 of the fifth; 1162 */
	assert_int_equal(rt_count(&rx, 0), 2);
	assert_int_equal(rt_count(&rx, 1), 2);
	assert_int_equal(rt_count(&rx, 2), 3);
	sd_run(d);
	assert_int_equal(rt_count(&rx, 3), 1);
	assert_int_equal(rt_read(&rx, 0, &got, &used), 66 + 5 * 1448);
	assert_int_equal(used, 0xf);
	rt_is(&rx, 0, rt_joined(f, 5));
	/* a header checksum that is right, as hosts check it again */
	assert_int_equal(sd_sum(rt_ip(&got), 20, 0), 0xffff);
}

/* Two flows take turns: neither chain has neighbours, and descriptors are not done in order. */
static void test_interleaved(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 1, 3);
	struct rt_frame a[4], b[4];
	uint32_t i;

	for (i = 0; i < 4; i++) {
		a[i] = nth(1, i, 970);		/* 1024 with its header */
		b[i] = nth(2, i, 946);		/* 1000 */
		rt_offer(d, &a[i]);
		rt_offer(d, &b[i]);
	}
	/* a: 0, 2, 4, 6 full but for 162; b: 1, 3, 5, 7 */
	for (i = 0; i < 6; i++) {
		assert_int_equal(rt_dd(&rx, i), SD_DD);
		assert_int_equal(rt_next(&rx, i), i + 2);
		assert_int_equal(sd_dw(&rx, i, 3), 1024);
	}
	assert_int_equal(rt_dd(&rx, 6), 0);
	/* a frame that begins with a buffer is one; one that came over from the last is counted there */
	assert_int_equal(rt_count(&rx, 0), 1);
	assert_int_equal(rt_count(&rx, 2), 2);
	assert_int_equal(rt_count(&rx, 1), 2);
	sd_run(d);
	assert_int_equal(rt_dd(&rx, 6), SD_DD | SD_RX_EOP);
	assert_int_equal(rt_dd(&rx, 7), SD_DD | SD_RX_EOP);
	rt_is(&rx, 0, rt_joined(a, 4));
	rt_is(&rx, 1, rt_joined(b, 4));
}

/* What is none of RSC's goes on in between, and is done first. */
static void test_others_between(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);
	struct rt_frame f[3];
	uint32_t i;

	for (i = 0; i < 3; i++) {
		f[i] = nth(1, i, 1400);
		rt_offer(d, &f[i]);
		sd_offer(d, 0, sd_udp4_dns, sizeof(sd_udp4_dns));
		sd_offer(d, 0, sd_numbered(2500), 2500);
	}
	assert_int_equal(rt_dd(&rx, 0), SD_DD);
	assert_int_equal(rt_next(&rx, 0), 4);
	assert_int_equal(rt_count(&rx, 1), 0);
	sd_spread(&rx, 1, sd_udp4_dns, sizeof(sd_udp4_dns));
	sd_spread(&rx, 2, sd_numbered(2500), 2500);
	assert_int_equal(rt_dd(&rx, 4), SD_DD);
	assert_int_equal(rt_dd(&rx, 8), 0);
	sd_run(d);
	rt_is(&rx, 0, rt_joined(f, 3));
}

static void test_headers(void **state)
{
	struct sd_ring rx = rt_rx(d, 64, 2, 3);
	struct rt_frame f[3];
	uint32_t variant, i, at;

	/* 1: time stamp, 2: tag, stripped with 4; PSH in the middle of three stays */
	sd_write(d, 0, RSC_RXDCTL(0), RSC_ENABLE);
	for (variant = 0; variant < 8; variant++) {
		struct rt_bytes *want;

		if ((variant & 6) == 4)
			continue;
		sd_write(d, 0, RSC_RXDCTL(0), RSC_ENABLE | (variant & 4 ? RSC_VME : 0));
		at = sd_read(d, 0, RSC_RDH(0));
		for (i = 0; i < 3; i++) {
			f[i] = nth(1, i, 301);
			f[i].stamp = variant & 1 ? 40 + i : 0;
			f[i].tag = variant & 2 ? 0x6123 : 0;
			f[i].flags |= i == 1 ? RT_PSH : 0;
			rt_offer(d, &f[i]);
		}
		sd_run(d);
		assert_int_equal(rt_count(&rx, at), 3);
		assert_int_equal(sd_dw(&rx, at, 2) & 8, variant & 2 ? 8 : 0);
		assert_int_equal(sd_dw(&rx, at, 3) >> 16, variant & 4 ? 0x6123 : 0);
		want = rt_joined(f, 3);
		if (variant & 4) {
			memmove(want->data + 12, want->data + 16, want->len - 16);
			want->len -= 4;
		}
		rt_is(&rx, at, want);
	}
}

/* A single frame is as without RSC, but for the count. */
static void test_alone(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);
	struct rt_frame f = nth(1, 0, 100), big = nth(2, 0, 5000);

	rt_offer(d, &f);
	sd_run(d);
	rt_is(&rx, 0, rt_build(&f));
	assert_int_equal(rt_count(&rx, 0), 1);
	rt_offer(d, &big);
	assert_int_equal(rt_dd(&rx, 2), SD_DD);
	assert_int_equal(rt_dd(&rx, 3), 0);
	sd_run(d);
	rt_is(&rx, 1, rt_build(&big));
	assert_int_equal(rt_count(&rx, 2), 1);
}

/* ---- acknowledgments without payload ---- */

static void test_pure_acks(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);
	struct rt_frame f[4];
	uint32_t i;

	sd_write(d, 0, 0x3028, 0x20);		/* RSCDBU.RSCACKDIS 0 */
	for (i = 0; i < 4; i++) {
		f[i] = nth(1, i, 0);
		f[i].stamp = 5 + i;
	}
	for (i = 0; i < 3; i++)
		rt_offer(d, &f[i]);
	assert_int_equal(rt_dd(&rx, 0), 0);
	/* the same again: a window update, or a loss */
	rt_offer(d, &f[2]);
	rt_is(&rx, 0, rt_joined(f, 3));
	assert_int_equal(rt_count(&rx, 0), 3);
	assert_int_equal(rt_dd(&rx, 1), 0);
	/* payload is of another kind */
	f[3].payload = 10;
	rt_offer(d, &f[3]);
	rt_is(&rx, 1, rt_build(&f[2]));
	sd_run(d);
	rt_is(&rx, 2, rt_build(&f[3]));
	/* and with RSCACKDIS each goes by itself, and ends what its flow had */
	sd_write(d, 0, 0x3028, 0xA0);
	rt_offer(d, &f[3]);
	f[0].ack = 200;
	rt_offer(d, &f[0]);
	rt_is(&rx, 3, rt_build(&f[3]));
	rt_is(&rx, 4, rt_build(&f[0]));
	assert_int_equal(rt_count(&rx, 4), 0);
	/* RSCCNT has four bits */
	sd_write(d, 0, 0x3028, 0x20);
	for (i = 0; i < 40; i++) {
		f[0].ack++;
		rt_offer(d, &f[0]);
	}
	sd_run(d);
	assert_int_equal(rt_count(&rx, 5), 15);
	f[1] = f[0];
	f[0].ack -= 39;
	rt_is(&rx, 5, rt_joined(f, 2));
}

/* ---- queue and device stop ---- */

static void test_queue_stop(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);
	struct rt_frame f = nth(1, 0, 100);
	unsigned int fired;

	rt_offer(d, &f);
	assert_int_equal(sd_read(d, 0, RSC_RDH(0)), 1);
	fired = d->fired[1];
	sd_write(d, 0, RSC_RXDCTL(0), 0);
	/* its memory is the driver's again: any access would be a complaint */
	nicsim_dma_unmap(d->port[0], 0, UINT64_MAX);
	nicsim_advance(d->sim, 200 * 1000000ull);
	assert_int_equal(rt_dd(&rx, 0), 0);
	assert_int_equal(d->fired[1], fired);
	nicsim_dma_map(d->port[0], SD_IOVA, SD_MEM, d->mem[0], true, true);
	/* the flow begins anew */
	sd_write(d, 0, RSC_RDH(0), 0);
	sd_write(d, 0, RSC_RDH(0) + 8, 0);
	sd_write(d, 0, RSC_RXDCTL(0), RSC_ENABLE);
	rt_repost(&rx);
	f = nth(1, 1, 100);
	rt_offer(d, &f);
	sd_run(d);
	rt_is(&rx, 0, rt_build(&f));
}

static void test_reset(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);
	struct rt_frame f = nth(1, 0, 100);

	rt_offer(d, &f);
	sd_write(d, 0, 0, 0x04000000);		/* CTRL.RST */
	nicsim_dma_unmap(d->port[0], 0, UINT64_MAX);
	nicsim_advance(d->sim, 200 * 1000000ull);
	assert_int_equal(rt_dd(&rx, 0), 0);
}

/* The bus takes mastering away before the driver has stopped anything. */
static void test_no_master(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);
	struct rt_frame f = nth(1, 0, 100);
	uint16_t command = htole16(2);

	rt_offer(d, &f);
	nicsim_region_write(d->port[0], NICSIM_REGION_CONFIG, 4, &command, 2);
	nicsim_advance(d->sim, 200 * 1000000ull);
	assert_int_equal(rt_dd(&rx, 0), 0);
}

static void test_switched_off(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);
	struct rt_frame f = nth(1, 0, 100);

	rt_offer(d, &f);
	sd_write(d, 0, RSC_RSCCTL(0), 0);
	rt_is(&rx, 0, rt_build(&f));
	assert_int_equal(rt_count(&rx, 0), 1);
	rt_offer(d, &f);
	rt_is(&rx, 1, rt_build(&f));
	assert_int_equal(rt_count(&rx, 1), 0);
	sd_write(d, 0, RSC_RSCCTL(0), 3 << 2 | 1);
	rt_offer(d, &f);
	assert_int_equal(rt_dd(&rx, 2), 0);
	sd_write(d, 0, 0x5008, RSC_DIS);
	rt_is(&rx, 2, rt_build(&f));
	rt_offer(d, &f);
	assert_int_equal(rt_count(&rx, 3), 0);
	rt_is(&rx, 3, rt_build(&f));
}

/* A client that takes back a buffer it has posted is told so, once, and nothing else happens. */
static void test_memory_gone(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);
	struct rt_frame f[2] = { nth(1, 0, 1400), nth(1, 1, 1400) };

	rt_offer(d, &f[0]);
	nicsim_dma_unmap(d->port[0], 0, UINT64_MAX);
	/* the ring stays */
	nicsim_dma_map(d->port[0], SD_IOVA, 16 * 16, d->mem[0], true, true);
	rt_offer(d, &f[1]);
	sd_expect(d, "receive buffer");
	sd_run(d);
	assert_int_equal(rt_dd(&rx, 0), 0);
}

/* ---- a ring that runs dry ---- */

static void test_dry(void **state)
{
	struct sd_ring rx = rt_rx(d, 8, 1, 3);
	struct rt_frame f[12];
	uint32_t i;

	for (i = 0; i < 12; i++) {
		f[i] = nth(1, i, 970);
		rt_offer(d, &f[i]);
	}
	/* seven buffers hold seven frames; what has no room ends the large receive, and waits */
	rt_is(&rx, 0, rt_joined(f, 7));
	assert_int_equal(sd_read(d, 0, 0x3FA0), 0);
	sd_run(d);
	rt_repost(&rx);
	sd_run(d);
	/* five were left: all in one, as they waited together */
	rt_is(&rx, 7, rt_joined(f + 7, 5));
	assert_int_equal(sd_read(d, 0, 0x1430), 0);
}

static void test_dry_drop(void **state)
{
	struct sd_ring rx = rt_rx(d, 8, 1, 3);
	struct rt_frame f[12];
	uint32_t i;

	sd_write(d, 0, RSC_SRRCTL(0), RSC_ONE_BUFFER | 1 | 0x10000000);
	for (i = 0; i < 12; i++) {
		f[i] = nth(1, i, 970);
		rt_offer(d, &f[i]);
	}
	rt_is(&rx, 0, rt_joined(f, 7));
	assert_int_equal(sd_read(d, 0, 0x1430), 5);		/* QPRDC */
	rt_repost(&rx);
	rt_offer(d, &f[11]);
	sd_run(d);
	rt_is(&rx, 7, rt_build(&f[11]));
}

/* A frame larger than the ring goes piece by piece, as without RSC. */
static void test_over_ring(void **state)
{
	struct sd_ring rx = rt_rx(d, 8, 1, 3);
	struct rt_frame f = nth(1, 0, 9000);
	uint32_t i;

	rt_offer(d, &f);
	for (i = 0; i < 7; i++) {
		assert_int_equal(rt_dd(&rx, i), SD_DD);
		assert_int_equal(rt_count(&rx, i), 0);
	}
	rt_repost(&rx);
	sd_run(d);
	assert_int_equal(rt_dd(&rx, 0), SD_DD | SD_RX_EOP);
}

static void test_statistics(void **state)
{
	struct sd_ring rx = rt_rx(d, 16, 2, 3);
	struct rt_frame f[4];
	uint32_t i;

	for (i = 0; i < 4; i++) {
		f[i] = nth(1, i, 1000);
		rt_offer(d, &f[i]);
	}
	sd_run(d);
	rt_is(&rx, 0, rt_joined(f, 4));
	/* frames as they came, those of the MAC with their CRCs */
	assert_int_equal(sd_read(d, 0, 0x4074), 4);
	assert_int_equal(sd_read(d, 0, 0x4088), 4 * 1058);
	assert_int_equal(sd_read(d, 0, 0x1030), 4);
	assert_int_equal(sd_read(d, 0, 0x1034), 4 * 1054);
}

/* ---- all of it at random ---- */

/* The streams of eight flows survive any order, loss and repetition, in any buffer. */
static void test_streams(void **state)
{
	struct sd_ring rx = rt_rx(d, 64, 1, 3);
	uint32_t sent[8] = { 0 }, got[8] = { 0 }, joined = 0, at = 0, round, i, n;
	static struct rt_bytes b;

	srand(7);
	for (round = 0; round < 20000; round++) {
		struct rt_frame f = { .flow = rand() % 8, .flags = RT_ACK, .window = 9 };
		bool v6 = f.flow & 1;

		f.v6 = v6;
		f.stamp = f.flow & 2 ? 1 + round : 0;
		f.payload = 1 + rand() % (rand() % 8 ? 1460 : 6000);
		if (f.payload < 6)
			f.payload = 6;
		f.flags |= rand() % 16 ? 0 : RT_PSH;
		f.seq = sent[f.flow];
		if (rand() % 32)
			sent[f.flow] += f.payload;	/* else it comes again, longer or shorter */
		rt_offer(d, &f);
		if (rand() % 8 == 0)
			nicsim_advance(d->sim, rand() % 30000);
		for (;;) {
			uint64_t used = 0;
			uint8_t *tcp;
			uint32_t flow, seq, payload;

			if (!(rt_dd(&rx, at) & SD_DD))
				break;
			n = rt_read(&rx, at, &b, &used);
			if (!n)
				break;
			tcp = rt_tcp(&b);
			flow = sd_be16(tcp) - 1000;
			seq = sd_be32(tcp + 4);
			payload = b.len - (tcp - b.data) - (tcp[12] >> 4) * 4;
			assert_int_equal(b.len - 14, rt_ip(&b)[0] >> 4 == 4 ?
					 sd_be16(rt_ip(&b) + 2) : sd_be16(rt_ip(&b) + 4) + 40);
			if (rt_ip(&b)[0] >> 4 == 4)
				assert_int_equal(sd_sum(rt_ip(&b), 20, 0), 0xffff);
			/* never ahead of what is known, and what is known is true */
			assert_true(flow < 8 && seq <= got[flow]);
			for (i = 0; i < payload; i++)
				assert_int_equal(b.data[b.len - payload + i],
						 rt_payload(flow, seq + i));
			if (seq + payload > got[flow])
				got[flow] = seq + payload;
			joined += __builtin_popcountll(used) > 5;
			/* done with: the chain is taken out of order, the ring given back in order */
			for (i = 0; i < rx.count; i++) {
				if (used >> i & 1)
					rx.desc[16 * i + 8] = 0xF0;
			}
			while (rx.desc[16 * at + 8] == 0xF0) {
				sd_rx_post(&rx, at);
				rx.tail = at;
				at = (at + 1) % rx.count;
				sd_bell(&rx);
			}
		}
	}
	nicsim_advance(d->sim, 1000000);
	assert_true(joined > 100);
	for (i = 0; i < 8; i++)
		assert_true(got[i] > 100000);
	assert_int_equal(sd_read(d, 0, 0x3FA0), 0);
}

/* Frames that are nearly good: nothing but what is in them may come of it, and all of it does. */
static void test_garbage(void **state)
{
	struct sd_ring rx = rt_rx(d, 64, 1, 3);
	uint32_t round, i, at = 0, seq = 0, joined = 0;

	srand(11);
	for (round = 0; round < 20000; round++) {
		struct rt_frame f = { .flow = rand() % 2, .seq = seq, .flags = RT_ACK,
				      .stamp = rand() % 2, .payload = 6 + rand() % 1400,
				      .tag = rand() % 4 ? 0 : 5 };
		struct rt_bytes *b = rt_build(&f);

		seq += rand() % 2 ? f.payload : 0;
		for (i = rand() % 3; i; i--)
			b->data[12 + rand() % 60] = rand();
		if (rand() % 4)
			rt_sums_try(b);
		if (rand() % 16 == 0)
			b->len = 60 + rand() % (b->len - 59);
		rt_offer_bytes(d, b);
		nicsim_advance(d->sim, rand() % 2 ? 0 : 120 * RSC_US);
		for (; rt_dd(&rx, at) & SD_DD; at = (at + 1) % 64) {
			assert_in_range(sd_dw(&rx, at, 3) & 0xffff, 1, 1024);
			assert_true(rt_next(&rx, at) < 64 || (rt_dd(&rx, at) & SD_RX_EOP));
			joined += rt_count(&rx, at) > 1;
			sd_rx_post(&rx, at);
			rx.tail = at;
			sd_bell(&rx);
		}
	}
	nicsim_advance(d->sim, 1000 * RSC_US);
	assert_int_equal(sd_read(d, 0, 0x3FA0), 0);
	assert_int_equal(sd_read(d, 0, 0x4074), sd_read(d, 0, 0x1030));
	assert_true(joined > 100);
}

#define TEST(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_by_hand), TEST(test_chain), TEST(test_interleaved),
		TEST(test_others_between), TEST(test_headers), TEST(test_alone),
		TEST(test_pure_acks), TEST(test_queue_stop), TEST(test_reset),
		TEST(test_no_master), TEST(test_switched_off), TEST(test_memory_gone),
		TEST(test_dry), TEST(test_dry_drop), TEST(test_over_ring), TEST(test_statistics),
		TEST(test_streams), TEST(test_garbage),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
