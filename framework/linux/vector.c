// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts and the poll contexts behind them: one NAPI instance per queue vector, which serves
 * the vector's queues, and a last vector that asks for service.
 *
 *	interrupt (the device masks the vector) -> napi_schedule -> poll until idle -> irq_arm
 *
 * The device keeps a cause that comes between the last look and irq_arm, and fires at once then.
 */
#include <linux/interrupt.h>

#include "linux.h"

static irqreturn_t nax_irq_queue(int irq, void *data)
{
	struct nax_irq *i = data;

	i->events++;
	nax_vector_fired(i->vector);
	if (unlikely(!i->device->adapter->caps.irq_autoclear))
		i->device->adapter->driver->ops->irq_ack(i->device->adapter, i->index);
	napi_schedule_irqoff(&i->napi);
	return IRQ_HANDLED;
}

static irqreturn_t nax_irq_last(int irq, void *data)
{
	struct nax_adapter *a = data;

	nax_adapter_irq(a, a->n_vectors - 1);
	return IRQ_HANDLED;
}

/*
 * Queue of a bit mask word by word, lowest first; 0 words are what most adapters have. Return:
 * whether there is more to do.
 */
static bool nax_napi_tx(struct nax_irq *i, int budget)
{
	struct nax_adapter *a = i->device->adapter;
	struct nax_queue *q;
	bool more = false;
	u64 rest;
	u32 w;

	for (w = 0; w < ARRAY_SIZE(i->vector->tx_queues); w++) {
		for (rest = i->vector->tx_queues[w]; rest; rest &= rest - 1) {
			q = a->txq[w * 64 + __ffs64(rest)];
			nax_tx_poll(i, q, budget);
			if (unlikely(nax_tx_of(q)->xsk) && budget > 0)
				more |= nax_xsk_tx_poll(i, q, budget);
		}
	}
	return more;
}

static u32 nax_napi_rx(struct nax_irq *i, u32 budget)
{
	struct nax_adapter *a = i->device->adapter;
	u32 work = 0;
	u64 rest;
	u32 w;

	for (w = 0; w < ARRAY_SIZE(i->vector->rx_queues); w++)
		for (rest = i->vector->rx_queues[w]; rest && work < budget; rest &= rest - 1)
			work += nax_rx_poll(i, a->rxq[w * 64 + __ffs64(rest)], budget - work);
	return work;
}

static void nax_napi_moderate(struct nax_irq *i)
{
	struct dim_sample sample = {};

	dim_update_sample(i->events, i->packets, i->bytes, &sample);
	nax_net_dim(&i->dim, &sample);
}

static int nax_napi_poll(struct napi_struct *napi, int budget)
{
	struct nax_irq *i = container_of(napi, struct nax_irq, napi);
	bool more = nax_napi_tx(i, budget);
	u32 work;

	if (unlikely(budget <= 0))
		return 0;
	work = nax_napi_rx(i, budget);
	if (work >= budget || unlikely(more))
		return budget;
	if (likely(napi_complete_done(napi, work))) {
		if (i->adaptive)
			nax_napi_moderate(i);
		nax_vector_arm(i->vector);
	}
	return work;
}

static void nax_dim_work(struct work_struct *work)
{
	struct dim *dim = container_of(work, struct dim, work);
	struct nax_irq *i = container_of(dim, struct nax_irq, dim);
	struct dim_cq_moder m = net_dim_get_rx_moderation(dim->mode, dim->profile_ix);

	mutex_lock(&i->device->control);
	/* What was set by hand meanwhile stays. */
	if (i->on && i->adaptive)
		nax_vector_set_itr(i->vector, m.usec);
	mutex_unlock(&i->device->control);
	dim->state = DIM_START_MEASURE;
}

static const struct cpumask *nax_irq_cpu(const struct nax_device *d, u32 vector)
{
	return get_cpu_mask(cpumask_local_spread(vector, dev_to_node(&d->pdev->dev)));
}

/*
 * Each queue begins on a processor of its own; from then on it is where user space puts it. A
 * processor that cannot be had is no error: the kernel has chosen another.
 */
static void nax_vectors_spread(struct nax_device *d)
{
	u32 k;

	for (k = 0; k < d->n_irqs; k++)
		irq_set_affinity(pci_irq_vector(d->pdev, k), nax_irq_cpu(d, k));
}

int nax_vectors_alloc(struct nax_device *d, struct nax_error *err)
{
	u32 max = min_t(u32, d->adapter->caps.vectors_max, num_possible_cpus() + 1);
	int n = pci_alloc_irq_vectors(d->pdev, NAX_VECTORS_MIN, max, PCI_IRQ_MSIX);

	if (n < 0)
		return nax_error_set(err, n, "interrupts: %u to %u MSI-X vectors cannot be had: %d",
				     NAX_VECTORS_MIN, max, n);
	if ((u32)n < max)
		dev_notice(&d->pdev->dev, "interrupts: %d of %u MSI-X vectors\n", n, max);
	d->n_irqs = n - 1;
	nax_vectors_spread(d);
	return 0;
}

void nax_vectors_free(struct nax_device *d)
{
	pci_free_irq_vectors(d->pdev);
}

