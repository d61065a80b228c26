/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the files of the 82599 driver offer each other. */
#ifndef IXGBE_IXGBE_H
#define IXGBE_IXGBE_H

#include <nax/nax.h>

#include "regs.h"

#define IXGBE_QUEUES		64	/* without virtualization MTQC gives 64 transmit queues */
#define IXGBE_RSS_QUEUES	16	/* a RETA entry has 4 bits */
#define IXGBE_VECTORS		64
#define IXGBE_RING_MIN		64
#define IXGBE_RING_MAX		4096
#define IXGBE_RX_BUF_STEP	1024	/* SRRCTL.BSIZEPACKET */
#define IXGBE_MTU_MAX		9710
#define IXGBE_FRAME_MAX		9728	/* MAXFRS.MFS: frame check sequence counted, tag not */

/* Of the receive packet buffer, for flow rules where they are asked for: 32 KiB << PBALLOC. */
#define IXGBE_FLOW_PBALLOC	1
#define IXGBE_FLOW_TABLE_BYTES	(0x8000 << IXGBE_FLOW_PBALLOC)

/* What TSYNCRXCTL.TYPE can tell from other packets, and what INCVALUE has room for. */
#define IXGBE_PTP_RX		(BIT(NAX_PTP_RX_NONE) | BIT(NAX_PTP_RX_V1_SYNC) | \
				 BIT(NAX_PTP_RX_V1_DELAY_REQ) | BIT(NAX_PTP_RX_V2_EVENT))
#define IXGBE_PTP_PPB_MAX	250000000

#define IXGBE_NVM_CHECKSUM	0x3f	/* NVM word, section 6.3.6 */

/** enum ixgbe_port - how a device id is connected */
enum ixgbe_port {
	IXGBE_PORT_CX4,
	IXGBE_PORT_XAUI,
	IXGBE_PORT_KX4,
	IXGBE_PORT_KR,
	IXGBE_PORT_BACKPLANE,	/* KX4 or KR */
	IXGBE_PORT_SFP,		/* a cage for SFP+ or QSFP+ */
	IXGBE_PORT_BASE_T,	/* external 10GBASE-T PHY that runs itself */
	IXGBE_PORTS
};

/**
 * struct ixgbe_module - what is plugged into the cage
 * @present: something acknowledges on the module's I2C bus
 * @usable: of a kind that the device drives
 * @configured: the SerDes has been set up for it since the last reset
 * @media: direct attach or fiber
 * @modes: NAX_LINK_* it is made for
 * @init_id: its entry in the NVM's list of SerDes settings, for the first port
 * @name: vendor and part number
 * @reason: why it is not usable, or why it could not be read
 */
struct ixgbe_module {
	bool present;
	bool usable;
	bool configured;
	enum nax_media media;
	u32 modes;
	u16 init_id;
	char name[40];
	char reason[NAX_LINK_REASON];
};

/**
 * struct ixgbe_tables - what the device's filter tables hold: a change writes what changes
 * @known: they hold that; a reset leaves them undefined or cleared
 * @ral: RAL
 * @rah: RAH
 * @mta: MTA
 * @vfta: VFTA
 */
struct ixgbe_tables {
	bool known;
	u32 ral[IXGBE_HW_RARS];
	u32 rah[IXGBE_HW_RARS];
	u32 mta[IXGBE_MTAS];
	u32 vfta[IXGBE_VFTAS];
};

/**
 * struct ixgbe - what the driver knows of one device
 * @port: how it is connected
 * @lan: function of the device, 0 or 1: selects semaphores and SerDes settings
 * @nvm_words: size of the NVM
 * @nvm_caps: NVM word 0x2C
 * @lesm: firmware runs its own link establishment state machine
 * @ledctl: LEDCTL as the NVM set it
 * @autoc: AUTOC as the NVM set it
 * @autoc2: AUTOC2 likewise
 * @modes: NAX_LINK_* last asked for, for a module that is plugged in later; set anew after start()
 * @module: what is in the cage
 * @tables: of the receive filter
 */
struct ixgbe {
	enum ixgbe_port port;
	u32 lan;
	u32 nvm_words;
	u16 nvm_caps;
	bool lesm;
	u32 ledctl;
	u32 autoc;
	u32 autoc2;
	u32 modes;
	struct ixgbe_module module;
	struct ixgbe_tables tables;
};

/**
 * struct ixgbe_context - words of a context descriptor
 * @vlan_macip: tag, MACLEN, IPLEN
 * @type: L4T, IPV4
 * @mss_l4len: segment size, length of the transport header
 */
struct ixgbe_context {
	u32 vlan_macip;
	u32 type;
	u32 mss_l4len;
};

/**
 * struct ixgbe_request - what a packet asks for, and how the device is told
 * @flags: of its first slot
 * @lengths: likewise, slot.hash
 * @gso: likewise
 * @context: its context, tag apart
 * @cmd: command bits of its data descriptors
 * @status: status bits of them
 * @headers: bytes of headers that segmentation repeats, 0 without it
 */
struct ixgbe_request {
	u32 flags;
	u32 lengths;
	u32 gso;
	struct ixgbe_context context;
	u32 cmd;
	u32 status;
	u32 headers;
};

