#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Guests that fail, each in its own way, must be said to have failed, for the right reason; and however a
# run ends, it leaves nothing. NAX_TIER=full: all ways; quick: some.
. "$(dirname "$0")/../../tools/tests/lib.sh"

here=qemu-tests
tier=${NAX_TIER:-quick}
cache=${NAX_CACHE:-$HOME/.cache/nax}
unset NAX_RESULTS NAX_KERNEL
export NAX_SCENARIOS=$PWD/$here/tests/guests NICSIM=/bin/true
# On the machine itself, to make what is missing; the guests themselves are in namespaces.
ok "the test host is there, or can be made" "$here/host.sh" make
"$here/run" --list --tier "$tier" >"$work/list"
mapfile -t instances < <(cut -d ' ' -f 1 "$work/list")

# reason INSTANCE: what the judge must say of it; nothing if it must pass.
reason()
{
	case $1 in
	dmar:*) echo 'DMAR: \[DMA Read NO_PASID\] Request device \[01:00\.0\] fault addr 0x40000000' ;;
	ends:*:sysrq) echo 'Kernel panic - not syncing: sysrq triggered crash' ;;
	ends:*:hangs | ends:*:spins) echo 'QEMU: killed at its limit of [0-9]+ s' ;;
	ends:*:killed) echo 'QEMU: ended with status 137' ;;
	ends:*:truncated) echo 'did not come to its end' ;;
	ends:*:planless) echo 'no plan' ;;
	ends:*:fewer) echo 'plan has 2 checks, made were 1' ;;
	ends:*:more) echo 'plan has 2 checks, made were 3' ;;
	module:*:none) ;;
	module:*:oops) echo 'Oops: .*0002' ;;
	module:*:panic) echo 'Kernel panic - not syncing: nax_faults: asked for' ;;
	module:*:warn) echo 'WARNING: .*nax_faults\.c' ;;
	module:*:bug) echo 'kernel BUG at .*nax_faults\.c' ;;
	module:*:lockdep) echo 'WARNING: possible circular locking dependency detected' ;;
	module:*:sleep) echo 'BUG: sleeping function called from invalid context' ;;
	module:*:kasan) echo 'BUG: KASAN: slab-out-of-bounds in fault_kasan' ;;
	module:*:ubsan) echo 'UBSAN: shift-out-of-bounds' ;;
	module:*:leak) echo 'unreferenced object 0x[0-9a-f]+ \(size 1024\)' ;;
	unmade:*) echo 'its image is made, see above' ;;
	module:*:dma) echo 'DMA-API: .* device driver frees DMA memory with different size' ;;
	*) echo "no reason is known for $1" ;;
	esac
}

status=0
"$here/tests/contain" "$work" "$cache" 0 env NAX_RESULTS="$work/results" "$here/run" --tier "$tier" \
	>"$work/tap" 2>"$work/err" </dev/null || status=$?
ok "the run fails, and leaves nothing" test "$status" -eq 1

# verdict INSTANCE: as its reason wants it
verdict()
{
	local why

	why=$(reason "$1")
	awk -v name="$1" '$0 == "# Subtest: " name { on = 1; next } /^# Subtest: / { on = 0 } on' "$work/tap" \
		>"$work/verdict"
	cat "$work/verdict"
	if [ -z "$why" ]; then
		grep -qE "^ok [0-9]+ - $1 " "$work/verdict"
		return
	fi
	grep -qE "^not ok [0-9]+ - $1 " "$work/verdict" &&
		sed -nE '/^    not ok .* (whole result|image is made)/,$p' "$work/verdict" | grep -qE "^    (# |not ok ).*$why"
}
for instance in "${instances[@]}"; do
	ok "$instance: ${instance##*:}" verdict "$instance"
done

# ---- runs that are interrupted

# interrupted SIGNAL STATUS: while a guest runs
interrupted()
{
	local pid run got=0 folder

	mkdir -p "$work/interrupted"
	TMPDIR=$work/interrupted NAX_RESULTS=$work/results setsid "$here/run" ends:6.12:hangs \
		>"$work/run.log" 2>&1 </dev/null &
	run=$!
	pids+=("$run")
	wait_for $((60 * ${NAX_SLOW:-1})) planned || { cat "$work/run.log"; return 1; }
	folder=$(echo "$work"/interrupted/nax-qemu.*)
	mapfile -t below < <(descendants "$run")
	[ "${#below[@]}" -ge 3 ] || { echo "only ${#below[@]} processes"; return 1; }
	kill "-$1" "$run"
	wait "$run" 2>/dev/null || got=$?
	[ "$got" -eq "$2" ] || { echo "status is $got, expected $2"; return 1; }
	for pid in "${below[@]}"; do
		wait_gone "$pid" 5 || { echo "process $pid lives"; return 1; }
	done
	! grep -F "$folder" /proc/self/mountinfo || { echo "mounted"; return 1; }
	! grep -F "$folder" /proc/net/unix || { echo "a socket"; return 1; }
}
planned()
{
	cat "$work"/interrupted/nax-qemu.*/ends*/guest1.tap | grep -q '^1\.\.2'
}
descendants()
{
	local child

	for child in $(pgrep -P "$1"); do
		echo "$child"
		descendants "$child"
	done
}
temporary()
{
	compgen -G "$work/interrupted/nax-qemu.*"
}
none()
{
	! "$@"
}
ok "SIGTERM ends all" interrupted TERM 143
ok "and leaves no folder" none temporary
ok "SIGKILL ends all" interrupted KILL 137
ok "the folder is left then" temporary
touch -d '2 minutes ago' "$work"/interrupted/nax-qemu.*/lock
swept()
{
	TMPDIR=$work/interrupted NAX_RESULTS=$work/results "$here/run" ends:6.12:truncated >/dev/null 2>&1
	none temporary
}
ok "and the next run removes it" swept

# ---- nicsim that does not start

cat >"$work/port" <<-END
summary='a port that nicsim refuses'
ports=("1 model=nothing")
guest1() { plan 1; ok "never" true; }
END
mkdir "$work/scenarios"
mv "$work/port" "$work/scenarios/port"
refused()
{
	local got=0

	NICSIM=$PWD/build/release/nicsim NAX_SCENARIOS=$work/scenarios NAX_RESULTS=$work/results \
		"$here/tests/contain" "$work" "$cache" 0 "$here/run" >"$work/run.log" 2>&1 </dev/null || got=$?
	cat "$work/run.log"
	[ "$got" -eq 1 ] && grep -q '    not ok 1 - nicsim starts' "$work/run.log" &&
		grep -q "    # nicsim: .*model" "$work/run.log"
}
ok "nicsim that refuses its options" refused

done_testing
