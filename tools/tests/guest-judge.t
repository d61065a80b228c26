#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The judgement of guests: every kind of failure is found in what a guest leaves, and none in a good one.
. "$(dirname "$0")/lib.sh"
. qemu-tests/judge.sh

# record: what a good guest leaves, to be spoilt.
record()
{
	allow='' qemu_may_say=''
	mkdir -p "$work/g"
	printf '%s\n' '1..2' 'ok 1 - link' '# a note' 'ok 2 - ping' '# end 4.2 s' >"$work/g/guest1.tap"
	printf '%s\r\n' '[    0.1] x86/cpu: something' '[    2.0] DMA-API: preallocated 65536 debug entries' \
		'[    2.0] DMA-API: debugging enabled by kernel config' \
		'[    3.1] ixgbe 0000:01:00.0 eth0: NIC Link is Up 10 Gbps, Flow Control: RX/TX' \
		>"$work/g/guest1.console"
	printf '<6>[    0.5] rcu: Hierarchical RCU implementation.\n' >"$work/g/guest1.dmesg"
	: >"$work/g/guest1.qemu"
}

cut='' whole='whole result'
passes()
{
	guest_judge "$work/g" 1 $cut >"$work/verdict"
	cat "$work/verdict"
	! grep -q '^not ok' "$work/verdict"
}

# fails TEXT: the last check fails, and a line of its reasons has TEXT.
fails()
{
	guest_judge "$work/g" 1 $cut >"$work/verdict"
	cat "$work/verdict"
	grep -qx "not ok - guest1: $whole, clean console" "$work/verdict" &&
		sed -n '/^not ok - guest1: whole/,$p' "$work/verdict" | grep -qF -- "# $1"
}

record
ok "a good guest passes" passes
ok "its checks are handed on, with their notes" grep -qx -e 'ok - guest1: link' -e '# a note' "$work/verdict"

# ---- TAP

# tap NAME REASON LINE..
tap()
{
	local name=$1 reason=$2

	shift 2
	record
	printf '%s\n' "$@" >"$work/g/guest1.tap"
	ok "TAP: $name" fails "$reason"
}
end='# end 4.2 s'
tap "no plan" "no plan" 'ok 1 - a' "$end"
tap "nothing at all" "no plan" "$end"
tap "an empty plan" "plan is empty" '1..0' "$end"
tap "two plans" "2 plans" '1..1' '1..1' 'ok 1 - a' "$end"
tap "fewer checks than planned" "plan has 3 checks, made were 1" '1..3' 'ok 1 - a' "$end"
tap "more checks than planned" "plan has 1 checks, made were 2" '1..1' 'ok 1 - a' 'ok 2 - b' "$end"
tap "a number twice" "number 1 where 2 is due" '1..2' 'ok 1 - a' 'ok 1 - b' "$end"
tap "cut before its end" "did not come to its end" '1..2' 'ok 1 - a' 'ok 2 - b'
tap "cut in the middle of a line" "no TAP: ok 2" '1..2' 'ok 1 - a' 'ok 2'
tap "a line that is no TAP" "no TAP: Segmentation fault" '1..1' 'Segmentation fault' 'ok 1 - a' "$end"
tap "Bail out" "no TAP: Bail out!" '1..1' 'ok 1 - a' 'Bail out!' "$end"
record
rm "$work/g/guest1.tap"
ok "TAP: no file" fails "no TAP at all"
record
rm "$work/g/guest1.console"
ok "no console" fails "no console at all"
record
sed -i 's/^ok 2/not ok 2/' "$work/g/guest1.tap"
failed_check()
{
	guest_judge "$work/g" 1 $cut >"$work/verdict"
	grep -qx "not ok - guest1: $1" "$work/verdict"
}
ok "a failed check stays one" failed_check ping
record
echo '# fault: modprobe ixgbe: status 1' >>"$work/g/guest1.tap"
ok "what failed before its checks" fails "modprobe ixgbe: status 1"

# ---- a guest that the scenario has killed

cut=cut whole='whole until it was cut'
record
sed -i '/^ok 2/,$d' "$work/g/guest1.tap"
ok "killed: its checks so far are enough" passes
ok "killed: they are handed on" grep -qx 'ok - guest1: link' "$work/verdict"
sed -i 's/^ok 1/not ok 1/' "$work/g/guest1.tap"
ok "killed: a failed check stays one" failed_check link
tap "killed before it has made any" "no check was made" '1..2'
tap "killed with more checks than planned" "plan has 1 checks, made were 2" '1..1' 'ok 1 - a' 'ok 2 - b'
record
printf '[    5.0] BUG: KASAN: use-after-free in f\r\n' >>"$work/g/guest1.console"
ok "killed: its console is looked at" fails "console: [    5.0] BUG: KASAN"
record
echo 'qemu: Assertion failed' >"$work/g/guest1.qemu"
ok "killed: a word of QEMU" fails "QEMU: qemu: Assertion failed"
cut='' whole='whole result'

# ---- the kernel's reports, as kernels 6.12 and 7.2 word them

