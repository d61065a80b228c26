// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* nicsim's net back ends between a port and sockets, files, a TAP. Links nicsim.a, sim_driver.c. */
#include "sim_driver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net.h"
#include "usock.h"

#define ONE_BUFFER	0x02000000u
#define RING		256u
#define ROUNDS		20000

static struct sd *d;
static struct evloop *loop;
static struct simnet *net;
static struct sd_ring rx, tx;
static uint32_t got;			/* frames taken from the receive ring */
static char dir[32], path[48], other[48], err[256];

static int setup(void **state)
{
	d = sd_open(1, false);
	loop = evloop_create();
	assert_non_null(loop);
	rx = sd_rx(d, 0, 0, RING, ONE_BUFFER | 2);
	tx = sd_tx(d, 0, 0, RING, 0);
	got = 0;
	strcpy(dir, "/tmp/nax-test.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a", dir);
	snprintf(other, sizeof(other), "%s/b", dir);
	return 0;
}

static int teardown(void **state)
{
	simnet_close(net);
	net = NULL;
	evloop_destroy(loop);
	sd_close(d);
	unlink(path);
	unlink(other);
	assert_int_equal(rmdir(dir), 0);	/* sockets are gone */
	return 0;
}

static void attach(enum simnet_kind kind, const char *a, const char *b)
{
	struct simnet_spec spec = { kind, (char *)(uintptr_t)a, (char *)(uintptr_t)b };

	net = simnet_open(loop, d->port[0], &spec, err, sizeof(err));
	if (!net)
		fail_msg("simnet_open: %s", err);
}

static void refuses(enum simnet_kind kind, const char *a, const char *b, const char *says)
{
	struct simnet_spec spec = { kind, (char *)(uintptr_t)a, (char *)(uintptr_t)b };

	assert_null(simnet_open(loop, d->port[0], &spec, err, sizeof(err)));
	assert_non_null(strstr(err, says));
}

static void round_once(void)
{
	nicsim_advance(d->sim, 10000);
	simnet_kick(net);
	assert_int_equal(evloop_round(loop, 0), 0);
}

static void rounds(unsigned int n)
{
	while (n--)
		round_once();
}

static bool link_up(void)
{
	return sd_read(d, 0, 0x42A4) & 0x40000000;
}

static void wait_link(bool up)
{
	unsigned int i;

	for (i = 0; i < ROUNDS * 10 && link_up() != up; i++) {
		round_once();
		if (!up)
			continue;
		usleep(100);		/* a retry waits for real time */
	}
	assert_int_equal(link_up(), up);
}

/* The next frame that the driver receives. */
static const uint8_t *next_frame(uint32_t *len)
{
	uint32_t at = got % RING, i;

	for (i = 0; i < ROUNDS && !(sd_dw(&rx, at, 2) & SD_DD); i++) {
		round_once();
		if (i > 100)
			usleep(50);	/* replay waits for real time */
	}
	assert_int_equal(sd_dw(&rx, at, 2) & (SD_DD | SD_RX_EOP), SD_DD | SD_RX_EOP);
	*len = sd_dw(&rx, at, 3) & 0xffff;
	return sd_rx_buffer(&rx, at);
}

static void expect(const uint8_t *frame, uint32_t len)
{
	uint32_t have;
	const uint8_t *f = next_frame(&have);

	assert_int_equal(have, len);
	assert_memory_equal(f, frame, len);
	sd_rx_post(&rx, got++ % RING);
	rx.tail = (rx.tail + 1) % RING;
	sd_bell(&rx);
}

static void expect_none(void)
{
	rounds(200);
	assert_int_equal(sd_dw(&rx, got % RING, 2) & SD_DD, 0);
}

static uint32_t put_framed(uint8_t *at, const uint8_t *frame, uint32_t len)
{
	uint32_t be = htonl(len);

	memcpy(at, &be, 4);
	memcpy(at + 4, frame, len);
	return 4 + len;
}

