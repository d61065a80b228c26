/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Registers of the flow director: offsets and bits, names as in the datasheet ("Flow Director
 * Registers" of the programming interface chapter).
 */
#ifndef NICSIM_REGS_FDIR_H
#define NICSIM_REGS_FDIR_H

#define DR_FDIRCTRL		0x0EE00
#define FDIRCTRL_PBALLOC(v)	((v) & 0x3)		/* 0: off, else 32 KiB << PBALLOC */
#define FDIRCTRL_INIT_DONE	0x00000008
#define FDIRCTRL_PERFECT	0x00000010
#define FDIRCTRL_REPORT		0x00000020
#define FDIRCTRL_REPORT_ALWAYS	0x00000080
#define FDIRCTRL_DROP_QUEUE(v)	(((v) >> 8) & 0x7F)
#define FDIRCTRL_FLEX_OFFSET(v)	(((v) >> 16) & 0x1F)	/* words */
#define FDIRCTRL_MAX_LENGTH(v)	(((v) >> 24) & 0xF)	/* units of 2 filters */
#define FDIRCTRL_FULL_THRESH(v)	((v) >> 28)		/* units of 16 filters */
#define FDIRCTRL_BITS		0xFF1F7FBBu
#define DR_FDIRSIPV6		0x0EE0C			/* 3 */
#define DR_FDIRIPSA		0x0EE18
#define DR_FDIRIPDA		0x0EE1C
#define DR_FDIRPORT		0x0EE20			/* source 15:0, destination 31:16 */
#define DR_FDIRVLAN		0x0EE24			/* tag 15:0, flexible bytes 31:16 */
#define DR_FDIRHASH		0x0EE28
#define FDIRHASH_HASH		0x00007FFF
#define FDIRHASH_BUCKET_VALID	0x00008000
#define FDIRHASH_ID(v)		((v) >> 16)		/* signature or software index */
#define FDIRHASH_SIGNATURE	0x7FFF
#define FDIRHASH_SW_INDEX	0x1FFF
#define DR_FDIRCMD		0x0EE2C
#define FDIRCMD_CMD		0x00000003
enum fdircmd_cmd { FDIRCMD_NONE, FDIRCMD_ADD, FDIRCMD_REMOVE, FDIRCMD_QUERY };
#define FDIRCMD_FILTER_VALID	0x00000004
#define FDIRCMD_FILTER_UPDATE	0x00000008
#define FDIRCMD_IPV6DMATCH	0x00000010
#define FDIRCMD_L4TYPE(v)	(((v) >> 5) & 0x3)
enum fdircmd_l4type { FDIR_L4_NONE, FDIR_L4_UDP, FDIR_L4_TCP, FDIR_L4_SCTP };
#define FDIRCMD_IPV6		0x00000080
#define FDIRCMD_CLEARHT		0x00000100
#define FDIRCMD_DROP		0x00000200
#define FDIRCMD_LAST		0x00000800
#define FDIRCMD_COLLISION	0x00001000
#define FDIRCMD_QUEUE_EN	0x00008000
#define FDIRCMD_RX_QUEUE(v)	(((v) >> 16) & 0x7F)
#define FDIRCMD_POOL(v)		(((v) >> 24) & 0x3F)
#define FDIRCMD_BITS		0x3F7F9FFFu
#define FDIRCMD_ACTION		0x3F7F9EF0u		/* what a filter keeps of it */
#define DR_FDIRFREE		0x0EE38
#define FDIRFREE_FREE		0x0000FFFF
#define FDIRFREE_RESET		0x00008000
#define DR_FDIRDIP4M		0x0EE3C
#define DR_FDIRSIP4M		0x0EE40
#define DR_FDIRTCPM		0x0EE44			/* bit-reversed, source 15:0 */
#define DR_FDIRUDPM		0x0EE48
#define DR_FDIRLEN		0x0EE4C
#define DR_FDIRUSTAT		0x0EE50
#define DR_FDIRFSTAT		0x0EE54
#define DR_FDIRMATCH		0x0EE58
#define DR_FDIRMISS		0x0EE5C
#define DR_FDIRHKEY		0x0EE68
#define FDIRHKEY_RESET		0x80000001u
#define DR_FDIRSKEY		0x0EE6C
#define FDIRSKEY_RESET		0x80800101u
#define DR_FDIRM		0x0EE70
#define FDIRM_VLANID		0x00000001
#define FDIRM_VLANP		0x00000002
#define FDIRM_POOL		0x00000004
#define FDIRM_L4P		0x00000008
#define FDIRM_FLEX		0x00000010
#define FDIRM_DIPV6		0x00000020
#define DR_FDIRIP6M		0x0EE74			/* a bit a byte, source 15:0 */

/* Of others: the IPv6 address of the wake-up unit is the only destination a perfect filter knows */
#define DR_IPAV			0x05838
#define IPAV_V60		0x00010000
#define DR_IP6AT		0x05880			/* 4 */
#define EICR_FLOW_DIRECTOR	0x00010000

#endif /* NICSIM_REGS_FDIR_H */
