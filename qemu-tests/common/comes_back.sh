# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# TCP to a guest that keeps all it is sent, and then sends it back: both directions carry it.

# sends_back: from now on serve comes_back(). It answers when it has all: nc, which writes and reads by turns,
# and a cat that answers at once fill each other's window, and wait for ever (seen with jumbo frames).
sends_back()
{
	nc -ll -p 7 -e sh -c 'cat >/tmp/all && exec cat /tmp/all' </dev/null 3>&- 4>&- &
}

# comes_back ADDRESS: 8 MiB that do not repeat come back the same. The head of busybox takes "8M" for no number.
comes_back()
{
	head -c 8388608 /dev/urandom >/tmp/data
	timeout $((60 * slow)) nc "$1" 7 </tmp/data >/tmp/back || echo "nc: status $?"
	cmp /tmp/data /tmp/back
}
