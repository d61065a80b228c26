/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nicsim daemon: command line.
 */
#ifndef NICSIM_OPTIONS_H
#define NICSIM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net.h"

#define NICSIM_PORTS_MAX	64

/**
 * struct nicsim_port_options - one --port
 * @name: for messages, made from @socket
 * @id: 0: the model's own choice
 * @module: NULL: likewise
 * @mac: zero: to be made
 */
struct nicsim_port_options {
	char *socket;
	char name[48];
	char *model;
	uint16_t id;
	uint8_t mac[6];
	char *module;
	bool has_net;
	struct simnet_spec net;
};

/**
 * struct nicsim_options - the command line
 * @chaos: set of BIT(enum nicsim_fault)
 * @in_step: an access is answered when all that follows from it has been done
 * @trace: path or NULL
 * @ready_fd: -1: standard output
 */
struct nicsim_options {
	struct nicsim_port_options port[NICSIM_PORTS_MAX];
	unsigned int ports;
	bool lenient;
	uint32_t chaos;
	uint64_t seed;
	bool in_step;
	char *trace;
	int ready_fd;
};

enum nicsim_action {
	NICSIM_RUN,
	NICSIM_HELP,
	NICSIM_VERSION,
	NICSIM_BAD,		/* with a message in @err */
};

/**
 * nicsim_options_parse() - read the command line
 * @o: filled; to be given to nicsim_options_free() whatever is returned
 *
 * A message names option or key, the allowed values, and the one given.
 */
enum nicsim_action nicsim_options_parse(int argc, char **argv, struct nicsim_options *o, char *err,
					size_t err_len);
void nicsim_options_free(struct nicsim_options *o);

extern const char nicsim_usage[];

#endif /* NICSIM_OPTIONS_H */
