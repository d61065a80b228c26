/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which driver has a PCI function: what can be had, what speaks against it, the change itself. */
#ifndef NAX_TOOL_BIND_H
#define NAX_TOOL_BIND_H

#include "modules.h"
#include "nic.h"

#define BIND_NAX "nax"
#define BIND_IN_TREE "in-tree"
#define BIND_VFIO "vfio-pci"
#define BIND_NONE "none"

/**
 * struct bind - a change of driver
 * @nic: the function
 * @kmod: modules
 * @target: BIND_*
 * @force: also while it is in use
 * @driver: driver that is wanted, "" if the kernel shall choose, or none
 * @modules: what has to be loaded
 */
struct bind {
	struct nic *nic;
	struct kmod_ctx *kmod;
	const char *target;
	bool force;
	char driver[MODULE_NAME];
	struct module_list modules;
};

/** bind_prepare() - find driver and modules of b->target; 0, or -errno with @err filled. */
int bind_prepare(struct bind *b, struct nax_error *err);

/** bind_missing() - what the machine lacks for it, whoever asks; 0, or -errno with @err filled. */
int bind_missing(const struct bind *b, struct nax_error *err);

/** bind_done() - it has that driver already. */
bool bind_done(const struct bind *b);

/** bind_check() - whatever speaks against it; 0, or -errno with @err filled. Changes nothing. */
int bind_check(const struct bind *b, struct nax_error *err);

/**
 * bind_apply() - load modules, bind the driver
 *
 * Should it fail, the driver from before is bound again, and @err also says whether it was.
 * Return: 0, or -errno.
 */
int bind_apply(struct bind *b, struct nax_error *err);

/**
 * bind_leave() - after a failure: to the kernel's driver, unless another has it
 *
 * What comes of it is added to @err.
 */
void bind_leave(struct bind *b, struct nax_error *err);

/** bind_persistent() - driver that a function is bound to at each start, "" if none is laid down. */
void bind_persistent(const struct nic *nic, char driver[MODULE_NAME]);

/** bind_persist() - lay down, or for BIND_IN_TREE no more, what b says; 0, or -errno. */
int bind_persist(const struct bind *b, struct nax_error *err);

/** shell_netdev() - interface over which the SSH session that this runs in goes; false if none. */
bool shell_netdev(char name[IF_NAMESIZE]);

/** default_netdev() - interface of a default route that @nic carries; false if none. */
bool default_netdev(const struct nic *nic, char name[IF_NAMESIZE]);

/** netdev_over_nic() - interface @name is one of @nic's, or lies over one, as a bond or VLAN. */
bool netdev_over_nic(const char *name, const struct nic *nic);

#endif /* NAX_TOOL_BIND_H */
