// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Receive through the 82599 driver: verdicts, tags, hashes, queues, filters, long frames. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "packet.h"
#include "simport.h"

static u8 frame[SIM_BYTES];

static const struct sim_flow tcp4 = { false, 6, 1000, 2000, 0x0a000001, 0x0a000002, -1, 100 };

static const struct sim_packet *receive(struct sim *s, u32 len)
{
	sim_clear(s);
	sim_inject(s, frame, len);
	if (s->n_got != 1)
		fail_msg("%u packets, %u errors\n%s", s->n_got, s->n_errors, s->log);
	assert_int_equal(s->got[0].len, len);
	assert_memory_equal(s->got[0].data, frame, len);
	return &s->got[0];
}

static void plain(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	struct nax_queue_stats st;
	u32 len, total = 0, n = 0;

	for (len = 60; len <= 1514; len += 97) {
		memset(frame, 0x5a, len);
		memcpy(frame, sim_mac, 6);
		frame[12] = 0x88;
		frame[13] = 0xb5;
		receive(s, len);
		assert_int_equal(s->got[0].flags & (NAX_F_IPV4 | NAX_F_IPV6 | NAX_F_HASH_TYPE), 0);
		total += len;
		n++;
	}
	assert_int_equal(nax_port_queue_stats(s->port, true, 0, &st), 0);
	assert_int_equal(st.packets, n);
	assert_int_equal(st.bytes, total);
	assert_int_equal(sim_hw_stat(s, "rx_packets"), n);
	assert_int_equal(sim_hw_stat(s, "rx_bytes"), total + 4 * n);
	sim_close(s);
}

static void checksum_verdicts(void **state)
{
	static const u8 protos[] = { 6, 17, 132 };
	struct sim *s = sim_up(NULL, 1);
	struct sim_flow f = tcp4;
	unsigned int i, v6;

	for (i = 0; i < 3; i++) {
		for (v6 = 0; v6 < 2; v6++) {
			const struct sim_packet *p;
			u32 len;

			f.proto = protos[i];
			f.v6 = v6;
			len = sim_build(frame, &f);
			p = receive(s, len);
			assert_int_equal(p->flags & (NAX_F_IPV4 | NAX_F_IPV6 | NAX_F_L4_MASK),
					 sim_flags(&f));
			assert_true(p->flags & NAX_F_RX_L4CSUM_GOOD);
			assert_int_equal(!!(p->flags & NAX_F_RX_IPCSUM_GOOD), !v6);
			frame[len - 1] ^= 0x40;
			p = receive(s, len);
			assert_false(p->flags & NAX_F_RX_L4CSUM_GOOD);
			assert_true(p->flags & NAX_F_RX_L4CSUM_BAD);
		}
	}
	assert_true(receive(s, sim_build(frame, &tcp4))->flags & NAX_F_RX_IPCSUM_GOOD);
	frame[14 + 10] ^= 1;
	assert_true(receive(s, 154)->flags & NAX_F_RX_IPCSUM_BAD);
	sim_close(s);
}

/* A verdict that lies is found out: what hardware calls bad is checked before it is called bad. */
static void lying_verdict(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	struct nax_queue_stats st;
	const struct sim_packet *p;

	nicsim_fault(s->device, NICSIM_CSUM_LIE, 0);
	p = receive(s, sim_build(frame, &tcp4));
	assert_false(p->flags & NAX_F_RX_CSUM_BAD);
	nax_port_queue_stats(s->port, true, 0, &st);
	assert_int_equal(st.csum_disputed, 1);
	assert_int_equal(st.csum_bad, 0);
	sim_close(s);
}

static void udp_zero_checksum(void **state)
{
	struct sim_flow f = tcp4;
	struct sim *s = sim_up(NULL, 1);
	const struct sim_packet *p;
	u32 len;

	f.proto = 17;
	len = sim_build(frame, &f);
	frame[40] = 0;
	frame[41] = 0;
	p = receive(s, len);
	assert_false(p->flags & (NAX_F_RX_L4CSUM_GOOD | NAX_F_RX_L4CSUM_BAD));
	sim_close(s);
}

static void vlan_strip(void **state)
{
	struct sim_flow f = tcp4;
	struct sim *s = sim_up(NULL, 1);
	u32 len;

	f.vlan = 0x6123;
	len = sim_build(frame, &f);
	sim_inject(s, frame, len);
	assert_int_equal(s->n_got, 1);
	assert_true(s->got[0].flags & NAX_F_VLAN);
	assert_int_equal(s->got[0].vlan_tci, 0x6123);
	assert_int_equal(s->got[0].len, len - 4);
	assert_memory_equal(s->got[0].data + 12, frame + 16, len - 16);

	s->config.offloads &= ~NAX_OFFLOAD_RX_VLAN;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	assert_false(receive(s, len)->flags & NAX_F_VLAN);
	sim_close(s);
}