static int dial(int type, const char *to)
{
	struct sockaddr_un addr;
	int fd = socket(AF_UNIX, type | SOCK_NONBLOCK, 0);

	assert_int_equal(usock_address(&addr, to, err, sizeof(err)), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void read_exactly(int fd, void *to, size_t n)
{
	size_t have = 0;
	unsigned int i;

	for (i = 0; i < ROUNDS && have < n; i++) {
		ssize_t r = recv(fd, (uint8_t *)to + have, n - have, MSG_DONTWAIT);

		if (r > 0)
			have += r;
		else
			round_once();
	}
	assert_int_equal(have, n);
}

static void expect_framed(int fd, const uint8_t *frame, uint32_t len)
{
	uint8_t buf[16384];
	uint32_t be;

	read_exactly(fd, &be, 4);
	assert_int_equal(ntohl(be), len);
	read_exactly(fd, buf, len);
	assert_memory_equal(buf, frame, len);
}

/* ---- stream ---- */

static void test_stream(void **state)
{
	uint8_t buf[8192], padded[60] = { 0 };
	uint32_t len, i;
	int fd, second;

	attach(SIMNET_STREAM_SERVER, path, NULL);
	wait_link(false);
	fd = dial(SOCK_STREAM, path);
	wait_link(true);
	/* one by one, a piece at a time, several at once */
	len = put_framed(buf, sd_numbered(300), 300);
	assert_int_equal(send(fd, buf, len, 0), len);
	expect(sd_numbered(300), 300);
	for (i = 0; i < len; i++) {
		assert_int_equal(send(fd, buf + i, 1, 0), 1);
		round_once();
	}
	expect(sd_numbered(300), 300);
	len += put_framed(buf + len, sd_numbered(42), 42);
	len += put_framed(buf + len, sd_numbered(1514), 1514);
	assert_int_equal(send(fd, buf, len, 0), len);
	expect(sd_numbered(300), 300);
	memcpy(padded, sd_numbered(42), 42);
	expect(padded, 60);
	expect(sd_numbered(1514), 1514);
	/* the other way */
	for (i = 0; i < 10; i++)
		sd_send(&tx, sd_numbered(60 + 100 * i), 60 + 100 * i);
	for (i = 0; i < 10; i++)
		expect_framed(fd, sd_numbered(60 + 100 * i), 60 + 100 * i);
	/* a second peer; the first goes; another */
	second = dial(SOCK_STREAM, path);
	rounds(10);
	assert_int_equal(recv(second, buf, 1, MSG_DONTWAIT), 0);
	close(second);
	assert_true(link_up());
	close(fd);
	wait_link(false);
	fd = dial(SOCK_STREAM, path);
	wait_link(true);
	sd_send(&tx, sd_numbered(99), 99);
	expect_framed(fd, sd_numbered(99), 99);
	close(fd);
}

static void test_stream_bad(void **state)
{
	static const uint32_t lengths[] = { 0, 69633, 0x7fffffff, 0xffffffff };
	static uint8_t large[4 + 20000];
	unsigned int i;
	uint32_t at;
	int fd;

	attach(SIMNET_STREAM_SERVER, path, NULL);
	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		uint32_t be = htonl(lengths[i]);
		char byte;

		fd = dial(SOCK_STREAM, path);
		wait_link(true);
		assert_int_equal(send(fd, &be, 4, 0), 4);
		wait_link(false);
		assert_int_equal(recv(fd, &byte, 1, 0), 0);
		close(fd);
	}
	/* longer than a frame can be, but well framed: refused, and the next is taken */
	fd = dial(SOCK_STREAM, path);
	wait_link(true);
	put_framed(large, sd_numbered(16000), 16000);
	((uint32_t *)(void *)large)[0] = htonl(20000);
	for (at = 0; at < sizeof(large);) {
		ssize_t n = send(fd, large + at, sizeof(large) - at, 0);

		if (n > 0)
			at += n;
		round_once();
	}
	at = put_framed(large, sd_numbered(80), 80);
	assert_int_equal(send(fd, large, at, 0), at);
	expect(sd_numbered(80), 80);
	assert_int_equal(net->stats.receive_dropped, 1);
	assert_int_equal(net->stats.received, 1);
	/* gone in the middle of a frame */
	assert_int_equal(send(fd, large, 50, 0), 50);
	close(fd);
	wait_link(false);
	expect_none();
}

/* The other side is there only later, and goes, and comes again. */
static void test_stream_connect(void **state)
{
	struct usock_name name;
	int listener, fd, i;

	attach(SIMNET_STREAM, path, NULL);
	wait_link(false);
	for (i = 0; i < 2; i++) {
		listener = usock_bind(&name, SOCK_STREAM, path, err, sizeof(err));
		assert_true(listener >= 0);
		wait_link(true);
		fd = accept(listener, NULL, NULL);
		assert_true(fd >= 0);
		sd_send(&tx, sd_numbered(77), 77);
		expect_framed(fd, sd_numbered(77), 77);
		close(listener);
		usock_unlink(&name);
		close(fd);
		wait_link(false);
	}
}

/* A peer that does not read: frames wait, then are lost, and later ones pass again. */
static void test_stream_stall(void **state)
{
	uint8_t buf[65536];
	uint32_t i, sent = 0;
	uint64_t end;
	int fd;

	attach(SIMNET_STREAM_SERVER, path, NULL);
	fd = dial(SOCK_STREAM, path);
	wait_link(true);
	for (i = 0; i < 3000 && !net->stall; i++) {
		sd_send(&tx, sd_numbered(1500), 1500);
		round_once();
		sent++;
	}
	assert_true(net->stall);
	assert_int_equal(net->stats.send_dropped, 0);
	for (i = 0; i < 10; i++, sent++)
		sd_send(&tx, sd_numbered(1500), 1500);
	rounds(50);
	assert_true(sd_read(d, 0, 0x6010) != sd_read(d, 0, 0x6018));	/* TDH, TDT: they wait */
	end = evloop_now() + 2 * SIMNET_STALL_NS;
	while (sd_read(d, 0, 0x6010) != sd_read(d, 0, 0x6018) && evloop_now() < end)
		round_once();
	assert_int_equal(sd_read(d, 0, 0x6010), sd_read(d, 0, 0x6018));
	assert_true(net->stats.send_dropped > 0);
	assert_int_equal(net->stats.sent + net->stats.send_dropped, sent);
	/* it wakes up */
	for (i = 0; i < 2000; i++) {
		if (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) < 0)
			round_once();
	}
	sd_send(&tx, sd_numbered(66), 66);
	expect_framed(fd, sd_numbered(66), 66);
	close(fd);
	wait_link(false);
}

