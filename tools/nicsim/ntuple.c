// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: the 128 filters of five fields of IPv4 packets, and the one for TCP with SYN (82599
 * datasheet sections 7.1.2.4 and 7.1.2.5; registers in 8.2.3.7). They go before flow director and
 * RSS, and behind the filters of EtherTypes. The hash that is reported stays that of RSS.
 */
#include "datapath.h"
#include "desc82599.h"
#include "regs_datapath.h"

#define TCP_SYN		0x02
#define TCP_FLAGS_AT	13

/* FTQF.PROTOCOL: 3 is whatever is none of these */
static const uint32_t protocols[] = { RXD_TYPE_TCP, RXD_TYPE_UDP, RXD_TYPE_SCTP };
#define PROTOCOLS	(sizeof(protocols) / sizeof(protocols[0]))

static bool protocol_matches(uint32_t want, const struct sim_pkt *k)
{
	unsigned int i;

	if (want < PROTOCOLS)
		return k->type & protocols[want];
	for (i = 0; i < PROTOCOLS; i++) {
		if (k->type & protocols[i])
			return false;
	}
	return true;
}

/* The registers have the bytes of the wire, the first one lowest. */
static bool address_matches(uint32_t value, const uint8_t *bytes)
{
	return __builtin_bswap32(value) == sim_get_be32(bytes);
}

static bool port_matches(uint16_t value, const uint8_t *bytes)
{
	return __builtin_bswap16(value) == sim_get_be16(bytes);
}

static bool matches(const struct nicsim_port *p, uint32_t i, const uint8_t *frame,
		    const struct sim_pkt *k)
{
	uint32_t ftqf = sim_reg(p, DR_FTQF + 4 * i), ports = sim_reg(p, DR_SDPQF + 4 * i);

	if (!(ftqf & FTQF_MASK_SOURCE) &&
	    !address_matches(sim_reg(p, DR_SAQF + 4 * i), frame + k->src))
		return false;
	if (!(ftqf & FTQF_MASK_DEST) &&
	    !address_matches(sim_reg(p, DR_DAQF + 4 * i), frame + k->dst))
		return false;
	if (!(ftqf & FTQF_MASK_PROTOCOL) && !protocol_matches(FTQF_PROTOCOL(ftqf), k))
		return false;
	if ((ftqf & FTQF_MASK_PORTS) == FTQF_MASK_PORTS)
		return true;
	/* a fragment, or what has no ports, has none that match */
	if (!k->l4)
		return false;
	if (!(ftqf & FTQF_MASK_SPORT) && !port_matches(ports, frame + k->l4))
		return false;
	return (ftqf & FTQF_MASK_DPORT) || port_matches(ports >> 16, frame + k->l4 + 2);
}

/* Of those that match the one of highest priority, of several the first; -1: none. */
static int five_tuple(const struct nicsim_port *p, const uint8_t *frame, const struct sim_pkt *k)
{
	uint32_t word, best = 0, i;
	uint64_t bits;
	int found = -1;

	if (!(k->type & RXD_TYPE_IPV4))
		return -1;
	for (word = 0; word < FTQF_COUNT / 64; word++) {
		for (bits = p->dp->ntuple_on[word]; bits; bits &= bits - 1) {
			uint32_t priority;

			i = 64 * word + __builtin_ctzll(bits);
			priority = FTQF_PRIORITY(sim_reg(p, DR_FTQF + 4 * i));
			if ((found < 0 || priority > best) && matches(p, i, frame, k)) {
				found = i;
				best = priority;
			}
		}
	}
	return found;
}

bool sim_ntuple(const struct nicsim_port *p, const uint8_t *frame, const struct sim_pkt *k,
		uint8_t *queue)
{
	uint32_t synqf = sim_reg(p, DR_SYNQF);
	bool syn = (synqf & SYNQF_ENABLE) && (k->type & RXD_TYPE_TCP) &&
		   (frame[k->l4 + TCP_FLAGS_AT] & TCP_SYN);
	int i;

	if (!syn || !(synqf & SYNQF_FIRST)) {
		i = five_tuple(p, frame, k);
		if (i >= 0) {
			*queue = L34TIMIR_QUEUE(sim_reg(p, DR_L34TIMIR + 4 * i));
			return true;
		}
	}
	if (syn)
		*queue = SYNQF_QUEUE(synqf);
	return syn;
}

void sim_ftqf_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, DR_FTQF + 4 * i, value);
	if (value & FTQF_ENABLE)
		sim_bit_set(p->dp->ntuple_on, i);
	else
		sim_bit_clear(p->dp->ntuple_on, i);
}
