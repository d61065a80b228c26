// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Segmentation in software.
 *
 * The headers are kept once and patched for each segment: IPv4 length and identification (which
 * counts up), IPv6 payload length, UDP length, TCP sequence number and flags. FIN and PSH belong to
 * the last byte of the data, so only the last segment has them; CWR answers one mark of
 * congestion, so only the first has it (RFC 3168 section 6.1.2).
 */

#include "gso.h"
#include "pieces.h"

#define TCP_FIN 0x01u
#define TCP_PSH 0x08u
#define TCP_CWR 0x80u

static bool gso_is_tcp(const struct nax_gso *g)
{
	return (g->flags & NAX_F_L4_MASK) == NAX_F_TCP;
}

/* Patch the headers for @len bytes of payload. */
static void gso_patch(struct nax_gso *g, u32 len)
{
	u32 l3 = nax_tx_l3(g->lengths);
	u32 l4 = nax_tx_l4(g->lengths);
	u8 *ip = g->head + nax_tx_l2(g->lengths);
	u8 *th = ip + l3;
	u8 drop = 0;

	if (g->flags & NAX_F_IPV4) {
		nax_put16(ip + 2, l3 + l4 + len);
		nax_put16(ip + 4, g->id + g->index);
	} else {
		nax_put16(ip + 4, l3 - 40 + l4 + len);
	}
	if (!gso_is_tcp(g)) {
		nax_put16(th + 4, l4 + len);
		return;
	}
	if (g->done + len < g->payload)
		drop |= TCP_FIN | TCP_PSH;
	if (g->index)
		drop |= TCP_CWR;
	nax_put32(th + 4, g->seq + g->done);
	th[13] = (u8)(g->tcp_flags & ~drop);
}

/*
 * The headers alone, with lengths for no payload, must be a packet that parses as the request says:
 * then each segment will.
 */
static int gso_check_headers(struct nax_gso *g)
{
	struct nax_headers h = { .l2 = (u16)nax_tx_l2(g->lengths) };
	struct nax_piece head = { .data = g->head, .len = g->hdr };
	struct nax_ip ip;

	gso_patch(g, 0);
	if (nax_ip_parse(&head, 1, &h, &ip) || h.l3 != nax_tx_l3(g->lengths) ||
	    h.l4 != nax_tx_l4(g->lengths))
		return -EINVAL;
	if ((h.flags ^ g->flags) & (NAX_F_IPV4 | NAX_F_IPV6 | NAX_F_L4_MASK))
		return -EINVAL;
	if (ip.authenticated || ip.fragment_header || ip.unsure)
		return -EINVAL;
	return 0;
}

int nax_gso_begin(struct nax_gso *g, const struct nax_piece *p, u32 n, u32 flags, u32 lengths,
		  u32 mss)
{
	u32 l2 = nax_tx_l2(lengths);
	u32 l3 = nax_tx_l3(lengths);
	u32 l4 = nax_tx_l4(lengths);
	struct nax_cursor c = { .p = p, .n = n };
	u32 total = nax_pieces_len(p, n);
	struct nax_piece head = { .data = g->head, .len = sizeof(g->head) };
	struct nax_cursor to = { .p = &head, .n = 1 };

	g->p = p;
	g->n = n;
	g->flags = flags;
	g->lengths = lengths;
	g->mss = mss;
	g->hdr = l2 + l3 + l4;
	g->done = 0;
	g->index = 0;
	if (!gso_is_tcp(g) && (flags & NAX_F_L4_MASK) != NAX_F_UDP)
		return -EINVAL;
	/* Before anything is patched: the smallest headers, and what a length field can say. */
	if (!mss || g->hdr > total || l2 < NAX_ETH_LEN || l3 + l4 + mss > 0xffff)
		return -EINVAL;
	if (l3 < (flags & NAX_F_IPV4 ? 20 : 40) || l4 < (gso_is_tcp(g) ? 20 : 8))
		return -EINVAL;
	g->payload = total - g->hdr;
	if (!nax_cursor_move(&to, &c, g->hdr))
		return -EINVAL;
	g->piece = c.i;
	g->at = c.at;
	g->id = nax_get16(g->head + l2 + 4);
	g->seq = nax_get32(g->head + l2 + l3 + 4);
	g->tcp_flags = gso_is_tcp(g) ? g->head[l2 + l3 + 13] : 0;
	return gso_check_headers(g);
}

int nax_gso_next(struct nax_gso *g, const struct nax_piece *out, u32 n_out)
{
	struct nax_cursor from = { .p = g->p, .n = g->n, .i = g->piece, .at = g->at };
	struct nax_cursor to = { .p = out, .n = n_out };
	u32 len = min_t(u32, g->mss, g->payload - g->done);
	u32 want = NAX_F_TX_L4CSUM;

	gso_patch(g, len);
	if (!nax_cursor_write(&to, g->head, g->hdr) || !nax_cursor_move(&to, &from, len))
		return -EINVAL;
	nax_cursor_zero(&to);
	if (g->flags & NAX_F_IPV4)
		want |= NAX_F_TX_IPCSUM;
	g->piece = from.i;
	g->at = from.at;
	g->done += len;
	g->index++;
	return nax_csum_fill(out, n_out, (g->flags & ~NAX_F_TX_MASK) | want, g->lengths);
}
