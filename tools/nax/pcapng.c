// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A writer of pcapng. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pcapng.h"

/* draft-ietf-opsawg-pcapng sections 4.1, 4.2, 4.3 */
#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET 6u
#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define LINKTYPE_ETHERNET 1

#define OPTION_END 0
#define OPTION_SHB_USERAPPL 4
#define OPTION_IF_NAME 2
#define OPTION_IF_TSRESOL 9

/* Blocks around a packet: type, length, interface, time, two lengths; and length once more. */
#define PACKET_HEADER 28u
#define PACKET_TRAILER 4u

#define BUFFER_SIZE (512u << 10)
#define NAME_MAX_LEN 200u

/* A reader that stands still is asked about every so often. */
#define WAIT_MS 100

/**
 * struct pcapng - a file being written
 * @fd: where to
 * @regular: a file on disk: never waits for a reader
 * @base: bytes that were in it before, -1: not known, so it cannot be cut to whole blocks
 * @snaplen: bytes kept of a packet
 * @give_up: see pcapng_create()
 * @fill: bytes in @buf
 * @pending: packets in @buf
 * @stats: written by one thread, read by any
 * @buf: blocks to be written
 */
struct pcapng {
	int fd;
	bool regular;
	off_t base;
	u32 snaplen;
	bool (*give_up)(void);
	u32 fill;
	u32 pending;
	struct pcapng_stats stats;
	u8 buf[BUFFER_SIZE];
};

static void put(struct pcapng *w, const void *data, u32 len)
{
	memcpy(w->buf + w->fill, data, len);
	w->fill += len;
}

static void put32(struct pcapng *w, u32 v)
{
	put(w, &v, sizeof(v));
}

static void put16(struct pcapng *w, u16 v)
{
	put(w, &v, sizeof(v));
}

static void pad(struct pcapng *w)
{
	while (w->fill & 3)
		w->buf[w->fill++] = 0;
}

static void put_option(struct pcapng *w, u16 code, const void *data, u32 len)
{
	if (len > NAME_MAX_LEN)
		len = NAME_MAX_LEN;
	put16(w, code);
	put16(w, (u16)len);
	put(w, data, len);
	pad(w);
}

/* A block begins with type and length; the length is known and repeated at the end. */
static u32 block_begin(struct pcapng *w, u32 type)
{
	u32 at = w->fill;

	put32(w, type);
	put32(w, 0);
	return at;
}

static void block_end(struct pcapng *w, u32 at)
{
	u32 len = w->fill - at + 4;

	put32(w, len);
	memcpy(w->buf + at + 4, &len, sizeof(len));
}

static void put_section(struct pcapng *w, const char *application)
{
	const u64 unknown = UINT64_MAX;
	u32 at = block_begin(w, BLOCK_SECTION);

	put32(w, BYTE_ORDER_MAGIC);
	put16(w, 1);
	put16(w, 0);
	put(w, &unknown, sizeof(unknown));
	put_option(w, OPTION_SHB_USERAPPL, application, (u32)strlen(application));
	put_option(w, OPTION_END, "", 0);
	block_end(w, at);
}

static void put_interface(struct pcapng *w, const char *name)
{
	const u8 nanoseconds = 9;
	u32 at = block_begin(w, BLOCK_INTERFACE);

	put16(w, LINKTYPE_ETHERNET);
	put16(w, 0);
	put32(w, w->snaplen);
	put_option(w, OPTION_IF_NAME, name, (u32)strlen(name));
	put_option(w, OPTION_IF_TSRESOL, &nanoseconds, sizeof(nanoseconds));
	put_option(w, OPTION_END, "", 0);
	block_end(w, at);
}

/*
 * Write to a pipe or socket without being held by its reader for longer than WAIT_MS: ready for
 * output means room for PIPE_BUF bytes, and more are not given to one write().
 */
