/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the commands of nax share: ports, the control loop, signals, messages.
 *
 * Every command that moves packets has the same shape. Poll contexts run in threads of their own
 * and touch rings; the main thread runs cli_loop(): it waits for signals, port events, ticks and
 * the end, and is the only one that calls control functions.
 */
#ifndef NAX_TOOL_COMMON_H
#define NAX_TOOL_COMMON_H

#include <json-c/json.h>
#include <stdio.h>
#include <nax/app.h>

#include "options.h"

#ifndef NAX_VERSION
#define NAX_VERSION "0.1.0"
#endif

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define NSEC_PER_SEC 1000000000ull
#define NSEC_PER_MSEC 1000000ull

#define CLI_PORTS_MAX 2
#define CLI_POLLS_MAX 16

/**
 * struct cli - a command that runs
 * @name: its name
 * @opt: its common options
 * @out: where results go: standard output, unless packets go there
 * @printed: a JSON result was printed
 * @error: the first error, "" if none
 */
struct cli {
	const char *name;
	const struct common_options *opt;
	FILE *out;
	bool printed;
	char error[2 * NAX_ERROR_TEXT];
};

/**
 * struct cli_loop - the main thread of a command that moves packets
 * @port: ports whose events are watched
 * @n_ports: how many
 * @netdev: network device that the ports are connected to, or NULL
 * @poll: poll contexts, to be started, stopped and destroyed by the loop
 * @fn: handler of each
 * @fn_arg: its argument
 * @n_polls: how many
 * @arg: for the functions below
 * @interval_ns: time between two calls of @tick
 * @duration_ns: end after this long, 0: no limit
 * @tick: called every @interval_ns; false: end
 * @drain: called once when it is time to end, by signal or duration; returns how long to go on at
 *	most until cli_finish() is called. NULL: end at once
 * @link: called when a link changed; may be NULL
 * @start_ns: when it began
 * @end_ns: when it ended
 */
struct cli_loop {
	struct nax_port *port[CLI_PORTS_MAX];
	unsigned int n_ports;
	const char *netdev;
	struct nax_poll *poll[CLI_POLLS_MAX];
	nax_poll_fn fn;
	void *fn_arg[CLI_POLLS_MAX];
	unsigned int n_polls;
	void *arg;
	u64 interval_ns;
	u64 duration_ns;
	bool (*tick)(void *arg, u64 now_ns);
	u64 (*drain)(void *arg);
	void (*link)(void *arg, struct nax_port *port);
	u64 start_ns;
	u64 end_ns;
};

/** cli_init() - install signal handlers; 0 or -errno. Once, before any port is opened. */
int cli_init(void);

/** cli_stopping() - SIGINT or SIGTERM has come, or the loop is over; any thread. */
bool cli_stopping(void);

/** cli_finish() - end cli_loop(); any thread, handlers included. */
void cli_finish(void);

/** cli_fail() - print a message to standard error and remember it. Return: 1, an exit status. */
int cli_fail(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** cli_note() - a message for people, on standard error unless --quiet. */
void cli_note(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** cli_progress() - overwrite the progress line; nothing unless standard error is a terminal. */
void cli_progress(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** cli_open() - open a port with the verifier level asked for; NULL after a message. */
struct nax_port *cli_open(struct cli *cli, const char *name);

/** cli_start() - start a port; exit status. */
int cli_start(struct cli *cli, struct nax_port *port, const struct nax_port_config *config);

/**
 * cli_wait_link() - wait until a started port has a link
 * @limit_ns: at most so long
 * Return: exit status: 1 after a message that says why there is none; 0 also when interrupted.
 */
int cli_wait_link(struct cli *cli, struct nax_port *port, u64 limit_ns);

/** cli_queues() - refuse more queues than @port has, naming --queues; exit status. */
int cli_queues(struct cli *cli, struct nax_port *port, u32 queues);

/** cli_filter() - receive the port's own address and what NAX_FILTER_* @flags say; exit status. */
int cli_filter(struct cli *cli, struct nax_port *port, u32 flags);

#define CLI_FILTER_ALL (NAX_FILTER_PROMISC | NAX_FILTER_ALLMULTI | NAX_FILTER_BROADCAST)

/**
 * cli_poll_add() - another poll context of the loop
 * @spin: never sleep
 * Return: it, or NULL after a message.
 */
struct nax_poll *cli_poll_add(struct cli *cli, struct cli_loop *loop, bool spin, void *fn_arg);

/** cli_poll_queue() - let @poll serve queue pair @queue of @port; exit status. */
int cli_poll_queue(struct cli *cli, struct nax_poll *poll, struct nax_port *port, int queue);

/**
 * cli_loop() - run the poll contexts until it is time to end, then stop them. Meanwhile nax show and
 * the like can ask for the ports
 *
 * Return: exit status: 1 if a device went, the verifier found something, or cli_fail() was called.
 */
int cli_loop(struct cli *cli, struct cli_loop *loop);

/** cli_loop_destroy() - destroy the poll contexts; before ports are closed. */
void cli_loop_destroy(struct cli_loop *loop);

/**
 * cli_json() - print @root and release it
 * @pretty: over several lines
 *
 * What is not UTF-8 in its texts becomes '?'.
 */
void cli_json(struct cli *cli, struct json_object *root, bool pretty);

/** cli_json_new() - a result: {"command": ..., "version": ...}. */
struct json_object *cli_json_new(const struct cli *cli);

/** cli_time() - monotonic nanoseconds. */
u64 cli_time(void);

/** cli_printable() - what others say goes to a terminal: '?' for all that is not printable */
void cli_printable(char *text);

/** cli_human() - "1.23 M"; @buf of 16 bytes is returned. */
const char *cli_human(double value, char buf[16]);

/*
 * Counters that a poll thread writes and the main thread reads. One writer, so an addition need
 * not be atomic, but load and store must be.
 */
static inline void count_add(u64 *counter, u64 n)
{
	__atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + n,
			 __ATOMIC_RELAXED);
}

static inline u64 count_get(const u64 *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

#endif /* NAX_TOOL_COMMON_H */
