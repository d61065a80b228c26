// SPDX-License-Identifier: GPL-2.0-only
/*
 * For tests: who writes "INTERFACE QUEUE" to the parameter "restart" has the kernel restart a receive
 * queue, as it does for memory providers, and gets its answer.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#if __has_include(<net/netdev_lock.h>)
#include <net/netdev_lock.h>
#else
#define netdev_lock_ops(dev)
#define netdev_unlock_ops(dev)
#endif

static int (*queue_restart)(struct net_device *dev, unsigned int queue);

static int restart(const char *text, const struct kernel_param *param)
{
	char name[IFNAMSIZ] = "";
	struct net_device *dev;
	unsigned int queue;
	int ret = -ENODEV;

	if (sscanf(text, "%15s %u", name, &queue) != 2)
		return -EINVAL;
	rtnl_lock();
	dev = __dev_get_by_name(&init_net, name);
	if (dev) {
		netdev_lock_ops(dev);
		ret = queue_restart(dev, queue);
		netdev_unlock_ops(dev);
	}
	rtnl_unlock();
	return ret;
}

static const struct kernel_param_ops restart_ops = { .set = restart };
module_param_cb(restart, &restart_ops, NULL, 0200);
MODULE_PARM_DESC(restart, "INTERFACE QUEUE: restart this receive queue now");

/* Not every kernel exports it; a probe knows where it is. */
static int __init queue_restart_init(void)
{
	struct kprobe probe = { .symbol_name = "netdev_rx_queue_restart" };
	int ret = register_kprobe(&probe);

	if (ret)
		return ret;
	queue_restart = (void *)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}
module_init(queue_restart_init);

static void __exit queue_restart_exit(void)
{
}
module_exit(queue_restart_exit);

MODULE_DESCRIPTION("Restart of receive queues, for tests");
MODULE_LICENSE("GPL");
