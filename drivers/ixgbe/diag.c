// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Dump of registers and descriptors. Registers that change by being read are left out: EICR and
 * statistics (cleared), SWSM (a read takes the semaphore).
 */
#include <nax/nax.h>

#include "desc.h"
#include "ixgbe.h"
#include "regs.h"

#define DESC_WINDOW_MAX		16	/* descriptors around head and tail */

/**
 * struct dump_reg - a register, or an array of equal ones
 * @name: datasheet name
 * @base: offset of the first
 * @count: how many
 * @stride: bytes between two
 */
struct dump_reg {
	const char *name;
	u32 base;
	u16 count;
	u16 stride;
};

static const struct dump_reg device_regs[] = {
	{ "CTRL", IXGBE_CTRL, 1, 0 },
	{ "STATUS", IXGBE_STATUS, 1, 0 },
	{ "CTRL_EXT", IXGBE_CTRL_EXT, 1, 0 },
	{ "ESDP", IXGBE_ESDP, 1, 0 },
	{ "LEDCTL", IXGBE_LEDCTL, 1, 0 },
	{ "EEC", IXGBE_EEC, 1, 0 },
	{ "FWSM", IXGBE_FWSM, 1, 0 },
	{ "FACTPS", IXGBE_FACTPS, 1, 0 },
	{ "SW_FW_SYNC", IXGBE_SW_FW_SYNC, 1, 0 },
	{ "GCR", IXGBE_GCR, 1, 0 },
	{ "GCR_EXT", IXGBE_GCR_EXT, 1, 0 },
	{ "EIMS", IXGBE_EIMS, 1, 0 },
	{ "EIMS_EX", IXGBE_EIMS_EX(0), 2, 4 },
	{ "EIAC", IXGBE_EIAC, 1, 0 },
	{ "EIAM", IXGBE_EIAM, 1, 0 },
	{ "EIAM_EX", IXGBE_EIAM_EX(0), 2, 4 },
	{ "GPIE", IXGBE_GPIE, 1, 0 },
	{ "EITR", IXGBE_EITR(0), 24, 4 },
	{ "EITR", IXGBE_EITR(24), IXGBE_VECTORS - 24, 4 },
	{ "IVAR", IXGBE_IVAR(0), IXGBE_QUEUES / 2, 4 },
	{ "IVAR_MISC", IXGBE_IVAR_MISC, 1, 0 },
	{ "AUTOC", IXGBE_AUTOC, 1, 0 },
	{ "AUTOC2", IXGBE_AUTOC2, 1, 0 },
	{ "LINKS", IXGBE_LINKS, 1, 0 },
	{ "LINKS2", IXGBE_LINKS2, 1, 0 },
	{ "ANLP1", IXGBE_ANLP1, 1, 0 },
	{ "HLREG0", IXGBE_HLREG0, 1, 0 },
	{ "MAXFRS", IXGBE_MAXFRS, 1, 0 },
	{ "MFLCN", IXGBE_MFLCN, 1, 0 },
	{ "FCCFG", IXGBE_FCCFG, 1, 0 },
	{ "FCTTV", IXGBE_FCTTV(0), IXGBE_FCTTVS, 4 },
	{ "FCRTL", IXGBE_FCRTL(0), IXGBE_HW_PACKET_BUFFERS, 4 },
	{ "FCRTH", IXGBE_FCRTH(0), IXGBE_HW_PACKET_BUFFERS, 4 },
	{ "FCRTV", IXGBE_FCRTV, 1, 0 },
	{ "RXPBSIZE", IXGBE_RXPBSIZE(0), IXGBE_HW_PACKET_BUFFERS, 4 },
	{ "RXCTRL", IXGBE_RXCTRL, 1, 0 },
	{ "RDRXCTL", IXGBE_RDRXCTL, 1, 0 },
	{ "SECRXCTRL", IXGBE_SECRXCTRL, 1, 0 },
	{ "SECRXSTAT", IXGBE_SECRXSTAT, 1, 0 },
	{ "RXCSUM", IXGBE_RXCSUM, 1, 0 },
	{ "RFCTL", IXGBE_RFCTL, 1, 0 },
	{ "FCTRL", IXGBE_FCTRL, 1, 0 },
	{ "VLNCTRL", IXGBE_VLNCTRL, 1, 0 },
	{ "MCSTCTRL", IXGBE_MCSTCTRL, 1, 0 },
	{ "RAL", IXGBE_RAL(0), 8, 8 },
	{ "RAH", IXGBE_RAH(0), 8, 8 },
	{ "VT_CTL", IXGBE_VT_CTL, 1, 0 },
	{ "MRQC", IXGBE_MRQC, 1, 0 },
	{ "RETA", IXGBE_RETA(0), IXGBE_RETAS, 4 },
	{ "RSSRK", IXGBE_RSSRK(0), IXGBE_RSSRKS, 4 },
	{ "FDIRCTRL", IXGBE_FDIRCTRL, 1, 0 },
	{ "FDIRFREE", IXGBE_FDIRFREE, 1, 0 },
	{ "FDIRDIP4M", IXGBE_FDIRDIP4M, 1, 0 },
	{ "FDIRSIP4M", IXGBE_FDIRSIP4M, 1, 0 },
	{ "FDIRTCPM", IXGBE_FDIRTCPM, 1, 0 },
	{ "FDIRUDPM", IXGBE_FDIRUDPM, 1, 0 },
	{ "FDIRM", IXGBE_FDIRM, 1, 0 },
	{ "DMATXCTL", IXGBE_DMATXCTL, 1, 0 },
	{ "DTXMXSZRQ", IXGBE_DTXMXSZRQ, 1, 0 },
	{ "RTTDCS", IXGBE_RTTDCS, 1, 0 },
	{ "MTQC", IXGBE_MTQC, 1, 0 },
	{ "TXPBSIZE", IXGBE_TXPBSIZE(0), IXGBE_HW_PACKET_BUFFERS, 4 },
	{ "TXPBTHRESH", IXGBE_TXPBTHRESH(0), IXGBE_HW_PACKET_BUFFERS, 4 },
	{ "SECTXCTRL", IXGBE_SECTXCTRL, 1, 0 },
	{ "SECTXSTAT", IXGBE_SECTXSTAT, 1, 0 },
};

