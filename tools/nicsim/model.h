/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Inside of the 82599 model: state, and what its files offer each other.
 *
 *	world.c    clock, timers, ports, wires         pci.c   configuration space, FLR, D3, MSI-X
 *	regs.c     register dispatch, strictness       nvm.c   NVM image, EERD, semaphores
 *	irq.c      causes, IVAR, EITR, vectors         phy.c   link, AUTOC, MDIO
 *	general.c  device reset, timers, security      sfp.c   SFP+ module on the I2C pins
 *	eec.c      NVM on its own pins                 stats.c statistics registers
 *	chaos.c    faults                              dma.c   mappings, bus mastering
 *	table.c    registers of the control half       watch.c what the model owes
 *	filter.c   MAC, multicast, VLAN                rss.c   Toeplitz, RETA, packet types
 *	rx.c       packet buffer, receive descriptors  csum.c  checksums
 *	rsc.c      receive side coalescing            intx.c  interrupt line
 *	tx.c       transmit descriptors, segmentation
 *	fdir.c     flow director               ptp.c   IEEE 1588
 *
 * Those up to table.c are the control half and share control.h as well.
 *
 * This is a second reading of the datasheet, on purpose: no header is shared with the drivers.
 */
#ifndef NICSIM_MODEL_H
#define NICSIM_MODEL_H

#include "nicsim.h"

#define SIM_REG_SPACE	0x20000		/* 128 KiB of BAR 0 */
#define SIM_QUEUES	128
#define SIM_FRAME_MAX	16384		/* longest frame the model moves, without FCS */
#define SIM_RX_FIFO	(512 * 1024)	/* receive packet buffer, bytes */

/**
 * struct sim_reg - a register, or an array of equal ones
 * @name: datasheet name
 * @base: offset of the first
 * @stride: bytes between two
 * @count: how many, >= 1
 * @reset: value after power-on and device reset
 * @writable: bits a driver may change; writing others to anything but their value is an error
 *	where @strict
 * @strict: report writes to bits outside @writable
 * @read: value to return instead of the stored one; NULL: stored
 * @write: called after the check, stores the value itself; NULL: store it. The value has the
 *	stored bits where the register is not @writable
 *
 * A register that both tables name is the datapath's. Some registers answer at a second address
 * (RAL and RAH at 0x5400, PSRTYPE at 0x5480, SRRCTL at 0x2100, ...): regs.c translates those, the
 * tables name the first address alone.
 */
struct sim_reg {
	const char *name;
	uint32_t base;
	uint32_t stride;
	uint32_t count;
	uint32_t reset;
	uint32_t writable;
	bool strict;
	uint32_t (*read)(struct nicsim_port *p, uint32_t index);
	void (*write)(struct nicsim_port *p, uint32_t index, uint32_t value);
};

/* Tables, ended by name NULL; regs.c builds a lookup from all of them. */
extern const struct sim_reg sim_regs_general[];		/* table.c */
extern const struct sim_reg sim_regs_datapath[];	/* rx, tx, filter, RSS */

/** enum sim_stat - statistics registers; stats.c maps them to offsets, widths, clear on read */
enum sim_stat {
	SIM_CRCERRS, SIM_ILLERRC, SIM_ERRBC, SIM_MPC0, SIM_RLEC, SIM_LXONTXC, SIM_LXOFFTXC,
	SIM_LXONRXC, SIM_LXOFFRXC, SIM_PRC64, SIM_PRC127, SIM_PRC255, SIM_PRC511, SIM_PRC1023,
	SIM_PRC1522, SIM_GPRC, SIM_BPRC, SIM_MPRC, SIM_GPTC, SIM_GORC, SIM_GOTC, SIM_RUC, SIM_RFC,
	SIM_ROC, SIM_RJC, SIM_TOR, SIM_TPR, SIM_TPT, SIM_PTC64, SIM_PTC127, SIM_PTC255, SIM_PTC511,
	SIM_PTC1023, SIM_PTC1522, SIM_MPTC, SIM_BPTC, SIM_XEC, SIM_MLFC, SIM_MRFC,
	SIM_STATS
};

