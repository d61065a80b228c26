// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One TAP queue and one queue pair of a NIC, and the frames between them. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "tap_queue.h"

#define ETH_ADDRS 12u
#define ETH_ROOM 22u	/* Ethernet header and two tags */

#define COUNTER(field) { #field, offsetof(struct tap_counters, field) }
const struct tap_counter tap_counters[] = {
	COUNTER(to_nic_packets), COUNTER(to_nic_bytes),	 COUNTER(to_nic_gso),
	COUNTER(to_nic_soft_csum), COUNTER(to_nic_malformed), COUNTER(to_nic_full),
	COUNTER(to_tap_packets), COUNTER(to_tap_bytes),	 COUNTER(to_tap_damaged),
	COUNTER(to_tap_dropped), COUNTER(to_tap_full),	 { NULL, 0 },
};

void tap_queue_init(struct tap_queue *q, u32 mtu, bool gso)
{
	const struct nax_caps *caps = nax_port_caps(q->port);
	u32 longest;

	q->chunk = caps->tx_slot_len_max < NAX_BUF_DATA ? caps->tx_slot_len_max : NAX_BUF_DATA;
	q->frame_max = mtu + ETH_ROOM;
	/* one byte more than may come, so that a longer frame is seen, not cut short by the read */
	longest = (gso && q->frame_max < TAP_FRAME_GSO_MAX ? TAP_FRAME_GSO_MAX : q->frame_max) + 1;
	q->need = (longest + q->chunk - 1) / q->chunk;
	q->wants_fd = true;
}

/* ---- TAP to NIC ---- */

/*
 * Sum a frame from @start on and store the checksum at @at. The Linux stack has put the sum of the
 * pseudo-header there already, so the field is summed with the rest.
 */
static void soft_csum(const struct tap_queue *q, const struct nax_ring *tx, u32 first, u32 len,
		      u32 start, u32 at)
{
	u32 pos = start;
	u64 sum = 0;
	u16 csum;
	u32 i;

	while (pos < len) {
		u32 in = pos % q->chunk;
		u32 part = q->chunk - in;
		const u8 *d = nax_slot_data(nax_ring_slot(tx, first + pos / q->chunk));

		if (part > len - pos)
			part = len - pos;
		sum = vnet_csum_add(sum, d + in, part, (pos - start) & 1);
		pos += part;
	}
	csum = vnet_csum_fold(sum);
	/* byte by byte: the two may lie in different slots */
	for (i = 0; i < 2; i++) {
		u8 *d = nax_slot_data(nax_ring_slot(tx, first + (at + i) / q->chunk));

		d[(at + i) % q->chunk] = (u8)(i ? csum : csum >> 8);
	}
}

/**
 * struct tap_frame - a frame just read into transmit slots
 * @hdr: its virtio-net header
 * @first: index of its first slot
 * @len: bytes without the header
 */
struct tap_frame {
	struct virtio_net_hdr_v1 hdr;
	u32 first;
	u32 len;
};

/* Make slots out of what was read. Return: slots used; 0: dropped. */
static u32 frame_finish(struct tap_queue *q, const struct nax_ring *tx, const struct tap_frame *f)
{
	struct nax_slot *s = nax_ring_slot(tx, f->first);
	u32 have = f->len < q->chunk ? f->len : q->chunk;
	u8 *data = nax_slot_data(s);
	const char *why = "frame longer than the MTU";
	struct vnet_tx want;
	u32 left, n = 0;
	u16 tci;

	if (vnet_to_tx(&f->hdr, data, have, f->len, &want, &why) ||
	    (f->len > q->frame_max && !(want.flags & NAX_F_TX_GSO))) {
		__atomic_store_n(&q->why, why, __ATOMIC_RELAXED);
		return 0;
	}
	if (want.soft_csum) {
		soft_csum(q, tx, f->first, f->len, want.csum_start, want.csum_at);
		count_add(&q->count.to_nic_soft_csum, 1);
	}
	if (want.flags & NAX_F_TX_GSO) {
		vnet_seed_gso(&want, data, f->len);
		count_add(&q->count.to_nic_gso, 1);
	}
	for (left = f->len; left; left -= s->len) {
		s = nax_ring_slot(tx, f->first + n++);
		s->len = (u16)(left < q->chunk ? left : q->chunk);
		s->flags = left == s->len ? NAX_F_EOP : 0;
		s->hash = 0;
		s->gso = 0;
		s->group = 0;
	}
	s = nax_ring_slot(tx, f->first);
	if (q->tag && vnet_vlan_pull(data, have, &tci)) {
		s->dma += 4;
		s->len -= 4;
		s->vlan_tci = tci;
		want.flags |= NAX_F_VLAN;
		/* the length of layer 2 is in the low bits; frames without a request have none */
		if (want.lengths)
			want.lengths -= nax_tx_lengths(4, 0, 0);
	}
	s->flags |= want.flags;
	s->hash = want.lengths;
	s->gso = want.gso;
	return n;
}

/* Wake by the TAP only while its frames can be taken. */
static void want_fd(struct tap_queue *q, bool want)
{
	if (q->wants_fd == want)
		return;
	q->wants_fd = want;
	nax_poll_want_fd(q->poll, q->fd, want);
}

/* A read that gave no frame: either there is none for now, or the TAP is gone. */
static void read_failed(struct tap_queue *q, ssize_t n)
{
	if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOMEM || errno == ENOBUFS))
		return;
	__atomic_store_n(&q->failed, n < 0 ? errno : ENODEV, __ATOMIC_RELEASE);
	cli_finish();
}

