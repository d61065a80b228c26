// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Wrong drivers: control calls, registers, transmit. */
#include <string.h>

#include "verify_driver.h"

static const u64 all = ~NAX_OFFLOAD_LRO;

/* ---- control ---- */

static void op_order(void)
{
	verify_start(0, all);
	nax_verify_enter(vf->a, NAX_OP_ATTACH, NULL);
	nax_verify_leave(vf->a, NAX_OP_ATTACH, NULL);
}

static void op_order_queue_twice(void)
{
	verify_start(0, all);
	nax_verify_enter(vf->a, NAX_OP_QUEUE_START, vrx);
	nax_verify_leave(vf->a, NAX_OP_QUEUE_START, vrx);
}

static void op_order_stop_with_queues(void)
{
	verify_start(0, all);
	nax_verify_enter(vf->a, NAX_OP_STOP, NULL);
	nax_verify_leave(vf->a, NAX_OP_STOP, NULL);
}

static void op_overlap(void)
{
	verify_start(0, all);
	nax_verify_enter(vf->a, NAX_OP_CONFIGURE, NULL);
	nax_verify_enter(vf->a, NAX_OP_CONFIGURE, NULL);
	nax_verify_leave(vf->a, NAX_OP_CONFIGURE, NULL);
	nax_verify_leave(vf->a, NAX_OP_CONFIGURE, NULL);
}

static void recursive_post(struct nax_queue *q)
{
	nax_core_of(q->adapter)->dp->tx_post(q);
}

static void call_overlap(void)
{
	verify_start(0, all);
	verify_direct()->tx_post = recursive_post;
	verify_tx(1);
	nax_queue_post_tx(vtx);
}

static void call_not_running(void)
{
	verify_start(0, all);
	assert_int_equal(nax_adapter_suspend(vf->a), 0);
	nax_core_of(vf->a)->dp->rx_reap(vrx, 1);
}

static void caps_frozen(void)
{
	verify_start(0, all);
	vf->a->caps.l3_max++;
	nax_apply_filter(nax_core_of(vf->a));
}

static void (*good_queue_start)(struct nax_queue *q);

static void moving_queue_start(struct nax_queue *q)
{
	good_queue_start(q);
	q->ring.next++;
}

static void far_queue_start(struct nax_queue *q)
{
	good_queue_start(q);
	q->doorbell = FAKE_REGS * 4;
}

static void forgetful_queue_start(struct nax_queue *q)
{
	u32 doorbell = q->doorbell;

	good_queue_start(q);
	q->doorbell = doorbell;
}

static void start_with(void (*queue_start)(struct nax_queue *q))
{
	good_queue_start = vf->ops.queue_start;
	vf->ops.queue_start = queue_start;
	verify_start(0, all);
}

static void start_index(void)
{
	start_with(moving_queue_start);
}

static void start_doorbell(void)
{
	start_with(far_queue_start);
}

static void start_doorbell_unset(void)
{
	start_with(forgetful_queue_start);
}

static void reg_stopped(void)
{
	verify_start(0, all);
	nax_adapter_down(vf->a);
	nax_reg_read(vf->a, FAKE_ALIVE);
}

static void reg_range(void)
{
	verify_start(0, all);
	nax_reg_write(vf->a, FAKE_REGS * 4, 0);
}

static void reg_align(void)
{
	verify_start(0, all);
	nax_reg_read(vf->a, FAKE_ALIVE + 2);
}

static void stats_back(void)
{
	verify_start(0, all);
	vf->count[2] = 10;
	nax_stats_collect(nax_core_of(vf->a));
	vf->count[2] = -1ull;
	nax_stats_collect(nax_core_of(vf->a));
}

static void link_with(bool is_up, u32 speed, bool full, enum nax_media media)
{
	verify_start(0, all);
	vf->link = (struct nax_link){ .up = is_up, .speed = speed, .full_duplex = full,
				      .media = media };
	nax_link_poll(nax_core_of(vf->a));
}

