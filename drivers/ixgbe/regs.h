/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Registers of the 82599 that the driver uses, by the names of the 82599 datasheet, chapter 8.2.
 * Offsets are bytes from the start of BAR 0; every register is 32 bits wide.
 */
#ifndef IXGBE_REGS_H
#define IXGBE_REGS_H

#include <nax/hal.h>

#define IXGBE_HW_QUEUES			128	/* in hardware, receive and transmit each */
#define IXGBE_HW_RARS			128
#define IXGBE_HW_PACKET_BUFFERS		8
#define IXGBE_HW_COUNTER_SETS		16

/* General control, 8.2.3.1 */
#define IXGBE_CTRL			0x00000
#define IXGBE_CTRL_GIO_DIS		BIT(2)
#define IXGBE_CTRL_LNK_RST		BIT(3)
#define IXGBE_CTRL_RST			BIT(26)
#define IXGBE_STATUS			0x00008
#define IXGBE_STATUS_LAN_ID		GENMASK(3, 2)
#define IXGBE_STATUS_GIO		BIT(19)
#define IXGBE_CTRL_EXT			0x00018
#define IXGBE_CTRL_EXT_PFRSTD		BIT(14)
#define IXGBE_CTRL_EXT_NS_DIS		BIT(16)
#define IXGBE_CTRL_EXT_DRV_LOAD		BIT(28)
#define IXGBE_ESDP			0x00020
#define IXGBE_ESDP_SDP2			BIT(2)	/* SFP+: module present */
#define IXGBE_ESDP_SDP3			BIT(3)	/* SFP+: transmitter off */
#define IXGBE_ESDP_SDP5			BIT(5)	/* SFP+: 1: 10 Gbit/s, 0: 1 Gbit/s */
#define IXGBE_ESDP_SDP3_DIR		BIT(11)	/* 1: output */
#define IXGBE_ESDP_SDP5_DIR		BIT(13)
#define IXGBE_I2CCTL			0x00028
#define IXGBE_I2CCTL_CLK_IN		BIT(0)
#define IXGBE_I2CCTL_CLK_OUT		BIT(1)
#define IXGBE_I2CCTL_DATA_IN		BIT(2)
#define IXGBE_I2CCTL_DATA_OUT		BIT(3)
#define IXGBE_LEDCTL			0x00200

/* NVM, 8.2.3.2 */
#define IXGBE_EEC			0x10010
#define IXGBE_EEC_SK			BIT(0)	/* the pins of the part: clock, select, data */
#define IXGBE_EEC_CS			BIT(1)	/* 0: selected */
#define IXGBE_EEC_DI			BIT(2)	/* into the part */
#define IXGBE_EEC_DO			BIT(3)	/* out of it */
#define IXGBE_EEC_REQ			BIT(6)
#define IXGBE_EEC_GNT			BIT(7)
#define IXGBE_EEC_PRES			BIT(8)
#define IXGBE_EEC_ARD			BIT(9)
#define IXGBE_EEC_ADDR_SIZE		BIT(10)	/* 1: addresses of 16 bits, 0: of 8 */
#define IXGBE_EEC_SIZE			GENMASK(14, 11)	/* words: 64 << SIZE */
#define IXGBE_EERD			0x10014
#define IXGBE_EERD_START		BIT(0)
#define IXGBE_EERD_DONE			BIT(1)
#define IXGBE_EERD_ADDR			GENMASK(15, 2)
#define IXGBE_EERD_DATA			GENMASK(31, 16)

/* PCIe and semaphores */
#define IXGBE_SWSM			0x10140
#define IXGBE_SWSM_SMBI			BIT(0)	/* set by reading it */
#define IXGBE_SWSM_SWESMBI		BIT(1)
#define IXGBE_FWSM			0x10148
#define IXGBE_FACTPS			0x10150
#define IXGBE_SW_FW_SYNC		0x10160
#define IXGBE_SYNC_EEP			BIT(0)
#define IXGBE_SYNC_PHY0			BIT(1)
#define IXGBE_SYNC_PHY1			BIT(2)
#define IXGBE_SYNC_MAC_CSR		BIT(3)
#define IXGBE_SYNC_FW_SHIFT		5	/* the firmware's bits lie this much above ours */
#define IXGBE_GCR			0x11000
#define IXGBE_GCR_EXT			0x11050
#define IXGBE_GCR_EXT_BUFFERS_CLEAR	BIT(30)

