// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's vfio-user memory and interrupts, as bytes without a socket. Links nicsim.a. */
#include "vfutest.h"

/* ---- memory ---- */

static void test_map(void **state)
{
	struct fixture *f = *state;
	uint8_t *p;

	assert_int_equal(map(f, VFU_DMA_READ | VFU_DMA_WRITE, 2 * PAGE, 0x100000, 2 * PAGE), 0);
	p = reach(f, 0x100010, 4, true);
	assert_non_null(p);
	memcpy(p, "nax!", 4);
	assert_memory_equal(f->va + 2 * PAGE + 0x10, "nax!", 4);
	assert_non_null(reach(f, 0x100000, 2 * PAGE, true));
	assert_null(reach(f, 0x100000, 2 * PAGE + 1, true));
	assert_null(reach(f, 0xfffff, 1, true));

	assert_int_equal(map(f, VFU_DMA_READ, 0, 0x200000, PAGE), 0);
	assert_non_null(reach(f, 0x200000, 1, false));
	assert_null(reach(f, 0x200000, 1, true));
	assert_int_equal(map(f, VFU_DMA_WRITE, 0, 0x300000, PAGE), 0);
	assert_non_null(reach(f, 0x300000, 1, true));
	assert_null(reach(f, 0x300000, 1, false));

	/* no descriptor: taken, out of reach, and still in the way of others */
	assert_int_equal(map_fd(f, 3, 0, 0x400000, PAGE, -1), 0);
	assert_null(reach(f, 0x400000, 1, false));
	assert_int_equal(map(f, 3, 0, 0x400000, PAGE), EEXIST);
	/* the end of the address space is part of it */
	assert_int_equal(map(f, 3, 0, UINT64_MAX - PAGE + 1, PAGE), 0);
	assert_non_null(reach(f, UINT64_MAX, 1, true));
}

