// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: checksums. The Internet checksum eight bytes at a time, the verdict on received packets,
 * and the two CRCs that are not always stripped or left out: that of Ethernet and that of SCTP.
 */
#include "datapath.h"
#include "desc82599.h"
#include "regs_datapath.h"

#define CRC32_POLY	0xEDB88320u
#define CRC32C_POLY	0x82F63B78u

static uint32_t crc_table[2][256];

/* ---- Internet checksum ---- */

uint64_t sim_sum_add(uint64_t a, uint64_t b)
{
	a += b;
	return a + (a < b);
}

static inline uint64_t load64(const uint8_t *at)
{
	uint64_t v;

	memcpy(&v, at, 8);
	return v;
}

static inline uint64_t load_tail(const uint8_t *at, uint32_t len)
{
	uint64_t v = 0;

	memcpy(&v, at, len);
	return v;
}

uint64_t sim_sum(uint64_t sum, const uint8_t *data, uint32_t len)
{
	uint64_t other = 0;

	for (; len >= 16; len -= 16, data += 16) {
		sum = sim_sum_add(sum, load64(data));
		other = sim_sum_add(other, load64(data + 8));
	}
	sum = sim_sum_add(sum, other);
	if (len >= 8) {
		sum = sim_sum_add(sum, load64(data));
		len -= 8;
		data += 8;
	}
	return len ? sim_sum_add(sum, load_tail(data, len)) : sum;
}

uint64_t sim_sum_copy(uint64_t sum, uint8_t *to, const uint8_t *from, uint32_t len)
{
	uint64_t other = 0, a, b;

	for (; len >= 16; len -= 16, from += 16, to += 16) {
		a = load64(from);
		b = load64(from + 8);
		memcpy(to, &a, 8);
		memcpy(to + 8, &b, 8);
		sum = sim_sum_add(sum, a);
		other = sim_sum_add(other, b);
	}
	sum = sim_sum_add(sum, other);
	/* the source may change meanwhile: sum what was copied */
	memcpy(to, from, len);
	return sim_sum(sum, to, len);
}

uint16_t sim_sum_fold(uint64_t sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

uint64_t sim_sum_odd(uint64_t piece)
{
	uint16_t v = sim_sum_fold(piece);

	return (uint16_t)(v << 8 | v >> 8);
}

void sim_sum_put(uint8_t *at, uint64_t sum)
{
	uint16_t v = ~sim_sum_fold(sum);

	memcpy(at, &v, 2);
}

/* ---- CRC ---- */

void sim_crc_init(void)
{
	static const uint32_t poly[2] = { CRC32_POLY, CRC32C_POLY };
	uint32_t which, i, bit, v;

	for (which = 0; which < 2; which++) {
		for (i = 0; i < 256; i++) {
			v = i;
			for (bit = 0; bit < 8; bit++)
				v = v >> 1 ^ (v & 1 ? poly[which] : 0);
			crc_table[which][i] = v;
		}
	}
}

static uint32_t crc(uint32_t v, const uint32_t *table, const uint8_t *data, uint32_t len)
{
	while (len--)
		v = v >> 8 ^ table[(v ^ *data++) & 0xff];
	return v;
}

uint32_t sim_crc32(const uint8_t *data, uint32_t len)
{
	return ~crc(~0u, crc_table[0], data, len);
}

uint32_t sim_crc32c_sctp(const uint8_t *data, uint32_t len)
{
	static const uint8_t zero[4];
	uint32_t v = crc(~0u, crc_table[1], data, 8);

	v = crc(v, crc_table[1], zero, 4);
	return ~crc(v, crc_table[1], data + 12, len - 12);
}

/* ---- verdict ---- */

static uint64_t pseudo_header(const uint8_t *frame, const struct sim_pkt *k)
{
	uint32_t len = k->end - k->l4;
	bool v4 = k->type & RXD_TYPE_IPV4;
	uint64_t sum = sim_sum(0, frame + k->src, v4 ? 4 : 16);

	sum = sim_sum(sum, frame + k->dst, v4 ? 4 : 16);
	sum = sim_sum_add(sum, htobe16(k->proto));
	return sim_sum_add(sum, htobe16(len));
}

static bool l4_good(const uint8_t *frame, const struct sim_pkt *k)
{
	uint32_t crc32c;

	if (k->type & RXD_TYPE_SCTP) {
		crc32c = htole32(sim_crc32c_sctp(frame + k->l4, k->end - k->l4));
		return !memcmp(&crc32c, frame + k->l4 + 8, 4);
	}
	return sim_sum_fold(sim_sum(pseudo_header(frame, k), frame + k->l4, k->end - k->l4)) ==
	       0xffff;
}

/* What hardware looks at: whole packets, and of UDP only those whose sender made a checksum. */
static bool l4_checked(const struct nicsim_port *p, const uint8_t *frame, const struct sim_pkt *k)
{
	if (!k->l4 || k->no_l4_sum)
		return false;
	if ((k->type & RXD_TYPE_IPV6) && (sim_reg(p, DR_RFCTL) & RFCTL_IPV6_XSUM_DIS))
		return false;
	return !(k->type & RXD_TYPE_UDP) || frame[k->l4 + 6] || frame[k->l4 + 7];
}

uint32_t sim_csum_verdict(const struct nicsim_port *p, const uint8_t *frame,
			  const struct sim_pkt *k)
{
	uint32_t status = 0;

	if (k->type & RXD_TYPE_IPV4) {
		status |= RXD_IPCS;
		if (sim_sum_fold(sim_sum(0, frame + k->l3, (frame[k->l3] & 0xf) * 4)) != 0xffff)
			status |= RXD_IPE;
	}
	if (!l4_checked(p, frame, k))
		return status;
	status |= RXD_L4CS | (k->type & RXD_TYPE_UDP ? RXD_UDPCS : 0);
	return l4_good(frame, k) ? status : status | RXD_TCPE;
}

uint16_t sim_csum_fragment(const uint8_t *frame, const struct sim_pkt *k)
{
	uint32_t payload = k->l3 + (frame[k->l3] & 0xf) * 4;

	return sim_sum_fold(sim_sum(0, frame + payload, k->end - payload));
}
