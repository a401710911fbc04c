/* SPDX-License-Identifier: MIT */
/* Ports: single items, and strings with the count in argument 0. */
#include "guest.h"

	.macro	PORT_IN name, text:vararg
	CASE64	in_\name
	mov	%rdi, %rbp
	mov	$0x3f8, %edx
	movabs	$0x1122334455667788, %rax
	INSN	i_in_\name, \text
	mov	%rax, AREA_VALUE(%rbp)
	incq	AREA_VALUE + 8(%rbp)
	DONE
	.endm

	PORT_IN	dx8, inb %dx, %al
	PORT_IN	dx16, inw %dx, %ax
	PORT_IN	dx32, inl %dx, %eax
	PORT_IN	imm8, inb $0x71, %al
	PORT_IN	imm16, inw $0x71, %ax
	PORT_IN	imm32, inl $0x71, %eax

	.macro	PORT_OUT name, text:vararg
	CASE64	out_\name
	mov	%rdi, %rbp
	mov	$0xcfff, %edx
	movabs	$0x1122334455667788, %rax
	INSN	i_out_\name, \text
	mov	%rax, AREA_VALUE(%rbp)
	incq	AREA_VALUE + 8(%rbp)
	DONE
	.endm

	PORT_OUT	dx8, outb %al, %dx
	PORT_OUT	dx16, outw %ax, %dx
	PORT_OUT	dx32, outl %eax, %dx
	PORT_OUT	imm8, outb %al, $0x80
	PORT_OUT	imm16, outw %ax, $0x80
	PORT_OUT	imm32, outl %eax, $0x80

CASE64 in_fault
	movq	$in_fault_after, AREA_RESUME(%rdi)
	mov	%rdi, %rbp
	mov	$0x3f8, %edx
	movabs	$0x1122334455667788, %rax
	INSN	i_in_fault, inl %dx, %eax
	DONE	1
in_fault_after:
	incq	AREA_VALUE(%rbp)
	DONE

	/* Arguments: 0 count, 1 address, 2 flags to add (DF). */
	.macro	STRING name, text:vararg
	CASE64	\name
	mov	%rdi, %rbp
	movq	$string_fault, AREA_RESUME(%rdi)
	mov	AREA_ARG(%rdi), %rcx
	mov	AREA_ARG + 8(%rdi), %rsi
	mov	$0x1f0, %edx
	push	AREA_ARG + 16(%rdi)
	mov	%rsi, %rdi
	popfq
	INSN	i_\name, \text
	cld
	mov	%rcx, AREA_VALUE(%rbp)
	mov	%rsi, AREA_VALUE + 8(%rbp)
	mov	%rdi, AREA_VALUE + 16(%rbp)
	incq	AREA_VALUE + 24(%rbp)
	DONE
	.endm

	STRING	outsb, outsb
	STRING	rep_outsb, rep outsb
	STRING	rep_outsw, rep outsw
	STRING	rep_outsl, rep outsl
	STRING	insb, insb
	STRING	rep_insb, rep insb
	STRING	rep_insw, rep insw
	STRING	rep_insl, rep insl

string_fault:
	incq	AREA_VALUE + 32(%rbp)
	DONE

CASE32 out32
	mov	%edi, %ebp
	mov	$0x12345678, %eax
	INSN	i_out32, outl %eax, $0x80
	incl	AREA_VALUE(%ebp)
	DONE

CASE16 out16
	mov	$0x3f8, %dx
	mov	$0x41, %al
	INSN	i_out16, outb %al, %dx
	incw	%ss:AREA_VALUE
	DONE

	/* Three bytes by 16-bit addresses. */
CASE16 rep_out16
	mov	$0x3f8, %dx
	mov	$REAL(text16), %si
	mov	$3, %cx
	INSN	i_rep_out16, rep outsb
	sub	$REAL(text16), %si
	mov	%si, %ss:AREA_VALUE
	mov	%cx, %ss:AREA_VALUE + 8
	DONE
text16:	.ascii	"abc"
