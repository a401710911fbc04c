// SPDX-License-Identifier: GPL-2.0-only
/* Calls that only x86 has. */
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "apic.h"
#include "x86.h"
#include "x86_fpu.h"
#include "x86_msr.h"
#include "x86_state.h"

static long cpuid_copy_out(const struct axx86_cpuid *c, struct axvcpu_cpuid *arg)
{
	u32 room = arg->nr;

	arg->nr = c->nr;
	if (room < c->nr)
		return -ENOSPC;
	if (copy_to_user(u64_to_user_ptr(arg->entries), c->entries,
			 c->nr * sizeof(c->entries[0])))
		return -EFAULT;
	return 0;
}

static long ioctl_supported_cpuid(void *object, void *arg)
{
	struct axx86_cpuid *c;
	long ret;

	c = kvmalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	ret = axx86_cpuid_default(c, 0, 1);
	if (!ret)
		ret = cpuid_copy_out(c, arg);
	kvfree(c);
	return ret;
}

static long ioctl_get_cpuid(void *object, void *arg)
{
	return cpuid_copy_out(axx86_vcpu(object)->cpuid, arg);
}

static long ioctl_set_cpuid(void *object, void *arg)
{
	struct axvcpu *vcpu = object;
	struct axx86_vcpu *x = axx86_vcpu(vcpu);
	const struct axvcpu_cpuid *cpuid = arg;
	struct axvcpu_cpuid_entry *entries;
	int ret;

	/* A system has looked at its CPU by then, and would not look again. */
	if (vcpu->stats.entries)
		return -EBUSY;
	if (!cpuid->nr || cpuid->nr > AXVCPU_CPUID_MAX)
		return -EINVAL;
	entries = memdup_user(u64_to_user_ptr(cpuid->entries), cpuid->nr * sizeof(*entries));
	if (IS_ERR(entries))
		return PTR_ERR(entries);
	ret = axx86_cpuid_set(x->cpuid, entries, cpuid->nr);
	kfree(entries);
	if (ret)
		return ret;
	if (x->xcr0 & ~x->cpuid->xcr0_supported)
		x->xcr0 = AXXCR0_X87;
	axx86_fpu_sync(x, axx86_read(x, AXX86_CR4));
	axx86_vendor->controls_changed(x);
	return 0;
}

static long ioctl_signal_msi(void *object, void *arg)
{
	struct axvcpu_vm *vm = object;
	const struct axvcpu_msi *msi = arg;

	if (msi->flags || msi->pad)
		return -EINVAL;
	if (!(vm->flags & AXVCPU_VM_IRQCHIP))
		return -EOPNOTSUPP;
	return axapic_msi(vm, msi->address, msi->data);
}

static long ioctl_eoi_vectors(void *object, void *arg)
{
	struct axvcpu_vm *vm = object;
	struct axx86_vm *xvm = axx86_vm(vm);
	const struct axvcpu_eoi_vectors *eoi = arg;
	unsigned int i;

	if (eoi->pad)
		return -EINVAL;
	if (!(vm->flags & AXVCPU_VM_IRQCHIP))
		return -EOPNOTSUPP;
	BUILD_BUG_ON(sizeof(eoi->vectors) != sizeof(xvm->eoi_vectors));
	/* vCPUs look at one bit at a time, so they need no lock. */
	for (i = 0; i < ARRAY_SIZE(xvm->eoi_vectors); i++)
		WRITE_ONCE(xvm->eoi_vectors[i], eoi->vectors[i]);
	return 0;
}

static int msr_policy_set(struct axvcpu_vm *vm, const struct axvcpu_msr_range *ranges, u32 nr)
{
	struct axx86_vm *xvm = axx86_vm(vm);

	lockdep_assert_held(&vm->lock);
	if (vm->nr_vcpus)
		return -EBUSY;
	memcpy(xvm->msr_ranges, ranges, nr * sizeof(*ranges));
	xvm->nr_msr_ranges = nr;
	return 0;
}

/* Accesses that do not exit by themselves must, if the policy has a say in them. */
static void msr_policy_intercept(struct axvcpu_vm *vm)
{
	static const u32 passed[] = {
		AXMSR_SYSENTER_CS, AXMSR_SYSENTER_ESP, AXMSR_SYSENTER_EIP, AXMSR_STAR,
		AXMSR_LSTAR, AXMSR_CSTAR, AXMSR_SFMASK, AXMSR_FS_BASE, AXMSR_GS_BASE,
		AXMSR_KERNEL_GS_BASE, AXMSR_TSC, AXMSR_PAT, AXMSR_TSC_AUX,
	};
	struct axx86_vm *xvm = axx86_vm(vm);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(passed); i++) {
		u32 read = axx86_msr_policy(xvm->msr_ranges, xvm->nr_msr_ranges, passed[i], false);
		u32 write = axx86_msr_policy(xvm->msr_ranges, xvm->nr_msr_ranges, passed[i], true);

		if (read || write)
			axx86_vendor->msr_intercept(xvm, passed[i], read, write);
	}
}

static long ioctl_msr_policy(void *object, void *arg)
{
	const struct axvcpu_msr_policy *policy = arg;
	struct axvcpu_msr_range *ranges = NULL;
	struct axvcpu_vm *vm = object;
	int ret;

	if (policy->nr > AXVCPU_MSR_RANGES_MAX)
		return -EINVAL;
	if (policy->nr) {
		ranges = memdup_user(u64_to_user_ptr(policy->ranges),
				     policy->nr * sizeof(*ranges));
		if (IS_ERR(ranges))
			return PTR_ERR(ranges);
	}
	ret = axx86_msr_policy_check(ranges, policy->nr);
	if (!ret)
		ret = msr_policy_set(vm, ranges, policy->nr);
	if (!ret)
		msr_policy_intercept(vm);
	kfree(ranges);
	return ret;
}

#define CPUID_STATES	(AXVCPU_IN(CREATED) | AXVCPU_IN(FREE) | AXVCPU_IN(READY))

const struct axvcpu_ioctl axx86_dev_ioctls[] = {
	{ AXVCPU_SUPPORTED_CPUID, AXVCPU_ANY_STATE, sizeof(struct axvcpu_cpuid),
	  ioctl_supported_cpuid },
	{},
};

const struct axvcpu_ioctl axx86_vm_ioctls[] = {
	{ AXVCPU_SIGNAL_MSI, AXVCPU_ANY_STATE, sizeof(struct axvcpu_msi), ioctl_signal_msi },
	{ AXVCPU_EOI_VECTORS, AXVCPU_ANY_STATE, sizeof(struct axvcpu_eoi_vectors),
	  ioctl_eoi_vectors },
	{ AXVCPU_MSR_POLICY, AXVCPU_ANY_STATE, sizeof(struct axvcpu_msr_policy),
	  ioctl_msr_policy },
	{},
};

const struct axvcpu_ioctl axx86_vcpu_ioctls[] = {
	{ AXVCPU_SET_CPUID, CPUID_STATES, sizeof(struct axvcpu_cpuid), ioctl_set_cpuid },
	{ AXVCPU_GET_CPUID, CPUID_STATES, sizeof(struct axvcpu_cpuid), ioctl_get_cpuid },
	{},
};
