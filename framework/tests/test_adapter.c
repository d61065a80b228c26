// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links: framework/core, fake.c, fake_driver.c. The adapter's life: order, replay, gone. */
#include <string.h>

#include "fake.h"

#define REPLAY "link_set set_filter set_offloads set_rss set_itr:0=0 set_itr:1=0 "

static void test_order_up_down(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_error err;
	struct nax_config c;

	(void)state;
	assert_int_equal(f->a->state, NAX_STATE_ATTACHED);
	assert_int_equal(f->command, 6);
	fake_journal(f, FAKE_DRIVER | FAKE_SYSTEM);
	fake_config(f, 2, &c);
	assert_int_equal(nax_adapter_up(f->a, &c, &err), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER | FAKE_SYSTEM | FAKE_PAUSE),
			    "start " REPLAY "vectors 3 "
			    "queue_start:tx0 queue_start:tx1 queue_start:rx0 queue_start:rx1 up");
	assert_int_equal(f->a->state, NAX_STATE_UP);
	assert_int_equal(f->a->n_vectors, 3);

	nax_adapter_down(f->a);
	assert_string_equal(fake_journal(f, FAKE_DRIVER),
			    "pause tx0 pause tx1 pause rx0 pause rx1 vectors 0 "
			    "queue_stop:tx0 queue_stop:tx1 queue_stop:rx0 queue_stop:rx1 stop "
			    "resume rx0 resume rx1 resume tx0 resume tx1");
	assert_int_equal(f->a->state, NAX_STATE_ATTACHED);
	assert_int_equal(f->a->n_rxq, 0);
	nax_adapter_detach(f->a);
	assert_string_equal(fake_journal(f, 0), "detach");
	assert_int_equal(f->command, 2);
	fake_destroy(f);
}

/* What another driver has left on cannot reach memory until the driver has reset the device. */
static void test_no_bus_master_before_attach(void **state)
{
	struct fake *f = fake_create(0);
	struct nax_error err;

	(void)state;
	f->command = 6;
	fake_journal(f, FAKE_DRIVER | FAKE_SYSTEM);
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, &err), 0);
	assert_string_equal(fake_journal(f, 0), "config[4]=2 attach config[4]=6");
	fake_destroy(f);
}

static void test_buffers_posted_before_up(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_config c;

	(void)state;
	fake_journal(f, FAKE_DRIVER | FAKE_DATA);
	fake_config(f, 1, &c);
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	/* 64 slots, of which one is kept back: the doorbell rings 63. */
	assert_non_null(strstr(fake_journal(f, 0),
			       "queue_start:rx0 doorbell rx0=0 rx_post:0=63 doorbell rx0=63 up"));
	assert_int_equal(f->a->rxq[0]->stats.doorbells, 1);
	fake_destroy(f);
}

static void test_reset_replays(void **state)
{
	struct fake *f = fake_up(0, 2);
	const u8 mcast[1][6] = { { 1, 0, 0x5e, 0, 0, 1 } };
	struct nax_filter filter = { .flags = NAX_FILTER_BROADCAST, .n_mcast = 1, .mcast = mcast };
	struct nax_rss rss;

	(void)state;
	assert_int_equal(nax_adapter_set_filter(f->a, &filter, NULL), 0);
	nax_adapter_get_rss(f->a, &rss);
	rss.table[3] = 0;
	rss.key[7] = 0x55;
	assert_int_equal(nax_adapter_set_rss(f->a, &rss, NULL), 0);
	memset(&f->filter, 0, sizeof(f->filter));
	memset(&f->rss, 0, sizeof(f->rss));
	f->offloads = 0;
	fake_journal(f, FAKE_DRIVER | FAKE_SYSTEM);
	assert_int_equal(nax_adapter_reset(f->a, "test", NULL), 0);
	assert_string_equal(fake_journal(f, 0),
			    "vectors 0 queue_stop:tx0 queue_stop:tx1 queue_stop:rx0 queue_stop:rx1 stop "
			    "start " REPLAY "vectors 3 "
			    "queue_start:tx0 queue_start:tx1 queue_start:rx0 queue_start:rx1 up");
	assert_int_equal(f->filter.n_mcast, 1);
	assert_memory_equal(f->filter.mcast[0], mcast[0], 6);
	assert_memory_equal(f->filter.ucast[0], f->a->mac, 6);
	assert_int_equal(f->rss.table[3], 0);
	assert_int_equal(f->rss.table[2], 0);
	assert_int_equal(f->rss.table[1], 1);
	assert_int_equal(f->rss.key[7], 0x55);
	assert_true(f->offloads == f->a->offloads);
	assert_int_equal(f->a->state, NAX_STATE_UP);
	fake_destroy(f);
}

