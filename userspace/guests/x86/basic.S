/* SPDX-License-Identifier: MIT */
/* Exits that are one instruction. */
#include "guest.h"

	/* RAX afterwards is value 0; the six argument registers must not change. */
	.macro	CALL_BODY
	mov	%rdi, %rbp
	movabs	$0x1000000000000001, %rax
	movabs	$0x2000000000000002, %rdi
	movabs	$0x3000000000000003, %rsi
	movabs	$0x4000000000000004, %rdx
	movabs	$0x5000000000000005, %rcx
	movabs	$0x6000000000000006, %r8
	movabs	$0x7000000000000007, %r9
	.endm

CASE64 hypercall
	CALL_BODY
	/* Either vendor's instruction: the test puts the right one here. */
	INSN	i_hypercall, vmmcall
	mov	%rax, AREA_VALUE(%rbp)
	mov	%rdi, AREA_VALUE + 8(%rbp)
	mov	%r9, AREA_VALUE + 16(%rbp)
	incq	AREA_VALUE + 24(%rbp)
	DONE

CASE64 hypercall_fault
	mov	$hypercall_after, %eax
	mov	%rax, AREA_RESUME(%rdi)
	CALL_BODY
	INSN	i_hypercall_fault, vmmcall
	DONE	1
hypercall_after:
	incq	AREA_VALUE(%rbp)
	DONE

CASE32 hypercall32
	mov	%edi, %ebp
	mov	$0x81, %eax
	mov	$0x82, %edi
	mov	$0x83, %esi
	mov	$0x84, %edx
	mov	$0x85, %ecx
	INSN	i_hypercall32, vmmcall
	mov	%eax, AREA_VALUE(%ebp)
	incl	AREA_VALUE + 8(%ebp)
	DONE

CASE16 hypercall16
	mov	$0x91, %eax
	mov	$0x92, %edi
	mov	$0x93, %esi
	mov	$0x94, %edx
	mov	$0x95, %ecx
	INSN	i_hypercall16, vmmcall
	mov	%eax, %ss:AREA_VALUE
	DONE

CASE64 halt
	mov	%rdi, %rbp
	INSN	i_halt, hlt
	incq	AREA_VALUE(%rbp)
	INSN	i_halt2, hlt
	incq	AREA_VALUE(%rbp)
	DONE

	/* With interrupts on the exit says so. */
CASE64 halt_sti
	mov	%rdi, %rbp
	sti
	nop
	INSN	i_halt_sti, hlt
	cli
	incq	AREA_VALUE(%rbp)
	DONE

CASE16 halt16
	INSN	i_halt16, hlt
	incw	%ss:AREA_VALUE
	DONE

CASE32 halt32
	mov	%edi, %ebp
	INSN	i_halt32, hlt
	incl	AREA_VALUE(%ebp)
	DONE

CASE64 spin
	mov	%rdi, %rbp
MARK spin_loop
	incq	AREA_VALUE(%rbp)
	jmp	spin_loop

	/* With interrupts on. */
CASE64 spin_sti
	mov	%rdi, %rbp
	sti
spin_sti_loop:
	incq	AREA_VALUE(%rbp)
	jmp	spin_sti_loop

	/* No usable IDT: #UD, #DF, shutdown. */
CASE64 triple
	mov	%rdi, %rbp
	incq	AREA_VALUE(%rbp)
	lidt	no_idt
MARK i_triple
	ud2
	DONE	1
no_idt:
	.word	0
	.quad	0

CASE64 poweroff
	mov	%rdi, %rbp
	mov	$0x604, %edx
	mov	$0x1fff, %eax
	INSN	i_poweroff_other, outw %ax, %dx
	mov	$0x2000, %eax
	INSN	i_poweroff, outw %ax, %dx
	incq	AREA_VALUE(%rbp)
	DONE

	/* Only 16 bits wide counts. */
CASE64 poweroff_byte
	mov	$0x604, %edx
	mov	$0x2000, %eax
	INSN	i_poweroff_byte, outb %al, %dx
	DONE

