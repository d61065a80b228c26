// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: receive packet buffer. One allocation; a frame lies in one piece behind what is known of
 * it, and one that does not fit before the end of the storage begins at its start.
 */
#include <stdlib.h>
#include <string.h>

#include "datapath.h"

#define ALIGN		16u
#define LINE		64u		/* hardware stores frames in whole lines */
#define ENTRY_MAX	(sizeof(struct sim_rx_meta) + SIM_FRAME_MAX + ALIGN)
/*
 * The smallest frame counts one line and takes less than two of storage; the rest is for what a
 * wrap wastes.
 */
#define STORAGE		((uint32_t)(2 * SIM_RX_FIFO + 2 * ENTRY_MAX) / ALIGN * ALIGN)

static uint32_t entry_size(uint32_t frame_len)
{
	return (sizeof(struct sim_rx_meta) + frame_len + ALIGN - 1) / ALIGN * ALIGN;
}

static uint32_t counted(uint32_t frame_len)
{
	return (frame_len + SIM_FCS + LINE - 1) / LINE * LINE;
}

int sim_fifo_create(struct sim_fifo *f)
{
	f->mem = calloc(1, STORAGE);
	return f->mem ? 0 : -1;
}

void sim_fifo_destroy(struct sim_fifo *f)
{
	free(f->mem);
	f->mem = NULL;
}

void sim_fifo_clear(struct sim_fifo *f)
{
	f->head = f->tail = f->used = f->frames = 0;
}

bool sim_fifo_room(const struct sim_fifo *f, uint32_t len, uint32_t capacity)
{
	return f->used + counted(len) <= capacity;
}

/* Where an entry of @size bytes can go; STORAGE: nowhere. One byte stays free between the ends. */
static uint32_t fifo_place(const struct sim_fifo *f, uint32_t size)
{
	if (!f->frames || f->tail > f->head) {
		if (f->tail + size <= STORAGE)
			return f->tail;
		return size < f->head ? 0 : STORAGE;
	}
	return f->tail + size < f->head ? f->tail : STORAGE;
}

bool sim_fifo_push(struct sim_fifo *f, const struct sim_rx_meta *meta, const uint8_t *frame)
{
	uint32_t size = entry_size(meta->frame_len), at;

	if (!f->frames)
		f->head = f->tail = 0;
	at = fifo_place(f, size);
	if (at == STORAGE)
		return false;
	/* an end too short for anything: the reader sees a frame_len of 0 there */
	if (at != f->tail && STORAGE - f->tail >= sizeof(*meta))
		((struct sim_rx_meta *)(void *)(f->mem + f->tail))->frame_len = 0;
	memcpy(f->mem + at, meta, sizeof(*meta));
	memcpy(f->mem + at + sizeof(*meta), frame, meta->frame_len);
	f->tail = at + size;
	f->used += counted(meta->frame_len);
	f->frames++;
	return true;
}

struct sim_rx_meta *sim_fifo_peek(struct sim_fifo *f, const uint8_t **frame)
{
	struct sim_rx_meta *meta;

	if (!f->frames)
		return NULL;
	meta = (void *)(f->mem + f->head);
	if (STORAGE - f->head < sizeof(*meta) || !meta->frame_len) {
		f->head = 0;
		meta = (void *)f->mem;
	}
	*frame = (const uint8_t *)(meta + 1);
	return meta;
}

void sim_fifo_pop(struct sim_fifo *f)
{
	const struct sim_rx_meta *meta;
	const uint8_t *frame;

	meta = sim_fifo_peek(f, &frame);
	if (!meta)
		return;
	f->used -= counted(meta->frame_len);
	f->head += entry_size(meta->frame_len);
	f->frames--;
}