static void test_map_bad(void **state)
{
	static const struct {
		uint32_t flags;
		uint64_t offset, iova, size;
		int err;
	} bad[] = {
		{ 0, 0, 0, PAGE, EINVAL },
		{ 16, 0, 0, PAGE, EINVAL },
		{ 0x80000003, 0, 0, PAGE, EINVAL },
		{ 3, 0, 0, 0, EINVAL },
		{ 3, 0, 0, 100, EINVAL },
		{ 3, 0, 100, PAGE, EINVAL },
		{ 3, 100, 0, PAGE, EINVAL },
		{ 3, 0, 0x100000, MEM + PAGE, EINVAL },
		{ 3, MEM, 0, PAGE, EINVAL },
		{ 3, 1ull << 63, 0, PAGE, EINVAL },
		{ 3, UINT64_MAX - PAGE + 1, 0, PAGE, EINVAL },
		{ 3, 0, UINT64_MAX - PAGE + 1, 2 * PAGE, EINVAL },
		{ 3, 0, 2 * PAGE, UINT64_MAX - PAGE + 1, EINVAL },
		{ 3, 0, PAGE, UINT64_MAX - PAGE + 1, EEXIST },
		{ 3, 0, 0x10000, PAGE, EEXIST },
		{ 3, 0, 0xf000, 2 * PAGE, EEXIST },
		{ 3, 0, 0x11000, 2 * PAGE, EEXIST },
		{ 3, 0, 0xf000, 8 * PAGE, EEXIST },
	};
	struct fixture *f = *state;
	struct vfu_dma_map d = { sizeof(d) - 1, 3, 0, 0, PAGE };
	int pipes[2];
	unsigned int i;

	assert_int_equal(map(f, 3, 0, 0x10000, 2 * PAGE), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(map(f, bad[i].flags, bad[i].offset, bad[i].iova, bad[i].size),
				 bad[i].err);
	assert_int_equal(command(f, VFU_CMD_DMA_MAP, &d, sizeof(d), NULL, 0), EINVAL);
	/* descriptors that are no memory */
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(map_fd(f, 3, 0, 0, PAGE, pipes[0]), EINVAL);
	assert_int_equal(map_fd(f, 3, 0, 0, PAGE, pipes[1]), EINVAL);
	assert_int_equal(map_fd(f, 3, 0, 0, PAGE, eventfd(0, 0)), EINVAL);
	assert_int_equal(map_fd(f, 3, 0, 0, PAGE, open("/", O_RDONLY)), EINVAL);
	assert_int_equal(map_fd(f, 3, 0, 0, PAGE, open("/dev/zero", O_RDWR)), EINVAL);
	assert_int_equal(map_fd(f, 3, 0, 0, PAGE, open("/proc/self/exe", O_RDONLY)), EACCES);
	/* none of that left anything behind */
	assert_null(reach(f, 0, 1, false));
	assert_int_equal(map(f, 3, 0, 0, 0x10000), 0);
	assert_int_equal(map(f, 3, 0, 0x12000, PAGE), 0);
}

static void test_unmap(void **state)
{
	struct fixture *f = *state;
	struct vfu_dma_unmap d = { sizeof(d) - 1, 0, 0, PAGE };
	unsigned int i;

	for (i = 0; i < 4; i++)
		assert_int_equal(map(f, 3, 2 * i * PAGE, 0x10000 + 0x10000 * i, 2 * PAGE), 0);
	/* part of one: it stays */
	assert_int_equal(unmap(f, 0, 0x20000, PAGE), 0);
	assert_int_equal(unmap(f, 0, 0x21000, 0x1000000), 0);
	assert_non_null(reach(f, 0x20000, 2 * PAGE, true));
	assert_null(reach(f, 0x30000, 1, true));
	assert_null(reach(f, 0x40000, 1, true));
	assert_non_null(reach(f, 0x10000, 1, true));
	/* none there: no error. Pieces of the whole space, as a flush of a virtual IOMMU sends */
	assert_int_equal(unmap(f, 0, 0x500000, PAGE), 0);
	assert_int_equal(map_fd(f, 3, 0, UINT64_MAX - PAGE + 1, PAGE, dup(f->mem)), 0);
	assert_int_equal(unmap(f, 0, 0, 1ull << 63), 0);
	assert_null(reach(f, 0x10000, 1, true));
	assert_non_null(reach(f, UINT64_MAX, 1, true));
	assert_int_equal(unmap(f, 0, 1ull << 63, 1ull << 63), 0);
	assert_null(reach(f, UINT64_MAX, 1, true));

	assert_int_equal(map(f, 3, 0, 0x10000, PAGE), 0);
	assert_int_equal(map(f, 3, 0, UINT64_MAX - PAGE + 1, PAGE), 0);
	assert_int_equal(unmap(f, VFU_UNMAP_ALL, 0, PAGE), EINVAL);
	assert_int_equal(unmap(f, VFU_UNMAP_ALL, PAGE, 0), EINVAL);
	assert_int_equal(unmap(f, 1, 0x10000, PAGE), EINVAL);
	assert_int_equal(unmap(f, 0, 0x10000, 0), EINVAL);
	assert_int_equal(unmap(f, 0, PAGE, UINT64_MAX), EINVAL);
	assert_int_equal(command(f, VFU_CMD_DMA_UNMAP, &d, sizeof(d), NULL, 0), EINVAL);
	assert_non_null(reach(f, 0x10000, 1, true));
	assert_int_equal(unmap(f, VFU_UNMAP_ALL, 0, 0), 0);
	assert_null(reach(f, 0x10000, 1, true));
	assert_null(reach(f, UINT64_MAX, 1, true));
}

/* Page by page and in no order, as a guest's IOMMU does it. */
static void test_many_maps(void **state)
{
	struct fixture *f = *state;
	unsigned int i, n = 2000;

	for (i = 0; i < n; i++) {
		uint64_t at = (uint64_t)(i * 997 % n) * 2 * PAGE;

		assert_int_equal(map(f, 3, i % 16 * PAGE, at, PAGE), 0);
	}
	assert_int_equal(map(f, 3, 0, PAGE, 2 * PAGE), EEXIST);
	for (i = 0; i < n; i++)
		assert_non_null(reach(f, (uint64_t)i * 2 * PAGE, PAGE, true));
	for (i = 0; i < n; i += 2)
		assert_int_equal(unmap(f, 0, (uint64_t)i * 2 * PAGE, PAGE), 0);
	for (i = 0; i < n; i++)
		assert_true(!!reach(f, (uint64_t)i * 2 * PAGE, 1, true) == i % 2);
}

/* The file's pages 0 .. 15 in this order from @iova on, mapped in another. */
static void map_pages(struct fixture *f, uint64_t iova)
{
	unsigned int i;

	for (i = 0; i < 16; i++) {
		unsigned int at = i * 7 % 16;

		assert_int_equal(map(f, 3, (15 - at) * PAGE, iova + at * PAGE, PAGE), 0);
	}
}

/* What lies over several mappings is in one piece, whatever they are made of and when they came. */
static void test_pages_in_a_row(void **state)
{
	/* in the middle of nowhere, over round addresses, side by side, at both ends */
	static const uint64_t at[] = {
		0x101f64000, (3ull << 36) - 8 * PAGE, 5ull << 36, (5ull << 36) - 16 * PAGE,
		(1ull << 47) - 8 * PAGE, 0, UINT64_MAX - MEM + 1,
	};
	struct fixture *f = *state;
	unsigned int i, n;
	uint8_t *p;

	for (i = 0; i < 16; i++)
		f->va[i * PAGE] = i;
	for (n = 0; n < sizeof(at) / sizeof(at[0]); n++) {
		map_pages(f, at[n]);
		p = reach(f, at[n], MEM, true);
		assert_non_null(p);
		for (i = 0; i < 16; i++)
			assert_int_equal(p[i * PAGE], 15 - i);
	}
	assert_non_null(reach(f, at[3], 2 * MEM, true));
	/* a hole ends it; what fills the hole makes it whole again */
	assert_int_equal(unmap(f, 0, at[0] + 5 * PAGE, PAGE), 0);
	assert_null(reach(f, at[0], MEM, true));
	assert_non_null(reach(f, at[0], 5 * PAGE, true));
	assert_non_null(reach(f, at[0] + 6 * PAGE, 10 * PAGE, true));
	assert_int_equal(map(f, 3, 0, at[0] + 5 * PAGE, PAGE), 0);
	p = reach(f, at[0], MEM, true);
	assert_non_null(p);
	assert_int_equal(p[5 * PAGE], 0);
	assert_int_equal(p[15 * PAGE], 0);
	/* so do those of other rights */
	assert_int_equal(unmap(f, 0, at[0] + 5 * PAGE, PAGE), 0);
	assert_int_equal(map(f, VFU_DMA_READ, 0, at[0] + 5 * PAGE, PAGE), 0);
	assert_null(reach(f, at[0], MEM, false));
}

/* More places than address space is reserved for, again and again: none is refused. */
static void test_pages_far_apart(void **state)
{
	struct fixture *f = *state;
	unsigned int round;
	uint64_t i;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < 40; i++)
			assert_int_equal(map(f, 3, i % 16 * PAGE, (2 * i + 1) << 36, PAGE), 0);
		for (i = 0; i < 40; i++)
			assert_non_null(reach(f, (2 * i + 1) << 36, PAGE, true));
		for (i = 0; i < 40; i += 2)
			assert_int_equal(unmap(f, 0, (2 * i + 1) << 36, PAGE), 0);
		/* what was reserved for those is free for others */
		map_pages(f, 1ull << 45);
		assert_non_null(reach(f, 1ull << 45, MEM, true));
		assert_int_equal(unmap(f, VFU_UNMAP_ALL, 0, 0), 0);
	}
}