CASE64 poweroff_custom
	mov	$0x1234, %edx
	mov	$0xbeef, %eax
	INSN	i_poweroff_custom, outw %ax, %dx
	mov	$0x604, %edx
	mov	$0x2000, %eax
	INSN	i_poweroff_default, outw %ax, %dx
	DONE

CASE64 steps
	mov	%rdi, %rbp
MARK step0
	nop
MARK step1
	incq	AREA_VALUE(%rbp)
MARK step2
	xor	%eax, %eax
MARK step3
	DONE

	/* The breakpoint is the host's if asked for, else the guest's handler runs. */
CASE64 int3
	mov	%rdi, %rbp
	movq	$int3_after, AREA_RESUME(%rdi)
MARK i_int3
	int3
MARK int3_after
	incq	AREA_VALUE(%rbp)
	DONE

	/* DR0 is the host's: execution of hw_exec, or a write of GUEST_DATA. */
CASE64 hw_break
	mov	%rdi, %rbp
	nop
MARK hw_exec
	incq	AREA_VALUE(%rbp)
	movl	$1, GUEST_DATA
MARK hw_written
	DONE

	/* cpuid and other instructions that the kernel answers by itself. */
CASE64 kernel_handled
	mov	%rdi, %rbp
	mov	$1000, %r12d
1:	xor	%eax, %eax
	cpuid
	dec	%r12d
	jnz	1b
	wbinvd
	mov	$1, %eax
	mov	%rax, AREA_VALUE(%rbp)
	DONE

	/* Instructions that no guest has: #UD each time, in the guest. */
	.macro	EXPECT_UD text:vararg
	movq	$1f, AREA_RESUME(%rbp)
	\text
1:	incq	AREA_VALUE + 8(%rbp)
	.endm

CASE64 undefined
	mov	%rdi, %rbp
	mov	$GUEST_DATA, %eax
	EXPECT_UD vmrun %rax
	EXPECT_UD vmload %rax
	EXPECT_UD vmsave %rax
	EXPECT_UD stgi
	EXPECT_UD clgi
	EXPECT_UD invlpga %rax, %ecx
	EXPECT_UD skinit %eax
	mov	AREA_COUNT + 8 * 6(%rbp), %rax
	mov	%rax, AREA_VALUE(%rbp)
	DONE

	/* User mode: what it may not do faults in the guest, its MMIO says USER. */
CASE64 user
	mov	%rdi, %rbp
	lea	GUEST_AREA_SIZE(%rdi), %rax
	mov	%rax, tss + 4
	mov	$GUEST_TSS, %eax
	ltr	%ax
	pushq	$GUEST_DS_USER | 3
	lea	-0x800(%rsp), %rax
	push	%rax
	pushq	$2
	pushq	$GUEST_CS64_USER | 3
	pushq	$1f
	iretq
1:	mov	$GUEST_MMIO, %ebx
	INSN	i_user, movl (%rbx), %eax
	mov	%rax, AREA_VALUE(%rbp)
	movq	$2f, AREA_RESUME(%rbp)
	hlt
2:	mov	AREA_VECTOR(%rbp), %rax
	mov	%rax, AREA_VALUE + 8(%rbp)
	/* Ports are not for user mode: the handler ends the guest. */
	movq	$0, AREA_RESUME(%rbp)
	out	%al, $GUEST_PORT_DONE
	jmp	. - 2

	/* Count until argument 0 is set. */
CASE64 wait_flag
	mov	%rdi, %rbp
1:	incq	AREA_VALUE(%rbp)
	pause
	cmpq	$0, AREA_ARG(%rbp)
	je	1b
	DONE

	/* Idle with interrupts on; each one that comes is counted; until argument 0 is set. */
CASE64 idle
	mov	%rdi, %rbp
	movq	$GUEST_EOI_XAPIC, AREA_EOI(%rbp)
	mov	$0xfee00000, %ebx
	movl	$0x1ff, 0xf0(%rbx)
1:	sti
	hlt
	cli
	incq	AREA_VALUE(%rbp)
	cmpq	$0, AREA_ARG(%rbp)
	je	1b
	DONE
