// SPDX-License-Identifier: GPL-2.0-only
/* What makes a kernel module of a driver: compiled into each. */
#include <linux/err.h>
#include <linux/module.h>

#include "linux.h"

static struct nax_linux_driver *handle;

static int __init nax_module_init(void)
{
	handle = nax_linux_register(nax_module_driver, THIS_MODULE);
	return PTR_ERR_OR_ZERO(handle);
}
module_init(nax_module_init);

static void __exit nax_module_exit(void)
{
	nax_linux_unregister(handle);
}
module_exit(nax_module_exit);

MODULE_DESCRIPTION("nax driver");
MODULE_AUTHOR("The nax authors");
MODULE_VERSION(NAX_VERSION);
MODULE_LICENSE("Dual BSD/GPL");
