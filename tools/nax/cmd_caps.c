// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nax caps: what a device can do, and within which limits. */
#include "commands.h"
#include "common.h"
#include "describe.h"

struct caps_options {
	struct common_options common;
};

static void caps_json(struct cli *cli, const struct view *v)
{
	struct json_object *root = cli_json_new(cli);

	json_add_text(root, "device", v->info.name);
	json_add_text(root, "driver", v->info.driver);
	json_add_text(root, "model", v->info.model);
	json_object_object_add(root, "permanent_mac", json_mac(v->caps.perm_mac));
	json_add_text(root, "nvm_version", v->caps.nvm_version);
	json_object_object_add(root, "limits", json_limits(&v->caps));
	json_object_object_add(root, "offloads", json_offloads(v->caps.offloads));
	json_object_object_add(root, "rss_types", json_hash_types(v->caps.rss_types));
	cli_json(cli, root, true);
}

static void caps_text(const struct view *v)
{
	char text[NAX_ERROR_TEXT], mac[MAC_TEXT];

	printf("%s: %s, driver %s\n", v->info.name, v->info.model, v->info.driver);
	printf("mac       %s\n", describe_mac(v->caps.perm_mac, mac));
	printf("nvm       %s\n", v->caps.nvm_version[0] ? v->caps.nvm_version : "-");
	printf("offloads  %s\n", describe_offloads(v->caps.offloads, text, sizeof(text)));
	printf("rss       ");
	describe_hash_types(v->caps.rss_types);
	describe_limits(&v->caps);
}

static int caps_run(struct cli *cli, const void *options)
{
	const struct caps_options *opt = options;
	const char *name = opt->common.operand[0];
	struct source *s;
	struct view *v;

	s = source_open(cli, name);
	if (!s)
		return 1;
	v = view_new(cli, s, name, VIEW_DEV | VIEW_CAPS);
	if (v && opt->common.json)
		caps_json(cli, v);
	else if (v)
		caps_text(v);
	source_close(s);
	view_free(v);
	return v ? 0 : 1;
}

const struct command cmd_caps = {
	.name = "caps",
	.operands = "DEV",
	.n_operands = 1,
	.summary = "what a device can do, and its limits",
	.size = sizeof(struct caps_options),
	.run = caps_run,
};
