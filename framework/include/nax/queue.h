/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Queues as a driver sees them, and the inline helpers of its four datapath functions.
 *
 * The framework owns what drivers of this kind get wrong: how many descriptors are free (the
 * context descriptor included), which descriptor ends a packet, when the device is asked for a
 * completion report, and the one doorbell per batch. A driver's datapath is a loop over the
 * helpers here and the encoding of its descriptors.
 */
#ifndef NAX_QUEUE_H
#define NAX_QUEUE_H

#include <nax/hal.h>
#include <nax/offload.h>
#include <nax/report.h>
#include <nax/ring.h>

struct nax_adapter;
struct nax_vector;
struct nax_queue;

/**
 * struct nax_datapath - the functions that run per batch, see struct nax_driver_ops
 * @tx_post: packets to descriptors
 * @tx_reap: find completions
 * @rx_reap: find received packets
 * @rx_post: empty buffers to descriptors
 * @tx_plain: tx_post() for packets that nobody has looked at, by nax_tx_lone() or nax_tx_run() and
 *	what ends those, alone: it stops before the first of a run in which a slot is not
 *	nax_slot_plain() by nax_queue.plain_least and plain_most. NULL: the framework looks. A
 *	vector path has both the same slots in its hands and pays next to nothing for the look
 */
struct nax_datapath {
	void (*tx_post)(struct nax_queue *q);
	void (*tx_reap)(struct nax_queue *q);
	void (*rx_reap)(struct nax_queue *q, u32 budget);
	void (*rx_post)(struct nax_queue *q);
	void (*tx_plain)(struct nax_queue *q);
};

/**
 * struct nax_vector_path - a driver's datapath for one instruction set
 * @driver: nax_driver.name
 * @set: NAX_V_NAME
 * @path: all five functions
 */
struct nax_vector_path {
	const char *driver;
	const char *set;
	struct nax_datapath path;
};

/**
 * struct nax_tx_report - a completion report that the device was asked for
 * @desc: free-running index of the descriptor that will carry it, the last of its packet
 * @slot: free-running index one past the last slot that it completes
 * @packets: nax_queue.posted up to there
 * @bytes: the same
 */
struct nax_tx_report {
	u32 desc;
	u32 slot;
	u32 packets;
	u32 bytes;
};

/**
 * struct nax_queue - one receive or transmit queue
 *
 * Driver: read all, write only @ring.begin and @ring.next through the helpers below, @doorbell and
 * @done in queue_start(), and the memory at @desc and @priv.
 *
 * @ring: the slots
 * @desc: descriptor ring in coherent memory, @desc_mask + 1 descriptors, zeroed before
 *	queue_start()
 * @desc_mask: descriptors - 1
 * @tail: Tx: free-running index of the next descriptor to write. Rx: equal to @ring.next, since
 *	slot and descriptor go together
 * @head: Tx: free-running index of the oldest descriptor not reported complete
 * @doorbell: register that takes @tail & @desc_mask once per batch, set by queue_start()
 * @done: how to see that a descriptor is complete, set by queue_start(), or left 0: bits @done.mask
 *	of the 32-bit word at byte @done.offset of it. The framework then asks for packets or
 *	reports only where there are some, and an idle queue costs next to nothing
 * @seen: Rx: free-running index of the next descriptor to look at; [ring.begin, seen) is the
 *	received part of a packet whose end is not there yet
 * @carry: Rx: error flags of that part
 * @part: Rx: bytes of that part
 * @desc_size: bytes of a descriptor
 * @slots_max: slots of the largest packet. Rx: from the frame size and @buf_len. Tx: copy of
 *	nax_caps.tx_slots_max
 * @tx_overhead: copy of nax_caps.tx_overhead
 * @report_interval: copy of nax_caps.report_interval
 * @since: Tx: descriptors since the last report was asked for
 * @posted: Tx: packets and bytes posted, free-running: what the low 32 bits of those in @stats will
 *	be once all of them have been reported complete
 * @report: Tx: reports asked for and not seen yet, as many as descriptors
 * @report_head: free-running index of the oldest
 * @report_tail: free-running index one past the newest
 * @batch: what rx_reap() found; zero before it is called
 * @priv: driver's own, nax_driver.queue_priv_size bytes, zeroed when the queue is made
 * @backend: the back end's own, see struct nax_backend_ops.queue_make
 * @adapter: the adapter
 * @vector: interrupt vector that serves the queue
 * @desc_dma: bus address of @desc
 * @buf_len: Rx: bytes of a receive buffer, a multiple of nax_caps.rx_buf_step; with
 *	nax_caps.rx_long_dropped any length that holds nax_adapter.max_frame, too
 * @index: 0 .. n_rxq - 1 or n_txq - 1
 * @group: queue group
 * @is_rx: receive or transmit
 * @rung: value of @tail at the last doorbell
 * @plain: Tx: one past the last slot from @ring.next on that is known to be a packet of its own
 *	which asks for nothing; @ring.next .. @ring.end. The framework's
 * @plain_least: Tx: bytes of the shortest packet that is plain. The framework's
 * @plain_most: Tx: of the longest
 * @settled: the framework's: value of @ring.end for which there is nothing more to post
 * @given: Tx, the framework's: one past the last slot that it has looked at in user space;
 *	@ring.end but for what the upper layer has added since
 * @pending: Tx, the framework's: packets wait in software segmentation
 * @watch: the framework's: the word that shows that there is something to find
 * @watch_mask: the framework's: bits of it
 * @watch_first: the framework's: that word in the first descriptor
 * @watch_step: the framework's: bytes from there to the next; 0: every call is made
 * @halt: the framework's: why the queue is not polled, a bit per reason; 0: it is
 * @path: the framework's: the functions that poll it
 * @stats: counters, the framework's
 */
