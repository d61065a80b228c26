// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nax stats: counters of a device and its queues.
 *
 * They are asked of who drives the device. If nobody does, the tool is its driver: it opens the device
 * and starts its queues, and what arrives is counted and released.
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

/** struct seen_counters - hardware counters of the last report */
struct seen_counters {
	u64 value[ARRAY_LEN(((struct view *)0)->counter)];
	bool valid;
};

/**
 * struct stats - the command
 * @cli: for output
 * @opt: options
 * @source: who is asked
 * @port: the device, NULL if another drives it
 * @view: the device as it is now
 * @queues: queue pairs
 * @reports: given so far
 * @last: the sample before this one
 * @hw: hardware counters of the last report
 */
struct stats {
	struct cli *cli;
	const struct stats_options *opt;
	struct source *source;
	struct nax_port *port;
	struct view view;
	u32 queues;
	u64 reports;
	struct sample last;
	struct seen_counters hw;
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

/* A pair shares its vector, so a transmit queue counts interrupts only without a partner. */
static void sample_take(const struct view *v, struct sample *p, u64 now)
{
	u32 rx_queues = v->info.config.rx_queues;
	const struct view_queue *q;

	*p = (struct sample){
		.when_ns = now,
		.rx_packets = v->rx_packets,
		.rx_bytes = v->rx_bytes,
		.tx_packets = v->tx_packets,
		.tx_bytes = v->tx_bytes,
	};
	for (q = v->queue; q < v->queue + v->n_queues; q++)
		if (q->rx || q->id >= rx_queues)
			p->interrupts += q->stats.interrupts;
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
	json_add_view(root, &s->view);
	json_add_rate(rates, "rx_packets", per_second(p->rx_packets, l->rx_packets, seconds));
	json_add_rate(rates, "rx_bytes", per_second(p->rx_bytes, l->rx_bytes, seconds));
	json_add_rate(rates, "tx_packets", per_second(p->tx_packets, l->tx_packets, seconds));
	json_add_rate(rates, "tx_bytes", per_second(p->tx_bytes, l->tx_bytes, seconds));
	json_add_rate(rates, "interrupts", per_second(p->interrupts, l->interrupts, seconds));
	json_object_object_add(root, "per_second", rates);
	cli_json(s->cli, root, !s->opt->watch);
}

static void report_queues(const struct view *v)
{
	const struct queue_counter *c;
	const struct view_queue *q;
	unsigned int e;

	for (q = v->queue; q < v->queue + v->n_queues; q++) {
		printf("%s%u:", q->rx ? "rx" : "tx", q->id);
		/* packets and bytes always, the rest where there is something to say */
		for (c = queue_counters; c->name; c++)
			if (c < queue_counters + 2 || queue_counter_get(&q->stats, c))
				printf(" %s %llu", c->name, queue_counter_get(&q->stats, c));
		for (e = 1; q->rx && rx_error_name(e); e++)
			if (q->stats.errors[e])
				printf(" error_%s %llu", rx_error_name(e), q->stats.errors[e]);
		printf("\n");
	}
}

/* Hardware counters: those that are not 0, then those that changed. */
static void report_hw(struct stats *s)
{
	const struct view *v = &s->view;
	unsigned int i, silent = 0;

	for (i = 0; i < v->n_counters; i++) {
		if (v->counter[i].value != s->hw.value[i])
			printf("  %-32s %llu\n", v->counter[i].name, v->counter[i].value);
		else
			silent++;
		s->hw.value[i] = v->counter[i].value;
	}
	printf("  (%u hardware counters %s)\n", silent, s->hw.valid ? "unchanged" : "are 0");
	s->hw.valid = true;
}

static void report_text(struct stats *s, const struct sample *p, double seconds)
{
	const struct sample *l = &s->last;
	char a[16], b[16], c[16], d[16];
	char link_text[160];

	printf("link %s\n", describe_link(&s->view.link, link_text, sizeof(link_text)));
	if (s->opt->watch)
		printf("rx %spps %sbit/s, tx %spps %sbit/s, %.0f interrupts/s\n",
		       cli_human(per_second(p->rx_packets, l->rx_packets, seconds), a),
		       cli_human(8 * per_second(p->rx_bytes, l->rx_bytes, seconds), b),
		       cli_human(per_second(p->tx_packets, l->tx_packets, seconds), c),
		       cli_human(8 * per_second(p->tx_bytes, l->tx_bytes, seconds), d),
		       per_second(p->interrupts, l->interrupts, seconds));
	report_queues(&s->view);
	report_hw(s);
	if (s->opt->watch)
		printf("\n");
	fflush(stdout);
}

/* Return: exit status: 1 if there is no answer, after a message. */
static int report(struct stats *s, u64 now)
{
	double seconds = (double)(now - s->last.when_ns) / 1e9;
	struct nax_error err = { 0 };
	struct sample p;

	if (view_get(&s->view, s->source, VIEW_ALL, &err))
		return cli_fail(s->cli, "%.127s: %s", s->opt->common.operand[0], err.text);
	sample_take(&s->view, &p, now);
	if (s->opt->common.json)
		report_json(s, &p, seconds);
	else
		report_text(s, &p, seconds);
	s->last = p;
	s->reports++;
	return 0;
}

static bool stats_tick(void *arg, u64 now)
{
	struct stats *s = arg;

	if (!s->opt->watch)
		return false;
	if (report(s, now))
		return false;
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

/* Rates of the first report are against now. */
static int stats_begin(struct stats *s)
{
	struct nax_error err = { 0 };

	if (view_get(&s->view, s->source, VIEW_ALL, &err))
		return cli_fail(s->cli, "%.127s: %s", s->opt->common.operand[0], err.text);
	sample_take(&s->view, &s->last, cli_time());
	return 0;
}

static int stats_run(struct cli *cli, const void *options)
{
	struct stats_options opt = *(const struct stats_options *)options;
	struct stats *s = calloc(1, sizeof(*s));
	struct cli_loop loop = {
		.fn = stats_handler,
		.arg = s,
		.interval_ns = opt.interval,
		.tick = stats_tick,
	};
	int rc = 1;

	if (!s)
		return cli_fail(cli, "out of memory");
	*s = (struct stats){ .cli = cli, .opt = &opt, .queues = opt.queues };
	if (opt.count)
		opt.watch = true;
	s->source = source_open(cli, opt.common.operand[0]);
	if (!s->source)
		goto out;
	s->port = source_port(s->source);
	if (s->port) {
		loop.port[loop.n_ports++] = s->port;
		if (stats_start(s, &loop))
			goto close;
	}
	if (stats_begin(s))
		goto close;
	rc = cli_loop(cli, &loop);
	/* interrupted before the first report there is still something to say */
	if (!opt.watch || (!s->reports && !cli->error[0]))
		rc |= report(s, cli_time());
close:
	cli_loop_destroy(&loop);
	source_close(s->source);
out:
	free(s);
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
