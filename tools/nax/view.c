// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* From attributes to structures, by table. Whatever does not fit is left out: the other side may lie. */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "view.h"

/** enum field_kind - what an attribute holds, and the type at its place */
enum field_kind {
	FIELD_UINT,	/* unsigned integer of any length; the place has @size 1, 2, 4 or 8 */
	FIELD_TEXT,	/* char[@size] */
	FIELD_BYTES,	/* u8[@size], as long as that or left out */
};

/** struct field - where an attribute goes */
struct field {
	u16 attr;
	u16 kind;
	u32 offset;
	u32 size;
};

#define FIELD_AT(kind, attr, type, member) \
	{ NAX_A_##attr, kind, offsetof(struct type, member), sizeof(((struct type *)0)->member) }

#define DEV(attr, member) FIELD_AT(FIELD_UINT, DEV_##attr, view, member)
#define DEV_TEXT(attr, member) FIELD_AT(FIELD_TEXT, DEV_##attr, view, member)
static const struct field dev_fields[] = {
	DEV_TEXT(DEV_NAME, info.name),
	DEV_TEXT(NETDEV, netdev),
	DEV_TEXT(BUS_ADDRESS, bus_address),
	DEV_TEXT(DRIVER, info.driver),
	DEV_TEXT(MODEL, info.model),
	DEV_TEXT(INSTRUCTION_SET, info.vector),
	DEV(VENDOR_ID, info.vendor),
	DEV(DEVICE_ID, info.device),
	DEV(SUBVENDOR_ID, info.subvendor),
	DEV(SUBDEVICE_ID, info.subdevice),
	DEV(REVISION, info.revision),
	FIELD_AT(FIELD_BYTES, DEV_MAC, view, info.mac),
	DEV(MTU, info.config.mtu),
	DEV(OFFLOADS, info.offloads),
	DEV(RX_QUEUES, info.config.rx_queues),
	DEV(TX_QUEUES, info.config.tx_queues),
	DEV(RX_RING, info.config.rx_ring),
	DEV(TX_RING, info.config.tx_ring),
	DEV(RX_BUF_LEN, info.config.rx_buf_len),
	DEV(VECTORS, vectors),
	DEV(ITR_US, info.config.itr_us),
	DEV(RECOVERIES, info.recoveries),
	DEV(RSS_TYPES, rss.types),
};

#define CAPS(member, attr) FIELD_AT(FIELD_UINT, CAPS_##attr, view, caps.member),
static const struct field caps_fields[] = {
	FIELD_AT(FIELD_BYTES, CAPS_PERM_MAC, view, caps.perm_mac),
	FIELD_AT(FIELD_TEXT, CAPS_NVM_VERSION, view, caps.nvm_version),
	FIELD_AT(FIELD_TEXT, CAPS_BOARD, view, caps.board),
	NAX_CAPS_LIMITS(CAPS)
	CAPS(offloads, OFFLOADS)
	CAPS(rss_types, RSS_TYPES)
	CAPS(link_modes, LINK_MODES)
};

#define LINK(kind, member, attr) FIELD_AT(kind, LINK_##attr, view, link.member)
static const struct field link_fields[] = {
	LINK(FIELD_UINT, up, UP),
	LINK(FIELD_UINT, speed, SPEED),
	LINK(FIELD_UINT, full_duplex, FULL_DUPLEX),
	LINK(FIELD_UINT, pause_rx, PAUSE_RX),
	LINK(FIELD_UINT, pause_tx, PAUSE_TX),
	LINK(FIELD_UINT, media, MEDIA),
	LINK(FIELD_TEXT, module, MODULE),
	LINK(FIELD_TEXT, reason, REASON),
};

static const struct field verify_fields[] = {
	FIELD_AT(FIELD_UINT, VERIFY_LEVEL, view, info.verify_level),
	FIELD_AT(FIELD_UINT, VERIFY_CHECKS, view, info.verify_checks),
	FIELD_AT(FIELD_UINT, VERIFY_FAILURES, view, info.verify_failures),
	FIELD_AT(FIELD_TEXT, VERIFY_RULE, view, verify_rule),
	FIELD_AT(FIELD_TEXT, VERIFY_TEXT, view, info.verify_text),
};

static const struct field fault_fields[] = {
	FIELD_AT(FIELD_UINT, FAULT_STEP, view, fault.step),
	FIELD_AT(FIELD_UINT, FAULT_COUNT, view, fault.count),
	FIELD_AT(FIELD_UINT, FAULT_WHEN_NS, view, fault.when_ns),
	FIELD_AT(FIELD_TEXT, FAULT_WHY, view, fault.why),
	FIELD_AT(FIELD_UINT, FAULT_N_RECORDS, view, fault.n_records),
	FIELD_AT(FIELD_UINT, FAULT_LOST, view, fault.lost),
};

static const struct field stats_fields[] = {
	FIELD_AT(FIELD_UINT, STATS_RX_PACKETS, view, rx_packets),
	FIELD_AT(FIELD_UINT, STATS_RX_BYTES, view, rx_bytes),
	FIELD_AT(FIELD_UINT, STATS_TX_PACKETS, view, tx_packets),
	FIELD_AT(FIELD_UINT, STATS_TX_BYTES, view, tx_bytes),
};

static const struct field counter_fields[] = {
	FIELD_AT(FIELD_TEXT, COUNTER_NAME, view_counter, name),
	FIELD_AT(FIELD_UINT, COUNTER_VALUE, view_counter, value),
};

static const struct field record_fields[] = {
	FIELD_AT(FIELD_TEXT, RECORD_NAME, nax_diag_record, name),
	FIELD_AT(FIELD_UINT, RECORD_OFFSET, nax_diag_record, offset),
	FIELD_AT(FIELD_UINT, RECORD_VALUE, nax_diag_record, value),
};

#define QUEUE(attr, member) FIELD_AT(FIELD_UINT, QUEUE_##attr, view_queue, member)
static const struct field queue_fields[] = {
	QUEUE(ID, id),		       QUEUE(STATE, state),   QUEUE(RING, ring),
	QUEUE(DESCS, descs),	       QUEUE(DESCS_USED, descs_used), QUEUE(BUF_LEN, buf_len),
	QUEUE(VECTOR, vector),	       QUEUE(ITR_US, itr_us), QUEUE(GROUP, group),
};

#define COUNTER(member, attr) FIELD_AT(FIELD_UINT, QUEUE_STATS_##attr, nax_queue_stats, member),
static const struct field queue_stats_fields[] = {
	NAX_QUEUE_COUNTERS(COUNTER)
	COUNTER(errors[NAX_RX_ERR_CRC], ERROR_CRC)
	COUNTER(errors[NAX_RX_ERR_LENGTH], ERROR_LENGTH)
	COUNTER(errors[NAX_RX_ERR_CHAIN], ERROR_CHAIN)
	COUNTER(errors[NAX_RX_ERR_OVERSIZE], ERROR_OVERSIZE)
	COUNTER(errors[NAX_RX_ERR_DEVICE], ERROR_DEVICE)
};

static u64 attr_uint(const struct nlattr *a)
{
	const void *p = mnl_attr_get_payload(a);
	u16 len = mnl_attr_get_payload_len(a);
	u64 v64;
	u32 v32;
	u16 v16;

	if (len == sizeof(v64)) {
		memcpy(&v64, p, sizeof(v64));
		return v64;
	}
	if (len == sizeof(v32)) {
		memcpy(&v32, p, sizeof(v32));
		return v32;
	}
	if (len == sizeof(v16)) {
		memcpy(&v16, p, sizeof(v16));
		return v16;
	}
	return len == 1 ? *(const u8 *)p : 0;
}

static void store_uint(void *to, u32 size, u64 value)
{
	const u32 v32 = (u32)value;
	const u16 v16 = (u16)value;
	/* also of a bool, which must be 0 or 1 */
	const u8 v8 = (u8)value;

	switch (size) {
	case sizeof(value):
		memcpy(to, &value, sizeof(value));
		break;
	case sizeof(v32):
		memcpy(to, &v32, sizeof(v32));
		break;
	case sizeof(v16):
		memcpy(to, &v16, sizeof(v16));
		break;
	default:
		memcpy(to, &v8, sizeof(v8));
		break;
	}
}

static void store_text(char *to, u32 size, const struct nlattr *a)
{
	const char *from = mnl_attr_get_payload(a);
	u16 len = mnl_attr_get_payload_len(a);
	u32 i;

	for (i = 0; i < len && i + 1 < size && from[i]; i++)
		to[i] = from[i];
	to[i] = '\0';
	cli_printable(to);
}

static void store(const struct nlattr *a, void *base, const struct field *f, size_t n)
{
	for (; n--; f++) {
		char *to = (char *)base + f->offset;

		if (f->attr != mnl_attr_get_type(a))
			continue;
		if (f->kind == FIELD_UINT)
			store_uint(to, f->size, attr_uint(a));
		else if (f->kind == FIELD_TEXT)
			store_text(to, f->size, a);
		else if (mnl_attr_get_payload_len(a) == f->size)
			memcpy(to, mnl_attr_get_payload(a), f->size);
	}
}

static void store_nested(const struct nlattr *nest, void *base, const struct field *f, size_t n)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest)
		store(a, base, f, n);
}

