// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: NVM image of the 82599, its access by EERD and EEWR, and the semaphores that guard what
 * software and firmware share.
 *
 * The image is erased flash (all-ones) but for what drivers read. For SFP+ devices it has what the
 * real one must have too: a firmware pointer with a version, and the list of start-up sequences by
 * module type.
 */
#include "control.h"
#include "regs_general.h"

#define NVM_SUM			0xBABA
#define NVM_SUM_WORD		0x3F
#define NVM_POINTER_FIRST	0x03	/* sections that the sum covers */
#define NVM_POINTER_LAST	0x0E

/* where our image keeps its blocks */
#define BLOCK_PBA		0x0080
#define BLOCK_FIRMWARE		0x0100
#define BLOCK_PASS_THROUGH	0x0110
#define BLOCK_SFP_LIST		0x0200
#define BLOCK_SFP_DA		0x0210
#define BLOCK_SFP_OPTICAL	0x0220

struct nvm_word {
	uint16_t at, value;
};

static const struct nvm_word words_common[] = {
	{ 0x00, 0x0040 },		/* signature: an image is here */
	{ 0x01, 0x0000 }, { 0x02, 0x0000 },
	{ 0x15, 0xFAFA },		/* PBA number is a string at ... */
	{ 0x16, BLOCK_PBA },
	{ 0x2C, 0x0083 },		/* any SFP+, no FCoE, no crosstalk workaround */
	{ 0x2D, 0x8599 },		/* eTrack id */
	{ 0x2E, 0x8000 },
	{ BLOCK_PBA, 6 },		/* words with this one, then "NAXSIM-001" */
	{ BLOCK_PBA + 1, 'N' << 8 | 'A' }, { BLOCK_PBA + 2, 'X' << 8 | 'S' },
	{ BLOCK_PBA + 3, 'I' << 8 | 'M' }, { BLOCK_PBA + 4, '-' << 8 | '0' },
	{ BLOCK_PBA + 5, '0' << 8 | '1' },
};

static const struct nvm_word words_sfp[] = {
	{ 0x0F, BLOCK_FIRMWARE },
	{ BLOCK_FIRMWARE, 0x000F },
	{ BLOCK_FIRMWARE + 4, BLOCK_PASS_THROUGH },
	{ BLOCK_PASS_THROUGH, 0x000A },
	{ BLOCK_PASS_THROUGH + 7, 0x0006 },	/* firmware version; 5 and below are refused */
	{ 0x2B, BLOCK_SFP_LIST },
	{ BLOCK_SFP_LIST, 0x0009 },
	{ BLOCK_SFP_LIST + 1, 3 }, { BLOCK_SFP_LIST + 2, BLOCK_SFP_DA },	/* DA, port 0 */
	{ BLOCK_SFP_LIST + 3, 4 }, { BLOCK_SFP_LIST + 4, BLOCK_SFP_DA },	/* DA, port 1 */
	{ BLOCK_SFP_LIST + 5, 5 }, { BLOCK_SFP_LIST + 6, BLOCK_SFP_OPTICAL },
	{ BLOCK_SFP_LIST + 7, 6 }, { BLOCK_SFP_LIST + 8, BLOCK_SFP_OPTICAL },
	/* a sequence: its length, words for CORECTL, ended by all-ones */
	{ BLOCK_SFP_DA, 2 }, { BLOCK_SFP_DA + 1, 0x1B01 }, { BLOCK_SFP_DA + 2, 0x1C02 },
	{ BLOCK_SFP_OPTICAL, 2 }, { BLOCK_SFP_OPTICAL + 1, 0x1B03 },
	{ BLOCK_SFP_OPTICAL + 2, 0x1C04 },
};

static void words_put(uint16_t *nvm, const struct nvm_word *words, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		nvm[words[i].at] = words[i].value;
}

/*
 * Sum of what the checksum covers but itself: words up to 0x3E, and the sections that words 0x03
 * to 0x0E point at, without their length words. Pointers and lengths 0 and all-ones are none.
 */
