/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the parts of the benchmark offer each other. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine.h"

#define BENCH_RING	512u	/* descriptors of every ring, for all */
#define BENCH_BUF	2048u	/* bytes of every receive buffer, for all */
#define BENCH_BATCH_MAX	256u
#define BENCH_FCS	4u	/* frame sizes count it, lengths in descriptors do not */
#define BENCH_FRAME_MIN	64u
#define BENCH_FRAME_STD	1518u	/* longer ones need an implementation opened for jumbo frames */
#define BENCH_FRAME_MAX	9018u

/** enum bench_test - what is measured */
enum bench_test {
	BENCH_RX,	/* receive and release */
	BENCH_TX,	/* allocate and transmit */
	BENCH_FWD,	/* receive, look at one byte, transmit */
	BENCH_POLL,	/* look for packets where there are none */
	BENCH_CONTEXT,	/* BENCH_TX with checksums and a tag, other than those of the packet before */
	BENCH_TESTS
};

extern const char *const bench_test_name[BENCH_TESTS];

/**
 * struct bench_cell - one measurement
 * @test: of what
 * @batch: packets at a time
 * @frame: bytes of each, frame check sequence counted
 */
struct bench_cell {
	enum bench_test test;
	uint32_t batch;
	uint32_t frame;
};

static inline uint32_t bench_len(const struct bench_cell *c)
{
	return c->frame - BENCH_FCS;
}

/**
 * struct bench_port - an implementation, open
 * @rx: its receive queue as the engine sees it
 * @tx: its transmit queue
 * @ctx: the implementation's own
 */
struct bench_port {
	struct engine_ring rx;
	struct engine_ring tx;
	void *ctx;
};

/**
 * struct bench_impl - an implementation of packet input and output
 * @name: "nax", "dpdk-vec", ..
 * @needs_huge: without huge pages its cycles would mislead; it comes after those that do not
 * @open: ready for frames up to @frame_max bytes; false with a message on standard error
 * @close: undo it, also when it failed
 * @prepare: the next runs are of this cell
 * @run: what is measured: one batch
 * @supports: whether it can do this cell; NULL: it can do all
 * @check: whether the last batch's facts were told to the application; @seq: of its first packet
 */
struct bench_impl {
	const char *name;
	bool needs_huge;
	bool (*open)(struct bench_port *p, uint32_t frame_max);
	void (*close)(struct bench_port *p);
	bool (*supports)(const struct bench_cell *cell);
	bool (*prepare)(struct bench_port *p, const struct bench_cell *cell);
	void (*run)(struct bench_port *p);
	bool (*check)(struct bench_port *p, const struct bench_cell *cell, uint32_t seq);
};

extern const struct bench_impl bench_nax;
/* The same on a device that counts register accesses */
extern const struct bench_impl bench_nax_traced;
/* Peers, where they were built in */
extern const struct bench_impl bench_dpdk_vec __attribute__((weak));
extern const struct bench_impl bench_dpdk_bulk __attribute__((weak));
extern const struct bench_impl bench_dpdk_full __attribute__((weak));

/** bench_huge - huge pages are to be had. */
extern bool bench_huge;

/**
 * struct bench_counts - what a cell cost in all its batches
 * @instructions: executed
 * @loads: data reads
 * @stores: data writes
 * @branches: conditional and indirect
 * @misses: of a first-level data cache of 32 KiB, 8 ways
 */
struct bench_counts {
	double instructions;
	double loads;
	double stores;
	double branches;
	double misses;
};

/**
 * struct bench_result - of a cell and an implementation
 * @impl: which
 * @cell: which
 * @counted: @warm and @lines are known
 * @warm: per packet (of BENCH_POLL: per poll)
 * @lines: cache lines touched per packet: @misses with a cache that was empty before each batch
 * @timed: @cycles and @cycles_cold are known
 * @cycles: per packet, time stamp counter, descriptors and data in the caches
 * @cycles_cold: the same with what the device writes in memory
 */
struct bench_result {
	const struct bench_impl *impl;
	struct bench_cell cell;
	bool counted;
	struct bench_counts warm;
	double lines;
	bool timed;
	double cycles;
	double cycles_cold;
};

/**
 * struct bench_accesses - of a device whose registers are not mapped
 * @reads: registers read
 * @writes: registers written
 * @doorbells: of those, tails of queues
 */
struct bench_accesses {
	uint64_t reads;
	uint64_t writes;
	uint64_t doorbells;
};

/** bench_nax_accesses() - since bench_nax_traced was opened. */
void bench_nax_accesses(const struct bench_port *p, struct bench_accesses *a);

/* measure.c */

/** bench_batch_fn - around the measured piece */
typedef void (*bench_batch_fn)(struct bench_port *p, void (*run)(struct bench_port *p), void *arg);

/** bench_batches() - @n batches of @cell, each measured by @fn; false with a message. */
bool bench_batches(const struct bench_impl *impl, struct bench_port *p,
		   const struct bench_cell *cell, uint32_t n, bench_batch_fn fn, void *arg);

/** bench_round() - batches until the rings have been gone through twice. */
uint32_t bench_round(const struct bench_cell *cell);

/* count.c: instructions, under callgrind */

/**
 * bench_count_child() - measure @results[@n] with callgrind's own requests; in a process that
 * bench_count() started
 */
bool bench_count_child(struct bench_result *results, size_t n);

/** bench_count() - run @argv under callgrind, which calls bench_count_child(), and fill @results. */
bool bench_count(char **argv, struct bench_result *results, size_t n);

/* time.c: cycles */

/** bench_time() - fill in the cycles of @results; neighbours of the same cell take turns. */
bool bench_time(struct bench_result *results, size_t n);

/* audit.c */

/** bench_audit() - one doorbell per queue and batch, no register read, no system call; or false. */
bool bench_audit(void);

/* report.c */

void bench_table(const struct bench_result *results, size_t n);
/** bench_ratios() - nax to each peer, where both did the same. */
void bench_ratios(const struct bench_result *results, size_t n);
/** bench_json() - write the list of results; false with a message. */
bool bench_json(const char *path, const struct bench_result *results, size_t n);

#endif /* BENCH_BENCH_H */
