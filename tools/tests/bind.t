#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# nax list and nax bind on a made-up machine: /sys, /lib/modules, /etc and /dev are folders of this test, in
# namespaces of its own; what sysfs does when it is written to is done by a reader of FIFOs.
if [ -z "${NAX_TEST_NAMESPACE-}" ]; then
	root=()
	[ "$(id -u)" -eq 0 ] || root=(--map-root-user)
	NAX_TEST_NAMESPACE=1 exec unshare --mount --net "${root[@]}" "$0"
fi
. "$(dirname "$0")/lib.sh"
set -u

nax=$PWD/build/asan/nax
pci=$work/sys/bus/pci
release=$(uname -r)
port0=0000:01:00.0 port1=0000:01:00.1
unset SSH_CONNECTION

# ---- the machine ---------------------------------------------------------------------------------

# config VENDOR DEVICE: first bytes of configuration space; revision 1, class Ethernet unless told.
config()
{
	local class=${3-000002}
	local le='s/(..)(..)/\\x\2\\x\1/'

	# shellcheck disable=SC2059 # the format is the bytes
	printf "$(sed -E "$le" <<<"$1")$(sed -E "$le" <<<"$2")"
	head -c 4 /dev/zero
	printf '\x01'
	# shellcheck disable=SC2059
	printf "$(sed -E 's/(..)/\\x\1/g' <<<"$class")"
	head -c 32 /dev/zero
	printf '\x86\x80\x03\x00'
	head -c 208 /dev/zero
}

# pci_function ADDRESS VENDOR DEVICE CLASS: on the bus, without a driver.
pci_function()
{
	local dir=$pci/devices/$1

	mkdir -p "$dir"
	echo "0x$2" >"$dir/vendor"
	echo "0x$3" >"$dir/device"
	echo "0x$4" >"$dir/class"
	echo 0x8086 >"$dir/subsystem_vendor"
	echo 0x0003 >"$dir/subsystem_device"
	echo 0x01 >"$dir/revision"
	echo 0 >"$dir/irq"
	printf '0x%016x 0x%016x 0x%016x\n' 0 0 0 >"$dir/resource"
	echo "pci:v0000${2^^}d0000${3^^}sv00008086sd00000003bc${4:0:2}sc${4:2:2}i${4:4:2}" >"$dir/modalias"
	echo '(null)' >"$dir/driver_override"
	config "$2" "$3" "${4:4:2}${4:2:2}${4:0:2}" >"$dir/config"
}

# netdev NAME MAC: an interface that is down, and would be in no function yet.
netdev()
{
	mkdir -p "$work/sys/class/net/$1"
	echo "$2" >"$work/sys/class/net/$1/address"
	echo 0x1002 >"$work/sys/class/net/$1/flags"
}

# driver NAME: one that is registered; its module is loaded.
driver()
{
	mkdir -p "$pci/drivers/$1" "$work/sys/module/${1//-/_}"
	mkfifo "$pci/drivers/$1/bind" "$pci/drivers/$1/unbind"
	echo live >"$work/sys/module/${1//-/_}/initstate"
}

# give ADDRESS DRIVER: what the kernel does when a driver takes a function.
give()
{
	local dir=$pci/devices/$1

	case $2 in
	ixgbe | nax_ixgbe) mkdir -p "$dir/net/eth${1##*.}" ;;
	esac
	ln -sfn "../../drivers/$2" "$dir/driver"
}

take()
{
	rm -rf "$pci/devices/$1/driver" "$pci/devices/$1/net"
}

# The kernel's side of bind, unbind and drivers_probe.
kernel_bind()
{
	# Another driver that was about to take it is the first.
	if rm "$work/other" 2>/dev/null; then
		give "$1" ixgbe
		return
	fi
	give "$1" "$2"
}

kernel_unbind()
{
	take "$1"
}

kernel_probe()
{
	local override

	override=$(cat "$pci/devices/$1/driver_override")
	[ ! -e "$work/not_yet" ] || return
	# vfio-pci that has the device's ids is asked before ixgbe.
	[ ! -e "$work/vfio_takes" ] || override=${override:-vfio-pci}
	[ -e "$pci/devices/$1/driver" ] || give "$1" "${override:-ixgbe}"
}

# serve FIFO FUNCTION ARGS..: for each address of 12 characters that is written.
serve()
{
	local fifo=$1 address

	shift
	while IFS= read -r -N 12 address; do
		"$1" "$address" "${@:2}"
		echo "$1 $address ${*:2}" >>"$work/kernel"
	done <>"$fifo"
}

