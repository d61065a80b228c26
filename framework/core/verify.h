/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The verifier: checks a driver's contract while it runs. Level 1 costs a few compares per call;
 * level 2 snapshots and poisons rings around each call and checks verdicts against software.
 *
 * A broken rule is named with queue, slot, and what was expected and found; the queue is then
 * quarantined: its polls do nothing until the queue is restarted by an administrator's reset.
 * Every rule stands in docs/verifier.md under the name it has here.
 */
#ifndef NAX_VERIFY_H
#define NAX_VERIFY_H

#include <nax/nax.h>

/*
 * The rules, in one place: identifier, name, level, meaning. The name is what reports and
 * docs/verifier.md use.
 */
#define NAX_VERIFY_RULES(R) \
	R(OP_ORDER, "op-order", 1, "a control call comes only where the documented order has it") \
	R(OP_OVERLAP, "op-overlap", 1, "control calls of one adapter do not overlap") \
	R(CALL_OVERLAP, "call-overlap", 1, "calls on one queue do not overlap") \
	R(CALL_NOT_RUNNING, "call-not-running", 1, \
	  "datapath calls come after queue_start() and, but for the last reap, before queue_stop()") \
	R(CAPS_FROZEN, "caps-frozen", 1, "nothing in nax_caps changes after attach()") \
	R(START_INDEX, "start-index", 1, "queue_start() leaves all indices as they are") \
	R(START_DOORBELL, "start-doorbell", 1, "queue_start() sets a doorbell inside of BAR 0") \
	R(REG_STOPPED, "reg-stopped", 1, \
	  "registers are touched only from start() to stop(), in attach(), detach(), diag(), and for NVM, module and lamps") \
	R(REG_RANGE, "reg-range", 1, "registers lie below nax_driver.bar_size_min") \
	R(REG_ALIGN, "reg-align", 1, "register offsets are multiples of 4") \
	R(STATS_BACK, "stats-back", 1, "hardware counters do not go back") \
	R(LINK_SPEED, "link-speed", 1, "a link that is up has a speed, one that is down has none") \
	R(LINK_FIELDS, "link-fields", 1, "link media, duplex and texts are valid") \
	R(RING_CONST, "ring-const", 1, "ring.end, ring.mask and ring.slot are the framework's") \
	R(RING_FOREIGN, "ring-foreign", 1, \
	  "a datapath call moves only the indices that are its own") \
	R(RING_BACK, "ring-back", 1, "ring.begin and ring.next do not go back") \
	R(RING_ORDER, "ring-order", 1, \
	  "begin <= next <= end: only posted slots are handed back, only given ones are posted") \
	R(TX_TAIL, "tx-tail", 1, "tail moves forward, exactly when slots are posted") \
	R(TX_CREDITS, "tx-credits", 1, \
	  "no more descriptors are in use than the ring has, less one") \
	R(TX_EOP, "tx-eop", 1, "only whole packets are posted") \
	R(TX_REPORT, "tx-report", 1, "completion reports outstanding are 0 .. descriptors") \
	R(TX_REPORT_MISSING, "tx-report-missing", 1, \
	  "the last packet of a batch asks for a completion report") \
	R(TX_COMPLETION, "tx-completion", 1, \
	  "packets complete up to the last descriptor of a report that was asked for") \
	R(RX_BUDGET, "rx-budget", 1, "rx_reap() hands back no more packets than its budget") \
	R(RX_EOP, "rx-eop", 1, "only whole packets are handed back") \
	R(RX_SEEN, "rx-seen", 1, "nax_queue.seen is within the posted slots, and near ring.begin") \
	R(RX_BATCH, "rx-batch", 1, \
	  "nax_queue.batch tells of packets exactly when slots come back") \
	R(RX_TAIL, "rx-tail", 1, "rx_post() leaves tail equal to ring.next") \
	R(RX_CREDITS, "rx-credits", 1, "one receive descriptor stays free") \
	R(RX_OFFLOAD, "rx-offload", 1, "verdicts, tags and hashes come only from active offloads") \
	R(SLOT_OUTSIDE, "slot-outside", 2, "slots outside of [begin, end) are not written") \
	R(TX_SLOT_WRITE, "tx-slot-write", 2, "transmit slots are read-only") \
	R(TX_DESCS, "tx-descs", 2, \
	  "a packet takes a descriptor per slot and at most nax_caps.tx_overhead more") \
	R(RX_SLOT_MEMORY, "rx-slot-memory", 2, "dma, buf and cap of receive slots are read-only") \
	R(RX_SLOT_UNWRITTEN, "rx-slot-unwritten", 2, \
	  "every field of a slot handed back was written") \
	R(RX_CANARY, "rx-canary", 2, "the device does not write beyond nax_queue.buf_len") \
	R(RX_LEN, "rx-len", 2, "nax_slot.len is 1 .. cap") \
	R(RX_FRAME, "rx-frame", 2, "a frame is no longer than nax_adapter.max_frame") \
	R(RX_JOINED, "rx-joined", 2, "frames are joined in one slot, with NAX_OFFLOAD_LRO alone") \
	R(RX_SLOTS, "rx-slots", 2, "a packet takes at most nax_queue.slots_max slots") \
	R(RX_SCATTER, "rx-scatter", 2, \
	  "packets take several slots only with NAX_OFFLOAD_RX_SCATTER") \
	R(RX_COUNT, "rx-count", 2, "nax_queue.batch agrees with the slots handed back") \
	R(RX_FLAGS, "rx-flags", 2, \
	  "receive flags are defined ones and do not contradict each other") \
	R(RX_HASH_TYPE, "rx-hash-type", 2, "the hash type is an enabled one") \
	R(RX_HASH, "rx-hash", 2, "the hash is what its type, the key and the packet make") \
	R(RX_CSUM, "rx-csum", 2, "a checksum called good is there and is right") \
	R(RX_TYPE, "rx-type", 2, "layer 3 and 4 types agree with the packet") \
	R(RX_VLAN, "rx-vlan", 2, \
	  "with stripping active, a tag is reported and not left in the frame")

