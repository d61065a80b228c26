// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Wrong drivers and wrong devices: receive. */
#include <string.h>

#include "pieces.h"
#include "verify_driver.h"

static const u64 all = ~NAX_OFFLOAD_LRO;

static void make(u32 l4, u32 tags, u32 payload)
{
	struct pkt_spec s = { .l4 = l4, .tags = tags, .payload = payload };

	pkt_make(&vpkt, &s, &vseed);
	pkt_fill(&vpkt);
}

/* Two good packets, then a wrong rx_reap looks at them. What it found is nobody's. */
static void reap_with(void (*rx_reap)(struct nax_queue *q, u32 budget), u32 budget)
{
	u32 n;

	verify_start(256, all);
	make(NAX_F_TCP, 0, 400);
	n = verify_frame(0);
	verify_frame(n);
	verify_direct()->rx_reap = rx_reap;
	n = nax_queue_poll_rx(vrx, budget);
	if (nax_queue_halted(vrx, NAX_HALT_QUARANTINE))
		assert_int_equal(n, 0);
}

/* ---- indices ---- */

static void reap_back(struct nax_queue *q, u32 budget)
{
	q->ring.begin--;
}

static void reap_unposted(struct nax_queue *q, u32 budget)
{
	verify_rx_reap(q, budget);
	q->ring.begin = q->ring.next + 1;
	q->seen = q->ring.begin;
}

static void reap_posts(struct nax_queue *q, u32 budget)
{
	verify_rx_reap(q, budget);
	q->tail++;
}

static void reap_all(struct nax_queue *q, u32 budget)
{
	verify_rx_reap(q, budget + 1);
}

static void reap_part(struct nax_queue *q, u32 budget)
{
	verify_rx_reap(q, budget);
	q->ring.begin--;
}

static void reap_unseen(struct nax_queue *q, u32 budget)
{
	verify_rx_reap(q, budget);
	q->seen = q->ring.begin - 1;
}

static void reap_silent(struct nax_queue *q, u32 budget)
{
	verify_rx_reap(q, budget);
	q->batch.packets = 0;
}

static void reap_miscounts(struct nax_queue *q, u32 budget)
{
	verify_rx_reap(q, budget);
	q->batch.bytes++;
}

static void ring_back(void)
{
	reap_with(reap_back, 64);
}

static void ring_order(void)
{
	reap_with(reap_unposted, 64);
}

static void ring_foreign(void)
{
	reap_with(reap_posts, 64);
}

static void rx_budget(void)
{
	reap_with(reap_all, 1);
}

static void rx_eop(void)
{
	reap_with(reap_part, 64);
}

static void rx_seen(void)
{
	reap_with(reap_unseen, 64);
}

static void rx_batch(void)
{
	reap_with(reap_silent, 64);
}

static void rx_count(void)
{
	reap_with(reap_miscounts, 64);
}

/* ---- slots ---- */

static void reap_moves_buffer(struct nax_queue *q, u32 budget)
{
	verify_rx_reap(q, budget);
	nax_ring_slot(&q->ring, q->ring.begin - 1)->dma += 2;
}

static void reap_writes_held(struct nax_queue *q, u32 budget)
{
	verify_rx_reap(q, budget);
	nax_ring_slot(&q->ring, q->ring.end)->len++;
}

/* A driver that writes slots by hand, all fields but those of @skip. */
static u32 skip;
#define SKIP_FLAGS	1u
#define SKIP_HASH	2u
#define SKIP_TCI	4u
#define SKIP_GSO	8u
#define SKIP_GROUP	16u
#define SKIP_LEN	32u

static void reap_by_hand(struct nax_queue *q, u32 budget)
{
	struct nax_slot *s = nax_ring_slot(&q->ring, q->seen);

	if (!(skip & SKIP_FLAGS))
		s->flags = NAX_F_EOP;
	if (!(skip & SKIP_HASH))
		s->hash = 0;
	if (!(skip & SKIP_TCI))
		s->vlan_tci = 0;
	if (!(skip & SKIP_GSO))
		s->gso = 0;
	if (!(skip & SKIP_GROUP))
		s->group = q->group;
	if (!(skip & SKIP_LEN))
		s->len = 60;
	q->seen++;
	q->ring.begin = q->seen;
	q->batch.packets = 1;
	q->batch.bytes = s->len;
	q->batch.flags = s->flags;
}

