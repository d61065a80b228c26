/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Registers of the datapath half of the 82599 model: offsets and bits, names as in the datasheet.
 * DR_ is an offset, other prefixes are the register's own name. Some at the end are the control
 * half's and only read here.
 */
#ifndef NICSIM_REGS_DATAPATH_H
#define NICSIM_REGS_DATAPATH_H

/* Receive queues: two banks of 64, 0x40 bytes each */
#define DR_RXQ_LOW		0x01000
#define DR_RXQ_HIGH		0x0D000
#define DR_RXQ(q)		((q) < 64 ? DR_RXQ_LOW + 0x40 * (q) : \
				 DR_RXQ_HIGH + 0x40 * ((q) - 64))
#define RXQ_RDBAL		0x00
#define RXQ_RDBAH		0x04
#define RXQ_RDLEN		0x08
#define RXQ_DCA_RXCTRL		0x0C
#define RXQ_RDH			0x10
#define RXQ_SRRCTL		0x14
#define RXQ_RDT			0x18
#define RXQ_RXDCTL		0x28
#define RXQ_RSCCTL		0x2C

/* Transmit queues: one bank of 128 */
#define DR_TXQ(q)		(0x06000 + 0x40 * (q))
#define TXQ_TDBAL		0x00
#define TXQ_TDBAH		0x04
#define TXQ_TDLEN		0x08
#define TXQ_DCA_TXCTRL		0x0C
#define TXQ_TDH			0x10
#define TXQ_TDT			0x18
#define TXQ_TXDCTL		0x28
#define TXQ_TDWBAL		0x38
#define TXQ_TDWBAH		0x3C

#define XDBAL_ALIGN		0x7F		/* bits that must be 0: 128 bytes */
#define XDLEN_BITS		0x000FFF80
#define XDT_BITS		0x0000FFFF
#define XXDCTL_ENABLE		0x02000000
#define XXDCTL_SWFLSH		0x04000000
#define RXDCTL_VME		0x40000000
#define TXDCTL_PTHRESH(v)	((v) & 0x7F)
#define TXDCTL_WTHRESH(v)	(((v) >> 16) & 0x7F)
#define TXDCTL_BITS		0x067F7F7F
#define TX_ON_CHIP_DESCS	40
#define SRRCTL_BSIZEPKT(v)	((v) & 0x1F)	/* KiB */
#define SRRCTL_BSIZEHDR(v)	(((v) >> 8) & 0x3F)	/* 64 bytes */
#define SRRCTL_DESCTYPE(v)	(((v) >> 25) & 0x7)
#define SRRCTL_DROP_EN		0x10000000
#define SRRCTL_BITS		0x1FC03F1F
#define SRRCTL_RESET		0x00000402	/* 2 KiB, header 256 bytes */
#define DCA_RXCTRL_RESET	0x0000B200
#define DCA_TXCTRL_RESET	0x00002A00
#define TDWBAL_HEAD_WB		0x00000001
enum srrctl_desctype { SRRCTL_LEGACY = 0, SRRCTL_ONE_BUFFER = 1 };
#define RSCCTL_RSCEN		0x00000001
#define RSCCTL_MAXDESC(v)	(((v) >> 2) & 0x3)	/* 1, 4, 8, 16 descriptors */
#define RSCCTL_BITS		0x0000000D

