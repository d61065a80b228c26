// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's clock as one of the kernel's (/dev/ptp*), and time stamps of packets.
 *
 * The device has one latch for packets that are sent, so one of them at most is under way with a
 * request; what else asks meanwhile is sent without, and counted. When the packet is on the wire is
 * told by no interrupt of its own: whoever finds that packets have been sent looks, and the clock's
 * own thread.
 */
#include <linux/delay.h>
#include <linux/net_tstamp.h>
#include <linux/ptp_clock_kernel.h>

#include "ethtool.h"

/* A packet that has been let go of, and whose time stamp is not there for so long, gets none. */
#define NAX_PTP_TX_LIMIT	HZ

/* So often the thread looks at once, before it waits for a tick. */
#define NAX_PTP_TX_LOOKS	10
#define NAX_PTP_TX_LOOK_US	50

/**
 * struct nax_ptp - clock and time stamps of one device
 * @device: the device
 * @info: for the kernel's clock
 * @clock: the kernel's clock
 * @tx_on: packets to send may ask; written by control
 * @tx_lock: whoever looks for the time stamp of @tx_skb has it
 * @tx_skb: the one under way, with a reference; NULL: there is none, or it is being set, while
 *	NAX_DEV_TX_STAMP says so
 * @tx_since: when it was given, jiffies
 * @tx_stamped: packets whose time stamp the stack was told
 * @tx_timeouts: packets whose time stamp did not come
 * @tx_skipped: packets that asked while another was under way
 * @asleep_ns: time that the kernel's monotonic clock has missed so far, before suspend
 */
struct nax_ptp {
	struct nax_device *device;
	struct ptp_clock_info info;
	struct ptp_clock *clock;
	bool tx_on;
	spinlock_t tx_lock;	/* who looks for a time stamp */
	struct sk_buff *tx_skb;
	unsigned long tx_since;
	u64 tx_stamped;
	u64 tx_timeouts;
	atomic64_t tx_skipped;
	u64 asleep_ns;
};

static struct nax_ptp *nax_ptp_of(struct ptp_clock_info *info)
{
	return container_of(info, struct nax_ptp, info);
}

/* ---- clock ---- */

/* What cannot be asked of a device that is gone is no news. */
static int nax_ptp_result(struct nax_ptp *p, int ret, const struct nax_error *err)
{
	if (ret && ret != -ENODEV)
		netdev_err(p->device->net, "%s\n", err->text);
	return ret;
}

static int nax_ptp_gettimex(struct ptp_clock_info *info, struct timespec64 *ts,
			    struct ptp_system_timestamp *sts)
{
	struct nax_ptp *p = nax_ptp_of(info);
	struct nax_error err;
	u64 ns = 0;
	int ret;

	/* Once in a while it takes a rest of the queues. */
	nax_control_lock(p->device);
	ptp_read_system_prets(sts);
	ret = nax_adapter_clock_read(p->device->adapter, &ns, &err);
	ptp_read_system_postts(sts);
	nax_control_unlock(p->device);
	*ts = ns_to_timespec64(ns);
	return nax_ptp_result(p, ret, &err);
}

static int nax_ptp_settime(struct ptp_clock_info *info, const struct timespec64 *ts)
{
	struct nax_ptp *p = nax_ptp_of(info);
	struct nax_error err;
	int ret;

	nax_control_lock(p->device);
	ret = nax_adapter_clock_set(p->device->adapter, timespec64_to_ns(ts), &err);
	nax_control_unlock(p->device);
	return nax_ptp_result(p, ret, &err);
}

static int nax_ptp_adjtime(struct ptp_clock_info *info, s64 delta)
{
	struct nax_ptp *p = nax_ptp_of(info);
	struct nax_error err;
	int ret;

	nax_control_lock(p->device);
	ret = nax_adapter_clock_step(p->device->adapter, delta, &err);
	nax_control_unlock(p->device);
	return nax_ptp_result(p, ret, &err);
}

