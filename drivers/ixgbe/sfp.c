// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Pluggable modules: the I2C bus to the cage (I2CCTL, driven bit by bit), the module's EEPROM
 * (SFF-8472 for SFP+, SFF-8436 for QSFP+), and SerDes settings for it from the NVM.
 *
 * A module never makes the driver fail: one that cannot be used leaves the link down with a reason.
 */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

/* Times of the I2C bus in standard mode (100 kHz). */
#define I2C_LOW_US		5
#define I2C_HIGH_US		4
#define I2C_STRETCH_US		500	/* longest time a module may hold the clock down */
#define I2C_TRIES		3
#define I2C_EEPROM		0x50
#define I2C_READ		1

#define CORECTL_WORDS_MAX	1024
#define CORECTL_SETTLE_US	10000
#define RATE_SETTLE_US		40000	/* as long as in-tree ixgbe gives a module */
#define NVM_MODULE_LIST		0x2b
#define MODULE_LIST_MAX		64
#define INIT_DIRECT_ATTACH	3	/* ids in the list: this for port 0, the next for port 1 */
#define INIT_OPTICAL		5

/**
 * struct i2c - the bus
 * @a: adapter
 * @out: what I2CCTL drives: 1 lets the line go up, 0 pulls it down
 * @stuck: the clock stayed down
 */
struct i2c {
	struct nax_adapter *a;
	u32 out;
	bool stuck;
};

static void i2c_drive(struct i2c *bus, u32 clear, u32 set, u32 hold_us)
{
	bus->out = (bus->out & ~clear) | set;
	nax_reg_write(bus->a, IXGBE_I2CCTL, bus->out);
	nax_delay_us(bus->a, hold_us);
}

/* Let the clock go up; the module may stretch it. */
static void i2c_clock_up(struct i2c *bus)
{
	i2c_drive(bus, 0, IXGBE_I2CCTL_CLK_OUT, I2C_HIGH_US);
	if (!bus->stuck &&
	    nax_reg_wait(bus->a, IXGBE_I2CCTL, IXGBE_I2CCTL_CLK_IN, IXGBE_I2CCTL_CLK_IN, 1,
			 I2C_STRETCH_US))
		bus->stuck = true;
}

static void i2c_clock_down(struct i2c *bus)
{
	i2c_drive(bus, IXGBE_I2CCTL_CLK_OUT, 0, I2C_LOW_US);
}

/* Also a repeated start: data falls while the clock is up. */
static void i2c_start(struct i2c *bus)
{
	i2c_drive(bus, 0, IXGBE_I2CCTL_DATA_OUT, I2C_LOW_US);
	i2c_clock_up(bus);
	i2c_drive(bus, IXGBE_I2CCTL_DATA_OUT, 0, I2C_LOW_US);
	i2c_clock_down(bus);
}

/* Data rises while the clock is up. */
static void i2c_stop(struct i2c *bus)
{
	i2c_drive(bus, IXGBE_I2CCTL_DATA_OUT, 0, I2C_LOW_US);
	i2c_clock_up(bus);
	i2c_drive(bus, 0, IXGBE_I2CCTL_DATA_OUT, I2C_LOW_US);
}

static void i2c_bit_out(struct i2c *bus, bool bit)
{
	i2c_drive(bus, bit ? 0 : IXGBE_I2CCTL_DATA_OUT, bit ? IXGBE_I2CCTL_DATA_OUT : 0, 1);
	i2c_clock_up(bus);
	i2c_clock_down(bus);
}

static bool i2c_bit_in(struct i2c *bus)
{
	bool bit;

	i2c_drive(bus, 0, IXGBE_I2CCTL_DATA_OUT, 1);
	i2c_clock_up(bus);
	bit = (nax_reg_read(bus->a, IXGBE_I2CCTL) & IXGBE_I2CCTL_DATA_IN) != 0;
	i2c_clock_down(bus);
	return bit;
}

/* Return: whether the module acknowledges. */
static bool i2c_byte_out(struct i2c *bus, u8 byte)
{
	u32 i;

	for (i = 0; i < 8 && !bus->stuck; i++)
		i2c_bit_out(bus, byte & (0x80 >> i));
	return !bus->stuck && !i2c_bit_in(bus);
}

static u8 i2c_byte_in(struct i2c *bus, bool more)
{
	u32 i;
	u8 byte = 0;

	for (i = 0; i < 8 && !bus->stuck; i++)
		byte = (u8)(byte << 1 | i2c_bit_in(bus));
	i2c_bit_out(bus, !more);
	return byte;
}

