// SPDX-License-Identifier: GPL-2.0-only
/* Load and unload: find the backend, then let userspace see us. */
#define pr_fmt(fmt) "axvcpu: " fmt

#include <linux/err.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include <axvcpu/arch.h>
#include <axvcpu/percpu.h>

#include "dev.h"
#include "stats.h"

const struct axvcpu_arch_ops *axvcpu_ops;

static int __init axvcpu_init(void)
{
	int ret;

	axvcpu_ops = axvcpu_arch_probe();
	if (IS_ERR(axvcpu_ops))
		return PTR_ERR(axvcpu_ops);

	ret = axvcpu_percpu_init();
	if (ret)
		goto err_arch;
	axvcpu_stats_init();
	ret = axvcpu_dev_init();		/* last: userspace can see us now */
	if (ret)
		goto err_stats;

	pr_info("%s backend, ABI version %d\n", axvcpu_ops->name, AXVCPU_ABI_VERSION);
	return 0;

err_stats:
	axvcpu_stats_exit();
	axvcpu_percpu_exit();
err_arch:
	axvcpu_ops->remove();
	return ret;
}

static void __exit axvcpu_exit(void)
{
	axvcpu_dev_exit();
	axvcpu_stats_exit();
	axvcpu_percpu_exit();
	axvcpu_ops->remove();
	/* The last VM's memory may still wait for its notifier's grace period. */
	mmu_notifier_synchronize();
	rcu_barrier();
}

module_init(axvcpu_init);
module_exit(axvcpu_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Native virtual CPUs through one architecture-independent interface");
MODULE_VERSION("1");
