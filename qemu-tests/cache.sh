# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# Entries of the cache: folders NAME-KEY, made once, whole or not at all. Sourced after host.sh.
#
# An entry is first made in a folder build-NAME.*, then gets the sums of its files, then its name; so what
# has its name is whole, unless somebody damages it, which the sums show.

cache_is_whole()
{
	[ -s "$1/.complete" ] && (cd "$1" && sha256sum --quiet -c .complete) >/dev/null 2>&1
}

cache_sum()
(
	cd "$1" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum >"$1.sums" &&
		[ -s "$1.sums" ] && mv "$1.sums" .complete
)

# cache_free: MB that are free where the cache is.
cache_free()
{
	df -Pm "$host_cache" | awk 'NR == 2 { print $4 }'
}

# cache_has_space WHAT MB: one clear line if not.
cache_has_space()
{
	local free

	free=$(cache_free)
	[ "$free" -ge "$2" ] && return
	host_say "$host_cache: $free MB free, $1 needs $2 MB"
	return 1
}

# cache_tell LOG WHAT MB: say why making WHAT failed: a full disk, or what the log ends with.
cache_tell()
{
	if grep -aqiE 'no space left|disk full|write error|error writing' "$1" || [ ! -s "$1" ] ||
		[ "$(cache_free)" -lt 16 ]; then
		cache_has_space "$2" "$3" || return 0
	fi
	tail -n 20 "$1" >&2
	host_say "$2 cannot be made, see above and $1"
}

# cache_make NAME KEY MB SECONDS CMD..: sets cache_entry to the folder of the entry. If it is not there,
# CMD FOLDER makes it, with at least MB free to begin with, within SECONDS. Two makers wait for each other.
cache_make()
{
	local name=$1 key=$2 need=$3 limit=$4 lock tmp log

	shift 4
	cache_entry=$host_cache/$name-$key
	cache_is_whole "$cache_entry" && return
	log=$host_cache/logs/$name
	mkdir -p "$host_cache/locks" "$host_cache/logs" || return
	exec {lock}>"$host_cache/locks/$name" || return
	if ! flock -n "$lock"; then
		host_say "waiting for another maker of $name"
		if ! flock -w "$((limit + 60))" "$lock"; then
			host_say "$host_cache/locks/$name: held for $((limit + 60)) s, giving up"
			exec {lock}>&-
			return 1
		fi
	fi
	if ! cache_is_whole "$cache_entry"; then
		[ ! -e "$cache_entry" ] || host_say "$cache_entry: damaged, making it again"
		rm -rf --one-file-system "$cache_entry" "$host_cache/build-$name".*
		if ! cache_has_space "$name" "$need" ||
			! tmp=$(mktemp -d "$host_cache/build-$name.XXXXXX"); then
			exec {lock}>&-
			return 1
		fi
		if ! { "$@" "$tmp" && cache_sum "$tmp"; } >"$log" 2>&1 </dev/null {lock}>&-; then
			cache_tell "$log" "$name" "$need"
			rm -rf --one-file-system "$tmp"
			exec {lock}>&-
			return 1
		fi
		mv -T "$tmp" "$cache_entry" || return
	fi
	exec {lock}>&-
}
