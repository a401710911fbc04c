/* SPDX-License-Identifier: MIT */
/* Memory, page after page. Arguments: 0 address, 1 count, 2 step in bytes, 3 value. */
#include "guest.h"

	.macro	LOAD_ARGS
	mov	%rdi, %rbp
	mov	AREA_ARG(%rbp), %rbx
	mov	AREA_ARG + 8(%rbp), %rcx
	mov	AREA_ARG + 16(%rbp), %rdx
	mov	AREA_ARG + 24(%rbp), %rax
	.endm

	/* Value, value + 1, ... */
CASE64 fill
	LOAD_ARGS
1:
MARK fill_store
	mov	%rax, (%rbx)
	add	%rdx, %rbx
	inc	%rax
	loop	1b
	DONE

	/* Sum to value 0. */
CASE64 sum
	LOAD_ARGS
	xor	%eax, %eax
1:
MARK sum_load
	add	(%rbx), %rax
	add	%rdx, %rbx
	loop	1b
	mov	%rax, AREA_VALUE(%rbp)
	DONE

	/* Plain loads, so that a page without memory is MMIO. */
CASE64 load
	LOAD_ARGS
1:
MARK load_load
	mov	(%rbx), %rax
	mov	%rax, AREA_VALUE(%rbp)
	add	%rdx, %rbx
	loop	1b
	DONE

	/* Increment each for ever, or until argument 4 is set; rounds to value 0. */
CASE64 churn
	LOAD_ARGS
	mov	%rbx, %r8
	mov	%rcx, %r9
2:	mov	%r8, %rbx
	mov	%r9, %rcx
1:	mov	(%rbx), %rax
	inc	%rax
	mov	%rax, (%rbx)
	add	%rdx, %rbx
	loop	1b
	incq	AREA_VALUE(%rbp)
	cmpq	$0, AREA_ARG + 32(%rbp)
	je	2b
	DONE

	/* Into the page at argument 0 by INS, argument 1 bytes. */
CASE64 ins
	LOAD_ARGS
	mov	%rbx, %rdi
	mov	$0x1f0, %edx
	rep insb
	DONE
