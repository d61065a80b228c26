/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is said of a packet (NAX_F_*, in struct nax_slot), and what a device can do (NAX_OFFLOAD_*).
 */
#ifndef NAX_OFFLOAD_H
#define NAX_OFFLOAD_H

#include <nax/types.h>

/*
 * Packet flags, struct nax_slot.flags. The low byte means the same in both directions, so that a
 * forwarded packet keeps it.
 */
#define NAX_F_EOP		0x00000001u	/* last slot of the packet */
#define NAX_F_IPV4		0x00000002u	/* layer 3 is IPv4 */
#define NAX_F_IPV6		0x00000004u	/* layer 3 is IPv6 */
#define NAX_F_L4_MASK		0x00000018u	/* layer 4, none of: */
#define NAX_F_TCP		0x00000008u
#define NAX_F_UDP		0x00000010u
#define NAX_F_SCTP		0x00000018u
#define NAX_F_VLAN		0x00000020u	/* Rx: tag stripped into vlan_tci. Tx: insert it */
#define NAX_F_IP_EXT		0x00000040u	/* Rx: IPv4 options or IPv6 extension headers */

/*
 * Transmit requests; header lengths are in hash, see nax_tx_lengths().
 *
 * Hardware adds to what stands in a checksum field, so the upper layer seeds it, as Linux does for
 * CHECKSUM_PARTIAL: the IPv4 field is 0; the TCP or UDP field holds the folded sum of the
 * pseudo-header, not inverted, with NAX_F_TX_GSO without its length; the SCTP field is 0.
 */
#define NAX_F_TX_IPCSUM		0x00000100u	/* fill the IPv4 header checksum */
#define NAX_F_TX_L4CSUM		0x00000200u	/* fill the checksum of NAX_F_L4_MASK */
#define NAX_F_TX_GSO		0x00000400u	/* cut into segments of gso payload bytes */
#define NAX_F_TX_TSTAMP		0x00000800u	/* latch the time of transmission, <nax/ptp.h> */
/* Requests that need header lengths, and all of them. */
#define NAX_F_TX_HEADERS	(NAX_F_TX_IPCSUM | NAX_F_TX_L4CSUM | NAX_F_TX_GSO)
#define NAX_F_TX_MASK		(NAX_F_TX_HEADERS | NAX_F_TX_TSTAMP)

/*
 * Receive verdicts. Neither GOOD nor BAD means that nobody looked. A BAD from hardware is verified
 * by the framework before an upper layer sees it.
 */
#define NAX_F_RX_IPCSUM_GOOD	0x00001000u
#define NAX_F_RX_IPCSUM_BAD	0x00002000u
#define NAX_F_RX_L4CSUM_GOOD	0x00004000u
#define NAX_F_RX_L4CSUM_BAD	0x00008000u
#define NAX_F_RX_CSUM_BAD	(NAX_F_RX_IPCSUM_BAD | NAX_F_RX_L4CSUM_BAD)
#define NAX_F_RX_ERROR		0x00010000u	/* damaged: to be released unread, and counted */
#define NAX_F_RX_TSTAMP		0x00020000u	/* ring.tstamp has the time of reception */
#define NAX_F_RX_LOOPBACK	0x00040000u	/* from a function of this device, not the wire */

/*
 * Receive hash type: the fields that slot.hash was made from; 0 is "no hash". The numbers are
 * enum nax_hash_type.
 */
#define NAX_F_HASH_TYPE		0x00f00000u
#define NAX_F_HASH_SHIFT	20

/* Why NAX_F_RX_ERROR is set: enum nax_rx_error. */
#define NAX_F_RX_REASON		0x0f000000u
#define NAX_F_RX_REASON_SHIFT	24

/** enum nax_hash_type - what a receive hash covers; also the bit numbers of nax_rss.types */
enum nax_hash_type {
	NAX_HASH_NONE,
	NAX_HASH_IPV4,		/* source and destination address */
	NAX_HASH_IPV4_TCP,	/* addresses and ports */
	NAX_HASH_IPV4_UDP,
	NAX_HASH_IPV6,
	NAX_HASH_IPV6_TCP,
	NAX_HASH_IPV6_UDP,
	NAX_HASH_IPV6_EX,	/* home address option or routing header where present */
	NAX_HASH_IPV6_TCP_EX,
	NAX_HASH_IPV6_UDP_EX,
	NAX_HASH_TYPES
};

/** enum nax_rx_error - why a received frame is damaged; each has a counter per queue */
enum nax_rx_error {
	NAX_RX_OK,
	NAX_RX_ERR_CRC,		/* bad frame check sequence, symbol or alignment */
	NAX_RX_ERR_LENGTH,	/* device reports length 0, or more than the buffer holds */
	NAX_RX_ERR_CHAIN,	/* more slots than the largest frame can need: EOP never came */
	NAX_RX_ERR_OVERSIZE,	/* longer than the device was set to accept */
	NAX_RX_ERR_DEVICE,	/* any other error the device reports */
	NAX_RX_ERRORS
};

/*
 * Device offloads, nax_caps.offloads and the active mask. An upper layer may ask for all Tx
 * offloads at any time: what is not active is done in software.
 */
