/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel back end: one struct nax_device per PCI function, which ties the core's adapter to a
 * net_device.
 *
 * Locks, from the outside in:
 *  - the PCI function's device lock: probe, remove, suspend, error handlers; the PCI core takes it
 *  - the devlink instance's lock: operations of devlink.c
 *  - rtnl: operations of the network, and power.c, which detaches and attaches the net_device
 *  - the net_device's own lock, since Linux 6.15: the same operations, those of ethtool since 7.2
 *    with it alone
 *  - nax_device.control: every nax_adapter_*() call; taken by those. Who comes from elsewhere, the
 *    service above all, which reports to devlink after it, takes both by nax_control_lock()
 *  - the kernel's lock of a transmit queue: the poll context of that queue, see tx.c
 * A receive queue's poll context is its NAPI instance.
 */
#ifndef NAX_LINUX_H
#define NAX_LINUX_H

#include <linux/bpf.h>
#include <linux/dim.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/workqueue.h>
#include <net/devlink.h>
#include <net/xdp.h>

#include "compat/compat.h"
#include "core.h"
#include "counts.h"

#define NAX_QUEUE_PAIRS_DEFAULT	16u
/* One for a pair of queues, and the last, which asks for service. */
#define NAX_VECTORS_MIN		2u

/*
 * A receive buffer is a page: room for XDP before the frame, the frame, and what build_skb() needs
 * behind it.
 */
#define NAX_RX_HEADROOM		XDP_PACKET_HEADROOM
/* What nax_adapter.max_frame has beyond the MTU: header, two tags, frame check sequence. */
#define NAX_FRAME_MORE		(ETH_HLEN + 2 * VLAN_HLEN + ETH_FCS_LEN)
#define NAX_RX_ROOM		(SKB_WITH_OVERHEAD(PAGE_SIZE) - NAX_RX_HEADROOM)
/*
 * Or half of one, if no frame is longer than of the usual MTU, and no program looks at them: half
 * the memory, and half the times that a page goes back to the pool, which takes a lock where it is
 * a socket's reader who gives it. Room before the frame is what is left then, in cache lines:
 *
 *	0              192                        1728              2048
 *	| headroom     | 1536 for a frame of 1526 | skb_shared_info |
 */
#define NAX_RX_HALF_FRAME	(ETH_DATA_LEN + NAX_FRAME_MORE)
#define NAX_RX_HALF_HEADROOM	round_down(SKB_WITH_OVERHEAD(SZ_2K) - NAX_RX_HALF_FRAME, 64)
#define NAX_RX_HALF_ROOM	(SKB_WITH_OVERHEAD(SZ_2K) - NAX_RX_HALF_HEADROOM)
#define NAX_RX_HALF_FITS	(IS_ENABLED(CONFIG_64BIT) && PAGE_SIZE == SZ_4K && \
				 SKB_WITH_OVERHEAD(SZ_2K) >= NAX_RX_HALF_FRAME + NET_SKB_PAD)
/* With LRO it is pages that lie side by side, since a device joins frames in one buffer. */
#define NAX_LRO_SIZE		max_t(size_t, PAGE_SIZE, SZ_16K)
#define NAX_LRO_ROOM		(SKB_WITH_OVERHEAD(NAX_LRO_SIZE) - NAX_RX_HEADROOM)

/* What XDP sends at once: all that a poll finds, as a rule. */
#define NAX_XDP_BULK		64u

/**
 * struct nax_xdp_out - a received frame that is sent back
 * @ptr: struct page it lies in; of a frame of several pages: struct xdp_frame
 * @offset: of the frame in its page; 0: @ptr is a struct xdp_frame
 * @len: bytes
 */
struct nax_xdp_out {
	void *ptr;
	u32 offset;
	u32 len;
};

/**
 * struct nax_xdp_buff - a frame that an XDP program looks at
 * @xdp: for the program. Of a frame in a socket's memory the rest is in struct xdp_buff_xsk.cb
 * @last: slot that it ends with, which has what hardware says of it
 * @ring: ring of that slot
 */
struct nax_xdp_buff {
	struct xdp_buff xdp;
	const struct nax_slot *last;
	const struct nax_ring *ring;
};

