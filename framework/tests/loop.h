/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The simplest NIC there can be, and its driver: what is sent on transmit queue i comes back on
 * receive queue i. For tests of the user back end, where a real driver would only be in the way.
 *
 * BAR 0: 0x00 reads LOOP_ALIVE; 0x04 arms the vector written; 0x08 takes 1 to reset. From
 * LOOP_RING on, 32 bytes per ring, receive rings first: base low, base high, size in descriptors,
 * on, tail.
 */
#ifndef LOOP_H
#define LOOP_H

#include <pthread.h>

#include "core.h"

#include <nax/sim.h>

#define LOOP_VENDOR	0x1af4
#define LOOP_DEVICE	0x7fff
#define LOOP_BAR	0x1000u
#define LOOP_CONFIG	256u
#define LOOP_ALIVE	0x600du
#define LOOP_QUEUES	4u
#define LOOP_VECTORS	(LOOP_QUEUES + 1)
#define LOOP_RING	0x100u
#define LOOP_MAPS	64u

struct loop_ring {
	u32 reg[8];		/* base low, base high, size, on, tail */
	u32 head;
};

/**
 * struct loop - the device
 * @lock: recursive, as an interrupt's listener may access a register
 * @bar_size: bytes of BAR 0
 * @config: configuration space
 * @gone: all reads give all-ones, nothing else happens
 * @refuse_map: number of dma_map() calls from now that succeeds; negative: all
 * @frames: looped back
 * @dropped: without a receive descriptor
 * @resets: function-level resets
 */
struct loop {
	pthread_mutex_t lock;
	u32 bar_size;
	u8 config[LOOP_CONFIG];
	bool gone;
	int refuse_map;
	u64 frames;
	u64 dropped;
	u32 resets;
	u32 armed;
	struct loop_ring ring[2 * LOOP_QUEUES];
	struct {
		u64 iova;
		u64 size;
		char *va;
	} map[LOOP_MAPS];
	u32 n_maps;
	struct {
		void (*fn)(void *ctx, unsigned int vector);
		void *ctx;
	} irq[LOOP_VECTORS];
};

void loop_init(struct loop *d);
/** loop_fire() - interrupt @vector whether armed or not. */
void loop_fire(struct loop *d, u32 vector);

/** loop_sim_ops - the device on the in-process bus, in real time. */
extern const struct nax_sim_ops loop_sim_ops;

/** loop_driver_register() - make libnax know the driver. */
void loop_driver_register(void);

#endif /* LOOP_H */
