// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nax tap: the Linux network stack, by a TAP device, on top of a user-space driver. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "common.h"
#include "describe.h"
#include "tap_dev.h"
#include "tap_queue.h"

struct tap_options {
	struct common_options common;
	u32 queues;
	u32 threads;
	u32 mtu;
	u32 ring;
	u64 duration;
	u64 offloads;
	const char *netns;
	const char *stats_file;
	bool no_tap_offloads;
	bool promisc;
	bool up;
	bool spin;
};

static int parse_offloads(const struct opt *o, const char *text, void *dst, struct nax_error *err)
{
	return offloads_parse("--offloads", text, dst, err);
}

#define AT(field) offsetof(struct tap_options, field)
static const struct opt tap_opts[] = {
	{ "queues", 'Q', OPT_U32, "N", AT(queues), 1, TAP_QUEUES_MAX, NULL,
	  "queue pairs of NIC and TAP (default 1)" },
	{ "threads", 't', OPT_U32, "N", AT(threads), 1, CLI_POLLS_MAX, NULL,
	  "threads that share the queues (default 1)" },
	{ "mtu", 'm', OPT_U32, "BYTES", AT(mtu), 68, 65535, NULL,
	  "MTU of NIC and TAP (default 1500)" },
	{ "offloads", 'o', OPT_CUSTOM, "LIST", AT(offloads), 0, 0, parse_offloads,
	  "what the NIC may do: all, none, or names; the rest is done in software" },
	{ "no-tap-offloads", 0, OPT_FLAG, NULL, AT(no_tap_offloads), 0, 0, NULL,
	  "let Linux fill checksums and cut segments itself" },
	{ "ring", 0, OPT_U32, "SLOTS", AT(ring), 8, 65536, NULL,
	  "slots of each ring, a power of two (default: the driver's)" },
	{ "netns", 'n', OPT_STRING, "NAME", AT(netns), 0, 0, NULL,
	  "network namespace for the TAP, as ip netns names it" },
	{ "up", 'u', OPT_FLAG, NULL, AT(up), 0, 0, NULL, "set the TAP up" },
	{ "promisc", 'p', OPT_FLAG, NULL, AT(promisc), 0, 0, NULL,
	  "receive every frame, for bridges and changed addresses" },
	{ "duration", 'd', OPT_TIME, "TIME", AT(duration), NSEC_PER_MSEC,
	  365ull * 86400 * NSEC_PER_SEC, NULL, "end after this long (default: never)" },
	{ "stats-file", 'f', OPT_STRING, "FILE", AT(stats_file), 0, 0, NULL,
	  "write the summary as JSON to FILE every second and at the end" },
	{ "spin", 's', OPT_FLAG, NULL, AT(spin), 0, 0, NULL, "poll without sleeping" },
};

static const struct tap_options tap_defaults = {
	.queues = 1,
	.threads = 1,
	.mtu = 1500,
	.offloads = (1ull << NAX_OFFLOAD_COUNT) - 1,
};

struct tap;

/** struct tap_thread - queues first, first + threads, ... are served by one poll context */
struct tap_thread {
	struct tap *tap;
	u32 first;
};

/** struct tap_totals - what rates are made from */
struct tap_totals {
	u64 when_ns;
	u64 to_nic_packets;
	u64 to_nic_bytes;
	u64 to_tap_packets;
	u64 to_tap_bytes;
	u64 interrupts;
};

/**
 * struct tap - the command
 * @cli: for messages
 * @opt: options
 * @port: NIC
 * @dev: TAP
 * @queue: pairs of both
 * @thread: poll contexts
 * @loop: control loop
 * @last: totals at the last tick
 * @now: totals at this one
 * @file_failed: the statistics file could not be written, and it was said
 */
struct tap {
	struct cli *cli;
	const struct tap_options *opt;
	struct nax_port *port;
	struct tap_dev dev;
	struct tap_queue queue[TAP_QUEUES_MAX];
	struct tap_thread thread[CLI_POLLS_MAX];
	struct cli_loop loop;
	struct tap_totals last;
	struct tap_totals now;
	bool file_failed;
};

