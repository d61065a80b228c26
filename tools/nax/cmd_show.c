// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nax show: what a device is, can do, and is connected to. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
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

/** struct limit - a number in struct nax_caps */
struct limit {
	const char *name;
	size_t offset;
	size_t size;
};

#define LIMIT(field) \
	{ #field, offsetof(struct nax_caps, field), sizeof(((struct nax_caps *)0)->field) }
static const struct limit limits[] = {
	LIMIT(rxq_max),	       LIMIT(txq_max),	       LIMIT(rss_queues_max), LIMIT(vectors_max),
	LIMIT(ring_min),       LIMIT(ring_max),	       LIMIT(ring_default),   LIMIT(rx_desc_size),
	LIMIT(tx_desc_size),   LIMIT(desc_align),      LIMIT(tx_overhead),    LIMIT(tx_slots_max),
	LIMIT(tx_slot_len_max), LIMIT(tx_len_min),     LIMIT(report_interval), LIMIT(rx_buf_min),
	LIMIT(rx_buf_max),     LIMIT(rx_buf_step),     LIMIT(mtu_min),	      LIMIT(mtu_max),
	LIMIT(gso_max),	       LIMIT(gso_mss_min),     LIMIT(gso_hdr_max),    LIMIT(l2_max),
	LIMIT(l3_max),	       LIMIT(rss_entries),     LIMIT(rss_key_len),    LIMIT(ucast_max),
	LIMIT(mcast_max),      LIMIT(dma_bits),	       LIMIT(itr_max_us),     LIMIT(itr_step_us),
	LIMIT(irq_autoclear),  LIMIT(pause),
};

static u64 limit_get(const struct nax_caps *caps, const struct limit *l)
{
	const char *p = (const char *)caps + l->offset;
	u32 v32;
	u16 v16;

	if (l->size == sizeof(v32)) {
		memcpy(&v32, p, sizeof(v32));
		return v32;
	}
	if (l->size == sizeof(v16)) {
		memcpy(&v16, p, sizeof(v16));
		return v16;
	}
	return *(const u8 *)p;
}

static const struct {
	u32 mode;
	const char *name;
} link_modes[] = { { NAX_LINK_100M, "100M" }, { NAX_LINK_1G, "1G" }, { NAX_LINK_10G, "10G" } };

/**
 * struct shown - all that is shown
 * @info: port
 * @caps: its limits
 * @link: its link
 * @rss: RSS state
 * @diag: registers, NULL unless asked for
 */
struct shown {
	struct nax_port_info info;
	const struct nax_caps *caps;
	struct nax_link link;
	struct nax_rss rss;
	struct nax_diag *diag;
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

static struct json_object *json_limits(const struct nax_caps *caps)
{
	struct json_object *o = json_object_new_object();
	struct json_object *modes = json_object_new_array();
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(limits); i++)
		json_add_u64(o, limits[i].name, limit_get(caps, &limits[i]));
	for (i = 0; i < ARRAY_LEN(link_modes); i++)
		if (caps->link_modes & link_modes[i].mode)
			json_object_array_add(modes, json_object_new_string(link_modes[i].name));
	json_object_object_add(o, "link_modes", modes);
	return o;
}

static struct json_object *json_rss(const struct nax_rss *rss)
{
	struct json_object *o = json_object_new_object();
	struct json_object *types = json_object_new_array();
	struct json_object *table = json_object_new_array();
	char key[2 * NAX_RSS_KEY_MAX + 1] = "";
	unsigned int i;

	for (i = 1; i < NAX_HASH_TYPES; i++)
		if (rss->types >> i & 1)
			json_object_array_add(types, json_object_new_string(hash_type_name(i)));
	for (i = 0; i < rss->entries && i < NAX_RSS_ENTRIES_MAX; i++)
		json_object_array_add(table, json_object_new_int(rss->table[i]));
	for (i = 0; i < rss->key_len && i < NAX_RSS_KEY_MAX; i++)
		snprintf(key + 2 * i, 3, "%02x", rss->key[i]);
	json_object_object_add(o, "types", types);
	json_object_object_add(o, "table", table);
	json_add_text(o, "key", key);
	return o;
}

static struct json_object *json_registers(const struct nax_diag *d)
{
	struct json_object *a = json_object_new_array();
	struct json_object *o;
	unsigned int i;

	for (i = 0; i < d->n && i < NAX_DIAG_RECORDS; i++) {
		o = json_object_new_object();
		json_add_text(o, "name", d->rec[i].name);
		json_add_u64(o, "offset", d->rec[i].offset);
		json_add_u64(o, "value", d->rec[i].value);
		json_object_array_add(a, o);
	}
	return a;
}

static void show_json(struct cli *cli, const struct shown *s)
{
	struct json_object *root = cli_json_new(cli);

	json_add_text(root, "device", s->info.name);
	json_add_text(root, "driver", s->info.driver);
	json_add_text(root, "vector", s->info.vector);
	json_add_text(root, "model", s->info.model);
	json_object_object_add(root, "ids", json_ids(&s->info));
	json_object_object_add(root, "mac", json_mac(s->info.mac));
	json_object_object_add(root, "permanent_mac", json_mac(s->caps->perm_mac));
	json_add_text(root, "nvm_version", s->caps->nvm_version);
	json_add_text(root, "board", s->caps->board);
	json_add_text(root, "state", s->info.state);
	json_add_u64(root, "mtu", s->info.config.mtu);
	json_object_object_add(root, "link", json_link(&s->link));
	json_object_object_add(root, "limits", json_limits(s->caps));
	json_object_object_add(root, "offloads", json_offloads(s->caps->offloads));
	json_object_object_add(root, "offloads_used", json_offloads(s->info.offloads));
	json_object_object_add(root, "rss", json_rss(&s->rss));
	json_object_object_add(root, "verify", json_verify(&s->info));
	json_add_u64(root, "recoveries", s->info.recoveries);
	if (s->diag) {
		json_object_object_add(root, "registers", json_registers(s->diag));
		json_add_u64(root, "registers_lost", s->diag->lost);
	}
	if (cli->error[0])
		json_add_text(root, "error", cli->error);
	cli_json(cli, root, true);
}

static void line(const char *label, const char *text)
{
	printf("%-14s%s\n", label, text[0] ? text : "-");
}

static void show_limits(const struct nax_caps *caps)
{
	unsigned int i;

	printf("limits\n");
	for (i = 0; i < ARRAY_LEN(limits); i++)
		printf("  %-16s %8llu%s", limits[i].name, limit_get(caps, &limits[i]),
		       i % 3 == 2 ? "\n" : "  ");
	printf("%s  %-16s", ARRAY_LEN(limits) % 3 ? "\n" : "", "link_modes");
	for (i = 0; i < ARRAY_LEN(link_modes); i++)
		if (caps->link_modes & link_modes[i].mode)
			printf(" %s", link_modes[i].name);
	printf("\n");
}

static void show_rss(const struct nax_rss *rss)
{
	unsigned int i;

	printf("rss types     ");
	for (i = 1; i < NAX_HASH_TYPES; i++)
		if (rss->types >> i & 1)
			printf("%s ", hash_type_name(i));
	printf("%s\nrss table     %u entries:", rss->types ? "" : "none", rss->entries);
	for (i = 0; i < rss->entries && i < 16; i++)
		printf(" %u", rss->table[i]);
	printf("%s\n", rss->entries > 16 ? " ..." : "");
}

static void show_registers(const struct nax_diag *d)
{
	unsigned int i;

	printf("registers\n");
	for (i = 0; i < d->n && i < NAX_DIAG_RECORDS; i++)
		printf("  %-20s 0x%05x  0x%08llx\n", d->rec[i].name, d->rec[i].offset,
		       d->rec[i].value);
	if (d->lost)
		printf("  (%u more did not fit)\n", d->lost);
}

static void show_text(const struct shown *s)
{
	const struct nax_port_info *info = &s->info;
	char text[NAX_ERROR_TEXT + 80];
	char mac[MAC_TEXT];

	line("device", info->name);
	line("driver", info->driver);
	line("vector", info->vector);
	line("model", info->model);
	snprintf(text, sizeof(text), "%04x:%04x, subsystem %04x:%04x, revision %02x", info->vendor,
		 info->device, info->subvendor, info->subdevice, info->revision);
	line("ids", text);
	line("mac", describe_mac(info->mac, mac));
	line("nvm", s->caps->nvm_version);
	line("board", s->caps->board);
	line("state", info->state);
	line("link", describe_link(&s->link, text, sizeof(text)));
	line("media", describe_media(s->link.media));
	line("module", s->link.module);
	line("offloads", describe_offloads(s->caps->offloads, text, sizeof(text)));
	line("  in use", describe_offloads(info->offloads, text, sizeof(text)));
	show_rss(&s->rss);
	snprintf(text, sizeof(text), "level %u, %llu checks, %llu failures%s%s", info->verify_level,
		 info->verify_checks, info->verify_failures, info->verify_failures ? ": " : "",
		 info->verify_text);
	line("verifier", text);
	show_limits(s->caps);
	if (s->diag)
		show_registers(s->diag);
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

static int show_run(struct cli *cli, const void *options)
{
	const struct show_options *opt = options;
	struct nax_port_config config;
	struct shown s = { 0 };
	struct nax_port *port;
	int rc;

	port = cli_open(cli, opt->common.operand[0]);
	if (!port)
		return 1;
	nax_port_defaults(port, &config);
	/* a link, and with it a refused module, is looked at once the device is started; if it
	 * does not start, what attaching found is shown all the same
	 */
	rc = cli_start(cli, port, &config);
	if (!rc)
		wait_link(port, &s.link);
	s.caps = nax_port_caps(port);
	nax_port_link(port, &s.link);
	nax_port_info(port, &s.info);
	nax_port_get_rss(port, &s.rss);
	if (opt->registers) {
		s.diag = calloc(1, sizeof(*s.diag));
		if (s.diag)
			nax_port_diag(port, s.diag);
		else
			rc = cli_fail(cli, "no memory for %zu bytes of registers",
				      sizeof(*s.diag));
	}
	if (s.info.verify_failures)
		rc = cli_fail(cli, "%s: verifier: %s", s.info.name, s.info.verify_text);
	if (opt->common.json)
		show_json(cli, &s);
	else
		show_text(&s);
	free(s.diag);
	nax_port_close(port);
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
