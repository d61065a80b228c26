// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: flow director: the fields by which flows differ, in the order in which the hash takes
 * them (82599 datasheet section 7.1.2.7.15), the masks on them, and the hash.
 */
#include <string.h>

#include "desc82599.h"
#include "fdir.h"
#include "regs_fdir.h"

/* Where fields are in the tuple. Addresses of IPv4 have 12 bytes of zeros behind them. */
#define AT_VLAN		0
#define AT_SRC		2
#define AT_DST		18
#define AT_PORTS	34
#define AT_FLEX		38
#define AT_POOL		40
#define AT_TYPE		41
#define TYPE_IPV6	0x04
#define VLAN_ID		0x0FFF
#define VLAN_PRIORITY	0xE000

#define TUPLE_BITS	(8 * SIM_FDIR_TUPLE)
#define HASH_BITS	16
#define STEPS		(TUPLE_BITS + HASH_BITS - 1)

/* ---- hash ---- */

/*
 * "For (i=0 to 350) {if (Ext_K[i]) then Hash[15:0] = Hash[15:0] XOR Ext_S[15+i: i]}": Ext_S is the
 * tuple, its first byte on top, with the 15 bits before its end in front and its first 15 behind,
 * that is a ring; Ext_K is the key again and again, without its lowest bit once. So bit b of the
 * hash takes bit i + b - 15 of the tuple wherever bit i + 1 of the repeated key is set.
 */
static void hash_bits(uint32_t key, uint16_t *bits)
{
	uint32_t i, b;

	memset(bits, 0, TUPLE_BITS * sizeof(*bits));
	for (i = 0; i < STEPS; i++) {
		if (!(key >> (i + 1) % 32 & 1))
			continue;
		for (b = 0; b < HASH_BITS; b++)
			bits[(i + b + TUPLE_BITS - 15) % TUPLE_BITS] ^= 1u << b;
	}
}

/* The hash is linear: that of a tuple is the sum, without carry, of one for each nibble. */
static void hash_build(struct nicsim_port *p, struct sim_fdir *f)
{
	uint16_t bucket[TUPLE_BITS], signature[TUPLE_BITS];
	uint32_t n, value, bit;

	hash_bits(sim_reg(p, DR_FDIRHKEY), bucket);
	hash_bits(sim_reg(p, DR_FDIRSKEY), signature);
	memset(f->hash, 0, sizeof(f->hash));
	for (n = 0; n < 2 * SIM_FDIR_TUPLE; n++) {
		for (value = 0; value < 16; value++) {
			for (bit = 0; bit < 4; bit++) {
				uint32_t at = TUPLE_BITS - 4 - 4 * n + bit;

				if (value >> bit & 1)
					f->hash[n][value] ^= bucket[at] |
							     (uint32_t)signature[at] << 16;
			}
		}
	}
	f->hash_dirty = false;
}

uint32_t sim_fdir_hash(struct nicsim_port *p, const uint8_t *tuple)
{
	struct sim_fdir *f = p->dp->fdir;
	uint32_t hash = 0, i;

	if (f->hash_dirty)
		hash_build(p, f);
	for (i = 0; i < SIM_FDIR_TUPLE; i++)
		hash ^= f->hash[2 * i][tuple[i] >> 4] ^ f->hash[2 * i + 1][tuple[i] & 0xf];
	return hash;
}

/* ---- masks: a set bit leaves the field's bit out ---- */

static void mask_bytes(uint8_t *at, uint32_t count, uint32_t mask)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (mask >> i & 1)
			at[i] = 0;
	}
}

/* The mask's lowest bit is for the first byte on the wire, as in FDIRIPSA. */
static void mask_ipv4(uint8_t *at, uint32_t mask)
{
	uint32_t i;

	for (i = 0; i < 4; i++)
		at[i] &= ~(mask >> 8 * i);
}

/* "Bit[0] in the mask affects Bit[15] of the source port", and so on. */
static uint32_t port_mask(uint32_t reversed)
{
	uint32_t mask = 0, i;

	for (i = 0; i < 16; i++)
		mask |= (reversed >> i & 1) << (15 - i);
	return mask;
}

