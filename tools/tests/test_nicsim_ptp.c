// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's IEEE 1588: the clock, which packets get a time stamp. Links nicsim.a, sim_driver.o. */
#include "sim_driver.h"

#define RXMTRL		0x5120
#define ETQF(i)		(0x5128 + 4 * (i))
#define TSYNCRXCTL	0x5188
#define RXSATRL		0x51A0
#define RXSTMPH		0x51A4
#define RXSATRH		0x51A8
#define RXSTMPL		0x51E8
#define TSYNCTXCTL	0x8C00
#define TXSTMPL		0x8C04
#define TXSTMPH		0x8C08
#define SYSTIML		0x8C0C
#define SYSTIMH		0x8C10
#define TIMINCA		0x8C14
#define TIMADJL		0x8C18
#define TIMADJH		0x8C1C

#define EN		0x10u
#define TYPE(t)		((t) << 1)
#define TS		0x10000u
#define ETQF_1588	0xC00088F7u		/* FILTER_EN, 1588, ethertype */
#define TSTAMP		0x80000u
#define AN_RESTART	0x1000u
#define RST		(1u << 26)

enum { L2_V2, L4_V1, V2, EVENT_V2 = 5 };
enum { SYNC, DELAY_REQ, PDELAY_REQ, PDELAY_RESP, FOLLOW_UP = 8, ANNOUNCE = 11 };

static struct sd *d;
static struct sd_ring rx, tx;
static uint32_t info;		/* first word of the last packet's descriptor */

static int setup(void **state)
{
	d = sd_open(1, false);
	rx = sd_rx(d, 0, 0, 64, 0x02000002);
	sd_write(d, 0, SYSTIML, 0);
	sd_write(d, 0, SYSTIMH, 0);
	return 0;
}

static int setup_wire(void **state)
{
	d = sd_open(2, true);
	tx = sd_tx(d, 0, 0, 64, 0);
	rx = sd_rx(d, 1, 0, 64, 0x02000002);
	return 0;
}

static int teardown(void **state)
{
	sd_close(d);
	return 0;
}

static uint64_t read_pair(unsigned int port, uint32_t low, uint32_t high)
{
	uint64_t value = sd_read(d, port, low);

	return value | (uint64_t)sd_read(d, port, high) << 32;
}

static uint64_t systim(void)
{
	return read_pair(0, SYSTIML, SYSTIMH);
}

/* ---- clock ---- */

/* At 10 Gbit/s a tick is 6.4 ns; the value is Linux's, which makes 2^21 of a nanosecond. */
static void test_rate(void **state)
{
	const uint64_t incvalue = 0xCCCCCC;

	assert_int_equal(systim(), 0);
	sd_run(d);
	assert_int_equal(systim(), 0);		/* INCPERIOD 0: it stands */
	sd_write(d, 0, TIMINCA, 1u << 24 | incvalue);
	nicsim_advance(d->sim, 6);
	assert_int_equal(systim(), 0);
	nicsim_advance(d->sim, 1);
	assert_int_equal(systim(), incvalue);
	nicsim_advance(d->sim, 1000000000 - 7);
	assert_int_equal(systim(), 156250000 * incvalue);
	/* to a nanosecond by Linux's shift of 21, the rest is the rounding of 0xCCCCCC */
	assert_in_range(systim() >> 21, 999999900, 1000000000);
	/* every third tick, from where it is */
	sd_write(d, 0, TIMINCA, 3u << 24 | 1);
	nicsim_advance(d->sim, 192000);
	assert_int_equal(systim(), 156250000 * incvalue + 10000);
}

/* What it has come to does not change with its pace, nor does a part of a tick get lost. */
static void test_change_of_rate(void **state)
{
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		sd_write(d, 0, TIMINCA, 1u << 24 | 1);
		nicsim_advance(d->sim, 7);
	}
	assert_int_equal(systim(), 1093);	/* 7000 ns by 6.4 */
	sd_write(d, 0, TIMINCA, 1u << 24 | 1000);
	nicsim_advance(d->sim, 640);
	sd_write(d, 0, TIMINCA, 0);
	nicsim_advance(d->sim, 640);
	assert_int_equal(systim(), 1093 + 100 * 1000);
}

