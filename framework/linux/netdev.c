// SPDX-License-Identifier: GPL-2.0-only
/* The net_device: what the kernel asks of it, as changes of one struct nax_config. */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>

#include "linux.h"

/*
 * Tunnels of which the stack makes whole segments but for what a device changes in the first header
 * (GSO_PARTIAL): all headers are of one length, and those inside the same in each.
 */
#define NAX_TUNNELS	(NETIF_F_GSO_GRE | NETIF_F_GSO_GRE_CSUM | NETIF_F_GSO_IPXIP4 | \
			 NETIF_F_GSO_IPXIP6 | NETIF_F_GSO_UDP_TUNNEL | NETIF_F_GSO_UDP_TUNNEL_CSUM)

/* Offloads that a feature stands for, both ways. */
static const struct {
	netdev_features_t feature;
	u64 offload;
} nax_features[] = {
	{ NETIF_F_RXCSUM, NAX_OFFLOAD_RX_CSUM },
	{ NETIF_F_RXHASH, NAX_OFFLOAD_RSS },
	{ NETIF_F_HW_VLAN_CTAG_RX, NAX_OFFLOAD_RX_VLAN },
	{ NETIF_F_HW_VLAN_CTAG_TX, NAX_OFFLOAD_TX_VLAN },
	{ NETIF_F_HW_VLAN_CTAG_FILTER, NAX_OFFLOAD_VLAN_FILTER },
	/* Wherever the headers are; what is neither of the two is done before it is sent. */
	{ NETIF_F_HW_CSUM, NAX_OFFLOAD_TX_TCPCSUM | NAX_OFFLOAD_TX_UDPCSUM },
	{ NETIF_F_SCTP_CRC, NAX_OFFLOAD_TX_SCTPCSUM },
	{ NETIF_F_TSO | NETIF_F_TSO_MANGLEID, NAX_OFFLOAD_TSO4 | NAX_OFFLOAD_TX_IPCSUM },
	{ NETIF_F_TSO6, NAX_OFFLOAD_TSO6 },
	{ NETIF_F_GSO_UDP_L4, NAX_OFFLOAD_USO },
	{ NETIF_F_RXFCS, NAX_OFFLOAD_RX_FCS },
	{ NETIF_F_RXALL, NAX_OFFLOAD_RX_ALL },
	{ NETIF_F_NTUPLE, NAX_OFFLOAD_FLOW },
	{ NETIF_F_LRO, NAX_OFFLOAD_LRO },
	{ NETIF_F_GSO_PARTIAL | NAX_TUNNELS, NAX_OFFLOAD_TUNNEL },
};

/* Receive offloads are switched in the device; transmit ones by what the stack asks per packet. */
#define NAX_SWITCHED	(NAX_OFFLOAD_RX_CSUM | NAX_OFFLOAD_RX_VLAN | NAX_OFFLOAD_ASKED)

static netdev_features_t nax_features_of(u64 offloads)
{
	netdev_features_t f = NETIF_F_SG | NETIF_F_HIGHDMA;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(nax_features); i++)
		if ((offloads & nax_features[i].offload) == nax_features[i].offload)
			f |= nax_features[i].feature;
	return f;
}

static int nax_netdev_reconfigure(struct nax_device *d, const struct nax_config *config,
				  struct nax_error *err)
{
	int ret;

	if (test_bit(NAX_DEV_OPEN, &d->flags))
		ret = nax_adapter_reconfigure(d->adapter, config, err);
	else
		ret = nax_config_check(d->adapter, config, err);
	if (!ret)
		d->config = *config;
	return ret;
}

void nax_netdev_say(struct nax_device *d, struct netlink_ext_ack *extack, const char *text)
{
	if (extack)
		NL_SET_ERR_MSG_FMT_MOD(extack, "%s", text);
	else
		netdev_err(d->net, "%s\n", text);
}

int nax_netdev_change(struct nax_device *d, const struct nax_config *config,
		      struct netlink_ext_ack *extack)
{
	struct nax_error err;
	int ret;

	mutex_lock(&d->control);
	ret = nax_netdev_reconfigure(d, config, &err);
	mutex_unlock(&d->control);
	if (ret)
		nax_netdev_say(d, extack, err.text);
	return ret;
}

void nax_netdev_carrier(struct nax_device *d)
{
	struct nax_link link;

	if (!test_bit(NAX_DEV_OPEN, &d->flags))
		return;
	nax_adapter_link(d->adapter, &link);
	if (link.up == netif_carrier_ok(d->net))
		return;
	if (link.up)
		netif_carrier_on(d->net);
	else
		netif_carrier_off(d->net);
}

