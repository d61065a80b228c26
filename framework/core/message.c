// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The attributes of each message of family nax, by table where a field of a structure is meant. */
#include <nax/netlink.h>

#include "internal.h"
#include "message.h"

/* A netlink attribute: a header of 4 bytes, the payload, zeroes up to a multiple of 4. */
struct nax_msg_attr {
	u16 len;
	u16 type;
};

#define NAX_MSG_ALIGN		4u
/* As the kernel marks attributes that hold attributes, NLA_F_NESTED of <linux/netlink.h>. */
#define NAX_MSG_NESTED		0x8000u

/** struct nax_msg_field - an unsigned integer of a structure */
struct nax_msg_field {
	u16 attr;
	u16 offset;
	u16 size;
};

#define NAX_MSG_FIELD(set, type, field, name) \
	{ NAX_A_##set##_##name, offsetof(struct type, field), sizeof(((struct type *)0)->field) }

#define NAX_MSG_CAPS(field, name) NAX_MSG_FIELD(CAPS, nax_caps, field, name),
static const struct nax_msg_field nax_msg_caps[] = {
	NAX_CAPS_LIMITS(NAX_MSG_CAPS)
	NAX_MSG_CAPS(offloads, OFFLOADS)
	NAX_MSG_CAPS(rss_types, RSS_TYPES)
	NAX_MSG_CAPS(link_modes, LINK_MODES)
	NAX_MSG_CAPS(n_stats, N_STATS)
};

#define NAX_MSG_QUEUE(field, name) NAX_MSG_FIELD(QUEUE_STATS, nax_queue_stats, field, name),
static const struct nax_msg_field nax_msg_queue_stats[] = {
	NAX_QUEUE_COUNTERS(NAX_MSG_QUEUE)
};

static const struct nax_msg_field nax_msg_rx_errors[] = {
	NAX_MSG_QUEUE(errors[NAX_RX_ERR_CRC], ERROR_CRC)
	NAX_MSG_QUEUE(errors[NAX_RX_ERR_LENGTH], ERROR_LENGTH)
	NAX_MSG_QUEUE(errors[NAX_RX_ERR_CHAIN], ERROR_CHAIN)
	NAX_MSG_QUEUE(errors[NAX_RX_ERR_OVERSIZE], ERROR_OVERSIZE)
	NAX_MSG_QUEUE(errors[NAX_RX_ERR_DEVICE], ERROR_DEVICE)
};

#define NAX_MSG_CONFIG(field, name) NAX_MSG_FIELD(DEV, nax_config, field, name)
static const struct nax_msg_field nax_msg_config[] = {
	NAX_MSG_CONFIG(n_rxq, RX_QUEUES),
	NAX_MSG_CONFIG(n_txq, TX_QUEUES),
	NAX_MSG_CONFIG(rx_ring, RX_RING),
	NAX_MSG_CONFIG(tx_ring, TX_RING),
	NAX_MSG_CONFIG(mtu, MTU),
	NAX_MSG_CONFIG(rx_buf_len, RX_BUF_LEN),
	NAX_MSG_CONFIG(itr_us, ITR_US),
};

static u8 *nax_msg_reserve(struct nax_msg *m, u16 type, u32 len)
{
	struct nax_msg_attr attr = { (u16)(sizeof(attr) + len), type };
	u32 whole = ALIGN((u32)sizeof(attr) + len, NAX_MSG_ALIGN);
	u8 *p = m->data + m->len;

	if (m->full || whole > m->size - m->len || sizeof(attr) + len > 0xffff) {
		m->full = true;
		return NULL;
	}
	memset(p, 0, whole);
	memcpy(p, &attr, sizeof(attr));
	m->len += whole;
	return p + sizeof(attr);
}

static void nax_msg_put(struct nax_msg *m, u16 type, const void *data, u32 len)
{
	u8 *p = nax_msg_reserve(m, type, len);

	if (p)
		memcpy(p, data, len);
}

static void nax_msg_put_u8(struct nax_msg *m, u16 type, u8 value)
{
	nax_msg_put(m, type, &value, sizeof(value));
}

static void nax_msg_put_u32(struct nax_msg *m, u16 type, u32 value)
{
	nax_msg_put(m, type, &value, sizeof(value));
}

/* Type "uint" of a specification: 4 bytes, or 8 where these are needed. */
static void nax_msg_put_uint(struct nax_msg *m, u16 type, u64 value)
{
	if (value >> 32)
		nax_msg_put(m, type, &value, sizeof(value));
	else
		nax_msg_put_u32(m, type, (u32)value);
}

/* Texts of modules and NVMs are the device's: what is no printable ASCII does not go on. */
static void nax_msg_put_text(struct nax_msg *m, u16 type, const char *text)
{
	u8 *p;
	u32 i;

	if (!text || !text[0])
		return;
	p = nax_msg_reserve(m, type, (u32)strlen(text) + 1);
	for (i = 0; p && text[i]; i++)
		p[i] = text[i] < ' ' || text[i] > '~' ? '?' : (u8)text[i];
}

static u64 nax_msg_value(const void *base, const struct nax_msg_field *f)
{
	const u8 *p = (const u8 *)base + f->offset;
	u64 v64;
	u32 v32;
	u16 v16;

	switch (f->size) {
	case sizeof(v64):
		memcpy(&v64, p, sizeof(v64));
		return v64;
	case sizeof(v32):
		memcpy(&v32, p, sizeof(v32));
		return v32;
	case sizeof(v16):
		memcpy(&v16, p, sizeof(v16));
		return v16;
	default:
		return *p;
	}
}

static void nax_msg_put_fields(struct nax_msg *m, const void *base, const struct nax_msg_field *f,
			       u32 n)
{
	for (; n--; f++)
		nax_msg_put_uint(m, f->attr, nax_msg_value(base, f));
}

/* Return: where the nest begins, for nax_msg_nest_end(). */
static u32 nax_msg_nest(struct nax_msg *m, u16 type)
{
	u32 begin = m->len;

	nax_msg_reserve(m, type | NAX_MSG_NESTED, 0);
	return begin;
}

static void nax_msg_nest_end(struct nax_msg *m, u32 begin)
{
	u16 len = (u16)(m->len - begin);

	if (!m->full)
		memcpy(m->data + begin, &len, sizeof(len));
}

/* These two have the same numbers in all attribute sets. */
#define NAX_MSG_SAME(set) \
	BUILD_BUG_ON((int)NAX_A_##set##_DEV_INDEX != (int)NAX_A_DEV_DEV_INDEX || \
		     (int)NAX_A_##set##_DEV_NAME != (int)NAX_A_DEV_DEV_NAME)

static void nax_msg_put_dev(struct nax_msg *m, const struct nax_msg_dev *dev)
{
	NAX_MSG_SAME(CAPS);
	NAX_MSG_SAME(QUEUE);
	NAX_MSG_SAME(STATS);
	NAX_MSG_SAME(VERIFY);
	NAX_MSG_SAME(LINK);
	NAX_MSG_SAME(FAULT);
	NAX_MSG_SAME(DUMP);
	NAX_MSG_SAME(EVENT);
	nax_msg_put_u32(m, NAX_A_DEV_DEV_INDEX, dev->index);
	nax_msg_put_text(m, NAX_A_DEV_DEV_NAME, dev->name);
}

/* Values of enumerations are passed on as they are. */
static void nax_msg_check_enums(void)
{
	BUILD_BUG_ON((int)NAX_DEV_STATE_GONE != (int)NAX_STATE_GONE);
	BUILD_BUG_ON((int)NAX_RSS_HASH_IPV6_UDP_EX != (int)NAX_HASH_IPV6_UDP_EX);
	BUILD_BUG_ON((int)NAX_LINK_MEDIA_TWISTED_PAIR != (int)NAX_MEDIA_TWISTED_PAIR);
	BUILD_BUG_ON((int)NAX_FAULT_STEP_GONE != (int)NAX_RECOVER_GONE);
	BUILD_BUG_ON((int)NAX_EVENT_TYPE_VERIFY != (int)NAX_EVENT_VERIFY);
	BUILD_BUG_ON((u64)NAX_OFFLOAD_FLAGS_TSO4 != NAX_OFFLOAD_TSO4);
	BUILD_BUG_ON((u64)NAX_OFFLOAD_FLAGS_TUNNEL != NAX_OFFLOAD_TUNNEL);
	BUILD_BUG_ON((u32)NAX_LINK_MODE_10G != NAX_LINK_10G);
}

/**
 * struct nax_msg_source - what a message is made from
 * @c: the adapter
 * @dev: what the back end knows of it
 * @part: which part
 */
struct nax_msg_source {
	struct nax_core *c;
	const struct nax_msg_dev *dev;
	struct nax_msg_part *part;
};

static int nax_msg_fill_dev(struct nax_msg *m, const struct nax_msg_source *s)
{
	const struct nax_adapter *a = &s->c->a;
	const struct nax_rss *rss = &s->c->rss;
	u64 recoveries;

	nax_msg_check_enums();
	nax_adapter_recovery(a, &recoveries);
	nax_msg_put_text(m, NAX_A_DEV_NETDEV, s->dev->netdev);
	nax_msg_put_text(m, NAX_A_DEV_BUS_ADDRESS, s->dev->bus_address);
	nax_msg_put_text(m, NAX_A_DEV_DRIVER, a->driver->name);
	nax_msg_put_text(m, NAX_A_DEV_MODEL, s->dev->model);
	nax_msg_put_text(m, NAX_A_DEV_INSTRUCTION_SET, s->dev->instruction_set);
	nax_msg_put_uint(m, NAX_A_DEV_VENDOR_ID, a->vendor);
	nax_msg_put_uint(m, NAX_A_DEV_DEVICE_ID, a->device);
	nax_msg_put_uint(m, NAX_A_DEV_SUBVENDOR_ID, a->subvendor);
	nax_msg_put_uint(m, NAX_A_DEV_SUBDEVICE_ID, a->subdevice);
	nax_msg_put_uint(m, NAX_A_DEV_REVISION, a->revision);
	nax_msg_put_u32(m, NAX_A_DEV_STATE, a->state);
	nax_msg_put(m, NAX_A_DEV_MAC, a->mac, sizeof(a->mac));
	nax_msg_put_uint(m, NAX_A_DEV_OFFLOADS, a->offloads);
	nax_msg_put_uint(m, NAX_A_DEV_VECTORS, a->n_vectors);
	nax_msg_put_uint(m, NAX_A_DEV_RECOVERIES, recoveries);
	nax_msg_put_fields(m, &s->c->config, nax_msg_config, ARRAY_SIZE(nax_msg_config));
	nax_msg_put_uint(m, NAX_A_DEV_RSS_TYPES, rss->types);
	if (rss->entries)
		nax_msg_put(m, NAX_A_DEV_RSS_TABLE, rss->table,
			    rss->entries * (u32)sizeof(rss->table[0]));
	if (rss->key_len)
		nax_msg_put(m, NAX_A_DEV_RSS_KEY, rss->key, rss->key_len);
	return 1;
}

static int nax_msg_fill_caps(struct nax_msg *m, const struct nax_msg_source *s)
{
	const struct nax_caps *caps = &s->c->a.caps;

	nax_msg_put(m, NAX_A_CAPS_PERM_MAC, caps->perm_mac, sizeof(caps->perm_mac));
	nax_msg_put_text(m, NAX_A_CAPS_NVM_VERSION, caps->nvm_version);
	nax_msg_put_text(m, NAX_A_CAPS_BOARD, caps->board);
	nax_msg_put_fields(m, caps, nax_msg_caps, ARRAY_SIZE(nax_msg_caps));
	return 1;
}

/* The queue may be polled meanwhile, so the two ends are not of one moment. */
static u32 nax_msg_queue_used(const struct nax_queue *q)
{
	u32 head = READ_ONCE(q->head);
	u32 used = q->is_rx ? nax_queue_room(q) : READ_ONCE(q->rung) - head;

	return used <= q->desc_mask ? used : q->desc_mask;
}

static u32 nax_msg_queue_state(const struct nax_queue *q)
{
	if (nax_queue_halted(q, NAX_HALT_QUARANTINE))
		return NAX_QUEUE_STATE_QUARANTINED;
	if (nax_queue_halted(q, NAX_HALT_STOPPED))
		return NAX_QUEUE_STATE_STOPPED;
	return nax_queue_halted(q, NAX_HALT_STUCK) ? NAX_QUEUE_STATE_HUNG :
						     NAX_QUEUE_STATE_RUNNING;
}

static void nax_msg_put_queue_stats(struct nax_msg *m, struct nax_adapter *a,
				    const struct nax_queue *q)
{
	struct nax_queue_stats stats;
	u32 nest;

	nax_adapter_queue_stats(a, q->is_rx, q->index, &stats);
	nest = nax_msg_nest(m, NAX_A_QUEUE_STATS);
	nax_msg_put_fields(m, &stats, nax_msg_queue_stats, ARRAY_SIZE(nax_msg_queue_stats));
	if (q->is_rx)
		nax_msg_put_fields(m, &stats, nax_msg_rx_errors, ARRAY_SIZE(nax_msg_rx_errors));
	nax_msg_nest_end(m, nest);
}

/* Receive queues first; one queue a message. */
static int nax_msg_fill_queue(struct nax_msg *m, const struct nax_msg_source *s)
{
	struct nax_adapter *a = &s->c->a;
	const struct nax_queue *q;
	u32 i = s->part->next;

	if (i >= (u32)a->n_rxq + a->n_txq)
		return 0;
	q = i < a->n_rxq ? a->rxq[i] : a->txq[i - a->n_rxq];
	nax_msg_put_u32(m, NAX_A_QUEUE_TYPE, q->is_rx ? NAX_QUEUE_TYPE_RX : NAX_QUEUE_TYPE_TX);
	nax_msg_put_u32(m, NAX_A_QUEUE_ID, q->index);
	nax_msg_put_u32(m, NAX_A_QUEUE_STATE, nax_msg_queue_state(q));
	nax_msg_put_uint(m, NAX_A_QUEUE_RING, (u64)q->ring.mask + 1);
	nax_msg_put_uint(m, NAX_A_QUEUE_DESCS, (u64)q->desc_mask + 1);
	nax_msg_put_uint(m, NAX_A_QUEUE_DESCS_USED, nax_msg_queue_used(q));
	if (q->is_rx)
		nax_msg_put_uint(m, NAX_A_QUEUE_BUF_LEN, q->buf_len);
	nax_msg_put_uint(m, NAX_A_QUEUE_VECTOR, q->vector->index);
	nax_msg_put_uint(m, NAX_A_QUEUE_ITR_US, READ_ONCE(q->vector->itr_us));
	nax_msg_put_uint(m, NAX_A_QUEUE_GROUP, q->group);
	nax_msg_put_queue_stats(m, a, q);
	s->part->next++;
	s->part->more = i + 1 < (u32)a->n_rxq + a->n_txq;
	return 1;
}

static void nax_msg_put_totals(struct nax_msg *m, struct nax_adapter *a, bool rx)
{
	u32 i, n = rx ? a->caps.rxq_max : a->caps.txq_max;
	u64 packets = 0, bytes = 0;
	struct nax_queue_stats q;

	for (i = 0; i < n; i++) {
		nax_adapter_queue_stats(a, rx, i, &q);
		packets += q.packets;
		bytes += q.bytes;
	}
	nax_msg_put_uint(m, rx ? NAX_A_STATS_RX_PACKETS : NAX_A_STATS_TX_PACKETS, packets);
	nax_msg_put_uint(m, rx ? NAX_A_STATS_RX_BYTES : NAX_A_STATS_TX_BYTES, bytes);
}

/*
 * Take back an element of a list that does not fit: it begins the next message. Without any in this
 * message there is no room for any: that stays an error.
 */
static void nax_msg_part_end(struct nax_msg *m, u32 begin, u32 written, struct nax_msg_part *part)
{
	part->more = m->full;
	if (!m->full || !written)
		return;
	m->len = begin;
	m->full = false;
}

/* The first message has the sums; counters that do not fit come in the next ones. */
static int nax_msg_fill_stats(struct nax_msg *m, const struct nax_msg_source *s)
{
	const struct nax_caps *caps = &s->c->a.caps;
	struct nax_msg_part *part = s->part;
	u32 first = part->next, nest = 0;

	if (!first) {
		nax_stats_collect(s->c);
		nax_msg_put_totals(m, &s->c->a, true);
		nax_msg_put_totals(m, &s->c->a, false);
	}
	for (; part->next < caps->n_stats && !m->full; part->next++) {
		nest = nax_msg_nest(m, NAX_A_STATS_COUNTER);
		nax_msg_put_text(m, NAX_A_COUNTER_NAME, caps->stats[part->next].name);
		nax_msg_put_uint(m, NAX_A_COUNTER_VALUE, s->c->hw[part->next]);
		nax_msg_nest_end(m, nest);
		if (m->full)
			break;
	}
	nax_msg_part_end(m, nest, part->next - first, part);
	return 1;
}

static int nax_msg_fill_verify(struct nax_msg *m, const struct nax_msg_source *s)
{
	struct nax_verify_report r = { .level = 0 };

	nax_verify_get(&s->c->a, &r);
	nax_msg_put_u32(m, NAX_A_VERIFY_LEVEL, r.level);
	nax_msg_put_uint(m, NAX_A_VERIFY_CHECKS, r.checks);
	nax_msg_put_uint(m, NAX_A_VERIFY_FAILURES, r.failures);
	nax_msg_put_text(m, NAX_A_VERIFY_RULE, r.rule);
	nax_msg_put_text(m, NAX_A_VERIFY_TEXT, r.text);
	return 1;
}

static int nax_msg_fill_link(struct nax_msg *m, const struct nax_msg_source *s)
{
	const struct nax_link *l = &s->c->link;

	nax_msg_put_u8(m, NAX_A_LINK_UP, l->up);
	nax_msg_put_uint(m, NAX_A_LINK_SPEED, l->speed);
	nax_msg_put_u8(m, NAX_A_LINK_FULL_DUPLEX, l->full_duplex);
	nax_msg_put_u8(m, NAX_A_LINK_PAUSE_RX, l->pause_rx);
	nax_msg_put_u8(m, NAX_A_LINK_PAUSE_TX, l->pause_tx);
	nax_msg_put_u32(m, NAX_A_LINK_MEDIA, l->media);
	nax_msg_put_text(m, NAX_A_LINK_MODULE, l->module);
	nax_msg_put_text(m, NAX_A_LINK_REASON, l->reason);
	return 1;
}

static int nax_msg_fill_fault(struct nax_msg *m, const struct nax_msg_source *s)
{
	const struct nax_recover *r = &s->c->recover;
	u64 count;

	nax_adapter_recovery(&s->c->a, &count);
	nax_msg_put_u32(m, NAX_A_FAULT_STEP, r->last);
	nax_msg_put_uint(m, NAX_A_FAULT_COUNT, count);
	if (!r->dumped)
		return 1;
	nax_msg_put_uint(m, NAX_A_FAULT_WHEN_NS, r->dump->when_ns);
	nax_msg_put_text(m, NAX_A_FAULT_WHY, r->dump->why);
	nax_msg_put_uint(m, NAX_A_FAULT_N_RECORDS, r->dump->n);
	nax_msg_put_uint(m, NAX_A_FAULT_LOST, r->dump->lost);
	return 1;
}

static int nax_msg_fill_dump(struct nax_msg *m, const struct nax_msg_source *s)
{
	struct nax_msg_part *part = s->part;
	const struct nax_diag *d = part->dump;
	u32 n = min_t(u32, d->n, NAX_DIAG_RECORDS);
	u32 first = part->next, nest = 0;

	for (; part->next < n; part->next++) {
		nest = nax_msg_nest(m, NAX_A_DUMP_RECORD);
		nax_msg_put_text(m, NAX_A_RECORD_NAME, d->rec[part->next].name);
		nax_msg_put_u32(m, NAX_A_RECORD_OFFSET, d->rec[part->next].offset);
		nax_msg_put_uint(m, NAX_A_RECORD_VALUE, d->rec[part->next].value);
		nax_msg_nest_end(m, nest);
		if (m->full)
			break;
	}
	nest = m->full ? nest : m->len;
	if (part->next == n)
		nax_msg_put_uint(m, NAX_A_DUMP_LOST, d->lost);
	nax_msg_part_end(m, nest, part->next - first, part);
	return 1;
}

static int (*const nax_msg_fillers[])(struct nax_msg *m, const struct nax_msg_source *s) = {
	[NAX_CMD_DEV_GET] = nax_msg_fill_dev,
	[NAX_CMD_CAPS_GET] = nax_msg_fill_caps,
	[NAX_CMD_QUEUE_GET] = nax_msg_fill_queue,
	[NAX_CMD_STATS_GET] = nax_msg_fill_stats,
	[NAX_CMD_VERIFY_GET] = nax_msg_fill_verify,
	[NAX_CMD_LINK_GET] = nax_msg_fill_link,
	[NAX_CMD_FAULT_GET] = nax_msg_fill_fault,
	[NAX_CMD_FAULT_RECORD_GET] = nax_msg_fill_dump,
	[NAX_CMD_REGISTER_GET] = nax_msg_fill_dump,
};

bool nax_msg_is_dump(u8 cmd)
{
	return cmd == NAX_CMD_FAULT_RECORD_GET || cmd == NAX_CMD_REGISTER_GET;
}

int nax_msg_fill(struct nax_msg *m, u8 cmd, struct nax_adapter *a, const struct nax_msg_dev *dev,
		 struct nax_msg_part *part)
{
	const struct nax_msg_source s = { nax_core_of(a), dev, part };
	u32 begin = m->len, next = part->next;
	int ret;

	part->more = false;
	if (cmd >= ARRAY_SIZE(nax_msg_fillers) || !nax_msg_fillers[cmd])
		return -EOPNOTSUPP;
	nax_msg_put_dev(m, dev);
	ret = nax_msg_fillers[cmd](m, &s);
	if (m->full)
		ret = -EMSGSIZE;
	if (ret <= 0) {
		m->len = begin;
		part->next = next;
	}
	return ret;
}

int nax_msg_select_queue(const struct nax_adapter *a, u32 type, u32 id, struct nax_msg_part *part,
			 struct nax_error *err)
{
	u32 n = type == NAX_QUEUE_TYPE_RX ? a->n_rxq : a->n_txq;

	if (type > NAX_QUEUE_TYPE_TX)
		return nax_error_set(err, -EINVAL, "type is %u: must be 0 (rx) or 1 (tx)", type);
	if (id >= n)
		return nax_error_set(err, -ENOENT, "id is %u: %u %s queues are in use", id, n,
				     type == NAX_QUEUE_TYPE_RX ? "rx" : "tx");
	part->next = type == NAX_QUEUE_TYPE_RX ? id : a->n_rxq + id;
	return 0;
}

int nax_msg_take_dump(struct nax_adapter *a, u8 cmd, struct nax_diag *d, struct nax_error *err)
{
	if (cmd == NAX_CMD_REGISTER_GET) {
		nax_adapter_diag(a, "asked for", d);
		return 0;
	}
	if (nax_adapter_fault(a, d))
		return 0;
	return nax_error_set(err, -ENODATA, "no step of recovery was taken");
}

int nax_msg_fill_event(struct nax_msg *m, const struct nax_msg_dev *dev, enum nax_event event,
		       const char *text)
{
	nax_msg_put_dev(m, dev);
	nax_msg_put_u32(m, NAX_A_EVENT_TYPE, event);
	nax_msg_put_text(m, NAX_A_EVENT_TEXT, text);
	return m->full ? -EMSGSIZE : 0;
}
