// SPDX-License-Identifier: GPL-2.0-only
/*
 * devlink: versions, and health.
 *
 * Recovery is the core's, at once and in its own steps. What it met is reported afterwards, with
 * the record that it took before its last step; so a reporter's recovery, when devlink asks for it,
 * has happened or has failed. What an administrator asks for is a reset now.
 */
#include <linux/slab.h>

#include "linux.h"

static struct nax_health *nax_health_of(struct devlink_health_reporter *reporter)
{
	return devlink_health_reporter_priv(reporter);
}

static enum nax_reporter nax_health_kind(const struct nax_health *h)
{
	return h - h->device->health;
}

static int nax_info_serial(struct devlink_info_req *req, u64 dsn)
{
	__be64 number = cpu_to_be64(dsn);
	char text[sizeof("01-23-45-67-89-ab-cd-ef")];

	if (!dsn)
		return 0;
	snprintf(text, sizeof(text), "%8phD", &number);
	return devlink_info_serial_number_put(req, text);
}

static int nax_info_get(struct devlink *devlink, struct devlink_info_req *req,
			struct netlink_ext_ack *extack)
{
	struct nax_device *d = *(struct nax_device **)devlink_priv(devlink);
	const struct nax_caps *caps = &d->adapter->caps;
	int ret;

	ret = nax_devlink_driver_name(req, d->pdev->driver->name);
	if (!ret)
		ret = nax_info_serial(req, pci_get_dsn(d->pdev));
	if (!ret && caps->board[0])
		ret = devlink_info_version_fixed_put(req, DEVLINK_INFO_VERSION_GENERIC_BOARD_ID,
						     caps->board);
	if (!ret && caps->nvm_version[0])
		ret = devlink_info_version_running_put(req,
						       DEVLINK_INFO_VERSION_GENERIC_FW_BUNDLE_ID,
						       caps->nvm_version);
	return ret;
}

static const struct devlink_ops nax_devlink_ops = {
	.info_get = nax_info_get,
};

/* ---- health ---- */

/* One word after the other, in the order that the driver thinks tells most. */
static void nax_health_words(struct devlink_fmsg *fmsg, const struct nax_diag *diag)
{
	const struct nax_diag_record *rec;
	char name[NAX_DIAG_NAME + 16], value[24];
	u32 i;

	devlink_fmsg_arr_pair_nest_start(fmsg, "words");
	for (i = 0; i < diag->n; i++) {
		rec = &diag->rec[i];
		snprintf(name, sizeof(name), "%s 0x%05x", rec->name, rec->offset);
		snprintf(value, sizeof(value), "0x%08llx", rec->value);
		devlink_fmsg_obj_nest_start(fmsg);
		devlink_fmsg_string_pair_put(fmsg, name, value);
		devlink_fmsg_obj_nest_end(fmsg);
	}
	devlink_fmsg_arr_pair_nest_end(fmsg);
}

/*
 * @context: a report, whose record the core has unless another fault came after it; NULL: one is
 * taken.
 */
static int nax_health_dump(struct devlink_health_reporter *reporter, struct devlink_fmsg *fmsg,
			   void *context, struct netlink_ext_ack *extack)
{
	struct nax_health *h = nax_health_of(reporter);
	struct nax_device *d = h->device;
	struct nax_diag *diag = kvzalloc(sizeof(*diag), GFP_KERNEL);

	if (!diag)
		return -ENOMEM;
	nax_control_lock(d);
	if (!context || d->health_last != nax_health_kind(h) ||
	    !nax_adapter_fault(d->adapter, diag))
		nax_adapter_diag(d->adapter, context ? context : "asked for", diag);
	nax_control_unlock(d);
	devlink_fmsg_string_pair_put(fmsg, "why", diag->why);
	devlink_fmsg_u64_pair_put(fmsg, "when_ns", diag->when_ns);
	devlink_fmsg_u32_pair_put(fmsg, "lost", diag->lost);
	nax_health_words(fmsg, diag);
	kvfree(diag);
	return 0;
}

