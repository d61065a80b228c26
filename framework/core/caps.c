// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A driver's table and the capabilities it declares are checked once, by name, so that nothing
 * after attach() has to doubt them.
 */
#include "internal.h"

#define NAX_RING_LIMIT		32768u
#define NAX_SLOT_LIMIT		65535u	/* struct nax_slot.len has 16 bits */
#define NAX_ETH_MIN		60u	/* shortest frame without frame check sequence */

#define NAX_CAP_POW2		1u
#define NAX_CAP_TSO		2u	/* applies with NAX_OFFLOAD_GSO only */
#define NAX_CAP_CSUM		4u	/* applies with a Tx checksum or segmentation only */
#define NAX_CAP_RSS		8u	/* applies with NAX_OFFLOAD_RSS only */

/** struct nax_cap_field - range of one field of struct nax_caps */
struct nax_cap_field {
	const char *name;
	u16 offset;
	u16 size;
	u32 least;
	u32 most;
	u32 kind;
};

#define CAP(field, least, most, kind) \
	{ #field, offsetof(struct nax_caps, field), sizeof(((struct nax_caps *)0)->field), \
	  least, most, kind }

/* Sorted so that what a later rule leans on was checked before. */
static const struct nax_cap_field nax_cap_fields[] = {
	CAP(rxq_max, 1, NAX_QUEUES_MAX, 0),
	CAP(txq_max, 1, NAX_QUEUES_MAX, 0),
	CAP(vectors_max, 2, 2048, 0),
	CAP(ring_min, 8, NAX_RING_LIMIT, NAX_CAP_POW2),
	CAP(ring_max, 8, NAX_RING_LIMIT, NAX_CAP_POW2),
	CAP(ring_default, 8, NAX_RING_LIMIT, NAX_CAP_POW2),
	CAP(rx_desc_size, 8, 128, NAX_CAP_POW2),
	CAP(tx_desc_size, 8, 128, NAX_CAP_POW2),
	CAP(desc_align, 1, 32768, NAX_CAP_POW2),
	CAP(tx_overhead, 0, 8, 0),
	CAP(tx_slots_max, 1, NAX_PIECES_MAX, 0),
	CAP(tx_slot_len_max, NAX_ETH_MIN, NAX_SLOT_LIMIT, 0),
	CAP(tx_len_min, 0, NAX_ETH_MIN, 0),
	CAP(report_interval, 1, NAX_RING_LIMIT, 0),
	CAP(rx_buf_step, 1, 32768, NAX_CAP_POW2),
	CAP(rx_buf_min, 64, NAX_SLOT_LIMIT, 0),
	CAP(rx_buf_max, 64, NAX_SLOT_LIMIT, 0),
	CAP(mtu_min, 46, NAX_SLOT_LIMIT - NAX_FRAME_OVERHEAD, 0),
	CAP(mtu_max, 46, NAX_SLOT_LIMIT - NAX_FRAME_OVERHEAD, 0),
	CAP(gso_max, 1, 0x40000, NAX_CAP_TSO),
	CAP(gso_mss_min, 1, 1460, NAX_CAP_TSO),
	CAP(gso_hdr_max, 54, NAX_TX_L2_MAX + NAX_TX_L3_MAX + NAX_TX_L4_MAX, NAX_CAP_TSO),
	CAP(l2_max, 14, NAX_TX_L2_MAX, NAX_CAP_CSUM),
	CAP(l3_max, 20, NAX_TX_L3_MAX, NAX_CAP_CSUM),
	CAP(rss_queues_max, 1, NAX_QUEUES_MAX, NAX_CAP_RSS),
	CAP(rss_entries, 1, NAX_RSS_ENTRIES_MAX, NAX_CAP_RSS | NAX_CAP_POW2),
	CAP(rss_key_len, 1, NAX_RSS_KEY_MAX, NAX_CAP_RSS),
	CAP(ucast_max, 1, 65535, 0),
	CAP(dma_bits, 32, 64, 0),
	CAP(n_stats, 0, NAX_HW_STATS_MAX, 0),
};

static u32 nax_cap_value(const struct nax_caps *caps, const struct nax_cap_field *f)
{
	const u8 *p = (const u8 *)caps + f->offset;

	return f->size == 2 ? *(const u16 *)p : *(const u32 *)p;
}

