/* SPDX-License-Identifier: MIT */
/*
 * What every micro-guest starts with: header, symbol records, start-up code for
 * each mode, descriptor tables and 64-bit exception and interrupt handlers.
 *
 * A guest is CASE16, CASE32 or CASE64 with a name, instructions, and DONE. MARK
 * names an address for the test. Every case gets its results area in RDI.
 */
#ifndef GUESTS_X86_GUEST_H
#define GUESTS_X86_GUEST_H

#include "layout.h"

	.macro	SYMBOL name, kind
	.pushsection .syms, "a"
	.balign	GUEST_SYM_SIZE
	.long	\name, \kind
	.asciz	"\name"
	.balign	GUEST_SYM_SIZE
	.popsection
	.endm

	.macro	MARK name
\name:
	SYMBOL	\name, 0
	.endm

	.macro	CASE64 name
	.code64
	.balign	16
\name:
	SYMBOL	\name, 64
	mov	$.Lgo_\name, %esi
	jmp	boot64
.Lgo_\name:
	.endm

	.macro	CASE32 name
	.code32
	.balign	16
\name:
	SYMBOL	\name, 32
	mov	$.Lgo_\name, %esi
	jmp	boot32
.Lgo_\name:
	.endm

	/* One instruction between two marks, NAME and NAME_end. */
	.macro	INSN name, text:vararg
	MARK	\name
	\text
	MARK	\name\()_end
	.endm

	/* SS:0 is the results area, DS is CS. */
	.macro	CASE16 name
	.code16
	.balign	16
\name:
	SYMBOL	\name, 16
	mov	%cs, %ax
	mov	%ax, %ds
	mov	%edi, %eax
	shr	$4, %eax
	mov	%ax, %ss
	mov	$GUEST_AREA_SIZE, %sp
	.endm

	/* Real-mode address of a label: its low 16 bits. */
#define REAL(label)	((label) - image)

	.macro	DONE code=GUEST_DONE_OK
	mov	$\code, %al
	out	%al, $GUEST_PORT_DONE
	jmp	. - 2
	.endm

	.text
	.code64
	.globl	image
image:
	.ascii	"AXG1"
	.long	syms_start
	.long	syms_end
	.long	0

boot64:
	lea	GUEST_AREA_SIZE(%rdi), %rsp
	lgdt	gdt_ptr
	lidt	idt_ptr
	mov	$GUEST_DS, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	pushq	$GUEST_CS64
	push	%rsi
	lretq

	.code32
boot32:
	lea	GUEST_AREA_SIZE(%edi), %esp
	lgdt	gdt_ptr
	mov	$GUEST_DS, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	pushl	$GUEST_CS32
	push	%esi
	lretl
	.code64

	.balign	16
MARK gdt
	.quad	0
	.quad	0x00af9b000000ffff	/* GUEST_CS64 */
	.quad	0x00cf93000000ffff	/* GUEST_DS */
	.quad	0x00cf9b000000ffff	/* GUEST_CS32 */
	.word	0x67, tss - image	/* GUEST_TSS: base is image + offset */
	.byte	GUEST_IMAGE >> 16, 0x89, 0, 0
	.quad	0
	.quad	0x00affb000000ffff	/* GUEST_CS64_USER */
	.quad	0x00cff3000000ffff	/* GUEST_DS_USER */
gdt_ptr:
	.word	. - gdt - 1
	.quad	gdt

	/* RSP0 is written by the guests that go to user mode. */
	.balign	16
MARK tss
	.zero	102
	.word	104	/* no map of ports: none is allowed */

	/* One stub each 16 bytes, so that the table below is arithmetic. */
	.balign	16
stubs:
	.set	vec, 0
	.rept	256
	.balign	16
	/* Vectors with an error code: 8, 10..14, 17, 21. */
	.if (vec == 8) || (vec >= 10 && vec <= 14) || (vec == 17) || (vec == 21)
	.else
	pushq	$0
	.endif
	pushq	$vec
	jmp	common64
	.set	vec, vec + 1
	.endr

	.balign	16
