// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Links: framework/core, fake.c, fake_driver.c. Receive flow rules: limits, what goes together, replay. */
#include <string.h>

#include "fake.h"

/* TCP to one port of one address. */
static struct nax_flow_rule web(u32 location, u16 port, u16 queue)
{
	struct nax_flow_rule r = { .location = location, .queue = queue, .proto = NAX_FLOW_TCP };

	r.value[NAX_FLOW_SADDR] = 0xc0000201;
	r.mask[NAX_FLOW_SADDR] = 0xffffffff;
	r.value[NAX_FLOW_DPORT] = port;
	r.mask[NAX_FLOW_DPORT] = 0xffff;
	return r;
}

/* Up with @n queues and the offload that is asked for by name. */
static struct fake *flow_up(u16 n)
{
	struct fake *f = fake_attach(2);
	struct nax_config c;
	struct nax_error err;

	fake_config(f, n, &c);
	assert_false(c.offloads & NAX_OFFLOAD_FLOW);
	c.offloads |= NAX_OFFLOAD_FLOW;
	if (nax_adapter_up(f->a, &c, &err))
		fail_msg("up: %s", err.text);
	fake_journal(f, FAKE_DRIVER);
	return f;
}

static void add(struct fake *f, const struct nax_flow_rule *r)
{
	struct nax_error err;

	if (nax_adapter_flow_add(f->a, r, &err))
		fail_msg("add: %s", err.text);
}

static u32 count(const struct fake *f)
{
	const struct nax_flow_rule *r = nax_adapter_flow_next(f->a, 0);
	u32 n = 0;

	for (; r; r = nax_adapter_flow_next(f->a, r->location + 1))
		n++;
	return n;
}

/* The driver is not asked, and the table stays as it is. */
static void refuse(struct fake *f, const struct nax_flow_rule *r, int code, const char *text)
{
	u32 n = count(f);
	struct nax_error err;

	fake_journal(f, FAKE_DRIVER);
	assert_int_equal(nax_adapter_flow_add(f->a, r, &err), code);
	assert_string_equal(err.text, text);
	assert_string_equal(fake_journal(f, 0), "");
	assert_int_equal(count(f), n);
}

static void test_add_remove(void **state)
{
	struct fake *f = flow_up(4);
	struct nax_flow_rule a = web(5, 80, 1), b = web(2, 443, NAX_FLOW_DROP);
	const struct nax_flow_rule *r;
	struct nax_error err;

	(void)state;
	a.value[NAX_FLOW_DADDR] = 0x01020304;
	a.value[NAX_FLOW_SPORT] = 7;
	a.offset = 3;
	add(f, &a);
	assert_string_equal(fake_journal(f, FAKE_DRIVER), "flow_add:5");
	/* what is not compared is 0 */
	assert_int_equal(f->rule.value[NAX_FLOW_SADDR], 0xc0000201);
	assert_int_equal(f->rule.value[NAX_FLOW_DADDR], 0);
	assert_int_equal(f->rule.value[NAX_FLOW_SPORT], 0);
	assert_int_equal(f->rule.offset, 0);
	assert_int_equal(f->rule.queue, 1);
	add(f, &b);
	r = nax_adapter_flow_next(f->a, 0);
	assert_int_equal(r->location, 2);
	r = nax_adapter_flow_next(f->a, 3);
	assert_int_equal(r->location, 5);
	assert_null(nax_adapter_flow_next(f->a, 6));
	/* one at a location that has one replaces it */
	a.queue = 3;
	fake_journal(f, FAKE_DRIVER);
	add(f, &a);
	assert_string_equal(fake_journal(f, FAKE_DRIVER), "flow_remove:5 flow_add:5");
	assert_int_equal(nax_adapter_flow_next(f->a, 5)->queue, 3);
	assert_int_equal(count(f), 2);
	assert_int_equal(nax_adapter_flow_remove(f->a, 5, NULL), 0);
	assert_string_equal(fake_journal(f, FAKE_DRIVER), "flow_remove:5");
	assert_int_equal(count(f), 1);
	assert_int_equal(nax_adapter_flow_remove(f->a, 5, &err), -ENOENT);
	assert_string_equal(err.text, "flow rule 5 is not there");
	assert_int_equal(nax_adapter_flow_remove(f->a, 8, &err), -ENOENT);
	assert_string_equal(fake_journal(f, 0), "");
	fake_destroy(f);
}

