// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * bench-scale: whether a packet costs the same when there are more queues, rings, adapters, flows and
 * threads. Cycles by the time stamp counter, receive and release in batches of 32; configurations
 * that are compared are open together and take turns, and medians count.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>
#include <nax/app.h>

#include "device.h"
#include "engine.h"
#include "stamp.h"

#define RING		512u
#define BUF		2048u
#define BATCH		32u
#define LEN		60u
#define SAMPLES		31u
#define SAMPLE_BATCHES	128u
#define CONFIGS_MAX	16u
#define THREADS_MAX	64u
#define BUSY_QUEUES	16u
#define TURNS		8u

/**
 * struct port - an open port, and the poll context of its busy queues
 * @dev: its device
 * @port: the port
 * @queues: queue pairs it has
 * @busy: of them, those that the context serves, from 0 on
 * @poll: the context
 * @rx: receive queues as the engine sees them
 * @flows: flows that packets are of; each has its queue
 * @flow: of the next packet
 * @turns: batches that are measured as one, since the counter may go in steps
 * @received: packets
 */
struct port {
	struct device dev;
	struct nax_port *port;
	u32 queues;
	u32 busy;
	struct nax_poll *poll;
	struct engine_ring rx[BUSY_QUEUES];
	u32 flows;
	u32 flow;
	u32 turns;
	u64 received;
};

static bool failed(const char *what, const struct nax_error *err)
{
	fprintf(stderr, "bench-scale: %s: %s\n", what, err->text);
	return false;
}

static u32 handle(struct nax_poll *poll, void *arg)
{
	struct port *p = arg;
	u32 q, n, work = 0;

	for (q = 0; q < p->busy; q++) {
		struct nax_ring *rx = nax_port_rx_ring(p->port, q);

		n = nax_ring_received(rx);
		nax_rx_release(rx, n);
		work += n;
	}
	p->received += work;
	return work;
}

static bool port_open(struct port *p, u32 queues, u32 busy, u32 ring, u32 flows, u32 turns)
{
	struct nax_poll_config poll = { .spin = true, .cpu = -1, .on_work = true,
					.budget = turns > 1 ? BATCH / busy : BATCH };
	struct nax_port_config config;
	struct nax_error err;
	u32 q;

	*p = (struct port){ .queues = queues, .busy = busy, .flows = flows,
			    .turns = turns };
	if (!device_init(&p->dev, true) ||
	    nax_port_open_sim(&device_ops, &p->dev, 0, &p->port, &err))
		return failed("open", &err);
	nax_port_defaults(p->port, &config);
	config.rx_queues = (u16)queues;
	config.tx_queues = (u16)queues;
	config.rx_ring = ring;
	config.tx_ring = ring;
	if (nax_port_start(p->port, &config, &err))
		return failed("start", &err);
	p->poll = nax_poll_create(&poll, &err);
	if (!p->poll)
		return failed("poll context", &err);
	for (q = 0; q < busy; q++) {
		if (nax_poll_add(p->poll, p->port, (int)q, -1, &err))
			return failed("poll context", &err);
		engine_ring_init(&p->rx[q], p->dev.bar, q, true, nax_mem_origin, BUF);
	}
	return true;
}

static void port_close(struct port *p)
{
	nax_poll_destroy(p->poll);
	nax_port_close(p->port);
	device_free(&p->dev);
}

/* Packets go where their flows belong; the time of the polls that take them, a batch each. */
static bool batches(struct port *p, u64 *ticks)
{
	u64 want = p->received + BATCH * p->turns, start;
	u32 i;

	for (i = 0; i < BATCH * p->turns; i++) {
		struct engine_ring *rx = &p->rx[p->flow % p->busy];

		rx->seq = p->flow;
		p->flow = p->flow + 1 == p->flows ? 0 : p->flow + 1;
		if (!engine_receive(rx, 1, LEN))
			return false;
	}
	start = stamp();
	for (i = 0; i < p->turns; i++)
		nax_poll_once(p->poll, handle, p);
	*ticks += stamp() - start;
	return p->received == want;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *values, u32 n)
{
	qsort(values, n, sizeof(*values), compare);
	return values[n / 2];
}

/* The mean of the middle half: finer than the counter's steps, and without interrupts. */
static double middle(double *values, u32 n)
{
	double sum = 0;
	u32 i;

	qsort(values, n, sizeof(*values), compare);
	for (i = n / 4; i < n - n / 4; i++)
		sum += values[i];
	return sum / (n - n / 4 - n / 4);
}

/* Ticks per packet, of one sample. */
static bool sample(struct port *p, double *value)
{
	double ticks[SAMPLE_BATCHES];
	u32 i;

	for (i = 0; i < SAMPLE_BATCHES; i++) {
		u64 sum = 0;

		if (!batches(p, &sum)) {
			fprintf(stderr, "bench-scale: packets are missing\n");
			return false;
		}
		ticks[i] = (double)sum / (BATCH * p->turns);
	}
	*value = middle(ticks, SAMPLE_BATCHES);
	return true;
}

