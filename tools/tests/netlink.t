#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Family nax on the sockets of programs: what nax show, caps, stats and fault say of a device that another
# process drives is what they say of one that they open themselves.
. "$(dirname "$0")/lib.sh"

nax=build/asan/nax
export NAX_RUNTIME_DIR=$work/runtime
a=$work/a.sock b=$work/b.sock
nicsim_start sim --port "$a,model=82599,net=wire:w" --port "$b,model=82599,net=wire:w" || exit 1

"$nax" show "vfio-user:$a" --json >"$work/direct.json"
"$nax" caps "vfio-user:$a" --json >"$work/direct-caps.json"

no_socket() {
	[ -z "$(ls "$NAX_RUNTIME_DIR" 2>/dev/null)" ]
}
ok "nax show leaves no socket" no_socket

start fwd "$nax" fwd "vfio-user:$a" "vfio-user:$b" --queues 2
fwd=$started
ok "a program that forwards has a socket" wait_for 20 test -S "$NAX_RUNTIME_DIR/$fwd.sock"
served() {
	"$nax" show "vfio-user:$b" --json | jq -e '.tx_queues | length == 2'
}
ok "both devices are there" served
mode() {
	[ "$(stat -c %a "$NAX_RUNTIME_DIR/$fwd.sock")" = 600 ]
}
ok "the socket is its owner's" mode

same() { # FILTER FILE COMMAND..
	diff <(jq -S "$1" "$2") <("$nax" "${@:3}" --json | jq -S "$1")
}
ok "show says the same of what does not change" \
	same '{driver, model, ids, mac, permanent_mac, nvm_version, mtu, limits, offloads, bus_address}' \
	"$work/direct.json" show "vfio-user:$a"
ok "caps says the same" same '{limits, offloads, rss_types, driver, permanent_mac}' \
	"$work/direct-caps.json" caps "vfio-user:$a"
all_limits() {
	[ "$(jq '.limits | length' "$work/direct-caps.json")" -eq 38 ]
}
ok "caps has all limits" all_limits
queues() {
	"$nax" show "vfio-user:$a" --json |
		jq -e '[.rx_queues[], .tx_queues[]] | length == 4 and all(.state == "running")'
}
ok "its queues run" queues
counts() {
	"$nax" stats "vfio-user:$b" --interval 0.05 --json |
		jq -e '(.hw | length) > 100 and .rx_queues[0].polls > 0 and .state == "up"'
}
ok "stats asks for the counters" counts
watches() {
	"$nax" stats "vfio-user:$b" --interval 0.05 --count 3 --json | jq -s -e 'length == 3'
}
ok "stats goes on asking" watches
no_fault() {
	"$nax" fault "vfio-user:$a" --json | jq -e '.steps == 0 and .step == "none"'
}
ok "no fault" no_fault
registers() {
	"$nax" show "vfio-user:$a" --registers --json |
		jq -e '[.registers[] | select(.name == "CTRL")] | length == 1'
}
ok "registers" registers
ok "a name that nobody knows" fails_with 1 "neither the kernel nor a program" "$nax" show nowhere
ok "usage" fails_with 2 "operands are 0" "$nax" caps

# Whoever says what is no request loses its connection, and nobody else is hurt.
junk() {
	head -c 3000 /dev/urandom | socat -u - "UNIX-CONNECT:$NAX_RUNTIME_DIR/$fwd.sock,type=5" || :
	printf abc | socat -u - "UNIX-CONNECT:$NAX_RUNTIME_DIR/$fwd.sock,type=5" || :
	queues
}
ok "junk on the socket" junk