/**
 * struct nax_rx_run - one call of nax_rx_poll()
 * @irq: vector
 * @q: queue
 * @dev: device for DMA
 * @prog: XDP program, NULL: none
 * @hash_type: bits of a slot's flags that say of what its hash is; 0: the stack wants none
 * @drops: packets lost for want of memory or of room to send them
 * @csum_good: packets whose checksum hardware verified
 * @redirected: some frame was redirected
 * @n_out: entries of @out
 * @out: frames to send back
 * @buff: the frame that the program looks at
 */
struct nax_rx_run {
	struct nax_irq *irq;
	struct nax_queue *q;
	struct device *dev;
	struct bpf_prog *prog;
	u32 hash_type;
	u32 drops;
	u32 csum_good;
	bool redirected;
	u32 n_out;
	struct nax_xdp_out out[NAX_XDP_BULK];
	struct nax_xdp_buff buff;
};

/**
 * struct nax_rx - what the kernel hangs on a receive queue, nax_queue.backend
 * @pool: where its pages come from
 * @spare_dma: where the device finds @spare
 * @spare: nax_slot.buf of the other half of the page that was last taken, 0: there is none
 * @headroom: bytes of a buffer before the frame
 * @size: bytes of a buffer: SZ_2K for halves, PAGE_SIZE, with LRO NAX_LRO_SIZE
 * @buf_len: bytes of a buffer that the device may fill
 * @xdp: for XDP programs
 * @xdp_ready: @xdp is registered
 * @ran: the queue was started; its NAPI rests when it is freed
 * @xsk: AF_XDP sockets whose memory it receives to while it runs, NULL: none
 * @over: with @xsk by slot: their buffer that lies over the slot's page, NULL: none does
 * @run: of the poll under way; NAPI's. Not on the stack, where compilers zero it each time
 */
struct nax_rx {
	struct page_pool *pool;
	dma_addr_t spare_dma;
	u32 spare;
	u32 headroom;
	u32 size;
	u32 buf_len;
	struct xdp_rxq_info xdp;
	bool xdp_ready;
	bool ran;
	struct nax_xsk *xsk;
	struct xdp_buff **over;
	struct nax_rx_run run;
};

/**
 * struct nax_xsk - AF_XDP sockets without copies on a pair of queues
 * @pool: their memory, and what they want to send
 * @rxq: for XDP programs
 * @room: bytes of a frame that a packet may fill
 */
struct nax_xsk {
	struct xsk_buff_pool *pool;
	struct xdp_rxq_info rxq;
	u32 room;
};

/**
 * enum nax_tx_is - bits of struct nax_tx_item.is: what there is to let go of; 0: nothing
 * @NAX_TX_MAPPED: the slot's memory is mapped by dma_map_page(), slot.cap bytes. If not, it is
 *	mapped with another slot, or for good by a page pool
 * @NAX_TX_SKB: the slot ends a packet, and nax_tx_item.ptr is its struct sk_buff
 * @NAX_TX_FRAME: the same with a struct xdp_frame
 * @NAX_TX_OWN: the same with a struct page of a receive queue of this device, for XDP_TX
 * @NAX_TX_XSK: the same with a number: frames of AF_XDP sockets that are done with then
 */
enum nax_tx_is {
	NAX_TX_MAPPED = 1,
	NAX_TX_SKB = 2,
	NAX_TX_FRAME = 4,
	NAX_TX_OWN = 8,
	NAX_TX_XSK = 16,
};

/**
 * struct nax_tx_item - one transmit slot beside its struct nax_slot
 * @ptr: in the last slot of a packet: what is sent
 * @bytes: in the last slot: bytes on the wire, headers of all segments included
 * @segments: in the last slot: frames on the wire
 * @is: bits of enum nax_tx_is
 */
struct nax_tx_item {
	void *ptr;
	u32 bytes;
	u16 segments;
	u8 is;
};

/**
 * struct nax_tx - what the kernel hangs on a transmit queue, nax_queue.backend
 * @item: one per slot
 * @dev: device for DMA
 * @done: free-running index: slots before it are free, [@done, ring.begin) are complete but not
 *	let go of yet. Written by NAPI
 * @paused: control has the queue, or it does not run; under the queue's lock
 * @xsk_owed: frames of @xsk that were not sent, to be given back with the next that is
 * @xsk: AF_XDP sockets that it sends for while it runs, NULL: none
 * @bulk: frames of other drivers to let go of, NAPI's
 */
struct nax_tx {
	struct nax_tx_item *item;
	struct device *dev;
	u32 done;
	bool paused;
	u32 xsk_owed;
	struct nax_xsk *xsk;
	struct xdp_frame_bulk bulk;
};