static bool nax_cap_applies(const struct nax_caps *caps, u32 kind)
{
	if (kind & NAX_CAP_TSO)
		return caps->offloads & NAX_OFFLOAD_GSO;
	if (kind & NAX_CAP_CSUM)
		return caps->offloads & (NAX_OFFLOAD_TX_CSUM | NAX_OFFLOAD_GSO);
	if (kind & NAX_CAP_RSS)
		return caps->offloads & NAX_OFFLOAD_RSS;
	return true;
}

static int nax_caps_check_ranges(const struct nax_caps *caps, struct nax_error *err)
{
	const struct nax_cap_field *f;
	u32 value;

	for (f = nax_cap_fields; f < nax_cap_fields + ARRAY_SIZE(nax_cap_fields); f++) {
		if (!nax_cap_applies(caps, f->kind))
			continue;
		value = nax_cap_value(caps, f);
		if (value >= f->least && value <= f->most &&
		    (!(f->kind & NAX_CAP_POW2) || is_power_of_2(value)))
			continue;
		return nax_error_set(err, -EINVAL, "caps.%s is %u: must be %sfrom %u to %u",
				     f->name, value,
				     f->kind & NAX_CAP_POW2 ? "a power of two " : "",
				     f->least, f->most);
	}
	return 0;
}

/** struct nax_cap_order - one field must not exceed another */
struct nax_cap_order {
	const char *small;
	const char *large;
	u16 small_offset;
	u16 small_size;
	u16 large_offset;
	u16 large_size;
	u32 kind;
};

#define ORDER(a, b, kind) \
	{ #a, #b, offsetof(struct nax_caps, a), sizeof(((struct nax_caps *)0)->a), \
	  offsetof(struct nax_caps, b), sizeof(((struct nax_caps *)0)->b), kind }

static const struct nax_cap_order nax_cap_orders[] = {
	ORDER(ring_min, ring_default, 0),
	ORDER(ring_default, ring_max, 0),
	ORDER(report_interval, ring_min, 0),
	ORDER(rx_buf_min, rx_buf_max, 0),
	ORDER(rx_buf_step, rx_buf_min, 0),
	ORDER(mtu_min, mtu_max, 0),
	ORDER(rss_queues_max, rxq_max, 0),
	ORDER(itr_step_us, itr_max_us, 0),
};

static int nax_caps_check_orders(const struct nax_caps *caps, struct nax_error *err)
{
	const struct nax_cap_order *o;

	for (o = nax_cap_orders; o < nax_cap_orders + ARRAY_SIZE(nax_cap_orders); o++) {
		struct nax_cap_field small = { .offset = o->small_offset, .size = o->small_size };
		struct nax_cap_field large = { .offset = o->large_offset, .size = o->large_size };
		u32 a = nax_cap_value(caps, &small);
		u32 b = nax_cap_value(caps, &large);

		if (a > b)
			return nax_error_set(err, -EINVAL, "caps.%s is %u: must not exceed caps.%s, %u",
					     o->small, a, o->large, b);
	}
	return 0;
}

/** struct nax_cap_need - an offload leans on others */
struct nax_cap_need {
	u64 has;
	u64 needs;
	const char *name;
	const char *need_names;
};

#define NEED(has, needs) { NAX_OFFLOAD_##has, needs, #has, #needs }

static const struct nax_cap_need nax_cap_needs[] = {
	NEED(TSO4, NAX_OFFLOAD_TX_IPCSUM | NAX_OFFLOAD_TX_TCPCSUM),
	NEED(TSO6, NAX_OFFLOAD_TX_TCPCSUM),
	NEED(USO, NAX_OFFLOAD_TX_IPCSUM | NAX_OFFLOAD_TX_UDPCSUM),
	NEED(LRO, NAX_OFFLOAD_RX_L4CSUM),
	NEED(TUNNEL, NAX_OFFLOAD_TSO4 | NAX_OFFLOAD_TSO6),
};

static int nax_caps_check_offloads(const struct nax_driver *drv, const struct nax_caps *caps,
				   struct nax_error *err)
{
	const struct nax_cap_need *n;
	u64 unknown = caps->offloads >> NAX_OFFLOAD_COUNT << NAX_OFFLOAD_COUNT;
	u32 frame = caps->mtu_max + NAX_FRAME_OVERHEAD;