static void test_set(void **state)
{
	sd_write(d, 0, SYSTIML, 0xFFFFFFFE);
	sd_write(d, 0, SYSTIMH, 0x11);
	assert_int_equal(systim(), 0x11FFFFFFFE);
	sd_write(d, 0, TIMINCA, 1u << 24 | 1);
	/* the high half is that of the moment when the low one was read */
	assert_int_equal(sd_read(d, 0, SYSTIML), 0xFFFFFFFE);
	nicsim_advance(d->sim, 64);
	assert_int_equal(sd_read(d, 0, SYSTIMH), 0x11);
	assert_int_equal(sd_read(d, 0, SYSTIMH), 0x12);
	assert_int_equal(systim(), 0x1200000008);
}

static void test_adjust(void **state)
{
	sd_write(d, 0, SYSTIMH, 0x10);
	sd_write(d, 0, TIMADJL, 0x20);
	assert_int_equal(systim(), 0x1000000000);
	sd_write(d, 0, TIMADJH, 3);
	assert_int_equal(systim(), 0x1300000020);
	sd_write(d, 0, TIMADJL, 0x21);
	sd_write(d, 0, TIMADJH, 0x80000001);
	assert_int_equal(systim(), 0x11FFFFFFFF);
}

/* All 64 bits count, and go round. */
static void test_wrap(void **state)
{
	sd_write(d, 0, SYSTIML, 0xFFFFFFFF);
	sd_write(d, 0, SYSTIMH, 0xFFFFFFFF);
	sd_write(d, 0, TIMINCA, 1u << 24 | 0xFFFFFF);
	nicsim_advance(d->sim, 7);
	assert_int_equal(systim(), 0xFFFFFE);
	/* ten hours */
	nicsim_advance(d->sim, 36000000000000 - 7);
	assert_int_equal(systim(), 5625000000000ull * 0xFFFFFF - 1);
}

static void test_device_reset(void **state)
{
	sd_write(d, 0, TIMINCA, 1u << 24 | 1);
	sd_write(d, 0, SYSTIMH, 1);
	sd_write(d, 0, TSYNCTXCTL, EN);
	sd_write(d, 0, TSYNCRXCTL, EN);
	sd_run(d);
	sd_write(d, 0, 0, 0x04000000);
	sd_run(d);
	assert_int_equal(systim(), 0);
	assert_int_equal(sd_read(d, 0, TIMINCA), 0);
	assert_int_equal(sd_read(d, 0, TSYNCTXCTL), 0);
	assert_int_equal(sd_read(d, 0, TSYNCRXCTL), 0);
	assert_int_equal(sd_read(d, 0, RXMTRL), 319u << 16);
}

/*
 * The clock's tick follows the link: ten times as long at 1 Gbit/s, as at 10 without a link. A link
 * that outlives a reset has the speed of AUTOC after that.
 */
