// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim's flow director: initialisation, lists that are too long, a table that is full, the order
 * among filters, what is reported, and what a driver may do wrong. Links nicsim.a, sim_driver.o,
 * fdir_driver.o.
 */
#include "fdir_driver.h"

#define EICR		0x0800
#define FLOW_DIRECTOR	0x10000u
#define ADD_TCP		(ADD | LAST | QUEUE_EN | TCP)
#define US		1000ull

static struct fd t;
static const struct fd_flow tcp = { 6, 0xC0000201, 0xC0000202, 1000, 80, 0 };
static const struct fd_filter filter = {
	.cmd = TCP | QUEUE(2u), .src = 0xC0000201, .dst = 0xC0000202, .sport = 1000, .dport = 80,
	.index = 5,
};

static int setup_perfect(void **state)
{
	fd_open(&t, PERFECT | 1 | DROP_QUEUE(127) | MAX_LENGTH(1));
	fd_write(&t, FDIRM, 0x10);		/* no flexible bytes */
	return 0;
}

static int setup_signature(void **state)
{
	fd_open(&t, 1 | MAX_LENGTH(1) | FULL_THRESH(4));
	return 0;
}

static int setup_off(void **state)
{
	fd_open(&t, 0);
	return 0;
}

static int teardown(void **state)
{
	fd_close(&t);
	return 0;
}

/* The way back to an empty table that the datasheet prescribes. */
static void clear_table(void)
{
	fd_write(&t, FDIRFREE, 0);
	fd_write(&t, FDIRCMD, fd_read(&t, FDIRCMD) | CLEARHT);
	fd_write(&t, FDIRCMD, fd_read(&t, FDIRCMD) & ~CLEARHT);
	fd_write(&t, FDIRHASH, 0);
}

/* ---- initialisation ---- */

static void test_reset_values(void **state)
{
	struct sd *d = sd_open(1, false);

	assert_int_equal(sd_read(d, 0, FDIRCTRL), 0);
	assert_int_equal(sd_read(d, 0, FDIRHKEY), 0x80000001);
	assert_int_equal(sd_read(d, 0, FDIRSKEY), 0x80800101);
	assert_int_equal(sd_read(d, 0, FDIRFREE), 0x8000);
	sd_close(d);
}