static void by_hand(u32 fields)
{
	u32 i;

	verify_start(0, all);
	skip = fields;
	/* as after one round through the ring */
	for (i = 0; i < nax_ring_size(&vrx->ring); i++)
		vrx->ring.slot[i].flags = NAX_F_EOP;
	verify_direct()->rx_reap = reap_by_hand;
	for (i = 0; i < 4; i++)
		nax_queue_poll_rx(vrx, 1);
}

static void unwritten_flags(void)
{
	by_hand(SKIP_FLAGS);
}

static void unwritten_hash(void)
{
	by_hand(SKIP_HASH);
}

static void unwritten_tci(void)
{
	by_hand(SKIP_TCI);
}

static void unwritten_gso(void)
{
	by_hand(SKIP_GSO);
}

static void unwritten_group(void)
{
	by_hand(SKIP_GROUP);
}

static void unwritten_len(void)
{
	by_hand(SKIP_LEN);
}

static void reap_long(struct nax_queue *q, u32 budget)
{
	struct nax_slot *s = nax_ring_slot(&q->ring, q->seen);

	skip = 0;
	reap_by_hand(q, budget);
	s->len = (u16)(s->cap + 1);
	q->batch.bytes = s->len;
}

static void rx_len(void)
{
	reap_with(reap_long, 64);
}

static void rx_slot_memory(void)
{
	reap_with(reap_moves_buffer, 64);
}

/* A slot that the upper layer still holds is outside of what the driver may write. */
static void slot_outside(void)
{
	verify_start(256, all);
	make(NAX_F_TCP, 0, 20);
	verify_frame(0);
	nax_queue_poll_rx(vrx, 64);
	verify_frame(0);
	verify_direct()->rx_reap = reap_writes_held;
	nax_queue_poll_rx(vrx, 64);
}

/* The device writes more than it was told of, and less than the buffer has. */
static void rx_canary(void)
{
	struct nax_slot *s;

	verify_start(256, all);
	make(NAX_F_UDP, 0, 100);
	s = nax_ring_slot(&vrx->ring, vrx->seen);
	((u8 *)(uintptr_t)s->dma)[vrx->buf_len + 3] ^= 0x10;
	verify_frame(0);
	nax_queue_poll_rx(vrx, 64);
}

/* One packet in a slot more than the largest frame can take. */
static void reap_chain(struct nax_queue *q, u32 budget)
{
	struct nax_slot *s;
	u32 i;

	for (i = 0; i <= q->slots_max; i++) {
		s = nax_ring_slot(&q->ring, q->seen++);
		s->flags = i == q->slots_max ? NAX_F_EOP : 0;
		s->hash = 0;
		s->len = 1;
		s->vlan_tci = 0;
		s->gso = 0;
		s->group = q->group;
	}
	q->ring.begin = q->seen;
	q->batch.packets = 1;
	q->batch.bytes = i;
	q->batch.flags = NAX_F_EOP;
}

static void rx_slots(void)
{
	reap_with(reap_chain, 64);
}

/* ---- posting ---- */

static void post_short_tail(struct nax_queue *q)
{
	nax_rx_posted(q, nax_rx_post_end(q));
	q->tail--;
}

static void post_last_descriptor(struct nax_queue *q)
{
	nax_rx_posted(q, q->ring.end);
}

static void rx_tail(void)
{
	verify_start(0, all);
	verify_direct()->rx_post = post_short_tail;
	make(NAX_F_TCP, 0, 20);
	verify_frame(0);
	nax_queue_poll_rx(vrx, 64);
	verify_release();
}

static void rx_credits(void)
{
	verify_start(0, all);
	verify_direct()->rx_post = post_last_descriptor;
	make(NAX_F_TCP, 0, 20);
	verify_frame(0);
	nax_queue_poll_rx(vrx, 64);
	verify_release();
}

/* ---- verdicts ---- */

/* vpkt, and what a good device says of it without @less and with @more. */
static void device_says(u64 offloads, u32 less, u32 more, u32 wrong_hash)
{
	u32 hash, flags;

	verify_start(2048, offloads);
	flags = (verify_good_flags(&hash) & ~less) | more | NAX_F_EOP;
	verify_receive(0, vpkt.b, vpkt.len, flags, hash ^ wrong_hash, 0);
	nax_queue_poll_rx(vrx, 64);
}

static void offload_csum(void)
{
	make(NAX_F_TCP, 0, 40);
	device_says(all & ~NAX_OFFLOAD_RX_L4CSUM, 0, NAX_F_RX_L4CSUM_GOOD, 0);
}

