// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The shared mapping: who sees what, growth, exhaustion, reuse, release. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "mem.h"
#include "user.h"

#define MIB (1024u * 1024u)

/** struct watcher - a client that notes what it is shown */
struct watcher {
	struct nax_mem_client c;
	u32 maps;
	u64 bytes;
	u64 lowest;
	u32 refuse_after;	/* maps that succeed */
	int refuse_code;
};

static int watch_map(struct nax_mem_client *c, u64 iova, u64 size, int fd, u64 offset, void *va)
{
	struct watcher *w = (struct watcher *)c;
	struct stat st;
	char *other;

	if (w->maps >= w->refuse_after)
		return w->refuse_code;
	assert_ptr_equal(va, nax_mem_origin + iova);
	assert_int_equal(fstat(fd, &st), 0);
	assert_true((u64)st.st_size >= offset + size);
	/* nor may the device, which gets the file, take it away */
	assert_int_equal(ftruncate(fd, 0), -1);
	assert_int_equal(errno, EPERM);
	/* what the device would map is what the process sees */
	other = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
	assert_true(other != MAP_FAILED);
	*(volatile char *)va = 42;
	assert_int_equal(*(volatile char *)other, 42);
	*(volatile char *)va = 0;
	munmap(other, size);
	if (!w->maps || iova < w->lowest)
		w->lowest = iova;
	w->maps++;
	w->bytes += size;
	return 0;
}

static void watch_unmap(struct nax_mem_client *c, u64 iova, u64 size)
{
	struct watcher *w = (struct watcher *)c;

	w->maps--;
	w->bytes -= size;
}

static struct watcher watcher(void)
{
	return (struct watcher){ .c = { .map = watch_map, .unmap = watch_unmap },
				 .refuse_after = ~0u };
}

static void assert_released(void)
{
	struct nax_mem_usage u;

	nax_mem_usage(&u);
	assert_int_equal(u.clients, 0);
	assert_int_equal(u.chunks, 0);
	assert_int_equal(u.used, 0);
	assert_null(nax_mem_origin);
}

static void test_nobody(void **state)
{
	u64 dma;

	assert_null(nax_mem_alloc(4096, 4096, &dma));
	assert_released();
}

static void test_one_client(void **state)
{
	struct watcher w = watcher();
	struct nax_mem_usage u;
	u64 dma;
	char *p;

	assert_int_equal(nax_mem_attach(&w.c, NULL), 0);
	assert_int_equal(w.maps, 0);
	p = nax_mem_alloc(100, 64, &dma);
	assert_non_null(p);
	assert_int_equal(w.maps, 1);
	assert_int_equal(w.bytes, NAX_MEM_CHUNK);
	assert_true(dma >= NAX_MEM_IOVA);
	assert_int_equal(w.lowest, NAX_MEM_IOVA);
	assert_ptr_equal(p, nax_mem_origin + dma);
	memset(p, 1, 100);
	nax_mem_usage(&u);
	assert_int_equal(u.used, 4096);
	nax_mem_free(dma, 100);
	nax_mem_detach(&w.c);
	assert_int_equal(w.maps, 0);
	assert_released();
}

static void test_later_client_sees_all(void **state)
{
	struct watcher a = watcher(), b = watcher();
	u64 d1, d2;

	assert_int_equal(nax_mem_attach(&a.c, NULL), 0);
	assert_non_null(nax_mem_alloc(3 * MIB, 4096, &d1));
	assert_non_null(nax_mem_alloc(3 * MIB, 4096, &d2));
	assert_int_equal(a.maps, 2);
	assert_int_equal(nax_mem_attach(&b.c, NULL), 0);
	assert_int_equal(b.maps, 2);
	nax_mem_free(d1, 3 * MIB);
	nax_mem_free(d2, 3 * MIB);
	/* the first goes, the memory stays for the second */
	nax_mem_detach(&a.c);
	assert_int_equal(a.maps, 0);
	assert_non_null(nax_mem_alloc(3 * MIB, 4096, &d1));
	assert_int_equal(b.maps, 2);
	nax_mem_free(d1, 3 * MIB);
	nax_mem_detach(&b.c);
	assert_released();
}

static void test_alignment(void **state)
{
	static const size_t align[] = { 1, 128, 4096, 16384, 1 * MIB, NAX_MEM_CHUNK };
	struct watcher w = watcher();
	u64 dma[ARRAY_SIZE(align)], none;
	size_t i;

	assert_int_equal(nax_mem_attach(&w.c, NULL), 0);
	for (i = 0; i < ARRAY_SIZE(align); i++) {
		assert_non_null(nax_mem_alloc(5000, align[i], &dma[i]));
		assert_int_equal(dma[i] % align[i], 0);
	}
	assert_null(nax_mem_alloc(5000, 2 * NAX_MEM_CHUNK, &none));
	assert_null(nax_mem_alloc(0, 4096, &none));
	for (i = 0; i < ARRAY_SIZE(align); i++)
		nax_mem_free(dma[i], 5000);
	nax_mem_detach(&w.c);
	assert_released();
}

