// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The adapter under the verifier, with a driver that is right. */
#include <string.h>

#include "pieces.h"
#include "verify_driver.h"

struct fake *vf;
struct nax_queue *vrx, *vtx;
struct pkt vpkt;
u32 vseed;

/* What the device wrote to each descriptor. */
static struct {
	bool done;
	u32 flags;
	u32 hash;
	u32 len;
	u16 tci;
	u16 segments;
} rxd[64];

struct nax_datapath *verify_direct(void)
{
	return &nax_core_of(vf->a)->direct;
}

void verify_rx_reap(struct nax_queue *q, u32 budget)
{
	struct nax_rx_batch b = nax_rx_begin(q, budget);
	u32 i;

	while (nax_rx_more(&b)) {
		i = b.seen & q->desc_mask;
		if (!rxd[i].done)
			break;
		rxd[i].done = false;
		nax_rx_slot(q, &b, rxd[i].flags, rxd[i].hash, rxd[i].len, rxd[i].tci,
			    rxd[i].segments);
	}
	nax_rx_commit(q, &b);
}

void verify_attach(unsigned int level)
{
	vf = fake_attach(level);
	verify_direct()->rx_reap = verify_rx_reap;
	memset(rxd, 0, sizeof(rxd));
	vseed = 1;
}

void verify_start(u32 buf, u64 offloads)
{
	struct nax_config c;
	struct nax_error err;

	fake_config(vf, 1, &c);
	c.rx_buf_len = buf;
	c.offloads = offloads;
	if (nax_adapter_up(vf->a, &c, &err))
		fail_msg("%s", err.text);
	vrx = vf->a->rxq[0];
	vtx = vf->a->txq[0];
}

void verify_up(unsigned int level, u32 buf, u64 offloads)
{
	verify_attach(level);
	verify_start(buf, offloads);
}

void verify_down(void)
{
	fake_destroy(vf);
}

void verify_receive(u32 at, const u8 *b, u32 len, u32 flags, u32 hash, u16 tci)
{
	u32 i = vrx->seen + at;
	u32 k = i & vrx->desc_mask;

	if (b)
		memcpy((void *)(uintptr_t)nax_ring_slot(&vrx->ring, i)->dma, b, len);
	rxd[k].flags = flags;
	rxd[k].hash = hash;
	rxd[k].len = len;
	rxd[k].tci = tci;
	rxd[k].segments = 0;
	rxd[k].done = true;
}

void verify_joined(u32 at, u16 segments)
{
	rxd[(vrx->seen + at) & vrx->desc_mask].segments = segments;
}

u32 verify_good_flags(u32 *hash)
{
	const struct nax_rss *rss = &nax_core_of(vf->a)->rss_out;
	struct nax_piece p = { .data = vpkt.b, .len = vpkt.len };
	u64 active = vf->a->offloads;
	u32 flags = vpkt.flags, verdict = nax_csum_verify(&p, 1);

	if (!(active & NAX_OFFLOAD_RX_IPCSUM))
		verdict &= ~(NAX_F_RX_IPCSUM_GOOD | NAX_F_RX_IPCSUM_BAD);
	if (!(active & NAX_OFFLOAD_RX_L4CSUM))
		verdict &= ~(NAX_F_RX_L4CSUM_GOOD | NAX_F_RX_L4CSUM_BAD);
	flags |= verdict;
	return flags | nax_rss_hash(rss->key, rss->types, &p, 1, hash) << NAX_F_HASH_SHIFT;
}

u32 verify_frame(u32 at)
{
	u32 hash, done = 0, part, n = 0, flags = verify_good_flags(&hash);
	static u8 b[PKT_MAX];
	u32 len = vpkt.len;
	u16 tci = 0;

	memcpy(b, vpkt.b, len);
	if (nax_get16(b + 12) == NAX_TPID_C && vf->a->offloads & NAX_OFFLOAD_RX_VLAN) {
		tci = nax_get16(b + 14);
		flags |= NAX_F_VLAN;
		memmove(b + 12, b + 16, len - 16);
		len -= 4;
	}
	for (; done < len; done += part, n++) {
		part = min_t(u32, len - done, vrx->buf_len);
		verify_receive(at + n, b + done, part,
			       done + part == len ? flags | NAX_F_EOP : 0,
			       done + part == len ? hash : 0, tci);
	}
	return n;
}

void verify_release(void)
{
	vrx->ring.end = vrx->ring.begin + nax_ring_size(&vrx->ring);
	nax_queue_post_rx(vrx);
}

void verify_tx(u32 slots)
{
	u32 i;

	for (i = 0; i < slots; i++)
		fake_tx(vtx, i, 100, i + 1 == slots ? NAX_F_EOP : 0);
	nax_queue_submit(vtx, slots);
}
