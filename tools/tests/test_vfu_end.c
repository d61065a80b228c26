// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The end of nicsim as its client sees it: replies to all that was sent, and the end of the stream.
 * By the server in this process, and by the program under SIGTERM. Links nicsim.a.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "server.h"
#include "usock.h"
#include "vfu_msg.h"

#define ROUNDS		40
#define LEAST_WRITES	20	/* before the end may come */

/**
 * struct client - sends without end, as a guest under load: posted writes, now and then a read
 * @deaf: reads no reply before it is set to false
 * @writes, @asked: posted writes and reads sent so far
 * @answered: replies to reads
 * @send_errno: why no more could be sent
 * @end: what recv() gave at last: 0 is the end of the stream, else -errno
 */
struct client {
	pthread_t thread;
	int fd;
	_Atomic bool deaf;
	_Atomic unsigned int writes, asked;
	unsigned int answered;
	int send_errno;
	int end;
};

static int dial(const char *path)
{
	struct sockaddr_un addr;
	char err[128];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(usock_address(&addr, path, err, sizeof(err)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static bool tell(struct client *c, unsigned int cmd, unsigned int flags, const void *data,
		 size_t len)
{
	struct vfu_header h = { .cmd = cmd, .size = sizeof(h) + len, .flags = flags };
	uint8_t msg[128];

	memcpy(msg, &h, sizeof(h));
	memcpy(msg + sizeof(h), data, len);
	/* a message goes as a whole, or not at all, or the peer is gone */
	if (send(c->fd, msg, h.size, MSG_NOSIGNAL) == (ssize_t)h.size)
		return true;
	c->send_errno = errno;
	return false;
}

/* A reply of @len bytes behind its header; false: the stream is at its end, whichever. */
static bool answered(struct client *c, size_t len)
{
	uint8_t msg[128];
	ssize_t n = recv(c->fd, msg, sizeof(struct vfu_header) + len, MSG_WAITALL);

	if (n == (ssize_t)(sizeof(struct vfu_header) + len)) {
		c->answered++;
		return true;
	}
	c->end = n < 0 ? -errno : n;
	return false;
}

static void *load(void *arg)
{
	struct client *c = arg;
	struct {
		struct vfu_region_rw rw;
		uint32_t value;
	} write = { { 0x10, 4, 4 }, 1 };		/* the MSI-X table is storage */
	struct vfu_region_rw read = { 0, 7, 4 };
	bool more = answered(c, sizeof(struct vfu_version));

	c->answered = 0;
	while (more) {
		more = tell(c, VFU_CMD_REGION_WRITE, VFU_NO_REPLY, &write,
			    sizeof(write.rw) + 4);
		c->writes++;
		if (more && c->writes % 10 == 0) {
			more = tell(c, VFU_CMD_REGION_READ, 0, &read, sizeof(read));
			c->asked += more;
			if (more && !c->deaf && !answered(c, sizeof(read) + 4))
				return NULL;
		}
	}
	while (c->deaf)
		usleep(1000);
	while (answered(c, sizeof(read) + 4))
		;
	return NULL;
}

static void client_start(struct client *c, const char *path, bool deaf)
{
	struct vfu_version v = { 0 };

	memset(c, 0, sizeof(*c));
	c->fd = dial(path);
	c->deaf = deaf;
	c->end = 1;
	assert_true(tell(c, VFU_CMD_VERSION, 0, &v, sizeof(v)));
	assert_int_equal(pthread_create(&c->thread, NULL, load, c), 0);
}

/* It could send no more, all that it asked was answered, and then the stream ended. */
static void client_ended_well(struct client *c)
{
	assert_int_equal(pthread_join(c->thread, NULL), 0);
	close(c->fd);
	if (c->end)
		fail_msg("the stream ended by %s", strerror(-c->end));
	assert_true(!c->send_errno || c->send_errno == EPIPE);
	assert_int_equal(c->answered, c->asked);
}

/* ---- in this process ---- */

struct fixture {
	struct nicsim *sim;
	struct nicsim_port *port;
	struct evloop *loop;
	struct vfu_server *server;
	char dir[32];
	char path[48];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/nax-test.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/s", f->dir);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

static void serve(struct fixture *f)
{
	struct nicsim_config config = { 0 };
	struct nicsim_port_config port = { .name = "p" };
	char err[256] = "";

	f->sim = nicsim_create(&config);
	f->port = nicsim_port_add(f->sim, &port, err, sizeof(err));
	f->loop = evloop_create();
	assert_non_null(f->port);
	assert_non_null(f->loop);
	f->server = vfu_server_create(f->loop, f->port, f->path, err, sizeof(err));
	if (!f->server)
		fail_msg("%s", err);
}

static void serve_end(struct fixture *f)
{
	vfu_server_destroy(f->server);
	nicsim_destroy(f->sim);
	evloop_destroy(f->loop);
}

/* In the middle of the load, with messages unread. */
static void test_end_under_load(void **state)
{
	struct fixture *f = *state;
	unsigned int i, unread = 0;

	for (i = 0; i < ROUNDS; i++) {
		struct client c;

		serve(f);
		client_start(&c, f->path, false);
		while (c.writes < LEAST_WRITES + 7 * i)
			assert_int_equal(evloop_round(f->loop, evloop_now() + 1000000), 0);
		/* the client may get ahead: nobody reads now */
		usleep(1000);
		serve_end(f);
		client_ended_well(&c);
		unread += c.writes > LEAST_WRITES + 7 * i;
	}
	/* else this has shown nothing */
	assert_in_range(unread, ROUNDS / 2, ROUNDS);
}

/* One that takes no replies, until it is not read from any more, does not hold up the end. */
static void test_deaf(void **state)
{
	struct fixture *f = *state;
	unsigned int writes, i;
	struct client c;
	uint64_t before;

	serve(f);
	client_start(&c, f->path, true);
	do {
		writes = c.writes;
		for (i = 0; i < 50; i++) {
			assert_int_equal(evloop_round(f->loop, 0), 0);
			usleep(1000);
		}
	} while (c.writes != writes || !writes);
	before = evloop_now();
	serve_end(f);
	assert_in_range(evloop_now() - before, 900000000ull, 5000000000ull);
	c.deaf = false;
	assert_int_equal(pthread_join(c.thread, NULL), 0);
	close(c.fd);
}

/* ---- the program ---- */

static pid_t program(const char *path)
{
	char option[128], line[64] = "";
	int ready[2];
	pid_t pid;

	snprintf(option, sizeof(option), "%s,model=82599,net=wire:w", path);
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(ready[1], STDOUT_FILENO);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		close(ready[0]);
		close(ready[1]);
		execl(NAX_BUILD_DIR "/nicsim", "nicsim", "--port", option, NULL);
		_exit(127);
	}
	close(ready[1]);
	assert_true(read(ready[0], line, sizeof(line) - 1) > 0);
	assert_string_equal(line, "nicsim: ready\n");
	close(ready[0]);
	return pid;
}

static void test_sigterm(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < ROUNDS / 4; i++) {
		struct client c;
		int status = -1;
		pid_t pid = program(f->path);

		client_start(&c, f->path, false);
		while (c.writes < LEAST_WRITES + 37 * i)
			usleep(100);
		assert_int_equal(kill(pid, SIGTERM), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
		client_ended_well(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_end_under_load, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deaf, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sigterm, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("end of the vfio-user server", tests, NULL, NULL);
}