# kernel_module NAME ALIAS: one that may be installed; not signed.
kernel_module()
{
	printf 'static const char m[] __attribute__((section(".modinfo"), used)) = "name=%s\\0license=GPL\\0%s";\n' \
		"$1" "${2:+alias=$2}" >"$work/module.c"
	gcc -c -o "$work/lib/modules/$release/kernel/$1.ko" "$work/module.c"
}

index()
{
	depmod -b "$work" "$release" 2>"$work/depmod.log"
}

modules()
{
	rm -rf "$work/lib"
	mkdir -p "$work/lib/modules/$release/kernel"
	: >"$work/lib/modules/$release/modules.order"
	: >"$work/lib/modules/$release/modules.builtin"
	kernel_module ixgbe 'pci:v00008086d000010FBsv*sd*bc*sc*i*'
	kernel_module nax_ixgbe ''
	kernel_module vfio-pci ''
	index
	mount --bind "$work/lib/modules" /lib/modules
}

machine()
{
	local fifo name

	ip link set lo up
	for name in eth0 eth1 bond0; do
		ip link add $name type veth peer name p-$name
	done
	ip addr add 192.0.2.1/24 dev eth0
	pci_function $port0 8086 10fb 020000
	pci_function $port1 8086 10fb 020000
	pci_function 0000:02:00.0 10ec 8139 020000
	pci_function 0000:03:00.0 8086 2922 010601
	netdev eth0 02:00:00:00:00:01
	netdev eth1 02:00:00:00:00:02
	for name in ixgbe nax_ixgbe vfio-pci uio_pci_generic; do
		driver $name
		ln -s "../../../../module/${name//-/_}" "$pci/drivers/$name/module"
		serve "$pci/drivers/$name/bind" kernel_bind $name &
		pids+=($!)
		serve "$pci/drivers/$name/unbind" kernel_unbind &
		pids+=($!)
	done
	mkfifo "$pci/drivers_probe"
	serve "$pci/drivers_probe" kernel_probe &
	pids+=($!)
	mkdir -p "$work/sys/kernel/iommu_groups/7" "$work/dev/vfio"
	ln -s "../../../../kernel/iommu_groups/7" "$pci/devices/$port0/iommu_group"
	give $port0 ixgbe
	give $port1 ixgbe
	: >"$work/dev/vfio/7"
	for fifo in null urandom; do
		: >"$work/dev/$fifo"
		mount --bind "/dev/$fifo" "$work/dev/$fifo"
	done
	ln -s /proc/self/fd "$work/dev/fd"
	cp -a /etc "$work/etc" 2>/dev/null || :
	mkdir -p "$work/etc/udev" "$work/etc/modprobe.d"
	modules
	mount --rbind "$work/dev" /dev
	mount --bind "$work/etc" /etc
	mount --bind "$work/sys" /sys
}

finish()
{
	local status=$?

	umount -l /sys /etc /dev /lib/modules "$work/dev/null" "$work/dev/urandom"
	(exit $status)
	cleanup
}
trap finish EXIT
machine 2>"$work/machine.log"

# ---- checks --------------------------------------------------------------------------------------

driver_is()
{
	local now

	now=$(basename "$(readlink "$pci/devices/$1/driver")")
	[ "$now" = "$2" ] || { echo "driver of $1 is '$now', wanted '$2'"; return 1; }
}

bind()
{
	timeout 60 "$nax" bind "$@"
}

# binds ADDRESS-OR-NAME DRIVER ADDRESS WANTED [OPTION..]
binds()
{
	bind "$1" "$2" "${@:5}" && driver_is "$3" "$4"
}

# refused TEXT ARGS..: nax bind says so, and changes nothing.
refused()
{
	local text=$1 before

	shift
	before=$(readlink "$pci"/devices/*/driver; cat "$pci"/devices/*/driver_override; ls /etc/udev/rules.d /etc/modprobe.d)
	fails_with 1 "$text" "$nax" bind "$@" || return
	[ "$before" = "$(readlink "$pci"/devices/*/driver; cat "$pci"/devices/*/driver_override; \
		ls /etc/udev/rules.d /etc/modprobe.d)" ] || { echo "something has changed"; return 1; }
}

# json FILTER WANTED: of nax list --json
json()
{
	local now

	now=$("$nax" list --json | jq -c "$1") || return
	[ "$now" = "$2" ] || { echo "$1 is $now, wanted $2"; return 1; }
}

ok "list: the Ethernet functions" json '[.devices[].address]' \
	"[\"$port0\",\"$port1\",\"0000:02:00.0\"]"
