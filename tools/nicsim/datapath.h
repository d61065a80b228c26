/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Inside of the datapath half of the 82599 model: its state and what its files offer each other.
 *
 *	datapath.c    life, run, next               table_datapath.c  registers
 *	queue_regs.c  writes to queue registers
 *	rx.c          a frame from wire to queue    rx_desc.c         and on to descriptors
 *	fifo.c        packet buffer                 pause.c           802.3x, both ways
 *	parse.c       packet types                  filter.c          MAC, multicast, VLAN
 *	ntuple.c      five-tuple and SYN filters
 *	rss.c         hash and queue                csum.c            sums, verdicts, CRCs
 *	rsc.c         frames of a flow joined       rsc_frame.c       which, and whether
 *	tx.c          queues to wire                tx_desc.c         descriptors in, write-back
 *	segment.c     frames out of a packet
 *	fdir.h        flow director                 ptp.h             time stamps
 *
 * A frame that finds the packet buffer empty goes straight to its descriptors. Interrupts are
 * collected and raised at the end of sim_datapath_run(), so that nothing here is called back in
 * the middle of its work; the one exception is nicsim_net_ops.send().
 */
#ifndef NICSIM_DATAPATH_H
#define NICSIM_DATAPATH_H

#include "model.h"

#define SIM_FCS			4
#define SIM_FRAME_MIN		60		/* without FCS */
#define SIM_L2_MIN		14
#define SIM_VLAN_TAG		4
#define SIM_TX_FRAGS		40		/* no packet has more data descriptors */
#define SIM_TX_HEADER		1024		/* MACLEN 127 + IPLEN 511 + L4LEN 255 + tag fit */
#define SIM_TX_WRITEBACKS	64
#define SIM_RING_BYTES		0x20000		/* 8192 descriptors */
#define SIM_QUEUE_WORDS		(SIM_QUEUES / 64)
#define SIM_RSS_NIBBLES		72		/* of 36 bytes: two IPv6 addresses, two ports */

/**
 * struct sim_pkt - what the parser sees in a frame; offsets are from its first byte
 * @type: RXD_TYPE_* bits
 * @l3: IP header, 0: none
 * @l4: TCP, UDP or SCTP header, 0: none that hardware looks into
 * @end: one past the IP payload
 * @src, @dst: addresses, 4 or 16 bytes by @type
 * @src_ex, @dst_ex: home address and type 2 routing address; @src, @dst where there is none
 * @vlan_at: tag of type VLNCTRL.VET, 0: none
 * @vlan_tci: its value
 * @ethertype: behind all tags
 * @proto: last IP protocol
 * @vext: outer tag of type EXVET
 * @fragment: of an IP packet
 * @first: the first of those
 * @no_l4_sum: extension headers that make hardware leave the layer 4 checksum alone
 */
struct sim_pkt {
	uint32_t type;
	uint32_t l3, l4, end;
	uint32_t src, dst, src_ex, dst_ex;
	uint32_t vlan_at;
	uint16_t vlan_tci;
	uint16_t ethertype;
	uint8_t proto;
	bool vext;
	bool fragment, first;
	bool no_l4_sum;
};

/** enum sim_pass - verdict of the MAC and VLAN filters */
enum sim_pass { SIM_PASS_NOT, SIM_PASS_EXACT, SIM_PASS_INEXACT };

/** enum sim_rsc_kind - what a frame for a queue with coalescing may do to its flow */
enum sim_rsc_kind {
	SIM_RSC_NONE,		/* nothing: no TCP, or no coalescing */
	SIM_RSC_END,		/* end its large receive, and go its own way */
	SIM_RSC_DATA,		/* join, or begin one */
	SIM_RSC_ACK,		/* likewise, without payload */
};

/**
 * struct sim_rx_meta - a received frame on its way to descriptors
 * @len: bytes to deliver: less a stripped tag, plus a kept FCS
 * @done: of them, already in descriptors
 * @frame_len: bytes of the frame as received
 * @info, @hash, @status, @vlan: for the write-back
 * @csum: legacy format: packet checksum
 * @queue: where to
 * @strip_at: where the tag is that is left out, 0: none is
 * @fcs: frame check sequence, the last 4 of @len, where @keep_fcs
 * @no_eop: fault: EOP is never written
 * @lie: fault: 1 length 0, 2 length over the buffer
 * @chunk: fault: bytes in a descriptor, 0: as many as fit
 * @rsc: enum sim_rsc_kind; @l3, @l4: where the headers are, unless it is SIM_RSC_NONE
 */