/* A client takes its memory away: the device reads zeros, the other client's is untouched. */
static void test_memory_taken(void **state)
{
	struct nicsim_port_config config = { .name = "q", .model = "82599" };
	struct fixture *f = *state;
	struct fixture other = { .mem = memfd_create("other", MFD_CLOEXEC) };
	struct vfu_version v = { 0 };
	const uint16_t on = 6;
	char err[128];
	uint8_t *p, *q;

	other.port = nicsim_port_add(f->sim, &config, err, sizeof(err));
	other.conn = vfu_conn_create(other.port, on_log, &other);
	assert_int_equal(command(&other, VFU_CMD_VERSION, &v, sizeof(v), NULL, 0), 0);
	assert_int_equal(nicsim_region_write(other.port, NICSIM_REGION_CONFIG, 4, &on, 2), 0);
	assert_int_equal(ftruncate(other.mem, MEM), 0);
	assert_int_equal(map(&other, 3, 0, 0, MEM), 0);
	assert_int_equal(map(f, 3, 0, 0, MEM), 0);
	p = reach(f, 0, MEM, true);
	q = reach(&other, 0, MEM, true);
	memset(p, 0x55, MEM);
	memset(q, 0xaa, MEM);
	assert_int_equal(ftruncate(f->mem, PAGE), 0);
	assert_int_equal(p[5 * PAGE], 0);
	p[6 * PAGE] = 1;
	assert_true(vfu_conn_faulted(f->conn));
	assert_false(vfu_conn_faulted(other.conn));
	assert_int_equal(q[5 * PAGE], 0xaa);
	/* such a mapping goes like any other */
	assert_int_equal(unmap(f, 0, 0, MEM), 0);
	vfu_conn_destroy(other.conn);
	close(other.mem);
}

