// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim daemon: command line.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define NET_FORMS "wire:NAME, stream:PATH[,server], dgram:LOCAL,REMOTE, tap:NAME, pcap:IN,OUT"

const char nicsim_usage[] =
"Usage: nicsim --port SOCKET,KEY=VALUE..,net=SPEC [--port ..] [OPTION..]\n"
"Model network controllers; each port is a PCI function behind a vfio-user socket.\n"
"\n"
"  --port SOCKET,model=82599[,mac=MAC][,id=ID][,module=KIND],net=SPEC\n"
"                      a port; net= comes last\n"
"      model=82599     Intel 82599\n"
"      mac=MAC         permanent address; default: made from the path of SOCKET\n"
"      id=ID           PCI device id of an 82599, hexadecimal; default: 10f9 (CX4)\n"
"      module=KIND     SFP+ module: da, sr, lr, dual, 1000t, none; default: da\n"
"      net=wire:NAME            another port of this process with the same NAME\n"
"      net=stream:PATH[,server] UNIX stream socket: connect, or listen\n"
"      net=dgram:LOCAL,REMOTE   UNIX datagram sockets\n"
"      net=tap:NAME             TAP interface\n"
"      net=pcap:IN,OUT          replay file IN, capture to file OUT; - for none\n"
"  --strict            an error of a driver ends nicsim with status 3 (default)\n"
"  --lenient           errors of drivers are counted and reported at the end\n"
"  --chaos SEED[,KIND..]  faults at random, of these kinds or of all\n"
"  --in-step           answer an access when all that follows from it has been done\n"
"  --trace FILE        write every register and descriptor access to FILE\n"
"  --ready-fd N        write \"nicsim: ready\" there instead of to standard output\n"
"  --help, --version\n"
"\n"
"Status: 0 ended by SIGTERM or SIGINT, 1 failure, 2 bad options, 3 driver error.\n";

/**
 * struct parse - a command line being read
 * @where: what is being read, for messages: "--port a.sock"
 */
struct parse {
	struct nicsim_options *o;
	const char *where;
	char *err;
	size_t err_len;
};

/* A message; gives false, so that a check can end with it. */
__attribute__((format(printf, 2, 3)))
static bool bad(struct parse *ps, const char *fmt, ...)
{
	va_list args;
	int n = 0;

	if (ps->where)
		n = snprintf(ps->err, ps->err_len, "%.200s: ", ps->where);
	va_start(args, fmt);
	if (n >= 0 && (size_t)n < ps->err_len)
		vsnprintf(ps->err + n, ps->err_len - n, fmt, args);
	va_end(args);
	return false;
}

static bool keep(struct parse *ps, char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
	return *to || bad(ps, "no memory");
}

/* A whole number in @base that uses up all of @text; neither sign nor space before it. */
static bool number(const char *text, int base, uint64_t max, uint64_t *value)
{
	unsigned long long v;
	char *end;

	if (!*text || strspn(text, "0123456789abcdefABCDEFxX") != strlen(text))
		return false;
	errno = 0;
	v = strtoull(text, &end, base);
	if (errno || *end || v > max)
		return false;
	*value = v;
	return true;
}

/* ---- keys of --port ---- */

static bool key_model(struct parse *ps, struct nicsim_port_options *p, char *value)
{
	if (strcmp(value, "82599"))
		return bad(ps, "model=%.200s: allowed is 82599", value);
	return keep(ps, &p->model, value);
}

static bool key_mac(struct parse *ps, struct nicsim_port_options *p, char *value)
{
	unsigned int i;
	bool good = strlen(value) == 17;

	for (i = 0; good && i < 6; i++) {
		char pair[3] = { value[3 * i], value[3 * i + 1] };
		uint64_t byte;

		good = number(pair, 16, 255, &byte) && (i == 5 || value[3 * i + 2] == ':') &&
		       !strchr("xX", pair[1]);
		p->mac[i] = good ? byte : 0;
	}
	if (!good)
		return bad(ps, "mac=%.200s: allowed are six pairs of hexadecimal digits, as "
			   "02:00:00:00:00:01", value);
	if (p->mac[0] & 1 || !memcmp(p->mac, "\0\0\0\0\0", 6))
		return bad(ps, "mac=%.200s: allowed are addresses of one station, not groups, not zero",
			   value);
	return true;
}