struct sim_rx_meta {
	uint32_t len;
	uint32_t done;
	uint32_t frame_len;
	uint32_t info;
	uint32_t hash;
	uint32_t status;
	uint16_t vlan;
	uint16_t csum;
	uint16_t chunk;
	uint8_t queue;
	uint8_t lie;
	uint8_t strip_at;
	bool keep_fcs;
	bool no_eop;
	uint8_t fcs[SIM_FCS];
	uint8_t rsc;
	uint8_t l3;
	uint16_t l4;
};

/**
 * struct sim_rx_ring - a queue's registers, looked up once per frame
 * @regs: offset of the first
 * @avail: descriptors posted
 * @buffer: bytes of each
 */
struct sim_rx_ring {
	uint32_t queue;
	uint32_t regs;
	uint64_t base;
	uint32_t count;
	uint32_t head;
	uint32_t avail;
	uint32_t buffer;
	bool legacy;
};

/**
 * struct sim_rx_slot - a descriptor that the device has taken
 * @addr: of its buffer; @desc, @buffer: both, translated
 */
struct sim_rx_slot {
	uint32_t index;
	uint64_t addr;
	uint8_t *desc, *buffer;
};

/**
 * struct sim_fifo - packet buffer; its frames lie one after the other, none is split
 * @mem: storage, larger than what it models, for what each frame has beside its bytes
 * @head, @tail: offsets of oldest and of free space
 * @used: bytes as hardware counts them
 * @frames: in it
 */
struct sim_fifo {
	uint8_t *mem;
	uint32_t head, tail;
	uint32_t used;
	uint32_t frames;
};

struct sim_fdir;
struct sim_ptp;

/** struct sim_tx_context - a context descriptor as taken in */
struct sim_tx_context {
	bool valid;
	bool ipv4;
	uint8_t l4t;
	uint8_t maclen, l4len;
	uint16_t iplen, mss, vlan;
};

/**
 * struct sim_tx_queue - what a transmit queue has beside registers
 * @wb: descriptors done whose RS was set, to be written back; SIM_TX_WB_LEGACY: format
 * @wb_descs: descriptors done since the last write-back
 * @hung: a fault stopped it until reset
 */
struct sim_tx_queue {
	struct sim_tx_context context[2];
	uint16_t wb[SIM_TX_WRITEBACKS];
	uint16_t wb_count;
	uint16_t wb_descs;
	bool hung;
};
#define SIM_TX_WB_LEGACY 0x8000

/**
 * struct sim_tx_job - the packet being sent
 * @active: there is one
 * @last: the frame in sim_datapath.frame is its last
 * @queue, @eop, @next: where from; descriptor with EOP; descriptor after it
 * @descs: descriptors it takes
 * @frag: buffers; translated anew for each frame, as mappings come and go
 * @at, @at_off: first byte not yet sent
 * @total: bytes in all buffers
 * @paylen: PAYLEN of the first descriptor
 * @header: segmentation: prototype with the tag in it, @header_len bytes
 * @left: segmentation: payload to come
 * @segment: frames made
 * @seq, @ip_id, @tcp_flags: segmentation: of the prototype
 */
struct sim_tx_job {
	bool active, last;
	bool legacy, rs, tse, ixsm, txsm, vle, ifcs, sum, tstamp;
	uint8_t cso, css;
	uint16_t queue, eop, next, descs;
	uint16_t vlan;
	uint16_t frag_count, at;
	uint32_t at_off;
	uint32_t total, paylen;
	struct sim_tx_context context;
	struct {
		uint64_t addr;
		uint32_t len;
	} frag[SIM_TX_FRAGS];
	uint8_t header[SIM_TX_HEADER];
	uint32_t header_len;
	uint32_t left, segment;
	uint32_t seq;
	uint16_t ip_id, tcp_flags;
};

/**
 * struct sim_ring_said - what a driver wrote to a ring's registers that these do not keep
 * @length: RDLEN, TDLEN as written
 * @base: bits of RDBAL, TDBAL below the alignment
 * @back: the tail took descriptors back while nothing was fetched
 * @ran: the queue has been on, and is set up as it was then
 */
struct sim_ring_said {
	uint32_t length;
	uint8_t base;
	bool back, ran;
};

