/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One TAP queue and one queue pair of a NIC, and the frames between them. */
#ifndef NAX_TOOL_TAP_QUEUE_H
#define NAX_TOOL_TAP_QUEUE_H

#include <nax/app.h>
#include <sys/uio.h>

#include "vnet.h"

#define TAP_FRAME_GSO_MAX 66000u	/* 65,536 bytes, and headers that are not counted in them */
#define TAP_BURST 64u			/* packets per direction and poll iteration */
#define TAP_IOV 320u			/* slots made ready in one iteration */
#define TAP_RX_PIECES 60u		/* slots of a received frame */

/**
 * struct tap_counters - written by the poll thread alone; read by count_get()
 * @to_nic: frames and bytes taken from the TAP and given to the NIC
 * @to_nic_gso: of these, frames that the NIC side must cut into segments
 * @to_nic_soft_csum: of these, frames whose checksum was made here, for want of a flag for it
 * @to_nic_malformed: frames dropped: their virtio-net header contradicts them, or they are too long
 * @to_nic_full: times that frames had to wait in the TAP for room in the transmit ring
 * @to_tap: frames and bytes given to the TAP
 * @to_tap_damaged: frames dropped that the NIC marks as damaged
 * @to_tap_dropped: frames dropped because the TAP refused them, for example while it is down
 * @to_tap_full: times that the TAP had no room and the frame had to wait in the receive ring
 */
struct tap_counters {
	u64 to_nic_packets;
	u64 to_nic_bytes;
	u64 to_nic_gso;
	u64 to_nic_soft_csum;
	u64 to_nic_malformed;
	u64 to_nic_full;
	u64 to_tap_packets;
	u64 to_tap_bytes;
	u64 to_tap_damaged;
	u64 to_tap_dropped;
	u64 to_tap_full;
};

/** struct tap_counter - a field of struct tap_counters */
struct tap_counter {
	const char *name;
	size_t offset;
};

/** tap_counters - all fields, ended by a NULL name */
extern const struct tap_counter tap_counters[];

/**
 * struct tap_queue - a queue and its partner
 * @port: NIC
 * @poll: context that serves both
 * @index: of the queue pair
 * @fd: TAP queue
 * @hdr_size: bytes of virtio-net header
 * @chunk: bytes put into one transmit slot
 * @need: slots that the longest frame may take
 * @frame_max: longest frame that is not to be cut
 * @tag: leave 802.1Q tags to the NIC
 * @wants_fd: the context wakes when the TAP has frames
 * @failed: errno of a read that shows that the TAP is gone
 * @why: what was wrong with the last malformed frame, a constant text
 * @write_errno: of the last frame dropped on its way to the TAP
 * @count: counters
 */
struct tap_queue {
	struct nax_port *port;
	struct nax_poll *poll;
	u32 index;
	int fd;
	u32 hdr_size;
	u32 chunk;
	u32 need;
	u32 frame_max;
	bool tag;
	bool wants_fd;
	int failed;
	const char *why;
	int write_errno;
	struct tap_counters count;
};

/**
 * tap_queue_init() - set what depends on MTU and offloads
 * @mtu: of the NIC
 * @gso: the TAP may hand over frames to be cut
 */
void tap_queue_init(struct tap_queue *q, u32 mtu, bool gso);

/**
 * tap_queue_poll() - move frames both ways; in a poll handler
 *
 * Return: frames moved or dropped; at least 1 while the TAP wants a retry. With @q->failed set the
 * TAP is gone.
 */
u32 tap_queue_poll(struct tap_queue *q);

#endif /* NAX_TOOL_TAP_QUEUE_H */