/* The 82599 physical functions that are modelled. */
static const uint16_t ids[] = {
	0x10f7, 0x10f8, 0x10f9, 0x10fb, 0x10fc, 0x1507, 0x1514, 0x1517, 0x1529, 0x152a, 0x154a,
	0x154d, 0x154f, 0x1557,
};

static bool key_id(struct parse *ps, struct nicsim_port_options *p, char *value)
{
	char list[8 * sizeof(ids) / sizeof(ids[0])] = "";
	uint64_t id = 0;
	unsigned int i;

	number(value, 16, 0xffff, &id);
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (ids[i] == id) {
			p->id = id;
			return true;
		}
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%04x", i ? ", " : "",
			 ids[i]);
	}
	return bad(ps, "id=%.200s: allowed are %s", value, list);
}

static bool key_module(struct parse *ps, struct nicsim_port_options *p, char *value)
{
	static const char * const modules[] = { "da", "sr", "lr", "dual", "1000t", "none" };
	unsigned int i;

	for (i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		if (!strcmp(value, modules[i]))
			return keep(ps, &p->module, value);
	}
	return bad(ps, "module=%.200s: allowed are da, sr, lr, dual, 1000t, none", value);
}

/* ---- net= ---- */

/**
 * struct net_form - a form of SPEC
 * @pair: two values with a comma between; else one
 */
static const struct net_form {
	const char *name;
	enum simnet_kind kind;
	bool pair;
} net_forms[] = {
	{ "wire", SIMNET_WIRE, false },
	{ "stream", SIMNET_STREAM, false },
	{ "dgram", SIMNET_DGRAM, true },
	{ "tap", SIMNET_TAP, false },
	{ "pcap", SIMNET_PCAP, true },
};

static const struct net_form *net_form_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < sizeof(net_forms) / sizeof(net_forms[0]); i++) {
		if (!strcmp(name, net_forms[i].name))
			return &net_forms[i];
	}
	return NULL;
}

static bool key_net(struct parse *ps, struct nicsim_port_options *p, char *value)
{
	const struct net_form *form;
	char given[256];
	char *a, *b;

	snprintf(given, sizeof(given), "%s", value);
	a = strchr(value, ':');
	if (a)
		*a++ = '\0';
	form = net_form_find(value);
	if (!form || !a)
		return bad(ps, "net=%s: allowed are " NET_FORMS, given);
	p->has_net = true;
	p->net.kind = form->kind;
	b = strchr(a, ',');
	if (b)
		*b++ = '\0';
	if (form->kind == SIMNET_STREAM && b && !strcmp(b, "server")) {
		p->net.kind = SIMNET_STREAM_SERVER;
		b = NULL;
	}
	/* net= is the last key: what looks like one more would be taken for part of a name */
	if (form->pair != !!b || !*a || (b && (!*b || strchr(b, ','))))
		return bad(ps, "net=%s: allowed are " NET_FORMS " (as the last key)", given);
	return keep(ps, &p->net.a, a) && (!b || keep(ps, &p->net.b, b));
}

/* ---- --port ---- */

static const struct port_key {
	const char *name;
	bool (*fn)(struct parse *ps, struct nicsim_port_options *p, char *value);
} port_keys[] = {
	{ "model", key_model },
	{ "mac", key_mac },
	{ "id", key_id },
	{ "module", key_module },
	{ "net", key_net },
};

#define PORT_KEYS	(sizeof(port_keys) / sizeof(port_keys[0]))

/* "nic0" of "/run/nic0.sock"; told apart from an earlier port of the same name by a number. */
static void port_name(struct nicsim_options *o, struct nicsim_port_options *p)
{
	const char *base = strrchr(p->socket, '/');
	unsigned int i, same = 0;
	char name[sizeof(p->name) - 4];
	size_t len;

	base = base ? base + 1 : p->socket;
	len = strlen(base);
	if (len > 5 && !strcmp(base + len - 5, ".sock"))
		len -= 5;
	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	memcpy(name, base, len);
	name[len] = '\0';
	for (i = 0; i < o->ports; i++) {
		const char *other = o->port[i].name;

		if (!strncmp(other, name, len) && (!other[len] || other[len] == '#'))
			same++;
	}
	if (same)
		snprintf(p->name, sizeof(p->name), "%s#%u", name, same + 1);
	else
		memcpy(p->name, name, len + 1);
}

