// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nax bind: give a PCI function to nax, to the kernel's driver, to vfio-pci, or to none. */
#include <stdio.h>
#include <string.h>

#include "bind.h"
#include "commands.h"
#include "common.h"
#include "describe.h"

struct bind_options {
	struct common_options common;
	bool force;
	bool persist;
	bool or_in_tree;
};

static const struct opt bind_opts[] = {
	{ "force", 'f', OPT_FLAG, NULL, offsetof(struct bind_options, force), 0, 0, NULL,
	  "also while an interface of it is in use" },
	{ "persist", 'p', OPT_FLAG, NULL, offsetof(struct bind_options, persist), 0, 0, NULL,
	  "lay it down for each start of the machine; with in-tree no more" },
	{ "or-in-tree", 0, OPT_FLAG, NULL, offsetof(struct bind_options, or_in_tree), 0, 0, NULL,
	  "if that fails leave it to the kernel's driver" },
};

static const char *netdev_name(const struct nic *nic)
{
	return nic->n_netdevs ? nic->netdev[0].name : "";
}

static void show(struct cli *cli, const struct nic *nic, const char *before)
{
	char persistent[MODULE_NAME];
	struct json_object *root;

	bind_persistent(nic, persistent);
	if (!cli->opt->json) {
		if (!cli->opt->quiet)
			fprintf(cli->out, "%s: %s%s%s%s%s\n", nic->address,
				nic->driver[0] ? nic->driver : "no driver",
				nic->n_netdevs ? ", interface " : "", netdev_name(nic),
				persistent[0] ? ", at each start " : "", persistent);
		return;
	}
	root = cli_json_new(cli);
	json_add_text(root, "address", nic->address);
	json_add_text(root, "before", before);
	json_add_text(root, "driver", nic->driver);
	json_add_text(root, "netdev", netdev_name(nic));
	json_add_text(root, "persistent", persistent);
	cli_json(cli, root, true);
}

/* Whatever is asked for already is needs no permission of anybody. */
static int change(struct bind *b, const struct bind_options *opt, struct nax_error *err)
{
	int rc = bind_prepare(b, err);
	size_t len;

	if (!rc && !bind_done(b)) {
		rc = bind_check(b, err);
		if (!rc)
			rc = bind_apply(b, err);
	}
	if (rc && opt->or_in_tree)
		bind_leave(b, err);
	if (rc || !opt->persist)
		return rc;
	rc = bind_persist(b, err);
	if (rc) {
		len = strlen(err->text);
		snprintf(err->text + len, sizeof(err->text) - len, "; %.40s has it until the machine "
			 "starts again", b->nic->driver[0] ? b->nic->driver : "no driver");
	}
	return rc;
}

static int bind_run(struct cli *cli, const void *options)
{
	const struct bind_options *opt = options;
	struct bind b = { .target = opt->common.operand[1], .force = opt->force };
	struct nax_error err = { 0 };
	char before[NIC_TEXT] = "";
	struct nic_list list;
	int rc;

	rc = nic_scan(&list, &err);
	if (rc)
		return cli_fail(cli, "%s", err.text);
	b.nic = nic_find(&list, opt->common.operand[0], &err);
	b.kmod = b.nic ? modules_open(&err) : NULL;
	rc = b.kmod ? 0 : err.code;
	if (!rc) {
		strcpy(before, b.nic->driver);
		rc = change(&b, opt, &err);
		modules_close(b.kmod);
	}
	if (rc)
		rc = cli_fail(cli, "%s", err.text);
	else
		show(cli, b.nic, before);
	nic_list_free(&list);
	return rc;
}

const struct command cmd_bind = {
	.name = "bind",
	.operands = "DEV DRIVER",
	.n_operands = 2,
	.summary = "give a PCI function to nax, in-tree, vfio-pci or none",
	.opts = bind_opts,
	.n_opts = ARRAY_LEN(bind_opts),
	.size = sizeof(struct bind_options),
	.run = bind_run,
};