/* ---- interrupts ---- */

static void test_irq_info(void **state)
{
	static const uint32_t counts[] = { 1, 1, 64, 1, 1 };
	/* the line is masked by itself when it was signalled, and by message */
	static const uint32_t flags[] = { 7, 1, 1, 1, 1 };
	struct fixture *f = *state;
	struct vfu_irq_info d;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		d = (struct vfu_irq_info){ .argsz = 16, .index = i };
		assert_int_equal(command(f, VFU_CMD_GET_IRQ_INFO, &d, sizeof(d), NULL, 0), 0);
		memcpy(&d, f->reply.data + HEADER, sizeof(d));
		assert_int_equal(d.index, i);
		assert_int_equal(d.count, counts[i]);
		assert_int_equal(d.flags, flags[i]);
	}
	d = (struct vfu_irq_info){ .argsz = 16, .index = 5 };
	assert_int_equal(command(f, VFU_CMD_GET_IRQ_INFO, &d, sizeof(d), NULL, 0), EINVAL);
	d = (struct vfu_irq_info){ .argsz = 15, .index = 2 };
	assert_int_equal(command(f, VFU_CMD_GET_IRQ_INFO, &d, sizeof(d), NULL, 0), EINVAL);
}

static void test_irq_set(void **state)
{
	struct fixture *f = *state;
	struct set d = { 20, VFU_IRQ_DATA_BOOL | VFU_IRQ_TRIGGER, 2, 10, 2, { 0, 1 } };
	int mine[3], fds[3];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		mine[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		fds[i] = dup(mine[i]);
	}
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_MSIX, 10, 3, fds, 3), 0);
	assert_int_equal(set(f, FIRE, VFU_IRQ_MSIX, 10, 3, NULL, 0), 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(count(mine[i]), 1);
	assert_int_equal(command(f, VFU_CMD_SET_IRQS, &d, 22, NULL, 0), 0);
	assert_int_equal(count(mine[0]), 0);
	assert_int_equal(count(mine[1]), 1);
	/* vectors nobody listens to may be fired */
	assert_int_equal(set(f, FIRE, VFU_IRQ_MSIX, 0, 64, NULL, 0), 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(count(mine[i]), 1);
	/* the device's own */
	nicsim_fault(f->port, NICSIM_IRQ_SPURIOUS, 11);
	assert_int_equal(count(mine[1]), 1);
	/* another in the place of one; no descriptors: taken away */
	fds[0] = dup(mine[2]);
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_MSIX, 10, 1, fds, 1), 0);
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_MSIX, 11, 1, NULL, 0), 0);
	assert_int_equal(set(f, FIRE, VFU_IRQ_MSIX, 10, 3, NULL, 0), 0);
	assert_int_equal(count(mine[0]), 0);
	assert_int_equal(count(mine[1]), 0);
	assert_int_equal(count(mine[2]), 2);
	/* all off */
	assert_int_equal(set(f, FIRE, VFU_IRQ_MSIX, 0, 0, NULL, 0), 0);
	assert_int_equal(set(f, FIRE, VFU_IRQ_MSIX, 0, 64, NULL, 0), 0);
	assert_int_equal(count(mine[2]), 0);
	for (i = 0; i < 3; i++)
		close(mine[i]);
}

