/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Receive flow rules: IPv4 packets that go to a queue of choice, or nowhere, whatever RSS says. */
#ifndef NAX_FLOW_H
#define NAX_FLOW_H

#include <nax/types.h>

/** enum nax_flow_proto - which IPv4 packets a rule is for */
enum nax_flow_proto {
	NAX_FLOW_ANY,		/* all of them */
	NAX_FLOW_TCP,
	NAX_FLOW_UDP,
	NAX_FLOW_SCTP,
	NAX_FLOW_PROTOS
};

/** enum nax_flow_field - what of a packet a rule can look at; each field is a number */
enum nax_flow_field {
	NAX_FLOW_SADDR,		/* IPv4 address it comes from, the first byte on top */
	NAX_FLOW_DADDR,
	NAX_FLOW_SPORT,		/* port it comes from */
	NAX_FLOW_DPORT,
	NAX_FLOW_VLAN_ID,	/* of the tag; the three are 0 in a packet without one */
	NAX_FLOW_VLAN_DEI,
	NAX_FLOW_VLAN_PRIORITY,
	NAX_FLOW_BYTES,		/* two bytes of the frame, the first on top */
	NAX_FLOW_FIELDS
};

#define NAX_FLOW_DROP	0xffffu		/* nax_flow_rule.queue: no queue, the packet is dropped */

/**
 * struct nax_flow_rule - one rule
 * @location: its place in the table, 0 .. nax_caps.flow_rules - 1
 * @queue: receive queue its packets go to, or NAX_FLOW_DROP
 * @proto: enum nax_flow_proto
 * @offset: where in the frame NAX_FLOW_BYTES are, from the destination address on; 0 without
 * @value: what the fields must be
 * @mask: which bits of them are compared; of a field that does not matter none. Bits of @value
 *	that are not compared are 0 in what a driver is given
 */
struct nax_flow_rule {
	u32 location;
	u16 queue;
	u16 proto;
	u16 offset;
	u32 value[NAX_FLOW_FIELDS];
	u32 mask[NAX_FLOW_FIELDS];
};

#endif /* NAX_FLOW_H */
