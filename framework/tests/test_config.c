// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links: framework/core, fake.c, fake_driver.c. Limits of the configuration, and changing it live. */
#include <string.h>

#include "fake.h"

static void refuse(struct fake *f, const struct nax_config *c, const char *text)
{
	struct nax_error err = { 0 };

	assert_int_equal(nax_config_check(f->a, c, &err), -EINVAL);
	assert_int_equal(err.code, -EINVAL);
	assert_string_equal(err.text, text);
}

static void test_defaults(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_config c;

	(void)state;
	nax_config_default(f->a, &c);
	assert_int_equal(nax_config_check(f->a, &c, NULL), 0);
	assert_int_equal(c.n_rxq, 1);
	assert_int_equal(c.n_txq, 1);
	assert_int_equal(c.rx_ring, 64);
	assert_int_equal(c.mtu, 1500);
	assert_true(c.offloads == (f->caps.offloads & ~NAX_OFFLOAD_ASKED));
	assert_true(c.link.pause_rx && c.link.pause_tx);
	assert_memory_equal(c.mac, f->caps.perm_mac, 6);
	fake_destroy(f);
}

#define REFUSE(field, value, text) \
	do { \
		fake_config(f, 2, &c); \
		c.field = value; \
		refuse(f, &c, text); \
	} while (0)

static void test_limits(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_config c;

	(void)state;
	REFUSE(n_rxq, 0, "n_rxq is 0: must be from 1 to 8");
	REFUSE(n_rxq, 9, "n_rxq is 9: must be from 1 to 8");
	REFUSE(n_txq, 0, "n_txq is 0: must be from 1 to 8");
	REFUSE(n_txq, 65535, "n_txq is 65535: must be from 1 to 8");
	REFUSE(rx_ring, 0, "rx_ring is 0: must be a power of two from 16 to 1024");
	REFUSE(rx_ring, 100, "rx_ring is 100: must be a power of two from 16 to 1024");
	REFUSE(rx_ring, 8, "rx_ring is 8: must be a power of two from 16 to 1024");
	REFUSE(rx_ring, 2048, "rx_ring is 2048: must be a power of two from 16 to 1024");
	REFUSE(tx_ring, 0, "tx_ring is 0: must be a power of two from 16 to 1024");
	REFUSE(tx_ring, 63, "tx_ring is 63: must be a power of two from 16 to 1024");
	REFUSE(tx_ring, 0x80000000u,
	       "tx_ring is 2147483648: must be a power of two from 16 to 1024");
	REFUSE(mtu, 67, "mtu is 67: must be from 68 to 9000");
	REFUSE(mtu, 9001, "mtu is 9001: must be from 68 to 9000");
	REFUSE(mtu, 0xffffffffu, "mtu is 4294967295: must be from 68 to 9000");
	REFUSE(itr_us, 501, "itr_us is 501: must be from 0 to 500");
	REFUSE(rx_buf_len, 128, "rx_buf_len is 128: must be 0 or from 256 to 4096 in steps of 256");
	REFUSE(rx_buf_len, 300, "rx_buf_len is 300: must be 0 or from 256 to 4096 in steps of 256");
	REFUSE(rx_buf_len, 8192, "rx_buf_len is 8192: must be 0 or from 256 to 4096 in steps of 256");
	REFUSE(mac[0], 3, "mac is 03:00:00:00:00:01: must be unicast, or zero for the permanent one");
	REFUSE(link.modes, NAX_LINK_100M, "link.modes is 0x1: must be 0 or some bits of 0x6");
	fake_destroy(f);
}