	if (unknown)
		return nax_error_set(err, -EINVAL,
				     "caps.offloads has bits 0x%llx: only the low %u have a meaning",
				     unknown, NAX_OFFLOAD_COUNT);
	for (n = nax_cap_needs; n < nax_cap_needs + ARRAY_SIZE(nax_cap_needs); n++)
		if (caps->offloads & n->has && (caps->offloads & n->needs) != n->needs)
			return nax_error_set(err, -EINVAL,
					     "caps.offloads is 0x%llx: NAX_OFFLOAD_%s needs %s",
					     caps->offloads, n->name, n->need_names);
	if (!(caps->offloads & NAX_OFFLOAD_RX_SCATTER) && caps->rx_buf_max < frame)
		return nax_error_set(err, -EINVAL,
				     "caps.rx_buf_max is %u: must hold %u, the frame of caps.mtu_max, without NAX_OFFLOAD_RX_SCATTER",
				     caps->rx_buf_max, frame);
	if ((u32)caps->tx_slots_max * caps->tx_slot_len_max < frame)
		return nax_error_set(err, -EINVAL,
				     "caps.tx_slots_max is %u: with caps.tx_slot_len_max %u a frame of %u does not fit",
				     caps->tx_slots_max, caps->tx_slot_len_max, frame);
	if (caps->offloads & NAX_OFFLOAD_RSS && !drv->ops->set_rss)
		return nax_error_set(err, -EINVAL,
				     "caps.offloads has NAX_OFFLOAD_RSS: ops.set_rss is missing");
	return 0;
}

static int nax_caps_check_rss(const struct nax_caps *caps, struct nax_error *err)
{
	u32 all = (1u << NAX_HASH_TYPES) - 1 - (1u << NAX_HASH_NONE);
	/* Two addresses of 16 bytes, two ports, and the 4 bytes the hash window is ahead. */
	u32 v6 = 40;

	if (!(caps->offloads & NAX_OFFLOAD_RSS)) {
		if (!caps->rss_entries)
			return 0;
		return nax_error_set(err, -EINVAL,
				     "caps.rss_entries is %u: must be 0 without NAX_OFFLOAD_RSS",
				     caps->rss_entries);
	}
	if (!caps->rss_types || caps->rss_types & ~all)
		return nax_error_set(err, -EINVAL,
				     "caps.rss_types is 0x%x: must be some bits of 0x%x",
				     caps->rss_types, all);
	if (caps->rss_types >> NAX_HASH_IPV6 && caps->rss_key_len < v6)
		return nax_error_set(err, -EINVAL,
				     "caps.rss_key_len is %u: IPv6 hashes need at least %u",
				     caps->rss_key_len, v6);
	return 0;
}

static int nax_caps_check_flow(const struct nax_driver *drv, const struct nax_caps *caps,
			       struct nax_error *err)
{
	static const u32 bits[NAX_FLOW_FIELDS] = {
		[NAX_FLOW_SADDR] = 0xffffffff, [NAX_FLOW_DADDR] = 0xffffffff,
		[NAX_FLOW_SPORT] = 0xffff, [NAX_FLOW_DPORT] = 0xffff,
		[NAX_FLOW_VLAN_ID] = 0xfff, [NAX_FLOW_VLAN_DEI] = 0x1,
		[NAX_FLOW_VLAN_PRIORITY] = 0x7, [NAX_FLOW_BYTES] = 0xffff,
	};
	u32 protos = BIT(NAX_FLOW_PROTOS) - 1;
	u32 i;

	if (!(caps->offloads & NAX_OFFLOAD_FLOW) != !caps->flow_rules)
		return nax_error_set(err, -EINVAL, "caps.flow_rules is %u: must be %s NAX_OFFLOAD_FLOW",
				     caps->flow_rules,
				     caps->flow_rules ? "0 without" : "at least 1 with");
	if (!caps->flow_rules)
		return 0;
	if (!drv->ops->flow)
		return nax_error_set(err, -EINVAL, "caps.flow_rules is %u: ops.flow is missing",
				     caps->flow_rules);
	if (!caps->flow_protos || caps->flow_protos & ~protos)
		return nax_error_set(err, -EINVAL,
				     "caps.flow_protos is 0x%x: must be some bits of 0x%x",
				     caps->flow_protos, protos);
	protos = caps->flow_protos & ~(u32)BIT(NAX_FLOW_ANY);
	if (caps->flow_ports & ~protos)
		return nax_error_set(err, -EINVAL,
				     "caps.flow_ports is 0x%x: must be some bits of 0x%x",
				     caps->flow_ports, protos);
	for (i = 0; i < NAX_FLOW_FIELDS; i++)
		if (caps->flow_mask[i] & ~bits[i])
			return nax_error_set(err, -EINVAL,
					     "caps.flow_mask[%u] is 0x%x: must be some bits of 0x%x",
					     i, caps->flow_mask[i], bits[i]);
	if (caps->flow_mask[NAX_FLOW_BYTES] && !caps->flow_offset_step)
		return nax_error_set(err, -EINVAL,
				     "caps.flow_offset_step is 0: must be at least 1 with NAX_FLOW_BYTES");
	return 0;
}

