// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What a vfio-user client can do to the process that serves it, and others. Links nicsim.a. */
#include "vfutest.h"

/* ---- address space ---- */

/* Whether nobody else's mapping could land at @va. */
static bool taken(void *va)
{
	void *at = mmap(va, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
			0);

	if (at == MAP_FAILED)
		return errno == EEXIST;
	munmap(at, PAGE);
	return false;
}

/* A file that may be read and will not be written to. */
static int sealed(uint64_t size)
{
	int fd = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	assert_int_equal(ftruncate(fd, size), 0);
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0);
	return fd;
}

/* A file of more huge pages than most have, or -1 if this system knows none. */
static int huge(uint64_t size)
{
	int fd = memfd_create("huge", MFD_CLOEXEC | MFD_HUGETLB);

	if (fd >= 0)
		assert_int_equal(ftruncate(fd, size), 0);
	return fd;
}

/*
 * A mapping that its file refuses leaves the surroundings reserved, beside others and without any.
 * How late that is depends on the kernel: Linux 6.18 asks memfds before it takes anything away.
 */
static void test_map_refused_by_file(void **state)
{
	static int (* const files[])(uint64_t size) = { sealed, huge };
	const uint64_t at = 0x40000000, size = 8ull << 30;
	struct fixture *f = *state;
	unsigned int i;
	uint8_t *p;
	int fd;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		fd = files[i](size);
		if (fd < 0)
			continue;
		if (!map_fd(f, 3, 0, at, size, fd)) {
			assert_true(files[i] == huge);
			assert_int_equal(unmap(f, VFU_UNMAP_ALL, 0, 0), 0);
			continue;
		}
		assert_int_equal(map(f, 3, 0, at - PAGE, PAGE), 0);
		p = reach(f, at - PAGE, PAGE, true);
		assert_true(taken(p + PAGE));
		fd = files[i](size);
		assert_int_equal(map_fd(f, 3, 0, at, size, fd), files[i] == huge ? ENOMEM : EPERM);
		assert_true(taken(p + PAGE));
		assert_true(taken(p + size));
		/* and free for what comes next */
		assert_int_equal(map(f, 3, PAGE, at, 4 * PAGE), 0);
		assert_ptr_equal(reach(f, at - PAGE, 5 * PAGE, true), p);
		assert_int_equal(unmap(f, VFU_UNMAP_ALL, 0, 0), 0);
	}
}

/* Files need not have the bytes that they say they have. */
static void test_bytes(void **state)
{
	const uint64_t most = 1ull << 40;
	struct fixture *f = *state;
	int fd = memfd_create("sparse", MFD_CLOEXEC);

	assert_int_equal(ftruncate(fd, 4 * most), 0);
	assert_int_equal(map_fd(f, 3, 0, 0, 2 * most, dup(fd)), ENOSPC);
	assert_non_null(strstr(f->log, "limit 0x10000000000"));
	assert_int_equal(map_fd(f, 3, 0, 1ull << 50, most - PAGE, dup(fd)), 0);
	assert_int_equal(map_fd(f, 3, 0, 0, 2 * PAGE, dup(fd)), ENOSPC);
	assert_non_null(strstr(f->log, "limit 0x10000000000"));
	assert_int_equal(map_fd(f, 3, 0, 0, PAGE, dup(fd)), 0);
	assert_int_equal(map_fd(f, 3, 0, PAGE, PAGE, dup(fd)), ENOSPC);
	/* what is out of the device's reach takes nothing */
	assert_int_equal(map_fd(f, 3, 0, 1ull << 60, 4 * most, -1), 0);
	assert_int_equal(unmap(f, 0, 1ull << 50, most - PAGE), 0);
	assert_int_equal(map_fd(f, 3, 0, PAGE, most - PAGE, fd), 0);
}

static unsigned int kernel_areas(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "r");
	unsigned int n = 65530;

	assert_true(!file || fscanf(file, "%u", &n) == 1);
	if (file)
		fclose(file);
	return n;
}

