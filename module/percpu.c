// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hardware is switched on while there is a VM, on every CPU that is online.
 *
 * While there is one, a dynamic CPU hotplug state stands for it: installing it
 * enables all CPUs or none, and CPUs that come and go are enabled and disabled
 * on the way. Suspend, reboot, kexec and panic leave the hardware clean.
 */
#define pr_fmt(fmt) "axvcpu: " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/reboot.h>
#include <linux/smp.h>
#include <linux/syscore_ops.h>

#include <axvcpu/arch.h>
#include <axvcpu/percpu.h>

static DEFINE_MUTEX(lock);
static unsigned int users;	/* open VMs; under @lock */
static int hp_state;		/* hotplug state while users > 0; under @lock */
static bool rebooting;		/* no VM may be made any more; under @lock */

static int percpu_online(unsigned int cpu)
{
	return axvcpu_ops->cpu_enable();
}

static int percpu_offline(unsigned int cpu)
{
	axvcpu_ops->cpu_disable();
	return 0;
}

/* See percpu.h. */
int axvcpu_percpu_get(void)
{
	int ret = 0;

	mutex_lock(&lock);
	if (rebooting) {
		ret = -EBUSY;
	} else if (!users) {
		/* Undoes the CPUs that are done already if one refuses. */
		ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "axvcpu:online",
					percpu_online, percpu_offline);
		if (ret >= 0) {
			hp_state = ret;
			ret = 0;
		}
	}
	if (!ret)
		users++;
	mutex_unlock(&lock);
	return ret;
}

/* See percpu.h. */
void axvcpu_percpu_put(void)
{
	mutex_lock(&lock);
	if (!--users)
		cpuhp_remove_state(hp_state);
	mutex_unlock(&lock);
}

/*
 * Suspend: all CPUs but this one are offline, tasks are frozen. The firmware
 * loses EFER and the like, so what was on is switched on again.
 */
static bool suspended_on;

static int percpu_suspend(void)
{
	suspended_on = users;
	if (suspended_on)
		axvcpu_ops->cpu_disable();
	return 0;
}

static void percpu_resume(void)
{
	if (suspended_on)
		WARN_ON_ONCE(axvcpu_ops->cpu_enable());
}

static struct syscore_ops syscore = {
	.suspend = percpu_suspend,
	.resume = percpu_resume,
};

static void disable_this_cpu(void *unused)
{
	axvcpu_ops->cpu_disable();
}

/*
 * Reboot and kexec: the next kernel finds SVM or VMX off. A guest that still
 * runs is thrown out by the IPI, and finds its CPU disabled when it comes back.
 */
static int reboot_notify(struct notifier_block *nb, unsigned long code, void *unused)
{
	mutex_lock(&lock);
	rebooting = true;
	if (users)
		on_each_cpu(disable_this_cpu, NULL, 1);
	mutex_unlock(&lock);
	return NOTIFY_OK;
}

static struct notifier_block reboot_nb = { .notifier_call = reboot_notify };

/* A panic stops the other CPUs by NMI; what can be cleaned is this one. */
static int panic_notify(struct notifier_block *nb, unsigned long code, void *unused)
{
	axvcpu_ops->cpu_disable();
	return NOTIFY_OK;
}

static struct notifier_block panic_nb = { .notifier_call = panic_notify };

/* See percpu.h. */
int axvcpu_percpu_init(void)
{
	int ret = register_reboot_notifier(&reboot_nb);

	if (ret)
		return ret;
	register_syscore_ops(&syscore);
	atomic_notifier_chain_register(&panic_notifier_list, &panic_nb);
	return 0;
}

/* See percpu.h. */
void axvcpu_percpu_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &panic_nb);
	unregister_syscore_ops(&syscore);
	unregister_reboot_notifier(&reboot_nb);
}
