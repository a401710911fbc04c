/* SPDX-License-Identifier: MIT */
/* Interrupts: taken, held back, sent, timed. Argument 0 ends the waits. */
#include "guest.h"

	.set	APIC, 0xfee00000

	/* Software-enable; the logical id is a bit per vCPU in flat mode. */
	.macro	XAPIC_ON
	movq	$GUEST_EOI_XAPIC, AREA_EOI(%rbp)
	mov	$APIC, %ebx
	movl	$0xffffffff, 0xe0(%rbx)
	mov	0x20(%rbx), %ecx
	shr	$24, %ecx
	mov	$0x1000000, %eax
	shl	%cl, %eax
	mov	%eax, 0xd0(%rbx)
	movl	$0x1ff, 0xf0(%rbx)
	.endm

	.macro	X2APIC_ON
	movq	$GUEST_EOI_X2APIC, AREA_EOI(%rbp)
	mov	$0x1b, %ecx
	rdmsr
	or	$0xc00, %eax
	wrmsr
	mov	$0x80f, %ecx
	mov	$0x1ff, %eax
	xor	%edx, %edx
	wrmsr
	.endm

	/* Ready is value 0. */
	.macro	SPIN_UNTIL_TOLD
	movq	$1, AREA_VALUE(%rbp)
	sti
1:	pause
	cmpq	$0, AREA_ARG(%rbp)
	je	1b
	cli
	DONE
	.endm

	.macro	IDLE_UNTIL_TOLD
	movq	$1, AREA_VALUE(%rbp)
1:	cli
	cmpq	$0, AREA_ARG(%rbp)
	jne	2f
	sti
	hlt
	jmp	1b
2:	DONE
	.endm

CASE64 spin_plain
	mov	%rdi, %rbp
	SPIN_UNTIL_TOLD

CASE64 spin_xapic
	mov	%rdi, %rbp
	XAPIC_ON
	SPIN_UNTIL_TOLD

CASE64 spin_x2apic
	mov	%rdi, %rbp
	X2APIC_ON
	SPIN_UNTIL_TOLD

CASE64 idle_xapic
	mov	%rdi, %rbp
	XAPIC_ON
	IDLE_UNTIL_TOLD

CASE64 idle_x2apic
	mov	%rdi, %rbp
	X2APIC_ON
	IDLE_UNTIL_TOLD

	/* In its handler it waits for argument 1; value 1 says that it is there. */
CASE64 nmi_handler
	mov	%rdi, %rbp
	movq	$nmi_hook, AREA_HOOK(%rbp)
	movq	$1, AREA_VALUE(%rbp)
1:	pause
	cmpq	$0, AREA_ARG(%rbp)
	je	1b
	DONE
nmi_hook:
	incq	AREA_VALUE + 8(%rbx)
1:	pause
	cmpq	$0, AREA_ARG + 8(%rbx)
	je	1b
	ret

	/* The test injects at the first hypercall; where it comes is seen by its RIP. */
CASE64 shadow
	mov	%rdi, %rbp
	vmmcall
	nop
	sti
MARK shadow_insn
	incq	AREA_VALUE(%rbp)
MARK shadow_after
	nop
	cli
	DONE

CASE64 shadow_ss
	mov	%rdi, %rbp
	mov	%ss, %ecx
	sti
	nop
	vmmcall
	/* Single-stepped up to here by nobody: the next one holds an NMI back as well. */
MARK ss_load
	mov	%ecx, %ss
MARK ss_insn
	incq	AREA_VALUE(%rbp)
MARK ss_after
	nop
	cli
	DONE

	/* CR8 from argument 1; value 0: taken under it, value 1: after it is zero. */
	.macro	PRIORITY_BODY
	mov	AREA_ARG + 8(%rbp), %rax
	mov	%rax, %cr8
	vmmcall
	sti
	nop
	nop
	mov	AREA_NLOG(%rbp), %rax
	mov	%rax, AREA_VALUE(%rbp)
	xor	%eax, %eax
	mov	%rax, %cr8
	nop
	nop
	nop
	cli
	mov	AREA_NLOG(%rbp), %rax
	mov	%rax, AREA_VALUE + 8(%rbp)
	DONE
	.endm

CASE64 priority_plain
	mov	%rdi, %rbp
	PRIORITY_BODY

CASE64 priority_xapic
	mov	%rdi, %rbp
	XAPIC_ON
	PRIORITY_BODY