static void mask_ports(uint8_t *at, uint32_t reg)
{
	sim_put_be16(at, sim_get_be16(at) & ~port_mask(reg));
	sim_put_be16(at + 2, sim_get_be16(at + 2) & ~port_mask(reg >> 16));
}

static void mask_addresses(const struct nicsim_port *p, uint8_t *tuple, bool perfect)
{
	uint32_t ip6m = sim_reg(p, DR_FDIRIP6M);

	if (!(tuple[AT_TYPE] & TYPE_IPV6)) {
		mask_ipv4(tuple + AT_SRC, sim_reg(p, DR_FDIRSIP4M));
		mask_ipv4(tuple + AT_DST, sim_reg(p, DR_FDIRDIP4M));
		return;
	}
	mask_bytes(tuple + AT_SRC, 16, ip6m);
	if (!perfect)
		mask_bytes(tuple + AT_DST, 16, ip6m >> 16);
	else if (sim_reg(p, DR_FDIRM) & FDIRM_DIPV6)
		tuple[AT_DST] = 0;
}

static void mask_tuple(const struct nicsim_port *p, uint8_t *tuple)
{
	uint32_t fdirm = sim_reg(p, DR_FDIRM), vlan = VLAN_ID | VLAN_PRIORITY;
	uint32_t l4 = tuple[AT_TYPE] & 3;

	mask_addresses(p, tuple, sim_reg(p, DR_FDIRCTRL) & FDIRCTRL_PERFECT);
	if (fdirm & FDIRM_VLANID)
		vlan &= ~VLAN_ID;
	if (fdirm & FDIRM_VLANP)
		vlan &= ~VLAN_PRIORITY;
	sim_put_be16(tuple + AT_VLAN, sim_get_be16(tuple + AT_VLAN) & vlan);
	if (l4 == FDIR_L4_TCP)
		mask_ports(tuple + AT_PORTS, sim_reg(p, DR_FDIRTCPM));
	else if (l4 == FDIR_L4_UDP)
		mask_ports(tuple + AT_PORTS, sim_reg(p, DR_FDIRUDPM));
	if (fdirm & FDIRM_FLEX)
		memset(tuple + AT_FLEX, 0, 2);
	if (fdirm & FDIRM_POOL)
		tuple[AT_POOL] = 0;
	if (fdirm & FDIRM_L4P)
		tuple[AT_TYPE] &= ~3;
}

/* ---- fields ---- */

/*
 * Without FDIRM.L4P only whole TCP, UDP and SCTP packets can match; with it any IP packet but those
 * with an IPv6 fragmentation header.
 */
static bool is_candidate(const struct nicsim_port *p, const struct sim_pkt *k)
{
	if (!(k->type & (RXD_TYPE_IPV4 | RXD_TYPE_IPV6)))
		return false;
	if ((k->type & RXD_TYPE_IPV6) && k->fragment)
		return false;
	return k->l4 || (sim_reg(p, DR_FDIRM) & FDIRM_L4P);
}

static uint8_t l4_type(const struct sim_pkt *k)
{
	if (k->type & RXD_TYPE_TCP)
		return FDIR_L4_TCP;
	if (k->type & RXD_TYPE_UDP)
		return FDIR_L4_UDP;
	return k->type & RXD_TYPE_SCTP ? FDIR_L4_SCTP : FDIR_L4_NONE;
}

static bool is_ip6at(const struct nicsim_port *p, const uint8_t *address)
{
	uint8_t own[16];
	uint32_t i;

	if (!(sim_reg(p, DR_IPAV) & IPAV_V60))
		return false;
	for (i = 0; i < 4; i++)
		sim_put_le32(own + 4 * i, sim_reg(p, DR_IP6AT + 4 * i));
	return !memcmp(own, address, 16);
}

