// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nax stats: counters of a device and its queues.
 *
 * The tool is the driver, so it opens the device and starts its queues; what arrives is counted
 * and released.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "common.h"
#include "describe.h"

struct stats_options {
	struct common_options common;
	bool watch;
	bool promisc;
	u64 interval;
	u64 count;
	u32 queues;
};

#define AT(field) offsetof(struct stats_options, field)
static const struct opt stats_opts[] = {
	{ "watch", 'w', OPT_FLAG, NULL, AT(watch), 0, 0, NULL,
	  "go on and show rates, until interrupted" },
	{ "interval", 'i', OPT_TIME, "TIME", AT(interval), 50 * NSEC_PER_MSEC,
	  3600 * NSEC_PER_SEC, NULL,
	  "time between two reports, or before the only one (default 1)" },
	{ "count", 'c', OPT_U64, "N", AT(count), 1, 1000000000, NULL,
	  "end after so many reports, implies --watch" },
	{ "queues", 'Q', OPT_U32, "N", AT(queues), 1, NAX_RSS_ENTRIES_MAX, NULL,
	  "queue pairs to start (default 1)" },
	{ "promisc", 'p', OPT_FLAG, NULL, AT(promisc), 0, 0, NULL, "receive every frame" },
};

static const struct stats_options stats_defaults = {
	.interval = NSEC_PER_SEC,
	.queues = 1,
};

/** struct sample - what rates are made from */
struct sample {
	u64 when_ns;
	u64 rx_packets;
	u64 rx_bytes;
	u64 tx_packets;
	u64 tx_bytes;
	u64 interrupts;
};

/**
 * struct stats - the command
 * @cli: for output
 * @opt: options
 * @port: the device
 * @queues: queue pairs
 * @reports: given so far
 * @last: the sample before this one
 * @hw: hardware counters of the last report
 */
struct stats {
	struct cli *cli;
	const struct stats_options *opt;
	struct nax_port *port;
	u32 queues;
	u64 reports;
	struct sample last;
	u64 *hw;
};

/* Poll context: release what came. The framework counts it. */
static u32 stats_handler(struct nax_poll *poll, void *arg)
{
	struct stats *s = arg;
	struct nax_ring *ring;
	u32 held, work = 0;
	u32 q;

	for (q = 0; q < s->queues; q++) {
		ring = nax_port_rx_ring(s->port, q);
		held = ring ? nax_ring_received(ring) : 0;
		if (held)
			nax_rx_release(ring, held);
		work += held;
	}
	return work;
}

static void sample_take(const struct stats *s, struct sample *p, u64 now)
{
	struct nax_queue_stats q;
	u32 i;

	*p = (struct sample){ .when_ns = now, .interrupts = port_interrupts(s->port) };
	for (i = 0; i < s->queues; i++) {
		if (!nax_port_queue_stats(s->port, true, i, &q)) {
			p->rx_packets += q.packets;
			p->rx_bytes += q.bytes;
		}
		if (!nax_port_queue_stats(s->port, false, i, &q)) {
			p->tx_packets += q.packets;
			p->tx_bytes += q.bytes;
		}
	}
}

static double per_second(u64 now, u64 before, double seconds)
{
	return seconds > 0 ? (double)(now - before) / seconds : 0;
}

static void report_json(struct stats *s, const struct sample *p, double seconds)
{
	const struct sample *l = &s->last;
	struct json_object *root = cli_json_new(s->cli);
	struct json_object *rates = json_object_new_object();

	json_add_rate(root, "seconds", seconds);
	json_add_port(root, s->port);
	json_add_rate(rates, "rx_packets", per_second(p->rx_packets, l->rx_packets, seconds));
	json_add_rate(rates, "rx_bytes", per_second(p->rx_bytes, l->rx_bytes, seconds));
	json_add_rate(rates, "tx_packets", per_second(p->tx_packets, l->tx_packets, seconds));
	json_add_rate(rates, "tx_bytes", per_second(p->tx_bytes, l->tx_bytes, seconds));
	json_add_rate(rates, "interrupts", per_second(p->interrupts, l->interrupts, seconds));
	json_object_object_add(root, "per_second", rates);
	cli_json(s->cli, root, !s->opt->watch);
}

static void report_queues(struct stats *s, bool rx)
{
	const struct queue_counter *c;
	struct nax_queue_stats q;
	unsigned int e;
	u32 i;

	for (i = 0; i < s->queues; i++) {
		if (nax_port_queue_stats(s->port, rx, i, &q))
			continue;
		printf("%s%u:", rx ? "rx" : "tx", i);
		/* packets and bytes always, the rest where there is something to say */
		for (c = queue_counters; c->name; c++)
			if (c < queue_counters + 2 || queue_counter_get(&q, c))
				printf(" %s %llu", c->name, queue_counter_get(&q, c));
		for (e = 1; rx && rx_error_name(e); e++)
			if (q.errors[e])
				printf(" error_%s %llu", rx_error_name(e), q.errors[e]);
		printf("\n");
	}
}

