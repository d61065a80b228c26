// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Give a PCI function to another driver: by driver_override, and back again if that fails. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <nax/app.h>

#include "bind.h"

/* How long another nax bind, and a driver that probes later, is waited for. */
#define WAIT_STEP_NS 20000000l
#define WAIT_STEPS 250
/* A driver that is being loaded probes all its devices first, some seconds each: a minute. */
#define LOAD_STEPS 3000

static void modules_one(struct module_list *list, const char *name)
{
	list->n = 1;
	snprintf(list->name[0], sizeof(list->name[0]), "%s", name);
}

static int had_nax(struct kmod_ctx *kmod, struct nic *nic, struct module_list *modules,
		   struct nax_error *err)
{
	const char *driver = nax_driver_for(nic->vendor, nic->device);
	char name[MODULE_NAME];

	if (!driver)
		return nic_error(err, -ENODEV, "nax has no driver for PCI ids %04x:%04x of %s",
				 nic->vendor, nic->device, nic->address);
	snprintf(name, sizeof(name), "nax_%s", driver);
	modules_one(modules, name);
	return 0;
}

static int had_in_tree(struct kmod_ctx *kmod, struct nic *nic, struct module_list *modules,
		       struct nax_error *err)
{
	modules_for(kmod, nic->modalias, modules);
	if (modules->n)
		return 0;
	return nic_error(err, -ENODEV, "kernel %.60s has no driver for PCI ids %04x:%04x of %s",
			 modules_release(), nic->vendor, nic->device, nic->address);
}

static int had_vfio(struct kmod_ctx *kmod, struct nic *nic, struct module_list *modules,
		    struct nax_error *err)
{
	modules_one(modules, BIND_VFIO);
	return 0;
}

static int had_none(struct kmod_ctx *kmod, struct nic *nic, struct module_list *modules,
		    struct nax_error *err)
{
	modules->n = 0;
	return 0;
}

/**
 * struct target - what a function can be bound to
 * @name: BIND_*
 * @had: fill in the modules, or say why there are none
 * @fixed: bound by the module's name; otherwise the kernel chooses
 */
static const struct target {
	const char *name;
	int (*had)(struct kmod_ctx *, struct nic *, struct module_list *, struct nax_error *);
	bool fixed;
} targets[] = {
	{ BIND_NAX, had_nax, true },
	{ BIND_IN_TREE, had_in_tree, false },
	{ BIND_VFIO, had_vfio, true },
	{ BIND_NONE, had_none, false },
};

static const struct target *target_find(const char *name, struct nax_error *err)
{
	unsigned int i;

	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		if (!strcmp(targets[i].name, name))
			return &targets[i];
	nic_error(err, -EINVAL, "driver is \"%.40s\": must be nax, in-tree, vfio-pci or none", name);
	return NULL;
}

static int installed(const struct bind *b, struct nax_error *err)
{
	const struct module_list *modules = &b->modules;
	unsigned int i;

	for (i = 0; i < modules->n; i++)
		if (module_state(b->kmod, modules->name[i]) != MODULE_ABSENT)
			return 0;
	if (!modules->n)
		return 0;
	return nic_error(err, -ENOENT, "module %.60s is not installed for kernel %.60s",
			 modules->name[0], modules_release());
}

int bind_prepare(struct bind *b, struct nax_error *err)
{
	const struct target *t = target_find(b->target, err);
	int rc = t ? t->had(b->kmod, b->nic, &b->modules, err) : err->code;

	if (!rc)
		rc = installed(b, err);
	if (rc)
		return rc;
	b->driver[0] = '\0';
	if (t->fixed)
		snprintf(b->driver, sizeof(b->driver), "%s", b->modules.name[0]);
	return 0;
}

/* Its driver is of a module that knows the device, or, being no module, built in. */
static bool in_tree_has(const struct bind *b)
{
	const char *driver = b->nic->driver;
	char module[MODULE_NAME];
	unsigned int i;

	if (!driver[0] || nic_is_nax(driver) || !strcmp(driver, BIND_VFIO))
		return false;
	if (sys_link(module, sizeof(module), NIC_PCI "/drivers/%s/module", driver))
		return true;
	for (i = 0; i < b->modules.n; i++)
		if (!strcmp(b->modules.name[i], module))
			return true;
	return false;
}