CASE64 priority_x2apic
	mov	%rdi, %rbp
	X2APIC_ON
	PRIORITY_BODY

	/* Exceptions that the test injects at the hypercall go to the handlers. */
CASE64 exception
	mov	%rdi, %rbp
	movq	$exception_after, AREA_RESUME(%rbp)
	movabs	$0x1122334455667788, %rax
	mov	%rax, %r15
	vmmcall
MARK exception_here
	nop
	DONE	1
exception_after:
	incq	AREA_VALUE(%rbp)
	DONE

	/*
	 * Timer: arguments 1 local vector, 2 initial count, 3 divide, 4 interrupts to wait for,
	 * 5 TSC deadline from now; value 1 TSC ticks until then. Then argument 6 ticks more.
	 */
	.macro	WAIT_TICKS
1:	cli
	mov	AREA_NLOG(%rbp), %rax
	cmp	AREA_ARG + 32(%rbp), %rax
	jae	2f
	sti
	hlt
	jmp	1b
2:	sti
	rdtsc
	shl	$32, %rdx
	or	%rdx, %rax
	sub	%r12, %rax
	mov	%rax, AREA_VALUE + 8(%rbp)
	/* Are there more than there should be? */
	mov	AREA_ARG + 48(%rbp), %r13
	add	%rax, %r13
3:	pause
	rdtsc
	shl	$32, %rdx
	or	%rdx, %rax
	sub	%r12, %rax
	cmp	%r13, %rax
	jb	3b
	cli
	DONE
	.endm

	.macro	NOTE_TSC
	rdtsc
	shl	$32, %rdx
	or	%rdx, %rax
	mov	%rax, %r12
	.endm

CASE64 timer_xapic
	mov	%rdi, %rbp
	XAPIC_ON
	mov	AREA_ARG + 24(%rbp), %eax
	movl	%eax, 0x3e0(%rbx)
	mov	AREA_ARG + 8(%rbp), %eax
	movl	%eax, 0x320(%rbx)
	NOTE_TSC
	mov	AREA_ARG + 16(%rbp), %eax
	movl	%eax, 0x380(%rbx)
	WAIT_TICKS

CASE64 timer_x2apic
	mov	%rdi, %rbp
	X2APIC_ON
	xor	%edx, %edx
	mov	$0x83e, %ecx
	mov	AREA_ARG + 24(%rbp), %eax
	wrmsr
	mov	$0x832, %ecx
	mov	AREA_ARG + 8(%rbp), %eax
	wrmsr
	NOTE_TSC
	xor	%edx, %edx
	mov	$0x838, %ecx
	mov	AREA_ARG + 16(%rbp), %eax
	wrmsr
	WAIT_TICKS

CASE64 timer_deadline
	mov	%rdi, %rbp
	XAPIC_ON
	mov	AREA_ARG + 8(%rbp), %eax
	movl	%eax, 0x320(%rbx)
	mfence
	NOTE_TSC
	mov	%r12, %rax
	add	AREA_ARG + 40(%rbp), %rax
	mov	%rax, %rdx
	shr	$32, %rdx
	mov	$0x6e0, %ecx
	wrmsr
	WAIT_TICKS

	/* Sends: argument 1 destination half, 2 command half; then waits as the others do. */
CASE64 send_xapic
	mov	%rdi, %rbp
	XAPIC_ON
	mov	AREA_ARG + 8(%rbp), %eax
	movl	%eax, 0x310(%rbx)
	mov	AREA_ARG + 16(%rbp), %eax
	movl	%eax, 0x300(%rbx)
	SPIN_UNTIL_TOLD

CASE64 send_x2apic
	mov	%rdi, %rbp
	X2APIC_ON
	mov	$0x830, %ecx
	mov	AREA_ARG + 8(%rbp), %edx
	mov	AREA_ARG + 16(%rbp), %eax
	wrmsr
	SPIN_UNTIL_TOLD

CASE64 send_self_x2apic
	mov	%rdi, %rbp
	X2APIC_ON
	mov	$0x83f, %ecx
	xor	%edx, %edx
	mov	AREA_ARG + 16(%rbp), %eax
	wrmsr
	SPIN_UNTIL_TOLD

	/* LINT0 from argument 1, then wait. */
CASE64 extint
	mov	%rdi, %rbp
	XAPIC_ON
	movq	$0, AREA_EOI(%rbp)
	mov	AREA_ARG + 8(%rbp), %eax
	movl	%eax, 0x350(%rbx)
	SPIN_UNTIL_TOLD