static void test_limits(void **state)
{
	struct fake *f = flow_up(4);
	struct nax_flow_rule r = web(8, 80, 0);

	(void)state;
	refuse(f, &r, -EINVAL, "flow location is 8: must be below 8");
	r = web(7, 80, 4);
	refuse(f, &r, -EINVAL, "flow queue is 4: must be below 4, the receive queues");
	r = web(7, 80, 3);
	r.proto = NAX_FLOW_SCTP;
	refuse(f, &r, -EOPNOTSUPP, "flow protocol is 3: must be the number of a bit of 0x7");
	r.proto = NAX_FLOW_PROTOS;
	refuse(f, &r, -EOPNOTSUPP, "flow protocol is 4: must be the number of a bit of 0x7");
	r.proto = NAX_FLOW_ANY;
	refuse(f, &r, -EINVAL,
	       "flow mask of dport is 0xffff: must be 0, there are no ports to compare for protocol any");
	r = web(7, 80, 3);
	r.mask[NAX_FLOW_VLAN_DEI] = 1;
	refuse(f, &r, -EINVAL,
	       "flow mask of vlan_dei is 0x1: must be 0, the device does not compare it");
	r = web(7, 80, 3);
	r.mask[NAX_FLOW_VLAN_ID] = 0xff0;
	refuse(f, &r, -EINVAL,
	       "flow mask of vlan_id is 0xff0: must be 0 or 0xfff, the device compares all bits or none");
	r = web(7, 80, 3);
	r.mask[NAX_FLOW_DADDR] = 0xffffffff;
	refuse(f, &r, -EINVAL,
	       "flow mask of daddr is 0xffffffff: must be some bits of 0xffffff00");
	r = web(7, 80, 3);
	r.mask[NAX_FLOW_BYTES] = 0xffff;
	r.offset = 32;
	refuse(f, &r, -EINVAL, "flow offset is 32: must be from 0 to 30 in steps of 2");
	r.offset = 3;
	refuse(f, &r, -EINVAL, "flow offset is 3: must be from 0 to 30 in steps of 2");
	r.offset = 30;
	add(f, &r);
	assert_int_equal(f->rule.offset, 30);
	fake_destroy(f);
}

static void test_one_mask(void **state)
{
	struct fake *f = flow_up(4);
	struct nax_flow_rule a = web(1, 80, 1), r = web(2, 80, 2);

	(void)state;
	add(f, &a);
	refuse(f, &r, -EEXIST, "flow rule 1 matches the same packets");
	r = web(2, 81, 2);
	r.mask[NAX_FLOW_SADDR] = 0xffffff00;
	refuse(f, &r, -EINVAL,
	       "flow mask of saddr is 0xffffff00: must be 0xffffffff as in rule 1, the device has one mask");
	r = web(2, 81, 2);
	r.mask[NAX_FLOW_DPORT] = 0xff00;
	refuse(f, &r, -EINVAL,
	       "flow mask of dport is 0xff00: must be 0xffff as in rule 1, the device has one mask");
	/* ports of another protocol are another matter */
	r.proto = NAX_FLOW_UDP;
	add(f, &r);
	r = web(3, 0, 0);
	r.proto = NAX_FLOW_ANY;
	r.mask[NAX_FLOW_DPORT] = 0;
	refuse(f, &r, -EINVAL,
	       "flow protocol is any: rule 1 has tcp, and the device compares it for all rules or for none");
	/* with the last of the old mask another may come; a rule may be replaced by one with it */
	assert_int_equal(nax_adapter_flow_remove(f->a, 2, NULL), 0);
	r = web(1, 80, 1);
	r.mask[NAX_FLOW_BYTES] = 0xffff;
	r.offset = 12;
	add(f, &r);
	r = web(2, 81, 1);
	r.mask[NAX_FLOW_BYTES] = 0xffff;
	r.offset = 14;
	refuse(f, &r, -EINVAL, "flow offset is 14: must be 12 as in rule 1, the device has one");
	fake_destroy(f);
}

