/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Requests of family nax about ports of this process, and who is asked for them. */
#ifndef NAX_ANSWER_H
#define NAX_ANSWER_H

#include <nax/app.h>

/**
 * nax_answer() - answer one request
 * @port: ports that may be asked about, none of which is closed meanwhile
 * @n_ports: how many
 * @request: one netlink message, from outside
 * @len: its bytes
 * @send: called with each message of the answer, none of @port locked
 * @arg: for @send
 *
 * Return: 0, also if the answer is an error; -EBADMSG if @request is not even a header; else what
 * @send returned, or -ENOMEM.
 */
int nax_answer(struct nax_port *const *port, u32 n_ports, const void *request, size_t len,
	       nax_answer_fn send, void *arg);

/** nax_serve_forget() - @port is about to be closed: nobody asks for it any more. */
void nax_serve_forget(struct nax_port *port);

#endif /* NAX_ANSWER_H */
