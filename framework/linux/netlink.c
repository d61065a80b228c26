// SPDX-License-Identifier: GPL-2.0-only
/*
 * Generic netlink family nax, see uapi/nax.yaml. What a message says of a device is the core's, for
 * programs with a user-space driver say the same.
 *
 * rtnl keeps devices where they are while they are looked at. A dump that needs several messages
 * lets go of it in between and goes on behind the device that it came to, whatever has come or
 * gone.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include <nax/netlink.h>

#include "linux.h"
#include "message.h"

/* The largest message has a counter of NAX_STAT_NAME_MAX bytes for each of NAX_HW_STATS_MAX. */
#define NAX_NL_SIZE		(16u * 1024)
#define NAX_NL_NAME_MAX		127u

static struct genl_family nax_family;

static const struct nla_policy nax_nl_dev_policy[] = {
	[NAX_A_DEV_DEV_INDEX] = { .type = NLA_U32 },
	[NAX_A_DEV_DEV_NAME] = { .type = NLA_NUL_STRING, .len = NAX_NL_NAME_MAX },
};

static const struct nla_policy nax_nl_queue_policy[] = {
	[NAX_A_QUEUE_DEV_INDEX] = { .type = NLA_U32 },
	[NAX_A_QUEUE_DEV_NAME] = { .type = NLA_NUL_STRING, .len = NAX_NL_NAME_MAX },
	[NAX_A_QUEUE_TYPE] = { .type = NLA_U32 },
	[NAX_A_QUEUE_ID] = { .type = NLA_U32 },
};

/**
 * struct nax_nl_cursor - where a dump has come to, in netlink_callback.ctx
 * @only: number of the one device that is asked for, 0: all
 * @index: device to go on with, or the first one behind it
 * @next: nax_msg_part.next of device @index
 * @dump: records, for the commands that want them
 */
struct nax_nl_cursor {
	u32 only;
	u32 index;
	u32 next;
	struct nax_diag *dump;
};

static struct nax_nl_cursor *nax_nl_cursor(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct nax_nl_cursor) > sizeof(cb->ctx));
	return (struct nax_nl_cursor *)cb->ctx;
}

/* The core's reason, as far as it fits, for whoever asked. */
static int nax_nl_refuse(struct netlink_ext_ack *extack, const struct nax_error *err)
{
	NL_SET_ERR_MSG_FMT_MOD(extack, "%.70s", err->text);
	return err->code;
}

/* The device that @attrs name; rtnl. */
static struct nax_device *nax_nl_find(struct net *net, struct nlattr **attrs,
				      struct netlink_ext_ack *extack)
{
	const struct nlattr *index = attrs[NAX_A_DEV_DEV_INDEX], *name = attrs[NAX_A_DEV_DEV_NAME];
	struct net_device *dev;

	if (index) {
		dev = __dev_get_by_index(net, nla_get_u32(index));
		NL_SET_BAD_ATTR(extack, index);
		NL_SET_ERR_MSG_FMT_MOD(extack, "dev-index is %u: no such device",
				       nla_get_u32(index));
	} else if (name) {
		dev = __dev_get_by_name(net, nla_data(name));
		NL_SET_BAD_ATTR(extack, name);
		NL_SET_ERR_MSG_FMT_MOD(extack, "dev-name is %.32s: no such device",
				       (char *)nla_data(name));
	} else {
		NL_SET_ERR_MSG_MOD(extack, "dev-index or dev-name must name a device");
		return ERR_PTR(-EINVAL);
	}
	if (!dev)
		return ERR_PTR(-ENODEV);
	if (index && name && dev != __dev_get_by_name(net, nla_data(name))) {
		NL_SET_BAD_ATTR(extack, name);
		NL_SET_ERR_MSG_FMT_MOD(extack, "dev-name is %.16s: dev-index names another device",
				       (char *)nla_data(name));
		return ERR_PTR(-EINVAL);
	}
	if (!nax_netdev_is(dev)) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "device %.16s has a driver that is not nax's",
				       dev->name);
		return ERR_PTR(-EOPNOTSUPP);
	}
	if (extack) {
		extack->_msg = NULL;
		extack->bad_attr = NULL;
	}
	return nax_netdev_device(dev);
}

/* The device with the lowest number from @index on, or just @only; rtnl. */
static struct nax_device *nax_nl_next(struct net *net, u32 only, u32 index)
{
	struct net_device *dev, *next = NULL;

	if (only) {
		next = only >= index ? __dev_get_by_index(net, only) : NULL;
		return next && nax_netdev_is(next) ? nax_netdev_device(next) : NULL;
	}
	for_each_netdev(net, dev)
		if (nax_netdev_is(dev) && (u32)dev->ifindex >= index &&
		    (!next || dev->ifindex < next->ifindex))
			next = dev;
	return next ? nax_netdev_device(next) : NULL;
}

static void nax_nl_describe(struct nax_device *d, struct nax_msg_dev *dev)
{
	const struct nax_pci_id *id = d->driver->ids;

	while (id->vendor && (id->vendor != d->adapter->vendor || id->device != d->adapter->device))
		id++;
	*dev = (struct nax_msg_dev){
		.index = d->net->ifindex,
		.name = d->net->name,
		.netdev = d->net->name,
		.bus_address = pci_name(d->pdev),
		.model = id->name,
	};
}