/* Whatever is longer than a frame of the MTU stays outside, so the buffer need not be a full step. */
static void test_buffers_between_steps(void **state)
{
#define STEPS	"must be 0 or from 256 to 4096 in steps of 256, or hold a frame of mtu without rx-all and lro"
	struct fake *f = fake_attach(0);
	struct nax_config c;

	(void)state;
	f->a->caps.rx_long_dropped = true;
	fake_config(f, 1, &c);
	c.mtu = 1500;
	c.rx_buf_len = 1526;
	assert_int_equal(nax_config_check(f->a, &c, NULL), 0);
	c.rx_buf_len = 1525;
	refuse(f, &c, "rx_buf_len is 1525: " STEPS);
	c.rx_buf_len = 1536;
	c.mtu = 1511;
	assert_int_equal(nax_config_check(f->a, &c, NULL), 0);
	c.rx_buf_len = 1530;
	refuse(f, &c, "rx_buf_len is 1530: " STEPS);
	c.mtu = 1500;
	c.offloads |= NAX_OFFLOAD_LRO;
	refuse(f, &c, "rx_buf_len is 1530: " STEPS);
	c.offloads &= ~NAX_OFFLOAD_LRO;
	assert_int_equal(nax_config_check(f->a, &c, NULL), 0);
	c.offloads |= NAX_OFFLOAD_RX_ALL;
	refuse(f, &c, "rx_buf_len is 1530: " STEPS);
	c.mtu = 68;
	c.rx_buf_len = 200;
	refuse(f, &c, "rx_buf_len is 200: " STEPS);
	f->a->caps.rx_long_dropped = false;
	fake_destroy(f);
#undef STEPS
}

static void test_limits_that_depend(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_config c;

	(void)state;
	fake_config(f, 1, &c);
	c.mtu = 9000;
	c.rx_buf_len = 256;
	c.rx_ring = 32;
	refuse(f, &c, "rx_ring is 32: must exceed 36, the buffers of 256 bytes that a frame of mtu 9000 takes");
	c.rx_ring = 64;
	assert_int_equal(nax_config_check(f->a, &c, NULL), 0);
	c.rx_buf_len = 0;
	c.offloads &= ~NAX_OFFLOAD_RX_SCATTER;
	refuse(f, &c, "mtu is 9000: its frames of 9026 bytes need NAX_OFFLOAD_RX_SCATTER or receive buffers above 4096");
	c.mtu = 4000;
	assert_int_equal(nax_config_check(f->a, &c, NULL), 0);
	c.rx_buf_len = 2048;
	refuse(f, &c, "mtu is 4000: its frames of 4026 bytes need NAX_OFFLOAD_RX_SCATTER or receive buffers above 2048");
	fake_config(f, 1, &c);
	c.offloads |= NAX_OFFLOAD_LRO;
	assert_int_equal(nax_config_check(f->a, &c, NULL), 0);
	c.offloads |= NAX_OFFLOAD_RX_FCS;
	refuse(f, &c, "offloads is 0x67fff: NAX_OFFLOAD_LRO needs NAX_OFFLOAD_RX_L4CSUM, and no NAX_OFFLOAD_RX_FCS");
	c.offloads &= ~(NAX_OFFLOAD_RX_FCS | NAX_OFFLOAD_RX_L4CSUM);
	refuse(f, &c, "offloads is 0x63dff: NAX_OFFLOAD_LRO needs NAX_OFFLOAD_RX_L4CSUM, and no NAX_OFFLOAD_RX_FCS");
	fake_config(f, 1, &c);
	f->a->caps.pause = false;
	refuse(f, &c, "link.pause_rx is 1: must be 0, the device has no pause frames");
	c.link.pause_rx = false;
	refuse(f, &c, "link.pause_tx is 1: must be 0, the device has no pause frames");
	fake_config(f, 1, &c);
	f->a->caps.tx_slots_max = 16;
	c.link.pause_rx = false;
	c.link.pause_tx = false;
	c.tx_ring = 16;
	refuse(f, &c, "tx_ring is 16: must exceed 17, the descriptors that one packet may take");
	fake_destroy(f);
}

static void test_refused_up_and_reconfigure(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_error err;
	struct nax_config c;

	(void)state;
	fake_config(f, 1, &c);
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), -ENETDOWN);
	assert_string_equal(err.text, "adapter is attached: must be up to be reconfigured");
	c.n_rxq = 9;
	assert_int_equal(nax_adapter_up(f->a, &c, &err), -EINVAL);
	assert_string_equal(err.text, "n_rxq is 9: must be from 1 to 8");
	c.n_rxq = 1;
	assert_int_equal(nax_adapter_up(f->a, &c, &err), 0);
	fake_journal(f, ~0u);
	c.mtu = 10000;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), -EINVAL);
	assert_string_equal(err.text, "mtu is 10000: must be from 68 to 9000");
	assert_string_equal(fake_journal(f, 0), "");
	fake_destroy(f);
}

