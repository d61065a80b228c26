/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the files of the core share and nobody else sees.
 *
 * Three kinds of context meet here:
 *  - control: nax_adapter_*(), serialized by the back end. Owns all that has no other owner named.
 *  - poll: one per queue. Owns the queue's ring, statistics, staging and verifier memory while the
 *    queue is not paused; the back end's queue_pause() hands them to control, queue_resume() back.
 *  - any: interrupts and reports of the driver. They touch atomic words and notes only.
 */
#ifndef NAX_INTERNAL_H
#define NAX_INTERNAL_H

#include "core.h"
#include "packet.h"
#include "verify.h"

/* Time, in ns. */
#define NAX_MS			1000000ull
#define NAX_TICK_NS		(100 * NAX_MS)	/* the service's period */
#define NAX_LINK_NS		(1000 * NAX_MS)	/* between two looks at the link */
#define NAX_STATS_NS		(2000 * NAX_MS)	/* between two looks at the device's counters */
#define NAX_IDLE_WAKE_NS	(500 * NAX_MS)	/* a context asleep this long is woken once */
#define NAX_HANG_NS		(2000 * NAX_MS)	/* Tx without progress */
#define NAX_QUIET_NS		(1000 * NAX_MS)	/* no packet for so long: missing some is odd */
#define NAX_REPEAT_NS		(30000 * NAX_MS)/* a fault this soon after a step takes the next */

/* Interrupts of the last vector in one tick before it is left masked until the next tick. */
#define NAX_STORM_IRQS		100

/* Ethernet header, two tags, frame check sequence. */
#define NAX_FRAME_OVERHEAD	26u

/**
 * struct nax_note - a reason that any context leaves for the control context; the first one stays
 * @bits: NAX_NOTE_*
 * @why: text, valid while NAX_NOTE_READY is set
 */
struct nax_note {
	unsigned long bits;
	char why[NAX_ERROR_TEXT];
};

#define NAX_NOTE_CLAIMED	0	/* somebody writes or has written why */
#define NAX_NOTE_READY		1	/* why may be read */

/* Bits of nax_core.pending, set in any context, cleared by the service. */
enum nax_pending {
	NAX_PEND_IRQ,		/* the last vector fired and is masked until it is armed */
	NAX_PEND_LINK,		/* look at the link */
	NAX_PEND_FAULT,		/* the device asks for a reset */
	NAX_PEND_VERIFY,	/* a queue was quarantined */
};

/**
 * struct nax_watch - what the service remembers of a queue between two ticks
 * @polls: poll iterations at the last tick
 * @polls_ns: when they last changed, or the context was woken for being asleep
 * @head: Tx head at the last tick
 * @head_ns: when it last moved, or nothing was outstanding, or the wire was closed
 * @due: that was too long ago; one more poll shall prove it
 * @due_polls: poll iterations when that was found
 * @idle: Rx: poll iterations without a packet when nax_rx_watch.due was set
 */
struct nax_watch {
	u64 polls;
	u64 polls_ns;
	u32 head;
	u64 head_ns;
	bool due;
	u64 due_polls;
	u64 idle;
};

/**
 * struct nax_queue_core - a queue with what drivers do not see
 * @q: the driver's part
 * @fix: Tx staging of fix.c; must not point to the queue, since a resize moves it to another
 * @verify: snapshots of the verifier; the same holds
 * @told: NAX_EVENT_VERIFY was sent for it
 * @paused: control has it by queue_pause()
 * @held: slots that own a buffer
 * @desc_bytes: bytes at q.desc
 * @hung: why the driver or the watchdog calls the queue hung
 * @watch: for the service
 * @restart_ns: time of the last restart by recovery
 * @restarted: @restart_ns is valid
 */
struct nax_queue_core {
	struct nax_queue q;
	void *fix;
	void *verify;
	bool told;
	bool paused;
	u32 held;
	size_t desc_bytes;
	struct nax_note hung;
	struct nax_watch watch;
	u64 restart_ns;
	bool restarted;
};

/** nax_queue_busy() - Tx: a completion report is outstanding; any context. */
static inline bool nax_queue_busy(const struct nax_queue *q)
{
	return READ_ONCE(q->report_head) != READ_ONCE(q->report_tail);
}

/** nax_queue_room() - Rx: buffers that the device has; any context. */
static inline u32 nax_queue_room(const struct nax_queue *q)
{
	return READ_ONCE(q->ring.next) - READ_ONCE(q->ring.begin);
}

static inline struct nax_queue_core *nax_qc(const struct nax_queue *q)
{
	return container_of((struct nax_queue *)q, struct nax_queue_core, q);
}

