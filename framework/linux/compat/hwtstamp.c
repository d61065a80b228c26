// SPDX-License-Identifier: GPL-2.0-only
/*
 * The forms that the choice of time stamps has had: an ioctl of the driver's own, then operations,
 * since 6.6. And the counters of them that ethtool asks for, since 6.9.
 */
#include <linux/net_tstamp.h>
#include <linux/uaccess.h>

#include "../ethtool.h"

#ifdef NAX_HAVE_HWTSTAMP_NDO
int nax_compat_hwtstamp_get(struct net_device *dev, struct kernel_hwtstamp_config *config)
{
	return nax_ptp_stamps_get(dev, &config->tx_type, &config->rx_filter);
}

int nax_compat_hwtstamp_set(struct net_device *dev, struct kernel_hwtstamp_config *config,
			    struct netlink_ext_ack *extack)
{
	return nax_ptp_stamps_set(dev, config->tx_type, &config->rx_filter, extack);
}
#else
int nax_compat_eth_ioctl(struct net_device *dev, struct ifreq *ifr, int cmd)
{
	struct hwtstamp_config config = { 0 };
	int ret;

	switch (cmd) {
	case SIOCSHWTSTAMP:
		if (copy_from_user(&config, ifr->ifr_data, sizeof(config)))
			return -EFAULT;
		ret = nax_ptp_stamps_set(dev, config.tx_type, &config.rx_filter, NULL);
		break;
	case SIOCGHWTSTAMP:
		ret = nax_ptp_stamps_get(dev, &config.tx_type, &config.rx_filter);
		break;
	default:
		return -EOPNOTSUPP;
	}
	if (!ret && copy_to_user(ifr->ifr_data, &config, sizeof(config)))
		ret = -EFAULT;
	return ret;
}
#endif

#ifdef NAX_HAVE_TS_STATS
void nax_compat_get_ts_stats(struct net_device *dev, struct ethtool_ts_stats *stats)
{
	struct nax_ptp_count_values v;

	if (!nax_ptp_counts(nax_netdev_device(dev), &v))
		return;
	stats->pkts = v.tx_stamped;
	stats->lost = v.tx_timeouts;
	stats->err = v.tx_skipped;
}
#endif
