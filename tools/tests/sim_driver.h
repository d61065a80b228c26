/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The driver that nicsim's tests play: no more than a world, registers, rings and descriptors
 * written out by hand. It knows the 82599 from the datasheet, as the model does, and shares nothing
 * with the drivers.
 */
#ifndef SIM_DRIVER_H
#define SIM_DRIVER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "nicsim.h"

#define SD_PORTS	2
#define SD_MEM		(16u << 20)
#define SD_IOVA		0x1200000000ull		/* above 4 GiB: high halves count */
#define SD_OUT		64
#define SD_FRAME	16384
#define SD_VECTORS	4

/* transmit command, advanced format */
#define SD_EOP		0x01000000u
#define SD_IFCS		0x02000000u
#define SD_RS		0x08000000u
#define SD_DATA		0x20300000u
#define SD_CONTEXT	0x20200000u
#define SD_VLE		0x40000000u
#define SD_TSE		0x80000000u
#define SD_IXSM		0x100u
#define SD_TXSM		0x200u
#define SD_IPV4		0x400u
#define SD_TCP		0x800u
#define SD_SCTP		0x1000u

/* receive write-back */
#define SD_DD		0x1u
#define SD_RX_EOP	0x2u

/**
 * struct sd - the world of a test
 * @mem: what port i may reach, @used bytes of it given away, at SD_IOVA
 * @errors: of the driver, that is of the test, not yet expected; @error: the latest
 * @out, @outs: what left the ports by their net back end
 * @refuse: the back end takes nothing
 * @fired: messages per vector of port 0
 */
struct sd {
	struct nicsim *sim;
	struct nicsim_port *port[SD_PORTS];
	uint8_t *mem[SD_PORTS];
	uint32_t used[SD_PORTS];
	unsigned int errors;
	char error[256];
	unsigned int logs;
	struct {
		uint32_t len;
		uint8_t data[SD_FRAME];
	} out[SD_OUT];
	unsigned int outs;
	bool refuse;
	unsigned int fired[SD_VECTORS];
};

/**
 * struct sd_ring - a queue
 * @tail: next descriptor to fill
 * @buffer: receive: bytes in a buffer
 */
struct sd_ring {
	struct sd *d;
	unsigned int port, queue;
	uint32_t regs;
	uint64_t iova;
	uint8_t *desc;
	uint32_t count, tail;
	uint64_t buffers;
	uint32_t buffer;
};

/** sd_open() - a world of @ports ports, on one wire if @wire, else each with a net back end. */
struct sd *sd_open(unsigned int ports, bool wire);
/** sd_close() - ends it; fails if the model has complained. */
void sd_close(struct sd *d);
/** sd_expect() - the model has complained, last about @rule, and may be forgiven. */
void sd_expect(struct sd *d, const char *rule);

uint32_t sd_read(struct sd *d, unsigned int port, uint32_t reg);
void sd_write(struct sd *d, unsigned int port, uint32_t reg, uint32_t value);
uint64_t sd_alloc(struct sd *d, unsigned int port, uint32_t size, uint32_t align);
uint8_t *sd_va(struct sd *d, unsigned int port, uint64_t iova);
/** sd_run() - let a millisecond pass. */
void sd_run(struct sd *d);

/** sd_rx() - a receive queue with @count descriptors of which all but one are posted; enables. */
struct sd_ring sd_rx(struct sd *d, unsigned int port, unsigned int queue, uint32_t count,
		     uint32_t srrctl);
/** sd_rx_post() - set up descriptor @i again. */
void sd_rx_post(struct sd_ring *r, uint32_t i);
uint8_t *sd_rx_buffer(struct sd_ring *r, uint32_t i);
struct sd_ring sd_tx(struct sd *d, unsigned int port, unsigned int queue, uint32_t count,
		     uint32_t txdctl);
/** sd_push() - write the next descriptor; sd_bell() - tell the tail. */
void sd_push(struct sd_ring *r, uint64_t q0, uint32_t dw2, uint32_t dw3);
void sd_bell(struct sd_ring *r);
/** sd_data() - @len bytes in memory that the device may read. */
uint64_t sd_data(struct sd_ring *r, const void *bytes, uint32_t len);
/** sd_context() - a context descriptor. */
void sd_context(struct sd_ring *r, uint32_t idx, uint32_t maclen, uint32_t iplen, uint32_t tucmd,
		uint32_t l4len, uint32_t mss, uint32_t vlan);
/** sd_send() - one frame in one descriptor, with report, without offloads; rings the bell. */
void sd_send(struct sd_ring *r, const void *frame, uint32_t len);
/** sd_offer() - a frame arrives from outside at @port. */
bool sd_offer(struct sd *d, unsigned int port, const void *frame, uint32_t len);

uint32_t sd_dw(const struct sd_ring *r, uint32_t i, unsigned int dw);

/* Independent of the model: sums as in RFC 1071, big endian, two bytes at a time. */
uint16_t sd_sum(const uint8_t *data, uint32_t len, uint32_t seed);
/** sd_pseudo() - sum of the pseudo header of the IP packet at @ip, with @len as length. */
uint32_t sd_pseudo(const uint8_t *ip, uint32_t proto, uint32_t len);
/** sd_l4_good() - whether TCP or UDP of the IP packet at @ip of @len bytes has a right checksum. */
bool sd_l4_good(const uint8_t *ip, uint32_t len);
uint32_t sd_be16(const uint8_t *at);
uint32_t sd_be32(const uint8_t *at);

/** sd_numbered() - a broadcast of no known protocol whose bytes tell where they are; static. */
const uint8_t *sd_numbered(uint32_t len);
/** sd_tagged() - sd_tcp4_syn with a tag. */
void sd_tagged(uint8_t *frame, uint16_t tci);
/** sd_spread() - the frame is in the descriptors from @at on, as many as it needs. */
void sd_spread(struct sd_ring *r, uint32_t at, const uint8_t *frame, uint32_t len);
/** sd_left() - the frame was the @i-th to leave. */
void sd_left(struct sd *d, unsigned int i, const void *frame, uint32_t len);

/* Packets seen on real wires. */
extern const uint8_t sd_tcp4_syn[62];	/* TCP SYN */
extern const uint8_t sd_udp4_dns[82];	/* DNS query */
extern const uint8_t sd_sctp4_init[82];	/* SCTP INIT */
extern const uint8_t sd_tcp6_syn[94];	/* TCP SYN over IPv6 */
extern const uint8_t sd_udp6[77];	/* UDP over IPv6, odd length */

#endif /* SIM_DRIVER_H */
