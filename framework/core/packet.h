/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Packets in software: parsing, checksums, segmentation; and the two slow paths of the datapath
 * that use them. Everything here works on untrusted bytes: no length is believed before it is
 * checked against the bytes that are there.
 */
#ifndef NAX_PACKET_H
#define NAX_PACKET_H

#include <nax/nax.h>

/** struct nax_piece - contiguous bytes of a packet */
struct nax_piece {
	u8 *data;
	u32 len;
};

#define NAX_PIECES_MAX 64

/**
 * struct nax_headers - what parsing found
 * @flags: NAX_F_IPV4 or NAX_F_IPV6, NAX_F_L4_MASK, NAX_F_IP_EXT
 * @l2: bytes before the IP header, tags included
 * @l3: bytes of IP header, options and extension headers included; 0 if not IP
 * @l4: bytes of transport header; 0 if none, or if this is a fragment
 * @fragment: any but a whole datagram
 * @vlan_depth: tags in the frame, 0 .. 2
 * @l3_len: bytes from the IP header to the end of the datagram, from its length field
 * @zero_udp: UDP over IPv4 with checksum 0: nothing to verify
 */
struct nax_headers {
	u32 flags;
	u16 l2;
	u16 l3;
	u16 l4;
	u16 vlan_depth;
	u32 l3_len;
	bool fragment;
	bool zero_udp;
};

/**
 * nax_packet_parse() - find the headers of a frame
 * @p: pieces; headers may lie in several
 * @n: pieces
 * @h: result
 *
 * Return: 0; -EBADMSG if a length field contradicts the frame (h then holds what is certain).
 */
int nax_packet_parse(const struct nax_piece *p, u32 n, struct nax_headers *h);

/**
 * nax_csum_pieces() - ones' complement sum of big-endian words, not folded, not inverted
 * @p: pieces
 * @n: how many
 * @offset: first byte, the high half of a word
 * @len: bytes; the callers have checked that they are there
 * @sum: sum so far
 */
u32 nax_csum_pieces(const struct nax_piece *p, u32 n, u32 offset, u32 len, u32 sum);

/** nax_csum_fold() - the checksum that @sum makes: folded to 16 bits and inverted. */
u16 nax_csum_fold(u32 sum);

/** nax_crc32c_pieces() - CRC32c over @len bytes at @offset, which the callers know to be there. */
u32 nax_crc32c_pieces(const struct nax_piece *p, u32 n, u32 offset, u32 len);

/**
 * nax_csum_fill() - write checksums that a Tx packet asks for
 * @p: pieces of the packet
 * @n: how many
 * @flags: NAX_F_TX_IPCSUM, NAX_F_TX_L4CSUM with L3 and L4 type
 * @lengths: nax_tx_lengths()
 *
 * The lengths in the packet's headers say what is covered, so padding behind it does no harm. The
 * checksum fields' contents do not matter. Return: 0; -EINVAL if the request contradicts the
 * packet, which is then unchanged.
 */
int nax_csum_fill(const struct nax_piece *p, u32 n, u32 flags, u32 lengths);

/**
 * nax_csum_seed() - ready the checksum fields of a Tx packet for hardware, see <nax/offload.h>
 * @p: pieces of the packet; all headers are among them
 * @n: how many
 * @flags: NAX_F_TX_IPCSUM, NAX_F_TX_L4CSUM, NAX_F_TX_GSO with L3 and L4 type
 * @lengths: nax_tx_lengths()
 *
 * Return: 0; -EINVAL if the request contradicts the packet, which is then unchanged.
 */
int nax_csum_seed(const struct nax_piece *p, u32 n, u32 flags, u32 lengths);

/**
 * nax_csum_verify() - NAX_F_RX_*CSUM_* verdicts by software
 *
 * No verdict: what is not IP; fragments; UDP with checksum 0; transport protocols other than TCP,
 * UDP and SCTP; packets with contradictory lengths, beyond the IPv4 header; unknown routing
 * headers.
 */
u32 nax_csum_verify(const struct nax_piece *p, u32 n);

/** nax_toeplitz() - Microsoft RSS hash of @len bytes with @key of @len + 4 bytes or more. */
u32 nax_toeplitz(const u8 *key, const u8 *data, u32 len);

/**
 * nax_rss_hash() - the hash a device must report for a frame
 * @key: 40 bytes or more
 * @types: BIT(enum nax_hash_type) enabled
 * @p: pieces of the frame
 * @n: how many
 * @hash: result
 *
 * Ports count only where the datagram is whole; with an IPv6 fragment header it never is. The _EX
 * types are chosen where extension headers are present, or where they are the only ones enabled.
 *
 * Return: the hash type used, NAX_HASH_NONE if none applies.
 */
enum nax_hash_type nax_rss_hash(const u8 *key, u32 types, const struct nax_piece *p, u32 n,
				u32 *hash);

/**
 * nax_tx_fix() - do in software what the device does not, for @n slots from q->ring.end on
 *
 * Called by nax_queue_submit() when a batch asks for more than is active, and again by
 * nax_queue_post_tx() with @n 0 while something is pending. Moves ring.end. While something is
 * pending, free ring slots may be without a buffer. See fix.c and fix.h.
 */
void nax_tx_fix(struct nax_queue *q, u32 n);

/** nax_tx_fix_create(), nax_tx_fix_destroy() - staging memory of a Tx queue; drops are counted. */
int nax_tx_fix_create(struct nax_queue *q);
void nax_tx_fix_destroy(struct nax_queue *q);
/** nax_tx_fix_drop() - give up pending packets on queue stop; ring slots all own a buffer again. */
void nax_tx_fix_drop(struct nax_queue *q);

/**
 * nax_tx_needs_fix() - whether one packet, by its first slot, needs software, or must be refused
 * @q: transmit queue
 * @flags: of the first slot
 * @lengths: of the first slot
 * @gso: of the first slot
 * @slots: slots of the packet
 * @bytes: bytes in them
 *
 * The caller looks at each slot itself: one that is empty, or longer than caps.tx_slot_len_max,
 * needs nax_tx_fix() too. A packet that is only too short does not.
 */
bool nax_tx_needs_fix(const struct nax_queue *q, u32 flags, u32 lengths, u32 gso, u32 slots,
		      u32 bytes);

/**
 * nax_rx_review() - look again at the packets in slots [@first, @end): verify what hardware calls
 * bad, count errors, fetch time stamps, correct q->batch
 */
void nax_rx_review(struct nax_queue *q, u32 first, u32 end);

#endif /* NAX_PACKET_H */
