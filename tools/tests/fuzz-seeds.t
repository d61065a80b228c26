#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Every seed of every fuzzer, among them the inputs that once failed, runs clean.
. "$(dirname "$0")/lib.sh"

for source in tools/tests/fuzz_*.c; do
	name=$(basename "$source" .c)
	seeds=(tools/tests/seeds/"$name"/*)
	ok "$name has seeds" test -s "${seeds[0]}"
	[ "$name" != fuzz_driver ] || ok "$name: without vectors" env NAX_VECTOR=none timeout 120 \
		"build/fuzz/$name" -timeout=20 "${seeds[@]}"
	ok "$name: ${#seeds[@]} seeds" timeout 120 "build/fuzz/$name" -timeout=20 "${seeds[@]}"
done
done_testing
