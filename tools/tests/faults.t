#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Faults between processes: sockets that are not what they should be, peers that die, signals at any
# moment, a full disk. Each gives one clear line and the right status; nothing is left behind.
. "$(dirname "$0")/lib.sh"

nax=build/asan/nax
a=$work/a.sock
b=$work/b.sock
pair=(--port "$a,model=82599,net=wire:w" --port "$b,model=82599,net=wire:w")
gen=("$nax" gen "vfio-user:$a" --peer "vfio-user:$b" --flows 8)

ok "socket path missing" fails_with 1 "$work/nowhere" "$nax" show "vfio-user:$work/nowhere"
touch "$work/file"
ok "not a socket" fails_with 1 "$work/file" "$nax" show "vfio-user:$work/file"
ok "unknown bus" fails_with 1 "vfio-user:" "$nax" show "pigeon:x"
ok "no device" fails_with 2 "" "$nax" show

start garbage socat "UNIX-LISTEN:$work/garbage" SYSTEM:'head -c 300 /dev/urandom; sleep 5'
wait_for 5 test -S "$work/garbage"
ok "a socket that is not vfio-user" fails_with 1 "vfio-user" "$nax" show "vfio-user:$work/garbage"
start mute socat "UNIX-LISTEN:$work/mute" SYSTEM:'sleep 30'
wait_for 5 test -S "$work/mute"
ok "a server that never answers" fails_with 1 "no answer" "$nax" show "vfio-user:$work/mute"

ok "nicsim: unknown key" fails_with 2 "colour" build/asan/nicsim --port "$a,model=82599,colour=red,net=wire:w"
ok "nicsim: unknown model" fails_with 2 "e1000" build/asan/nicsim --port "$a,model=e1000,net=wire:w"
ok "nicsim: unknown id" fails_with 2 "1234" build/asan/nicsim --port "$a,model=82599,id=1234,net=wire:w"
ok "nicsim: bad MAC" fails_with 2 "zz" build/asan/nicsim --port "$a,model=82599,mac=zz,net=wire:w"
ok "nicsim: no port" fails_with 2 "--port" build/asan/nicsim
ok "nicsim: socket path is a file" fails_with 1 "$work/file" \
	build/asan/nicsim --port "$work/file,model=82599,net=wire:w"
ok "nicsim: pcap file missing" fails_with 1 "no.pcap" \
	build/asan/nicsim --port "$a,model=82599,net=pcap:$work/no.pcap,-"

printf '\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\xff\xff\0\0\1\0\0\0' >"$work/one.pcap"
cp "$work/one.pcap" "$work/kept.pcap"
head -c 76 /dev/zero | tee -a "$work/one.pcap" >>"$work/kept.pcap"
ok "nicsim: one pcap file to replay and to write" fails_with 1 "to replay and the file to write" \
	build/asan/nicsim --port "$a,model=82599,net=pcap:$work/one.pcap,$work/one.pcap"
ok "it was not emptied" cmp "$work/kept.pcap" "$work/one.pcap"

nicsim_start sim "${pair[@]}"
sim=$started
ok "nicsim: socket in use by another" fails_with 1 "$a" build/asan/nicsim "${pair[@]}"
ok "too many queues" fails_with 2 "must be from 1 to 64" "$nax" tap "vfio-user:$a" naxtest0 --queues 200
ok "MTU out of range" fails_with 1 "9710" "$nax" tap "vfio-user:$a" naxtest0 --mtu 20000

start holder "$nax" stats "vfio-user:$a" --watch --interval 1
holder=$started
wait_for 10 test -s "$work/holder.log"
ok "two clients" fails_with 1 "busy" "$nax" fwd "vfio-user:$a" "vfio-user:$b"
kill -KILL "$holder"
wait_gone "$holder" 5
ok "the next client is served after one was killed" "$nax" show "vfio-user:$a"

ok "disk full while capturing" fails_with 1 "No space left" \
	"$nax" capture "vfio-user:$a" -w /dev/full --duration 2
ok "capture into a folder that is not there" fails_with 1 "$work/none/x" \
	"$nax" capture "vfio-user:$a" -w "$work/none/x" --duration 2

lossless() {
	"${gen[@]}" --size imix --count 20000 --json >"$work/gen.json" || return 1
	jq . "$work/gen.json"
	[ "$(jq -r .rx.packets "$work/gen.json")" = 20000 ]
}
ok "20,000 frames cross the wire" lossless

# Each of two generators that face each other gets the other's frames: they are not its own, come
# back, and neither lost, duplicate nor damaged.
face_each_other() {
	start left "$nax" gen "vfio-user:$a" --rate 5000 --count 10000 --json
	local left=$started
	"$nax" gen "vfio-user:$b" --rate 5000 --duration 3 --json >"$work/right.json" || return 1
	ends "$left" 20 0 || return 1
	jq -c '[.foreign, .lost, .rx.packets]' "$work/right.json"
	[ "$(jq .foreign "$work/right.json")" -gt 0 ] &&
		[ "$(jq .rx.packets "$work/right.json")" = 0 ]
}
ok "two generators on one wire do not judge each other's frames" face_each_other

