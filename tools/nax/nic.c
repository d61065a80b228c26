// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Ethernet functions on the PCI bus: libpciaccess finds them, sysfs says who drives them. */
#include <dirent.h>
#include <errno.h>
#include <pciaccess.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "nic.h"

/* PCI Code and ID Assignment Specification: base class 02h network, sub-class 00h Ethernet */
#define CLASS_ETHERNET 0x020000
#define CLASS_MASK 0xffff00

static void netdev_read(struct nic_netdev *n, const char *name)
{
	/* IFF_UP of <linux/if.h> */
	const long up = 0x1;

	snprintf(n->name, sizeof(n->name), "%.15s", name);
	sys_read(n->mac, sizeof(n->mac), "/sys/class/net/%s/address", n->name);
	n->up = sys_number(0, "/sys/class/net/%s/flags", n->name) & up;
	n->carrier = (int)sys_number(-1, "/sys/class/net/%s/carrier", n->name);
	/* a link that is down has speed -1, which is no number here */
	n->speed = sys_number(0, "/sys/class/net/%s/speed", n->name);
}

static int netdev_compare(const void *a, const void *b)
{
	return strcmp(((const struct nic_netdev *)a)->name, ((const struct nic_netdev *)b)->name);
}

static void netdevs_read(struct nic *nic)
{
	char path[NIC_TEXT];
	struct dirent *e;
	DIR *dir;

	nic->n_netdevs = 0;
	nic->elsewhere = false;
	snprintf(path, sizeof(path), NIC_PCI "/devices/%s/net", nic->address);
	dir = opendir(path);
	if (!dir)
		return;
	while (nic->n_netdevs < NIC_NETDEVS_MAX && (e = readdir(dir))) {
		if (e->d_name[0] != '.' && strlen(e->d_name) < IF_NAMESIZE)
			netdev_read(&nic->netdev[nic->n_netdevs++], e->d_name);
	}
	closedir(dir);
	/* The folder is there for as long as it has an interface, shown or of another namespace. */
	nic->elsewhere = !nic->n_netdevs;
	qsort(nic->netdev, nic->n_netdevs, sizeof(nic->netdev[0]), netdev_compare);
}

void nic_refresh(struct nic *nic)
{
	sys_link(nic->driver, sizeof(nic->driver), NIC_PCI "/devices/%s/driver", nic->address);
	sys_read(nic->override, sizeof(nic->override), NIC_PCI "/devices/%s/driver_override",
		 nic->address);
	/* how the kernel prints that there is none */
	if (!strcmp(nic->override, "(null)"))
		nic->override[0] = '\0';
	nic->vfs = (unsigned int)sys_number(0, NIC_PCI "/devices/%s/sriov_numvfs", nic->address);
	netdevs_read(nic);
}

static void nic_read(struct nic *nic, struct pci_device *dev)
{
	const char *vendor = pci_device_get_vendor_name(dev);
	const char *device = pci_device_get_device_name(dev);
	char group[NIC_TEXT];

	snprintf(nic->address, sizeof(nic->address), "%04x:%02x:%02x.%u", (u16)dev->domain,
		 dev->bus, dev->dev & 0x1f, dev->func & 7u);
	nic->vendor = dev->vendor_id;
	nic->device = dev->device_id;
	nic->subvendor = dev->subvendor_id;
	nic->subdevice = dev->subdevice_id;
	nic->revision = dev->revision;
	if (vendor && device)
		snprintf(nic->name, sizeof(nic->name), "%s %s", vendor, device);
	sys_read(nic->modalias, sizeof(nic->modalias), NIC_PCI "/devices/%s/modalias",
		 nic->address);
	nic->iommu_group = -1;
	if (!sys_link(group, sizeof(group), NIC_PCI "/devices/%s/iommu_group", nic->address))
		nic->iommu_group = atoi(group);
	nic_refresh(nic);
}

static int nic_compare(const void *a, const void *b)
{
	return strcmp(((const struct nic *)a)->address, ((const struct nic *)b)->address);
}

int nic_scan(struct nic_list *list, struct nax_error *err)
{
	static const struct pci_id_match match = {
		.vendor_id = PCI_MATCH_ANY, .device_id = PCI_MATCH_ANY,
		.subvendor_id = PCI_MATCH_ANY, .subdevice_id = PCI_MATCH_ANY,
		.device_class = CLASS_ETHERNET, .device_class_mask = CLASS_MASK,
	};
	struct pci_device_iterator *it;
	struct pci_device *dev;
	struct nic *more;
	int rc;

	*list = (struct nic_list){ 0 };
	rc = pci_system_init();
	if (rc)
		return nic_error(err, -rc, "the PCI bus cannot be read: %s", strerror(rc));
	it = pci_id_match_iterator_create(&match);
	if (!it)
		goto no_memory;
	while ((dev = pci_device_next(it))) {
		more = realloc(list->nic, (list->n + 1) * sizeof(*more));
		if (!more) {
			pci_iterator_destroy(it);
			goto no_memory;
		}
		list->nic = more;
		memset(&more[list->n], 0, sizeof(*more));
		/* fills in revision and subsystem */
		pci_device_probe(dev);
		nic_read(&more[list->n++], dev);
	}
	pci_iterator_destroy(it);
	pci_system_cleanup();
	if (list->n)
		qsort(list->nic, list->n, sizeof(list->nic[0]), nic_compare);
	return 0;

no_memory:
	pci_system_cleanup();
	nic_list_free(list);
	return nic_error(err, -ENOMEM, "no memory for the list of PCI functions");
}

void nic_list_free(struct nic_list *list)
{
	free(list->nic);
	*list = (struct nic_list){ 0 };
}

static bool nic_has_netdev(const struct nic *nic, const char *name)
{
	unsigned int i;

	for (i = 0; i < nic->n_netdevs; i++)
		if (!strcmp(nic->netdev[i].name, name))
			return true;
	return false;
}

struct nic *nic_find(struct nic_list *list, const char *name, struct nax_error *err)
{
	char full[sizeof(list->nic->address)] = "", class[NIC_TEXT];
	size_t len = strlen(name);
	unsigned int i;

	/* "01:00.0" is in domain 0 */
	if (len == 7)
		snprintf(full, sizeof(full), "0000:%s", name);
	else if (len < sizeof(full))
		strcpy(full, name);
	for (i = 0; i < list->n; i++)
		if (!strcasecmp(list->nic[i].address, full) || nic_has_netdev(&list->nic[i], name))
			return &list->nic[i];
	if (!strpbrk(full, "/") && full[0] &&
	    !sys_read(class, sizeof(class), NIC_PCI "/devices/%s/class", full))
		nic_error(err, -ENODEV, "%.40s has PCI class %.20s: must be an Ethernet function, "
			  "0x0200..", name, class);
	else
		nic_error(err, -ENODEV, "%.40s is no Ethernet PCI function, nor the interface of "
			  "one: nax list shows them", name);
	return NULL;
}

bool nic_is_nax(const char *driver)
{
	return !strncmp(driver, "nax_", 4);
}
