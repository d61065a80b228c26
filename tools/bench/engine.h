/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The descriptor engine: what an 82599's DMA does to memory, and nothing else. It fills receive
 * descriptors and buffers, and completes transmit descriptors, in the same rings and by the same
 * doorbells as the device, between two measured pieces of a driver's work. So drivers can be
 * compared by what they do per packet, without a NIC.
 *
 * It looks at everything that a driver posts: an address outside of the memory, a packet that is
 * not what was asked for, a ring that is not refilled end the benchmark.
 *
 * Descriptors: 82599 datasheet, sections 7.1.6 (receive) and 7.2.3.2 (transmit). Registers: section
 * 8.2.3. A reading of its own: no header is shared with the drivers.
 */
#ifndef BENCH_ENGINE_H
#define BENCH_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#define ENGINE_BAR_SIZE		0x20000u
#define ENGINE_FRAME_MAX	9728u

/**
 * struct engine_fact - what the device says of a received packet, and the driver has to pass on
 * @hash: RSS hash
 * @vlan_tci: tag that was taken out
 * @len: bytes, frame check sequence not counted
 */
struct engine_fact {
	uint32_t hash;
	uint16_t vlan_tci;
	uint32_t len;
};

/** engine_fact() - facts of the packet with sequence number @seq and @len bytes. */
struct engine_fact engine_fact(uint32_t seq, uint32_t len);

/**
 * struct engine_ring - one queue, as the device sees it
 * @bar: register space, where base, length and tail are
 * @queue: number of the queue
 * @rx: receive or transmit
 * @origin: CPU address of bus address 0
 * @buf_len: receive: bytes that fit in a buffer
 * @base: first descriptor
 * @mask: descriptors - 1
 * @head: next descriptor that the device uses
 * @seq: sequence number of the next packet
 * @packets: transmit: packets taken
 * @bytes: transmit: bytes in them
 * @contexts: transmit: context descriptors among them
 * @reports: transmit: completion reports given
 * @sum: transmit: first bytes of the packets, added up
 * @cold: flush from the caches what is written, as a device does that writes to DRAM
 */
struct engine_ring {
	uint8_t *bar;
	uint32_t queue;
	bool rx;
	char *origin;
	uint32_t buf_len;
	uint8_t *base;
	uint32_t mask;
	uint32_t head;
	uint32_t seq;
	uint64_t packets;
	uint64_t bytes;
	uint64_t contexts;
	uint64_t reports;
	uint64_t sum;
	bool cold;
};

/** engine_ring_init() - begin at descriptor 0 of the ring that @bar describes. */
void engine_ring_init(struct engine_ring *r, uint8_t *bar, uint32_t queue, bool rx, char *origin,
		      uint32_t buf_len);

/** engine_posted() - descriptors between head and tail. */
uint32_t engine_posted(const struct engine_ring *r);

/**
 * engine_receive() - @packets packets of @len bytes arrive
 *
 * Return: whether there were descriptors for all.
 */
bool engine_receive(struct engine_ring *r, uint32_t packets, uint32_t len);

/** engine_transmit() - send all that is posted; false with a message if it is no packet. */
bool engine_transmit(struct engine_ring *r);

/* Register space, section 8.2.3. */
#define ENGINE_RDBAL(q)		(0x1000u + 0x40 * (q))
#define ENGINE_RDLEN(q)		(0x1008u + 0x40 * (q))
#define ENGINE_RDT(q)		(0x1018u + 0x40 * (q))
#define ENGINE_TDBAL(q)		(0x6000u + 0x40 * (q))
#define ENGINE_TDLEN(q)		(0x6008u + 0x40 * (q))
#define ENGINE_TDT(q)		(0x6018u + 0x40 * (q))

static inline uint32_t engine_reg(const uint8_t *bar, uint32_t reg)
{
	return *(const volatile uint32_t *)(bar + reg);
}

static inline void engine_reg_set(uint8_t *bar, uint32_t reg, uint32_t value)
{
	*(volatile uint32_t *)(bar + reg) = value;
}

#endif /* BENCH_ENGINE_H */
