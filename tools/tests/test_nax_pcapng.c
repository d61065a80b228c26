// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The pcapng writer, read back by libpcap. Links nax-tool. */
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "pcapng.h"

/** struct file - a temporary file */
struct file {
	char name[64];
	int fd;
};

static int file_make(void **state)
{
	struct file *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	strcpy(f->name, "/tmp/nax-pcapng-XXXXXX");
	f->fd = mkstemp(f->name);
	*state = f;
	return f->fd < 0 ? -1 : 0;
}

static int file_remove(void **state)
{
	struct file *f = *state;

	close(f->fd);
	unlink(f->name);
	free(f);
	return 0;
}

static void make_bytes(u8 *p, u32 len, u32 seed)
{
	u32 i;

	for (i = 0; i < len; i++)
		p[i] = (u8)(seed * 31 + i * 7);
}

static pcap_t *reader(const char *name)
{
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline_with_tstamp_precision(name, PCAP_TSTAMP_PRECISION_NANO, text);

	assert_non_null(p);
	return p;
}

static void check_packet(pcap_t *p, u64 ns, u32 keep, u32 len, u32 seed)
{
	struct pcap_pkthdr *h = NULL;
	const u8 *data = NULL;
	u8 want[4096];

	assert_int_equal(pcap_next_ex(p, &h, &data), 1);
	assert_int_equal(h->caplen, keep);
	assert_int_equal(h->len, len);
	/* with nanosecond precision asked for, tv_usec holds nanoseconds */
	assert_int_equal((u64)h->ts.tv_sec * 1000000000ull + (u64)h->ts.tv_usec, ns);
	make_bytes(want, len, seed);
	assert_memory_equal(data, want, keep);
}

static void round_trip(void **state)
{
	static const u32 lens[] = { 1, 2, 3, 4, 60, 61, 1514, 4000 };
	const u64 base = 1700000000123456789ull;
	const struct file *f = *state;
	struct pcapng_stats stats;
	struct pcapng *w;
	struct stat st;
	unsigned int i;
	pcap_t *p;

	w = pcapng_create(f->fd, "vfio-user:/tmp/a.sock", "nax test", 262144, NULL);
	assert_non_null(w);
	for (i = 0; i < 8; i++) {
		struct iovec v[3];
		u8 bytes[4096];
		u32 cut = lens[i] / 3;

		make_bytes(bytes, lens[i], i);
		v[0] = (struct iovec){ bytes, cut };
		v[1] = (struct iovec){ bytes + cut, cut };
		v[2] = (struct iovec){ bytes + 2 * cut, lens[i] - 2 * cut };
		assert_true(pcapng_packet(w, base + i, v, 3));
	}
	pcapng_stats(w, &stats);
	assert_int_equal(stats.written, 0);
	assert_true(pcapng_flush(w));
	pcapng_stats(w, &stats);
	assert_int_equal(stats.written, 8);
	assert_int_equal(stats.error, 0);
	assert_int_equal(fstat(f->fd, &st), 0);
	assert_int_equal(st.st_size, stats.bytes);

	p = reader(f->name);
	assert_int_equal(pcap_datalink(p), DLT_EN10MB);
	assert_int_equal(pcap_snapshot(p), 262144);
	for (i = 0; i < 8; i++)
		check_packet(p, base + i, lens[i], lens[i], i);
	pcap_close(p);
	pcapng_destroy(w);
}

/* Before the first packet, and between any two, the file is whole. */
static void live(void **state)
{
	const struct file *f = *state;
	struct pcap_pkthdr *h = NULL;
	const u8 *data = NULL;
	struct pcapng *w;
	u8 bytes[64];
	struct iovec v = { bytes, sizeof(bytes) };
	unsigned int i, k;

	w = pcapng_create(f->fd, "a", "b", 1000, NULL);
	assert_non_null(w);
	for (i = 0; i < 5; i++) {
		pcap_t *p = reader(f->name);

		for (k = 0; k < i; k++)
			check_packet(p, k, 64, 64, k);
		assert_int_equal(pcap_next_ex(p, &h, &data), PCAP_ERROR_BREAK);
		pcap_close(p);
		make_bytes(bytes, sizeof(bytes), i);
		assert_true(pcapng_packet(w, i, &v, 1));
		assert_true(pcapng_flush(w));
	}
	pcapng_destroy(w);
}

static void snaplen(void **state)
{
	const struct file *f = *state;
	u8 bytes[1514];
	struct iovec v[2] = { { bytes, 40 }, { bytes + 40, sizeof(bytes) - 40 } };
	struct pcapng *w;
	pcap_t *p;

	make_bytes(bytes, sizeof(bytes), 3);
	w = pcapng_create(f->fd, "a", "b", 61, NULL);
	assert_non_null(w);
	assert_true(pcapng_packet(w, 5, v, 2));
	pcapng_destroy(w);
	p = reader(f->name);
	assert_int_equal(pcap_snapshot(p), 61);
	check_packet(p, 5, 61, 1514, 3);
	pcap_close(p);
}

