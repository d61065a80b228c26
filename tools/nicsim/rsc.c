// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * nicsim: receive side coalescing (82599 datasheet section 7.11). Frames of a TCP connection that
 * follow each other become one "large receive": the first as it came, of the others the payload
 * alone, in a chain of descriptors that need not be neighbours. A descriptor is written back when
 * the chain goes on in another one, which NEXTP names, and the last, with EOP, when the large
 * receive ends; only then does the header at its beginning speak for the whole.
 *
 * A large receive ends by what comes (a frame that does not join), by its limits, and by time: when
 * moderation (EITR) lets the vector of its queue send.
 *
 * Where the datasheet's words leave a choice: the header is written once, at the end; the TCP
 * checksum in it stays the first frame's and says nothing; frames with different tags do not join.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "datapath.h"
#include "desc82599.h"
#include "regs_datapath.h"
#include "rsc.h"

#define CONTEXTS	32
#define COUNT_MAX	15		/* RSCCNT */
#define TAGS_AT		12
#define HEAD_MAX	76		/* outer and inner tag, IPv4, TCP with time stamp */
#define NOWHERE		NICSIM_VECTORS	/* queues whose cause leads to no vector */
/*
 * So long may a large receive wait for a vector and an interval: drivers enable queues before
 * interrupts, and take an interval away before they stop the queue.
 */
#define PATIENCE_NS	100000000ull

/**
 * struct context - a large receive
 * @tags: the first frame's, and its type of protocol
 * @head: the first frame up to its payload, as delivered; @l3, @l4: offsets in it
 * @next: sequence number that follows; of acknowledgments without payload, the last one
 * @length: of the IP datagram
 * @born: the lower, the older
 * @head_at: where @head is in memory
 * @buffer: of the descriptor being filled, @desc; @used bytes are in it
 * @count: RSCCNT of it
 * @descs: that may still be taken
 * @meta: of the last frame
 */
struct context {
	uint8_t tuple[RSC_TUPLE];
	uint32_t hash;
	uint8_t tags[TAGS_AT];
	uint32_t tags_len;
	uint8_t head[HEAD_MAX];
	uint32_t head_len, l3, l4;
	uint32_t next, length, frames;
	bool pure_ack;
	uint64_t born;
	uint32_t vector;
	uint64_t head_at, buffer;
	uint32_t desc, used, size, count, descs;
	struct sim_rx_meta meta;
};

/**
 * struct wait - large receives that end when their vector may send
 * @ended: when they last did
 * @astray: there is no such moment: no vector, or no interval
 */
struct wait {
	struct sim_timer timer;
	uint64_t ended;
	bool astray;
};

struct sim_rsc {
	struct context context[CONTEXTS];
	uint32_t open;			/* a bit for each that is in use */
	uint64_t births;
	struct wait wait[NICSIM_VECTORS + 1];
};

static struct context *context_find(struct sim_rsc *rsc, const struct rsc_flow *f)
{
	uint32_t bits;

	for (bits = rsc->open; bits; bits &= bits - 1) {
		struct context *c = &rsc->context[__builtin_ctz(bits)];

		if (c->hash == f->hash && !memcmp(c->tuple, f->tuple, RSC_TUPLE))
			return c;
	}
	return NULL;
}

/* ---- descriptors ---- */

/* @last: with all that is known of the frames; else with where it goes on, @next. */
static void write_back(struct nicsim_port *p, const struct context *c, bool last, uint32_t next)
{
	const struct sim_rx_meta *meta = &c->meta;
	uint32_t regs = DR_RXQ(meta->queue);
	uint64_t base = sim_reg(p, regs + RXQ_RDBAL) |
			(uint64_t)sim_reg(p, regs + RXQ_RDBAH) << 32;
	uint32_t status = RXD_DD | (last ? RXD_EOP | meta->status : next << RXD_NEXTP_SHIFT);
	uint8_t *desc;

	desc = sim_dma(p, base + DESC_SIZE * c->desc, DESC_SIZE, true, "receive descriptor");
	if (!desc)
		return;
	if (sim_tracing(p))
		sim_trace(p, "%" PRIu64 " rx %u[%u] written back: length %u status %#x count %u",
			  sim_now(p), meta->queue, c->desc, c->used, status, c->count);
	sim_put_le32(desc, (last ? meta->info : 0) | c->count << RXD_RSCCNT_SHIFT);
	sim_put_le32(desc + 4, last ? meta->hash : 0);
	sim_put_le32(desc + 12, c->used | (last ? (uint32_t)meta->vlan << 16 : 0));
	sim_put_release32(desc + 8, status);
	sim_bit_set(p->dp->rx_irq, meta->queue);
	sim_wake(p);
}