static int nax_ptp_adjfine(struct ptp_clock_info *info, long scaled_ppm)
{
	struct nax_ptp *p = nax_ptp_of(info);
	struct nax_error err;
	int ret;

	nax_control_lock(p->device);
	ret = nax_adapter_clock_adjust(p->device->adapter, scaled_ppm, &err);
	nax_control_unlock(p->device);
	return nax_ptp_result(p, ret, &err);
}

/* ---- packets that are sent ---- */

/**
 * nax_ptp_tx_begin() - a packet asks for a time stamp
 * @d: device
 * @skb: the packet, about to be given to the device; under the queue's lock
 *
 * Return: NAX_F_TX_TSTAMP; 0 if it is sent without.
 */
u32 nax_ptp_tx_begin(struct nax_device *d, struct sk_buff *skb)
{
	struct nax_ptp *p = d->ptp;

	if (!p || !READ_ONCE(p->tx_on))
		return 0;
	/* Of the frames that segmentation makes none is the packet. */
	if (skb_is_gso(skb) || test_and_set_bit_lock(NAX_DEV_TX_STAMP, &d->flags)) {
		atomic64_inc(&p->tx_skipped);
		return 0;
	}
	skb_shinfo(skb)->tx_flags |= SKBTX_IN_PROGRESS;
	p->tx_since = jiffies;
	/* Partner: the acquire in nax_ptp_tx_look(), which then sees @tx_since too. */
	smp_store_release(&p->tx_skb, skb_get(skb));
	ptp_schedule_worker(p->clock, 0);
	return NAX_F_TX_TSTAMP;
}

/**
 * enum nax_ptp_look - what has become of the packet under way
 * @NAX_PTP_LOOK_AGAIN: nothing yet
 * @NAX_PTP_LOOK_TOLD: its time stamp is there
 * @NAX_PTP_LOOK_LOST: and will not be
 */
enum nax_ptp_look {
	NAX_PTP_LOOK_AGAIN,
	NAX_PTP_LOOK_TOLD,
	NAX_PTP_LOOK_LOST,
};

static enum nax_ptp_look nax_ptp_tx_ask(struct nax_ptp *p, const struct sk_buff *skb, u64 *ns)
{
	/* Before the latch is looked at: it was let go of, so its time stamp is there by then. */
	bool sent = !skb_shared(skb);
	int ret = nax_adapter_tx_stamp(p->device->adapter, ns);

	if (!ret)
		return NAX_PTP_LOOK_TOLD;
	/*
	 * One that waits in a queue keeps the latch reserved, or what it leaves there later would
	 * be taken for another's.
	 */
	if (!sent || (ret == -EAGAIN && time_before(jiffies, p->tx_since + NAX_PTP_TX_LIMIT)))
		return NAX_PTP_LOOK_AGAIN;
	return NAX_PTP_LOOK_LOST;
}

/*
 * Look for the time stamp of the packet under way, if there is one; control, or NAPI of a transmit
 * queue. Return: whether to look again.
 */
static bool nax_ptp_tx_look(struct nax_ptp *p)
{
	struct skb_shared_hwtstamps stamps = { 0 };
	enum nax_ptp_look look = NAX_PTP_LOOK_LOST;
	struct sk_buff *skb;
	u64 ns;

	spin_lock_bh(&p->tx_lock);
	/* Partner: the release in nax_ptp_tx_begin(). */
	skb = smp_load_acquire(&p->tx_skb);
	if (skb)
		look = nax_ptp_tx_ask(p, skb, &ns);
	if (look == NAX_PTP_LOOK_AGAIN) {
		spin_unlock_bh(&p->tx_lock);
		return true;
	}
	if (skb) {
		WRITE_ONCE(p->tx_skb, NULL);
		clear_bit_unlock(NAX_DEV_TX_STAMP, &p->device->flags);
		if (look == NAX_PTP_LOOK_TOLD)
			WRITE_ONCE(p->tx_stamped, p->tx_stamped + 1);
		else
			WRITE_ONCE(p->tx_timeouts, p->tx_timeouts + 1);
	}
	spin_unlock_bh(&p->tx_lock);
	if (look == NAX_PTP_LOOK_TOLD) {
		stamps.hwtstamp = ns_to_ktime(ns);
		skb_tstamp_tx(skb, &stamps);
	}
	if (skb)
		dev_kfree_skb_any(skb);
	return false;
}