static void test_link_speed(void **state)
{
	struct nicsim *sim = nicsim_create(&(struct nicsim_config){ 0 });
	const struct nicsim_port_config config = { .name = "kx", .device_id = 0x10f7 };
	struct nicsim_port *p;
	uint32_t value = htole32(0x0006), autoc, i;
	uint64_t at[5];

	assert_non_null(sim);
	p = nicsim_port_add(sim, &config, NULL, 0);
	assert_non_null(p);
	nicsim_region_write(p, NICSIM_REGION_CONFIG, 4, &value, 2);
	nicsim_advance(sim, 200000000);
	for (i = 0; i < 5; i++) {
		if (i == 1) {
			/* KX alone is offered: 1 Gbit/s */
			nicsim_region_read(p, 0, 0x42A0, &autoc, 4);
			autoc = (autoc & ~0x80010000u) | 0x40000000 | AN_RESTART;
			nicsim_region_write(p, 0, 0x42A0, &autoc, 4);
			nicsim_advance(sim, 200000000);
			nicsim_region_read(p, 0, 0x42A4, &value, 4);
			assert_int_equal(value & 0x70000000, 0x60000000);
		} else if (i == 2) {
			nicsim_link(p, false);
			nicsim_advance(sim, 1000);
		} else if (i > 2) {
			nicsim_link(p, true);
			nicsim_advance(sim, 200000000);
			value = RST;
			nicsim_region_write(p, 0, 0, &value, 4);
			nicsim_advance(sim, 2000000);
			nicsim_region_read(p, 0, 0x42A4, &value, 4);
			assert_int_equal(value & 0x70000000, 0x70000000);
		}
		value = 1u << 24 | 1;
		nicsim_region_write(p, 0, TIMINCA, &value, 4);
		nicsim_region_read(p, 0, SYSTIML, &value, 4);
		at[i] = value;
		nicsim_advance(sim, 6400000);
		nicsim_region_read(p, 0, SYSTIML, &value, 4);
		at[i] = value - at[i];
	}
	assert_in_range(at[0], 999999, 1000001);
	assert_in_range(at[1], 99999, 100001);
	assert_in_range(at[2], 999999, 1000001);
	assert_in_range(at[3], 999999, 1000001);
	assert_in_range(at[4], 999999, 1000001);
	nicsim_destroy(sim);
}

/* ---- received packets ---- */

static void put_message(uint8_t *msg, unsigned int version, unsigned int type)
{
	static const uint8_t source[] = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66 };

	memset(msg, 0, 44);
	msg[0] = version == 2 ? type : 0;
	msg[1] = version;
	memcpy(msg + 22, source, sizeof(source));
	msg[30] = 0x12;
	msg[31] = 0x34;
	msg[32] = version == 1 ? type : 0;
}

static uint32_t l2_frame(uint8_t *f, unsigned int version, unsigned int type, bool tagged)
{
	uint32_t at = tagged ? 4 : 0;

	memset(f, 0, 128);
	f[0] = 0x01;
	f[1] = 0x1B;
	f[2] = 0x19;
	f[12] = 0x81;
	f[12 + at] = 0x88;
	f[13 + at] = 0xF7;
	put_message(f + 14 + at, version, type);
	return 60 + at;
}

static uint32_t udp_frame(uint8_t *f, unsigned int version, unsigned int type, uint16_t port)
{
	memset(f, 0, 128);
	f[0] = 2;
	f[12] = 0x08;
	f[14] = 0x45;
	f[17] = 20 + 8 + 44;
	f[23] = 17;
	f[36] = port >> 8;
	f[37] = port;
	f[39] = 8 + 44;
	put_message(f + 42, version, type);
	return 86;
}

static uint32_t udp6_frame(uint8_t *f, unsigned int version, unsigned int type)
{
	memset(f, 0, 128);
	f[0] = 2;
	f[12] = 0x86;
	f[13] = 0xDD;
	f[14] = 0x60;
	f[19] = 8 + 44;
	f[20] = 17;
	f[56] = 319 >> 8;
	f[57] = 319 & 0xFF;
	f[59] = 8 + 44;
	put_message(f + 62, version, type);
	return 106;
}

/* Whether the frame's descriptor says that there is a time stamp; the register must agree. */
static bool stamped(const uint8_t *f, uint32_t len)
{
	uint32_t head = sd_read(d, 0, 0x1010), status;
	bool was = sd_read(d, 0, TSYNCRXCTL) & 1;

	assert_true(sd_offer(d, 0, f, len));
	sd_run(d);
	assert_int_not_equal(sd_read(d, 0, 0x1010), head);
	info = sd_dw(&rx, head, 0);
	status = sd_dw(&rx, head, 2);
	sd_rx_post(&rx, head);
	rx.tail = (rx.tail + 1) % rx.count;
	sd_bell(&rx);
	assert_int_equal(sd_read(d, 0, TSYNCRXCTL) & 1, was || (status & TS));
	return status & TS;
}