#define NAX_OFFLOAD_TX_IPCSUM	(1ull << 0)	/* IPv4 header checksum */
#define NAX_OFFLOAD_TX_TCPCSUM	(1ull << 1)
#define NAX_OFFLOAD_TX_UDPCSUM	(1ull << 2)
#define NAX_OFFLOAD_TX_SCTPCSUM	(1ull << 3)
#define NAX_OFFLOAD_TSO4	(1ull << 4)	/* TCP segmentation over IPv4 */
#define NAX_OFFLOAD_TSO6	(1ull << 5)
#define NAX_OFFLOAD_USO		(1ull << 6)	/* UDP segmentation over IPv4 and IPv6 */
#define NAX_OFFLOAD_TX_VLAN	(1ull << 7)	/* tag insertion */
#define NAX_OFFLOAD_RX_IPCSUM	(1ull << 8)
#define NAX_OFFLOAD_RX_L4CSUM	(1ull << 9)
#define NAX_OFFLOAD_RX_VLAN	(1ull << 10)	/* tag stripping */
#define NAX_OFFLOAD_VLAN_FILTER	(1ull << 11)
#define NAX_OFFLOAD_RSS		(1ull << 12)
#define NAX_OFFLOAD_RX_SCATTER	(1ull << 13)	/* a frame may take several receive slots */
#define NAX_OFFLOAD_RX_FCS	(1ull << 14)	/* the frame check sequence stays in the frame */
#define NAX_OFFLOAD_RX_ALL	(1ull << 15)	/* damaged frames too, as NAX_F_RX_ERROR */
#define NAX_OFFLOAD_FLOW	(1ull << 16)	/* receive flow rules, <nax/flow.h> */
/* Frames of a TCP connection that follow each other are joined; never more than fit in one slot. */
#define NAX_OFFLOAD_LRO		(1ull << 17)
/*
 * Between the first IP header and the TCP or UDP header that is asked for there may be others, of a
 * tunnel: l3 is all of it. Only the first changes from segment to segment, and its IPv4 checksum is
 * taken over all of l3, which the upper layer allows for in what it leaves in that field.
 */
#define NAX_OFFLOAD_TUNNEL	(1ull << 18)

#define NAX_OFFLOAD_TX_CSUM	(NAX_OFFLOAD_TX_IPCSUM | NAX_OFFLOAD_TX_TCPCSUM | \
				 NAX_OFFLOAD_TX_UDPCSUM | NAX_OFFLOAD_TX_SCTPCSUM)
#define NAX_OFFLOAD_GSO		(NAX_OFFLOAD_TSO4 | NAX_OFFLOAD_TSO6 | NAX_OFFLOAD_USO)
#define NAX_OFFLOAD_RX_CSUM	(NAX_OFFLOAD_RX_IPCSUM | NAX_OFFLOAD_RX_L4CSUM)
/* Not for every day: active only where somebody asks for it by name. */
#define NAX_OFFLOAD_ASKED	(NAX_OFFLOAD_RX_FCS | NAX_OFFLOAD_RX_ALL | NAX_OFFLOAD_FLOW | \
				 NAX_OFFLOAD_LRO)
#define NAX_OFFLOAD_COUNT	19

/* Header lengths in slot.hash on Tx: l2 in bits 6:0, l3 in bits 15:7, l4 in bits 23:16. */
#define NAX_TX_L2_MAX		127u
#define NAX_TX_L3_MAX		511u
#define NAX_TX_L4_MAX		255u

/**
 * nax_tx_lengths() - pack header lengths for struct nax_slot.hash
 * @l2: bytes before the IP header, 0 .. 127 (a tag still to be inserted does not count)
 * @l3: bytes from there to the transport header, 0 .. 511
 * @l4: bytes of transport header, 0 .. 255; 0 where nobody needs it (no GSO)
 */
static inline u32 nax_tx_lengths(u32 l2, u32 l3, u32 l4)
{
	return l2 | l3 << 7 | l4 << 16;
}

static inline u32 nax_tx_l2(u32 lengths)
{
	return lengths & 0x7f;
}

static inline u32 nax_tx_l3(u32 lengths)
{
	return lengths >> 7 & 0x1ff;
}

static inline u32 nax_tx_l4(u32 lengths)
{
	return lengths >> 16 & 0xff;
}

#define NAX_RSS_KEY_MAX		52
#define NAX_RSS_ENTRIES_MAX	512

/**
 * struct nax_rss - receive side scaling, the whole state
 * @types: BIT(enum nax_hash_type) of what to hash; 0 switches hashing off
 * @entries: used entries of @table, equal to nax_caps.rss_entries
 * @key_len: used bytes of @key, equal to nax_caps.rss_key_len
 * @table: queue index by the low bits of the hash; every entry < number of receive queues
 * @key: Toeplitz key, first byte first
 */
struct nax_rss {
	u32 types;
	u16 entries;
	u16 key_len;
	u16 table[NAX_RSS_ENTRIES_MAX];
	u8 key[NAX_RSS_KEY_MAX];
};

#define NAX_FILTER_PROMISC	(1u << 0)	/* every frame */
#define NAX_FILTER_ALLMULTI	(1u << 1)	/* every multicast frame */
#define NAX_FILTER_BROADCAST	(1u << 2)
#define NAX_FILTER_VLAN		(1u << 3)	/* tagged frames only if their bit in vlan is set */

#define NAX_VLAN_WORDS		(4096 / 32)

/**
 * struct nax_filter - which frames to receive, the whole state
 * @flags: NAX_FILTER_*
 * @n_ucast: entries of @ucast, the adapter's own address first; 1 .. nax_caps.ucast_max
 * @n_mcast: entries of @mcast, 0 .. nax_caps.mcast_max
 * @ucast: unicast addresses
 * @mcast: multicast addresses
 * @vlan: bit per VLAN id, 32 a word, id 0 in bit 0 of word 0
 *
 * The framework turns what does not fit a device's tables into ALLMULTI or PROMISC before the
 * driver sees it.
 */
struct nax_filter {
	u32 flags;
	u16 n_ucast;
	u16 n_mcast;
	const u8 (*ucast)[6];
	const u8 (*mcast)[6];
	const u32 *vlan;
};

#endif /* NAX_OFFLOAD_H */
