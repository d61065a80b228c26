// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: the world. One clock, one ordered list of timers, the ports and the wires between them;
 * and how a port reports what happens in it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control.h"

/* Frames one port may move before its neighbour gets a turn. */
#define SIM_SHARE	64

/* ---- reports ---- */

void sim_error(struct nicsim_port *p, const char *rule, const char *fmt, ...)
{
	struct sim_control *c = p->control;
	char text[256];
	va_list args;
	int n;

	n = snprintf(text, sizeof(text), "%s: %s: ", p->name, rule);
	va_start(args, fmt);
	if (n > 0 && (size_t)n < sizeof(text))
		vsnprintf(text + n, sizeof(text) - n, fmt, args);
	va_end(args);
	if (!c->errors++)
		memcpy(c->first_error, text, sizeof(text));
	if (p->sim->config.driver_error)
		p->sim->config.driver_error(p->sim->config.ctx, p, text);
}

void sim_log(struct nicsim_port *p, const char *fmt, ...)
{
	char text[256];
	va_list args;

	if (!p->sim->config.log)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	p->sim->config.log(p->sim->config.ctx, p, text);
}

void sim_defect(struct nicsim_port *p, const char *fmt, ...)
{
	char text[256];
	va_list args;

	p->control->defects++;
	if (!p->sim->config.defect)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	p->sim->config.defect(p->sim->config.ctx, p, text);
}

unsigned int nicsim_defects(const struct nicsim_port *port)
{
	return port->control->defects;
}

bool sim_tracing(const struct nicsim_port *p)
{
	return p->sim->config.trace != NULL;
}

void sim_trace(struct nicsim_port *p, const char *fmt, ...)
{
	char text[256];
	va_list args;

	if (!sim_tracing(p))
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	p->sim->config.trace(p->sim->config.ctx, p, text);
}

unsigned int nicsim_driver_errors(const struct nicsim_port *port, const char **first)
{
	if (first)
		*first = port->control->first_error;
	return port->control->errors;
}

const char *nicsim_port_name(const struct nicsim_port *port)
{
	return port->name;
}

/* ---- clock and timers ---- */

