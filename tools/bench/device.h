/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * An 82599 that is plain memory: what a driver writes to a register it reads back, but for the few
 * bits that hardware answers with. With the descriptor engine it makes a device for libnax's
 * in-process bus.
 */
#ifndef BENCH_DEVICE_H
#define BENCH_DEVICE_H

#include <nax/sim.h>

#include "engine.h"

#define DEVICE_CONFIG_SIZE	256u

/**
 * struct device - the device
 * @bar: register space, on pages of its own
 * @config: configuration space
 * @mapped: offer it for direct writes, as a real device does; else every access is counted
 * @reads: registers read
 * @writes: registers written
 * @doorbells: of those, tails of queues
 * @ns: its clock
 */
struct device {
	uint8_t *bar;
	uint8_t config[DEVICE_CONFIG_SIZE];
	bool mapped;
	uint64_t reads;
	uint64_t writes;
	uint64_t doorbells;
	uint64_t ns;
};

extern const struct nax_sim_ops device_ops;

/** device_init() - false without memory. */
bool device_init(struct device *d, bool mapped);
void device_free(struct device *d);

#endif /* BENCH_DEVICE_H */
