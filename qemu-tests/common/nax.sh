# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# nax's own kernel modules in guests of scenarios with own_modules=1. The driver takes no device by itself:
# nax_load gives it some.

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

# registers OFFSET..: values of what nax's dump has at these offsets: 4 bytes of value, 4 of offset.
registers()
{
	ethtool -d eth0 raw on | od -An -v -tx4 -w8 | awk -v offsets="$*" '
		BEGIN { n = split(offsets, o) } { for (i = 1; i <= n; i++) if ($2 == o[i]) print $1 }'
}
