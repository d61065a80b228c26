#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Guests: what they share, their command lines, and the judgement of what they leave behind.
# Sourced after host.sh. The variables of a scenario and host_root come from who sources this.
# shellcheck disable=SC2154

guest_dir=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/guest

# Make the shared cpios and kernels if need be; sets guest_base. Needs host_make before.
guest_make()
{
	local key tmp lock

	key=$({ echo "$host_root"; cat "$guest_dir/build"; } | sha256sum | cut -c 1-16)
	guest_base=$host_cache/guest-$key
	guest_is_whole "$guest_base" && return
	exec {lock}>"$host_cache/lock"
	flock -w 600 "$lock" || return
	if ! guest_is_whole "$guest_base"; then
		[ ! -e "$guest_base" ] || host_say "$guest_base: damaged, making it again"
		rm -rf "$guest_base" "$host_cache"/build-guest.*
		tmp=$(mktemp -d "$host_cache/build-guest.XXXXXX") || return
		cp "$guest_dir/build" "$tmp/build"
		if ! { host_run "$tmp" bash /run/nax/build && cd "$tmp" && rm build &&
			sha256sum ./* >.complete; } >"$host_cache/guest.log" 2>&1 {lock}>&-; then
			tail -n 20 "$host_cache/guest.log" >&2
			rm -rf "$tmp"
			host_say "the guests' files cannot be made, see above and $host_cache/guest.log"
			return 1
		fi
		mv -T "$tmp" "$guest_base"
	fi
	exec {lock}>&-
}

guest_is_whole()
{
	[ -s "$1/.complete" ] && (cd "$1" && sha256sum --quiet -c .complete) >/dev/null 2>&1
}

# guest_image DIR N: write DIR/guestN.cpio: base, modules, and what is this scenario's own.
# The kernel unpacks concatenated archives one over the other.
guest_image()
{
	local dir=$1 n=$2 tree=$1/overlay$2 keep_guest=$keep

	[ "$keep" != 1 ] || [ "$n" -eq 1 ] || keep_guest='wait'
	mkdir -p "$tree/nax"
	install -m 755 "$guest_dir/init" "$tree/init"
	cp "$guest_dir/lib.sh" "$tree/nax/lib.sh"
	cp "$scenario_file" "$tree/nax/scenario"
	printf '%s=%q\n' guest "$n" kernel "$kernel" variant "$variant" keep "$keep_guest" \
		modules "$modules" >"$tree/nax/env"
	chroot "$host_root" sh -c "cd /run/nax/overlay$n && find . | cpio --quiet -o -H newc" \
		>"$dir/overlay$n.cpio"
	rm -r "$tree"
	cat "$guest_base/base.cpio" "$guest_base/modules-$kernel.cpio" "$dir/overlay$n.cpio" \
		>"$dir/guest$n.cpio"
	rm "$dir/overlay$n.cpio"
}

# guest_command N: set guest_qemu to the command line of a guest. Paths are as the test host sees them.
guest_command()
{
	local n=$1 port=0 entry devices=()

	for entry in "${ports[@]}"; do
		port=$((port + 1))
		[ "${entry%% *}" = "$n" ] || continue
		devices+=(-device "pcie-root-port,id=rp$port,chassis=$port,slot=$port")
		devices+=(-device "{\"driver\":\"vfio-user-pci\",\"id\":\"nic$port\",\"bus\":\"rp$port\",\
\"socket\":{\"type\":\"unix\",\"path\":\"/run/nax/port$port.sock\"}}")
	done
	if [ "$guests" -eq 2 ]; then
		entry=server=on,wait=off
		[ "$n" -eq 1 ] || entry=server=off
		devices+=(-chardev "socket,id=peer,path=/run/nax/peer.sock,$entry")
		devices+=(-device "virtserialport,chardev=peer,name=peer")
	fi
	declare -n own=qemu$n
	local boot=(-kernel "/run/nax/vmlinux" -initrd "/run/nax/guest$n.cpio"
		-append "console=ttyS0 quiet loglevel=5 panic=-1 oops=panic nokaslr mitigations=off \
net.ifnames=0 audit=0 tsc=reliable no_timer_check rcupdate.rcu_expedited=1 $append")
	! declare -F guest_boot >/dev/null || guest_boot "$n"
	guest_qemu=(qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
		-accel "tcg,thread=multi" -cpu "max,la57=off" -M "q35,memory-backend=m"
		-m "$memory" -object "memory-backend-memfd,id=m,size=${memory}M,share=on" -smp "$smp"
		"${boot[@]}" -device virtio-serial-pci
		-chardev "file,id=tap,path=/run/nax/guest$n.tap" -device "virtserialport,chardev=tap,name=tap"
		-chardev "file,id=log,path=/run/nax/guest$n.dmesg" -device "virtserialport,chardev=log,name=log"
		"${devices[@]}" "${own[@]}")
	if [ "$keep" = 1 ] && [ "$n" -eq 1 ]; then
		guest_qemu+=(-chardev "stdio,id=con,signal=off,logfile=/run/nax/guest$n.console")
	else
		guest_qemu+=(-chardev "file,id=con,path=/run/nax/guest$n.console")
	fi
	guest_qemu+=(-serial chardev:con)
}

# What no console may show, whatever the scenario; "allow" in a scenario makes exceptions.
guest_faults='Kernel panic|Oops|BUG:|WARNING:|\] Call Trace:|\] RIP: |possible (circular|recursive) locking'
guest_faults+='|INFO: (suspicious|trying to register|task .* blocked)|blocked for more than|KASAN|UBSAN|KFENCE'
guest_faults+='|unreferenced object 0x|ref_tracker:|refcount_t|DMAR:.*fault|soft lockup|hard LOCKUP'
guest_faults+='|rcu.*(stall|detected)|NETDEV WATCHDOG|segfault|Out of memory|general protection|DMA-API:'

# guest_judge DIR N: print the guest's checks as TAP without numbers, and a last one on its health.
guest_judge()
{
	local dir=$1 n=$2 tap=$1/guest$2.tap why

	why=$(
		awk -v n="$n" '
		/^1\.\.[0-9]+$/ { plan = substr($0, 4) + 0; plans++; next }
		/^(not )?ok [0-9]+ - / {
			seen++
			number = $1 == "ok" ? $2 : $3
			if (number != seen)
				print "number " number " where " seen " is due"
		}
		/^# end / { end = 1 }
		END {
			if (!plans)
				print "no plan"
			else if (plans > 1)
				print plans " plans"
			else if (plan != seen + 0)
				print "plan has " plan " checks, made were " seen + 0
			if (plans == 1 && plan == 0)
				print "plan is empty"
			if (!end)
				print "did not come to its end"
		}' "$tap" 2>&1
		cat "$dir/guest$n.console" "$dir/guest$n.dmesg" 2>&1 |
			grep -aE "$guest_faults" | grep -avE "${allow:-^\$}" | sed 's/^/console: /' | head -n 20
		grep -avE "${qemu_may_say:-^\$}" "$dir/guest$n.qemu" | sed 's/^/QEMU: /' | head -n 5 || :
	)
	sed -nE "s/^(not )?ok [0-9]+ - /\\1ok - guest$n: /p; /^#/p" "$tap" 2>/dev/null || :
	if [ -z "$why" ]; then
		echo "ok - guest$n: whole result, clean console"
	else
		echo "not ok - guest$n: whole result, clean console"
		echo "# ${why//$'\n'/$'\n'# }"
	fi
}
