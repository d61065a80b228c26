/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Adapters, vectors and the table of functions that is a driver.
 *
 * Context of the calls: one at a time per adapter for all but the datapath functions and
 * irq_ack(); they may sleep. tx_post, tx_reap, rx_reap, rx_post and irq_arm run in the poll
 * context of their queue, one at a time per queue; they must not sleep. irq_ack may run in hard
 * interrupt context. No datapath function of a queue runs while its queue_start or queue_stop does.
 * After queue_stop the queue's tx_reap or rx_reap is called once more, for what the device had
 * completed by then: both look at memory alone, and also when the device is gone.
 *
 * Order: attach -> start -> [link_set, set_filter, set_offloads, set_rss, set_itr, flow] ->
 * queue_start and rx_post -> up. Teardown mirrors it: queue_stop -> stop -> detach. After a reset
 * or resume the framework calls start and all that follows it again; a driver keeps no copy of any
 * state.
 */
#ifndef NAX_ADAPTER_H
#define NAX_ADAPTER_H

#include <nax/caps.h>
#include <nax/hal.h>
#include <nax/ptp.h>
#include <nax/queue.h>
#include <nax/report.h>

struct nax_driver;
struct nax_core;

/** enum nax_adapter_state - life of an adapter */
enum nax_adapter_state {
	NAX_STATE_DETACHED,	/* no driver */
	NAX_STATE_ATTACHED,	/* attach() done, capabilities known, nothing moves */
	NAX_STATE_STARTED,	/* start() done and state applied, queues not running */
	NAX_STATE_UP,		/* queues run */
	NAX_STATE_RESETTING,	/* on the way back to UP */
	NAX_STATE_SUSPENDED,	/* stopped for power management, state kept for resume */
	NAX_STATE_GONE,		/* device removed or beyond recovery: no register is touched */
	NAX_STATES
};

/**
 * struct nax_vector - one interrupt vector
 * @adapter: the adapter
 * @index: MSI-X vector number, 0 ..
 * @itr_us: shortest time between two interrupts in microseconds, 0: no limit
 * @rx_queues: bit per receive queue it serves
 * @tx_queues: bit per transmit queue it serves
 * @fired: interrupts of its queues since attach(); the framework's
 *
 * Queue pair i has vector i modulo the number of queue vectors; the last vector has no queues and
 * reports link and faults.
 */
struct nax_vector {
	struct nax_adapter *adapter;
	u16 index;
	u16 itr_us;
	u64 rx_queues[2];	/* bit per receive queue served */
	u64 tx_queues[2];	/* bit per transmit queue served */
	unsigned long fired;
};

#define NAX_QUEUES_MAX 128

/**
 * struct nax_adapter - one device, as a driver sees it. Read only but for @priv's memory.
 * @driver: the driver
 * @priv: driver's own, nax_driver.priv_size bytes, zeroed before attach()
 * @core: the framework's own
 * @bar: mapped registers, NULL if every access goes through the bus or is looked at by the
 *	verifier, and once the device is gone
 * @bar_size: bytes of register space
 * @vendor: PCI vendor id
 * @device: PCI device id
 * @subvendor: PCI subsystem vendor id
 * @subdevice: PCI subsystem id
 * @revision: PCI revision
 * @state: where it is in its life
 * @gone: a register read proved that the device is not there
 * @caps: limits, from attach() on
 * @mac: address in use
 * @mtu: bytes
 * @max_frame: @mtu + Ethernet header, two tags and frame check sequence (26 bytes)
 * @offloads: active NAX_OFFLOAD_*
 * @n_rxq: receive queues in use
 * @n_txq: transmit queues in use
 * @n_vectors: vectors in use; the last is for link and faults
 * @rxq: receive queues
 * @txq: transmit queues
 * @vector: vectors
 */
struct nax_adapter {
	const struct nax_driver *driver;
	void *priv;
	struct nax_core *core;
	volatile u8 *bar;
	u32 bar_size;
	u16 vendor;
	u16 device;
	u16 subvendor;
	u16 subdevice;
	u8 revision;
	bool gone;
	enum nax_adapter_state state;
	struct nax_caps caps;
	u8 mac[6];
	u32 mtu;
	u32 max_frame;
	u64 offloads;
	u16 n_rxq;
	u16 n_txq;
	u16 n_vectors;
	struct nax_queue **rxq;
	struct nax_queue **txq;
	struct nax_vector *vector;
};