/* PCI configuration space: PCI Express capability at 0xA0, MSI-X capability at 0x70 */
#define IXGBE_PCI_MSIX_CONTROL		0x72
#define IXGBE_PCI_MSIX_TABLE_SIZE	GENMASK(10, 0)	/* entries - 1 */
#define IXGBE_PCI_DEVICE_STATUS		0xaa
#define IXGBE_PCI_TRANSACTIONS_PENDING	BIT(5)

/* Interrupts, 8.2.3.5 */
#define IXGBE_EICR			0x00800
#define IXGBE_EICS			0x00808
#define IXGBE_EIAC			0x00810
#define IXGBE_EIAC_QUEUES		GENMASK(15, 0)
#define IXGBE_EITR(v)			((v) < 24 ? 0x00820 + 4 * (v) : 0x12300 + 4 * ((v) - 24))
#define IXGBE_EITR_INTERVAL		GENMASK(11, 3)	/* in 2 us */
#define IXGBE_EITR_CNT_WDIS		BIT(31)
#define IXGBE_EIMS			0x00880
#define IXGBE_EIMC			0x00888
#define IXGBE_EIAM			0x00890
#define IXGBE_GPIE			0x00898
#define IXGBE_GPIE_SDP1			BIT(1)
#define IXGBE_GPIE_SDP2			BIT(2)
#define IXGBE_GPIE_MSIX			BIT(4)
#define IXGBE_GPIE_OCD			BIT(5)
#define IXGBE_GPIE_EIAME		BIT(30)
#define IXGBE_GPIE_PBA			BIT(31)
#define IXGBE_IVAR(n)			(0x00900 + 4 * (n))
#define IXGBE_IVARS			64
#define IXGBE_IVAR_VALID		BIT(7)
#define IXGBE_IVAR_MISC			0x00a00
#define IXGBE_IVAR_MISC_OTHER_SHIFT	8
#define IXGBE_EICS_EX(n)		(0x00a90 + 4 * (n))
#define IXGBE_EIMS_EX(n)		(0x00aa0 + 4 * (n))
#define IXGBE_EIMC_EX(n)		(0x00ab0 + 4 * (n))
#define IXGBE_EIAM_EX(n)		(0x00ad0 + 4 * (n))
/* Causes in EICR, EIMS and EIMC */
#define IXGBE_CAUSE_MAILBOX		BIT(19)
#define IXGBE_CAUSE_LSC			BIT(20)
#define IXGBE_CAUSE_SDP1		BIT(25)
#define IXGBE_CAUSE_SDP2		BIT(26)
#define IXGBE_CAUSE_ECC			BIT(28)
#define IXGBE_CAUSES_OTHER		GENMASK(30, 16)

/* Flow control and receive packet buffer */
#define IXGBE_FCTTV(n)			(0x03200 + 4 * (n))
#define IXGBE_FCTTVS			4
#define IXGBE_FCRTL(n)			(0x03220 + 4 * (n))
#define IXGBE_FCRTL_XONE		BIT(31)
#define IXGBE_FCRTH(n)			(0x03260 + 4 * (n))
#define IXGBE_FCRTH_FCEN		BIT(31)
#define IXGBE_FCRT_LEVEL		GENMASK(18, 5)	/* a number of bytes, in place */
#define IXGBE_FCRTV			0x032a0
#define IXGBE_FCCFG			0x03d00
#define IXGBE_FCCFG_TFCE_802_3X		BIT(3)
#define IXGBE_RXPBSIZE(n)		(0x03c00 + 4 * (n))	/* bytes, a multiple of 1024 */

/* Receive DMA, 8.2.3.8. The first 64 queues lie apart from the others */
#define IXGBE_RXQ(q, r)			(((q) < 64 ? 0x01000 + 0x40 * (q) \
						   : 0x0d000 + 0x40 * ((q) - 64)) + (r))