bool bind_done(const struct bind *b)
{
	const char *now = b->nic->driver;

	if (b->driver[0])
		return !strcmp(now, b->driver) && !strcmp(b->nic->override, b->driver);
	if (!strcmp(b->target, BIND_NONE))
		return !now[0];
	return in_tree_has(b);
}

/* Two at a time on one function would undo each other's work. */
static int function_lock(const struct nic *nic, struct nax_error *err)
{
	const struct timespec step = { .tv_nsec = WAIT_STEP_NS };
	char path[NIC_TEXT];
	unsigned int i;
	int fd, rc;

	snprintf(path, sizeof(path), NIC_PCI "/devices/%s", nic->address);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return nic_error(err, -errno, "%s: %s", path, strerror(errno));
	for (i = 0; flock(fd, LOCK_EX | LOCK_NB); i++) {
		rc = -errno;
		if (rc != -EWOULDBLOCK || i == WAIT_STEPS) {
			close(fd);
			return nic_error(err, rc, "%s: another nax bind works on it: %s",
					 nic->address, strerror(-rc));
		}
		nanosleep(&step, NULL);
	}
	return fd;
}

/* Wait until @nic has the driver @driver, any for NULL, none for "". */
static bool has_driver(struct nic *nic, const char *driver)
{
	const struct timespec step = { .tv_nsec = WAIT_STEP_NS };
	unsigned int i;

	for (i = 0; i < WAIT_STEPS; i++) {
		nic_refresh(nic);
		if (driver ? !strcmp(nic->driver, driver) : nic->driver[0] != '\0')
			return true;
		nanosleep(&step, NULL);
	}
	return false;
}

static int override_set(struct nic *nic, const char *driver, struct nax_error *err)
{
	char text[MODULE_NAME + 1];
	int rc;

	snprintf(text, sizeof(text), "%s\n", driver);
	rc = sys_write(text, NIC_PCI "/devices/%s/driver_override", nic->address);
	if (rc)
		return nic_error(err, rc, "%s: driver_override cannot be set to \"%.40s\": %s",
				 nic->address, driver, strerror(-rc));
	return 0;
}

/* Drivers of network cards are called as their modules. */
static bool being_loaded(const char *driver)
{
	char state[NIC_TEXT];

	return !sys_read(state, sizeof(state), "/sys/module/%s/initstate", driver) &&
	       !strcmp(state, "coming");
}

/*
 * A driver gets its file unbind when it has probed all its devices (bus_add_driver() of
 * drivers/base/bus.c), of which @nic may have been the first.
 */
static int driver_unbind(const struct nic *nic, const char *driver)
{
	const struct timespec step = { .tv_nsec = WAIT_STEP_NS };
	unsigned int i;
	bool loading;
	int rc;

	for (i = 0;; i++) {
		loading = being_loaded(driver);
		rc = sys_write(nic->address, NIC_PCI "/drivers/%s/unbind", driver);
		if (rc != -ENOENT || !loading || i == LOAD_STEPS)
			return rc;
		nanosleep(&step, NULL);
	}
}

static int unbind(struct nic *nic, struct nax_error *err)
{
	char before[NIC_TEXT];
	int rc;

	if (!nic->driver[0])
		return 0;
	snprintf(before, sizeof(before), "%s", nic->driver);
	rc = driver_unbind(nic, before);
	if (rc || !has_driver(nic, ""))
		return nic_error(err, rc ? rc : -EBUSY, "%s: driver %.40s does not let it go: %s",
				 nic->address, before, strerror(rc ? -rc : EBUSY));
	return 0;
}

/* Bind to @driver, or to whatever the kernel chooses for "". */
static int bind_to(struct nic *nic, const char *driver, struct nax_error *err)
{
	int rc;

	/* A module that was just loaded has taken it already. */
	nic_refresh(nic);
	if (driver[0] && !strcmp(nic->driver, driver))
		return 0;
	if (driver[0])
		rc = sys_write(nic->address, NIC_PCI "/drivers/%s/bind", driver);
	else
		rc = sys_write(nic->address, NIC_PCI "/drivers_probe");
	if (rc)
		return nic_error(err, rc, "%s: driver %.40s does not take it: %s; the kernel log says "
				 "more", nic->address, driver[0] ? driver : "of the kernel",
				 strerror(-rc));
	if (!has_driver(nic, driver[0] ? driver : NULL))
		return nic_error(err, -ENODEV, "%s: no driver has taken it%s%.40s; the kernel log says "
				 "more", nic->address, driver[0] ? ": wanted is " : "", driver);
	return 0;
}

