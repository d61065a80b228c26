#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The benchmark: what it writes is complete, and what it cannot do it refuses by name.
. "$(dirname "$0")/lib.sh"

bench=build/release/bench
json=$work/bench.json

ok "it counts and times, and checks what passes" \
	$bench --batch 1,32 --frame 64,1518,9018 --json "$json"
every_key() {
	jq -e 'length > 12 and all(.[]; (.impl == "nax") and (.test | IN("rx", "tx", "fwd", "poll"))
		and all(.batch, .frame, .instructions, .loads, .stores, .branches, .cycles,
			.cycles_cold, .cache_lines; type == "number" and . >= 0)
		and .instructions > 1 and .cycles > 0)' "$json"
}
ok "its file is a list with every key" every_key

# Counted, not timed: two runs give the same.
same_again() {
	$bench --measure instructions --batch 32 --json "$work/a.json" &&
		$bench --measure instructions --batch 32 --json "$work/b.json" &&
		jq -e '.[0].cycles == null' "$work/a.json" && cmp "$work/a.json" "$work/b.json"
}
ok "counts repeat exactly" same_again

picture() {
	tools/bench/plot "$json" "$work/bench.svg" && head -n 2 "$work/bench.svg" | grep -q '<svg' &&
		[ "$(grep -c '<title>nax</title>' "$work/bench.svg")" -eq 6 ]
}
ok "its picture has six panels" picture

ok "one doorbell per queue and batch, no register read, no system call" \
	$bench --measure cycles --test poll --audit

# A machine where DPDK cannot be had: told in one line, and nax is measured alone.
mkdir -p "$work/bin" "$work/out"
printf '#!/bin/sh\necho riscv64\n' >"$work/bin/uname"
chmod +x "$work/bin/uname"
alone() {
	PATH=$work/bin:$PATH BENCH_OUT=$work/out tools/bench/run --measure cycles --test rx \
		--batch 8,32 --frame 64 >"$work/alone.log" &&
		[ "$(grep -c 'nax alone, without DPDK: DPDK is measured on x86-64 only' "$work/alone.log")" -eq 1 ] &&
		jq -e 'length == 2 and all(.[]; .impl == "nax" and .cycles > 0)' "$work/out/bench.json" &&
		[ -s "$work/out/bench.svg" ]
}
ok "without DPDK it says so and measures nax alone" alone

# A machine that has DPDK, where no benchmark can be built with it.
mkdir -p "$work/dpdk/bin" "$work/dpdk/dpdk-source-installed"
stand_in() {
	printf '#!/bin/sh\n%s\n' "$2" >"$work/dpdk/bin/$1"
	chmod +x "$work/dpdk/bin/$1"
}
stand_in uname 'echo x86_64'
stand_in dpkg-query 'echo installed'
stand_in pkg-config 'echo -I/usr/include/dpdk'
stand_in gcc 'echo two drivers have the same name; exit 1'
broken() {
	! PATH=$work/dpdk/bin:$PATH NAX_CACHE=$work/dpdk BENCH_OUT=$work/dpdk tools/bench/run --measure cycles \
		>"$work/broken.log" 2>&1 && [ ! -e "$work/dpdk/bench.json" ] &&
		grep -q 'cannot be built with it: tools/bench/impl_dpdk.c: two drivers have the same name$' "$work/broken.log"
}
ok "a benchmark that cannot be built with DPDK is a failure, not one without it" broken

# What is timed is told, not asserted: that all of it is there, and that packets came. A receiver that
# the machine stops for long loses some.
scale() {
	BENCH_OUT=$work/out BENCH_SECONDS=1 tools/bench/scale/run &&
		jq -e '([.[] | select(.what == "latency") | .mode] | unique) == ["interrupt", "polling"]
			and all(.[] | select(.what == "latency"); .latency_ns.p50 > 0 and .latency_ns.count > 100
				and .latency_ns.p99_9 >= .latency_ns.p50 and (.lost | type) == "number")
			and ([.[] | select(.what == "queues open, one busy") | .n] | max) == 64
			and ([.[] | select(.what == "adapters open, one busy") | .n] | max) == 8
			and ([.[] | select(.what == "flows, four queues") | .n] | max) == 1000000
			and all(.[] | select(.n); .cycles > 0 and .ratio > 0)' "$work/out/bench-scale.json"
}
ok "bench-scale measures all that it is to" scale

ok "an unknown implementation is refused" fails_with 2 '--impl is "ixy"' $bench --impl ixy
ok "an unknown test is refused" fails_with 2 '--test is "send"' $bench --test send
ok "a batch too large is refused" fails_with 2 'must be numbers from 1 to 256' $bench --batch 8,257
ok "a frame too small is refused" fails_with 2 'must be numbers from 64 to 9018' $bench --frame 63
ok "an instruction set that this processor does not have is refused by name" \
	fails_with 1 'NAX_VECTOR is "neon"' $bench --measure cycles --vector neon
ok "an empty list is refused" fails_with 2 '--batch is ""' $bench --batch ""
ok "an unknown measure is refused" fails_with 2 '--measure is "time"' $bench --measure time
ok "a file that cannot be written is an error" fails_with 1 "$work/no/where" \
	$bench --measure cycles --test poll --json "$work/no/where"
done_testing
