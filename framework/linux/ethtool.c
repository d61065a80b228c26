// SPDX-License-Identifier: GPL-2.0-only
/* ethtool: identity, link, rings, channels, moderation, pause frames, registers. */
#include <linux/ethtool.h>
#include <linux/rtnetlink.h>

#include "ethtool.h"

static void nax_get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	struct nax_device *d = nax_netdev_device(dev);

	strscpy(info->driver, d->pdev->driver->name, sizeof(info->driver));
	strscpy(info->fw_version, d->adapter->caps.nvm_version, sizeof(info->fw_version));
	strscpy(info->bus_info, pci_name(d->pdev), sizeof(info->bus_info));
}

/* ---- link ---- */

/* Ethtool's link modes and port types by struct nax_link's. */
static const struct {
	u32 nax;
	enum nax_media media;
	u32 mode;
} nax_link_modes[] = {
	{ NAX_LINK_10G, NAX_MEDIA_BACKPLANE, ETHTOOL_LINK_MODE_10000baseKX4_Full_BIT },
	{ NAX_LINK_10G, NAX_MEDIA_CX4, ETHTOOL_LINK_MODE_10000baseKX4_Full_BIT },
	{ NAX_LINK_10G, NAX_MEDIA_FIBER, ETHTOOL_LINK_MODE_10000baseSR_Full_BIT },
	{ NAX_LINK_10G, NAX_MEDIA_DIRECT_ATTACH, ETHTOOL_LINK_MODE_10000baseCR_Full_BIT },
	{ NAX_LINK_10G, NAX_MEDIA_TWISTED_PAIR, ETHTOOL_LINK_MODE_10000baseT_Full_BIT },
	{ NAX_LINK_10G, NAX_MEDIA_UNKNOWN, ETHTOOL_LINK_MODE_10000baseT_Full_BIT },
	{ NAX_LINK_1G, NAX_MEDIA_BACKPLANE, ETHTOOL_LINK_MODE_1000baseKX_Full_BIT },
	{ NAX_LINK_1G, NAX_MEDIA_FIBER, ETHTOOL_LINK_MODE_1000baseX_Full_BIT },
	{ NAX_LINK_1G, NAX_MEDIA_DIRECT_ATTACH, ETHTOOL_LINK_MODE_1000baseX_Full_BIT },
	{ NAX_LINK_1G, NAX_MEDIA_TWISTED_PAIR, ETHTOOL_LINK_MODE_1000baseT_Full_BIT },
	{ NAX_LINK_1G, NAX_MEDIA_UNKNOWN, ETHTOOL_LINK_MODE_1000baseT_Full_BIT },
	{ NAX_LINK_100M, NAX_MEDIA_TWISTED_PAIR, ETHTOOL_LINK_MODE_100baseT_Full_BIT },
};

static const struct {
	u8 port;
	u32 bit;
} nax_ports[NAX_MEDIAS] = {
	[NAX_MEDIA_UNKNOWN] = { PORT_OTHER, ETHTOOL_LINK_MODE_FIBRE_BIT },
	[NAX_MEDIA_BACKPLANE] = { PORT_NONE, ETHTOOL_LINK_MODE_Backplane_BIT },
	[NAX_MEDIA_CX4] = { PORT_NONE, ETHTOOL_LINK_MODE_Backplane_BIT },
	[NAX_MEDIA_FIBER] = { PORT_FIBRE, ETHTOOL_LINK_MODE_FIBRE_BIT },
	[NAX_MEDIA_DIRECT_ATTACH] = { PORT_DA, ETHTOOL_LINK_MODE_FIBRE_BIT },
	[NAX_MEDIA_TWISTED_PAIR] = { PORT_TP, ETHTOOL_LINK_MODE_TP_BIT },
};

static void nax_link_mode_bits(unsigned long *bits, u32 modes, enum nax_media media)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(nax_link_modes); i++)
		if (modes & nax_link_modes[i].nax && media == nax_link_modes[i].media)
			__set_bit(nax_link_modes[i].mode, bits);
}

static u32 nax_link_mode_mask(const unsigned long *bits)
{
	u32 modes = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(nax_link_modes); i++)
		if (test_bit(nax_link_modes[i].mode, bits))
			modes |= nax_link_modes[i].nax;
	return modes;
}

