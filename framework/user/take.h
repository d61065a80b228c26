/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What handlers have put into transmit rings: looked at, and posted. In as few steps as can be, since
 * a batch of one packet pays for all of them.
 */
#ifndef NAX_TAKE_H
#define NAX_TAKE_H

#include "core.h"

/*
 * Slots [ring.next, ring.end) that nobody has looked at: the driver does so while it posts them.
 * Return: whether it found that they are plain and had descriptors for all.
 */
static inline bool nax_queue_post_plain(struct nax_queue *q, u32 end)
{
	q->plain = end;
	q->path->tx_plain(q);
	if (likely(q->ring.next == end))
		return true;
	q->plain = q->ring.next;
	return false;
}

/* The same where the driver leaves the look to the framework, or has not posted all from before. */
static inline bool nax_queue_post_looked_at(struct nax_queue *q, u32 at)
{
	u32 end = q->ring.end;

	if (at != end) {
		if (unlikely(!nax_queue_all_plain(q, at, end)))
			return false;
		nax_queue_note_plain(q, at, end);
	}
	if (q->ring.next != end)
		q->path->tx_post(q);
	return !nax_queue_halted(q, NAX_HALT_QUARANTINE);
}

/* The driver may have posted the first of what was given already: those are looked at. */
static noinline void nax_queue_take_slowly(struct nax_queue *q)
{
	u32 end = q->ring.end;
	u32 at = q->given;

	if ((s32)(q->ring.next - at) > 0)
		at = q->ring.next;
	q->ring.end = at;
	if (at != end)
		nax_queue_submit(q, end - at);
	nax_queue_post_tx(q);
	q->given = q->ring.end;
}

/**
 * nax_queue_take() - nax_queue_submit() and nax_queue_post_tx() of what a handler has put into the
 * ring, by moving ring.end
 * @q: transmit queue; its poll context, after the handler
 *
 * Only a datapath that no verifier wraps has tx_plain, so nothing is under quarantine behind it.
 */
static inline void nax_queue_take(struct nax_queue *q)
{
	u32 at = q->given, end = q->ring.end;

	if (unlikely(!nax_queue_running(q) || q->pending ||
		     end - q->ring.begin > nax_ring_size(&q->ring)))
		goto slow;
	if (likely(q->path->tx_plain && q->ring.next == at && at != end)) {
		if (unlikely(!nax_queue_post_plain(q, end)))
			goto slow;
		nax_queue_write_tail(q);
		nax_queue_watch_reports(q);
		q->settled = end;
	} else {
		if (unlikely(!nax_queue_post_looked_at(q, at)))
			goto slow;
		nax_queue_posted_tx(q);
	}
	q->given = end;
	return;
slow:
	nax_queue_take_slowly(q);
}

#endif /* NAX_TAKE_H */
