// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Fuzzer: the 82599 driver, the core and the user back end, between a device that lies (liar.h) and
 * an application that asks for anything the API allows.
 *
 * The input is a device, a configuration, and a list of things that happen. Nothing may crash,
 * hang, or leak, and no packet may be handed out that is not inside its buffer. What the verifier
 * says of it is no matter here: it complains of the driver when the device lied.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "liar.h"
#include "mem.h"

#define QUEUES		2
#define SLOTS_MAX	48		/* of a packet that is sent: more than the device takes */
#define RX_SLOTS_MAX	10		/* of the largest frame in the smallest buffers */
#define SEED		0x8000u		/* among the flags of a packet: nax_tx_seed() */
#define OPS_MAX		400
#define ACCESSES_MAX	20000		/* start and a few resets; more of the same takes long */

/** struct fuzz - a run */
struct fuzz {
	struct liar_input in;
	struct liar *liar;
	struct nax_port *port;
	struct nax_poll *poll;
	bool sending;		/* the handler takes packets to send from the input */
	bool keeping;		/* it keeps what it receives for now */
	bool forwarding;
};

static void check(bool ok)
{
	if (!ok)
		abort();
}

/* ---- the application ---- */

static void check_packet(struct fuzz *f, struct nax_ring *rx, u32 first, u32 n)
{
	volatile uint8_t sink;
	u32 i;

	for (i = 0; i < n; i++) {
		struct nax_slot *s = nax_ring_slot(rx, first + i);
		uint8_t *data = nax_slot_data(s);

		check(s->len > 0 && s->len <= s->cap && s->cap <= NAX_BUF_DATA);
		check(liar_at(f->liar, s->dma, s->cap) == data);
		sink = data[0];
		sink = data[s->len - 1];
	}
	(void)sink;
}

/* A received packet of one slot goes out again, without a copy. */
static void forward(struct fuzz *f, struct nax_slot *r, unsigned int q)
{
	struct nax_ring *tx = nax_port_tx_ring(f->port, q);

	if (!nax_ring_free(tx))
		return;
	nax_slot_forward(r, nax_ring_slot(tx, tx->end), NAX_F_VLAN | 0x1f);
	nax_buf_home(r);
	nax_tx_submit(tx, 1);
}

/*
 * A packet as the input wants it: slots and where its bytes go, request, lengths, and the first
 * bytes themselves; behind them whatever the buffers hold.
 */
static void send_packet(struct fuzz *f, unsigned int q)
{
	struct nax_ring *tx = nax_port_tx_ring(f->port, q);
	uint8_t shape = liar_take8(&f->in);
	u32 slots = 1 + (shape & 0x3f) % SLOTS_MAX, i;
	u32 flags = liar_take16(&f->in), lengths = liar_take32(&f->in);
	u16 gso = liar_take16(&f->in), tci = liar_take16(&f->in);
	u16 len = liar_take16(&f->in);
	u32 bytes = liar_take8(&f->in);
	u32 offset = shape & 0x40 ? liar_take8(&f->in) : 0;

	if (slots > nax_ring_free(tx))
		return;
	for (i = 0; i < slots; i++) {
		struct nax_slot *s = nax_ring_slot(tx, tx->end + i);

		nax_buf_home(s);
		if (i == 0)
			liar_take(&f->in, nax_slot_data(s), bytes);
		/* the first byte may lie elsewhere in the buffer, headroom included */
		if (i == 0 && offset) {
			s->dma = s->dma - NAX_BUF_HEADROOM + offset;
			s->cap = NAX_BUF_DATA + NAX_BUF_HEADROOM - offset;
		}
		s->len = (u16)(len % (s->cap + 1));
		s->flags = i ? 0 : flags & ~(NAX_F_EOP | SEED);
		s->hash = i ? 0 : lengths;
		s->gso = gso;
		s->vlan_tci = tci;
		if (i + 1 == slots && !(flags & NAX_F_EOP))
			s->flags |= NAX_F_EOP;
		if (shape & 0x80)
			len = liar_take16(&f->in);
	}
	if (flags & SEED)
		nax_tx_seed(tx, tx->end);
	nax_tx_submit(tx, slots);
}

