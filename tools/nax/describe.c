// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Words and JSON for what libnax reports. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "describe.h"

static const char *const offload_names[NAX_OFFLOAD_COUNT] = {
	"tx-ip-csum", "tx-tcp-csum", "tx-udp-csum", "tx-sctp-csum", "tso4",	   "tso6", "uso",
	"tx-vlan",    "rx-ip-csum",  "rx-l4-csum",  "rx-vlan",	    "vlan-filter", "rss",
	"rx-scatter", "rx-fcs",	     "rx-all",	    "flow",	    "lro", "tunnel",
};

/* Names that stand for several. */
static const struct {
	const char *name;
	u64 mask;
} offload_sets[] = {
	{ "tx-csum", NAX_OFFLOAD_TX_CSUM }, { "rx-csum", NAX_OFFLOAD_RX_CSUM },
	{ "tso", NAX_OFFLOAD_TSO4 | NAX_OFFLOAD_TSO6 }, { "gso", NAX_OFFLOAD_GSO },
	{ "vlan", NAX_OFFLOAD_TX_VLAN | NAX_OFFLOAD_RX_VLAN },
};

/* What a mask may choose from: the others must be asked for, and no command does. */
#define OFFLOADS_ALL (((1ull << NAX_OFFLOAD_COUNT) - 1) & ~NAX_OFFLOAD_ASKED)
#define OFFLOADS_PLACEMENT (NAX_OFFLOAD_RSS | NAX_OFFLOAD_RX_SCATTER)

static const char *const hash_names[NAX_HASH_TYPES] = {
	"none",	    "ipv4",	"ipv4-tcp", "ipv4-udp",	   "ipv6",
	"ipv6-tcp", "ipv6-udp", "ipv6-ex",  "ipv6-tcp-ex", "ipv6-udp-ex",
};

static const char *const media_names[NAX_MEDIAS] = {
	"unknown", "backplane", "cx4", "fiber", "direct-attach", "twisted-pair",
};

static const char *const rx_error_names[NAX_RX_ERRORS] = {
	NULL, "crc", "length", "chain", "oversize", "device",
};

static const char *const queue_state_names[] = { "stopped", "running", "hung", "quarantined" };

static const char *const fault_step_names[] = {
	"none", "queue-restart", "adapter-reset", "function-reset", "gone",
};

#define COUNTER(field, attr) { #field, offsetof(struct nax_queue_stats, field) },
const struct queue_counter queue_counters[] = {
	NAX_QUEUE_COUNTERS(COUNTER)
	{ NULL, 0 },
};

/** struct limit - a number in struct nax_caps */
struct limit {
	const char *name;
	size_t offset;
	size_t size;
};

#define LIMIT(field, attr) \
	{ #field, offsetof(struct nax_caps, field), sizeof(((struct nax_caps *)0)->field) },
static const struct limit limits[] = { NAX_CAPS_LIMITS(LIMIT) };

static const struct {
	u32 mode;
	const char *name;
} link_modes[] = { { NAX_LINK_100M, "100M" }, { NAX_LINK_1G, "1G" }, { NAX_LINK_10G, "10G" } };

const char *describe_mac(const u8 mac[6], char buf[MAC_TEXT])
{
	snprintf(buf, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
		 mac[4], mac[5]);
	return buf;
}

const char *describe_media(enum nax_media media)
{
	return (unsigned int)media < NAX_MEDIAS ? media_names[media] : "unknown";
}

const char *offload_name(unsigned int bit)
{
	return bit < NAX_OFFLOAD_COUNT ? offload_names[bit] : NULL;
}

const char *hash_type_name(unsigned int type)
{
	return type < NAX_HASH_TYPES ? hash_names[type] : NULL;
}

const char *rx_error_name(unsigned int error)
{
	return error < NAX_RX_ERRORS ? rx_error_names[error] : NULL;
}

const char *queue_state_name(u32 state)
{
	return state < ARRAY_LEN(queue_state_names) ? queue_state_names[state] : "unknown";
}

const char *fault_step_name(u32 step)
{
	return step < ARRAY_LEN(fault_step_names) ? fault_step_names[step] : "unknown";
}

u64 rx_errors(const struct nax_queue_stats *s)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < NAX_RX_ERROR_COUNTERS; i++)
		sum += s->errors[i];
	return sum;
}

