/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the ethtool interface share. */
#ifndef NAX_LINUX_ETHTOOL_H
#define NAX_LINUX_ETHTOOL_H

#include <linux/ethtool.h>

#include "linux.h"

/* ethtool_stats.c */
int nax_get_sset_count(struct net_device *dev, int set);
void nax_get_strings(struct net_device *dev, u32 set, u8 *data);
void nax_get_ethtool_stats(struct net_device *dev, struct ethtool_stats *stats, u64 *v);
void nax_get_pause_stats(struct net_device *dev, struct ethtool_pause_stats *stats);
void nax_get_eth_mac_stats(struct net_device *dev, struct ethtool_eth_mac_stats *stats);
void nax_get_rmon_stats(struct net_device *dev, struct ethtool_rmon_stats *stats,
			const struct ethtool_rmon_hist_range **ranges);

/* ethtool_access.c */
int nax_get_eeprom_len(struct net_device *dev);
int nax_get_eeprom(struct net_device *dev, struct ethtool_eeprom *e, u8 *data);
int nax_set_eeprom(struct net_device *dev, struct ethtool_eeprom *e, u8 *data);
int nax_get_module_eeprom_by_page(struct net_device *dev, const struct ethtool_module_eeprom *m,
				  struct netlink_ext_ack *extack);
int nax_get_module_info(struct net_device *dev, struct ethtool_modinfo *info);
int nax_get_module_eeprom(struct net_device *dev, struct ethtool_eeprom *e, u8 *data);
/** nax_selftest_count() - number of tests, -EOPNOTSUPP if the driver has none. */
int nax_selftest_count(const struct nax_device *d);
void nax_selftest_strings(u8 *data);
void nax_self_test(struct net_device *dev, struct ethtool_test *test, u64 *data);
int nax_set_phys_id(struct net_device *dev, enum ethtool_phys_id_state state);
int nax_nway_reset(struct net_device *dev);

/* ethtool_rss.c */
u32 nax_get_rxfh_key_size(struct net_device *dev);
u32 nax_get_rxfh_indir_size(struct net_device *dev);
int nax_rxfh_get(struct net_device *dev, u32 *indir, u8 *key, u8 *hfunc);
int nax_rxfh_set(struct net_device *dev, const u32 *indir, const u8 *key, u8 hfunc,
		 struct netlink_ext_ack *extack);
/** nax_rss_fields_get() - RXH_* that the hash of a flow type covers; -EINVAL: none known. */
int nax_rss_fields_get(struct net_device *dev, u32 flow_type, u64 *fields);
int nax_rss_fields_set(struct net_device *dev, u32 flow_type, u64 fields,
		       struct netlink_ext_ack *extack);

/* ptp.c */
int nax_get_ts_info(struct net_device *dev, struct kernel_ethtool_ts_info *info);

/* ethtool_flow.c */
/** nax_rxnfc_get() - ETHTOOL_GRXCLSRLCNT, GRXCLSRULE, GRXCLSRLALL: receive flow rules. */
int nax_rxnfc_get(struct net_device *dev, struct ethtool_rxnfc *c, u32 *locations);
/** nax_rxnfc_set() - ETHTOOL_SRXCLSRLINS, SRXCLSRLDEL. */
int nax_rxnfc_set(struct net_device *dev, const struct ethtool_rxnfc *c);

/* compat/rxfh.c: the forms that these operations have had */
#ifdef NAX_HAVE_RXFH_PARAM
int nax_compat_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *p);
int nax_compat_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *p,
			struct netlink_ext_ack *extack);
#else
int nax_compat_set_rxfh(struct net_device *dev, const u32 *indir, const u8 *key, const u8 hfunc);
#define nax_compat_get_rxfh	nax_rxfh_get
#endif
#ifdef NAX_HAVE_RXFH_FIELDS
int nax_compat_get_rxfh_fields(struct net_device *dev, struct ethtool_rxfh_fields *f);
int nax_compat_set_rxfh_fields(struct net_device *dev, const struct ethtool_rxfh_fields *f,
			       struct netlink_ext_ack *extack);
#define NAX_RXFH_FIELDS_OPS \
	.get_rxfh_fields = nax_compat_get_rxfh_fields, \
	.set_rxfh_fields = nax_compat_set_rxfh_fields,
#else
#define NAX_RXFH_FIELDS_OPS
#endif
int nax_compat_get_rxnfc(struct net_device *dev, struct ethtool_rxnfc *c, u32 *rules);
int nax_compat_set_rxnfc(struct net_device *dev, struct ethtool_rxnfc *c);
#ifdef NAX_HAVE_RX_RING_COUNT
u32 nax_compat_get_rx_ring_count(struct net_device *dev);
#define NAX_RX_RING_COUNT_OP .get_rx_ring_count = nax_compat_get_rx_ring_count,
#else
#define NAX_RX_RING_COUNT_OP
#endif

/* compat/hwtstamp.c: counters of time stamps, since 6.9 */
#ifdef NAX_HAVE_TS_STATS
void nax_compat_get_ts_stats(struct net_device *dev, struct ethtool_ts_stats *stats);
#define NAX_TS_STATS_OP .get_ts_stats = nax_compat_get_ts_stats,
#else
#define NAX_TS_STATS_OP
#endif

#define NAX_RXFH_OPS \
	.get_rxfh = nax_compat_get_rxfh, \
	.set_rxfh = nax_compat_set_rxfh, \
	.get_rxnfc = nax_compat_get_rxnfc, \
	.set_rxnfc = nax_compat_set_rxnfc, \
	NAX_RXFH_FIELDS_OPS \
	NAX_RX_RING_COUNT_OP

#endif /* NAX_LINUX_ETHTOOL_H */