/** nax_ptp_tx_poll() - packets have been sent, one that asks for a time stamp perhaps; NAPI. */
void nax_ptp_tx_poll(struct nax_device *d)
{
	nax_ptp_tx_look(d->ptp);
}

static bool nax_ptp_tx_look_thread(struct nax_ptp *p)
{
	bool again;

	mutex_lock(&p->device->control);
	again = nax_ptp_tx_look(p);
	mutex_unlock(&p->device->control);
	return again;
}

/* The clock's thread. Return: ticks until the next time. */
static long nax_ptp_work(struct ptp_clock_info *info)
{
	struct nax_ptp *p = nax_ptp_of(info);
	struct nax_error err;
	u32 i;
	u64 ns;

	for (i = 0; i < NAX_PTP_TX_LOOKS; i++) {
		if (!nax_ptp_tx_look_thread(p))
			break;
		usleep_range(NAX_PTP_TX_LOOK_US, 2 * NAX_PTP_TX_LOOK_US);
	}
	if (i == NAX_PTP_TX_LOOKS)
		return 1;
	/* So that it is read often enough, also while nobody else does. */
	nax_control_lock(p->device);
	nax_adapter_clock_read(p->device->adapter, &ns, &err);
	nax_control_unlock(p->device);
	return nsecs_to_jiffies(NAX_CLOCK_READ_NS);
}

/* ---- which packets ---- */

static int nax_ptp_rx_to_filter(enum nax_ptp_rx rx)
{
	switch (rx) {
	case NAX_PTP_RX_V1_SYNC:
		return HWTSTAMP_FILTER_PTP_V1_L4_SYNC;
	case NAX_PTP_RX_V1_DELAY_REQ:
		return HWTSTAMP_FILTER_PTP_V1_L4_DELAY_REQ;
	case NAX_PTP_RX_V2_EVENT:
		return HWTSTAMP_FILTER_PTP_V2_EVENT;
	default:
		return HWTSTAMP_FILTER_NONE;
	}
}

/* More than what is asked for may be stamped, never less. -ERANGE: nothing covers it. */
static int nax_ptp_rx_from_filter(int filter)
{
	switch (filter) {
	case HWTSTAMP_FILTER_NONE:
		return NAX_PTP_RX_NONE;
	case HWTSTAMP_FILTER_PTP_V1_L4_SYNC:
		return NAX_PTP_RX_V1_SYNC;
	case HWTSTAMP_FILTER_PTP_V1_L4_DELAY_REQ:
		return NAX_PTP_RX_V1_DELAY_REQ;
	case HWTSTAMP_FILTER_PTP_V2_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_DELAY_REQ:
	case HWTSTAMP_FILTER_PTP_V2_L2_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_L2_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_L2_DELAY_REQ:
	case HWTSTAMP_FILTER_PTP_V2_L4_EVENT:
	case HWTSTAMP_FILTER_PTP_V2_L4_SYNC:
	case HWTSTAMP_FILTER_PTP_V2_L4_DELAY_REQ:
		return NAX_PTP_RX_V2_EVENT;
	default:
		return -ERANGE;
	}
}

static int nax_ptp_choose(struct nax_ptp *p, const struct nax_stamps *stamps,
			  struct netlink_ext_ack *extack)
{
	struct nax_device *d = p->device;
	struct nax_error err;
	int ret;

