#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The test host: a private Debian 13 root with QEMU, kernels and the guests' programs.
#
#   host.sh make             make it if it is not in the cache, print its folder
#   host.sh run DIR CMD..    run a command in it; DIR is seen there as /run/nax
#
# It is cached in ${NAX_CACHE:-$HOME/.cache/nax} under a hash of its recipe. Other scripts source this
# file and call host_make, host_run and host_enter. Mounts are only ever made in a mount namespace of
# their own, so that none outlives its processes, whatever kills them.
set -euo pipefail

host_self=$(realpath "${BASH_SOURCE[0]}")
host_cache=${NAX_CACHE:-$HOME/.cache/nax}
# shellcheck source=cache.sh
. "${host_self%/*}/cache.sh"

# ---- recipe: whatever changes here makes another root --------------------------------------------

host_suite=trixie
host_backports=trixie-backports
# Where the oldest kernel headers are that nax builds with.
host_old_suite=bookworm
# In the guests: userland and outside tests; on the test host: what builds kernels, modules and tests.
host_packages=(busybox-static bash cpio kmod xz-utils zstd iproute2 ethtool iperf3 iputils-ping ipxe
	python3 python3-yaml python3-jsonschema socat netsniff-ng tcpdump jq linuxptp dpdk-dev dkms
	gcc libc6-dev make bc bison flex rsync libelf-dev libssl-dev libcap-dev libmnl-dev liburing-dev
	libnuma-dev clang lld llvm libbpf-dev bpftool sparse linux-source-6.12)
host_backports_packages=(qemu-system-x86 linux-source-7.2)
host_kernels=(6.12 7.2)
host_headers=(6.1 "${host_kernels[@]}")
host_qemu=11.1
host_space_mb=6000

host_recipe()
{
	declare -p host_suite host_backports host_old_suite host_packages host_backports_packages \
		host_kernels host_headers host_qemu
	declare -f host_install host_newest host_install_kernel host_install_headers host_apt_settings
	uname -m
}

host_say()
{
	echo "qemu-tests: $*" >&2
}

# ---- what the machine must offer -----------------------------------------------------------------

host_need_root()
{
	[ "$(id -u)" -eq 0 ] && return
	host_say "not run as root: mount and PID namespaces and chroot of the test host need it"
	return 1
}

