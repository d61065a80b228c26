// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Fuzzer: the 82599 driver and the core against a device whose registers, descriptors, interrupts
 * and timing are the fuzzer's bytes.
 *
 * A device of pure noise never gets past attach. This one is a memory of registers with the few
 * answers that bring-up needs; every read may be spoilt by the input, and once the port is up the
 * input writes to descriptor rings, fires vectors and calls control functions. Nothing may crash,
 * hang, or hand out a packet that is not inside its buffer.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <nax/sim.h>

#define BAR_SIZE	0x20000u
#define MAPS		64
#define VECTORS		64
#define RING_BYTES	(64 * 16)

struct fuzz_device {
	const uint8_t *in;
	size_t left;
	bool up;			/* spoil reads only where the input says so */
	uint32_t reg[BAR_SIZE / 4];
	uint8_t config[4096];
	uint16_t nvm[64];
	uint64_t now;
	struct {
		uint64_t iova, size;
		uint8_t *va;
	} map[MAPS];
	void (*fn[VECTORS])(void *ctx, unsigned int vector);
	void *ctx[VECTORS];
};

static uint8_t take(struct fuzz_device *d)
{
	if (!d->left)
		return 0;
	d->left--;
	return *d->in++;
}

static uint32_t take32(struct fuzz_device *d)
{
	uint32_t v = take(d);

	v |= (uint32_t)take(d) << 8;
	v |= (uint32_t)take(d) << 16;
	return v | (uint32_t)take(d) << 24;
}

static uint8_t *at(struct fuzz_device *d, uint64_t iova, uint64_t len)
{
	unsigned int i;

	for (i = 0; i < MAPS; i++)
		if (d->map[i].va && iova >= d->map[i].iova &&
		    iova + len <= d->map[i].iova + d->map[i].size)
			return d->map[i].va + (iova - d->map[i].iova);
	return NULL;
}

static u64 region_size(void *dev, unsigned int region)
{
	switch (region) {
	case 0:
		return BAR_SIZE;
	case 4:
		return 0x4000;
	case 7:
		return 4096;
	}
	return 0;
}

/* What bring-up waits for: resets end, the NVM answers, semaphores are free, the link is up. */
static uint32_t helpful(struct fuzz_device *d, uint32_t offset)
{
	uint32_t v = d->reg[offset / 4];

	switch (offset) {
	case 0x00000:
		return v & ~0x04000008u;
	case 0x00008:
		return d->reg[0] & 4 ? 0 : 0x00080000;
	case 0x10010:
		return 0x300;
	case 0x10014:
		return 2 | (uint32_t)d->nvm[(v >> 2) & 63] << 16;
	case 0x10140:
	case 0x10160:
		return v & ~1u;
	case 0x042a4:
		return 0x70000000;
	case 0x08d04:
		return 1;
	case 0x02f00:
		return v | 8;
	}
	return v;
}

static int region_read(void *dev, unsigned int region, u64 offset, void *data, unsigned int len)
{
	struct fuzz_device *d = dev;
	uint32_t v;
	uint8_t how;

	if (region == 7 && offset + len <= sizeof(d->config)) {
		memcpy(data, d->config + offset, len);
		return 0;
	}
	if (region != 0 || len != 4 || offset > BAR_SIZE - 4)
		return -EINVAL;
	d->now += 1000;
	v = helpful(d, (uint32_t)offset);
	how = d->left ? take(d) : 0;
	if (how >= 0xf0)
		v = how == 0xff ? 0xffffffff : take32(d);
	else if (how >= 0xe0)
		v ^= 1u << (take(d) & 31);
	memcpy(data, &v, 4);
	return 0;
}

static int region_write(void *dev, unsigned int region, u64 offset, const void *data,
			unsigned int len)
{
	struct fuzz_device *d = dev;

	if (region == 7 && offset + len <= sizeof(d->config)) {
		memcpy(d->config + offset, data, len);
		return 0;
	}
	if (region != 0 || len != 4 || offset > BAR_SIZE - 4)
		return -EINVAL;
	memcpy(&d->reg[offset / 4], data, 4);
	return 0;
}

static int dma_map(void *dev, u64 iova, u64 size, void *va)
{
	struct fuzz_device *d = dev;
	unsigned int i;

	for (i = 0; i < MAPS; i++) {
		if (d->map[i].va)
			continue;
		d->map[i].iova = iova;
		d->map[i].size = size;
		d->map[i].va = va;
		return 0;
	}
	return -ENOSPC;
}

static int dma_unmap(void *dev, u64 iova, u64 size)
{
	struct fuzz_device *d = dev;
	unsigned int i;

	for (i = 0; i < MAPS; i++)
		if (d->map[i].va && d->map[i].iova >= iova &&
		    d->map[i].iova + d->map[i].size <= iova + size)
			d->map[i].va = NULL;
	return 0;
}

static int set_irq(void *dev, unsigned int vector, void (*fn)(void *ctx, unsigned int vector),
		   void *ctx)
{
	struct fuzz_device *d = dev;

	if (vector >= VECTORS)
		return -EINVAL;
	d->fn[vector] = fn;
	d->ctx[vector] = ctx;
	return 0;
}

static int function_reset(void *dev)
{
	struct fuzz_device *d = dev;

	memset(d->reg, 0, sizeof(d->reg));
	d->reg[0x5400 / 4] = d->reg[0xa200 / 4] = 0x33221102;
	d->reg[0x5404 / 4] = d->reg[0xa204 / 4] = 0x80005544;
	return 0;
}

static u64 time_ns(void *dev)
{
	return ((struct fuzz_device *)dev)->now;
}

static void sleep_ns(void *dev, u64 ns)
{
	((struct fuzz_device *)dev)->now += ns;
}

