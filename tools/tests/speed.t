#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a packet may cost, in instructions, which repeat exactly; time is never asserted. See
# docs/performance.md: a limit may be lowered when the code has become better, and not raised.
. "$(dirname "$0")/lib.sh"

# limits: test, batch, bytes of a frame, most instructions per packet (of poll: per poll)
limits() {
	cat <<'END'
rx 32 64 25.4
tx 32 64 24.6
fwd 32 64 58.4
fwd 1 64 523.9
poll 1 64 35
context 32 64 147
rx 32 9018 430
END
}

counted() {
	build/release/bench --impl nax --measure instructions --batch 1,32 --frame 64,9018 \
		--json "$work/speed.json"
}
ok "instructions are counted" counted

# within TEST BATCH FRAME LIMIT
within() {
	local found
	found=$(jq -r --arg test "$1" --argjson batch "$2" --argjson frame "$3" '.[]
		| select(.batch == $batch and .frame == $frame)
		| if .test == $test then .instructions
		  elif .test == "tx" and $test == "context" then .instructions_context
		  else empty end' "$work/speed.json")
	echo "# $1, batch $2, $3 bytes: $found instructions, at most $4" >&2
	[ -n "$found" ] && jq -ne --argjson found "$found" --argjson limit "$4" \
		'$found > 5 and $found <= $limit' >/dev/null
}
while read -r test batch frame limit; do
	ok "$test in batches of $batch, $frame bytes, takes at most $limit instructions" \
		within "$test" "$batch" "$frame" "$limit"
done < <(limits)

exceeded() {
	! within rx 32 64 6
}
ok "a limit that is exceeded would be seen" exceeded
done_testing
