/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every x86 vCPU has, and the contract between the shared x86 code and a
 * vendor (svm/, later vmx/): the vendor enters the guest and turns its exits
 * into struct axx86_intercept; the shared code acts on them.
 */
#ifndef _AXX86_H
#define _AXX86_H

#include <linux/types.h>

#include <axvcpu/arch.h>
#include <axvcpu/vcpu.h>

#include "x86_cpuid.h"
#include "x86_defs.h"
#include "x86_event.h"
#include "x86_intercept.h"
#include "x86_regs.h"
#include "x86_segment.h"

struct axapic;
struct axx86_vcpu;
struct fpstate;

/* Register state that a vendor keeps in its own place. */
enum axx86_field {
	AXX86_RIP,
	AXX86_RFLAGS,
	AXX86_CR0,
	AXX86_CR2,
	AXX86_CR3,
	AXX86_CR4,
	AXX86_EFER,		/* as the guest sees it */
	AXX86_TPR,		/* CR8 */
	AXX86_DR6,
	AXX86_DR7,
	AXX86_CPL,
	AXX86_PAT,
	AXX86_STAR,
	AXX86_LSTAR,
	AXX86_CSTAR,
	AXX86_SFMASK,
	AXX86_KERNEL_GS_BASE,
	AXX86_SYSENTER_CS,
	AXX86_SYSENTER_ESP,
	AXX86_SYSENTER_EIP,
	AXX86_DEBUGCTL,
	AXX86_TSC_OFFSET,
	AXX86_INTR_SHADOW,	/* 1: in the shadow of STI or MOV SS */
};

/* Segments beyond the six of x86_segment.h, for ->read_seg() and ->write_seg(). */
enum axx86_table {
	AXX86_LDTR = 6,
	AXX86_TR,
	AXX86_GDTR,
	AXX86_IDTR,
	AXX86_NR_SEGS,
};

/* What an exit to userspace leaves to be done by the next RUN. */
enum axx86_pending_kind {
	AXX86_PENDING_NONE,
	AXX86_PENDING_DONE,	/* nothing to write, but a fault may still replace it */
	AXX86_PENDING_GPR,	/* value to a register by the load's rules */
	AXX86_PENDING_MSR,	/* value to EDX:EAX */
	AXX86_PENDING_IO,	/* value to AL, AX, EAX */
	AXX86_PENDING_INS,	/* data area to guest memory */
	AXX86_PENDING_RAX,	/* hypercall: value to RAX */
	AXX86_PENDING_MOVS,	/* MMIO read of a string move: value to guest memory or MMIO */
};

/**
 * struct axx86_pending - an exit that userspace is answering
 * @kind: enum axx86_pending_kind
 * @gpr: destination register
 * @high_byte: destination is AH, CH, DH or BH
 * @width: bytes of the access
 * @reg_width: bytes of the destination
 * @sign: sign-extend
 * @swap: reverse the bytes (MOVBE)
 * @count: items of a string instruction
 * @rip: of the instruction, for a fault in its place
 * @regs: RCX, RSI, RDI before the instruction, for the same
 * @gpa: INS, MOVS: where the data goes; up to two pages
 * @first_len: bytes that go to gpa[0]
 */
struct axx86_pending {
	u8 kind;
	u8 gpr;
	bool high_byte;
	u8 width;
	u8 reg_width;
	bool sign;
	bool swap;
	u32 count;
	u64 rip;
	u64 regs[3];
	u64 gpa[2];
	u32 first_len;
};

/**
 * struct axx86_vm - x86 part of a VM
 * @vm: the VM
 * @poweroff_port: see struct axvcpu_create_vm
 * @poweroff_value: see struct axvcpu_create_vm
 * @nr_msr_ranges: entries of @msr_ranges
 * @msr_ranges: AXVCPU_MSR_POLICY; constant once a vCPU exists
 * @eoi_vectors: AXVCPU_EOI_VECTORS
 * @tsc_base: host TSC when the VM was made; guests count from there
 * @vendor: vendor's own
 */
struct axx86_vm {
	struct axvcpu_vm *vm;
	u16 poweroff_port;
	u32 poweroff_value;
	u32 nr_msr_ranges;
	struct axvcpu_msr_range msr_ranges[AXVCPU_MSR_RANGES_MAX];
	unsigned long eoi_vectors[256 / BITS_PER_LONG];
	u64 tsc_base;
	void *vendor;
};

