// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What speaks against giving a function to another driver. Each check says why. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <ifaddrs.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bind.h"

static int check_root(const struct bind *b, struct nax_error *err)
{
	if (!geteuid())
		return 0;
	return nic_error(err, -EPERM, "must be root to bind drivers");
}

static int check_vfs(const struct bind *b, struct nax_error *err)
{
	if (!b->nic->vfs)
		return 0;
	return nic_error(err, -EBUSY, "%s has %u virtual functions, which would go with its driver: "
			 "write 0 to " NIC_PCI "/devices/%s/sriov_numvfs before", b->nic->address,
			 b->nic->vfs, b->nic->address);
}

/* The process that has @file open, 0 if none. */
static long opened_by(const char *file)
{
	char path[PATH_MAX], to[PATH_MAX];
	struct dirent *p, *fd;
	DIR *procs, *fds;
	long pid = 0;
	ssize_t n;

	procs = opendir("/proc");
	while (procs && !pid && (p = readdir(procs))) {
		if (!isdigit((unsigned char)p->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%.20s/fd", p->d_name);
		fds = opendir(path);
		while (fds && !pid && (fd = readdir(fds))) {
			snprintf(path, sizeof(path), "/proc/%.20s/fd/%.20s", p->d_name, fd->d_name);
			n = readlink(path, to, sizeof(to) - 1);
			if (n > 0) {
				to[n] = '\0';
				if (!strcmp(to, file))
					sscanf(p->d_name, "%ld", &pid);
			}
		}
		if (fds)
			closedir(fds);
	}
	if (procs)
		closedir(procs);
	return pid;
}

/* The function's own file, beside that of its group; "" where the kernel has no such. */
static void vfio_cdev(const struct nic *nic, char file[NIC_TEXT])
{
	char path[NIC_TEXT];
	struct dirent *e;
	DIR *dir;

	file[0] = '\0';
	snprintf(path, sizeof(path), NIC_PCI "/devices/%s/vfio-dev", nic->address);
	dir = opendir(path);
	while (dir && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			snprintf(file, NIC_TEXT, "/dev/vfio/devices/%.20s", e->d_name);
	if (dir)
		closedir(dir);
}

/* vfio-pci lets go only when its user has: the kernel would wait for that without end. */
static int check_vfio_user(const struct bind *b, struct nax_error *err)
{
	char files[2][NIC_TEXT], comm[NIC_TEXT];
	unsigned int i;
	long pid;

	if (strcmp(b->nic->driver, BIND_VFIO))
		return 0;
	snprintf(files[0], NIC_TEXT, "/dev/vfio/%d", b->nic->iommu_group);
	vfio_cdev(b->nic, files[1]);
	for (i = 0; i < 2; i++) {
		pid = files[i][0] ? opened_by(files[i]) : 0;
		if (!pid)
			continue;
		sys_read(comm, sizeof(comm), "/proc/%ld/comm", pid);
		return nic_error(err, -EBUSY, "%s is in use by process %ld (%.40s), which has %s open",
				 b->nic->address, pid, comm, files[i]);
	}
	return 0;
}

static int check_shell(const struct bind *b, struct nax_error *err)
{
	char name[IF_NAMESIZE];

	if (!b->nic->n_netdevs || !shell_netdev(name) || !netdev_over_nic(name, b->nic))
		return 0;
	return nic_error(err, -EBUSY, "the route to your shell runs over %s, which %s carries: do it "
			 "from the console, or over another interface", name, b->nic->address);
}

static bool link_local(const struct sockaddr *a)
{
	return a->sa_family == AF_INET6 &&
	       IN6_IS_ADDR_LINKLOCAL(&((const struct sockaddr_in6 *)a)->sin6_addr);
}

/* An interface that is up and has an address that somebody gave it. */
static bool has_address(const char *name)
{
	struct ifaddrs *list, *p;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (p = list; p && !found; p = p->ifa_next)
		found = p->ifa_addr && !strcmp(p->ifa_name, name) &&
			(p->ifa_addr->sa_family == AF_INET ||
			 (p->ifa_addr->sa_family == AF_INET6 && !link_local(p->ifa_addr)));
	freeifaddrs(list);
	return found;
}

/* A bond, bridge, VLAN and so on over an interface. */
static bool has_upper(const char *name, char upper[IF_NAMESIZE])
{
	char path[NIC_TEXT];
	struct dirent *e;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/class/net/%.*s", IF_NAMESIZE, name);
	dir = opendir(path);
	while (dir && !found && (e = readdir(dir))) {
		found = !strncmp(e->d_name, "upper_", 6);
		if (found)
			snprintf(upper, IF_NAMESIZE, "%.15s", e->d_name + 6);
	}
	if (dir)
		closedir(dir);
	return found;
}

static int check_in_use(const struct bind *b, struct nax_error *err)
{
	char other[IF_NAMESIZE];
	const struct nic_netdev *n;
	unsigned int i;

	if (b->force)
		return 0;
	if (default_netdev(b->nic, other))
		return nic_error(err, -EBUSY, "%s is in use: the default route runs over %s: --force "
				 "binds it all the same", b->nic->address, other);
	if (b->nic->elsewhere)
		return nic_error(err, -EBUSY, "%s is in use: its interface is in another network "
				 "namespace: --force binds it all the same", b->nic->address);
	for (i = 0; i < b->nic->n_netdevs; i++) {
		n = &b->nic->netdev[i];
		if (has_upper(n->name, other))
			return nic_error(err, -EBUSY, "%s is in use: interface %s is part of %s: "
					 "--force binds it all the same", b->nic->address, n->name,
					 other);
		if (n->up && has_address(n->name))
			return nic_error(err, -EBUSY, "%s is in use: interface %s is up and has an "
					 "address: --force binds it all the same", b->nic->address,
					 n->name);
	}
	return 0;
}

/* The word in brackets: "none [integrity] confidentiality". */
static bool lockdown(char word[NIC_TEXT])
{
	char text[NIC_TEXT], *begin;

	if (sys_read(text, sizeof(text), "/sys/kernel/security/lockdown"))
		return false;
	begin = strchr(text, '[');
	if (!begin || !strchr(begin, ']') || !strncmp(begin, "[none]", 6))
		return false;
	snprintf(word, NIC_TEXT, "%.*s", (int)(strchr(begin, ']') - begin - 1), begin + 1);
	return true;
}

/* UEFI specification: variable SecureBoot; before its value are four bytes of attributes. */
static bool secure_boot(void)
{
	static const char path[] = "/sys/firmware/efi/efivars/"
				   "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	unsigned char value[5] = { 0 };
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(value, 1, sizeof(value), f) : 0;

	if (f)
		fclose(f);
	return n == sizeof(value) && value[4] == 1;
}

static int check_signed(const struct bind *b, struct nax_error *err)
{
	char enforce[NIC_TEXT], word[NIC_TEXT] = "";
	unsigned int i;

	sys_read(enforce, sizeof(enforce), "/sys/module/module/parameters/sig_enforce");
	if (!lockdown(word) && enforce[0] != 'Y')
		return 0;
	for (i = 0; i < b->modules.n; i++) {
		if (module_state(b->kmod, b->modules.name[i]) == MODULE_LOADED ||
		    module_signed(b->kmod, b->modules.name[i]))
			continue;
		return nic_error(err, -EPERM, "module %.40s is not signed, and the kernel loads signed "
				 "ones only (%s%s%s): sign it with a key that is enrolled, see mokutil(1)",
				 b->modules.name[i], secure_boot() ? "Secure Boot, " : "",
				 word[0] ? "lockdown: " : "sig_enforce", word);
	}
	return 0;
}

static int check_iommu(const struct bind *b, struct nax_error *err)
{
	if (strcmp(b->target, BIND_VFIO) || b->nic->iommu_group >= 0)
		return 0;
	return nic_error(err, -ENODEV, "%s is behind no IOMMU, without which vfio-pci would give a "
			 "program all memory: boot with intel_iommu=on or amd_iommu=on, and VT-d or "
			 "AMD-Vi on in the firmware", b->nic->address);
}

int bind_missing(const struct bind *b, struct nax_error *err)
{
	int rc = check_iommu(b, err);

	return rc ? rc : check_signed(b, err);
}

int bind_check(const struct bind *b, struct nax_error *err)
{
	static int (*const checks[])(const struct bind *, struct nax_error *) = {
		check_root, bind_missing, check_vfs, check_vfio_user, check_shell, check_in_use,
	};
	unsigned int i;
	int rc;

	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		rc = checks[i](b, err);
		if (rc)
			return rc;
	}
	return 0;
}