/* What an administrator can still do, by what the adapter has come to. */
static int nax_health_reset(struct nax_device *d, struct nax_error *err)
{
	switch (d->adapter->state) {
	case NAX_STATE_UP:
		return nax_adapter_reset(d->adapter, "devlink health recover", err);
	case NAX_STATE_GONE:
		return nax_adapter_resume(d->adapter, err);
	case NAX_STATE_ATTACHED:
		return 0;
	default:
		return nax_error_set(err, -EBUSY, "adapter is %s: must be up, gone or attached",
				     nax_state_name(d->adapter->state));
	}
}

static int nax_health_recover(struct devlink_health_reporter *reporter, void *context,
			      struct netlink_ext_ack *extack)
{
	struct nax_device *d = nax_health_of(reporter)->device;
	struct nax_error err;
	int ret;

	nax_control_lock(d);
	if (context)
		ret = d->adapter->state == NAX_STATE_GONE ? -ENODEV : 0;
	else
		ret = nax_health_reset(d, &err);
	nax_control_unlock(d);
	if (context || !ret)
		return ret;
	NL_SET_ERR_MSG_FMT_MOD(extack, "%s", err.text);
	netdev_err(d->net, "%s\n", err.text);
	return ret;
}

static const struct {
	const char *name;
	enum nax_recovery step;
} nax_health_steps[] = {
	{ "queue_restarts", NAX_RECOVER_QUEUE },
	{ "adapter_resets", NAX_RECOVER_RESET },
	{ "function_resets", NAX_RECOVER_FLR },
	{ "given_up", NAX_RECOVER_GONE },
};

static int nax_device_diagnose(struct devlink_health_reporter *reporter,
			       struct devlink_fmsg *fmsg, struct netlink_ext_ack *extack)
{
	struct nax_device *d = nax_health_of(reporter)->device;
	struct nax_link link;
	u32 i;

	mutex_lock(&d->control);
	nax_adapter_link(d->adapter, &link);
	devlink_fmsg_string_pair_put(fmsg, "state", nax_state_name(d->adapter->state));
	if (!link.up && link.reason[0])
		devlink_fmsg_string_pair_put(fmsg, "link", link.reason);
	for (i = 0; i < ARRAY_SIZE(nax_health_steps); i++)
		devlink_fmsg_u64_pair_put(fmsg, nax_health_steps[i].name,
					  nax_adapter_recoveries(d->adapter,
								 nax_health_steps[i].step));
	devlink_fmsg_u64_pair_put(fmsg, "tx_timeouts", atomic64_read(&d->tx_timeouts));
	mutex_unlock(&d->control);
	return 0;
}

static int nax_queues_diagnose(struct devlink_health_reporter *reporter,
			       struct devlink_fmsg *fmsg, struct netlink_ext_ack *extack)
{
	struct nax_health *h = nax_health_of(reporter);
	struct nax_device *d = h->device;
	bool rx = nax_health_kind(h) == NAX_REPORT_RX;
	struct nax_queue_stats s;
	struct nax_queue *q;
	u32 i, n;

	mutex_lock(&d->control);
	n = rx ? d->adapter->n_rxq : d->adapter->n_txq;
	devlink_fmsg_arr_pair_nest_start(fmsg, "queues");
	for (i = 0; i < n; i++) {
		q = rx ? d->adapter->rxq[i] : d->adapter->txq[i];
		nax_adapter_queue_stats(d->adapter, rx, i, &s);
		devlink_fmsg_obj_nest_start(fmsg);
		devlink_fmsg_u32_pair_put(fmsg, "queue", i);
		devlink_fmsg_bool_pair_put(fmsg, "running", nax_queue_running(q));
		devlink_fmsg_u64_pair_put(fmsg, "packets", s.packets);
		devlink_fmsg_u64_pair_put(fmsg, "drops", s.drops);
		devlink_fmsg_u64_pair_put(fmsg, "restarts", s.restarts);
		devlink_fmsg_obj_nest_end(fmsg);
	}
	devlink_fmsg_arr_pair_nest_end(fmsg);
	mutex_unlock(&d->control);
	return 0;
}

