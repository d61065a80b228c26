// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The fake driver and its device. The device has no engine: tests write its answers into the
 * descriptors by fake_rx() and fake_tx_done().
 */
#include <string.h>

#include "fake_driver.h"

/* Every control operation touches a register, so that a removed device shows. */
static struct fake *fake_op(struct nax_adapter *a, const char *name)
{
	struct fake *f = fake_of(a);

	fake_note(f, FAKE_DRIVER, "%s", name);
	nax_reg_write(a, 0, nax_reg_read(a, FAKE_ALIVE));
	return f;
}

static int fake_op_result(struct nax_adapter *a, const char *name)
{
	int ret = fake_fails(fake_of(a), name);

	if (ret)
		nax_fail(a, ret, "%s refused: register 0x00000 is 0x%x", name, nax_reg_read(a, 0));
	return ret;
}

static int fake_attach_op(struct nax_adapter *a, struct nax_caps *caps)
{
	struct fake *f = fake_op(a, "attach");

	*caps = f->caps;
	return fake_op_result(a, "attach");
}

static void fake_detach(struct nax_adapter *a)
{
	fake_op(a, "detach");
}

static int fake_start(struct nax_adapter *a)
{
	fake_op(a, "start");
	return fake_op_result(a, "start");
}

static void fake_stop(struct nax_adapter *a, bool gone)
{
	struct fake *f = fake_of(a);

	fake_note(f, FAKE_DRIVER, gone ? "stop(gone)" : "stop");
	if (!gone)
		nax_reg_write(a, 0, 0);
}

static u32 fake_doorbell(const struct nax_queue *q)
{
	return FAKE_DOORBELL + q->index * 8u + (q->is_rx ? 0 : 4);
}

static void fake_queue_start(struct nax_queue *q)
{
	struct fake *f = fake_of(q->adapter);
	const u8 *p = q->desc;
	u32 i;

	fake_note(f, FAKE_DRIVER, "queue_start:%s%u", q->is_rx ? "rx" : "tx", q->index);
	assert_int_equal(q->tail & q->desc_mask, 0);
	assert_int_equal(q->ring.begin & q->ring.mask, 0);
	for (i = 0; i <= q->desc_mask; i++)
		assert_int_equal(p[i * sizeof(struct fake_desc)], 0);
	q->doorbell = fake_doorbell(q);
	nax_reg_write(q->adapter, q->doorbell, 0);
}

static void fake_queue_stop(struct nax_queue *q)
{
	fake_note(fake_of(q->adapter), FAKE_DRIVER, "queue_stop:%s%u", q->is_rx ? "rx" : "tx",
		  q->index);
	nax_reg_read(q->adapter, FAKE_ALIVE);
}

/* A packet with any request takes a context descriptor, as on real devices. */
static void fake_tx_post(struct nax_queue *q)
{
	struct nax_tx_batch b = nax_tx_begin(q);
	struct fake_desc *ring = q->desc, *d = NULL;
	u32 slots, descs, at, i, bytes;
	bool context;

	while ((slots = nax_tx_room(q, &b, &bytes))) {
		context = nax_tx_slot(q, &b, 0)->flags & (NAX_F_TX_MASK | NAX_F_VLAN);
		descs = slots + context;
		at = b.tail;
		if (context)
			ring[at++ & q->desc_mask] = (struct fake_desc){ .word = FAKE_CONTEXT };
		for (i = 0; i < slots; i++) {
			d = &ring[at++ & q->desc_mask];
			*d = (struct fake_desc){ .dma = nax_tx_slot(q, &b, i)->dma,
						 .word = nax_tx_slot(q, &b, i)->len };
		}
		d->word |= FAKE_EOP;
		if (nax_tx_commit(q, &b, slots, descs, bytes))
			d->word |= FAKE_REPORT;
	}
	nax_tx_end(q, &b);
}

static bool fake_tx_has_come(const struct nax_queue *q, u32 desc)
{
	const struct fake_desc *ring = q->desc;

	return ring[desc & q->desc_mask].status & FAKE_DONE;
}

static void fake_tx_reap(struct nax_queue *q)
{
	nax_tx_reap(q, fake_tx_has_come);
}

static void fake_rx_reap(struct nax_queue *q, u32 budget)
{
	struct nax_rx_batch b = nax_rx_begin(q, budget);
	const struct fake_desc *ring = q->desc, *d;

	while (nax_rx_more(&b)) {
		d = &ring[b.seen & q->desc_mask];
		if (!(d->status & FAKE_DONE))
			break;
		nax_rx_slot(q, &b, (d->status & ~FAKE_DONE) | fake_of(q->adapter)->rx_flags, 0,
			    d->word, 0, 0);
	}
	nax_rx_commit(q, &b);
}

