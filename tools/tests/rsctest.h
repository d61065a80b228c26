/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * For the tests of receive side coalescing: TCP frames written out field by field, and a driver
 * that has set up a queue for it as 82599 datasheet section 4.6.7.2 asks.
 */
#ifndef NICSIM_RSCTEST_H
#define NICSIM_RSCTEST_H

#include "sim_driver.h"

#define RSC_ONE_BUFFER	0x02000200u	/* SRRCTL: advanced, 128 bytes of header */
#define RSC_RSCCTL(q)	(0x102C + 0x40 * (q))
#define RSC_RDH(q)	(0x1010 + 0x40 * (q))
#define RSC_RXDCTL(q)	(0x1028 + 0x40 * (q))
#define RSC_SRRCTL(q)	(0x1014 + 0x40 * (q))
#define RSC_ENABLE	0x02000000u
#define RSC_VME		0x40000000u
#define RSC_DIS		0x20u		/* RFCTL */
#define RSC_EITR(v)	(0x0820 + 4 * (v))
#define RSC_US		1000ull

enum { RT_FIN = 1, RT_SYN = 2, RT_RST = 4, RT_PSH = 8, RT_ACK = 16, RT_URG = 32, RT_ECE = 64,
       RT_CWR = 128, RT_NS = 256 };

/**
 * struct rt_frame - what a frame says
 * @flow: sender's port is 1000 more, sender's address ends in it
 * @tag: VLAN, 0: none
 * @v6, @ecn: IP
 * @stamp: TSval, 0: no time stamp; TSecr is @stamp + 1
 * @payload: bytes; each is given by its sequence number, and by @flow
 */
struct rt_frame {
	uint32_t flow, seq, ack, flags, window, stamp, payload;
	uint16_t tag;
	uint8_t ecn;
	bool v6;
};

struct rt_bytes {
	uint32_t len;
	uint8_t data[66000];
};

/** rt_payload() - the byte of a flow's stream at @seq. */
uint8_t rt_payload(uint32_t flow, uint32_t seq);
/** rt_build() - the frame on the wire, with right checksums; static, four in turn. */
struct rt_bytes *rt_build(const struct rt_frame *f);
/** rt_sums() - right checksums again, after a change. */
void rt_sums(struct rt_bytes *b);
/** rt_sums_try() - likewise, for a frame whose headers may not be what they were. */
void rt_sums_try(struct rt_bytes *b);
/** rt_ip() - where the IP header is. */
uint8_t *rt_ip(struct rt_bytes *b);
uint8_t *rt_tcp(struct rt_bytes *b);
/** rt_offer() - it arrives at port 0. */
void rt_offer(struct sd *d, const struct rt_frame *f);
void rt_offer_bytes(struct sd *d, const struct rt_bytes *b);
/** rt_joined() - frames @f[0] .. @f[@n - 1] as one, with the checksum of the first. */
struct rt_bytes *rt_joined(const struct rt_frame *f, unsigned int n);

/** rt_open() - a world, MSI-X on, vector 1 enabled with an interval of 100 us. */
struct sd *rt_open(void);
/** rt_rx() - queue 0 of vector 1 with @count buffers of @kib KiB, RSC with RSCCTL.MAXDESC @max. */
struct sd_ring rt_rx(struct sd *d, uint32_t count, uint32_t kib, uint32_t max);

uint32_t rt_count(const struct sd_ring *r, uint32_t i);	/* RSCCNT */
uint32_t rt_next(const struct sd_ring *r, uint32_t i);	/* NEXTP */
/**
 * rt_read() - the packet that begins at descriptor @at, put together as NEXTP says; 0: no DD yet
 * @used: bit i is set for each descriptor of it
 */
uint32_t rt_read(struct sd_ring *r, uint32_t at, struct rt_bytes *b, uint64_t *used);
/** rt_is() - the packet that begins at @at is @want, and has ended. */
void rt_is(struct sd_ring *r, uint32_t at, const struct rt_bytes *want);
/** rt_dd() - status bits DD and EOP of a descriptor. */
uint32_t rt_dd(const struct sd_ring *r, uint32_t i);
/** rt_repost() - all of the ring anew, beginning at head. */
void rt_repost(struct sd_ring *r);

#endif /* NICSIM_RSCTEST_H */