/**
 * struct axx86_vcpu - x86 part of a vCPU; embedded in the vendor's structure
 * @vcpu: the vCPU
 * @gpr: RAX and RSP are the vendor's while the guest runs, else all are here
 * @dr: DR0..DR3
 * @xcr0: guest XCR0
 * @xss: guest IA32_XSS
 * @tsc_aux: guest TSC_AUX
 * @misc_enable: guest IA32_MISC_ENABLE
 * @mtrr_def_type: guest MTRR default type
 * @tsc_adjust: guest IA32_TSC_ADJUST
 * @spec_ctrl: guest SPEC_CTRL
 * @mtrr: variable (16) and fixed (11) range MTRRs, stored only
 * @events: what waits to be delivered
 * @pending: what the next RUN completes
 * @debug: AXVCPU_DEBUG_*
 * @apic: local APIC; NULL without AXVCPU_VM_IRQCHIP
 * @icr2: without @apic: destination half of the xAPIC's ICR
 * @apic_base: without @apic: IA32_APIC_BASE
 * @halted: HLT without an event yet
 * @stepped: an instruction was completed in the kernel while userspace single-steps
 * @cpuid: CPUID view
 * @xsave: guest FPU image, 64-byte aligned, standard form
 * @xcr0_hw: XCR0 while the guest runs, see axx86_fpu_sync()
 * @pkru_live: the guest can change PKRU, see axx86_fpu_sync()
 * @pkru: guest PKRU, which is not in @xsave
 * @host_pkru: PKRU of the thread, while the guest's is loaded
 */
struct axx86_vcpu {
	struct axvcpu *vcpu;
	u64 gpr[16];
	u64 dr[4];
	u64 xcr0;
	u64 xss;
	u64 tsc_aux;
	u64 misc_enable;
	u64 mtrr_def_type;
	u64 tsc_adjust;
	u64 spec_ctrl;
	u64 mtrr[27];
	struct axx86_events events;
	struct axx86_pending pending;
	u32 debug;
	struct axapic *apic;
	u32 icr2;
	u64 apic_base;
	bool halted;
	bool stepped;
	struct axx86_cpuid *cpuid;
	void *xsave;
	u64 xcr0_hw;
	bool pkru_live;
	u32 pkru;
	u32 host_pkru;
};

/**
 * struct axx86_vendor - what svm/ and vmx/ supply to the shared code
 * @name: "svm", "vmx"
 * @read: value of a register field
 * @write: set it; the caller checked the value; translations that it makes stale are dropped
 * @read_seg: segment or table register by index
 * @write_seg: set it
 * @insn_bytes: instruction bytes that the last exit brought along, how many; 0 if none
 * @raw: what the hardware said at the last exit
 * @check: find the consistency rule that the state breaks; fills exit.fail_entry
 * @controls_changed: axx86_vcpu.debug or the CPUID view is new: intercept accordingly
 * @msr_intercept: VM-wide: make accesses to an MSR exit, by direction; never undone
 */
struct axx86_vendor {
	const char *name;
	u64 (*read)(struct axx86_vcpu *x, enum axx86_field field);
	void (*write)(struct axx86_vcpu *x, enum axx86_field field, u64 value);
	void (*read_seg)(struct axx86_vcpu *x, unsigned int seg, struct axx86_segment *out);
	void (*write_seg)(struct axx86_vcpu *x, unsigned int seg, const struct axx86_segment *in);
	unsigned int (*insn_bytes)(struct axx86_vcpu *x, const u8 **bytes);
	void (*raw)(struct axx86_vcpu *x, struct axvcpu_exit_hw *hw);
	void (*check)(struct axx86_vcpu *x, struct axvcpu_exit_fail_entry *fail);
	void (*controls_changed)(struct axx86_vcpu *x);
	void (*msr_intercept)(struct axx86_vm *xvm, u32 msr, bool read, bool write);
};

/* The vendor in use; set at probe. */
extern const struct axx86_vendor *axx86_vendor;

static inline u64 axx86_read(struct axx86_vcpu *x, enum axx86_field field)
{
	return axx86_vendor->read(x, field);
}

static inline void axx86_write(struct axx86_vcpu *x, enum axx86_field field, u64 value)
{
	axx86_vendor->write(x, field, value);
}

static inline struct axx86_vcpu *axx86_vcpu(struct axvcpu *vcpu)
{
	return vcpu->arch;
}

static inline struct axx86_vm *axx86_vm(struct axvcpu_vm *vm)
{
	return vm->arch;
}

static inline struct axx86_vm *axx86_vcpu_vm(struct axx86_vcpu *x)
{
	return axx86_vm(x->vcpu->vm);
}

#endif /* _AXX86_H */