static void nax_nl_room(struct sk_buff *skb, struct nax_msg *m)
{
	*m = (struct nax_msg){ .data = skb_tail_pointer(skb), .size = skb_tailroom(skb) };
}

/* One message; control. Return: as nax_msg_fill(). */
static int nax_nl_put(struct sk_buff *skb, struct nax_device *d, u32 portid, u32 seq, int flags,
		      u8 cmd, struct nax_msg_part *part)
{
	struct nax_msg_dev dev;
	struct nax_msg m;
	void *header;
	int ret;

	header = genlmsg_put(skb, portid, seq, &nax_family, flags, cmd);
	if (!header)
		return -EMSGSIZE;
	nax_nl_describe(d, &dev);
	nax_nl_room(skb, &m);
	ret = nax_msg_fill(&m, cmd, d->adapter, &dev, part);
	if (ret <= 0) {
		genlmsg_cancel(skb, header);
		return ret;
	}
	skb_put(skb, m.len);
	genlmsg_end(skb, header);
	return ret;
}

static int nax_nl_select_queue(struct nax_device *d, struct genl_info *info,
			       struct nax_msg_part *part)
{
	struct nlattr *type = info->attrs[NAX_A_QUEUE_TYPE], *id = info->attrs[NAX_A_QUEUE_ID];
	struct nax_error err = { 0 };

	if (!type || !id) {
		NL_SET_ERR_MSG_MOD(info->extack, "type and id must name a queue");
		return -EINVAL;
	}
	if (!nax_msg_select_queue(d->adapter, nla_get_u32(type), nla_get_u32(id), part, &err))
		return 0;
	NL_SET_BAD_ATTR(info->extack, err.code == -ENOENT ? id : type);
	return nax_nl_refuse(info->extack, &err);
}

static int nax_nl_answer(struct nax_device *d, struct genl_info *info, struct sk_buff *skb)
{
	u8 cmd = info->genlhdr->cmd;
	struct nax_msg_part part = { 0 };
	int ret = 0;

	mutex_lock(&d->control);
	if (cmd == NAX_CMD_QUEUE_GET)
		ret = nax_nl_select_queue(d, info, &part);
	if (!ret)
		ret = nax_nl_put(skb, d, info->snd_portid, info->snd_seq, 0, cmd, &part);
	mutex_unlock(&d->control);
	/* One message is asked for, so it must hold all but for queues, which are one each. */
	if (ret > 0 && part.more && cmd != NAX_CMD_QUEUE_GET)
		ret = -EMSGSIZE;
	return ret > 0 ? 0 : ret;
}

static int nax_nl_do(struct sk_buff *request, struct genl_info *info)
{
	struct sk_buff *skb = genlmsg_new(NAX_NL_SIZE, GFP_KERNEL);
	struct nax_device *d;
	int ret;

	if (!skb)
		return -ENOMEM;
	rtnl_lock();
	d = nax_nl_find(genl_info_net(info), info->attrs, info->extack);
	ret = IS_ERR(d) ? PTR_ERR(d) : nax_nl_answer(d, info, skb);
	rtnl_unlock();
	if (!ret)
		return genlmsg_reply(skb, info);
	nlmsg_free(skb);
	return ret;
}

static int nax_nl_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = nax_genl_dump_attrs(cb);
	struct nax_nl_cursor *c = nax_nl_cursor(cb);
	struct nax_device *d;

	memset(c, 0, sizeof(*c));
	if (!attrs[NAX_A_DEV_DEV_INDEX] && !attrs[NAX_A_DEV_DEV_NAME])
		return 0;
	rtnl_lock();
	d = nax_nl_find(sock_net(cb->skb->sk), attrs, cb->extack);
	if (!IS_ERR(d))
		c->only = d->net->ifindex;
	rtnl_unlock();
	return PTR_ERR_OR_ZERO(d);
}

/*
 * Records are taken once, at the start: those that follow would be of another moment. They show
 * addresses of memory, which is not everybody's business.
 */
