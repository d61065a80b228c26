// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The 82599's datapath for each instruction set that the CPU has, against the one without vectors:
 * two rings see the same random write-backs, releases, packets and completions, and must stay the
 * same bit for bit. Without cmocka, so that it can be built for another architecture and run under
 * an emulator: tools/tests/vectors.t.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nax/scan.h>

#include "../../../drivers/ixgbe/datapath.h"
#include "user.h"

#define N_MAX	256
#define ROUNDS	4000
#define LEN_LEAST	17u
#define LEN_MOST	1416u

/** struct side - a queue with all that it hangs on */
struct side {
	struct nax_queue q;
	struct ixgbe_queue priv;
	struct nax_slot slot[N_MAX];
	struct nax_tx_report report[N_MAX];
	u32 desc[N_MAX][4];
};

static struct side ref, got;
static struct nax_datapath plain = {
	.tx_post = ixgbe_tx_post, .tx_reap = ixgbe_tx_reap,
	.rx_reap = ixgbe_rx_reap, .rx_post = ixgbe_rx_post,
};

static const char *wrong;		/* what differs first */
static u32 seed;

static u32 rnd(u32 below)
{
	seed = seed * 1664525u + 1013904223u;
	return below ? (u32)(((u64)seed * below) >> 32) : 0;
}

static u32 rnd32(void)
{
	return rnd(65536) << 16 | rnd(65536);
}

static bool one_in(u32 n)
{
	return rnd(n) == 0;
}

static void same(bool ok, const char *what)
{
	if (!ok && !wrong)
		wrong = what;
}

static void setup(bool rx)
{
	u32 n = 64u << rnd(3), base = one_in(3) ? 0u - n : rnd32(), i;
	struct side *s = &ref;

	memset(s, 0, sizeof(*s));
	s->priv.rx_keep = one_in(3) ? rnd32() : ~0u;
	s->q = (struct nax_queue){
		.ring = { .begin = base, .next = base, .end = rx ? base + n : base, .mask = n - 1 },
		.desc_mask = n - 1, .tail = base, .head = base, .seen = base, .plain = base,
		.report_head = base, .report_tail = base, .is_rx = rx,
		.buf_len = 1024u << rnd(5), .slots_max = rx ? 1 + (u16)rnd(8) : 38, .tx_overhead = 1,
		.report_interval = 1u << rnd(6), .group = (u16)rnd(3),
		.plain_least = LEN_LEAST, .plain_most = LEN_MOST,
	};
	for (i = 0; i < n; i++) {
		s->slot[i].dma = (u64)rnd32() << 32 | rnd32();
		s->slot[i].buf = rnd32();
		s->slot[i].cap = s->q.buf_len;
	}
	got = ref;
	for (s = &ref; s; s = s == &ref ? &got : NULL) {
		s->q.ring.slot = s->slot;
		s->q.desc = s->desc;
		s->q.priv = &s->priv;
		s->q.report = s->report;
	}
}

/* ---- receive ---- */

/* @oddity: one descriptor of so many is something special. */
static void write_back(u32 i, u32 oddity)
{
	u32 d = i & ref.q.desc_mask;
	u32 length = 1 + rnd(ref.q.buf_len < 0xffff ? ref.q.buf_len : 0xffff);
	u32 status = 3 | (rnd32() & 0xc0fe00f8) | rnd(8) << 20;
	u32 *w = ref.desc[d];

	if (one_in(oddity))
		status &= ~2u;
	if (one_in(oddity))
		status |= rnd32() & 0x3f000000;
	/* TS: it has a time stamp */
	if (one_in(oddity))
		status |= 0x10000;
	if (one_in(oddity))
		length = one_in(2) ? 0 : ref.q.buf_len + 1 + rnd(0x10000 - ref.q.buf_len);
	w[0] = rnd32();
	w[1] = rnd32();
	w[2] = status;
	w[3] = (length & 0xffff) | rnd32() << 16;
	/* A lying device: what it did not write, in the midst of what it did. */
	if (one_in(4 * oddity))
		w[2] &= ~1u;
	memcpy(got.desc[d], w, sizeof(ref.desc[d]));
}

