# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# What a scenario's guest functions may use. Descriptor 3 is the TAP file, 4 the other guest.

tests=0

# plan COUNT: how many checks this guest makes, in all its boots. Must come first.
plan()
{
	[ "$boot" -gt 1 ] || echo "1..$1" >&3
}

# ok TEXT CMD..: one check; its output is shown if it fails.
ok()
{
	local text=$1 out status=0

	shift
	tests=$((tests + 1))
	out=$("$@" 2>&1) || status=$?
	if [ "$status" -eq 0 ]; then
		echo "ok $tests - $text" >&3
	else
		printf 'not ok %d - %s\n' "$tests" "$text" >&3
		printf '%s\nstatus %d: %s\n' "$out" "$status" "$1" | tail -n 40 | sed 's/^/# /' >&3
	fi
}

# note TEXT: a line for the reader of the result, and for await_guest on the host side.
note()
{
	echo "# $*" >&3
}

# fault TEXT: what makes the result worthless, and is no check of the plan: the judge fails the guest.
fault()
{
	note "fault: $*"
}

# is ACTUAL EXPECTED
is()
{
	[ "$1" = "$2" ] || { echo "is '$1', wanted '$2'"; return 1; }
}

# at_least NUMBER LIMIT
at_least()
{
	awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 >= b + 0) }' ||
		{ echo "is '$1', wanted at least $2"; return 1; }
}

# within SECONDS CMD..: repeat until it succeeds.
within()
{
	local end=$((SECONDS + $1 * slow))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || { echo "not within its time: $*"; return 1; }
		sleep 0.1
	done
}

# tell WORD, await WORD SECONDS: meet the other guest, whatever the state of the network.
tell()
{
	timeout 20 echo "$1" >&4
}

await()
{
	local part word='' heard='' end=$((SECONDS + $2 * slow))

	while [ "$SECONDS" -lt "$end" ]; do
		# read fails at once at an end of file, while the other guest is not there yet; and when its time is
		# over, maybe in the middle of a word, whose rest the next one brings.
		if IFS= read -r -t 1 part <&4; then
			word+=$part
			[ "$word" != "$1" ] || return 0
			heard+=" '$word'"
			word=
		else
			word+=$part
			sleep 0.1
		fi
	done
	echo "the other guest did not say '$1' in $2 s, but${heard:- nothing}"
	return 1
}

keep_log()
{
	dmesg -r >>"$log"
}

# cmos BYTE [VALUE]: read or set a byte of the clock's memory, which lives as long as the machine. The
# firmware leaves 0x70 to 0x7f alone.
cmos()
{
	# 0x70 is the port of the address, 0x71 that of the byte.
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\x$(printf %x "$1")" | dd of=/dev/port bs=1 seek=112 2>/dev/null
	if [ $# -gt 1 ]; then
		# shellcheck disable=SC2059
		printf "\\x$(printf %x "$2")" | dd of=/dev/port bs=1 seek=113 2>/dev/null
	else
		dd if=/dev/port bs=1 skip=113 count=1 2>/dev/null | od -An -tu1 | tr -d ' '
	fi
}

# reboot_guest [CMD..]: in a scenario with reboots=N, by CMD in place of a reset. The guest function starts anew,
# with $boot one higher; its checks go on with the next number, and it does not plan again.
reboot_guest()
{
	keep_log
	cmos 0x70 "$boot"
	cmos 0x71 "$tests"
	[ $# -gt 0 ] || set -- reboot -f
	"$@"
	sleep 60
	note "still there 60 s after: $*"
}

# Find out which boot this is; a guest that boots more often than it has been asked to has crashed.
resume()
{
	local started

	boot=$(($(cmos 0x70) + 1)) tests=$(cmos 0x71) started=$(($(cmos 0x72) + 1))
	cmos 0x72 "$started"
	[ "$started" -ne "$boot" ] || return 0
	echo "# started $started times, asked for $boot" >&3
	poweroff -f
}

# The debug kernel's search for leaks: two scans, for objects that are at least 5 s old.
leaks()
{
	local file=/sys/kernel/debug/kmemleak

	[ -e "$file" ] || return 0
	sleep 5
	echo scan >"$file"
	echo scan >"$file"
	cat "$file" >>"$log"
}

carrier_is()
{
	[ "$(cat "/sys/class/net/$1/carrier" 2>/dev/null)" = "$2" ]
}

# link_up IF ADDRESS: bring an interface up and wait for its carrier.
link_up()
{
	ip addr replace "$2" dev "$1" && ip link set "$1" up && within 15 carrier_is "$1" 1
}

# wired IF OTHER: two ports of this guest with a wire between them, 192.0.2.1 and, in namespace other,
# 192.0.2.2; up, with carrier.
wired()
{
	local status=0

	ip netns add other
	ip link set "$2" netns other
	ip -n other addr add 192.0.2.2/24 dev "$2"
	ip -n other link set "$2" up
	link_up "$1" 192.0.2.1/24 >/tmp/wired 2>&1 || status=$?
	[ "$status" -eq 0 ] || { note "$1 is not up:"; sed 's/^/# /' /tmp/wired >&3; }
}

driver_is()
{
	is "$(basename "$(readlink "/sys/class/net/$1/device/driver")")" "$2"
}

# counter IF NAME: a value of ethtool -S.
counter()
{
	ethtool -S "$1" | awk -v name="$2:" '$1 == name { print $2 }'
}

counter_is()
{
	is "$2=$(counter "$1" "$2")" "$2=$3"
}

# Stock ixgbe resets itself where a link is lost with a frame on its way, as when the other end comes up.
relinked='eth[0-9]+: (initiating reset to clear Tx work after link loss|Reset adapter)$'

# kernel_is_quiet PATTERN [BUT]: no line at level warning or above has PATTERN, but for those that have BUT.
kernel_is_quiet()
{
	local lines

	lines=$(dmesg -r | grep -E '^<[0-4]>' | grep -E "$1" | grep -vE "$relinked${2:+|$2}") || return 0
	echo "$lines"
	return 1
}

# mbits OUTPUT-OF-IPERF3: the receiver's rate.
mbits()
{
	awk '/receiver/ { for (i = 2; i <= NF; i++) if ($i == "Mbits/sec") print $(i - 1) }' <<<"$1" |
		tail -n 1
}

# iperf_server [NETNS]: start a server, and wait until it listens.
iperf_server()
{
	local prefix=(${1:+ip netns exec "$1"})

	"${prefix[@]}" iperf3 -s >/dev/null 2>&1 </dev/null 3>&- 4>&- &
	within 10 listens "${prefix[@]}"
}

listens()
{
	"$@" netstat -ltn | grep -q ':5201 '
}

# iperf TEXT LEAST-MBITS SERVER ARGS..: one check, with the rate as a note. Where limits of time are $slow
# times as long, the least rate is as much lower.
iperf()
{
	local text=$1 least=$2 server=$3 out rate

	shift 3
	out=$(timeout 60 iperf3 -f m --connect-timeout 5000 -c "$server" "$@" 2>&1)
	rate=$(mbits "$out")
	note "$text: ${rate:-no} Mbit/s"
	ok "$text" at_least_or "$out" "$rate" "$(awk "BEGIN { print $least / $slow }")"
}

at_least_or()
{
	at_least "$2" "$3" || { echo "$1"; return 1; }
}
