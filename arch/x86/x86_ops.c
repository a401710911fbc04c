// SPDX-License-Identifier: GPL-2.0-only
/* Life of x86 VMs and vCPUs, and the choice of the vendor. */
#define pr_fmt(fmt) "axvcpu: " fmt

#include <linux/err.h>
#include <linux/slab.h>

#include <asm/msr.h>
#include <asm/tsc.h>

#include "apic.h"
#include "x86_fpu.h"
#include "x86_ops.h"

const struct axx86_vendor *axx86_vendor;

/**
 * axvcpu_arch_probe() - find the vendor of this machine
 *
 * Return: see include/axvcpu/arch.h.
 */
const struct axvcpu_arch_ops *axvcpu_arch_probe(void)
{
	static const struct axvcpu_arch_ops *const all[] = { &axsvm_ops };
	int ret = -ENODEV;
	int i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		ret = all[i]->probe();
		if (!ret)
			return all[i];
		if (ret != -ENODEV)
			break;
	}
	if (ret == -ENODEV)
		pr_err("this CPU has no virtualization that this module knows (AMD SVM)\n");
	return ERR_PTR(ret);
}

/**
 * axx86_probe() - what both vendors need
 * @vendor: the one that was found
 *
 * Return: 0, -EOPNOTSUPP.
 */
int axx86_probe(const struct axx86_vendor *vendor)
{
	axx86_vendor = vendor;
	return axx86_fpu_probe();
}

/**
 * axx86_remove() - undo axx86_probe()
 */
void axx86_remove(void)
{
	axx86_vendor = NULL;
}

/**
 * axx86_info() - what both vendors offer
 * @info: to be filled
 */
void axx86_info(struct axvcpu_info *info)
{
	info->caps |= AXVCPU_CAP_IRQCHIP | AXVCPU_CAP_DEBUG_STEP | AXVCPU_CAP_CPUID;
	info->tsc_khz = tsc_khz;
}

/**
 * axx86_vm_create() - x86 part of a VM
 * @vm: VM
 * @args: of AXVCPU_CREATE_VM, checked
 * @vendor: vendor's part
 *
 * Return: 0 or -ENOMEM.
 */
int axx86_vm_create(struct axvcpu_vm *vm, const struct axvcpu_create_vm *args, void *vendor)
{
	struct axx86_vm *xvm = kzalloc(sizeof(*xvm), GFP_KERNEL_ACCOUNT);

	if (!xvm)
		return -ENOMEM;
	xvm->vm = vm;
	xvm->vendor = vendor;
	xvm->poweroff_port = AXVCPU_POWEROFF_PORT;
	xvm->poweroff_value = AXVCPU_POWEROFF_VALUE;
	if (args->flags & AXVCPU_VM_POWEROFF_PORT) {
		xvm->poweroff_port = args->poweroff_port;
		xvm->poweroff_value = args->poweroff_value;
	}
	xvm->tsc_base = rdtsc();
	vm->arch = xvm;
	return 0;
}

/**
 * axx86_vm_destroy() - undo axx86_vm_create()
 * @vm: VM
 */
void axx86_vm_destroy(struct axvcpu_vm *vm)
{
	kfree(vm->arch);
	vm->arch = NULL;
}

/**
 * axx86_vcpu_create() - x86 part of a vCPU
 * @vcpu: vCPU
 * @x: zeroed, embedded in the vendor's structure
 *
 * Return: 0, -ENOMEM, -EOPNOTSUPP.
 */
int axx86_vcpu_create(struct axvcpu *vcpu, struct axx86_vcpu *x)
{
	int ret;

	x->vcpu = vcpu;
	vcpu->arch = x;
	x->apic_base = AXAPIC_BASE_DEFAULT | AXAPIC_BASE_ENABLE | (vcpu->id ? 0 : AXAPIC_BASE_BSP);

	x->cpuid = kvzalloc(sizeof(*x->cpuid), GFP_KERNEL_ACCOUNT);
	if (!x->cpuid) {
		ret = -ENOMEM;
		goto err_arch;
	}
	ret = axx86_cpuid_default(x->cpuid, vcpu->id, 0);
	if (ret)
		goto err_cpuid;
	ret = axx86_fpu_create(x);
	if (ret)
		goto err_cpuid;
	axx86_write(x, AXX86_TSC_OFFSET, -axx86_vcpu_vm(x)->tsc_base);

	if (vcpu->vm->flags & AXVCPU_VM_IRQCHIP) {
		struct axapic *apic = axapic_create(x);

		if (IS_ERR(apic)) {
			ret = PTR_ERR(apic);
			goto err_fpu;
		}
		x->apic = apic;
		/* All but the bootstrap processor start with a SIPI. */
		if (vcpu->id)
			set_bit(AXX86_ASYNC_SIPI_WAIT, &x->events.async);
	}
	return 0;

err_fpu:
	axx86_fpu_destroy(x);
err_cpuid:
	kvfree(x->cpuid);
err_arch:
	vcpu->arch = NULL;
	return ret;
}

/**
 * axx86_vcpu_destroy() - undo axx86_vcpu_create()
 * @vcpu: vCPU
 */
void axx86_vcpu_destroy(struct axvcpu *vcpu)
{
	struct axx86_vcpu *x = axx86_vcpu(vcpu);

	axapic_destroy(x->apic);
	axx86_fpu_destroy(x);
	kvfree(x->cpuid);
	vcpu->arch = NULL;
}
