// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Receive flow rules through the 82599 driver: the flow director's perfect filters. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "simport.h"

#define QUEUES		4
#define FDIR_FIRST	0xee00
#define FDIR_LAST	0xee7c
#define FDIRCTRL	0xee00
#define FDIRCTRL_DONE	0x8u
#define FDIRHASH	0xee28
#define FDIRCMD		0xee2c
#define FDIRFREE	0xee38
#define RXPBSIZE	0x3c00
#define FCRTH		0x3260
#define RULES		2046
#define LOST		(-1)

static u8 frame[SIM_BYTES];

static const struct sim_flow tcp4 = { false, 6, 1000, 2000, 0x0a000001, 0x0a000002, -1, 100 };

static void start(struct sim *s, u64 offloads)
{
	s->config.rx_queues = QUEUES;
	s->config.tx_queues = QUEUES;
	s->config.offloads |= offloads;
	if (sim_start(s))
		fail_msg("start: %s", s->err.text);
	sim_wait_link(s);
}

/* A port with rules, where all that none matches goes to queue 0. */
static struct sim *flow_up(void)
{
	struct sim *s = sim_create(NULL);
	struct nax_rss rss;

	assert_int_equal(sim_open(s, 2), 0);
	assert_false(s->config.offloads & NAX_OFFLOAD_FLOW);
	start(s, NAX_OFFLOAD_FLOW);
	nax_port_get_rss(s->port, &rss);
	memset(rss.table, 0, sizeof(rss.table));
	assert_int_equal(nax_port_set_rss(s->port, &rss, &s->err), 0);
	return s;
}

static u32 reg(struct sim *s, u32 offset)
{
	u32 value;

	assert_int_equal(nicsim_region_read(s->device, 0, offset, &value, 4), 0);
	return value;
}

/* Queue that a flow's packet arrives at, LOST if at none. */
static int ends_at(struct sim *s, const struct sim_flow *f)
{
	u32 len = sim_build(frame, f);

	sim_clear(s);
	sim_inject(s, frame, len);
	if (!s->n_got)
		return LOST;
	assert_int_equal(s->n_got, 1);
	/* the hash is still that of RSS */
	assert_true(f->v6 || s->got[0].flags & NAX_F_HASH_TYPE);
	return s->got[0].queue;
}

static struct nax_flow_rule rule(u32 location, u16 queue, enum nax_flow_proto proto)
{
	return (struct nax_flow_rule){ .location = location, .queue = queue, .proto = proto };
}

static void want(struct nax_flow_rule *r, enum nax_flow_field field, u32 value, u32 mask)
{
	r->value[field] = value;
	r->mask[field] = mask;
}

static void add(struct sim *s, const struct nax_flow_rule *r)
{
	if (nax_port_flow_add(s->port, r, &s->err))
		fail_msg("add %u: %s", r->location, s->err.text);
}

static void add_port(struct sim *s, u32 location, enum nax_flow_proto proto, u16 port, u16 queue)
{
	struct nax_flow_rule r = rule(location, queue, proto);

	want(&r, NAX_FLOW_DPORT, port, 0xffff);
	add(s, &r);
}

static void drop_rule(struct sim *s, u32 location)
{
	if (nax_port_flow_remove(s->port, location, &s->err))
		fail_msg("remove %u: %s", location, s->err.text);
}

static struct sim_flow to_port(u8 proto, u16 port)
{
	struct sim_flow f = tcp4;

	f.proto = proto;
	f.dport = port;
	return f;
}

static int port_ends_at(struct sim *s, u8 proto, u16 port)
{
	struct sim_flow f = to_port(proto, port);

	return ends_at(s, &f);
}

