/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * nicsim: a register-level model of NICs, as a library.
 *
 * A world (struct nicsim) holds ports, the wires between them, and one clock. A port is a PCI
 * function: regions, DMA mappings, interrupt vectors. Nothing here does I/O or creates threads;
 * the daemon (main.c) and tests put sockets, event loops or a driver around it.
 *
 * One thread per world. Callbacks are made from within nicsim_*() calls; they may call back into
 * nicsim_port_frame() and the region functions of the same world.
 */
#ifndef NICSIM_H
#define NICSIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nicsim;
struct nicsim_port;

#define NICSIM_NEVER UINT64_MAX

/* Kinds of trouble, for nicsim_config.chaos and nicsim_fault(). */
enum nicsim_fault {
	NICSIM_IRQ_LOST,	/* an interrupt is not delivered */
	NICSIM_IRQ_SPURIOUS,	/* one comes without cause */
	NICSIM_IRQ_LATE,	/* one comes up to 10 ms late */
	NICSIM_IRQ_STORM,	/* 1,000 come at once */
	NICSIM_RESET_STUCK,	/* CTRL.RST and CTRL.LNK_RST never clear */
	NICSIM_SEMAPHORE,	/* SWSM.SMBI is never free */
	NICSIM_TX_HANG,		/* a transmit queue stops fetching until reset */
	NICSIM_RX_HANG,		/* a receive queue stops fetching until it is re-enabled */
	NICSIM_RX_LEN_OVER,	/* write-back length larger than the buffer */
	NICSIM_RX_LEN_ZERO,	/* write-back length 0 */
	NICSIM_RX_NO_EOP,	/* a frame whose EOP never comes */
	NICSIM_RX_CHAIN40,	/* a frame spread over 40 descriptors */
	NICSIM_TX_EARLY,	/* DD written to a descriptor that was never posted */
	NICSIM_CSUM_LIE,	/* receive checksum verdict inverted */
	NICSIM_LINK_FLAP,	/* link down for 50 ms */
	NICSIM_QUEUE_STUCK,	/* RXDCTL/TXDCTL.ENABLE does not follow a write */
	NICSIM_MASTER_STUCK,	/* STATUS.GIO stays set after CTRL.GIO_DIS */
	NICSIM_GONE,		/* every read all-ones, no DMA, no interrupts: surprise removal */
	NICSIM_FAULTS
};

/** nicsim_fault_name() - "irq-lost", ...; NULL past the last. */
const char *nicsim_fault_name(enum nicsim_fault fault);

/**
 * struct nicsim_config - a world
 * @real_time: clock is CLOCK_MONOTONIC; else it moves by nicsim_advance() alone
 * @chaos: BIT(enum nicsim_fault) of faults that happen at random
 * @chaos_seed: their seed; the same seed and calls give the same faults
 * @defect: called when the model finds that it has forgotten something, such as an interrupt that is
 *	due. NULL: counted only
 * @driver_error: called when a driver breaks the rules of the datasheet; @text names the rule,
 *	register, and value. NULL: counted only
 * @trace: called for every register and DMA descriptor access if not NULL
 * @log: faults injected and things of note
 * @ctx: passed to them
 */
struct nicsim_config {
	bool real_time;
	uint32_t chaos;
	uint64_t chaos_seed;
	void (*defect)(void *ctx, struct nicsim_port *port, const char *text);
	void (*driver_error)(void *ctx, struct nicsim_port *port, const char *text);
	void (*trace)(void *ctx, struct nicsim_port *port, const char *text);
	void (*log)(void *ctx, struct nicsim_port *port, const char *text);
	void *ctx;
};

/**
 * struct nicsim_port_config - a function
 * @name: for messages
 * @model: "82599"
 * @device_id: PCI device id: 0x10f9 (CX4), 0x10fb (SFP+, see @module), 0x10fc (XAUI), 0x10f7
 *	(KX4), 0x1517 (KR), or another 82599 id but 0x151c (10GBASE-T) and 0x1558 (QSFP), not modelled;
 *	0: 0x10f9. Any id, with CX4 behind it, if @vendor_id is not Intel's
 * @mac: permanent address; zero: one made from @name
 * @nvm_words: overrides of NVM words: pairs of {word, value} ended by {0xffff, 0}; NULL: none.
 *	The checksum is computed after them
 * @nvm_bad_checksum: break it
 * @module: SFP+ module: "da" (passive direct attach), "sr", "lr", "1000t" (refused by drivers),
 *	"none"; NULL: "da"
 * @vendor_id: PCI vendor id; 0: 0x8086
 * @bar0_size: bytes of BAR 0, a power of two from 4 KiB to 128 KiB; 0: 128 KiB
 */
