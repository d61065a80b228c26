/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Advanced descriptors of the 82599: receive as in datasheet section 7.1.6, transmit as in section
 * 7.2.3.2. All have 16 bytes and are little endian.
 */
#ifndef IXGBE_DESC_H
#define IXGBE_DESC_H

#include <nax/hal.h>

/**
 * union ixgbe_rx_desc - advanced receive descriptor
 * @read: as written by the driver: where a frame may go. Bit 0 of @read.header lies where the
 *	device sets DD, so it is written 0 with each new buffer
 * @wb: as written back by the device, section 7.1.6.2. @wb.length_vlan: bytes in bits 15:0,
 *	stripped tag in 31:16
 */
union ixgbe_rx_desc {
	struct {
		__le64 packet;
		__le64 header;
	} read;
	struct {
		__le32 info;
		__le32 hash;
		__le32 status;
		__le32 length_vlan;
	} wb;
};

/* Receive write-back, info */
#define IXGBE_RXD_RSS_TYPE		GENMASK(3, 0)
#define IXGBE_RXD_TYPE			GENMASK(10, 4)	/* unless IXGBE_RXD_TYPE_L2 */
#define IXGBE_RXD_TYPE_L2		BIT(15)	/* matched an Ethertype filter: no IP type given */
#define IXGBE_RXD_RSCCNT		GENMASK(20, 17)	/* frames that were joined */

/* Receive write-back, status and errors */
#define IXGBE_RXD_DD			BIT(0)
#define IXGBE_RXD_EOP			BIT(1)
#define IXGBE_RXD_VP			BIT(3)
#define IXGBE_RXD_SUM_SEEN		GENMASK(6, 5)	/* IPCS, L4CS */
#define IXGBE_RXD_TS			BIT(16)	/* the latch RXSTMP is of this frame */
#define IXGBE_RXD_ERR_CE		BIT(24)	/* frame check sequence */
#define IXGBE_RXD_ERR_LE		BIT(25)	/* 802.3 length field */
#define IXGBE_RXD_ERR_PE		BIT(27)	/* symbol */
#define IXGBE_RXD_ERR_OSE		BIT(28)	/* oversize */
#define IXGBE_RXD_ERR_USE		BIT(29)	/* undersize */
#define IXGBE_RXD_SUM_BAD		GENMASK(31, 30)	/* IPE, TCPE */
#define IXGBE_RXD_ERRORS		(IXGBE_RXD_ERR_CE | IXGBE_RXD_ERR_LE | IXGBE_RXD_ERR_PE | \
					 IXGBE_RXD_ERR_OSE | IXGBE_RXD_ERR_USE)

/*
 * What makes a descriptor a good frame of its own, whose time nobody has asked for: these bits of
 * the mask alone. A packet of joined frames has more, as TCP whose checksum was not seen (L4CS) is
 * not joined (section 7.11.1).
 */
#define IXGBE_RXD_SINGLE		(IXGBE_RXD_DD | IXGBE_RXD_EOP)
#define IXGBE_RXD_SINGLE_MASK		(IXGBE_RXD_SINGLE | IXGBE_RXD_ERRORS | IXGBE_RXD_TS)
#define IXGBE_RXD_SINGLE_PLAIN		(~0u)

/**
 * union ixgbe_tx_desc - advanced transmit descriptor
 * @data: section 7.2.3.2.4. @data.status: DD as written back; as posted: options and length
 * @context: section 7.2.3.2.3
 */
union ixgbe_tx_desc {
	struct {
		__le64 address;
		__le32 cmd_len;
		__le32 status;
	} data;
	struct {
		__le32 vlan_macip;
		__le32 ipsec;
		__le32 type;
		__le32 mss_l4len;
	} context;
};

/* Third word of both */
#define IXGBE_TXD_DTYP_CONTEXT		(2u << 20)
#define IXGBE_TXD_DTYP_DATA		(3u << 20)
#define IXGBE_TXD_DEXT			BIT(29)

/* Data descriptor */
#define IXGBE_TXD_TSTAMP		BIT(19)	/* section 7.2.3.2.4, MAC: latch TXSTMP */
#define IXGBE_TXD_EOP			BIT(24)
#define IXGBE_TXD_IFCS			BIT(25)
#define IXGBE_TXD_RS			BIT(27)
#define IXGBE_TXD_VLE			BIT(30)
#define IXGBE_TXD_TSE			BIT(31)
#define IXGBE_TXD_DD			BIT(0)
#define IXGBE_TXD_CC			BIT(7)
#define IXGBE_TXD_IXSM			BIT(8)
#define IXGBE_TXD_TXSM			BIT(9)
#define IXGBE_TXD_PAYLEN_SHIFT		14
#define IXGBE_TXD_PAYLEN_MAX		0x3ffff
#define IXGBE_TXD_DTALEN_MAX		15872	/* 15.5 KiB */

/* Context descriptor */
#define IXGBE_TXC_MACLEN_SHIFT		9
#define IXGBE_TXC_VLAN_SHIFT		16
#define IXGBE_TXC_IPV4			BIT(10)
#define IXGBE_TXC_L4T_UDP		0u
#define IXGBE_TXC_L4T_TCP		BIT(11)
#define IXGBE_TXC_L4T_SCTP		(2u << 11)
#define IXGBE_TXC_L4LEN_SHIFT		8
#define IXGBE_TXC_MSS_SHIFT		16
#define IXGBE_TXC_HEADERS_MAX		511	/* MACLEN + IPLEN + L4LEN, with tag, is below 512 */

#endif /* IXGBE_DESC_H */
