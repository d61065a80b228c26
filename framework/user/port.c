// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Control of a port: every function takes its lock, asks the core, and says why if it refuses. */
#include <errno.h>
#include <string.h>

#include "poll_context.h"
#include "port.h"

/* In a handler the lock may be held by whoever waits for that handler to return. */
static int port_lock(struct nax_port *port, const char *who, struct nax_error *err)
{
	if (nax_poll_self())
		return nax_error_set(err, -EDEADLK, "%s() was called in a handler", who);
	pthread_mutex_lock(&port->lock);
	return 0;
}

/* The same where there is no way to refuse. */
static bool port_lock_void(struct nax_port *port, const char *who)
{
	struct nax_error err;

	if (!port_lock(port, who, &err))
		return true;
	nax_user_log(NAX_LOG_ERR, port->name, err.text);
	return false;
}

/* What went wrong may be the bus: that is the cause then, and the core's words the consequence. */
static int port_unlock(struct nax_port *port, int rc, struct nax_error *err)
{
	const char *dead = port->bus->ops->dead(port->bus);
	char text[NAX_ERROR_TEXT];

	if (rc < 0 && dead && err) {
		snprintf(text, sizeof(text), "%s", err->text);
		nax_error_set(err, rc, "%.110s (%.110s)", text, dead);
	}
	pthread_mutex_unlock(&port->lock);
	return rc;
}

static void to_core(const struct nax_port_config *p, struct nax_config *c)
{
	*c = (struct nax_config){
		.n_rxq = p->rx_queues,
		.n_txq = p->tx_queues,
		.rx_ring = p->rx_ring,
		.tx_ring = p->tx_ring,
		.mtu = p->mtu,
		.rx_buf_len = p->rx_buf_len,
		.offloads = p->offloads,
		.itr_us = p->itr_us,
		.link = p->link,
	};
	memcpy(c->mac, p->mac, sizeof(c->mac));
}

static void from_core(const struct nax_config *c, struct nax_port_config *p)
{
	*p = (struct nax_port_config){
		.rx_queues = c->n_rxq,
		.tx_queues = c->n_txq,
		.rx_ring = c->rx_ring,
		.tx_ring = c->tx_ring,
		.mtu = c->mtu,
		.rx_buf_len = c->rx_buf_len,
		.offloads = c->offloads,
		.itr_us = c->itr_us,
		.link = c->link,
	};
	memcpy(p->mac, c->mac, sizeof(p->mac));
}

/* What the core cannot know: all packet buffers here are of one size. */
static int check_config(const struct nax_port *port, const struct nax_port_config *c,
			struct nax_error *err)
{
	/* Ethernet header, two tags, frame check sequence: struct nax_adapter.max_frame */
	const u32 overhead = 26;
	u64 active = port->adapter->caps.offloads & c->offloads;

	if (c->rx_buf_len > NAX_BUF_DATA)
		return nax_error_set(err, -EINVAL, "rx_buf_len is %u: the limit is %u",
				     c->rx_buf_len, NAX_BUF_DATA);
	if (!(active & NAX_OFFLOAD_RX_SCATTER) && c->mtu > NAX_BUF_DATA - overhead)
		return nax_error_set(err, -EINVAL,
				     "mtu is %u: without receive scatter the limit is %u, as a frame must fit in a buffer of %u bytes",
				     c->mtu, NAX_BUF_DATA - overhead, NAX_BUF_DATA);
	return 0;
}

const struct nax_caps *nax_port_caps(const struct nax_port *port)
{
	return &port->adapter->caps;
}

void nax_port_defaults(const struct nax_port *port, struct nax_port_config *config)
{
	struct nax_config c;

	nax_config_default(port->adapter, &c);
	from_core(&c, config);
}

static void fill_verify(const struct nax_port *port, struct nax_port_info *info)
{
	struct nax_verify_report r = { .level = 0 };

	nax_verify_get(port->adapter, &r);
	info->verify_level = r.level;
	info->verify_checks = r.checks;
	info->verify_failures = r.failures;
	snprintf(info->verify_text, sizeof(info->verify_text), "%s", r.text);
}