# A program that claims to know every name, and then answers with an error in colours, or without an end.
cat >"$work/claims" <<'S'
#!/bin/bash
# little ENDIAN: bytes for printf of words of 32 bits
little()
{
	local n

	for n; do
		printf '\\x%02x\\x%02x\\x%02x\\x%02x' $((n & 255)) $((n >> 8 & 255)) $((n >> 16 & 255)) $((n >> 24 & 255))
	done
}
zeroes=$(little 0 0 0 0)
# length, type and flags, sequence, port; then a device's number, or an acknowledgement
device=$(little 28 32 1 0 257 $((1 << 16 | 8)) 7) ack=$(little 36 $((0x100 << 16 | 2)) 1 0 0)$zeroes
error=$(little 48 $((0x300 << 16 | 2)) 2 0 -22)$zeroes$(little $((1 << 16 | 12)))'\x1b[1mred\0'
more=$(little 20 $((2 << 16 | 32)) 2 0 257)
dd bs=4096 count=1 of=/dev/null 2>/dev/null
# shellcheck disable=SC2059 # the formats are the bytes
{
	printf "$device" && printf "$ack" && dd bs=4096 count=1 of=/dev/null 2>/dev/null
	[ "$1" = endless ] || printf "$error"
	while [ "$1" = endless ] && printf "$more"; do
		:
	done
}
S
chmod +x "$work/claims"
claims() { # HOW COMMAND..: with such a program alone
	mkdir -p "$work/claims.d"
	rm -f "$work/claims.d/1.sock"
	start claims socat "UNIX-LISTEN:$work/claims.d/1.sock,type=5" "EXEC:$work/claims $1,nofork"
	claims=$started
	wait_for 20 test -S "$work/claims.d/1.sock" || return
	NAX_RUNTIME_DIR=$work/claims.d "${@:2}"
}
ok "what another's program says does not reach the terminal raw" claims red \
	fails_with 1 '?[1mred' "$nax" show whatever
ends_by_signal() {
	local pid before=$SECONDS

	"$nax" show whatever &
	pid=$!
	sleep 1
	kill -INT "$pid"
	ends "$pid" 3 1
}
ok "an answer without an end is ended by a signal" claims endless ends_by_signal
kill "$claims" 2>/dev/null
ok "or by itself" claims endless fails_with 1 'timed out' timeout 30 "$nax" show whatever
kill "$claims" 2>/dev/null

kill -TERM "$fwd"
ok "the program ends well" ends "$fwd" 20 0
ok "and its socket is gone" no_socket

start killed "$nax" fwd "vfio-user:$a" "vfio-user:$b" --queues 2
killed=$started
ok "another" wait_for 20 test -S "$NAX_RUNTIME_DIR/$killed.sock"
: >"$NAX_RUNTIME_DIR/999999999.sock"
ok "a file that nobody serves is passed over" served
rm "$NAX_RUNTIME_DIR/999999999.sock"
kill -KILL "$killed"
wait_gone "$killed" 5
ok "what a killed program left is passed over" "$nax" caps "vfio-user:$a"

if [ "$(id -u)" -eq 0 ]; then
	start tap "$nax" tap "vfio-user:$a" "nx$$" --queues 2
	tap=$started
	by_tap() {
		[ "$("$nax" show "nx$$" --json | jq -r '"\(.netdev) \(.device) \(.state)"')" = \
			"nx$$ vfio-user:$a up" ]
	}
	ok "a TAP device names the device behind it" wait_for 20 by_tap
	kill -TERM "$tap"
	ok "nax tap ends well" ends "$tap" 20 0
fi

# A fault of the device, told while the program that met it goes on.
c=$work/c.sock d=$work/d.sock
nicsim_start chaos --lenient --chaos 7,tx-hang --port "$c,model=82599,net=wire:w" \
	--port "$d,model=82599,net=wire:w" || exit 1
start gen build/release/nax gen "vfio-user:$c" --peer "vfio-user:$d" --duration 120
gen=$started
wait_for 20 test -S "$NAX_RUNTIME_DIR/$gen.sock"
fault() {
	"$nax" fault "vfio-user:$c" --json |
		jq -e '.steps > 0 and .step == "queue-restart" and (.why | test("no completion"))'
}
ok "a queue that hung was restarted, and why" wait_for 60 fault
records() {
	"$nax" fault "vfio-user:$c" --records --json |
		jq -e '.n_records > 100 and .n_records == (.records | length) and
			([.records[] | select(.name | test("^desc tx"))] | length) > 0'
}
ok "with all registers and descriptors before that" records
kill -KILL "$gen"
done_testing