/* Random read, then sequential. Return: 0; -ENXIO: no acknowledge; -EIO: clock held down. */
static int i2c_read_once(struct i2c *bus, u8 address, u8 offset, u8 *data, u32 len)
{
	u8 device = (u8)(address << 1);
	int err = 0;
	u32 i;

	i2c_start(bus);
	if (!i2c_byte_out(bus, device) || !i2c_byte_out(bus, offset)) {
		err = -ENXIO;
	} else {
		i2c_start(bus);
		if (!i2c_byte_out(bus, device | I2C_READ))
			err = -ENXIO;
	}
	for (i = 0; i < len && !err && !bus->stuck; i++)
		data[i] = i2c_byte_in(bus, i + 1 < len);
	i2c_stop(bus);
	return bus->stuck ? -EIO : err;
}

static int i2c_read(struct nax_adapter *a, u8 address, u8 offset, u8 *data, u32 len, u32 tries)
{
	int err = -ENXIO;

	for (; tries && err && !a->gone; tries--) {
		struct i2c bus = {
			.a = a, .out = IXGBE_I2CCTL_CLK_OUT | IXGBE_I2CCTL_DATA_OUT,
		};

		err = i2c_read_once(&bus, address, offset, data, len);
	}
	return err;
}

/* ---- what a module says of itself ---- */

/**
 * struct layout - where a kind of module keeps what the driver wants
 * @identifier: byte 0
 * @base: first byte that is read
 * @len: bytes that are read
 * @ethernet_10g: offset from @base of the 10 Gbit/s compliance codes, and so on
 * @ethernet_1g: 1 Gbit/s compliance codes; @len: has none
 * @cable: cable technology; @len: told by the compliance codes
 * @cable_spec: active cables: what they comply to
 * @vendor: 16 characters
 * @part: 16 characters
 * @passive: bit of a passive cable
 * @active: bit of an active cable
 */
struct layout {
	u8 identifier;
	u8 base;
	u8 len;
	u8 ethernet_10g;
	u8 ethernet_1g;
	u8 cable;
	u8 cable_spec;
	u8 vendor;
	u8 part;
	u8 passive;
	u8 active;
};

#define LAYOUT_BYTES_MAX	64

static const struct layout layouts[] = {
	/* SFF-8472: SFP and SFP+ */
	{ 0x03, 0, 64, 3, 6, 8, 60, 20, 40, 0x04, 0x08 },
	/* SFF-8436: QSFP+, upper page 0; active cables there say so in the compliance code */
	{ 0x0d, 128, 64, 3, 6, 3, 64, 20, 40, 0x08, 0x01 },
};

#define CABLE_SPEC_LIMITING	0x04

/* Compliance codes that are of use: 10 Gbit/s SR and LR, 1 Gbit/s SX and LX. */
#define SFF_10GBASE_SR		0x10
#define SFF_10GBASE_LR		0x20
#define SFF_1000BASE_SX		0x01
#define SFF_1000BASE_LX		0x02

/* Those that are not, for the reason. */
static const struct {
	bool is_1g;
	u8 bit;
	const char *name;
} refused[] = {
	{ true, 0x08, "1000BASE-T" },
	{ true, 0x04, "1000BASE-CX" },
	{ false, 0x40, "10GBASE-LRM" },
	{ false, 0x80, "10GBASE-ER" },
};

static u8 field(const u8 *data, const struct layout *l, u8 offset)
{
	return offset < l->len ? data[offset] : 0;
}

/* Copy a text padded with spaces; what is not printable becomes '?'. Return: its length. */
static u32 copy_text(char *to, const u8 *from, u32 len)
{
	u32 n = 0;
	u32 i;

	for (i = 0; i < len; i++) {
		to[i] = from[i] >= ' ' && from[i] <= '~' ? (char)from[i] : '?';
		if (from[i] != ' ' && from[i] != 0)
			n = i + 1;
	}
	to[n] = '\0';
	return n;
}

static void module_name(struct ixgbe_module *m, const u8 *data, const struct layout *l)
{
	char vendor[17], part[17];

	copy_text(vendor, data + l->vendor, 16);
	copy_text(part, data + l->part, 16);
	snprintf(m->name, sizeof(m->name), "%s %s", vendor, part);
}

static void module_refuse(struct ixgbe_module *m, const char *what)
{
	m->usable = false;
	m->modes = 0;
	snprintf(m->reason, sizeof(m->reason), "module not supported: %s", what);
}

static void classify_cable(struct ixgbe_module *m, const u8 *data, const struct layout *l,
			   bool active)
{
	m->media = NAX_MEDIA_DIRECT_ATTACH;
	m->modes = NAX_LINK_10G;
	m->init_id = INIT_DIRECT_ATTACH;
	m->usable = true;
	if (!active)
		return;
	/* A limiting active cable is to the SerDes what an optical module is. */
	m->init_id = INIT_OPTICAL;
	if (l->cable_spec < l->len && !(data[l->cable_spec] & CABLE_SPEC_LIMITING))
		module_refuse(m, "active cable that is not of the limiting kind");
}