static void test_sizes(void **state)
{
	static const struct {
		uint32_t ctrl, free;
	} size[] = {
		{ 1, 8190 }, { 2, 16382 }, { 3, 32766 },
		{ PERFECT | 1, 2046 }, { PERFECT | 2, 4094 }, { PERFECT | 3, 8190 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		if (i)
			clear_table();
		fd_init(&t, size[i].ctrl);
		assert_int_equal(fd_read(&t, FDIRFREE), size[i].free);
	}
}

static void test_init_time(void **state)
{
	fd_write(&t, RXPBSIZE, 448 * 1024);
	fd_write(&t, FDIRCTRL, 1);
	nicsim_advance(t.d->sim, 54 * US);
	assert_int_equal(fd_read(&t, FDIRCTRL), 1);
	nicsim_advance(t.d->sim, 1 * US);
	assert_int_equal(fd_read(&t, FDIRCTRL), 1 | INIT_DONE);
}

static void test_memory(void **state)
{
	fd_write(&t, RXPBSIZE, 448 * 1024);
	fd_write(&t, FDIRCTRL, 2);
	sd_expect(t.d, "fdir-memory");
	sd_run(t.d);
}

/* Off: no look-up, no count, no commands. */
static void test_off(void **state)
{
	assert_int_equal(fd_flow(&t, &tcp), 0);
	assert_int_equal(fd_read(&t, FDIRMISS), 0);
	fd_write(&t, FDIRCMD, ADD_TCP);
	sd_expect(t.d, "fdir-command");
	assert_int_equal(fd_read(&t, FDIRCMD), 0);
}

static void test_clear(void **state)
{
	uint32_t ctrl = fd_read(&t, FDIRCTRL) & ~INIT_DONE;

	fd_perfect(&t, &filter);
	clear_table();
	assert_int_equal(fd_flow(&t, &tcp), 0);
	fd_init(&t, ctrl);
	assert_int_equal(fd_flow(&t, &tcp), 0);
	assert_int_equal(fd_read(&t, FDIRFREE), 2046);
	fd_perfect(&t, &filter);
	assert_int_equal(fd_flow(&t, &tcp), 2);
	fd_write(&t, FDIRCTRL, ctrl);
	sd_expect(t.d, "fdir-init");
	sd_run(t.d);
	assert_int_equal(fd_flow(&t, &tcp), 0);
}

/* Device reset: off, as if never used. */
static void test_reset(void **state)
{
	fd_perfect(&t, &filter);
	fd_flow(&t, &tcp);
	fd_write(&t, 0, 0x04000000);
	sd_run(t.d);
	assert_int_equal(fd_read(&t, FDIRCTRL), 0);
	assert_int_equal(fd_read(&t, FDIRMATCH), 0);
	assert_int_equal(fd_read(&t, FDIRUSTAT), 0);
	assert_int_equal(fd_read(&t, FDIRFREE), 0x8000);
	fd_write(&t, RXPBSIZE, 448 * 1024);
	fd_write(&t, FDIRCTRL, 1);		/* no CLEARHT is asked for */
	sd_run(t.d);
	assert_int_equal(fd_read(&t, FDIRFREE), 8190);
}

/* Reset while it initialises: INIT_DONE does not come afterwards. */
static void test_reset_in_init(void **state)
{
	fd_write(&t, RXPBSIZE, 448 * 1024);
	fd_write(&t, FDIRCTRL, 1);
	fd_write(&t, 0, 0x04000000);
	sd_run(t.d);
	assert_int_equal(fd_read(&t, FDIRCTRL), 0);
}

/* ---- commands ---- */

static void test_busy(void **state)
{
	uint32_t hash = fd_filter_hash(&filter) | 5 << 16;

	fd_perfect(&t, &filter);
	sd_run(t.d);
	fd_write(&t, FDIRHASH, hash);
	fd_write(&t, FDIRCMD, QUERY);
	assert_int_equal(fd_read(&t, FDIRCMD) & 3, QUERY);
	assert_int_equal(fd_read(&t, FDIRCMD) & 7, VALID);
	fd_write(&t, FDIRCMD, QUERY);
	fd_write(&t, FDIRCMD, REMOVE);
	sd_expect(t.d, "fdir-command");
	assert_int_equal(fd_flow(&t, &tcp), 2);
	fd_write(&t, FDIRCMD, REMOVE);
	assert_int_equal(fd_flow(&t, &tcp), 0);
}

/* Signatures are added without waiting. */
static void test_signatures_in_a_row(void **state)
{
	uint32_t i;

	for (i = 0; i < 4; i++) {
		uint64_t both = (uint64_t)(ADD_TCP | QUEUE(1)) << 32 | i << 16 | i;

		assert_int_equal(nicsim_region_write(t.d->port[0], 0, FDIRHASH, &both, 8), 0);
	}
	assert_int_equal(fd_read(&t, FDIRUSTAT), 4);
	fd_write(&t, FDIRCMD, QUERY);
	sd_expect(t.d, "fdir-command");
}

static void test_filter_rules(void **state)
{
	uint32_t hash = fd_filter_hash(&filter) | 5 << 16;
	struct fd_filter masked = filter;
	static const uint32_t wrong[] = {
		ADD | QUEUE_EN | TCP,			/* LAST */
		ADD_TCP | COLLISION,
		ADD | LAST | QUEUE_EN,			/* L4TYPE */
		ADD_TCP | 1 << 24,			/* pool */
		ADD_TCP | DMATCH,
		(ADD_TCP & ~QUEUE_EN) | DROP,
	};
	unsigned int i;

	fd_perfect(&t, &filter);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		fd_command(&t, hash, wrong[i]);
		/* protocol and pool are hashed, so that is wrong then too, and said last */
		sd_expect(t.d, i == 2 || i == 3 ? "fdir-hash" : "fdir-filter");
	}
	fd_command(&t, hash | 0x2000 << 16, ADD_TCP | UPDATE);
	sd_expect(t.d, "fdir-filter");
	fd_command(&t, hash ^ 1, ADD_TCP | UPDATE);
	sd_expect(t.d, "fdir-hash");
	fd_command(&t, hash, REMOVE | UPDATE);
	sd_expect(t.d, "fdir-command");
	fd_write(&t, FDIRSIP4M, 0x01000000);
	masked.src = 0xC0000201;
	fd_perfect(&t, &masked);
	sd_expect(t.d, "fdir-filter");
}