ok "list: ids" json '.devices[0] | [.vendor, .device, .subvendor, .subdevice, .revision]' '[32902,4347,32902,3,1]'
ok "list: driver and interface" json '.devices[0] | [.driver, .netdevs[0].name, .netdevs[0].mac]' \
	'["ixgbe","eth0","02:00:00:00:00:01"]'
ok "list: what can be had" json '[.devices[0].drivers[] | [.name, .modules[0], .available]]' \
	'[["nax","nax_ixgbe",true],["in-tree","ixgbe",true],["vfio-pci","vfio-pci",true]]'
ok "list: no IOMMU, no vfio-pci" json '.devices[1].drivers[2] | [.available, (.reason | split(",")[0])]' \
	"[false,\"$port1 is behind no IOMMU\"]"
ok "list: not of nax" json '.devices[2].drivers[0].reason' \
	'"nax has no driver for PCI ids 10ec:8139 of 0000:02:00.0"'
list_text()
{
	"$nax" list | grep -qE "^$port0  8086:10fb  ixgbe +eth0 +02:00:00:00:00:01  down +nax, in-tree \(ixgbe\), vfio-pci$"
}
ok "list: text" list_text
echo 0x1003 >"$work/sys/class/net/eth0/flags"
echo 1 >"$work/sys/class/net/eth0/carrier"
echo 10000 >"$work/sys/class/net/eth0/speed"
ok "list: a link" json '.devices[0].netdevs[0] | [.up, .link, .speed]' '[true,true,10000]'

ok "refused: no such function" refused "01:00.7 is no Ethernet PCI function" 01:00.7 nax
ok "refused: no such name" refused "../../etc is no Ethernet PCI function" ../../etc nax
ok "refused: not Ethernet" refused "0000:03:00.0 has PCI class 0x010601" 0000:03:00.0 nax
ok "refused: no such driver" refused 'driver is "e1000e": must be nax, in-tree, vfio-pci or none' eth0 e1000e
ok "refused: nax does not know it" refused "no driver for PCI ids 10ec:8139" 0000:02:00.0 nax
ok "refused: nor does the kernel" refused "has no driver for PCI ids 10ec:8139" 0000:02:00.0 in-tree
ok "refused: no IOMMU" refused "behind no IOMMU" $port1 vfio-pci --force
without_root()
{
	local before

	before=$(readlink "$pci/devices/$port0/driver")
	fails_with 1 "must be root" unshare --user "$nax" bind $port0 nax && [ "$before" = \
		"$(readlink "$pci/devices/$port0/driver")" ]
}
ok "refused: not root" without_root
ok "refused: an interface with an address" refused "interface eth0 is up and has an address" $port0 nax
ip link set eth0 up
ip link set p-eth0 up
ip route add default dev eth0
ok "refused: the default route" refused "the default route runs over eth0" $port0 nax
ip link set bond0 up
ip link set p-bond0 up
ip route replace default dev bond0
netdev bond0 02:00:00:00:00:03
: >"$work/sys/class/net/bond0/lower_eth0"
: >"$work/sys/class/net/eth0/upper_bond0"
ok "refused: the default route over a bond of it" refused "the default route runs over bond0" $port0 nax
ip route del default
ok "refused: part of a bond" refused "interface eth0 is part of bond0" $port0 nax
rm "$work/sys/class/net/eth0/upper_bond0"
shell_over()
{
	SSH_CONNECTION="192.0.2.9 5000 192.0.2.1 22" refused "the route to your shell runs over eth0" "$@"
}
ok "refused: the route to the shell" shell_over $port0 nax
ok "refused: that also by force" shell_over $port0 nax --force
shell_of_parent()
{
	fails_with 1 "the route to your shell runs over eth0" env SSH_CONNECTION="192.0.2.9 5000 192.0.2.1 22" \
		bash -c "env -u SSH_CONNECTION $nax bind $port0 nax --force; exit \$?"
}
ok "refused: the route to the shell, behind sudo" shell_of_parent
echo 2 >"$pci/devices/$port0/sriov_numvfs"
ok "refused: virtual functions" refused "has 2 virtual functions" $port0 nax --force
rm "$pci/devices/$port0/sriov_numvfs"
SSH_CONNECTION="198.51.100.9 5000 198.51.100.1 22"
export SSH_CONNECTION
ok "bound: a shell that runs elsewhere, by force" binds $port0 nax $port0 nax_ixgbe --force
unset SSH_CONNECTION
ok "list: bound by driver_override" json '.devices[0] | [.driver, .override]' '["nax_ixgbe","nax_ixgbe"]'
ok "bound: again, which asks nobody" binds $port0 nax $port0 nax_ixgbe
ok "bound: back, by the interface's name" binds eth0 in-tree $port0 ixgbe --force
override_gone()
{
	[ -z "$(tr -d '\n' <"$pci/devices/$port0/driver_override")" ]
}
ok "bound: back leaves no override" override_gone
echo 0x1002 >"$work/sys/class/net/eth0/flags"
ok "bound: vfio-pci, without --force when down" binds 01:00.0 vfio-pci $port0 vfio-pci
exec 7<"$work/dev/vfio/7"
in_use()
{
	fails_with 1 "which has /dev/vfio/7 open" "$nax" bind $port0 in-tree --force
}
sleep 120 7</dev/vfio/7 &
holder=$!
pids+=($holder)
exec 7<&-
ok "refused: a process has the VFIO group open" in_use
kill $holder
wait $holder 2>/dev/null
mkdir -p "$work/dev/vfio/devices" "$pci/devices/$port0/vfio-dev/vfio3"
: >"$work/dev/vfio/devices/vfio3"
sleep 120 7</dev/vfio/devices/vfio3 &
holder=$!
pids+=($holder)
in_use_alone()
{
	fails_with 1 "which has /dev/vfio/devices/vfio3 open" "$nax" bind $port0 in-tree --force
}
ok "refused: a process has the function's own VFIO file open" in_use_alone
kill $holder
wait $holder 2>/dev/null
rm -r "$pci/devices/$port0/vfio-dev"
: >"$work/vfio_takes"
taken()
{
	fails_with 1 "driver vfio-pci has taken it, which is not the kernel's for it; vfio-pci has it again" \
		"$nax" bind $port0 in-tree && driver_is $port0 vfio-pci
}
ok "in-tree: vfio-pci takes it by its ids" taken
rm "$work/vfio_takes"
ok "bound: from vfio-pci to nax" binds $port0 nax $port0 nax_ixgbe
ok "bound: to a driver that is none of a NIC" binds $port0 none $port0 ""
give $port0 uio_pci_generic
ok "in-tree is another one" binds $port0 in-tree $port0 ixgbe
rm -r "$pci/devices/$port0/net" && mkdir "$pci/devices/$port0/net"
ok "refused: an interface in another network namespace" refused "its interface is in another network namespace" \
	$port0 nax
