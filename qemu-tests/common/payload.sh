# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# TCP whose payload is compared where it arrives, and what hardware was asked to do for it. After
# common/pair.sh.

# payload_make: what carries() sends: 2 MiB that do not repeat, so that no piece passes for another. The head of
# busybox takes "2M" for no number at all.
payload_make()
{
	head -c 2097152 /dev/urandom >/tmp/sent
	mount -t tracefs tracefs /sys/kernel/tracing
}

# What runs a command in this namespace, as other() and the like do elsewhere.
here_()
{
	"$@"
}

# carries FROM ADDRESS TO [PORT]: the payload arrives as it was sent; FROM and TO run a command where they
# stand for.
carries()
{
	local from=$1 address=$2 to=$3 port=${4-7000} out=/tmp/arrived.${4-7000} listener version=4

	[[ $address != \[* ]] || version=6
	rm -f "$out"
	"$to" timeout $((30 * slow)) socat -u "TCP$version-LISTEN:$port,reuseaddr" "OPEN:$out,creat,trunc" \
		>"$out.log" 2>&1 3>&- 4>&- &
	listener=$!
	within 10 "$to" bash -c "netstat -ltn | grep -q ':$port '" || { cat "$out.log"; return 1; }
	"$from" timeout $((30 * slow)) socat -u OPEN:/tmp/sent "TCP:$address:$port,connect-timeout=$((10 * slow))" ||
		return
	wait $listener
	cmp /tmp/sent "$out"
}

# traced CMD..: how many packets for segmentation each device is given while CMD runs: segments_on IF.
traced()
{
	local trace=/sys/kernel/tracing status=0

	echo 'gso_size > 0' >$trace/events/net/net_dev_start_xmit/filter
	echo >$trace/trace
	echo 1 >$trace/events/net/net_dev_start_xmit/enable
	"$@" || status=$?
	echo 0 >$trace/events/net/net_dev_start_xmit/enable
	grep net_dev_start_xmit $trace/trace >/tmp/segments || :
	return $status
}

segments_on()
{
	grep -c " dev=$1 " /tmp/segments
}

# by_hardware TEXT IF FROM ADDRESS TO: two checks: the payload arrives, and IF was to segment it.
by_hardware()
{
	ok "$1" traced carries "${@:3}"
	ok "$1: $2 makes the segments" at_least "$(segments_on "$2")" 10
}

# bad_checksums [CMD..]: checksum errors of all protocols in the namespace where CMD runs commands.
bad_checksums()
{
	"$@" cat /proc/net/snmp /proc/net/snmp6 | awk '
		NF == 2 && !/:/ { if ($1 ~ /InCsumErrors/) n += $2; next }
		!($1 in seen) { seen[$1] = 1; for (i = 2; i <= NF; i++) field[i] = $i; next }
		{ for (i = 2; i <= NF; i++) if (field[i] ~ /InCsumErrors|InHdrErrors/) n += $i }
		END { print n + 0 }'
}
