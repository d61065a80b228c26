// SPDX-License-Identifier: GPL-2.0-only
/*
 * Receive flow rules by ethtool (-N, -n, -U, -u): struct ethtool_rx_flow_spec to and from struct
 * nax_flow_rule. These commands have no extack: what refuses a rule is in the log.
 */
#include <linux/ethtool.h>

#include "ethtool.h"

/* Where a frame has the type of its first tag, or without one that of what it carries. */
#define NAX_ETYPE_OFFSET	12
/* user-def asks for two bytes of the frame: their offset above, what they must be below. */
#define NAX_USER_OFFSET		GENMASK(31, 16)
#define NAX_USER_BYTES		GENMASK(15, 0)

#define NAX_TCI_ID		GENMASK(11, 0)
#define NAX_TCI_DEI		BIT(12)
#define NAX_TCI_PRIORITY	GENMASK(15, 13)

static const u32 nax_flow_types[NAX_FLOW_PROTOS] = {
	[NAX_FLOW_ANY] = IP_USER_FLOW,
	[NAX_FLOW_TCP] = TCP_V4_FLOW,
	[NAX_FLOW_UDP] = UDP_V4_FLOW,
	[NAX_FLOW_SCTP] = SCTP_V4_FLOW,
};

static const u8 nax_ip_protos[NAX_FLOW_PROTOS] = {
	[NAX_FLOW_TCP] = IPPROTO_TCP,
	[NAX_FLOW_UDP] = IPPROTO_UDP,
	[NAX_FLOW_SCTP] = IPPROTO_SCTP,
};

/* ---- from ethtool ---- */

static void nax_flow_want(struct nax_flow_rule *r, enum nax_flow_field field, u32 value, u32 mask)
{
	r->value[field] = value;
	r->mask[field] = mask;
}

/* flow-type tcp4, udp4, sctp4: the three have one form. */
static int nax_flow_from_ports(struct nax_flow_rule *r, const struct ethtool_rx_flow_spec *fs,
			       struct nax_error *err)
{
	const struct ethtool_tcpip4_spec *v = &fs->h_u.tcp_ip4_spec, *m = &fs->m_u.tcp_ip4_spec;

	if (m->tos)
		return nax_error_set(err, -EOPNOTSUPP, "flow mask of tos is 0x%x: must be 0",
				     m->tos);
	nax_flow_want(r, NAX_FLOW_SADDR, be32_to_cpu(v->ip4src), be32_to_cpu(m->ip4src));
	nax_flow_want(r, NAX_FLOW_DADDR, be32_to_cpu(v->ip4dst), be32_to_cpu(m->ip4dst));
	nax_flow_want(r, NAX_FLOW_SPORT, be16_to_cpu(v->psrc), be16_to_cpu(m->psrc));
	nax_flow_want(r, NAX_FLOW_DPORT, be16_to_cpu(v->pdst), be16_to_cpu(m->pdst));
	return 0;
}

/* flow-type ip4: any protocol, or by its number one of those above. */
static int nax_flow_from_ip(struct nax_flow_rule *r, const struct ethtool_rx_flow_spec *fs,
			    struct nax_error *err)
{
	const struct ethtool_usrip4_spec *v = &fs->h_u.usr_ip4_spec, *m = &fs->m_u.usr_ip4_spec;
	u32 proto;

	if (v->ip_ver != ETH_RX_NFC_IP4)
		return nax_error_set(err, -EOPNOTSUPP, "flow ip version is %u: must be %u, IPv4",
				     v->ip_ver, ETH_RX_NFC_IP4);
	if (m->tos || m->l4_4_bytes)
		return nax_error_set(err, -EOPNOTSUPP,
				     "flow mask of tos is 0x%x, of l4data 0x%x: must be 0", m->tos,
				     be32_to_cpu(m->l4_4_bytes));
	nax_flow_want(r, NAX_FLOW_SADDR, be32_to_cpu(v->ip4src), be32_to_cpu(m->ip4src));
	nax_flow_want(r, NAX_FLOW_DADDR, be32_to_cpu(v->ip4dst), be32_to_cpu(m->ip4dst));
	if (!m->proto)
		return 0;
	for (proto = NAX_FLOW_TCP; proto < NAX_FLOW_PROTOS; proto++)
		if (v->proto == nax_ip_protos[proto] && m->proto == 0xff)
			r->proto = proto;
	if (r->proto == NAX_FLOW_ANY)
		return nax_error_set(err, -EOPNOTSUPP,
				     "flow l4proto is %u with mask 0x%x: must be TCP, UDP or SCTP, the whole number",
				     v->proto, m->proto);
	return 0;
}