static void pause_on(void)
{
	sd_write(d, 0, 0x3D00, 8);			/* FCCFG: send */
	sd_write(d, 0, 0x3220, 0x80000000u | 0x4000);	/* FCRTL */
	sd_write(d, 0, 0x3260, 0x80000000u | 0x8000);	/* FCRTH */
	sd_write(d, 0, 0x3200, 0xffff);			/* FCTTV */
}

/* A peer that goes while frames of it wait for the port: they are lost, and counted. */
static void test_stream_left(void **state)
{
	uint8_t buf[1504];
	uint64_t refused;
	uint32_t i;
	int fd;

	attach(SIMNET_STREAM_SERVER, path, NULL);
	fd = dial(SOCK_STREAM, path);
	wait_link(true);
	pause_on();
	put_framed(buf, sd_numbered(1500), 1500);
	for (i = 0; i < ROUNDS && !net->held_len; i++) {
		assert_int_equal(send(fd, buf, sizeof(buf), 0), sizeof(buf));
		round_once();
	}
	assert_true(net->held_len);
	refused = net->stats.receive_dropped;
	close(fd);
	wait_link(false);
	assert_true(net->stats.receive_dropped > refused);
	assert_int_equal(net->held_len, 0);
}

/* A port that asks its partner to pause: nothing is lost, nothing overtakes. */
static void test_stream_paused(void **state)
{
	uint8_t frame[1500], buf[1504];
	uint32_t i, at = 0, sent = 0;
	int fd;

	attach(SIMNET_STREAM_SERVER, path, NULL);
	fd = dial(SOCK_STREAM, path);
	wait_link(true);
	pause_on();
	memcpy(frame, sd_numbered(sizeof(frame)), sizeof(frame));
	for (i = 0; i < 2 * ROUNDS && got < 1000; i++) {
		if (sent < 1000) {
			ssize_t n;

			frame[20] = sent;
			frame[21] = sent >> 8;
			put_framed(buf, frame, sizeof(frame));
			n = send(fd, buf + at, sizeof(buf) - at, 0);
			at += n > 0 ? n : 0;
			if (at == sizeof(buf)) {
				at = 0;
				sent++;
			}
		}
		round_once();
		if (i < 5000)
			continue;		/* the driver is asleep */
		frame[20] = got;
		frame[21] = got >> 8;
		expect(frame, sizeof(frame));
	}
	assert_int_equal(got, 1000);
	assert_int_equal(net->stats.received, 1000);
	assert_int_equal(sd_read(d, 0, 0x3FA0), 0);	/* MPC: none missed */
	assert_true(sd_read(d, 0, 0x3F68) > 0);		/* LXOFFTXC: it did ask */
	close(fd);
}