#define IXGBE_RDBAL(q)			IXGBE_RXQ(q, 0x00)
#define IXGBE_RDBAH(q)			IXGBE_RXQ(q, 0x04)
#define IXGBE_RDLEN(q)			IXGBE_RXQ(q, 0x08)
#define IXGBE_DCA_RXCTRL(q)		IXGBE_RXQ(q, 0x0c)
#define IXGBE_DCA_RXCTRL_MUST_BE_0	BIT(12)	/* reserved, 1 after reset */
#define IXGBE_DCA_RXCTRL_DATA_WRO	BIT(13)
#define IXGBE_DCA_RXCTRL_HEAD_WRO	BIT(15)
#define IXGBE_RDH(q)			IXGBE_RXQ(q, 0x10)
#define IXGBE_SRRCTL(q)			IXGBE_RXQ(q, 0x14)
#define IXGBE_SRRCTL_BSIZEPACKET	GENMASK(4, 0)	/* in KiB */
#define IXGBE_SRRCTL_BSIZEHEADER	GENMASK(13, 8)	/* in 64 bytes */
#define IXGBE_SRRCTL_ADV_ONE_BUFFER	BIT(25)
#define IXGBE_SRRCTL_DROP_EN		BIT(28)
#define IXGBE_RDT(q)			IXGBE_RXQ(q, 0x18)
#define IXGBE_RXDCTL(q)			IXGBE_RXQ(q, 0x28)
#define IXGBE_RXDCTL_ENABLE		BIT(25)
#define IXGBE_RXDCTL_VME		BIT(30)
#define IXGBE_RSCCTL(q)			IXGBE_RXQ(q, 0x2c)
#define IXGBE_RSCCTL_RSCEN		BIT(0)
#define IXGBE_RSCDBU			0x03028
#define IXGBE_RSCDBU_RSCACKDIS		BIT(7)
#define IXGBE_RDRXCTL			0x02f00
#define IXGBE_RDRXCTL_CRCSTRIP		BIT(1)
#define IXGBE_RDRXCTL_DMAIDONE		BIT(3)
#define IXGBE_RDRXCTL_RSCFRSTSIZE	GENMASK(21, 17)
#define IXGBE_RDRXCTL_RSCACKC		BIT(25)
#define IXGBE_RDRXCTL_FCOE_WRFIX	BIT(26)
#define IXGBE_RXCTRL			0x03000
#define IXGBE_RXCTRL_RXEN		BIT(0)

/* Receive filters, checksum and RSS, 8.2.3.7 */
#define IXGBE_RXCSUM			0x05000
#define IXGBE_RXCSUM_PCSD		BIT(13)
#define IXGBE_RFCTL			0x05008
#define IXGBE_RFCTL_RSC_DIS		BIT(5)
#define IXGBE_RFCTL_NFSW_DIS		BIT(6)
#define IXGBE_RFCTL_NFSR_DIS		BIT(7)
#define IXGBE_FCTRL			0x05080
#define IXGBE_FCTRL_SBP			BIT(1)
#define IXGBE_FCTRL_MPE			BIT(8)
#define IXGBE_FCTRL_UPE			BIT(9)
#define IXGBE_FCTRL_BAM			BIT(10)
#define IXGBE_VLNCTRL			0x05088
#define IXGBE_VLNCTRL_VET_8021Q		0x8100
#define IXGBE_VLNCTRL_VFE		BIT(30)
#define IXGBE_MCSTCTRL			0x05090
#define IXGBE_MCSTCTRL_MFE		BIT(2)
#define IXGBE_VT_CTL			0x051b0
#define IXGBE_MTA(n)			(0x05200 + 4 * (n))
#define IXGBE_MTAS			128
#define IXGBE_UTA(n)			(0x0f400 + 4 * (n))
#define IXGBE_UTAS			128
#define IXGBE_MRQC			0x05818
#define IXGBE_MRQC_RSS			0x1
#define IXGBE_MRQC_IPV4_TCP		BIT(16)
#define IXGBE_MRQC_IPV4			BIT(17)
#define IXGBE_MRQC_IPV6_EX_TCP		BIT(18)
#define IXGBE_MRQC_IPV6_EX		BIT(19)
#define IXGBE_MRQC_IPV6			BIT(20)
#define IXGBE_MRQC_IPV6_TCP		BIT(21)
#define IXGBE_MRQC_IPV4_UDP		BIT(22)
#define IXGBE_MRQC_IPV6_UDP		BIT(23)
#define IXGBE_MRQC_IPV6_EX_UDP		BIT(24)
#define IXGBE_RETA(n)			(0x05c00 + 4 * (n))
#define IXGBE_RETAS			32
#define IXGBE_RSSRK(n)			(0x05c80 + 4 * (n))
#define IXGBE_RSSRKS			10
#define IXGBE_VFTA(n)			(0x0a000 + 4 * (n))
#define IXGBE_VFTAS			128
#define IXGBE_RAL(n)			(0x0a200 + 8 * (n))
#define IXGBE_RAH(n)			(0x0a204 + 8 * (n))
#define IXGBE_RAH_ADDRESS		GENMASK(15, 0)
#define IXGBE_RAH_AV			BIT(31)
#define IXGBE_PSRTYPE(pool)		(0x0ea00 + 4 * (pool))
#define IXGBE_PSRTYPE_TCP		BIT(4)	/* PSR_type4 */

