/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decoder for the few x86 instructions that axvcpu completes for a guest.
 *
 * Pure: looks at bytes and register values it is given and at nothing else.
 * References are to the AMD64 Architecture Programmer's Manual (APM) Vol. 3,
 * rev. 3.36, where no other volume is named.
 */
#ifndef AXVCPU_X86_DECODE_H
#define AXVCPU_X86_DECODE_H

#include <linux/types.h>

#include "x86_regs.h"

/* No instruction is longer; the CPU raises #GP at the sixteenth byte.  APM 1.1. */
#define AXX86_INSN_MAX	15

/* Number of general registers, see x86_regs.h.  APM 1.4.1. */
#define AXX86_NR_GPR	16
#define AXX86_NO_REG	0xff

/* Segment registers, numbered as opcodes number them.  APM 1.2.4. */
enum axx86_seg {
	AXX86_ES, AXX86_CS, AXX86_SS, AXX86_DS, AXX86_FS, AXX86_GS,
	AXX86_NR_SEG
};

/**
 * enum axx86_mode - how the CPU reads instruction bytes
 * @AXX86_REAL16: real-address or virtual-8086 mode
 * @AXX86_PROT16: protected or compatibility mode, CS.D clear
 * @AXX86_PROT32: protected or compatibility mode, CS.D set
 * @AXX86_LONG64: 64-bit mode
 */
enum axx86_mode {
	AXX86_REAL16,
	AXX86_PROT16,
	AXX86_PROT32,
	AXX86_LONG64,
};

/**
 * enum axx86_kind - what a decoded instruction does with memory
 * @AXX86_LOAD:      memory to a register
 * @AXX86_STORE:     register to memory
 * @AXX86_STORE_IMM: immediate to memory
 * @AXX86_MOVS:      memory to memory, from @src to @mem
 * @AXX86_STOS:      rAX to ES:rDI
 * @AXX86_LODS:      DS:rSI to rAX
 */
enum axx86_kind {
	AXX86_LOAD,
	AXX86_STORE,
	AXX86_STORE_IMM,
	AXX86_MOVS,
	AXX86_STOS,
	AXX86_LODS,
};

/**
 * struct axx86_mem - a memory operand
 * @disp:       displacement, sign-extended
 * @seg:        segment the access goes through, &enum axx86_seg; in 64-bit mode it
 *              still tells #SS from #GP, though only FS and GS have a base there
 * @addr_bytes: address size: 2, 4 or 8
 * @base:       base register or AXX86_NO_REG
 * @index:      index register or AXX86_NO_REG
 * @scale:      index multiplier: 1, 2, 4 or 8
 * @rip_rel:    @disp counts from the next instruction
 */
struct axx86_mem {
	s64  disp;
	u8   seg;
	u8   addr_bytes;
	u8   base;
	u8   index;
	u8   scale;
	bool rip_rel;
};

/**
 * struct axx86_insn - one instruction that moves data from or to memory
 * @imm:         AXX86_STORE_IMM: the value, already cut to @width bytes
 * @mem:         the memory operand; of AXX86_MOVS the destination
 * @src:         AXX86_MOVS: the source; otherwise all zero
 * @kind:        &enum axx86_kind
 * @length:      instruction length in bytes
 * @width:       bytes moved from or to memory: 1, 2, 4 or 8
 * @reg:         register moved, or AXX86_NO_REG
 * @reg_width:   bytes of that register: 1, 2, 4 or 8; greater than @width if extended
 * @high_byte:   bits 15:8 of @reg are meant (AH, CH, DH, BH)
 * @sign_extend: a load is sign-extended, not zero-extended, to @reg_width
 * @swap:        bytes are reversed on the way (MOVBE)
 * @rep:         a string instruction is repeated rCX times
 */
struct axx86_insn {
	u64  imm;
	struct axx86_mem mem;
	struct axx86_mem src;
	u8   kind;
	u8   length;
	u8   width;
	u8   reg;
	u8   reg_width;
	bool high_byte;
	bool sign_extend;
	bool swap;
	bool rep;
};

/*
 * Instructions that exit because they were intercepted, named after their mnemonics.
 * AXX86_FIX_ANY asks for whichever it is; struct axx86_fixed tells.
 */