ok "bound: that by force" binds $port0 nax $port0 nax_ixgbe --force
ok "bound: none" binds $port0 none $port0 ""
ok "bound: from none" binds $port0 in-tree $port0 ixgbe

# A driver that does not take it
mv "$pci/drivers/nax_ixgbe/bind" "$work/bind"
mkdir "$pci/drivers/nax_ixgbe/bind"
fails_back()
{
	fails_with 1 "ixgbe has it again" "$nax" bind $port0 nax && driver_is $port0 ixgbe && override_gone
}
ok "a driver that fails: the one before has it again" fails_back
rmdir "$pci/drivers/nax_ixgbe/bind"
mv "$work/bind" "$pci/drivers/nax_ixgbe/bind"

# Drivers that come in between: one is still probing its other devices, and cannot be told to let go until it has.
probing()
{
	mv "$pci/drivers/ixgbe/unbind" "$work/unbind"
	echo coming >"$work/sys/module/ixgbe/initstate"
	{
		sleep 0.5
		mv "$work/unbind" "$pci/drivers/ixgbe/unbind"
		echo live >"$work/sys/module/ixgbe/initstate"
	} &
	binds $port0 nax $port0 nax_ixgbe || return
	wait $!
}
ok "the one that has it is still being loaded" probing
ok "and back" binds $port0 in-tree $port0 ixgbe
no_unbind()
{
	mv "$pci/drivers/ixgbe/unbind" "$work/unbind"
	fails_with 1 "driver ixgbe does not let it go: No such file" timeout 3 "$nax" bind $port0 nax || return
	mv "$work/unbind" "$pci/drivers/ixgbe/unbind"
}
ok "one that is loaded and cannot be told is not waited for" no_unbind
: >"$work/other"
ok "another one was about to take it" binds $port0 nax $port0 nax_ixgbe
ok "and back once more" binds $port0 in-tree $port0 ixgbe

# Modules
rm -r "$work/sys/module/nax_ixgbe"
mkdir -p "$work/sys/kernel/security" "$work/sys/module/module/parameters" "$work/sys/firmware/efi/efivars"
echo 'none [integrity] confidentiality' >"$work/sys/kernel/security/lockdown"
printf '\x06\0\0\0\x01' >"$work/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
ok "refused: unsigned module under Secure Boot" refused \
	"module nax_ixgbe is not signed, and the kernel loads signed ones only (Secure Boot, lockdown: integrity)" \
	$port0 nax
