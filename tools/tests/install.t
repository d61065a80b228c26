#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What `make install` puts down can be used: an application builds against it by pkg-config, shared
# and static, and finds the driver; uninstall leaves nothing.
. "$(dirname "$0")/lib.sh"

prefix=$work/prefix
version=$(sed -n 's/^VERSION := //p' Makefile)
left=$prefix/src/nax-$version/drivers/ixgbe/gone.c
mkdir -p "$(dirname "$left")"
touch "$left" "$prefix/src/other"
# Under a umask that lets others read nothing
install() {
	make -s VARIANT=release all && (umask 077 && make VARIANT=release PREFIX="$prefix" install)
}
ok "make install" install
modules_only() {
	[ ! -e "$left" ] || { echo "$left is still there"; return 1; }
	[ -e "$prefix/src/other" ] && rm "$prefix/src/other"
}
ok "a source that is no more goes, and nothing else" modules_only
readable() {
	local unreadable

	unreadable=$(find "$prefix"/{bin,lib,include,share,src} ! -type l ! -perm -o=r -o -type d ! -perm -o=x)
	[ -z "$unreadable" ] || { echo "$unreadable"; return 1; }
}
ok "all can read it" readable
# Who keeps the source itself where DKMS looks for it does not lose it.
own() {
	local tree=$work/own/src/nax-$version

	mkdir -p "$tree" && cp -r Makefile framework drivers uapi "$tree" || return
	! make -C "$tree" PREFIX="$work/own" "$1" && [ -e "$tree/drivers/ixgbe/ixgbe.h" ]
}
ok "make install-dkms in the folder that it would fill is refused" own install-dkms
ok "and make uninstall there, too" own uninstall
installed() {
	local f
	for f in bin/nax bin/nicsim lib/libnax.a lib/libnax.so.0 include/nax/app.h \
		lib/pkgconfig/nax.pc share/man/man1/nax.1 share/man/man1/nicsim.1 \
		"src/nax-$version/dkms.conf" "src/nax-$version/framework/linux/build"; do
		[ -e "$prefix/$f" ] || { echo "$f is missing"; return 1; }
	done
}
ok "all files are there" installed

cat >"$work/app.c" <<'C'
#include <nax/app.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct nax_port *port;
	struct nax_port_info info;
	struct nax_error err;

	if (nax_port_open(argv[1], 1, &port, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	nax_port_info(port, &info);
	printf("%s %s\n", info.driver, info.model);
	nax_port_close(port);
	return 0;
}
C
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
shared() {
	gcc -Wall -Wextra -Wno-unused-parameter -Werror -o "$work/shared" "$work/app.c" \
		$(pkg-config --cflags --libs nax)
}
static() {
	gcc -o "$work/static" "$work/app.c" $(pkg-config --cflags nax) "$prefix/lib/libnax.a" \
		-ljson-c -lpthread
}
plus_plus() {
	g++ -x c++ -fsyntax-only -Wall -Wextra -Werror $(pkg-config --cflags nax) - <<'C'
#include <nax/app.h>
#include <nax/sim.h>
C
}
ok "the headers are C++ too" plus_plus
ok "an application builds against the shared library" shared
ok "an application builds against the static library" static
NICSIM=$prefix/bin/nicsim nicsim_start sim --port "$work/a.sock,model=82599,net=wire:w" \
	--port "$work/b.sock,model=82599,net=wire:w"
run() {
	[ "$(LD_LIBRARY_PATH=$prefix/lib "$work/$1" "vfio-user:$work/a.sock" |
		grep -c '^ixgbe .*82599')" = 1 ]
}
ok "the shared one finds its driver" run shared
ok "the static one finds its driver" run static
names() {
	sed -n 's/^\t\(nax_[a-z0-9_]*\);$/\1/p' framework/user/libnax.map | sort
}
only_api() {
	nm "$@" --defined-only | awk 'NF == 3 && $2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort >"$work/exported"
	names | diff - "$work/exported"
}
ok "the shared library exports the public API only" only_api -D "$prefix/lib/libnax.so.0"
ok "the static library exports the public API only" only_api -g "$prefix/lib/libnax.a"
uninstall() {
	make PREFIX="$prefix" uninstall
	[ -z "$(find "$prefix" -type f -o -type l)" ] || { find "$prefix" -type f; return 1; }
}
ok "make uninstall leaves no file" uninstall
done_testing
