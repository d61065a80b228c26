# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# nax's own kernel modules: built on the host side for the guests' kernel, loaded in the guest. The driver takes
# no device by itself: nax_load gives it some.

# nax_modules: build them in $dir/modules, as the test host's compilers do, and have them in the guests. What
# did not change since the last time is taken from the cache, one per checkout, which the kernel's build
# system judges.
nax_modules()
{
	local kept headers=/headers/$kernel

	kept=$host_cache/modules-$kernel-$(realpath "$here" | cksum | cut -d ' ' -f 1)
	mkdir -p "$dir/source" "$kept"
	cp -r "$here/../framework" "$here/../drivers" "$here/../uapi" "$dir/source/"
	# The debug kernel has its headers beside it.
	if [ -n "$guest_kernel_dir" ]; then
		headers=/run/nax/headers
		mkdir "$dir/headers"
		tar -C "$dir/headers" -xf "$guest_kernel_dir/headers.tar.zst"
	fi
	(
		flock -w 300 9
		cp -a "$kept/." "$dir/modules"
		chroot "$host_root" /run/nax/source/framework/linux/build "$headers" /run/nax/modules \
			>"$dir/modules.log" 2>&1 || { cat "$dir/modules.log"; exit 1; }
		cp -a "$dir/modules/." "$kept/"
	) 9>"$host_cache/locks/${kept##*/}"
	rm -rf "$dir/source" "$dir/headers"
	files+=("$dir/modules/nax.ko" "$dir/modules/nax_ixgbe.ko")
}

# nax_load [PCI..]: in a guest, before in-tree drivers are loaded: the functions, by default that of the first
# port, get nax_ixgbe. The verifier looks on at level $verify, by default 2.
nax_load()
{
	local pci

	insmod /nax/nax.ko verify="${verify:-2}" && insmod /nax/nax_ixgbe.ko || return
	for pci in "${@:-0000:01:00.0}"; do
		nax_take "$pci" || return
	done
}

# nax_take PCI: nax_ixgbe gets this function, whatever driver has it.
nax_take()
{
	local device=/sys/bus/pci/devices/$1

	echo nax_ixgbe >"$device/driver_override" || return
	[ ! -e "$device/driver" ] || echo "$1" >"$device/driver/unbind" || return
	echo "$1" >/sys/bus/pci/drivers/nax_ixgbe/bind
}

# nax_program: on the host side, put nax and the libraries that it loads into the guest.
nax_program()
{
	local program=$here/../build/release/nax

	mapfile -t -O "${#files[@]}" files < <(echo "$program"
		ldd "$program" | grep -oE '/[^ ]+' | grep -vE '/(ld-linux|libc|libm)[-.]')
}

# nax ARGS..: run it in a guest.
nax()
{
	LD_LIBRARY_PATH=/nax /nax/nax "$@"
}
