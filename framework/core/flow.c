// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Receive flow rules: a table of what was asked for, checked against the limits of the device, and
 * given to the driver rule by rule; all of it again whenever the device starts.
 */
#include "internal.h"

static const char *const nax_flow_names[NAX_FLOW_FIELDS] = {
	[NAX_FLOW_SADDR] = "saddr",
	[NAX_FLOW_DADDR] = "daddr",
	[NAX_FLOW_SPORT] = "sport",
	[NAX_FLOW_DPORT] = "dport",
	[NAX_FLOW_VLAN_ID] = "vlan_id",
	[NAX_FLOW_VLAN_DEI] = "vlan_dei",
	[NAX_FLOW_VLAN_PRIORITY] = "vlan_priority",
	[NAX_FLOW_BYTES] = "bytes",
};

static const char *const nax_flow_protos[NAX_FLOW_PROTOS] = {
	[NAX_FLOW_ANY] = "any",
	[NAX_FLOW_TCP] = "tcp",
	[NAX_FLOW_UDP] = "udp",
	[NAX_FLOW_SCTP] = "sctp",
};

int nax_flow_init(struct nax_core *c)
{
	c->flow = NULL;
	if (!c->a.caps.flow_rules)
		return 0;
	c->flow = nax_zalloc(c, c->a.caps.flow_rules * sizeof(struct nax_flow_rule *));
	return c->flow ? 0 : -ENOMEM;
}

void nax_flow_free(struct nax_core *c)
{
	u32 i;

	for (i = 0; c->flow && i < c->a.caps.flow_rules; i++)
		nax_free(c, c->flow[i]);
	nax_free(c, c->flow);
	c->flow = NULL;
}

const struct nax_flow_rule *nax_adapter_flow_next(const struct nax_adapter *a, u32 location)
{
	const struct nax_core *c = nax_core_of(a);

	for (; c->flow && location < a->caps.flow_rules; location++)
		if (c->flow[location])
			return c->flow[location];
	return NULL;
}

int nax_flow_fits(const struct nax_adapter *a, u32 n_rxq, struct nax_error *err)
{
	const struct nax_flow_rule *r = nax_adapter_flow_next(a, 0);

	for (; r; r = nax_adapter_flow_next(a, r->location + 1))
		if (r->queue != NAX_FLOW_DROP && r->queue >= n_rxq)
			return nax_error_set(err, -EINVAL,
					     "n_rxq is %u: must be at least %u, flow rule %u sends to queue %u",
					     n_rxq, r->queue + 1u, r->location, r->queue);
	return 0;
}

/* ---- what a device can do ---- */

static int nax_flow_check_fields(const struct nax_caps *caps, const struct nax_flow_rule *r,
				 struct nax_error *err)
{
	u32 i;

	for (i = 0; i < NAX_FLOW_FIELDS; i++) {
		u32 can = caps->flow_mask[i], mask = r->mask[i];

		if ((i == NAX_FLOW_SPORT || i == NAX_FLOW_DPORT) &&
		    !(caps->flow_ports & BIT(r->proto)) && mask)
			return nax_error_set(err, -EINVAL,
					     "flow mask of %s is 0x%x: must be 0, there are no ports to compare for protocol %s",
					     nax_flow_names[i], mask, nax_flow_protos[r->proto]);
		if (!can && mask)
			return nax_error_set(err, -EINVAL,
					     "flow mask of %s is 0x%x: must be 0, the device does not compare it",
					     nax_flow_names[i], mask);
		if (caps->flow_whole & BIT(i) && mask && mask != can)
			return nax_error_set(err, -EINVAL,
					     "flow mask of %s is 0x%x: must be 0 or 0x%x, the device compares all bits or none",
					     nax_flow_names[i], mask, can);
		if (mask & ~can)
			return nax_error_set(err, -EINVAL,
					     "flow mask of %s is 0x%x: must be some bits of 0x%x",
					     nax_flow_names[i], mask, can);
	}
	if (r->mask[NAX_FLOW_BYTES] && (r->offset > caps->flow_offset_max ||
					r->offset % caps->flow_offset_step))
		return nax_error_set(err, -EINVAL,
				     "flow offset is %u: must be from 0 to %u in steps of %u",
				     r->offset, caps->flow_offset_max, caps->flow_offset_step);
	return 0;
}

static int nax_flow_check(const struct nax_core *c, const struct nax_flow_rule *r,
			  struct nax_error *err)
{
	const struct nax_caps *caps = &c->a.caps;
	u32 queues = c->a.n_rxq ? c->a.n_rxq : caps->rxq_max;

	if (!caps->flow_rules)
		return nax_error_set(err, -EOPNOTSUPP, "flow: the device has no receive flow rules");
	if (r->location >= caps->flow_rules)
		return nax_error_set(err, -EINVAL, "flow location is %u: must be below %u",
				     r->location, caps->flow_rules);
	if (r->proto >= NAX_FLOW_PROTOS || !(caps->flow_protos & BIT(r->proto)))
		return nax_error_set(err, -EOPNOTSUPP,
				     "flow protocol is %u: must be the number of a bit of 0x%x",
				     r->proto, caps->flow_protos);
	if (r->queue != NAX_FLOW_DROP && r->queue >= queues)
		return nax_error_set(err, -EINVAL,
				     "flow queue is %u: must be below %u, the receive queues",
				     r->queue, queues);
	return nax_flow_check_fields(caps, r, err);
}

/* ---- what goes together ---- */

/* Bits of @r that matter, in the form that is kept. */
static void nax_flow_copy(struct nax_flow_rule *to, const struct nax_flow_rule *r)
{
	u32 i;

	*to = *r;
	for (i = 0; i < NAX_FLOW_FIELDS; i++)
		to->value[i] &= r->mask[i];
	if (!r->mask[NAX_FLOW_BYTES])
		to->offset = 0;
}