/* Causes, returned by irq_ack(). */
#define NAX_IRQ_QUEUES	(1u << 0)	/* some queue of the vector has work */
#define NAX_IRQ_LINK	(1u << 1)	/* link may have changed: link_get() will be called */
#define NAX_IRQ_MAILBOX	(1u << 2)
#define NAX_IRQ_FAULT	(1u << 3)	/* the device asks for a reset (ECC, DMA error) */
#define NAX_IRQ_OTHER	(1u << 4)

/**
 * struct nax_nvm_ops - the device's NVM, nax_caps.nvm_words of 16 bits
 * @read: read words [@word, @word + @n)
 * @write: write them, and make the checksum right again; it has read back what it wrote
 * @check: whether the checksum is right
 *
 * Called from attach() to detach() with a range that is there, at most NAX_NVM_CHUNK words at a
 * time: the NVM is shared with others, who wait. They return 0, or -errno after nax_fail().
 */
struct nax_nvm_ops {
	int (*read)(struct nax_adapter *a, u32 word, u32 n, u16 *data);
	int (*write)(struct nax_adapter *a, u32 word, u32 n, const u16 *data);
	int (*check)(struct nax_adapter *a);
};

#define NAX_NVM_CHUNK	64u

/**
 * struct nax_selftest_ops - the driver's part of a self-test
 * @registers: registers keep what is written to them. Any value may be left in them: start()
 *	follows. Return: 0, or -errno after nax_fail()
 * @irq_raise: let the vector fire, as its causes would
 * @loopback: frames sent come back through the MAC, whatever the link; until the next start().
 *	Between start() and queue_start(). Return: 0, or -errno after nax_fail()
 */
struct nax_selftest_ops {
	int (*registers)(struct nax_adapter *a);
	void (*irq_raise)(struct nax_vector *v);
	int (*loopback)(struct nax_adapter *a);
};

/**
 * struct nax_flow_ops - receive flow rules, where NAX_OFFLOAD_FLOW is active
 * @add: from now on packets that @rule matches go where it says
 * @remove: no longer; it was added before
 *
 * start() leaves a table without rules. Rules come between start() and queue_start(), and one by
 * one while packets are received; each keeps to what nax_caps says of flow rules, none has the
 * location of another or matches what another does. With nax_caps.flow_one_mask another mask comes
 * only when the last rule that had the old one is removed. NAX_OFFLOAD_FLOW itself changes from
 * stop() to start() alone, so there may be memory set aside for it.
 *
 * They return 0, or -errno after nax_fail(): the device does not obey, and is reset.
 */
struct nax_flow_ops {
	int (*add)(struct nax_adapter *a, const struct nax_flow_rule *rule);
	int (*remove)(struct nax_adapter *a, const struct nax_flow_rule *rule);
};

/**
 * struct nax_driver_ops - what a driver does
 *
 * @attach: registers are mapped, DMA need not work yet. The device is in any state, perhaps with
 *	queues that another driver left on: reset it, read its MAC address, fill the capabilities.
 *	May fail; the reason goes to nax_fail()
 * @detach: after attach() succeeded; forget the device
 * @start: bring the hardware from any state to one where queues can start; used alike for open,
 *	resume and reset. May fail
 * @stop: leave the device without DMA and interrupts. With @gone no register may be touched
 * @queue_start: program and enable the queue and set nax_queue.doorbell; memory exists, indices
 *	and descriptors are zero. Cannot fail: a queue that does not start is reported by nax_hung()
 * @queue_stop: no DMA for the queue after return; the framework takes the slots back
 * @tx_post: write [ring.next, ring.end) to descriptors as far as nax_tx_room() allows
 * @tx_reap: find completion reports
 * @rx_reap: find received packets, at most @budget
 * @rx_post: write [ring.next, nax_rx_post_end()) to descriptors
 * @irq_arm: let the vector interrupt once more
 * @irq_ack: read and clear the causes of the vector, masking it; returns NAX_IRQ_*
 * @set_filter: apply the whole state
 *
 * Optional, NULL where the device has nothing to do:
 * @up: all queues run: open the gates for traffic
 * @set_offloads: nax_adapter.offloads has changed; called between start() and queue_start(), and
 *	at run time with the polls of the adapter at rest
 * @set_rss: apply the whole state; required with NAX_OFFLOAD_RSS
 * @link_get: read the link. Called on NAX_IRQ_LINK and about once a second
 * @link_set: apply the whole state; may fail for modes the media lacks
 * @stats: add to @v what each counter of nax_caps.stats counted since the last call
 * @set_itr: nax_vector.itr_us has changed
 * @set_mtu: nax_adapter.max_frame has changed while the adapter is up. NULL: the framework resets
 *	the adapter instead
 * @diag: record registers and descriptors by nax_diag_add(), in bounded time. The device may be
 *	in any state
 * @module_read: read a pluggable module's memory; from attach() to detach(). Return: 0, or -errno
 *	after nax_fail(): -ENXIO without a module, -EINVAL for a page it has not
 * @identify: let the port's lamps say which port it is; from attach() to detach()
 * @nvm: NVM
 * @selftest: self-test
 * @ptp: clock and time stamps
 * @flow: receive flow rules; required with NAX_OFFLOAD_FLOW
 */
