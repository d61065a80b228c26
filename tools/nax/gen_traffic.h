/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The poll side of `nax gen`: sending at a rate or within a window, receiving and checking. */
#ifndef NAX_TOOL_GEN_TRAFFIC_H
#define NAX_TOOL_GEN_TRAFFIC_H

#include <nax/app.h>

#include "gen_packet.h"
#include "histogram.h"
#include "options.h"

#define GEN_QUEUES_MAX 16u
#define GEN_OVERHEAD 24u	/* bytes beside a frame on the wire: preamble, FCS, gap */

/**
 * struct gen_traffic - what is sent, what came
 * @tx: port that sends
 * @rx: port that receives; may be @tx
 * @queues: queue pairs of each
 * @stream: frames
 * @len: lengths of frames in turn, without check sequence
 * @n_len: how many
 * @flows: 1 .. GEN_FLOWS_MAX
 * @count: frames to send, 0: no limit
 * @rate: how fast, 0: as the window allows
 * @window: frames that may be under way without @rate, 0: no limit
 * @expect: every frame sent must come back
 * @quit: set by the main thread: send no more
 * @sent: frames given to the device
 * @sent_bytes: bytes of them
 * @received: frames of ours received, whatever is wrong with them
 * @received_bytes: bytes of them
 * @tally: by sequence number
 * @corrupt: content is not what was sent
 * @csum_bad: IP or transport checksum is wrong
 * @csum_good: the device vouches for the transport checksum
 * @damaged: the device marks the frame as damaged
 * @foreign: frames that are not ours
 * @latency: of frames, in nanoseconds
 * @start_ns: when sending began
 * @end_ns: when the last frame was given to the device
 *
 * sent, received and their bytes may be read by count_get() while it runs, the rest after it.
 */
struct gen_traffic {
	struct nax_port *tx;
	struct nax_port *rx;
	u32 queues;
	struct gen_stream stream;
	u32 len[16];
	u32 n_len;
	u32 flows;
	u64 count;
	struct opt_rate rate;
	u32 window;
	bool expect;
	bool quit;

	u64 sent;
	u64 sent_bytes;
	u64 received;
	u64 received_bytes;
	struct gen_tally tally;
	u64 corrupt;
	u64 csum_bad;
	u64 csum_good;
	u64 damaged;
	u64 foreign;
	struct histogram latency;
	u64 start_ns;
	u64 end_ns;

	/* private */
	struct nax_poll *poll;
	int timer;
	u64 timer_ns;
	bool sending;
	u32 chunk;
	u32 tx_ring;
	u32 next_flow;
	u32 next_len;
	u32 *seq;
	struct gen_flow *flow;
	u64 spent;
	u64 written_off;
	u64 active_ns;
	u64 stop_ns;
	u8 scratch[GEN_LEN_MAX];
};

/**
 * gen_traffic_init() - make ready; the fields above "private" from @tx to @expect are set
 * @poll: context that serves the queues of both ports
 * Return: 0 or -errno with @err filled.
 */
int gen_traffic_init(struct gen_traffic *g, struct nax_poll *poll, struct nax_error *err);
void gen_traffic_destroy(struct gen_traffic *g);

/** gen_traffic_poll() - poll handler; calls cli_finish() when all is sent and received. */
u32 gen_traffic_poll(struct nax_poll *poll, void *arg);

/** gen_traffic_quit() - send no more; main thread. What is under way is waited for a while. */
void gen_traffic_quit(struct gen_traffic *g);

/** gen_traffic_lost() - frames that were expected and did not come; after the end. */
u64 gen_traffic_lost(const struct gen_traffic *g);

#endif /* NAX_TOOL_GEN_TRAFFIC_H */
