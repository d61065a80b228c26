// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: SFP+ module: its memory as SFF-8472 lays it out, and its two wires, which software moves
 * bit by bit through I2CCTL.
 *
 * The wires are open drain: each is low if master or module pulls it. The module looks at SDA when
 * SCL rises and changes it when SCL falls; SDA moving while SCL is high is start or stop.
 */
#include <string.h>

#include "control.h"
#include "regs_general.h"

#define PAGE_ADDRESS	0xA0		/* A0, A2; bit 0 is read */
#define SFP_SUM_BASE	63
#define SFP_SUM_EXT	95
#define SFP_DIAGNOSTICS	92
#define SFP_DIAG_HERE	0x68		/* implemented, internally calibrated, average power */

/**
 * struct sfp_kind - what differs between modules
 * @connector: SFF-8024 code
 * @codes_10g: byte 3
 * @codes_1g: byte 6
 * @cable: byte 8
 * @rate: units of 100 Mbit/s
 * @length_at: byte that holds the length
 * @wavelength: nm; 0: copper
 */
struct sfp_kind {
	const char *name;
	const char *part;
	uint8_t connector, codes_10g, codes_1g, cable, encoding, rate, length_at, length;
	uint16_t wavelength;
};

static const struct sfp_kind kinds[] = {
	{ "da", "NICSIM-DA-3M", 0x21, 0x00, 0x00, 0x04, 0x06, 103, 18, 3, 0 },
	{ "sr", "NICSIM-10G-SR", 0x07, 0x10, 0x00, 0x00, 0x06, 103, 19, 30, 850 },
	{ "dual", "NICSIM-DUAL-SR", 0x07, 0x10, 0x01, 0x00, 0x06, 103, 19, 30, 850 },
	{ "lr", "NICSIM-10G-LR", 0x07, 0x20, 0x00, 0x00, 0x06, 103, 14, 10, 1310 },
	{ "1000t", "NICSIM-1G-T", 0x22, 0x00, 0x08, 0x00, 0x01, 13, 18, 100, 0 },
};

/* Text fields are padded with blanks. */
static void text_put(uint8_t *to, unsigned int len, const char *text)
{
	size_t n = strlen(text);

	memset(to, ' ', len);
	memcpy(to, text, n < len ? n : len);
}

static uint8_t sum(const uint8_t *bytes, unsigned int from, unsigned int to)
{
	uint8_t s = 0;

	while (from <= to)
		s += bytes[from++];
	return s;
}

/*
 * Diagnostics in 16 bits each: temperature 1/256 C, supply 100 uV, bias 2 uA, Tx and Rx power
 * 0.1 uW. Alarm high, alarm low, warning high, warning low, and now.
 */
static const uint16_t diagnostics[5][5] = {
	{ 75 << 8, 0xFB00, 70 << 8, 0, 35 << 8 | 0x80 },
	{ 36000, 30000, 35000, 31000, 33000 },
	{ 6000, 1000, 5000, 1250, 3000 },
	{ 15849, 1585, 12589, 1995, 5000 },
	{ 15849, 631, 12589, 1000, 5000 },
};

static void diagnostics_put(uint8_t *a2)
{
	unsigned int i, j;

	for (i = 0; i < 5; i++) {
		for (j = 0; j < 5; j++) {
			uint8_t *to = j < 4 ? a2 + 8 * i + 2 * j : a2 + 96 + 2 * i;

			to[0] = diagnostics[i][j] >> 8;
			to[1] = diagnostics[i][j];
		}
	}
	a2[95] = sum(a2, 0, 94);
}

static void memory_build(struct sim_module *m, const struct sfp_kind *k)
{
	uint8_t *a0 = m->memory[0];

	a0[0] = 0x03;			/* SFP */
	a0[1] = 0x04;			/* by serial id alone */
	a0[2] = k->connector;
	a0[3] = k->codes_10g;
	a0[6] = k->codes_1g;
	a0[8] = k->cable;
	a0[11] = k->encoding;
	a0[12] = k->rate;
	a0[k->length_at] = k->length;
	text_put(a0 + 20, 16, "NICSIM");
	a0[37] = 0x00;			/* IEEE company id */
	a0[38] = 0x1B;
	a0[39] = 0x21;
	text_put(a0 + 40, 16, k->part);
	text_put(a0 + 56, 4, "A1");
	a0[60] = k->wavelength >> 8;
	a0[61] = k->wavelength;
	if (k->cable)
		a0[60] = 0x01;		/* passive, SFF-8431 appendix E */
	a0[65] = k->wavelength ? 0x1A : 0;	/* loss of signal, Tx fault, Tx disable */
	text_put(a0 + 68, 16, "0000000001");
	text_put(a0 + 84, 8, "240101");
	if (m->has_a2) {
		a0[SFP_DIAGNOSTICS] = SFP_DIAG_HERE;
		a0[94] = 0x05;		/* SFF-8472 revision 11.0 */
		diagnostics_put(m->memory[1]);
	}
	a0[SFP_SUM_BASE] = sum(a0, 0, SFP_SUM_BASE - 1);
	a0[SFP_SUM_EXT] = sum(a0, SFP_SUM_BASE + 1, SFP_SUM_EXT - 1);
}

