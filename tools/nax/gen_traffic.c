// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The poll side of `nax gen`. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common.h"
#include "gen_traffic.h"

#define BURST 64u
#define TIME_MASK ((1ull << 48) - 1)

#define TICK_NS (20 * NSEC_PER_MSEC)	/* how often waiting looks at the clock */
#define SPIN_NS 50000ull		/* waiting shorter than this is not worth a sleep */
#define LAG_NS (20 * NSEC_PER_MSEC)	/* more than this behind its rate is not made up for */
#define STALL_NS NSEC_PER_SEC	/* a window that is full for so long has lost frames */
#define QUIET_NS (300 * NSEC_PER_MSEC)	/* after the last frame, for late ones */
#define DRAIN_NS (3 * NSEC_PER_SEC)	/* for what was sent to leave the device */

#define ETH_LEN 14
#define IPV4_LEN 20

int gen_traffic_init(struct gen_traffic *g, struct nax_poll *poll, struct nax_error *err)
{
	const struct nax_caps *caps = nax_port_caps(g->tx);
	struct nax_port_info info;
	int rc;

	g->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (g->timer < 0) {
		rc = -errno;
		snprintf(err->text, sizeof(err->text), "cannot make a timer: %s", strerror(errno));
		return rc;
	}
	g->seq = calloc(g->flows, sizeof(*g->seq));
	g->flow = calloc(g->flows, sizeof(*g->flow));
	if (!g->seq || !g->flow) {
		snprintf(err->text, sizeof(err->text), "no memory for %u flows", g->flows);
		return -ENOMEM;
	}
	nax_port_info(g->tx, &info);
	g->tx_ring = info.config.tx_ring;
	g->chunk = caps->tx_slot_len_max < NAX_BUF_DATA ? caps->tx_slot_len_max : NAX_BUF_DATA;
	g->poll = poll;
	g->sending = true;
	return nax_poll_add_fd(poll, g->timer, err);
}

void gen_traffic_destroy(struct gen_traffic *g)
{
	free(g->flow);
	free(g->seq);
	if (g->timer >= 0)
		close(g->timer);
}

void gen_traffic_quit(struct gen_traffic *g)
{
	__atomic_store_n(&g->quit, true, __ATOMIC_RELEASE);
	nax_poll_wake(g->poll);
}

u64 gen_traffic_lost(const struct gen_traffic *g)
{
	/* a frame that came damaged came; frames too old to tell are not lost either */
	u64 came = g->tally.good + g->tally.old + g->corrupt;

	/* without --echo, whoever sends some back is expected to send all */
	if (!g->expect && !came)
		return 0;
	return g->sent > came ? g->sent - came : 0;
}

/* ---- receive ---- */

/* The bytes of a packet in one piece: where they are, or copied together. NULL: too long. */
static const u8 *packet_bytes(struct gen_traffic *g, const struct nax_ring *rx, u32 at, u32 n,
			      u32 *len)
{
	u32 used = 0;
	u32 i;

	if (n == 1) {
		*len = nax_ring_slot(rx, at)->len;
		return nax_slot_data(nax_ring_slot(rx, at));
	}
	for (i = 0; i < n; i++) {
		const struct nax_slot *s = nax_ring_slot(rx, at + i);

		if (used + s->len > sizeof(g->scratch))
			return NULL;
		memcpy(g->scratch + used, nax_slot_data(s), s->len);
		used += s->len;
	}
	*len = used;
	return g->scratch;
}

static void receive_packet(struct gen_traffic *g, const struct nax_ring *rx, u32 at, u32 n,
			   u64 since_start)
{
	u32 flags = nax_ring_slot(rx, at + n - 1)->flags;
	struct gen_stamp stamp;
	const u8 *bytes;
	u32 len = 0;

	if (flags & NAX_F_RX_ERROR) {
		g->damaged++;
		return;
	}
	bytes = packet_bytes(g, rx, at, n, &len);
	switch (bytes ? gen_check(&g->stream, bytes, len, g->flows, &stamp) : GEN_FOREIGN) {
	case GEN_FOREIGN:
		g->foreign++;
		return;
	case GEN_CORRUPT:
		g->corrupt++;
		break;
	case GEN_GOOD:
		gen_track(&g->flow[stamp.flow], stamp.seq, &g->tally);
		hist_add(&g->latency, (since_start - stamp.ns) & TIME_MASK, 1);
		break;
	}
	g->csum_bad += !!(flags & NAX_F_RX_CSUM_BAD);
	g->csum_good += !!(flags & NAX_F_RX_L4CSUM_GOOD);
	count_add(&g->received, 1);
	count_add(&g->received_bytes, len);
}

