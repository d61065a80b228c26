/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The datapath, once per batch: the driver's functions between the counting, a look at what comes
 * next, and one doorbell. Inline, since a batch of one packet pays for all of it; what is out of
 * the ordinary is in poll.c. All of it runs in the queue's poll context.
 */
#ifndef NAX_BATCH_H
#define NAX_BATCH_H

#include <nax/adapter.h>
#include <nax/scan.h>

#include "packet.h"

/* Receive slots that are worth a doorbell, while the device has half of the ring's and more. */
#define NAX_RX_POST_LEAST	16u

/* Bits of nax_queue.halt. */
enum nax_halt {
	NAX_HALT_STOPPED,	/* not from queue_start() to queue_stop(); changed while paused */
	NAX_HALT_STUCK,		/* queue_start() called it, or the device, hung: until restarted */
	NAX_HALT_QUARANTINE,	/* by the verifier until a reset; see nax_queue_quarantine() */
};

static inline bool nax_queue_halted(const struct nax_queue *q, enum nax_halt why)
{
	return test_bit(why, &q->halt);
}

/* ---- what is out of the ordinary ---- */

/* What nax_queue.watch points to while there is nothing to find. */
extern const __le32 nax_queue_never;

bool nax_queue_verified(const struct nax_queue *q);

/* ---- where to look ---- */

/** nax_queue_running() - between queue_start() and queue_stop(), not quarantined. */
static inline bool nax_queue_running(const struct nax_queue *q)
{
	return !READ_ONCE(q->halt);
}

/**
 * nax_queue_quiet() - a poll would find nothing; the poll context
 * @q: queue
 *
 * A hint for a back end that polls many queues: then it says so by nax_queue_idle() instead.
 */
static inline bool nax_queue_quiet(const struct nax_queue *q)
{
	return !(READ_ONCE(*q->watch) & q->watch_mask);
}

static inline void nax_queue_idle(struct nax_queue *q)
{
	nax_count(&q->stats.polls, 1);
	nax_count(&q->stats.idle, 1);
}

/** nax_queue_settled() - nothing has changed since all that could be posted was; a hint too. */
static inline bool nax_queue_settled(const struct nax_queue *q)
{
	return q->settled == q->ring.end;
}

/* There is something to post: ring.end moves forward, and by less than this. */
static inline void nax_queue_unsettle(struct nax_queue *q)
{
	q->settled = q->ring.end - 1;
}

/* The device has gone on to descriptor @i, or has got it to do: look there. */
static inline void nax_queue_watch(struct nax_queue *q, u32 i)
{
	q->watch = (const __le32 *)(q->watch_first + (size_t)(i & q->desc_mask) * q->watch_step);
}

static inline void nax_queue_watch_rx(struct nax_queue *q)
{
	nax_queue_watch(q, q->seen);
}

static inline void nax_queue_watch_tx(struct nax_queue *q)
{
	if (q->report_head == q->report_tail && q->watch_step)
		q->watch = &nax_queue_never;
	else
		nax_queue_watch(q, nax_tx_asked(q, q->report_head)->desc);
}

/* The doorbell, where the caller knows that something is new and that no verifier looks on. */
static inline void nax_queue_write_tail(struct nax_queue *q)
{
	u32 tail = q->tail;

	/* Descriptors before doorbell; the partner is the device, which reads them after it. */
	dma_wmb();
	nax_reg_write(q->adapter, q->doorbell, tail & q->desc_mask);
	WRITE_ONCE(q->rung, tail);
	nax_count(&q->stats.doorbells, 1);
}

static inline void nax_queue_ring_doorbell(struct nax_queue *q)
{
	if (q->tail == q->rung)
		return;
	/* The verifier, which alone does that, may just have put it there. */
	if (unlikely(!q->watch_step) && nax_queue_halted(q, NAX_HALT_QUARANTINE))
		return;
	nax_queue_write_tail(q);
}

/* ---- receive ---- */

/** nax_queue_count_rx() - review and count what rx_reap() found from slot @first on. */
static inline void nax_queue_count_rx(struct nax_queue *q, u32 first)
{
	if (unlikely(q->batch.flags & (NAX_F_RX_ERROR | NAX_F_RX_CSUM_BAD | NAX_F_RX_TSTAMP)))
		nax_rx_review(q, first, q->ring.begin);
	nax_count(&q->stats.packets, q->batch.packets);
	nax_count(&q->stats.bytes, q->batch.bytes);
}

/**
 * nax_queue_poll_rx() - find received packets; they stand in the ring from
 * nax_ring_first_held() on
 * @q: receive queue
 * @budget: at most so many packets
 *
 * Damaged packets bear NAX_F_RX_ERROR and are counted; packets that hardware calls bad have been
 * verified in software. Return: whole packets found, damaged ones included; 0 if it does not run.
 */
static inline u32 nax_queue_poll_rx(struct nax_queue *q, u32 budget)
{
	u32 first = q->ring.begin;
	u32 found;

	if (unlikely(!nax_queue_running(q)))
		return 0;
	q->batch.packets = 0;
	q->batch.flags = 0;
	q->batch.bytes = 0;
	q->path->rx_reap(q, budget);
	nax_count(&q->stats.polls, 1);
	found = q->batch.packets;
	if (!found) {
		nax_count(&q->stats.idle, 1);
		return 0;
	}
	nax_queue_count_rx(q, first);
	nax_queue_unsettle(q);
	nax_queue_watch_rx(q);
	return found;
}

