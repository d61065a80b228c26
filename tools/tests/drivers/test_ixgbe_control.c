// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Control of the 82599: hash types, link modes, dumps, firmware that owns the link, stop. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "packet.h"
#include "simport.h"

static u8 frame[SIM_BYTES];

static const struct sim_flow tcp4 = { false, 6, 1000, 2000, 0x0a000001, 0x0a000002, -1, 100 };

static struct nicsim_port_config base(u16 device)
{
	struct nicsim_port_config c = { .name = "t0", .model = "82599", .device_id = device };

	memcpy(c.mac, sim_mac, 6);
	return c;
}

static bool passes(struct sim *s)
{
	u32 len = sim_build(frame, &tcp4);

	sim_clear(s);
	if (!nicsim_port_frame(s->device, frame, len))
		return false;
	sim_run(s, 100);
	sim_send(s, 0, frame, len, 2048, 0, 0, 0, 0);
	sim_run(s, 100);
	return s->n_got == 1 && s->n_sent == 1;
}

/* The frame must have the type and hash that software finds with the types enabled. */
static void hash_one(struct sim *s, const struct nax_rss *rss, u32 len)
{
	struct nax_piece piece = { frame, len };
	enum nax_hash_type type;
	u32 hash = 0;

	sim_clear(s);
	sim_inject(s, frame, piece.len);
	assert_int_equal(s->n_got, 1);
	type = nax_rss_hash(rss->key, rss->types, &piece, 1, &hash);
	if ((s->got[0].flags & NAX_F_HASH_TYPE) >> NAX_F_HASH_SHIFT != type)
		fail_msg("types 0x%x, ethertype %02x%02x: hash type %u, not %u", rss->types,
			 frame[12], frame[13],
			 (s->got[0].flags & NAX_F_HASH_TYPE) >> NAX_F_HASH_SHIFT, type);
	if (type == NAX_HASH_NONE) {
		assert_int_equal(s->got[0].queue, 0);
		return;
	}
	assert_int_equal(s->got[0].hash, hash);
	assert_int_equal(s->got[0].queue, rss->table[hash % rss->entries]);
}

/* A type 2 routing header (RFC 6275) between IPv6 and transport header of the frame. */
static u32 add_routing_header(u32 len, u8 proto)
{
	u8 *ext = frame + 54;
	u32 below;

	memmove(ext + 24, ext, len - 54);
	memset(ext, 0, 24);
	ext[0] = proto;
	ext[1] = 2;
	ext[2] = 2;
	ext[3] = 1;
	memset(ext + 8, 0xab, 16);
	frame[20] = 43;
	below = (u32)(frame[18] << 8 | frame[19]) + 24;
	frame[18] = (u8)(below >> 8);
	frame[19] = (u8)below;
	return len + 24;
}

static void hash_flows(struct sim *s, struct nax_rss *rss, u32 types, bool routing)
{
	static const u8 protos[] = { 6, 17, 132, 0 };
	unsigned int i;

	rss->types = types;
	assert_int_equal(nax_port_set_rss(s->port, rss, &s->err), 0);
	for (i = 0; i < 8; i++) {
		struct sim_flow f = tcp4;
		u32 len;

		f.proto = protos[i / 2];
		f.v6 = i & 1;
		f.sport = (u16)(types + i);
		len = sim_build(frame, &f);
		hash_one(s, rss, len);
		if (f.v6 && routing)
			hash_one(s, rss, add_routing_header(len, f.proto));
	}
}

static void hash_types(void **state)
{
	struct sim *s = sim_up(NULL, 16);
	struct nax_rss rss;
	u32 plain = 1u << NAX_HASH_IPV6 | 1u << NAX_HASH_IPV6_TCP | 1u << NAX_HASH_IPV6_UDP;
	unsigned int type;

	nax_port_get_rss(s->port, &rss);
	for (type = NAX_HASH_IPV4; type <= NAX_HASH_IPV6_UDP; type++)
		hash_flows(s, &rss, 1u << type, false);
	for (type = NAX_HASH_IPV6_EX; type < NAX_HASH_TYPES; type++)
		hash_flows(s, &rss, plain | 1u << type, true);
	hash_flows(s, &rss, nax_port_caps(s->port)->rss_types, true);
	sim_close(s);
}

/* With 64 queues RSS reaches 16 of them; a table that names more is refused. */
static void rss_reaches_16(void **state)
{
	struct sim *s = sim_up(NULL, 32);
	struct nax_rss rss;
	unsigned int i;

	nax_port_get_rss(s->port, &rss);
	for (i = 0; i < rss.entries; i++)
		assert_in_range(rss.table[i], 0, 15);
	rss.table[3] = 16;
	assert_int_equal(nax_port_set_rss(s->port, &rss, &s->err), -EINVAL);
	assert_non_null(strstr(s->err.text, "16"));
	sim_close(s);
}

