// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The device's clock and time stamps. The device has a counter, whose unit may change with the
 * speed of the link, which wraps within hours and forgets all in a reset; time is what is made of
 * it here:
 *
 *	time = ns + (counter now - counter then + fraction) / 2^bits
 *
 * While the device cannot be asked, time goes on by the back end's clock.
 */
#include "internal.h"

#define NAX_CLOCK_LOOK_NS	(1000 * NAX_MS)	/* between two looks of the service's */
#define NAX_LATCH_NS		(2000 * NAX_MS)	/* a time stamp that waits so long is nobody's */

/*
 * Nobody lets the clock go so long without a look: a counter that seems to have come further since
 * the last one, or has gone back, has begun anew in a reset that nobody told of.
 */
#define NAX_CLOCK_FAR_NS	(2 * NAX_CLOCK_READ_NS)

/* The counter must be told from one that has gone back: so far at most from where it was noted. */
#define NAX_CLOCK_SPAN		BIT_ULL(61)

static const struct nax_ptp_ops *nax_ptp_ops_of(const struct nax_core *c)
{
	return c->a.driver->ops->ptp;
}

static s64 nax_ptp_since(const struct nax_ptp_clock *p, u64 counter)
{
	return (s64)(counter - p->counter + p->fraction);
}

/* Also of a moment before the one that was noted. */
static u64 nax_ptp_ns(const struct nax_ptp_clock *p, u64 counter)
{
	return p->ns + (u64)(nax_ptp_since(p, counter) >> p->bits);
}

/* Time by the back end's clock, from when the device's was last seen; adjusted as that one. */
static u64 nax_ptp_guess(const struct nax_ptp_clock *p, u64 now)
{
	u64 passed = now - p->seen_at;
	s64 s = (s64)(passed / (1000 * NAX_MS)), us = (s64)(passed % (1000 * NAX_MS) / 1000);

	/* A part per million is 1000 ns in a second, and 1/1000 ns in a microsecond. */
	return p->seen_ns + passed + (u64)((s * p->scaled_ppm >> 16) * 1000 +
					   us * p->scaled_ppm / (1000 << 16));
}

static void nax_ptp_note(struct nax_ptp_clock *p, u64 counter, u64 ns, u64 now)
{
	p->counter = counter;
	p->ns = ns;
	p->fraction = 0;
	p->seen_ns = ns;
	p->seen_at = now;
}

static u64 nax_ptp_counter(struct nax_core *c)
{
	u64 counter;

	nax_enter(c, NAX_OP_ACCESS, NULL);
	counter = nax_ptp_ops_of(c)->read(&c->a);
	nax_leave(c, NAX_OP_ACCESS, NULL);
	return counter;
}

static u32 nax_ptp_set_rate(struct nax_core *c)
{
	u32 bits;

	nax_enter(c, NAX_OP_ACCESS, NULL);
	bits = nax_ptp_ops_of(c)->set_rate(&c->a, c->ptp.scaled_ppm);
	nax_leave(c, NAX_OP_ACCESS, NULL);
	return bits;
}

void nax_ptp_begin(struct nax_core *c)
{
	struct nax_ptp_clock *p = &c->ptp;
	u64 counter, now;

	if (!nax_ptp_ops_of(c) || p->on || nax_is_gone(c))
		return;
	p->bits = nax_ptp_set_rate(c);
	counter = nax_ptp_counter(c);
	now = c->ops->time_ns(&c->a);
	if (nax_is_gone(c))
		return;
	nax_ptp_note(p, counter, nax_ptp_guess(p, now), now);
	p->on = true;
}

/*
 * What the clock says goes to @seen_ns: by the back end's clock if the device is gone, or if its
 * counter was reset. Return: whether it is by the counter.
 */
static bool nax_ptp_see(struct nax_core *c, u64 *counter)
{
	struct nax_ptp_clock *p = &c->ptp;
	u64 now, ns;
	bool good;

	*counter = nax_is_gone(c) ? 0 : nax_ptp_counter(c);
	now = c->ops->time_ns(&c->a);
	ns = nax_ptp_ns(p, *counter);
	good = !nax_is_gone(c) && ns - p->seen_ns < NAX_CLOCK_FAR_NS;
	p->seen_ns = good ? ns : nax_ptp_guess(p, now);
	p->seen_at = now;
	return good;
}