bool sim_fdir_packet(const struct nicsim_port *p, const uint8_t *frame, uint32_t len,
		     const struct sim_pkt *k, uint8_t *tuple)
{
	uint32_t ctrl = sim_reg(p, DR_FDIRCTRL), flex = 2 * FDIRCTRL_FLEX_OFFSET(ctrl);
	uint32_t address = k->type & RXD_TYPE_IPV6 ? 16 : 4;

	if (!is_candidate(p, k))
		return false;
	memset(tuple, 0, SIM_FDIR_TUPLE);
	if (k->vlan_at)
		sim_put_be16(tuple + AT_VLAN, k->vlan_tci);
	memcpy(tuple + AT_SRC, frame + k->src, address);
	if (address == 16 && (ctrl & FDIRCTRL_PERFECT))
		tuple[AT_DST] = is_ip6at(p, frame + k->dst);
	else
		memcpy(tuple + AT_DST, frame + k->dst, address);
	tuple[AT_TYPE] = l4_type(k) | (address == 16 ? TYPE_IPV6 : 0);
	/* ports are those of TCP and UDP: 82599 datasheet section 7.1.2.7 */
	if (k->type & (RXD_TYPE_TCP | RXD_TYPE_UDP))
		memcpy(tuple + AT_PORTS, frame + k->l4, 4);
	if (flex + 2 <= len)
		memcpy(tuple + AT_FLEX, frame + flex, 2);
	mask_tuple(p, tuple);
	return true;
}

void sim_fdir_programmed(const struct nicsim_port *p, uint32_t cmd, uint8_t *tuple)
{
	uint32_t port = sim_reg(p, DR_FDIRPORT), vlan = sim_reg(p, DR_FDIRVLAN), i;

	memset(tuple, 0, SIM_FDIR_TUPLE);
	sim_put_be16(tuple + AT_VLAN, vlan);
	sim_put_le32(tuple + AT_SRC, sim_reg(p, DR_FDIRIPSA));
	if (cmd & FDIRCMD_IPV6) {
		for (i = 0; i < 3; i++)
			sim_put_le32(tuple + AT_SRC + 4 + 4 * i, sim_reg(p, DR_FDIRSIPV6 + 4 * i));
		tuple[AT_DST] = !!(cmd & FDIRCMD_IPV6DMATCH);
	} else {
		sim_put_le32(tuple + AT_DST, sim_reg(p, DR_FDIRIPDA));
	}
	sim_put_be16(tuple + AT_PORTS, port);
	sim_put_be16(tuple + AT_PORTS + 2, port >> 16);
	/* the flexible bytes are in network order there, the others are not */
	tuple[AT_FLEX] = vlan >> 16;
	tuple[AT_FLEX + 1] = vlan >> 24;
	tuple[AT_POOL] = FDIRCMD_POOL(cmd);
	tuple[AT_TYPE] = FDIRCMD_L4TYPE(cmd) | (cmd & FDIRCMD_IPV6 ? TYPE_IPV6 : 0);
}

static uint32_t get_le32(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, 4);
	return le32toh(v);
}

void sim_fdir_recall(struct nicsim_port *p, const uint8_t *tuple)
{
	uint32_t i;

	sim_reg_set(p, DR_FDIRIPSA, get_le32(tuple + AT_SRC));
	for (i = 0; i < 3; i++)
		sim_reg_set(p, DR_FDIRSIPV6 + 4 * i, get_le32(tuple + AT_SRC + 4 + 4 * i));
	sim_reg_set(p, DR_FDIRIPDA, tuple[AT_TYPE] & TYPE_IPV6 ? 0 : get_le32(tuple + AT_DST));
	sim_reg_set(p, DR_FDIRPORT, sim_get_be16(tuple + AT_PORTS) |
		    sim_get_be16(tuple + AT_PORTS + 2) << 16);
	sim_reg_set(p, DR_FDIRVLAN, sim_get_be16(tuple + AT_VLAN) |
		    (uint32_t)tuple[AT_FLEX] << 16 | (uint32_t)tuple[AT_FLEX + 1] << 24);
}

bool sim_fdir_unmasked(const struct nicsim_port *p, uint32_t cmd, const uint8_t *tuple)
{
	uint8_t masked[SIM_FDIR_TUPLE];

	memcpy(masked, tuple, SIM_FDIR_TUPLE);
	mask_tuple(p, masked);
	return memcmp(masked, tuple, SIM_FDIR_TUPLE) != 0;
}
