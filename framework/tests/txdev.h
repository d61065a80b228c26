/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A transmit queue of the fake adapter with a model of a device behind it, which does what the
 * driver's slots ask for. What leaves it is compared with what should.
 */
#ifndef TXDEV_H
#define TXDEV_H

#include "fake.h"
#include "pkt.h"

#define TXDEV_LEAST	60u	/* caps.tx_len_min */
#define TXDEV_FRAMES	8192

struct txdev_frame {
	u32 len;
	u8 *b;
};

/* Frames as they should leave, and as they left. */
extern struct txdev_list {
	struct txdev_frame frame[TXDEV_FRAMES];
	u32 n;
} txdev_want, txdev_wire;

extern struct fake *txf;
extern struct nax_queue *txq;
extern struct pkt txpkt;
extern u32 txseed;

/** txdev_up() - MTU 9000, one queue pair, @tx_ring slots. */
void txdev_up(u16 tx_ring);
/** txdev_send() - what a perfect device makes of a packet and its requests; @b is written. */
void txdev_send(struct txdev_list *l, u8 *b, u32 len, const struct nax_slot *s);
void txdev_clear(struct txdev_list *l);
/** txdev_expect_wire() - both lists are equal; they are empty then. */
void txdev_expect_wire(void);
/** txdev_run() - the device takes what was posted, and reports it complete. */
void txdev_run(void);
/** txdev_drain() - until nothing is pending; buffers are checked. */
void txdev_drain(void);
void txdev_expect_buffers(void);
/** txdev_put() - fill slots from ring.end + @at on with @len bytes, up to @most in each. Returns slots. */
u32 txdev_put(u32 at, const u8 *b, u32 len, u32 most, const struct nax_slot *as);
/** txdev_put_good() - the same with txpkt, which must leave whole. */
u32 txdev_put_good(u32 at, u32 most, const struct nax_slot *as);

#endif /* TXDEV_H */
