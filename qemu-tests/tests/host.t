#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What goes wrong on the host side of guests: each gives one clear line and a status that is not 0, and
# leaves no process, mount, socket or temporary file.
. "$(dirname "$0")/../../tools/tests/lib.sh"

here=qemu-tests
real=${NAX_CACHE:-$HOME/.cache/nax}
unset NAX_RESULTS NAX_SCENARIOS NAX_KERNEL

contained()
{
	NICSIM=/bin/true "$here/tests/contain" "$work" "$cache" "$disk" "$@"
}

# one_line STATUS TEXT CMD..: the command ends with STATUS, and all that it says on standard error is one
# line that has TEXT.
one_line()
{
	local want=$1 text=$2 got=0

	shift 2
	contained timeout 120 "$@" >"$work/out.log" 2>"$work/err.log" </dev/null || got=$?
	cat "$work/err.log"
	[ "$got" -eq "$want" ] || { echo "status is $got, expected $want"; return 1; }
	[ "$(wc -l <"$work/err.log")" -eq 1 ] || { echo "not one line"; return 1; }
	grep -qF -- "$text" "$work/err.log" || { echo "lacks: $text"; return 1; }
}

ok "the test host is there, or can be made" "$here/host.sh" make
host=$("$here/host.sh" make)
disk=0
# As in a user namespace without users: whoever runs it is nobody.
cache=$work/root
ok "not root: make" one_line 1 "not run as root" unshare --user "$here/host.sh" make
ok "not root: run" one_line 1 "not run as root" unshare --user "$here/run" igb-baseline:6.12
ok "nothing is made" test ! -e "$cache/locks"

# ---- bad options

ok "--jobs" one_line 2 "--jobs is '0': must be 1 to 999" "$here/run" --jobs 0
ok "--tier" one_line 2 "--tier is 'most': must be quick or full" "$here/run" --tier most
ok "--kernel" one_line 2 "no scenario of tier full has kernel 5.0" "$here/run" --kernel 5.0
ok "no such scenario" one_line 2 "no such scenario: nothing" "$here/run" nothing
ok "one of two" one_line 2 "no such scenario: nothing" "$here/run" igb-baseline nothing
ok "--keep" one_line 2 "--keep needs one instance" "$here/run" --keep igb-baseline
ok "NAX_SLOW" one_line 2 "NAX_SLOW is '0': must be 1 to 99" env NAX_SLOW=0 "$here/run" igb-baseline
ok "NAX_RESUME" one_line 2 "NAX_RESUME is 'yes': must be 0 or 1" env NAX_RESUME=yes "$here/run" igb-baseline
ok "no nicsim" one_line 2 "/nothing: not there; make builds it" env NICSIM=/nothing "$here/run" igb-baseline

# ---- mirror

# Sources of which none answers; apt's own settings otherwise.
mkdir -p "$work/apt/lists/partial"
echo 'deb http://127.0.0.1:9/debian trixie main' >"$work/apt/sources.list"
cat >"$work/apt/apt.conf" <<-END
Dir::Etc::sourcelist "$work/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::Lists "$work/apt/lists";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
END
export APT_CONFIG=$work/apt/apt.conf
cache=$work/mirror
ok "no mirror: make" one_line 1 "no mirror with trixie, bookworm and trixie-backports can be reached" \
	"$here/host.sh" make
ok "no mirror: run" one_line 1 "no mirror with trixie, bookworm and trixie-backports can be reached" \
	"$here/run" igb-baseline:6.12
# That nothing answers is no reason to take a test as passed.
no_pass()
{
	grep -q '^Bail out!' "$work/out.log" && ! grep -q '^ok' "$work/out.log"
}
ok "and no check is said to have passed" no_pass

# ---- the root of the cache is damaged: it is not used, so that a mirror is asked for

# What identifies a root as whole; its other gigabytes are not needed to look at it.
copy_root()
{
	local file key

	key=$(basename "$host")
	rm -rf "$cache"
	mkdir -p "$cache/$key"
	while read -r _ file; do
		mkdir -p "$cache/$key/$(dirname "$file")"
		cp "$host/$file" "$cache/$key/$file"
	done <"$host/.nax-complete"
	cp "$host/.nax-complete" "$cache/$key/"
	bash -c '. "$1" && host_seal "$2"' - "$here/host.sh" "$cache/$key"
	root=$cache/$key
}
cache=$work/damaged
copy_root
ok "a whole root is used" contained "$here/host.sh" make
damaged()
{
	local got=0

	contained timeout 120 "$here/host.sh" make >"$work/out.log" 2>"$work/err.log" </dev/null || got=$?
	cat "$work/err.log"
	[ "$got" -eq 1 ] && [ ! -s "$work/out.log" ] && grep -q "damaged, making it again: .*$1" "$work/err.log" &&
		grep -q 'no mirror with' "$work/err.log" && [ "$(wc -l <"$work/err.log")" -eq 2 ]
}
truncate -s 100000 "$root/usr/bin/qemu-system-x86_64"
ok "a program of the root is cut" damaged usr/bin/qemu-system-x86_64
copy_root
printf x | dd of="$root/usr/bin/busybox" bs=1 seek=5000 conv=notrunc status=none
ok "a byte of a program is another" damaged usr/bin/busybox
copy_root
rm -r "$root/kernels/7.2"
ok "a kernel of the root is deleted" damaged kernels/7.2/
copy_root
: >"$root/usr/bin/new"
ok "a file too many" damaged usr/bin/new
copy_root
rm "$root/.nax-complete"
ok "a root that was never finished" damaged .nax-complete
unset APT_CONFIG

