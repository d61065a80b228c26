// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's five-tuple and SYN filters, by the queue that a frame comes to. Links nicsim.a, sim_driver.o. */
#include "sim_driver.h"

#define SAQF(i)		(0xE000 + 4 * (i))
#define DAQF(i)		(0xE200 + 4 * (i))
#define SDPQF(i)	(0xE400 + 4 * (i))
#define FTQF(i)		(0xE600 + 4 * (i))
#define L34TIMIR(i)	(0xE800 + 4 * (i))
#define SYNQF		0xEC30
#define SYNQF_FIRST	0x80000000u
#define ETQF(i)		(0x5128 + 4 * (i))
#define ETQS(i)		(0xEC00 + 4 * (i))
#define RDH(q)		(0x1010 + 0x40 * (q))
#define ON		0x80000000u
#define POOL_ANY	0x40000000u
#define ANY_SOURCE	0x02000000u
#define ANY_DEST	0x04000000u
#define ANY_SPORT	0x08000000u
#define ANY_DPORT	0x10000000u
#define ANY_PROTOCOL	0x20000000u
#define ANY_PORTS	(ANY_SPORT | ANY_DPORT)
#define ANY		(ANY_SOURCE | ANY_DEST | ANY_PORTS | ANY_PROTOCOL)
#define QUEUES		5

enum { TCP, UDP, SCTP, OTHER };

static struct sd *d;

static int setup(void **state)
{
	unsigned int q;

	d = sd_open(1, false);
	for (q = 0; q < QUEUES; q++)
		sd_rx(d, 0, q, 64, 0x02000002);
	return 0;
}

static int teardown(void **state)
{
	sd_close(d);
	return 0;
}

/* 192.0.2.1 port 0x1234 to 198.51.100.2 port 0x5678 */
static const uint8_t v4[60] = {
	2, 0, 0, 0, 0, 0x99, 2, 0, 0, 0, 0, 0x98, 8, 0,
	0x45, 0, 0, 46, 0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 2,
	0x12, 0x34, 0x56, 0x78, 0, 26, 0, 0,
};

static void frame(uint8_t *f, uint8_t proto)
{
	memcpy(f, v4, sizeof(v4));
	f[23] = proto;
	if (proto == 6)
		f[46] = 0x50;
}

static unsigned int queue_of(const uint8_t *f)
{
	uint32_t before[QUEUES];
	unsigned int q, found = QUEUES;

	for (q = 0; q < QUEUES; q++)
		before[q] = sd_read(d, 0, RDH(q));
	assert_true(sd_offer(d, 0, f, 60));
	sd_run(d);
	for (q = 0; q < QUEUES; q++) {
		if (sd_read(d, 0, RDH(q)) != before[q]) {
			assert_int_equal(found, QUEUES);
			found = q;
		}
	}
	assert_int_not_equal(found, QUEUES);
	return found;
}

static void filter(unsigned int i, uint32_t proto, uint32_t priority, uint32_t any, uint32_t queue)
{
	sd_write(d, 0, SAQF(i), 0x010200C0);
	sd_write(d, 0, DAQF(i), 0x026433C6);
	sd_write(d, 0, SDPQF(i), 0x78563412);
	sd_write(d, 0, L34TIMIR(i), 0x80000 | queue << 21);
	sd_write(d, 0, FTQF(i), ON | POOL_ANY | any | priority << 2 | proto);
}

static void test_fields(void **state)
{
	/* a byte of each field, and what makes it not matter */
	static const struct {
		unsigned int at;
		uint32_t any;
	} fields[] = {
		{ 26, ANY_SOURCE }, { 29, ANY_SOURCE }, { 30, ANY_DEST }, { 33, ANY_DEST },
		{ 34, ANY_SPORT }, { 35, ANY_SPORT }, { 36, ANY_DPORT }, { 37, ANY_DPORT },
	};
	uint8_t f[60];
	unsigned int i;

	frame(f, 17);
	assert_int_equal(queue_of(f), 0);
	filter(3, UDP, 1, 0, 2);
	assert_int_equal(queue_of(f), 2);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		frame(f, 17);
		f[fields[i].at] ^= 1;
		filter(3, UDP, 1, 0, 2);
		assert_int_equal(queue_of(f), 0);
		filter(3, UDP, 1, fields[i].any, 2);
		assert_int_equal(queue_of(f), 2);
		filter(3, UDP, 1, ANY & ~fields[i].any, 2);
		assert_int_equal(queue_of(f), 0);
	}
	/* off again; and the last of them */
	filter(3, UDP, 1, ANY, 2);
	assert_int_equal(queue_of(f), 2);
	sd_write(d, 0, FTQF(3), POOL_ANY | ANY);
	assert_int_equal(queue_of(f), 0);
	filter(127, UDP, 7, ANY, 2);
	assert_int_equal(queue_of(f), 2);
}

