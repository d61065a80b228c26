// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim daemon: what net back ends have in common.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"
#include "say.h"

static const struct simnet_ops *const kinds[] = {
	[SIMNET_STREAM] = &simnet_stream,
	[SIMNET_STREAM_SERVER] = &simnet_stream_server,
	[SIMNET_DGRAM] = &simnet_dgram,
	[SIMNET_TAP] = &simnet_tap,
	[SIMNET_PCAP] = &simnet_pcap,
};

static bool on_send(void *ctx, const uint8_t *frame, uint32_t len)
{
	struct simnet *n = ctx;

	return n->ops->send(n, frame, len);
}

static const struct nicsim_net_ops port_ops = { .send = on_send };

struct simnet *simnet_open(struct evloop *loop, struct nicsim_port *port,
			   const struct simnet_spec *spec, char *err, size_t err_len)
{
	const struct simnet_ops *ops = kinds[spec->kind];
	struct simnet *n = calloc(1, ops->size);

	if (!n) {
		snprintf(err, err_len, "no memory for net=");
		return NULL;
	}
	n->ops = ops;
	n->loop = loop;
	n->port = port;
	/* before open: it may pull the cable until somebody is there */
	nicsim_port_net(port, &port_ops, n);
	if (ops->open(n, spec, err, err_len)) {
		simnet_close(n);
		return NULL;
	}
	return n;
}

void simnet_close(struct simnet *n)
{
	struct simnet_stats *st;

	if (!n)
		return;
	st = &n->stats;
	nicsim_port_net(n->port, NULL, NULL);
	n->ops->close(n);
	st->receive_dropped += n->held_len != 0;
	if (st->send_dropped || st->receive_dropped)
		nicsim_say(nicsim_port_name(n->port),
			   "net: sent %llu frames and lost %llu, received %llu and refused %llu",
			   (unsigned long long)st->sent, (unsigned long long)st->send_dropped,
			   (unsigned long long)st->received,
			   (unsigned long long)st->receive_dropped);
	free(n);
}

void simnet_kick(struct simnet *n)
{
	if (n->ops->kick)
		n->ops->kick(n);
}

/* ---- receiving ---- */

bool simnet_deliver(struct simnet *n, const uint8_t *frame, size_t len)
{
	if (!len || len > SIMNET_FRAME_MAX) {
		n->stats.receive_dropped++;
		return true;
	}
	if (len < SIMNET_FRAME_MIN) {
		memmove(n->frame, frame, len);
		memset(n->frame + len, 0, SIMNET_FRAME_MIN - len);
		frame = n->frame;
		len = SIMNET_FRAME_MIN;
	}
	if (!nicsim_port_frame(n->port, frame, len)) {
		if (frame != n->frame)
			memmove(n->frame, frame, len);
		n->held_len = len;
		return false;
	}
	n->stats.received++;
	return true;
}

bool simnet_held(struct simnet *n)
{
	if (!n->held_len)
		return false;
	if (!nicsim_port_ready(n->port) || !nicsim_port_frame(n->port, n->frame, n->held_len))
		return true;
	n->held_len = 0;
	n->stats.received++;
	return false;
}

/* ---- sending ---- */

bool simnet_stalled(struct simnet *n)
{
	uint64_t now = evloop_now();

	if (!n->stall)
		n->stall = now;
	return now - n->stall < SIMNET_STALL_NS;
}

void simnet_fail(struct simnet *n, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	nicsim_say(nicsim_port_name(n->port), "%s", text);
	evloop_stop(n->loop, 1);
}