static unsigned int areas(void)
{
	FILE *file = fopen("/proc/self/maps", "r");
	unsigned int n = 0;
	int c;

	assert_non_null(file);
	while ((c = getc(file)) != EOF)
		n += c == '\n';
	fclose(file);
	return n;
}

/* Maps single pages @step bytes apart until that is refused; no two are in a row in the file. */
static unsigned int map_all(struct fixture *f, uint64_t step)
{
	unsigned int n = 0;
	int err;

	while (!(err = map(f, 3, (15 - n % 16) * PAGE, n * step, PAGE)))
		n++;
	assert_int_equal(err, ENOSPC);
	assert_non_null(strstr(f->log, "limit"));
	return n;
}

/* However a client maps, what the kernel gives a process in areas is not used up. */
static void test_areas(void **state)
{
	struct nicsim_port_config config = { .name = "q", .model = "82599" };
	unsigned int most = kernel_areas(), before = areas(), n, round;
	struct fixture *f = *state, other = { .mem = f->mem };
	struct vfu_version v = { 0 };
	uint8_t *p;

	if (most > 100000) {
		print_message("# vm.max_map_count is %u: nothing to run out of\n", most);
		return;
	}
	other.port = nicsim_port_add(f->sim, &config, other.log, sizeof(other.log));
	other.conn = vfu_conn_create(other.port, on_log, &other);
	assert_int_equal(command(&other, VFU_CMD_VERSION, &v, sizeof(v), NULL, 0), 0);
	for (round = 0; round < 2; round++) {
		/* scattered: an area in front of each */
		n = map_all(f, 2 * PAGE);
		assert_in_range(n, most * 3 / 8, most / 2);
		assert_in_range(areas(), before + 2 * n, most - 1000);
		/* it is the process that has them */
		assert_int_equal(map(&other, 3, 0, 0, PAGE), ENOSPC);
		assert_non_null(strstr(other.log, "vm.max_map_count"));
		assert_int_equal(unmap(f, 0, 0, 4 * PAGE), 0);
		assert_int_equal(map(&other, 3, 0, 0, PAGE), 0);
		assert_int_equal(unmap(&other, 0, 0, PAGE), 0);
		assert_int_equal(unmap(f, VFU_UNMAP_ALL, 0, 0), 0);
		assert_in_range(areas(), before, before + 500);
	}
	/* in a row, as pages behind a virtual IOMMU mostly are: more of them */
	n = map_all(f, PAGE);
	assert_in_range(n, most * 3 / 4, most - 1000);
	p = reach(f, 0, n * PAGE, true);
	assert_non_null(p);
	/* the handler of a client that takes its memory away can do its work */
	assert_int_equal(ftruncate(f->mem, 0), 0);
	p[PAGE] = 1;
	assert_true(vfu_conn_faulted(f->conn));
	vfu_conn_destroy(other.conn);
}

/* ---- interrupts ---- */

/* An eventfd that blocks would stop the daemon if it is filled just before it is written to. */
static void test_irq_nonblocking(void **state)
{
	struct fixture *f = *state;
	int mine[3], fds[3];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		mine[i] = eventfd(0, i ? 0 : EFD_NONBLOCK);
		fds[i] = dup(mine[i]);
	}
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_MSIX, 5, 2, fds, 2), 0);
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_INTX, 0, 1, &fds[2], 1), 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(fcntl(mine[i], F_GETFL), O_RDWR | O_NONBLOCK);
	assert_int_equal(set(f, FIRE, VFU_IRQ_MSIX, 5, 2, NULL, 0), 0);
	assert_int_equal(count(mine[0]) + count(mine[1]), 2);
	assert_int_equal(count(mine[1]), 0);
	for (i = 0; i < 3; i++)
		close(mine[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_map_refused_by_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_areas, setup, teardown),
		cmocka_unit_test_setup_teardown(test_irq_nonblocking, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