/**
 * struct sim_datapath - state of the datapath of a port
 * @real_time: no serialization at wire speed
 * @epoch: counts resets, to notice one from within a callback
 * @said: things logged once
 * @rx_said, @tx_said: to be judged when the ring begins to be used
 * @rx_irq, @tx_irq, @cause: interrupts to raise at the end of a run
 * @rx_hung: queues a fault stopped until re-enabled
 * @drop_en: queues with drop enable by QDE
 * @ntuple_on: five-tuple filters that are enabled, of which there are as many as queues
 * @rx_off, @tx_off: queues that a fault keeps on though the driver switched them off
 * @rx_blocked: the oldest frame waits for descriptors
 * @rss_key: Toeplitz, by nibble of the input; stale when @rss_dirty
 * @xoff: partner is told to wait
 * @pausing: a pause frame is being sent
 * @refresh: repeats it
 * @pause_until: our own partner told us to
 * @tx_ready: queues with descriptors to fetch
 * @tx_turn: queue to look at first
 * @tx_pending: @frame, @frame_len bytes at @buffer, is on its way out
 * @tx_blocked: net back end or partner does not take it
 * @tx_out_at: when its last byte is out, ns
 * @tx_wire: the same in tenths
 * @tx_wb: queues with write-backs held back by WTHRESH
 */
struct sim_datapath {
	bool real_time;
	uint32_t epoch;
	uint32_t said;
	struct sim_ring_said rx_said[SIM_QUEUES], tx_said[SIM_QUEUES];
	uint64_t rx_irq[SIM_QUEUE_WORDS], tx_irq[SIM_QUEUE_WORDS];
	uint32_t cause;

	struct sim_fifo fifo;
	uint64_t rx_hung[SIM_QUEUE_WORDS];
	uint64_t drop_en[SIM_QUEUE_WORDS];
	uint64_t ntuple_on[SIM_QUEUE_WORDS];
	uint64_t rx_off[SIM_QUEUE_WORDS], tx_off[SIM_QUEUE_WORDS];
	bool rx_blocked;
	struct sim_rsc *rsc;
	bool rss_dirty;
	uint32_t rss_key[SIM_RSS_NIBBLES][16];
	struct sim_fdir *fdir;
	struct sim_ptp *ptp;

	bool xoff, pausing;
	struct sim_timer refresh;
	uint64_t pause_until;

	uint64_t tx_ready[SIM_QUEUE_WORDS];
	uint64_t tx_wb[SIM_QUEUE_WORDS];
	uint32_t tx_turn;
	struct sim_tx_queue txq[SIM_QUEUES];
	struct sim_tx_job job;
	bool tx_pending, tx_blocked;
	uint64_t tx_out_at, tx_wire;
	uint8_t *frame;
	uint32_t frame_len;
	uint8_t buffer[SIM_FRAME_MAX + 64];
};

static inline bool sim_bit(const uint64_t *map, uint32_t q)
{
	return map[q / 64] >> (q % 64) & 1;
}

static inline void sim_bit_set(uint64_t *map, uint32_t q)
{
	map[q / 64] |= 1ull << (q % 64);
}

static inline void sim_bit_clear(uint64_t *map, uint32_t q)
{
	map[q / 64] &= ~(1ull << (q % 64));
}

/**
 * sim_queue_cut() - the queue does not stop, so the driver has ended DMA of the whole function
 * @off: sim_datapath.rx_off or tx_off
 *
 * Master disable blocks requests (82599 datasheet section 5.2.5.3.2): that the queue still has work
 * is no fault of the driver's then.
 */
static inline bool sim_queue_cut(const struct nicsim_port *p, const uint64_t *off, uint32_t q)
{
	return sim_bit(off, q) && !sim_dma_allowed(p);
}

/** enum sim_once - what is worth a line in the log once per reset */
enum sim_once { SIM_ONCE_MRQE, SIM_ONCE_STRIP, SIM_ONCE_TAG, SIM_ONCE_FDIR };
#define sim_log_once(p, what, ...) \
	do { \
		if (!((p)->dp->said & 1u << (what))) { \
			(p)->dp->said |= 1u << (what); \
			sim_log(p, __VA_ARGS__); \
		} \
	} while (0)

/* parse.c */
/** sim_parse() - look into @frame, @len >= SIM_L2_MIN bytes; never past its end. */
void sim_parse(const struct nicsim_port *p, const uint8_t *frame, uint32_t len,
	       struct sim_pkt *k);

/* filter.c */
enum sim_pass sim_filter(const struct nicsim_port *p, const uint8_t *frame,
			 const struct sim_pkt *k);
/** sim_filter_hash() - index into MTA or UTA by MCSTCTRL.MO, 0 .. 4095. */
uint32_t sim_filter_hash(const uint8_t *mac, uint32_t mo);
/** sim_filter_ethertype() - number of the ETQF that matches, or -1. */
int sim_filter_ethertype(const struct nicsim_port *p, uint32_t ethertype);

/* ntuple.c */
/** sim_ntuple() - whether a five-tuple or SYN filter has a *@queue for the packet. */
bool sim_ntuple(const struct nicsim_port *p, const uint8_t *frame, const struct sim_pkt *k,
		uint8_t *queue);