static void rss_spread(void **state)
{
	struct sim *s = sim_up(NULL, 4);
	struct nax_rss rss;
	unsigned int seen[4] = { 0 }, i;

	nax_port_get_rss(s->port, &rss);
	/* the default key is random; one that is known spreads these flows the same way always */
	for (i = 0; i < rss.key_len; i++)
		rss.key[i] = (u8)(i * 37 + 11);
	assert_int_equal(nax_port_set_rss(s->port, &rss, &s->err), 0);
	for (i = 0; i < 256; i++) {
		struct sim_flow f = tcp4;
		enum nax_hash_type type;
		struct nax_piece piece;
		u32 hash;

		f.v6 = i & 1;
		f.proto = i & 2 ? 17 : i & 4 ? 6 : 0;
		f.sport = (u16)(i * 131);
		f.saddr += i;
		piece.data = frame;
		piece.len = sim_build(frame, &f);
		receive(s, piece.len);
		type = nax_rss_hash(rss.key, rss.types, &piece, 1, &hash);
		assert_int_not_equal(type, NAX_HASH_NONE);
		assert_int_equal((s->got[0].flags & NAX_F_HASH_TYPE) >> NAX_F_HASH_SHIFT, type);
		assert_int_equal(s->got[0].hash, hash);
		assert_int_equal(s->got[0].queue, rss.table[hash % rss.entries]);
		seen[s->got[0].queue]++;
	}
	for (i = 0; i < 4; i++)
		assert_in_range(seen[i], 32, 96);
	sim_close(s);
}

static void rss_table_and_key(void **state)
{
	struct sim *s = sim_up(NULL, 4);
	struct nax_rss rss;
	unsigned int i;

	nax_port_get_rss(s->port, &rss);
	for (i = 0; i < rss.entries; i++)
		rss.table[i] = 2;
	memset(rss.key, 0x6d, rss.key_len);
	assert_int_equal(nax_port_set_rss(s->port, &rss, &s->err), 0);
	for (i = 0; i < 16; i++) {
		struct sim_flow f = tcp4;

		f.sport = (u16)(3000 + i);
		assert_int_equal(receive(s, sim_build(frame, &f))->queue, 2);
	}
	rss.table[77] = 4;
	assert_int_equal(nax_port_set_rss(s->port, &rss, &s->err), -EINVAL);
	assert_non_null(strstr(s->err.text, "77"));
	assert_non_null(strstr(s->err.text, "4"));
	assert_int_equal(receive(s, sim_build(frame, &tcp4))->queue, 2);
	rss.table[77] = 2;
	rss.types = 0;
	assert_int_equal(nax_port_set_rss(s->port, &rss, &s->err), 0);
	assert_int_equal(receive(s, sim_build(frame, &tcp4))->flags & NAX_F_HASH_TYPE, 0);
	assert_int_equal(s->got[0].queue, 0);
	sim_close(s);
}

static void passes(struct sim *s, const char *dst, bool expected)
{
	u32 len = sim_build(frame, &tcp4);

	memcpy(frame, dst, 6);
	sim_clear(s);
	sim_inject(s, frame, len);
	if (s->n_got != expected)
		fail_msg("frame to %02x:..:%02x: %u received", frame[0], frame[5], s->n_got);
}

static void set_filter(struct sim *s, u32 flags, const u8 (*uc)[6], u16 n_uc, const u8 (*mc)[6],
		       u16 n_mc, const u32 *vlan)
{
	struct nax_filter f = { flags, n_uc, n_mc, uc, mc, vlan };

	if (nax_port_set_filter(s->port, &f, &s->err) < 0)
		fail_msg("filter: %s", s->err.text);
}

static void address_filters(void **state)
{
	static const u8 uc[2][6] = { { 2, 0, 0x5e, 0x10, 0x20, 0x30 }, { 2, 0, 0, 0, 1, 1 } };
	static const u8 mc[1][6] = { { 1, 0, 0x5e, 0, 0, 5 } };
	struct sim *s = sim_up(NULL, 1);

	passes(s, "\x02\x00\x5e\x10\x20\x30", true);
	passes(s, "\x02\x00\x00\x00\x01\x01", false);
	passes(s, "\xff\xff\xff\xff\xff\xff", true);
	passes(s, "\x01\x00\x5e\x00\x00\x05", false);

	set_filter(s, 0, uc, 2, mc, 1, NULL);
	passes(s, "\x02\x00\x5e\x10\x20\x30", true);
	passes(s, "\x02\x00\x00\x00\x01\x01", true);
	passes(s, "\x02\x00\x00\x00\x01\x02", false);
	passes(s, "\xff\xff\xff\xff\xff\xff", false);
	passes(s, "\x01\x00\x5e\x00\x00\x05", true);
	passes(s, "\x01\x00\x5e\x00\x00\x06", false);

	set_filter(s, NAX_FILTER_ALLMULTI | NAX_FILTER_BROADCAST, uc, 1, NULL, 0, NULL);
	passes(s, "\x01\x00\x5e\x00\x00\x06", true);
	passes(s, "\xff\xff\xff\xff\xff\xff", true);
	passes(s, "\x02\x00\x00\x00\x01\x01", false);

	set_filter(s, NAX_FILTER_PROMISC, uc, 1, NULL, 0, NULL);
	passes(s, "\x02\x00\x00\x00\x07\x07", true);
	assert_int_equal(nax_port_reset(s->port, &s->err), 0);
	sim_run(s, 2000000);
	passes(s, "\x02\x00\x00\x00\x07\x07", true);
	sim_close(s);
}

