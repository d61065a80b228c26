/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Ethernet functions on the PCI bus, as libpciaccess and sysfs tell of them. */
#ifndef NAX_TOOL_NIC_H
#define NAX_TOOL_NIC_H

#include <net/if.h>
#include <nax/report.h>
#include <stdbool.h>
#include <stddef.h>

#define NIC_TEXT 64
#define NIC_NETDEVS_MAX 8
#define NIC_PCI "/sys/bus/pci"

/**
 * struct nic_netdev - a network interface of a function
 * @name: its name
 * @mac: its address, as text
 * @up: it is administratively up
 * @carrier: 1 if there is a link, 0 if not, -1 if it cannot be told, as while it is down
 * @speed: Mbit/s, 0 if unknown
 */
struct nic_netdev {
	char name[IF_NAMESIZE];
	char mac[NIC_TEXT];
	bool up;
	int carrier;
	long speed;
};

/**
 * struct nic - an Ethernet function
 * @address: domain:bus:device.function
 * @vendor: PCI ids
 * @device: ..
 * @subvendor: ..
 * @subdevice: ..
 * @revision: ..
 * @name: what the list of PCI ids calls it, "" if unknown
 * @modalias: by which modules for it are found
 * @driver: bound driver, "" if none
 * @override: the one driver that it may be bound to, "" if any
 * @iommu_group: -1 if there is none
 * @vfs: virtual functions that are enabled
 * @n_netdevs: how many interfaces it has in this network namespace
 * @netdev: they
 * @elsewhere: it has some, all of them in other namespaces
 */
struct nic {
	char address[16];
	u16 vendor;
	u16 device;
	u16 subvendor;
	u16 subdevice;
	u8 revision;
	char name[2 * NIC_TEXT];
	char modalias[2 * NIC_TEXT];
	char driver[NIC_TEXT];
	char override[NIC_TEXT];
	int iommu_group;
	unsigned int vfs;
	unsigned int n_netdevs;
	struct nic_netdev netdev[NIC_NETDEVS_MAX];
	bool elsewhere;
};

/**
 * struct nic_list - what nic_scan() found
 * @n: how many
 * @nic: they, by address
 */
struct nic_list {
	unsigned int n;
	struct nic *nic;
};

/** nic_scan() - find all Ethernet functions; 0, or -errno with @err filled. */
int nic_scan(struct nic_list *list, struct nax_error *err);

/** nic_list_free() - what nic_scan() allocated. */
void nic_list_free(struct nic_list *list);

/** nic_refresh() - read anew what changes when another driver is bound. */
void nic_refresh(struct nic *nic);

/**
 * nic_find() - a function by "0000:01:00.0", "01:00.0" or the name of its interface
 *
 * Return: it, or NULL with @err filled.
 */
struct nic *nic_find(struct nic_list *list, const char *name, struct nax_error *err);

/** nic_is_nax() - @driver is one of ours: nax_<name>. */
bool nic_is_nax(const char *driver);

/** sys_read() - the first line of a file, "" if it cannot be read; 0 or -errno. */
int sys_read(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/** sys_link() - the last part of where a link leads, "" if there is none; 0 or -errno. */
int sys_link(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/** sys_write() - write @text to a file that exists; 0 or -errno. */
int sys_write(const char *text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** sys_number() - an unsigned number in a file, decimal or with 0x; @none if it cannot be read. */
long sys_number(long none, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** nic_error() - fill @err; returns @code. */
int nic_error(struct nax_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* NAX_TOOL_NIC_H */