static int nax_get_link_ksettings(struct net_device *dev, struct ethtool_link_ksettings *k)
{
	struct nax_device *d = nax_netdev_device(dev);
	const struct nax_caps *caps = &d->adapter->caps;
	u32 modes = d->config.link.modes ? d->config.link.modes : caps->link_modes;
	struct nax_link link;

	mutex_lock(&d->control);
	nax_adapter_link(d->adapter, &link);
	mutex_unlock(&d->control);
	ethtool_link_ksettings_zero_link_mode(k, supported);
	ethtool_link_ksettings_zero_link_mode(k, advertising);
	nax_link_mode_bits(k->link_modes.supported, caps->link_modes, link.media);
	nax_link_mode_bits(k->link_modes.advertising, modes, link.media);
	__set_bit(nax_ports[link.media].bit, k->link_modes.supported);
	__set_bit(nax_ports[link.media].bit, k->link_modes.advertising);
	if (hweight32(caps->link_modes) > 1) {
		ethtool_link_ksettings_add_link_mode(k, supported, Autoneg);
		ethtool_link_ksettings_add_link_mode(k, advertising, Autoneg);
	}
	if (caps->pause) {
		ethtool_link_ksettings_add_link_mode(k, supported, Pause);
		if (d->config.link.pause_rx && d->config.link.pause_tx)
			ethtool_link_ksettings_add_link_mode(k, advertising, Pause);
		else if (d->config.link.pause_rx || d->config.link.pause_tx)
			ethtool_link_ksettings_add_link_mode(k, advertising, Asym_Pause);
	}
	k->base.port = nax_ports[link.media].port;
	k->base.autoneg = hweight32(modes) > 1 ? AUTONEG_ENABLE : AUTONEG_DISABLE;
	k->base.speed = link.up ? link.speed : SPEED_UNKNOWN;
	k->base.duplex = link.up ? link.full_duplex ? DUPLEX_FULL : DUPLEX_HALF : DUPLEX_UNKNOWN;
	return 0;
}

static u32 nax_speed_mode(u32 speed)
{
	switch (speed) {
	case SPEED_10000:
		return NAX_LINK_10G;
	case SPEED_1000:
		return NAX_LINK_1G;
	case SPEED_100:
		return NAX_LINK_100M;
	default:
		return 0;
	}
}

static int nax_set_link_ksettings(struct net_device *dev, const struct ethtool_link_ksettings *k)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_config config = d->config;

	if (k->base.duplex == DUPLEX_HALF) {
		netdev_err(dev, "duplex is half: must be full\n");
		return -EINVAL;
	}
	if (k->base.autoneg == AUTONEG_ENABLE)
		config.link.modes = nax_link_mode_mask(k->link_modes.advertising);
	else
		config.link.modes = nax_speed_mode(k->base.speed);
	if (!config.link.modes || config.link.modes & ~d->adapter->caps.link_modes) {
		netdev_err(dev, "speed is %u: must be one that the port has\n", k->base.speed);
		return -EINVAL;
	}
	if (config.link.modes == d->adapter->caps.link_modes)
		config.link.modes = 0;
	return nax_netdev_change(d, &config, NULL);
}

static int nax_get_link_ext_state(struct net_device *dev, struct ethtool_link_ext_state_info *info)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_link link;

	mutex_lock(&d->control);
	nax_adapter_link(d->adapter, &link);
	mutex_unlock(&d->control);
	/* There is none for a device that is gone. */
	if (link.up || READ_ONCE(d->adapter->state) == NAX_STATE_GONE)
		return -ENODATA;
	/*
	 * The one reason that the device itself can know: what is plugged in, or that nothing is.
	 */
	if (link.reason[0] && link.module[0])
		info->link_ext_state = ETHTOOL_LINK_EXT_STATE_MODULE;
	else if (link.reason[0])
		info->link_ext_state = ETHTOOL_LINK_EXT_STATE_NO_CABLE;
	else
		return -ENODATA;
	return 0;
}

static void nax_get_pauseparam(struct net_device *dev, struct ethtool_pauseparam *p)
{
	const struct nax_config *config = &nax_netdev_device(dev)->config;

	p->autoneg = AUTONEG_DISABLE;
	p->rx_pause = config->link.pause_rx;
	p->tx_pause = config->link.pause_tx;
}