	mutex_lock(&d->control);
	ret = nax_adapter_set_stamps(d->adapter, stamps, &err);
	if (!ret)
		WRITE_ONCE(p->tx_on, stamps->tx);
	mutex_unlock(&d->control);
	if (ret)
		nax_netdev_say(d, extack, err.text);
	return ret;
}

/**
 * nax_ptp_stamps_set() - which packets get time stamps
 * @dev: network device
 * @tx_type: enum hwtstamp_tx_types
 * @rx_filter: enum hwtstamp_rx_filters; what covers it is left there
 * @extack: why not, may be NULL
 *
 * Return: 0 or -errno.
 */
int nax_ptp_stamps_set(struct net_device *dev, int tx_type, int *rx_filter,
		       struct netlink_ext_ack *extack)
{
	struct nax_device *d = nax_netdev_device(dev);
	int rx = nax_ptp_rx_from_filter(*rx_filter);
	struct nax_stamps stamps;
	struct nax_error err;
	int ret;

	if (!d->ptp)
		return -EOPNOTSUPP;
	if (tx_type != HWTSTAMP_TX_OFF && tx_type != HWTSTAMP_TX_ON)
		ret = nax_error_set(&err, -ERANGE, "time stamps: tx type is %d: must be %d or %d",
				    tx_type, HWTSTAMP_TX_OFF, HWTSTAMP_TX_ON);
	else if (rx < 0)
		ret = nax_error_set(&err, rx,
				    "time stamps: rx filter is %d: must be %d, of PTP version 1 %d or %d, of version 2 any",
				    *rx_filter, HWTSTAMP_FILTER_NONE,
				    HWTSTAMP_FILTER_PTP_V1_L4_SYNC,
				    HWTSTAMP_FILTER_PTP_V1_L4_DELAY_REQ);
	else
		ret = 0;
	if (ret) {
		nax_netdev_say(d, extack, err.text);
		return ret;
	}
	stamps.tx = tx_type == HWTSTAMP_TX_ON;
	stamps.rx = rx;
	ret = nax_ptp_choose(d->ptp, &stamps, extack);
	if (!ret)
		*rx_filter = nax_ptp_rx_to_filter(rx);
	return ret;
}

/** nax_ptp_stamps_get() - what was chosen; 0 or -EOPNOTSUPP. */
int nax_ptp_stamps_get(struct net_device *dev, int *tx_type, int *rx_filter)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_stamps stamps;

	if (!d->ptp)
		return -EOPNOTSUPP;
	mutex_lock(&d->control);
	nax_adapter_get_stamps(d->adapter, &stamps);
	mutex_unlock(&d->control);
	*tx_type = stamps.tx ? HWTSTAMP_TX_ON : HWTSTAMP_TX_OFF;
	*rx_filter = nax_ptp_rx_to_filter(stamps.rx);
	return 0;
}

/** nax_get_ts_info() - ethtool -T. */
int nax_get_ts_info(struct net_device *dev, struct kernel_ethtool_ts_info *info)
{
	struct nax_device *d = nax_netdev_device(dev);
	u32 rx;

	if (!d->ptp)
		return ethtool_op_get_ts_info(dev, info);
	info->so_timestamping = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE |
				SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_TX_HARDWARE |
				SOF_TIMESTAMPING_RX_HARDWARE | SOF_TIMESTAMPING_RAW_HARDWARE;
	info->phc_index = ptp_clock_index(d->ptp->clock);
	info->tx_types = BIT(HWTSTAMP_TX_OFF) | BIT(HWTSTAMP_TX_ON);
	for (rx = 0; rx < NAX_PTP_RXS; rx++)
		if (d->adapter->caps.ptp_rx & BIT(rx))
			info->rx_filters |= BIT(nax_ptp_rx_to_filter(rx));
	return 0;
}

