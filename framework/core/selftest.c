// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Self-test. Each test begins with start(), so that none sees what another one left; loopback goes
 * the way of all traffic, through the queues and the driver's datapath functions, while poll
 * contexts rest.
 */
#include "internal.h"

#define NAX_TEST_FRAMES		16u
#define NAX_TEST_FRAME_MIN	60u
#define NAX_TEST_FRAME_MAX	1514u
#define NAX_TEST_STRIDE		1536u
#define NAX_TEST_ETHERTYPE	0x88b5u	/* IEEE 802: local experiments */
#define NAX_TEST_STEP_US	1000u
#define NAX_TEST_SILENCE_US	5000u
#define NAX_TEST_IRQ_US		200000u
#define NAX_TEST_LOOP_US	1000000u

static const char *const nax_test_names[NAX_TESTS] = {
	[NAX_TEST_REGISTERS] = "registers",
	[NAX_TEST_NVM] = "NVM",
	[NAX_TEST_INTERRUPT] = "interrupt",
	[NAX_TEST_LOOPBACK] = "loopback",
	[NAX_TEST_LINK] = "link",
};

static void nax_test_link(struct nax_core *c, struct nax_error *result)
{
	if (c->a.state != NAX_STATE_UP) {
		nax_error_set(result, -ENETDOWN, "adapter is %s: it has a link only when up",
			      nax_state_name(c->a.state));
		return;
	}
	nax_link_poll(c);
	if (!c->link.up)
		nax_error_set(result, -ENOLINK, "link is down: %s",
			      c->link.reason[0] ? c->link.reason : "no signal");
}

static int nax_test_registers(struct nax_core *c, struct nax_error *result)
{
	int ret;

	nax_enter(c, NAX_OP_ACCESS, NULL);
	ret = c->a.driver->ops->selftest->registers(&c->a);
	nax_leave(c, NAX_OP_ACCESS, NULL);
	return nax_fail_take(c, ret, "selftest.registers", result);
}

static int nax_test_nvm(struct nax_core *c, struct nax_error *result)
{
	int ret;

	if (!c->a.driver->ops->nvm)
		return 0;
	nax_enter(c, NAX_OP_ACCESS, NULL);
	ret = c->a.driver->ops->nvm->check(&c->a);
	nax_leave(c, NAX_OP_ACCESS, NULL);
	return nax_fail_take(c, ret, "nvm.check", result);
}

/* Whether the last vector fires within @limit_us. */
static bool nax_test_fires(struct nax_core *c, u32 limit_us)
{
	u32 waited;

	for (waited = 0; !READ_ONCE(c->irq_seen) && waited < limit_us; waited += NAX_TEST_STEP_US) {
		c->ops->delay_us(&c->a, NAX_TEST_STEP_US);
		if (c->ops->irq_take)
			c->ops->irq_take(&c->a);
	}
	return READ_ONCE(c->irq_seen);
}

static void nax_test_raise(struct nax_core *c, struct nax_vector *v)
{
	nax_enter(c, NAX_OP_ACCESS, NULL);
	c->a.driver->ops->selftest->irq_raise(v);
	nax_leave(c, NAX_OP_ACCESS, NULL);
}

/* Vectors are masked after start(): the cause waits until the vector is armed. */
static int nax_test_masked_vector(struct nax_core *c, struct nax_error *result)
{
	struct nax_vector *last = &c->a.vector[c->a.n_vectors - 1];

	nax_test_raise(c, last);
	if (nax_test_fires(c, NAX_TEST_SILENCE_US))
		return nax_error_set(result, -EIO, "vector %u fires though it is masked",
				     last->index);
	nax_vector_arm(last);
	if (!nax_test_fires(c, NAX_TEST_SILENCE_US))
		nax_test_raise(c, last);
	if (!nax_test_fires(c, NAX_TEST_IRQ_US))
		return nax_error_set(result, -EIO, "vector %u does not fire within %u ms",
				     last->index, NAX_TEST_IRQ_US / 1000);
	return 0;
}

static int nax_test_interrupt(struct nax_core *c, struct nax_error *result)
{
	u32 n = c->a.n_vectors;
	int ret = c->ops->vectors_enable(&c->a, n);

	if (ret)
		return nax_error_set(result, ret, "%u vectors could not be enabled: %d", n, ret);
	c->vectors_on = true;
	WRITE_ONCE(c->irq_seen, false);
	/* Partner: the acquires where interrupts and arming begin, as in nax_bring_up(). */
	smp_store_release(&c->irq_on, true);
	return nax_test_masked_vector(c, result);
}

/* ---- loopback ---- */

/**
 * struct nax_test_loop - frames on their way through the device
 * @tx: queue that sends them
 * @rx: queue that receives them
 * @mem: the frames, NAX_TEST_STRIDE apart
 * @dma: bus address of @mem
 * @longest: bytes of the longest
 */