static u32 tap_handler(struct nax_poll *poll, void *arg)
{
	const struct tap_thread *t = arg;
	struct tap *tap = t->tap;
	u32 work = 0;
	u32 q;

	for (q = t->first; q < tap->opt->queues; q += tap->opt->threads)
		work += tap_queue_poll(&tap->queue[q]);
	return work;
}

static void totals_take(struct tap *tap, u64 now)
{
	struct tap_totals *n = &tap->now;
	u32 q;

	tap->last = *n;
	*n = (struct tap_totals){ .when_ns = now, .interrupts = port_interrupts(tap->port) };
	for (q = 0; q < tap->opt->queues; q++) {
		const struct tap_counters *c = &tap->queue[q].count;

		n->to_nic_packets += count_get(&c->to_nic_packets);
		n->to_nic_bytes += count_get(&c->to_nic_bytes);
		n->to_tap_packets += count_get(&c->to_tap_packets);
		n->to_tap_bytes += count_get(&c->to_tap_bytes);
	}
}

static double rate(u64 now, u64 before, u64 ns)
{
	return ns ? (double)(now - before) * 1e9 / (double)ns : 0;
}

/* ---- summary ---- */

static struct json_object *json_tap_queues(const struct tap *tap)
{
	struct json_object *a = json_object_new_array();
	const struct tap_counter *c;
	struct json_object *o;
	u32 q;

	for (q = 0; q < tap->opt->queues; q++) {
		const struct tap_queue *t = &tap->queue[q];
		const char *why = __atomic_load_n(&t->why, __ATOMIC_RELAXED);

		o = json_object_new_object();
		json_add_u64(o, "queue", q);
		for (c = tap_counters; c->name; c++)
			json_add_u64(o, c->name,
				     count_get((const u64 *)((const char *)&t->count + c->offset)));
		json_add_text(o, "malformed_reason", why ? why : "");
		json_object_array_add(a, o);
	}
	return a;
}

/* Percent of all received packets by queue. */
static struct json_object *json_spread(const struct tap *tap)
{
	struct json_object *a = json_object_new_array();
	struct nax_queue_stats s[TAP_QUEUES_MAX];
	u64 sum = 0;
	u32 q;

	for (q = 0; q < tap->opt->queues; q++) {
		if (nax_port_queue_stats(tap->port, true, q, &s[q]))
			memset(&s[q], 0, sizeof(s[q]));
		sum += s[q].packets;
	}
	for (q = 0; q < tap->opt->queues; q++) {
		char text[16];
		double part = sum ? 100.0 * (double)s[q].packets / (double)sum : 0;

		snprintf(text, sizeof(text), "%.1f", part);
		json_object_array_add(a, json_object_new_double_s(part, text));
	}
	return a;
}

static struct json_object *json_rates(const struct tap *tap)
{
	struct json_object *o = json_object_new_object();
	const struct tap_totals *n = &tap->now, *l = &tap->last;
	u64 ns = n->when_ns - l->when_ns;

	json_add_rate(o, "to_nic_packets", rate(n->to_nic_packets, l->to_nic_packets, ns));
	json_add_rate(o, "to_nic_bytes", rate(n->to_nic_bytes, l->to_nic_bytes, ns));
	json_add_rate(o, "to_tap_packets", rate(n->to_tap_packets, l->to_tap_packets, ns));
	json_add_rate(o, "to_tap_bytes", rate(n->to_tap_bytes, l->to_tap_bytes, ns));
	json_add_rate(o, "interrupts", rate(n->interrupts, l->interrupts, ns));
	return o;
}

static struct json_object *json_tap(const struct tap *tap)
{
	struct json_object *o = json_object_new_object();
	char text[64];

