// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A driver joined to nicsim in one process; see simport.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "packet.h"
#include "simport.h"

const u8 sim_mac[6] = { 0x02, 0x00, 0x5e, 0x10, 0x20, 0x30 };

/* ---- struct nax_sim_ops over nicsim ---- */

static u64 op_region_size(void *dev, unsigned int region)
{
	return nicsim_region_size(((struct sim *)dev)->device, region);
}

static int op_region_read(void *dev, unsigned int region, u64 offset, void *data, unsigned int len)
{
	struct sim *s = dev;
	int ret = nicsim_region_read(s->device, region, offset, data, len);

	if (ret == 0 && s->tap_read)
		s->tap_read(s, region, offset, data, len);
	return ret;
}

static int op_region_write(void *dev, unsigned int region, u64 offset, const void *data,
			   unsigned int len)
{
	struct sim *s = dev;

	if (s->tap_write && s->tap_write(s, region, offset, data, len))
		return 0;
	return nicsim_region_write(s->device, region, offset, data, len);
}

static int op_dma_map(void *dev, u64 iova, u64 size, void *va)
{
	return nicsim_dma_map(((struct sim *)dev)->device, iova, size, va, true, true);
}

static int op_dma_unmap(void *dev, u64 iova, u64 size)
{
	return nicsim_dma_unmap(((struct sim *)dev)->device, iova, size) < 0 ? -EINVAL : 0;
}

static int op_set_irq(void *dev, unsigned int vector, void (*fn)(void *ctx, unsigned int vector),
		      void *ctx)
{
	return nicsim_irq_set(((struct sim *)dev)->device, vector, fn, ctx);
}

static int op_reset(void *dev)
{
	nicsim_port_reset(((struct sim *)dev)->device);
	return 0;
}

static u64 op_time_ns(void *dev)
{
	return nicsim_time(((struct sim *)dev)->world);
}

static void op_sleep_ns(void *dev, u64 ns)
{
	nicsim_advance(((struct sim *)dev)->world, ns);
}

static const struct nax_sim_ops sim_ops = {
	.region_size = op_region_size,
	.region_read = op_region_read,
	.region_write = op_region_write,
	.dma_map = op_dma_map,
	.dma_unmap = op_dma_unmap,
	.set_irq = op_set_irq,
	.reset = op_reset,
	.time_ns = op_time_ns,
	.sleep_ns = op_sleep_ns,
};

/* ---- the far side, messages ---- */

static bool far_side(void *ctx, const uint8_t *frame, uint32_t len)
{
	struct sim *s = ctx;
	struct sim_frame *f;

	if (s->blocked)
		return false;
	if (s->n_sent < SIM_KEEP) {
		f = &s->sent[s->n_sent];
		assert_true(len <= SIM_BYTES);
		f->len = len;
		memcpy(f->data, frame, len);
	}
	s->n_sent++;
	return true;
}

static const struct nicsim_net_ops far_ops = { .send = far_side };

static void keep(struct sim *s, const char *who, const char *text)
{
	size_t used = strlen(s->log);

	snprintf(s->log + used, sizeof(s->log) - used, "%s: %s\n", who, text);
}

static void driver_error(void *ctx, struct nicsim_port *port, const char *text)
{
	keep(ctx, "driver error", text);
}

static void model_log(void *ctx, struct nicsim_port *port, const char *text)
{
	keep(ctx, "nicsim", text);
}

static void library_log(void *arg, int level, const char *port, const char *text)
{
	keep(arg, "nax", text);
}

/* ---- life ---- */

static struct sim *sim_new(struct nicsim *world, const struct nicsim_port_config *config)
{
	struct nicsim_port_config c = { .name = "t0", .model = "82599" };
	struct nicsim_config w = { .driver_error = driver_error, .log = model_log };
	struct sim *s = calloc(1, sizeof(*s));
	char err[200] = "";

	assert_non_null(s);
	s->sent = calloc(SIM_KEEP, sizeof(*s->sent));
	s->got = calloc(SIM_KEEP, sizeof(*s->got));
	assert_non_null(s->sent);
	assert_non_null(s->got);
	w.ctx = s;
	memcpy(c.mac, sim_mac, 6);
	s->world = world ? world : nicsim_create(&w);
	assert_non_null(s->world);
	s->device = nicsim_port_add(s->world, config ? config : &c, err, sizeof(err));
	if (!s->device)
		fail_msg("nicsim_port_add: %s", err);
	return s;
}

