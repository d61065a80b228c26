// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * CRC32c, the checksum of SCTP (RFC 9260 appendix A): polynomial 0x1edc6f41, bits reflected.
 *
 * The table is constant because core/ has no place to make one before first use. A unit test
 * computes it anew from the polynomial.
 */

#include "pieces.h"

/* What four bits of the remainder become: half a byte at a time. */
static const u32 crc32c_table[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
	0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
	0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

u32 nax_crc32c_step(u32 crc, const struct nax_piece *p, u32 n, u32 offset, u32 len)
{
	struct nax_cursor c = { .p = p, .n = n, .at = offset };
	const u8 *at;
	u32 part;

	while (len) {
		at = nax_cursor_read(&c, len, &part);
		if (!at)
			break;
		len -= part;
		while (part--) {
			crc ^= *at++;
			crc = crc >> 4 ^ crc32c_table[crc & 0xf];
			crc = crc >> 4 ^ crc32c_table[crc & 0xf];
		}
	}
	return crc;
}

u32 nax_crc32c_pieces(const struct nax_piece *p, u32 n, u32 offset, u32 len)
{
	return ~nax_crc32c_step(~0u, p, n, offset, len);
}
