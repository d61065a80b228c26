// SPDX-License-Identifier: GPL-2.0-only
#include <net/devlink.h>

void *test(struct devlink *devlink, const struct devlink_health_reporter_ops *ops);
void *test(struct devlink *devlink, const struct devlink_health_reporter_ops *ops)
{
	return devlink_health_reporter_create(devlink, ops, 0, NULL);
}
