// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Kernel modules, by libkmod. */
#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "modules.h"
#include "nic.h"

const char *modules_release(void)
{
	static struct utsname u;

	if (!u.release[0])
		uname(&u);
	return u.release;
}

static void log_nothing(void *data, int priority, const char *file, int line, const char *fn,
			const char *format, va_list args)
{
}

struct kmod_ctx *modules_open(struct nax_error *err)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);

	if (!ctx) {
		nic_error(err, -ENOMEM, "libkmod cannot be used: no memory");
		return NULL;
	}
	/* What it would print is returned, too, and is told in our words. */
	kmod_set_log_fn(ctx, log_nothing, NULL);
	/* Without its lists each module is looked for in the folder of the kernel. */
	kmod_load_resources(ctx);
	return ctx;
}

void modules_close(struct kmod_ctx *ctx)
{
	kmod_unref(ctx);
}

/* The module that a name or alias stands for, NULL if none. */
static struct kmod_module *module_get(struct kmod_ctx *ctx, const char *name)
{
	struct kmod_module *mod = NULL;
	struct kmod_list *list = NULL;

	if (kmod_module_new_from_lookup(ctx, name, &list) < 0 || !list)
		return NULL;
	mod = kmod_module_get_module(list);
	kmod_module_unref_list(list);
	return mod;
}

static enum module_state state_of(const struct kmod_module *mod)
{
	switch (kmod_module_get_initstate(mod)) {
	case KMOD_MODULE_BUILTIN:
	case KMOD_MODULE_LIVE:
		return MODULE_LOADED;
	default:
		return kmod_module_get_path(mod) ? MODULE_INSTALLED : MODULE_ABSENT;
	}
}

enum module_state module_state(struct kmod_ctx *ctx, const char *name)
{
	enum module_state state = MODULE_ABSENT;
	struct kmod_module *mod;

	/* One that was loaded from a file elsewhere is in no list. */
	if (!kmod_module_new_from_name(ctx, name, &mod)) {
		state = state_of(mod);
		kmod_module_unref(mod);
	}
	if (state != MODULE_ABSENT)
		return state;
	mod = module_get(ctx, name);
	if (mod) {
		state = state_of(mod);
		kmod_module_unref(mod);
	}
	return state;
}

bool module_signed(struct kmod_ctx *ctx, const char *name)
{
	struct kmod_list *info = NULL, *entry;
	struct kmod_module *mod = module_get(ctx, name);
	bool found = false;

	if (!mod)
		return false;
	if (kmod_module_get_info(mod, &info) >= 0) {
		kmod_list_foreach(entry, info)
			found |= !strcmp(kmod_module_info_get_key(entry), "sig_id");
		kmod_module_info_free_list(info);
	}
	kmod_module_unref(mod);
	return found;
}

static int load_error(const char *name, int rc, struct nax_error *err)
{
	static const struct {
		int code;
		const char *why;
	} whys[] = {
		{ EKEYREJECTED, "its signature is by no key that the kernel trusts" },
		{ ENOKEY, "its signature is by no key that the kernel trusts" },
		{ EPERM, "the kernel does not allow modules to be loaded" },
		{ ENOEXEC, "it was built for another kernel" },
		{ ENOENT, "it, or one that it needs, is not there, or lacks a symbol" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(whys) / sizeof(whys[0]); i++)
		if (whys[i].code == rc)
			return nic_error(err, -rc, "module %.40s cannot be loaded: %s: %s", name,
					 whys[i].why, strerror(rc));
	return nic_error(err, -rc, "module %.40s cannot be loaded: %s", name, strerror(rc));
}

int module_load(struct kmod_ctx *ctx, const char *name, struct nax_error *err)
{
	struct kmod_module *mod;
	int rc;

	if (module_state(ctx, name) == MODULE_LOADED)
		return 0;
	mod = module_get(ctx, name);
	if (!mod)
		return nic_error(err, -ENOENT, "module %.40s is not installed for kernel %.60s",
				 name, modules_release());
	rc = kmod_module_probe_insert_module(mod, 0, NULL, NULL, NULL, NULL);
	kmod_module_unref(mod);
	return rc < 0 && rc != -EEXIST ? load_error(name, -rc, err) : 0;
}

void modules_for(struct kmod_ctx *ctx, const char *modalias, struct module_list *list)
{
	struct kmod_list *found = NULL, *entry;
	struct kmod_module *mod;
	const char *name;

	list->n = 0;
	if (!modalias[0] || kmod_module_new_from_lookup(ctx, modalias, &found) < 0)
		return;
	kmod_list_foreach(entry, found) {
		mod = kmod_module_get_module(entry);
		name = kmod_module_get_name(mod);
		if (list->n < MODULES_MAX && strlen(name) < MODULE_NAME && !nic_is_nax(name) &&
		    strncmp(name, "vfio", 4))
			strcpy(list->name[list->n++], name);
		kmod_module_unref(mod);
	}
	kmod_module_unref_list(found);
}