/*
 * Read frames straight into free transmit slots. v[0] of each read is its header and v[1 ...] are
 * slots. A slot's entry is made once per call; the next frame's header goes to the entry of the
 * last slot that the one before has used.
 */
static u32 tap_to_nic(struct tap_queue *q)
{
	struct nax_ring *tx = nax_port_tx_ring(q->port, q->index);
	u32 room = nax_ring_free(tx);
	u32 used = 0, ready = 0, packets = 0, dropped = 0;
	struct iovec v[TAP_IOV + 1];
	struct tap_frame f = { 0 };
	u64 bytes = 0;

	if (q->failed)
		return 0;
	if (room > TAP_IOV)
		room = TAP_IOV;
	if (room < q->need) {
		if (q->wants_fd)
			count_add(&q->count.to_nic_full, 1);
		want_fd(q, false);
		return 0;
	}
	while (packets + dropped < TAP_BURST && used + q->need <= room) {
		ssize_t n;
		u32 slots;

		for (; ready < used + q->need; ready++) {
			struct nax_slot *s = nax_ring_slot(tx, tx->end + ready);

			nax_buf_home(s);
			v[ready + 1] = (struct iovec){ nax_slot_data(s), q->chunk };
		}
		v[used] = (struct iovec){ &f.hdr, q->hdr_size };
		n = readv(q->fd, v + used, (int)(q->need + 1));
		if (n <= (ssize_t)q->hdr_size) {
			read_failed(q, n);
			break;
		}
		f.first = tx->end + used;
		f.len = (u32)n - q->hdr_size;
		slots = frame_finish(q, tx, &f);
		used += slots;
		packets += !!slots;
		dropped += !slots;
		bytes += slots ? f.len : 0;
	}
	want_fd(q, !q->failed);
	nax_tx_submit(tx, used);
	count_add(&q->count.to_nic_packets, packets);
	count_add(&q->count.to_nic_bytes, bytes);
	count_add(&q->count.to_nic_malformed, dropped);
	return packets + dropped;
}

/* ---- NIC to TAP ---- */

/* Write a received packet of @n slots. Return: bytes; -errno. */
static ssize_t frame_write(const struct tap_queue *q, const struct nax_ring *rx, u32 at, u32 n)
{
	const struct nax_slot *last = nax_ring_slot(rx, at + n - 1);
	struct virtio_net_hdr_v1 hdr;
	struct iovec v[TAP_RX_PIECES + 3];
	unsigned int c = 0;
	ssize_t rc;
	u8 tag[4];
	u32 i;

	vnet_from_rx(last->flags, &hdr);
	v[c++] = (struct iovec){ &hdr, q->hdr_size };
	for (i = 0; i < n; i++) {
		const struct nax_slot *s = nax_ring_slot(rx, at + i);

		v[c++] = (struct iovec){ nax_slot_data(s), s->len };
	}
	/* a tag that the NIC took out goes back between the addresses and the type */
	if (last->flags & NAX_F_VLAN && v[1].iov_len > ETH_ADDRS) {
		tag[0] = 0x81;
		tag[1] = 0x00;
		tag[2] = (u8)(last->vlan_tci >> 8);
		tag[3] = (u8)last->vlan_tci;
		memmove(v + 3, v + 1, (c - 1) * sizeof(v[0]));
		v[1].iov_len = ETH_ADDRS;
		v[2] = (struct iovec){ tag, sizeof(tag) };
		v[3].iov_base = (u8 *)v[3].iov_base + ETH_ADDRS;
		v[3].iov_len -= ETH_ADDRS;
		c += 2;
	}
	rc = writev(q->fd, v, (int)c);
	return rc < 0 ? -errno : rc;
}

static u32 nic_to_tap(struct tap_queue *q)
{
	struct nax_ring *rx = nax_port_rx_ring(q->port, q->index);
	u32 damaged = 0, dropped = 0, packets = 0, done = 0;
	u64 bytes = 0;
	u32 at, n, retry = 0;
	ssize_t rc;

	if (!rx)
		return 0;
	at = nax_ring_first_held(rx);
	while (packets + dropped + damaged < TAP_BURST && (n = nax_rx_packet(rx, at + done))) {
		if (nax_ring_slot(rx, at + done + n - 1)->flags & NAX_F_RX_ERROR) {
			damaged++;
			done += n;
			continue;
		}
		rc = n <= TAP_RX_PIECES ? frame_write(q, rx, at + done, n) : -EMSGSIZE;
		if (rc == -EAGAIN || rc == -EINTR || rc == -ENOBUFS || rc == -ENOMEM) {
			count_add(&q->count.to_tap_full, 1);
			retry = 1;
			break;
		}
		if (rc < 0) {
			__atomic_store_n(&q->write_errno, (int)-rc, __ATOMIC_RELAXED);
			dropped++;
		} else {
			packets++;
			bytes += (u64)rc - q->hdr_size;
		}
		done += n;
	}
	if (done)
		nax_rx_release(rx, done);
	count_add(&q->count.to_tap_packets, packets);
	count_add(&q->count.to_tap_bytes, bytes);
	count_add(&q->count.to_tap_dropped, dropped);
	count_add(&q->count.to_tap_damaged, damaged);
	return packets + dropped + damaged + retry;
}

u32 tap_queue_poll(struct tap_queue *q)
{
	u32 work = nic_to_tap(q);

	return work + tap_to_nic(q);
}
