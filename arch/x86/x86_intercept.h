/* SPDX-License-Identifier: GPL-2.0-only */
/* One guest exit, in terms that both x86 vendors share. */
#ifndef _AXX86_INTERCEPT_H
#define _AXX86_INTERCEPT_H

#include <linux/types.h>

#include <uapi/linux/axvcpu.h>

#include "x86_defs.h"

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
 * @AXX86_ICPT_GP: an instruction that the guest may not use: #GP(0)
 * @AXX86_ICPT_EXCEPTION: u.exception
 * @AXX86_ICPT_SOFT_INT: INT n, or INT3 on some CPUs
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
	AXX86_ICPT_GP,
	AXX86_ICPT_EXCEPTION,
	AXX86_ICPT_SOFT_INT,
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
 * @u: by kind
 * @u.io: IN, OUT, INS, OUTS
 * @u.msr: RDMSR, WRMSR
 * @u.reg: MOV CR, MOV DR, CLTS, LMSW
 * @u.exception: intercepted exception
 * @u.fault: nested page fault
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

#endif /* _AXX86_INTERCEPT_H */