/* The header of the whole, over the first frame's (82599 datasheet section 7.11.5). */
static void head_write(struct nicsim_port *p, struct context *c)
{
	uint8_t *ip = c->head + c->l3, *to;

	sim_put_be16(ip + 2, c->length);
	sim_put_be16(ip + 10, 0);
	sim_sum_put(ip + 10, sim_sum(0, ip, c->l4 - c->l3));
	to = sim_dma(p, c->head_at, c->head_len, true, "header of a large receive");
	if (to)
		memcpy(to, c->head, c->head_len);
}

/* Ends a large receive; a device that may not write keeps it to itself. */
static void context_end(struct nicsim_port *p, struct context *c, const char *why)
{
	struct sim_rsc *rsc = p->dp->rsc;

	rsc->open &= ~(1u << (c - rsc->context));
	if (!sim_dma_allowed(p))
		return;
	if (sim_tracing(p))
		sim_trace(p, "%" PRIu64 " rx %u: large receive of %u frames ends: %s", sim_now(p),
			  c->meta.queue, c->frames, why);
	if (c->frames > 1)
		head_write(p, c);
	write_back(p, c, true, 0);
}

/* Appends @n bytes, for which there are descriptors. False: memory is not what it should be. */
static bool context_put(struct nicsim_port *p, struct context *c, struct sim_rx_ring *r,
			const uint8_t *bytes, uint32_t n)
{
	struct sim_rx_slot slot;
	uint8_t *to;
	uint32_t part;

	while (n) {
		if (c->used == c->size) {
			/* nothing is written back before the first is taken */
			if (c->size)
				write_back(p, c, false, r->head);
			if (!sim_rx_take(p, r, &slot))
				return false;
			c->descs--;
			c->desc = slot.index;
			c->buffer = slot.addr;
			c->size = r->buffer;
			c->used = 0;
			c->count = 1;
		}
		part = c->size - c->used < n ? c->size - c->used : n;
		to = sim_dma(p, c->buffer + c->used, part, true, "receive buffer");
		if (!to)
			return false;
		memcpy(to, bytes, part);
		c->used += part;
		bytes += part;
		n -= part;
	}
	return true;
}

/* ---- time ---- */

/* From the end of large receives to the message. */
static uint64_t delay_ns(const struct nicsim_port *p)
{
	return (GPIE_RSC_DELAY(sim_reg(p, DR_GPIE)) + 1) * 4000ull;
}

/* When moderation would let a queue's vector send; false: it has no vector, or no interval. */
static bool moderated(struct nicsim_port *p, uint32_t queue, uint64_t *when)
{
	int vector = sim_irq_rx_vector(p, queue);
	uint64_t interval, ended;

	if (vector < 0)
		return false;
	*when = sim_irq_ready(p, vector, &interval);
	/* the interval has to be longer than what is held back by GPIE.RSC_DELAY */
	if (interval <= delay_ns(p))
		return false;
	ended = p->dp->rsc->wait[vector].ended + interval;
	if (*when < ended)
		*when = ended;
	return true;
}