static void test_irq_err_req(void **state)
{
	struct fixture *f = *state;
	int err = eventfd(0, EFD_NONBLOCK), req = eventfd(0, EFD_NONBLOCK), fd;

	vfu_conn_signal(f->conn, VFU_IRQ_ERR);
	fd = dup(err);
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_ERR, 0, 1, &fd, 1), 0);
	fd = dup(req);
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_REQ, 0, 1, &fd, 1), 0);
	vfu_conn_signal(f->conn, VFU_IRQ_REQ);
	assert_int_equal(count(err), 0);
	assert_int_equal(count(req), 1);
	vfu_conn_signal(f->conn, VFU_IRQ_ERR);
	assert_int_equal(count(err), 1);
	close(err);
	close(req);
}

static void test_irq_bad(void **state)
{
	static const struct {
		uint32_t flags, index, start, count;
		int err;
	} bad[] = {
		{ FIRE, 5, 0, 1, EINVAL },
		{ FIRE, UINT32_MAX, 0, 1, EINVAL },
		{ FIRE, 2, 64, 1, EINVAL },
		{ FIRE, 2, 0, 65, EINVAL },
		{ FIRE, 2, 63, 2, EINVAL },
		{ FIRE, 2, UINT32_MAX, 1, EINVAL },
		{ FIRE, 2, 1, UINT32_MAX, EINVAL },
		{ FIRE, 0, 0, 2, EINVAL },
		{ FIRE, 0, 1, 1, EINVAL },
		{ FIRE, 1, 0, 2, EINVAL },
		{ FIRE, 3, 1, 1, EINVAL },
		{ 0, 2, 0, 1, EINVAL },
		{ VFU_IRQ_TRIGGER, 2, 0, 1, EINVAL },
		{ VFU_IRQ_DATA_NONE, 2, 0, 1, EINVAL },
		{ FIRE | VFU_IRQ_DATA_BOOL, 2, 0, 1, EINVAL },
		{ FIRE | VFU_IRQ_MASK, 2, 0, 1, EINVAL },
		{ FIRE | 0x40, 2, 0, 1, EINVAL },
		{ ASSIGN, 2, 0, 0, EINVAL },
		{ VFU_IRQ_DATA_NONE | VFU_IRQ_MASK, 2, 0, 0, EINVAL },
		{ VFU_IRQ_DATA_NONE | VFU_IRQ_MASK, 2, 0, 1, ENOTTY },
		{ VFU_IRQ_DATA_NONE | VFU_IRQ_UNMASK, 2, 0, 1, ENOTTY },
		{ VFU_IRQ_DATA_NONE | VFU_IRQ_MASK, 1, 0, 1, ENOTTY },
		{ VFU_IRQ_DATA_EVENTFD | VFU_IRQ_UNMASK, 0, 0, 1, ENOTTY },
		{ VFU_IRQ_DATA_BOOL | VFU_IRQ_UNMASK, 0, 0, 1, EINVAL },
		{ VFU_IRQ_DATA_BOOL | VFU_IRQ_TRIGGER, 2, 0, 1, EINVAL }, /* without its byte */
	};
	struct fixture *f = *state;
	struct set d = { 19, FIRE, 2, 0, 1, { 0 } };
	int fds[2];
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
			set(f, bad[i].flags, bad[i].index, bad[i].start, bad[i].count, NULL, 0),
			bad[i].err);
	assert_int_equal(command(f, VFU_CMD_SET_IRQS, &d, 20, NULL, 0), EINVAL);
	d.argsz = 20;
	assert_int_equal(command(f, VFU_CMD_SET_IRQS, &d, 21, NULL, 0), EINVAL);
	/* descriptors: unasked for, too few, too many, of the wrong kind */
	fds[0] = eventfd(0, 0);
	assert_int_equal(set(f, FIRE, 2, 0, 1, fds, 1), EINVAL);
	fds[0] = eventfd(0, 0);
	assert_int_equal(set(f, ASSIGN, 2, 0, 2, fds, 1), EINVAL);
	fds[0] = eventfd(0, 0);
	fds[1] = eventfd(0, 0);
	assert_int_equal(set(f, ASSIGN, 2, 0, 1, fds, 2), EINVAL);
	fds[0] = eventfd(0, 0);
	fds[1] = dup(f->mem);
	assert_int_equal(set(f, ASSIGN, 2, 0, 2, fds, 2), EINVAL);
	assert_non_null(strstr(f->log, "descriptor 1 of 2 is not an eventfd"));
	/* switching off what is off is fine */
	assert_int_equal(set(f, FIRE, VFU_IRQ_INTX, 0, 0, NULL, 0), 0);
}

