/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Receive and transmit descriptors of the 82599 as the model reads and writes them: 16 bytes,
 * little endian, taken apart by hand. A descriptor is the driver's memory and may change under the
 * model, so each is read once, into a struct, and only that is looked at.
 */
#ifndef NICSIM_DESC82599_H
#define NICSIM_DESC82599_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define DESC_SIZE		16

/* Receive, advanced write-back. Bits of the first dword. */
#define RXD_TYPE_IPV4		0x00000010
#define RXD_TYPE_IPV4EX		0x00000020	/* header with options; IPV4 is set too */
#define RXD_TYPE_IPV6		0x00000040
#define RXD_TYPE_IPV6EX		0x00000080	/* extension headers; IPV6 is set too */
#define RXD_TYPE_TCP		0x00000100
#define RXD_TYPE_UDP		0x00000200
#define RXD_TYPE_SCTP		0x00000400
#define RXD_TYPE_ETQF		0x00008000	/* then bits 6:4 are the number of the filter */
#define RXD_TYPE_ETQF_SHIFT	4

/* Receive side coalescing: frames begun in the descriptor; all but the last: where it goes on */
#define RXD_RSCCNT_SHIFT	17		/* 4 bits, first dword */
#define RXD_NEXTP_SHIFT		4		/* 16 bits, third dword */

/* RSSTYPE, bits 3:0 of the first dword */
enum rxd_rss {
	RXD_RSS_NONE, RXD_RSS_TCP4, RXD_RSS_IP4, RXD_RSS_TCP6, RXD_RSS_IP6EX, RXD_RSS_IP6,
	RXD_RSS_TCP6EX, RXD_RSS_UDP4, RXD_RSS_UDP6, RXD_RSS_UDP6EX,
	RXD_RSS_FDIR = 0xF,	/* the hash is the flow director's */
};

/* Receive status 19:0 and errors 31:20, third dword. Legacy: bits 7:0 of each are bytes 12, 13. */
#define RXD_DD			0x00000001
#define RXD_EOP			0x00000002
#define RXD_FLM			0x00000004
#define RXD_VP			0x00000008
#define RXD_UDPCS		0x00000010
#define RXD_L4CS		0x00000020
#define RXD_IPCS		0x00000040
#define RXD_PIF			0x00000080
#define RXD_VEXT		0x00000200
#define RXD_UDPV		0x00000400
#define RXD_TS			0x00010000
#define RXD_FDIR_LEN		0x00100000
#define RXD_FDIR_DROP		0x00200000
#define RXD_FDIR_COLL		0x00400000
#define RXD_OSE			0x10000000
#define RXD_USE			0x20000000
#define RXD_TCPE		0x40000000
#define RXD_IPE			0x80000000u
#define RXD_LEGACY_STATUS	0x000000FB	/* FLM is not there */
#define RXD_LEGACY_ERROR_SHIFT	24

/* Transmit, third dword: what all formats have at the same place, as the command is its top byte */
#define TXD_LENGTH		0x0000FFFF
#define TXD_EOP			0x01000000
#define TXD_IFCS		0x02000000
#define TXD_RS			0x08000000
#define TXD_DEXT		0x20000000
#define TXD_VLE			0x40000000

/* Transmit, legacy */
#define TXD_L_CSO(dw2)		(((dw2) >> 16) & 0xFF)
#define TXD_L_IC		0x04000000
#define TXD_L_RSV		0x90000000u
#define TXD_L_STA		0x000000FF
#define TXD_L_CSS(dw3)		(((dw3) >> 8) & 0xFF)
#define TXD_L_VLAN(dw3)		((dw3) >> 16)

/* Transmit, advanced, both kinds */
#define TXD_DTYP(dw2)		(((dw2) >> 20) & 0xF)
#define TXD_DTYP_CONTEXT	2
#define TXD_DTYP_DATA		3

/* Advanced data */
#define TXD_LINKSEC		0x00040000
#define TXD_TSTAMP		0x00080000
#define TXD_TSE			0x80000000u
#define TXD_RSV2		0x14030000	/* third dword */
#define TXD_STA			0x0000000F	/* fourth */
#define TXD_IDX(dw3)		(((dw3) >> 4) & 0x7)
#define TXD_IXSM		0x00000100
#define TXD_TXSM		0x00000200
#define TXD_IPSEC		0x00000400
#define TXD_RSV3		0x00003800
#define TXD_PAYLEN(dw3)		((dw3) >> 14)

/* Advanced context */
#define TXC_VLAN(dw0)		((dw0) >> 16)
#define TXC_MACLEN(dw0)		(((dw0) >> 9) & 0x7F)
#define TXC_IPLEN(dw0)		((dw0) & 0x1FF)
#define TXC_SNAP		0x00000200	/* third dword */
#define TXC_IPV4		0x00000400
#define TXC_L4T(dw2)		(((dw2) >> 11) & 0x3)
#define TXC_RSV2		0xDF0FE1FFu	/* ESP and FCoE among them */
#define TXC_L4LEN(dw3)		(((dw3) >> 8) & 0xFF)
#define TXC_MSS(dw3)		((dw3) >> 16)
#define TXC_RSV3		0x0000008F
enum txc_l4t { TXC_UDP, TXC_TCP, TXC_SCTP, TXC_NONE };

/* What hardware writes back to a transmit descriptor */
#define TXD_DD			0x00000001

/** struct sim_desc - a descriptor, read once */
struct sim_desc {
	uint64_t addr;
	uint32_t dw2;
	uint32_t dw3;
};

static inline struct sim_desc sim_desc_read(const void *at)
{
	struct sim_desc d;

	memcpy(&d, at, sizeof(d));
	d.addr = le64toh(d.addr);
	d.dw2 = le32toh(d.dw2);
	d.dw3 = le32toh(d.dw3);
	return d;
}

static inline void sim_put_le32(uint8_t *at, uint32_t v)
{
	v = htole32(v);
	memcpy(at, &v, 4);
}

static inline void sim_put_le64(uint8_t *at, uint64_t v)
{
	v = htole64(v);
	memcpy(at, &v, 8);
}

/* The word with DD: whoever polls it may look at everything written before. */
static inline void sim_put_release32(uint8_t *at, uint32_t v)
{
	if ((uintptr_t)at & 3)
		sim_put_le32(at, v);
	else
		__atomic_store_n((uint32_t *)(void *)at, htole32(v), __ATOMIC_RELEASE);
}

static inline uint32_t sim_get_be16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static inline uint32_t sim_get_be32(const uint8_t *at)
{
	return sim_get_be16(at) << 16 | sim_get_be16(at + 2);
}

static inline void sim_put_be16(uint8_t *at, uint32_t v)
{
	at[0] = v >> 8;
	at[1] = v;
}

static inline void sim_put_be32(uint8_t *at, uint32_t v)
{
	sim_put_be16(at, v >> 16);
	sim_put_be16(at + 2, v);
}

#endif /* NICSIM_DESC82599_H */