/**
 * struct nax_filter_state - the receive filter as it was asked for
 * @flags: NAX_FILTER_*
 * @addr: n_ucast + 1 unicast addresses, the adapter's own first, then n_mcast multicast ones
 * @n_ucast: unicast addresses beside the adapter's own
 * @n_mcast: multicast addresses
 * @vlan: bit per VLAN id
 */
struct nax_filter_state {
	u32 flags;
	u8 (*addr)[6];
	u16 n_ucast;
	u16 n_mcast;
	u32 vlan[NAX_VLAN_WORDS];
};

/**
 * struct nax_recover - history of recovery
 * @last: last step taken
 * @last_ns: when
 * @count: steps taken, by kind
 * @dump: registers before the last step, NULL before attach
 * @dumped: @dump is valid
 */
struct nax_recover {
	enum nax_recovery last;
	u64 last_ns;
	u64 count[NAX_RECOVERIES];
	struct nax_diag *dump;
	bool dumped;
};

/**
 * struct nax_rx_watch - what the service remembers of reception between two ticks
 * @since_ns: when a queue last found a packet, or could not have
 * @found: poll iterations that found any, of all queues
 * @missed: frames that the device had no room for, and pause frames that it sent
 * @ticks: ticks since @since_ns and NAX_QUIET_NS more in which there were more of them
 * @due: that is too many; one more poll of each queue shall prove it
 */
struct nax_rx_watch {
	u64 since_ns;
	u64 found;
	u64 missed;
	u32 ticks;
	bool due;
};

/**
 * struct nax_ptp_clock - how the device's counter becomes time
 * @on: the counter goes on, and what follows is of it
 * @bits: of the counter that are fractions of a nanosecond
 * @scaled_ppm: how the clock was adjusted
 * @counter: the counter at some moment
 * @ns: time at that moment
 * @fraction: and the fraction of a nanosecond, in the counter's unit
 * @seen_ns: time when the clock was last looked at
 * @seen_at: and what the back end's clock was then
 * @served_at: when the service looked at clock and latch; others look at the clock alone
 * @stamps: which packets are stamped
 * @taking: bit 0: somebody looks at the latch of sent packets; bit 1: of received ones
 * @received: time stamps taken from that latch
 * @waits_since: 0, or when the service found that latch full
 * @waits_received: @received at that time
 * @cleared: time stamps that were latched and taken by nobody
 *
 * Polls read @on, @bits, @counter, @ns and @fraction: control pauses them before it writes those.
 */
struct nax_ptp_clock {
	bool on;
	u32 bits;
	s64 scaled_ppm;
	u64 counter;
	u64 ns;
	u64 fraction;
	u64 seen_ns;
	u64 seen_at;
	u64 served_at;
	struct nax_stamps stamps;
	unsigned long taking;
	u64 received;
	u64 waits_since;
	u64 waits_received;
	u64 cleared;
};

/**
 * struct nax_core - an adapter with what drivers do not see
 * @a: the driver's part
 * @ops: the operating system
 * @backend: the back end's own
 * @dp: datapath calls, @direct or the verifier's
 * @direct: the driver's datapath functions
 * @verify: the verifier's own, NULL at level 0
 * @verify_level: 0, 1 or 2
 * @config: configuration in force, or the last one
 * @started: start() succeeded and stop() was not called since
 * @cut_off: SUSPENDED was entered by nax_adapter_cut_off(): the note @gone is not for ever
 * @bar: nax_adapter.bar as it was at attach, for a device that comes back
 * @fail: first reason of the operation under way, see nax_fail()
 * @filter: receive filter
 * @filter_out: what the driver was given of it
 * @rss: RSS state
 * @rss_set: somebody set the table of @rss, to other than all queues in turn
 * @rss_out: what the driver was given of it
 * @flow: receive flow rules by location, caps.flow_rules of them or NULL; NULL where there is none
 * @link: link as last seen
 * @link_ns: when the link was looked at
 * @pending: enum nax_pending
 * @gone: why the device is gone
 * @hung: why the device, not one queue, is called hung
 * @vectors_on: vectors_enable() succeeded and vectors_disable() was not called since
 * @irq_on: interrupts are let through; written by control, read in any context
 * @irq_seen: the last vector has fired since control cleared this; set in any context
 * @tick_ns: start of the window that counts interrupts of the last vector
 * @tick_irqs: such interrupts
 * @recover: history of recovery
 * @stats_ns: when the hardware counters were last read
 * @hw: hardware counters since attach
 * @hw_new: what the last reading added
 * @pause_seen: pause frames received when the watchdog last looked
 * @rx_watch: for the service
 * @ptp: clock and time stamps
 * @stats_wait_ns: time between two looks at the device's counters; less when something may hang
 * @kept: counters of queues that are no more, caps.rxq_max and then caps.txq_max of them
 * @mem_blocks: memory blocks held, for the leak check
 * @dma_blocks: DMA blocks held
 * @bufs: buffers held
 */
