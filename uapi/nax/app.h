/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * libnax for applications: drive a NIC from user space by its packet rings, without copying.
 *
 *	nax_port_open("vfio-user:/run/nic.sock", 0, &port, &err);
 *	nax_port_defaults(port, &config);
 *	nax_port_start(port, &config, &err);
 *	poll = nax_poll_create(NULL, &err);
 *	nax_poll_add(poll, port, 0, 0, &err);
 *	nax_poll_run(poll, handler, state);
 *	..
 *	nax_poll_destroy(poll);
 *	nax_port_close(port);
 *
 * Until nax_port_set_filter() the own address and broadcast are received, no multicast.
 *
 * The handler is called once per poll iteration. In it, and only there, rings may be touched:
 * receive rings are read and released, transmit rings are filled and submitted. Pointers into rings
 * must not be kept from one call to the next: a resize or reset in between moves them.
 *
 * All functions returning int give 0 (or a count where said) or a negative errno, and then fill
 * @err, which may be NULL.
 *
 * Threads: control functions may be called from any thread but not from a handler, which gets
 * -EDEADLK, or zeroes and a line in the log where nothing can say so. They are nax_poll_add(),
 * nax_poll_remove(), nax_poll_destroy(), and all of nax_port_* but nax_port_caps(),
 * nax_port_event_fd() and nax_port_event_next(), which may be called anywhere, and the two that
 * give rings, which are for handlers alone. A poll context belongs to the one thread that runs it;
 * nax_poll_stop() may be called from anywhere, signal handlers included.
 */
#ifndef NAX_APP_H
#define NAX_APP_H

#include <nax/caps.h>
#include <nax/report.h>
#include <nax/ring.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nax_port;
struct nax_poll;

/** enum nax_port_event_type - what an application may want to know */
enum nax_port_event_type {
	NAX_PORT_LINK = 1,	/* link went up or down */
	NAX_PORT_RESTART,	/* a queue was restarted after a fault */
	NAX_PORT_RESET,		/* the adapter was reset after a fault */
	NAX_PORT_GONE,		/* the device is gone; only close, statistics and fault remain */
	NAX_PORT_VERIFY,	/* the verifier stopped a queue */
};

struct nax_port_event {
	enum nax_port_event_type type;
	u64 when_ns;
	char text[NAX_ERROR_TEXT];
};

/**
 * struct nax_port_config - how a port shall run
 * @rx_queues: receive queues, 1 .. caps->rxq_max
 * @tx_queues: transmit queues, 1 .. caps->txq_max
 * @rx_ring: slots per receive ring, a power of two within caps->ring_min .. ring_max
 * @tx_ring: slots per transmit ring
 * @mtu: bytes, within caps->mtu_min .. mtu_max
 * @rx_buf_len: 0: chosen by the framework
 * @offloads: mask of NAX_OFFLOAD_* that may be active; what is not is done in software. The
 *	defaults are without NAX_OFFLOAD_ASKED
 * @itr_us: shortest time between two interrupts of a queue, 0: no limit
 * @mac: address to use; zero: the permanent one
 * @link: link settings
 */