static void test_signature_rules(void **state)
{
	fd_command(&t, 0, ADD_TCP | DROP);
	sd_expect(t.d, "fdir-filter");
	fd_command(&t, 0x80000000, ADD_TCP);
	sd_expect(t.d, "fdir-filter");
	fd_write(&t, FDIRHKEY, 1);
	sd_expect(t.d, "fdir-key");
	fd_write(&t, FDIRFREE, 1);
	sd_expect(t.d, "fdir-free");
	fd_write(&t, FDIRCMD, CLEARHT | ADD_TCP);
	sd_expect(t.d, "fdir-command");
	fd_write(&t, FDIRCMD, 1u << 31);
	sd_expect(t.d, "reserved-bits");
}

static void test_control_rules(void **state)
{
	fd_write(&t, RXPBSIZE, 448 * 1024);
	fd_write(&t, FDIRCTRL, 1 | ALWAYS);
	sd_expect(t.d, "fdir-init");
	fd_write(&t, FDIRCTRL, 1);
	sd_expect(t.d, "fdir-init");
	fd_write(&t, FDIRCMD, ADD_TCP);
	sd_expect(t.d, "fdir-command");
	sd_run(t.d);
	clear_table();
	fd_write(&t, FDIRCTRL, 1 | INIT_DONE);
	sd_expect(t.d, "fdir-init");
	sd_run(t.d);
	clear_table();
	fd_write(&t, 0x3000, 0);		/* RXCTRL.RXEN */
	fd_write(&t, FDIRCTRL, 1);
	fd_write(&t, 0x3000, 1);
	sd_run(t.d);
	sd_expect(t.d, "fdir-init");
	fd_write(&t, FDIRCTRL, 1 << 6);
	sd_expect(t.d, "reserved-bits");
}

/* ---- lists and tables at their end ---- */

/*
 * All in one bucket; MAX_LENGTH 1 stands for four filters. A packet that matches the fifth says so,
 * one that matches none too once there are five.
 */
static void test_long_list(void **state)
{
	struct fd_flow flow = tcp;
	uint32_t first, i;
	bool is_long;

	fd_write(&t, FDIRHKEY, 0);		/* all hashes are 0 */
	for (i = 0; i < 6; i++) {
		struct fd_filter f = filter;

		f.sport = 1000 + i;
		f.index = i;
		fd_write(&t, FDIRIPSA, htobe32(f.src));
		fd_write(&t, FDIRIPDA, htobe32(f.dst));
		fd_write(&t, FDIRPORT, (uint32_t)f.dport << 16 | f.sport);
		fd_command(&t, i << 16, ADD_TCP | QUEUE(3) | (i & 1 ? DROP : 0));
		is_long = i >= 4;
		flow.sport = f.sport;
		/* one to be dropped goes to its own queue when its list is too long */
		assert_int_equal(fd_flow(&t, &flow), i & 1 && !is_long ? LOST : 3);
		if (!(i & 1) || is_long)
			assert_int_equal(t.status & (FLM | FDIR_LEN | FDIR_DROP),
					 FLM | (is_long ? FDIR_LEN : 0) | (i & 1 ? FDIR_DROP : 0));
		flow.sport = 1;
		assert_int_equal(fd_flow(&t, &flow), 0);
		assert_int_equal(t.status & (FLM | FDIR_LEN), is_long ? FDIR_LEN : 0);
	}
	assert_int_equal(fd_read(&t, FDIRLEN), 5);
	assert_int_equal(fd_read(&t, FDIRLEN), 0);
	/* from the middle, the beginning and the end */
	for (first = 0; first < 3; first++)
		fd_command(&t, (uint32_t []){ 2, 0, 5 }[first] << 16, REMOVE);
	for (i = 0; i < 6; i++) {
		flow.sport = 1000 + i;
		assert_int_equal(fd_flow(&t, &flow), i == 4 ? 3 : i & 1 && i < 5 ? LOST : 0);
	}
}

