// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The configuration of an adapter: defaults, limits, and what follows from it. */
#include "internal.h"

#define NAX_MTU_DEFAULT		1500u
#define NAX_RX_BUF_DEFAULT	2048u

void nax_config_default(const struct nax_adapter *a, struct nax_config *c)
{
	const struct nax_caps *caps = &a->caps;

	memset(c, 0, sizeof(*c));
	c->n_rxq = 1;
	c->n_txq = 1;
	c->rx_ring = caps->ring_default;
	c->tx_ring = caps->ring_default;
	c->mtu = NAX_MTU_DEFAULT;
	if (c->mtu < caps->mtu_min)
		c->mtu = caps->mtu_min;
	if (c->mtu > caps->mtu_max)
		c->mtu = caps->mtu_max;
	c->offloads = caps->offloads & ~NAX_OFFLOAD_ASKED;
	memcpy(c->mac, caps->perm_mac, sizeof(c->mac));
	c->link.pause_rx = caps->pause;
	c->link.pause_tx = caps->pause;
}

/** struct nax_config_range - one number of struct nax_config and its limits */
struct nax_config_range {
	const char *name;
	u32 value;
	u32 least;
	u32 most;
	bool pow2;
};

static int nax_config_check_ranges(const struct nax_caps *caps, const struct nax_config *c,
				   struct nax_error *err)
{
	const struct nax_config_range ranges[] = {
		{ "n_rxq", c->n_rxq, 1, caps->rxq_max, false },
		{ "n_txq", c->n_txq, 1, caps->txq_max, false },
		{ "rx_ring", c->rx_ring, caps->ring_min, caps->ring_max, true },
		{ "tx_ring", c->tx_ring, caps->ring_min, caps->ring_max, true },
		{ "mtu", c->mtu, caps->mtu_min, caps->mtu_max, false },
		{ "itr_us", c->itr_us, 0, caps->itr_max_us, false },
	};
	const struct nax_config_range *r;

	for (r = ranges; r < ranges + ARRAY_SIZE(ranges); r++) {
		if (r->value >= r->least && r->value <= r->most &&
		    (!r->pow2 || is_power_of_2(r->value)))
			continue;
		return nax_error_set(err, -EINVAL, "%s is %u: must be %sfrom %u to %u", r->name,
				     r->value, r->pow2 ? "a power of two " : "", r->least, r->most);
	}
	return 0;
}

/* A buffer that the device takes for a larger one must be one that nothing is too long for. */
static bool nax_config_buf_fits(const struct nax_caps *caps, u32 len, const struct nax_shape *s)
{
	return len % caps->rx_buf_step == 0 ||
	       (nax_rx_long_dropped(caps, s->offloads) && len >= s->max_frame);
}

static int nax_config_check_buffers(const struct nax_adapter *a, const struct nax_config *c,
				    struct nax_error *err)
{
	const struct nax_caps *caps = &a->caps;
	struct nax_shape s;

	nax_config_shape(a, c, &s);
	if (s.rx_buf_len < caps->rx_buf_min || s.rx_buf_len > caps->rx_buf_max ||
	    !nax_config_buf_fits(caps, s.rx_buf_len, &s))
		return nax_error_set(err, -EINVAL,
				     "rx_buf_len is %u: must be 0 or from %u to %u in steps of %u%s",
				     c->rx_buf_len, caps->rx_buf_min, caps->rx_buf_max,
				     caps->rx_buf_step, caps->rx_long_dropped ?
				     ", or hold a frame of mtu without rx-all and lro" : "");
	if (!(s.offloads & NAX_OFFLOAD_RX_SCATTER) && s.rx_buf_len < s.max_frame)
		return nax_error_set(err, -EINVAL,
				     "mtu is %u: its frames of %u bytes need NAX_OFFLOAD_RX_SCATTER or receive buffers above %u",
				     c->mtu, s.max_frame, s.rx_buf_len);
	/* One descriptor is never posted, so a frame must fit in one less than the ring. */
	if (s.rx_slots >= c->rx_ring)
		return nax_error_set(err, -EINVAL,
				     "rx_ring is %u: must exceed %u, the buffers of %u bytes that a frame of mtu %u takes",
				     c->rx_ring, s.rx_slots, s.rx_buf_len, c->mtu);
	if ((u32)caps->tx_slots_max + caps->tx_overhead >= c->tx_ring)
		return nax_error_set(err, -EINVAL,
				     "tx_ring is %u: must exceed %u, the descriptors that one packet may take",
				     c->tx_ring, caps->tx_slots_max + caps->tx_overhead);
	return 0;
}

