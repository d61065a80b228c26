/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A writer of pcapng (draft-ietf-opsawg-pcapng): one section, one Ethernet interface, time in
 * nanoseconds. libpcap reads this format but, up to 1.10, writes only the old one.
 */
#ifndef NAX_TOOL_PCAPNG_H
#define NAX_TOOL_PCAPNG_H

#include <nax/types.h>
#include <sys/uio.h>

#define PCAPNG_SNAPLEN_MAX 262144u

struct pcapng;

/**
 * struct pcapng_stats - what became of packets
 * @written: packets that reached the file whole
 * @bytes: bytes of the file
 * @error: errno of the write that failed, 0 if none did
 */
struct pcapng_stats {
	u64 written;
	u64 bytes;
	int error;
};

/**
 * pcapng_create() - begin a file
 * @fd: where to; stays the caller's
 * @interface: name to record
 * @application: name and version of the writer
 * @snaplen: bytes of a packet to keep, 1 .. PCAPNG_SNAPLEN_MAX
 * @give_up: asked while a pipe's reader keeps us waiting; true: fail with EINTR
 *
 * The headers are written at once, so that a live reader has an interface before the first packet.
 *
 * Return: the writer; NULL without memory. Write errors are in the statistics.
 */
struct pcapng *pcapng_create(int fd, const char *interface, const char *application, u32 snaplen,
			     bool (*give_up)(void));

/**
 * pcapng_packet() - add a packet
 * @w: writer
 * @ns: time since 1970 in nanoseconds
 * @piece: the frame
 * @n: pieces
 *
 * Buffered until pcapng_flush(). Return: false if it is lost, because writing failed.
 */
bool pcapng_packet(struct pcapng *w, u64 ns, const struct iovec *piece, unsigned int n);

/** pcapng_flush() - write what is buffered. Return: false after a write error. */
bool pcapng_flush(struct pcapng *w);

/** pcapng_stats() - counts so far; any thread. */
void pcapng_stats(const struct pcapng *w, struct pcapng_stats *stats);

/** pcapng_destroy() - flush and release. */
void pcapng_destroy(struct pcapng *w);

#endif /* NAX_TOOL_PCAPNG_H */