struct sim *sim_create(const struct nicsim_port_config *config)
{
	struct sim *s = sim_new(NULL, config);

	nax_log_set(library_log, s, 2);
	nicsim_port_net(s->device, &far_ops, s);
	return s;
}

struct sim *sim_wire(struct sim *s, const struct nicsim_port_config *config)
{
	struct sim *peer = sim_new(s->world, config);

	nicsim_port_net(s->device, NULL, NULL);
	nicsim_wire(s->device, peer->device);
	s->peer = peer;
	peer->peer = s;
	return peer;
}

int sim_open(struct sim *s, unsigned int verify)
{
	int ret = nax_port_open_sim(&sim_ops, s, verify, &s->port, &s->err);

	if (ret == 0)
		nax_port_defaults(s->port, &s->config);
	return ret;
}

int sim_start(struct sim *s)
{
	unsigned int i, n;
	int ret = nax_port_start(s->port, &s->config, &s->err);

	if (ret < 0)
		return ret;
	s->poll = nax_poll_create(NULL, &s->err);
	assert_non_null(s->poll);
	n = s->config.rx_queues > s->config.tx_queues ? s->config.rx_queues : s->config.tx_queues;
	for (i = 0; i < n; i++)
		assert_int_equal(nax_poll_add(s->poll, s->port,
					      i < s->config.rx_queues ? (int)i : -1,
					      i < s->config.tx_queues ? (int)i : -1, &s->err), 0);
	return 0;
}

void sim_wait_link(struct sim *s)
{
	struct nax_link link;
	unsigned int i;

	for (i = 0; i < 300; i++) {
		nax_port_link(s->port, &link);
		if (link.up)
			return;
		sim_run(s, 10000);
	}
	fail_msg("no link: %s\n%s", link.reason, s->log);
}

struct sim *sim_up(const struct nicsim_port_config *config, unsigned int queues)
{
	struct sim *s = sim_create(config);

	if (sim_open(s, 2) < 0)
		fail_msg("open: %s\n%s", s->err.text, s->log);
	s->config.rx_queues = (u16)queues;
	s->config.tx_queues = (u16)queues;
	if (sim_start(s) < 0)
		fail_msg("start: %s\n%s", s->err.text, s->log);
	sim_wait_link(s);
	return s;
}

void sim_stop(struct sim *s)
{
	if (!s->poll)
		return;
	nax_poll_destroy(s->poll);
	s->poll = NULL;
	assert_int_equal(nax_port_stop(s->port, &s->err), 0);
}

void sim_close(struct sim *s)
{
	struct nax_port_info info;
	const char *first = "";
	unsigned int errors;

	if (s->poll)
		nax_poll_destroy(s->poll);
	if (s->port) {
		nax_port_info(s->port, &info);
		if (info.verify_failures && !s->verify_expected)
			fail_msg("verifier: %s\n%s", info.verify_text, s->log);
		nax_port_close(s->port);
	}
	errors = nicsim_driver_errors(s->device, &first);
	if (errors && !s->errors_expected)
		fail_msg("%u driver errors, first: %s\n%s", errors, first, s->log);
	assert_int_equal(nicsim_defects(s->device), 0);
	if (s->peer) {
		s->peer->peer = NULL;
	} else {
		nicsim_destroy(s->world);
		nax_log_set(NULL, NULL, 1);
	}
	free(s->sent);
	free(s->got);
	free(s);
}

/* ---- traffic ---- */

static void take_packet(struct sim *s, struct nax_ring *rx, unsigned int queue, u32 n)
{
	u32 first = nax_ring_first_held(rx), i;
	const struct nax_slot *last = nax_ring_slot(rx, first + n - 1);
	struct sim_packet *p = &s->got[s->n_got];

	if (last->flags & NAX_F_RX_ERROR) {
		s->n_errors++;
		return;
	}
	assert_true(s->n_got < SIM_KEEP);
	memset(p, 0, offsetof(struct sim_packet, data));
	p->queue = (u16)queue;
	p->slots = (u16)n;
	p->segments = last->gso;
	p->flags = last->flags;
	p->hash = last->hash;
	p->vlan_tci = last->vlan_tci;
	for (i = 0; i < n; i++) {
		const struct nax_slot *slot = nax_ring_slot(rx, first + i);

		assert_true(p->len + slot->len <= SIM_BYTES);
		memcpy(p->data + p->len, nax_slot_data(slot), slot->len);
		p->len += slot->len;
	}
	s->n_got++;
}

