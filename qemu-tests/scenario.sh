#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Run one instance of a scenario and print its result as TAP; started by run, through host_isolate, so
# that all it starts ends with it: scenario.sh DIR FILE KERNEL VARIANT KEEP TRACE
#
# DIR is an empty folder: all results are left there.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
. "$here/host.sh"
. "$here/guest.sh"
. "$here/judge.sh"

dir=$1 scenario_file=$2 kernel=$3 variant=$4 keep=$5 trace=$6
nicsim=${NICSIM:-$here/../build/release/nicsim}
# run has chosen.
accel=$NAX_ACCEL tsc_khz=$NAX_TSC_KHZ
host_make

# What a scenario may set, and its default; README.md describes them.
# shellcheck disable=SC2034 # guest.sh reads them
guests=1 ports=() qemu1=() qemu2=() modules='' layers='' files=() memory=384 smp=1 append='' timeout=90
allow='' qemu_may_say='' nicsim_status=0 nicsim_options=() reboots=0 unplugged='' icount=0
own_modules=0
# shellcheck disable=SC2034 # for scenarios
name=$(basename "$scenario_file") tftp=$dir/tftp
# shellcheck source=/dev/null
. "$scenario_file"
guest_make
[ "$own_modules" = 0 ] || files+=("$NAX_MODULES/$kernel"/*.ko)
slow=${NAX_SLOW:-1}
if [ "$kernel" = debug ]; then
	# KASAN under TCG, and its shadow memory.
	slow=$((slow * debug_slow)) memory=$((memory * 2))
fi
timeout=$((timeout * slow))

checks=$dir/checks
: >"$checks"
deadline=$((SECONDS + timeout))
[ "$keep" != 1 ] || deadline=$((SECONDS + 86400))
nicsim_pid=
pids=()
reported=0

# check TEXT CMD..: one check of the host side.
check()
{
	local text=$1 out

	shift
	if out=$("$@" 2>&1); then
		echo "ok - $text" >>"$checks"
	else
		{ echo "not ok - $text"; echo "$out" | tail -n 20 | sed 's/^/# /'; } >>"$checks"
	fi
}

# await_guest N WORD: wait until a guest has said "note WORD", within the scenario's time.
await_guest()
{
	until grep -qx "# $2" "$dir/guest$1.tap" 2>/dev/null; do
		[ "$SECONDS" -lt "$deadline" ] || return
		sleep 0.2
	done
}

running()
{
	# A zombie still answers kill -0.
	[ -n "$1" ] && [ "$(awk '{ print $3 }' "/proc/$1/stat" 2>/dev/null || echo Z)" != Z ]
}

# await_file TEST FILE PID: the file, which process PID makes, appears within 10 s.
await_file()
{
	local i

	for ((i = 0; i < 100; i++)); do
		! test "$1" "$2" || return 0
		running "$3" || { echo "$2: who would make it has ended"; return 1; }
		sleep 0.1
	done
	echo "$2: not there after 10 s"
	return 1
}

start_nicsim()
{
	local entry port=0 options=()

	[ ${#ports[@]} -gt 0 ] || return 0
	for entry in "${ports[@]}"; do
		port=$((port + 1))
		options+=(--port "$dir/port$port.sock,${entry#* }")
	done
	[ "$trace" != 1 ] || options+=(--trace "$dir/trace")
	# Relative paths of net= are in the folder of the result.
	(cd "$dir" && exec "$nicsim" "${options[@]}" "${nicsim_options[@]}" --ready-fd 3) \
		>"$dir/nicsim.log" 2>&1 3>"$dir/ready" </dev/null &
	nicsim_pid=$!
	await_file -s "$dir/ready" "$nicsim_pid" >>"$dir/nicsim.log"
}

# in_host LOG CMD..: start a program of the test host and leave its id in $started.
in_host()
{
	local log=$1

	shift
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp chroot "$host_root" "$@" >"$log" 2>&1 \
		</dev/null &
	started=$!
	pids+=("$started")
}

start_guest()
{
	local n=$1

	guest_starts[n]=$((${guest_starts[n]:-0} + 1))
	guest_image "$dir" "$n"
	guest_command "$n"
	if [ "$keep" = 1 ] && [ "$n" -eq 1 ]; then
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp chroot "$host_root" "${guest_qemu[@]}" \
			2>"$dir/guest$n.qemu" <&5 >&6 &
		started=$!
		pids+=("$started")
	else
		in_host "$dir/guest$n.qemu" "${guest_qemu[@]}"
	fi
	guest_pids[n]=$started
	[ "$guests" -eq 1 ] || await_file -S "$dir/peer.sock" "$started"
}

# qmp N COMMAND: give a guest's QEMU a command, JSON; print its answer, fail if that is an error.
qmp()
{
	local line fd_in fd_out pid status=1

	coproc QMP { env -i PATH=/usr/sbin:/usr/bin chroot "$host_root" socat - "UNIX-CONNECT:/run/nax/qmp$1.sock"; }
	fd_in=${QMP[1]} fd_out=${QMP[0]} pid=$QMP_PID
	printf '{"execute":"qmp_capabilities"}\n%s\n' "$2" >&"$fd_in"
	# The greeting, the answer to qmp_capabilities, events in between.
	while IFS= read -r -t 10 line <&"$fd_out"; do
		case $line in
		'{"return":'*)
			status=$((status + 1))
			[ "$status" -gt 2 ] || continue
			;;
		'{"error":'*) status=1 ;;
		*) continue ;;
		esac
		echo "$line"
		break
	done
	kill "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	[ "$status" -eq 3 ]
}

# restart_guest N: start a guest again whose QEMU has ended; what it left is judged, and is in guestN.before.*
restart_guest()
{
	local n=$1 file

	wait "${guest_pids[n]}" 2>/dev/null || :
	guest_judge "$dir" "$n" cut >>"$checks"
	for file in "$dir/guest$n".{tap,console,dmesg,qemu}; do
		mv "$file" "$dir/guest$n.before.${file##*.}"
	done
	start_guest "$n"
}

# Wait for all guests; those that take too long are killed, which the judge sees.
await_guests()
{
	local n status

	for ((n = 1; n <= guests; n++)); do
		while running "${guest_pids[n]}" && [ "$SECONDS" -lt "$deadline" ]; do
			sleep 0.1
		done
		if running "${guest_pids[n]}"; then
			kill -KILL "${guest_pids[n]}"
			echo "killed at its limit of $timeout s" >>"$dir/guest$n.qemu"
		fi
		status=0
		wait "${guest_pids[n]}" 2>/dev/null || status=$?
		[ "$status" -eq 0 ] || echo "ended with status $status" >>"$dir/guest$n.qemu"
	done
}

# End nicsim, and leave its status and CPU time.
end_nicsim()
{
	local i

	nicsim_cpu=$(awk '{ print ($14 + $15) / 100 " s of CPU time" }' "/proc/$nicsim_pid/stat" \
		2>/dev/null) || nicsim_cpu="gone before its end"
	kill -TERM "$nicsim_pid" 2>/dev/null || :
	for ((i = 0; i < 50; i++)); do
		running "$nicsim_pid" || break
		sleep 0.1
	done
	kill -KILL "$nicsim_pid" 2>/dev/null || :
	nicsim_ended=0
	wait "$nicsim_pid" 2>/dev/null || nicsim_ended=$?
	echo "# nicsim: $nicsim_cpu" >>"$checks"
}

nicsim_ended_well()
{
	[ "$nicsim_ended" -eq "$nicsim_status" ] && return
	tail -n 15 "$dir/nicsim.log"
	echo "nicsim ended with status $nicsim_ended, expected $nicsim_status"
	return 1
}

report()
{
	reported=1
	awk '/^(not )?ok - / { n++; bad += /^not/; sub(/ok -/, "ok " n " -") }
		{ print }
		END { print "1.." n + 0; exit !n || bad }' "$checks"
}

finish()
{
	local pid

	# A command of the host side has failed: the trap on ERR has said which.
	if [ "$reported" = 0 ]; then
		echo "not ok - the scenario's host side comes to its end" >>"$checks"
		report || :
	fi

	for pid in "${pids[@]}" $nicsim_pid; do
		kill -KILL "$pid" 2>/dev/null || :
	done
	rm -f "$dir"/*.sock "$dir"/guest?.cpio "$dir/vmlinux" "$dir/ready"
	[ ! -d "$tftp" ] || rm -r "$tftp"
}
trap finish EXIT
trap 'host_say "scenario.sh: line $LINENO: $BASH_COMMAND: status $?"' ERR

# The terminal, for --keep: programs in the background lose standard input otherwise.
exec 5<&0 6>&1
guest_pids=() guest_starts=()
host_enter "$host_root" "$dir"
ln "$guest_vmlinux/vmlinux" "$dir/vmlinux" 2>/dev/null || cp "$guest_vmlinux/vmlinux" "$dir/vmlinux"
! declare -F prepare >/dev/null || prepare
if ! start_nicsim; then
	{ echo "not ok - nicsim starts"; sed 's/^/# /' "$dir/nicsim.log"; } >>"$checks"
	report
	exit 1
fi
for ((n = 1; n <= guests; n++)); do
	start_guest "$n"
done
! declare -F host >/dev/null || host
await_guests
if [ -n "$nicsim_pid" ]; then
	end_nicsim
	check "nicsim ends with status $nicsim_status" nicsim_ended_well
fi
for ((n = 1; n <= guests; n++)); do
	guest_judge "$dir" "$n" >>"$checks"
done
report