static int nax_flow_from_type(struct nax_flow_rule *r, const struct ethtool_rx_flow_spec *fs,
			      struct nax_error *err)
{
	u32 type = fs->flow_type & ~(FLOW_EXT | FLOW_MAC_EXT | FLOW_RSS);

	for (r->proto = NAX_FLOW_TCP; r->proto < NAX_FLOW_PROTOS; r->proto++)
		if (type == nax_flow_types[r->proto])
			return nax_flow_from_ports(r, fs, err);
	r->proto = NAX_FLOW_ANY;
	if (type == IP_USER_FLOW)
		return nax_flow_from_ip(r, fs, err);
	return nax_error_set(err, -EOPNOTSUPP,
			     "flow type is 0x%x: must be tcp4, udp4, sctp4 or ip4", type);
}

static int nax_flow_from_bytes(struct nax_flow_rule *r, const struct ethtool_rx_flow_spec *fs,
			       struct nax_error *err)
{
	u32 value = be32_to_cpu(fs->h_ext.data[1]), mask = be32_to_cpu(fs->m_ext.data[1]);

	if (fs->h_ext.data[0] & fs->m_ext.data[0])
		return nax_error_set(err, -EINVAL,
				     "flow user-def is 0x%08x%08x: must be below 0x100000000, an offset in 16 bits and two bytes",
				     be32_to_cpu(fs->h_ext.data[0]), value);
	if (fs->m_ext.vlan_etype && mask)
		return nax_error_set(err, -EINVAL,
				     "flow user-def and vlan-etype: must be one of them, there are two bytes to compare");
	if (fs->m_ext.vlan_etype) {
		r->offset = NAX_ETYPE_OFFSET;
		nax_flow_want(r, NAX_FLOW_BYTES, be16_to_cpu(fs->h_ext.vlan_etype),
			      be16_to_cpu(fs->m_ext.vlan_etype));
	}
	if (!mask)
		return 0;
	if (FIELD_GET(NAX_USER_OFFSET, mask) != FIELD_MAX(NAX_USER_OFFSET))
		return nax_error_set(err, -EINVAL,
				     "flow mask of user-def is 0x%x: must have all of 0x%lx, the offset",
				     mask, NAX_USER_OFFSET);
	r->offset = FIELD_GET(NAX_USER_OFFSET, value);
	nax_flow_want(r, NAX_FLOW_BYTES, FIELD_GET(NAX_USER_BYTES, value),
		      FIELD_GET(NAX_USER_BYTES, mask));
	return 0;
}

static int nax_flow_from_ext(struct nax_flow_rule *r, const struct ethtool_rx_flow_spec *fs,
			     struct nax_error *err)
{
	u16 tci = be16_to_cpu(fs->h_ext.vlan_tci), mask = be16_to_cpu(fs->m_ext.vlan_tci);

	if (fs->flow_type & FLOW_MAC_EXT && !is_zero_ether_addr(fs->m_ext.h_dest))
		return nax_error_set(err, -EOPNOTSUPP, "flow mask of dst-mac is %pM: must be zero",
				     fs->m_ext.h_dest);
	if (!(fs->flow_type & FLOW_EXT))
		return 0;
	nax_flow_want(r, NAX_FLOW_VLAN_ID, FIELD_GET(NAX_TCI_ID, tci),
		      FIELD_GET(NAX_TCI_ID, mask));
	nax_flow_want(r, NAX_FLOW_VLAN_DEI, FIELD_GET(NAX_TCI_DEI, tci),
		      FIELD_GET(NAX_TCI_DEI, mask));
	nax_flow_want(r, NAX_FLOW_VLAN_PRIORITY, FIELD_GET(NAX_TCI_PRIORITY, tci),
		      FIELD_GET(NAX_TCI_PRIORITY, mask));
	return nax_flow_from_bytes(r, fs, err);
}