void nax_port_info(struct nax_port *port, struct nax_port_info *info)
{
	const struct nax_adapter *a = port->adapter;

	memset(info, 0, sizeof(*info));
	if (!port_lock_void(port, __func__))
		return;
	snprintf(info->name, sizeof(info->name), "%s", port->name);
	snprintf(info->driver, sizeof(info->driver), "%s", a->driver->name);
	snprintf(info->vector, sizeof(info->vector), "%s",
		 port->vectors ? port->vectors->set : "none");
	snprintf(info->model, sizeof(info->model), "%s", port->id->name);
	snprintf(info->state, sizeof(info->state), "%s", nax_state_name(a->state));
	info->vendor = a->vendor;
	info->device = a->device;
	info->subvendor = a->subvendor;
	info->subdevice = a->subdevice;
	info->revision = a->revision;
	info->offloads = a->offloads;
	memcpy(info->mac, a->mac, sizeof(info->mac));
	from_core(nax_adapter_config(a), &info->config);
	fill_verify(port, info);
	nax_adapter_recovery(a, &info->recoveries);
	port_unlock(port, 0, NULL);
}

int nax_port_start(struct nax_port *port, const struct nax_port_config *config,
		   struct nax_error *err)
{
	struct nax_config c;
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	to_core(config, &c);
	rc = check_config(port, config, err);
	if (!rc)
		rc = nax_adapter_up(port->adapter, &c, err);
	return port_unlock(port, rc, err);
}

static int refuse_in_poll(const struct nax_port *port, const char *what, struct nax_error *err)
{
	enum nax_side side;
	u32 queue;

	if (!nax_port_in_poll(port, &side, &queue))
		return 0;
	return nax_error_set(err, -EBUSY, "%s while %s queue %u is in a poll context", what,
			     side == NAX_SIDE_RX ? "rx" : "tx", queue);
}

int nax_port_stop(struct nax_port *port, struct nax_error *err)
{
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	rc = refuse_in_poll(port, "the port cannot be stopped", err);
	if (!rc)
		nax_adapter_down(port->adapter);
	return port_unlock(port, rc, err);
}

static int check_queues(const struct nax_port *port, const struct nax_port_config *c,
			struct nax_error *err)
{
	const struct nax_adapter *a = port->adapter;

	if (c->rx_queues == a->n_rxq && c->tx_queues == a->n_txq)
		return 0;
	return refuse_in_poll(port, "the number of queues cannot change", err);
}

int nax_port_reconfigure(struct nax_port *port, const struct nax_port_config *config,
			 struct nax_error *err)
{
	struct nax_config c;
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	to_core(config, &c);
	rc = check_config(port, config, err);
	if (!rc)
		rc = check_queues(port, config, err);
	if (!rc)
		rc = nax_port_pause(port, err);
	if (!rc) {
		rc = nax_adapter_reconfigure(port->adapter, &c, err);
		nax_port_resume(port);
	}
	return port_unlock(port, rc, err);
}

int nax_port_reset(struct nax_port *port, struct nax_error *err)
{
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	rc = nax_port_pause(port, err);
	if (!rc) {
		rc = nax_adapter_reset(port->adapter, "asked for by the application", err);
		nax_port_resume(port);
	}
	return port_unlock(port, rc, err);
}

int nax_port_set_filter(struct nax_port *port, const struct nax_filter *filter,
			struct nax_error *err)
{
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	return port_unlock(port, nax_adapter_set_filter(port->adapter, filter, err), err);
}

int nax_port_set_rss(struct nax_port *port, const struct nax_rss *rss, struct nax_error *err)
{
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	return port_unlock(port, nax_adapter_set_rss(port->adapter, rss, err), err);
}