static void steer_and_drop(void **state)
{
	struct sim *s = flow_up();
	struct sim_flow f = to_port(6, 80);
	u64 matches, misses;

	assert_int_equal(port_ends_at(s, 6, 80), 0);
	add_port(s, 0, NAX_FLOW_TCP, 80, 1);
	add_port(s, 2045, NAX_FLOW_TCP, 443, 2);
	add_port(s, 7, NAX_FLOW_UDP, 80, 3);
	add_port(s, 8, NAX_FLOW_UDP, 53, NAX_FLOW_DROP);
	assert_int_equal(port_ends_at(s, 6, 80), 1);
	assert_int_equal(port_ends_at(s, 6, 443), 2);
	assert_int_equal(port_ends_at(s, 17, 80), 3);
	matches = sim_hw_stat(s, "rx_flow_matches");
	misses = sim_hw_stat(s, "rx_flow_misses");
	assert_int_equal(port_ends_at(s, 17, 53), LOST);
	assert_int_equal(sim_hw_stat(s, "rx_flow_matches"), matches + 1);
	assert_int_equal(port_ends_at(s, 6, 53), 0);
	assert_int_equal(sim_hw_stat(s, "rx_flow_misses"), misses + 1);
	assert_int_equal(port_ends_at(s, 17, 443), 0);
	/* IPv6 has no rules */
	f.v6 = true;
	assert_int_equal(ends_at(s, &f), 0);
	/* another queue, another match, none */
	add_port(s, 0, NAX_FLOW_TCP, 80, 3);
	assert_int_equal(port_ends_at(s, 6, 80), 3);
	add_port(s, 0, NAX_FLOW_TCP, 81, 3);
	assert_int_equal(port_ends_at(s, 6, 80), 0);
	assert_int_equal(port_ends_at(s, 6, 81), 3);
	drop_rule(s, 0);
	assert_int_equal(port_ends_at(s, 6, 81), 0);
	assert_int_equal(port_ends_at(s, 6, 443), 2);
	sim_close(s);
}

static void addresses_and_masks(void **state)
{
	struct sim *s = flow_up();
	struct nax_flow_rule r = rule(4, 2, NAX_FLOW_UDP);
	struct sim_flow f = to_port(17, 0x1234);

	want(&r, NAX_FLOW_SADDR, 0xc6336400, 0xffffff00);
	want(&r, NAX_FLOW_DADDR, 0x0a000002, 0xff0000ff);
	want(&r, NAX_FLOW_SPORT, 0x1230, 0xfff0);
	want(&r, NAX_FLOW_DPORT, 0x0034, 0x00ff);
	add(s, &r);
	assert_int_equal(ends_at(s, &f), 0);
	f.saddr = 0xc63364c8;
	f.sport = 0x1235;
	assert_int_equal(ends_at(s, &f), 2);
	f.daddr = 0x0affff02;
	f.dport = 0xff34;
	assert_int_equal(ends_at(s, &f), 2);
	f.daddr = 0x0affff03;
	assert_int_equal(ends_at(s, &f), 0);
	f.daddr = 0x0a000002;
	f.saddr = 0xc63365c8;
	assert_int_equal(ends_at(s, &f), 0);
	f.saddr = 0xc63364c8;
	f.sport = 0x1245;
	assert_int_equal(ends_at(s, &f), 0);
	f.sport = 0x1230;
	f.dport = 0x1235;
	assert_int_equal(ends_at(s, &f), 0);
	sim_close(s);
}

static void protocols(void **state)
{
	struct sim *s = flow_up();
	struct nax_flow_rule r = rule(1, 1, NAX_FLOW_ANY);
	struct sim_flow f = tcp4;

	want(&r, NAX_FLOW_SADDR, 0x0a000001, 0xffffffff);
	add(s, &r);
	assert_int_equal(ends_at(s, &f), 1);
	f.proto = 17;
	assert_int_equal(ends_at(s, &f), 1);
	f.proto = 132;
	assert_int_equal(ends_at(s, &f), 1);
	f.proto = 1;
	assert_int_equal(ends_at(s, &f), 1);
	f.saddr++;
	assert_int_equal(ends_at(s, &f), 0);
	f.saddr--;
	drop_rule(s, 1);
	r.proto = NAX_FLOW_SCTP;
	add(s, &r);
	assert_int_equal(ends_at(s, &f), 0);
	f.proto = 17;
	assert_int_equal(ends_at(s, &f), 0);
	f.proto = 132;
	assert_int_equal(ends_at(s, &f), 1);
	sim_close(s);
}

