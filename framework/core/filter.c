// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Receive filter and RSS: both are kept whole, checked once, cut to the device's tables, and given
 * to the driver again whenever it starts.
 */
#include "internal.h"

#define NAX_FILTER_FLAGS \
	(NAX_FILTER_PROMISC | NAX_FILTER_ALLMULTI | NAX_FILTER_BROADCAST | NAX_FILTER_VLAN)

int nax_filter_init(struct nax_core *c)
{
	memset(&c->filter, 0, sizeof(c->filter));
	c->filter.addr = nax_zalloc(c, sizeof(*c->filter.addr));
	if (!c->filter.addr)
		return -ENOMEM;
	c->filter.flags = NAX_FILTER_BROADCAST;
	return 0;
}

void nax_filter_free(struct nax_core *c)
{
	nax_free(c, c->filter.addr);
	memset(&c->filter, 0, sizeof(c->filter));
	memset(&c->filter_out, 0, sizeof(c->filter_out));
}

/* The whole filter cut to what the device has room for, and to the offloads that are active. */
static void nax_filter_cut(struct nax_core *c)
{
	struct nax_filter_state *f = &c->filter;
	struct nax_filter *out = &c->filter_out;
	const struct nax_caps *caps = &c->a.caps;

	memcpy(f->addr[0], c->a.mac, sizeof(f->addr[0]));
	out->flags = f->flags;
	out->n_ucast = f->n_ucast + 1;
	out->ucast = (const u8 (*)[6])f->addr;
	if (out->n_ucast > caps->ucast_max) {
		out->flags |= NAX_FILTER_PROMISC;
		out->n_ucast = caps->ucast_max;
	}
	out->n_mcast = f->n_mcast;
	out->mcast = (const u8 (*)[6])(f->addr + 1 + f->n_ucast);
	if (out->n_mcast > caps->mcast_max) {
		out->flags |= NAX_FILTER_ALLMULTI;
		out->n_mcast = 0;
	}
	/* A device that does not filter by tag passes more than was asked for, never less. */
	if (!(c->a.offloads & NAX_OFFLOAD_VLAN_FILTER))
		out->flags &= ~NAX_FILTER_VLAN;
	out->vlan = f->vlan;
}

void nax_apply_filter(struct nax_core *c)
{
	nax_filter_cut(c);
	nax_enter(c, NAX_OP_CONFIGURE, NULL);
	c->a.driver->ops->set_filter(&c->a, &c->filter_out);
	nax_leave(c, NAX_OP_CONFIGURE, NULL);
}

static int nax_filter_check(const struct nax_filter *f, struct nax_error *err)
{
	char mac[18];
	u32 i;

	if (f->flags & ~NAX_FILTER_FLAGS)
		return nax_error_set(err, -EINVAL, "filter.flags is 0x%x: must be some bits of 0x%x",
				     f->flags, NAX_FILTER_FLAGS);
	if ((f->n_ucast && !f->ucast) || (f->n_mcast && !f->mcast))
		return nax_error_set(err, -EINVAL, "filter.%s is NULL: must hold %u addresses",
				     f->n_ucast && !f->ucast ? "ucast" : "mcast",
				     f->n_ucast && !f->ucast ? f->n_ucast : f->n_mcast);
	if (f->flags & NAX_FILTER_VLAN && !f->vlan)
		return nax_error_set(err, -EINVAL,
				     "filter.vlan is NULL: must hold %u words with NAX_FILTER_VLAN",
				     NAX_VLAN_WORDS);
	/*
	 * One entry of struct nax_filter is the adapter's own address, whether it is listed or not.
	 */
	if (f->n_ucast == 0xffff)
		return nax_error_set(err, -EINVAL, "filter.n_ucast is %u: must be at most %u",
				     f->n_ucast, 0xfffe);
	for (i = 0; i < f->n_ucast; i++) {
		if (nax_mac_unicast(f->ucast[i]))
			continue;
		nax_mac_text(mac, f->ucast[i]);
		return nax_error_set(err, -EINVAL, "filter.ucast[%u] is %s: must be unicast and not zero",
				     i, mac);
	}
	for (i = 0; i < f->n_mcast; i++) {
		if (f->mcast[i][0] & 1)
			continue;
		nax_mac_text(mac, f->mcast[i]);
		return nax_error_set(err, -EINVAL, "filter.mcast[%u] is %s: must be multicast",
				     i, mac);
	}
	return 0;
}

