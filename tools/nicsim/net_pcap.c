// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim daemon: net=pcap. One capture file is replayed into the port, once, and what the port
 * sends is written to another.
 *
 * Replay begins when link is up and receive has been enabled for a moment, in which drivers set
 * their filters and applications ask for promiscuous mode. It keeps the pace of a 1 Gbit/s source
 * whatever the file's times say: a driver that shares its processor with the model can follow that.
 */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "file.h"
#include "net.h"
#include "say.h"

#define SNAPLEN		65535
#define WIRE_OVERHEAD	24		/* preamble, frame check sequence, gap */
#define BYTE_NS		8		/* at 1 Gbit/s */
#define SETTLE_NS	50000000ull	/* receiving for so long, then replay begins */
#define BURST		64		/* frames before others get their turn */
#define LAG_NS		2000000ull	/* what was missed further back is not made up for */

/**
 * struct capture - the back end
 * @in: being replayed, or NULL
 * @tick: when the next frame is due, or when receiving has gone on for long enough
 * @waiting: for the latter; @begun: the former
 * @due: that time
 * @cut: frames left out since the capture has not all of them
 * @dirty: frames were written that are not flushed
 */
struct capture {
	struct simnet n;
	pcap_t *in;
	struct evloop_timer tick;
	bool waiting;
	bool begun;
	uint64_t due;
	uint64_t cut;
	pcap_t *format;
	pcap_dumper_t *out;
	bool dirty;
	bool failed;
	char out_path[256];
};

/* ---- replay ---- */

static void replay_end(struct capture *c)
{
	nicsim_say(nicsim_port_name(c->n.port), "net: replay ended after %llu frames",
		   (unsigned long long)c->n.stats.received);
	if (c->cut)
		nicsim_say(nicsim_port_name(c->n.port),
			   "net: %llu frames are cut short in the capture and were left out",
			   (unsigned long long)c->cut);
	pcap_close(c->in);
	c->in = NULL;
}

static void replay_next(struct capture *c)
{
	struct pcap_pkthdr *h;
	const u_char *frame;
	int ret = pcap_next_ex(c->in, &h, &frame);

	if (ret == PCAP_ERROR) {
		simnet_fail(&c->n, "net: replay: %s", pcap_geterr(c->in));
		replay_end(c);
		return;
	}
	if (ret != 1) {
		replay_end(c);
		return;
	}
	c->due += (uint64_t)(h->caplen + WIRE_OVERHEAD) * BYTE_NS;
	if (h->caplen < h->len) {
		c->cut++;
		return;
	}
	simnet_deliver(&c->n, frame, h->caplen);
}

static void on_tick(void *ctx)
{
	struct capture *c = ctx;
	uint64_t now = evloop_now();
	unsigned int i;

	if (!c->begun) {
		c->waiting = false;
		if (!nicsim_port_receiving(c->n.port))
			return;
		c->begun = true;
		c->due = now;
	}
	if (c->due + LAG_NS < now)
		c->due = now - LAG_NS;
	for (i = 0; i < BURST && c->in && !c->n.held_len && c->due <= now; i++)
		replay_next(c);
	if (c->in && !c->n.held_len)
		evloop_timer_arm(c->n.loop, &c->tick, c->due);
}

/* ---- capture ---- */

static void out_fail(struct capture *c)
{
	if (!c->failed)
		simnet_fail(&c->n, "net: %s: %s", c->out_path, strerror(errno));
	c->failed = true;
}

static bool capture_send(struct simnet *n, const uint8_t *frame, uint32_t len)
{
	struct capture *c = (struct capture *)n;
	struct pcap_pkthdr h = { .caplen = len, .len = len };
	struct timespec ts;

	n->stats.sent++;
	if (!c->out || c->failed)
		return true;
	clock_gettime(CLOCK_REALTIME, &ts);
	/* nanoseconds: the dumper was opened for them */
	h.ts.tv_sec = ts.tv_sec;
	h.ts.tv_usec = ts.tv_nsec;
	pcap_dump((u_char *)c->out, &h, frame);
	c->dirty = true;
	return true;
}

