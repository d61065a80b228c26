// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: the PCI function. Configuration space with the capabilities where the 82599 has them,
 * what writing it sets off (bus mastering, D3hot, function-level reset), and the regions.
 */
#include <errno.h>
#include <string.h>

#include "control.h"
#include "regs_general.h"

#define PCI_COMMAND		0x04
#define PCI_COMMAND_MEMORY	0x0002
#define PCI_COMMAND_MASTER	0x0004
#define PCI_COMMAND_INTX_DIS	0x0400
#define PCI_STATUS		0x06
#define PCI_STATUS_INTX		0x08
#define PCI_BAR0		0x10
#define PCI_BAR4		0x20
#define PCI_BAR_MEM64		0x04
#define CAP_PM			0x40
#define PMCSR			(CAP_PM + 4)
#define PMCSR_STATE		0x0003
#define CAP_MSI			0x50
#define CAP_MSIX		0x70
#define CAP_EXP			0xA0
#define EXP_DEVCTL		(CAP_EXP + 0x08)
#define EXP_DEVCTL_FLR		0x8000
#define EXP_DEVSTA		(CAP_EXP + 0x0A)
#define EXP_DEVSTA_UR		0x08		/* unsupported request detected */
#define EXT_AER			0x100
#define AER_UR_BYTE		(EXT_AER + 4 + 2)
#define AER_UR			0x10		/* bit 20 of the uncorrectable status */
#define EXT_DSN			0x140
#define MSIX_TABLE_BYTES	(NICSIM_VECTORS * 16)
#define MSIX_PBA		0x2000

/**
 * struct cfg - a field of configuration space
 * @writable: bits a write may change
 * @w1c: bits that writing 1 clears
 */
struct cfg {
	uint16_t at;
	uint8_t size;
	uint32_t value, writable, w1c;
};

static const struct cfg fields[] = {
	{ PCI_COMMAND, 2, 0x0000, 0x0546, 0 },		/* memory, master, parity, SERR, INTx */
	{ PCI_STATUS, 2, 0x0010, 0, 0xF900 },		/* capabilities */
	{ 0x08, 4, 0x02000001, 0, 0 },			/* Ethernet, revision 1 */
	{ 0x0C, 1, 0x00, 0xFF, 0 },			/* cache line */
	{ 0x2C, 2, 0x8086, 0, 0 },			/* subsystem */
	{ 0x2E, 2, 0x0003, 0, 0 },
	{ 0x34, 1, CAP_PM, 0, 0 },
	{ 0x3C, 1, 0xFF, 0xFF, 0 },			/* interrupt line */
	{ 0x3D, 1, 0x01, 0, 0 },			/* pin: INTA */
	{ CAP_PM, 2, CAP_MSI << 8 | 0x01, 0, 0 },
	{ CAP_PM + 2, 2, 0x4823, 0, 0 },		/* version 3, DSI, PME from D0 and D3hot */
	{ PMCSR, 2, 0x2000, 0x0103, 0x8000 },		/* no No_Soft_Reset: D3hot forgets */
	{ CAP_MSI, 2, CAP_MSIX << 8 | 0x05, 0, 0 },
	{ CAP_MSI + 0x02, 2, 0x0180, 0x0071, 0 },	/* one message, 64 bits, maskable */
	{ CAP_MSI + 0x04, 4, 0, 0xFFFFFFFC, 0 },	/* address, data, mask; storage as MSI-X's */
	{ CAP_MSI + 0x08, 4, 0, 0xFFFFFFFF, 0 },
	{ CAP_MSI + 0x0C, 2, 0, 0xFFFF, 0 },
	{ CAP_MSI + 0x10, 4, 0, 0x00000001, 0 },
	{ CAP_MSIX, 2, CAP_EXP << 8 | 0x11, 0, 0 },
	{ CAP_MSIX + 2, 2, NICSIM_VECTORS - 1, 0xC000, 0 },
	{ CAP_MSIX + 4, 4, 0 | 4, 0, 0 },		/* table: BAR 4, offset 0 */
	{ CAP_MSIX + 8, 4, MSIX_PBA | 4, 0, 0 },
	{ CAP_EXP, 2, 0x0010, 0, 0 },
	{ CAP_EXP + 0x02, 2, 0x0002, 0, 0 },		/* version 2, endpoint */
	{ CAP_EXP + 0x04, 4, 0x10008CC2, 0, 0 },	/* FLR, role based errors, payload 512 */
	{ EXP_DEVCTL, 2, 0x2810, 0x7FFF, 0 },
	{ EXP_DEVSTA, 2, 0, 0, 0x000F },
	{ CAP_EXP + 0x0C, 4, 0x00000482, 0, 0 },	/* 5.0 GT/s, 8 lanes, L0s */
	{ CAP_EXP + 0x10, 2, 0, 0x01FB, 0 },
	{ CAP_EXP + 0x12, 2, 0x1082, 0, 0 },		/* 5.0 GT/s, 8 lanes, slot clock */
	{ CAP_EXP + 0x24, 4, 0x0000001F, 0, 0 },	/* completion timeout ranges A to D */
	{ CAP_EXP + 0x28, 2, 0, 0x001F, 0 },
	{ CAP_EXP + 0x30, 2, 0x0002, 0x100F, 0 },
	{ EXT_AER, 4, EXT_DSN << 20 | 1 << 16 | 0x0001, 0, 0 },
	{ EXT_AER + 0x04, 4, 0, 0, 0x001FF030 },	/* uncorrectable: status, mask, severity */
	{ EXT_AER + 0x08, 4, 0, 0x001FF030, 0 },
	{ EXT_AER + 0x0C, 4, 0x00062030, 0x001FF030, 0 },
	{ EXT_AER + 0x10, 4, 0, 0, 0x000031C1 },	/* correctable: status, mask */
	{ EXT_AER + 0x14, 4, 0x00002000, 0x000031C1, 0 },
	{ EXT_AER + 0x18, 4, 0x000000A0, 0x00000140, 0 },
	{ EXT_DSN, 4, 1 << 16 | 0x0003, 0, 0 },
};

