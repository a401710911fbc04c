/* SPDX-License-Identifier: MIT */
/* Accesses that nothing answers and that are no plain moves. */
#include "guest.h"

	/* Jump to argument 0. */
CASE64 fetch
	mov	%rdi, %rbp
	mov	AREA_ARG(%rdi), %rax
	jmp	*%rax

	/* Code on the page at GUEST_DATA, which has no X at first. */
CASE64 fetch_noexec
	mov	%rdi, %rbp
	movb	$0xc3, GUEST_DATA	/* ret */
	mov	$GUEST_DATA, %eax
	call	*%rax
	incq	AREA_VALUE(%rbp)
	DONE

	.macro	UNKNOWN name, text:vararg
	CASE64	un_\name
	mov	%rdi, %rbp
	mov	%cr4, %rax
	or	$0x600, %eax		/* OSFXSR, OSXMMEXCPT */
	mov	%rax, %cr4
	mov	$GUEST_MMIO + 0x20, %ebx
	mov	$5, %eax
	INSN	i_un_\name, \text
	incq	AREA_VALUE(%rbp)
	DONE
	.endm

	UNKNOWN	add, addl %eax, (%rbx)
	UNKNOWN	xchg, xchgl %eax, (%rbx)
	UNKNOWN	push, pushq (%rbx)
	UNKNOWN	sse, movaps (%rbx), %xmm0
	UNKNOWN	cmp, cmpb $1, (%rbx)
	UNKNOWN	inc, incw (%rbx)

	/* Both pages of a store that crosses the end of memory. */
CASE64 cross
	mov	%rdi, %rbp
	mov	AREA_ARG(%rdi), %rbx
	INSN	i_cross, movq %rax, (%rbx)
	DONE

	/* Store, load back: to argument 0. */
CASE64 store_load
	mov	%rdi, %rbp
	mov	AREA_ARG(%rdi), %rbx
	movl	$0x1234, %ecx
	INSN	i_store, movl %ecx, (%rbx)
	INSN	i_load, movl (%rbx), %eax
	mov	%rax, AREA_VALUE(%rbp)
	DONE

	/* The page table root has an entry that points where no memory is. */
CASE64 table_walk
	mov	%rdi, %rbp
	mov	$GUEST_PML4, %ebx
	movl	$GUEST_MMIO + 0x27, 8(%rbx)
	movabs	$0x8000000000, %rax
	INSN	i_walk, movl (%rax), %ecx
	DONE

	/* The guest's own page fault stays the guest's. */
CASE64 own_fault
	mov	%rdi, %rbp
	movq	$own_fault_after, AREA_RESUME(%rdi)
	movabs	$0x123456789abc, %rax
	INSN	i_own_fault, movl (%rax), %ecx
	DONE	1
own_fault_after:
	mov	AREA_VECTOR(%rbp), %rax
	mov	%rax, AREA_VALUE(%rbp)
	DONE
