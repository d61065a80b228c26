#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Who may include whom (DESIGN section 2), and what the tree must not contain.
. "$(dirname "$0")/lib.sh"

# includes DIR: "file:header" for each #include in C files below DIR, with its <> or "".
includes() {
	grep -rEn --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include' "$1" |
		sed -E 's/^([^:]+):[0-9]+:[[:space:]]*#[[:space:]]*include[[:space:]]*/\1 /'
}

# only DIR PATTERN: every include below DIR matches PATTERN, or is a "file.h" beside its includer.
only() {
	local bad=0 file header
	[ -d "$1" ] || { echo "$1 is not there"; return 1; }
	while read -r file header; do
		[[ $header =~ ^($2)$ ]] && continue
		if [[ $header =~ ^\"([a-z0-9_]+\.h)\"$ ]] &&
			[ -f "$(dirname "$file")/${BASH_REMATCH[1]}" ]; then
			continue
		fi
		echo "$file includes $header"
		bad=1
	done < <(includes "$1")
	return $bad
}

refuses() {
	! "$@"
}

libc='<[a-z0-9_/]+\.h>'
nax='<nax/[a-z_]+\.h>'
lib='<(pcap|json-c|libmnl)/[a-z_]+\.h>'

drivers_only() {
	local d
	for d in drivers/*/; do
		only "$d" "$nax" || return 1
	done
}
ok "drivers include <nax/...> and their own headers" drivers_only
ok "core includes <nax/...> and its own headers" only framework/core "$nax"
ok "user back end includes core, not drivers or tools" \
	only framework/user "$libc|<json-c/[a-z_]+\.h>|\"(core|packet|verify|internal|message)\.h\""
ok "nicsim includes nothing of nax" refuses grep -rnE '<nax/|framework/|drivers/' \
	--include='*.[ch]' tools/nicsim
ok "nicsim includes its own headers and system libraries" only tools/nicsim "$libc|$lib"
ok "the nax tool sees the public API only" only tools/nax "$libc|$lib|$nax"
ok "the nax tool does not see the driver API" refuses grep -rnE \
	'<nax/(nax|adapter|queue|hal|sim)\.h>' tools/nax

dpdk='<(rte_[a-z]+|ethdev_driver|base/ixgbe_api|ixgbe_(ethdev|rxtx))\.h>'
ok "the benchmark sees the public API only" only tools/bench \
	"$libc|$lib|<valgrind/callgrind\.h>|<nax/(app|sim)\.h>|\"(device|engine|stamp)\.h\"|$dpdk"
ok "only one file of it sees DPDK" \
	test "$(includes tools/bench | grep -E "$dpdk" | cut -d' ' -f1 | sort -u)" = tools/bench/impl_dpdk.c

mkdir -p "$work/bad"
echo '#include <stdio.h>' >"$work/bad/x.c"
ok "a driver that includes libc would be found" refuses only "$work/bad" "$nax"
echo '#include "../core/core.h"' >"$work/bad/x.c"
ok "a driver that includes the core would be found" refuses only "$work/bad" "$nax"

tree() {
	git ls-files | cut -d/ -f1 | grep -v '^\.' | sort -u | tr '\n' ' '
}
allowed=" Makefile README.md docs drivers framework qemu-tests tools uapi "
top_level() {
	local entry
	for entry in $(tree); do
		[[ $allowed == *" $entry "* ]] || { echo "$entry at the top level"; return 1; }
	done
}
ok "the top level holds what it shall" top_level
ok "no kernel version tests" refuses git grep -nE 'LINUX_VERSION_CODE|enable_unsafe_noiommu' \
	-- '*.c' '*.h'
ok "drivers have no #ifdef" refuses grep -rnE '^[[:space:]]*#[[:space:]]*if(def|ndef)?[[:space:]].*(KERNEL|linux)' \
	drivers --include='*.[ch]'
spdx() {
	git ls-files -z '*.c' '*.h' '*.t' '*.sh' | xargs -0 awk '
		FNR == 1 { without[FILENAME] }
		/SPDX-License-Identifier/ { delete without[FILENAME] }
		FNR == 3 { nextfile }
		END { for (file in without) { print file " has no SPDX line"; bad = 1 }; exit bad || !NR }'
}
ok "every source file names its licence" spdx
lengths() {
	git ls-files -z '*.c' '*.h' '*.t' '*.sh' | xargs -0 awk '
		FNR == 701 { print FILENAME " has more than 700 lines"; bad = 1 }
		END { exit bad || !NR }'
}
ok "no file is longer than 700 lines" lengths
done_testing