static void offload_ipcsum(void)
{
	make(NAX_F_TCP, 0, 40);
	device_says(all & ~NAX_OFFLOAD_RX_IPCSUM, 0, NAX_F_RX_IPCSUM_GOOD, 0);
}

static void offload_vlan(void)
{
	make(NAX_F_TCP, 0, 40);
	device_says(all & ~NAX_OFFLOAD_RX_VLAN, 0, NAX_F_VLAN, 0);
}

static void offload_hash(void)
{
	make(NAX_F_TCP, 0, 40);
	device_says(all & ~NAX_OFFLOAD_RSS, 0, NAX_HASH_IPV4 << NAX_F_HASH_SHIFT, 0);
}

static void hash_type(void)
{
	make(NAX_F_UDP, 0, 40);
	device_says(all, NAX_F_HASH_TYPE, NAX_HASH_IPV4_UDP << NAX_F_HASH_SHIFT, 0);
}

static void hash_value(void)
{
	make(NAX_F_TCP, 0, 40);
	device_says(all, 0, 0, 1);
}

static void hash_of_other_fields(void)
{
	make(NAX_F_UDP, 0, 40);
	device_says(all, NAX_F_HASH_TYPE, NAX_HASH_IPV4_TCP << NAX_F_HASH_SHIFT, 0);
}

static void csum_l4(void)
{
	make(NAX_F_TCP, 0, 40);
	vpkt.b[vpkt.len - 1] ^= 1;
	device_says(all, NAX_F_RX_L4CSUM_BAD, NAX_F_RX_L4CSUM_GOOD, 0);
}

static void csum_ip(void)
{
	make(NAX_F_TCP, 0, 40);
	vpkt.b[24] ^= 1;
	device_says(all, NAX_F_RX_IPCSUM_BAD, NAX_F_RX_IPCSUM_GOOD, 0);
}

static void csum_none(void)
{
	make(NAX_F_UDP, 0, 40);
	nax_put16(vpkt.b + 40, 0);
	device_says(all, 0, NAX_F_RX_L4CSUM_GOOD, 0);
}

static void csum_fragment(void)
{
	struct pkt_spec s = { .v6 = true, .fragment = true, .l4 = NAX_F_UDP, .payload = 40 };

	pkt_make(&vpkt, &s, &vseed);
	device_says(all, NAX_F_L4_MASK, NAX_F_RX_L4CSUM_GOOD, 0);
}

static void type_l3(void)
{
	make(NAX_F_TCP, 0, 40);
	device_says(all, NAX_F_IPV4 | NAX_F_HASH_TYPE | NAX_F_RX_IPCSUM_GOOD, NAX_F_IPV6, 0);
}

static void type_l4(void)
{
	make(NAX_F_TCP, 0, 40);
	device_says(all, NAX_F_L4_MASK, NAX_F_UDP, 0);
}

static void vlan_left(void)
{
	make(NAX_F_TCP, 1, 40);
	device_says(all, 0, 0, 0);
}

static void flags_of_tx(void)
{
	make(NAX_F_TCP, 0, 40);
	device_says(all, 0, NAX_F_TX_GSO, 0);
}

static void flags_both(void)
{
	make(NAX_F_TCP, 0, 40);
	device_says(all, 0, NAX_F_RX_L4CSUM_BAD, 0);
}

static void flags_no_reason(void)
{
	make(NAX_F_TCP, 0, 40);
	device_says(all, 0, NAX_F_RX_ERROR, 0);
}

static void flags_reason_only(void)
{
	make(NAX_F_TCP, 0, 40);
	device_says(all, 0, NAX_RX_ERR_CRC << NAX_F_RX_REASON_SHIFT, 0);
}

static void rx_frame(void)
{
	make(NAX_F_TCP, 0, 1600);
	device_says(all, 0, 0, 0);
}

/* Slots of one packet, of joined frames. */
static void joined(u64 offloads, u32 slots)
{
	u32 i;

	verify_start(2048, offloads);
	vrx->slots_max = 2;
	make(NAX_F_TCP, 0, 1000);
	for (i = 0; i < slots; i++)
		verify_receive(i, vpkt.b, vpkt.len, i + 1 == slots ? NAX_F_EOP : 0, 0, 0);
	verify_joined(slots - 1, 2);
	nax_queue_poll_rx(vrx, 64);
}

static void rx_joined_unasked(void)
{
	joined(all, 1);
}

static void rx_joined_chain(void)
{
	joined((all & ~NAX_OFFLOAD_RX_FCS) | NAX_OFFLOAD_LRO, 2);
}