static u32 receive(struct gen_traffic *g, u64 now)
{
	u32 work = 0;
	u32 q, n;

	for (q = 0; q < g->queues; q++) {
		struct nax_ring *rx = nax_port_rx_ring(g->rx, q);
		u32 done = 0;
		u32 at;

		if (!rx)
			continue;
		at = nax_ring_first_held(rx);
		for (; (n = nax_rx_packet(rx, at + done)); done += n) {
			receive_packet(g, rx, at + done, n, now - g->start_ns);
			work++;
		}
		if (done)
			nax_rx_release(rx, done);
	}
	if (work)
		g->active_ns = now;
	return work;
}

/* ---- transmit ---- */

/* What a frame costs, in the unit of the rate. */
static u64 frame_cost(const struct gen_traffic *g, u32 len)
{
	return g->rate.bits ? 8ull * (len + GEN_OVERHEAD) : 1;
}

/* How much may have been spent by now; what was missed by more than LAG_NS is forgone. */
static u64 allowance(struct gen_traffic *g, u64 now)
{
	unsigned __int128 rate = g->rate.value;
	u64 allowed = (u64)((now - g->start_ns) * rate / NSEC_PER_SEC);
	u64 lag = (u64)(LAG_NS * rate / NSEC_PER_SEC) + frame_cost(g, GEN_LEN_MAX);

	if (allowed > lag && g->spent < allowed - lag)
		g->spent = allowed - lag;
	return allowed;
}

/* When the next frame is due. */
static u64 due_ns(const struct gen_traffic *g)
{
	return g->start_ns +
	       (u64)((unsigned __int128)g->spent * NSEC_PER_SEC / g->rate.value) + 1;
}

static u64 under_way(const struct gen_traffic *g)
{
	u64 over = g->tally.good + g->tally.old + g->corrupt + g->written_off;

	return g->sent > over ? g->sent - over : 0;
}

static bool window_full(struct gen_traffic *g, u64 now)
{
	if (g->rate.value || !g->window || !g->expect || under_way(g) < g->window)
		return false;
	if (now - g->active_ns > STALL_NS) {
		g->written_off += under_way(g);
		g->active_ns = now;
		return false;
	}
	return true;
}

static void fill_slots(struct gen_traffic *g, const struct nax_ring *tx, u32 at, u32 len,
		       const struct gen_stamp *stamp)
{
	u32 l4 = g->stream.tcp ? 20 : 8;
	struct nax_slot *s = nax_ring_slot(tx, at);
	u32 done = 0;

	if (len <= g->chunk) {
		nax_buf_home(s);
		gen_build(&g->stream, stamp, nax_slot_data(s), len);
		s->len = (u16)len;
		s->flags = NAX_F_EOP;
	} else {
		gen_build(&g->stream, stamp, g->scratch, len);
		while (done < len) {
			s = nax_ring_slot(tx, at++);
			nax_buf_home(s);
			s->len = (u16)(len - done < g->chunk ? len - done : g->chunk);
			memcpy(nax_slot_data(s), g->scratch + done, s->len);
			done += s->len;
			s->flags = done == len ? NAX_F_EOP : 0;
		}
		s = nax_ring_slot(tx, at - (len + g->chunk - 1) / g->chunk);
	}
	s->flags |= NAX_F_IPV4 | NAX_F_TX_IPCSUM | NAX_F_TX_L4CSUM |
		    (g->stream.tcp ? NAX_F_TCP : NAX_F_UDP);
	s->hash = nax_tx_lengths(ETH_LEN, IPV4_LEN, l4);
	s->gso = 0;
	s->group = 0;
}