static int nax_set_pauseparam(struct net_device *dev, struct ethtool_pauseparam *p)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_config config = d->config;

	if (p->autoneg == AUTONEG_ENABLE) {
		netdev_err(dev, "pause autoneg is on: must be off\n");
		return -EINVAL;
	}
	config.link.pause_rx = !!p->rx_pause;
	config.link.pause_tx = !!p->tx_pause;
	return nax_netdev_change(d, &config, NULL);
}

/* ---- rings, channels, moderation ---- */

static void nax_get_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
			      struct kernel_ethtool_ringparam *kernel,
			      struct netlink_ext_ack *extack)
{
	struct nax_device *d = nax_netdev_device(dev);

	ring->rx_max_pending = d->adapter->caps.ring_max;
	ring->tx_max_pending = d->adapter->caps.ring_max;
	ring->rx_pending = d->config.rx_ring;
	ring->tx_pending = d->config.tx_ring;
}

static int nax_set_ringparam(struct net_device *dev, struct ethtool_ringparam *ring,
			     struct kernel_ethtool_ringparam *kernel,
			     struct netlink_ext_ack *extack)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_config config = d->config;

	config.rx_ring = ring->rx_pending;
	config.tx_ring = ring->tx_pending;
	return nax_netdev_change(d, &config, extack);
}

/* Queues come in pairs, so that each interrupt has one of both sides. */
static u32 nax_pairs_max(const struct nax_device *d)
{
	const struct nax_caps *caps = &d->adapter->caps;

	return min3((u32)d->n_irqs, (u32)caps->txq_max, max_t(u32, caps->rss_queues_max, 1));
}

static void nax_get_channels(struct net_device *dev, struct ethtool_channels *c)
{
	struct nax_device *d = nax_netdev_device(dev);

	c->max_combined = nax_pairs_max(d);
	c->max_other = 1;
	c->other_count = 1;
	c->combined_count = d->config.n_rxq;
}

static int nax_set_channels(struct net_device *dev, struct ethtool_channels *c)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_config config = d->config;
	bool more = c->combined_count > d->config.n_rxq;
	u32 i;
	int ret;

	if (c->other_count != 1) {
		netdev_err(dev, "other channels is %u: must be 1\n", c->other_count);
		return -EINVAL;
	}
	config.n_rxq = c->combined_count;
	config.n_txq = c->combined_count;
	/* The stack must not use queues that are no more, nor those that are not there yet. */
	if (!more)
		netif_set_real_num_queues(dev, c->combined_count, c->combined_count);
	nax_netdev_set_napi(d, false);
	ret = nax_netdev_change(d, &config, NULL);
	nax_netdev_set_napi(d, true);
	if (ret || more)
		netif_set_real_num_queues(dev, d->config.n_txq, d->config.n_rxq);
	/*
	 * One that is no more was stopped for good: the stack's watchdog would take it for one that
	 * hangs.
	 */
	for (i = d->config.n_txq; i < dev->num_tx_queues; i++)
		netif_tx_start_queue(netdev_get_tx_queue(dev, i));
	if (!ret)
		nax_netdev_set_xps(d);
	return ret;
}

static int nax_get_coalesce(struct net_device *dev, struct ethtool_coalesce *c,
			    struct kernel_ethtool_coalesce *kernel, struct netlink_ext_ack *extack)
{
	struct nax_device *d = nax_netdev_device(dev);

	c->rx_coalesce_usecs = d->config.itr_us;
	c->use_adaptive_rx_coalesce = d->irq[0].adaptive;
	return 0;
}

static int nax_set_coalesce(struct net_device *dev, struct ethtool_coalesce *c,
			    struct kernel_ethtool_coalesce *kernel, struct netlink_ext_ack *extack)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_config config = d->config;
	int ret;

	if (c->rx_coalesce_usecs > d->adapter->caps.itr_max_us) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "rx-usecs is %u: the limit is %u",
				       c->rx_coalesce_usecs, d->adapter->caps.itr_max_us);
		return -EINVAL;
	}
	config.itr_us = c->rx_coalesce_usecs;
	ret = nax_netdev_change(d, &config, extack);
	if (ret)
		return ret;
	mutex_lock(&d->control);
	nax_irqs_adaptive(d, c->use_adaptive_rx_coalesce);
	nax_irqs_set_itr(d, config.itr_us);
	mutex_unlock(&d->control);
	return 0;
}