MARK idt
	.set	vec, 0
	.rept	256
	.word	(stubs - image) + 16 * vec, GUEST_CS64
	.byte	0, 0x8e
	.word	GUEST_IMAGE >> 16
	.quad	0
	.set	vec, vec + 1
	.endr
idt_ptr:
	.word	. - idt - 1
	.quad	idt

	/* Stack: vector, error code, RIP, CS, RFLAGS, RSP, SS. */
common64:
	push	%rax
	push	%rbx
	push	%rcx
	mov	%rsp, %rbx
	and	$~(GUEST_AREA_SIZE - 1), %rbx
	mov	24(%rsp), %rax
	incq	AREA_COUNT(%rbx, %rax, 8)
	mov	AREA_NLOG(%rbx), %rcx
	incq	AREA_NLOG(%rbx)
	and	$0x1ff, %ecx
	mov	%al, AREA_LOG(%rbx, %rcx)
	mov	40(%rsp), %rcx
	mov	%rcx, AREA_IRQ_RIP(%rbx)
	cmp	$32, %eax
	jae	interrupt64
	cmp	$2, %eax
	je	leave64

	mov	%rax, AREA_VECTOR(%rbx)
	mov	32(%rsp), %rcx
	mov	%rcx, AREA_ERROR(%rbx)
	mov	40(%rsp), %rcx
	mov	%rcx, AREA_RIP(%rbx)
	mov	56(%rsp), %rcx
	mov	%rcx, AREA_RFLAGS(%rbx)
	mov	%cr2, %rcx
	mov	%rcx, AREA_CR2(%rbx)
	mov	16(%rsp), %rcx
	mov	%rcx, AREA_GPR + 0(%rbx)
	mov	0(%rsp), %rcx
	mov	%rcx, AREA_GPR + 8(%rbx)
	mov	%rdx, AREA_GPR + 16(%rbx)
	mov	8(%rsp), %rcx
	mov	%rcx, AREA_GPR + 24(%rbx)
	mov	64(%rsp), %rcx
	mov	%rcx, AREA_GPR + 32(%rbx)
	mov	%rbp, AREA_GPR + 40(%rbx)
	mov	%rsi, AREA_GPR + 48(%rbx)
	mov	%rdi, AREA_GPR + 56(%rbx)
	mov	%r8, AREA_GPR + 64(%rbx)
	mov	%r9, AREA_GPR + 72(%rbx)
	mov	%r10, AREA_GPR + 80(%rbx)
	mov	%r11, AREA_GPR + 88(%rbx)
	mov	%r12, AREA_GPR + 96(%rbx)
	mov	%r13, AREA_GPR + 104(%rbx)
	mov	%r14, AREA_GPR + 112(%rbx)
	mov	%r15, AREA_GPR + 120(%rbx)
	mov	AREA_RESUME(%rbx), %rcx
	test	%rcx, %rcx
	jz	unexpected64
	mov	%rcx, 40(%rsp)
	movq	$0, AREA_RESUME(%rbx)
	jmp	leave64

interrupt64:
	cmpq	$GUEST_EOI_XAPIC, AREA_EOI(%rbx)
	jne	1f
	mov	$0xfee000b0, %ecx
	movl	$0, (%rcx)
1:	cmpq	$GUEST_EOI_X2APIC, AREA_EOI(%rbx)
	jne	leave64
	push	%rax
	push	%rdx
	xor	%eax, %eax
	xor	%edx, %edx
	mov	$0x80b, %ecx
	wrmsr
	pop	%rdx
	pop	%rax

leave64:
	cmpq	$0, AREA_HOOK(%rbx)
	je	1f
	call	*AREA_HOOK(%rbx)
1:	pop	%rcx
	pop	%rbx
	pop	%rax
	add	$16, %rsp
	iretq

MARK unexpected64
	DONE	GUEST_DONE_FAULT

#endif