/** struct reading - messages of one command on their way into a view */
struct reading {
	struct view *v;
	const struct field *fields;
	size_t n_fields;
};

static void on_dev_special(struct view *v, const struct nlattr *a)
{
	static const char *const states[] = {
		"detached", "attached", "started", "up", "resetting", "suspended", "gone",
	};
	u16 len = mnl_attr_get_payload_len(a);
	u64 state;

	switch (mnl_attr_get_type(a)) {
	case NAX_A_DEV_STATE:
		state = attr_uint(a);
		snprintf(v->info.state, sizeof(v->info.state), "%s",
			 state < ARRAY_LEN(states) ? states[state] : "unknown");
		break;
	case NAX_A_DEV_RSS_TABLE:
		if (len > sizeof(v->rss.table))
			break;
		memcpy(v->rss.table, mnl_attr_get_payload(a), len);
		v->rss.entries = (u16)(len / sizeof(v->rss.table[0]));
		break;
	case NAX_A_DEV_RSS_KEY:
		if (len > sizeof(v->rss.key))
			break;
		memcpy(v->rss.key, mnl_attr_get_payload(a), len);
		v->rss.key_len = len;
		break;
	}
}

static void on_fields(const struct nlmsghdr *nlh, void *arg)
{
	const struct reading *r = arg;
	const struct nlattr *a;

	mnl_attr_for_each(a, nlh, GENL_HDRLEN) {
		store(a, r->v, r->fields, r->n_fields);
		if (r->fields == dev_fields)
			on_dev_special(r->v, a);
	}
}

