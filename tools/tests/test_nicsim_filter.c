// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's layer 2 filters, by what arrives in a ring. Links nicsim.a, sim_driver.o. */
#include "sim_driver.h"

#include "datapath.h"

#define FCTRL		0x5080
#define VLNCTRL		0x5088
#define MCSTCTRL	0x5090
#define MTA		0x5200
#define UTA		0xF400
#define VFTA		0xA000
#define RAL(i)		(0xA200 + 8 * (i))
#define RAH(i)		(0xA204 + 8 * (i))
#define RUC		0x40A4
#define ROC		0x40AC
#define PIF		0x80u

static struct sd *d;
static struct sd_ring rx;

static int setup(void **state)
{
	d = sd_open(1, false);
	sd_write(d, 0, FCTRL, 0);
	rx = sd_rx(d, 0, 0, 128, 0x02000002);
	return 0;
}

static int teardown(void **state)
{
	sd_close(d);
	return 0;
}

static void frame_to(uint8_t *f, const uint8_t *mac)
{
	memset(f, 0, 64);
	memcpy(f, mac, 6);
	f[6] = 2;
	f[12] = 0x88;
	f[13] = 0xb5;
}

/* Offers @f; its status word if it arrived, 0 if not. */
static uint32_t arrives_frame(const uint8_t *f, uint32_t len)
{
	uint32_t head = sd_read(d, 0, 0x1010), next, status;

	assert_true(sd_offer(d, 0, f, len));
	sd_run(d);
	next = sd_read(d, 0, 0x1010);
	if (next == head)
		return 0;
	status = sd_dw(&rx, head, 2);
	assert_int_equal(status & SD_DD, SD_DD);
	sd_rx_post(&rx, head);
	rx.tail = (rx.tail + 1) % rx.count;
	sd_rx_post(&rx, head);
	sd_bell(&rx);
	return status;
}

static uint32_t arrives(const uint8_t *mac)
{
	uint8_t f[64];

	frame_to(f, mac);
	return arrives_frame(f, 60);
}