static void receive(struct fuzz *f, unsigned int q)
{
	struct nax_ring *rx = nax_port_rx_ring(f->port, q);
	u32 first = nax_ring_first_held(rx), n;

	while ((n = nax_rx_packet(rx, first)) != 0) {
		check(n <= RX_SLOTS_MAX);
		if (!(nax_ring_slot(rx, first + n - 1)->flags & NAX_F_RX_ERROR)) {
			check_packet(f, rx, first, n);
			if (n == 1 && f->forwarding && !f->keeping)
				forward(f, nax_ring_slot(rx, first), q);
		}
		first += n;
		if (!f->keeping)
			nax_rx_release(rx, n);
	}
}

static u32 handler(struct nax_poll *poll, void *arg)
{
	struct fuzz *f = arg;
	struct nax_port_info info;
	unsigned int q;

	/* what a handler may not do is refused, not believed */
	nax_port_info(f->port, &info);
	for (q = 0; q < QUEUES; q++)
		receive(f, q);
	if (f->sending) {
		uint8_t how = liar_take8(&f->in);

		for (q = 0; q <= (how >> 4 & 7u); q++)
			send_packet(f, how & 1);
	}
	return 0;
}

/* ---- control ---- */

static void configure(struct fuzz *f, struct nax_port_config *c)
{
	uint8_t how = liar_take8(&f->in);

	nax_port_defaults(f->port, c);
	c->rx_queues = c->tx_queues = QUEUES;
	c->rx_ring = 64u << (how & 1);
	c->tx_ring = 64u << (how >> 1 & 1);
	if (how & 4)
		c->offloads = liar_take16(&f->in);
	if (how & 8)
		c->mtu = liar_take16(&f->in);
	if (how & 16) {
		c->rx_buf_len = liar_take8(&f->in) * 1024u;
		c->itr_us = liar_take16(&f->in);
	}
	if (how & 32) {
		c->link.modes = liar_take8(&f->in);
		c->link.pause_rx = how >> 6 & 1;
		c->link.pause_tx = how >> 7 & 1;
	}
}

static void filter(struct fuzz *f)
{
	static u32 vlan[NAX_VLAN_WORDS];
	u8 addr[16][6];
	struct nax_filter n = {
		.flags = liar_take8(&f->in),
		.ucast = (const u8 (*)[6])addr,
		.mcast = (const u8 (*)[6])(addr + 8),
		.vlan = vlan,
	};
	uint8_t many = liar_take8(&f->in);
	unsigned int i;

	n.n_ucast = many & 7;
	n.n_mcast = many >> 3 & 7;
	for (i = 0; i < 16; i++) {
		memset(addr[i], 0, 6);
		addr[i][0] = i < 8 ? 2 : 1;
		if (many & 0x40)
			addr[i][liar_take8(&f->in) % 6] ^= liar_take8(&f->in);
	}
	vlan[liar_take8(&f->in) % NAX_VLAN_WORDS] ^= liar_take32(&f->in);
	nax_port_set_filter(f->port, &n, NULL);
}

static void rss(struct fuzz *f)
{
	struct nax_rss r;
	uint8_t how = liar_take8(&f->in);

	nax_port_get_rss(f->port, &r);
	r.types = liar_take16(&f->in);
	r.table[liar_take8(&f->in)] = liar_take8(&f->in) & (how & 1 ? 0xff : 1);
	r.key[how % NAX_RSS_KEY_MAX] = liar_take8(&f->in);
	if (how & 0x80)
		r.entries = liar_take16(&f->in);
	nax_port_set_rss(f->port, &r, NULL);
}

static void look(struct fuzz *f)
{
	static struct nax_diag diag;
	struct nax_port_event event;
	struct nax_queue_stats stats;
	struct nax_port_info info;
	struct nax_link link;
	u64 *values = calloc(nax_port_caps(f->port)->n_stats, sizeof(*values));

	check(values != NULL);
	nax_port_hw_stats(f->port, values);
	free(values);
	nax_port_diag(f->port, &diag);
	check(diag.n <= NAX_DIAG_RECORDS);
	nax_port_fault(f->port, &diag);
	nax_port_link(f->port, &link);
	check(memchr(link.module, 0, sizeof(link.module)) &&
	      memchr(link.reason, 0, sizeof(link.reason)));
	nax_port_queue_stats(f->port, true, 1, &stats);
	nax_port_queue_stats(f->port, false, 0, &stats);
	nax_port_info(f->port, &info);
	while (nax_port_event_next(f->port, &event))
		check(memchr(event.text, 0, sizeof(event.text)) != NULL);
}

