/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Flow director of the 82599 model: filters that name a queue for a flow.
 *
 *	fdir.c        registers and commands, what a driver may do wrong with them
 *	fdir_hash.c   the fields of a packet or filter in one row, masks, hashes
 *	fdir_table.c  buckets and filters
 *	fdir_rx.c     the filter of a received packet and what it does to it
 *
 * 82599 datasheet section 7.1.2.7. Perfect filters compare the fields; signature filters compare a
 * second hash of them. All memory is set aside with the port; no register makes it grow.
 */
#ifndef NICSIM_FDIR_H
#define NICSIM_FDIR_H

#include "datapath.h"

#define SIM_FDIR_TUPLE		42		/* bytes that the hash covers */
#define SIM_FDIR_FILTERS	32766		/* 32 K less 2, with PBALLOC 3 */
#define SIM_FDIR_PERFECT	8190		/* 8 K less 2 */
#define SIM_FDIR_BUCKETS	32768

/**
 * struct sim_fdir_filter - a filter, the n-th in sim_fdir.filter has number n + 1
 * @next: number of the next in its bucket, or of the next free one; 0: none
 * @id: signature, or software index of a perfect filter
 * @action: as in FDIRCMD
 */
struct sim_fdir_filter {
	uint16_t next;
	uint16_t id;
	uint32_t action;
};

/** struct sim_fdir_counts - statistics; all stick at their end and are cleared by reading */
struct sim_fdir_counts {
	uint32_t added, removed, add_failed, remove_failed;
	uint32_t match, miss;
	uint32_t max_length, max_hash;	/* FDIRLEN: longest list made, less 1, and its bucket */
	uint32_t query_length;		/* FDIRLEN.BUCKET_LENGTH */
};

/**
 * struct sim_fdir - state beside registers
 * @capacity: filters by PBALLOC and mode; 0: never initialised since reset
 * @buckets: a power of two
 * @count: filters in use
 * @collisions: of them, with the collision flag
 * @fresh: filters from this one on were never used
 * @freed: number of the first one given back
 * @init: INIT_DONE is set when it fires
 * @rx_early: RXCTRL.RXEN was set already when initialisation began
 * @clearing: FDIRCMD.CLEARHT is set
 * @cleared: it was, and FDIRCTRL has not been written since
 * @busy_until: the last command is at work until then
 * @reads: of FDIRCMD since that command
 * @hash_dirty: a key was written
 * @hash: of each nibble of the tuple: bucket hash 15:0, signature 31:16
 * @bucket: number of the first filter, 0: empty
 * @tuple: fields of perfect filters
 */
struct sim_fdir {
	uint32_t capacity, buckets;
	uint32_t count, collisions, fresh;
	uint16_t freed;
	struct sim_fdir_counts counts;

	struct sim_timer init;
	bool rx_early, clearing, cleared;
	uint64_t busy_until;
	uint32_t reads;

	bool hash_dirty;
	uint32_t hash[2 * SIM_FDIR_TUPLE][16];
	uint16_t bucket[SIM_FDIR_BUCKETS];
	struct sim_fdir_filter filter[SIM_FDIR_FILTERS];
	uint8_t tuple[SIM_FDIR_PERFECT][SIM_FDIR_TUPLE];
};

/* fdir_hash.c */
/** sim_fdir_hash() - of a masked tuple by FDIRHKEY in 15:0, by FDIRSKEY in 31:16. */
uint32_t sim_fdir_hash(struct nicsim_port *p, const uint8_t *tuple);
/** sim_fdir_packet() - masked fields of a received packet; false: no filter is for it. */
bool sim_fdir_packet(const struct nicsim_port *p, const uint8_t *frame, uint32_t len,
		     const struct sim_pkt *k, uint8_t *tuple);
/** sim_fdir_programmed() - fields of the perfect filter in the registers, @cmd its FDIRCMD. */
void sim_fdir_programmed(const struct nicsim_port *p, uint32_t cmd, uint8_t *tuple);
/** sim_fdir_recall() - a filter's fields back to the registers, but those in FDIRCMD. */
void sim_fdir_recall(struct nicsim_port *p, const uint8_t *tuple);
/** sim_fdir_unmasked() - whether @tuple has bits that the masks of its kind of packet leave out. */
bool sim_fdir_unmasked(const struct nicsim_port *p, uint32_t cmd, const uint8_t *tuple);

/* fdir_table.c */
/** enum sim_fdir_added - what became of a filter to add */
enum sim_fdir_added { SIM_FDIR_ADDED, SIM_FDIR_CHANGED, SIM_FDIR_COLLIDED, SIM_FDIR_FULL };

/** sim_fdir_clear() - no filters; room for @capacity in @buckets lists. */
void sim_fdir_clear(struct sim_fdir *f, uint32_t capacity, uint32_t buckets);
/**
 * sim_fdir_add() - add a filter to the end of its list
 * @f: state
 * @hash: its bucket hash
 * @id: signature or software index
 * @tuple: fields of a perfect filter; NULL: signature mode
 * @action: FDIRCMD bits; with FDIRCMD_FILTER_UPDATE they replace those of an equal filter
 */
enum sim_fdir_added sim_fdir_add(struct sim_fdir *f, uint32_t hash, uint16_t id,
				 const uint8_t *tuple, uint32_t action);
/** sim_fdir_remove() - the filter with @id in the bucket of @hash; false: there is none. */
bool sim_fdir_remove(struct sim_fdir *f, uint32_t hash, uint16_t id);
/**
 * sim_fdir_find() - look for a filter
 * @f: state
 * @hash: bucket hash
 * @id: signature or software index to compare, where @tuple is NULL
 * @tuple: fields to compare
 * @place: place in the list, from 0; without success length of the list
 *
 * Return: its number, 0: none.
 */
uint32_t sim_fdir_find(const struct sim_fdir *f, uint32_t hash, uint16_t id, const uint8_t *tuple,
		       uint32_t *place);

/* fdir.c */
int sim_fdir_create(struct nicsim_port *p);
void sim_fdir_destroy(struct nicsim_port *p);
/** sim_fdir_reset() - device reset; the registers are reset already. */
void sim_fdir_reset(struct nicsim_port *p);
uint32_t sim_fdircmd_read(struct nicsim_port *p, uint32_t i);
uint32_t sim_fdirfree_read(struct nicsim_port *p, uint32_t i);
uint32_t sim_fdirlen_read(struct nicsim_port *p, uint32_t i);
uint32_t sim_fdirstat_read(struct nicsim_port *p, uint32_t i);
void sim_fdirctrl_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_fdircmd_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_fdirfree_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_fdirhkey_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_fdirskey_write(struct nicsim_port *p, uint32_t i, uint32_t value);

/* fdir_rx.c */
/** sim_fdir_rx() - queue, status, hash and RSS type of a packet that a filter, if any, changes. */
void sim_fdir_rx(struct nicsim_port *p, const uint8_t *frame, uint32_t len,
		 const struct sim_pkt *k, struct sim_rx_meta *meta);

#endif /* NICSIM_FDIR_H */