/* A fault that nothing has but the request: recovery and reports are as for any other. */
static int nax_health_test(struct devlink_health_reporter *reporter,
			   struct netlink_ext_ack *extack)
{
	struct nax_health *h = nax_health_of(reporter);
	struct nax_adapter *a = h->device->adapter;
	struct nax_queue *q = NULL;
	int ret = 0;

	mutex_lock(&h->device->control);
	if (a->state == NAX_STATE_UP) {
		if (nax_health_kind(h) == NAX_REPORT_RX)
			q = a->rxq[0];
		else if (nax_health_kind(h) == NAX_REPORT_TX)
			q = a->txq[0];
		nax_hung(a, q, "devlink health test");
	} else {
		NL_SET_ERR_MSG_FMT_MOD(extack, "adapter is %s: must be up",
				       nax_state_name(a->state));
		ret = -ENETDOWN;
	}
	mutex_unlock(&h->device->control);
	return ret;
}

static const struct devlink_health_reporter_ops nax_reporters[NAX_REPORTERS] = {
	[NAX_REPORT_TX] = {
		.name = "tx",
		.recover = nax_health_recover,
		.dump = nax_health_dump,
		.diagnose = nax_queues_diagnose,
		.test = nax_health_test,
	},
	[NAX_REPORT_RX] = {
		.name = "rx",
		.recover = nax_health_recover,
		.dump = nax_health_dump,
		.diagnose = nax_queues_diagnose,
		.test = nax_health_test,
	},
	[NAX_REPORT_DEVICE] = {
		.name = "device",
		.recover = nax_health_recover,
		.dump = nax_health_dump,
		.diagnose = nax_device_diagnose,
		.test = nax_health_test,
	},
};

void nax_health_note(struct nax_device *d, const struct nax_queue *q, const char *why)
{
	enum nax_reporter kind = !q ? NAX_REPORT_DEVICE : q->is_rx ? NAX_REPORT_RX : NAX_REPORT_TX;

	strscpy(d->health[kind].why, why, sizeof(d->health[kind].why));
	d->health_last = kind;
}

void nax_health_report(struct nax_device *d)
{
	char why[NAX_ERROR_TEXT];
	u32 i;

	for (i = 0; i < NAX_REPORTERS; i++) {
		mutex_lock(&d->control);
		strscpy(why, d->health[i].why, sizeof(why));
		d->health[i].why[0] = '\0';
		mutex_unlock(&d->control);
		if (why[0])
			devlink_health_report(d->health[i].reporter, why, why);
	}
}

static void nax_health_free(struct nax_device *d)
{
	u32 i;

	for (i = 0; i < NAX_REPORTERS; i++)
		if (d->health[i].reporter)
			devlink_health_reporter_destroy(d->health[i].reporter);
}

static int nax_health_alloc(struct nax_device *d)
{
	struct devlink_health_reporter *reporter;
	u32 i;

	for (i = 0; i < NAX_REPORTERS; i++) {
		d->health[i].device = d;
		reporter = nax_devlink_reporter(d->devlink, &nax_reporters[i], &d->health[i]);
		if (IS_ERR(reporter)) {
			nax_health_free(d);
			return PTR_ERR(reporter);
		}
		d->health[i].reporter = reporter;
	}
	return 0;
}

/** nax_devlink_register() - make devlink know the device; before any fault can be reported. */
int nax_devlink_register(struct nax_device *d, struct nax_error *err)
{
	int ret;

	d->devlink = devlink_alloc(&nax_devlink_ops, sizeof(d), &d->pdev->dev);
	if (!d->devlink)
		return nax_error_set(err, -ENOMEM, "no memory for a devlink instance");
	*(struct nax_device **)devlink_priv(d->devlink) = d;
	ret = nax_health_alloc(d);
	if (ret) {
		devlink_free(d->devlink);
		return nax_error_set(err, ret, "no health reporters: %d", ret);
	}
	devlink_register(d->devlink);
	return 0;
}

/** nax_devlink_unregister() - undo it; the service has ended. */
void nax_devlink_unregister(struct nax_device *d)
{
	devlink_unregister(d->devlink);
	nax_health_free(d);
	devlink_free(d->devlink);
}
