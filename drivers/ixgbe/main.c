// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The 82599 driver: which devices it knows, what they can do, and its table of functions. */
#include <nax/nax.h>

#include "desc.h"
#include "ixgbe.h"
#include "regs.h"

#define INTEL			0x8086
#define BAR_SIZE_MIN		0x20000

/* X(device id, name, port) */
#define IXGBE_DEVICES(X) \
	X(0x10f7, "82599 10 Gigabit KX4 backplane", IXGBE_PORT_KX4) \
	X(0x10f8, "82599 10 Gigabit combined backplane", IXGBE_PORT_BACKPLANE) \
	X(0x10f9, "82599 10 Gigabit CX4", IXGBE_PORT_CX4) \
	X(0x10fb, "82599 10 Gigabit SFP+", IXGBE_PORT_SFP) \
	X(0x10fc, "82599 10 Gigabit XAUI", IXGBE_PORT_XAUI) \
	X(0x1507, "82599 10 Gigabit SFP+ (EM)", IXGBE_PORT_SFP) \
	X(0x1514, "82599 10 Gigabit KX4 mezzanine", IXGBE_PORT_KX4) \
	X(0x1517, "82599 10 Gigabit KR backplane", IXGBE_PORT_KR) \
	X(0x151c, "82599 10 Gigabit 10GBASE-T", IXGBE_PORT_BASE_T) \
	X(0x1529, "82599 10 Gigabit SFP+ with FCoE", IXGBE_PORT_SFP) \
	X(0x152a, "82599 10 Gigabit backplane with FCoE", IXGBE_PORT_BACKPLANE) \
	X(0x154a, "82599 10 Gigabit quad SFP+", IXGBE_PORT_SFP) \
	X(0x154d, "82599 10 Gigabit dual SFP+ (SF2)", IXGBE_PORT_SFP) \
	X(0x154f, "82599 10 Gigabit SFP+ (LS)", IXGBE_PORT_SFP) \
	X(0x1557, "82599EN 10 Gigabit SFP+", IXGBE_PORT_SFP) \
	X(0x1558, "82599 10 Gigabit QSFP+", IXGBE_PORT_SFP)

#define DEVICE_ID(id, name, port) { INTEL, id, name },
static const struct nax_pci_id ixgbe_ids[] = {
	IXGBE_DEVICES(DEVICE_ID)
	{ 0, 0, NULL },
};

#define DEVICE_PORT(id, name, port) { id, port },
static const struct {
	u16 device;
	enum ixgbe_port port;
} ixgbe_ports[] = {
	IXGBE_DEVICES(DEVICE_PORT)
};

static int find_port(struct nax_adapter *a, enum ixgbe_port *port)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ixgbe_ports); i++) {
		if (ixgbe_ports[i].device == a->device) {
			*port = ixgbe_ports[i].port;
			return 0;
		}
	}
	return nax_fail(a, -ENODEV, "device id 0x%04x is not an 82599", a->device);
}

static void fill_queue_caps(struct nax_adapter *a, struct nax_caps *caps)
{
	u32 control = nax_config_read(a, IXGBE_PCI_MSIX_CONTROL, 2);

	caps->rxq_max = IXGBE_QUEUES;
	caps->txq_max = IXGBE_QUEUES;
	caps->rss_queues_max = IXGBE_RSS_QUEUES;
	caps->vectors_max = min_t(u32, FIELD_GET(IXGBE_PCI_MSIX_TABLE_SIZE, control) + 1,
				  IXGBE_VECTORS);
	caps->ring_min = IXGBE_RING_MIN;
	caps->ring_max = IXGBE_RING_MAX;
	caps->ring_default = 512;
	caps->rx_desc_size = sizeof(union ixgbe_rx_desc);
	caps->tx_desc_size = sizeof(union ixgbe_tx_desc);
	caps->desc_align = 128;
	caps->tx_overhead = 1;
	/*
	 * The device holds 40 descriptors per queue on chip, and a packet must fit in there beside
	 * WTHRESH (0) waiting ones. Two are left: the context descriptor, and the one of the
	 * header that hardware keeps while it segments.
	 */
	caps->tx_slots_max = 38;
	caps->tx_slot_len_max = IXGBE_TXD_DTALEN_MAX;
	caps->tx_len_min = 17;
	/* Below the 40 on chip, so that a report is under way before they fill up. */
	caps->report_interval = 32;
	caps->rx_buf_min = IXGBE_RX_BUF_STEP;
	caps->rx_buf_max = 16384;
	caps->rx_buf_step = IXGBE_RX_BUF_STEP;
	/*
	 * By MAXFRS, which mac_init() sets. In-tree ixgbe leans on it as well: of 2 KiB that
	 * ixgbe_configure_srrctl() says it has 1534 bytes, by ixgbe_rx_bufsz().
	 */
	caps->rx_long_dropped = true;
}