#define IXGBE_ETQF(n)			(0x05128 + 4 * (n))
#define IXGBE_ETQF_ETYPE		GENMASK(15, 0)
#define IXGBE_ETQF_1588			BIT(30)
#define IXGBE_ETQF_FILTER_EN		BIT(31)
#define IXGBE_ETQS(n)			(0x0ec00 + 4 * (n))

/* Time sync (IEEE 1588) */
#define IXGBE_RXMTRL			0x05120
#define IXGBE_RXMTRL_CTRLT		GENMASK(7, 0)	/* control field of version 1 */
#define IXGBE_RXMTRL_UDPT		GENMASK(31, 16)	/* UDP port */
#define IXGBE_TSYNCRXCTL		0x05188
#define IXGBE_TSYNCRXCTL_RXTT		BIT(0)	/* RXSTMP is valid, until RXSTMPH is read */
#define IXGBE_TSYNCRXCTL_TYPE		GENMASK(3, 1)
#define IXGBE_TSYNC_L4_V1		1
#define IXGBE_TSYNC_EVENT_V2		5
#define IXGBE_TSYNCRXCTL_EN		BIT(4)
#define IXGBE_RXSTMPH			0x051a4
#define IXGBE_RXSTMPL			0x051e8
#define IXGBE_TSYNCTXCTL		0x08c00
#define IXGBE_TSYNCTXCTL_TXTT		BIT(0)	/* TXSTMP is valid, until TXSTMPH is read */
#define IXGBE_TSYNCTXCTL_EN		BIT(4)
#define IXGBE_TXSTMPL			0x08c04
#define IXGBE_TXSTMPH			0x08c08
#define IXGBE_SYSTIML			0x08c0c
#define IXGBE_SYSTIMH			0x08c10
#define IXGBE_TIMINCA			0x08c14
#define IXGBE_TIMINCA_INCVALUE		GENMASK(23, 0)
#define IXGBE_TIMINCA_INCPERIOD		GENMASK(31, 24)

