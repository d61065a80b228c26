// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim daemon: puts modelled ports behind vfio-user sockets and runs them in real time, all in
 * one thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "file.h"
#include "loop.h"
#include "net.h"
#include "nicsim.h"
#include "options.h"
#include "say.h"
#include "server.h"

#define STATUS_FAILURE	1
#define STATUS_OPTIONS	2
#define STATUS_DRIVER	3
#define RUN_FRAMES	256		/* moved before sockets get their turn */
#define ERRORS_SHOWN	10		/* of a port, with --lenient; the rest is counted */
#define TRACE_BUFFER	(1 << 20)

/** struct daemon_port - a port and what is around it */
struct daemon_port {
	struct nicsim_port *port;
	struct vfu_server *server;
	struct simnet *net;
	unsigned int errors;
};

struct daemon {
	struct nicsim_options options;
	struct evloop *loop;
	struct nicsim *sim;
	struct daemon_port port[NICSIM_PORTS_MAX];
	unsigned int ports;
	struct evloop_fd signals;
	FILE *trace;
};

/* ---- what the model says ---- */

static struct daemon_port *find(struct daemon *d, const struct nicsim_port *port)
{
	unsigned int i;

	for (i = 0; i < d->ports; i++) {
		if (d->port[i].port == port)
			return &d->port[i];
	}
	return NULL;
}

static void on_driver_error(void *ctx, struct nicsim_port *port, const char *text)
{
	struct daemon *d = ctx;
	struct daemon_port *dp = find(d, port);
	unsigned int shown = d->options.lenient ? ERRORS_SHOWN : 1;

	/* the model reads zeros where the client took its memory away: that is reported anyway */
	if (!dp || (dp->server && vfu_server_faulted(dp->server)))
		return;
	if (dp->errors++ < shown)
		nicsim_say(NULL, "driver error: %s", text);
	if (d->options.lenient || dp->errors > 1)
		return;
	if (dp->server)
		vfu_server_signal(dp->server, VFU_IRQ_ERR);
	evloop_stop(d->loop, STATUS_DRIVER);
}

/* It cannot be trusted any more, with any driver. */
static void on_defect(void *ctx, struct nicsim_port *port, const char *text)
{
	struct daemon *d = ctx;

	nicsim_say(nicsim_port_name(port), "defect of nicsim: %s", text);
	evloop_stop(d->loop, STATUS_FAILURE);
}

static void on_log(void *ctx, struct nicsim_port *port, const char *text)
{
	nicsim_say(nicsim_port_name(port), "%s", text);
}

static void on_trace(void *ctx, struct nicsim_port *port, const char *text)
{
	struct daemon *d = ctx;
	uint64_t now = evloop_now();

	fprintf(d->trace, "%llu.%09llu %s %s\n", (unsigned long long)(now / 1000000000),
		(unsigned long long)(now % 1000000000), nicsim_port_name(port), text);
}

/* Before the daemon sleeps, so that a trace is never behind what it is a trace of. */
static void trace_flush(struct daemon *d)
{
	if (!d->trace || (!fflush(d->trace) && !ferror(d->trace)))
		return;
	nicsim_say(NULL, "--trace %.200s: %s", d->options.trace, strerror(errno));
	evloop_stop(d->loop, STATUS_FAILURE);
}

static void on_signal(void *ctx, uint32_t events)
{
	struct daemon *d = ctx;
	struct signalfd_siginfo info;

	if (read(d->signals.fd, &info, sizeof(info)) != sizeof(info))
		return;
	nicsim_say(NULL, "ended by signal %u", info.ssi_signo);
	evloop_stop(d->loop, 0);
}

/* ---- starting ---- */

static int fail(int status, const char *text)
{
	nicsim_say(NULL, "%s", text);
	return status;
}

static uint64_t hash(uint64_t h, const char *text)
{
	while (*text)
		h = (h ^ (uint8_t)*text++) * 0x100000001b3ull;
	return h;
}

/* An address that two daemons on one network do not share: they cannot share the socket. */
static void mac_make(uint8_t *mac, const char *socket)
{
	uint64_t h = 0xcbf29ce484222325ull;
	char cwd[4096];
	unsigned int i;

	if (socket[0] != '/' && getcwd(cwd, sizeof(cwd)))
		h = hash(hash(h, cwd), "/");
	h = hash(h, socket);
	mac[0] = 0x02;
	for (i = 1; i < 6; i++)
		mac[i] = h >> (8 * i);
}

