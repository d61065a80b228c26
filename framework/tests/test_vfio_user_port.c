// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The vfio-user bus and ports over it: traffic, interrupts, and a server that goes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus.h"
#include "client.h"
#include "mem.h"
#include "traffic.h"
#include "user.h"

#define TIMEOUT_MS 1000

static int setup(void **state)
{
	return client_setup(TIMEOUT_MS);
}

static void command(struct server *s, u16 cmd)
{
	struct {
		struct vfu_header h;
		u8 data[16];
	} c = { .h = { .id = 77, .cmd = cmd, .size = sizeof(c) } };

	server_send(s, &c, sizeof(c));
}

/* ---- the bus by itself ---- */

static void test_bus(void **state)
{
	struct nax_bus *bus;
	int fd[LOOP_VECTORS];
	u32 value, i;

	assert_int_equal(nax_bus_open(device, &bus, &err), 0);
	assert_int_equal(bus->ops->region_size(bus, 0), LOOP_BAR);
	assert_int_equal(bus->ops->region_size(bus, 7), LOOP_CONFIG);
	assert_int_equal(bus->ops->region_size(bus, 8), 0);
	assert_int_equal(nax_bus_read32(bus, 0, 0), LOOP_ALIVE);
	/* posted writes are in order with reads */
	for (i = 0; i < 100; i++) {
		nax_bus_write32(bus, 0, LOOP_RING + 8, i);
		assert_int_equal(nax_bus_read32(bus, 0, LOOP_RING + 8), i);
	}
	assert_int_equal(SERVER_GET(&server, posted), 100);
	/* beyond a region nothing is sent */
	assert_int_equal(nax_bus_read32(bus, 0, LOOP_BAR), ~0u);
	assert_int_equal(nax_bus_read32(bus, 0, ~0ull), ~0u);
	nax_bus_write32(bus, 0, LOOP_BAR - 2, 1);
	assert_int_equal(SERVER_GET(&server, posted), 100);
	assert_int_equal(nax_bus_config_read(bus, 0, 4, &value), 0);
	assert_int_equal(value, LOOP_DEVICE << 16 | LOOP_VENDOR);
	assert_int_equal(nax_bus_config_read(bus, 0, 3, &value), -EINVAL);
	assert_int_equal(nax_bus_config_read(bus, 2, 4, &value), -EINVAL);

	/* a reset keeps the header */
	assert_int_equal(nax_bus_config_write(bus, 4, 2, 6), 0);
	assert_int_equal(nax_bus_reset(bus), 0);
	assert_int_equal(SERVER_GET(&server, dev.resets), 1);
	assert_int_equal(nax_bus_config_read(bus, 4, 2, &value), 0);
	assert_int_equal(value, 6);

	/* the server takes two descriptors a message; every vector arrives at its own */
	assert_int_equal(bus->ops->vectors_enable(bus, LOOP_VECTORS + 1, fd, &err), -ENOSPC);
	assert_int_equal(bus->ops->vectors_enable(bus, LOOP_VECTORS, fd, &err), 0);
	assert_int_equal(bus->ops->vectors_enable(bus, 1, fd, &err), -EBUSY);
	assert_int_equal(nax_bus_reset(bus), 0);
	for (i = 0; i < LOOP_VECTORS; i++) {
		assert_false(nax_user_drain(fd[i]));
		loop_fire(&server.dev, i);
		assert_true(nax_user_drain(fd[i]));
	}
	bus->ops->vectors_disable(bus);
	nax_bus_read32(bus, 0, 0);
	assert_int_equal(SERVER_GET(&server, irq[0]), -1);

	assert_null(bus->ops->dead(bus));
	bus->ops->close(bus);
}

static void count_death(void *ctx)
{
	++*(u32 *)ctx;
}

