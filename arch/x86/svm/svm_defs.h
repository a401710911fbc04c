/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AMD SVM as the manual prints it: AMD64 Architecture Programmer's Manual
 * Vol. 2, revision 3.42 ("APM").  Own names (AXSVM_*), so that the pure files
 * build on any architecture; svm_vmcb.c checks them against the kernel's.
 */
#ifndef _AXSVM_DEFS_H
#define _AXSVM_DEFS_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

/* Intercepts, word 3 (offset 0x00C): APM Appendix B, table B-1 */
#define AXSVM_ICPT_INTR		BIT(0)
#define AXSVM_ICPT_NMI		BIT(1)
#define AXSVM_ICPT_SMI		BIT(2)
#define AXSVM_ICPT_INIT		BIT(3)
#define AXSVM_ICPT_VINTR	BIT(4)
#define AXSVM_ICPT_RDPMC	BIT(15)
#define AXSVM_ICPT_CPUID	BIT(18)
#define AXSVM_ICPT_RSM		BIT(19)
#define AXSVM_ICPT_IRET		BIT(20)
#define AXSVM_ICPT_INTN		BIT(21)
#define AXSVM_ICPT_INVD		BIT(22)
#define AXSVM_ICPT_PAUSE	BIT(23)
#define AXSVM_ICPT_HLT		BIT(24)
#define AXSVM_ICPT_INVLPGA	BIT(26)
#define AXSVM_ICPT_IOIO		BIT(27)
#define AXSVM_ICPT_MSR		BIT(28)
#define AXSVM_ICPT_FERR_FREEZE	BIT(30)
#define AXSVM_ICPT_SHUTDOWN	BIT(31)

/* Intercepts, word 4 (offset 0x010) */
#define AXSVM_ICPT2_VMRUN	BIT(0)
#define AXSVM_ICPT2_VMMCALL	BIT(1)
#define AXSVM_ICPT2_VMLOAD	BIT(2)
#define AXSVM_ICPT2_VMSAVE	BIT(3)
#define AXSVM_ICPT2_STGI	BIT(4)
#define AXSVM_ICPT2_CLGI	BIT(5)
#define AXSVM_ICPT2_SKINIT	BIT(6)
#define AXSVM_ICPT2_RDTSCP	BIT(7)
#define AXSVM_ICPT2_WBINVD	BIT(9)
#define AXSVM_ICPT2_MONITOR	BIT(10)
#define AXSVM_ICPT2_MWAIT	BIT(11)
#define AXSVM_ICPT2_XSETBV	BIT(13)
#define AXSVM_ICPT2_RDPRU	BIT(14)

/* Intercepts, word 5 (offset 0x014) */
#define AXSVM_ICPT3_INVLPGB	BIT(0)
#define AXSVM_ICPT3_INVLPGB_ILL	BIT(1)
#define AXSVM_ICPT3_MCOMMIT	BIT(3)
#define AXSVM_ICPT3_TLBSYNC	BIT(4)

/* TLB_CONTROL (0x05C): APM 15.16.1 */
#define AXSVM_TLB_NOTHING	0
#define AXSVM_TLB_FLUSH_ALL	1
#define AXSVM_TLB_FLUSH_ASID	3

/* Virtual interrupt control (0x060): APM 15.21 */
#define AXSVM_V_TPR		GENMASK_ULL(7, 0)
#define AXSVM_V_IRQ		BIT_ULL(8)
#define AXSVM_V_INTR_PRIO	GENMASK_ULL(19, 16)
#define AXSVM_V_IGN_TPR		BIT_ULL(20)
#define AXSVM_V_INTR_MASKING	BIT_ULL(24)
#define AXSVM_V_INTR_VECTOR	GENMASK_ULL(39, 32)

/* Interrupt state (0x068): APM 15.21.5 */
#define AXSVM_INTERRUPT_SHADOW	BIT_ULL(0)

/* Nested control (0x090): APM 15.25.3 */
#define AXSVM_NP_ENABLE		BIT_ULL(0)