# report NAME LINE: on the console, then only in the kernel log.
report()
{
	record
	printf '[    5.0] %s\r\n' "$2" >>"$work/g/guest1.console"
	ok "console: $1" fails "console: [    5.0] $2"
	record
	printf '<4>[    5.0] %s\n' "$2" >>"$work/g/guest1.dmesg"
	ok "kernel log: $1" fails "console: <4>[    5.0] $2"
}
report "panic" 'Kernel panic - not syncing: sysrq triggered crash'
report "oops" 'Oops: Oops: 0002 [#1] PREEMPT SMP NOPTI'
report "interrupt" 'irq 16: nobody cared (try booting with the "irqpoll" option)'
report "page pool" 'page_pool_release_retry() stalled pool shutdown: id 3, 12 inflight 60 sec'
report "page fault" 'BUG: unable to handle page fault for address: ffffc90000200000'
report "null pointer" 'BUG: kernel NULL pointer dereference, address: 0000000000000000'
report "general protection" 'Oops: general protection fault, probably for non-canonical address 0xdead000000000122'
report "WARN" 'WARNING: CPU: 0 PID: 151 at net/core/dev.c:6912 __napi_poll+0x2a/0x1c0'
report "WARN of 7.2" 'WARNING: drivers/net/x.c:12 at f+0x2a/0x1c0 [x], CPU#0: bash/151'
report "kernel BUG" 'kernel BUG at mm/usercopy.c:102!'
report "lockdep, order" 'WARNING: possible circular locking dependency detected'
report "lockdep, recursion" 'WARNING: possible recursive locking detected'
report "lockdep, interrupts" 'WARNING: inconsistent lock state'
report "lockdep, key" 'INFO: trying to register non-static key.'
report "lockdep, full" 'BUG: MAX_LOCKDEP_ENTRIES too low!'
report "RCU misuse" 'WARNING: suspicious RCU usage'
report "sleep in atomic context" 'BUG: sleeping function called from invalid context at include/linux/sched/mm.h:321'
report "atomic" 'BUG: scheduling while atomic: ip/151/0x00000002'
report "KASAN" 'BUG: KASAN: slab-use-after-free in ixgbe_clean_rx_irq+0x1f0/0x1400 [ixgbe]'
report "KFENCE" 'BUG: KFENCE: out-of-bounds read in f+0x1/0x2'
report "UBSAN" 'UBSAN: array-index-out-of-bounds in drivers/net/x.c:12:3'
report "leak" 'unreferenced object 0xffff888102a3c000 (size 1024):'
report "leaks counted" 'kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)'
report "DMA API" 'DMA-API: ixgbe 0000:01:00.0: device driver frees DMA memory with different size'
report "DMA left mapped" 'DMA-API: pci 0000:01:00.0: device driver has pending DMA allocations while released from device [count=4]'
report "DMA API gives up" 'DMA-API: debugging out of memory - disabling'
report "DMAR" 'DMAR: [DMA Write NO_PASID] Request device [01:00.0] fault addr 0xdead0000 [fault reason 0x05] PTE Write access is not set'
report "DMAR, hardware" 'DMAR: DRHD: handling fault status reg 2'
report "hung task" 'INFO: task ip:151 blocked for more than 60 seconds.'
report "soft lockup" 'watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [ip:151]'
report "hard lockup" 'watchdog: Watchdog detected hard LOCKUP on cpu 0'
report "RCU stall" 'rcu: INFO: rcu_preempt self-detected stall on CPU'
report "workqueue" 'BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!'
report "transmit timeout" 'ixgbe 0000:01:00.0 eth0: NETDEV WATCHDOG: CPU: 0: transmit queue 3 timed out 5012 ms'
report "reference count" 'refcount_t: underflow; use-after-free.'
report "device references" 'unregister_netdevice: waiting for eth0 to become free. Usage count = 2'
report "tracked references" 'ref_tracker: eth0@ffff8881 has 1/1 users at'
report "list" 'list_del corruption. prev->next should be ffff8881, but was dead000000000100.'
report "objects" 'ODEBUG: free active (active state 0) object: ffff8881 object type: timer_list hint: f+0x0/0x1'
report "memory" 'Out of memory: Killed process 151 (iperf3) total-vm:100kB'
report "program" 'ethtool[151]: segfault at 0 ip 00007f00 sp 00007ffc error 4 in libc.so.6'
report "trace" 'RIP: 0010:f+0x1/0x2'
report "call trace" 'Call Trace:'
report "a rule of the verifier" 'nax_ixgbe 0000:01:00.0: verifier: rx-len: rx3 slot 17: expected 1 .. 2048, found 4096'
report "what an adapter leaves" 'nax_ixgbe 0000:01:00.0: leaked: 3 memory blocks, 0 DMA blocks, 0 buffers'

record
printf '[    5.0] eth0: NETDEV WATCHDOG: CPU: 0: transmit queue 3 timed out\r\n' >>"$work/g/guest1.console"
allow='NETDEV WATCHDOG'
ok "what a scenario allows passes" passes
printf '[    5.1] Call Trace:\r\n' >>"$work/g/guest1.console"
ok "and nothing else" fails "console: [    5.1] Call Trace:"

# ---- QEMU

record
echo "ended with status 137" >"$work/g/guest1.qemu"
ok "QEMU killed" fails "QEMU: ended with status 137"
record
echo "killed at its limit of 90 s" >"$work/g/guest1.qemu"
ok "a guest that hangs" fails "QEMU: killed at its limit of 90 s"
record
echo "qemu-system-x86_64: warning: hub 0 is not connected" >"$work/g/guest1.qemu"
ok "a word of QEMU" fails "QEMU: qemu-system-x86_64: warning: hub 0"
qemu_may_say='hub 0 is not connected'
ok "a word that the scenario expects" passes

done_testing
