# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154,SC2034
# Which accelerator guests have: KVM only where it has booted a kernel; and how fast this machine's time
# stamp counter is, which guests under TCG see. Both are kept for as long as the machine runs. Sourced after
# guest.sh.

accel_seconds=10

accel_try()
{
	local dir=$1 status=0

	mkdir "$dir/tree" "$dir/try"
	printf '#!/bin/bash\nexport PATH=/usr/bin\necho nax: in user space >/dev/console\npoweroff -f\n' \
		>"$dir/tree/init"
	chmod 755 "$dir/tree/init"
	host_run "$dir" sh -c 'cd /run/nax/tree && echo init | cpio --quiet -o -H newc' >"$dir/init.cpio"
	cat "$guest_base/image.cpio" "$dir/init.cpio" >"$dir/image.cpio"
	cp "$guest_vmlinux/vmlinux" "$dir/vmlinux"
	host_limit=$accel_seconds host_run "$dir" qemu-system-x86_64 -nodefaults -no-user-config -display none \
		-no-reboot -accel kvm -cpu max,la57=off -M q35 -m 256 -kernel /run/nax/vmlinux \
		-initrd /run/nax/image.cpio -append 'console=ttyS0 quiet panic=-1' \
		-serial file:/run/nax/console >"$dir/qemu" 2>&1 </dev/null || status=$?
	if grep -aq 'nax: in user space' "$dir/console" 2>/dev/null; then
		echo kvm
	elif [ "$status" -eq 124 ]; then
		echo "tcg /dev/kvm does not boot a kernel in $accel_seconds s"
	else
		echo "tcg QEMU with KVM ends with status $status: $(head -n 1 "$dir/qemu")"
	fi
}

# accel_once NAME CMD..: print what CMD FOLDER printed when it was first asked for since the machine started.
accel_once()
{
	local file dir status=0

	file=$host_cache/$1-$(cat /proc/sys/kernel/random/boot_id)
	if [ ! -s "$file" ]; then
		rm -f "$host_cache/$1"-*
		dir=$(mktemp -d "${TMPDIR:-/tmp}/nax-accel.XXXXXX") || return
		"${@:2}" "$dir" >"$file.$$" && mv "$file.$$" "$file" || status=$?
		rm -rf "$dir"
		[ "$status" -eq 0 ] || return
	fi
	cat "$file"
}

accel_tsc()
{
	cp "$guest_dir/../tsc.c" "$1/"
	host_run "$1" sh -c 'gcc -O2 -o /run/nax/tsc /run/nax/tsc.c && /run/nax/tsc'
}

# Sets accel to kvm or tcg, accel_why to a line for the reader, and accel_tsc_khz. NAX_ACCEL=tcg or kvm
# chooses. Needs guest_make before.
accel_choose()
{
	accel_tsc_khz=$(accel_once tsc accel_tsc) || return
	accel_why=''
	case ${NAX_ACCEL:-auto} in
	tcg)
		accel=tcg accel_why='NAX_ACCEL=tcg'
		return
		;;
	kvm | auto) ;;
	*)
		host_say "NAX_ACCEL is '$NAX_ACCEL': must be tcg, kvm or auto"
		return 1
		;;
	esac
	if [ ! -e /dev/kvm ]; then
		accel=tcg accel_why='no /dev/kvm'
	else
		read -r accel accel_why < <(accel_once accel accel_try)
	fi
	[ "${NAX_ACCEL:-auto}" != kvm ] || [ "$accel" = kvm ] || {
		host_say "NAX_ACCEL=kvm: $accel_why"
		return 1
	}
}
