/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Inside of the control half of the 82599 model: its state and what its files offer each other.
 * The datapath half needs model.h alone.
 */
#ifndef NICSIM_CONTROL_H
#define NICSIM_CONTROL_H

#include "model.h"

#define SIM_NVM_WORDS		4096
#define SIM_CONFIG_SIZE		4096
#define SIM_BAR4_SIZE		0x4000
#define SIM_QUEUE_SETS		16
#define SIM_FAULTS_WAITING	64

#define SIM_RESET_NS		5000ull		/* CTRL.RST and LNK_RST clear themselves after it */
#define SIM_LINK_NS		10000000ull	/* from medium to link */
#define SIM_FLAP_NS		50000000ull

/**
 * struct nicsim - a world
 * @now: the clock as last looked at, ns
 * @timers: in order of time, equal times in order of arming
 * @ports: in order of adding
 * @turn: port that nicsim_run() serves first
 * @firing: timers are being fired: not again from within
 * @rounds: times that what was due was done
 * @late: longest time that a timer fired after its time, ns, with the machine's clock
 * @lookup: register at each offset / 4, NULL: none
 * @alias: offset / 4 of the register that answers at offset / 4
 */
struct nicsim {
	struct nicsim_config config;
	uint64_t now;
	struct sim_timer *timers;
	struct nicsim_port *ports;
	struct nicsim_port *turn;
	unsigned int port_count;
	bool firing;
	uint64_t rounds;
	uint64_t late;
	const struct sim_reg *lookup[SIM_REG_SPACE / 4];
	uint16_t alias[SIM_REG_SPACE / 4];
};

/** enum sim_media - what the MAC's lanes lead to, by device id */
enum sim_media { SIM_CX4, SIM_XAUI, SIM_KX4, SIM_KR, SIM_SFP };

/**
 * struct sim_device - a device id
 * @autoc: AUTOC as the NVM would load it
 * @autoc2: AUTOC2
 */
struct sim_device {
	uint16_t id;
	enum sim_media media;
	uint32_t autoc;
	uint32_t autoc2;
};

/** struct sim_dma_map - a mapping; kept in order of iova */
struct sim_dma_map {
	uint64_t iova;
	uint64_t size;
	uint8_t *va;
	bool readable;
	bool writable;
};

struct sim_dma_table {
	struct sim_dma_map *map;
	unsigned int count;
	unsigned int room;
	unsigned int last;		/* where the last access was */
};

/**
 * struct sim_pci - configuration space and MSI-X table
 * @config: as read
 * @writable: bits a write may change
 * @w1c: bits that a 1 clears
 * @bar4: MSI-X table; storage, clients keep their own
 * @d3: PMCSR says D3hot
 */
struct sim_pci {
	uint8_t config[SIM_CONFIG_SIZE];
	uint8_t writable[SIM_CONFIG_SIZE];
	uint8_t w1c[SIM_CONFIG_SIZE];
	uint32_t bar4[SIM_BAR4_SIZE / 4];
	bool d3;
};

/**
 * struct sim_vector - an MSI-X vector
 * @ready: moderation lets it fire again then
 * @sent: when it last did
 * @eitr: fires it at @ready
 * @late: brings a message that chaos held back
 */
struct sim_vector {
	void (*fn)(void *ctx, unsigned int vector);
	void *ctx;
	uint64_t ready;
	uint64_t sent;
	struct sim_timer eitr;
	struct sim_timer late;
};

/**
 * struct sim_irq - interrupt causes
 *
 * Bit n of the 64-bit words is MSI-X vector n: EICR 15:0 and the _EX registers. The 32-bit words
 * are the causes of EICR 31:16.
 *
 * @asserted: causes that were set and enabled when last looked at
 * @unsent: vectors with a cause that came or was enabled since their last message
 * @masked: vectors that their last message has masked
 * @owed: vectors whose message was due at the last look of watch.c, and is since
 * @intx: listener of the interrupt line
 * @line: it is asserted, or would be if COMMAND let it
 */
struct sim_irq {
	uint64_t cause, enabled, automask, asserted;
	uint32_t other, other_enabled, other_automask, other_asserted;
	uint64_t unsent, masked, owed;
	struct nicsim_irq_tally tally;
	void (*intx)(void *ctx);
	void *intx_ctx;
	bool line;
	struct sim_vector vector[NICSIM_VECTORS];
};

