# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# What a layer fills its tree with; in the test host. $tree is the folder that becomes the image, and
# $below a list of files that the base has, which need not be there twice.

# add_file FILE [PLACE]: copy a file, following links, to the same place or another.
add_file()
{
	local to=$tree${2:-$1}

	[ -e "$to" ] || install -D "$(readlink -f "$1")" "$to"
}

# add_libraries FILE..: what programs and shared objects load by their dynamic sections.
add_libraries()
{
	local file

	for file in "$@"; do
		# Statically linked ones are no error.
		ldd "$file" 2>/dev/null | grep -o '/[^ ]*' || :
	done | sort -u | while read -r file; do
		# /lib and /lib64 are links into /usr.
		file=/usr${file#/usr}
		grep -qxF "$file" "$below" || add_file "$file"
	done
}

# add_program NAME..: programs, to /usr/bin, and the libraries that they load.
add_program()
{
	local name file

	for name in "$@"; do
		file=$(readlink -f "$(command -v "$name")") || { echo "$name: no such program" >&2; return 1; }
		add_file "$file" "/usr/bin/$name"
		add_libraries "$file"
	done
}

# add_tree PATH [PLACE]: a file or folder, links kept, and the libraries that any program in it loads.
add_tree()
{
	local from=$1 to=$tree${2:-$1} file

	mkdir -p "${to%/*}"
	cp -aT "$from" "$to"
	find "$to" -type f -print0 | while IFS= read -rd '' file; do
		# ELF's magic number
		[ "$(head -c 4 "$file" | tr -d '\0')" != $'\x7fELF' ] || echo "$file"
	done | while read -r file; do
		add_libraries "$file"
	done
}

# add_module NAME..: modules of $kernel and those that they need, uncompressed; built in is fine too.
add_module()
{
	local name line file from=$kernel_dir/lib/modules/$release

	for name in "$@"; do
		name=${name//[-_]/[-_]}
		if ! line=$(grep -E "/$name\\.ko(\\.xz|\\.zst)?:" "$from/modules.dep"); then
			grep -qE "/$name\\.ko\$" "$from/modules.builtin" && continue
			echo "$name: no such module in kernel $kernel" >&2
			return 1
		fi
		tr -d : <<<"$line" | tr ' ' '\n' | while read -r file; do
			add_module_file "$from" "$file"
		done
	done
}

# add_built_module FILE.c..: compile modules of one file each for $kernel.
add_built_module()
{
	local file name to=$tree/usr/lib/modules/$release/extra

	if [ ! -e "$headers" ]; then
		mkdir "$headers"
		tar -C "$headers" -xf "$kernel_dir/headers.tar.zst"
	fi
	mkdir -p "$to" /run/nax/module
	for file in "$@"; do
		name=$(basename "$file" .c)
		rm -rf /run/nax/module/*
		cp "$file" /run/nax/module/
		echo "obj-m := $name.o" >/run/nax/module/Makefile
		make -s -C "$headers" M=/run/nax/module modules
		cp "/run/nax/module/$name.ko" "$to/"
		echo "extra/$name.ko:" >>modules.dep
	done
	rm -rf /run/nax/module
	[ "$headers" != /run/nax/headers ] || rm -rf "$headers"
}

# The lines of modules.dep and modules.alias go beside the image: those of all layers of a guest are joined.
add_module_file()
{
	local from=$1 file=$2 to name

	to=$tree/usr/lib/modules/$release/${file%.[xz]*}
	[ ! -e "$to" ] || return 0
	mkdir -p "${to%/*}"
	grep "^$file:" "$from/modules.dep" | sed -E 's/\.ko\.(xz|zst)/.ko/g' >>modules.dep
	name=${to##*/} name=${name%.ko}
	grep -E " ${name//[-_]/[-_]}\$" "$from/modules.alias" >>modules.alias || :
	case $file in
	*.xz) xz -dc "$from/$file" >"$to" ;;
	*.zst) zstd -qdc "$from/$file" >"$to" ;;
	*) cp "$from/$file" "$to" ;;
	esac
}
