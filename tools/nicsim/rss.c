// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: receive-side scaling. The Toeplitz hash over addresses and ports, and the redirection
 * table behind it.
 */
#include <string.h>

#include "datapath.h"
#include "desc82599.h"
#include "regs_datapath.h"

#define RETA_QUEUE	0xF

/*
 * The hash is linear: the hash of an input is the sum, without carry, of one value for each
 * nibble's place and content. A bit at place n counts as the 32 bits of the key from bit n on.
 */
static void rss_key_build(struct nicsim_port *p)
{
	struct sim_datapath *dp = p->dp;
	uint8_t key[4 * RSSRK_WORDS];
	uint32_t i, bit, value;

	/* the key's first byte is the lowest of RSSRK 0 */
	for (i = 0; i < RSSRK_WORDS; i++)
		sim_put_le32(key + 4 * i, sim_reg(p, DR_RSSRK + 4 * i));
	for (i = 0; i < SIM_RSS_NIBBLES; i++) {
		uint64_t window = (uint64_t)sim_get_be32(key + i / 2) << 32 |
				  (uint64_t)key[i / 2 + 4] << 24;
		uint32_t from[4];

		for (bit = 0; bit < 4; bit++)
			from[bit] = window << (i % 2 * 4 + bit) >> 32;
		for (value = 0; value < 16; value++)
			dp->rss_key[i][value] = (value & 8 ? from[0] : 0) ^
						(value & 4 ? from[1] : 0) ^
						(value & 2 ? from[2] : 0) ^
						(value & 1 ? from[3] : 0);
	}
	dp->rss_dirty = false;
}

uint32_t sim_toeplitz(struct nicsim_port *p, const uint8_t *data, uint32_t len)
{
	const struct sim_datapath *dp = p->dp;
	uint32_t hash = 0, i;

	if (dp->rss_dirty)
		rss_key_build(p);
	for (i = 0; i < len && i < SIM_RSS_NIBBLES / 2; i++)
		hash ^= dp->rss_key[2 * i][data[i] >> 4] ^ dp->rss_key[2 * i + 1][data[i] & 0xf];
	return hash;
}

/**
 * struct rss_rule - when a hash type applies; the first one that does is taken
 * @enable: its bit in MRQC
 * @need: packet types it is for
 * @ex: home and routing addresses are used where there are any
 * @ports: covers them
 */
struct rss_rule {
	uint32_t enable;
	uint32_t need;
	bool ex;
	bool ports;
	enum rxd_rss type;
};

static const struct rss_rule rules[] = {
	{ MRQC_TCP4, RXD_TYPE_IPV4 | RXD_TYPE_TCP, false, true, RXD_RSS_TCP4 },
	{ MRQC_UDP4, RXD_TYPE_IPV4 | RXD_TYPE_UDP, false, true, RXD_RSS_UDP4 },
	{ MRQC_IP4, RXD_TYPE_IPV4, false, false, RXD_RSS_IP4 },
	{ MRQC_TCP6EX, RXD_TYPE_IPV6EX | RXD_TYPE_TCP, true, true, RXD_RSS_TCP6EX },
	{ MRQC_UDP6EX, RXD_TYPE_IPV6EX | RXD_TYPE_UDP, true, true, RXD_RSS_UDP6EX },
	{ MRQC_TCP6, RXD_TYPE_IPV6 | RXD_TYPE_TCP, false, true, RXD_RSS_TCP6 },
	{ MRQC_UDP6, RXD_TYPE_IPV6 | RXD_TYPE_UDP, false, true, RXD_RSS_UDP6 },
	{ MRQC_IP6EX, RXD_TYPE_IPV6EX, true, false, RXD_RSS_IP6EX },
	{ MRQC_IP6, RXD_TYPE_IPV6, false, false, RXD_RSS_IP6 },
};

static const struct rss_rule *rss_rule(uint32_t mrqc, uint32_t type)
{
	unsigned int i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if ((mrqc & rules[i].enable) && (type & rules[i].need) == rules[i].need)
			return &rules[i];
	}
	return NULL;
}

static uint32_t rss_hash(struct nicsim_port *p, const uint8_t *frame, const struct sim_pkt *k,
			 const struct rss_rule *rule)
{
	uint32_t address = k->type & RXD_TYPE_IPV4 ? 4 : 16;
	uint8_t input[36];

	memcpy(input, frame + (rule->ex ? k->src_ex : k->src), address);
	memcpy(input + address, frame + (rule->ex ? k->dst_ex : k->dst), address);
	if (rule->ports)
		memcpy(input + 2 * address, frame + k->l4, 4);
	return sim_toeplitz(p, input, 2 * address + (rule->ports ? 4 : 0));
}

uint32_t sim_rss(struct nicsim_port *p, const uint8_t *frame, const struct sim_pkt *k,
		 uint32_t *hash, uint32_t *type)
{
	uint32_t mrqc = sim_reg(p, DR_MRQC), entry;
	const struct rss_rule *rule;

	*hash = 0;
	*type = RXD_RSS_NONE;
	if ((mrqc & MRQC_MRQE) != MRQE_RSS) {
		if ((mrqc & MRQC_MRQE) != MRQE_NONE)
			sim_log_once(p, SIM_ONCE_MRQE,
				     "MRQC.MRQE %u is not modelled: all goes to queue 0",
				     mrqc & MRQC_MRQE);
		return 0;
	}
	rule = rss_rule(mrqc, k->type);
	if (!rule)
		return 0;
	*hash = rss_hash(p, frame, k, rule);
	*type = rule->type;
	entry = *hash % RETA_ENTRIES;
	return sim_reg(p, DR_RETA + entry / 4 * 4) >> (8 * (entry % 4)) & RETA_QUEUE;
}