/**
 * struct nax_irq - one queue vector: interrupt, NAPI, moderation
 * @napi: poll context of its queues
 * @device: the device
 * @vector: the core's; NULL while the vector is not in use
 * @index: MSI-X vector number
 * @pauses: queues of it that control has; NAPI is disabled while there are any
 * @on: has an interrupt
 * @adaptive: moderation follows the load
 * @events: interrupts taken
 * @packets: packets polled, both directions
 * @bytes: bytes in them
 * @dim: the kernel's moderation
 * @name: of the interrupt
 */
struct nax_irq {
	struct napi_struct napi;
	struct nax_device *device;
	struct nax_vector *vector;
	u16 index;
	u16 pauses;
	bool on;
	bool adaptive;
	u16 events;
	u64 packets;
	u64 bytes;
	struct dim dim;
	char name[IFNAMSIZ + 16];
};

/** struct nax_flags - bits of nax_device.flags */
enum nax_device_flag {
	NAX_DEV_NO_SERVICE,	/* not yet, for want of a net_device, or not any more */
	NAX_DEV_FILTER,		/* the receive filter must be applied again */
	NAX_DEV_OPEN,		/* administratively up; changed under control */
	NAX_DEV_TX_STAMP,	/* a packet that asks for a time stamp is under way */
	NAX_DEV_VLAN_FILTER,	/* as NETIF_F_HW_VLAN_CTAG_FILTER is, or is about to be */
};

/** enum nax_reporter - what devlink calls a health reporter */
enum nax_reporter {
	NAX_REPORT_TX,
	NAX_REPORT_RX,
	NAX_REPORT_DEVICE,
	NAX_REPORTERS,
};

/**
 * struct nax_health - one health reporter
 * @device: the device
 * @reporter: devlink's
 * @why: fault that was not reported yet, empty if there is none; control
 */
struct nax_health {
	struct nax_device *device;
	struct devlink_health_reporter *reporter;
	char why[NAX_ERROR_TEXT];
};

/**
 * struct nax_device - one PCI function
 * @adapter: the core's
 * @net: the network device
 * @pdev: the PCI function
 * @driver: its driver
 * @control: serializes nax_adapter_*()
 * @config: configuration that is in force or will be at the next open
 * @vlan: VLAN ids asked for
 * @flags: enum nax_device_flag
 * @n_irqs: entries of @irq: queue vectors that can be used at most
 * @irq: queue vectors
 * @paused_on: by side and queue: vector that queue_pause() stopped
 * @last_irq: name of the last vector's interrupt
 * @service: the core's slow path
 * @tx_timeouts: times that the stack's transmit watchdog fired
 * @devlink: devlink instance
 * @health: health reporters, by enum nax_reporter
 * @health_last: whom the last fault was about, whose dump the core keeps; control
 * @ptp: clock and time stamps, NULL: there are none
 * @prog: XDP program
 * @xsk: AF_XDP sockets without copies, by pair of queues; control
 * @n_xsk: how many there are
 * @rx: counters by receive queue
 * @tx: counters by transmit queue
 * @bar: register space
 */
struct nax_device {
	struct nax_adapter *adapter;
	struct net_device *net;
	struct pci_dev *pdev;
	const struct nax_driver *driver;
	struct mutex control;	/* nax_adapter_*() */
	struct nax_config config;
	DECLARE_BITMAP(vlan, VLAN_N_VID);
	unsigned long flags;
	u16 n_irqs;
	struct nax_irq *irq;
	struct nax_irq *paused_on[2][NAX_QUEUES_MAX];
	char last_irq[IFNAMSIZ + 16];
	struct delayed_work service;
	atomic64_t tx_timeouts;
	struct devlink *devlink;
	struct nax_health health[NAX_REPORTERS];
	enum nax_reporter health_last;
	struct nax_ptp *ptp;
	struct bpf_prog *prog;
	struct nax_xsk *xsk[NAX_QUEUES_MAX];
	u32 n_xsk;
	struct nax_counts *rx;
	struct nax_counts *tx;
	void __iomem *bar;
};

/** struct nax_netdev - private part of the net_device: one pointer, for the hot path */
struct nax_netdev {
	struct nax_device *device;
	struct nax_adapter *adapter;
};

