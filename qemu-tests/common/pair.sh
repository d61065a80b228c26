# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2034,SC2054,SC2154
# Two ports of one kind, wired to each other, in one guest: eth0 is looked at, eth1 is its other end in
# the network namespace "other". Scenarios source this file, on the host side and in the guest, and call
# pair ixgbe, pair igb or pair nax; one for igb or nax sources that for ixgbe and calls pair again. With nax,
# eth0 has nax_ixgbe and eth1 in-tree ixgbe; $nic and $other_nic name the drivers that they have at first.
#
#	eth0  192.0.2.1  2001:db8::1      eth1  192.0.2.2  2001:db8::2

layers=net
smp=2

# pair DRIVER [MODULES]
pair()
{
	nic=$1 other_nic=$1
	modules="$1 ${2-}"
	case $nic in
	ixgbe)
		ports=("1 model=82599,id=10fb,net=wire:w" "1 model=82599,id=10fb,net=wire:w")
		;;
	nax)
		nic=nax_ixgbe other_nic=ixgbe modules="ixgbe ${2-}"
		ports=("1 model=82599,id=10fb,net=wire:w" "1 model=82599,id=10fb,net=wire:w")
		# nicsim is judged by the driver that we did not write.
		driver='in-tree ixgbe' proves='the other end of a wire may have another driver'
		. "$here/common/nax.sh"
		own_modules=1
		before_modules() { nax_load; }
		;;
	igb)
		ports=()
		# QEMU does checksums and segments itself: a hub carries frames only. It looks unicast
		# addresses up in the multicast table, too: these have another hash than groups here.
		qemu1=(-netdev hubport,id=h0,hubid=0 -netdev hubport,id=h1,hubid=0
			-device pcie-root-port,id=rp1,chassis=1,slot=1
			-device pcie-root-port,id=rp2,chassis=2,slot=2
			-device igb,bus=rp1,netdev=h0,mac=02:00:00:00:40:01
			-device igb,bus=rp2,netdev=h1,mac=02:00:00:00:40:02)
		qemu_may_say='hub 0 is not connected to host network'
		;;
	esac
}

# unload, load: the module of eth0's driver; all its devices lose it and get it again.
unload()
{
	rmmod "$nic"
}

load()
{
	if [ -e "/nax/$nic.ko" ]; then
		insmod "/nax/$nic.ko"
	else
		modprobe "$nic"
	fi
}

# other CMD..: at the other end.
other()
{
	ip netns exec other "$@"
}

# pair_make [quiet]: part the ends. quiet: no frame is sent that no check sends.
pair_make()
{
	local ns why

	why=$(driver_is eth0 "$nic") || fault "driver of eth0 $why"
	why=$(driver_is eth1 "$other_nic") || fault "driver of eth1 $why"
	ip netns add other
	ip link set eth1 netns other
	other ip link set lo up
	pair_mac=$(cat /sys/class/net/eth0/address)
	pair_other_mac=$(other cat /sys/class/net/eth1/address)
	[ "${1-}" != quiet ] || for ns in ip other; do
		[ "$ns" = ip ] && ns=
		$ns sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	done
}

# Both links are up and have addresses.
pair_up()
{
	pair_address
	ip link set eth0 up && other ip link set eth1 up && within 15 pair_carrier
}

# What the kernel forgets when a device goes down or away.
pair_address()
{
	ip addr replace 192.0.2.1/24 dev eth0
	other ip addr replace 192.0.2.2/24 dev eth1
	ip neigh replace 192.0.2.2 lladdr "$pair_other_mac" dev eth0
	other ip neigh replace 192.0.2.1 lladdr "$pair_mac" dev eth1
	[ "$(cat /proc/sys/net/ipv6/conf/all/disable_ipv6)" = 1 ] && return
	ip addr replace 2001:db8::1/64 dev eth0 nodad
	other ip addr replace 2001:db8::2/64 dev eth1 nodad
}

# The end that comes up second takes the link of the first down once more, maybe between two looks.
pair_carrier()
{
	carrier_is eth0 1 && other grep -q 1 /sys/class/net/eth1/carrier && carrier_is eth0 1
}

pings()
{
	within 10 ping -q -c 3 -i 0.1 -W 2 "$@" 192.0.2.2
}