static u32 application(struct nax_poll *poll, void *arg)
{
	struct sim *s = arg;
	unsigned int q;
	u32 n, work = 0;

	if (s->hold)
		return 0;
	for (q = 0; q < s->config.rx_queues; q++) {
		struct nax_ring *rx = nax_port_rx_ring(s->port, q);

		/* What there is no room to keep stays in the ring. */
		while (s->n_got < SIM_KEEP &&
		       (n = nax_rx_packet(rx, nax_ring_first_held(rx))) != 0) {
			take_packet(s, rx, q, n);
			nax_rx_release(rx, n);
			work++;
		}
	}
	return work;
}

static void sim_poll(struct sim *s)
{
	if (s && s->poll)
		nax_poll_once(s->poll, application, s);
}

static void sim_service(struct sim *s)
{
	if (s && s->port)
		nax_port_service(s->port);
}

void sim_run(struct sim *s, u64 us)
{
	u64 end = nicsim_time(s->world) + us * 1000, now;
	u64 step = us > 5000 ? 100000 : 2000, serviced = nicsim_time(s->world);

	do {
		nicsim_advance(s->world, step);
		sim_poll(s);
		sim_poll(s->peer);
		now = nicsim_time(s->world);
		if (now - serviced >= 10000000) {
			sim_service(s);
			sim_service(s->peer);
			serviced = now;
		}
	} while (now < end);
	sim_service(s);
	sim_service(s->peer);
}

void sim_clear(struct sim *s)
{
	s->n_sent = 0;
	s->n_got = 0;
	s->n_errors = 0;
}

void sim_inject(struct sim *s, const u8 *frame, u32 len)
{
	assert_true(nicsim_port_frame(s->device, frame, len));
	sim_run(s, 20);
}

struct send {
	struct sim *s;
	unsigned int queue;
	const u8 *frame;
	u32 len, piece, flags, lengths;
	u16 gso, vlan_tci;
};

static u32 send_handler(struct nax_poll *poll, void *arg)
{
	struct send *a = arg;
	struct nax_ring *tx = nax_port_tx_ring(a->s->port, a->queue);
	u32 n = 0, done = 0;

	while (done < a->len) {
		struct nax_slot *slot = nax_ring_slot(tx, tx->end + n);
		u32 part = a->len - done < a->piece ? a->len - done : a->piece;

		assert_true(n < nax_ring_free(tx));
		nax_buf_home(slot);
		memcpy(nax_slot_data(slot), a->frame + done, part);
		slot->len = (u16)part;
		slot->flags = n ? 0 : a->flags;
		slot->hash = a->lengths;
		slot->gso = a->gso;
		slot->vlan_tci = a->vlan_tci;
		slot->group = 0;
		done += part;
		if (done == a->len)
			slot->flags |= NAX_F_EOP;
		n++;
	}
	nax_tx_submit(tx, n);
	return 1;
}

void sim_send(struct sim *s, unsigned int queue, const u8 *frame, u32 len, u32 piece, u32 flags,
	      u32 lengths, u16 gso, u16 vlan_tci)
{
	struct send a = { s, queue, frame, len, piece < NAX_BUF_DATA ? piece : NAX_BUF_DATA,
			  flags, lengths, gso, vlan_tci };

	nax_poll_once(s->poll, send_handler, &a);
}

static u32 free_handler(struct nax_poll *poll, void *arg)
{
	struct send *a = arg;

	a->len = nax_ring_free(nax_port_tx_ring(a->s->port, a->queue));
	return 0;
}

u32 sim_tx_free(struct sim *s, unsigned int queue)
{
	struct send a = { .s = s, .queue = queue };

	nax_poll_once(s->poll, free_handler, &a);
	return a.len;
}

u64 sim_hw_stat(struct sim *s, const char *name)
{
	const struct nax_caps *caps = nax_port_caps(s->port);
	u64 *v = calloc(caps->n_stats, sizeof(*v)), value = 0;
	unsigned int i;

	assert_non_null(v);
	nax_port_hw_stats(s->port, v);
	for (i = 0; i < caps->n_stats; i++)
		if (!strcmp(caps->stats[i].name, name))
			break;
	if (i == caps->n_stats)
		fail_msg("no hardware counter %s", name);
	else
		value = v[i];
	free(v);
	return value;
}

bool sim_event(struct sim *s, enum nax_port_event_type type)
{
	struct nax_port_event e;

	while (nax_port_event_next(s->port, &e))
		if (e.type == type)
			return true;
	return false;
}

const char *sim_state(struct sim *s)
{
	static struct nax_port_info info;

	nax_port_info(s->port, &info);
	return info.state;
}