/* SRRCTL.DROP_EN of the receive queues: how many have it. */
static unsigned int drop_bits(struct sim *s)
{
	struct nax_diag *d = malloc(sizeof(*d));
	unsigned int i, n = 0;

	assert_non_null(d);
	nax_port_diag(s->port, d);
	for (i = 0; i < d->n; i++)
		n += !strcmp(d->rec[i].name, "SRRCTL") && d->rec[i].value & 1u << 28;
	free(d);
	return n;
}

static void link_modes(void **state)
{
	struct nicsim_port_config c = base(0x10f9);
	struct nicsim_port_config kx4 = base(0x10f7);
	struct nax_link link;
	struct sim *s = sim_create(&c);

	assert_int_equal(sim_open(s, 2), 0);
	assert_int_equal(nax_port_caps(s->port)->link_modes, NAX_LINK_10G);
	s->config.link.modes = NAX_LINK_1G;
	assert_int_equal(sim_start(s), -EINVAL);
	assert_true(s->err.text[0]);
	s->config.link.modes = NAX_LINK_10G;
	s->config.rx_queues = 2;
	assert_int_equal(sim_start(s), 0);
	sim_wait_link(s);
	nax_port_link(s->port, &link);
	assert_int_equal(link.media, NAX_MEDIA_CX4);
	assert_true(link.pause_rx);
	assert_true(link.pause_tx);
	s->config.link.pause_tx = false;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	sim_run(s, 1500000);
	sim_wait_link(s);
	nax_port_link(s->port, &link);
	assert_true(link.pause_rx);
	assert_false(link.pause_tx);
	/* with several queues and no pause frames, a queue drops instead of blocking the others */
	assert_int_equal(drop_bits(s), 2);
	s->config.link.pause_tx = true;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	assert_int_equal(drop_bits(s), 0);
	sim_close(s);

	s = sim_create(&kx4);
	assert_int_equal(sim_open(s, 2), 0);
	assert_int_equal(nax_port_caps(s->port)->link_modes, NAX_LINK_10G | NAX_LINK_1G);
	s->config.link.modes = NAX_LINK_1G;
	assert_int_equal(sim_start(s), 0);
	sim_run(s, 3000000);
	nax_port_link(s->port, &link);
	if (link.up)
		assert_int_equal(link.speed, 1000);
	s->config.link.modes = 0;
	assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
	sim_run(s, 1500000);
	sim_wait_link(s);
	nax_port_link(s->port, &link);
	assert_int_equal(link.speed, 10000);
	assert_int_equal(link.media, NAX_MEDIA_BACKPLANE);
	sim_close(s);
}

/* Firmware with its own link state machine (LESM): AUTOC is changed by its rules. */
static void lesm(void **state)
{
	static const u16 words[][2] = {
		{ 0x0f, 0x100 }, { 0x102, 0x110 }, { 0x111, 0x8000 }, { 0xffff, 0 },
	};
	static const u16 ids[] = { 0x10f7, 0x10fb, 0x1517 };
	unsigned int i;

	for (i = 0; i < 3; i++) {
		struct nicsim_port_config c = base(ids[i]);
		struct sim *s;

		c.nvm_words = words;
		s = sim_up(&c, 1);
		assert_true(passes(s));
		assert_int_equal(nax_port_reset(s->port, &s->err), 0);
		sim_run(s, 1500000);
		sim_wait_link(s);
		if (!passes(s))
			fail_msg("%04x: no traffic after reset\n%s", ids[i], s->log);
		sim_close(s);
	}
}

static const struct nax_diag_record *find_n(const struct nax_diag *d, const char *name, size_t n)
{
	u32 i;

	for (i = 0; i < d->n; i++)
		if (!strncmp(d->rec[i].name, name, n))
			return &d->rec[i];
	fail_msg("%s is not in the dump", name);
	return NULL;
}

static const struct nax_diag_record *find(const struct nax_diag *d, const char *name)
{
	return find_n(d, name, NAX_DIAG_NAME);
}

static void find_prefix(const struct nax_diag *d, const char *name)
{
	find_n(d, name, strlen(name));
}

/* A dump has the registers by name, and descriptors of every queue however many there are. */
static void dumps(void **state)
{
	static const unsigned int queues[] = { 1, 4, 16, 64 };
	struct nax_diag *d = malloc(sizeof(*d));
	unsigned int i;

	assert_non_null(d);
	for (i = 0; i < 4; i++) {
		struct sim *s = sim_up(NULL, queues[i]);
		char name[NAX_DIAG_NAME];

		assert_true(passes(s));
		nax_port_diag(s->port, d);
		assert_int_equal(d->lost, 0);
		assert_int_equal(find(d, "RXCTRL")->value, 1);
		assert_int_equal(find(d, "RDLEN")->value, s->config.rx_ring * 16);
		assert_true(find(d, "LINKS")->value & 1u << 30);
		assert_int_equal(find(d, "RDT")->offset, 0x1018);
		snprintf(name, sizeof(name), "desc tx%u[0]", queues[i] - 1);
		find(d, name);
		find_prefix(d, "desc rx0[");
		sim_close(s);
	}
	free(d);
}

