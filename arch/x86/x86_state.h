/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole register state of an x86 vCPU: reset, and the sets of GET_REGS and SET_REGS. */
#ifndef _AXX86_STATE_H
#define _AXX86_STATE_H

#include <linux/types.h>

#include <axvcpu/arch.h>
#include <axvcpu/ioctl.h>
#include <uapi/linux/axvcpu.h>

/* Rows for struct axvcpu_arch_ops; each table ends with an empty row. */
extern const struct axvcpu_regset axx86_regsets[];
extern const struct axvcpu_ioctl axx86_dev_ioctls[];
extern const struct axvcpu_ioctl axx86_vm_ioctls[];
extern const struct axvcpu_ioctl axx86_vcpu_ioctls[];

void axx86_get_regs(struct axvcpu *vcpu, u64 sets, void *regs);
int axx86_set_regs(struct axvcpu *vcpu, u64 sets, const void *regs);
int axx86_setup(struct axvcpu *vcpu, const struct axvcpu_setup *s);

#endif /* _AXX86_STATE_H */
