// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: the registers of the datapath. The places where the 82599 answers for its predecessor
 * (RAL at 0x5400, SRRCTL at 0x2100, ...) are aliases in regs.c. Filters without effect are here so
 * that they read back; they log when they are switched on.
 */
#include "datapath.h"
#include "fdir.h"
#include "ptp.h"
#include "regs_datapath.h"
#include "regs_fdir.h"
#include "regs_ptp.h"

#define ALL		0xFFFFFFFFu
#define BANK		(SIM_QUEUES / 2)

/* One register, plain; an array, plain; those with a writer, strict. */
#define REG(name, at, reset, mask) { name, at, 4, 1, reset, mask, false, NULL, NULL }
#define ARRAY(name, at, count, reset, mask) { name, at, 4, count, reset, mask, false, NULL, NULL }
#define STRICT(name, at, count, reset, mask) { name, at, 4, count, reset, mask, true, NULL, NULL }
#define CALL(name, at, count, reset, mask, fn) { name, at, 4, count, reset, mask, true, NULL, fn }

/* A register of every receive queue, in both banks. */
#define RXQ(name, at, reset, mask, fn) \
	{ name, DR_RXQ_LOW + (at), 0x40, BANK, reset, mask, true, NULL, sim_##fn##_write }, \
	{ name, DR_RXQ_HIGH + (at), 0x40, BANK, reset, mask, true, NULL, sim_##fn##_write_high }
#define RXQ_PLAIN(name, at, reset) \
	{ name, DR_RXQ_LOW + (at), 0x40, BANK, reset, ALL, false, NULL, NULL }, \
	{ name, DR_RXQ_HIGH + (at), 0x40, BANK, reset, ALL, false, NULL, NULL }
#define TXQ(name, at, reset, mask, fn) \
	{ name, DR_TXQ(0) + (at), 0x40, SIM_QUEUES, reset, mask, true, NULL, fn }
/* What reading and writing do something with; not strict, as a status bit may change meanwhile. */
#define READ(name, at, count, reset, mask, rd, wr) \
	{ name, at, 4, count, reset, mask, false, rd, wr }
#define PAIRS(name, at, mask, fn) { name, at, 8, RAR_COUNT, 0, mask, true, NULL, fn }

const struct sim_reg sim_regs_datapath[] = {
	RXQ("RDBAL", RXQ_RDBAL, 0, ALL, rdbal),
	RXQ("RDBAH", RXQ_RDBAH, 0, ALL, rdbah),
	RXQ("RDLEN", RXQ_RDLEN, 0, ALL, rdlen),
	RXQ_PLAIN("DCA_RXCTRL", RXQ_DCA_RXCTRL, DCA_RXCTRL_RESET),
	RXQ("RDH", RXQ_RDH, 0, XDT_BITS, rdh),
	RXQ("SRRCTL", RXQ_SRRCTL, SRRCTL_RESET, SRRCTL_BITS, srrctl),
	RXQ("RDT", RXQ_RDT, 0, XDT_BITS, rdt),
	RXQ("RXDCTL", RXQ_RXDCTL, 0, XXDCTL_ENABLE | XXDCTL_SWFLSH | RXDCTL_VME, rxdctl),
	RXQ("RSCCTL", RXQ_RSCCTL, 0, RSCCTL_BITS, rscctl),

	TXQ("TDBAL", TXQ_TDBAL, 0, ALL, sim_tdbal_write),
	TXQ("TDBAH", TXQ_TDBAH, 0, ALL, sim_tdbah_write),
	TXQ("TDLEN", TXQ_TDLEN, 0, ALL, sim_tdlen_write),
	TXQ("DCA_TXCTRL", TXQ_DCA_TXCTRL, DCA_TXCTRL_RESET, ALL, NULL),
	TXQ("TDH", TXQ_TDH, 0, XDT_BITS, sim_tdh_write),
	TXQ("TDT", TXQ_TDT, 0, XDT_BITS, sim_tdt_write),
	TXQ("TXDCTL", TXQ_TXDCTL, 0, TXDCTL_BITS, sim_txdctl_write),
	TXQ("TDWBAL", TXQ_TDWBAL, 0, ALL, sim_tdwb_write),
	TXQ("TDWBAH", TXQ_TDWBAH, 0, ALL, sim_tdwbh_write),

	/* receive, all queues */
	REG("RDRXCTL", DR_RDRXCTL, RDRXCTL_RESET, 0x36BF00F7),
	CALL("QDE", DR_QDE, 1, 0, 0x00037F03, sim_qde_write),
	CALL("RXCTRL", DR_RXCTRL, 1, 0, 0x00000003, sim_rxctrl_write),
	REG("RSCDBU", DR_RSCDBU, 0x00000020, 0x000000FF),
	STRICT("RXPBSIZE", DR_RXPBSIZE, 1, RXPBSIZE_RESET, XXPBSIZE_BITS),
	STRICT("RXPBSIZE", DR_RXPBSIZE + 4, 7, 0, XXPBSIZE_BITS),
	STRICT("RXCSUM", DR_RXCSUM, 1, 0, RXCSUM_IPPCSE | RXCSUM_PCSD),
	{ "RFCTL", DR_RFCTL, 4, 1, 0, ALL, false, NULL, sim_rfctl_write },
	REG("EXVET", DR_EXVET, EXVET_RESET, 0xFFFF0000),
	STRICT("FCTRL", DR_FCTRL, 1, 0, FCTRL_BITS),
	STRICT("VLNCTRL", DR_VLNCTRL, 1, 0x8100, 0x7000FFFF),
	STRICT("MCSTCTRL", DR_MCSTCTRL, 1, 0, MCSTCTRL_MO | MCSTCTRL_MFE),
	ARRAY("ETQF", DR_ETQF, ETQF_COUNT, 0, ALL),
	ARRAY("ETQS", DR_ETQS, ETQF_COUNT, 0, ALL),
	ARRAY("MTA", DR_MTA, 128, 0, ALL),
	ARRAY("UTA", DR_UTA, 128, 0, ALL),
	ARRAY("VFTA", DR_VFTA, 128, 0, ALL),
	PAIRS("RAL", DR_RAL, ALL, NULL),
	PAIRS("RAH", DR_RAH, RAH_BITS | RAH_82598, sim_rah_write),
	ARRAY("PSRTYPE", DR_PSRTYPE, 64, 0, ALL),
	STRICT("MRQC", DR_MRQC, 1, 0, 0xFFFFA00F),
	STRICT("RETA", DR_RETA, RETA_ENTRIES / 4, 0, 0x0F0F0F0F),
	CALL("RSSRK", DR_RSSRK, RSSRK_WORDS, 0, ALL, sim_rssrk_write),
	ARRAY("SAQF", DR_SAQF, 128, 0, ALL),
	ARRAY("DAQF", DR_DAQF, 128, 0, ALL),
	ARRAY("SDPQF", DR_SDPQF, 128, 0, ALL),
	CALL("FTQF", DR_FTQF, FTQF_COUNT, 0, ALL, sim_ftqf_write),
	ARRAY("L34T_IMIR", DR_L34TIMIR, 128, 0, ALL),
	REG("SYNQF", DR_SYNQF, 0, ALL),
	REG("RQTC", 0x0EC70, 0, ALL),
	REG("LLITHRESH", 0x0EC90, 0, ALL),
	ARRAY("IMIRVP", 0x0EC60, 1, 0, ALL),

	/* transmit, all queues */
	CALL("DMATXCTL", DR_DMATXCTL, 1, DMATXCTL_RESET, DMATXCTL_BITS, sim_dmatxctl_write),
	REG("DTXTCPFLGL", DR_DTXTCPFLGL, DTXTCPFLGL_RESET, 0x0FFF0FFF),
	REG("DTXTCPFLGH", DR_DTXTCPFLGH, DTXTCPFLGH_RESET, 0x00000FFF),
	REG("DTXMXSZRQ", DR_DTXMXSZRQ, 0x00000010, 0x00000FFF),
	CALL("MTQC", DR_MTQC, 1, 0, 0x0000000F, sim_mtqc_write),
	STRICT("TXPBSIZE", DR_TXPBSIZE, 1, TXPBSIZE_RESET, XXPBSIZE_BITS),
	STRICT("TXPBSIZE", DR_TXPBSIZE + 4, 7, 0, XXPBSIZE_BITS),

	/* flow director */
	CALL("FDIRCTRL", DR_FDIRCTRL, 1, 0, FDIRCTRL_BITS, sim_fdirctrl_write),
	ARRAY("FDIRSIPv6", DR_FDIRSIPV6, 3, 0, ALL),
	REG("FDIRIPSA", DR_FDIRIPSA, 0, ALL),
	REG("FDIRIPDA", DR_FDIRIPDA, 0, ALL),
	REG("FDIRPORT", DR_FDIRPORT, 0, ALL),
	REG("FDIRVLAN", DR_FDIRVLAN, 0, ALL),
	REG("FDIRHASH", DR_FDIRHASH, 0, ALL),
	{ "FDIRCMD", DR_FDIRCMD, 4, 1, 0, FDIRCMD_BITS, true, sim_fdircmd_read, sim_fdircmd_write },
	READ("FDIRFREE", DR_FDIRFREE, 1, FDIRFREE_RESET, FDIRFREE_FREE, sim_fdirfree_read,
	     sim_fdirfree_write),
	REG("FDIRDIP4M", DR_FDIRDIP4M, 0, ALL),
	REG("FDIRSIP4M", DR_FDIRSIP4M, 0, ALL),
	REG("FDIRTCPM", DR_FDIRTCPM, 0, ALL),
	REG("FDIRUDPM", DR_FDIRUDPM, 0, ALL),
	READ("FDIRLEN", DR_FDIRLEN, 1, 0, 0, sim_fdirlen_read, NULL),
	READ("FDIRUSTAT", DR_FDIRUSTAT, 4, 0, 0, sim_fdirstat_read, NULL),
	CALL("FDIRHKEY", DR_FDIRHKEY, 1, FDIRHKEY_RESET, ALL, sim_fdirhkey_write),
	CALL("FDIRSKEY", DR_FDIRSKEY, 1, FDIRSKEY_RESET, ALL, sim_fdirskey_write),
	STRICT("FDIRM", DR_FDIRM, 1, 0, 0x0000003F),
	REG("FDIRIP6M", DR_FDIRIP6M, 0, ALL),

	/* time stamps */
	REG("RXMTRL", DR_RXMTRL, RXMTRL_RESET, ALL),
	READ("TSYNCRXCTL", DR_TSYNCRXCTL, 1, 0, TSYNCRXCTL_BITS, NULL, sim_tsyncrxctl_write),
	REG("RXSATRL", DR_RXSATRL, 0, 0),
	READ("RXSTMPH", DR_RXSTMPH, 1, 0, 0, sim_rxstmph_read, NULL),
	REG("RXSATRH", DR_RXSATRH, 0, 0),
	REG("RXSTMPL", DR_RXSTMPL, 0, 0),
	REG("TSYNCTXCTL", DR_TSYNCTXCTL, 0, TSYNCTXCTL_EN),
	REG("TXSTMPL", DR_TXSTMPL, 0, 0),
	READ("TXSTMPH", DR_TXSTMPH, 1, 0, 0, sim_txstmph_read, NULL),
	READ("SYSTIM", DR_SYSTIML, 2, 0, ALL, sim_systim_read, sim_systim_write),
	READ("TIMINCA", DR_TIMINCA, 1, 0, ALL, NULL, sim_timinca_write),
	REG("TIMADJL", DR_TIMADJL, 0, ALL),
	READ("TIMADJH", DR_TIMADJH, 1, 0, ALL, NULL, sim_timadjh_write),
	ARRAY("TSAUXC", DR_TSAUXC, 7, 0, ALL),
	ARRAY("AUXSTMP", DR_AUXSTMP, 4, 0, 0),
	{ NULL, 0, 0, 0, 0, 0, false, NULL, NULL },
};