/* While the interface is down, its queues are those that it will have. */
static int nax_flow_from_action(const struct nax_device *d, struct nax_flow_rule *r,
				const struct ethtool_rx_flow_spec *fs, struct nax_error *err)
{
	if (fs->flow_type & FLOW_RSS)
		return nax_error_set(err, -EINVAL, "flow context: must not be given, there are none");
	r->queue = NAX_FLOW_DROP;
	if (fs->ring_cookie == RX_CLS_FLOW_DISC)
		return 0;
	if (fs->ring_cookie >= d->config.n_rxq)
		return nax_error_set(err, -EINVAL,
				     "flow action is %lld: must be below %u, the channels, or -1 to drop",
				     fs->ring_cookie, d->config.n_rxq);
	r->queue = fs->ring_cookie;
	return 0;
}

static int nax_flow_insert(struct nax_device *d, const struct ethtool_rx_flow_spec *fs,
			   struct nax_error *err)
{
	struct nax_flow_rule r = { .location = fs->location };
	int ret;

	if (!(d->config.offloads & NAX_OFFLOAD_FLOW))
		return nax_error_set(err, -EOPNOTSUPP, "flow rules: ntuple is off");
	ret = nax_flow_from_action(d, &r, fs, err);
	if (!ret)
		ret = nax_flow_from_type(&r, fs, err);
	if (!ret)
		ret = nax_flow_from_ext(&r, fs, err);
	return ret ? ret : nax_adapter_flow_add(d->adapter, &r, err);
}

int nax_rxnfc_set(struct net_device *dev, const struct ethtool_rxnfc *c)
{
	struct nax_device *d = nax_netdev_device(dev);
	struct nax_error err;
	int ret;

	mutex_lock(&d->control);
	switch (c->cmd) {
	case ETHTOOL_SRXCLSRLINS:
		ret = nax_flow_insert(d, &c->fs, &err);
		break;
	case ETHTOOL_SRXCLSRLDEL:
		ret = nax_adapter_flow_remove(d->adapter, c->fs.location, &err);
		break;
	default:
		ret = nax_error_set(&err, -EOPNOTSUPP, "rxnfc command 0x%x is not known", c->cmd);
	}
	mutex_unlock(&d->control);
	if (ret)
		nax_netdev_say(d, NULL, err.text);
	return ret;
}

void nax_flow_forget(struct nax_device *d)
{
	const struct nax_flow_rule *r;
	struct nax_error err;

	mutex_lock(&d->control);
	for (r = nax_adapter_flow_next(d->adapter, 0); r; r = nax_adapter_flow_next(d->adapter, 0))
		if (nax_adapter_flow_remove(d->adapter, r->location, &err))
			break;
	mutex_unlock(&d->control);
}

/* ---- to ethtool ---- */

static void nax_flow_to_ext(const struct nax_flow_rule *r, struct ethtool_flow_ext *v,
			    const u32 *field)
{
	u16 tci = FIELD_PREP(NAX_TCI_ID, field[NAX_FLOW_VLAN_ID]) |
		  FIELD_PREP(NAX_TCI_DEI, field[NAX_FLOW_VLAN_DEI]) |
		  FIELD_PREP(NAX_TCI_PRIORITY, field[NAX_FLOW_VLAN_PRIORITY]);
	bool mask = field == r->mask;

	v->vlan_tci = cpu_to_be16(tci);
	if (!r->mask[NAX_FLOW_BYTES])
		return;
	if (r->offset == NAX_ETYPE_OFFSET) {
		v->vlan_etype = cpu_to_be16(field[NAX_FLOW_BYTES]);
		return;
	}
	v->data[0] = mask ? cpu_to_be32(~0u) : 0;
	v->data[1] = cpu_to_be32(FIELD_PREP(NAX_USER_OFFSET, mask ? 0xffff : r->offset) |
				 FIELD_PREP(NAX_USER_BYTES, field[NAX_FLOW_BYTES]));
}