static void compare_rx(u32 first)
{
	u32 i;

	same(ref.q.seen == got.q.seen, "seen");
	same(ref.q.ring.begin == got.q.ring.begin, "begin");
	same(ref.q.carry == got.q.carry, "carry");
	same(ref.q.part == got.q.part, "part");
	same(!memcmp(&ref.q.batch, &got.q.batch, sizeof(ref.q.batch)), "batch");
	for (i = first; i != ref.q.seen; i++)
		same(!memcmp(&ref.slot[i & ref.q.ring.mask], &got.slot[i & ref.q.ring.mask],
			     sizeof(struct nax_slot)), "slot");
}

static void reap(struct side *s, const struct nax_datapath *path, u32 budget)
{
	memset(&s->q.batch, 0, sizeof(s->q.batch));
	path->rx_reap(&s->q, budget);
}

static void check_rx(const struct nax_datapath *path)
{
	u32 written, oddity, n, i, first;

	setup(true);
	written = ref.q.seen;
	oddity = 1u << rnd(9);
	for (i = 0; i < 40 && !wrong; i++) {
		n = ref.q.ring.end - (ref.q.ring.begin - nax_ring_size(&ref.q.ring));
		(void)n;
		plain.rx_post(&ref.q);
		path->rx_post(&got.q);
		same(ref.q.ring.next == got.q.ring.next, "next");
		same(!memcmp(ref.desc, got.desc, sizeof(ref.desc)), "descriptors posted");
		for (n = one_in(3) ? rnd(200) : rnd(40); n && written != ref.q.ring.next; n--)
			write_back(written++, oddity);
		first = ref.q.seen;
		n = one_in(2) ? 64 : 1 + rnd(40);
		reap(&ref, &plain, n);
		reap(&got, path, n);
		compare_rx(first);
		/* what the device did not write it never will: it is written now */
		if (ref.q.seen != written)
			ref.desc[ref.q.seen & ref.q.desc_mask][2] |= 1;
		got.desc[ref.q.seen & ref.q.desc_mask][2] = ref.desc[ref.q.seen & ref.q.desc_mask][2];
		n = rnd(nax_ring_received(&ref.q.ring) + 1);
		ref.q.ring.end += n;
		got.q.ring.end = ref.q.ring.end;
	}
}

/* ---- transmit ---- */

static void fill(u32 i, u32 flags, bool last)
{
	struct nax_slot *s = nax_ring_slot(&ref.q.ring, i);

	s->flags = flags | (last ? NAX_F_EOP : 0);
	s->hash = nax_tx_lengths(14, 20 + 4 * rnd(2), 20);
	s->len = (u16)(LEN_LEAST + rnd(LEN_MOST - LEN_LEAST + 1));
	s->vlan_tci = (u16)rnd(4);
	s->gso = (u16)(100 + rnd(2));
	*nax_ring_slot(&got.q.ring, i) = *s;
}

static u32 offload(void)
{
	static const u32 asks[] = {
		NAX_F_VLAN, NAX_F_IPV4 | NAX_F_UDP | NAX_F_TX_L4CSUM | NAX_F_TX_IPCSUM,
		NAX_F_IPV6 | NAX_F_TCP | NAX_F_TX_L4CSUM, NAX_F_IPV4 | NAX_F_TCP | NAX_F_TX_GSO,
		NAX_F_TX_TSTAMP, NAX_F_TX_TSTAMP | NAX_F_IPV4 | NAX_F_UDP | NAX_F_TX_L4CSUM,
	};

	return asks[rnd(ARRAY_SIZE(asks))];
}