/* Hardware counters: those that are not 0, then those that changed. */
static void report_hw(struct stats *s)
{
	const struct nax_caps *caps = nax_port_caps(s->port);
	u64 *now = calloc((size_t)caps->n_stats + 1, sizeof(*now));
	unsigned int i, silent = 0;

	if (!now)
		return;
	nax_port_hw_stats(s->port, now);
	for (i = 0; i < caps->n_stats; i++)
		if (now[i] != (s->hw ? s->hw[i] : 0))
			printf("  %-32s %llu\n", caps->stats[i].name, now[i]);
		else
			silent++;
	printf("  (%u hardware counters %s)\n", silent, s->hw ? "unchanged" : "are 0");
	free(s->hw);
	s->hw = now;
}

static void report_text(struct stats *s, const struct sample *p, double seconds)
{
	const struct sample *l = &s->last;
	char a[16], b[16], c[16], d[16];
	char link_text[160];
	struct nax_link link;

	nax_port_link(s->port, &link);
	printf("link %s\n", describe_link(&link, link_text, sizeof(link_text)));
	if (s->opt->watch)
		printf("rx %spps %sbit/s, tx %spps %sbit/s, %.0f interrupts/s\n",
		       cli_human(per_second(p->rx_packets, l->rx_packets, seconds), a),
		       cli_human(8 * per_second(p->rx_bytes, l->rx_bytes, seconds), b),
		       cli_human(per_second(p->tx_packets, l->tx_packets, seconds), c),
		       cli_human(8 * per_second(p->tx_bytes, l->tx_bytes, seconds), d),
		       per_second(p->interrupts, l->interrupts, seconds));
	report_queues(s, true);
	report_queues(s, false);
	report_hw(s);
	if (s->opt->watch)
		printf("\n");
	fflush(stdout);
}

static void report(struct stats *s, u64 now)
{
	double seconds = (double)(now - s->last.when_ns) / 1e9;
	struct sample p;

	sample_take(s, &p, now);
	if (s->opt->common.json)
		report_json(s, &p, seconds);
	else
		report_text(s, &p, seconds);
	s->last = p;
	s->reports++;
}

static bool stats_tick(void *arg, u64 now)
{
	struct stats *s = arg;

	if (!s->opt->watch)
		return false;
	report(s, now);
	if (ferror(s->cli->out)) {
		cli_fail(s->cli, "cannot write to standard output");
		return false;
	}
	return !s->opt->count || s->reports < s->opt->count;
}

static int stats_start(struct stats *s, struct cli_loop *loop)
{
	struct nax_port_config config;
	struct nax_poll *poll;
	u32 i;

	if (cli_queues(s->cli, s->port, s->queues))
		return 1;
	nax_port_defaults(s->port, &config);
	config.rx_queues = (u16)s->queues;
	config.tx_queues = (u16)s->queues;
	if (cli_start(s->cli, s->port, &config))
		return 1;
	if (s->opt->promisc && cli_filter(s->cli, s->port, CLI_FILTER_ALL))
		return 1;
	poll = cli_poll_add(s->cli, loop, false, s);
	for (i = 0; poll && i < s->queues; i++)
		if (cli_poll_queue(s->cli, poll, s->port, (int)i))
			return 1;
	return poll ? 0 : 1;
}

static int stats_run(struct cli *cli, const void *options)
{
	struct stats_options opt = *(const struct stats_options *)options;
	struct stats s = { .cli = cli, .opt = &opt, .queues = opt.queues };
	struct cli_loop loop = {
		.fn = stats_handler,
		.arg = &s,
		.interval_ns = opt.interval,
		.tick = stats_tick,
	};
	int rc = 1;

	if (opt.count)
		opt.watch = true;
	s.port = cli_open(cli, opt.common.operand[0]);
	if (!s.port)
		return 1;
	loop.port[loop.n_ports++] = s.port;
	if (stats_start(&s, &loop))
		goto close;
	s.last.when_ns = cli_time();
	rc = cli_loop(cli, &loop);
	/* interrupted before the first report there is still something to say */
	if (!opt.watch || !s.reports)
		report(&s, cli_time());
close:
	cli_loop_destroy(&loop);
	nax_port_close(s.port);
	free(s.hw);
	return rc;
}

const struct command cmd_stats = {
	.name = "stats",
	.operands = "DEV",
	.n_operands = 1,
	.summary = "counters of a device and its queues",
	.opts = stats_opts,
	.n_opts = ARRAY_LEN(stats_opts),
	.size = sizeof(struct stats_options),
	.defaults = &stats_defaults,
	.run = stats_run,
};