/** nax_queue_post_rx() - give released slots back to the device; one doorbell. */
static inline void nax_queue_post_rx(struct nax_queue *q)
{
	u32 posted = q->ring.next - q->seen;

	q->settled = q->ring.end;
	if (q->ring.end - q->ring.next < NAX_RX_POST_LEAST && posted > q->desc_mask / 2 &&
	    (q->watch_step || !nax_queue_verified(q)))
		return;
	if (unlikely(nax_rx_post_end(q) == q->ring.next || !nax_queue_running(q)))
		return;
	q->path->rx_post(q);
	nax_queue_ring_doorbell(q);
}

/* ---- transmit ---- */

/** nax_queue_poll_tx() - find completions. Return: slots that became free. */
static inline u32 nax_queue_poll_tx(struct nax_queue *q)
{
	u32 first = q->ring.begin;
	u32 freed;

	if (unlikely(!nax_queue_running(q)))
		return 0;
	q->path->tx_reap(q);
	nax_count(&q->stats.polls, 1);
	freed = q->ring.begin - first;
	if (!freed) {
		nax_count(&q->stats.idle, 1);
		return 0;
	}
	if (unlikely(nax_queue_halted(q, NAX_HALT_QUARANTINE)))
		return 0;
	nax_queue_watch_tx(q);
	return freed;
}

/**
 * nax_queue_roomy() - nobody needs to look for completions of a transmit queue yet; the poll
 * context
 * @q: transmit queue
 *
 * All that was submitted is with the device, and that is less than half of what the ring holds.
 * What says so was written by the poll context itself, while a look for completions misses the
 * cache.
 */
static inline bool nax_queue_roomy(const struct nax_queue *q)
{
	return q->tail - q->head <= q->desc_mask / 2 && nax_queue_settled(q) && q->watch_step;
}

/**
 * nax_queue_submit() - the upper layer has filled @n slots from ring.end on with whole packets
 * @q: transmit queue
 * @n: slots
 *
 * What the device cannot do is done here in software. A last packet without its end is not taken.
 * Packets that wait for room in software segmentation are kept, and nax_queue_tx_free() is 0 until
 * they are through. A queue that does not run takes none, and counts them as drops.
 *
 * Return: false if @n is more than nax_queue_tx_free() of a queue that runs: nothing happens, and
 * the log says so.
 */
bool nax_queue_submit(struct nax_queue *q, u32 n);

/** nax_queue_tx_free() - slots that may be filled now. */
static inline u32 nax_queue_tx_free(const struct nax_queue *q)
{
	if (unlikely(!nax_queue_running(q) || q->pending))
		return 0;
	return nax_ring_free(&q->ring);
}

/**
 * nax_queue_give() - nax_queue_submit() for packets that are known to need nothing of software
 * @q: transmit queue, running
 * @n: slots, at most nax_queue_tx_free()
 *
 * For a back end whose upper layer never asks for more than nax_adapter.offloads and nax_caps
 * allow.
 */
static inline void nax_queue_give(struct nax_queue *q, u32 n)
{
	q->ring.end += n;
}

/* Whether slots [@at, @end) are a packet each, of a good length, and ask for nothing. */
static inline bool nax_queue_all_plain(const struct nax_queue *q, u32 at, u32 end)
{
	for (; at != end; at++)
		if (!nax_slot_plain(nax_ring_slot(&q->ring, at), q->plain_least, q->plain_most))
			return false;
	return true;
}

/* Slots [@at, @end) are plain, and the driver may be told so. */
static inline void nax_queue_note_plain(struct nax_queue *q, u32 at, u32 end)
{
	if (q->plain == at || q->ring.next == at)
		q->plain = end;
}

/** nax_queue_give_plain() - nax_queue_give() for one packet, of one slot, that asks for nothing. */
static inline void nax_queue_give_plain(struct nax_queue *q)
{
	u32 at = q->ring.end++;

	nax_queue_note_plain(q, at, at + 1);
}

/**
 * nax_queue_send() - nax_queue_post_tx() where all packets were given by nax_queue_give(), so that
 * software has none of them, by a back end that never asks nax_queue_quiet() or nax_queue_settled()
 */
static inline void nax_queue_send(struct nax_queue *q)
{
	if (unlikely(!nax_queue_running(q)))
		return;
	q->path->tx_post(q);
	nax_queue_ring_doorbell(q);
}

/* Reports may have been asked for: look for the oldest, unless it does already. */
static inline void nax_queue_watch_reports(struct nax_queue *q)
{
	if (q->watch == &nax_queue_never)
		nax_queue_watch_tx(q);
}

/* The driver has posted what it could: the doorbell, and what comes next. */
static inline void nax_queue_posted_tx(struct nax_queue *q)
{
	nax_queue_ring_doorbell(q);
	nax_queue_watch_reports(q);
	q->settled = q->ring.end;
	if (unlikely(q->ring.next != q->ring.end || q->pending))
		nax_queue_unsettle(q);
}

/** nax_queue_post_tx() - write submitted packets to descriptors; one doorbell. */
static inline void nax_queue_post_tx(struct nax_queue *q)
{
	if (unlikely(!nax_queue_running(q)))
		return;
	if (unlikely(q->pending))
		nax_tx_fix(q, 0);
	if (q->ring.next != q->ring.end)
		q->path->tx_post(q);
	if (likely(!nax_queue_halted(q, NAX_HALT_QUARANTINE)))
		nax_queue_posted_tx(q);
}

#endif /* NAX_BATCH_H */