static void capture_flush(struct capture *c)
{
	if (!c->dirty)
		return;
	c->dirty = false;
	errno = 0;
	if (pcap_dump_flush(c->out) || ferror(pcap_dump_file(c->out)))
		out_fail(c);
}

static void capture_kick(struct simnet *n)
{
	struct capture *c = (struct capture *)n;

	capture_flush(c);
	if (!c->in)
		return;
	if (!c->begun) {
		if (!c->waiting && nicsim_port_receiving(n->port)) {
			c->waiting = true;
			evloop_timer_arm(n->loop, &c->tick, evloop_now() + SETTLE_NS);
		}
	} else if (n->held_len && !simnet_held(n)) {
		on_tick(c);
	}
}

/* ---- life ---- */

static int in_open(struct capture *c, const char *path, char *err, size_t err_len)
{
	char why[PCAP_ERRBUF_SIZE];
	struct stat st;

	if (stat(path, &st)) {
		snprintf(err, err_len, "%.200s: %s", path, strerror(errno));
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		snprintf(err, err_len, "%.200s: is not a regular file", path);
		return -1;
	}
	c->in = pcap_open_offline(path, why);
	if (!c->in) {
		/* libpcap names the file in some messages and not in others */
		if (strstr(why, path))
			snprintf(err, err_len, "%s", why);
		else
			snprintf(err, err_len, "%.200s: %s", path, why);
		return -1;
	}
	if (pcap_datalink(c->in) != DLT_EN10MB) {
		snprintf(err, err_len, "%.200s: link type is %d, limit %d (Ethernet)", path,
			 pcap_datalink(c->in), DLT_EN10MB);
		return -1;
	}
	return 0;
}

/* Writing empties a file first, also the one that is to be replayed. */
static bool is_same_file(const char *a, const char *b)
{
	struct stat sa, sb;

	return !stat(a, &sa) && !stat(b, &sb) && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

static int out_open(struct capture *c, const char *path, char *err, size_t err_len)
{
	FILE *f;

	snprintf(c->out_path, sizeof(c->out_path), "%s", path);
	c->format = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, SNAPLEN,
							 PCAP_TSTAMP_PRECISION_NANO);
	if (!c->format) {
		snprintf(err, err_len, "%.200s: no memory", path);
		return -1;
	}
	f = file_create(path);
	c->out = f ? pcap_dump_fopen(c->format, f) : NULL;
	if (!c->out) {
		snprintf(err, err_len, "%.200s: %s", path, strerror(errno));
		if (f)
			fclose(f);
		return -1;
	}
	if (pcap_dump_flush(c->out)) {
		snprintf(err, err_len, "%.200s: %s", path, strerror(errno));
		return -1;
	}
	return 0;
}

static int capture_open(struct simnet *n, const struct simnet_spec *spec, char *err, size_t err_len)
{
	struct capture *c = (struct capture *)n;

	c->tick = (struct evloop_timer){ .fn = on_tick, .ctx = c };
	if (strcmp(spec->a, "-") && in_open(c, spec->a, err, err_len))
		return -1;
	if (c->in && strcmp(spec->b, "-") && is_same_file(spec->a, spec->b)) {
		snprintf(err, err_len, "%.200s: is the file to replay and the file to write",
			 spec->b);
		return -1;
	}
	if (strcmp(spec->b, "-") && out_open(c, spec->b, err, err_len))
		return -1;
	return 0;
}

static void capture_close(struct simnet *n)
{
	struct capture *c = (struct capture *)n;

	evloop_timer_stop(n->loop, &c->tick);
	if (!c->failed)
		capture_flush(c);
	if (c->in && c->begun)
		nicsim_say(nicsim_port_name(n->port), "net: replay broken off after %llu frames",
			   (unsigned long long)n->stats.received);
	if (c->in)
		pcap_close(c->in);
	if (c->out)
		pcap_dump_close(c->out);
	if (c->format)
		pcap_close(c->format);
}

const struct simnet_ops simnet_pcap = {
	.size = sizeof(struct capture),
	.open = capture_open,
	.send = capture_send,
	.kick = capture_kick,
	.close = capture_close,
};
