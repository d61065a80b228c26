// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The NVM for an administrator: words are read by EERD and written by the pins of the part, a
 * serial EEPROM, which EEC gives to software on request. Datasheet sections 3.4 and 8.2.3.2.1; the
 * commands are those of 25xx640 and its kin.
 */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

#define GRANT_STEP_US		5
#define GRANT_LIMIT_US		10000
#define PIN_US			1
#define BUSY_STEP_US		500
#define BUSY_LIMIT_US		50000	/* a write takes the part 5 ms, some 10 */

#define OP_WRITE		0x02u
#define OP_RDSR			0x05u
#define OP_WREN			0x06u
#define STATUS_BUSY		0x01u

/**
 * struct spi - the part's pins
 * @a: adapter
 * @out: what EEC drives
 */
struct spi {
	struct nax_adapter *a;
	u32 out;
};

static void spi_drive(struct spi *s, u32 clear, u32 set)
{
	s->out = (s->out & ~clear) | set;
	nax_reg_write(s->a, IXGBE_EEC, s->out);
	nax_delay_us(s->a, PIN_US);
}

static void spi_select(struct spi *s)
{
	spi_drive(s, IXGBE_EEC_SK | IXGBE_EEC_DI, IXGBE_EEC_CS);
	spi_drive(s, IXGBE_EEC_CS, 0);
}

/* What was sent takes effect when the part is no longer selected. */
static void spi_deselect(struct spi *s)
{
	spi_drive(s, IXGBE_EEC_SK, IXGBE_EEC_CS);
}

/* The part takes DI when SK rises. */
static void spi_out(struct spi *s, u32 value, u32 bits)
{
	while (bits--) {
		spi_drive(s, IXGBE_EEC_DI, value >> bits & 1 ? IXGBE_EEC_DI : 0);
		spi_drive(s, 0, IXGBE_EEC_SK);
		spi_drive(s, IXGBE_EEC_SK, 0);
	}
}

/* DO has a bit after SK has fallen. */
static u32 spi_in(struct spi *s, u32 bits)
{
	u32 value = 0;

	while (bits--) {
		value = value << 1 | (nax_reg_read(s->a, IXGBE_EEC) & IXGBE_EEC_DO ? 1 : 0);
		spi_drive(s, 0, IXGBE_EEC_SK);
		spi_drive(s, IXGBE_EEC_SK, 0);
	}
	return value;
}

static int spi_get(struct spi *s)
{
	int err;

	s->out = nax_reg_read(s->a, IXGBE_EEC) & ~(u32)(IXGBE_EEC_SK | IXGBE_EEC_CS | IXGBE_EEC_DI);
	spi_drive(s, 0, IXGBE_EEC_REQ);
	err = nax_reg_wait(s->a, IXGBE_EEC, IXGBE_EEC_GNT, IXGBE_EEC_GNT, GRANT_STEP_US,
			   GRANT_LIMIT_US);
	if (!err)
		return 0;
	spi_drive(s, IXGBE_EEC_REQ, 0);
	if (err == -ENODEV)
		return nax_fail(s->a, err, "device is gone: registers read all-ones");
	return nax_fail(s->a, err, "NVM: EEC.EE_GNT not set within %u ms: the pins are not granted",
			GRANT_LIMIT_US / 1000);
}

static void spi_put(struct spi *s)
{
	spi_deselect(s);
	spi_drive(s, IXGBE_EEC_REQ | IXGBE_EEC_SK | IXGBE_EEC_DI, 0);
}

static int spi_wait(struct spi *s, u32 word)
{
	u32 waited;
	u32 status;

	for (waited = 0; waited < BUSY_LIMIT_US && !s->a->gone; waited += BUSY_STEP_US) {
		spi_select(s);
		spi_out(s, OP_RDSR, 8);
		status = spi_in(s, 8);
		spi_deselect(s);
		if (!(status & STATUS_BUSY))
			return 0;
		nax_delay_us(s->a, BUSY_STEP_US);
	}
	if (s->a->gone)
		return nax_fail(s->a, -ENODEV, "device is gone: registers read all-ones");
	return nax_fail(s->a, -ETIMEDOUT, "NVM word 0x%x: the part is busy for more than %u ms",
			word, BUSY_LIMIT_US / 1000);
}

