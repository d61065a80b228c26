# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2054,SC2154
# testpmd, for guest functions: hand devices to vfio-pci, start it, give it commands, read answers.
# All state is in files, as checks run in subshells.

pmd_dir=/tmp/testpmd
pmd_log=$pmd_dir/log

# pmd_devices: the PCI addresses of the NICs, in order of their root ports.
pmd_devices()
{
	local dev

	for dev in /sys/bus/pci/devices/*; do
		[ "$(cat "$dev/class")" != 0x020000 ] || echo "${dev##*/}"
	done
}

# pmd_pages PAGES: reserve huge pages of 2 MiB.
pmd_pages()
{
	mkdir -p "$pmd_dir" /dev/hugepages
	[ -p "$pmd_dir/in" ] || mkfifo "$pmd_dir/in" || return
	echo "$1" >/proc/sys/vm/nr_hugepages
	is "$(cat /proc/sys/vm/nr_hugepages)" "$1" || return
	mount -t hugetlbfs hugetlbfs /dev/hugepages
}

# pmd_prepare PAGES: give all NICs to vfio-pci, reserve huge pages.
pmd_prepare()
{
	local dev

	pmd_pages "$1" || return
	for dev in $(pmd_devices); do
		echo vfio-pci >"/sys/bus/pci/devices/$dev/driver_override" || return
		echo "$dev" >/sys/bus/pci/drivers_probe || return
		is "$(basename "$(readlink "/sys/bus/pci/devices/$dev/driver")")" vfio-pci || return
	done
}

# pmd_start [EAL-OPTIONS] -- OPTIONS: start testpmd, and wait until it takes commands.
pmd_start()
{
	local eal=(-l 0,1 --no-telemetry --log-level=pmd.net.ixgbe.init:debug)

	while [ "$1" != -- ]; do
		eal+=("$1")
		shift
	done
	shift
	# Huge pages are to be free again when it ends.
	[[ " ${eal[*]} " == *' --no-huge '* ]] || eal+=(--in-memory)
	rm -f "$pmd_dir"/status
	: >"$pmd_log"
	echo 1000 >"$pmd_dir/marks"
	# Open for writing as well, so that it never comes to an end.
	(
		stdbuf -oL dpdk-testpmd "${eal[@]}" -- --interactive "$@"
		echo $? >"$pmd_dir/status"
	) <>"$pmd_dir/in" >"$pmd_log" 2>&1 3>&- 4>&- &
	pmd_wait 90 '^testpmd> '
}

# pmd_wait SECONDS PATTERN: until a line of what testpmd says matches.
pmd_wait()
{
	local end=$((SECONDS + $1))

	until grep -qE "$2" "$pmd_log"; do
		if [ "$SECONDS" -ge "$end" ] || [ -e "$pmd_dir/status" ]; then
			echo "testpmd has not said '$2' in $1 s; status: $(cat "$pmd_dir/status" 2>&1)"
			tail -n 20 "$pmd_log"
			return 1
		fi
		sleep 0.05
	done
}

# pmd COMMAND: give a command, print what testpmd answers.
pmd()
{
	local from mark

	# A port that is not there: its complaint comes when the command before is done, in one piece, while
	# the echo of what is typed may have the message of an event in its midst.
	mark=$(($(<"$pmd_dir/marks") + 1))
	echo "$mark" >"$pmd_dir/marks"
	from=$(wc -c <"$pmd_log")
	printf '%s\nshow port stats %d\n' "$1" "$mark" 1<>"$pmd_dir/in"
	pmd_wait 60 "Invalid port $mark" || return
	tail -c "+$((from + 1))" "$pmd_log" | sed "s/\r\$//; /Invalid port $mark/,\$d; /show port stats $mark\$/d"
}

# pmd_do COMMAND..: give commands whose answers do not matter.
pmd_do()
{
	pmd "$(printf '%s\n' "$@")" >/dev/null
}

# pmd_says COMMAND PATTERN: a line of the answer matches.
pmd_says()
{
	local answer

	answer=$(pmd "$1")
	grep -qE "$2" <<<"$answer" && return
	echo "$answer"
	echo "wanted: $2"
	return 1
}