static void fill_offload_caps(struct nax_caps *caps)
{
	/*
	 * TUNNEL: IPLEN of a context (section 7.2.3.2.3) takes what lies before the TCP or UDP
	 * header for one header, whatever it is: in-tree ixgbe_tso() leans on that.
	 */
	caps->offloads = NAX_OFFLOAD_TX_CSUM | NAX_OFFLOAD_GSO | NAX_OFFLOAD_TX_VLAN |
			 NAX_OFFLOAD_RX_CSUM | NAX_OFFLOAD_RX_VLAN | NAX_OFFLOAD_VLAN_FILTER |
			 NAX_OFFLOAD_RSS | NAX_OFFLOAD_RX_SCATTER | NAX_OFFLOAD_RX_FCS |
			 NAX_OFFLOAD_RX_ALL | NAX_OFFLOAD_LRO | NAX_OFFLOAD_TUNNEL;
	caps->gso_max = IXGBE_TXD_PAYLEN_MAX;
	caps->gso_mss_min = 64;
	caps->gso_hdr_max = IXGBE_TXC_HEADERS_MAX - 4;
	caps->l2_max = NAX_TX_L2_MAX;
	caps->l3_max = NAX_TX_L3_MAX;
	caps->rss_entries = 4 * IXGBE_RETAS;
	caps->rss_key_len = 4 * IXGBE_RSSRKS;
	caps->rss_types = BIT(NAX_HASH_IPV4) | BIT(NAX_HASH_IPV4_TCP) | BIT(NAX_HASH_IPV4_UDP) |
			  BIT(NAX_HASH_IPV6) | BIT(NAX_HASH_IPV6_TCP) | BIT(NAX_HASH_IPV6_UDP) |
			  BIT(NAX_HASH_IPV6_EX) | BIT(NAX_HASH_IPV6_TCP_EX) |
			  BIT(NAX_HASH_IPV6_UDP_EX);
	caps->ucast_max = IXGBE_HW_RARS;
	/* The table is a hash of 4096 bits: with more addresses it would let most others in. */
	caps->mcast_max = 1024;
	ixgbe_flow_caps(caps);
}

static void fill_caps(struct nax_adapter *a, struct nax_caps *caps)
{
	const struct ixgbe *x = a->priv;

	fill_queue_caps(a, caps);
	fill_offload_caps(caps);
	caps->mtu_min = 68;
	caps->mtu_max = IXGBE_MTU_MAX;
	caps->link_modes = ixgbe_link_modes(a);
	caps->dma_bits = 64;
	caps->itr_step_us = 2;
	caps->itr_max_us = 2 * FIELD_GET(IXGBE_EITR_INTERVAL, ~0u);
	caps->irq_autoclear = true;
	caps->pause = true;
	caps->nvm_words = x->nvm_words;
	caps->ptp_rx = IXGBE_PTP_RX;
	caps->ptp_ppb_max = IXGBE_PTP_PPB_MAX;
	caps->n_stats = ixgbe_n_stats;
	caps->stats = ixgbe_stat_descs;
}

static int ixgbe_attach(struct nax_adapter *a, struct nax_caps *caps)
{
	struct ixgbe *x = a->priv;
	u32 status = nax_reg_read(a, IXGBE_STATUS);
	int err;

	if (a->gone || status == ~0u)
		return nax_fail(a, -ENODEV,
				"STATUS reads 0xffffffff: the device does not answer");
	err = find_port(a, &x->port);
	if (err)
		return err;
	x->lan = FIELD_GET(IXGBE_STATUS_LAN_ID, status) & 1;
	err = ixgbe_hw_reset(a);
	if (err)
		return err;
	err = ixgbe_nvm_init(a, caps);
	if (err)
		return err;
	err = ixgbe_hw_mac(a, caps->perm_mac);
	if (err)
		return err;
	x->ledctl = nax_reg_read(a, IXGBE_LEDCTL);
	ixgbe_link_init(a);
	fill_caps(a, caps);
	ixgbe_modify(a, IXGBE_CTRL_EXT, 0, IXGBE_CTRL_EXT_DRV_LOAD);
	if (a->gone)
		return nax_fail(a, -ENODEV, "device is gone: registers read all-ones");
	return 0;
}

static void ixgbe_detach(struct nax_adapter *a)
{
	/* Manageability firmware takes the port over when no driver is loaded. */
	ixgbe_modify(a, IXGBE_CTRL_EXT, IXGBE_CTRL_EXT_DRV_LOAD, 0);
}

static const struct nax_driver_ops ixgbe_ops = {
	.attach = ixgbe_attach,
	.detach = ixgbe_detach,
	.start = ixgbe_start,
	.stop = ixgbe_stop,
	.queue_start = ixgbe_queue_start,
	.queue_stop = ixgbe_queue_stop,
	.tx_post = ixgbe_tx_post,
	.tx_reap = ixgbe_tx_reap,
	.rx_reap = ixgbe_rx_reap,
	.rx_post = ixgbe_rx_post,
	.irq_arm = ixgbe_irq_arm,
	.irq_ack = ixgbe_irq_ack,
	.set_filter = ixgbe_set_filter,
	.up = ixgbe_up,
	.set_offloads = ixgbe_set_offloads,
	.set_rss = ixgbe_set_rss,
	.link_get = ixgbe_link_get,
	.link_set = ixgbe_link_set,
	.stats = ixgbe_stats,
	.set_itr = ixgbe_set_itr,
	.diag = ixgbe_diag,
	.module_read = ixgbe_module_read,
	.identify = ixgbe_identify,
	.nvm = &ixgbe_nvm_ops,
	.selftest = &ixgbe_selftest_ops,
	.ptp = &ixgbe_ptp_ops,
	.flow = &ixgbe_flow_ops,
};

static const struct nax_driver ixgbe_driver = {
	.name = "ixgbe",
	.ids = ixgbe_ids,
	.ops = &ixgbe_ops,
	.bar_size_min = BAR_SIZE_MIN,
	.alive_reg = IXGBE_STATUS,
	.priv_size = sizeof(struct ixgbe),
	.queue_priv_size = sizeof(struct ixgbe_queue),
};

NAX_DRIVER(ixgbe_driver);
