/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* An application for tests over the loopback NIC: sends numbered packets, checks their return. */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <nax/app.h>

#define TRAFFIC_LEN 100u

/**
 * struct traffic - one queue pair's worth
 * @port: the port
 * @queue: queue pair
 * @to_send: packets still to send; 0xffffffff: no end
 * @window: packets on the way at most, so that the device has a receive descriptor for each; 0: any
 * @two: send each packet in two slots
 * @sent: packets sent
 * @received: packets that came back; atomic, tests look from outside
 * @wrong: of these: with other content, or out of order
 * @calls: handler calls; atomic
 * @expect: number of the next packet; a reset loses some, so numbers may jump forward
 */
struct traffic {
	struct nax_port *port;
	unsigned int queue;
	u32 to_send;
	u32 window;
	bool two;
	u32 sent;
	u32 received;
	u32 wrong;
	u32 calls;
	u32 expect;
};

/** traffic_handler() - @arg is a struct traffic. */
u32 traffic_handler(struct nax_poll *poll, void *arg);

/** traffic_wait() - until *@count reaches @value; fails the test when it stands still for 10 s. */
void traffic_wait(const u32 *count, u32 value);

#endif /* TRAFFIC_H */