uint16_t sim_nvm_sum(const uint16_t *words)
{
	uint16_t sum = 0;
	unsigned int i, j;

	for (i = 0; i < NVM_SUM_WORD; i++)
		sum += words[i];
	for (i = NVM_POINTER_FIRST; i <= NVM_POINTER_LAST; i++) {
		uint16_t at = words[i], length;

		if (at == 0 || at >= SIM_NVM_WORDS)
			continue;
		length = words[at];
		if (length == 0xFFFF || length == 0 || at + length >= SIM_NVM_WORDS)
			continue;
		for (j = 1; j <= length; j++)
			sum += words[at + j];
	}
	return sum;
}

void sim_nvm_build(struct nicsim_port *p)
{
	struct sim_control *c = p->control;
	const struct sim_device *device;
	unsigned int i;

	for (i = 0; i < SIM_NVM_WORDS; i++)
		c->nvm[i] = 0xFFFF;
	words_put(c->nvm, words_common, sizeof(words_common) / sizeof(words_common[0]));
	device = sim_device_find(c->config.vendor_id, c->config.device_id);
	if (device->media == SIM_SFP)
		words_put(c->nvm, words_sfp, sizeof(words_sfp) / sizeof(words_sfp[0]));
	for (i = 0; c->config.nvm_words && c->config.nvm_words[i][0] != 0xFFFF; i++)
		c->nvm[c->config.nvm_words[i][0]] = c->config.nvm_words[i][1];
	c->nvm[NVM_SUM_WORD] = NVM_SUM - sim_nvm_sum(c->nvm);
	if (c->config.nvm_bad_checksum)
		c->nvm[NVM_SUM_WORD] ^= 0x5555;
}

/* What hardware loads from the NVM by itself after reset. */
void sim_nvm_load(struct nicsim_port *p)
{
	const uint8_t *m = p->control->mac;

	sim_reg_set(p, CR_RAL, m[0] | m[1] << 8 | m[2] << 16 | (uint32_t)m[3] << 24);
	sim_reg_set(p, CR_RAH, m[4] | m[5] << 8 | RAH_AV);
}

/* ---- access ---- */

void sim_eerd_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	uint32_t at = EERD_ADDR(value), data = 0xFFFF;

	if (!(value & EERD_START)) {
		sim_reg_set(p, CR_EERD, value & ~EERD_DONE);
		return;
	}
	if (at < SIM_NVM_WORDS)
		data = p->control->nvm[at];
	else
		sim_error(p, "nvm-address", "EERD of word %#x: EEC.SIZE says %u words", at,
			  SIM_NVM_WORDS);
	sim_reg_set(p, CR_EERD, data << 16 | at << 2 | EERD_DONE);
}

void sim_eewr_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	uint32_t at = EERD_ADDR(value);

	sim_reg_set(p, CR_EEWR, value & ~(EERD_START | EERD_DONE));
	if (!(value & EERD_START))
		return;
	if (at < SIM_NVM_WORDS)
		p->control->nvm[at] = value >> 16;
	else
		sim_error(p, "nvm-address", "EEWR of word %#x: EEC.SIZE says %u words", at,
			  SIM_NVM_WORDS);
	sim_reg_set(p, CR_EEWR, (value & ~EERD_START) | EERD_DONE);
}

/* ---- semaphores ---- */

/* SWSM.SMBI: whoever reads 0 has it, and reading sets it. */
uint32_t sim_swsm_read(struct nicsim_port *p, uint32_t i)
{
	uint32_t value = sim_reg(p, CR_SWSM);

	sim_reg_set(p, CR_SWSM, value | SWSM_SMBI);
	if (sim_fault_take(p, NICSIM_SEMAPHORE, 0))
		return value | SWSM_SMBI;
	return value;
}

/*
 * SWESMBI is for software to set, and stays 0 while firmware has it; ours never does. SMBI can be
 * cleared by a write, not set.
 */
void sim_swsm_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	uint32_t smbi = sim_reg(p, CR_SWSM) & value & SWSM_SMBI;

	sim_reg_set(p, CR_SWSM, (value & ~SWSM_SMBI) | smbi);
}

void sim_swfw_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	if (!(sim_reg(p, CR_SWSM) & SWSM_SWESMBI))
		sim_error(p, "semaphore", "SW_FW_SYNC = %#x without SWSM.SWESMBI", value);
	sim_reg_set(p, CR_SW_FW_SYNC, value);
}