/** enum nax_verify_rule - the rules */
enum nax_verify_rule {
#define NAX_VERIFY_ENUM(id, name, level, meaning) NAX_RULE_##id,
	NAX_VERIFY_RULES(NAX_VERIFY_ENUM)
#undef NAX_VERIFY_ENUM
	NAX_RULES
};

/**
 * struct nax_verify_rule_info - a rule for people
 * @name: as in reports and in docs/verifier.md
 * @level: verifier level that checks it, 1 or 2
 * @meaning: what a driver must keep to
 */
struct nax_verify_rule_info {
	const char *name;
	unsigned int level;
	const char *meaning;
};

extern const struct nax_verify_rule_info nax_verify_rule[NAX_RULES];

/** enum nax_verify_op - control operations, for the rules of order */
enum nax_verify_op {
	NAX_OP_ATTACH,
	NAX_OP_DETACH,
	NAX_OP_START,
	NAX_OP_STOP,
	NAX_OP_QUEUE_START,
	NAX_OP_QUEUE_STOP,
	NAX_OP_UP,
	NAX_OP_CONFIGURE,	/* link_set, set_*, flow */
	NAX_OP_ACCESS,		/* NVM, module, lamps: from attach() on; registers may be touched */
	NAX_OP_DIAG,		/* in any state from attach() on; registers may be read */
	NAX_OPS
};

/**
 * struct nax_verify_report - what the verifier saw
 * @level: 0, 1 or 2
 * @checks: rule evaluations; register accesses of several contexts at once may be counted as one
 * @failures: broken rules
 * @rule: name of the first broken rule
 * @text: its full message
 */
struct nax_verify_report {
	unsigned int level;
	u64 checks;
	u64 failures;
	char rule[40];
	char text[NAX_ERROR_TEXT];
};

/** nax_verify_create() - for level > 0; *@dp is replaced by the verifying calls. 0 or -ENOMEM. */
int nax_verify_create(struct nax_adapter *a, unsigned int level, const struct nax_datapath **dp);
void nax_verify_destroy(struct nax_adapter *a);

/** nax_verify_queue_create() - snapshot memory for a queue; 0 or -ENOMEM. */
int nax_verify_queue_create(struct nax_queue *q);
void nax_verify_queue_destroy(struct nax_queue *q);

/** nax_verify_enter(), nax_verify_leave() - around every control operation; q may be NULL. */
void nax_verify_enter(struct nax_adapter *a, enum nax_verify_op op, struct nax_queue *q);
void nax_verify_leave(struct nax_adapter *a, enum nax_verify_op op, struct nax_queue *q);

/** nax_verify_reg() - a register access is about to happen: rules of stop, range and alignment. */
void nax_verify_reg(struct nax_adapter *a, u32 reg, bool write);

/** nax_verify_stats() - hardware counters after accumulation must not go back. */
void nax_verify_stats(struct nax_adapter *a, const u64 *v, u32 n);

/** nax_verify_link() - a link state that makes sense. */
void nax_verify_link(struct nax_adapter *a, const struct nax_link *link);

void nax_verify_get(const struct nax_adapter *a, struct nax_verify_report *r);

#endif /* NAX_VERIFY_H */