bool sim_module_build(struct sim_module *m, const char *name)
{
	unsigned int i;

	memset(m, 0, sizeof(*m));
	if (!name)
		name = "da";
	if (!strcmp(name, "none"))
		return true;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(name, kinds[i].name))
			continue;
		m->present = true;
		m->laser = m->has_a2 = kinds[i].wavelength != 0;
		m->speed = !kinds[i].codes_1g ? 10 : kinds[i].codes_10g ? 0 : 1;
		memory_build(m, &kinds[i]);
		return true;
	}
	return false;
}

/* ---- wires ---- */

void sim_module_reset(struct sim_module *m)
{
	m->scl = m->master_sda = m->sda = true;
	m->state = SIM_I2C_IDLE;
	m->bit = 0;
}

static void byte_begin(struct sim_module *m, enum sim_i2c_state state)
{
	m->state = state;
	m->bit = 0;
	m->shift = state == SIM_I2C_READ ? m->memory[m->page][m->pointer[m->page]] : 0;
}

/* A byte came in; returns whether to acknowledge it. */
static bool byte_take(struct sim_module *m)
{
	unsigned int page = m->shift >> 1 & 1;

	switch (m->state) {
	case SIM_I2C_ADDRESS:
		if ((m->shift & 0xFC) != PAGE_ADDRESS || (page && !m->has_a2))
			return false;
		m->page = page;
		return true;
	case SIM_I2C_POINTER:
		m->pointer[m->page] = m->shift;
		return true;
	case SIM_I2C_WRITE:
		/* the first page is write-protected, as on most modules; that is no error */
		if (m->page)
			m->memory[1][m->pointer[1]] = m->shift;
		m->pointer[m->page]++;
		return true;
	default:
		return false;
	}
}

/* What comes after an acknowledged byte. */
static void byte_next(struct sim_module *m)
{
	switch (m->state) {
	case SIM_I2C_ADDRESS:
		byte_begin(m, m->shift & 1 ? SIM_I2C_READ : SIM_I2C_POINTER);
		break;
	case SIM_I2C_POINTER:
	case SIM_I2C_WRITE:
		byte_begin(m, SIM_I2C_WRITE);
		break;
	case SIM_I2C_READ:
		m->pointer[m->page]++;
		byte_begin(m, SIM_I2C_READ);
		break;
	default:
		break;
	}
}

static void scl_rises(struct sim_module *m)
{
	if (m->state == SIM_I2C_IDLE)
		return;
	if (m->bit == 9) {
		/* reading: the master acknowledges, or has enough */
		if (m->state == SIM_I2C_READ)
			m->nack = m->master_sda;
		return;
	}
	if (m->state != SIM_I2C_READ)
		m->shift = m->shift << 1 | m->master_sda;
	m->bit++;
}

static void scl_falls(struct sim_module *m)
{
	bool reading = m->state == SIM_I2C_READ;

	m->sda = true;
	if (m->state == SIM_I2C_IDLE)
		return;
	if (m->bit == 8) {
		/* the ninth clock: acknowledge, or listen for it */
		m->bit = 9;
		if (!reading) {
			m->nack = !byte_take(m);
			m->sda = m->nack;
		}
		return;
	}
	if (m->bit == 9) {
		if (m->nack) {
			m->state = SIM_I2C_IDLE;
			return;
		}
		byte_next(m);
		reading = m->state == SIM_I2C_READ;
	}
	if (reading)
		m->sda = m->shift >> (7 - m->bit) & 1;
}

static void sda_moves(struct sim_module *m, bool high)
{
	m->master_sda = high;
	if (!m->scl)
		return;
	m->sda = true;
	if (high) {
		m->state = SIM_I2C_IDLE;
	} else {
		/* the clock's next fall ends the start condition, not a bit */
		byte_begin(m, SIM_I2C_ADDRESS);
	}
}

void sim_i2cctl_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	struct sim_module *m = &p->control->module;
	bool scl = value & I2CCTL_CLK_OUT, sda = value & I2CCTL_DATA_OUT;

	sim_reg_set(p, CR_I2CCTL, value);
	/* both at once: data first on the rise, clock first on the fall, so that it is no start */
	if (m->scl && !scl) {
		m->scl = false;
		if (m->present)
			scl_falls(m);
	}
	if (m->master_sda != sda) {
		if (m->present)
			sda_moves(m, sda);
		m->master_sda = sda;
	}
	if (!m->scl && scl) {
		m->scl = true;
		if (m->present)
			scl_rises(m);
	}
}

uint32_t sim_i2cctl_read(struct nicsim_port *p, uint32_t i)
{
	const struct sim_module *m = &p->control->module;
	uint32_t value = sim_reg(p, CR_I2CCTL) & (I2CCTL_CLK_OUT | I2CCTL_DATA_OUT);

	if (m->scl)
		value |= I2CCTL_CLK_IN;
	if (m->master_sda && (!m->present || m->sda))
		value |= I2CCTL_DATA_IN;
	return value;
}
