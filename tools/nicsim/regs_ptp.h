/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Registers of the time sync unit: offsets and bits, names as in the datasheet ("Time Sync (IEEE
 * 1588) Registers" of the programming interface chapter).
 */
#ifndef NICSIM_REGS_PTP_H
#define NICSIM_REGS_PTP_H

#define DR_RXMTRL		0x05120
#define RXMTRL_CTRLT(v)		((v) & 0xFF)
#define RXMTRL_MSGT(v)		(((v) >> 8) & 0xFF)
#define RXMTRL_UDPT(v)		((v) >> 16)
#define RXMTRL_RESET		0x013F0000		/* port 319 */
#define DR_TSYNCRXCTL		0x05188
#define TSYNCRXCTL_RXTT		0x00000001
#define TSYNCRXCTL_TYPE(v)	(((v) >> 1) & 0x7)
enum tsyncrxctl_type { TSYNC_L2_V2 = 0, TSYNC_L4_V1 = 1, TSYNC_V2 = 2, TSYNC_EVENT_V2 = 5 };
#define TSYNCRXCTL_EN		0x00000010
#define TSYNCRXCTL_BITS		0x0000001E
#define DR_RXSATRL		0x051A0
#define DR_RXSTMPH		0x051A4
#define DR_RXSATRH		0x051A8
#define DR_RXSTMPL		0x051E8
#define DR_TSYNCTXCTL		0x08C00
#define TSYNCTXCTL_TXTT		0x00000001
#define TSYNCTXCTL_EN		0x00000010
#define DR_TXSTMPL		0x08C04
#define DR_TXSTMPH		0x08C08
#define DR_SYSTIML		0x08C0C
#define DR_SYSTIMH		0x08C10
#define DR_TIMINCA		0x08C14
#define TIMINCA_INCVALUE	0x00FFFFFF
#define TIMINCA_INCPERIOD(v)	((v) >> 24)
#define DR_TIMADJL		0x08C18
#define DR_TIMADJH		0x08C1C
#define TIMADJH_SIGN		0x80000000u
#define DR_TSAUXC		0x08C20		/* and target times, clocks to put out */
#define DR_AUXSTMP		0x08C3C		/* 4 */

#endif /* NICSIM_REGS_PTP_H */