struct nax_queue {
	struct nax_ring ring;
	void *desc;
	u32 desc_mask;
	u32 tail;
	u32 head;
	u32 doorbell;
	struct {
		__le32 mask;
		u32 offset;
	} done;
	u32 seen;
	u32 carry;
	u32 part;
	u16 desc_size;
	u16 slots_max;
	u16 tx_overhead;
	u16 report_interval;
	u16 since;
	struct {
		u32 packets;
		u32 bytes;
	} posted;
	struct nax_tx_report *report;
	u32 report_head;
	u32 report_tail;
	struct {
		u32 packets;
		u32 flags;
		u32 bytes;
	} batch;
	u32 rung;
	u32 plain;
	u16 plain_least;
	u16 plain_most;
	u32 settled;
	u32 given;
	bool pending;
	__le32 watch_mask;
	const __le32 *watch;
	const u8 *watch_first;
	u32 watch_step;
	unsigned long halt;
	const struct nax_datapath *path;
	void *priv;
	void *backend;
	struct nax_adapter *adapter;
	struct nax_vector *vector;
	u64 desc_dma;
	u32 buf_len;
	u16 index;
	u16 group;
	bool is_rx;
	struct nax_queue_stats stats;
};

/**
 * struct nax_rx_batch - state of one rx_reap() call, in registers
 * @seen: free-running index of the descriptor to look at
 * @whole: one past the last slot of the last whole packet
 * @limit: one past the last descriptor that the device may have written
 * @budget: packets still allowed
 * @packets: whole packets found
 * @bytes: bytes in them
 * @flags: all flags of all packets or'ed together
 * @carry: error flags of the packet under way
 * @part: bytes of the packet under way
 * @joined: frames that are in packets which began with others
 */
struct nax_rx_batch {
	u32 seen;
	u32 whole;
	u32 limit;
	u32 budget;
	u32 packets;
	u32 bytes;
	u32 flags;
	u32 carry;
	u32 part;
	u32 joined;
};

/** nax_rx_begin() - start rx_reap(), or go on with it: at most @budget packets. */
static inline struct nax_rx_batch nax_rx_begin(const struct nax_queue *q, u32 budget)
{
	return (struct nax_rx_batch){
		.seen = q->seen,
		.whole = q->ring.begin,
		.limit = q->ring.next,
		.budget = budget,
		.packets = q->batch.packets,
		.bytes = q->batch.bytes,
		.flags = q->batch.flags,
		.carry = q->carry,
		.part = q->part,
	};
}