static void dump_of_a_device_gone(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	struct nax_diag *d = malloc(sizeof(*d));

	assert_non_null(d);
	assert_true(passes(s));
	nicsim_fault(s->device, NICSIM_GONE, 0);
	sim_run(s, 1000000);
	nax_port_diag(s->port, d);
	assert_true(d->n < 200);
	free(d);
	sim_close(s);
}

/* A device that cannot be made quiet when it is stopped is reset, and works afterwards. */
static void master_stuck_at_stop(void **state)
{
	struct sim *s = sim_up(NULL, 1);

	assert_true(passes(s));
	nicsim_fault(s->device, NICSIM_MASTER_STUCK, 0);
	sim_stop(s);
	assert_non_null(strstr(s->log, "STATUS.GIO"));
	if (sim_start(s) < 0)
		fail_msg("%s", s->err.text);
	sim_wait_link(s);
	assert_true(passes(s));
	nicsim_fault_clear(s->device, NICSIM_MASTER_STUCK);
	sim_close(s);
}

static void rx_hang(void **state)
{
	struct sim *s = sim_up(NULL, 1);

	assert_true(passes(s));
	nicsim_fault(s->device, NICSIM_RX_HANG, 0);
	assert_false(passes(s));
	assert_int_equal(nax_port_reset(s->port, &s->err), 0);
	sim_wait_link(s);
	assert_true(passes(s));
	sim_close(s);
}

/* Frames fill the packet buffer, then they are missed: the framework sees it, and gets the queue going. */
static void rx_hang_is_seen(void **state)
{
	struct sim *s = sim_up(NULL, 1);
	u32 len = sim_build(frame, &tcp4);
	u32 i;

	assert_true(passes(s));
	nicsim_fault(s->device, NICSIM_RX_HANG, 0);
	for (i = 0; i < 20000; i++)
		nicsim_port_frame(s->device, frame, len);
	for (i = 0; i < 40; i++) {
		nicsim_port_frame(s->device, frame, len);
		nicsim_port_frame(s->device, frame, len);
		sim_run(s, 100000);
	}
	assert_non_null(strstr(s->log, "rx queue 0: no frame received for "));
	sim_wait_link(s);
	sim_run(s, 1000000);
	assert_true(passes(s));
	sim_close(s);
}

/* A queue whose ENABLE bit does not follow is reported, at start and at stop, and got going. */
static void queue_stuck(void **state)
{
	struct sim *s = sim_up(NULL, 2);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		nicsim_fault(s->device, NICSIM_QUEUE_STUCK, i);
		s->config.rx_ring = i ? 512 : 256;
		nax_port_reconfigure(s->port, &s->config, &s->err);
		nicsim_fault_clear(s->device, NICSIM_QUEUE_STUCK);
		sim_run(s, 3000000);
		sim_wait_link(s);
		assert_true(passes(s));
		assert_non_null(strstr(s->log, "DCTL.ENABLE"));
	}
	sim_close(s);
}

/* Offloads switched while frames flow: strip and verdicts follow at once. */
static void offloads_at_run_time(void **state)
{
	struct sim *s = sim_up(NULL, 2);
	u64 all = s->config.offloads;
	u64 less = all & ~(NAX_OFFLOAD_RX_VLAN | NAX_OFFLOAD_RX_CSUM);
	struct sim_flow f = tcp4;
	unsigned int i;

	f.vlan = 77;
	for (i = 0; i < 6; i++) {
		s->config.offloads = i & 1 ? less : all;
		assert_int_equal(nax_port_reconfigure(s->port, &s->config, &s->err), 0);
		sim_wait_link(s);
		sim_clear(s);
		sim_inject(s, frame, sim_build(frame, &f));
		assert_int_equal(s->n_got, 1);
		assert_int_equal(!!(s->got[0].flags & NAX_F_VLAN), !(i & 1));
		assert_int_equal(!!(s->got[0].flags & NAX_F_RX_L4CSUM_GOOD), !(i & 1));
	}
	sim_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_types),
		cmocka_unit_test(rss_reaches_16),
		cmocka_unit_test(link_modes),
		cmocka_unit_test(lesm),
		cmocka_unit_test(dumps),
		cmocka_unit_test(dump_of_a_device_gone),
		cmocka_unit_test(master_stuck_at_stop),
		cmocka_unit_test(rx_hang),
		cmocka_unit_test(rx_hang_is_seen),
		cmocka_unit_test(queue_stuck),
		cmocka_unit_test(offloads_at_run_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