/* Flow director, 8.2.3.21 */
#define IXGBE_FDIRCTRL			0x0ee00
#define IXGBE_FDIRCTRL_PBALLOC		GENMASK(1, 0)	/* 0: no table, else 32 KiB << PBALLOC */
#define IXGBE_FDIRCTRL_INIT_DONE	BIT(3)
#define IXGBE_FDIRCTRL_PERFECT		BIT(4)
#define IXGBE_FDIRCTRL_DROP_QUEUE	GENMASK(14, 8)
#define IXGBE_FDIRCTRL_FLEX_OFFSET	GENMASK(20, 16)	/* in words */
#define IXGBE_FDIRCTRL_MAX_LENGTH	GENMASK(27, 24)	/* in pairs of filters */
#define IXGBE_FDIRIPSA			0x0ee18
#define IXGBE_FDIRIPDA			0x0ee1c
#define IXGBE_FDIRPORT			0x0ee20	/* source below, destination above */
#define IXGBE_FDIRVLAN			0x0ee24	/* tag below, flexible bytes above */
#define IXGBE_FDIRHASH			0x0ee28
#define IXGBE_FDIRHASH_HASH		GENMASK(14, 0)
#define IXGBE_FDIRHASH_INDEX		GENMASK(28, 16)
#define IXGBE_FDIRCMD			0x0ee2c
#define IXGBE_FDIRCMD_CMD		GENMASK(1, 0)
#define IXGBE_FDIRCMD_ADD		1
#define IXGBE_FDIRCMD_REMOVE		2
#define IXGBE_FDIRCMD_FILTER_UPDATE	BIT(3)
#define IXGBE_FDIRCMD_L4TYPE		GENMASK(6, 5)
#define IXGBE_FDIRCMD_CLEARHT		BIT(8)
#define IXGBE_FDIRCMD_DROP		BIT(9)
#define IXGBE_FDIRCMD_LAST		BIT(11)
#define IXGBE_FDIRCMD_QUEUE_EN		BIT(15)
#define IXGBE_FDIRCMD_RX_QUEUE		GENMASK(22, 16)
#define IXGBE_FDIRFREE			0x0ee38
#define IXGBE_FDIRDIP4M			0x0ee3c
#define IXGBE_FDIRSIP4M			0x0ee40
#define IXGBE_FDIRTCPM			0x0ee44	/* bits reversed, source below */
#define IXGBE_FDIRUDPM			0x0ee48
#define IXGBE_FDIRHKEY			0x0ee68
#define IXGBE_FDIRM			0x0ee70
#define IXGBE_FDIRM_VLANID		BIT(0)
#define IXGBE_FDIRM_VLANP		BIT(1)
#define IXGBE_FDIRM_POOL		BIT(2)
#define IXGBE_FDIRM_L4P			BIT(3)
#define IXGBE_FDIRM_FLEX		BIT(4)
#define IXGBE_FDIRM_DIPV6		BIT(5)

/* Transmit DMA, 8.2.3.9, and transmit packet buffer */
#define IXGBE_RTTDCS			0x04900
#define IXGBE_RTTDCS_ARBDIS		BIT(6)
#define IXGBE_RTTDQSEL			0x04904
#define IXGBE_RTTBCNRC			0x04984
#define IXGBE_TXPBTHRESH(n)		(0x04950 + 4 * (n))	/* in KiB */
#define IXGBE_DMATXCTL			0x04a80
#define IXGBE_DMATXCTL_TE		BIT(0)
#define IXGBE_DTXMXSZRQ			0x08100
#define IXGBE_MTQC			0x08120
#define IXGBE_TXPBSIZE(n)		(0x0cc00 + 4 * (n))	/* bytes, a multiple of 1024 */
#define IXGBE_TXQ(q, r)			(0x06000 + 0x40 * (q) + (r))
#define IXGBE_TDBAL(q)			IXGBE_TXQ(q, 0x00)
#define IXGBE_TDBAH(q)			IXGBE_TXQ(q, 0x04)
#define IXGBE_TDLEN(q)			IXGBE_TXQ(q, 0x08)
#define IXGBE_DCA_TXCTRL(q)		IXGBE_TXQ(q, 0x0c)
#define IXGBE_DCA_TXCTRL_DESC_WRO	BIT(11)
#define IXGBE_TDH(q)			IXGBE_TXQ(q, 0x10)
#define IXGBE_TDT(q)			IXGBE_TXQ(q, 0x18)
#define IXGBE_TXDCTL(q)			IXGBE_TXQ(q, 0x28)
#define IXGBE_TXDCTL_PTHRESH		GENMASK(6, 0)
#define IXGBE_TXDCTL_HTHRESH		GENMASK(14, 8)
#define IXGBE_TXDCTL_ENABLE		BIT(25)
#define IXGBE_TDWBAL(q)			IXGBE_TXQ(q, 0x38)
#define IXGBE_TDWBAH(q)			IXGBE_TXQ(q, 0x3c)