static void put(uint8_t *bytes, unsigned int at, unsigned int size, uint32_t value)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		bytes[at + i] = value >> (8 * i);
}

static uint16_t get16(const struct sim_pci *pci, unsigned int at)
{
	return pci->config[at] | pci->config[at + 1] << 8;
}

/* A 64-bit memory BAR: the bits below its size read 0, which is how clients find the size. */
static void bar_put(struct sim_pci *pci, unsigned int at, uint32_t size)
{
	put(pci->config, at, 4, PCI_BAR_MEM64);
	put(pci->writable, at, 4, ~(size - 1));
	put(pci->writable, at + 4, 4, UINT32_MAX);
}

void sim_pci_reset(struct nicsim_port *p)
{
	struct sim_control *c = p->control;
	struct sim_pci *pci = &c->pci;
	unsigned int i;

	memset(pci, 0, sizeof(*pci));
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		put(pci->config, fields[i].at, fields[i].size, fields[i].value);
		put(pci->writable, fields[i].at, fields[i].size, fields[i].writable);
		put(pci->w1c, fields[i].at, fields[i].size, fields[i].w1c);
	}
	put(pci->config, 0, 2, c->config.vendor_id);
	put(pci->config, 2, 2, c->config.device_id);
	bar_put(pci, PCI_BAR0, c->config.bar0_size);
	bar_put(pci, PCI_BAR4, SIM_BAR4_SIZE);
	/* serial number: the MAC address with FFFF in its middle */
	put(pci->config, EXT_DSN + 4, 4,
	    c->mac[5] | c->mac[4] << 8 | c->mac[3] << 16 | 0xFF000000);
	put(pci->config, EXT_DSN + 8, 4,
	    0xFF | c->mac[2] << 8 | c->mac[1] << 16 | (uint32_t)c->mac[0] << 24);
	for (i = 0; i < NICSIM_VECTORS; i++)
		pci->bar4[4 * i + 3] = 1;	/* masked */
}

bool sim_pci_master(const struct nicsim_port *p)
{
	return get16(&p->control->pci, PCI_COMMAND) & PCI_COMMAND_MASTER;
}

bool sim_pci_intx(const struct nicsim_port *p)
{
	return !(get16(&p->control->pci, PCI_COMMAND) & PCI_COMMAND_INTX_DIS);
}

bool sim_pci_off(const struct nicsim_port *p)
{
	return !(get16(&p->control->pci, PCI_COMMAND) & (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER));
}

bool sim_pci_memory(const struct nicsim_port *p)
{
	const struct sim_pci *pci = &p->control->pci;

	return (get16(pci, PCI_COMMAND) & PCI_COMMAND_MEMORY) && !pci->d3;
}

static void power_changed(struct nicsim_port *p)
{
	struct sim_pci *pci = &p->control->pci;
	unsigned int state = get16(pci, PMCSR) & PMCSR_STATE;
	bool d3 = state == 3;

	/* D1 and D2 are not offered: a write of them changes nothing */
	if (state == 1 || state == 2) {
		pci->config[PMCSR] = (pci->config[PMCSR] & ~PMCSR_STATE) | (pci->d3 ? 3 : 0);
		return;
	}
	if (d3 == pci->d3)
		return;
	if (!d3) {
		sim_device_reset(p, SIM_RESET_FUNCTION);
		return;
	}
	pci->d3 = true;
	sim_phy_update(p);
}