/* All configurations in turns; @cycles of each. */
static bool measure(struct port *ports, u32 n, double *cycles)
{
	static double samples[CONFIGS_MAX][SAMPLES];
	u32 i, s;

	for (s = 0; s < SAMPLES + 2; s++)
		for (i = 0; i < n; i++)
			if (!sample(&ports[i], &samples[i][s < 2 ? 0 : s - 2]))
				return false;
	for (i = 0; i < n; i++)
		cycles[i] = median(samples[i], SAMPLES);
	return true;
}

/* ---- what is scaled ---- */

static void tell(struct json_object *list, const char *what, u32 n, double cycles, double ratio)
{
	struct json_object *o = json_object_new_object();

	printf("%-28s %8u %10.2f %8.3f\n", what, n, cycles, ratio);
	json_object_object_add(o, "what", json_object_new_string(what));
	json_object_object_add(o, "n", json_object_new_int((int)n));
	json_object_object_add(o, "cycles", json_object_new_double(cycles));
	json_object_object_add(o, "ratio", json_object_new_double(ratio));
	json_object_array_add(list, o);
}

/**
 * struct series - configurations that are compared
 * @what: for people
 * @n: the number that grows
 * @count: how many configurations
 * @queues: queues of a port with @n
 * @busy: of them, those with traffic
 * @ring: slots per ring
 * @flows: flows
 * @turns: batches measured as one; 1 where a ring holds no more, or one queue may get all
 */
struct series {
	const char *what;
	u32 n[CONFIGS_MAX];
	u32 count;
	u32 (*queues)(u32 n);
	u32 (*busy)(u32 n);
	u32 (*ring)(u32 n);
	u32 (*flows)(u32 n);
	u32 turns;
};

static u32 same(u32 n) { return n; }
static u32 one(u32 n) { return 1; }
static u32 four(u32 n) { return 4; }
static u32 usual_ring(u32 n) { return RING; }
static u32 many_flows(u32 n) { return 4096; }

static const struct series series[] = {
	{ "queues open, one busy", { 1, 2, 4, 8, 16, 32, 64 }, 7, same, one, usual_ring, many_flows, TURNS },
	{ "queues busy, one context", { 1, 2, 4, 8, 16 }, 5, same, same, usual_ring, many_flows, TURNS },
	{ "slots per ring", { 512, 64, 128, 1024, 4096 }, 5, one, one, same, many_flows, 1 },
	{ "flows, four queues", { 1, 64, 4096, 65536, 1000000 }, 5, four, four, usual_ring, same, 1 },
};

static bool run_series(const struct series *s, struct json_object *list)
{
	static struct port ports[CONFIGS_MAX];
	double cycles[CONFIGS_MAX];
	bool ok = true;
	u32 i, opened;

	for (opened = 0; ok && opened < s->count; opened++)
		ok = port_open(&ports[opened], s->queues(s->n[opened]), s->busy(s->n[opened]),
			       s->ring(s->n[opened]), s->flows(s->n[opened]), s->turns);
	ok = ok && measure(ports, s->count, cycles);
	for (i = 0; ok && i < s->count; i++)
		tell(list, s->what, s->n[i], cycles[i], cycles[i] / cycles[0]);
	for (i = 0; i < opened; i++)
		port_close(&ports[i]);
	return ok;
}

/* Adapters that are open but idle while the first one works: here nothing can take turns. */
static bool run_adapters(struct json_object *list)
{
	static struct port ports[8];
	double cycles[8];
	bool ok = true;
	u32 i, opened = 0;

	for (i = 0; ok && i < 8; i++) {
		ok = port_open(&ports[opened++], 2, 1, RING, 4096, TURNS) && measure(ports, 1, &cycles[i]);
		if (ok)
			tell(list, "adapters open, one busy", i + 1, cycles[i], cycles[i] / cycles[0]);
	}
	while (opened)
		port_close(&ports[--opened]);
	return ok;
}

/* ---- threads ---- */

/**
 * struct worker - a thread with a receive queue, of a port that all share or of its own
 * @rx: the queue as the engine sees it
 * @core: where it runs
 * @queue: its number
 * @port: the port
 * @poll: its context
 * @start: all begin together
 * @received: packets
 * @cycles: per packet
 * @ok: it went well
 */
struct worker {
	struct engine_ring rx;
	u32 core;
	u32 queue;
	struct nax_port *port;
	struct nax_poll *poll;
	pthread_barrier_t *start;
	u64 received;
	double cycles;
	bool ok;
};

static u32 worker_handle(struct nax_poll *poll, void *arg)
{
	struct worker *w = arg;
	struct nax_ring *rx = nax_port_rx_ring(w->port, w->queue);
	u32 n = nax_ring_received(rx);

	nax_rx_release(rx, n);
	w->received += n;
	return n;
}

