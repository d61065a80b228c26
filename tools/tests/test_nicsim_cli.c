// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's command line. Links nicsim.a. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "options.h"

static struct nicsim_options o;
static char err[1024];

/* "nicsim" and up to four arguments. */
static enum nicsim_action parse(const char *a, const char *b, const char *c, const char *d)
{
	const char *const given[] = { "nicsim", a, b, c, d };
	char *argv[6] = { NULL };
	enum nicsim_action action;
	int argc;

	nicsim_options_free(&o);
	err[0] = '\0';
	for (argc = 0; argc < 5 && given[argc]; argc++)
		argv[argc] = strdup(given[argc]);
	action = nicsim_options_parse(argc, argv, &o, err, sizeof(err));
	while (argc)
		free(argv[--argc]);
	return action;
}

static int clean(void **state)
{
	nicsim_options_free(&o);
	return 0;
}

static void test_port(void **state)
{
	static const uint8_t mac[6] = { 0x02, 0xab, 0xcd, 0xef, 0x00, 0x01 };

	assert_int_equal(parse("--port", "/run/nic0.sock,model=82599,mac=02:ab:CD:ef:00:01,id=10fb,"
			       "module=sr,net=wire:w0", NULL, NULL), NICSIM_RUN);
	assert_int_equal(o.ports, 1);
	assert_string_equal(o.port[0].socket, "/run/nic0.sock");
	assert_string_equal(o.port[0].name, "nic0");
	assert_string_equal(o.port[0].model, "82599");
	assert_memory_equal(o.port[0].mac, mac, 6);
	assert_int_equal(o.port[0].id, 0x10fb);
	assert_string_equal(o.port[0].module, "sr");
	assert_int_equal(o.port[0].net.kind, SIMNET_WIRE);
	assert_string_equal(o.port[0].net.a, "w0");
	assert_false(o.lenient);
	assert_false(o.in_step);
	assert_int_equal(o.chaos, 0);
	assert_null(o.trace);
	assert_int_equal(o.ready_fd, -1);
}

static void test_defaults(void **state)
{
	static const uint8_t zero[6];

	assert_int_equal(parse("--port=a,net=tap:t0", NULL, NULL, NULL), NICSIM_BAD);
	assert_non_null(strstr(err, "model="));
	assert_int_equal(parse("--port=a,model=82599,net=tap:t0", NULL, NULL, NULL), NICSIM_RUN);
	assert_int_equal(o.port[0].id, 0);
	assert_null(o.port[0].module);
	assert_memory_equal(o.port[0].mac, zero, 6);
}

static void test_net(void **state)
{
	static const struct {
		const char *spec;
		enum simnet_kind kind;
		const char *a, *b;
	} good[] = {
		{ "wire:w", SIMNET_WIRE, "w", NULL },
		{ "stream:/run/s", SIMNET_STREAM, "/run/s", NULL },
		{ "stream:/run/s,server", SIMNET_STREAM_SERVER, "/run/s", NULL },
		{ "dgram:/run/a,/run/b", SIMNET_DGRAM, "/run/a", "/run/b" },
		{ "tap:tap0", SIMNET_TAP, "tap0", NULL },
		{ "pcap:a.pcap,b.pcap", SIMNET_PCAP, "a.pcap", "b.pcap" },
		{ "pcap:-,-", SIMNET_PCAP, "-", "-" },
		{ "stream:a:b", SIMNET_STREAM, "a:b", NULL },
	};
	static const char *const bad[] = {
		"",
		"wire",
		"wire:",
		"wire:a,b",
		"carrier:x",
		"stream:",
		"stream:,server",
		"stream:a,client",
		"stream:a,server,x",
		"dgram:a",
		"dgram:a,",
		"dgram:,b",
		"dgram:a,b,c",
		"tap:",
		"tap:t0,mac=02:00:00:00:00:01",
		"pcap:a",
		"pcap:",
		"pcap:a,b,c",
		"wire:w,id=10fb",
	};
	char text[128];
	unsigned int i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(text, sizeof(text), "s,model=82599,net=%s", good[i].spec);
		assert_int_equal(parse("--port", text, NULL, NULL), NICSIM_RUN);
		assert_int_equal(o.port[0].net.kind, good[i].kind);
		assert_string_equal(o.port[0].net.a, good[i].a);
		if (good[i].b)
			assert_string_equal(o.port[0].net.b, good[i].b);
		else
			assert_null(o.port[0].net.b);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "s,model=82599,net=%s", bad[i]);
		assert_int_equal(parse("--port", text, NULL, NULL), NICSIM_BAD);
		assert_non_null(strstr(err, "net="));
		assert_non_null(strstr(err, bad[i]));
		assert_non_null(strstr(err, "dgram:LOCAL,REMOTE"));
	}
}

