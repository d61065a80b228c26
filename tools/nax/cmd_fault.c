// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nax fault: the last step of recovery, why it was taken, and the registers before it. */
#include "commands.h"
#include "common.h"
#include "describe.h"

struct fault_options {
	struct common_options common;
	bool records;
};

static const struct opt fault_opts[] = {
	{ "records", 'r', OPT_FLAG, NULL, offsetof(struct fault_options, records), 0, 0, NULL,
	  "also registers and descriptors before the step" },
};

static void fault_json(struct cli *cli, const struct view *v)
{
	struct json_object *root = cli_json_new(cli);

	json_add_text(root, "device", v->info.name);
	json_add_text(root, "driver", v->info.driver);
	json_add_text(root, "state", v->info.state);
	json_add_text(root, "step", fault_step_name(v->fault.step));
	json_add_u64(root, "steps", v->fault.count);
	json_add_u64(root, "when_ns", v->fault.when_ns);
	json_add_text(root, "why", v->fault.why);
	json_add_u64(root, "n_records", v->fault.n_records);
	json_add_u64(root, "records_lost", v->fault.lost);
	json_object_object_add(root, "verify", json_verify(&v->info));
	if (v->dump)
		json_object_object_add(root, "records", json_dump(v->dump));
	cli_json(cli, root, true);
}

static void fault_text(const struct view *v)
{
	const struct view_fault *f = &v->fault;

	printf("device        %s\nstate         %s\n", v->info.name, v->info.state);
	if (!f->count) {
		printf("last step     none was needed\n");
		return;
	}
	printf("last step     %s, the %llu. of all\n", fault_step_name(f->step), f->count);
	printf("why           %s\n", f->why);
	printf("when          %llu.%03llu s after boot\n", f->when_ns / NSEC_PER_SEC,
	       f->when_ns / NSEC_PER_MSEC % 1000);
	printf("records       %u, %u did not fit\n", f->n_records, f->lost);
	if (v->dump)
		describe_dump(v->dump);
}

static int fault_run(struct cli *cli, const void *options)
{
	const struct fault_options *opt = options;
	const char *name = opt->common.operand[0];
	u32 what = VIEW_DEV | VIEW_VERIFY | VIEW_FAULT;
	struct source *s;
	struct view *v;

	s = source_open(cli, name);
	if (!s)
		return 1;
	v = view_new(cli, s, name, what);
	if (v && opt->records && v->fault.n_records) {
		view_free(v);
		v = view_new(cli, s, name, what | VIEW_RECORDS);
	}
	if (v && opt->common.json)
		fault_json(cli, v);
	else if (v)
		fault_text(v);
	source_close(s);
	view_free(v);
	return v ? 0 : 1;
}

const struct command cmd_fault = {
	.name = "fault",
	.operands = "DEV",
	.n_operands = 1,
	.summary = "the last step of recovery, and why",
	.opts = fault_opts,
	.n_opts = ARRAY_LEN(fault_opts),
	.size = sizeof(struct fault_options),
	.run = fault_run,
};