static bool nax_stat_name_good(const struct nax_stat_desc *s)
{
	u32 i;

	for (i = 0; i < NAX_STAT_NAME_MAX && s->name[i]; i++)
		if (!((s->name[i] >= 'a' && s->name[i] <= 'z') || s->name[i] == '_' ||
		      (s->name[i] >= '0' && s->name[i] <= '9')))
			return false;
	return i > 0 && i < NAX_STAT_NAME_MAX;
}

static int nax_caps_check_stats(const struct nax_driver *drv, const struct nax_caps *caps,
				struct nax_error *err)
{
	const struct nax_stat_desc *s = caps->stats;
	u32 i, j;

	if (caps->n_stats && (!s || !drv->ops->stats))
		return nax_error_set(err, -EINVAL, "caps.n_stats is %u: %s is missing",
				     caps->n_stats, s ? "ops.stats" : "caps.stats");
	for (i = 0; i < caps->n_stats; i++) {
		if (!nax_stat_name_good(&s[i]))
			return nax_error_set(err, -EINVAL,
					     "caps.stats[%u].name: must be 1 to %u of a-z 0-9 _",
					     i, NAX_STAT_NAME_MAX - 1);
		if ((u32)s[i].id >= NAX_STAT_IDS)
			return nax_error_set(err, -EINVAL,
					     "caps.stats[%u].id is %u: must be below %u", i,
					     (u32)s[i].id, NAX_STAT_IDS);
		for (j = 0; j < i; j++) {
			if (!strcmp(s[i].name, s[j].name))
				return nax_error_set(err, -EINVAL,
						     "caps.stats[%u].name is %s: entry %u has it",
						     i, s[i].name, j);
			if (s[i].id != NAX_STAT_OTHER && s[i].id == s[j].id)
				return nax_error_set(err, -EINVAL,
						     "caps.stats[%u].id is %u: entry %u has it",
						     i, (u32)s[i].id, j);
		}
	}
	return 0;
}

static int nax_caps_check_rest(const struct nax_driver *drv, const struct nax_caps *caps,
			       struct nax_error *err)
{
	u32 links = NAX_LINK_100M | NAX_LINK_1G | NAX_LINK_10G;
	char mac[18];

	if (!nax_mac_unicast(caps->perm_mac)) {
		nax_mac_text(mac, caps->perm_mac);
		return nax_error_set(err, -EINVAL,
				     "caps.perm_mac is %s: must be unicast and not zero", mac);
	}
	if (caps->board[sizeof(caps->board) - 1])
		return nax_error_set(err, -EINVAL, "caps.board: must end within %u bytes",
				     (u32)sizeof(caps->board));
	if (caps->nvm_version[sizeof(caps->nvm_version) - 1])
		return nax_error_set(err, -EINVAL, "caps.nvm_version: must end within %u bytes",
				     (u32)sizeof(caps->nvm_version));
	if (caps->rx_buf_min % caps->rx_buf_step || caps->rx_buf_max % caps->rx_buf_step)
		return nax_error_set(err, -EINVAL,
				     "caps.rx_buf_step is %u: caps.rx_buf_min %u and rx_buf_max %u must be multiples",
				     caps->rx_buf_step, caps->rx_buf_min, caps->rx_buf_max);
	if (!caps->link_modes || caps->link_modes & ~links)
		return nax_error_set(err, -EINVAL,
				     "caps.link_modes is 0x%x: must be some bits of 0x%x",
				     caps->link_modes, links);
	if (!caps->nvm_words != !drv->ops->nvm)
		return nax_error_set(err, -EINVAL, "caps.nvm_words is %u: ops.nvm is %s",
				     caps->nvm_words, drv->ops->nvm ? "there" : "missing");
	if (!caps->ptp_rx != !drv->ops->ptp || caps->ptp_rx >> NAX_PTP_RXS ||
	    (caps->ptp_rx && !(caps->ptp_rx & BIT(NAX_PTP_RX_NONE))))
		return nax_error_set(err, -EINVAL,
				     "caps.ptp_rx is 0x%x: must be bit 0 and some of 0x%x, 0 without ops.ptp, which is %s",
				     caps->ptp_rx, (1u << NAX_PTP_RXS) - 1,
				     drv->ops->ptp ? "there" : "missing");
	if (caps->ptp_ppb_max >= 1000000000)
		return nax_error_set(err, -EINVAL,
				     "caps.ptp_ppb_max is %u: must be below 1000000000",
				     caps->ptp_ppb_max);
	if (caps->itr_max_us && !caps->itr_step_us)
		return nax_error_set(err, -EINVAL,
				     "caps.itr_step_us is 0: must be at least 1 with caps.itr_max_us %u",
				     caps->itr_max_us);
	return 0;
}