static void context_wait(struct nicsim_port *p, struct context *c)
{
	int vector = sim_irq_rx_vector(p, c->meta.queue);
	struct wait *w;
	uint64_t when;

	c->vector = vector < 0 ? NOWHERE : (uint32_t)vector;
	w = &p->dp->rsc->wait[c->vector];
	if (w->timer.armed && !w->astray)
		return;
	w->astray = !moderated(p, c->meta.queue, &when);
	if (w->astray && w->timer.armed)
		return;
	if (w->astray)
		when = sim_now(p) + PATIENCE_NS;
	sim_timer_arm(&w->timer, when > sim_now(p) ? when : sim_now(p));
}

/* Ends what waits for @vector; returns the queues that this concerned. */
static bool vector_end(struct nicsim_port *p, uint32_t vector, uint64_t *queues, const char *why)
{
	struct sim_rsc *rsc = p->dp->rsc;
	uint32_t bits;
	bool any = false;

	for (bits = rsc->open; bits; bits &= bits - 1) {
		struct context *c = &rsc->context[__builtin_ctz(bits)];

		if (c->vector != vector)
			continue;
		context_end(p, c, why);
		sim_bit_set(queues, c->meta.queue);
		any = true;
	}
	if (!any)
		return false;
	sim_timer_stop(&rsc->wait[vector].timer);
	rsc->wait[vector].ended = sim_now(p);
	/* time for the write-backs to arrive, of which they need none by the machine's clock */
	if (vector != NOWHERE && !sim_real_time(p))
		sim_irq_hold(p, vector, sim_now(p) + delay_ns(p));
	return true;
}

void sim_rsc_interrupt(struct nicsim_port *p, unsigned int vector)
{
	uint64_t queues[SIM_QUEUE_WORDS] = { 0 }, bits;
	uint32_t word;

	if (!p->dp->rsc->open || !vector_end(p, vector, queues, "interrupt"))
		return;
	/* the message that is about to go tells of these */
	for (word = 0; word < SIM_QUEUE_WORDS; word++) {
		p->dp->rx_irq[word] &= ~queues[word];
		for (bits = queues[word]; bits; bits &= bits - 1)
			sim_irq_rx_mark(p, 64 * word + __builtin_ctzll(bits));
	}
}

static void wait_over(struct nicsim_port *p, void *arg)
{
	struct sim_rsc *rsc = p->dp->rsc;
	uint32_t vector = (uintptr_t)arg, bits;
	uint64_t queues[SIM_QUEUE_WORDS] = { 0 }, when;

	for (bits = rsc->wait[vector].astray ? rsc->open : 0; bits; bits &= bits - 1) {
		const struct context *c = &rsc->context[__builtin_ctz(bits)];

		if (c->vector != vector || moderated(p, c->meta.queue, &when))
			continue;
		sim_error(p, "rsc-moderation", "a large receive of queue %u waits for 100 ms: "
			  "IVAR leads to vector %d, whose EITR interval has to be over %u us",
			  c->meta.queue, sim_irq_rx_vector(p, c->meta.queue),
			  (uint32_t)(delay_ns(p) / 1000));
		break;
	}
	vector_end(p, vector, queues, "time");
}

/* ---- large receives ---- */

/* 82599 datasheet section 7.11.4. */
static bool joins(const struct nicsim_port *p, const struct context *c, const struct rsc_flow *f,
		  const struct sim_rx_meta *meta, const uint8_t *frame)
{
	const uint8_t *tcp = c->head + c->l4;

	if (meta->queue != c->meta.queue || meta->l3 != TAGS_AT + c->tags_len ||
	    memcmp(frame + TAGS_AT, c->tags, c->tags_len))
		return false;
	/* with time stamp or without, as before */
	if (f->header != c->head_len - c->l4 || f->ecn != rsc_ecn(c->head + c->l3))
		return false;
	if ((sim_reg(p, DR_RDRXCTL) & RDRXCTL_RSCACKC) && ((f->flags ^ tcp[13]) & RSC_ACK))
		return false;
	if (meta->rsc == SIM_RSC_ACK)
		return c->pure_ack && (int32_t)(f->ack - c->next) > 0;
	return !c->pure_ack && f->seq == c->next && c->length + f->payload <= RSC_LENGTH_MAX;
}