/* More than the buffer holds goes out without being asked to. */
static void many(void **state)
{
	const struct file *f = *state;
	struct pcapng_stats stats;
	u8 bytes[1500];
	struct iovec v = { bytes, sizeof(bytes) };
	struct pcapng *w;
	unsigned int i;
	pcap_t *p;

	w = pcapng_create(f->fd, "a", "b", 262144, NULL);
	assert_non_null(w);
	for (i = 0; i < 2000; i++) {
		make_bytes(bytes, sizeof(bytes), i);
		assert_true(pcapng_packet(w, i, &v, 1));
	}
	pcapng_stats(w, &stats);
	assert_in_range(stats.written, 1000, 1999);
	assert_true(pcapng_flush(w));
	p = reader(f->name);
	for (i = 0; i < 2000; i++)
		check_packet(p, i, 1500, 1500, i);
	pcap_close(p);
	pcapng_destroy(w);
}

static void full_disk(void **state)
{
	int fd = open("/dev/full", O_WRONLY);
	struct pcapng_stats stats;
	struct pcapng *w;
	u8 byte = 0;
	struct iovec v = { &byte, 1 };

	assert_true(fd >= 0);
	w = pcapng_create(fd, "a", "b", 100, NULL);
	assert_non_null(w);
	pcapng_stats(w, &stats);
	assert_int_equal(stats.error, ENOSPC);
	assert_false(pcapng_packet(w, 1, &v, 1));
	assert_false(pcapng_flush(w));
	pcapng_stats(w, &stats);
	assert_int_equal(stats.written, 0);
	assert_int_equal(stats.bytes, 0);
	pcapng_destroy(w);
	close(fd);
}

/* A file that may not grow further: what is in it stays readable to the last whole packet. */
static void size_limit(void **state)
{
	const struct file *f = *state;
	struct rlimit old, small;
	struct pcapng_stats stats;
	struct pcap_pkthdr *h = NULL;
	const u8 *data = NULL;
	u8 bytes[1000];
	struct iovec v = { bytes, sizeof(bytes) };
	struct pcapng *w;
	unsigned int i;
	pcap_t *p;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 10000;
	signal(SIGXFSZ, SIG_IGN);
	w = pcapng_create(f->fd, "a", "b", 262144, NULL);
	assert_non_null(w);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (i = 0; i < 20; i++) {
		make_bytes(bytes, sizeof(bytes), i);
		if (!pcapng_packet(w, i, &v, 1) || !pcapng_flush(w))
			break;
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	pcapng_stats(w, &stats);
	assert_int_equal(stats.error, EFBIG);
	assert_int_equal(stats.written, i);
	assert_in_range(i, 5, 9);
	p = reader(f->name);
	for (i = 0; i < stats.written; i++)
		check_packet(p, i, 1000, 1000, i);
	assert_int_equal(pcap_next_ex(p, &h, &data), PCAP_ERROR_BREAK);
	pcap_close(p);
	pcapng_destroy(w);
}

static bool always(void)
{
	return true;
}

/* A full pipe holds the writer only until it may give up; one without a reader fails. */
static void stuck_pipe(void **state)
{
	struct pcapng_stats stats;
	u8 bytes[4096] = { 0 };
	struct iovec v = { bytes, sizeof(bytes) };
	struct pcapng *w;
	unsigned int i;
	int fd[2];

	assert_int_equal(pipe(fd), 0);
	w = pcapng_create(fd[1], "a", "b", 262144, always);
	assert_non_null(w);
	for (i = 0; i < 100; i++)
		if (!pcapng_packet(w, i, &v, 1) || !pcapng_flush(w))
			break;
	pcapng_stats(w, &stats);
	assert_int_equal(stats.error, EINTR);
	assert_in_range(stats.written, 1, 50);
	pcapng_destroy(w);
	close(fd[0]);

	signal(SIGPIPE, SIG_IGN);
	w = pcapng_create(fd[1], "a", "b", 262144, NULL);
	assert_non_null(w);
	pcapng_stats(w, &stats);
	assert_int_equal(stats.error, EPIPE);
	pcapng_destroy(w);
	close(fd[1]);
}

/* Appended to a file with other content, a failed write cuts nothing of that. */
static void append(void **state)
{
	const struct file *f = *state;
	struct pcapng_stats stats;
	struct pcapng *w;
	struct stat st;
	int fd;

	assert_int_equal(write(f->fd, "before", 6), 6);
	fd = open(f->name, O_WRONLY | O_APPEND);
	assert_true(fd >= 0);
	w = pcapng_create(fd, "a", "b", 100, NULL);
	assert_non_null(w);
	pcapng_stats(w, &stats);
	assert_int_equal(stats.error, 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 6 + stats.bytes);
	pcapng_destroy(w);
	close(fd);
}

#define FILE_TEST(f) cmocka_unit_test_setup_teardown(f, file_make, file_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FILE_TEST(round_trip), FILE_TEST(live),	      FILE_TEST(snaplen),
		FILE_TEST(many),       cmocka_unit_test(full_disk), FILE_TEST(size_limit),
		cmocka_unit_test(stuck_pipe), FILE_TEST(append),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
