// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The verifier: every rule fires for a driver that breaks it, none for one that is right, and the
 * documentation has them all.
 */
#include <stdio.h>
#include <string.h>

#include "take.h"
#include "verify_driver.h"

static bool fired[NAX_RULES];

static bool of_queue(enum nax_verify_rule rule)
{
	return rule != NAX_RULE_OP_ORDER && rule != NAX_RULE_OP_OVERLAP &&
	       rule != NAX_RULE_CAPS_FROZEN && (rule < NAX_RULE_REG_STOPPED ||
						rule > NAX_RULE_LINK_FIELDS);
}

static void expect_failure(const struct wrong *w, unsigned int level)
{
	const char *name = nax_verify_rule[w->rule].name;
	struct nax_verify_report r;
	bool rx, tx;

	nax_verify_get(vf->a, &r);
	assert_int_equal(r.level, level);
	if (!r.failures || strcmp(r.rule, name))
		fail_msg("%s, level %u: expected %s, found %llu failures, \"%s\"", w->what, level,
			 name, r.failures, r.text);
	assert_memory_equal(r.text, name, strlen(name));
	assert_memory_equal(r.text + strlen(name), ": ", 2);
	assert_non_null(strstr(r.text, "expected "));
	assert_non_null(strstr(r.text, "found "));
	assert_non_null(strstr(vf->text, "verifier: "));
	fired[w->rule] = true;
	if (!of_queue(w->rule))
		return;
	/* the message names the queue, which then rests; the other one goes on */
	rx = strstr(r.text, " rx0");
	tx = strstr(r.text, " tx0");
	assert_true(rx || tx);
	assert_true(nax_queue_halted(rx ? vrx : vtx, NAX_HALT_QUARANTINE));
	assert_false(nax_queue_running(rx ? vrx : vtx));
}

static void run(const struct wrong *w, unsigned int level)
{
	struct nax_verify_report r;

	verify_attach(level);
	w->run();
	if (nax_verify_rule[w->rule].level <= level) {
		expect_failure(w, level);
	} else {
		nax_verify_get(vf->a, &r);
		if (r.failures)
			fail_msg("%s, level %u: expected silence, found \"%s\"", w->what, level,
				 r.text);
	}
	verify_down();
}

static void run_all(const struct wrong *w, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		run(&w[i], 1);
		run(&w[i], 2);
	}
}

static void test_wrong_control(void **state)
{
	run_all(wrong_control, n_wrong_control);
}

static void test_wrong_tx(void **state)
{
	run_all(wrong_tx, n_wrong_tx);
}

static void test_wrong_rx(void **state)
{
	run_all(wrong_rx, n_wrong_rx);
}

static void test_every_rule_fired(void **state)
{
	u32 i;

	for (i = 0; i < NAX_RULES; i++)
		if (!fired[i])
			fail_msg("no driver broke %s", nax_verify_rule[i].name);
}

static void expect_silence(void)
{
	struct nax_verify_report r;

	nax_verify_get(vf->a, &r);
	if (r.failures || r.text[0] || r.rule[0])
		fail_msg("%llu failures: \"%s\"", r.failures, r.text);
}

/* Random packets both ways, polls of random size, link, counters, and changes of state. */
static void good_round(void)
{
	u32 k, n = 0, budget = 1 + pkt_below(&vseed, 20);
	struct pkt_spec s;

	for (k = pkt_below(&vseed, 5); k; k--) {
		pkt_spec_random(&s, &vseed);
		s.payload %= 1000;
		s.tags %= 2;
		pkt_make(&vpkt, &s, &vseed);
		pkt_fill(&vpkt);
		if (!pkt_below(&vseed, 10))
			vpkt.b[pkt_below(&vseed, vpkt.len)] ^= 1;
		else
			n += verify_frame(n);
	}
	while (nax_queue_poll_rx(vrx, budget)) {
		assert_true(nax_queue_running(vrx));
		if (pkt_below(&vseed, 2))
			verify_release();
	}
	verify_release();
	for (k = pkt_below(&vseed, 4); k; k--)
		verify_tx(1 + pkt_below(&vseed, 3));
	nax_queue_post_tx(vtx);
	if (pkt_below(&vseed, 2))
		fake_tx_done(vtx);
	nax_queue_poll_tx(vtx);
}