static void tags(void **state)
{
	struct sim *s = flow_up();
	struct nax_flow_rule r = rule(1, 3, NAX_FLOW_TCP);
	struct sim_flow f = tcp4;

	want(&r, NAX_FLOW_VLAN_ID, 100, 0xfff);
	add(s, &r);
	assert_int_equal(ends_at(s, &f), 0);
	f.vlan = 100;
	assert_int_equal(ends_at(s, &f), 3);
	f.vlan = 5 << 13 | 100;
	assert_int_equal(ends_at(s, &f), 3);
	f.vlan = 101;
	assert_int_equal(ends_at(s, &f), 0);
	/* in place of the rule that was there alone another mask may come */
	want(&r, NAX_FLOW_VLAN_PRIORITY, 5, 7);
	add(s, &r);
	f.vlan = 100;
	assert_int_equal(ends_at(s, &f), 0);
	f.vlan = 5 << 13 | 100;
	assert_int_equal(ends_at(s, &f), 3);
	sim_close(s);
}

/* Two bytes of the frame, which may be elsewhere for the next rules; each time the table is new. */
static void flexible_bytes(void **state)
{
	static const u16 offsets[] = { 12, 0, 22, 62, 12 };
	struct sim *s = flow_up();
	struct sim_flow f = tcp4;
	unsigned int i;

	sim_build(frame, &f);
	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		struct nax_flow_rule r = rule(i, 2, NAX_FLOW_TCP);
		u32 at = offsets[i];

		r.offset = offsets[i];
		want(&r, NAX_FLOW_BYTES, (u32)frame[at] << 8 | frame[at + 1], 0xffff);
		add(s, &r);
		assert_int_equal(ends_at(s, &f), 2);
		r.location = 100;
		r.queue = 1;
		r.value[NAX_FLOW_BYTES] ^= 1;
		add(s, &r);
		assert_int_equal(ends_at(s, &f), 2);
		drop_rule(s, i);
		assert_int_equal(ends_at(s, &f), 0);
		drop_rule(s, 100);
	}
	sim_close(s);
}

static unsigned int flow_writes;

static bool count_writes(struct sim *s, unsigned int region, u64 offset, const void *data,
			 unsigned int len)
{
	flow_writes += !region && offset >= FDIR_FIRST && offset <= FDIR_LAST;
	return false;
}

static void refuse(struct sim *s, const struct nax_flow_rule *r, int code, const char *text)
{
	struct nax_flow_rule left;

	flow_writes = 0;
	s->tap_write = count_writes;
	assert_int_equal(nax_port_flow_add(s->port, r, &s->err), code);
	assert_non_null(strstr(s->err.text, text));
	assert_int_equal(flow_writes, 0);
	s->tap_write = NULL;
	assert_true(nax_port_flow_next(s->port, 0, &left));
	assert_int_equal(left.location, 5);
	assert_false(nax_port_flow_next(s->port, 6, &left));
}

/* What the device cannot do is refused by name, before it is asked. */
static void refused(void **state)
{
	struct sim *s = flow_up();
	struct nax_flow_rule r;

	add_port(s, 5, NAX_FLOW_TCP, 80, 1);
	r = rule(RULES, 1, NAX_FLOW_TCP);
	refuse(s, &r, -EINVAL, "flow location is 2046: must be below 2046");
	r = rule(1, QUEUES, NAX_FLOW_TCP);
	refuse(s, &r, -EINVAL, "flow queue is 4: must be below 4");
	r = rule(1, 0, NAX_FLOW_SCTP);
	want(&r, NAX_FLOW_SPORT, 1, 0xffff);
	refuse(s, &r, -EINVAL, "flow mask of sport is 0xffff: must be 0");
	r = rule(1, 0, NAX_FLOW_TCP);
	want(&r, NAX_FLOW_VLAN_DEI, 1, 1);
	refuse(s, &r, -EINVAL, "flow mask of vlan_dei is 0x1: must be 0");
	r = rule(1, 0, NAX_FLOW_TCP);
	want(&r, NAX_FLOW_VLAN_ID, 1, 0xff);
	refuse(s, &r, -EINVAL, "flow mask of vlan_id is 0xff: must be 0 or 0xfff");
	r = rule(1, 0, NAX_FLOW_TCP);
	want(&r, NAX_FLOW_VLAN_PRIORITY, 1, 1);
	refuse(s, &r, -EINVAL, "flow mask of vlan_priority is 0x1: must be 0 or 0x7");
	r = rule(1, 0, NAX_FLOW_TCP);
	want(&r, NAX_FLOW_BYTES, 1, 0xff00);
	refuse(s, &r, -EINVAL, "flow mask of bytes is 0xff00: must be 0 or 0xffff");
	want(&r, NAX_FLOW_BYTES, 1, 0xffff);
	r.offset = 64;
	refuse(s, &r, -EINVAL, "flow offset is 64: must be from 0 to 62 in steps of 2");
	r = rule(1, 0, NAX_FLOW_ANY);
	refuse(s, &r, -EINVAL, "flow protocol is any: rule 5 has tcp");
	r = rule(1, 0, NAX_FLOW_UDP);
	want(&r, NAX_FLOW_SADDR, 1, 1);
	refuse(s, &r, -EINVAL, "flow mask of saddr is 0x1: must be 0x0 as in rule 5");
	r = rule(1, 0, NAX_FLOW_TCP);
	want(&r, NAX_FLOW_DPORT, 80, 0xffff);
	refuse(s, &r, -EEXIST, "flow rule 5 matches the same packets");
	assert_int_equal(port_ends_at(s, 6, 80), 1);
	/* nor does the queue of a rule go */
	sim_stop(s);
	s->config.rx_queues = 1;
	assert_int_equal(sim_start(s), -EINVAL);
	assert_non_null(strstr(s->err.text, "n_rxq is 1: must be at least 2, flow rule 5"));
	start(s, 0);
	assert_int_equal(port_ends_at(s, 6, 80), 1);
	sim_close(s);
}