/**
 * struct ixgbe_queue - the driver's part of a queue
 * @rx_keep: slot flags that the active offloads let through
 * @rx_single: Rx: bits of the status that must be as in a good frame of one descriptor, for the
 *	short way: IXGBE_RXD_SINGLE_MASK; IXGBE_RXD_SINGLE_PLAIN where frames are joined
 * @context: Tx: what the device's context 0 of this queue holds; type 0: nothing yet
 * @request: Tx: of the last packet that asked for anything; flags 0: of none yet
 */
struct ixgbe_queue {
	u32 rx_keep;
	u32 rx_single;
	struct ixgbe_context context;
	struct ixgbe_request request;
};

/** ixgbe_modify() - read a register, clear and set bits, write it. Return: what it had been. */
static inline u32 ixgbe_modify(struct nax_adapter *a, u32 reg, u32 clear, u32 set)
{
	u32 old = nax_reg_read(a, reg);

	nax_reg_write(a, reg, (old & ~clear) | set);
	return old;
}

/* hw.c: reset, semaphores, start and stop */
int ixgbe_hw_reset(struct nax_adapter *a);
void ixgbe_hw_stop_dma(struct nax_adapter *a);
int ixgbe_hw_mac(struct nax_adapter *a, u8 mac[6]);
int ixgbe_sem_get(struct nax_adapter *a, u32 mask, struct nax_error *why);
void ixgbe_sem_put(struct nax_adapter *a, u32 mask);
int ixgbe_start(struct nax_adapter *a);
void ixgbe_stop(struct nax_adapter *a, bool gone);
void ixgbe_up(struct nax_adapter *a);
void ixgbe_set_fcs(struct nax_adapter *a, bool keep);
void ixgbe_rx_hold(struct nax_adapter *a);
void ixgbe_rx_release(struct nax_adapter *a);
void ixgbe_set_rsc(struct nax_adapter *a, bool on);

/* nvm.c */
int ixgbe_nvm_init(struct nax_adapter *a, struct nax_caps *caps);
int ixgbe_nvm_read(struct nax_adapter *a, u32 word, u16 *value);
int ixgbe_nvm_fail(struct nax_adapter *a, int err, u32 word);
int ixgbe_nvm_sum(struct nax_adapter *a, u16 *sum);
int ixgbe_nvm_check(struct nax_adapter *a);

/* nvm_write.c */
extern const struct nax_nvm_ops ixgbe_nvm_ops;

/* link.c */
void ixgbe_link_init(struct nax_adapter *a);
u32 ixgbe_link_modes(struct nax_adapter *a);
bool ixgbe_links_up(struct nax_adapter *a, u32 *links);
void ixgbe_link_get(struct nax_adapter *a, struct nax_link *link);
int ixgbe_link_set(struct nax_adapter *a, const struct nax_link_settings *set);

/* led.c */
void ixgbe_identify(struct nax_adapter *a, enum nax_led led);

/* selftest.c */
extern const struct nax_selftest_ops ixgbe_selftest_ops;

/* ptp.c */
extern const struct nax_ptp_ops ixgbe_ptp_ops;

/* sfp.c */
int ixgbe_module_read(struct nax_adapter *a, const struct nax_module_page *page, u8 *data);
void ixgbe_sfp_update(struct nax_adapter *a);
int ixgbe_sfp_setup(struct nax_adapter *a, struct nax_error *why);
void ixgbe_sfp_laser(struct nax_adapter *a, bool on);
void ixgbe_sfp_rate(struct nax_adapter *a, bool fast);

/* irq.c */
void ixgbe_irq_init(struct nax_adapter *a);
void ixgbe_irq_off(struct nax_adapter *a);
void ixgbe_irq_route(const struct nax_queue *q);
void ixgbe_irq_arm(struct nax_vector *v);
u32 ixgbe_irq_ack(struct nax_adapter *a, u32 vector);
void ixgbe_set_itr(struct nax_vector *v);

/* queue.c */
void ixgbe_queue_start(struct nax_queue *q);
void ixgbe_queue_stop(struct nax_queue *q);
void ixgbe_set_offloads(struct nax_adapter *a, u64 active);
void ixgbe_rx_drop_policy(struct nax_adapter *a);

/* datapath.c */
void ixgbe_tx_post(struct nax_queue *q);
void ixgbe_tx_reap(struct nax_queue *q);
void ixgbe_rx_reap(struct nax_queue *q, u32 budget);
void ixgbe_rx_post(struct nax_queue *q);

/* filter.c, rss.c */
void ixgbe_set_filter(struct nax_adapter *a, const struct nax_filter *f);
void ixgbe_set_rss(struct nax_adapter *a, const struct nax_rss *rss);

/* flow.c */
extern const struct nax_flow_ops ixgbe_flow_ops;
void ixgbe_flow_caps(struct nax_caps *caps);
int ixgbe_flow_start(struct nax_adapter *a);

/* stats.c */
extern const struct nax_stat_desc ixgbe_stat_descs[];
extern const u16 ixgbe_n_stats;
void ixgbe_stats_init(struct nax_adapter *a);
void ixgbe_stats(struct nax_adapter *a, u64 *v);

/* diag.c */
void ixgbe_diag(struct nax_adapter *a, struct nax_diag *d);

#endif /* IXGBE_IXGBE_H */
