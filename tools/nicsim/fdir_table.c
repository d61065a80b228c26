// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: flow director: the table. The low bits of a hash pick a bucket, a list of filters; new
 * ones go to its end. Filters are referred to by number, which is their place and 1.
 */
#include <string.h>

#include "fdir.h"
#include "regs_fdir.h"

#define MAX_LENGTH	0x3F		/* FDIRLEN's fields hold no more */
#define STAT_MAX	0xFFFF
#define FAIL_MAX	0xFF

static void count(uint32_t *counter, uint32_t max)
{
	if (*counter < max)
		(*counter)++;
}

void sim_fdir_clear(struct sim_fdir *f, uint32_t capacity, uint32_t buckets)
{
	memset(f->bucket, 0, sizeof(f->bucket));
	f->capacity = capacity;
	f->buckets = buckets;
	f->count = 0;
	f->collisions = 0;
	f->fresh = 0;
	f->freed = 0;
}

static uint16_t *bucket_of(struct sim_fdir *f, uint32_t hash)
{
	return &f->bucket[hash & (f->buckets - 1)];
}

uint32_t sim_fdir_find(const struct sim_fdir *f, uint32_t hash, uint16_t id, const uint8_t *tuple,
		       uint32_t *place)
{
	uint32_t n = f->bucket[hash & (f->buckets - 1)];

	for (*place = 0; n; n = f->filter[n - 1].next, (*place)++) {
		if (tuple ? !memcmp(f->tuple[n - 1], tuple, SIM_FDIR_TUPLE) :
		    f->filter[n - 1].id == id)
			return n;
	}
	return 0;
}

/* Number of a filter not in use, 0: none. */
static uint32_t take(struct sim_fdir *f)
{
	uint32_t n = f->freed;

	if (n)
		f->freed = f->filter[n - 1].next;
	else if (f->fresh < f->capacity)
		n = ++f->fresh;
	return n;
}

/* An equal filter is there: take over what is new, or note that two flows want different things. */
static enum sim_fdir_added change(struct sim_fdir *f, struct sim_fdir_filter *was, uint16_t id,
				  uint32_t action)
{
	uint32_t keep = FDIRCMD_COLLISION;

	if (action & FDIRCMD_FILTER_UPDATE) {
		was->action = (action & FDIRCMD_ACTION & ~keep) | (was->action & keep);
		was->id = id;
		return SIM_FDIR_CHANGED;
	}
	if (!((was->action ^ action) & FDIRCMD_ACTION & ~keep) && was->id == id)
		return SIM_FDIR_CHANGED;
	if (!(was->action & keep)) {
		was->action |= keep;
		f->collisions++;
	}
	return SIM_FDIR_COLLIDED;
}

enum sim_fdir_added sim_fdir_add(struct sim_fdir *f, uint32_t hash, uint16_t id,
				 const uint8_t *tuple, uint32_t action)
{
	uint16_t *last = bucket_of(f, hash);
	uint32_t place, n = sim_fdir_find(f, hash, id, tuple, &place);

	if (n)
		return change(f, &f->filter[n - 1], id, action);
	n = take(f);
	if (!n) {
		count(&f->counts.add_failed, FAIL_MAX);
		return SIM_FDIR_FULL;
	}
	while (*last)
		last = &f->filter[*last - 1].next;
	*last = n;
	f->filter[n - 1] = (struct sim_fdir_filter){ 0, id, action & FDIRCMD_ACTION };
	if (tuple)
		memcpy(f->tuple[n - 1], tuple, SIM_FDIR_TUPLE);
	f->count++;
	count(&f->counts.added, STAT_MAX);
	/* "The longest bucket reported by this field includes MAXLEN + 1 filters." */
	if (place > f->counts.max_length) {
		f->counts.max_length = place < MAX_LENGTH ? place : MAX_LENGTH;
		f->counts.max_hash = hash & (f->buckets - 1);
	}
	return SIM_FDIR_ADDED;
}

bool sim_fdir_remove(struct sim_fdir *f, uint32_t hash, uint16_t id)
{
	uint16_t *link = bucket_of(f, hash);
	struct sim_fdir_filter *filter;
	uint32_t n;

	while (*link && f->filter[*link - 1].id != id)
		link = &f->filter[*link - 1].next;
	n = *link;
	if (!n) {
		count(&f->counts.remove_failed, FAIL_MAX);
		return false;
	}
	filter = &f->filter[n - 1];
	*link = filter->next;
	filter->next = f->freed;
	f->freed = n;
	f->count--;
	if (filter->action & FDIRCMD_COLLISION)
		f->collisions--;
	count(&f->counts.removed, STAT_MAX);
	return true;
}
