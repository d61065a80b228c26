// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: what hardware recognises in a received frame: tags, IP version, options and extension
 * headers, fragments, the layer 4 header. Frames are from outside: nothing is read past their end.
 */
#include "datapath.h"
#include "desc82599.h"
#include "regs_datapath.h"

#define TYPE_IPV4	0x0800
#define TYPE_IPV6	0x86DD
#define TYPE_LENGTH	1500		/* up to here it is the length of an 802.3 frame */
#define SNAP_LEN	8
#define IP4_LEN		20
#define IP6_LEN		40
#define IP6_EXTENSIONS	8		/* hardware does not look for ever either */

enum { IP_HOP = 0, IP_TCP = 6, IP_UDP = 17, IP_ROUTING = 43, IP_FRAGMENT = 44, IP_ESP = 50,
       IP_AH = 51, IP_NONE = 59, IP_DEST = 60, IP_SCTP = 132 };
#define OPTION_PAD1	0
#define OPTION_HOME	0xC9
#define ROUTING_HOME	2

static const struct {
	uint8_t proto;
	uint8_t len;
	uint32_t type;
} layer4[] = {
	{ IP_TCP, 20, RXD_TYPE_TCP },
	{ IP_UDP, 8, RXD_TYPE_UDP },
	{ IP_SCTP, 12, RXD_TYPE_SCTP },
};

static void parse_l4(uint32_t at, struct sim_pkt *k)
{
	unsigned int i;

	for (i = 0; i < sizeof(layer4) / sizeof(layer4[0]); i++) {
		if (layer4[i].proto == k->proto && k->end - at >= layer4[i].len) {
			k->type |= layer4[i].type;
			k->l4 = at;
			return;
		}
	}
}

static void parse_ipv4(const uint8_t *f, uint32_t len, uint32_t at, struct sim_pkt *k)
{
	uint32_t header, total, offset;

	if (len - at < IP4_LEN || f[at] >> 4 != 4)
		return;
	header = (f[at] & 0xf) * 4;
	total = sim_get_be16(f + at + 2);
	if (header < IP4_LEN || total < header || total > len - at)
		return;
	k->l3 = at;
	k->end = at + total;
	k->type = RXD_TYPE_IPV4 | (header > IP4_LEN ? RXD_TYPE_IPV4EX : 0);
	k->src = k->src_ex = at + 12;
	k->dst = k->dst_ex = at + 16;
	k->proto = f[at + 9];
	offset = sim_get_be16(f + at + 6) & 0x3fff;
	k->fragment = offset != 0;
	k->first = !(offset & 0x1fff);
	if (!k->fragment)
		parse_l4(at + header, k);
}

/* Destination options: a home address stands for the source in the EX hash types. */
static void parse_home(const uint8_t *f, uint32_t at, uint32_t end, struct sim_pkt *k)
{
	for (at += 2; at + 2 <= end; ) {
		if (f[at] == OPTION_PAD1) {
			at++;
			continue;
		}
		if (f[at] == OPTION_HOME && f[at + 1] == 16 && at + 18 <= end) {
			k->src_ex = at + 2;
			k->no_l4_sum = true;
		}
		at += 2 + f[at + 1];
	}
}

static void parse_routing(const uint8_t *f, uint32_t at, uint32_t end, struct sim_pkt *k)
{
	if (f[at + 3])
		k->no_l4_sum = true;
	if (f[at + 2] == ROUTING_HOME && at + 24 <= end)
		k->dst_ex = at + 8;
}

/* Walks one extension header at @at; 0: the chain ends here, @k->proto says at what. */
static uint32_t parse_extension(const uint8_t *f, uint32_t at, struct sim_pkt *k)
{
	uint32_t size;

	if (k->proto != IP_HOP && k->proto != IP_DEST && k->proto != IP_ROUTING &&
	    k->proto != IP_FRAGMENT)
		return 0;
	if (k->end - at < 8)
		return 0;
	size = k->proto == IP_FRAGMENT ? 8 : 8 + 8 * f[at + 1];
	if (k->end - at < size)
		return 0;
	k->type |= RXD_TYPE_IPV6EX;
	if (k->proto == IP_DEST)
		parse_home(f, at, at + size, k);
	else if (k->proto == IP_ROUTING)
		parse_routing(f, at, at + size, k);
	else if (k->proto == IP_FRAGMENT) {
		k->fragment = true;
		k->first = !(sim_get_be16(f + at + 2) & 0xfff8);
	}
	k->proto = f[at];
	return size;
}

static void parse_ipv6(const uint8_t *f, uint32_t len, uint32_t at, struct sim_pkt *k)
{
	uint32_t payload, size;
	unsigned int i;

	if (len - at < IP6_LEN || f[at] >> 4 != 6)
		return;
	payload = sim_get_be16(f + at + 4);
	if (payload > len - at - IP6_LEN)
		return;
	k->l3 = at;
	k->end = at + IP6_LEN + payload;
	k->type = RXD_TYPE_IPV6;
	k->src = k->src_ex = at + 8;
	k->dst = k->dst_ex = at + 24;
	k->proto = f[at + 6];
	k->first = true;
	at += IP6_LEN;
	for (i = 0; i < IP6_EXTENSIONS && !k->fragment; i++) {
		size = parse_extension(f, at, k);
		if (!size)
			break;
		at += size;
	}
	if (!k->fragment)
		parse_l4(at, k);
}

void sim_parse(const struct nicsim_port *p, const uint8_t *f, uint32_t len, struct sim_pkt *k)
{
	uint32_t at = 12, exvet = sim_reg(p, DR_EXVET) >> 16;
	uint32_t type = sim_get_be16(f + at);

	*k = (struct sim_pkt){ 0 };
	if ((sim_reg(p, DR_CTRL_EXT) & CTRL_EXT_EXTENDED_VLAN) && type == exvet && len >= at + 6) {
		k->vext = true;
		at += SIM_VLAN_TAG;
		type = sim_get_be16(f + at);
	}
	if (type == (sim_reg(p, DR_VLNCTRL) & VLNCTRL_VET) && len >= at + 6) {
		k->vlan_at = at;
		k->vlan_tci = sim_get_be16(f + at + 2);
		at += SIM_VLAN_TAG;
		type = sim_get_be16(f + at);
	}
	at += 2;
	if (type <= TYPE_LENGTH && len - at >= SNAP_LEN && f[at] == 0xAA && f[at + 1] == 0xAA &&
	    f[at + 2] == 3) {
		type = sim_get_be16(f + at + 6);
		at += SNAP_LEN;
	}
	k->ethertype = type;
	if (type == TYPE_IPV4)
		parse_ipv4(f, len, at, k);
	else if (type == TYPE_IPV6 && !(sim_reg(p, DR_RFCTL) & RFCTL_IPV6_DIS))
		parse_ipv6(f, len, at, k);
}
