# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# For tests of run: a checkout whose sources can be changed and whose build of nax's modules is made up, in
# $work/top, and a cache that has what the real one has, in $work/cache. Sourced after lib.sh.

mkdir -p "$work/top/framework/linux" "$work/top/drivers" "$work/top/uapi" "$work/cache" "$work/scenarios"
cp -r qemu-tests "$work/top/"
for entry in "${NAX_CACHE:-$HOME/.cache/nax}"/{host,layer-base,vmlinux,tsc}-*; do
	[ ! -e "$entry" ] || ln -s "$entry" "$work/cache/"
done

# builds COMMAND: what the build does: its arguments are headers and folder.
builds()
{
	printf '#!/bin/bash\n%s\n' "$1" >"$work/top/framework/linux/build"
	chmod 755 "$work/top/framework/linux/build"
}
