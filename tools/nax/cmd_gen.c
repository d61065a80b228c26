// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nax gen: a generator that checks what comes back, and how long it took. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "common.h"
#include "describe.h"
#include "gen_traffic.h"

#define FCS 4u
#define SIZE_LEAST (GEN_LEN_MIN_UDP + FCS)
#define SIZE_MOST (GEN_LEN_MAX + FCS)
#define L2_BYTES 18u	/* Ethernet header and check sequence */
#define LINK_WAIT_NS (5 * NSEC_PER_SEC)
#define DRAIN_LIMIT_NS (5 * NSEC_PER_SEC)

/** struct gen_size - length of frames with check sequence; 0: the mix */
struct gen_size {
	u32 bytes;
};

struct gen_options {
	struct common_options common;
	struct gen_size size;
	u64 count;
	u64 duration;
	struct opt_rate rate;
	u32 window;
	u32 flows;
	bool tcp;
	bool echo;
	bool spin;
	u8 src_mac[6];
	u8 dst_mac[6];
	const char *peer;
	u32 queues;
};

static int parse_size(const struct opt *o, const char *text, void *dst, struct nax_error *err)
{
	struct gen_size *size = dst;
	u64 v = 0;
	int rc;

	if (!strcmp(text, "imix")) {
		size->bytes = 0;
		return 0;
	}
	rc = opt_number("--size", text, SIZE_LEAST, SIZE_MOST, &v, err);
	size->bytes = (u32)v;
	return rc;
}

static int parse_rate(const struct opt *o, const char *text, void *dst, struct nax_error *err)
{
	return opt_rate("--rate", text, dst, err);
}

static int parse_proto(const struct opt *o, const char *text, void *dst, struct nax_error *err)
{
	bool *tcp = dst;

	*tcp = !strcmp(text, "tcp");
	if (*tcp || !strcmp(text, "udp"))
		return 0;
	err->code = -EINVAL;
	snprintf(err->text, sizeof(err->text), "--proto is \"%.40s\": must be udp or tcp", text);
	return -EINVAL;
}

#define AT(field) offsetof(struct gen_options, field)
static const struct opt gen_opts[] = {
	{ "size", 'z', OPT_CUSTOM, "N|imix", AT(size), 0, 0, parse_size,
	  "bytes of a frame with check sequence, or 64, 594, 1518 as 7:4:1 (default 64)" },
	{ "count", 'c', OPT_U64, "N", AT(count), 1, UINT32_MAX, NULL,
	  "end after so many frames (default: when interrupted)" },
	{ "duration", 'd', OPT_TIME, "TIME", AT(duration), NSEC_PER_MSEC, 86400 * NSEC_PER_SEC,
	  NULL, "end after this long" },
	{ "rate", 'r', OPT_CUSTOM, "RATE", AT(rate), 0, 0, parse_rate,
	  "1.5M or 1.5Mpps frames, or 2Gbps bits on the wire, per second (default: no limit)" },
	{ "window", 'W', OPT_U32, "N", AT(window), 1, 65536, NULL,
	  "without --rate, frames under way to --peer at a time (default 256)" },
	{ "flows", 'F', OPT_U32, "N", AT(flows), 1, GEN_FLOWS_MAX, NULL,
	  "flows that differ in source port and address (default 1)" },
	{ "proto", 'P', OPT_CUSTOM, "udp|tcp", AT(tcp), 0, 0, parse_proto,
	  "transport header (default udp)" },
	{ "src-mac", 0, OPT_MAC, "MAC", AT(src_mac), 0, 0, NULL,
	  "source address (default: the device's)" },
	{ "dst-mac", 0, OPT_MAC, "MAC", AT(dst_mac), 0, 0, NULL,
	  "destination address (default: the peer's, else broadcast)" },
	{ "peer", 'p', OPT_STRING, "DEV", AT(peer), 0, 0, NULL,
	  "device at the other end of the wire: receive and check there" },
	{ "echo", 'e', OPT_FLAG, NULL, AT(echo), 0, 0, NULL,
	  "every frame must come back to the device that sent it" },
	{ "queues", 'Q', OPT_U32, "N", AT(queues), 1, GEN_QUEUES_MAX, NULL,
	  "queue pairs of each device (default 1)" },
	{ "spin", 's', OPT_FLAG, NULL, AT(spin), 0, 0, NULL, "poll without sleeping" },
};

