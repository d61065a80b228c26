// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * DPDK's net_ixgbe on the descriptor engine, each of its three ways to receive and transmit: vector,
 * bulk allocation with simple transmit, and full offloads. The driver's own queue setup runs on
 * register space that is plain memory, and its own choice of functions is checked; the application
 * is as DPDK's examples are, with one burst call less indirect than they have.
 *
 * Built by tools/bench/peers, with the private headers of the driver's source package.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_vect.h>

#include <ethdev_driver.h>
#include <base/ixgbe_api.h>
#include <ixgbe_ethdev.h>
#include <ixgbe_rxtx.h>

#include "bench.h"

#define MBUFS		4095u
#define MBUF_CACHE	256u
#define VEC_LEAST	4u	/* the vector path takes no smaller burst */
#define THRESH		32u	/* rx_free_thresh, tx_free_thresh and tx_rs_thresh of the fast paths */
#define FULL_FREE	16u	/* below 32: no bulk allocation */

#define RX_OFFLOADS	(RTE_ETH_RX_OFFLOAD_RSS_HASH | RTE_ETH_RX_OFFLOAD_VLAN_STRIP | \
			 RTE_ETH_RX_OFFLOAD_CHECKSUM)
#define TX_OFFLOADS	(RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | \
			 RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_VLAN_INSERT | \
			 RTE_ETH_TX_OFFLOAD_TCP_TSO)
#define RX_FLAGS	(RTE_MBUF_F_RX_RSS_HASH | RTE_MBUF_F_RX_VLAN | \
			 RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_IP_CKSUM_GOOD | \
			 RTE_MBUF_F_RX_L4_CKSUM_GOOD)

/**
 * struct path - a way through the driver
 * @simd: widest vectors allowed while queues are set up
 * @rx_free_thresh: for the receive queue
 * @tx_offloads: for the transmit queue
 * @rx: function that has to be chosen
 * @rx_scattered: the same for frames of several buffers
 * @tx: function that has to be chosen, NULL: neither of the scalar ones, as the vector one has no
 *	name outside of the driver
 * @least: smallest burst to ask for
 */
struct path {
	const char *name;
	uint16_t simd;
	uint16_t rx_free_thresh;
	uint64_t tx_offloads;
	eth_rx_burst_t rx;
	eth_rx_burst_t rx_scattered;
	eth_tx_burst_t tx;
	uint16_t least;
};

/**
 * struct dpdk_ctx - a port and its application
 * @path: its way
 * @dev: the port
 * @bar: its registers
 * @pool: buffers
 * @rxq: receive queue
 * @txq: transmit queue
 * @rx: receive function
 * @tx: transmit function
 * @run: of the cell
 * @least: smallest burst to ask for; of buffers, where the vector path receives frames of several
 * @batch: packets
 * @len: bytes of each
 * @found: packets received last
 * @tag: of the next packet
 * @sum: first bytes of forwarded packets
 * @pkts: packets received or to transmit
 */
struct dpdk_ctx {
	const struct path *path;
	struct rte_eth_dev *dev;
	uint8_t *bar;
	struct rte_mempool *pool;
	void *rxq;
	void *txq;
	eth_rx_burst_t rx;
	eth_tx_burst_t tx;
	void (*run)(struct dpdk_ctx *x);
	uint32_t least;
	uint32_t batch;
	uint32_t len;
	uint32_t found;
	uint32_t tag;
	uint64_t sum;
	struct rte_mbuf *pkts[BENCH_BATCH_MAX + THRESH];
};

/* ---- the application ---- */

static inline uint32_t receive(struct dpdk_ctx *x)
{
	uint32_t n = 0, k;

	do {
		uint32_t want = x->batch - n;

		if (want < x->least)
			want = x->least;
		k = x->rx(x->rxq, x->pkts + n, (uint16_t)want);
		n += k;
	} while (k && n < x->batch);
	x->found = n;
	return n;
}

static inline void transmit(struct dpdk_ctx *x, uint32_t n)
{
	uint32_t sent = x->tx(x->txq, x->pkts, (uint16_t)n);

	while (unlikely(sent < n))
		sent += x->tx(x->txq, x->pkts + sent, (uint16_t)(n - sent));
}

static void run_rx(struct dpdk_ctx *x)
{
	rte_pktmbuf_free_bulk(x->pkts, receive(x));
}