struct nax_test_loop {
	struct nax_queue *tx;
	struct nax_queue *rx;
	u8 *mem;
	u64 dma;
	u32 longest;
};

static u32 nax_test_len(const struct nax_test_loop *t, u32 i)
{
	return NAX_TEST_FRAME_MIN + i * (t->longest - NAX_TEST_FRAME_MIN) / (NAX_TEST_FRAMES - 1);
}

/* To ourselves, so that the filter lets them in; no IP, so that they all go to queue 0. */
static void nax_test_frame(const struct nax_core *c, u8 *frame, u32 seed)
{
	u32 i;

	memcpy(frame, c->a.mac, 6);
	memcpy(frame + 6, c->a.mac, 6);
	frame[12] = NAX_TEST_ETHERTYPE >> 8;
	frame[13] = NAX_TEST_ETHERTYPE & 0xff;
	for (i = 14; i < NAX_TEST_FRAME_MAX; i++)
		frame[i] = (u8)(i * 7 + seed * 31 + (i >> 8));
}

static void nax_test_send(struct nax_core *c, struct nax_test_loop *t)
{
	struct nax_ring *r = &t->tx->ring;
	struct nax_slot *s;
	u32 i;

	for (i = 0; i < NAX_TEST_FRAMES; i++) {
		nax_test_frame(c, t->mem + i * NAX_TEST_STRIDE, i);
		s = nax_ring_slot(r, r->end + i);
		s->dma = t->dma + i * NAX_TEST_STRIDE;
		s->flags = NAX_F_EOP;
		s->hash = 0;
		s->len = (u16)nax_test_len(t, i);
		s->vlan_tci = 0;
		s->gso = 0;
		s->group = 0;
	}
	nax_queue_give(t->tx, NAX_TEST_FRAMES);
	nax_queue_post_tx(t->tx);
}

static int nax_test_receive(struct nax_core *c, struct nax_test_loop *t, struct nax_error *result)
{
	u32 got = 0;
	u32 waited;

	for (waited = 0; waited < NAX_TEST_LOOP_US && !nax_is_gone(c); waited += NAX_TEST_STEP_US) {
		got += nax_queue_poll_rx(t->rx, NAX_TEST_FRAMES - got);
		nax_queue_poll_tx(t->tx);
		if (got == NAX_TEST_FRAMES && t->tx->ring.begin == t->tx->ring.end)
			return 0;
		c->ops->delay_us(&c->a, NAX_TEST_STEP_US);
	}
	if (nax_is_gone(c))
		return nax_refuse_gone(c, result);
	return nax_error_set(result, -EIO,
			     "%u of %u frames came back within %u ms, %u were not reported sent",
			     got, NAX_TEST_FRAMES, NAX_TEST_LOOP_US / 1000,
			     t->tx->ring.end - t->tx->ring.begin);
}

static int nax_test_compare(struct nax_core *c, struct nax_test_loop *t, struct nax_error *result)
{
	struct nax_ring *r = &t->rx->ring;
	u32 first = nax_ring_first_held(r);
	const struct nax_slot *s;
	u32 i, k, len;
	const u8 *data;
	u8 *sent;

	for (i = 0; i < NAX_TEST_FRAMES; i++) {
		s = nax_ring_slot(r, first + i);
		sent = t->mem + i * NAX_TEST_STRIDE;
		len = nax_test_len(t, i);
		if (!(s->flags & NAX_F_EOP) || s->flags & NAX_F_RX_ERROR || s->len != len)
			return nax_error_set(result, -EIO,
					     "frame %u of %u bytes came back with %u, flags 0x%08x",
					     i, len, s->len, s->flags);
		data = c->ops->buf_addr(t->rx, s);
		for (k = 0; k < len; k++)
			if (data[k] != sent[k])
				return nax_error_set(result, -EIO,
						     "frame %u of %u bytes: byte %u was 0x%02x and came back as 0x%02x",
						     i, len, k, sent[k], data[k]);
	}
	return 0;
}

static int nax_test_pass(struct nax_core *c, struct nax_test_loop *t, struct nax_error *result)
{
	struct nax_adapter *a = &c->a;
	int ret;

	nax_enter(c, NAX_OP_ACCESS, NULL);
	ret = a->driver->ops->selftest->loopback(a);
	nax_leave(c, NAX_OP_ACCESS, NULL);
	ret = nax_fail_take(c, ret, "selftest.loopback", result);
	if (ret)
		return ret;
	nax_queue_start(c, t->tx);
	nax_queue_start(c, t->rx);
	if (a->driver->ops->up) {
		nax_enter(c, NAX_OP_UP, NULL);
		a->driver->ops->up(a);
		nax_leave(c, NAX_OP_UP, NULL);
	}
	nax_test_send(c, t);
	ret = nax_test_receive(c, t, result);
	return ret ? ret : nax_test_compare(c, t, result);
}

