/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A device as the answers of family nax describe it, in libnax's own structures, so that all commands
 * show kernel and user-space devices alike.
 */
#ifndef NAX_TOOL_VIEW_H
#define NAX_TOOL_VIEW_H

#include "source.h"

#define VIEW_QUEUES_MAX	256

/** struct view_queue - a queue in use */
struct view_queue {
	bool rx;
	u32 id;
	u32 state;
	u32 ring;
	u32 descs;
	u32 descs_used;
	u32 buf_len;
	u32 vector;
	u32 itr_us;
	u32 group;
	struct nax_queue_stats stats;
};

/** struct view_counter - a counter of the hardware */
struct view_counter {
	char name[NAX_STAT_NAME_MAX];
	u64 value;
};

/**
 * struct view_fault - the last step of recovery
 * @step: enum nax_fault_step
 * @count: steps taken
 * @when_ns: when
 * @why: the reason
 * @n_records: records of the dump
 * @lost: records that did not fit
 */
struct view_fault {
	u32 step;
	u64 count;
	u64 when_ns;
	char why[NAX_ERROR_TEXT];
	u32 n_records;
	u32 lost;
};

/**
 * struct view - what is known
 * @info: name, driver, model, ids, state, address, configuration, verifier
 * @netdev: network device that it is connected to
 * @bus_address: where it is
 * @vectors: interrupt vectors in use
 * @verify_rule: name of the first rule broken
 * @caps: limits; no counters there
 * @rss: RSS state
 * @link: the link
 * @fault: the last fault
 * @rx_packets: sums over all queues
 * @rx_bytes: the same
 * @tx_packets: the same
 * @tx_bytes: the same
 * @queue: queues in use, receive queues first
 * @n_queues: how many
 * @counter: hardware counters
 * @n_counters: how many
 * @dump: registers and descriptors, NULL unless asked for
 */
struct view {
	struct nax_port_info info;
	char netdev[16];
	char bus_address[128];
	u32 vectors;
	char verify_rule[40];
	struct nax_caps caps;
	struct nax_rss rss;
	struct nax_link link;
	struct view_fault fault;
	u64 rx_packets;
	u64 rx_bytes;
	u64 tx_packets;
	u64 tx_bytes;
	struct view_queue queue[VIEW_QUEUES_MAX];
	u32 n_queues;
	struct view_counter counter[256];
	u32 n_counters;
	struct nax_diag *dump;
};

/* What to ask for. */
#define VIEW_DEV	(1u << 0)
#define VIEW_CAPS	(1u << 1)
#define VIEW_QUEUES	(1u << 2)
#define VIEW_STATS	(1u << 3)
#define VIEW_VERIFY	(1u << 4)
#define VIEW_LINK	(1u << 5)
#define VIEW_FAULT	(1u << 6)
#define VIEW_RECORDS	(1u << 7)	/* the dump of the last fault */
#define VIEW_REGISTERS	(1u << 8)	/* a dump taken now */
#define VIEW_ALL	(VIEW_RECORDS - 1)

/**
 * view_get() - ask for the parts in @what
 * @v: set; after success its dump is the caller's
 * @s: who is asked
 * @what: VIEW_*
 * @err: which question has no answer, and why
 *
 * Return: 0 or -errno.
 */
int view_get(struct view *v, struct source *s, u32 what, struct nax_error *err);

/**
 * view_new() - view_get() into memory of its own; view_free() it
 *
 * Return: NULL after a message that begins with @name.
 */
struct view *view_new(struct cli *cli, struct source *s, const char *name, u32 what);

/** view_free() - let go of it and of its dump; NULL is fine */
void view_free(struct view *v);

/** view_of_port() - all but dumps of a port of this program; view_free() it. NULL without memory. */
struct view *view_of_port(struct nax_port *port);

#endif /* NAX_TOOL_VIEW_H */