/* EVENTINJ (0x0A8) and EXITINTINFO (0x088): APM 15.20, 15.7.2 */
#define AXSVM_EVENT_VECTOR	GENMASK_ULL(7, 0)
#define AXSVM_EVENT_TYPE	GENMASK_ULL(10, 8)
#define AXSVM_EVENT_EV		BIT_ULL(11)
#define AXSVM_EVENT_V		BIT_ULL(31)
#define AXSVM_EVENT_ERROR	GENMASK_ULL(63, 32)

/* VMCB clean bits (0x0C0): APM 15.15.3 */
#define AXSVM_CLEAN_I		BIT(0)	/* intercepts, TSC offset, pause filter */
#define AXSVM_CLEAN_IOPM	BIT(1)	/* IOPM_BASE, MSRPM_BASE */
#define AXSVM_CLEAN_ASID	BIT(2)
#define AXSVM_CLEAN_TPR		BIT(3)	/* V_TPR, V_IRQ, ... */
#define AXSVM_CLEAN_NP		BIT(4)	/* nested paging: N_CR3, G_PAT */
#define AXSVM_CLEAN_CR		BIT(5)	/* CR0, CR3, CR4, EFER */
#define AXSVM_CLEAN_DR		BIT(6)	/* DR6, DR7 */
#define AXSVM_CLEAN_DT		BIT(7)	/* GDT, IDT */
#define AXSVM_CLEAN_SEG		BIT(8)	/* CS, DS, SS, ES, CPL */
#define AXSVM_CLEAN_CR2		BIT(9)
#define AXSVM_CLEAN_LBR		BIT(10)
#define AXSVM_CLEAN_ALL		GENMASK(10, 0)

/* Exit codes (0x070): APM Appendix C */
#define AXSVM_EXIT_READ_CR0	0x000
#define AXSVM_EXIT_WRITE_CR0	0x010
#define AXSVM_EXIT_WRITE_CR15	0x01f
#define AXSVM_EXIT_READ_DR0	0x020
#define AXSVM_EXIT_WRITE_DR0	0x030
#define AXSVM_EXIT_WRITE_DR15	0x03f
#define AXSVM_EXIT_EXCP0	0x040
#define AXSVM_EXIT_EXCP31	0x05f
#define AXSVM_EXIT_INTR		0x060
#define AXSVM_EXIT_NMI		0x061
#define AXSVM_EXIT_SMI		0x062
#define AXSVM_EXIT_INIT		0x063
#define AXSVM_EXIT_VINTR	0x064
#define AXSVM_EXIT_RDPMC	0x06f
#define AXSVM_EXIT_CPUID	0x072
#define AXSVM_EXIT_RSM		0x073
#define AXSVM_EXIT_IRET		0x074
#define AXSVM_EXIT_SWINT	0x075
#define AXSVM_EXIT_INVD		0x076
#define AXSVM_EXIT_PAUSE	0x077
#define AXSVM_EXIT_HLT		0x078
#define AXSVM_EXIT_INVLPGA	0x07a
#define AXSVM_EXIT_IOIO		0x07b
#define AXSVM_EXIT_MSR		0x07c
#define AXSVM_EXIT_FERR_FREEZE	0x07e
#define AXSVM_EXIT_SHUTDOWN	0x07f
#define AXSVM_EXIT_VMRUN	0x080
#define AXSVM_EXIT_VMMCALL	0x081
#define AXSVM_EXIT_VMLOAD	0x082
#define AXSVM_EXIT_VMSAVE	0x083
#define AXSVM_EXIT_STGI		0x084
#define AXSVM_EXIT_CLGI		0x085
#define AXSVM_EXIT_SKINIT	0x086
#define AXSVM_EXIT_RDTSCP	0x087
#define AXSVM_EXIT_WBINVD	0x089
#define AXSVM_EXIT_MONITOR	0x08a
#define AXSVM_EXIT_MWAIT	0x08b
#define AXSVM_EXIT_MWAIT_COND	0x08c
#define AXSVM_EXIT_XSETBV	0x08d
#define AXSVM_EXIT_RDPRU	0x08e
#define AXSVM_EXIT_INVLPGB	0x0a0
#define AXSVM_EXIT_INVLPGB_ILL	0x0a1
#define AXSVM_EXIT_MCOMMIT	0x0a3
#define AXSVM_EXIT_TLBSYNC	0x0a4
#define AXSVM_EXIT_NPF		0x400
#define AXSVM_EXIT_INVALID	(~0ULL)		/* -1 */
#define AXSVM_EXIT_BUSY		(~0ULL - 1)	/* -2 */