struct sim_control;
struct sim_datapath;

/**
 * struct nicsim_port - one function
 *
 * Configuration lives in @reg alone, at offset / 4; the rest is what hardware has no register for.
 */
struct nicsim_port {
	struct nicsim *sim;
	struct nicsim_port *peer;		/* other end of the wire */
	const struct nicsim_net_ops *net;
	void *net_ctx;
	struct nicsim_port *next;		/* in the world */
	char name[64];

	uint32_t reg[SIM_REG_SPACE / 4];
	struct sim_control *control;		/* pci, nvm, irq, phy, stats, chaos state */
	struct sim_datapath *dp;		/* packet buffer, queue positions, contexts */
};

/* Register state. Offsets are those of the datasheet. */
static inline uint32_t sim_reg(const struct nicsim_port *p, uint32_t offset)
{
	return p->reg[offset / 4];
}

static inline void sim_reg_set(struct nicsim_port *p, uint32_t offset, uint32_t value)
{
	p->reg[offset / 4] = value;
}

/* ---- offered by the control half (world, regs, pci, nvm, irq, phy, stats, dma, chaos) ---- */

/** sim_error() - the driver broke a rule. @rule is a short fixed name, the rest says how. */
void sim_error(struct nicsim_port *p, const char *rule, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/** sim_log() - something worth knowing that is not an error. */
void sim_log(struct nicsim_port *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** sim_tracing(), sim_trace() - for the trace file; check the first before formatting. */
bool sim_tracing(const struct nicsim_port *p);
void sim_trace(struct nicsim_port *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

uint64_t sim_now(const struct nicsim_port *p);
/** sim_real_time() - the clock is the machine's: no frame waits for its time on the wire. */
bool sim_real_time(const struct nicsim_port *p);

/**
 * struct sim_timer - calls @fn once at @when; embed it
 */
struct sim_timer {
	struct sim_timer *next;
	uint64_t when;
	bool armed;
	void (*fn)(struct nicsim_port *p, void *arg);
	struct nicsim_port *port;
	void *arg;
};
void sim_timer_init(struct sim_timer *t, struct nicsim_port *p,
		    void (*fn)(struct nicsim_port *p, void *arg), void *arg);
void sim_timer_arm(struct sim_timer *t, uint64_t when);	/* again: moved */
void sim_timer_stop(struct sim_timer *t);

/**
 * sim_dma() - memory behind a bus address
 *
 * Reports and returns NULL when the driver handed out an address range that is not wholly inside
 * one mapping with the right permission, or when bus mastering is off (COMMAND or CTRL.GIO_DIS) or
 * the device is in D3, or gone (the last without a report). The pointer is good until the mapping
 * goes: do not keep it across calls that may call back.
 */
void *sim_dma(struct nicsim_port *p, uint64_t iova, uint32_t len, bool write, const char *what);
/** sim_dma_allowed() - bus master enabled, D0, not gone, not in reset; no report. */
bool sim_dma_allowed(const struct nicsim_port *p);

/** sim_irq_queue() - a receive or transmit queue has a cause: by IVAR to its EICR bit. */
void sim_irq_queue(struct nicsim_port *p, bool rx, uint32_t queue);
/** sim_irq_rx_mark() - likewise for a receive queue, while a message that covers it is being sent. */
void sim_irq_rx_mark(struct nicsim_port *p, uint32_t queue);
/** sim_irq_rx_vector() - where the cause of a receive queue leads; -1: nowhere. */
int sim_irq_rx_vector(const struct nicsim_port *p, uint32_t queue);
/** sim_irq_ready() - when moderation next lets @vector send, and *@interval between two, ns. */
uint64_t sim_irq_ready(const struct nicsim_port *p, unsigned int vector, uint64_t *interval);
/** sim_irq_hold() - @vector sends nothing before @until. */
void sim_irq_hold(struct nicsim_port *p, unsigned int vector, uint64_t until);
/** sim_irq_cause() - set EICR bits (LSC, ...). */
void sim_irq_cause(struct nicsim_port *p, uint32_t eicr);

void sim_stat_add(struct nicsim_port *p, enum sim_stat stat, uint64_t n);
/** sim_stat_queue() - count in the 16 queue counter sets, by RQSMR or TQSM. */
void sim_stat_queue_rx(struct nicsim_port *p, uint32_t queue, uint32_t packets, uint64_t bytes);
void sim_stat_queue_drop(struct nicsim_port *p, uint32_t queue, uint32_t packets);
void sim_stat_queue_tx(struct nicsim_port *p, uint32_t queue, uint32_t packets, uint64_t bytes);

/** sim_link_up() - link as the MAC sees it: cable, module, AUTOC, not in reset. */
bool sim_link_up(const struct nicsim_port *p);
/** sim_link_speed() - Gbit/s, 0: no link. */
unsigned int sim_link_speed(const struct nicsim_port *p);
/** sim_pause_rx(), sim_pause_tx() - 802.3x as MFLCN and FCCFG say. */
bool sim_pause_rx(const struct nicsim_port *p);
bool sim_pause_tx(const struct nicsim_port *p);

/**
 * sim_fault_take() - whether fault @f shall happen now, to queue or vector @arg
 *
 * Asked at each occasion. True if a test asked for it with nicsim_fault(), which is then used up,
 * or by chance where chaos is on. Lasting faults (reset, semaphore, bus master, gone) are not used
 * up. What happens to a queue lasts as enum nicsim_fault says; that is the datapath's to keep.
 */
bool sim_fault_take(struct nicsim_port *p, enum nicsim_fault f, uint32_t arg);
/** sim_fault_on() - whether lasting fault @f is on, or one is waiting to be taken; not consumed. */
bool sim_fault_on(const struct nicsim_port *p, enum nicsim_fault f);

/** sim_wake() - nicsim_run() has datapath work for this port. */
void sim_wake(struct nicsim_port *p);

/* ---- offered by the datapath half (filter, rss, csum, rx, tx) ---- */

int sim_datapath_create(struct nicsim_port *p);
void sim_datapath_destroy(struct nicsim_port *p);
/** sim_datapath_reset() - device reset: queues off, packet buffer empty; not the registers. */
void sim_datapath_reset(struct nicsim_port *p);
/** sim_datapath_run() - move at most *@budget frames, taking from it; true if more work waits. */
bool sim_datapath_run(struct nicsim_port *p, unsigned int *budget);
/** sim_datapath_next() - when sim_datapath_run() next has work, by the clock. */
uint64_t sim_datapath_next(const struct nicsim_port *p);
/** sim_rx_frame() - a frame from wire or net; false: packet buffer full and partner paused. */
bool sim_rx_frame(struct nicsim_port *p, const uint8_t *frame, uint32_t len);
bool sim_rx_ready(const struct nicsim_port *p);
/** sim_rx_enabled() - receive unit, security block and a queue let frames through. */
bool sim_rx_enabled(const struct nicsim_port *p);
/** sim_rx_pause() - a pause frame arrived: hold transmission for @quanta of 512 bit times. */
void sim_rx_pause(struct nicsim_port *p, uint16_t quanta);
/** sim_rsc_interrupt() - @vector is about to send: large receives of its queues end before. */
void sim_rsc_interrupt(struct nicsim_port *p, unsigned int vector);
/** sim_tx_writable() - the net back end takes frames again. */
void sim_tx_writable(struct nicsim_port *p);
/** sim_tx_held() - a queue that has nothing to do holds write-backs. */
bool sim_tx_held(const struct nicsim_port *p);
/** sim_link_changed() - called by phy.c; down: frames under way are lost. */
void sim_link_changed(struct nicsim_port *p, bool up);
/** sim_ptp_link() - the link has come, gone, or another speed: the clock's tick follows. */
void sim_ptp_link(struct nicsim_port *p);

#endif /* NICSIM_MODEL_H */
