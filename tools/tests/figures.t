#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Figures that users are promised and that do not depend on a machine's speed: memory, and what `nax show` asks
# of a device. Its time is told, not asserted.
. "$(dirname "$0")/lib.sh"

NICSIM=build/release/nicsim nicsim_start sim --port "$work/a.sock,model=82599,net=wire:w" \
	--port "$work/b.sock,model=82599,net=wire:w" --trace "$work/trace"

# A read takes about 1 us on PCIe, so 2,000 are 2 ms; by vfio-user each is a message and its answer, and most of
# the 40 to 120 ms that were seen.
show_reads() {
	local before after reads

	before=$(date +%s%N)
	build/release/nax show "vfio-user:$work/a.sock" >"$work/show.log" || return 1
	after=$(date +%s%N)
	reads=$(grep -c ' read ' "$work/trace")
	echo "# nax show: $reads register reads, $(((after - before) / 1000)) us" >&2
	[ "$reads" -gt 100 ] && [ "$reads" -lt 2000 ]
}
ok "nax show reads fewer than 2000 registers" show_reads

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