/* Append to a text of @size bytes that is @used long; what does not fit is cut. */
static size_t append(char *buf, size_t size, size_t used, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static size_t append(char *buf, size_t size, size_t used, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (used + 1 >= size)
		return used;
	va_start(ap, fmt);
	n = vsnprintf(buf + used, size - used, fmt, ap);
	va_end(ap);
	return n < 0 ? used : used + (size_t)n;
}

const char *describe_link(const struct nax_link *link, char *buf, size_t size)
{
	size_t n;

	if (!link->up) {
		n = append(buf, size, 0, "down");
		if (link->reason[0])
			append(buf, size, n, ", %s", link->reason);
		return buf;
	}
	n = append(buf, size, 0, "up, %u Mbit/s %s duplex", link->speed,
		   link->full_duplex ? "full" : "half");
	if (link->pause_rx || link->pause_tx)
		append(buf, size, n, ", pause%s%s", link->pause_rx ? " rx" : "",
		       link->pause_tx ? " tx" : "");
	return buf;
}

const char *describe_offloads(u64 offloads, char *buf, size_t size)
{
	unsigned int i;
	size_t n = 0;

	snprintf(buf, size, "none");
	for (i = 0; i < NAX_OFFLOAD_COUNT; i++)
		if (offloads >> i & 1)
			n = append(buf, size, n, "%s%s", n ? " " : "", offload_names[i]);
	return buf;
}

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

void describe_limits(const struct nax_caps *caps)
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

void describe_hash_types(u32 types)
{
	unsigned int i;

	for (i = 1; i < NAX_HASH_TYPES; i++)
		if (types >> i & 1)
			printf("%s ", hash_names[i]);
	printf("%s\n", types ? "" : "none");
}

void describe_dump(const struct nax_diag *d)
{
	unsigned int i;

	printf("registers\n");
	for (i = 0; i < d->n && i < NAX_DIAG_RECORDS; i++)
		printf("  %-20s 0x%05x  0x%08llx\n", d->rec[i].name, d->rec[i].offset,
		       d->rec[i].value);
	if (d->lost)
		printf("  (%u more did not fit)\n", d->lost);
}

static u64 offload_find(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < NAX_OFFLOAD_COUNT; i++)
		if (strlen(offload_names[i]) == len && !strncmp(offload_names[i], name, len))
			return 1ull << i & OFFLOADS_ALL;
	for (i = 0; i < ARRAY_LEN(offload_sets); i++)
		if (strlen(offload_sets[i].name) == len &&
		    !strncmp(offload_sets[i].name, name, len))
			return offload_sets[i].mask;
	return 0;
}

int offloads_parse(const char *what, const char *text, u64 *offloads, struct nax_error *err)
{
	u64 result = *text == '-' ? OFFLOADS_ALL : 0;
	const char *p = text;

	for (;;) {
		size_t len = strcspn(p, ",");
		bool minus = *p == '-';
		u64 mask = offload_find(p + minus, len - minus);

		if (len == 3 && !strncmp(p, "all", 3)) {
			result = OFFLOADS_ALL;
		} else if (len == 4 && !strncmp(p, "none", 4)) {
			result = OFFLOADS_PLACEMENT;
		} else if (!mask) {
			char known[200];

			err->code = -EINVAL;
			describe_offloads(OFFLOADS_ALL, known, sizeof(known));
			snprintf(err->text, sizeof(err->text), "%s has \"%.*s\": must be all, none "
				 "or of: %s", what, len > 24 ? 24 : (int)len, p, known);
			return -EINVAL;
		} else {
			result = minus ? result & ~mask : result | mask;
		}
		if (!p[len])
			break;
		p += len + 1;
	}
	*offloads = result;
	return 0;
}

struct json_object *json_mac(const u8 mac[6])
{
	char text[MAC_TEXT];

	return json_object_new_string(describe_mac(mac, text));
}

struct json_object *json_link(const struct nax_link *link)
{
	struct json_object *o = json_object_new_object();

	json_add_bool(o, "up", link->up);
	json_add_u64(o, "speed", link->speed);
	json_add_bool(o, "full_duplex", link->full_duplex);
	json_add_bool(o, "pause_rx", link->pause_rx);
	json_add_bool(o, "pause_tx", link->pause_tx);
	json_add_text(o, "media", describe_media(link->media));
	json_add_text(o, "module", link->module);
	json_add_text(o, "reason", link->reason);
	return o;
}

struct json_object *json_offloads(u64 offloads)
{
	struct json_object *a = json_object_new_array();
	unsigned int i;

	for (i = 0; i < NAX_OFFLOAD_COUNT; i++)
		if (offloads >> i & 1)
			json_object_array_add(a, json_object_new_string(offload_names[i]));
	return a;
}