struct nicsim_port_config {
	const char *name;
	const char *model;
	uint16_t device_id;
	uint16_t vendor_id;
	uint8_t mac[6];
	const uint16_t (*nvm_words)[2];
	bool nvm_bad_checksum;
	const char *module;
	uint32_t bar0_size;
};

struct nicsim *nicsim_create(const struct nicsim_config *config);
void nicsim_destroy(struct nicsim *sim);

/** nicsim_port_add() - a port; NULL with a message in @err[@err_len] if @config is wrong. */
struct nicsim_port *nicsim_port_add(struct nicsim *sim, const struct nicsim_port_config *config,
				    char *err, size_t err_len);
const char *nicsim_port_name(const struct nicsim_port *port);

/** nicsim_wire() - join two ports by a lossless 10 Gbit/s full duplex link. */
void nicsim_wire(struct nicsim_port *a, struct nicsim_port *b);

/**
 * struct nicsim_net_ops - where frames of a port go that is on no wire
 * @send: a frame of @len bytes without frame check sequence leaves the port. False: cannot be
 *	taken now; the port tries again when nicsim_port_writable() says so
 */
struct nicsim_net_ops {
	bool (*send)(void *ctx, const uint8_t *frame, uint32_t len);
};
void nicsim_port_net(struct nicsim_port *port, const struct nicsim_net_ops *ops, void *ctx);
void nicsim_port_writable(struct nicsim_port *port);

/**
 * nicsim_port_frame() - a frame arrives from outside, without frame check sequence
 * @port: port without a wire
 * @frame: from the destination address on; copied
 * @len: bytes, 14 .. 16384
 *
 * Return: false if the port cannot take it now (its packet buffer is full and it has asked its
 * partner to pause): offer it again later. What hardware would drop is taken, and counted.
 */
bool nicsim_port_frame(struct nicsim_port *port, const uint8_t *frame, uint32_t len);

/** nicsim_port_ready() - whether nicsim_port_frame() would take a frame now. */
bool nicsim_port_ready(const struct nicsim_port *port);

/** nicsim_port_receiving() - link, receive unit and a queue are on: frames would not be lost unseen. */
bool nicsim_port_receiving(const struct nicsim_port *port);

/** nicsim_link() - plug or pull the cable. */
void nicsim_link(struct nicsim_port *port, bool up);

/**
 * nicsim_fault() - let a fault happen once, now or at the next occasion
 * @port: port
 * @fault: which
 * @arg: queue or vector it shall happen to; UINT32_MAX: the next one, whichever
 *
 * RESET_STUCK, SEMAPHORE, MASTER_STUCK and GONE begin now and last until nicsim_fault_clear(),
 * also over a function-level reset. IRQ_SPURIOUS, IRQ_STORM and LINK_FLAP happen now.
 */
void nicsim_fault(struct nicsim_port *port, enum nicsim_fault fault, uint32_t arg);
/** nicsim_fault_clear() - end a lasting fault, forget one not yet taken. After GONE: power-on. */
void nicsim_fault_clear(struct nicsim_port *port, enum nicsim_fault fault);

/* The PCI function. Regions: 0 BAR 0 (registers), 4 BAR 4 (MSI-X), 7 configuration space. */
#define NICSIM_REGIONS 9
#define NICSIM_REGION_CONFIG 7
#define NICSIM_VECTORS 64

uint64_t nicsim_region_size(const struct nicsim_port *port, unsigned int region);
/**
 * nicsim_region_read() - 1, 2, 4 or 8 bytes (any length in configuration space)
 * @port: port
 * @region: 0 .. NICSIM_REGIONS - 1
 * @offset: bytes from its beginning
 * @data: where they go
 * @len: how many
 *
 * Registers are 32 bits wide and aligned: 8 bytes are two of them, 1 and 2 bytes a driver error.
 * As on a bus, reads with memory decoding off (COMMAND), in D3hot, or of a device that is gone
 * give all-ones and writes are dropped.
 *
 * Return: 0; -EINVAL: no such region, outside it, or a length or alignment it does not have.
 */
