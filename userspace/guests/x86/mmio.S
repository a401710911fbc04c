/* SPDX-License-Identifier: MIT */
/* Moves from and to an address without memory. */
#include "guest.h"

	/* A load: value 0 is the register after it, value 1 counts its executions. */
	.macro	LOAD name, reg, text:vararg
	CASE64	ld_\name
	mov	%rdi, %rbp
	mov	$GUEST_MMIO, %ebx
	movabs	$0x1122334455667788, %rax
	mov	%rax, %rcx
	mov	%rax, %rdx
	mov	%rax, %rsi
	mov	%rax, %rdi
	mov	%rax, %r12
	mov	%rax, %r15
	mov	$3, %r11d
	INSN	i_ld_\name, \text
	mov	\reg, AREA_VALUE(%rbp)
	incq	AREA_VALUE + 8(%rbp)
	DONE
	.endm

	LOAD	byte, %rax, movb (%rbx), %al
	LOAD	word, %rax, movw (%rbx), %ax
	LOAD	dword, %rax, movl (%rbx), %eax
	LOAD	qword, %rax, movq (%rbx), %rax
	LOAD	zx8_16, %rcx, movzbw 1(%rbx), %cx
	LOAD	zx8_32, %rcx, movzbl 1(%rbx), %ecx
	LOAD	zx16_32, %rdx, movzwl 2(%rbx), %edx
	LOAD	zx16_64, %rdx, movzwq 2(%rbx), %rdx
	LOAD	sx8_16, %rcx, movsbw (%rbx), %cx
	LOAD	sx8_32, %rcx, movsbl (%rbx), %ecx
	LOAD	sx8_64, %rcx, movsbq (%rbx), %rcx
	LOAD	sx16_32, %rdx, movswl (%rbx), %edx
	LOAD	sx16_64, %rdx, movswq (%rbx), %rdx
	LOAD	sx32_64, %rsi, movslq (%rbx), %rsi
	LOAD	high_ah, %rax, movb (%rbx), %ah
	LOAD	high_dh, %rdx, movb (%rbx), %dh
	LOAD	rex_sil, %rsi, movb (%rbx), %sil
	LOAD	rex_r12, %r12, movl 4(%rbx), %r12d
	LOAD	rex_r15, %r15, movq 8(%rbx), %r15
	LOAD	sib, %rax, movl 0x40(%rbx, %r11, 4), %eax
	LOAD	moffs, %rax, movabsl 0x10000abc, %eax
	LOAD	movbe, %rax, movbel (%rbx), %eax

CASE64 ld_rip
	mov	%rdi, %rbp
MARK i_ld_rip
	/* movl of an absolute address relative to RIP: the linker has no words for it. */
	.byte	0x8b, 0x05
	.long	GUEST_MMIO + 0x10 - GUEST_IMAGE - (i_ld_rip_end - image)
MARK i_ld_rip_end
	mov	%rax, AREA_VALUE(%rbp)
	DONE

	/* Registers as set, so that a handler can tell whether any changed. */
CASE64 ld_fault
	lea	ld_fault_after(%rip), %rax
	mov	%rax, AREA_RESUME(%rdi)
	mov	%rdi, %rbp
	mov	$GUEST_MMIO, %ebx
	movabs	$0x1122334455667788, %rax
	mov	%rax, %rcx
	mov	%rax, %r15
	INSN	i_ld_fault, movl (%rbx), %ecx
	DONE	1
ld_fault_after:
	incq	AREA_VALUE(%rbp)
	DONE

	.macro	STORE name, text:vararg
	CASE64	st_\name
	mov	%rdi, %rbp
	mov	$GUEST_MMIO, %ebx
	movabs	$0x1122334455667788, %rax
	mov	%rax, %rcx
	mov	%rax, %rsi
	mov	%rax, %r9
	INSN	i_st_\name, \text
	incq	AREA_VALUE(%rbp)
	DONE
	.endm

	STORE	byte, movb %al, (%rbx)
	STORE	word, movw %ax, (%rbx)
	STORE	dword, movl %eax, (%rbx)
	STORE	qword, movq %rax, (%rbx)
	STORE	high_ch, movb %ch, (%rbx)
	STORE	rex_sil, movb %sil, (%rbx)
	STORE	rex_r9, movl %r9d, 0x7c(%rbx)
	STORE	imm8, movb $-2, (%rbx)
	STORE	imm16, movw $-2, (%rbx)
	STORE	imm32, movl $0x89abcdef, (%rbx)
	STORE	imm64, movq $-2, (%rbx)
	STORE	movnti, movnti %rax, (%rbx)