/* Once it failed, a connection says nothing more, and says why. */
static void test_dead_bus(void **state)
{
	struct nax_bus *bus;
	u32 deaths = 0, value;
	int fd[1];

	assert_int_equal(nax_bus_open(device, &bus, &err), 0);
	bus->ctx = &deaths;
	bus->died = count_death;
	server_edit_next(&server, VFU_REGION_READ, 0, e_wrong_id);
	assert_int_equal(nax_bus_read32(bus, 0, 0), ~0u);
	assert_int_equal(deaths, 1);
	assert_non_null(strstr(bus->ops->dead(bus), "msg_id"));
	assert_int_equal(nax_bus_read32(bus, 0, 0), ~0u);
	nax_bus_write32(bus, 0, 4, 0);
	assert_int_equal(nax_bus_config_read(bus, 0, 2, &value), -ENODEV);
	assert_int_equal(bus->ops->reset(bus), -ENODEV);
	assert_int_equal(bus->ops->dma_map(bus, 0, 4096, 0, 0, NULL), -ENODEV);
	assert_int_equal(bus->ops->vectors_enable(bus, 1, fd, &err), -ENODEV);
	assert_int_equal(bus->ops->watch_fd(bus), -1);
	assert_int_equal(deaths, 1);
	bus->ops->close(bus);
}

/* What comes while nobody waits. */
static void test_idle_messages(void **state)
{
	struct vfu_header reply = { .id = 3, .cmd = VFU_DMA_MAP, .size = 16,
				    .flags = VFU_TYPE_REPLY };
	struct nax_bus *bus;
	u32 i;

	assert_int_equal(nax_bus_open(device, &bus, &err), 0);
	bus->ops->watch(bus);
	assert_null(bus->ops->dead(bus));
	command(&server, VFU_DMA_READ);
	bus->ops->watch(bus);
	assert_null(bus->ops->dead(bus));
	assert_int_equal(nax_bus_read32(bus, 0, 0), LOOP_ALIVE);
	assert_int_equal(SERVER_GET(&server, refused), 1);
	/* a client may be flooded, and goes on with its life between */
	for (i = 0; i < 40; i++)
		command(&server, VFU_DMA_READ);
	for (i = 0; i < 3; i++)
		bus->ops->watch(bus);
	assert_int_equal(nax_bus_read32(bus, 0, 0), LOOP_ALIVE);
	assert_int_equal(SERVER_GET(&server, refused), 41);
	server_send(&server, &reply, sizeof(reply));
	bus->ops->watch(bus);
	assert_non_null(strstr(bus->ops->dead(bus), "reply (msg_id 3, command 2) to nothing"));
	bus->ops->close(bus);
}

/* A server that takes nothing more: a posted write gives up in time. */
static void test_full_socket(void **state)
{
	struct vfu_conn c;
	u32 value = 0, i;
	u64 from;
	int sv[2], rc = 0;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv), 0);
	vfu_conn_init(&c, sv[0], 100);
	from = nax_user_time_ns();
	for (i = 0; i < 1000000 && !rc; i++)
		rc = vfu_post_write(&c, 0, 0, &value, sizeof(value));
	assert_int_equal(rc, -ETIMEDOUT);
	assert_true(i > 10);
	assert_in_range((nax_user_time_ns() - from) / 1000000, 90, 3000);
	assert_non_null(strstr(vfu_dead(&c), "takes nothing for 100 ms"));
	vfu_conn_destroy(&c);
	close(sv[0]);
	close(sv[1]);
}

/* ---- a port over it ---- */

static struct traffic traffic;

static struct nax_poll *port_up(struct nax_port **port, bool spin)
{
	struct nax_poll_config pc = { .spin = spin, .cpu = -1 };
	struct nax_port_config c;
	struct nax_poll *p;

	if (nax_port_open(device, 0, port, &err))
		fail_msg("open: %s", err.text);
	nax_port_defaults(*port, &c);
	if (nax_port_start(*port, &c, &err))
		fail_msg("start: %s", err.text);
	p = nax_poll_create(&pc, &err);
	assert_non_null(p);
	assert_int_equal(nax_poll_add(p, *port, 0, 0, &err), 0);
	traffic = (struct traffic){ .port = *port };
	return p;
}