/* Receive, all queues */
#define DR_RDRXCTL		0x02F00
#define RDRXCTL_CRCSTRIP	0x00000002
#define RDRXCTL_RSCFRSTSIZE(v)	(((v) >> 17) & 0x1F)	/* 16 bytes */
#define RDRXCTL_RSCACKC		0x02000000
#define RDRXCTL_RESET		0x00108808	/* DMAIDONE, RSCFRSTSIZE 8, reserved */
#define DR_QDE			0x02F04
#define QDE_ENABLE		0x00000001
#define QDE_IDX(v)		(((v) >> 8) & 0x7F)
#define QDE_WRITE		0x00010000
#define DR_RXCTRL		0x03000
#define RXCTRL_RXEN		0x00000001
#define DR_RSCDBU		0x03028
#define RSCDBU_RSCACKDIS	0x00000080
#define DR_RXPBSIZE		0x03C00
#define XXPBSIZE_BITS		0x000FFC00
#define RXPBSIZE_RESET		0x00080000	/* 512 KiB, all in buffer 0 */
#define DR_RXCSUM		0x05000
#define RXCSUM_IPPCSE		0x00001000
#define RXCSUM_PCSD		0x00002000
#define DR_RFCTL		0x05008
#define RFCTL_RSC_DIS		0x00000020
#define RFCTL_IPV6_DIS		0x00000400
#define RFCTL_IPV6_XSUM_DIS	0x00000800
#define DR_EXVET		0x05078
#define EXVET_RESET		0x81000000u
#define DR_FCTRL		0x05080
#define FCTRL_SBP		0x00000002
#define FCTRL_MPE		0x00000100
#define FCTRL_UPE		0x00000200
#define FCTRL_BAM		0x00000400
#define FCTRL_BITS		0x0000F782	/* with those that were the 82598's */
#define DR_VLNCTRL		0x05088
#define VLNCTRL_VET		0x0000FFFF
#define VLNCTRL_CFI		0x10000000
#define VLNCTRL_CFIEN		0x20000000
#define VLNCTRL_VFE		0x40000000
#define DR_MCSTCTRL		0x05090
#define MCSTCTRL_MO		0x00000003
#define MCSTCTRL_MFE		0x00000004
#define DR_ETQF			0x05128
#define ETQF_TYPE		0x0000FFFF
#define ETQF_FILTER_EN		0x80000000u
#define ETQF_1588		0x40000000
#define ETQF_COUNT		8
#define DR_ETQS			0x0EC00
#define ETQS_QUEUE(v)		(((v) >> 16) & 0x7F)
#define ETQS_QUEUE_EN		0x80000000u
#define DR_MTA			0x05200
#define DR_MRQC			0x05818
#define MRQC_MRQE		0x0000000F
#define MRQE_NONE		0
#define MRQE_RSS		1
#define MRQC_TCP4		0x00010000
#define MRQC_IP4		0x00020000
#define MRQC_TCP6EX		0x00040000
#define MRQC_IP6EX		0x00080000
#define MRQC_IP6		0x00100000
#define MRQC_TCP6		0x00200000
#define MRQC_UDP4		0x00400000
#define MRQC_UDP6		0x00800000
#define MRQC_UDP6EX		0x01000000
#define DR_RETA			0x05C00
#define RETA_ENTRIES		128
#define DR_RSSRK		0x05C80
#define RSSRK_WORDS		10
#define DR_VFTA			0x0A000
#define DR_RAL			0x0A200
#define DR_RAH			0x0A204
#define RAR_COUNT		128
#define RAH_AV			0x80000000u
#define RAH_BITS		(RAH_AV | 0xFFFF)
#define RAH_82598		0x003C0000	/* VIND there; reads 0 here */
#define DR_PSRTYPE		0x0EA00
#define PSRTYPE_TYPE4		0x00000010		/* split behind TCP */
#define DR_UTA			0x0F400
#define DR_SAQF			0x0E000
#define DR_DAQF			0x0E200
#define DR_SDPQF		0x0E400
#define DR_FTQF			0x0E600
#define FTQF_COUNT		128
#define FTQF_PROTOCOL(v)	((v) & 0x3)
#define FTQF_PRIORITY(v)	(((v) >> 2) & 0x7)
#define FTQF_MASK_SOURCE	0x02000000
#define FTQF_MASK_DEST		0x04000000
#define FTQF_MASK_SPORT		0x08000000
#define FTQF_MASK_DPORT		0x10000000
#define FTQF_MASK_PORTS		(FTQF_MASK_SPORT | FTQF_MASK_DPORT)
#define FTQF_MASK_PROTOCOL	0x20000000
#define FTQF_ENABLE		0x80000000u
#define DR_L34TIMIR		0x0E800
#define L34TIMIR_QUEUE(v)	(((v) >> 21) & 0x7F)
#define DR_SYNQF		0x0EC30
#define SYNQF_ENABLE		0x00000001
#define SYNQF_QUEUE(v)		(((v) >> 1) & 0x7F)
#define SYNQF_FIRST		0x80000000u	/* before the five-tuple filters */

/* Transmit, all queues */
#define DR_RTTDCS		0x04900
#define RTTDCS_ARBDIS		0x00000040
#define DR_DMATXCTL		0x04A80
#define DMATXCTL_TE		0x00000001
#define DMATXCTL_VT(v)		((v) >> 16)
#define DMATXCTL_BITS		0xFFFF000Bu
#define DMATXCTL_RESET		0x81000000u
#define DR_DTXTCPFLGL		0x04A88
#define DTXTCPFLGL_RESET	0x0FF60FF6	/* first, middle: without FIN and PSH */
#define DR_DTXTCPFLGH		0x04A8C
#define DTXTCPFLGH_RESET	0x00000F7F	/* last: without CWR */
#define DR_DTXMXSZRQ		0x08100
#define DR_MTQC			0x08120
#define DR_TXPBSIZE		0x0CC00
#define TXPBSIZE_RESET		0x00028000	/* 160 KiB */

/* The control half's */
#define DR_CTRL_EXT		0x00018
#define CTRL_EXT_EXTENDED_VLAN	0x04000000
#define EICR_RX_MISS		0x00020000
#define DR_GPIE			0x00898
#define GPIE_RSC_DELAY(v)	(((v) >> 11) & 0x7)	/* (v + 1) * 4 us */
#define DR_FCTTV		0x03200
#define DR_FCRTL		0x03220
#define FCRTL_XONE		0x80000000u
#define DR_FCRTH		0x03260
#define FCRTH_FCEN		0x80000000u
#define FCRT_BYTES		0x0007FFE0
#define DR_FCRTV		0x032A0
#define DR_HLREG0		0x04240
#define HLREG0_RXCRCSTRP	0x00000002
#define HLREG0_JUMBOEN		0x00000004
#define HLREG0_TXPADEN		0x00000400
#define HLREG0_LPBK		0x00008000
#define DR_MAXFRS		0x04268
#define DR_MFLCN		0x04294
#define MFLCN_PMCF		0x00000001
#define MFLCN_DPF		0x00000002
#define MFLCN_RFCE		0x00000008
#define DR_SECTXCTRL		0x08800
#define SECTXCTRL_TX_DIS	0x00000002
#define DR_SECRXCTRL		0x08D00
#define SECRXCTRL_RX_DIS	0x00000002

#endif /* NICSIM_REGS_DATAPATH_H */
