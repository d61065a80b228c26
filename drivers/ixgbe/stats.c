// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Statistics registers, datasheet section 8.2.3.23. All are cleared by reading; 36-bit counters lie
 * in two registers, of which the low one is read first.
 */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

#define ONE		1	/* one register */
#define EIGHT		8	/* the sum of eight, one per packet buffer */
#define PAIR		36	/* low, then 4 bits in the next register */

/* X(name, meaning, register, shape): counters of the MAC and the DMA blocks */
#define MAC_COUNTERS(X) \
	X("rx_packets", NAX_STAT_RX_PACKETS, 0x04074, ONE)		/* GPRC */ \
	X("tx_packets", NAX_STAT_TX_PACKETS, 0x04080, ONE)		/* GPTC */ \
	X("rx_bytes", NAX_STAT_RX_BYTES, 0x04088, PAIR)			/* GORCL, GORCH */ \
	X("tx_bytes", NAX_STAT_TX_BYTES, 0x04090, PAIR)			/* GOTCL, GOTCH */ \
	X("rx_broadcast", NAX_STAT_RX_BROADCAST, 0x04078, ONE)		/* BPRC */ \
	X("rx_multicast", NAX_STAT_RX_MULTICAST, 0x0407c, ONE)		/* MPRC */ \
	X("tx_multicast", NAX_STAT_TX_MULTICAST, 0x040f0, ONE)			/* MPTC */ \
	X("tx_broadcast", NAX_STAT_TX_BROADCAST, 0x040f4, ONE)			/* BPTC */ \
	X("rx_missed_packets", NAX_STAT_RX_MISSED, 0x03fa0, EIGHT)		/* MPC */ \
	X("rx_crc_errors", NAX_STAT_RX_CRC, 0x04000, ONE)		/* CRCERRS */ \
	X("rx_illegal_bytes", NAX_STAT_OTHER, 0x04004, ONE)		/* ILLERRC */ \
	X("rx_error_bytes", NAX_STAT_RX_ERRORS, 0x04008, ONE)		/* ERRBC */ \
	X("rx_local_faults", NAX_STAT_OTHER, 0x04034, ONE)		/* MLFC */ \
	X("rx_remote_faults", NAX_STAT_OTHER, 0x04038, ONE)		/* MRFC */ \
	X("rx_length_errors", NAX_STAT_RX_LENGTH, 0x04040, ONE)		/* RLEC */ \
	X("rx_undersize", NAX_STAT_RX_UNDERSIZE, 0x040a4, ONE)			/* RUC */ \
	X("rx_fragments", NAX_STAT_RX_FRAGMENTS, 0x040a8, ONE)			/* RFC */ \
	X("rx_oversize", NAX_STAT_RX_OVERSIZE, 0x040ac, ONE)			/* ROC */ \
	X("rx_jabber", NAX_STAT_RX_JABBER, 0x040b0, ONE)			/* RJC */ \
	X("rx_checksum_errors", NAX_STAT_OTHER, 0x04120, ONE)		/* XEC */ \
	X("tx_pause_xon", NAX_STAT_TX_PAUSE_END, 0x03f60, ONE)		/* LXONTXC */ \
	X("tx_pause_xoff", NAX_STAT_TX_PAUSE, 0x03f68, ONE)			/* LXOFFTXC */ \
	X("rx_pause_xon", NAX_STAT_RX_PAUSE_END, 0x041a4, ONE)		/* LXONRXCNT */ \
	X("rx_pause_xoff", NAX_STAT_RX_PAUSE, 0x041a8, ONE)			/* LXOFFRXCNT */ \
	X("rx_64", NAX_STAT_RX_64, 0x0405c, ONE)			/* PRC64 */ \
	X("rx_65_to_127", NAX_STAT_RX_65_127, 0x04060, ONE)			/* PRC127 */ \
	X("rx_128_to_255", NAX_STAT_RX_128_255, 0x04064, ONE)		/* PRC255 */ \
	X("rx_256_to_511", NAX_STAT_RX_256_511, 0x04068, ONE)		/* PRC511 */ \
	X("rx_512_to_1023", NAX_STAT_RX_512_1023, 0x0406c, ONE)		/* PRC1023 */ \
	X("rx_1024_to_max", NAX_STAT_RX_1024_MAX, 0x04070, ONE)		/* PRC1522 */ \
	X("rx_total_packets", NAX_STAT_OTHER, 0x040d0, ONE)		/* TPR */ \
	X("rx_total_bytes", NAX_STAT_OTHER, 0x040c0, PAIR)		/* TORL, TORH */ \
	X("tx_total_packets", NAX_STAT_OTHER, 0x040d4, ONE)		/* TPT */ \
	X("tx_64", NAX_STAT_TX_64, 0x040d8, ONE)			/* PTC64 */ \
	X("tx_65_to_127", NAX_STAT_TX_65_127, 0x040dc, ONE)			/* PTC127 */ \
	X("tx_128_to_255", NAX_STAT_TX_128_255, 0x040e0, ONE)		/* PTC255 */ \
	X("tx_256_to_511", NAX_STAT_TX_256_511, 0x040e4, ONE)		/* PTC511 */ \
	X("tx_512_to_1023", NAX_STAT_TX_512_1023, 0x040e8, ONE)		/* PTC1023 */ \
	X("tx_1024_to_max", NAX_STAT_TX_1024_MAX, 0x040ec, ONE)		/* PTC1522 */ \
	X("rx_dma_packets", NAX_STAT_OTHER, 0x02f50, ONE)		/* RXDGPC */ \
	X("tx_dma_packets", NAX_STAT_OTHER, 0x087a0, ONE)		/* TXDGPC */ \
	X("rx_flow_matches", NAX_STAT_OTHER, 0x0ee58, ONE)		/* FDIRMATCH */ \
	X("rx_flow_misses", NAX_STAT_OTHER, 0x0ee5c, ONE)		/* FDIRMISS */

