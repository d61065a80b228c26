#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The driver API, the core and every driver compile as kernel code, and nax.ko and nax_ixgbe.ko are
# built from what `make install` lays down, as DKMS does, against the headers that are installed, with W=1
# and no warning.
. "$(dirname "$0")/lib.sh"

shopt -s nullglob extglob
# Always the same folder: what compiles, compiles the same again, so that ccache(1) knows it.
built=$PWD/build/tests/kernel-compile
rm -rf "$built"
headers=(/usr/src/linux-headers-[0-9]*-"$(dpkg --print-architecture)")
ok "kernel headers are installed" test ${#headers[@]} -gt 0

# vector.c is for user space alone
sources=(framework/core/*.c drivers/ixgbe/!(vector).c)

# compile KDIR: one object per portable source, named after its folder.
compile() {
	local build=$built/k src name objects=()
	rm -rf "$build"
	mkdir -p "$build"
	for src in "${sources[@]}"; do
		name=$(dirname "$src" | tr / _)_$(basename "$src" .c)
		printf '#include "%s"\n' "$PWD/$src" >"$build/$name.c"
		echo "CFLAGS_$name.o := -I$PWD/$(dirname "$src")" >>"$build/Kbuild"
		echo "obj-m += $name.o" >>"$build/Kbuild"
		objects+=("$name.o")
	done
	echo "ccflags-y := -I$PWD/framework/include -I$PWD/uapi -Werror" >>"$build/Kbuild"
	make -s -C "$1" M="$build" W=1 -j"$(nproc)" "${objects[@]}"
}

compiles() {
	compile "$1" || return 1
	for src in "$built"/k/*.c; do
		[ -s "${src%.c}.o" ] || { echo "no object from $src"; return 1; }
	done
}

does_not_compile() {
	! compiles "$1"
}

version=$(sed -n 's/^VERSION := //p' Makefile)
source=$built/installed/usr/src/nax-$version
ok "make install-dkms" make -s install-dkms DESTDIR="$built/installed" PREFIX=/usr

# What dkms.conf says: MAKE, and as lines of "folder/name.ko" what is built.
dkms_conf() (
	cd "$source" || exit
	kernel_source_dir=$1
	. ./dkms.conf || exit
	[ "$PACKAGE_NAME $PACKAGE_VERSION" = "nax $version" ] || { echo "is $PACKAGE_NAME $PACKAGE_VERSION"; exit 1; }
	eval "${MAKE[0]} W=1" || exit
	for i in "${!BUILT_MODULE_NAME[@]}"; do
		echo "${BUILT_MODULE_LOCATION[i]}/${BUILT_MODULE_NAME[i]}.ko" >>"$work/built"
	done
)

# Core, back end and driver as modules, without a word of compiler or modpost.
modules_build() {
	local out=$source/out

	rm -rf "$out" "$work/built"
	dkms_conf "$1" >"$work/said" 2>&1 || { cat "$work/said"; return 1; }
	! grep -vE '^(Skipping BTF generation|warning: the compiler differs|  (The kernel was|You are using))' \
		"$work/said" || return 1
	(cd "$source" && find out -maxdepth 1 -name '*.ko') | sort | diff - <(sort "$work/built") ||
		{ echo "dkms.conf names other modules than are built"; return 1; }
}

all_drivers() {
	local driver

	for driver in drivers/*/; do
		[ -s "$source/out/nax_$(basename "$driver").ko" ] || { echo "no module of $driver"; return 1; }
	done
}

# Who is bound by driver_override alone must not be loaded for a device either; for who asks for the netlink
# family it is.
no_alias() {
	local module alias

	for module in "$source"/out/*.ko; do
		alias=$(modinfo -F alias "$module" | grep -vx 'net-pf-16-proto-16-family-nax')
		[ -z "$alias" ] || { echo "$module has alias $alias"; return 1; }
	done
}

versions() {
	local module

	for module in "$source"/out/*.ko; do
		[ "$(modinfo -F version "$module")" = "$version" ] || { modinfo "$module"; return 1; }
	done
}

# Code and constants of both, as size(1) counts text.
small() {
	local text

	text=$(size "$source"/out/nax.ko "$source"/out/nax_ixgbe.ko | awk 'NR > 1 { sum += $1 } END { print sum }')
	echo "# text of nax.ko and nax_ixgbe.ko: $text bytes" >&3
	[ "$text" -gt 20000 ] && [ "$text" -lt $((300 * 1024)) ] || { echo "text is $text bytes"; return 1; }
}
exec 3>&1

for kdir in "${headers[@]}"; do
	ok "compiles against $(basename "$kdir")" compiles "$kdir"
	ok "modules build against $(basename "$kdir")" modules_build "$kdir"
	ok "one for each driver" all_drivers
	ok "no alias of a device, so none is taken from another driver" no_alias
	ok "their version" versions
	ok "text of nax.ko and nax_ixgbe.ko below 300 KiB" small
done
sources=("$work/bad.c")
echo "#include <stdio.h>" >"$work/bad.c"
ok "a source that needs libc would be found" does_not_compile "${headers[0]}"
done_testing
