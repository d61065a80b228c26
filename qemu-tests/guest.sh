#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Guests: what they share, their command lines, and the judgement of what they leave behind.
# Sourced after host.sh. The variables of a scenario and host_root come from who sources this.
# shellcheck disable=SC2154,SC2034

guest_dir=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/guest
guest_recipe=${guest_dir%/*}/kernel
# Sources of the debug kernel, and how much longer than others it may take.
guest_debug_version=6.12
# shellcheck disable=SC2034 # for run and scenario.sh
debug_slow=4

# What decides whether an entry has to be made again: the test host, the tools, and more.
guest_key()
{
	{ basename "$host_root"; cat "$guest_dir/build" "$guest_dir/tree.sh" "$@"; } | sha256sum | cut -c 1-16
}

# guest_part WHAT.. FOLDER: run guest/build in the test host; guest_binds is what it sees in /mnt.
guest_part()
{
	local folder=${*: -1} host_binds=("guest=$guest_dir" "${guest_binds[@]}")

	host_run "$folder" bash /mnt/guest/build "${@:1:$#-1}"
}

# guest_slow LAYER FUNCTION VERSION: what a layer builds. Its key is the recipe of just that.
guest_slow()
{
	local layer=$1 function=$2 version=$3 key guest_binds=()

	key=$(
		# shellcheck source=/dev/null
		. "$guest_dir/layers/$layer"
		{
			basename "$host_root"
			declare -f "$function"
			for file in ${layer_files-}; do
				cat "$guest_dir/layers/$file" || exit
			done
		} | sha256sum | cut -c 1-16
	)
	cache_is_whole "$host_cache/$layer-slow-$version-$key" ||
		host_say "building for layer $layer, kernel $version: once, some minutes"
	cache_make "$layer-slow-$version" "$key" 3000 3600 guest_part slow "$layer" "$function" "$version"
}

# guest_layer LAYER: make the parts of a layer that $kernel needs; appends to guest_images.
guest_layer()
{
	local layer=$1 has file files=() key guest_binds=() own

	file=$guest_dir/layers/$layer
	if [ ! -f "$file" ]; then
		host_say "layer is '$layer': must be one of $(cd "$guest_dir/layers" && find . -maxdepth 1 -type f -printf '%f ')"
		return 1
	fi
	# shellcheck source=/dev/null
	has=$(. "$file" && declare -F | awk '{ printf " %s ", $3 }')
	# shellcheck source=/dev/null
	own=$(. "$file" && echo "${layer_files-}")
	files=("$file")
	for file in $own; do
		files+=("$guest_dir/layers/$file")
	done
	[ "$layer" = base ] || files+=("$guest_dir/layers/base")
	key=$(guest_key "${files[@]}")
	[ "$layer" = base ] || guest_binds+=("base=$guest_base")
	if [[ $has == *' layer_build '* ]]; then
		guest_slow "$layer" layer_build 6.12 || return
		guest_binds+=("built=$cache_entry/out")
	fi
	if [[ $has == *' layer '* ]]; then
		cache_make "layer-$layer" "$key" 200 300 guest_part common "$layer" || return
		[ "$layer" != base ] || guest_base=$cache_entry
		guest_images+=("$cache_entry")
	fi
	if [[ $has == *' layer_build_kernel '* ]]; then
		guest_slow "$layer" layer_build_kernel "$guest_version" || return
		guest_binds+=("built-kernel=$cache_entry/out")
	fi
	if [[ $has == *' layer_kernel '* ]]; then
		[ -z "$guest_kernel_dir" ] || guest_binds+=("kernel=$guest_kernel_dir")
		cache_make "layer-$layer-$kernel" "$key$guest_kernel_key" 200 300 \
			guest_part kernel "$layer" "$kernel" || return
		guest_images+=("$cache_entry")
	fi
}

# Build the debug kernel, in the folder given.
guest_build_debug()
{
	local host_binds=("recipe=$guest_recipe")

	host_run "$1" bash /mnt/recipe/build "$guest_debug_version"
}

# Sets what depends on $kernel: guest_version of its sources; guest_kernel_dir and guest_kernel_key if it
# is not of the test host.
guest_find_kernel()
{
	local cache_entry

	guest_version=$kernel guest_kernel_dir='' guest_kernel_key=''
	[ ! -d "$host_root/kernels/$kernel" ] || return 0
	if [ "$kernel" != debug ]; then
		host_say "kernel is '$kernel': must be debug or one of: ${host_kernels[*]}"
		return 1
	fi
	guest_version=$guest_debug_version
	guest_kernel_key=$({ basename "$host_root"; echo "$guest_version"; cat "$guest_recipe"/*; } |
		sha256sum | cut -c 1-16)
	cache_is_whole "$host_cache/kernel-debug-$guest_kernel_key" ||
		host_say "building the debug kernel (10 minutes on 2 cores, once)"
	cache_make kernel-debug "$guest_kernel_key" 5000 7200 guest_build_debug || return
	guest_kernel_dir=$cache_entry
}

# Make what guests with $kernel and $layers share, if need be; sets guest_images, the folders of its parts
# in their order, and guest_vmlinux. Needs host_make before.
guest_make()
{
	local layer guest_binds=()

	guest_images=()
	guest_find_kernel || return
	[ -z "$guest_kernel_dir" ] || guest_binds+=("kernel=$guest_kernel_dir")
	cache_make "vmlinux-$kernel" "$(guest_key)$guest_kernel_key" 200 300 \
		guest_part vmlinux "$kernel" || return
	guest_vmlinux=$cache_entry
	for layer in base $layers; do
		guest_layer "$layer" || return
	done
}

# guest_kbuild FOLDER COMMAND: run a shell command in the test host, with the headers of $kernel as $1, FOLDER as
# /run/nax and what host_binds has under /mnt.
guest_kbuild()
{
	local headers=/headers/$kernel

	guest_find_kernel || return
	# The debug kernel has its headers beside it.
	if [ -n "$guest_kernel_dir" ]; then
		headers=/tmp/headers
		host_binds+=("kernel=$guest_kernel_dir")
	fi
	# shellcheck disable=SC2016 # the inner shell expands
	host_run "$1" sh -c 'if [ "$1" = /tmp/headers ]; then
			mkdir "$1" && tar -C "$1" -xf /mnt/kernel/headers.tar.zst || exit
		fi
		'"$2" - "$headers"
}

# guest_module SOURCE: build a module for tests, of one file, for $kernel, and give it to the guests.
guest_module()
{
	local name host_binds=() host_limit=$((300 * ${NAX_SLOW:-1}))

	name=$(basename "$1" .c)
	mkdir -p "$dir/$name"
	cp "$1" "$dir/$name/"
	echo "obj-m := $name.o" >"$dir/$name/Kbuild"
	# shellcheck disable=SC2016 # as above
	guest_kbuild "$dir/$name" 'make -s -C "$1" M=/run/nax modules' >"$dir/$name.log" 2>&1 </dev/null ||
		{ tail -n 20 "$dir/$name.log"; return 1; }
	files+=("$dir/$name/$name.ko")
}

# guest_modules FOLDER: build nax's own modules for $kernel, as the test host's compilers do, and put them there.
# What did not change since the last time is taken from the cache, one per checkout, which the kernel's build
# system judges.
guest_modules()
{
	local top=${guest_dir%/*/*} cache_entry cache_lock_fd log status=0
	local host_limit=$((600 * ${NAX_SLOW:-1})) host_binds=("framework=$top/framework" "drivers=$top/drivers" "uapi=$top/uapi")

	cache_entry=$host_cache/modules-$kernel-$(cksum <<<"$top" | cut -d ' ' -f 1)
	log=$host_cache/logs/${cache_entry##*/}
	cache_lock "${cache_entry##*/}" "$((host_limit + 60))" || return
	# shellcheck disable=SC2016 # the inner shell expands
	mkdir -p "$cache_entry" && cache_use &&
		guest_kbuild "$cache_entry" '/mnt/framework/linux/build "$1" /run/nax' >"$log" 2>&1 </dev/null \
		{cache_lock_fd}>&- && cp "$cache_entry"/*.ko "$1/" || status=$?
	exec {cache_lock_fd}>&-
	[ "$status" -ne 0 ] || return 0
	tail -n 20 "$log" >&2
	[ "$status" -ne 124 ] || host_say "its limit of $host_limit s is over"
	host_say "nax's modules for kernel $kernel cannot be built, see above and $log"
	return 1
}

# guest_image DIR N: write DIR/guestN.cpio: base, layers, and what is this scenario's own.
# The kernel unpacks concatenated archives one over the other.
guest_image()
{
	local dir=$1 n=$2 tree=$1/overlay$2 keep_guest=$keep modules_dir file

	[ "$keep" != 1 ] || [ "$n" -eq 1 ] || keep_guest='wait'
	modules_dir=$tree/usr/lib/modules/$(cat "$guest_vmlinux/release")
	mkdir -p "$tree/nax" "$modules_dir"
	install -m 755 "$guest_dir/init" "$tree/init"
	cp "$guest_dir/lib.sh" "$guest_dir/dpdk.sh" "$tree/nax/"
	cp -r "$guest_dir/../common" "$guest_dir/../scenarios" "$tree/nax/"
	cp "$scenario_file" "$tree/nax/scenario"
	[ ${#files[@]} -eq 0 ] || cp "${files[@]}" "$tree/nax/"
	printf '%s=%q\n' here /nax guest "$n" name "$name" kernel "$kernel" variant "$variant" \
		keep "$keep_guest" modules "$modules" reboots "$reboots" slow "$slow" start "${guest_starts[n]}" \
		>"$tree/nax/env"
	for file in modules.dep modules.alias; do
		cat "${guest_images[@]/%//$file}" 2>/dev/null | sort -u >"$modules_dir/$file" || :
	done
	: >"$modules_dir/modules.symbols"
	chroot "$host_root" sh -c "cd /run/nax/overlay$n && find . | cpio --quiet -o -H newc -R 0:0" \
		>"$dir/overlay$n.cpio"
	rm -r "$tree"
	cat "${guest_images[@]/%//image.cpio}" "$dir/overlay$n.cpio" >"$dir/guest$n.cpio"
	rm "$dir/overlay$n.cpio"
}

# guest_device PORT: the device of a nicsim port, as -device and QMP's device_add take it.
guest_device()
{
	local more=''

	# Time stands still until a write has arrived.
	[ "$icount" = 0 ] || more='"x-no-posted-writes":true,'
	printf '{"driver":"vfio-user-pci","id":"nic%d","bus":"rp%d",%s"socket":{"type":"unix","path":"%s"}}' \
		"$1" "$1" "$more" "/run/nax/port$1.sock"
}

# guest_command N: set guest_qemu to the command line of a guest. Paths are as the test host sees them.
guest_command()
{
	local n=$1 port=0 entry devices=() how cpu=max,la57=off khz=$tsc_khz extra=()

	for entry in "${ports[@]}"; do
		port=$((port + 1))
		[ "${entry%% *}" = "$n" ] || continue
		devices+=(-device "pcie-root-port,id=rp$port,chassis=$port,slot=$port")
		[[ " $unplugged " == *" $port "* ]] || devices+=(-device "$(guest_device "$port")")
	done
	if [ "$guests" -eq 2 ]; then
		entry=server=on,wait=off
		[ "$n" -eq 1 ] || entry=server=off
		devices+=(-chardev "socket,id=peer,path=/run/nax/peer.sock,$entry")
		devices+=(-device "virtserialport,chardev=peer,name=peer")
	fi
	declare -n own=qemu$n
	[ "$icount" = 0 ] || khz=1000000
	local boot=(-kernel "/run/nax/vmlinux" -initrd "/run/nax/guest$n.cpio"
		-append "console=ttyS0 quiet loglevel=5 panic=-1 oops=panic nokaslr mitigations=off \
net.ifnames=0 audit=0 tsc=reliable tsc_early_khz=$khz no_timer_check rcupdate.rcu_expedited=1 $append")
	! declare -F guest_boot >/dev/null || guest_boot "$n"
	case $accel in
	kvm) how=kvm ;;
	tcg) how=tcg,thread=multi ;;
	esac
	# Copies byte by byte would be as many instructions as bytes.
	[ "$icount" = 0 ] || how=tcg,thread=single cpu=$cpu,erms=off,fsrm=off extra=(-icount "shift=0,sleep=off")
	guest_qemu=(qemu-system-x86_64 -nodefaults -no-user-config -display none
		-accel "$how" -cpu "$cpu" "${extra[@]}" -M "q35,memory-backend=m"
		-m "$memory" -object "memory-backend-memfd,id=m,size=${memory}M,share=on" -smp "$smp"
		"${boot[@]}" -qmp "unix:/run/nax/qmp$n.sock,server=on,wait=off" -device virtio-serial-pci
		-chardev "file,id=tap,path=/run/nax/guest$n.tap" -device "virtserialport,chardev=tap,name=tap"
		-chardev "file,id=log,path=/run/nax/guest$n.dmesg" -device "virtserialport,chardev=log,name=log"
		"${own[@]}" "${devices[@]}")
	[ "$reboots" -gt 0 ] || guest_qemu+=(-no-reboot)
	if [ "$keep" = 1 ] && [ "$n" -eq 1 ]; then
		guest_qemu+=(-chardev "stdio,id=con,signal=off,logfile=/run/nax/guest$n.console")
	else
		guest_qemu+=(-chardev "file,id=con,path=/run/nax/guest$n.console")
	fi
	guest_qemu+=(-serial chardev:con)
}

