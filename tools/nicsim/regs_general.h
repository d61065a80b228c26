/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Registers of the control half of the 82599 model: offsets and bits, names as in the datasheet.
 * CR_ is an offset, other prefixes are the register's own name. The datapath half has a list of
 * its own; what both need (HLREG0, FCCFG, MFLCN) is here because the MAC is the control half's.
 */
#ifndef NICSIM_REGS_GENERAL_H
#define NICSIM_REGS_GENERAL_H

/* General control */
#define CR_CTRL			0x00000
#define CTRL_GIO_DIS		0x00000004
#define CTRL_LNK_RST		0x00000008
#define CTRL_RST		0x04000000
#define CR_STATUS		0x00008
#define STATUS_GIO		0x00080000
#define CR_CTRL_EXT		0x00018
#define CR_ESDP			0x00020
#define ESDP_SDP2		0x00000004	/* SFP+ cage is full */
#define ESDP_SDP3		0x00000008	/* laser off */
#define ESDP_SDP5		0x00000020	/* RS0, RS1 of the module: 10 Gbit/s */
#define ESDP_SDP3_DIR		0x00000800
#define ESDP_SDP5_DIR		0x00002000
#define CR_I2CCTL		0x00028
#define I2CCTL_CLK_IN		0x00000001
#define I2CCTL_CLK_OUT		0x00000002
#define I2CCTL_DATA_IN		0x00000004
#define I2CCTL_DATA_OUT		0x00000008
#define CR_FRTIMER		0x00048
#define CR_TCPTIMER		0x0004C
#define TCPTIMER_DURATION	0x000000FF	/* ms */
#define TCPTIMER_KICK		0x00000100
#define TCPTIMER_COUNT		0x00000200
#define TCPTIMER_FINISH		0x00000400
#define TCPTIMER_LOOP		0x00000800
#define CR_LEDCTL		0x00200

/* Interrupts */
#define CR_EICR			0x00800
#define CR_EICS			0x00808
#define CR_EIAC			0x00810
#define CR_EITR_LOW		0x00820		/* 0 .. 23 */
#define CR_EITR_HIGH		0x12300		/* 24 .. 128 */
#define EITR_LOW_COUNT		24
#define EITR_COUNT		129
#define EITR_INTERVAL(v)	(((v) >> 3) & 0x1FF)	/* units of 2 us */
#define EITR_COUNTER(v)		(((v) >> 21) & 0x7F)	/* upper seven bits of nine */
#define EITR_UNIT_NS		2000
#define EITR_CNT_WDIS		0x80000000u
#define CR_EIMS			0x00880
#define CR_EIMC			0x00888
#define CR_EIAM			0x00890
#define CR_EITRSEL		0x00894
#define CR_GPIE			0x00898
#define GPIE_MSIX		0x00000010
#define GPIE_OCD		0x00000020
#define GPIE_EIMEN		0x00000040
#define GPIE_EIAME		0x40000000
#define CR_IVAR			0x00900
#define CR_IVAR_MISC		0x00A00
#define IVAR_VALID		0x80
#define IVAR_VECTOR		0x3F
#define CR_EICS_EX		0x00A90
#define CR_EIMS_EX		0x00AA0
#define CR_EIMC_EX		0x00AB0
#define CR_EIAM_EX		0x00AD0
#define EICR_RTX		0x0000FFFFu
#define EICR_LSC		0x00100000u
#define EICR_TCP_TIMER		0x40000000u
#define EICR_OTHER		0x80000000u
#define EICR_CLEARED_OCD	0x3FFF0000u	/* what a read clears with GPIE.OCD */

/* NVM, semaphores */
#define CR_EEC			0x10010
#define EEC_SK			0x00000001
#define EEC_CS			0x00000002	/* high: not selected */
#define EEC_DI			0x00000004
#define EEC_DO			0x00000008
#define EEC_FWE			0x00000030
#define EEC_REQ			0x00000040
#define EEC_GNT			0x00000080
#define EEC_PRES		0x00000100
#define EEC_ARD			0x00000200
#define EEC_ADDR_SIZE		0x00000400
#define EEC_SIZE_SHIFT		11
#define CR_EERD			0x10014
#define CR_EEWR			0x10018
#define EERD_START		0x00000001
#define EERD_DONE		0x00000002
#define EERD_ADDR(v)		(((v) >> 2) & 0x3FFF)
#define CR_SWSM			0x10140
#define SWSM_SMBI		0x00000001
#define SWSM_SWESMBI		0x00000002
#define CR_FWSM			0x10148
#define FWSM_FW_VALID		0x00008000
#define CR_FACTPS		0x10150
#define CR_SW_FW_SYNC		0x10160
#define CR_GRC			0x10200

