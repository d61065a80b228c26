#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The programs with their threads under ThreadSanitizer: poll contexts, service threads and control
# calls at once. A report ends the program with status 66.
. "$(dirname "$0")/lib.sh"

nax=build/tsan/nax
a=$work/a.sock
b=$work/b.sock
NICSIM=build/tsan/nicsim nicsim_start sim --port "$a,model=82599,net=wire:w" \
	--port "$b,model=82599,net=wire:w"
sim=$started

ok "generator with several queues" "$nax" gen "vfio-user:$a" --peer "vfio-user:$b" --flows 16 \
	--count 20000
stats() {
	timeout 30 "$nax" stats "vfio-user:$a" --watch --interval 1 --count 3
}
ok "statistics read while queues run" stats
fwd() {
	timeout 30 "$nax" fwd "vfio-user:$a" "vfio-user:$b" --queues 4 --duration 2
}
ok "forwarding on four queues" fwd
# Queues are restarted and their descriptors recorded while other queues run. Frames are lost in it.
recovery() {
	local status=0
	NICSIM=build/tsan/nicsim nicsim_start hang --chaos 1,tx-hang,rx-hang \
		--port "$work/c.sock,model=82599,net=wire:w" \
		--port "$work/d.sock,model=82599,net=wire:w" || return 1
	local hang=$started
	timeout 60 "$nax" gen "vfio-user:$work/c.sock" --peer "vfio-user:$work/d.sock" --queues 4 \
		--flows 64 --duration 6 >"$work/hang-gen.log" 2>&1 || status=$?
	cat "$work/hang-gen.log"
	kill -TERM "$hang"
	ends "$hang" 10 0 && [ $status -le 1 ] && grep -q "queue restart" "$work/hang-gen.log"
}
ok "queues restarted while others run" recovery
killed_server() {
	start load "$nax" gen "vfio-user:$a" --peer "vfio-user:$b" --duration 30
	local load=$started
	sleep 1.5
	kill -TERM "$sim"
	ends "$load" 30 1 || return 1
	cat "$work/load.log"
	! grep -q "ThreadSanitizer" "$work/load.log"
}
ok "recovery and end while queues run" killed_server
ok "nicsim had no report" ends "$sim" 10 0
done_testing
