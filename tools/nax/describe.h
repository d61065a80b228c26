/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Words and JSON for what libnax reports, by table, so that all commands say it alike. */
#ifndef NAX_TOOL_DESCRIBE_H
#define NAX_TOOL_DESCRIBE_H

#include <json-c/json.h>
#include <nax/app.h>

#define MAC_TEXT 18

/** describe_mac() - "02:00:00:00:00:01"; @buf is returned. */
const char *describe_mac(const u8 mac[6], char buf[MAC_TEXT]);

/** describe_link() - one line: "up, 10000 Mbit/s full duplex, pause rx tx"; @buf is returned. */
const char *describe_link(const struct nax_link *link, char *buf, size_t size);

/** describe_media() - "fiber", "direct-attach", ... */
const char *describe_media(enum nax_media media);

/** offload_name() - name of offload bit @bit, 0 .. NAX_OFFLOAD_COUNT - 1. */
const char *offload_name(unsigned int bit);

/** hash_type_name() - name of enum nax_hash_type @type. */
const char *hash_type_name(unsigned int type);

/** describe_offloads() - names with blanks between, "none" for 0; @buf is returned. */
const char *describe_offloads(u64 offloads, char *buf, size_t size);

/**
 * offloads_parse() - read a list of offloads
 * @what: option's name for messages
 * @text: "all", "none", or names with commas; "-name" takes one away, from all if it is first
 * @offloads: result, NAX_OFFLOAD_*
 *
 * "none" leaves rss and rx-scatter, which say where a frame is placed and not what is done to it,
 * so that several queues and jumbo frames still work; "-rss" takes them away too.
 *
 * Return: 0, or -EINVAL with @err naming the word that is wrong.
 */
int offloads_parse(const char *what, const char *text, u64 *offloads, struct nax_error *err);

/** struct queue_counter - a counter of struct nax_queue_stats */
struct queue_counter {
	const char *name;
	size_t offset;
};

/** queue_counters - all of them but the Rx errors, ended by a NULL name */
extern const struct queue_counter queue_counters[];

static inline u64 queue_counter_get(const struct nax_queue_stats *s, const struct queue_counter *c)
{
	return *(const u64 *)((const char *)s + c->offset);
}

/** rx_error_name() - name of enum nax_rx_error @error, NULL for NAX_RX_OK and past the last. */
const char *rx_error_name(unsigned int error);

/** rx_errors() - sum of all Rx errors of a queue. */
u64 rx_errors(const struct nax_queue_stats *s);

struct json_object *json_mac(const u8 mac[6]);
struct json_object *json_link(const struct nax_link *link);
struct json_object *json_offloads(u64 offloads);
struct json_object *json_verify(const struct nax_port_info *info);

/** json_queue() - all counters of queue @index. */
struct json_object *json_queue(const struct nax_queue_stats *s, unsigned int index, bool rx);

/** json_hw() - hardware counters by name. */
struct json_object *json_hw(struct nax_port *port);

/**
 * json_add_port() - add what there is to say of a port that was started: device, driver, model,
 * state, mac, mtu, link, offloads_used, verify, recoveries, hw, rx_queues, tx_queues
 */
void json_add_port(struct json_object *o, struct nax_port *port);

/** port_interrupts() - interrupts of all queue vectors. */
u64 port_interrupts(struct nax_port *port);

static inline void json_add_u64(struct json_object *o, const char *key, u64 value)
{
	json_object_object_add(o, key, json_object_new_uint64(value));
}

static inline void json_add_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, json_object_new_string(text));
}

static inline void json_add_bool(struct json_object *o, const char *key, bool value)
{
	json_object_object_add(o, key, json_object_new_boolean(value));
}

/** json_add_rate() - a number with at most three digits behind the point. */
void json_add_rate(struct json_object *o, const char *key, double value);

#endif /* NAX_TOOL_DESCRIBE_H */