struct nax_core {
	struct nax_adapter a;
	const struct nax_backend_ops *ops;
	void *backend;
	const struct nax_datapath *dp;
	struct nax_datapath direct;
	struct nax_verify *verify;
	unsigned int verify_level;
	struct nax_config config;
	bool started;
	bool cut_off;
	volatile u8 *bar;
	struct nax_error fail;

	struct nax_filter_state filter;
	struct nax_filter filter_out;
	struct nax_rss rss;
	bool rss_set;
	struct nax_rss rss_out;
	struct nax_flow_rule **flow;
	struct nax_link link;
	u64 link_ns;

	unsigned long pending;
	struct nax_note gone;
	struct nax_note hung;
	bool vectors_on;
	bool irq_on;
	bool irq_seen;
	u64 tick_ns;
	u32 tick_irqs;
	struct nax_recover recover;

	u64 stats_ns;
	u64 hw[NAX_HW_STATS_MAX];
	u64 hw_new[NAX_HW_STATS_MAX];
	u64 pause_seen;
	struct nax_rx_watch rx_watch;
	struct nax_ptp_clock ptp;
	u64 stats_wait_ns;
	struct nax_queue_stats *kept;

	long mem_blocks;
	long dma_blocks;
	long bufs;
};

static inline struct nax_core *nax_core_of(const struct nax_adapter *a)
{
	return a->core;
}

/** nax_is_gone() - the device was found gone; any context. */
static inline bool nax_is_gone(const struct nax_core *c)
{
	return test_bit(NAX_NOTE_READY, &c->gone.bits);
}

/* hal.c */

/** nax_note_post() - leave a reason; any context. Return: whether it is the first. */
bool nax_note_post(struct nax_note *n, const char *why);
/** nax_note_posted() - whether there is a reason; any context. */
static inline bool nax_note_posted(const struct nax_note *n)
{
	return test_bit(NAX_NOTE_CLAIMED, &n->bits);
}

/** nax_note_take() - fetch the reason, clear the note; control. Return: whether there was one. */
bool nax_note_take(struct nax_note *n, char *why);
/** nax_note_text() - the reason, which stays; "" if there is none yet. */
const char *nax_note_text(const struct nax_note *n);
/** nax_mark_gone() - no register is touched from now on; the service does the rest. Any context. */
void nax_mark_gone(struct nax_adapter *a, const char *why);
/** nax_refuse_gone() - -ENODEV and why the device is gone. */
int nax_refuse_gone(struct nax_core *c, struct nax_error *err);
/** nax_fail_take() - result of an operation: @code with the first nax_fail() reason, or @what. */
int nax_fail_take(struct nax_core *c, int code, const char *what, struct nax_error *err);
/** nax_zalloc() - zeroed memory of the back end, counted; control. */
void *nax_zalloc(struct nax_core *c, size_t size);
void nax_free(struct nax_core *c, void *p);
/** nax_dma_zalloc() - zeroed coherent memory, counted; control. */
void *nax_dma_zalloc(struct nax_core *c, size_t size, size_t align, u64 *dma);
void nax_dma_free(struct nax_core *c, void *p, size_t size, u64 dma);
/** nax_text_copy() - copy a string into @size bytes, always ended by NUL. */
void nax_text_copy(char *to, const char *from, size_t size);
/** nax_mac_text() - six bytes as text, 18 bytes with the NUL. */
void nax_mac_text(char *to, const u8 *mac);
/** nax_mac_unicast() - neither multicast nor zero. */
bool nax_mac_unicast(const u8 *mac);

/* caps.c */

/** nax_caps_check() - refuse a driver's ops table or capabilities, naming what is wrong. */
int nax_driver_check(const struct nax_driver *drv, struct nax_error *err);
int nax_caps_check(const struct nax_driver *drv, const struct nax_caps *caps,
		   struct nax_error *err);

/* config.c */

/** struct nax_shape - what follows from a configuration */
struct nax_shape {
	u32 max_frame;
	u32 rx_buf_len;
	u16 rx_slots;
	u16 n_vectors;
	u64 offloads;
};

/** nax_config_shape() - derive it; @cfg has passed nax_config_check(). */
void nax_config_shape(const struct nax_adapter *a, const struct nax_config *cfg,
		      struct nax_shape *s);
