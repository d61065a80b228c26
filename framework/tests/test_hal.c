// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links: framework/core, fake.c, fake_driver.c. What drivers call, and drivers that need little. */
#include <string.h>

#include "fake.h"

static void test_config_space(void **state)
{
	struct fake *f = fake_attach(0);

	(void)state;
	assert_int_equal(nax_config_read(f->a, 4, 2), 6);
	nax_config_write(f->a, 4, 2, 7);
	assert_int_equal(f->command, 7);
	fake_fail(f, "config_read", 3, -EIO);
	assert_int_equal(nax_config_read(f->a, 4, 1), 0xff);
	assert_int_equal(nax_config_read(f->a, 4, 2), 0xffff);
	assert_int_equal(nax_config_read(f->a, 4, 4), 0xffffffff);
	fake_fail(f, "config_write", 1, -EIO);
	nax_config_write(f->a, 4, 2, 6);
	assert_string_equal(f->text, "config space 0x4: write of 2 bytes failed: -5");
	nax_mark_gone(f->a, "test");
	nax_config_write(f->a, 4, 2, 0);
	assert_int_equal(f->command, 7);
	assert_int_equal(nax_config_read(f->a, 4, 2), 0xffff);
	fake_destroy(f);
}

static void test_time(void **state)
{
	struct fake *f = fake_attach(0);
	u64 before = nax_time_ns(f->a);

	(void)state;
	nax_delay_us(f->a, 250);
	assert_true(nax_time_ns(f->a) - before == 250000);
	/* a step above the largest is cut to it: 100 ms take 5 steps of 20 ms, not one of a second */
	before = nax_time_ns(f->a);
	assert_int_equal(nax_reg_wait(f->a, FAKE_ALIVE, 1, 0, 1000000, 100000), -ETIMEDOUT);
	assert_true(nax_time_ns(f->a) - before == 100000000);
	fake_destroy(f);
}

static int start_twice(struct nax_adapter *a)
{
	nax_fail(a, -EIO, "the cause, %d", 1);
	return nax_fail(a, -EINVAL, "what followed");
}

static int start_silent(struct nax_adapter *a)
{
	(void)a;
	return -EPERM;
}

static void test_first_reason_is_kept(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_config c;
	struct nax_error err;

	(void)state;
	fake_config(f, 1, &c);
	f->ops.start = start_twice;
	assert_int_equal(nax_adapter_up(f->a, &c, &err), -EINVAL);
	assert_string_equal(err.text, "the cause, 1");
	/* and is not there any more when the next operation fails */
	f->ops.start = start_silent;
	assert_int_equal(nax_adapter_up(f->a, &c, &err), -EPERM);
	assert_string_equal(err.text, "start failed with -1 and gave no reason");
	fake_destroy(f);
}

static void test_error_text_is_bounded(void **state)
{
	struct nax_error err;
	char big[1000];

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(nax_error_set(&err, -EINVAL, "%s", big), -EINVAL);
	assert_int_equal(strlen(err.text), NAX_ERROR_TEXT - 1);
	assert_int_equal(nax_error_set(NULL, -EIO, "%s", big), -EIO);
}

static void test_notes(void **state)
{
	struct nax_note n = { 0 };
	char why[NAX_ERROR_TEXT];

	(void)state;
	assert_string_equal(nax_note_text(&n), "");
	assert_false(nax_note_take(&n, why));
	assert_true(nax_note_post(&n, "first"));
	assert_false(nax_note_post(&n, "second"));
	assert_string_equal(nax_note_text(&n), "first");
	assert_true(nax_note_take(&n, why));
	assert_string_equal(why, "first");
	assert_true(nax_note_post(&n, NULL));
	assert_true(nax_note_take(&n, why));
	assert_string_equal(why, "no reason given");
}

/* Nothing but the 13 functions that every driver has, and the fewest capabilities. */
static void test_smallest_driver(void **state)
{
	struct fake *f = fake_create(0);
	struct nax_config c;
	struct nax_link link;
	struct nax_diag *d = calloc(1, sizeof(*d));
	u64 v[1] = { 7 };

	(void)state;
	assert_non_null(d);
	f->ops.up = NULL;
	f->ops.set_offloads = NULL;
	f->ops.set_rss = NULL;
	f->ops.link_get = NULL;
	f->ops.link_set = NULL;
	f->ops.stats = NULL;
	f->ops.set_itr = NULL;
	f->ops.set_mtu = NULL;
	f->ops.diag = NULL;
	f->ops.flow = NULL;
	f->caps.offloads = 0;
	f->caps.flow_rules = 0;
	f->caps.rss_entries = 0;
	f->caps.rx_buf_min = 2304;
	f->caps.rx_buf_max = 9216;
	f->caps.mtu_min = 1600;
	f->caps.n_stats = 0;
	f->caps.irq_autoclear = false;
	f->drv.priv_size = 0;
	f->drv.queue_priv_size = 0;
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, NULL), 0);
	assert_null(f->a->priv);
	fake_config(f, 2, &c);
	assert_int_equal(c.mtu, 1600);
	fake_journal(f, FAKE_DRIVER);
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER),
			    "start set_filter queue_start:tx0 queue_start:tx1 queue_start:rx0 queue_start:rx1");
	assert_int_equal(f->a->rxq[0]->buf_len, 2304);
	fake_tick(f, 200);
	nax_adapter_link(f->a, &link);
	assert_true(link.up && link.speed == 10000 && link.full_duplex);
	c.itr_us = 10;
	c.offloads = ~0ull;
	c.link.modes = NAX_LINK_1G;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_true(f->a->offloads == 0);
	nax_adapter_hw_stats(f->a, v);
	assert_true(v[0] == 7);
	nax_adapter_diag(f->a, "why", d);
	assert_int_equal(d->n, 0);
	f->causes = 5;
	nax_adapter_irq(f->a, 0);
	assert_int_equal(f->causes, 0);
	nax_hung(f->a, NULL, "test");
	nax_adapter_service(f->a);
	assert_int_equal(f->a->state, NAX_STATE_UP);
	free(d);
	fake_destroy(f);
}

static void test_leak_is_reported(void **state)
{
	struct fake *f = fake_attach(0);
	struct nax_core *c = f->a->core;
	void *p = nax_zalloc(c, 10);

	(void)state;
	assert_true(((uintptr_t)p & 63) == 0);
	c->bufs++;
	/* freed behind the core's back, so that only the core's own count is wrong */
	free(((void **)p)[-1]);
	f->blocks--;
	nax_adapter_detach(f->a);
	nax_adapter_destroy(f->a);
	assert_string_equal(f->text, "leaked: 1 memory blocks, 0 DMA blocks, 1 buffers");
	assert_int_equal(f->blocks, 0);
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_config_space),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_first_reason_is_kept),
		cmocka_unit_test(test_error_text_is_bounded),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_smallest_driver),
		cmocka_unit_test(test_leak_is_reported),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
