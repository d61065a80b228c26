#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a port of nicsim can be connected to, and the wire formats that others read: QEMU's stream and
# datagram framing, pcap, a TAP; the trace and capture files.
. "$(dirname "$0")/lib.sh"

nax=build/asan/nax
a=$work/a.sock
b=$work/b.sock
gen=("$nax" gen "vfio-user:$a" --peer "vfio-user:$b" --flows 8 --size imix --count 10000)

stop_all() {
	local p
	for p in "${pids[@]}"; do
		kill -TERM "$p" 2>/dev/null
	done
	for p in "${pids[@]}"; do
		ends "$p" 10 0 || return 1
	done
	pids=()
}

nicsim_start left --port "$a,model=82599,net=stream:$work/net,server"
nicsim_start right --port "$b,model=82599,id=10fb,net=stream:$work/net"
ok "two daemons by a stream socket: no loss" "${gen[@]}" --rate 20000
ok "both end with status 0" stop_all

nicsim_start left --port "$a,model=82599,net=dgram:$work/da,$work/db"
nicsim_start right --port "$b,model=82599,net=dgram:$work/db,$work/da"
ok "two daemons by datagram sockets: no loss" "${gen[@]}" --rate 20000
ok "both end with status 0" stop_all

# A frame from the stream socket as QEMU frames it: 4 bytes of length, big endian, then the frame.
nicsim_start left --port "$a,model=82599,net=stream:$work/net,server"
has_bytes() {
	[ "$(stat -c %s "$1")" -eq "$2" ]
}
stream_out() {
	start reader timeout 20 socat -u "UNIX-CONNECT:$work/net" "CREATE:$work/stream.bin"
	sleep 0.3
	"$nax" gen "vfio-user:$a" --size 100 --count 3 || return 1
	wait_for 5 has_bytes "$work/stream.bin" 300 || return 1
	[ "$(head -c 4 "$work/stream.bin" | od -An -tx1 | tr -d ' ')" = 00000060 ] &&
		has_bytes "$work/stream.bin" 300
}
ok "the stream carries length and frame" stream_out
kill "${pids[-1]}" 2>/dev/null
unset 'pids[-1]'
ok "it ends with status 0" stop_all

pcap_round() {
	nicsim_start out --trace "$work/trace" --port "$a,model=82599,net=pcap:-,$work/out.pcap" || return 1
	"$nax" gen "vfio-user:$a" --count 500 --rate 5000 || return 1
	stop_all || return 1
	[ "$(tcpdump -nr "$work/out.pcap" 2>/dev/null | wc -l)" -eq 500 ] || return 1
	nicsim_start in --port "$a,model=82599,net=pcap:$work/out.pcap,-" || return 1
	"$nax" capture "vfio-user:$a" --promisc --count 500 --duration 20 -w "$work/in.pcapng" || return 1
	stop_all || return 1
	[ "$(tcpdump -nr "$work/in.pcapng" 2>/dev/null | wc -l)" -eq 500 ]
}
ok "500 frames to a pcap file and back into a pcapng file, read by tcpdump" pcap_round
mkfifo "$work/fifo"
ok "a FIFO without a reader is refused for the trace" fails_with 1 "fifo: No such device or address" \
	build/asan/nicsim --trace "$work/fifo" --port "$a,model=82599,net=wire:w"
ok "and for a pcap file" fails_with 1 "fifo: No such device or address" \
	build/asan/nicsim --port "$a,model=82599,net=pcap:-,$work/fifo"
ok "the trace names registers" grep -q "RDT" "$work/trace"

tap_frames() {
	local ns=nax-nets-$$
	ip netns add "$ns" && namespaces+=("$ns") || return 1
	start tapsim ip netns exec "$ns" build/asan/nicsim --port "$a,model=82599,net=tap:nets0"
	wait_for 20 grep -q "nicsim: ready" "$work/tapsim.log" || return 1
	ip -n "$ns" link set nets0 up
	start cap "$nax" capture "vfio-user:$a" --promisc --count 1 --duration 20 -w "$work/tap.pcapng"
	local capture=$started
	sleep 1
	ip -n "$ns" addr add 192.0.2.9/24 dev nets0
	ip netns exec "$ns" ping -c 3 -i 0.2 -W 1 192.0.2.10 >/dev/null 2>&1
	ends "$capture" 25 0 || return 1
	tcpdump -nr "$work/tap.pcapng" 2>/dev/null | grep -q .
}
if [ "$(id -u)" -eq 0 ]; then
	ok "frames of a TAP reach the application" tap_frames
fi
done_testing