/* The queues in force are served by these NAPI instances, which user space may want to know. */
void nax_netdev_set_napi(struct nax_device *d, bool on)
{
	struct nax_adapter *a = d->adapter;
	struct napi_struct *napi;
	u32 i;

	for (i = 0; i < a->n_rxq; i++) {
		napi = on ? &d->irq[a->rxq[i]->vector->index].napi : NULL;
		nax_queue_set_napi(d->net, i, NETDEV_QUEUE_TYPE_RX, napi);
	}
	for (i = 0; i < a->n_txq; i++) {
		napi = on ? &d->irq[a->txq[i]->vector->index].napi : NULL;
		nax_queue_set_napi(d->net, i, NETDEV_QUEUE_TYPE_TX, napi);
	}
}

void nax_netdev_set_xps(struct nax_device *d)
{
	int node = dev_to_node(&d->pdev->dev);
	u32 i;

	for (i = 0; i < d->net->real_num_tx_queues; i++)
		netif_set_xps_queue(d->net, get_cpu_mask(cpumask_local_spread(i, node)), i);
}

static int nax_open(struct net_device *dev)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_error err;
	int ret;

	ret = netif_set_real_num_queues(dev, d->config.n_txq, d->config.n_rxq);
	if (ret)
		return ret;
	netif_carrier_off(dev);
	mutex_lock(&d->control);
	nax_filter_apply(d);
	ret = nax_adapter_up(d->adapter, &d->config, &err);
	if (ret)
		netdev_err(dev, "cannot open: %s\n", err.text);
	else
		set_bit(NAX_DEV_OPEN, &d->flags);
	mutex_unlock(&d->control);
	if (ret)
		return ret;
	nax_netdev_set_napi(d, true);
	nax_netdev_set_xps(d);
	netif_tx_start_all_queues(dev);
	nax_service_soon(d);
	return 0;
}

static int nax_stop(struct net_device *dev)
{
	struct nax_device *d = nax_netdev_device(dev);

	netif_tx_disable(dev);
	netif_carrier_off(dev);
	nax_netdev_set_napi(d, false);
	mutex_lock(&d->control);
	clear_bit(NAX_DEV_OPEN, &d->flags);
	nax_adapter_down(d->adapter);
	mutex_unlock(&d->control);
	return 0;
}

static int nax_change_mtu(struct net_device *dev, int mtu)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_config config = d->config;
	int ret;

	if (!nax_xdp_mtu_ok(d, mtu)) {
		netdev_err(dev, "mtu is %d: the limit is %u for an XDP program that takes no fragments\n",
			   mtu, d->config.rx_buf_len - NAX_FRAME_MORE);
		return -EINVAL;
	}
	config.mtu = mtu;
	config.rx_buf_len = nax_rx_buf_len(d, &config, d->prog);
	ret = nax_netdev_change(d, &config, NULL);
	if (ret)
		return ret;
	WRITE_ONCE(dev->mtu, mtu);
	nax_xsk_changed(d);
	return 0;
}

static int nax_set_mac(struct net_device *dev, void *p)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_config config = d->config;
	struct sockaddr *sa = p;
	int ret;

	if (!is_valid_ether_addr(sa->sa_data))
		return -EADDRNOTAVAIL;
	ether_addr_copy(config.mac, sa->sa_data);
	ret = nax_netdev_change(d, &config, NULL);
	if (ret)
		return ret;
	eth_hw_addr_set(dev, sa->sa_data);
	nax_filter_changed(dev);
	return 0;
}

static netdev_features_t nax_fix_features(struct net_device *dev, netdev_features_t features)
{
	const struct nax_device *d = nax_netdev_device(dev);

	/* Frames whose checksum nobody saw are not joined; programs and sockets want frames. */
	if (!(features & NETIF_F_RXCSUM) || d->prog || d->n_xsk)
		features &= ~NETIF_F_LRO;
	return features;
}

