#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# nax's own modules for guests are built once per run and kernel, before any scenario's time begins; if they
# cannot be, the scenarios that want them fail, and others run. What builds them here is not the real thing.
. "$(dirname "$0")/../../tools/tests/lib.sh"

unset NAX_RESULTS NAX_KERNEL NAX_SLOW
ok "the test host is there, or can be made" qemu-tests/host.sh make
. qemu-tests/tests/made-up.sh

# scenario NAME OWN-MODULES: nicsim refuses its port, so that no guest has to boot.
scenario()
{
	cat >"$work/scenarios/$1" <<-END
	summary='$1'
	variants='a b'
	own_modules=$2 timeout=15
	ports=("1 model=nothing")
	prepare()
	{
		check "its files" is_there "\${files[@]}"
		check "its time" test "\$SECONDS" -lt "\$deadline"
	}
	is_there()
	{
		[ \$# = $2 ] && { [ \$# = 0 ] || grep -q '^module for /headers/6.12\$' "\$1"; }
	}
	END
}
scenario wants 1
scenario plain 0

run()
{
	env NAX_CACHE="$work/cache" NAX_RESULTS="$work/results" NAX_SCENARIOS="$work/scenarios" \
		NICSIM="$PWD/build/release/nicsim" "$work/top/qemu-tests/run" >"$work/tap" 2>"$work/err" </dev/null
	[ $? = 1 ] || { cat "$work/tap" "$work/err"; return 1; }
}

# says INSTANCE LINE..: the checks of an instance, all of them
says()
{
	awk -v name="$1" '$0 == "# Subtest: " name { on = 1; next } /^[^ ]/ { on = 0 }
		on && /^    (not )?ok/' "$work/tap" >"$work/checks"
	printf '    %s\n' "${@:2}" | diff - "$work/checks"
}

# shellcheck disable=SC2016 # the build expands
builds 'sleep 20; echo "module for $1" >$2/nax.ko; echo once >>$2/times'
ok "with a build that takes longer than a scenario may" run
for variant in a b; do
	for name in wants plain; do
		ok "$name:6.12:$variant has its modules and its time" says "$name:6.12:$variant" \
			"ok 1 - its files" "ok 2 - its time" "not ok 3 - nicsim starts"
	done
done
once()
{
	[ "$(cat "$work"/cache/modules-6.12-*/times)" = once ]
}
ok "they are built once for all" once

builds 'echo "no such header"; exit 1'
ok "with a build that fails" run
for variant in a b; do
	ok "wants:6.12:$variant fails" says "wants:6.12:$variant" "not ok 1 - nax's modules are built, see above"
	ok "plain:6.12:$variant runs" says "plain:6.12:$variant" \
		"ok 1 - its files" "ok 2 - its time" "not ok 3 - nicsim starts"
done
told()
{
	cat "$work/err"
	[ "$(grep -c "no such header" "$work/err")" = 1 ] &&
		grep -q "nax's modules for kernel 6.12 cannot be built, see above and " "$work/err"
}
ok "the build's own words are told, once" told

done_testing
