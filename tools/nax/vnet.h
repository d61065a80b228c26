/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Between the virtio-net header that a TAP device puts before a frame and the flags of a slot.
 *
 * Both what comes from the TAP and what comes from the wire is untrusted: headers are read within
 * the bytes that are there, and a request that contradicts the frame is refused.
 */
#ifndef NAX_TOOL_VNET_H
#define NAX_TOOL_VNET_H

#include <linux/virtio_net.h>
#include <nax/offload.h>

/* Segmentation of UDP came to Linux 6.2; older headers lack the name, the kernel may know it. */
#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

#define VNET_HDR_SIZE 12	/* with num_buffers */
#define VNET_HDR_SIZE_OLD 10	/* without; what a TAP has unless told otherwise */

/**
 * struct vnet_tx - what a frame from the TAP asks of the NIC
 * @flags: NAX_F_* for the first slot, without NAX_F_EOP
 * @lengths: for slot.hash
 * @gso: for slot.gso
 * @soft_csum: the checksum cannot be expressed in flags: sum from @csum_start to the end of the
 *	frame goes to @csum_at, see vnet_csum()
 * @csum_start: byte of the frame
 * @csum_at: byte of the frame where its 16 bits go
 */
struct vnet_tx {
	u32 flags;
	u32 lengths;
	u16 gso;
	bool soft_csum;
	u32 csum_start;
	u32 csum_at;
};

/**
 * vnet_to_tx() - translate a header
 * @h: header from the TAP, host byte order
 * @frame: first bytes of the frame
 * @have: how many; all of the headers must be in them
 * @len: bytes of the whole frame
 * @tx: result
 *
 * Return: 0, or -EBADMSG with *@why naming what is wrong: the packet must be dropped.
 */
int vnet_to_tx(const struct virtio_net_hdr_v1 *h, const u8 *frame, u32 have, u32 len,
	       struct vnet_tx *tx, const char **why);

/**
 * vnet_seed_gso() - ready the checksum fields of a frame that is to be cut
 * @tx: from vnet_to_tx(), with NAX_F_TX_GSO
 * @frame: first bytes, all headers among them
 * @len: bytes of the whole frame
 *
 * Linux leaves in the transport checksum field the sum of the pseudo-header, with the length of
 * the whole. Each segment has a length of its own, which the device adds, so the seed must be
 * without; and the IPv4 checksum must begin at 0.
 */
void vnet_seed_gso(const struct vnet_tx *tx, u8 *frame, u32 len);

/**
 * vnet_from_rx() - header for a received frame
 * @flags: NAX_F_* of its last slot
 * @h: result; DATA_VALID if the device verified the checksums and none is bad
 */
void vnet_from_rx(u32 flags, struct virtio_net_hdr_v1 *h);

/**
 * vnet_csum_add() - ones' complement sum over a piece of a frame
 * @sum: so far
 * @data: the piece
 * @len: bytes
 * @odd: whether the bytes summed before are odd in number
 */
u64 vnet_csum_add(u64 sum, const u8 *data, u32 len, bool odd);

/**
 * vnet_csum_fold() - checksum from a sum, as the 16 bits go to the frame, in host order
 * A result of 0 becomes 0xffff: the same to TCP and any sum, and to UDP it means a checksum.
 */
u16 vnet_csum_fold(u64 sum);

/**
 * vnet_vlan_pull() - take the outer tag out of a frame whose first bytes are contiguous
 * @frame: at least 18 bytes; on success the addresses are moved 4 bytes up, and the frame begins
 *	at @frame + 4
 * @have: bytes there
 * @tci: the tag
 * Return: whether there was an 802.1Q tag.
 */
bool vnet_vlan_pull(u8 *frame, u32 have, u16 *tci);

#endif /* NAX_TOOL_VNET_H */