static void good_change(void)
{
	struct nax_core *c = nax_core_of(vf->a);
	struct nax_config cfg = *nax_adapter_config(vf->a);
	struct nax_error err;

	switch (pkt_below(&vseed, 4)) {
	case 0:
		cfg.offloads = (pkt_random(&vseed) | NAX_OFFLOAD_RX_SCATTER) & ~NAX_OFFLOAD_LRO;
		break;
	case 1:
		cfg.mtu = 1500 + pkt_below(&vseed, 3000);
		break;
	case 2:
		cfg.rx_ring = cfg.rx_ring == 64 ? 32 : 64;
		cfg.tx_ring = cfg.tx_ring == 64 ? 16 : 64;
		break;
	default:
		assert_int_equal(nax_adapter_reset(vf->a, "test", &err), 0);
		return;
	}
	if (nax_adapter_reconfigure(vf->a, &cfg, &err))
		fail_msg("%s", err.text);
	vrx = c->a.rxq[0];
	vtx = c->a.txq[0];
}

static void good(unsigned int level)
{
	struct nax_verify_report r;
	u32 i;

	verify_up(level, 256, ~NAX_OFFLOAD_LRO);
	for (i = 0; i < 1500; i++) {
		good_round();
		if (i % 25 == 24)
			good_change();
		if (i % 100 == 99)
			fake_tick(vf, 200);
	}
	expect_silence();
	nax_verify_get(vf->a, &r);
	assert_true(r.checks > 50000);
	assert_int_equal(r.level, level);
	assert_int_equal(vf->events[NAX_EVENT_VERIFY], 0);
	verify_down();
}

static void test_good_level_1(void **state)
{
	good(1);
}

static void test_good_level_2(void **state)
{
	good(2);
}

/* A driver's life with suspend, failing start, dump, gone: nothing in it is out of order. */
static void test_good_life(void **state)
{
	struct nax_diag *d = calloc(1, sizeof(*d));
	struct nax_error err;

	verify_attach(2);
	nax_adapter_diag(vf->a, "before up", d);
	verify_start(0, ~NAX_OFFLOAD_LRO);
	assert_int_equal(nax_adapter_suspend(vf->a), 0);
	assert_int_equal(nax_adapter_resume(vf->a, &err), 0);
	nax_adapter_down(vf->a);
	nax_adapter_diag(vf->a, "after down", d);
	fake_fail(vf, "start", 1, -EIO);
	assert_int_not_equal(nax_adapter_up(vf->a, nax_adapter_config(vf->a), &err), 0);
	verify_start(0, ~NAX_OFFLOAD_LRO);
	nax_hung(vf->a, vf->a->txq[0], "test");
	nax_adapter_service(vf->a);
	nax_hung(vf->a, NULL, "test");
	nax_adapter_service(vf->a);
	vf->dead = true;
	fake_tick(vf, 1500);
	assert_int_equal(vf->a->state, NAX_STATE_GONE);
	expect_silence();
	verify_down();
	free(d);
}

/* The first failure stays; the queue rests until a reset, and then works. */
static void test_quarantine(void **state)
{
	struct nax_verify_report r;
	struct nax_error err;
	u32 i;

	verify_attach(2);
	for (i = 0; i < n_wrong_rx && wrong_rx[i].rule != NAX_RULE_RX_HASH; i++)
		;
	wrong_rx[i].run();
	assert_false(nax_queue_running(vrx));
	assert_true(nax_queue_running(vtx));
	assert_int_equal(nax_queue_poll_rx(vrx, 64), 0);
	nax_adapter_service(vf->a);
	assert_int_equal(vf->events[NAX_EVENT_VERIFY], 1);
	assert_memory_equal(vf->event, "rx-hash: rx0 slot 0: ", 21);

	/* not by a restart of the adapter for another reason */
	nax_hung(vf->a, NULL, "test");
	nax_adapter_service(vf->a);
	assert_false(nax_queue_running(vrx));
	assert_int_equal(nax_adapter_reset(vf->a, "test", &err), 0);
	assert_true(nax_queue_running(vrx));
	verify_frame(0);
	assert_int_equal(nax_queue_poll_rx(vrx, 64), 1);
	nax_reg_read(vf->a, 2);
	nax_verify_get(vf->a, &r);
	assert_string_equal(r.rule, "rx-hash");
	assert_int_equal(r.failures, 2);
	verify_down();
}

static void quarantined_post(struct nax_queue *q)
{
	q->ring.next = q->ring.end;
	q->tail++;
	nax_queue_quarantine(q);
}

