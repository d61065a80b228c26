#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# uapi/nax.yaml is a specification as the kernel's own families have them, and <nax/netlink.h> is made of it.
. "$(dirname "$0")/../../tools/tests/lib.sh"

ok "the schemas and generators of 6.12 and 7.2 accept it, and the header is theirs" uapi/generate check

# In a copy: what is wrong would be found.
copy() {
	mkdir -p "$work/copy"
	cp -r qemu-tests uapi "$work/copy/"
	sed -i "$1" "$work/copy/uapi/nax.yaml"
	"$work/copy/uapi/generate" check
}
changed() {
	! copy 's/^name: nax/&\nprotocol: other/'
}
ok "a specification that breaks the schema would be found" changed
other() {
	! copy 's/name: rxq-max/name: rxq-most/'
}
ok "another header would be found" other
done_testing
