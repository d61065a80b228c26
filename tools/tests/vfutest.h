/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For the unit tests of nicsim's vfio-user server: a client's commands as bytes, without a socket,
 * and the memory and eventfds that come with them.
 */
#ifndef NICSIM_VFUTEST_H
#define NICSIM_VFUTEST_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "fds.h"
#include "model.h"
#include "vfu_msg.h"

#define HEADER	sizeof(struct vfu_header)
#define PAGE	4096
#define MEM	(16 * PAGE)

/* A port with bus mastering on, a client of it, and a file of the client's. */
struct fixture {
	struct nicsim *sim;
	struct nicsim_port *port;
	struct vfu_conn *conn;
	struct vfu_reply reply;
	char log[512];
	uint64_t fds_before;
	int mem;
	uint8_t *va;
};

static inline void on_log(void *ctx, const char *text)
{
	struct fixture *f = ctx;

	snprintf(f->log, sizeof(f->log), "%s", text);
}

static inline int command(struct fixture *f, unsigned int cmd, const void *data, size_t len,
			  int *fds, int nfds)
{
	struct vfu_header h = { .cmd = cmd, .size = HEADER + len };
	uint8_t *msg = malloc(HEADER + len);
	struct vfu_header r;

	memcpy(msg, &h, HEADER);
	memcpy(msg + HEADER, data, len);
	assert_int_equal(vfu_msg(f->conn, msg, HEADER + len, fds, nfds, &f->reply), VFU_CONTINUE);
	free(msg);
	assert_true(f->reply.len >= HEADER);
	memcpy(&r, f->reply.data, HEADER);
	return r.error;
}

static inline int setup(void **state)
{
	struct nicsim_config config = { 0 };
	struct nicsim_port_config port = { .name = "p", .model = "82599" };
	struct fixture *f = calloc(1, sizeof(*f));
	struct vfu_version v = { 0 };
	const uint16_t on = 6;
	char err[128];

	f->fds_before = fds_open();
	f->sim = nicsim_create(&config);
	f->port = nicsim_port_add(f->sim, &port, err, sizeof(err));
	assert_non_null(f->port);
	f->conn = vfu_conn_create(f->port, on_log, f);
	assert_non_null(f->conn);
	assert_int_equal(command(f, VFU_CMD_VERSION, &v, sizeof(v), NULL, 0), 0);
	assert_int_equal(nicsim_region_write(f->port, NICSIM_REGION_CONFIG, 4, &on, 2), 0);
	f->mem = memfd_create("client", MFD_CLOEXEC);
	assert_int_equal(ftruncate(f->mem, MEM), 0);
	f->va = mmap(NULL, MEM, PROT_READ | PROT_WRITE, MAP_SHARED, f->mem, 0);
	assert_true(f->va != MAP_FAILED);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	vfu_conn_destroy(f->conn);
	nicsim_destroy(f->sim);
	munmap(f->va, MEM);
	close(f->mem);
	assert_int_equal(fds_open(), f->fds_before);
	free(f);
	return 0;
}

static inline int map_fd(struct fixture *f, uint32_t flags, uint64_t offset, uint64_t iova,
			 uint64_t size, int fd)
{
	struct vfu_dma_map d = { sizeof(d), flags, offset, iova, size };

	return command(f, VFU_CMD_DMA_MAP, &d, sizeof(d), &fd, fd < 0 ? 0 : 1);
}

static inline int map(struct fixture *f, uint32_t flags, uint64_t offset, uint64_t iova,
		      uint64_t size)
{
	return map_fd(f, flags, offset, iova, size, dup(f->mem));
}

static inline int unmap(struct fixture *f, uint32_t flags, uint64_t iova, uint64_t size)
{
	struct vfu_dma_unmap d = { sizeof(d), flags, iova, size };
	int err = command(f, VFU_CMD_DMA_UNMAP, &d, sizeof(d), NULL, 0);

	if (!err) {
		assert_int_equal(f->reply.len, HEADER + sizeof(d));
		assert_memory_equal(f->reply.data + HEADER, &d, sizeof(d));
	}
	return err;
}

static inline uint8_t *reach(struct fixture *f, uint64_t iova, uint32_t len, bool write)
{
	return sim_dma(f->port, iova, len, write, "test");
}

struct set {
	uint32_t argsz, flags, index, start, count;
	uint8_t fire[NICSIM_VECTORS];
};

static inline int set(struct fixture *f, uint32_t flags, uint32_t index, uint32_t start,
		      uint32_t count, int *fds, int nfds)
{
	struct set d = { 20, flags, index, start, count, { 0 } };

	return command(f, VFU_CMD_SET_IRQS, &d, 20, fds, nfds);
}

/* What an eventfd counted since the last look. */
static inline uint64_t count(int fd)
{
	uint64_t n = 0;

	return read(fd, &n, sizeof(n)) == sizeof(n) ? n : 0;
}

#define ASSIGN	(VFU_IRQ_DATA_EVENTFD | VFU_IRQ_TRIGGER)
#define FIRE	(VFU_IRQ_DATA_NONE | VFU_IRQ_TRIGGER)

#endif /* NICSIM_VFUTEST_H */
