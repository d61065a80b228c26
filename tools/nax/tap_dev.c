// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A TAP device with several queues and virtio-net headers. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_arp.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tap_dev.h"
#include "vnet.h"

/* Linux 6.2; the kernel that runs may know more than the headers that were there to build with. */
#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif
#ifndef TUNSETCARRIER
#define TUNSETCARRIER _IOW('T', 226, int)
#endif

#define TAP_PATH "/dev/net/tun"
#define NETNS_DIR "/run/netns"

static int fail(struct nax_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(struct nax_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return code;
}

static int open_queue(struct tap_dev *t, struct nax_error *err)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_MULTI_QUEUE };
	int size = VNET_HDR_SIZE;
	int fd, rc;

	fd = open(TAP_PATH, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fail(err, -errno, "cannot open " TAP_PATH ": %s", strerror(errno));
	memcpy(ifr.ifr_name, t->name, sizeof(ifr.ifr_name));
	if (ioctl(fd, TUNSETIFF, &ifr)) {
		rc = -errno;
		if (rc == -EPERM)
			fail(err, rc, "TAP %s: not permitted: needs CAP_NET_ADMIN", t->name);
		else if (rc == -EINVAL)
			fail(err, rc, "TAP %s: exists, and is no TAP made with multi_queue and "
				      "vnet_hdr", t->name);
		else if (rc == -E2BIG)
			fail(err, rc, "TAP %s: queue %u is more than it may have", t->name,
			     t->queues);
		else
			fail(err, rc, "TAP %s, queue %u: %s", t->name, t->queues, strerror(-rc));
		goto close;
	}
	/* 10 is what a device has if it does not know of sizes */
	if (ioctl(fd, TUNSETVNETHDRSZ, &size))
		size = VNET_HDR_SIZE_OLD;
	t->hdr_size = (unsigned int)size;
	t->fd[t->queues++] = fd;
	return 0;
close:
	close(fd);
	return rc;
}

static int open_all(struct tap_dev *t, unsigned int queues, struct nax_error *err)
{
	int rc = 0;

	t->control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (t->control < 0)
		return fail(err, -errno, "cannot open a socket: %s", strerror(errno));
	while (!rc && t->queues < queues)
		rc = open_queue(t, err);
	if (rc)
		tap_dev_close(t);
	return rc;
}

/* Descriptors keep the namespace that the thread was in when it opened them. */
static int open_in_netns(struct tap_dev *t, unsigned int queues, struct nax_error *err)
{
	char path[128];
	int home, there;
	int rc;

	if (strchr(t->netns, '/') || strlen(t->netns) > 64)
		return fail(err, -EINVAL, "--netns is \"%.64s\": must be a name of `ip netns`, at "
			    "most 64 characters", t->netns);
	snprintf(path, sizeof(path), NETNS_DIR "/%s", t->netns);
	there = open(path, O_RDONLY | O_CLOEXEC);
	if (there < 0)
		return fail(err, -errno, "namespace %s: %s", path, strerror(errno));
	home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (home < 0) {
		rc = fail(err, -errno, "cannot open the current namespace: %s", strerror(errno));
		goto close_there;
	}
	if (setns(there, CLONE_NEWNET)) {
		rc = fail(err, -errno, "cannot enter namespace %s: %s", t->netns, strerror(errno));
		goto close_home;
	}
	rc = open_all(t, queues, err);
	if (setns(home, CLONE_NEWNET) && !rc) {
		rc = fail(err, -errno, "cannot leave namespace %s: %s", t->netns, strerror(errno));
		tap_dev_close(t);
	}
close_home:
	close(home);
close_there:
	close(there);
	return rc;
}

int tap_dev_open(struct tap_dev *t, const char *name, const char *netns, unsigned int queues,
		 struct nax_error *err)
{
	size_t len = strlen(name);

