/* SPDX-License-Identifier: GPL-2.0-only */
/* A virtual machine: guest memory, its vCPUs, and what ends with its last fd. */
#ifndef _AXVCPU_VM_H
#define _AXVCPU_VM_H

#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include <axvcpu/mem_types.h>
#include <uapi/linux/axvcpu.h>

struct axvcpu;
struct dentry;
struct mm_struct;

#define AXVCPU_MAX_VCPUS	128

/**
 * struct axvcpu_vm - one virtual machine
 * @kref: the VM fd and each vCPU hold one
 * @id: number for logs, traces and debugfs; unique while the module is loaded
 * @flags: AXVCPU_VM_*; constant
 * @mm: address space that guest memory comes from; constant, mm_count held
 * @lock: serializes VM calls; protects the list of vCPUs and of mapped ranges
 * @vcpus: by id; written under @lock, never cleared before the VM's end, so that
 *	readers need no lock but READ_ONCE()
 * @nr_vcpus: how many of them exist
 * @mem: guest memory, see mem.h
 * @arch: backend's own
 * @debugfs: directory of the VM
 */
struct axvcpu_vm {
	struct kref kref;
	u32 id;
	u32 flags;
	struct mm_struct *mm;
	struct mutex lock;
	struct axvcpu *vcpus[AXVCPU_MAX_VCPUS];
	u32 nr_vcpus;
	struct axvcpu_mem mem;
	void *arch;
	struct dentry *debugfs;
};

/**
 * axvcpu_vm_vcpu() - vCPU by id
 * @vm: VM
 * @id: any number
 *
 * The vCPU lives as long as the VM. Return: it, or NULL.
 */
static inline struct axvcpu *axvcpu_vm_vcpu(struct axvcpu_vm *vm, u64 id)
{
	return id < AXVCPU_MAX_VCPUS ? READ_ONCE(vm->vcpus[id]) : NULL;
}

struct axvcpu_vm *axvcpu_vm_create(const struct axvcpu_create_vm *args);
void axvcpu_vm_get(struct axvcpu_vm *vm);
void axvcpu_vm_put(struct axvcpu_vm *vm);

/**
 * axvcpu_vm_flush_tlb() - drop all stage-2 translations of the VM
 * @vm: VM
 *
 * When it returns no vCPU runs with an older translation. Context: may hold
 * spinlocks, interrupts on.
 */
void axvcpu_vm_flush_tlb(struct axvcpu_vm *vm);

#endif /* _AXVCPU_VM_H */
