/* SPDX-License-Identifier: MIT */
/* Register state: what the guest writes over, keeps, and sees. */
#include "guest.h"

	.macro	SSE_ON
	mov	%cr0, %rax
	and	$~0xc, %eax		/* EM, TS */
	or	$0x2, %eax		/* MP */
	mov	%rax, %cr0
	mov	%cr4, %rax
	or	$0x600, %eax		/* OSFXSR, OSXMMEXCPT */
	mov	%rax, %cr4
	.endm

	.macro	LOAD_XMM from
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movdqu	\from + 16 * \n, %xmm\n
	.endr
	.endm

	.macro	STORE_XMM to
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movdqu	%xmm\n, \to + 16 * \n
	.endr
	.endm

	.macro	WRMSR64 msr, high, low
	mov	$\msr, %ecx
	mov	$\high, %edx
	mov	$\low, %eax
	wrmsr
	.endm

	/* Over everything that the host's thread has in registers as well. */
CASE64 scribble
	mov	%rdi, %rbp
	SSE_ON
	mov	$GUEST_DATA, %ebx
	mov	$256 / 8, %ecx
	movabs	$0xbadbadbadbadbad0, %rax
1:	mov	%rax, -8(%rbx, %rcx, 8)
	loop	1b
	LOAD_XMM GUEST_DATA
	movl	$0x5f80, GUEST_DATA
	ldmxcsr	GUEST_DATA
	fninit
	movw	$0x0c7f, GUEST_DATA
	fldcw	GUEST_DATA
	fldpi
	WRMSR64	0xc0000100, 0x1234, 0x56789ab0
	WRMSR64	0xc0000101, 0x1235, 0x56789ab0
	WRMSR64	0xc0000102, 0x1236, 0x56789ab0
	WRMSR64	0xc0000081, 0x00130008, 0
	WRMSR64	0xc0000082, 0x1238, 0x9abcdef0
	WRMSR64	0xc0000084, 0, 0x3f7fd5
	WRMSR64	0xc0000103, 0, 0xabcdef
	WRMSR64	0x174, 0, 0x1234
	WRMSR64	0x277, 0x00070406, 0x00070406
	mov	$0x11110000, %eax
	mov	%rax, %dr0
	mov	%rax, %dr1
	mov	%rax, %dr2
	mov	%rax, %dr3
	mov	$0xffff0ff0, %eax
	mov	%rax, %dr6
	mov	$0x4ff, %eax
	mov	%rax, %dr7
	vmmcall
	xor	%eax, %eax
	mov	$0x400, %eax
	mov	%rax, %dr7
	DONE

	/* XMM as at GUEST_DATA; they must be the same after an exit. */
CASE64 keep_xmm
	mov	%rdi, %rbp
	SSE_ON
	mov	$GUEST_DATA, %ebx
	mov	$512, %ecx
	xor	%eax, %eax
1:	mov	%al, -1(%rbx, %rcx)
	add	$7, %eax
	loop	1b
	movl	$0x3f80, GUEST_DATA + 0x400
	ldmxcsr	GUEST_DATA + 0x400
	LOAD_XMM GUEST_DATA
	vmmcall
	STORE_XMM GUEST_DATA + 0x800
	stmxcsr	AREA_VALUE + 8(%rbp)
	DONE

	/* Arguments: leaf, subleaf. */
CASE64 cpuid
	mov	%rdi, %rbp
	mov	AREA_ARG(%rdi), %eax
	mov	AREA_ARG + 8(%rdi), %ecx
	cpuid
	mov	%eax, AREA_VALUE(%rbp)
	mov	%ebx, AREA_VALUE + 8(%rbp)
	mov	%ecx, AREA_VALUE + 16(%rbp)
	mov	%edx, AREA_VALUE + 24(%rbp)
	DONE

	.macro	TSC to
	rdtsc
	shl	$32, %rdx
	or	%rdx, %rax
	mov	%rax, \to
	.endm

	/* Again and again, with exits in between: value 0 counts steps back. */
CASE64 tsc
	mov	%rdi, %rbp
	TSC	%r12
	mov	%r12, AREA_VALUE + 8(%rbp)
	mov	$300, %r13d
1:	vmmcall
	TSC	%r14
	cmp	%r12, %r14
	ja	2f
	incq	AREA_VALUE(%rbp)
2:	mov	%r14, %r12
	mov	%r14, AREA_VALUE + 16(%rbp)
	dec	%r13d
	jnz	1b
	DONE

	/* Argument 0 to XCR number 1, read back. */
CASE64 xsetbv
	mov	%rdi, %rbp
	mov	%cr4, %rax
	or	$0x40000, %eax		/* OSXSAVE */
	mov	%rax, %cr4
	movq	$xsetbv_fault, AREA_RESUME(%rbp)
	mov	AREA_ARG(%rbp), %eax
	mov	AREA_ARG + 4(%rbp), %edx
	mov	AREA_ARG + 8(%rbp), %ecx
	xsetbv
	incq	AREA_VALUE + 8(%rbp)
xsetbv_fault:
	xor	%ecx, %ecx
	xgetbv
	shl	$32, %rdx
	or	%rdx, %rax
	mov	%rax, AREA_VALUE(%rbp)
	/* CPUID says how large an image of these is. */
	mov	$0xd, %eax
	xor	%ecx, %ecx
	cpuid
	mov	%ebx, AREA_VALUE + 16(%rbp)
	DONE

	/* Every general register, as the test set it, to the area at GUEST_DATA. */
CASE64 gprs
MARK gprs_store
	mov	%rax, GUEST_DATA
	mov	%rcx, GUEST_DATA + 8
	mov	%rdx, GUEST_DATA + 16
	mov	%rbx, GUEST_DATA + 24
	mov	%rsp, GUEST_DATA + 32
	mov	%rbp, GUEST_DATA + 40
	mov	%rsi, GUEST_DATA + 48
	mov	%rdi, GUEST_DATA + 56
	mov	%r8, GUEST_DATA + 64
	mov	%r9, GUEST_DATA + 72
	mov	%r10, GUEST_DATA + 80
	mov	%r11, GUEST_DATA + 88
	mov	%r12, GUEST_DATA + 96
	mov	%r13, GUEST_DATA + 104
	mov	%r14, GUEST_DATA + 112
	mov	%r15, GUEST_DATA + 120
	DONE

	/* Control and debug registers as they were set, to the values. */
CASE64 read_crs
	mov	%cr2, %rax
	mov	%rax, AREA_VALUE(%rdi)
	mov	%cr8, %rax
	mov	%rax, AREA_VALUE + 8(%rdi)
	mov	%dr0, %rax
	mov	%rax, AREA_VALUE + 16(%rdi)
	mov	%dr3, %rax
	mov	%rax, AREA_VALUE + 24(%rdi)
	mov	%dr7, %rax
	mov	%rax, AREA_VALUE + 32(%rdi)
	mov	$0xc0000102, %ecx
	rdmsr
	mov	%eax, AREA_VALUE + 40(%rdi)
	mov	%edx, AREA_VALUE + 44(%rdi)
	DONE
