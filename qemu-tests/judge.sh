# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# The judgement of what a guest left: its TAP, console, kernel log, and what QEMU said.

# What no console may show, whatever the scenario; "allow" in a scenario makes exceptions.
guest_faults='Kernel panic|Oops|BUG:|WARNING:|\] Call Trace:|\] RIP: |possible (circular|recursive) locking'
guest_faults+='|INFO: (suspicious|trying to register|task .* blocked)|blocked for more than|KASAN|UBSAN|KFENCE'
guest_faults+='|unreferenced object 0x|new suspected memory leaks|ref_tracker:|refcount_t|DMAR:.*[Ff]ault'
guest_faults+='|soft lockup|hard LOCKUP|rcu.*(stall|detected)|NETDEV WATCHDOG|segfault|Out of memory'
guest_faults+='|general protection|DMA-API:|ODEBUG:|workqueue lockup|list_(add|del) corruption'
guest_faults+='|kernel BUG|nobody cared|stalled pool shutdown|sleeping function called'
guest_faults+='|scheduling while atomic|unregister_netdevice: waiting for'
# And no nax module: rules of the verifier, and what an adapter has left behind.
guest_faults+='|verifier: |leaked: [0-9]'
# Good news in words that are also those of faults.
guest_good='DMA-API: (preallocated [0-9]+ debug entries|debugging enabled by kernel config)'

# judge_tap [cut]: what is wrong with TAP on standard input, a line each. cut: it ends where the guest was killed.
judge_tap()
{
	awk -v cut="${1-}" '
		/^1\.\.[0-9]+$/ { plan = substr($0, 4) + 0; plans++; next }
		/^(not )?ok [0-9]+ - / {
			seen++
			number = $1 == "ok" ? $2 : $3
			if (number != seen)
				print "number " number " where " seen " is due"
			next
		}
		/^# end / { end = 1 }
		/^# fault: / { print substr($0, 10) }
		!/^#/ { print "no TAP: " substr($0, 1, 80) }
		END {
			if (!plans)
				print "no plan"
			else if (plans > 1)
				print plans " plans"
			else if (plan == 0)
				print "plan is empty"
			else if (cut && !seen)
				print "no check was made"
			else if (cut ? plan < seen : plan != seen + 0)
				print "plan has " plan " checks, made were " seen + 0
			if (!end && !cut)
				print "did not come to its end"
		}'
}

# guest_judge DIR N [cut]: print the guest's checks as TAP without numbers, and a last one on its health. cut: the
# guest was killed, as the scenario wanted.
guest_judge()
{
	local left=$1/guest$2 who=guest$2 cut=${3-} what='whole result' why

	[ -z "$cut" ] || what='whole until it was cut'
	why=$(
		if [ -e "$left.tap" ]; then
			judge_tap "$cut" <"$left.tap"
		else
			echo "no TAP at all"
		fi
		[ -e "$left.console" ] || echo "no console at all"
		cat "$left.console" "$left.dmesg" 2>/dev/null | grep -aE "$guest_faults" |
			grep -avE "$guest_good" | grep -avE "${allow:-^\$}" | sed 's/^/console: /; s/\r$//' | head -n 20
		grep -avE "${qemu_may_say:-^\$}" "$left.qemu" | sed 's/^/QEMU: /' | head -n 5 || :
	)
	sed -nE "s/^(not )?ok [0-9]+ - /\\1ok - $who: /p; /^#/p" "$left.tap" 2>/dev/null || :
	if [ -z "$why" ]; then
		echo "ok - $who: $what, clean console"
	else
		echo "not ok - $who: $what, clean console"
		echo "# ${why//$'\n'/$'\n'# }"
	fi
}