static inline struct nax_device *nax_device_of(const struct nax_adapter *a)
{
	return nax_adapter_backend(a);
}

/**
 * nax_control_lock() - control, for who is called by something else than the network
 * @d: device, which has its net_device
 *
 * With it queues may be paused, which stops NAPI.
 */
static inline void nax_control_lock(struct nax_device *d)
{
	nax_net_lock(d->net);
	mutex_lock(&d->control);
}

static inline void nax_control_unlock(struct nax_device *d)
{
	mutex_unlock(&d->control);
	nax_net_unlock(d->net);
}

static inline struct nax_device *nax_netdev_device(const struct net_device *dev)
{
	return ((struct nax_netdev *)netdev_priv(dev))->device;
}

/** nax_irq_of() - the vector that serves the pair of queues @index. */
static inline struct nax_irq *nax_irq_of(const struct nax_device *d, u32 index)
{
	return &d->irq[index % d->n_irqs];
}

static inline struct nax_rx *nax_rx_of(const struct nax_queue *q)
{
	return q->backend;
}

static inline struct nax_tx *nax_tx_of(const struct nax_queue *q)
{
	return q->backend;
}

/* backend.c */
extern const struct nax_backend_ops nax_linux_backend;

/* buffer.c */
/**
 * nax_rx_buf_len() - nax_config.rx_buf_len for all else of a configuration
 * @d: device
 * @config: what it will be
 * @prog: XDP program that will look at received frames, NULL: none
 *
 * Return: bytes.
 */
u32 nax_rx_buf_len(const struct nax_device *d, const struct nax_config *config,
		   const struct bpf_prog *prog);
int nax_linux_queue_make(struct nax_queue *q);
void nax_linux_queue_free(struct nax_queue *q);
void nax_linux_queue_starting(struct nax_queue *q);
void nax_linux_queue_stopped(struct nax_queue *q, u32 begin, u32 lost);
int nax_linux_buf_get(struct nax_queue *q, struct nax_slot *slot);
void nax_linux_buf_put(struct nax_queue *q, struct nax_slot *slot);
void nax_linux_buf_home(struct nax_queue *q, struct nax_slot *slot);
u8 *nax_linux_buf_addr(struct nax_queue *q, const struct nax_slot *slot);
u32 nax_linux_buf_room(struct nax_queue *q, const struct nax_slot *slot, u32 *after);

/*
 * The buffer of a receive slot is known by the number of the half page that it begins with, which
 * leaves buf its 32 bits: they reach 8 TiB.
 */
static inline struct page *nax_slot_page(const struct nax_slot *s)
{
	return pfn_to_page(s->buf >> 1);
}

/** nax_slot_offset() - where in that page it begins. */
static inline u32 nax_slot_offset(const struct nax_slot *s)
{
	return (s->buf & 1) * (PAGE_SIZE / 2);
}

static inline void *nax_slot_va(const struct nax_slot *s)
{
	return phys_to_virt((phys_addr_t)s->buf << (PAGE_SHIFT - 1));
}

/** nax_slot_set_page() - the slot's buffer begins where @page of the queue's pool does. */
static inline void nax_slot_set_page(const struct nax_rx *rx, struct nax_slot *s, struct page *page)
{
	s->buf = (u32)page_to_pfn(page) << 1;
	s->dma = page_pool_get_dma_addr(page) + rx->headroom;
}

/** nax_rx_page() - a page from the pool; NULL without memory, or out of reach of slot.buf. */
static inline struct page *nax_rx_page(struct nax_rx *rx)
{
	struct page *page = page_pool_dev_alloc_pages(rx->pool);

	if (IS_ENABLED(CONFIG_64BIT) && unlikely(page && page_to_pfn(page) > U32_MAX >> 1)) {
		page_pool_put_full_page(rx->pool, page, false);
		return NULL;
	}
	return page;
}

/** nax_rx_refill_page() - nax_rx_refill() from another page. */
bool nax_rx_refill_page(struct nax_rx *rx, struct nax_slot *s);

/** nax_rx_refill() - another buffer for a slot whose own goes elsewhere; false without memory. */
static inline bool nax_rx_refill(struct nax_rx *rx, struct nax_slot *s)
{
	if (!rx->spare)
		return nax_rx_refill_page(rx, s);
	s->buf = rx->spare;
	s->dma = rx->spare_dma;
	rx->spare = 0;
	return true;
}

