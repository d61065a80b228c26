/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Steps of opening a vfio-user device. */
#ifndef NAX_VFIO_USER_H
#define NAX_VFIO_USER_H

#include "vfio_user_msg.h"

/** vfu_timeout() - 5 s, or what the environment says in NAX_VFIO_USER_TIMEOUT_MS; 0 or -EINVAL. */
int vfu_timeout(u32 *ms, struct nax_error *err);

/** vfu_connect() - a non-blocking socket connected to @path, or -errno with @err set. */
int vfu_connect(const char *path, u32 timeout_ms, struct nax_error *err);

/** vfu_negotiate() - VERSION; sets max_fds and max_data. 0 or -errno with @err set. */
int vfu_negotiate(struct vfu_conn *c, struct nax_error *err);

#endif /* NAX_VFIO_USER_H */