static void test_suspend_resume(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_error err;

	(void)state;
	fake_journal(f, FAKE_DRIVER);
	assert_int_equal(nax_adapter_suspend(f->a), 0);
	assert_int_equal(f->a->state, NAX_STATE_SUSPENDED);
	assert_string_equal(fake_journal(f, FAKE_DRIVER), "queue_stop:tx0 queue_stop:rx0 stop");
	assert_int_equal(nax_queue_poll_rx(f->a->rxq[0], 8), 0);
	assert_int_equal(nax_adapter_up(f->a, nax_adapter_config(f->a), &err), -EBUSY);
	assert_string_equal(err.text, "adapter is suspended: must be attached");
	assert_int_equal(nax_adapter_reset(f->a, "x", &err), -ENETDOWN);
	/* power was lost: memory decoding and bus mastering too */
	f->command = 0;
	assert_int_equal(nax_adapter_resume(f->a, &err), 0);
	assert_int_equal(f->command, 6);
	assert_string_equal(fake_journal(f, FAKE_DRIVER),
			    "start link_set set_filter set_offloads set_rss set_itr:0=0 "
			    "queue_start:tx0 queue_start:rx0 up");
	assert_int_equal(f->a->state, NAX_STATE_UP);
	assert_int_equal(nax_adapter_resume(f->a, &err), -EINVAL);
	assert_string_equal(err.text, "adapter is up: must be suspended or gone");

	nax_adapter_down(f->a);
	assert_int_equal(nax_adapter_suspend(f->a), 0);
	assert_int_equal(nax_adapter_resume(f->a, &err), 0);
	assert_int_equal(f->a->state, NAX_STATE_ATTACHED);
	fake_destroy(f);
}

/* A device that cannot be reached is not touched, and works again when it can. */
static void test_cut_off(void **state)
{
	struct fake *f = fake_up(0, 2);
	struct nax_link link;
	struct nax_error err;
	u32 accesses;

	(void)state;
	fake_tick(f, 200);
	f->dead = true;
	accesses = f->reads + f->writes;
	assert_int_equal(nax_adapter_cut_off(f->a, "bus error"), 0);
	assert_int_equal(f->a->state, NAX_STATE_SUSPENDED);
	fake_tick(f, 500);
	assert_int_equal(f->a->state, NAX_STATE_SUSPENDED);
	assert_int_equal(f->reads + f->writes, accesses);
	assert_int_equal(f->events[NAX_EVENT_GONE], 0);
	nax_adapter_link(f->a, &link);
	assert_false(link.up);
	assert_string_equal(link.reason, "bus error");

	f->dead = false;
	f->command = 0;
	assert_int_equal(nax_adapter_resume(f->a, &err), 0);
	assert_int_equal(f->a->state, NAX_STATE_UP);
	assert_false(f->a->gone);
	fake_tick(f, 1200);
	nax_adapter_link(f->a, &link);
	assert_true(link.up);
	fake_rx(f->a->rxq[1], 0, 64, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(f->a->rxq[1], 8), 1);

	/* down meanwhile: it comes back as attached */
	assert_int_equal(nax_adapter_cut_off(f->a, "bus error"), 0);
	nax_adapter_down(f->a);
	assert_int_equal(f->a->state, NAX_STATE_SUSPENDED);
	assert_int_equal(nax_adapter_resume(f->a, &err), 0);
	assert_int_equal(f->a->state, NAX_STATE_ATTACHED);
	fake_destroy(f);
}

