// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Life of a port on the 82599: start, stop, reset with replay, resize, pause, dumps. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "simport.h"

static u8 frame[SIM_BYTES];

static const struct sim_flow tcp4 = { false, 6, 1000, 2000, 0x0a000001, 0x0a000002, -1, 100 };

/* One frame each way must pass. */
static void traffic(struct sim *s)
{
	u32 len = sim_build(frame, &tcp4);

	sim_clear(s);
	sim_inject(s, frame, len);
	assert_int_equal(s->n_got, 1);
	sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
	sim_run(s, 100);
	assert_int_equal(s->n_sent, 1);
	assert_memory_equal(s->sent[0].data, frame, len);
}

static void start_stop(void **state)
{
	struct sim *s = sim_up(NULL, 2);
	unsigned int i;

	for (i = 0; i < 10; i++) {
		traffic(s);
		sim_stop(s);
		assert_string_equal(sim_state(s), "attached");
		if (sim_start(s) < 0)
			fail_msg("start %u: %s", i, s->err.text);
		sim_wait_link(s);
	}
	traffic(s);
	sim_close(s);
}

static struct nax_diag *dump(struct sim *s)
{
	struct nax_diag *d = calloc(1, sizeof(*d));

	assert_non_null(d);
	nax_port_diag(s->port, d);
	assert_true(d->n > 100);
	assert_int_equal(d->lost, 0);
	return d;
}

/* Registers that count or move by themselves, or hold a queue position. */
static bool is_volatile(const struct nax_diag_record *r)
{
	static const char *const names[] = {
		"RDH", "RDT", "TDH", "TDT", "EICR", "EICS", "EIMS", "EIMC", "STATUS", "LINKS",
		"desc", "FRTIMER", "TCPTIMER", "AUTOC", "SWSM", "EERD", "SECRXSTAT", "EITR",
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(r->name, names[i], strlen(names[i])))
			return true;
	return false;
}

/* After a reset every register holds what it held before: the whole state was replayed. */
static void reset_replays(void **state)
{
	static const u8 uc[2][6] = { { 2, 0, 0x5e, 0x10, 0x20, 0x30 }, { 2, 0, 0, 0, 1, 1 } };
	static const u8 mc[1][6] = { { 1, 0, 0x5e, 0, 0, 5 } };
	u32 vlan[NAX_VLAN_WORDS] = { [2] = 0x100 };
	struct nax_filter f = { NAX_FILTER_BROADCAST | NAX_FILTER_VLAN, 2, 1, uc, mc, vlan };
	struct sim *s = sim_up(NULL, 4);
	struct nax_diag *before, *after;
	struct nax_queue_stats st;
	unsigned int i, compared = 0;

	assert_int_equal(nax_port_set_filter(s->port, &f, &s->err), 0);
	traffic(s);
	before = dump(s);
	assert_int_equal(nax_port_reset(s->port, &s->err), 0);
	sim_wait_link(s);
	after = dump(s);
	assert_int_equal(before->n, after->n);
	for (i = 0; i < before->n; i++) {
		/* the windows of descriptors have moved on */
		if (is_volatile(&before->rec[i]))
			continue;
		assert_string_equal(before->rec[i].name, after->rec[i].name);
		if (before->rec[i].value != after->rec[i].value)
			fail_msg("%s (0x%x) was 0x%llx, is 0x%llx", before->rec[i].name,
				 before->rec[i].offset, before->rec[i].value, after->rec[i].value);
		compared++;
	}
	assert_true(compared > 50);
	traffic(s);
	nax_port_queue_stats(s->port, true, 0, &st);
	assert_true(st.packets <= 2);
	assert_true(sim_hw_stat(s, "rx_packets") == 2);
	free(before);
	free(after);
	sim_close(s);
}

static void resize_and_mtu(void **state)
{
	static const u32 rings[] = { 64, 4096, 128, 512 };
	struct sim *s = sim_up(NULL, 2);
	unsigned int i;

	for (i = 0; i < 4; i++) {
		s->config.rx_ring = rings[i];
		s->config.tx_ring = rings[3 - i];
		s->config.mtu = i & 1 ? 9000 : 1500;
		if (nax_port_reconfigure(s->port, &s->config, &s->err) < 0)
			fail_msg("%s", s->err.text);
		sim_wait_link(s);
		traffic(s);
	}
	sim_close(s);
}

static void refused(struct sim *s, const char *text)
{
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), -EINVAL);
	if (!strstr(s->err.text, text))
		fail_msg("\"%s\" lacks \"%s\"", s->err.text, text);
	traffic(s);
}