struct nax_port_config {
	u16 rx_queues;
	u16 tx_queues;
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
 * struct nax_port_info - a port as it is
 * @name: as it was opened
 * @driver: name of the driver
 * @model: name of the device
 * @vendor: PCI vendor id
 * @device: PCI device id
 * @subvendor: PCI subsystem vendor id
 * @subdevice: PCI subsystem id
 * @revision: PCI revision
 * @state: "attached", "up", "resetting", "gone", ...
 * @mac: address in use
 * @offloads: active NAX_OFFLOAD_*
 * @config: configuration in force
 * @vector: instruction set of the datapath: "avx2", ..; "none": without vectors
 * @verify_level: verifier level
 * @verify_checks: rules checked
 * @verify_failures: rules broken
 * @verify_text: the first broken rule
 * @recoveries: recovery steps taken
 */
struct nax_port_info {
	char name[128];
	char driver[16];
	char model[48];
	u16 vendor;
	u16 device;
	u16 subvendor;
	u16 subdevice;
	u8 revision;
	char state[16];
	u8 mac[6];
	u64 offloads;
	struct nax_port_config config;
	char vector[16];
	unsigned int verify_level;
	u64 verify_checks;
	u64 verify_failures;
	char verify_text[NAX_ERROR_TEXT];
	u64 recoveries;
};

/**
 * nax_port_open() - open a device by name: "vfio-user:PATH"
 * @name: which device, up to 127 bytes
 * @verify: verifier level 0 .. 2
 * @port: set to the port; the caller closes it. NULL on failure
 * @err: why not
 *
 * Attaches the driver that knows the device; it is reset, and has no queues yet. A vfio-user server
 * has 5 s for each answer, or as many milliseconds, 1 .. 60000, as NAX_VFIO_USER_TIMEOUT_MS in
 * the environment says. NAX_VECTOR in the environment says which instruction set the datapath shall
 * use, "none" for no vectors; else the best one that the CPU has is taken.
 *
 * Return: 0; -ENOTSUP if no driver knows the device, -ETIMEDOUT or -ENODEV if nobody answers,
 * -EPROTO if the answers are none, or another -errno.
 */
int nax_port_open(const char *name, unsigned int verify, struct nax_port **port,
		  struct nax_error *err);

/**
 * nax_driver_for() - which of the drivers in this library knows a PCI device
 * @vendor: its ids
 * @device: ..
 *
 * The same driver in the kernel is module nax_<name>.
 *
 * Return: the driver's name, NULL if none.
 */
const char *nax_driver_for(u16 vendor, u16 device);

/** nax_port_close() - stop if need be, and release everything; not while a poll context has it */
void nax_port_close(struct nax_port *port);

const struct nax_caps *nax_port_caps(const struct nax_port *port);
void nax_port_defaults(const struct nax_port *port, struct nax_port_config *config);
void nax_port_info(struct nax_port *port, struct nax_port_info *info);

/** nax_port_start() - make queues and let traffic flow. */
int nax_port_start(struct nax_port *port, const struct nax_port_config *config,
		   struct nax_error *err);
/** nax_port_stop() - undo it; queues must have been removed from their poll contexts. */
int nax_port_stop(struct nax_port *port, struct nax_error *err);
/**
 * nax_port_reconfigure() - change a running port; on failure it goes on as it was
 * @port: running port
 * @config: whole new configuration
 * @err: what is wrong with it
 *
 * The number of queues can only change while none is in a poll context.
 */
int nax_port_reconfigure(struct nax_port *port, const struct nax_port_config *config,
			 struct nax_error *err);
/** nax_port_reset() - reset the device and restore its whole state. */
int nax_port_reset(struct nax_port *port, struct nax_error *err);

int nax_port_set_filter(struct nax_port *port, const struct nax_filter *filter,
			struct nax_error *err);
int nax_port_set_rss(struct nax_port *port, const struct nax_rss *rss, struct nax_error *err);
void nax_port_get_rss(struct nax_port *port, struct nax_rss *rss);

/**
 * nax_port_flow_add() - a receive flow rule, in place of the one at its location
 * @port: port
 * @rule: the rule; within what caps->flow_* allow
 * @err: why not
 * nax_port_flow_remove() - the rule at a location
 * nax_port_flow_next() - copy the first rule at @location or above; false: there is none
 *
 * Rules stay until they are removed, and are in force while the port is up with NAX_OFFLOAD_FLOW,
 * which nax_port_config.offloads must ask for. A rule that is refused changes nothing.
 */
int nax_port_flow_add(struct nax_port *port, const struct nax_flow_rule *rule,
		      struct nax_error *err);
int nax_port_flow_remove(struct nax_port *port, u32 location, struct nax_error *err);
bool nax_port_flow_next(struct nax_port *port, u32 location, struct nax_flow_rule *rule);

void nax_port_link(struct nax_port *port, struct nax_link *link);
int nax_port_queue_stats(struct nax_port *port, bool rx, unsigned int queue,
			 struct nax_queue_stats *stats);
/** nax_port_hw_stats() - caps->n_stats hardware counters in the order of caps->stats. */
void nax_port_hw_stats(struct nax_port *port, u64 *values);
/** nax_port_diag() - dump registers and descriptors now. */
void nax_port_diag(struct nax_port *port, struct nax_diag *diag);

/**
 * nax_port_nvm_read() - read bytes of the device's NVM, 2 * caps->nvm_words of them
 * @port: port
 * @offset: first byte
 * @len: bytes
 * @data: result
 * @err: why not
 *
 * nax_port_nvm_write() - write them; the checksum follows
 * nax_port_module_read() - read a pluggable module's memory
 * nax_port_identify() - switch the port's lamps
 */
int nax_port_nvm_read(struct nax_port *port, u32 offset, u32 len, u8 *data, struct nax_error *err);
int nax_port_nvm_write(struct nax_port *port, u32 offset, u32 len, const u8 *data,
		       struct nax_error *err);
int nax_port_module_read(struct nax_port *port, const struct nax_module_page *page, u8 *data,
			 struct nax_error *err);
int nax_port_identify(struct nax_port *port, enum nax_led led, struct nax_error *err);
/**
 * nax_port_selftest() - let the device test itself
 * @port: port
 * @offline: all tests, for which traffic stops; else the link alone
 * @result: by enum nax_selftest; code 0: passed, or not run
 * @err: why they could not be run
 *
 * Return: 0, whatever the results; -errno.
 */
int nax_port_selftest(struct nax_port *port, bool offline, struct nax_error result[NAX_TESTS],
		      struct nax_error *err);

/** nax_port_fault() - the dump taken before the last recovery; false if there was none. */
bool nax_port_fault(struct nax_port *port, struct nax_diag *diag);

/**
 * typedef nax_answer_fn - where an answer goes
 * @arg: as given to nax_port_answer()
 * @message: one netlink message
 * @len: its bytes
 *
 * Return: 0, or -errno to end the answer.
 */
typedef int (*nax_answer_fn)(void *arg, const void *message, size_t len);

/**
 * nax_port_answer() - answer a request of the generic netlink family nax about a port
 * @port: port
 * @request: netlink message as uapi/nax.yaml and <nax/netlink.h> say, with nlmsg_type NAX_SOCKET_TYPE
 * @len: its bytes
 * @send: called with each message of the answer
 * @arg: passed to it
 *
 * Errors of the request are answered with NLMSG_ERROR and a text. Return: 0, -EBADMSG if @request is no
 * netlink message, or what @send returned.
 */
int nax_port_answer(struct nax_port *port, const void *request, size_t len, nax_answer_fn send,
		    void *arg);

/**
 * nax_port_serve() - let other programs, such as nax show, ask about a port until it is closed
 * @port: port
 * @netdev: Linux network device that the application connects it to; another name for it. May be NULL
 * @err: why not
 *
 * Makes a SOCK_SEQPACKET socket PID.sock, for all ports served by this process, which takes the
 * requests of nax_port_answer() from the same user and from root. It lies in $NAX_RUNTIME_DIR; without
 * that in /run/nax for root, else in $XDG_RUNTIME_DIR/nax.
 */
int nax_port_serve(struct nax_port *port, const char *netdev, struct nax_error *err);

/** nax_port_event_fd() - readable while nax_port_event_next() has something; the port's own. */
int nax_port_event_fd(const struct nax_port *port);
/** nax_port_event_next() - take the oldest event; false if there is none. */
bool nax_port_event_next(struct nax_port *port, struct nax_port_event *event);

/**
 * nax_log_set() - where messages go, by default standard error from level 1 (warnings) up
 * @fn: called with one line of text and the port it is about (may be NULL), one call at a time,
 *	from any thread; must not call libnax. NULL: standard error
 * @arg: passed to @fn
 * @max_level: 0 errors, 1 warnings, 2 information, 3 debugging
 */
void nax_log_set(void (*fn)(void *arg, int level, const char *port, const char *text), void *arg,
		 int max_level);

/*
 * Memory. Every port of a process shares one mapping, so that a buffer can pass from one to
 * another: nax_slot_forward(). A slot's first half names a buffer.
 *
 * Each slot of a ring has a buffer at all times. To send, call nax_buf_home() for a free slot,
 * write to nax_slot_data(), and set what the slot says of the packet. nax_buf_alloc() is for slots
 * of the application's own: on one of a ring it would lose the buffer that is there.
 */

/** nax_mem_origin - CPU address that corresponds to bus address 0. */
extern char *nax_mem_origin;

/** nax_slot_data() - CPU address of the first byte in a slot. */
static inline void *nax_slot_data(const struct nax_slot *slot)
{
	return nax_mem_origin + slot->dma;
}

/* Half of a slot as a whole: it moves in one piece, and who reads it so soon after need not wait. */
typedef u32 nax_slot_half __attribute__((vector_size(16), may_alias));

/**
 * nax_slot_forward() - send what was received
 * @from: received slot; gets the buffer of the other one
 * @to: free transmit slot; gets the packet's buffer, its length and its tag
 * @keep: which of its flags, of those up to NAX_F_VLAN, which mean the same both ways
 *
 * Of a packet of several slots, the last one has the flags, and the first one needs them.
 */
static inline void nax_slot_forward(struct nax_slot *from, struct nax_slot *to, u32 keep)
{
	nax_slot_half *f = (nax_slot_half *)from, *t = (nax_slot_half *)to;
	const nax_slot_half stays = { keep, 0, ~0u, 0 };
	const nax_slot_half buffer = t[0];

	t[0] = f[0];
	t[1] = f[1] & stays;
	f[0] = buffer;
}

#define NAX_BUF_SIZE		2112u	/* stride: 2048 + 64, so that cache sets differ */
#define NAX_BUF_HEADROOM	64u	/* bytes before a fresh slot's first byte */
#define NAX_BUF_DATA		2048u	/* bytes from there to the end of the buffer */

/** nax_buf_alloc() - a buffer from the pool for @slot; the caller's until given away. -ENOMEM. */
int nax_buf_alloc(struct nax_slot *slot);
/** nax_buf_free() - back to the pool. */
void nax_buf_free(struct nax_slot *slot);
/** nax_buf_home() - let a slot begin again NAX_BUF_HEADROOM after its buffer's first byte. */
void nax_buf_home(struct nax_slot *slot);

/*
 * Rings, within a handler. A queue that does not run at the moment, or that this context does not
 * serve, has an empty ring: nothing was received, nothing is free. It is never NULL.
 */

/** nax_port_rx_ring() - receive ring @queue; slots from nax_ring_first_held() on are packets. */
struct nax_ring *nax_port_rx_ring(struct nax_port *port, unsigned int queue);

/**
 * nax_rx_packet() - look at a received packet
 * @ring: receive ring
 * @index: free-running index of its first slot
 *
 * Return: its slots, >= 1; 0 if there is none. flags, hash, vlan_tci are in its last slot. With
 * NAX_F_RX_ERROR the content means nothing: release it.
 */
static inline u32 nax_rx_packet(const struct nax_ring *ring, u32 index)
{
	u32 n = 0;

	while (index != ring->begin) {
		n++;
		if (nax_ring_slot(ring, index++)->flags & NAX_F_EOP)
			return n;
	}
	return 0;
}

/** nax_rx_release() - give the @n oldest received slots back. */
static inline void nax_rx_release(struct nax_ring *ring, u32 n)
{
	ring->end += n;
}

/** nax_port_tx_ring() - transmit ring @queue; nax_ring_free() slots from ring->end on are free. */
struct nax_ring *nax_port_tx_ring(struct nax_port *port, unsigned int queue);
/**
 * nax_tx_seed() - ready the checksum fields of a packet for NAX_F_TX_IPCSUM and NAX_F_TX_L4CSUM
 * @ring: transmit ring
 * @index: free-running index of the packet's first slot; all are filled, the last has NAX_F_EOP
 *
 * Hardware adds to what stands in these fields, see <nax/offload.h>. An application that writes the
 * seeds itself, or gets them from Linux, does not need this.
 *
 * Return: 0; -EINVAL if the headers are not what flags and lengths say, and nothing is changed.
 */
int nax_tx_seed(const struct nax_ring *ring, u32 index);

/**
 * nax_tx_submit() - @n slots from ring->end on hold whole packets: send them
 * @ring: transmit ring
 * @n: slots filled, at most nax_ring_free()
 *
 * They are looked at, and the device is told, at the end of the handler. Fill dma, len,
 * flags, and what the flags ask for; the last slot of each packet bears NAX_F_EOP. Checksums,
 * segmentation and a tag may be asked for, whatever the device can do. Time stamps are the kernel's
 * alone so far: nobody can fetch that of NAX_F_TX_TSTAMP, and ring->tstamp is not filled.
 */
static inline void nax_tx_submit(struct nax_ring *ring, u32 n)
{
	ring->end += n;
}

/**
 * struct nax_poll_config - a poll context
 * @spin: never sleep; else sleep when nothing is left to do
 * @cpu: pin the thread of nax_poll_start() to this CPU, -1: do not; 0, which a struct of zeroes has,
 *	is a CPU
 * @budget: packets per queue and iteration, 0: 64
 * @on_work: call the handler only when something was received or completed, and when a sleep has
 *	ended; a handler that transmits of its own accord must be called always
 * @prefetch: the handler looks into packets: while descriptors are read the first bytes of as many
 *	packets as came last time are on their way to the cache
 */
struct nax_poll_config {
	bool spin;
	int cpu;
	u32 budget;
	bool on_work;
	bool prefetch;
};

/**
 * typedef nax_poll_fn - an application's handler, called once per iteration, but see
 *	nax_poll_config.on_work
 * @poll: the context
 * @arg: as given to nax_poll_run()
 *
 * Return: how much it did, 0: nothing, so the context may sleep.
 */
typedef u32 (*nax_poll_fn)(struct nax_poll *poll, void *arg);

/** nax_poll_create() - @config NULL: sleeping, not pinned. NULL with @err set on failure. */
struct nax_poll *nax_poll_create(const struct nax_poll_config *config, struct nax_error *err);
/** nax_poll_destroy() - removes all its queues. */
void nax_poll_destroy(struct nax_poll *poll);
/** nax_poll_add() - serve receive queue @rxq and transmit queue @txq of @port, -1: none. */
int nax_poll_add(struct nax_poll *poll, struct nax_port *port, int rxq, int txq,
		 struct nax_error *err);
/**
 * nax_poll_remove() - serve no queue of @port any more
 * @poll: poll context
 * @port: port
 *
 * A handler that is called later finds its rings empty. It must not use @port once that is closed.
 */
void nax_poll_remove(struct nax_poll *poll, struct nax_port *port);
/** nax_poll_add_fd() - also wake when @fd is readable (level triggered). */
int nax_poll_add_fd(struct nax_poll *poll, int fd, struct nax_error *err);
/** nax_poll_want_fd() - whether a readable @fd wakes; off while its data cannot be taken. */
void nax_poll_want_fd(struct nax_poll *poll, int fd, bool want);

/**
 * nax_poll_once() - one iteration, never sleeps
 * @poll: poll context
 * @fn: handler
 * @arg: passed to it
 *
 * Return: work done by device and handler; 0 without a call of the handler while a control function
 * of another thread holds the context.
 */
u32 nax_poll_once(struct nax_poll *poll, nax_poll_fn fn, void *arg);
/** nax_poll_run() - iterate, and sleep when idle, until nax_poll_stop(). */
void nax_poll_run(struct nax_poll *poll, nax_poll_fn fn, void *arg);
/** nax_poll_start() - nax_poll_run() in a thread of its own. */
int nax_poll_start(struct nax_poll *poll, nax_poll_fn fn, void *arg, struct nax_error *err);
/** nax_poll_stop() - end nax_poll_run(), also one that is yet to begin; async-signal-safe. */
void nax_poll_stop(struct nax_poll *poll);
/** nax_poll_join() - wait for the thread of nax_poll_start(). */
void nax_poll_join(struct nax_poll *poll);
/** nax_poll_wake() - end a sleep early, for one iteration; any thread. */
void nax_poll_wake(struct nax_poll *poll);

#ifdef __cplusplus
}
#endif

#endif /* NAX_APP_H */