static const struct gen_options gen_defaults = {
	.size = { SIZE_LEAST },
	.window = 256,
	.flows = 1,
	.queues = 1,
};

/**
 * struct gen - the command
 * @cli: for messages
 * @opt: options
 * @port: devices, the sender first
 * @n_ports: how many
 * @traffic: what moves
 * @loop: control loop
 * @last_ns: time of the last progress line
 * @last_sent: frames sent until then
 * @last_received: frames received until then
 */
struct gen {
	struct cli *cli;
	const struct gen_options *opt;
	struct nax_port *port[2];
	unsigned int n_ports;
	struct gen_traffic *traffic;
	struct cli_loop loop;
	u64 last_ns;
	u64 last_sent;
	u64 last_received;
};

static const struct {
	const char *name;
	u32 per_100k;
} percentiles[] = {
	{ "p50", 50000 }, { "p90", 90000 }, { "p99", 99000 }, { "p99_9", 99900 },
};

/* ---- summary ---- */

static double gen_seconds(const struct gen_traffic *g)
{
	return g->end_ns > g->start_ns ? (double)(g->end_ns - g->start_ns) / 1e9 : 0;
}

static struct json_object *json_side(u64 packets, u64 bytes, double seconds)
{
	struct json_object *o = json_object_new_object();

	json_add_u64(o, "packets", packets);
	json_add_u64(o, "bytes", bytes);
	json_add_rate(o, "packets_per_second", seconds > 0 ? (double)packets / seconds : 0);
	json_add_rate(o, "bits_per_second", seconds > 0 ? 8.0 * (double)bytes / seconds : 0);
	return o;
}

static struct json_object *json_latency(const struct histogram *h)
{
	struct json_object *o = json_object_new_object();
	unsigned int i;

	json_add_u64(o, "count", h->count);
	json_add_u64(o, "min", h->min);
	json_add_u64(o, "mean", h->count ? h->sum / h->count : 0);
	for (i = 0; i < ARRAY_LEN(percentiles); i++)
		json_add_u64(o, percentiles[i].name, hist_percentile(h, percentiles[i].per_100k));
	json_add_u64(o, "max", h->max);
	return o;
}

static void gen_json(struct gen *gen)
{
	const struct gen_traffic *g = gen->traffic;
	struct json_object *root = cli_json_new(gen->cli);
	struct json_object *ports = json_object_new_array();
	struct json_object *o;
	unsigned int i;

	json_add_rate(root, "seconds", gen_seconds(g));
	json_add_u64(root, "flows", g->flows);
	json_object_object_add(root, "tx", json_side(g->sent, g->sent_bytes, gen_seconds(g)));
	json_object_object_add(root, "rx",
			       json_side(g->received, g->received_bytes, gen_seconds(g)));
	json_add_u64(root, "lost", gen_traffic_lost(g));
	json_add_u64(root, "duplicate", g->tally.duplicate);
	json_add_u64(root, "reordered", g->tally.reordered);
	json_add_u64(root, "old", g->tally.old);
	json_add_u64(root, "corrupt", g->corrupt);
	json_add_u64(root, "checksum_bad", g->csum_bad);
	json_add_u64(root, "checksum_good", g->csum_good);
	json_add_u64(root, "damaged", g->damaged);
	json_add_u64(root, "foreign", g->foreign);
	json_object_object_add(root, "latency_ns", json_latency(&g->latency));
	for (i = 0; i < gen->n_ports; i++) {
		o = json_object_new_object();
		json_add_port(o, gen->port[i]);
		json_object_array_add(ports, o);
	}
	json_object_object_add(root, "ports", ports);
	if (gen->cli->error[0])
		json_add_text(root, "error", gen->cli->error);
	cli_json(gen->cli, root, true);
}