/* A bad configuration names field, limit and value, and the port goes on as it was. */
static void bad_config(void **state)
{
	static const u32 rings[] = { 0, 100, 8192, 32 };
	static const u32 mtus[] = { 0, 67, 9711, 70000 };
	struct sim *s = sim_up(NULL, 1);
	struct nax_port_config good = s->config;
	char value[16];
	unsigned int i;

	for (i = 0; i < 4; i++) {
		s->config.rx_ring = rings[i];
		snprintf(value, sizeof(value), "%u", rings[i]);
		refused(s, "rx_ring");
		assert_non_null(strstr(s->err.text, value));
		assert_non_null(strstr(s->err.text, "4096"));
		s->config = good;
		s->config.tx_ring = rings[i];
		refused(s, "tx_ring");
		s->config = good;
		s->config.mtu = mtus[i];
		refused(s, "mtu");
		assert_non_null(strstr(s->err.text, "9710"));
		s->config = good;
	}
	s->config.itr_us = 5000;
	refused(s, "itr_us");
	s->config = good;
	sim_close(s);
}

static void queue_limits(void **state)
{
	struct nicsim_port_config c = { .name = "t0", .model = "82599" };
	struct sim *s;
	unsigned int q;

	memcpy(c.mac, sim_mac, 6);
	s = sim_create(&c);
	assert_int_equal(sim_open(s, 2), 0);
	s->config.rx_queues = 200;
	assert_int_equal(sim_start(s), -EINVAL);
	assert_non_null(strstr(s->err.text, "200"));
	assert_non_null(strstr(s->err.text, "64"));
	s->config.rx_queues = 0;
	assert_int_equal(sim_start(s), -EINVAL);

	/* 64 queues without RSS: every transmit queue sends, queue 0 receives */
	s->config.rx_queues = s->config.tx_queues = 64;
	s->config.rx_ring = s->config.tx_ring = 64;
	s->config.offloads &= ~NAX_OFFLOAD_RSS;
	if (sim_start(s) < 0)
		fail_msg("64 queues: %s", s->err.text);
	sim_wait_link(s);
	for (q = 0; q < 64; q++)
		sim_send(s, q, frame, sim_build(frame, &tcp4), 2048, 0, 0, 0, 0);
	sim_run(s, 500);
	assert_int_equal(s->n_sent, 64);
	traffic(s);
	sim_close(s);
}

static void pause_frame(u8 *f, u16 quanta)
{
	memset(f, 0, 60);
	memcpy(f, "\x01\x80\xc2\x00\x00\x01\x02\x00\x00\x00\x00\x99\x88\x08\x00\x01", 16);
	f[16] = (u8)(quanta >> 8);
	f[17] = (u8)quanta;
}

/* A pause frame holds transmission for its quanta; one of 0 lets it go on at once. */
static void pause_honoured(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	u8 xoff[60], xon[60];
	u32 len = sim_build(frame, &tcp4);

	pause_frame(xoff, 0xffff);
	pause_frame(xon, 0);
	sim_inject(s, xoff, 60);
	assert_int_equal(s->n_got, 0);
	sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
	sim_run(s, 1000);
	assert_int_equal(s->n_sent, 0);
	sim_inject(s, xon, 60);
	sim_run(s, 100);
	assert_int_equal(s->n_sent, 1);
	assert_int_equal(sim_hw_stat(s, "rx_pause_xoff") + sim_hw_stat(s, "rx_pause_xon"), 2);

	s->config.link.pause_rx = false;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	sim_wait_link(s);
	sim_clear(s);
	sim_inject(s, xoff, 60);
	sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
	sim_run(s, 100);
	assert_int_equal(s->n_sent, 1);
	sim_close(s);
}

static void statistics(void **state)
{
	struct sim *s = sim_up(NULL, 2);
	u32 len = sim_build(frame, &tcp4), i;

	for (i = 0; i < 10; i++)
		sim_inject(s, frame, len);
	memset(frame, 0xff, 6);
	for (i = 0; i < 3; i++)
		sim_inject(s, frame, len);
	memcpy(frame, "\x01\x00\x5e\x00\x00\x01", 6);
	for (i = 0; i < 2; i++)
		sim_inject(s, frame, len);
	assert_int_equal(sim_hw_stat(s, "rx_packets"), 13);
	assert_int_equal(sim_hw_stat(s, "rx_broadcast"), 3);
	for (i = 0; i < 5; i++)
		sim_send(s, i & 1, frame, len, 2048, 0, 0, 0, 0);
	sim_run(s, 200);
	assert_int_equal(sim_hw_stat(s, "tx_packets"), 5);
	assert_int_equal(sim_hw_stat(s, "tx_bytes"), 5 * (len + 4));
	assert_int_equal(sim_hw_stat(s, "tx_multicast"), 5);
	sim_run(s, 3000000);
	assert_int_equal(sim_hw_stat(s, "tx_packets"), 5);
	sim_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start_stop),
		cmocka_unit_test(reset_replays),
		cmocka_unit_test(resize_and_mtu),
		cmocka_unit_test(bad_config),
		cmocka_unit_test(queue_limits),
		cmocka_unit_test(pause_honoured),
		cmocka_unit_test(statistics),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
