# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# For the *.t tests: TAP output, a work directory, and processes that never outlive the test.
# shellcheck shell=bash
#
# Source it; it changes to the top of the tree. Tests run `ok "name" command...` and end with `done_testing`.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/nax-test.XXXXXX")
tap_count=0
tap_failed=0
pids=()
namespaces=()

# Every path out of a test comes by here.
cleanup() {
	local status=$? p n
	trap - EXIT
	# a child that is hit by a signal between fork and exec comes by here too
	[ "$BASHPID" = "$$" ] || exit "$status"
	for p in "${pids[@]}"; do
		kill "$p" 2>/dev/null || :
	done
	for p in "${pids[@]}"; do
		wait_gone "$p" 5 || kill -KILL "$p" 2>/dev/null || :
	done
	for n in "${namespaces[@]}"; do
		ip netns del "$n" 2>/dev/null || :
	done
	rm -rf "$work"
	exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

diag() {
	sed 's/^/# /' >&2
}

# ok NAME COMMAND...: a test that passes if the command succeeds; its output is shown if not.
ok() {
	local name=$1
	shift
	tap_count=$((tap_count + 1))
	if "$@" >"$work/ok.log" 2>&1; then
		echo "ok $tap_count - $name"
	else
		echo "not ok $tap_count - $name"
		tap_failed=$((tap_failed + 1))
		{ echo "failed: $*"; tail -n 40 "$work/ok.log"; } | diag
	fi
}

# fails_with STATUS TEXT COMMAND...: the command ends with STATUS and its stderr has TEXT.
fails_with() {
	local want=$1 text=$2 got=0
	shift 2
	timeout 60 "$@" >"$work/out.log" 2>"$work/err.log" </dev/null || got=$?
	cat "$work/err.log"
	if [ "$got" -ne "$want" ]; then
		echo "exit status is $got, expected $want"
		return 1
	fi
	grep -qF -- "$text" "$work/err.log" || { echo "standard error lacks: $text"; return 1; }
}

done_testing() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}

# start COMMAND...: run in the background; its pid is in $started, its output in $work/NAME.log.
start() {
	local log=$work/$1.log
	shift
	: >"$log" # here, not in the child: the caller may look for a word in it at once
	"$@" >>"$log" 2>&1 </dev/null &
	started=$!
	pids+=("$started")
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
	local limit=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $limit ] || return 1
		sleep 0.05
	done
}

gone() {
	! kill -0 "$1" 2>/dev/null
}

# wait_gone PID SECONDS
wait_gone() {
	wait_for "$2" gone "$1"
}

# status_of PID SECONDS: wait for a child; $status is its exit status, 137 if it had to be killed.
status_of() {
	wait_gone "$1" "$2" || kill -KILL "$1"
	status=0
	wait "$1" 2>/dev/null || status=$?
}

# ends PID SECONDS STATUS: the child ends by itself, with that status.
ends() {
	status_of "$1" "$2"
	[ "$status" -eq "$3" ] || { echo "status $status, expected $3"; return 1; }
}

# nicsim_start NAME ARGS...: a daemon whose sockets are ready; pid in $started.
nicsim_start() {
	local name=$1
	shift
	start "$name" "${NICSIM:-build/asan/nicsim}" "$@"
	wait_for 20 grep -q "nicsim: ready" "$work/$name.log" ||
		{ echo "nicsim did not start"; diag <"$work/$name.log"; return 1; }
}

# modules_small FOLDER: nax's kernel modules there are below 300 KiB: code and constants, as size(1) counts text.
# Tables for unwinding are among it, so it differs by kernel. The figure goes to descriptor 3.
modules_small() {
	local text

	text=$(size "$1/nax.ko" "$1/nax_ixgbe.ko" | awk 'NR > 1 { sum += $1 } END { print sum }')
	echo "# text of nax.ko and nax_ixgbe.ko: $text bytes" >&3
	[ "$text" -gt 20000 ] && [ "$text" -lt $((300 * 1024)) ] || { echo "text is $text bytes"; return 1; }
}
