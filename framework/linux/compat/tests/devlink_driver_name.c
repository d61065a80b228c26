// SPDX-License-Identifier: GPL-2.0-only
#include <net/devlink.h>

int test(struct devlink_info_req *req);
int test(struct devlink_info_req *req)
{
	return devlink_info_driver_name_put(req, "name");
}
