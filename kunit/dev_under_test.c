// SPDX-License-Identifier: GPL-2.0-only
/* The device as axvcpu.ko has it. */

/* The tracepoints belong to axvcpu.ko, and one name cannot be had twice. */
#define _AXVCPU_TRACE_H
#define trace_axvcpu_inject(vcpu, type, vector)	do { } while (0)

#include "../module/dev.c"
#include "core_under_test.h"

/** core_dev_ioctl() - a call on the device */
long core_dev_ioctl(unsigned int cmd, unsigned long arg)
{
	return dev_fops.unlocked_ioctl(NULL, cmd, arg);
}

/** core_vm_ioctl() - a call on a VM; the operation takes no more of a file than what it is for */
long core_vm_ioctl(struct axvcpu_vm *vm, unsigned int cmd, unsigned long arg)
{
	struct file file = { .private_data = vm };

	return vm_fops.unlocked_ioctl(&file, cmd, arg);
}

/** core_vcpu_ioctl() - a call on a vCPU */
long core_vcpu_ioctl(struct axvcpu *vcpu, unsigned int cmd, unsigned long arg)
{
	struct file file = { .private_data = vcpu };

	return vcpu_fops.unlocked_ioctl(&file, cmd, arg);
}
