#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Figures that users are promised and that do not depend on a machine's speed alone: memory, and the
# time `nax show` takes, twice what it needs where nothing else runs. On a machine that is busy with other work
# NAX_SLOW=N allows N times as long.
. "$(dirname "$0")/lib.sh"

NICSIM=build/release/nicsim nicsim_start sim --port "$work/a.sock,model=82599,net=wire:w" \
	--port "$work/b.sock,model=82599,net=wire:w"

# The best of five: what the program needs, not what else the machine did meanwhile.
show_time() {
	local best=999999 before after i
	for i in 1 2 3 4 5; do
		before=$(date +%s%N)
		build/release/nax show "vfio-user:$work/a.sock" >"$work/show.log" || return 1
		after=$(date +%s%N)
		[ $(((after - before) / 1000)) -ge $best ] || best=$(((after - before) / 1000))
	done
	echo "# nax show: $best us" >&2
	[ $best -lt $((100000 * ${NAX_SLOW:-1})) ]
}
ok "nax show answers within 100 ms" show_time

resident() {
	start tap build/release/nax stats "vfio-user:$work/a.sock" --watch --interval 1 --queues 4
	local pid=$started rss shared buffers
	wait_for 10 test -s "$work/tap.log" || return 1
	sleep 1
	rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")
	# only what is resident of the buffers may be taken off
	shared=$(awk '/^[0-9a-f]+-/ { memfd = /memfd/ } /^Rss/ && memfd { sum += $2 } END { print sum }' \
		"/proc/$pid/smaps")
	buffers=$((4 * 2 * 512 * 2112 / 1024))
	[ "$shared" -ge "$buffers" ] || buffers=$shared
	echo "# resident $rss KiB, of which packet buffers $buffers KiB" >&2
	kill -INT "$pid"
	ends "$pid" 10 0 && [ $((rss - buffers)) -lt $((16 * 1024)) ]
}
ok "an adapter with 4 queues of 512 is under 16 MiB beside packet buffers" resident
done_testing