/* One that is still away is gone; and one that is gone comes back after a reset by others. */
static void test_comes_back(void **state)
{
	struct fake *f = fake_up(0, 1);
	struct nax_error err;

	(void)state;
	assert_int_equal(nax_adapter_cut_off(f->a, "bus error"), 0);
	f->dead = true;
	assert_int_equal(nax_adapter_resume(f->a, &err), -ENODEV);
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	assert_int_equal(f->events[NAX_EVENT_GONE], 1);
	assert_int_equal(nax_adapter_cut_off(f->a, "bus error"), -ENODEV);
	assert_int_equal(nax_adapter_resume(f->a, &err), -ENODEV);
	assert_string_equal(err.text, "device is gone: PCI command register reads all-ones");
	assert_int_equal(f->events[NAX_EVENT_GONE], 1);

	f->dead = false;
	f->command = 0;
	assert_int_equal(nax_adapter_resume(f->a, &err), 0);
	assert_int_equal(f->a->state, NAX_STATE_UP);
	assert_int_equal(f->command, 6);
	fake_rx(f->a->rxq[0], 0, 64, NAX_F_EOP);
	assert_int_equal(nax_queue_poll_rx(f->a->rxq[0], 8), 1);
	assert_true(nax_adapter_recoveries(f->a, NAX_RECOVER_GONE) == 1);
	nax_adapter_give_up(f->a, "for good");
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	assert_string_equal(f->event, "for good");
	assert_int_equal(nax_adapter_resume(f->a, &err), 0);

	/* a fault right after it: that reset was no help */
	nax_hung(f->a, NULL, "fault");
	fake_tick(f, 200);
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	nax_adapter_down(f->a);
	assert_int_equal(nax_adapter_resume(f->a, &err), 0);
	assert_int_equal(f->a->state, NAX_STATE_ATTACHED);
	fake_destroy(f);
}

static void refuse_attach(struct fake *f, int code, const char *text)
{
	struct nax_error err = { 0 };

	assert_int_equal(nax_adapter_attach(f->a, &f->drv, &err), code);
	assert_int_equal(err.code, code);
	if (!strstr(err.text, text))
		fail_msg("\"%s\" is not in \"%s\"", text, err.text);
	assert_int_equal(f->a->state, NAX_STATE_DETACHED);
	fake_destroy(f);
}

static void test_attach_refused(void **state)
{
	struct fake *f;

	(void)state;
	f = fake_create(0);
	f->a->device = 0x9999;
	refuse_attach(f, -ENODEV, "PCI id 1234:9999 is none that driver fake knows");
	f = fake_create(0);
	f->a->bar_size = 0x800;
	refuse_attach(f, -ENODEV, "BAR 0 is 0x800 bytes: driver fake needs 0x1000");
	f = fake_create(0);
	f->reg[FAKE_ALIVE / 4] = 0xffffffff;
	refuse_attach(f, -ENODEV, "register 0x00008 reads all-ones");
	f = fake_create(0);
	f->dead = true;
	refuse_attach(f, -ENODEV, "PCI command register reads all-ones");
	f = fake_create(0);
	f->stuck_command = true;
	refuse_attach(f, -EIO, "PCI command register is 0x0000: 0x0002");
	f = fake_create(0);
	fake_fail(f, "config_read", 1, -EIO);
	refuse_attach(f, -EIO, "PCI command register: access failed with -5");
	f = fake_create(0);
	fake_fail(f, "attach", 1, -EILSEQ);
	refuse_attach(f, -EILSEQ, "attach refused: register 0x00000 is 0x1");
	f = fake_create(0);
	f->ops.irq_ack = NULL;
	refuse_attach(f, -EINVAL, "ops.irq_ack is missing");
	f = fake_create(0);
	f->caps.ring_min = 100;
	refuse_attach(f, -EINVAL, "caps.ring_min is 100: must be a power of two from 8 to 32768");
	f = fake_create(0);
	f->caps.tx_slots_max = 63;
	refuse_attach(f, -EINVAL, "tx_ring is 64: must exceed 64, the descriptors that one packet may take");
}

/* Bus mastering must not stay on for a device that has no driver. */
static void test_attach_failure_disables(void **state)
{
	struct fake *f = fake_create(0);

	(void)state;
	f->caps.rxq_max = 0;
	fake_journal(f, FAKE_DRIVER | FAKE_SYSTEM);
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, NULL), -EINVAL);
	assert_string_equal(fake_journal(f, 0), "config[4]=2 attach config[4]=6 detach config[4]=2");
	/* and the next attempt starts from nothing */
	f->caps.rxq_max = 8;
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, NULL), 0);
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, NULL), -EBUSY);
	fake_destroy(f);
}