static void classify(struct ixgbe_module *m, const u8 *data, const struct layout *l)
{
	u8 code_10g = field(data, l, l->ethernet_10g);
	u8 code_1g = field(data, l, l->ethernet_1g);
	u8 cable = field(data, l, l->cable);
	u32 i;

	if (cable & (l->passive | l->active)) {
		classify_cable(m, data, l, cable & l->active);
		return;
	}
	m->media = NAX_MEDIA_FIBER;
	m->init_id = INIT_OPTICAL;
	if (code_10g & (SFF_10GBASE_SR | SFF_10GBASE_LR))
		m->modes |= NAX_LINK_10G;
	if (code_1g & (SFF_1000BASE_SX | SFF_1000BASE_LX))
		m->modes |= NAX_LINK_1G;
	m->usable = m->modes != 0;
	if (m->usable)
		return;
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		if ((refused[i].is_1g ? code_1g : code_10g) & refused[i].bit) {
			module_refuse(m, refused[i].name);
			if (refused[i].bit == 0x08)
				m->media = NAX_MEDIA_TWISTED_PAIR;
			return;
		}
	}
	snprintf(m->reason, sizeof(m->reason),
		 "module not supported: compliance codes 10G 0x%02x, 1G 0x%02x", code_10g, code_1g);
}

static void module_read(struct nax_adapter *a, struct ixgbe_module *m, u8 identifier)
{
	u8 data[LAYOUT_BYTES_MAX];
	const struct layout *l;
	int err;

	for (l = layouts; l->identifier != identifier; l++) {
		if (l == &layouts[ARRAY_SIZE(layouts) - 1]) {
			snprintf(m->reason, sizeof(m->reason),
				 "module not supported: identifier 0x%02x is neither SFP nor QSFP+",
				 identifier);
			return;
		}
	}
	err = i2c_read(a, I2C_EEPROM, l->base, data, l->len, I2C_TRIES);
	if (err) {
		/* Not known: the next look asks again. */
		m->present = false;
		snprintf(m->reason, sizeof(m->reason), "module cannot be read: %s",
			 err == -EIO ? "I2C clock held down" : "no acknowledge");
		return;
	}
	module_name(m, data, l);
	classify(m, data, l);
}

/**
 * ixgbe_sfp_update() - see what is in the cage
 * @a: adapter with a cage
 *
 * A module that is known already is only asked whether it is still there: reading all of it takes
 * milliseconds. May sleep.
 */
void ixgbe_sfp_update(struct nax_adapter *a)
{
	struct ixgbe *x = a->priv;
	struct ixgbe_module *m = &x->module;
	u32 sem = x->lan ? IXGBE_SYNC_PHY1 : IXGBE_SYNC_PHY0;
	struct nax_error why;
	u8 identifier;
	int err;

	if (ixgbe_sem_get(a, sem, &why)) {
		if (!m->present)
			snprintf(m->reason, sizeof(m->reason), "module not read: %.70s", why.text);
		return;
	}
	err = i2c_read(a, I2C_EEPROM, 0, &identifier, 1, m->present ? I2C_TRIES : 1);
	if (err || !m->present) {
		*m = (struct ixgbe_module){ .present = !err };
		if (!err)
			module_read(a, m, identifier);
		else
			snprintf(m->reason, sizeof(m->reason), "%s",
				 err == -EIO ? "I2C clock held down by the module" :
				 "no module in the cage");
	}
	ixgbe_sem_put(a, sem);
}

/**
 * ixgbe_module_read() - read the module's memory for people; nax_driver_ops.module_read
 * @a: adapter
 * @page: which bytes; page and bank 0 alone, for which nothing is written to the module
 * @data: result
 *
 * May sleep, about 100 us a byte. Return: 0; -errno after nax_fail().
 */
int ixgbe_module_read(struct nax_adapter *a, const struct nax_module_page *page, u8 *data)
{
	const struct ixgbe *x = a->priv;
	u32 sem = x->lan ? IXGBE_SYNC_PHY1 : IXGBE_SYNC_PHY0;
	struct nax_error why;
	int err;

	if (x->port != IXGBE_PORT_SFP)
		return nax_fail(a, -EOPNOTSUPP, "module: this port has no cage");
	if (page->page || page->bank)
		return nax_fail(a, -EINVAL, "module: page %u of bank %u: must be page 0 of bank 0",
				page->page, page->bank);
	if (!page->len)
		return 0;
	err = ixgbe_sem_get(a, sem, &why);
	if (err)
		return nax_fail(a, err, "module: semaphore: %s", why.text);
	err = i2c_read(a, page->i2c_address, page->offset, data, page->len, I2C_TRIES);
	ixgbe_sem_put(a, sem);
	if (err)
		return nax_fail(a, err, "module: I2C address 0x%02x: %s", page->i2c_address,
				err == -EIO ? "clock held down" : "no acknowledge");
	return 0;
}