/*
 * The adapter's own address is entry 0 of the copy, wherever and whether it stood in the original.
 */
static int nax_filter_copy(struct nax_core *c, const struct nax_filter *f, struct nax_error *err)
{
	struct nax_filter_state *s = &c->filter;
	u8 (*addr)[6];
	u16 n = 0;
	u32 i;

	addr = nax_zalloc(c, (1 + (size_t)f->n_ucast + f->n_mcast) * sizeof(*addr));
	if (!addr)
		return nax_error_set(err, -ENOMEM, "no memory for a filter of %u addresses",
				     f->n_ucast + f->n_mcast);
	for (i = 0; i < f->n_ucast; i++)
		if (memcmp(f->ucast[i], c->a.mac, sizeof(c->a.mac)))
			memcpy(addr[1 + n++], f->ucast[i], sizeof(*addr));
	if (f->n_mcast)
		memcpy(addr[1 + n], f->mcast, f->n_mcast * sizeof(*addr));
	if (f->flags & NAX_FILTER_VLAN)
		memmove(s->vlan, f->vlan, sizeof(s->vlan));
	else
		memset(s->vlan, 0, sizeof(s->vlan));
	s->flags = f->flags;
	s->n_ucast = n;
	s->n_mcast = f->n_mcast;
	swap(s->addr, addr);
	nax_free(c, addr);
	return 0;
}

int nax_control_ready(struct nax_core *c, struct nax_error *err)
{
	if (nax_is_gone(c))
		return nax_refuse_gone(c, err);
	if (c->a.state == NAX_STATE_DETACHED)
		return nax_error_set(err, -ENODEV, "adapter is detached: no driver is there");
	return 0;
}

int nax_adapter_set_filter(struct nax_adapter *a, const struct nax_filter *f,
			   struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	int ret;

	ret = nax_control_ready(c, err);
	if (!ret)
		ret = nax_filter_check(f, err);
	if (!ret)
		ret = nax_filter_copy(c, f, err);
	if (ret)
		return ret;
	if (c->started)
		nax_apply_filter(c);
	return nax_is_gone(c) ? nax_refuse_gone(c, err) : 0;
}

void nax_adapter_get_filter(const struct nax_adapter *a, struct nax_filter *f)
{
	struct nax_core *c = nax_core_of(a);

	if (c->filter.addr)
		nax_filter_cut(c);
	*f = c->filter_out;
}

/* Queues that the table may name, of @n. */
static u16 nax_rss_limit(const struct nax_core *c, u16 n)
{
	return n < c->a.caps.rss_queues_max ? n : c->a.caps.rss_queues_max;
}

static void nax_rss_spread(struct nax_core *c, u16 n)
{
	u16 limit = nax_rss_limit(c, n);
	u32 i;

	for (i = 0; i < c->rss.entries; i++)
		c->rss.table[i] = limit ? i % limit : 0;
}