static void gen_text(const struct gen *gen)
{
	const struct gen_traffic *g = gen->traffic;
	const struct histogram *h = &g->latency;
	double seconds = gen_seconds(g);
	char pps[16], bps[16];
	unsigned int i;

	printf("sent %llu frames, %llu bytes in %.2f s, %spps, %sbit/s\n", g->sent, g->sent_bytes,
	       seconds, cli_human(seconds > 0 ? (double)g->sent / seconds : 0, pps),
	       cli_human(seconds > 0 ? 8.0 * (double)g->sent_bytes / seconds : 0, bps));
	printf("received %llu frames, %llu bytes; %llu foreign\n", g->received, g->received_bytes,
	       g->foreign);
	printf("lost %llu, duplicate %llu, reordered %llu, too old %llu, corrupt %llu, "
	       "bad checksum %llu, damaged %llu\n", gen_traffic_lost(g), g->tally.duplicate,
	       g->tally.reordered, g->tally.old, g->corrupt, g->csum_bad, g->damaged);
	if (!h->count)
		return;
	printf("latency in us: min %.1f, mean %.1f", (double)h->min / 1e3,
	       (double)h->sum / (double)h->count / 1e3);
	for (i = 0; i < ARRAY_LEN(percentiles); i++)
		printf(", %s %.1f", percentiles[i].name,
		       (double)hist_percentile(h, percentiles[i].per_100k) / 1e3);
	printf(", max %.1f\n", (double)h->max / 1e3);
}

/* What makes a run a failure, each with its count. */
static void gen_judge(struct gen *gen)
{
	const struct gen_traffic *g = gen->traffic;
	const struct {
		const char *what;
		u64 n;
	} faults[] = {
		{ "lost", gen_traffic_lost(g) },   { "received twice", g->tally.duplicate },
		{ "out of order", g->tally.reordered + g->tally.old },
		{ "corrupt", g->corrupt },	   { "with a bad checksum", g->csum_bad },
		{ "damaged", g->damaged },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(faults); i++)
		if (faults[i].n)
			cli_fail(gen->cli, "%llu of %llu frames %s", faults[i].n, g->sent,
				 faults[i].what);
}

/* ---- control ---- */

static bool gen_tick(void *arg, u64 now)
{
	struct gen *gen = arg;
	u64 sent = count_get(&gen->traffic->sent);
	u64 received = count_get(&gen->traffic->received);
	double seconds = (double)(now - gen->last_ns) / 1e9;
	char tx[16], rx[16];

	cli_progress(gen->cli, "sent %llu, %spps; received %llu, %spps", sent,
		     cli_human((double)(sent - gen->last_sent) / seconds, tx), received,
		     cli_human((double)(received - gen->last_received) / seconds, rx));
	gen->last_ns = now;
	gen->last_sent = sent;
	gen->last_received = received;
	return true;
}

static u64 gen_drain(void *arg)
{
	struct gen *gen = arg;

	gen_traffic_quit(gen->traffic);
	return DRAIN_LIMIT_NS;
}

/* ---- start ---- */

static u32 longest(const struct gen_traffic *g)
{
	u32 most = 0;
	u32 i;

	for (i = 0; i < g->n_len; i++)
		most = g->len[i] > most ? g->len[i] : most;
	return most;
}

static void set_lengths(struct gen_traffic *g, const struct gen_options *opt)
{
	/* 7:4:1, mixed so that a short run has the same proportions */
	static const u32 mix[] = { 64, 594, 64, 64, 594, 64, 1518, 64, 594, 64, 594, 64 };
	u32 least = gen_len_min(opt->tcp);
	u32 i;

	g->n_len = opt->size.bytes ? 1 : ARRAY_LEN(mix);
	for (i = 0; i < g->n_len; i++) {
		g->len[i] = (opt->size.bytes ? opt->size.bytes : mix[i]) - FCS;
		/* the mix's shortest frames have no room for a TCP header and the stamp */
		if (g->len[i] < least)
			g->len[i] = least;
	}
}

static int start_port(struct gen *gen, const char *name)
{
	const struct gen_options *opt = gen->opt;
	u32 frame = longest(gen->traffic) + FCS;
	struct nax_port_config config;
	struct nax_port *port;

	port = cli_open(gen->cli, name);
	if (!port)
		return 1;
	gen->port[gen->n_ports++] = port;
	gen->loop.port[gen->loop.n_ports++] = port;
	if (cli_queues(gen->cli, port, opt->queues))
		return 1;
	nax_port_defaults(port, &config);
	config.rx_queues = (u16)opt->queues;
	config.tx_queues = (u16)opt->queues;
	if (frame > config.mtu + L2_BYTES)
		config.mtu = frame - L2_BYTES;
	return cli_start(gen->cli, port, &config) ||
	       cli_filter(gen->cli, port, CLI_FILTER_ALL);
}