static int nax_test_loopback(struct nax_core *c, struct nax_error *result)
{
	struct nax_test_loop t = {
		.tx = c->a.txq[0],
		.rx = c->a.rxq[0],
		.longest = min_t(u32, NAX_TEST_FRAME_MAX, c->a.rxq[0]->buf_len),
	};
	size_t size = NAX_TEST_FRAMES * NAX_TEST_STRIDE;
	int ret;

	if (nax_ring_size(&t.tx->ring) <= NAX_TEST_FRAMES ||
	    nax_ring_size(&t.rx->ring) <= NAX_TEST_FRAMES)
		return nax_error_set(result, -EINVAL, "rings must have more than %u slots",
				     NAX_TEST_FRAMES);
	t.mem = nax_dma_zalloc(c, size, 64, &t.dma);
	if (!t.mem)
		return nax_error_set(result, -ENOMEM, "no memory for %u frames", NAX_TEST_FRAMES);
	ret = nax_test_pass(c, &t, result);
	/* The frames are no loss to anybody. */
	t.rx->ring.end = t.rx->ring.begin + nax_ring_size(&t.rx->ring);
	/* The memory goes when the device no longer reaches for it. */
	nax_take_down(c);
	nax_dma_free(c, t.mem, size, t.dma);
	return ret;
}

/* ---- all of them ---- */

static int (*const nax_tests[NAX_TEST_LINK])(struct nax_core *c, struct nax_error *result) = {
	[NAX_TEST_REGISTERS] = nax_test_registers,
	[NAX_TEST_NVM] = nax_test_nvm,
	[NAX_TEST_INTERRUPT] = nax_test_interrupt,
	[NAX_TEST_LOOPBACK] = nax_test_loopback,
};

/* Queues are made and paused, the device is down. */
static void nax_tests_run(struct nax_core *c, struct nax_error *result)
{
	u32 i;

	for (i = 0; i < NAX_TEST_LINK; i++) {
		nax_recover_clear(c);
		c->fail.code = 0;
		if (nax_is_gone(c))
			nax_refuse_gone(c, &result[i]);
		else if (!nax_start(c, &result[i]))
			nax_tests[i](c, &result[i]);
		nax_take_down(c);
	}
}

static int nax_selftest_up(struct nax_core *c, struct nax_error *result, struct nax_error *err)
{
	nax_set_state(c, NAX_STATE_RESETTING);
	nax_pause_all(c);
	nax_take_down(c);
	nax_tests_run(c, result);
	return nax_bring_back(c, err);
}

/* A pair of queues is made for it; what an administrator asked of RSS is kept. */
static int nax_selftest_down(struct nax_core *c, struct nax_error *result, struct nax_error *err)
{
	struct nax_config kept = c->config, cfg = c->config;
	struct nax_rss rss = c->rss;
	bool rss_set = c->rss_set;
	int ret;

	cfg.n_rxq = 1;
	cfg.n_txq = 1;
	ret = nax_queues_make(c, &cfg, err);
	if (ret)
		goto free;
	nax_config_adopt(c, &cfg);
	nax_rss_fit(c, 1);
	nax_pause_all(c);
	nax_tests_run(c, result);
	nax_recover_clear(c);
free:
	nax_queues_free(c);
	c->config = kept;
	c->rss = rss;
	c->rss_set = rss_set;
	if (nax_is_gone(c))
		nax_go_gone(c, NULL);
	else
		nax_set_attached(c);
	return ret;
}

int nax_adapter_selftest(struct nax_adapter *a, bool offline, struct nax_error result[NAX_TESTS],
			 struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	u32 i;
	int ret;

	memset(result, 0, NAX_TESTS * sizeof(*result));
	if (nax_is_gone(c))
		return nax_refuse_gone(c, err);
	if (a->state != NAX_STATE_ATTACHED && a->state != NAX_STATE_UP)
		return nax_error_set(err, -EBUSY, "adapter is %s: must be attached or up",
				     nax_state_name(a->state));
	if (!a->driver->ops->selftest)
		return nax_error_set(err, -EOPNOTSUPP, "driver %s has no self-test",
				     a->driver->name);
	nax_test_link(c, &result[NAX_TEST_LINK]);
	if (!offline)
		return 0;
	ret = a->state == NAX_STATE_UP ? nax_selftest_up(c, result, err) :
					 nax_selftest_down(c, result, err);
	for (i = 0; i < NAX_TESTS; i++)
		if (result[i].code)
			nax_warn(a, "self-test: %s: %s", nax_test_names[i], result[i].text);
	return ret;
}
