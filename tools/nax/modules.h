/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Kernel modules, by libkmod: is there one, is it signed, load it. */
#ifndef NAX_TOOL_MODULES_H
#define NAX_TOOL_MODULES_H

#include <nax/report.h>
#include <stdbool.h>

#define MODULE_NAME 64
#define MODULES_MAX 8

struct kmod_ctx;

/** enum module_state - where a module is */
enum module_state {
	MODULE_ABSENT,
	MODULE_INSTALLED,
	MODULE_LOADED,		/* or built in */
};

/**
 * struct module_list - names of modules
 * @n: how many
 * @name: they
 */
struct module_list {
	unsigned int n;
	char name[MODULES_MAX][MODULE_NAME];
};

/** modules_open() - for the kernel that runs; NULL with @err filled. */
struct kmod_ctx *modules_open(struct nax_error *err);

/** modules_close() - the other end of it. */
void modules_close(struct kmod_ctx *ctx);

/** module_state() - whether a module is there. */
enum module_state module_state(struct kmod_ctx *ctx, const char *name);

/** module_signed() - the file of a module bears a signature. */
bool module_signed(struct kmod_ctx *ctx, const char *name);

/** module_load() - with all that it needs; 0, or -errno with @err filled. */
int module_load(struct kmod_ctx *ctx, const char *name, struct nax_error *err);

/** modules_for() - the in-tree modules that serve a device by its alias: not VFIO, not ours. */
void modules_for(struct kmod_ctx *ctx, const char *modalias, struct module_list *list);

/** modules_release() - the kernel that runs, for messages. */
const char *modules_release(void);

#endif /* NAX_TOOL_MODULES_H */
