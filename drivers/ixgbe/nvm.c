// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* NVM (EEPROM): word reads by EERD, checksum, versions, capability word. Datasheet chapter 6. */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

#define EERD_STEP_US		5
#define EERD_LIMIT_US		20000
#define SUM_LIMIT_MS		10000u

#define NVM_SECTION_FIRST	0x03	/* words 0x03 .. 0x0E point to sections */
#define NVM_SECTION_LAST	0x0e
#define NVM_FIRMWARE		0x0f
#define NVM_PBA			0x15
#define NVM_PBA_IS_STRING	0xfafa	/* then the next word points to it */
#define NVM_CAPS		0x2c
#define NVM_ETRACK_LOW		0x2d
#define NVM_ETRACK_HIGH		0x2e
#define NVM_ETRACK_VALID	0x8000
#define NVM_SUM			0xbaba

#define FW_LESM			2	/* in the firmware section: where LESM's parameters are */
#define LESM_STATE		1
#define LESM_ENABLED		0x8000

#define PBA_CHARS		11

/** ixgbe_nvm_read() - read a word of NVM. May sleep. Return: 0; -EINVAL; -ETIMEDOUT; -ENODEV. */
int ixgbe_nvm_read(struct nax_adapter *a, u32 word, u16 *value)
{
	const struct ixgbe *x = a->priv;
	int err;

	*value = 0;
	if (word >= x->nvm_words)
		return -EINVAL;
	nax_reg_write(a, IXGBE_EERD, FIELD_PREP(IXGBE_EERD_ADDR, word) | IXGBE_EERD_START);
	err = nax_reg_wait(a, IXGBE_EERD, IXGBE_EERD_DONE, IXGBE_EERD_DONE, EERD_STEP_US,
			   EERD_LIMIT_US);
	if (err)
		return err;
	*value = FIELD_GET(IXGBE_EERD_DATA, nax_reg_read(a, IXGBE_EERD));
	return 0;
}

/** ixgbe_nvm_fail() - say why ixgbe_nvm_read() failed. Return: @err. */
int ixgbe_nvm_fail(struct nax_adapter *a, int err, u32 word)
{
	const struct ixgbe *x = a->priv;

	if (err == -ENODEV)
		return nax_fail(a, err, "device is gone: registers read all-ones");
	if (err == -EINVAL)
		return nax_fail(a, err, "NVM points to word 0x%x: it has 0x%x words (EEC.SIZE)",
				word, x->nvm_words);
	return nax_fail(a, err, "NVM word 0x%x: EERD.DONE not set within %u ms", word,
			EERD_LIMIT_US / 1000);
}

static bool is_pointer(u16 word)
{
	return word != 0 && word != 0xffff;
}

/**
 * struct nvm_sum - a checksum being made
 * @sum: of the words so far
 * @deadline_ns: sections may be long and overlap, and each word slow: all of it ends here
 */
struct nvm_sum {
	u16 sum;
	u64 deadline_ns;
};

/* Add words [first, first + n). */
static int sum_words(struct nax_adapter *a, u32 first, u32 n, struct nvm_sum *s)
{
	u32 i;

	for (i = first; i < first + n; i++) {
		u16 value;
		int err = ixgbe_nvm_read(a, i, &value);

		if (err)
			return ixgbe_nvm_fail(a, err, i);
		s->sum = (u16)(s->sum + value);
		if (nax_time_ns(a) > s->deadline_ns)
			return nax_fail(a, -ETIMEDOUT,
					"NVM checksum: at word 0x%x after %u ms: too slow",
					i, SUM_LIMIT_MS);
	}
	return 0;
}

/**
 * ixgbe_nvm_sum() - what the checksum word must be
 * @a: adapter, with the semaphore of the NVM
 * @sum: result
 *
 * Words 0x00 .. 0x3E and all sections that words 0x03 .. 0x0E point to, without the length word
 * each begins with, and the checksum word add up to 0xBABA: section 6.3.6. May sleep. Return: 0;
 * -errno after nax_fail().
 */
int ixgbe_nvm_sum(struct nax_adapter *a, u16 *sum)
{
	struct nvm_sum s = { .deadline_ns = nax_time_ns(a) + SUM_LIMIT_MS * 1000000ull };
	u16 pointer, length;
	u32 i;
	int err;

	err = sum_words(a, 0, IXGBE_NVM_CHECKSUM, &s);
	for (i = NVM_SECTION_FIRST; i <= NVM_SECTION_LAST && !err; i++) {
		err = ixgbe_nvm_read(a, i, &pointer);
		if (err)
			return ixgbe_nvm_fail(a, err, i);
		if (!is_pointer(pointer))
			continue;
		err = ixgbe_nvm_read(a, pointer, &length);
		if (err)
			return ixgbe_nvm_fail(a, err, pointer);
		if (is_pointer(length))
			err = sum_words(a, pointer + 1u, length, &s);
	}
	*sum = (u16)(NVM_SUM - s.sum);
	return err;
}

