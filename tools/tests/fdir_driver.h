/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What nicsim's tests of the flow director share: a port with four queues, its registers, filters
 * with the hash that a driver computes for them, and frames to meet them.
 */
#ifndef FDIR_DRIVER_H
#define FDIR_DRIVER_H

#include "sim_driver.h"

#define FDIRCTRL	0xEE00
#define FDIRSIPV6(i)	(0xEE0C + 4 * (i))
#define FDIRIPSA	0xEE18
#define FDIRIPDA	0xEE1C
#define FDIRPORT	0xEE20
#define FDIRVLAN	0xEE24
#define FDIRHASH	0xEE28
#define FDIRCMD		0xEE2C
#define FDIRFREE	0xEE38
#define FDIRDIP4M	0xEE3C
#define FDIRSIP4M	0xEE40
#define FDIRTCPM	0xEE44
#define FDIRUDPM	0xEE48
#define FDIRLEN		0xEE4C
#define FDIRUSTAT	0xEE50
#define FDIRFSTAT	0xEE54
#define FDIRMATCH	0xEE58
#define FDIRMISS	0xEE5C
#define FDIRHKEY	0xEE68
#define FDIRSKEY	0xEE6C
#define FDIRM		0xEE70
#define FDIRIP6M	0xEE74
#define RXPBSIZE	0x3C00
#define RXCSUM		0x5000
#define PCSD		0x2000

#define PERFECT		0x10u
#define REPORT		0x20u
#define ALWAYS		0x80u
#define INIT_DONE	0x8u
#define DROP_QUEUE(q)	((q) << 8)
#define FLEX_WORD(n)	((n) << 16)
#define MAX_LENGTH(n)	((n) << 24)
#define FULL_THRESH(n)	((uint32_t)(n) << 28)

#define ADD		1u
#define REMOVE		2u
#define QUERY		3u
#define VALID		0x4u
#define UPDATE		0x8u
#define DMATCH		0x10u
#define UDP		0x20u
#define TCP		0x40u
#define SCTP		0x60u
#define IPV6		0x80u
#define CLEARHT		0x100u
#define DROP		0x200u
#define LAST		0x800u
#define COLLISION	0x1000u
#define QUEUE_EN	0x8000u
#define QUEUE(q)	((q) << 16)

/* The keys that Linux's ixgbe uses, for which there are known hashes. */
#define KEY_BUCKET	0x3DAD14E2u
#define KEY_SIGNATURE	0x174D3614u

#define FLM		0x4u
#define FDIR_LEN	0x100000u
#define FDIR_DROP	0x200000u
#define FDIR_COLL	0x400000u
#define FD_QUEUES	4
#define LOST		(-1)

/**
 * struct fd - a port of its own
 * @info, @hash, @status: write-back of the last packet received
 */
struct fd {
	struct sd *d;
	struct sd_ring rx[FD_QUEUES];
	uint32_t info, hash, status;
};

/** struct fd_filter - a perfect filter; addresses and ports as numbers */
struct fd_filter {
	uint32_t cmd;		/* L4TYPE, IPV6, DROP, queue */
	uint32_t src, dst;
	uint16_t sport, dport, vlan, flex, index;
};

/** struct fd_flow - what to put into a frame */
struct fd_flow {
	uint8_t proto;
	uint32_t src, dst;
	uint16_t sport, dport, vlan;
};

/** fd_open() - with queues 0 to 3; FDIRCTRL @ctrl and room for the table, if it is not 0. */
void fd_open(struct fd *t, uint32_t ctrl);
void fd_close(struct fd *t);
/** fd_init() - write FDIRCTRL and wait. */
void fd_init(struct fd *t, uint32_t ctrl);
uint32_t fd_read(struct fd *t, uint32_t reg);
void fd_write(struct fd *t, uint32_t reg, uint32_t value);
/** fd_command() - FDIRHASH, FDIRCMD, and the wait for the end; FDIRCMD as it is then. */
uint32_t fd_command(struct fd *t, uint32_t hash, uint32_t cmd);
/** fd_hash() - as the datasheet defines it, bit by bit; @tuple is 42 bytes. */
uint32_t fd_hash(const uint8_t *tuple, uint32_t key);
/** fd_filter_hash() - bucket hash of a filter for IPv4. */
uint32_t fd_filter_hash(const struct fd_filter *f);
/** fd_perfect() - add a filter for IPv4. */
void fd_perfect(struct fd *t, const struct fd_filter *f);
/** fd_frame() - an IPv4 frame of 100 bytes or so; its length. */
uint32_t fd_frame(uint8_t *frame, const struct fd_flow *flow);
/** fd_receive() - offer a frame; the queue it went to, or LOST. */
int fd_receive(struct fd *t, const uint8_t *frame, uint32_t len);
/** fd_flow() - the same for a frame made of a flow. */
int fd_flow(struct fd *t, const struct fd_flow *flow);

#endif /* FDIR_DRIVER_H */