int nax_caps_check(const struct nax_driver *drv, const struct nax_caps *caps,
		   struct nax_error *err)
{
	int ret;

	ret = nax_caps_check_ranges(caps, err);
	if (!ret)
		ret = nax_caps_check_orders(caps, err);
	if (!ret)
		ret = nax_caps_check_offloads(drv, caps, err);
	if (!ret)
		ret = nax_caps_check_rss(caps, err);
	if (!ret)
		ret = nax_caps_check_flow(drv, caps, err);
	if (!ret)
		ret = nax_caps_check_stats(drv, caps, err);
	if (!ret)
		ret = nax_caps_check_rest(drv, caps, err);
	return ret;
}

/* A missing function is found through its address in the table, whatever its type. */
struct nax_op_name {
	const char *name;
	u16 offset;
};

#define OP(name) { #name, offsetof(struct nax_driver_ops, name) }

static const struct nax_op_name nax_required_ops[] = {
	OP(attach), OP(detach), OP(start), OP(stop), OP(queue_start), OP(queue_stop), OP(tx_post),
	OP(tx_reap), OP(rx_reap), OP(rx_post), OP(irq_arm), OP(irq_ack), OP(set_filter),
};

int nax_driver_check(const struct nax_driver *drv, struct nax_error *err)
{
	void (*f)(void);
	u32 i;

	if (!drv->name || !drv->ids || !drv->ops)
		return nax_error_set(err, -EINVAL, "driver.%s is missing",
				     !drv->name ? "name" : !drv->ids ? "ids" : "ops");
	for (i = 0; i < ARRAY_SIZE(nax_required_ops); i++) {
		memcpy(&f, (const u8 *)drv->ops + nax_required_ops[i].offset, sizeof(f));
		if (!f)
			return nax_error_set(err, -EINVAL, "ops.%s is missing",
					     nax_required_ops[i].name);
	}
	if (drv->ops->nvm && !(drv->ops->nvm->read && drv->ops->nvm->write && drv->ops->nvm->check))
		return nax_error_set(err, -EINVAL, "ops.nvm: must have read, write and check");
	if (drv->ops->selftest && !(drv->ops->selftest->registers &&
				    drv->ops->selftest->irq_raise && drv->ops->selftest->loopback))
		return nax_error_set(err, -EINVAL,
				     "ops.selftest: must have registers, irq_raise and loopback");
	if (drv->ops->ptp && !(drv->ops->ptp->set_rate && drv->ops->ptp->read &&
			       drv->ops->ptp->set_stamps && drv->ops->ptp->latched &&
			       drv->ops->ptp->take))
		return nax_error_set(err, -EINVAL,
				     "ops.ptp: must have set_rate, read, set_stamps, latched and take");
	if (drv->ops->flow && !(drv->ops->flow->add && drv->ops->flow->remove))
		return nax_error_set(err, -EINVAL, "ops.flow: must have add and remove");
	if (drv->alive_reg & 3 || drv->bar_size_min < 4 ||
	    drv->alive_reg > drv->bar_size_min - 4)
		return nax_error_set(err, -EINVAL,
				     "driver.alive_reg is 0x%x: must be a multiple of 4 within driver.bar_size_min, 0x%x",
				     drv->alive_reg, drv->bar_size_min);
	return 0;
}