static void fake_rx_post(struct nax_queue *q)
{
	struct fake_desc *ring = q->desc;
	u32 end = nax_rx_post_end(q);
	u32 i;

	for (i = q->ring.next; i != end; i++)
		ring[i & q->desc_mask] =
			(struct fake_desc){ .dma = nax_ring_slot(&q->ring, i)->dma };
	fake_note(fake_of(q->adapter), FAKE_DATA, "rx_post:%u=%u", q->index, end - q->ring.next);
	nax_rx_posted(q, end);
}

static void fake_irq_arm(struct nax_vector *v)
{
	fake_note(fake_of(v->adapter), FAKE_WAKE, "arm:%u", v->index);
	nax_reg_write(v->adapter, 4, v->index);
}

static u32 fake_irq_ack(struct nax_adapter *a, u32 vector)
{
	struct fake *f = fake_of(a);
	u32 causes = f->causes;

	(void)vector;
	nax_reg_read(a, FAKE_ALIVE);
	f->causes = 0;
	return causes;
}

static void fake_set_filter(struct nax_adapter *a, const struct nax_filter *filter)
{
	fake_op(a, "set_filter")->filter = *filter;
}

static void fake_up_op(struct nax_adapter *a)
{
	fake_op(a, "up");
}

static void fake_set_offloads(struct nax_adapter *a, u64 active)
{
	fake_op(a, "set_offloads")->offloads = active;
}

static void fake_set_rss(struct nax_adapter *a, const struct nax_rss *rss)
{
	fake_op(a, "set_rss")->rss = *rss;
}

static void fake_link_get(struct nax_adapter *a, struct nax_link *link)
{
	nax_reg_read(a, FAKE_ALIVE);
	*link = fake_of(a)->link;
}

static int fake_link_set(struct nax_adapter *a, const struct nax_link_settings *set)
{
	(void)set;
	fake_op(a, "link_set");
	return fake_op_result(a, "link_set");
}

static void fake_stats(struct nax_adapter *a, u64 *v)
{
	struct fake *f = fake_of(a);
	u32 i, ones = nax_reg_read(a, FAKE_ALIVE);

	for (i = 0; i < FAKE_STATS; i++) {
		v[i] += ones == 0xffffffff ? ones : f->count[i];
		f->count[i] = 0;
	}
}

static void fake_set_itr(struct nax_vector *v)
{
	struct fake *f = fake_of(v->adapter);

	fake_note(f, FAKE_DRIVER, "set_itr:%u=%u", v->index, v->itr_us);
}

static int fake_set_mtu(struct nax_adapter *a)
{
	fake_op(a, "set_mtu");
	return fake_op_result(a, "set_mtu");
}

static void fake_diag(struct nax_adapter *a, struct nax_diag *d)
{
	fake_note(fake_of(a), FAKE_DRIVER, "diag");
	nax_diag_add(d, "DIAG", FAKE_DIAG, nax_reg_read(a, FAKE_DIAG));
}

static int fake_flow_add(struct nax_adapter *a, const struct nax_flow_rule *rule)
{
	struct fake *f = fake_of(a);

	fake_note(f, FAKE_DRIVER, "flow_add:%u", rule->location);
	nax_reg_write(a, 0, nax_reg_read(a, FAKE_ALIVE));
	f->rule = *rule;
	return fake_op_result(a, "flow_add");
}

static int fake_flow_remove(struct nax_adapter *a, const struct nax_flow_rule *rule)
{
	fake_note(fake_of(a), FAKE_DRIVER, "flow_remove:%u", rule->location);
	nax_reg_write(a, 0, nax_reg_read(a, FAKE_ALIVE));
	return fake_op_result(a, "flow_remove");
}

static const struct nax_flow_ops fake_flow_ops = {
	.add = fake_flow_add,
	.remove = fake_flow_remove,
};

static const struct nax_driver_ops fake_driver_ops = {
	.attach = fake_attach_op,
	.detach = fake_detach,
	.start = fake_start,
	.stop = fake_stop,
	.queue_start = fake_queue_start,
	.queue_stop = fake_queue_stop,
	.tx_post = fake_tx_post,
	.tx_reap = fake_tx_reap,
	.rx_reap = fake_rx_reap,
	.rx_post = fake_rx_post,
	.irq_arm = fake_irq_arm,
	.irq_ack = fake_irq_ack,
	.set_filter = fake_set_filter,
	.up = fake_up_op,
	.set_offloads = fake_set_offloads,
	.set_rss = fake_set_rss,
	.link_get = fake_link_get,
	.link_set = fake_link_set,
	.stats = fake_stats,
	.set_itr = fake_set_itr,
	.set_mtu = fake_set_mtu,
	.diag = fake_diag,
	.flow = &fake_flow_ops,
};

