/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a slot is a packet that asks for nothing. */
#ifndef NAX_SCAN_H
#define NAX_SCAN_H

#include <nax/offload.h>
#include <nax/ring.h>

/* Of the flags these matter, and a plain packet has the first one alone. */
#define NAX_SCAN_FLAGS		(NAX_F_EOP | NAX_F_VLAN | NAX_F_TX_MASK)

/**
 * nax_slot_plain() - whether a slot is a packet of its own that asks for nothing
 * @s: the slot
 * @least: bytes of the shortest packet that will do
 * @most: of the longest, not less than @least
 */
static inline bool nax_slot_plain(const struct nax_slot *s, u16 least, u16 most)
{
	return (s->flags & NAX_SCAN_FLAGS) == NAX_F_EOP &&
	       (u16)(s->len - least) <= (u16)(most - least);
}

#endif /* NAX_SCAN_H */
