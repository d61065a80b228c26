// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the commands of nax share: ports, signals, messages. The control loop is in loop.c. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

/* The terminal holds a progress line that the next message must erase. Main thread only. */
static bool progress_shown;

static void progress_erase(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}

int cli_fail(struct cli *cli, const char *fmt, ...)
{
	char text[sizeof(cli->error)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!cli->error[0])
		memcpy(cli->error, text, sizeof(text));
	progress_erase();
	fprintf(stderr, "nax %s: %s\n", cli->name, text);
	return 1;
}

void cli_note(struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->opt->quiet)
		return;
	progress_erase();
	fprintf(stderr, "nax %s: ", cli->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void cli_progress(struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->opt->quiet || !isatty(STDERR_FILENO))
		return;
	progress_erase();
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fflush(stderr);
	progress_shown = true;
}

struct nax_port *cli_open(struct cli *cli, const char *name)
{
	struct nax_error err = { 0 };
	struct nax_port *port = NULL;
	int rc;

	rc = nax_port_open(name, cli->opt->verify, &port, &err);
	if (rc) {
		cli_fail(cli, "%.150s: %s", name, err.text[0] ? err.text : strerror(-rc));
		return NULL;
	}
	return port;
}

int cli_start(struct cli *cli, struct nax_port *port, const struct nax_port_config *config)
{
	struct nax_error err = { 0 };
	struct nax_port_info info;
	int rc;

	rc = nax_port_start(port, config, &err);
	if (!rc)
		return 0;
	nax_port_info(port, &info);
	return cli_fail(cli, "%s: %s", info.name, err.text[0] ? err.text : strerror(-rc));
}

int cli_queues(struct cli *cli, struct nax_port *port, u32 queues)
{
	const struct nax_caps *caps = nax_port_caps(port);
	u32 most = caps->rxq_max < caps->txq_max ? caps->rxq_max : caps->txq_max;
	struct nax_port_info info;

	if (queues <= most)
		return 0;
	nax_port_info(port, &info);
	return cli_fail(cli, "--queues is %u: %s has %u queue pairs", queues, info.name, most);
}

int cli_filter(struct cli *cli, struct nax_port *port, u32 flags)
{
	static const u32 no_vlan[NAX_VLAN_WORDS];
	struct nax_error err = { 0 };
	struct nax_port_info info;
	struct nax_filter filter;
	int rc;

	nax_port_info(port, &info);
	filter = (struct nax_filter){
		.flags = flags,
		.n_ucast = 1,
		.ucast = (const u8(*)[6])&info.mac,
		.vlan = no_vlan,
	};
	rc = nax_port_set_filter(port, &filter, &err);
	if (!rc)
		return 0;
	return cli_fail(cli, "%s: receive filter: %s", info.name,
			err.text[0] ? err.text : strerror(-rc));
}

struct nax_poll *cli_poll_add(struct cli *cli, struct cli_loop *loop, bool spin, void *fn_arg)
{
	const struct nax_poll_config config = { .spin = spin, .cpu = -1 };
	struct nax_error err = { 0 };
	struct nax_poll *poll;

	if (loop->n_polls >= CLI_POLLS_MAX) {
		cli_fail(cli, "threads are %u: at most %u", loop->n_polls + 1, CLI_POLLS_MAX);
		return NULL;
	}
	poll = nax_poll_create(&config, &err);
	if (!poll) {
		cli_fail(cli, "cannot make a poll context: %s", err.text);
		return NULL;
	}
	loop->fn_arg[loop->n_polls] = fn_arg;
	loop->poll[loop->n_polls++] = poll;
	return poll;
}

int cli_poll_queue(struct cli *cli, struct nax_poll *poll, struct nax_port *port, int queue)
{
	struct nax_error err = { 0 };
	int rc = nax_poll_add(poll, port, queue, queue, &err);

	if (!rc)
		return 0;
	return cli_fail(cli, "queue %d: %s", queue, err.text[0] ? err.text : strerror(-rc));
}

/* Bytes of the UTF-8 character at @s, 0: it is none (RFC 3629). */
static unsigned int utf8_length(const unsigned char *s)
{
	unsigned int i, n = *s < 0x80 ? 1 : *s < 0xc2 ? 0 : *s < 0xe0 ? 2 : *s < 0xf0 ? 3 : 4;

	for (i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* longer than it need be, a surrogate, beyond U+10FFFF */
	if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] >= 0xa0) ||
	    (*s == 0xf0 && s[1] < 0x90) || *s > 0xf4 || (*s == 0xf4 && s[1] >= 0x90))
		return 0;
	return n;
}

/*
 * JSON is UTF-8 (RFC 8259), but operands and names of files are any bytes, and a message that is
 * cut may end within a character. json-c hands them through.
 */
static void utf8_print(FILE *out, const char *text)
{
	unsigned int n;

	for (; *text; text += n ? n : 1) {
		n = utf8_length((const unsigned char *)text);
		fwrite(n ? text : "?", 1, n ? n : 1, out);
	}
}

void cli_json(struct cli *cli, struct json_object *root, bool pretty)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	flags |= pretty ? JSON_C_TO_STRING_PRETTY : JSON_C_TO_STRING_PLAIN;
	utf8_print(cli->out, json_object_to_json_string_ext(root, flags));
	fputc('\n', cli->out);
	fflush(cli->out);
	json_object_put(root);
	cli->printed = true;
}

struct json_object *cli_json_new(const struct cli *cli)
{
	struct json_object *root = json_object_new_object();

	json_object_object_add(root, "command", json_object_new_string(cli->name));
	json_object_object_add(root, "version", json_object_new_string(NAX_VERSION));
	return root;
}

u64 cli_time(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
}

void cli_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

const char *cli_human(double value, char buf[16])
{
	static const char *const prefix[] = { "", "k", "M", "G", "T" };
	unsigned int i = 0;

	while (value >= 1000 && i + 1 < ARRAY_LEN(prefix)) {
		value /= 1000;
		i++;
	}
	if (i)
		snprintf(buf, 16, "%.2f %s", value, prefix[i]);
	else
		snprintf(buf, 16, "%.0f ", value);
	return buf;
}