static void on_queue(const struct nlmsghdr *nlh, void *arg)
{
	struct view *v = ((struct reading *)arg)->v;
	const struct nlattr *a;
	struct view_queue *q;

	if (v->n_queues == VIEW_QUEUES_MAX)
		return;
	q = &v->queue[v->n_queues++];
	mnl_attr_for_each(a, nlh, GENL_HDRLEN) {
		store(a, q, queue_fields, ARRAY_LEN(queue_fields));
		if (mnl_attr_get_type(a) == NAX_A_QUEUE_TYPE)
			q->rx = attr_uint(a) == NAX_QUEUE_TYPE_RX;
		if (mnl_attr_get_type(a) == NAX_A_QUEUE_STATS)
			store_nested(a, &q->stats, queue_stats_fields,
				     ARRAY_LEN(queue_stats_fields));
	}
}

static void on_stats(const struct nlmsghdr *nlh, void *arg)
{
	struct view *v = ((struct reading *)arg)->v;
	const struct nlattr *a;

	mnl_attr_for_each(a, nlh, GENL_HDRLEN) {
		store(a, v, stats_fields, ARRAY_LEN(stats_fields));
		if (mnl_attr_get_type(a) == NAX_A_STATS_COUNTER &&
		    v->n_counters < ARRAY_LEN(v->counter))
			store_nested(a, &v->counter[v->n_counters++], counter_fields,
				     ARRAY_LEN(counter_fields));
	}
}