static int nax_set_features(struct net_device *dev, netdev_features_t features)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_config config = d->config;
	u32 i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(nax_features); i++) {
		u64 offload = nax_features[i].offload & NAX_SWITCHED;

		if (features & nax_features[i].feature)
			config.offloads |= offload;
		else
			config.offloads &= ~offload;
	}
	config.rx_buf_len = nax_rx_buf_len(d, &config, d->prog);
	ret = config.offloads == d->config.offloads ? 0 : nax_netdev_change(d, &config, NULL);
	if (!ret && (features ^ dev->features) & NETIF_F_RXALL)
		nax_xsk_changed(d);
	/* Without the feature nobody sees the rules, so none may come back with it. */
	if (!ret && !(config.offloads & NAX_OFFLOAD_FLOW))
		nax_flow_forget(d);
	/* The service may apply the filter before the stack has noted the feature. */
	if (!ret && (features ^ dev->features) & NETIF_F_HW_VLAN_CTAG_FILTER) {
		assign_bit(NAX_DEV_VLAN_FILTER, &d->flags,
			   features & NETIF_F_HW_VLAN_CTAG_FILTER);
		nax_filter_changed(dev);
	}
	return ret;
}

/* What only the device counts, as the service has last read it: whoever asks must not wait. */
static void nax_get_device_stats(const struct nax_adapter *a, struct rtnl_link_stats64 *s)
{
	s->multicast = nax_adapter_hw_stat(a, NAX_STAT_RX_MULTICAST);
	s->rx_missed_errors = nax_adapter_hw_stat(a, NAX_STAT_RX_MISSED);
	s->rx_crc_errors = nax_adapter_hw_stat(a, NAX_STAT_RX_CRC);
	s->rx_length_errors = nax_adapter_hw_stat(a, NAX_STAT_RX_LENGTH) +
			      nax_adapter_hw_stat(a, NAX_STAT_RX_UNDERSIZE) +
			      nax_adapter_hw_stat(a, NAX_STAT_RX_OVERSIZE);
	/*
	 * Frames too short and with a bad FCS are in none of these; too long ones with one are in
	 * CRC.
	 */
	s->rx_errors = s->rx_crc_errors + s->rx_length_errors +
		       nax_adapter_hw_stat(a, NAX_STAT_RX_FRAGMENTS);
}

static void nax_get_stats(struct net_device *dev, struct rtnl_link_stats64 *s)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_count_values v;
	unsigned int i;

	for (i = 0; i < dev->num_rx_queues; i++) {
		v = nax_counts_read(&d->rx[i]);
		s->rx_packets += v.packets;
		s->rx_bytes += v.bytes;
		s->rx_dropped += atomic64_read(&d->rx[i].drops);
	}
	for (i = 0; i < dev->num_tx_queues; i++) {
		v = nax_counts_read(&d->tx[i]);
		s->tx_packets += v.packets;
		s->tx_bytes += v.bytes;
		s->tx_dropped += atomic64_read(&d->tx[i].drops);
	}
	nax_get_device_stats(d->adapter, s);
}

static void nax_tx_timeout(struct net_device *dev, unsigned int queue)
{
	struct nax_device *d = nax_netdev_device(dev);

	atomic64_inc(&d->tx_timeouts);
	nax_hung(d->adapter, d->adapter->txq[queue], "the stack's transmit watchdog has fired");
}

static const struct net_device_ops nax_netdev_ops = {
	.ndo_open = nax_open,
	.ndo_stop = nax_stop,
	.ndo_start_xmit = nax_tx_xmit,
	.ndo_features_check = nax_tx_features_check,
	NAX_RX_MODE_OP
	.ndo_vlan_rx_add_vid = nax_vlan_add,
	.ndo_vlan_rx_kill_vid = nax_vlan_kill,
	.ndo_set_mac_address = nax_set_mac,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_change_mtu = nax_change_mtu,
	.ndo_fix_features = nax_fix_features,
	.ndo_set_features = nax_set_features,
	.ndo_get_stats64 = nax_get_stats,
	.ndo_tx_timeout = nax_tx_timeout,
	.ndo_bpf = nax_xdp_bpf,
	.ndo_xdp_xmit = nax_xdp_xmit,
	.ndo_xsk_wakeup = nax_xsk_wakeup,
	NAX_HWTSTAMP_OPS
};

bool nax_netdev_is(const struct net_device *dev)
{
	return dev->netdev_ops == &nax_netdev_ops;
}