/** ixgbe_sfp_laser() - switch the transmitter of an optical module, by SDP3. */
void ixgbe_sfp_laser(struct nax_adapter *a, bool on)
{
	const struct ixgbe *x = a->priv;

	if (x->port != IXGBE_PORT_SFP)
		return;
	ixgbe_modify(a, IXGBE_ESDP, IXGBE_ESDP_SDP3,
		     IXGBE_ESDP_SDP3_DIR | (on ? 0 : IXGBE_ESDP_SDP3));
}

/**
 * ixgbe_sfp_rate() - have a module of two rates work at one of them
 * @a: adapter with a usable module
 * @fast: at 10 Gbit/s, not at 1
 *
 * By the module's pins RS0 and RS1 (SFF-8431 section 2.4.4), which in-tree ixgbe knows to be at
 * SDP5. A module pulls them to the lower rate where nobody drives them. May sleep.
 */
void ixgbe_sfp_rate(struct nax_adapter *a, bool fast)
{
	const struct ixgbe *x = a->priv;
	u32 pins = IXGBE_ESDP_SDP5 | IXGBE_ESDP_SDP5_DIR;
	u32 want = fast ? pins : IXGBE_ESDP_SDP5_DIR;

	if (x->module.modes != (NAX_LINK_10G | NAX_LINK_1G) ||
	    (nax_reg_read(a, IXGBE_ESDP) & pins) == want)
		return;
	ixgbe_modify(a, IXGBE_ESDP, pins, want);
	nax_delay_us(a, RATE_SETTLE_US);
}

/* ---- SerDes settings ---- */

/*
 * NVM word 0x2B points to a list: a word, then pairs of module id and pointer, ended by 0xFFFF.
 * Return: where the settings of @id are, 0: none.
 */
static int find_settings(struct nax_adapter *a, u16 id, u16 *where)
{
	u16 list, entry;
	u32 i;
	int err;

	*where = 0;
	err = ixgbe_nvm_read(a, NVM_MODULE_LIST, &list);
	if (err || list == 0 || list == 0xffff)
		return err;
	for (i = 0; i < MODULE_LIST_MAX; i++) {
		err = ixgbe_nvm_read(a, list + 1u + 2 * i, &entry);
		if (err || entry == 0xffff)
			return err;
		if (entry == id) {
			err = ixgbe_nvm_read(a, list + 2u + 2 * i, &entry);
			if (!err && entry != 0xffff)
				*where = entry;
			return err;
		}
	}
	return -EINVAL;
}

/* The settings are a length word and values for CORECTL, ended by 0xFFFF. */
static int write_settings(struct nax_adapter *a, u16 where)
{
	u16 value;
	u32 i;
	int err;

	for (i = 1; i <= CORECTL_WORDS_MAX; i++) {
		err = ixgbe_nvm_read(a, where + i, &value);
		if (err)
			return err;
		if (value == 0xffff) {
			nax_delay_us(a, CORECTL_SETTLE_US);
			return 0;
		}
		nax_reg_write(a, IXGBE_CORECTL, value);
	}
	return -EINVAL;
}

/**
 * ixgbe_sfp_setup() - set the SerDes up for the module, once after each reset or change of module
 * @a: adapter with a usable module
 * @why: filled on failure
 *
 * An NVM without settings for it is no failure: the device has defaults. May sleep. Return: 0;
 * -errno.
 */
int ixgbe_sfp_setup(struct nax_adapter *a, struct nax_error *why)
{
	struct ixgbe *x = a->priv;
	u32 sem = IXGBE_SYNC_EEP | IXGBE_SYNC_MAC_CSR;
	u16 where;
	int err;

	if (x->module.configured)
		return 0;
	err = ixgbe_sem_get(a, sem, why);
	if (err)
		return err;
	err = find_settings(a, (u16)(x->module.init_id + x->lan), &where);
	if (!err && where)
		err = write_settings(a, where);
	ixgbe_sem_put(a, sem);
	if (err == -ENODEV) {
		why->code = err;
		snprintf(why->text, sizeof(why->text), "device is gone");
		return err;
	}
	if (err)
		nax_warn(a, "SerDes settings for %s (NVM word 0x2b) are damaged: using defaults",
			 x->module.name);
	x->module.configured = true;
	return 0;
}
