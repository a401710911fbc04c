/* SPDX-License-Identifier: MIT */
/* The local APIC, in the kernel or in userspace: commands, starts, ends of interrupts. */
#include "guest.h"

	.set	APIC, 0xfee00000

	/* Argument 0 to the command register's upper half, 1 to its lower. */
CASE64 icr_xapic
	mov	%rdi, %rbp
	mov	$APIC, %ebx
	mov	AREA_ARG(%rdi), %eax
	INSN	i_icr2, movl %eax, 0x310(%rbx)
	mov	AREA_ARG + 8(%rbp), %eax
	INSN	i_icr, movl %eax, 0x300(%rbx)
	incq	AREA_VALUE(%rbp)
	DONE

	.macro	X2APIC_ON
	mov	$0x1b, %ecx
	rdmsr
	or	$0xc00, %eax
	wrmsr
	.endm

	/* Argument 0 high, 1 low. */
CASE64 icr_x2apic
	mov	%rdi, %rbp
	X2APIC_ON
	mov	$0x830, %ecx
	mov	AREA_ARG(%rbp), %edx
	mov	AREA_ARG + 8(%rbp), %eax
	INSN	i_icr_x2, wrmsr
	incq	AREA_VALUE(%rbp)
	DONE

CASE64 eoi_xapic
	mov	%rdi, %rbp
	mov	$APIC, %ebx
	xor	%eax, %eax
	INSN	i_eoi, movl %eax, 0xb0(%rbx)
	incq	AREA_VALUE(%rbp)
	DONE

CASE64 eoi_x2apic
	mov	%rdi, %rbp
	X2APIC_ON
	mov	$0x80b, %ecx
	xor	%eax, %eax
	xor	%edx, %edx
	INSN	i_eoi_x2, wrmsr
	incq	AREA_VALUE(%rbp)
	DONE

	/* INIT, SIPI with vector 0x20 to the destination in argument 0; then spin. */
CASE64 start_other
	mov	%rdi, %rbp
	mov	$APIC, %ebx
	movl	$0x1ff, 0xf0(%rbx)
	mov	AREA_ARG(%rdi), %eax
	movl	%eax, 0x310(%rbx)
	movl	$0x4500, 0x300(%rbx)
	movl	%eax, 0x310(%rbx)
	mov	AREA_ARG + 8(%rbp), %eax
	INSN	i_sipi, movl %eax, 0x300(%rbx)
	/* A second one, as real systems send it, means nothing more. */
	movl	%eax, 0x300(%rbx)
	incq	AREA_VALUE(%rbp)
1:	pause
	cmpq	$0, AREA_ARG + 16(%rbp)
	je	1b
	DONE

	/* Where the SIPI starts: linked elsewhere, copied to GUEST_DATA by the test. */
CASE16 started
	movw	$0x5678, %ss:AREA_VALUE
	DONE
MARK started_end

	/* Wait with interrupts on until argument 0 interrupts came; ends told to the APIC. */
	.macro	WAIT_COUNT
1:	mov	AREA_NLOG(%rbp), %rax
	cmp	AREA_ARG(%rbp), %rax
	jae	2f
	pause
	jmp	1b
2:	cli
	.endm

CASE64 irq_xapic
	mov	%rdi, %rbp
	movq	$GUEST_EOI_XAPIC, AREA_EOI(%rdi)
	mov	$APIC, %ebx
	movl	$0x1ff, 0xf0(%rbx)
	sti
	WAIT_COUNT
	DONE

CASE64 irq_x2apic
	mov	%rdi, %rbp
	movq	$GUEST_EOI_X2APIC, AREA_EOI(%rdi)
	X2APIC_ON
	mov	$0x80f, %ecx
	mov	$0x1ff, %eax
	xor	%edx, %edx
	wrmsr
	sti
	WAIT_COUNT
	DONE

	/* Interrupts off, on, off: a window in between. */
CASE64 window
	mov	%rdi, %rbp
	mov	$2000, %ecx
1:	loop	1b
	incq	AREA_VALUE(%rbp)
MARK window_sti
	sti
MARK window_nop
	nop
MARK window_open
	nop
	cli
	incq	AREA_VALUE(%rbp)
	DONE