/** nax_rx_more() - whether there is a posted descriptor to look at, and budget for it. */
static inline bool nax_rx_more(const struct nax_rx_batch *b)
{
	return b->seen != b->limit && b->packets < b->budget;
}

/**
 * nax_rx_run() - descriptors that lie side by side from q->seen on, posted and within the budget
 * @q: receive queue
 * @budget: of rx_reap()
 *
 * For a loop over good frames of one slot each, which ends with nax_rx_ran(). Return: how many
 * descriptors and slots such a loop may look at; 0 while a packet of several slots is under way.
 */
static inline u32 nax_rx_run(const struct nax_queue *q, u32 budget)
{
	u32 run = min_t(u32, q->ring.next - q->seen, budget - q->batch.packets);

	if (unlikely(q->seen != q->ring.begin || q->carry))
		return 0;
	return min_t(u32, run, q->desc_mask + 1 - (q->seen & q->desc_mask));
}

/**
 * nax_rx_begins() - whether there is a posted descriptor to look at, where a packet begins
 * @q: receive queue
 *
 * For the first of a batch, which needs no loop: nax_rx_run() is not 0.
 */
static inline bool nax_rx_begins(const struct nax_queue *q)
{
	return q->seen != q->ring.next && q->seen == q->ring.begin && !q->carry;
}

/**
 * nax_rx_ran() - the first @n of nax_rx_run() held good packets of one slot: hand them over
 * @q: receive queue
 * @n: how many; the packet's half of their slots is written
 * @bytes: bytes in them, each no longer than nax_queue.buf_len
 * @flags: all their flags or'ed together
 */
static inline void nax_rx_ran(struct nax_queue *q, u32 n, u32 bytes, u32 flags)
{
	q->seen += n;
	WRITE_ONCE(q->ring.begin, q->ring.begin + n);
	q->batch.packets += n;
	q->batch.bytes += bytes;
	q->batch.flags |= flags;
}

/** nax_rx_error() - flags for a damaged frame. */
static inline u32 nax_rx_error(enum nax_rx_error why)
{
	return NAX_F_RX_ERROR | (u32)why << NAX_F_RX_REASON_SHIFT;
}

/*
 * Mark for the rest of a frame whose first part was already given up as NAX_RX_ERR_CHAIN: an
 * error that has been counted. Never seen outside of struct nax_queue.carry and slot flags.
 */
#define NAX_RX_REASON_COUNTED	0x0f000000u

/*
 * Errors of a packet of several slots: the first one is the packet's reason, and stays with it up
 * to its EOP. A chain longer than any frame is cut where the limit is, as one damaged packet; what
 * comes up to its EOP is damaged too, but counted already.
 */
static inline u32 nax_rx_damaged(struct nax_rx_batch *b, u32 flags, bool too_long)
{
	u32 error = b->carry ? b->carry : flags & (NAX_F_RX_ERROR | NAX_F_RX_REASON);

	if (flags & NAX_F_EOP) {
		b->carry = 0;
	} else if (too_long) {
		if (!error)
			error = nax_rx_error(NAX_RX_ERR_CHAIN);
		b->carry = NAX_F_RX_ERROR | NAX_RX_REASON_COUNTED;
		flags |= NAX_F_EOP;
	} else {
		b->carry = error;
	}
	return (flags & ~NAX_F_RX_REASON) | error;
}

/**
 * nax_rx_slot() - take the descriptor at b->seen: record what the device wrote
 * @q: receive queue
 * @b: batch
 * @flags: NAX_F_*; without NAX_F_EOP the packet goes on in the next descriptor
 * @hash: RSS hash, valid if @flags has a hash type
 * @len: bytes that the device claims to have written; checked here against nax_queue.buf_len
 * @vlan_tci: stripped tag, host order, valid with NAX_F_VLAN
 * @segments: frames that were joined to this packet (NAX_OFFLOAD_LRO); 0 or 1: none
 *
 * All arguments come from one read of each descriptor word after dma_rmb().
 */
