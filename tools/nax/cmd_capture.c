// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nax capture: write received frames to a pcapng file that can be read while it grows. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "common.h"
#include "describe.h"
#include "pcapng.h"

#define ETH_ADDRS 12u
#define CAPTURE_PIECES 61u	/* slots of a frame */

struct capture_options {
	struct common_options common;
	const char *file;
	u64 count;
	u64 duration;
	u32 snaplen;
	u32 queues;
	u32 mtu;
	bool promisc;
};

#define AT(field) offsetof(struct capture_options, field)
static const struct opt capture_opts[] = {
	{ "write", 'w', OPT_STRING, "FILE", AT(file), 0, 0, NULL,
	  "pcapng file to write, - for standard output; must be given" },
	{ "count", 'c', OPT_U64, "N", AT(count), 1, UINT64_MAX, NULL, "end after so many frames" },
	{ "duration", 'd', OPT_TIME, "TIME", AT(duration), NSEC_PER_MSEC,
	  365ull * 86400 * NSEC_PER_SEC, NULL, "end after this long" },
	{ "snaplen", 'l', OPT_U32, "BYTES", AT(snaplen), 1, PCAPNG_SNAPLEN_MAX, NULL,
	  "bytes to keep of each frame (default 262144)" },
	{ "promisc", 'p', OPT_FLAG, NULL, AT(promisc), 0, 0, NULL,
	  "receive every frame, not only our own, broadcast and multicast" },
	{ "queues", 'Q', OPT_U32, "N", AT(queues), 1, 64, NULL, "receive queues (default 1)" },
	{ "mtu", 'm', OPT_U32, "BYTES", AT(mtu), 68, 65535, NULL,
	  "MTU, for jumbo frames (default 1500)" },
};

static const struct capture_options capture_defaults = {
	.snaplen = PCAPNG_SNAPLEN_MAX,
	.queues = 1,
};

/**
 * struct capture - the command
 * @cli: for messages
 * @opt: options
 * @port: device
 * @fd: the file
 * @writer: its format
 * @taken: frames given to the writer
 * @dropped: frames lost because the file could not be written
 * @damaged: frames that the device marks as damaged; not written
 * @done: enough, or a write failed; written and read by the poll thread alone
 * @loop: control loop
 */
struct capture {
	struct cli *cli;
	const struct capture_options *opt;
	struct nax_port *port;
	int fd;
	struct pcapng *writer;
	u64 taken;
	u64 dropped;
	u64 damaged;
	bool done;
	struct cli_loop loop;
};

/* The pieces of a received frame, with a stripped tag back in its place. */
static unsigned int frame_pieces(const struct nax_ring *rx, u32 at, u32 n, struct iovec *v,
				 u8 tag[4])
{
	const struct nax_slot *last = nax_ring_slot(rx, at + n - 1);
	unsigned int c = 0;
	u32 i;

	for (i = 0; i < n; i++) {
		const struct nax_slot *s = nax_ring_slot(rx, at + i);
		u8 *data = nax_slot_data(s);
		u32 len = s->len;

		if (!i && last->flags & NAX_F_VLAN && len > ETH_ADDRS) {
			tag[0] = 0x81;
			tag[1] = 0x00;
			tag[2] = (u8)(last->vlan_tci >> 8);
			tag[3] = (u8)last->vlan_tci;
			v[c++] = (struct iovec){ data, ETH_ADDRS };
			v[c++] = (struct iovec){ tag, 4 };
			data += ETH_ADDRS;
			len -= ETH_ADDRS;
		}
		v[c++] = (struct iovec){ data, len };
	}
	return c;
}