static void run_tx(struct dpdk_ctx *x)
{
	uint32_t i;

	if (unlikely(rte_pktmbuf_alloc_bulk(x->pool, x->pkts, x->batch)))
		return;
	for (i = 0; i < x->batch; i++) {
		x->pkts[i]->data_len = (uint16_t)x->len;
		x->pkts[i]->pkt_len = x->len;
	}
	transmit(x, x->batch);
}

/* Packets of several buffers, which only the full path can send. */
static void run_tx_chain(struct dpdk_ctx *x)
{
	uint32_t i;

	for (i = 0; i < x->batch; i++) {
		struct rte_mbuf *last = NULL, *m;
		uint32_t rest;

		for (rest = x->len; rest; rest -= m->data_len) {
			m = rte_pktmbuf_alloc(x->pool);
			if (unlikely(!m))
				return;
			m->data_len = (uint16_t)(rest < BENCH_BUF ? rest : BENCH_BUF);
			if (last)
				last->next = m;
			else
				x->pkts[i] = m;
			last = m;
			x->pkts[i]->nb_segs += last != x->pkts[i];
		}
		x->pkts[i]->pkt_len = x->len;
	}
	transmit(x, x->batch);
}

/* Each packet has another tag than the ones before, so each needs a context descriptor. */
static void run_context(struct dpdk_ctx *x)
{
	uint32_t i;

	if (unlikely(rte_pktmbuf_alloc_bulk(x->pool, x->pkts, x->batch)))
		return;
	for (i = 0; i < x->batch; i++) {
		struct rte_mbuf *m = x->pkts[i];

		m->data_len = (uint16_t)x->len;
		m->pkt_len = x->len;
		m->ol_flags = RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM |
			      RTE_MBUF_F_TX_TCP_CKSUM | RTE_MBUF_F_TX_VLAN;
		m->l2_len = 14;
		m->l3_len = 20;
		m->l4_len = 20;
		m->vlan_tci = (uint16_t)(x->tag++ & 0xfff);
	}
	transmit(x, x->batch);
}

static void run_fwd(struct dpdk_ctx *x)
{
	uint32_t n = receive(x), i;
	uint64_t sum = 0;

	for (i = 0; i < n; i++)
		sum += *rte_pktmbuf_mtod(x->pkts[i], const uint8_t *);
	x->sum += sum;
	transmit(x, n);
}

static void run_poll(struct dpdk_ctx *x)
{
	x->found = x->rx(x->rxq, x->pkts, THRESH);
}

/* ---- set-up ---- */

static const struct path vec = {
	"dpdk-vec", RTE_VECT_SIMD_256, THRESH, 0, ixgbe_recv_pkts_vec, ixgbe_recv_scattered_pkts_vec,
	NULL, VEC_LEAST,
};

static const struct path bulk = {
	"dpdk-bulk", RTE_VECT_SIMD_DISABLED, THRESH, 0, ixgbe_recv_pkts_bulk_alloc,
	ixgbe_recv_pkts_lro_bulk_alloc, ixgbe_xmit_pkts_simple, 1,
};

static const struct path full = {
	"dpdk-full", RTE_VECT_SIMD_DISABLED, FULL_FREE, TX_OFFLOADS, ixgbe_recv_pkts,
	ixgbe_recv_pkts_lro_single_alloc, ixgbe_xmit_pkts, 1,
};

static bool failed(const char *name, const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", name, what);
	return false;
}

static bool eal_start(void)
{
	static bool started;
	char cpu[32];
	char *args[] = {
		"bench", "--no-pci", "--no-telemetry", "--log-level=error", "--iova-mode=va",
		"-m", "64", "--lcores", cpu, bench_huge ? "--in-memory" : "--no-huge",
		"--no-shconf", NULL,
	};

	if (started)
		return true;
	snprintf(cpu, sizeof(cpu), "0@%d", sched_getcpu());
	if (rte_eal_init(11, args) < 0)
		return failed("dpdk", "its environment does not start");
	started = true;
	return true;
}

/* The driver asks itself whether the device can coalesce; nothing here wants it to. */
static int dev_infos_get(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	info->rx_offload_capa = RX_OFFLOADS;
	return 0;
}

