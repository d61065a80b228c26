// SPDX-License-Identifier: GPL-2.0-only
/*
 * What drivers, which are modules of their own, call of the core: all that <nax/adapter.h>
 * declares.
 */
#include <linux/export.h>

#include "linux.h"

EXPORT_SYMBOL_GPL(nax_reg_read_slow);
EXPORT_SYMBOL_GPL(nax_reg_write_slow);
EXPORT_SYMBOL_GPL(nax_reg_wait);
EXPORT_SYMBOL_GPL(nax_delay_us);
EXPORT_SYMBOL_GPL(nax_time_ns);
EXPORT_SYMBOL_GPL(nax_config_read);
EXPORT_SYMBOL_GPL(nax_config_write);
EXPORT_SYMBOL_GPL(nax_log);
EXPORT_SYMBOL_GPL(nax_fail);
EXPORT_SYMBOL_GPL(nax_hung);
EXPORT_SYMBOL_GPL(nax_link_changed);
EXPORT_SYMBOL_GPL(nax_diag_add);
