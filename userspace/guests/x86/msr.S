/* SPDX-License-Identifier: MIT */
/* Access to model-specific registers, the number in argument 0. */
#include "guest.h"

CASE64 rd
	mov	%rdi, %rbp
	movq	$rd_fault, AREA_RESUME(%rdi)
	mov	AREA_ARG(%rdi), %ecx
	movabs	$0x1122334455667788, %rax
	mov	%rax, %rdx
	INSN	i_rd, rdmsr
	mov	%rax, AREA_VALUE(%rbp)
	mov	%rdx, AREA_VALUE + 8(%rbp)
	incq	AREA_VALUE + 16(%rbp)
	DONE
rd_fault:
	incq	AREA_VALUE + 24(%rbp)
	mov	AREA_VECTOR(%rbp), %rax
	mov	%rax, AREA_VALUE + 32(%rbp)
	DONE

CASE64 wr
	mov	%rdi, %rbp
	movq	$wr_fault, AREA_RESUME(%rdi)
	mov	AREA_ARG(%rdi), %ecx
	movabs	$0x1122334455667788, %rax
	movabs	$0x99aabbccddeeff00, %rdx
	INSN	i_wr, wrmsr
	mov	%rax, AREA_VALUE(%rbp)
	mov	%rdx, AREA_VALUE + 8(%rbp)
	incq	AREA_VALUE + 16(%rbp)
	DONE
wr_fault:
	incq	AREA_VALUE + 24(%rbp)
	mov	AREA_VECTOR(%rbp), %rax
	mov	%rax, AREA_VALUE + 32(%rbp)
	DONE

	/* Write EDX:EAX = argument 1, read it back. */
CASE64 wr_rd
	mov	%rdi, %rbp
	movq	$wr_rd_fault, AREA_RESUME(%rdi)
	mov	AREA_ARG(%rdi), %ecx
	mov	AREA_ARG + 8(%rdi), %eax
	mov	AREA_ARG + 12(%rdi), %edx
	wrmsr
	xor	%eax, %eax
	xor	%edx, %edx
	rdmsr
	mov	%eax, AREA_VALUE(%rbp)
	mov	%edx, AREA_VALUE + 4(%rbp)
	incq	AREA_VALUE + 16(%rbp)
	DONE
wr_rd_fault:
	incq	AREA_VALUE + 24(%rbp)
	mov	AREA_VECTOR(%rbp), %rax
	mov	%rax, AREA_VALUE + 32(%rbp)
	DONE
