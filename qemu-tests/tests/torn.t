#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A guest whose kernel died of what TCG does to code that is patched is started once more, and no other is. The
# guests here are made up: nicsim refuses its port, so that none has to boot.
. "$(dirname "$0")/../../tools/tests/lib.sh"

unset NAX_RESULTS NAX_KERNEL NAX_SLOW
ok "the test host is there, or can be made" qemu-tests/host.sh make

# scenario NAME CONSOLE TAP: what guest 1 has left; a line in NAME.times each time it is started
mkdir "$work/scenarios"
scenario()
{
	cat >"$work/scenarios/$1" <<-END
	summary='$1'
	ports=("1 model=nothing")
	prepare()
	{
		echo once >>$work/$1.times
		echo '$2' >"\$dir/guest1.console"
		printf '%s' '$3' >"\$dir/guest1.tap"
	}
	END
}
scenario torn '[    4.478588] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI' ''
scenario late '[    4.478588] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI' '1..2'
scenario other '[    4.478588] Oops: 0002 [#1] PREEMPT SMP NOPTI' ''

fails()
{
	local got=0

	env NAX_ACCEL=tcg NAX_RESULTS="$work/results" NAX_SCENARIOS="$work/scenarios" NICSIM="$PWD/build/release/nicsim" \
		qemu-tests/run >"$work/tap" 2>"$work/err" </dev/null || got=$?
	cat "$work/tap" "$work/err"
	[ "$got" = 1 ] && [ "$(grep -c '^not ok ' "$work/tap")" = 3 ]
}
ok "all of them fail" fails

# starts NAME COUNT
starts()
{
	local count

	count=$(wc -l <"$work/$1.times")
	[ "$count" = "$2" ] || { echo "$1 was started $count times, wanted $2"; return 1; }
}
ok "a kernel that died before it said anything starts twice, and no more" starts torn 2
ok "the run says so" grep -qx '# torn:6.12: TCG tore an instruction while the kernel started: once more' "$work/tap"
ok "one that had begun starts once" starts late 1
ok "one that died of something else, too" starts other 1

done_testing
