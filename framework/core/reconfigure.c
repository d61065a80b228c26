// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Changing the configuration of an adapter that is up.
 *
 * All memory of the new configuration is made first. Then old and new trade places, which is its
 * own inverse: when the device refuses the new configuration, trading once more restores the old
 * one. What is left in struct nax_change at the end is freed, whichever it is.
 */
#include "internal.h"

/**
 * struct nax_change - one reconfiguration
 * @cfg: the configuration that is not in force: first the new one, after the trade the old
 * @old: what is derived from the configuration in force at the beginning
 * @new: what is derived from the one asked for
 * @rxq: queues that are not in force; NULL where the one in force fits both configurations
 * @txq: the same
 * @rss: RSS state before the change
 * @rss_set: the same
 * @rest: polls must rest meanwhile
 * @restart: the device must stop and start
 */
struct nax_change {
	struct nax_config cfg;
	struct nax_shape old;
	struct nax_shape new;
	struct nax_queue *rxq[NAX_QUEUES_MAX];
	struct nax_queue *txq[NAX_QUEUES_MAX];
	struct nax_rss rss;
	bool rss_set;
	bool rest;
	bool restart;
};

static int nax_change_make(struct nax_core *c, struct nax_change *ch, struct nax_error *err)
{
	const struct nax_config *old = &c->config, *cfg = &ch->cfg;
	u64 differ = ch->new.offloads ^ ch->old.offloads;
	/* Buffers between two of the device's steps are right for as long as no frame is longer. */
	bool longer = c->a.caps.rx_long_dropped &&
		      (cfg->mtu != old->mtu || differ & NAX_OFFLOAD_RX_ALL);
	/* Whether frames are joined is a property of a queue. */
	bool rx = cfg->rx_ring != old->rx_ring || ch->new.rx_buf_len != ch->old.rx_buf_len ||
		  longer || differ & NAX_OFFLOAD_LRO;
	bool tx = cfg->tx_ring != old->tx_ring;
	int ret = 0;
	u16 i;

	ch->restart = cfg->n_rxq != old->n_rxq || cfg->n_txq != old->n_txq ||
		      (cfg->mtu != old->mtu && !c->a.driver->ops->set_mtu) ||
		      differ & NAX_OFFLOAD_FLOW;
	ch->rest = ch->restart || rx || tx || cfg->mtu != old->mtu || differ;
	for (i = rx ? 0 : old->n_rxq; !ret && i < cfg->n_rxq; i++)
		ret = nax_queue_make(c, cfg, true, i, &ch->rxq[i], err);
	for (i = tx ? 0 : old->n_txq; !ret && i < cfg->n_txq; i++)
		ret = nax_queue_make(c, cfg, false, i, &ch->txq[i], err);
	return ret;
}

/*
 * Queues that are not in force, while all polls rest: what they hang on may be polled afterwards.
 * So it comes before recovery, which lets polls go on when it is done.
 */
static void nax_change_drop(struct nax_core *c, struct nax_change *ch)
{
	u32 i;

	for (i = 0; i < NAX_QUEUES_MAX; i++) {
		nax_queue_free(c, ch->rxq[i]);
		nax_queue_free(c, ch->txq[i]);
		ch->rxq[i] = NULL;
		ch->txq[i] = NULL;
	}
}

static void nax_change_free(struct nax_core *c, struct nax_change *ch)
{
	nax_change_drop(c, ch);
	nax_free(c, ch);
}

static void nax_change_trade_side(struct nax_queue **in_force, struct nax_queue **other, u32 now,
				  u32 then)
{
	u32 i;

	for (i = 0; i < now || i < then; i++) {
		if (i >= now || i >= then)
			swap(in_force[i], other[i]);
		else if (other[i])
			nax_queue_exchange(in_force[i], other[i]);
	}
}

/* Queues that trade are stopped and paused. */
static void nax_change_trade(struct nax_core *c, struct nax_change *ch)
{
	struct nax_config before = c->config;

	nax_change_trade_side(c->a.rxq, ch->rxq, before.n_rxq, ch->cfg.n_rxq);
	nax_change_trade_side(c->a.txq, ch->txq, before.n_txq, ch->cfg.n_txq);
	nax_config_adopt(c, &ch->cfg);
	ch->cfg = before;
	nax_rss_fit(c, c->a.n_rxq);
}

static void nax_change_undo(struct nax_core *c, struct nax_change *ch)
{
	nax_change_trade(c, ch);
	c->rss = ch->rss;
	c->rss_set = ch->rss_set;
}

static int nax_change_restart(struct nax_core *c, struct nax_change *ch, struct nax_error *err)
{
	struct nax_error cause, again;
	int ret;

	nax_set_state(c, NAX_STATE_RESETTING);
	nax_pause_all(c);
	nax_take_down(c);
	nax_change_trade(c, ch);
	nax_pause_all(c);
	ret = nax_bring_up(c, &cause);
	if (ret) {
		nax_error_set(err, ret, "%s", cause.text);
		nax_change_undo(c, ch);
		nax_pause_all(c);
		nax_change_drop(c, ch);
		if (nax_is_gone(c) || nax_bring_up(c, &again))
			nax_recover_failed(c, cause.text, &again);
	}
	nax_change_drop(c, ch);
	nax_resume_all(c);
	return ret;
}