static void test_attach_without_memory(void **state)
{
	struct nax_error err;
	struct fake *f;
	u32 n, i;

	(void)state;
	f = fake_create(0);
	f->allocs = 0;
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, &err), 0);
	n = f->allocs;
	assert_true(n >= 6);
	fake_destroy(f);
	for (i = 1; i <= n; i++) {
		f = fake_create(0);
		f->alloc_in = i;
		assert_int_equal(nax_adapter_attach(f->a, &f->drv, &err), -ENOMEM);
		assert_non_null(strstr(err.text, "no memory"));
		fake_destroy(f);
	}
}

static void test_up_failures(void **state)
{
	static const struct {
		const char *op;
		const char *text;
		bool started;
	} cases[] = {
		{ "start", "start refused: register 0x00000 is 0x1", false },
		{ "link_set", "link_set refused: register 0x00000 is 0x1", true },
		{ "vectors_enable", "interrupts: 3 vectors could not be enabled: -28", true },
	};
	struct nax_error err;
	struct nax_config c;
	struct fake *f;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		f = fake_attach(0);
		fake_config(f, 2, &c);
		fake_fail(f, cases[i].op, 1, -ENOSPC);
		fake_journal(f, FAKE_DRIVER);
		assert_int_equal(nax_adapter_up(f->a, &c, &err), -ENOSPC);
		assert_string_equal(err.text, cases[i].text);
		assert_int_equal(!!strstr(fake_journal(f, 0), "stop"), cases[i].started);
		assert_int_equal(f->a->state, NAX_STATE_ATTACHED);
		assert_int_equal(f->bufs, 0);
		assert_int_equal(nax_adapter_up(f->a, &c, &err), 0);
		fake_destroy(f);
	}
}

static void test_up_without_memory(void **state)
{
	struct nax_error err;
	struct nax_config c;
	struct fake *f = fake_attach(0);
	u32 n, i;

	(void)state;
	fake_config(f, 2, &c);
	c.rx_ring = 16;
	c.tx_ring = 16;
	f->allocs = 0;
	assert_int_equal(nax_adapter_up(f->a, &c, &err), 0);
	n = f->allocs;
	nax_adapter_down(f->a);
	for (i = 1; i <= n; i++) {
		f->alloc_in = i;
		assert_int_equal(nax_adapter_up(f->a, &c, &err), -ENOMEM);
		assert_non_null(strstr(err.text, "no memory"));
		assert_int_equal(f->bufs, 0);
		assert_int_equal(f->dma_blocks, 0);
		assert_int_equal(f->a->state, NAX_STATE_ATTACHED);
	}
	assert_int_equal(nax_adapter_up(f->a, &c, &err), 0);
	fake_destroy(f);
}

/* One whole life, in which every control function is used. */
static void live(struct fake *f)
{
	struct nax_filter filter = { .flags = NAX_FILTER_PROMISC };
	u64 v[FAKE_STATS];
	struct nax_config c;
	struct nax_rss rss;

	if (nax_adapter_attach(f->a, &f->drv, NULL))
		return;
	fake_config(f, 2, &c);
	nax_adapter_up(f->a, &c, NULL);
	fake_tick(f, 200);
	nax_adapter_set_filter(f->a, &filter, NULL);
	nax_adapter_get_rss(f->a, &rss);
	nax_adapter_set_rss(f->a, &rss, NULL);
	nax_adapter_hw_stats(f->a, v);
	c.mtu = 2000;
	c.rx_ring = 128;
	c.itr_us = 20;
	nax_adapter_reconfigure(f->a, &c, NULL);
	c.n_rxq = 3;
	nax_adapter_reconfigure(f->a, &c, NULL);
	fake_tick(f, 200);
	nax_adapter_reset(f->a, "test", NULL);
	nax_adapter_suspend(f->a);
	nax_adapter_resume(f->a, NULL);
	nax_hung(f->a, f->a->n_txq ? f->a->txq[0] : NULL, "test");
	fake_tick(f, 200);
	nax_hung(f->a, NULL, "test");
	fake_tick(f, 1200);
}

/* The core keeps the order that it promises to drivers: its own verifier has nothing to say. */
static void test_verifier_is_content(void **state)
{
	struct nax_verify_report r;
	struct fake *f;
	u32 level;

	(void)state;
	for (level = 1; level <= 2; level++) {
		f = fake_create(level);
		live(f);
		assert_int_equal(f->a->state, NAX_STATE_UP);
		nax_verify_get(f->a, &r);
		assert_int_equal(r.level, level);
		assert_string_equal(r.text, "");
		assert_true(r.failures == 0 && r.checks > 1000);
		assert_int_equal(f->events[NAX_EVENT_VERIFY], 0);
		nax_adapter_suspend(f->a);
		nax_adapter_down(f->a);
		nax_adapter_detach(f->a);
		fake_destroy(f);
	}
}