static void nax_flow_to_spec(const struct nax_flow_rule *r, union ethtool_flow_union *u,
			     const u32 *field)
{
	if (r->proto == NAX_FLOW_ANY) {
		u->usr_ip4_spec.ip4src = cpu_to_be32(field[NAX_FLOW_SADDR]);
		u->usr_ip4_spec.ip4dst = cpu_to_be32(field[NAX_FLOW_DADDR]);
		u->usr_ip4_spec.ip_ver = field == r->mask ? 0 : ETH_RX_NFC_IP4;
		return;
	}
	u->tcp_ip4_spec.ip4src = cpu_to_be32(field[NAX_FLOW_SADDR]);
	u->tcp_ip4_spec.ip4dst = cpu_to_be32(field[NAX_FLOW_DADDR]);
	u->tcp_ip4_spec.psrc = cpu_to_be16(field[NAX_FLOW_SPORT]);
	u->tcp_ip4_spec.pdst = cpu_to_be16(field[NAX_FLOW_DPORT]);
}

static int nax_flow_get(struct nax_device *d, struct ethtool_rx_flow_spec *fs)
{
	const struct nax_flow_rule *r = nax_adapter_flow_next(d->adapter, fs->location);

	if (!r || r->location != fs->location)
		return -ENOENT;
	memset(fs, 0, sizeof(*fs));
	fs->location = r->location;
	fs->ring_cookie = r->queue == NAX_FLOW_DROP ? RX_CLS_FLOW_DISC : r->queue;
	fs->flow_type = nax_flow_types[r->proto];
	nax_flow_to_spec(r, &fs->h_u, r->value);
	nax_flow_to_spec(r, &fs->m_u, r->mask);
	if (!r->mask[NAX_FLOW_VLAN_ID] && !r->mask[NAX_FLOW_VLAN_DEI] &&
	    !r->mask[NAX_FLOW_VLAN_PRIORITY] && !r->mask[NAX_FLOW_BYTES])
		return 0;
	fs->flow_type |= FLOW_EXT;
	nax_flow_to_ext(r, &fs->h_ext, r->value);
	nax_flow_to_ext(r, &fs->m_ext, r->mask);
	return 0;
}

/* How many there are, and where: @room entries of @locations, which may be NULL. */
static int nax_flow_list(const struct nax_device *d, u32 *locations, u32 room, u32 *n)
{
	const struct nax_flow_rule *r = nax_adapter_flow_next(d->adapter, 0);

	for (*n = 0; r; r = nax_adapter_flow_next(d->adapter, r->location + 1)) {
		if (locations && *n == room)
			return -EMSGSIZE;
		if (locations)
			locations[*n] = r->location;
		++*n;
	}
	return 0;
}

int nax_rxnfc_get(struct net_device *dev, struct ethtool_rxnfc *c, u32 *locations)
{
	struct nax_device *d = nax_netdev_device(dev);
	int ret = -EOPNOTSUPP;
	u32 n;

	if (!d->adapter->caps.flow_rules)
		return ret;
	mutex_lock(&d->control);
	switch (c->cmd) {
	case ETHTOOL_GRXCLSRLCNT:
		ret = nax_flow_list(d, NULL, 0, &n);
		c->rule_cnt = n;
		c->data = d->adapter->caps.flow_rules;
		break;
	case ETHTOOL_GRXCLSRULE:
		ret = nax_flow_get(d, &c->fs);
		break;
	case ETHTOOL_GRXCLSRLALL:
		ret = nax_flow_list(d, locations, c->rule_cnt, &n);
		c->rule_cnt = n;
		c->data = d->adapter->caps.flow_rules;
		break;
	}
	mutex_unlock(&d->control);
	return ret;
}