static void test_shape(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_config c;

	(void)state;
	fake_config(f, 8, &c);
	c.n_txq = 3;
	c.mtu = 9000;
	c.itr_us = 7;
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	assert_int_equal(f->a->mtu, 9000);
	assert_int_equal(f->a->max_frame, 9026);
	assert_int_equal(f->a->rxq[0]->buf_len, 2048);
	assert_int_equal(f->a->rxq[0]->slots_max, 5);
	assert_int_equal(f->a->txq[0]->slots_max, 8);
	/* four queue vectors of the five: queue 6 shares with queue 2 */
	assert_int_equal(f->a->n_vectors, 5);
	assert_ptr_equal(f->a->rxq[6]->vector, &f->a->vector[2]);
	assert_true(f->a->vector[2].rx_queues[0] == 0x44);
	assert_true(f->a->vector[2].tx_queues[0] == 0x4);
	assert_true(f->a->vector[4].rx_queues[0] == 0);
	/* 7 us in steps of 2 is 8: at least what was asked for */
	assert_int_equal(f->a->vector[0].itr_us, 8);
	assert_int_equal(f->a->vector[4].itr_us, 0);
	fake_destroy(f);
}

/* A mask of what may be active, and what is: the device has them all. */
static void test_live_changes(void **state)
{
	struct fake *f = fake_up(0, 2);
	struct nax_config c = *nax_adapter_config(f->a);
	u32 all = FAKE_DRIVER | FAKE_SYSTEM | FAKE_PAUSE;
	struct nax_error err;

	(void)state;
	fake_journal(f, all);
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), 0);
	assert_string_equal(fake_journal(f, all), "");

	c.itr_us = 20;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), 0);
	assert_string_equal(fake_journal(f, all), "set_itr:0=20 set_itr:1=20");

	/* one vector by itself: it stays so, and can be put back to what all have */
	nax_vector_set_itr(&f->a->vector[1], 100);
	assert_string_equal(fake_journal(f, all), "set_itr:1=100");
	c.mac[5] = 9;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), 0);
	assert_string_equal(fake_journal(f, all), "set_filter");
	assert_int_equal(f->a->vector[1].itr_us, 100);
	nax_vector_set_itr(&f->a->vector[1], 20);
	assert_string_equal(fake_journal(f, all), "set_itr:1=20");
	assert_int_equal(f->a->mac[5], 9);
	assert_int_equal(f->filter.ucast[0][5], 9);
	memset(c.mac, 0, 6);
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), 0);
	assert_memory_equal(f->a->mac, f->caps.perm_mac, 6);
	fake_journal(f, all);

	c.link.modes = NAX_LINK_1G;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER), "link_set");

	c.offloads &= ~(NAX_OFFLOAD_RSS | NAX_OFFLOAD_VLAN_FILTER);
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER), "set_offloads set_rss set_filter");
	assert_int_equal(f->rss.types, 0);
	assert_true(f->offloads == c.offloads);

	c.mtu = 1600;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER | FAKE_PAUSE), "set_mtu");
	assert_int_equal(f->a->max_frame, 1626);
	assert_memory_equal(nax_adapter_config(f->a), &c, offsetof(struct nax_config, mac));
	fake_destroy(f);
}

static void test_resize_keeps_queue_and_counters(void **state)
{
	struct fake *f = fake_up(0, 2);
	struct nax_config c = *nax_adapter_config(f->a);
	struct nax_queue *rx = f->a->rxq[1], *tx = f->a->txq[1];
	struct nax_queue_stats s;

	(void)state;
	fake_rx(rx, 0, 100, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(rx, 8), 1);
	rx->ring.end++;
	fake_journal(f, FAKE_DRIVER | FAKE_PAUSE | FAKE_DATA);
	c.rx_ring = 256;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER),
			    "pause tx0 pause tx1 pause rx0 pause rx1 queue_stop:rx0 queue_stop:rx1 "
			    "queue_start:rx0 doorbell rx0=0 rx_post:0=255 doorbell rx0=255 "
			    "queue_start:rx1 doorbell rx1=0 rx_post:1=255 doorbell rx1=255 "
			    "resume tx0 resume tx1 resume rx0 resume rx1");
	assert_ptr_equal(f->a->rxq[1], rx);
	assert_int_equal(nax_ring_size(&rx->ring), 256);
	assert_int_equal(nax_adapter_queue_stats(f->a, true, 1, &s), 0);
	assert_true(s.packets == 1 && s.bytes == 100 && s.drops == 0);
	fake_rx(rx, 0, 60, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(rx, 8), 1);

	c.tx_ring = 128;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER),
			    "queue_stop:tx0 queue_stop:tx1 queue_start:tx0 queue_start:tx1");
	assert_ptr_equal(f->a->txq[1], tx);
	assert_int_equal(nax_ring_size(&tx->ring), 128);
	/* a larger buffer than 2 KiB is another ring, too */
	c.offloads &= ~NAX_OFFLOAD_RX_SCATTER;
	c.mtu = 3000;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_int_equal(rx->buf_len, 3072);
	assert_int_equal(rx->ring.slot[0].cap, 3072);
	assert_int_equal(rx->slots_max, 1);
	fake_destroy(f);
}

