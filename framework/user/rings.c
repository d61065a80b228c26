// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Rings as a handler gets them. */
#include "packet.h"
#include "poll_context.h"
#include "port.h"

/*
 * A ring of one slot where nothing was received and nothing is free. Handlers get it for a queue
 * that is not running, so that they need no case for that: its real ring may hold anything. One per
 * thread, since nax_rx_release(ring, 0) writes.
 *
 * A queue that was just removed, or does not run, is no mistake of a handler; to have none is.
 */
static __attribute__((cold)) noinline struct nax_ring *quiet_ring(const struct nax_port *port,
								  enum nax_side side, u32 queue)
{
	static __thread struct nax_slot slot;
	static __thread struct nax_ring ring;
	static u32 told;

	if (!nax_poll_self() && !__atomic_exchange_n(&told, 1, __ATOMIC_RELAXED))
		nax_user_logf(NAX_LOG_ERR, port->name,
			      "the ring of %s queue %u is asked for outside of a handler",
			      side == NAX_SIDE_RX ? "rx" : "tx", queue);
	ring = (struct nax_ring){ .end = 1, .slot = &slot };
	return &ring;
}

/* Only the context that serves a queue may touch its ring, and only within its handler. */
static inline struct nax_queue *usable_queue(const struct nax_port *port, enum nax_side side,
					     u32 queue)
{
	struct nax_queue *q;

	if (unlikely(queue >= NAX_QUEUES_MAX))
		return NULL;
	q = __atomic_load_n(&port->queue[side][queue], __ATOMIC_RELAXED);
	if (unlikely(!q || nax_port_poll(port, side, queue) != nax_poll_self() ||
		     !nax_queue_running(q)))
		return NULL;
	return q;
}

struct nax_ring *nax_port_rx_ring(struct nax_port *port, unsigned int queue)
{
	struct nax_queue *q = usable_queue(port, NAX_SIDE_RX, queue);

	return likely(q) ? &q->ring : quiet_ring(port, NAX_SIDE_RX, queue);
}

struct nax_ring *nax_port_tx_ring(struct nax_port *port, unsigned int queue)
{
	struct nax_queue *q = usable_queue(port, NAX_SIDE_TX, queue);

	/* Packets that wait in software segmentation go before any other. */
	return likely(q && !q->pending) ? &q->ring : quiet_ring(port, NAX_SIDE_TX, queue);
}

int nax_tx_seed(const struct nax_ring *ring, u32 index)
{
	const struct nax_slot *first = nax_ring_slot(ring, index);
	struct nax_piece piece[NAX_PIECES_MAX];
	const struct nax_slot *s;
	u32 n = 0;

	do {
		if (n == NAX_PIECES_MAX)
			return -EINVAL;
		s = nax_ring_slot(ring, index + n);
		piece[n].data = nax_slot_data(s);
		piece[n++].len = s->len;
	} while (!(s->flags & NAX_F_EOP));
	return nax_csum_seed(piece, n, first->flags, first->hash);
}
