/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one place that knows that kernels differ. What a kernel has is found by compiling the files
 * of compat/tests against it (compat/probe), never by its version; each that compiles defines
 * NAX_HAVE_<NAME>.
 */
#ifndef NAX_COMPAT_H
#define NAX_COMPAT_H

#include <linux/dim.h>
#include <linux/netdevice.h>
#include <net/devlink.h>
#include <net/genetlink.h>

#include "nax_have.h"

#ifdef NAX_HAVE_OPS_LOCK
#include <net/netdev_lock.h>
#endif

#ifdef NAX_HAVE_PAGE_POOL_HELPERS
#include <net/page_pool/helpers.h>
#else
#include <net/page_pool.h>
#endif

/* Since 6.5 a page pool knows its NAPI, and recycles without a lock there; since 6.7 its device. */
static inline void nax_page_pool_of(struct page_pool_params *p, struct net_device *dev,
				    struct napi_struct *napi, u32 queue)
{
#ifdef NAX_HAVE_PAGE_POOL_NAPI
	p->napi = napi;
#endif
#ifdef NAX_HAVE_PAGE_POOL_NETDEV
	p->netdev = dev;
#endif
#ifdef NAX_HAVE_PAGE_POOL_QUEUE
	p->queue_idx = queue;
#endif
}

/* page_pool_fragment_page(): before 6.7 a pool must know that its pages have several users. */
#ifdef PP_FLAG_PAGE_FRAG
#define NAX_PP_HALVES	PP_FLAG_PAGE_FRAG
#else
#define NAX_PP_HALVES	0u
#endif

/* A pool that nobody used goes while its NAPI runs for other queues: the kernel would warn. */
static inline void nax_page_pool_unused(struct page_pool *pool)
{
#ifdef NAX_HAVE_PAGE_POOL_NAPI
	pool->p.napi = NULL;
#endif
}

/*
 * Since 6.13 what was set for a NAPI, and its number, can outlive its being disabled, which happens
 * whenever its queues pause. There is room for as many as there are queues.
 */
static inline void nax_napi_add(struct net_device *dev, struct napi_struct *napi,
				int (*poll)(struct napi_struct *napi, int budget), u32 index)
{
#ifdef NAX_HAVE_NAPI_CONFIG
	if (index < max(dev->num_rx_queues, dev->num_tx_queues)) {
		netif_napi_add_config(dev, napi, poll, index);
		return;
	}
#endif
	netif_napi_add(dev, napi, poll);
}

/* The sample was passed by value before 6.13. */
static inline void nax_net_dim(struct dim *dim, struct dim_sample *sample)
{
#ifdef NAX_HAVE_NET_DIM_POINTER
	net_dim(dim, sample);
#else
	net_dim(dim, *sample);
#endif
}

/*
 * Since 6.15 the kernel holds a lock of a net_device that has queue_mgmt_ops in all its operations,
 * and NAPI must not be touched without. Before, nobody asked for a lock.
 */
#ifdef NAX_HAVE_OPS_LOCK
#define nax_net_lock		netdev_lock
#define nax_net_unlock		netdev_unlock
#define nax_napi_enable		napi_enable_locked
#define nax_napi_disable	napi_disable_locked
#else
static inline void nax_net_lock(struct net_device *dev)
{
}

static inline void nax_net_unlock(struct net_device *dev)
{
}

#define nax_napi_enable		napi_enable
#define nax_napi_disable	napi_disable
#endif

/* Such a net_device has ethtool's operations called without rtnl since 7.2: but for some. */
#ifdef NAX_HAVE_OPS_WITHOUT_RTNL
#define NAX_ETHTOOL_RTNL \
	.op_needs_rtnl = ETHTOOL_OP_NEEDS_RTNL_GLINK | ETHTOOL_OP_NEEDS_RTNL_SCHANNELS,
#else
#define NAX_ETHTOOL_RTNL
#endif

/* Since 6.8 queues, NAPI instances and interrupts are known to user space by netdev-genl. */
static inline void nax_napi_set_irq(struct napi_struct *napi, int irq)
{
#if defined(NAX_HAVE_OPS_LOCK)
	netif_napi_set_irq_locked(napi, irq);
#elif defined(NAX_HAVE_NAPI_IRQ)
	netif_napi_set_irq(napi, irq);
#endif
}