int nicsim_region_read(struct nicsim_port *port, unsigned int region, uint64_t offset, void *data,
		       unsigned int len);
int nicsim_region_write(struct nicsim_port *port, unsigned int region, uint64_t offset,
			const void *data, unsigned int len);

/** nicsim_dma_map() - 0; -EEXIST on overlap; @va NULL: known, but every access is an error. */
int nicsim_dma_map(struct nicsim_port *port, uint64_t iova, uint64_t size, void *va,
		   bool readable, bool writable);
/** nicsim_dma_unmap() - drop every mapping wholly inside the range; number dropped. */
int nicsim_dma_unmap(struct nicsim_port *port, uint64_t iova, uint64_t size);

/**
 * nicsim_irq_set() - listener of a vector
 * @port: port
 * @vector: of MSI-X, or 0 for the message of MSI
 * @fn: called for each message; NULL: none, and causes stay pending
 * @ctx: passed to it
 *
 * Return: 0; -EINVAL: no such vector.
 */
int nicsim_irq_set(struct nicsim_port *port, unsigned int vector,
		   void (*fn)(void *ctx, unsigned int vector), void *ctx);

/**
 * nicsim_intx_set() - listener of the interrupt line, for a client without MSI and MSI-X
 * @port: port
 * @fn: called when the line is asserted, and COMMAND lets it; NULL: none
 * @ctx: passed to it
 *
 * A line has a level, nicsim_intx(): who has dealt with an interrupt asks whether there is more.
 * While vector 0 has a listener, that is called instead.
 */
void nicsim_intx_set(struct nicsim_port *port, void (*fn)(void *ctx), void *ctx);
/** nicsim_intx() - the interrupt line is asserted. */
bool nicsim_intx(const struct nicsim_port *port);

/**
 * nicsim_port_reset() - function-level reset: as power-on, but the cable stays
 * @port: port
 *
 * COMMAND is cleared too, as on hardware: the client restores it. DMA mappings and listeners stay.
 */
void nicsim_port_reset(struct nicsim_port *port);
/** nicsim_port_disconnect() - the client went: FLR, all mappings and listeners dropped. */
void nicsim_port_disconnect(struct nicsim_port *port);

/* Time and work. */
uint64_t nicsim_time(const struct nicsim *sim);
/** nicsim_advance() - virtual clock: let @ns pass, doing all that falls due in order. */
void nicsim_advance(struct nicsim *sim, uint64_t ns);
/** nicsim_run() - do what is due now, at most @budget frames; true if more work waits. */
bool nicsim_run(struct nicsim *sim, unsigned int budget);
/** nicsim_next() - when nicsim_run() has something to do next, NICSIM_NEVER: by outside only. */
uint64_t nicsim_next(const struct nicsim *sim);

/**
 * struct nicsim_irq_tally - how interrupts of a port went, over all its clients
 * @messages: sent
 * @kicks: vectors whose cause a driver has set by itself, through EICS or EICS_EX
 * @healed: of them, those whose message was due already and not sent: 0, or the model is defect
 * @answer_ns: longest time from a message that masked its vector (EIAM) to the driver's enabling it
 *	again: how slow driver and machine are
 */
struct nicsim_irq_tally {
	uint64_t messages;
	uint64_t kicks;
	uint64_t healed;
	uint64_t answer_ns;
};
void nicsim_irq_tally(const struct nicsim_port *port, struct nicsim_irq_tally *tally);

/** nicsim_defects() - what the model has forgotten so far; not 0: do not trust it. */
unsigned int nicsim_defects(const struct nicsim_port *port);
/** nicsim_late() - longest time that something was done after its time, ns; real clock only. */
uint64_t nicsim_late(const struct nicsim *sim);

/** nicsim_driver_errors() - rules broken so far; *@first is the first one's text, or "". */
unsigned int nicsim_driver_errors(const struct nicsim_port *port, const char **first);

#endif /* NICSIM_H */
