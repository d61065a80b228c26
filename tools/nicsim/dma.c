// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: the device's view of memory. Mappings are the client's, so this is also the IOMMU: what
 * no mapping covers is an error of the driver, named with address and length.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "regs_general.h"

/* The first mapping that ends after @iova; count if none. */
static unsigned int dma_find(const struct sim_dma_table *t, uint64_t iova)
{
	unsigned int low = 0, high = t->count;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (t->map[mid].iova + (t->map[mid].size - 1) < iova)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

int nicsim_dma_map(struct nicsim_port *port, uint64_t iova, uint64_t size, void *va,
		   bool readable, bool writable)
{
	struct sim_dma_table *t = &port->control->dma;
	unsigned int at;

	if (!size || iova + (size - 1) < iova)
		return -EINVAL;
	at = dma_find(t, iova);
	if (at < t->count && t->map[at].iova <= iova + (size - 1))
		return -EEXIST;
	if (t->count == t->room) {
		unsigned int room = t->room ? 2 * t->room : 16;
		struct sim_dma_map *map = realloc(t->map, room * sizeof(*map));

		if (!map)
			return -ENOMEM;
		t->map = map;
		t->room = room;
	}
	memmove(&t->map[at + 1], &t->map[at], (t->count - at) * sizeof(*t->map));
	t->map[at] = (struct sim_dma_map){ iova, size, va, readable, writable };
	t->count++;
	t->last = 0;
	return 0;
}

int nicsim_dma_unmap(struct nicsim_port *port, uint64_t iova, uint64_t size)
{
	struct sim_dma_table *t = &port->control->dma;
	unsigned int from, to;
	uint64_t end;

	if (!size)
		return 0;
	end = iova + (size - 1);
	if (end < iova || size == UINT64_MAX)
		end = UINT64_MAX;
	from = dma_find(t, iova);
	if (from < t->count && t->map[from].iova < iova)
		from++;
	for (to = from; to < t->count; to++) {
		if (t->map[to].iova + (t->map[to].size - 1) > end)
			break;
	}
	if (to == from)
		return 0;
	memmove(&t->map[from], &t->map[to], (t->count - to) * sizeof(*t->map));
	t->count -= to - from;
	t->last = 0;
	return to - from;
}

void sim_dma_free(struct sim_dma_table *t)
{
	free(t->map);
	*t = (struct sim_dma_table){ 0 };
}

/* CTRL.GIO_DIS takes effect at once, but for the fault that it does not. */
static bool master_disabled(const struct nicsim_port *p)
{
	return (sim_reg(p, CR_CTRL) & CTRL_GIO_DIS) && !sim_fault_on(p, NICSIM_MASTER_STUCK);
}

bool sim_dma_allowed(const struct nicsim_port *p)
{
	return sim_pci_master(p) && !p->control->pci.d3 && !p->control->resetting &&
	       !master_disabled(p) && !sim_gone(p);
}

static void dma_forbidden(struct nicsim_port *p, uint64_t iova, const char *what)
{
	const char *why;

	/*
	 * No driver does without its registers. QEMU takes both away ahead of a reset, as of a guest
	 * that has crashed with its queues on.
	 */
	if (sim_gone(p) || sim_pci_off(p))
		return;
	if (p->control->pci.d3)
		why = "in D3hot";
	else if (p->control->resetting)
		why = "in reset";
	else if (!sim_pci_master(p))
		why = "with COMMAND.BME 0";
	else
		why = "with CTRL.GIO_DIS 1";
	sim_error(p, "dma-after-stop", "%s at %#" PRIx64 " %s: a queue was left running", what,
		  iova, why);
}

/*
 * Bytes at map[@at] from @offset on that one pointer reaches: a virtual IOMMU maps page by page,
 * and pages that follow each other in both spaces are one piece.
 */
static uint64_t dma_reach(const struct sim_dma_table *t, unsigned int at, uint64_t offset,
			  uint32_t len)
{
	const struct sim_dma_map *m = &t->map[at];
	uint64_t reach = m->size - offset;

	while (reach < len && ++at < t->count) {
		const struct sim_dma_map *next = &t->map[at];

		if (next->iova != m->iova + m->size || !next->va || next->va != m->va + m->size ||
		    next->readable != m->readable || next->writable != m->writable)
			break;
		reach += next->size;
		m = next;
	}
	return reach;
}

void *sim_dma(struct nicsim_port *p, uint64_t iova, uint32_t len, bool write, const char *what)
{
	struct sim_dma_table *t = &p->control->dma;
	const struct sim_dma_map *m;
	unsigned int at = t->last;
	uint64_t offset;

	if (!sim_dma_allowed(p)) {
		dma_forbidden(p, iova, what);
		return NULL;
	}
	/* accesses come in runs: rings and buffers are mostly one mapping */
	if (at >= t->count || iova - t->map[at].iova >= t->map[at].size)
		at = dma_find(t, iova);
	if (at >= t->count || iova < t->map[at].iova) {
		sim_error(p, "dma-unmapped", "%s: %u bytes at %#" PRIx64 " are in no mapping", what,
			  len, iova);
		return NULL;
	}
	m = &t->map[at];
	t->last = at;
	offset = iova - m->iova;
	if (len > m->size - offset && len > dma_reach(t, at, offset, len)) {
		sim_error(p, "dma-unmapped", "%s: %u bytes at %#" PRIx64
			  " reach past the mapping's end at %#" PRIx64, what, len, iova,
			  m->iova + m->size);
		return NULL;
	}
	if (!m->va || !(write ? m->writable : m->readable)) {
		sim_error(p, "dma-permission", "%s: %u bytes at %#" PRIx64 " are not %s", what, len,
			  iova, !m->va ? "memory" : write ? "writable" : "readable");
		return NULL;
	}
	return m->va + offset;
}
