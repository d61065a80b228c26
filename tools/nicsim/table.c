// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: registers of the control half: where, how many, value after reset, writable bits, and
 * what stands behind them. What has nothing behind it is storage, because drivers read back,
 * change and write; it is listed by the feature it would belong to.
 */
#include "control.h"
#include "regs_general.h"

#define ALL	0xFFFFFFFF

/* one register, with a function or two */
#define REG(n, at, rst, wr, ...)						\
	{ .name = n, .base = at, .count = 1, .reset = rst, .writable = wr, __VA_ARGS__ }
/* equal ones, @step bytes apart */
#define REGS(n, at, step, num, rst, wr, ...)					\
	{ .name = n, .base = at, .stride = step, .count = num, .reset = rst, .writable = wr,	\
	  __VA_ARGS__ }
/* storage, 0 after reset */
#define KEEP(n, at, num)	\
	{ .name = n, .base = at, .stride = 4, .count = num, .writable = ALL }
/* counters, cleared by reading */
#define STAT(n, at, num, fn)	{ .name = n, .base = at, .stride = 4, .count = num, .read = fn }
#define STATQ(n, at, fn)	\
	{ .name = n, .base = at, .stride = 0x40, .count = SIM_QUEUE_SETS, .read = fn }

#define STRICT		.strict = true
#define EEC_RESET	(EEC_PRES | EEC_ARD | EEC_ADDR_SIZE | 6 << EEC_SIZE_SHIFT)
#define I2C_PINS	(I2CCTL_CLK_OUT | I2CCTL_DATA_OUT)
#define EITR_BITS	0x8FFF8FF8
#define IVAR_BITS	0xBFBFBFBF
#define FCRT_BITS	0x8007FFF0

_Static_assert(1 << (6 + 6) == SIM_NVM_WORDS, "EEC.SIZE is not the size of the NVM");

