/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a device can do: filled by a driver's attach(), checked by the framework, shown to users. */
#ifndef NAX_CAPS_H
#define NAX_CAPS_H

#include <nax/flow.h>
#include <nax/offload.h>

/** enum nax_stat_id - meaning of a hardware counter, for interfaces with standard names */
enum nax_stat_id {
	NAX_STAT_OTHER,
	NAX_STAT_RX_PACKETS,
	NAX_STAT_TX_PACKETS,
	NAX_STAT_RX_BYTES,
	NAX_STAT_TX_BYTES,
	NAX_STAT_RX_MULTICAST,
	NAX_STAT_RX_BROADCAST,
	NAX_STAT_RX_MISSED,	/* no room: packet buffer full, or no descriptors */
	NAX_STAT_RX_CRC,
	NAX_STAT_RX_LENGTH,
	NAX_STAT_RX_ERRORS,
	NAX_STAT_TX_PAUSE,
	NAX_STAT_RX_PAUSE,
	NAX_STAT_TX_MULTICAST,
	NAX_STAT_TX_BROADCAST,
	NAX_STAT_RX_UNDERSIZE,
	NAX_STAT_RX_FRAGMENTS,
	NAX_STAT_RX_OVERSIZE,
	NAX_STAT_RX_JABBER,
	NAX_STAT_RX_64,		/* frames by size, RFC 2819: six in a row */
	NAX_STAT_RX_65_127,
	NAX_STAT_RX_128_255,
	NAX_STAT_RX_256_511,
	NAX_STAT_RX_512_1023,
	NAX_STAT_RX_1024_MAX,
	NAX_STAT_TX_64,		/* the same, sent */
	NAX_STAT_TX_65_127,
	NAX_STAT_TX_128_255,
	NAX_STAT_TX_256_511,
	NAX_STAT_TX_512_1023,
	NAX_STAT_TX_1024_MAX,
	NAX_STAT_TX_PAUSE_END,	/* pause frames with time 0: XON */
	NAX_STAT_RX_PAUSE_END,
	NAX_STAT_IDS
};

#define NAX_STAT_NAME_MAX 32

/**
 * struct nax_stat_desc - one hardware counter
 * @name: name shown to users, lower case with underscores, ended by NUL
 * @id: its standard meaning, at most one counter per meaning but for NAX_STAT_OTHER
 */
struct nax_stat_desc {
	char name[NAX_STAT_NAME_MAX];
	enum nax_stat_id id;
};

#define NAX_LINK_100M	(1u << 0)
#define NAX_LINK_1G	(1u << 1)
#define NAX_LINK_10G	(1u << 2)

/**
 * struct nax_caps - the limits of one device
 *
 * The framework starts with all fields 0, calls attach(), then checks them; a wrong one is
 * refused by name. Nothing here changes after attach().
 *
 * @perm_mac: permanent MAC address, unicast and not zero
 * @nvm_version: version of the firmware image, for people; may be empty
 * @board: the board's part number, for people; may be empty
 * @rxq_max: receive queues, 1 ..
 * @txq_max: transmit queues, 1 ..
 * @rss_queues_max: receive queues an RSS table can name, 0 .. @rxq_max
 * @vectors_max: interrupt vectors, of which the last is for link and all else, 2 ..
 * @ring_min: smallest ring in slots, a power of two, >= 8
 * @ring_max: largest ring, a power of two
 * @ring_default: a power of two between the two
 * @rx_desc_size: bytes of a receive descriptor
 * @tx_desc_size: bytes of a transmit descriptor
 * @desc_align: alignment of a descriptor ring's bus address, a power of two
 * @tx_overhead: descriptors a packet may need beyond one per slot (a context descriptor: 1)
 * @tx_slots_max: slots in one transmit packet, >= 1; more are merged by the framework
 * @tx_slot_len_max: bytes in one transmit slot
 * @tx_len_min: shortest frame the device accepts; the framework pads to it with zeroes
 * @report_interval: descriptors between completion reports, >= 1
 * @rx_buf_min: smallest receive buffer in bytes
 * @rx_buf_max: largest
 * @rx_buf_step: what the device counts receive buffers in, a power of two
 * @rx_long_dropped: of frames longer than nax_adapter.max_frame the device writes nothing, but with
 *	NAX_OFFLOAD_RX_ALL or NAX_OFFLOAD_LRO active. Receive buffers that hold max_frame need not
 *	be multiples of @rx_buf_step then: the driver tells the device of the next multiple
 * @mtu_min: smallest MTU in bytes
 * @mtu_max: largest MTU: payload without Ethernet header, tag and frame check sequence
 * @offloads: NAX_OFFLOAD_*
 * @gso_max: bytes of payload in a segmented packet
 * @gso_mss_min: smallest segment payload
 * @gso_hdr_max: bytes of all headers before the payload
 * @l2_max: longest layer 2 header for checksum and segmentation
 * @l3_max: longest layer 3 header, extension headers included
 * @rss_entries: indirection table size, 0 without RSS, else a power of two up to 512
 * @rss_key_len: key bytes, 0 without RSS
 * @rss_types: BIT(enum nax_hash_type)
 * @ucast_max: exact unicast filters, >= 1
 * @mcast_max: multicast addresses the filter takes, 0: none but by ALLMULTI
 * @link_modes: NAX_LINK_*
 * @dma_bits: usable bits of a bus address
 * @itr_max_us: longest interrupt interval, 0 without moderation
 * @itr_step_us: granularity of the interval, >= 1 with moderation
 * @irq_autoclear: delivery of a queue vector masks it and clears its cause: irq_ack() is not
 *	called for queue vectors
 * @pause: the device can send and honour IEEE 802.3x pause frames
 * @nvm_words: 16-bit words of NVM that nax_driver_ops.nvm reaches, 0 without that table
 * @ptp_rx: BIT(enum nax_ptp_rx) of what can be chosen, NAX_PTP_RX_NONE among them; 0 without
 *	nax_driver_ops.ptp
 * @ptp_ppb_max: how much faster or slower the clock can go, in parts per 10^9
 * @flow_rules: receive flow rules it can keep, 0 without nax_driver_ops.flow
 * @flow_protos: BIT(enum nax_flow_proto) that rules can be for
 * @flow_ports: those of them whose ports can be compared; never of NAX_FLOW_ANY
 * @flow_mask: by enum nax_flow_field, the bits that can be compared
 * @flow_whole: BIT(enum nax_flow_field) of which all these bits are compared or none
 * @flow_one_mask: all rules compare the same bits of the same bytes, but that ports may differ
 *	from protocol to protocol; and all of them are for NAX_FLOW_ANY, or none is
 * @flow_offset_max: largest nax_flow_rule.offset
 * @flow_offset_step: offsets are multiples of this, >= 1 with NAX_FLOW_BYTES in @flow_mask
 * @n_stats: entries of @stats
 * @stats: hardware counters, constant
 */