static int ports_create(struct daemon *d)
{
	char err[512];
	unsigned int i;

	for (i = 0; i < d->options.ports; i++) {
		struct nicsim_port_options *po = &d->options.port[i];
		struct nicsim_port_config config = {
			.name = po->name,
			.model = po->model,
			.device_id = po->id,
			.module = po->module,
		};
		struct daemon_port *dp = &d->port[i];

		if (!memcmp(po->mac, "\0\0\0\0\0", 6))
			mac_make(po->mac, po->socket);
		memcpy(config.mac, po->mac, sizeof(config.mac));
		dp->port = nicsim_port_add(d->sim, &config, err, sizeof(err));
		if (!dp->port) {
			nicsim_say(po->name, "%s", err);
			return STATUS_OPTIONS;
		}
		d->ports++;
	}
	return 0;
}

/* The port at the other end, or NULL: a loose end. */
static struct nicsim_port *wire_other(struct daemon *d, unsigned int i)
{
	const struct simnet_spec *net = &d->options.port[i].net;
	unsigned int j;

	for (j = 0; j < d->ports; j++) {
		const struct simnet_spec *other = &d->options.port[j].net;

		if (j != i && other->kind == SIMNET_WIRE && !strcmp(other->a, net->a))
			return d->port[j].port;
	}
	return NULL;
}

static int nets_open(struct daemon *d)
{
	char err[512];
	unsigned int i;

	for (i = 0; i < d->ports; i++) {
		struct daemon_port *dp = &d->port[i];
		const struct simnet_spec *net = &d->options.port[i].net;
		struct nicsim_port *other;

		if (net->kind == SIMNET_WIRE) {
			other = wire_other(d, i);
			if (other)
				nicsim_wire(dp->port, other);
			else
				nicsim_link(dp->port, false);
			continue;
		}
		dp->net = simnet_open(d->loop, dp->port, net, err, sizeof(err));
		if (!dp->net) {
			nicsim_say(d->options.port[i].name, "net: %s", err);
			return STATUS_FAILURE;
		}
	}
	return 0;
}

static int servers_create(struct daemon *d)
{
	char err[512];
	unsigned int i;

	for (i = 0; i < d->ports; i++) {
		d->port[i].server = vfu_server_create(d->loop, d->port[i].port,
						      d->options.port[i].socket, err, sizeof(err));
		if (!d->port[i].server)
			return fail(STATUS_FAILURE, err);
		if (d->options.in_step)
			vfu_server_in_step(d->port[i].server, d->sim);
	}
	return 0;
}

static int signals_open(struct daemon *d)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	d->signals.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	d->signals.events = EPOLLIN;
	d->signals.fn = on_signal;
	d->signals.ctx = d;
	if (d->signals.fd < 0 || evloop_add(d->loop, &d->signals))
		return fail(STATUS_FAILURE, "signalfd cannot be had");
	return 0;
}

static int trace_open(struct daemon *d)
{
	if (!d->options.trace)
		return 0;
	d->trace = file_create(d->options.trace);
	if (!d->trace) {
		nicsim_say(NULL, "--trace %.200s: %s", d->options.trace, strerror(errno));
		return STATUS_FAILURE;
	}
	setvbuf(d->trace, NULL, _IOFBF, TRACE_BUFFER);
	return 0;
}

/* A client with all vectors takes 66 descriptors. */
static void descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int start(struct daemon *d)
{
	struct nicsim_config config = {
		.real_time = true,
		.chaos = d->options.chaos,
		.chaos_seed = d->options.seed,
		.defect = on_defect,
		.driver_error = on_driver_error,
		.trace = d->options.trace ? on_trace : NULL,
		.log = on_log,
		.ctx = d,
	};
	int err;

	descriptors_raise();
	d->loop = evloop_create();
	if (!d->loop)
		return fail(STATUS_FAILURE, "epoll cannot be had");
	err = signals_open(d);
	if (!err)
		err = trace_open(d);
	if (err)
		return err;
	d->sim = nicsim_create(&config);
	if (!d->sim)
		return fail(STATUS_FAILURE, "no memory for a model");
	err = ports_create(d);
	if (!err)
		err = nets_open(d);
	if (!err)
		err = servers_create(d);
	return err;
}

