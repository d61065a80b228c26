/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Inside of receive side coalescing: what rsc_frame.c reads from frames and registers for rsc.c.
 */
#ifndef NICSIM_RSC_H
#define NICSIM_RSC_H

#include "datapath.h"

#define RSC_TUPLE	12		/* two IPv4 addresses, two ports */
#define RSC_LENGTH_MAX	65535u		/* of an IP datagram */
#define RSC_TCP_LEN	20
#define RSC_STAMP_LEN	12		/* time stamp option, with what aligns it */

enum { RSC_PSH = 0x08, RSC_ACK = 0x10, RSC_ECN = 3 };

/**
 * struct rsc_flow - what a frame has to do with large receives
 * @tuple: addresses and ports, @hash over them
 * @payload: bytes; they are the last ones of the IP datagram
 * @header: bytes of TCP header
 */
struct rsc_flow {
	uint8_t tuple[RSC_TUPLE];
	uint32_t hash;
	uint32_t header, payload;
	uint32_t seq, ack;
	uint32_t flags, ecn;
};

/** rsc_descs_max() - RSCCTL.MAXDESC of a queue. */
uint32_t rsc_descs_max(const struct nicsim_port *p, uint32_t queue);
/** rsc_ecn() - the two bits of congestion notification in an IPv4 header. */
uint32_t rsc_ecn(const uint8_t *ip);
/** rsc_flow_read() - of a frame that sim_rsc_classify() has seen. */
void rsc_flow_read(const struct sim_rx_meta *meta, const uint8_t *frame, struct rsc_flow *f);

#endif /* NICSIM_RSC_H */
