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

/** enum nax_verify_op - control operations, for the rules of order */
enum nax_verify_op {
	NAX_OP_ATTACH,
	NAX_OP_DETACH,
	NAX_OP_START,
	NAX_OP_STOP,
	NAX_OP_QUEUE_START,
	NAX_OP_QUEUE_STOP,
	NAX_OP_UP,
	NAX_OP_CONFIGURE,	/* link_set, set_filter, set_offloads, set_rss, set_itr, set_mtu */
	NAX_OPS
};

/**
 * struct nax_verify_report - what the verifier saw
 * @level: 0, 1 or 2
 * @checks: rule evaluations
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

/**
 * struct nax_datapath - the four datapath calls, direct or through the verifier
 *
 * nax_core holds a pointer to one of these per adapter, so that the verifier costs nothing when it
 * is off.
 */
struct nax_datapath {
	void (*tx_post)(struct nax_queue *q);
	void (*tx_reap)(struct nax_queue *q);
	void (*rx_reap)(struct nax_queue *q, u32 budget);
	void (*rx_post)(struct nax_queue *q);
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

/** nax_verify_doorbell() - the framework is about to ring @value. */
void nax_verify_doorbell(struct nax_queue *q, u32 value);

/** nax_verify_stats() - hardware counters after accumulation must not go back. */
void nax_verify_stats(struct nax_adapter *a, const u64 *v, u32 n);

/** nax_verify_link() - a link state that makes sense. */
void nax_verify_link(struct nax_adapter *a, const struct nax_link *link);

void nax_verify_get(const struct nax_adapter *a, struct nax_verify_report *r);

#endif /* NAX_VERIFY_H */
