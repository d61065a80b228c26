# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# Entries of the cache: folders NAME-KEY, made once, whole or not at all. Sourced by host.sh.
#
# An entry is first made in a folder build-NAME.*, then sealed with the sums of its files, then gets its
# name; so what has its name is whole, unless somebody damages it, which the sums show.

# Prints what is not as it was sealed: one line.
cache_is_whole()
{
	local differs

	[ -s "$1/.complete" ] || { echo "no .complete"; return 1; }
	differs=$(cd "$1" && sha256sum --quiet -c .complete 2>/dev/null) || { echo "${differs%%$'\n'*}"; return 1; }
}

cache_sum()
{
	find "$1" -type f ! -name .complete -printf '%P\0' | LC_ALL=C sort -z |
		(cd "$1" && xargs -0r sha256sum >.complete) && [ -s "$1/.complete" ]
}

# cache_free FOLDER: MB that are free there.
cache_free()
{
	df -Pm "$1" | awk 'NR == 2 { print $4 }'
}

cache_has_space()
{
	local free

	free=$(cache_free "$host_cache")
	[ "$free" -ge "$2" ] && return
	host_say "$host_cache: disk full: $free MB free, making '$1' needs $2 MB"
	return 1
}

# cache_tell LOG NAME MB: why making it failed: the disk is full, or what the log ends with.
cache_tell()
{
	if grep -aqiE 'no space left|disk full|quota exceeded' "$1" || [ "$(cache_free "$host_cache")" -lt 8 ]; then
		cache_has_space "$2" "$3" || return 0
	fi
	tail -n 20 "$1" >&2
	host_say "$2 cannot be made, see above and $1"
}

# When the entry was used last; what has not been for two weeks goes when another is made.
cache_use()
{
	mkdir -p "$host_cache/used" && : >"$host_cache/used/${cache_entry##*/}"
}

cache_prune()
{
	local file

	find "$host_cache/used" -type f -mtime +14 | while IFS= read -r file; do
		rm -rf --one-file-system "${host_cache:?}/${file##*/}"
		rm -f "$file"
	done
}

# cache_lock NAME SECONDS: sets cache_lock_fd; two makers wait for each other.
cache_lock()
{
	mkdir -p "$host_cache/locks" && mkdir -p "$host_cache/logs" || return
	exec {cache_lock_fd}>"$host_cache/locks/$1" || return
	flock -n "$cache_lock_fd" && return
	host_say "waiting for another maker of $1"
	flock -w "$2" "$cache_lock_fd" && return
	host_say "$host_cache/locks/$1: held for $2 s, giving up"
	exec {cache_lock_fd}>&-
	return 1
}

# cache_make NAME KEY MB SECONDS CMD..: sets cache_entry to the folder of the entry. If it is not there,
# CMD FOLDER makes it, with at least MB free to begin with, and host_run in it within SECONDS. For an entry
# that is not sealed by sums, cache_check and cache_seal are functions; cache_before is run before CMD.
cache_make()
{
	local name=$1 key=$2 need=$3 host_limit=$4 cache_lock_fd status=0 cache_damage

	shift 4
	cache_entry=$host_cache/$name-$key
	if "${cache_check:-cache_is_whole}" "$cache_entry" >/dev/null; then
		cache_use
		return
	fi
	cache_lock "$name" "$((host_limit + 60))" || return
	cache_damage=$("${cache_check:-cache_is_whole}" "$cache_entry") || cache_fill "$@" || status=$?
	exec {cache_lock_fd}>&-
	return "$status"
}

# The part of cache_make that has the lock. A damaged entry gives way when the new one is whole: guests may
# still run from it.
cache_fill()
{
	local tmp log=$host_cache/logs/$name

	[ ! -e "$cache_entry" ] || host_say "$cache_entry: damaged, making it again${cache_damage:+: $cache_damage}"
	rm -rf --one-file-system "$host_cache/build-$name".*
	cache_has_space "$name" "$need" && "${cache_before:-true}" || return
	tmp=$(mktemp -d "$host_cache/build-$name.XXXXXX") || return
	if "$@" "$tmp" >"$log" 2>&1 </dev/null {cache_lock_fd}>&- &&
		"${cache_seal:-cache_sum}" "$tmp" >>"$log" 2>&1; then
		[ ! -e "$cache_entry" ] || mv -T "$cache_entry" "$tmp.damaged" || return
		mv -T "$tmp" "$cache_entry" && cache_use && cache_prune
		rm -rf --one-file-system "$tmp.damaged"
		return
	fi
	cache_tell "$log" "$name" "$need"
	rm -rf --one-file-system "$tmp"
	return 1
}