	json_add_text(o, "name", tap->dev.name);
	if (tap->dev.netns)
		json_add_text(o, "netns", tap->dev.netns);
	json_add_u64(o, "header_bytes", tap->dev.hdr_size);
	json_add_text(o, "offloads", tap_dev_offload_names(&tap->dev, text, sizeof(text)));
	return o;
}

static struct json_object *tap_json(const struct tap *tap)
{
	struct json_object *root = cli_json_new(tap->cli);
	u64 ns = tap->now.when_ns - tap->loop.start_ns;

	json_add_port(root, tap->port);
	json_object_object_add(root, "tap", json_tap(tap));
	json_object_object_add(root, "tap_queues", json_tap_queues(tap));
	json_object_object_add(root, "rss_spread", json_spread(tap));
	json_add_rate(root, "seconds", (double)ns / 1e9);
	json_add_u64(root, "interrupts", tap->now.interrupts);
	json_add_rate(root, "interrupts_per_second", rate(tap->now.interrupts, 0, ns));
	json_object_object_add(root, "per_second", json_rates(tap));
	if (tap->cli->error[0])
		json_add_text(root, "error", tap->cli->error);
	return root;
}

/* A reader sees a whole file, old or new. */
static int write_stats(struct tap *tap)
{
	struct json_object *root;
	char path[4096];
	int n, rc;

	n = snprintf(path, sizeof(path), "%s.%d", tap->opt->stats_file, (int)getpid());
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	root = tap_json(tap);
	errno = 0;
	rc = json_object_to_file_ext(path, root, JSON_C_TO_STRING_PRETTY |
						 JSON_C_TO_STRING_NOSLASHESCAPE);
	json_object_put(root);
	if (rc || rename(path, tap->opt->stats_file)) {
		rc = errno ? -errno : -EIO;
		unlink(path);
		return rc;
	}
	return 0;
}

/* Replacing a file is right for files alone: of a device or a link it would take the name away. */
static int check_stats_file(struct tap *tap)
{
	const char *path = tap->opt->stats_file;
	struct stat st;

	if (!path || lstat(path, &st) || S_ISREG(st.st_mode))
		return 0;
	return cli_fail(tap->cli, "--stats-file %.200s: is there, and is not a regular file", path);
}

static void save_stats(struct tap *tap)
{
	int rc;

	if (!tap->opt->stats_file || tap->file_failed)
		return;
	rc = write_stats(tap);
	if (!rc)
		return;
	tap->file_failed = true;
	cli_fail(tap->cli, "cannot write statistics to %.200s: %s", tap->opt->stats_file,
		 strerror(-rc));
}

static void summary_queue(const struct tap *tap, u32 q)
{
	const struct tap_counters *c = &tap->queue[q].count;
	struct nax_queue_stats rx, tx;

	if (nax_port_queue_stats(tap->port, true, q, &rx) ||
	    nax_port_queue_stats(tap->port, false, q, &tx))
		return;
	printf("queue %u: rx %llu packets %llu bytes, tx %llu packets %llu bytes, "
	       "%llu interrupts\n", q, rx.packets, rx.bytes, tx.packets, tx.bytes, rx.interrupts);
	printf("  to be cut %llu, software: checksums %llu segments %llu tags %llu\n",
	       c->to_nic_gso, tx.sw_csum + c->to_nic_soft_csum, tx.sw_gso, tx.sw_vlan);
	printf("  waited for room: NIC %llu, TAP %llu\n", c->to_nic_full, c->to_tap_full);
	printf("  dropped: rx %llu damaged %llu refused by TAP %llu, tx %llu malformed %llu%s%s\n",
	       rx.drops, c->to_tap_damaged, c->to_tap_dropped, tx.drops, c->to_nic_malformed,
	       c->to_nic_malformed ? ": " : "", c->to_nic_malformed ? tap->queue[q].why : "");
	if (c->to_tap_dropped)
		printf("  last refusal by TAP: %s\n", strerror(tap->queue[q].write_errno));
}