static int nax_get_per_queue_coalesce(struct net_device *dev, u32 queue, struct ethtool_coalesce *c)
{
	struct nax_device *d = nax_netdev_device(dev);

	if (queue >= d->config.n_rxq || !test_bit(NAX_DEV_OPEN, &d->flags))
		return -EINVAL;
	c->rx_coalesce_usecs = d->irq[queue].vector->itr_us;
	c->use_adaptive_rx_coalesce = d->irq[queue].adaptive;
	return 0;
}

static int nax_set_per_queue_coalesce(struct net_device *dev, u32 queue, struct ethtool_coalesce *c)
{
	struct nax_device *d = nax_netdev_device(dev);

	if (queue >= d->config.n_rxq || !test_bit(NAX_DEV_OPEN, &d->flags))
		return -EINVAL;
	if (c->rx_coalesce_usecs > d->adapter->caps.itr_max_us) {
		netdev_err(dev, "queue %u: rx-usecs is %u: the limit is %u\n", queue,
			   c->rx_coalesce_usecs, d->adapter->caps.itr_max_us);
		return -EINVAL;
	}
	mutex_lock(&d->control);
	WRITE_ONCE(d->irq[queue].adaptive, c->use_adaptive_rx_coalesce);
	if (!c->use_adaptive_rx_coalesce)
		nax_vector_set_itr(d->irq[queue].vector, c->rx_coalesce_usecs);
	mutex_unlock(&d->control);
	return 0;
}

/* ---- registers ---- */

/* The driver's dump, word by word: names are in `nax show --registers`. */
static int nax_get_regs_len(struct net_device *dev)
{
	return NAX_DIAG_RECORDS * sizeof(u64);
}

static void nax_get_regs(struct net_device *dev, struct ethtool_regs *regs, void *p)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_diag *diag;
	u64 *word = p;
	u32 i;

	memset(p, 0, regs->len);
	regs->version = 1;
	diag = kvzalloc(sizeof(*diag), GFP_KERNEL);
	if (!diag)
		return;
	mutex_lock(&d->control);
	nax_adapter_diag(d->adapter, "ethtool -d", diag);
	mutex_unlock(&d->control);
	for (i = 0; i < diag->n && i < regs->len / sizeof(u64); i++)
		word[i] = (u64)diag->rec[i].offset << 32 | (u32)diag->rec[i].value;
	kvfree(diag);
}

const struct ethtool_ops nax_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_RX_USECS | ETHTOOL_COALESCE_USE_ADAPTIVE_RX,
	.get_drvinfo = nax_get_drvinfo,
	.get_regs_len = nax_get_regs_len,
	.get_regs = nax_get_regs,
	.get_link = ethtool_op_get_link,
	.get_link_ext_state = nax_get_link_ext_state,
	.get_link_ksettings = nax_get_link_ksettings,
	.set_link_ksettings = nax_set_link_ksettings,
	.get_pauseparam = nax_get_pauseparam,
	.set_pauseparam = nax_set_pauseparam,
	.get_ringparam = nax_get_ringparam,
	.set_ringparam = nax_set_ringparam,
	.get_channels = nax_get_channels,
	.set_channels = nax_set_channels,
	.get_coalesce = nax_get_coalesce,
	.set_coalesce = nax_set_coalesce,
	.get_per_queue_coalesce = nax_get_per_queue_coalesce,
	.set_per_queue_coalesce = nax_set_per_queue_coalesce,
	.get_sset_count = nax_get_sset_count,
	.get_strings = nax_get_strings,
	.get_ethtool_stats = nax_get_ethtool_stats,
	.get_pause_stats = nax_get_pause_stats,
	.get_eth_mac_stats = nax_get_eth_mac_stats,
	.get_rmon_stats = nax_get_rmon_stats,
	.get_rxfh_key_size = nax_get_rxfh_key_size,
	.get_rxfh_indir_size = nax_get_rxfh_indir_size,
	NAX_RXFH_OPS
	.get_eeprom_len = nax_get_eeprom_len,
	.get_eeprom = nax_get_eeprom,
	.set_eeprom = nax_set_eeprom,
	.get_module_info = nax_get_module_info,
	.get_module_eeprom = nax_get_module_eeprom,
	.get_module_eeprom_by_page = nax_get_module_eeprom_by_page,
	.self_test = nax_self_test,
	.set_phys_id = nax_set_phys_id,
	.nway_reset = nax_nway_reset,
	.get_ts_info = nax_get_ts_info,
	NAX_TS_STATS_OP
	NAX_ETHTOOL_RTNL
};
