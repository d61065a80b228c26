// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A second look at received packets that the device found fault with. Devices misjudge checksums
 * (padding, tags they do not know, extension headers), so "bad" is verified before anybody
 * believes it; damaged frames are counted and taken out of the batch. And at those that it has
 * stamped, since one of them at most can have what its latch holds.
 */

#include "internal.h"

/* One verdict, by its two flags: what software says replaces what hardware said. */
static u32 review_verdict(u32 flags, u32 verdict, u32 good, u32 bad)
{
	if (!(flags & bad))
		return flags;
	return (flags & ~(good | bad)) | (verdict & (good | bad));
}

/* The packet in slots [@first, @last] has a checksum that the device calls bad. */
static void review_csum(struct nax_queue *q, u32 first, u32 last)
{
	const struct nax_backend_ops *ops = nax_core_of(q->adapter)->ops;
	struct nax_slot *eop = nax_ring_slot(&q->ring, last);
	struct nax_piece p[NAX_PIECES_MAX];
	u32 n = last - first + 1;
	const struct nax_slot *s;
	u32 verdict = 0;
	u32 flags;
	u32 i;

	if (n <= NAX_PIECES_MAX) {
		for (i = 0; i < n; i++) {
			s = nax_ring_slot(&q->ring, first + i);
			p[i].data = ops->buf_addr(q, s);
			p[i].len = s->len;
		}
		verdict = nax_csum_verify(p, n);
	}
	flags = review_verdict(eop->flags, verdict, NAX_F_RX_IPCSUM_GOOD, NAX_F_RX_IPCSUM_BAD);
	flags = review_verdict(flags, verdict, NAX_F_RX_L4CSUM_GOOD, NAX_F_RX_L4CSUM_BAD);
	if (flags & NAX_F_RX_CSUM_BAD)
		nax_count(&q->stats.csum_bad, 1);
	else if (flags & ~eop->flags & (NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_L4CSUM_GOOD))
		nax_count(&q->stats.csum_disputed, 1);
	eop->flags = flags;
}

/* The packet in slots [@first, @last] is damaged. */
static void review_error(struct nax_queue *q, u32 first, u32 last)
{
	u32 reason = nax_ring_slot(&q->ring, last)->flags & NAX_F_RX_REASON;
	u32 why = reason >> NAX_F_RX_REASON_SHIFT;
	u32 i;

	q->batch.packets--;
	for (i = first; i != last + 1; i++)
		q->batch.bytes -= nax_ring_slot(&q->ring, i)->len;
	if (reason == NAX_RX_REASON_COUNTED)
		return;
	if (why == NAX_RX_OK || why >= NAX_RX_ERRORS)
		why = NAX_RX_ERR_DEVICE;
	nax_count(&q->stats.errors[why], 1);
}

void nax_rx_review(struct nax_queue *q, u32 first, u32 end)
{
	u32 all = 0;
	u32 flags;
	u32 i;

	for (i = first; i != end; i++) {
		flags = nax_ring_slot(&q->ring, i)->flags;
		if (!(flags & NAX_F_EOP))
			continue;
		if (flags & NAX_F_RX_TSTAMP)
			nax_ptp_received(q, i);
		if (flags & NAX_F_RX_ERROR)
			review_error(q, first, i);
		else if (flags & NAX_F_RX_CSUM_BAD)
			review_csum(q, first, i);
		all |= nax_ring_slot(&q->ring, i)->flags;
		first = i + 1;
	}
	q->batch.flags = all;
}