static bool port_key(struct parse *ps, struct nicsim_port_options *p, char *text,
		     unsigned int *seen)
{
	char *value = strchr(text, '=');
	unsigned int i;

	if (value)
		*value++ = '\0';
	for (i = 0; i < PORT_KEYS; i++) {
		if (!strcmp(text, port_keys[i].name))
			break;
	}
	if (i == PORT_KEYS || !value)
		return bad(ps, "key \"%.200s\": allowed are model=, mac=, id=, module=, net=", text);
	if (*seen & (1u << i))
		return bad(ps, "%s=%.200s: is there twice, allowed is once", text, value);
	*seen |= 1u << i;
	return port_keys[i].fn(ps, p, value);
}

static bool port_text(struct parse *ps, struct nicsim_port_options *p, char *text)
{
	char *rest = strchr(text, ',');
	unsigned int seen = 0;

	if (rest)
		*rest++ = '\0';
	if (!*text)
		return bad(ps, "--port: the path of a socket comes first");
	if (!keep(ps, &p->socket, text))
		return false;
	port_name(ps->o, p);
	ps->where = p->socket;
	while (rest) {
		char *key = rest;

		/* the value of net= has commas of its own */
		rest = strncmp(key, "net=", 4) ? strchr(key, ',') : NULL;
		if (rest)
			*rest++ = '\0';
		if (!port_key(ps, p, key, &seen))
			return false;
	}
	if (!p->model)
		return bad(ps, "key model= is missing: allowed is model=82599");
	if (!p->has_net)
		return bad(ps, "key net= is missing: allowed are " NET_FORMS);
	return true;
}

static bool option_port(struct parse *ps, const char *arg)
{
	struct nicsim_options *o = ps->o;
	struct nicsim_port_options *p = &o->port[o->ports];
	unsigned int i;
	char *text;
	bool good;

	if (o->ports == NICSIM_PORTS_MAX)
		return bad(ps, "--port: there are %u already, limit %u", o->ports,
			   NICSIM_PORTS_MAX);
	text = strdup(arg);
	if (!text)
		return bad(ps, "no memory");
	good = port_text(ps, p, text);
	free(text);
	for (i = 0; good && i < o->ports; i++) {
		if (!strcmp(o->port[i].socket, p->socket))
			good = bad(ps, "the socket is that of another --port already");
	}
	ps->where = NULL;
	o->ports++;
	return good;
}

/* ---- other options ---- */

static bool chaos_kind(struct parse *ps, const char *name)
{
	char list[512] = "";
	unsigned int i;

	for (i = 0; i < NICSIM_FAULTS; i++) {
		const char *known = nicsim_fault_name(i);

		if (!strcmp(name, known)) {
			ps->o->chaos |= 1u << i;
			return true;
		}
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? ", " : "",
			 known);
	}
	return bad(ps, "kind \"%.200s\": allowed are %s", name, list);
}

static bool option_chaos(struct parse *ps, const char *arg)
{
	char *text = strdup(arg), *rest;
	bool good;

	if (!text)
		return bad(ps, "no memory");
	ps->where = "--chaos";
	rest = strchr(text, ',');
	if (rest)
		*rest++ = '\0';
	good = number(text, 0, UINT64_MAX, &ps->o->seed) ||
	       bad(ps, "seed \"%.200s\": allowed are 0 to 2^64 - 1", text);
	if (!rest)
		ps->o->chaos = (1u << NICSIM_FAULTS) - 1;
	while (good && rest) {
		char *kind = rest;

		rest = strchr(kind, ',');
		if (rest)
			*rest++ = '\0';
		good = chaos_kind(ps, kind);
	}
	free(text);
	return good;
}

static bool option_trace(struct parse *ps, const char *arg)
{
	if (!*arg)
		return bad(ps, "--trace: the name of a file is allowed, not nothing");
	return keep(ps, &ps->o->trace, arg);
}

static bool option_ready_fd(struct parse *ps, const char *arg)
{
	uint64_t fd;

	if (!number(arg, 10, INT_MAX, &fd))
		return bad(ps, "--ready-fd %.200s: allowed are 0 to %d", arg, INT_MAX);
	ps->o->ready_fd = fd;
	return true;
}

