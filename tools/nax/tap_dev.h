/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A TAP device with several queues and virtio-net headers. */
#ifndef NAX_TOOL_TAP_DEV_H
#define NAX_TOOL_TAP_DEV_H

#include <linux/if.h>
#include <nax/report.h>

#define TAP_QUEUES_MAX 64

/**
 * struct tap_dev - an open TAP device
 * @name: interface name
 * @netns: namespace it is in, NULL: the caller's
 * @control: socket in its namespace, for ioctls
 * @fd: a non-blocking descriptor per queue
 * @queues: how many
 * @hdr_size: bytes of virtio-net header before each frame
 * @offloads: TUN_F_* that the kernel took
 */
struct tap_dev {
	char name[IFNAMSIZ];
	const char *netns;
	int control;
	int fd[TAP_QUEUES_MAX];
	unsigned int queues;
	unsigned int hdr_size;
	unsigned int offloads;
};

/**
 * tap_dev_open() - create a TAP device, or open one that was made with multi_queue and vnet_hdr
 * @t: result
 * @name: interface name, 1 .. 15 characters
 * @netns: name of a network namespace as `ip netns` knows it, NULL: the current one
 * @queues: 1 .. TAP_QUEUES_MAX
 *
 * Must be called before threads are created: the caller visits @netns.
 * Return: 0, or -errno with @err filled and nothing left open.
 */
int tap_dev_open(struct tap_dev *t, const char *name, const char *netns, unsigned int queues,
		 struct nax_error *err);

/** tap_dev_close() - close all; a device that is not persistent goes with it. */
void tap_dev_close(struct tap_dev *t);

/** tap_dev_set_mac() - give it an address; 0 or -errno. */
int tap_dev_set_mac(struct tap_dev *t, const u8 mac[6], struct nax_error *err);

/** tap_dev_set_mtu() - 0 or -errno. */
int tap_dev_set_mtu(struct tap_dev *t, u32 mtu, struct nax_error *err);

/** tap_dev_up() - set the interface up. */
int tap_dev_up(struct tap_dev *t, struct nax_error *err);

/**
 * tap_dev_offload() - tell the kernel what it may leave undone in frames for us
 * @want: nothing at all, or all that the kernel has of checksum, TCP and UDP segmentation
 *
 * UDP segmentation came to Linux 6.2; without it the rest is asked for. 0 or -errno.
 */
int tap_dev_offload(struct tap_dev *t, bool want, struct nax_error *err);

/** tap_dev_offload_names() - "csum tso4 tso6 uso4 uso6" as taken, "none"; @buf is returned. */
const char *tap_dev_offload_names(const struct tap_dev *t, char *buf, size_t size);

/** tap_dev_carrier() - let the interface show the NIC's link; kernels before 5.0 cannot. */
void tap_dev_carrier(struct tap_dev *t, bool up);

#endif /* NAX_TOOL_TAP_DEV_H */
