/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the verifier's files share. */
#ifndef NAX_VERIFY_IMPL_H
#define NAX_VERIFY_IMPL_H

#include "internal.h"

#define NAX_VERIFY_KEY_WORDS ((NAX_RSS_KEY_MAX + 7) / 8)

/**
 * struct nax_verify_rx - the state that receive flags are judged by; copied word by word
 * @offloads: active NAX_OFFLOAD_*
 * @max_frame: nax_adapter.max_frame
 * @types: nax_rss.types given to the driver
 * @key: nax_rss.key given to the driver
 */
struct nax_verify_rx {
	u64 offloads;
	u64 max_frame;
	u64 types;
	u64 key[NAX_VERIFY_KEY_WORDS];
};

/**
 * struct nax_verify - the verifier of one adapter
 * @level: 1 or 2
 * @first: text of the first failure; any context
 * @checks: rules checked outside of queues
 * @failures: broken ones; those of queues that are no more are added
 * @busy: bit 0: a control call is under way
 * @in_op: the same, for register accesses in any context
 * @open: between start() and stop()
 * @attached: between attach() and detach()
 * @started: between start() and stop()
 * @up: between up() and stop()
 * @running: queues between queue_start() and queue_stop()
 * @caps: copy of the capabilities, kept by attach()
 * @stats: hardware counters when last seen
 * @generation: counts changes of @rx; odd while the driver is being told of one
 * @rx: what receive flags are judged by
 */
struct nax_verify {
	unsigned int level;
	struct nax_note first;
	u64 checks;
	u64 failures;
	unsigned long busy;
	bool in_op;
	bool open;
	bool attached;
	bool started;
	bool up;
	u32 running;
	struct nax_caps caps;
	u64 stats[NAX_HW_STATS_MAX];
	u32 generation;
	struct nax_verify_rx rx;
};

/**
 * struct nax_verify_before - a queue's indices before a call
 */
struct nax_verify_before {
	struct nax_ring ring;
	u32 tail;
	u32 head;
	u32 seen;
	u32 report_head;
	u32 report_tail;
};

/**
 * struct nax_verify_queue - the verifier of one queue. No pointer to the queue: a resize moves it
 * @owner: bit 0: a call on the queue is under way
 * @running: between queue_start() and queue_stop()
 * @checks: rules checked
 * @failures: broken ones
 * @before: indices before the call under way
 * @generation: of nax_verify.rx when @rx was copied
 * @rx: what receive flags are judged by
 * @grace: slots before this index were posted when @rx changed
 * @graced: packets may still follow what was in force before @rx
 * @packets: received packets, for sampling
 * @seed: for poison
 * @hash_hits: packets in a row whose hash equals the poison
 * @tci_hits: packets in a row whose tag equals the poison
 * @copy: level 2: slots before the call under way
 * @canary: level 2, Rx: bytes of canary behind the buffer of each slot
 * @piece: level 2, Rx: pieces of a sampled packet
 */
struct nax_verify_queue {
	unsigned long owner;
	bool running;
	u64 checks;
	u64 failures;
	struct nax_verify_before before;
	u32 generation;
	struct nax_verify_rx rx;
	u32 grace;
	bool graced;
	u32 packets;
	u32 seed;
	u32 hash_hits;
	u32 tci_hits;
	struct nax_slot *copy;
	u8 *canary;
	struct nax_piece piece[NAX_PIECES_MAX];
};

static inline struct nax_verify *nax_verify_of(const struct nax_adapter *a)
{
	return nax_core_of(a)->verify;
}

static inline struct nax_verify_queue *nax_vq(const struct nax_queue *q)
{
	return nax_qc(q)->verify;
}

/* Counters have one writer but for @checks of register accesses, and readers in any context. */
static inline void nax_verify_count(u64 *counter)
{
	WRITE_ONCE(*counter, READ_ONCE(*counter) + 1);
}

#define NAX_NO_SLOT (-1)

/**
 * nax_verify_fail() - a rule is broken: record, log, quarantine
 * @a: adapter
 * @q: the queue, or NULL
 * @rule: the rule
 * @slot: free-running index of the slot, or NAX_NO_SLOT
 * @fmt: what was expected and what was found
 *
 * Return: false.
 */
bool nax_verify_fail(struct nax_adapter *a, struct nax_queue *q, enum nax_verify_rule rule,
		     s64 slot, const char *fmt, ...) __printf(5, 6);

/* Check a rule for a queue, or for the adapter alone. The value is whether it is kept. */
#define nax_rule(q, rule, ok, slot, ...) \
	(nax_verify_count(&nax_vq(q)->checks), \
	 likely(ok) || nax_verify_fail((q)->adapter, q, rule, slot, __VA_ARGS__))
#define nax_rule_adapter(a, rule, ok, ...) \
	(nax_verify_count(&nax_verify_of(a)->checks), \
	 likely(ok) || nax_verify_fail(a, NULL, rule, NAX_NO_SLOT, __VA_ARGS__))

/* verify_ring.c */

extern const struct nax_datapath nax_verify_datapath;
/** nax_verify_snapshot() - remember the indices of a queue. */
void nax_verify_snapshot(const struct nax_queue *q);

/* verify_packet.c: level 2; each returns whether all rules were kept */

/** nax_verify_poison() - before rx_reap(): values that no driver means, where it must write. */
void nax_verify_poison(struct nax_queue *q);
/** nax_verify_canaries() - before rx_post(): mark what lies behind the buffers to be posted. */
void nax_verify_canaries(struct nax_queue *q);
/** nax_verify_slots() - after any call: slots that were not the driver's to write. */
bool nax_verify_slots(struct nax_queue *q);
/** nax_verify_received() - after rx_reap(): the slots that came back. */
bool nax_verify_received(struct nax_queue *q);

/* verify_sample.c */

/** nax_verify_sample() - verdicts on a packet of @n pieces in vq->piece whose last slot is @eop. */
bool nax_verify_sample(struct nax_queue *q, u32 n, u32 index);

#endif /* NAX_VERIFY_IMPL_H */
