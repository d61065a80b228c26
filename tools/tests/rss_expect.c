// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * rss_expect - what a device with RSS must make of frames, by the software that judges ours.
 *
 *	rss_expect KEY TYPES QUEUES < FRAMES.pcap
 *
 * KEY is 80 hexadecimal digits, with or without colons. TYPES is a list with commas of the names
 * below. QUEUES is the redirection table: as many queues as it has entries, a power of two, with
 * commas; it is repeated up to 128. For each frame a line: hash, its type, queue.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pcap/pcap.h>

#include "packet.h"
#include "pieces.h"

#define KEY_LEN		40
#define TABLE_LEN	128

static const char *const names[] = {
	[NAX_HASH_NONE] = "none",
	[NAX_HASH_IPV4] = "ipv4", [NAX_HASH_IPV4_TCP] = "ipv4-tcp", [NAX_HASH_IPV4_UDP] = "ipv4-udp",
	[NAX_HASH_IPV6] = "ipv6", [NAX_HASH_IPV6_TCP] = "ipv6-tcp", [NAX_HASH_IPV6_UDP] = "ipv6-udp",
	[NAX_HASH_IPV6_EX] = "ipv6-ex", [NAX_HASH_IPV6_TCP_EX] = "ipv6-tcp-ex",
	[NAX_HASH_IPV6_UDP_EX] = "ipv6-udp-ex",
};
#define NAMES (sizeof(names) / sizeof(names[0]))

static int wrong(const char *what, const char *value, const char *must)
{
	fprintf(stderr, "rss_expect: %s is '%s': must be %s\n", what, value, must);
	return -1;
}

static int parse_key(const char *text, u8 *key)
{
	const char *at = text;
	unsigned int n, used;

	for (n = 0; n < KEY_LEN; n++) {
		if (*at == ':' && n)
			at++;
		if (!isxdigit((unsigned char)at[0]) || !isxdigit((unsigned char)at[1]))
			break;
		sscanf(at, "%2x", &used);
		key[n] = used;
		at += 2;
	}
	return n == KEY_LEN && !*at ? 0 : wrong("KEY", text, "80 hexadecimal digits");
}

static int parse_types(char *text, u32 *types)
{
	char *name;
	size_t i;

	for (*types = 0; (name = strsep(&text, ",")); *types |= BIT(i)) {
		for (i = 0; i < NAMES && (!names[i] || strcmp(names[i], name)); i++)
			;
		if (i == NAMES)
			return wrong("a type", name, "ipv4, ipv4-tcp, ipv4-udp, ipv6, .. or none");
	}
	return 0;
}

static int parse_table(char *text, u8 *table)
{
	unsigned long queue;
	char *number, *end;
	unsigned int n = 0, i;

	while ((number = strsep(&text, ","))) {
		queue = strtoul(number, &end, 10);
		if (n == TABLE_LEN || !isdigit((unsigned char)*number) || *end || queue > 127)
			return wrong("a queue", number, "0 to 127, at most 128 of them");
		table[n++] = queue;
	}
	if (n & (n - 1))
		return wrong("QUEUES", "that many", "a power of two of them");
	for (i = n; i < TABLE_LEN; i++)
		table[i] = table[i - n];
	return 0;
}

int main(int argc, char **argv)
{
	u8 key[KEY_LEN], table[TABLE_LEN];
	char err[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const u_char *frame;
	u32 types;
	pcap_t *in;
	int got;

	if (argc != 4) {
		fprintf(stderr, "usage: rss_expect KEY TYPES QUEUES < FRAMES.pcap\n");
		return 2;
	}
	if (parse_key(argv[1], key) || parse_types(argv[2], &types) || parse_table(argv[3], table))
		return 2;
	in = pcap_fopen_offline(stdin, err);
	if (!in) {
		fprintf(stderr, "rss_expect: standard input: %s\n", err);
		return 1;
	}
	while ((got = pcap_next_ex(in, &h, &frame)) == 1) {
		struct nax_piece piece = { .data = (u8 *)frame, .len = h->caplen };
		enum nax_hash_type type;
		u32 hash;

		type = nax_rss_hash(key, types & ~BIT(NAX_HASH_NONE), &piece, 1, &hash);
		printf("0x%08" PRIx32 " %s %u\n", hash, names[type],
		       type == NAX_HASH_NONE ? 0 : table[hash % TABLE_LEN]);
	}
	if (got != PCAP_ERROR_BREAK)
		fprintf(stderr, "rss_expect: standard input: %s\n", pcap_geterr(in));
	pcap_close(in);
	return got == PCAP_ERROR_BREAK && !fflush(stdout) ? 0 : 1;
}