static void link_up_without_speed(void)
{
	link_with(true, 0, true, NAX_MEDIA_FIBER);
}

static void link_down_with_speed(void)
{
	link_with(false, 1000, true, NAX_MEDIA_FIBER);
}

static void link_media(void)
{
	link_with(true, 10000, true, NAX_MEDIAS);
}

static void link_duplex(void)
{
	link_with(true, 10000, false, NAX_MEDIA_FIBER);
}

static void link_get_endless(struct nax_adapter *a, struct nax_link *link)
{
	link->up = true;
	link->speed = 10000;
	link->full_duplex = true;
	memset(link->module, 'x', sizeof(link->module));
}

static void link_text(void)
{
	verify_start(0, all);
	vf->ops.link_get = link_get_endless;
	nax_link_poll(nax_core_of(vf->a));
}

const struct wrong wrong_control[] = {
	{ "attach twice", NAX_RULE_OP_ORDER, op_order },
	{ "queue_start twice", NAX_RULE_OP_ORDER, op_order_queue_twice },
	{ "stop with running queues", NAX_RULE_OP_ORDER, op_order_stop_with_queues },
	{ "two control calls", NAX_RULE_OP_OVERLAP, op_overlap },
	{ "tx_post within tx_post", NAX_RULE_CALL_OVERLAP, call_overlap },
	{ "rx_reap after queue_stop", NAX_RULE_CALL_NOT_RUNNING, call_not_running },
	{ "caps written after attach", NAX_RULE_CAPS_FROZEN, caps_frozen },
	{ "queue_start moves next", NAX_RULE_START_INDEX, start_index },
	{ "doorbell out of range", NAX_RULE_START_DOORBELL, start_doorbell },
	{ "doorbell not set", NAX_RULE_START_DOORBELL, start_doorbell_unset },
	{ "register read after stop", NAX_RULE_REG_STOPPED, reg_stopped },
	{ "register beyond the BAR", NAX_RULE_REG_RANGE, reg_range },
	{ "register not aligned", NAX_RULE_REG_ALIGN, reg_align },
	{ "counter goes back", NAX_RULE_STATS_BACK, stats_back },
	{ "up at 0 Mbit/s", NAX_RULE_LINK_SPEED, link_up_without_speed },
	{ "down at 1000 Mbit/s", NAX_RULE_LINK_SPEED, link_down_with_speed },
	{ "no such media", NAX_RULE_LINK_FIELDS, link_media },
	{ "half duplex at 10 Gbit/s", NAX_RULE_LINK_FIELDS, link_duplex },
	{ "module name without end", NAX_RULE_LINK_FIELDS, link_text },
};
const u32 n_wrong_control = ARRAY_SIZE(wrong_control);

/* ---- transmit ---- */

/* Run a wrong tx_post on one packet of @slots slots. */
static void post_with(void (*tx_post)(struct nax_queue *q), u32 slots)
{
	verify_start(0, all);
	verify_direct()->tx_post = tx_post;
	verify_tx(slots);
	nax_queue_post_tx(vtx);
}

/* All there is, as one report; @extra descriptors too many. */
static void post_all(struct nax_queue *q, u32 extra)
{
	struct nax_tx_batch b = nax_tx_begin(q);
	u32 n, bytes;

	while ((n = nax_tx_room(q, &b, &bytes)))
		nax_tx_commit(q, &b, n, n + extra, bytes);
	nax_tx_end(q, &b);
}

static void post_moves_end(struct nax_queue *q)
{
	post_all(q, 0);
	q->ring.end++;
}

static void post_moves_begin(struct nax_queue *q)
{
	post_all(q, 0);
	q->ring.begin++;
}

static void post_beyond_end(struct nax_queue *q)
{
	q->ring.next = q->ring.end + 1;
	q->tail++;
}

static void post_without_tail(struct nax_queue *q)
{
	q->ring.next = q->ring.end;
}

static void post_too_much(struct nax_queue *q)
{
	post_all(q, q->desc_mask + 1);
}