/* A queue joins frames from its start on, or not. */
static void test_lro_is_of_queues(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_config c = *nax_adapter_config(f->a);

	(void)state;
	fake_journal(f, FAKE_DRIVER);
	c.offloads |= NAX_OFFLOAD_LRO;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER),
			    "queue_stop:rx0 set_offloads set_rss set_filter queue_start:rx0");
	assert_true(f->offloads & NAX_OFFLOAD_LRO);
	c.offloads &= ~NAX_OFFLOAD_LRO;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER),
			    "queue_stop:rx0 set_offloads set_rss set_filter queue_start:rx0");
	fake_destroy(f);
}

/* A buffer that the device takes for a larger one goes before frames can be longer. */
static void test_long_frames_are_of_queues(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_config c = *nax_adapter_config(f->a);

	(void)state;
	fake_journal(f, FAKE_DRIVER);
	c.mtu = 1400;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER), "set_mtu");
	f->a->caps.rx_long_dropped = true;
	c.mtu = 1500;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER), "queue_stop:rx0 set_mtu queue_start:rx0");
	c.offloads |= NAX_OFFLOAD_RX_ALL;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER),
			    "queue_stop:rx0 set_offloads set_rss set_filter queue_start:rx0");
	f->a->caps.rx_long_dropped = false;
	fake_destroy(f);
}

static void test_queue_count(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_config c = *nax_adapter_config(f->a);
	struct nax_queue *rx = f->a->rxq[0];
	struct nax_queue_stats s;

	(void)state;
	fake_journal(f, FAKE_DRIVER | FAKE_SYSTEM);
	c.n_rxq = 3;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_string_equal(fake_journal(f, 0),
			    "vectors 0 queue_stop:tx0 queue_stop:rx0 stop start link_set set_filter "
			    "set_offloads set_rss set_itr:0=0 set_itr:1=0 set_itr:2=0 vectors 4 "
			    "queue_start:tx0 queue_start:rx0 queue_start:rx1 queue_start:rx2 up");
	assert_ptr_equal(f->a->rxq[0], rx);
	assert_int_equal(f->rss.table[2], 2);
	fake_rx(f->a->rxq[2], 0, 64, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(f->a->rxq[2], 8), 1);
	c.n_rxq = 2;
	c.n_txq = 2;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_int_equal(f->a->n_rxq, 2);
	assert_null(f->a->rxq[2]);
	assert_int_equal(f->rss.table[2], 0);
	/* the counters outlive the queue; its unread packet is a drop */
	assert_int_equal(nax_adapter_queue_stats(f->a, true, 2, &s), 0);
	assert_true(s.packets == 1 && s.drops == 1);
	fake_destroy(f);
}

static void test_mtu_without_set_mtu(void **state)
{
	struct fake *f = fake_create(0);
	struct nax_config c;

	(void)state;
	f->ops.set_mtu = NULL;
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, NULL), 0);
	fake_config(f, 1, &c);
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	fake_journal(f, FAKE_DRIVER);
	c.mtu = 9000;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_string_equal(fake_journal(f, 0),
			    "queue_stop:tx0 queue_stop:rx0 stop start link_set set_filter "
			    "set_offloads set_rss set_itr:0=0 queue_start:tx0 queue_start:rx0 up");
	assert_int_equal(f->a->rxq[0]->slots_max, 5);
	fake_destroy(f);
}