/* PCIe */
#define CR_GCR			0x11000
#define CR_GCR_EXT		0x11050

/* MAC and link */
#define CR_PCS1GLCTL		0x04208
#define CR_PCS1GLSTA		0x0420C
#define CR_HLREG0		0x04240
#define HLREG0_RESET		0x08000403	/* CRC made, stripped; padding; lengths checked */
#define CR_MSCA			0x0425C
#define MSCA_COMMAND		0x40000000
#define CR_MSRWD		0x04260
#define CR_MAXFRS		0x04268
#define MAXFRS_RESET		0x05EE0000	/* 1518 bytes */
#define CR_MFLCN		0x04294
#define MFLCN_RFCE		0x00000008
#define CR_AUTOC		0x042A0
#define AUTOC_FLU		0x00000001
#define AUTOC_PMA_10G_XAUI	0x00000000
#define AUTOC_PMA_10G_KX4	0x00000080
#define AUTOC_PMA_10G_CX4	0x00000100
#define AUTOC_PMA_1G_KX		0x00000200
#define AUTOC_AN_RESTART	0x00001000
#define AUTOC_LMS_SHIFT		13
#define AUTOC_LMS		0x0000E000
#define AUTOC_KR		0x00010000
#define AUTOC_KX		0x40000000
#define AUTOC_KX4		0x80000000u
#define CR_LINKS		0x042A4
#define LINKS_UP		0x40000000
#define LINKS_SPEED_10G		0x30000000
#define LINKS_SPEED_1G		0x20000000
#define LINKS_KX_AN_COMP	0x80000000u
#define CR_AUTOC2		0x042A8
#define AUTOC2_SERIAL		0x00030000
#define AUTOC2_SERIAL_KR	0x00000000
#define AUTOC2_SERIAL_SFI	0x00020000
#define AUTOC2_LINK_DISABLE	0x70000000
#define CR_ANLP1		0x042B0
#define ANLP1_AN_STATE		0x00090000	/* any state but 0: negotiation has begun */
#define ANLP1_PAUSE		0x00000C00
#define CR_MMNGC		0x042D0
#define CR_LINKS2		0x04324
#define LINKS2_AN_SUPPORTED	0x00000040
#define CR_MACC			0x04330
#define CR_CORECTL		0x14F00
#define CR_FCTTV		0x03200
#define CR_FCRTL		0x03220
#define CR_FCRTH		0x03260
#define CR_FCRTV		0x032A0
#define CR_FCCFG		0x03D00
#define FCCFG_TFCE_8023X	0x00000008

/* Security blocks */
#define CR_SECTXCTRL		0x08800
#define CR_SECTXSTAT		0x08804
#define CR_SECTXMINIFG		0x08810
#define CR_SECRXCTRL		0x08D00
#define CR_SECRXSTAT		0x08D04
#define SEC_XFER_DIS		0x00000002	/* TX_DIS, RX_DIS */
#define SECSTAT_RDY		0x00000001
#define SECSTAT_OFF		0x00000002	/* fused off: no IPsec, no LinkSec */

/* Statistics */
#define CR_RQSMR		0x02300
#define CR_TQSM			0x08600
#define CR_QPRC			0x01030
#define CR_QBRC_L		0x01034
#define CR_QBRC_H		0x01038
#define CR_QPRDC		0x01430
#define CR_QPTC			0x06030
#define CR_QBTC_L		0x08700
#define CR_QBTC_H		0x08704

/* The first receive address, which the NVM fills */
#define CR_RAL			0x0A200
#define CR_RAH			0x0A204
#define RAH_AV			0x80000000u

#endif /* NICSIM_REGS_GENERAL_H */
