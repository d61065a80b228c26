#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a packet may cost, in instructions, which repeat exactly; time is never asserted. See
# docs/performance.md: a limit may be lowered when the code has become better, and not raised.
. "$(dirname "$0")/lib.sh"

# limits: test, batch, most instructions per packet (of poll: per poll) with frames of 64 bytes
limits() {
	cat <<'END'
rx 32 27
tx 32 26
fwd 32 63
fwd 1 606
poll 1 36
context 32 149
END
}

counted() {
	build/release/bench --impl nax --measure instructions --batch 1,32 --frame 64 \
		--json "$work/speed.json"
}
ok "instructions are counted" counted

# within TEST BATCH LIMIT
within() {
	local found
	found=$(jq -r --arg test "$1" --argjson batch "$2" '.[]
		| select(.batch == $batch and .frame == 64)
		| if .test == $test then .instructions
		  elif .test == "tx" and $test == "context" then .instructions_context
		  else empty end' "$work/speed.json")
	echo "# $1, batch $2: $found instructions, at most $3" >&2
	[ -n "$found" ] && jq -ne --argjson found "$found" --argjson limit "$3" \
		'$found > 5 and $found <= $limit' >/dev/null
}
while read -r test batch limit; do
	ok "$test in batches of $batch takes at most $limit instructions" within "$test" "$batch" "$limit"
done < <(limits)

exceeded() {
	! within rx 32 6
}
ok "a limit that is exceeded would be seen" exceeded
done_testing
