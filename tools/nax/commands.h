/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The subcommands, each in a file of its own. */
#ifndef NAX_TOOL_COMMANDS_H
#define NAX_TOOL_COMMANDS_H

#include "options.h"

extern const struct command cmd_show;
extern const struct command cmd_caps;
extern const struct command cmd_stats;
extern const struct command cmd_fault;
extern const struct command cmd_fwd;
extern const struct command cmd_tap;
extern const struct command cmd_gen;
extern const struct command cmd_capture;
extern const struct command cmd_list;
extern const struct command cmd_bind;

#endif /* NAX_TOOL_COMMANDS_H */