/* Per queue, the most telling first; base is that of queue 0. */
static const struct dump_reg rx_regs[] = {
	{ "RDH", IXGBE_RDH(0), 1, 0 }, { "RDT", IXGBE_RDT(0), 1, 0 },
	{ "RXDCTL", IXGBE_RXDCTL(0), 1, 0 }, { "SRRCTL", IXGBE_SRRCTL(0), 1, 0 },
	{ "RDLEN", IXGBE_RDLEN(0), 1, 0 }, { "RDBAL", IXGBE_RDBAL(0), 1, 0 },
	{ "RDBAH", IXGBE_RDBAH(0), 1, 0 }, { "DCA_RXCTRL", IXGBE_DCA_RXCTRL(0), 1, 0 },
};

static const struct dump_reg tx_regs[] = {
	{ "TDH", IXGBE_TDH(0), 1, 0 }, { "TDT", IXGBE_TDT(0), 1, 0 },
	{ "TXDCTL", IXGBE_TXDCTL(0), 1, 0 }, { "TDLEN", IXGBE_TDLEN(0), 1, 0 },
	{ "TDBAL", IXGBE_TDBAL(0), 1, 0 }, { "TDBAH", IXGBE_TDBAH(0), 1, 0 },
	{ "TDWBAL", IXGBE_TDWBAL(0), 1, 0 }, { "DCA_TXCTRL", IXGBE_DCA_TXCTRL(0), 1, 0 },
};

#define QUEUE_REGS		ARRAY_SIZE(rx_regs)
static_assert(ARRAY_SIZE(tx_regs) == QUEUE_REGS, "equal shares of a dump");

#define QUEUE_STRIDE		0x40

static void dump_regs(struct nax_adapter *a, struct nax_diag *d, const struct dump_reg *regs,
		      u32 n, u32 shift)
{
	u32 i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < regs[i].count && !a->gone; j++) {
			u32 offset = regs[i].base + j * regs[i].stride + shift;

			nax_diag_add(d, regs[i].name, offset, nax_reg_read(a, offset));
		}
	}
}

static void dump_desc(const struct nax_queue *q, struct nax_diag *d, u32 i)
{
	const __le64 *desc = q->desc;
	char name[NAX_DIAG_NAME];

	i &= q->desc_mask;
	snprintf(name, sizeof(name), "desc %s%u[%u]", q->is_rx ? "rx" : "tx",
		 q->index % IXGBE_HW_QUEUES, i % IXGBE_RING_MAX);
	nax_diag_add(d, name, i, le64_to_cpu(READ_ONCE(desc[2 * i])));
	nax_diag_add(d, name, i, le64_to_cpu(READ_ONCE(desc[2 * i + 1])));
}

/*
 * The descriptors that tell why a queue does not move: those the driver waits for, with some that
 * were done before, and the newest ones it has given away.
 */
static void dump_window(const struct nax_queue *q, struct nax_diag *d, u32 window)
{
	u32 first = (q->is_rx ? q->seen : q->head) - window / 4;
	u32 held = q->tail - first;
	u32 i;

	if (!q->desc)
		return;
	if (held <= window) {
		for (i = 0; i < window; i++)
			dump_desc(q, d, first + i);
		return;
	}
	for (i = 0; i < (window + 1) / 2; i++)
		dump_desc(q, d, first + i);
	for (i = window / 2; i; i--)
		dump_desc(q, d, q->tail - i);
}

static void dump_queues(struct nax_adapter *a, struct nax_diag *d, struct nax_queue **queue, u32 n,
			const struct dump_reg *regs, u32 share)
{
	u32 n_regs = min_t(u32, QUEUE_REGS, share > 2 ? share - 2 : 0);
	u32 window = min_t(u32, (share - n_regs) / 2, DESC_WINDOW_MAX);
	u32 i;

	for (i = 0; i < n; i++) {
		dump_regs(a, d, regs, n_regs, i * QUEUE_STRIDE);
		dump_window(queue[i], d, window);
	}
}

/**
 * ixgbe_diag() - record registers, and a window of descriptors of each queue
 * @a: adapter, in any state
 * @d: dump
 *
 * With many queues the windows get small, so that every queue has one.
 */
void ixgbe_diag(struct nax_adapter *a, struct nax_diag *d)
{
	u32 queues = a->n_rxq + a->n_txq;
	u32 share;

	dump_regs(a, d, device_regs, ARRAY_SIZE(device_regs), 0);
	if (!queues)
		return;
	share = (NAX_DIAG_RECORDS - d->n) / queues;
	dump_queues(a, d, a->rxq, a->n_rxq, rx_regs, share);
	dump_queues(a, d, a->txq, a->n_txq, tx_regs, share);
}