static void all_there(struct sim *s)
{
	sim_wait_link(s);
	assert_int_equal(port_ends_at(s, 6, 80), 1);
	assert_int_equal(port_ends_at(s, 6, 443), 2);
	assert_int_equal(port_ends_at(s, 17, 53), LOST);
	assert_int_equal(port_ends_at(s, 6, 53), 0);
}

/* Whatever way the device comes up again, it has the rules; and not where nobody asks for them. */
static void replay(void **state)
{
	struct sim *s = flow_up();

	add_port(s, 3, NAX_FLOW_TCP, 80, 1);
	add_port(s, 1, NAX_FLOW_TCP, 443, 2);
	add_port(s, 2, NAX_FLOW_UDP, 53, NAX_FLOW_DROP);
	all_there(s);
	assert_int_equal(nax_port_reset(s->port, &s->err), 0);
	all_there(s);
	s->config.mtu = 4000;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	all_there(s);
	sim_stop(s);
	assert_int_equal(nax_port_flow_remove(s->port, 1, &s->err), 0);
	add_port(s, 9, NAX_FLOW_TCP, 443, 2);
	start(s, 0);
	all_there(s);
	s->config.offloads &= ~NAX_OFFLOAD_FLOW;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	sim_wait_link(s);
	assert_int_equal(port_ends_at(s, 6, 80), 0);
	assert_int_equal(port_ends_at(s, 17, 53), 0);
	assert_int_equal(reg(s, FDIRCTRL), 0);
	s->config.offloads |= NAX_OFFLOAD_FLOW;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	all_there(s);
	sim_close(s);
}

/* The table is part of the packet buffer, where it is asked for; frames wait in the rest. */
static void packet_buffer(void **state)
{
	struct sim *s = sim_up(NULL, QUEUES);
	u32 all = reg(s, FCRTH) & 0x7ffff;

	assert_int_equal(reg(s, RXPBSIZE), 512 * 1024);
	assert_int_equal(reg(s, FDIRCTRL), 0);
	s->config.offloads |= NAX_OFFLOAD_FLOW;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	sim_wait_link(s);
	assert_int_equal(reg(s, RXPBSIZE), 448 * 1024);
	assert_int_equal(all - (reg(s, FCRTH) & 0x7ffff), 64 * 1024);
	assert_true(reg(s, FDIRCTRL) & FDIRCTRL_DONE);
	s->config.link.pause_tx = false;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	s->config.link.pause_tx = true;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	assert_int_equal(all - (reg(s, FCRTH) & 0x7ffff), 64 * 1024);
	sim_close(s);
}

static unsigned int flow_hashes, long_hashes;

/* A table of 64 KiB has 2 K lists. */
static bool look_at_hash(struct sim *s, unsigned int region, u64 offset, const void *data,
			 unsigned int len)
{
	u32 value;

	if (region || offset != FDIRHASH)
		return false;
	memcpy(&value, data, 4);
	flow_hashes++;
	long_hashes += (value & 0x7fff) > 0x7ff;
	return false;
}