/* Joined frames have one frame check sequence, which is none's, and no checksum but a verdict. */
static int nax_config_check_lro(const struct nax_adapter *a, const struct nax_config *c,
				struct nax_error *err)
{
	u64 offloads = a->caps.offloads & c->offloads;

	if (!(offloads & NAX_OFFLOAD_LRO) ||
	    (offloads & (NAX_OFFLOAD_RX_L4CSUM | NAX_OFFLOAD_RX_FCS)) == NAX_OFFLOAD_RX_L4CSUM)
		return 0;
	return nax_error_set(err, -EINVAL,
			     "offloads is 0x%llx: NAX_OFFLOAD_LRO needs NAX_OFFLOAD_RX_L4CSUM, and no NAX_OFFLOAD_RX_FCS",
			     offloads);
}

static int nax_config_check_port(const struct nax_caps *caps, const struct nax_config *c,
				 struct nax_error *err)
{
	static const u8 zero[6];
	char mac[18];

	if (memcmp(c->mac, zero, sizeof(zero)) && !nax_mac_unicast(c->mac)) {
		nax_mac_text(mac, c->mac);
		return nax_error_set(err, -EINVAL, "mac is %s: must be unicast, or zero for the permanent one",
				     mac);
	}
	if (c->link.modes & ~caps->link_modes)
		return nax_error_set(err, -EINVAL,
				     "link.modes is 0x%x: must be 0 or some bits of 0x%x",
				     c->link.modes, caps->link_modes);
	if (!caps->pause && (c->link.pause_rx || c->link.pause_tx))
		return nax_error_set(err, -EINVAL,
				     "link.pause_%s is 1: must be 0, the device has no pause frames",
				     c->link.pause_rx ? "rx" : "tx");
	return 0;
}

int nax_config_check(const struct nax_adapter *a, const struct nax_config *c,
		     struct nax_error *err)
{
	int ret;

	ret = nax_config_check_ranges(&a->caps, c, err);
	if (!ret)
		ret = nax_config_check_buffers(a, c, err);
	if (!ret)
		ret = nax_config_check_lro(a, c, err);
	if (!ret)
		ret = nax_config_check_port(&a->caps, c, err);
	if (!ret)
		ret = nax_flow_fits(a, c->n_rxq, err);
	return ret;
}

/*
 * Buffers of 2 KiB hold the frames that most traffic is made of; larger frames take several of
 * them where the device can scatter, and one large buffer where it cannot.
 */
static u32 nax_config_rx_buf_len(const struct nax_caps *caps, u32 max_frame, u64 offloads)
{
	u32 len = NAX_RX_BUF_DEFAULT;

	if (!(offloads & NAX_OFFLOAD_RX_SCATTER) && max_frame > len)
		len = max_frame;
	len = ALIGN(len, caps->rx_buf_step);
	if (len < caps->rx_buf_min)
		len = caps->rx_buf_min;
	return len > caps->rx_buf_max ? caps->rx_buf_max : len;
}

u16 nax_config_rx_slots(const struct nax_adapter *a, const struct nax_config *cfg, u32 buf_len)
{
	bool all = a->caps.offloads & cfg->offloads & NAX_OFFLOAD_RX_ALL;
	u32 slots = DIV_ROUND_UP(cfg->mtu + NAX_FRAME_OVERHEAD, buf_len);
	u32 longest = DIV_ROUND_UP(a->caps.mtu_max + NAX_FRAME_OVERHEAD, buf_len);

	/* Who wants damaged frames wants those too that are too long, as far as the ring goes. */
	if (all)
		slots = max_t(u32, slots, min_t(u32, longest, cfg->rx_ring - 1));
	return (u16)slots;
}

void nax_config_shape(const struct nax_adapter *a, const struct nax_config *cfg,
		      struct nax_shape *s)
{
	const struct nax_caps *caps = &a->caps;
	u32 pairs = cfg->n_rxq > cfg->n_txq ? cfg->n_rxq : cfg->n_txq;

