// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which interface carries the shell that a command was given in, and the default route. */
#include <arpa/inet.h>
#include <dirent.h>
#include <ifaddrs.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bind.h"

/* Parents to look at, and interfaces stacked over each other. */
#define PARENTS_MAX 64
#define LOWER_MAX 8
#define ENVIRON_MAX (256 * 1024)

static bool over(const char *name, const struct nic *nic, unsigned int depth)
{
	char path[NIC_TEXT];
	struct dirent *e;
	unsigned int i;
	bool found = false;
	DIR *dir;

	for (i = 0; i < nic->n_netdevs; i++)
		if (!strcmp(nic->netdev[i].name, name))
			return true;
	if (!depth)
		return false;
	snprintf(path, sizeof(path), "/sys/class/net/%.*s", IF_NAMESIZE, name);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (e = readdir(dir)))
		found = !strncmp(e->d_name, "lower_", 6) && over(e->d_name + 6, nic, depth - 1);
	closedir(dir);
	return found;
}

bool netdev_over_nic(const char *name, const struct nic *nic)
{
	return over(name, nic, LOWER_MAX);
}

/* The value of SSH_CONNECTION in the environment of a process, at most @size bytes of it. */
static bool environ_ssh(long pid, char *value, size_t size)
{
	static const char key[] = "SSH_CONNECTION=";
	char path[NIC_TEXT];
	char *text, *p, *end;
	size_t n;
	FILE *f;
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%ld/environ", pid);
	f = fopen(path, "re");
	text = f ? malloc(ENVIRON_MAX + 1) : NULL;
	n = text ? fread(text, 1, ENVIRON_MAX, f) : 0;
	if (f)
		fclose(f);
	if (text)
		text[n] = '\0';
	for (p = text, end = text + n; n && p < end && !found; p += strlen(p) + 1) {
		found = !strncmp(p, key, sizeof(key) - 1);
		if (found)
			snprintf(value, size, "%s", p + sizeof(key) - 1);
	}
	free(text);
	return found;
}

static long parent_of(long pid)
{
	char text[512];
	const char *p;
	long parent;
	char state;

	if (sys_read(text, sizeof(text), "/proc/%ld/stat", pid))
		return 0;
	/* the name before it may hold blanks and brackets */
	p = strrchr(text, ')');
	return p && sscanf(p + 1, " %c %ld", &state, &parent) == 2 ? parent : 0;
}

/* sudo and su drop SSH_CONNECTION, so the processes that they were started from are asked, too. */
static bool ssh_connection(char *value, size_t size)
{
	const char *own = getenv("SSH_CONNECTION");
	unsigned int i;
	long pid;

	if (own) {
		snprintf(value, size, "%s", own);
		return true;
	}
	for (pid = getppid(), i = 0; pid > 0 && i < PARENTS_MAX; pid = parent_of(pid), i++)
		if (environ_ssh(pid, value, size))
			return true;
	return false;
}

static bool same_address(const struct sockaddr *a, const struct sockaddr *b)
{
	if (!a || a->sa_family != b->sa_family)
		return false;
	if (a->sa_family == AF_INET)
		return !memcmp(&((const struct sockaddr_in *)a)->sin_addr,
			       &((const struct sockaddr_in *)b)->sin_addr, sizeof(struct in_addr));
	return a->sa_family == AF_INET6 &&
	       !memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
		       &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr));
}

static bool netdev_with(const struct sockaddr *address, char name[IF_NAMESIZE])
{
	struct ifaddrs *list, *p;
	bool found = false;

	if (getifaddrs(&list))
		return false;
	for (p = list; p && !found; p = p->ifa_next) {
		found = same_address(p->ifa_addr, address);
		if (found)
			snprintf(name, IF_NAMESIZE, "%s", p->ifa_name);
	}
	freeifaddrs(list);
	return found;
}

/* The interface whose address the kernel would send from: a datagram socket asks without sending. */
static bool netdev_towards(const char *host, char name[IF_NAMESIZE])
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM,
	};
	struct sockaddr_storage from = { 0 };
	socklen_t len = sizeof(from);
	struct addrinfo *to;
	bool found = false;
	int fd;

	if (getaddrinfo(host, "22", &hints, &to))
		return false;
	fd = socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		found = !connect(fd, to->ai_addr, to->ai_addrlen) &&
			!getsockname(fd, (struct sockaddr *)&from, &len) &&
			netdev_with((struct sockaddr *)&from, name);
		close(fd);
	}
	freeaddrinfo(to);
	return found;
}

bool shell_netdev(char name[IF_NAMESIZE])
{
	char text[4 * NIC_TEXT], host[4 * NIC_TEXT];

	/* sshd(8): client address, client port, server address, server port */
	return ssh_connection(text, sizeof(text)) && sscanf(text, "%255s", host) == 1 &&
	       netdev_towards(host, name);
}

/* proc(5) has the columns of /proc/net/route: destination 2nd, mask 8th; both 0: the default route. */
static bool default_ipv4(const char *line, char name[IF_NAMESIZE])
{
	unsigned long to, mask;

	return sscanf(line, "%15s %lx %*x %*x %*d %*u %*d %lx", name, &to, &mask) == 3 &&
	       !to && !mask;
}

/* Destination and length of its prefix first, interface last; the kernel has one on lo that refuses. */
static bool default_ipv6(const char *line, char name[IF_NAMESIZE])
{
	char to[40];
	unsigned int prefix;

	return sscanf(line, "%32s %x %*s %*x %*s %*x %*x %*x %*x %15s", to, &prefix, name) == 3 &&
	       strspn(to, "0") == 32 && !prefix && strcmp(name, "lo");
}

static bool default_in(const char *path, bool (*is_default)(const char *, char *),
		       const struct nic *nic, char name[IF_NAMESIZE])
{
	FILE *f = fopen(path, "re");
	char line[512];
	bool found = false;

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f))
		found = is_default(line, name) && netdev_over_nic(name, nic);
	fclose(f);
	return found;
}

bool default_netdev(const struct nic *nic, char name[IF_NAMESIZE])
{
	return default_in("/proc/net/route", default_ipv4, nic, name) ||
	       default_in("/proc/net/ipv6_route", default_ipv6, nic, name);
}