/* vector.c */
/**
 * nax_vectors_alloc() - as many interrupts as a configuration may ask for, or what can be had
 *
 * They are the device's for as long as it is bound; only handlers come and go, with
 * vectors_enable(). So what user space asks of an interrupt, its affinity above all, outlives down
 * and reconfiguration.
 */
int nax_vectors_alloc(struct nax_device *d, struct nax_error *err);
void nax_vectors_free(struct nax_device *d);
int nax_irqs_alloc(struct nax_device *d);
void nax_irqs_free(struct nax_device *d);
int nax_linux_vectors_enable(struct nax_adapter *a, u32 n);
void nax_linux_vectors_disable(struct nax_adapter *a);
void nax_linux_queue_pause(struct nax_queue *q);
void nax_linux_queue_resume(struct nax_queue *q);
void nax_linux_queue_wake(struct nax_queue *q);
/** nax_irqs_adaptive() - moderation follows the load, or is as configured; control. */
void nax_irqs_adaptive(struct nax_device *d, bool adaptive);
/** nax_irqs_set_itr() - all vectors in use are moderated alike; control. */
void nax_irqs_set_itr(struct nax_device *d, u32 us);

/* rx.c */
u32 nax_rx_poll(struct nax_irq *irq, struct nax_queue *q, u32 budget);

/* tx.c */
netdev_tx_t nax_tx_xmit(struct sk_buff *skb, struct net_device *dev);
void nax_tx_poll(struct nax_irq *irq, struct nax_queue *q, int budget);
void nax_tx_drop_all(struct nax_queue *q, u32 begin);
/** nax_tx_part() - wait until nobody looks at a queue that can be found no more; does not sleep. */
void nax_tx_part(struct nax_queue *q);
netdev_features_t nax_tx_features_check(struct sk_buff *skb, struct net_device *dev,
					netdev_features_t features);

/* xdp.c */
int nax_xdp_bpf(struct net_device *dev, struct netdev_bpf *bpf);
int nax_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames, u32 flags);
bool nax_xdp_mtu_ok(const struct nax_device *d, u32 mtu);

/* xsk.c */
int nax_xsk_setup(struct nax_device *d, struct xsk_buff_pool *pool, u16 index);
int nax_xsk_wakeup(struct net_device *dev, u32 index, u32 flags);
int nax_xsk_make(struct nax_queue *q);
void nax_xsk_begin(struct nax_queue *q);
void nax_xsk_end(struct nax_queue *q);
void nax_xsk_cover(struct nax_queue *q, struct nax_slot *s);
bool nax_xsk_tx_poll(struct nax_irq *irq, struct nax_queue *q, u32 budget);
/** nax_xsk_sent() - let go of @n frames that were sent, or not; the queue's poll context. */
void nax_xsk_sent(struct nax_tx *tx, u32 n);
/** nax_xsk_changed() - MTU or offloads are others now: tell whose sockets have no room; rtnl. */
void nax_xsk_changed(const struct nax_device *d);

/* netdev.c */
/** nax_netdev_alloc() - make the net_device; nax_netdev_free() also takes one that is half made. */
int nax_netdev_alloc(struct nax_device *d, struct nax_error *err);
void nax_netdev_free(struct nax_device *d);
int nax_netdev_register(struct nax_device *d, struct nax_error *err);
/** nax_netdev_say() - why something is refused: as extack where there is one, else to the log. */
void nax_netdev_say(struct nax_device *d, struct netlink_ext_ack *extack, const char *text);
/** nax_netdev_change() - bring @config into force, now or at the next open; else say why not. */
int nax_netdev_change(struct nax_device *d, const struct nax_config *config,
		      struct netlink_ext_ack *extack);
/** nax_netdev_set_napi() - tell the kernel which NAPI serves which queue, or none; rtnl. */
void nax_netdev_set_napi(struct nax_device *d, bool on);
/** nax_netdev_set_xps() - each CPU sends by a queue of its own; rtnl. */
void nax_netdev_set_xps(struct nax_device *d);
/** nax_netdev_carrier() - tell the kernel of the link; control. */
void nax_netdev_carrier(struct nax_device *d);

/** nax_netdev_is() - whether a net_device is one of ours. */
bool nax_netdev_is(const struct net_device *dev);

/* netlink.c */
int nax_netlink_register(void);
void nax_netlink_unregister(void);
/** nax_netlink_event() - tell those who listen to the family's group; may sleep. */
void nax_netlink_event(struct nax_device *d, enum nax_event event, const char *text);