/* The same, and the stamp is taken away. */
static bool stamps(const uint8_t *f, uint32_t len)
{
	bool yes = stamped(f, len);

	sd_read(d, 0, RXSTMPH);
	assert_int_equal(sd_read(d, 0, TSYNCRXCTL) & 1, 0);
	return yes;
}

/* One bit for each kind of message that is stamped: 0 .. 15 by type. */
static uint32_t stamped_types(uint32_t (*frame)(uint8_t *f, unsigned int version, unsigned int t),
			      unsigned int version)
{
	uint32_t types = 0, i;
	uint8_t f[128];

	for (i = 0; i < 16; i++)
		types |= (uint32_t)stamps(f, frame(f, version, i)) << i;
	return types;
}

static uint32_t l2(uint8_t *f, unsigned int version, unsigned int type)
{
	return l2_frame(f, version, type, false);
}

static uint32_t l2_tagged(uint8_t *f, unsigned int version, unsigned int type)
{
	return l2_frame(f, version, type, true);
}

static uint32_t udp(uint8_t *f, unsigned int version, unsigned int type)
{
	return udp_frame(f, version, type, 319);
}

static uint32_t udp_general(uint8_t *f, unsigned int version, unsigned int type)
{
	return udp_frame(f, version, type, 320);
}

#define PDELAY	(1u << PDELAY_REQ | 1u << PDELAY_RESP)
#define EVENTS	0x00FFu

static void test_types(void **state)
{
	sd_write(d, 0, ETQF(3), ETQF_1588);
	sd_write(d, 0, RXMTRL, 319u << 16 | DELAY_REQ << 8 | FOLLOW_UP);
	assert_int_equal(stamped_types(l2, 2), 0);		/* not enabled */
	sd_write(d, 0, TSYNCRXCTL, EN | TYPE(L2_V2));
	assert_int_equal(stamped_types(l2, 2), 1u << DELAY_REQ | PDELAY);
	assert_int_equal(stamped_types(l2_tagged, 2), 1u << DELAY_REQ | PDELAY);
	assert_int_equal(stamped_types(l2, 1), 0);
	assert_int_equal(stamped_types(udp, 2), 0);
	sd_write(d, 0, TSYNCRXCTL, EN | TYPE(V2));
	assert_int_equal(stamped_types(l2, 2), 1u << DELAY_REQ | PDELAY);
	assert_int_equal(stamped_types(udp, 2), 1u << DELAY_REQ | PDELAY);
	assert_int_equal(stamped_types(udp6_frame, 2), 1u << DELAY_REQ | PDELAY);
	assert_int_equal(stamped_types(udp_general, 2), 0);
	assert_int_equal(stamped_types(udp, 1), 0);
	sd_write(d, 0, TSYNCRXCTL, EN | TYPE(EVENT_V2));
	assert_int_equal(stamped_types(l2, 2), EVENTS);
	assert_int_equal(stamped_types(udp, 2), EVENTS);
	assert_int_equal(stamped_types(udp6_frame, 2), EVENTS);
	sd_write(d, 0, TSYNCRXCTL, EN | TYPE(L4_V1));
	assert_int_equal(stamped_types(udp, 1), 1u << FOLLOW_UP);
	assert_int_equal(stamped_types(udp, 2), 0);
	assert_int_equal(stamped_types(udp6_frame, 1), 0);
	assert_int_equal(stamped_types(l2, 2), 0);
	sd_write(d, 0, RXMTRL, 320u << 16 | SYNC);
	assert_int_equal(stamped_types(udp_general, 1), 1u << SYNC);
}