static void rx_scatter(void)
{
	verify_start(2048, all & ~NAX_OFFLOAD_RX_SCATTER);
	vrx->slots_max = 2;	/* a driver that knows no better */
	make(NAX_F_TCP, 0, 40);
	verify_receive(0, vpkt.b, 60, 0, 0, 0);
	verify_receive(1, vpkt.b + 60, vpkt.len - 60, NAX_F_EOP, 0, 0);
	nax_queue_poll_rx(vrx, 64);
}

const struct wrong wrong_rx[] = {
	{ "begin goes back", NAX_RULE_RING_BACK, ring_back },
	{ "unposted slots handed back", NAX_RULE_RING_ORDER, ring_order },
	{ "rx_reap moves tail", NAX_RULE_RING_FOREIGN, ring_foreign },
	{ "more than the budget", NAX_RULE_RX_BUDGET, rx_budget },
	{ "part of a packet", NAX_RULE_RX_EOP, rx_eop },
	{ "seen behind begin", NAX_RULE_RX_SEEN, rx_seen },
	{ "slots without packets", NAX_RULE_RX_BATCH, rx_batch },
	{ "one byte too many in the batch", NAX_RULE_RX_COUNT, rx_count },
	{ "flags not written", NAX_RULE_RX_SLOT_UNWRITTEN, unwritten_flags },
	{ "hash not written", NAX_RULE_RX_SLOT_UNWRITTEN, unwritten_hash },
	{ "vlan_tci not written", NAX_RULE_RX_SLOT_UNWRITTEN, unwritten_tci },
	{ "gso not written", NAX_RULE_RX_SLOT_UNWRITTEN, unwritten_gso },
	{ "group not written", NAX_RULE_RX_SLOT_UNWRITTEN, unwritten_group },
	{ "len not written", NAX_RULE_RX_LEN, unwritten_len },
	{ "len over cap", NAX_RULE_RX_LEN, rx_len },
	{ "dma written", NAX_RULE_RX_SLOT_MEMORY, rx_slot_memory },
	{ "held slot written", NAX_RULE_SLOT_OUTSIDE, slot_outside },
	{ "write beyond the buffer length", NAX_RULE_RX_CANARY, rx_canary },
	{ "chain over slots_max", NAX_RULE_RX_SLOTS, rx_slots },
	{ "tail behind next", NAX_RULE_RX_TAIL, rx_tail },
	{ "last descriptor posted", NAX_RULE_RX_CREDITS, rx_credits },
	{ "layer 4 verdict not active", NAX_RULE_RX_OFFLOAD, offload_csum },
	{ "layer 3 verdict not active", NAX_RULE_RX_OFFLOAD, offload_ipcsum },
	{ "tag stripping not active", NAX_RULE_RX_OFFLOAD, offload_vlan },
	{ "hash not active", NAX_RULE_RX_OFFLOAD, offload_hash },
	{ "hash type not enabled", NAX_RULE_RX_HASH_TYPE, hash_type },
	{ "wrong hash", NAX_RULE_RX_HASH, hash_value },
	{ "hash of ports that are not TCP's", NAX_RULE_RX_HASH, hash_of_other_fields },
	{ "bad TCP called good", NAX_RULE_RX_CSUM, csum_l4 },
	{ "bad IPv4 called good", NAX_RULE_RX_CSUM, csum_ip },
	{ "no UDP checksum called good", NAX_RULE_RX_CSUM, csum_none },
	{ "fragment called good", NAX_RULE_RX_CSUM, csum_fragment },
	{ "IPv4 called IPv6", NAX_RULE_RX_TYPE, type_l3 },
	{ "TCP called UDP", NAX_RULE_RX_TYPE, type_l4 },
	{ "tag left in the frame", NAX_RULE_RX_VLAN, vlan_left },
	{ "transmit flag", NAX_RULE_RX_FLAGS, flags_of_tx },
	{ "good and bad", NAX_RULE_RX_FLAGS, flags_both },
	{ "error without reason", NAX_RULE_RX_FLAGS, flags_no_reason },
	{ "reason without error", NAX_RULE_RX_FLAGS, flags_reason_only },
	{ "frame over max_frame", NAX_RULE_RX_FRAME, rx_frame },
	{ "joined frames that nobody asked for", NAX_RULE_RX_JOINED, rx_joined_unasked },
	{ "joined frames in two slots", NAX_RULE_RX_JOINED, rx_joined_chain },
	{ "two slots without scatter", NAX_RULE_RX_SCATTER, rx_scatter },
};
const u32 n_wrong_rx = ARRAY_SIZE(wrong_rx);