static int tell_ready(const struct daemon *d)
{
	int fd = d->options.ready_fd >= 0 ? d->options.ready_fd : STDOUT_FILENO;

	if (dprintf(fd, "nicsim: ready\n") < 0) {
		nicsim_say(NULL, "descriptor %d: %s: nobody is told that sockets are ready", fd,
			   strerror(errno));
		return STATUS_FAILURE;
	}
	if (fd > STDERR_FILENO)
		close(fd);
	return 0;
}

/* ---- running ---- */

static int run(struct daemon *d)
{
	int status = 0, err;
	unsigned int i;

	while (!evloop_stopped(d->loop, &status)) {
		bool more = nicsim_run(d->sim, RUN_FRAMES);

		for (i = 0; i < d->ports; i++) {
			if (d->port[i].net)
				simnet_kick(d->port[i].net);
			vfu_server_check(d->port[i].server);
		}
		trace_flush(d);
		if (evloop_stopped(d->loop, &status))
			break;
		err = evloop_round(d->loop, more ? 0 : nicsim_next(d->sim));
		if (err) {
			nicsim_say(NULL, "epoll: %s", strerror(-err));
			evloop_stop(d->loop, STATUS_FAILURE);
		}
	}
	return status;
}

static void report_interrupts(const struct daemon *d, const struct nicsim_port *port)
{
	struct nicsim_irq_tally t;

	nicsim_irq_tally(port, &t);
	if (!t.messages)
		return;
	nicsim_say(nicsim_port_name(port), "%llu interrupts, at most %.1f ms late; enabled again by the "
		   "driver within %.1f ms; %llu kicked through EICS, %llu of them forgotten before",
		   (unsigned long long)t.messages, nicsim_late(d->sim) / 1e6, t.answer_ns / 1e6,
		   (unsigned long long)t.kicks, (unsigned long long)t.healed);
}

static void report(const struct daemon *d)
{
	unsigned int i;

	for (i = 0; i < d->ports; i++) {
		const char *first;
		unsigned int n = nicsim_driver_errors(d->port[i].port, &first);

		if (n && d->port[i].errors)
			nicsim_say(nicsim_port_name(d->port[i].port),
				   "%u driver error%s, first: %s", n, n == 1 ? "" : "s", first);
		report_interrupts(d, d->port[i].port);
	}
}

static int stop(struct daemon *d, int status)
{
	unsigned int i;

	for (i = 0; i < d->ports; i++) {
		if (d->port[i].server)
			vfu_server_signal(d->port[i].server, VFU_IRQ_REQ);
		vfu_server_destroy(d->port[i].server);
		simnet_close(d->port[i].net);
	}
	nicsim_destroy(d->sim);
	if (d->trace && fclose(d->trace)) {
		nicsim_say(NULL, "--trace %.200s: %s", d->options.trace, strerror(errno));
		status = status ? status : STATUS_FAILURE;
	}
	if (d->loop && d->signals.fd >= 0)
		close(d->signals.fd);
	evloop_destroy(d->loop);
	return status;
}

/*
 * Where a standard descriptor is closed, the next socket would get its number, and messages would
 * be sent to a client. What is opened for reading only refuses them.
 */
static int standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDONLY);
		if (fd < 0)
			return fail(STATUS_FAILURE, "/dev/null cannot be opened");
	} while (fd <= STDERR_FILENO);
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	static struct daemon d = { .signals.fd = -1 };
	char err[1024];
	int status = standard_descriptors();

	if (status)
		return status;
	switch (nicsim_options_parse(argc, argv, &d.options, err, sizeof(err))) {
	case NICSIM_HELP:
		status = fputs(nicsim_usage, stdout) < 0 || fflush(stdout);
		goto out;
	case NICSIM_VERSION:
		status = printf("nicsim %s\n", NAX_VERSION) < 0 || fflush(stdout);
		goto out;
	case NICSIM_BAD:
		nicsim_say(NULL, "%s", err);
		status = STATUS_OPTIONS;
		goto out;
	case NICSIM_RUN:
		break;
	}
	if (d.options.ready_fd >= 0 && fcntl(d.options.ready_fd, F_GETFD) < 0) {
		nicsim_say(NULL, "--ready-fd %d: allowed is an open descriptor: %s",
			   d.options.ready_fd, strerror(errno));
		status = STATUS_OPTIONS;
		goto out;
	}
	status = start(&d);
	if (!status)
		status = tell_ready(&d);
	if (!status)
		status = run(&d);
	report(&d);
	status = stop(&d, status);
out:
	nicsim_options_free(&d.options);
	return status;
}