static const struct nax_caps fake_caps = {
	.perm_mac = { 0x02, 0, 0, 0, 0, 1 },
	.nvm_version = "1.0",
	.rxq_max = 8,
	.txq_max = 8,
	.rss_queues_max = 4,
	.vectors_max = 5,
	.ring_min = 16,
	.ring_max = 1024,
	.ring_default = 64,
	.rx_desc_size = sizeof(struct fake_desc),
	.tx_desc_size = sizeof(struct fake_desc),
	.desc_align = 128,
	.tx_overhead = 1,
	.tx_slots_max = 8,
	.tx_slot_len_max = 4096,
	.tx_len_min = 17,
	.report_interval = 8,
	.rx_buf_min = 256,
	.rx_buf_max = 4096,
	.rx_buf_step = 256,
	.mtu_min = 68,
	.mtu_max = 9000,
	.offloads = (1ull << NAX_OFFLOAD_COUNT) - 1,
	.gso_max = 65535,
	.gso_mss_min = 64,
	.gso_hdr_max = 255,
	.l2_max = 127,
	.l3_max = 511,
	.rss_entries = 16,
	.rss_key_len = 40,
	.rss_types = 1u << NAX_HASH_IPV4 | 1u << NAX_HASH_IPV4_TCP | 1u << NAX_HASH_IPV6,
	.ucast_max = 4,
	.mcast_max = 3,
	.link_modes = NAX_LINK_10G | NAX_LINK_1G,
	.dma_bits = 64,
	.itr_max_us = 500,
	.itr_step_us = 2,
	.irq_autoclear = true,
	.pause = true,
	.flow_rules = 8,
	.flow_protos = 1u << NAX_FLOW_ANY | 1u << NAX_FLOW_TCP | 1u << NAX_FLOW_UDP,
	.flow_ports = 1u << NAX_FLOW_TCP | 1u << NAX_FLOW_UDP,
	.flow_mask = {
		[NAX_FLOW_SADDR] = 0xffffffff,
		[NAX_FLOW_DADDR] = 0xffffff00,
		[NAX_FLOW_SPORT] = 0xffff,
		[NAX_FLOW_DPORT] = 0xffff,
		[NAX_FLOW_VLAN_ID] = 0xfff,
		[NAX_FLOW_BYTES] = 0xffff,
	},
	.flow_whole = 1u << NAX_FLOW_VLAN_ID | 1u << NAX_FLOW_BYTES,
	.flow_one_mask = true,
	.flow_offset_max = 30,
	.flow_offset_step = 2,
	.n_stats = FAKE_STATS,
};

static const struct nax_stat_desc fake_stats_desc[FAKE_STATS] = {
	{ "rx_packets", NAX_STAT_RX_PACKETS },
	{ "rx_pause", NAX_STAT_RX_PAUSE },
	{ "rx_missed", NAX_STAT_RX_MISSED },
	{ "odd_two", NAX_STAT_OTHER },
};

static const struct nax_pci_id fake_ids[] = {
	{ 0x1234, 0x5677, "fake A" },
	{ 0x1234, 0x5678, "fake B" },
	{ 0, 0, NULL },
};

void fake_driver_init(struct fake *f)
{
	f->ops = fake_driver_ops;
	f->drv = (struct nax_driver){
		.name = "fake",
		.ids = fake_ids,
		.ops = &f->ops,
		.bar_size_min = FAKE_REGS * 4,
		.alive_reg = FAKE_ALIVE,
		.priv_size = 64,
		.queue_priv_size = 48,
	};
	f->caps = fake_caps;
	memcpy(f->stats, fake_stats_desc, sizeof(f->stats));
	f->caps.stats = f->stats;
	f->link = (struct nax_link){ .up = true, .speed = 10000, .full_duplex = true };
}

void fake_rx(struct nax_queue *q, u32 at, u32 len, u32 flags)
{
	struct fake_desc *d = &((struct fake_desc *)q->desc)[(q->seen + at) & q->desc_mask];

	d->word = len;
	d->status = flags | FAKE_DONE;
}

void fake_tx(struct nax_queue *q, u32 i, u32 len, u32 flags)
{
	struct nax_slot *s = nax_ring_slot(&q->ring, q->ring.end + i);

	s->flags = flags;
	s->hash = nax_tx_lengths(14, 20, 20);
	s->len = (u16)len;
	s->vlan_tci = 5;
	s->gso = 0;
	s->group = 0;
}

void fake_tx_done(struct nax_queue *q)
{
	struct fake_desc *ring = q->desc;
	u32 i;

	for (i = 0; i <= q->desc_mask; i++)
		if (ring[i].word & FAKE_REPORT)
			ring[i].status = FAKE_DONE;
}
