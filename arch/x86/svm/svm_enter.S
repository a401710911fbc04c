/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/linkage.h>

#include <asm/asm.h>
#include <asm/cpufeatures.h>
#include <asm/nospec-branch.h>

#include "../../../include/axvcpu/compat_asm.h"
#include "../x86_regs.h"

#define GPR(reg)	(8 * AXX86_##reg)

/*
 * void axsvm_enter(u64 *gprs, u64 vmcb_pa, u64 host_pa)
 *	%rdi  guest registers, indexed by AXX86_*; RAX and RSP live in the VMCB
 *	%rsi  guest VMCB
 *	%rdx  page with the host's VMSAVE state: FS, GS, TR, LDTR, syscall MSRs
 *
 * Interrupts are off, and off again at the return.  In between GIF is clear
 * on the host's side and RFLAGS.IF is set: with V_INTR_MASKING it is the
 * host's IF that lets an interrupt end the guest's run.
 *
 * APM Vol. 2, 15.5 (VMRUN), 15.5.2 (VMSAVE, VMLOAD), 15.17 (GIF), 15.21.1.
 */
SYM_FUNC_START(axsvm_enter)
	push	%rbp
	push	%r15
	push	%r14
	push	%r13
	push	%r12
	push	%rbx
	push	%rdi				/* gprs */
	push	%rdx				/* host_pa */

	clgi
	sti					/* no effect before VMRUN sets GIF */

	mov	%rsi, %rax			/* VMRUN takes the VMCB in RAX */
	mov	GPR(RCX)(%rdi), %rcx
	mov	GPR(RDX)(%rdi), %rdx
	mov	GPR(RBX)(%rdi), %rbx
	mov	GPR(RBP)(%rdi), %rbp
	mov	GPR(RSI)(%rdi), %rsi
	mov	GPR(R8)(%rdi), %r8
	mov	GPR(R9)(%rdi), %r9
	mov	GPR(R10)(%rdi), %r10
	mov	GPR(R11)(%rdi), %r11
	mov	GPR(R12)(%rdi), %r12
	mov	GPR(R13)(%rdi), %r13
	mov	GPR(R14)(%rdi), %r14
	mov	GPR(R15)(%rdi), %r15
	mov	GPR(RDI)(%rdi), %rdi		/* last: kills the pointer */

	vmload	%rax
	vmrun	%rax
	vmsave	%rax

	pop	%rax				/* host_pa */
	vmload	%rax				/* per-CPU data works again from here */
	cli

	pop	%rax				/* gprs */
	mov	%rcx, GPR(RCX)(%rax)
	mov	%rdx, GPR(RDX)(%rax)
	mov	%rbx, GPR(RBX)(%rax)
	mov	%rbp, GPR(RBP)(%rax)
	mov	%rsi, GPR(RSI)(%rax)
	mov	%rdi, GPR(RDI)(%rax)
	mov	%r8,  GPR(R8)(%rax)
	mov	%r9,  GPR(R9)(%rax)
	mov	%r10, GPR(R10)(%rax)
	mov	%r11, GPR(R11)(%rax)
	mov	%r12, GPR(R12)(%rax)
	mov	%r13, GPR(R13)(%rax)
	mov	%r14, GPR(R14)(%rax)
	mov	%r15, GPR(R15)(%rax)

	/* Before the first RET: return predictions are the guest's until here. */
	FILL_RETURN_BUFFER %rax, RSB_CLEAR_LOOPS, X86_FEATURE_RSB_VMEXIT
	AXVCPU_UNTRAIN_RET

	/* No guest value outlives the switch, not even in speculation. */
	xor	%eax, %eax
	xor	%ecx, %ecx
	xor	%edx, %edx
	xor	%esi, %esi
	xor	%edi, %edi
	xor	%r8d, %r8d
	xor	%r9d, %r9d
	xor	%r10d, %r10d
	xor	%r11d, %r11d
	xor	%r12d, %r12d
	xor	%r13d, %r13d
	xor	%r14d, %r14d
	xor	%r15d, %r15d
	xor	%ebx, %ebx
	xor	%ebp, %ebp

	stgi					/* a pending NMI comes here */

	pop	%rbx
	pop	%r12
	pop	%r13
	pop	%r14
	pop	%r15
	pop	%rbp
	RET
SYM_FUNC_END(axsvm_enter)
