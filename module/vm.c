// SPDX-License-Identifier: GPL-2.0-only
/* Life of a VM: the only place that orders the end of vCPUs, memory and hardware. */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include <axvcpu/arch.h>
#include <axvcpu/mem.h>
#include <axvcpu/percpu.h>
#include <axvcpu/vcpu.h>
#include <axvcpu/vm.h>

#include "stats.h"

static atomic_t last_id;

/**
 * axvcpu_vm_create() - make a VM for the calling process
 * @args: of AXVCPU_CREATE_VM, checked
 *
 * Context: process, sleeps. Return: a VM with one reference, or ERR_PTR: -ENOMEM,
 * -EBUSY (the hardware has another owner), -EINTR.
 */
struct axvcpu_vm *axvcpu_vm_create(const struct axvcpu_create_vm *args)
{
	struct axvcpu_info info = {};
	struct axvcpu_vm *vm;
	int ret;

	vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	if (!vm)
		return ERR_PTR(-ENOMEM);
	kref_init(&vm->kref);
	mutex_init(&vm->lock);
	vm->id = atomic_inc_return(&last_id);
	vm->flags = args->flags;
	vm->mm = current->mm;
	mmgrab(vm->mm);

	ret = axvcpu_percpu_get();
	if (ret)
		goto err_vm;
	ret = axvcpu_ops->vm_create(vm, args);
	if (ret)
		goto err_percpu;
	axvcpu_ops->info(&info);
	vm->mem.gpa_bits = info.gpa_bits;
	ret = axvcpu_mem_init(vm);
	if (ret)
		goto err_arch;
	axvcpu_stats_add_vm(vm);
	return vm;

err_arch:
	axvcpu_ops->vm_destroy(vm);
err_percpu:
	axvcpu_percpu_put();
err_vm:
	mmdrop(vm->mm);
	kfree(vm);
	return ERR_PTR(ret);
}

/**
 * axvcpu_vm_get() - take a reference
 * @vm: VM
 */
void axvcpu_vm_get(struct axvcpu_vm *vm)
{
	kref_get(&vm->kref);
}

static void vm_release(struct kref *kref)
{
	struct axvcpu_vm *vm = container_of(kref, struct axvcpu_vm, kref);
	int i;

	axvcpu_stats_del_vm(vm);
	/* First: until it is done, invalidations of the process look at the vCPUs. */
	axvcpu_mem_destroy(vm);
	for (i = 0; i < AXVCPU_MAX_VCPUS; i++)
		if (vm->vcpus[i])
			axvcpu_destroy(vm->vcpus[i]);
	axvcpu_ops->vm_destroy(vm);
	axvcpu_percpu_put();
	mmdrop(vm->mm);
	kfree(vm);
}

/**
 * axvcpu_vm_put() - drop a reference; the last one ends the VM
 * @vm: VM
 *
 * Context: process, sleeps.
 */
void axvcpu_vm_put(struct axvcpu_vm *vm)
{
	kref_put(&vm->kref, vm_release);
}

static void no_operation(void *unused)
{
}

/* See vm.h. */
void axvcpu_vm_flush_tlb(struct axvcpu_vm *vm)
{
	cpumask_t running;
	int i;

	cpumask_clear(&running);
	for (i = 0; i < AXVCPU_MAX_VCPUS; i++) {
		struct axvcpu *vcpu = axvcpu_vm_vcpu(vm, i);

		if (!vcpu)
			continue;
		set_bit(AXVCPU_REQ_FLUSH_TLB, &vcpu->requests);
		/* The request comes before the look at the mode. */
		smp_mb__after_atomic();
		/* Pairs with axvcpu_enter_begin(): the CPU is the one it runs on. */
		if (smp_load_acquire(&vcpu->mode) == AXVCPU_IN_GUEST)
			cpumask_set_cpu(READ_ONCE(vcpu->cpu), &running);
	}
	/* Taken with interrupts on, so outside the guest. */
	preempt_disable();
	smp_call_function_many(&running, no_operation, NULL, true);
	preempt_enable();
}
