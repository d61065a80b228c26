# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# On the host side: nax's own kernel modules for the guests' kernel.

# nax_modules: build them in $dir/modules, as the test host's compilers do. What did not change since the
# last time is taken from the cache, one per checkout, which the kernel's build system judges.
nax_modules()
{
	local kept

	kept=$host_cache/modules-$kernel-$(realpath "$here" | cksum | cut -d ' ' -f 1)
	mkdir -p "$dir/source" "$kept"
	cp -r "$here/../framework" "$here/../drivers" "$dir/source/"
	(
		flock -w 300 9
		cp -a "$kept/." "$dir/modules"
		chroot "$host_root" /run/nax/source/framework/linux/build "/headers/$kernel" /run/nax/modules \
			>"$dir/modules.log" 2>&1 || { cat "$dir/modules.log"; exit 1; }
		cp -a "$dir/modules/." "$kept/"
	) 9>"$host_cache/locks/${kept##*/}"
	rm -r "$dir/source"
}