/* rss.c */
/** sim_toeplitz() - hash of @len <= 36 bytes with the key in RSSRK. */
uint32_t sim_toeplitz(struct nicsim_port *p, const uint8_t *data, uint32_t len);
/** sim_rss() - hash and RSSTYPE of a packet; returns the queue. */
uint32_t sim_rss(struct nicsim_port *p, const uint8_t *frame, const struct sim_pkt *k,
		 uint32_t *hash, uint32_t *type);

/* csum.c */
/*
 * Sums are of 16-bit words as they lie in memory, in 64 bits, end-around carry kept; a numeric
 * operand goes in by htobe16(). Each piece but the last has an even length.
 */
uint64_t sim_sum(uint64_t sum, const uint8_t *data, uint32_t len);
uint64_t sim_sum_copy(uint64_t sum, uint8_t *to, const uint8_t *from, uint32_t len);
/** sim_sum_odd() - @piece, which began at an odd offset, as it counts there. */
uint64_t sim_sum_odd(uint64_t piece);
uint64_t sim_sum_add(uint64_t a, uint64_t b);
/** sim_sum_fold() - 16 bits, not complemented. */
uint16_t sim_sum_fold(uint64_t sum);
/** sim_sum_put() - complement of the folded sum, stored at @at. */
void sim_sum_put(uint8_t *at, uint64_t sum);
/** sim_csum_verdict() - RXD_ status and error bits of a received packet. */
uint32_t sim_csum_verdict(const struct nicsim_port *p, const uint8_t *frame,
			  const struct sim_pkt *k);
/** sim_csum_fragment() - sum over the payload of a UDP fragment (RXCSUM.IPPCSE), memory order. */
uint16_t sim_csum_fragment(const uint8_t *frame, const struct sim_pkt *k);
/** sim_crc32() - frame check sequence as it goes over the wire, first byte lowest. */
uint32_t sim_crc32(const uint8_t *data, uint32_t len);
/** sim_crc32c() - checksum of an SCTP packet at @data, its own field taken as 0; same order. */
uint32_t sim_crc32c_sctp(const uint8_t *data, uint32_t len);
void sim_crc_init(void);

/* fifo.c */
int sim_fifo_create(struct sim_fifo *f);
void sim_fifo_destroy(struct sim_fifo *f);
void sim_fifo_clear(struct sim_fifo *f);
/** sim_fifo_room() - whether a frame of @len bytes fits into @capacity. */
bool sim_fifo_room(const struct sim_fifo *f, uint32_t len, uint32_t capacity);
/** sim_fifo_push() - false: no room in the storage. */
bool sim_fifo_push(struct sim_fifo *f, const struct sim_rx_meta *meta, const uint8_t *frame);
/** sim_fifo_peek() - oldest frame; NULL: empty. @meta may be changed there. */
struct sim_rx_meta *sim_fifo_peek(struct sim_fifo *f, const uint8_t **frame);
void sim_fifo_pop(struct sim_fifo *f);

/* rx.c */
/** sim_rx_accept() - a frame at the MAC, from wherever; false: cannot be taken now. */
bool sim_rx_accept(struct nicsim_port *p, const uint8_t *frame, uint32_t len);
/** sim_rx_drain() - packet buffer to descriptors. */
void sim_rx_drain(struct nicsim_port *p, unsigned int *budget);
/** sim_rx_capacity() - bytes of packet buffer 0. */
uint32_t sim_rx_capacity(const struct nicsim_port *p);

/* rx_desc.c */
/** sim_rx_deliver() - write @frame to descriptors. True: done with it, one way or the other. */
bool sim_rx_deliver(struct nicsim_port *p, struct sim_rx_meta *meta, const uint8_t *frame);
/** sim_rx_take() - the next descriptor of a ring that has one; false: its memory is wrong. */
bool sim_rx_take(struct nicsim_port *p, struct sim_rx_ring *r, struct sim_rx_slot *slot);

/* rsc.c, rsc_frame.c */
int sim_rsc_create(struct nicsim_port *p);
void sim_rsc_destroy(struct nicsim_port *p);
/** sim_rsc_reset() - nothing is written back any more. */
void sim_rsc_reset(struct nicsim_port *p);
/** sim_rsc_classify() - fill in the RSC part of @meta, whose queue has coalescing. */
void sim_rsc_classify(struct nicsim_port *p, const uint8_t *frame, const struct sim_pkt *k,
		      struct sim_rx_meta *meta);
