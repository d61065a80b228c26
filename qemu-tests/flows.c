// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Frames of many flows, for tests of receive-side scaling: sent into a socket, or hashed in software
 * by the framework's own Toeplitz function to tell to which queues a device must bring them. The
 * same kind and count make the same frames.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "packet.h"

#define COUNT_MAX	100000
#define TABLE_MAX	512
#define QUEUES_MAX	128
#define KEY_LEN		40
#define FRAME_LEN	100
#define L2_LEN		14
#define IP4_LEN		20
#define IP6_LEN		40

/**
 * struct kind - a kind of packet
 * @v6: IPv6, else IPv4
 * @fragment: the first of several
 * @proto: IP protocol, with ports if TCP or UDP
 */
static const struct kind {
	const char *name;
	bool v6;
	bool fragment;
	u8 proto;
} kinds[] = {
	{ "tcp4", false, false, IPPROTO_TCP },
	{ "udp4", false, false, IPPROTO_UDP },
	{ "frag4", false, true, IPPROTO_UDP },
	{ "ip4", false, false, 253 },		/* for experiments */
	{ "tcp6", true, false, IPPROTO_TCP },
	{ "udp6", true, false, IPPROTO_UDP },
	{ "ip6", true, false, 59 },		/* no next header */
};

static void die(const char *what, const char *value, const char *limit)
{
	fprintf(stderr, "flows: %s is '%s': %s\n", what, value, limit);
	exit(2);
}

static const struct kind *kind_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	}
	die("KIND", name, "must be tcp4, udp4, frag4, ip4, tcp6, udp6 or ip6");
	return NULL;
}

static u32 number(const char *what, const char *text, u32 max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)*text) || *end || value > max) {
		fprintf(stderr, "flows: %s is '%s': must be 0 to %u\n", what, text, max);
		exit(2);
	}
	return value;
}

/* Exactly @len bytes in hex with colons between them. */
static void hex(const char *what, const char *text, u8 *to, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++, text += 3) {
		if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]) ||
		    text[2] != (i + 1 < len ? ':' : '\0'))
			die(what, text, "must be hexadecimal bytes with colons between them");
		to[i] = strtoul((char[]){ text[0], text[1], '\0' }, NULL, 16);
	}
}