/* ---- datagrams ---- */

static void test_dgram(void **state)
{
	struct usock_name name;
	uint8_t buf[20000];
	unsigned int i, have = 0;
	int fd;

	attach(SIMNET_DGRAM, path, other);
	rounds(10);
	assert_true(link_up());
	/* nobody there */
	sd_send(&tx, sd_numbered(100), 100);
	rounds(50);
	assert_int_equal(net->stats.send_dropped, 1);
	fd = usock_bind(&name, SOCK_DGRAM, other, err, sizeof(err));
	assert_true(fd >= 0);
	sd_send(&tx, sd_numbered(100), 100);
	rounds(50);
	assert_int_equal(recv(fd, buf, sizeof(buf), 0), 100);
	assert_memory_equal(buf, sd_numbered(100), 100);
	/* more than a datagram socket queues: they wait and come all */
	for (i = 0; i < 200; i++)
		sd_send(&tx, sd_numbered(100 + i), 100 + i);
	for (i = 0; i < 20 * ROUNDS && have < 200; i++) {
		round_once();
		if (recv(fd, buf, sizeof(buf), 0) < 0)
			continue;
		assert_memory_equal(buf, sd_numbered(100 + have), 100 + have);
		have++;
	}
	assert_int_equal(have, 200);
	close(fd);
	usock_unlink(&name);
	/* towards the port: good, too long, empty, good */
	fd = dial(SOCK_DGRAM, path);
	assert_int_equal(send(fd, sd_numbered(500), 500, 0), 500);
	memset(buf, 0, sizeof(buf));
	assert_int_equal(send(fd, buf, 16385, 0), 16385);
	assert_int_equal(send(fd, buf, 0, 0), 0);
	assert_int_equal(send(fd, sd_numbered(600), 600, 0), 600);
	expect(sd_numbered(500), 500);
	expect(sd_numbered(600), 600);
	assert_int_equal(net->stats.receive_dropped, 2);
	close(fd);
}

/* ---- capture files ---- */

static void capture_write(const char *file, int link, unsigned int frames)
{
	pcap_t *format = pcap_open_dead(link, 65535);
	pcap_dumper_t *out = pcap_dump_open(format, file);
	unsigned int i;

	assert_non_null(out);
	for (i = 0; i < frames; i++) {
		struct pcap_pkthdr h = { .caplen = 60 + i, .len = 60 + i };

		h.ts.tv_sec = 1000 * i;
		if (i == 5)
			h.len = 9000;		/* cut short by whoever captured it */
		pcap_dump((u_char *)out, &h, sd_numbered(60 + i));
	}
	pcap_dump_close(out);
	pcap_close(format);
}