# ---- layers

# make_layers: what a guest with kernel 6.12 needs, with the real root.
make_layers()
{
	contained bash -c '. "$1/host.sh" && . "$1/guest.sh" && ln -sfn "$2" "$host_cache/$(basename "$2")" &&
		host_make && kernel=6.12 layers=net && guest_make' - "$here" "$host"
}
layers_whole()
{
	local entry

	for entry in "$cache"/{layer,vmlinux}-*; do
		(cd "$entry" && sha256sum --quiet -c .complete) || return
	done
}
made_again()
{
	make_layers 2>"$work/err.log" && grep "$1.*: damaged, making it again" "$work/err.log" && layers_whole
}
cache=$work/layers
mkdir -p "$cache/build-layer-base.half"
: >"$cache/build-layer-base.half/image.cpio"
ok "layers are made" make_layers
ok "what another maker has left half-made is gone" test ! -e "$cache/build-layer-base.half"
ok "layers are whole" layers_whole
stamp=$(stat -c %Y.%i "$cache"/layer-net-6.12-*/image.cpio)
ok "layers are made once" make_layers
ok "and are the same then" test "$stamp" = "$(stat -c %Y.%i "$cache"/layer-net-6.12-*/image.cpio)"
truncate -s 1000 "$cache"/vmlinux-6.12-*/vmlinux
ok "a cut kernel is made again" made_again vmlinux-6.12
truncate -s -512 "$cache"/layer-base-[0-9a-f]*/image.cpio
ok "a cut layer is made again" made_again layer-base
rm "$cache"/layer-net-6.12-*/modules.dep
ok "a layer without a file is made again" made_again layer-net-6.12
rm "$cache"/layer-net-6.12-*/.complete
ok "an unsealed layer is made again" made_again layer-net-6.12
two_makers()
{
	rm -rf "$cache"/layer-net-*
	make_layers >"$work/one.log" 2>&1 &
	make_layers >"$work/two.log" 2>&1 && wait $! && layers_whole
}
ok "two makers at a time" two_makers
killed_maker()
{
	local maker

	rm -rf "$cache"/layer-net-*
	make_layers >"$work/one.log" 2>&1 &
	maker=$!
	wait_for 20 compgen -G "$cache/build-layer-net.*" && kill -KILL "$maker"
	wait "$maker" 2>/dev/null || :
	make_layers && layers_whole && ! compgen -G "$cache/build-*"
}
ok "a maker that was killed" killed_maker
pruned()
{
	mkdir -p "$cache/layer-old-key" "$cache/layer-new-key"
	touch -d '15 days ago' "$cache/used/layer-old-key"
	touch -d '13 days ago' "$cache/used/layer-new-key"
	rm -rf "$cache"/layer-net-*
	make_layers && [ ! -e "$cache/layer-old-key" ] && [ ! -e "$cache/used/layer-old-key" ] &&
		[ -e "$cache/layer-new-key" ] && compgen -G "$cache/layer-base-*"
}
ok "what was not used for two weeks goes" pruned
ok "no such layer" one_line 1 "layer is 'nothing': must be one of" \
	bash -c '. "$1/host.sh" && . "$1/guest.sh" && host_make && kernel=6.12 layers=nothing && guest_make' - "$here"
ok "no such kernel" one_line 1 "kernel is '5.0': must be debug or one of: 6.12 7.2" \
	bash -c '. "$1/host.sh" && . "$1/guest.sh" && host_make && kernel=5.0 layers= && guest_make' - "$here"
ok "NAX_ACCEL" one_line 1 "NAX_ACCEL is 'fast': must be tcg, kvm or auto" bash -c '. "$1/host.sh" &&
	. "$1/guest.sh" && . "$1/accel.sh" && host_make && kernel=6.12 layers= && guest_make &&
	NAX_ACCEL=fast accel_choose' - "$here"

# ---- full disk

cache=$work/disk
disk=50
ok "no space for the root" one_line 1 "$cache: disk full: 50 MB free, making 'host' needs 6000 MB" \
	"$here/host.sh" make
# shellcheck disable=SC2016
fills='. "$1/host.sh"; fill() { dd if=/dev/zero of="$1/x" bs=1M count=100 status=none; }
	cache_make thing key 20 60 fill'
ok "the disk fills in the middle" one_line 1 "$cache: disk full: 0 MB free, making 'thing' needs 20 MB" \
	bash -c "$fills" - "$here"
disk=0
cache=/dev/null/cache
full_tmp()
{
	local status=0

	mkdir -p "$work/small"
	unshare --mount bash -c 'mount -t tmpfs -o size=100m tmpfs "$1" && TMPDIR=$1 NICSIM=/bin/true exec "$2" igb-baseline' \
		- "$work/small" "$here/run" >"$work/out.log" 2>"$work/err.log" || status=$?
	cat "$work/err.log"
	[ "$status" -eq 1 ] && [ "$(wc -l <"$work/err.log")" -eq 1 ] &&
		grep -qE "small: disk full: 1?[0-9]{2} MB free, [0-9]+ guests at a time need [0-9]+ MB" "$work/err.log"
}
ok "no space for guests" full_tmp
cache_is_file()
{
	fails_with 1 "Not a directory" env NAX_CACHE=/dev/null/cache "$here/host.sh" make &&
		[ "$(wc -l <"$work/err.log")" -eq 1 ]
}
ok "the cache's folder is none" cache_is_file

done_testing
