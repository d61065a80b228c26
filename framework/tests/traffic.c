// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* See traffic.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "traffic.h"
#include "user.h"

static u32 receive(struct traffic *t)
{
	struct nax_ring *r = nax_port_rx_ring(t->port, t->queue);
	u32 at = nax_ring_first_held(r);
	u32 done = 0, packets = 0;
	u32 n;

	while ((n = nax_rx_packet(r, at + done))) {
		struct nax_slot *s = nax_ring_slot(r, at + done);
		u32 number;

		memcpy(&number, nax_slot_data(s), sizeof(number));
		if (nax_ring_slot(r, at + done + n - 1)->flags & NAX_F_RX_ERROR ||
		    number < t->expect || s->len != TRAFFIC_LEN || n != (t->two ? 2 : 1))
			__atomic_fetch_add(&t->wrong, 1, __ATOMIC_RELAXED);
		t->expect = number + 1;
		done += n;
		packets++;
	}
	nax_rx_release(r, done);
	__atomic_fetch_add(&t->received, packets, __ATOMIC_RELAXED);
	return packets;
}

static void fill(struct nax_slot *s, u32 number, bool last)
{
	/* a buffer that came by a swap may start elsewhere */
	nax_buf_home(s);
	memset(nax_slot_data(s), 0, TRAFFIC_LEN);
	memcpy(nax_slot_data(s), &number, sizeof(number));
	s->len = TRAFFIC_LEN;
	s->flags = last ? NAX_F_EOP : 0;
	s->hash = 0;
	s->gso = 0;
	s->vlan_tci = 0;
}

static u32 send_some(struct traffic *t)
{
	struct nax_ring *r = nax_port_tx_ring(t->port, t->queue);
	u32 room = nax_ring_free(r);
	u32 per = t->two ? 2 : 1;
	u32 n = 0;

	while (t->to_send && n + per <= room && n < 16 &&
	       (!t->window || t->sent - t->expect < t->window)) {
		if (t->two)
			fill(nax_ring_slot(r, r->end + n), t->sent, false);
		fill(nax_ring_slot(r, r->end + n + per - 1), t->sent, true);
		n += per;
		t->sent++;
		if (t->to_send != ~0u)
			t->to_send--;
	}
	nax_tx_submit(r, n);
	return n;
}

u32 traffic_handler(struct nax_poll *poll, void *arg)
{
	struct traffic *t = arg;

	__atomic_fetch_add(&t->calls, 1, __ATOMIC_RELAXED);
	return receive(t) + send_some(t);
}

void traffic_wait(const u32 *count, u32 value)
{
	u32 seen = 0, now;
	u64 since = nax_user_time_ns();

	while ((now = __atomic_load_n(count, __ATOMIC_RELAXED)) < value) {
		if (now != seen)
			since = nax_user_time_ns();
		else if (nax_user_time_ns() - since > 10000000000ull)
			fail_msg("stands still for 10 s at %u of %u", now, value);
		seen = now;
		nax_user_sleep_us(500);
	}
}
