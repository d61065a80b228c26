/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where answers of the generic netlink family nax come from: the kernel, a program that drives a
 * device and serves its socket, or a device that this program has opened itself. Requests and answers
 * are the same for all.
 */
#ifndef NAX_TOOL_SOURCE_H
#define NAX_TOOL_SOURCE_H

#include <libmnl/libmnl.h>
#include <nax/app.h>
#include <nax/netlink.h>

#include "common.h"

struct source;

/**
 * source_open() - find who knows a device: the kernel, a program that serves it, or else open it
 * @name: network device, or a device as a program opened it
 *
 * Return: who, NULL after a message.
 */
struct source *source_open(struct cli *cli, const char *name);

/** source_of_port() - a port of this program; it stays the caller's. NULL without memory. */
struct source *source_of_port(struct nax_port *port);
void source_close(struct source *s);

/** source_port() - the port, NULL if another program or the kernel drives the device. */
struct nax_port *source_port(const struct source *s);

/**
 * source_ask() - ask one question about the device
 * @s: who
 * @cmd: NAX_CMD_*_GET
 * @dump: all parts
 * @fn: called with each message
 * @arg: for @fn
 * @err: why there is no answer
 *
 * Return: 0 or -errno.
 */
int source_ask(struct source *s, u8 cmd, bool dump, void (*fn)(const struct nlmsghdr *nlh, void *arg),
	       void *arg, struct nax_error *err);

#endif /* NAX_TOOL_SOURCE_H */