/* A device without that limit takes any mask. */
static void test_own_masks(void **state)
{
	struct fake *f = fake_create(2);
	struct nax_flow_rule a = web(1, 80, 1), b = web(2, 80, 2);

	(void)state;
	f->caps.flow_one_mask = false;
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, NULL), 0);
	add(f, &a);
	b.mask[NAX_FLOW_SADDR] = 0;
	add(f, &b);
	assert_int_equal(count(f), 2);
	fake_destroy(f);
}

/* Rules come after every start, in order, and only where they are asked for. */
static void test_replay(void **state)
{
	struct fake *f = fake_attach(2);
	struct nax_flow_rule a = web(6, 80, 1), b = web(0, 81, 0);
	struct nax_config c;

	(void)state;
	fake_journal(f, FAKE_DRIVER);
	add(f, &a);
	add(f, &b);
	assert_string_equal(fake_journal(f, FAKE_DRIVER), "");
	fake_config(f, 2, &c);
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	assert_null(strstr(fake_journal(f, FAKE_DRIVER), "flow"));
	/* memory may have to be set aside for them, so the device starts anew */
	c.offloads |= NAX_OFFLOAD_FLOW;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_non_null(strstr(fake_journal(f, FAKE_DRIVER),
			       " start link_set set_filter set_offloads set_rss set_itr:0=0 set_itr:1=0 "
			       "flow_add:0 flow_add:6 queue_start:"));
	assert_int_equal(nax_adapter_reset(f->a, "test", NULL), 0);
	assert_non_null(strstr(fake_journal(f, FAKE_DRIVER), "flow_add:0 flow_add:6 queue_start:"));
	assert_int_equal(nax_adapter_suspend(f->a), 0);
	assert_int_equal(nax_adapter_flow_remove(f->a, 0, NULL), 0);
	assert_null(strstr(fake_journal(f, FAKE_DRIVER), "flow"));
	assert_int_equal(nax_adapter_resume(f->a, NULL), 0);
	assert_non_null(strstr(fake_journal(f, FAKE_DRIVER), ":1=0 flow_add:6 queue_start:"));
	nax_hung(f->a, NULL, "test");
	nax_adapter_service(f->a);
	assert_non_null(strstr(fake_journal(f, FAKE_DRIVER), "flow_add:6 queue_start:"));
	nax_adapter_down(f->a);
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	assert_non_null(strstr(fake_journal(f, FAKE_DRIVER), "flow_add:6 queue_start:"));
	c.offloads &= ~NAX_OFFLOAD_FLOW;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	assert_null(strstr(fake_journal(f, FAKE_DRIVER), "flow"));
	assert_int_equal(count(f), 1);
	fake_destroy(f);
}

/* A queue that a rule names stays, whoever would have it go. */
static void test_queue_stays(void **state)
{
	struct fake *f = flow_up(4);
	struct nax_flow_rule a = web(6, 80, 2), b = web(0, 81, NAX_FLOW_DROP);
	struct nax_config c = *nax_adapter_config(f->a);
	struct nax_error err;

	(void)state;
	add(f, &a);
	add(f, &b);
	fake_journal(f, FAKE_DRIVER);
	c.n_rxq = 2;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, &err), -EINVAL);
	assert_string_equal(err.text,
			    "n_rxq is 2: must be at least 3, flow rule 6 sends to queue 2");
	assert_string_equal(fake_journal(f, FAKE_DRIVER), "");
	assert_int_equal(f->a->n_rxq, 4);
	c.n_rxq = 3;
	assert_int_equal(nax_adapter_reconfigure(f->a, &c, NULL), 0);
	nax_adapter_down(f->a);
	c.n_rxq = 1;
	assert_int_equal(nax_adapter_up(f->a, &c, &err), -EINVAL);
	assert_string_equal(err.text,
			    "n_rxq is 1: must be at least 3, flow rule 6 sends to queue 2");
	assert_int_equal(nax_adapter_flow_remove(f->a, 6, NULL), 0);
	assert_int_equal(nax_adapter_up(f->a, &c, NULL), 0);
	fake_destroy(f);
}

