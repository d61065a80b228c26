// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nax fwd: forward frames between two ports, both ways, without copying.
 *
 * A received slot and a free transmit slot exchange buffers. Where the other side has no room
 * packets stay in the receive ring until there is some, so the wire's partner is slowed down and
 * nothing is dropped here.
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "common.h"
#include "describe.h"

/* Flags that mean the same on receive and transmit. */
#define FWD_KEEP (0xffu & ~NAX_F_EOP)

struct fwd_options {
	struct common_options common;
	u32 queues;
	u32 mtu;
	u32 ring;
	u64 duration;
	bool spin;
};

#define AT(field) offsetof(struct fwd_options, field)
static const struct opt fwd_opts[] = {
	{ "queues", 'Q', OPT_U32, "N", AT(queues), 1, 64, NULL,
	  "queue pairs of each port (default 1)" },
	{ "duration", 'd', OPT_TIME, "TIME", AT(duration), NSEC_PER_MSEC,
	  365ull * 86400 * NSEC_PER_SEC, NULL, "end after this long (default: never)" },
	{ "mtu", 'm', OPT_U32, "BYTES", AT(mtu), 68, 65535, NULL,
	  "MTU of both ports (default 1500)" },
	{ "ring", 0, OPT_U32, "SLOTS", AT(ring), 8, 65536, NULL,
	  "slots of each ring, a power of two (default: the driver's)" },
	{ "spin", 's', OPT_FLAG, NULL, AT(spin), 0, 0, NULL, "poll without sleeping" },
};

static const struct fwd_options fwd_defaults = { .queues = 1 };

/**
 * struct fwd_way - one direction
 * @from: received from
 * @to: sent to
 * @packets: forwarded
 * @bytes: of them
 * @errors: damaged packets, released
 * @full: times that packets had to wait for room
 * @last_packets: at the last progress line
 * @last_bytes: at the last progress line
 */
struct fwd_way {
	struct nax_port *from;
	struct nax_port *to;
	u64 packets;
	u64 bytes;
	u64 errors;
	u64 full;
	u64 last_packets;
	u64 last_bytes;
};

struct fwd {
	struct cli *cli;
	const struct fwd_options *opt;
	struct nax_port *port[2];
	struct fwd_way way[2];
	u64 last_ns;
	struct cli_loop loop;
};

/* Move @n slots of one packet; flags of the last received slot go to the first that is sent. */
static u32 fwd_packet(const struct nax_ring *rx, u32 from, const struct nax_ring *tx, u32 to, u32 n)
{
	const struct nax_slot *last = nax_ring_slot(rx, from + n - 1);
	struct nax_slot *first = nax_ring_slot(tx, to);
	u32 bytes = 0;
	u32 i;

	for (i = 0; i < n; i++) {
		struct nax_slot *r = nax_ring_slot(rx, from + i);

		nax_slot_forward(r, nax_ring_slot(tx, to + i), r == last ? NAX_F_EOP : 0);
		bytes += r->len;
	}
	first->flags |= last->flags & FWD_KEEP;
	first->vlan_tci = last->vlan_tci;
	return bytes;
}

/* One queue of one direction. Return: packets taken. */
static u32 fwd_queue(struct fwd_way *w, u32 queue)
{
	struct nax_ring *rx = nax_port_rx_ring(w->from, queue);
	struct nax_ring *tx = nax_port_tx_ring(w->to, queue);
	u32 room, at, done = 0, used = 0;
	u32 packets = 0, errors = 0;
	u64 bytes = 0;
	u32 n;

	room = nax_ring_free(tx);
	at = nax_ring_first_held(rx);
	while ((n = nax_rx_packet(rx, at + done))) {
		if (nax_ring_slot(rx, at + done + n - 1)->flags & NAX_F_RX_ERROR) {
			errors++;
			done += n;
			continue;
		}
		if (used + n > room) {
			count_add(&w->full, 1);
			break;
		}
		bytes += fwd_packet(rx, at + done, tx, tx->end + used, n);
		used += n;
		done += n;
		packets++;
	}
	nax_tx_submit(tx, used);
	if (done) {
		nax_rx_release(rx, done);
		count_add(&w->packets, packets);
		count_add(&w->bytes, bytes);
		count_add(&w->errors, errors);
	}
	return packets + errors;
}

static u32 fwd_handler(struct nax_poll *poll, void *arg)
{
	struct fwd *f = arg;
	u32 work = 0;
	u32 q;

	for (q = 0; q < f->opt->queues; q++) {
		work += fwd_queue(&f->way[0], q);
		work += fwd_queue(&f->way[1], q);
	}
	return work;
}

