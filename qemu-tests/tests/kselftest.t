#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What is stored of the kernel's tests: none that in-tree ixgbe passes fails or skips with nax_ixgbe.
. "$(dirname "$0")/../../tools/tests/lib.sh"

against()
{
	qemu-tests/kselftest/baseline against >"$work/against" || { cat "$work/against"; return 1; }
}
ok "nax_ixgbe passes what in-tree ixgbe passes" against
documented()
{
	sed -n '/^<!-- kselftest/,/^<!-- end/{/^<!--/!p}' docs/kernel-interfaces.md | diff "$work/against" - ||
		{ echo "docs/kernel-interfaces.md: make kselftest-table writes it anew"; return 1; }
}
ok "docs/kernel-interfaces.md has the table" documented

# In a copy: a case that is worse, or gone, would be found.
mkdir -p "$work/copy"
cp -r qemu-tests "$work/copy/"
# worse NAME CASE SCRIPT: sed with SCRIPT on what is stored of ours there
worse()
{
	local stored=$work/copy/qemu-tests/kselftest/$1.json status=0

	sed "$3" "qemu-tests/kselftest/$1.json" >"$stored"
	! cmp -s "$stored" "qemu-tests/kselftest/$1.json" || return
	! "$work/copy/qemu-tests/kselftest/baseline" against >"$work/worse" && grep -q "$2 | pass |" "$work/worse" ||
		status=1
	cp "qemu-tests/kselftest/$1.json" "$stored"
	return $status
}
ok "a case that skips would be found" worse net-6.12-nax_ixgbe ping.test_v4 \
	's/"ping.test_v4": {"result": "pass"}/"ping.test_v4": {"result": "skip"}/'
ok "a case that is gone would be found" worse net-6.12-nax_ixgbe ping.test_v4 '/"ping.test_v4"/d'
ok "so would a program that fails, of which in-tree's run names no case" worse hw-7.2-nax_ixgbe ethtool_rmon.sh \
	'/ethtool_rmon.sh/{n;s/"status": 0/"status": 1/}'

# says WORDS: a case that fails with WORDS is as stored.
says()
{
	printf '== program a.sh\nTEST: one [FAIL]\n\t%s\n== status 1\n' "$1" >"$work/log"
	echo '{"a.sh": {"status": 1, "cases": {"one": {"result": "xfail", "said": ["no link", "no reply"], "why": "w"}}}}' \
		>"$work/stored.json"
	python3 qemu-tests/kselftest/results.py compare "$work/log" "$work/stored.json"
}
ok "a case may fail in one of two ways" says "no reply"
ok "and in the other" says "no link"
says_more()
{
	local status=0

	says "no device" >"$work/said" || status=$?
	[ $status -eq 3 ] && grep -q 'no device, stored: xfail: no link, or no reply: w$' "$work/said"
}
ok "but not in a third" says_more
done_testing