static void still_runs(struct fake *f, const struct nax_config *old)
{
	u32 i;

	assert_int_equal(f->a->state, NAX_STATE_UP);
	assert_memory_equal(nax_adapter_config(f->a), old, sizeof(*old));
	assert_int_equal(f->a->n_rxq, old->n_rxq);
	assert_int_equal(f->a->n_txq, old->n_txq);
	assert_int_equal(f->a->max_frame, old->mtu + 26);
	for (i = 0; i < old->n_rxq; i++) {
		assert_int_equal(nax_ring_size(&f->a->rxq[i]->ring), old->rx_ring);
		assert_true(nax_queue_running(f->a->rxq[i]));
		fake_rx(f->a->rxq[i], 0, 64, NAX_F_EOP);
		assert_int_equal(nax_queue_poll_rx(f->a->rxq[i], 8), 1);
		f->a->rxq[i]->ring.end++;
		nax_queue_post_rx(f->a->rxq[i]);
	}
	for (i = 0; i < old->n_txq; i++) {
		assert_int_equal(nax_ring_size(&f->a->txq[i]->ring), old->tx_ring);
		fake_tx(f->a->txq[i], 0, 60, NAX_F_EOP);
		nax_queue_submit(f->a->txq[i], 1);
		nax_queue_post_tx(f->a->txq[i]);
		fake_tx_done(f->a->txq[i]);
		assert_int_equal(nax_queue_poll_tx(f->a->txq[i]), 1);
	}
}

static void test_every_allocation_fails(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_config old, c;
	struct nax_error err;
	u32 i, n;

	(void)state;
	fake_config(f, 2, &old);
	old.rx_ring = 16;
	old.tx_ring = 16;
	c = old;
	c.rx_ring = 32;
	c.tx_ring = 64;
	c.n_rxq = 3;
	assert_int_equal(nax_adapter_up(f->a, &old, NULL), 0);
	f->allocs = 0;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), 0);
	n = f->allocs;
	assert_true(n > 3 * 32 + 2 * 64);
	assert_int_equal(nax_adapter_reconfigure(f->a, &old, &err), 0);
	for (i = 1; i <= n; i++) {
		fake_journal(f, FAKE_DRIVER | FAKE_PAUSE | FAKE_SYSTEM);
		f->alloc_in = i;
		assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), -ENOMEM);
		assert_non_null(strstr(err.text, "no memory"));
		/* nobody noticed: no queue was so much as paused */
		assert_string_equal(fake_journal(f, 0), "");
		still_runs(f, &old);
	}
	fake_destroy(f);
}

static void test_device_refuses(void **state)
{
	static const struct {
		const char *op;
		u32 rx_ring;
		u16 n_rxq;
		u32 mtu;
		u32 modes;
	} cases[] = {
		{ "set_mtu", 64, 2, 2000, 0 },
		{ "set_mtu", 128, 2, 2000, 0 },
		{ "link_set", 64, 2, 1500, NAX_LINK_1G },
		{ "link_set", 128, 2, 2000, NAX_LINK_1G },
		{ "start", 64, 3, 1500, 0 },
		{ "start", 128, 1, 2000, 0 },
		{ "link_set", 128, 4, 1500, 0 },
		{ "vectors_enable", 128, 3, 1500, 0 },
	};
	struct nax_config old, c;
	struct nax_error err;
	struct nax_rss rss, now;
	struct fake *f;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		f = fake_up(0, 2);
		nax_adapter_get_rss(f->a, &rss);
		rss.table[0] = 1;
		assert_int_equal(nax_adapter_set_rss(f->a, &rss, NULL), 0);
		old = *nax_adapter_config(f->a);
		c = old;
		c.rx_ring = cases[i].rx_ring;
		c.n_rxq = cases[i].n_rxq;
		c.mtu = cases[i].mtu;
		c.link.modes = cases[i].modes;
		fake_fail(f, cases[i].op, 1, -EIO);
		assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), -EIO);
		assert_non_null(strstr(err.text, strcmp(cases[i].op, "vectors_enable") ?
					       cases[i].op : "vectors could not be enabled"));
		still_runs(f, &old);
		nax_adapter_get_rss(f->a, &now);
		assert_memory_equal(&now, &rss, sizeof(rss));
		assert_memory_equal(&f->rss, &rss, sizeof(rss));
		assert_true(nax_adapter_recovery(f->a, NULL) == NAX_RECOVER_NONE);
		fake_destroy(f);
	}
}

/*
 * Neither the new nor the old configuration comes up: recovery takes over where the reset left off.
 * What was made in vain goes before that, while all polls rest.
 */