/** nax_config_rx_slots() - slots of the largest frame in receive buffers of @buf_len bytes. */
u16 nax_config_rx_slots(const struct nax_adapter *a, const struct nax_config *cfg, u32 buf_len);
/** nax_config_adopt() - make @cfg the configuration in force; queues are the caller's. */
void nax_config_adopt(struct nax_core *c, const struct nax_config *cfg);

/* queue.c */

/** nax_queue_make() - memory, slots and buffers for a queue that does not run yet. */
int nax_queue_make(struct nax_core *c, const struct nax_config *cfg, bool rx, u16 index,
		   struct nax_queue **queue, struct nax_error *err);
/** nax_queue_free() - a stopped queue, or NULL; its counters live on in nax_core.kept. */
void nax_queue_free(struct nax_core *c, struct nax_queue *q);
/** nax_queue_rx_limits() - as the configuration in force and the queue's buffers want them. */
void nax_queue_rx_limits(struct nax_core *c, struct nax_queue *q);
/** nax_queue_exchange() - two stopped queues swap memory; identity and counters stay. */
void nax_queue_exchange(struct nax_queue *q, struct nax_queue *other);
/** nax_queue_start() - indices and descriptors to their start, queue_start(), rx_post(). Paused. */
void nax_queue_start(struct nax_core *c, struct nax_queue *q);
/** nax_queue_stop() - queue_stop(), then all slots are the framework's again. Paused. */
void nax_queue_stop(struct nax_core *c, struct nax_queue *q);
/** nax_queue_pause() - control has the queue; nothing happens if it has it already. */
void nax_queue_pause(struct nax_core *c, struct nax_queue *q);
/** nax_queue_resume() - give it back to its poll context and wake that. */
void nax_queue_resume(struct nax_core *c, struct nax_queue *q);
/** nax_queues_each() - call @f for all queues in use, transmit first. */
void nax_queues_each(struct nax_core *c, void (*f)(struct nax_core *c, struct nax_queue *q));
/**
 * nax_queue_quarantine() - stop polling a queue until an administrator's reset; poll context or
 * paused. The service turns its DMA off and reports NAX_EVENT_VERIFY with the verifier's text.
 */
void nax_queue_quarantine(struct nax_queue *q);

/* poll.c */

/** nax_queue_watch_begin() - the queue runs: from now on look where there may be something. */
void nax_queue_watch_begin(struct nax_queue *q);
/** nax_queue_tx_limits() - what a plain packet is follows from the configuration in force. */
void nax_queue_tx_limits(struct nax_queue *q);
/** nax_queue_watch_nothing() - there is nothing to find: the queue stops. */
void nax_queue_watch_nothing(struct nax_queue *q);

/* attach.c */

/** nax_pci_enable() - memory space and bus mastering on; -ENODEV if the device is gone. */
int nax_pci_enable(struct nax_core *c, struct nax_error *err);
/** nax_pci_disable() - bus mastering off, so that nothing of the device reaches memory. */
void nax_pci_disable(struct nax_core *c);

/* adapter.c */

/** nax_enter(), nax_leave() - around every control operation of a driver. */
static inline void nax_enter(struct nax_core *c, enum nax_verify_op op, struct nax_queue *q)
{
	if (c->verify)
		nax_verify_enter(&c->a, op, q);
}

static inline void nax_leave(struct nax_core *c, enum nax_verify_op op, struct nax_queue *q)
{
	if (c->verify)
		nax_verify_leave(&c->a, op, q);
}

/** nax_start() - start(), and all state but queues; nax_take_down() undoes it, failed or not. */
int nax_start(struct nax_core *c, struct nax_error *err);
/** nax_queues_make() - the queues of a configuration, in nax_adapter.rxq, txq; paused by none. */
int nax_queues_make(struct nax_core *c, const struct nax_config *cfg, struct nax_error *err);
/** nax_queues_free() - all queues, stopped. */
void nax_queues_free(struct nax_core *c);
/**
 * nax_bring_up() - from stopped queues to UP: start(), the whole state, queues, up()
 *
 * Queues are paused by the caller. What was reported until now is dealt with: start() resets the
 * device. On failure the device is stopped again. Return: 0 or -errno.
 */
