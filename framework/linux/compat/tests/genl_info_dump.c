// SPDX-License-Identifier: GPL-2.0-only
#include <net/genetlink.h>

void *test(struct netlink_callback *cb);
void *test(struct netlink_callback *cb)
{
	return genl_info_dump(cb)->attrs;
}