static uint32_t flow_director_cause(void)
{
	sd_run(t.d);
	return fd_read(&t, EICR) & FLOW_DIRECTOR;
}

static void test_full(void **state)
{
	uint32_t i, hash;

	fd_read(&t, EICR);
	for (i = 0; i < 8190; i++) {
		fd_command(&t, i, ADD_TCP);
		/* 64 are to be left */
		if (i == 8190 - 65)
			assert_int_equal(flow_director_cause(), 0);
		if (i == 8190 - 64)
			assert_int_equal(flow_director_cause(), FLOW_DIRECTOR);
	}
	assert_int_equal(fd_read(&t, FDIRFREE), 0);
	assert_int_equal(flow_director_cause(), 0);
	fd_command(&t, 8190, ADD_TCP);
	assert_int_equal(flow_director_cause(), FLOW_DIRECTOR);
	assert_int_equal(fd_read(&t, FDIRFSTAT), 1);
	assert_int_equal(fd_read(&t, FDIRUSTAT), 8190);
	/* with room for one there is no more than one */
	fd_command(&t, 77, REMOVE);
	fd_command(&t, 8190, ADD_TCP);
	fd_command(&t, 8191, ADD_TCP);
	assert_int_equal(fd_read(&t, FDIRFSTAT), 1);
	for (i = 0; i < 8192; i++) {
		hash = fd_command(&t, i, QUERY);
		assert_int_equal(hash & VALID, i == 77 || i == 8191 ? 0 : VALID);
	}
	/* counters stick: 300 failures are 255 */
	for (i = 0; i < 300; i++)
		fd_command(&t, 77, REMOVE);
	assert_int_equal(fd_read(&t, FDIRFSTAT), 0xFF00);
}

/* ---- among other filters ---- */

static void test_order(void **state)
{
	uint8_t f[128];
	uint32_t len = fd_frame(f, &tcp), i;

	for (i = 0; i < 32; i++)
		fd_write(&t, 0x5C00 + 4 * i, 0x01010101);	/* RETA */
	fd_write(&t, 0x5818, 1 | 1 << 16);			/* MRQC: RSS, TcpIPv4 */
	assert_int_equal(fd_receive(&t, f, len), 1);
	fd_perfect(&t, &filter);
	assert_int_equal(fd_receive(&t, f, len), 2);
	assert_int_equal(t.info & 0xf, 1);			/* RSS type stays */
	fd_write(&t, 0x5128, 0x80000800);			/* ETQF 0: IPv4 */
	fd_write(&t, 0xEC00, 0x80030000);			/* ETQS 0: queue 3 */
	assert_int_equal(fd_receive(&t, f, len), 3);
	assert_int_equal(fd_read(&t, FDIRMATCH), 2);
}

/* A filter without QUEUE_EN reports a match and leaves the queue to RSS. */
static void test_no_queue(void **state)
{
	uint32_t hash = fd_filter_hash(&filter) | 5 << 16;

	fd_perfect(&t, &filter);
	fd_command(&t, hash, ADD | LAST | UPDATE | TCP | QUEUE(3));
	assert_int_equal(fd_flow(&t, &tcp), 0);
	assert_int_equal(t.status & FLM, FLM);
}