static const struct nax_sim_ops device_ops = {
	.region_size = region_size,
	.region_read = region_read,
	.region_write = region_write,
	.dma_map = dma_map,
	.dma_unmap = dma_unmap,
	.set_irq = set_irq,
	.reset = function_reset,
	.time_ns = time_ns,
	.sleep_ns = sleep_ns,
};

static void nvm_init(struct fuzz_device *d)
{
	uint16_t sum = 0;
	unsigned int i;

	for (i = 0x03; i <= 0x0f; i++)
		d->nvm[i] = 0xffff;
	d->nvm[0x2c] = 0x0083;
	for (i = 0; i < 0x3f; i++)
		sum += d->nvm[i];
	d->nvm[0x3f] = 0xbaba - sum;
}

/* Write the input's bytes to a descriptor of one of the first two queues. */
static void write_descriptor(struct fuzz_device *d)
{
	uint8_t how = take(d);
	uint32_t base = (how & 1 ? 0x6000 : 0x1000) + (how & 2 ? 0x40 : 0);
	uint64_t iova = d->reg[base / 4] | (uint64_t)d->reg[base / 4 + 1] << 32;
	uint8_t *desc = at(d, iova, RING_BYTES);
	uint32_t word[4];
	unsigned int i;

	if (!desc)
		return;
	for (i = 0; i < 4; i++)
		word[i] = take32(d);
	if (how & 4)			/* mostly a plausible write-back: done, small length */
		word[2] |= 1;
	if (how & 8)
		word[3] &= 0xffff07ff;
	memcpy(desc + (size_t)(how >> 4) * 16, word, sizeof(word));
}

struct app {
	struct nax_port *port;
	struct fuzz_device *d;
};

/* Everything received must lie inside its buffer; send something for it. */
static u32 handler(struct nax_poll *poll, void *arg)
{
	struct app *app = arg;
	unsigned int q;
	u32 work = 0;

	for (q = 0; q < 2; q++) {
		struct nax_ring *rx = nax_port_rx_ring(app->port, q);
		struct nax_ring *tx = nax_port_tx_ring(app->port, q);
		u32 n;

		while ((n = nax_rx_packet(rx, nax_ring_first_held(rx))) != 0) {
			u32 first = nax_ring_first_held(rx), i;
			uint8_t sum = 0;

			for (i = 0; i < n; i++) {
				struct nax_slot *s = nax_ring_slot(rx, first + i);

				if (s->len == 0 || s->len > s->cap || s->cap > NAX_BUF_DATA)
					abort();
				sum += ((uint8_t *)nax_slot_data(s))[s->len - 1];
			}
			if (n == 1 && nax_tx_free(app->port, q) > 0) {
				struct nax_slot *r = nax_ring_slot(rx, first);
				struct nax_slot *t = nax_ring_slot(tx, tx->end);

				nax_slot_swap(r, t);
				nax_buf_home(r);
				t->len = r->len;
				t->flags = (take32(app->d) & 0x7fe) | NAX_F_EOP;
				t->hash = take32(app->d);
				t->gso = (u16)(sum << 4);
				t->vlan_tci = 5;
				nax_tx_submit(app->port, q, 1);
			}
			nax_rx_release(rx, n);
			work++;
		}
	}
	return work;
}

static void control(struct app *app, struct nax_poll *poll)
{
	struct nax_port_config c;
	struct nax_diag *diag;

	switch (take(app->d) & 7) {
	case 0:
		nax_port_reset(app->port, NULL);
		break;
	case 1:
		nax_port_defaults(app->port, &c);
		c.rx_queues = c.tx_queues = 2;
		c.rx_ring = c.tx_ring = 64u << (take(app->d) & 3);
		c.mtu = 68 + (take32(app->d) & 0x3fff);
		c.offloads = take32(app->d);
		nax_port_reconfigure(app->port, &c, NULL);
		break;
	case 2:
		diag = malloc(sizeof(*diag));
		if (diag)
			nax_port_diag(app->port, diag);
		free(diag);
		break;
	case 3:
		app->d->now += 3000000000ull;
		break;
	default:
		nax_port_service(app->port);
	}
}

static void quiet(void *arg, int level, const char *port, const char *text)
{
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_device *d = calloc(1, sizeof(*d));
	struct nax_port_config c;
	struct nax_poll *poll = NULL;
	struct app app = { .d = d };
	struct nax_error err;
	uint8_t what;

	if (!d)
		return 0;
	nax_log_set(quiet, NULL, 0);
	nvm_init(d);
	function_reset(d);
	memcpy(d->config, "\x86\x80\xf9\x10", 4);
	d->in = data;
	d->left = size;
	if (nax_port_open_sim(&device_ops, d, 2, &app.port, &err) < 0)
		goto out;
	nax_port_defaults(app.port, &c);
	c.rx_queues = c.tx_queues = 2;
	c.rx_ring = c.tx_ring = 64;
	if (nax_port_start(app.port, &c, &err) < 0)
		goto close;
	poll = nax_poll_create(NULL, &err);
	if (!poll || nax_poll_add(poll, app.port, 0, 0, &err) < 0 ||
	    nax_poll_add(poll, app.port, 1, 1, &err) < 0)
		goto close;
	while (d->left) {
		what = take(d);
		if (what < 0x90)
			write_descriptor(d);
		else if (what < 0xe0)
			nax_poll_once(poll, handler, &app);
		else if (what < 0xf0 && d->fn[what & 3])
			d->fn[what & 3](d->ctx[what & 3], what & 3);
		else
			control(&app, poll);
	}
	nax_poll_once(poll, handler, &app);
close:
	if (poll)
		nax_poll_destroy(poll);
	nax_port_close(app.port);
out:
	free(d);
	return 0;
}
