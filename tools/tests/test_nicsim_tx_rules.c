// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What nicsim does not take from a driver on transmit. Links nicsim.a, sim_driver.o. */
#include "sim_driver.h"

#define TDH(q)		(0x6010 + 0x40 * (q))
#define TDT(q)		(0x6018 + 0x40 * (q))
#define TXDCTL(q)	(0x6028 + 0x40 * (q))
#define ENABLE		0x02000000u

static struct sd *d;

static int setup(void **state)
{
	d = sd_open(1, false);
	return 0;
}

static int teardown(void **state)
{
	sd_close(d);
	return 0;
}

/* ---- what a driver must not do ---- */

static void bad(struct sd_ring *tx, uint32_t dw2, uint32_t dw3, const char *rule)
{
	unsigned int outs = d->outs;

	sd_push(tx, sd_data(tx, sd_numbered(100), 100), dw2, dw3);
	sd_bell(tx);
	sd_run(d);
	sd_expect(d, rule);
	assert_int_equal(d->outs, outs);
}

static void test_bad_descriptors(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 128, 0);
	const uint32_t ok = SD_DATA | SD_EOP | SD_IFCS, pay = 100 << 14;

	bad(&tx, ok | 0, pay, "tx-descriptor: queue 0 descriptor 0: length 0");
	bad(&tx, ok | 100 | 1 << 16, pay, "tx-descriptor");
	bad(&tx, ok | 100 | 1 << 26, pay, "tx-descriptor");
	bad(&tx, ok | 100 | 1 << 28, pay, "tx-descriptor");
	bad(&tx, ok | 100 | 1 << 18, pay, "LinkSec");
	bad(&tx, ok | 100, pay | 1 << 10, "IPsec");
	bad(&tx, ok | 100, pay | 1, "tx-descriptor");
	bad(&tx, ok | 100, pay | 1 << 11, "tx-descriptor");
	bad(&tx, ok | 100, pay | 2 << 4, "tx-descriptor");
	bad(&tx, ok | 0x00400000 | 100, pay, "DTYP 7");
	bad(&tx, ok | 100, 99 << 14, "tx-paylen");
	bad(&tx, ok | 16, 16 << 14, "tx-packet");
	bad(&tx, ok | SD_VLE | 100, pay, "tx-context");
	bad(&tx, ok | 100, pay | SD_TXSM, "tx-context");
	bad(&tx, ok | SD_TSE | 100, 46 << 14, "tx-context");
	bad(&tx, SD_EOP | SD_IFCS | 0x10000000 | 100, 0, "tx-descriptor");
	bad(&tx, SD_EOP | SD_IFCS | 13, 0, "tx-packet");
	/* each was passed over, and the queue goes on */
	sd_send(&tx, sd_numbered(100), 100);
	sd_run(d);
	sd_left(d, 0, sd_numbered(100), 100);
	assert_int_equal(sd_read(d, 0, TDH(0)), sd_read(d, 0, TDT(0)));
}

static void test_bad_contexts(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 128, 0);
	const uint32_t ok = SD_DATA | SD_EOP | SD_IFCS | 100, pay = 100 << 14;

	sd_push(&tx, 14 << 9 | 20, SD_CONTEXT | SD_IPV4 | SD_TCP | 1, 0);
	sd_bell(&tx);
	sd_run(d);
	sd_expect(d, "tx-context");
	sd_push(&tx, 1ull << 32, SD_CONTEXT, 0);
	sd_bell(&tx);
	sd_run(d);
	sd_expect(d, "tx-context");
	sd_push(&tx, 0, SD_CONTEXT, 2 << 4);
	sd_bell(&tx);
	sd_run(d);
	sd_expect(d, "IDX 2");
	sd_context(&tx, 0, 13, 20, SD_IPV4 | SD_TCP, 0, 0, 0);
	bad(&tx, ok, pay | SD_TXSM, "MACLEN 13");
	sd_context(&tx, 0, 14, 20, SD_TCP, 0, 0, 0);
	bad(&tx, ok, pay | SD_IXSM | SD_TXSM, "IPV4");
	sd_context(&tx, 0, 14, 20, SD_IPV4 | 0x1800, 0, 0, 0);
	bad(&tx, ok, pay | SD_TXSM, "L4T 3");
	sd_context(&tx, 0, 14, 80, SD_IPV4 | SD_TCP, 0, 0, 0);
	bad(&tx, ok, pay | SD_TXSM, "headers of 14 + 80");
	/* each queue has its own contexts, and loses them when it is off */
	sd_context(&tx, 0, 14, 20, SD_IPV4 | SD_TCP, 0, 0, 0);
	sd_bell(&tx);
	sd_run(d);
	sd_write(d, 0, TXDCTL(0), 0);
	sd_write(d, 0, TXDCTL(0), ENABLE);
	tx.tail = 0;
	bad(&tx, ok, pay | SD_TXSM, "without a context");
}