static void reg(struct fixture *f, uint32_t offset, uint32_t value)
{
	assert_int_equal(nicsim_region_write(f->port, 0, offset, &value, 4), 0);
}

static uint32_t reg_read(struct fixture *f, uint32_t offset)
{
	uint32_t value;

	assert_int_equal(nicsim_region_read(f->port, 0, offset, &value, 4), 0);
	return value;
}

#define EICR	0x800
#define EICS	0x808
#define EIMS	0x880

/* Signalled once, until the client has unmasked; then again, if the line is still asserted. */
static void test_irq_intx(void **state)
{
	const uint32_t unmask = VFU_IRQ_DATA_NONE | VFU_IRQ_UNMASK;
	struct set d = { 20, VFU_IRQ_DATA_BOOL | VFU_IRQ_UNMASK, VFU_IRQ_INTX, 0, 1, { 0 } };
	struct fixture *f = *state;
	uint16_t command_on = 6, command_off = 0x406;
	int mine = eventfd(0, EFD_NONBLOCK), fd = dup(mine), msi = eventfd(0, EFD_NONBLOCK);

	nicsim_region_write(f->port, NICSIM_REGION_CONFIG, 4, &command_on, 2);
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_INTX, 0, 1, &fd, 1), 0);
	reg(f, EIMS, 3);
	reg(f, EICS, 1);
	assert_int_equal(count(mine), 1);
	reg(f, EICS, 2);
	assert_int_equal(count(mine), 0);
	assert_int_equal(set(f, unmask, VFU_IRQ_INTX, 0, 1, NULL, 0), 0);
	assert_int_equal(count(mine), 1);
	assert_int_equal(reg_read(f, EICR) & 0xffff, 3);
	assert_int_equal(set(f, unmask, VFU_IRQ_INTX, 0, 1, NULL, 0), 0);
	assert_int_equal(count(mine), 0);
	/* masked by message; a byte of 0 unmasks nothing */
	assert_int_equal(set(f, VFU_IRQ_DATA_NONE | VFU_IRQ_MASK, VFU_IRQ_INTX, 0, 1, NULL, 0), 0);
	reg(f, EICS, 1);
	assert_int_equal(command(f, VFU_CMD_SET_IRQS, &d, 21, NULL, 0), 0);
	assert_int_equal(count(mine), 0);
	d.fire[0] = 1;
	assert_int_equal(command(f, VFU_CMD_SET_IRQS, &d, 21, NULL, 0), 0);
	assert_int_equal(count(mine), 1);
	/* held back by COMMAND, and told as soon as it is allowed */
	assert_int_equal(reg_read(f, EICR) & 0xffff, 1);
	assert_int_equal(set(f, unmask, VFU_IRQ_INTX, 0, 1, NULL, 0), 0);
	nicsim_region_write(f->port, NICSIM_REGION_CONFIG, 4, &command_off, 2);
	reg(f, EICS, 1);
	assert_int_equal(count(mine), 0);
	nicsim_region_write(f->port, NICSIM_REGION_CONFIG, 4, &command_on, 2);
	assert_int_equal(count(mine), 1);
	/* a message takes the line's place; without either it is pending, and told to the next */
	fd = dup(msi);
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_MSI, 0, 1, &fd, 1), 0);
	assert_int_equal(count(msi), 1);
	reg(f, EICR, 3);
	reg(f, EICS, 2);
	assert_int_equal(count(msi), 1);
	assert_int_equal(count(mine), 0);
	assert_int_equal(set(f, FIRE, VFU_IRQ_MSI, 0, 0, NULL, 0), 0);
	assert_int_equal(set(f, FIRE, VFU_IRQ_INTX, 0, 0, NULL, 0), 0);
	reg(f, EICR, 3);
	reg(f, EICS, 1);
	assert_int_equal(count(msi) + count(mine), 0);
	fd = dup(mine);
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_INTX, 0, 1, &fd, 1), 0);
	assert_int_equal(count(mine), 1);
	/* and the first vector of MSI-X goes before MSI */
	fd = dup(msi);
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_MSI, 0, 1, &fd, 1), 0);
	count(msi);
	fd = dup(mine);
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_MSIX, 0, 1, &fd, 1), 0);
	reg(f, EICR, 3);
	reg(f, EICS, 2);
	assert_int_equal(count(mine), 1);
	assert_int_equal(count(msi), 0);
	close(mine);
	close(msi);
}