	*t = (struct tap_dev){ .netns = netns, .control = -1 };
	if (!len || len >= IFNAMSIZ || strpbrk(name, "/%: \t\n"))
		return fail(err, -EINVAL, "TAP is \"%.40s\": must be an interface name of 1 to %d "
			    "characters", name, IFNAMSIZ - 1);
	if (!queues || queues > TAP_QUEUES_MAX)
		return fail(err, -EINVAL, "queues are %u: must be 1 to %u", queues, TAP_QUEUES_MAX);
	memcpy(t->name, name, len);
	return netns ? open_in_netns(t, queues, err) : open_all(t, queues, err);
}

void tap_dev_close(struct tap_dev *t)
{
	while (t->queues)
		close(t->fd[--t->queues]);
	if (t->control >= 0)
		close(t->control);
	t->control = -1;
}

static int control(struct tap_dev *t, unsigned long request, struct ifreq *ifr, const char *what,
		   struct nax_error *err)
{
	memcpy(ifr->ifr_name, t->name, sizeof(ifr->ifr_name));
	if (!ioctl(t->control, request, ifr))
		return 0;
	return fail(err, -errno, "TAP %s: cannot %s: %s", t->name, what, strerror(errno));
}

int tap_dev_set_mac(struct tap_dev *t, const u8 mac[6], struct nax_error *err)
{
	struct ifreq ifr = { .ifr_hwaddr.sa_family = ARPHRD_ETHER };

	memcpy(ifr.ifr_hwaddr.sa_data, mac, 6);
	return control(t, SIOCSIFHWADDR, &ifr, "set its address", err);
}

int tap_dev_set_mtu(struct tap_dev *t, u32 mtu, struct nax_error *err)
{
	struct ifreq ifr = { .ifr_mtu = (int)mtu };
	char what[40];

	snprintf(what, sizeof(what), "set its MTU to %u", mtu);
	return control(t, SIOCSIFMTU, &ifr, what, err);
}

int tap_dev_up(struct tap_dev *t, struct nax_error *err)
{
	struct ifreq ifr = { 0 };
	int rc = control(t, SIOCGIFFLAGS, &ifr, "read its flags", err);

	if (rc)
		return rc;
	ifr.ifr_flags |= IFF_UP;
	return control(t, SIOCSIFFLAGS, &ifr, "set it up", err);
}

int tap_dev_offload(struct tap_dev *t, bool want, struct nax_error *err)
{
	static const unsigned int tries[] = {
		TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_USO4 | TUN_F_USO6,
		TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6,
		TUN_F_CSUM,
		0,
	};
	unsigned int i;

	for (i = want ? 0 : 3; i < sizeof(tries) / sizeof(tries[0]); i++) {
		if (ioctl(t->fd[0], TUNSETOFFLOAD, tries[i]))
			continue;
		t->offloads = tries[i];
		return 0;
	}
	return fail(err, -errno, "TAP %s: cannot set offloads: %s", t->name, strerror(errno));
}

const char *tap_dev_offload_names(const struct tap_dev *t, char *buf, size_t size)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = { { TUN_F_CSUM, "csum" }, { TUN_F_TSO4, "tso4" }, { TUN_F_TSO6, "tso6" },
		      { TUN_F_USO4, "uso4" }, { TUN_F_USO6, "uso6" } };
	size_t used = 0;
	unsigned int i;

	snprintf(buf, size, "none");
	for (i = 0; i < sizeof(names) / sizeof(names[0]) && used < size; i++)
		if (t->offloads & names[i].bit)
			used += (size_t)snprintf(buf + used, size - used, "%s%s", used ? " " : "",
						 names[i].name);
	return buf;
}

void tap_dev_carrier(struct tap_dev *t, bool up)
{
	int on = up;

	/* a kernel that cannot leaves the carrier on; there is nothing better to do then */
	if (ioctl(t->fd[0], TUNSETCARRIER, &on))
		return;
}
