# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# XDP programs, and pings from the other end that tell what became of frames. After common/pair.sh.

# xdp_program NAME FLAGS..: on the host side, compile ../xdp.c, with BTF, to NAME.o of the guest.
xdp_program()
{
	cp "$here/xdp.c" "$dir/"
	chroot "$host_root" clang -O2 -g -target bpf -I/usr/include/x86_64-linux-gnu "${@:2}" -c \
		-o "/run/nax/$1.o" /run/nax/xdp.c
	files+=("$dir/$1.o")
}

# echoes [ARGS..]: eth0 is pinged; ping compares what comes back with what it sent.
echoes()
{
	local out

	out=$(other ping -c 20 -i 0.02 -W 2 -p c3a5 "$@" 192.0.2.1) || { echo "$out"; return 1; }
	! grep -E 'wrong data|DUP|truncated' <<<"$out" && grep -q ' 20 received' <<<"$out" ||
		{ echo "$out"; return 1; }
}

silent()
{
	! other ping -q -c 3 -i 0.1 -W 0.3 "$@" 192.0.2.1 >/dev/null
}
