// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The control loop: what the main thread does while poll contexts move packets in theirs. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common.h"

/* Set by signal handlers and threads, read by the loop; the eventfd wakes it. */
static struct {
	int fd;
	unsigned int signals;
	bool finished;
} control = { .fd = -1 };

static void control_wake(void)
{
	const uint64_t one = 1;

	/* the counter cannot overflow, and if it could, the loop would be awake */
	if (write(control.fd, &one, sizeof(one)) < 0)
		return;
}

static void on_signal(int sig)
{
	int saved = errno;

	(void)sig;
	__atomic_add_fetch(&control.signals, 1, __ATOMIC_RELAXED);
	control_wake();
	errno = saved;
}

int cli_init(void)
{
	static const int stop[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction old;
	unsigned int i;

	control.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (control.fd < 0)
		return -errno;
	sigemptyset(&sa.sa_mask);
	for (i = 0; i < ARRAY_LEN(stop); i++) {
		/* SIGHUP ignored from outside is nohup's wish. A shell also starts background
		 * jobs with SIGINT ignored, but whoever sends it to this process means it.
		 */
		if (stop[i] == SIGHUP && !sigaction(SIGHUP, NULL, &old) &&
		    old.sa_handler == SIG_IGN)
			continue;
		if (sigaction(stop[i], &sa, NULL))
			return -errno;
	}
	/* a reader that goes is an error of write(), with a message */
	if (sigaction(SIGPIPE, &ignore, NULL))
		return -errno;
	return 0;
}

bool cli_stopping(void)
{
	return __atomic_load_n(&control.signals, __ATOMIC_RELAXED) ||
	       __atomic_load_n(&control.finished, __ATOMIC_RELAXED);
}

void cli_finish(void)
{
	__atomic_store_n(&control.finished, true, __ATOMIC_RELEASE);
	control_wake();
}

int cli_wait_link(struct cli *cli, struct nax_port *port, u64 limit_ns)
{
	struct pollfd fds[2] = {
		{ .fd = control.fd, .events = POLLIN },
		{ .fd = nax_port_event_fd(port), .events = POLLIN },
	};
	u64 end = cli_time() + limit_ns;
	struct nax_port_event event;
	struct nax_port_info info;
	struct nax_link link;
	u64 now;

	nax_port_info(port, &info);
	while (!cli_stopping()) {
		nax_port_link(port, &link);
		if (link.up)
			return 0;
		now = cli_time();
		if (now >= end)
			return cli_fail(cli, "%s: no link after %llu s%s%s", info.name,
					limit_ns / NSEC_PER_SEC, link.reason[0] ? ": " : "",
					link.reason);
		if (poll(fds, 2, (int)((end - now) / NSEC_PER_MSEC) + 1) <= 0)
			continue;
		while (nax_port_event_next(port, &event))
			if (event.type == NAX_PORT_GONE)
				return cli_fail(cli, "%s: device is gone: %s", info.name,
						event.text);
	}
	return 0;
}

static int polls_start(struct cli *cli, struct cli_loop *loop)
{
	struct nax_error err = { 0 };
	unsigned int i;
	int rc;

	for (i = 0; i < loop->n_polls; i++) {
		rc = nax_poll_start(loop->poll[i], loop->fn, loop->fn_arg[i], &err);
		if (rc)
			goto stop;
	}
	return 0;
stop:
	cli_fail(cli, "cannot start a thread: %s", err.text[0] ? err.text : strerror(-rc));
	while (i--) {
		nax_poll_stop(loop->poll[i]);
		nax_poll_join(loop->poll[i]);
	}
	return 1;
}

static void polls_stop(struct cli_loop *loop)
{
	unsigned int i;

	for (i = 0; i < loop->n_polls; i++)
		nax_poll_stop(loop->poll[i]);
	for (i = 0; i < loop->n_polls; i++)
		nax_poll_join(loop->poll[i]);
}

/* Take all events of a port. Return: false if the device is gone. */
static bool events_take(struct cli *cli, struct cli_loop *loop, struct nax_port *port)
{
	struct nax_port_event event;
	struct nax_port_info info;
	bool there = true;

	while (nax_port_event_next(port, &event)) {
		nax_port_info(port, &info);
		switch (event.type) {
		case NAX_PORT_GONE:
			cli_fail(cli, "%s: device is gone: %s", info.name, event.text);
			there = false;
			break;
		case NAX_PORT_VERIFY:
			cli_fail(cli, "%s: verifier: %s", info.name, event.text);
			break;
		case NAX_PORT_LINK:
			/* the ups and downs of starting are nobody's concern */
			if (event.when_ns >= loop->start_ns)
				cli_note(cli, "%s: %s", info.name, event.text);
			if (loop->link)
				loop->link(loop->arg, port);
			break;
		case NAX_PORT_RESTART:
		case NAX_PORT_RESET:
			cli_note(cli, "%s: %s", info.name, event.text);
			break;
		}
	}
	return there;
}

static void control_wait(const struct cli_loop *loop, u64 until_ns)
{
	struct pollfd fds[1 + CLI_PORTS_MAX] = { { .fd = control.fd, .events = POLLIN } };
	u64 now = cli_time();
	uint64_t drained;
	unsigned int i;
	int ms = 0;

	for (i = 0; i < loop->n_ports; i++)
		fds[1 + i] = (struct pollfd){ .fd = nax_port_event_fd(loop->port[i]),
					      .events = POLLIN };
	if (until_ns > now)
		ms = (int)((until_ns - now + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC);
	if (poll(fds, 1 + loop->n_ports, ms) > 0 && fds[0].revents &&
	    read(control.fd, &drained, sizeof(drained)) < 0)
		return;
}

/**
 * struct loop_state - where the loop stands
 * @next_tick: time of the next tick
 * @deadline: time to end
 * @draining: asked to end, still waiting for the rest
 * @signals: signals that the loop has answered
 */
struct loop_state {
	u64 next_tick;
	u64 deadline;
	bool draining;
	unsigned int signals;
};

/* Whether it is time to end; the first time a command that drains gets an extension. */
static bool loop_ends(struct cli_loop *loop, struct loop_state *s, u64 now)
{
	unsigned int signals = __atomic_load_n(&control.signals, __ATOMIC_RELAXED);
	bool asked = signals != s->signals;

	s->signals = signals;
	if (__atomic_load_n(&control.finished, __ATOMIC_ACQUIRE))
		return true;
	if (!asked && now < s->deadline)
		return false;
	if (s->draining || !loop->drain)
		return true;
	s->draining = true;
	s->deadline = now + loop->drain(loop->arg);
	return false;
}

static void loop_run(struct cli *cli, struct cli_loop *loop)
{
	struct loop_state s = { 0 };
	unsigned int i;
	u64 now = loop->start_ns;

	s.next_tick = now + loop->interval_ns;
	s.deadline = loop->duration_ns ? now + loop->duration_ns : UINT64_MAX;
	while (!loop_ends(loop, &s, now)) {
		control_wait(loop, s.next_tick < s.deadline ? s.next_tick : s.deadline);
		for (i = 0; i < loop->n_ports; i++)
			if (!events_take(cli, loop, loop->port[i]))
				return;
		now = cli_time();
		if (now < s.next_tick)
			continue;
		if (loop->tick && !loop->tick(loop->arg, now))
			return;
		/* after a pause of the whole process ticks are skipped, not made up for */
		while (s.next_tick <= now)
			s.next_tick += loop->interval_ns;
	}
}

/* For nax show and the like. Not being asked is no reason not to work. */
static void ports_serve(struct cli *cli, struct cli_loop *loop)
{
	struct nax_error err = { 0 };
	unsigned int i;

	for (i = 0; i < loop->n_ports; i++) {
		if (!nax_port_serve(loop->port[i], loop->netdev, &err))
			continue;
		cli_note(cli, "nobody can ask for this device: %s", err.text);
		return;
	}
}

int cli_loop(struct cli *cli, struct cli_loop *loop)
{
	if (!loop->interval_ns)
		loop->interval_ns = NSEC_PER_SEC;
	loop->start_ns = cli_time();
	loop->end_ns = loop->start_ns;
	if (polls_start(cli, loop))
		return 1;
	ports_serve(cli, loop);
	loop_run(cli, loop);
	loop->end_ns = cli_time();
	/* a poll thread that waits for a reader of its output now knows that it need not */
	__atomic_store_n(&control.finished, true, __ATOMIC_RELEASE);
	polls_stop(loop);
	return cli->error[0] ? 1 : 0;
}

void cli_loop_destroy(struct cli_loop *loop)
{
	while (loop->n_polls)
		nax_poll_destroy(loop->poll[--loop->n_polls]);
}