static inline void nax_rx_slot(const struct nax_queue *q, struct nax_rx_batch *b, u32 flags,
			       u32 hash, u32 len, u16 vlan_tci, u16 segments)
{
	struct nax_slot *s = nax_ring_slot(&q->ring, b->seen);
	bool too_long;

	if (unlikely(len - 1 >= q->buf_len)) {
		flags |= nax_rx_error(NAX_RX_ERR_LENGTH);
		len = 1;
	}
	b->seen++;
	too_long = !(flags & NAX_F_EOP) && b->seen - b->whole >= q->slots_max;
	if (unlikely((flags | b->carry) & NAX_F_RX_ERROR || too_long))
		flags = nax_rx_damaged(b, flags, too_long);
	nax_slot_write(s, flags | (u64)hash << 32, len | (u32)vlan_tci << 16 |
		       (u64)segments << 32 | (u64)q->group << 48);
	b->part += len;
	if (segments > 1)
		b->joined += segments - 1;
	if (flags & NAX_F_EOP) {
		b->bytes += b->part;
		b->part = 0;
		b->whole = b->seen;
		b->packets++;
		b->flags |= flags;
	}
}

/** nax_rx_commit() - end rx_reap(): hand the whole packets to the framework. */
static inline void nax_rx_commit(struct nax_queue *q, const struct nax_rx_batch *b)
{
	q->seen = b->seen;
	q->carry = b->carry;
	q->part = b->part;
	WRITE_ONCE(q->ring.begin, b->whole);
	q->batch.packets = b->packets;
	q->batch.bytes = b->bytes;
	q->batch.flags = b->flags;
	WRITE_ONCE(q->stats.joined, q->stats.joined + b->joined);
}

/**
 * nax_rx_post_end() - one past the last slot that rx_post() may give to the device now
 * @q: receive queue
 *
 * A device that reads head == tail as "empty" can never hold all descriptors, so one is kept back.
 */
static inline u32 nax_rx_post_end(const struct nax_queue *q)
{
	u32 most = q->seen + q->desc_mask;

	return (s32)(q->ring.end - most) > 0 ? most : q->ring.end;
}

/** nax_rx_posted() - end rx_post(): slots up to @next are in descriptors. */
static inline void nax_rx_posted(struct nax_queue *q, u32 next)
{
	WRITE_ONCE(q->ring.next, next);
	q->tail = next;
}

/**
 * struct nax_tx_batch - state of one tx_post() call, in registers
 * @next: free-running index of the first slot of the packet to post
 * @end: one past the last slot to post
 * @tail: free-running index of the descriptor to write
 * @credits: free descriptors
 * @since: descriptors since the last report asked for
 * @packets: nax_queue.posted
 * @bytes: the same
 */
struct nax_tx_batch {
	u32 next;
	u32 end;
	u32 tail;
	u32 credits;
	u32 since;
	u32 packets;
	u32 bytes;
};

/* Free descriptors: one stays free, since head == tail means empty to the device. */
static inline u32 nax_tx_credits(const struct nax_queue *q)
{
	return q->desc_mask - (q->tail - q->head);
}

/* Descriptors that the largest packet may take. */
static inline u32 nax_tx_reserve(const struct nax_queue *q)
{
	return (u32)q->slots_max + q->tx_overhead;
}

/** nax_tx_begin() - start tx_post(). */
static inline struct nax_tx_batch nax_tx_begin(const struct nax_queue *q)
{
	return (struct nax_tx_batch){
		.next = q->ring.next,
		.end = q->ring.end,
		.tail = q->tail,
		.credits = nax_tx_credits(q),
		.since = q->since,
		.packets = q->posted.packets,
		.bytes = q->posted.bytes,
	};
}

/**
 * nax_tx_room() - slots of the next packet
 * @q: transmit queue
 * @b: batch
 * @bytes: result: bytes in them
 *
 * Return: number of slots, >= 1; 0 if there is no packet, or not enough free descriptors for one
 * per slot and nax_caps.tx_overhead.
 */
static inline u32 nax_tx_room(const struct nax_queue *q, const struct nax_tx_batch *b, u32 *bytes)
{
	const struct nax_slot *s = nax_ring_slot(&q->ring, b->next);
	u32 n = 1;

	if (b->next == b->end)
		return 0;
	*bytes = s->len;
	while (!(s->flags & NAX_F_EOP)) {
		s = nax_ring_slot(&q->ring, b->next + n++);
		*bytes += s->len;
	}
	return n + q->tx_overhead <= b->credits ? n : 0;
}