/* Counter set i counts for queues i, i + 16, i + 32 and i + 48. */
#define SET_COUNTERS(X, i) \
	X("set" #i "_rx_packets", NAX_STAT_OTHER, 0x01030 + 0x40 * (i), ONE)	/* QPRC */ \
	X("set" #i "_rx_bytes", NAX_STAT_OTHER, 0x01034 + 0x40 * (i), PAIR)	/* QBRC_L/H */ \
	X("set" #i "_rx_dropped", NAX_STAT_OTHER, 0x01430 + 0x40 * (i), ONE)	/* QPRDC */ \
	X("set" #i "_tx_packets", NAX_STAT_OTHER, 0x06030 + 0x40 * (i), ONE)	/* QPTC */ \
	X("set" #i "_tx_bytes", NAX_STAT_OTHER, 0x08700 + 0x8 * (i), PAIR)	/* QBTC_L/H */

#define ONE_MORE(name, id, reg, shape) + 1
#define SET_SIZE	(0 SET_COUNTERS(ONE_MORE, 0))

#define COUNTERS(X) \
	MAC_COUNTERS(X) \
	SET_COUNTERS(X, 0) SET_COUNTERS(X, 1) SET_COUNTERS(X, 2) SET_COUNTERS(X, 3) \
	SET_COUNTERS(X, 4) SET_COUNTERS(X, 5) SET_COUNTERS(X, 6) SET_COUNTERS(X, 7) \
	SET_COUNTERS(X, 8) SET_COUNTERS(X, 9) SET_COUNTERS(X, 10) SET_COUNTERS(X, 11) \
	SET_COUNTERS(X, 12) SET_COUNTERS(X, 13) SET_COUNTERS(X, 14) SET_COUNTERS(X, 15)

#define DESC(name, id, reg, shape) { name, id },
const struct nax_stat_desc ixgbe_stat_descs[] = {
	COUNTERS(DESC)
};

const u16 ixgbe_n_stats = ARRAY_SIZE(ixgbe_stat_descs);

#define COUNTER(name, id, reg, shape) { reg, shape },
static const struct {
	u16 reg;
	u16 shape;
} counters[ARRAY_SIZE(ixgbe_stat_descs)] = {
	COUNTERS(COUNTER)
};

static u64 read_counter(struct nax_adapter *a, u32 reg, u32 shape)
{
	u64 sum = nax_reg_read(a, reg);
	u32 i;

	if (shape == PAIR)
		return sum | (u64)(nax_reg_read(a, reg + 4) & 0xf) << 32;
	for (i = 1; i < shape; i++)
		sum += nax_reg_read(a, reg + 4 * i);
	return sum;
}

/* Counters of the MAC, and of the sets that have queues: the others count nothing. */
static u32 counters_used(const struct nax_adapter *a)
{
	u32 sets = min_t(u32, max_t(u32, a->n_rxq, a->n_txq), IXGBE_HW_COUNTER_SETS);
	u32 unused = IXGBE_HW_COUNTER_SETS - sets;

	return ARRAY_SIZE(counters) - unused * SET_SIZE;
}

/** ixgbe_stats() - add what each counter counted since the last call; nax_driver_ops.stats. */
void ixgbe_stats(struct nax_adapter *a, u64 *v)
{
	u32 n_counters = counters_used(a);
	u32 i;

	for (i = 0; i < n_counters; i++) {
		u64 n = read_counter(a, counters[i].reg, counters[i].shape);

		/* All-ones of a device that has gone is no count. */
		if (a->gone)
			return;
		v[i] += n;
	}
}

/** ixgbe_stats_init() - give each queue its counter set, and clear the counters: section 4.6.5. */
void ixgbe_stats_init(struct nax_adapter *a)
{
	u32 i;

	for (i = 0; i < IXGBE_QSMRS; i++) {
		u32 set = 4 * i % IXGBE_HW_COUNTER_SETS;
		u32 map = set | (set + 1) << 8 | (set + 2) << 16 | (set + 3) << 24;

		nax_reg_write(a, IXGBE_RQSMR(i), map);
		nax_reg_write(a, IXGBE_TQSM(i), map);
	}
	for (i = 0; i < ARRAY_SIZE(counters) && !a->gone; i++)
		read_counter(a, counters[i].reg, counters[i].shape);
}