/* The ethertype is what a filter with the 1588 bit says. */
static void test_etqf(void **state)
{
	uint8_t f[128];
	uint32_t len = l2_frame(f, 2, SYNC, false);

	sd_write(d, 0, TSYNCRXCTL, EN | TYPE(EVENT_V2));
	assert_false(stamps(f, len));
	sd_write(d, 0, ETQF(3), ETQF_1588 & ~0x40000000u);
	assert_false(stamps(f, len));
	sd_write(d, 0, ETQF(3), ETQF_1588);
	assert_true(stamps(f, len));
	assert_int_equal(info & 0x8070, 0x8030);	/* packet type: filter 3 */
}

/* Messages that end before their fields do are none. */
static void test_short(void **state)
{
	uint8_t f[128];
	uint32_t len = udp_frame(f, 2, SYNC, 319);

	sd_write(d, 0, ETQF(0), ETQF_1588);
	sd_write(d, 0, 0x5080, 0x702);		/* FCTRL.SBP: runts too */
	sd_write(d, 0, TSYNCRXCTL, EN | TYPE(EVENT_V2));
	assert_true(stamps(f, len));
	f[17] = 20 + 8 + 34;
	assert_true(stamps(f, len));
	f[17]--;
	assert_false(stamps(f, len));
	l2_frame(f, 2, SYNC, false);
	assert_true(stamps(f, 14 + 34));
	assert_false(stamps(f, 14 + 33));
	assert_false(stamps(f, 14));
}

static void test_reserved_type(void **state)
{
	uint8_t f[128];

	sd_write(d, 0, TSYNCRXCTL, EN | TYPE(4));
	sd_expect(d, "ptp-type");
	assert_false(stamps(f, udp(f, 2, SYNC)));
	sd_write(d, 0, TSYNCRXCTL, TYPE(4));	/* not enabled */
}

/* One stamp at a time: it stays until its high half is read, and so does what is said of it. */
static void test_latch(void **state)
{
	uint8_t f[128];
	uint64_t first;

	sd_write(d, 0, TIMINCA, 1u << 24 | 64);
	sd_write(d, 0, TSYNCRXCTL, EN | TYPE(EVENT_V2));
	assert_true(stamped(f, udp_frame(f, 2, SYNC, 319)));
	first = sd_read(d, 0, RXSTMPL);
	f[42 + 31] = 0x99;
	assert_false(stamped(f, 86));
	assert_int_equal(sd_read(d, 0, RXSATRL), 0x33445566);
	assert_int_equal(sd_read(d, 0, RXSATRH), 0x12341122);
	assert_int_equal(sd_read(d, 0, RXSTMPL), first);
	assert_int_equal(sd_read(d, 0, TSYNCRXCTL), EN | TYPE(EVENT_V2) | 1);
	/* the valid bit is not the driver's to clear */
	sd_write(d, 0, TSYNCRXCTL, EN | TYPE(EVENT_V2));
	assert_int_equal(sd_read(d, 0, TSYNCRXCTL) & 1, 1);
	sd_read(d, 0, RXSTMPH);
	assert_true(stamped(f, 86));
	assert_true(sd_read(d, 0, RXSTMPL) > first);
	assert_int_equal(sd_read(d, 0, RXSATRH), 0x12991122);
}

/* ---- both ends of a wire ---- */

static void send(const void *frame, uint32_t len, uint32_t flags)
{
	sd_push(&tx, sd_data(&tx, frame, len), SD_DATA | SD_EOP | SD_IFCS | SD_RS | flags | len,
		len << 14);
	sd_bell(&tx);
	sd_run(d);
}

/*
 * The wire has no length: what the sender notes is what the receiver notes, since both clocks began
 * together. It is the frame's beginning, not its end.
 */