/* Take what one queue has. Return: slots released. */
static u32 capture_queue(struct capture *c, u32 queue, u64 ns)
{
	struct nax_ring *rx = nax_port_rx_ring(c->port, queue);
	struct iovec v[CAPTURE_PIECES + 2];
	u32 at, n, done = 0;
	u8 tag[4];

	if (!rx)
		return 0;
	at = nax_ring_first_held(rx);
	for (; (n = nax_rx_packet(rx, at + done)); done += n) {
		if (nax_ring_slot(rx, at + done + n - 1)->flags & NAX_F_RX_ERROR ||
		    n > CAPTURE_PIECES) {
			count_add(&c->damaged, 1);
			continue;
		}
		/* after the last frame asked for the rest is not wanted, and not counted */
		if (c->opt->count && c->taken >= c->opt->count)
			continue;
		if (pcapng_packet(c->writer, ns, v, frame_pieces(rx, at + done, n, v, tag)))
			count_add(&c->taken, 1);
		else
			count_add(&c->dropped, 1);
	}
	if (done)
		nax_rx_release(rx, done);
	return done;
}

static u32 capture_handler(struct nax_poll *poll, void *arg)
{
	struct capture *c = arg;
	struct timespec ts;
	u32 work = 0;
	u32 q;

	clock_gettime(CLOCK_REALTIME, &ts);
	for (q = 0; q < c->opt->queues; q++)
		work += capture_queue(c, q, (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec);
	/* written at once, so that a reader of the growing file is never far behind */
	if (work && !c->done &&
	    (!pcapng_flush(c->writer) || (c->opt->count && c->taken >= c->opt->count))) {
		c->done = true;
		cli_finish();
	}
	return work;
}

static bool capture_tick(void *arg, u64 now)
{
	struct capture *c = arg;
	struct pcapng_stats s;
	char bytes[16];

	pcapng_stats(c->writer, &s);
	cli_progress(c->cli, "%llu frames, %sB, %.0f s", s.written,
		     cli_human((double)s.bytes, bytes), (double)(now - c->loop.start_ns) / 1e9);
	return true;
}

static int capture_start(struct capture *c)
{
	const struct capture_options *opt = c->opt;
	u32 filter = opt->promisc ? CLI_FILTER_ALL : NAX_FILTER_BROADCAST | NAX_FILTER_ALLMULTI;
	struct nax_port_config config;
	struct nax_poll *poll;
	u32 q;

	if (cli_queues(c->cli, c->port, opt->queues))
		return 1;
	nax_port_defaults(c->port, &config);
	config.rx_queues = (u16)opt->queues;
	config.tx_queues = (u16)opt->queues;
	if (opt->mtu)
		config.mtu = opt->mtu;
	if (cli_start(c->cli, c->port, &config) || cli_filter(c->cli, c->port, filter))
		return 1;
	poll = cli_poll_add(c->cli, &c->loop, false, c);
	if (!poll)
		return 1;
	for (q = 0; q < opt->queues; q++)
		if (cli_poll_queue(c->cli, poll, c->port, (int)q))
			return 1;
	return 0;
}

/*
 * A FIFO cannot be opened before it has a reader, and waiting in open() would not end by a signal:
 * the handlers have what was interrupted go on.
 */
static int file_open(const char *name)
{
	const struct timespec step = { .tv_nsec = 100000000 };
	int fd;

	for (;;) {
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK, 0644);
		if (fd >= 0)
			fcntl(fd, F_SETFL, O_WRONLY);
		if (fd >= 0 || errno != ENXIO)
			return fd;
		if (cli_stopping()) {
			errno = EINTR;
			return -1;
		}
		nanosleep(&step, NULL);
	}
}