static void set_addresses(struct gen *gen)
{
	static const u8 none[6], broadcast[6] = { 255, 255, 255, 255, 255, 255 };
	const struct gen_options *opt = gen->opt;
	struct gen_stream *s = &gen->traffic->stream;
	struct nax_port_info info;

	nax_port_info(gen->port[0], &info);
	memcpy(s->src, memcmp(opt->src_mac, none, 6) ? opt->src_mac : info.mac, 6);
	nax_port_info(gen->port[gen->n_ports - 1], &info);
	if (memcmp(opt->dst_mac, none, 6))
		memcpy(s->dst, opt->dst_mac, 6);
	else
		memcpy(s->dst, opt->peer ? info.mac : broadcast, 6);
}

static int gen_start(struct gen *gen)
{
	const struct gen_options *opt = gen->opt;
	struct gen_traffic *g = gen->traffic;
	struct nax_error err = { 0 };
	struct nax_poll *poll;
	unsigned int i;
	u32 q;

	if (start_port(gen, opt->common.operand[0]) ||
	    (opt->peer && start_port(gen, opt->peer)))
		return 1;
	g->tx = gen->port[0];
	g->rx = gen->port[gen->n_ports - 1];
	set_addresses(gen);
	poll = cli_poll_add(gen->cli, &gen->loop, opt->spin, g);
	if (!poll)
		return 1;
	for (i = 0; i < gen->n_ports; i++)
		for (q = 0; q < opt->queues; q++)
			if (cli_poll_queue(gen->cli, poll, gen->port[i], (int)q))
				return 1;
	if (gen_traffic_init(g, poll, &err))
		return cli_fail(gen->cli, "%s", err.text);
	for (i = 0; i < gen->n_ports; i++)
		if (cli_wait_link(gen->cli, gen->port[i], LINK_WAIT_NS))
			return 1;
	return 0;
}

static int gen_check_options(struct cli *cli, const struct gen_options *opt)
{
	u32 least = gen_len_min(true) + FCS;

	if (opt->tcp && opt->size.bytes && opt->size.bytes < least) {
		cli_fail(cli, "--size is %u: must be at least %u with --proto tcp",
			 opt->size.bytes, least);
		return 2;
	}
	if (opt->peer && opt->echo) {
		cli_fail(cli, "--echo and --peer exclude each other");
		return 2;
	}
	return 0;
}

static int gen_run(struct cli *cli, const void *options)
{
	const struct gen_options *opt = options;
	struct gen gen = {
		.cli = cli,
		.opt = opt,
		.loop = {
			.fn = gen_traffic_poll,
			.tick = gen_tick,
			.drain = gen_drain,
			.duration_ns = opt->duration,
		},
	};
	struct gen_traffic *g;
	int rc = gen_check_options(cli, opt);

	if (rc)
		return rc;
	rc = 1;
	g = calloc(1, sizeof(*g));
	if (!g)
		return cli_fail(cli, "out of memory");
	gen.traffic = g;
	gen.loop.arg = &gen;
	g->queues = opt->queues;
	g->flows = opt->flows;
	g->count = opt->count;
	g->rate = opt->rate;
	g->window = opt->window;
	g->expect = opt->peer || opt->echo;
	g->stream.tcp = opt->tcp;
	/* only two runs that face each other need differ */
	g->stream.run = (u16)(cli_time() / 1000 ^ (u64)getpid() << 3);
	g->timer = -1;
	set_lengths(g, opt);
	if (gen_start(&gen))
		goto close;
	gen.last_ns = cli_time();
	cli_loop(cli, &gen.loop);
	gen_judge(&gen);
	cli_progress(cli, "%s", "");
	if (opt->common.json)
		gen_json(&gen);
	else
		gen_text(&gen);
	rc = cli->error[0] ? 1 : 0;
close:
	cli_loop_destroy(&gen.loop);
	while (gen.n_ports)
		nax_port_close(gen.port[--gen.n_ports]);
	gen_traffic_destroy(g);
	free(g);
	return rc;
}

const struct command cmd_gen = {
	.name = "gen",
	.operands = "DEV",
	.n_operands = 1,
	.summary = "generate frames, check and time what comes back",
	.opts = gen_opts,
	.n_opts = ARRAY_LEN(gen_opts),
	.size = sizeof(struct gen_options),
	.defaults = &gen_defaults,
	.run = gen_run,
};
