/* SPDX-License-Identifier: GPL-2.0-only */
/* One SVM vCPU, shared by the files of this folder. */
#ifndef _AXSVM_H
#define _AXSVM_H

#include <linux/types.h>

#include "../x86.h"
#include "svm_defs.h"
#include "svm_exit.h"

/* The part of the state-save area that is in use. */
#define AXSVM_SAVE_USED		offsetofend(struct axsvm_save, dbgctl)

/**
 * struct axsvm_vcpu - an SVM vCPU
 * @x: x86 part; first, so that axvcpu.arch is both
 * @vmcb: its VMCB
 * @vmcb_pa: address of @vmcb
 * @asid_generation: generation that its ASID belongs to
 * @asid_cpu: CPU that its ASID belongs to
 * @flush: the translations of its ASID are stale
 * @unproven: a field that VMRUN checks has a new value
 * @before: guest state before an unproven entry: not every CPU leaves the
 *	VMCB alone when it refuses it, and what it leaves may be the host's
 * @eventinj: what the last entry delivered; the CPU clears the VMCB's own
 * @exit_rip: guest pc at the last exit, for traces
 * @snap: last exit
 * @icpt: its meaning
 * @step: an instruction is run alone so that an NMI can follow it
 * @step_guest_tf: RFLAGS.TF was the guest's own then
 * @step_iret: that instruction is an IRET, which loads RFLAGS
 */
struct axsvm_vcpu {
	struct axx86_vcpu x;
	struct axsvm_vmcb *vmcb;
	u64 vmcb_pa;
	u64 asid_generation;
	int asid_cpu;
	bool flush;
	bool unproven;
	u8 before[AXSVM_SAVE_USED];
	u64 eventinj;
	u64 exit_rip;
	struct axsvm_snapshot snap;
	struct axx86_intercept icpt;
	bool step;
	bool step_guest_tf;
	bool step_iret;
};

/**
 * struct axsvm_vm - an SVM VM
 * @msrpm: MSR permission map, two pages
 */
struct axsvm_vm {
	u8 *msrpm;
};

static inline struct axsvm_vcpu *axsvm_vcpu(struct axx86_vcpu *x)
{
	return container_of(x, struct axsvm_vcpu, x);
}

/* The CPU keeps what is marked clean: whoever writes a field says so. */
static inline void axsvm_dirty(struct axsvm_vcpu *svm, u32 bits)
{
	svm->vmcb->control.clean &= ~bits;
}

/* svm_vmcb.c */
extern const struct axx86_vendor axsvm_vendor;
int axsvm_iopm_alloc(void);
void axsvm_iopm_free(void);
u8 *axsvm_msrpm_alloc(void);
void axsvm_msrpm_free(u8 *msrpm);
void axsvm_vmcb_init(struct axsvm_vcpu *svm, const struct axsvm_vm *svm_vm, u64 n_cr3);
void axsvm_vmcb_controls(struct axsvm_vcpu *svm);

/* svm_event.c */
void axsvm_deliver(struct axsvm_vcpu *svm);
bool axsvm_irq_ready(struct axsvm_vcpu *svm);
void axsvm_after_exit(struct axsvm_vcpu *svm);
bool axsvm_handle_db(struct axsvm_vcpu *svm);
void axsvm_handle_iret(struct axsvm_vcpu *svm);

#endif /* _AXSVM_H */