static void nax_netdev_fill(struct nax_device *d)
{
	const struct nax_caps *caps = &d->adapter->caps;
	struct net_device *dev = d->net;

	dev->netdev_ops = &nax_netdev_ops;
	dev->ethtool_ops = &nax_ethtool_ops;
	dev->watchdog_timeo = 5 * HZ;
	dev->min_mtu = caps->mtu_min;
	dev->max_mtu = caps->mtu_max;
	dev->hw_features = nax_features_of(caps->offloads) & ~NETIF_F_HIGHDMA;
	dev->features = nax_features_of(caps->offloads & ~NAX_OFFLOAD_ASKED);
	assign_bit(NAX_DEV_VLAN_FILTER, &d->flags, dev->features & NETIF_F_HW_VLAN_CTAG_FILTER);
	dev->vlan_features = dev->features & (NETIF_F_SG | NETIF_F_HIGHDMA | NETIF_F_CSUM_MASK |
					      NETIF_F_SCTP_CRC | NETIF_F_ALL_TSO |
					      NETIF_F_GSO_UDP_L4 | NETIF_F_GSO_PARTIAL |
					      NAX_TUNNELS);
	if (caps->offloads & NAX_OFFLOAD_TUNNEL) {
		dev->gso_partial_features = NAX_TUNNELS;
		dev->hw_enc_features = dev->vlan_features & ~NETIF_F_GSO_UDP_L4;
	}
	nax_compat_set_xdp_metadata(dev);
	dev->priv_flags |= IFF_UNICAST_FLT | IFF_LIVE_ADDR_CHANGE;
	nax_set_xdp_features(dev);
	nax_compat_set_stat_ops(dev);
	nax_compat_set_queue_mgmt(dev);
	/* NAX_TX_STOP holds for such packets, and no device knows IPv6's header of larger ones. */
	netif_set_tso_max_size(dev, min_t(u32, caps->gso_max, GSO_LEGACY_MAX_SIZE));
	eth_hw_addr_set(dev, caps->perm_mac);
	ether_addr_copy(dev->perm_addr, caps->perm_mac);
}

static void nax_config_first(struct nax_device *d)
{
	const struct nax_caps *caps = &d->adapter->caps;
	u32 pairs = min_t(u32, num_online_cpus(), NAX_QUEUE_PAIRS_DEFAULT);

	pairs = min_t(u32, pairs, d->n_irqs);
	nax_config_default(d->adapter, &d->config);
	d->config.n_rxq = min_t(u32, pairs, caps->rss_queues_max ? caps->rss_queues_max : 1);
	d->config.n_txq = min_t(u32, pairs, caps->txq_max);
	d->config.rx_buf_len = nax_rx_buf_len(d, &d->config, NULL);
	set_bit(0, d->vlan);
}

static void nax_counts_init(struct nax_counts *c)
{
	u64_stats_init(&c->sync);
	u64_stats_init(&c->gso.sync);
}

static struct nax_counts *nax_counts_alloc(u32 n)
{
	struct nax_counts *c = kvcalloc(n, sizeof(*c), GFP_KERNEL);
	u32 i;

	for (i = 0; c && i < n; i++)
		nax_counts_init(&c[i]);
	return c;
}

static int nax_netdev_make(struct nax_device *d)
{
	const struct nax_caps *caps = &d->adapter->caps;
	u32 rx = min_t(u32, caps->rxq_max, d->n_irqs), tx = min_t(u32, caps->txq_max, d->n_irqs);
	struct nax_netdev *n;

	d->net = alloc_etherdev_mqs(sizeof(*n), tx, rx);
	if (!d->net)
		return -ENOMEM;
	n = netdev_priv(d->net);
	n->device = d;
	n->adapter = d->adapter;
	SET_NETDEV_DEV(d->net, &d->pdev->dev);
	d->rx = nax_counts_alloc(rx);
	d->tx = nax_counts_alloc(tx);
	return d->rx && d->tx ? nax_irqs_alloc(d) : -ENOMEM;
}

void nax_netdev_free(struct nax_device *d)
{
	if (!d->net)
		return;
	nax_irqs_free(d);
	kvfree(d->tx);
	kvfree(d->rx);
	free_netdev(d->net);
	d->net = NULL;
}

int nax_netdev_alloc(struct nax_device *d, struct nax_error *err)
{
	int ret;

	ret = nax_netdev_make(d);
	if (ret) {
		nax_netdev_free(d);
		return nax_error_set(err, ret, "no memory for a network device");
	}
	nax_config_first(d);
	nax_netdev_fill(d);
	netif_carrier_off(d->net);
	return 0;
}

int nax_netdev_register(struct nax_device *d, struct nax_error *err)
{
	int ret = register_netdev(d->net);

	if (ret)
		nax_error_set(err, ret, "the network device cannot be registered: %d", ret);
	return ret;
}