int nax_irqs_alloc(struct nax_device *d)
{
	u32 k;

	d->irq = kcalloc(d->n_irqs, sizeof(*d->irq), GFP_KERNEL);
	if (!d->irq)
		return -ENOMEM;
	for (k = 0; k < d->n_irqs; k++) {
		struct nax_irq *i = &d->irq[k];

		i->device = d;
		i->index = k;
		i->dim.mode = DIM_CQ_PERIOD_MODE_START_FROM_EQE;
		INIT_WORK(&i->dim.work, nax_dim_work);
		/* NAPI begins disabled; it is enabled when nobody pauses a vector in use. */
		nax_napi_add(d->net, &i->napi, nax_napi_poll, k);
	}
	return 0;
}

void nax_irqs_free(struct nax_device *d)
{
	u32 k;

	for (k = 0; d->irq && k < d->n_irqs; k++) {
		netif_napi_del(&d->irq[k].napi);
		cancel_work_sync(&d->irq[k].dim.work);
	}
	kfree(d->irq);
	d->irq = NULL;
}

void nax_irqs_adaptive(struct nax_device *d, bool adaptive)
{
	u32 k;

	for (k = 0; k < d->n_irqs; k++)
		WRITE_ONCE(d->irq[k].adaptive, adaptive);
}

void nax_irqs_set_itr(struct nax_device *d, u32 us)
{
	u32 k;

	for (k = 0; k < d->n_irqs; k++)
		if (d->irq[k].on)
			nax_vector_set_itr(d->irq[k].vector, us);
}

static void nax_irq_off(struct nax_irq *i)
{
	struct pci_dev *pdev = i->device->pdev;
	int irq = pci_irq_vector(pdev, i->index);

	i->on = false;
	if (!i->pauses)
		nax_napi_disable(&i->napi);
	nax_napi_set_irq(&i->napi, -1);
	irq_update_affinity_hint(irq, NULL);
	free_irq(irq, i);
}

static int nax_irq_on(struct nax_irq *i, struct nax_vector *v)
{
	struct pci_dev *pdev = i->device->pdev;
	int irq = pci_irq_vector(pdev, i->index);
	int ret;

	i->vector = v;
	snprintf(i->name, sizeof(i->name), "%s-TxRx-%u", i->device->net->name, i->index);
	ret = request_irq(irq, nax_irq_queue, 0, i->name, i);
	if (ret)
		return ret;
	irq_update_affinity_hint(irq, nax_irq_cpu(i->device, i->index));
	nax_napi_set_irq(&i->napi, irq);
	i->on = true;
	if (!i->pauses)
		nax_napi_enable(&i->napi);
	return 0;
}

int nax_linux_vectors_enable(struct nax_adapter *a, u32 n)
{
	struct nax_device *d = nax_device_of(a);
	u32 k = 0;
	int ret;

	snprintf(d->last_irq, sizeof(d->last_irq), "%s", d->net->name);
	ret = request_irq(pci_irq_vector(d->pdev, n - 1), nax_irq_last, 0, d->last_irq, a);
	if (ret)
		return ret;
	for (k = 0; k < n - 1; k++) {
		ret = nax_irq_on(&d->irq[k], &a->vector[k]);
		if (ret)
			goto off;
	}
	return 0;

off:
	while (k--)
		nax_irq_off(&d->irq[k]);
	free_irq(pci_irq_vector(d->pdev, n - 1), a);
	return ret;
}

void nax_linux_vectors_disable(struct nax_adapter *a)
{
	struct nax_device *d = nax_device_of(a);
	u32 k;

	for (k = 0; k < d->n_irqs; k++)
		if (d->irq[k].on)
			nax_irq_off(&d->irq[k]);
	free_irq(pci_irq_vector(d->pdev, a->n_vectors - 1), a);
	/* A poll that is over for NAPI may be about to arm its vector still. */
	synchronize_net();
}

static void nax_tx_pause(struct nax_queue *q, bool pause)
{
	struct nax_device *d = nax_device_of(q->adapter);
	struct netdev_queue *nq = netdev_get_tx_queue(d->net, q->index);

	/* A queue that is made to take another's place is not the network's yet. */
	__netif_tx_lock_bh(nq);
	WRITE_ONCE(nax_tx_of(q)->paused, pause);
	if (pause)
		netif_tx_stop_queue(nq);
	__netif_tx_unlock_bh(nq);
	if (!pause && netif_running(d->net))
		netif_tx_wake_queue(nq);
}

void nax_linux_queue_pause(struct nax_queue *q)
{
	struct nax_device *d = nax_device_of(q->adapter);
	struct nax_irq *i = &d->irq[q->vector->index];

	d->paused_on[q->is_rx][q->index] = i;
	if (!i->pauses++ && i->on)
		nax_napi_disable(&i->napi);
	if (!q->is_rx)
		nax_tx_pause(q, true);
}

void nax_linux_queue_resume(struct nax_queue *q)
{
	struct nax_device *d = nax_device_of(q->adapter);
	struct nax_irq *i = d->paused_on[q->is_rx][q->index];

	/* One that does not run stays closed: of a device that sleeps, is gone, or broke a rule. */
	if (!q->is_rx && q->backend && nax_queue_running(q))
		nax_tx_pause(q, false);
	if (!--i->pauses && i->on)
		nax_napi_enable(&i->napi);
}

void nax_linux_queue_wake(struct nax_queue *q)
{
	struct nax_device *d = nax_device_of(q->adapter);

	/* A soft interrupt raised outside of any runs when bottom halves are enabled again. */
	local_bh_disable();
	napi_schedule(&d->irq[q->vector->index].napi);
	local_bh_enable();
}