/* Whether context and ring have the descriptors for @n bytes more. */
static bool fits(const struct context *c, const struct sim_rx_ring *r, uint32_t n)
{
	uint32_t left = c->size - c->used, more = 0;

	if (n > left)
		more = (n - left + r->buffer - 1) / r->buffer;
	return more <= c->descs && more <= r->avail;
}

static void context_full(struct nicsim_port *p, struct context *c)
{
	if (c->used == c->size && !c->descs && !c->pure_ack)
		context_end(p, c, "full");
}

static void context_join(struct nicsim_port *p, struct context *c, struct sim_rx_ring *r,
			 const struct rsc_flow *f, const struct sim_rx_meta *meta,
			 const uint8_t *frame)
{
	const uint8_t *from = frame + meta->l4;
	uint8_t *tcp = c->head + c->l4, flags = tcp[13] & RSC_PSH;

	c->meta = *meta;
	c->frames++;
	c->length += f->payload;
	c->next = c->pure_ack ? f->ack : f->seq + f->payload;
	/* acknowledgment, window, time stamp: the last ones; PSH: any */
	memcpy(tcp + 8, from + 8, 4);
	memcpy(tcp + 14, from + 14, 2);
	memcpy(tcp + RSC_TCP_LEN, from + RSC_TCP_LEN, f->header - RSC_TCP_LEN);
	tcp[13] = from[13] | flags;
	/* a frame that goes on in a new descriptor began in the old one */
	if ((c->used < c->size || !f->payload) && c->count < COUNT_MAX)
		c->count++;
	if (!context_put(p, c, r, from + f->header, f->payload))
		p->dp->rsc->open &= ~(1u << (c - p->dp->rsc->context));
	else
		context_full(p, c);
}

/* A free place; there is always one, as the oldest large receive makes way. */
static struct context *context_alloc(struct nicsim_port *p)
{
	struct sim_rsc *rsc = p->dp->rsc;
	struct context *oldest = NULL;
	uint32_t i;

	if (~rsc->open)
		return &rsc->context[__builtin_ctz(~rsc->open)];
	for (i = 0; i < CONTEXTS; i++) {
		if (!oldest || rsc->context[i].born < oldest->born)
			oldest = &rsc->context[i];
	}
	context_end(p, oldest, "oldest of 32");
	return oldest;
}

/* The first frame: all of it but a stripped tag. False: it cannot begin one. */
static bool context_begin(struct nicsim_port *p, struct sim_rx_ring *r, const struct rsc_flow *f,
			  const struct sim_rx_meta *meta, const uint8_t *frame)
{
	uint32_t tag = meta->strip_at ? SIM_VLAN_TAG : 0, first = meta->frame_len;
	struct context *c;

	if (f->payload && meta->len < 16 * RDRXCTL_RSCFRSTSIZE(sim_reg(p, DR_RDRXCTL)))
		return false;
	if (!fits(&(struct context){ .descs = rsc_descs_max(p, meta->queue) }, r, meta->len))
		return false;
	if (tag)
		first = meta->strip_at;
	c = context_alloc(p);
	*c = (struct context){ .meta = *meta, .frames = 1, .born = p->dp->rsc->births++ };
	memcpy(c->tuple, f->tuple, RSC_TUPLE);
	c->hash = f->hash;
	c->tags_len = meta->l3 - TAGS_AT;
	memcpy(c->tags, frame + TAGS_AT, c->tags_len);
	c->l3 = meta->l3 - tag;
	c->l4 = meta->l4 - tag;
	c->head_len = c->l4 + f->header;
	memcpy(c->head, frame, first < c->head_len ? first : c->head_len);
	if (first < c->head_len)
		memcpy(c->head + first, frame + first + tag, c->head_len - first);
	c->pure_ack = meta->rsc == SIM_RSC_ACK;
	c->next = c->pure_ack ? f->ack : f->seq + f->payload;
	c->length = meta->frame_len - meta->l3;
	c->descs = rsc_descs_max(p, meta->queue);
	if (!context_put(p, c, r, c->head, c->head_len))
		return true;
	/* the first buffer is larger than any header */
	c->head_at = c->buffer;
	if (!context_put(p, c, r, frame + meta->l4 + f->header, f->payload))
		return true;
	p->dp->rsc->open |= 1u << (c - p->dp->rsc->context);
	context_wait(p, c);
	context_full(p, c);
	return true;
}