/* ---- frames ---- */

static u8 *put16(u8 *p, u32 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
	return p + 2;
}

static u8 *put32(u8 *p, u32 v)
{
	return put16(put16(p, v >> 16), v & 0xffff);
}

static u32 l4_len(const struct sim_flow *f)
{
	return f->proto == 6 ? 20 : f->proto == 17 ? 8 : f->proto == 132 ? 12 : 0;
}

static u8 *put_l3(u8 *p, const struct sim_flow *f, u32 below)
{
	if (!f->v6) {
		p = put16(p, 0x4500);
		p = put16(p, 20 + below);
		p = put32(p, 0x12344000);
		*p++ = 64;
		*p++ = f->proto;
		p = put16(p, 0);
		p = put32(p, f->saddr);
		return put32(p, f->daddr);
	}
	p = put32(p, 0x60000000);
	p = put16(p, below);
	*p++ = f->proto;
	*p++ = 64;
	p = put32(put32(put32(put32(p, 0x20010db8), 0), 0), f->saddr);
	return put32(put32(put32(put32(p, 0x20010db8), 0), 0), f->daddr);
}

static u8 *put_l4(u8 *p, const struct sim_flow *f)
{
	if (f->proto == 6) {
		p = put16(put16(p, f->sport), f->dport);
		p = put32(put32(p, 1000), 2000);
		return put32(put32(p, 0x50180400), 0);
	}
	if (f->proto == 17) {
		p = put16(put16(p, f->sport), f->dport);
		return put16(put16(p, 8 + f->payload), 0);
	}
	if (f->proto == 132) {
		p = put16(put16(p, f->sport), f->dport);
		return put32(put32(p, 0x11223344), 0);
	}
	return p;
}

u32 sim_build(u8 *frame, const struct sim_flow *f)
{
	u32 below = l4_len(f) + f->payload, i;
	struct nax_piece piece;
	u8 *p = frame;

	memcpy(p, sim_mac, 6);
	memcpy(p + 6, "\x02\x00\x00\x00\x00\x99", 6);
	p += 12;
	if (f->vlan >= 0)
		p = put16(put16(p, 0x8100), (u32)f->vlan);
	p = put16(p, f->v6 ? 0x86dd : 0x0800);
	p = put_l3(p, f, below);
	p = put_l4(p, f);
	for (i = 0; i < f->payload; i++)
		*p++ = (u8)(i * 7 + (i >> 8));
	piece.data = frame;
	piece.len = (u32)(p - frame);
	assert_int_equal(nax_csum_fill(&piece, 1, sim_flags(f) |
				       (f->v6 ? 0 : NAX_F_TX_IPCSUM) |
				       (l4_len(f) ? NAX_F_TX_L4CSUM : 0), sim_lengths(f)), 0);
	return piece.len;
}

u32 sim_lengths(const struct sim_flow *f)
{
	return nax_tx_lengths(f->vlan >= 0 ? 18 : 14, f->v6 ? 40 : 20, l4_len(f));
}

u32 sim_flags(const struct sim_flow *f)
{
	u32 l4 = f->proto == 6 ? NAX_F_TCP : f->proto == 17 ? NAX_F_UDP :
		 f->proto == 132 ? NAX_F_SCTP : 0;

	return (f->v6 ? NAX_F_IPV6 : NAX_F_IPV4) | l4;
}

void sim_seed(u8 *frame, const struct sim_flow *f, bool gso)
{
	struct nax_slot slot = { .dma = (u64)((char *)frame - nax_mem_origin) };
	struct nax_ring ring = { .slot = &slot };
	u32 headers = (f->vlan >= 0 ? 18 : 14) + (f->v6 ? 40 : 20) + l4_len(f);

	slot.flags = sim_flags(f) | NAX_F_TX_L4CSUM | (f->v6 ? 0 : NAX_F_TX_IPCSUM) |
		     (gso ? NAX_F_TX_GSO : 0) | NAX_F_EOP;
	slot.hash = sim_lengths(f);
	slot.len = (u16)(headers + f->payload);
	assert_int_equal(nax_tx_seed(&ring, 0), 0);
}

bool sim_csum_ok(const u8 *frame, u32 len)
{
	struct nax_piece piece = { (u8 *)frame, len };
	u32 verdict = nax_csum_verify(&piece, 1);

	return !(verdict & NAX_F_RX_CSUM_BAD) &&
	       verdict & (NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_L4CSUM_GOOD);
}