static void summary_text(const struct tap *tap)
{
	struct nax_port_info info;
	struct nax_link link;
	char text[256];
	u32 q;

	nax_port_info(tap->port, &info);
	nax_port_link(tap->port, &link);
	printf("%s on %s, %.1f s\n", tap->dev.name, info.name,
	       (double)(tap->now.when_ns - tap->loop.start_ns) / 1e9);
	printf("link %s\n", describe_link(&link, text, sizeof(text)));
	printf("offloads of the NIC: %s\n", describe_offloads(info.offloads, text, sizeof(text)));
	printf("offloads of the TAP: %s\n", tap_dev_offload_names(&tap->dev, text, sizeof(text)));
	for (q = 0; q < tap->opt->queues; q++)
		summary_queue(tap, q);
	printf("interrupts %llu, %.0f per second\n", tap->now.interrupts,
	       rate(tap->now.interrupts, 0, tap->now.when_ns - tap->loop.start_ns));
	printf("verifier level %u, %llu checks, %llu failures%s%s\n", info.verify_level,
	       info.verify_checks, info.verify_failures, info.verify_failures ? ": " : "",
	       info.verify_text);
}

/* ---- control ---- */

static bool tap_tick(void *arg, u64 now)
{
	struct tap *tap = arg;
	const struct tap_totals *n = &tap->now, *l = &tap->last;
	char tx[16], rx[16];
	u64 ns;

	totals_take(tap, now);
	ns = n->when_ns - l->when_ns;
	save_stats(tap);
	cli_progress(tap->cli, "%s: tx %sbit/s rx %sbit/s, %.0f interrupts/s", tap->dev.name,
		     cli_human(8 * rate(n->to_nic_bytes, l->to_nic_bytes, ns), tx),
		     cli_human(8 * rate(n->to_tap_bytes, l->to_tap_bytes, ns), rx),
		     rate(n->interrupts, l->interrupts, ns));
	return !tap->file_failed;
}

static void tap_link(void *arg, struct nax_port *port)
{
	struct tap *tap = arg;
	struct nax_link link;

	nax_port_link(port, &link);
	tap_dev_carrier(&tap->dev, link.up);
}

/* ---- start ---- */

static int start_port(struct tap *tap)
{
	const struct tap_options *opt = tap->opt;
	u32 filter = opt->promisc ? CLI_FILTER_ALL : NAX_FILTER_BROADCAST | NAX_FILTER_ALLMULTI;
	struct nax_port_config config;

	tap->port = cli_open(tap->cli, opt->common.operand[0]);
	if (!tap->port)
		return 1;
	tap->loop.port[tap->loop.n_ports++] = tap->port;
	if (cli_queues(tap->cli, tap->port, opt->queues))
		return 1;
	nax_port_defaults(tap->port, &config);
	config.rx_queues = (u16)opt->queues;
	config.tx_queues = (u16)opt->queues;
	config.mtu = opt->mtu;
	config.offloads &= opt->offloads;
	if (opt->ring) {
		config.rx_ring = opt->ring;
		config.tx_ring = opt->ring;
	}
	return cli_start(tap->cli, tap->port, &config) || cli_filter(tap->cli, tap->port, filter);
}

static int start_tap(struct tap *tap)
{
	const struct tap_options *opt = tap->opt;
	struct nax_error err = { 0 };
	struct nax_port_info info;
	struct nax_link link;

	nax_port_info(tap->port, &info);
	nax_port_link(tap->port, &link);
	if (tap_dev_offload(&tap->dev, !opt->no_tap_offloads, &err) ||
	    tap_dev_set_mac(&tap->dev, info.mac, &err) ||
	    tap_dev_set_mtu(&tap->dev, info.config.mtu, &err) ||
	    (opt->up && tap_dev_up(&tap->dev, &err)))
		return cli_fail(tap->cli, "%s", err.text);
	tap_dev_carrier(&tap->dev, link.up);
	return 0;
}

