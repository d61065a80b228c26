/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The clock of a device that has one (IEEE 1588), and time stamps of packets, in the device's own
 * terms: a counter that goes on by itself. The framework makes nanoseconds of it, keeps the time
 * over resets, and says which packet a time stamp belongs to.
 */
#ifndef NAX_PTP_H
#define NAX_PTP_H

#include <nax/types.h>

struct nax_adapter;

/** enum nax_ptp_rx - which received packets get a time stamp; also bit numbers of caps.ptp_rx */
enum nax_ptp_rx {
	NAX_PTP_RX_NONE,
	NAX_PTP_RX_V1_SYNC,		/* PTP version 1 over UDP: Sync */
	NAX_PTP_RX_V1_DELAY_REQ,	/* PTP version 1 over UDP: Delay_Req */
	NAX_PTP_RX_V2_EVENT,		/* PTP version 2, Ethernet and UDP: all event messages */
	NAX_PTP_RXS
};

/**
 * struct nax_stamps - which packets get a time stamp, the whole state
 * @tx: those that are sent with NAX_F_TX_TSTAMP
 * @rx: which received ones
 */
struct nax_stamps {
	bool tx;
	enum nax_ptp_rx rx;
};

/**
 * struct nax_ptp_ops - a clock that counts, and one latch in each direction for time stamps
 * @set_rate: let the counter go on, from whatever it is, at the pace of real time changed by
 *	@scaled_ppm: parts per million with 16 bits of fraction, within caps.ptp_ppb_max. Return:
 *	how many bits of the counter are fractions of a nanosecond, 0 .. 31. Called after attach(),
 *	after start(), and when the link's speed has changed
 * @read: the counter
 * @set_stamps: apply the whole state, and empty both latches. After start(), which switches time
 *	stamps off, and at run time with the polls of the adapter at rest
 * @latched: whether the latch of one direction holds a time stamp
 * @take: what it holds, the counter at that moment; it is empty then
 *
 * @latched and @take also run in poll contexts, of the queue that has received a packet with
 * NAX_F_RX_TSTAMP or of one that has sent some: they must not sleep, and touch nothing but the
 * registers of that latch. Calls of @take for one direction do not overlap. A packet
 * that reaches the wire while the latch is full gets no time stamp.
 */
struct nax_ptp_ops {
	u32 (*set_rate)(struct nax_adapter *a, s64 scaled_ppm);
	u64 (*read)(struct nax_adapter *a);
	void (*set_stamps)(struct nax_adapter *a, const struct nax_stamps *stamps);
	bool (*latched)(struct nax_adapter *a, bool rx);
	u64 (*take)(struct nax_adapter *a, bool rx);
};

#endif /* NAX_PTP_H */