static bool nax_flow_any(const struct nax_flow_rule *r)
{
	return r->proto == NAX_FLOW_ANY;
}

static int nax_flow_check_mask(const struct nax_flow_rule *r, const struct nax_flow_rule *other,
			       struct nax_error *err)
{
	u32 i;

	if (nax_flow_any(r) != nax_flow_any(other))
		return nax_error_set(err, -EINVAL,
				     "flow protocol is %s: rule %u has %s, and the device compares it for all rules or for none",
				     nax_flow_protos[r->proto], other->location,
				     nax_flow_protos[other->proto]);
	for (i = 0; i < NAX_FLOW_FIELDS; i++) {
		if ((i == NAX_FLOW_SPORT || i == NAX_FLOW_DPORT) && r->proto != other->proto)
			continue;
		if (r->mask[i] != other->mask[i])
			return nax_error_set(err, -EINVAL,
					     "flow mask of %s is 0x%x: must be 0x%x as in rule %u, the device has one mask",
					     nax_flow_names[i], r->mask[i], other->mask[i],
					     other->location);
	}
	if (r->offset != other->offset)
		return nax_error_set(err, -EINVAL,
				     "flow offset is %u: must be %u as in rule %u, the device has one",
				     r->offset, other->offset, other->location);
	return 0;
}

static bool nax_flow_same(const struct nax_flow_rule *r, const struct nax_flow_rule *other)
{
	return r->proto == other->proto && r->offset == other->offset &&
	       !memcmp(r->value, other->value, sizeof(r->value)) &&
	       !memcmp(r->mask, other->mask, sizeof(r->mask));
}

/* All rules but the one that @r replaces. */
static int nax_flow_check_others(const struct nax_core *c, const struct nax_flow_rule *r,
				 struct nax_error *err)
{
	const struct nax_flow_rule *other = nax_adapter_flow_next(&c->a, 0);
	int ret = 0;

	for (; other && !ret; other = nax_adapter_flow_next(&c->a, other->location + 1)) {
		if (other->location == r->location)
			continue;
		if (nax_flow_same(r, other))
			ret = nax_error_set(err, -EEXIST, "flow rule %u matches the same packets",
					    other->location);
		else if (c->a.caps.flow_one_mask)
			ret = nax_flow_check_mask(r, other, err);
	}
	return ret;
}

/* ---- the device ---- */

static bool nax_flow_active(const struct nax_core *c)
{
	return c->started && c->a.offloads & NAX_OFFLOAD_FLOW;
}

static int nax_flow_call(struct nax_core *c, const struct nax_flow_rule *r, bool add,
			 struct nax_error *err)
{
	const struct nax_flow_ops *ops = c->a.driver->ops->flow;
	int ret;

	c->fail.code = 0;
	nax_enter(c, NAX_OP_CONFIGURE, NULL);
	ret = add ? ops->add(&c->a, r) : ops->remove(&c->a, r);
	nax_leave(c, NAX_OP_CONFIGURE, NULL);
	return nax_fail_take(c, ret, add ? "flow.add" : "flow.remove", err);
}

/*
 * What the device has after a failure nobody knows: it is reset, and given the table as it was, in
 * which @old still stands.
 */
static int nax_flow_exchange(struct nax_core *c, const struct nax_flow_rule *old,
			     const struct nax_flow_rule *new, struct nax_error *err)
{
	struct nax_error why;
	int ret = 0;

	if (!nax_flow_active(c))
		return 0;
	if (old)
		ret = nax_flow_call(c, old, false, &why);
	if (!ret && new)
		ret = nax_flow_call(c, new, true, &why);
	if (!ret)
		return 0;
	if (!nax_is_gone(c))
		nax_hung(&c->a, NULL, why.text);
	return nax_error_set(err, ret, "%s", why.text);
}

int nax_apply_flow(struct nax_core *c, struct nax_error *err)
{
	const struct nax_flow_rule *r = nax_adapter_flow_next(&c->a, 0);
	int ret = 0;

	if (!nax_flow_active(c))
		return 0;
	for (; r && !ret; r = nax_adapter_flow_next(&c->a, r->location + 1))
		ret = nax_flow_call(c, r, true, err);
	return ret;
}

/* ---- the table ---- */

int nax_adapter_flow_add(struct nax_adapter *a, const struct nax_flow_rule *rule,
			 struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	struct nax_flow_rule *r;
	int ret;

	ret = nax_control_ready(c, err);
	if (!ret)
		ret = nax_flow_check(c, rule, err);
	if (ret)
		return ret;
	r = nax_zalloc(c, sizeof(*r));
	if (!r)
		return nax_error_set(err, -ENOMEM, "no memory for a flow rule");
	nax_flow_copy(r, rule);
	ret = nax_flow_check_others(c, r, err);
	if (!ret)
		ret = nax_flow_exchange(c, c->flow[r->location], r, err);
	if (!ret)
		swap(c->flow[rule->location], r);
	nax_free(c, r);
	return ret;
}

int nax_adapter_flow_remove(struct nax_adapter *a, u32 location, struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	int ret;

	ret = nax_control_ready(c, err);
	if (ret)
		return ret;
	if (location >= a->caps.flow_rules || !c->flow[location])
		return nax_error_set(err, -ENOENT, "flow rule %u is not there", location);
	ret = nax_flow_exchange(c, c->flow[location], NULL, err);
	if (ret)
		return ret;
	nax_free(c, c->flow[location]);
	c->flow[location] = NULL;
	return 0;
}