static void test_pcap(void **state)
{
	char why[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const u_char *frame;
	unsigned int i;
	pcap_t *in;

	capture_write(path, DLT_EN10MB, 100);
	sd_write(d, 0, 0x3000, 0);			/* RXCTRL: not yet */
	attach(SIMNET_PCAP, path, other);
	expect_none();
	sd_write(d, 0, 0x3000, 1);
	for (i = 0; i < 100; i++) {
		if (i != 5)
			expect(sd_numbered(60 + i), 60 + i);
	}
	expect_none();					/* once, not again */
	for (i = 0; i < 20; i++)
		sd_send(&tx, sd_numbered(200 + i), 200 + i);
	rounds(50);
	/* complete while it is still open */
	in = pcap_open_offline(other, why);
	assert_non_null(in);
	assert_int_equal(pcap_datalink(in), DLT_EN10MB);
	for (i = 0; i < 20; i++) {
		assert_int_equal(pcap_next_ex(in, &h, &frame), 1);
		assert_int_equal(h->caplen, 200 + i);
		assert_int_equal(h->len, 200 + i);
		assert_memory_equal(frame, sd_numbered(200 + i), 200 + i);
	}
	assert_int_equal(pcap_next_ex(in, &h, &frame), PCAP_ERROR_BREAK);
	pcap_close(in);
}

static void test_pcap_bad(void **state)
{
	int status = 0;
	FILE *f;

	refuses(SIMNET_PCAP, path, "-", path);
	refuses(SIMNET_PCAP, dir, "-", "regular file");
	refuses(SIMNET_PCAP, "-", "/nowhere/x.pcap", "/nowhere/x.pcap");
	refuses(SIMNET_PCAP, "-", "/dev/full", "No space left");
	f = fopen(path, "w");
	fputs("this is no capture file, whatever its name says", f);
	fclose(f);
	refuses(SIMNET_PCAP, path, "-", path);
	capture_write(path, DLT_RAW, 1);
	refuses(SIMNET_PCAP, path, "-", "link type");
	/* ends in the middle of a record: what is whole is replayed, then it is an error */
	capture_write(path, DLT_EN10MB, 3);
	assert_int_equal(truncate(path, 24 + 16 + 60 + 16 + 10), 0);
	attach(SIMNET_PCAP, path, "-");
	expect(sd_numbered(60), 60);
	rounds(50);
	assert_true(evloop_stopped(loop, &status));
	assert_int_equal(status, 1);
}

/* ---- TAP ---- */

static int packet_socket(const char *name)
{
	struct sockaddr_ll addr = { .sll_family = AF_PACKET, .sll_protocol = htons(0x88b5) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, htons(0x88b5));
	struct ifreq ifr = { 0 };

	assert_true(fd >= 0);
	strcpy(ifr.ifr_name, name);
	assert_int_equal(ioctl(fd, SIOCGIFINDEX, &ifr), 0);
	addr.sll_ifindex = ifr.ifr_ifindex;
	assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &ifr), 0);
	ifr.ifr_flags |= IFF_UP | IFF_NOARP;
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &ifr), 0);
	/* after it is up: else the socket's first answer would be that it was not */
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

/* Frames of our own type both ways; the kernel may have some of its own to send. */
static void test_tap(void **state)
{
	struct simnet_spec spec = { SIMNET_TAP, (char *)(uintptr_t)"nax-test0", NULL };
	struct pollfd ready = { .events = POLLIN };
	const uint8_t *f;
	uint8_t buf[2048];
	uint32_t len;
	int fd;

	refuses(SIMNET_TAP, "a-name-too-long-for-it", NULL, "22 bytes, limit 15");
	refuses(SIMNET_TAP, "a/b", NULL, "");
	/* a network of our own if we may have one, so that no other interface is in the way */
	if (unshare(CLONE_NEWNET))
		assert_true(errno == EPERM || errno == ENOSYS);
	net = simnet_open(loop, d->port[0], &spec, err, sizeof(err));
	if (!net) {
		/* without the right to make one, that is what is said */
		assert_true(geteuid() != 0 || strstr(err, strerror(EPERM)) ||
			    strstr(err, strerror(ENOENT)) || strstr(err, strerror(ENODEV)));
		assert_true(strstr(err, "nax-test0") || strstr(err, "/dev/net/tun"));
		return;
	}
	sd_send(&tx, sd_numbered(70), 70);		/* the interface is down: lost */
	rounds(20);
	assert_int_equal(net->stats.send_dropped, 1);
	fd = packet_socket("nax-test0");
	ready.fd = fd;
	sd_send(&tx, sd_numbered(400), 400);
	rounds(20);
	assert_int_equal(poll(&ready, 1, 5000), 1);
	assert_int_equal(recv(fd, buf, sizeof(buf), 0), 400);
	assert_memory_equal(buf, sd_numbered(400), 400);
	assert_int_equal(send(fd, sd_numbered(500), 500, 0), 500);
	for (;;) {
		f = next_frame(&len);
		if (f[12] == 0x88 && f[13] == 0xb5)
			break;
		got++;
		assert_true(got < RING - 1);
	}
	expect(sd_numbered(500), 500);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_stream, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stream_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stream_connect, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stream_stall, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stream_left, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stream_paused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dgram, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pcap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pcap_bad, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tap, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