static bool option_in_step(struct parse *ps, const char *arg)
{
	ps->o->in_step = true;
	return true;
}

static bool option_strict(struct parse *ps, const char *arg)
{
	ps->o->lenient = false;
	return true;
}

static bool option_lenient(struct parse *ps, const char *arg)
{
	ps->o->lenient = true;
	return true;
}

/* A wire has two ends; one may hang loose. */
static bool wires_check(struct parse *ps)
{
	const struct nicsim_options *o = ps->o;
	unsigned int i, j;

	for (i = 0; i < o->ports; i++) {
		unsigned int ends = 0;

		if (o->port[i].net.kind != SIMNET_WIRE)
			continue;
		for (j = 0; j < o->ports; j++)
			ends += o->port[j].net.kind == SIMNET_WIRE &&
				!strcmp(o->port[j].net.a, o->port[i].net.a);
		if (ends > 2)
			return bad(ps, "net=wire:%.200s: is at %u ports, limit 2", o->port[i].net.a,
				   ends);
	}
	return true;
}

/* ---- the command line ---- */

enum { OPT_PORT = 256, OPT_STRICT, OPT_LENIENT, OPT_CHAOS, OPT_IN_STEP, OPT_TRACE, OPT_READY_FD };

static bool (*const option_fns[])(struct parse *ps, const char *arg) = {
	[OPT_PORT - OPT_PORT] = option_port,
	[OPT_STRICT - OPT_PORT] = option_strict,
	[OPT_LENIENT - OPT_PORT] = option_lenient,
	[OPT_CHAOS - OPT_PORT] = option_chaos,
	[OPT_IN_STEP - OPT_PORT] = option_in_step,
	[OPT_TRACE - OPT_PORT] = option_trace,
	[OPT_READY_FD - OPT_PORT] = option_ready_fd,
};

static const struct option longopts[] = {
	{ "port", required_argument, NULL, OPT_PORT },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "lenient", no_argument, NULL, OPT_LENIENT },
	{ "chaos", required_argument, NULL, OPT_CHAOS },
	{ "in-step", no_argument, NULL, OPT_IN_STEP },
	{ "trace", required_argument, NULL, OPT_TRACE },
	{ "ready-fd", required_argument, NULL, OPT_READY_FD },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 }
};

enum nicsim_action nicsim_options_parse(int argc, char **argv, struct nicsim_options *o, char *err,
					size_t err_len)
{
	struct parse ps = { .o = o, .err = err, .err_len = err_len };
	int opt, at;

	memset(o, 0, sizeof(*o));
	o->ready_fd = -1;
	opterr = 0;
	optind = 0;		/* also for a second command line in one process */
	for (;;) {
		at = optind ? optind : 1;
		opt = getopt_long(argc, argv, ":hV", longopts, NULL);
		if (opt == -1)
			break;
		switch (opt) {
		case 'h':
			return NICSIM_HELP;
		case 'V':
			return NICSIM_VERSION;
		case ':':
			bad(&ps, "option %.200s: a value is missing", argv[at]);
			return NICSIM_BAD;
		case '?':
			bad(&ps, "option %.200s is not known, not one of several, or takes no value: "
			    "allowed are --port, --strict, --lenient, --chaos, --in-step, "
			    "--trace, --ready-fd, --help, --version", argv[at]);
			return NICSIM_BAD;
		default:
			if (!option_fns[opt - OPT_PORT](&ps, optarg))
				return NICSIM_BAD;
		}
	}
	if (optind < argc) {
		bad(&ps, "argument \"%.200s\": allowed are options only", argv[optind]);
		return NICSIM_BAD;
	}
	if (!o->ports) {
		bad(&ps, "--port is missing: at least one is needed");
		return NICSIM_BAD;
	}
	return wires_check(&ps) ? NICSIM_RUN : NICSIM_BAD;
}

void nicsim_options_free(struct nicsim_options *o)
{
	unsigned int i;

	/* the last may be half read */
	for (i = 0; i < NICSIM_PORTS_MAX; i++) {
		free(o->port[i].socket);
		free(o->port[i].model);
		free(o->port[i].module);
		free(o->port[i].net.a);
		free(o->port[i].net.b);
	}
	free(o->trace);
	memset(o, 0, sizeof(*o));
}