/* What a quarantined queue has posted is not told to the device, whoever posts it. */
static void test_quarantine_rings_no_doorbell(void **state)
{
	static void (*const post[])(struct nax_queue *q) = {
		nax_queue_post_tx, nax_queue_send, nax_queue_take,
	};
	u64 rung;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(post); i++) {
		verify_attach(1);
		verify_start(0, ~NAX_OFFLOAD_LRO);
		verify_tx(1);
		post[i](vtx);
		assert_true(vtx->stats.doorbells > 0);
		verify_direct()->tx_post = quarantined_post;
		verify_tx(1);
		rung = vtx->stats.doorbells;
		post[i](vtx);
		assert_false(nax_queue_running(vtx));
		assert_true(vtx->stats.doorbells == rung);
		verify_down();
	}
}

/* Longer than a frame, and with the checksum of the first one that was joined: nothing is wrong. */
static void test_joined(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 1600 };
	u32 hash, flags, n;

	verify_up(2, 4096, ~NAX_OFFLOAD_RX_FCS);
	for (n = 0; n < 40; n++) {
		pkt_make(&vpkt, &s, &vseed);
		pkt_fill(&vpkt);
		flags = verify_good_flags(&hash);
		vpkt.b[vpkt.len - 1] ^= 1;
		verify_receive(0, vpkt.b, vpkt.len, flags | NAX_F_EOP, hash, 0);
		verify_joined(0, 2);
		assert_int_equal(nax_queue_poll_rx(vrx, 64), 1);
		assert_int_equal(nax_ring_slot(&vrx->ring, vrx->ring.begin - 1)->gso, 2);
		verify_release();
	}
	expect_silence();
	verify_down();
}

static void receive_hashed(const struct nax_rss *rss)
{
	struct nax_piece p = { .data = vpkt.b, .len = vpkt.len };
	u32 hash;

	nax_rss_hash(rss->key, 1u << NAX_HASH_IPV4_TCP, &p, 1, &hash);
	verify_receive(0, vpkt.b, vpkt.len,
		       NAX_F_EOP | NAX_F_IPV4 | NAX_F_TCP | NAX_HASH_IPV4_TCP << NAX_F_HASH_SHIFT,
		       hash, 0);
	nax_queue_poll_rx(vrx, 64);
}

/* While the driver is being told, a queue polls on, for longer than the ring is. */
static void slow_set_rss(struct nax_adapter *a, const struct nax_rss *rss)
{
	struct nax_rss other = *rss;
	u32 i;

	other.key[3] ^= 0x55;
	for (i = 0; i < 200; i++) {
		receive_hashed(i % 3 ? rss : &other);
		verify_release();
	}
}

/*
 * A new RSS key while packets are on their way: those whose buffers were posted before may bear the
 * old hash, and those that the device held. Afterwards it is wrong.
 */
static void test_change_on_the_way(void **state)
{
	struct pkt_spec s = { .l4 = NAX_F_TCP, .payload = 40 };
	struct nax_rss old, now;
	struct nax_error err;
	u32 i;

	verify_up(2, 256, ~NAX_OFFLOAD_LRO);
	pkt_make(&vpkt, &s, &vseed);
	nax_adapter_get_rss(vf->a, &old);
	now = old;
	now.key[3] ^= 0x55;
	receive_hashed(&old);
	verify_release();
	vf->ops.set_rss = slow_set_rss;
	assert_int_equal(nax_adapter_set_rss(vf->a, &now, &err), 0);
	/* 63 posted, of which any may be old; one packet in 16 is looked at */
	for (i = 0; i < 63; i++) {
		receive_hashed(i & 1 ? &old : &now);
		verify_release();
		expect_silence();
	}
	/* Nor may more that the device held, until it has nothing. */
	for (i = 0; i < 32; i++) {
		receive_hashed(&old);
		verify_release();
		expect_silence();
	}
	nax_queue_poll_rx(vrx, 64);
	for (i = 0; i < 16; i++) {
		receive_hashed(&now);
		verify_release();
		expect_silence();
	}
	for (i = 0; i < 16; i++)
		receive_hashed(&old);
	assert_false(nax_queue_running(vrx));
	verify_down();
}