static int join(struct fuzz *f)
{
	struct nax_error err;

	if (nax_poll_add(f->poll, f->port, 0, 0, &err) < 0)
		return -1;
	return nax_poll_add(f->poll, f->port, 1, 1, &err);
}

/* Return: whether the port is still there to be polled. */
static bool restart(struct fuzz *f)
{
	struct nax_port_config c;

	nax_poll_remove(f->poll, f->port);
	nax_port_stop(f->port, NULL);
	configure(f, &c);
	return nax_port_start(f->port, &c, NULL) == 0 && join(f) == 0;
}

/* Return: whether to go on. */
static bool control(struct fuzz *f, uint8_t what)
{
	struct nax_port_config c;

	switch (what & 15) {
	case 0:
		nax_port_reset(f->port, NULL);
		break;
	case 1:
		configure(f, &c);
		nax_port_reconfigure(f->port, &c, NULL);
		break;
	case 2:
		look(f);
		break;
	case 3:
		filter(f);
		break;
	case 4:
		rss(f);
		break;
	case 5:
		return restart(f);
	case 6:
		f->keeping = !f->keeping;
		break;
	case 7:
		f->forwarding = !f->forwarding;
		break;
	case 8:
		liar_rule(f->liar, &f->in);
		break;
	case 9:
		liar_poke(f->liar, &f->in);
		break;
	case 10:
		liar_fire(f->liar, liar_take8(&f->in));
		break;
	default:
		f->liar->now += 1000000ull << (what & 15);
		nax_port_service(f->port);
	}
	return true;
}

static void iterate(struct fuzz *f, bool sending)
{
	f->sending = sending;
	nax_poll_once(f->poll, handler, f);
	f->sending = false;
}

/* One thing that happens, by its first byte's upper half. Return: whether to go on. */
static bool step(struct fuzz *f)
{
	uint8_t what = liar_take8(&f->in);

	switch (what >> 4) {
	case 0: case 1: case 2:
		liar_receive(f->liar, &f->in);
		break;
	case 3: case 4:
		liar_transmit(f->liar, &f->in);
		break;
	case 5:
		liar_scribble(f->liar, &f->in);
		break;
	case 6: case 7: case 8:
		iterate(f, true);
		break;
	case 9: case 10: case 11:
		iterate(f, false);
		break;
	default:
		return control(f, what);
	}
	return true;
}

/* ---- a run ---- */

/* Errors without a port are of memory: freed twice, or never. */
static void on_log(void *arg, int level, const char *port, const char *text)
{
	check(port != NULL);
}

/* The memory stays from run to run: making it takes longer than most runs. */
static int keep_map(struct nax_mem_client *c, u64 iova, u64 size, int fd, u64 offset, void *va)
{
	return 0;
}

static void keep_unmap(struct nax_mem_client *c, u64 iova, u64 size)
{
}

static struct nax_mem_client keeper = { .map = keep_map, .unmap = keep_unmap };

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	check(nax_mem_attach(&keeper, NULL) == 0);
	nax_log_set(on_log, NULL, 0);
	return 0;
}

static void check_leaks(void)
{
	struct nax_mem_usage mem;
	struct nax_pool_usage pool;

	nax_pool_usage(&pool);
	check(pool.out == 0);
	nax_mem_usage(&mem);
	check(mem.clients == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct liar liar;
	struct fuzz f = { .in = { data, size }, .liar = &liar, .forwarding = true };
	uint8_t level = liar_take8(&f.in);
	struct nax_port_config c;
	struct nax_error err;
	unsigned int ops;

	liar_init(&liar, &f.in);
	if (nax_port_open_sim(&liar_ops, &liar, level % 3, &f.port, &err) < 0)
		goto out;
	configure(&f, &c);
	if (nax_port_start(f.port, &c, &err) < 0)
		goto close;
	f.poll = nax_poll_create(NULL, &err);
	check(f.poll != NULL);
	if (join(&f) < 0)
		goto close;
	for (ops = 0; ops < OPS_MAX && f.in.left && liar.accesses < ACCESSES_MAX; ops++)
		if (!step(&f))
			goto close;
	f.keeping = false;
	iterate(&f, false);
close:
	nax_poll_destroy(f.poll);
	nax_port_close(f.port);
out:
	check_leaks();
	return 0;
}