bool sim_rsc_deliver(struct nicsim_port *p, struct sim_rx_ring *r,
		     const struct sim_rx_meta *meta, const uint8_t *frame)
{
	bool faulty = meta->lie || meta->no_eop || meta->chunk;
	struct context *c;
	struct rsc_flow f;

	rsc_flow_read(meta, frame, &f);
	c = context_find(p->dp->rsc, &f);
	if (c && !faulty && meta->rsc != SIM_RSC_END && joins(p, c, &f, meta, frame) &&
	    fits(c, r, f.payload)) {
		context_join(p, c, r, &f, meta, frame);
	} else {
		if (c)
			context_end(p, c, "a frame that does not join");
		if (faulty || meta->rsc == SIM_RSC_END || !context_begin(p, r, &f, meta, frame))
			return false;
	}
	/* with its own header, though only that of the first is posted; the CRC is stripped */
	sim_stat_queue_rx(p, meta->queue, 1, meta->frame_len);
	return true;
}

/* ---- registers, life ---- */

/* Ends the large receives of @queue, or of all. */
static void queues_end(struct nicsim_port *p, uint32_t queue, const char *why)
{
	struct sim_rsc *rsc = p->dp->rsc;
	uint32_t bits;

	for (bits = rsc->open; bits; bits &= bits - 1) {
		struct context *c = &rsc->context[__builtin_ctz(bits)];

		if (queue == SIM_QUEUES || c->meta.queue == queue)
			context_end(p, c, why);
	}
}

static void rscctl_write(struct nicsim_port *p, uint32_t queue, uint32_t value)
{
	sim_reg_set(p, DR_RXQ(queue) + RXQ_RSCCTL, value);
	if (!(value & RSCCTL_RSCEN))
		queues_end(p, queue, "RSCCTL.RSCEN is 0");
	if (sim_reg(p, DR_RXQ(queue) + RXQ_RXDCTL) & XXDCTL_ENABLE)
		sim_rsc_check(p, queue);
}

void sim_rscctl_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	rscctl_write(p, i, value);
}

void sim_rscctl_write_high(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	rscctl_write(p, i + SIM_QUEUES / 2, value);
}

void sim_rfctl_write(struct nicsim_port *p, uint32_t i, uint32_t value)
{
	sim_reg_set(p, DR_RFCTL, value);
	if (value & RFCTL_RSC_DIS)
		queues_end(p, SIM_QUEUES, "RFCTL.RSC_DIS");
}

void sim_rsc_stop(struct nicsim_port *p, uint32_t queue)
{
	struct sim_rsc *rsc = p->dp->rsc;
	uint32_t bits;

	for (bits = rsc->open; bits; bits &= bits - 1) {
		if (rsc->context[__builtin_ctz(bits)].meta.queue == queue)
			rsc->open &= ~(bits & -bits);
	}
}

int sim_rsc_create(struct nicsim_port *p)
{
	struct sim_rsc *rsc = calloc(1, sizeof(*rsc));
	uintptr_t i;

	if (!rsc)
		return -1;
	for (i = 0; i <= NOWHERE; i++)
		sim_timer_init(&rsc->wait[i].timer, p, wait_over, (void *)i);
	p->dp->rsc = rsc;
	return 0;
}

void sim_rsc_reset(struct nicsim_port *p)
{
	uint32_t i;

	p->dp->rsc->open = 0;
	for (i = 0; i <= NOWHERE; i++) {
		sim_timer_stop(&p->dp->rsc->wait[i].timer);
		p->dp->rsc->wait[i].ended = 0;
	}
}

void sim_rsc_destroy(struct nicsim_port *p)
{
	sim_rsc_reset(p);
	free(p->dp->rsc);
	p->dp->rsc = NULL;
}
