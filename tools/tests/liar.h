/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A device that lies: what an 82599 driver sees where the bytes of a fuzzer decide.
 *
 * A device of pure noise never gets past attach. This one is a memory of registers with the few
 * answers that bring-up waits for (struct nax_sim_ops over it), and rules that spoil what is read.
 * It follows descriptor rings as a device does, and writes back whatever the input says.
 */
#ifndef LIAR_H
#define LIAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nax/sim.h>

#define LIAR_BAR	0x20000u
#define LIAR_MAPS	16
#define LIAR_VECTORS	64
#define LIAR_NVM	256		/* words */
#define LIAR_RULES	8
#define LIAR_ANY	0x7fffu		/* a rule for every register */

/** struct liar_input - the fuzzer's bytes; past the end they are 0 */
struct liar_input {
	const uint8_t *at;
	size_t left;
};

uint8_t liar_take8(struct liar_input *in);
uint16_t liar_take16(struct liar_input *in);
uint32_t liar_take32(struct liar_input *in);
/** liar_take() - up to @len bytes, as many as there are. */
void liar_take(struct liar_input *in, uint8_t *to, size_t len);

/**
 * struct liar_rule - spoils reads of a register
 * @reg: its offset / 4, or LIAR_ANY
 * @skip: reads that are left alone first
 * @times: reads that are spoilt then
 * @how: 0 replace by @value, 1 xor, 2 or, 3 and-not, 4 all-ones
 */
struct liar_rule {
	uint16_t reg;
	uint8_t skip;
	uint8_t times;
	uint8_t how;
	uint32_t value;
};

/** struct liar_i2c - a module's EEPROM on the bit-banged bus: phase, bits so far, what it drives */
struct liar_i2c {
	uint8_t phase;
	int n;
	uint8_t shift;
	uint8_t offset;
	bool drive;
	bool clock;
	bool data;
	uint8_t eeprom[256];
};

/**
 * struct liar - the device
 * @accesses: of its registers so far
 * @lied: it spoilt a register or a descriptor; until then what it finds in rings must be right
 */
struct liar {
	uint32_t accesses;
	bool lied;
	struct liar_rule rule[LIAR_RULES];
	unsigned int next_rule;
	uint32_t reg[LIAR_BAR / 4];
	uint8_t config[4096];
	uint16_t nvm[LIAR_NVM];
	struct liar_i2c i2c;
	uint64_t now;
	struct {
		uint64_t iova, size;
		uint8_t *va;
	} map[LIAR_MAPS];
	void (*fn[LIAR_VECTORS])(void *ctx, unsigned int vector);
	void *ctx[LIAR_VECTORS];
};

extern const struct nax_sim_ops liar_ops;

/** liar_init() - power-on: identity, NVM and module by the input's first bytes. */
void liar_init(struct liar *d, struct liar_input *in);

/** liar_rule() - one more rule from the input; the oldest is forgotten. */
void liar_rule(struct liar *d, struct liar_input *in);

/** liar_poke() - a register changes by itself. */
void liar_poke(struct liar *d, struct liar_input *in);

/** liar_fire() - vector @v fires, with or without cause. */
void liar_fire(struct liar *d, unsigned int v);

/** liar_at() - memory at @iova if all @len bytes are mapped, else NULL. */
uint8_t *liar_at(struct liar *d, uint64_t iova, uint64_t len);

/** liar_receive() - a frame of the input into the next buffers of a receive queue, written back. */
void liar_receive(struct liar *d, struct liar_input *in);

/** liar_transmit() - transmit descriptors from head on are done, some or all up to the tail. */
void liar_transmit(struct liar *d, struct liar_input *in);

/** liar_scribble() - any bytes into any descriptor. */
void liar_scribble(struct liar *d, struct liar_input *in);

#endif /* LIAR_H */