/* Security blocks, which lie in the path of all frames even when unused */
#define IXGBE_SECTXCTRL			0x08800
#define IXGBE_SECTXSTAT			0x08804
#define IXGBE_SECRXCTRL			0x08d00
#define IXGBE_SECRXCTRL_RX_DIS		BIT(1)
#define IXGBE_SECRXSTAT			0x08d04
#define IXGBE_SECRXSTAT_SECRX_RDY	BIT(0)

/* MAC, 8.2.3.22 */
#define IXGBE_HLREG0			0x04240
#define IXGBE_HLREG0_TXCRCEN		BIT(0)
#define IXGBE_HLREG0_RXCRCSTRP		BIT(1)
#define IXGBE_HLREG0_JUMBOEN		BIT(2)
#define IXGBE_HLREG0_TXPADEN		BIT(10)
#define IXGBE_HLREG0_LPBK		BIT(15)
#define IXGBE_MAXFRS			0x04268
#define IXGBE_MAXFRS_MFS		GENMASK(31, 16)
#define IXGBE_MFLCN			0x04294
#define IXGBE_MFLCN_DPF			BIT(1)
#define IXGBE_MFLCN_RPFCE		BIT(2)
#define IXGBE_MFLCN_RFCE		BIT(3)
#define IXGBE_AUTOC			0x042a0
#define IXGBE_AUTOC_FLU			BIT(0)	/* force link up */
#define IXGBE_AUTOC_PMA_10G		GENMASK(8, 7)
#define IXGBE_AUTOC_PMA_10G_XAUI	0
#define IXGBE_AUTOC_PMA_10G_KX4		1
#define IXGBE_AUTOC_PMA_10G_CX4		2
#define IXGBE_AUTOC_PMA_1G_KX		BIT(9)	/* 0: SFI or BX */
#define IXGBE_AUTOC_AN_RESTART		BIT(12)
#define IXGBE_AUTOC_LMS			GENMASK(15, 13)
#define IXGBE_AUTOC_KR			BIT(16)
#define IXGBE_AUTOC_SYM_PAUSE		BIT(28)
#define IXGBE_AUTOC_ASM_PAUSE		BIT(29)
#define IXGBE_AUTOC_KX			BIT(30)
#define IXGBE_AUTOC_KX4			BIT(31)
#define IXGBE_LINKS			0x042a4
#define IXGBE_LINKS_UP			BIT(30)
#define IXGBE_LINKS_SPEED		GENMASK(29, 28)
#define IXGBE_AUTOC2			0x042a8
#define IXGBE_AUTOC2_PMA_SERIAL		GENMASK(17, 16)
#define IXGBE_AUTOC2_PMA_SERIAL_SFI	2
#define IXGBE_AUTOC2_LINK_DISABLE	GENMASK(30, 28)
#define IXGBE_ANLP1			0x042b0
#define IXGBE_ANLP1_AN_STATE		GENMASK(19, 16)
#define IXGBE_LINKS2			0x04324
#define IXGBE_CORECTL			0x14f00

/* AUTOC.LMS: link mode select */
enum ixgbe_lms {
	IXGBE_LMS_1G,		/* 1 Gbit/s, no negotiation */
	IXGBE_LMS_10G,		/* 10 Gbit/s over four lanes, no negotiation */
	IXGBE_LMS_1G_AN,	/* 1 Gbit/s, clause 37 negotiation */
	IXGBE_LMS_10G_SERIAL,	/* 10 Gbit/s over one lane */
	IXGBE_LMS_KX_AN,	/* KX4, KX, KR by clause 73 negotiation */
	IXGBE_LMS_SGMII,	/* 1 Gbit/s and 100 Mbit/s */
	IXGBE_LMS_KX_AN_1G_AN,	/* clause 73, then clause 37 */
	IXGBE_LMS_KX_AN_SGMII,	/* clause 73, then SGMII */
};

/* Queue counter sets, 8.2.3.23 */
#define IXGBE_RQSMR(n)			(0x02300 + 4 * (n))
#define IXGBE_TQSM(n)			(0x08600 + 4 * (n))
#define IXGBE_QSMRS			32	/* four queues each, one a byte */

#endif /* IXGBE_REGS_H */