/**
 * struct sim_watch - what the model owed at the last look, beside messages
 * @round: sim->rounds then
 * @turn: the datapath had work, and has had no turn since
 * @held: idle transmit queues held write-backs, and there was no turn since
 */
struct sim_watch {
	struct sim_timer timer;
	uint64_t round;
	bool turn;
	bool held;
};

/** enum sim_i2c_state - what the next byte on the module's two wires is */
enum sim_i2c_state { SIM_I2C_IDLE, SIM_I2C_ADDRESS, SIM_I2C_POINTER, SIM_I2C_WRITE, SIM_I2C_READ };

/**
 * struct sim_module - SFP+ module
 * @memory: A0 and A2 page
 * @has_a2: the second page answers
 * @speed: 10 or 1, Gbit/s; 0: either, as its rate select pins at SDP5 say
 * @laser: has one, which SDP3 switches
 * @bit: bits of @shift so far; 8: acknowledge is next, 9: it is on the wire
 * @sda: what the module drives; the wire is this and the master's
 */
struct sim_module {
	bool present;
	bool has_a2;
	unsigned int speed;
	bool laser;
	uint8_t memory[2][256];
	enum sim_i2c_state state;
	bool scl, master_sda, sda;
	bool nack;
	unsigned int page;
	unsigned int bit;
	uint8_t shift;
	uint8_t pointer[2];
};

/**
 * struct sim_spi - the NVM's own pins
 * @bits: clocked in since it was selected
 * @in, @out: shift registers
 * @writable: write enable latch
 * @written: the command has changed something
 */
struct sim_spi {
	bool selected, sk, data_out;
	bool writable, written;
	uint8_t opcode, out;
	uint32_t bits, in, address;
};

/**
 * struct sim_phy - link
 * @cable: plugged in
 * @autoc: AUTOC at the last restart or reset
 * @an_begun: auto-negotiation has left its first state since reset
 * @untaken: settings of the SerDes were written, which it takes at AUTOC.Restart_AN
 * @flap_until: chaos pulled the cable till then
 */
struct sim_phy {
	const struct sim_device *device;
	bool cable;
	bool up;
	uint32_t autoc;
	bool an_begun;
	bool untaken;
	uint64_t flap_until;
	struct sim_timer timer;
	struct sim_timer flap;
};

/** struct sim_wide - a counter of 36 bits in two registers; @latched: low half was read at it */
struct sim_wide {
	uint64_t count;
	uint64_t latched;
	bool latch;
};

struct sim_stats {
	uint64_t count[SIM_STATS];
	struct sim_wide gorc, gotc, tor, rxdgbc, txdgbc;
	uint64_t rxdgpc, txdgpc;
	uint64_t qprc[SIM_QUEUE_SETS], qptc[SIM_QUEUE_SETS], qprdc[SIM_QUEUE_SETS];
	struct sim_wide qbrc[SIM_QUEUE_SETS], qbtc[SIM_QUEUE_SETS];
};

/**
 * struct sim_chaos - faults
 * @lasting: BIT(fault) asked for by a test
 * @until: a lasting fault begun by chance ends then
 * @waiting: asked for by a test, not yet taken
 */
struct sim_chaos {
	uint64_t random;
	uint32_t lasting;
	uint64_t until[NICSIM_FAULTS];
	struct {
		enum nicsim_fault fault;
		uint32_t arg;
	} waiting[SIM_FAULTS_WAITING];
	unsigned int waiting_count;
	struct sim_timer tick;
};

/** struct sim_control - what the control half keeps beside the registers */
struct sim_control {
	struct nicsim_port_config config;
	uint8_t mac[6];
	uint16_t nvm[SIM_NVM_WORDS];
	struct sim_spi spi;
	struct sim_pci pci;
	struct sim_irq irq;
	struct sim_phy phy;
	struct sim_module module;
	struct sim_stats stats;
	struct sim_dma_table dma;
	struct sim_chaos chaos;
	struct sim_watch watch;
	struct sim_timer reset_timer;
	struct sim_timer tcp_timer;
	bool resetting;			/* CTRL.RST or LNK_RST is set */
	bool reset_stuck;		/* and stays so */
	bool wake;			/* datapath asked for nicsim_run() */
	unsigned int errors;
	unsigned int defects;
	char first_error[256];
};

/** enum sim_reset - how deep a reset goes */
enum sim_reset {
	SIM_RESET_SOFT,		/* CTRL.RST: the link stays if AUTOC's default keeps it */
	SIM_RESET_LINK,		/* CTRL.LNK_RST: link too */
	SIM_RESET_FUNCTION,	/* FLR, power-on, D3: semaphores and configuration space too */
};