/* EXITINFO1 of an IOIO exit: APM 15.10.2 */
#define AXSVM_IOIO_IN		BIT_ULL(0)
#define AXSVM_IOIO_STR		BIT_ULL(2)
#define AXSVM_IOIO_REP		BIT_ULL(3)
#define AXSVM_IOIO_SZ		GENMASK_ULL(6, 4)	/* one bit: 1, 2, 4 bytes */
#define AXSVM_IOIO_A		GENMASK_ULL(9, 7)	/* one bit: 2, 4, 8 bytes */
#define AXSVM_IOIO_SEG		GENMASK_ULL(12, 10)
#define AXSVM_IOIO_PORT		GENMASK_ULL(31, 16)

/* EXITINFO1 of MOV CR and MOV DR exits with decode assists: APM 15.8.1 */
#define AXSVM_CRDR_GPR		GENMASK_ULL(3, 0)
#define AXSVM_CRDR_MOV		BIT_ULL(63)

/* EXITINFO1 of a nested page fault: APM 15.25.6 */
#define AXSVM_NPF_P		BIT_ULL(0)
#define AXSVM_NPF_W		BIT_ULL(1)
#define AXSVM_NPF_U		BIT_ULL(2)
#define AXSVM_NPF_ID		BIT_ULL(4)
#define AXSVM_NPF_TABLE		BIT_ULL(33)

/* CPUID 8000_000A EDX: APM Vol. 3, Appendix E.4.9 */
#define AXSVM_CPUID_NP		BIT(0)
#define AXSVM_CPUID_NRIPS	BIT(3)
#define AXSVM_CPUID_CLEAN	BIT(5)
#define AXSVM_CPUID_FLUSH_ASID	BIT(6)
#define AXSVM_CPUID_DECODE	BIT(7)
#define AXSVM_CPUID_PAUSE	BIT(10)

/* VM_CR: APM 15.30.1 */
#define AXSVM_VM_CR_SVMDIS	BIT_ULL(4)
#define AXSVM_VM_CR_LOCK	BIT_ULL(3)

/* Permission maps: APM 15.10.1, 15.11 */
#define AXSVM_IOPM_SIZE		(3 * 4096)
#define AXSVM_MSRPM_SIZE	(2 * 4096)

/* Segment as in the VMCB: APM Appendix B, table B-2 */
struct axsvm_seg {
	u16 selector;
	u16 attrib;
	u32 limit;
	u64 base;
};

/* Control area: APM Appendix B, table B-1; reserved parts are named by their offset */
struct axsvm_control {
	u16 cr_read;			/* 0x000 */
	u16 cr_write;
	u16 dr_read;			/* 0x004 */
	u16 dr_write;
	u32 exceptions;			/* 0x008 */
	u32 icpt;			/* 0x00c */
	u32 icpt2;			/* 0x010 */
	u32 icpt3;			/* 0x014 */
	u8  rsvd018[0x3c - 0x18];
	u16 pause_threshold;		/* 0x03c */
	u16 pause_count;		/* 0x03e */
	u64 iopm_base;			/* 0x040 */
	u64 msrpm_base;			/* 0x048 */
	u64 tsc_offset;			/* 0x050 */
	u32 asid;			/* 0x058 */
	u8  tlb_control;		/* 0x05c */
	u8  rsvd05d[3];
	u64 vintr;			/* 0x060 */
	u64 int_state;			/* 0x068 */
	u64 exitcode;			/* 0x070 */
	u64 exitinfo1;			/* 0x078 */
	u64 exitinfo2;			/* 0x080 */
	u64 exitintinfo;		/* 0x088 */
	u64 np_control;			/* 0x090 */
	u8  rsvd098[0xa8 - 0x98];
	u64 eventinj;			/* 0x0a8 */
	u64 n_cr3;			/* 0x0b0 */
	u64 lbr_control;		/* 0x0b8 */
	u32 clean;			/* 0x0c0 */
	u32 rsvd0c4;
	u64 nrip;			/* 0x0c8 */
	u8  insn_len;			/* 0x0d0 */
	u8  insn[15];
	u8  rsvd0e0[0x400 - 0xe0];
};

