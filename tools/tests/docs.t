#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What the documents say is true: code compiles, links lead somewhere, commands exist, man pages are
# well formed and name every option.
. "$(dirname "$0")/lib.sh"

# blocks LANGUAGE FILE..: the contents of all ```LANGUAGE blocks
blocks() {
	local lang=$1
	shift
	awk -v open="\`\`\`$lang" '$0 == open { on = 1; next } /^```/ { on = 0 } on' "$@"
}

guide_compiles() {
	blocks c docs/driver-author-guide.md >"$work/guide.c"
	[ "$(wc -l <"$work/guide.c")" -gt 50 ] || { echo "no code found"; return 1; }
	gcc -std=gnu11 -Wall -Wextra -Werror -Iframework/include -c -o "$work/guide.o" \
		"$work/guide.c"
}
ok "the guide's datapath compiles" guide_compiles

links() {
	local file target bad=0
	for file in README.md docs/*.md; do
		while read -r target; do
			[ -e "$(dirname "$file")/${target%%#*}" ] ||
				{ echo "$file: no $target"; bad=1; }
		done < <(grep -oE '\]\([^)#][^)]*\)' "$file" | sed 's/^](//; s/)$//' | grep -v '^http')
	done
	return $bad
}
ok "links in documents lead somewhere" links

make_targets() {
	local target bad=0
	while read -r target; do
		make -n "$target" >/dev/null 2>&1 || { echo "no target $target"; bad=1; }
	done < <(blocks sh README.md docs/*.md | grep -oE '^(sudo )?make [a-z-]+' | awk '{print $NF}' |
		sort -u)
	return $bad
}
ok "make targets in documents exist" make_targets

# Every `nax COMMAND` and option in the documents is one that the program knows.
commands() {
	local line word bad=0 page
	page=$(mandoc -T ascii tools/nax/nax.1 | sed "s,.$(printf '\b'),,g")
	while read -r line; do
		for word in $line; do
			case $word in
			--*) grep -qF -- "${word%%=*}" <<<"$page" ||
				{ echo "unknown $word in: $line"; bad=1; } ;;
			esac
		done
	done < <(blocks sh README.md docs/*.md | grep -E '(^|/)nax ')
	return $bad
}
ok "options of nax in documents are in its man page" commands

# Every devlink command in the documents is one that a scenario runs.
devlink_commands() {
	local words n=0 bad=0
	while read -r words; do
		n=$((n + 1))
		grep -qF "$words" qemu-tests/scenarios/nax-devlink || { echo "not run: $words"; bad=1; }
	done < <(blocks sh docs/*.md | sed -nE 's/^(sudo )?(devlink( [a-z]+)+) pci.*/\2/p' | sort -u)
	[ "$n" -ge 5 ] || { echo "$n commands found"; return 1; }
	return $bad
}
ok "devlink commands in documents are run by nax-devlink" devlink_commands

lint() {
	mandoc -T lint -W warning "$1"
}
for page in tools/nax/nax.1 tools/nicsim/nicsim.1; do
	ok "$page is well formed" lint "$page"
done

# options PROGRAM PAGE: every long option of --help stands in the man page, and there are some
options() {
	local option bad=0 page list
	page=$(mandoc -T ascii "$2" | sed "s,.$(printf '\b'),,g")
	list=$("$1" --help 2>&1 | grep -oE -- '--[a-z][a-z-]+' | sort -u)
	[ "$(wc -w <<<"$list")" -gt 3 ] || { echo "no options in --help"; return 1; }
	for option in $list; do
		grep -qF -- "$option" <<<"$page" || { echo "$option is not in $2"; bad=1; }
	done
	return $bad
}
ok "nicsim's options are in its man page" options build/release/nicsim tools/nicsim/nicsim.1
ok "nax's options are in its man page" options build/release/nax tools/nax/nax.1
for command in show caps stats fault fwd tap gen capture list bind; do
	subcommand() { build/release/nax "$command" --help; }
	ok "nax $command --help answers" subcommand
done

kernel_doc=$(printf '%s\n' /usr/src/linux-headers-*-common/scripts/kernel-doc | sort -V | tail -n 1)
# documented HEADER..: kernel-doc has nothing to say of them.
documented() {
	local said
	said=$("$kernel_doc" -none "$@" 2>&1) && [ -z "$said" ] || { echo "$said"; return 1; }
}
ok "kernel-doc of the public headers is well formed" documented framework/include/nax/*.h uapi/nax/*.h \
	framework/core/core.h tools/nicsim/nicsim.h
printf '/**\n * nax_try() - try\n * @one: is there\n */\nint nax_try(int one, int two);\n' >"$work/bad.h"
bad_header() {
	! documented "$work/bad.h" >"$work/bad" && grep -q "'two' not described" "$work/bad"
}
ok "a parameter without a description would be found" bad_header
done_testing
