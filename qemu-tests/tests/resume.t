#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# In which order scenarios run, and what NAX_RESUME does not run again. The scenarios here start no guest.
. "$(dirname "$0")/../../tools/tests/lib.sh"

unset NAX_RESULTS NAX_KERNEL NAX_SLOW NAX_RESUME
ok "the test host is there, or can be made" qemu-tests/host.sh make
. qemu-tests/tests/made-up.sh
# shellcheck disable=SC2016 # the build expands
builds 'echo module >$2/nax.ko'

# scenario NAME GUESTS COMMAND: COMMAND is its one check; for GUESTS guests there has to be room. own=1: with nax's
# modules.
own=0
scenario()
{
	cat >"$work/scenarios/$1" <<-END
	summary='$1'
	guests=$2 own_modules=$own
	[ -z "\$dir" ] || guests=0
	host()
	{
		echo $1 >>$work/log
		check "its check" $3
	}
	END
}
# The first ends when the third has begun, which there is room for beside it. The second needs all the room.
scenario first 1 "await_file -s $work/third \$\$"
scenario second 2 "test -s $work/third"
own=1
scenario third 1 "tee $work/third <<<begun"

# runs STATUS LINE..: a run ends with STATUS, and these are its results, in any order.
runs()
{
	local want=$1 got=0

	shift
	: >"$work/log"
	NAX_CACHE=$work/cache NAX_RESULTS=$work/results NAX_SCENARIOS=$work/scenarios NICSIM=/bin/true \
		"$work/top/qemu-tests/run" --jobs 2 >"$work/tap" 2>"$work/err" </dev/null || got=$?
	cat "$work/tap" "$work/err"
	[ "$got" -eq "$want" ] || { echo "status is $got, expected $want"; return 1; }
	printf '%s\n' "$@" | diff - <(sed -nE 's/^((not )?ok) [0-9]+ - (\w+):6.12 # (time=.*|has .*)/\3: \1 \4/p' "$work/tap" |
		sed 's/ time=.*//' | sort)
}

# began NAME..: these have run.
began()
{
	printf '%s\n' "$@" | diff - <(sort "$work/log")
}

again='has passed before with these sources'
ok "while one is long, what there is room for runs" runs 0 "first: ok" "second: ok" "third: ok"
ok "what there is no room for waits" test "$(tail -n 1 "$work/log")" = second
ok "a second run" runs 0 "first: ok" "second: ok" "third: ok"
ok "runs all" began first second third
export NAX_RESUME=1
ok "NAX_RESUME: what has passed is named" runs 0 "first: ok $again" "second: ok $again" "third: ok $again"
ok "and not run" test ! -s "$work/log"
ok "its plan has all" grep -qx '1\.\.3' "$work/tap"

echo >"$work/top/drivers/changed.c"
ok "sources of nax have changed: what has its modules runs" runs 0 "first: ok $again" "second: ok $again" "third: ok"
ok "and nothing else" began third

mkdir -p "$work/top/qemu-tests/common"
# shellcheck disable=SC2016 # the scenario expands
echo '. "$here/common/two.sh"' >"$work/top/qemu-tests/common/one.sh"
echo : | tee "$work/top/qemu-tests/common/two.sh" >"$work/top/qemu-tests/common/three.sh"
own=0
scenario first 1 "test -d $work"
# shellcheck disable=SC2016
echo '. "$here/common/one.sh"' >>"$work/scenarios/first"
ok "another scenario, with what others may use" runs 0 "first: ok" "second: ok $again" "third: ok $again"
echo true >"$work/top/qemu-tests/common/three.sh"
ok "a file that nobody names has changed" runs 0 "first: ok $again" "second: ok $again" "third: ok $again"
echo true >"$work/top/qemu-tests/common/two.sh"
ok "one has that is named by what it names" runs 0 "first: ok" "second: ok $again" "third: ok $again"

scenario second 2 false
ok "another scenario: it runs alone" runs 1 "first: ok $again" "second: not ok" "third: ok $again"
ok "what has failed runs again" runs 1 "first: ok $again" "second: not ok" "third: ok $again"
ok "and nothing else than that" began second
scenario second 2 true
echo >>"$work/top/qemu-tests/guest/init"
ok "another harness: all run" runs 0 "first: ok" "second: ok" "third: ok"
own=1
scenario third 1 "bash -c 'echo >>$work/scenarios/third; echo begun >$work/third'"
ok "sources that change while they are tested" runs 0 "first: ok $again" "second: ok $again" "third: ok"
ok "have not passed" runs 0 "first: ok $again" "second: ok $again" "third: ok"

done_testing