# A result that nobody gets is a failure, and never goes to the device instead.
unwritten() {
	fails_with 1 "standard output: $1" bash -c "\"\$@\" $2" - "${@:3}"
}
full="No space left" closed="Bad file descriptor"
ok "stdout is full: --version" unwritten "$full" ">/dev/full" "$nax" --version
ok "stdout is full: --help" unwritten "$full" ">/dev/full" "$nax" --help
ok "stdout is full: show" unwritten "$full" ">/dev/full" "$nax" show "vfio-user:$a" --json
ok "stdout is closed: show" unwritten "$closed" ">&-" "$nax" show "vfio-user:$a"
ok "stdout is closed: gen" unwritten "$closed" ">&-" "${gen[@]}" --count 1000 --json
all_closed() {
	local status=0
	"$@" <&- >&- 2>&- || status=$?
	[ $status -eq 1 ] || { echo "status $status"; return 1; }
}
ok "all standard descriptors are closed: gen" all_closed "${gen[@]}" --count 1000
ok "all standard descriptors are closed: nicsim" all_closed timeout 10 build/asan/nicsim \
	--port "$work/closed.sock,model=82599,net=wire:w"
ok "nothing of that reached the server" kill -0 "$sim"

ok "a statistics file that is a device" fails_with 1 "not a regular file" \
	"$nax" tap "vfio-user:$a" naxtest0 --stats-file /dev/null --duration 1
ok "/dev/null is still a device" test -c /dev/null

long=$(printf 'x%.0s' {1..2000})
ok "a very long name of a device leaves room for the reason" \
	fails_with 1 "the limit is" "$nax" show "vfio-user:$long"
ok "a very long name of a file, too" \
	fails_with 1 "too long" "$nax" capture "vfio-user:$a" -w "$work/$long"
ok "and of a socket" fails_with 1 "limit 107" \
	build/asan/nicsim --port "$work/$long,model=82599,net=wire:w"
ok "and of a port with a wrong key" fails_with 2 "allowed are model=" \
	build/asan/nicsim --port "$work/$long,colour=red,net=wire:w"

# runs PID PROGRAM: it has come so far as to be that program
runs() {
	[ "/proc/$1/exe" -ef "$2" ]
}

# SIGINT after ever longer times: status 0, and a word of what was done. A shell starts background
# jobs with SIGINT ignored, which would make what comes before the program's own handler vanish.
interrupts() {
	local delay pid
	for delay in 0.02 0.05 0.1 0.15 0.2 0.3 0.45 0.7 1.1; do
		env --default-signal=INT "$@" >"$work/int.log" 2>&1 </dev/null &
		pid=$!
		pids+=("$pid")
		wait_for 10 runs "$pid" "$1" || return 1
		sleep "$delay"
		kill -INT "$pid" 2>/dev/null
		status_of "$pid" 20
		case $status in
		0) ;;
		130) [ "$delay" = 0.02 ] || [ "$delay" = 0.05 ] || [ "$delay" = 0.1 ] ||
			{ echo "after $delay s: $status"; return 1; } ;;
		*)
			echo "after $delay s: status $status"
			cat "$work/int.log"
			return 1
			;;
		esac
	done
}
ok "SIGINT at any moment: gen" interrupts "${gen[@]}" --duration 30
ok "SIGINT at any moment: fwd" interrupts "$nax" fwd "vfio-user:$a" "vfio-user:$b"
ok "SIGINT at any moment: stats" interrupts "$nax" stats "vfio-user:$a" --watch
ok "SIGINT at any moment: capture" interrupts "$nax" capture "vfio-user:$a" -w "$work/c.pcapng"
no_reader() {
	rm -f "$work/fifo" && mkfifo "$work/fifo" || return
	interrupts "$nax" capture "vfio-user:$a" -w "$work/fifo"
}
ok "SIGINT while a FIFO has no reader: capture" no_reader
reader_later() {
	start later timeout 20 "$nax" capture "vfio-user:$a" -w "$work/fifo" --duration 1
	sleep 0.5
	timeout 20 cat "$work/fifo" >"$work/fifo.out"
	ends "$started" 20 0 && head -c 4 "$work/fifo.out" | od -An -tx1 | grep -q '0a 0d 0d 0a'
}
ok "a FIFO that gets its reader later" reader_later
ok "nicsim is content after all that" kill -0 "$sim"

start load "${gen[@]}" --duration 60
load=$started
sleep 1.5
kill -KILL "$sim"
server_killed() {
	ends "$load" 30 1 || return 1
	cat "$work/load.log"
	 grep -qiE "gone|closed" "$work/load.log"
}
ok "server killed under load: status 1 and a reason" server_killed
nicsim_start sim2 "${pair[@]}"
sim=$started
ok "a server on the same path takes over the stale sockets" lossless

start load2 "${gen[@]}" --duration 60
load=$started
sleep 1.5
kill -KILL "$load"
wait_gone "$load" 5
ok "client killed under load: the server goes on" lossless

start load3 "${gen[@]}" --duration 60
load=$started
sleep 1
kill -TERM "$sim"
ends_cleanly() {
	ends "$sim" 10 0 && [ ! -e "$a" ] && [ ! -e "$b" ]
}
ok "nicsim ends on SIGTERM under load and removes its sockets" ends_cleanly
ok "its client says so" ends "$load" 30 1

chaos() {
	local kinds=irq-lost,irq-spurious,irq-late,csum-lie,tx-early kind
	nicsim_start chaos --chaos "$1,$kinds" "${pair[@]}" || return 1
	local chaos=$started lost=0
	timeout 100 "${gen[@]}" --count 5000 --rate 5000 || lost=$?
	kill -TERM "$chaos"
	ends "$chaos" 10 0 && [ $lost -eq 0 ] || return
	# All but tx-early, whose occasions are rare
	for kind in irq-lost irq-spurious irq-late csum-lie; do
		grep -q "chaos: $kind" "$work/chaos.log" || { echo "no $kind"; return 1; }
	done
}
for seed in 1 2 3; do
	ok "no loss under chaos, seed $seed" chaos $seed
done
done_testing
