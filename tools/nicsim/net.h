/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nicsim daemon: what is at the other end of a port's cable.
 *
 *	net.c		what back ends have in common, and the table of them
 *	net_stream.c	UNIX stream socket, QEMU's framing: length (4 bytes, big endian), frame
 *	net_dgram.c	UNIX datagram sockets, a frame each
 *	net_tap.c	a TAP interface of the kernel
 *	net_pcap.c	capture files
 */
#ifndef NICSIM_NET_H
#define NICSIM_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"
#include "nicsim.h"

#define SIMNET_FRAME_MIN	60	/* what a MAC pads to; senders without one leave that out */
#define SIMNET_FRAME_MAX	16384
#define SIMNET_STALL_NS		1000000000ull	/* who takes nothing for so long loses frames */

enum simnet_kind {
	SIMNET_WIRE,		/* another port of this process: no back end */
	SIMNET_STREAM,
	SIMNET_STREAM_SERVER,
	SIMNET_DGRAM,
	SIMNET_TAP,
	SIMNET_PCAP,
};

/**
 * struct simnet_spec - net=SPEC taken apart
 * @a: wire or interface name, path, local path, or capture file to replay
 * @b: remote path, or capture file to write
 */
struct simnet_spec {
	enum simnet_kind kind;
	char *a;
	char *b;
};

struct simnet;

/**
 * struct simnet_ops - a back end
 * @open: create its resources, watch them; 0, or -1 with a message in @err
 * @send: as struct nicsim_net_ops
 * @kick: after the model ran: send what was gathered, offer what was refused; NULL: nothing
 * @close: release all, also after a failed open
 */
struct simnet_ops {
	size_t size;
	int (*open)(struct simnet *n, const struct simnet_spec *spec, char *err, size_t err_len);
	bool (*send)(struct simnet *n, const uint8_t *frame, uint32_t len);
	void (*kick)(struct simnet *n);
	void (*close)(struct simnet *n);
};

extern const struct simnet_ops simnet_stream;
extern const struct simnet_ops simnet_stream_server;
extern const struct simnet_ops simnet_dgram;
extern const struct simnet_ops simnet_tap;
extern const struct simnet_ops simnet_pcap;

/** struct simnet_stats - frames, by the port's point of view */
struct simnet_stats {
	uint64_t sent;
	uint64_t received;
	uint64_t send_dropped;		/* the other side did not take them */
	uint64_t receive_dropped;	/* not frames: length 0 or over SIMNET_FRAME_MAX */
};

/**
 * struct simnet - first in each back end's own structure
 * @held_len: not 0: @frame could not be taken by the port yet; nothing more is read meanwhile
 * @stall: when the other side stopped taking frames, 0: it takes them
 * @frame: the frame that is being received
 */
struct simnet {
	const struct simnet_ops *ops;
	struct evloop *loop;
	struct nicsim_port *port;
	struct simnet_stats stats;
	uint32_t held_len;
	uint64_t stall;
	uint8_t frame[SIMNET_FRAME_MAX];
};

/** simnet_open() - a back end for @port, which is attached to it; NULL with a message in @err. */
struct simnet *simnet_open(struct evloop *loop, struct nicsim_port *port,
			   const struct simnet_spec *spec, char *err, size_t err_len);
void simnet_close(struct simnet *n);

/** simnet_kick() - to be called after each run of the model. */
void simnet_kick(struct simnet *n);

/* ---- for back ends ---- */

/**
 * simnet_deliver() - a frame of @len bytes from outside, which may lie in @n->frame
 *
 * Return: false if it is held in @n->frame because the port is full: read no more until
 * simnet_held() says so.
 */
bool simnet_deliver(struct simnet *n, const uint8_t *frame, size_t len);

/** simnet_held() - offer a held frame again; whether there still is one. */
bool simnet_held(struct simnet *n);

/**
 * simnet_stalled() - the other side does not take frames now
 *
 * Return: false if that has lasted so long that frames are lost rather than held up for it.
 */
bool simnet_stalled(struct simnet *n);

/** simnet_fail() - the back end is broken for good: say why and end the daemon, status 1. */
void simnet_fail(struct simnet *n, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif /* NICSIM_NET_H */