/** nax_tx_slot() - slot @i of the next packet. */
static inline const struct nax_slot *nax_tx_slot(const struct nax_queue *q,
						 const struct nax_tx_batch *b, u32 i)
{
	return nax_ring_slot(&q->ring, b->next + i);
}

/* A report is asked for: the descriptors up to @desc complete the slots up to @slot. */
static inline void nax_tx_ask_report(struct nax_queue *q, u32 desc, u32 slot, u32 packets,
				     u32 bytes)
{
	struct nax_tx_report *r = &q->report[q->report_tail & q->desc_mask];

	/* Read by the watchdog in another context, as head and report_head are. */
	WRITE_ONCE(q->report_tail, q->report_tail + 1);
	r->desc = desc;
	r->slot = slot;
	r->packets = packets;
	r->bytes = bytes;
}

/* Whether a report is asked for now. */
static inline bool nax_tx_report(struct nax_queue *q, struct nax_tx_batch *b)
{
	if (b->since < q->report_interval && b->next != b->end && b->credits > nax_tx_reserve(q))
		return false;
	nax_tx_ask_report(q, b->tail - 1, b->next, b->packets, b->bytes);
	b->since = 0;
	/*
	 * Where the next one is due the device has written a report a lap ago, so that this line is
	 * not in the cache. Packets with contexts fill the processor's stores faster than it comes.
	 */
	prefetchw((u8 *)q->desc +
		  (size_t)((b->tail + q->report_interval - 1) & q->desc_mask) * q->desc_size);
	return true;
}

/**
 * nax_tx_commit() - the next packet is about to be written to @descs descriptors
 * @q: transmit queue
 * @b: batch; moves on to the packet and descriptor that follow
 * @slots: slots of the packet, from nax_tx_room()
 * @descs: descriptors it takes, @slots .. @slots + tx_overhead
 * @bytes: bytes in all its slots, from nax_tx_room() too
 *
 * Return: whether the last descriptor of the packet must ask the device for a completion report.
 * A report is asked for every nax_caps.report_interval descriptors and at the end of a batch, so
 * no packet waits for later traffic to be completed.
 */
static inline bool nax_tx_commit(struct nax_queue *q, struct nax_tx_batch *b, u32 slots, u32 descs,
				 u32 bytes)
{
	b->next += slots;
	b->tail += descs;
	b->credits -= descs;
	b->since += descs;
	b->packets++;
	b->bytes += bytes;
	return nax_tx_report(q, b);
}

/** nax_tx_end() - end tx_post(). */
static inline void nax_tx_end(struct nax_queue *q, const struct nax_tx_batch *b)
{
	q->ring.next = b->next;
	q->tail = b->tail;
	q->since = (u16)b->since;
	/* Never left behind, where it would come to lie ahead once the index has wrapped. */
	if ((s32)(q->plain - b->next) < 0)
		q->plain = b->next;
	q->posted.packets = b->packets;
	q->posted.bytes = b->bytes;
}

/**
 * nax_tx_run() - packets of one slot each that ask for nothing, from ring.next on
 * @q: transmit queue
 *
 * For a loop that ends with nax_tx_ran(), outside of nax_tx_begin() and nax_tx_end(). The packets
 * lie side by side, slots and descriptors, each needs one descriptor and there is one, and a
 * completion report is due not before the last of them. The framework has looked at their flags and
 * lengths, but for those of nax_datapath.tx_plain.
 *
 * Return: how many; 0: the next packet, if any, is to be posted by nax_tx_room().
 */
static inline u32 nax_tx_run(const struct nax_queue *q)
{
	u32 n = q->plain - q->ring.next;
	u32 credits, reserve;

	if (!n)
		return 0;
	credits = nax_tx_credits(q);
	reserve = nax_tx_reserve(q);
	if (credits <= reserve)
		return 0;
	/* None of the limits below is less. */
	if (n == 1)
		return 1;
	n = min_t(u32, n, credits - reserve);
	n = min_t(u32, n, q->report_interval - q->since);
	n = min_t(u32, n, q->ring.mask + 1 - (q->ring.next & q->ring.mask));
	return min_t(u32, n, q->desc_mask + 1 - (q->tail & q->desc_mask));
}