struct json_object *json_verify(const struct nax_port_info *info)
{
	struct json_object *o = json_object_new_object();

	json_add_u64(o, "level", info->verify_level);
	json_add_u64(o, "checks", info->verify_checks);
	json_add_u64(o, "failures", info->verify_failures);
	json_add_text(o, "text", info->verify_text);
	return o;
}

struct json_object *json_limits(const struct nax_caps *caps)
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

struct json_object *json_hash_types(u32 types)
{
	struct json_object *a = json_object_new_array();
	unsigned int i;

	for (i = 1; i < NAX_HASH_TYPES; i++)
		if (types >> i & 1)
			json_object_array_add(a, json_object_new_string(hash_names[i]));
	return a;
}

struct json_object *json_dump(const struct nax_diag *d)
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

static struct json_object *json_queue(const struct view_queue *q)
{
	struct json_object *o = json_object_new_object();
	const struct queue_counter *c;
	struct json_object *kinds;
	unsigned int i;

	json_add_u64(o, "queue", q->id);
	json_add_text(o, "state", queue_state_name(q->state));
	json_add_u64(o, "ring", q->ring);
	json_add_u64(o, "descs", q->descs);
	json_add_u64(o, "descs_used", q->descs_used);
	json_add_u64(o, "vector", q->vector);
	json_add_u64(o, "itr_us", q->itr_us);
	json_add_u64(o, "group", q->group);
	for (c = queue_counters; c->name; c++)
		json_add_u64(o, c->name, queue_counter_get(&q->stats, c));
	if (!q->rx)
		return o;
	json_add_u64(o, "buf_len", q->buf_len);
	json_add_u64(o, "errors", rx_errors(&q->stats));
	kinds = json_object_new_object();
	for (i = 0; i < NAX_RX_ERRORS; i++)
		if (rx_error_names[i])
			json_add_u64(kinds, rx_error_names[i], q->stats.errors[i]);
	json_object_object_add(o, "error_kinds", kinds);
	return o;
}

struct json_object *json_queues(const struct view *v, bool rx)
{
	struct json_object *a = json_object_new_array();
	unsigned int i;

	for (i = 0; i < v->n_queues; i++)
		if (v->queue[i].rx == rx)
			json_object_array_add(a, json_queue(&v->queue[i]));
	return a;
}

struct json_object *json_hw(const struct view *v)
{
	struct json_object *o = json_object_new_object();
	unsigned int i;

	for (i = 0; i < v->n_counters; i++)
		json_add_u64(o, v->counter[i].name, v->counter[i].value);
	return o;
}

void json_add_view(struct json_object *o, const struct view *v)
{
	json_add_text(o, "device", v->info.name);
	json_add_text(o, "driver", v->info.driver);
	json_add_text(o, "model", v->info.model);
	json_add_text(o, "state", v->info.state);
	json_object_object_add(o, "mac", json_mac(v->info.mac));
	json_add_u64(o, "mtu", v->info.config.mtu);
	json_object_object_add(o, "link", json_link(&v->link));
	json_object_object_add(o, "offloads_used", json_offloads(v->info.offloads));
	json_object_object_add(o, "verify", json_verify(&v->info));
	json_add_u64(o, "recoveries", v->info.recoveries);
	json_object_object_add(o, "hw", json_hw(v));
	json_object_object_add(o, "rx_queues", json_queues(v, true));
	json_object_object_add(o, "tx_queues", json_queues(v, false));
}

void json_add_port(struct json_object *o, struct nax_port *port)
{
	struct view *v = view_of_port(port);

	if (v)
		json_add_view(o, v);
	view_free(v);
}

u64 port_interrupts(struct nax_port *port)
{
	struct nax_queue_stats s;
	struct nax_port_info info;
	unsigned int i;
	u64 sum = 0;

	nax_port_info(port, &info);
	for (i = 0; i < info.config.rx_queues; i++)
		if (!nax_port_queue_stats(port, true, i, &s))
			sum += s.interrupts;
	/* a pair shares its vector, so only queues without a partner count */
	for (; i < info.config.tx_queues; i++)
		if (!nax_port_queue_stats(port, false, i, &s))
			sum += s.interrupts;
	return sum;
}

void json_add_rate(struct json_object *o, const char *key, double value)
{
	char text[48];

	snprintf(text, sizeof(text), "%.3f", value);
	json_object_object_add(o, key, json_object_new_double_s(value, text));
}