static void test_gone_at_every_op(void **state)
{
	struct nax_config c;
	struct nax_error err;
	struct nax_link link;
	struct fake *f;
	u32 i, n, accesses;
	u64 v[FAKE_STATS];

	(void)state;
	f = fake_create(0);
	live(f);
	n = f->words;
	assert_true(n > 80);
	fake_destroy(f);

	for (i = 1; i <= n; i++) {
		f = fake_create(0);
		f->dead_in = i;
		live(f);
		if (f->a->state != NAX_STATE_DETACHED) {
			nax_reg_read(f->a, FAKE_ALIVE);
			fake_tick(f, 100);
			assert_int_equal(f->a->state, NAX_STATE_GONE);
			assert_true(f->a->gone);
			assert_int_equal(f->events[NAX_EVENT_GONE], 1);
			accesses = f->reads + f->writes;
			fake_tick(f, 3000);
			fake_config(f, 1, &c);
			assert_int_equal(nax_adapter_up(f->a, &c, &err), -ENODEV);
			assert_non_null(strstr(err.text, "device is gone: "));
			assert_non_null(strstr(err.text, "all-ones"));
			assert_int_equal(nax_adapter_reset(f->a, "x", &err), -ENODEV);
			assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), -ENODEV);
			assert_int_equal(nax_adapter_suspend(f->a), -ENODEV);
			nax_adapter_hw_stats(f->a, v);
			assert_true(v[0] < 0xffffffff);
			nax_adapter_down(f->a);
			assert_int_equal(f->a->state, NAX_STATE_GONE);
			nax_adapter_link(f->a, &link);
			assert_non_null(strstr(link.reason, "all-ones"));
			nax_adapter_detach(f->a);
			assert_int_equal(f->reads + f->writes, accesses);
		}
		fake_destroy(f);
	}
}

static void test_reg_wait(void **state)
{
	struct fake *f = fake_attach(0);
	u64 before = f->time_ns;

	(void)state;
	f->reg[3] = 0xa5;
	assert_int_equal(nax_reg_wait(f->a, 12, 0xf0, 0xa0, 10, 1000), 0);
	assert_true(f->time_ns == before);
	assert_int_equal(nax_reg_wait(f->a, 12, 0x0f, 0x0a, 10, 1000), -ETIMEDOUT);
	assert_true(f->time_ns - before >= 1000000 && f->time_ns - before < 1100000);
	assert_int_equal(nax_reg_wait(f->a, 12, 0x0f, 0x0a, 0, 0), -ETIMEDOUT);
	f->dead = true;
	/* all-ones would match the mask: it is no answer */
	assert_int_equal(nax_reg_wait(f->a, 12, 0xf0, 0xf0, 10, 1000), -ENODEV);
	assert_true(f->a->gone);
	fake_destroy(f);
}

/* All-ones in one register is a value like any other while the device is there. */
static void test_all_ones_is_checked(void **state)
{
	struct fake *f = fake_up(0, 1);

	(void)state;
	f->reg[5] = 0xffffffff;
	assert_int_equal(nax_reg_read(f->a, 20), 0xffffffff);
	assert_false(f->a->gone);
	f->dead = true;
	assert_int_equal(nax_reg_read(f->a, 24), 0xffffffff);
	assert_true(f->a->gone);
	nax_adapter_service(f->a);
	assert_string_equal(f->event, "register 0x00018 and register 0x00008 read all-ones");
	fake_destroy(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_up_down),
		cmocka_unit_test(test_no_bus_master_before_attach),
		cmocka_unit_test(test_buffers_posted_before_up),
		cmocka_unit_test(test_reset_replays),
		cmocka_unit_test(test_suspend_resume),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_comes_back),
		cmocka_unit_test(test_attach_refused),
		cmocka_unit_test(test_attach_failure_disables),
		cmocka_unit_test(test_attach_without_memory),
		cmocka_unit_test(test_up_failures),
		cmocka_unit_test(test_up_without_memory),
		cmocka_unit_test(test_verifier_is_content),
		cmocka_unit_test(test_gone_at_every_op),
		cmocka_unit_test(test_reg_wait),
		cmocka_unit_test(test_all_ones_is_checked),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