static u64 nax_ptp_look(struct nax_core *c)
{
	struct nax_ptp_clock *p = &c->ptp;
	u64 counter;
	bool good = nax_ptp_see(c, &counter);

	if (nax_is_gone(c) || (good && counter - p->counter < NAX_CLOCK_SPAN))
		return p->seen_ns;
	nax_pause_all(c);
	if (good) {
		p->fraction = (u64)nax_ptp_since(p, counter) & (BIT_ULL(p->bits) - 1);
		p->counter = counter;
		p->ns = p->seen_ns;
	} else {
		p->on = false;
		nax_ptp_begin(c);
	}
	nax_resume_all(c);
	return p->seen_ns;
}

void nax_ptp_end(struct nax_core *c)
{
	u64 counter;

	if (c->ptp.on)
		nax_ptp_see(c, &counter);
	c->ptp.on = false;
}

void nax_ptp_apply(struct nax_core *c)
{
	if (!nax_ptp_ops_of(c))
		return;
	nax_enter(c, NAX_OP_CONFIGURE, NULL);
	nax_ptp_ops_of(c)->set_stamps(&c->a, &c->ptp.stamps);
	nax_leave(c, NAX_OP_CONFIGURE, NULL);
	c->ptp.waits_since = 0;
}

/*
 * The counter had another pace from the moment that the link changed on, which is not known: what
 * it has come to since it was last seen says nothing.
 */
void nax_ptp_link(struct nax_core *c)
{
	struct nax_ptp_clock *p = &c->ptp;
	u64 counter, now;
	u32 bits;

	if (!p->on)
		return;
	bits = nax_ptp_set_rate(c);
	if (bits == p->bits || nax_is_gone(c))
		return;
	nax_pause_all(c);
	counter = nax_ptp_counter(c);
	now = c->ops->time_ns(&c->a);
	if (!nax_is_gone(c)) {
		nax_ptp_note(p, counter, nax_ptp_guess(p, now), now);
		p->bits = bits;
	}
	nax_resume_all(c);
}

/*
 * A frame that was stamped and then lost, for want of a descriptor for instance, leaves its time
 * stamp behind, and no other frame gets one until somebody takes it.
 */
static void nax_ptp_watch(struct nax_core *c, u64 now)
{
	struct nax_ptp_clock *p = &c->ptp;
	u64 received = READ_ONCE(p->received);
	bool latched;

	if (p->stamps.rx == NAX_PTP_RX_NONE)
		return;
	nax_enter(c, NAX_OP_ACCESS, NULL);
	latched = nax_ptp_ops_of(c)->latched(&c->a, true);
	nax_leave(c, NAX_OP_ACCESS, NULL);
	if (!latched || !p->waits_since || received != p->waits_received) {
		p->waits_since = latched ? now : 0;
		p->waits_received = received;
		return;
	}
	if (now - p->waits_since < NAX_LATCH_NS)
		return;
	nax_pause_all(c);
	nax_enter(c, NAX_OP_ACCESS, NULL);
	nax_ptp_ops_of(c)->take(&c->a, true);
	nax_leave(c, NAX_OP_ACCESS, NULL);
	nax_resume_all(c);
	p->waits_since = 0;
	WRITE_ONCE(p->cleared, p->cleared + 1);
}

void nax_ptp_service(struct nax_core *c, u64 now)
{
	if (!c->ptp.on || now - c->ptp.served_at < NAX_CLOCK_LOOK_NS)
		return;
	c->ptp.served_at = now;
	nax_ptp_look(c);
	if (!nax_is_gone(c))
		nax_ptp_watch(c, now);
}

/*
 * What a latch holds, if it does; polls and control may ask at once, of whom one gets it. Of
 * received packets only one can be it: a device that says so of two gives the second what there is
 * by then, which is nothing.
 */
static bool nax_ptp_take(struct nax_core *c, bool rx, u64 *ns)
{
	const struct nax_ptp_ops *ops = nax_ptp_ops_of(c);
	struct nax_ptp_clock *p = &c->ptp;
	u64 counter = 0;
	bool latched;

	if (!p->on || nax_is_gone(c) || test_and_set_bit(rx, &p->taking))
		return false;
	latched = ops->latched(&c->a, rx);
	if (latched)
		counter = ops->take(&c->a, rx);
	clear_bit_unlock(rx, &p->taking);
	if (!latched || nax_is_gone(c))
		return false;
	*ns = nax_ptp_ns(p, counter);
	return true;
}

static bool nax_ptp_take_received(struct nax_core *c, u64 *ns)
{
	struct nax_ptp_clock *p = &c->ptp;

	if (p->stamps.rx == NAX_PTP_RX_NONE || !nax_ptp_take(c, true, ns))
		return false;
	WRITE_ONCE(p->received, p->received + 1);
	return true;
}

