#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The demo in short form, with and without root; and that it leaves nothing behind when it is
# interrupted or fails.
. "$(dirname "$0")/lib.sh"

export TMPDIR=$work
left_over() {
	ip netns list | grep nax-demo && return 0
	find "$work" -maxdepth 1 -name 'nax-demo.*' | grep . && return 0
	return 1
}
clean() {
	! left_over
}
runs() {
	timeout 150 "$@" >"$work/demo.log" 2>&1 || { cat "$work/demo.log"; return 1; }
	grep -q '^demo: ok$' "$work/demo.log" || { cat "$work/demo.log"; return 1; }
}
ok "demo --short" runs tools/demo/demo --short
ok "it leaves nothing behind" clean

unprivileged() {
	chmod 755 "$work"
	mkdir -p "$work/nobody" && chmod 777 "$work/nobody"
	TMPDIR=$work/nobody runs setpriv --reuid 65534 --regid 65534 --clear-groups \
		tools/demo/demo --short
	local status=$?
	grep -q "left out" "$work/demo.log" || status=1
	return $status
}
ok "demo --short without root" unprivileged

# interrupted SIGNAL AFTER: send it when the log has AFTER
interrupted() {
	start demo setsid tools/demo/demo --short
	local pid=$started
	wait_for 60 grep -q "$2" "$work/demo.log" || return 1
	kill "-$1" "$pid"
	ends "$pid" 30 143 && clean
}
ok "SIGTERM while pinging leaves nothing behind" interrupted TERM "ping both ways"
ok "SIGTERM under load leaves nothing behind" interrupted TERM "iperf3 TCP"

# Ctrl-C as a terminal sends it, to the whole foreground
ctrl_c() {
	mkfifo "$work/keys"
	setsid script -qefc "tools/demo/demo --short" "$work/typescript" <"$work/keys" >/dev/null 2>&1 &
	local pid=$!
	pids+=("$pid")
	exec 3>"$work/keys"
	wait_for 60 grep -aq "$1" "$work/typescript" || return 1
	sleep 0.5
	printf '\003' >&3
	exec 3>&-
	# 130, or 1 where iperf3 took the signal and the demo saw it fail first
	status_of "$pid" 30
	[ "$status" = 130 ] || [ "$status" = 1 ] || { echo "status $status"; return 1; }
	clean
}
ok "Ctrl-C leaves nothing behind" ctrl_c "iperf3 TCP"

# A failure late in the demo, where figures are gathered, must not end in "demo: ok".
late() {
	mkdir -p "$work/bin"
	cat >"$work/bin/iperf3" <<-'SH'
		#!/bin/bash
		case " $* " in *" -c "*) ;; *) exec /usr/bin/iperf3 "$@" ;; esac
		echo >>"$0.count"
		[ "$(wc -l <"$0.count")" -lt 7 ] || exit 1
		exec /usr/bin/iperf3 "${@/#2/1}"
	SH
	chmod 755 "$work/bin/iperf3"
	! PATH=$work/bin:$PATH timeout 100 tools/demo/demo --short >"$work/late.log" 2>&1 || return 1
	cat "$work/late.log"
	grep -q "iperf3 failed" "$work/late.log" && ! grep -q "demo: ok" "$work/late.log" && clean
}
ok "a failure in its last measurements is a failure" late

failing() {
	! NAX_BIN=$work/nowhere timeout 60 tools/demo/demo --short && clean
}
ok "a failing demo says so and leaves nothing behind" failing
done_testing
