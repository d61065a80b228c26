// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What is the same for all buses: names, registers, configuration space, reset. */
#include <errno.h>
#include <string.h>

#include "bus.h"
#include "user.h"

/* Buses that are opened by name. */
static const struct nax_bus_ops *const named_buses[] = {
	&nax_bus_vfio_user_ops,
};

int nax_bus_open(const char *name, struct nax_bus **bus, struct nax_error *err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(named_buses); i++) {
		const struct nax_bus_ops *ops = named_buses[i];
		size_t len = strlen(ops->scheme);

		if (!strncmp(name, ops->scheme, len) && name[len] == ':')
			return ops->open(name + len + 1, bus, err);
	}
	return nax_error_set(err, -EINVAL, "device name is \"%s\": must be vfio-user:PATH", name);
}

u32 nax_bus_read32(struct nax_bus *bus, u32 region, u64 offset)
{
	__le32 value;

	if (bus->ops->region_read(bus, region, offset, &value, sizeof(value)))
		return ~0u;
	return le32_to_cpu(value);
}

void nax_bus_write32(struct nax_bus *bus, u32 region, u64 offset, u32 value)
{
	__le32 word = cpu_to_le32(value);

	bus->ops->region_write(bus, region, offset, &word, sizeof(word));
}

int nax_bus_config_read(struct nax_bus *bus, u32 offset, u32 size, u32 *value)
{
	__le32 word = 0;
	int rc;

	*value = ~0u;
	if ((size != 1 && size != 2 && size != 4) || offset % size)
		return -EINVAL;
	*value >>= 32 - 8 * size;
	rc = bus->ops->region_read(bus, NAX_BUS_CONFIG, offset, &word, size);
	if (!rc)
		*value = le32_to_cpu(word);
	return rc;
}

int nax_bus_config_write(struct nax_bus *bus, u32 offset, u32 size, u32 value)
{
	__le32 word = cpu_to_le32(value);

	if ((size != 1 && size != 2 && size != 4) || offset % size)
		return -EINVAL;
	return bus->ops->region_write(bus, NAX_BUS_CONFIG, offset, &word, size);
}

/*
 * Registers of a type 0 header that software writes and a reset clears. The command register comes
 * last, so that decoding is on again only when the BARs are right.
 */
static const struct {
	u8 offset;
	u8 size;
} kept[] = {
	{ 0x0c, 1 },	/* cache line size */
	{ 0x0d, 1 },	/* latency timer */
	{ 0x10, 4 }, { 0x14, 4 }, { 0x18, 4 }, { 0x1c, 4 }, { 0x20, 4 }, { 0x24, 4 }, /* BARs */
	{ 0x30, 4 },	/* expansion ROM base */
	{ 0x3c, 1 },	/* interrupt line */
	{ 0x04, 2 },	/* command */
};

int nax_bus_reset(struct nax_bus *bus)
{
	u32 saved[ARRAY_SIZE(kept)];
	size_t i;
	int rc;

	for (i = 0; i < ARRAY_SIZE(kept); i++) {
		rc = nax_bus_config_read(bus, kept[i].offset, kept[i].size, &saved[i]);
		if (rc)
			return rc;
	}
	rc = bus->ops->reset(bus);
	for (i = 0; !rc && i < ARRAY_SIZE(kept); i++)
		rc = nax_bus_config_write(bus, kept[i].offset, kept[i].size, saved[i]);
	return rc;
}