#ifdef NAX_HAVE_NAPI_IRQ
#define nax_queue_set_napi	netif_queue_set_napi
#else
enum nax_compat_queue_type { NETDEV_QUEUE_TYPE_RX, NETDEV_QUEUE_TYPE_TX };

static inline void nax_queue_set_napi(struct net_device *dev, u32 queue,
				      enum nax_compat_queue_type type, struct napi_struct *napi)
{
}
#endif

/* Since 6.3 a device says which parts of XDP it has. */
static inline void nax_set_xdp_features(struct net_device *dev)
{
#ifdef NAX_HAVE_XDP_FEATURES
	xdp_set_features_flag(dev, NETDEV_XDP_ACT_BASIC | NETDEV_XDP_ACT_REDIRECT |
			      NETDEV_XDP_ACT_XSK_ZEROCOPY | NETDEV_XDP_ACT_NDO_XMIT |
			      NETDEV_XDP_ACT_RX_SG | NETDEV_XDP_ACT_NDO_XMIT_SG);
#endif
}

/* Since 6.6 a dump has the same information as other requests. */
static inline struct nlattr **nax_genl_dump_attrs(struct netlink_callback *cb)
{
#ifdef NAX_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/* Before 6.5 a fragment was filled field by field. */
#ifndef NAX_HAVE_FRAG_FILL
static inline void skb_frag_fill_page_desc(skb_frag_t *frag, struct page *page, int off, int size)
{
	__skb_frag_set_page(frag, page);
	skb_frag_off_set(frag, off);
	skb_frag_size_set(frag, size);
}
#endif

/* Since 6.2 devlink knows the driver's name itself. */
static inline int nax_devlink_driver_name(struct devlink_info_req *req, const char *name)
{
#ifdef NAX_HAVE_DEVLINK_DRIVER_NAME
	return devlink_info_driver_name_put(req, name);
#else
	return 0;
#endif
}

/* Recovery is never refused for coming too often; until 6.17 that was an argument. */
static inline struct devlink_health_reporter *
nax_devlink_reporter(struct devlink *devlink, const struct devlink_health_reporter_ops *ops,
		     void *priv)
{
#ifdef NAX_HAVE_DEVLINK_REPORTER_PERIOD
	return devlink_health_reporter_create(devlink, ops, 0, priv);
#else
	return devlink_health_reporter_create(devlink, ops, priv);
#endif
}

/* Since 6.10 user space may ask netdev-genl for all counters of each queue: queue_stats.c. */
#ifdef NAX_HAVE_QUEUE_STATS
void nax_compat_set_stat_ops(struct net_device *dev);
#else
static inline void nax_compat_set_stat_ops(struct net_device *dev)
{
}
#endif

/* Since 6.10 the kernel may restart a receive queue: queue_mgmt.c. */
#ifdef NAX_HAVE_QUEUE_MGMT
void nax_compat_set_queue_mgmt(struct net_device *dev);
#else
static inline void nax_compat_set_queue_mgmt(struct net_device *dev)
{
}
#endif

/* Since 6.8 an XDP program may ask for hash, tag and time of a frame: xdp_metadata.c. */
#ifdef NAX_HAVE_XDP_METADATA
void nax_compat_set_xdp_metadata(struct net_device *dev);
#define NAX_XSK_HAS_METADATA	true
#else
static inline void nax_compat_set_xdp_metadata(struct net_device *dev)
{
}

#define NAX_XSK_HAS_METADATA	false
#endif

/* Since 6.11 the kernel has its own form of what ethtool -T shows. */
#ifndef NAX_HAVE_TS_INFO_KERNEL
#define kernel_ethtool_ts_info	ethtool_ts_info
#endif

/*
 * Since 6.3 a message to user space may have values in it. Before, it is a constant, and the values
 * are in the log; anybody may ask for what is refused, so not more often than is good for the log.
 */
#ifndef NL_SET_ERR_MSG_FMT_MOD
#define NL_SET_ERR_MSG_FMT_MOD(extack, fmt, ...) \
	do { \
		pr_warn_ratelimited(KBUILD_MODNAME ": " fmt "\n", ##__VA_ARGS__); \
		NL_SET_ERR_MSG_MOD(extack, "refused: the kernel's log says why"); \
	} while (0)
#endif

#endif /* NAX_COMPAT_H */