/* A sleeping context lives on the eventfds that the server signals. */
static void test_port_traffic(void **state)
{
	struct nax_queue_stats s;
	struct nax_port *port;
	struct nax_poll *p = port_up(&port, false);
	u32 i;

	traffic.to_send = 20000;
	traffic.window = 32;
	assert_int_equal(nax_poll_start(p, traffic_handler, &traffic, &err), 0);
	traffic_wait(&traffic.received, 20000);
	assert_int_equal(traffic.wrong, 0);
	for (i = 0; i < 5; i++) {
		if (nax_port_reset(port, &err))
			fail_msg("reset: %s", err.text);
		nax_user_sleep_us(20000);
	}
	assert_int_equal(nax_port_queue_stats(port, true, 0, &s), 0);
	assert_int_equal(s.packets, 20000);
	assert_true(s.interrupts > 0);
	nax_poll_stop(p);
	nax_poll_join(p);
	nax_poll_destroy(p);
	nax_port_close(port);
	assert_int_equal(SERVER_GET(&server, dev.n_maps), 0);
	log_text[0] = '\0';
}

static bool wait_gone(struct nax_port *port, char *text)
{
	struct nax_port_event ev;
	u32 i;

	for (i = 0; i < 500; i++) {
		while (nax_port_event_next(port, &ev)) {
			if (ev.type != NAX_PORT_GONE)
				continue;
			snprintf(text, NAX_ERROR_TEXT, "%s", ev.text);
			return true;
		}
		nax_user_sleep_us(10000);
	}
	return false;
}

/* The server goes in the middle of traffic: the handle stays and says why; a new one can be had. */
static void test_server_goes(void **state)
{
	struct nax_queue_stats s;
	struct nax_port_info info;
	struct nax_port *port;
	struct nax_poll *p;
	char text[NAX_ERROR_TEXT];
	u32 round;

	for (round = 0; round < 3; round++) {
		p = port_up(&port, round == 1);
		traffic.to_send = round == 2 ? 0 : ~0u;
		assert_int_equal(nax_poll_start(p, traffic_handler, &traffic, &err), 0);
		if (round < 2)
			traffic_wait(&traffic.received, 100);
		server_hang_up(&server);
		assert_true(wait_gone(port, text));
		if (!strstr(text, "the server closed the connection"))
			fail_msg("event: %s", text);
		nax_port_info(port, &info);
		assert_string_equal(info.state, "gone");
		assert_int_equal(nax_port_reset(port, &err), -ENODEV);
		assert_int_equal(nax_port_queue_stats(port, true, 0, &s), 0);
		if (round < 2)
			assert_true(s.packets >= 100);
		nax_poll_stop(p);
		nax_poll_join(p);
		nax_poll_destroy(p);
		nax_port_close(port);
	}
	log_text[0] = '\0';
}

/* Refused memory is an answer like any other; the port that could not start can be closed. */
static void test_map_refused(void **state)
{
	struct nax_port_config c;
	struct nax_port *port;

	assert_int_equal(nax_port_open(device, 0, &port, &err), 0);
	server_edit_next(&server, VFU_DMA_MAP, 0, e_error);
	nax_port_defaults(port, &c);
	assert_int_equal(nax_port_start(port, &c, &err), -ENOMEM);
	nax_port_close(port);
}

/* Two ports share the memory: each sees what the other made it grow to. */
static void test_two_ports(void **state)
{
	static struct server other;
	struct nax_port *a, *b;
	struct nax_mem_usage u;
	struct nax_poll *p;
	char name[128];

	p = port_up(&a, false);
	server_start(&other);
	snprintf(name, sizeof(name), "vfio-user:%s", other.path);
	assert_int_equal(nax_port_open(name, 0, &b, &err), 0);
	nax_mem_usage(&u);
	assert_int_equal(u.clients, 2);
	assert_int_equal(SERVER_GET(&other, dev.n_maps), u.chunks);
	assert_int_equal(SERVER_GET(&server, dev.n_maps), u.chunks);
	nax_poll_destroy(p);
	nax_port_close(a);
	nax_port_close(b);
	server_stop(&other);
}

#define CLIENT_TEST(f) cmocka_unit_test_setup_teardown(f, setup, client_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CLIENT_TEST(test_bus),
		CLIENT_TEST(test_dead_bus),
		CLIENT_TEST(test_idle_messages),
		CLIENT_TEST(test_full_socket),
		CLIENT_TEST(test_port_traffic),
		CLIENT_TEST(test_server_goes),
		CLIENT_TEST(test_map_refused),
		CLIENT_TEST(test_two_ports),
	};

	loop_driver_register();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
