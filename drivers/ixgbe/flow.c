// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Receive flow rules by the flow director in perfect match mode, datasheet section 7.1.2.7: a table
 * in the packet buffer, lists of filters found by a hash of the packet's fields that software makes
 * as well. One set of masks holds for all filters. Of the addresses of IPv6, perfect filters
 * compare the source alone, so there are no rules for it.
 */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

#define FLOW_FILTERS		(1024 << IXGBE_FLOW_PBALLOC)	/* section 7.1.2.7.4 */
#define FLOW_RULES		(FLOW_FILTERS - 2)
#define FLOW_LENGTH_MAX		15	/* FDIRCTRL.MAX_LENGTH: nobody asks for longer lists */
/* FDIRCTRL.DROP_QUEUE: no adapter has so many queues, so this one is off and drops all it gets. */
#define FLOW_DROP_QUEUE		(IXGBE_HW_QUEUES - 1)
#define FLOW_OFFSET_MAX		62	/* FDIRCTRL.FLEX_OFFSET has 5 bits, in words */
#define FLOW_HASH_KEY		0x3dad14e2	/* FDIRHKEY, which the hash here must match */

#define INIT_STEP_US		50
#define INIT_LIMIT_US		20000	/* "about 55 us at 10 Gb/s", 100 times that at 100 Mbit/s */
#define COMMAND_STEP_US		10
#define COMMAND_LIMIT_US	2000

/* Section 7.1.2.7.15: the fields in the order of the hash, addresses with room for IPv6. */
#define TUPLE_BYTES		42
#define TUPLE_VLAN		0
#define TUPLE_SOURCE		2
#define TUPLE_DESTINATION	18
#define TUPLE_PORTS		34
#define TUPLE_FLEX		38
#define TUPLE_TYPE		41	/* FDIRCMD.L4TYPE, and bit 2 for IPv6 */

#define HASH_BITS		16	/* that the function makes */
/*
 * There are as many lists as filters; 8 K at most, which is why the Linux driver passes 13 bits of
 * the hash on, and DPDK's 11 for a table of 64 KiB, 12 for 128 and 13 for 256.
 */
#define HASH_MASK		(FLOW_FILTERS - 1)

/* FDIRCMD.L4TYPE by enum nax_flow_proto. */
static const u8 l4_types[NAX_FLOW_PROTOS] = {
	[NAX_FLOW_ANY] = 0,
	[NAX_FLOW_UDP] = 1,
	[NAX_FLOW_TCP] = 2,
	[NAX_FLOW_SCTP] = 3,
};

/** ixgbe_flow_caps() - what rules can ask for. */
void ixgbe_flow_caps(struct nax_caps *caps)
{
	caps->offloads |= NAX_OFFLOAD_FLOW;
	caps->flow_rules = FLOW_RULES;
	caps->flow_protos = BIT(NAX_FLOW_ANY) | BIT(NAX_FLOW_TCP) | BIT(NAX_FLOW_UDP) |
			    BIT(NAX_FLOW_SCTP);
	/* FDIRTCPM and FDIRUDPM; of SCTP the device does not look at ports. */
	caps->flow_ports = BIT(NAX_FLOW_TCP) | BIT(NAX_FLOW_UDP);
	caps->flow_mask[NAX_FLOW_SADDR] = 0xffffffff;
	caps->flow_mask[NAX_FLOW_DADDR] = 0xffffffff;
	caps->flow_mask[NAX_FLOW_SPORT] = 0xffff;
	caps->flow_mask[NAX_FLOW_DPORT] = 0xffff;
	caps->flow_mask[NAX_FLOW_VLAN_ID] = 0xfff;
	caps->flow_mask[NAX_FLOW_VLAN_PRIORITY] = 0x7;
	caps->flow_mask[NAX_FLOW_BYTES] = 0xffff;
	/* A bit of FDIRM each. */
	caps->flow_whole = BIT(NAX_FLOW_VLAN_ID) | BIT(NAX_FLOW_VLAN_PRIORITY) |
			   BIT(NAX_FLOW_BYTES);
	caps->flow_one_mask = true;
	caps->flow_offset_max = FLOW_OFFSET_MAX;
	caps->flow_offset_step = 2;
}

/* ---- fields ---- */

/* Registers of addresses have the first byte on the wire in their lowest bits. */
static u32 wire_order(u32 address)
{
	return address >> 24 | (address >> 8 & 0xff00) | (address & 0xff00) << 8 | address << 24;
}

static u32 swap_bytes(u32 v)
{
	return (v >> 8 & 0xff) | (v & 0xff) << 8;
}

/* FDIRTCPM and FDIRUDPM: bit 0 is for bit 15 of the port, and so on. */
static u32 reverse_bits(u32 port)
{
	u32 reversed = 0, i;

	for (i = 0; i < 16; i++)
		reversed |= (port >> i & 1) << (15 - i);
	return reversed;
}

static u32 vlan_tag(const struct nax_flow_rule *r)
{
	return r->value[NAX_FLOW_VLAN_ID] | r->value[NAX_FLOW_VLAN_PRIORITY] << 13;
}

