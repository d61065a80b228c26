// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links: framework/core, fake.c, fake_driver.c. Every field of the capabilities, refused by name. */
#include <string.h>

#include "fake.h"

static void refuse(struct fake *f, const char *text)
{
	struct nax_error err = { 0 };

	assert_int_equal(nax_caps_check(&f->drv, &f->caps, &err), -EINVAL);
	assert_int_equal(err.code, -EINVAL);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" is not in \"%s\"", text, err.text);
}

/** struct bad - one field, one value, one message */
struct bad {
	u16 offset;
	u16 size;
	u32 value;
	const char *text;
};

#define BAD(field, value, text) \
	{ offsetof(struct nax_caps, field), sizeof(((struct nax_caps *)0)->field), value, \
	  "caps." #field " is " text }

static const struct bad bads[] = {
	BAD(rxq_max, 0, "0: must be from 1 to 128"),
	BAD(rxq_max, 129, "129: must be from 1 to 128"),
	BAD(txq_max, 0, "0: must be from 1 to 128"),
	BAD(txq_max, 1000, "1000: must be from 1 to 128"),
	BAD(vectors_max, 1, "1: must be from 2 to 2048"),
	BAD(ring_min, 4, "4: must be a power of two from 8 to 32768"),
	BAD(ring_min, 48, "48: must be a power of two from 8 to 32768"),
	BAD(ring_min, 128, "128: must not exceed caps.ring_default, 64"),
	BAD(ring_max, 65536, "65536: must be a power of two from 8 to 32768"),
	BAD(ring_default, 0, "0: must be a power of two from 8 to 32768"),
	BAD(ring_default, 2048, "2048: must not exceed caps.ring_max, 1024"),
	BAD(rx_desc_size, 12, "12: must be a power of two from 8 to 128"),
	BAD(tx_desc_size, 0, "0: must be a power of two from 8 to 128"),
	BAD(desc_align, 0, "0: must be a power of two from 1 to 32768"),
	BAD(tx_overhead, 9, "9: must be from 0 to 8"),
	BAD(tx_slots_max, 0, "0: must be from 1 to 64"),
	BAD(tx_slots_max, 65, "65: must be from 1 to 64"),
	BAD(tx_slots_max, 2, "2: with caps.tx_slot_len_max 4096 a frame of 9026 does not fit"),
	BAD(tx_slot_len_max, 59, "59: must be from 60 to 65535"),
	BAD(tx_len_min, 61, "61: must be from 0 to 60"),
	BAD(report_interval, 0, "0: must be from 1 to 32768"),
	BAD(report_interval, 17, "17: must not exceed caps.ring_min, 16"),
	BAD(rx_buf_min, 0, "0: must be from 64 to 65535"),
	BAD(rx_buf_min, 8192, "8192: must not exceed caps.rx_buf_max, 4096"),
	BAD(rx_buf_max, 65536, "65536: must be from 64 to 65535"),
	BAD(rx_buf_step, 3, "3: must be a power of two from 1 to 32768"),
	BAD(rx_buf_step, 512, "512: must not exceed caps.rx_buf_min, 256"),
	BAD(mtu_min, 10, "10: must be from 46 to 65509"),
	BAD(mtu_min, 9001, "9001: must not exceed caps.mtu_max, 9000"),
	BAD(mtu_max, 65510, "65510: must be from 46 to 65509"),
	BAD(gso_max, 0, "0: must be from 1 to 262144"),
	BAD(gso_mss_min, 0, "0: must be from 1 to 1460"),
	BAD(gso_hdr_max, 53, "53: must be from 54 to 893"),
	BAD(l2_max, 13, "13: must be from 14 to 127"),
	BAD(l3_max, 512, "512: must be from 20 to 511"),
	BAD(rss_queues_max, 0, "0: must be from 1 to 128"),
	BAD(rss_queues_max, 9, "9: must not exceed caps.rxq_max, 8"),
	BAD(rss_entries, 0, "0: must be a power of two from 1 to 512"),
	BAD(rss_entries, 12, "12: must be a power of two from 1 to 512"),
	BAD(rss_key_len, 53, "53: must be from 1 to 52"),
	BAD(rss_key_len, 16, "16: IPv6 hashes need at least 40"),
	BAD(rss_types, 0, "0x0: must be some bits of 0x3fe"),
	BAD(rss_types, 1, "0x1: must be some bits of 0x3fe"),
	BAD(ucast_max, 0, "0: must be from 1 to 65535"),
	BAD(link_modes, 0, "0x0: must be some bits of 0x7"),
	BAD(link_modes, 8, "0x8: must be some bits of 0x7"),
	BAD(dma_bits, 31, "31: must be from 32 to 64"),
	BAD(dma_bits, 65, "65: must be from 32 to 64"),
	BAD(itr_step_us, 0, "0: must be at least 1 with caps.itr_max_us 500"),
	BAD(itr_step_us, 501, "501: must not exceed caps.itr_max_us, 500"),
	BAD(n_stats, 161, "161: must be from 0 to 160"),
};

static void set(struct fake *f, const struct bad *b)
{
	u8 *p = (u8 *)&f->caps + b->offset;
	u16 v16 = (u16)b->value;

	if (b->size == 2)
		memcpy(p, &v16, 2);
	else
		memcpy(p, &b->value, 4);
}

static void test_fields(void **state)
{
	struct fake *f = fake_create(0);
	struct nax_caps good = f->caps;
	struct nax_error err;
	u32 i;

	(void)state;
	assert_int_equal(nax_caps_check(&f->drv, &f->caps, &err), 0);
	for (i = 0; i < ARRAY_SIZE(bads); i++) {
		set(f, &bads[i]);
		refuse(f, bads[i].text);
		f->caps = good;
	}
	fake_destroy(f);
}

static void test_not_applying(void **state)
{
	struct fake *f = fake_create(0);

	(void)state;
	/* Limits of what the device does not have may be anything. */
	f->caps.offloads = NAX_OFFLOAD_RX_SCATTER;
	f->caps.gso_max = 0;
	f->caps.gso_mss_min = 0;
	f->caps.gso_hdr_max = 0;
	f->caps.l2_max = 0;
	f->caps.l3_max = 0;
	f->caps.rss_entries = 0;
	f->caps.rss_key_len = 0;
	f->caps.rss_types = 0;
	f->caps.rss_queues_max = 0;
	f->caps.itr_max_us = 0;
	f->caps.itr_step_us = 0;
	f->caps.n_stats = 0;
	f->caps.stats = NULL;
	f->caps.flow_rules = 0;
	f->caps.flow_protos = 0;
	f->caps.flow_ports = 1;
	f->caps.flow_mask[NAX_FLOW_VLAN_DEI] = 2;
	f->caps.flow_offset_step = 0;
	f->ops.flow = NULL;
	f->ops.set_rss = NULL;
	assert_int_equal(nax_caps_check(&f->drv, &f->caps, NULL), 0);
	f->caps.rss_entries = 16;
	refuse(f, "caps.rss_entries is 16: must be 0 without NAX_OFFLOAD_RSS");
	f->caps.rss_entries = 0;
	f->caps.flow_rules = 1;
	refuse(f, "caps.flow_rules is 1: must be 0 without NAX_OFFLOAD_FLOW");
	fake_destroy(f);
}

static void test_offloads(void **state)
{
	struct fake *f = fake_create(0);
	u64 all = f->caps.offloads;

	(void)state;
	f->caps.offloads = all | 1ull << 40;
	refuse(f, "caps.offloads has bits 0x10000000000: only the low 19 have a meaning");
	f->caps.offloads = all & ~NAX_OFFLOAD_TX_TCPCSUM;
	refuse(f, "NAX_OFFLOAD_TSO4 needs");
	f->caps.offloads = all & ~(NAX_OFFLOAD_TX_TCPCSUM | NAX_OFFLOAD_TSO4);
	refuse(f, "NAX_OFFLOAD_TSO6 needs NAX_OFFLOAD_TX_TCPCSUM");
	f->caps.offloads = all & ~NAX_OFFLOAD_TX_UDPCSUM;
	refuse(f, "NAX_OFFLOAD_USO needs");
	f->caps.offloads = all & ~NAX_OFFLOAD_RX_L4CSUM;
	refuse(f, "NAX_OFFLOAD_LRO needs NAX_OFFLOAD_RX_L4CSUM");
	f->caps.offloads = all & ~NAX_OFFLOAD_TSO6;
	refuse(f, "NAX_OFFLOAD_TUNNEL needs NAX_OFFLOAD_TSO4 | NAX_OFFLOAD_TSO6");
	f->caps.offloads = all & ~NAX_OFFLOAD_RX_SCATTER;
	refuse(f, "caps.rx_buf_max is 4096: must hold 9026, the frame of caps.mtu_max");
	f->caps.offloads = all;
	f->ops.set_rss = NULL;
	refuse(f, "caps.offloads has NAX_OFFLOAD_RSS: ops.set_rss is missing");
	fake_destroy(f);
}

static void test_flow(void **state)
{
	static const struct nax_flow_ops none;
	struct fake *f = fake_create(0);
	struct nax_caps good = f->caps;
	struct nax_error err;

	(void)state;
	f->caps.flow_rules = 0;
	refuse(f, "caps.flow_rules is 0: must be at least 1 with NAX_OFFLOAD_FLOW");
	f->caps = good;
	f->caps.flow_protos = 0;
	refuse(f, "caps.flow_protos is 0x0: must be some bits of 0xf");
	f->caps.flow_protos = 0x11;
	refuse(f, "caps.flow_protos is 0x11: must be some bits of 0xf");
	f->caps = good;
	f->caps.flow_ports |= 1u << NAX_FLOW_ANY;
	refuse(f, "caps.flow_ports is 0x7: must be some bits of 0x6");
	f->caps = good;
	f->caps.flow_mask[NAX_FLOW_DPORT] = 0x10000;
	refuse(f, "caps.flow_mask[3] is 0x10000: must be some bits of 0xffff");
	f->caps = good;
	f->caps.flow_mask[NAX_FLOW_VLAN_DEI] = 3;
	refuse(f, "caps.flow_mask[5] is 0x3: must be some bits of 0x1");
	f->caps = good;
	f->caps.flow_offset_step = 0;
	refuse(f, "caps.flow_offset_step is 0: must be at least 1 with NAX_FLOW_BYTES");
	f->caps = good;
	f->ops.flow = NULL;
	refuse(f, "caps.flow_rules is 8: ops.flow is missing");
	f->ops.flow = &none;
	assert_int_equal(nax_driver_check(&f->drv, &err), -EINVAL);
	assert_string_equal(err.text, "ops.flow: must have add and remove");
	fake_destroy(f);
}

static void test_strings_and_addresses(void **state)
{
	struct fake *f = fake_create(0);

	(void)state;
	f->caps.perm_mac[0] = 0x03;
	refuse(f, "caps.perm_mac is 03:00:00:00:00:01: must be unicast and not zero");
	memset(f->caps.perm_mac, 0, 6);
	refuse(f, "caps.perm_mac is 00:00:00:00:00:00: must be unicast and not zero");
	memset(f->caps.perm_mac, 2, 6);
	memset(f->caps.board, 'x', sizeof(f->caps.board));
	refuse(f, "caps.board: must end within 16 bytes");
	f->caps.board[15] = '\0';
	memset(f->caps.nvm_version, 'x', sizeof(f->caps.nvm_version));
	refuse(f, "caps.nvm_version: must end within 26 bytes");
	f->caps.nvm_version[3] = '\0';
	f->caps.nvm_version[25] = '\0';
	f->caps.rx_buf_min = 384;
	refuse(f, "caps.rx_buf_step is 256: caps.rx_buf_min 384 and rx_buf_max 4096 must be multiples");
	fake_destroy(f);
}

static void test_stats(void **state)
{
	struct fake *f = fake_create(0);

	(void)state;
	strcpy(f->stats[1].name, "Bad name");
	refuse(f, "caps.stats[1].name: must be 1 to 31 of a-z 0-9 _");
	f->stats[1].name[0] = '\0';
	refuse(f, "caps.stats[1].name: must be 1 to 31 of a-z 0-9 _");
	memset(f->stats[1].name, 'a', sizeof(f->stats[1].name));
	refuse(f, "caps.stats[1].name: must be 1 to 31 of a-z 0-9 _");
	strcpy(f->stats[1].name, "rx_packets");
	refuse(f, "caps.stats[1].name is rx_packets: entry 0 has it");
	strcpy(f->stats[1].name, "other");
	f->stats[1].id = NAX_STAT_RX_PACKETS;
	refuse(f, "caps.stats[1].id is 1: entry 0 has it");
	f->stats[1].id = NAX_STAT_IDS;
	refuse(f, "caps.stats[1].id is 33: must be below 33");
	f->stats[1].id = NAX_STAT_OTHER;
	f->ops.stats = NULL;
	refuse(f, "caps.n_stats is 4: ops.stats is missing");
	f->caps.stats = NULL;
	refuse(f, "caps.n_stats is 4: caps.stats is missing");
	fake_destroy(f);
}

static void test_nvm(void **state)
{
	static const struct nax_nvm_ops nvm;
	static const struct nax_selftest_ops selftest;
	struct fake *f = fake_create(0);
	struct nax_error err;

	(void)state;
	f->caps.nvm_words = 64;
	refuse(f, "caps.nvm_words is 64: ops.nvm is missing");
	f->caps.nvm_words = 0;
	f->ops.nvm = &nvm;
	assert_int_equal(nax_driver_check(&f->drv, &err), -EINVAL);
	assert_string_equal(err.text, "ops.nvm: must have read, write and check");
	f->ops.nvm = NULL;
	f->ops.selftest = &selftest;
	assert_int_equal(nax_driver_check(&f->drv, &err), -EINVAL);
	assert_string_equal(err.text, "ops.selftest: must have registers, irq_raise and loopback");
	fake_destroy(f);
}

static void test_ptp(void **state)
{
	static const struct nax_ptp_ops nothing;
	struct fake *f = fake_create(0);
	struct nax_error err;

	(void)state;
	f->caps.ptp_rx = BIT(NAX_PTP_RX_NONE);
	refuse(f, "caps.ptp_rx is 0x1: must be bit 0 and some of 0xf, 0 without ops.ptp, which is missing");
	f->ops.ptp = &nothing;
	assert_int_equal(nax_caps_check(&f->drv, &f->caps, &err), 0);
	f->caps.ptp_rx = 0;
	refuse(f, "caps.ptp_rx is 0x0: must be bit 0 and some of 0xf, 0 without ops.ptp, which is there");
	f->caps.ptp_rx = BIT(NAX_PTP_RX_V2_EVENT);
	refuse(f, "caps.ptp_rx is 0x8: ");
	f->caps.ptp_rx = BIT(NAX_PTP_RX_NONE) | BIT(NAX_PTP_RXS);
	refuse(f, "caps.ptp_rx is 0x11: ");
	f->caps.ptp_rx = BIT(NAX_PTP_RX_NONE);
	f->caps.ptp_ppb_max = 1000000000;
	refuse(f, "caps.ptp_ppb_max is 1000000000: must be below 1000000000");
	assert_int_equal(nax_driver_check(&f->drv, &err), -EINVAL);
	assert_string_equal(err.text,
			    "ops.ptp: must have set_rate, read, set_stamps, latched and take");
	fake_destroy(f);
}

static void test_driver(void **state)
{
	static const size_t required[] = {
		offsetof(struct nax_driver_ops, attach), offsetof(struct nax_driver_ops, detach),
		offsetof(struct nax_driver_ops, start), offsetof(struct nax_driver_ops, stop),
		offsetof(struct nax_driver_ops, queue_start),
		offsetof(struct nax_driver_ops, queue_stop),
		offsetof(struct nax_driver_ops, tx_post), offsetof(struct nax_driver_ops, tx_reap),
		offsetof(struct nax_driver_ops, rx_reap), offsetof(struct nax_driver_ops, rx_post),
		offsetof(struct nax_driver_ops, irq_arm), offsetof(struct nax_driver_ops, irq_ack),
		offsetof(struct nax_driver_ops, set_filter),
	};
	struct fake *f = fake_create(0);
	struct nax_driver_ops good = f->ops;
	struct nax_error err;
	u32 i;

	(void)state;
	assert_int_equal(nax_driver_check(&f->drv, &err), 0);
	for (i = 0; i < ARRAY_SIZE(required); i++) {
		memset((u8 *)&f->ops + required[i], 0, sizeof(void (*)(void)));
		assert_int_equal(nax_driver_check(&f->drv, &err), -EINVAL);
		assert_memory_equal(err.text, "ops.", 4);
		assert_non_null(strstr(err.text, " is missing"));
		f->ops = good;
	}
	f->drv.alive_reg = 0x1000;
	assert_int_equal(nax_driver_check(&f->drv, &err), -EINVAL);
	assert_string_equal(err.text,
			    "driver.alive_reg is 0x1000: must be a multiple of 4 within driver.bar_size_min, 0x1000");
	f->drv.alive_reg = FAKE_ALIVE;
	f->drv.ids = NULL;
	assert_int_equal(nax_driver_check(&f->drv, &err), -EINVAL);
	assert_string_equal(err.text, "driver.ids is missing");
	fake_destroy(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_not_applying),
		cmocka_unit_test(test_offloads),
		cmocka_unit_test(test_flow),
		cmocka_unit_test(test_strings_and_addresses),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_nvm),
		cmocka_unit_test(test_ptp),
		cmocka_unit_test(test_driver),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
