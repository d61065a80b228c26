// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The drivers linked into this process. They register from constructors, before main(). */
#include <stdio.h>

#include <nax/app.h>

#include "user.h"

#define DRIVERS_MAX 16

static const struct nax_driver *drivers[DRIVERS_MAX];
static unsigned int n_drivers;

void nax_driver_register(const struct nax_driver *drv)
{
	unsigned int i;

	for (i = 0; i < n_drivers; i++)
		if (drivers[i] == drv)
			return;
	if (n_drivers == DRIVERS_MAX) {
		/* constructor time: the application has had no chance to set a log function */
		fprintf(stderr, "nax: driver %s not registered: the limit is %d drivers\n",
			drv->name, DRIVERS_MAX);
		return;
	}
	drivers[n_drivers++] = drv;
}

const struct nax_driver *nax_driver_find(u16 vendor, u16 device, const struct nax_pci_id **id)
{
	const struct nax_pci_id *p;
	unsigned int i;

	for (i = 0; i < n_drivers; i++) {
		for (p = drivers[i]->ids; p->vendor; p++) {
			if (p->vendor == vendor && p->device == device) {
				*id = p;
				return drivers[i];
			}
		}
	}
	return NULL;
}

const char *nax_driver_for(u16 vendor, u16 device)
{
	const struct nax_pci_id *id;
	const struct nax_driver *drv = nax_driver_find(vendor, device, &id);

	return drv ? drv->name : NULL;
}