enum axx86_fixed_op {
	AXX86_FIX_ANY,			/* only asked for, never answered */
	AXX86_FIX_CPUID,
	AXX86_FIX_RDMSR,
	AXX86_FIX_WRMSR,
	AXX86_FIX_HLT,
	AXX86_FIX_VMMCALL,
	AXX86_FIX_VMCALL,
	AXX86_FIX_XSETBV,
	AXX86_FIX_INVD,
	AXX86_FIX_WBINVD,		/* also WBNOINVD */
	AXX86_FIX_RDTSC,
	AXX86_FIX_RDTSCP,
	AXX86_FIX_RDPMC,
	AXX86_FIX_RDPRU,
	AXX86_FIX_PAUSE,
	AXX86_FIX_MONITOR,		/* also MONITORX */
	AXX86_FIX_MWAIT,		/* also MWAITX */
	AXX86_FIX_INVLPG,
	AXX86_FIX_INVLPGA,
	AXX86_FIX_INVLPGB,
	AXX86_FIX_TLBSYNC,
	AXX86_FIX_INVPCID,
	AXX86_FIX_MCOMMIT,
	AXX86_FIX_CLTS,
	AXX86_FIX_LMSW,
	AXX86_FIX_SMSW,
	AXX86_FIX_MOV_CR,
	AXX86_FIX_MOV_DR,
	AXX86_FIX_SGDT,
	AXX86_FIX_SIDT,
	AXX86_FIX_LGDT,
	AXX86_FIX_LIDT,
	AXX86_FIX_SLDT,
	AXX86_FIX_STR,
	AXX86_FIX_LLDT,
	AXX86_FIX_LTR,
	AXX86_FIX_IN,
	AXX86_FIX_OUT,
	AXX86_FIX_INS,
	AXX86_FIX_OUTS,
	AXX86_FIX_INT,
	AXX86_FIX_INT1,
	AXX86_FIX_INT3,
	AXX86_FIX_INTO,
	AXX86_FIX_IRET,
	AXX86_FIX_PUSHF,
	AXX86_FIX_POPF,
	AXX86_FIX_RSM,
	AXX86_FIX_VMRUN,
	AXX86_FIX_VMLOAD,
	AXX86_FIX_VMSAVE,
	AXX86_FIX_STGI,
	AXX86_FIX_CLGI,
	AXX86_FIX_SKINIT,
};

/**
 * struct axx86_fixed - an instruction that was intercepted
 * @mem:    memory operand, if @memory; of INS and OUTS the string operand
 * @op:     &enum axx86_fixed_op, never AXX86_FIX_ANY
 * @length: instruction length in bytes
 * @memory: @mem is valid
 * @write:  MOV CR, MOV DR: the control or debug register is the destination
 * @sysreg: MOV CR, MOV DR: its number, 0 to 15
 * @gpr:    general register operand (MOV CR, MOV DR, LMSW, SMSW, SLDT, STR, LLDT,
 *          LTR with a register, INVPCID), or AXX86_NO_REG
 * @width:  operand bytes: of IN, OUT, INS and OUTS those of one access to the port;
 *          of PUSHF, POPF and IRET of one stack slot; of MOV CR and MOV DR 4 or 8; of SMSW,
 *          SLDT and STR with a register those written to it; of LMSW, LLDT and LTR 2
 * @imm:    INT: vector; IN, OUT: port if @has_imm
 * @has_imm: @imm is valid
 * @rep:    INS, OUTS: repeated rCX times
 */
struct axx86_fixed {
	struct axx86_mem mem;
	u8   op;
	u8   length;
	bool memory;
	bool write;
	u8   sysreg;
	u8   gpr;
	u8   width;
	u8   imm;
	bool has_imm;
	bool rep;
};

int axx86_decode(const u8 *bytes, size_t nr, enum axx86_mode mode, struct axx86_insn *insn);
int axx86_insn_length(const u8 *bytes, size_t nr, enum axx86_mode mode,
		      enum axx86_fixed_op op, struct axx86_fixed *out);
u64 axx86_effective_address(const struct axx86_mem *mem, const u64 gpr[AXX86_NR_GPR],
			    u64 next_rip);
u64 axx86_merge(u64 old, u64 value, u8 width);
u64 axx86_merge_load(const struct axx86_insn *insn, u64 old_reg, u64 mem);
u64 axx86_store_value(const struct axx86_insn *insn, const u64 gpr[AXX86_NR_GPR]);
u64 axx86_string_count(u8 addr_bytes, bool rep, const u64 gpr[AXX86_NR_GPR]);
void axx86_string_step(u64 *reg, u8 addr_bytes, s64 delta);

#endif /* AXVCPU_X86_DECODE_H */