/* Byte addresses; the low byte of a word comes first. */
static int spi_write_word(struct spi *s, u32 word, u16 value)
{
	spi_select(s);
	spi_out(s, OP_WREN, 8);
	spi_deselect(s);
	spi_select(s);
	spi_out(s, OP_WRITE, 8);
	spi_out(s, 2 * word, 16);
	spi_out(s, (u32)(value & 0xff) << 8 | value >> 8, 16);
	spi_deselect(s);
	return spi_wait(s, word);
}

static int write_words(struct nax_adapter *a, u32 word, u32 n, const u16 *data)
{
	struct spi s = { .a = a };
	int err = spi_get(&s);
	u32 i;

	if (err)
		return err;
	for (i = 0; i < n && !err; i++)
		err = spi_write_word(&s, word + i, data[i]);
	spi_put(&s);
	return err;
}

/* A part that is write-protected takes all commands and changes nothing. */
static int compare_words(struct nax_adapter *a, u32 word, u32 n, const u16 *data)
{
	u16 found;
	u32 i;
	int err;

	for (i = 0; i < n; i++) {
		err = ixgbe_nvm_read(a, word + i, &found);
		if (err)
			return ixgbe_nvm_fail(a, err, word + i);
		if (found != data[i])
			return nax_fail(a, -EIO,
					"NVM word 0x%x: wrote 0x%04x, reads 0x%04x: write-protected?",
					word + i, data[i], found);
	}
	return 0;
}

static int update_sum(struct nax_adapter *a)
{
	u16 must, found;
	int err = ixgbe_nvm_sum(a, &must);

	if (err)
		return err;
	err = ixgbe_nvm_read(a, IXGBE_NVM_CHECKSUM, &found);
	if (err)
		return ixgbe_nvm_fail(a, err, IXGBE_NVM_CHECKSUM);
	if (found == must)
		return 0;
	err = write_words(a, IXGBE_NVM_CHECKSUM, 1, &must);
	return err ? err : compare_words(a, IXGBE_NVM_CHECKSUM, 1, &must);
}

static int sem_get(struct nax_adapter *a)
{
	struct nax_error why;
	int err = ixgbe_sem_get(a, IXGBE_SYNC_EEP, &why);

	return err ? nax_fail(a, err, "NVM semaphore: %s", why.text) : 0;
}

/* nax_nvm_ops.read */
static int nvm_read(struct nax_adapter *a, u32 word, u32 n, u16 *data)
{
	int err = sem_get(a);
	u32 i;

	if (err)
		return err;
	for (i = 0; i < n && !err; i++) {
		err = ixgbe_nvm_read(a, word + i, &data[i]);
		if (err)
			ixgbe_nvm_fail(a, err, word + i);
	}
	ixgbe_sem_put(a, IXGBE_SYNC_EEP);
	return err;
}

/* nax_nvm_ops.write: the checksum is made right also when not all of the words could be written. */
static int nvm_write(struct nax_adapter *a, u32 word, u32 n, const u16 *data)
{
	int err, sum_err;

	if (!(nax_reg_read(a, IXGBE_EEC) & IXGBE_EEC_ADDR_SIZE))
		return nax_fail(a, -EOPNOTSUPP,
				"NVM: EEC.ADDR_SIZE is 0: parts with addresses of 8 bits are not written");
	err = sem_get(a);
	if (err)
		return err;
	err = write_words(a, word, n, data);
	if (!err)
		err = compare_words(a, word, n, data);
	sum_err = a->gone ? 0 : update_sum(a);
	ixgbe_sem_put(a, IXGBE_SYNC_EEP);
	return err ? err : sum_err;
}

static int nvm_check(struct nax_adapter *a)
{
	int err = sem_get(a);

	if (err)
		return err;
	err = ixgbe_nvm_check(a);
	ixgbe_sem_put(a, IXGBE_SYNC_EEP);
	return err;
}

const struct nax_nvm_ops ixgbe_nvm_ops = {
	.read = nvm_read,
	.write = nvm_write,
	.check = nvm_check,
};
