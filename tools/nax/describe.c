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
	"rx-scatter",
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

#define OFFLOADS_ALL ((1ull << NAX_OFFLOAD_COUNT) - 1)
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

#define COUNTER(field) { #field, offsetof(struct nax_queue_stats, field) }
const struct queue_counter queue_counters[] = {
	COUNTER(packets),   COUNTER(bytes),	    COUNTER(drops),	COUNTER(csum_bad),
	COUNTER(csum_disputed), COUNTER(sw_csum),   COUNTER(sw_gso),	COUNTER(sw_vlan),
	COUNTER(sw_linear), COUNTER(doorbells),	    COUNTER(polls),	COUNTER(idle),
	COUNTER(interrupts), COUNTER(restarts),	    COUNTER(bad_completions), { NULL, 0 },
};

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

static u64 offload_find(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < NAX_OFFLOAD_COUNT; i++)
		if (strlen(offload_names[i]) == len && !strncmp(offload_names[i], name, len))
			return 1ull << i;
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

struct json_object *json_queue(const struct nax_queue_stats *s, unsigned int index, bool rx)
{
	struct json_object *o = json_object_new_object();
	const struct queue_counter *c;
	struct json_object *kinds;
	unsigned int i;

	json_add_u64(o, "queue", index);
	for (c = queue_counters; c->name; c++)
		json_add_u64(o, c->name, queue_counter_get(s, c));
	if (!rx)
		return o;
	json_add_u64(o, "errors", rx_errors(s));
	kinds = json_object_new_object();
	for (i = 0; i < NAX_RX_ERRORS; i++)
		if (rx_error_names[i])
			json_add_u64(kinds, rx_error_names[i], s->errors[i]);
	json_object_object_add(o, "error_kinds", kinds);
	return o;
}

static struct json_object *json_side(struct nax_port *port, bool rx, unsigned int n)
{
	struct json_object *a = json_object_new_array();
	struct nax_queue_stats s;
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (nax_port_queue_stats(port, rx, i, &s))
			break;
		json_object_array_add(a, json_queue(&s, i, rx));
	}
	return a;
}

struct json_object *json_hw(struct nax_port *port)
{
	const struct nax_caps *caps = nax_port_caps(port);
	struct json_object *o = json_object_new_object();
	u64 *values = calloc((size_t)caps->n_stats + 1, sizeof(*values));
	unsigned int i;

	if (!values)
		return o;
	nax_port_hw_stats(port, values);
	for (i = 0; i < caps->n_stats; i++)
		json_add_u64(o, caps->stats[i].name, values[i]);
	free(values);
	return o;
}

void json_add_port(struct json_object *o, struct nax_port *port)
{
	struct nax_port_info info;
	struct nax_link link;

	nax_port_info(port, &info);
	nax_port_link(port, &link);
	json_add_text(o, "device", info.name);
	json_add_text(o, "driver", info.driver);
	json_add_text(o, "model", info.model);
	json_add_text(o, "state", info.state);
	json_object_object_add(o, "mac", json_mac(info.mac));
	json_add_u64(o, "mtu", info.config.mtu);
	json_object_object_add(o, "link", json_link(&link));
	json_object_object_add(o, "offloads_used", json_offloads(info.offloads));
	json_object_object_add(o, "verify", json_verify(&info));
	json_add_u64(o, "recoveries", info.recoveries);
	json_object_object_add(o, "hw", json_hw(port));
	json_object_object_add(o, "rx_queues", json_side(port, true, info.config.rx_queues));
	json_object_object_add(o, "tx_queues", json_side(port, false, info.config.tx_queues));
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