/* A blocking eventfd filled to the brim: whoever wrote to it would wait for ever. */
static void test_irq_full(void **state)
{
	struct fixture *f = *state;
	uint64_t most = UINT64_MAX - 1;
	int mine = eventfd(0, 0), fd = dup(mine);

	assert_int_equal(write(mine, &most, sizeof(most)), sizeof(most));
	assert_int_equal(set(f, ASSIGN, VFU_IRQ_MSIX, 0, 1, &fd, 1), 0);
	alarm(10);
	assert_int_equal(set(f, FIRE, VFU_IRQ_MSIX, 0, 1, NULL, 0), 0);
	nicsim_fault(f->port, NICSIM_IRQ_STORM, 0);
	alarm(0);
	assert_true(count(mine) == most);
	close(mine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_map, setup, teardown),
		cmocka_unit_test_setup_teardown(test_map_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unmap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_maps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pages_in_a_row, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pages_far_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(test_memory_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_irq_info, setup, teardown),
		cmocka_unit_test_setup_teardown(test_irq_set, setup, teardown),
		cmocka_unit_test_setup_teardown(test_irq_err_req, setup, teardown),
		cmocka_unit_test_setup_teardown(test_irq_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_irq_intx, setup, teardown),
		cmocka_unit_test_setup_teardown(test_irq_full, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