rm "$work/sys/firmware/efi/efivars/"*
echo '[none] integrity confidentiality' >"$work/sys/kernel/security/lockdown"
echo Y >"$work/sys/module/module/parameters/sig_enforce"
ok "refused: unsigned module where signatures are enforced" refused "ones only (sig_enforce)" $port0 nax
ok "list: unsigned module" json '.devices[0].drivers[0] | [.available, (.reason | split(",")[0])]' \
	'[false,"module nax_ixgbe is not signed"]'
echo N >"$work/sys/module/module/parameters/sig_enforce"
rm "$work/lib/modules/$release/kernel/nax_ixgbe.ko"
index
ok "refused: no module" refused "module nax_ixgbe is not installed for kernel $release" $port0 nax
ok "list: no module" json '.devices[0].drivers[0].reason' \
	"\"module nax_ixgbe is not installed for kernel $release\""
# at_start WHAT-BECOMES-OF-IT: no driver has it, and udev's rule has set the override.
at_start()
{
	take $port0
	echo nax_ixgbe >"$pci/devices/$port0/driver_override"
	fails_with 1 "module nax_ixgbe is not installed for kernel $release; $1" \
		"$nax" bind --quiet --or-in-tree $port0 nax && override_gone
}
ok "at a start without the module, the kernel's driver gets it" at_start 'ixgbe has it'
ok "it has it" driver_is $port0 ixgbe
: >"$work/not_yet"
rm "$work/sys/module/ixgbe/initstate"
ok "or when it comes" at_start 'it is left to whichever driver of the kernel comes'
rm "$work/not_yet"
echo live >"$work/sys/module/ixgbe/initstate"
ok "which no override hinders" binds $port0 in-tree $port0 ixgbe
kernel_module nax_ixgbe ''
index
mkdir "$work/sys/module/nax_ixgbe"
echo live >"$work/sys/module/nax_ixgbe/initstate"

# Persistence
rules=/etc/udev/rules.d/70-nax-$port0.rules
conf=/etc/modprobe.d/nax-$port0.conf
persists()
{
	binds $port0 nax $port0 nax_ixgbe --persist &&
		grep -qx "ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"$port0\", ATTR{vendor}==\"0x8086\", \
ATTR{device}==\"0x10fb\", ATTR{driver_override}=\"nax_ixgbe\", RUN+=\"$nax bind --quiet --or-in-tree $port0 nax\"" $rules &&
		grep -qx "softdep ixgbe pre: nax_ixgbe" $conf
}
ok "--persist lays down rule and modprobe line" persists
ok "list: persistent" json '.devices[0].persistent' '"nax_ixgbe"'
shown()
{
	"$nax" bind $port0 nax | grep -qx "$port0: nax_ixgbe, interface eth0, at each start nax_ixgbe"
}
ok "bind says what is persistent" shown
stays()
{
	binds $port0 in-tree $port0 ixgbe && [ -e $rules ]
}
ok "without --persist it stays laid down" stays
removes()
{
	binds $port0 in-tree $port0 ixgbe --persist && [ ! -e $rules ] && [ ! -e $conf ]
}
ok "in-tree --persist removes both" removes
mkdir $rules
cannot_write()
{
	fails_with 1 "$rules cannot be written: Is a directory; nax_ixgbe has it until the machine starts again" \
		"$nax" bind $port0 nax --persist && [ ! -e $conf ]
}
ok "what cannot be laid down whole is not laid down" cannot_write
rmdir $rules
no_udev()
{
	rm -r "$work/etc/udev" || return
	fails_with 1 "/etc/udev/rules.d cannot be made: No such file or directory" \
		"$nax" bind $port0 nax --persist && [ ! -e $conf ]
}
ok "nor where there is no udev to read it" no_udev

ok "usage: operands" fails_with 2 "operands are 1: must be 2: DEV DRIVER" "$nax" bind eth0
result()
{
	[ "$("$nax" bind $port0 in-tree --json | jq -c '[.before, .driver, .netdev, .persistent]')" = \
		'["nax_ixgbe","ixgbe","eth0",""]' ]
}
ok "--json" result
error_json()
{
	"$nax" bind --json 09:00.0 nax 2>/dev/null | jq -e '.error | startswith("09:00.0 is no Ethernet")'
}
ok "--json of a refusal" error_json
done_testing
