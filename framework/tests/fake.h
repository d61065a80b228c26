/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A back end without an operating system and a driver without a device, for tests of the core: time
 * stands still until a test moves it, every call leaves a word in a journal, and any call can be
 * made to fail.
 */
#ifndef FAKE_H
#define FAKE_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core.h"
#include "internal.h"

#include <cmocka.h>

#define FAKE_REGS	1024
#define FAKE_ALIVE	0x8u
#define FAKE_DIAG	0x10u
#define FAKE_DOORBELL	0x400u	/* rx queue i at + 8i, tx queue at + 8i + 4 */
#define FAKE_BUFS	16384
#define FAKE_HEADROOM	64u
#define FAKE_TAILROOM	48u	/* of a receive buffer, which its slot does not speak of */
#define FAKE_STATS	4

/* Words that the journal takes. */
#define FAKE_DRIVER	(1u << 0)	/* control operations of the driver */
#define FAKE_SYSTEM	(1u << 1)	/* vectors, function reset, bus master */
#define FAKE_PAUSE	(1u << 2)	/* queue_pause, queue_resume */
#define FAKE_EVENT	(1u << 3)
#define FAKE_DATA	(1u << 4)	/* rx_post, doorbells */
#define FAKE_WAKE	(1u << 5)	/* queue_wake, service, irq_arm */

/* Descriptor of the fake device: what the driver wrote, and what the device answers. */
struct fake_desc {
	u64 dma;
	u32 word;	/* driver: len | FAKE_EOP | FAKE_REPORT.  device on Rx: len */
	u32 status;	/* device: FAKE_DONE, and on Rx flags for nax_rx_slot() by fake_rx() */
};

#define FAKE_EOP	0x80000000u
#define FAKE_REPORT	0x40000000u
#define FAKE_CONTEXT	0x20000000u
#define FAKE_DONE	0x80000000u

struct fake {
	struct nax_adapter *a;
	struct nax_driver drv;
	struct nax_driver_ops ops;
	struct nax_caps caps;		/* what attach() declares */
	struct nax_stat_desc stats[FAKE_STATS];

	pthread_mutex_t lock;		/* journal */
	pthread_mutex_t poll;		/* held while a queue is paused, and by a polling thread */
	u32 pauses;
	u32 mask;			/* FAKE_* of the journal */
	char journal[16384];
	char text[NAX_ERROR_TEXT];	/* last log line of level warning or worse */
	char event[NAX_ERROR_TEXT];	/* text of the last event */
	const struct nax_queue *event_queue;	/* whom it is about */
	u32 events[NAX_EVENT_VERIFY + 1];

	u64 time_ns;
	u32 reg[FAKE_REGS];
	u32 reads;			/* register reads that reached the device */
	u32 writes;
	bool dead;			/* registers and configuration space read all-ones */
	u32 words;			/* journal words of driver and system offered so far */
	u32 dead_in;			/* > 0: the device dies at the so-manieth from now */
	bool stuck_command;		/* PCI command register takes nothing */
	u32 command;

	u32 alloc_in;			/* > 0: the so-manieth allocation from now fails */
	u32 allocs;			/* allocations tried */
	const char *fail_op;		/* driver operation or system call that fails */
	u32 fail_times;			/* so often */
	int fail_code;

	u64 count[FAKE_STATS];		/* hardware counters, cleared by reading */
	struct nax_link link;
	u32 causes;			/* what irq_ack() returns */
	struct nax_filter filter;	/* what the driver was given last */
	struct nax_rss rss;
	u64 offloads;
	struct nax_flow_rule rule;	/* added last */
	u32 buf_len;			/* > 0: what the back end makes of rx buffers at start */
	u32 puts_awake;			/* buffers that came back while no queue was paused */
	u32 rx_flags;			/* or'ed into every frame's flags by rx_reap() */

	long blocks, dma_blocks, bufs;
	struct fake_buf {
		u8 *mem;
		u32 size;
	} buf[FAKE_BUFS];
};

/** fake_create() - a detached adapter with a driver of sane capabilities; tests change them. */
struct fake *fake_create(unsigned int verify);
/** fake_attach() - fake_create() and attach(). */
struct fake *fake_attach(unsigned int verify);
/** fake_up() - fake_attach() and up() with @n queue pairs of 64 slots. */
struct fake *fake_up(unsigned int verify, u16 n);
/** fake_destroy() - detach and destroy; asserts that nothing leaked. */
void fake_destroy(struct fake *f);

/** fake_config() - the configuration fake_up() uses. */
void fake_config(struct fake *f, u16 n, struct nax_config *c);
/** fake_journal() - the journal so far; it begins anew with @mask. */
const char *fake_journal(struct fake *f, u32 mask);
/** fake_fail() - the next @times calls of @op give @code. */
void fake_fail(struct fake *f, const char *op, u32 times, int code);
/** fake_tick() - move time and serve, in steps of a tick, polling all queues at each. */
void fake_tick(struct fake *f, u64 ms);
/** fake_poll() - one round of polls on all queues. */
void fake_poll(struct fake *f);

/** fake_rx() - the device receives one descriptor's worth: @len may lie, without NAX_F_EOP it goes on */
void fake_rx(struct nax_queue *q, u32 at, u32 len, u32 flags);
/** fake_tx() - fill one slot at ring.end + @i for transmit. */
void fake_tx(struct nax_queue *q, u32 i, u32 len, u32 flags);
/** fake_tx_done() - the device completes all reports asked for. */
void fake_tx_done(struct nax_queue *q);

#endif /* FAKE_H */
