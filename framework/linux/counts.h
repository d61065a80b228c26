/* SPDX-License-Identifier: GPL-2.0-only */
/* What queues did, for as long as the device exists. */
#ifndef NAX_LINUX_COUNTS_H
#define NAX_LINUX_COUNTS_H

#include <linux/atomic.h>
#include <linux/u64_stats_sync.h>

/**
 * struct nax_gso_counts - packets that the device cut into segments
 * @packets: as the stack gave them
 * @bytes: bytes in them
 * @wire_packets: segments
 * @wire_bytes: bytes in those, with a header each
 * @sync: who sends writes them, under the lock of the stack's queue
 */
struct nax_gso_counts {
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t wire_packets;
	u64_stats_t wire_bytes;
	struct u64_stats_sync sync;
};

/**
 * struct nax_counts - what a queue did for as long as the device exists
 * @packets: packets received, or sent whole
 * @bytes: bytes in them
 * @csum_good: Rx: packets whose checksum hardware verified
 * @drops: packets lost here. Like the next two rare, and counted on both sides of a queue
 * @stops: Tx: times that the stack was stopped for want of room
 * @wakes: Tx: times that it was woken again
 * @sync: for the first three, which NAPI writes
 * @gso: Tx: packets that the device cut
 */
struct nax_counts {
	u64_stats_t packets;
	u64_stats_t bytes;
	u64_stats_t csum_good;
	atomic64_t drops;
	atomic64_t stops;
	atomic64_t wakes;
	struct u64_stats_sync sync;
	struct nax_gso_counts gso;
};

/** struct nax_count_values - what nax_counts_read() finds in u64_stats_t */
struct nax_count_values {
	u64 packets;
	u64 bytes;
	u64 csum_good;
};

/** nax_counts_add() - add to a pair of counters once per poll. */
static inline void nax_counts_add(struct nax_counts *c, u64 packets, u64 bytes)
{
	u64_stats_update_begin(&c->sync);
	u64_stats_add(&c->packets, packets);
	u64_stats_add(&c->bytes, bytes);
	u64_stats_update_end(&c->sync);
}

/** nax_counts_read() - counters that belong together; any context. */
static inline struct nax_count_values nax_counts_read(const struct nax_counts *c)
{
	struct nax_count_values v;
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&c->sync);
		v.packets = u64_stats_read(&c->packets);
		v.bytes = u64_stats_read(&c->bytes);
		v.csum_good = u64_stats_read(&c->csum_good);
	} while (u64_stats_fetch_retry(&c->sync, start));
	return v;
}

#endif /* NAX_LINUX_COUNTS_H */