/* Give the driver what differs from @old; what may fail comes first. */
static int nax_change_apply(struct nax_core *c, const struct nax_config *old, u64 old_offloads,
			    struct nax_error *err)
{
	const struct nax_config *cfg = &c->config;
	struct nax_adapter *a = &c->a;
	int ret = 0;

	c->fail.code = 0;
	if (cfg->mtu != old->mtu) {
		nax_enter(c, NAX_OP_CONFIGURE, NULL);
		ret = a->driver->ops->set_mtu(a);
		nax_leave(c, NAX_OP_CONFIGURE, NULL);
		ret = nax_fail_take(c, ret, "set_mtu", err);
	}
	if (!ret && (cfg->link.modes != old->link.modes ||
		     cfg->link.pause_rx != old->link.pause_rx ||
		     cfg->link.pause_tx != old->link.pause_tx))
		ret = nax_apply_link(c, err);
	if (ret)
		return ret;
	if (a->offloads != old_offloads) {
		nax_apply_offloads(c);
		nax_apply_rss(c);
	}
	if (a->offloads != old_offloads || memcmp(cfg->mac, old->mac, sizeof(old->mac)))
		nax_apply_filter(c);
	if (cfg->itr_us != old->itr_us)
		nax_apply_itr(c);
	return nax_is_gone(c) ? nax_refuse_gone(c, err) : 0;
}

static void nax_change_queues(struct nax_core *c, struct nax_change *ch,
			      void (*f)(struct nax_core *c, struct nax_queue *q))
{
	u32 i;

	for (i = 0; i < c->a.n_txq; i++)
		if (ch->txq[i])
			f(c, c->a.txq[i]);
	for (i = 0; i < c->a.n_rxq; i++)
		if (ch->rxq[i])
			f(c, c->a.rxq[i]);
}

static int nax_change_live(struct nax_core *c, struct nax_change *ch, struct nax_error *err)
{
	struct nax_error again;
	u64 offloads = ch->old.offloads;
	int ret;

	if (ch->rest)
		nax_pause_all(c);
	nax_change_queues(c, ch, nax_queue_stop);
	nax_change_trade(c, ch);
	ret = nax_change_apply(c, &ch->cfg, offloads, err);
	if (ret) {
		offloads = c->a.offloads;
		nax_change_undo(c, ch);
		if (!nax_is_gone(c) && nax_change_apply(c, &ch->cfg, offloads, &again))
			nax_hung(&c->a, NULL, again.text);
	}
	if (!nax_is_gone(c))
		nax_change_queues(c, ch, nax_queue_start);
	nax_change_drop(c, ch);
	if (nax_is_gone(c))
		nax_go_gone(c, NULL);
	nax_resume_all(c);
	return ret;
}

int nax_adapter_reconfigure(struct nax_adapter *a, const struct nax_config *cfg,
			    struct nax_error *err)
{
	struct nax_core *c = nax_core_of(a);
	struct nax_change *ch;
	int ret;

	if (nax_is_gone(c))
		return nax_refuse_gone(c, err);
	if (a->state != NAX_STATE_UP)
		return nax_error_set(err, -ENETDOWN, "adapter is %s: must be up to be reconfigured",
				     nax_state_name(a->state));
	ret = nax_config_check(a, cfg, err);
	if (ret)
		return ret;
	ch = nax_zalloc(c, sizeof(*ch));
	if (!ch)
		return nax_error_set(err, -ENOMEM, "no memory to reconfigure");
	ch->cfg = *cfg;
	ch->rss = c->rss;
	ch->rss_set = c->rss_set;
	nax_config_shape(a, &c->config, &ch->old);
	nax_config_shape(a, cfg, &ch->new);

	ret = nax_change_make(c, ch, err);
	if (!ret)
		ret = ch->restart ? nax_change_restart(c, ch, err) : nax_change_live(c, ch, err);
	nax_change_free(c, ch);
	return ret;
}

int nax_adapter_spare_make(struct nax_adapter *a, const struct nax_config *cfg, bool rx, u32 index,
			   struct nax_queue **spare, struct nax_error *err)
{
	return nax_queue_make(nax_core_of(a), cfg, rx, (u16)index, spare, err);
}

void nax_adapter_spare_free(struct nax_adapter *a, struct nax_queue *spare)
{
	nax_queue_free(nax_core_of(a), spare);
}

int nax_adapter_queue_restart(struct nax_adapter *a, bool rx, u32 index, struct nax_queue *spare)
{
	struct nax_core *c = nax_core_of(a);
	int ret = -ENETDOWN;
	struct nax_queue *q;

	if (a->state != NAX_STATE_UP || index >= (rx ? a->n_rxq : a->n_txq))
		return ret;
	/* Its queues run still, and the caller takes away what this one has. */
	if (nax_is_gone(c))
		goto gone;
	q = rx ? a->rxq[index] : a->txq[index];
	nax_queue_pause(c, q);
	nax_queue_stop(c, q);
	if (spare)
		nax_queue_exchange(q, spare);
	nax_queue_start(c, q);
	/* While its poll context rests: it may have used what goes now. */
	nax_queue_free(c, spare);
	nax_queue_resume(c, q);
	ret = 0;
	if (!nax_is_gone(c))
		return ret;
gone:
	nax_go_gone(c, NULL);
	return ret;
}