/**
 * nax_tx_ran() - the first @n packets of nax_tx_run() are in descriptors
 * @q: transmit queue
 * @n: how many, not 0
 * @bytes: bytes in them
 *
 * Return: whether the last of them must ask for a completion report, see nax_tx_commit().
 */
static inline bool nax_tx_ran(struct nax_queue *q, u32 n, u32 bytes)
{
	u32 since = q->since + n;

	q->ring.next += n;
	q->tail += n;
	q->posted.packets += n;
	q->posted.bytes += bytes;
	if (since < q->report_interval && q->ring.next != q->ring.end &&
	    nax_tx_credits(q) > nax_tx_reserve(q)) {
		q->since = (u16)since;
		return false;
	}
	nax_tx_ask_report(q, q->tail - 1, q->ring.next, q->posted.packets, q->posted.bytes);
	q->since = 0;
	return true;
}

/**
 * nax_tx_lone() - whether one packet of one slot that asks for nothing is all that there is to post
 * @q: transmit queue
 *
 * It needs no loop: its one descriptor, which there is, ends a batch and so asks for a completion
 * report. nax_tx_lone_posted() follows.
 */
static inline bool nax_tx_lone(const struct nax_queue *q)
{
	u32 end = q->ring.end;

	return end - q->ring.next == 1 && q->plain == end && nax_tx_credits(q);
}

/** nax_tx_lone_posted() - the packet of nax_tx_lone(), of @bytes bytes, is in its descriptor. */
static inline void nax_tx_lone_posted(struct nax_queue *q, u32 bytes)
{
	u32 end = q->ring.end, tail = q->tail;
	u32 packets = q->posted.packets + 1;

	bytes += q->posted.bytes;
	q->ring.next = end;
	q->tail = tail + 1;
	q->posted.packets = packets;
	q->posted.bytes = bytes;
	q->since = 0;
	nax_tx_ask_report(q, tail, end, packets, bytes);
}

/** nax_tx_asked() - completion report @i, of report_head .. report_tail - 1. */
static inline const struct nax_tx_report *nax_tx_asked(const struct nax_queue *q, u32 i)
{
	return &q->report[i & q->desc_mask];
}

/** nax_tx_reported() - the completion reports before @end have come: complete their packets. */
static inline void nax_tx_reported(struct nax_queue *q, u32 end)
{
	const struct nax_tx_report *last = nax_tx_asked(q, end - 1);

	WRITE_ONCE(q->report_head, end);
	WRITE_ONCE(q->head, last->desc + 1);
	q->ring.begin = last->slot;
	nax_count(&q->stats.packets, last->packets - (u32)q->stats.packets);
	nax_count(&q->stats.bytes, last->bytes - (u32)q->stats.bytes);
}

/**
 * nax_tx_reap() - all that a tx_reap() has to do
 * @q: transmit queue
 * @has_come: whether the device has reported the descriptor at free-running index @desc complete
 *
 * A device completes the descriptors of a queue in their order. So the newest report that was asked
 * for is looked at first: if it has come, all have. If not, the newest that has is found by halving
 * what is left, and no report costs anything of its own.
 */
static __always_inline void nax_tx_reap(struct nax_queue *q,
					bool (*has_come)(const struct nax_queue *q, u32 desc))
{
	u32 come = q->report_head, end = q->report_tail, middle;

	if (come == end)
		return;
	if (likely(has_come(q, nax_tx_asked(q, end - 1)->desc))) {
		nax_tx_reported(q, end);
		return;
	}
	/* Reports before come have come, those from end - 1 on have not. */
	while (end - 1 != come) {
		middle = come + (end - come) / 2;
		if (has_come(q, nax_tx_asked(q, middle - 1)->desc))
			come = middle;
		else
			end = middle;
	}
	if (come != q->report_head)
		nax_tx_reported(q, come);
}

#endif /* NAX_QUEUE_H */
