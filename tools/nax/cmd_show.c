// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nax show: what a device is, can do, and is connected to. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "common.h"
#include "describe.h"

/*
 * The answer shall be there within 100 ms. A link that comes up, or is refused, says so by an event
 * long before; one that stays silent is waited for as long as this.
 */
#define LINK_WAIT_NS (60 * NSEC_PER_MSEC)

struct show_options {
	struct common_options common;
	bool registers;
};

static const struct opt show_opts[] = {
	{ "registers", 'r', OPT_FLAG, NULL, offsetof(struct show_options, registers), 0, 0, NULL,
	  "dump registers and descriptors too" },
};

static struct json_object *json_ids(const struct nax_port_info *info)
{
	struct json_object *o = json_object_new_object();

	json_add_u64(o, "vendor", info->vendor);
	json_add_u64(o, "device", info->device);
	json_add_u64(o, "subvendor", info->subvendor);
	json_add_u64(o, "subdevice", info->subdevice);
	json_add_u64(o, "revision", info->revision);
	return o;
}

static struct json_object *json_rss(const struct nax_rss *rss)
{
	struct json_object *o = json_object_new_object();
	struct json_object *table = json_object_new_array();
	char key[2 * NAX_RSS_KEY_MAX + 1] = "";
	unsigned int i;

	for (i = 0; i < rss->entries && i < NAX_RSS_ENTRIES_MAX; i++)
		json_object_array_add(table, json_object_new_int(rss->table[i]));
	for (i = 0; i < rss->key_len && i < NAX_RSS_KEY_MAX; i++)
		snprintf(key + 2 * i, 3, "%02x", rss->key[i]);
	json_object_object_add(o, "types", json_hash_types(rss->types));
	json_object_object_add(o, "table", table);
	json_add_text(o, "key", key);
	return o;
}

static void show_json(struct cli *cli, const struct view *v)
{
	struct json_object *root = cli_json_new(cli);

	json_add_text(root, "device", v->info.name);
	json_add_text(root, "netdev", v->netdev);
	json_add_text(root, "bus_address", v->bus_address);
	json_add_text(root, "driver", v->info.driver);
	json_add_text(root, "vector", v->info.vector);
	json_add_text(root, "model", v->info.model);
	json_object_object_add(root, "ids", json_ids(&v->info));
	json_object_object_add(root, "mac", json_mac(v->info.mac));
	json_object_object_add(root, "permanent_mac", json_mac(v->caps.perm_mac));
	json_add_text(root, "nvm_version", v->caps.nvm_version);
	json_add_text(root, "board", v->caps.board);
	json_add_text(root, "state", v->info.state);
	json_add_u64(root, "mtu", v->info.config.mtu);
	json_object_object_add(root, "link", json_link(&v->link));
	json_object_object_add(root, "limits", json_limits(&v->caps));
	json_object_object_add(root, "offloads", json_offloads(v->caps.offloads));
	json_object_object_add(root, "offloads_used", json_offloads(v->info.offloads));
	json_object_object_add(root, "rss", json_rss(&v->rss));
	json_object_object_add(root, "verify", json_verify(&v->info));
	json_add_u64(root, "recoveries", v->info.recoveries);
	json_object_object_add(root, "rx_queues", json_queues(v, true));
	json_object_object_add(root, "tx_queues", json_queues(v, false));
	if (v->dump) {
		json_object_object_add(root, "registers", json_dump(v->dump));
		json_add_u64(root, "registers_lost", v->dump->lost);
	}
	if (cli->error[0])
		json_add_text(root, "error", cli->error);
	cli_json(cli, root, true);
}

static void line(const char *label, const char *text)
{
	printf("%-14s%s\n", label, text[0] ? text : "-");
}

static void show_rss(const struct nax_rss *rss)
{
	unsigned int i;

	printf("rss types     ");
	describe_hash_types(rss->types);
	printf("rss table     %u entries:", rss->entries);
	for (i = 0; i < rss->entries && i < 16; i++)
		printf(" %u", rss->table[i]);
	printf("%s\n", rss->entries > 16 ? " ..." : "");
}