static ssize_t write_patiently(struct pcapng *w, const u8 *data, size_t len)
{
	struct pollfd fd = { .fd = w->fd, .events = POLLOUT };
	int rc;

	if (w->regular)
		return write(w->fd, data, len);
	for (;;) {
		rc = poll(&fd, 1, WAIT_MS);
		if (rc > 0)
			return write(w->fd, data, len < PIPE_BUF ? len : PIPE_BUF);
		if (w->give_up && w->give_up()) {
			errno = EINTR;
			return -1;
		}
		if (rc < 0 && errno != EINTR)
			return -1;
	}
}

static bool write_all(struct pcapng *w)
{
	u32 done = 0;

	while (done < w->fill) {
		ssize_t n = write_patiently(w, w->buf + done, w->fill - done);

		if (n > 0) {
			done += (u32)n;
			continue;
		}
		if (n < 0 && (errno == EINTR || errno == EAGAIN) && !(w->give_up && w->give_up()))
			continue;
		__atomic_store_n(&w->stats.error, n ? errno : EIO, __ATOMIC_RELAXED);
		/* half a block at the end would make the file unreadable from there on */
		if (w->base >= 0 && ftruncate(w->fd, w->base + (off_t)w->stats.bytes))
			w->base = -1;
		return false;
	}
	return true;
}

bool pcapng_flush(struct pcapng *w)
{
	if (w->stats.error)
		return false;
	if (!w->fill)
		return true;
	if (!write_all(w))
		return false;
	__atomic_store_n(&w->stats.bytes, w->stats.bytes + w->fill, __ATOMIC_RELAXED);
	__atomic_store_n(&w->stats.written, w->stats.written + w->pending, __ATOMIC_RELAXED);
	w->fill = 0;
	w->pending = 0;
	return true;
}

struct pcapng *pcapng_create(int fd, const char *interface, const char *application, u32 snaplen,
			     bool (*give_up)(void))
{
	struct pcapng *w = malloc(sizeof(*w));
	struct stat st;
	off_t at;

	if (!w)
		return NULL;
	memset(w, 0, offsetof(struct pcapng, buf));
	w->fd = fd;
	w->base = -1;
	w->regular = !fstat(fd, &st) && S_ISREG(st.st_mode);
	if (w->regular) {
		/* standard output may be a file that something else stands in already */
		at = fcntl(fd, F_GETFL) & O_APPEND ? st.st_size : lseek(fd, 0, SEEK_CUR);
		if (at == st.st_size)
			w->base = at;
	}
	w->snaplen = snaplen < PCAPNG_SNAPLEN_MAX ? snaplen : PCAPNG_SNAPLEN_MAX;
	w->give_up = give_up;
	put_section(w, application);
	put_interface(w, interface);
	pcapng_flush(w);
	return w;
}

bool pcapng_packet(struct pcapng *w, u64 ns, const struct iovec *piece, unsigned int n)
{
	u32 len = 0, keep, left, at;
	unsigned int i;

	for (i = 0; i < n; i++)
		len += (u32)piece[i].iov_len;
	keep = len < w->snaplen ? len : w->snaplen;
	if (w->fill + PACKET_HEADER + keep + 3 + PACKET_TRAILER > BUFFER_SIZE)
		pcapng_flush(w);
	if (w->stats.error)
		return false;

	at = block_begin(w, BLOCK_PACKET);
	put32(w, 0);
	put32(w, (u32)(ns >> 32));
	put32(w, (u32)ns);
	put32(w, keep);
	put32(w, len);
	for (i = 0, left = keep; left; i++) {
		u32 part = piece[i].iov_len < left ? (u32)piece[i].iov_len : left;

		put(w, piece[i].iov_base, part);
		left -= part;
	}
	pad(w);
	block_end(w, at);
	w->pending++;
	return true;
}

void pcapng_stats(const struct pcapng *w, struct pcapng_stats *stats)
{
	stats->written = __atomic_load_n(&w->stats.written, __ATOMIC_RELAXED);
	stats->bytes = __atomic_load_n(&w->stats.bytes, __ATOMIC_RELAXED);
	stats->error = __atomic_load_n(&w->stats.error, __ATOMIC_RELAXED);
}

void pcapng_destroy(struct pcapng *w)
{
	if (!w)
		return;
	pcapng_flush(w);
	free(w);
}
