#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The core and every driver compile as kernel code: nax.ko and nax_ixgbe.ko are built from what `make install`
# lays down, as DKMS does, against the headers that are installed, with W=1 and no warning.
. "$(dirname "$0")/lib.sh"

shopt -s nullglob
# Always the same folder: what compiles, compiles the same again, so that ccache(1) knows it.
built=$PWD/build/tests/kernel-compile
rm -rf "$built"
headers=(/usr/src/linux-headers-[0-9]*-"$(dpkg --print-architecture)")
ok "kernel headers are installed" test ${#headers[@]} -gt 0

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

exec 3>&1

for kdir in "${headers[@]}"; do
	ok "modules build against $(basename "$kdir")" modules_build "$kdir"
	ok "one for each driver" all_drivers
	ok "no alias of a device, so none is taken from another driver" no_alias
	ok "their version" versions
	ok "text of nax.ko and nax_ixgbe.ko below 300 KiB" modules_small "$source/out"
done
bad_build() {
	! modules_build "${headers[0]}" >"$work/bad" && grep -q 'stdio.h: No such file' "$work/bad"
}
# What one kernel has says nothing of another, nor of the same folder with another release in it. Of these
# stand-ins for a kernel's build system each compiles always.c and one of the questions.
stand_in() {
	mkdir -p "$work/$1/include/generated"
	printf 'always.o %s.o:\n\ttouch "$(M)/$@"\nmodules:\n' "$2" >"$work/$1/Makefile"
	echo "#define UTS_RELEASE \"$3\"" >"$work/$1/include/generated/utsrelease.h"
}
has() {
	framework/linux/build "$work/$1" "$work/out" || return
	[ "$(grep -o 'NAX_HAVE_[A-Z_]*' "$work/out/linux/compat/nax_have.h")" = "NAX_HAVE_$2" ] ||
		{ cat "$work/out/linux/compat/nax_have.h"; return 1; }
}
stand_in one frag_fill 1.0
stand_in two ops_lock 1.0
ok "one kernel is asked what it has" has one FRAG_FILL
ok "and another, with the same release" has two OPS_LOCK
stand_in two xdp_features 1.1
ok "and the same folder with another release" has two XDP_FEATURES
stand_in two page_pool_queue 1.1
ok "but not again when nothing is new" has two XDP_FEATURES
echo "#include <stdio.h>" >"$source/drivers/ixgbe/needs_libc.c"
ok "a source that needs libc would be found" bad_build
done_testing
