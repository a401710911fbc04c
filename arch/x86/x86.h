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

#include "x86_defs.h"
#include "x86_event.h"
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

/**
 * enum axx86_intercept_kind - what the guest did, the same for both vendors
 * @AXX86_ICPT_NONE: nothing to do: a host interrupt, a flushed exit
 * @AXX86_ICPT_CPUID: CPUID
 * @AXX86_ICPT_HLT: HLT
 * @AXX86_ICPT_IO: u.io
 * @AXX86_ICPT_MSR: u.msr
 * @AXX86_ICPT_CR: u.reg: move to or from a control register
 * @AXX86_ICPT_DR: u.reg: move to or from a debug register
 * @AXX86_ICPT_HYPERCALL: VMMCALL or VMCALL
 * @AXX86_ICPT_XSETBV: XSETBV
 * @AXX86_ICPT_SKIP: an instruction that does nothing here (WBINVD, INVD, PAUSE)
 * @AXX86_ICPT_UD: an instruction that the guest does not have: #UD
 * @AXX86_ICPT_RDTSCP: RDTSCP
 * @AXX86_ICPT_EXCEPTION: u.exception
 * @AXX86_ICPT_NPF: u.fault
 * @AXX86_ICPT_IRQ_WINDOW: the guest can take an interrupt
 * @AXX86_ICPT_NMI_WINDOW: IRET: NMIs are about to be unmasked
 * @AXX86_ICPT_SHUTDOWN: triple fault
 * @AXX86_ICPT_INIT: INIT signal that was redirected
 * @AXX86_ICPT_FAIL_ENTRY: refused state
 * @AXX86_ICPT_UNKNOWN: anything else
 */
enum axx86_intercept_kind {
	AXX86_ICPT_NONE,
	AXX86_ICPT_CPUID,
	AXX86_ICPT_HLT,
	AXX86_ICPT_IO,
	AXX86_ICPT_MSR,
	AXX86_ICPT_CR,
	AXX86_ICPT_DR,
	AXX86_ICPT_HYPERCALL,
	AXX86_ICPT_XSETBV,
	AXX86_ICPT_SKIP,
	AXX86_ICPT_UD,
	AXX86_ICPT_RDTSCP,
	AXX86_ICPT_EXCEPTION,
	AXX86_ICPT_NPF,
	AXX86_ICPT_IRQ_WINDOW,
	AXX86_ICPT_NMI_WINDOW,
	AXX86_ICPT_SHUTDOWN,
	AXX86_ICPT_INIT,
	AXX86_ICPT_FAIL_ENTRY,
	AXX86_ICPT_UNKNOWN,
};

/**
 * struct axx86_intercept - one exit, normalised
 * @kind: enum axx86_intercept_kind
 * @fixed: enum axx86_fixed_op to find the length with, if next_rip is 0
 * @next_rip: address after the instruction; 0 if the hardware did not tell
 * @io: IN, OUT, INS, OUTS
 * @msr: RDMSR, WRMSR
 * @reg: MOV CR, MOV DR, CLTS, LMSW
 * @exception: intercepted exception
 * @fault: nested page fault
 */
struct axx86_intercept {
	u8 kind;
	u8 fixed;
	u64 next_rip;
	union {
		struct {
			u16 port;
			u8 width;	/* bytes */
			u8 addr_size;	/* bytes: 2, 4, 8 */
			u8 seg;		/* OUTS source segment, if seg_valid */
			bool seg_valid;
			bool in;
			bool string;
			bool rep;
		} io;
		struct {
			bool write;
		} msr;
		struct {
			u8 nr;
			u8 gpr;
			bool write;
			bool decoded;	/* gpr is valid; else decode the instruction */
		} reg;
		struct {
			u8 vector;
			bool has_error;
			u32 error;
			u64 address;
		} exception;
		struct {
			u64 gpa;
			u32 access;	/* AXVCPU_ACCESS_* */
		} fault;
	} u;
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
	u32 count;
	u64 rip;
	u64 regs[3];
	u64 gpa[2];
	u32 first_len;
};

/**
 * struct axx86_cpuid - the CPUID view of one vCPU
 * @nr: entries
 * @xcr0_supported: XCR0 bits that the guest may set
 * @xss_supported: IA32_XSS bits that the guest may set
 * @cr4_allowed: CR4 bits that the guest may set
 * @efer_allowed: EFER bits that the guest may set
 * @maxphyaddr: guest-physical width, bits
 * @has_rdtscp: RDTSCP and TSC_AUX exist
 * @has_x2apic: x2APIC mode exists
 * @has_tsc_deadline: TSC-deadline mode exists
 * @entries: sorted by leaf and subleaf
 */
struct axx86_cpuid {
	u32 nr;
	u64 xcr0_supported;
	u64 xss_supported;
	u64 cr4_allowed;
	u64 efer_allowed;
	u8 maxphyaddr;
	bool has_rdtscp;
	bool has_x2apic;
	bool has_tsc_deadline;
	struct axvcpu_cpuid_entry entries[AXVCPU_CPUID_MAX];
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
 * @wait_sipi: INIT came, no SIPI yet
 * @request: userspace's AXVCPU_REQUEST_* of this RUN
 * @cpuid: CPUID view
 * @xsave: guest FPU image, 64-byte aligned, standard or compacted as the host's
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
	bool wait_sipi;
	u32 request;
	struct axx86_cpuid *cpuid;
	void *xsave;
};

/**
 * struct axx86_vendor - what svm/ and vmx/ supply to the shared code
 * @name: "svm", "vmx"
 * @read: value of a register field
 * @write: set it; the caller checked the value
 * @read_seg: segment or table register by index
 * @write_seg: set it
 * @set_cr0: write CR0 as the guest's MOV would (EFER.LMA follows paging)
 * @insn_bytes: instruction bytes that the last exit brought along, how many; 0 if none
 * @check: find the consistency rule that the state breaks; fills exit.fail_entry
 * @msr_intercept: VM-wide: make accesses to an MSR exit, by direction
 */
struct axx86_vendor {
	const char *name;
	u64 (*read)(struct axx86_vcpu *x, enum axx86_field field);
	void (*write)(struct axx86_vcpu *x, enum axx86_field field, u64 value);
	void (*read_seg)(struct axx86_vcpu *x, unsigned int seg, struct axx86_segment *out);
	void (*write_seg)(struct axx86_vcpu *x, unsigned int seg, const struct axx86_segment *in);
	unsigned int (*insn_bytes)(struct axx86_vcpu *x, const u8 **bytes);
	void (*check)(struct axx86_vcpu *x, struct axvcpu_exit_fail_entry *fail);
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
