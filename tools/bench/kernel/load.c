// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Loads for bench-kernel, in a guest where one instruction takes one nanosecond: each prints for how long
 * the processor was busy with it, in nanoseconds.
 *
 * What passes while the processor is idle is not counted: virtual time jumps to the next timer then.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT		5001
#define WAIT_MS		20000
#define SOCKET_BYTES	(8 << 20)
#define CHUNK		65536u

static char chunk[CHUNK];

/** struct order - what a client asks of the server, before anything else */
struct order {
	uint64_t amount;	/* bytes, or transactions */
	uint32_t kind;		/* what the client does */
	uint32_t size;		/* bytes of a request and of its response */
};

enum { ORDER_SEND, ORDER_RECEIVE, ORDER_PING };

/* ---- how long the processor was busy ---- */

static uint64_t number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	if (!at)
		errx(1, "/proc/timer_list: no \"%s\"", key);
	return strtoull(at + strlen(key), NULL, 10);
}

/* Of the only processor; the file's first part is enough. */
static uint64_t busy_now(void)
{
	static char text[65536];
	size_t have = 0;
	ssize_t n;
	int fd = open("/proc/timer_list", O_RDONLY);

	if (fd < 0)
		err(1, "/proc/timer_list");
	while (have < sizeof(text) - 1 && (n = read(fd, text + have, sizeof(text) - 1 - have)) > 0)
		have += n;
	close(fd);
	text[have] = '\0';
	return number_after(text, "now at ") - number_after(text, ".idle_sleeptime : ");
}

static void say_busy(uint64_t before)
{
	printf("%" PRIu64 "\n", busy_now() - before);
}

/* ---- sockets ---- */

static void in_time(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	if (poll(&p, 1, WAIT_MS) <= 0)
		errx(1, "nothing came or could be sent for %d ms", WAIT_MS);
}

static void time_limit(int fd)
{
	struct timeval t = { .tv_sec = WAIT_MS / 1000 };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t)))
		err(1, "time limit of a socket");
}

static void all_in(int fd, void *to, size_t len)
{
	ssize_t n;

	for (; len; len -= n, to = (char *)to + n) {
		n = read(fd, to, len);
		if (n <= 0)
			err(1, "read");
	}
}

static void all_out(int fd, const void *from, size_t len)
{
	ssize_t n;

	for (; len; len -= n, from = (const char *)from + n) {
		n = write(fd, from, len);
		if (n <= 0)
			err(1, "write");
	}
}

static void stream_in(int fd, uint64_t bytes)
{
	for (ssize_t n; bytes; bytes -= n) {
		n = read(fd, chunk, bytes < CHUNK ? bytes : CHUNK);
		if (n <= 0)
			err(1, "read");
	}
}

static void stream_out(int fd, uint64_t bytes)
{
	for (uint64_t n; bytes; bytes -= n) {
		n = bytes < CHUNK ? bytes : CHUNK;
		all_out(fd, chunk, n);
	}
}

static void no_delay(int fd)
{
	int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		err(1, "TCP_NODELAY");
}

static struct sockaddr_in address(const char *host)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	if (!inet_aton(host, &a.sin_addr))
		errx(2, "%s: no IPv4 address", host);
	return a;
}

/* ---- the other end of TCP ---- */

static void serve_one(int fd)
{
	struct order o;

	time_limit(fd);
	no_delay(fd);
	all_in(fd, &o, sizeof(o));
	if (o.size > CHUNK)
		errx(1, "requests of %u bytes: the limit is %u", o.size, CHUNK);
	switch (o.kind) {
	case ORDER_SEND:
		stream_in(fd, o.amount);
		all_out(fd, chunk, 1);
		break;
	case ORDER_RECEIVE:
		stream_out(fd, o.amount);
		break;
	case ORDER_PING:
		while (o.amount--) {
			all_in(fd, chunk, o.size);
			all_out(fd, chunk, o.size);
		}
		break;
	}
	close(fd);
}

static void serve(void)
{
	struct sockaddr_in a = address("0.0.0.0");
	int on = 1, fd, listener = socket(AF_INET, SOCK_STREAM, 0);

	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(listener, (void *)&a, sizeof(a)) || listen(listener, 1))
		err(1, "port %d", PORT);
	/* The parent returns when there is a server. */
	switch (fork()) {
	case -1:
		err(1, "fork");
	case 0:
		for (;;) {
			fd = accept(listener, NULL, NULL);
			if (fd < 0)
				err(1, "accept");
			serve_one(fd);
		}
	}
}

/* ---- loads ---- */

