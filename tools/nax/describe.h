/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Words and JSON for what libnax reports, by table, so that all commands say it alike. */
#ifndef NAX_TOOL_DESCRIBE_H
#define NAX_TOOL_DESCRIBE_H

#include <json-c/json.h>
#include <nax/app.h>

#include "view.h"

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

/** describe_limits() - print all limits of a device, three in a line, and its link modes. */
void describe_limits(const struct nax_caps *caps);

/** describe_hash_types() - print the names of what @types, a bit per type, has. */
void describe_hash_types(u32 types);

/** describe_dump() - print registers and descriptors. */
void describe_dump(const struct nax_diag *d);

/** queue_state_name(), fault_step_name() - as in uapi/nax.yaml. */
const char *queue_state_name(u32 state);
const char *fault_step_name(u32 step);

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

struct json_object *json_limits(const struct nax_caps *caps);
struct json_object *json_hash_types(u32 types);
struct json_object *json_dump(const struct nax_diag *d);

/** json_hw() - hardware counters by name. */
struct json_object *json_hw(const struct view *v);

/** json_queues() - receive or transmit queues with all that is known of them. */
struct json_object *json_queues(const struct view *v, bool rx);

/**
 * json_add_view() - add what there is to say of a device at work: device, driver, model, state, mac,
 * mtu, link, offloads_used, verify, recoveries, hw, rx_queues, tx_queues
 */
void json_add_view(struct json_object *o, const struct view *v);
/** json_add_port() - json_add_view() of a port. */
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