/* An allocation never lies across two chunks, and one larger than a chunk gets its own. */
static void test_chunks(void **state)
{
	struct watcher w = watcher();
	u64 a, b, c;

	assert_int_equal(nax_mem_attach(&w.c, NULL), 0);
	assert_non_null(nax_mem_alloc(NAX_MEM_CHUNK - 4096, 4096, &a));
	assert_non_null(nax_mem_alloc(8192, 4096, &b));
	assert_int_equal(b / NAX_MEM_CHUNK, a / NAX_MEM_CHUNK + 1);
	assert_non_null(nax_mem_alloc(NAX_MEM_CHUNK + 1, 4096, &c));
	assert_int_equal(w.maps, 3);
	assert_int_equal(w.bytes, 4 * (u64)NAX_MEM_CHUNK);
	memset(nax_mem_origin + c, 7, NAX_MEM_CHUNK + 1);
	nax_mem_free(a, NAX_MEM_CHUNK - 4096);
	nax_mem_free(b, 8192);
	nax_mem_free(c, NAX_MEM_CHUNK + 1);
	/* all of it is found again */
	assert_non_null(nax_mem_alloc(2 * NAX_MEM_CHUNK, 4096, &c));
	assert_int_equal(w.maps, 3);
	nax_mem_free(c, 2 * NAX_MEM_CHUNK);
	nax_mem_detach(&w.c);
	assert_released();
}

static void test_limit(void **state)
{
	struct watcher w = watcher();
	u64 dma, none;

	assert_int_equal(nax_mem_attach(&w.c, NULL), 0);
	/* address space only: no page of it is touched */
	assert_non_null(nax_mem_alloc(NAX_MEM_SIZE - NAX_MEM_CHUNK, 4096, &dma));
	assert_null(nax_mem_alloc(2 * NAX_MEM_CHUNK, 4096, &none));
	assert_non_null(nax_mem_alloc(NAX_MEM_CHUNK, 4096, &none));
	assert_null(nax_mem_alloc(1, 1, &none));
	nax_mem_free(dma, NAX_MEM_SIZE - NAX_MEM_CHUNK);
	nax_mem_detach(&w.c);
	assert_released();
}

static void test_refusal(void **state)
{
	struct watcher good = watcher(), bad = watcher(), gone = watcher();
	struct nax_error err = { .code = 0 };
	struct nax_mem_usage u;
	u64 d1, d2;

	assert_int_equal(nax_mem_attach(&good.c, NULL), 0);
	bad.refuse_after = 1;
	bad.refuse_code = -ENOSPC;
	assert_int_equal(nax_mem_attach(&bad.c, NULL), 0);
	assert_non_null(nax_mem_alloc(NAX_MEM_CHUNK, 4096, &d1));
	/* one client refuses: nobody sees the chunk */
	assert_null(nax_mem_alloc(NAX_MEM_CHUNK, 4096, &d2));
	assert_int_equal(good.maps, 1);
	nax_mem_usage(&u);
	assert_int_equal(u.chunks, 1);
	nax_mem_detach(&bad.c);
	/* a device that is gone is no obstacle */
	gone.refuse_after = 1;
	gone.refuse_code = -ENODEV;
	assert_int_equal(nax_mem_attach(&gone.c, NULL), 0);
	assert_non_null(nax_mem_alloc(NAX_MEM_CHUNK, 4096, &d2));
	assert_int_equal(good.maps, 2);
	nax_mem_detach(&gone.c);
	/* a newcomer that cannot see all is refused, and left with nothing */
	bad = watcher();
	bad.refuse_after = 1;
	bad.refuse_code = -ENOSPC;
	assert_int_equal(nax_mem_attach(&bad.c, &err), -ENOSPC);
	assert_int_equal(bad.maps, 0);
	assert_non_null(strstr(err.text, "4096 KiB"));
	nax_mem_free(d1, NAX_MEM_CHUNK);
	nax_mem_free(d2, NAX_MEM_CHUNK);
	nax_mem_detach(&good.c);
	assert_released();
}

static void keep_text(void *arg, int level, const char *port, const char *text)
{
	snprintf(arg, NAX_ERROR_TEXT, "%s", text);
}

static void test_double_free(void **state)
{
	struct watcher w = watcher();
	char text[NAX_ERROR_TEXT] = "";
	struct nax_mem_usage u;
	u64 dma;

	nax_log_set(keep_text, text, NAX_LOG_WARN);
	assert_int_equal(nax_mem_attach(&w.c, NULL), 0);
	assert_non_null(nax_mem_alloc(4096, 4096, &dma));
	nax_mem_free(dma, 4096);
	assert_string_equal(text, "");
	nax_mem_free(dma, 4096);
	assert_non_null(strstr(text, "not allocated"));
	text[0] = '\0';
	nax_mem_free(0, 4096);
	assert_non_null(strstr(text, "not allocated"));
	nax_mem_usage(&u);
	assert_int_equal(u.used, 0);
	nax_mem_detach(&w.c);
	nax_log_set(NULL, NULL, NAX_LOG_WARN);
	assert_released();
}

static long resident_kib(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long size, pages;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld %ld", &size, &pages), 2);
	fclose(f);
	return pages * 4;
}

/* Descriptor rings of 4 queue pairs of 512, as one adapter has: reserved memory costs nothing. */
static void test_resident(void **state)
{
	struct watcher w = watcher();
	long before = resident_kib();
	u64 dma[8];
	u32 i;

	assert_int_equal(nax_mem_attach(&w.c, NULL), 0);
	for (i = 0; i < 8; i++)
		memset(nax_mem_alloc(512 * 16, 128, &dma[i]), 0, 512 * 16);
	assert_true(resident_kib() - before < 2048);
	for (i = 0; i < 8; i++)
		nax_mem_free(dma[i], 512 * 16);
	nax_mem_detach(&w.c);
	assert_released();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_one_client),
		cmocka_unit_test(test_later_client_sees_all),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_refusal),
		cmocka_unit_test(test_double_free),
		cmocka_unit_test(test_resident),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