/* The file and its first two blocks, so that a disk that is full already is found early. */
static int capture_open(struct capture *c)
{
	const char *name = c->opt->file;
	struct pcapng_stats s;

	if (!strcmp(name, "-")) {
		if (isatty(STDOUT_FILENO))
			return cli_fail(c->cli, "standard output is a terminal: pcapng is binary");
		c->fd = STDOUT_FILENO;
		c->cli->out = stderr;
	} else {
		c->fd = file_open(name);
		if (c->fd < 0 && errno == EINTR)
			return 1;
		if (c->fd < 0)
			return cli_fail(c->cli, "%.200s: %s", name, strerror(errno));
	}
	c->writer = pcapng_create(c->fd, c->opt->common.operand[0], "nax " NAX_VERSION,
				  c->opt->snaplen, cli_stopping);
	if (!c->writer)
		return cli_fail(c->cli, "out of memory");
	pcapng_stats(c->writer, &s);
	if (s.error)
		return cli_fail(c->cli, "%.200s: %s", name, strerror(s.error));
	return 0;
}

static int capture_finish(struct capture *c)
{
	double seconds = (double)(c->loop.end_ns - c->loop.start_ns) / 1e9;
	struct json_object *root;
	struct pcapng_stats s;
	u64 dropped;

	pcapng_flush(c->writer);
	if (c->fd != STDOUT_FILENO && close(c->fd) && !c->cli->error[0])
		cli_fail(c->cli, "%.200s: %s", c->opt->file, strerror(errno));
	c->fd = -1;
	pcapng_stats(c->writer, &s);
	/* frames that were buffered when writing failed are lost too */
	dropped = c->dropped + c->taken - s.written;
	if (s.error && !(s.error == EINTR && cli_stopping()))
		cli_fail(c->cli, "%.200s: %s: %llu frames written, %llu dropped", c->opt->file,
			 strerror(s.error), s.written, dropped);
	cli_progress(c->cli, "%s", "");
	if (c->opt->common.json) {
		root = cli_json_new(c->cli);
		json_add_text(root, "file", c->opt->file);
		json_add_rate(root, "seconds", seconds);
		json_add_u64(root, "written", s.written);
		json_add_u64(root, "file_bytes", s.bytes);
		json_add_u64(root, "dropped", dropped);
		json_add_u64(root, "damaged", c->damaged);
		json_add_port(root, c->port);
		if (c->cli->error[0])
			json_add_text(root, "error", c->cli->error);
		cli_json(c->cli, root, true);
	} else {
		fprintf(c->cli->out, "%llu frames written, %llu bytes, %llu dropped, %llu damaged, "
			"%.1f s\n", s.written, s.bytes, dropped, c->damaged, seconds);
	}
	return c->cli->error[0] ? 1 : 0;
}

static int capture_run(struct cli *cli, const void *options)
{
	const struct capture_options *opt = options;
	struct capture c = {
		.cli = cli,
		.opt = opt,
		.fd = -1,
		.loop = {
			.fn = capture_handler,
			.tick = capture_tick,
			.duration_ns = opt->duration,
		},
	};
	int rc = 1;

	if (!opt->file) {
		cli_fail(cli, "--write is missing: must name a file, or - for standard output");
		return 2;
	}
	c.loop.arg = &c;
	c.port = cli_open(cli, opt->common.operand[0]);
	if (!c.port)
		return 1;
	c.loop.port[c.loop.n_ports++] = c.port;
	if (capture_open(&c) || capture_start(&c)) {
		/* ended while a FIFO had no reader: there is nothing to sum up */
		if (cli_stopping() && !cli->error[0])
			rc = 0;
		goto close;
	}
	cli_loop(cli, &c.loop);
	rc = capture_finish(&c);
close:
	cli_loop_destroy(&c.loop);
	pcapng_destroy(c.writer);
	nax_port_close(c.port);
	if (c.fd > STDOUT_FILENO)
		close(c.fd);
	return rc;
}

const struct command cmd_capture = {
	.name = "capture",
	.operands = "DEV -w FILE",
	.n_operands = 1,
	.summary = "write received frames to a pcapng file",
	.opts = capture_opts,
	.n_opts = ARRAY_LEN(capture_opts),
	.size = sizeof(struct capture_options),
	.defaults = &capture_defaults,
	.run = capture_run,
};
