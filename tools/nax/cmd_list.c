// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nax list: the Ethernet functions of the machine, who drives them, who could. */
#include <stdio.h>
#include <string.h>

#include "bind.h"
#include "commands.h"
#include "common.h"
#include "describe.h"

struct list_options {
	struct common_options common;
};

static const char *const targets[] = { BIND_NAX, BIND_IN_TREE, BIND_VFIO };

/**
 * struct choice - a driver that a function could have
 * @had: it can be had
 * @modules: the modules it is in
 * @why: why it cannot be had
 */
struct choice {
	bool had;
	struct module_list modules;
	struct nax_error why;
};

static void choose(struct kmod_ctx *kmod, struct nic *nic, struct choice choice[])
{
	unsigned int i;

	for (i = 0; i < ARRAY_LEN(targets); i++) {
		struct bind b = { .nic = nic, .kmod = kmod, .target = targets[i] };

		choice[i] = (struct choice){ 0 };
		choice[i].had = !bind_prepare(&b, &choice[i].why) &&
				!bind_missing(&b, &choice[i].why);
		choice[i].modules = b.modules;
	}
}

static struct json_object *json_netdevs(const struct nic *nic)
{
	struct json_object *a = json_object_new_array(), *o;
	const struct nic_netdev *n;

	for (n = nic->netdev; n < nic->netdev + nic->n_netdevs; n++) {
		o = json_object_new_object();
		json_add_text(o, "name", n->name);
		json_add_text(o, "mac", n->mac);
		json_object_object_add(o, "up", json_object_new_boolean(n->up));
		json_object_object_add(o, "link", json_object_new_boolean(n->carrier == 1));
		json_add_u64(o, "speed", (u64)n->speed);
		json_object_array_add(a, o);
	}
	return a;
}

static struct json_object *json_choices(const struct choice *choice)
{
	struct json_object *a = json_object_new_array(), *o, *modules;
	unsigned int i, k;

	for (i = 0; i < ARRAY_LEN(targets); i++) {
		o = json_object_new_object();
		modules = json_object_new_array();
		for (k = 0; k < choice[i].modules.n; k++)
			json_object_array_add(modules, json_object_new_string(
					      choice[i].modules.name[k]));
		json_add_text(o, "name", targets[i]);
		json_object_object_add(o, "modules", modules);
		json_object_object_add(o, "available", json_object_new_boolean(choice[i].had));
		json_add_text(o, "reason", choice[i].why.text);
		json_object_array_add(a, o);
	}
	return a;
}

static struct json_object *json_nic(const struct nic *nic, const struct choice *choice)
{
	struct json_object *o = json_object_new_object();
	char persistent[MODULE_NAME];

	bind_persistent(nic, persistent);
	json_add_text(o, "address", nic->address);
	json_add_u64(o, "vendor", nic->vendor);
	json_add_u64(o, "device", nic->device);
	json_add_u64(o, "subvendor", nic->subvendor);
	json_add_u64(o, "subdevice", nic->subdevice);
	json_add_u64(o, "revision", nic->revision);
	json_add_text(o, "model", nic->name);
	json_add_text(o, "driver", nic->driver);
	json_add_text(o, "override", nic->override);
	json_add_text(o, "persistent", persistent);
	json_object_object_add(o, "iommu_group", nic->iommu_group < 0 ? NULL :
			       json_object_new_int(nic->iommu_group));
	json_add_u64(o, "vfs", nic->vfs);
	json_object_object_add(o, "netdevs", json_netdevs(nic));
	json_object_object_add(o, "drivers", json_choices(choice));
	return o;
}

static const char *link_text(const struct nic_netdev *n, char buf[NIC_TEXT])
{
	if (n->carrier != 1)
		return n->up ? "no link" : "down";
	snprintf(buf, NIC_TEXT, n->speed ? "%ld Mbit/s" : "up", n->speed);
	return buf;
}

static void text_choices(FILE *out, const struct choice *choice)
{
	const char *comma = "";
	unsigned int i, k;

	for (i = 0; i < ARRAY_LEN(targets); i++) {
		if (!choice[i].had)
			continue;
		fprintf(out, "%s%s", comma, targets[i]);
		for (k = 0; k < choice[i].modules.n && !strcmp(targets[i], BIND_IN_TREE); k++)
			fprintf(out, "%s%s%s", k ? " " : " (", choice[i].modules.name[k],
				k + 1 == choice[i].modules.n ? ")" : "");
		comma = ", ";
	}
	fprintf(out, "%s\n", comma[0] ? "" : "none");
}

/* A line for each interface; one without any where there is none. */
static void text_nic(FILE *out, const struct nic *nic, const struct choice *choice)
{
	static const char format[] = "%-12s  %04x:%04x  %-10s  %-10s  %-17s  %-12s  ";
	const struct nic_netdev *n = nic->netdev;
	const char *driver = nic->driver[0] ? nic->driver : "-";
	char buf[NIC_TEXT];
	unsigned int i;

	if (!nic->n_netdevs)
		fprintf(out, format, nic->address, nic->vendor, nic->device, driver, "-", "-", "-");
	for (i = 0; i < nic->n_netdevs; i++, n++) {
		fprintf(out, format, nic->address, nic->vendor, nic->device, driver, n->name, n->mac,
			link_text(n, buf));
		if (i + 1 < nic->n_netdevs)
			fputc('\n', out);
	}
	text_choices(out, choice);
}

static void print(struct cli *cli, const struct nic_list *list, struct kmod_ctx *kmod)
{
	struct json_object *root = NULL, *nics = NULL;
	struct choice choice[ARRAY_LEN(targets)];
	unsigned int i;

	if (cli->opt->json) {
		root = cli_json_new(cli);
		nics = json_object_new_array();
		json_object_object_add(root, "devices", nics);
	} else if (list->n) {
		fprintf(cli->out, "%-12s  %-9s  %-10s  %-10s  %-17s  %-12s  %s\n", "ADDRESS", "IDS",
			"DRIVER", "INTERFACE", "MAC", "LINK", "CAN BE BOUND TO");
	} else {
		cli_note(cli, "no Ethernet PCI function");
	}
	for (i = 0; i < list->n; i++) {
		choose(kmod, &list->nic[i], choice);
		if (nics)
			json_object_array_add(nics, json_nic(&list->nic[i], choice));
		else
			text_nic(cli->out, &list->nic[i], choice);
	}
	if (root)
		cli_json(cli, root, true);
}

static int list_run(struct cli *cli, const void *options)
{
	struct nax_error err = { 0 };
	struct kmod_ctx *kmod;
	struct nic_list list;

	if (nic_scan(&list, &err))
		return cli_fail(cli, "%s", err.text);
	kmod = modules_open(&err);
	if (kmod) {
		print(cli, &list, kmod);
		modules_close(kmod);
	}
	nic_list_free(&list);
	return kmod ? 0 : cli_fail(cli, "%s", err.text);
}

const struct command cmd_list = {
	.name = "list",
	.operands = "",
	.n_operands = 0,
	.summary = "Ethernet PCI functions, their drivers, and which they could have",
	.size = sizeof(struct list_options),
	.run = list_run,
};