/* ethtool.c */
extern const struct ethtool_ops nax_ethtool_ops;

/* ethtool_flow.c */
/** nax_flow_forget() - no receive flow rules any more. */
void nax_flow_forget(struct nax_device *d);

/* filter.c */
void nax_filter_changed(struct net_device *dev);
int nax_filter_apply(struct nax_device *d);
int nax_vlan_add(struct net_device *dev, __be16 proto, u16 vid);
int nax_vlan_kill(struct net_device *dev, __be16 proto, u16 vid);

/* power.c */
extern const struct dev_pm_ops nax_pm_ops;
extern const struct pci_error_handlers nax_error_handlers;
void nax_shutdown(struct pci_dev *pdev);

/* ptp.c */
/**
 * struct nax_ptp_count_values - what became of requests for time stamps
 * @tx_stamped: packets to send that got theirs
 * @tx_timeouts: packets to send that did not
 * @tx_skipped: packets to send that asked while another was under way
 * @rx_cleared: time stamps of received packets that were lost
 */
struct nax_ptp_count_values {
	u64 tx_stamped;
	u64 tx_timeouts;
	u64 tx_skipped;
	u64 rx_cleared;
};

void nax_ptp_register(struct nax_device *d);
void nax_ptp_unregister(struct nax_device *d);
void nax_ptp_sleep(struct nax_device *d);
void nax_ptp_wake(struct nax_device *d);
void nax_ptp_tx_poll(struct nax_device *d);
u32 nax_ptp_tx_begin(struct nax_device *d, struct sk_buff *skb);
int nax_ptp_stamps_set(struct net_device *dev, int tx_type, int *rx_filter,
		       struct netlink_ext_ack *extack);
int nax_ptp_stamps_get(struct net_device *dev, int *tx_type, int *rx_filter);
bool nax_ptp_counts(const struct nax_device *d, struct nax_ptp_count_values *v);

/* compat/hwtstamp.c: the forms that these operations have had */
#ifdef NAX_HAVE_HWTSTAMP_NDO
int nax_compat_hwtstamp_get(struct net_device *dev, struct kernel_hwtstamp_config *config);
int nax_compat_hwtstamp_set(struct net_device *dev, struct kernel_hwtstamp_config *config,
			    struct netlink_ext_ack *extack);
#define NAX_HWTSTAMP_OPS \
	.ndo_hwtstamp_get = nax_compat_hwtstamp_get, \
	.ndo_hwtstamp_set = nax_compat_hwtstamp_set,
#else
int nax_compat_eth_ioctl(struct net_device *dev, struct ifreq *ifr, int cmd);
#define NAX_HWTSTAMP_OPS .ndo_eth_ioctl = nax_compat_eth_ioctl,
#endif

/* compat/rx_mode.c */
#ifdef NAX_HAVE_RX_MODE_ASYNC
int nax_compat_set_rx_mode(struct net_device *dev, struct netdev_hw_addr_list *uc,
			   struct netdev_hw_addr_list *mc);
#define NAX_RX_MODE_OP	.ndo_set_rx_mode_async = nax_compat_set_rx_mode,
#else
#define NAX_RX_MODE_OP	.ndo_set_rx_mode = nax_filter_changed,
#endif

/* devlink.c */
int nax_devlink_register(struct nax_device *d, struct nax_error *err);
void nax_devlink_unregister(struct nax_device *d);
/** nax_health_note() - the core has met a fault of @q or (NULL) of the device; control. */
void nax_health_note(struct nax_device *d, const struct nax_queue *q, const char *why);
/** nax_health_report() - tell devlink of what was noted; the service, without a lock. */
void nax_health_report(struct nax_device *d);

/* device.c */
/** nax_service_soon() - run the core's slow path; any context. */
void nax_service_soon(struct nax_device *d);

/**
 * nax_linux_register() - make a driver known to the PCI core; for driver modules
 * @drv: the driver
 * @owner: its module
 *
 * Devices are bound by driver_override alone, so that no in-tree driver loses any.
 * Return: a handle for nax_linux_unregister(), or ERR_PTR().
 */
struct nax_linux_driver *nax_linux_register(const struct nax_driver *drv, struct module *owner);
void nax_linux_unregister(struct nax_linux_driver *handle);

#endif /* NAX_LINUX_H */