# Install the programs of the machine itself that are not there.
host_need_programs()
{
	local missing=() log

	[ -x /usr/sbin/debootstrap ] || missing+=(debootstrap)
	command -v unshare >/dev/null && command -v setpriv >/dev/null || missing+=(util-linux)
	[ ${#missing[@]} -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null; then
		host_say "not installed: ${missing[*]}, and there is no apt-get to install it"
		return 1
	fi
	host_say "installing with apt-get: ${missing[*]}"
	log=$(mktemp)
	if ! { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y \
		-o DPkg::Lock::Timeout=300 --no-install-recommends "${missing[@]}"; } \
		>"$log" 2>&1 </dev/null; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		host_say "apt-get cannot install ${missing[*]}, see above"
		return 1
	fi
	rm -f "$log"
}

# Print the first package mirror of the machine's own apt sources that has all suites.
host_mirror()
{
	local tried=() mirror suite file

	# apt only tells of sources whose lists it has.
	[ -n "$(apt-get indextargets 'Created-By: Packages')" ] || apt-get -qq update >/dev/null 2>&1 || :
	file=$(mktemp) || return
	# shellcheck disable=SC2016 # apt-get expands
	while read -r mirror; do
		tried+=("$mirror")
		for suite in "$host_suite" "$host_old_suite" "$host_backports"; do
			# apt's own downloader: it uses apt's proxies and transports.
			timeout 60 /usr/lib/apt/apt-helper download-file \
				"${mirror%/}/dists/$suite/InRelease" "$file" >/dev/null 2>&1 || break
			grep -q '^Origin: Debian' "$file" || break
			grep -q "^Codename: $suite\$" "$file" || break
			if [ "$suite" = "$host_backports" ]; then
				echo "$mirror"
				rm -f "$file"
				return 0
			fi
		done
	done < <(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' |
		awk '!seen[$0]++')
	rm -f "$file"
	host_say "no mirror with $host_suite, $host_old_suite and $host_backports can be reached;" \
		"apt's own sources, as far as apt-get update reaches them: ${tried[*]:-none}"
	return 1
}

# ---- making it -----------------------------------------------------------------------------------

# Settings of the machine's apt that decide whether the mirror can be reached and is believed.
host_apt_settings()
{
	apt-config dump | grep -E '^Acquire::(Check-Valid-Until|Check-Date|https?::Proxy) ' || :
	echo 'APT::Install-Recommends "false";'
}

# Print the newest package linux-KIND-VERSION.. of the suites. Not the suite's meta package: a suite goes on
# to the next kernel, and keeps those before it.
host_newest()
{
	local root=$1 kind=$2 version=$3 newest

	newest=$(chroot "$root" apt-cache search --names-only \
		"^linux-$kind-${version//./\\.}\\.[0-9]+(\\+deb[0-9]+|-[0-9]+)-amd64\$" |
		cut -d ' ' -f 1 | sort -V | tail -n 1)
	[ -n "$newest" ] || host_say "the mirror has no linux-$kind-$version.*-amd64"
	echo "$newest"
}

# Unpack a kernel to /kernels/NAME: no initrd, boot loader or triggers are wanted.
host_install_kernel()
{
	local root=$1 name=$2 dir=$1/kernels/$2 package packages release

	package=$(host_newest "$root" image "$name")
	packages=$(chroot "$root" apt-get -s -t "$host_backports" install "$package" |
		awk '/^Inst linux-(image|binary|modules|base)-[0-9]/ { print $2 "=" substr($3, 2) }')
	mkdir -p "$dir/debs"
	# shellcheck disable=SC2016,SC2086 # the inner shell expands; a list, one package a line
	chroot "$root" sh -c 'cd "$1" && shift && apt-get -qq download "$@"' - \
		"/kernels/$name/debs" $packages
	for deb in "$dir"/debs/*.deb; do
		chroot "$root" dpkg-deb -x "${deb#"$root"}" "/kernels/$name"
	done
	rm -r "$dir/debs"
	[ -e "$dir/lib" ] || ln -s usr/lib "$dir/lib"
	release=$(basename "$dir"/lib/modules/*)
	chroot "$root" depmod -b "/kernels/$name" "$release"
	echo "$release" >"$dir/release"
	# Older packages have the image in /boot, newer ones beside the modules.
	mv "$dir/boot/vmlinuz-$release" "$dir/vmlinuz" 2>/dev/null ||
		mv "$dir/lib/modules/$release/vmlinuz" "$dir/vmlinuz"
}

# Install a kernel's headers, with the compiler that they ask for; /headers/NAME leads to them.
host_install_headers()
{
	local root=$1 name=$2 package

	package=$(host_newest "$root" headers "$name")
	chroot "$root" apt-get -qq install -y -t "$host_backports" "$package"
	ln -s "/usr/src/$package" "$root/headers/$name"
}

# All steps, in a mount and PID namespace of their own.
host_install()
{
	local root=$1 mirror=$2 name

	export DEBIAN_FRONTEND=noninteractive LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
	debootstrap --variant=minbase "$host_suite" "$root" "$mirror"
	mkdir -p "$root/run/nax" "$root/kernels" "$root/headers"
	host_apt_settings >"$root/etc/apt/apt.conf.d/nax"
	printf '%s\n' force-unsafe-io 'path-exclude=/usr/share/doc/*' 'path-exclude=/usr/share/man/*' \
		'path-exclude=/usr/share/locale/*' >"$root/etc/dpkg/dpkg.cfg.d/nax"
	printf "deb $mirror %s main\n" "$host_suite" "$host_backports" "$host_old_suite" \
		>"$root/etc/apt/sources.list"
	printf '%s\n' 'Package: *' "Pin: release n=$host_old_suite" 'Pin-Priority: 50' \
		>"$root/etc/apt/preferences.d/nax"
	cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
	mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
	chroot "$root" apt-get -qq update
	# In this order: whatever both need stays the older suite's.
	chroot "$root" apt-get -qq install -y "${host_packages[@]}"
	chroot "$root" apt-get -qq install -y -t "$host_backports" "${host_backports_packages[@]}"
	for name in "${host_kernels[@]}"; do
		host_install_kernel "$root" "$name"
	done
	for name in "${host_headers[@]}"; do
		host_install_headers "$root" "$name"
	done
	chroot "$root" apt-get clean
	chroot "$root" qemu-system-x86_64 --version | grep -q "version $host_qemu\\." || {
		host_say "QEMU of the mirror's $host_backports is not $host_qemu"
		return 1
	}
	(cd "$root" && sha256sum usr/bin/qemu-system-x86_64 usr/bin/busybox \
		kernels/*/vmlinuz kernels/*/lib/modules/*/modules.dep >.nax-complete)
}

# Type, mode, size, time of change, name and target of each file: what a cut or deleted file changes.
# Sums of gigabytes at each use would take longer than the tests.
host_list()
{
	(cd "$1" && find . -xdev ! -path ./.nax-files ! -path . -printf '%y %m %s %T@ %p %l\n' | LC_ALL=C sort)
}

host_files()
{
	host_list "$1" | sha256sum
}

# Prints what is not as it was sealed: one line.
host_is_whole()
{
	local differs

	[ -s "$1/.nax-complete" ] || { echo "no .nax-complete"; return 1; }
	differs=$(cd "$1" && sha256sum --quiet -c .nax-complete 2>/dev/null) ||
		{ echo "${differs%%$'\n'*}"; return 1; }
	[ "$(host_files "$1")" != "$(cat "$1/.nax-files" 2>/dev/null)" ] || return 0
	# A folder changes with what is in it, which tells more.
	differs=$(host_list "$1" | grep -v ' \./\.nax-list ' | diff "$1/.nax-list" - | grep '^[<>]')
	{ grep -v '^. d ' || echo "$differs"; } <<<"$differs" | head -n 1
	return 1
}

# The sum of the list tells that something has changed, the list what.
host_seal()
{
	[ -s "$1/.nax-complete" ] && rm -f "$1/.nax-list" && host_list "$1" >"$host_cache/list.$$" &&
		mv "$host_cache/list.$$" "$1/.nax-list" && host_files "$1" >"$1/.nax-files"
}

host_before()
{
	host_need_programs && host_source=$(host_mirror) || return
	host_say "making the test host in $host_cache (some minutes, once)"
}

host_build()
{
	chmod 755 "$1"
	host_isolate timeout -k 10 "$host_limit" bash "$host_self" install "$1" "$host_source"
}

# Make the root if need be; sets host_root. NAX_HOST_ROOT is what run has already looked at.
host_make()
{
	local key cache_check=host_is_whole cache_seal=host_seal cache_before=host_before host_source

	host_need_root || return
	key=$(host_recipe | sha256sum | cut -c 1-16)
	host_root=$host_cache/host-$key
	[ "${NAX_HOST_ROOT-}" != "$host_root" ] || return 0
	cache_make host "$key" "$host_space_mb" 1500 host_build
}

# ---- using it ------------------------------------------------------------------------------------

# What runs a command in mount and PID namespaces that end with it, and with the process that waits.
host_isolation=(setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child=KILL --mount-proc --)

host_isolate()
{
	"${host_isolation[@]}" "$@"
}

# Only in namespaces of host_isolate: make the root usable by chroot, read-only, DIR as /run/nax, and
# further folders NAME=FOLDER, read-only, as /mnt/NAME.
host_enter()
{
	local root=$1 dir=$2 bind to

	shift 2

	mount --bind "$root" "$root"
	mount -o remount,bind,ro "$root"
	mount -t proc proc "$root/proc"
	mount --rbind /dev "$root/dev"
	mount -t tmpfs tmpfs "$root/tmp"
	mount --bind "$dir" "$root/run/nax"
	[ $# -gt 0 ] || return 0
	mount -t tmpfs tmpfs "$root/mnt"
	for bind in "$@"; do
		to=$root/mnt/${bind%%=*}
		mkdir "$to"
		mount --bind "${bind#*=}" "$to"
		mount -o remount,bind,ro "$to"
	done
}

# host_run DIR CMD..: after host_make; host_binds is an array for host_enter, host_limit seconds or 0.
host_run()
{
	host_isolate timeout -k 10 --foreground "${host_limit:-0}" bash "$host_self" inside "$host_root" \
		"${#host_binds[@]}" "${host_binds[@]}" "$@"
}
host_binds=()

[ "${BASH_SOURCE[0]}" = "$0" ] || return 0
case ${1-} in
make)
	host_make
	echo "$host_root"
	;;
run)
	if [ $# -lt 3 ] || [ ! -d "$2" ]; then
		host_say "run: needs a folder and a command"
		exit 2
	fi
	shift
	host_make
	host_run "$@"
	;;
install)
	host_install "$2" "$3"
	;;
inside)
	root=$2 count=$3
	shift 3
	host_enter "$root" "${@:count + 1:1}" "${@:1:count}"
	shift $((count + 1))
	exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C TERM="${TERM:-dumb}" \
		chroot "$root" "$@"
	;;
*)
	host_say "host.sh: command is '${1-}': must be make or run"
	exit 2
	;;
esac