/** nax_ptp_counts() - what became of requests; false: there is no clock. */
bool nax_ptp_counts(const struct nax_device *d, struct nax_ptp_count_values *v)
{
	const struct nax_ptp *p = d->ptp;

	if (!p)
		return false;
	v->tx_stamped = READ_ONCE(p->tx_stamped);
	v->tx_timeouts = READ_ONCE(p->tx_timeouts);
	v->tx_skipped = atomic64_read(&p->tx_skipped);
	v->rx_cleared = nax_adapter_stamps_cleared(d->adapter);
	return true;
}

/* ---- life ---- */

static void nax_ptp_fill(struct nax_ptp *p)
{
	struct ptp_clock_info *info = &p->info;

	info->owner = THIS_MODULE;
	strscpy(info->name, p->device->driver->name, sizeof(info->name));
	info->max_adj = p->device->adapter->caps.ptp_ppb_max;
	info->gettimex64 = nax_ptp_gettimex;
	info->settime64 = nax_ptp_settime;
	info->adjtime = nax_ptp_adjtime;
	info->adjfine = nax_ptp_adjfine;
	info->do_aux_work = nax_ptp_work;
}

/* The time of the clock is the system's at first. */
static int nax_ptp_make(struct nax_device *d, struct nax_ptp *p, struct nax_error *err)
{
	int ret;

	p->device = d;
	spin_lock_init(&p->tx_lock);
	nax_ptp_fill(p);
	nax_control_lock(d);
	ret = nax_adapter_clock_set(d->adapter, ktime_get_real_ns(), err);
	nax_control_unlock(d);
	if (ret)
		return ret;
	p->clock = ptp_clock_register(&p->info, &d->pdev->dev);
	if (!IS_ERR_OR_NULL(p->clock))
		return 0;
	ret = p->clock ? PTR_ERR(p->clock) : -EOPNOTSUPP;
	return nax_error_set(err, ret, "it cannot be registered: %d", ret);
}

/**
 * nax_ptp_register() - make the device's clock known, if it has one
 * @d: device, attached
 *
 * A network device without a clock is better than none, so what fails is only said. A kernel that
 * has no PTP clocks has no time stamps by them, either.
 */
void nax_ptp_register(struct nax_device *d)
{
	struct nax_error err = { .text = "no memory" };
	struct nax_ptp *p;

	if (!d->driver->ops->ptp || !IS_REACHABLE(CONFIG_PTP_1588_CLOCK))
		return;
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (p && !nax_ptp_make(d, p, &err)) {
		d->ptp = p;
		ptp_schedule_worker(p->clock, nsecs_to_jiffies(NAX_CLOCK_READ_NS));
		return;
	}
	kfree(p);
	dev_warn(&d->pdev->dev, "no clock and no time stamps: %s\n", err.text);
}

/** nax_ptp_unregister() - undo it; the network device is unregistered, so nobody sends. */
void nax_ptp_unregister(struct nax_device *d)
{
	struct nax_ptp *p = d->ptp;

	if (!p)
		return;
	/* Its thread ends. */
	ptp_clock_unregister(p->clock);
	d->ptp = NULL;
	if (p->tx_skb)
		dev_kfree_skb_any(p->tx_skb);
	kfree(p);
}

static u64 nax_ptp_missed(void)
{
	return ktime_get_boottime_ns() - ktime_get_ns();
}

/** nax_ptp_sleep() - before suspend; nax_ptp_wake() - after it: time went on meanwhile. */
void nax_ptp_sleep(struct nax_device *d)
{
	if (d->ptp)
		d->ptp->asleep_ns = nax_ptp_missed();
}

void nax_ptp_wake(struct nax_device *d)
{
	struct nax_error err;
	int ret;

	if (!d->ptp)
		return;
	nax_control_lock(d);
	ret = nax_adapter_clock_step(d->adapter, nax_ptp_missed() - d->ptp->asleep_ns, &err);
	nax_control_unlock(d);
	nax_ptp_result(d->ptp, ret, &err);
}