static void on_records(const struct nlmsghdr *nlh, void *arg)
{
	struct nax_diag *d = ((struct reading *)arg)->v->dump;
	const struct nlattr *a;

	mnl_attr_for_each(a, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(a) == NAX_A_DUMP_LOST)
			d->lost = (u32)attr_uint(a);
		if (mnl_attr_get_type(a) == NAX_A_DUMP_RECORD && d->n < NAX_DIAG_RECORDS)
			store_nested(a, &d->rec[d->n++], record_fields, ARRAY_LEN(record_fields));
	}
}

/* The commands in the order in which they are asked. */
static const struct {
	u32 what;
	u8 cmd;
	bool dump;
	const char *name;
	void (*fn)(const struct nlmsghdr *nlh, void *arg);
	const struct field *fields;
	size_t n_fields;
} questions[] = {
	{ VIEW_DEV, NAX_CMD_DEV_GET, false, "dev-get", on_fields, dev_fields,
	  ARRAY_LEN(dev_fields) },
	{ VIEW_CAPS, NAX_CMD_CAPS_GET, false, "caps-get", on_fields, caps_fields,
	  ARRAY_LEN(caps_fields) },
	{ VIEW_QUEUES, NAX_CMD_QUEUE_GET, true, "queue-get", on_queue, NULL, 0 },
	{ VIEW_STATS, NAX_CMD_STATS_GET, true, "stats-get", on_stats, NULL, 0 },
	{ VIEW_VERIFY, NAX_CMD_VERIFY_GET, false, "verify-get", on_fields, verify_fields,
	  ARRAY_LEN(verify_fields) },
	{ VIEW_LINK, NAX_CMD_LINK_GET, false, "link-get", on_fields, link_fields,
	  ARRAY_LEN(link_fields) },
	{ VIEW_FAULT, NAX_CMD_FAULT_GET, false, "fault-get", on_fields, fault_fields,
	  ARRAY_LEN(fault_fields) },
	{ VIEW_RECORDS, NAX_CMD_FAULT_RECORD_GET, true, "fault-record-get", on_records, NULL, 0 },
	{ VIEW_REGISTERS, NAX_CMD_REGISTER_GET, true, "register-get", on_records, NULL, 0 },
};

static int view_no_memory(struct nax_error *err)
{
	if (err) {
		err->code = -ENOMEM;
		snprintf(err->text, sizeof(err->text), "out of memory");
	}
	return -ENOMEM;
}

int view_get(struct view *v, struct source *s, u32 what, struct nax_error *err)
{
	struct reading r = { .v = v };
	struct nax_error e;
	unsigned int i;
	int rc = 0;

	memset(v, 0, sizeof(*v));
	if (what & (VIEW_RECORDS | VIEW_REGISTERS)) {
		v->dump = calloc(1, sizeof(*v->dump));
		if (!v->dump)
			return view_no_memory(err);
	}
	for (i = 0; !rc && i < ARRAY_LEN(questions); i++) {
		if (!(what & questions[i].what))
			continue;
		r.fields = questions[i].fields;
		r.n_fields = questions[i].n_fields;
		rc = source_ask(s, questions[i].cmd, questions[i].dump, questions[i].fn, &r, &e);
		if (rc && err) {
			err->code = rc;
			snprintf(err->text, sizeof(err->text), "%s: %.200s", questions[i].name,
				 e.text);
		}
	}
	if (rc) {
		free(v->dump);
		v->dump = NULL;
	}
	return rc;
}

struct view *view_new(struct cli *cli, struct source *s, const char *name, u32 what)
{
	struct view *v = malloc(sizeof(*v));
	struct nax_error err;

	if (v && !view_get(v, s, what, &err))
		return v;
	cli_fail(cli, "%.127s: %s", name, v ? err.text : "out of memory");
	free(v);
	return NULL;
}

void view_free(struct view *v)
{
	if (v)
		free(v->dump);
	free(v);
}

struct view *view_of_port(struct nax_port *port)
{
	struct source *s = source_of_port(port);
	struct view *v = s ? malloc(sizeof(*v)) : NULL;

	if (v && view_get(v, s, VIEW_ALL, NULL)) {
		free(v);
		v = NULL;
	}
	source_close(s);
	return v;
}
