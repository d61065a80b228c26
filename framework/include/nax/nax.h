/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All that a driver author may include. */
#ifndef NAX_NAX_H
#define NAX_NAX_H

#include <nax/adapter.h>
#include <nax/caps.h>
#include <nax/flow.h>
#include <nax/hal.h>
#include <nax/offload.h>
#include <nax/ptp.h>
#include <nax/queue.h>
#include <nax/report.h>
#include <nax/ring.h>

#endif /* NAX_NAX_H */