static void put(u8 *to, u32 value, u32 bytes)
{
	while (bytes--) {
		to[bytes] = (u8)value;
		value >>= 8;
	}
}

static void fill_tuple(const struct nax_flow_rule *r, u8 *tuple)
{
	memset(tuple, 0, TUPLE_BYTES);
	put(tuple + TUPLE_VLAN, vlan_tag(r), 2);
	put(tuple + TUPLE_SOURCE, r->value[NAX_FLOW_SADDR], 4);
	put(tuple + TUPLE_DESTINATION, r->value[NAX_FLOW_DADDR], 4);
	put(tuple + TUPLE_PORTS, r->value[NAX_FLOW_SPORT], 2);
	put(tuple + TUPLE_PORTS + 2, r->value[NAX_FLOW_DPORT], 2);
	put(tuple + TUPLE_FLEX, r->value[NAX_FLOW_BYTES], 2);
	tuple[TUPLE_TYPE] = l4_types[r->proto];
}

/* Bit @n of the tuple taken as one number, the first byte on top. */
static u32 tuple_bit(const u8 *tuple, u32 n)
{
	return tuple[TUPLE_BYTES - 1 - n / 8] >> n % 8 & 1;
}

/*
 * Section 7.1.2.7.15: the tuple is a ring of bits, and wherever the key, repeated but for its first
 * bit, has a 1, the 16 bits of the ring that begin there are added without carry.
 */
static u32 bucket_hash(const struct nax_flow_rule *r)
{
	const u32 bits = 8 * TUPLE_BYTES;
	u8 tuple[TUPLE_BYTES];
	u32 hash = 0, i, bit;

	fill_tuple(r, tuple);
	for (i = 0; i < bits + HASH_BITS - 1; i++) {
		if (!(FLOW_HASH_KEY >> (i + 1) % 32 & 1))
			continue;
		for (bit = 0; bit < HASH_BITS; bit++)
			hash ^= tuple_bit(tuple, (i + bit + bits - (HASH_BITS - 1)) % bits) << bit;
	}
	return hash & HASH_MASK;
}

/* ---- the table ---- */

/*
 * FDIRCTRL can be written once: after that the table's heads are to be cleared before (82599
 * errata; section 7.1.2.7.9 has the order).
 */
static void table_clear(struct nax_adapter *a)
{
	nax_reg_write(a, IXGBE_FDIRFREE, 0);
	ixgbe_modify(a, IXGBE_FDIRCMD, 0, IXGBE_FDIRCMD_CLEARHT);
	ixgbe_modify(a, IXGBE_FDIRCMD, IXGBE_FDIRCMD_CLEARHT, 0);
	nax_reg_write(a, IXGBE_FDIRHASH, 0);
}

/* Section 7.1.2.7.10: a table without filters, with the flexible bytes at @offset. */
static int table_init(struct nax_adapter *a, u32 offset)
{
	int err;

	nax_reg_write(a, IXGBE_FDIRHKEY, FLOW_HASH_KEY);
	nax_reg_write(a, IXGBE_FDIRCTRL,
		      FIELD_PREP(IXGBE_FDIRCTRL_PBALLOC, IXGBE_FLOW_PBALLOC) |
		      IXGBE_FDIRCTRL_PERFECT |
		      FIELD_PREP(IXGBE_FDIRCTRL_DROP_QUEUE, FLOW_DROP_QUEUE) |
		      FIELD_PREP(IXGBE_FDIRCTRL_FLEX_OFFSET, offset / 2) |
		      FIELD_PREP(IXGBE_FDIRCTRL_MAX_LENGTH, FLOW_LENGTH_MAX));
	err = nax_reg_wait(a, IXGBE_FDIRCTRL, IXGBE_FDIRCTRL_INIT_DONE, IXGBE_FDIRCTRL_INIT_DONE,
			   INIT_STEP_US, INIT_LIMIT_US);
	if (err)
		return nax_fail(a, err, "FDIRCTRL.INIT_DONE not set within %u ms: FDIRCTRL reads 0x%08x",
				INIT_LIMIT_US / 1000, nax_reg_read(a, IXGBE_FDIRCTRL));
	return 0;
}

/**
 * ixgbe_flow_start() - an empty table, if flow rules are asked for
 * @a: adapter, just reset, with room for the table in the packet buffer
 *
 * Before RXCTRL.RXEN is set. May sleep. Return: 0; -errno after nax_fail().
 */
int ixgbe_flow_start(struct nax_adapter *a)
{
	return a->offloads & NAX_OFFLOAD_FLOW ? table_init(a, 0) : 0;
}

/* The bytes are elsewhere: there is no filter now, and no packet may meet half a table. */
static int table_move(struct nax_adapter *a, const struct nax_flow_rule *r)
{
	u32 now = FIELD_GET(IXGBE_FDIRCTRL_FLEX_OFFSET, nax_reg_read(a, IXGBE_FDIRCTRL));
	int err;

	if (!r->mask[NAX_FLOW_BYTES] || now == r->offset / 2u)
		return 0;
	ixgbe_rx_hold(a);
	table_clear(a);
	err = table_init(a, r->offset);
	ixgbe_rx_release(a);
	return err;
}