static void test_too_many(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 128, 8 << 16);
	uint64_t at = sd_data(&tx, sd_numbered(100), 100);
	uint32_t i, n = 31;

	/* with WTHRESH 8 it is 30 */
	for (i = 0; i < n; i++)
		sd_push(&tx, at, SD_DATA | SD_IFCS | 3 | (i == n - 1 ? SD_EOP | SD_RS : 0),
			3 * n << 14);
	sd_bell(&tx);
	sd_run(d);
	sd_expect(d, "more than 30");
	assert_int_equal(d->outs, 0);
	assert_int_equal(sd_dw(&tx, n - 1, 3), SD_DD);
}

static void test_no_eop(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);
	const uint8_t *f = sd_numbered(100);

	sd_push(&tx, sd_data(&tx, f, 50), SD_DATA | SD_IFCS | 50, 100 << 14);
	sd_bell(&tx);
	sd_run(d);
	sd_expect(d, "tx-no-eop");
	/* the rest comes late */
	sd_push(&tx, sd_data(&tx, f + 50, 50), SD_DATA | SD_EOP | SD_IFCS | 50, 0);
	sd_bell(&tx);
	sd_run(d);
	sd_left(d, 0, f, 100);
	/* and RS belongs to the last */
	sd_push(&tx, sd_data(&tx, f, 50), SD_DATA | SD_IFCS | SD_RS | 50, 100 << 14);
	sd_push(&tx, sd_data(&tx, f + 50, 50), SD_DATA | SD_EOP | SD_IFCS | 50, 0);
	sd_bell(&tx);
	sd_run(d);
	sd_expect(d, "RS without EOP");
	sd_push(&tx, sd_data(&tx, f, 50), SD_DATA | SD_IFCS | 50, 100 << 14);
	sd_context(&tx, 0, 14, 20, 0, 0, 0, 0);
	sd_push(&tx, sd_data(&tx, f + 50, 50), SD_DATA | SD_EOP | SD_IFCS | 50, 0);
	sd_bell(&tx);
	sd_run(d);
	sd_expect(d, "context inside");
}

static void test_rules(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);

	sd_write(d, 0, TDT(0), 16);
	sd_expect(d, "ring-tail: TDT[0] = 16 in a ring of 16");
	sd_write(d, 0, 0x6000, 0x8000);
	sd_expect(d, "ring-config: TDBAL");
	sd_write(d, 0, 0x6008, 512);
	sd_expect(d, "ring-config: TDLEN");
	sd_write(d, 0, 0x6038, 0x11);
	sd_expect(d, "ring-config: TDWBAL");
	sd_write(d, 0, 0x6048, 128);
	sd_write(d, 0, TXDCTL(1), ENABLE | 36 | 8 << 16);
	sd_expect(d, "tx-threshold");
	sd_write(d, 0, 0x8120, 1);
	sd_expect(d, "mtqc");
	/* the tail goes on, never back */
	sd_push(&tx, sd_data(&tx, sd_numbered(60), 60), SD_DATA | SD_EOP | SD_IFCS | 60, 60 << 14);
	sd_push(&tx, sd_data(&tx, sd_numbered(60), 60), SD_DATA | SD_EOP | SD_IFCS | 60, 60 << 14);
	sd_bell(&tx);
	sd_write(d, 0, TDT(0), 1);
	sd_expect(d, "takes descriptors back");
}

static void test_bad_memory(void **state)
{
	struct sd_ring tx = sd_tx(d, 0, 0, 16, 0);

	sd_push(&tx, 0x4000, SD_DATA | SD_EOP | SD_IFCS | SD_RS | 60, 60 << 14);
	sd_bell(&tx);
	sd_run(d);
	sd_expect(d, "dma-unmapped");
	assert_int_equal(d->outs, 0);
	/* the ring goes away with work in it */
	sd_push(&tx, sd_data(&tx, sd_numbered(60), 60), SD_DATA | SD_EOP | SD_IFCS | 60, 60 << 14);
	sd_bell(&tx);
	assert_int_equal(nicsim_dma_unmap(d->port[0], 0, UINT64_MAX), 1);
	sd_run(d);
	sd_expect(d, "dma-unmapped");
	assert_int_equal(d->errors, 0);
	sd_run(d);
}

#define TEST(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bad_descriptors), TEST(test_bad_contexts), TEST(test_too_many),
		TEST(test_no_eop), TEST(test_rules), TEST(test_bad_memory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
