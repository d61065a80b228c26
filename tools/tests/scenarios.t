#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What scenarios say about themselves, and the table in docs/testing.md that is made of it.
. "$(dirname "$0")/lib.sh"

run=qemu-tests/run

ok "instances can be listed" eval '"$run" --list >"$work/full"'
ok "and those of a tier" eval '"$run" --list --tier quick >"$work/quick"'
# lists TIER INSTANCE: a regular expression
lists()
{
	grep -qE "^$2 " "$work/$1"
}
# What make check promises.
for kernel in 6.12 7.2; do
	for name in probe traffic selftest; do
		ok "quick: ixgbe-$name on $kernel" lists quick "ixgbe-$name:$kernel(:[0-9a-f]+)?"
	done
done
ok "quick: iPXE" lists quick 'ipxe-boot:6.12:10f[9b]'
ok "quick: baseline" lists quick igb-baseline:6.12
fewer()
{
	[ "$(wc -l <"$work/quick")" -lt "$(wc -l <"$work/full")" ]
}
ok "the full tier has more than the quick one" fewer
ok "any scenario runs on the debug kernel" eval \
	'"$run" --list --kernel debug igb-baseline | grep -q "^igb-baseline:debug "'

# Each instance says what it is for; with nicsim, who judges, and what it proves.
described()
{
	local here=qemu-tests scenarios=qemu-tests/scenarios only_kernel='' wanted='' debug_slow=4 file bad=0

	. qemu-tests/list.sh
	undescribed()
	{
		[ -n "$summary" ] || echo "$name: no summary"
		[ ${#ports[@]} -eq 0 ] || [ -n "$driver" ] || echo "$name: ports, but no driver"
		[ ${#ports[@]} -eq 0 ] || [ -n "$proves" ] || echo "$name: ports, but no proves"
		[[ $tier =~ ^(quick|full)$ ]] || echo "$name: tier is $tier"
	}
	for file in "$scenarios"/*; do
		list_describe "$file" undescribed
	done | sort -u | grep . && bad=1
	return $bad
}
ok "each scenario has a summary; with nicsim, what it proves" described

# tables FILE: what stands between the marks
tables()
{
	sed -n '/^<!-- table/,/^<!-- end/{/^<!--/!p}' "$1"
}
same_table()
{
	"$run" --table >"$work/table" && tables docs/testing.md | diff "$work/table" - ||
		{ echo "docs/testing.md: make table writes it anew"; return 1; }
}
ok "docs/testing.md has the table of scenarios" same_table
rows_exist()
{
	local name

	tables docs/testing.md | grep -oE '`[a-z0-9-]+`' | tr -d '`' | sort -u >"$work/names"
	[ -s "$work/names" ] || { echo "no rows"; return 1; }
	while read -r name; do
		[ -f "qemu-tests/scenarios/$name" ] || { echo "no scenario $name"; return 1; }
	done <"$work/names"
}
ok "each row has its scenario" rows_exist
stale()
{
	sed 's/^| in-tree ixgbe | /&x/' docs/testing.md >"$work/stale.md"
	! tables "$work/stale.md" | diff -q "$work/table" - >/dev/null
}
ok "another table would be found" stale
makes()
{
	sed '/^<!-- table/,/^<!-- end/{/^<!--/!d}' docs/testing.md >"$work/empty.md"
	make -s table TABLE_DOC="$work/empty.md" && diff docs/testing.md "$work/empty.md"
}
ok "make table makes it" makes

parses()
{
	local file

	for file in qemu-tests/{run,check,kernel/build} qemu-tests/*.sh qemu-tests/guest/{build,init,*.sh} \
		qemu-tests/tests/{contain,*.t} qemu-tests/scenarios/* qemu-tests/tests/guests/* \
		$(find qemu-tests/guest/layers -maxdepth 1 -type f); do
		bash -n "$file" || return
	done
}
ok "every script and scenario can be read by bash" parses

done_testing