/* What does not change is not written while packets are compared by it. */
static void set_mask(struct nax_adapter *a, u32 reg, u32 value)
{
	if (nax_reg_read(a, reg) != value)
		nax_reg_write(a, reg, value);
}

/* Section 7.1.2.7.13: a set bit of these leaves out a bit of the field, in FDIRM a whole field. */
static void set_masks(struct nax_adapter *a, const struct nax_flow_rule *r)
{
	u32 fdirm = IXGBE_FDIRM_POOL | IXGBE_FDIRM_DIPV6;
	u32 ports = ~(reverse_bits(r->mask[NAX_FLOW_SPORT]) |
		      reverse_bits(r->mask[NAX_FLOW_DPORT]) << 16);

	if (!r->mask[NAX_FLOW_VLAN_ID])
		fdirm |= IXGBE_FDIRM_VLANID;
	if (!r->mask[NAX_FLOW_VLAN_PRIORITY])
		fdirm |= IXGBE_FDIRM_VLANP;
	if (!r->mask[NAX_FLOW_BYTES])
		fdirm |= IXGBE_FDIRM_FLEX;
	if (r->proto == NAX_FLOW_ANY)
		fdirm |= IXGBE_FDIRM_L4P;
	set_mask(a, IXGBE_FDIRM, fdirm);
	set_mask(a, IXGBE_FDIRSIP4M, wire_order(~r->mask[NAX_FLOW_SADDR]));
	set_mask(a, IXGBE_FDIRDIP4M, wire_order(~r->mask[NAX_FLOW_DADDR]));
	/* A packet's ports are masked by its own protocol, even where rules do not compare that. */
	if (r->proto == NAX_FLOW_TCP || r->proto == NAX_FLOW_ANY)
		set_mask(a, IXGBE_FDIRTCPM, ports);
	if (r->proto == NAX_FLOW_UDP || r->proto == NAX_FLOW_ANY)
		set_mask(a, IXGBE_FDIRUDPM, ports);
}

/* FDIRCMD.CMD clears itself when the command is done. */
static int command(struct nax_adapter *a, const struct nax_flow_rule *r, u32 cmd)
{
	int err;

	nax_reg_write(a, IXGBE_FDIRHASH,
		      FIELD_PREP(IXGBE_FDIRHASH_INDEX, r->location) |
		      FIELD_PREP(IXGBE_FDIRHASH_HASH, bucket_hash(r)));
	nax_reg_write(a, IXGBE_FDIRCMD, cmd);
	err = nax_reg_wait(a, IXGBE_FDIRCMD, IXGBE_FDIRCMD_CMD, 0, COMMAND_STEP_US,
			   COMMAND_LIMIT_US);
	if (err)
		return nax_fail(a, err, "flow rule %u: FDIRCMD.CMD not clear within %u ms: reads 0x%08x",
				r->location, COMMAND_LIMIT_US / 1000,
				nax_reg_read(a, IXGBE_FDIRCMD));
	return 0;
}

/* Section 7.1.2.7.6, add a filter. */
static int flow_add(struct nax_adapter *a, const struct nax_flow_rule *r)
{
	bool drop = r->queue == NAX_FLOW_DROP;
	/* Where the list is too long, a packet to be dropped goes to the filter's own queue. */
	u32 queue = drop ? FLOW_DROP_QUEUE : r->queue;
	int err = table_move(a, r);

	if (err)
		return err;
	set_masks(a, r);
	nax_reg_write(a, IXGBE_FDIRIPSA, wire_order(r->value[NAX_FLOW_SADDR]));
	nax_reg_write(a, IXGBE_FDIRIPDA, wire_order(r->value[NAX_FLOW_DADDR]));
	nax_reg_write(a, IXGBE_FDIRPORT,
		      r->value[NAX_FLOW_SPORT] | r->value[NAX_FLOW_DPORT] << 16);
	nax_reg_write(a, IXGBE_FDIRVLAN,
		      vlan_tag(r) | swap_bytes(r->value[NAX_FLOW_BYTES]) << 16);
	return command(a, r, IXGBE_FDIRCMD_ADD | IXGBE_FDIRCMD_FILTER_UPDATE |
		       FIELD_PREP(IXGBE_FDIRCMD_L4TYPE, l4_types[r->proto]) |
		       (drop ? IXGBE_FDIRCMD_DROP : 0) | IXGBE_FDIRCMD_LAST |
		       IXGBE_FDIRCMD_QUEUE_EN | FIELD_PREP(IXGBE_FDIRCMD_RX_QUEUE, queue));
}

/* Section 7.1.2.7.8, remove a filter: known by its bucket and software index. */
static int flow_remove(struct nax_adapter *a, const struct nax_flow_rule *r)
{
	return command(a, r, IXGBE_FDIRCMD_REMOVE);
}

const struct nax_flow_ops ixgbe_flow_ops = {
	.add = flow_add,
	.remove = flow_remove,
};