const struct sim_reg sim_regs_general[] = {
	/* general control */
	REG("CTRL", CR_CTRL, 0, CTRL_GIO_DIS | CTRL_LNK_RST | CTRL_RST, STRICT,
	    .write = sim_ctrl_write),
	REG("STATUS", CR_STATUS, 0, 0, .read = sim_status_read),
	KEEP("CTRL_EXT", CR_CTRL_EXT, 1),
	REG("ESDP", CR_ESDP, 0, ALL, .read = sim_esdp_read, .write = sim_esdp_write),
	REG("I2CCTL", CR_I2CCTL, I2C_PINS, I2C_PINS, .read = sim_i2cctl_read,
	    .write = sim_i2cctl_write),
	REG("FRTIMER", CR_FRTIMER, 0, 0, .read = sim_frtimer_read),
	REG("TCPTIMER", CR_TCPTIMER, 0, 0xFFF, STRICT, .write = sim_tcptimer_write),
	KEEP("LEDCTL", CR_LEDCTL, 1),

	/* interrupts */
	REG("EICR", CR_EICR, 0, ALL, .read = sim_eicr_read, .write = sim_eicr_write),
	REG("EICS", CR_EICS, 0, ALL, .read = sim_eics_read, .write = sim_eics_write),
	REG("EIAC", CR_EIAC, 0, EICR_RTX | EICR_TCP_TIMER),
	/* not strict: Linux leaves bits below the interval set, and they do nothing */
	REGS("EITR", CR_EITR_LOW, 4, EITR_LOW_COUNT, 0, EITR_BITS,
	     .write = sim_eitr_low_write),
	REGS("EITR", CR_EITR_HIGH, 4, EITR_COUNT - EITR_LOW_COUNT, 0, EITR_BITS,
	     .write = sim_eitr_high_write),
	REG("EIMS", CR_EIMS, 0, ALL, .read = sim_eims_read, .write = sim_eims_write),
	REG("EIMC", CR_EIMC, 0, ALL, .read = sim_eims_read, .write = sim_eimc_write),
	REG("EIAM", CR_EIAM, 0, ALL, .read = sim_eiam_read, .write = sim_eiam_write),
	KEEP("EITRSEL", CR_EITRSEL, 1),
	REG("GPIE", CR_GPIE, 0, 0xC000FFFF, STRICT, .write = sim_gpie_write),
	REGS("IVAR", CR_IVAR, 4, 64, 0, IVAR_BITS, STRICT),
	REG("IVAR_MISC", CR_IVAR_MISC, 0, IVAR_BITS & 0xFFFF, STRICT,
	    .write = sim_ivar_misc_write),
	REGS("EICS_EX", CR_EICS_EX, 4, 2, 0, ALL, .write = sim_eics_ex_write),
	REGS("EIMS_EX", CR_EIMS_EX, 4, 2, 0, ALL, .read = sim_eims_ex_read,
	     .write = sim_eims_ex_write),
	REGS("EIMC_EX", CR_EIMC_EX, 4, 2, 0, ALL, .read = sim_eims_ex_read,
	     .write = sim_eimc_ex_write),
	REGS("EIAM_EX", CR_EIAM_EX, 4, 2, 0, ALL, .read = sim_eiam_ex_read,
	     .write = sim_eiam_ex_write),

	/* NVM and semaphores */
	REG("EEC", CR_EEC, EEC_RESET, EEC_SK | EEC_CS | EEC_DI | EEC_FWE | EEC_REQ,
	    .read = sim_eec_read, .write = sim_eec_write),
	REG("EERD", CR_EERD, 0, ALL, .write = sim_eerd_write),
	REG("EEWR", CR_EEWR, 0, ALL, .write = sim_eewr_write),
	KEEP("FLA", 0x1001C, 1),
	REG("EEMNGCTL", 0x10110, 0x000C0000, 0),	/* configuration of both ports is done */
	REG("SWSM", CR_SWSM, 0, SWSM_SMBI | SWSM_SWESMBI | 0x4, .read = sim_swsm_read,
	    .write = sim_swsm_write),
	REG("FWSM", CR_FWSM, FWSM_FW_VALID, 0),
	REG("FACTPS", CR_FACTPS, 0, 0),
	REG("SW_FW_SYNC", CR_SW_FW_SYNC, 0, 0x0000041F, .write = sim_swfw_write),
	KEEP("GRC", CR_GRC, 1),

	/* PCIe */
	KEEP("GCR", CR_GCR, 1),
	KEEP("FUNCTAG", 0x11008, 1),
	KEEP("GSCL", 0x11010, 4),
	KEEP("GSCN", 0x11020, 4),
	KEEP("GSCL_5_8", 0x11030, 4),
	KEEP("GCR_EXT", CR_GCR_EXT, 1),
	KEEP("PBACLR", 0x11068, 1),
	KEEP("DCA_ID", 0x11070, 1),
	REG("DCA_CTRL", 0x11074, 0x00000001, 0x1F),
	KEEP("CIAA", 0x11088, 2),
	KEEP("PCIE_DIAG", 0x11090, 8),
	KEEP("PICAUSE", 0x110B0, 4),
	KEEP("PBACL", 0x110C0, 8),
	KEEP("BARCTRL", 0x110F4, 1),

	/* MAC and link */
	KEEP("PCS1GCFIG", 0x04200, 1),
	KEEP("PCS1GLCTL", CR_PCS1GLCTL, 1),
	REG("PCS1GLSTA", CR_PCS1GLSTA, 0, 0),
	KEEP("PCS1GDBG", 0x04210, 2),
	KEEP("PCS1GAN", 0x04218, 4),
	REG("HLREG0", CR_HLREG0, HLREG0_RESET, 0x1FFFFFFF),
	KEEP("HLREG1", 0x04244, 1),
	KEEP("PAP", 0x04248, 1),
	KEEP("MACA", 0x0424C, 4),
	REG("MSCA", CR_MSCA, 0, ALL, .write = sim_msca_write),
	REG("MSRWD", CR_MSRWD, 0, 0x0000FFFF),
	KEEP("MLADD", 0x04264, 1),
	REG("MAXFRS", CR_MAXFRS, MAXFRS_RESET, 0xFFFF0000),
	KEEP("PCSS", 0x04288, 3),
	KEEP("MFLCN", CR_MFLCN, 1),
	KEEP("SERDESC", 0x04298, 2),
	REG("AUTOC", CR_AUTOC, 0, ALL, .write = sim_autoc_write),
	REG("LINKS", CR_LINKS, 0, 0, .read = sim_links_read),
	REG("AUTOC2", CR_AUTOC2, 0, ALL, .write = sim_autoc2_write),
	KEEP("AUTOC3", 0x042AC, 1),
	REG("ANLP1", CR_ANLP1, 0, 0, .read = sim_anlp1_read),
	REG("ANLP2", 0x042B4, 0, 0),
	KEEP("MMNGC", CR_MMNGC, 1),
	KEEP("KRPCSFC", 0x042E0, 1),
	REG("LINKS2", CR_LINKS2, 0, 0, .read = sim_links2_read),
	KEEP("MACC", CR_MACC, 1),
	KEEP("ATLASCTL", 0x04800, 1),
	REG("CORECTL", CR_CORECTL, 0, ALL, .write = sim_corectl_write),
	KEEP("SMADARCTL", 0x14F10, 1),

	/* flow control */
	KEEP("PFCTOP", 0x03008, 1),
	KEEP("FCTTV", CR_FCTTV, 4),
	REGS("FCRTL", CR_FCRTL, 4, 8, 0, FCRT_BITS),
	REGS("FCRTH", CR_FCRTH, 4, 8, 0, FCRT_BITS),
	REG("FCRTV", CR_FCRTV, 0, 0xFFFF),
	REG("FCCFG", CR_FCCFG, 0, 0x18, STRICT),

	/* security: ready when asked, and fused off */
	KEEP("SECTXCTRL", CR_SECTXCTRL, 1),
	REG("SECTXSTAT", CR_SECTXSTAT, 0, 0, .read = sim_sectxstat_read),
	REG("SECTXBUFFAF", 0x08808, 0x250, 0x3FF),
	REG("SECTXMINIFG", CR_SECTXMINIFG, 0x10, 0xFFF),
	KEEP("IPSTX", 0x08900, 6),
	KEEP("LSECTX", 0x08A00, 20),
	KEEP("SECRXCTRL", CR_SECRXCTRL, 1),
	REG("SECRXSTAT", CR_SECRXSTAT, 0, 0, .read = sim_secrxstat_read),
	KEEP("IPSRX", 0x08E00, 13),
	KEEP("LSECRX", 0x08F00, 33),

	/* data centre bridging: one traffic class is all there is */
	KEEP("RTRPT4C", 0x02140, 8),
	REGS("RTRPT4S", 0x02160, 4, 8, 0, 0),
	KEEP("RTRPCS", 0x02430, 1),
	KEEP("RTRUP2TC", 0x03020, 1),
	KEEP("RTTDCS", 0x04900, 1),
	KEEP("RTTDQSEL", 0x04904, 1),
	KEEP("RTTDT1C", 0x04908, 1),
	KEEP("RTTDT2C", 0x04910, 8),
	REGS("RTTDT2S", 0x04930, 4, 8, 0, 0),
	REGS("TXPBTHRESH", 0x04950, 4, 8, 0x96, 0x3FF),
	KEEP("RTTBCNRM", 0x04980, 5),
	KEEP("RTTQCNTG", 0x04A90, 1),
	KEEP("RTTQCNCR", 0x08B00, 1),
	KEEP("RTTUP2TC", 0x0C800, 1),
	KEEP("LBDRPEN", 0x0CA00, 1),
	KEEP("TIPG", 0x0CB00, 1),
	KEEP("RTTPCS", 0x0CD00, 1),
	KEEP("MNGTXMAP", 0x0CD10, 1),
	KEEP("RTTPT2C", 0x0CD20, 8),
	REGS("RTTPT2S", 0x0CD40, 4, 8, 0, 0),
	KEEP("TXLLQ", 0x082E0, 4),

	/* Fibre Channel over Ethernet */
	KEEP("FCPTR", 0x02410, 6),
	KEEP("TEOFF", 0x04A94, 2),
	KEEP("FCRXCTRL", 0x05100, 1),
	KEEP("FCFLT", 0x05108, 4),
	KEEP("REOFF", 0x05158, 1),
	KEEP("FCPARAM", 0x051D8, 1),
	KEEP("RSOFF", 0x051F8, 1),
	KEEP("FCRECTL", 0x0ED00, 1),
	KEEP("FCRETA", 0x0ED10, 8),

	/* wake-up and management */
	KEEP("WUC", 0x05800, 1),
	KEEP("WUFC", 0x05808, 1),
	KEEP("WUS", 0x05810, 1),
	KEEP("MANC", 0x05820, 2),
	KEEP("IPAV", 0x05838, 1),
	KEEP("IP4AT", 0x05840, 7),
	KEEP("MANC2H", 0x05860, 1),
	KEEP("IP6AT", 0x05880, 4),
	KEEP("MDEF", 0x05890, 8),
	KEEP("WUPL", 0x05900, 1),
	KEEP("MMAL", 0x05910, 8),
	KEEP("WUPM", 0x05A00, 32),
	KEEP("MAVTV", 0x05010, 16),
	KEEP("FHFT", 0x09000, 256),

	/* virtualisation: one pool is all there is */
	KEEP("PFVFLRE", 0x00600, 2),
	KEEP("PFVFLREC", 0x00700, 2),
	KEEP("PFMBICR", 0x00710, 4),
	KEEP("PFMBIMR", 0x00720, 4),
	KEEP("PFMAILBOX", 0x04B00, 64),
	KEEP("VMTXSW", 0x05180, 2),
	KEEP("VT_CTL", 0x051B0, 1),
	KEEP("PFVFRE", 0x051E0, 2),
	KEEP("VMVIR", 0x08000, 64),
	KEEP("LVMMC_TX", 0x08108, 1),
	KEEP("PFVFTE", 0x08110, 2),
	KEEP("PFVFSPOOF", 0x08200, 8),
	KEEP("PFDTXGSWC", 0x08220, 1),
	STAT("SSVPC", 0x08780, 1, NULL),
	KEEP("VMECM", 0x08790, 2),
	KEEP("MPSAR", 0x0A600, 256),
	KEEP("VMOLR", 0x0F000, 64),
	KEEP("VLVF", 0x0F100, 64),
	KEEP("VLVFB", 0x0F200, 128),
	KEEP("MRCTL", 0x0F600, 4),
	KEEP("VMRVLAN", 0x0F610, 8),
	KEEP("VMRVM", 0x0F630, 8),
	KEEP("PFMBMEM", 0x13000, 1024),

	/* statistics */
	STATQ("QPRC", CR_QPRC, sim_qprc_read),
	STATQ("QBRC_L", CR_QBRC_L, sim_qbrc_l_read),
	STATQ("QBRC_H", CR_QBRC_H, sim_qbrc_h_read),
	STATQ("QPRDC", CR_QPRDC, sim_qprdc_read),
	REGS("RQSMR", CR_RQSMR, 4, 32, 0, 0x0F0F0F0F, STRICT),
	STAT("RXDGPC", 0x02F50, 1, sim_rxdgpc_read),
	STAT("RXDGBC", 0x02F54, 2, sim_rxdgbc_read),
	STAT("LXONTXC", 0x03F60, 1, sim_lxontxc_read),
	STAT("LXOFFTXC", 0x03F68, 1, sim_lxofftxc_read),
	STAT("MPC", 0x03FA0, 8, sim_mpc_read),
	STAT("CRCERRS", 0x04000, 3, sim_stat_4000_read),
	STAT("MLFC", 0x04034, 2, sim_stat_4034_read),
	STAT("RLEC", 0x04040, 1, sim_rlec_read),
	STAT("PRC64", 0x0405C, 10, sim_stat_405c_read),
	STAT("GORC", 0x04088, 2, sim_gorc_read),
	STAT("GOTC", 0x04090, 2, sim_gotc_read),
	STAT("RUC", 0x040A4, 4, sim_stat_40a4_read),
	STAT("TOR", 0x040C0, 2, sim_tor_read),
	STAT("TPR", 0x040D0, 10, sim_stat_40d0_read),
	STAT("XEC", 0x04120, 1, sim_xec_read),
	STAT("LXRXC", 0x041A4, 2, sim_lxrxc_read),
	STATQ("QPTC", CR_QPTC, sim_qptc_read),
	REGS("TQSM", CR_TQSM, 4, 32, 0, 0x0F0F0F0F, STRICT),
	STAT("QBTC", CR_QBTC_L, 32, sim_qbtc_read),
	STAT("TXDGPC", 0x087A0, 1, sim_txdgpc_read),
	STAT("TXDGBC", 0x087A4, 2, sim_txdgbc_read),
	{ .name = NULL }
};