static void show_queues(const struct view *v)
{
	const struct view_queue *q;

	for (q = v->queue; q < v->queue + v->n_queues; q++)
		printf("%s%-12u%s, ring %u, %u of %u descriptors used, vector %u, %u us\n",
		       q->rx ? "rx" : "tx", q->id, queue_state_name(q->state), q->ring,
		       q->descs_used, q->descs, q->vector, q->itr_us);
}

static void show_text(const struct view *v)
{
	const struct nax_port_info *info = &v->info;
	char text[NAX_ERROR_TEXT + 80];
	char mac[MAC_TEXT];

	line("device", info->name);
	line("netdev", v->netdev);
	line("driver", info->driver);
	line("vector", info->vector);
	line("model", info->model);
	snprintf(text, sizeof(text), "%04x:%04x, subsystem %04x:%04x, revision %02x, at %.127s",
		 info->vendor, info->device, info->subvendor, info->subdevice, info->revision,
		 v->bus_address);
	line("ids", text);
	line("mac", describe_mac(info->mac, mac));
	line("nvm", v->caps.nvm_version);
	line("board", v->caps.board);
	line("state", info->state);
	line("link", describe_link(&v->link, text, sizeof(text)));
	line("media", describe_media(v->link.media));
	line("module", v->link.module);
	line("offloads", describe_offloads(v->caps.offloads, text, sizeof(text)));
	line("  in use", describe_offloads(info->offloads, text, sizeof(text)));
	show_rss(&v->rss);
	snprintf(text, sizeof(text), "level %u, %llu checks, %llu failures%s%s", info->verify_level,
		 info->verify_checks, info->verify_failures, info->verify_failures ? ": " : "",
		 info->verify_text);
	line("verifier", text);
	show_queues(v);
	describe_limits(&v->caps);
	if (v->dump)
		describe_dump(v->dump);
}

/* Wait for the link to come up or be refused, at most LINK_WAIT_NS. */
static void wait_link(struct nax_port *port, struct nax_link *link)
{
	struct pollfd fd = { .fd = nax_port_event_fd(port), .events = POLLIN };
	u64 end = cli_time() + LINK_WAIT_NS;
	struct nax_port_event event;
	u64 now;

	for (;;) {
		nax_port_link(port, link);
		now = cli_time();
		if (link->up || link->reason[0] || now >= end || cli_stopping())
			return;
		if (poll(&fd, 1, (int)((end - now + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC)) > 0)
			while (nax_port_event_next(port, &event))
				if (event.type == NAX_PORT_GONE)
					return;
	}
}

/*
 * A device of this program's own is started: its link, and with it a refused module, is looked at only
 * then. If it does not start, what attaching found is shown all the same.
 */
static int show_start(struct cli *cli, struct nax_port *port)
{
	struct nax_port_config config;
	struct nax_link link;
	int rc;

	nax_port_defaults(port, &config);
	rc = cli_start(cli, port, &config);
	if (!rc)
		wait_link(port, &link);
	return rc;
}

static int show_run(struct cli *cli, const void *options)
{
	const struct show_options *opt = options;
	const char *name = opt->common.operand[0];
	struct source *s;
	struct view *v;
	int rc = 0;

	s = source_open(cli, name);
	if (!s)
		return 1;
	if (source_port(s))
		rc = show_start(cli, source_port(s));
	v = view_new(cli, s, name, VIEW_ALL | (opt->registers ? VIEW_REGISTERS : 0));
	if (!v) {
		rc = 1;
		goto close;
	}
	if (v->info.verify_failures)
		rc = cli_fail(cli, "%s: verifier: %s", v->info.name, v->info.verify_text);
	if (opt->common.json)
		show_json(cli, v);
	else
		show_text(v);
	view_free(v);
close:
	source_close(s);
	return rc;
}

const struct command cmd_show = {
	.name = "show",
	.operands = "DEV",
	.n_operands = 1,
	.summary = "what a device is, can do, and is connected to",
	.opts = show_opts,
	.n_opts = ARRAY_LEN(show_opts),
	.size = sizeof(struct show_options),
	.run = show_run,
};