static void test_wire(void **state)
{
	uint8_t f[1500];
	uint64_t out, in, before;
	unsigned int i;

	for (i = 0; i < 2; i++)
		sd_write(d, i, TIMINCA, 1u << 24 | 64);	/* tenths of a nanosecond */
	sd_write(d, 0, TSYNCTXCTL, EN);
	sd_write(d, 1, TSYNCRXCTL, EN | TYPE(EVENT_V2));
	memset(f, 0, sizeof(f));
	udp_frame(f, 2, SYNC, 319);
	before = systim();
	send(f, sizeof(f), TSTAMP);
	assert_int_equal(sd_read(d, 0, TSYNCTXCTL), EN | 1);
	assert_int_equal(sd_read(d, 1, TSYNCRXCTL) & 1, 1);
	assert_int_equal(sd_dw(&rx, 0, 2) & TS, TS);
	out = read_pair(0, TXSTMPL, TXSTMPH);
	in = read_pair(1, RXSTMPL, RXSTMPH);
	assert_int_equal(out, in);
	/* preamble and gap, 20 bytes of 0.8 ns, come first; the frame takes 1,203.2 ns */
	assert_in_range(out - before, 160 - 64, 160 + 64);
	assert_int_equal(sd_read(d, 0, TSYNCTXCTL), EN);
	assert_int_equal(sd_read(d, 1, TSYNCRXCTL) & 1, 0);
}

static void test_tx_latch(void **state)
{
	uint8_t f[64] = { 2 };
	uint64_t first;

	sd_write(d, 0, TIMINCA, 1u << 24 | 64);
	send(f, sizeof(f), TSTAMP);
	assert_int_equal(sd_read(d, 0, TSYNCTXCTL), 0);		/* not enabled */
	sd_write(d, 0, TSYNCTXCTL, EN);
	send(f, sizeof(f), 0);
	assert_int_equal(sd_read(d, 0, TSYNCTXCTL), EN);	/* not asked for */
	send(f, sizeof(f), TSTAMP);
	first = sd_read(d, 0, TXSTMPL);
	send(f, sizeof(f), TSTAMP);
	assert_int_equal(sd_read(d, 0, TXSTMPL), first);
	sd_write(d, 0, TSYNCTXCTL, EN);
	assert_int_equal(sd_read(d, 0, TSYNCTXCTL), EN | 1);
	sd_read(d, 0, TXSTMPH);
	assert_int_equal(sd_read(d, 0, TSYNCTXCTL), EN);
	send(f, sizeof(f), TSTAMP);
	assert_true(sd_read(d, 0, TXSTMPL) > first);
}

/* Stamps are taken where the MAC meets the PHY; a loopback in the MAC does not pass there. */
static void test_loopback(void **state)
{
	uint8_t f[128];
	uint32_t len = udp_frame(f, 2, SYNC, 319);

	sd_write(d, 0, 0x4240, sd_read(d, 0, 0x4240) | 0x8000);	/* HLREG0.LPBK */
	sd_write(d, 0, TSYNCTXCTL, EN);
	sd_write(d, 0, TSYNCRXCTL, EN | TYPE(EVENT_V2));
	rx = sd_rx(d, 0, 0, 8, 0x02000002);
	send(f, len, TSTAMP);
	assert_int_equal(sd_dw(&rx, 0, 2) & (SD_DD | TS), SD_DD);
	assert_int_equal(sd_read(d, 0, TSYNCTXCTL), EN);
	assert_int_equal(sd_read(d, 0, TSYNCRXCTL) & 1, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_change_of_rate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_set, setup, teardown),
		cmocka_unit_test_setup_teardown(test_adjust, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_device_reset, setup, teardown),
		cmocka_unit_test(test_link_speed),
		cmocka_unit_test_setup_teardown(test_types, setup, teardown),
		cmocka_unit_test_setup_teardown(test_etqf, setup, teardown),
		cmocka_unit_test_setup_teardown(test_short, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reserved_type, setup, teardown),
		cmocka_unit_test_setup_teardown(test_latch, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wire, setup_wire, teardown),
		cmocka_unit_test_setup_teardown(test_tx_latch, setup_wire, teardown),
		cmocka_unit_test_setup_teardown(test_loopback, setup_wire, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
