/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the messages of family nax (uapi/nax.yaml) say of an adapter: their attributes, written by
 * one piece of code for the kernel's netlink and for the socket of a user-space program. Headers
 * before the attributes, permissions and transport are the back end's.
 */
#ifndef NAX_MESSAGE_H
#define NAX_MESSAGE_H

#include "core.h"

/**
 * struct nax_msg - attributes of a message under way
 * @data: where they go, aligned to 4 bytes
 * @size: bytes there
 * @len: bytes written, a multiple of 4
 * @full: something did not fit
 */
struct nax_msg {
	u8 *data;
	u32 size;
	u32 len;
	bool full;
};

/**
 * struct nax_msg_dev - what the core does not know of a device
 * @index: its number
 * @name: its name
 * @netdev: Linux network device that it is connected to, may be empty
 * @bus_address: where it is
 * @model: name of the device
 * @instruction_set: of the datapath, NULL: there is no choice
 */
struct nax_msg_dev {
	u32 index;
	const char *name;
	const char *netdev;
	const char *bus_address;
	const char *model;
	const char *instruction_set;
};

/**
 * struct nax_msg_part - which part of an answer comes next; zeroes to begin with
 * @next: queue, counter or record
 * @more: set by nax_msg_fill(): another message is needed for the rest
 * @dump: records, for NAX_CMD_FAULT_RECORD_GET and NAX_CMD_REGISTER_GET
 */
struct nax_msg_part {
	u32 next;
	bool more;
	const struct nax_diag *dump;
};

/** nax_msg_is_dump() - @cmd needs nax_msg_part.dump, and tells of one device only. */
bool nax_msg_is_dump(u8 cmd);

/**
 * nax_msg_fill() - write the attributes of one message
 * @m: where to
 * @cmd: NAX_CMD_*_GET
 * @a: adapter; control
 * @dev: what the back end knows of it
 * @part: which part; moved on to the next
 *
 * Return: 1; 0 if there is nothing to say (no queue is in use); -EMSGSIZE if not even one part
 * fits, and nothing is written; -EOPNOTSUPP for another command.
 */
int nax_msg_fill(struct nax_msg *m, u8 cmd, struct nax_adapter *a, const struct nax_msg_dev *dev,
		 struct nax_msg_part *part);

/**
 * nax_msg_select_queue() - let nax_msg_fill() begin with one queue
 * @a: adapter; control
 * @type: enum nax_queue_type, from outside
 * @id: number, from outside
 * @part: set
 * @err: why not
 *
 * Return: 0; -EINVAL; -ENOENT if the queue is not in use.
 */
int nax_msg_select_queue(const struct nax_adapter *a, u32 type, u32 id, struct nax_msg_part *part,
			 struct nax_error *err);

/**
 * nax_msg_take_dump() - for NAX_CMD_FAULT_RECORD_GET or NAX_CMD_REGISTER_GET; control. 0 or
 * -ENODATA.
 */
int nax_msg_take_dump(struct nax_adapter *a, u8 cmd, struct nax_diag *d, struct nax_error *err);

/** nax_msg_fill_event() - the attributes of NAX_CMD_EVENT_NTF; 0 or -EMSGSIZE. */
int nax_msg_fill_event(struct nax_msg *m, const struct nax_msg_dev *dev, enum nax_event event,
		       const char *text);

#endif /* NAX_MESSAGE_H */