static uint32_t arrives_tagged(uint16_t type, uint16_t tci)
{
	static const uint8_t mac[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	uint8_t f[68];

	frame_to(f, mac);
	f[12] = type >> 8;
	f[13] = type;
	f[14] = tci >> 8;
	f[15] = tci;
	f[16] = 0x88;
	f[17] = 0xb5;
	return arrives_frame(f, 64);
}

static void rar_set(unsigned int i, const uint8_t *mac, bool valid)
{
	sd_write(d, 0, RAL(i), mac[0] | mac[1] << 8 | mac[2] << 16 | (uint32_t)mac[3] << 24);
	sd_write(d, 0, RAH(i), mac[4] | mac[5] << 8 | (valid ? 0x80000000u : 0));
}

static void test_exact(void **state)
{
	const uint8_t own[6] = { 2, 0, 0, 0, 0, 0x10 }, other[6] = { 2, 0, 0, 0, 0, 0x11 };
	unsigned int i;

	/* the NVM's address is there from the start */
	assert_int_equal(arrives(own) & PIF, 0);
	assert_true(arrives(own));
	assert_false(arrives(other));
	for (i = 1; i < 128; i++) {
		uint8_t mac[6] = { 2, 1, 2, 3, 4, i };

		assert_false(arrives(mac));
		rar_set(i, mac, false);
		assert_false(arrives(mac));
		rar_set(i, mac, true);
		assert_int_equal(arrives(mac) & (SD_RX_EOP | PIF), SD_RX_EOP);
		mac[0] ^= 4;
		assert_false(arrives(mac));
	}
	rar_set(0, other, true);
	assert_false(arrives(own));
	assert_true(arrives(other));
}

/* The first 16 receive addresses answer at the 82598's place as well. */
static void test_alias(void **state)
{
	const uint8_t mac[6] = { 2, 9, 8, 7, 6, 5 };

	sd_write(d, 0, 0x5400 + 8 * 15, 0x07080902);
	sd_write(d, 0, 0x5404 + 8 * 15, 0x80000506);
	assert_int_equal(sd_read(d, 0, RAL(15)), 0x07080902);
	assert_true(arrives(mac));
}

static void test_broadcast(void **state)
{
	const uint8_t all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	assert_false(arrives(all));
	sd_write(d, 0, FCTRL, 1 << 8);
	assert_false(arrives(all));
	sd_write(d, 0, FCTRL, 1 << 10);
	assert_int_equal(arrives(all) & (SD_RX_EOP | PIF), SD_RX_EOP);
}

static void test_promiscuous(void **state)
{
	const uint8_t uni[6] = { 2, 5, 5, 5, 5, 5 }, multi[6] = { 1, 0, 0x5e, 1, 2, 3 };

	assert_false(arrives(uni));
	assert_false(arrives(multi));
	sd_write(d, 0, FCTRL, 1 << 9);
	assert_int_equal(arrives(uni) & PIF, PIF);
	assert_false(arrives(multi));
	sd_write(d, 0, FCTRL, 1 << 8);
	assert_false(arrives(uni));
	assert_int_equal(arrives(multi) & PIF, PIF);
}

/* The four choices of address bits, worked out by hand: bits 47:36, 46:35, 45:34, 43:32. */
static void test_hash_bits(void **state)
{
	const uint8_t mac[6] = { 1, 0, 0x5e, 0x12, 0xbc, 0xda };

	assert_int_equal(sim_filter_hash(mac, 0), 0xdab);
	assert_int_equal(sim_filter_hash(mac, 1), 0xb57);
	assert_int_equal(sim_filter_hash(mac, 2), 0x6af);
	assert_int_equal(sim_filter_hash(mac, 3), 0xabc);
}

static void test_multicast_table(void **state)
{
	const uint8_t mac[6] = { 1, 0, 0x5e, 0x12, 0xbc, 0xda };
	uint32_t mo, hash;

	for (mo = 0; mo < 4; mo++) {
		hash = sim_filter_hash(mac, mo);
		sd_write(d, 0, MTA + 4 * (hash / 32), 1u << (hash % 32));
		sd_write(d, 0, MCSTCTRL, mo);
		assert_false(arrives(mac));
		sd_write(d, 0, MCSTCTRL, mo | 4);
		assert_int_equal(arrives(mac) & PIF, PIF);
		sd_write(d, 0, MTA + 4 * (hash / 32), ~(1u << (hash % 32)));
		assert_false(arrives(mac));
		sd_write(d, 0, MTA + 4 * (hash / 32), 0);
	}
}

static void test_unicast_table(void **state)
{
	const uint8_t mac[6] = { 2, 0, 0x5e, 0x12, 0xbc, 0xda };
	uint32_t hash = sim_filter_hash(mac, 0);

	sd_write(d, 0, MCSTCTRL, 4);
	sd_write(d, 0, MTA + 4 * (hash / 32), 1u << (hash % 32));
	assert_false(arrives(mac));
	sd_write(d, 0, UTA + 4 * (hash / 32), 1u << (hash % 32));
	assert_int_equal(arrives(mac) & PIF, PIF);
}

static void test_vlan_table(void **state)
{
	uint32_t vid;

	sd_write(d, 0, FCTRL, 1 << 8 | 1 << 9 | 1 << 10);
	assert_true(arrives_tagged(0x8100, 100));
	sd_write(d, 0, VLNCTRL, 1u << 30 | 0x8100);
	assert_true(arrives((const uint8_t[]){ 2, 3, 4, 5, 6, 7 }));
	for (vid = 0; vid < 4096; vid += 273) {
		/* promiscuous modes do not pass this filter by */
		assert_false(arrives_tagged(0x8100, vid));
		sd_write(d, 0, VFTA + 4 * (vid / 32), 1u << (vid % 32));
		assert_true(arrives_tagged(0x8100, vid));
		assert_true(arrives_tagged(0x8100, 0xe000 | vid));
		assert_false(arrives_tagged(0x8100, vid ^ 1));
		sd_write(d, 0, VFTA + 4 * (vid / 32), 0);
	}
	assert_true(arrives_tagged(0x88a8, 5));
	sd_write(d, 0, VLNCTRL, 1u << 30 | 0x88a8);
	assert_false(arrives_tagged(0x88a8, 5));
	assert_true(arrives_tagged(0x8100, 5));
}

static void test_cfi(void **state)
{
	sd_write(d, 0, FCTRL, 1 << 10);
	sd_write(d, 0, VLNCTRL, 1u << 29 | 0x8100);
	assert_true(arrives_tagged(0x8100, 0x0005));
	assert_false(arrives_tagged(0x8100, 0x1005));
	sd_write(d, 0, VLNCTRL, 1u << 29 | 1u << 28 | 0x8100);
	assert_false(arrives_tagged(0x8100, 0x0005));
	assert_true(arrives_tagged(0x8100, 0x1005));
}

static void test_lengths(void **state)
{
	static uint8_t f[10000];
	const uint8_t all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	frame_to(f, all);
	sd_write(d, 0, FCTRL, 1 << 10);
	assert_false(arrives_frame(f, 59));
	assert_int_equal(sd_read(d, 0, RUC), 1);
	assert_int_equal(sd_read(d, 0, RUC), 0);
	assert_true(arrives_frame(f, 60));
	assert_true(arrives_frame(f, 1514));
	assert_false(arrives_frame(f, 1515));
	assert_int_equal(sd_read(d, 0, ROC), 1);
	/* MFS counts with HLREG0.JUMBOEN alone, and with the frame check sequence */
	sd_write(d, 0, 0x4268, 2000u << 16);
	assert_false(arrives_frame(f, 1515));
	sd_write(d, 0, 0x4240, sd_read(d, 0, 0x4240) | 4);
	assert_true(arrives_frame(f, 1515));
	assert_true(arrives_frame(f, 1996));
	assert_false(arrives_frame(f, 1997));
	/* a tag makes it longer */
	f[12] = 0x81;
	f[13] = 0;
	assert_true(arrives_frame(f, 2000));
	assert_false(arrives_frame(f, 2001));
	sd_read(d, 0, ROC);
}

/* FCTRL.SBP: frames of a wrong length arrive, and say so. */
static void test_store_bad(void **state)
{
	const uint8_t all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static uint8_t f[2000];

	frame_to(f, all);
	sd_write(d, 0, FCTRL, 1 << 10 | 1 << 1);
	assert_int_equal(arrives_frame(f, 40) >> 28, 2);
	assert_int_equal(arrives_frame(f, 1600) >> 28, 1);
	assert_int_equal(sd_read(d, 0, RUC), 1);
	assert_int_equal(sd_read(d, 0, ROC), 1);
	assert_int_equal(sd_read(d, 0, 0x4074), 0);
}

static void test_receive_off(void **state)
{
	const uint8_t own[6] = { 2, 0, 0, 0, 0, 0x10 };

	sd_write(d, 0, 0x3000, 0);
	assert_false(arrives(own));
	sd_write(d, 0, 0x3000, 1);
	assert_true(arrives(own));
	assert_int_equal(sd_read(d, 0, 0x4074), 1);
}

static void test_statistics(void **state)
{
	const uint8_t own[6] = { 2, 0, 0, 0, 0, 0x10 }, multi[6] = { 1, 0, 0x5e, 1, 2, 3 };
	const uint8_t all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, other[6] = { 2, 1, 1, 1 };
	static const uint16_t lens[] = { 60, 61, 123, 124, 251, 252, 507, 508, 1019, 1020, 1514 };
	static uint8_t f[2000];
	uint32_t i, bytes = 0;

	sd_write(d, 0, FCTRL, 1 << 8 | 1 << 10);
	frame_to(f, own);
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		assert_true(arrives_frame(f, lens[i]));
		bytes += lens[i] + 4;
	}
	assert_true(arrives(multi));
	assert_true(arrives(all));
	assert_false(arrives(other));
	assert_int_equal(sd_read(d, 0, 0x4074), i + 2);		/* GPRC */
	assert_int_equal(sd_read(d, 0, 0x4088), bytes + 128);	/* GORC low */
	assert_int_equal(sd_read(d, 0, 0x408C), 0);
	assert_int_equal(sd_read(d, 0, 0x4078), 1);		/* BPRC */
	assert_int_equal(sd_read(d, 0, 0x407C), 1);		/* MPRC */
	assert_int_equal(sd_read(d, 0, 0x405C), 3);		/* PRC64 */
	for (i = 1; i < 6; i++)
		assert_int_equal(sd_read(d, 0, 0x405C + 4 * i), 2);
	assert_int_equal(sd_read(d, 0, 0x40D0), 14);		/* TPR: all that came */
	assert_int_equal(sd_read(d, 0, 0x40C0), bytes + 192);
	assert_int_equal(sd_read(d, 0, 0x1030), 13);		/* QPRC 0 */
	assert_int_equal(sd_read(d, 0, 0x4074), 0);		/* read clears */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_exact, setup, teardown),
		cmocka_unit_test_setup_teardown(test_alias, setup, teardown),
		cmocka_unit_test_setup_teardown(test_broadcast, setup, teardown),
		cmocka_unit_test_setup_teardown(test_promiscuous, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hash_bits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_multicast_table, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unicast_table, setup, teardown),
		cmocka_unit_test_setup_teardown(test_vlan_table, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cfi, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lengths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_store_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_receive_off, setup, teardown),
		cmocka_unit_test_setup_teardown(test_statistics, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
