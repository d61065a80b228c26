/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An adapter under the verifier whose received packets are what a test says, and wrong drivers: for
 * each rule one that breaks it.
 */
#ifndef VERIFY_DRIVER_H
#define VERIFY_DRIVER_H

#include "fake.h"
#include "pkt.h"

/** struct wrong - a driver, or a device, that breaks one rule */
struct wrong {
	const char *what;
	enum nax_verify_rule rule;
	void (*run)(void);
};

extern const struct wrong wrong_control[], wrong_tx[], wrong_rx[];
extern const u32 n_wrong_control, n_wrong_tx, n_wrong_rx;

/* The adapter under test, and its first queues. */
extern struct fake *vf;
extern struct nax_queue *vrx, *vtx;
extern struct pkt vpkt;
extern u32 vseed;

/** verify_up() - one queue pair, receive buffers of @buf bytes, @offloads of all active. */
void verify_up(unsigned int level, u32 buf, u64 offloads);
/** verify_attach() - the same, not up; verify_start() takes it up. */
void verify_attach(unsigned int level);
void verify_start(u32 buf, u64 offloads);
void verify_down(void);

/** verify_receive() - the device has one descriptor's worth at @at from the next one. */
void verify_receive(u32 at, const u8 *b, u32 len, u32 flags, u32 hash, u16 tci);
/** verify_joined() - what the device has at @at, it has joined of @segments frames. */
void verify_joined(u32 at, u16 segments);
/** verify_frame() - vpkt received whole, with all that a good device says of it. Return: slots. */
u32 verify_frame(u32 at);
/** verify_good_flags() - what a good device says of vpkt. */
u32 verify_good_flags(u32 *hash);
/** verify_release() - the upper layer gives all received slots back. */
void verify_release(void);
/** verify_rx_reap() - the good driver's; wrong ones start from it. */
void verify_rx_reap(struct nax_queue *q, u32 budget);
/** verify_tx() - fill @slots slots, of one packet, and submit them. */
void verify_tx(u32 slots);
/** verify_direct() - where to put a wrong datapath call. */
struct nax_datapath *verify_direct(void);

#endif /* VERIFY_DRIVER_H */