# pmd_counts PORT NAME=VALUE..: values of "show port stats", as it names them.
pmd_counts()
{
	local port=$1 stats

	shift
	stats=" $(pmd "show port stats $port" | grep -v '[#)]' | tr ':\n' '  ' | tr -s ' ')"
	while [ $# -gt 0 ]; do
		[[ "$stats" == *" ${1%=*} ${1#*=} "* ]] ||
			{ echo "port $port: wanted $1, has:$stats"; return 1; }
		shift
	done
}

# pmd_comes_to SECONDS PORT NAME=VALUE..: they are so within that time.
pmd_comes_to()
{
	local end=$((SECONDS + $1)) last

	shift
	until last=$(pmd_counts "$@"); do
		[ "$SECONDS" -lt "$end" ] || { echo "$last"; return 1; }
		sleep 0.2
	done
}

# pmd_stop: end testpmd, with status 0, and leave what it said on the console.
pmd_stop()
{
	echo quit 1<>"$pmd_dir/in"
	within 40 test -s "$pmd_dir/status"
	cat "$pmd_log" >/dev/console
	is "status $(cat "$pmd_dir/status")" "status 0"
}

# pmd_forward NAME LOG-PATTERN..: one run of io forwarding between two ports, with options from the arrays
# eal and app; the host side sends $frames frames each way when it reads "forwarding: NAME". 8 checks, and
# one for each pattern.
pmd_forward()
{
	local name=$1 pattern errors="RX-missed=0 RX-errors=0 RX-nombuf=0 TX-errors=0"

	shift
	ok "$name: testpmd starts" pmd_start "${eal[@]}" -- "${app[@]}"
	for pattern in "$@"; do
		ok "$name: $pattern" grep -q "$pattern" "$pmd_log"
	done
	ok "$name: link is up at 10 Gbit/s" pmd_says "show port summary all" ' net_ixgbe +up +10 Gbps'
	pmd_do "set fwd io"
	ok "$name: forwards" pmd_says "start" 'io packet forwarding'
	note "forwarding: $name"
	ok "$name: all frames are sent on" pmd_comes_to 60 1 TX-packets="$frames"
	ok "$name: all frames are sent back" pmd_comes_to 60 0 TX-packets="$frames"
	# shellcheck disable=SC2086 # a list
	{
		ok "$name: port 0 counts" pmd_counts 0 RX-packets=$frames TX-packets=$frames $errors
		ok "$name: port 1 counts" pmd_counts 1 RX-packets=$frames TX-packets=$frames $errors
	}
	ok "$name: ends" pmd_stop
	note "$name: $(cut -d ' ' -f 1 /proc/uptime) s"
}

pmd_has_seen()
{
	[ "$(tail -c "+$(($1 + 1))" "$pmd_log" | grep -c '  src=')" -ge "$2" ]
}

# pmd_tell_seen FROM COUNT: tell the script on the host side of each frame in the log behind byte FROM, as
# rxonly with "set verbose 1" writes it: source address, hash, queue. Who asks testpmd for anything meanwhile has
# the answer in the middle of a line.
pmd_tell_seen()
{
	within 20 pmd_has_seen "$@"
	tail -c "+$(($1 + 1))" "$pmd_log" | tr -d '\r' | awk '
		/port 0\/queue [0-9]+: received/ { sub(/.*queue /, ""); queue = $1 + 0 }
		sub(/^.*  src=/, "") {
			hash = match($0, /RSS hash=0x[0-9a-f]+/) ? substr($0, RSTART + 9, RLENGTH - 9) : "none"
			print "- seen", $1, hash, queue
		}' >&4
}

# ask WORD..: what a script of peers/ on the host side is to do; it says ok, or what is wrong.
ask()
{
	local line='' part number end=$((SECONDS + 90))

	number=$(($(cat "$pmd_dir/asked" 2>/dev/null || echo 0) + 1))
	echo "$number" >"$pmd_dir/asked"
	echo "$number $*" >&4
	while [ "$SECONDS" -lt "$end" ]; do
		# At once at an end of file, while the script is not there yet; a part of a line is kept.
		if ! IFS= read -r -t 1 part <&4; then
			line+=$part
			sleep 0.1
			continue
		fi
		line+=$part
		case $line in
		"$number ok"*) return 0 ;;
		"$number "*)
			echo "${line#* }"
			return 1
			;;
		esac
		# of one that was given up
		line=
	done
	echo "no answer to '$*' in 90 s"
	return 1
}