static void test_device_refuses_old_too(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_config old = *nax_adapter_config(f->a), c = old;
	struct nax_error err;

	(void)state;
	c.n_rxq = 2;
	fake_fail(f, "start", 2, -EIO);
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), -EIO);
	assert_int_equal(nax_adapter_recovery(f->a, NULL), NAX_RECOVER_FLR);
	assert_int_equal(f->puts_awake, 0);
	still_runs(f, &old);

	fake_fail(f, "start", 3, -EIO);
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), -EIO);
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	assert_int_equal(f->events[NAX_EVENT_GONE], 1);
	assert_int_equal(f->puts_awake, 0);
	fake_destroy(f);
}

static u32 stuck_stops;

/* A queue that does not stop takes the device with it. */
static void stuck_queue_stop(struct nax_queue *q)
{
	if (!stuck_stops)
		return;
	stuck_stops--;
	nax_hung(q->adapter, NULL, "does not stop");
}

/* The restart that follows settles that, in the new configuration and in the old one. */
static void test_stuck_before_restart(void **state)
{
	struct fake *f;
	struct nax_config old, c;
	struct nax_error err;
	u32 fails;

	(void)state;
	for (fails = 0; fails < 2; fails++) {
		f = fake_up(0, 1);
		f->ops.queue_stop = stuck_queue_stop;
		old = *nax_adapter_config(f->a);
		c = old;
		c.n_rxq = 2;
		stuck_stops = 1;
		fake_fail(f, "start", fails, -EIO);
		assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), fails ? -EIO : 0);
		assert_false(nax_queue_halted(f->a->rxq[0], NAX_HALT_STUCK));
		assert_false(nax_queue_halted(f->a->txq[0], NAX_HALT_STUCK));
		fake_tick(f, 500);
		assert_int_equal(f->events[NAX_EVENT_RESET], 0);
		assert_int_equal(nax_adapter_recovery(f->a, NULL), NAX_RECOVER_NONE);
		if (fails)
			still_runs(f, &old);
		fake_destroy(f);
	}
}

/* One queue restarts, with smaller buffers, of which its frames take more; the others run on. */
static void test_restart_one(void **state)
{
	struct fake *f = fake_up(2, 2);
	struct nax_queue *q = f->a->rxq[1], *other = f->a->rxq[0];
	struct nax_queue_stats s;

	(void)state;
	assert_int_equal(q->slots_max, 1);
	fake_rx(q, 0, 60, NAX_F_EOP);
	fake_rx(other, 0, 60, NAX_F_EOP);
	f->buf_len = 256;
	fake_journal(f, FAKE_DRIVER | FAKE_PAUSE);
	assert_int_equal(nax_adapter_queue_restart(f->a, true, 1, NULL), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER | FAKE_PAUSE),
			    "pause rx1 queue_stop:rx1 queue_start:rx1 resume rx1");
	assert_int_equal(q->buf_len, 256);
	assert_int_equal(q->slots_max, DIV_ROUND_UP(1500 + NAX_FRAME_OVERHEAD, 256));
	assert_int_equal(other->slots_max, 1);
	nax_adapter_queue_stats(f->a, true, 1, &s);
	assert_true(s.packets == 1 && s.drops == 1);
	assert_int_equal(nax_queue_poll_rx(other, 8), 1);
	fake_rx(q, 0, 256, 0);
	fake_rx(q, 1, 44, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(q, 8), 1);
	assert_int_equal(nax_ring_received(&q->ring), 2);

	assert_int_equal(nax_adapter_queue_restart(f->a, false, 0, NULL), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER | FAKE_PAUSE),
			    "pause tx0 queue_stop:tx0 queue_start:tx0 resume tx0");
	assert_int_equal(nax_adapter_queue_restart(f->a, true, 2, NULL), -ENETDOWN);
	nax_adapter_suspend(f->a);
	fake_journal(f, FAKE_DRIVER | FAKE_PAUSE);
	assert_int_equal(nax_adapter_queue_restart(f->a, true, 1, NULL), -ENETDOWN);
	assert_string_equal(fake_journal(f, ~0u), "");
	assert_int_equal(f->events[NAX_EVENT_VERIFY], 0);
	fake_destroy(f);
}

