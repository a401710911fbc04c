/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared x86 code, as the vendors and the files of this folder call it. */
#ifndef _AXX86_OPS_H
#define _AXX86_OPS_H

#include <linux/types.h>

#include "x86.h"
#include "x86_decode.h"
#include "x86_state.h"
#include "x86_walk.h"

/* x86_ops.c: life of VMs and vCPUs */
int axx86_probe(const struct axx86_vendor *vendor);
void axx86_remove(void);
void axx86_info(struct axvcpu_info *info);
int axx86_vm_create(struct axvcpu_vm *vm, const struct axvcpu_create_vm *args, void *vendor);
void axx86_vm_destroy(struct axvcpu_vm *vm);
int axx86_vcpu_create(struct axvcpu *vcpu, struct axx86_vcpu *x);
void axx86_vcpu_destroy(struct axvcpu *vcpu);

/* x86_run.c: what a guest did, and what follows */
int axx86_before_run(struct axx86_vcpu *x, bool irq_ready);
int axx86_handle(struct axx86_vcpu *x, const struct axx86_intercept *icpt);
int axx86_exit_user(struct axx86_vcpu *x);
void axx86_fill_exit(struct axvcpu *vcpu);
bool axx86_has_event(struct axvcpu *vcpu);
u32 axx86_intercept_reason(const struct axx86_intercept *icpt);

/* x86_insn.c: the instruction at the guest's pc */
enum axx86_mode axx86_current_mode(struct axx86_vcpu *x);
int axx86_fetch(struct axx86_vcpu *x, u8 bytes[AXX86_INSN_MAX]);
int axx86_fixed_insn(struct axx86_vcpu *x, enum axx86_fixed_op op, struct axx86_fixed *out);
int axx86_insn_next(struct axx86_vcpu *x, const struct axx86_intercept *icpt, u64 *next);
void axx86_set_rip(struct axx86_vcpu *x, u64 rip);
void axx86_raise(struct axx86_vcpu *x, u8 vector, u32 error, u64 address);

/* x86_guest_mem.c: guest memory as the guest addresses it */
int axx86_translate(struct axx86_vcpu *x, u64 gva, u32 access, struct axx86_walk *walk);
int axx86_linearize(struct axx86_vcpu *x, u8 seg, u64 ea, u32 len, u32 access, u64 *gva,
		    struct axx86_fault *fault);

/* x86_io.c, x86_mmio.c, x86_sysreg.c */
int axx86_handle_io(struct axx86_vcpu *x, const struct axx86_intercept *icpt);
int axx86_handle_msr(struct axx86_vcpu *x, const struct axx86_intercept *icpt);
int axx86_handle_cr(struct axx86_vcpu *x, const struct axx86_intercept *icpt);
int axx86_handle_dr(struct axx86_vcpu *x, const struct axx86_intercept *icpt);
int axx86_handle_xsetbv(struct axx86_vcpu *x, const struct axx86_intercept *icpt);
int axx86_handle_npf(struct axx86_vcpu *x, const struct axx86_intercept *icpt);

/* x86_complete.c: what userspace answers */
void axx86_pend(struct axx86_vcpu *x, enum axx86_pending_kind kind);
int axx86_complete(struct axvcpu *vcpu, u64 value);
int axx86_set_gpr(struct axvcpu *vcpu, u32 reg, u64 value);
int axx86_set_return_value(struct axvcpu *vcpu, u64 value);
void axx86_undo_pending(struct axx86_vcpu *x);

/* x86_inject.c: events from outside */
int axx86_inject(struct axvcpu *vcpu, const struct axvcpu_event *event);
int axx86_set_debug(struct axvcpu *vcpu, u32 flags);

/* What both vendors' tables share; the vendor's own members follow it. */
#define AXX86_COMMON_OPS						\
	.arch			= AXVCPU_ARCH_X86,			\
	.regsets		= axx86_regsets,			\
	.regs_size		= sizeof(struct axvcpu_x86_regs),	\
	.vm_ioctls		= axx86_vm_ioctls,			\
	.vcpu_ioctls		= axx86_vcpu_ioctls,			\
	.dev_ioctls		= axx86_dev_ioctls,			\
	.vcpu_setup		= axx86_setup,				\
	.vcpu_complete		= axx86_complete,			\
	.vcpu_fill_exit		= axx86_fill_exit,			\
	.vcpu_has_event		= axx86_has_event,			\
	.vcpu_inject		= axx86_inject,				\
	.vcpu_set_gpr		= axx86_set_gpr,			\
	.vcpu_set_return_value	= axx86_set_return_value,		\
	.vcpu_get_regs		= axx86_get_regs,			\
	.vcpu_set_regs		= axx86_set_regs,			\
	.vcpu_set_debug		= axx86_set_debug

/* svm/svm.c */
extern const struct axvcpu_arch_ops axsvm_ops;

#endif /* _AXX86_OPS_H */