static bool fwd_tick(void *arg, u64 now)
{
	struct fwd *f = arg;
	double seconds = (double)(now - f->last_ns) / 1e9;
	char pps[2][16], bps[2][16];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct fwd_way *w = &f->way[i];
		u64 packets = count_get(&w->packets);
		u64 bytes = count_get(&w->bytes);

		cli_human((double)(packets - w->last_packets) / seconds, pps[i]);
		cli_human(8.0 * (double)(bytes - w->last_bytes) / seconds, bps[i]);
		w->last_packets = packets;
		w->last_bytes = bytes;
	}
	f->last_ns = now;
	cli_progress(f->cli, "a>b %spps %sbit/s  b>a %spps %sbit/s", pps[0], bps[0], pps[1],
		     bps[1]);
	return true;
}

static void fwd_json(struct fwd *f, double seconds)
{
	static const char *const names[2] = { "a_to_b", "b_to_a" };
	struct json_object *root = cli_json_new(f->cli);
	struct json_object *ports = json_object_new_array();
	struct json_object *o;
	unsigned int i;

	json_add_rate(root, "seconds", seconds);
	for (i = 0; i < 2; i++) {
		const struct fwd_way *w = &f->way[i];

		o = json_object_new_object();
		json_add_u64(o, "packets", w->packets);
		json_add_u64(o, "bytes", w->bytes);
		json_add_u64(o, "errors", w->errors);
		json_add_u64(o, "full", w->full);
		json_add_rate(o, "packets_per_second", (double)w->packets / seconds);
		json_add_rate(o, "bits_per_second", 8.0 * (double)w->bytes / seconds);
		json_object_object_add(root, names[i], o);
		o = json_object_new_object();
		json_add_port(o, f->port[i]);
		json_object_array_add(ports, o);
	}
	json_object_object_add(root, "ports", ports);
	if (f->cli->error[0])
		json_add_text(root, "error", f->cli->error);
	cli_json(f->cli, root, true);
}

static void fwd_text(struct fwd *f, double seconds)
{
	static const char *const names[2] = { "a to b", "b to a" };
	char pps[16], bps[16];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		const struct fwd_way *w = &f->way[i];

		printf("%s: %llu packets, %llu bytes, %spps, %sbit/s, %llu damaged, waited for "
		       "room %llu times\n", names[i], w->packets, w->bytes,
		       cli_human((double)w->packets / seconds, pps),
		       cli_human(8.0 * (double)w->bytes / seconds, bps), w->errors, w->full);
	}
}

static int fwd_start(struct fwd *f)
{
	struct nax_port_config config;
	struct nax_poll *poll;
	unsigned int i;
	u32 q;

	for (i = 0; i < 2; i++) {
		struct nax_port *port = cli_open(f->cli, f->opt->common.operand[i]);

		if (!port)
			return 1;
		f->port[i] = port;
		f->loop.port[f->loop.n_ports++] = port;
		if (cli_queues(f->cli, port, f->opt->queues))
			return 1;
		nax_port_defaults(port, &config);
		config.rx_queues = (u16)f->opt->queues;
		config.tx_queues = (u16)f->opt->queues;
		if (f->opt->mtu)
			config.mtu = f->opt->mtu;
		if (f->opt->ring) {
			config.rx_ring = f->opt->ring;
			config.tx_ring = f->opt->ring;
		}
		if (cli_start(f->cli, port, &config) ||
		    cli_filter(f->cli, port, CLI_FILTER_ALL))
			return 1;
	}
	/* one context for both ports: buffers change hands without a lock */
	poll = cli_poll_add(f->cli, &f->loop, f->opt->spin, f);
	if (!poll)
		return 1;
	for (i = 0; i < 2; i++)
		for (q = 0; q < f->opt->queues; q++)
			if (cli_poll_queue(f->cli, poll, f->port[i], (int)q))
				return 1;
	f->way[0].from = f->way[1].to = f->port[0];
	f->way[1].from = f->way[0].to = f->port[1];
	return 0;
}

static int fwd_run(struct cli *cli, const void *options)
{
	const struct fwd_options *opt = options;
	struct fwd f = {
		.cli = cli,
		.opt = opt,
		.loop = {
			.fn = fwd_handler,
			.tick = fwd_tick,
			.duration_ns = opt->duration,
		},
	};
	double seconds;
	unsigned int i;
	int rc = 1;

	f.loop.arg = &f;
	if (fwd_start(&f))
		goto close;
	f.last_ns = cli_time();
	rc = cli_loop(cli, &f.loop);
	seconds = (double)(f.loop.end_ns - f.loop.start_ns) / 1e9;
	if (seconds <= 0)
		seconds = 1e-9;
	cli_progress(cli, "%s", "");
	if (opt->common.json)
		fwd_json(&f, seconds);
	else
		fwd_text(&f, seconds);
close:
	cli_loop_destroy(&f.loop);
	for (i = 0; i < 2; i++)
		if (f.port[i])
			nax_port_close(f.port[i]);
	return rc;
}

const struct command cmd_fwd = {
	.name = "fwd",
	.operands = "DEV DEV",
	.n_operands = 2,
	.summary = "forward frames between two devices without copying",
	.opts = fwd_opts,
	.n_opts = ARRAY_LEN(fwd_opts),
	.size = sizeof(struct fwd_options),
	.defaults = &fwd_defaults,
	.run = fwd_run,
};
