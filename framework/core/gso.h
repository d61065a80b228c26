/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Segmentation in software: TCP and UDP over IPv4 and IPv6. */
#ifndef NAX_GSO_H
#define NAX_GSO_H

#include "packet.h"

#define NAX_GSO_HDR_MAX (NAX_TX_L2_MAX + NAX_TX_L3_MAX + NAX_TX_L4_MAX)

/**
 * struct nax_gso - a packet that is being cut
 * @p: pieces of the source packet; must stay until the last segment is made
 * @n: how many
 * @flags: NAX_F_* of the request
 * @lengths: nax_tx_lengths() of the request
 * @mss: payload bytes per segment, the last one's may be fewer
 * @hdr: bytes of headers, repeated before each segment's payload
 * @payload: bytes after the headers
 * @done: payload bytes in the segments made so far
 * @index: segments made so far
 * @piece: source piece that the next payload byte is in
 * @at: where in it
 * @id: IPv4 identification of the first segment
 * @seq: TCP sequence number of the first segment
 * @tcp_flags: byte 13 of the source's TCP header
 * @head: the headers
 */
struct nax_gso {
	const struct nax_piece *p;
	u32 n;
	u32 flags;
	u32 lengths;
	u32 mss;
	u32 hdr;
	u32 payload;
	u32 done;
	u32 index;
	u32 piece;
	u32 at;
	u32 seq;
	u16 id;
	u8 tcp_flags;
	u8 head[NAX_GSO_HDR_MAX];
};

/**
 * nax_gso_begin() - check a request for segmentation, and get ready
 * @g: state, overwritten
 * @p: pieces of the packet; its IP and UDP length fields do not matter
 * @n: how many
 * @flags: NAX_F_IPV4 or NAX_F_IPV6, NAX_F_TCP or NAX_F_UDP
 * @lengths: nax_tx_lengths(), all three
 * @mss: payload bytes per segment
 *
 * Return: 0; -EINVAL if the request contradicts the packet, or the packet cannot be cut (it is a
 * fragment, or authenticated).
 */
int nax_gso_begin(struct nax_gso *g, const struct nax_piece *p, u32 n, u32 flags, u32 lengths,
		  u32 mss);

/** nax_gso_more() - whether there is a segment still to make. */
static inline bool nax_gso_more(const struct nax_gso *g)
{
	return g->done < g->payload || !g->index;
}

/** nax_gso_len() - bytes of the next segment, headers included. */
static inline u32 nax_gso_len(const struct nax_gso *g)
{
	return g->hdr + min_t(u32, g->mss, g->payload - g->done);
}

/**
 * nax_gso_next() - make a segment with all its checksums
 * @g: state
 * @out: where to, nax_gso_len() bytes or more; what is more becomes zero
 * @n_out: pieces of it
 *
 * Return: 0; -EINVAL if @out is too small.
 */
int nax_gso_next(struct nax_gso *g, const struct nax_piece *out, u32 n_out);

#endif /* NAX_GSO_H */
