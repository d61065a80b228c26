/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * IEEE 1588 in the 82599 model: the clock SYSTIM, and time stamps of packets, one at a time in each
 * direction. 82599 datasheet section 7.9. Of the auxiliary functions (target times, clock out, time
 * stamps of pins) only the registers are there.
 */
#ifndef NICSIM_PTP_H
#define NICSIM_PTP_H

#include "datapath.h"

/**
 * struct sim_ptp - the clock
 * @value: SYSTIM at @at
 * @at: time of the last increment, tenths of a nanosecond
 * @tick: between two ticks, tenths; follows the speed of the link
 * @high: SYSTIMH as it was when SYSTIML was read
 * @latched: SYSTIML was read, SYSTIMH not yet
 */
struct sim_ptp {
	uint64_t value;
	uint64_t at;
	uint32_t tick;
	uint32_t high;
	bool latched;
};

int sim_ptp_create(struct nicsim_port *p);
void sim_ptp_destroy(struct nicsim_port *p);
/** sim_ptp_reset() - device reset; the registers are reset already. */
void sim_ptp_reset(struct nicsim_port *p);
/**
 * sim_ptp_rx() - time stamp of a received frame
 * @p: port
 * @frame: frame of @len bytes
 * @len: its length
 * @k: as parsed
 * @etqf: number of the ethertype filter that it matches, or -1
 *
 * Return: RXD_TS if one was taken, 0.
 */
uint32_t sim_ptp_rx(struct nicsim_port *p, const uint8_t *frame, uint32_t len,
		    const struct sim_pkt *k, int etqf);
/** sim_ptp_tx() - a frame of @len bytes whose descriptor asks for a time stamp has left. */
void sim_ptp_tx(struct nicsim_port *p, uint32_t len);

uint32_t sim_systim_read(struct nicsim_port *p, uint32_t i);
uint32_t sim_rxstmph_read(struct nicsim_port *p, uint32_t i);
uint32_t sim_txstmph_read(struct nicsim_port *p, uint32_t i);
void sim_systim_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_timinca_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_timadjh_write(struct nicsim_port *p, uint32_t i, uint32_t value);
void sim_tsyncrxctl_write(struct nicsim_port *p, uint32_t i, uint32_t value);

#endif /* NICSIM_PTP_H */