struct nax_caps {
	u8 perm_mac[6];
	char nvm_version[26];
	char board[16];
	u16 rxq_max;
	u16 txq_max;
	u16 rss_queues_max;
	u16 vectors_max;
	u32 ring_min;
	u32 ring_max;
	u32 ring_default;
	u16 rx_desc_size;
	u16 tx_desc_size;
	u16 desc_align;
	u16 tx_overhead;
	u16 tx_slots_max;
	u16 tx_slot_len_max;
	u16 tx_len_min;
	u16 report_interval;
	u32 rx_buf_min;
	u32 rx_buf_max;
	u32 rx_buf_step;
	bool rx_long_dropped;
	u32 mtu_min;
	u32 mtu_max;
	u64 offloads;
	u32 gso_max;
	u16 gso_mss_min;
	u16 gso_hdr_max;
	u16 l2_max;
	u16 l3_max;
	u16 rss_entries;
	u16 rss_key_len;
	u32 rss_types;
	u16 ucast_max;
	u16 mcast_max;
	u32 link_modes;
	u16 dma_bits;
	u16 itr_max_us;
	u16 itr_step_us;
	bool irq_autoclear;
	bool pause;
	u32 nvm_words;
	u32 ptp_rx;
	u32 ptp_ppb_max;
	u16 flow_rules;
	u32 flow_protos;
	u32 flow_ports;
	u32 flow_mask[NAX_FLOW_FIELDS];
	u32 flow_whole;
	bool flow_one_mask;
	u16 flow_offset_max;
	u16 flow_offset_step;
	u16 n_stats;
	const struct nax_stat_desc *stats;
};

/*
 * The fields that are plain limits, for tables of them: F(field, FIELD). FIELD is the name of the
 * attribute in <nax/netlink.h> without its prefix.
 */
#define NAX_CAPS_LIMITS(F) \
	F(rxq_max, RXQ_MAX) F(txq_max, TXQ_MAX) F(rss_queues_max, RSS_QUEUES_MAX) \
	F(vectors_max, VECTORS_MAX) F(ring_min, RING_MIN) F(ring_max, RING_MAX) \
	F(ring_default, RING_DEFAULT) F(rx_desc_size, RX_DESC_SIZE) \
	F(tx_desc_size, TX_DESC_SIZE) F(desc_align, DESC_ALIGN) F(tx_overhead, TX_OVERHEAD) \
	F(tx_slots_max, TX_SLOTS_MAX) F(tx_slot_len_max, TX_SLOT_LEN_MAX) \
	F(tx_len_min, TX_LEN_MIN) F(report_interval, REPORT_INTERVAL) F(rx_buf_min, RX_BUF_MIN) \
	F(rx_buf_max, RX_BUF_MAX) F(rx_buf_step, RX_BUF_STEP) F(mtu_min, MTU_MIN) \
	F(mtu_max, MTU_MAX) F(gso_max, GSO_MAX) F(gso_mss_min, GSO_MSS_MIN) \
	F(gso_hdr_max, GSO_HDR_MAX) F(l2_max, L2_MAX) F(l3_max, L3_MAX) \
	F(rss_entries, RSS_ENTRIES) F(rss_key_len, RSS_KEY_LEN) F(ucast_max, UCAST_MAX) \
	F(mcast_max, MCAST_MAX) F(dma_bits, DMA_BITS) F(itr_max_us, ITR_MAX_US) \
	F(itr_step_us, ITR_STEP_US) F(irq_autoclear, IRQ_AUTOCLEAR) F(pause, PAUSE) \
	F(flow_rules, FLOW_RULES) F(flow_one_mask, FLOW_ONE_MASK) \
	F(rx_long_dropped, RX_LONG_DROPPED)

#endif /* NAX_CAPS_H */
