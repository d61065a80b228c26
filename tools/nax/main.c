// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nax: the command line of libnax. Finds the subcommand and reads its options. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "common.h"

#define EXIT_USAGE 2

static const struct command *const commands[] = {
	&cmd_show, &cmd_caps, &cmd_stats, &cmd_fault, &cmd_fwd, &cmd_tap, &cmd_gen, &cmd_capture,
	&cmd_list, &cmd_bind,
};

static void usage(FILE *out)
{
	unsigned int i;

	fprintf(out, "usage: nax [options] COMMAND ... [options]\n"
		     "       nax COMMAND --help\n"
		     "       nax --version\n\n"
		     "DEV names a device: vfio-user:PATH; for show, caps, stats and fault also the\n"
		     "network device that has it; for bind a PCI function or interface\n\ncommands:\n");
	for (i = 0; i < ARRAY_LEN(commands); i++)
		fprintf(out, "  %-8s %-12s %s\n", commands[i]->name, commands[i]->operands,
			commands[i]->summary);
	fprintf(out, "\noptions of all commands:\n");
	opt_help_common(out);
}

static const struct command *find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

/* A JSON reader gets an object also when there is no result to show. */
static void print_error(struct cli *cli)
{
	struct json_object *root = cli_json_new(cli);

	json_object_object_add(root, "error", json_object_new_string(cli->error));
	cli_json(cli, root, true);
}

static int run(const struct command *cmd, const struct common_options *common, int argc,
	       char **argv)
{
	struct nax_error err = { 0 };
	struct cli cli = { .name = cmd->name, .out = stdout };
	void *options;
	int rc;

	options = calloc(1, cmd->size);
	if (!options) {
		fprintf(stderr, "nax: out of memory\n");
		return EXIT_FAILURE;
	}
	cli.opt = options;
	if (opt_parse(cmd, argc, argv, common, options, &err)) {
		fprintf(stderr, "nax %s: %s\nTry 'nax %s --help'.\n", cmd->name, err.text,
			cmd->name);
		rc = EXIT_USAGE;
		goto out;
	}
	if (cli.opt->help) {
		opt_help(cmd);
		rc = EXIT_SUCCESS;
		goto out;
	}
	rc = cli_init();
	if (rc) {
		rc = cli_fail(&cli, "cannot install signal handlers: %s", strerror(-rc));
		goto out;
	}
	rc = cmd->run(&cli, options);
	if (cli.opt->json && cli.error[0] && !cli.printed)
		print_error(&cli);
out:
	free(options);
	return rc;
}

/*
 * Where a standard descriptor is closed, the next socket would get its number, and the result or a
 * message would be written to the device's server. What is opened for reading only refuses it.
 */
static int standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
		if (fd < 0)
			return -errno;
	} while (fd <= STDERR_FILENO);
	close(fd);
	return 0;
}

static int command_line(int argc, char **argv)
{
	struct common_options common;
	struct nax_error err = { 0 };
	const struct command *cmd;
	int first;

	if (argc >= 2 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))) {
		printf("nax %s\n", NAX_VERSION);
		return EXIT_SUCCESS;
	}
	first = opt_parse_common(argc, argv, &common, &err);
	if (first < 0) {
		fprintf(stderr, "nax: %s\nTry 'nax --help'.\n", err.text);
		return EXIT_USAGE;
	}
	if (first >= argc) {
		usage(common.help ? stdout : stderr);
		return common.help ? EXIT_SUCCESS : EXIT_USAGE;
	}
	cmd = find(argv[first]);
	if (!cmd) {
		fprintf(stderr, "nax: no command \"%.40s\"\nTry 'nax --help'.\n", argv[first]);
		return EXIT_USAGE;
	}
	return run(cmd, &common, argc - first, argv + first);
}

int main(int argc, char **argv)
{
	int rc = standard_descriptors();

	if (rc) {
		fprintf(stderr, "nax: cannot open /dev/null: %s\n", strerror(-rc));
		return EXIT_FAILURE;
	}
	rc = command_line(argc, argv);
	/* what was printed may only fail when it leaves the buffer: /dev/full, a closed pipe */
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "nax: cannot write to standard output: %s\n", strerror(errno));
		return EXIT_FAILURE;
	}
	return rc;
}