/* As nax_queue_submit() does: a run is known to be plain if all of it is. */
static void submit(u32 oddity)
{
	u32 at = ref.q.ring.end, room = nax_ring_free(&ref.q.ring), n = rnd(80), slots, k;
	bool all_plain = true;

	while (n-- && room >= 4) {
		slots = one_in(oddity) ? 1 + rnd(4) : 1;
		for (k = 0; k < slots; k++)
			fill(ref.q.ring.end + k, 0, k + 1 == slots);
		if (one_in(oddity)) {
			nax_ring_slot(&ref.q.ring, ref.q.ring.end)->flags |= offload();
			*nax_ring_slot(&got.q.ring, ref.q.ring.end) =
				*nax_ring_slot(&ref.q.ring, ref.q.ring.end);
			all_plain = false;
		}
		all_plain &= slots == 1;
		ref.q.ring.end += slots;
		room -= slots;
	}
	if (all_plain && (ref.q.plain == at || ref.q.ring.next == at))
		ref.q.plain = ref.q.ring.end;
	got.q.ring.end = ref.q.ring.end;
	got.q.plain = ref.q.plain;
}

static void compare_tx(void)
{
	same(ref.q.ring.begin == got.q.ring.begin && ref.q.ring.next == got.q.ring.next, "ring");
	same(ref.q.tail == got.q.tail && ref.q.head == got.q.head, "tail and head");
	same(ref.q.plain == got.q.plain && ref.q.since == got.q.since, "plain, since");
	same(!memcmp(&ref.q.posted, &got.q.posted, sizeof(ref.q.posted)), "posted");
	same(ref.q.report_head == got.q.report_head && ref.q.report_tail == got.q.report_tail,
	     "reports asked for");
	same(!memcmp(ref.report, got.report, sizeof(ref.report)), "reports");
	same(!memcmp(ref.desc, got.desc, sizeof(ref.desc)), "descriptors");
	same(!memcmp(&ref.priv, &got.priv, sizeof(ref.priv)), "context");
	same(ref.q.stats.packets == got.q.stats.packets && ref.q.stats.bytes == got.q.stats.bytes,
	     "counters");
}

static void check_tx(const struct nax_datapath *path)
{
	u32 oddity, n, i, r;

	setup(false);
	oddity = 1u << rnd(12);
	for (i = 0; i < 40 && !wrong; i++) {
		submit(oddity);
		plain.tx_post(&ref.q);
		path->tx_post(&got.q);
		compare_tx();
		n = rnd(ref.q.report_tail - ref.q.report_head + 1);
		for (r = ref.q.report_head; n--; r++) {
			u32 d = ref.report[r & ref.q.desc_mask].desc & ref.q.desc_mask;

			ref.desc[d][3] |= 1;
			got.desc[d][3] |= 1;
		}
		plain.tx_reap(&ref.q);
		path->tx_reap(&got.q);
		compare_tx();
	}
}

/* What nax_datapath.tx_plain has to do. */
static void post_plain(struct nax_queue *q)
{
	union ixgbe_tx_desc *ring = q->desc;
	u32 n, i, bytes;

	while ((n = nax_tx_run(q)) != 0) {
		union ixgbe_tx_desc *d = &ring[q->tail & q->desc_mask];
		const struct nax_slot *s = nax_ring_slot(&q->ring, q->ring.next);

		for (i = 0; i < n; i++)
			if (!nax_slot_plain(&s[i], LEN_LEAST, LEN_MOST))
				return;
		for (i = 0, bytes = 0; i < n; bytes += s[i++].len)
			tx_give(&d[i], &s[i], 0);
		if (nax_tx_ran(q, n, bytes))
			d[n - 1].data.cmd_len |= cpu_to_le32(IXGBE_TXD_RS);
	}
}