static void vlan_filter(void **state)
{
	static const u8 uc[1][6] = { { 2, 0, 0x5e, 0x10, 0x20, 0x30 } };
	static const int vids[] = { 0, 5, 6, 31, 32, 4094 };
	u32 vlan[NAX_VLAN_WORDS] = { 0 };
	struct sim *s = sim_up(NULL, 1);
	unsigned int i;

	vlan[0] = 1u << 5;
	vlan[1] = 1;
	vlan[127] = 1u << 30;
	set_filter(s, NAX_FILTER_VLAN, uc, 1, NULL, 0, vlan);
	for (i = 0; i < sizeof(vids) / sizeof(vids[0]); i++) {
		struct sim_flow f = tcp4;

		f.vlan = vids[i];
		sim_clear(s);
		sim_inject(s, frame, sim_build(frame, &f));
		assert_int_equal(s->n_got, !!(vlan[vids[i] / 32] & 1u << vids[i] % 32));
	}
	receive(s, sim_build(frame, &tcp4));
	sim_close(s);
}

static void jumbo(void **state)
{
	static const u32 sizes[] = { 1514, 2048, 2049, 4096, 4097, 8192, 9014, 9724 };
	struct nicsim_port_config c = { .name = "t0", .model = "82599" };
	struct sim *s;
	unsigned int i;

	memcpy(c.mac, sim_mac, 6);
	s = sim_create(&c);
	assert_int_equal(sim_open(s, 2), 0);
	s->config.mtu = 9710;
	assert_int_equal(sim_start(s), 0);
	sim_run(s, 2000000);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct sim_flow f = tcp4;

		f.payload = sizes[i] - 54;
		receive(s, sim_build(frame, &f));
		assert_int_equal(s->got[0].slots, (sizes[i] + 2047) / 2048);
		assert_true(s->got[0].flags & NAX_F_RX_L4CSUM_GOOD);
	}
	sim_close(s);
}

/* Frames longer than the MTU allows are not delivered, and are counted by the device. */
static void oversize(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	struct sim_flow f = tcp4;

	f.payload = 1514 - 54 + 200;
	sim_inject(s, frame, sim_build(frame, &f));
	assert_int_equal(s->n_got, 0);
	assert_int_equal(sim_hw_stat(s, "rx_oversize"), 1);
	sim_close(s);
}

/*
 * A buffer that is no multiple of what the device counts in: it takes it for a larger one, and has
 * nothing to write beyond, since the longest frame fits: of mtu 1500, as with two tags.
 */
static void buffer_between_steps(void **state)
{
	struct nicsim_port_config c = { .name = "t0", .model = "82599" };
	struct sim_flow f = tcp4;
	struct sim *s;
	u32 len;

	memcpy(c.mac, sim_mac, 6);
	s = sim_create(&c);
	assert_int_equal(sim_open(s, 2), 0);
	s->config.rx_buf_len = 1526;
	assert_int_equal(sim_start(s), 0);
	sim_wait_link(s);
	f.vlan = 5;
	for (f.payload = 1400; f.payload <= 1500 - 40 + 4; f.payload++) {
		len = sim_build(frame, &f);
		sim_clear(s);
		sim_inject(s, frame, len);
		assert_int_equal(s->n_got, 1);
		assert_int_equal(s->got[0].slots, 1);
	}
	assert_int_equal(len, 1522);
	sim_clear(s);
	sim_inject(s, frame, sim_build(frame, &f));
	assert_int_equal(s->n_got, 0);
	assert_int_equal(sim_hw_stat(s, "rx_oversize"), 1);
	s->config.offloads |= NAX_OFFLOAD_RX_ALL;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), -EINVAL);
	sim_close(s);
}

static void ask(struct sim *s, u64 offload, bool on)
{
	s->config.offloads = on ? s->config.offloads | offload : s->config.offloads & ~offload;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	sim_wait_link(s);
	sim_clear(s);
}