static int give_once(const struct bind *b, struct nax_error *err)
{
	int rc = 0;

	nic_refresh(b->nic);
	if (strcmp(b->nic->driver, b->driver) || !b->driver[0])
		rc = unbind(b->nic, err);
	if (!rc && strcmp(b->target, BIND_NONE))
		rc = bind_to(b->nic, b->driver, err);
	return rc;
}

/*
 * A driver that was asked whether it matches just before driver_override was set has the function a
 * little later: __driver_attach() of drivers/base/dd.c locks it in between. It will not be asked a
 * second time.
 */
static int give(const struct bind *b, struct nax_error *err)
{
	int rc = give_once(b, err);

	/* Such as vfio-pci, if it was told to take the device by its ids. */
	if (!rc && !strcmp(b->target, BIND_IN_TREE) && !in_tree_has(b))
		return nic_error(err, -EBUSY, "%s: driver %.40s has taken it, which is not the "
				 "kernel's for it", b->nic->address, b->nic->driver);
	if (!rc || !b->driver[0])
		return rc;
	nic_refresh(b->nic);
	if (b->nic->driver[0] && strcmp(b->nic->driver, b->driver))
		rc = give_once(b, err);
	return rc;
}

/* Back to the driver from before, whatever was in the way of the new one. */
static void restore(struct nic *nic, const char *driver, const char *override,
		    struct nax_error *err)
{
	struct nax_error second = { 0 };
	size_t len = strlen(err->text);
	int rc;

	rc = override_set(nic, override, &second);
	nic_refresh(nic);
	if (!rc && nic->driver[0] && strcmp(nic->driver, driver))
		rc = unbind(nic, &second);
	if (!rc && driver[0])
		rc = bind_to(nic, driver, &second);
	if (!driver[0])
		return;
	snprintf(err->text + len, sizeof(err->text) - len, rc ? "; it is left without %.40s" :
		 "; %.40s has it again", driver);
}

/* Several modules may serve a device: the first that there is must load, the rest may. */
static int load(const struct bind *b, struct nax_error *err)
{
	struct nax_error first = { 0 };
	bool loaded = !b->modules.n;
	unsigned int i;

	for (i = 0; i < b->modules.n; i++) {
		if (!module_load(b->kmod, b->modules.name[i], err))
			loaded = true;
		else if (!first.code)
			first = *err;
	}
	*err = loaded ? (struct nax_error){ 0 } : first;
	return err->code;
}

int bind_apply(struct bind *b, struct nax_error *err)
{
	char driver[NIC_TEXT], override[NIC_TEXT];
	struct nic *nic = b->nic;
	int fd, rc;

	fd = function_lock(nic, err);
	if (fd < 0)
		return fd;
	nic_refresh(nic);
	strcpy(driver, nic->driver);
	strcpy(override, nic->override);
	rc = load(b, err);
	if (rc)
		goto unlock;
	rc = override_set(nic, b->driver, err);
	if (rc)
		goto unlock;
	rc = give(b, err);
	if (rc)
		restore(nic, driver, override, err);
unlock:
	close(fd);
	return rc;
}

static bool in_tree_loaded(const struct bind *b)
{
	struct module_list modules;
	unsigned int i;

	modules_for(b->kmod, b->nic->modalias, &modules);
	for (i = 0; i < modules.n; i++)
		if (module_state(b->kmod, modules.name[i]) == MODULE_LOADED)
			return true;
	return false;
}

void bind_leave(struct bind *b, struct nax_error *err)
{
	struct nax_error second = { 0 };
	size_t len = strlen(err->text);
	struct nic *nic = b->nic;
	int fd, rc;

	fd = function_lock(nic, &second);
	if (fd < 0)
		return;
	nic_refresh(nic);
	rc = override_set(nic, "", &second);
	/* A driver that is not there yet takes it when it comes. */
	if (!rc && !nic->driver[0] && in_tree_loaded(b) &&
	    !sys_write(nic->address, NIC_PCI "/drivers_probe"))
		has_driver(nic, NULL);
	close(fd);
	if (!rc)
		snprintf(err->text + len, sizeof(err->text) - len, nic->driver[0] ? "; %.40s has it" :
			 "; it is left to whichever driver of the kernel comes%.40s", nic->driver);
}
