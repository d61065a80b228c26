#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The kernel modules' sources as the kernel's own tools see them: checkpatch.pl of Linux 6.12, and a build with
# W=1 and sparse against headers of each kernel, without a word from either. NAX_TIER=quick: checkpatch
# alone; the builds take minutes.
here=$(dirname "$(realpath "$0")")
. "$here/../../tools/tests/lib.sh"
. "$here/../host.sh"
. "$here/../guest.sh"
set +e +o pipefail
top=$PWD

ok "the test host is there, or can be made" host_make
[ -n "${host_root-}" ] || done_testing

# ---- checkpatch

# What is not taken as a fault: type, files as a shell pattern, and why. A row that fits nothing is a fault too.
ignored="
COMPLEX_MACRO         drivers/ixgbe/*              lists of things, of which a macro that is given makes something
COMPLEX_MACRO         framework/core/verify.h      the same
COMPLEX_MACRO         framework/include/nax/*.h    the same
MACRO_ARG_UNUSED      drivers/ixgbe/*              a macro for such a list uses what it wants
MACRO_ARG_UNUSED      framework/core/verify.h      the same
MACRO_ARG_REUSE       *                            names of fields and lists, which cannot be variables of a macro
BIT_MACRO             framework/include/nax/*.h    applications include them, which have no BIT()
PREFER_DEFINED_ATTRIBUTE_MACRO  framework/include/nax/ring.h  the same: no __aligned()
PREFER_KERNEL_TYPES   framework/include/nax/types.h  the kernel's types are defined here for those without them
VOLATILE              framework/include/nax/adapter.h  the kernel's __iomem is volatile in user space
VOLATILE              framework/core/internal.h    the same
VOLATILE              framework/linux/device.c     the same
CAMELCASE             framework/linux/ethtool*.c   names of ethtool's own
CAMELCASE             framework/include/nax/*.h    _Static_assert
EXPORT_SYMBOL         framework/linux/export.c     the core, whose functions these are, is portable
PREFER_ETHTOOL_PUTS   framework/linux/ethtool_stats.c  Linux 6.1 does not have it
LONG_LINE_STRING      *                            who searches for a message wants it in one piece
LONG_LINE             framework/core/verify.h      messages again
"

extract_checkpatch()
{
	host_run "$1" tar -C /run/nax --strip-components=2 --occurrence=1 -xf /usr/src/linux-source-6.12.tar.xz \
		linux-source-6.12/scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch}
}

# What the kernel never compiles is not asked about: vectors, and what stands for the kernel in user space.
list_sources()
{
	find framework/{core,linux,include} drivers -name '*.[ch]' ! -name 'vector.[ch]' ! -name scan.h \
		! -name hal_user.h ! -path '*/vector.c' -o -path framework/linux/vector.c | sort
}

# checkpatch FILE..: prints "FILE:LINE: KIND:TYPE: text" of each fault
checkpatch()
{
	local host_binds=("checkpatch=$cache_entry" "framework=$top/framework" "drivers=$top/drivers" "more=$work/more")

	host_run "$work/run" sh -c 'cd /mnt && printf "%s\n" "$@" | xargs -P "$(nproc)" -n 20 perl checkpatch/checkpatch.pl \
		--root=more --no-tree --strict --max-line-length=100 --no-summary --terse --show-types -f' - "$@" </dev/null
}

# Rows of ignored that fit are noted in $work/fitted.
judge()
{
	local line file type row_type pattern bad=0

	: >"$work/fitted"
	while IFS= read -r line; do
		file=${line%%:*} type=$(cut -d : -f 4 <<<"$line")
		while read -r row_type pattern _; do
			# shellcheck disable=SC2053 # a pattern
			if [ "$type" = "$row_type" ] && [[ $file == $pattern ]]; then
				echo "$row_type $pattern" >>"$work/fitted"
				continue 2
			fi
		done <<<"$ignored"
		echo "$line"
		bad=1
	done <"$1"
	return $bad
}