#define WORKER_BATCHES	20000u

static void *work(void *arg)
{
	struct worker *w = arg;
	double *ticks = calloc(WORKER_BATCHES, sizeof(*ticks));
	cpu_set_t cpu;
	u32 i;

	CPU_ZERO(&cpu);
	CPU_SET(w->core % (u32)sysconf(_SC_NPROCESSORS_ONLN), &cpu);
	sched_setaffinity(0, sizeof(cpu), &cpu);
	pthread_barrier_wait(w->start);
	w->ok = ticks != NULL;
	for (i = 0; w->ok && i < WORKER_BATCHES; i++) {
		u64 start;

		w->ok = engine_receive(&w->rx, BATCH, LEN);
		start = stamp();
		nax_poll_once(w->poll, worker_handle, w);
		ticks[i] = (double)(stamp() - start) / BATCH;
	}
	w->ok = w->ok && w->received == (u64)WORKER_BATCHES * BATCH;
	if (w->ok)
		w->cycles = middle(ticks, WORKER_BATCHES);
	free(ticks);
	return NULL;
}

/*
 * Packets per tick of @n threads at once, each on a core and a queue of its own: of the first port, or
 * of a port each, which shows what of the cost is the machine's.
 */
static bool rate(struct port *ports, bool shared, u32 n, double *result)
{
	struct nax_poll_config config = { .spin = true, .cpu = -1, .on_work = true };
	static struct worker kept[2][THREADS_MAX];
	struct worker *workers = kept[shared];
	static pthread_t threads[THREADS_MAX];
	pthread_barrier_t start;
	struct nax_error err;
	bool ok = true;
	u32 i;

	pthread_barrier_init(&start, NULL, n);
	*result = 0;
	for (i = 0; i < n; i++) {
		struct worker *w = &workers[i];

		w->core = i;
		w->queue = shared ? i : 0;
		w->port = ports[shared ? 0 : i + 1].port;
		w->start = &start;
		w->received = 0;
		w->poll = nax_poll_create(&config, &err);
		if (!w->poll || nax_poll_add(w->poll, w->port, (int)w->queue, -1, &err))
			return failed("poll context", &err);
		if (!w->rx.bar)
			engine_ring_init(&w->rx, ports[shared ? 0 : i + 1].dev.bar, w->queue, true,
					 nax_mem_origin, BUF);
	}
	for (i = 0; i < n; i++)
		if (pthread_create(&threads[i], NULL, work, &workers[i]))
			return failed("thread", &(struct nax_error){ .text = "cannot be started" });
	for (i = 0; i < n; i++) {
		pthread_join(threads[i], NULL);
		nax_poll_destroy(workers[i].poll);
		ok = ok && workers[i].ok;
		*result += 1 / workers[i].cycles;
	}
	pthread_barrier_destroy(&start);
	return ok;
}

#define RATES	9u

static bool run_threads(struct json_object *list)
{
	static const char *const names[2] = { "threads, an adapter each", "threads, a queue each" };
	static double rates[2][BUSY_QUEUES + 1][RATES];
	static struct port ports[BUSY_QUEUES + 1];
	u32 cores = (u32)sysconf(_SC_NPROCESSORS_ONLN), n, s, shared, opened;
	bool ok = true;

	if (cores > BUSY_QUEUES)
		cores = BUSY_QUEUES;
	for (opened = 0; ok && opened <= cores; opened++)
		ok = port_open(&ports[opened], opened ? 1 : cores, 0, RING, 4096, 1);
	for (s = 0; ok && s < RATES; s++)
		for (n = 1; ok && n <= cores; n++)
			for (shared = 0; ok && shared < 2; shared++)
				ok = rate(ports, shared, n, &rates[shared][n][s]);
	for (shared = 0; ok && shared < 2; shared++) {
		double first = median(rates[shared][1], RATES);

		for (n = 1; n <= cores; n++) {
			double r = median(rates[shared][n], RATES);

			tell(list, names[shared], n, 1 / r, r / first);
		}
	}
	while (opened)
		port_close(&ports[--opened]);
	return ok;
}

int main(int argc, char **argv)
{
	struct json_object *list = json_object_new_array();
	bool ok = true;
	size_t i;

	if (argc != 2) {
		fprintf(stderr, "usage: bench-scale JSON-FILE\n");
		return 2;
	}
	printf("%-28s %8s %10s %8s\n", "what", "n", "cycles", "ratio");
	for (i = 0; ok && i < sizeof(series) / sizeof(series[0]); i++)
		ok = run_series(&series[i], list);
	ok = ok && run_adapters(list) && run_threads(list);
	if (ok && json_object_to_file_ext(argv[1], list, JSON_C_TO_STRING_PRETTY)) {
		fprintf(stderr, "bench-scale: %s: %s", argv[1], json_util_get_last_err());
		ok = false;
	}
	json_object_put(list);
	return !ok;
}