/* IEEE 802.3, bit by bit. */
static u32 fcs_of(const u8 *data, u32 len)
{
	u32 crc = ~0u, bit;

	while (len--) {
		crc ^= *data++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* The last four bytes are those of the wire, whatever became of the frame on its way. */
static void frame_check_sequence(void **state)
{
	struct sim *s = sim_up(NULL, 2);
	struct sim_flow f = tcp4;
	unsigned int i, k;
	u32 len, fcs;

	assert_false(s->config.offloads & NAX_OFFLOAD_RX_FCS);
	for (i = 0; i < 6; i++) {
		ask(s, NAX_OFFLOAD_RX_FCS, !(i & 1));
		if (i == 4) {
			assert_int_equal(nax_port_reset(s->port, &s->err), 0);
			sim_run(s, 2000000);
		}
		f.vlan = i & 2 ? 77 : -1;
		for (k = 0; k < 6; k++) {
			f.payload = k < 3 ? 100 + k : 1514 - 54 - k;
			len = sim_build(frame, &f);
			if (i & 1) {
				f.vlan = -1;
				receive(s, sim_build(frame, &f));
				continue;
			}
			fcs = fcs_of(frame, len);
			sim_clear(s);
			sim_inject(s, frame, len);
			assert_int_equal(s->n_got, 1);
			len += 4 - (f.vlan >= 0 ? 4 : 0);
			assert_int_equal(s->got[0].len, len);
			assert_true(s->got[0].flags & NAX_F_RX_L4CSUM_GOOD);
			assert_int_equal(s->got[0].data[len - 4], fcs & 0xff);
			assert_int_equal(s->got[0].data[len - 3], fcs >> 8 & 0xff);
			assert_int_equal(s->got[0].data[len - 2], fcs >> 16 & 0xff);
			assert_int_equal(s->got[0].data[len - 1], fcs >> 24);
		}
	}
	sim_close(s);
}

/* Frames that are too long or too short, for whoever asks for them, and named as what they are. */
static void damaged(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	struct sim_flow f = tcp4;
	struct nax_queue_stats st;
	unsigned int i;

	assert_false(s->config.offloads & NAX_OFFLOAD_RX_ALL);
	for (i = 0; i < 4; i++) {
		ask(s, NAX_OFFLOAD_RX_ALL, i & 1);
		s->n_errors = 0;
		f.payload = 1600;
		sim_inject(s, frame, sim_build(frame, &f));
		f.payload = 9000;
		sim_inject(s, frame, sim_build(frame, &f));
		sim_inject(s, frame, 40);
		assert_int_equal(s->n_errors, i & 1 ? 3 : 0);
		receive(s, sim_build(frame, &tcp4));
	}
	nax_port_queue_stats(s->port, true, 0, &st);
	assert_int_equal(st.errors[NAX_RX_ERR_OVERSIZE], 4);
	assert_int_equal(st.errors[NAX_RX_ERR_DEVICE], 2);
	assert_int_equal(st.errors[NAX_RX_ERR_CHAIN], 0);
	assert_int_equal(st.packets, 4);
	assert_int_equal(sim_hw_stat(s, "rx_oversize"), 8);
	sim_close(s);
}

/* A ring that nobody empties: frames wait, then are missed and counted; none is lost silently. */
static void overrun(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	struct sim_flow f = tcp4;
	u32 len, offered = 0, refused = 0, taken = 0, i;
	u64 missed;

	f.payload = 1400;
	len = sim_build(frame, &f);
	s->hold = true;
	for (i = 0; i < 1500; i++) {
		if (nicsim_port_frame(s->device, frame, len))
			offered++;
		else
			refused++;
		sim_run(s, 3);
	}
	missed = sim_hw_stat(s, "rx_missed_packets");
	s->hold = false;
	for (i = 0; i < 2000; i++) {
		sim_clear(s);
		sim_run(s, 20);
		taken += s->n_got;
	}
	assert_int_equal(taken + missed, offered);
	assert_true(refused > 0 || missed > 0);
	sim_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(checksum_verdicts),
		cmocka_unit_test(lying_verdict),
		cmocka_unit_test(udp_zero_checksum),
		cmocka_unit_test(vlan_strip),
		cmocka_unit_test(rss_spread),
		cmocka_unit_test(rss_table_and_key),
		cmocka_unit_test(address_filters),
		cmocka_unit_test(vlan_filter),
		cmocka_unit_test(jumbo),
		cmocka_unit_test(oversize),
		cmocka_unit_test(buffer_between_steps),
		cmocka_unit_test(frame_check_sequence),
		cmocka_unit_test(damaged),
		cmocka_unit_test(overrun),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