/* Memory comes before the queue stops; its name, counters and place stay. */
static void test_restart_with_spare(void **state)
{
	struct fake *f = fake_up(2, 2);
	const struct nax_config *cfg = nax_adapter_config(f->a);
	struct nax_queue *q = f->a->rxq[1], *spare = NULL;
	const struct nax_slot *slots = q->ring.slot;
	struct nax_queue_stats s;
	struct nax_error err;
	u32 i, n;

	(void)state;
	fake_journal(f, FAKE_DRIVER | FAKE_PAUSE);
	f->allocs = 0;
	assert_int_equal(nax_adapter_spare_make(f->a, cfg, true, 1, &spare, &err), 0);
	n = f->allocs;
	assert_true(n > cfg->rx_ring);
	nax_adapter_spare_free(f->a, spare);
	for (i = 1; i <= n; i++) {
		f->alloc_in = i;
		assert_int_equal(nax_adapter_spare_make(f->a, cfg, true, 1, &spare, &err), -ENOMEM);
		assert_non_null(strstr(err.text, "rx queue 1"));
	}
	assert_int_equal(nax_adapter_spare_make(f->a, cfg, true, 1, &spare, &err), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER | FAKE_PAUSE), "");

	fake_rx(q, 0, 60, NAX_F_EOP);
	assert_int_equal(nax_adapter_queue_restart(f->a, true, 1, spare), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER | FAKE_PAUSE),
			    "pause rx1 queue_stop:rx1 queue_start:rx1 resume rx1");
	assert_ptr_equal(f->a->rxq[1], q);
	assert_ptr_not_equal(q->ring.slot, slots);
	fake_rx(q, 0, 60, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(q, 8), 1);
	nax_adapter_queue_stats(f->a, true, 1, &s);
	assert_true(s.packets == 2 && s.drops == 1);

	assert_int_equal(nax_adapter_spare_make(f->a, cfg, true, 1, &spare, &err), 0);
	nax_adapter_suspend(f->a);
	slots = q->ring.slot;
	assert_int_equal(nax_adapter_queue_restart(f->a, true, 1, spare), -ENETDOWN);
	assert_ptr_equal(q->ring.slot, slots);
	nax_adapter_spare_free(f->a, spare);
	assert_int_equal(f->events[NAX_EVENT_VERIFY], 0);
	fake_destroy(f);
}

/* The device went, and nobody has seen to that yet: whoever restarts a queue takes something away. */
static void test_restart_of_gone(void **state)
{
	struct fake *f = fake_up(2, 2);
	struct nax_queue *q = f->a->rxq[1], *spare = NULL;
	const struct nax_slot *slots = q->ring.slot;
	struct nax_error err;

	(void)state;
	assert_int_equal(nax_adapter_spare_make(f->a, nax_adapter_config(f->a), true, 1, &spare,
						&err), 0);
	f->dead = true;
	fake_poll(f);
	nax_reg_read(f->a, 0);
	assert_true(nax_is_gone(nax_core_of(f->a)));
	assert_int_equal(f->a->state, NAX_STATE_UP);
	assert_true(nax_queue_running(q));
	assert_int_equal(nax_adapter_queue_restart(f->a, true, 1, spare), -ENETDOWN);
	assert_false(nax_queue_running(q));
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	assert_int_equal(f->events[NAX_EVENT_GONE], 1);
	assert_ptr_equal(q->ring.slot, slots);
	nax_adapter_spare_free(f->a, spare);
	assert_int_equal(f->events[NAX_EVENT_VERIFY], 0);
	fake_destroy(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_buffers_between_steps),
		cmocka_unit_test(test_limits_that_depend),
		cmocka_unit_test(test_refused_up_and_reconfigure),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_live_changes),
		cmocka_unit_test(test_resize_keeps_queue_and_counters),
		cmocka_unit_test(test_lro_is_of_queues),
		cmocka_unit_test(test_long_frames_are_of_queues),
		cmocka_unit_test(test_queue_count),
		cmocka_unit_test(test_mtu_without_set_mtu),
		cmocka_unit_test(test_every_allocation_fails),
		cmocka_unit_test(test_device_refuses),
		cmocka_unit_test(test_device_refuses_old_too),
		cmocka_unit_test(test_stuck_before_restart),
		cmocka_unit_test(test_restart_one),
		cmocka_unit_test(test_restart_with_spare),
		cmocka_unit_test(test_restart_of_gone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