static const struct eth_dev_ops dev_ops = { .dev_infos_get = dev_infos_get };

/* What ethdev does for a port that a bus has found; the device's registers are @x->bar. */
static bool make_port(struct dpdk_ctx *x, uint32_t frame_max)
{
	struct ixgbe_adapter *adapter;
	struct ixgbe_hw *hw;

	x->dev = rte_eth_dev_allocate(x->path->name);
	if (!x->dev)
		return failed(x->path->name, "no port");
	adapter = rte_zmalloc("bench", sizeof(*adapter), RTE_CACHE_LINE_SIZE);
	x->dev->data->dev_private = adapter;
	x->dev->data->rx_queues = rte_zmalloc("bench", sizeof(void *), 0);
	x->dev->data->tx_queues = rte_zmalloc("bench", sizeof(void *), 0);
	if (!adapter || !x->dev->data->rx_queues || !x->dev->data->tx_queues)
		return failed(x->path->name, "no memory for a port");
	x->dev->dev_ops = &dev_ops;
	x->dev->data->nb_rx_queues = 1;
	x->dev->data->nb_tx_queues = 1;
	x->dev->data->mtu = frame_max > BENCH_FRAME_STD ? (uint16_t)(frame_max - 18) : 1500;
	x->dev->data->dev_conf.rxmode.offloads = RX_OFFLOADS;
	x->dev->data->dev_conf.txmode.offloads = x->path->tx_offloads;
	adapter->rx_bulk_alloc_allowed = true;
	adapter->rx_vec_allowed = true;
	hw = &adapter->hw;
	hw->mac.type = ixgbe_mac_82599EB;
	hw->hw_addr = x->bar;
	return true;
}

static bool make_queues(struct dpdk_ctx *x)
{
	struct rte_eth_rxconf rx = { .rx_free_thresh = x->path->rx_free_thresh,
				     .offloads = RX_OFFLOADS };
	struct rte_eth_txconf tx = { .tx_free_thresh = THRESH, .tx_rs_thresh = THRESH,
				     .offloads = x->path->tx_offloads };
	struct ixgbe_rx_queue *rxq;

	rte_vect_set_max_simd_bitwidth(x->path->simd);
	if (ixgbe_dev_rx_queue_setup(x->dev, 0, BENCH_RING, 0, &rx, x->pool) ||
	    ixgbe_dev_tx_queue_setup(x->dev, 0, BENCH_RING, 0, &tx) ||
	    ixgbe_dev_rx_init(x->dev))
		return failed(x->path->name, "its queues cannot be set up");
	ixgbe_dev_tx_init(x->dev);
	x->rxq = x->dev->data->rx_queues[0];
	x->txq = x->dev->data->tx_queues[0];
	rxq = x->rxq;
	/* as VLAN stripping does when a port starts */
	rxq->vlan_flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	if (ixgbe_dev_rx_queue_start(x->dev, 0) || ixgbe_dev_tx_queue_start(x->dev, 0))
		return failed(x->path->name, "its queues do not start");
	return true;
}

/* The driver chooses silently; a figure of another path would be worth nothing. */
static bool chosen(struct dpdk_ctx *x, bool scattered)
{
	bool vector_tx;

	x->rx = x->dev->rx_pkt_burst;
	x->tx = x->dev->tx_pkt_burst;
	vector_tx = x->tx != ixgbe_xmit_pkts && x->tx != ixgbe_xmit_pkts_simple;
	if (x->rx != (scattered ? x->path->rx_scattered : x->path->rx))
		return failed(x->path->name, "the driver chose another receive function");
	if (x->path->tx ? x->tx != x->path->tx : !vector_tx)
		return failed(x->path->name, "the driver chose another transmit function");
	return true;
}

static void dpdk_close(struct bench_port *p)
{
	struct dpdk_ctx *x = p->ctx;

	if (!x)
		return;
	if (x->rxq)
		ixgbe_dev_rx_queue_release(x->dev, 0);
	if (x->txq)
		ixgbe_dev_tx_queue_release(x->dev, 0);
	if (x->dev)
		rte_eth_dev_release_port(x->dev);
	rte_mempool_free(x->pool);
	if (x->bar)
		munmap(x->bar, ENGINE_BAR_SIZE);
	free(x);
	p->ctx = NULL;
}