/* world.c */
void sim_tick(struct nicsim *sim);
/** sim_clock() - the clock, looked at anew; fires no timer. */
uint64_t sim_clock(const struct nicsim_port *p);
/** sim_port_due() - the datapath has work now. */
bool sim_port_due(const struct nicsim_port *p);
/** sim_defect() - the model did not do what it owes. */
void sim_defect(struct nicsim_port *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* watch.c */
void sim_watch_init(struct nicsim_port *p);
void sim_watch_stop(struct nicsim_port *p);
/** sim_watch_arm() - something goes on in the port: a look in a while. */
void sim_watch_arm(struct nicsim_port *p);
/** sim_watch_kick() - the driver is about to set the causes of @vectors by itself. */
void sim_watch_kick(struct nicsim_port *p, uint64_t vectors);

/* regs.c */
void sim_regs_build(struct nicsim *sim);
void sim_regs_reset(struct nicsim_port *p);
uint32_t sim_reg_read(struct nicsim_port *p, uint32_t offset);
void sim_reg_write(struct nicsim_port *p, uint32_t offset, uint32_t value);

/* general.c */
void sim_general_init(struct nicsim_port *p);
void sim_general_stop(struct nicsim_port *p);
void sim_device_reset(struct nicsim_port *p, enum sim_reset how);
void sim_ctrl_write(struct nicsim_port *p, uint32_t i, uint32_t value);
uint32_t sim_status_read(struct nicsim_port *p, uint32_t i);
uint32_t sim_frtimer_read(struct nicsim_port *p, uint32_t i);
void sim_tcptimer_write(struct nicsim_port *p, uint32_t i, uint32_t value);
uint32_t sim_sectxstat_read(struct nicsim_port *p, uint32_t i);
uint32_t sim_secrxstat_read(struct nicsim_port *p, uint32_t i);

/* pci.c */
void sim_pci_reset(struct nicsim_port *p);
bool sim_pci_memory(const struct nicsim_port *p);
bool sim_pci_master(const struct nicsim_port *p);
/** sim_pci_off() - COMMAND lets it neither be reached nor reach memory. */
bool sim_pci_off(const struct nicsim_port *p);
/** sim_pci_intx() - COMMAND lets the interrupt line be asserted. */
bool sim_pci_intx(const struct nicsim_port *p);

/* irq.c */
void sim_irq_init(struct nicsim_port *p);
void sim_irq_reset(struct nicsim_port *p);
void sim_irq_stop(struct nicsim_port *p);
/** sim_irq_message() - an MSI-X message without a cause. */
void sim_irq_message(struct nicsim_port *p, unsigned int vector, unsigned int times);
/** sim_irq_allowed() - sim_dma_allowed() again: what could not be sent meanwhile is. */
void sim_irq_allowed(struct nicsim_port *p);
/** sim_irq_pending() - vectors with a cause and nobody listening, for the PBA. */
uint64_t sim_irq_pending(const struct nicsim_port *p);
/** sim_irq_due() - vectors that have to send now, and have not. */
uint64_t sim_irq_due(const struct nicsim_port *p);
uint32_t sim_eicr_read(struct nicsim_port *p, uint32_t i);
void sim_eicr_write(struct nicsim_port *p, uint32_t i, uint32_t value);
uint32_t sim_eics_read(struct nicsim_port *p, uint32_t i);
void sim_eics_write(struct nicsim_port *p, uint32_t i, uint32_t value);
uint32_t sim_eims_read(struct nicsim_port *p, uint32_t i);
void sim_eims_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_eimc_write(struct nicsim_port *p, uint32_t i, uint32_t value);
uint32_t sim_eiam_read(struct nicsim_port *p, uint32_t i);
void sim_eiam_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_eics_ex_write(struct nicsim_port *p, uint32_t i, uint32_t value);
uint32_t sim_eims_ex_read(struct nicsim_port *p, uint32_t i);
void sim_eims_ex_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_eimc_ex_write(struct nicsim_port *p, uint32_t i, uint32_t value);
uint32_t sim_eiam_ex_read(struct nicsim_port *p, uint32_t i);
void sim_eiam_ex_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_eitr_low_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_eitr_high_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_gpie_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_ivar_misc_write(struct nicsim_port *p, uint32_t i, uint32_t value);

/* intx.c */
/** sim_irq_line() - the interrupt line's level, whatever COMMAND says. */
bool sim_irq_line(const struct nicsim_port *p);
/** sim_irq_line_allowed() - COMMAND lets the line be asserted again. */
void sim_irq_line_allowed(struct nicsim_port *p);

/* nvm.c */
void sim_nvm_build(struct nicsim_port *p);
void sim_nvm_load(struct nicsim_port *p);
uint16_t sim_nvm_sum(const uint16_t *words);
void sim_eerd_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_eewr_write(struct nicsim_port *p, uint32_t i, uint32_t value);
uint32_t sim_swsm_read(struct nicsim_port *p, uint32_t i);
void sim_swsm_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_swfw_write(struct nicsim_port *p, uint32_t i, uint32_t value);

/* eec.c */
void sim_spi_reset(struct sim_spi *spi);
uint32_t sim_eec_read(struct nicsim_port *p, uint32_t i);
void sim_eec_write(struct nicsim_port *p, uint32_t i, uint32_t value);

/* phy.c */
const struct sim_device *sim_device_find(uint16_t vendor, uint16_t device);
void sim_phy_init(struct nicsim_port *p);
void sim_phy_stop(struct nicsim_port *p);
void sim_phy_reset(struct nicsim_port *p, enum sim_reset how);
/** sim_phy_update() - something that bears on the link changed, here or at the partner. */
void sim_phy_update(struct nicsim_port *p);
void sim_phy_flap(struct nicsim_port *p);
void sim_autoc_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_autoc2_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_corectl_write(struct nicsim_port *p, uint32_t i, uint32_t value);
uint32_t sim_links_read(struct nicsim_port *p, uint32_t i);
uint32_t sim_links2_read(struct nicsim_port *p, uint32_t i);
uint32_t sim_anlp1_read(struct nicsim_port *p, uint32_t i);
void sim_msca_write(struct nicsim_port *p, uint32_t i, uint32_t value);
uint32_t sim_esdp_read(struct nicsim_port *p, uint32_t i);
void sim_esdp_write(struct nicsim_port *p, uint32_t i, uint32_t value);

/* sfp.c */
bool sim_module_build(struct sim_module *m, const char *name);
void sim_module_reset(struct sim_module *m);
uint32_t sim_i2cctl_read(struct nicsim_port *p, uint32_t i);
void sim_i2cctl_write(struct nicsim_port *p, uint32_t i, uint32_t value);

/* stats.c */
void sim_stats_reset(struct nicsim_port *p);
#define SIM_STAT_READER(name) uint32_t name(struct nicsim_port *p, uint32_t i)
SIM_STAT_READER(sim_stat_4000_read);
SIM_STAT_READER(sim_stat_4034_read);
SIM_STAT_READER(sim_stat_405c_read);
SIM_STAT_READER(sim_gorc_read);
SIM_STAT_READER(sim_gotc_read);
SIM_STAT_READER(sim_stat_40a4_read);
SIM_STAT_READER(sim_tor_read);
SIM_STAT_READER(sim_stat_40d0_read);
SIM_STAT_READER(sim_xec_read);
SIM_STAT_READER(sim_mpc_read);
SIM_STAT_READER(sim_rlec_read);
SIM_STAT_READER(sim_lxontxc_read);
SIM_STAT_READER(sim_lxofftxc_read);
SIM_STAT_READER(sim_lxrxc_read);
SIM_STAT_READER(sim_rxdgpc_read);
SIM_STAT_READER(sim_rxdgbc_read);
SIM_STAT_READER(sim_txdgpc_read);
SIM_STAT_READER(sim_txdgbc_read);
SIM_STAT_READER(sim_qprc_read);
SIM_STAT_READER(sim_qbrc_l_read);
SIM_STAT_READER(sim_qbrc_h_read);
SIM_STAT_READER(sim_qprdc_read);
SIM_STAT_READER(sim_qptc_read);
SIM_STAT_READER(sim_qbtc_read);

/* dma.c */
void sim_dma_free(struct sim_dma_table *t);

/* chaos.c */
void sim_chaos_init(struct nicsim_port *p, unsigned int ordinal);
void sim_chaos_stop(struct nicsim_port *p);
void sim_chaos_reset(struct nicsim_port *p, enum sim_reset how);
void sim_chaos_replug(struct nicsim_port *p);
bool sim_gone(const struct nicsim_port *p);
/** sim_chaos_below() - a random number below @n, n > 0. */
uint32_t sim_chaos_below(struct nicsim_port *p, uint32_t n);

#endif /* NICSIM_CONTROL_H */
