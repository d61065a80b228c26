/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Command line options by table: each command has an array of struct opt that says where an
 * argument goes and which values it may have. Every refusal names the option, the limit and the
 * value.
 */
#ifndef NAX_TOOL_OPTIONS_H
#define NAX_TOOL_OPTIONS_H

#include <nax/report.h>
#include <stdio.h>

struct cli;
struct opt;

/** enum opt_kind - what an option's argument is, and the type at its place */
enum opt_kind {
	OPT_FLAG,	/* bool, no argument */
	OPT_U32,	/* u32; "64", "2k" */
	OPT_U64,	/* u64; "10M" */
	OPT_TIME,	/* u64, nanoseconds; "10", "0.5", "200ms", "2m" */
	OPT_STRING,	/* const char * */
	OPT_MAC,	/* u8[6], unicast or not */
	OPT_CUSTOM,	/* opt.parse() */
};

/**
 * struct opt - one option
 * @name: long name without dashes
 * @letter: short name, 0: none
 * @kind: type of the argument
 * @arg: what the help calls the argument, NULL for flags
 * @offset: of its place in the command's options
 * @min: smallest value of a number (nanoseconds for OPT_TIME)
 * @max: largest
 * @parse: for OPT_CUSTOM: read @text into @dst; 0 or -EINVAL with @err filled
 * @help: one line without a full stop
 */
struct opt {
	const char *name;
	char letter;
	enum opt_kind kind;
	const char *arg;
	size_t offset;
	u64 min;
	u64 max;
	int (*parse)(const struct opt *o, const char *text, void *dst, struct nax_error *err);
	const char *help;
};

#define OPT_OPERANDS_MAX 2

/**
 * struct common_options - what every command has; the first member of its options
 * @help: print help and leave
 * @json: result as JSON
 * @quiet: no progress, no notes
 * @verify: verifier level
 * @operand: what stands beside options, as many as the command asks for
 */
struct common_options {
	bool help;
	bool json;
	bool quiet;
	u32 verify;
	const char *operand[OPT_OPERANDS_MAX];
};

/**
 * struct command - a subcommand
 * @name: its name
 * @operands: how the help calls its operands, "DEV TAP"
 * @n_operands: how many there must be
 * @summary: one line for the list of commands
 * @opts: its options beside the common ones
 * @n_opts: how many
 * @size: bytes of its options structure
 * @defaults: its options structure before parsing, NULL: zeroes
 * @run: do it; exit status 0 or 1, 2 for usage found wrong late
 */
struct command {
	const char *name;
	const char *operands;
	unsigned int n_operands;
	const char *summary;
	const struct opt *opts;
	unsigned int n_opts;
	size_t size;
	const void *defaults;
	int (*run)(struct cli *cli, const void *options);
};

/**
 * struct opt_rate - how fast to send
 * @value: packets or bits per second, 0: no limit
 * @bits: bits, each frame counted with the 24 bytes of preamble, check sequence and gap
 */
struct opt_rate {
	u64 value;
	bool bits;
};

/**
 * opt_number() - read a count: decimal digits, a fraction if a suffix makes it whole, and
 * k, M, G (powers of 1000) or Ki, Mi, Gi (powers of 1024)
 * @what: name for messages
 * Return: 0, or -EINVAL with @err filled.
 */
int opt_number(const char *what, const char *text, u64 min, u64 max, u64 *value,
	       struct nax_error *err);

/** opt_time() - read a duration in seconds, or with ns, us, ms, s, m, h, to nanoseconds. */
int opt_time(const char *what, const char *text, u64 min, u64 max, u64 *ns,
	     struct nax_error *err);

/** opt_rate() - read "1.5M" or "1.5Mpps" (packets), "2Gbps" or "2Gbit" (bits) per second. */
int opt_rate(const char *what, const char *text, struct opt_rate *rate, struct nax_error *err);

/** opt_mac() - read six hexadecimal bytes with colons. */
int opt_mac(const char *what, const char *text, u8 mac[6], struct nax_error *err);

/**
 * opt_parse_common() - read the common options that stand before the command
 * @argc: arguments, the first of which is the program's name
 * @common: filled
 *
 * Return: index of the first other argument, the command; -EINVAL with @err filled.
 */
int opt_parse_common(int argc, char **argv, struct common_options *common, struct nax_error *err);

/**
 * opt_parse() - read a command line
 * @cmd: the command
 * @argc: arguments, the first of which is the command's name
 * @argv: may be permuted
 * @common: what stood before the command
 * @dst: cmd->size bytes, filled with the defaults and then what was given
 *
 * Return: 0; -EINVAL with @err filled. With --help given operands are not asked for.
 */
int opt_parse(const struct command *cmd, int argc, char **argv,
	      const struct common_options *common, void *dst, struct nax_error *err);

/** opt_help_common() - print the common options to @out. */
void opt_help_common(FILE *out);

/** opt_help() - print a command's usage and options to standard output. */
void opt_help(const struct command *cmd);

#endif /* NAX_TOOL_OPTIONS_H */