static int start_queues(struct tap *tap)
{
	const struct tap_options *opt = tap->opt;
	struct nax_error err = { 0 };
	struct nax_port_info info;
	u32 most;
	u32 q;

	nax_port_info(tap->port, &info);
	most = info.config.tx_ring < TAP_IOV ? info.config.tx_ring : TAP_IOV;
	for (q = 0; q < opt->threads; q++) {
		tap->thread[q] = (struct tap_thread){ .tap = tap, .first = q };
		if (!cli_poll_add(tap->cli, &tap->loop, opt->spin, &tap->thread[q]))
			return 1;
	}
	for (q = 0; q < opt->queues; q++) {
		struct tap_queue *t = &tap->queue[q];

		*t = (struct tap_queue){
			.port = tap->port,
			.poll = tap->loop.poll[q % opt->threads],
			.index = q,
			.fd = tap->dev.fd[q],
			.hdr_size = tap->dev.hdr_size,
			.tag = info.offloads & NAX_OFFLOAD_TX_VLAN,
		};
		tap_queue_init(t, info.config.mtu, tap->dev.offloads != 0);
		if (t->need > most)
			return cli_fail(tap->cli, "tx_ring is %u: a frame may take %u slots",
					info.config.tx_ring, t->need);
		if (cli_poll_queue(tap->cli, t->poll, tap->port, (int)q))
			return 1;
		if (nax_poll_add_fd(t->poll, t->fd, &err))
			return cli_fail(tap->cli, "queue %u: %s", q, err.text);
	}
	return 0;
}

static int finish(struct tap *tap)
{
	int failed;
	u32 q;

	for (q = 0; q < tap->opt->queues; q++) {
		failed = __atomic_load_n(&tap->queue[q].failed, __ATOMIC_ACQUIRE);
		if (failed) {
			cli_fail(tap->cli, "TAP %s is gone: %s", tap->dev.name, strerror(failed));
			break;
		}
	}
	totals_take(tap, tap->loop.end_ns);
	save_stats(tap);
	cli_progress(tap->cli, "%s", "");
	if (tap->opt->common.json)
		cli_json(tap->cli, tap_json(tap), true);
	else
		summary_text(tap);
	return tap->cli->error[0] ? 1 : 0;
}

static int tap_run(struct cli *cli, const void *options)
{
	struct tap_options opt = *(const struct tap_options *)options;
	struct nax_error err = { 0 };
	struct tap *tap;
	int rc = 1;

	if (opt.threads > opt.queues) {
		cli_fail(cli, "--threads is %u: must be 1 to --queues, %u", opt.threads,
			 opt.queues);
		return 2;
	}
	tap = calloc(1, sizeof(*tap));
	if (!tap)
		return cli_fail(cli, "out of memory");
	tap->cli = cli;
	tap->opt = &opt;
	tap->loop = (struct cli_loop){
		.fn = tap_handler,
		.arg = tap,
		.duration_ns = opt.duration,
		.tick = tap_tick,
		.link = tap_link,
	};
	if (check_stats_file(tap)) {
		rc = 1;
		goto free;
	}
	/* first: it may visit another namespace, which must be before there are threads */
	if (tap_dev_open(&tap->dev, opt.common.operand[1], opt.netns, opt.queues, &err)) {
		rc = cli_fail(cli, "%s", err.text);
		goto free;
	}
	if (start_port(tap) || start_tap(tap) || start_queues(tap))
		goto close;
	tap->loop.netdev = tap->dev.name;
	tap->now.when_ns = cli_time();
	cli_loop(cli, &tap->loop);
	rc = finish(tap);
close:
	cli_loop_destroy(&tap->loop);
	if (tap->port)
		nax_port_close(tap->port);
	tap_dev_close(&tap->dev);
free:
	free(tap);
	return rc;
}

const struct command cmd_tap = {
	.name = "tap",
	.operands = "DEV TAP",
	.n_operands = 2,
	.summary = "put the Linux network stack on a device",
	.opts = tap_opts,
	.n_opts = ARRAY_LEN(tap_opts),
	.size = sizeof(struct tap_options),
	.defaults = &tap_defaults,
	.run = tap_run,
};
