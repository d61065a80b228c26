/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A driver joined to nicsim in one process, on a virtual clock: what a test of a driver stands on.
 *
 *	test  --sim_send()-->  libnax + driver  --registers, DMA-->  nicsim  -->  sim.sent[]
 *	test  <--sim.got[]---  libnax + driver  <------------------  nicsim  <--  sim_inject()
 *
 * The far side of the port is the test itself: frames that leave are kept, frames are injected.
 * Opened with verifier level 2 unless said otherwise; sim_close() asserts that the verifier and
 * nicsim found nothing wrong with the driver, unless the test expected them to.
 */
#ifndef SIMPORT_H
#define SIMPORT_H

#include <nax/app.h>
#include <nax/sim.h>

#include "nicsim.h"

#define SIM_KEEP	512		/* frames kept in each direction */
#define SIM_BYTES	16384
#define SIM_QUEUES_MAX	64

/** struct sim_frame - a frame that left the port */
struct sim_frame {
	u32 len;
	u8 data[SIM_BYTES];
};

/** struct sim_packet - a packet that the application received, its slots joined */
struct sim_packet {
	u16 queue;
	u16 slots;
	u16 segments;
	u32 flags;
	u32 hash;
	u16 vlan_tci;
	u32 len;
	u8 data[SIM_BYTES];
};

/**
 * struct sim - one port under test
 * @hold: the application does not take packets while true
 * @errors_expected: sim_close() does not assert that nicsim found no driver error
 * @verify_expected: sim_close() does not assert that the verifier is content
 * @blocked: the far side takes no frames
 * @peer: the port at the other end of the wire, if there is one
 * @tap_read: sees what the driver is about to read, and may change it; NULL: none
 * @tap_write: sees what the driver writes before the device does; true: the device does not. NULL
 * @tap_arg: for a test's taps
 */
struct sim {
	struct nicsim *world;
	struct nicsim_port *device;
	struct nax_port *port;
	struct nax_poll *poll;
	struct nax_error err;
	struct nax_port_config config;
	bool hold;
	bool blocked;
	struct sim *peer;
	void (*tap_read)(struct sim *s, unsigned int region, u64 offset, void *data,
			 unsigned int len);
	bool (*tap_write)(struct sim *s, unsigned int region, u64 offset, const void *data,
			  unsigned int len);
	void *tap_arg;
	bool errors_expected;
	bool verify_expected;
	unsigned int n_sent;
	unsigned int n_got;
	unsigned int n_errors;		/* packets with NAX_F_RX_ERROR */
	struct sim_frame *sent;
	struct sim_packet *got;
	char log[8192];			/* what libnax and nicsim said */
};

/** sim_create() - a world with one port; config NULL: CX4 */
struct sim *sim_create(const struct nicsim_port_config *config);
/** sim_wire() - a second port in the world of @s, at the other end of its wire; close it first */
struct sim *sim_wire(struct sim *s, const struct nicsim_port_config *config);
/** sim_open() - attach the driver; 0 or -errno with sim->err set */
int sim_open(struct sim *s, unsigned int verify);
/** sim_start() - start with sim->config, which sim_open() filled with defaults; poll all queues */
int sim_start(struct sim *s);
/** sim_up() - sim_create(), sim_open(2), sim_start() with @queues, all asserted; link is up */
struct sim *sim_up(const struct nicsim_port_config *config, unsigned int queues);
/** sim_stop() - take the queues from the poll context and stop the port */
void sim_stop(struct sim *s);
void sim_close(struct sim *s);

/** sim_wait_link() - run until the link is up; fails the test after 3 s */
void sim_wait_link(struct sim *s);
/** sim_run() - let @us microseconds pass: device, polls, and every 10 ms the slow path; peer too */
void sim_run(struct sim *s, u64 us);
/** sim_clear() - forget frames sent and packets got */
void sim_clear(struct sim *s);
/** sim_inject() - a frame arrives; asserts that the port takes it, then runs 20 us */
void sim_inject(struct sim *s, const u8 *frame, u32 len);
/** sim_send() - put a packet into Tx queue @queue, cut into slots of at most @piece bytes */
void sim_send(struct sim *s, unsigned int queue, const u8 *frame, u32 len, u32 piece, u32 flags,
	      u32 lengths, u16 gso, u16 vlan_tci);
/** sim_tx_free() - slots that may be filled in Tx queue @queue, as a handler sees it */
u32 sim_tx_free(struct sim *s, unsigned int queue);
/** sim_hw_stat() - a hardware counter by its name; fails the test if there is none */
u64 sim_hw_stat(struct sim *s, const char *name);
/** sim_event() - whether an event of @type has come; takes events up to it */
bool sim_event(struct sim *s, enum nax_port_event_type type);
const char *sim_state(struct sim *s);

/* Frames for tests; each returns the length. Checksums are right. */
struct sim_flow {
	bool v6;
	u8 proto;			/* 6 TCP, 17 UDP, 132 SCTP, else none */
	u16 sport, dport;
	u32 saddr, daddr;		/* low word for IPv6 */
	int vlan;			/* tag in the frame, -1: none */
	u32 payload;			/* bytes */
};
u32 sim_build(u8 *frame, const struct sim_flow *flow);
/** sim_lengths() - nax_tx_lengths() for a frame of sim_build(). */
u32 sim_lengths(const struct sim_flow *flow);
/** sim_flags() - NAX_F_IPV4.. and L4 type of a flow. */
u32 sim_flags(const struct sim_flow *flow);
/** sim_seed() - what an upper layer puts into the checksum fields of a frame of sim_build() */
void sim_seed(u8 *frame, const struct sim_flow *flow, bool gso);
/** sim_csum_ok() - every checksum in the frame is right, by the core's software */
bool sim_csum_ok(const u8 *frame, u32 len);

extern const u8 sim_mac[6];		/* address of the port under test */

#endif /* SIMPORT_H */