static void test_protocols(void **state)
{
	static const uint8_t protos[] = { [TCP] = 6, [UDP] = 17, [SCTP] = 132, [OTHER] = 47 };
	uint8_t f[60];
	unsigned int want, has;

	for (want = TCP; want <= OTHER; want++) {
		filter(0, want, 1, ANY & ~ANY_PROTOCOL, 3);
		for (has = TCP; has <= OTHER; has++) {
			frame(f, protos[has]);
			assert_int_equal(queue_of(f), has == want ? 3 : 0);
		}
		filter(0, want, 1, ANY, 3);
		assert_int_equal(queue_of(f), 3);
	}
	/* what has no ports matches none; nor has a fragment */
	filter(0, OTHER, 1, ANY & ~ANY_SPORT, 3);
	assert_int_equal(queue_of(f), 0);
	frame(f, 17);
	f[20] = 0x20;
	filter(0, UDP, 1, ANY & ~ANY_DPORT, 3);
	assert_int_equal(queue_of(f), 0);
	filter(0, UDP, 1, ANY, 3);
	assert_int_equal(queue_of(f), 3);
	/* nor is IPv6 looked at */
	memset(f, 0, sizeof(f));
	memcpy(f, "\2\0\0\0\0\x99\2\0\0\0\0\x98\x86\xdd\x60\0\0\0\0\x06\x11\x40", 22);
	assert_int_equal(queue_of(f), 0);
}

/* The higher priority goes first, whatever its place; of equal ones the lower place. */
static void test_priorities(void **state)
{
	uint8_t f[60];

	frame(f, 17);
	filter(5, UDP, 2, 0, 1);
	filter(9, UDP, 3, ANY, 2);
	assert_int_equal(queue_of(f), 2);
	filter(5, UDP, 3, 0, 1);
	assert_int_equal(queue_of(f), 1);
	filter(70, UDP, 7, ANY_PORTS, 4);
	assert_int_equal(queue_of(f), 4);
	f[26] = 1;
	assert_int_equal(queue_of(f), 2);
}

static void test_syn(void **state)
{
	uint8_t f[60];

	sd_write(d, 0, SYNQF, 4 << 1 | 1);
	frame(f, 6);
	assert_int_equal(queue_of(f), 0);
	f[47] = 0x02;
	assert_int_equal(queue_of(f), 4);
	f[47] = 0x12;
	assert_int_equal(queue_of(f), 4);
	/* behind the five-tuple filters, or before them */
	filter(0, TCP, 1, ANY, 2);
	assert_int_equal(queue_of(f), 2);
	sd_write(d, 0, SYNQF, SYNQF_FIRST | 4 << 1 | 1);
	assert_int_equal(queue_of(f), 4);
	f[47] = 0x10;
	assert_int_equal(queue_of(f), 2);
	sd_write(d, 0, SYNQF, SYNQF_FIRST | 4 << 1);
	f[47] = 0x02;
	assert_int_equal(queue_of(f), 2);
	frame(f, 17);
	f[47] = 0x02;
	sd_write(d, 0, SYNQF, SYNQF_FIRST | 4 << 1 | 1);
	assert_int_equal(queue_of(f), 2);
}

/* Filters of EtherTypes go before, if they choose a queue. */
static void test_ether_type_first(void **state)
{
	uint8_t f[60];

	frame(f, 17);
	filter(0, UDP, 7, 0, 2);
	sd_write(d, 0, ETQF(1), 0x80000800);
	assert_int_equal(queue_of(f), 2);
	sd_write(d, 0, ETQS(1), 0x80000000u | 3 << 16);
	assert_int_equal(queue_of(f), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fields, setup, teardown),
		cmocka_unit_test_setup_teardown(test_protocols, setup, teardown),
		cmocka_unit_test_setup_teardown(test_priorities, setup, teardown),
		cmocka_unit_test_setup_teardown(test_syn, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ether_type_first, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
