#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The driver API, the core and every driver compile as kernel code, and nax.ko and nax_ixgbe.ko are
# built, against the headers that are installed, with W=1 and no warning.
. "$(dirname "$0")/lib.sh"

shopt -s nullglob
headers=(/usr/src/linux-headers-[0-9]*-"$(dpkg --print-architecture)")
ok "kernel headers are installed" test ${#headers[@]} -gt 0

sources=(framework/core/*.c drivers/ixgbe/*.c)

# compile KDIR: one object per portable source, named after its folder.
compile() {
	local build=$work/k src name objects=()
	rm -rf "$build"
	mkdir -p "$build"
	for src in "${sources[@]}"; do
		name=$(dirname "$src" | tr / _)_$(basename "$src" .c)
		printf '#include "%s"\n' "$PWD/$src" >"$build/$name.c"
		echo "CFLAGS_$name.o := -I$PWD/$(dirname "$src")" >>"$build/Kbuild"
		echo "obj-m += $name.o" >>"$build/Kbuild"
		objects+=("$name.o")
	done
	echo "ccflags-y := -I$PWD/framework/include -Werror" >>"$build/Kbuild"
	make -s -C "$1" M="$build" W=1 -j"$(nproc)" "${objects[@]}"
}

compiles() {
	compile "$1" || return 1
	for src in "$work"/k/*.c; do
		[ -s "${src%.c}.o" ] || { echo "no object from $src"; return 1; }
	done
}

does_not_compile() {
	! compiles "$1"
}

# Core, back end and driver as modules, without a word of compiler or modpost.
modules_build() {
	local out=$work/modules

	rm -rf "$out"
	framework/linux/build "$1" "$out" W=1 >"$work/said" 2>&1 || { cat "$work/said"; return 1; }
	! grep -vE '^(Skipping BTF generation|warning: the compiler differs|  (The kernel was|You are using))' \
		"$work/said" || return 1
	[ -s "$out/nax.ko" ] && [ -s "$out/nax_ixgbe.ko" ]
}

for kdir in "${headers[@]}"; do
	ok "compiles against $(basename "$kdir")" compiles "$kdir"
	ok "modules build against $(basename "$kdir")" modules_build "$kdir"
done
sources+=("$work/bad.c")
echo "#include <stdio.h>" >"$work/bad.c"
ok "a source that needs libc would be found" does_not_compile "${headers[0]}"
done_testing