/* State-save area: APM Appendix B, table B-2; offsets are from the VMCB's start */
struct axsvm_save {
	struct axsvm_seg es;		/* 0x400 */
	struct axsvm_seg cs;
	struct axsvm_seg ss;
	struct axsvm_seg ds;
	struct axsvm_seg fs;
	struct axsvm_seg gs;
	struct axsvm_seg gdtr;		/* 0x460 */
	struct axsvm_seg ldtr;
	struct axsvm_seg idtr;
	struct axsvm_seg tr;
	u8  rsvd4a0[0x4cb - 0x4a0];
	u8  cpl;			/* 0x4cb */
	u32 rsvd4cc;
	u64 efer;			/* 0x4d0 */
	u8  rsvd4d8[0x548 - 0x4d8];
	u64 cr4;			/* 0x548 */
	u64 cr3;
	u64 cr0;
	u64 dr7;			/* 0x560 */
	u64 dr6;
	u64 rflags;			/* 0x570 */
	u64 rip;
	u8  rsvd580[0x5d8 - 0x580];
	u64 rsp;			/* 0x5d8 */
	u8  rsvd5e0[0x5f8 - 0x5e0];
	u64 rax;			/* 0x5f8 */
	u64 star;			/* 0x600 */
	u64 lstar;
	u64 cstar;
	u64 sfmask;
	u64 kernel_gs_base;		/* 0x620 */
	u64 sysenter_cs;
	u64 sysenter_esp;
	u64 sysenter_eip;
	u64 cr2;			/* 0x640 */
	u8  rsvd648[0x668 - 0x648];
	u64 g_pat;			/* 0x668 */
	u64 dbgctl;
	u8  rsvd678[0x1000 - 0x678];
};

/* VMCB: one page */
struct axsvm_vmcb {
	struct axsvm_control control;
	struct axsvm_save save;
};

static_assert(sizeof(struct axsvm_control) == 0x400);
static_assert(sizeof(struct axsvm_vmcb) == 0x1000);
static_assert(offsetof(struct axsvm_vmcb, control.asid) == 0x058);
static_assert(offsetof(struct axsvm_vmcb, control.eventinj) == 0x0a8);
static_assert(offsetof(struct axsvm_vmcb, control.insn_len) == 0x0d0);
static_assert(offsetof(struct axsvm_vmcb, save.tr) == 0x490);
static_assert(offsetof(struct axsvm_vmcb, save.cpl) == 0x4cb);
static_assert(offsetof(struct axsvm_vmcb, save.efer) == 0x4d0);
static_assert(offsetof(struct axsvm_vmcb, save.cr4) == 0x548);
static_assert(offsetof(struct axsvm_vmcb, save.rip) == 0x578);
static_assert(offsetof(struct axsvm_vmcb, save.rsp) == 0x5d8);
static_assert(offsetof(struct axsvm_vmcb, save.rax) == 0x5f8);
static_assert(offsetof(struct axsvm_vmcb, save.cr2) == 0x640);
static_assert(offsetof(struct axsvm_vmcb, save.g_pat) == 0x668);

#endif /* _AXSVM_DEFS_H */