/* 32 frames of which the device says what holds for another packet in them, with another hash. */
static void receive_inner(void)
{
	u32 i;

	for (i = 0; i < 32; i++) {
		verify_receive(0, vpkt.b, vpkt.len,
			       NAX_F_EOP | NAX_F_IPV4 | NAX_F_TCP | NAX_F_RX_L4CSUM_GOOD |
			       NAX_HASH_IPV4_TCP << NAX_F_HASH_SHIFT, i, 0);
		nax_queue_poll_rx(vrx, 64);
		verify_release();
	}
}

static void test_tunnels(void **state)
{
	static const u16 port[] = { 4789, 6081, 4790 };
	static const u8 proto[] = { 4, 41, 47, 51 };
	struct pkt_spec s = { .l4 = NAX_F_UDP, .payload = 100 };
	u32 i;

	verify_up(2, 256, ~NAX_OFFLOAD_LRO);
	pkt_make(&vpkt, &s, &vseed);
	for (i = 0; i < ARRAY_SIZE(proto); i++) {
		vpkt.b[vpkt.l2 + 9] = proto[i];
		receive_inner();
		expect_silence();
	}
	vpkt.b[vpkt.l2 + 9] = 17;
	for (i = 0; i < ARRAY_SIZE(port); i++) {
		vpkt.b[vpkt.l2 + vpkt.l3 + 2] = (u8)(port[i] >> 8);
		vpkt.b[vpkt.l2 + vpkt.l3 + 3] = (u8)port[i];
		if (port[i] != 4790)
			expect_silence();
		receive_inner();
	}
	assert_false(nax_queue_running(vrx));
	verify_down();
}

/* Level 0 has no verifier at all. */
static void test_off(void **state)
{
	struct nax_verify_report r;

	verify_up(0, 256, ~NAX_OFFLOAD_LRO);
	assert_null(nax_core_of(vf->a)->verify);
	assert_ptr_equal(nax_core_of(vf->a)->dp, verify_direct());
	nax_verify_get(vf->a, &r);
	assert_int_equal(r.level, 0);
	assert_int_equal(r.checks, 0);
	verify_down();
}

static void test_no_memory(void **state)
{
	struct nax_config c;
	struct nax_error err;
	u32 i;

	verify_attach(2);
	fake_config(vf, 1, &c);
	for (i = 1;; i++) {
		vf->alloc_in = i;
		if (!nax_adapter_up(vf->a, &c, &err))
			break;
		assert_true(i < 1000);
	}
	vf->alloc_in = 0;
	assert_true(i > 100);
	expect_silence();
	verify_down();
}

/* docs/verifier.md has a row per rule: | `name` | level | meaning | advice |, and no other. */
static void test_documentation(void **state)
{
	FILE *doc = fopen(NAX_SOURCE_DIR "/docs/verifier.md", "r");
	bool seen[NAX_RULES] = { false };
	char line[2048], want[512];
	const char *name;
	u32 i, rows = 0;
	size_t len;

	assert_non_null(doc);
	while (fgets(line, sizeof(line), doc)) {
		if (strncmp(line, "| `", 3))
			continue;
		name = line + 3;
		rows++;
		for (i = 0; i < NAX_RULES; i++) {
			len = strlen(nax_verify_rule[i].name);
			if (!strncmp(name, nax_verify_rule[i].name, len) && name[len] == '`')
				break;
		}
		if (i == NAX_RULES)
			fail_msg("a rule that does not exist: %s", line);
		if (seen[i])
			fail_msg("twice: %s", nax_verify_rule[i].name);
		seen[i] = true;
		snprintf(want, sizeof(want), "| `%s` | %u | %s | ", nax_verify_rule[i].name,
			 nax_verify_rule[i].level, nax_verify_rule[i].meaning);
		if (strncmp(line, want, strlen(want)) || strlen(line) < strlen(want) + 20)
			fail_msg("expected \"%s...\", found \"%s\"", want, line);
	}
	fclose(doc);
	for (i = 0; i < NAX_RULES; i++)
		if (!seen[i])
			fail_msg("missing: %s", nax_verify_rule[i].name);
	assert_int_equal(rows, NAX_RULES);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_control),
		cmocka_unit_test(test_wrong_tx),
		cmocka_unit_test(test_wrong_rx),
		cmocka_unit_test(test_every_rule_fired),
		cmocka_unit_test(test_good_level_1),
		cmocka_unit_test(test_good_level_2),
		cmocka_unit_test(test_good_life),
		cmocka_unit_test(test_quarantine),
		cmocka_unit_test(test_quarantine_rings_no_doorbell),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_change_on_the_way),
		cmocka_unit_test(test_tunnels),
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_documentation),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