/* Key, value, and what is allowed stand in the message. */
static void test_bad_keys(void **state)
{
	static const struct {
		const char *text, *says, *allowed;
	} bad[] = {
		{ "s,model=e1000,net=wire:w", "model=e1000", "82599" },
		{ "s,model=,net=wire:w", "model=", "82599" },
		{ "s,model=82599,id=1234,net=wire:w", "id=1234", "10fb" },
		{ "s,model=82599,id=,net=wire:w", "id=", "10f9" },
		{ "s,model=82599,id=10fbx,net=wire:w", "id=10fbx", "10f9" },
		{ "s,model=82599,id=151c,net=wire:w", "id=151c", "10f9" },
		{ "s,model=82599,id=110f9,net=wire:w", "id=110f9", "10f9" },
		{ "s,model=82599,mac=zz,net=wire:w", "mac=zz", "02:00:00:00:00:01" },
		{ "s,model=82599,mac=02:00:00:00:00,net=wire:w", "mac=02:00:00:00:00", "six" },
		{ "s,model=82599,mac=02:00:00:00:00:1,net=wire:w", "mac=", "six" },
		{ "s,model=82599,mac=02-00-00-00-00-01,net=wire:w", "mac=", "six" },
		{ "s,model=82599,mac=02:00:00:00:00:0x,net=wire:w", "mac=", "six" },
		{ "s,model=82599,mac=01:00:00:00:00:01,net=wire:w", "mac=01", "groups" },
		{ "s,model=82599,mac=00:00:00:00:00:00,net=wire:w", "mac=00", "zero" },
		{ "s,model=82599,module=qsfp,net=wire:w", "module=qsfp", "1000t" },
		{ "s,model=82599,colour=red,net=wire:w", "colour", "module=" },
		{ "s,model=82599,server,net=wire:w", "server", "module=" },
		{ "s,model=82599,,net=wire:w", "\"\"", "module=" },
		{ "s,model=82599,model=82599,net=wire:w", "model=82599", "once" },
		{ "s,model=82599", "net=", "wire:NAME" },
		{ "s", "model=", "82599" },
		{ "", "--port", "socket" },
		{ ",model=82599,net=wire:w", "--port", "socket" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(parse("--port", bad[i].text, NULL, NULL), NICSIM_BAD);
		assert_non_null(strstr(err, bad[i].says));
		assert_non_null(strstr(err, bad[i].allowed));
	}
}

/* Every id that the command line allows is one that the model knows. */
static void test_ids(void **state)
{
	struct nicsim_config world = { 0 };
	struct nicsim *sim = nicsim_create(&world);
	unsigned int id, known = 0;
	char text[64];

	for (id = 0x1000; id < 0x1600; id++) {
		struct nicsim_port_config config = {
			.name = "p", .model = "82599", .device_id = id,
		};
		enum nicsim_action action;

		snprintf(text, sizeof(text), "s,model=82599,id=%04x,net=wire:w", id);
		action = parse("--port", text, NULL, NULL);
		assert_int_equal(action, nicsim_port_add(sim, &config, err, sizeof(err)) ?
				 NICSIM_RUN : NICSIM_BAD);
		known += action == NICSIM_RUN;
	}
	assert_int_equal(known, 14);
	nicsim_destroy(sim);
}

static void test_several(void **state)
{
	char text[64];
	char *argv[2 * (NICSIM_PORTS_MAX + 1) + 2] = { NULL };
	unsigned int i, n;

	assert_int_equal(parse("--port", "/a/nic.sock,model=82599,net=wire:w", "--port",
			       "/b/nic.sock,model=82599,net=wire:w"), NICSIM_RUN);
	assert_int_equal(o.ports, 2);
	assert_string_equal(o.port[0].name, "nic");
	assert_string_equal(o.port[1].name, "nic#2");
	assert_int_equal(parse("--port", "a,model=82599,net=wire:w", "--port",
			       "a,model=82599,net=wire:w"), NICSIM_BAD);
	assert_non_null(strstr(err, "another --port"));
	assert_int_equal(parse("--port=a,model=82599,net=wire:w", "--port=b,model=82599,net=wire:w",
			       "--port=c,model=82599,net=wire:w", NULL), NICSIM_BAD);
	assert_non_null(strstr(err, "wire:w"));
	assert_non_null(strstr(err, "limit 2"));
	/* one more than the limit */
	nicsim_options_free(&o);
	argv[0] = strdup("nicsim");
	for (i = 0, n = 1; i <= NICSIM_PORTS_MAX; i++) {
		snprintf(text, sizeof(text), "s%u,model=82599,net=wire:w%u", i, i / 2);
		argv[n++] = strdup("--port");
		argv[n++] = strdup(text);
	}
	assert_int_equal(nicsim_options_parse(n, argv, &o, err, sizeof(err)), NICSIM_BAD);
	assert_non_null(strstr(err, "limit 64"));
	nicsim_options_free(&o);
	assert_int_equal(nicsim_options_parse(n - 2, argv, &o, err, sizeof(err)), NICSIM_RUN);
	assert_int_equal(o.ports, NICSIM_PORTS_MAX);
	while (n)
		free(argv[--n]);
}

#define PORT "--port=a,model=82599,net=wire:w"

static void test_chaos(void **state)
{
	assert_int_equal(parse(PORT, "--chaos", "42", NULL), NICSIM_RUN);
	assert_int_equal(o.seed, 42);
	assert_int_equal(o.chaos, (1u << NICSIM_FAULTS) - 1);
	assert_int_equal(parse(PORT, "--chaos=0xff,irq-lost,csum-lie", NULL, NULL), NICSIM_RUN);
	assert_int_equal(o.seed, 255);
	assert_int_equal(o.chaos, 1u << NICSIM_IRQ_LOST | 1u << NICSIM_CSUM_LIE);
	assert_int_equal(parse(PORT, "--chaos=18446744073709551615,gone", NULL, NULL), NICSIM_RUN);
	assert_true(o.seed == UINT64_MAX);
	assert_int_equal(parse(PORT, "--chaos=18446744073709551616", NULL, NULL), NICSIM_BAD);
	assert_non_null(strstr(err, "18446744073709551616"));
	assert_int_equal(parse(PORT, "--chaos=-1", NULL, NULL), NICSIM_BAD);
	assert_int_equal(parse(PORT, "--chaos=", NULL, NULL), NICSIM_BAD);
	assert_int_equal(parse(PORT, "--chaos=irq-lost", NULL, NULL), NICSIM_BAD);
	assert_int_equal(parse(PORT, "--chaos=1,flood", NULL, NULL), NICSIM_BAD);
	assert_non_null(strstr(err, "flood"));
	assert_non_null(strstr(err, "irq-storm"));
	assert_int_equal(parse(PORT, "--chaos=1,", NULL, NULL), NICSIM_BAD);
}

static void test_options(void **state)
{
	assert_int_equal(parse(PORT, "--lenient", "--trace=t.log", "--ready-fd=5"), NICSIM_RUN);
	assert_true(o.lenient);
	assert_string_equal(o.trace, "t.log");
	assert_int_equal(o.ready_fd, 5);
	assert_int_equal(parse(PORT, "--lenient", "--strict", "--in-step"), NICSIM_RUN);
	assert_false(o.lenient);
	assert_true(o.in_step);
	assert_int_equal(parse(PORT, "--ready-fd=x", NULL, NULL), NICSIM_BAD);
	assert_int_equal(parse(PORT, "--ready-fd=-1", NULL, NULL), NICSIM_BAD);
	assert_int_equal(parse(PORT, "--ready-fd=99999999999", NULL, NULL), NICSIM_BAD);
	assert_int_equal(parse(PORT, "--trace=", NULL, NULL), NICSIM_BAD);
	assert_int_equal(parse("--help", NULL, NULL, NULL), NICSIM_HELP);
	assert_int_equal(parse("--version", NULL, NULL, NULL), NICSIM_VERSION);
	assert_int_equal(parse(NULL, NULL, NULL, NULL), NICSIM_BAD);
	assert_non_null(strstr(err, "--port"));
	assert_int_equal(parse(PORT, "--loud", NULL, NULL), NICSIM_BAD);
	assert_non_null(strstr(err, "--loud"));
	assert_int_equal(parse("--port", NULL, NULL, NULL), NICSIM_BAD);
	assert_non_null(strstr(err, "value is missing"));
	assert_int_equal(parse(PORT, "extra", NULL, NULL), NICSIM_BAD);
	assert_non_null(strstr(err, "extra"));
}

/* What --help says is what there is. */
static void test_usage(void **state)
{
	static const char *const words[] = {
		"--port", "--strict", "--lenient", "--chaos", "--in-step", "--trace", "--ready-fd",
		"--help", "--version", "mac=", "id=", "module=", "wire:", "stream:", "dgram:", "tap:",
		"pcap:",
	};
	unsigned int i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_non_null(strstr(nicsim_usage, words[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_port, clean),
		cmocka_unit_test_teardown(test_defaults, clean),
		cmocka_unit_test_teardown(test_net, clean),
		cmocka_unit_test_teardown(test_bad_keys, clean),
		cmocka_unit_test_teardown(test_ids, clean),
		cmocka_unit_test_teardown(test_several, clean),
		cmocka_unit_test_teardown(test_chaos, clean),
		cmocka_unit_test_teardown(test_options, clean),
		cmocka_unit_test_teardown(test_usage, clean),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