static void config_write(struct nicsim_port *p, unsigned int at, const uint8_t *data,
			 unsigned int len)
{
	struct sim_pci *pci = &p->control->pci;
	bool flr = false, intx = sim_pci_intx(p), dma = sim_dma_allowed(p);
	unsigned int i;

	for (i = 0; i < len; i++) {
		uint8_t *byte = &pci->config[at + i];

		if (at + i == EXP_DEVCTL + 1)
			flr = data[i] & (EXP_DEVCTL_FLR >> 8);
		*byte = (*byte & ~pci->writable[at + i]) | (data[i] & pci->writable[at + i]);
		*byte &= ~(data[i] & pci->w1c[at + i]);
	}
	if (flr)
		sim_device_reset(p, SIM_RESET_FUNCTION);
	else if (at <= PMCSR && at + len > PMCSR)
		power_changed(p);
	if (!intx && sim_pci_intx(p))
		sim_irq_line_allowed(p);
	if (!dma && sim_dma_allowed(p))
		sim_irq_allowed(p);
}

/* ---- BAR 4 ---- */

static uint32_t bar4_read(const struct nicsim_port *p, uint32_t offset)
{
	uint64_t pending;

	if (offset < MSIX_PBA || offset >= MSIX_PBA + 8)
		return p->control->pci.bar4[offset / 4];
	pending = sim_irq_pending(p);
	return pending >> (8 * (offset - MSIX_PBA));
}

static void bar4_write(struct nicsim_port *p, uint32_t offset, uint32_t value)
{
	if (offset < MSIX_TABLE_BYTES)
		p->control->pci.bar4[offset / 4] = value;
}

/* ---- regions ---- */

uint64_t nicsim_region_size(const struct nicsim_port *port, unsigned int region)
{
	switch (region) {
	case 0:
		return port->control->config.bar0_size;
	case 4:
		return SIM_BAR4_SIZE;
	case NICSIM_REGION_CONFIG:
		return SIM_CONFIG_SIZE;
	default:
		return 0;
	}
}

static int region_check(struct nicsim_port *p, unsigned int region, uint64_t offset,
			unsigned int len)
{
	uint64_t size = nicsim_region_size(p, region);

	if (!len || offset > size || len > size - offset)
		return -EINVAL;
	if (region == NICSIM_REGION_CONFIG)
		return 0;
	if ((len == 4 || len == 8) && !(offset % 4))
		return 0;
	sim_error(p, "access-size", "%u bytes at %#x of BAR %u: registers are 4 bytes, aligned",
		  len, (unsigned int)offset, region);
	return -EINVAL;
}

/* Whether memory accesses get to the function; to a register, a driver should know. */
static bool decoding(struct nicsim_port *p, unsigned int region, uint64_t offset, const char *what)
{
	if (sim_pci_memory(p))
		return true;
	p->control->pci.config[EXP_DEVSTA] |= EXP_DEVSTA_UR;
	p->control->pci.config[AER_UR_BYTE] |= AER_UR;
	if (region == 0)
		sim_error(p, "memory-off", "%s of register %#x %s", what, (unsigned int)offset,
			  p->control->pci.d3 ? "in D3hot" : "with COMMAND.MSE 0");
	return false;
}

int nicsim_region_read(struct nicsim_port *port, unsigned int region, uint64_t offset, void *data,
		       unsigned int len)
{
	unsigned int i;
	int err;

	sim_tick(port->sim);
	err = region_check(port, region, offset, len);
	if (err)
		return err;
	if (sim_gone(port)) {
		memset(data, 0xFF, len);
		return 0;
	}
	if (region == NICSIM_REGION_CONFIG) {
		memcpy(data, port->control->pci.config + offset, len);
		if (offset <= PCI_STATUS && offset + len > PCI_STATUS && sim_irq_line(port))
			((uint8_t *)data)[PCI_STATUS - offset] |= PCI_STATUS_INTX;
		return 0;
	}
	if (!decoding(port, region, offset, "read")) {
		memset(data, 0xFF, len);
		return 0;
	}
	for (i = 0; i < len; i += 4) {
		uint32_t value = region ? bar4_read(port, offset + i) :
					  sim_reg_read(port, offset + i);

		memcpy((uint8_t *)data + i, &value, 4);
	}
	return 0;
}

int nicsim_region_write(struct nicsim_port *port, unsigned int region, uint64_t offset,
			const void *data, unsigned int len)
{
	unsigned int i;
	int err;

	sim_tick(port->sim);
	err = region_check(port, region, offset, len);
	if (err || sim_gone(port))
		return err;
	if (region == NICSIM_REGION_CONFIG) {
		config_write(port, offset, data, len);
		return 0;
	}
	if (!decoding(port, region, offset, "write"))
		return 0;
	for (i = 0; i < len; i += 4) {
		uint32_t value;

		memcpy(&value, (const uint8_t *)data + i, 4);
		if (region)
			bar4_write(port, offset + i, value);
		else
			sim_reg_write(port, offset + i, value);
	}
	return 0;
}
