/* SPDX-License-Identifier: GPL-2.0-only */
/* The core, compiled for its tests: what is static in there, and fakes of the kernel's own. */
#ifndef _CORE_UNDER_TEST_H
#define _CORE_UNDER_TEST_H

#include <linux/cpumask.h>
#include <linux/smp.h>

struct axvcpu;
struct axvcpu_vm;
struct task_struct;

/* The calls on each kind of fd, as the file operations make them. */
long core_dev_ioctl(unsigned int cmd, unsigned long arg);
long core_vm_ioctl(struct axvcpu_vm *vm, unsigned int cmd, unsigned long arg);
long core_vcpu_ioctl(struct axvcpu *vcpu, unsigned int cmd, unsigned long arg);

/* What the core's calls of kick_process() and smp_call_function_many() became. */
void core_kick_process(struct task_struct *task);
void core_call_function_many(const struct cpumask *mask, smp_call_func_t fn, void *info,
			     bool wait);

#endif /* _CORE_UNDER_TEST_H */