void nax_ptp_received(struct nax_queue *q, u32 i)
{
	struct nax_slot *s = nax_ring_slot(&q->ring, i);

	/* What a queue that has stopped held is looked at for the last time, the device not. */
	if (!nax_queue_running(q) ||
	    !nax_ptp_take_received(nax_core_of(q->adapter), &q->ring.tstamp[i & q->ring.mask]))
		s->flags &= ~NAX_F_RX_TSTAMP;
}

static int nax_ptp_ready(struct nax_core *c, struct nax_error *err)
{
	int ret = nax_access_check(c, "clock", nax_ptp_ops_of(c), err);

	if (!ret && !c->ptp.on)
		ret = nax_error_set(err, -EBUSY, "clock: does not run yet");
	/* While the adapter is down, nobody else looks whether the link has changed. */
	if (!ret && c->a.state != NAX_STATE_UP)
		nax_ptp_link(c);
	return ret;
}

int nax_adapter_clock_read(struct nax_adapter *a, u64 *ns, struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	int ret = nax_ptp_ready(c, err);

	if (ret)
		return ret;
	*ns = nax_ptp_look(c);
	return nax_is_gone(c) ? nax_refuse_gone(c, err) : 0;
}

int nax_adapter_clock_set(struct nax_adapter *a, u64 ns, struct nax_error *err)
{
	u64 was;
	int ret = nax_adapter_clock_read(a, &was, err);

	return ret ? ret : nax_adapter_clock_step(a, (s64)(ns - was), err);
}

int nax_adapter_clock_step(struct nax_adapter *a, s64 ns, struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	int ret = nax_ptp_ready(c, err);

	if (ret)
		return ret;
	nax_pause_all(c);
	c->ptp.ns += (u64)ns;
	c->ptp.seen_ns += (u64)ns;
	nax_resume_all(c);
	return 0;
}

int nax_adapter_clock_adjust(struct nax_adapter *a, s64 scaled_ppm, struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	/* Rounded up: who has made these parts per million of others has rounded too. */
	s64 most = ((s64)a->caps.ptp_ppb_max << 16) / 1000 + 1;
	int ret = nax_ptp_ready(c, err);

	if (ret)
		return ret;
	if (scaled_ppm > most || scaled_ppm < -most)
		return nax_error_set(err, -ERANGE,
				     "clock: adjustment is %lld parts in 65536 million: the limit is %lld",
				     scaled_ppm, most);
	/* What has passed until now has passed at the old pace. */
	nax_ptp_look(c);
	c->ptp.scaled_ppm = scaled_ppm;
	if (!nax_is_gone(c))
		nax_ptp_link(c);
	return nax_is_gone(c) ? nax_refuse_gone(c, err) : 0;
}

int nax_adapter_set_stamps(struct nax_adapter *a, const struct nax_stamps *stamps,
			   struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);

	if (nax_is_gone(c))
		return nax_refuse_gone(c, err);
	if (!nax_ptp_ops_of(c))
		return nax_error_set(err, -EOPNOTSUPP,
				     "time stamps: driver %s has none for this device",
				     a->driver->name);
	if ((u32)stamps->rx >= NAX_PTP_RXS || !(a->caps.ptp_rx & BIT(stamps->rx)))
		return nax_error_set(err, -ERANGE,
				     "time stamps: received packets are %u: must be one of the bits 0x%x",
				     (u32)stamps->rx, a->caps.ptp_rx);
	nax_pause_all(c);
	c->ptp.stamps = *stamps;
	if (a->state == NAX_STATE_UP)
		nax_ptp_apply(c);
	nax_resume_all(c);
	return nax_is_gone(c) ? nax_refuse_gone(c, err) : 0;
}

void nax_adapter_get_stamps(const struct nax_adapter *a, struct nax_stamps *stamps)
{
	*stamps = nax_core_of(a)->ptp.stamps;
}

int nax_adapter_tx_stamp(struct nax_adapter *a, u64 *ns)
{
	struct nax_core *c = nax_core_of(a);

	if (READ_ONCE(a->state) != NAX_STATE_UP || nax_is_gone(c) || !c->ptp.stamps.tx)
		return -ENETDOWN;
	if (nax_ptp_take(c, false, ns))
		return 0;
	return nax_is_gone(c) ? -ENETDOWN : -EAGAIN;
}

u64 nax_adapter_stamps_cleared(const struct nax_adapter *a)
{
	return READ_ONCE(nax_core_of(a)->ptp.cleared);
}