static int nax_nl_start_records(struct netlink_callback *cb)
{
	u8 cmd = ((struct genlmsghdr *)nlmsg_data(cb->nlh))->cmd;
	struct nax_nl_cursor *c = nax_nl_cursor(cb);
	struct nax_error err = { 0 };
	struct nax_device *d;
	int ret;

	memset(c, 0, sizeof(*c));
	if (!netlink_capable(cb->skb, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG_MOD(cb->extack, "registers and descriptors need CAP_NET_ADMIN");
		return -EPERM;
	}
	c->dump = kvzalloc(sizeof(*c->dump), GFP_KERNEL);
	if (!c->dump)
		return -ENOMEM;
	rtnl_lock();
	d = nax_nl_find(sock_net(cb->skb->sk), nax_genl_dump_attrs(cb), cb->extack);
	ret = PTR_ERR_OR_ZERO(d);
	if (!ret) {
		c->only = d->net->ifindex;
		nax_control_lock(d);
		ret = nax_msg_take_dump(d->adapter, cmd, c->dump, &err);
		nax_control_unlock(d);
		if (ret)
			nax_nl_refuse(cb->extack, &err);
	}
	rtnl_unlock();
	if (ret)
		kvfree(c->dump);
	return ret;
}

static int nax_nl_done(struct netlink_callback *cb)
{
	kvfree(nax_nl_cursor(cb)->dump);
	return 0;
}

/* All that there is of one device, as far as it fits. */
static int nax_nl_dump_device(struct sk_buff *skb, struct netlink_callback *cb,
			      struct nax_device *d)
{
	u8 cmd = ((struct genlmsghdr *)nlmsg_data(cb->nlh))->cmd;
	struct nax_nl_cursor *c = nax_nl_cursor(cb);
	struct nax_msg_part part = { .dump = c->dump };
	int ret;

	if (c->index == (u32)d->net->ifindex)
		part.next = c->next;
	mutex_lock(&d->control);
	do {
		ret = nax_nl_put(skb, d, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				 NLM_F_MULTI, cmd, &part);
	} while (ret > 0 && part.more);
	mutex_unlock(&d->control);
	c->index = d->net->ifindex;
	c->next = part.next;
	return ret < 0 ? ret : 0;
}

static int nax_nl_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nax_nl_cursor *c = nax_nl_cursor(cb);
	struct net *net = sock_net(cb->skb->sk);
	struct nax_device *d;
	int ret = 0;

	rtnl_lock();
	while (!ret && (d = nax_nl_next(net, c->only, c->index))) {
		ret = nax_nl_dump_device(skb, cb, d);
		if (!ret)
			c->index++;
	}
	rtnl_unlock();
	/*
	 * What is there goes out; only a message that does not fit into an empty skb is an error.
	 */
	return skb->len ? skb->len : ret;
}

#define NAX_NL_GET(number, set) { \
	.cmd = number, \
	.policy = set, \
	.maxattr = ARRAY_SIZE(set) - 1, \
	.doit = nax_nl_do, \
	.start = nax_nl_start, \
	.dumpit = nax_nl_dump, \
}

#define NAX_NL_RECORDS(number) { \
	.cmd = number, \
	.policy = nax_nl_dev_policy, \
	.maxattr = ARRAY_SIZE(nax_nl_dev_policy) - 1, \
	.start = nax_nl_start_records, \
	.dumpit = nax_nl_dump, \
	.done = nax_nl_done, \
}

static const struct genl_ops nax_nl_ops[] = {
	NAX_NL_GET(NAX_CMD_DEV_GET, nax_nl_dev_policy),
	NAX_NL_GET(NAX_CMD_CAPS_GET, nax_nl_dev_policy),
	NAX_NL_GET(NAX_CMD_QUEUE_GET, nax_nl_queue_policy),
	NAX_NL_GET(NAX_CMD_STATS_GET, nax_nl_dev_policy),
	NAX_NL_GET(NAX_CMD_VERIFY_GET, nax_nl_dev_policy),
	NAX_NL_GET(NAX_CMD_LINK_GET, nax_nl_dev_policy),
	NAX_NL_GET(NAX_CMD_FAULT_GET, nax_nl_dev_policy),
	NAX_NL_RECORDS(NAX_CMD_FAULT_RECORD_GET),
	NAX_NL_RECORDS(NAX_CMD_REGISTER_GET),
};

static const struct genl_multicast_group nax_nl_groups[] = {
	{ .name = NAX_MCGRP_EVENTS },
};

static struct genl_family nax_family __ro_after_init = {
	.name = NAX_FAMILY_NAME,
	.version = NAX_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = nax_nl_ops,
	.n_ops = ARRAY_SIZE(nax_nl_ops),
	.mcgrps = nax_nl_groups,
	.n_mcgrps = ARRAY_SIZE(nax_nl_groups),
};

void nax_netlink_event(struct nax_device *d, enum nax_event event, const char *text)
{
	struct nax_msg_dev dev;
	struct sk_buff *skb;
	struct nax_msg m;
	void *header;

	if (!d->net || d->net->reg_state != NETREG_REGISTERED ||
	    !genl_has_listeners(&nax_family, dev_net(d->net), 0))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return;
	header = genlmsg_put(skb, 0, 0, &nax_family, 0, NAX_CMD_EVENT_NTF);
	nax_nl_describe(d, &dev);
	nax_nl_room(skb, &m);
	if (!header || nax_msg_fill_event(&m, &dev, event, text)) {
		nlmsg_free(skb);
		return;
	}
	skb_put(skb, m.len);
	genlmsg_end(skb, header);
	genlmsg_multicast_netns(&nax_family, dev_net(d->net), skb, 0, 0, GFP_KERNEL);
}

int nax_netlink_register(void)
{
	return genl_register_family(&nax_family);
}

void nax_netlink_unregister(void)
{
	genl_unregister_family(&nax_family);
}

MODULE_ALIAS_GENL_FAMILY(NAX_FAMILY_NAME);