static u32 transmit(struct gen_traffic *g, u64 now)
{
	u64 allowed = g->rate.value ? allowance(g, now) : 0;
	u32 room[GEN_QUEUES_MAX], used[GEN_QUEUES_MAX] = { 0 };
	struct nax_ring *tx[GEN_QUEUES_MAX];
	u64 bytes = 0;
	u32 n, q;

	for (q = 0; q < g->queues; q++) {
		tx[q] = nax_port_tx_ring(g->tx, q);
		room[q] = nax_ring_free(tx[q]);
	}
	for (n = 0; n < BURST; n++) {
		u32 flow = g->next_flow, len = g->len[g->next_len];
		u32 slots = len <= g->chunk ? 1 : (len + g->chunk - 1) / g->chunk;
		struct gen_stamp stamp = { .flow = flow, .ns = now - g->start_ns };

		q = flow % g->queues;
		if ((g->count && g->sent >= g->count) || used[q] + slots > room[q] ||
		    (g->rate.value && g->spent > allowed) || window_full(g, now))
			break;
		stamp.seq = g->seq[flow]++;
		fill_slots(g, tx[q], tx[q]->end + used[q], len, &stamp);
		used[q] += slots;
		bytes += len;
		g->spent += g->rate.value ? frame_cost(g, len) : 0;
		g->next_flow = flow + 1 < g->flows ? flow + 1 : 0;
		g->next_len = g->next_len + 1 < g->n_len ? g->next_len + 1 : 0;
		count_add(&g->sent, 1);
	}
	for (q = 0; q < g->queues; q++)
		nax_tx_submit(tx[q], used[q]);
	count_add(&g->sent_bytes, bytes);
	if (n) {
		g->end_ns = now;
		g->active_ns = now;
	}
	return n;
}

/* ---- time ---- */

static bool tx_idle(const struct gen_traffic *g)
{
	u32 q;

	for (q = 0; q < g->queues; q++)
		if (nax_ring_free(nax_port_tx_ring(g->tx, q)) != g->tx_ring)
			return false;
	return true;
}

/* After the last frame was sent: whether there is nothing more to wait for. */
static bool drained(const struct gen_traffic *g, u64 now)
{
	u64 lost = gen_traffic_lost(g);

	if (now - g->stop_ns > DRAIN_NS)
		return true;
	if (!tx_idle(g))
		return false;
	/* a frame that comes twice does so at once, or not at all */
	return !lost ? !g->expect || now - g->active_ns > TICK_NS : now - g->active_ns > QUIET_NS;
}

/* Ask to be called at @when; a wish for an earlier time stands. */
static void timer_set(struct gen_traffic *g, u64 when)
{
	struct itimerspec its = { 0 };

	if (g->timer_ns && g->timer_ns <= when)
		return;
	its.it_value.tv_sec = (time_t)(when / NSEC_PER_SEC);
	its.it_value.tv_nsec = (long)(when % NSEC_PER_SEC);
	timerfd_settime(g->timer, TFD_TIMER_ABSTIME, &its, NULL);
	g->timer_ns = when;
}

static void timer_take(struct gen_traffic *g, u64 now)
{
	uint64_t expired;

	if (!g->timer_ns || now < g->timer_ns)
		return;
	/* not expired after all: it will, and wake us once more */
	if (read(g->timer, &expired, sizeof(expired)) == (ssize_t)sizeof(expired))
		g->timer_ns = 0;
}

u32 gen_traffic_poll(struct nax_poll *poll, void *arg)
{
	struct gen_traffic *g = arg;
	u64 now = cli_time();
	u64 next = now + TICK_NS;
	u32 work;

	if (!g->start_ns) {
		g->start_ns = now;
		g->active_ns = now;
	}
	timer_take(g, now);
	work = receive(g, now);
	if (g->sending) {
		work += transmit(g, now);
		if ((g->count && g->sent >= g->count) ||
		    __atomic_load_n(&g->quit, __ATOMIC_ACQUIRE)) {
			g->sending = false;
			g->stop_ns = now;
		} else if (g->rate.value && due_ns(g) < next) {
			next = due_ns(g);
		}
	} else if (drained(g, now)) {
		cli_finish();
	}
	if (work)
		return work;
	if (g->sending && next < now + SPIN_NS && next > now)
		return 1;
	timer_set(g, next);
	return 0;
}