/* Mixing function of splitmix64: each bit of the input moves half of the output. */
static u64 nax_mix(u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

/*
 * A key that differs between adapters and starts. Without the back end's randomness it spreads as
 * well, but who knows when the adapter started could find flows that share a queue.
 */
static void nax_rss_key(struct nax_core *c)
{
	u64 seed = c->ops->time_ns(&c->a);
	u64 word = 0;
	u32 i;

	if (c->ops->random) {
		c->ops->random(c->rss.key, sizeof(c->rss.key));
		return;
	}
	for (i = 0; i < sizeof(c->a.mac); i++)
		seed = nax_mix(seed ^ c->a.caps.perm_mac[i]);
	for (i = 0; i < sizeof(c->rss.key); i++) {
		if (!(i % 8))
			word = nax_mix(seed += 0x9e3779b97f4a7c15ull);
		c->rss.key[i] = (u8)(word >> i % 8 * 8);
	}
}

void nax_rss_init(struct nax_core *c)
{
	const struct nax_caps *caps = &c->a.caps;

	memset(&c->rss, 0, sizeof(c->rss));
	c->rss.entries = caps->rss_entries;
	c->rss.key_len = caps->rss_entries ? caps->rss_key_len : 0;
	c->rss.types = caps->rss_entries ? caps->rss_types : 0;
	if (!caps->rss_entries)
		return;
	nax_rss_key(c);
	nax_rss_spread(c, 1);
}

/* Whether the table gives all of @n queues their turn, as nax_rss_spread() makes it. */
static bool nax_rss_is_spread(const struct nax_core *c, u16 n)
{
	u16 limit = nax_rss_limit(c, n);
	u32 i;

	if (!limit)
		return false;
	for (i = 0; i < c->rss.entries; i++)
		if (c->rss.table[i] != i % limit)
			return false;
	return true;
}

/* Whether all queues that the table names are among @n. */
static bool nax_rss_fits(const struct nax_core *c, u16 n)
{
	u16 limit = nax_rss_limit(c, n);
	u32 i;

	for (i = 0; i < c->rss.entries; i++)
		if (c->rss.table[i] >= limit)
			return false;
	return true;
}

void nax_rss_fit(struct nax_core *c, u16 n)
{
	if (c->rss_set && nax_rss_fits(c, n))
		return;
	if (c->rss_set)
		nax_info(&c->a, "RSS table made anew for %u receive queues", n);
	nax_rss_spread(c, n);
	c->rss_set = false;
}

void nax_apply_rss(struct nax_core *c)
{
	if (!c->a.driver->ops->set_rss || !c->a.caps.rss_entries)
		return;
	c->rss_out = c->rss;
	if (!(c->a.offloads & NAX_OFFLOAD_RSS)) {
		c->rss_out.types = 0;
		memset(c->rss_out.table, 0, sizeof(c->rss_out.table));
	}
	nax_enter(c, NAX_OP_CONFIGURE, NULL);
	c->a.driver->ops->set_rss(&c->a, &c->rss_out);
	nax_leave(c, NAX_OP_CONFIGURE, NULL);
}

static int nax_rss_check(const struct nax_core *c, const struct nax_rss *rss,
			 struct nax_error *err)
{
	const struct nax_caps *caps = &c->a.caps;
	u16 n = c->a.n_rxq ? c->a.n_rxq : caps->rxq_max;
	u16 limit = nax_rss_limit(c, n);
	u32 i;

	if (!caps->rss_entries)
		return nax_error_set(err, -EOPNOTSUPP, "rss: the device has no receive side scaling");
	if (rss->entries != caps->rss_entries)
		return nax_error_set(err, -EINVAL, "rss.entries is %u: must be %u", rss->entries,
				     caps->rss_entries);
	if (rss->key_len != caps->rss_key_len)
		return nax_error_set(err, -EINVAL, "rss.key_len is %u: must be %u", rss->key_len,
				     caps->rss_key_len);
	if (rss->types & ~caps->rss_types)
		return nax_error_set(err, -EINVAL, "rss.types is 0x%x: must be some bits of 0x%x",
				     rss->types, caps->rss_types);
	for (i = 0; i < rss->entries; i++)
		if (rss->table[i] >= limit)
			return nax_error_set(err, -EINVAL,
					     "rss.table[%u] is %u: must be below %u, the receive queues that RSS can use",
					     i, rss->table[i], limit);
	return 0;
}

int nax_adapter_set_rss(struct nax_adapter *a, const struct nax_rss *rss, struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	int ret;

	ret = nax_control_ready(c, err);
	if (!ret)
		ret = nax_rss_check(c, rss, err);
	if (ret)
		return ret;
	c->rss = *rss;
	/* The default again, or another key with it: queues that are added have their turn too. */
	c->rss_set = !nax_rss_is_spread(c, a->n_rxq);
	if (c->started)
		nax_apply_rss(c);
	return nax_is_gone(c) ? nax_refuse_gone(c, err) : 0;
}

void nax_adapter_get_rss(const struct nax_adapter *a, struct nax_rss *rss)
{
	*rss = nax_core_of(a)->rss;
}