/* A device that does not obey is reset and has the table as it was before. */
static void test_disobeys(void **state)
{
	struct fake *f = flow_up(4);
	struct nax_flow_rule a = web(1, 80, 1), b = web(2, 81, 2);
	struct nax_error err;

	(void)state;
	add(f, &a);
	fake_fail(f, "flow_add", 1, -ETIMEDOUT);
	assert_int_equal(nax_adapter_flow_add(f->a, &b, &err), -ETIMEDOUT);
	assert_string_equal(err.text, "flow_add refused: register 0x00000 is 0x1");
	assert_int_equal(count(f), 1);
	fake_journal(f, FAKE_DRIVER | FAKE_EVENT);
	nax_adapter_service(f->a);
	assert_non_null(strstr(fake_journal(f, FAKE_DRIVER), "flow_add:1 queue_start:"));
	assert_int_equal(f->events[NAX_EVENT_RESET], 1);
	fake_fail(f, "flow_remove", 1, -ETIMEDOUT);
	f->time_ns += 60ull * 1000 * NAX_MS;
	assert_int_equal(nax_adapter_flow_remove(f->a, 1, &err), -ETIMEDOUT);
	assert_int_equal(count(f), 1);
	nax_adapter_service(f->a);
	assert_int_equal(f->events[NAX_EVENT_RESET], 2);
	/* one that does not take them after any reset is given up */
	fake_fail(f, "flow_add", 100, -ETIMEDOUT);
	assert_int_equal(nax_adapter_reset(f->a, "test", &err), -ENODEV);
	assert_non_null(strstr(err.text, "flow_add refused"));
	assert_int_equal(f->a->state, NAX_STATE_GONE);
	assert_int_equal(nax_adapter_flow_add(f->a, &b, &err), -ENODEV);
	assert_int_equal(nax_adapter_flow_remove(f->a, 1, &err), -ENODEV);
	assert_int_equal(count(f), 1);
	fake_destroy(f);
}

/* A device that dies meanwhile keeps its table, and no register is touched any more. */
static void test_dies(void **state)
{
	struct fake *f = flow_up(4);
	struct nax_flow_rule a = web(1, 80, 1), b = web(2, 81, 2);
	struct nax_error err;
	u32 accesses;

	(void)state;
	add(f, &a);
	f->dead_in = 1;
	assert_int_equal(nax_adapter_flow_add(f->a, &b, &err), -ENODEV);
	assert_int_equal(count(f), 1);
	accesses = f->reads + f->writes;
	assert_int_equal(nax_adapter_flow_remove(f->a, 1, &err), -ENODEV);
	nax_adapter_service(f->a);
	assert_int_equal(f->reads + f->writes, accesses);
	assert_int_equal(f->events[NAX_EVENT_GONE], 1);
	fake_destroy(f);
}

static void test_memory(void **state)
{
	struct fake *f = flow_up(1);
	struct nax_flow_rule a = web(1, 80, 0);
	struct nax_error err;

	(void)state;
	f->alloc_in = 1;
	refuse(f, &a, -ENOMEM, "no memory for a flow rule");
	nax_adapter_detach(f->a);
	assert_int_equal(nax_adapter_flow_add(f->a, &a, &err), -ENODEV);
	assert_null(nax_adapter_flow_next(f->a, 0));
	/* of what is there no more nothing stays */
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, NULL), 0);
	add(f, &a);
	nax_adapter_detach(f->a);
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, NULL), 0);
	assert_int_equal(count(f), 0);
	fake_destroy(f);
	/* and of a device that has none, none can be asked */
	f = fake_create(0);
	f->caps.offloads &= ~NAX_OFFLOAD_FLOW;
	f->caps.flow_rules = 0;
	f->ops.flow = NULL;
	assert_int_equal(nax_adapter_attach(f->a, &f->drv, NULL), 0);
	refuse(f, &a, -EOPNOTSUPP, "flow: the device has no receive flow rules");
	assert_int_equal(nax_adapter_flow_remove(f->a, 0, &err), -ENOENT);
	fake_destroy(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add_remove),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_one_mask),
		cmocka_unit_test(test_own_masks),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_queue_stays),
		cmocka_unit_test(test_disobeys),
		cmocka_unit_test(test_dies),
		cmocka_unit_test(test_memory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