static void post_half(struct nax_queue *q)
{
	q->ring.next++;
	q->tail++;
}

static void post_many_reports(struct nax_queue *q)
{
	post_all(q, 0);
	q->report_tail += q->desc_mask + 1;
}

static void post_unreported(struct nax_queue *q)
{
	q->ring.next++;
	q->tail++;
	q->since = 1;
}

static void post_writes_slot(struct nax_queue *q)
{
	nax_ring_slot(&q->ring, q->ring.next)->vlan_tci = 77;
	post_all(q, 0);
}

static void post_writes_outside(struct nax_queue *q)
{
	post_all(q, 0);
	nax_ring_slot(&q->ring, q->ring.end + 3)->flags = NAX_F_EOP;
}

static void post_wastes(struct nax_queue *q)
{
	post_all(q, 2);
}

static void ring_const(void)
{
	post_with(post_moves_end, 1);
}

static void ring_foreign(void)
{
	post_with(post_moves_begin, 1);
}

static void ring_order(void)
{
	post_with(post_beyond_end, 1);
}

static void tx_tail(void)
{
	post_with(post_without_tail, 1);
}

static void tx_credits(void)
{
	post_with(post_too_much, 1);
}

static void tx_eop(void)
{
	post_with(post_half, 2);
}

static void tx_report(void)
{
	post_with(post_many_reports, 1);
}

static void tx_report_missing(void)
{
	post_with(post_unreported, 1);
}

static void tx_slot_write(void)
{
	post_with(post_writes_slot, 1);
}

static void slot_outside(void)
{
	post_with(post_writes_outside, 1);
}

static void tx_descs(void)
{
	post_with(post_wastes, 1);
}

static void reap_without_report(struct nax_queue *q)
{
	q->head++;
	q->ring.begin++;
}

static void reap_half_report(struct nax_queue *q)
{
	nax_tx_reported(q, q->report_head + 1);
	q->ring.begin--;
}

static void reap_with(void (*tx_reap)(struct nax_queue *q), u32 slots)
{
	verify_start(0, all);
	verify_tx(slots);
	nax_queue_post_tx(vtx);
	verify_direct()->tx_reap = tx_reap;
	nax_queue_poll_tx(vtx);
}

static void tx_completion(void)
{
	reap_with(reap_without_report, 1);
}

static void tx_completion_half(void)
{
	reap_with(reap_half_report, 2);
}

static void reap_what_was_not_posted(struct nax_queue *q)
{
	q->ring.begin = q->ring.next + 1;
}

static void tx_order(void)
{
	reap_with(reap_what_was_not_posted, 1);
}

const struct wrong wrong_tx[] = {
	{ "tx_post moves end", NAX_RULE_RING_CONST, ring_const },
	{ "tx_post moves begin", NAX_RULE_RING_FOREIGN, ring_foreign },
	{ "posted beyond end", NAX_RULE_RING_ORDER, ring_order },
	{ "completed beyond next", NAX_RULE_RING_ORDER, tx_order },
	{ "slots without descriptors", NAX_RULE_TX_TAIL, tx_tail },
	{ "more descriptors than there are", NAX_RULE_TX_CREDITS, tx_credits },
	{ "half a packet posted", NAX_RULE_TX_EOP, tx_eop },
	{ "more reports than descriptors", NAX_RULE_TX_REPORT, tx_report },
	{ "last packet without report", NAX_RULE_TX_REPORT_MISSING, tx_report_missing },
	{ "completion nobody asked for", NAX_RULE_TX_COMPLETION, tx_completion },
	{ "completion of half a packet", NAX_RULE_TX_COMPLETION, tx_completion_half },
	{ "transmit slot written", NAX_RULE_TX_SLOT_WRITE, tx_slot_write },
	{ "free slot written", NAX_RULE_SLOT_OUTSIDE, slot_outside },
	{ "three descriptors for one slot", NAX_RULE_TX_DESCS, tx_descs },
};
const u32 n_wrong_tx = ARRAY_SIZE(wrong_tx);
