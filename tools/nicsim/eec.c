// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: the pins of the NVM, a serial EEPROM that software moves bit by bit through EEC.
 *
 * EERD is how one reads it; but drivers whose first access comes before they know the part's size
 * take this way, and to write there is little else. The part looks at DI when SK rises, moves DO
 * when SK falls, and is selected while CS is low.
 */
#include "control.h"
#include "regs_general.h"

#define OP_WRITE	0x02
#define OP_READ		0x03
#define OP_WRDI		0x04
#define OP_RDSR		0x05
#define OP_WREN		0x06
#define STATUS_WEL	0x02		/* writes are enabled; bit 0, busy, is never seen */
#define NVM_BYTES	(2 * SIM_NVM_WORDS)
#define OPCODE_BITS	8
#define ADDRESS_BITS	16		/* EEC.ADDR_SIZE is 1 */

static uint8_t nvm_byte(const struct nicsim_port *p, uint32_t at)
{
	return p->control->nvm[at % NVM_BYTES / 2] >> (at % 2 ? 8 : 0);
}

static void nvm_byte_put(struct nicsim_port *p, uint32_t at, uint8_t value)
{
	uint16_t *word = &p->control->nvm[at % NVM_BYTES / 2];

	*word = at % 2 ? (*word & 0x00FF) | value << 8 : (*word & 0xFF00) | value;
}

/* The byte that goes out next; only reading and the status have one. */
static uint8_t byte_out(struct nicsim_port *p)
{
	struct sim_spi *spi = &p->control->spi;

	if (spi->opcode == OP_RDSR)
		return spi->writable ? STATUS_WEL : 0;
	if (spi->opcode == OP_READ && spi->bits >= OPCODE_BITS + ADDRESS_BITS)
		return nvm_byte(p, spi->address++);
	return 0xFF;
}

static void bit_in(struct nicsim_port *p, bool di)
{
	struct sim_spi *spi = &p->control->spi;

	spi->in = spi->in << 1 | di;
	spi->bits++;
	if (spi->bits == OPCODE_BITS) {
		spi->opcode = spi->in;
		return;
	}
	if (spi->opcode != OP_READ && spi->opcode != OP_WRITE)
		return;
	if (spi->bits == OPCODE_BITS + ADDRESS_BITS) {
		spi->address = spi->in & 0xFFFF;
	} else if (spi->opcode == OP_WRITE && spi->bits > OPCODE_BITS + ADDRESS_BITS &&
		   spi->bits % 8 == 0 && spi->writable) {
		nvm_byte_put(p, spi->address++, spi->in);
		spi->written = true;
	}
}

/* A falling clock between bytes is when the next one starts to go out. */
static void bit_out(struct nicsim_port *p)
{
	struct sim_spi *spi = &p->control->spi;

	if (spi->bits < OPCODE_BITS)
		return;
	if (spi->bits % 8 == 0)
		spi->out = byte_out(p);
	spi->data_out = spi->out >> (7 - spi->bits % 8) & 1;
}

/* Raising CS ends a command; what it enables or disables takes effect then. */
static void deselect(struct sim_spi *spi)
{
	if (spi->bits == OPCODE_BITS && spi->opcode == OP_WREN)
		spi->writable = true;
	if (spi->written || (spi->bits == OPCODE_BITS && spi->opcode == OP_WRDI))
		spi->writable = false;
	spi->bits = 0;
	spi->opcode = 0;
	spi->written = false;
	spi->data_out = true;
}

void sim_spi_reset(struct sim_spi *spi)
{
	*spi = (struct sim_spi){ .selected = false, .data_out = true };
}

uint32_t sim_eec_read(struct nicsim_port *p, uint32_t i)
{
	uint32_t value = sim_reg(p, CR_EEC);

	/* firmware never has the pins */
	if (value & EEC_REQ)
		value |= EEC_GNT;
	return value | (p->control->spi.data_out ? EEC_DO : 0);
}

void sim_eec_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	struct sim_spi *spi = &p->control->spi;
	bool sk = value & EEC_SK;

	sim_reg_set(p, CR_EEC, value);
	if (!(value & EEC_REQ) || value & EEC_CS) {
		if (spi->selected)
			deselect(spi);
		spi->selected = false;
	} else if (!spi->selected) {
		spi->selected = true;
	} else if (sk && !spi->sk) {
		bit_in(p, value & EEC_DI);
	} else if (!sk && spi->sk) {
		bit_out(p);
	}
	spi->sk = sk;
}
