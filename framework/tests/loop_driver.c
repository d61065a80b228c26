// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The loopback NIC: its driver half. */
#include <string.h>

#include "loop_driver.h"

static const struct nax_caps loop_caps = {
	.perm_mac = { 0x02, 0, 0, 0, 0, 7 },
	.nvm_version = "1",
	.rxq_max = LOOP_QUEUES,
	.txq_max = LOOP_QUEUES,
	.vectors_max = LOOP_VECTORS,
	.ring_min = 16,
	.ring_max = 4096,
	.ring_default = 64,
	.rx_desc_size = sizeof(struct loop_desc),
	.tx_desc_size = sizeof(struct loop_desc),
	.desc_align = 128,
	.tx_slots_max = 8,
	.tx_slot_len_max = 2048,
	.tx_len_min = 17,
	.report_interval = 8,
	.rx_buf_min = 1024,
	.rx_buf_max = 16384,
	.rx_buf_step = 1024,
	.mtu_min = 68,
	.mtu_max = 9000,
	.offloads = NAX_OFFLOAD_RX_SCATTER,
	.ucast_max = 1,
	.link_modes = NAX_LINK_10G,
	.dma_bits = 64,
	.irq_autoclear = true,
};

static int loop_attach(struct nax_adapter *a, struct nax_caps *caps)
{
	u32 alive = nax_reg_read(a, 0);

	*caps = loop_caps;
	if (alive != LOOP_ALIVE)
		return nax_fail(a, -EIO, "alive register is 0x%x: must be 0x%x", alive, LOOP_ALIVE);
	return 0;
}

static void loop_detach(struct nax_adapter *a)
{
	nax_reg_read(a, 0);
}

static int loop_start(struct nax_adapter *a)
{
	nax_reg_write(a, LOOP_REG_RESET, 1);
	return nax_reg_wait(a, 0, ~0u, LOOP_ALIVE, 10, 1000);
}

static void loop_stop(struct nax_adapter *a, bool gone)
{
	if (!gone)
		nax_reg_write(a, LOOP_REG_RESET, 1);
}

static u32 ring_reg(const struct nax_queue *q, u32 word)
{
	return LOOP_RING + (q->index + (q->is_rx ? 0 : LOOP_QUEUES)) * 32 + word * 4;
}

static void loop_queue_start(struct nax_queue *q)
{
	nax_reg_write(q->adapter, ring_reg(q, LOOP_R_LOW), (u32)q->desc_dma);
	nax_reg_write(q->adapter, ring_reg(q, LOOP_R_HIGH), (u32)(q->desc_dma >> 32));
	nax_reg_write(q->adapter, ring_reg(q, LOOP_R_SIZE), q->desc_mask + 1);
	nax_reg_write(q->adapter, ring_reg(q, LOOP_R_TAIL), 0);
	nax_reg_write(q->adapter, ring_reg(q, LOOP_R_ON), 1);
	q->doorbell = ring_reg(q, LOOP_R_TAIL);
}

static void loop_queue_stop(struct nax_queue *q)
{
	nax_reg_write(q->adapter, ring_reg(q, LOOP_R_ON), 0);
	/* all writes are done once a read is */
	nax_reg_read(q->adapter, ring_reg(q, LOOP_R_ON));
}

static void loop_tx_post(struct nax_queue *q)
{
	struct nax_tx_batch b = nax_tx_begin(q);
	struct loop_desc *ring = q->desc;
	u32 slots, i, at, bytes;

	while ((slots = nax_tx_room(q, &b, &bytes))) {
		at = b.tail;
		for (i = 0; i < slots; i++) {
			const struct nax_slot *s = nax_tx_slot(q, &b, i);

			ring[at++ & q->desc_mask] = (struct loop_desc){
				.dma = s->dma,
				.word = s->len | (i + 1 == slots ? LOOP_EOP : 0),
			};
		}
		nax_tx_commit(q, &b, slots, slots, bytes);
	}
	nax_tx_end(q, &b);
}

static bool loop_tx_has_come(const struct nax_queue *q, u32 desc)
{
	const struct loop_desc *ring = q->desc;

	return READ_ONCE(ring[desc & q->desc_mask].status) & LOOP_DONE;
}

static void loop_tx_reap(struct nax_queue *q)
{
	nax_tx_reap(q, loop_tx_has_come);
}

static void loop_rx_reap(struct nax_queue *q, u32 budget)
{
	struct nax_rx_batch b = nax_rx_begin(q, budget);
	const struct loop_desc *ring = q->desc;

	while (nax_rx_more(&b)) {
		const struct loop_desc *d = &ring[b.seen & q->desc_mask];
		u32 word;

		if (!(READ_ONCE(d->status) & LOOP_DONE))
			break;
		dma_rmb();
		word = READ_ONCE(d->word);
		nax_rx_slot(q, &b, word & LOOP_EOP ? NAX_F_EOP : 0, 0, word & LOOP_LEN, 0, 0);
	}
	nax_rx_commit(q, &b);
}

static void loop_rx_post(struct nax_queue *q)
{
	struct loop_desc *ring = q->desc;
	u32 end = nax_rx_post_end(q);
	u32 i;

	for (i = q->ring.next; i != end; i++)
		ring[i & q->desc_mask] =
			(struct loop_desc){ .dma = nax_ring_slot(&q->ring, i)->dma };
	nax_rx_posted(q, end);
}

static void loop_irq_arm(struct nax_vector *v)
{
	nax_reg_write(v->adapter, LOOP_REG_ARM, v->index);
}

static u32 loop_irq_ack(struct nax_adapter *a, u32 vector)
{
	return NAX_IRQ_LINK;
}

static void loop_set_filter(struct nax_adapter *a, const struct nax_filter *f)
{
	nax_reg_read(a, 0);
}

static const struct nax_driver_ops loop_ops = {
	.attach = loop_attach,
	.detach = loop_detach,
	.start = loop_start,
	.stop = loop_stop,
	.queue_start = loop_queue_start,
	.queue_stop = loop_queue_stop,
	.tx_post = loop_tx_post,
	.tx_reap = loop_tx_reap,
	.rx_reap = loop_rx_reap,
	.rx_post = loop_rx_post,
	.irq_arm = loop_irq_arm,
	.irq_ack = loop_irq_ack,
	.set_filter = loop_set_filter,
};

static const struct nax_pci_id loop_ids[] = {
	{ LOOP_VENDOR, LOOP_DEVICE, "loopback" },
	{ 0, 0, NULL },
};

static const struct nax_driver loop_driver = {
	.name = "loop",
	.ids = loop_ids,
	.ops = &loop_ops,
	.bar_size_min = LOOP_BAR,
	.alive_reg = 0,
};

void loop_driver_register(void)
{
	nax_driver_register(&loop_driver);
}