/** sim_rsc_deliver() - frame of a flow. False: it goes to descriptors of its own. */
bool sim_rsc_deliver(struct nicsim_port *p, struct sim_rx_ring *r,
		     const struct sim_rx_meta *meta, const uint8_t *frame);
/** sim_rsc_check() - @queue is enabled or reconfigured: report what RSC does not allow. */
void sim_rsc_check(struct nicsim_port *p, uint32_t queue);
/** sim_rsc_stop() - @queue was disabled: its large receives are forgotten, as they are. */
void sim_rsc_stop(struct nicsim_port *p, uint32_t queue);
void sim_rfctl_write(struct nicsim_port *p, uint32_t i, uint32_t value);

/* pause.c */
void sim_pause_init(struct nicsim_port *p);
void sim_pause_stop(struct nicsim_port *p);
/** sim_pause_check() - fill level changed: tell the partner to wait, or to go on. */
void sim_pause_check(struct nicsim_port *p);
/** sim_pause_frame() - MAC control frame: true if it goes no further. */
bool sim_pause_frame(struct nicsim_port *p, const uint8_t *frame, uint32_t len);
/**
 * sim_partner() - who hears what the port sends
 *
 * In MAC loopback it is itself (82599 datasheet, HLREG0.LPBK). NULL: a net back end, or nobody.
 */
struct nicsim_port *sim_partner(const struct nicsim_port *p);
/** sim_mac_control() - whether it is a MAC control frame. */
bool sim_mac_control(const uint8_t *frame, uint32_t len);
/**
 * sim_partner_resumes() - until when our partner does not send, because we told it and it obeys
 *
 * Return: 0: it does not wait, NICSIM_NEVER: it waits as long as it has to.
 */
uint64_t sim_partner_resumes(const struct nicsim_port *p);
/** sim_pause_held() - the same of us, with a frame that was under way when the pause came. */
uint64_t sim_pause_held(const struct nicsim_port *p);

/* tx.c */
void sim_tx_run(struct nicsim_port *p, unsigned int *budget);
uint64_t sim_tx_next(const struct nicsim_port *p);
/** sim_tx_doorbell() - TDT was written, queue is enabled. */
void sim_tx_doorbell(struct nicsim_port *p, uint32_t queue);
void sim_tx_disable(struct nicsim_port *p, uint32_t queue);
void sim_tx_count(struct nicsim_port *p, const uint8_t *frame, uint32_t len);

/* tx_desc.c */
/** sim_tx_fetch() - take in the next packet of @queue. False: no packet to be had there now. */
bool sim_tx_fetch(struct nicsim_port *p, uint32_t queue);
/** sim_tx_complete() - the job is done with: head moves on, report as RS and WTHRESH say. */
void sim_tx_complete(struct nicsim_port *p);
/** sim_tx_flush() - write back what is held. */
void sim_tx_flush(struct nicsim_port *p, uint32_t queue);
/** sim_tx_early() - fault: report a descriptor that nobody posted. */
void sim_tx_early(struct nicsim_port *p, uint32_t queue);

/* segment.c */
/** sim_tx_begin() - check a packet just fetched against its context; false: reported, not sent. */
bool sim_tx_begin(struct nicsim_port *p);
/** sim_tx_build() - its next frame in sim_datapath.frame; false: memory is gone. */
bool sim_tx_build(struct nicsim_port *p);

/* queue_regs.c */
#define SIM_QUEUE_WRITERS(name) \
	void sim_##name##_write(struct nicsim_port *p, uint32_t i, uint32_t value); \
	void sim_##name##_write_high(struct nicsim_port *p, uint32_t i, uint32_t value)
SIM_QUEUE_WRITERS(rdbal);
SIM_QUEUE_WRITERS(rdbah);
SIM_QUEUE_WRITERS(rdlen);
SIM_QUEUE_WRITERS(rdh);
SIM_QUEUE_WRITERS(rdt);
SIM_QUEUE_WRITERS(srrctl);
SIM_QUEUE_WRITERS(rxdctl);
SIM_QUEUE_WRITERS(rscctl);	/* rsc.c */
void sim_tdbal_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_tdbah_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_tdlen_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_tdh_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_tdt_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_txdctl_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_tdwb_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_tdwbh_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_qde_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_rssrk_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_rxctrl_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_rah_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_dmatxctl_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_mtqc_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_ftqf_write(struct nicsim_port *p, uint32_t i, uint32_t value);

/** sim_ring_count() - descriptors of a ring by its length register; 0: too long to be one. */
static inline uint32_t sim_ring_count(uint32_t len)
{
	return len <= SIM_RING_BYTES ? len / 16 : 0;
}

#endif /* NICSIM_DATAPATH_H */