static uint64_t clock_read(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

uint64_t sim_now(const struct nicsim_port *p)
{
	return p->sim->now;
}

uint64_t sim_clock(const struct nicsim_port *p)
{
	if (p->sim->config.real_time)
		p->sim->now = clock_read();
	return p->sim->now;
}

uint64_t nicsim_late(const struct nicsim *sim)
{
	return sim->late;
}

bool sim_real_time(const struct nicsim_port *p)
{
	return p->sim->config.real_time;
}

uint64_t nicsim_time(const struct nicsim *sim)
{
	return sim->config.real_time ? clock_read() : sim->now;
}

void sim_timer_init(struct sim_timer *t, struct nicsim_port *p,
		    void (*fn)(struct nicsim_port *p, void *arg), void *arg)
{
	*t = (struct sim_timer){ .fn = fn, .port = p, .arg = arg };
}

void sim_timer_stop(struct sim_timer *t)
{
	struct sim_timer **at;

	if (!t->armed)
		return;
	t->armed = false;
	for (at = &t->port->sim->timers; *at; at = &(*at)->next) {
		if (*at == t) {
			*at = t->next;
			return;
		}
	}
}

void sim_timer_arm(struct sim_timer *t, uint64_t when)
{
	struct sim_timer **at;

	sim_timer_stop(t);
	for (at = &t->port->sim->timers; *at && (*at)->when <= when; at = &(*at)->next)
		;
	t->when = when;
	t->next = *at;
	t->armed = true;
	*at = t;
}

/* Fires what is due; the limit is for a timer that would arm itself for now without end. */
static void timers_fire(struct nicsim *sim)
{
	unsigned int limit = 10000;

	if (sim->firing)
		return;
	sim->firing = true;
	while (limit-- && sim->timers && sim->timers->when <= sim->now) {
		struct sim_timer *t = sim->timers;

		if (sim->now - t->when > sim->late)
			sim->late = sim->now - t->when;
		sim->timers = t->next;
		t->armed = false;
		t->fn(t->port, t->arg);
	}
	sim->firing = false;
}

void sim_tick(struct nicsim *sim)
{
	if (!sim->config.real_time)
		return;
	sim->now = clock_read();
	timers_fire(sim);
}

/* ---- work ---- */

void sim_wake(struct nicsim_port *p)
{
	p->control->wake = true;
	sim_watch_arm(p);
}

bool sim_port_due(const struct nicsim_port *p)
{
	return p->control->wake || sim_datapath_next(p) <= p->sim->now;
}

/* Serves every port that is due once, beginning with another one each time. */
static void ports_run(struct nicsim *sim, unsigned int *budget)
{
	struct nicsim_port *p = sim->turn;
	unsigned int i;

	for (i = 0; p && i < sim->port_count; i++) {
		if (sim_port_due(p)) {
			unsigned int share = *budget < SIM_SHARE ? *budget : SIM_SHARE;
			unsigned int left = share;

			if (!share)
				return;
			p->control->wake = false;
			if (sim_datapath_run(p, &left))
				p->control->wake = true;
			*budget -= share - left;
			p->control->watch.held = false;
		}
		p->control->watch.turn = false;
		p = p->next ? p->next : sim->ports;
	}
	if (sim->turn)
		sim->turn = sim->turn->next ? sim->turn->next : sim->ports;
}

static bool ports_due(const struct nicsim *sim)
{
	const struct nicsim_port *p;

	for (p = sim->ports; p; p = p->next) {
		if (sim_port_due(p))
			return true;
	}
	return false;
}

bool nicsim_run(struct nicsim *sim, unsigned int budget)
{
	unsigned int before;

	if (sim->config.real_time)
		sim->now = clock_read();
	timers_fire(sim);
	do {
		before = budget;
		ports_run(sim, &budget);
	} while (budget && budget != before && ports_due(sim));
	sim->rounds++;
	return ports_due(sim);
}

uint64_t nicsim_next(const struct nicsim *sim)
{
	const struct nicsim_port *p;
	uint64_t next = sim->timers ? sim->timers->when : NICSIM_NEVER;

	for (p = sim->ports; p; p = p->next) {
		uint64_t when = p->control->wake ? sim->now : sim_datapath_next(p);

		if (when < next)
			next = when;
	}
	return next;
}

/*
 * All that is due now, until nothing moves any more. A datapath may say that it is due and yet
 * move nothing (its net back end takes no frames): time goes on then.
 */
static void settle(struct nicsim *sim)
{
	unsigned int rounds;

	for (rounds = 0; rounds < 100000; rounds++) {
		unsigned int budget = 1024;
		bool moved;

		timers_fire(sim);
		sim->rounds++;
		if (!ports_due(sim))
			break;
		ports_run(sim, &budget);
		moved = budget != 1024;
		if (!moved && !(sim->timers && sim->timers->when <= sim->now))
			break;
	}
}

/* The next thing after now. */
static uint64_t next_after(const struct nicsim *sim)
{
	const struct sim_timer *t;
	const struct nicsim_port *p;
	uint64_t next = NICSIM_NEVER;

	for (t = sim->timers; t; t = t->next) {
		if (t->when > sim->now) {
			next = t->when;
			break;
		}
	}
	for (p = sim->ports; p; p = p->next) {
		uint64_t when = sim_datapath_next(p);

		if (when > sim->now && when < next)
			next = when;
	}
	return next;
}

void nicsim_advance(struct nicsim *sim, uint64_t ns)
{
	uint64_t target = sim->now + ns;

	if (sim->config.real_time) {
		nicsim_run(sim, UINT32_MAX);
		return;
	}
	settle(sim);
	for (;;) {
		uint64_t next = next_after(sim);

		if (next > target || next == NICSIM_NEVER)
			break;
		sim->now = next;
		settle(sim);
	}
	if (sim->now < target)
		sim->now = target;
}

/* ---- ports ---- */

static bool mac_zero(const uint8_t *mac)
{
	static const uint8_t zero[6];

	return !memcmp(mac, zero, 6);
}

/* A locally administered address that is the same whenever the name is. */
static void mac_from_name(uint8_t *mac, const char *name)
{
	uint64_t h = 0xcbf29ce484222325ull;
	unsigned int i;

	while (*name)
		h = (h ^ (uint8_t)*name++) * 0x100000001b3ull;
	mac[0] = 0x02;
	for (i = 1; i < 6; i++)
		mac[i] = h >> (8 * i);
}

static const char *config_fault(const struct nicsim_port_config *config, char *text, size_t len)
{
	uint32_t size = config->bar0_size;
	struct sim_module module;
	unsigned int i;

	if (config->model && strcmp(config->model, "82599")) {
		snprintf(text, len, "model \"%s\" is not known; known is \"82599\"", config->model);
		return text;
	}
	if (config->device_id && !sim_device_find(config->vendor_id, config->device_id)) {
		snprintf(text, len, "device id 0x%04x is not a modelled 82599; try 0x10f9",
			 config->device_id);
		return text;
	}
	if (!sim_module_build(&module, config->module)) {
		snprintf(text, len, "module \"%s\" is not one of da, sr, lr, dual, 1000t, none",
			 config->module);
		return text;
	}
	if (config->mac[0] & 1) {
		snprintf(text, len, "MAC address is a multicast address");
		return text;
	}
	if (size && (size < 4096 || size > SIM_REG_SPACE || size & (size - 1))) {
		snprintf(text, len, "BAR 0 of %u bytes is not a power of two from 4096 to %u",
			 size, SIM_REG_SPACE);
		return text;
	}
	for (i = 0; config->nvm_words && config->nvm_words[i][0] != 0xffff; i++) {
		if (config->nvm_words[i][0] >= SIM_NVM_WORDS) {
			snprintf(text, len, "NVM word 0x%x is past the last, 0x%x",
				 config->nvm_words[i][0], SIM_NVM_WORDS - 1);
			return text;
		}
	}
	return NULL;
}

static void config_keep(struct nicsim_port *p, const struct nicsim_port_config *config)
{
	struct sim_control *c = p->control;

	if (config->name)
		snprintf(p->name, sizeof(p->name), "%s", config->name);
	else
		snprintf(p->name, sizeof(p->name), "port%u", p->sim->port_count);
	c->config = *config;
	c->config.name = p->name;
	c->config.model = "82599";
	if (!c->config.device_id)
		c->config.device_id = 0x10f9;
	if (!c->config.vendor_id)
		c->config.vendor_id = 0x8086;
	if (!c->config.bar0_size)
		c->config.bar0_size = SIM_REG_SPACE;
	memcpy(c->mac, config->mac, 6);
	if (mac_zero(c->mac))
		mac_from_name(c->mac, p->name);
	sim_module_build(&c->module, config->module);
	sim_nvm_build(p);
	/* both point at the caller's memory; the image and the module are built from them by now */
	c->config.nvm_words = NULL;
	c->config.module = NULL;
}

static void port_free(struct nicsim_port *p)
{
	if (p->control) {
		sim_dma_free(&p->control->dma);
		free(p->control);
	}
	free(p);
}

struct nicsim_port *nicsim_port_add(struct nicsim *sim, const struct nicsim_port_config *config,
				    char *err, size_t err_len)
{
	struct nicsim_port **at, *p;

	if (config_fault(config, err, err_len))
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		goto no_memory;
	p->sim = sim;
	p->control = calloc(1, sizeof(*p->control));
	if (!p->control)
		goto no_memory;
	config_keep(p, config);
	sim_chaos_init(p, sim->port_count);
	sim_irq_init(p);
	sim_phy_init(p);
	sim_general_init(p);
	if (sim_datapath_create(p)) {
		sim_general_stop(p);
		goto no_memory;
	}
	for (at = &sim->ports; *at; at = &(*at)->next)
		;
	*at = p;
	sim->port_count++;
	if (!sim->turn)
		sim->turn = p;
	/* What begins now begins by the clock as it is, not as it was at the last look. */
	sim_tick(sim);
	sim_device_reset(p, SIM_RESET_FUNCTION);
	return p;

no_memory:
	if (p)
		port_free(p);
	snprintf(err, err_len, "not enough memory for a port");
	return NULL;
}

void nicsim_wire(struct nicsim_port *a, struct nicsim_port *b)
{
	sim_tick(a->sim);
	a->peer = b;
	b->peer = a;
	sim_phy_update(a);
	sim_phy_update(b);
}

void nicsim_port_net(struct nicsim_port *port, const struct nicsim_net_ops *ops, void *ctx)
{
	sim_tick(port->sim);
	port->net = ops;
	port->net_ctx = ctx;
	sim_tx_writable(port);
	sim_phy_update(port);
}

void nicsim_port_writable(struct nicsim_port *port)
{
	sim_tick(port->sim);
	sim_tx_writable(port);
}

bool nicsim_port_frame(struct nicsim_port *port, const uint8_t *frame, uint32_t len)
{
	sim_tick(port->sim);
	return sim_rx_frame(port, frame, len);
}

bool nicsim_port_ready(const struct nicsim_port *port)
{
	return sim_rx_ready(port);
}

bool nicsim_port_receiving(const struct nicsim_port *port)
{
	return sim_link_up(port) && sim_rx_enabled(port);
}

void nicsim_port_reset(struct nicsim_port *port)
{
	sim_tick(port->sim);
	if (!sim_gone(port))
		sim_device_reset(port, SIM_RESET_FUNCTION);
}

void nicsim_port_disconnect(struct nicsim_port *port)
{
	unsigned int i;

	for (i = 0; i < NICSIM_VECTORS; i++)
		nicsim_irq_set(port, i, NULL, NULL);
	nicsim_intx_set(port, NULL, NULL);
	sim_chaos_replug(port);
	nicsim_port_reset(port);
	nicsim_dma_unmap(port, 0, UINT64_MAX);
}

struct nicsim *nicsim_create(const struct nicsim_config *config)
{
	struct nicsim *sim = calloc(1, sizeof(*sim));

	if (!sim)
		return NULL;
	sim->config = *config;
	if (config->real_time)
		sim->now = clock_read();
	sim_regs_build(sim);
	return sim;
}

void nicsim_destroy(struct nicsim *sim)
{
	struct nicsim_port *p, *next;

	if (!sim)
		return;
	for (p = sim->ports; p; p = p->next) {
		sim_general_stop(p);
		sim_datapath_destroy(p);
	}
	for (p = sim->ports; p; p = next) {
		next = p->next;
		port_free(p);
	}
	free(sim);
}