/* One connection that is set up and has ended a first load before the clock is looked at. */
static void tcp(const char *host, uint32_t kind, uint64_t amount, uint32_t size)
{
	struct sockaddr_in a = address(host);
	struct order o = { .amount = amount, .kind = kind, .size = size };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	uint64_t before;

	if (fd < 0 || connect(fd, (void *)&a, sizeof(a)))
		err(1, "%s", host);
	time_limit(fd);
	no_delay(fd);
	before = busy_now();
	all_out(fd, &o, sizeof(o));
	switch (kind) {
	case ORDER_SEND:
		stream_out(fd, amount);
		all_in(fd, chunk, 1);
		break;
	case ORDER_RECEIVE:
		stream_in(fd, amount);
		break;
	case ORDER_PING:
		while (amount--) {
			all_out(fd, chunk, size);
			all_in(fd, chunk, size);
		}
		break;
	}
	say_busy(before);
	close(fd);
}

static int pktgen_open(void)
{
	int fd = open("/proc/net/pktgen/pgctrl", O_WRONLY);

	if (fd < 0)
		err(1, "/proc/net/pktgen/pgctrl");
	return fd;
}

/*
 * The packet generator: one device that is set up; returns when it has sent all. The kernel sleeps 225 ms
 * around it, so it is the generator's own result that counts: from the first packet to the last, with all
 * interrupts that came between.
 */
static uint64_t pktgen_run(int fd, const char *dev)
{
	char path[64], text[4096];
	ssize_t n;
	int result;

	snprintf(path, sizeof(path), "/proc/net/pktgen/%s", dev);
	if (write(fd, "start\n", 6) != 6)
		err(1, "/proc/net/pktgen/pgctrl: start");
	result = open(path, O_RDONLY);
	n = result < 0 ? -1 : read(result, text, sizeof(text) - 1);
	if (n <= 0)
		err(1, "%s", path);
	close(result);
	text[n] = '\0';
	return number_after(text, "Result: OK: ") * 1000;
}

static void pktgen(const char *dev)
{
	int fd = pktgen_open();

	printf("%" PRIu64 "\n", pktgen_run(fd, dev));
	close(fd);
}

/*
 * Each round @count datagrams come from the generator, and are then read. The generator is that of the
 * namespace that the process is in when it says "start"; a socket stays in the one where it was made.
 */
static void udp(uint64_t rounds, uint64_t count, const char *netns, const char *dev)
{
	struct sockaddr_in a = address("0.0.0.0");
	int bytes = SOCKET_BYTES, fd = socket(AF_INET, SOCK_DGRAM, 0);
	int ns = open(netns, O_RDONLY), generator;
	uint64_t busy = 0, before, left;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) ||
	    bind(fd, (void *)&a, sizeof(a)))
		err(1, "UDP port %d", PORT);
	if (ns < 0 || setns(ns, CLONE_NEWNET))
		err(1, "%s", netns);
	generator = pktgen_open();
	while (rounds--) {
		busy += pktgen_run(generator, dev);
		before = busy_now();
		for (left = count; left; left--) {
			if (recv(fd, chunk, CHUNK, MSG_DONTWAIT) >= 0)
				continue;
			in_time(fd, POLLIN);
			if (recv(fd, chunk, CHUNK, MSG_DONTWAIT) < 0)
				err(1, "recv");
		}
		busy += busy_now() - before;
	}
	printf("%" PRIu64 "\n", busy);
	close(fd);
	close(generator);
	close(ns);
}

static uint64_t number(const char *arg)
{
	char *end;
	uint64_t n = strtoull(arg, &end, 0);

	if (*end || end == arg || !n || n > UINT32_MAX)
		errx(2, "\"%s\": must be a number from 1 to %u", arg, UINT32_MAX);
	return n;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "serve") && argc == 2)
		serve();
	else if (!strcmp(what, "pktgen") && argc == 3)
		pktgen(argv[2]);
	else if (!strcmp(what, "udp") && argc == 6)
		udp(number(argv[2]), number(argv[3]), argv[4], argv[5]);
	else if (!strcmp(what, "send") && argc == 4)
		tcp(argv[2], ORDER_SEND, number(argv[3]), 0);
	else if (!strcmp(what, "receive") && argc == 4)
		tcp(argv[2], ORDER_RECEIVE, number(argv[3]), 0);
	else if (!strcmp(what, "ping") && argc == 5)
		tcp(argv[2], ORDER_PING, number(argv[3]), number(argv[4]));
	else
		errx(2, "usage: load serve | pktgen IF | udp ROUNDS COUNT NETNS IF | send HOST BYTES | "
		     "receive HOST BYTES | ping HOST COUNT BYTES");
	return 0;
}
