/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The core as its back ends (framework/linux, framework/user) see it: what they call, and what
 * they must provide.
 *
 * Serialization: the back end calls the nax_adapter_*() functions of one adapter one at a time
 * (user space: a mutex; kernel: the device's lock). The nax_queue_*() datapath functions run in the
 * queue's poll context, which the core stops and restarts by queue_pause() and queue_resume().
 *
 * A struct nax_queue stays where it is for as long as its index exists: restart, reset and resize
 * change what it points to. Going up, a queue is given a first poll by queue_wake(). Queues are
 * freed by nax_adapter_down(), nax_adapter_detach(), and by nax_adapter_reconfigure() to fewer
 * queues; the back end has them out of its poll contexts by then.
 */
#ifndef NAX_CORE_H
#define NAX_CORE_H

#include <nax/nax.h>

#include "verify.h"

/** enum nax_event - what the core reports to the back end, which passes it on */
enum nax_event {
	NAX_EVENT_LINK,		/* link state changed, see nax_core.link */
	NAX_EVENT_RESTART,	/* a queue was restarted after a fault */
	NAX_EVENT_RESET,	/* the adapter was reset after a fault */
	NAX_EVENT_GONE,		/* the device is gone; the handle stays and answers */
	NAX_EVENT_VERIFY,	/* the verifier stopped a queue */
};

/**
 * struct nax_backend_ops - the operating system as the core needs it
 *
 * @reg_read: read a register of BAR 0; all-ones if it cannot be read. Any context
 * @reg_write: write one. Any context
 * @config_read: read 1, 2 or 4 bytes of configuration space; 0 or -errno
 * @config_write: write them
 * @function_reset: function-level reset; configuration space is restored. 0 or -errno
 * @zalloc: zeroed memory, aligned as malloc() does, or NULL
 * @free: release it; NULL is allowed
 * @dma_alloc: zeroed coherent memory, aligned to @align (a power of two), or NULL
 * @dma_free: release it
 * @buf_get: give @slot a buffer: fill dma, buf, cap. cap is at least q->buf_len (Rx) or
 *	the largest Rx buffer (Tx); headroom lies before dma. 0 or -ENOMEM
 * @buf_put: take the buffer back
 * @buf_home: set dma and cap as buf_get() did, for a slot whose packet started elsewhere
 * @buf_addr: CPU address of slot->dma
 * @buf_room: bytes before slot->dma and (by *@after) bytes from it to the end of the buffer
 * @datapath: NULL, or replace the datapath functions of a->driver by better ones; before attach()
 * @queue_make: NULL, or make what the back end hangs on @q at nax_queue.backend; before the first
 *	buf_get(). 0 or -errno
 * @queue_free: NULL, or undo it; after the last buf_put(). nax_queue.backend may be NULL
 * @queue_starting: NULL, or get ready: @q is about to start, buf_home() of all its slots is next.
 *	May make q->buf_len smaller than it was at queue_make(), and that again
 * @queue_stopped: NULL, or forget what is in flight: the queue's DMA has ended, its indices are
 *	set back. Before @begin, an index as they were, all was sent or received; @lost packets were
 *	not sent, or were received and will be seen by nobody
 * @queue_pause: return once no poll of @q runs, and let none start; nests where several queues
 *	share a poll context
 * @queue_resume: undo it
 * @queue_wake: make the poll context of @q run soon. Any context
 * @vectors_enable: route @n interrupt vectors; 0 or -errno
 * @vectors_disable: undo it
 * @service: call nax_adapter_service() soon. Any context
 * @event: something happened that an upper layer wants to know, to queue @q or (NULL) to the whole
 *	adapter; must not call back
 * @delay_us: wait; may sleep
 * @time_ns: monotonic time. Any context
 * @irq_take: NULL, or take an interrupt of the last vector that has come; for back ends where
 *	nobody takes it while control is busy
 * @random: fill with random bytes, for RSS keys; NULL: the core mixes time and MAC address
 * @log: one line of text
 */
struct nax_backend_ops {
	u32 (*reg_read)(struct nax_adapter *a, u32 reg);
	void (*reg_write)(struct nax_adapter *a, u32 reg, u32 value);
	int (*config_read)(struct nax_adapter *a, u32 offset, u32 size, u32 *value);
	int (*config_write)(struct nax_adapter *a, u32 offset, u32 size, u32 value);
	int (*function_reset)(struct nax_adapter *a);
	void *(*zalloc)(size_t size);
	void (*free)(void *p);
	void *(*dma_alloc)(struct nax_adapter *a, size_t size, size_t align, u64 *dma);
	void (*dma_free)(struct nax_adapter *a, void *p, size_t size, u64 dma);
	int (*buf_get)(struct nax_queue *q, struct nax_slot *slot);
	void (*buf_put)(struct nax_queue *q, struct nax_slot *slot);
	void (*buf_home)(struct nax_queue *q, struct nax_slot *slot);
	u8 *(*buf_addr)(struct nax_queue *q, const struct nax_slot *slot);
	u32 (*buf_room)(struct nax_queue *q, const struct nax_slot *slot, u32 *after);
	void (*datapath)(struct nax_adapter *a, struct nax_datapath *path);
	int (*queue_make)(struct nax_queue *q);
	void (*queue_free)(struct nax_queue *q);
	void (*queue_starting)(struct nax_queue *q);
	void (*queue_stopped)(struct nax_queue *q, u32 begin, u32 lost);
	void (*queue_pause)(struct nax_queue *q);
	void (*queue_resume)(struct nax_queue *q);
	void (*queue_wake)(struct nax_queue *q);
	int (*vectors_enable)(struct nax_adapter *a, u32 n);
	void (*vectors_disable)(struct nax_adapter *a);
	void (*service)(struct nax_adapter *a);
	void (*event)(struct nax_adapter *a, enum nax_event event, const struct nax_queue *q,
		      const char *text);
	void (*delay_us)(struct nax_adapter *a, u32 us);
	u64 (*time_ns)(struct nax_adapter *a);
	void (*irq_take)(struct nax_adapter *a);
	void (*random)(void *p, size_t size);
	void (*log)(struct nax_adapter *a, enum nax_log_level level, const char *text);
};

/**
 * struct nax_config - how an adapter shall run, the whole state but filter and RSS
 * @n_rxq: receive queues, 1 .. caps.rxq_max
 * @n_txq: transmit queues, 1 .. caps.txq_max
 * @rx_ring: slots per receive ring, a power of two, caps.ring_min .. caps.ring_max
 * @tx_ring: slots per transmit ring
 * @mtu: caps.mtu_min .. caps.mtu_max
 * @rx_buf_len: 0: chosen by the framework; else caps.rx_buf_min .. caps.rx_buf_max in steps;
 *	with caps.rx_long_dropped, and without rx-all and LRO, any that holds a frame of @mtu, too
 * @offloads: mask of NAX_OFFLOAD_* that may be active
 * @itr_us: interrupt moderation of queue vectors, 0 .. caps.itr_max_us
 * @mac: address to use; zero: caps.perm_mac
 * @link: link settings
 */
struct nax_config {
	u16 n_rxq;
	u16 n_txq;
	u32 rx_ring;
	u32 tx_ring;
	u32 mtu;
	u32 rx_buf_len;
	u64 offloads;
	u16 itr_us;
	u8 mac[6];
	struct nax_link_settings link;
};

/**
 * nax_rx_long_dropped() - whether frames longer than a configuration has them stay outside
 * @caps: capabilities
 * @offloads: nax_config.offloads
 *
 * Return: true: a receive buffer that holds the longest frame may have any length.
 */
static inline bool nax_rx_long_dropped(const struct nax_caps *caps, u64 offloads)
{
	return caps->rx_long_dropped &&
	       !(caps->offloads & offloads & (NAX_OFFLOAD_RX_ALL | NAX_OFFLOAD_LRO));
}

/** enum nax_recovery - the steps of recovery, in this order */
enum nax_recovery {
	NAX_RECOVER_NONE,
	NAX_RECOVER_QUEUE,	/* restart one queue */
	NAX_RECOVER_RESET,	/* stop, start, replay */
	NAX_RECOVER_FLR,	/* function-level reset, then the same */
	NAX_RECOVER_GONE,	/* give up */
	NAX_RECOVERIES
};

#define NAX_HW_STATS_MAX 160

/**
 * nax_adapter_create() - an adapter in state DETACHED
 * @ops: the back end's functions
 * @backend: for the back end, see nax_adapter_backend()
 * @verify: verifier level, 0 off, 1 counters and order, 2 snapshots and poison
 *
 * Return: the adapter, NULL without memory.
 */
struct nax_adapter *nax_adapter_create(const struct nax_backend_ops *ops, void *backend,
				       unsigned int verify);

/** nax_adapter_destroy() - detaches if need be, and reports what leaked to the log. */
void nax_adapter_destroy(struct nax_adapter *a);

void *nax_adapter_backend(const struct nax_adapter *a);

/** nax_state_name() - "up", "gone", ... */
const char *nax_state_name(enum nax_adapter_state state);

/**
 * nax_adapter_attach() - DETACHED -> ATTACHED: ids and bar_size are set; call attach(), check caps
 * @a: adapter in state DETACHED
 * @drv: driver that knows its ids
 * @err: why not
 *
 * Enables memory decoding and bus mastering. Return: 0, or -errno with @err naming the cause.
 */
int nax_adapter_attach(struct nax_adapter *a, const struct nax_driver *drv, struct nax_error *err);

/** nax_adapter_detach() - any state -> DETACHED. */
void nax_adapter_detach(struct nax_adapter *a);

/** nax_config_default() - one queue pair, default rings, MTU 1500, all offloads, pause on. */
void nax_config_default(const struct nax_adapter *a, struct nax_config *c);

/** nax_config_check() - refuse what is outside of the limits, naming field, limit and value. */
int nax_config_check(const struct nax_adapter *a, const struct nax_config *c,
		     struct nax_error *err);

/** nax_adapter_up() - ATTACHED -> UP: make queues, start, replay state, start queues. */
int nax_adapter_up(struct nax_adapter *a, const struct nax_config *c, struct nax_error *err);

/** nax_adapter_down() - UP, GONE -> ATTACHED (GONE stays GONE): queues are freed. */
void nax_adapter_down(struct nax_adapter *a);

/**
 * nax_adapter_reconfigure() - change any of struct nax_config while UP
 * @a: adapter in state UP
 * @c: whole new configuration
 * @err: what is wrong with it
 *
 * New queues and rings are made before the old ones stop; on failure the old ones go on running.
 */
int nax_adapter_reconfigure(struct nax_adapter *a, const struct nax_config *c,
			    struct nax_error *err);

/**
 * nax_adapter_spare_make() - ring, buffers and all else that a queue needs to be started with
 * @a: adapter, attached
 * @cfg: the configuration in force, or that of the next nax_adapter_up()
 * @rx: for a receive queue
 * @index: its number
 * @spare: set to it; for nax_adapter_queue_restart(), or nax_adapter_spare_free()
 * @err: what there is no memory for
 *
 * The queue itself is not touched. Return: 0 or -ENOMEM.
 */
int nax_adapter_spare_make(struct nax_adapter *a, const struct nax_config *cfg, bool rx, u32 index,
			   struct nax_queue **spare, struct nax_error *err);
void nax_adapter_spare_free(struct nax_adapter *a, struct nax_queue *spare);

/**
 * nax_adapter_queue_restart() - stop and start one queue, if it runs
 * @a: adapter
 * @rx: receive queue
 * @index: its number
 * @spare: what it starts with, NULL: as it is, for what the back end changes
 *
 * Other queues run on. What is in flight on this one is lost, and counted. What it had before
 * @spare is freed.
 * Return: 0; -ENETDOWN: it does not run, or not any more, and @spare is the caller's still.
 */
int nax_adapter_queue_restart(struct nax_adapter *a, bool rx, u32 index, struct nax_queue *spare);

/** nax_adapter_config() - the configuration in force. */
const struct nax_config *nax_adapter_config(const struct nax_adapter *a);

/** nax_adapter_reset() - stop, start and replay at an administrator's wish; statistics stay. */
int nax_adapter_reset(struct nax_adapter *a, const char *why, struct nax_error *err);

/** nax_adapter_suspend() - UP, ATTACHED -> SUSPENDED: device quiet, queues and state kept. */
int nax_adapter_suspend(struct nax_adapter *a);

/**
 * nax_adapter_cut_off() - the same for a device that cannot be reached now, but may be again
 * @a: adapter
 * @why: what is in the way, a bus error for instance
 *
 * No register is touched until nax_adapter_resume(). Return: 0; -ENODEV if the device is gone.
 */
int nax_adapter_cut_off(struct nax_adapter *a, const char *why);

/** nax_adapter_give_up() - the device is gone, whatever it answers. */
void nax_adapter_give_up(struct nax_adapter *a, const char *why);

/**
 * nax_adapter_resume() - SUSPENDED -> UP or ATTACHED, whichever it was
 * @a: adapter
 * @err: why not
 *
 * Also GONE -> UP or ATTACHED, after somebody else has reset a device that had been given up. One
 * that does not answer now is gone, or stays so.
 */
int nax_adapter_resume(struct nax_adapter *a, struct nax_error *err);

/**
 * nax_adapter_set_filter() - replace the receive filter; copied
 * @a: adapter
 * @f: whole new filter
 * @err: what is wrong with it
 * nax_adapter_set_rss() - replace the RSS state; copied
 *
 * Kept in any state after attach() and applied whenever the adapter starts. What does not fit the
 * device's tables becomes ALLMULTI or PROMISC. A default filter (own address, broadcast) and a
 * default RSS state (random key, all queues in turn, all types) exist from the start. An RSS table
 * stays when the number of queues changes, if they are all there; all queues in turn stay that.
 */
int nax_adapter_set_filter(struct nax_adapter *a, const struct nax_filter *f,
			   struct nax_error *err);
int nax_adapter_set_rss(struct nax_adapter *a, const struct nax_rss *rss, struct nax_error *err);
void nax_adapter_get_rss(const struct nax_adapter *a, struct nax_rss *rss);
/** nax_adapter_get_filter() - the filter in force; pointers are valid until it is replaced. */
void nax_adapter_get_filter(const struct nax_adapter *a, struct nax_filter *f);

/**
 * nax_adapter_flow_add() - a receive flow rule, in place of the one at its location; copied
 * @a: adapter
 * @rule: the rule
 * @err: what is wrong with it
 *
 * Kept in any state after attach() until it is removed, and in force while the adapter is up with
 * NAX_OFFLOAD_FLOW active. A configuration without its queue is refused as long as it is there.
 *
 * Return: 0; -EINVAL or -EOPNOTSUPP beyond what caps say, or with another mask than the rules that
 * are there, where the device has one for all; -EEXIST if another rule matches the same packets;
 * -errno if the device does not obey, which starts recovery. Then the rules are as they were.
 */
int nax_adapter_flow_add(struct nax_adapter *a, const struct nax_flow_rule *rule,
			 struct nax_error *err);
/** nax_adapter_flow_remove() - the rule at a location; 0, -ENOENT, or as above. */
int nax_adapter_flow_remove(struct nax_adapter *a, u32 location, struct nax_error *err);
/**
 * nax_adapter_flow_next() - the next rule in the table
 * @a: adapter
 * @location: where to begin
 *
 * Return: the first rule at @location or above, which is valid until rules change; NULL: no more.
 */
const struct nax_flow_rule *nax_adapter_flow_next(const struct nax_adapter *a, u32 location);

/**
 * nax_adapter_service() - the slow path: interrupts of the last vector, link, watchdog, hardware
 * @a: adapter
 * counters, recovery
 *
 * Called after backend->service(), and at least every 100 ms while UP.
 */
void nax_adapter_service(struct nax_adapter *a);

/** nax_adapter_irq() - vector @v fired; any context. Wakes polls or asks for service. */
void nax_adapter_irq(struct nax_adapter *a, u32 v);

/**
 * nax_vector_fired() - count an interrupt
 * @v: vector that has queues
 *
 * For a back end whose polls are the vector's, so that it has no need of nax_adapter_irq(). One
 * writer per vector; a count lost to a second would do no harm.
 */
static inline void nax_vector_fired(struct nax_vector *v)
{
	WRITE_ONCE(v->fired, READ_ONCE(v->fired) + 1);
}

/** nax_adapter_link() - link as last seen. */
void nax_adapter_link(const struct nax_adapter *a, struct nax_link *link);

/** nax_adapter_hw_stats() - 64-bit hardware counters, caps.n_stats of them, fresh. */
void nax_adapter_hw_stats(struct nax_adapter *a, u64 *v);

/** nax_adapter_hw_stat() - the counter that means @id as last read, 0 without one; any context. */
u64 nax_adapter_hw_stat(const struct nax_adapter *a, enum nax_stat_id id);

/** nax_adapter_queue_stats() - counters of a queue; they survive restart, reset and resize. */
int nax_adapter_queue_stats(struct nax_adapter *a, bool rx, u32 index, struct nax_queue_stats *s);

/** nax_adapter_diag() - take a dump now. */
void nax_adapter_diag(struct nax_adapter *a, const char *why, struct nax_diag *d);

/** nax_adapter_fault() - the dump taken before the last recovery step; false if there was none. */
bool nax_adapter_fault(const struct nax_adapter *a, struct nax_diag *d);

/** nax_adapter_recovery() - the last recovery step taken, and how many were. */
enum nax_recovery nax_adapter_recovery(const struct nax_adapter *a, u64 *count);

/** nax_adapter_recoveries() - how often recovery took one step. */
u64 nax_adapter_recoveries(const struct nax_adapter *a, enum nax_recovery step);

/**
 * nax_adapter_nvm_read() - read bytes of NVM; ATTACHED or UP
 * @a: adapter
 * @offset: first byte; the low byte of word N is byte 2 N
 * @len: bytes
 * @data: result
 * @err: why not
 *
 * nax_adapter_nvm_write() - write bytes; the checksum follows. Words that are written in part are
 * read before. A failure may leave some of them written, and says so.
 *
 * Return: 0; -EOPNOTSUPP without NVM; -EINVAL for a range that is not there; -ENODEV, -EBUSY,
 * -ETIMEDOUT, -EIO.
 */
int nax_adapter_nvm_read(struct nax_adapter *a, u32 offset, u32 len, u8 *data,
			 struct nax_error *err);
int nax_adapter_nvm_write(struct nax_adapter *a, u32 offset, u32 len, const u8 *data,
			  struct nax_error *err);

/** nax_adapter_module_read() - read a pluggable module's memory; ATTACHED or UP. 0 or -errno. */
int nax_adapter_module_read(struct nax_adapter *a, const struct nax_module_page *page, u8 *data,
			    struct nax_error *err);

/** nax_adapter_identify() - the port's lamps; ATTACHED or UP. 0 or -errno. */
int nax_adapter_identify(struct nax_adapter *a, enum nax_led led, struct nax_error *err);

/**
 * nax_adapter_selftest() - ATTACHED or UP, which it is afterwards, too
 * @a: adapter
 * @offline: all tests, for which traffic stops; else the link alone
 * @result: by enum nax_selftest: code 0, or why the test failed; tests that were not run have 0
 * @err: why they could not be run
 *
 * Return: 0, whatever the results; -EOPNOTSUPP; -errno of what did not come up again.
 */
int nax_adapter_selftest(struct nax_adapter *a, bool offline, struct nax_error result[NAX_TESTS],
			 struct nax_error *err);

/**
 * nax_adapter_clock_read() - time of the device's clock; ATTACHED or UP
 * @a: adapter
 * @ns: result
 * @err: why not
 *
 * The clock begins at 0 at attach(). It goes on while the adapter is down; over resets and suspend
 * it is carried on by the back end's time_ns(). To be read at least once in NAX_CLOCK_READ_NS.
 *
 * nax_adapter_clock_set() - set it; while polls rest
 * nax_adapter_clock_step() - move it; while polls rest
 * nax_adapter_clock_adjust() - let it go faster by @scaled_ppm, parts per million with 16 bits of
 * fraction
 *
 * Return: 0; -EOPNOTSUPP without a clock; -ENODEV; -EBUSY; -ERANGE beyond caps.ptp_ppb_max.
 */
int nax_adapter_clock_read(struct nax_adapter *a, u64 *ns, struct nax_error *err);
int nax_adapter_clock_set(struct nax_adapter *a, u64 ns, struct nax_error *err);
int nax_adapter_clock_step(struct nax_adapter *a, s64 ns, struct nax_error *err);
int nax_adapter_clock_adjust(struct nax_adapter *a, s64 scaled_ppm, struct nax_error *err);

#define NAX_CLOCK_READ_NS	300000000000ull

/**
 * nax_adapter_set_stamps() - which packets get a time stamp
 * @a: adapter, in any state after attach()
 * @stamps: what is asked for
 * @err: why not
 *
 * Kept, and applied whenever the adapter starts. Received packets that have a time stamp bear
 * NAX_F_RX_TSTAMP, and it is in ring.tstamp. Return: 0; -EOPNOTSUPP without a clock; -ERANGE for
 * packets that the device cannot tell from others; -ENODEV.
 */
int nax_adapter_set_stamps(struct nax_adapter *a, const struct nax_stamps *stamps,
			   struct nax_error *err);
void nax_adapter_get_stamps(const struct nax_adapter *a, struct nax_stamps *stamps);

/**
 * nax_adapter_tx_stamp() - take the time stamp of a sent packet
 * @a: adapter
 * @ns: result
 *
 * One packet with NAX_F_TX_TSTAMP may be under way. Control, or the poll context of a transmit
 * queue, which both may ask: one of them gets it. Return: 0; -EAGAIN: there is none yet;
 * -ENETDOWN: and there will be none.
 */
int nax_adapter_tx_stamp(struct nax_adapter *a, u64 *ns);

/** nax_adapter_stamps_cleared() - time stamps of received packets that nobody came for. */
u64 nax_adapter_stamps_cleared(const struct nax_adapter *a);

/** nax_vector_arm() - no work was found: interrupt when there is. Poll once more after it. */
void nax_vector_arm(struct nax_vector *v);

/** nax_vector_set_itr() - moderate one queue vector, until the next configuration; control. */
void nax_vector_set_itr(struct nax_vector *v, u32 us);

/** nax_error_set() - fill @err (may be NULL) and return @code. */
int nax_error_set(struct nax_error *err, int code, const char *fmt, ...) __printf(3, 4);

#include "batch.h"

#endif /* NAX_CORE_H */