# frames COUNT LENGTH DESTINATION [HEX]: raw frames from the other end, without FCS; HEX is what follows
# the addresses, by default the ethertype for experiments.
frames()
{
	local hex=${3//:/}${pair_other_mac//:/}${4-88b5}

	hex+=$(printf '%0*d' $((2 * $2 - ${#hex})) 0)
	# shellcheck disable=SC2001 # two digits each
	other mausezahn -q eth1 -c "$1" "$(sed 's/../&:/g; s/:$//' <<<"$hex")" >/dev/null
}

received()
{
	cat /sys/class/net/eth0/statistics/rx_packets
}

# gets COUNT CMD..: eth0 receives exactly that many frames while the other end sends them. A broadcast
# comes behind them, so that none is still under way.
gets()
{
	local before want=$(($1 + 1))

	shift
	before=$(received)
	"$@" && frames 1 60 ff:ff:ff:ff:ff:ff && within 3 at_least_received $((before + want)) || return
	sleep 0.1
	is "$(($(received) - before - 1)) frames" "$((want - 1)) frames"
}

at_least_received()
{
	[ "$(received)" -ge "$1" ]
}

# register NAME [IF]: value by name, as ethtool -d has it.
register()
{
	ethtool -d "${2-eth0}" | awk -v name="$1" '$2 == name { print $NF; exit }'
}

register_is()
{
	is "$1 $(register "$1")" "$1 $2"
}

# flag TEXT: what ethtool -d says of a bit.
flag_is()
{
	is "$1: $(ethtool -d eth0 | sed -nE "s/^ +$1: +//p")" "$1: $2"
}

# feature NAME on|off: switch it, and see that it is so; some reset the device.
feature()
{
	ethtool -K eth0 "$1" "$2" && ethtool -k eth0 | grep -qE "^\s*$1: $2" && within 15 pair_carrier
}

# refused CMD..: it fails, with a message.
refused()
{
	local out

	! out=$("$@" 2>&1) || { echo "was not refused: $*"; return 1; }
	[ -n "$out" ]
}

# names TEXT CMD..: refused, and the message has TEXT; where the command takes no messages, the log.
names()
{
	local text=$1 out lines

	shift
	lines=$(dmesg | wc -l)
	! out=$("$@" 2>&1) || { echo "was not refused: $*"; return 1; }
	out+=$'\n'$(dmesg | tail -n +$((lines + 1)))
	grep -q "$text" <<<"$out" || { echo "$out"; return 1; }
}

# tcp TEXT SERVER [ARGS..]: one check: iperf3 carries 4 MiB, whatever the rate.
tcp()
{
	iperf "$1" 1 "$2" -n 4M "${@:3}"
}

# works TEXT: four checks: after it, link and traffic both ways are there.
works()
{
	ok "$1: link up" within 20 pair_up
	ok "$1: ping" pings
	tcp "$1: TCP" 192.0.2.2
	tcp "$1: TCP back" 192.0.2.2 -R
}

# interrupts PATTERN: how many there have been, of those with matching names, on all CPUs.
interrupts()
{
	awk -v pattern="$1" '$NF ~ pattern { for (i = 2; i <= NF && $i ~ /^[0-9]+$/; i++) n += $i }
		END { print n + 0 }' /proc/interrupts
}

# Sum of counters of ethtool -S whose names match.
counters()
{
	ethtool -S "${2-eth0}" | awk -v pattern="^$1:\$" '$1 ~ pattern { n += $2 } END { print n + 0 }'
}

# load_begin: one check: TCP both ways, in the background, until load_end.
load_begin()
{
	iperf3 -c 192.0.2.2 -t 1000 --bidir >/tmp/load 2>&1 </dev/null 3>&- 4>&- &
	load=$!
	ok "under load" within 20 more_packets 50
}

load_end()
{
	kill "$load"
	wait "$load" 2>/dev/null || :
}

# more_packets COUNT: eth0 sends so many in a second.
more_packets()
{
	local before

	before=$(cat /sys/class/net/eth0/statistics/tx_packets)
	sleep 1
	at_least $(($(cat /sys/class/net/eth0/statistics/tx_packets) - before)) "$1"
}

# load_goes_on: the connections that there were carry frames again.
load_goes_on()
{
	within 20 more_packets 20 && kill -0 "$load"
}

# What is free, after all that can be given back is: with the pages that CPUs have put by.
free_kib()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory
	awk '$1 == "MemFree:" { free = $2 } $1 == "count:" { free += 4 * $2 }
		END { print free }' /proc/meminfo /proc/zoneinfo
}
