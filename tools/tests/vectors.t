#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The datapath without vectors and for each instruction set: the driver's tests pass with all that this
# CPU has (the best one is what they run with anyway), and arm64's is built and run under qemu-user.
. "$(dirname "$0")/lib.sh"

sets=(none)
grep -qw sse4_2 /proc/cpuinfo && sets+=(sse42)
for set in "${sets[@]}"; do
	for test in desc rx tx wire life faults; do
		ok "$set: test_ixgbe_$test" env NAX_VECTOR="$set" timeout 300 \
			"build/asan/tools/tests/drivers/test_ixgbe_$test"
	done
done

refused() {
	NAX_VECTOR=mmx build/asan/tools/tests/drivers/test_ixgbe_rx >"$work/refused" 2>&1 && return 1
	cat "$work/refused"
	grep -q 'NAX_VECTOR is "mmx": not an instruction set of this architecture' "$work/refused"
}
ok "a set that there is not is refused by name" refused

arm64=(aarch64-linux-gnu-gcc -std=gnu11 -O2 -D_GNU_SOURCE -static -Wall -Wextra -Wno-unused-parameter
	-Werror -fno-strict-aliasing -Iframework/include -Iuapi -Iframework/core -Iframework/user)
ok "arm64: core and datapath are built" "${arm64[@]}" -o "$work/neon" \
	tools/tests/drivers/test_ixgbe_variants.c drivers/ixgbe/{datapath,vector}.c \
	framework/core/*.c framework/user/variant.c
neon() {
	timeout 300 qemu-aarch64 "$work/neon" >"$work/neon.out" || { cat "$work/neon.out"; return 1; }
	grep -q '^ok .* neon: random write-backs' "$work/neon.out" &&
		grep -q '^ok .* neon: random packets' "$work/neon.out"
}
ok "arm64: NEON does the same as no vectors" neon
done_testing