void nax_port_get_rss(struct nax_port *port, struct nax_rss *rss)
{
	memset(rss, 0, sizeof(*rss));
	if (!port_lock_void(port, __func__))
		return;
	nax_adapter_get_rss(port->adapter, rss);
	port_unlock(port, 0, NULL);
}

int nax_port_flow_add(struct nax_port *port, const struct nax_flow_rule *rule,
		      struct nax_error *err)
{
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	return port_unlock(port, nax_adapter_flow_add(port->adapter, rule, err), err);
}

int nax_port_flow_remove(struct nax_port *port, u32 location, struct nax_error *err)
{
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	return port_unlock(port, nax_adapter_flow_remove(port->adapter, location, err), err);
}

bool nax_port_flow_next(struct nax_port *port, u32 location, struct nax_flow_rule *rule)
{
	const struct nax_flow_rule *next;

	if (!port_lock_void(port, __func__))
		return false;
	next = nax_adapter_flow_next(port->adapter, location);
	if (next)
		*rule = *next;
	port_unlock(port, 0, NULL);
	return next != NULL;
}

void nax_port_link(struct nax_port *port, struct nax_link *link)
{
	memset(link, 0, sizeof(*link));
	if (!port_lock_void(port, __func__))
		return;
	nax_adapter_link(port->adapter, link);
	port_unlock(port, 0, NULL);
}

int nax_port_queue_stats(struct nax_port *port, bool rx, unsigned int queue,
			 struct nax_queue_stats *stats)
{
	struct nax_error err;
	int rc = port_lock(port, __func__, &err);

	if (rc)
		return rc;
	rc = nax_adapter_queue_stats(port->adapter, rx, queue, stats);
	return port_unlock(port, rc, NULL);
}

void nax_port_hw_stats(struct nax_port *port, u64 *values)
{
	memset(values, 0, port->adapter->caps.n_stats * sizeof(*values));
	if (!port_lock_void(port, __func__))
		return;
	nax_adapter_hw_stats(port->adapter, values);
	port_unlock(port, 0, NULL);
}

void nax_port_diag(struct nax_port *port, struct nax_diag *diag)
{
	memset(diag, 0, sizeof(*diag));
	if (!port_lock_void(port, __func__))
		return;
	nax_adapter_diag(port->adapter, "asked for by the application", diag);
	port_unlock(port, 0, NULL);
}

int nax_port_nvm_read(struct nax_port *port, u32 offset, u32 len, u8 *data, struct nax_error *err)
{
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	return port_unlock(port, nax_adapter_nvm_read(port->adapter, offset, len, data, err), err);
}

int nax_port_nvm_write(struct nax_port *port, u32 offset, u32 len, const u8 *data,
		       struct nax_error *err)
{
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	return port_unlock(port, nax_adapter_nvm_write(port->adapter, offset, len, data, err), err);
}

int nax_port_module_read(struct nax_port *port, const struct nax_module_page *page, u8 *data,
			 struct nax_error *err)
{
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	return port_unlock(port, nax_adapter_module_read(port->adapter, page, data, err), err);
}

int nax_port_identify(struct nax_port *port, enum nax_led led, struct nax_error *err)
{
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	return port_unlock(port, nax_adapter_identify(port->adapter, led, err), err);
}

int nax_port_selftest(struct nax_port *port, bool offline, struct nax_error result[NAX_TESTS],
		      struct nax_error *err)
{
	int rc = port_lock(port, __func__, err);

	if (rc)
		return rc;
	rc = nax_port_pause(port, err);
	if (!rc) {
		rc = nax_adapter_selftest(port->adapter, offline, result, err);
		nax_port_resume(port);
	}
	return port_unlock(port, rc, err);
}

bool nax_port_fault(struct nax_port *port, struct nax_diag *diag)
{
	bool found;

	memset(diag, 0, sizeof(*diag));
	if (!port_lock_void(port, __func__))
		return false;
	found = nax_adapter_fault(port->adapter, diag);
	port_unlock(port, 0, NULL);
	return found;
}