/* As many rules as there can be, all of them found: nicsim holds each hash against its own. */
static void full(void **state)
{
	struct sim *s = flow_up();
	u32 i;

	flow_hashes = 0;
	long_hashes = 0;
	s->tap_write = look_at_hash;
	for (i = 0; i < RULES; i++)
		add_port(s, i, NAX_FLOW_TCP, (u16)(10000 + 7 * i), (u16)(1 + i % 3));
	s->tap_write = NULL;
	assert_int_equal(flow_hashes, RULES);
	assert_int_equal(long_hashes, 0);
	assert_int_equal(reg(s, FDIRFREE) & 0xffff, 0);
	for (i = 0; i < RULES; i += 15)
		assert_int_equal(port_ends_at(s, 6, (u16)(10000 + 7 * i)), 1 + i % 3);
	assert_int_equal(nax_port_reset(s->port, &s->err), 0);
	sim_wait_link(s);
	assert_int_equal(reg(s, FDIRFREE) & 0xffff, 0);
	for (i = 0; i < RULES; i += 2)
		drop_rule(s, i);
	assert_int_equal(reg(s, FDIRFREE) & 0xffff, RULES / 2);
	for (i = 0; i < RULES; i += 15)
		assert_int_equal(port_ends_at(s, 6, (u16)(10000 + 7 * i)), i % 2 ? 1 + i % 3 : 0);
	sim_close(s);
}

static u32 stuck_reg, stuck_clear, stuck_set, stuck_times;

static void stick(struct sim *s, unsigned int region, u64 offset, void *data, unsigned int len)
{
	u32 value;

	if (region || offset != stuck_reg || !stuck_times)
		return;
	stuck_times--;
	memcpy(&value, data, 4);
	value = (value & ~stuck_clear) | stuck_set;
	memcpy(data, &value, 4);
}

/* A command that does not end is waited for so long and no longer; a reset puts all right. */
static void stuck_command(void **state)
{
	struct sim *s = flow_up();
	struct nax_flow_rule r = rule(2, 2, NAX_FLOW_TCP);

	add_port(s, 3, NAX_FLOW_TCP, 80, 1);
	want(&r, NAX_FLOW_DPORT, 443, 0xffff);
	stuck_reg = FDIRCMD;
	stuck_clear = 0;
	stuck_set = 1;
	stuck_times = 250;
	s->tap_read = stick;
	assert_int_equal(nax_port_flow_add(s->port, &r, &s->err), -ETIMEDOUT);
	assert_non_null(strstr(s->err.text, "flow rule 2: FDIRCMD.CMD not clear within 2 ms"));
	assert_in_range(stuck_times, 1, 249);
	s->tap_read = NULL;
	sim_run(s, 200000);
	assert_true(sim_event(s, NAX_PORT_RESET));
	sim_wait_link(s);
	assert_int_equal(port_ends_at(s, 6, 80), 1);
	assert_int_equal(port_ends_at(s, 6, 443), 0);
	add(s, &r);
	assert_int_equal(port_ends_at(s, 6, 443), 2);
	sim_close(s);
}

static void stuck_init(void **state)
{
	struct sim *s = sim_create(NULL);

	assert_int_equal(sim_open(s, 2), 0);
	stuck_reg = FDIRCTRL;
	stuck_clear = FDIRCTRL_DONE;
	stuck_set = 0;
	stuck_times = 1000000;
	s->tap_read = stick;
	s->config.offloads |= NAX_OFFLOAD_FLOW;
	assert_int_equal(sim_start(s), -ETIMEDOUT);
	assert_non_null(strstr(s->err.text, "FDIRCTRL.INIT_DONE not set within 20 ms"));
	s->tap_read = NULL;
	start(s, 0);
	add_port(s, 0, NAX_FLOW_TCP, 80, 1);
	assert_int_equal(port_ends_at(s, 6, 80), 1);
	sim_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steer_and_drop),
		cmocka_unit_test(addresses_and_masks),
		cmocka_unit_test(protocols),
		cmocka_unit_test(tags),
		cmocka_unit_test(flexible_bytes),
		cmocka_unit_test(refused),
		cmocka_unit_test(replay),
		cmocka_unit_test(packet_buffer),
		cmocka_unit_test(full),
		cmocka_unit_test(stuck_command),
		cmocka_unit_test(stuck_init),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