/* One slot that is not plain, in one of the ways that there are. */
static void spoil(u32 i)
{
	struct nax_slot *s = nax_ring_slot(&ref.q.ring, i);

	switch (rnd(5)) {
	case 0:
		s->flags &= ~NAX_F_EOP;
		break;
	case 1:
		s->flags |= offload();
		break;
	case 2:
		s->len = (u16)(LEN_MOST + 1 + rnd(0xffff - LEN_MOST));
		break;
	case 3:
		s->len = (u16)rnd(LEN_LEAST);
		break;
	default:
		s->flags ^= NAX_F_EOP | NAX_F_VLAN;
		break;
	}
	*nax_ring_slot(&got.q.ring, i) = *s;
}

static void check_plain(const struct nax_datapath *path)
{
	u32 n, i, end;

	setup(false);
	n = 1 + rnd(nax_ring_size(&ref.q.ring));
	end = ref.q.ring.end + n;
	for (i = ref.q.ring.end; i != end; i++)
		fill(i, rnd32() & ~NAX_SCAN_FLAGS, true);
	if (one_in(2))
		spoil(ref.q.ring.end + rnd(n));
	ref.q.ring.end = end;
	ref.q.plain = end;
	got.q.ring.end = end;
	got.q.plain = end;
	post_plain(&ref.q);
	path->tx_plain(&got.q);
	/* Descriptors from the tail on are nobody's yet. */
	for (i = 0; i <= ref.q.desc_mask - (ref.q.tail - ref.q.head); i++) {
		u32 d = (ref.q.tail + i) & ref.q.desc_mask;

		memcpy(got.desc[d], ref.desc[d], sizeof(ref.desc[d]));
	}
	compare_tx();
}

/* ---- variants ---- */

static unsigned int tests, failed;

static void report(const char *set, const char *what, u32 at)
{
	printf("%sok %u - %s: %s\n", wrong ? "not " : "", ++tests, set, what);
	if (wrong)
		printf("# seed %u: %s differs\n", at, wrong);
	failed += wrong != NULL;
}

static void check_variant(const char *set)
{
	const struct nax_vector_path *found;
	struct nax_error err;
	u32 i;

	setenv("NAX_VECTOR", set, 1);
	if (nax_variant_choose("ixgbe", &found, &err)) {
		printf("# %s\n", err.text);
		return;
	}
	wrong = found && !strcmp(found->set, set) ? NULL : "the choice";
	report(set, "is the one that was asked for", 0);
	for (i = 0, wrong = NULL; found && i < ROUNDS && !wrong; i++) {
		seed = i;
		check_rx(&found->path);
	}
	report(set, "random write-backs", i - 1);
	for (i = 0, wrong = NULL; found && i < ROUNDS && !wrong; i++) {
		seed = i;
		check_tx(&found->path);
	}
	report(set, "random packets", i - 1);
	for (i = 0, wrong = NULL; found && i < ROUNDS && !wrong; i++) {
		seed = i;
		check_plain(&found->path);
	}
	report(set, "packets that nobody has looked at", i - 1);
}

/* What the environment may not ask for. */
static void check_refused(const char *set, int code)
{
	const struct nax_vector_path *found;
	struct nax_error err = { 0 };

	setenv("NAX_VECTOR", set, 1);
	wrong = nax_variant_choose("ixgbe", &found, &err) == code && !found &&
		strstr(err.text, set) && strstr(err.text, "NAX_VECTOR") ? NULL : err.text;
	report(set, "is refused by name", 0);
}

int main(void)
{
	static const char *const sets[] = { "sse42", "avx2", "neon" };
	const struct nax_vector_path *found;
	struct nax_error err;
	unsigned int i;

	unsetenv("NAX_VECTOR");
	wrong = nax_variant_choose("ixgbe", &found, &err) || !found ? "no variant" : NULL;
	report(found ? found->set : "none", "is the best this CPU has", 0);
	for (i = 0; i < ARRAY_SIZE(sets); i++)
		check_variant(sets[i]);
	check_refused("mmx", -EINVAL);
	printf("1..%u\n", tests);
	return failed ? 1 : 0;
}