struct nax_driver_ops {
	int (*attach)(struct nax_adapter *a, struct nax_caps *caps);
	void (*detach)(struct nax_adapter *a);
	int (*start)(struct nax_adapter *a);
	void (*stop)(struct nax_adapter *a, bool gone);
	void (*queue_start)(struct nax_queue *q);
	void (*queue_stop)(struct nax_queue *q);
	void (*tx_post)(struct nax_queue *q);
	void (*tx_reap)(struct nax_queue *q);
	void (*rx_reap)(struct nax_queue *q, u32 budget);
	void (*rx_post)(struct nax_queue *q);
	void (*irq_arm)(struct nax_vector *v);
	u32 (*irq_ack)(struct nax_adapter *a, u32 vector);
	void (*set_filter)(struct nax_adapter *a, const struct nax_filter *f);

	void (*up)(struct nax_adapter *a);
	void (*set_offloads)(struct nax_adapter *a, u64 active);
	void (*set_rss)(struct nax_adapter *a, const struct nax_rss *rss);
	void (*link_get)(struct nax_adapter *a, struct nax_link *link);
	int (*link_set)(struct nax_adapter *a, const struct nax_link_settings *set);
	void (*stats)(struct nax_adapter *a, u64 *v);
	void (*set_itr)(struct nax_vector *v);
	int (*set_mtu)(struct nax_adapter *a);
	void (*diag)(struct nax_adapter *a, struct nax_diag *d);
	int (*module_read)(struct nax_adapter *a, const struct nax_module_page *page, u8 *data);
	void (*identify)(struct nax_adapter *a, enum nax_led led);
	const struct nax_nvm_ops *nvm;
	const struct nax_selftest_ops *selftest;
	const struct nax_ptp_ops *ptp;
	const struct nax_flow_ops *flow;
};

/**
 * struct nax_pci_id - a device that a driver knows
 * @vendor: PCI vendor id
 * @device: PCI device id; the table ends with 0
 * @name: for people
 */
struct nax_pci_id {
	u16 vendor;
	u16 device;
	const char *name;
};

/**
 * struct nax_driver - a driver
 * @name: short name
 * @ids: devices, ended by an entry of zeroes
 * @ops: functions
 * @bar_size_min: bytes of BAR 0 that the driver touches
 * @alive_reg: a register that never reads all-ones while the device is there
 * @priv_size: bytes of nax_adapter.priv
 * @queue_priv_size: bytes of nax_queue.priv
 */
struct nax_driver {
	const char *name;
	const struct nax_pci_id *ids;
	const struct nax_driver_ops *ops;
	u32 bar_size_min;
	u32 alive_reg;
	u32 priv_size;
	u32 queue_priv_size;
};

/* Register accesses through the bus; drivers use nax_reg_read() and nax_reg_write(). */
u32 nax_reg_read_slow(struct nax_adapter *a, u32 reg);
void nax_reg_write_slow(struct nax_adapter *a, u32 reg, u32 value);

/**
 * nax_reg_read() - read a 32-bit register
 * @a: adapter
 * @reg: byte offset in BAR 0, a multiple of 4
 *
 * An answer of all-ones is checked against nax_driver.alive_reg; if that reads all-ones too, the
 * device is gone: nax_adapter.gone is set and no register is touched from then on.
 *
 * Any context. Return: the value; all-ones once the device is gone.
 */
