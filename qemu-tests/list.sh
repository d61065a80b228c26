# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154,SC2034
# Which instances there are, and what their scenarios say about themselves. Sourced by run, which has
# $scenarios, $only_kernel, $tier and fail.

# Set $file's variables, from their defaults; for any kernel and variant that are set.
list_source()
{
	name=${file##*/} dir='' tftp='' guests=1 kernels=6.12 variants='' timeout=90 layers='' tier=full own_modules=0
	summary='' driver='' proves='' ports=()
	# shellcheck source=/dev/null
	. "$file"
}

# list_pairs: KERNEL:VARIANT of each instance of $file, with - for no variant.
list_pairs()
(
	kernel='' variant=''
	list_source
	[ "$only_kernel" != debug ] || kernels=debug
	# Asked for by name
	[[ $wanted != *" $name:debug"[\ :]* || " $kernels " == *' debug '* ]] || kernels+=' debug'
	for kernel in $kernels; do
		list_source
		for variant in ${variants:--}; do
			echo "$kernel:$variant"
		done
	done
)

# list_describe FILE FUNCTION: read the file anew for each of its instances, since any of it may depend on
# kernel and variant, and call the function.
list_describe()
{
	local file=$1 pair kernel variant

	for pair in $(list_pairs); do
		kernel=${pair%%:*} variant=${pair#*:}
		[ "$variant" != - ] || variant=
		(
			list_source
			"$2"
		)
	done
}

# NAME:KERNEL[:VARIANT], guests, timeout, layers, own_modules, tier, summary
list_instance()
{
	timeout=$((timeout * ${NAX_SLOW:-1}))
	[ "$kernel" != debug ] || timeout=$((timeout * debug_slow))
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$name:$kernel${variant:+:$variant}" "$guests" "$timeout" \
		"${layers:--}" "$own_modules" "$tier" "$summary"
}

# driver, behaviour, name: a row for each line of "proves", if nicsim is there
list_proofs()
{
	local line

	[ ${#ports[@]} -gt 0 ] || return 0
	while IFS= read -r line; do
		[ -z "$line" ] || printf '%s\t%s\t%s\n' "$driver" "$line" "$name"
	done <<<"$proves"
}

# list_instances NAME..: sets the array instances, and guests_of, limit_of, layers_of, own_of, tier_of,
# summary_of.
list_instances()
{
	local file instance guests limit layers own of summary part want found
	local wanted=" $* "

	instances=()
	declare -gA guests_of=() limit_of=() layers_of=() own_of=() tier_of=() summary_of=()
	for file in "$scenarios"/*; do
		[[ $# -eq 0 || $wanted == *" ${file##*/}"[\ :]* ]] || continue
		while IFS=$'\t' read -r instance guests limit layers own of summary; do
			part=${instance#*:}
			[ -z "$only_kernel" ] || [ "${part%%:*}" = "$only_kernel" ] || continue
			found=$(($# == 0))
			for want in "$@"; do
				case $instance in
				"$want" | "$want":*)
					found=1
					wanted=${wanted/ $want / }
					;;
				esac
			done
			[ "$found" = 1 ] || continue
			[ "$tier" = full ] || [ "$of" = quick ] || continue
			instances+=("$instance")
			guests_of[$instance]=$guests limit_of[$instance]=$limit layers_of[$instance]=$layers
			own_of[$instance]=$own tier_of[$instance]=$of summary_of[$instance]=$summary
		done < <(list_describe "$file" list_instance)
	done
	[ -z "${wanted// /}" ] || fail "no such scenario${only_kernel:+ with kernel $only_kernel}:$wanted"
	[ ${#instances[@]} -gt 0 ] ||
		fail "no scenario of tier $tier${only_kernel:+ has kernel $only_kernel}${1:+ is called $*}"
}

# Print the table of who proves what: a row for each driver and behaviour.
list_table()
{
	local file wanted=''

	for file in "$scenarios"/*; do
		list_describe "$file" list_proofs
	done | awk '!seen[$0]++' | LC_ALL=C sort -t $'\t' -k 1,1 -k 3,3 -s | awk -F '\t' '
		BEGIN { print "| driver | behaviour of nicsim | scenarios |\n|---|---|---|" }
		{
			row = $1 "\t" $2
			if (!(row in where))
				rows[++n] = row
			where[row] = where[row] (where[row] == "" ? "" : ", ") "`" $3 "`"
		}
		END {
			for (i = 1; i <= n; i++) {
				split(rows[i], cell, "\t")
				printf "| %s | %s | %s |\n", cell[1], cell[2], where[rows[i]]
			}
		}'
}