all_fit()
{
	awk 'NF { print $1, $2 }' <<<"$ignored" | sort >"$work/rows"
	sort -u "$work/fitted" | diff "$work/rows" -
}

# It looks for types in a tree of the kernel, of which there is none.
mkdir -p "$work/run" "$work/more/include"
printf '%s\n' '// SPDX-License-Identifier: GPL-2.0-only' 'int bad( int x )' '{ return x; }' >"$work/more/bad.c"
ok "checkpatch.pl is there" cache_make checkpatch "$(basename "$host_root")" 50 600 extract_checkpatch
mapfile -t sources < <(list_sources)
ok "there are sources" test ${#sources[@]} -gt 80
checkpatch "${sources[@]}" >"$work/checkpatch" 2>"$work/err"
ok "it runs" test ! -s "$work/err"
ok "checkpatch.pl has nothing to say" judge "$work/checkpatch"
ok "no fault is excused that is not there" all_fit
found_bad()
{
	checkpatch more/bad.c >"$work/bad"
	! judge "$work/bad" && grep -q '^more/bad.c:2: ERROR:SPACING:' "$work/bad"
}
ok "a fault would be found" found_bad

# ---- compiler and sparse

# build KERNEL: what was built before is taken as it is. Debian's headers of 7.2 lack the script that looks whether
# sparse works, without which C=1 does nothing; that it runs is for faults_found to show. It does not know
# __typeof_unqual__ yet, which differs in qualifiers that it does not judge, nor that __builtin_strlen() of a
# constant, which MODULE_LICENSE() asserts something of, is one.
build()
{
	local host_limit=1200
	local host_binds=("framework=$top/framework" "drivers=$top/drivers" "uapi=$top/uapi" "more=$work/more")

	host_run "$work/out-$1" sh -c '/mnt/framework/linux/build "/headers/$1" /run/nax W=1 C=1 KBUILD_CHECKSRC=1 \
		"CF=$2" 2>&1 || echo "error: status $?"' - "$1" \
		"-D__typeof_unqual__=__typeof__ -D'__builtin_strlen(x)=(sizeof(x)-1)'" >"$work/log" </dev/null
	grep -vE -e '^(Skipping BTF generation|  (The kernel was|You are using)|warning: the compiler differs)' \
		-e 'scripts/checker-valid.sh: No such file|C=1 specified, but sparse is not available' "$work/log"
}

silent()
{
	mkdir -p "$work/out-$1"
	! build "$1" && [ -s "$work/out-$1/nax.ko" ] && [ -s "$work/out-$1/nax_ixgbe.ko" ]
}

exec 3>&1

# Two faults, one for each tool, in a copy of the sources.
faults_found()
{
	rm -rf "$work/top"
	mkdir "$work/top"
	cp -r framework drivers uapi "$work/top/"
	sed -i '/^static u64 linux_time_ns/i\
static int bad_warning(void)\
{\
	int unused = 1;\
\
	unused = 2;\
	return 0;\
}\
\
int bad_sparse(__le32 x);\
int bad_sparse(__le32 x)\
{\
	return x + bad_warning();\
}\
' "$work/top/framework/linux/backend.c"
	top=$work/top
	build "$1"
	top=$PWD
	grep -q "backend.c:.*warning: variable .unused. set but not used" "$work/log" &&
		grep -q "backend.c:.*warning: restricted __le32 degrades to integer" "$work/log"
}

kernels=()
[ "${NAX_TIER:-quick}" = quick ] || kernels=("${host_headers[@]}")
for kernel in "${kernels[@]}"; do
	ok "W=1 and sparse with headers of $kernel" silent "$kernel"
	ok "text of nax.ko and nax_ixgbe.ko below 300 KiB" modules_small "$work/out-$kernel"
	ok "faults would be found with them" faults_found "$kernel"
done

done_testing