/**
 * ixgbe_nvm_check() - whether the checksum word is right
 * @a: adapter, with the semaphore of the NVM
 *
 * May sleep. Return: 0; -EIO if not, or another -errno, after nax_fail().
 */
int ixgbe_nvm_check(struct nax_adapter *a)
{
	u16 must, found;
	int err = ixgbe_nvm_sum(a, &must);

	if (err)
		return err;
	err = ixgbe_nvm_read(a, IXGBE_NVM_CHECKSUM, &found);
	if (err)
		return ixgbe_nvm_fail(a, err, IXGBE_NVM_CHECKSUM);
	if (found != must)
		return nax_fail(a, -EIO, "NVM checksum (word 0x3f) is 0x%04x: must be 0x%04x",
				found, must);
	return 0;
}

/*
 * The printed board assembly number, like "E66560-003": a string that word 0x16 points to, whose
 * first word is its length in words; or, on older boards, eight hexadecimal digits in both words.
 */
static void read_pba(struct nax_adapter *a, char pba[PBA_CHARS + 1])
{
	u16 w[2], value;
	u32 i, n;

	pba[0] = '\0';
	if (ixgbe_nvm_read(a, NVM_PBA, &w[0]) || ixgbe_nvm_read(a, NVM_PBA + 1, &w[1]))
		return;
	if (w[0] == 0xffff || (w[0] == 0 && w[1] == 0))
		return;
	if (w[0] != NVM_PBA_IS_STRING) {
		snprintf(pba, PBA_CHARS + 1, "%04X%02X-0%02X", w[0], w[1] >> 8, w[1] & 0xff);
		return;
	}
	if (!is_pointer(w[1]) || ixgbe_nvm_read(a, w[1], &value) || value == 0 || value == 0xffff)
		return;
	n = min_t(u32, 2 * (value - 1u), PBA_CHARS);
	for (i = 0; i < n; i++) {
		u8 c;

		if (ixgbe_nvm_read(a, w[1] + 1u + i / 2, &value))
			break;
		c = (u8)(i & 1 ? value : value >> 8);
		if (c == 0)
			break;
		pba[i] = c > ' ' && c <= '~' ? (char)c : '?';
	}
	pba[i] = '\0';
}

static void read_version(struct nax_adapter *a, struct nax_caps *caps)
{
	u16 low, high;
	u32 etrack;

	caps->nvm_version[0] = '\0';
	if (ixgbe_nvm_read(a, NVM_ETRACK_LOW, &low) || ixgbe_nvm_read(a, NVM_ETRACK_HIGH, &high) ||
	    (low == 0xffff && high == 0xffff))
		return;
	/* Some images have the two words the other way round; bit 31 tells. */
	etrack = high & NVM_ETRACK_VALID ? (u32)high << 16 | low : (u32)low << 16 | high;
	snprintf(caps->nvm_version, sizeof(caps->nvm_version), "0x%08x", etrack);
}

static bool lesm_enabled(struct nax_adapter *a)
{
	u16 firmware, lesm, state;

	return !ixgbe_nvm_read(a, NVM_FIRMWARE, &firmware) && is_pointer(firmware) &&
	       !ixgbe_nvm_read(a, firmware + FW_LESM, &lesm) && is_pointer(lesm) &&
	       !ixgbe_nvm_read(a, lesm + LESM_STATE, &state) && state != 0xffff &&
	       (state & LESM_ENABLED);
}

/**
 * ixgbe_nvm_init() - check the NVM and read what the driver wants of it
 * @a: adapter, just reset
 * @caps: nvm_version becomes the image's eTrack number, board the board assembly number, if known
 *
 * attach() only; may sleep. Return: 0; -errno after nax_fail().
 */
int ixgbe_nvm_init(struct nax_adapter *a, struct nax_caps *caps)
{
	struct ixgbe *x = a->priv;
	u32 eec = nax_reg_read(a, IXGBE_EEC);
	struct nax_error why;
	int err;

	BUILD_BUG_ON(sizeof(caps->board) < PBA_CHARS + 1);

	if (!(eec & IXGBE_EEC_PRES))
		return nax_fail(a, -EIO, "EEC.PRES is 0: no NVM (EEC reads 0x%08x)", eec);
	x->nvm_words = min_t(u32, 64u << FIELD_GET(IXGBE_EEC_SIZE, eec),
			     FIELD_GET(IXGBE_EERD_ADDR, ~0u) + 1);

	/* The other port and the firmware read and update the same NVM. */
	err = ixgbe_sem_get(a, IXGBE_SYNC_EEP, &why);
	if (err)
		return nax_fail(a, err, "NVM semaphore: %s", why.text);
	err = ixgbe_nvm_check(a);
	if (!err) {
		err = ixgbe_nvm_read(a, NVM_CAPS, &x->nvm_caps);
		if (err)
			ixgbe_nvm_fail(a, err, NVM_CAPS);
		read_version(a, caps);
		read_pba(a, caps->board);
		x->lesm = lesm_enabled(a);
	}
	ixgbe_sem_put(a, IXGBE_SYNC_EEP);
	return err;
}