	s->offloads = caps->offloads & cfg->offloads;
	s->max_frame = cfg->mtu + NAX_FRAME_OVERHEAD;
	s->rx_buf_len = cfg->rx_buf_len;
	if (!s->rx_buf_len)
		s->rx_buf_len = nax_config_rx_buf_len(caps, s->max_frame, s->offloads);
	s->rx_slots = nax_config_rx_slots(a, cfg, s->rx_buf_len);
	s->n_vectors = (u16)(pairs < caps->vectors_max ? pairs + 1 : caps->vectors_max);
}

/* An interval is "at least so long", so what falls between two steps goes up. */
static u16 nax_config_itr(const struct nax_caps *caps, u32 us)
{
	u32 step = caps->itr_step_us ? caps->itr_step_us : 1;
	u32 up = DIV_ROUND_UP(us, step) * step;

	return (u16)(up > caps->itr_max_us ? caps->itr_max_us / step * step : up);
}

static void nax_config_bind(struct nax_adapter *a, u16 n_vectors)
{
	u16 shared = n_vectors - 1;
	struct nax_vector *v;
	u32 i;

	a->n_vectors = n_vectors;
	for (i = 0; i < n_vectors; i++) {
		v = &a->vector[i];
		*v = (struct nax_vector){ .adapter = a, .index = (u16)i, .fired = v->fired };
	}
	for (i = 0; i < a->n_rxq; i++) {
		v = &a->vector[i % shared];
		v->rx_queues[i / 64] |= 1ull << i % 64;
		a->rxq[i]->vector = v;
	}
	for (i = 0; i < a->n_txq; i++) {
		v = &a->vector[i % shared];
		v->tx_queues[i / 64] |= 1ull << i % 64;
		a->txq[i]->vector = v;
	}
}

/*
 * Poll contexts and interrupts may be running when nothing but the address, the link or the
 * moderation changes, so what they read is written only where it differs, which takes their rest.
 */
void nax_config_adopt(struct nax_core *c, const struct nax_config *cfg)
{
	static const u8 zero[6];
	bool itr = cfg->itr_us != c->config.itr_us;
	struct nax_adapter *a = &c->a;
	struct nax_shape s;
	u32 i;

	nax_config_shape(a, cfg, &s);
	c->config = *cfg;
	if (!memcmp(cfg->mac, zero, sizeof(zero)))
		memcpy(c->config.mac, a->caps.perm_mac, sizeof(zero));
	memcpy(a->mac, c->config.mac, sizeof(a->mac));
	if (a->max_frame != s.max_frame) {
		a->mtu = cfg->mtu;
		a->max_frame = s.max_frame;
	}
	if (a->offloads != s.offloads)
		a->offloads = s.offloads;
	if (a->n_rxq != cfg->n_rxq || a->n_txq != cfg->n_txq) {
		a->n_rxq = cfg->n_rxq;
		a->n_txq = cfg->n_txq;
		nax_config_bind(a, s.n_vectors);
		itr = true;
	}
	for (i = 0; i < a->n_rxq; i++)
		nax_queue_rx_limits(c, a->rxq[i]);
	for (i = 0; i < a->n_txq; i++)
		nax_queue_tx_limits(a->txq[i]);
	/* A vector that was set by itself stays so until all are set. */
	for (i = 0; itr && i + 1 < a->n_vectors; i++)
		WRITE_ONCE(a->vector[i].itr_us, nax_config_itr(&a->caps, cfg->itr_us));
}

const struct nax_config *nax_adapter_config(const struct nax_adapter *a)
{
	return &nax_core_of(a)->config;
}

void nax_vector_set_itr(struct nax_vector *v, u32 us)
{
	struct nax_core *c = nax_core_of(v->adapter);
	u32 itr = nax_config_itr(&v->adapter->caps, us);

	if (!c->started || !v->adapter->driver->ops->set_itr || v->itr_us == itr)
		return;
	WRITE_ONCE(v->itr_us, (u16)itr);
	nax_enter(c, NAX_OP_CONFIGURE, NULL);
	v->adapter->driver->ops->set_itr(v);
	nax_leave(c, NAX_OP_CONFIGURE, NULL);
}
