// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Receive side scaling: datasheet section 7.1.2.8; registers RSSRK, RETA and MRQC. */
#include <nax/nax.h>

#include "ixgbe.h"
#include "regs.h"

/* MRQC bit by enum nax_hash_type. */
static const u32 type_fields[NAX_HASH_TYPES] = {
	[NAX_HASH_IPV4] = IXGBE_MRQC_IPV4,
	[NAX_HASH_IPV4_TCP] = IXGBE_MRQC_IPV4_TCP,
	[NAX_HASH_IPV4_UDP] = IXGBE_MRQC_IPV4_UDP,
	[NAX_HASH_IPV6] = IXGBE_MRQC_IPV6,
	[NAX_HASH_IPV6_TCP] = IXGBE_MRQC_IPV6_TCP,
	[NAX_HASH_IPV6_UDP] = IXGBE_MRQC_IPV6_UDP,
	[NAX_HASH_IPV6_EX] = IXGBE_MRQC_IPV6_EX,
	[NAX_HASH_IPV6_TCP_EX] = IXGBE_MRQC_IPV6_EX_TCP,
	[NAX_HASH_IPV6_UDP_EX] = IXGBE_MRQC_IPV6_EX_UDP,
};

/**
 * ixgbe_set_rss() - apply key, table and types; nax_driver_ops.set_rss
 * @a: adapter
 * @rss: the whole state; table entries are below 16, as a RETA entry has 4 bits
 *
 * Without any type all frames go to queue 0.
 */
void ixgbe_set_rss(struct nax_adapter *a, const struct nax_rss *rss)
{
	u32 mrqc = rss->types ? IXGBE_MRQC_RSS : 0;
	u32 i, j;

	for (i = 0; i < IXGBE_RSSRKS; i++) {
		const u8 *key = &rss->key[4 * i];

		nax_reg_write(a, IXGBE_RSSRK(i),
			      key[0] | key[1] << 8 | key[2] << 16 | (u32)key[3] << 24);
	}
	for (i = 0; i < IXGBE_RETAS; i++) {
		u32 reta = 0;

		for (j = 0; j < 4; j++)
			reta |= (rss->table[4 * i + j] % IXGBE_RSS_QUEUES) << (8 * j);
		nax_reg_write(a, IXGBE_RETA(i), reta);
	}
	for (i = 0; i < NAX_HASH_TYPES; i++) {
		if (rss->types & BIT(i))
			mrqc |= type_fields[i];
	}
	nax_reg_write(a, IXGBE_MRQC, mrqc);
}