static u32 random_next(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void put16(u8 *at, u16 value)
{
	at[0] = value >> 8;
	at[1] = value;
}

/* Addresses of the networks for benchmarks (RFC 2544) and documentation: no host answers. */
static void ip4(u8 *ip, const struct kind *kind, u32 *random)
{
	u32 value = random_next(random);

	ip[0] = 0x45;
	put16(ip + 2, FRAME_LEN - L2_LEN);
	put16(ip + 6, kind->fragment ? 0x2000 : 0);
	ip[8] = 64;
	ip[9] = kind->proto;
	memcpy(ip + 12, (u8[]){ 198, 18, value, value >> 8 }, 4);
	memcpy(ip + 16, (u8[]){ 198, 19, value >> 16, value >> 24 }, 4);
}

static void ip6(u8 *ip, const struct kind *kind, u32 *random)
{
	static const u8 net[4] = { 0x20, 0x01, 0x0d, 0xb8 };
	u32 at;

	ip[0] = 0x60;
	put16(ip + 4, FRAME_LEN - L2_LEN - IP6_LEN);
	ip[6] = kind->proto;
	ip[7] = 64;
	for (at = 8; at < IP6_LEN; at++)
		ip[at] = random_next(random) >> 16;
	memcpy(ip + 8, net, sizeof(net));
	memcpy(ip + 24, net, sizeof(net));
}

/* What is behind the headers is 0; checksums are right. */
static void frame_make(u8 *frame, const struct kind *kind, u32 flow, const u8 *mac)
{
	static const u8 source[6] = { 0x02, 0, 0, 0, 0, 0xee };
	u32 l3 = kind->v6 ? IP6_LEN : IP4_LEN;
	u32 random = flow * 2654435761u + 1;
	struct nax_piece piece = { frame, FRAME_LEN };
	u8 *l4 = frame + L2_LEN + l3;
	u32 flags;

	memset(frame, 0, FRAME_LEN);
	memcpy(frame, mac, 6);
	memcpy(frame + 6, source, 6);
	put16(frame + 12, kind->v6 ? 0x86dd : 0x0800);
	if (kind->v6)
		ip6(frame + L2_LEN, kind, &random);
	else
		ip4(frame + L2_LEN, kind, &random);
	flags = kind->v6 ? NAX_F_IPV6 : NAX_F_IPV4 | NAX_F_TX_IPCSUM;
	if (kind->proto == IPPROTO_TCP || kind->proto == IPPROTO_UDP) {
		put16(l4, random_next(&random) >> 8);
		put16(l4 + 2, random_next(&random) >> 8);
		flags |= kind->fragment ? 0 : NAX_F_TX_L4CSUM;
	}
	if (kind->proto == IPPROTO_TCP) {
		l4[12] = 5 << 4;
		flags |= NAX_F_TCP;
	} else if (kind->proto == IPPROTO_UDP) {
		put16(l4 + 4, FRAME_LEN - L2_LEN - l3);
		flags |= kind->fragment ? 0 : NAX_F_UDP;
	}
	if (nax_csum_fill(&piece, 1, flags, nax_tx_lengths(L2_LEN, l3, 0))) {
		fprintf(stderr, "flows: %s: checksums cannot be made\n", kind->name);
		exit(1);
	}
}

static int send_all(const char *path, const u8 *mac, const struct kind *kind, u32 count)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	u8 frame[FRAME_LEN];
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	u32 i;

	if (strlen(path) >= sizeof(to.sun_path))
		die("SOCKET", path, "too long");
	strcpy(to.sun_path, path);
	for (i = 0; fd >= 0 && i < count; i++) {
		frame_make(frame, kind, i, mac);
		if (sendto(fd, frame, FRAME_LEN, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			break;
	}
	if (i < count) {
		fprintf(stderr, "flows: %s: %s\n", path, strerror(errno));
		return 1;
	}
	close(fd);
	return 0;
}

static int expect(const u8 *mac, const struct kind *kind, u32 count, const u8 *key, u32 types,
		  char **table, u32 entries)
{
	u32 queues[QUEUES_MAX] = { 0 }, queue[TABLE_MAX], last = 0, hash, i;
	u8 frame[FRAME_LEN];
	struct nax_piece piece = { frame, FRAME_LEN };

	for (i = 0; i < entries; i++) {
		queue[i] = number("QUEUE", table[i], QUEUES_MAX - 1);
		if (queue[i] > last)
			last = queue[i];
	}
	for (i = 0; i < count; i++) {
		frame_make(frame, kind, i, mac);
		if (nax_rss_hash(key, types, &piece, 1, &hash) == NAX_HASH_NONE)
			queues[0]++;
		else
			queues[queue[hash % entries]]++;
	}
	for (i = 0; i <= last; i++)
		printf("%s%u", i ? " " : "", queues[i]);
	printf("\n");
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: flows send SOCKET MAC KIND COUNT\n"
			"       flows expect MAC KIND COUNT KEY ip|udp QUEUE..\n"
			"The first sends frames to a UNIX datagram socket. The second prints how many\n"
			"of them each queue must receive, by the key and the redirection table; udp:\n"
			"ports of UDP are part of the hash.\n");
	return 2;
}

int main(int argc, char **argv)
{
	u32 types = BIT(NAX_HASH_IPV4) | BIT(NAX_HASH_IPV4_TCP) |
		    BIT(NAX_HASH_IPV6) | BIT(NAX_HASH_IPV6_TCP);
	u8 mac[6], key[KEY_LEN];

	if (argc == 6 && !strcmp(argv[1], "send")) {
		hex("MAC", argv[3], mac, sizeof(mac));
		return send_all(argv[2], mac, kind_find(argv[4]), number("COUNT", argv[5], COUNT_MAX));
	}
	if (argc < 8 || argc > 7 + TABLE_MAX || strcmp(argv[1], "expect"))
		return usage();
	hex("MAC", argv[2], mac, sizeof(mac));
	hex("KEY", argv[5], key, sizeof(key));
	if (!strcmp(argv[6], "udp"))
		types |= BIT(NAX_HASH_IPV4_UDP) | BIT(NAX_HASH_IPV6_UDP);
	else if (strcmp(argv[6], "ip"))
		die("ip|udp", argv[6], "must be one of them");
	return expect(mac, kind_find(argv[3]), number("COUNT", argv[4], COUNT_MAX), key, types,
		      argv + 7, argc - 7);
}