static inline u32 nax_reg_read(struct nax_adapter *a, u32 reg)
{
	return nax_reg_read_slow(a, reg);
}

/** nax_reg_write() - write a 32-bit register; nothing happens once the device is gone. */
static inline void nax_reg_write(struct nax_adapter *a, u32 reg, u32 value)
{
	volatile u8 *bar = READ_ONCE(a->bar);

	if (likely(bar))
		nax_mmio_write(bar + reg, value);
	else
		nax_reg_write_slow(a, reg, value);
}

/**
 * nax_reg_wait() - wait until (register & @mask) == @value
 * @a: adapter
 * @reg: byte offset
 * @mask: bits to look at
 * @value: what they shall be
 * @step_us: pause between two reads, 1 .. 20000
 * @limit_us: give up after this long
 *
 * May sleep. Return: 0; -ETIMEDOUT; -ENODEV if the device is gone.
 */
int nax_reg_wait(struct nax_adapter *a, u32 reg, u32 mask, u32 value, u32 step_us, u32 limit_us);

/** nax_delay_us() - wait; may sleep, so never in datapath functions. */
void nax_delay_us(struct nax_adapter *a, u32 us);

/** nax_time_ns() - monotonic time; any context. */
u64 nax_time_ns(struct nax_adapter *a);

/** nax_config_read() - read @size 1, 2 or 4 bytes of PCI configuration space; may sleep. */
u32 nax_config_read(struct nax_adapter *a, u32 offset, u32 size);
/** nax_config_write() - write them; may sleep. */
void nax_config_write(struct nax_adapter *a, u32 offset, u32 size, u32 value);

/** enum nax_log_level - as syslog orders them */
enum nax_log_level {
	NAX_LOG_ERR,
	NAX_LOG_WARN,
	NAX_LOG_INFO,
	NAX_LOG_DEBUG,
};

/** nax_log() - a message for people, one line without newline; never per packet */
void nax_log(struct nax_adapter *a, enum nax_log_level level, const char *fmt, ...) __printf(3, 4);

#define nax_err(a, ...) nax_log(a, NAX_LOG_ERR, __VA_ARGS__)
#define nax_warn(a, ...) nax_log(a, NAX_LOG_WARN, __VA_ARGS__)
#define nax_info(a, ...) nax_log(a, NAX_LOG_INFO, __VA_ARGS__)
#define nax_dbg(a, ...) nax_log(a, NAX_LOG_DEBUG, __VA_ARGS__)

/**
 * nax_fail() - record why an operation fails
 * @a: adapter
 * @code: negative errno
 * @fmt: reason: which register or field, what it should be, what it is
 *
 * For all functions of a driver that may fail. The first reason of an operation is kept: it is
 * the cause, later ones follow from it. Return: @code.
 */
int nax_fail(struct nax_adapter *a, int code, const char *fmt, ...) __printf(3, 4);

/**
 * nax_hung() - the driver found a queue that does not obey; q NULL: the whole device
 * @a: adapter
 * @q: queue, NULL: the whole device
 * @why: what it did not do, for people; copied
 *
 * Starts recovery: queue restart, adapter reset, function-level reset, gone. Any context.
 */
void nax_hung(struct nax_adapter *a, struct nax_queue *q, const char *why);

/** nax_link_changed() - the link may have changed; link_get() follows. Any context. */
void nax_link_changed(struct nax_adapter *a);

/** nax_diag_add() - add a word to a dump; what does not fit is counted in d->lost. */
void nax_diag_add(struct nax_diag *d, const char *name, u32 offset, u64 value);

/*
 * NAX_DRIVER() - make a struct nax_driver known; once per driver, at the end of its main.c.
 * In user space libnax finds it at load time; the kernel back end makes a PCI driver of it.
 */
#ifdef __KERNEL__
extern const struct nax_driver *const nax_module_driver;
#define NAX_DRIVER(drv) const struct nax_driver *const nax_module_driver = &(drv)
#else
void nax_driver_register(const struct nax_driver *drv);
void nax_vector_register(const struct nax_vector_path *v);
#define NAX_DRIVER(drv) \
	static void __attribute__((constructor)) nax_register_##drv(void) \
	{ \
		nax_driver_register(&(drv)); \
	} \
	_Static_assert(1, "")
#endif

#endif /* NAX_ADAPTER_H */