CASE64 st_stos
	mov	%rdi, %rbp
	mov	$GUEST_MMIO, %edi
	mov	$0x12345678, %eax
	INSN	i_st_stos, stosl
	mov	%rdi, AREA_VALUE(%rbp)
	DONE

	/* Three words, downwards. */
CASE64 st_rep_stos
	mov	%rdi, %rbp
	mov	$GUEST_MMIO + 0x100, %edi
	mov	$0xabcd, %eax
	mov	$3, %ecx
	std
	INSN	i_st_rep_stos, rep stosw
	cld
	mov	%rdi, AREA_VALUE(%rbp)
	mov	%rcx, AREA_VALUE + 8(%rbp)
	DONE

	/* Memory to device, two quads. */
CASE64 st_rep_movs
	mov	%rdi, %rbp
	mov	$GUEST_DATA, %esi
	movabs	$0x0102030405060708, %rax
	mov	%rax, (%rsi)
	movabs	$0x1112131415161718, %rax
	mov	%rax, 8(%rsi)
	mov	$GUEST_MMIO, %edi
	mov	$2, %ecx
	INSN	i_st_rep_movs, rep movsq
	mov	%rdi, AREA_VALUE(%rbp)
	mov	%rsi, AREA_VALUE + 8(%rbp)
	mov	%rcx, AREA_VALUE + 16(%rbp)
	DONE

	/* Device to memory. */
CASE64 ld_movs
	mov	%rdi, %rbp
	mov	$GUEST_MMIO, %esi
	mov	$GUEST_DATA, %edi
	INSN	i_ld_movs, movsl
	mov	%rdi, AREA_VALUE(%rbp)
	mov	%rsi, AREA_VALUE + 8(%rbp)
	mov	GUEST_DATA, %rax
	mov	%rax, AREA_VALUE + 16(%rbp)
	DONE

	/* Device to device: a read, then a write of what was read. */
CASE64 movs_mmio
	mov	%rdi, %rbp
	mov	$GUEST_MMIO, %esi
	mov	$GUEST_MMIO + 0x800, %edi
	INSN	i_movs_mmio, movsb
	mov	%rdi, AREA_VALUE(%rbp)
	mov	%rsi, AREA_VALUE + 8(%rbp)
	DONE

CASE64 ld_lods
	mov	%rdi, %rbp
	mov	$GUEST_MMIO, %esi
	INSN	i_ld_lods, lodsl
	mov	%rax, AREA_VALUE(%rbp)
	mov	%rsi, AREA_VALUE + 8(%rbp)
	DONE

CASE32 ld_prot32
	mov	%edi, %ebp
	INSN	i_ld_prot32, movl GUEST_MMIO, %eax
	mov	%eax, AREA_VALUE(%ebp)
	DONE

CASE32 st_prot32
	mov	%edi, %ebp
	mov	$GUEST_MMIO, %edx
	mov	$0xcafe, %ecx
	INSN	i_st_prot32, movw %cx, 6(%edx)
	incl	AREA_VALUE(%ebp)
	DONE

CASE16 ld_real16
	mov	$0xb800, %ax
	mov	%ax, %es
	mov	$0x10, %bx
	INSN	i_ld_real16, movw %es:2(%bx), %ax
	mov	%ax, %ss:AREA_VALUE
	DONE

CASE16 st_real16
	mov	$0xb800, %ax
	mov	%ax, %es
	mov	$0x4142, %ax
	xor	%di, %di
	INSN	i_st_real16, stosw
	mov	%di, %ss:AREA_VALUE
	DONE
