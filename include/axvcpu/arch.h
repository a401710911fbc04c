/* SPDX-License-Identifier: GPL-2.0-only */
/* The contract between the core and a backend: one table of operations, chosen once at load. */
#ifndef _AXVCPU_ARCH_H
#define _AXVCPU_ARCH_H

#include <linux/types.h>

#include <uapi/linux/axvcpu.h>

struct axvcpu;
struct axvcpu_ioctl;
struct axvcpu_stage2_format;
struct axvcpu_vm;

/**
 * enum axvcpu_run_result - what a backend's run tells the core
 * @AXVCPU_RUN_AGAIN: nothing for userspace; look for signals and requests, then run on
 * @AXVCPU_RUN_EXIT: axvcpu.exit is completely written; return to userspace
 * @AXVCPU_RUN_HALT: the guest idles and the controller is in the kernel: block
 *
 * Or -ENOMEM: nothing was done, the next RUN may succeed; -EIO: the backend failed,
 * the vCPU becomes INVALID.
 */
enum axvcpu_run_result {
	AXVCPU_RUN_AGAIN,
	AXVCPU_RUN_EXIT,
	AXVCPU_RUN_HALT,
};

/**
 * struct axvcpu_regset - where a register set is in the backend's register structure
 * @set: its AXVCPU_REGS_* bit
 * @offset: first byte
 * @size: bytes
 */
struct axvcpu_regset {
	u64 set;
	u32 offset;
	u32 size;
};

/**
 * struct axvcpu_arch_ops - what one virtualization backend supplies
 * @name: short name shown to userspace ("svm", "vmx", "vhe")
 * @arch: AXVCPU_ARCH_*
 * @regsets: register sets, last one all zero
 * @regs_size: size of the structure that @regsets point into, bytes
 * @vm_ioctls: VM calls of this architecture, last one all zero; may be NULL
 * @vcpu_ioctls: vCPU calls of this architecture, last one all zero; may be NULL
 * @dev_ioctls: device calls of this architecture, last one all zero; may be NULL
 * @stage2: encoder of stage-2 entries
 * @probe: 0, -ENODEV (no such hardware) or -EOPNOTSUPP (lacks a feature we need);
 *	says why in the log
 * @remove: undo @probe
 * @info: fill what the backend knows of @info (caps, gpa_bits, max_vcpus, features, ...)
 * @cpu_enable: turn virtualization on for this CPU; -EBUSY if another owner has it on
 * @cpu_disable: undo @cpu_enable; must not fail
 * @vm_create: allocate axvcpu_vm.arch; sleeps
 * @vm_destroy: undo @vm_create; no vCPU is left
 * @vcpu_create: allocate axvcpu.arch; sleeps
 * @vcpu_destroy: undo @vcpu_create; the vCPU runs nowhere
 * @vcpu_setup: reset state with entry point and mode; -EINVAL changes nothing
 * @vcpu_complete: finish what the last exit left open, with axvcpu_run.value
 * @vcpu_run: enter the guest, see enum axvcpu_run_result
 * @vcpu_fill_exit: fill pc, flags and raw values of axvcpu.exit, for an exit that the
 *	core makes by itself
 * @vcpu_has_event: an interrupt or the like would end the guest's idling
 * @vcpu_put: the thread unbinds: leave nothing of the vCPU on any CPU; may be NULL
 * @vcpu_inject: queue an event: 0, 1 if merged, -EINVAL, -EBUSY, -EOPNOTSUPP;
 *	for interrupts and NMIs callable from any thread at any time
 * @vcpu_set_gpr: write one register; -EINVAL for a number that does not exist
 * @vcpu_set_return_value: write the return register or complete a pending read
 * @vcpu_get_regs: copy the chosen sets into @regs
 * @vcpu_set_regs: check all of the chosen sets, then write them; -EINVAL changes nothing
 * @vcpu_set_debug: AXVCPU_DEBUG_* bits; -EOPNOTSUPP for what cannot be had
 *
 * Context: vcpu_* are called by one thread at a time (the core's state machine sees to it),
 * in process context with axvcpu.lock held or the state RUNNING, except @vcpu_inject and
 * @vcpu_has_event. cpu_* run on the CPU concerned with interrupts off or in its hotplug thread.
 */
struct axvcpu_arch_ops {
	const char *name;
	u32 arch;
	const struct axvcpu_regset *regsets;
	u32 regs_size;
	const struct axvcpu_ioctl *vm_ioctls;
	const struct axvcpu_ioctl *vcpu_ioctls;
	const struct axvcpu_ioctl *dev_ioctls;
	const struct axvcpu_stage2_format *stage2;

	int (*probe)(void);
	void (*remove)(void);
	void (*info)(struct axvcpu_info *info);
	int (*cpu_enable)(void);
	void (*cpu_disable)(void);

	int (*vm_create)(struct axvcpu_vm *vm, const struct axvcpu_create_vm *args);
	void (*vm_destroy)(struct axvcpu_vm *vm);

	int (*vcpu_create)(struct axvcpu *vcpu);
	void (*vcpu_destroy)(struct axvcpu *vcpu);
	int (*vcpu_setup)(struct axvcpu *vcpu, const struct axvcpu_setup *setup);
	int (*vcpu_complete)(struct axvcpu *vcpu, u64 value);
	int (*vcpu_run)(struct axvcpu *vcpu);
	void (*vcpu_fill_exit)(struct axvcpu *vcpu);
	bool (*vcpu_has_event)(struct axvcpu *vcpu);
	void (*vcpu_put)(struct axvcpu *vcpu);
	int (*vcpu_inject)(struct axvcpu *vcpu, const struct axvcpu_event *event);
	int (*vcpu_set_gpr)(struct axvcpu *vcpu, u32 reg, u64 value);
	int (*vcpu_set_return_value)(struct axvcpu *vcpu, u64 value);
	void (*vcpu_get_regs)(struct axvcpu *vcpu, u64 sets, void *regs);
	int (*vcpu_set_regs)(struct axvcpu *vcpu, u64 sets, const void *regs);
	int (*vcpu_set_debug)(struct axvcpu *vcpu, u32 flags);
};

/**
 * axvcpu_arch_probe() - find the backend for this machine
 *
 * Context: module load.
 * Return: a table whose probe succeeded, or ERR_PTR: -ENODEV, -EOPNOTSUPP.
 */
const struct axvcpu_arch_ops *axvcpu_arch_probe(void);

/* The table in use; set once at load, before userspace can reach the module. */
extern const struct axvcpu_arch_ops *axvcpu_ops;

#endif /* _AXVCPU_ARCH_H */