/* A queue that is off loses its packets, and counts them. */
static void test_drop(void **state)
{
	struct fd_filter drop = filter;
	struct fd_flow other = tcp;

	drop.cmd |= DROP;
	fd_perfect(&t, &drop);
	assert_int_equal(fd_flow(&t, &tcp), LOST);
	other.dport++;
	assert_int_equal(fd_flow(&t, &other), 0);
	assert_int_equal(fd_read(&t, 0x1430), 1);		/* QPRDC */
	assert_int_equal(fd_read(&t, FDIRMATCH), 1);
}

/* ---- reports ---- */

static void test_report(void **state)
{
	uint32_t ctrl = PERFECT | 1 | REPORT, rss;
	struct fd_flow other = tcp;

	clear_table();
	fd_init(&t, ctrl);
	fd_write(&t, 0x5C80, 0x12345678);			/* RSSRK */
	fd_write(&t, 0x5818, 1 | 1 << 16);
	fd_perfect(&t, &filter);
	fd_flow(&t, &tcp);
	assert_int_equal(t.info & 0xf, 0xf);
	assert_int_equal(t.hash, (fd_filter_hash(&filter) & 0x7ff) << 16 | 5);
	other.src++;
	fd_flow(&t, &other);
	rss = t.hash;
	assert_int_equal(t.info & 0xf, 1);
	clear_table();
	fd_init(&t, ctrl | ALWAYS);
	fd_flow(&t, &other);
	assert_int_equal(t.info & 0xf, 0xf);
	assert_int_not_equal(t.hash, rss);
	assert_int_equal(t.hash & 0xffff, 0);
}

static void test_report_needs_pcsd(void **state)
{
	clear_table();
	fd_init(&t, PERFECT | 1 | REPORT);
	fd_write(&t, RXCSUM, 0);
	fd_perfect(&t, &filter);
	fd_flow(&t, &tcp);
	sd_expect(t.d, "fdir-report");
	fd_flow(&t, &tcp);			/* once is enough */
}

/* The legacy format has no place for a match: bit 2 of its status is reserved. */
static void test_legacy(void **state)
{
	struct sd_ring rx = sd_rx(t.d, 0, 9, 8, 2);
	struct fd_filter f = filter;
	uint8_t frame[128];
	uint32_t len = fd_frame(frame, &tcp);

	f.cmd = TCP | QUEUE(9u);
	fd_perfect(&t, &f);
	assert_true(sd_offer(t.d, 0, frame, len));
	sd_run(t.d);
	assert_int_equal(sd_dw(&rx, 0, 3) & 0x7, 3);
	assert_int_equal(fd_read(&t, FDIRMATCH), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset_values),
		cmocka_unit_test_setup_teardown(test_sizes, setup_off, teardown),
		cmocka_unit_test_setup_teardown(test_init_time, setup_off, teardown),
		cmocka_unit_test_setup_teardown(test_memory, setup_off, teardown),
		cmocka_unit_test_setup_teardown(test_off, setup_off, teardown),
		cmocka_unit_test_setup_teardown(test_clear, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_reset, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_reset_in_init, setup_off, teardown),
		cmocka_unit_test_setup_teardown(test_busy, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_signatures_in_a_row, setup_signature,
						teardown),
		cmocka_unit_test_setup_teardown(test_filter_rules, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_signature_rules, setup_signature, teardown),
		cmocka_unit_test_setup_teardown(test_control_rules, setup_off, teardown),
		cmocka_unit_test_setup_teardown(test_long_list, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_full, setup_signature, teardown),
		cmocka_unit_test_setup_teardown(test_order, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_no_queue, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_drop, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_report, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_report_needs_pcsd, setup_perfect, teardown),
		cmocka_unit_test_setup_teardown(test_legacy, setup_perfect, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
