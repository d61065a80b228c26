// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The binding of a function laid down for each start of the machine: a udev rule, which sets
 * driver_override when the function appears and has nax bind it, and a line for modprobe, by which
 * the kernel's driver is not loaded before the wanted one. A machine that starts with a kernel for
 * which the module is not there must not lose its network: then nax bind takes the override back.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bind.h"

/* Before 80-drivers.rules, which loads the modules that know the device. */
#define RULES "/etc/udev/rules.d/70-nax-%s.rules"
#define CONF "/etc/modprobe.d/nax-%s.conf"
#define PATH_TEXT 80

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t n;

	while (len) {
		n = write(fd, text, len);
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd) ? -errno : 0;
}

/* Whole or not at all: made beside its place, then renamed. */
static int file_put(const char path[PATH_TEXT], const char *text)
{
	char tmp[PATH_TEXT + 4];
	int fd, rc;

	snprintf(tmp, sizeof(tmp), "%.79s.new", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	rc = write_all(fd, text);
	close(fd);
	if (!rc && rename(tmp, path))
		rc = -errno;
	if (rc)
		unlink(tmp);
	return rc;
}

static int put(char path[PATH_TEXT], const char *text, struct nax_error *err)
{
	char *end = strrchr(path, '/');
	int rc;

	*end = '\0';
	if (mkdir(path, 0755) && errno != EEXIST)
		return nic_error(err, -errno, "%.150s cannot be made: %s", path, strerror(errno));
	*end = '/';
	rc = file_put(path, text);
	return rc ? nic_error(err, rc, "%.150s cannot be written: %s", path, strerror(-rc)) : 0;
}

static int drop(const char *path, struct nax_error *err)
{
	if (!unlink(path) || errno == ENOENT)
		return 0;
	return nic_error(err, -errno, "%.150s cannot be removed: %s", path, strerror(errno));
}

static int forget(const struct nic *nic, struct nax_error *err)
{
	char path[PATH_TEXT];
	int first, second;

	snprintf(path, sizeof(path), RULES, nic->address);
	first = drop(path, err);
	snprintf(path, sizeof(path), CONF, nic->address);
	second = drop(path, err);
	return first ? first : second;
}

/* This program, which the rule calls by its whole name. */
static int self(char *path, size_t size, struct nax_error *err)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);

	path[n < 0 ? 0 : n] = '\0';
	if (n > 0 && !strpbrk(path, " \t\"'\\%$"))
		return 0;
	return nic_error(err, -EINVAL, "program is \"%.100s\": a udev rule takes no path with blanks, "
			 "quotes, %% or $", path);
}

int bind_persist(const struct bind *b, struct nax_error *err)
{
	char program[512], text[2048], path[PATH_TEXT];
	struct module_list others;
	const struct nic *nic = b->nic;
	unsigned int i;
	size_t n;
	int rc;

	if (!b->driver[0])
		return forget(nic, err);
	rc = self(program, sizeof(program), err);
	if (rc)
		return rc;
	n = (size_t)snprintf(text, sizeof(text), "# By nax bind --persist; nax bind %s in-tree "
			     "--persist removes it\n", nic->address);
	modules_for(b->kmod, nic->modalias, &others);
	for (i = 0; i < others.n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "softdep %s pre: %s\n",
				      others.name[i], b->driver);
	snprintf(path, sizeof(path), CONF, nic->address);
	rc = put(path, text, err);
	if (rc)
		return rc;
	snprintf(text, sizeof(text), "# By nax bind --persist; nax bind %s in-tree --persist removes "
		 "it\nACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"%s\", ATTR{vendor}==\"0x%04x\", "
		 "ATTR{device}==\"0x%04x\", ATTR{driver_override}=\"%s\", "
		 "RUN+=\"%s bind --quiet --or-in-tree %s %s\"\n", nic->address, nic->address, nic->vendor,
		 nic->device, b->driver, program, nic->address, b->target);
	snprintf(path, sizeof(path), RULES, nic->address);
	rc = put(path, text, err);
	if (rc)
		forget(nic, &(struct nax_error){ 0 });
	return rc;
}

void bind_persistent(const struct nic *nic, char driver[MODULE_NAME])
{
	static const char key[] = "ATTR{driver_override}=\"";
	char path[PATH_TEXT], line[2048];
	const char *p;
	FILE *f;

	driver[0] = '\0';
	snprintf(path, sizeof(path), RULES, nic->address);
	f = fopen(path, "re");
	if (!f)
		return;
	while (!driver[0] && fgets(line, sizeof(line), f)) {
		p = strstr(line, key);
		if (p)
			snprintf(driver, MODULE_NAME, "%.*s", (int)strcspn(p + sizeof(key) - 1, "\""),
				 p + sizeof(key) - 1);
	}
	fclose(f);
}