static bool dpdk_open(struct bench_port *p, uint32_t frame_max, const struct path *path)
{
	struct dpdk_ctx *x = calloc(1, sizeof(*x));

	p->ctx = x;
	if (!x || !eal_start())
		return false;
	x->path = path;
	x->bar = mmap(NULL, ENGINE_BAR_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	x->pool = rte_pktmbuf_pool_create(path->name, MBUFS, MBUF_CACHE, 0,
					  RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	if (x->bar == MAP_FAILED || !x->pool)
		return failed(path->name, "no memory");
	if (!make_port(x, frame_max) || !make_queues(x) ||
	    !chosen(x, frame_max > BENCH_FRAME_STD))
		return false;
	engine_ring_init(&p->rx, x->bar, 0, true, NULL, BENCH_BUF);
	engine_ring_init(&p->tx, x->bar, 0, false, NULL, 0);
	return true;
}

static bool vec_open(struct bench_port *p, uint32_t frame_max)
{
	return dpdk_open(p, frame_max, &vec);
}

static bool bulk_open(struct bench_port *p, uint32_t frame_max)
{
	return dpdk_open(p, frame_max, &bulk);
}

static bool full_open(struct bench_port *p, uint32_t frame_max)
{
	return dpdk_open(p, frame_max, &full);
}

static bool dpdk_prepare(struct bench_port *p, const struct bench_cell *cell)
{
	static void (*const tests[BENCH_TESTS])(struct dpdk_ctx *x) = {
		[BENCH_RX] = run_rx, [BENCH_TX] = run_tx, [BENCH_FWD] = run_fwd,
		[BENCH_POLL] = run_poll, [BENCH_CONTEXT] = run_context,
	};
	struct dpdk_ctx *x = p->ctx;

	x->run = tests[cell->test];
	x->least = x->path->least;
	if (x->least > 1 && bench_len(cell) > BENCH_BUF)
		x->least = THRESH;
	x->batch = cell->batch;
	x->len = bench_len(cell);
	if (cell->test == BENCH_TX && x->len > BENCH_BUF)
		x->run = run_tx_chain;
	return true;
}

static void dpdk_run(struct bench_port *p)
{
	struct dpdk_ctx *x = p->ctx;

	x->run(x);
}

/*
 * Buffers that were freed or sent keep what was said of their packets for now. Of a packet of several
 * buffers the vector path takes tag and type from the first descriptor, where hardware has none.
 */
static bool dpdk_check(struct bench_port *p, const struct bench_cell *cell, uint32_t seq)
{
	const struct dpdk_ctx *x = p->ctx;
	bool first_only = x->path == &vec && bench_len(cell) > BENCH_BUF;
	uint32_t i;

	if (x->found != cell->batch)
		return false;
	for (i = 0; i < cell->batch; i++) {
		struct engine_fact f = engine_fact(seq + i, bench_len(cell));
		const struct rte_mbuf *m = x->pkts[i];

		if ((m->ol_flags & RX_FLAGS) != RX_FLAGS || m->hash.rss != f.hash ||
		    m->pkt_len != f.len)
			return false;
		if (!first_only && (m->vlan_tci != f.vlan_tci ||
				    !RTE_ETH_IS_IPV4_HDR(m->packet_type)))
			return false;
	}
	return true;
}

/* Simple and vector transmit know packets of one buffer only, and no offload. */
static bool sends_one(const struct bench_cell *cell)
{
	return cell->test == BENCH_RX || cell->test == BENCH_POLL ||
	       (cell->test != BENCH_CONTEXT && bench_len(cell) <= BENCH_BUF);
}

static bool sends_all(const struct bench_cell *cell)
{
	return cell->test != BENCH_CONTEXT || bench_len(cell) <= BENCH_BUF;
}

#define IMPL(ident, text, opener, can) \
	const struct bench_impl ident = { \
		.name = text, .needs_huge = true, .open = opener, .close = dpdk_close, .prepare = dpdk_prepare, \
		.run = dpdk_run, .check = dpdk_check, .supports = can, \
	}

IMPL(bench_dpdk_vec, "dpdk-vec", vec_open, sends_one);
IMPL(bench_dpdk_bulk, "dpdk-bulk", bulk_open, sends_one);
IMPL(bench_dpdk_full, "dpdk-full", full_open, sends_all);
