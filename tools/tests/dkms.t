#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The package nax-dkms that `make deb` builds: DKMS adds, builds, installs and removes what is in it, for the
# kernel headers that are installed. DKMS's folders are this test's, by a configuration file that is put over
# its own in a namespace.
if [ -z "${NAX_TEST_NAMESPACE-}" ]; then
	root=()
	[ "$(id -u)" -eq 0 ] || root=(--map-root-user)
	NAX_TEST_NAMESPACE=1 exec unshare --mount "${root[@]}" "$0"
fi
. "$(dirname "$0")/lib.sh"

version=1.0.0
headers=(/usr/src/linux-headers-[0-9]*-"$(dpkg --print-architecture)")
kernel=${headers[0]#*headers-}
# Always the same folder: what compiles, compiles the same again, so that ccache(1) knows it.
built=$PWD/build/tests/dkms
rm -rf "$built"
deb=$built/deb/nax-dkms_${version}_all.deb

ok "make deb" make -s deb DEB_BUILD=all VERSION=$version DEB_DIR="$built/deb"
ok "it can be unpacked" dpkg-deb -x "$deb" "$built/root"
scripts() {
	local script

	dpkg-deb -e "$deb" "$work/control" || return
	for script in postinst prerm; do
		grep -qx "DKMS_VERSION=$version" "$work/control/$script" || { echo "$script: version"; return 1; }
	done
	grep -q '^Depends: dkms' "$work/control/control"
}
ok "its scripts have DKMS act on this version" scripts

mkdir -p "$work/conf/framework.conf.d" "$built/dkms" "$built/modules/$kernel"
cat >"$work/conf/framework.conf" <<-END
	dkms_tree=$built/dkms
	source_tree=$built/root/usr/src
	install_tree=$built/modules
	mok_signing_key=$work/mok.key
	mok_certificate=$work/mok.pub
END
mount --bind "$work/conf" /etc/dkms
finish() {
	local status=$?

	umount -l /etc/dkms
	(exit $status)
	cleanup
}
trap finish EXIT

dkms_do() {
	dkms "$@" -m nax -v $version -k "$kernel"
}
state() {
	local now

	now=$(dkms status -m nax -v $version -k "$kernel")
	[[ $now == *": $1" ]] || { echo "status is '$now', wanted $1"; return 1; }
}
ok "add" dkms add -m nax -v $version
ok "build" dkms_do build --kernelsourcedir "${headers[0]}"
ok "status: built" state built
ok "install" dkms_do install --no-depmod
ok "status: installed" state installed
installed() {
	local module file

	for module in nax nax_ixgbe; do
		file=$(find "$built/modules/$kernel" -name "$module.ko*")
		[ -s "$file" ] || { echo "$module is not installed"; return 1; }
		[ "$(modinfo -F version "$file")" = $version ] || { modinfo "$file"; return 1; }
		[ "$(modinfo -F vermagic "$file" | cut -d ' ' -f 1)" = "$kernel" ] || { modinfo "$file"; return 1; }
	done
}
ok "both modules are installed, of this version and for this kernel" installed
removed() {
	dkms remove -m nax -v $version --all --no-depmod || return
	[ -z "$(find "$built/modules" "$built/dkms" -name '*nax*')" ] || { find "$built/modules" "$built/dkms"; return 1; }
}
ok "remove leaves nothing" removed
done_testing
