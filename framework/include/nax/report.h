/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is told upwards: errors, link, queue statistics, register dumps. */
#ifndef NAX_REPORT_H
#define NAX_REPORT_H

#include <nax/types.h>

#define NAX_ERROR_TEXT 240

/**
 * struct nax_error - why something was refused
 * @code: negative errno, 0 if nothing happened
 * @text: one line without a full stop that names the field, the limit and the value, for example
 *	"rx_ring is 100: must be a power of two from 64 to 4096"
 */
struct nax_error {
	int code;
	char text[NAX_ERROR_TEXT];
};

/** enum nax_media - what the port is connected by */
enum nax_media {
	NAX_MEDIA_UNKNOWN,
	NAX_MEDIA_BACKPLANE,
	NAX_MEDIA_CX4,
	NAX_MEDIA_FIBER,
	NAX_MEDIA_DIRECT_ATTACH,
	NAX_MEDIA_TWISTED_PAIR,
	NAX_MEDIAS
};

#define NAX_LINK_REASON 96

/**
 * struct nax_link - state of the link, the whole state
 * @up: frames can pass
 * @speed: Mbit/s, 0 if down
 * @full_duplex: always true at 10 Gbit/s
 * @pause_rx: pause frames from the partner are honoured
 * @pause_tx: pause frames are sent
 * @media: kind of connection
 * @module: vendor and part number of a pluggable module, may be empty
 * @reason: why the link is down, if the device knows more than "no signal"; may be empty
 */
struct nax_link {
	bool up;
	u32 speed;
	bool full_duplex;
	bool pause_rx;
	bool pause_tx;
	enum nax_media media;
	char module[40];
	char reason[NAX_LINK_REASON];
};

/**
 * struct nax_link_settings - what an administrator asks of the link, the whole state
 * @modes: NAX_LINK_* that may be used, 0: all that the device has
 * @pause_rx: honour pause frames
 * @pause_tx: send pause frames
 */
struct nax_link_settings {
	u32 modes;
	bool pause_rx;
	bool pause_tx;
};

/** enum nax_selftest - the classic five tests; all but the link need the device for themselves */
enum nax_selftest {
	NAX_TEST_REGISTERS,	/* writable bits of registers keep what is written */
	NAX_TEST_NVM,		/* the NVM's checksum */
	NAX_TEST_INTERRUPT,	/* a masked vector is silent, an armed one fires */
	NAX_TEST_LOOPBACK,	/* frames come back through the MAC as they were sent */
	NAX_TEST_LINK,		/* the link is up */
	NAX_TESTS
};

#define NAX_MODULE_BYTES 256	/* what one address of the module's bus has: low half, one page */

/**
 * struct nax_module_page - which bytes of a pluggable module's memory
 * @i2c_address: 7 bits: 0x50, and for SFF-8472 diagnostics 0x51
 * @bank: of pages, 0
 * @page: upper half of the memory, 0 where there is but one
 * @offset: first byte, 0 .. 255
 * @len: bytes, @offset + @len at most NAX_MODULE_BYTES
 */
struct nax_module_page {
	u8 i2c_address;
	u8 bank;
	u8 page;
	u8 offset;
	u16 len;
};

/** enum nax_led - the port's lamps: what they show */
enum nax_led {
	NAX_LED_NORMAL,		/* what the NVM says: link, activity */
	NAX_LED_ON,
	NAX_LED_OFF,
	NAX_LEDS
};

#define NAX_RX_ERROR_COUNTERS 8		/* >= NAX_RX_ERRORS */

/**
 * struct nax_queue_stats - counters of one queue since it was made; they survive restarts
 * @packets: received without error, or sent and reported complete. A packet segmented by the
 *	device is one
 * @bytes: of these packets, without frame check sequence
 * @errors: Rx: frames dropped for an error, by enum nax_rx_error
 * @drops: packets lost in the framework: on stop of the queue, for want of memory, or refused by
 *	software fallback
 * @csum_bad: Rx: packets whose checksum is wrong, verified in software
 * @csum_disputed: Rx: packets that the device called bad and software found good
 * @sw_csum: Tx: packets whose checksum software filled
 * @sw_gso: Tx: packets that software segmented
 * @sw_vlan: Tx: packets that software tagged
 * @sw_linear: Tx: packets merged into fewer slots
 * @doorbells: doorbell writes
 * @polls: poll iterations
 * @idle: poll iterations that found nothing
 * @interrupts: times the queue's vector fired
 * @restarts: restarts of the queue after an error
 * @bad_completions: Tx: completion reports that could not be true
 * @joined: Rx with NAX_OFFLOAD_LRO: frames that the device appended to an earlier one
 */
struct nax_queue_stats {
	u64 packets;
	u64 bytes;
	u64 errors[NAX_RX_ERROR_COUNTERS];
	u64 drops;
	u64 csum_bad;
	u64 csum_disputed;
	u64 sw_csum;
	u64 sw_gso;
	u64 sw_vlan;
	u64 sw_linear;
	u64 doorbells;
	u64 polls;
	u64 idle;
	u64 interrupts;
	u64 restarts;
	u64 bad_completions;
	u64 joined;
};

/* All but @errors, for tables: F(field, FIELD), as NAX_CAPS_LIMITS() in <nax/caps.h>. */
#define NAX_QUEUE_COUNTERS(F) \
	F(packets, PACKETS) F(bytes, BYTES) F(drops, DROPS) F(csum_bad, CSUM_BAD) \
	F(csum_disputed, CSUM_DISPUTED) F(sw_csum, SW_CSUM) F(sw_gso, SW_GSO) \
	F(sw_vlan, SW_VLAN) F(sw_linear, SW_LINEAR) F(doorbells, DOORBELLS) F(polls, POLLS) \
	F(idle, IDLE) F(interrupts, INTERRUPTS) F(restarts, RESTARTS) \
	F(bad_completions, BAD_COMPLETIONS) F(joined, JOINED)

#define NAX_DIAG_RECORDS 1536
#define NAX_DIAG_NAME 20

/**
 * struct nax_diag_record - one word of a dump
 * @name: register name as the datasheet spells it, or "desc rx0[17]"
 * @offset: register offset, or descriptor index
 * @value: register value, or for descriptors one of the two quadwords
 */
struct nax_diag_record {
	char name[NAX_DIAG_NAME];
	u32 offset;
	u64 value;
};

/**
 * struct nax_diag - registers and descriptors as they were at one moment
 * @when_ns: time of the dump
 * @why: what made the framework take it
 * @n: used entries of @rec
 * @lost: records that did not fit
 * @rec: the records
 */
struct nax_diag {
	u64 when_ns;
	char why[NAX_ERROR_TEXT];
	u32 n;
	u32 lost;
	struct nax_diag_record rec[NAX_DIAG_RECORDS];
};

#endif /* NAX_REPORT_H */