int nax_bring_up(struct nax_core *c, struct nax_error *err);
/** nax_take_down() - stop queues (paused by the caller) and device. */
void nax_take_down(struct nax_core *c);
/** nax_pause_all() - pause all queues; nax_resume_all() - resume and wake them. */
void nax_pause_all(struct nax_core *c);
void nax_resume_all(struct nax_core *c);
/** nax_set_state() - for all but datapath to see. */
void nax_set_state(struct nax_core *c, enum nax_adapter_state state);
/** nax_set_attached() - to ATTACHED, where of all that the device does its clock goes on. */
void nax_set_attached(struct nax_core *c);
/** nax_event_post() - tell the back end, and the log, of queue @q or (NULL) the adapter. */
void nax_event_post(struct nax_core *c, enum nax_event event, const struct nax_queue *q,
		    const char *text);
/** nax_apply_*() - give the driver the state that is in force; control, started. */
int nax_apply_link(struct nax_core *c, struct nax_error *err);
void nax_apply_offloads(struct nax_core *c);
void nax_apply_itr(struct nax_core *c);

/* access.c */

/**
 * nax_access_check() - whether the device answers: it was attached, and is neither asleep nor gone
 * nor on its way between
 * @c: adapter
 * @what: is asked for
 * @there: the driver has that
 * @err: why not
 *
 * Return: 0; -ENODEV, -EBUSY, -EOPNOTSUPP.
 */
int nax_access_check(struct nax_core *c, const char *what, bool there, struct nax_error *err);

/* ptp.c */

/** nax_ptp_begin() - the device can be reached: its clock goes on from where time is by now. */
void nax_ptp_begin(struct nax_core *c);
/** nax_ptp_end() - note the time: the device may be reset after this, or is gone. Polls rest. */
void nax_ptp_end(struct nax_core *c);
/** nax_ptp_apply() - tell the driver which packets to stamp; control, started, polls rest. */
void nax_ptp_apply(struct nax_core *c);
/** nax_ptp_link() - the link has changed, and with its speed perhaps the counter's unit. */
void nax_ptp_link(struct nax_core *c);
/** nax_ptp_service() - look at clock and latch now and then. UP. */
void nax_ptp_service(struct nax_core *c, u64 now);
/** nax_ptp_received() - fetch the time stamp of the packet that ends in slot @i; poll context. */
void nax_ptp_received(struct nax_queue *q, u32 i);

/* filter.c */

/** nax_control_ready() - the adapter has a driver and is not gone; 0 or -ENODEV. */
int nax_control_ready(struct nax_core *c, struct nax_error *err);
int nax_filter_init(struct nax_core *c);
void nax_filter_free(struct nax_core *c);
void nax_apply_filter(struct nax_core *c);
void nax_apply_rss(struct nax_core *c);
void nax_rss_init(struct nax_core *c);
/** nax_rss_fit() - remake the table, unless it was set and suits @n receive queues. */
void nax_rss_fit(struct nax_core *c, u16 n);

/* flow.c */

int nax_flow_init(struct nax_core *c);
void nax_flow_free(struct nax_core *c);
/** nax_flow_fits() - all queues that rules name are among @n_rxq; 0 or -EINVAL. */
int nax_flow_fits(const struct nax_adapter *a, u32 n_rxq, struct nax_error *err);
/** nax_apply_flow() - all rules to a device that has just started; 0 or -errno. */
int nax_apply_flow(struct nax_core *c, struct nax_error *err);

/* stats.c */

/** nax_stats_collect() - read the hardware counters if the device runs. */
void nax_stats_collect(struct nax_core *c);
/** nax_stats_keep() - add the counters of a queue that goes to nax_core.kept. */
void nax_stats_keep(struct nax_core *c, const struct nax_queue *q);

/* recover.c */

/** nax_recover_run() - take the steps that pending faults ask for. UP. */
void nax_recover_run(struct nax_core *c);
/** nax_recover_failed() - the device did not come back from stop and start: FLR, then gone. */
int nax_recover_failed(struct nax_core *c, const char *why, struct nax_error *err);
/**
 * nax_bring_back() - bring up again what was taken down while it was UP, by FLR if it must be, and
 * resume its paused queues. Return: 0; -ENODEV, gone.
 */
int nax_bring_back(struct nax_core *c, struct nax_error *err);
/** nax_recover_forget() - faults of @q reported so far are dealt with: it stops. */
void nax_recover_forget(struct nax_core *c, struct nax_queue *q);
/** nax_recover_clear() - faults reported so far are dealt with by a step for the whole adapter. */
void nax_recover_clear(struct nax_core *c);
/**
 * nax_go_gone() - give the device up: no register access, queues dead, the handle stays
 * @why: the reason, unless the device was found gone, which is the reason then; NULL: it was
 */
void nax_go_gone(struct nax_core *c, const char *why);

/* service.c */

void nax_link_poll(struct nax_core *c);

#endif /* NAX_INTERNAL_H */
